"""Which titles the same people buy: item-to-item cosine over buyers, damped, shrunk, the best kept for each title.

A buyer is a member, or a receipt without one. Sources: Sarwar, Karypis, Konstan and Riedl, "Item-based collaborative
filtering recommendation algorithms", WWW 2001 (cosine between titles); Breese, Heckerman and Kadie, "Empirical analysis
of predictive algorithms for collaborative filtering", UAI 1998 (a vote counts less the more its giver votes); Bell and
Koren, "Scalable collaborative filtering with jointly derived neighborhood interpolation weights", ICDM 2007 (shrinkage
by the number of common buyers).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from av_pos.analytics.pairs import (
    Block,
    Counts,
    Floats,
    Ints,
    Lists,
    Pairs,
    Places,
    Singles,
    are_short,
    lists_of,
    long_pairs,
    short_pairs,
)
from av_pos.analytics.ranking import Ranking

SHRINK = 3.0
"""So many buyers that nobody saw are added: a pair with few common buyers is believed less."""

KEPT = 50
"""Neighbours kept for each title."""

_STEP = 1 << 17


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each of n titles its k nearest, the best first; equal scores by the lower number.

    `ids` int32 [n, k], −1 where there are no more; `scores` float32 [n, k], 0 there; `both` int32 [n, k]: buyers of
    both titles, 0 there; `buyers` int32 [n]: buyers of the title. "31 of 84 buyers" is `both` of `buyers`.
    """

    ids: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    both: npt.NDArray[np.int32]
    buyers: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rule:
    """How pairs become scores: `score(i, j) = votes(i, j) · near[i] · far[j] · both / (both + shrink)`.

    `buyers` int64 [titles]; `vote` float64 [longest list + 1], by the number of titles a buyer has; `near` and `far`
    float64 [titles].
    """

    buyers: Ints
    vote: Floats
    near: Floats
    far: Floats
    shrink: float


def cosine(one: Sequence[float] | Floats, other: Sequence[float] | Floats) -> float:
    """Return the cosine of the angle between two rows of ratings: a·b / (|a| |b|), 0 if either is all zero.

    Raises ValueError where their lengths differ or a rating is not finite.
    """
    a, b = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"ratings of shapes {a.shape} and {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("a rating is not finite")
    # Scaled first, so that huge ratings do not overflow and tiny ones do not vanish.
    largest_a, largest_b = np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0)
    if not largest_a or not largest_b:
        return 0.0
    a, b = a / largest_a, b / largest_b
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


def also_bought(buyers: npt.ArrayLike, items: npt.ArrayLike, item_count: int, *, k: int = KEPT,
                shrink: float = SHRINK) -> Neighbours:  # fmt: skip
    """Return each title's nearest by damped and shrunk cosine; raises ValueError for what are no purchases."""
    return neighbours_of(lists_of(buyers, items, item_count), k=k, shrink=shrink)


def neighbours_of(lists: Lists, *, k: int = KEPT, shrink: float = SHRINK) -> Neighbours:
    """Return each title's nearest by damped and shrunk cosine, from lists gathered before.

    Raises ValueError where `shrink` is negative or not finite, or k is below 1.
    """
    if not 0 <= shrink < np.inf:
        raise ValueError(f"shrink {shrink}")
    lists = lists.voters()
    return kept(lists, damped(lists, shrink), k)


def plain_neighbours(lists: Lists, *, k: int = KEPT) -> Neighbours:
    """Return each title's nearest by plain cosine, from lists gathered before."""
    lists = lists.voters()
    counts = lists.buyers_of()
    scale = one_over(counts, 0.5)
    return kept(lists, Rule(counts, np.ones(longest(lists) + 1), scale, scale, 0.0), k)


def damped(lists: Lists, shrink: float) -> Rule:
    """Return the rule of the damped and shrunk cosine.

    `score(i, j) = Σ 1 / ln(1 + n) / √((buyers of i + shrink) · (buyers of j + shrink)) · both / (both + shrink)`, the
    sum over the buyers of both, n the titles each of them has. The lengths are counts, not sums of damped votes: those
    would give back to a title that only heavy buyers take what the damping took. Counts, and `shrink` added to them,
    each hit more often on all five kinds of invented purchases tried (`tests/benchmarks/purchases.py` makes them).
    """
    counts = lists.buyers_of()
    scale = np.where(counts > 0, one_over((counts + shrink).astype(np.float64), 0.5), 0.0)
    return Rule(counts, 1.0 / np.log1p(np.maximum(np.arange(longest(lists) + 1), 1)), scale, scale, shrink)


def one_over(counts: Ints | Floats, power: float) -> Floats:
    """Return 1 / count ** power, and 0 for 0."""
    return np.where(counts > 0, np.maximum(counts, 1).astype(np.float64) ** -power, 0.0)


def longest(lists: Lists) -> int:
    """Return how many titles the heaviest buyer has."""
    return int(lists.lengths.max(initial=0))


def kept(lists: Lists, rule: Rule, k: int) -> Neighbours:
    """Score all pairs by the rule and keep each title's k best; raises ValueError unless k is at least 1."""
    if k < 1:
        raise ValueError(f"k {k}")
    count = lists.item_count
    nearest = Neighbours(np.full((count, k), -1, np.int32), np.zeros((count, k), np.float32),
                         np.zeros((count, k), np.int32), rule.buyers.astype(np.int32))  # fmt: skip
    if are_short(lists):
        titles = np.argsort(-rule.far, kind="stable")
        numbers = np.empty(count, np.uint32)
        numbers[titles] = np.arange(count, dtype=np.uint32)
        _keep_short(short_pairs(lists, rule.vote, numbers), rule, titles, nearest)
    else:
        for block in long_pairs(lists, rule.vote):
            _keep_block(block, rule, nearest)
    return nearest


def _keep_block(block: Block, rule: Rule, nearest: Neighbours) -> None:
    """Write the best of a block's pairs into their titles' rows."""
    if not len(block.row):
        return
    worth = _strength(block.votes, block.both, rule.shrink)
    worth *= rule.far.astype(np.float32).take(block.col)
    rows = block.last - block.first
    ranking = Ranking.fitting(rows, len(worth), float(worth.min()), float(worth.max()))
    keys = ranking.keys(block.row, worth, np.arange(len(worth)))
    for best in ranking.best(keys, nearest.ids.shape[1]):
        inside = best.rank < nearest.ids.shape[1]
        row, at = best.row[inside] + block.first, best.place[inside]
        _write(nearest, row, best.rank[inside], block.col[at], worth[at] * rule.near[row], block.both[at])


def _keep_short(found: Pairs, rule: Rule, titles: Ints, nearest: Neighbours) -> None:
    """Write the best of all pairs into their titles' rows: each pair stands in the rows of both its titles.

    `titles` int64 [titles] are the titles in the order of their numbers in `found`, those of the largest `far` first.
    """
    if not len(found.keys):
        return
    size, k = len(found.keys), nearest.ids.shape[1]
    near, far = rule.near.astype(np.float32)[titles], rule.far.astype(np.float32)[titles]
    reach = far[far > 0]
    least = float(found.votes.min()) / (1 + rule.shrink) * float(reach.min())
    ranking = Ranking.fitting(found.item_count, size, least, float(found.votes.max()) * float(reach.max()))
    keys = np.empty(2 * size, np.uint64)
    done = 0
    for numbers, others, places in _candidates(found, k):
        worth = _strength(found.votes.take(places), found.both.take(places), rule.shrink) * far.take(others)
        keys[done : done + len(places)] = ranking.keys(numbers, worth, places)
        done += len(places)
    for best in ranking.best(keys[:done], k):
        partner = _partners(found.keys.take(best.place), best.row, found.item_count)
        inside = np.flatnonzero(best.rank < k)
        order = best.order(titles.take(partner)).take(inside)
        row, slot = best.row.take(inside), best.rank.take(inside)
        at, partner = best.place.take(order), partner.take(order)
        both = found.both.take(at)
        scores = _strength(found.votes.take(at), both, rule.shrink) * far.take(partner) * near.take(row)
        _write(nearest, titles.take(row), slot, titles.take(partner), scores, both)


def _partners(pairs: Places, row: Ints, item_count: int) -> Ints:
    """The other number of each pair: one of the two is the row's own."""
    low = pairs // np.uint32(item_count)
    high = pairs - low * np.uint32(item_count)
    partner: Ints = (low + high).astype(np.int64) - row
    return partner


def _candidates(found: Pairs, k: int) -> Iterator[tuple[Places, Places, Ints]]:
    """Row, partner and pair of all that can be among a row's k best, part by part.

    Most pairs have a single buyer, one with the smallest vote: no pair is weaker. As partners are numbered by `far`,
    the largest first, such a pair stands behind every partner with a lower number, and is left out where a row has k.
    """
    count = np.uint32(found.item_count)
    begins = np.searchsorted(found.keys, np.arange(count, dtype=np.uint32) * count)
    weakest = found.votes.min()
    # For each row so many partners with lower numbers, at least: all of them until there are k.
    before = np.zeros(found.item_count, np.int64)
    for start in range(0, len(found.keys), _STEP):
        stop = min(start + _STEP, len(found.keys))
        low = found.keys[start:stop] // count
        high = found.keys[start:stop] - low * count
        strong = (found.votes[start:stop] != weakest) | (found.both[start:stop] > 1)
        at = np.flatnonzero(strong | (before < k).take(high))
        row = high.take(at)
        yield row, low.take(at), at + start
        before += np.bincount(row, minlength=found.item_count)
        # A row's pairs with higher numbers lie side by side: its first ones fill what those with lower numbers leave.
        rows = slice(int(low[0]), int(low[-1]) + 1)
        ends = (begins[rows] + np.maximum(k - before[rows], 0)).astype(np.int32)
        at = np.flatnonzero(strong | (np.arange(start, stop, dtype=np.int32) < ends.take(low - low[0])))
        yield low.take(at), high.take(at), at + start


def _strength(votes: Singles, both: Counts, shrink: float) -> Singles:
    if not shrink:
        return votes.copy()
    common = both.astype(np.float32)
    return votes * common / (common + np.float32(shrink))


def _write(nearest: Neighbours, row: Ints, slot: Ints, ids: Ints, scores: npt.NDArray[np.floating],
           both: Counts) -> None:  # fmt: skip
    place = row * nearest.ids.shape[1] + slot
    nearest.ids.reshape(-1)[place] = ids
    nearest.scores.reshape(-1)[place] = scores
    nearest.both.reshape(-1)[place] = both
