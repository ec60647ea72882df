"""The sale that a customer talks about is found by whatever is known of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import at_till, card, later, pay, scan, scan_copy, sell
from tests.services.taking_back import take_back

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, receipt_code, shop_code
from av_pos.errors import NotPermitted
from av_pos.services import basket, editions, members, provisional, sale_search, shifts, voids
from av_pos.services.access import CONSOLE
from av_pos.services.members import MemberDraft
from av_pos.services.sale_search import SaleQuery


@dataclass
class Shop:
    at: At
    member_id: int
    member_code: str
    copy_id: int
    by_card: int
    copy_sale: int
    of_member: int
    yesterday: int


@pytest.fixture
def shop(db: Database, at: At) -> Shop:
    """Four sales: yesterday's in cash, one by card at another till, a used copy, and a member's."""
    earlier = later(at, days=-1)
    db.run(shifts.open_shift, earlier, 0)
    blue = db.run(make_edition, barcode="0074646493526")
    faith = db.run(make_edition, title="Faith 100%", artist="George Michael", price_minor=12950)
    copy_id = db.run(make_copy, faith)
    yesterday = sell(db, earlier, blue, faith).document_id
    db.run(shifts.record_count, earlier, db.ask(shifts.x_report, earlier).expected_cash_minor)
    db.run(shifts.close_shift, earlier)
    db.run(shifts.open_shift, at, 0)
    other = at_till(at, 2)
    db.run(shifts.open_shift, other, 0)
    scan(db, other, blue)
    by_card = pay(db, other, card(6800)).document_id
    scan_copy(db, at, copy_id)
    copy_sale = pay(db, later(at, minutes=1)).document_id
    member = db.run(members.register_member, at, MemberDraft("王小明", "13800138000", takes_card=True))
    db.run(basket.set_member, at, member.member_id)
    of_member = sell(db, later(at, minutes=2), faith).document_id
    return Shop(at, member.member_id, member.number, copy_id, by_card, copy_sale, of_member, yesterday)


def found(db: Database, shop: Shop, **query: object) -> list[int]:
    return [row.document_id for row in db.ask(sale_search.find_sales, shop.at, SaleQuery(**query))]  # type: ignore[arg-type]


CASES: list[tuple[Callable[[Shop], dict[str, object]], Callable[[Shop], list[int]]]] = [
    (lambda shop: {}, lambda shop: [shop.of_member, shop.copy_sale, shop.by_card, shop.yesterday]),
    (lambda shop: {"number": "02-0000001"}, lambda shop: [shop.by_card]),
    (lambda shop: {"number": "1"}, lambda shop: [shop.by_card, shop.yesterday]),
    (lambda shop: {"number": " 01-1 "}, lambda shop: [shop.yesterday]),
    (lambda shop: {"number": "０２-０００００01"}, lambda shop: [shop.by_card]),
    (lambda shop: {"number": "no such"}, lambda shop: []),
    (lambda shop: {"code": shop_code(CodeKind.COPY, shop.copy_id)}, lambda shop: [shop.copy_sale]),
    (lambda shop: {"code": "0074646493526"}, lambda shop: [shop.by_card, shop.yesterday]),
    (lambda shop: {"code": "4006408126072"}, lambda shop: []),
    (lambda shop: {"code": shop.member_code}, lambda shop: [shop.of_member]),
    (lambda shop: {"member_id": shop.member_id}, lambda shop: [shop.of_member]),
    (lambda shop: {"card_last4": "4321"}, lambda shop: [shop.by_card]),
    (lambda shop: {"amount_minor": 6800}, lambda shop: [shop.by_card]),
    (lambda shop: {"text": "faith"}, lambda shop: [shop.of_member, shop.copy_sale, shop.yesterday]),
    (lambda shop: {"text": "michael 100%"}, lambda shop: [shop.of_member, shop.copy_sale, shop.yesterday]),
    (lambda shop: {"text": "10_%"}, lambda shop: []),
    (lambda shop: {"last_on": date(2026, 11, 19)}, lambda shop: [shop.yesterday]),
    (lambda shop: {"first_on": date(2026, 11, 20), "text": "davis"}, lambda shop: [shop.by_card]),
    (lambda shop: {"text": "faith", "card_last4": "4321"}, lambda shop: []),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_a_sale_is_found_by_what_is_known(db: Database, shop: Shop, case: int):
    query, wanted = CASES[case]
    assert found(db, shop, **query(shop)) == wanted(shop)


def test_the_list_is_cut_and_the_newest_stands_first(db: Database, shop: Shop):
    rows = db.ask(sale_search.find_sales, shop.at, SaleQuery(), 2)
    assert [row.document_id for row in rows] == [shop.of_member, shop.copy_sale]


def test_a_row_says_what_has_come_back_and_what_was_voided(db: Database, shop: Shop):
    take_back(db, at_till(shop.at, 2), shop.yesterday, 0)
    db.run(voids.void_last_sale, shop.at, "wrong disc")
    rows = {row.document_id: row for row in db.ask(sale_search.find_sales, shop.at, SaleQuery())}
    assert (rows[shop.yesterday].items_qty, rows[shop.yesterday].returned_qty) == (2, 1)
    assert (rows[shop.of_member].is_voided, rows[shop.yesterday].is_voided) == (True, False)
    assert rows[shop.yesterday].first_title == "Kind of Blue"


def test_what_was_sold_as_unknown_is_found_by_the_disc_that_it_was(db: Database, shop: Shop):
    db.run(basket.add_unknown, shop.at, "4006408126072", "Blue?", 5000)
    sale = pay(db, shop.at).document_id
    blue = 1
    unknown = db.ask(lambda s: editions.find_by_code(s, "4006408126072"))[0].id
    db.run(provisional.relink_provisional, shop.at, unknown, blue)
    assert sale in found(db, shop, code="0074646493526")
    assert sale in found(db, shop, code="4006408126072")


def test_a_scanned_receipt_is_one_sale(db: Database, shop: Shop):
    assert db.ask(sale_search.find_by_number, shop.at, "2920200000019") is None
    assert db.ask(sale_search.find_by_number, shop.at, receipt_code(2, 1)) == shop.by_card
    assert db.ask(sale_search.find_by_number, shop.at, "02-0000001") == shop.by_card


def test_the_command_line_does_not_look_sales_up(db: Database, shop: Shop):
    with pytest.raises(NotPermitted):
        db.ask(sale_search.find_sales, replace(shop.at, actor=CONSOLE), SaleQuery())
