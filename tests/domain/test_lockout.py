"""Wrong PINs cost waiting, more each time, never for good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.lockout import LONGEST_WAIT_S, locked_until, seconds_left, wait_after

FAILED_AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (10**9, 900), (-1, 0)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures, wait):
    assert wait_after(failures) == wait


def test_locked_until():
    assert locked_until(4, FAILED_AT) is None
    assert locked_until(6, FAILED_AT) == FAILED_AT + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("after_ms", "left"),
    [
        pytest.param(0, 30, id="at once"),
        pytest.param(1, 30, id="a second begun is whole"),
        pytest.param(29_000, 1, id="the last second"),
        pytest.param(29_999, 1, id="its end"),
        pytest.param(30_000, 0, id="over"),
        pytest.param(90_000, 0, id="long over"),
        pytest.param(-1, 0, id="clock set back"),
        pytest.param(-3_600_000, 0, id="clock set back by an hour"),
    ],
)
def test_seconds_left(after_ms, left):
    now = FAILED_AT + timedelta(milliseconds=after_ms)
    assert seconds_left(5, locked_until(5, FAILED_AT), now) == left


def test_whoever_is_not_locked_out_does_not_wait():
    assert seconds_left(5, None, FAILED_AT) == 0
    assert seconds_left(4, FAILED_AT + timedelta(seconds=1), FAILED_AT) == 0


@given(st.integers(-100, 100), st.integers(-(10**9), 10**9))
def test_nobody_waits_longer_than_the_longest_whatever_the_clock_does(failures, offset):
    until = locked_until(failures, FAILED_AT)
    left = seconds_left(failures, until, FAILED_AT + timedelta(seconds=offset))
    assert 0 <= left <= wait_after(failures) <= LONGEST_WAIT_S
