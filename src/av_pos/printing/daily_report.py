"""Sets the daily report on A4, on one page where the day allows.

Everything shown is in the `DailyReport` given, also the time printed: the same report gives the same file. Profit is
left out where the report holds none (whoever asked for it may not see cost).
"""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from av_pos.domain.daily import DailyReport, ShiftFigure
from av_pos.domain.money import divide
from av_pos.i18n import Texts
from av_pos.memory import give_memory_back
from av_pos.printing.daily_tables import (
    difference_colour,
    draw_low_stock,
    left_tables,
    right_tables,
    shows_profit,
    signed,
    style_name,
    wide_tables,
)
from av_pos.printing.hours_chart import draw_hours
from av_pos.printing.sheet import (
    ACCENT,
    FOOT,
    INK,
    INK2,
    INK3,
    LINE,
    MARGIN,
    WIDTH,
    Flow,
    Sheet,
    forget_fonts,
    measure,
    shrunk,
)

__all__ = ["pages_to_png", "style_name", "write_pdf"]

_ROOM = WIDTH - 2 * MARGIN
_LEFT = 212.0
_GUTTER = 20.0
_OVERLEAF = MARGIN + 26  # where text begins from the second page on
_PDFIUM = threading.Lock()  # PDFium may be used by one thread at a time
# One report at a time: the fonts are let go of when it is done.
_FONTS = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Density:
    """How closely a page is set: rows, type, the room between sections, columns of the low stock."""

    row: float
    size: float
    section: float
    columns: int


_DENSITIES = (
    _Density(14.0, 8.5, 13.0, 3),
    _Density(12.8, 8.2, 11.0, 3),
    _Density(11.6, 7.8, 9.0, 4),
    _Density(10.8, 7.4, 7.0, 4),
)
_CHART_LEAST, _CHART_USUAL, _CHART_MOST = 116.0, 144.0, 172.0


@dataclass(frozen=True, slots=True)
class _Card:
    """One of the figures at the head."""

    label: str
    value: str
    note: str
    colour: str = INK2


def write_pdf(report: DailyReport, texts: Texts, target: Path | IO[bytes]) -> None:
    """Write the report as PDF to a path or a binary file, in the language of `texts`. Raises OSError."""
    with _FONTS:
        _put_out(report, texts, target)
        forget_fonts()
        give_memory_back()


def _put_out(report: DailyReport, texts: Texts, target: Path | IO[bytes]) -> None:
    title = f"{texts.gettext('Daily report')} {_days(report, texts)}"
    language = "zh-CN" if texts.is_chinese else "en"
    _laid_out(report, texts).write(target, title=title, author=report.shop.name, language=language)


def pages_to_png(pdf_path: Path, scale: float = 2.0) -> list[bytes]:
    """Render each page of a PDF as PNG on white, `scale` pixels a point."""
    import pypdfium2

    pictures = []
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf_path)
        try:
            for page in document:
                bitmap = page.render(scale=scale)
                picture = io.BytesIO()
                bitmap.to_pil().save(picture, format="PNG")
                pictures.append(picture.getvalue())
                bitmap.close()
                page.close()
        finally:
            document.close()
    return pictures


def _laid_out(report: DailyReport, texts: Texts) -> Sheet:
    """Set the report as openly as one page allows, the chart taking what is left over; else openly on several pages."""
    for density in _DENSITIES:
        sheet = Sheet()
        room = _draw(sheet, report, texts, density, _CHART_LEAST)
        if sheet.pages == 1:
            sheet = Sheet()
            _draw(sheet, report, texts, density, min(_CHART_MOST, _CHART_LEAST + max(0.0, room - 1.0)))
            return sheet
    sheet = Sheet()
    _draw(sheet, report, texts, _DENSITIES[0], _CHART_USUAL)
    return sheet


def _draw(sheet: Sheet, report: DailyReport, texts: Texts, density: _Density, chart: float) -> float:
    """Lay all pages out and return the room left on the last one.

    Head, cards, hours, what was given back; two columns of tables; tables as wide as the page.
    """
    y = _draw_head(sheet, report, texts)
    if report.tenders or report.discs_qty or any(hour.amount_minor for hour in report.hours):
        y = _draw_cards(sheet, report, texts, y)
        draw_hours(sheet, report, texts, y + 8, chart)
        y = _draw_given(sheet, report, texts, y + 8 + chart + 8)
        page, y = _draw_columns(sheet, report, texts, density, y + density.section)
    else:
        page, y = 0, _draw_nothing(sheet, texts, y)
    flow = Flow(sheet, MARGIN, _ROOM, page, y, _OVERLEAF, density.row, density.size)
    continued = texts.gettext("(continued)")
    for table in wide_tables(report, texts):
        flow.skip(density.section)
        flow.table(table, continued)
    if report.low_stock:
        flow.skip(density.section)
        draw_low_stock(flow, report.low_stock, texts, density.columns)
    _draw_edges(sheet, report, texts)
    return FOOT - flow.y


def _draw_columns(sheet: Sheet, report: DailyReport, texts: Texts, density: _Density, y: float) -> tuple[int, float]:
    """Set the two columns of tables side by side; return the page and y below the longer one."""
    x = MARGIN + _LEFT + _GUTTER
    columns = (
        (Flow(sheet, MARGIN, _LEFT, 0, y, _OVERLEAF, density.row, density.size), left_tables(report, texts)),
        (Flow(sheet, x, WIDTH - MARGIN - x, 0, y, _OVERLEAF, density.row, density.size), right_tables(report, texts)),
    )
    for flow, tables in columns:
        for number, table in enumerate(tables):
            flow.skip(density.section if number else 0)
            flow.table(table, texts.gettext("(continued)"))
    return max(flow.place for flow, _ in columns)


def _days(report: DailyReport, texts: Texts) -> str:
    if report.first_on == report.last_on:
        return texts.day(report.first_on)
    return f"{texts.day(report.first_on)} – {texts.day(report.last_on)}"


# --- the head of the first page ----------------------------------------------------------------------------------


def _draw_head(sheet: Sheet, report: DailyReport, texts: Texts) -> float:
    sheet.text(0, MARGIN, 42, texts.gettext("Daily report"), 9.5, bold=True, colour=ACCENT)
    days = _days(report, texts)
    sheet.text(0, MARGIN, 63, days, shrunk(days, _ROOM * 0.62, 18.0, bold=True), bold=True)
    tills = " + ".join(texts.gettext("Till {till}").format(till=till) for till in report.tills)
    lines = (
        (42.0, report.shop.name, 9.5, True, INK),
        (53.0, " · ".join(report.shop.lines), 7.0, False, INK3),
        (63.0, tills, 7.5, False, INK2),
    )
    for y, text, size, bold, colour in lines:
        sheet.text(0, WIDTH - MARGIN, y, text, size, bold=bold, colour=colour, align="right", room=_ROOM * 0.36)
    return 75.0


def _draw_nothing(sheet: Sheet, texts: Texts, y: float) -> float:
    middle = MARGIN + _ROOM / 2
    sheet.box(0, MARGIN, y, _ROOM, 120, line=LINE, radius=7)
    sheet.text(0, middle, y + 58, texts.gettext("No sales yet"), 16, bold=True, align="center")
    hint = texts.gettext("The first receipt starts this report.")
    sheet.text(0, middle, y + 76, hint, 8.5, colour=INK3, align="center")
    return y + 120


def _draw_cards(sheet: Sheet, report: DailyReport, texts: Texts, y: float) -> float:
    cards = _cards(report, texts)
    height, gap = 54.0, 8.0
    width = (_ROOM - gap * (len(cards) - 1)) / len(cards)
    for number, card in enumerate(cards):
        x, room = MARGIN + number * (width + gap), width - 18
        sheet.box(0, x, y, width, height, line=LINE, radius=7)
        sheet.text(0, x + 9, y + 15, card.label, 7.5, colour=INK2, room=room)
        sheet.text(0, x + 9, y + 33, card.value, shrunk(card.value, room, 15.0, bold=True), bold=True)
        sheet.text(0, x + 9, y + 47, card.note, shrunk(card.note, room, 7.5), colour=card.colour)
    return y + height


def _cards(report: DailyReport, texts: Texts) -> list[_Card]:
    code = report.shop.currency
    discs = texts.ngettext("{count} disc", "{count} discs", report.discs_qty)
    receipts = texts.ngettext("{count} receipt", "{count} receipts", report.receipts)
    basket = texts.gettext("{number} discs").format(number=_tenths(report.discs_per_receipt_centi, texts))
    cards = [
        _Card(texts.gettext("Sales"), texts.money(report.sales_minor, code), _change(report, texts)),
        _Card(
            texts.gettext("Sold"),
            discs.format(count=f"{report.discs_qty:,}"),
            receipts.format(count=f"{report.receipts:,}"),
        ),
    ]
    if shows_profit(report):
        margin = texts.gettext("{rate} margin").format(rate=_tenths(report.margin_bp, texts) + "%")
        cards.append(_Card(texts.gettext("Gross profit"), texts.money(report.profit_minor, code), margin))
    cards.append(_Card(texts.gettext("Average basket"), texts.money(report.average_minor, code), basket))
    if report.shifts:
        cards.append(_drawer_card(report, texts))
    return cards


def _change(report: DailyReport, texts: Texts) -> str:
    """How sales compare with the same weekday a week before; of several days, how many they are."""
    if report.first_on != report.last_on:
        count = (report.last_on - report.first_on).days + 1
        return texts.ngettext("{count} day", "{count} days", count).format(count=count)
    weekday, last = texts.weekday(report.first_on.weekday()), report.last_week_minor
    if last is None:
        return texts.gettext("no sales last {weekday}").format(weekday=weekday)
    if last <= 0:
        amount = texts.money(last, report.shop.currency)
        return texts.gettext("{amount} last {weekday}").format(amount=amount, weekday=weekday)
    change = divide((report.sales_minor - last) * 100, last)
    sign = "+" if change > 0 else texts.minus if change < 0 else "±"
    return texts.gettext("{change} vs last {weekday}").format(change=f"{sign}{abs(change):,}%", weekday=weekday)


def _drawer_card(report: DailyReport, texts: Texts) -> _Card:
    """The cash in the drawers, whether it was counted, and by how much it is out."""
    label = texts.gettext("Cash in drawer")
    value = texts.money(report.cash_in_drawer_minor, report.shop.currency)
    if all(shift.counted_minor is None for shift in report.shifts):
        return _Card(label, value, texts.gettext("expected, not counted yet"))
    words = texts.gettext("counted, {difference}")
    if not report.cash_counted:
        words = texts.gettext("partly counted, {difference}")
    difference = report.cash_difference_minor
    note = words.format(difference=signed(difference, report.shop.currency, texts))
    return _Card(label, value, note, difference_colour(difference, INK2))


def _draw_given(sheet: Sheet, report: DailyReport, texts: Texts, y: float) -> float:
    """The strip of what was given back or given off, and the drawer's openings without a sale."""
    code = report.shop.currency
    given = (
        (texts.gettext("Returns"), texts.amount(report.returns_minor, code), report.returns_count),
        (texts.gettext("Voids"), texts.amount(report.voids_minor, code), report.voids_count),
        (texts.gettext("Discounts given"), texts.amount(report.discounts_minor, code), None),
        (texts.gettext("Round-off"), texts.amount(report.round_off_minor, code), None),
        (texts.gettext("Drawer opened, no sale"), f"{report.no_sale_count:,}", None),
    )
    height, width = 35.0, _ROOM / len(given)
    sheet.box(0, MARGIN, y, _ROOM, height, line=LINE, radius=7)
    for number, (label, value, count) in enumerate(given):
        x = MARGIN + number * width
        if number:
            sheet.line(0, ((x, y + 8), (x, y + height - 8)))
        sheet.text(0, x + 9, y + 14, label, shrunk(label, width - 14, 7.0), colour=INK2)
        size = shrunk(value, width - 40, 10.0, bold=True)
        sheet.text(0, x + 9, y + 28, value, size, bold=True)
        if count:
            times = f"× {count:,}"
            sheet.text(0, x + 13 + measure(value, size, bold=True), y + 28, times, 7.5, colour=INK3)
    return y + height


# --- the edges of every page -------------------------------------------------------------------------------------


def _draw_edges(sheet: Sheet, report: DailyReport, texts: Texts) -> None:
    """Foot of every page: time printed, shifts, page x of y; from the second on, what this is at the top."""
    printed = texts.gettext("Printed {when}").format(when=texts.date_time(report.printed_at, report.shop.zone))
    foot = " · ".join([printed, *_shift_numbers(report.shifts, texts)])
    right, y = WIDTH - MARGIN, FOOT + 19
    for page in range(sheet.pages):
        number = texts.gettext("Page {page} of {pages}").format(page=page + 1, pages=sheet.pages)
        room = _ROOM - measure(number, 7.0) - 16
        sheet.line(page, ((MARGIN, FOOT + 8), (right, FOOT + 8)))
        sheet.text(page, MARGIN, y, foot, shrunk(foot, room, 7.0), colour=INK3, room=room)
        sheet.text(page, right, y, number, 7.0, colour=INK3, align="right")
        if page:
            head = f"{texts.gettext('Daily report')} · {_days(report, texts)}"
            sheet.text(page, MARGIN, MARGIN + 6, head, 8.0, colour=INK2, room=_ROOM * 0.6)
            name = report.shop.name
            sheet.text(page, right, MARGIN + 6, name, 8.0, colour=INK2, align="right", room=_ROOM * 0.38)
            sheet.line(page, ((MARGIN, MARGIN + 12), (right, MARGIN + 12)))


def _shift_numbers(shifts: Sequence[ShiftFigure], texts: Texts) -> list[str]:
    """The shifts of each till: one number, or the first and the last."""
    numbers: dict[int, list[int]] = {}
    for shift in shifts:
        numbers.setdefault(shift.till, []).append(shift.number)
    one, several = texts.gettext("till {till} shift {first}"), texts.gettext("till {till} shifts {first}–{last}")
    return [
        (one if len(own) == 1 else several).format(till=till, first=min(own), last=max(own))
        for till, own in sorted(numbers.items())
    ]


# --- figures in words --------------------------------------------------------------------------------------------


def _tenths(hundredths: int, texts: Texts) -> str:
    """Hundredths with one decimal: 253 is 2.5."""
    tenths = divide(hundredths, 10)
    return f"{texts.minus if tenths < 0 else ''}{abs(tenths) // 10:,}.{abs(tenths) % 10}"
