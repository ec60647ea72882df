"""The k best of many scored rows, by one sort of one number each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


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

    def keys(self, row: npt.NDArray[np.integer], worth: npt.NDArray[np.float32], first_place: int) -> Keys:
        """Return the numbers to sort; places count on from `first_place`."""
        turned = np.uint32(self.most) - worth.view(np.uint32)
        turned >>= np.uint32(self.cut)
        keys = row.astype(np.uint64)
        keys <<= np.uint64(self.spare)
        keys |= turned
        keys <<= np.uint64(self.place_bits)
        keys |= np.arange(first_place, first_place + len(keys), dtype=np.uint64)
        return keys

    def best(self, keys: Keys, k: int) -> tuple[Ints, Ints, Ints]:
        """Sort the numbers in place; return row, rank and place of each row's k best, row by row: int64 [kept] each."""
        keys.sort()
        edges = np.arange(self.rows + 1, dtype=np.uint64) << np.uint64(self.spare + self.place_bits)
        begins = np.searchsorted(keys, edges)
        sizes = np.minimum(np.diff(begins), k)
        row = np.repeat(np.arange(self.rows), sizes)
        ends = np.cumsum(sizes)
        rank = np.arange(len(row)) - np.repeat(ends - sizes, sizes)
        place = keys[begins[row] + rank] & np.uint64((1 << self.place_bits) - 1)
        return row, rank, place.astype(np.int64)
