"""Asking for a few rows by their ids, with a statement that is always the same.

SQLAlchemy writes an IN anew for each number of ids, which costs a sale more than asking does. Here it has eight places;
where there are fewer ids, the last one stands in all that are left.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam

_PLACES = tuple(f"place_{number}" for number in range(8))


def in_few(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Ask whether a column holds one of the ids that `few` gives."""
    return column.in_([bindparam(place) for place in _PLACES])


def few(ids: Sequence[int]) -> Iterator[dict[str, int]]:
    """Give the values of such a statement for eight ids after the other."""
    for start in range(0, len(ids), len(_PLACES)):
        some = ids[start : start + len(_PLACES)]
        yield dict(zip(_PLACES, (*some, *(some[-1],) * (len(_PLACES) - len(some))), strict=True))
