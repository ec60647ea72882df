"""Reordering from the database to rows on the screen: how long it takes, and whether promises are kept on that way."""

import time
from dataclasses import replace
from datetime import timedelta

import numpy as np
from sqlalchemy import update
from tests.analytics.slow_movers import Trade, window_sums
from tests.benchmarks import reorder_shop
from tests.benchmarks.bench_reorder_maths import TRADES, has_stockpyl
from tests.benchmarks.measuring import Room, Row, Times, Turn, take_turns
from tests.benchmarks.reorder_shop import AT, WEEKS

from av_pos.analytics.reorder import exposed, suggest
from av_pos.analytics.whole_number_policies import reorder_lot
from av_pos.db import Database, Session
from av_pos.domain.at import At
from av_pos.domain.demand import week_of
from av_pos.models.purchasing import SUPPLIER
from av_pos.services import reorder_numbers, reordering, shop_settings
from av_pos.services.reorder_numbers import Numbers
from av_pos.services.reorder_views import ReorderQuery, ReorderView

NAME = "reorder"
_EDITIONS = 100_000
_BESIDE, _STAND_IN = 20_000, 2_000
_YEAR = 52
_PROMISES = (9_000, 9_500, 9_800)
# From 0.01 below a promise to 0.02 above it.
_MIDDLE, _EITHER_SIDE = 0.005, 0.015
_CLEAR = 0.02
_LEAD_DAYS = 7


def run(room: Room) -> list[Row]:
    """Measure the whole way and its parts beside a loop a title at a time, then hold promises against a later year."""
    editions = 3_000 if room.quick else _EDITIONS
    path = reorder_shop.make(room, "shop", editions, reorder_shop.BUSY)
    database = Database.at(path)
    try:
        rows = _times(room, database)
    finally:
        database.close()
    path.unlink()
    for name, trade in TRADES.items():
        rows += _honesty(room, name, trade, 1_500 if room.quick else 6_000)
    return rows


def _times(room: Room, database: Database) -> list[Row]:
    began = time.perf_counter()
    first: ReorderView = database.ask(reordering.suggest_orders, AT)
    cold = time.perf_counter() - began
    numbers = first.known
    assert isinstance(numbers, Numbers)

    # The weeks are read and forecast anew; kept are the catalogue and what the held-out year taught.
    without_weeks = replace(numbers, range=replace(numbers.range, sold=None))

    def asking(known: Numbers | None) -> Turn:
        def turn() -> float:
            started = time.perf_counter()
            view = database.ask(reordering.suggest_orders, AT, ReorderQuery(), known)
            seconds = time.perf_counter() - started
            assert view.rows
            return seconds

        return turn

    def arithmetic() -> float:
        started = time.perf_counter()
        suggest(numbers.demand, numbers.stock, numbers.terms)
        return time.perf_counter() - started

    variants: dict[str, Turn] = {"rows": asking(without_weeks), "again": asking(numbers), "new": asking(None),
                                 "arithmetic": arithmetic}  # fmt: skip
    taken = take_turns(variants, room.rounds(30, 4), room.rng, warm=2)
    pieces = int(numbers.range.history.counts.sum(dtype=np.int64))
    editions = len(numbers.range.ids)
    what = f"{editions:,} editions, {pieces:,} pieces sold in {numbers.range.history.weeks} weeks"
    return [
        Row(f"reorder: {what}, database to rows", taken["rows"].p50, 0.3, "s", taken["rows"].words()),
        Row("… again in the same week: its forecast is kept", taken["again"].p50, None, "s", taken["again"].words()),
        Row("… the first time in a week: read and learned anew", taken["new"].p50, None, "s",
            f"{taken['new'].words()}; with all imports {cold:.2f} s"),
        Row("… the arithmetic alone", taken["arithmetic"].p50 * 1e3, 20, "ms", taken["arithmetic"].words()),
        *_beside(numbers, taken["arithmetic"], taken["rows"]),
    ]  # fmt: skip


def _beside(numbers: Numbers, arithmetic: Times, whole: Times) -> list[Row]:
    """Return arithmetic and whole way as shares of a loop, timed on some titles and counted up to all."""
    costs_of = numbers.range.costs
    sells = np.flatnonzero((numbers.demand.mean > 0) & (costs_of > 0))
    some = sells[: _BESIDE if has_stockpyl() else _STAND_IN]
    weekly, costs = numbers.demand.mean[some], costs_of[some]
    if has_stockpyl():
        from tests.benchmarks import beside_stockpyl

        name = "stockpyl's (r, Q) approximation"
        spread = np.maximum(numbers.demand.spread[some], 1e-6)
        loop = beside_stockpyl.eoq_and_safety_seconds(weekly, spread, costs, 2.0, 500.0)
    else:
        name = "our exact (r, Q), stockpyl is not installed"
        began = time.perf_counter()
        for mean, cost in zip(weekly.tolist(), costs.tolist(), strict=True):
            reorder_lot(cost / 4 / _YEAR, cost * 19 / 4 / _YEAR, 500.0, mean, 2.0)
        loop = time.perf_counter() - began
    all_of_it = loop * len(numbers.range.ids) / max(len(some), 1)
    details = f"loop {loop:.2f} s for {len(some):,} titles, {all_of_it:.2f} s for all"
    return [
        Row(f"… arithmetic / a loop over {name}", arithmetic.p50 / all_of_it, 0.01, "×", details),
        Row("… database to rows / the same loop, numbers given", whole.p50 / all_of_it, None, "×", details),
    ]


def _honesty(room: Room, name: str, trade: Trade, editions: int) -> list[Row]:
    """Ask the service what it would have said a year ago, and hold that against every window of the year since."""
    weeks = WEEKS + _YEAR
    path = reorder_shop.make(room, f"honest-{name}".replace(" ", "-"), editions, trade, seed=5, weeks=weeks)
    database = Database.at(path)
    rows = []
    try:
        database.run(_one_lead_time)
        then = At(AT.actor, AT.till, AT.now - timedelta(weeks=_YEAR))
        history = reorder_shop.history_of(editions, trade, 5, weeks)
        sums = window_sums(history, WEEKS, 2)
        was_there = history.until(WEEKS).ages() > 0
        ids = np.array(database.ask(reorder_shop.ids_of, editions), np.int64)[was_there]
        for promise_bp in _PROMISES:
            database.run(shop_settings.change_setting, then, "reorder_service_bp", str(promise_bp))
            numbers = database.ask(_numbers, then)
            places = np.array([numbers.row_of(int(edition)) for edition in ids])
            rows.append(_kept(name, promise_bp / 10_000, numbers, places, sums[was_there]))
    finally:
        database.close()
    path.unlink()
    return rows


def _numbers(session: Session, at: At) -> Numbers:
    assert week_of(at.now.date()) == week_of(AT.now.date()) - _YEAR
    settings = shop_settings.get_settings(session)
    return reorder_numbers.read_numbers(session, settings, at.now.date())


def _one_lead_time(session: Session) -> None:
    session.execute(update(SUPPLIER).values(lead_days=_LEAD_DAYS))


def _kept(name: str, promise: float, numbers: Numbers, places: np.ndarray, sums: np.ndarray) -> Row:
    days = 2.0 * _LEAD_DAYS
    point = exposed(numbers.demand, days, 0.0, promise).reorder_point()
    # What came on sale during the year is not there yet; what was there and never moved is known to nobody.
    is_here = places >= 0
    level = np.where(is_here, point[places], 0)
    covered = float((sums <= level[:, None]).mean())
    used = np.where(is_here, numbers.found.reorder_at[places], 0)
    cut_off = float((sums <= used[:, None]).mean())
    empty = float((sums == 0).mean())
    back_test = float(numbers.demand.calibration.cover(promise))
    details = (f"covered {covered:.4f}; with what is too slow left out {cut_off:.4f}; said to be {back_test:.4f}; an "
               f"empty shelf {empty:.4f}; {is_here.mean():.3f} of the titles reckoned with")  # fmt: skip
    limit = _EITHER_SIDE if empty < promise - _CLEAR else None
    return Row(f"{name}, by the service: promise {promise:.2f} missed by, from {_MIDDLE} above it",
               abs(covered - promise - _MIDDLE), limit, "", details)  # fmt: skip
