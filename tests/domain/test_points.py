"""Points never come from nowhere, and what is taken back leaves no trace."""

from datetime import date, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.points import (
    EarnRule,
    Lot,
    PointsKind,
    PointsRow,
    RedeemRule,
    Redemption,
    earning_minor,
    expiring,
    expiry_rows,
    give_back_rows,
    most_points,
    points_earned,
    points_standing,
    redeem,
    require_points,
    usable_points,
)
from av_pos.errors import InvalidInput

DAY = date(2026, 1, 1)


def on(number: int) -> date:
    """The day so many days after the first."""
    return DAY + timedelta(days=number)


ONE_FOR_100 = EarnRule(1, 100)


@pytest.mark.parametrize(
    ("total", "by_points", "earning"),
    [
        pytest.param(6800, 0, 6800, id="all of it"),
        pytest.param(6800, 1000, 5800, id="not what points paid"),
        pytest.param(1000, 1500, 0, id="never below nothing"),
    ],
)
def test_what_earns_is_what_was_really_paid(total, by_points, earning):
    assert earning_minor(total, by_points) == earning


@pytest.mark.parametrize(
    ("paid", "rule", "factor", "points"),
    [
        (6800, ONE_FOR_100, 10_000, 68),
        (6899, ONE_FOR_100, 10_000, 68),
        (99, ONE_FOR_100, 10_000, 0),
        (0, ONE_FOR_100, 10_000, 0),
        (-6800, ONE_FOR_100, 10_000, 0),
        (6800, ONE_FOR_100, 15_000, 102),
        (6899, ONE_FOR_100, 15_000, 103),
        (6800, ONE_FOR_100, 0, 0),
        (1000, EarnRule(2, 300), 10_000, 6),
        (1000, EarnRule(1, 0), 10_000, 0),
        (1000, EarnRule(0, 100), 10_000, 0),
    ],
)
def test_points_for_what_was_paid_are_rounded_down_once(paid, rule, factor, points):
    assert points_earned(paid, rule, factor) == points


RULE = RedeemRule(100, 100, 5000)


@pytest.mark.parametrize(
    ("usable", "bill", "rule", "most"),
    [
        pytest.param(1000, 2000, RULE, Redemption(1000, 1000), id="the share is just enough"),
        pytest.param(1050, 10_000, RULE, Redemption(1000, 1000), id="whole lots"),
        pytest.param(5000, 1999, RULE, Redemption(900, 900), id="the largest share"),
        pytest.param(99, 9999, RULE, Redemption(0, 0), id="less than a lot"),
        pytest.param(5000, 199, RULE, Redemption(0, 0), id="the share falls below a lot"),
        pytest.param(-300, 9999, RULE, Redemption(0, 0), id="owed"),
        pytest.param(300, -500, RULE, Redemption(0, 0), id="a bill below nothing"),
        pytest.param(300, 500, RedeemRule(0, 100), Redemption(0, 0), id="points pay nothing"),
        pytest.param(300, 500, RedeemRule(100, 0), Redemption(0, 0), id="points are worth nothing"),
        pytest.param(300, 250, RedeemRule(10, 100), Redemption(20, 200), id="ten for one yuan"),
    ],
)
def test_the_most_that_points_may_pay(usable, bill, rule, most):
    assert most_points(usable, bill, rule) == most


@pytest.mark.parametrize(
    ("minor", "usable", "bill", "value", "reason"),
    [
        pytest.param(150, 5000, 5000, "150", "not_in_lots", id="half a lot"),
        pytest.param(0, 5000, 5000, "0", "not_in_lots", id="nothing"),
        pytest.param(-100, 5000, 5000, "-100", "not_in_lots", id="less than nothing"),
        pytest.param(1100, 5000, 2000, "1000", "above_share", id="more than the share"),
        pytest.param(1100, 1099, 5000, "1099", "above_balance", id="more than there are"),
        pytest.param(200, -5, 5000, "0", "above_balance", id="points are owed"),
    ],
)
def test_points_that_may_not_pay_are_refused(minor, usable, bill, value, reason):
    with pytest.raises(InvalidInput) as refused:
        redeem(minor, usable, bill, RULE)
    assert (refused.value.field, refused.value.value, refused.value.reason) == ("points", value, reason)


def test_points_pay_in_whole_lots():
    assert redeem(1000, 1000, 2000, RULE) == Redemption(1000, 1000)
    assert redeem(300, 50, 9999, RedeemRule(10, 100)) == Redemption(30, 300)


@given(st.integers(-100, 10**5), st.integers(-100, 10**6))
def test_the_most_may_always_pay(usable, bill):
    most = most_points(usable, bill, RULE)
    if most.qty:
        assert redeem(most.minor, usable, bill, RULE) == most
    assert 0 <= most.qty <= max(usable, 0)
    assert most.minor * 2 <= max(bill, 0)


@pytest.mark.parametrize(
    ("qty", "usable", "reason"), [(0, 9, "too_small"), (-1, 9, "too_small"), (10, 9, "above_balance")]
)
def test_a_gift_costs_points_that_are_there(qty, usable, reason):
    require_points(9, 9)
    with pytest.raises(InvalidInput, match=reason):
        require_points(qty, usable)


def earn(qty, day, expires=None):
    return PointsRow(PointsKind.EARN, qty, on(day), None if expires is None else on(expires))


def take(kind, qty, day, expires=None):
    return PointsRow(kind, -qty, on(day), None if expires is None else on(expires))


REDEEM, RETURN, EXPIRE, CORRECT = PointsKind.REDEEM, PointsKind.RETURN, PointsKind.EXPIRE, PointsKind.CORRECT


@pytest.mark.parametrize(
    ("rows", "lots", "debt"),
    [
        pytest.param([], [], 0, id="nothing"),
        pytest.param([earn(10, 0, 50)], [Lot(0, 10, on(50))], 0, id="one lot"),
        pytest.param(
            [earn(10, 0, 50), earn(5, 1, 51), take(REDEEM, 4, 2)],
            [Lot(0, 6, on(50)), Lot(1, 5, on(51))],
            0,
            id="the first in is the first out",
        ),
        pytest.param(
            [earn(10, 0, 50), earn(5, 1, 51), take(REDEEM, 12, 2)], [Lot(1, 3, on(51))], 0, id="over two lots"
        ),
        pytest.param([earn(10, 0), earn(5, 1), take(REDEEM, 12, 2)], [Lot(1, 3)], 0, id="lots that never expire"),
        pytest.param(
            [earn(10, 0), earn(5, 1, 51), take(REDEEM, 7, 2)], [Lot(0, 8)], 0, id="what never expires goes last"
        ),
        pytest.param(
            [earn(10, 0, 50), earn(5, 1, 51), take(RETURN, 5, 2, 51)],
            [Lot(0, 10, on(50))],
            0,
            id="a return takes the sale's own lot",
        ),
        pytest.param(
            [earn(10, 0, 50), earn(5, 1, 51), take(REDEEM, 12, 1), take(RETURN, 5, 2, 51)],
            [],
            2,
            id="spent already: owed",
        ),
        pytest.param(
            [take(CORRECT, 7, 0), earn(10, 1, 50)], [Lot(1, 3, on(50))], 0, id="what comes pays what is owed first"
        ),
        pytest.param([take(CORRECT, 7, 0), earn(5, 1, 50)], [], 2, id="and may not be enough"),
        pytest.param(
            [earn(10, 0, 50), earn(5, 1, 90), take(REDEEM, 4, 60)],
            [Lot(0, 10, on(50)), Lot(1, 1, on(90))],
            0,
            id="what is over pays nothing, swept or not",
        ),
        pytest.param([earn(7, 0, 50), take(EXPIRE, 7, 51, 50)], [], 0, id="expired"),
        pytest.param(
            [earn(7, 0, 50), earn(9, 1, 40), take(EXPIRE, 7, 51, 50)], [Lot(1, 9, on(40))], 0, id="the lot that expired"
        ),
    ],
)
def test_lots_and_what_is_owed(rows, lots, debt):
    found = points_standing(rows)
    assert (found.lots, found.debt_qty) == (tuple(lots), debt)
    assert found.balance_qty == sum(row.qty for row in rows)


def test_every_balance_answers_why():
    rows = [earn(10, 0, 50), earn(5, 1, 51), take(REDEEM, 12, 2), take(RETURN, 5, 3, 51)]
    steps = points_standing(rows).steps
    assert [step.row for step in steps] == rows
    assert [step.balance_qty for step in steps] == [10, 15, 3, -2]
    assert steps[2].took == (Lot(0, 10, on(50)), Lot(1, 2, on(51)))
    assert steps[3].took == (Lot(1, 3, on(51)), Lot(-1, 2))


def test_points_are_good_on_their_last_day_and_expire_once():
    rows = [earn(10, 0, 50), earn(5, 1, 51), earn(3, 1), take(REDEEM, 4, 2)]
    assert (expiring(rows, on(50)).qty, usable_points(rows, on(50))) == (0, 14)
    assert (expiring(rows, on(51)).qty, usable_points(rows, on(51))) == (6, 8)
    over = expiring(rows, on(99))
    assert (over.qty, over.lots) == (11, (Lot(0, 6, on(50)), Lot(1, 5, on(51))))
    swept = expiry_rows(rows, on(51))
    assert swept == (take(EXPIRE, 6, 51, 50),)
    rows += swept
    for clock in (51, 10, 51):
        assert expiry_rows(rows, on(clock)) == ()
        assert usable_points(rows, on(clock)) == 8
    rows += expiry_rows(rows, on(99))
    assert points_standing(rows).lots == (Lot(2, 3),)


def test_redeemed_points_come_back_with_their_last_days():
    rows = [earn(10, 0, 50), earn(5, 1, 51), take(REDEEM, 12, 2)]
    first = give_back_rows(rows, 2, 0, 3, on(3))
    assert first == (
        PointsRow(PointsKind.GIVE_BACK, 2, on(3), on(51)),
        PointsRow(PointsKind.GIVE_BACK, 1, on(3), on(50)),
    )
    rest = give_back_rows([*rows, *first], 2, 3, 9, on(60))
    assert rest == (PointsRow(PointsKind.GIVE_BACK, 9, on(60), on(50)),)
    assert give_back_rows(rows, 2, 12, 0, on(3)) == ()
    assert expiring([*rows, *first, *rest], on(51)).qty == 10, "their last day is over, they expire"
    with pytest.raises(InvalidInput, match="above_paid"):
        give_back_rows(rows, 2, 3, 10, on(3))


LEDGER = st.lists(
    st.builds(
        PointsRow,
        st.sampled_from(PointsKind),
        st.integers(-30, 30),
        st.dates(on(0), on(90)),
        st.none() | st.dates(on(0), on(90)),
    ),
    max_size=25,
)


@given(LEDGER, st.dates(on(0), on(99)), st.dates(on(0), on(99)))
def test_any_ledger_adds_up_and_expires_once(rows, today, another):
    found = points_standing(rows)
    assert found.balance_qty == sum(row.qty for row in rows) == sum(lot.qty for lot in found.lots) - found.debt_qty
    assert not (found.lots and found.debt_qty)
    assert [step.balance_qty for step in found.steps] == list(accumulate(row.qty for row in rows))
    assert all(sum(lot.qty for lot in step.took) == max(0, -step.row.qty) for step in found.steps)
    swept = [*rows, *expiry_rows(rows, today)]
    assert points_standing(swept).balance_qty >= min(0, found.balance_qty), "nothing expires below nothing"
    assert expiry_rows(swept, today) == ()
    assert usable_points(swept, today) == usable_points(rows, today) >= 0
    both = [*swept, *expiry_rows(swept, another)]
    at_once = [*rows, *expiry_rows(rows, max(today, another))]
    assert _left(both) == _left(at_once), "swept on two days in any order, or only on the later one"


@given(LEDGER, st.integers(0, 60), st.dates(on(0), on(99)))
def test_points_redeemed_are_taken_from_those_that_may_be(rows, qty, today):
    before = usable_points(rows, today)
    qty = min(qty, before)
    redeemed = [*rows, PointsRow(REDEEM, -qty, today)]
    assert usable_points(redeemed, today) == before - qty
    assert expiring(redeemed, today).qty == expiring(rows, today).qty, "what is over was not spent"


def _left(rows):
    """What is left by last day; points with the same last day are the same."""
    left: dict[date | None, int] = {}
    found = points_standing(rows)
    for lot in found.lots:
        left[lot.expires_on] = left.get(lot.expires_on, 0) + lot.qty
    return left, found.debt_qty


@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=15),
    st.integers(1, 40),
    st.data(),
)
def test_points_earned_and_taken_back_leave_the_lots_as_if_never_earned(moves, earned, data):
    plain = [
        earn(qty, day, day + 50) if comes else take(REDEEM, qty, day) for day, (qty, comes) in enumerate(moves) if qty
    ]
    sold = data.draw(st.integers(0, len(plain)))
    back = data.draw(st.integers(sold, len(plain)))
    day = (plain[sold - 1].business_on - DAY).days if sold else 0
    rows = [
        *plain[:sold],
        earn(earned, day, day + 50),
        *plain[sold:back],
        take(RETURN, earned, 20, day + 50),
        *plain[back:],
    ]
    assert _left(rows) == _left(plain)


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 40)), min_size=1, max_size=8),
    st.integers(1, 60),
    st.lists(st.integers(0, 60), max_size=4),
)
def test_points_redeemed_and_given_back_in_any_parts_leave_the_lots_as_before(earned, qty, cuts):
    rows = [earn(points, 0, last) for points, last in earned]
    before = _left(rows)
    qty = min(qty, sum(points for points, _last in earned))
    place = len(rows)
    rows.append(take(REDEEM, qty, 1))
    given_back = 0
    for so_far in sorted(min(cut, qty) for cut in [*cuts, qty]):
        rows += give_back_rows(rows, place, given_back, so_far - given_back, on(2))
        given_back = so_far
        fewer = [*rows[:place], take(REDEEM, qty - given_back, 1)]
        assert _left(rows) == _left(fewer), "as if only the rest had been redeemed"
    assert _left(rows) == before


@given(st.permutations([(5, 10), (7, 20), (9, 20), (11, 30), (3, None)]))
def test_the_order_of_earning_does_not_matter_to_what_is_left(order):
    rows = [earn(qty, 0, last) for qty, last in order]
    assert _left([*rows, take(REDEEM, 13, 1)]) == ({on(20): 8, on(30): 11, None: 3}, 0)


def test_the_ledgers_words_stay_what_is_stored():
    assert {kind.value for kind in PointsKind} == {"earn", "redeem", "return", "give_back", "expire", "correct"}
