"""Returns and exchanges: what comes back brings its money and its stock back, once."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from tests.factories import make_edition
from tests.services.at_the_till import approved, at_till, card, cash, later, pay, scan, sell
from tests.services.taking_back import (
    books,
    buying_member,
    change,
    lay_in,
    lines_of,
    settle,
    stock_of,
    take_back,
    tenders_of,
    verified,
)

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.documents import DocumentKind
from av_pos.domain.permissions import Permission
from av_pos.domain.pricing import Discount
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import AvPosError, InvalidInput, LimitExceeded, NotFound, NotPermitted, WrongState
from av_pos.models import JOURNAL, PRINT_JOB
from av_pos.models.members import VOUCHER
from av_pos.models.returned import LINE_RETURN
from av_pos.services import (
    basket,
    returns,
    shifts,
    sold_sales,
    vouchers,
)
from av_pos.services.access import CONSOLE
from av_pos.services.returns import Chosen


@pytest.fixture
def disc(db: Database, at: At) -> int:
    """An open shift and a disc for 68.00 that cost 40.00, five of it."""
    db.run(shifts.open_shift, at, 30000)
    return db.run(make_edition)


def test_a_return_is_a_linked_document_below_nothing_and_the_sale_stays(db: Database, at: At, disc: int):
    sale = sell(db, at, disc, disc)
    payload = db.ask(lambda s: s.execute(select(JOURNAL.c.payload).order_by(JOURNAL.c.seq)).scalars().all())
    back = take_back(db, at, sale.document_id, 0)
    receipt = back.receipt
    assert receipt.kind is DocumentKind.RETURN
    assert (receipt.total_minor, receipt.items_qty, receipt.of_number) == (-6800, -1, sale.receipt.number)
    assert tenders_of(back) == [("cash", -6800)]
    assert sum(tax.tax_minor for tax in receipt.taxes) == -562
    assert receipt.reason == "does not like it"
    assert back.returned == (receipt,)
    now = db.ask(lambda s: s.execute(select(JOURNAL.c.payload).order_by(JOURNAL.c.seq)).scalars().all())
    assert now[: len(payload)] == payload
    assert db.ask(basket.view_of, at).basket_id is None
    assert verified(db, at) == []


def test_stock_comes_back_at_what_it_left_at(db: Database, at: At):
    db.run(shifts.open_shift, at, 0)
    disc = db.run(make_edition, qty=3, cost_minor=3333)
    before = stock_of(db, disc)
    sale = sell(db, at, disc, disc)
    take_back(db, at, sale.document_id, 0)
    take_back(db, at, sale.document_id, 0)
    assert stock_of(db, disc) == before


def test_cash_back_opens_the_drawer(db: Database, at: At, disc: int):
    scan(db, at, disc)
    sale = pay(db, at, card(6800))
    scan(db, at, disc)
    in_cash = pay(db, at)
    jobs = select(PRINT_JOB.c.kind).order_by(PRINT_JOB.c.id)
    before = len(db.ask(lambda s: list(s.scalars(jobs))))
    take_back(db, at, sale.document_id, 0)
    take_back(db, at, in_cash.document_id, 0)
    assert db.ask(lambda s: list(s.scalars(jobs)))[before:] == ["receipt", "drawer", "receipt"]


def test_a_piece_comes_back_once(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    take_back(db, at, sale.document_id, 0)
    with pytest.raises(WrongState) as told:
        lay_in(db, at, sale.document_id, 0)
    assert (told.value.kind, told.value.state) == ("sold_line", "returned")


def test_two_tills_with_the_same_piece_one_wins_and_the_other_is_told(db: Database, at: At, disc: int):
    other = at_till(at, 2)
    db.run(shifts.open_shift, other, 0)
    sale = sell(db, at, disc)
    lay_in(db, at, sale.document_id, 0)
    lay_in(db, other, sale.document_id, 0)
    settle(db, at)
    view = db.ask(basket.view_of, other)
    assert (view.refund_minor, view.returns[0].left_qty) == (0, 0)
    with pytest.raises(WrongState) as told:
        settle(db, other)
    assert told.value.state == "returned"
    assert db.run(returns.take_out, other, view.returns[0].return_id).view.is_empty
    assert verified(db, at) == []


def test_the_guard_itself_counts_no_piece_twice(db: Database, at: At, disc: int):
    sale = sell(db, at, disc, disc)
    (line_id,) = lines_of(db, sale.document_id)
    db.run(sold_sales.count_back, {line_id: (1, 6800)})
    with pytest.raises(WrongState) as told:
        db.run(sold_sales.count_back, {line_id: (2, 6800)})
    assert told.value.state == "returned"
    db.run(sold_sales.count_back, {line_id: (1, 6800)})


def test_more_pieces_than_are_left_are_refused_with_how_many_are(db: Database, at: At, disc: int):
    sale = sell(db, at, disc, disc, disc)
    (line_id,) = lines_of(db, sale.document_id)
    take_back(db, at, sale.document_id, Chosen(line_id, 2))
    with pytest.raises(InvalidInput) as told:
        lay_in(db, at, sale.document_id, Chosen(line_id, 2))
    assert (told.value.reason, told.value.value) == ("more_than_left", "1")


def test_laid_in_twice_a_line_is_chosen_anew(db: Database, at: At, disc: int):
    sale = sell(db, at, disc, disc, disc)
    (line_id,) = lines_of(db, sale.document_id)
    lay_in(db, at, sale.document_id, Chosen(line_id, 3))
    view = lay_in(db, at, sale.document_id, Chosen(line_id, 2))
    assert [(row.qty, row.refund_minor) for row in view.returns] == [(2, 13600)]
    assert view.due_minor == -13600


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_return_needs_a_reason(db: Database, at: At, disc: int, reason: str):
    sale = sell(db, at, disc)
    with pytest.raises(InvalidInput) as told:
        db.run(returns.lay_in, at, sale.document_id, [Chosen(lines_of(db, sale.document_id)[0])], reason)
    assert told.value.field == "reason"


def test_a_line_of_another_sale_and_nothing_at_all_are_refused(db: Database, at: At, disc: int):
    first, second = sell(db, at, disc), sell(db, at, disc)
    with pytest.raises(InvalidInput):
        db.run(returns.lay_in, at, first.document_id, [Chosen(lines_of(db, second.document_id)[0])], "broken")
    with pytest.raises(InvalidInput):
        db.run(returns.lay_in, at, first.document_id, [], "broken")
    with pytest.raises(NotFound):
        db.run(returns.lay_in, at, 999, [], "broken")


def test_what_was_taken_out_again_does_not_come_back(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    view = lay_in(db, at, sale.document_id, 0)
    assert db.run(returns.take_out, at, view.returns[0].return_id).view.is_empty
    with pytest.raises(NotFound):
        db.run(returns.take_out, at, view.returns[0].return_id)
    assert db.ask(returns.open_sale, at, sale.document_id).lines[0].left_qty == 1


def test_a_basket_in_which_something_comes_back_keeps_its_member(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    member_id = buying_member(db, at)
    line_id = scan(db, at, disc).lines[0].line_id
    laid = lay_in(db, at, sale.document_id, 0).returns[0]
    view = db.run(basket.remove_line, at, line_id).view
    assert (view.member and view.member.member_id, view.due_minor) == (member_id, -6800)
    view = db.run(returns.take_out, at, laid.return_id).view
    assert (view.member, view.basket_id) == (None, None)


def test_a_sale_shows_what_was_bought_what_came_back_and_the_days_left(db: Database, at: At, disc: int):
    sale = sell(db, at, disc, disc)
    take_back(db, at, sale.document_id, 0)
    shown = db.ask(returns.open_sale, later(at, days=10), sale.document_id)
    (line,) = shown.lines
    assert (line.sold_qty, line.returned_qty, line.left_qty, line.refund_minor) == (2, 1, 1, 6800)
    assert (shown.days_left, shown.is_late) == (20, False)


def test_after_the_last_day_a_manager_has_to_say_yes(db: Database, at: At, cashier_at: At, disc: int):
    sale = sell(db, at, disc)
    last, over = later(cashier_at, days=30), later(cashier_at, days=31)
    assert lay_in(db, last, sale.document_id, 0).returns
    with pytest.raises(NotPermitted) as told:
        lay_in(db, over, sale.document_id, 0)
    assert (told.value.permission, told.value.approvable) == (Permission.RETURN_LATE, True)
    approval = approved(db, over, Permission.RETURN_LATE)
    assert lay_in(db, over, sale.document_id, 0, approval_id=approval).returns


def test_a_clock_that_went_back_before_the_sale_does_not_make_it_late(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    earlier = later(at, hours=-3)
    back = take_back(db, earlier, sale.document_id, 0)
    assert back.clock_went_back
    assert verified(db, at) == []


def test_the_command_line_takes_nothing_back(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    with pytest.raises(NotPermitted):
        lay_in(db, replace(at, actor=CONSOLE), sale.document_id, 0)


def test_money_goes_back_the_way_it_came_and_cash_last(db: Database, at: At, disc: int):
    scan(db, at, disc, disc)
    sale = pay(db, at, card(5000), cash(10000))
    first = take_back(db, at, sale.document_id, 0)
    assert tenders_of(first) == [("card", -5000), ("cash", -1800)]
    assert first.receipt.tenders[0].card_last4 == "4321"
    assert tenders_of(take_back(db, at, sale.document_id, 0)) == [("cash", -6800)]


def test_cash_above_the_limit_wants_a_manager_and_small_parts_do_not_get_round_it(db: Database, at: At, cashier_at: At):
    db.run(shifts.open_shift, at, 0)
    disc = db.run(make_edition, price_minor=15000)
    sale = sell(db, at, disc, disc)
    take_back(db, cashier_at, sale.document_id, 0)
    lay_in(db, cashier_at, sale.document_id, 0)
    with pytest.raises(LimitExceeded) as told:
        settle(db, cashier_at)
    assert (told.value.what, told.value.asked, told.value.limit) == ("refund_cash", 30000, 20000)
    back = settle(db, cashier_at, approval_id=approved(db, cashier_at, Permission.REFUND_CASH))
    assert back.receipt.approved_by == "Lin"


def test_the_cash_of_several_sales_counts_together(db: Database, at: At, cashier_at: At):
    db.run(shifts.open_shift, at, 0)
    disc = db.run(make_edition, price_minor=15000)
    sales = [sell(db, at, disc), sell(db, at, disc)]
    for sale in sales:
        lay_in(db, cashier_at, sale.document_id, 0)
    with pytest.raises(LimitExceeded) as told:
        settle(db, cashier_at)
    assert told.value.asked == 30000
    done = settle(db, cashier_at, as_credit=True)
    assert [receipt.of_number for receipt in done.returned] == [sale.receipt.number for sale in sales]
    assert db.ask(lambda s: s.scalars(select(VOUCHER.c.balance_minor)).all()) == [15000, 15000]
    assert verified(db, at) == []


def test_an_uneven_exchange_is_settled_once(db: Database, at: At, disc: int):
    dear = db.run(make_edition, title="Faith", price_minor=12950)
    sale = sell(db, at, disc)
    lay_in(db, at, sale.document_id, 0)
    view = scan(db, at, dear)
    assert (view.total_minor, view.refund_minor, view.due_minor) == (12950, 6800, 6150)
    done = settle(db, at, cash(7000))
    assert tenders_of(done) == [("exchange", 6800), ("cash", 6150)]
    (returned,) = done.returned
    assert [(tender.kind, tender.amount_minor) for tender in returned.tenders] == [("exchange", -6800)]
    assert done.receipt.change_minor == 850
    assert verified(db, at) == []


def test_an_even_exchange_moves_no_money(db: Database, at: At, disc: int):
    other = db.run(make_edition, title="Faith")
    sale = sell(db, at, disc)
    drawer = db.ask(shifts.x_report, at).expected_cash_minor
    lay_in(db, at, sale.document_id, 0)
    scan(db, at, other)
    done = settle(db, at)
    assert tenders_of(done) == [("exchange", 6800)]
    assert db.ask(shifts.x_report, at).expected_cash_minor == drawer
    assert verified(db, at) == []


def test_what_an_exchange_leaves_goes_back_and_several_sales_share_it(db: Database, at: At, disc: int):
    cheap = db.run(make_edition, title="Single", price_minor=9000)
    first, second = sell(db, at, disc), sell(db, at, disc)
    lay_in(db, at, first.document_id, 0)
    lay_in(db, at, second.document_id, 0)
    scan(db, at, cheap)
    done = settle(db, at)
    told = [[(tender.kind, tender.amount_minor) for tender in receipt.tenders] for receipt in done.returned]
    assert told == [[("exchange", -6800)], [("exchange", -2200), ("cash", -4600)]]
    assert verified(db, at) == []


def exchange(db: Database, at: At, sale: int, edition_id: int, *tenders: Tender) -> int:
    """Bring the first piece of a sale back for another disc; returns the new sale."""
    lay_in(db, at, sale, 0)
    scan(db, at, edition_id)
    return settle(db, at, *tenders).document_id


def test_what_an_exchange_paid_goes_back_the_way_the_first_disc_was_paid(db: Database, at: At, disc: int):
    dear = db.run(make_edition, title="Faith", price_minor=8000)
    before = books(db)["money"]
    scan(db, at, disc)
    first = pay(db, at, card(6800)).document_id
    second = exchange(db, at, first, dear, cash(1200))
    back = take_back(db, at, second, 0)
    assert tenders_of(back) == [("cash", -1200), ("card", -6800)]
    assert books(db)["money"] == before
    assert verified(db, at) == []


def test_exchanged_twice_and_in_parts_no_card_gets_more_than_it_paid(db: Database, at: At, disc: int):
    scan(db, at, disc, disc)
    first = pay(db, at, card(6800), cash(6800)).document_id
    second = exchange(db, at, first, disc)
    third = exchange(db, at, second, disc)
    assert tenders_of(take_back(db, at, third, 0)) == [("card", -6800)]
    assert tenders_of(take_back(db, at, first, 0)) == [("cash", -6800)]
    assert books(db)["money"] == {}
    assert verified(db, at) == []


def test_both_sales_of_an_exchange_come_back_together(db: Database, at: At, disc: int):
    scan(db, at, disc, disc)
    first = pay(db, at, card(6800), cash(6800)).document_id
    second = exchange(db, at, first, disc)
    lay_in(db, at, first, 0)
    lay_in(db, at, second, 0)
    settle(db, at)
    assert books(db)["money"] == {}
    assert verified(db, at) == []


@pytest.mark.parametrize("as_credit", [False, True])
def test_what_is_told_to_go_back_is_what_goes_back(db: Database, at: At, disc: int, as_credit: bool):
    scan(db, at, disc, disc)
    first = pay(db, at, card(6800), cash(6800)).document_id
    second = exchange(db, at, first, disc)
    lay_in(db, at, first, 0)
    lay_in(db, at, second, 0)
    told = db.ask(returns.plan_money_back, at, as_credit=as_credit)
    done = settle(db, at, as_credit=as_credit)
    given = [tender for one in done.returned for tender in one.tenders]
    assert [(t.kind, t.amount_minor) for t in told] == [(t.kind, t.amount_minor) for t in given]
    assert verified(db, at) == []


def test_the_stored_value_of_a_disc_exchanged_comes_back_as_store_credit(db: Database, at: At, disc: int):
    buying_member(db, at, stored_minor=10000)
    scan(db, at, disc)
    first = pay(db, at, Tender(TenderKind.STORED, 6800)).document_id
    second = exchange(db, at, first, disc)
    back = take_back(db, at, second, 0)
    assert tenders_of(back) == [("voucher", -6800)]
    voucher_id = back.receipt.tenders[0].voucher_id
    assert voucher_id is not None
    voucher = db.ask(vouchers.get_voucher, voucher_id, date(2026, 11, 20))
    assert (voucher.kind, voucher.balance_minor) == ("store_credit", 6800)
    assert verified(db, at) == []


def test_store_credit_pays_the_next_sale(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    lay_in(db, at, sale.document_id, 0)
    back = settle(db, at, as_credit=True)
    voucher_id = back.receipt.tenders[0].voucher_id
    scan(db, at, disc)
    done = pay(db, at, Tender(TenderKind.VOUCHER, 6800, voucher_id=voucher_id))
    assert tenders_of(done) == [("voucher", 6800)]
    assert verified(db, at) == []


def test_discounts_and_round_off_come_back_as_they_were_given(db: Database, at: At, disc: int):
    view = scan(db, at, disc, disc, db.run(make_edition, title="Faith", price_minor=1234))
    db.run(basket.discount_line, at, view.lines[0].line_id, Discount("percent", 700, "scratch"))
    db.run(basket.discount_basket, at, Discount("amount", 333, "friend"))
    db.run(basket.round_off, at)
    before = books(db)
    sale = pay(db, at)
    total = sum(take_back(db, at, sale.document_id, place).receipt.total_minor for place in (0, 1, 0))
    assert -total == sale.receipt.total_minor
    assert books(db) == before
    assert verified(db, at) == []


def test_verify_sees_a_guard_that_was_changed(db: Database, at: At, disc: int):
    sale = sell(db, at, disc, disc)
    take_back(db, at, sale.document_id, 0)
    for column in ("sold_qty", "returned_qty", "refunded_minor"):
        change(db, LINE_RETURN, **{column: LINE_RETURN.c[column] + 1})
        assert [row.column for row in verified(db, at)] == [column]
        change(db, LINE_RETURN, **{column: LINE_RETURN.c[column] - 1})
    db.run(lambda s: s.execute(LINE_RETURN.delete()))
    assert [row.column for row in verified(db, at)] == ["of_line_id"]


def test_a_refused_return_changes_nothing(db: Database, at: At, cashier_at: At):
    db.run(shifts.open_shift, at, 0)
    disc = db.run(make_edition, price_minor=30000)
    sale = sell(db, at, disc)
    lay_in(db, cashier_at, sale.document_id, 0)
    before = books(db)
    with pytest.raises(AvPosError):
        settle(db, cashier_at)
    assert books(db) == before
    assert db.ask(basket.view_of, cashier_at).refund_minor == 30000
