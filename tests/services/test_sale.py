"""A day at the till as cashier and customer notice it: scan, discount, hold, pay, void."""

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import approved, at_till, card, cash, later, pay, scan, scan_copy, sell

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.documents import DocumentKind
from av_pos.domain.permissions import Permission
from av_pos.domain.pricing import Discount
from av_pos.domain.rules import AmountOff, Rule, Who
from av_pos.errors import (
    AlreadySold,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NotPermitted,
    PriceBelowFloor,
    RuleError,
    Underpaid,
    WrongState,
)
from av_pos.models import COPY, DOCUMENT, PRINT_JOB, STOCK, TILL
from av_pos.models.every_table import METADATA
from av_pos.services import (
    audit,
    basket,
    checkout,
    editions,
    held_baskets,
    integrity,
    journal,
    levels,
    members,
    price_rules,
    provisional,
    shifts,
    shop_settings,
    voids,
)
from av_pos.services.basket import ScanResult
from av_pos.services.members import MemberDraft

BARCODE = "5099749423114"


@pytest.fixture
def disc(db):
    """Kind of Blue for 68.00, five of them."""
    return db.run(make_edition, price_minor=6800, qty=5, cost_minor=4000, barcode=BARCODE)


@pytest.fixture
def film(db):
    """A film for 129.50, two of them."""
    return db.run(make_edition, title="In the Mood for Love", artist="", price_minor=12950, qty=2, cost_minor=7003)


@pytest.fixture
def till(db, cashier_at):
    """The cashier at till 1 with a shift open."""
    db.run(shifts.open_shift, cashier_at, 30000)
    return cashier_at


def everything(db: Database) -> dict[str, list[Any]]:
    """Every row of every table."""

    def read(session: Session) -> dict[str, list[Any]]:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }

    return db.ask(read)


def on_hand(db: Database, edition_id: int) -> tuple[int, int]:
    row = db.ask(lambda session: session.execute(select(STOCK).where(STOCK.c.edition_id == edition_id)).one())
    return row.on_hand_qty, row.value_minor


def refused(error: type[RuleError], db: Database, op: Any, *args: Any) -> Any:
    """Do something that is refused; nothing may have changed by it."""
    before = everything(db)
    with pytest.raises(error) as caught:
        db.run(op, *args)
    assert everything(db) == before
    return caught.value


def complete(db: Database, at: At, *tenders: Any, error: type[RuleError], shown_minor: int | None = None) -> Any:
    view = db.ask(basket.view_of, at)
    shown = view.total_minor if shown_minor is None else shown_minor
    return refused(error, db, checkout.complete_sale, at, view.basket_id, tenders, shown)


# --- what stays in stock ---


def test_two_lines_of_one_edition_share_its_stock(db, till, film):
    line_id = scan(db, till, film).lines[0].line_id
    db.run(basket.discount_line, till, line_id, Discount("percent", 500, "scratched"))
    view = scan(db, till, film)
    assert [(line.qty, line.on_hand_qty, line.left_qty) for line in view.lines] == [(1, 2, 0), (1, 2, 0)]


def test_a_used_copy_takes_none_of_the_new_pieces(db, till, film, disc):
    scan(db, till, film, disc)
    view = scan_copy(db, till, db.run(make_copy, film))
    assert [line.left_qty for line in view.lines if line.copy_id is None] == [1, 4]


# --- paying ---


def test_a_sale_for_cash_with_change(db, at, till, disc, film):
    scan(db, till, disc, film)
    outcome = pay(db, till, cash(20000))
    receipt = outcome.receipt
    assert (receipt.number, receipt.total_minor, receipt.change_minor) == ("01-0000001", 19750, 250)
    assert [(line.title, line.qty, line.net_minor) for line in receipt.lines] == [
        ("Kind of Blue", 1, 6800),
        ("In the Mood for Love", 1, 12950),
    ]
    assert (receipt.tenders[0].tendered_minor, receipt.tenders[0].amount_minor) == (20000, 19750)
    assert (receipt.taxes[0].rate_bp, receipt.taxes[0].tax_minor) == (900, 1631)
    assert receipt.cashier == "Wu"
    assert on_hand(db, disc) == (4, 16000)
    assert on_hand(db, film) == (1, 7003)
    assert db.ask(basket.view_of, till).lines == ()
    assert db.ask(journal.get_receipt, outcome.document_id) == receipt
    assert integrity.verify(db, at).ok


def test_drawer_and_paper_wait_in_this_order(db, till, disc):
    sell(db, till, disc)
    jobs = db.ask(lambda session: session.execute(select(PRINT_JOB.c.kind).order_by(PRINT_JOB.c.id)).scalars().all())
    assert jobs == ["drawer", "receipt"]


def test_a_card_sale_leaves_the_drawer_shut(db, till, disc):
    scan(db, till, disc)
    receipt = pay(db, till, card(6800)).receipt
    assert [(t.kind, t.amount_minor, t.card_type, t.card_last4) for t in receipt.tenders] == [
        ("card", 6800, "UnionPay", "4321")
    ]
    assert db.ask(lambda session: session.execute(select(PRINT_JOB.c.kind)).scalars().all()) == ["receipt"]


def test_a_bill_split_over_card_and_cash(db, till, disc, film):
    scan(db, till, disc, film)
    receipt = pay(db, till, card(10000), cash(10000)).receipt
    assert [(t.kind, t.amount_minor, t.change_minor) for t in receipt.tenders] == [
        ("card", 10000, 0),
        ("cash", 9750, 250),
    ]
    assert db.ask(shifts.x_report, till).expected_cash_minor == 30000 + 9750


@pytest.mark.parametrize("tenders", [(), (cash(6799),), (card(3000), cash(3799)), (card(6799),)])
def test_an_underpaid_sale_changes_nothing(db, till, disc, tenders):
    scan(db, till, disc)
    error = complete(db, till, *tenders, error=Underpaid)
    assert error.missing_minor == 6800 - sum(tender.amount_minor for tender in tenders)


@pytest.mark.parametrize("tenders", [(card(6801),), (card(6800), card(100)), (card(7000), cash(100)), (cash(-1),)])
def test_a_card_is_never_charged_more_than_is_due(db, till, disc, tenders):
    scan(db, till, disc)
    complete(db, till, *tenders, error=InvalidInput if tenders[0].amount_minor > 0 else RuleError)


def test_another_total_than_was_shown_is_not_sold(db, till, disc):
    scan(db, till, disc)
    assert complete(db, till, cash(10000), error=WrongState, shown_minor=6700).state == "changed"


def test_an_empty_basket_and_another_tills_basket_are_not_sold(db, till, disc):
    view = scan(db, till, disc)
    other = at_till(till, 2)
    db.run(shifts.open_shift, other, 0)
    refused(WrongState, db, checkout.complete_sale, other, view.basket_id, (cash(6800),), 6800)
    db.run(basket.clear, till)
    refused(WrongState, db, checkout.complete_sale, till, view.basket_id, (), 0)


def test_a_disc_given_away_needs_no_tender(db, at, till, disc):
    view = scan(db, till, disc)
    db.run(basket.discount_basket, at, Discount("percent", 10000, "goodwill"))
    outcome = db.run(checkout.complete_sale, till, view.basket_id, (), 0)
    assert (outcome.receipt.total_minor, outcome.receipt.tenders) == (0, ())
    assert integrity.verify(db, at).ok


def test_the_price_list_that_adds_tax_asks_for_it(db, at, till, disc):
    db.run(shop_settings.store_setting, "prices_include_tax", False)
    scan(db, till, disc)
    receipt = pay(db, till).receipt
    assert (receipt.subtotal_minor, receipt.total_minor, receipt.taxes[0].tax_minor) == (6800, 7412, 612)
    assert integrity.verify(db, at).ok


# --- the basket ---


def test_a_barcode_scanned_twice_is_one_line_of_two(db, till, disc):
    db.run(basket.add, till, BARCODE)
    outcome = db.run(basket.add, till, BARCODE)
    assert outcome.result is ScanResult.ADDED
    assert [(line.edition_id, line.qty, line.amount_minor) for line in outcome.view.lines] == [(disc, 2, 13600)]


def test_a_code_on_two_editions_asks_which(db, till, disc):
    other = db.run(make_edition, title="Kind of Blue (reissue)", barcode=BARCODE)
    outcome = db.run(basket.add, till, BARCODE)
    assert outcome.result is ScanResult.CHOOSE
    assert {row.id for row in outcome.choices} == {disc, other}
    assert outcome.view.lines == ()


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("4006381333931", ScanResult.UNKNOWN),
        ("134567890123456789", ScanResult.PAYMENT_CODE),
        ("01-0000001", ScanResult.UNKNOWN),
        (shop_code(CodeKind.RECEIPT, 1), ScanResult.RECEIPT),
        (shop_code(CodeKind.HELD_BASKET, 7), ScanResult.HELD_BASKET),
    ],
)
def test_what_is_no_disc_here_leaves_the_basket_alone(db, till, code, result):
    outcome = db.run(basket.add, till, code)
    assert outcome.result is result
    assert outcome.view.lines == ()
    if result is ScanResult.PAYMENT_CODE:
        assert code not in outcome.code


def test_a_copys_own_code_adds_that_copy(db, till, disc):
    copy_id = db.run(make_copy, disc)
    outcome = db.run(basket.add, till, shop_code(CodeKind.COPY, copy_id))
    assert [(line.copy_id, line.amount_minor) for line in outcome.view.lines] == [(copy_id, 4500)]
    assert outcome.line_id is not None
    refused(InvalidInput, db, basket.set_quantity, till, outcome.line_id, 2)
    refused(NotFound, db, basket.add, till, shop_code(CodeKind.COPY, 77))


def test_an_unknown_disc_is_sold_at_a_typed_price_with_approval(db, at, till):
    refused(NotPermitted, db, basket.add_unknown, till, "4006381333931", "Box", 5000)
    approval = approved(db, till, Permission.SELL_UNKNOWN)
    view = db.run(basket.add_unknown, till, "4006381333931", "Box", 5000, approval).view
    assert view.lines[0].is_provisional
    outcome = pay(db, till)
    assert (outcome.receipt.total_minor, outcome.receipt.approved_by) == (5000, "Lin")
    assert outcome.below_zero_ids == (view.lines[0].edition_id,)
    assert integrity.verify(db, at).ok


def test_the_quantity_is_set_and_nought_removes(db, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    assert db.run(basket.set_quantity, till, line_id, 3).view.total_minor == 20400
    assert db.run(basket.set_quantity, till, line_id, 0).view.lines == ()


def _take_out(db: Database, at: At, line_id: int) -> None:
    db.run(basket.remove_line, at, line_id)


def _set_to_nought(db: Database, at: At, line_id: int) -> None:
    db.run(basket.set_quantity, at, line_id, 0)


def _drop(db: Database, at: At, _line_id: int) -> None:
    db.run(basket.clear, at)


def of_customer(db: Database, at: At, disc: int) -> int:
    """A member's basket with a coupon, a discount and a round-off on the whole; returns its one line."""
    db.run(levels.start_levels, at.now)
    member = db.run(members.register_member, at, MemberDraft("王小明", "13800138000"))
    rule = db.run(price_rules.save_rule, at, Rule(0, "Five off", AmountOff(500), who=Who(coupon="HELLO")))
    db.run(price_rules.switch_rule, at, rule.rule_id, True)
    db.run(basket.set_member, at, member.member_id)
    view = scan(db, at, disc)
    assert view.member is not None, "a member set before the first scan stays"
    db.run(basket.add_coupon, at, "HELLO")
    db.run(basket.discount_basket, at, Discount("percent", 500, "regular"))
    view = db.run(basket.round_off, at).view
    assert (view.coupons, view.has_round_off, len(view.reductions)) == (("HELLO",), True, 2)
    return view.lines[0].line_id


@pytest.mark.parametrize("empty", [_take_out, _set_to_nought, _drop])
def test_an_emptied_basket_keeps_nothing_of_its_customer(db, at, disc, empty):
    db.run(shifts.open_shift, at, 30000)
    empty(db, at, of_customer(db, at, disc))
    view = db.ask(basket.view_of, at)
    assert (view.member, view.coupons, view.reductions, view.has_round_off) == (None, (), (), False)
    view = scan(db, at, disc)
    assert (view.member, view.coupons, view.reductions, view.total_minor) == (None, (), (), 6800)


def test_a_basket_keeps_its_customer_while_a_line_is_left(db, at, disc, film):
    db.run(shifts.open_shift, at, 30000)
    line_id = of_customer(db, at, disc)
    scan(db, at, film)
    view = db.run(basket.remove_line, at, line_id).view
    assert (view.member is not None, view.coupons, view.has_round_off) == (True, ("HELLO",), True)


@pytest.mark.parametrize("qty", [-1, 1000])
def test_a_quantity_that_cannot_be_is_refused(db, till, disc, qty):
    line_id = scan(db, till, disc).lines[0].line_id
    refused(InvalidInput, db, basket.set_quantity, till, line_id, qty)


def test_what_is_taken_out_again_is_logged(db, at, till, disc):
    line_id = scan(db, till, disc, disc, disc).lines[0].line_id
    db.run(basket.set_quantity, till, line_id, 1)
    db.run(basket.remove_line, till, line_id)
    logged = [row for row in db.ask(audit.list_entries, at) if row.action == "line_removed"]
    assert [(row.amount_minor, row.details["qty"]) for row in logged] == [(6800, 1), (13600, 2)]


def test_a_till_touches_only_its_own_lines(db, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    refused(NotFound, db, basket.remove_line, at_till(till, 2), line_id)


def test_the_basket_is_there_after_a_restart(db, till, disc):
    view = scan(db, till, disc, disc)
    db.close()
    assert db.ask(basket.view_of, till) == view


# --- used copies, and stock ---


def test_a_used_copy_is_sold_once(db, at, till, disc):
    copy_id = db.run(make_copy, disc)
    scan_copy(db, till, copy_id)
    receipt = pay(db, till).receipt
    assert (receipt.lines[0].grade, receipt.total_minor) == ("VG+/VG", 4500)
    assert on_hand(db, disc) == (5, 20000)
    error = refused(AlreadySold, db, basket.add_copy, at_till(till, 2), copy_id)
    assert error.code == shop_code(CodeKind.COPY, copy_id)
    assert integrity.verify(db, at).ok


def test_a_copy_lies_in_one_basket_only(db, till, disc):
    copy_id = db.run(make_copy, disc)
    scan_copy(db, till, copy_id)
    assert refused(WrongState, db, basket.add_copy, till, copy_id).state == "in_this_basket"
    assert refused(WrongState, db, basket.add_copy, at_till(till, 2), copy_id).state == "in_other_basket"


def test_a_copy_that_went_elsewhere_meanwhile_is_not_sold(db, till, disc):
    copy_id = db.run(make_copy, disc)
    scan_copy(db, till, copy_id)

    def withdraw(session: Session) -> None:
        session.execute(update(COPY).where(COPY.c.id == copy_id).values(status="withdrawn"))

    db.run(withdraw)
    complete(db, till, cash(4500), error=AlreadySold)


def test_two_tills_at_once_sell_each_copy_once(db, at, till, disc):
    copies = [db.run(make_copy, disc) for _ in range(12)]
    db.run(shifts.open_shift, at_till(till, 2), 0)
    sold: list[int] = []
    start = threading.Barrier(2)

    def trade(number: int) -> None:
        own, here = Database.at(db.path), at_till(till, number)
        start.wait()
        for copy_id in copies:
            try:
                scan_copy(own, here, copy_id)
                pay(own, here)
                sold.append(copy_id)
            except (AlreadySold, WrongState):
                own.run(basket.clear, here)
        own.close()

    cashiers = [threading.Thread(target=trade, args=(number,)) for number in (1, 2)]
    for cashier in cashiers:
        cashier.start()
    for cashier in cashiers:
        cashier.join()
    assert sorted(sold) == copies
    report = integrity.verify(db, at)
    assert (report.bad, report.documents) == ((), len(copies))


def test_two_tills_at_once_never_lose_a_piece_or_a_number(db, at, till, disc, film):
    db.run(shifts.open_shift, at_till(till, 2), 0)

    def trade(number: int) -> None:
        own, here = Database.at(db.path), at_till(till, number)
        for _ in range(25):
            sell(own, here, *((disc, film) if number == 1 else (film, disc)))
        own.close()

    cashiers = [threading.Thread(target=trade, args=(number,)) for number in (1, 2)]
    for cashier in cashiers:
        cashier.start()
    for cashier in cashiers:
        cashier.join()
    assert (on_hand(db, disc)[0], on_hand(db, film)[0]) == (5 - 50, 2 - 50)
    report = integrity.verify(db, at)
    assert (report.bad, report.documents) == ((), 50)


def test_what_the_customer_holds_is_sold_below_nought_and_told(db, at, till, film):
    scan(db, till, film, film, film)
    outcome = pay(db, till)
    assert (outcome.low_stock_ids, outcome.below_zero_ids) == ((film,), (film,))
    assert on_hand(db, film) == (-1, -7003)
    assert integrity.verify(db, at).ok


def test_running_low_is_told_by_the_sale_that_brings_it_there(db, till, film, disc):
    outcome = sell(db, till, film, disc)
    assert (outcome.low_stock_ids, outcome.below_zero_ids) == ((film,), ())
    again = sell(db, till, film)
    assert (again.low_stock_ids, again.below_zero_ids) == ((), ())


# --- discounts, prices, round-off ---


def test_a_cashier_discounts_up_to_the_limit(db, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    view = db.run(basket.discount_line, till, line_id, Discount("percent", 1000, "scratched")).view
    assert view.total_minor == 6120
    receipt = pay(db, till).receipt
    assert [(r.kind, r.reason, r.amount_minor) for r in receipt.lines[0].reductions] == [
        ("line_discount", "scratched", 680)
    ]


@pytest.mark.parametrize("discount", [Discount("percent", 1001, "friend"), Discount("amount", 681, "friend")])
def test_more_than_the_limit_wants_a_manager(db, at, till, disc, discount):
    line_id = scan(db, till, disc).lines[0].line_id
    error = refused(LimitExceeded, db, basket.discount_line, till, line_id, discount)
    assert (error.what, error.limit) == (Permission.DISCOUNT_LINE, 1000)
    refused(LimitExceeded, db, basket.discount_basket, till, discount)
    approval = approved(db, till, Permission.DISCOUNT_LINE)
    db.run(basket.discount_line, till, line_id, discount, approval)
    receipt = pay(db, till).receipt
    assert (receipt.total_minor, receipt.approved_by) == (6119, "Lin")


def test_an_approval_is_good_once_at_its_till_for_its_thing_and_not_for_long(db, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    half = Discount("percent", 5000, "friend")
    wrong_thing = approved(db, till, Permission.DISCOUNT_BASKET)
    wrong_till = approved(db, at_till(till, 2), Permission.DISCOUNT_LINE)
    too_old = approved(db, later(till, minutes=-6), Permission.DISCOUNT_LINE)
    for approval in (wrong_thing, wrong_till, too_old, 999):
        refused(LimitExceeded, db, basket.discount_line, till, line_id, half, approval)
    good = approved(db, till, Permission.DISCOUNT_LINE)
    db.run(basket.discount_line, till, line_id, half, good)
    db.run(basket.discount_line, till, line_id, None)
    refused(LimitExceeded, db, basket.discount_line, till, line_id, half, good)


def test_small_discounts_do_not_add_up_to_a_large_one(db, till, disc):
    """Ten per cent on the line and ten on the whole are nineteen."""
    line_id = scan(db, till, disc).lines[0].line_id
    db.run(basket.discount_line, till, line_id, Discount("percent", 1000, "scratched"))
    db.run(basket.discount_basket, till, Discount("percent", 1000, "regular"))
    error = complete(db, till, cash(10000), error=LimitExceeded)
    assert error.limit == 1000
    assert 1890 < error.asked <= 1900
    approval = approved(db, till, Permission.DISCOUNT_BASKET)
    view = db.ask(basket.view_of, till)
    outcome = db.run(checkout.complete_sale, till, view.basket_id, (cash(10000),), view.total_minor, approval)
    assert outcome.receipt.approved_by == "Lin"


def test_an_amount_off_ten_is_not_given_on_one(db, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    db.run(basket.set_quantity, till, line_id, 10)
    db.run(basket.discount_line, till, line_id, Discount("amount", 6800, "many"))
    db.run(basket.set_quantity, till, line_id, 1)
    complete(db, till, error=LimitExceeded)


def test_a_discount_needs_a_reason(db, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    assert refused(InvalidInput, db, basket.discount_line, till, line_id, Discount("percent", 500)).field == "reason"
    assert refused(InvalidInput, db, basket.discount_basket, till, Discount("percent", 500, " ")).field == "reason"


def test_the_discount_on_the_whole_is_shared_to_the_lines(db, at, till, disc, film):
    scan(db, till, disc, film)
    db.run(basket.discount_basket, at, Discount("amount", 1000, "regular"))
    receipt = pay(db, till).receipt
    assert receipt.total_minor == 18750
    assert [line.net_minor for line in receipt.lines] == [6456, 12294]
    assert [(r.kind, r.amount_minor) for r in receipt.reductions] == [("basket_discount", 1000)]


def test_another_price_wants_a_manager_and_a_reason(db, at, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    refused(NotPermitted, db, basket.override_price, till, line_id, 6000, "label")
    refused(InvalidInput, db, basket.override_price, at, line_id, 6000, " ")
    refused(InvalidInput, db, basket.override_price, at, line_id, -1, "label")
    approval = approved(db, till, Permission.OVERRIDE_PRICE)
    db.run(basket.override_price, till, line_id, 6000, "label", approval)
    receipt = pay(db, till).receipt
    assert (receipt.total_minor, receipt.lines[0].list_minor, receipt.lines[0].unit_minor) == (6000, 6800, 6000)
    assert receipt.approved_by == "Lin"


def test_the_approver_of_a_price_stays_on_the_receipt_when_a_discount_follows(db, till, disc):
    line_id = scan(db, till, disc).lines[0].line_id
    approval = approved(db, till, Permission.OVERRIDE_PRICE)
    db.run(basket.override_price, till, line_id, 6000, "label", approval)
    db.run(basket.discount_line, till, line_id, Discount("percent", 500, "scratched"))
    db.run(basket.discount_line, till, line_id, None)
    assert pay(db, till).receipt.approved_by == "Lin"


def test_no_price_under_the_floor(db, at, till):
    edition = db.run(make_edition, price_minor=6800, floor_minor=5000)
    line_id = scan(db, till, edition).lines[0].line_id
    error = refused(PriceBelowFloor, db, basket.override_price, at, line_id, 4999, "label")
    assert error.floor_minor == 5000
    assert db.run(basket.override_price, at, line_id, 5000, "label").view.total_minor == 5000


def test_a_price_raised_is_no_discount_taken_back(db, at, till, disc, film):
    line_id = scan(db, till, disc, film).lines[0].line_id
    db.run(basket.override_price, at, line_id, 7800, "signed")
    db.run(basket.discount_basket, at, Discount("amount", 1000, "regular"))
    pay(db, till)
    assert db.ask(shifts.x_report, till).discounts_minor == 1000
    db.run(voids.void_last_sale, at, "wrong disc")
    assert db.ask(shifts.x_report, till).discounts_minor == 0
    assert integrity.verify(db, at).ok


def test_round_off_takes_the_small_change_and_can_be_taken_back(db, at, till, film):
    scan(db, till, film)
    assert db.run(basket.round_off, till).view.total_minor == 12900
    assert db.run(basket.round_off, till).view.total_minor == 12950
    db.run(basket.round_off, till)
    receipt = pay(db, till).receipt
    assert [(r.kind, r.amount_minor) for r in receipt.reductions] == [("round_off", 50)]
    assert db.ask(shifts.x_report, till).round_off_minor == 50
    assert integrity.verify(db, at).ok


def test_a_large_round_off_wants_a_manager(db, till, film):
    db.run(shop_settings.store_setting, "round_unit_minor", 1000)
    scan(db, till, film)
    assert refused(LimitExceeded, db, basket.round_off, till).asked == 950
    db.run(basket.round_off, till, approved(db, till, Permission.ROUND_OFF))
    assert pay(db, till).receipt.approved_by == "Lin"


# --- hold and recall ---


def test_a_held_basket_comes_back_and_the_open_one_waits_instead(db, till, disc, film):
    scan(db, till, disc, disc)
    assert db.run(held_baskets.hold, till, "red coat").view.lines == ()
    scan(db, till, film)
    [waiting] = db.ask(held_baskets.list_held)
    assert (waiting.label, waiting.first_title, waiting.pieces_qty, waiting.held_by) == (
        "red coat",
        "Kind of Blue",
        2,
        "Wu",
    )
    view = db.run(held_baskets.recall, till, waiting.basket_id).view
    assert [(line.edition_id, line.qty) for line in view.lines] == [(disc, 2)]
    assert view.held_count == 1
    assert [row.first_title for row in db.ask(held_baskets.list_held)] == ["In the Mood for Love"]


def test_several_baskets_wait_and_any_till_recalls(db, till, disc, film):
    for edition_id in (disc, film, disc):
        scan(db, till, edition_id)
        db.run(held_baskets.hold, till)
    db.close()
    waiting = db.ask(held_baskets.list_held)
    assert [row.first_title for row in waiting] == ["Kind of Blue", "In the Mood for Love", "Kind of Blue"]
    other = at_till(till, 2)
    db.run(shifts.open_shift, other, 0)
    db.run(held_baskets.recall, other, waiting[1].basket_id)
    assert pay(db, other).receipt.total_minor == 12950
    refused(NotFound, db, held_baskets.recall, till, waiting[1].basket_id)


def test_nothing_is_not_held(db, till):
    refused(WrongState, db, held_baskets.hold, till)


# --- void ---


def test_a_void_brings_everything_back(db, at, till, disc, film):
    copy_id = db.run(make_copy, disc)
    before = [on_hand(db, disc), on_hand(db, film)]
    scan(db, till, disc, film, film, film)
    scan_copy(db, till, copy_id)
    sale = pay(db, till, card(10000), cash(50000)).receipt
    outcome = db.run(voids.void_last_sale, at, "wrong film")
    void = outcome.receipt
    assert (void.kind, void.of_number, void.number) == (DocumentKind.VOID, sale.number, "01-0000002")
    assert (void.total_minor, void.items_qty, void.reason) == (-sale.total_minor, -sale.items_qty, "wrong film")
    assert {t.kind: t.amount_minor for t in void.tenders} == {"card": -10000, "cash": 10000 - sale.total_minor}
    assert [on_hand(db, disc), on_hand(db, film)] == before
    scan_copy(db, till, copy_id)
    report = db.ask(shifts.x_report, till)
    assert (report.net_minor, report.expected_cash_minor, report.grand_total_minor) == (0, 30000, 0)
    assert [tax.tax_minor for tax in report.taxes] == [0]
    assert integrity.verify(db, at).ok


def test_a_void_brings_a_disc_sold_as_unknown_back_to_what_it_turned_out_to_be(db, at, till, disc):
    db.run(basket.add_unknown, at, "4006381333931", "Live in Wuhan", 3500)
    pay(db, at)
    (sold,) = db.ask(editions.find_by_code, "4006381333931")
    before = db.ask(editions.get_edition, disc).on_hand_qty
    db.run(provisional.relink_provisional, at, sold.id, disc)
    assert db.ask(editions.get_edition, disc).on_hand_qty == before - 1
    db.run(voids.void_last_sale, later(at, minutes=1), "Keyed wrongly")
    assert db.ask(editions.get_edition, disc).on_hand_qty == before
    assert integrity.verify(db, at).ok


def worth(db: Database, edition_id: int) -> tuple[int, int]:
    """Pieces of an edition and their value."""
    return on_hand(db, edition_id)


@pytest.mark.parametrize(
    ("pieces", "sold_elsewhere"),
    [pytest.param(1, 0, id="one"), pytest.param(2, 0, id="two"), pytest.param(1, 2, id="others linked with it")],
)
def test_a_void_brings_back_what_linking_the_disc_took(db, at, pieces, sold_elsewhere):
    second = at_till(at, 2)
    db.run(shifts.open_shift, at, 30000)
    db.run(shifts.open_shift, second, 30000)
    real = db.run(make_edition, qty=5, cost_minor=1001)
    unknown = db.run(basket.add_unknown, at, "4006381333931", "Box", 5000).view.lines[0].edition_id
    if pieces > 1:
        scan(db, at, *[unknown] * (pieces - 1))
    if sold_elsewhere:
        sell(db, second, *[unknown] * sold_elsewhere)
    pay(db, at)
    db.run(provisional.relink_provisional, at, unknown, real)
    db.run(voids.void_last_sale, later(at, minutes=1), "Keyed wrongly")
    assert worth(db, real) == (5 - sold_elsewhere, 5005 - 1001 * sold_elsewhere)
    assert worth(db, unknown) == (0, 0)
    assert integrity.verify(db, at).ok


def test_a_void_wants_a_reason_and_a_manager(db, at, till, disc):
    sell(db, till, disc)
    refused(NotPermitted, db, voids.void_last_sale, till, "wrong disc")
    refused(InvalidInput, db, voids.void_last_sale, at, "  ")
    approval = approved(db, till, Permission.VOID_SALE)
    assert db.run(voids.void_last_sale, till, "wrong disc", approval).receipt.approved_by == "Lin"


def test_only_the_last_sale_and_only_once(db, at, till, disc):
    refused(WrongState, db, voids.void_last_sale, at, "none yet")
    sell(db, till, disc)
    last = sell(db, till, disc, disc).receipt
    assert db.ask(voids.find_voidable, at) == last
    db.run(voids.void_last_sale, at, "wrong disc")
    assert refused(WrongState, db, voids.void_last_sale, at, "again").state == "void"


# --- numbers, days, clocks ---


def test_numbers_have_no_gap_over_sales_voids_and_tills(db, at, till, disc):
    second = at_till(till, 2)
    db.run(shifts.open_shift, second, 0)
    numbers = []
    for here in (till, second, till, till, second, till):
        numbers.append(sell(db, here, disc).receipt.number)
        if len(numbers) % 2:
            numbers.append(db.run(voids.void_last_sale, at_till(at, here.till), "wrong disc").receipt.number)
        complete_nothing(db, here)
    for prefix in ("01", "02"):
        own = [int(number[3:]) for number in numbers if number.startswith(prefix)]
        assert own == list(range(1, len(own) + 1))


def complete_nothing(db: Database, at: At) -> None:
    """A refused sale uses no number."""
    with pytest.raises(WrongState):
        db.run(checkout.complete_sale, at, 999, (), 0)


def test_a_clock_set_back_keeps_the_sale_the_order_and_warns(db, at, till, disc):
    first = sell(db, till, disc)
    back = later(till, hours=-2)
    second = sell(db, back, disc)
    third = sell(db, later(till, minutes=1), disc)
    assert [o.clock_went_back for o in (first, second, third)] == [False, True, False]
    assert [o.receipt.number for o in (first, second, third)] == ["01-0000001", "01-0000002", "01-0000003"]
    assert second.receipt.at == back.now
    assert integrity.verify(db, at).ok


def test_a_clock_that_stays_back_warns_every_time(db, till, disc):
    sell(db, till, disc)
    back = later(till, hours=-2)
    assert [sell(db, later(back, minutes=n), disc).clock_went_back for n in range(2)] == [True, True]


def test_no_sale_without_a_shift(db, cashier_at, disc):
    scan(db, cashier_at, disc)
    assert complete(db, cashier_at, cash(6800), error=WrongState).state == "closed"


def test_a_shift_left_open_over_the_day_cut_stops_selling_and_the_basket_waits(db, till, disc):
    night = later(till, hours=13, minutes=27)  # 03:59 in Shanghai
    sell(db, night, disc)
    morning = later(till, hours=13, minutes=28)  # 04:00
    view = scan(db, morning, disc)
    assert complete(db, morning, cash(6800), error=WrongState).state == "left_open"
    assert db.ask(basket.view_of, morning) == view
    db.run(shifts.record_count, morning, 36800)
    db.run(shifts.close_shift, morning)
    db.run(shifts.open_shift, morning, 0)
    receipt = pay(db, morning).receipt
    assert receipt.business_on - timedelta(days=1) == till.now.date()


# --- any basket ---

REASONS = st.sampled_from(["regular", "scratched", "友情价"])
DISCOUNTS = st.one_of(
    st.none(),
    st.builds(Discount, st.just("percent"), st.integers(0, 10000), REASONS),
    st.builds(Discount, st.just("amount"), st.integers(0, 30000), REASONS),
)
LINES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 7), DISCOUNTS, st.none() | st.integers(0, 20000)),
    min_size=1,
    max_size=6,
)


def fill(db: Database, at: At, editions: list[int], lines: Any) -> None:
    for place, qty, discount, price in lines:
        outcome = db.run(basket.add_edition, at, editions[place])
        assert outcome.line_id is not None
        db.run(basket.set_quantity, at, outcome.line_id, qty)
        if price is not None:
            db.run(basket.override_price, at, outcome.line_id, price, "label")
        db.run(basket.discount_line, at, outcome.line_id, discount)


def world(db: Database) -> dict[str, Any]:
    def read(session: Session) -> dict[str, Any]:
        return {
            "stock": session.execute(select(STOCK.c.edition_id, STOCK.c.on_hand_qty, STOCK.c.value_minor)).all(),
            "grand": session.execute(select(TILL.c.grand_total_minor)).scalars().all(),
            "sums": session.execute(
                select(func.sum(DOCUMENT.c.total_minor), func.sum(DOCUMENT.c.tax_minor),
                       func.sum(DOCUMENT.c.cost_minor), func.sum(DOCUMENT.c.discount_minor),
                       func.sum(DOCUMENT.c.round_off_minor), func.sum(DOCUMENT.c.items_qty))
            ).one(),
        }  # fmt: skip

    return db.ask(read)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, discount=DISCOUNTS, rounded=st.booleans(), by_card=st.integers(0, 10000), over=st.integers(0, 5000))
def test_whatever_is_sold_adds_up_and_a_void_brings_it_back(db, at, lines, discount, rounded, by_card, over):
    editions = any_shop(db, at)
    sell(db, at, editions[3])
    before = world(db)
    fill(db, at, editions, lines)
    db.run(basket.discount_basket, at, discount)
    if rounded:
        db.run(basket.round_off, at)
    view = db.ask(basket.view_of, at)
    card_minor = view.total_minor * by_card // 10000
    tenders = [card(card_minor)] * (card_minor > 0) + [cash(view.total_minor - card_minor + over)]
    receipt = pay(db, at, *tenders).receipt
    assert sum(line.net_minor for line in receipt.lines) == receipt.total_minor == view.total_minor
    assert sum(t.tendered_minor for t in receipt.tenders) - receipt.change_minor == receipt.total_minor
    assert sum(line.tax_minor for line in receipt.lines) == sum(tax.tax_minor for tax in receipt.taxes)
    assert min((line.net_minor for line in receipt.lines), default=0) >= 0
    sold = dict.fromkeys(editions, 0)
    for place, qty, _, _ in merged(lines):
        sold[editions[place]] += qty
    after = {row[0]: row[1] for row in world(db)["stock"]}
    assert after == {row[0]: row[1] - sold.get(row[0], 0) for row in before["stock"]}
    db.run(voids.void_last_sale, at, "taken back")
    assert world(db) == before


def merged(lines: Any) -> Any:
    """A second scan of a plain line sets that line's quantity anew."""
    plain: dict[int, int] = {}
    kept: list[Any] = []
    for place, qty, discount, price in lines:
        if price is None and discount is None:
            plain[place] = qty
        elif place in plain:
            plain.pop(place)
            kept.append((place, qty, discount, price))
        else:
            kept.append((place, qty, discount, price))
    return [*kept, *((place, qty, None, None) for place, qty in plain.items())]


def any_shop(db: Database, at: At) -> list[int]:
    """Four editions, one of which runs out; made once and sold on from example to example."""
    known = db.ask(
        lambda session: session.execute(select(STOCK.c.edition_id).order_by(STOCK.c.edition_id)).scalars().all()
    )
    if known:
        return list(known)
    prices = ((6800, 500, 4001), (12950, 400, 7003), (990, 300, 333), (4999, 2, 1777))
    made = [db.run(make_edition, price_minor=p, qty=q, cost_minor=c) for p, q, c in prices]
    db.run(shifts.open_shift, at, 0)
    return made


def test_the_books_are_whole_after_many_kinds_of_sale(db, at):
    editions = any_shop(db, at)
    for number, (one, other) in enumerate(pairwise(editions * 5)):
        scan(db, at, one, other)
        if number % 3 == 0:
            db.run(basket.discount_basket, at, Discount("percent", 777, "regular"))
        if number % 4 == 0:
            db.run(basket.round_off, at)
        pay(db, at)
        if number % 5 == 0:
            db.run(voids.void_last_sale, at, "wrong disc")
    assert integrity.verify(db, at).bad == ()
