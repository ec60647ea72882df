"""The search through all ways to price a small part of a basket, with what cannot be better cut off."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from av_pos.domain.money import percent_of
from av_pos.domain.promotion_moves import (
    Answer,
    Board,
    Job,
    Member,
    Move,
    Part,
    Spot,
    alone,
    best_spends,
    grouped,
    raw_sum,
)
from av_pos.domain.rule_book import Option, price_by
from av_pos.domain.rules import BundlePrice, MixedBundle, SpendGet, TakeNPayM


def search_through(part: Part, best: Answer, steps: int) -> tuple[Answer, int]:
    """Give the best answer, at least as good as the one known, and how many steps are left over.

    It is the best of all unless no steps are left.
    """
    search = _Search(part, best, steps)
    search.walk(0, 0)
    return search.best, search.steps


class _Search:
    """All ways, spot by spot, starting from a good answer.

    Without spend rules a lower price of a piece never makes the whole dearer, so only the lowest ones are tried. With
    them each choice of combinable piece rules is, because leaving one out may reach a spend rule.
    """

    def __init__(self, part: Part, best: Answer, steps: int) -> None:
        self.part = part
        self.spots = part.spots
        self.best = best
        self.steps = steps
        self.board = Board(len(part.spots))
        self.rest = {place: part.spots[place].qty for place in part.places}
        self.path: list[Move] = []
        self.open = {place: self._open_options(part.spots[place]) for place in part.places}
        self.alone = {place: self._alone_options(part.spots[place], self.open[place]) for place in part.places}
        self.least = self._least()
        self.saves = sum(_most_saved(job, part.spots) for job in part.spends)

    def _open_options(self, spot: Spot) -> list[Option]:
        if not self.part.spends:
            return [spot.full]
        rules = spot.fit.stack
        found = {spot.full.price_minor: spot.full}
        for size in range(len(rules) - 1, 0, -1):
            for chosen in combinations(rules, size):
                price, steps = price_by(chosen, spot.unit_minor, spot.cost_minor)
                if steps:
                    found.setdefault(price, Option(price, steps, True))
        found.setdefault(spot.raw.price_minor, spot.raw)
        return list(found.values())

    def _alone_options(self, spot: Spot, options: list[Option]) -> list[Option]:
        if not self.part.spends:
            return [spot.low]
        return options if spot.closed is None else [*options, spot.closed]

    def _least(self) -> dict[int, int]:
        """Give of each spot the least that a piece may stand for before spend rules.

        The m dearest of n pieces cost at least m nths of all n, so in no group is a piece worth less than that.
        """
        least = {place: self.spots[place].low.price_minor for place in self.part.places}
        for job in self.part.groups:
            for place in job.spots:
                least[place] = min(least[place], _least_in_group(job, self.spots[place].full.price_minor))
        return least

    def walk(self, number: int, first: int) -> None:
        """Price the next piece in each way; of a spot's pieces, later ones go no way that comes before an earlier's."""
        while number < len(self.part.places) and not self.rest[self.part.places[number]]:
            number, first = number + 1, 0
        if number == len(self.part.places):
            self._weigh()
            return
        for way, move in self._moves(number, first):
            if self.steps <= 0:
                return
            self.steps -= 1
            self._make(move, 1)
            if self._bound() < self.best.total_minor:
                self.walk(number, way)
            self._make(move, -1)

    def _make(self, move: Move, sign: int) -> None:
        self.board.make(move, sign)
        for member in move.members:
            self.rest[member.spot] -= member.qty * sign
        if sign > 0:
            self.path.append(move)
        else:
            self.path.pop()

    def _bound(self) -> int:
        rest = sum(qty * self.least[place] for place, qty in self.rest.items())
        return max(0, self.board.total() + rest - self.saves)

    def _weigh(self) -> None:
        # All choices among the spend rules are tried here, and each costs about as much as a move.
        self.steps -= (1 << len(self.part.spends)) - 1
        saved, notes = best_spends(self.board, self.part.spends, self.spots)
        total = self.board.total() - saved
        if total < self.best.total_minor:
            self.best = Answer(total, list(self.path), notes)

    def _moves(self, number: int, first: int) -> Iterator[tuple[int, Move]]:
        """Give the ways of a piece of a spot: each group it may be in, then alone."""
        place = self.part.places[number]
        way = -1
        for way, job in enumerate(self.part.groups):
            if way >= first and place in job.spots:
                for members in self._groups_with(place, number, job):
                    move = grouped(job, members)
                    if move is not None:
                        yield way, move
        for more, option in enumerate(self.alone[place], start=len(self.part.groups)):
            if more >= first:
                yield more, alone(place, option, 1)

    def _groups_with(self, place: int, number: int, job: Job) -> Iterator[list[Member]]:
        """Give every group of a rule that holds a piece of this spot, and others only of this and later ones."""
        later = set(self.part.places[number:])
        slots = [
            (spot, option)
            for spot in sorted(later & set(job.spots))
            for option in ([self.spots[spot].raw] if job.rule.is_exclusive else self.open[spot])
        ]
        if isinstance(job.rule.give, MixedBundle):
            yield from self._mixed_with(place, job, slots)
            return
        for picked in self._pick(slots, 0, job.rule.group_qty, {}):
            if any(slots[index][0] == place for index, _ in picked):
                yield [Member(*slots[index], qty) for index, qty in picked]

    def _pick(
        self, slots: Sequence[tuple[int, Option]], start: int, need: int, used: dict[int, int]
    ) -> Iterator[tuple[tuple[int, int], ...]]:
        """Give every way to pick so many pieces from the slots, no spot beyond what is left of it."""
        if not need:
            yield ()
            return
        if start == len(slots):
            return
        spot = slots[start][0]
        free = self.rest[spot] - used.get(spot, 0)
        for qty in range(min(need, free), -1, -1):
            used[spot] = used.get(spot, 0) + qty
            for more in self._pick(slots, start + 1, need - qty, used):
                yield (((start, qty), *more)) if qty else more
            used[spot] -= qty

    def _mixed_with(self, place: int, job: Job, slots: Sequence[tuple[int, Option]]) -> Iterator[list[Member]]:
        seen: set[tuple[tuple[int, int], ...]] = set()

        def choose(part: int, picked: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
            if part == len(job.parts):
                yield picked
                return
            for index, (spot, _) in enumerate(slots):
                taken = sum(slots[other][0] == spot for other in picked)
                if spot in job.parts[part] and taken < self.rest[spot]:
                    yield from choose(part + 1, (*picked, index))

        for picked in choose(0, ()):
            counts = tuple(sorted((index, picked.count(index)) for index in set(picked)))
            if counts not in seen and any(slots[index][0] == place for index, _ in counts):
                seen.add(counts)
                yield [Member(*slots[index], qty) for index, qty in counts]


def _least_in_group(job: Job, price_minor: int) -> int:
    give, n = job.rule.give, job.rule.group_qty
    if isinstance(give, BundlePrice | MixedBundle):
        return give.price_minor // n
    m = give.pay_qty if isinstance(give, TakeNPayM) else n - 1
    return price_minor * m // n


def _most_saved(job: Job, spots: Sequence[Spot]) -> int:
    give = job.rule.give
    assert isinstance(give, SpendGet)
    return give.amount_minor or percent_of(raw_sum(job, spots), give.percent_bp)
