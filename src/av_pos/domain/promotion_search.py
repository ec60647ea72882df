"""The search for the best lawful price of a basket: part by part, small parts through all ways, large ones by filling.

A basket falls apart into parts that no group or spend rule binds together; each is solved by itself. A part is first
filled greedily: the group that saves most for each piece first. Then a small part is searched through, and of a large
one some other fillings are tried.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import Any

from av_pos.domain.promotion_exact import search_through
from av_pos.domain.promotion_moves import (
    Answer,
    Board,
    Job,
    Member,
    Move,
    Part,
    SpendNote,
    Spot,
    alone,
    good_spends,
    group_off,
    grouped,
    raw_sum,
    run_spends,
)
from av_pos.domain.rules import MixedBundle, SpendGet

SMALL_QTY = 6
"""A part of so many pieces at most …"""

SMALL_RULES = 6
"""… on which so many rules at most work is searched through."""

STEPS = 1_500
"""So many moves are tried before the search through a part ends with the best found …"""

SURE_SIZE = 4
"""… but a part of so many pieces and rules at most is searched to its end …"""

ALL_STEPS = 25_000
"""… while the whole basket takes no more than this."""

EFFORT = 2_000
"""How much is spent on other fillings: each costs as much as it has spots to look at."""


def solve(spots: Sequence[Spot], groups: Sequence[Job], spends: Sequence[Job]) -> tuple[list[Move], list[SpendNote]]:
    """Find the moves and spend rules that price all pieces for the least."""
    moves: list[Move] = []
    notes: list[SpendNote] = []
    purse = [ALL_STEPS]
    for places in _parts(len(spots), groups, spends):
        part = Part(
            spots,
            sorted(places),
            [job for job in groups if job.spots[0] in places],
            [job for job in spends if job.spots[0] in places],
        )
        if part.groups or part.spends:
            _, found, spent = _solve_part(part, purse)
            moves += found
            notes += spent
        else:
            moves += [alone(place, spots[place].low, spots[place].qty) for place in part.places]
    return moves, notes


def _parts(size: int, groups: Iterable[Job], spends: Iterable[Job]) -> list[set[int]]:
    """Divide the spots into parts that no rule binds together, in the order of their first spot."""
    part_of = [{place} for place in range(size)]
    for job in (*groups, *spends):
        joined = part_of[job.spots[0]]
        for place in job.spots[1:]:
            other = part_of[place]
            if other is not joined:
                small, joined = sorted((other, joined), key=len)
                joined |= small
                for moved in small:
                    part_of[moved] = joined
    seen: dict[int, set[int]] = {id(part): part for part in part_of}
    return list(seen.values())


def _solve_part(part: Part, purse: list[int]) -> Answer:
    """Give the best answer; the steps of the exact search are taken out of the purse."""
    filling = _Filling(part)
    qty, rules_qty = sum(part.spots[place].qty for place in part.places), _rules_qty(part)
    if qty > SMALL_QTY or rules_qty > SMALL_RULES:
        filling.try_others()
        return filling.with_good_spends()
    steps = purse[0] if max(qty, rules_qty) <= SURE_SIZE else min(purse[0], STEPS)
    answer, left = search_through(part, filling.best, steps)
    purse[0] += left - steps
    return answer


def _rules_qty(part: Part) -> int:
    """Count the rules that an exact search would have to choose among."""
    stacked = {rule.id for place in part.places for rule in part.spots[place].fit.stack} if part.spends else ()
    return len(part.groups) + len(part.spends) + len(stacked)


class _Filling:
    """Ways to fill a part greedily, and the best answer so far."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.best = self._fill()

    def try_others(self) -> None:
        """Fill in other ways, as many as the effort allows.

        By what a group saves in all, open for spend rules, untouched for one spend rule, without one group rule.
        """
        part = self.part
        looked_at = sum(len(job.spots) for job in part.spends) + 3 * sum(len(job.spots) for job in part.groups)
        tries = EFFORT // (looked_at + len(part.places))
        for way in islice(self._other_ways(), tries):
            found = self._fill(**way)
            if found.total_minor < self.best.total_minor:
                self.best = found

    def with_good_spends(self) -> Answer:
        """Give the best answer with the spend rules chosen again, more carefully."""
        moves = self.best.moves
        board = _board_of(moves, len(self.part.spots))
        saved, notes = good_spends(board, self.part.spends, self.part.spots)
        return Answer(board.total() - saved, moves, notes)

    def _other_ways(self) -> Iterator[dict[str, Any]]:
        part = self.part
        used = sorted({move.rule.id for move in self.best.moves if move.rule is not None})
        if len(part.groups) > 1:
            yield {"by_piece": False}
        if part.spends and any(not part.spots[place].low.is_open for place in part.places):
            yield {"opened": frozenset(part.places)}
        waiting = [job for job in part.spends if self._could_reach(job)]
        for job in waiting:
            yield {"raw": self._least_raised(job)}
        for job in waiting:
            yield {"raw": frozenset(job.spots)}
        if len(part.groups) > 1 or part.spends:
            for rule_id in used:
                yield {"without": rule_id}

    def _least_raised(self, job: Job) -> frozenset[int]:
        """Choose spots to leave untouched so that a spend rule is just reached: one that is enough, or the largest."""
        board, spots = _board_of(self.best.moves, len(self.part.spots)), self.part.spots
        assert isinstance(job.rule.give, SpendGet)
        missing = job.rule.give.spend_minor - sum(board.open_minor[place] for place in job.spots)
        lost = {place: spots[place].qty * spots[place].unit_minor - board.open_minor[place] for place in job.spots}
        chosen: list[int] = []
        for place in sorted(lost, key=lambda place: (-lost[place], place)):
            if missing <= 0:
                break
            enough = [other for other in lost if lost[other] >= missing and other not in chosen]
            place = min(enough, key=lambda other: (lost[other], other)) if enough else place
            chosen.append(place)
            missing -= lost[place]
        return frozenset(chosen)

    def _could_reach(self, job: Job) -> bool:
        """Whether a spend rule has not fired, and would if other rules left its discs alone."""
        give = job.rule.give
        fired = any(note.rule.id == job.rule.id for note in self.best.notes)
        return not fired and isinstance(give, SpendGet) and raw_sum(job, self.part.spots) >= give.spend_minor

    def _fill(
        self,
        *,
        by_piece: bool = True,
        without: int | None = None,
        opened: frozenset[int] = frozenset(),
        raw: frozenset[int] = frozenset(),
    ) -> Answer:
        """Fill once: some spots left raw, or open by combinable rules alone, or without a group rule."""
        part, spots = self.part, self.part.spots
        rest = {place: spots[place].qty for place in part.places if place not in raw}
        jobs = [job for job in part.groups if job.rule.id != without]
        moves = list(_fill_groups(spots, jobs, rest, by_piece=by_piece)) if jobs else []
        for place in part.places:
            if place in raw:
                moves.append(alone(place, spots[place].raw, spots[place].qty))
            elif rest[place]:
                option = spots[place].full if place in opened else spots[place].low
                moves.append(alone(place, option, rest[place]))
        board = _board_of(moves, len(spots))
        saved, notes = run_spends(board, part.spends, spots) if part.spends else (0, ())
        return Answer(board.total() - saved, moves, notes)


def _board_of(moves: Iterable[Move], size: int) -> Board:
    board = Board(size)
    for move in moves:
        board.make(move)
    return board


def _fill_groups(spots: Sequence[Spot], jobs: Sequence[Job], rest: dict[int, int], *, by_piece: bool) -> Iterator[Move]:
    """Make the group that saves most (for each piece, or in all), until none saves; `rest` is what stays alone."""

    def offer(number: int) -> tuple[float, int, list[Member]] | None:
        job = jobs[number]
        best: tuple[float, int, list[Member]] | None = None
        for order in (job.spots, job.cheap_to_move):
            members = _next_group(spots, job, order, rest) if order else None
            if members is not None:
                saved = _saved_by(spots, job, members)
                score = -saved / sum([member.qty for member in members]) if by_piece else -saved
                if saved > 0 and (best is None or score < best[0]):
                    best = (score, number, members)
        return best

    heap = [found for number in range(len(jobs)) if (found := offer(number)) is not None]
    heapify(heap)
    while heap:
        _, number, members = heappop(heap)
        times = min(rest[member.spot] // member.qty for member in members)
        move = grouped(jobs[number], members) if times else None
        if move is not None:
            for member in members:
                rest[member.spot] -= member.qty * times
            yield move._replace(times=times)
        again = offer(number)
        if again is not None:
            heappush(heap, again)


def _saved_by(spots: Sequence[Spot], job: Job, members: Sequence[Member]) -> int:
    """What a group saves against the best price of its pieces alone."""
    saved = group_off(job, members)
    for spot, option, qty in members:
        saved -= (option.price_minor - spots[spot].low.price_minor) * qty
    return saved


def _next_group(spots: Sequence[Spot], job: Job, order: Sequence[int], rest: Mapping[int, int]) -> list[Member] | None:
    """Make up a rule's next group of the pieces that are left, in this order; a mixed bundle's of the dearest."""
    rule = job.rule
    picked: dict[int, int] = {}
    if isinstance(rule.give, MixedBundle):
        for part in job.parts:
            place = next((p for p in part if rest.get(p, 0) > picked.get(p, 0)), None)
            if place is None:
                return None
            picked[place] = picked.get(place, 0) + 1
    else:
        missing = rule.group_qty
        for place in order:
            free = rest.get(place, 0)
            if free:
                picked[place] = min(free, missing)
                missing -= picked[place]
                if not missing:
                    break
        if missing:
            return None
    return [
        Member(place, spots[place].raw if rule.is_exclusive else spots[place].full, qty)
        for place, qty in sorted(picked.items())
    ]
