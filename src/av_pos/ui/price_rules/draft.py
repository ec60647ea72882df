"""A price rule as it is typed: texts in, a `Rule` out, or all that is wrong with it, field by field."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from av_pos.domain.days import read_day
from av_pos.domain.money import parse_amount, parse_percent, parse_quantity
from av_pos.domain.rules import (
    KINDS,
    MAXIMUM_FLOOR_BP,
    MAXIMUM_GROUP,
    MAXIMUM_PRIORITY,
    MINUTES_A_DAY,
    AmountOff,
    BundlePrice,
    CheapestFree,
    FixedPrice,
    Give,
    MixedBundle,
    PercentOff,
    Rule,
    SpendGet,
    TakeNPayM,
    What,
    When,
    Who,
)
from av_pos.errors import InvalidInput
from av_pos.i18n import format_amount
from av_pos.ui.price_rules.words import percent_text
from av_pos.ui.rule_words import clock

T = TypeVar("T")

FIELDS_OF: dict[str, tuple[str, ...]] = {
    "percent": ("percent",),
    "amount": ("amount",),
    "price": ("price",),
    "n_for_m": ("take_qty", "pay_qty"),
    "cheapest_free": ("take_qty",),
    "bundle": ("take_qty", "price"),
    "spend": ("spend", "amount", "percent"),
    "mixed_bundle": ("price",),
}
"""The fields that each kind of giving needs; of a spend rule's amount and share one is filled in."""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What stands in the form. `parts` are those of a mixed bundle."""

    name: str = ""
    kind: str = "percent"
    price: str = ""
    percent: str = ""
    amount: str = ""
    take_qty: str = ""
    pay_qty: str = ""
    spend: str = ""
    what: What = field(default_factory=What)
    who: Who = field(default_factory=Who)
    first_on: str = ""
    last_on: str = ""
    weekdays: frozenset[int] = frozenset()
    from_time: str = ""
    to_time: str = ""
    is_exclusive: bool = False
    priority: str = "100"
    floor: str = ""
    parts: tuple[What, ...] = ()
    rule_id: int = 0


def draft_of(rule: Rule, digits: int) -> RuleDraft:
    """Give a rule as the form shows it."""
    when, give = rule.when, rule.give

    def money(minor: int) -> str:
        return format_amount(minor, digits) if minor else ""

    shown = RuleDraft(
        name=rule.name,
        kind=KINDS[type(give)],
        what=rule.what,
        who=rule.who,
        first_on=when.first_on.isoformat() if when.first_on else "",
        last_on=when.last_on.isoformat() if when.last_on else "",
        weekdays=when.weekdays,
        from_time=clock(when.from_min) if when.from_min is not None else "",
        to_time=clock(when.to_min) if when.to_min is not None else "",
        is_exclusive=rule.is_exclusive,
        priority=str(rule.priority),
        floor=percent_text(rule.floor_margin_bp) if rule.floor_margin_bp is not None else "",
        rule_id=rule.id,
    )
    if isinstance(give, FixedPrice | BundlePrice | MixedBundle):
        shown = replace(shown, price=format_amount(give.price_minor, digits))
    if isinstance(give, PercentOff):
        shown = replace(shown, percent=percent_text(give.percent_bp))
    if isinstance(give, AmountOff):
        shown = replace(shown, amount=money(give.amount_minor))
    if isinstance(give, TakeNPayM | CheapestFree | BundlePrice):
        shown = replace(shown, take_qty=str(give.take_qty))
    if isinstance(give, TakeNPayM):
        shown = replace(shown, pay_qty=str(give.pay_qty))
    if isinstance(give, MixedBundle):
        shown = replace(shown, parts=give.parts)
    if isinstance(give, SpendGet):
        percent = percent_text(give.percent_bp) if give.percent_bp else ""
        shown = replace(shown, spend=money(give.spend_minor), amount=money(give.amount_minor), percent=percent)
    return shown


def read_rule(draft: RuleDraft, digits: int) -> tuple[Rule | None, tuple[InvalidInput, ...]]:
    """Build the rule that a draft means; None beside all that is wrong with it, the first field first."""
    reader = _Reader(draft, digits)
    name = reader.attempt(reader.name)
    give = reader.attempt(reader.give)
    when = reader.attempt(reader.when)
    floor = reader.attempt(reader.floor)
    priority = reader.attempt(reader.priority)
    if reader.refused or name is None or give is None or when is None or priority is None:
        return None, tuple(reader.refused)
    try:
        return Rule(draft.rule_id, name, give, draft.what, draft.who, when, draft.is_exclusive, priority, floor), ()
    except InvalidInput as error:
        return None, (error,)


class _Reader:
    """Reads a draft part by part and gathers what is refused."""

    def __init__(self, draft: RuleDraft, digits: int) -> None:
        self.draft = draft
        self.digits = digits
        self.refused: list[InvalidInput] = []

    def attempt(self, part: Callable[[], T]) -> T | None:
        """Read a part; what is wrong with it is kept."""
        try:
            return part()
        except InvalidInput as error:
            self.refused.append(error)
            return None

    def name(self) -> str:
        """The name: there must be one."""
        if not self.draft.name.strip():
            raise InvalidInput("name", "", "empty")
        return " ".join(self.draft.name.split())

    def give(self) -> Give:
        """What is given, of the kind chosen."""
        match self.draft.kind:
            case "price":
                return FixedPrice(self._amount("price"))
            case "amount":
                return AmountOff(self._amount("amount"))
            case "n_for_m":
                return TakeNPayM(self._count("take_qty"), self._count("pay_qty"))
            case "cheapest_free":
                return CheapestFree(self._count("take_qty"))
            case "bundle":
                return BundlePrice(self._count("take_qty"), self._amount("price"))
            case "mixed_bundle":
                return MixedBundle(self.draft.parts, self._amount("price"))
            case "spend":
                return self._spend()
        return PercentOff(parse_percent(self.draft.percent))

    def when(self) -> When:
        """From which to which day, on which weekdays, at which hours."""
        draft = self.draft
        return When(
            read_day("first_on", draft.first_on),
            read_day("last_on", draft.last_on),
            frozenset() if len(draft.weekdays) == 7 else draft.weekdays,
            _minute(draft.from_time),
            _minute(draft.to_time),
        )

    def floor(self) -> int | None:
        """The margin that stays; None where nothing is typed."""
        plain = _half_width(self.draft.floor).removesuffix("%")
        if not plain:
            return None
        floor_bp = _amount("floor", plain, 2)
        if floor_bp > MAXIMUM_FLOOR_BP:
            raise InvalidInput("floor", percent_text(floor_bp), "too_large")
        return floor_bp

    def priority(self) -> int:
        """Where it stands among the rules."""
        return read_count("priority", self.draft.priority, MAXIMUM_PRIORITY)

    def _spend(self) -> SpendGet:
        spend = self._amount("spend")
        amount = self._amount("amount") if self.draft.amount.strip() else 0
        percent = parse_percent(self.draft.percent) if self.draft.percent.strip() or not amount else 0
        return SpendGet(spend, amount, percent)

    def _amount(self, key: str) -> int:
        return _amount(key, getattr(self.draft, key), self.digits)

    def _count(self, key: str) -> int:
        return read_count(key, getattr(self.draft, key), MAXIMUM_GROUP)


def read_count(field: str, text: str, most: int) -> int:
    """Read a typed whole number, 0 to `most`; raises InvalidInput on this field."""
    try:
        return parse_quantity(text, most)
    except InvalidInput as error:
        reason = "whole_number" if error.reason == "decimals" else error.reason
        raise InvalidInput(field, error.value, reason) from error


def _amount(field: str, text: str, digits: int) -> int:
    try:
        return parse_amount(text, digits)
    except InvalidInput as error:
        raise InvalidInput(field, error.value, error.reason) from error


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _minute(text: str) -> int | None:
    plain = _half_width(text)
    if not plain:
        return None
    hours, _colon, minutes = plain.partition(":")
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (hours, minutes or "0")):
        raise InvalidInput("hours", text, "invalid")
    total = int(hours) * 60 + int(minutes or 0)
    if int(minutes or 0) > 59 or total > MINUTES_A_DAY:
        raise InvalidInput("hours", text, "out_of_range")
    return total
