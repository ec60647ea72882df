"""Had the shop followed it: the past weeks again, title by title, under several ways to order.

Week by week for all titles at once: what was ordered comes in, customers take what is there, what they do not find is
lost, and at the week's end the stock is looked through and ordered. An order comes in when its lead time has passed,
counted in whole weeks; so lead time and review cover the same weeks as in the suggestions. Everybody asks again for
nothing: a sale missed is lost. No way sees a week before it has passed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from av_pos.analytics import checks
from av_pos.analytics.chances import Floats, Ints
from av_pos.analytics.demand import Forecast, Method, forecast
from av_pos.analytics.history import YEAR, Counts, History
from av_pos.analytics.reorder import DAYS_A_WEEK, Stock, Terms, suggest
from av_pos.errors import InvalidInput

LOOKED_AT = 13
"""Weeks that the plain average is taken over."""

_ANEW = 4
_MONTH = 30.0


class Way(StrEnum):
    """How the shop orders."""

    FOLLOWED = "followed"  # as `suggest` says
    MIN_MAX = "min_max"  # up to the maximum when the minimum is reached
    AVERAGE = "average"  # up to average × (lead time + 7 days), each week
    DONE = "done"  # what really came in


@dataclass(frozen=True, slots=True)
class Trade:
    """What came of it. Money in minor units; `stock_qty` and `lost_qty` int64 [weeks] for a chart.

    `average_stock_minor` is at cost; `cost_minor` is holding that stock and writing the order lines; `lost_minor` the
    margin of the sales that were lost (NaN where no margins are known).
    """

    sold: int
    lost: int
    lost_minor: float
    average_stock: float
    average_stock_minor: float
    lines: int
    ordered: int
    cost_minor: float
    stock_qty: Ints
    lost_qty: Ints

    @property
    def fill(self) -> float:
        """Return the share of the demand that was met, 1 without demand."""
        return self.sold / (self.sold + self.lost) if self.sold + self.lost else 1.0


Tell = Callable[[int, int], None]
"""Told how many steps are done, of how many."""

Stop = Callable[[], bool]
"""Asked before each step; true: leave off."""

Order = Callable[[int, Stock], Ints]
"""Given the week, from 0, and what is there at its end, returns the pieces to order, int64 [titles]."""


@dataclass(frozen=True, slots=True)
class Past:
    """The weeks to live through again: `history` up to their end, the last `weeks` of it, the terms.

    `start` int [titles]: what stood there before them. `low`, `high` int [titles]: the shop's minimum and maximum;
    without them the minimum is the average of the lead time, the maximum a month more. `received` int [titles, weeks]:
    what really came in. `margin_minor` [titles]: what a piece sold earns.
    """

    history: History
    start: npt.NDArray[np.integer]
    terms: Terms
    weeks: int = YEAR
    low: npt.NDArray[np.integer] | None = None
    high: npt.NDArray[np.integer] | None = None
    received: Counts | None = None
    margin_minor: npt.ArrayLike | None = None
    method: Method = Method.POOLED


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each way would have come to; `titles` took part, `left_out` came on sale during the weeks."""

    trades: Mapping[Way, Trade]
    titles: int
    left_out: int


def had_followed(past: Past, tell: Tell | None = None, stop: Stop | None = None) -> Comparison | None:
    """Return what the weeks would have come to under each way; None when stopped.

    Titles that came on sale during the weeks are left out: their first order is no reorder. Raises `InvalidInput` for
    fewer weeks before than after, arrays that do not belong together, and whatever `suggest` refuses.
    """
    known = _those_before(past)
    cut = known.history.weeks - known.weeks
    ways: dict[Way, Order | None] = {
        Way.FOLLOWED: _following(known, cut),
        Way.MIN_MAX: _between(*_min_max(known, cut)),
        Way.AVERAGE: _by_average(known, cut),
    }
    if known.received is not None:
        ways[Way.DONE] = None
    trades: dict[Way, Trade] = {}
    for number, (way, order) in enumerate(ways.items()):

        def told(week: int, done: int = number * known.weeks) -> None:
            if tell is not None:
                tell(done + week, len(ways) * known.weeks)

        trade = lived(known, order, told, stop)
        if trade is None:
            return None
        trades[way] = trade
    titles = known.history.titles
    return Comparison(trades, titles, past.history.titles - titles)


def lived(past: Past, order: Order | None, tell: Callable[[int], None] | None = None,
          stop: Stop | None = None) -> Trade | None:  # fmt: skip
    """Live through the weeks with one way to order (None: what was received really came); None when stopped."""
    demand = np.rint(past.history.demand()[:, -past.weeks :]).astype(np.int64)
    titles = past.history.titles
    lead = _lead_weeks(past)
    coming = np.zeros((int(lead.max(initial=0)) + 2, titles), np.int64)
    held, lines, ordered = np.maximum(past.start, 0).astype(np.int64), 0, 0
    stock, lost, sold = np.zeros(titles, np.int64), np.zeros(titles, np.int64), np.zeros(titles, np.int64)
    stock_qty, lost_qty = np.zeros(past.weeks, np.int64), np.zeros(past.weeks, np.int64)
    none = np.zeros(titles, np.int64)
    every, is_deleted = np.arange(titles), np.zeros(titles, np.bool_)
    for week in range(past.weeks):
        if stop is not None and stop():
            return None
        place = week % len(coming)
        if order is None and past.received is not None:
            coming[place] = past.received[:, week]
            lines, ordered = lines + int((coming[place] > 0).sum()), ordered + int(coming[place].sum())
        begin = held + coming[place]
        coming[place] = 0
        served = np.minimum(begin, demand[:, week])
        held = begin - served
        missed = demand[:, week] - served
        sold, lost, stock = sold + served, lost + missed, stock + (begin + held)
        stock_qty[week], lost_qty[week] = held.sum(), missed.sum()
        if order is not None:
            qty = order(week, Stock(held, none, coming.sum(axis=0), is_deleted))
            coming[(week + 1 + lead) % len(coming), every] += qty
            lines, ordered = lines + int((qty > 0).sum()), ordered + int(qty.sum())
        if tell is not None:
            tell(week + 1)
    average = stock / (2.0 * past.weeks)
    return _summed(past, sold, lost, average, lines, ordered, stock_qty, lost_qty)


def _summed(past: Past, sold: Ints, lost: Ints, average: Floats, lines: int, ordered: int, stock_qty: Ints,
            lost_qty: Ints) -> Trade:  # fmt: skip
    costs = np.nan_to_num(np.broadcast_to(np.asarray(past.terms.unit_cost_minor, np.float64), average.shape))
    rate = np.broadcast_to(np.asarray(past.terms.holding_rate, np.float64), average.shape)
    once = float(np.mean(np.asarray(past.terms.order_cost_minor, np.float64)))
    margin = np.nan if past.margin_minor is None else float(lost @ np.nan_to_num(np.asarray(past.margin_minor)))
    cost = float(average * costs @ rate) * past.weeks / YEAR + lines * once
    return Trade(int(sold.sum()), int(lost.sum()), margin, float(average.sum()), float(average @ costs), lines, ordered,
                 cost, stock_qty, lost_qty)  # fmt: skip


def _lead_weeks(past: Past) -> Ints:
    days = np.broadcast_to(np.asarray(past.terms.lead_days, np.float64), past.history.titles)
    return np.rint(days / DAYS_A_WEEK).astype(np.int64)


def _following(past: Past, cut: int) -> Order:
    """Return the way of the suggestions: a new forecast every four weeks, with the lessons of the time before."""
    window = np.maximum(_lead_weeks(past) + 1, 1)
    terms = replace(past.terms, review_days=DAYS_A_WEEK)
    latest: list[Forecast] = []

    def order(week: int, stock: Stock) -> Ints:
        if week % _ANEW == 0:
            lessons = latest[0].lessons if latest else None
            latest[:] = [forecast(past.history.until(cut + week + 1), window, past.method, lessons)]
        return suggest(latest[0], stock, terms).qty

    return order


def _between(low: Ints, high: Ints) -> Order:
    def order(_week: int, stock: Stock) -> Ints:
        position = stock.position()
        return np.where(position <= low, np.maximum(high - position, 0), 0)

    return order


def _min_max(past: Past, cut: int) -> tuple[Ints, Ints]:
    if past.low is not None and past.high is not None:
        return past.low.astype(np.int64), past.high.astype(np.int64)
    daily = _daily(past.history.until(cut), YEAR)
    lead = np.asarray(past.terms.lead_days, np.float64)
    low = np.where(daily > 0, np.ceil(daily * lead), -1.0).astype(np.int64)
    return low, np.ceil(daily * (lead + _MONTH)).astype(np.int64)


def _by_average(past: Past, cut: int) -> Order:
    days = np.asarray(past.terms.lead_days, np.float64) + DAYS_A_WEEK

    def order(week: int, stock: Stock) -> Ints:
        wanted = np.rint(_daily(past.history.until(cut + week + 1), LOOKED_AT) * days).astype(np.int64)
        more: Ints = np.maximum(wanted - stock.position(), 0)
        return more

    return order


def _daily(history: History, weeks: int) -> Floats:
    """Return the average pieces a day over the latest weeks."""
    some = min(weeks, history.weeks)
    missed = None if history.missed is None else history.missed[:, -some:]
    latest = replace(history, counts=history.counts[:, -some:], missed=missed, kinds=None)
    found: Floats = latest.demand().sum(axis=1, dtype=np.float64) / (DAYS_A_WEEK * max(some, 1))
    return found


def _those_before(past: Past) -> Past:
    """Return the past of the titles that were on sale before; raise where the arrays do not belong together."""
    titles, weeks = past.history.titles, past.weeks
    if not 0 < weeks <= past.history.weeks // 2:
        raise InvalidInput("weeks", str(weeks), "out_of_range")
    for field, given in (("start", past.start), ("low", past.low), ("high", past.high)):
        if given is not None and given.shape != (titles,):
            raise InvalidInput(field, str(given.shape), "lengths_differ")
    if past.received is not None and past.received.shape != (titles, weeks):
        raise InvalidInput("received", str(past.received.shape), "lengths_differ")
    if past.margin_minor is not None:
        checks.as_long_as("margin", np.asarray(past.margin_minor), titles)
    rows = np.flatnonzero(past.history.until(past.history.weeks - weeks).ages() > 0)

    def of(value: npt.ArrayLike) -> npt.ArrayLike:
        values = np.asarray(value)
        return values if values.ndim == 0 else values[rows]

    terms = Terms(**{name: of(getattr(past.terms, name)) for name in Terms.__slots__})
    margin = None if past.margin_minor is None else np.broadcast_to(np.asarray(past.margin_minor), titles)[rows]
    return replace(past, history=past.history.some(rows), start=past.start[rows], terms=terms, margin_minor=margin,
                   low=None if past.low is None else past.low[rows],
                   high=None if past.high is None else past.high[rows],
                   received=None if past.received is None else past.received[rows])  # fmt: skip
