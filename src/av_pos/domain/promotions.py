"""What the shop's rules take off a basket: the best lawful price, and which rule took off how much on which line.

How rules work together, in the shop's words:

- **Piece rules** (a dated price, per cent off, an amount off) work on one piece. Of several dated prices the lowest
  counts, and it comes first, because it stands in the list price's place. Then the others follow in order of priority
  (the lower number first, then the lower rule id), each on what the one before left, rounded piece by piece.
- **Group rules** (take n pay m, cheapest free, a bundle) come next. A piece belongs to at most one group, and a rule
  makes as many groups as there are pieces for. Cheapest means cheapest after the piece rules. What a group saves is
  shared to its pieces in proportion to what they cost, so that each has a fair price if it is brought back.
- **Spend rules** come last, in order of priority, each once, on what the matching discs come to after all before.
  What they save is shared to the lines in the same way.
- An **exclusive** rule stands alone: on a piece that it touches no other rule works, and the piece does not count for
  another. An exclusive group or spend rule starts from the piece's own price.
- **Nothing falls below 0, nor below the floor** of the rule that takes off (cost and so much of it on top, in full
  minor units upwards): the rule stops at the floor. A piece under the floor already is left as it is.
- A **price typed by hand** (`is_fixed`) is left alone by every rule and counts for none, and so is a line without facts
  about its disc: a gift card is no disc.
- **A rule may be left out** on any piece where that makes the whole cheaper: without its ten per cent a disc may lift
  the basket over "spend 200, get 50 off".

Of all ways that these sentences allow, the cheapest for the whole basket is taken. Of two rules that come to the same,
the one with the lower id is preferred. The order of the lines changes nothing of the total.

Where this is exact. A basket falls apart into parts that no group or spend rule within reach binds together. A disc on
which only piece rules work has its best price at any size. A part of at most four pieces and four rules (group rules,
spend rules, and with spend rules also combinable piece rules) is searched to its end, within 25,000 moves for the whole
basket, of which such parts have needed 8,000 at most; one of six pieces and six rules is searched too, but for 1,500
moves only. A larger part gets the best of some fillings: the greedy one is among them, so it never costs more than
that, but a cheaper way may exist. In each case the same basket costs the same every time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from av_pos.domain.documents import Reduction
from av_pos.domain.promotion_moves import Job, Move, SpendNote, Spot, raw_sum
from av_pos.domain.promotion_search import solve
from av_pos.domain.rule_book import LiveRules, Option, RuleBook, book_of, price_by, taken_off
from av_pos.domain.rules import Buyer, DiscFacts, MixedBundle, Moment, Rule, SpendGet
from av_pos.errors import InvalidInput

PROMOTION = "promotion"
"""The kind of a reduction that a rule gave."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The shop's rules, who buys, and when. Hold on to one tuple of rules (or its book): it is compiled once."""

    rules: tuple[Rule, ...] | RuleBook
    buyer: Buyer
    moment: Moment

    def live(self) -> LiveRules:
        """Give those rules that hold for this buyer at this moment."""
        return book_of(self.rules).live(self.buyer, self.moment)


@dataclass(frozen=True, slots=True)
class PromotionLine:
    """A line to promote: `unit_minor` is the price of one piece; a fixed price was typed by hand."""

    key: int
    qty: int
    unit_minor: int
    disc: DiscFacts | None = None
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class PromotedLine:
    """What a line comes to, and what each rule took off it."""

    key: int
    amount_minor: int
    reductions: tuple[Reduction, ...] = ()


@dataclass(frozen=True, slots=True)
class Promoted:
    """A basket after the rules, its lines in the order in which they were given."""

    lines: tuple[PromotedLine, ...]
    total_minor: int


def promote(lines: Sequence[PromotionLine], offer: Offer) -> Promoted:
    """Find the best lawful price; raises InvalidInput for a quantity below one or a negative price or cost."""
    for line in lines:
        _check(line)
    live = offer.live()
    places = _places(lines) if live.ids else []
    taken: list[list[Reduction]] = [[] for _ in lines]
    if places:
        spots = [_spot(lines[place], live) for place in places]
        moves, notes = solve(spots, *_jobs(spots))
        for spot, off in enumerate(_taken_off(moves, notes, len(spots))):
            taken[places[spot]] = [_reduction(rule, minor) for rule, minor in off.values()]
    promoted = tuple(
        PromotedLine(line.key, line.qty * line.unit_minor - sum(r.amount_minor for r in given), tuple(given))
        for line, given in zip(lines, taken, strict=True)
    )
    return Promoted(promoted, sum(line.amount_minor for line in promoted))


def _check(line: PromotionLine) -> None:
    if line.qty < 1:
        raise InvalidInput("quantity", str(line.qty), "too_small")
    if line.unit_minor < 0:
        raise InvalidInput("price", str(line.unit_minor), "negative")
    if line.disc is not None and line.disc.cost_minor < 0:
        raise InvalidInput("cost", str(line.disc.cost_minor), "negative")


def _places(lines: Sequence[PromotionLine]) -> list[int]:
    """Give the places of the lines that rules may touch, in an order that the basket's own does not change."""
    open_to_rules = []
    for place, line in enumerate(lines):
        disc = line.disc
        if disc is not None and not line.is_fixed:
            texts = (disc.artist, disc.style, disc.label, disc.format, disc.category, disc.grade)
            numbers = (-line.unit_minor, disc.edition_id, disc.album_id, disc.is_used, disc.cost_minor, line.qty)
            open_to_rules.append((numbers, texts, line.key, place))
    open_to_rules.sort()
    return [place for *_, place in open_to_rules]


def _spot(line: PromotionLine, live: LiveRules) -> Spot:
    assert line.disc is not None
    fit = live.fit(line.disc)
    unit, cost = line.unit_minor, line.disc.cost_minor
    full = raw = Option(unit, (), True)
    if fit.stack:
        price, steps = price_by(fit.stack, unit, cost)
        full = Option(price, steps, True)
    closed = None
    for rule in fit.exclusive:
        off = taken_off(rule, unit, cost)
        if off and (closed is None or (unit - off, rule.id) < (closed.price_minor, closed.steps[0][0].id)):
            closed = Option(unit - off, ((rule, off),), False)
    low = full
    if closed is not None and (closed.price_minor, _lowest_id(closed)) < (full.price_minor, _lowest_id(full)):
        low = closed
    return Spot(line.qty, unit, cost, fit, raw, full, closed, low)


def _lowest_id(option: Option) -> int:
    return min((rule.id for rule, _ in option.steps), default=0)


def _jobs(spots: Sequence[Spot]) -> tuple[list[Job], list[Job]]:
    """Find the group rules with pieces enough, and the spend rules that could be reached, with their spots."""
    found: dict[int, Job] = {}
    for place, spot in enumerate(spots):
        for rule in (*spot.fit.groups, *spot.fit.spends):
            job = found.get(rule.id)
            if job is None:
                job = found[rule.id] = Job(rule, [])
            job.spots.append(place)
            if rule.floor_margin_bp is not None:
                job.floors[place] = rule.floor_of(spot.cost_minor)
    groups, spends = [], []
    for _, job in sorted(found.items()):
        if isinstance(job.rule.give, SpendGet):
            if raw_sum(job, spots) >= job.rule.give.spend_minor:
                spends.append(job)
        elif sum(spots[place].qty for place in job.spots) >= job.rule.group_qty:
            job.spots.sort(key=lambda place: (-spots[place].low.price_minor, place))
            if _has_parts(job, spots):
                job.cheap_to_move = _cheap_to_move(job, spots)
                groups.append(job)
    spends.sort(key=lambda job: (job.rule.priority, job.rule.id))
    return groups, spends


def _cheap_to_move(job: Job, spots: Sequence[Spot]) -> list[int]:
    lost = {
        place: (spots[place].raw if job.rule.is_exclusive else spots[place].full).price_minor
        - spots[place].low.price_minor
        for place in job.spots
    }
    return sorted(job.spots, key=lambda place: lost[place]) if any(lost.values()) else []


def _has_parts(job: Job, spots: Sequence[Spot]) -> bool:
    """Enter under each part of a mixed bundle the spots that may stand for it; False where a part has none."""
    give = job.rule.give
    if not isinstance(give, MixedBundle):
        return True
    job.parts = [[] for _ in give.parts]
    for place in job.spots:
        for number in spots[place].fit.parts[job.rule.id]:
            job.parts[number].append(place)
    # The part that fewest discs can stand for chooses first.
    job.parts.sort(key=len)
    return all(job.parts)


def _taken_off(moves: Iterable[Move], notes: Iterable[SpendNote], size: int) -> list[dict[int, tuple[Rule, int]]]:
    """Sum by spot and rule what moves and spend rules took off."""
    sums: list[dict[int, tuple[Rule, int]]] = [{} for _ in range(size)]

    def add(spot: int, rule: Rule, minor: int) -> None:
        if minor:
            before = sums[spot].get(rule.id)
            sums[spot][rule.id] = (rule, minor + (before[1] if before else 0))

    for move in moves:
        for member, left in zip(move.members, move.left, strict=True):
            for rule, off in member.option.steps:
                add(member.spot, rule, off * member.qty * move.times)
            if move.rule is not None:
                add(member.spot, move.rule, (member.option.price_minor * member.qty - left) * move.times)
    for note in notes:
        for spot, share in note.shares:
            add(spot, note.rule, share)
    return sums


def _reduction(rule: Rule, minor: int) -> Reduction:
    return Reduction(PROMOTION, rule.name, minor, rule.rate_bp, rule.id)
