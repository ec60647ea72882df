"""The lists of the reports: hours, means of payment, discs, styles, cashiers, low stock."""

from collections.abc import Mapping

from av_pos.domain.daily import CashierFigure, CategoryFigure, DiscFigure, HourFigure, LowStockFigure
from av_pos.domain.shift_report import TenderTotal
from av_pos.i18n import _
from av_pos.ui.stock import stock_mark
from av_pos.ui.tenders import tender_words
from av_pos.ui.widgets.table import Column, DataTable

TYPICAL = 2
"""The column of the hours that only a single day has."""


def hours_table(currency_code: str) -> "DataTable[HourFigure]":
    """Sales by hour as figures, beside the picture of them."""
    columns: tuple[Column[HourFigure], ...] = (
        Column(_("Hour"), _hour, stretch=True),
        Column(_("Receipts"), _hour_receipts, "number", total=True),
        Column(_("Typical"), _hour_typical, "money", total=True),
        Column(_("Sales"), _hour_amount, "money", strong=True, total=True),
    )
    return DataTable("reportTable", _("Sales by hour"), columns, currency_code=currency_code, key=_hour_key,
                     empty=_("No sales these days."))  # fmt: skip


def tenders_table(currency_code: str) -> "DataTable[TenderTotal]":
    """What was paid with what."""
    columns: tuple[Column[TenderTotal], ...] = (
        Column(_("Paid with"), _tender, stretch=True),
        Column(_("Payments"), _tender_count, "number"),
        Column(_("Amount"), _tender_amount, "money", strong=True),
    )
    return DataTable("tendersTable", _("Paid with"), columns, currency_code=currency_code, key=_tender_key,
                     empty=_("Nothing was paid these days."))  # fmt: skip


def discs_table(currency_code: str, low_mark_qty: int, *, with_profit: bool) -> "DataTable[DiscFigure]":
    """The discs that brought most, and how many are left."""
    left = _Left(low_mark_qty)
    columns: tuple[Column[DiscFigure], ...] = (
        Column(_("Disc"), _disc, stretch=True),
        Column(_("Sold"), _disc_qty, "number"),
        Column(_("Sales"), _disc_amount, "money"),
        *((Column(_("Profit"), _disc_profit, "money"),) if with_profit else ()),
        Column(_("Left"), left.of_disc, "chip"),
    )
    return DataTable("topDiscsTable", _("Top discs"), columns, currency_code=currency_code,
                     empty=_("The discs that sell best stand here once something is sold."))  # fmt: skip


def styles_table(
    currency_code: str, names: Mapping[str, str], *, with_profit: bool
) -> "DataTable[CategoryFigure]":  # fmt: skip
    """What each style brought; `names` gives the words for its key, and may be filled later."""
    words = _StyleWords(names)
    columns: tuple[Column[CategoryFigure], ...] = (
        Column(_("Style"), words.of_style, stretch=True),
        Column(_("Sold"), _style_qty, "number", total=True),
        Column(_("Sales"), _style_amount, "money", total=True),
        *((Column(_("Profit"), _style_profit, "money", total=True),) if with_profit else ()),
    )
    return DataTable("stylesTable", _("By style"), columns, currency_code=currency_code, totals=True,
                     empty=_("What each style brings stands here once something is sold."))  # fmt: skip


def cashiers_table(currency_code: str) -> "DataTable[CashierFigure]":
    """What each cashier sold, gave off and voided."""
    columns: tuple[Column[CashierFigure], ...] = (
        Column(_("Cashier"), _cashier, stretch=True),
        Column(_("Receipts"), _cashier_receipts, "number", total=True),
        Column(_("Sales"), _cashier_amount, "money", total=True),
        Column(_("Discounts"), _cashier_discounts, "money", total=True),
        Column(_("Voids"), _cashier_voids, "number", total=True),
        Column(_("No sale"), _cashier_no_sales, "number", total=True),
    )
    return DataTable("cashiersTable", _("By cashier"), columns, currency_code=currency_code, totals=True,
                     empty=_("What each cashier sells stands here once something is sold."))  # fmt: skip


def low_stock_table(currency_code: str, low_mark_qty: int) -> "DataTable[LowStockFigure]":
    """Discs that run low."""
    left = _Left(low_mark_qty)
    columns: tuple[Column[LowStockFigure], ...] = (
        Column(_("Disc"), _low_disc, stretch=True),
        Column(_("Format"), _low_format),
        Column(_("Left"), left.of_low, "chip"),
    )
    return DataTable("lowStockTable", _("Low stock"), columns, currency_code=currency_code,
                     empty=_("Discs that sell and are nearly gone stand here. Nothing runs low."))  # fmt: skip


class _Left:
    """How many are left, as a mark where it matters."""

    def __init__(self, low_mark_qty: int) -> None:
        self._low_mark_qty = low_mark_qty

    def of_disc(self, row: DiscFigure) -> object:
        return self._mark(row.on_hand_qty)

    def of_low(self, row: LowStockFigure) -> object:
        return self._mark(row.left_qty)

    def _mark(self, qty: int) -> object:
        return qty if qty > self._low_mark_qty else stock_mark(qty, self._low_mark_qty)


class _StyleWords:
    """The words for a style's key."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def of_style(self, row: CategoryFigure) -> str:
        return self._names.get(row.name, row.name)


def _hour(row: HourFigure) -> str:
    return f"{row.hour:02d}:00–{(row.hour + 1) % 24:02d}:00"


def _hour_key(row: HourFigure) -> object:
    return row.hour


def _hour_receipts(row: HourFigure) -> int:
    return row.receipts


def _hour_typical(row: HourFigure) -> int | None:
    return row.typical_minor or None


def _hour_amount(row: HourFigure) -> int:
    return row.amount_minor


def _tender(row: TenderTotal) -> str:
    return tender_words(row.kind)


def _tender_key(row: TenderTotal) -> object:
    return row.kind


def _tender_count(row: TenderTotal) -> int:
    return row.count


def _tender_amount(row: TenderTotal) -> int:
    return row.amount_minor


def _disc(row: DiscFigure) -> str:
    return " · ".join(word for word in (row.title, row.artist) if word)


def _disc_qty(row: DiscFigure) -> int:
    return row.qty


def _disc_amount(row: DiscFigure) -> int:
    return row.amount_minor


def _disc_profit(row: DiscFigure) -> int:
    return row.profit_minor


def _style_qty(row: CategoryFigure) -> int:
    return row.qty


def _style_amount(row: CategoryFigure) -> int:
    return row.amount_minor


def _style_profit(row: CategoryFigure) -> int:
    return row.profit_minor


def _cashier(row: CashierFigure) -> str:
    return row.name


def _cashier_receipts(row: CashierFigure) -> int:
    return row.receipts


def _cashier_amount(row: CashierFigure) -> int:
    return row.amount_minor


def _cashier_discounts(row: CashierFigure) -> int:
    return row.discounts_minor


def _cashier_voids(row: CashierFigure) -> int:
    return row.voids_count


def _cashier_no_sales(row: CashierFigure) -> int:
    return row.no_sales


def _low_disc(row: LowStockFigure) -> str:
    return " · ".join(word for word in (row.title, row.artist) if word)


def _low_format(row: LowStockFigure) -> str:
    return row.format
