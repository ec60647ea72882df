"""Why this number: every input and every step between a title's sales and the quantity suggested, as plain numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from av_pos.analytics.chances import normal_quantile
from av_pos.analytics.demand import Basis, Forecast, Method
from av_pos.analytics.reorder import DAYS_A_WEEK, Cap, Stock, Suggestions, Terms, of_titles, until_goods


@dataclass(frozen=True, slots=True)
class Learned:
    """How a title's demand was learned (pooled method only).

    Before its own sales: gamma with shape `prior_shape` (a) and weight `prior_weight` weeks (b); their ratio times
    `bunched` is `prior_mean` pieces a week. It `sold` so many pieces in `seen` weeks' exposure, old weeks counting less
    (half every `half_life` weeks). After: `shape` = a + sold / bunched and `weight` = b + seen; their ratio, times
    `bunched`, times what the coming weeks are worth by release and season (`ahead`) is `rate`, the pieces a week while
    it lives; `alive` is the chance that it does.
    """

    prior_shape: float
    prior_weight: float
    prior_mean: float
    sold: float
    seen: float
    bunched: float
    shape: float
    weight: float
    ahead: float
    rate: float
    alive: float
    half_life: float


@dataclass(frozen=True, slots=True)
class Why:
    """One title's numbers. Weeks and years as named, money in minor units, None where a figure is not used.

    EOQ = √(2DS/H) with D `demand_year`, S `order_cost_minor`, H `holding_minor`. Demand of lead time and review:
    `protected_mean` ± `protected_sd` with `demand_week` d, `demand_week_sd` σ_d, `lead_weeks` L, `lead_sd_weeks` σ_L.
    The textbook takes SS = z·√(L·σ_d² + d²·σ_L²) with `z`; whole-number methods take the least r with
    P(demand ≤ r) ≥ `level`, and SS is r less the mean. `position` = on hand − put by + on order.
    """

    basis: Basis
    demand_week: float
    demand_week_sd: float
    demand_year: float
    order_cost_minor: float
    unit_cost_minor: float | None
    holding_minor: float | None
    eoq: float | None
    lead_weeks: float
    lead_sd_weeks: float
    review_weeks: float
    promise: float
    level: float
    covered: float | None
    z: float | None
    protected_mean: float
    protected_sd: float
    safety: float
    reorder_at: int
    on_hand: int
    reserved: int
    on_order: int
    position: int
    pack: int
    shelf_limit: int
    days_cap: float
    qty: int
    cap: Cap
    risk_before: float
    risk_after: float
    cost_minor: int
    learned: Learned | None


def explain(demand: Forecast, stock: Stock, terms: Terms, found: Suggestions, title: int) -> Why:
    """Return the numbers behind the suggestion for one title (its row)."""

    def of(value: npt.ArrayLike) -> float:
        return float(of_titles(value, np.array([title])).item())

    asked = until_goods(demand, terms)
    cost, alive = of(terms.unit_cost_minor), float(asked.alive[title])
    is_textbook = demand.method is Method.TEXTBOOK
    return Why(
        basis=Basis(int(demand.basis[title])),
        demand_week=float(demand.mean[title]),
        demand_week_sd=float(demand.spread[title]),
        demand_year=float(demand.year[title]),
        order_cost_minor=of(terms.order_cost_minor),
        unit_cost_minor=_known(cost),
        holding_minor=_known(cost * of(terms.holding_rate)),
        eoq=_known(found.eoq[title]),
        lead_weeks=of(terms.lead_days) / DAYS_A_WEEK,
        lead_sd_weeks=of(terms.lead_sd_days) / DAYS_A_WEEK,
        review_weeks=of(terms.review_days) / DAYS_A_WEEK,
        promise=float(found.promise[title]),
        level=float(found.level[title]),
        covered=_known(found.covered[title]),
        z=float(normal_quantile(found.level[title])) if is_textbook else None,
        protected_mean=float(asked.mean[title]),
        protected_sd=_spread(float(asked.mean[title]), float(asked.spread[title]), alive),
        safety=float(found.safety[title]),
        reorder_at=int(found.reorder_at[title]),
        on_hand=int(stock.on_hand[title]),
        reserved=int(stock.reserved[title]),
        on_order=int(stock.on_order[title]),
        position=int(stock.position()[title]),
        pack=max(int(of(terms.pack)), 1),
        shelf_limit=int(of(terms.shelf_limit)),
        days_cap=of(terms.days_cap),
        qty=int(found.qty[title]),
        cap=Cap(int(found.cap[title])),
        risk_before=float(found.risk_before[title]),
        risk_after=float(found.risk_after[title]),
        cost_minor=int(found.cost_minor[title]),
        learned=_learned(demand, title),
    )


def _learned(demand: Forecast, title: int) -> Learned | None:
    if demand.method is not Method.POOLED or demand.basis[title] == Basis.BY_HAND:
        return None
    prior_mean, shape, rate = (float(a[title]) for a in (demand.prior_mean, demand.shape, demand.rate))
    before = demand.bunched * demand.prior_shape / prior_mean
    weight = before + float(demand.seen[title])
    return Learned(demand.prior_shape, before, prior_mean, float(demand.sold[title]), float(demand.seen[title]),
                   demand.bunched, shape, weight, rate * weight / (demand.bunched * shape), rate,
                   float(demand.alive[title]), demand.lessons.knobs.half_life)  # fmt: skip


def _spread(mean: float, spread: float, alive: float) -> float:
    """Return the standard deviation of demand that is nothing at all but with the chance `alive`."""
    living = mean / alive
    return float(max(alive * (spread**2 + living**2) - mean**2, 0.0) ** 0.5)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
