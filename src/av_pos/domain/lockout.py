"""How long somebody waits after wrong PINs: 30 s after five, then doubling to 15 minutes, never for good."""

from datetime import datetime, timedelta

FREE_FAILURES = 5
"""At this many failures in a row the first wait begins."""
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 900


def wait_after(failures: int) -> int:
    """Give the wait in seconds after so many failures in a row."""
    if failures < FREE_FAILURES:
        return 0
    doublings = min(failures - FREE_FAILURES, LONGEST_WAIT_S.bit_length())
    return min(FIRST_WAIT_S << doublings, LONGEST_WAIT_S)


def locked_until(failures: int, last_failed_at: datetime | None) -> datetime | None:
    """Give when the next try is taken, or None if it is taken at once."""
    wait = wait_after(failures)
    if not wait or last_failed_at is None:
        return None
    return last_failed_at + timedelta(seconds=wait)


def seconds_left(failures: int, last_failed_at: datetime | None, now: datetime) -> int:
    """Give the whole seconds still to wait; a clock set back never makes it longer than the wait itself."""
    until = locked_until(failures, last_failed_at)
    if until is None or now >= until:
        return 0
    left = -((now - until) // timedelta(seconds=1))
    return min(left, wait_after(failures))
