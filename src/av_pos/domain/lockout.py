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


def locked_until(failures: int, failed_at: datetime) -> datetime | None:
    """Give when the next try is taken, or None if it is taken at once."""
    wait = wait_after(failures)
    return failed_at + timedelta(seconds=wait) if wait else None


def seconds_left(failures: int, until: datetime | None, now: datetime) -> int:
    """Give the whole seconds still to wait until then, the last one begun counted whole; 0 is no wait.

    More than the wait itself means that the clock was set back; nobody is locked out for years by that.
    """
    left = until - now if until else timedelta(0)
    if not timedelta(0) < left <= timedelta(seconds=wait_after(failures)):
        return 0
    return -(-left // timedelta(seconds=1))
