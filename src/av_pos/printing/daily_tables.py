"""The daily report's tables: tenders, styles, discs, tax, shifts against their count, cashiers, low stock."""

import csv
from collections.abc import Sequence
from functools import cache

from av_pos.domain.daily import CashierFigure, CategoryFigure, DailyReport, DiscFigure, LowStockFigure, ShiftFigure
from av_pos.domain.documents import TaxLine
from av_pos.domain.shift_report import TenderTotal
from av_pos.i18n import N_, Texts
from av_pos.printing.paper import TENDER_NAMES, named
from av_pos.printing.sheet import DANGER, FOOT, INK, INK3, WARN, Cell, Column, Flow, Table, measure
from av_pos.resources import start_data

_CATEGORIES = {"music": N_("Music"), "film": N_("Film"), "other": N_("Other")}
_PILL_INSET = 3.0


def style_name(key: str, language: str) -> str:
    """The name of a style or a category in a language; a shop's own style is its own name."""
    names = _style_names().get(key)
    if names is not None:
        return names[1] if language.startswith("zh") else names[0]
    return Texts(language).gettext(_CATEGORIES[key]) if key in _CATEGORIES else key


@cache
def _style_names() -> dict[str, tuple[str, str]]:
    with start_data("styles.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["name_en"], row["name_zh"]) for row in csv.DictReader(file)}


def shows_profit(report: DailyReport) -> bool:
    """Whether the report holds any profit: whoever may not see cost is given none."""
    return bool(report.profit_minor) or any(figure.profit_minor for figure in report.categories)


def signed(minor: int, code: str, texts: Texts) -> str:
    """An amount with its sign, + as well, ± for nothing."""
    return ("+" if minor > 0 else "±" if not minor else "") + texts.amount(minor, code)


def difference_colour(minor: int, level: str) -> str:
    """Red when cash is missing, amber when there is too much, else `level`."""
    return DANGER if minor < 0 else WARN if minor > 0 else level


def left_tables(report: DailyReport, texts: Texts) -> list[Table]:
    """The tables of the narrow column."""
    return [_tender_table(report.tenders, report.shop.currency, texts), _category_table(report, texts)]


def right_tables(report: DailyReport, texts: Texts) -> list[Table]:
    """The tables of the wide column."""
    return [_disc_table(report, texts), _tax_table(report.taxes, report.shop.currency, texts)]


def wide_tables(report: DailyReport, texts: Texts) -> list[Table]:
    """The tables as wide as the page: shifts and cashiers, if there were any."""
    shifts = [_shift_table(report, texts)] if report.shifts else []
    cashiers = [_cashier_table(report.cashiers, report.shop.currency, texts)] if report.cashiers else []
    return shifts + cashiers


def draw_low_stock(flow: Flow, discs: Sequence[LowStockFigure], texts: Texts, columns: int) -> None:
    """List the discs that run low, in columns that are read downwards; they may go on overleaf."""
    title = texts.gettext("Low stock")
    gap = 16.0
    width = (flow.width - gap * (columns - 1)) / columns
    flow.need(16 + flow.row * min(3, -(-len(discs) // columns)))
    flow.title(title)
    while discs:
        rows = max(1, min(int((FOOT - flow.y) // flow.row), -(-len(discs) // columns)))
        for place, disc in enumerate(discs[: rows * columns]):
            down, across = place % rows, place // rows
            strip = Flow(flow.sheet, flow.x + across * (width + gap), width, flow.page, flow.y, flow.top)
            strip.row, strip.size = flow.row, flow.size
            strip.y += down * flow.row
            _draw_low_disc(strip, disc, texts)
        discs = discs[rows * columns :]
        flow.y += rows * flow.row
        if discs and flow.need(FOOT):
            flow.title(f"{title} {texts.gettext('(continued)')}")


def _draw_low_disc(strip: Flow, disc: LowStockFigure, texts: Texts) -> None:
    count = _whole(disc.left_qty, texts)
    colour = DANGER if disc.left_qty <= 0 else INK
    right = strip.x + strip.width
    strip.sheet.text(strip.page, right, strip.base, count, strip.size, bold=True, colour=colour, align="right")
    room = measure(count, strip.size, bold=True) + 8
    strip.name(_disc_cell(disc), strip.x, right - room, strip.base, strip.size)
    y = strip.y + strip.row
    strip.sheet.line(strip.page, ((strip.x, y), (right, y)))


def _tender_table(tenders: Sequence[TenderTotal], code: str, texts: Texts) -> Table:
    def row(name: str, count: int, minor: int) -> tuple[Cell, ...]:
        return Cell(name), Cell(_whole(count, texts)), Cell(texts.amount(minor, code))

    count, minor = sum(tender.count for tender in tenders), sum(tender.amount_minor for tender in tenders)
    return Table(
        texts.gettext("Paid with"),
        (Column(texts.gettext("Means"), names=True), Column(texts.gettext("Count")), Column(texts.gettext("Amount"))),
        tuple(row(named(TENDER_NAMES, tender.kind, texts), tender.count, tender.amount_minor) for tender in tenders),
        total=row(texts.gettext("Total"), count, minor),
        empty=texts.gettext("No payments"),
    )


def _category_table(report: DailyReport, texts: Texts) -> Table:
    code, profit = report.shop.currency, shows_profit(report)

    def row(figure: CategoryFigure) -> tuple[Cell, ...]:
        return (
            Cell(style_name(figure.name, texts.language)),
            Cell(_whole(figure.qty, texts)),
            Cell(texts.amount(figure.amount_minor, code)),
            *([Cell(texts.amount(figure.profit_minor, code))] if profit else []),
        )

    return Table(
        texts.gettext("By category"),
        (
            Column(texts.gettext("Style"), names=True),
            Column(texts.gettext("Sold")),
            Column(texts.gettext("Sales")),
            *([Column(texts.gettext("Profit"))] if profit else []),
        ),
        tuple(row(figure) for figure in report.categories),
        empty=texts.gettext("Nothing sold"),
    )


def _disc_table(report: DailyReport, texts: Texts) -> Table:
    code, profit = report.shop.currency, shows_profit(report)
    low = {(figure.title, figure.artist, figure.format) for figure in report.low_stock}

    def row(disc: DiscFigure) -> tuple[Cell, ...]:
        few = disc.on_hand_qty <= 0 or (disc.title, disc.artist, disc.format) in low
        return (
            _disc_cell(disc),
            Cell(_whole(disc.qty, texts)),
            Cell(texts.amount(disc.amount_minor, code)),
            *([Cell(texts.amount(disc.profit_minor, code))] if profit else []),
            Cell(_whole(disc.on_hand_qty, texts), pill=few),
        )

    return Table(
        texts.gettext("Top discs"),
        (
            Column(texts.gettext("Disc"), names=True),
            Column(texts.gettext("Sold")),
            Column(texts.gettext("Sales")),
            *([Column(texts.gettext("Profit"))] if profit else []),
            Column(texts.gettext("Left"), inset=_PILL_INSET),
        ),
        tuple(row(disc) for disc in report.top_discs),
        empty=texts.gettext("Nothing sold"),
    )


def _tax_table(taxes: Sequence[TaxLine], code: str, texts: Texts) -> Table:
    def row(name: str, rate: str, gross: int, tax: int) -> tuple[Cell, ...]:
        return Cell(name), Cell(rate), *(Cell(texts.amount(minor, code)) for minor in (gross - tax, tax, gross))

    def named_rate(line: TaxLine) -> tuple[Cell, ...]:
        # Most names of rates end in the rate, which has its own column.
        rate = texts.rate(line.rate_bp)
        return row(line.name.strip().removesuffix(rate).rstrip(), rate, line.gross_minor, line.tax_minor)

    gross, tax = sum(line.gross_minor for line in taxes), sum(line.tax_minor for line in taxes)
    return Table(
        texts.gettext("Tax by rate"),
        (
            Column(texts.gettext("Goods"), names=True),
            Column(texts.gettext("Rate")),
            Column(texts.gettext("Without tax")),
            Column(texts.gettext("Tax amount")),
            Column(texts.gettext("With tax")),
        ),
        tuple(named_rate(line) for line in taxes),
        total=row(texts.gettext("Total"), "", gross, tax) if len(taxes) > 1 else (),
        empty=texts.gettext("No tax"),
    )


def _shift_table(report: DailyReport, texts: Texts) -> Table:
    return Table(
        texts.gettext("Cash against the count"),
        (
            Column(texts.gettext("Shift opened by"), names=True),
            Column(texts.gettext("Till")),
            Column(texts.gettext("Shift")),
            Column(texts.gettext("Open")),
            Column(texts.gettext("Cash expected")),
            Column(texts.gettext("Cash counted")),
            Column(texts.gettext("Difference")),
        ),
        tuple(_shift_row(shift, report, texts) for shift in report.shifts),
    )


def _shift_row(shift: ShiftFigure, report: DailyReport, texts: Texts) -> tuple[Cell, ...]:
    code, zone = report.shop.currency, report.shop.zone
    one_day = report.first_on == report.last_on
    opened = texts.time(shift.opened_at, zone) if one_day else texts.date_time(shift.opened_at, zone)
    closed = texts.time(shift.closed_at, zone) if shift.closed_at else texts.gettext("still open")
    if shift.counted_minor is None or shift.difference_minor is None:
        counted, difference = Cell("–", colour=INK3), Cell("–", colour=INK3)
    else:
        counted = Cell(texts.amount(shift.counted_minor, code))
        colour = difference_colour(shift.difference_minor, INK)
        difference = Cell(signed(shift.difference_minor, code, texts), colour=colour)
    return (
        Cell(shift.cashier),
        Cell(str(shift.till)),
        Cell(str(shift.number)),
        Cell(f"{opened} – {closed}"),
        Cell(texts.amount(shift.expected_cash_minor, code)),
        counted,
        difference,
    )


def _cashier_table(cashiers: Sequence[CashierFigure], code: str, texts: Texts) -> Table:
    def row(cashier: CashierFigure) -> tuple[Cell, ...]:
        return (
            Cell(cashier.name),
            Cell(_whole(cashier.receipts, texts)),
            Cell(texts.amount(cashier.amount_minor, code)),
            Cell(texts.amount(cashier.discounts_minor, code)),
            Cell(_whole(cashier.voids_count, texts)),
            Cell(texts.amount(cashier.voids_minor, code)),
            Cell(_whole(cashier.removed_lines, texts)),
            Cell(_whole(cashier.no_sales, texts)),
        )

    return Table(
        texts.gettext("By cashier"),
        (
            Column(texts.gettext("Cashier"), names=True),
            Column(texts.gettext("Receipts")),
            Column(texts.gettext("Sales")),
            Column(texts.gettext("Discounts given")),
            Column(texts.gettext("Voids")),
            Column(texts.gettext("Voided")),
            Column(texts.gettext("Lines removed")),
            Column(texts.gettext("No-sale openings")),
        ),
        tuple(row(cashier) for cashier in cashiers),
    )


def _disc_cell(disc: DiscFigure | LowStockFigure) -> Cell:
    return Cell(f"{disc.title} · {disc.artist}" if disc.artist else disc.title, tail=disc.format)


def _whole(number: int, texts: Texts) -> str:
    return f"{texts.minus}{-number:,}" if number < 0 else f"{number:,}"
