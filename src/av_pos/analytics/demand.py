"""How many pieces of each title will be asked for: the forecast that reorder suggestions are made from."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from av_pos.analytics import checks
from av_pos.analytics.chances import Floats, Ints
from av_pos.analytics.curves import Curves, curves_of, flat
from av_pos.analytics.held_out import Calibration, untested
from av_pos.analytics.history import SETTLED, YEAR, History, spread_evenly
from av_pos.analytics.lessons import Knobs, Lessons, lessons_of
from av_pos.analytics.plain_demand import Plain, croston, mean_and_spread
from av_pos.analytics.pooled import evidence_of, prior_of, rates_of

_LEARNED_FROM = 20_000
_MOST_AHEAD = 52


class Method(IntEnum):
    """How demand is estimated; `POOLED` unless the shop chooses another."""

    TEXTBOOK = 0  # mean and standard deviation of the title's weeks, normal
    CROSTON = 1  # Croston's mean with the SBA correction, Poisson
    POOLED = 2  # gamma prior over all titles, negative binomial, level back-tested


class Basis(IntEnum):
    """What a title's figure rests on."""

    TEXTBOOK = 0
    CROSTON = 1
    POOLED = 2
    LOOKALIKES = 3  # nothing of its own was seen: what its look-alikes, or all titles, sell
    BY_HAND = 4  # somebody typed it


@dataclass(frozen=True, slots=True)
class Forecast:
    """Demand of each title from now on; arrays float64 [titles] unless said otherwise.

    `mean` and `spread` are of one coming week. With a whole-number method demand over w weeks is, with the chance
    `alive`, negative binomial with mean rate · w and variance bunched · mean + mean² / shape (an infinite shape:
    Poisson), else nothing. `year` is expected over the next 52 weeks. `basis` int8 [titles] is a `Basis`. `sold` and
    `seen` are the pieces and weeks' exposure that count (old ones less), `prior_shape` (one number) and `prior_mean`
    what was supposed before them.
    """

    method: Method
    basis: npt.NDArray[np.int8]
    mean: Floats
    spread: Floats
    year: Floats
    alive: Floats
    rate: Floats
    shape: Floats
    bunched: float
    sold: Floats
    seen: Floats
    prior_shape: float
    prior_mean: Floats
    lessons: Lessons
    curves: Curves

    @property
    def calibration(self) -> Calibration:
        """Which level keeps which promise."""
        return self.lessons.calibration

    @property
    def titles(self) -> int:
        """How many titles."""
        return len(self.mean)

    def with_demand(self, titles: Ints, weekly: npt.ArrayLike) -> "Forecast":
        """Return the forecast with the pieces a week that somebody typed for some titles: Poisson around them.

        Raises `InvalidInput` "negative" or "missing" for `demand_week`.
        """
        typed = checks.not_negative("demand_week", weekly)
        basis, alive = self.basis.copy(), self.alive.copy()
        mean, spread, year = self.mean.copy(), self.spread.copy(), self.year.copy()
        rate, shape = self.rate.copy(), self.shape.copy()
        basis[titles], alive[titles], shape[titles] = Basis.BY_HAND, 1.0, np.inf
        mean[titles], rate[titles], year[titles] = typed, typed, typed * YEAR
        spread[titles] = np.sqrt(typed * self.bunched)
        return replace(self, basis=basis, mean=mean, spread=spread, year=year, alive=alive, rate=rate, shape=shape)


def forecast(history: History, window_weeks: npt.ArrayLike = 2, method: Method = Method.POOLED,
             lessons: Lessons | None = None) -> Forecast:  # fmt: skip
    """Forecast each title's demand; `window_weeks` (one, or [titles]) is its lead time with the review, in weeks.

    With `POOLED` everything that titles share is learned from at most 20,000 of them. How fast the past fades, how fast
    titles end, and the level that keeps each promise come from holding out the last year (see `lessons_of`); `lessons`
    of an earlier forecast, a week or so old, spare that work. Raises `InvalidInput` for windows below 0 or not as
    many as titles.
    """
    windows = checks.not_negative("window_weeks", window_weeks)
    checks.as_long_as("window_weeks", windows, history.titles)
    lengths = np.clip(np.rint(np.broadcast_to(windows, history.titles)), 1, _MOST_AHEAD).astype(np.int64)
    if method is Method.POOLED:
        return _pooled(history, lengths, lessons)
    if method is Method.TEXTBOOK:
        return _plain(history, mean_and_spread(history), method, Basis.TEXTBOOK)
    return _plain(history, croston(history), method, Basis.CROSTON)


def _plain(history: History, plain: Plain, method: Method, basis: Basis) -> Forecast:
    count = history.titles
    seen = np.minimum(history.ages(), history.weeks).astype(np.float64)
    return Forecast(method, np.full(count, basis, np.int8), plain.mean, plain.spread, plain.mean * YEAR, np.ones(count),
                    plain.mean, np.full(count, np.inf), 1.0, plain.mean * seen, seen, np.inf, np.zeros(count),
                    Lessons(Knobs(np.inf, 0.0), untested(0)), flat())  # fmt: skip


def _pooled(history: History, lengths: Ints, lessons: Lessons | None) -> Forecast:
    few = spread_evenly(history.titles, _LEARNED_FROM)
    known = lessons_of(history.some(few), lengths[few]) if lessons is None else lessons
    curves, ages = curves_of(history.some(few)), history.ages()
    evidence = evidence_of(history, ages, curves, known.knobs.half_life)
    prior = prior_of(evidence, history.kinds, curves.bunched)
    rates = rates_of(evidence, prior, known.knobs.hazard, curves.bunched)
    near, far = _ahead(history, lengths, ages, curves)
    rate, alive, hazard = rates.rate * near, rates.alive, known.knobs.hazard
    lasting = -np.expm1(-hazard * YEAR) / (hazard * YEAR) if hazard > 0 else 1.0
    squares = rates.bunched * rate + rate**2 / rates.shape + rate**2
    spread = np.sqrt(np.maximum(alive * squares - (alive * rate) ** 2, 0.0))
    basis = np.where(evidence.seen > 0, Basis.POOLED, Basis.LOOKALIKES).astype(np.int8)
    return Forecast(Method.POOLED, basis, alive * rate, spread, alive * rates.rate * far * lasting, alive, rate,
                    rates.shape, rates.bunched, evidence.sold, evidence.seen, prior.shape, prior.mean, known,
                    curves)  # fmt: skip


def _ahead(history: History, lengths: Ints, ages: Ints, curves: Curves) -> tuple[Floats, Floats]:
    """Return what a week of each title's lead time is worth, and the coming year, by weeks on sale and the season."""
    next_week = (history.first_week + history.weeks) % YEAR
    most_age = history.weeks + SETTLED
    near = np.ones(history.titles)
    for length in np.unique(lengths).tolist():
        titles = lengths == length
        near[titles] = curves.ahead(length, most_age, next_week)[ages[titles]]
    return near, curves.ahead(YEAR, most_age, next_week)[ages] * YEAR
