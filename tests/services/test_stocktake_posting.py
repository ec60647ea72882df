"""Posting: the books agree with the shelf, at cost, whatever is sold meanwhile, in one step or not at all."""

from typing import Any

import pytest
from sqlalchemy import func, select
from tests.factories import make_copy, make_edition
from tests.services import counting_shop as do
from tests.services.at_the_till import sell

from av_pos.domain.permissions import Permission
from av_pos.errors import NotPermitted, WrongState
from av_pos.models import STOCK, STOCK_MOVE
from av_pos.models.stocktaking import STOCKTAKE_LINE, STOCKTAKE_POST, STOCKTAKE_SCAN
from av_pos.services import count_decisions, counting, shifts, stocktake_posting, stocktakes


@pytest.fixture
def discs(db, at):
    db.run(shifts.open_shift, at, 30000)
    return [db.run(make_edition, title=f"Disc {n}", qty=5, cost_minor=3333) for n in range(4)]


def test_missing_pieces_leave_at_their_share_and_found_ones_come_in_at_what_one_costs(db, at, discs):
    take = do.begin(db, at)
    for disc, qty in zip(discs, (5, 3, 7, 0), strict=True):
        do.number(db, at, take, disc, qty)
    db.run(count_decisions.explain, at, take, discs[1], "theft", "")
    outcome = do.post(db, at, take)
    assert [do.on_hand(db, disc) for disc in discs] == [(5, 16665), (3, 9999), (7, 23331), (0, 0)]
    assert (outcome.missing_qty, outcome.surplus_qty) == (7, 2)
    assert outcome.variance_minor == -2 * 3333 + 2 * 3333 - 5 * 3333
    assert set(outcome.edition_ids) == set(discs[1:])
    assert (outcome.stocktake.status, outcome.stocktake.posted_by) == ("posted", "Lin")
    rows = db.ask(lambda session: session.execute(
        select(STOCK_MOVE.c.reason, STOCK_MOVE.c.qty, STOCK_MOVE.c.note).where(
            STOCK_MOVE.c.origin == "stocktake", STOCK_MOVE.c.origin_id == take)).all())  # fmt: skip
    assert sorted(map(tuple, rows)) == [("stocktake", -5, ""), ("stocktake", -2, "theft"), ("stocktake", 2, "")]
    assert do.whole(db, at)


def test_a_disc_below_zero_comes_right_and_nought_pieces_are_worth_nothing(db, at, discs):
    empty = db.run(make_edition, title="Below", qty=1, cost_minor=2000)
    for _ in range(3):
        sell(db, at, empty)
    assert do.on_hand(db, empty)[0] == -2
    take = do.begin(db, at)
    do.number(db, at, take, empty, 0)
    do.post(db, at, take)
    assert do.on_hand(db, empty) == (0, 0)
    assert do.whole(db, at)


def test_what_is_sold_between_staging_and_the_last_step_is_worked_out_anew(db, at, discs, monkeypatch):
    take = do.begin(db, at)
    do.number(db, at, take, discs[0], 3)
    stage = stocktake_posting._stage

    def then_sell(*args: Any) -> None:
        stage(*args)
        sell(db, at, discs[0], discs[0])

    monkeypatch.setattr(stocktake_posting, "_stage", then_sell)
    do.post(db, at, take)
    # Three were there, two of them were sold: the last piece carries the rest of the value.
    assert do.on_hand(db, discs[0]) == (1, 3333)
    assert do.whole(db, at)


def test_a_posted_stocktake_never_changes(db, at, discs):
    take = do.begin(db, at)
    do.scan(db, at, take, discs[0], 4)
    do.post(db, at, take)
    for refused in (
        lambda: do.scan(db, at, take, discs[0]),
        lambda: db.run(counting.undo_last, at, take),
        lambda: db.run(count_decisions.ask_recounts, at, take),
        lambda: db.run(stocktakes.drop, at, take),
        lambda: db.run(stocktake_posting.break_off, at, take),
        lambda: do.post(db, at, take),
    ):
        with pytest.raises(WrongState):
            refused()
    assert do.on_hand(db, discs[0])[0] == 4


def test_what_was_counted_and_right_is_kept_as_proof(db, at, discs):
    take = do.begin(db, at)
    do.scan(db, at, take, discs[0], 5)
    do.scan(db, at, take, discs[1], 4)
    do.post(db, at, take)
    counted = select(func.count()).where(STOCKTAKE_LINE.c.counted_qty == STOCKTAKE_LINE.c.expected_qty)
    scans = select(func.count()).select_from(STOCKTAKE_SCAN)
    staged = select(func.count()).select_from(STOCKTAKE_POST)
    assert [db.ask(lambda session, one=one: session.execute(one).scalar_one()) for one in (counted, scans, staged)] \
        == [1, 9, 0]  # fmt: skip


def test_posting_that_was_broken_off_goes_on_or_goes_back(db, at, discs):
    take = do.begin(db, at)
    do.number(db, at, take, discs[0], 2)
    db.run(stocktake_posting._begin, at, take, None)
    db.run(stocktake_posting._stage_lines, take, 0)
    with pytest.raises(WrongState):
        do.scan(db, at, take, discs[0])
    assert db.run(stocktake_posting.break_off, at, take).status == "open"
    do.number(db, at, take, discs[0], 4)
    db.run(stocktake_posting._begin, at, take, None)
    db.run(stocktake_posting._stage_lines, take, 0)
    do.post(db, at, take)
    assert do.on_hand(db, discs[0])[0] == 4
    assert do.whole(db, at)


def test_two_tills_that_post_at_once_post_once(db, at, discs, monkeypatch):
    take = do.begin(db, at)
    do.number(db, at, take, discs[0], 2)
    stage = stocktake_posting._stage
    seen: list[int] = []

    def both(*args: Any) -> None:
        stage(*args)
        if not seen:
            seen.append(1)
            stage(*args)  # another till staged the same, behind ours

    monkeypatch.setattr(stocktake_posting, "_stage", both)
    assert do.post(db, at, take).missing_qty == 3
    assert do.on_hand(db, discs[0])[0] == 2
    assert do.whole(db, at)


def test_a_copy_sold_while_posting_is_not_lost(db, at, discs, monkeypatch):
    copy_id = db.run(make_copy, discs[0])
    take = do.begin(db, at)
    db.run(counting.mark_copy_missing, at, take, copy_id)
    stage = stocktake_posting._stage

    def then_sell(*args: Any) -> None:
        stage(*args)
        from av_pos.services import basket

        db.run(basket.add_copy, at, copy_id)
        sell(db, at, discs[1])

    monkeypatch.setattr(stocktake_posting, "_stage", then_sell)
    assert do.post(db, at, take).copies_lost_qty == 0
    assert do.status(db, copy_id) == "sold"
    assert do.whole(db, at)


def test_only_who_may_posts_or_with_a_managers_word(db, at, discs):
    from tests.services.at_the_till import approved

    take = do.begin(db, at)
    do.scan(db, at, take, discs[0], 4)
    with pytest.raises(NotPermitted):
        do.post(db, do.other(at), take)
    word = approved(db, do.other(at), Permission.POST_COUNT)
    assert stocktake_posting.post(db, do.other(at), take, word).missing_qty == 1


@pytest.mark.parametrize("column", ["counted_qty", "expected_qty", "unit_minor"])
def test_a_line_changed_behind_the_program_is_found(db, at, discs, column):
    take = do.begin(db, at)
    do.scan(db, at, take, discs[0], 4)
    do.post(db, at, take)
    assert do.whole(db, at)
    db.run(lambda session: session.execute(
        STOCKTAKE_LINE.update().where(STOCKTAKE_LINE.c.edition_id == discs[0])
        .values({column: STOCKTAKE_LINE.c[column] + 1})))  # fmt: skip
    assert not do.whole(db, at)


def test_a_row_of_the_ledger_taken_out_of_a_posted_stocktake_is_found(db, at, discs):
    take = do.begin(db, at)
    do.scan(db, at, take, discs[0], 4)
    do.post(db, at, take)
    db.run(lambda session: session.execute(STOCK_MOVE.delete().where(STOCK_MOVE.c.origin == "stocktake")))
    db.run(lambda session: session.execute(
        STOCK.update().where(STOCK.c.edition_id == discs[0]).values(on_hand_qty=5, value_minor=16665)))  # fmt: skip
    assert not do.whole(db, at)
