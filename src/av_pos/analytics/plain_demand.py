"""The plain demand estimates, title by title: mean and spread of the textbook, and Croston's for lumpy demand."""

from dataclasses import dataclass

import numpy as np

from av_pos.analytics.chances import Floats
from av_pos.analytics.history import History

SMOOTHING = 0.1
"""Weight of the newest sale in Croston's averages; 0.05 to 0.2 is usual for slow goods."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Pieces a week and their standard deviation, float64 [titles]."""

    mean: Floats
    spread: Floats


def mean_and_spread(history: History) -> Plain:
    """Return mean and standard deviation (n − 1) over the weeks on sale; 0 where there are too few."""
    on_sale = np.minimum(history.ages(), history.weeks).astype(np.float64)
    total, squares = np.zeros(history.titles), np.zeros(history.titles)
    first = 0
    for part in history.parts():
        demand = part.demand()
        rows = slice(first, first + len(demand))
        total[rows] = demand.sum(axis=1, dtype=np.float64)
        squares[rows] = np.einsum("ij,ij->i", demand, demand, dtype=np.float64)
        first = rows.stop
    mean = total / np.maximum(on_sale, 1.0)
    above = np.maximum(squares - mean * total, 0.0)
    return Plain(mean, np.sqrt(above / np.maximum(on_sale - 1.0, 1.0)))


def croston(history: History, smoothing: float = SMOOTHING) -> Plain:
    """Return Croston's pieces a week with the correction of Syntetos and Boylan (SBA, 2005), and their Poisson spread.

    Size of a sale and weeks between sales are smoothed apart; (1 − α/2) · size / interval. Without a sale it is 0.
    """
    means = [np.zeros(0)]
    ages = history.ages()
    first = 0
    for part in history.parts():
        begin = part.weeks - np.minimum(ages[first : first + part.titles], part.weeks)
        means.append(_croston(np.ascontiguousarray(part.demand().T, np.float64), begin, smoothing))
        first += part.titles
    mean = np.concatenate(means)
    return Plain(mean, np.sqrt(mean))


def _croston(by_week: Floats, begin: Floats, smoothing: float) -> Floats:
    size, interval = np.zeros(by_week.shape[1]), np.ones(by_week.shape[1])
    last = begin - 1.0
    for week, sold in enumerate(by_week):
        buys = np.flatnonzero(sold)
        weight = np.where(size[buys] > 0, smoothing, 1.0)
        size[buys] += weight * (sold[buys] - size[buys])
        interval[buys] += weight * (np.maximum(week - last[buys], 1.0) - interval[buys])
        last[buys] = week
    mean: Floats = (1.0 - smoothing / 2.0) * size / interval
    return mean
