"""Points: earned on what was paid, redeemed in steps, expired without a timer, and every balance says why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from tests.services import member_shop
from tests.services.at_the_till import approved, later
from tests.services.member_shop import bring_back, buy, by_points, cash, give_points, register, stored, top_up, voucher
from tests.thorough import examples

from av_pos import problems
from av_pos.domain.permissions import Permission
from av_pos.domain.points import PointsKind, PointsRow, expiring, usable_points
from av_pos.domain.settlement import TenderKind
from av_pos.errors import InvalidInput, NotPermitted, WrongState
from av_pos.models import DOCUMENT, SHIFT
from av_pos.models.members import MEMBER
from av_pos.services import audit, integrity, member_books, members, points, shifts, shop_settings, vouchers


@pytest.fixture
def disc(db, at):
    return member_shop.open_shop(db, at)


@pytest.fixture
def member(db, at, disc):
    return register(db, at).member_id


def usable(db, at, member_id):
    return db.ask(points.count_usable, member_id, at.now.date())


def next_shift(db, at, when):
    db.run(shifts.record_count, at, 0)
    db.run(shifts.close_shift, at, "counted elsewhere")
    db.run(shifts.open_shift, when, 0)


def test_one_point_for_each_yuan_and_why(db, at, disc, member):
    db.run(buy, at, member, disc, cash(6_850))
    db.run(buy, at, member, disc, cash(99))
    (line,) = db.ask(points.why, member)
    assert (line.kind, line.qty, line.balance_qty, line.expires_on) == (
        "earn", 68, 68, at.now.date() + timedelta(days=730),
    )  # fmt: skip


def test_the_level_multiplies_and_a_shop_may_give_none(db, at, disc, member):
    db.run(buy, at, member, disc, cash(500_000))
    db.run(buy, at, member, disc, cash(10_000))
    assert usable(db, at, member) == 5_000 + 150
    db.run(shop_settings.change_setting, at, "points_unit_minor", "0")
    db.run(buy, at, member, disc, cash(10_000))
    assert usable(db, at, member) == 5_150


def test_the_part_that_points_paid_earns_none_and_stored_value_and_vouchers_do(db, at, disc, member):
    give_points(db, at, member, 1_000)
    top_up(db, at, member, 2_000)
    assert usable(db, at, member) == 1_000
    gift = db.run(vouchers.sell_gift_card, at, 3_000, TenderKind.CASH).voucher.voucher_id
    db.run(buy, at, member, disc, by_points(1_000), stored(2_000), voucher(gift, 3_000))
    assert usable(db, at, member) == 50


@pytest.mark.parametrize(("minor", "reason"), [(1_100, "above_balance"), (1_050, "not_in_lots"), (600, "above_share")])
def test_points_pay_within_steps_balance_and_share(db, at, disc, member, minor, reason):
    give_points(db, at, member, 1_000)
    if reason == "above_share":
        db.run(shop_settings.change_setting, at, "points_share_bp", "5000")
    with pytest.raises(InvalidInput) as caught:
        db.run(buy, at, member, disc, by_points(minor), *([cash(400)] if reason == "above_share" else []))
    assert (caught.value.field, caught.value.reason) == ("points", reason)
    assert problems.sentence(caught.value)
    assert usable(db, at, member) == 1_000


def test_what_the_receipt_will_say(db, at, disc, member):
    give_points(db, at, member, 500)
    shop = db.ask(shop_settings.get_settings)
    tenders = (by_points(300), cash(4_700))
    plan = db.ask(member_books.plan_sale, shop, member, at.now.date(), 5_000, tenders)
    assert (plan.points_earned, plan.points_balance, plan.redeemed_qty) == (47, 500 + 47 - 300, 300)
    db.run(buy, at, member, disc, *tenders)
    assert db.ask(members.get_member, at, member).points_qty == plan.points_balance


def test_points_expire_on_their_day_and_stay_expired_when_the_clock_goes_back(db, at, disc, member):
    db.run(buy, at, member, disc, cash(10_000))
    over = later(at, days=731)
    assert usable(db, later(at, days=730), member) == 100
    assert usable(db, over, member) == 0
    next_shift(db, at, over)
    db.run(buy, over, member, disc, cash(500))
    assert [line.kind for line in db.ask(points.why, member)] == ["earn", "expire", "earn"]
    assert db.ask(members.get_member, at, member).points_qty == 5
    assert usable(db, later(at, days=3), member) == 5
    give_points(db, later(at, days=3), member, 7)
    assert [line.kind for line in db.ask(points.why, member)] == ["earn", "expire", "earn", "correct"]
    assert integrity.verify(db, at).bad == ()


def test_the_soonest_to_expire_go_first_and_come_back_with_their_day(db, at, disc, member):
    db.run(buy, at, member, disc, cash(10_000))
    month = later(at, days=30)
    next_shift(db, at, month)
    db.run(buy, month, member, disc, cash(30_000))
    sale = db.run(buy, month, member, disc, by_points(200))
    lots = db.ask(points.list_expiring, member, (at.now + timedelta(days=9_999)).date())
    assert lots == ((month.now.date() + timedelta(days=730), 200),)
    db.run(bring_back, month, sale, disc, by_points(200), given=200)
    lots = db.ask(points.list_expiring, member, (at.now + timedelta(days=9_999)).date())
    assert lots == ((at.now.date() + timedelta(days=730), 100), (month.now.date() + timedelta(days=730), 300))


def test_points_that_were_spent_are_owed_when_their_sale_comes_back(db, at, disc, member):
    sale = db.run(buy, at, member, disc, cash(10_000))
    db.run(buy, at, member, disc, by_points(100))
    db.run(bring_back, at, sale, disc, cash(10_000), taken=100)
    assert db.ask(members.get_member, at, member).points_qty == -100
    assert usable(db, at, member) == 0
    db.run(buy, at, member, disc, cash(15_000))
    assert usable(db, at, member) == 50
    with pytest.raises(InvalidInput, match="above_balance"):
        db.run(buy, at, member, disc, by_points(100))


def test_more_points_never_come_back_than_were_redeemed(db, at, disc, member):
    give_points(db, at, member, 300)
    sale = db.run(buy, at, member, disc, by_points(300))
    db.run(bring_back, at, sale, disc, by_points(200), given=200)
    with pytest.raises(InvalidInput, match="above_paid"):
        db.run(bring_back, at, sale, disc, by_points(200), given=200)
    assert usable(db, at, member) == 200
    plain = db.run(buy, at, member, disc, cash(100))
    with pytest.raises(InvalidInput, match="above_paid"):
        db.run(bring_back, at, plain, disc, cash(100), given=1)


def test_by_hand_only_with_leave_and_a_reason(db, at, cashier_at, member):
    with pytest.raises(NotPermitted):
        db.run(points.adjust, cashier_at, member, 10, "please")
    with pytest.raises(InvalidInput):
        db.run(points.adjust, at, member, 10, " ")
    with pytest.raises(InvalidInput):
        db.run(points.adjust, at, member, 0, "nothing")
    with pytest.raises(InvalidInput, match="above_balance"):
        db.run(points.adjust, at, member, -1, "too many")
    leave = approved(db, cashier_at, Permission.ADJUST_POINTS)
    line = db.run(points.adjust, cashier_at, member, 10, "late parcel", leave)
    assert (line.kind, line.balance_qty, line.note) == ("correct", 10, "late parcel")
    entry = db.ask(audit.list_entries, at)[0]
    assert (entry.action, entry.approved_by, entry.details["qty"]) == ("points_adjusted", "Lin", 10)


def test_a_gift_costs_points(db, cashier_at, at, member):
    give_points(db, at, member, 300)
    line = db.run(points.give_gift, cashier_at, member, 200, "tote bag")
    assert (line.kind, line.qty, line.balance_qty, line.note) == ("redeem", -200, 100, "tote bag")
    with pytest.raises(InvalidInput, match="above_balance"):
        db.run(points.give_gift, cashier_at, member, 200, "tote bag")
    with pytest.raises(InvalidInput):
        db.run(points.give_gift, cashier_at, member, 100, "")


def test_a_suspended_members_points_rest(db, at, member):
    give_points(db, at, member, 300)
    db.run(members.suspend_member, at, member, "card shared")
    with pytest.raises(WrongState):
        db.run(points.give_gift, at, member, 200, "tote bag")
    assert usable(db, at, member) == 300


def test_a_sale_to_nobody_takes_no_points(db, at, disc):
    with pytest.raises(InvalidInput) as caught:
        db.run(buy, at, None, disc, by_points(100))
    assert caught.value.reason == "needs_member"
    with pytest.raises(InvalidInput):
        db.run(buy, at, None, disc, stored(100))


def test_a_points_tender_of_the_pay_panel_is_always_one_that_is_taken(db, at, disc, member):
    give_points(db, at, member, 777)
    shop = replace(db.ask(shop_settings.get_settings), points_share_bp=5_000)
    seen = db.ask(member_books.get_basket_member, shop, member, at.now.date())
    for total in (0, 99, 100, 199, 200, 1_000, 1_399, 99_999):
        most = member_books.most_by_points(shop, seen, total)
        if most:
            db.ask(member_books.plan_sale, shop, member, at.now.date(), total, (by_points(most),))


def test_points_that_come_back_after_their_last_day_are_over(db, at, disc, member):
    give_points(db, at, member, 300)
    sale = db.run(buy, at, member, disc, by_points(300))
    over = later(at, days=731)
    next_shift(db, at, over)
    db.run(bring_back, over, sale, disc, by_points(300), given=300)
    assert usable(db, over, member) == 0
    db.run(buy, over, member, disc, cash(100))
    assert [line.kind for line in db.ask(points.why, member)][-3:] == ["give_back", "expire", "earn"]
    assert usable(db, over, member) == 1


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 90), st.sampled_from(("earn", "gift", "sale", "back"))), max_size=12))
def test_the_short_answer_is_that_of_the_whole_ledger(db, at, steps):
    """On any day, also after the clock went back: what expires, is owed or came back is never taken for points."""
    db.run(shop_settings.change_setting, at, "points_last_days", "20")
    number = db.ask(lambda s: s.execute(select(func.count()).select_from(MEMBER)).scalar_one())
    member = register(db, at, "M", f"139{number:08d}").member_id
    redeemed: list[tuple[int, int]] = []
    for day_number, step in steps:
        then = later(at, days=day_number)
        day = then.now.date()
        usable_qty = db.ask(points.count_usable, member, day)
        if step == "earn":
            give_points(db, then, member, 10)
        elif step == "gift" and usable_qty > 3:
            db.run(points.give_gift, then, member, 3, "bag")
        elif step == "sale" and usable_qty > 7:
            document_id = db.run(_empty_document, then)
            db.run(points.sweep, then, member, day)
            db.run(points.add, then, member, (PointsRow(PointsKind.REDEEM, -7, day),), document_id)
            redeemed.append((document_id, 7))
        elif step == "back" and redeemed:
            sale, qty = redeemed.pop()
            db.run(points.sweep, then, member, day)
            db.run(points.give_back, then, member, sale, qty, db.run(_empty_document, then), day)
        for asked in range(0, 121, 15):
            on = later(at, days=asked).now.date()
            rows = [
                PointsRow(PointsKind(line.kind), line.qty, line.business_on, line.expires_on)
                for line in db.ask(points.why, member)
            ]
            assert db.ask(points.count_usable, member, on) == usable_points(rows, on)
            assert db.ask(points.count_balance, member, on) == sum(r.qty for r in rows) - expiring(rows, on).qty


def _empty_document(session, at):
    """A document that points can name, and nothing else of a sale."""
    sequence = session.execute(select(func.count()).select_from(DOCUMENT)).scalar_one() + 1
    shift = session.execute(select(func.max(SHIFT.c.id))).scalar()
    if shift is None:
        shift = shifts.open_shift(session, at, 0).shift.shift_id
    zeros = dict.fromkeys(
        ("items_qty", "subtotal_minor", "discount_minor", "round_off_minor", "total_minor", "tax_minor", "cost_minor"),
        0,
    )
    row = insert(DOCUMENT).values(
        till_id=1, sequence=sequence, kind="sale", shift_id=shift, staff_name="Lin", occurred_at=at.now,
        business_on=at.now.date(), hour=1, **zeros,
    )  # fmt: skip
    return session.execute(row.returning(DOCUMENT.c.id)).scalar_one()
