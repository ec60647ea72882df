"""Sell, then bring everything back in any parts: the member is as if nothing had been sold."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services import member_shop
from tests.services.at_the_till import pay, scan
from tests.services.member_shop import bring_back, buy, by_points, cash, give_points, register, stored, top_up, voucher
from tests.thorough import examples

from av_pos.domain.money import share_out
from av_pos.domain.refund_terms import points_restored, points_taken
from av_pos.domain.refunds import Part
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import InvalidInput
from av_pos.services import basket, integrity, levels, members, points, shop_settings, voids, vouchers


@pytest.fixture
def disc(db, at):
    db.run(shop_settings.change_setting, at, "top_up_steps", "100:33")
    return member_shop.open_shop(db, at)


@pytest.fixture
def member(db, at, disc):
    return register(db, at).member_id


def bring_all_back(db, at, sale, disc, tenders, parts):
    """Bring a sale back in parts (shares of the whole), each tender up to what it paid, points by the rules."""
    total = sum(one.amount_minor for one in tenders)
    before, done = db.ask(points.sum_of_document, sale), 0
    left = [one.amount_minor for one in tenders]
    points_back = 0
    for part in share_out(total, parts):
        if not part:
            continue
        takes = []
        missing = part
        for place, one in enumerate(tenders):
            amount = min(missing, left[place])
            left[place], missing = left[place] - amount, missing - amount
            if amount:
                takes.append(member_shop.tender(TenderKind(one.kind), amount, one.voucher_id))
        taken = points_taken(before.earned_qty, Part(done, done + part, total))
        paid = sum(one.amount_minor for one in tenders if one.kind == TenderKind.POINTS)
        now = sum(one.amount_minor for one in takes if one.kind == TenderKind.POINTS)
        given_now = points_restored(before.redeemed_qty, Part(points_back, points_back + now, paid)) if paid else 0
        points_back, done = points_back + now, done + part
        db.run(bring_back, at, sale, disc, *takes, taken=taken, given=given_now)


def test_a_sale_with_everything_and_all_of_it_back(db, at, disc, member):
    give_points(db, at, member, 3_000)
    top_up(db, at, member, 70_000)
    gift = db.run(vouchers.sell_gift_card, at, 5_000, TenderKind.CASH).voucher.voucher_id
    before = member_shop.standing(db, member)
    tenders = (by_points(3_000), stored(60_033), voucher(gift, 5_000), cash(500_000))
    sale = db.run(buy, at, member, disc, *tenders)
    assert member_shop.standing(db, member)[3] == "gold"
    bring_all_back(db, at, sale, disc, tenders, (1,))
    assert member_shop.standing(db, member) == before
    assert db.ask(vouchers.get_voucher, gift, at.now.date()).balance_minor == 5_000
    assert [change.why for change in db.ask(levels.list_changes, member)] == ["reached", "returned"]
    assert integrity.verify(db, at).bad == ()


def test_buying_spending_the_points_and_returning_gives_nothing_for_nothing(db, at, disc, member):
    """The free-points loop of other tills."""
    for _ in range(5):
        sale = db.run(buy, at, member, disc, cash(100_000))
        usable = db.ask(points.count_usable, member, at.now.date()) // 100 * 100
        if usable:
            db.run(buy, at, member, disc, by_points(usable))
        bring_all_back(db, at, sale, disc, (cash(100_000),), (1, 2))
    spent = sum(-line.qty for line in db.ask(points.why, member) if line.kind == "redeem")
    assert spent == 1_000
    assert member_shop.standing(db, member)[0] == -1_000


def test_a_return_too_much_changes_nothing(db, at, disc, member):
    give_points(db, at, member, 300)
    top_up(db, at, member, 1_000)
    sale = db.run(buy, at, member, disc, by_points(300), stored(700))
    before = member_shop.standing(db, member)
    with pytest.raises(InvalidInput):
        db.run(bring_back, at, sale, disc, stored(700), by_points(300), taken=7, given=301)
    assert member_shop.standing(db, member) == before


def test_through_the_till_the_receipt_says_number_and_points_and_a_void_undoes_them(db, at, disc, member):
    give_points(db, at, member, 1_000)
    top_up(db, at, member, 5_000)
    before = member_shop.standing(db, member)
    scan(db, at, disc)
    total = db.run(basket.set_member, at, member).view.total_minor
    tenders = (
        Tender(TenderKind.POINTS, 1_000),
        Tender(TenderKind.STORED, 5_000),
        Tender(TenderKind.CASH, total - 6_000),
    )
    receipt = pay(db, at, *tenders).receipt
    earned = (total - 1_000) // 100
    assert receipt.member_number == db.ask(members.get_member, at, member).number
    assert (receipt.points_earned, receipt.points_balance) == (earned, earned)
    assert member_shop.standing(db, member)[0] == earned
    assert sum(member_shop.standing(db, member)[1:3]) == 33
    db.run(voids.void_last_sale, at, "wrong disc")
    assert member_shop.standing(db, member) == before
    assert integrity.verify(db, at).bad == ()


amounts = st.integers(0, 30).map(lambda n: n * 1_000 + n)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sales=st.lists(
        st.tuples(st.integers(0, 8), amounts, amounts, amounts, st.lists(st.integers(1, 9), min_size=1, max_size=4)),
        min_size=1,
        max_size=3,
    ),
    turn=st.randoms(use_true_random=False),
)
def test_sell_and_bring_back_in_any_order_is_as_never_sold(db, at, sales, turn):
    """Hypothesis: any tenders, any parts, several sales, any order of return."""
    if not db.ask(levels.list_levels):
        db.run(shop_settings.change_setting, at, "top_up_steps", "100:33")
        at_disc = member_shop.open_shop(db, at)
        assert at_disc == 1
    member = register(db, at, "M", f"139{db.ask(_count):08d}").member_id
    give_points(db, at, member, 5_000)
    top_up(db, at, member, 200_000)
    gift = db.run(vouchers.sell_gift_card, at, 200_000, TenderKind.CASH).voucher.voucher_id
    before = member_shop.standing(db, member)
    sold = []
    for lots, in_stored, in_gift, in_cash, parts in sales:
        made = (by_points(lots * 100), stored(in_stored), voucher(gift, in_gift), cash(in_cash))
        tenders = tuple(one for one in made if one.amount_minor)
        if tenders:
            sold.append((db.run(buy, at, member, 1, *tenders), tenders, parts))
    turn.shuffle(sold)
    for sale, tenders, parts in sold:
        bring_all_back(db, at, sale, 1, tenders, parts)
    assert member_shop.standing(db, member) == before
    assert db.ask(vouchers.get_voucher, gift, at.now.date()).balance_minor == 200_000
    lots_left = db.ask(points.list_expiring, member, at.now.date().replace(year=2040))
    assert lots_left == ((at.now.date() + timedelta(days=730), 5_000),)
    assert integrity.verify(db, at).bad == ()


def _count(session):
    from sqlalchemy import func, select

    from av_pos.models.members import MEMBER

    return session.execute(select(func.count()).select_from(MEMBER)).scalar_one()
