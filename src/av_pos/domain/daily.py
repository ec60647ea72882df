"""What the daily report shows, as data; amounts, rates and times as in `domain/documents.py`."""

from dataclasses import dataclass
from datetime import date, datetime

from av_pos.domain.documents import ShopHead, TaxLine
from av_pos.domain.shift_report import TenderTotal


@dataclass(frozen=True, slots=True)
class HourFigure:
    """Takings and receipts of one hour of the shop's day (0–23, local)."""

    hour: int
    amount_minor: int
    receipts: int
    typical_minor: int = 0


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """Pieces, takings and profit of one category or style."""

    name: str
    qty: int
    amount_minor: int
    profit_minor: int


@dataclass(frozen=True, slots=True)
class DiscFigure:
    """One of the day's best sellers, and how many are left."""

    title: str
    artist: str
    format: str
    qty: int
    amount_minor: int
    profit_minor: int
    on_hand_qty: int


@dataclass(frozen=True, slots=True)
class CashierFigure:
    """What one cashier sold, gave off, voided and removed."""

    name: str
    receipts: int
    amount_minor: int
    discounts_minor: int
    voids_count: int
    voids_minor: int
    removed_lines: int
    no_sales: int


@dataclass(frozen=True, slots=True)
class ShiftFigure:
    """One shift of the day against its count (None while it is open)."""

    till: int
    number: int
    opened_at: datetime
    closed_at: datetime | None
    cashier: str
    expected_cash_minor: int
    counted_minor: int | None
    difference_minor: int | None


@dataclass(frozen=True, slots=True)
class LowStockFigure:
    """An edition at or below its low-stock mark; of `left_qty` new pieces none is put by for anybody."""

    title: str
    artist: str
    format: str
    left_qty: int


@dataclass(frozen=True, slots=True)
class DailyReport:
    """A business day, or several (`first_on` … `last_on`).

    `last_week_minor` is the same weekday a week before, None if none. `sales_minor` is net of voids and returns;
    `profit_minor` is sales without tax less cost.
    """

    shop: ShopHead
    first_on: date
    last_on: date
    tills: tuple[int, ...]
    printed_at: datetime
    sales_minor: int
    last_week_minor: int | None
    discs_qty: int
    receipts: int
    profit_minor: int
    margin_bp: int
    average_minor: int
    discs_per_receipt_centi: int
    cash_in_drawer_minor: int
    cash_counted: bool
    cash_difference_minor: int
    discounts_minor: int
    round_off_minor: int
    returns_count: int
    returns_minor: int
    voids_count: int
    voids_minor: int
    no_sale_count: int
    hours: tuple[HourFigure, ...]
    tenders: tuple[TenderTotal, ...]
    taxes: tuple[TaxLine, ...]
    categories: tuple[CategoryFigure, ...]
    top_discs: tuple[DiscFigure, ...]
    cashiers: tuple[CashierFigure, ...]
    shifts: tuple[ShiftFigure, ...]
    low_stock: tuple[LowStockFigure, ...]
