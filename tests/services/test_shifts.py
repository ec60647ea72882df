import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.factories import make_edition
from tests.services.at_the_till import approved, at_till, card, cash, later, pay, scan, sell

from av_pos.domain.at import Actor
from av_pos.domain.payloads import from_payload
from av_pos.domain.permissions import Permission
from av_pos.domain.shift_report import CountLine
from av_pos.errors import InvalidInput, LimitExceeded, NotFound, NotPermitted, WrongState
from av_pos.models import CASH_MOVE, DOCUMENT, JOURNAL, PRINT_JOB
from av_pos.printing.shift_slip import CashSlip
from av_pos.services import audit, basket, journal, shifts, voids

FLOAT = 30000


@pytest.fixture
def disc(db):
    return db.run(make_edition, price_minor=6800, qty=9)


@pytest.fixture
def open_at(db, cashier_at):
    """The cashier at till 1, with a shift open."""
    db.run(shifts.open_shift, cashier_at, FLOAT)
    return cashier_at


def paper(db, kind):
    return db.ask(lambda session: session.execute(select(PRINT_JOB).where(PRINT_JOB.c.kind == kind)).all())


def count_rows(db, table):
    return db.ask(lambda session: session.execute(select(func.count()).select_from(table)).scalar_one())


def actions(db, at):
    return [row.action for row in db.ask(audit.list_entries, at)]


# --- cash in and out ---


def test_cash_in_and_out_moves_what_should_be_in_the_drawer(db, open_at):
    db.run(shifts.pay_in, open_at, 5000, "coins from the bank")
    outcome = db.run(shifts.pay_out, open_at, 1200, "window cleaner")
    report = db.ask(shifts.x_report, open_at)
    assert outcome.move.amount_minor == -1200
    assert not outcome.drawer_short
    assert report.expected_cash_minor == FLOAT + 5000 - 1200
    assert [(move.kind, move.amount_minor, move.reason) for move in report.cash_moves] == [
        ("pay_in", 5000, "coins from the bank"),
        ("pay_out", -1200, "window cleaner"),
    ]


def test_a_slip_comes_out_with_the_drawer_for_cash_that_moved(db, open_at):
    db.run(shifts.pay_out, open_at, 1200, "window cleaner")
    [slip] = paper(db, "slip")
    shown = from_payload(CashSlip, json.loads(slip.payload or ""))
    assert (shown.till, shown.move.amount_minor, shown.move.reason) == (1, -1200, "window cleaner")
    assert shown.shop.name == "Blue Note Records 蓝音唱片"
    assert len(paper(db, "drawer")) == 1


def test_the_drawer_without_a_sale_is_counted_logged_and_needs_no_slip(db, at, open_at):
    db.run(shifts.open_drawer, open_at, "change for a customer")
    assert db.ask(shifts.x_report, open_at).no_sale_count == 1
    assert len(paper(db, "drawer")) == 1
    assert paper(db, "slip") == []
    assert "no_sale" in actions(db, at)


@pytest.mark.parametrize("amount", [0, -1, 10**12])
def test_an_amount_that_cannot_be_is_refused(db, open_at, amount):
    for move in (shifts.pay_in, shifts.pay_out):
        with pytest.raises(InvalidInput):
            db.run(move, open_at, amount, "coins")
    assert count_rows(db, CASH_MOVE) == 0


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_cash_never_moves_without_a_reason(db, open_at, reason):
    for move in (lambda s, a: shifts.pay_in(s, a, 100, reason), lambda s, a: shifts.open_drawer(s, a, reason)):
        with pytest.raises(InvalidInput) as refused:
            db.run(move, open_at)
        assert refused.value.field == "reason"
    assert count_rows(db, JOURNAL) == 0


def test_a_cashier_pays_out_above_the_limit_only_with_approval(db, open_at):
    with pytest.raises(LimitExceeded) as refused:
        db.run(shifts.pay_out, open_at, 20001, "repair")
    assert (refused.value.what, refused.value.limit, refused.value.unit) == (Permission.PAY_OUT, 20000, "minor")
    approval = approved(db, open_at, Permission.PAY_OUT)
    db.run(shifts.pay_out, open_at, 20001, "repair", approval)
    with pytest.raises(NotPermitted):
        db.run(shifts.pay_out, open_at, 20001, "again", approval)
    assert db.ask(shifts.x_report, open_at).expected_cash_minor == FLOAT - 20001


def test_a_manager_pays_out_what_the_drawer_has_not_and_is_told(db, at):
    db.run(shifts.open_shift, at, 1000)
    assert db.run(shifts.pay_out, at, 1001, "supplier").drawer_short


@pytest.mark.parametrize("move", [
    lambda s, a: shifts.pay_in(s, a, 100, "x"),
    lambda s, a: shifts.pay_out(s, a, 100, "x"),
    lambda s, a: shifts.open_drawer(s, a, "x"),
    shifts.x_report,
    shifts.queue_x,
    lambda s, a: shifts.record_count(s, a, 100),
    shifts.close_shift,
])  # fmt: skip
def test_without_a_shift_nothing_of_it_can_be_done(db, cashier_at, move):
    with pytest.raises(WrongState) as refused:
        db.run(move, cashier_at)
    assert (refused.value.kind, refused.value.state) == ("shift", "closed")


# --- X ---


def test_x_shows_the_shift_so_far_and_changes_nothing(db, at, open_at, disc):
    other = db.run(make_edition, title="Faith", price_minor=12900, qty=1)
    sell(db, open_at, disc, disc)
    scan(db, open_at, other)
    pay(db, open_at, card(10000), cash(5000))
    view = scan(db, open_at, disc, other)
    db.run(basket.remove_line, open_at, view.lines[1].line_id)
    pay(db, open_at)
    db.run(voids.void_last_sale, at, "wrong disc")
    report = db.ask(shifts.x_report, open_at)
    assert (report.sales_count, report.sales_minor) == (3, 13600 + 12900 + 6800)
    assert (report.voids_count, report.voids_minor) == (1, -6800)
    assert report.net_minor == 26500 == sum(tender.amount_minor for tender in report.tenders)
    assert {tender.kind: tender.amount_minor for tender in report.tenders} == {"cash": 16500, "card": 10000}
    assert report.items_qty == 3
    assert (report.removed_lines_count, report.removed_lines_minor) == (1, 12900)
    assert report.expected_cash_minor == FLOAT + 16500
    assert [(tax.name, tax.rate_bp, tax.gross_minor) for tax in report.taxes] == [("增值税", 900, 26500)]
    assert (report.first_number, report.last_number) == ("01-0000001", "01-0000004")
    assert report.grand_total_minor == 26500
    assert report.closed_at is None
    assert report.counted_minor is None


def test_x_on_paper_waits_in_the_queue_and_is_logged(db, at, open_at):
    report = db.run(shifts.queue_x, open_at)
    assert len(paper(db, "x")) == 1
    assert "x_report" in actions(db, at)
    assert report == db.ask(shifts.x_report, open_at)


def test_lines_removed_before_the_shift_opened_stand_on_it(db, cashier_at, disc):
    view = scan(db, cashier_at, disc)
    db.run(basket.remove_line, cashier_at, view.lines[0].line_id)
    db.run(shifts.open_shift, cashier_at, FLOAT)
    report = db.ask(shifts.x_report, cashier_at)
    assert (report.removed_lines_count, report.removed_lines_minor) == (1, 6800)


# --- the count and Z ---


def test_the_difference_is_told_only_after_the_count_is_kept(db, at, open_at, disc):
    sell(db, open_at, disc)
    outcome = db.run(shifts.record_count, open_at, (CountLine(10000, 3), CountLine(100, 67), CountLine(50, 0)))
    assert outcome == shifts.CountOutcome(36700, -100, False, False, 1)
    second = db.run(shifts.record_count, open_at, 36800)
    assert (second.difference_minor, second.counts_qty) == (0, 2)
    counts = [row for row in db.ask(audit.list_entries, at) if row.action == "shift_counted"]
    assert [row.amount_minor for row in counts] == [36800, 36700]


@pytest.mark.parametrize("count", [-1, (CountLine(100, -1),), (CountLine(-100, 1),), 10**12])
def test_a_count_that_cannot_be_is_refused(db, open_at, count):
    with pytest.raises(InvalidInput) as refused:
        db.run(shifts.record_count, open_at, count)
    assert refused.value.field == "count"


def test_no_shift_closes_uncounted(db, open_at):
    with pytest.raises(WrongState) as refused:
        db.run(shifts.close_shift, open_at)
    assert refused.value.state == "not_counted"


def test_cash_that_moved_after_the_count_asks_for_another_count(db, open_at, disc):
    db.run(shifts.record_count, open_at, FLOAT)
    sell(db, open_at, disc)
    with pytest.raises(WrongState) as refused:
        db.run(shifts.close_shift, open_at)
    assert refused.value.state == "changed_since_count"
    db.run(shifts.record_count, open_at, FLOAT + 6800)
    assert db.run(shifts.close_shift, open_at).report.difference_minor == 0


def test_z_is_frozen_and_goes_to_the_printer(db, open_at, disc):
    sell(db, open_at, disc)
    closing = later(open_at, hours=3)
    db.run(shifts.record_count, closing, (CountLine(10000, 3), CountLine(100, 60)))
    outcome = db.run(shifts.close_shift, closing, "")
    report = outcome.report
    assert (report.counted_minor, report.expected_cash_minor, report.difference_minor) == (36000, 36800, -800)
    assert report.count == (CountLine(10000, 3), CountLine(100, 60))
    assert (report.closed_at, report.closed_by) == (closing.now, "Wu")
    assert report.grand_total_minor == 6800
    assert db.ask(journal.get_z_report, outcome.shift_id) == report
    assert [job.shift_id for job in paper(db, "z")] == [outcome.shift_id]
    assert db.ask(shifts.find_open, 1) is None


@pytest.mark.parametrize("counted", [FLOAT - 1001, FLOAT + 1001])
def test_a_large_difference_asks_why_and_who_allowed_it(db, open_at, counted):
    outcome = db.run(shifts.record_count, open_at, counted)
    assert (outcome.needs_reason, outcome.needs_approval) == (True, True)
    with pytest.raises(InvalidInput) as empty:
        db.run(shifts.close_shift, open_at, " ")
    assert (empty.value.field, empty.value.reason) == ("difference_reason", "empty")
    with pytest.raises(NotPermitted) as refused:
        db.run(shifts.close_shift, open_at, "a note too many")
    assert refused.value.permission == Permission.CLOSE_WITH_DIFFERENCE
    approval = approved(db, open_at, Permission.CLOSE_WITH_DIFFERENCE)
    report = db.run(shifts.close_shift, open_at, "a note too many", approval).report
    assert (report.difference_reason, report.approved_by) == ("a note too many", "Lin")


def test_a_manager_closes_with_a_difference_alone(db, at):
    db.run(shifts.open_shift, at, FLOAT)
    assert not db.run(shifts.record_count, at, 0).needs_approval
    assert db.run(shifts.close_shift, at, "stolen").report.difference_minor == -FLOAT


def test_a_closed_shift_takes_nothing_more(db, at, open_at, disc):
    sell(db, open_at, disc)
    db.run(shifts.record_count, open_at, FLOAT + 6800)
    closed = db.run(shifts.close_shift, open_at).shift_id
    view = scan(db, open_at, disc)
    before = count_rows(db, DOCUMENT), count_rows(db, CASH_MOVE), count_rows(db, JOURNAL)
    for attempt in (
        lambda: pay(db, open_at),
        lambda: db.run(voids.void_last_sale, at, "too late"),
        lambda: db.run(shifts.pay_in, open_at, 100, "x"),
        lambda: db.run(shifts.pay_out, open_at, 100, "x"),
        lambda: db.run(shifts.open_drawer, open_at, "x"),
        lambda: db.run(shifts.record_count, open_at, 0),
        lambda: db.run(shifts.close_shift, open_at),
    ):
        with pytest.raises(WrongState):
            attempt()
    assert (count_rows(db, DOCUMENT), count_rows(db, CASH_MOVE), count_rows(db, JOURNAL)) == before
    assert db.ask(basket.view_of, open_at) == view
    db.run(shifts.open_shift, open_at, FLOAT)
    with pytest.raises(WrongState):
        db.run(voids.void_last_sale, at, "of the shift before")
    pay(db, open_at)
    assert db.ask(journal.get_z_report, closed).sales_count == 1
    assert db.ask(shifts.x_report, open_at).sales_count == 1


def test_the_basket_and_the_held_ones_outlive_the_shift(db, open_at, disc):
    scan(db, open_at, disc)
    db.run(shifts.record_count, open_at, FLOAT)
    db.run(shifts.close_shift, open_at)
    assert db.ask(basket.view_of, open_at).items_qty == 1


def test_the_grand_total_runs_on_over_shifts(db, open_at, disc):
    totals = []
    for _ in range(3):
        sell(db, open_at, disc)
        db.run(shifts.record_count, open_at, FLOAT + 6800)
        totals.append(db.run(shifts.close_shift, open_at).report.grand_total_minor)
        db.run(shifts.open_shift, open_at, FLOAT)
    assert totals == [6800, 13600, 20400]


def test_a_shift_left_open_over_night_is_counted_before_anything_else(db, open_at):
    morning = later(open_at, hours=18)
    with pytest.raises(WrongState) as refused:
        db.run(shifts.pay_in, morning, 100, "coins")
    assert refused.value.state == "left_open"
    with pytest.raises(WrongState):
        db.run(shifts.open_shift, morning, FLOAT)
    db.run(shifts.open_drawer, morning, "to count it")
    db.run(shifts.record_count, morning, FLOAT)
    report = db.run(shifts.close_shift, morning).report
    assert report.business_on < morning.now.date()
    assert db.run(shifts.open_shift, morning, FLOAT).shift.number == 2


def test_two_tills_have_drawers_of_their_own(db, open_at, disc):
    second = at_till(open_at, 2)
    db.run(shifts.open_shift, second, 500)
    sell(db, second, disc)
    db.run(shifts.pay_in, open_at, 100, "coins")
    assert db.ask(shifts.x_report, open_at).expected_cash_minor == FLOAT + 100
    assert db.ask(shifts.x_report, second).expected_cash_minor == 500 + 6800


@pytest.mark.parametrize("float_minor", [-1, 10**12])
def test_a_float_that_cannot_be_opens_nothing(db, cashier_at, float_minor):
    with pytest.raises(InvalidInput):
        db.run(shifts.open_shift, cashier_at, float_minor)
    assert db.ask(shifts.find_open, 1) is None


def test_somebody_without_a_role_may_nothing(db, open_at):
    nobody = replace(open_at, actor=Actor(2, "Wu", "guest"), now=open_at.now + timedelta(minutes=1))
    for attempt in (shifts.x_report, lambda s, a: shifts.record_count(s, a, 1), shifts.close_shift, shifts.queue_x):
        with pytest.raises(NotPermitted):
            db.run(attempt, nobody)


def test_what_is_not_in_the_journal_is_not_found(db):
    for get in (journal.get_z_report, journal.get_receipt):
        with pytest.raises(NotFound):
            db.ask(get, 77)
