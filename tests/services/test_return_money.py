"""Points, stored value, vouchers, coupons and promotions of what comes back; a void is the same path."""

from datetime import date

import pytest
from sqlalchemy import select
from tests.factories import make_edition
from tests.services.at_the_till import at_till, card, cash, pay, scan, sell
from tests.services.taking_back import (
    books,
    buying_member,
    change,
    lay_in,
    setting,
    settle,
    take_all_back,
    take_back,
    tenders_of,
    verified,
)

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.pricing import Discount
from av_pos.domain.rules import AmountOff, CheapestFree, Rule, Who
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import InvalidInput, WrongState
from av_pos.models.members import MEMBER, VOUCHER
from av_pos.models.price_rule import PRICE_RULE
from av_pos.services import (
    basket,
    coupons,
    erasure,
    price_rules,
    returns,
    shifts,
    voids,
    vouchers,
)


@pytest.fixture
def disc(db: Database, at: At) -> int:
    """An open shift and a disc for 68.00 that cost 40.00, five of it."""
    db.run(shifts.open_shift, at, 30000)
    return db.run(make_edition)


def test_points_and_spending_go_back_with_the_disc(db: Database, at: At, disc: int):
    member_id = buying_member(db, at)
    before = books(db)
    scan(db, at, disc, disc)
    sale = pay(db, at)
    assert books(db)["members"][member_id][0] == 136
    back = take_back(db, at, sale.document_id, 0)
    assert (back.receipt.points_earned, books(db)["members"][member_id][0]) == (-68, 68)
    take_back(db, at, sale.document_id, 0)
    assert books(db) == before
    assert verified(db, at) == []


def test_stored_value_points_and_gift_card_get_their_money_back(db: Database, at: At, disc: int):
    setting(db, "top_up_steps", "10000:1000")
    member_id = buying_member(db, at, points_qty=1000, stored_minor=10000)
    gift = db.run(vouchers.sell_gift_card, at, 5000, TenderKind.CARD).voucher.voucher_id
    before = books(db)
    scan(db, at, disc, disc, disc)
    sale = pay(
        db, at, Tender(TenderKind.POINTS, 1000), Tender(TenderKind.STORED, 6000),
        Tender(TenderKind.VOUCHER, 5000, voucher_id=gift), card(3000), cash(6000),
    )  # fmt: skip
    first = take_back(db, at, sale.document_id, 0)
    assert ("card", -3000) in tenders_of(first)
    take_back(db, at, sale.document_id, 0)
    take_back(db, at, sale.document_id, 0)
    assert books(db) == before
    assert books(db)["members"][member_id][0] == 1000
    assert verified(db, at) == []


def test_buying_spending_the_points_and_returning_gives_nothing_for_nothing(db: Database, at: At, disc: int):
    member_id = buying_member(db, at)
    dear = db.run(make_edition, title="Box", price_minor=50000)
    scan(db, at, dear)
    sale = pay(db, at)
    db.run(basket.set_member, at, member_id)
    scan(db, at, disc)
    spent = pay(db, at, Tender(TenderKind.POINTS, 500), cash(6300))
    take_all_back(db, at, sale.document_id)
    assert books(db)["members"][member_id][0] == 500 + 63 - 500 - 500
    assert spent.receipt.points_earned == 63
    db.run(basket.set_member, at, member_id)
    scan(db, at, disc)
    with pytest.raises(InvalidInput):
        pay(db, at, Tender(TenderKind.POINTS, 100), cash(6700))


def test_a_voucher_that_is_over_is_replaced_by_store_credit_and_the_cash_still_comes_back(
    db: Database, at: At, disc: int
):
    setting(db, "voucher_last_days", 5)
    gift = db.run(vouchers.sell_gift_card, at, 6800, TenderKind.CASH).voucher.voucher_id
    scan(db, at, disc, disc)
    sale = pay(db, at, Tender(TenderKind.VOUCHER, 6800, voucher_id=gift), cash(6800))
    change(db, VOUCHER, expires_on=date(2026, 11, 19))
    told = [tenders_of(take_back(db, at, sale.document_id, 0)) for _ in range(2)]
    assert sorted(told) == [[("cash", -6800)], [("voucher", -6800)]]
    balances = db.ask(lambda s: dict(s.execute(select(VOUCHER.c.id, VOUCHER.c.balance_minor)).all()))
    assert balances == {gift: 0, gift + 1: 6800}
    assert verified(db, at) == []


def test_a_member_erased_since_gets_stored_value_back_as_store_credit(db: Database, at: At, disc: int):
    member_id = buying_member(db, at, points_qty=1000, stored_minor=5000)
    scan(db, at, disc)
    sale = pay(db, at, Tender(TenderKind.POINTS, 1000), Tender(TenderKind.STORED, 5000), cash(800))
    db.run(erasure.erase_member, at, member_id)
    back = take_back(db, at, sale.document_id, 0)
    assert sorted(tenders_of(back)) == [("cash", -800), ("points", -1000), ("voucher", -5000)]
    owner = db.ask(lambda s: s.execute(select(VOUCHER.c.member_id)).scalar_one())
    assert owner is None
    assert back.receipt.member_number == sale.receipt.member_number
    assert db.ask(lambda s: s.execute(select(MEMBER.c.stored_minor).where(MEMBER.c.id == member_id)).scalar_one()) == 0
    assert verified(db, at) == []


def test_a_coupon_is_good_again_only_when_all_is_back(db: Database, at: At, disc: int):
    rule = db.run(price_rules.save_rule, at, Rule(0, "Five off", AmountOff(500), who=Who(coupon="HELLO")))
    db.run(price_rules.switch_rule, at, rule.rule_id, True)
    db.run(coupons.make_coupons, at, rule.rule_id, ["HELLO"], 1)
    scan(db, at, disc, disc)
    db.run(basket.add_coupon, at, "HELLO")
    sale = pay(db, at)
    assert books(db)["coupons"] == {"HELLO": (1,)}
    take_back(db, at, sale.document_id, 0)
    assert books(db)["coupons"] == {"HELLO": (1,)}
    take_back(db, at, sale.document_id, 0)
    assert books(db)["coupons"] == {"HELLO": (0,)}


def three_for_two(db: Database, at: At, disc: int) -> int:
    rule = db.run(price_rules.save_rule, at, Rule(0, "3 for 2", CheapestFree(3)))
    db.run(price_rules.switch_rule, at, rule.rule_id, True)
    scan(db, at, disc, disc, disc)
    return pay(db, at, card(13600)).document_id


def test_as_sold_each_of_three_for_two_brings_its_share(db: Database, at: At, disc: int):
    sale = three_for_two(db, at, disc)
    told = [-take_back(db, at, sale, 0).receipt.total_minor for _ in range(3)]
    assert sum(told) == 13600
    assert max(told) - min(told) <= 1


def test_recomputed_the_free_disc_brings_nothing_and_the_rest_what_is_left(db: Database, at: At, disc: int):
    setting(db, "return_recomputed", True)
    before = books(db)
    sale = three_for_two(db, at, disc)
    told = [-take_back(db, at, sale, 0).receipt.total_minor for _ in range(3)]
    assert told == [0, 6800, 6800]
    assert books(db) == before
    assert verified(db, at) == []


def test_recomputed_with_discounts_on_line_and_whole_comes_to_what_was_paid(db: Database, at: At, disc: int):
    setting(db, "return_recomputed", True)
    view = scan(db, at, disc, disc, db.run(make_edition, title="Faith", price_minor=1234))
    db.run(basket.discount_line, at, view.lines[0].line_id, Discount("percent", 700, "scratch"))
    db.run(basket.discount_basket, at, Discount("percent", 500, "friend"))
    before = books(db)
    sale = pay(db, at)
    view = lay_in(db, at, sale.document_id, 0)
    assert not view.returns[0].as_sold
    settle(db, at)
    take_all_back(db, at, sale.document_id)
    assert books(db) == before
    assert verified(db, at) == []


def test_recomputed_a_rule_changed_since_lets_the_sale_come_back_as_sold_and_says_so(db: Database, at: At, disc: int):
    setting(db, "return_recomputed", True)
    sale = three_for_two(db, at, disc)
    change(db, PRICE_RULE, data="{}")
    view = lay_in(db, at, sale, 0)
    assert [row.as_sold for row in view.returns] == [True]
    assert abs(view.refund_minor - 13600 // 3) <= 1


def test_where_tax_is_added_all_comes_back_with_it(db: Database, at: At, disc: int):
    setting(db, "prices_include_tax", False)
    before = books(db)
    view = scan(db, at, disc, disc, db.run(make_edition, title="Faith", price_minor=1234))
    db.run(basket.discount_line, at, view.lines[0].line_id, Discount("percent", 700, "scratch"))
    db.run(basket.round_off, at)
    sale = pay(db, at)
    for place in (0, 1, 0):
        take_back(db, at, sale.document_id, place)
    after = books(db)
    assert {name: after[name] for name in ("money", "tax", "grand_total")} == {
        name: before[name] for name in ("money", "tax", "grand_total")
    }
    assert verified(db, at) == []


def test_a_voided_sale_does_not_come_back(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    db.run(voids.void_last_sale, at, "wrong disc")
    with pytest.raises(WrongState) as told:
        lay_in(db, at, sale.document_id, 0)
    assert (told.value.kind, told.value.state) == ("sale", "voided")
    assert db.ask(returns.open_sale, at, sale.document_id).is_voided


def test_a_sale_voided_while_it_lies_in_a_basket_is_not_paid_twice(db: Database, at: At, disc: int):
    other = at_till(at, 2)
    db.run(shifts.open_shift, other, 0)
    sale = sell(db, at, disc)
    lay_in(db, other, sale.document_id, 0)
    db.run(voids.void_last_sale, at, "wrong disc")
    with pytest.raises(WrongState):
        settle(db, other)


def test_a_sale_of_which_a_part_came_back_at_another_till_is_not_voided(db: Database, at: At, disc: int):
    other = at_till(at, 2)
    db.run(shifts.open_shift, other, 10000)
    sale = sell(db, at, disc, disc)
    take_back(db, other, sale.document_id, 0)
    with pytest.raises(WrongState) as told:
        db.run(voids.void_last_sale, at, "wrong disc")
    assert (told.value.kind, told.value.state) == ("sale", "returned")


def test_a_void_gives_everything_back_to_the_member(db: Database, at: At, disc: int):
    buying_member(db, at, points_qty=1000, stored_minor=10000)
    gift = db.run(vouchers.sell_gift_card, at, 5000, TenderKind.CARD).voucher.voucher_id
    before = books(db)
    scan(db, at, disc, disc, disc)
    pay(
        db, at, Tender(TenderKind.POINTS, 1000), Tender(TenderKind.STORED, 6000),
        Tender(TenderKind.VOUCHER, 5000, voucher_id=gift), card(3000), cash(5400),
    )  # fmt: skip
    db.run(voids.void_last_sale, at, "wrong customer")
    assert books(db) == before
    assert verified(db, at) == []


def test_a_void_of_an_exchange_gives_back_what_paid_for_the_first_disc(db: Database, at: At, disc: int):
    other = db.run(make_edition, title="Faith", price_minor=8000)
    scan(db, at, disc)
    sale = pay(db, at, card(6800))
    lay_in(db, at, sale.document_id, 0)
    scan(db, at, other)
    settle(db, at, cash(1200))
    done = db.run(voids.void_last_sale, at, "changed their mind")
    assert [(t.kind, t.amount_minor) for t in done.receipt.tenders] == [("cash", -1200), ("card", -6800)]
    assert verified(db, at) == []
