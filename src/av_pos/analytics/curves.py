"""What all titles share: how demand falls after release, how the year goes up and down, how bunched sales come.

A title's demand in a week is its own rate times its release's share times the week's season. So a week is worth so much
*exposure*, and a title's rate is what it sold over what it was exposed to.
"""

from dataclasses import dataclass

import numpy as np

from av_pos.analytics.chances import Floats, Ints, normal_quantile
from av_pos.analytics.history import SETTLED, YEAR, History, Singles, sums

_STEPS = np.array([0, 1, 2, 3, 4, 6, 8, 10, 13, 17, 22, 28, 36, 44, SETTLED])
"""Weeks on sale from which a new share of the release begins; the last one is 1, where every title settles."""

_ROUNDS = 12
_SURE = 0.99
_ENOUGH_NEW = 200
_ENOUGH_A_WEEK = 20.0
_HESITANT = 10.0
_MOST_BUNCHED = 20.0


@dataclass(frozen=True, slots=True)
class Curves:
    """`release` float64 [SETTLED + 1]: demand by weeks on sale, 1 when settled; `season` float64 [YEAR], about 1.

    `bunched` ≥ 1 is the variance of a title's weekly demand over its mean: 1 if customers come one by one.
    """

    release: Floats
    season: Floats
    bunched: float

    @property
    def has_release(self) -> bool:
        """Whether demand was seen to fall after release."""
        return bool((self.release != 1.0).any())

    @property
    def has_season(self) -> bool:
        """Whether the year was seen to come again."""
        return bool((self.season != 1.0).any())

    def exposure(self, weeks: int, first_week: int) -> Floats:
        """Return what each week was worth to titles by their weeks on sale at the end, [weeks + SETTLED + 1, weeks]."""
        age = np.arange(weeks + SETTLED + 1)[:, None] - np.arange(weeks, 0, -1)[None, :]
        share = self.release[np.clip(age, 0, SETTLED)] * (age >= 0)
        found: Floats = share * self.season[(first_week + np.arange(weeks)) % YEAR]
        return found

    def ahead(self, weeks: int, most_age: int, next_week: int) -> Floats:
        """Return what the coming weeks are worth on average, by weeks on sale now, [most_age + 1]."""
        age = np.arange(most_age + 1)[:, None] + np.arange(weeks)[None, :]
        share = self.release[np.minimum(age, SETTLED)] * self.season[(next_week + np.arange(weeks)) % YEAR]
        found: Floats = share.mean(axis=1)
        return found


def flat(bunched: float = 1.0) -> Curves:
    """Return curves that say nothing: no release, no season."""
    return Curves(np.ones(SETTLED + 1), np.ones(YEAR), bunched)


def curves_of(history: History) -> Curves:
    """Return the curves of these titles; what chance alone could have made (1 in 100) is left flat.

    Every title keeps a rate of its own, so that what sells well neither bends the release nor the year. A season needs
    two whole years and 20 pieces a week; a release 200 pieces of titles that came new.
    """
    demand, ages = history.demand(), history.ages()
    bunched = _bunched(demand, np.minimum(ages, history.weeks))
    release = _release(_by_age(demand, ages), flat().exposure(history.weeks, 0), history.on_sale is not None, bunched)
    season = _season(demand, ages, Curves(release, np.ones(YEAR), bunched), history.first_week)
    return Curves(release, season, bunched)


def _bunched(demand: Singles, on_sale: Ints) -> float:
    """Return the pooled variance over mean, from neighbouring weeks: a slow drift of the rate does not widen it."""
    weeks = demand.shape[1]
    if weeks < 2:
        return 1.0
    begin = np.maximum(weeks - on_sale, 0)
    is_seen = np.arange(1, weeks)[None, :] > begin[:, None]
    steps = np.where(is_seen, np.diff(demand, axis=1), 0.0)
    total = float(np.where(is_seen, demand[:, 1:] + demand[:, :-1], 0.0).sum(dtype=np.float64))
    squares = float(np.einsum("ij,ij->", steps, steps, dtype=np.float64))
    return float(np.clip(squares / total, 1.0, _MOST_BUNCHED)) if total else 1.0


def _by_age(demand: Singles, ages: Ints) -> Floats:
    """Return the pieces of each week by the titles' weeks on sale at the end, [weeks + SETTLED + 1, weeks]."""
    weeks = demand.shape[1]
    table = np.zeros((weeks + SETTLED + 1, weeks))
    order = np.argsort(ages, kind="stable")
    present, begins = np.unique(ages[order], return_index=True)
    if len(order) and weeks:
        table[present] = np.add.reduceat(demand[order], begins, axis=0, dtype=np.float64)
    return table


def _release(sold: Floats, seen: Floats, is_told: bool, bunched: float) -> Floats:
    """Fit the release by turns: each title's rate given the curve, then the curve given the rates (Poisson).

    `sold` by weeks on sale and week, `seen` 1 where such a title was on sale. Titles that were settled before say
    nothing about it and are left out. Where the first week is only known from its sale (not `is_told`) it is left out
    too: it would show a fall even where there is none.
    """
    flat_curve = np.ones(SETTLED + 1)
    weeks = sold.shape[1]
    age = np.arange(len(sold) - 1)[:, None] - np.arange(weeks, 0, -1)[None, :]
    counts = age >= (0 if is_told else 1)
    sold, exposed = sold[:-1] * counts, seen[:-1] * counts
    if sold.sum() < _ENOUGH_NEW:
        return flat_curve
    step = np.searchsorted(_STEPS, np.clip(age, 0, SETTLED), side="right") - 1
    pieces = sums(step, sold, len(_STEPS))
    worth = sold.sum(axis=1)
    shares = np.ones(len(_STEPS))
    for _ in range(_ROUNDS):
        # Titles of one age share their exposure, so their rates need only be known summed.
        rate = worth / np.maximum((exposed * shares[step]).sum(axis=1), 1e-9)
        expected = sums(step, exposed * rate[:, None], len(_STEPS))
        shares = (pieces + _HESITANT) / (expected + _HESITANT)
        shares /= shares[-1]
    if not _is_sure(pieces, shares, worth, exposed, step, bunched):
        return flat_curve
    middle = np.append((_STEPS[:-1] + _STEPS[1:] - 1) / 2.0, SETTLED)
    shares[0] = shares[0] if is_told else shares[1]
    return np.interp(np.arange(SETTLED + 1), middle, shares)


def _is_sure(pieces: Floats, shares: Floats, worth: Floats, exposed: Floats, step: Ints, bunched: float) -> bool:
    """Tell whether the curve explains more than chance: likelihood ratio against χ², widened by the bunching."""
    bent = np.maximum((exposed * shares[step]).sum(axis=1), 1e-9)
    straight = np.maximum(exposed.sum(axis=1), 1e-9)
    gain = 2.0 * float(pieces @ np.log(shares) - worth @ np.log(bent / straight))
    return gain / bunched > chi_square_quantile(_SURE, len(_STEPS) - 1)


def chi_square_quantile(p: float, freedom: float) -> float:
    """Return the χ² quantile within about 1 % (Wilson and Hilferty, 1931)."""
    part = 2.0 / (9.0 * freedom)
    return float(freedom * (1.0 - part + float(normal_quantile(p)) * part**0.5) ** 3)


def _season(demand: Singles, ages: Ints, curves: Curves, first_week: int) -> Floats:
    """Return the season of the newest whole years, if the years agree more than chance would have them."""
    weeks = demand.shape[1]
    years = weeks // YEAR
    straight = np.ones(YEAR)
    total = demand.sum(axis=0, dtype=np.float64)[weeks - years * YEAR :]
    if years < 2 or total.mean() < _ENOUGH_A_WEEK:
        return straight
    exposed = curves.exposure(weeks, first_week)
    rate = demand.sum(axis=1) / np.maximum(exposed.sum(axis=1), 1e-9)[ages]
    expected = (sums(ages, rate, len(exposed)) @ exposed)[weeks - years * YEAR :]
    by_year = (total / np.maximum(expected, 1e-9)).reshape(years, YEAR)
    # A trade that shrinks or grows would look like a season in every single year.
    middle = np.maximum(by_year.mean(axis=1), 1e-9)
    by_year *= (middle[0] / middle[-1]) ** (np.arange(YEAR) / (YEAR * (years - 1.0)))
    by_year /= np.maximum(by_year.mean(axis=1, keepdims=True), 1e-9)
    index = by_year.mean(axis=0)
    shared = years * float(((index - 1.0) ** 2).sum()) / (YEAR - 1)
    apart = float(((by_year - index) ** 2).sum()) / ((years - 1) * (YEAR - 1))
    if shared <= apart * f_quantile(_SURE, YEAR - 1, (years - 1) * (YEAR - 1)):
        return straight
    # What the F test says is chance is taken out of every week alike.
    index = 1.0 + (1.0 - apart / shared) * (index - 1.0)
    begin = (first_week + weeks - years * YEAR) % YEAR
    return np.roll(np.maximum(index, 0.05), begin)


def f_quantile(p: float, above: float, below: float) -> float:
    """Return the F quantile within about 2 % for 10 and more degrees of freedom (Paulson, 1942)."""
    z = float(normal_quantile(p))
    a, b = 2.0 / (9.0 * above), 2.0 / (9.0 * below)
    room = (1 - b) ** 2 - z * z * b
    root = (1 - a) * (1 - b) + z * (((1 - a) ** 2 * b + (1 - b) ** 2 * a - z * z * a * b) ** 0.5)
    return float((root / room) ** 3)
