"""Counting: every code, every number, several people, second counts, unknown codes, used copies, undo."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.factories import make_copy, make_edition
from tests.services import counting_shop as do
from tests.services.at_the_till import later, sell
from tests.services.at_the_till import scan_copy as lay_copy

from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.stock import StockReason
from av_pos.domain.stocktake import Scope
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import COPY
from av_pos.models.stocktaking import STOCKTAKE_SCAN
from av_pos.services import (
    count_decisions,
    counting,
    provisional,
    shifts,
    stock,
    stocktake_review,
    stocktakes,
)
from av_pos.services.counting import CountResult
from av_pos.services.stocktake_review import RowFilter
from av_pos.services.stocktakes import NewStocktake


@pytest.fixture
def disc(db, at):
    """Five pieces by the books, at 40.00, and an open shift."""
    db.run(shifts.open_shift, at, 30000)
    return db.run(make_edition, qty=5, barcode="0888072230019", shelf="C2")


def test_a_scan_counts_a_piece_against_the_books_of_that_instant(db, at, disc):
    take = do.begin(db, at)
    answer = do.scan(db, at, take, disc, 4)
    row = do.row_of(answer)
    assert (row.counted_qty, row.expected_qty, row.difference_qty, row.value_minor) == (4, 5, -1, -4000)
    assert (row.counted_by, row.shelf) == ("Lin", "C2")
    progress = answer.progress
    assert (progress.counted_qty, progress.to_count_qty, progress.differences_qty) == (1, 1, 1)
    assert (progress.match_bp, progress.variance_minor, progress.scans_a_minute) == (0, -4000, 4)


def test_a_sale_after_the_count_changes_nothing_and_is_told(db, at, disc):
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 5)
    sell(db, later(at, minutes=4), disc)
    (row,) = db.ask(stocktake_review.list_last, at, take)
    assert (row.difference_qty, row.is_unsure) == (0, False)
    assert [(one.reason, one.qty) for one in row.moved] == [("sale", -1)]
    assert do.post(db, at, take).edition_ids == ()
    assert do.on_hand(db, disc)[0] == 4


def test_a_sale_between_two_pieces_makes_the_count_unsure_until_it_is_made_again(db, at, disc):
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 2)
    sell(db, at, disc)
    row = do.row_of(do.scan(db, at, take, disc, 2))
    assert row.is_unsure
    with pytest.raises(WrongState) as caught:
        do.post(db, at, take)
    assert (caught.value.kind, caught.value.state) == ("stocktake", "unsure")
    db.run(count_decisions.ask_recount, at, take, disc)
    row = do.row_of(do.scan(db, at, take, disc, 4))
    assert (row.counted_qty, row.expected_qty, row.is_unsure, row.before_counted_qty) == (4, 4, False, 4)
    do.post(db, at, take)
    assert do.on_hand(db, disc)[0] == 4
    assert do.whole(db, at)


def test_a_sale_before_the_counter_goes_on_to_the_next_disc_makes_it_unsure(db, at, disc):
    """The piece that was sold may have been one not yet scanned."""
    other = db.run(make_edition, title="Faith", qty=1)
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 4)
    sell(db, at, disc)
    do.scan(db, at, take, other)
    (row,) = db.ask(stocktake_review.list_rows, at, take, RowFilter.UNSURE)
    assert row.edition_id == disc
    # Once the counter has gone on, a sale is allowed for.
    sell(db, at, other)
    assert len(db.ask(stocktake_review.list_rows, at, take, RowFilter.UNSURE)) == 1


def test_an_unsure_count_may_be_accepted_expressly(db, at, cashier_at, disc):
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 2)
    sell(db, at, disc)
    do.scan(db, at, take, disc, 2)
    with pytest.raises(NotPermitted):
        db.run(count_decisions.accept_line, cashier_at, take, disc, "saw it myself")
    with pytest.raises(InvalidInput):
        db.run(count_decisions.accept_line, at, take, disc, " ")
    assert db.run(count_decisions.accept_line, at, take, disc, "saw it myself").is_accepted
    assert db.ask(stocktake_review.check_post, at, take).may_post
    # Another piece makes a new count of it: nobody accepted that one.
    assert not do.row_of(do.scan(db, at, take, disc)).is_accepted


def test_pieces_of_several_people_add_up_and_a_number_replaces_only_ones_own(db, at, disc):
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 3)
    assert do.row_of(do.scan(db, do.other(at), take, disc, 2)).counted_qty == 5
    assert do.number(db, do.other(at), take, disc, 1).counted_qty == 4
    assert do.row_of(do.scan(db, at, take, disc)).counted_qty == 5
    assert do.number(db, at, take, disc, 0).counted_qty == 1


def test_a_number_typed_is_for_the_last_disc_scanned(db, at, disc):
    take = do.begin(db, at)
    with pytest.raises(WrongState):
        db.run(counting.count_number, at, take, 5)
    do.scan(db, at, take, disc)
    row = do.row_of(db.run(counting.count_number, at, take, 12))
    assert (row.edition_id, row.counted_qty, row.difference_qty) == (disc, 12, 7)
    for wrong in (-1, 10_000):
        with pytest.raises(InvalidInput):
            db.run(counting.count_number, at, take, wrong)


def test_undo_takes_back_ones_own_last_scan_and_keeps_it_in_the_log(db, at, disc):
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 2)
    do.scan(db, do.other(at), take, disc)
    answer = db.run(counting.undo_last, at, take)
    assert (answer.result, do.row_of(answer).counted_qty) == (CountResult.UNDONE, 2)
    assert do.row_of(db.run(counting.undo_last, do.other(at), take)).counted_qty == 1
    last = db.run(counting.undo_last, at, take)
    assert do.row_of(last).counted_qty is None
    assert (last.progress.counted_qty, last.progress.variance_minor) == (0, 0)
    with pytest.raises(WrongState):
        db.run(counting.undo_last, at, take)
    kept = db.ask(lambda session: list(session.scalars(select(STOCKTAKE_SCAN.c.is_undone))))
    assert kept == [True] * 3
    assert do.whole(db, at)


@pytest.mark.parametrize("code", ["0888072230019", "888072230019", "88807223001", "]E00888072230019"])
def test_any_form_of_a_barcode_is_counted(db, at, disc, code):
    take = do.begin(db, at)
    answer = db.run(counting.count_scan, at, take, code)
    assert (answer.result, do.row_of(answer).edition_id) == (CountResult.COUNTED, disc)


def test_a_code_on_several_discs_asks_which_one(db, at, disc):
    twin = db.run(make_edition, title="Kind of Blue (mono)", qty=1, barcode="0888072230019")
    take = do.begin(db, at)
    answer = db.run(counting.count_scan, at, take, "0888072230019")
    assert answer.result is CountResult.CHOOSE
    assert {choice.id for choice in answer.choices} == {disc, twin}
    assert do.row_of(db.run(counting.count_edition_scan, at, take, twin, "0888072230019")).counted_qty == 1


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("286512345678901234", CountResult.PAYMENT_CODE),
        ("134512345678901234", CountResult.PAYMENT_CODE),
        (shop_code(CodeKind.MEMBER, 3), CountResult.NOT_A_DISC),
        (shop_code(CodeKind.SHELF, 3), CountResult.NOT_A_DISC),
        ("", CountResult.NOT_A_DISC),
    ],
)
def test_what_is_no_disc_is_not_counted_and_not_kept(db, at, disc, code, result):
    take = do.begin(db, at)
    assert db.run(counting.count_scan, at, take, code).result is result
    assert db.ask(lambda session: session.execute(select(STOCKTAKE_SCAN.c.id)).all()) == []


def test_an_unknown_code_is_kept_and_counts_when_it_is_named_as_of_its_scans(db, at, disc):
    take = do.begin(db, at)
    for _ in range(5):
        answer = db.run(counting.count_scan, at, take, "4006408126003")
    assert (answer.result, answer.progress.unknown_qty) == (CountResult.UNKNOWN, 1)
    sell(db, at, disc)
    (unknown,) = db.ask(stocktake_review.list_unknown, at, take)
    assert (unknown.code, unknown.scans_qty, unknown.last_by) == ("4006408126003", 5, "Lin")
    named = db.run(counting.name_unknown, at, take, unknown.code, disc)
    assert (do.row_of(named).counted_qty, do.row_of(named).expected_qty, do.row_of(named).is_unsure) == (5, 5, False)
    assert named.progress.unknown_qty == 0
    with pytest.raises(NotFound):
        db.run(counting.name_unknown, at, take, unknown.code, disc)
    assert do.whole(db, at)


def test_a_disc_not_on_the_list_is_counted_too_and_marked(db, at, disc):
    elsewhere = db.run(make_edition, title="Faith", qty=2, shelf="A1")
    take = do.begin(db, at, Scope.SHELF, "C2")
    row = do.row_of(do.scan(db, at, take, elsewhere, 2))
    assert (row.is_in_scope, row.difference_qty) == (False, 0)
    assert [one.edition_id for one in db.ask(stocktake_review.list_rows, at, take, RowFilter.BESIDE)] == [elsewhere]
    assert [one.edition_id for one in db.ask(stocktake_review.list_rows, at, take, RowFilter.UNCOUNTED)] == [disc]


def test_a_disc_is_on_one_open_list_only(db, at, disc):
    first = do.begin(db, at, Scope.SHELF, "C2")
    db.run(make_edition, title="Faith", qty=2, shelf="A1")
    begun = stocktakes.begin(db, at, NewStocktake(Scope.SHOP))
    assert (begun.stocktake.to_count_qty, begun.left_out_qty) == (1, 1)
    answer = do.scan(db, at, begun.stocktake.stocktake_id, disc)
    assert (answer.result, answer.other_id) == (CountResult.OTHER_COUNT, first)
    with pytest.raises(InvalidInput) as caught:
        stocktakes.begin(db, at, NewStocktake(Scope.SHELF, "C2"))
    assert caught.value.reason == "on_other_lists"
    db.run(stocktakes.drop, at, first)
    assert do.begin(db, at, Scope.SHELF, "C2")


def test_another_person_counts_again_where_the_tolerance_is_exceeded(db, at, disc):
    take = do.begin(db, at, tolerance_qty=1, tolerance_minor=100_00)
    assert not do.number(db, at, take, disc, 4).needs_other_person
    assert do.number(db, at, take, disc, 2).needs_other_person
    with pytest.raises(WrongState) as caught:
        do.post(db, at, take)
    assert caught.value.state == "other_person"
    assert db.run(count_decisions.ask_recounts, at, take) == 1
    with pytest.raises(WrongState) as caught:
        do.number(db, at, take, disc, 3)
    assert caught.value.state == "same_person"
    row = do.number(db, do.other(at), take, disc, 3)
    assert (row.count_round, row.before_counted_qty, row.before_by, row.counted_qty) == (2, 2, "Lin", 3)
    with pytest.raises(WrongState):
        do.scan(db, at, take, disc)
    assert not row.needs_other_person
    assert do.post(db, at, take).missing_qty == 2
    assert do.whole(db, at)


def test_a_manager_may_spare_the_second_count_with_a_reason(db, at, disc):
    take = do.begin(db, at, tolerance_qty=0, tolerance_minor=0)
    do.number(db, at, take, disc, 2)
    db.run(count_decisions.accept_line, at, take, disc, "seen on the camera")
    db.run(count_decisions.explain, at, take, disc, "theft", "14 November")
    assert do.post(db, at, take).missing_qty == 3


def test_a_correction_of_the_books_after_the_count_is_not_counted_twice(db, at, disc):
    """Somebody saw the same missing piece and put it right in the catalogue."""
    take = do.begin(db, at)
    do.number(db, at, take, disc, 4)
    db.run(stock.move, at, disc, -1, StockReason.STOCKTAKE, cost_minor=-4000, business_on=at.now.date(), note="form")
    assert do.post(db, at, take).edition_ids == ()
    assert do.on_hand(db, disc)[0] == 4
    assert do.whole(db, at)


def test_what_was_counted_of_an_unknown_disc_counts_for_the_disc_it_turned_out_to_be(db, at, disc):
    unknown = db.run(provisional.make_provisional, at, "4006408126003", "blue cover", 5000)
    take = do.begin(db, at)
    db.run(counting.count_scan, at, take, "4006408126003")
    do.number(db, at, take, disc, 4)
    db.run(provisional.relink_provisional, at, unknown, disc)
    outcome = do.post(db, at, take)
    assert (outcome.edition_ids, outcome.missing_qty, outcome.surplus_qty) == ((), 0, 0)
    assert (do.on_hand(db, disc)[0], do.on_hand(db, unknown)[0]) == (5, 0)
    assert do.whole(db, at)


def test_a_used_copy_is_found_or_missed_and_sold_meanwhile_is_no_loss(db, at, disc):
    found, missed, sold, back = (db.run(make_copy, disc) for _ in range(4))
    db.run(lambda session: session.execute(COPY.update().where(COPY.c.id == back).values(status="withdrawn")))
    take = do.begin(db, at)
    assert do.scan_copy(db, at, take, found).result is CountResult.COPY_FOUND
    lay_copy(db, at, sold)
    sell(db, at, disc)
    odd = do.row_of(do.scan_copy(db, at, take, back))
    assert (odd.was_status, odd.difference_qty) == ("withdrawn", 1)
    assert db.run(count_decisions.bring_back_copy, at, take, back).result == "back"
    with pytest.raises(WrongState):
        db.run(counting.mark_copy_missing, at, take, found)
    row = do.row_of(db.run(counting.mark_copy_missing, at, take, missed))
    assert (row.counted_qty, row.value_minor, row.grade) == (0, -1800, "VG+/VG")
    count_decisions.take_uncounted_as_none(db, at, take)
    db.run(count_decisions.accept_line, at, take, disc, "the shelf was empty")
    outcome = do.post(db, at, take)
    assert outcome.copies_lost_qty == 1
    assert [do.status(db, one) for one in (found, missed, sold, back)] == ["in_stock", "withdrawn", "sold", "in_stock"]
    assert do.whole(db, at)


def test_a_copy_that_was_scanned_by_mistake_is_not_found_again_after_undo(db, at, disc):
    copy_id = db.run(make_copy, disc)
    take = do.begin(db, at)
    do.scan_copy(db, at, take, copy_id)
    do.scan_copy(db, at, take, copy_id)
    assert do.row_of(db.run(counting.undo_last, at, take)).counted_qty == 1
    assert do.row_of(db.run(counting.undo_last, at, take)).counted_qty is None


def test_what_nobody_counted_is_left_as_it_is_or_expressly_taken_for_gone(db, at, disc):
    gone = db.run(make_edition, title="Gone", qty=3, cost_minor=1000)
    take = do.begin(db, at)
    do.number(db, at, take, disc, 5)
    assert db.ask(stocktake_review.check_post, at, take).uncounted_qty == 1
    sell(db, at, gone)
    progress = count_decisions.take_uncounted_as_none(db, at, take)
    assert (progress.uncounted_qty, progress.variance_minor, progress.unsure_qty) == (0, -2000, 0)
    # Counted after all: the piece counts, and nothing else was said of it.
    assert do.row_of(do.scan(db, at, take, gone)).counted_qty == 1
    do.post(db, at, take)
    assert do.on_hand(db, gone) == (1, 1000)
    assert do.whole(db, at)


def test_a_disc_taken_for_gone_that_came_in_meanwhile_is_unsure(db, at, disc):
    take = do.begin(db, at)
    db.run(stock.move, at, disc, 2, StockReason.RECEIPT, cost_minor=8000, business_on=at.now.date())
    assert count_decisions.take_uncounted_as_none(db, at, take).unsure_qty == 1


def test_a_blind_count_shows_a_cashier_nothing_of_what_is_expected(db, at, disc):
    take = do.begin(db, at, is_blind=True)
    answer = do.scan(db, do.other(at), take, disc)
    assert (do.row_of(answer).expected_qty, do.row_of(answer).difference_qty, do.row_of(answer).value_minor) == (
        None,
        None,
        None,
    )
    assert (answer.progress.match_bp, answer.progress.variance_minor) == (None, None)
    with pytest.raises(NotPermitted):
        db.ask(stocktake_review.list_rows, do.other(at), take, RowFilter.DIFFERENCES)
    assert db.ask(stocktake_review.list_rows, at, take, RowFilter.DIFFERENCES)[0].expected_qty == 5


def test_a_blind_count_does_not_tell_when_there_are_enough_pieces(db, at, disc):
    take = do.begin(db, at, is_blind=True, tolerance_qty=0)
    row = do.row_of(do.scan(db, do.other(at), take, disc))
    assert not row.needs_other_person
    with pytest.raises(NotPermitted):
        db.run(count_decisions.ask_recounts, do.other(at), take)
    assert db.ask(stocktake_review.list_rows, do.other(at), take, RowFilter.OTHER_PERSON) == ()
    assert db.ask(stocktake_review.list_rows, at, take, RowFilter.OTHER_PERSON)[0].needs_other_person
    # What the manager asks for is shown to whoever is to count it.
    assert db.run(count_decisions.ask_recounts, at, take) == 1
    again = db.ask(stocktake_review.list_rows, do.other(at), take, RowFilter.OTHER_PERSON)
    assert [(one.title, one.recount_asked, one.expected_qty) for one in again] == [(row.title, True, None)]


def test_a_clock_set_back_in_the_middle_of_a_count_changes_nothing(db, at, disc):
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 2)
    earlier = later(at, hours=-5)
    assert not do.row_of(do.scan(db, earlier, take, disc, 3)).is_unsure
    sell(db, earlier, disc)
    (row,) = db.ask(stocktake_review.list_last, earlier, take)
    assert (row.difference_qty, row.is_unsure, len(row.moved)) == (0, False, 1)


def test_counting_asks_for_permission_and_an_open_stocktake(db, at, disc):
    with pytest.raises(NotPermitted):
        stocktakes.begin(db, do.other(at), NewStocktake(Scope.SHOP))
    take = do.begin(db, at)
    with pytest.raises(NotPermitted):
        db.run(stocktakes.drop, do.other(at), take)
    assert db.run(stocktakes.drop, at, take).status == "dropped"
    with pytest.raises(WrongState):
        do.scan(db, at, take, disc)
    with pytest.raises(NotFound):
        do.scan(db, at, 77, disc)
    with pytest.raises(InvalidInput):
        stocktakes.begin(db, at, NewStocktake(Scope.SHELF, "no such shelf"))


def test_a_list_by_risk_takes_what_wants_to_be_counted_most(db, at, disc):
    below = db.run(make_edition, title="Below", qty=1)
    db.run(stock.move, at, below, -3, StockReason.DAMAGE, cost_minor=-3, business_on=at.now.date())
    quiet = db.run(make_edition, title="Quiet", qty=1, cost_minor=1)
    begun = stocktakes.begin(db, at, NewStocktake(Scope.RISK, minutes=1))
    rows = db.ask(stocktake_review.list_rows, at, begun.stocktake.stocktake_id)
    assert {row.edition_id: row.why for row in rows}[below] == "below_zero"
    assert {row.edition_id for row in rows} == {below, disc, quiet}
    assert begun.stocktake.scope_value == "1"


def test_the_pace_is_of_the_last_minutes(db, at, disc):
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 30)
    soon = later(at, minutes=2)
    assert do.scan(db, soon, take, disc, 10).progress.scans_a_minute == 20
    assert db.ask(stocktake_review.progress, later(at, minutes=10), take).scans_a_minute == 0
    assert soon.now - at.now == timedelta(minutes=2)
