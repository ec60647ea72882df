"""The classical formulas of stock: how much at once, when, and what it costs. No units of their own.

Whatever unit the demand's time has, `holding` is for one piece over that time; money is whatever the costs are in.
Where arrays are allowed they broadcast. All raise `InvalidInput` for what cannot be meant (see `checks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from av_pos.analytics import checks
from av_pos.analytics.chances import Odds, normal_quantile
from av_pos.errors import InvalidInput

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lot:
    """How much to order at once and what ordering and holding cost over the demand's time; float64, broadcast."""

    qty: Floats
    cost: Floats


@dataclass(frozen=True, slots=True)
class BackorderLot:
    """An order quantity when customers wait; `waiting` is the share of demand that waits."""

    qty: float
    waiting: float
    cost: float


@dataclass(frozen=True, slots=True)
class DiscountLot:
    """The best quantity under price breaks, the number of its price (from 0), the cost with the goods themselves."""

    qty: float
    region: int
    cost: float


@dataclass(frozen=True, slots=True)
class ReorderPoint:
    """The safety stock and the reorder point above the expected demand; float64, broadcast."""

    safety: Floats
    reorder_at: Floats


@dataclass(frozen=True, slots=True)
class LevelAndLot:
    """Order `qty` when the stock falls to `reorder_at`."""

    reorder_at: float
    qty: float


def eoq(demand: npt.ArrayLike, order_cost: npt.ArrayLike, holding: npt.ArrayLike) -> Lot:
    """Return the economic order quantity √(2DS/H) and its cost √(2DSH) (Harris 1913); demand may be 0."""
    many = checks.not_negative("demand", demand)
    once, kept = checks.positive("order_cost", order_cost), checks.positive("holding", holding)
    return Lot(np.sqrt(2 * many * once / kept), np.sqrt(2 * many * once * kept))


def eoq_with_backorders(demand: float, order_cost: float, holding: float, backorder: float) -> BackorderLot:
    """Return the lot when a waiting customer costs `backorder` a piece and time (Snyder & Shen 2e, §3.5)."""
    lot = eoq(demand, order_cost, holding)
    wait = float(checks.positive("backorder", backorder))
    at_once = wait / (holding + wait)
    return BackorderLot(float(lot.qty) / at_once**0.5, holding / (holding + wait), float(lot.cost) * at_once**0.5)


def eoq_all_units_discount(demand: float, order_cost: float, holding_rate: float, breakpoints: Sequence[float],
                           unit_costs: Sequence[float]) -> DiscountLot:  # fmt: skip
    """Return the cheapest lot when all pieces get the price of the quantity's region (Snyder & Shen 2e, §3.4.1).

    `breakpoints` begin with 0 and rise; holding a piece costs `holding_rate` of its unit cost. Raises "not_rising"
    where they do not rise, "lengths_differ" where the lists do not belong together.
    """
    if len(breakpoints) != len(unit_costs) or not unit_costs:
        raise InvalidInput("breakpoints", str(len(breakpoints)), "lengths_differ")
    if breakpoints[0] != 0 or any(b <= a for a, b in pairwise(breakpoints)):
        raise InvalidInput("breakpoints", str(breakpoints[0]), "not_rising")
    prices = checks.positive("unit_cost", unit_costs)
    many, rate = float(checks.positive("demand", demand)), float(checks.positive("holding_rate", holding_rate))
    own = eoq(many, order_cost, rate * prices).qty
    found: list[DiscountLot] = []
    for region, price in enumerate(prices.tolist()):
        qty = max(float(own[region]), breakpoints[region])
        # What reaches into the next region is bought at the next price; that region's own lot covers it.
        if region + 1 == len(breakpoints) or qty < breakpoints[region + 1]:
            cost = price * many + order_cost * many / qty + rate * price * qty / 2
            found.append(DiscountLot(qty, region, cost))
    return min(found, key=lambda lot: lot.cost)


def safety_stock(demand: npt.ArrayLike, demand_sd: npt.ArrayLike, lead: npt.ArrayLike, lead_sd: npt.ArrayLike,
                 z: npt.ArrayLike) -> ReorderPoint:  # fmt: skip
    """Return SS = z·√(L·σ_d² + d²·σ_L²) and d·L + SS; demand and its spread for one unit of the lead time."""
    d, spread = checks.not_negative("demand", demand), checks.not_negative("demand_sd", demand_sd)
    weeks, shaken = checks.not_negative("lead_time", lead), checks.not_negative("lead_time_sd", lead_sd)
    factor = checks.inside("z", z, -40.0, 40.0)
    safety = factor * np.sqrt(weeks * spread**2 + d**2 * shaken**2)
    return ReorderPoint(safety, d * weeks + safety)


def safety_stock_over_lead(lead_demand: float, lead_demand_sd: float, z: float) -> ReorderPoint:
    """Return z·σ and μ + z·σ where demand over the lead time is known as a whole."""
    return safety_stock(lead_demand, lead_demand_sd, 1.0, 0.0, z)


def eoq_plus_safety(demand: float, demand_sd: float, lead: float, holding: float, stockout: float,
                    order_cost: float) -> LevelAndLot:  # fmt: skip
    """Return the (r, Q) of the EOQ and a newsvendor's safety stock (Snyder & Shen 2e, §5.3.2: EOQ+SS)."""
    missed = float(checks.positive("stockout", stockout))
    lot = eoq(demand, order_cost, holding)
    z = normal_quantile(missed / (missed + holding))
    return LevelAndLot(float(safety_stock(demand, demand_sd, lead, 0.0, z).reorder_at), float(lot.qty))


def least_reorder_point(lead_demand: npt.ArrayLike, service: npt.ArrayLike,
                        ratio: npt.ArrayLike = 1.0) -> npt.NDArray[np.int64]:  # fmt: skip
    """Return the least whole r with P(demand over the lead time ≤ r) ≥ service, Poisson unless `ratio` exceeds 1."""
    mean = checks.not_negative("lead_time_demand", lead_demand)
    over = checks.positive("ratio", ratio)
    return Odds.of(mean, np.maximum(over, 1.0)).least(checks.inside("service", service, 0.0, 1.0))
