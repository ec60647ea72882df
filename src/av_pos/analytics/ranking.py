"""The k best of many scored rows, by one sort of one number each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

_ROWS = 1 << 10


@dataclass(frozen=True, slots=True)
class Best:
    """The best of some rows, row by row: `row`, `rank` and `place` int64 [kept].

    Ranks count from 0; behind each row's k best stand all that equal the last of them. `level` uint64 [kept] is a
    number for row and worth: equals have the same.
    """

    row: Ints
    rank: Ints
    place: Ints
    level: Keys

    def order(self, names: Ints) -> Ints:
        """Return the order that puts equals in the order of their names; nearly all are in it before."""
        order = np.arange(len(self.level))
        equal = np.flatnonzero(self.level[1:] == self.level[:-1])
        wrong = equal[names[equal + 1] < names[equal]]
        if len(wrong):
            at = np.flatnonzero(np.isin(self.level, self.level[wrong]))
            order[at] = at[np.lexsort((names[at], self.level[at]))]
        return order


@dataclass(frozen=True, slots=True)
class Ranking:
    """How row, worth and place lie in one 64-bit number: row above, then the worth turned round, then the place.

    Positive floats lie in the order of their bits. Where 64 bits are too few the worth's last digits are cut, so worths
    that agree to about five digits may count as equal; equals stand in the order of their places.
    """

    rows: int
    place_bits: int
    spare: int
    most: int
    cut: int

    @classmethod
    def fitting(cls, rows: int, places: int, least: float, most: float) -> "Ranking":
        """Return the layout for so many rows and places and worths from `least` to `most`, both above 0."""
        # One step further on either side: the ends were multiplied out in double precision.
        low = int(np.nextafter(np.float32(least), np.float32(0)).view(np.uint32))
        high = int(np.nextafter(np.float32(most), np.float32(np.inf)).view(np.uint32))
        place_bits = max(1, (places - 1).bit_length())
        spare = 64 - place_bits - rows.bit_length()
        return cls(rows, place_bits, spare, high, max(0, (high - low).bit_length() - spare))

    def keys(self, row: npt.NDArray[np.integer], worth: npt.NDArray[np.float32], places: Ints) -> Keys:
        """Return the numbers to sort; each place is below the number of places fitted."""
        turned = np.uint32(self.most) - worth.view(np.uint32)
        turned >>= np.uint32(self.cut)
        keys = row.astype(np.uint64)
        keys <<= np.uint64(self.spare)
        keys |= turned
        keys <<= np.uint64(self.place_bits)
        keys |= places.view(np.uint64)
        return keys

    def best(self, keys: Keys, k: int) -> Iterator[Best]:
        """Sort the numbers in place and yield the k best of each row, some rows at a time."""
        keys.sort()
        edges = np.arange(self.rows + 1, dtype=np.uint64) << np.uint64(self.spare + self.place_bits)
        begins = np.searchsorted(keys, edges)
        sizes = np.diff(begins)
        places = np.uint64((1 << self.place_bits) - 1)
        more = np.flatnonzero(sizes > k)
        begin = begins[more]
        sizes[more] = np.searchsorted(keys, keys[begin + (k - 1)] | places, side="right") - begin
        for first in range(0, self.rows, _ROWS):
            size = sizes[first : first + _ROWS]
            row = np.repeat(np.arange(first, first + len(size)), size)
            rank = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
            found = keys.take(begins.take(row) + rank)
            yield Best(row, rank, (found & places).view(np.int64), found >> np.uint64(self.place_bits))
