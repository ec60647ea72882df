"""The shop's day: it begins at the day cut (04:00, say) of the shop's own zone, and may last 23 or 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from av_pos.errors import InvalidInput

_MINUTES_A_DAY = 24 * 60
_BETWEEN = str.maketrans(dict.fromkeys("/.／．－年月", "-"))
_DIGITS = len("20261120")


def business_day(now: datetime, zone: str, cut: time | int) -> date:
    """Give the shop's day of an aware time; `cut` is a local time or minutes after midnight.

    It always agrees with `day_bounds`. Raises InvalidInput for an unknown zone or a cut outside the day, ValueError
    for a time without zone.
    """
    place, local_cut = _zone(zone), _cut(cut)
    day = _aware(now).astimezone(place).date()
    while now < _start(day, place, local_cut):
        day -= timedelta(days=1)
    while now >= _start(day + timedelta(days=1), place, local_cut):
        day += timedelta(days=1)
    return day


def read_day(field: str, text: str) -> date | None:
    """Read a day as it is typed, 2026-11-20, 2026/11/20, 2026.11.20, 20261120 or 2026年11月20日; None for nothing.

    Raises InvalidInput on this field with reason not_a_day.
    """
    plain = text.strip().translate(_BETWEEN).removesuffix("日")
    if not plain:
        return None
    if len(plain) == _DIGITS and plain.isdecimal():
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        return date(year, month, day)
    except ValueError as error:
        raise InvalidInput(field, text, "not_a_day") from error


def day_bounds(day: date, zone: str, cut: time | int) -> tuple[datetime, datetime]:
    """Give the shop's day as two UTC times, the first inside it, the second just after; raises InvalidInput."""
    place, local_cut = _zone(zone), _cut(cut)
    return _start(day, place, local_cut), _start(day + timedelta(days=1), place, local_cut)


def local_hour(now: datetime, zone: str) -> int:
    """Give the hour (0–23) on the shop's clock; raises InvalidInput for an unknown zone."""
    return _aware(now).astimezone(_zone(zone)).hour


def _start(day: date, place: ZoneInfo, cut: time) -> datetime:
    # When the clock is set back over the cut, the earlier of the two counts; when it skips the cut, the time after.
    return datetime.combine(day, cut, place).astimezone(UTC)


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("a time without zone")
    return now


def _zone(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput("zone", zone, "unknown") from error


def _cut(cut: time | int) -> time:
    if isinstance(cut, time):
        return cut.replace(tzinfo=None, fold=0)
    if not 0 <= cut < _MINUTES_A_DAY:
        raise InvalidInput("day_cut", str(cut), "out_of_range")
    return time(*divmod(cut, 60))
