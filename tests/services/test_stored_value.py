"""Stored value: topped up with its bonus, paid from both parts, never below nothing, spent once by two tills."""

import threading

import pytest
from sqlalchemy import select
from tests.services import member_shop
from tests.services.at_the_till import approved, at_till
from tests.services.member_shop import bring_back, buy, cash, register, stored, top_up

from av_pos import problems
from av_pos.db import Database
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import TenderKind
from av_pos.domain.vouchers import StoredValue
from av_pos.errors import AvPosError, InvalidInput, LimitExceeded, NotFound, NotPermitted, WrongState
from av_pos.models import PRINT_JOB
from av_pos.services import integrity, members, shifts, shop_settings, stored_value


@pytest.fixture
def disc(db, at):
    db.run(shop_settings.change_setting, at, "top_up_steps", "10000:1000, 50000:8000")
    return member_shop.open_shop(db, at)


@pytest.fixture
def member(db, at, disc):
    return register(db, at).member_id


def balance(db, member_id):
    return db.ask(stored_value.get_balance, member_id)


def test_cash_for_later_stands_on_the_x_and_brings_its_bonus(db, at, cashier_at, member):
    before = db.ask(shifts.x_report, at).expected_cash_minor
    done = db.run(stored_value.top_up, cashier_at, member, 50_000, TenderKind.CASH)
    assert done.balance == balance(db, member) == StoredValue(50_000, 8_000)
    report = db.ask(shifts.x_report, at)
    assert report.expected_cash_minor == before + 50_000
    (move,) = report.cash_moves
    number = db.ask(members.get_member, at, member).number
    assert (move.kind, move.amount_minor) == ("pay_in", 50_000)
    assert number in move.reason
    assert "王" not in move.reason
    assert done.cash_moved is not None
    assert db.ask(lambda s: s.execute(select(PRINT_JOB.c.kind)).scalars().all()) == ["drawer", "slip"]


def test_a_card_for_later_moves_no_cash(db, at, member):
    before = db.ask(shifts.x_report, at).expected_cash_minor
    done = db.run(stored_value.top_up, at, member, 9_999, TenderKind.CARD, "slip 17")
    assert done.cash_moved is None
    assert balance(db, member) == StoredValue(9_999, 0)
    assert db.ask(shifts.x_report, at).expected_cash_minor == before
    (line,) = db.ask(stored_value.statement, member)
    assert (line.kind, line.note) == ("top_up", "card slip 17")


@pytest.mark.parametrize(
    ("amount", "by", "field"),
    [(0, "cash", "amount"), (-5, "cash", "amount"), (10**13, "cash", "amount"), (100, "points", "tender")],
)
def test_what_cannot_be_topped_up(db, at, member, amount, by, field):
    with pytest.raises(InvalidInput) as caught:
        db.run(stored_value.top_up, at, member, amount, TenderKind(by))
    assert caught.value.field == field
    assert balance(db, member) == StoredValue()


def test_no_top_up_without_a_shift_or_for_a_suspended_member(db, at):
    member_id = register(db, at).member_id
    with pytest.raises(WrongState):
        db.run(stored_value.top_up, at, member_id, 100, TenderKind.CARD)
    db.run(shifts.open_shift, at, 0)
    db.run(members.suspend_member, at, member_id, "why")
    with pytest.raises(WrongState):
        db.run(stored_value.top_up, at, member_id, 100, TenderKind.CARD)
    with pytest.raises(NotFound):
        db.run(stored_value.top_up, at, 99, 100, TenderKind.CARD)


def test_it_pays_from_both_parts_and_comes_back_to_both(db, at, disc, member):
    top_up(db, at, member, 10_000)
    sale = db.run(buy, at, member, disc, stored(5_500), cash(500))
    assert balance(db, member) == StoredValue(5_000, 500)
    db.run(bring_back, at, sale, disc, stored(3_333))
    db.run(bring_back, at, sale, disc, stored(2_167))
    assert balance(db, member) == StoredValue(10_000, 1_000)
    db.run(bring_back, at, sale, disc, stored(500))
    assert balance(db, member) == StoredValue(10_500, 1_000), "what it had not paid is paid in"
    assert [line.kind for line in db.ask(stored_value.statement, member)] == ["top_up", "pay"] + ["give_back"] * 3
    last = db.ask(stored_value.statement, member)[-1]
    assert (last.balance_paid_minor, last.balance_bonus_minor) == (10_500, 1_000)


def test_more_than_there_is_is_refused_in_words(db, at, disc, member):
    top_up(db, at, member, 10_000)
    with pytest.raises(InvalidInput) as caught:
        db.run(buy, at, member, disc, stored(11_001))
    assert (caught.value.field, caught.value.reason) == ("stored_value", "above_balance")
    assert problems.sentence(caught.value)
    assert balance(db, member) == StoredValue(10_000, 1_000)


def test_paid_out_is_the_paid_part_and_its_bonus_lapses(db, at, member):
    top_up(db, at, member, 10_000)
    done = db.run(stored_value.pay_out, at, member, 4_000, "moves away")
    assert done.balance == StoredValue(6_000, 600)
    assert db.ask(shifts.x_report, at).cash_moves[-1].amount_minor == -4_000
    with pytest.raises(InvalidInput, match="above_paid_part"):
        db.run(stored_value.pay_out, at, member, 6_001, "moves away")
    db.run(stored_value.pay_out, at, member, 6_000, "moves away")
    assert balance(db, member) == StoredValue()


def test_paying_out_wants_a_manager_and_keeps_to_the_limit(db, at, cashier_at, member):
    top_up(db, at, member, 50_000)
    with pytest.raises(NotPermitted):
        db.run(stored_value.pay_out, cashier_at, member, 100, "why")
    with pytest.raises(InvalidInput):
        db.run(stored_value.pay_out, at, member, 100, "")
    leave = approved(db, cashier_at, Permission.PAY_OUT_STORED)
    with pytest.raises(LimitExceeded):
        db.run(stored_value.pay_out, cashier_at, member, 30_000, "why", leave)
    cash_leave = approved(db, cashier_at, Permission.PAY_OUT)
    db.run(stored_value.pay_out, cashier_at, member, 30_000, "why", leave, cash_leave)
    assert balance(db, member) == StoredValue(20_000, 3_200)


def test_two_tills_spend_it_once(db, at, disc, member):
    top_up(db, at, member, 10_000)
    db.run(shifts.open_shift, at_till(at, 2), 0)
    told: list[str] = []
    ready = threading.Barrier(2)

    def spend(till: int) -> None:
        own = Database.at(db.path)
        ready.wait()
        try:
            own.run(buy, at_till(at, till), member, disc, stored(8_000))
            told.append("paid")
        except AvPosError as error:
            told.append(problems.sentence(error))
        own.close()

    threads = [threading.Thread(target=spend, args=(till,)) for till in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[-1] == "paid"
    assert told.count("paid") == 1
    assert balance(db, member).total_minor == 3_000
    assert integrity.verify(db, at).bad == ()


def test_an_update_that_would_go_below_nothing_changes_no_row(db, at, member):
    """The guard behind the plan: whoever comes with an old balance in hand is told."""
    top_up(db, at, member, 100)
    day = at.now.date()
    with pytest.raises(InvalidInput, match="above_balance"):
        db.run(stored_value.move, at, member, "pay", StoredValue(-101, 0), day)
    with pytest.raises(InvalidInput, match="above_balance"):
        db.run(stored_value.move, at, member, "pay", StoredValue(-50, -1), day)
    with pytest.raises(NotFound):
        db.run(stored_value.move, at, 99, "pay", StoredValue(-1, 0), day)
    assert balance(db, member) == StoredValue(100, 0)
    assert len(db.ask(stored_value.statement, member)) == 1
