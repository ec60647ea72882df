"""Why stock moves, and what the pieces cost by moving average: an edition keeps a quantity and a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from av_pos.domain.money import share_out


class StockReason(StrEnum):
    """Why pieces came or went; every row of the stock ledger has one."""

    OPENING = "opening"
    SALE = "sale"
    VOID = "void"
    RETURN = "return"
    RECEIPT = "receipt"
    SUPPLIER_RETURN = "supplier_return"
    STOCKTAKE = "stocktake"
    DAMAGE = "damage"
    LOSS = "loss"
    SAMPLE = "sample"
    TRANSFER = "transfer"
    BUY_IN = "buy_in"
    RENTAL_OUT = "rental_out"
    RENTAL_IN = "rental_in"
    RESERVATION = "reservation"


@dataclass(frozen=True, slots=True)
class OnHand:
    """What the books hold of an edition: its pieces, below nought when more were sold, and what they are worth."""

    qty: int
    value_minor: int


def take_cost(on_hand_qty: int, value_minor: int, qty: int, last_unit_cost_minor: int = 0) -> int:
    """Give the cost of `qty` pieces that leave, in minor units.

    Pieces on hand carry their share of the value, so that nothing is left at nought pieces; those beyond cost what
    one piece cost last. Raises ValueError for a negative quantity.
    """
    if qty < 0:
        raise ValueError("pieces that leave are counted upwards")
    covered = min(qty, max(on_hand_qty, 0))
    beyond = (qty - covered) * last_unit_cost_minor
    if not covered:
        return beyond
    return share_out(value_minor, (covered, on_hand_qty - covered))[0] + beyond


def take_out(before: OnHand, qty: int, last_unit_cost_minor: int = 0) -> tuple[int, OnHand]:
    """Give the cost of `qty` pieces that leave, as `take_cost` does, and what is on hand for whoever takes next."""
    cost = take_cost(before.qty, before.value_minor, qty, last_unit_cost_minor)
    return cost, OnHand(before.qty - qty, before.value_minor - cost)


def piece_cost(cost_minor: int, qty: int) -> int:
    """Give what one of `qty` pieces that came in for `cost_minor` cost, rounded down: the last cost of an edition."""
    return cost_minor // qty


def settle_receipt(on_hand_qty: int, value_minor: int, qty: int, cost_minor: int) -> tuple[int, int]:
    """Give the value after `qty` pieces come in for `cost_minor`, and what the books must put right beside it.

    Pieces sold below nought left at a guessed cost; those that fill the hole turn the guess into what they cost. The
    difference is the correction (above nothing: the guess was too low), so that the pieces left carry their own cost
    and nought pieces carry nothing. Value after + correction = value before + cost. Raises ValueError for a
    negative quantity.
    """
    if qty < 0:
        raise ValueError("pieces that come in are counted upwards")
    total, after = value_minor + cost_minor, on_hand_qty + qty
    if on_hand_qty >= 0 or qty == 0:
        return total, 0
    if after < 0:
        kept = share_out(value_minor, (-after, qty))[0]
        return kept, total - kept
    kept = share_out(cost_minor, (after, qty - after))[0]
    return kept, total - kept


def unit_cost(on_hand_qty: int, value_minor: int, last_unit_cost_minor: int = 0) -> int:
    """Give what one piece costs now, rounded; with none on hand what it cost last."""
    return take_cost(on_hand_qty, value_minor, 1, last_unit_cost_minor)


def is_low(free_qty: int, mark_qty: int) -> bool:
    """Say whether an edition runs low: no more new pieces are free (on hand and not put by) than its mark says."""
    return free_qty <= mark_qty


def left_after(on_hand_qty: int, leaving: Iterable[int]) -> int:
    """Give what stays of an edition when these quantities leave; below nought when more leave than the books have."""
    return on_hand_qty - sum(leaving)
