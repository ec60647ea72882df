"""The figures at the head of the reports, in words: pure functions from a `DailyReport`."""

from dataclasses import dataclass

from av_pos.domain.daily import DailyReport
from av_pos.i18n import _, currency, format_amount, ngettext, screen_texts
from av_pos.ui.widgets.chip import Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """A big figure, the small line under it, and how it is meant."""

    value: str
    note: str = ""
    kind: Kind | None = None


def sales_figure(report: DailyReport) -> Figure:
    """Takings, and how they compare with the same weekday a week before."""
    kind: Kind | None = "danger" if report.sales_minor < 0 else None
    return Figure(screen_texts().money(report.sales_minor, report.shop.currency), _change(report), kind)


def sold_figure(report: DailyReport) -> Figure:
    """Discs and receipts."""
    discs = ngettext("{count} disc", "{count} discs", report.discs_qty)
    receipts = ngettext("{count} receipt", "{count} receipts", report.receipts)
    return Figure(discs.format(count=f"{report.discs_qty:,}"), receipts.format(count=f"{report.receipts:,}"))


def profit_figure(report: DailyReport) -> Figure:
    """Gross profit and margin."""
    margin = _("{rate} margin").format(rate=tenths(report.margin_bp) + "%")
    kind: Kind | None = "danger" if report.profit_minor < 0 else None
    return Figure(screen_texts().money(report.profit_minor, report.shop.currency), margin, kind)


def average_figure(report: DailyReport) -> Figure:
    """What a receipt comes to, and how many discs are on it."""
    discs = _("{number} discs").format(number=tenths(report.discs_per_receipt_centi))
    return Figure(screen_texts().money(report.average_minor, report.shop.currency), discs)


def drawer_figure(report: DailyReport) -> Figure:
    """The cash in the drawers; counted or expected; by how much a count is out."""
    if not report.shifts:
        return Figure("—", _("no shift"))
    texts, code = screen_texts(), report.shop.currency
    value = texts.money(report.cash_in_drawer_minor, code)
    if all(shift.counted_minor is None for shift in report.shifts):
        return Figure(value, _("expected, not counted yet"))
    difference = report.cash_difference_minor
    sign = "+" if difference > 0 else texts.minus if difference < 0 else "±"
    words = _("counted, {difference}") if report.cash_counted else _("partly counted, {difference}")
    note = words.format(difference=sign + texts.money(abs(difference), code))
    return Figure(value, note)


def hours_words(report: DailyReport) -> str:
    """What bars and line of the chart mean."""
    sign = currency(report.shop.currency).sign.strip()
    if not report.hours:
        return ""
    if report.first_on != report.last_on:
        return _("{currency}, all days together").format(currency=sign)
    if not any(hour.typical_minor for hour in report.hours):
        return sign
    weekday = screen_texts().weekday(report.first_on.weekday())
    return _("{currency}, bars this day · line typical {weekday}").format(currency=sign, weekday=weekday)


def tills_words(report: DailyReport) -> str:
    """Which tills the figures are of: Till 1 + Till 2."""
    return " + ".join(_("Till {number}").format(number=till) for till in report.tills)


def plain_rows(report: DailyReport, *, with_profit: bool) -> list[tuple[str, str]]:
    """The figures at the head for a file: each with its name, amounts as plain decimals."""
    digits = currency(report.shop.currency).digits
    amounts = [
        (_("Sales"), report.sales_minor),
        *([(_("Gross profit"), report.profit_minor)] if with_profit else []),
        (_("Average basket"), report.average_minor),
        (_("Cash in drawer"), report.cash_in_drawer_minor),
        (_("Discounts given"), report.discounts_minor),
        (_("Round-off"), report.round_off_minor),
        (_("Returns"), report.returns_minor),
        (_("Voids"), report.voids_minor),
    ]
    counts = [
        (_("Receipts"), report.receipts),
        (_("Discs"), report.discs_qty),
        (_("Drawer opened, no sale"), report.no_sale_count),
    ]
    plain = [(name, format_amount(minor, digits).replace(",", "")) for name, minor in amounts]
    return plain + [(name, str(count)) for name, count in counts]


def tenths(hundredths: int) -> str:
    """Hundredths with one decimal, a half rounded away from nothing: 253 is 2.5."""
    whole = (2 * abs(hundredths) + 10) // 20
    return f"{screen_texts().minus if hundredths < 0 and whole else ''}{whole // 10:,}.{whole % 10}"


def _change(report: DailyReport) -> str:
    if report.first_on != report.last_on:
        count = (report.last_on - report.first_on).days + 1
        return ngettext("{count} day", "{count} days", count).format(count=count)
    texts, last = screen_texts(), report.last_week_minor
    weekday = texts.weekday(report.first_on.weekday())
    if last is None:
        return _("no sales last {weekday}").format(weekday=weekday)
    if last <= 0:
        amount = texts.money(last, report.shop.currency)
        return _("{amount} last {weekday}").format(amount=amount, weekday=weekday)
    apart = report.sales_minor - last
    change = (2 * abs(apart) * 100 + last) // (2 * last)
    sign = "±" if not change else "+" if apart > 0 else texts.minus
    return _("{change} vs last {weekday}").format(change=f"{sign}{change:,}%", weekday=weekday)
