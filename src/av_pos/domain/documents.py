"""What paper shows of a sale, as data: services fill these, printing lays them out, the journal keeps them.

All amounts are whole minor units of `currency`; rates are basis points; times are aware UTC and `zone` (IANA) says how
a reader sees them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

ROUND_OFF = "round_off"
PROMOTION = "promotion"
RETURN_CORRECTION = "return_correction"


class DocumentKind(StrEnum):
    """What a numbered document is. All but a sale are linked to the one they undo, or whose tenders they correct."""

    SALE = "sale"
    VOID = "void"
    RETURN = "return"
    CORRECTION = "correction"


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

    `kind` is promotion, line_discount, basket_discount, override, round_off …; a promotion names its rule.
    """

    kind: str
    reason: str
    amount_minor: int
    rate_bp: int | None = None
    rule_id: int | None = None


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
    """One means of payment. `amount_minor` settles the bill; cash also knows what was handed over and given back.

    A voucher is named by its id.
    """

    kind: str
    amount_minor: int
    tendered_minor: int
    change_minor: int = 0
    card_type: str = ""
    card_last4: str = ""
    voucher_id: int | None = None


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


def all_reductions(receipt: Receipt) -> tuple[Reduction, ...]:
    """Return the reductions on the whole and on every line."""
    return (*receipt.reductions, *(reduction for line in receipt.lines for reduction in line.reductions))


def discounts_given(kind: DocumentKind, reductions: Iterable[Reduction]) -> int:
    """Sum what was given away but the round-off; a raised price is a negative reduction and counts against none.

    What a void or a return takes back is negative; what pricing the kept discs anew changes counts as it is.
    """
    sums = 0
    for reduction in reductions:
        amount = reduction.amount_minor
        if reduction.kind == ROUND_OFF:
            continue
        if reduction.kind != RETURN_CORRECTION:
            amount = max(amount, 0) if kind is DocumentKind.SALE else min(amount, 0)
        sums += amount
    return sums


def rounded_off(reductions: Iterable[Reduction]) -> int:
    """Sum what was rounded off; upwards is negative."""
    return sum(reduction.amount_minor for reduction in reductions if reduction.kind == ROUND_OFF)
