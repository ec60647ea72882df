"""Gift cards and store credit: sold, found, spent in parts, blocked, expired, spent once by two tills."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.services import member_shop
from tests.services.at_the_till import approved, at_till, later
from tests.services.member_shop import bring_back, buy, cash, register, voucher

from av_pos import problems
from av_pos.db import Database
from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import TenderKind
from av_pos.errors import AvPosError, InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import AUDIT
from av_pos.services import integrity, shifts, shop_settings, vouchers


@pytest.fixture
def disc(db, at):
    return member_shop.open_shop(db, at)


def sell_card(db, at, amount=10_000):
    return db.run(vouchers.sell_gift_card, at, amount, TenderKind.CASH).voucher


def audit_of(db, action):
    return db.ask(lambda session: session.execute(select(AUDIT).where(AUDIT.c.action == action)).one())


def left(db, at, voucher_id):
    return db.ask(vouchers.get_voucher, voucher_id, at.now.date()).balance_minor


def test_a_gift_card_is_sold_found_and_spent_in_parts(db, at, cashier_at, disc):
    sold = db.run(vouchers.sell_gift_card, cashier_at, 10_000, TenderKind.CASH)
    row = sold.voucher
    assert read_code(row.code).kind is CodeKind.VOUCHER
    assert db.ask(vouchers.find_voucher, row.code, at.now.date()) == row
    assert db.ask(vouchers.find_voucher, "9787000000000", at.now.date()) is None
    move = db.ask(shifts.x_report, at).cash_moves[-1]
    assert (move.kind, move.amount_minor) == ("pay_in", 10_000)
    assert row.code in move.reason
    db.run(buy, at, None, disc, voucher(row.voucher_id, 2_500), cash(100))
    db.run(buy, at, None, disc, voucher(row.voucher_id, 7_500))
    assert [line.balance_minor for line in db.ask(vouchers.statement, row.voucher_id)] == [10_000, 7_500, 0]
    with pytest.raises(WrongState) as caught:
        db.run(buy, at, None, disc, voucher(row.voucher_id, 1))
    assert caught.value.state == "spent"
    assert problems.sentence(caught.value)
    assert integrity.verify(db, at).bad == ()


def test_a_gift_card_by_card_moves_no_cash(db, at, disc):
    sold = db.run(vouchers.sell_gift_card, at, 10_000, TenderKind.CARD)
    assert sold.cash_moved is None
    assert db.ask(shifts.x_report, at).cash_moves == ()
    with pytest.raises(InvalidInput):
        db.run(vouchers.sell_gift_card, at, 10_000, TenderKind.POINTS)


@pytest.mark.parametrize("amount", [0, -1, 10**13])
def test_amounts_that_cannot_be_sold(db, at, disc, amount):
    with pytest.raises(InvalidInput):
        db.run(vouchers.sell_gift_card, at, amount, TenderKind.CASH)


def test_more_than_is_on_it_is_refused(db, at, disc):
    card = sell_card(db, at)
    with pytest.raises(InvalidInput) as caught:
        db.run(buy, at, None, disc, voucher(card.voucher_id, 6_000), voucher(card.voucher_id, 6_000))
    assert (caught.value.field, caught.value.reason) == ("voucher", "above_balance")
    with pytest.raises(InvalidInput, match="needs_voucher"):
        db.run(buy, at, None, disc, member_shop.tender(TenderKind.VOUCHER, 100))
    with pytest.raises(NotFound):
        db.run(buy, at, None, disc, voucher(999, 100))
    assert left(db, at, card.voucher_id) == 10_000


def test_a_blocked_one_pays_nobody(db, at, cashier_at, disc):
    card = sell_card(db, at)
    with pytest.raises(NotPermitted):
        db.run(vouchers.block, cashier_at, card.voucher_id, "lost")
    assert db.run(vouchers.block, at, card.voucher_id, "lost").state == "blocked"
    with pytest.raises(WrongState):
        db.run(vouchers.block, at, card.voucher_id, "lost")
    with pytest.raises(WrongState, match="blocked"):
        db.run(buy, at, None, disc, voucher(card.voucher_id, 100))
    assert db.run(vouchers.unblock, at, card.voucher_id, "found").state == "active"
    with pytest.raises(WrongState):
        db.run(vouchers.unblock, at, card.voucher_id, "found")
    db.run(buy, at, None, disc, voucher(card.voucher_id, 100))


def test_a_cashier_blocks_with_a_manager_and_the_log_names_both(db, at, cashier_at, disc):
    card = sell_card(db, at)
    lent = approved(db, cashier_at, Permission.BLOCK_VOUCHER)
    assert db.run(vouchers.block, cashier_at, card.voucher_id, "lost", approval_id=lent).state == "blocked"
    entry = audit_of(db, "voucher_blocked")
    assert (entry.staff_name, entry.approved_by) == ("Wu", "Lin")
    with pytest.raises(NotPermitted):
        db.run(vouchers.unblock, cashier_at, card.voucher_id, "found", approval_id=lent)
    assert db.ask(vouchers.get_voucher, card.voucher_id, at.now.date()).state == "blocked"


def test_the_last_day_is_still_a_good_one(db, at, disc):
    db.run(shop_settings.change_setting, at, "voucher_last_days", "30")
    card = sell_card(db, at)
    for days, state in ((30, "active"), (31, "expired")):
        day = later(at, days=days).now.date()
        assert db.ask(vouchers.get_voucher, card.voucher_id, day).state == state
    over = later(at, days=31).now.date()
    with pytest.raises(WrongState, match="expired"):
        db.ask(vouchers.check_payment, card.voucher_id, 100, over)


def test_a_refund_comes_back_to_the_card_or_as_store_credit(db, at, disc):
    card = sell_card(db, at)
    sale = db.run(buy, at, None, disc, voucher(card.voucher_id, 10_000), cash(500))
    db.run(bring_back, at, sale, disc, voucher(card.voucher_id, 10_000))
    assert left(db, at, card.voucher_id) == 10_000
    settings = db.ask(shop_settings.get_settings)
    credit = db.run(vouchers.open_store_credit, at, settings, at.now.date())
    assert left(db, at, credit) == 0
    db.run(bring_back, at, sale, disc, voucher(credit, 500))
    assert left(db, at, credit) == 500
    assert [line.kind for line in db.ask(vouchers.statement, credit)] == ["issue"]
    assert [line.kind for line in db.ask(vouchers.statement, card.voucher_id)] == ["issue", "pay", "give_back"]
    assert integrity.verify(db, at).bad == ()


def test_a_members_vouchers_are_listed(db, at, disc):
    member = register(db, at).member_id
    card = db.run(vouchers.sell_gift_card, at, 100, TenderKind.CASH, member).voucher
    assert db.ask(vouchers.list_vouchers, member, at.now.date()) == (replace(card, member_id=member),)


def test_two_tills_spend_it_once(db, at, disc):
    card = sell_card(db, at)
    db.run(shifts.open_shift, at_till(at, 2), 0)
    told: list[str] = []
    ready = threading.Barrier(2)

    def spend(till: int) -> None:
        own = Database.at(db.path)
        ready.wait()
        try:
            own.run(buy, at_till(at, till), None, disc, voucher(card.voucher_id, 10_000))
            told.append("paid")
        except AvPosError as error:
            told.append(problems.sentence(error))
        own.close()

    threads = [threading.Thread(target=spend, args=(till,)) for till in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("paid") == 1
    assert left(db, at, card.voucher_id) == 0
    with pytest.raises(InvalidInput, match="above_balance"):
        db.run(vouchers.move, at, card.voucher_id, "pay", -1, at.now.date())
    assert integrity.verify(db, at).bad == ()
