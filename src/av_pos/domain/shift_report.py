"""What a shift's X and Z show, as data; amounts, rates and times as in `domain/documents.py`."""

from dataclasses import dataclass
from datetime import date, datetime

from av_pos.domain.documents import ShopHead, TaxLine


@dataclass(frozen=True, slots=True)
class CashMoveLine:
    """Cash paid into or out of the drawer, or the drawer opened without a sale (amount 0)."""

    kind: str
    amount_minor: int
    reason: str
    staff: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TenderTotal:
    """What one means of payment brought in, net of what went back."""

    kind: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CountLine:
    """So many pieces of a note or coin of this worth (minor units)."""

    worth_minor: int
    qty: int


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """An X report (the shift goes on) or a Z report (`closed_at` set: it is over and cannot change).

    `expected_cash_minor` = float + cash taken less change and refunds + paid in − paid out. `counted_minor` and
    `difference_minor` (counted − expected) stand on a Z only. `grand_total_minor` is the till's perpetual total.
    `shows_expected` is off on the X of somebody who will count blind.
    """

    shop: ShopHead
    till: int
    shift_number: int
    business_on: date
    opened_at: datetime
    opened_by: str
    printed_at: datetime
    float_minor: int
    sales_count: int
    sales_minor: int
    voids_count: int
    voids_minor: int
    returns_count: int
    returns_minor: int
    items_qty: int
    discounts_minor: int
    round_off_minor: int
    net_minor: int
    removed_lines_count: int
    removed_lines_minor: int
    no_sale_count: int
    tenders: tuple[TenderTotal, ...]
    taxes: tuple[TaxLine, ...]
    cash_moves: tuple[CashMoveLine, ...]
    expected_cash_minor: int
    first_number: str = ""
    last_number: str = ""
    grand_total_minor: int = 0
    closed_at: datetime | None = None
    closed_by: str = ""
    approved_by: str = ""
    count: tuple[CountLine, ...] = ()
    counted_minor: int | None = None
    difference_minor: int | None = None
    difference_reason: str = ""
    shows_expected: bool = True
