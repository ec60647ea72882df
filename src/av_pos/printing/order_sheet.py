"""Sets a purchase order, or the slip of what goes back, on A4 in the supplier's language.

Everything shown is in the `SupplierSheet` given: the same sheet gives the same file. Long orders go on overleaf with
their headings; titles are data and are never translated.
"""

from pathlib import Path
from typing import IO

from av_pos.domain.order_paper import SheetKind, SheetLine, SupplierSheet
from av_pos.i18n import Texts
from av_pos.memory import give_memory_back

# The fonts are let go of when a sheet is done: a report that is set meanwhile, on another worker, must not lose them.
from av_pos.printing.daily_report import _FONTS as ONE_SHEET_AT_A_TIME
from av_pos.printing.sheet import (
    ACCENT,
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
_OVERLEAF = MARGIN + 26  # where text begins from the second page on


def write_order_pdf(sheet: SupplierSheet, texts: Texts, target: Path | IO[bytes]) -> None:
    """Write the sheet as PDF to a path or a binary file, in the language of `texts`. Raises OSError."""
    with ONE_SHEET_AT_A_TIME:
        _put_out(sheet, texts, target)
        forget_fonts()
        give_memory_back()


def _put_out(sheet: SupplierSheet, texts: Texts, target: Path | IO[bytes]) -> None:
    drawn = Sheet()
    y = _draw_head(drawn, sheet, texts)
    flow = Flow(drawn, MARGIN, _ROOM, 0, y, _OVERLEAF)
    flow.table(_table(sheet, texts), texts.gettext("(continued)"))
    _draw_sums(flow, sheet, texts)
    _draw_note(flow, sheet)
    _draw_edges(drawn, sheet, texts)
    language = "zh-CN" if texts.is_chinese else "en"
    drawn.write(target, title=_heading(sheet, texts), author=sheet.shop.name, language=language)


def _heading(sheet: SupplierSheet, texts: Texts) -> str:
    form = texts.gettext("Purchase order {number}")
    if sheet.kind is SheetKind.RETURN:
        form = texts.gettext("Return {number} to the supplier")
    return form.format(number=sheet.number)


def _draw_head(drawn: Sheet, sheet: SupplierSheet, texts: Texts) -> float:
    heading = _heading(sheet, texts)
    drawn.text(0, MARGIN, 58, heading, shrunk(heading, _ROOM * 0.6, 18.0, bold=True), bold=True, colour=ACCENT)
    right = WIDTH - MARGIN
    drawn.text(0, right, 46, sheet.shop.name, 9.5, bold=True, align="right", room=_ROOM * 0.36)
    y = 57.0
    for line in sheet.shop.lines[:4]:
        drawn.text(0, right, y, line, 7.5, colour=INK2, align="right", room=_ROOM * 0.36)
        y += 10.5
    top = max(80.0, y + 8)
    left_y = right_y = top + 12
    for number, line in enumerate(sheet.supplier[:6]):
        drawn.text(0, MARGIN, left_y, line, 9.0, bold=number == 0, room=_ROOM * 0.55)
        left_y += 12.5
    for label, value in _facts(sheet, texts):
        drawn.text(0, right - 110, right_y, label, 7.5, colour=INK3, align="right", room=_ROOM * 0.24)
        drawn.text(0, right, right_y, value, 8.5, align="right", room=104)
        right_y += 12.5
    return max(left_y, right_y) + 6


def _facts(sheet: SupplierSheet, texts: Texts) -> list[tuple[str, str]]:
    found = []
    if sheet.sent_on is not None:
        found.append((texts.gettext("Date"), texts.day(sheet.sent_on)))
    if sheet.expected_on is not None and sheet.kind is SheetKind.ORDER:
        found.append((texts.gettext("Expected by"), texts.day(sheet.expected_on)))
    if sheet.customer_number:
        found.append((texts.gettext("Customer number"), sheet.customer_number))
    found.append((texts.gettext("Currency"), sheet.currency))
    return found


def _table(sheet: SupplierSheet, texts: Texts) -> Table:
    columns = (
        Column(texts.gettext("Disc"), names=True),
        Column(texts.gettext("Your number")),
        Column(texts.gettext("Barcode or code")),
        Column(texts.gettext("Catalogue number")),
        Column(texts.gettext("Format")),
        Column(texts.gettext("Pieces")),
        Column(texts.gettext("Each")),
        Column(texts.gettext("Amount")),
    )
    count = texts.ngettext("{count} piece", "{count} pieces", sheet.pieces_qty).format(count=f"{sheet.pieces_qty:,}")
    rows = tuple(_row(line, sheet, texts) for line in sheet.lines)
    return Table(count, columns, rows, empty=texts.gettext("Nothing is on this sheet."))


def _row(line: SheetLine, sheet: SupplierSheet, texts: Texts) -> tuple[Cell, ...]:
    tail = " · ".join(part for part in (line.artist, line.note) if part)
    return (
        Cell(line.title, tail),
        Cell(line.number),
        Cell(line.code),
        Cell(line.catalogue_number),
        Cell(line.format),
        Cell(f"{line.qty:,}"),
        Cell(texts.amount(line.cost_minor, sheet.currency) if line.has_cost else ""),
        Cell(texts.amount(line.total_minor, sheet.currency) if line.has_cost else ""),
    )


def _draw_sums(flow: Flow, sheet: SupplierSheet, texts: Texts) -> None:
    if sheet.asks_prices:
        # A sum of what is known would read as an offer for all of it.
        asked = texts.gettext("Please tell us the price where none stands.")
        flow.skip(8)
        flow.need(16.0)
        flow.sheet.text(flow.page, WIDTH - MARGIN, flow.y + 11, asked, 8.5, colour=INK2, align="right")
        flow.y += 16
        return
    sums = [(texts.gettext("Total"), sheet.total_minor)]
    if sheet.carriage_minor:
        sums.insert(0, (texts.gettext("Carriage"), sheet.carriage_minor))
        sums.insert(0, (texts.gettext("Goods"), sheet.goods_minor))
    flow.skip(8)
    flow.need(16.0 * len(sums))
    right = WIDTH - MARGIN
    for number, (label, amount_minor) in enumerate(sums):
        is_total = number == len(sums) - 1
        size, colour = (11.0, INK) if is_total else (8.5, INK2)
        y = flow.y + 11
        amount = texts.money(amount_minor, sheet.currency)
        flow.sheet.text(flow.page, right - 120, y, label, size, bold=is_total, colour=colour, align="right")
        flow.sheet.text(flow.page, right, y, amount, size, bold=is_total, colour=colour, align="right")
        flow.y += 16


def _draw_note(flow: Flow, sheet: SupplierSheet) -> None:
    """Set the note in lines as wide as the page, broken between words, or within what knows no words."""
    flow.skip(12)
    for line in _broken(sheet.note, 9.0):
        flow.need(13.0)
        flow.sheet.text(flow.page, MARGIN, flow.y + 9, line, 9.0, room=_ROOM)
        flow.y += 13


def _broken(text: str, size: float) -> list[str]:
    lines: list[str] = []
    left = " ".join(text.split())
    while left:
        end = len(left)
        while end > 1 and measure(left[:end], size) > _ROOM:
            end = max(1, min(end - 1, int(end * _ROOM / measure(left[:end], size)) + 1))
        blank = left.rfind(" ", 0, end + 1) if end < len(left) else -1
        end = blank if blank > 0 else end
        lines.append(left[:end].strip())
        left = left[end:].strip()
    return lines


def _draw_edges(drawn: Sheet, sheet: SupplierSheet, texts: Texts) -> None:
    """Foot of every page: the shop and page x of y; from the second on, what this is at the top."""
    right, y = WIDTH - MARGIN, FOOT + 19
    for page in range(drawn.pages):
        number = texts.gettext("Page {page} of {pages}").format(page=page + 1, pages=drawn.pages)
        drawn.line(page, ((MARGIN, FOOT + 8), (right, FOOT + 8)), LINE)
        drawn.text(page, MARGIN, y, sheet.shop.name, 7.0, colour=INK3, room=_ROOM * 0.7)
        drawn.text(page, right, y, number, 7.0, colour=INK3, align="right")
        if page:
            drawn.text(page, MARGIN, MARGIN + 6, _heading(sheet, texts), 8.0, colour=INK2, room=_ROOM)
            drawn.line(page, ((MARGIN, MARGIN + 12), (right, MARGIN + 12)), LINE)
