"""Pieces sold week by week, packed into a few bytes: how `demand` rows are written and read."""

from array import array
from datetime import date, timedelta

_MONDAY = date(2000, 1, 3)
MOST_A_WEEK, _LEAST = 32_767, -32_768
BYTES_A_WEEK = 2
"""Each week is a signed little-endian number of two bytes: what came back may outweigh what was sold."""


def week_of(day: date) -> int:
    """Give the number of a day's week, Monday to Sunday; that of 3 January 2000 is 0."""
    return (day - _MONDAY).days // 7


def first_day(week: int) -> date:
    """Give the Monday of a week."""
    return _MONDAY + timedelta(days=7 * week)


def unpack(weeks: bytes) -> "array[int]":
    """Read the pieces of each week, the oldest first."""
    found = array("h")
    found.frombytes(weeks)
    if _is_big_endian():
        found.byteswap()
    return found


def pack(pieces: "array[int]") -> bytes:
    """Write the pieces of each week, the oldest first."""
    if _is_big_endian():
        pieces = array("h", pieces)
        pieces.byteswap()
    return pieces.tobytes()


def add(since_week: int, weeks: bytes, week: int, qty: int) -> tuple[int, bytes]:
    """Add `qty` pieces (below nothing: they came back) to a week, and give the first week and all weeks anew.

    Weeks between that nobody knew of get nothing. More pieces in one week than two bytes hold stay at what they hold.
    """
    pieces = unpack(weeks)
    if not pieces:
        since_week = week
    if week < since_week:
        pieces = array("h", [0] * (since_week - week)) + pieces
        since_week = week
    missing = week - since_week + 1 - len(pieces)
    if missing > 0:
        pieces.extend([0] * missing)
    place = week - since_week
    pieces[place] = max(_LEAST, min(MOST_A_WEEK, pieces[place] + qty))
    return since_week, pack(pieces)


def _is_big_endian() -> bool:
    return array("h", [1]).tobytes()[0] == 0
