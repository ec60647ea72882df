"""What carries the shop, and which styles, artists and formats rise, fall or come with the year.

A group is looked at in steps of four weeks. Its line is a straight one through the newest steps, its season the mean of
its years; both are held against what the steps differ by anyway, so that a group with few sales is called "too little"
or "flat" and not a trend.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from av_pos.analytics import checks
from av_pos.analytics.chances import Floats, Ints, normal_tail
from av_pos.analytics.curves import f_quantile
from av_pos.analytics.history import History
from av_pos.errors import InvalidInput

STEP = 4
"""Weeks that are taken together: a month of the shop, and no weekday more often than another."""

STEPS_A_YEAR = 13

_FEWEST_STEPS = 6
_FEWEST_PIECES = 40
_SURE = 0.99
_SLIGHT = 0.10


class Class(IntEnum):
    """ABC: titles that make the first 80 %, up to 95 %, and the rest; NONE make nothing."""

    A = 0
    B = 1
    C = 2
    NONE = 3


SHARES = (0.80, 0.95)


def abc(worth: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Return each title's `Class`, int8 [titles], by profit, pieces or whatever `worth` [titles] counts.

    The title that reaches a share still belongs to it; of equals the earlier comes first; below 0 makes nothing.
    Raises `InvalidInput` for NaN.
    """
    values = checks.inside("worth", worth, -np.inf, np.inf)
    made = np.maximum(values, 0.0)
    order = np.argsort(-made, kind="stable")
    total = made.sum()
    before = np.cumsum(made[order]) - made[order]
    # A whole share summed from parts is not to the last digit that share.
    limits = np.array(SHARES) * total * (1.0 - 1e-12)
    found = np.empty(len(made), np.int8)
    found[order] = np.searchsorted(limits, before, side="right")
    found[made <= 0] = Class.NONE
    return found


class Trend(IntEnum):
    """What a group does."""

    TOO_LITTLE = 0  # too few pieces or weeks to tell
    FLAT = 1
    RISING = 2
    FALLING = 3
    SEASONAL = 4  # it comes and goes with the year; no rise or fall beside it


@dataclass(frozen=True, slots=True)
class Trends:
    """What each group does; [groups] each, `pieces` float64 [groups, steps], the newest last.

    `change` is the change a year against the mean, 0.3 for 30 % more; `doubt` the chance of such a line in a flat group
    (two-sided); `season_f` the ratio of what the years share to what they differ by, NaN below two years; `peak` the
    step of the year, 0 … 12 from the year's first week, that is highest, −1 without a season.
    """

    group: Ints
    trend: npt.NDArray[np.int8]
    change: Floats
    doubt: Floats
    season_f: Floats
    peak: Ints
    pieces: Floats


def trends_of(history: History, group: Ints) -> Trends:
    """Return what the groups of the titles do (`group` int64 [titles], −1 none): a style, an artist, a format.

    Titles are added up, so a group rises too when it gets more titles. A rise or fall has to be sure (1 in 100) and
    more than 10 % a year. Raises `InvalidInput` "lengths_differ".
    """
    if group.shape != (history.titles,):
        raise InvalidInput("group", str(group.shape), "lengths_differ")
    known = group >= 0
    names, number = np.unique(group[known], return_inverse=True)
    steps = history.weeks // STEP
    pieces = np.zeros((len(names), steps))
    if steps:
        demand = history.demand()[:, history.weeks - steps * STEP :]
        np.add.at(pieces, number, demand.reshape(len(demand), steps, STEP).sum(axis=2, dtype=np.float64)[known])
    first = (history.first_week + history.weeks - steps * STEP) // STEP
    season, season_f = _season(pieces)
    has_season = _is_seasonal(season_f, steps)
    change, doubt = _line(np.where(has_season[:, None], pieces / season, pieces))
    trend = np.full(len(names), Trend.FLAT, np.int8)
    trend[has_season] = Trend.SEASONAL
    is_sure = (doubt < 1.0 - _SURE) & (np.abs(change) > _SLIGHT)
    trend[is_sure] = np.where(change[is_sure] > 0, Trend.RISING, Trend.FALLING)
    trend[(pieces.sum(axis=1) < _FEWEST_PIECES) | (steps < _FEWEST_STEPS)] = Trend.TOO_LITTLE
    peak = np.argmax(season[:, -STEPS_A_YEAR:], axis=1) if steps >= STEPS_A_YEAR else np.zeros(len(names), np.int64)
    peak = np.where(has_season, (first + steps + peak) % STEPS_A_YEAR, -1)
    return Trends(names.astype(np.int64), trend, change, doubt, season_f, peak, pieces)


def _line(pieces: Floats) -> tuple[Floats, Floats]:
    """Return the change a year against the mean, and how likely chance alone makes such a line (least squares)."""
    steps = pieces.shape[1]
    if steps < _FEWEST_STEPS:
        return np.zeros(len(pieces)), np.ones(len(pieces))
    time = np.arange(steps) - (steps - 1) / 2.0
    mean = pieces.mean(axis=1)
    slope = pieces @ time / (time @ time)
    off = pieces - mean[:, None] - slope[:, None] * time
    freedom = steps - 2
    # Whole pieces differ at least as Poisson does, however smooth a short row happens to look.
    variance = np.maximum((off**2).sum(axis=1) / freedom, mean)
    ratio = np.divide(slope, np.sqrt(variance / (time @ time)), out=np.zeros_like(slope), where=variance > 0)
    change = np.divide(slope * STEPS_A_YEAR, mean, out=np.zeros_like(slope), where=mean > 0)
    return change, 2.0 * normal_tail(_as_normal(np.abs(ratio), freedom))


def _as_normal(t: Floats, freedom: int) -> Floats:
    """Return the z with about the tail of Student's t (Wallace 1959): close from 4 degrees of freedom on."""
    factor = (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0)
    found: Floats = factor * np.sqrt(freedom * np.log1p(t * t / freedom))
    return found


def _season(pieces: Floats) -> tuple[Floats, Floats]:
    """Return each step's season (1 on average, [groups, steps]) and F of the whole newest years against chance."""
    groups, steps = pieces.shape
    years = steps // STEPS_A_YEAR
    if years < 2:
        return np.ones_like(pieces), np.full(groups, np.nan)
    newest = pieces[:, steps - years * STEPS_A_YEAR :].reshape(groups, years, STEPS_A_YEAR)
    middle = newest.mean(axis=2)
    # Straight growth within a year is no season: it is taken out before the years are laid upon one another.
    growth = (middle[:, -1] - middle[:, 0]) / (STEPS_A_YEAR * (years - 1))
    place = np.arange(STEPS_A_YEAR) - (STEPS_A_YEAR - 1) / 2.0
    level = newest - growth[:, None, None] * place - middle[:, :, None]
    shared = level.mean(axis=1)
    between = years * (shared**2).sum(axis=1) / (STEPS_A_YEAR - 1)
    within = ((level - shared[:, None, :]) ** 2).sum(axis=(1, 2)) / ((years - 1) * (STEPS_A_YEAR - 1))
    mean = middle.mean(axis=1)
    f = np.divide(between, np.maximum(within, mean), out=np.zeros(groups), where=mean > 0)
    index = 1.0 + np.divide(shared, mean[:, None], out=np.zeros_like(shared), where=mean[:, None] > 0)
    offset = steps - years * STEPS_A_YEAR
    # Steps before the whole years have the season of their place in the year.
    place_of = (np.arange(steps) - offset) % STEPS_A_YEAR
    return np.maximum(index, 0.05)[:, place_of], f


def _is_seasonal(f: Floats, steps: int) -> npt.NDArray[np.bool_]:
    years = steps // STEPS_A_YEAR
    if years < 2:
        return np.zeros(len(f), np.bool_)
    found: npt.NDArray[np.bool_] = f > f_quantile(_SURE, STEPS_A_YEAR - 1, (years - 1) * (STEPS_A_YEAR - 1))
    return found
