"""What a promise is worth: forecasts made without the last weeks, held against what was sold in them.

A reorder level is the least r with P(demand ≤ r) ≥ level. It covers a window whose demand is D exactly when
P(demand ≤ D − 1) < level. So one sorted list of those chances tells for every level which share of windows it covers,
and which level has to be used to cover a promised share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from av_pos.analytics.chances import Flags, Floats, Ints, Odds, log_chance
from av_pos.analytics.curves import Curves
from av_pos.analytics.history import History
from av_pos.analytics.pooled import Rates

PROMISES = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995])
"""The promises whose levels are looked up; between them the level is interpolated."""

BUSY = 1.0
"""A title that is expected to sell so many pieces or more in its lead time is busy."""

_ALWAYS = -1.0
_LEAST_SLOW = 0.5
_NEAR, _TOO_MUCH = 0.005, 0.01
_FEWEST_WINDOWS = 500
_FEWEST_SOLD = 50
_FEWEST_BUSY = 200
_LEAST_CHANCE = 1e-12
"""No single window may decide alone."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of the held-out weeks: which title (int64), the pieces asked for, the exposure; [windows] each."""

    title: Ints
    pieces: Ints
    worth: Floats


@dataclass(frozen=True, slots=True)
class Levels:
    """The level for each of `PROMISES`, float64 each: of busy titles and of the slow ones.

    Busy titles keep the promise by themselves. Else the many that hardly sell would keep it for all, and the few that
    carry the shop would run out. Of slow titles even one piece too many or too few is a large step, so their level is
    the one with which all titles together come out at the promise (never below one half).
    """

    busy: Floats
    slow: Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """Which levels keep which promise; `promises` float64.

    `covered` is the share of held-out windows that were covered, levels chosen on one half of the titles and judged on
    the other. `windows` and `weeks` say on how much that rests; 0 windows: too little, levels are promises.
    """

    promises: Floats
    levels: Levels
    covered: Floats
    windows: int
    weeks: int

    @property
    def is_tested(self) -> bool:
        """Whether the shop's own past says which level keeps a promise."""
        return self.windows > 0

    def level(self, promise: npt.ArrayLike, expected: Floats) -> Floats:
        """Return the level to use for a promise (one, or [titles]) by the demand expected in the lead time.

        Between the promises that were tried it is interpolated over the odds, which run straight.
        """
        wanted, known = _odds(promise), _odds(self.promises)
        busy = _logistic(np.interp(wanted, known, _odds(self.levels.busy)))
        slow = _logistic(np.interp(wanted, known, _odds(self.levels.slow)))
        return np.where(expected >= BUSY, busy, slow)

    def cover(self, promise: npt.ArrayLike) -> Floats:
        """Return the share covered in the back-test with the level of this promise; NaN where there was none."""
        return np.interp(np.asarray(promise, np.float64), self.promises, self.covered)


def untested(weeks: int) -> Calibration:
    """Return levels that are the promises themselves."""
    return Calibration(PROMISES, Levels(PROMISES, PROMISES), np.full(len(PROMISES), np.nan), 0, weeks)


def windows_of(history: History, cut: int, ages: Ints, curves: Curves, lengths: Ints, titles: Ints) -> Windows:
    """Return all windows of the weeks from `cut` on, one beginning each week, of those titles that were on sale before.

    `ages` are the weeks on sale at the end, `lengths` the windows' weeks, int64 [all titles] each.
    """
    found = [Windows(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    exposure = curves.exposure(history.weeks, history.first_week)[:, cut:]
    demand = history.demand()[:, cut:]
    held = demand.shape[1]
    for length in np.unique(lengths[titles]).tolist():
        chosen = titles[(lengths[titles] == length) & (ages[titles] > held)]
        begins = np.arange(0, held - length + 1)
        pieces = _run_sums(demand[chosen], begins, length)
        worth = _run_sums(exposure, begins, length)[ages[chosen]]
        found.append(Windows(np.repeat(chosen, len(begins)), np.rint(pieces.ravel()).astype(np.int64), worth.ravel()))
    return Windows(
        np.concatenate([part.title for part in found]),
        np.concatenate([part.pieces for part in found]),
        np.concatenate([part.worth for part in found]),
    )


def _run_sums(table: npt.NDArray[np.floating], begins: Ints, length: int) -> Floats:
    rising = np.zeros((len(table), table.shape[1] + 1))
    np.cumsum(table, axis=1, dtype=np.float64, out=rising[:, 1:])
    found: Floats = rising[:, begins + length] - rising[:, begins]
    return found


def scores(rates: Sequence[Rates], windows: Windows) -> list[float]:
    """Return the mean log chance that each gave to what was then sold: the greater the better.

    They may differ in who is alive only: the chances of those that are, by far the most work, are worked out once.
    """
    seen = rates[0].some(windows.title)
    mean = seen.rate * windows.worth
    chance = np.exp(log_chance(windows.pieces, mean, seen.bunched + mean / seen.shape))
    found = []
    for one in rates:
        alive = one.alive[windows.title]
        ended = np.where(windows.pieces == 0, 1.0 - alive, 0.0)
        found.append(float(np.log(np.maximum(ended + alive * chance, _LEAST_CHANCE)).mean()))
    return found


def calibrated(rates: Rates, windows: Windows, weeks: int) -> Calibration:
    """Return the levels for each promise, and what they covered; `untested` where there is too little to tell."""
    if len(windows.title) < _FEWEST_WINDOWS or windows.pieces.sum() < _FEWEST_SOLD:
        return untested(weeks)
    reached = _reached(rates, windows)
    # By rank, so that both halves have titles whatever their numbers.
    is_odd = np.unique(windows.title, return_inverse=True)[1] % 2 == 1
    covered = np.zeros(len(PROMISES))
    for half in (is_odd, ~is_odd):
        covered += _covered(reached.some(~half), levels_of(reached.some(half)))
    return Calibration(PROMISES, levels_of(reached), covered / len(windows.title), len(windows.title), weeks)


@dataclass(frozen=True, slots=True)
class Reached:
    """For each window the chance of fewer pieces than were asked for, below 0 if none were; a level above it covers.

    `is_busy` tells the windows of busy titles. [windows] each.
    """

    chance: Floats
    is_busy: Flags

    def some(self, rows: Flags) -> "Reached":
        """Return some of them."""
        return Reached(self.chance[rows], self.is_busy[rows])


def _reached(rates: Rates, windows: Windows) -> Reached:
    seen = rates.some(windows.title)
    mean = seen.rate * windows.worth
    found = np.full(len(mean), _ALWAYS)
    sold = np.flatnonzero(windows.pieces)
    odds = Odds.of(mean[sold], seen.bunched + mean[sold] / seen.shape[sold])
    alive = seen.alive[sold]
    found[sold] = 1.0 - alive + alive * odds.at_most(windows.pieces[sold] - 1)
    return Reached(found, mean >= BUSY)


def levels_of(reached: Reached) -> Levels:
    """Return the least levels that keep each promise among these windows; a busy level is the promise if few are."""
    busy, slow = np.sort(reached.chance[reached.is_busy]), np.sort(reached.chance[~reached.is_busy])
    of_busy = PROMISES if len(busy) < _FEWEST_BUSY else _least(busy, PROMISES)
    by_busy = np.searchsorted(busy, of_busy)
    if not len(slow):
        return Levels(of_busy, PROMISES)
    left = (PROMISES * len(reached.chance) - by_busy) / len(slow)
    return Levels(of_busy, np.maximum(_least(slow, left), _LEAST_SLOW))


def _least(ordered: Floats, shares: Floats) -> Floats:
    """Return the least level for each share that covers it; where many windows hang on one level, the nearest."""
    enough, below = _steps(ordered, shares), _steps(ordered, shares - _NEAR)
    over = np.searchsorted(ordered, enough) / len(ordered) - shares
    return np.maximum.accumulate(np.where(over > _TOO_MUCH, below, enough))


def _steps(ordered: Floats, shares: Floats) -> Floats:
    last = np.clip(np.ceil(shares * len(ordered)).astype(np.int64), 1, len(ordered)) - 1
    at = ordered[last]
    after = ordered[np.minimum(np.searchsorted(ordered, at, side="right"), len(ordered) - 1)]
    # Halfway to the next one, so that rounding in a sum of chances tips nothing over.
    level = np.where(after > at, (np.maximum(at, 0.0) + after) / 2.0, (1.0 + at) / 2.0)
    return np.clip(level, 1e-6, 1.0 - 1e-6)


def _covered(reached: Reached, levels: Levels) -> Floats:
    """Return how many of the windows the levels of each promise cover."""
    busy, slow = np.sort(reached.chance[reached.is_busy]), np.sort(reached.chance[~reached.is_busy])
    return (np.searchsorted(busy, levels.busy) + np.searchsorted(slow, levels.slow)).astype(np.float64)


def _odds(p: npt.ArrayLike) -> Floats:
    share = np.clip(np.asarray(p, np.float64), 1e-9, 1 - 1e-9)
    found: Floats = np.log(share / (1.0 - share))
    return found


def _logistic(x: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-x))
    return found
