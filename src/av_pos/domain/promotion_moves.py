"""What the search for the best price works with: the spots of a basket, moves that price pieces, and the board.

A spot is one line; a move prices some pieces, alone or as a group, for good; the board adds moves up; spend rules come
when all pieces are priced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from av_pos.domain.money import percent_of, share_out
from av_pos.domain.rule_book import Fit, Option
from av_pos.domain.rules import BundlePrice, MixedBundle, Rule, SpendGet, TakeNPayM


@dataclass(slots=True)
class Spot:
    """One line: so many pieces of one price. `low` is the cheaper of all combinable rules and the best exclusive."""

    qty: int
    unit_minor: int
    cost_minor: int
    fit: Fit
    raw: Option
    full: Option
    closed: Option | None
    low: Option


@dataclass(slots=True)
class Job:
    """A group or spend rule with the spots that it may take; of a mixed bundle, those of each part.

    `floors` holds the least that a piece of each spot may come to by this rule; it is empty where there is no floor.
    The dearest spots stand first; in `cheap_to_move` those whose pieces lose least by giving up their own best price
    for a group, where any lose.
    """

    rule: Rule
    spots: list[int]
    floors: dict[int, int] = field(default_factory=dict)
    parts: list[list[int]] = field(default_factory=list)
    cheap_to_move: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """Places of spots that rules bind together, and those group and spend rules."""

    spots: Sequence[Spot]
    places: Sequence[int]
    groups: Sequence[Job]
    spends: Sequence[Job]


class Member(NamedTuple):
    """So many pieces of a spot, each at this option."""

    spot: int
    option: Option
    qty: int


class Move(NamedTuple):
    """Pieces priced together, `times` over: what each member comes to, each time, stands in `left`."""

    rule: Rule | None
    members: tuple[Member, ...]
    left: tuple[int, ...]
    is_open: bool
    times: int = 1


class Answer(NamedTuple):
    """One way to price a part: its total, and the moves and spend rules that make it."""

    total_minor: int
    moves: Sequence[Move]
    notes: Sequence["SpendNote"]


class SpendNote(NamedTuple):
    """What a spend rule took off each spot."""

    rule: Rule
    shares: tuple[tuple[int, int], ...]


def raw_sum(job: Job, spots: Sequence[Spot]) -> int:
    """What the discs of a rule would come to if no rule touched them."""
    return sum(spots[place].qty * spots[place].unit_minor for place in job.spots)


def alone(spot: int, option: Option, qty: int) -> Move:
    """Price pieces by piece rules only."""
    return Move(None, (Member(spot, option, qty),), (option.price_minor * qty,), option.is_open)


def grouped(job: Job, members: Sequence[Member]) -> Move | None:
    """Price a group; None where it saves nothing.

    What the group gives is shared to its members by largest remainder, in proportion to what they cost (above the
    rule's floor, if it has one, so that each stays above it).
    """
    off = group_off(job, members)
    if not off:
        return None
    shares = share_out(off, _rooms(job, members))
    left = tuple(price * qty - share for (_, (price, _, _), qty), share in zip(members, shares, strict=True))
    return Move(job.rule, tuple(members), left, not job.rule.is_exclusive)


def group_off(job: Job, members: Sequence[Member]) -> int:
    """Give what a group saves, down to the rule's floor and no further."""
    give = job.rule.give
    if isinstance(give, BundlePrice | MixedBundle):
        off = sum([option.price_minor * qty for _, option, qty in members]) - give.price_minor
    else:
        off = _free(members, give.take_qty - give.pay_qty if isinstance(give, TakeNPayM) else 1)
    return max(0, min(off, sum(_rooms(job, members))) if job.floors else off)


def _free(members: Sequence[Member], free_qty: int) -> int:
    """Sum what the cheapest pieces of a group cost."""
    off = 0
    for price, qty in sorted([(option.price_minor, qty) for _, option, qty in members]):
        if qty >= free_qty:
            return off + price * free_qty
        off += price * qty
        free_qty -= qty
    return off


def _rooms(job: Job, members: Sequence[Member]) -> list[int]:
    if not job.floors:
        return [option.price_minor * qty for _, option, qty in members]
    return [max(0, option.price_minor - job.floors[spot]) * qty for spot, option, qty in members]


class Board:
    """The sums of all moves made so far; each can be taken back.

    `closed_minor` is priced for good; of each spot: what its open pieces come to, how many they are, and how many
    pieces no rule has touched.
    """

    __slots__ = ("closed_minor", "open_minor", "open_qty", "untouched")

    def __init__(self, size: int) -> None:
        self.closed_minor = 0
        self.open_minor = [0] * size
        self.open_qty = [0] * size
        self.untouched = [0] * size

    def make(self, move: Move, sign: int = 1) -> None:
        """Add a move, or with sign -1 take it back."""
        times = move.times * sign
        if not move.is_open:
            self.closed_minor += sum(move.left) * times
            return
        for member, left in zip(move.members, move.left, strict=True):
            place, qty = member.spot, member.qty * times
            self.open_minor[place] += left * times
            self.open_qty[place] += qty
            if move.rule is None and not member.option.steps:
                self.untouched[place] += qty

    def total(self) -> int:
        """What everything comes to before spend rules."""
        return self.closed_minor + sum(self.open_minor)


def best_spends(board: Board, jobs: Sequence[Job], spots: Sequence[Spot]) -> tuple[int, tuple[SpendNote, ...]]:
    """Try all choices among the spend rules: what the best saves in all, and its shares."""
    best = run_spends(board, jobs, spots)
    if len(best[1]) + len(jobs) > 1:
        for left_out in range(1, (1 << len(jobs)) - 1):
            chosen = [job for place, job in enumerate(jobs) if not left_out >> place & 1]
            best = better(best, run_spends(board, chosen, spots))
    return best


def good_spends(board: Board, jobs: Sequence[Job], spots: Sequence[Spot]) -> tuple[int, tuple[SpendNote, ...]]:
    """Try to fire all spend rules, and then all but one of those that may stand in the way of others, for each."""
    best = run_spends(board, jobs, spots)
    fired = {note.rule.id for note in best[1]}
    waiting = {place for job in jobs if job.rule.id not in fired for place in job.spots}
    for job in jobs:
        if job.rule.id in fired and (job.rule.is_exclusive or not waiting.isdisjoint(job.spots)):
            best = better(best, run_spends(board, [other for other in jobs if other is not job], spots))
    return best


def better(
    one: tuple[int, tuple[SpendNote, ...]], other: tuple[int, tuple[SpendNote, ...]]
) -> tuple[int, tuple[SpendNote, ...]]:
    """Give the choice of spend rules that saves more; the first if they save the same."""
    return other if other[0] > one[0] else one


def run_spends(board: Board, jobs: Iterable[Job], spots: Sequence[Spot]) -> tuple[int, tuple[SpendNote, ...]]:
    """Fire each of these spend rules that is reached, in their order, each on what the ones before left."""
    sums, counts, untouched = list(board.open_minor), list(board.open_qty), list(board.untouched)
    saved = 0
    notes: list[SpendNote] = []
    for job in jobs:
        give = job.rule.give
        assert isinstance(give, SpendGet)
        is_exclusive = job.rule.is_exclusive
        if is_exclusive:
            places = [place for place in job.spots if untouched[place]]
            before = [untouched[place] * spots[place].unit_minor for place in places]
        else:
            places = [place for place in job.spots if sums[place]]
            before = [sums[place] for place in places]
        base = sum(before)
        if base < give.spend_minor:
            continue
        rooms = before
        if job.floors:
            free = untouched if is_exclusive else counts
            rooms = [
                max(0, price - job.floors[place] * free[place]) for place, price in zip(places, before, strict=True)
            ]
        off = min(give.amount_minor or percent_of(base, give.percent_bp), sum(rooms))
        if not off:
            continue
        shares = share_out(off, rooms)
        saved += off
        notes.append(SpendNote(job.rule, tuple(zip(places, shares, strict=True))))
        for place, price, share in zip(places, before, shares, strict=True):
            if is_exclusive:
                sums[place] -= price
                counts[place] -= untouched[place]
            else:
                sums[place] -= share
            untouched[place] = 0
    return saved, tuple(notes)
