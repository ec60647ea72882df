"""What to order now, and how much: one call for all titles, arrays in and arrays out.

The rule is (r, Q): when what is on hand, less what is put by, plus what is on order has fallen to the reorder point r,
order Q. r is the least whole number of pieces that covers the demand of lead time and review with the promised chance;
Q is the economic order quantity, whole and within the limits. Money is in minor units, lead times in days.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from av_pos.analytics import checks
from av_pos.analytics.chances import Flags, Floats, Ints, Odds, normal_quantile, normal_tail
from av_pos.analytics.demand import Forecast, Method
from av_pos.errors import InvalidInput

DAYS_A_WEEK = 7.0
DAYS_A_YEAR = 365.0

_LONGEST_LEAD, _LONGEST_REVIEW, _LONGEST_CAP = 731.0, 367.0, 3651.0
_LARGEST_PACK = 1_000_000
_SAFE = 1.0 - 1e-12


class Cap(IntEnum):
    """What decided a title's quantity in the end."""

    NONE = 0  # the economic quantity, or what lifts the stock above its reorder point
    ENOUGH = 1  # the stock is above the reorder point
    DELETED = 2  # no longer made
    TOO_SLOW = 3  # sells less a year than the cut-off
    NO_COST = 4  # nobody knows what it costs: just enough to get above the reorder point
    PACK = 5  # rounded to whole packs; 0 where one pack is more than a year's demand
    DAYS = 6  # no more than sells in so many days
    SHELF = 7  # no more than the shelf holds
    BUDGET = 8  # the money went to pieces that save more margin
    MINIMUM = 9  # raised, so that the supplier's minimum is reached
    LINE = 10  # no more than one line of an order may hold


@dataclass(frozen=True, slots=True)
class Stock:
    """What is there: pieces on hand (may be below 0), put by for somebody, on order; int [titles] each."""

    on_hand: npt.NDArray[np.integer[Any]]
    reserved: npt.NDArray[np.integer[Any]]
    on_order: npt.NDArray[np.integer[Any]]
    is_deleted: Flags

    def position(self) -> Ints:
        """Return what can be reckoned with, int64 [titles]."""
        found: Ints = self.on_hand.astype(np.int64) - self.reserved + self.on_order
        return found


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a title is ordered and held; each one number, or [titles].

    `unit_cost_minor` may be NaN where nobody knows it. `order_cost_minor` is S, for one line of an order; holding a
    piece for a year costs `holding_rate` of its cost. `service` is the promised chance (0.95) of not running out before
    goods come. `pack` is how many come together, `shelf_limit` the most that may stand there (0: no limit), `days_cap`
    for how many days of sales may be ordered, `least_a_year` the pieces a year below which nothing is ordered,
    `line_limit` the most pieces that one line of an order holds, whatever somebody typed.
    """

    unit_cost_minor: npt.ArrayLike
    order_cost_minor: npt.ArrayLike
    lead_days: npt.ArrayLike
    lead_sd_days: npt.ArrayLike = 0.0
    review_days: npt.ArrayLike = DAYS_A_WEEK
    service: npt.ArrayLike = 0.95
    holding_rate: npt.ArrayLike = 0.25
    pack: npt.ArrayLike = 1
    shelf_limit: npt.ArrayLike = 0
    days_cap: npt.ArrayLike = 120.0
    least_a_year: npt.ArrayLike = 0.5
    line_limit: npt.ArrayLike = 9_999


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What to order; [titles] each.

    `level` is the chance that the reorder point was computed for, so that `promise` comes true; `covered` the share of
    the past year's lead times that it covered (NaN: not tested). `reorder_at` is 0 where nothing is ever ordered, too:
    `cap`, a `Cap`, says so. `eoq` is NaN where no cost is known or nothing is to be ordered. The risks are the chance
    that the demand of lead time and review exceeds what is there, without and with the order; `cost_minor` counts what
    has a cost. `is_below_minimum` marks the lines of orders that their supplier would refuse.
    """

    promise: Floats
    level: Floats
    covered: Floats
    safety: Floats
    reorder_at: Ints
    eoq: Floats
    qty: Ints
    cap: npt.NDArray[np.int8]
    risk_before: Floats
    risk_after: Floats
    cost_minor: Ints
    is_below_minimum: Flags


@dataclass(frozen=True, slots=True)
class Exposed:
    """The demand of each title's lead time and review: `mean` pieces on average, what is meant by `level` below.

    Of the whole-number methods `odds` holds what is asked for while a title lives (with the chance `alive`); of the
    textbook's `spread` is its standard deviation. `level` is the chance asked of the reorder point.
    """

    mean: Floats
    level: Floats
    alive: Floats
    odds: Odds | None
    spread: Floats

    def reorder_point(self) -> Ints:
        """Return the least whole number that covers the demand with the chance `level`, int64 [titles]."""
        if self.odds is None:
            exact = self.mean + normal_quantile(self.level) * self.spread
            return np.maximum(np.ceil(exact - 1e-9), 0.0).astype(np.int64)
        # A title that came to its end is covered by nothing; what lives has to make up the rest.
        return self.odds.least(np.minimum(1.0 - (1.0 - self.level) / self.alive, _SAFE))

    def risk(self, pieces: Ints) -> Floats:
        """Return the chance that more than so many pieces are asked for, float64 [titles]."""
        if self.odds is not None:
            return self.alive * self.odds.more_than(pieces)
        room = pieces - self.mean
        is_spread = self.spread > 0
        tail = normal_tail(np.divide(room, self.spread, out=np.zeros_like(room), where=is_spread))
        return np.where(is_spread, tail, room < 0)

    def some(self, rows: Ints) -> "Exposed":
        """Return some titles, in this order; a title may come several times."""
        odds = None if self.odds is None else self.odds.some(rows)
        return Exposed(self.mean[rows], self.level[rows], self.alive[rows], odds, self.spread[rows])


def exposed(demand: Forecast, days: npt.ArrayLike, lead_sd_days: npt.ArrayLike, promise: npt.ArrayLike) -> Exposed:
    """Return the demand of so many days, whose number varies by `lead_sd_days`, and the level that keeps the promise.

    The variance of demand over a varying time is that of its mean time plus the weekly rate's square times the time's
    variance (σ² = L·σ_d² + d²·σ_L²).
    """
    weeks = np.asarray(days, np.float64) / DAYS_A_WEEK
    shaken = (np.asarray(lead_sd_days, np.float64) / DAYS_A_WEEK) ** 2
    mean = demand.rate * weeks
    if demand.method is Method.TEXTBOOK:
        level = np.broadcast_to(np.asarray(promise, np.float64), mean.shape)
        spread = np.sqrt(weeks * demand.spread**2 + demand.rate**2 * shaken)
        return Exposed(mean, level, demand.alive, None, spread)
    ratio = demand.bunched + mean / demand.shape
    if shaken.any():
        ratio += demand.rate * np.divide(shaken, weeks, out=np.zeros_like(weeks + shaken), where=weeks > 0)
    level = demand.calibration.level(promise, mean)
    return Exposed(mean * demand.alive, level, demand.alive, Odds.of(mean, ratio), np.sqrt(mean * ratio))


def until_goods(demand: Forecast, terms: Terms) -> Exposed:
    """Return the demand until goods ordered at the next look are here: of each title's lead time and review."""
    days = np.asarray(terms.lead_days, np.float64) + np.asarray(terms.review_days, np.float64)
    return exposed(demand, days, terms.lead_sd_days, terms.service)


def suggest(demand: Forecast, stock: Stock, terms: Terms) -> Suggestions:
    """Return what to order of each title; every quantity is whole, and 0 unless the stock fell to its reorder point.

    Raises `InvalidInput` for a cost below 0, an order cost, holding rate, pack or days' cap that is not above 0, a lead
    time below 0 or above two years, a service level that is not between 0 and 1, and arrays of other lengths.
    """
    costs = _checked(demand, stock, terms)
    asked = until_goods(demand, terms)
    is_slow = demand.year < np.asarray(terms.least_a_year)
    point = asked.reorder_point()
    safety = np.maximum(point - asked.mean, 0.0) if asked.odds is not None else _textbook_safety(asked)
    never = is_slow | stock.is_deleted
    point[never], safety[never] = 0, 0.0
    position = stock.position()
    risk = asked.risk(position)
    wanted = np.flatnonzero((position <= point) & ~never)
    lots = _lots(demand, terms, costs, wanted, point, position)
    cap = np.full(demand.titles, Cap.ENOUGH, np.int8)
    cap[is_slow], cap[stock.is_deleted], cap[wanted] = Cap.TOO_SLOW, Cap.DELETED, lots.cap
    qty, economic, after = np.zeros(demand.titles, np.int64), np.full(demand.titles, np.nan), risk.copy()
    qty[wanted], economic[wanted] = lots.qty, lots.eoq
    after[wanted] = asked.some(wanted).risk(position[wanted] + lots.qty)
    promise = np.broadcast_to(np.asarray(terms.service, np.float64), position.shape)
    covered = np.broadcast_to(demand.calibration.cover(terms.service), position.shape)
    return Suggestions(promise, asked.level, covered, safety, point, economic, qty, cap, risk, after,
                       priced(qty, costs), np.zeros(demand.titles, np.bool_))  # fmt: skip


def of_titles(value: npt.ArrayLike, rows: Ints) -> Floats:
    """Return a value of terms for some titles: the one number that holds for all, or float64 [rows]."""
    values = np.asarray(value, np.float64)
    return values if values.ndim == 0 else values[rows]


def priced(qty: Ints, unit_cost_minor: npt.ArrayLike) -> Ints:
    """Return what the pieces cost, whole minor units [titles]; 0 where nobody knows."""
    return np.rint(np.nan_to_num(np.asarray(unit_cost_minor, np.float64) * qty)).astype(np.int64)


def _textbook_safety(asked: Exposed) -> Floats:
    found: Floats = normal_quantile(asked.level) * asked.spread
    return found


@dataclass(frozen=True, slots=True)
class _Lots:
    qty: Ints
    eoq: Floats
    cap: npt.NDArray[np.int8]


def _lots(demand: Forecast, terms: Terms, costs: Floats, rows: Ints, point: Ints, position: Ints) -> _Lots:
    """Return the quantities of the titles that are due: economic, whole, in packs, within the limits."""

    def of(value: npt.ArrayLike) -> Floats:
        return of_titles(value, rows)

    year, holding = demand.year[rows], of(costs) * of(terms.holding_rate)
    has_cost = np.broadcast_to(holding > 0, year.shape)
    economic = np.full(len(rows), np.nan)
    np.divide(2.0 * year * of(terms.order_cost_minor), holding, out=economic, where=has_cost)
    economic = np.sqrt(economic)
    due = (point[rows] + 1 - position[rows]).astype(np.float64)
    lot = np.fmax(due, _whole(economic))
    cap = np.where(has_cost, Cap.NONE, Cap.NO_COST).astype(np.int8)
    # What sells in so many days, with what is there; enough to get above the reorder point may always be ordered.
    room = np.fmax(np.ceil(year * of(terms.days_cap) / DAYS_A_YEAR) - position[rows], due)
    cap[lot > room] = Cap.DAYS
    lot = np.minimum(lot, room)
    lot = _packed(lot, room, np.fmax(due, np.ceil(year)), np.fmax(of(terms.pack), 1.0), cap)
    limit = of(terms.shelf_limit)
    shelf = np.where(limit > 0, np.fmax(limit - position[rows], 0.0), np.inf)
    line, pack = np.broadcast_to(of(terms.line_limit), lot.shape), np.broadcast_to(of(terms.pack), lot.shape)
    for most, reason in ((shelf, Cap.SHELF), (line, Cap.LINE)):
        over = lot > most
        cap[over] = reason
        lot[over] = np.floor(most[over] / pack[over]) * pack[over]
    return _Lots(lot.astype(np.int64), economic, cap)


def _whole(economic: Floats) -> Floats:
    """Return the cheaper of the whole numbers about the economic quantity, at least 1: Q rises at √(Q(Q + 1))."""
    low = np.floor(economic)
    found: Floats = np.fmax(low + (economic**2 > low * (low + 1.0)), 1.0)
    return found


def _packed(lot: Floats, room: Floats, most: Floats, pack: Floats, cap: npt.NDArray[np.int8]) -> Floats:
    """Round up to whole packs where there is room, else down; one pack may pass the room, but not `most`."""
    if (pack == 1.0).all():
        return lot
    up, down = np.ceil(lot / pack) * pack, np.floor(room / pack) * pack
    found = np.where(up <= room, up, np.where(down > 0, down, np.where(pack <= most, pack, 0.0)))
    cap[found != lot] = Cap.PACK
    return found


def _checked(demand: Forecast, stock: Stock, terms: Terms) -> Floats:
    """Raise for what cannot be meant; return the unit costs."""
    for name in ("on_hand", "reserved", "on_order", "is_deleted"):
        if len(getattr(stock, name)) != demand.titles:
            raise InvalidInput(name, str(len(getattr(stock, name))), "lengths_differ")
    costs = checks.cost_or_nan("unit_cost", terms.unit_cost_minor)
    read = [
        ("unit_cost", costs),
        ("order_cost", checks.positive("order_cost", terms.order_cost_minor)),
        ("holding", checks.positive("holding", terms.holding_rate)),
        ("service", checks.inside("service", terms.service, 0.0, 1.0)),
        ("lead_days", checks.inside("lead_days", checks.not_negative("lead_days", terms.lead_days), -1, _LONGEST_LEAD)),
        ("lead_sd_days", checks.inside("lead_sd_days", checks.not_negative("lead_sd_days", terms.lead_sd_days), -1,
                                       _LONGEST_LEAD)),
        ("review_days", checks.inside("review_days", checks.not_negative("review_days", terms.review_days), -1,
                                      _LONGEST_REVIEW)),
        ("pack", checks.inside("pack", checks.positive("pack", terms.pack), 0, _LARGEST_PACK)),
        ("shelf_limit", checks.not_negative("shelf_limit", terms.shelf_limit)),
        ("days_cap", checks.inside("days_cap", terms.days_cap, 0.0, _LONGEST_CAP)),
        ("least_a_year", checks.not_negative("least_a_year", terms.least_a_year)),
        ("line_limit", checks.inside("line_limit", terms.line_limit, 0.0, _LARGEST_PACK)),
    ]  # fmt: skip
    for name, values in read:
        checks.as_long_as(name, values, demand.titles)
    return costs
