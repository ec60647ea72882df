"""Wrong PINs cost waiting, more each time, never for good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.lockout import locked_until, seconds_left, wait_after

FAILED_AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (10**9, 900), (-1, 0)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures, wait):
    assert wait_after(failures) == wait


def test_locked_until():
    assert locked_until(4, FAILED_AT) is None
    assert locked_until(5, None) is None
    assert locked_until(6, FAILED_AT) == FAILED_AT + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("after_ms", "left"),
    [(0, 30), (1, 30), (29_000, 1), (29_999, 1), (30_000, 0), (90_000, 0), (-3_600_000, 30)],
)
def test_seconds_left(after_ms, left):
    assert seconds_left(5, FAILED_AT, FAILED_AT + timedelta(milliseconds=after_ms)) == left


@given(st.integers(0, 100), st.integers(-(10**9), 10**9))
def test_nobody_waits_longer_than_the_longest_whatever_the_clock_does(failures, offset):
    assert 0 <= seconds_left(failures, FAILED_AT, FAILED_AT + timedelta(seconds=offset)) <= 900
