"""Whether it hits: each buyer's last title is left out, and looked for among ten suggestions made from the rest."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from av_pos.analytics.pairs import Ints, Lists, lists_of
from av_pos.analytics.recommend import MemberShelf, Shelf, Suggestion, for_basket, for_member
from av_pos.analytics.similarity import plain_neighbours

Suggest = Callable[[int, Ints], Ints]
"""Buyer and his titles → titles to offer, the best first."""

Method = Callable[[Lists, int], Suggest]
"""The known purchases and how many to offer → the function that offers."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How often the title left out was among those offered."""

    tested: int
    hits: int

    @property
    def rate(self) -> float:
        """Hits in all tested, 0 if none were."""
        return self.hits / self.tested if self.tested else 0.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Purchases without each buyer's last title, and those: `buyers`, `items` int64 [entries]; `who`, `what` [tested];
    `one` [tested] is one title of each tested buyer, drawn by chance.
    """

    buyers: Ints
    items: Ints
    who: Ints
    what: Ints
    one: Ints
    item_count: int


def leave_out(buyers: npt.ArrayLike, items: npt.ArrayLike, item_count: int, *, testers: int | None = None,
              seed: int = 1) -> LeftOut:  # fmt: skip
    """Take each buyer's last title away (rows stand in the order of purchase; a title bought again counts once, when it
    was bought first); who has one title only is not tested. `testers` draws so many buyers; the others keep all.

    Raises ValueError as `lists_of` does.
    """
    whole = lists_of(buyers, items, item_count)
    who, what = np.asarray(buyers, np.int64).ravel(), np.asarray(items, np.int64).ravel()
    numbers = np.searchsorted(whole.names, who)
    # The first purchase of each title by each buyer, then buyer by buyer in order of time.
    by_pair = np.lexsort((np.arange(len(who)), what, numbers))
    again = np.zeros(len(who), bool)
    again[by_pair[1:]] = (numbers[by_pair[1:]] == numbers[by_pair[:-1]]) & (what[by_pair[1:]] == what[by_pair[:-1]])
    rows = np.flatnonzero(~again)
    rows = rows[np.argsort(numbers[rows], kind="stable")]
    lengths = np.bincount(numbers[rows], minlength=len(whole.names))
    ends = np.cumsum(lengths)
    rng = np.random.default_rng(seed)
    tested = np.flatnonzero(lengths >= 2)
    if testers is not None and testers < len(tested):
        tested = np.sort(rng.choice(tested, testers, replace=False))
    held = ends[tested] - 1
    one = ends[tested] - lengths[tested] + (rng.random(len(tested)) * (lengths[tested] - 1)).astype(np.int64)
    known = np.delete(rows, held)
    return LeftOut(who[known], what[known], who[rows[held]], what[rows[held]], what[rows[one]], item_count)


def hit_rate(left: LeftOut, method: Method, *, top: int = 10, one_disc: bool = False) -> Trial:
    """Try a method: from each tested buyer's whole history, or from one disc of it."""
    lists = lists_of(left.buyers, left.items, left.item_count)
    suggest = method(lists, top)
    hits = 0
    for who, what, one in zip(left.who.tolist(), left.what.tolist(), left.one.tolist(), strict=True):
        history = np.array([one]) if one_disc else lists.of(who)
        hits += what in suggest(who, history)[:top].tolist()
    return Trial(len(left.who), hits)


def by_basket(lists: Lists, top: int) -> Suggest:
    """The damped and shrunk cosine, as the till's tiles use it."""
    shelf = Shelf.built(lists)
    return lambda _who, history: _items(for_basket(shelf, history, count=top))


def by_plain_cosine(lists: Lists, top: int) -> Suggest:
    """Plain cosine, nothing beside it."""
    shelf = Shelf(plain_neighbours(lists))
    return lambda _who, history: _items(for_basket(shelf, history, count=top))


def by_member(lists: Lists, top: int) -> Suggest:
    """A member's own list: cosine, walk and the alike together."""
    own = MemberShelf.built(lists, Shelf.built(lists))
    return lambda who, history: _items(for_member(own, history, count=top, member=who))


def by_popularity(lists: Lists, top: int) -> Suggest:
    """What most buyers have, beside which every method must be seen."""
    order = np.lexsort((np.arange(lists.item_count), -lists.buyers_of()))

    def suggest(_who: int, history: Ints) -> Ints:
        first = order[: top + len(history)]
        return first[~np.isin(first, history)][:top]

    return suggest


def _items(found: tuple[Suggestion, ...]) -> Ints:
    return np.array([row.item for row in found], np.int64)
