"""The daily report's chart: sales by hour as bars, with the line of what is typical, and the figures under them."""

from collections.abc import Callable, Sequence

from av_pos.domain.daily import DailyReport, HourFigure
from av_pos.i18n import Texts, currency
from av_pos.printing.sheet import (
    ACCENT,
    DANGER,
    INK,
    INK2,
    INK3,
    LINE,
    MARGIN,
    RULE,
    WARN,
    WHITE,
    WIDTH,
    Sheet,
    measure,
    shrunk,
)

_LEFT, _RIGHT = MARGIN + 50, WIDTH - MARGIN - 12
_SMALLEST = 4.8
_FEWEST = 8  # slots: a bar alone does not fill the width


def draw_hours(sheet: Sheet, report: DailyReport, texts: Texts, y: float, height: float) -> None:
    """Draw the chart in a frame as wide as the page's text, from y on the first page; hours stand as they are given."""
    sheet.box(0, MARGIN, y, WIDTH - 2 * MARGIN, height, line=LINE, radius=7)
    sheet.text(0, MARGIN + 12, y + 18, texts.gettext("Sales by hour"), 9.5, bold=True)
    hours = report.hours
    has_typical = any(hour.typical_minor for hour in hours)
    _draw_legend(sheet, report, texts, y + 18, has_typical)
    if not hours:
        return
    top, bottom = y + 32, y + height - 38
    values = [hour.amount_minor for hour in hours] + [hour.typical_minor for hour in hours]
    low, high, step = scale(min(values), max(values), 10 ** currency(report.shop.currency).digits)

    def at(minor: int) -> float:
        return bottom - (minor - low) / (high - low) * (bottom - top)

    for tick in range(low, high + 1, step):
        sheet.line(0, ((_LEFT, at(tick)), (_RIGHT, at(tick))), RULE if tick == 0 else LINE, 0.4)
        label = texts.amount(tick, report.shop.currency).split(".")[0]
        sheet.text(0, _LEFT - 6, at(tick) + 2.3, label, shrunk(label, 36, 6.5), colour=INK3, align="right")
    slot = (_RIGHT - _LEFT) / max(len(hours), _FEWEST)
    start = (_LEFT + _RIGHT - slot * len(hours)) / 2
    middles = [start + slot * (number + 0.5) for number in range(len(hours))]
    for hour, x in zip(hours, middles, strict=True):
        _draw_bar(sheet, hour, x, slot * 0.6, at)
    if has_typical:
        _draw_typical(sheet, [(x, at(hour.typical_minor)) for hour, x in zip(hours, middles, strict=True)])
    _draw_figures(sheet, report, texts, middles, slot, bottom)


def scale(least: int, most: int, unit: int) -> tuple[int, int, int]:
    """The two ends of an axis and its step in minor units.

    Steps are 1, 2 or 5 times a power of ten of whole `unit`s, at most five between the values' ends; 0 is on a step.
    """
    least, most = min(least, 0), max(most, 0)
    step, power = unit, unit
    while step * 4 < most - least:
        multiple = next((m for m in (2, 5, 10) if power * m * 4 >= most - least), 10)
        step = power * multiple
        power *= 10
    high = max(step, -(-most // step) * step)
    return least // step * step, high, step


def _draw_legend(sheet: Sheet, report: DailyReport, texts: Texts, y: float, has_typical: bool) -> None:
    """What bars and line are, from the right edge leftwards."""
    x = _RIGHT
    if has_typical:
        weekday = texts.weekday(report.first_on.weekday())
        words = texts.gettext("typical {weekday}, last 4 weeks").format(weekday=weekday)
        sheet.text(0, x, y, words, 7.0, colour=INK3, align="right")
        x -= measure(words, 7.0) + 4
        sheet.line(0, ((x - 14, y - 2.5), (x, y - 2.5)), WARN, 1.1)
        sheet.dot(0, x - 7, y - 2.5, 1.5, WHITE, WARN)
        x -= 24
    one_day = report.first_on == report.last_on
    days = texts.gettext("this day") if one_day else texts.gettext("these days")
    sheet.text(0, x, y, days, 7.0, colour=INK3, align="right")
    sheet.box(0, x - measure(days, 7.0) - 11, y - 5.8, 7, 7, fill=ACCENT, radius=1.5)


def _draw_bar(sheet: Sheet, hour: HourFigure, x: float, width: float, at: Callable[[int], float]) -> None:
    """A bar upwards, or downwards and red in an hour that gave back more than it took."""
    top, foot = sorted((at(hour.amount_minor), at(0)))
    height = foot - top
    if height > 0.05:
        fill = ACCENT if hour.amount_minor > 0 else DANGER
        sheet.box(0, x - width / 2, top, width, height, fill=fill, radius=min(1.5, height / 2))


def _draw_typical(sheet: Sheet, points: Sequence[tuple[float, float]]) -> None:
    # A white edge keeps the line apart from the bars behind it, on a grey printer too.
    if len(points) > 1:
        sheet.line(0, points, WHITE, 2.6)
        sheet.line(0, points, WARN, 1.1)
    for x, y in points:
        sheet.dot(0, x, y, 1.6, WHITE, WARN)


def _draw_figures(
    sheet: Sheet, report: DailyReport, texts: Texts, middles: Sequence[float], slot: float, y: float
) -> None:
    """The hour, its takings and its receipts in three rows under the bars."""
    code = report.shop.currency
    amounts = [texts.amount(hour.amount_minor, code) if hour.amount_minor else "–" for hour in report.hours]
    if min(shrunk(amount, slot - 2, 6.5) for amount in amounts) < _SMALLEST:
        # Many hours of large amounts: without the decimals they can still be read.
        amounts = [amount.split(".")[0] for amount in amounts]
    receipts = [texts.amount(hour.receipts, "JPY") if hour.receipts else "–" for hour in report.hours]
    rows = (
        (y + 11.0, texts.gettext("hour"), [f"{hour.hour:02d}" for hour in report.hours], 7.0, INK),
        (y + 20.5, texts.gettext("sales"), amounts, 6.5, INK2),
        (y + 29.5, texts.gettext("receipts"), receipts, 6.5, INK3),
    )
    for row_y, name, figures, most, colour in rows:
        sheet.text(0, _LEFT - 6, row_y, name, 6.5, colour=INK3, align="right", room=40)
        size = min(shrunk(figure, slot - 2, most) for figure in figures)
        for x, figure in zip(middles, figures, strict=True):
            sheet.text(0, x, row_y, figure, size, colour=colour, align="center")
