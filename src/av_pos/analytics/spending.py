"""What a fixed sum is best spent on, and what best fills an order up to its supplier's minimum.

Each further piece of a title is worth its margin times the chance that it is asked for before the next goods come; that
chance falls from piece to piece. Taking pieces by worth for the money, the best first, gives the greatest fall of
expected lost margin that the sum can buy, but for the last piece or pack that no longer fits.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from av_pos.analytics import checks
from av_pos.analytics.chances import Flags, Floats, Ints
from av_pos.analytics.demand import Forecast
from av_pos.analytics.history import sums
from av_pos.analytics.reorder import (
    DAYS_A_YEAR,
    Cap,
    Exposed,
    Stock,
    Suggestions,
    Terms,
    of_titles,
    priced,
    until_goods,
)

NO_SUPPLIER = -1

_MOST_TRIED = 500_000


@dataclass(frozen=True, slots=True)
class Purse:
    """What holds for several titles at once.

    `budget_minor`: what may be spent in all; None: no limit. `supplier` int64 [titles]: each title's, −1 none;
    `minimum_minor` float64 [suppliers]: what an order has to come to. `fills_up`: raise orders to their minimum where
    that is possible within the days' cap and the shelf. `margin_minor` [titles]: what a piece sold earns; where it is
    unknown (None or NaN) every disc is supposed to earn the same share of its cost.
    """

    budget_minor: int | None = None
    supplier: Ints | None = None
    minimum_minor: npt.ArrayLike = ()
    fills_up: bool = False
    margin_minor: npt.ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class _Shop:
    demand: Forecast
    stock: Stock
    terms: Terms
    costs: Floats
    packs: Ints
    margins: Floats


@dataclass(frozen=True, slots=True)
class _Packs:
    """Packs that might be bought, a title's own in their order: the title, the pieces, the money, the worth."""

    title: Ints
    pieces: Ints
    cost: Floats
    worth: Floats


def within_means(found: Suggestions, demand: Forecast, stock: Stock, terms: Terms, purse: Purse) -> Suggestions:
    """Return the suggestions kept to the suppliers' minimum and the budget, in this order.

    Under a budget nothing is ordered whose cost nobody knows. Orders that end up below their minimum are marked, not
    dropped: whether to wait or to pay carriage is the shop's choice. Raises `InvalidInput` for a budget or minimum
    below 0 and for lengths that differ.
    """
    costs = np.broadcast_to(np.asarray(terms.unit_cost_minor, np.float64), found.qty.shape)
    packs = np.broadcast_to(np.fmax(np.asarray(terms.pack, np.float64), 1.0), found.qty.shape).astype(np.int64)
    shop = _Shop(demand, stock, terms, costs, packs, _margins(purse, costs))
    minimum = checks.not_negative("minimum", purse.minimum_minor)
    qty, cap = found.qty.copy(), found.cap.copy()
    if purse.supplier is not None:
        checks.as_long_as("supplier", purse.supplier, len(qty))
        if purse.fills_up:
            _fill_up(qty, cap, shop, purse.supplier, minimum)
    if purse.budget_minor is not None:
        _spend(qty, cap, shop, float(checks.not_negative("budget", purse.budget_minor)))
    cost_minor = priced(qty, costs)
    below = np.zeros(len(qty), np.bool_)
    if purse.supplier is not None:
        below = below_minimum(cost_minor, qty, purse.supplier, minimum)
    changed = np.flatnonzero(qty != found.qty)
    after = found.risk_after.copy()
    after[changed] = until_goods(demand, terms).some(changed).risk(stock.position()[changed] + qty[changed])
    return replace(found, qty=qty, cap=cap, cost_minor=cost_minor, risk_after=after, is_below_minimum=below)


def below_minimum(cost_minor: Ints, qty: Ints, supplier: Ints, minimum: Floats) -> Flags:
    """Mark the lines of orders that their supplier would refuse; all are int64 or float64 [titles].

    `minimum` float64 [suppliers] is what an order has to come to, `supplier` each title's place in it, −1 for none; a
    shop may have no supplier at all.
    """
    known = supplier != NO_SUPPLIER
    # At least one: where nobody sells anything each title still looks at a place, which marks nothing.
    count = max(len(minimum), int(supplier.max(initial=NO_SUPPLIER)) + 1, 1)
    least = np.zeros(count)
    least[: len(minimum)] = minimum
    short = sums(supplier[known], cost_minor[known], count) < least
    found: Flags = (qty > 0) & known & short[np.maximum(supplier, 0)]
    return found


def _margins(purse: Purse, costs: Floats) -> Floats:
    if purse.margin_minor is None:
        return costs
    given = np.asarray(purse.margin_minor, np.float64)
    checks.as_long_as("margin", given, len(costs))
    return np.where(np.isnan(given), costs, np.maximum(given, 0.0))


def _spend(qty: Ints, cap: npt.NDArray[np.int8], shop: _Shop, budget: float) -> None:
    """Take away, in place, what the budget is better not spent on."""
    rows = np.flatnonzero(qty)
    unknown = rows[np.isnan(shop.costs[rows])]
    qty[unknown], cap[unknown] = 0, Cap.NO_COST
    rows = np.flatnonzero(qty)
    if float(qty[rows] @ shop.costs[rows]) <= budget:
        return
    packs = _packs(shop, until_goods(shop.demand, shop.terms), rows, qty[rows], shop.stock.position()[rows])
    bought = sums(packs.title, packs.pieces * _bought(packs, budget), len(qty)).astype(np.int64)
    cap[rows[bought[rows] < qty[rows]]] = Cap.BUDGET
    qty[rows] = bought[rows]


def _packs(shop: _Shop, asked: Exposed, rows: Ints, most: Ints, position: Ints) -> _Packs:
    """Return the packs that make up so many pieces of these titles, on top of what is there."""
    count = -(-most // shop.packs[rows])
    title = np.repeat(rows, count)
    number = np.arange(len(title)) - np.repeat(np.cumsum(count) - count, count)
    size = shop.packs[title]
    pieces = np.minimum(size, np.repeat(most, count) - number * size)
    of = np.repeat(np.arange(len(title)), pieces)
    place = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    before = np.repeat(position, count)[of] + number[of] * size[of] + place
    chance = asked.some(title[of]).risk(before)
    worth = sums(of, chance * shop.margins[title[of]], len(title))
    return _Packs(title, pieces, pieces * shop.costs[title], worth)


def _best_first(packs: _Packs) -> Ints:
    rate = np.divide(packs.worth, packs.cost, out=np.full(len(packs.cost), np.inf), where=packs.cost > 0)
    return np.argsort(-rate, kind="stable")


def _bought(packs: _Packs, budget: float) -> Flags:
    """Choose the packs by worth for the money as far as the budget goes; what does not fit lets the next ones try."""
    taken = np.zeros(len(packs.cost), np.bool_)
    order, left = _best_first(packs), budget
    while len(order):
        total = np.cumsum(packs.cost[order])
        fits = int(np.searchsorted(total, left + 1e-6, side="right"))
        taken[order[:fits]] = True
        left -= float(total[fits - 1]) if fits else 0.0
        rest = order[fits:]
        order = rest[packs.cost[rest] <= left]
    return taken


def _fill_up(qty: Ints, cap: npt.NDArray[np.int8], shop: _Shop, supplier: Ints, minimum: Floats) -> None:
    """Raise, in place, the orders that are below their supplier's minimum by what sells soonest for the money."""
    short = np.flatnonzero(below_minimum(priced(qty, shop.costs), qty, supplier, minimum))
    # What fills an order up is sold in the longest time that may be ordered for.
    asked = until_goods(shop.demand, replace(shop.terms, lead_days=shop.terms.days_cap)) if len(short) else None
    position = shop.stock.position()
    for one in np.unique(supplier[short]).tolist():
        rows = np.flatnonzero((supplier == one) & np.isin(cap, (Cap.DELETED, Cap.TOO_SLOW), invert=True)
                              & (shop.costs > 0))  # fmt: skip
        room = np.minimum(_room(shop, rows) - position[rows], of_titles(shop.terms.line_limit, rows)) - qty[rows]
        room = np.maximum(room, 0).astype(np.int64) // shop.packs[rows] * shop.packs[rows]
        value = float(np.nansum(qty[supplier == one] * shop.costs[supplier == one]))
        missing = float(minimum[one]) - value
        room = np.minimum(
            room, np.ceil(missing / shop.costs[rows] / shop.packs[rows]).astype(np.int64) * shop.packs[rows]
        )
        if asked is None or float(room @ shop.costs[rows]) < missing or room.sum() > _MOST_TRIED:
            continue
        packs = _packs(shop, asked, rows, room, position[rows] + qty[rows])
        order = _best_first(packs)
        enough = int(np.searchsorted(np.cumsum(packs.cost[order]), missing)) + 1
        more = sums(packs.title[order[:enough]], packs.pieces[order[:enough]], len(qty)).astype(np.int64)
        cap[more > 0] = Cap.MINIMUM
        qty += more


def _room(shop: _Shop, rows: Ints) -> Ints:
    """Return up to how many pieces the days' cap and the shelf let these titles stand."""
    sells = np.ceil(shop.demand.year[rows] * of_titles(shop.terms.days_cap, rows) / DAYS_A_YEAR)
    limit = of_titles(shop.terms.shelf_limit, rows)
    return np.where(limit > 0, np.minimum(sells, limit), sells).astype(np.int64)
