"""The exact best policies for Poisson demand, one title at a time: newsvendor, (s, S) and (r, Q).

They need what a missed sale costs; the reorder screen asks for a service level instead. They are kept beside it as the
measure of what the plain formulas lose, and for the cases of the books. They look at every number of pieces one by
one, so they refuse ("out_of_range") a demand of more than 10,000 a period and costs whose lot would exceed 2,000.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from av_pos.analytics import checks
from av_pos.analytics.chances import log_chance

_SPREADS = 14
_MOST_DEMAND, _LARGEST_LOT = 10_000.0, 2_000.0


@dataclass(frozen=True, slots=True)
class OrderUpTo:
    """Fill the stock to `up_to`; `cost` is the expected cost of one period."""

    up_to: int
    cost: float


@dataclass(frozen=True, slots=True)
class LowHigh:
    """Order up to `high` whenever the stock is at `low` or below; `cost` a period."""

    low: int
    high: int
    cost: float


@dataclass(frozen=True, slots=True)
class ReorderLot:
    """Order `qty` whenever the stock position falls to `reorder_at`; `cost` for one unit of time."""

    reorder_at: int
    qty: int
    cost: float


def newsvendor(holding: float, stockout: float, mean: float) -> OrderUpTo:
    """Return the best stock for one period: least S with P(D ≤ S) ≥ stockout / (stockout + holding)."""
    cost = _period_cost(holding, stockout, mean)
    best = _lowest(cost)
    return OrderUpTo(best, cost(best))


def low_high(holding: float, stockout: float, order_cost: float, mean: float) -> LowHigh:
    """Return the exact (s, S) for periods of Poisson demand and goods that come at once.

    Y.-S. Zheng and A. Federgruen, Finding optimal (s, S) policies is about as simple as evaluating a single policy,
    Operations Research 39 (1991). Raises `InvalidInput` where a cost or the mean is not positive.
    """
    once = float(checks.positive("order_cost", order_cost))
    cost = _period_cost(holding, stockout, mean)
    _refuse_large_lot(holding, stockout, once, mean)
    stays = _Renewals(mean)

    def both(low: int, high: int) -> float:
        steps = high - low
        held = sum(stays.density(j) * cost(high - j) for j in range(steps))
        return float((once + held) / sum(stays.density(j) for j in range(steps)))

    high = low = _lowest(cost)
    low -= 1
    while both(low, high) > cost(low):
        low -= 1
    best = both(low, high)
    tried = high + 1
    while cost(tried) <= best:
        if both(low, tried) < best:
            high = tried
            while both(low, high) <= cost(low + 1):
                low += 1
            best = both(low, high)
        tried += 1
    return LowHigh(low, high, best)


def reorder_lot(holding: float, stockout: float, order_cost: float, demand: float, lead: float) -> ReorderLot:
    """Return the exact (r, Q) for Poisson demand watched all the time and a fixed lead time.

    A. Federgruen and Y.-S. Zheng, An efficient algorithm for computing an optimal (r, Q) policy in continuous review
    stochastic inventory systems, Operations Research 40 (1992): the lot grows towards the cheaper neighbour while that
    lowers the average. Raises `InvalidInput` where a cost, the demand or the lead time is not positive.
    """
    once = float(checks.positive("order_cost", order_cost)) * float(checks.positive("demand", demand))
    cost = _period_cost(holding, stockout, demand * float(checks.positive("lead_time", lead)))
    _refuse_large_lot(holding, stockout, once, 1.0)
    first = _lowest(cost)
    below, qty, total = first - 1, 1, once + cost(first)
    while True:
        is_below = cost(below) <= cost(below + qty + 1)
        more = min(cost(below), cost(below + qty + 1))
        if more >= total / qty:
            break
        total, qty, below = total + more, qty + 1, below - int(is_below)
    return ReorderLot(below, qty, total / qty)


def _period_cost(holding: float, stockout: float, mean: float) -> Callable[[int], float]:
    """Return G(y) = holding · E(y − D)⁺ + stockout · E(D − y)⁺ for Poisson demand of this mean."""
    kept, missed = float(checks.positive("holding", holding)), float(checks.positive("stockout", stockout))
    average = float(checks.inside("demand", checks.positive("demand", mean), 0.0, _MOST_DEMAND))
    j = np.arange(int(average + _SPREADS * average**0.5) + 60)
    chance = np.exp(log_chance(j, average))
    over = np.concatenate(((0.0,), np.cumsum(np.cumsum(chance))))

    @cache
    def cost(stock: int) -> float:
        left = float(over[stock]) if 0 <= stock < len(over) else max(0.0, stock - average)
        return kept * left + missed * (left - stock + average)

    return cost


def _refuse_large_lot(holding: float, stockout: float, order_cost: float, mean: float) -> None:
    """Raise where the economic lot with back orders, √(2DS(H + P) / HP), is too long a way to look."""
    lot = (2.0 * order_cost * mean * (1.0 / holding + 1.0 / stockout)) ** 0.5
    checks.inside("order_cost", lot, 0.0, _LARGEST_LOT)


def _lowest(cost: Callable[[int], float]) -> int:
    """Return the least stock of the lowest cost; the cost falls first and then rises."""
    stock = 0
    while cost(stock + 1) < cost(stock):
        stock += 1
    return stock


class _Renewals:
    """How often the stock stands j pieces below the top before the next order: m(j) of Zheng and Federgruen."""

    def __init__(self, mean: float) -> None:
        self._mean = mean
        self._known = [float(1.0 / -np.expm1(-mean))]
        self._chance = [float(np.exp(-mean))]

    def density(self, below: int) -> float:
        while len(self._known) <= below:
            j = len(self._known)
            self._chance.append(float(np.exp(log_chance(j, self._mean))))
            self._known.append(self._known[0] * sum(self._chance[i] * self._known[j - i] for i in range(1, j + 1)))
        return self._known[below]
