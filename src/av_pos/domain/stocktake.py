"""Counting while the shop sells: what the scans of a disc come to, when a count is unsure, which discs to count first.

A difference is what was counted less what the ledger had at that very instant, so that a sale before or after the count
changes nothing. Instants are rows of the ledger, never times: a clock may be set back in the middle of a count.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from av_pos.domain.stock import StockReason, settle_receipt, take_cost, unit_cost


class Scope(StrEnum):
    """What a stocktake counts: the whole shop, a shelf, a category or style, or a short list chosen by risk."""

    SHOP = "shop"
    SHELF = "shelf"
    CATEGORY = "category"
    RISK = "risk"


class ScanKind(StrEnum):
    """What a row of the log is: a piece, a number typed, "nothing there", a used copy, a code that nobody knows."""

    SCAN = "scan"
    SET = "set"
    NONE = "none"
    COPY = "copy"
    UNKNOWN = "unknown"


class DifferenceReason(StrEnum):
    """Why books and shelf differ, as far as somebody knows."""

    THEFT = "theft"
    DAMAGED = "damaged"
    MISCOUNTED = "miscounted"
    WRONG_DISC = "wrong_disc"
    MISPLACED = "misplaced"
    UNKNOWN = "unknown"


class RiskReason(StrEnum):
    """What weighs most in putting a disc on a list chosen by risk."""

    BELOW_ZERO = "below_zero"
    DIFFERENCES = "differences"
    VALUE = "value"
    SPEED = "speed"
    LONG_AGO = "long_ago"


BOOK_ONLY = frozenset({StockReason.STOCKTAKE, StockReason.LOSS, StockReason.OPENING})
"""Rows of the ledger that put the books right: when they were written no piece came or went.

What they change was so already when the disc was counted, and counts for what was expected then. The same holds for
the transfer that tells which disc one sold as unknown was; other transfers move pieces.
"""


@dataclass(frozen=True, slots=True)
class CountedScan:
    """One row of a disc's log: pieces, who counted at which till, and the ledger's balance and newest row just then."""

    kind: str
    qty: int
    counter: tuple[int, int]
    on_hand_qty: int
    move_id: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a disc's scans come to, and the newest rows of the ledger when the first and the last piece was counted."""

    counted_qty: int
    expected_qty: int
    first_move_id: int
    last_move_id: int


def tally(scans: Sequence[CountedScan]) -> Tally | None:
    """Add up a disc's scans, the oldest first; None when there are none.

    What several people counted adds up. A number typed takes the place of what the same person counted at the same
    till before it, but not of pieces that were scanned as unknown and named since. That nothing was there holds only
    until somebody counts a piece.
    """
    counting = [scans[place] for place in those_that_count(scans)] or list(scans[-1:])
    if not counting:
        return None
    last = counting[-1]
    return Tally(sum(scan.qty for scan in counting), last.on_hand_qty, counting[0].move_id, last.move_id)


def those_that_count(scans: Sequence[CountedScan]) -> list[int]:
    """Give the places of the pieces and numbers that count: those that no later number took the place of."""
    last_set = {scan.counter: place for place, scan in enumerate(scans) if scan.kind == ScanKind.SET}
    return [
        place
        for place, scan in enumerate(scans)
        if scan.kind == ScanKind.UNKNOWN or (scan.kind != ScanKind.NONE and place >= last_set.get(scan.counter, 0))
    ]


@dataclass(frozen=True, slots=True)
class CountTotals:
    """How far a stocktake has come: lines and used copies counted, those that agree, those that do not, at cost.

    `counted_qty` and `matches_qty` are of what was to be counted; differences also of what was found beside it.
    """

    counted_qty: int = 0
    matches_qty: int = 0
    differences_qty: int = 0
    unsure_qty: int = 0
    variance_minor: int = 0

    def __add__(self, other: "CountTotals") -> "CountTotals":
        return CountTotals(
            self.counted_qty + other.counted_qty,
            self.matches_qty + other.matches_qty,
            self.differences_qty + other.differences_qty,
            self.unsure_qty + other.unsure_qty,
            self.variance_minor + other.variance_minor,
        )

    def __sub__(self, other: "CountTotals") -> "CountTotals":
        return self + CountTotals(
            -other.counted_qty, -other.matches_qty, -other.differences_qty, -other.unsure_qty, -other.variance_minor
        )


def line_share(
    counted_qty: int | None, expected_qty: int | None, unit_minor: int, *, is_in_scope: bool, is_unsure: bool
) -> CountTotals:
    """Give what a disc's count adds to the totals; `is_unsure` is left out once somebody accepted it."""
    if counted_qty is None:
        return CountTotals()
    difference = counted_qty - (expected_qty or 0)
    return CountTotals(
        counted_qty=int(is_in_scope),
        matches_qty=int(is_in_scope and not difference and not is_unsure),
        differences_qty=int(difference != 0),
        unsure_qty=int(is_unsure),
        variance_minor=difference * unit_minor,
    )


def copy_share(
    *, is_in_scope: bool, is_found: bool, is_missing: bool, is_settled: bool, was_here: bool, cost_minor: int
) -> CountTotals:
    """Give what a used copy adds to the totals: found where it should be, missing, or found though it was gone.

    `was_here`: the books had it in the shop. `is_settled`: brought back, so that it is no difference any more.
    """
    if is_found:
        odd = not was_here and not is_settled
        return CountTotals(int(is_in_scope), int(is_in_scope and not odd), int(odd))
    if is_missing:
        return CountTotals(int(is_in_scope), 0, 1, 0, -cost_minor)
    return CountTotals()


def exceeds(difference_qty: int, unit_minor: int, tolerance_qty: int, tolerance_minor: int) -> bool:
    """Say whether a difference is larger than the tolerance, in pieces or at cost: then somebody else counts again."""
    return abs(difference_qty) > tolerance_qty or abs(difference_qty * unit_minor) > tolerance_minor


def match_bp(totals: CountTotals) -> int | None:
    """Give the share of what was counted that agrees, in basis points; None before the first."""
    return totals.matches_qty * 10_000 // totals.counted_qty if totals.counted_qty else None


def pace(scans: int, seconds: float) -> int:
    """Give scans a minute, of so many in the last `seconds`; less than a minute counts as one."""
    return round(scans * 60 / max(seconds, 60.0))


def difference_cost(qty: int, on_hand_qty: int, value_minor: int, last_cost_minor: int) -> int:
    """Give the value of a difference of `qty` pieces that is posted, with its sign, by moving average.

    Missing pieces leave at their share of the value; pieces found come in at what one piece costs. Below nought they
    fill the hole first, so that nought pieces carry nothing (as `domain.stock.settle_receipt` says).
    """
    if qty < 0:
        return -take_cost(on_hand_qty, value_minor, -qty, last_cost_minor)
    each = unit_cost(on_hand_qty, value_minor, last_cost_minor)
    return settle_receipt(on_hand_qty, value_minor, qty, qty * each)[0] - value_minor


# --- which discs to count first ------------------------------------------------------------------------------------

_MOST_POINTS = {
    RiskReason.BELOW_ZERO: 40.0,
    RiskReason.DIFFERENCES: 25.0,
    RiskReason.VALUE: 20.0,
    RiskReason.SPEED: 20.0,
    RiskReason.LONG_AGO: 15.0,
}
_DIFFERENCES_FOR_MOST = 3
_SOLD_A_WEEK_FOR_MOST = 1.0
_DAYS_FOR_MOST = 365
_FIND_S, _PIECE_S = 12.0, 2.0
MOST_MINUTES = 480


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known of a disc: its balance, pieces sold a week, pieces that former counts were out by, last count.

    `days_since_count` is None when it was never counted.
    """

    on_hand_qty: int
    value_minor: int
    sold_a_week: float
    differences_qty: int
    days_since_count: int | None


@dataclass(frozen=True, slots=True)
class Risk:
    """How much a disc wants to be counted (0 to 120 points), and what weighs most."""

    score: float
    reason: RiskReason


def risk_of(facts: RiskFacts, top_value_minor: int) -> Risk:
    """Weigh a disc: each ground gives points up to its most, and the largest is the reason.

    Value counts by its logarithm against the dearest disc of the shop (`top_value_minor`); a disc below zero gets
    three quarters at once, because it is wrong for sure.
    """
    days = _DAYS_FOR_MOST if facts.days_since_count is None else max(facts.days_since_count, 0)
    shares = {
        RiskReason.BELOW_ZERO: 0.75 + min(-facts.on_hand_qty, 5) / 20 if facts.on_hand_qty < 0 else 0.0,
        RiskReason.DIFFERENCES: min(facts.differences_qty / _DIFFERENCES_FOR_MOST, 1.0),
        RiskReason.VALUE: _by_logarithm(facts.value_minor, top_value_minor),
        RiskReason.SPEED: min(max(facts.sold_a_week, 0.0) / _SOLD_A_WEEK_FOR_MOST, 1.0),
        RiskReason.LONG_AGO: min(days / _DAYS_FOR_MOST, 1.0),
    }
    points = {reason: share * _MOST_POINTS[reason] for reason, share in shares.items()}
    reason = max(points, key=lambda one: points[one])
    return Risk(sum(points.values()), reason)


def fit_into(minutes: int, discs: Iterable[tuple[int, int]]) -> list[int]:
    """Take the discs (id, pieces on hand), the riskiest first, that can be counted in so many minutes; at least one.

    Finding a disc takes twelve seconds and each piece two.
    """
    chosen: list[int] = []
    left = minutes * 60.0
    for disc, pieces in discs:
        left -= _FIND_S + _PIECE_S * max(pieces, 0)
        if left < 0 and chosen:
            break
        chosen.append(disc)
    return chosen


def _by_logarithm(value_minor: int, top_minor: int) -> float:
    if value_minor <= 0 or top_minor <= 0:
        return 0.0
    return min(math.log1p(value_minor) / math.log1p(top_minor), 1.0)
