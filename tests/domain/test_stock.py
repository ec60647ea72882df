"""Cost by moving average: nothing is lost, and no pieces carry no value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.stock import (
    OnHand,
    StockReason,
    left_after,
    piece_cost,
    settle_receipt,
    take_cost,
    take_out,
    unit_cost,
)


@pytest.mark.parametrize(
    ("on_hand", "value", "qty", "last", "cost"),
    [
        pytest.param(3, 1000, 1, 0, 333, id="its share"),
        pytest.param(2, 667, 1, 0, 334, id="the odd cent goes with the first"),
        pytest.param(1, 333, 1, 0, 333, id="the last piece takes the rest"),
        pytest.param(4, 1000, 4, 0, 1000, id="all"),
        pytest.param(0, 0, 2, 350, 700, id="none on hand: what one cost last"),
        pytest.param(-3, -1050, 1, 400, 400, id="below nought"),
        pytest.param(1, 300, 3, 350, 1000, id="one on hand, two beyond"),
        pytest.param(5, 1000, 0, 200, 0, id="nothing leaves"),
        pytest.param(0, 0, 1, 0, 0, id="cost never known"),
    ],
)
def test_what_leaves_takes_its_cost_along(on_hand, value, qty, last, cost):
    assert take_cost(on_hand, value, qty, last) == cost


@pytest.mark.parametrize(
    ("on_hand", "value", "last", "qtys", "costs", "left"),
    [
        pytest.param(3, 1000, 0, (1, 1, 1), [333, 334, 333], OnHand(0, 0), id="the odd cent leaves once"),
        pytest.param(5, 1000, 0, (2, 1), [400, 200], OnHand(2, 400), id="some stay"),
        pytest.param(2, 700, 400, (1, 2), [350, 750], OnHand(-1, -400), id="the second goes below nought"),
        pytest.param(0, 0, 400, (1, 1), [400, 400], OnHand(-2, -800), id="none on hand"),
        pytest.param(1, 300, 0, (), [], OnHand(1, 300), id="nothing leaves"),
    ],
)
def test_lines_of_one_edition_take_their_shares_one_after_the_other(on_hand, value, last, qtys, costs, left):
    held, taken = OnHand(on_hand, value), []
    for qty in qtys:
        cost, held = take_out(held, qty, last)
        taken.append(cost)
    assert (taken, held) == (costs, left)


@given(st.integers(1, 200), st.integers(0, 10**8), st.lists(st.integers(1, 20), max_size=40))
def test_selling_out_leaves_no_value(on_hand, value, sales):
    for qty in [*(q for q in sales if q <= on_hand), None]:
        taken = on_hand if qty is None else min(qty, on_hand)
        cost = take_cost(on_hand, value, taken)
        assert 0 <= cost <= value
        on_hand, value = on_hand - taken, value - cost
    assert (on_hand, value) == (0, 0)


@given(st.integers(1, 1000), st.integers(0, 10**8), st.data())
def test_a_share_is_within_one_cent_of_the_average(on_hand, value, data):
    qty = data.draw(st.integers(0, on_hand))
    assert abs(take_cost(on_hand, value, qty) * on_hand - value * qty) < on_hand


@pytest.mark.parametrize(
    ("on_hand", "value", "qty", "cost", "after"),
    [
        pytest.param(2, 700, 3, 1200, (1900, 0), id="on top"),
        pytest.param(0, 0, 3, 1200, (1200, 0), id="from nought"),
        pytest.param(-1, -300, 1, 400, (0, 100), id="the hole filled: it had cost 100 more"),
        pytest.param(-1, -500, 1, 400, (0, -100), id="the hole filled: it had cost 100 less"),
        pytest.param(-1, -300, 3, 1200, (800, 100), id="the hole and two more"),
        pytest.param(-3, -900, 1, 400, (-600, 100), id="part of the hole"),
        pytest.param(-3, -900, 0, 0, (-900, 0), id="nothing came"),
    ],
)
def test_goods_that_come_in_below_nought_put_the_guess_right(on_hand, value, qty, cost, after):
    assert settle_receipt(on_hand, value, qty, cost) == after


@given(
    st.integers(0, 10**5),
    st.lists(st.tuples(st.booleans(), st.integers(1, 9), st.integers(0, 10**5)), max_size=40),
)
def test_money_put_in_is_cost_sold_plus_value_left_plus_corrections(last, moves):
    on_hand = value = paid = sold = corrected = 0
    for comes, qty, cost in moves:
        if comes:
            value, correction = settle_receipt(on_hand, value, qty, cost)
            paid, corrected, on_hand = paid + cost, corrected + correction, on_hand + qty
        else:
            taken = take_cost(on_hand, value, qty, last)
            value, sold, on_hand = value - taken, sold + taken, on_hand - qty
        assert paid == sold + value + corrected
        assert value == 0 if on_hand == 0 else value * on_hand >= 0


def test_the_cost_of_one_piece():
    assert unit_cost(3, 1000) == 333
    assert unit_cost(0, 0, 450) == 450


@pytest.mark.parametrize("operation", [lambda: take_cost(1, 1, -1), lambda: settle_receipt(1, 1, -1, 1)])
def test_pieces_are_counted_upwards(operation):
    with pytest.raises(ValueError):
        operation()


def test_the_ledgers_words_stay_what_is_stored():
    assert {reason.value for reason in StockReason} == {
        "opening",
        "sale",
        "void",
        "return",
        "receipt",
        "supplier_return",
        "stocktake",
        "damage",
        "loss",
        "sample",
        "transfer",
        "buy_in",
        "rental_out",
        "rental_in",
        "reservation",
    }


@pytest.mark.parametrize(("leaving", "left"), [((), 2), ((1, 1), 0), ((1, 3), -2)])
def test_what_stays_is_what_was_there_less_all_that_leaves(leaving, left):
    assert left_after(2, leaving) == left


@pytest.mark.parametrize(("cost", "qty", "each"), [(1000, 1, 1000), (1000, 3, 333), (2, 3, 0)])
def test_the_last_cost_is_rounded_down(cost, qty, each):
    assert piece_cost(cost, qty) == each
