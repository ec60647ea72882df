"""What suits a member: a three-step walk over the buyer–title graph, and the buyers who are most alike.

Sources: Paudel, Christoffel, Newell and Bernstein, "Updatable, accurate, diverse, and scalable recommendations for
interactive applications", ACM TiiS 7 (1), 2016 (RP3beta); Herlocker, Konstan, Borchers and Riedl, "An algorithmic
framework for performing collaborative filtering", SIGIR 1999 (neighbours among people, few common titles count less).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from av_pos.analytics.pairs import Floats, Ints, Lists
from av_pos.analytics.similarity import KEPT, SHRINK, Neighbours, Rule, kept, longest, one_over

BETA = 0.3
ALIKE = 100


def walked(lists: Lists, *, beta: float = BETA, shrink: float = SHRINK, k: int = 2 * KEPT) -> Neighbours:
    """Return for each title where a walk title → buyer → title ends most often, popular ends made rarer (RP3beta).

    `score(i, j) = Σ 1 / (titles of the buyer) / (buyers of i · buyers of j ** beta)`, the sum over the buyers of both.
    Shrunk like the cosine, because a walk through one single buyer says little; `shrink=0` is the paper's own.
    """
    lists = lists.voters()
    counts = lists.buyers_of()
    vote = 1.0 / np.maximum(np.arange(longest(lists) + 1), 1)
    return kept(lists, Rule(counts, vote, one_over(counts, 1.0), one_over(counts, beta), shrink), k)


@dataclass(frozen=True, slots=True)
class Members:
    """The lists, and for each title who has it: `owners[starts[i]:starts[i + 1]]` are the buyer numbers of title `i`.

    `owners` int32 [entries], `starts` int64 [titles + 1].
    """

    lists: Lists
    owners: npt.NDArray[np.int32]
    starts: Ints

    @classmethod
    def of(cls, lists: Lists) -> "Members":
        """Turn the lists round; buyers of very many titles are left out."""
        lists = lists.voters()
        order = np.argsort(lists.items, kind="stable")
        starts = np.concatenate(([0], np.cumsum(lists.buyers_of())))
        return cls(lists, lists.owners()[order].astype(np.int32), starts)


@dataclass(frozen=True, slots=True)
class Alike:
    """The buyers most like one: `numbers` int64 [n] (in the lists), the nearest first, and `scores` float64 [n]."""

    numbers: Ints
    scores: Floats


def alike(members: Members, history: Ints, *, without: int | None = None, k: int = ALIKE,
          shrink: float = SHRINK) -> Alike:  # fmt: skip
    """Return the buyers nearest to somebody with these titles by shrunk cosine; `without` names that buyer."""
    lists = members.lists
    own = np.unique(history)
    own = own[(own >= 0) & (own < lists.item_count)]
    both = np.zeros(len(lists.names), np.int64)
    for title in own:
        # Each title has a buyer once, so plain indexing counts right.
        both[members.owners[members.starts[title] : members.starts[title + 1]]] += 1
    if without is not None:
        both[lists.names == without] = 0
    found = np.flatnonzero(both)
    common = both[found]
    scores = common / np.sqrt(lists.lengths[found] * len(own)) * (common / (common + shrink))
    best = np.lexsort((found, -scores))[:k]
    return Alike(found[best], scores[best])


def titles_of(members: Members, near: Alike) -> tuple[Floats, Ints]:
    """Return for every title the summed scores of the alike who have it (float64) and how many have it (int64)."""
    lists = members.lists
    reps = lists.lengths[near.numbers]
    ends = np.cumsum(reps)
    at = np.repeat(lists.starts[near.numbers] - ends + reps, reps) + np.arange(int(reps.sum()))
    theirs = lists.items[at]
    sums = np.bincount(theirs, weights=np.repeat(near.scores, reps), minlength=lists.item_count).astype(np.float64)
    having = np.bincount(theirs, minlength=lists.item_count)
    return sums, having
