"""The past year again under other orders: counted by hand where it is short, in balance where it is long."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics import slow_movers

from av_pos.analytics.history import History
from av_pos.analytics.past_year import Past, Way, had_followed, lived
from av_pos.analytics.reorder import Stock, Terms
from av_pos.errors import InvalidInput

TERMS = Terms(unit_cost_minor=1000.0, order_cost_minor=300.0, lead_days=7.0, holding_rate=0.26)


def past(rows, start, **more):
    history = History(np.array(rows, np.int16), on_sale=np.full(len(rows), 500))
    return Past(history, np.array(start), more.pop("terms", TERMS), **{"weeks": 5} | more)


def one_then_none(week, stock):
    return np.where(week == 0, 4, 0) + np.zeros(len(stock.on_hand), np.int64)


def test_five_weeks_by_hand():
    # Three there; ordered at the end of the first week, four come after a week in between.
    trade = lived(past([[0] * 5 + [2, 2, 1, 3, 0]], [3], margin_minor=[700.0]), one_then_none)
    assert trade is not None
    assert trade.stock_qty.tolist() == [1, 0, 3, 0, 0]
    assert trade.lost_qty.tolist() == [0, 1, 0, 0, 0]
    assert (trade.sold, trade.lost, trade.lines, trade.ordered) == (7, 1, 1, 4)
    assert trade.fill == pytest.approx(7 / 8)
    assert trade.lost_minor == 700.0
    # Between begin and end of each week: (3+1)/2, (1+0)/2, (4+3)/2, (3+0)/2, 0.
    assert trade.average_stock == pytest.approx((2 + 0.5 + 3.5 + 1.5) / 5)
    assert trade.cost_minor == pytest.approx(1500 * 1000 / 1000 * 0.26 * 5 / 52 + 300)


def test_what_really_came_in_is_taken_in_its_week():
    trade = lived(past([[0] * 5 + [2, 2, 1, 3, 0]], [0], received=np.array([[2, 0, 5, 0, 0]])), None)
    assert trade is not None
    assert trade.lost_qty.tolist() == [0, 2, 0, 0, 0]
    assert (trade.stock_qty[-1], trade.lines, trade.ordered) == (1, 2, 7)


def test_minimum_and_maximum_order_up_to_the_maximum():
    tried = past([[1] * 10], [2], low=np.array([1]), high=np.array([4]), terms=TERMS)
    found = had_followed(tried)
    assert found is not None
    # 2 → 1, order 3 → 0 → 3 − 1 = 2 → 1, order 3 → 0.
    assert found.trades[Way.MIN_MAX].stock_qty.tolist() == [1, 0, 2, 1, 0]


def test_the_average_is_taken_of_what_had_passed():
    # Nothing sold before: nothing ordered, though it sells from now on, until the average sees it.
    trade = had_followed(past([[0] * 13 + [13] * 13], [0], weeks=13))
    assert trade is not None
    average = trade.trades[Way.AVERAGE]
    assert average.lost_qty[:2].tolist() == [13, 13]
    assert average.lost_qty[-1] < 3


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(0, 40))
def test_pieces_are_neither_made_nor_lost(seed, lead):
    rng = np.random.default_rng(seed)
    rows, start = rng.poisson(1.5, (4, 20)), rng.integers(0, 9, 4)
    tried = past(rows, start, weeks=10, terms=Terms(1000.0, 300.0, lead))
    on_order = 0

    def order(_week: int, stock: Stock) -> np.ndarray:
        nonlocal on_order
        qty = rng.integers(0, 3, 4)
        on_order = int(stock.on_order.sum() + qty.sum())
        return qty

    trade = lived(tried, order)
    assert trade is not None
    assert trade.sold + trade.lost == rows[:, 10:].sum()
    assert start.sum() + trade.ordered == trade.sold + trade.stock_qty[-1] + on_order


def test_following_the_suggestions_loses_less_than_the_average():
    h = slow_movers.invented(6, 800, 156, slow_movers.Trade())
    steps = []
    found = had_followed(Past(h, np.ones(800, np.int64), TERMS, received=h.counts[:, -52:]),
                         tell=lambda done, of: steps.append((done, of)))  # fmt: skip
    assert found is not None
    assert set(found.trades) == set(Way)
    assert found.trades[Way.FOLLOWED].lost < found.trades[Way.AVERAGE].lost / 2
    assert found.trades[Way.FOLLOWED].fill > 0.9
    assert steps == [(number, 208) for number in range(1, 209)]
    assert found.titles + found.left_out == 800
    assert found.left_out == (h.until(104).ages() == 0).sum() > 0


def test_no_way_knows_what_has_not_passed():
    h = slow_movers.invented(6, 60, 60, slow_movers.Trade(mean=1.0))
    told = h.counts.copy()
    told[:, -1] = 50
    plain, other = (
        had_followed(Past(History(counts, on_sale=h.on_sale), np.ones(60, np.int64), TERMS, weeks=20))
        for counts in (h.counts, told)
    )
    assert plain is not None
    assert other is not None
    for way in plain.trades:
        np.testing.assert_array_equal(plain.trades[way].stock_qty[:-1], other.trades[way].stock_qty[:-1])


def test_it_can_be_stopped():
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 7

    assert had_followed(past([[1] * 20], [2], weeks=10), stop=stop) is None
    assert len(asked) == 8


@pytest.mark.parametrize(
    ("field", "more"),
    [("weeks", {"weeks": 11}), ("weeks", {"weeks": 0}), ("low", {"low": np.zeros(2)}),
     ("received", {"received": np.zeros((1, 4), np.int16)}), ("margin", {"margin_minor": [1.0, 2.0]})],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(field, more):
    with pytest.raises(InvalidInput) as refused:
        had_followed(past([[1] * 20], [2], **more))
    assert refused.value.field == field


def test_without_demand_nothing_is_lost():
    found = had_followed(past([[0] * 20], [2], weeks=10))
    assert found is not None
    assert [trade.fill for trade in found.trades.values()] == [1.0] * 3
    assert np.isnan(found.trades[Way.FOLLOWED].lost_minor)
