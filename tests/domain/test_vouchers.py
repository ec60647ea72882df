"""Money kept for customers: no part of it is lost, none is paid twice, and a bonus is never paid out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.vouchers import (
    GivenBack,
    StoredValue,
    TopUpStep,
    ValueKind,
    Voucher,
    VoucherKind,
    VoucherState,
    give_payment_back,
    give_voucher_back,
    pay_out,
    read_steps,
    take_payment,
    top_up,
    use_voucher,
    voucher_state,
)
from av_pos.errors import InvalidInput, WrongState

DAY = date(2026, 11, 20)
TOMORROW = DAY + timedelta(days=1)
STEPS = (TopUpStep(50_000, 5_000), TopUpStep(20_000, 1_000), TopUpStep(100_000, 15_000))
AMOUNTS = st.integers(1, 10**7)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        (" , ", ()),
        ("20000:1000", (TopUpStep(20_000, 1_000),)),
        (" 50000 : 5000 , 20000:1000,", (TopUpStep(20_000, 1_000), TopUpStep(50_000, 5_000))),
        ("100:0", (TopUpStep(100, 0),)),
    ],
)
def test_the_steps_are_read_from_their_setting(text, steps):
    assert read_steps(text) == steps


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("20000", "not_steps"),
        ("a:b", "not_steps"),
        ("20000:-5", "not_steps"),
        ("0:100", "not_steps"),
        ("２００:１０", "not_steps"),
        ("1:2:3", "not_steps"),
        ("9" * 500 + ":1", "not_steps"),
        ("999999999999:1", "too_large"),
        ("100:10,100:20", "taken"),
    ],
)
def test_steps_that_cannot_be_meant_are_refused(text, reason):
    with pytest.raises(InvalidInput) as refused:
        read_steps(text)
    assert (refused.value.field, refused.value.reason) == ("top_up_steps", reason)
    assert len(refused.value.value) <= 64


@pytest.mark.parametrize(
    ("amount", "steps", "bonus"),
    [
        pytest.param(19_999, STEPS, 0, id="below the first step"),
        pytest.param(20_000, STEPS, 1_000, id="just the first"),
        pytest.param(99_999, STEPS, 5_000, id="the best that is reached"),
        pytest.param(250_000, STEPS, 15_000, id="once, not twice"),
        pytest.param(
            60_000, (TopUpStep(100, 900), TopUpStep(50_000, 500)), 900, id="best, even if it is the lower step"
        ),
        pytest.param(60_000, (), 0, id="no steps"),
    ],
)
def test_topping_up_brings_the_best_bonus_once(amount, steps, bonus):
    assert top_up(amount, steps) == StoredValue(amount, bonus)


@pytest.mark.parametrize(("amount", "reason"), [(0, "not_positive"), (-1, "negative"), (10**10, "too_large")])
def test_a_top_up_is_an_amount(amount, reason):
    with pytest.raises(InvalidInput, match=reason):
        top_up(amount, STEPS)


@pytest.mark.parametrize(
    ("amount", "taken"),
    [
        (550, StoredValue(500, 50)),
        (1, StoredValue(1, 0)),
        (6, StoredValue(5, 1)),
        (11_000, StoredValue(10_000, 1_000)),
    ],
)
def test_which_part_pays(amount, taken):
    assert take_payment(StoredValue(10_000, 1_000), amount) == taken


@pytest.mark.parametrize(
    ("amount", "field", "value", "reason"),
    [
        (11_001, "stored_value", "11000", "above_balance"),
        (0, "amount", "0", "not_positive"),
        (-5, "amount", "-5", "negative"),
    ],
)
def test_stored_value_never_pays_more_than_there_is(amount, field, value, reason):
    with pytest.raises(InvalidInput) as refused:
        take_payment(StoredValue(10_000, 1_000), amount)
    assert (refused.value.field, refused.value.value, refused.value.reason) == (field, value, reason)


@given(st.integers(0, 10**7), st.integers(0, 10**6), st.data())
def test_no_part_goes_below_nothing_until_all_is_spent(paid, bonus, data):
    balance = StoredValue(paid, bonus)
    while balance.total_minor:
        amount = data.draw(st.integers(max(1, balance.total_minor // 4), balance.total_minor))
        taken = take_payment(balance, amount)
        assert taken.total_minor == amount
        balance = balance.less(taken)
        assert min(balance.paid_minor, balance.bonus_minor) >= 0
    assert balance == StoredValue()


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.data())
def test_a_payment_returned_in_any_parts_is_back_as_it_was(paid, bonus, data):
    taken = StoredValue(paid, bonus)
    cuts = sorted(data.draw(st.lists(st.integers(0, taken.total_minor), max_size=5)))
    back = StoredValue()
    for before, after in zip([0, *cuts], [*cuts, taken.total_minor], strict=True):
        part = give_payment_back(taken, before, after - before)
        assert part.total_minor == after - before
        assert min(part.paid_minor, part.bonus_minor) >= 0
        back = back.plus(part)
    assert back == taken


@pytest.mark.parametrize(("before", "now"), [(0, 1101), (1000, 101), (-1, 5), (0, -5)])
def test_no_more_comes_back_than_was_taken(before, now):
    with pytest.raises(InvalidInput, match="above_paid"):
        give_payment_back(StoredValue(1000, 100), before, now)


@pytest.mark.parametrize(
    ("balance", "cash", "leaves"),
    [
        pytest.param(StoredValue(10_000, 1_000), 10_000, StoredValue(10_000, 1_000), id="all: the bonus lapses"),
        pytest.param(StoredValue(10_000, 1_000), 5_000, StoredValue(5_000, 500), id="half, and half the bonus"),
        pytest.param(StoredValue(300, 100), 100, StoredValue(100, 33), id="its share, rounded"),
        pytest.param(StoredValue(300, 0), 100, StoredValue(100, 0), id="no bonus"),
    ],
)
def test_only_what_was_paid_in_is_paid_out(balance, cash, leaves):
    assert pay_out(balance, cash) == leaves


@pytest.mark.parametrize(
    ("cash", "field", "value", "reason"),
    [
        (10_001, "stored_value", "10000", "above_paid_part"),
        (0, "amount", "0", "not_positive"),
        (-1, "amount", "-1", "negative"),
    ],
)
def test_a_payout_above_the_paid_part_is_refused(cash, field, value, reason):
    with pytest.raises(InvalidInput) as refused:
        pay_out(StoredValue(10_000, 1_000), cash)
    assert (refused.value.field, refused.value.value, refused.value.reason) == (field, value, reason)


@given(AMOUNTS, st.integers(0, 10**6), st.data())
def test_paid_out_in_any_parts_nothing_is_left_and_no_bonus_became_cash(paid, bonus, data):
    balance, cash = StoredValue(paid, bonus), 0
    while balance.paid_minor:
        part = data.draw(st.integers(max(1, balance.paid_minor // 3), balance.paid_minor))
        leaves = pay_out(balance, part)
        assert leaves.paid_minor == part
        balance, cash = balance.less(leaves), cash + part
        assert balance.bonus_minor >= 0
    assert (balance, cash) == (StoredValue(), paid)


@given(AMOUNTS, st.data())
def test_in_proportion_nobody_gets_a_bonus_by_spending_a_part_and_taking_the_rest_as_cash(amount, data):
    bought = top_up(amount, STEPS)
    spent = data.draw(st.integers(1, bought.total_minor))
    left = bought.less(take_payment(bought, spent))
    fair = spent * bought.bonus_minor / bought.total_minor
    assert spent - (amount - left.paid_minor) <= fair + 1


@pytest.mark.parametrize(
    ("balance", "expires", "status", "state"),
    [
        pytest.param(500, None, "active", "active", id="for ever"),
        pytest.param(500, DAY, "active", "active", id="on its last day"),
        pytest.param(500, DAY - timedelta(days=1), "active", "expired", id="the day after"),
        pytest.param(0, None, "active", "spent", id="used up"),
        pytest.param(0, DAY - timedelta(days=1), "active", "spent", id="used up in time"),
        pytest.param(500, None, "blocked", "blocked", id="blocked"),
        pytest.param(0, DAY - timedelta(days=1), "blocked", "blocked", id="blocked, whatever else"),
    ],
)
def test_where_a_voucher_stands(balance, expires, status, state):
    assert voucher_state(balance, expires, status, DAY) == state


def test_a_voucher_is_used_in_parts():
    voucher = use_voucher(Voucher(500, DAY), 200, DAY)
    assert voucher == Voucher(300, DAY)
    assert use_voucher(voucher, 300, DAY) == Voucher(0, DAY)


@pytest.mark.parametrize(
    ("voucher", "state"),
    [
        (Voucher(0), "spent"),
        (Voucher(500, DAY - timedelta(days=1)), "expired"),
        (Voucher(500, None, VoucherState.BLOCKED), "blocked"),
    ],
)
def test_a_voucher_that_is_not_active_pays_nothing(voucher, state):
    with pytest.raises(WrongState) as refused:
        use_voucher(voucher, 1, DAY)
    assert (refused.value.kind, refused.value.state, refused.value.wanted) == ("voucher", state, "pay")


@pytest.mark.parametrize(
    ("amount", "field", "value", "reason"),
    [(501, "voucher", "500", "above_balance"), (0, "amount", "0", "not_positive"), (-1, "amount", "-1", "negative")],
)
def test_a_voucher_never_pays_more_than_is_on_it(amount, field, value, reason):
    with pytest.raises(InvalidInput) as refused:
        use_voucher(Voucher(500), amount, DAY)
    assert (refused.value.field, refused.value.value, refused.value.reason) == (field, value, reason)


@pytest.mark.parametrize(
    ("voucher", "today", "given_back"),
    [
        pytest.param(Voucher(300, DAY), DAY, GivenBack(Voucher(500, DAY)), id="in part used"),
        pytest.param(Voucher(0, DAY), DAY, GivenBack(Voucher(200, DAY)), id="spent to nothing"),
        pytest.param(Voucher(0, DAY), TOMORROW, GivenBack(Voucher(200, DAY), "expired"), id="expired meanwhile"),
        pytest.param(
            Voucher(0, None, VoucherState.BLOCKED),
            DAY,
            GivenBack(Voucher(200, None, VoucherState.BLOCKED), "blocked"),
            id="blocked meanwhile",
        ),
    ],
)
def test_a_return_puts_back_on_the_same_voucher_and_says_when_that_is_no_use(voucher, today, given_back):
    assert give_voucher_back(voucher, 200, today) == given_back


@pytest.mark.parametrize("amount", [0, -1])
def test_giving_nothing_back_is_refused(amount):
    with pytest.raises(InvalidInput):
        give_voucher_back(Voucher(0), amount, DAY)


@given(AMOUNTS, st.data())
def test_used_and_given_back_in_any_parts_a_voucher_is_as_before(amount, data):
    before = Voucher(amount, DAY)
    used = data.draw(st.integers(1, amount))
    voucher = use_voucher(before, used, DAY)
    while used:
        part = data.draw(st.integers(max(1, used // 3), used))
        given_back = give_voucher_back(voucher, part, DAY)
        assert given_back.reason == ""
        voucher, used = given_back.voucher, used - part
    assert voucher == before


MOVES = {
    VoucherState.ACTIVE: {VoucherState.SPENT, VoucherState.EXPIRED, VoucherState.BLOCKED},
    VoucherState.SPENT: {VoucherState.ACTIVE, VoucherState.EXPIRED, VoucherState.BLOCKED},
    VoucherState.EXPIRED: {VoucherState.BLOCKED},
    VoucherState.BLOCKED: {VoucherState.ACTIVE, VoucherState.SPENT, VoucherState.EXPIRED},
}
"""The table that the module's docstring draws."""


@given(
    st.integers(0, 300),
    st.none() | st.just(DAY),
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 300)), max_size=12),
)
def test_whatever_is_done_a_voucher_moves_along_its_table_and_never_below_nothing(balance, expires, deeds):
    voucher, today = Voucher(balance, expires), DAY
    for deed, amount in deeds:
        before = voucher_state(voucher.balance_minor, voucher.expires_on, voucher.status, today)
        if deed == 0 and before is VoucherState.ACTIVE:
            voucher = use_voucher(voucher, min(amount, voucher.balance_minor), today)
        elif deed == 1:
            voucher = give_voucher_back(voucher, amount, today).voucher
        elif deed == 2 and before is not VoucherState.BLOCKED:
            voucher = replace(voucher, status=VoucherState.BLOCKED)
        elif deed == 3 and before is VoucherState.BLOCKED:
            voucher = replace(voucher, status=VoucherState.ACTIVE)
        elif deed == 4:
            today += timedelta(days=1)
        after = voucher_state(voucher.balance_minor, voucher.expires_on, voucher.status, today)
        assert after is before or after in MOVES[before]
        assert voucher.balance_minor >= 0
        assert voucher.expires_on == expires


def test_the_words_stay_what_is_stored():
    assert {kind.value for kind in VoucherKind} == {"gift_card", "store_credit"}
    assert {state.value for state in VoucherState} == {"active", "spent", "blocked", "expired"}
    assert {kind.value for kind in ValueKind} == {
        "top_up",
        "issue",
        "pay",
        "give_back",
        "pay_out",
        "correct",
    }
