"""What is ordered: due or not, how much, which limit bit, what it risks; within means; and why."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.slow_movers import Trade, invented

from av_pos.analytics.chances import Odds, normal_quantile
from av_pos.analytics.demand import Forecast, Method, forecast
from av_pos.analytics.history import History
from av_pos.analytics.reorder import Cap, Stock, Terms, exposed, suggest
from av_pos.analytics.spending import Purse, within_means
from av_pos.analytics.why import explain
from av_pos.errors import InvalidInput

WEEKLY = np.array([0.0, 0.02, 0.3, 0.8, 3.1])


def poisson(*weekly: float) -> Forecast:
    """Titles whose pieces a week somebody typed."""
    count = len(weekly)
    return forecast(History(np.zeros((count, 60), np.int16))).with_demand(np.arange(count), weekly)


def shelf(on_hand, reserved=0, on_order=0, deleted=False):
    hand = np.asarray(on_hand, np.int32)

    def each(value, kind):
        return np.broadcast_to(np.asarray(value, kind), hand.shape)

    return Stock(hand, each(reserved, np.int32), each(on_order, np.int32), each(deleted, np.bool_))


def terms(**more):
    return Terms(**{"unit_cost_minor": 4000.0, "order_cost_minor": 500.0, "lead_days": 9.0, "review_days": 5.0} | more)


def test_the_reorder_point_is_the_least_that_keeps_the_promise():
    found = suggest(poisson(*WEEKLY), shelf([0] * 5), terms(service=0.95, least_a_year=0.0))
    mean = WEEKLY * 2
    assert found.reorder_at.tolist() == Odds.of(mean).least(0.95).tolist()
    np.testing.assert_allclose(found.safety, np.maximum(found.reorder_at - mean, 0))
    np.testing.assert_allclose(found.risk_before, 1 - Odds.of(mean).at_most([0] * 5), atol=1e-12)
    np.testing.assert_allclose(found.risk_after, 1 - Odds.of(mean).at_most(found.qty), atol=1e-12)


def test_ordering_begins_at_the_reorder_point_and_not_above():
    demand = poisson(0.8, 0.8, 0.8, 0.8)
    at = int(suggest(demand, shelf([0] * 4), terms()).reorder_at[0])
    found = suggest(demand, shelf([at, at + 1, at + 1, at - 1], reserved=[0, 0, 1, 0], on_order=[0, 0, 0, 2]), terms())
    assert (found.qty > 0).tolist() == [True, False, True, False]
    assert found.cap.tolist() == [Cap.NONE, Cap.ENOUGH, Cap.NONE, Cap.ENOUGH]


@pytest.mark.parametrize(
    ("weekly", "order_cost", "unit_cost", "qty"),
    [
        (1000 / 52, 50.0, 8.0, 224),  # D = 1000, S = 50, H = 2: √(2DS/H) = 223.607
        (0.3, 300.0, 4000.0, 3),  # 3.06
        (0.05, 100.0, 9000.0, 1),  # 0.48: one piece is the least
        (0.2, 200.0, 8000.0, 1),  # 1.02
    ],
)
def test_the_economic_quantity_is_whole_and_at_least_one(weekly, order_cost, unit_cost, qty):
    found = suggest(poisson(weekly), shelf([0]), terms(unit_cost_minor=unit_cost, order_cost_minor=order_cost,
                                                       lead_days=0.0, review_days=0.0, days_cap=3650.0))  # fmt: skip
    costs = [order_cost * weekly * 52 / q + unit_cost * 0.25 * q / 2 for q in range(1, 400)]
    assert found.qty.tolist() == [int(np.argmin(costs)) + 1]
    assert abs(found.qty[0] - qty) <= 1
    assert found.eoq[0] == pytest.approx((2 * weekly * 52 * order_cost / (unit_cost * 0.25)) ** 0.5)


@pytest.mark.parametrize(
    ("cap", "qty", "more"),
    [
        (Cap.NONE, 6, {}),
        (Cap.DAYS, 3, {"days_cap": 20.0}),
        (Cap.SHELF, 4, {"shelf_limit": 5}),
        (Cap.SHELF, 0, {"shelf_limit": 1}),
        (Cap.PACK, 8, {"pack": 4}),
        (Cap.PACK, 10, {"pack": 5, "days_cap": 90.0}),
        (Cap.PACK, 5, {"pack": 5, "days_cap": 60.0}),
        (Cap.PACK, 30, {"pack": 30}),
        (Cap.PACK, 0, {"pack": 500}),
        (Cap.SHELF, 4, {"pack": 4, "shelf_limit": 6}),
        (Cap.NO_COST, 3, {"unit_cost_minor": float("nan")}),
        (Cap.NO_COST, 3, {"unit_cost_minor": 0.0}),
        (Cap.TOO_SLOW, 0, {"least_a_year": 42.0}),
    ],
)
def test_which_limit_bit(cap, qty, more):
    # D = 41.6, EOQ = √(2 · 41.6 · 500 / 1000) = 6.45; on hand 1, reorder point 3 or 4.
    found = suggest(poisson(0.8), shelf([1]), terms(**{"service": 0.92} | more))
    assert found.reorder_at[0] == (0 if cap is Cap.TOO_SLOW else 3)
    assert (Cap(int(found.cap[0])), int(found.qty[0])) == (cap, qty)


def test_a_deleted_edition_is_never_ordered():
    found = suggest(poisson(3.0), shelf([-2], deleted=True), terms())
    assert (found.qty[0], found.cap[0], found.reorder_at[0]) == (0, Cap.DELETED, 0)
    assert found.risk_before[0] > 0.9, "the risk is told all the same"


def test_what_is_owed_is_ordered_on_top():
    found = suggest(poisson(0.3), shelf([-9]), terms(days_cap=7.0))
    assert found.qty[0] == found.reorder_at[0] + 10


def test_a_lead_time_that_varies_needs_more():
    demand = poisson(3.0, 3.0)
    found = suggest(demand, shelf([0, 0]), terms(lead_sd_days=[0.0, 14.0]))
    assert found.reorder_at[1] > found.reorder_at[0]
    textbook = replace(demand, method=Method.TEXTBOOK)
    plain = suggest(textbook, shelf([0, 0]), terms(lead_sd_days=[0.0, 14.0]))
    # d = 3, σ_d = √3, L = 2 weeks, σ_L = 2 weeks: SS = z·√(L·σ_d² + d²·σ_L²).
    z = float(normal_quantile(0.95))
    np.testing.assert_allclose(plain.safety, [z * 6**0.5, z * (6 + 36) ** 0.5])
    assert plain.reorder_at.tolist() == [11, 17]


def test_no_lead_time_and_no_review_need_nothing_in_hand():
    found = suggest(poisson(3.0), shelf([0]), terms(lead_days=0.0, review_days=0.0))
    assert (found.reorder_at[0], found.risk_before[0]) == (0, 0.0)
    assert found.qty[0] > 0
    textbook = replace(poisson(3.0), method=Method.TEXTBOOK)
    assert suggest(textbook, shelf([0]), terms(lead_days=0.0, review_days=0.0)).risk_before[0] == 0.0


def test_each_suggestion_says_what_was_promised_and_what_the_past_year_gave():
    h = invented(3, 1500, 130, Trade())
    demand = forecast(h, 2)
    found = suggest(demand, shelf([0] * 1500), terms(service=0.95))
    assert (found.promise == 0.95).all()
    assert found.covered[0] == pytest.approx(0.95, abs=0.01)
    untested = suggest(poisson(0.8), shelf([0]), terms())
    assert np.isnan(untested.covered[0])


number = st.floats(0, 30)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(number, min_size=1, max_size=6), st.integers(-20, 40), st.floats(0, 90), st.floats(0, 30),
    st.floats(0.01, 0.9999),
    st.floats(0.5, 1e9), st.floats(0.001, 1e6), st.integers(1, 60), st.integers(0, 40), st.floats(1, 400),
    st.sampled_from(list(Method)),
)  # fmt: skip
def test_whatever_is_typed_no_order_is_absurd(
    weekly, on_hand, lead, lead_sd, service, order_cost, unit_cost, pack, limit, days, method
):
    demand = replace(poisson(*weekly), method=method)
    stock = shelf([on_hand] * len(weekly))
    found = suggest(demand, stock, Terms(unit_cost, order_cost, lead, lead_sd, 7.0, service, 0.25, pack, limit, days))
    for each in (found.level, found.safety, found.risk_before, found.risk_after):
        assert np.isfinite(each).all()
    assert (found.qty >= 0).all()
    assert (found.qty % pack == 0).all()
    due = np.maximum(found.reorder_at + 1 - on_hand, 0)
    sells = np.maximum(np.ceil(demand.year * days / 365) - on_hand, due)
    year = np.maximum(np.ceil(demand.year), due)
    assert ((found.qty <= sells) | ((found.qty == pack) & (pack <= year))).all()
    if limit:
        assert (found.qty <= max(limit - on_hand, 0)).all()
    assert (found.risk_after <= found.risk_before + 1e-9).all()


@pytest.mark.parametrize(
    ("field", "reason", "more"),
    [
        ("service", "out_of_range", {"service": 0.0}),
        ("service", "out_of_range", {"service": 1.0}),
        ("service", "out_of_range", {"service": 1.5}),
        ("service", "missing", {"service": float("nan")}),
        ("order_cost", "not_positive", {"order_cost_minor": 0.0}),
        ("holding", "not_positive", {"holding_rate": 0.0}),
        ("unit_cost", "negative", {"unit_cost_minor": [-1.0, 5.0]}),
        ("unit_cost", "missing", {"unit_cost_minor": float("inf")}),
        ("unit_cost", "out_of_range", {"unit_cost_minor": 1e-300}),
        ("unit_cost", "out_of_range", {"unit_cost_minor": 1e300}),
        ("line_limit", "out_of_range", {"line_limit": 1e9}),
        ("lead_days", "negative", {"lead_days": -1.0}),
        ("lead_days", "out_of_range", {"lead_days": 1e6}),
        ("lead_days", "missing", {"lead_days": float("nan")}),
        ("review_days", "negative", {"review_days": -3.0}),
        ("lead_sd_days", "negative", {"lead_sd_days": -3.0}),
        ("pack", "not_positive", {"pack": 0}),
        ("days_cap", "out_of_range", {"days_cap": 0.0}),
        ("days_cap", "out_of_range", {"days_cap": 1e9}),
        ("shelf_limit", "negative", {"shelf_limit": -1}),
        ("lead_days", "lengths_differ", {"lead_days": [1.0, 2.0, 3.0]}),
    ],
)
def test_what_cannot_be_meant_is_refused(field, reason, more):
    with pytest.raises(InvalidInput) as refused:
        suggest(poisson(1.0, 2.0), shelf([0, 0]), terms(**more))
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_stock_of_another_shop_is_refused():
    with pytest.raises(InvalidInput):
        suggest(poisson(1.0, 2.0), shelf([0]), terms())


def lost_margin(demand, stock, some_terms, qty, margin):
    """The expected margin lost in lead time and review with so many pieces ordered."""
    asked = exposed(demand, some_terms.lead_days + some_terms.review_days, 0.0, some_terms.service)
    there = stock.position() + qty
    return sum(
        float(margin[title] * asked.some(np.array([title])).risk(np.array([pieces]))[0])
        for title in range(len(qty))
        for pieces in range(there[title], there[title] + 60)
    )


def test_a_budget_buys_the_greatest_fall_of_lost_margin():
    demand, stock = poisson(0.4, 0.9, 1.6), shelf([0, 0, 0])
    given_terms = terms(unit_cost_minor=np.array([3000.0, 5000.0, 4000.0]), order_cost_minor=200.0)
    margin = np.array([2000.0, 9000.0, 1500.0])
    free = suggest(demand, stock, given_terms)
    budget = 20_000
    found = within_means(free, demand, stock, given_terms, Purse(budget, margin_minor=margin))
    assert found.cost_minor.sum() <= budget < free.cost_minor.sum()
    assert (found.qty <= free.qty).all()
    assert (found.cap[found.qty < free.qty] == Cap.BUDGET).all()
    ours = lost_margin(demand, stock, given_terms, found.qty, margin)
    costs = given_terms.unit_cost_minor
    for tried in itertools.product(*(range(qty + 1) for qty in free.qty)):
        if np.array(tried) @ costs <= found.cost_minor.sum():
            assert lost_margin(demand, stock, given_terms, np.array(tried), margin) >= ours - 1e-6
    assert (found.risk_after >= free.risk_after - 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60_000), st.integers(1, 4))
def test_a_budget_is_never_passed(budget, pack):
    demand, stock = poisson(0.4, 0.9, 1.6, 3.0), shelf([0, 0, 1, -2])
    some = terms(unit_cost_minor=np.array([3000.0, 5000.0, np.nan, 0.0]), pack=pack)
    free = suggest(demand, stock, some)
    found = within_means(free, demand, stock, some, Purse(budget))
    assert found.cost_minor.sum() <= budget
    assert (found.qty % pack == 0).all()
    assert found.qty[2] == 0, "nobody knows what it costs"
    assert found.qty[3] == free.qty[3], "what costs nothing is in every budget"


def test_enough_money_changes_nothing():
    demand, stock = poisson(0.4, 0.9), shelf([0, 0])
    free = suggest(demand, stock, terms())
    found = within_means(free, demand, stock, terms(), Purse(10**9))
    np.testing.assert_array_equal(found.qty, free.qty)
    np.testing.assert_array_equal(found.cap, free.cap)


def test_an_order_below_its_suppliers_minimum_is_said_or_filled():
    demand = poisson(0.4, 0.9, 0.9, 0.9)
    stock = shelf([0, 9, 9, 0], deleted=[False, False, True, False])
    some = terms(unit_cost_minor=4000.0)
    supplier, minimum = np.array([0, 0, 0, -1]), [40_000.0]
    free = suggest(demand, stock, some)
    assert free.qty.tolist()[1:3] == [0, 0]
    said = within_means(free, demand, stock, some, Purse(supplier=supplier, minimum_minor=minimum))
    assert said.is_below_minimum.tolist() == [True, False, False, False]
    np.testing.assert_array_equal(said.qty, free.qty)
    filled = within_means(free, demand, stock, some, Purse(supplier=supplier, minimum_minor=minimum, fills_up=True))
    assert not filled.is_below_minimum.any()
    assert 40_000 <= filled.cost_minor[:3].sum() < 44_000
    assert filled.cap[1] == Cap.MINIMUM
    assert filled.qty[2] == 0, "deleted"
    assert filled.qty[3] == free.qty[3], "another supplier's"
    never = within_means(free, demand, stock, some, Purse(supplier=supplier, minimum_minor=[10**9], fills_up=True))
    assert never.is_below_minimum.tolist() == [True, False, False, False]
    np.testing.assert_array_equal(never.qty, free.qty)


def test_a_shop_without_suppliers_has_no_order_below_a_minimum():
    demand, stock = poisson(0.4, 0.9), shelf([0, 0])
    free = suggest(demand, stock, terms())
    nobodys = np.full(2, -1, np.int64)
    for fills_up in (False, True):
        found = within_means(free, demand, stock, terms(), Purse(supplier=nobodys, minimum_minor=[], fills_up=fills_up))
        assert not found.is_below_minimum.any()
        np.testing.assert_array_equal(found.qty, free.qty)


def test_a_minimum_or_budget_below_nothing_is_refused():
    demand, stock = poisson(0.4), shelf([0])
    free = suggest(demand, stock, terms())
    for purse in (Purse(-1), Purse(supplier=np.zeros(1, np.int64), minimum_minor=[-5.0]),
                  Purse(supplier=np.zeros(2, np.int64)), Purse(5, margin_minor=[1.0, 2.0])):  # fmt: skip
        with pytest.raises(InvalidInput):
            within_means(free, demand, stock, terms(), purse)


def test_why_this_number_adds_up():
    h = invented(5, 1500, 130, Trade(more=0.3))
    demand = forecast(h, 2)
    stock = shelf(np.zeros(1500), reserved=1, on_order=2)
    some = terms(lead_sd_days=3.0)
    found = suggest(demand, stock, some)
    for title in np.flatnonzero(found.qty)[:40].tolist():
        why = explain(demand, stock, some, found, title)
        assert why.holding_minor == pytest.approx(1000)
        assert why.holding_minor
        assert why.eoq == pytest.approx((2 * why.demand_year * why.order_cost_minor / why.holding_minor) ** 0.5)
        assert why.safety == pytest.approx(max(why.reorder_at - why.protected_mean, 0))
        assert why.protected_mean == pytest.approx(why.demand_week * (why.lead_weeks + why.review_weeks))
        assert why.position == why.on_hand - why.reserved + why.on_order == 1
        learned = why.learned
        assert learned is not None
        assert learned.bunched * learned.prior_shape / learned.prior_weight == pytest.approx(learned.prior_mean)
        assert learned.shape == pytest.approx(learned.prior_shape + learned.sold / learned.bunched)
        assert learned.weight == pytest.approx(learned.prior_weight + learned.seen)
        assert learned.rate == pytest.approx(learned.ahead * learned.bunched * learned.shape / learned.weight)
        assert why.demand_week == pytest.approx(learned.alive * learned.rate)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    ("weekly", "lead", "lead_sd"),
    [(9_999.0, 730.0, 365.0), (9_999.0, 0.0, 0.0), (50.0, 9.0, 365.0), (1e15, 9.0, 150.0)],
)
def test_a_demand_typed_out_of_this_world_orders_no_more_than_a_line_holds(method, weekly, lead, lead_sd):
    demand = forecast(History(np.zeros((3, 60), np.int16)), 2, method).with_demand(np.array([1]), [weekly])
    leads, spreads = np.array([9.0, lead, 9.0]), np.array([0.0, lead_sd, 0.0])
    stock, some = shelf([0] * 3), terms(lead_days=leads, lead_sd_days=spreads, service=0.999, pack=np.array([1, 12, 1]))
    found = suggest(demand, stock, some)
    assert found.qty.max() <= 9_999
    assert (found.qty[1] % 12, found.qty[0], found.qty[2]) == (0, 0, 0)
    assert ((found.risk_after >= 0) & (found.risk_after <= found.risk_before)).all()
    within = within_means(found, demand, stock, some, Purse(10_000_000))
    assert 0 < within.cost_minor.sum() <= 10_000_000


def test_a_line_never_holds_more_than_an_order_takes():
    found = suggest(poisson(6000.0), shelf([0]), terms(pack=12))
    assert (found.qty[0], found.cap[0]) == (9_996, Cap.LINE)


def test_why_of_the_textbook_and_of_a_figure_typed_by_hand():
    h = History(np.array([[1, 0, 2, 1] * 20], np.int16))
    demand = forecast(h, 2, Method.TEXTBOOK)
    some = terms(unit_cost_minor=float("nan"))
    why = explain(demand, shelf([0]), some, suggest(demand, shelf([0]), some), 0)
    assert why.z == pytest.approx(1.6448536)
    assert why.z is not None
    assert why.safety == pytest.approx(why.z * why.demand_week_sd * 2**0.5)
    assert why.protected_sd == pytest.approx(why.demand_week_sd * 2**0.5)
    assert (why.learned, why.eoq, why.holding_minor, why.covered) == (None,) * 4
    typed = poisson(0.8)
    assert explain(typed, shelf([0]), terms(), suggest(typed, shelf([0]), terms()), 0).learned is None
