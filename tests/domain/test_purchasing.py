"""What pieces cost on the shelf, what a price leaves, what is still to come, how long a supplier takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.purchasing import (
    RATE_ONE,
    BoxLine,
    Exchange,
    Landed,
    below_minimum,
    budgeted_qty,
    fill,
    landed_costs,
    landed_each,
    lead_time,
    margin,
    open_qty,
    packed_qty,
)

OWN = Exchange(RATE_ONE, 2, 2)
EURO = Exchange(7_812_500, 2, 2)  # one euro is 7.8125 yuan
YEN = Exchange(48_000, 0, 2)  # one yen is 0.048 yuan

LINES = st.lists(
    st.builds(BoxLine, st.integers(0, 50), st.integers(0, 5), st.integers(0, 50_000)), min_size=1, max_size=30
)
RATES = st.builds(Exchange, st.integers(1, 20_000_000), st.sampled_from((0, 2, 3)), st.sampled_from((0, 2, 3)))


@pytest.mark.parametrize(
    ("exchange", "minor", "expected"),
    [
        (OWN, 1234, 1234),
        (EURO, 1000, 7813),  # 78.125 yuan, the half up
        (YEN, 2800, 13440),  # 2,800 yen are 134.40 yuan
        (Exchange(20_833_333, 2, 0), 4800, 1000),  # 48 yuan in a shop that reckons in yen
        (OWN, 0, 0),
    ],
)
def test_amounts_are_exchanged_between_currencies_of_any_digits(exchange: Exchange, minor: int, expected: int):
    assert exchange.to_shop(minor) == expected


def test_a_rate_of_nothing_exchanges_nothing():
    with pytest.raises(ValueError, match="above nothing"):
        Exchange(0, 2, 2).to_shop(1)


def test_carriage_is_spread_by_value_to_the_last_cent():
    lines = (BoxLine(1, 0, 1000), BoxLine(2, 0, 1000), BoxLine(1, 0, 0))
    assert landed_costs(lines, OWN, 100) == (Landed(1033, 0), Landed(2067, 0), Landed(0, 0))


def test_carriage_of_free_samples_is_spread_by_pieces():
    assert landed_costs((BoxLine(3, 0, 0), BoxLine(1, 0, 0)), OWN, 400) == (Landed(300, 0), Landed(100, 0))


def test_damaged_pieces_carry_their_share_unless_they_go_back():
    line = (BoxLine(3, 1, 1000),)
    assert landed_costs(line, OWN, 400) == (Landed(3300, 1100),)
    assert landed_costs(line, OWN, 400, damaged_back=True) == (Landed(3400, 0),)
    assert landed_costs((BoxLine(0, 2, 1000),), OWN, 400, damaged_back=True) == (Landed(0, 0),)


@given(LINES, RATES, st.integers(0, 100_000), st.booleans())
def test_the_lines_add_up_to_what_is_paid(lines: list[BoxLine], exchange: Exchange, carriage: int, back: bool):
    landed = landed_costs(lines, exchange, carriage, damaged_back=back)
    pieces = sum(line.qty + (0 if back else line.damaged_qty) for line in lines)
    value = sum((line.qty + (0 if back else line.damaged_qty)) * line.cost_minor for line in lines)
    paid = exchange.to_shop(value) + carriage if pieces else 0
    assert sum(each.good_minor + each.damaged_minor for each in landed) == paid
    for line, each in zip(lines, landed, strict=True):
        assert min(each.good_minor, each.damaged_minor) >= 0
        assert line.qty or not each.good_minor
        assert not (back and each.damaged_minor)


def test_a_piece_in_a_box_that_is_still_scanned_bears_its_share_of_the_carriage():
    assert landed_each(1000, OWN, 400, 4000) == 1100
    assert landed_each(1000, OWN, 400, 0) == 1000


@pytest.mark.parametrize(
    ("price", "cost", "tax", "included", "expected"),
    [
        (10900, 6000, 900, True, (10000, 4000, 4000)),
        (10000, 6000, 900, False, (10000, 4000, 4000)),
        (5450, 6000, 900, True, (5000, -1000, -2000)),
        (0, 6000, 900, True, (0, -6000, None)),
    ],
)
def test_a_margin_is_what_the_price_leaves_without_its_tax(price, cost, tax, included, expected):
    found = margin(price, cost, tax, prices_include_tax=included)
    assert (found.net_minor, found.profit_minor, found.margin_bp) == expected


@pytest.mark.parametrize(("qty", "pack", "packed"), [(1, 1, 1), (1, 5, 5), (5, 5, 5), (6, 5, 10), (7, 0, 7)])
def test_pieces_are_rounded_up_to_packs(qty: int, pack: int, packed: int):
    assert packed_qty(qty, pack) == packed


def test_what_is_still_to_come_is_never_below_nothing():
    assert [open_qty(5, 2, 1), open_qty(5, 5, 0), open_qty(5, 9, 0)] == [2, 0, 0]
    assert [budgeted_qty(5, 2, 1, is_of_period=of_it) for of_it in (True, False)] == [4, 2]
    assert [below_minimum(900, 1000), below_minimum(1000, 1000), below_minimum(0, 0)] == [100, 0, 0]


@given(st.integers(0, 100), st.lists(st.integers(0, 30), max_size=8))
def test_what_came_fills_the_oldest_lines_first(qty: int, wanted: list[int]):
    taken = fill(qty, wanted)
    assert sum(taken) == min(qty, sum(wanted))
    for place, (take, want) in enumerate(zip(taken, wanted, strict=True)):
        assert 0 <= take <= want
        assert take == want or not any(taken[place + 1 :])


def test_two_deliveries_say_nothing_of_the_lead_time():
    assert lead_time([(10, 5), (12, 5)]) is None
    assert lead_time([(10, 5), (12, 5), (14, 0)]) is None


def test_deliveries_of_the_same_size_have_the_usual_mean_and_deviation():
    found = lead_time([(10, 4), (12, 4), (14, 4)])
    assert found is not None
    assert (found.mean_days, found.deliveries_qty) == (12, 3)
    assert found.sd_days == pytest.approx(2)


def test_a_late_disc_weighs_less_than_a_box():
    found = lead_time([(10, 98), (10, 1), (40, 1)])
    assert found is not None
    assert found.mean_days == pytest.approx(10.3)


@given(st.lists(st.tuples(st.integers(-3, 400), st.integers(0, 500)), max_size=12))
def test_a_lead_time_lies_between_the_quickest_and_the_slowest(deliveries: list[tuple[int, int]]):
    found = lead_time(deliveries)
    if found is not None:
        days = [max(0, days) for days, pieces in deliveries if pieces]
        assert min(days) - 1e-9 <= found.mean_days <= max(days) + 1e-9
        assert 0 <= found.sd_days <= 400
