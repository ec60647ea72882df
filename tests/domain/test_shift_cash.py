"""What should be in the drawer, what was counted, and who has to explain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.money import denominations
from av_pos.domain.shift_cash import cash_difference, count_total, expected_cash, needs_reason
from av_pos.domain.shift_report import CountLine
from av_pos.errors import InvalidInput


def test_a_days_drawer():
    expected = expected_cash(
        500_00, taken_minor=243_00, refunded_minor=45_00, paid_in_minor=100_00, paid_out_minor=30_00
    )
    assert expected == 768_00


def test_a_drawer_without_trade_holds_its_float():
    assert expected_cash(500_00) == 500_00


def test_a_count_by_note_and_coin():
    assert count_total([CountLine(100_00, 3), CountLine(5_00, 2), CountLine(10, 7), CountLine(50, 0)]) == 310_70
    assert count_total([]) == 0


@given(st.lists(st.integers(0, 500), min_size=8, max_size=8))
def test_a_count_adds_up(numbers):
    worths = denominations("CNY")
    lines = [CountLine(worth, qty) for worth, qty in zip(worths, numbers, strict=True)]
    assert count_total(lines) == sum(worth * qty for worth, qty in zip(worths, numbers, strict=True))


@pytest.mark.parametrize("line", [CountLine(100, -1), CountLine(-100, 1)])
def test_nobody_counts_less_than_nothing(line):
    with pytest.raises(InvalidInput) as refused:
        count_total([CountLine(100, 5), line])
    assert (refused.value.field, refused.value.reason) == ("count", "negative")


@pytest.mark.parametrize(
    ("counted", "difference", "asked"),
    [(768_00, 0, False), (773_00, 5_00, False), (763_00, -5_00, False), (773_01, 5_01, True), (762_99, -5_01, True)],
)
def test_a_difference_above_the_limit_wants_a_reason(counted, difference, asked):
    found = cash_difference(counted, 768_00)
    assert found == difference
    assert needs_reason(found, 5_00) == asked
