"""What a rule would touch in the catalogue, and what it would make of the price of some discs.

Read by a worker: the catalogue once for a form (`read_shelf`), then each rule as it is typed (`preview_rule`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from av_pos.db import Session
from av_pos.domain.grades import MEDIA_GRADES
from av_pos.domain.money import parse_amount
from av_pos.domain.promotions import Offer, PromotionLine, promote
from av_pos.domain.rule_book import Facts, RuleBook, facts_of
from av_pos.domain.rules import Buyer, Condition, DiscFacts, MixedBundle, Moment, Rule, SpendGet, What, When, Who
from av_pos.domain.stock import unit_cost
from av_pos.services import edition_store, editions, shop_settings, used_copies
from av_pos.services.editions import CopyRow, EditionRow

MOST_EDITIONS = 100_000
"""Of a larger catalogue the newest editions are looked at, and the count says "at least"."""

SHOWN_SAMPLES = 5
SHOWN_GROUPS = 3
_MOST_PIECES = 40
_PREVIEWED = 1
_FOR_SALE = "in_stock"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The editions of the catalogue with their facts as rules compare them, newest first; `is_whole`: all of them."""

    rows: tuple[EditionRow, ...] = ()
    facts: tuple[Facts, ...] = ()
    is_whole: bool = True

    def counts(self, name: str) -> dict[str, int]:
        """How many editions have each word of a fact: style, artist, label, format, category."""
        found: dict[str, int] = {}
        for row in self.rows:
            word = str(getattr(row, name)).strip()
            if word:
                found[word] = found.get(word, 0) + 1
        return found


@dataclass(frozen=True, slots=True)
class Disc:
    """A disc of the preview: what it is called, its price in minor units, and what rules look at."""

    title: str
    about: str
    price_minor: int
    facts: DiscFacts


@dataclass(frozen=True, slots=True)
class Sample:
    """Some pieces bought together: what they come to without and with the rule, in minor units."""

    discs: tuple[Disc, ...]
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would touch, as the answer to question `number`; `is_whole`: no more editions than were looked at."""

    number: int
    rule: Rule
    editions_qty: int
    is_whole: bool
    samples: tuple[Sample, ...]


def read_shelf(session: Session) -> Shelf:
    """Read the catalogue."""
    rows = editions.list_newest(session, MOST_EDITIONS + 1)
    kept = rows[:MOST_EDITIONS]
    return Shelf(kept, tuple(facts_of(_disc_facts(row)) for row in kept), len(rows) == len(kept))


def preview_rule(session: Session, number: int, rule: Rule, shelf: Shelf) -> Preview:
    """Find what a rule touches, and price some of it, as if the rule were the only one and for everybody today."""
    shown = replace(rule, id=_PREVIEWED, who=Who(), when=When())
    book = RuleBook((shown,))
    touched: set[int] = set()
    discs: list[Disc] = []
    asked = _asked_for(rule)
    if any(_is_for_copies(what) for what in asked):
        touched, discs = _copies(session, book, shelf)
    if not all(_is_for_copies(what) for what in asked):
        found = [pair for pair in zip(shelf.rows, shelf.facts, strict=True) if book.matching(pair[1])]
        touched |= {row.id for row, _facts in found}
        discs += [_disc(session, row) for row in _instances(shown, book, found)]
    offer = Offer(book, Buyer(), Moment(date(2000, 1, 1), 5, 0))
    samples = tuple(_sample(group, offer) for group in _groups(shown, book, discs))
    return Preview(number, rule, len(touched), shelf.is_whole, samples)


def _asked_for(rule: Rule) -> tuple[What, ...]:
    """Which discs a rule asks for, each kind by itself: those of a bundle's parts are kinds of their own."""
    if isinstance(rule.give, MixedBundle) and not _is_for_copies(rule.what):
        return rule.give.parts
    return (rule.what,)


def _is_for_copies(what: What) -> bool:
    """Whether only used copies can be meant: new discs have no grade."""
    return what.condition is Condition.USED or bool(what.grades)


def _instances(rule: Rule, book: RuleBook, found: Sequence[tuple[EditionRow, Facts]]) -> list[EditionRow]:
    """Choose editions to show: those in stock first, at most as many as the samples may need, some of each part."""
    ordered = sorted(found, key=lambda pair: pair[0].on_hand_qty <= 0)
    if not isinstance(rule.give, MixedBundle):
        return [row for row, _facts in ordered[:_MOST_PIECES]]
    chosen, counts = list[EditionRow](), Counter[int]()
    for row, facts in ordered:
        parts = book.parts_taking(rule, facts)
        if any(counts[part] < rule.group_qty for part in parts):
            chosen.append(row)
            counts.update(parts)
    return chosen


def _copies(session: Session, book: RuleBook, shelf: Shelf) -> tuple[set[int], list[Disc]]:
    touched, discs = set[int](), list[Disc]()
    for row in shelf.rows:
        if not row.copies_qty:
            continue
        fitting = [
            (copy, disc)
            for copy in editions.list_copies(session, row.id)
            if copy.status == _FOR_SALE and book.matching(facts_of((disc := _copy_disc(row, copy)).facts))
        ]
        if fitting:
            touched.add(row.id)
            if len(discs) < _MOST_PIECES:
                discs.append(_with_cost(session, *fitting[0]))
    return touched, discs


def _with_cost(session: Session, copy: CopyRow, disc: Disc) -> Disc:
    typed = used_copies.get_copy_draft(session, copy.id).cost
    cost = parse_amount(typed, shop_settings.get_settings(session).digits) if typed else 0
    return replace(disc, facts=replace(disc.facts, cost_minor=cost))


def _disc(session: Session, row: EditionRow) -> Disc:
    held = edition_store.get_stock(session, row.id)
    cost = unit_cost(held.on_hand_qty, held.value_minor, held.last_cost_minor)
    return Disc(row.title, row.format, row.price_minor, replace(_disc_facts(row), cost_minor=cost))


def _copy_disc(row: EditionRow, copy: CopyRow) -> Disc:
    """A used copy; what it cost is only read for those that are shown."""
    grade = copy.grade.partition("/")[0]
    facts = replace(_disc_facts(row), is_used=True, grade=grade if grade in MEDIA_GRADES else "")
    about = " · ".join(word for word in (row.format, copy.grade) if word)
    return Disc(row.title, about, copy.price_minor, facts)


def _disc_facts(row: EditionRow) -> DiscFacts:
    return DiscFacts(
        edition_id=row.id,
        album_id=row.id,
        artist=row.artist,
        style=row.style,
        label=row.label,
        format=row.format,
        category=row.category,
    )


def _groups(rule: Rule, book: RuleBook, discs: Sequence[Disc]) -> Iterator[tuple[Disc, ...]]:
    """Put discs together as somebody would buy them for this rule to work."""
    if not discs:
        return
    if isinstance(rule.give, MixedBundle):
        yield from _one_of_each(rule, book, discs)
    elif isinstance(rule.give, SpendGet):
        yield from _enough(rule.give.spend_minor, discs)
    elif rule.group_qty:
        for start in range(0, min(len(discs), SHOWN_GROUPS * rule.group_qty), rule.group_qty):
            yield tuple(discs[(start + place) % len(discs)] for place in range(rule.group_qty))
    else:
        yield from ((disc,) for disc in discs[:SHOWN_SAMPLES])


def _one_of_each(rule: Rule, book: RuleBook, discs: Sequence[Disc]) -> Iterator[tuple[Disc, ...]]:
    takers: list[list[int]] = [[] for _part in range(rule.group_qty)]
    for place, disc in enumerate(discs):
        for part in book.parts_taking(rule, facts_of(disc.facts)):
            takers[part].append(place)
    chosen: dict[int, int] = {}
    # The part that fewest discs can stand for chooses first.
    for part in sorted(range(rule.group_qty), key=lambda part: len(takers[part])):
        free = [place for place in takers[part] if place not in chosen.values()]
        if not free:
            return
        chosen[part] = free[0]
    yield tuple(discs[chosen[part]] for part in sorted(chosen))


def _enough(spend_minor: int, discs: Sequence[Disc]) -> Iterator[tuple[Disc, ...]]:
    """Take discs, each again where there are few, until they come to the sum."""
    taken: list[Disc] = []
    while sum(disc.price_minor for disc in taken) < spend_minor:
        if len(taken) == _MOST_PIECES:
            return
        taken.append(discs[len(taken) % len(discs)])
    yield tuple(taken)


def _sample(group: tuple[Disc, ...], offer: Offer) -> Sample:
    lines = [PromotionLine(place, 1, disc.price_minor, disc.facts) for place, disc in enumerate(group)]
    return Sample(group, sum(disc.price_minor for disc in group), promote(lines, offer).total_minor)
