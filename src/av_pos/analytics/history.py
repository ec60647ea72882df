"""What each title sold week by week, as the forecasts read it: small whole numbers, one row a title."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from av_pos.analytics.chances import Floats, Ints
from av_pos.errors import InvalidInput

Counts = npt.NDArray[np.integer[Any]]
Singles = npt.NDArray[np.float32]

YEAR = 52
"""Weeks a year; a year's last day or two belong to its last week."""

SETTLED = 52
"""Weeks after which a title counts as long on sale: no more fall from its release is looked for."""

_BLOCK = 4096
_RARE = 4.6
"""A silence of so many expected pieces has a chance of 1 %."""


@dataclass(frozen=True, slots=True)
class History:
    """What was asked for: `counts` [titles, weeks] of pieces, the newest week last; below 0 (returns) counts as 0.

    `missed`, of the same shape, is what was asked for and not there. `on_sale` int64 [titles]: for how many weeks each
    title is on sale by now (0: not yet; more than there are columns: since before), counted from its release or first
    receipt; what sold earlier was on sale earlier. Without it a title counts as new where its silence before the first
    sale has a chance of less than one in a hundred. `kinds` int64 [titles, columns]
    holds numbers of artist, label, format … whose titles are alike, −1 unknown. `first_week` is the place in the year,
    0 … 51, of the oldest column. Raises `InvalidInput` "lengths_differ" or "out_of_range".
    """

    counts: Counts
    on_sale: Ints | None = None
    missed: Counts | None = None
    kinds: Ints | None = None
    first_week: int = 0

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or self.counts.dtype.kind not in "iu":
            raise InvalidInput("counts", f"{self.counts.dtype} {self.counts.shape}", "lengths_differ")
        for field, rows in (("on_sale", self.on_sale), ("kinds", self.kinds)):
            if rows is not None and len(rows) != self.titles:
                raise InvalidInput(field, str(len(rows)), "lengths_differ")
        if self.missed is not None and self.missed.shape != self.counts.shape:
            raise InvalidInput("missed", str(self.missed.shape), "lengths_differ")
        if not 0 <= self.first_week < YEAR:
            raise InvalidInput("first_week", str(self.first_week), "out_of_range")

    @property
    def titles(self) -> int:
        """How many titles."""
        return len(self.counts)

    @property
    def weeks(self) -> int:
        """How many weeks."""
        return int(self.counts.shape[1])

    def demand(self) -> Singles:
        """Return what was asked for, float32 [titles, weeks]: sold and missed."""
        asked = np.maximum(self.counts, 0).astype(np.float32)
        return asked if self.missed is None else asked + self.missed

    def ages(self) -> Ints:
        """Return for how many weeks each title is on sale, at most `weeks + SETTLED`."""
        most = self.weeks + SETTLED
        ages = [np.zeros(0, np.int64)]
        for part in self.parts():
            demand = part.demand()
            ages.append(_judged(demand, most) if part.on_sale is None else _told(demand, part.on_sale, most))
        return np.concatenate(ages)

    def parts(self) -> Iterator["History"]:
        """Yield the titles some thousand at a time, so that no copy of everything is made."""
        for first in range(0, self.titles, _BLOCK):
            yield self.some(slice(first, first + _BLOCK))

    def some(self, rows: slice | Ints) -> "History":
        """Return some of the titles."""
        return replace(
            self,
            counts=self.counts[rows],
            on_sale=None if self.on_sale is None else self.on_sale[rows],
            missed=None if self.missed is None else self.missed[rows],
            kinds=None if self.kinds is None else self.kinds[rows],
        )

    def until(self, week: int) -> "History":
        """Return what was known when so many of the weeks had passed."""
        on_sale = None if self.on_sale is None else np.maximum(self.on_sale - (self.weeks - week), 0)
        missed = None if self.missed is None else self.missed[:, :week]
        return replace(self, counts=self.counts[:, :week], on_sale=on_sale, missed=missed)


def _told(demand: Singles, on_sale: Ints, most: int) -> Ints:
    told = np.clip(np.asarray(on_sale, np.int64), 0, most)
    if not demand.shape[1]:
        return told
    has_sold = demand > 0
    since = np.where(has_sold.any(axis=1), demand.shape[1] - np.argmax(has_sold, axis=1), 0)
    return np.maximum(told, since)


def _judged(demand: Singles, most: int) -> Ints:
    weeks = demand.shape[1]
    if not weeks:
        return np.full(len(demand), most)
    silent = np.argmax(demand > 0, axis=1)
    later = weeks - silent
    # The first piece says when it began, not how fast it goes on.
    expected = (demand.sum(axis=1) - 1.0) * silent / later
    return np.where(expected > _RARE, later, most).astype(np.int64)


def sums(place: Ints, worth: npt.ArrayLike, count: int) -> Floats:
    """Return what is worth how much at each place, added up, float64 [count]."""
    return np.bincount(place.ravel(), np.ravel(worth), count).astype(np.float64)


def spread_evenly(titles: int, most: int) -> slice:
    """Return a slice that takes at most so many titles, evenly from all."""
    return slice(None, None, max(1, -(-titles // most)))


def recent(weeks: int, half_life: float) -> Floats:
    """Return each week's weight, the newest 1, half of it every `half_life` weeks."""
    weights: Floats = 0.5 ** (np.arange(weeks)[::-1] / half_life)
    return weights
