"""The formulas give what the books give; what cannot be meant is refused with its field."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from av_pos.analytics.chances import Odds
from av_pos.analytics.inventory import (
    eoq,
    eoq_all_units_discount,
    eoq_plus_safety,
    eoq_with_backorders,
    least_reorder_point,
    safety_stock,
    safety_stock_over_lead,
)
from av_pos.analytics.whole_number_policies import low_high, newsvendor, reorder_lot
from av_pos.errors import InvalidInput


def of(found, *names):
    return tuple(float(getattr(found, name)) for name in names)


def a_twelfth():
    return float(Fraction(1, 12))


CASES = [
    ("closed form, Harris 1913 (500 would need S = 250 or H = 0.4)",
     lambda: of(eoq(1000, 50, 2), "qty", "cost"), (223.60679774997897, 447.21359549995793)),
    ("Snyder & Shen, Fundamentals of Supply Chain Theory 2e, Example 3.1",
     lambda: of(eoq(1300, 8, 0.225), "qty", "cost"), (304.0467800264368, 68.41052550594829)),
    ("Snyder & Shen, Example 3.8, planned back orders",
     lambda: of(eoq_with_backorders(1300, 8, 0.225, 5), "qty", "waiting", "cost"),
     (310.81255515896464, 0.0430622009569378, 66.92136355097325)),
    ("all-units discount, worked by trying every quantity",
     lambda: of(eoq_all_units_discount(1000, 200, 0.2, [0, 200, 500], [500, 475, 450]), "qty", "region", "cost"),
     (500, 2, 472900.0)),
    ("Snyder & Shen, Example 4.7, its single period",
     lambda: of(newsvendor(1, 4, 6), "up_to", "cost"), (8, 3.5701069457709416)),
    ("Snyder & Shen, Example 4.7 (Zheng & Federgruen)",
     lambda: of(low_high(1, 4, 5, 6), "low", "high", "cost"), (4, 10, 8.034111561471642)),
    ("Snyder & Shen, Example 5.8 (Federgruen & Zheng)",
     lambda: of(reorder_lot(20, 150, 100, 1.5, 2), "reorder_at", "qty", "cost"), (3, 5, 107.92358063314975)),
    ("Snyder & Shen, Example 5.5 (EOQ + SS)",
     lambda: of(eoq_plus_safety(1300, 150, a_twelfth(), 0.225, 7.5, 8), "reorder_at", "qty"),
     (190.3369965715624, 304.0467800264368)),
    ("Heizer & Render, ch. 12, Example 14, both variable",
     lambda: of(safety_stock(150, 16, 5, 1, 1.65), "safety", "reorder_at"), (254.44262614585628, 1004.4426261458563)),
    ("Stevenson, Operations Management 14e, ch. 12, Example 8",
     lambda: of(safety_stock_over_lead(50, 5, 1.88), "safety", "reorder_at"), (9.4, 59.4)),
    ("definition: least r with P(D ≤ r) ≥ service", lambda: (float(least_reorder_point(0.3, 0.95)[0]),), (1,)),
    ("definition, busier", lambda: (float(least_reorder_point(1.4, 0.95)[0]),), (4,)),
]  # fmt: skip


@pytest.mark.parametrize(("work", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cases_of_the_books(work, expected):
    assert work() == pytest.approx(expected, rel=1e-6)


money = st.floats(0.05, 500)


@given(st.floats(0.1, 10_000), money, money)
def test_no_lot_costs_less_than_the_economic_one(demand, order_cost, holding):
    lot = eoq(demand, order_cost, holding)
    for qty in lot.qty * np.array([0.5, 0.9, 1.0, 1.1, 2.0]):
        assert order_cost * demand / qty + holding * qty / 2 >= lot.cost * (1 - 1e-12)


@settings(max_examples=50, deadline=None)
@given(st.floats(50, 5000), st.floats(1, 500), st.floats(0.05, 0.5), st.lists(st.integers(2, 900), max_size=3))
def test_no_whole_lot_beats_the_discount_lot(demand, order_cost, rate, steps):
    breaks = [0, *sorted(set(steps))]
    prices = [100.0 - 4 * place for place in range(len(breaks))]
    best = eoq_all_units_discount(demand, order_cost, rate, breaks, prices)
    qty = np.arange(1, 2000)
    price = np.array(prices)[np.searchsorted(breaks, qty, side="right") - 1]
    assert best.cost <= (price * demand + order_cost * demand / qty + rate * price * qty / 2).min() * (1 + 1e-12)
    assert best.region == np.searchsorted(breaks, best.qty, side="right") - 1


def long_run_cost(holding, stockout, order_cost, demand, lead, reorder_at, qty):
    """The average over the positions that an (r, Q) policy visits equally often."""
    j = np.arange(400)
    chance = np.diff(Odds.of(np.full(401, demand * lead)).at_most(np.arange(-1, 400)))
    held = [
        (holding * np.maximum(y - j, 0) + stockout * np.maximum(j - y, 0)) @ chance
        for y in range(reorder_at + 1, reorder_at + qty + 1)
    ]
    return (order_cost * demand + sum(held)) / qty


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 30), st.floats(5, 200), st.floats(0.5, 200), st.floats(0.05, 3), st.floats(0.2, 4))
def test_no_neighbour_of_the_exact_policy_costs_less(holding, stockout, order_cost, demand, lead):
    best = reorder_lot(holding, stockout, order_cost, demand, lead)
    costs = (holding, stockout, order_cost, demand, lead)
    assert best.cost == pytest.approx(long_run_cost(*costs, best.reorder_at, best.qty), rel=1e-9)
    for reorder_at in range(best.reorder_at - 2, best.reorder_at + 3):
        for qty in range(max(1, best.qty - 2), best.qty + 3):
            assert long_run_cost(*costs, reorder_at, qty) >= best.cost * (1 - 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 5), st.floats(2, 40), st.floats(0.5, 30), st.floats(0.3, 8))
def test_low_and_high_in_long_practice_cost_what_they_promise(holding, stockout, order_cost, mean):
    best = low_high(holding, stockout, order_cost, mean)
    assert best.low < best.high
    # One big order cost lower can only make ordering more often worth it.
    assert low_high(holding, stockout, order_cost / 2, mean).cost <= best.cost
    rng = np.random.default_rng(1)
    stock, total = np.full(4000, best.high), 0.0
    for period in range(300):
        is_low = stock <= best.low
        stock = np.where(is_low, best.high, stock)
        left = stock - rng.poisson(mean, len(stock))
        cost = order_cost * is_low + holding * np.maximum(left, 0) + stockout * np.maximum(-left, 0)
        total += cost.mean() * (period >= 100)
        stock = left
    assert total / 200 == pytest.approx(best.cost, rel=0.02)


@pytest.mark.parametrize(
    ("field", "reason", "work"),
    [
        ("order_cost", "not_positive", lambda: eoq(10, 0, 2)),
        ("holding", "not_positive", lambda: eoq(10, 50, 0)),
        ("holding", "missing", lambda: eoq(10, 50, float("nan"))),
        ("demand", "negative", lambda: eoq([3, -1], 50, 2)),
        ("demand", "missing", lambda: eoq(float("inf"), 50, 2)),
        ("backorder", "not_positive", lambda: eoq_with_backorders(10, 5, 2, 0)),
        ("unit_cost", "not_positive", lambda: eoq_all_units_discount(10, 5, 0.2, [0, 5], [10, 0])),
        ("breakpoints", "not_rising", lambda: eoq_all_units_discount(10, 5, 0.2, [0, 5, 5], [10, 9, 8])),
        ("breakpoints", "lengths_differ", lambda: eoq_all_units_discount(10, 5, 0.2, [0], [10, 9])),
        ("lead_time", "negative", lambda: safety_stock(1, 1, -1, 0, 1.6)),
        ("stockout", "not_positive", lambda: eoq_plus_safety(10, 1, 1, 1, 0, 5)),
        ("service", "out_of_range", lambda: least_reorder_point(1.0, 0)),
        ("service", "out_of_range", lambda: least_reorder_point(1.0, 1)),
        ("service", "out_of_range", lambda: least_reorder_point(1.0, 1.5)),
        ("stockout", "not_positive", lambda: newsvendor(1, 0, 6)),
        ("lead_time", "not_positive", lambda: reorder_lot(1, 5, 5, 2, 0)),
        ("order_cost", "not_positive", lambda: low_high(1, 5, 0, 2)),
        ("demand", "out_of_range", lambda: eoq(1e300, 50, 2)),
        ("holding", "out_of_range", lambda: eoq(10, 50, 1e-300)),
        ("demand", "out_of_range", lambda: newsvendor(1, 4, 1e9)),
        ("demand", "out_of_range", lambda: low_high(1, 4, 5, 1e9)),
        ("demand", "out_of_range", lambda: reorder_lot(20, 150, 100, 1e9, 2)),
        ("order_cost", "out_of_range", lambda: low_high(1, 4, 1e9, 6)),
        ("order_cost", "out_of_range", lambda: reorder_lot(1e-9, 150, 100, 1.5, 2)),
    ],
)
def test_what_cannot_be_meant_is_refused(field, reason, work):
    with pytest.raises(InvalidInput) as refused:
        work()
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_customers_who_hardly_mind_waiting_are_answered():
    assert np.isfinite(eoq_with_backorders(10, 5, 1e50, 1e-50).qty)


def test_no_demand_and_no_lead_time_are_answered():
    assert eoq([0.0, 100.0], 50, 2).qty.tolist() == pytest.approx([0.0, 70.7106781])
    assert float(safety_stock(5, 2, 0, 0, 1.6).reorder_at) == 0.0
    assert least_reorder_point([0.0, 0.0], 0.99).tolist() == [0, 0]
