"""Weeks packed into bytes: which week a day falls in, and that adding in any order gives the same pieces."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain import demand


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2000, 1, 3), 0),
        (date(2000, 1, 9), 0),
        (date(2000, 1, 10), 1),
        (date(2000, 1, 2), -1),
        (date(2026, 11, 16), 1402),
        (date(2026, 11, 22), 1402),
        (date(2026, 11, 23), 1403),
    ],
)
def test_a_week_begins_on_monday(day, week):
    assert demand.week_of(day) == week


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_day_lies_within_seven_days_of_its_monday(day):
    monday = demand.first_day(demand.week_of(day))
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday < timedelta(days=7)


def test_bytes_are_little_endian_whatever_the_machine():
    assert demand.add(0, b"", 5, 258) == (5, b"\x02\x01")
    assert demand.add(5, b"\x02\x01", 6, -1) == (5, b"\x02\x01\xff\xff")


def test_more_than_two_bytes_hold_stays_at_what_they_hold():
    since, packed = demand.add(7, b"", 7, 40_000)
    assert list(demand.unpack(packed)) == [demand.MOST_A_WEEK]
    assert list(demand.unpack(demand.add(since, packed, 7, -80_000)[1])) == [-32_768]


@given(st.lists(st.tuples(st.integers(1300, 1420), st.integers(-50, 200)), min_size=1, max_size=40))
def test_adding_in_any_order_keeps_every_piece(additions):
    since, packed = 0, b""
    expected: Counter[int] = Counter()
    for week, qty in additions:
        since, packed = demand.add(since, packed, week, qty)
        expected[week] += qty
    weeks = list(demand.unpack(packed))
    assert since == min(expected)
    assert since + len(weeks) - 1 == max(expected)
    assert {since + place: qty for place, qty in enumerate(weeks) if qty} == {w: q for w, q in expected.items() if q}
    assert demand.pack(demand.unpack(packed)) == packed
