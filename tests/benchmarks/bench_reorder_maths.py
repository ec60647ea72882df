"""Reorder suggestions without the database: how long the arithmetic takes, and whether promises are kept."""

import importlib.util
import time
from dataclasses import dataclass

import numpy as np
from tests.analytics.slow_movers import Trade, invented, window_sums, zero_months
from tests.benchmarks.measuring import Room, Row, Times, Turn, take_turns

from av_pos.analytics.chances import Floats, Ints
from av_pos.analytics.demand import Forecast, Method, forecast
from av_pos.analytics.history import YEAR, History
from av_pos.analytics.lessons import Lessons
from av_pos.analytics.past_year import Past, had_followed
from av_pos.analytics.reorder import Stock, Terms, exposed, suggest
from av_pos.analytics.whole_number_policies import reorder_lot

NAME = "reorder_maths"
_TITLES, _WEEKS = 100_000, 104
_SEED = 3
_BESIDE, _STAND_IN = 20_000, 2_000
_ORDER_COST = 500.0
_PROMISES = (0.90, 0.95, 0.98)
# From 0.01 below a promise to 0.02 above it.
_MIDDLE, _EITHER_SIDE = 0.005, 0.015
_CLEAR = 0.02

TRADES = {
    "even": Trade(),
    "heavy tail": Trade(is_heavy=True),
    "seasons": Trade(season=0.5),
    "bunches": Trade(more=0.5),
    "shrinking": Trade(drift=-0.002),
}
"""Kinds of invented trade: whoever reads the figures sees how far they depend on how demand was invented."""


@dataclass(frozen=True, slots=True)
class _Shop:
    history: History
    demand: Forecast
    stock: Stock
    terms: Terms


def run(room: Room) -> list[Row]:
    """Measure the arithmetic beside a loop a title at a time, then hold promises against a year nobody looked at."""
    shop = _shop(10_000 if room.quick else _TITLES)
    rows = [*_arithmetic(room, shop), _year_again(room)]
    for name, trade in TRADES.items():
        rows += _honesty(name, trade, 1_500 if room.quick else 6_000)
    return rows


def has_stockpyl() -> bool:
    """Whether the library `stockpyl` is installed here."""
    return importlib.util.find_spec("stockpyl") is not None


def _shop(titles: int) -> _Shop:
    history = invented(_SEED, titles, _WEEKS, Trade())
    rng = np.random.default_rng(_SEED)
    demand = forecast(history, 16 / 7)
    stock = Stock(rng.poisson(demand.mean * 8 + 0.7), rng.binomial(1, 0.02, titles), rng.binomial(3, 0.04, titles),
                  rng.random(titles) < 0.05)  # fmt: skip
    lead = rng.choice([5.0, 9.0, 14.0, 21.0], titles)
    cost = rng.integers(2_000, 15_000, titles).astype(np.float64)
    return _Shop(history, demand, stock, Terms(cost, _ORDER_COST, lead, lead * 0.2))


def _arithmetic(room: Room, shop: _Shop) -> list[Row]:
    def suggesting() -> float:
        began = time.perf_counter()
        found = suggest(shop.demand, shop.stock, shop.terms)
        seconds = time.perf_counter() - began
        assert found.qty.any()
        return seconds

    def forecasting(lessons: Lessons | None) -> Turn:
        def turn() -> float:
            began = time.perf_counter()
            forecast(shop.history, 16 / 7, lessons=lessons)
            return time.perf_counter() - began

        return turn

    variants = {"suggest": suggesting, "forecast": forecasting(None), "again": forecasting(shop.demand.lessons)}
    taken = take_turns(variants, room.rounds(40, 5), room.rng, warm=2)
    ours, titles = taken["suggest"], shop.demand.titles
    what = f"suggestions for {titles:,} editions, the forecast given"
    told, again = taken["forecast"], taken["again"]
    return [
        Row(what, ours.p50 * 1e3, 20, "ms", ours.words()),
        Row(f"their forecast from {_WEEKS} weeks", told.p50 * 1e3, None, "ms", told.words()),
        Row("… with the lessons of an earlier one", again.p50 * 1e3, None, "ms", again.words()),
        _beside(shop, ours),
    ]


def _beside(shop: _Shop, ours: Times) -> Row:
    """Return how long the suggestions take as a share of a loop; the loop is timed on some titles and counted up."""
    some = np.flatnonzero(shop.demand.mean > 0)[: _BESIDE if has_stockpyl() else _STAND_IN]
    costs = np.asarray(shop.terms.unit_cost_minor)[some]
    if has_stockpyl():
        from tests.benchmarks import beside_stockpyl

        name = "stockpyl's (r, Q) approximation"
        spread = np.maximum(shop.demand.spread[some], 1e-6)
        loop = beside_stockpyl.eoq_and_safety_seconds(shop.demand.mean[some], spread, costs, 16 / 7, _ORDER_COST)
    else:
        name = "our exact (r, Q), stockpyl is not installed"
        began = time.perf_counter()
        for weekly, cost in zip(shop.demand.mean[some].tolist(), costs.tolist(), strict=True):
            reorder_lot(cost / 4 / YEAR, cost * 19 / 4 / YEAR, _ORDER_COST, weekly, 16 / 7)
        loop = time.perf_counter() - began
    whole = loop * shop.demand.titles / len(some)
    details = f"ours {ours.words()}; loop {loop:.2f} s for {len(some):,} titles, {whole:.2f} s for all"
    return Row(f"… / a loop over {name}", ours.p50 / whole, 0.01, "×", details)


def _year_again(room: Room) -> Row:
    titles = 2_000 if room.quick else 20_000
    history = invented(_SEED + 1, titles, 2 * YEAR, Trade())
    began = time.perf_counter()
    found = had_followed(Past(history, np.ones(titles, np.int64), Terms(5_000.0, _ORDER_COST, 9.0)))
    seconds = time.perf_counter() - began
    assert found is not None
    told = "; ".join(f"{way}: fill {trade.fill:.3f}, stock {trade.average_stock:,.0f}, {trade.lines:,} order lines"
                     for way, trade in found.trades.items())  # fmt: skip
    return Row(f"the past year again, {titles:,} editions, three ways", seconds, None, "s", told)


def _honesty(name: str, trade: Trade, titles: int) -> list[Row]:
    """Hold levels made before the last year against each window of it; the year is judged once and never learned."""
    rows = []
    for weeks in (2, 4):
        history = invented(_SEED + 2, titles, 4 * YEAR, trade)
        since = history.weeks - YEAR
        past = history.until(since)
        sums = window_sums(history, since, weeks)[past.ages() > 0]
        found, plain = forecast(past, weeks), forecast(past, weeks, Method.TEXTBOOK)
        of = f"{name}, {weeks} weeks"
        for promise in _PROMISES:
            covered = _covered(found, past, sums, weeks, promise)
            textbook = _covered(plain, past, sums, weeks, promise)
            empty = float((sums == 0).mean())
            back_test = float(found.calibration.cover(promise))
            details = (f"covered {covered:.4f}; textbook {textbook:.4f}; back-test {back_test:.4f}; an empty shelf "
                       f"{empty:.4f}; months without a sale {zero_months(history):.3f}")  # fmt: skip
            # Where an empty shelf nearly keeps the promise no level comes down to it without starving what sells.
            limit = _EITHER_SIDE if empty < promise - _CLEAR else None
            rows.append(Row(f"{of}: promise {promise:.2f} missed by, from {_MIDDLE} above it",
                            abs(covered - promise - _MIDDLE), limit, "", details))  # fmt: skip
        rows.append(_stock_for_fill(of, found, plain, past, sums, weeks))
    return rows


def _levels(demand: Forecast, past: History, weeks: int, promise: float) -> Ints:
    return exposed(demand, 7.0 * weeks, 0.0, promise).reorder_point()[past.ages() > 0]


def _covered(demand: Forecast, past: History, sums: Ints, weeks: int, promise: float) -> float:
    return float((sums <= _levels(demand, past, weeks, promise)[:, None]).mean())


def _stock_for_fill(of: str, found: Forecast, plain: Forecast, past: History, sums: Ints, weeks: int) -> Row:
    """Return the most stock left over that ours needs, as a share of the textbook's, for the fill that it reaches."""

    def fill_and_left(demand: Forecast, promise: float) -> Floats:
        level = _levels(demand, past, weeks, promise)[:, None]
        return np.array([np.minimum(sums, level).sum() / sums.sum(), np.maximum(level - sums, 0).mean()])

    ours = np.array([fill_and_left(found, promise) for promise in np.linspace(0.5, 0.9949, 80)])
    shares, told = [], []
    for promise in _PROMISES:
        fill, left = fill_and_left(plain, promise)
        needed = float(np.interp(fill, ours[:, 0], ours[:, 1]))
        shares.append(needed / left)
        told.append(f"fill {fill:.3f}: {needed:.3f} / {left:.3f} pieces a title")
    return Row(f"{of}: stock for the textbook's fill, ours / textbook's", max(shares), 1.0, "×", "; ".join(told))
