"""Exchanges: what a disc that comes back pays for is neither lost nor counted twice."""

import pytest
from tests.factories import make_edition
from tests.services.at_the_till import approved, card, cash, pay, scan, sell
from tests.services.taking_back import buying_member, lay_in, setting, settle, stock_of, take_back, tenders_of, verified

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.pricing import Discount
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.domain.stock import StockReason
from av_pos.errors import LimitExceeded
from av_pos.services import basket, shifts, stock, voids


@pytest.fixture
def disc(db: Database, at: At) -> int:
    """An open shift and a disc for 68.00 that cost 40.00, five of it."""
    db.run(shifts.open_shift, at, 30000)
    return db.run(make_edition)


def test_a_return_that_pays_nothing_does_not_hide_the_one_that_did(db: Database, at: At, disc: int):
    scan(db, at, disc)
    by_card = pay(db, at, card(6800))
    in_cash = sell(db, at, disc)
    lay_in(db, at, by_card.document_id, 0)
    lay_in(db, at, in_cash.document_id, 0)
    cheap = db.run(make_edition, title="Faith", price_minor=5000)
    scan(db, at, cheap)
    new = settle(db, at)
    assert [tenders_of_receipt(one) for one in new.returned] == [
        [("exchange", -5000), ("card", -1800)],
        [("cash", -6800)],
    ]
    assert tenders_of(take_back(db, at, new.document_id, 0)) == [("card", -5000)]
    assert verified(db, at) == []


def tenders_of_receipt(receipt):
    return [(tender.kind, tender.amount_minor) for tender in receipt.tenders]


def test_after_a_voided_exchange_no_card_gets_more_than_it_paid(db: Database, at: At, disc: int):
    other = db.run(make_edition, title="Faith", price_minor=5000)
    scan(db, at, disc, other)
    sale = pay(db, at, card(6800), cash(5000))
    lay_in(db, at, sale.document_id, 0)
    scan(db, at, disc)
    settle(db, at)
    void = db.run(voids.void_last_sale, at, "changed their mind")
    assert tenders_of_receipt(void.receipt) == [("card", -6800)]
    assert tenders_of(take_back(db, at, sale.document_id, 1)) == [("cash", -5000)]
    assert verified(db, at) == []


def test_the_last_piece_brought_back_and_sold_again_leaves_nothing_in_the_books(db: Database, at: At):
    db.run(shifts.open_shift, at, 30000)
    last = db.run(make_edition, title="Faith", qty=1, cost_minor=4000)
    sale = sell(db, at, last)
    db.run(stock.move, at, last, 1, StockReason.RECEIPT, cost_minor=5000, business_on=at.now.date())
    sell(db, at, last)
    lay_in(db, at, sale.document_id, 0)
    scan(db, at, last)
    settle(db, at)
    assert stock_of(db, last) == (0, 0)
    assert verified(db, at) == []


def test_what_points_paid_earns_no_points_by_an_exchange(db: Database, at: At, disc: int):
    member_id = buying_member(db, at, points_qty=1000)
    scan(db, at, disc)
    sale = pay(db, at, Tender(TenderKind.POINTS, 1000), cash(5800))
    assert sale.receipt.points_earned == 58
    lay_in(db, at, sale.document_id, 0)
    db.run(basket.set_member, at, member_id)
    scan(db, at, disc)
    new = settle(db, at)
    assert new.receipt.points_earned == 58


def test_a_discount_and_cash_back_both_go_through_with_an_approval_each(
    db: Database, at: At, cashier_at: At, disc: int
):
    manager, at = at, cashier_at
    setting(db, "cashier_refund_cash_minor", 1000)
    dear = sell(db, at, db.run(make_edition, title="Box", price_minor=20000))
    lay_in(db, at, dear.document_id, 0)
    line_id = scan(db, at, disc).lines[0].line_id
    db.run(basket.discount_line, at, line_id, Discount("percent", 1000, "friend"))
    db.run(basket.discount_basket, at, Discount("percent", 1000, "friend"))
    asked: list[Permission] = []
    for _ in range(2):
        with pytest.raises(LimitExceeded) as told:
            settle(db, at, approval_id=tuple(approved(db, at, what) for what in asked))
        asked.append(Permission(told.value.what))
    assert asked == [Permission.REFUND_CASH, Permission.DISCOUNT_BASKET]
    done = settle(db, at, approval_id=tuple(approved(db, at, what) for what in asked))
    assert (done.receipt.approved_by, done.returned[0].approved_by) == ("Lin", "Lin")
    assert verified(db, manager) == []
