"""The shop's promotion rules as data: which discs, what is given, to whom, and when; kept as plain JSON-able dicts.

A rule is checked when it is built, so one that exists can be meant. Amounts are minor units, rates basis points, times
of day minutes after local midnight. Texts that name discs, and coupon codes, are compared without regard to case.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from av_pos.domain.money import MAXIMUM_MINOR, WHOLE_BP
from av_pos.errors import InvalidInput

MAXIMUM_NAME = 100
"""Characters of a rule's name, and of a coupon code."""

MAXIMUM_GROUP = 99
"""Pieces that one group may ask for."""

MAXIMUM_PRIORITY = 1_000_000

MAXIMUM_FLOOR_BP = 100 * WHOLE_BP
"""The largest margin floor: a hundred times the cost on top of it."""

MINUTES_A_DAY = 24 * 60


class Condition(StrEnum):
    """Whether a rule is for new discs, used ones, or both."""

    BOTH = "both"
    NEW = "new"
    USED = "used"


@dataclass(frozen=True, slots=True)
class DiscFacts:
    """What a line knows about its disc; `cost_minor` is what one piece cost the shop, `grade` that of the media."""

    edition_id: int
    album_id: int
    artist: str = ""
    style: str = ""
    label: str = ""
    format: str = ""
    category: str = ""
    is_used: bool = False
    grade: str = ""
    cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys. `has_birthday`: the shop's day is the member's birthday, or lies in its month, as the shop has set it.

    `is_staff`: works here. `coupons` are the codes that were handed over and may still be used.
    """

    level_key: str = ""
    has_birthday: bool = False
    is_staff: bool = False
    coupons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the shop: the shop's day, its weekday (Monday 0), and the minute after local midnight."""

    day: date
    weekday: int
    minute: int


@dataclass(frozen=True, slots=True)
class What:
    """Which discs: of each kind of fact any of those named; nothing named means all of them."""

    edition_ids: frozenset[int] = frozenset()
    styles: frozenset[str] = frozenset()
    artists: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    condition: Condition = Condition.BOTH

    def __post_init__(self) -> None:
        for edition_id in self.edition_ids:
            _check(edition_id >= 1, "edition", edition_id, "unknown")
        for name in TEXT_FACTS:
            for text in getattr(self, name):
                _check(bool(text.strip()), name, text, "empty")
                _check(len(text) <= MAXIMUM_NAME, name, text, "too_long")


TEXT_FACTS = {
    "styles": "style",
    "artists": "artist",
    "labels": "label",
    "formats": "format",
    "categories": "category",
    "grades": "grade",
}
"""The lists of texts on `What`, and the field of `DiscFacts` that each is compared with."""


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """A price in the list price's place, where it is lower."""

    price_minor: int

    def __post_init__(self) -> None:
        _check_amount("price", self.price_minor)


@dataclass(frozen=True, slots=True)
class PercentOff:
    """A share off each piece."""

    percent_bp: int

    def __post_init__(self) -> None:
        _check_percent(self.percent_bp)


@dataclass(frozen=True, slots=True)
class AmountOff:
    """An amount off each piece."""

    amount_minor: int

    def __post_init__(self) -> None:
        _check_amount("amount", self.amount_minor, least=1)


@dataclass(frozen=True, slots=True)
class TakeNPayM:
    """Take so many, pay for fewer: the cheapest of each group are free. "Cheapest free" is n for n - 1."""

    take_qty: int
    pay_qty: int

    def __post_init__(self) -> None:
        _check_group("take_qty", self.take_qty)
        _check(self.pay_qty >= 0, "pay_qty", self.pay_qty, "negative")
        _check(self.pay_qty < self.take_qty, "pay_qty", self.pay_qty, "not_below_take")


@dataclass(frozen=True, slots=True)
class CheapestFree:
    """Of so many the cheapest is free."""

    take_qty: int

    def __post_init__(self) -> None:
        _check_group("take_qty", self.take_qty, least=2)


@dataclass(frozen=True, slots=True)
class BundlePrice:
    """So many pieces for a fixed sum."""

    take_qty: int
    price_minor: int

    def __post_init__(self) -> None:
        _check_group("take_qty", self.take_qty)
        _check_amount("price", self.price_minor)


@dataclass(frozen=True, slots=True)
class MixedBundle:
    """One piece of each part for a fixed sum; a piece must answer to the rule's `what` as well."""

    parts: tuple[What, ...]
    price_minor: int

    def __post_init__(self) -> None:
        _check(len(self.parts) >= 2, "parts", len(self.parts), "too_small")
        _check(len(self.parts) <= MAXIMUM_PARTS, "parts", len(self.parts), "too_large")
        _check_amount("price", self.price_minor)


MAXIMUM_PARTS = 8
"""Parts of a mixed bundle."""


@dataclass(frozen=True, slots=True)
class SpendGet:
    """Where the matching discs come to `spend_minor`: an amount off them, or a share; one of the two, once a basket."""

    spend_minor: int
    amount_minor: int = 0
    percent_bp: int = 0

    def __post_init__(self) -> None:
        _check_amount("spend", self.spend_minor, least=1)
        _check_amount("amount", self.amount_minor)
        if self.amount_minor:
            _check(not self.percent_bp, "percent", self.percent_bp, "not_both")
            _check(self.amount_minor <= self.spend_minor, "amount", self.amount_minor, "above_spend")
        else:
            _check_percent(self.percent_bp)


PieceGive = FixedPrice | PercentOff | AmountOff
GroupGive = TakeNPayM | CheapestFree | BundlePrice | MixedBundle
Give = PieceGive | GroupGive | SpendGet

GIVES: dict[str, type[Give]] = {
    "price": FixedPrice,
    "percent": PercentOff,
    "amount": AmountOff,
    "n_for_m": TakeNPayM,
    "cheapest_free": CheapestFree,
    "bundle": BundlePrice,
    "mixed_bundle": MixedBundle,
    "spend": SpendGet,
}
"""The kinds of giving by the word that they are kept under."""

KINDS: dict[type[Give], str] = {give: kind for kind, give in GIVES.items()}


@dataclass(frozen=True, slots=True)
class Who:
    """For whom; everything named must hold. `birthday_only` is `Buyer.has_birthday`, a coupon a code handed over."""

    level_keys: frozenset[str] = frozenset()
    birthday_only: bool = False
    staff_only: bool = False
    coupon: str = ""

    def __post_init__(self) -> None:
        for key in self.level_keys:
            _check(bool(key.strip()), "level", key, "empty")
        _check(len(self.coupon) <= MAXIMUM_NAME, "coupon", self.coupon, "too_long")
        _check(self.coupon == self.coupon.strip(), "coupon", self.coupon, "invalid")


@dataclass(frozen=True, slots=True)
class When:
    """From the first to the last shop day, both counted, on these weekdays (Monday 0; none named: all).

    The hours run from `from_min` up to, not with, `to_min`; a `from_min` after `to_min` crosses midnight, and which day
    the hours after midnight belong to is the shop's day, not the calendar's.
    """

    first_on: date | None = None
    last_on: date | None = None
    weekdays: frozenset[int] = frozenset()
    from_min: int | None = None
    to_min: int | None = None

    def __post_init__(self) -> None:
        if self.first_on and self.last_on:
            _check(self.first_on <= self.last_on, "last_on", self.last_on.isoformat(), "before_first")
        for weekday in self.weekdays:
            _check(0 <= weekday <= 6, "weekdays", weekday, "out_of_range")
        if self.from_min is None or self.to_min is None:
            _check(self.from_min is self.to_min, "hours", self.from_min or self.to_min or 0, "not_both_ends")
            return
        _check(0 <= self.from_min < MINUTES_A_DAY, "hours", self.from_min, "out_of_range")
        _check(0 <= self.to_min <= MINUTES_A_DAY, "hours", self.to_min, "out_of_range")
        _check(self.from_min != self.to_min, "hours", self.to_min, "no_time")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. The lower `priority` is applied first; an exclusive rule stands alone on the pieces that it touches.

    `floor_margin_bp`: no piece falls below its cost and so much of it on top by this rule; None: no floor.
    """

    id: int
    name: str
    give: Give
    what: What = field(default_factory=What)
    who: Who = field(default_factory=Who)
    when: When = field(default_factory=When)
    is_exclusive: bool = False
    priority: int = 100
    floor_margin_bp: int | None = None

    def __post_init__(self) -> None:
        _check(self.id >= 0, "rule", self.id, "negative")
        _check(bool(self.name.strip()), "name", self.name, "empty")
        _check(len(self.name) <= MAXIMUM_NAME, "name", self.name, "too_long")
        _check(0 <= self.priority <= MAXIMUM_PRIORITY, "priority", self.priority, "out_of_range")
        if self.floor_margin_bp is not None:
            _check(0 <= self.floor_margin_bp <= MAXIMUM_FLOOR_BP, "floor", self.floor_margin_bp, "out_of_range")

    @property
    def rate_bp(self) -> int | None:
        """The share that the rule takes off, where it takes off a share."""
        give = self.give
        return give.percent_bp or None if isinstance(give, PercentOff | SpendGet) else None

    @property
    def group_qty(self) -> int:
        """How many pieces one group of this rule needs; 0 where it makes none."""
        give = self.give
        if isinstance(give, MixedBundle):
            return len(give.parts)
        return give.take_qty if isinstance(give, TakeNPayM | CheapestFree | BundlePrice) else 0

    def floor_of(self, cost_minor: int) -> int:
        """Give the least that a piece with this cost may come to by this rule."""
        if self.floor_margin_bp is None:
            return 0
        return max(0, -(-cost_minor * (WHOLE_BP + self.floor_margin_bp) // WHOLE_BP))


def folded(text: str) -> str:
    """Give a text as it is compared: without regard to case and width."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


TimeReason = Literal["", "not_now", "not_this_day", "not_this_hour"]


def time_against(when: When, moment: Moment) -> TimeReason:
    """Say why a rule does not hold at a moment: not its dates, not its weekday, not its hours; "" where it holds."""
    if (when.first_on and moment.day < when.first_on) or (when.last_on and moment.day > when.last_on):
        return "not_now"
    if when.weekdays and moment.weekday not in when.weekdays:
        return "not_this_day"
    start, end = when.from_min, when.to_min
    if start is not None and end is not None:
        inside = start <= moment.minute < end if start < end else moment.minute >= start or moment.minute < end
        return "" if inside else "not_this_hour"
    return ""


def buyer_against(who: Who, buyer: Buyer) -> Literal["", "other_buyer", "needs_coupon"]:
    """Say why a rule is not for a buyer; "" where it is."""
    if who.level_keys and buyer.level_key not in who.level_keys:
        return "other_buyer"
    if (who.birthday_only and not buyer.has_birthday) or (who.staff_only and not buyer.is_staff):
        return "other_buyer"
    if who.coupon and folded(who.coupon) not in {folded(code) for code in buyer.coupons}:
        return "needs_coupon"
    return ""


def checked_ids(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules in the order of their ids; raises InvalidInput where two bear the same."""
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    for one, other in pairwise(ordered):
        _check(one.id != other.id, "rule", one.id, "taken")
    return ordered


def _check(holds: bool, name: str, value: object, reason: str) -> None:
    if not holds:
        raise InvalidInput(name, str(value)[:64], reason)


def _check_amount(name: str, minor: int, *, least: int = 0) -> None:
    _check(minor >= 0, name, minor, "negative")
    _check(minor >= least, name, minor, "too_small")
    _check(minor <= MAXIMUM_MINOR, name, minor, "too_large")


def _check_percent(bp: int) -> None:
    _check(bp >= 0, "percent", bp, "negative")
    _check(bp > 0, "percent", bp, "too_small")
    _check(bp <= WHOLE_BP, "percent", bp, "too_large")


def _check_group(name: str, qty: int, *, least: int = 1) -> None:
    _check(qty >= 0, name, qty, "negative")
    _check(qty >= least, name, qty, "too_small")
    _check(qty <= MAXIMUM_GROUP, name, qty, "too_large")
