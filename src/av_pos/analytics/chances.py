"""Odds of whole-number demand: normal, Poisson and negative binomial, for whole arrays.

Demand is described by its mean and its `ratio` of variance to mean. A ratio of 1 is Poisson; above it the negative
binomial with size mean / (ratio − 1), the mixture of Poissons whose means are gamma distributed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_FAR = 600.0
"""From here on the chance of selling nothing, exp(−600), is too near what a float can hold to begin with it."""
_WIDE = 4096.0
"""Where chances reach further than so many pieces they are not added piece by piece either."""
_SPREADS = 12.0
_MOST_AT_ONCE = 1 << 17
_NOTHING = 1e-13
_LEAST_FIRM = 1e-15
"""Where the ratio is larger than a float tells from it plus one, `later` is 1 to all digits."""
_LOOK = 4
_SHORT = 1 << 15

# Wichura, Algorithm AS 241 (1988), PPND16: centre, middle, tail; numerator and denominator, highest power first.
_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_MIDDLE = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip

_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_STEPS_UP = 8


def normal_quantile(p: npt.ArrayLike) -> Floats:
    """Return z with Φ(z) = p, to about 1e-15; −∞ and ∞ at 0 and 1, NaN outside (Wichura, AS 241)."""
    given = np.asarray(p, np.float64)
    off = given - 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        deep = np.sqrt(-np.log(np.minimum(given, 1.0 - given)))
        centre = off * _rational(_CENTRE, 0.180625 - off * off)
        outer = np.where(deep <= 5.0, _rational(_MIDDLE, deep - 1.6), _rational(_TAIL, deep - 5.0))
    outer = np.where(np.isinf(deep), np.inf, outer)
    return np.where(np.abs(off) <= 0.425, centre, np.copysign(outer, off))


def _rational(both: tuple[tuple[float, ...], tuple[float, ...]], x: Floats) -> Floats:
    above: Floats = np.polyval(both[0], x) / np.polyval(both[1], x)
    return above


_ERFC = (0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368)


def normal_tail(z: npt.ArrayLike) -> Floats:
    """Return 1 − Φ(z), to 1.2e-7 of itself (a rational Chebyshev fit of erfc)."""
    x = np.asarray(z, np.float64) * np.sqrt(0.5)
    # From 27 on it is 0 as far as a float can tell.
    size = np.minimum(np.abs(x), 40.0)
    t = 1.0 / (1.0 + 0.5 * size)
    half: Floats = 0.5 * t * np.exp(-size * size - 1.26551223 + t * np.polyval(_ERFC, t))
    return np.where(x >= 0, half, 1.0 - half)


def log_gamma(x: npt.ArrayLike) -> Floats:
    """Return ln Γ(x) for x > 0, to about 1e-13 of itself or absolutely, whichever is more (Stirling after 8 steps)."""
    given = np.asarray(x, np.float64)
    product = given.copy()
    for step in range(1, _STEPS_UP):
        product = product * (given + step)
    far = given + _STEPS_UP
    series = np.polyval(_STIRLING[::-1], 1.0 / (far * far)) / far
    found: Floats = (far - 0.5) * np.log(far) - far + 0.5 * np.log(2 * np.pi) + series - np.log(product)
    return found


@dataclass(frozen=True, slots=True)
class Odds:
    """Demand of each title over some time, ready to be asked; all float64 [titles].

    `none` is the chance of no demand; `first` and `later` make the next chance from the one before:
    p(j + 1) = p(j) · (first + later · j) / (j + 1).
    """

    mean: Floats
    none: Floats
    first: Floats
    later: Floats
    is_far: Flags

    @classmethod
    def of(cls, mean: npt.ArrayLike, ratio: npt.ArrayLike = 1.0) -> "Odds":
        """Return the odds for these means (≥ 0) and ratios of variance to mean (≥ 1)."""
        many, over = np.broadcast_arrays(np.atleast_1d(np.asarray(mean, np.float64)), np.asarray(ratio, np.float64))
        more = over - 1.0
        # ln(ratio) / (ratio − 1) is 1 where the ratio is; near it, log1p keeps all digits.
        depth = many * np.divide(np.log1p(more), more, out=np.ones_like(many), where=more > 0)
        is_far = (depth > _FAR) | (many + _SPREADS * np.sqrt(many * over) > _WIDE)
        return cls(np.ascontiguousarray(many), np.exp(-depth), many / over, more / over, is_far)

    def some(self, rows: Ints) -> "Odds":
        """Return the odds of some titles, in this order; a title may come several times."""
        return Odds(self.mean[rows], self.none[rows], self.first[rows], self.later[rows], self.is_far[rows])

    def at_most(self, pieces: npt.ArrayLike) -> Floats:
        """Return the chance that demand is at most so many pieces, float64 [titles]; below 0 pieces it is 0.

        Exact but for rounding (1e-12): the chances are summed one after the other.
        """
        wanted = np.broadcast_to(np.asarray(pieces, np.int64), self.mean.shape)
        found = np.where(wanted < 0, 0.0, self.none)
        open_ = np.flatnonzero((wanted > 0) & ~self.is_far)
        last = wanted[open_]
        # In the order of the pieces asked for, those that go on are always the rest of the arrays.
        order = np.argsort(last.astype(np.int16) if last.max(initial=0) < _SHORT else last, kind="stable")
        open_, last = open_[order], last[order]
        p, first, later, mean = (a[open_] for a in (self.none, self.first, self.later, self.mean))
        total = p.copy()
        j = 0
        while len(open_):
            p *= (first + later * j) / (j + 1)
            total += p
            j += 1
            ends = int(np.searchsorted(last, j, side="right"))
            found[open_[:ends]] = total[:ends]
            open_, last, p, total = open_[ends:], last[ends:], p[ends:], total[ends:]
            first, later, mean = first[ends:], later[ends:], mean[ends:]
            if j % _LOOK == 0:
                found[open_] = total
                go = (p >= _NOTHING) | (mean >= j)
                open_, last, p, total = open_[go], last[go], p[go], total[go]
                first, later, mean = first[go], later[go], mean[go]
        for rows in self._alike(np.flatnonzero(self.is_far & (wanted >= 0))):
            begin, sums = self._far(int(rows[0]))
            place = wanted[rows] - begin
            found[rows] = np.where(place < 0, 0.0, sums[np.clip(place, 0, len(sums) - 1)])
        return np.minimum(found, 1.0)

    def more_than(self, pieces: npt.ArrayLike) -> Floats:
        """Return the chance that demand exceeds so many pieces, float64 [titles]."""
        return 1.0 - self.at_most(pieces)

    def least(self, level: npt.ArrayLike) -> Ints:
        """Return the least whole number r with P(demand ≤ r) ≥ level, int64 [titles]; levels are below 1.

        It is looked for among 131,072 numbers: where somebody typed a demand that is out of this world, r is the last.
        """
        wanted = np.broadcast_to(np.asarray(level, np.float64), self.mean.shape)
        found = np.zeros(self.mean.shape, np.int64)
        open_ = np.flatnonzero((self.none < wanted) & ~self.is_far)
        p, first, later, mean = (a[open_] for a in (self.none, self.first, self.later, self.mean))
        asked, total = wanted[open_], p.copy()
        j = 0
        while len(open_):
            p *= (first + later * j) / (j + 1)
            total += p
            j += 1
            ends = (total >= asked) | ((p < _NOTHING * 1e-3) & (mean < j))
            if ends.any():
                found[open_[ends]] = j
                go = ~ends
                open_, p, first, later, mean = open_[go], p[go], first[go], later[go], mean[go]
                asked, total = asked[go], total[go]
        for rows in self._alike(np.flatnonzero(self.is_far)):
            begin, sums = self._far(int(rows[0]))
            found[rows] = begin + np.minimum(np.searchsorted(sums, wanted[rows]), len(sums) - 1)
        return found

    def _alike(self, rows: Ints) -> list[Ints]:
        """Return the rows in groups of the same odds: the same title may have been asked for several times."""
        order = rows[np.lexsort((self.later[rows], self.mean[rows]))]
        is_new = (np.diff(self.mean[order]) != 0) | (np.diff(self.later[order]) != 0)
        return np.split(order, np.flatnonzero(is_new) + 1) if len(order) else []

    def _far(self, title: int) -> tuple[int, Floats]:
        """Return for one title with a large mean where the sums begin, and P(demand ≤ j) from there on."""
        mean, later = float(self.mean[title]), min(float(self.later[title]), 1.0 - _LEAST_FIRM)
        spread = float(np.sqrt(mean / (1.0 - later)))
        begin = max(0, int(mean - _SPREADS * spread))
        end = min(int(mean + 2 * _SPREADS * spread) + 2, begin + _MOST_AT_ONCE)
        j = np.arange(begin, end, dtype=np.float64)
        return begin, np.cumsum(np.exp(log_chance(j, mean, 1.0 / (1.0 - later))))


def log_chance(pieces: npt.ArrayLike, mean: npt.ArrayLike, ratio: npt.ArrayLike = 1.0) -> Floats:
    """Return ln P(demand = pieces) for means > 0 and ratios ≥ 1; arrays broadcast."""
    count, many, over = np.broadcast_arrays(
        np.asarray(pieces, np.float64), np.asarray(mean, np.float64), np.asarray(ratio, np.float64)
    )
    more = over - 1.0
    # A size beyond any float's digits is Poisson.
    is_mixed = more > 1e-9
    size = np.divide(many, more, out=np.ones_like(many), where=is_mixed)
    mixed = (log_gamma(size + count) - log_gamma(size) - size * np.log(over)
             + count * np.log(np.where(is_mixed, more / over, 1.0)))  # fmt: skip
    found: Floats = np.where(is_mixed, mixed, count * np.log(many) - many) - log_gamma(count + 1.0)
    return found
