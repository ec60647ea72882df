"""What paper shows, as data: services fill these, printing lays them out, the journal keeps them.

All amounts are whole minor units of `currency`; rates are basis points; times are aware UTC and `zone` (IANA) says how
a reader sees them. `to_payload` / `from_payload` make canonical, versioned JSON values of them and back: no floats, no
personal data.
"""

import types
import typing
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

PAYLOAD_VERSION = 1
ROUND_OFF = "round_off"

_PLAIN = frozenset((str, int, bool, type(None)))


class DocumentKind(StrEnum):
    """What a numbered document is. A void and a return are linked to the sale they undo."""

    SALE = "sale"
    VOID = "void"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class ShopHead:
    """What stands at the head and foot of the shop's paper."""

    name: str
    lines: tuple[str, ...] = ()
    footer: str = ""
    currency: str = "CNY"
    language: str = "zh_CN"
    zone: str = "Asia/Shanghai"
    prices_include_tax: bool = True


@dataclass(frozen=True, slots=True)
class Reduction:
    """One amount taken off, with its reason, in minor units; a round-off upwards is negative.

    `kind` is line_discount, basket_discount, override, round_off …
    """

    kind: str
    reason: str
    amount_minor: int
    rate_bp: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line: `list_minor` and `unit_minor` are for one piece.

    `amount_minor` is what the line comes to before the discounts on the whole (quantity × unit − line reductions);
    `net_minor` is its share after them.
    """

    title: str
    artist: str
    format: str
    code: str
    qty: int
    list_minor: int
    unit_minor: int
    amount_minor: int
    net_minor: int
    tax_bp: int
    tax_minor: int
    grade: str = ""
    reductions: tuple[Reduction, ...] = ()


@dataclass(frozen=True, slots=True)
class TenderLine:
    """One means of payment. `amount_minor` settles the bill; cash also knows what was handed over and given back."""

    kind: str
    amount_minor: int
    tendered_minor: int
    change_minor: int = 0
    card_type: str = ""
    card_last4: str = ""


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax of one rate contained in (or added to) the total."""

    name: str
    rate_bp: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A sale, a void or a return, frozen as it was. `number` is printed; `code` is its `29 2…` barcode."""

    kind: DocumentKind
    till: int
    sequence: int
    number: str
    code: str
    at: datetime
    business_on: date
    cashier: str
    shop: ShopHead
    lines: tuple[ReceiptLine, ...]
    reductions: tuple[Reduction, ...]
    tenders: tuple[TenderLine, ...]
    taxes: tuple[TaxLine, ...]
    items_qty: int
    subtotal_minor: int
    total_minor: int
    change_minor: int = 0
    of_number: str = ""
    reason: str = ""
    approved_by: str = ""
    member_number: str = ""
    points_earned: int = 0
    points_balance: int | None = None
    notes: tuple[str, ...] = ()


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
    """An edition at or below its low-stock mark."""

    title: str
    artist: str
    format: str
    on_hand_qty: int


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


def all_reductions(receipt: Receipt) -> tuple[Reduction, ...]:
    """Return the reductions on the whole and on every line."""
    return (*receipt.reductions, *(reduction for line in receipt.lines for reduction in line.reductions))


def discounts_given(kind: DocumentKind, reductions: Iterable[Reduction]) -> int:
    """Sum what was given away but the round-off; a raised price is a negative reduction and counts against none.

    What a void or a return takes back is negative.
    """
    given = [reduction.amount_minor for reduction in reductions if reduction.kind != ROUND_OFF]
    if kind is DocumentKind.SALE:
        return sum(max(amount, 0) for amount in given)
    return sum(min(amount, 0) for amount in given)


def rounded_off(reductions: Iterable[Reduction]) -> int:
    """Sum what was rounded off; upwards is negative."""
    return sum(reduction.amount_minor for reduction in reductions if reduction.kind == ROUND_OFF)


D = TypeVar("D")


def to_payload(value: Any) -> Any:
    """Turn a document (or a part of one) into plain JSON values: dicts in field order, lists, text, whole numbers."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    names = _field_names(kind)
    if names:
        return {name: to_payload(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [to_payload(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float):
        raise TypeError("a document holds no floats")
    return value


@cache
def _field_names(cls: Hashable) -> tuple[str, ...]:
    """The fields of a dataclass in their order, none for anything else: looking them up anew costs the most here."""
    return tuple(f.name for f in fields(cls)) if isinstance(cls, type) and is_dataclass(cls) else ()


def from_payload(cls: type[D], payload: Any) -> D:
    """Build a document of class `cls` from what `to_payload` made; fields unknown to an older version keep defaults."""
    hints = typing.get_type_hints(cls)
    known = {f.name for f in fields(cast(Any, cls))}
    return cls(**{name: _read(hints[name], raw) for name, raw in payload.items() if name in known})


def _read(hint: Any, raw: Any) -> Any:
    if raw is None:
        return None
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _read(next(arm for arm in typing.get_args(hint) if arm is not type(None)), raw)
    if origin is tuple:
        return tuple(_read(typing.get_args(hint)[0], item) for item in raw)
    if is_dataclass(hint):
        return from_payload(cast(type, hint), raw)
    if hint is datetime:
        return datetime.fromisoformat(raw)
    if hint is date:
        return date.fromisoformat(raw)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(raw)
    return raw
