"""What a return goes by beside its money: the days left, a price without a receipt, a member's points and spending.

Points and spending come back in shares that add up to the sale's own. What was earned is taken rounded up, what was
redeemed is restored rounded down, so that no return in parts leaves a point more than its money is worth. Points that
were spent meanwhile are taken all the same: a balance below nothing is a debt that later points pay off first. Nobody
else may bring a balance there, and nothing is spent from one; so buying, spending the points and returning gives
nothing for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from av_pos.domain.refunds import Part
from av_pos.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ReturnWindow:
    """How many days a return still has: 0 on its last day, below that it is over since so many days."""

    days_left: int

    @property
    def is_over(self) -> bool:
        """Whether the last day has passed."""
        return self.days_left < 0


@dataclass(frozen=True, slots=True)
class MemberPart:
    """What a member gets from a sale and brings back with it: points earned and redeemed, spending for the level."""

    earned_points: int = 0
    redeemed_points: int = 0
    spend_minor: int = 0


def return_window(sold_on: date, today: date, days: int) -> ReturnWindow:
    """Give what is left of `days` since the day of the sale; a clock that went back before it leaves them all."""
    return ReturnWindow(days - max(0, (today - sold_on).days))


def unreceipted_value(prices_paid_minor: Sequence[int], list_minor: int) -> int:
    """Give what a piece without a receipt brings: the least it went for lately (90 days), or costs now.

    Raises InvalidInput("price", …, "negative").
    """
    least = min([*prices_paid_minor, list_minor])
    if least < 0:
        raise InvalidInput("price", str(least), "negative")
    return least


def member_part(sale: MemberPart, part: Part) -> MemberPart:
    """Give what goes back of a sale's points and spending with this part of it, all above nothing.

    `earned_points` are taken from the member, `redeemed_points` are given back (of points that reduced the price;
    for a tender in points use points_restored), and the spending for the level falls.
    """
    return MemberPart(
        earned_points=points_taken(sale.earned_points, part),
        redeemed_points=points_restored(sale.redeemed_points, part),
        spend_minor=points_restored(sale.spend_minor, part),
    )


def points_taken(earned_points: int, part: Part) -> int:
    """Give the earned points to take with this part: all that the share kept does not earn, rounded up."""
    before, after = (earned_points * (part.whole - done) // part.whole for done in (part.before, part.after))
    return before - after


def points_restored(redeemed_points: int, part: Part) -> int:
    """Give the redeemed points to restore with this part, rounded down.

    Of a tender in points the part is Part(refunded before, refunded now and before, what the tender settled).
    """
    before, after = (redeemed_points * done // part.whole for done in (part.before, part.after))
    return after - before
