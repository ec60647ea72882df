"""The drawer of a shift: what should be in it, what was counted, and when somebody has to say why they differ."""

from collections.abc import Iterable

from av_pos.domain.shift_report import CountLine
from av_pos.errors import InvalidInput


def expected_cash(
    float_minor: int,
    *,
    taken_minor: int = 0,
    refunded_minor: int = 0,
    paid_in_minor: int = 0,
    paid_out_minor: int = 0,
) -> int:
    """Give what should be in the drawer: float + cash taken (less change) − refunds + paid in − paid out.

    All are given as amounts upwards of nothing.
    """
    return float_minor + taken_minor - refunded_minor + paid_in_minor - paid_out_minor


def count_total(count: Iterable[CountLine]) -> int:
    """Add up a count by note and coin; raises InvalidInput on field "count" for a negative number of pieces."""
    total = 0
    for line in count:
        if line.qty < 0 or line.worth_minor < 0:
            raise InvalidInput("count", str(line.qty), "negative")
        total += line.worth_minor * line.qty
    return total


def cash_difference(counted_minor: int, expected_minor: int) -> int:
    """Give counted less expected: above nothing there is too much, below it some is missing."""
    return counted_minor - expected_minor


def needs_reason(difference_minor: int, limit_minor: int) -> bool:
    """Say whether a difference, either way, is above the shop's limit and so needs a reason."""
    return abs(difference_minor) > limit_minor
