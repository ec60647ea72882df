"""Which titles were bought by the same buyers: lists of purchases in, pairs of titles out, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Places = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Keys = npt.NDArray[Any]

MOST_TITLES = 2000
"""Who bought more titles than this (a library, another shop) takes no part in pairs: it would make millions of them,
each saying nothing about taste."""

_SHORT = 8
_AT_ONCE = 12_000_000
_BLOCK = 1 << 19
_STEP = 1 << 17
_BUYERS = 1 << 15


@dataclass(frozen=True, slots=True)
class Lists:
    """Each buyer's titles, each title once: buyer number `b` has `items[starts[b]:starts[b + 1]]`.

    `items` uint32 [entries], `starts` int64 [buyers + 1], `names` int64 [buyers] (ascending: who buyer number `b` is).
    """

    items: Places
    starts: Ints
    names: Ints
    item_count: int

    @property
    def lengths(self) -> Ints:
        """How many titles each buyer has, int64 [buyers]."""
        return np.diff(self.starts)

    def of(self, buyer: int) -> Ints:
        """Return the titles of the buyer with this name, int64; none if nobody is called so."""
        place = int(np.searchsorted(self.names, buyer))
        if place == len(self.names) or self.names[place] != buyer:
            return np.empty(0, np.int64)
        return self.items[self.starts[place] : self.starts[place + 1]].astype(np.int64)

    def voters(self) -> "Lists":
        """Return the lists without the buyers of more than MOST_TITLES titles."""
        lengths = self.lengths
        within = lengths <= MOST_TITLES
        if within.all():
            return self
        starts = np.concatenate(([0], np.cumsum(lengths[within])))
        return Lists(self.items[np.repeat(within, lengths)], starts, self.names[within], self.item_count)

    def owners(self) -> Ints:
        """Return the buyer number of each entry, int64 [entries]."""
        return np.repeat(np.arange(len(self.names)), self.lengths)

    def buyers_of(self) -> Ints:
        """Return how many buyers each title has, int64 [item_count]."""
        counts = np.zeros(self.item_count, np.int64)
        # In parts: bincount makes a wider copy of what it counts.
        for part in _parts(len(self.items)):
            counts += np.bincount(self.items[part], minlength=self.item_count)
        return counts


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair once, ascending.

    `keys` uint32 [pairs]: lower number · item_count + higher number, titles numbered as `short_pairs` was told;
    `both` int32 [pairs]: buyers of both; `votes` float32 [pairs]: the sum of those buyers' votes.
    """

    keys: Places
    both: Counts
    votes: Singles
    item_count: int


@dataclass(frozen=True, slots=True)
class Block:
    """All pairs of the titles `first` … `last - 1`, ordered by title and then partner.

    `row` (counted from `first`) and `col` int64 [pairs]; `both` int32 [pairs]: buyers of both titles;
    `votes` float32 [pairs]: the sum of those buyers' votes.
    """

    first: int
    last: int
    row: Ints
    col: Ints
    both: Counts
    votes: Singles


def lists_of(buyers: npt.ArrayLike, items: npt.ArrayLike, item_count: int) -> Lists:
    """Gather purchases (one row each: whole numbers ≥ 0, any order, repeats allowed) into lists.

    Raises ValueError where the lengths differ, a number is negative or no whole number, or a title is ≥ item_count.
    """
    who, what = _whole(buyers, "buyers"), _whole(items, "items")
    item_count = int(item_count)
    if len(who) != len(what):
        raise ValueError(f"{len(who)} buyers, {len(what)} items")
    if not 0 <= item_count < 1 << 31:
        raise ValueError(f"item_count {item_count}")
    # Read without a sign a negative number is the largest of all: one pass finds it and the largest.
    if int(what.view(np.uint64).max(initial=0)) >= max(item_count, 1) or (len(what) and not item_count):
        raise ValueError(f"items outside 0 … {item_count - 1}")
    new = np.flatnonzero(who[1:] != who[:-1]) + 1
    starts = np.concatenate(([0], new, [len(who)])) if len(who) else np.zeros(1, np.int64)
    names = who[starts[:-1]]
    if int(names.view(np.uint64).max(initial=0)) >> 63:
        raise ValueError("buyers hold a negative number")
    small = what.astype(np.uint32)
    if bool((names[1:] > names[:-1]).all()) and int(np.diff(starts).max(initial=0)) <= _SHORT:
        return _without_repeats(Lists(small, starts, names, item_count))
    return _sorted_lists(who, small, item_count)


def _whole(values: npt.ArrayLike, name: str) -> Ints:
    array = np.asarray(values)
    if array.size == 0:
        return np.empty(0, np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{name} is no row of whole numbers")
    return np.ascontiguousarray(array, np.int64)


def _without_repeats(lists: Lists) -> Lists:
    """Lists that lie in order and are short: a repeat is found by comparing column with column."""
    lengths = lists.lengths
    keep = np.ones(len(lists.items), bool)
    for length in (np.flatnonzero(np.bincount(lengths)[2:]) + 2).tolist():
        for columns, which in _columns(lists, length):
            for late in range(1, length):
                seen = columns[late] == columns[0]
                for early in range(1, late):
                    seen |= columns[late] == columns[early]
                again = which[seen]
                keep[lists.starts[again] + late] = False
                lengths[again] -= 1
    starts = np.concatenate(([0], np.cumsum(lengths)))
    if starts[-1] == len(keep):
        return lists
    return Lists(lists.items[keep], starts, lists.names, lists.item_count)


def _sorted_lists(who: Ints, items: Places, item_count: int) -> Lists:
    bits = max(1, (item_count - 1).bit_length())
    if int(who.max(initial=0)) >> (63 - bits):
        names, numbers = np.unique(who, return_inverse=True)
    else:
        names, numbers = None, who
    keys = numbers << bits
    keys |= items
    keys.sort()
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if len(keys) else keys
    numbers = keys >> bits
    starts = np.concatenate(([0], np.flatnonzero(numbers[1:] != numbers[:-1]) + 1, [len(keys)]))
    found = numbers[starts[:-1]]
    return Lists((keys & ((1 << bits) - 1)).astype(np.uint32), starts, found if names is None else names[found],
                 item_count)  # fmt: skip


def _columns(lists: Lists, length: int) -> Iterator[tuple[list[Places], Ints]]:
    """The lists of so many titles in parts: the titles as columns, and which buyers these are (each [buyers])."""
    which = np.flatnonzero(lists.lengths == length)
    for start in range(0, len(which), _BUYERS):
        some = which[start : start + _BUYERS]
        at = lists.starts.take(some)
        # Lists that lie side by side are read as they lie.
        if at[-1] - at[0] == length * (len(at) - 1):
            yield list(np.ascontiguousarray(lists.items[at[0] : at[-1] + length].reshape(-1, length).T)), some
        else:
            yield [lists.items[place:].take(at) for place in range(length)], some


def are_short(lists: Lists) -> bool:
    """Whether the lists are receipts of a few titles, few enough to be paired at once by `short_pairs`."""
    lengths = lists.lengths
    if int(lengths.max(initial=0)) > _SHORT or lists.item_count >= 1 << 16:
        return False
    sizes = np.bincount(lengths)
    kinds = int(np.count_nonzero(sizes[2:]))
    count = int((sizes * np.arange(len(sizes)) * np.arange(-1, len(sizes) - 1)).sum()) // 2
    return lists.item_count**2 * max(1, kinds) < 1 << 32 and count <= _AT_ONCE


def short_pairs(lists: Lists, vote: Floats, numbers: Places) -> Pairs:
    """Return the pairs of short lists (`are_short`); `vote[n]` is the vote of a buyer of n titles.

    `numbers` uint32 [titles] is what the pairs call each title: 0 … titles - 1, each once. One key for each pair of
    each list, all sorted at once: at most 150 MB while it works.
    """
    keys, kinds, rare = _pair_keys(lists, numbers)
    unusual = keys[:rare].copy()
    keys.sort()
    found, begins = _changes(keys, len(kinds))
    both = _gaps(begins, len(keys))
    weights = vote[kinds]
    votes = np.empty(len(found), np.float32)
    if len(kinds):
        np.multiply(both, weights[-1], out=votes, casting="unsafe")
    if rare:
        _correct(found, votes, unusual, weights)
    return Pairs(found, both, votes, lists.item_count)


def _pair_keys(lists: Lists, numbers: Places) -> tuple[Places, Ints, int]:
    """A key for each pair of each list, `(low · item_count + high) · kinds + kind`, and the length of each kind.

    The length with the most pairs is the last kind, and its keys stand last; how many stand before is the third value.
    """
    sizes = np.bincount(lists.lengths, minlength=2)
    pairs = np.arange(len(sizes)) * np.arange(-1, len(sizes) - 1) // 2
    kinds = np.flatnonzero(sizes[2:]) + 2
    kinds = kinds[np.argsort(sizes[kinds] * pairs[kinds], kind="stable")]
    keys = np.empty(int((sizes * pairs).sum()), np.uint32)
    count, scale = np.uint32(lists.item_count), np.uint32(max(1, len(kinds)))
    done = rare = 0
    for kind, length in enumerate(kinds.tolist()):
        rare = done
        for columns, _which in _columns(lists, length):
            columns = [numbers.take(column) for column in columns]
            _order(columns)
            lows = [column * (count * scale) + np.uint32(kind) for column in columns[:-1]]
            for late in range(1, length):
                columns[late] *= scale
                for early in range(late):
                    np.add(lows[early], columns[late], out=keys[done : done + len(lows[0])])
                    done += len(lows[0])
    return keys, kinds, rare


def _order(columns: list[Places]) -> None:
    """Sort every list: neighbours change places until the largest is last, then the next."""
    spare = np.empty_like(columns[0])
    for last in range(len(columns) - 1, 0, -1):
        for place in range(last):
            np.minimum(columns[place], columns[place + 1], out=spare)
            np.maximum(columns[place], columns[place + 1], out=columns[place + 1])
            columns[place], spare = spare, columns[place]


def _correct(found: Places, votes: Singles, unusual: Places, weights: Floats) -> None:
    """Take the kinds out of the pairs `found`, in place, and set the votes right that are not all of the last kind.

    `unusual` are the keys of all other kinds. The last kind stands behind the others of its pair: a pair that begins
    with it has no other.
    """
    kinds = np.uint32(len(weights))
    mixed = []
    for part in _parts(len(found)):
        pair = found[part] // kinds
        mixed.append(np.flatnonzero(found[part] - pair * kinds != kinds - 1) + part.start)
        found[part] = pair
    unusual.sort()
    pair = unusual // kinds
    more = (weights - weights[-1]).take(unusual - pair * kinds)
    groups = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
    at = np.concatenate(mixed)
    votes[at] += np.add.reduceat(more, groups)


def _runs(keys: Keys, weights: Floats) -> tuple[Keys, Counts, Singles]:
    """Sort the keys and return each pair once, how many keys it has, and the sum of the weights of their kinds."""
    keys.sort()
    found, begins = _changes(keys)
    counts = _gaps(begins, len(keys))
    votes = np.empty(len(found), np.float32)
    if len(weights) <= 1:
        np.multiply(counts, weights.astype(np.float32), out=votes, casting="unsafe")
        return found, counts, votes
    kinds = keys.dtype.type(len(weights))
    for part in _parts(len(found)):
        pair = found[part] // kinds
        np.multiply(weights.take(found[part] - pair * kinds), counts[part], out=votes[part], casting="unsafe")
        found[part] = pair
    return _summed(found, counts, votes)


def _summed(found: Keys, counts: Counts, votes: Singles) -> tuple[Keys, Counts, Singles]:
    """Add up what belongs to the same pair, in place; few pairs have buyers of several kinds."""
    every = len(found)
    found, firsts = _changes(found)
    rest = np.ones(every, bool)
    rest[firsts] = False
    others = np.flatnonzero(rest)
    more, more_votes = counts[others], votes[others]
    others -= np.arange(1, len(others) + 1)
    # A pair never moves back, so a part can be written before the next is read.
    for part in _parts(len(firsts)):
        counts[part] = counts.take(firsts[part])
        votes[part] = votes.take(firsts[part])
    both, sums = counts[: len(firsts)], votes[: len(firsts)]
    np.add.at(both, others, more)
    np.add.at(sums, others, more_votes)
    return found, both, sums


def _parts(count: int) -> Iterator[slice]:
    """Parts that stay in the processor's memory while several steps go over them."""
    for start in range(0, count, _STEP):
        yield slice(start, min(start + _STEP, count))


def _changes(ordered: Keys, kinds: int = 1) -> tuple[Keys, Counts]:
    """Move the first key of each pair to the front, in place; return them, and where each pair began.

    The pair is the key without its kind, of which there are `kinds`; with one kind it is the key itself.
    """
    begins = np.empty(len(ordered), np.int32)
    done = 0
    before = None
    for part in _parts(len(ordered)):
        values = ordered[part]
        pairs = values // ordered.dtype.type(kinds) if kinds > 1 else values
        differs = np.empty(len(values), bool)
        differs[0] = before is None or pairs[0] != before
        np.not_equal(pairs[1:], pairs[:-1], out=differs[1:])
        before = pairs[-1]
        at = np.flatnonzero(differs)
        values = values.take(at)
        np.add(at, part.start, out=begins[done : done + len(at)], casting="unsafe")
        ordered[done : done + len(at)] = values
        done += len(at)
    return ordered[:done], begins[:done]


def _gaps(begins: Counts, end: int) -> Counts:
    """Turn where each began into how many each has, in place; the last one ends at `end`."""
    for part in _parts(len(begins) - 1):
        begins[part] = begins[part.start + 1 : part.stop + 1] - begins[part]
    begins[-1:] = end - begins[-1:]
    return begins


def _stretches(load: Ints) -> Iterator[tuple[int, int]]:
    """Cut titles into stretches of about _BLOCK pairs; `load` counts the pairs before each title, one entry more."""
    first, count = 0, len(load) - 1
    while first < count:
        last = int(np.searchsorted(load, load[first] + _BLOCK, side="right")) - 1
        last = min(max(last, first + 1), count)
        if load[last] > load[first]:
            yield first, last
        first = last


def long_pairs(lists: Lists, vote: Floats) -> Iterator[Block]:
    """Yield the pairs of any lists title by title in blocks; `vote[n]` is the vote of a buyer of n titles.

    A block holds about half a million pairs before they are counted: 60 MB, whatever the lists.
    """
    lengths = lists.lengths
    kinds = np.unique(lengths)
    weights = vote[kinds]
    kind_of = np.searchsorted(kinds, lengths)
    # Entries by title: whose list each lies in. A stable sort keeps the buyers in order.
    order = np.argsort(lists.items, kind="stable")
    owners = lists.owners()[order]
    entries = np.concatenate(([0], np.cumsum(lists.buyers_of())))
    load = np.concatenate(([0], np.cumsum(lengths[owners])))[entries]
    for first, last in _stretches(load):
        buyers = owners[entries[first] : entries[last]]
        if last - first == 1:
            yield _one_title(lists, vote, first, buyers)
            continue
        row = np.repeat(np.arange(last - first), np.diff(entries[first : last + 1]))
        base = (row * lists.item_count * len(kinds) + kind_of[buyers]).astype(np.uint64)
        col, reps = _partners(lists, buyers)
        keys = np.repeat(base, reps)
        keys += col * np.uint64(len(kinds))
        if (last - first) * lists.item_count * len(kinds) < 1 << 32:
            keys = keys.astype(np.uint32)
        found, both, votes = _runs(keys, weights)
        own, partner = np.divmod(found.astype(np.int64), lists.item_count)
        yield _without_itself(Block(first, last, own, partner, both, votes))


def _partners(lists: Lists, buyers: Ints) -> tuple[Places, Ints]:
    """The lists of these buyers one after the other, and the length of each."""
    starts = lists.starts[buyers]
    reps = lists.starts[buyers + 1] - starts
    ends = np.cumsum(reps)
    at = np.repeat(starts - ends + reps, reps)
    at += np.arange(len(at))
    return lists.items.take(at), reps


def _one_title(lists: Lists, vote: Floats, title: int, buyers: Ints) -> Block:
    """The pairs of a title with so many buyers that it fills a block: counted in a row of all titles, part by part."""
    both, votes = np.zeros(lists.item_count, np.int32), np.zeros(lists.item_count)
    ends = np.cumsum(lists.lengths[buyers])
    cuts = np.searchsorted(ends, np.arange(_BLOCK, ends[-1] + _BLOCK, _BLOCK))
    for part in np.split(buyers, cuts):
        col, reps = _partners(lists, part)
        both += np.bincount(col, minlength=lists.item_count).astype(np.int32)
        votes += np.bincount(col, weights=np.repeat(vote[reps], reps), minlength=lists.item_count)
    partner = np.flatnonzero(both)
    row = np.zeros(len(partner), np.int64)
    return _without_itself(Block(title, title + 1, row, partner, both[partner], votes[partner].astype(np.float32)))


def _without_itself(block: Block) -> Block:
    other = block.col != block.row + block.first
    return Block(block.first, block.last, block.row[other], block.col[other], block.both[other], block.votes[other])
