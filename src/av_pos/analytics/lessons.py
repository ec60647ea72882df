"""What the shop's own last year teaches: how fast the past fades, how fast titles end, what a promise takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from av_pos.analytics.chances import Ints
from av_pos.analytics.curves import curves_of
from av_pos.analytics.held_out import Calibration, Windows, calibrated, scores, untested, windows_of
from av_pos.analytics.history import SETTLED, YEAR, History, spread_evenly
from av_pos.analytics.pooled import Rates, evidence_of, prior_of, rates_of

HALF_LIVES = (1e6, 104.0, 52.0, 26.0, 13.0)
"""Weeks until a sale counts half; the held-out weeks choose. The first one: never."""

HAZARDS = (0.0, 0.001, 0.003, 0.01, 0.03)
"""Share of titles that come to their end in a week; the held-out weeks choose."""

_SCORED = 3_000
_CALIBRATED = 6_000
_LEAST_LEARNED = 8


@dataclass(frozen=True, slots=True)
class Knobs:
    """What the held-out weeks chose: how fast the past fades (weeks), how fast titles end (share a week)."""

    half_life: float
    hazard: float


@dataclass(frozen=True, slots=True)
class Lessons:
    """All that was learned by holding weeks out; it changes slowly and may be kept for some weeks."""

    knobs: Knobs
    calibration: Calibration


def lessons_of(history: History, lengths: Ints) -> Lessons:
    """Hold out the last year and return what predicted it best, and the level that kept each promise in it.

    A year, or half of the history if that is shorter; with less than 16 weeks, or without a sale in what is held out,
    nothing can be learned. `lengths` int64 [titles]: weeks of each title's lead time with the review.
    """
    held = min(YEAR, history.weeks // 2)
    cut = history.weeks - held
    unknown = Lessons(Knobs(float(YEAR), 0.0), untested(0))
    if held < _LEAST_LEARNED or not history.titles:
        return unknown
    past = history.until(cut)
    ages = past.ages()
    later = history.ages() if history.on_sale is not None else np.minimum(ages + held, history.weeks + SETTLED)
    curves = curves_of(past)
    # With few weeks held out a long lead time is judged by what there is.
    within = np.minimum(lengths, held)

    def windows(most: int) -> Windows:
        titles = np.arange(history.titles)[spread_evenly(history.titles, most)]
        return windows_of(history, cut, later, curves, within, titles)

    def told(half_life: float, hazards: Sequence[float]) -> list[Rates]:
        evidence = evidence_of(past, ages, curves, half_life)
        prior = prior_of(evidence, past.kinds, curves.bunched)
        return [rates_of(evidence, prior, hazard, curves.bunched) for hazard in hazards]

    tries = windows(_SCORED)
    if not tries.pieces.any():
        return unknown
    # Of equals the first: what forgets least and buries nobody.
    best = max(((found, Knobs(half_life, hazard)) for half_life in HALF_LIVES
                for found, hazard in zip(scores(told(half_life, HAZARDS), tries), HAZARDS, strict=True)),
               key=itemgetter(0))[1]  # fmt: skip
    rates = told(best.half_life, (best.hazard,))[0]
    return Lessons(best, calibrated(rates, windows(_CALIBRATED), held))
