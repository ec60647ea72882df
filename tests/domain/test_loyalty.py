"""Levels follow what was really paid, and what is taken back leaves no trace."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.loyalty import (
    Level,
    LevelChange,
    LevelReason,
    LevelStanding,
    check_levels,
    days_after,
    has_birthday,
    last_day,
    level_for,
    level_standing,
    next_level,
    review_level,
    spend_in_period,
)
from av_pos.errors import InvalidInput

BASIC = Level("basic", "Member", "普通会员", 0)
SILVER = Level("silver", "Silver", "银卡", 1000, 500, 12_000)
GOLD = Level("gold", "Gold", "金卡", 3000, 1000, 15_000)
LEVELS = (GOLD, BASIC, SILVER)
DAY = date(2026, 1, 1)
PERIOD = 100


def on(number: int) -> date:
    """The day so many days after the first."""
    return DAY + timedelta(days=number)


def standing(rows, today, **more):
    now = level_standing([(on(day), minor) for day, minor in rows], LEVELS, on(today), PERIOD, **more)
    return now.key, (now.until_on - DAY).days if now.until_on else None


@pytest.mark.parametrize(
    ("spend", "key"),
    [(-500, "basic"), (0, "basic"), (999, "basic"), (1000, "silver"), (2999, "silver"), (3000, "gold"), (9**9, "gold")],
)
def test_a_level_is_reached_at_its_threshold(spend, key):
    reached = level_for(spend, LEVELS)
    assert reached is not None
    assert reached.key == key


def test_below_the_first_threshold_there_is_no_level():
    assert level_for(999, (SILVER, GOLD)) is None
    assert level_for(999, ()) is None


@pytest.mark.parametrize(
    ("levels", "field", "reason"),
    [
        ((Level("", "A", "甲", 0),), "level", "empty"),
        ((BASIC, Level("basic", "A", "甲", 1)), "level", "taken"),
        ((BASIC, Level("b", "A", "甲", 0)), "threshold", "taken"),
        ((Level("b", "A", "甲", -1),), "threshold", "negative"),
        ((Level("b", "A", "甲", 1, 10_001),), "discount", "out_of_range"),
        ((Level("b", "A", "甲", 1, -1),), "discount", "out_of_range"),
        ((Level("b", "A", "甲", 1, 0, -1),), "points_factor", "negative"),
    ],
)
def test_levels_that_cannot_be_told_apart_are_refused(levels, field, reason):
    with pytest.raises(InvalidInput) as refused:
        check_levels(levels)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_usual_levels_are_taken():
    check_levels(LEVELS)
    check_levels(())


@pytest.mark.parametrize(
    ("rows", "today", "spend"),
    [
        pytest.param([], 0, 0, id="nothing bought"),
        pytest.param([(0, 500), (0, 300)], 0, 800, id="the same day"),
        pytest.param([(0, 500)], 99, 500, id="the last day that it counts"),
        pytest.param([(0, 500)], 100, 0, id="left the period"),
        pytest.param([(0, 500), (0, -200), (50, 100)], 99, 400, id="a return stands on the day of its sale"),
        pytest.param([(0, 500), (0, -200), (50, 100)], 100, 100, id="and leaves with it"),
        pytest.param([(5, 500)], 4, 0, id="dated after today"),
    ],
)
def test_spending_in_the_period(rows, today, spend):
    assert spend_in_period([(on(day), minor) for day, minor in rows], on(today), PERIOD) == spend


@pytest.mark.parametrize(
    ("rows", "today", "held"),
    [
        pytest.param([], 0, ("basic", None), id="nothing bought"),
        pytest.param([(0, 999)], 0, ("basic", None), id="a cent short"),
        pytest.param([(0, 999), (0, 1)], 0, ("silver", 100), id="up at once"),
        pytest.param([(0, 600), (40, 400)], 40, ("silver", 140), id="two purchases"),
        pytest.param([(0, 600), (100, 400)], 100, ("basic", None), id="never both in one period"),
        pytest.param([(0, 3000)], 0, ("gold", 100), id="two levels at once"),
        pytest.param([(0, 1000), (30, 2000)], 30, ("gold", 130), id="one after the other"),
        pytest.param([(0, 1000), (30, 500)], 30, ("silver", 100), id="buying on does not move the last day"),
        pytest.param([(0, 3000)], 100, ("gold", 100), id="kept to its last day"),
        pytest.param([(0, 3000)], 101, ("basic", None), id="down after it"),
        pytest.param([(0, 3000), (100, 1000)], 101, ("silver", 200), id="down to what the period gives"),
        pytest.param([(0, 3000), (60, 3000)], 101, ("gold", 200), id="confirmed"),
        pytest.param([(0, 3000), (60, 3000)], 201, ("basic", None), id="confirmed once"),
        pytest.param([(0, 3000), (60, 1000)], 201, ("basic", None), id="down twice"),
        pytest.param([(0, 3000), (150, 3000)], 150, ("gold", 250), id="lost and reached anew"),
        pytest.param([(0, 3000)], 20_000, ("basic", None), id="asked many years later"),
        pytest.param([(0, 3000)], -1, ("gold", 100), id="clock set back before the purchase"),
        pytest.param([(0, 1000), (150, 9)], 50, ("basic", None), id="clock set back: what a later day ended is ended"),
        pytest.param([(0, 1000), (150, 9), (150, -9)], 50, ("silver", 100), id="unless that day is as if it never was"),
        pytest.param([(0, 3000), (0, -1)], 0, ("silver", 100), id="a cent returned"),
        pytest.param([(0, 3000), (0, -3000)], 0, ("basic", None), id="all returned"),
        pytest.param([(0, 3000), (9, 3000), (0, -3000)], 9, ("gold", 109), id="reached by the later purchase instead"),
    ],
)
def test_up_at_once_and_down_at_the_periods_end(rows, today, held):
    assert standing(rows, today) == held


def test_without_a_level_for_nothing_one_falls_to_none():
    rows = [(DAY, 1000)]
    assert level_standing(rows, (SILVER, GOLD), on(100), PERIOD).key == "silver"
    assert level_standing(rows, (SILVER, GOLD), on(101), PERIOD) == LevelStanding("", None, on(100), 0)
    assert level_standing(rows, (), on(0), PERIOD) == LevelStanding()


def test_a_level_given_by_hand_is_taken_as_it_is():
    given_by_hand = LevelStanding("gold", on(60), on(10))
    assert standing([(0, 5)], 60, start=given_by_hand) == ("gold", 60)
    assert standing([(0, 5)], 61, start=given_by_hand) == ("basic", None)
    assert standing([(0, 3000)], 61, start=given_by_hand) == ("gold", 160), "days before it count, they do not decide"
    assert standing([(0, 5)], 61, start=LevelStanding("friend", None, on(10))) == ("friend", None)
    for day in (10, 20):
        bought = [(0, 5), (day, 1000)]
        assert standing(bought, 61, start=LevelStanding("friend", None, on(10))) == ("silver", day + PERIOD)


def test_a_period_lasts_a_day_or_longer():
    with pytest.raises(ValueError):
        spend_in_period([], DAY, 0)


def review(held, rows, today):
    return review_level(held, [(on(day), minor) for day, minor in rows], LEVELS, on(today), PERIOD)


@pytest.mark.parametrize(
    ("held", "rows", "today", "change"),
    [
        pytest.param(LevelStanding("basic"), [(0, 10)], 0, None, id="nothing to write"),
        pytest.param(
            LevelStanding("basic"),
            [(0, 1000)],
            0,
            LevelChange("basic", "silver", 1000, on(100), LevelReason.REACHED),
            id="reached",
        ),
        pytest.param(
            LevelStanding(), [], 0, LevelChange("", "basic", 0, None, LevelReason.REACHED), id="a new member's first"
        ),
        pytest.param(
            LevelStanding("gold", on(100), on(0)),
            [(0, 3000), (0, -3000)],
            9,
            LevelChange("gold", "basic", 0, None, LevelReason.RETURNED),
            id="returned",
        ),
        pytest.param(
            LevelStanding("gold", on(100), on(0)),
            [(0, 3000), (7, 1500), (0, -2000)],
            9,
            LevelChange("gold", "silver", 2500, on(100), LevelReason.RETURNED),
            id="returned in part",
        ),
        pytest.param(
            LevelStanding("silver", on(100), on(0)),
            [(0, 1000), (7, 1000), (0, -1000)],
            9,
            LevelChange("silver", "silver", 1000, on(107), LevelReason.RETURNED),
            id="returned: reached by the later purchase",
        ),
        pytest.param(
            LevelStanding("gold", on(100), on(0)),
            [(0, 3000), (0, -3000), (60, 500)],
            100,
            LevelChange("gold", "basic", 500, None, LevelReason.RETURNED),
            id="returned on its last day",
        ),
        pytest.param(
            LevelStanding("gold", on(100), on(0)),
            [(0, 3000), (60, 1200)],
            101,
            LevelChange("gold", "silver", 1200, on(200), LevelReason.ENDED),
            id="ended",
        ),
        pytest.param(
            LevelStanding("gold", on(100), on(0)),
            [(0, 3000), (60, 3000)],
            101,
            LevelChange("gold", "gold", 3000, on(200), LevelReason.CONFIRMED),
            id="confirmed",
        ),
        pytest.param(
            LevelStanding("basic", None, on(101)),
            [(0, 3000)],
            50,
            None,
            id="ended stays ended when the clock goes back",
        ),
        pytest.param(
            LevelStanding("gone", on(100), on(0)),
            [(0, 10)],
            0,
            LevelChange("gone", "basic", 0, None, LevelReason.REACHED),
            id="a level that the shop has no more",
        ),
    ],
)
def test_what_has_to_be_written_about_a_level(held, rows, today, change):
    assert review(held, rows, today) == change


PURCHASES = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 4000)), max_size=12)


@given(PURCHASES, st.integers(0, 600))
def test_asked_every_day_or_only_once_a_member_holds_the_same_level(rows, today):
    held = LevelStanding("basic")
    for day in range(today + 1):
        bought = [row for row in rows if row[0] <= day]
        spend = spend_in_period([(on(d), minor) for d, minor in bought], on(day), PERIOD)
        change = review(held, bought, day)
        if change:
            held = LevelStanding(change.to_key, change.until_on, on(day))
        reached = level_for(spend, LEVELS)
        assert reached is not None
        held_level = next(level for level in LEVELS if level.key == held.key)
        assert held_level.threshold_minor >= reached.threshold_minor, "up at once"
        assert held.until_on is None or on(day) <= held.until_on <= on(day + PERIOD)
    assert (held.key, held.until_on) == _by_hand(rows, today)


def _by_hand(rows, today):
    """The rule told another way: live through the days one by one."""
    key, until = "basic", None
    for day in range(today + 1):
        if until is not None and until < on(day):
            end = (until - DAY).days
            key, until = _reached(rows, end)
        now, end_on = _reached(rows, day)
        if ("basic", "silver", "gold").index(now) > ("basic", "silver", "gold").index(key):
            key, until = now, end_on
    return key, until


def _reached(rows, day):
    spend = sum(minor for bought, minor in rows if day - PERIOD < bought <= day)
    key = "gold" if spend >= 3000 else "silver" if spend >= 1000 else "basic"
    return key, None if key == "basic" else on(day + PERIOD)


@given(PURCHASES, st.tuples(st.integers(0, 400), st.integers(1, 4000)), st.integers(0, 600), st.data())
def test_a_sale_returned_in_any_parts_leaves_level_and_spending_as_if_never_sold(rows, sale, today, data):
    day, minor = sale
    cuts = sorted(data.draw(st.lists(st.integers(0, minor), max_size=4)))
    parts = [(day, before - after) for before, after in zip([0, *cuts], [*cuts, minor], strict=True)]
    after = data.draw(st.permutations([*rows, sale, *parts]))
    assert standing(after, today) == standing(rows, today)
    for period_end in (today, day, day + PERIOD - 1):
        spends = [
            spend_in_period([(on(d), amount) for d, amount in told], on(period_end), PERIOD) for told in (after, rows)
        ]
        assert spends[0] == spends[1]


@given(PURCHASES, st.tuples(st.integers(0, 400), st.integers(1, 4000)), st.integers(0, PERIOD))
def test_within_the_period_a_return_never_lifts(rows, sale, later):
    today = sale[0] + later
    rows = [row for row in rows if row[0] <= today]
    ladder = ("basic", "silver", "gold")
    assert ladder.index(standing(rows, today)[0]) <= ladder.index(standing([*rows, sale], today)[0])


@pytest.mark.parametrize(
    ("held", "spend", "progress"),
    [
        ("basic", 0, ("silver", 1000, 0)),
        ("basic", 250, ("silver", 750, 2500)),
        ("", 0, ("basic", 0, 0)),
        ("silver", 1000, ("gold", 2000, 3333)),
        ("silver", -5, ("gold", 3000, 0)),
        ("silver", 9999, ("gold", 0, 10_000)),
    ],
)
def test_progress_to_the_next_level(held, spend, progress):
    found = next_level(held, spend, LEVELS)
    assert found is not None
    assert (found.level.key, found.missing_minor, found.reached_bp) == progress


def test_after_the_highest_level_there_is_none():
    assert next_level("gold", 3000, LEVELS) is None
    assert next_level("", 3000, ()) is None


@pytest.mark.parametrize(
    ("day", "days", "there"),
    [(DAY, 1, on(1)), (date(2024, 2, 28), 1, date(2024, 2, 29)), (date.max, 1, date.max), (date.min, -1, date.min)],
)
def test_days_end_where_the_calendar_does(day, days, there):
    assert days_after(day, days) == there


@pytest.mark.parametrize(("days", "last"), [(0, None), (1, on(1)), (730, on(730)), (10**9, date.max)])
def test_the_last_day_of_points(days, last):
    assert last_day(DAY, days) == last


@pytest.mark.parametrize(
    ("birthday", "today", "day", "month"),
    [
        (date(1990, 5, 20), date(2026, 5, 20), True, True),
        (date(1990, 5, 20), date(2026, 5, 21), False, True),
        (date(1990, 5, 20), date(2026, 6, 20), False, False),
        (date(1992, 2, 29), date(2024, 2, 29), True, True),
        (date(1992, 2, 29), date(2024, 2, 28), False, True),
        (date(1992, 2, 29), date(2026, 2, 28), True, True),
        (date(1992, 2, 29), date(2026, 3, 1), False, False),
        (date(1992, 2, 29), date(2100, 2, 28), True, True),
        (date(1992, 2, 28), date(2024, 2, 29), False, True),
    ],
)
def test_birthdays(birthday, today, day, month):
    assert has_birthday(birthday, today) is day
    assert has_birthday(birthday, today, whole_month=True) is month


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(1900, 2200))
def test_everybody_has_one_birthday_a_year(birthday, year):
    days = [
        date(year, 1, 1) + timedelta(days=number) for number in range(365 + (date(year, 12, 31).timetuple()[7] > 365))
    ]
    assert sum(has_birthday(birthday, day) for day in days) == 1


def test_the_reasons_stay_what_is_stored():
    assert {reason.value for reason in LevelReason} == {"reached", "confirmed", "ended", "returned"}
