"""Sets a stocktake's list on A4, a table for each shelf: to count by with a pen, or what differs.

Everything shown is in the `CountList` given, also the time printed: the same list gives the same file.
"""

from itertools import groupby
from pathlib import Path
from typing import IO

from av_pos.domain.count_list import CountList, CountListRow
from av_pos.i18n import Texts
from av_pos.memory import give_memory_back

# The fonts are let go of when a list is done: a report set meanwhile, on another worker, must not lose them.
from av_pos.printing.daily_report import _FONTS as ONE_SHEET_AT_A_TIME
from av_pos.printing.sheet import (
    ACCENT,
    DANGER,
    FOOT,
    INK,
    INK2,
    INK3,
    LINE,
    MARGIN,
    WIDTH,
    Cell,
    Column,
    Flow,
    Sheet,
    Table,
    forget_fonts,
    measure,
    shrunk,
)

_ROOM = WIDTH - 2 * MARGIN
_OVERLEAF = MARGIN + 26
_ROW, _SIZE = 15.0, 8.5
_PEN = 14.0  # room for a number by hand on each side of the column's heading


def write_pdf(listed: CountList, texts: Texts, target: Path | IO[bytes]) -> None:
    """Write the list as PDF to a path or a binary file, in the language of `texts`. Raises OSError."""
    with ONE_SHEET_AT_A_TIME:
        _put_out(listed, texts, target)
        forget_fonts()
        give_memory_back()


def _put_out(listed: CountList, texts: Texts, target: Path | IO[bytes]) -> None:
    sheet = Sheet()
    flow = Flow(sheet, MARGIN, _ROOM, 0, _draw_head(sheet, listed, texts), _OVERLEAF, _ROW, _SIZE)
    if not listed.rows:
        sheet.text(0, MARGIN, flow.y + 12, texts.gettext("Nothing is left to count."), 9.5, colour=INK3)
    for shelf, rows in groupby(listed.rows, key=lambda row: row.shelf):
        flow.table(_table(listed, shelf, tuple(rows), texts), texts.gettext("(continued)"))
        flow.skip(12)
    _draw_edges(sheet, listed, texts)
    language = "zh-CN" if texts.is_chinese else "en"
    sheet.write(target, title=_title(listed, texts), author=listed.shop.name, language=language)


def _title(listed: CountList, texts: Texts) -> str:
    words = (
        texts.gettext("Stocktake {number}: differences") if listed.is_result else texts.gettext("Stocktake {number}")
    )
    title = words.format(number=listed.number)
    return f"{title} · {listed.subject}" if listed.subject else title


def _draw_head(sheet: Sheet, listed: CountList, texts: Texts) -> float:
    title, zone = _title(listed, texts), listed.shop.zone
    sheet.text(0, MARGIN, 42, listed.shop.name, 9.5, bold=True, colour=ACCENT, room=_ROOM)
    sheet.text(0, MARGIN, 62, title, shrunk(title, _ROOM * 0.7, 16.0, bold=True), bold=True)
    began = texts.gettext("begun {when}").format(when=texts.date_time(listed.began_at, zone))
    sheet.text(0, WIDTH - MARGIN, 52, began, 8.0, colour=INK2, align="right")
    count = texts.ngettext("{count} line", "{count} lines", len(listed.rows)).format(count=f"{len(listed.rows):,}")
    sheet.text(0, WIDTH - MARGIN, 63, count, 8.0, colour=INK2, align="right")
    if listed.variance_minor is None:
        return 78.0
    money = texts.money(listed.variance_minor, listed.shop.currency)
    sheet.text(0, MARGIN, 78, texts.gettext("At cost: {amount}").format(amount=money), 9.5, bold=True)
    return 92.0


def _table(listed: CountList, shelf: str, rows: tuple[CountListRow, ...], texts: Texts) -> Table:
    title = texts.gettext("Shelf {shelf}").format(shelf=shelf) if shelf else texts.gettext("Without a shelf")
    columns = [Column(texts.gettext("Disc"), names=True), Column(texts.gettext("Code"))]
    if listed.is_result or not listed.is_blind:
        columns.append(Column(texts.gettext("Expected")))
    columns.append(Column(texts.gettext("Counted"), inset=0.0 if listed.is_result else _PEN))
    if listed.is_result:
        columns += [Column(texts.gettext("Difference")), Column(texts.gettext("At cost"))]
    return Table(title, tuple(columns), tuple(_cells(listed, row, texts) for row in rows))


def _cells(listed: CountList, row: CountListRow, texts: Texts) -> tuple[Cell, ...]:
    tail = " · ".join(part for part in (row.artist, row.format) if part)
    cells = [Cell(row.title, tail), Cell(row.code, colour=INK3)]
    if listed.is_result or not listed.is_blind:
        cells.append(_number(row.expected_qty))
    cells.append(_number(row.counted_qty))
    if listed.is_result:
        value = "" if row.value_minor is None else texts.amount(row.value_minor, listed.shop.currency)
        cells += [_signed(row.difference_qty, texts), Cell(value)]
    return tuple(cells)


def _number(qty: int | None) -> Cell:
    return Cell("" if qty is None else f"{qty:,}")


def _signed(qty: int | None, texts: Texts) -> Cell:
    if qty is None:
        return Cell("")
    sign = "+" if qty > 0 else texts.minus if qty < 0 else ""
    return Cell(f"{sign}{abs(qty):,}", colour=DANGER if qty < 0 else INK)


def _draw_edges(sheet: Sheet, listed: CountList, texts: Texts) -> None:
    """Foot of every page: when it was printed, page x of y; from the second on, what this is at the top."""
    printed = texts.gettext("Printed {when}").format(when=texts.date_time(listed.printed_at, listed.shop.zone))
    right, y = WIDTH - MARGIN, FOOT + 19
    for page in range(sheet.pages):
        number = texts.gettext("Page {page} of {pages}").format(page=page + 1, pages=sheet.pages)
        sheet.line(page, ((MARGIN, FOOT + 8), (right, FOOT + 8)))
        sheet.text(page, MARGIN, y, printed, 7.0, colour=INK3, room=_ROOM - measure(number, 7.0) - 16)
        sheet.text(page, right, y, number, 7.0, colour=INK3, align="right")
        if page:
            sheet.text(page, MARGIN, MARGIN + 6, _title(listed, texts), 8.0, colour=INK2, room=_ROOM)
            sheet.line(page, ((MARGIN, MARGIN + 12), (right, MARGIN + 12)), LINE)
