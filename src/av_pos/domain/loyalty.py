"""Members: levels by spending in a moving period, last days, and birthdays.

A level follows from what the member paid, day by day, and from nothing else: a return stands on the day of its sale, so
that a sale taken back is as if it had never been.
"""

from bisect import bisect_right
from calendar import isleap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate

from av_pos.domain.money import WHOLE_BP
from av_pos.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Level:
    """A level: the spending from which it is reached, what it takes off a price, and its factor on points."""

    key: str
    name_en: str
    name_zh: str
    threshold_minor: int
    discount_bp: int = 0
    points_factor_bp: int = WHOLE_BP


class LevelReason(StrEnum):
    """Why a level changed, or its last day moved."""

    REACHED = "reached"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class LevelStanding:
    """The level a member holds ("" for none), its last day (None: it does not end), and what decided it, and when."""

    key: str = ""
    until_on: date | None = None
    decided_on: date | None = None
    spend_minor: int = 0


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A level went from one to another (or stayed, with another last day) at this spending: what decided it.

    After a return it is what is left of the spending in the period.
    """

    from_key: str
    to_key: str
    spend_minor: int
    until_on: date | None
    why: LevelReason


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """The next level and what is still missing to it, in minor units, and how far the member has come to it."""

    level: Level
    missing_minor: int
    reached_bp: int


def check_levels(levels: Sequence[Level]) -> None:
    """Refuse levels that cannot be told apart or that take more than all off.

    Raises InvalidInput on "level" (empty, taken), "threshold" (negative, taken), "discount" (out_of_range) or
    "points_factor" (negative).
    """
    keys: set[str] = set()
    thresholds: set[int] = set()
    for level in levels:
        if not level.key or level.key in keys:
            raise InvalidInput("level", level.key, "taken" if level.key else "empty")
        threshold = level.threshold_minor
        if threshold < 0 or threshold in thresholds:
            raise InvalidInput("threshold", str(threshold), "negative" if threshold < 0 else "taken")
        if not 0 <= level.discount_bp <= WHOLE_BP:
            raise InvalidInput("discount", str(level.discount_bp), "out_of_range")
        if level.points_factor_bp < 0:
            raise InvalidInput("points_factor", str(level.points_factor_bp), "negative")
        keys.add(level.key)
        thresholds.add(threshold)


def spend_in_period(rows: Iterable[tuple[date, int]], today: date, period_days: int) -> int:
    """Add up what was paid in the last `period_days` days, today among them.

    A return stands, negative, on the day of the sale that it takes back: so both leave the period together.
    """
    return _Spending(rows, period_days).up_to(today)


def level_for(spend_minor: int, levels: Iterable[Level]) -> Level | None:
    """Give the highest level that this spending reaches, or none; below nothing counts as nothing."""
    reached = (level for level in levels if level.threshold_minor <= max(spend_minor, 0))
    return max(reached, key=lambda level: level.threshold_minor, default=None)


def level_standing(
    rows: Iterable[tuple[date, int]],
    levels: Sequence[Level],
    today: date,
    period_days: int,
    start: LevelStanding | None = None,
) -> LevelStanding:
    """Say which level somebody who paid these amounts on these days holds today.

    Up at once, on the day on which the spending in the period reaches a higher level; its last day is that day plus the
    period. Down only when the last day is over: then the spending in the period that ended with it decides, and what
    it gives lasts for another period. The level for nothing, and none, do not end.

    `start` is a standing given by hand, or the one held when the levels were changed: it is taken as it is, and only
    days from its `decided_on` on can change it. Purchases dated after today (a clock was set back) count as made; the
    order of rows does not matter. Raises ValueError for a period below one day.
    """
    spending = _Spending(rows, period_days)
    standing = start or LevelStanding(_key(level_for(0, levels)))
    first_on = (start and start.decided_on) or date.min
    for day in spending.days:
        if day >= first_on:
            standing = _after_ends(standing, day, levels, spending)
            # Among equals the one held stays: buying on does not move its last day.
            standing = max(standing, _decided(day, levels, spending), key=lambda one: _rank(one.key, levels))
    return _after_ends(standing, today, levels, spending)


def review_level(
    held: LevelStanding,
    rows: Iterable[tuple[date, int]],
    levels: Sequence[Level],
    today: date,
    period_days: int,
    start: LevelStanding | None = None,
) -> LevelChange | None:
    """Compare the level in the books with `level_standing`: what has to be written, or None.

    To be asked after each sale, return and void, and at the day's end; asked late or twice it says the same. A level
    that a sale had lifted falls at once with its return (RETURNED). What is in the books as decided on
    `held.decided_on` stays so when the clock is set back.
    """
    bought = list(rows)
    now = level_standing(bought, levels, max(today, held.decided_on or today), period_days, start)
    if (now.key, now.until_on) == (held.key, held.until_on):
        return None
    reason = _why_changed(held, now, levels, today)
    left_minor = spend_in_period(bought, today, period_days)
    spend_minor = left_minor if reason is LevelReason.RETURNED else now.spend_minor
    return LevelChange(held.key, now.key, spend_minor, now.until_on, reason)


def next_level(held_key: str, spend_minor: int, levels: Iterable[Level]) -> LevelProgress | None:
    """Give the level after the one held and what is missing to it; None at the top."""
    ladder = sorted(levels, key=lambda level: level.threshold_minor)
    above = next((level for level in ladder if level.threshold_minor > _rank(held_key, ladder)), None)
    if above is None:
        return None
    wanted_minor = above.threshold_minor
    paid_minor = min(max(spend_minor, 0), wanted_minor)
    return LevelProgress(above, wanted_minor - paid_minor, paid_minor * WHOLE_BP // max(wanted_minor, 1))


class _Spending:
    """What was paid by day, with running sums: any period is two look-ups."""

    def __init__(self, rows: Iterable[tuple[date, int]], period_days: int) -> None:
        if period_days < 1:
            raise ValueError("a period lasts a day or longer")
        by_day: defaultdict[date, int] = defaultdict(int)
        for day, amount_minor in rows:
            by_day[day] += amount_minor
        self.period_days = period_days
        # A day whose sales all came back is as if nothing had been sold on it.
        self.days = sorted(day for day, amount_minor in by_day.items() if amount_minor)
        self._sums = [0, *accumulate(by_day[day] for day in self.days)]

    def up_to(self, day: date) -> int:
        """What was paid in the period that ends with `day`."""
        before = days_after(day, -self.period_days)
        return self._sums[bisect_right(self.days, day)] - self._sums[bisect_right(self.days, before)]


def _after_ends(standing: LevelStanding, day: date, levels: Sequence[Level], spending: _Spending) -> LevelStanding:
    while standing.until_on is not None and standing.until_on < day:
        standing = _decided(standing.until_on, levels, spending)
    return standing


def _decided(day: date, levels: Sequence[Level], spending: _Spending) -> LevelStanding:
    """Give what the spending in the period that ends with `day` decides, from then on."""
    spend_minor = spending.up_to(day)
    level = level_for(spend_minor, levels)
    ends = level is not None and level != level_for(0, levels)
    return LevelStanding(_key(level), days_after(day, spending.period_days) if ends else None, day, spend_minor)


def _why_changed(held: LevelStanding, now: LevelStanding, levels: Sequence[Level], today: date) -> LevelReason:
    rise = _rank(now.key, levels) - _rank(held.key, levels)
    if rise > 0:
        return LevelReason.REACHED
    if held.until_on is None or held.until_on >= today:
        return LevelReason.RETURNED
    return LevelReason.ENDED if rise < 0 else LevelReason.CONFIRMED


def _key(level: Level | None) -> str:
    return level.key if level else ""


def _rank(key: str, levels: Iterable[Level]) -> int:
    """Order levels by threshold; none, and one that the shop has no more, come below them all."""
    return next((level.threshold_minor for level in levels if level.key == key), -1)


def days_after(day: date, days: int) -> date:
    """Give the day so many days later (or earlier), at most the last (first) one there is."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def last_day(earned_on: date, days: int) -> date | None:
    """Give the last day of points earned on a day (or of a voucher sold on it); None when 0 days are set: for ever."""
    return days_after(earned_on, days) if days > 0 else None


def has_birthday(birthday: date, today: date, *, whole_month: bool = False) -> bool:
    """Say whether it is somebody's birthday, or its month; who was born on 29 February has it on the 28th otherwise."""
    if whole_month:
        return birthday.month == today.month
    on_the_28th = (birthday.month, birthday.day) == (2, 29) and not isleap(today.year)
    return (today.month, today.day) == ((2, 28) if on_the_28th else (birthday.month, birthday.day))
