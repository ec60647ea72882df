"""A shop's rules made ready for the till: which of them hold now, for this buyer, and on which disc.

Made once for a tuple of rules. Each rule is entered under the words of its narrowest selector, so that a disc is held
against the few rules that can be meant; what was found for a disc is kept as long as the same rules hold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from av_pos.domain.money import percent_of
from av_pos.domain.rules import (
    TEXT_FACTS,
    AmountOff,
    Buyer,
    Condition,
    DiscFacts,
    FixedPrice,
    MixedBundle,
    Moment,
    PercentOff,
    Rule,
    SpendGet,
    What,
    buyer_against,
    checked_ids,
    folded,
    time_against,
)

Facts = tuple[Any, ...]

_NARROWEST_FIRST = ("edition_ids", "artists", "labels", "styles", "categories", "formats", "grades")
_PLACES = {name: place for place, name in enumerate(_NARROWEST_FIRST)}
_USED = len(_NARROWEST_FIRST)
_KEPT_DISCS = 4096
_KEPT_BOOKS = 4


class Option(NamedTuple):
    """A price for one piece, and what each piece rule took off on the way; open: other rules may go on from there."""

    price_minor: int
    steps: tuple[tuple[Rule, int], ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """The rules that hold on one disc: combinable piece rules in their order, exclusive ones, group and spend rules.

    `parts`: of each mixed bundle's rule id, the numbers of the parts that the disc may stand for.
    """

    stack: tuple[Rule, ...]
    exclusive: tuple[Rule, ...]
    groups: tuple[Rule, ...]
    spends: tuple[Rule, ...]
    parts: Mapping[int, Sequence[int]]


class Selector:
    """A `What` to hold discs against quickly."""

    __slots__ = ("tests",)

    def __init__(self, what: What) -> None:
        found: list[tuple[int, frozenset[Any]]] = []
        for name in _NARROWEST_FIRST:
            words = getattr(what, name)
            if words:
                found.append((_PLACES[name], words if name == "edition_ids" else frozenset(map(folded, words))))
        if what.condition is not Condition.BOTH:
            found.append((_USED, frozenset([what.condition is Condition.USED])))
        self.tests = tuple(found)

    def takes(self, facts: Facts) -> bool:
        """Whether a disc with these facts (as `facts_of` gives them) is meant."""
        return all(facts[place] in words for place, words in self.tests)


def facts_of(disc: DiscFacts) -> Facts:
    """Give a disc's facts in the order in which selectors look at them."""
    texts = (folded(getattr(disc, TEXT_FACTS[name])) for name in _NARROWEST_FIRST[1:])
    return (disc.edition_id, *texts, disc.is_used)


class RuleBook:
    """Rules compiled; raises InvalidInput where two bear the same id."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = checked_ids(rules)
        self._selectors = {rule.id: Selector(rule.what) for rule in self.rules}
        self._parts = {
            rule.id: tuple(Selector(part) for part in rule.give.parts)
            for rule in self.rules
            if isinstance(rule.give, MixedBundle)
        }
        self._by_word: dict[tuple[int, Any], list[Rule]] = defaultdict(list)
        self._for_all: list[Rule] = []
        self._fits: dict[DiscFacts, Fit] = {}
        for rule in self.rules:
            self._enter(rule)
        self._last: tuple[Buyer, Moment, LiveRules] | None = None

    def live(self, buyer: Buyer, moment: Moment) -> "LiveRules":
        """Give the rules that hold for this buyer at this moment."""
        last = self._last
        if last is not None and last[0] == buyer and last[1] == moment:
            return last[2]
        ids = frozenset(
            rule.id for rule in self.rules if not time_against(rule.when, moment) and not buyer_against(rule.who, buyer)
        )
        live = last[2] if last is not None and last[2].ids == ids else LiveRules(self, ids)
        self._last = (buyer, moment, live)
        return live

    def fit(self, disc: DiscFacts) -> Fit:
        """Give the rules that mean a disc, whoever buys and whenever, divided by how they work."""
        found = self._fits.get(disc)
        if found is None:
            if len(self._fits) >= _KEPT_DISCS:
                self._fits.clear()
            found = self._fits[disc] = self._divide(facts_of(disc))
        return found

    def matching(self, facts: Facts) -> list[Rule]:
        """Find the rules that mean a disc, whoever buys and whenever, in no order."""
        found = list(self._for_all)
        for place, fact in enumerate(facts):
            found += self._by_word.get((place, fact), ())
        return [rule for rule in found if self._means(rule, facts)]

    def parts_taking(self, rule: Rule, facts: Facts) -> list[int]:
        """Find which parts of a mixed bundle a disc may stand for."""
        return [number for number, part in enumerate(self._parts[rule.id]) if part.takes(facts)]

    def _divide(self, facts: Facts) -> Fit:
        here = sorted(self.matching(facts), key=lambda rule: (rule.priority, rule.id))
        pieces = [rule for rule in here if isinstance(rule.give, FixedPrice | PercentOff | AmountOff)]
        combinable = [rule for rule in pieces if not rule.is_exclusive]
        # A dated price stands in the list price's place, so it comes before whatever is taken off.
        combinable.sort(key=lambda rule: not isinstance(rule.give, FixedPrice))
        return Fit(
            stack=tuple(combinable),
            exclusive=tuple(rule for rule in pieces if rule.is_exclusive),
            groups=tuple(rule for rule in here if rule.group_qty),
            spends=tuple(rule for rule in here if isinstance(rule.give, SpendGet)),
            parts={rule.id: self.parts_taking(rule, facts) for rule in here if isinstance(rule.give, MixedBundle)},
        )

    def _means(self, rule: Rule, facts: Facts) -> bool:
        if not self._selectors[rule.id].takes(facts):
            return False
        parts = self._parts.get(rule.id)
        return parts is None or any(part.takes(facts) for part in parts)

    def _enter(self, rule: Rule) -> None:
        tests = self._selectors[rule.id].tests
        if not tests:
            self._for_all.append(rule)
            return
        place, words = tests[0]
        for word in words:
            self._by_word[place, word].append(rule)


class LiveRules:
    """Those rules of a book that hold now; what was found for a disc is kept."""

    def __init__(self, book: RuleBook, ids: frozenset[int]) -> None:
        self.ids = ids
        self._book = book
        self._fits: dict[DiscFacts, Fit] = {}

    def fit(self, disc: DiscFacts) -> Fit:
        """Give the rules that hold now on a disc, divided by how they work."""
        found = self._fits.get(disc)
        if found is None:
            if len(self._fits) >= _KEPT_DISCS:
                self._fits.clear()
            found = self._fits[disc] = self._now(self._book.fit(disc))
        return found

    def _now(self, whole: Fit) -> Fit:
        ids = self.ids
        return Fit(
            stack=tuple([rule for rule in whole.stack if rule.id in ids]),
            exclusive=tuple([rule for rule in whole.exclusive if rule.id in ids]),
            groups=tuple([rule for rule in whole.groups if rule.id in ids]),
            spends=tuple([rule for rule in whole.spends if rule.id in ids]),
            parts=whole.parts,
        )


_books: list[tuple[tuple[Rule, ...], RuleBook]] = []


def book_of(rules: tuple[Rule, ...] | RuleBook) -> RuleBook:
    """Give the book of a tuple of rules; the last few tuples seen are known again by identity."""
    if isinstance(rules, RuleBook):
        return rules
    for known, book in _books:
        if known is rules:
            return book
    book = RuleBook(rules)
    _books.insert(0, (rules, book))
    del _books[_KEPT_BOOKS:]
    return book


def price_by(rules: Sequence[Rule], unit_minor: int, cost_minor: int) -> tuple[int, tuple[tuple[Rule, int], ...]]:
    """Apply combinable piece rules (dated prices first) to a price: what is left, and what each rule took off.

    Of several dated prices the lowest counts, of the same ones that with the lowest id.
    """
    left = unit_minor
    steps: list[tuple[Rule, int]] = []
    dated = [rule for rule in rules if isinstance(rule.give, FixedPrice)]
    if dated:
        best = max(dated, key=lambda rule: (taken_off(rule, unit_minor, cost_minor), -rule.id))
        rules = [best, *(rule for rule in rules if not isinstance(rule.give, FixedPrice))]
    for rule in rules:
        off = taken_off(rule, left, cost_minor)
        if off:
            left -= off
            steps.append((rule, off))
    return left, tuple(steps)


def taken_off(rule: Rule, price_minor: int, cost_minor: int) -> int:
    """Give what a piece rule takes off one piece at this price, down to its floor and no further."""
    give = rule.give
    room = max(0, price_minor - rule.floor_of(cost_minor))
    if isinstance(give, PercentOff):
        return min(room, percent_of(price_minor, give.percent_bp))
    if isinstance(give, AmountOff):
        return min(room, give.amount_minor)
    return min(room, max(0, price_minor - give.price_minor)) if isinstance(give, FixedPrice) else 0
