"""The shop's day begins at the cut of its own clock, also when the clock is set forward or back."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.days import business_day, day_bounds, local_hour, read_day
from av_pos.errors import InvalidInput

ZONES = [
    "Asia/Shanghai",
    "Europe/London",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/St_Johns",
]
CUTS = st.integers(0, 1439) | st.sampled_from([60, 90, 120, 150, 240])


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        (datetime(2026, 11, 20, 6, 32, tzinfo=UTC), "Asia/Shanghai", date(2026, 11, 20)),
        (datetime(2026, 11, 19, 19, 59, 59, 999999, tzinfo=UTC), "Asia/Shanghai", date(2026, 11, 19)),
        (datetime(2026, 11, 19, 20, 0, tzinfo=UTC), "Asia/Shanghai", date(2026, 11, 20)),
        (datetime(2026, 11, 21, 0, 30, tzinfo=timezone(timedelta(hours=8))), "Asia/Shanghai", date(2026, 11, 20)),
        (datetime(2026, 1, 1, 8, 0, tzinfo=UTC), "America/New_York", date(2025, 12, 31)),
        (datetime(2026, 1, 1, 9, 0, tzinfo=UTC), "America/New_York", date(2026, 1, 1)),
    ],
)
def test_late_sales_belong_to_the_evening_before(now, zone, day):
    assert business_day(now, zone, time(4)) == day
    assert business_day(now, zone, 240) == day


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 7), 23), (date(2026, 10, 31), 25), (date(2026, 6, 1), 24)],
)
def test_a_day_lasts_as_long_as_the_clock_says(day, hours):
    first, after = day_bounds(day, "America/New_York", time(4))
    assert after - first == timedelta(hours=hours)


def test_bounds_are_utc():
    first, after = day_bounds(date(2026, 11, 20), "Asia/Shanghai", time(4))
    assert first.isoformat() == "2026-11-19T20:00:00+00:00"
    assert after.isoformat() == "2026-11-20T20:00:00+00:00"


def test_a_cut_that_the_clock_skips_is_where_it_goes_on():
    first, _ = day_bounds(date(2026, 3, 8), "America/New_York", time(2, 30))
    assert first == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_stays_in_one_day():
    cut = time(1, 30)
    first, again = datetime(2026, 11, 1, 5, 40, tzinfo=UTC), datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    assert [business_day(now, "America/New_York", cut) for now in (first, again)] == [date(2026, 11, 1)] * 2


def test_an_evening_that_comes_back_after_midnight_stays_in_the_new_day():
    clock_set_back_to_2301 = datetime(2010, 11, 7, 2, 31, tzinfo=UTC)
    assert local_hour(clock_set_back_to_2301, "America/St_Johns") == 23
    assert business_day(clock_set_back_to_2301, "America/St_Johns", time(0)) == date(2010, 11, 7)


@given(st.integers(631_152_000, 2_208_988_800), st.sampled_from(ZONES), CUTS)
def test_each_moment_lies_within_its_day(seconds, zone, cut):
    now = datetime.fromtimestamp(seconds, UTC)
    first, after = day_bounds(business_day(now, zone, cut), zone, cut)
    assert first <= now < after


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.sampled_from(ZONES), CUTS)
def test_days_follow_without_a_gap(day, zone, cut):
    assert day_bounds(day, zone, cut)[1] == day_bounds(day + timedelta(days=1), zone, cut)[0]


def test_a_date_that_a_country_left_out_has_no_moment():
    first, after = day_bounds(date(2011, 12, 30), "Pacific/Apia", time(4))
    assert first == after
    assert business_day(first, "Pacific/Apia", time(4)) == date(2011, 12, 31)


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Shanghai", 22), ("Europe/London", 14), ("Asia/Kathmandu", 20)])
def test_the_hour_on_the_shops_clock(zone, hour):
    assert local_hour(datetime(2026, 11, 20, 14, 32, tzinfo=UTC), zone) == hour


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Asia", "北京"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(InvalidInput) as refused:
        local_hour(datetime(2026, 1, 1, tzinfo=UTC), zone)
    assert (refused.value.field, refused.value.reason) == ("zone", "unknown")


@pytest.mark.parametrize("cut", [-1, 1440])
def test_a_cut_outside_the_day_is_refused(cut):
    with pytest.raises(InvalidInput):
        day_bounds(date(2026, 1, 1), "Asia/Shanghai", cut)


def test_a_time_without_zone_is_a_mistake():
    with pytest.raises(ValueError):
        business_day(datetime(2026, 1, 1), "Asia/Shanghai", 240)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("", None),
        ("  ", None),
        ("2026-11-20", date(2026, 11, 20)),
        (" 2026/2/3 ", date(2026, 2, 3)),
        ("2026.11.20", date(2026, 11, 20)),
        ("19900520", date(1990, 5, 20)),
        ("1990年5月20日", date(1990, 5, 20)),
        ("１９９０／５／２０", date(1990, 5, 20)),
    ],
)
def test_a_day_is_read_as_it_is_typed(typed, day):
    assert read_day("birthday", typed) == day


@pytest.mark.parametrize("typed", ["soon", "2026-02-30", "20.11.2026", "2026-11", "2026-11-20-1", "19901320", "199052"])
def test_what_is_no_day_is_told_at_its_field(typed):
    with pytest.raises(InvalidInput) as refused:
        read_day("first_on", typed)
    assert (refused.value.field, refused.value.value, refused.value.reason) == ("first_on", typed, "not_a_day")
