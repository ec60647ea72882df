"""Each title's demand, learned from its own sales and from all titles together.

A title's rate (pieces for a week's exposure, see `curves`) is gamma distributed over the shop's titles; its customers
come by Poisson, each taking `bunched` pieces on average. So after some weeks its rate is gamma again, with the shape
a + sold and the weight b + exposure, and its coming demand is negative binomial. Older weeks count less, and a title
that has been silent for longer than its rate explains may have come to its end: it is alive with a chance of its own.
"""

from dataclasses import dataclass, replace

import numpy as np

from av_pos.analytics.chances import Floats, Ints, log_gamma
from av_pos.analytics.curves import Curves
from av_pos.analytics.history import YEAR, History, recent, spread_evenly, sums

NOBODY = -1
"""Number of an artist, label … that is not known."""

_FOR_SHAPE = 4000
_SHAPES = (0.02, 50.0)
_GOLDEN = (5**0.5 - 1) / 2
_NARROWINGS = 16
_ROUNDS = 3
_STILL = 1e-12


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of each title, older weeks counting less; float64 [titles].

    `sold` pieces, `seen` weeks of exposure, `silent` those of them since the last sale (all, where nothing sold).
    """

    sold: Floats
    seen: Floats
    silent: Floats


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known before a title's own sales: gamma `shape`, and pieces for a week's exposure, float64 [titles]."""

    shape: float
    mean: Floats


@dataclass(frozen=True, slots=True)
class Rates:
    """What is known of each title after its sales; float64 [titles] but `bunched`.

    `alive`: the chance that it still sells at all. If it does: `rate` pieces for a week's exposure on average, gamma
    with this `shape`. Demand over exposure e has the mean m = rate · e and the variance bunched · m + m² / shape.
    """

    alive: Floats
    rate: Floats
    shape: Floats
    bunched: float

    def some(self, rows: Ints) -> "Rates":
        """Return the rates of some titles, in this order."""
        return Rates(self.alive[rows], self.rate[rows], self.shape[rows], self.bunched)


def evidence_of(history: History, ages: Ints, curves: Curves, half_life: float) -> Evidence:
    """Return what the weeks say when a week `half_life` weeks ago counts half."""
    weeks = history.weeks
    weight = recent(weeks, half_life)
    worth = curves.exposure(weeks, history.first_week) * weight
    # What is left of the exposure after each week; the last column: after nothing, all of it.
    left = np.zeros((len(worth), weeks + 1))
    left[:, 1 : weeks + 1] = np.cumsum(worth[:, ::-1], axis=1)
    sold, since = np.zeros(history.titles), np.zeros(history.titles, np.int64)
    first = 0
    for part in history.parts():
        rows = slice(first, first + part.titles)
        demand = part.demand()
        sold[rows] = demand @ weight.astype(np.float32)
        has_sold = demand[:, ::-1] > 0
        since[rows] = np.where(has_sold.any(axis=1), np.argmax(has_sold, axis=1), weeks) if weeks else 0
        first = rows.stop
    return Evidence(sold, left[ages, weeks], left[ages, since])


def prior_of(evidence: Evidence, kinds: Ints | None, bunched: float) -> Prior:
    """Fit the gamma prior by marginal likelihood; where kinds are known, look-alikes move each title's mean.

    Without a sale anywhere the mean is what half a piece in all weeks together would make, a year of
    one title at least.
    """
    few = spread_evenly(len(evidence.sold), _FOR_SHAPE)
    sold, seen = evidence.sold[few] / bunched, evidence.seen[few]
    was_seen = seen > 0
    sold, seen = sold[was_seen], seen[was_seen]
    mean, shape = max(float(sold.sum()), 0.5) / max(float(seen.sum()), float(YEAR)), 1.0
    if not sold.any():
        return Prior(shape, np.full(len(evidence.sold), mean * bunched))
    for _ in range(_ROUNDS):
        shape = _best_shape(sold, mean * seen)
        mean = _best_mean(sold, seen, mean, shape)
    prior = Prior(shape, np.full(len(evidence.sold), mean * bunched))
    if kinds is None:
        return prior
    # Within a group titles differ less than over the shop; known that, the groups count for more.
    moved = prior.mean * _likeness(evidence, prior, kinds, bunched)
    prior = replace(prior, shape=_best_shape(sold, moved[few][was_seen] / bunched * seen))
    return replace(prior, mean=prior.mean * _likeness(evidence, prior, kinds, bunched))


def _best_shape(sold: Floats, expected: Floats) -> float:
    """Return the shape of the greatest likelihood, by golden section over its logarithm."""

    def loss(log_shape: float) -> float:
        a = float(np.exp(log_shape))
        part = log_gamma(sold + a) - a * np.log1p(expected / a) - sold * np.log(a + expected)
        return -float(part.sum()) + len(sold) * float(log_gamma(a))

    low, high = np.log(_SHAPES[0]), np.log(_SHAPES[1])
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(_NARROWINGS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = loss(right)
    return float(np.exp((low + high) / 2))


def _best_mean(sold: Floats, seen: Floats, mean: float, shape: float) -> float:
    """Return the mean of the greatest likelihood given the shape: each title weighs what it is certain of."""
    for _ in range(_ROUNDS):
        weight = 1.0 / (1.0 + mean * seen / shape)
        mean = max(float(weight @ sold), _STILL) / float(weight @ seen)
    return mean


def _likeness(evidence: Evidence, prior: Prior, kinds: Ints, bunched: float) -> Floats:
    """Return by how much each title's look-alikes sell better than the average, 1 where none are known.

    Column by column, each after those before it: credibility by Bühlmann and Straub (1970). A group counts by what is
    known of it, and how far groups differ at all decides how much it counts. A title's own sales are left out of its
    group: they are counted when its own rate is worked out.
    """
    factor = np.ones(len(prior.mean))
    for column in kinds.T:
        expected = np.maximum(prior.mean * factor / bunched * evidence.seen, _STILL)
        weight = expected / (1.0 + expected / prior.shape)
        ratio = evidence.sold / bunched / expected
        known = column != NOBODY
        group, number = np.unique(column[known], return_inverse=True)
        if len(group) < 2:
            continue
        weights = sums(number, weight[known], len(group))
        worth = sums(number, weight[known] * ratio[known], len(group))
        steadiness = _steadiness(weights, worth)
        if steadiness is None:
            continue
        middle = worth.sum() / max(float(weights.sum()), _STILL)
        others = np.maximum(weights[number] - weight[known], 0.0)
        theirs = np.maximum(worth[number] - weight[known] * ratio[known], 0.0)
        factor[known] *= (theirs / max(middle, _STILL) + steadiness) / (others + steadiness)
    return factor


def _steadiness(weights: Floats, worth: Floats) -> float | None:
    """Return how much evidence a group needs to count half; None where groups differ no more than by chance."""
    total = float(weights.sum())
    seen = weights > _STILL
    count = int(seen.sum())
    room = total - float((weights**2).sum()) / max(total, _STILL)
    if count < 2 or room <= _STILL:
        return None
    middle = worth.sum() / total
    apart = float((weights[seen] * (worth[seen] / weights[seen] / max(middle, _STILL) - 1.0) ** 2).sum())
    between = (apart - (count - 1)) / room
    return 1.0 / between if between > 1e-6 else None


def rates_of(evidence: Evidence, prior: Prior, hazard: float, bunched: float) -> Rates:
    """Return each title's gamma after its sales, and the chance that it is alive when titles end at `hazard` a week."""
    weight = prior.shape / (prior.mean / bunched)
    shape = prior.shape + evidence.sold / bunched
    seen = weight + evidence.seen
    alive = np.ones(len(shape)) if hazard <= 0 else _alive(shape, seen, evidence.silent, hazard)
    return Rates(alive, bunched * shape / seen, shape, bunched)


def _alive(shape: Floats, seen: Floats, silent: Floats, hazard: float) -> Floats:
    """Weigh "alive and silent by chance" against "came to its end since the last sale" (Schmittlein, Morrison and
    Colombo 1987, with a hazard that all titles share)."""  # fmt: skip
    before = seen - silent
    quiet = (before / seen) ** shape
    power = np.where(np.abs(shape - 1.0) < 1e-6, 1.0 + 1e-6, shape) - 1.0
    # The integral of hazard · (before / (before + u))^shape over the silence.
    ended = hazard * before / power * (1.0 - (before / seen) ** power)
    lives = np.exp(-hazard * silent) * quiet
    found: Floats = np.maximum(lives, _STILL) / np.maximum(lives + np.maximum(ended, 0.0), _STILL)
    return np.minimum(found, 1.0)
