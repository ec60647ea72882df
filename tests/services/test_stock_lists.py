"""Low, sold out, below nothing, lying unsold: who stands in which list, in which order, with which totals."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Update, update
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import pay, scan, scan_copy, sell

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.stock import StockReason
from av_pos.errors import NotFound
from av_pos.models import STOCK, STOCK_MOVE
from av_pos.services import basket, shifts, stock, stock_lists

TODAY = date(2026, 11, 20)


def later(at: At, days: int) -> At:
    return At(at.actor, at.till, at.now + timedelta(days=days))


def sell_on(db: Database, at: At, days: int, *edition_ids: int) -> None:
    """Sell so many days from today; a shift a day."""
    then = later(at, days)
    db.run(shifts.open_shift, then, 0)
    sell(db, then, *edition_ids)
    db.run(shifts.record_count, then, db.ask(shifts.x_report, then).expected_cash_minor)
    db.run(shifts.close_shift, then)


def receive(db: Database, at: At, edition_id: int, qty: int, day: date) -> None:
    db.run(stock.move, at, edition_id, qty, StockReason.RECEIPT, cost_minor=qty * 4000, business_on=day)


def titles(found: stock_lists.StockList) -> list[str]:
    return [row.title for row in found.rows]


def test_low_is_at_its_mark_or_under_it_sold_lately_first(db, at):
    db.run(make_edition, title="never sold", qty=1)
    sold = db.run(make_edition, title="sold", qty=2)
    db.run(make_edition, title="plenty", qty=2)
    db.run(make_edition, title="own mark", qty=4, low_mark_qty=4)
    db.run(make_edition, title="no mark", qty=1, low_mark_qty=0)
    db.run(make_edition, title="below zero", qty=-1)
    db.run(make_edition, title="deleted", qty=0, is_deleted=True)
    sell_on(db, at, 0, sold)
    found = db.ask(stock_lists.list_low, TODAY)
    assert titles(found) == ["sold", "never sold", "own mark"]
    assert (found.editions_qty, found.pieces_qty, found.value_minor) == (3, 6, 24000)
    assert [row.mark_qty for row in found.rows] == [1, 1, 4]
    assert titles(db.ask(stock_lists.list_low, TODAY, sold_days=90)) == ["sold", "own mark"]
    assert titles(db.ask(stock_lists.list_low, TODAY, 1)) == ["sold"]


def test_pieces_put_by_are_gone_for_the_lists(db, at):
    disc = db.run(make_edition, title="put by", qty=3)
    db.run(lambda session: session.execute(update(STOCK).values(reserved_qty=2, on_order_qty=7)))
    (row,) = db.ask(stock_lists.list_low, TODAY).rows
    assert (row.edition_id, row.on_hand_qty, row.free_qty, row.on_order_qty) == (disc, 3, 1, 7)


def test_sold_out_says_what_sold_lately_and_is_not_there(db, at):
    old, new, left, used = (db.run(make_edition, title=title, qty=1) for title in ("old", "new", "left", "used"))
    receive(db, at, left, 1, TODAY)
    copy = db.run(make_copy, used)
    sell_on(db, at, -91, old)
    sell_on(db, at, -10, new, left)
    db.run(shifts.open_shift, at, 0)
    scan_copy(db, at, copy)
    pay(db, at)
    found = db.ask(stock_lists.list_sold_out, TODAY)
    (row,) = found.rows
    assert (row.title, row.sold_qty, row.last_sold_on, row.unsold_days) == ("new", 1, date(2026, 11, 10), 10)
    assert titles(db.ask(stock_lists.list_sold_out, TODAY, 91)) == ["new", "old"]


@pytest.mark.parametrize(
    ("days", "is_out", "is_dead"), [(12, True, False), (11, True, False), (10, True, True), (9, False, True)]
)
def test_within_the_week_of_the_last_sale_its_day_decides(db, at, days, is_out, is_dead):
    """Sold on a Tuesday, ten days ago: whichever day of that week a list looks back to."""
    out, dead = db.run(make_edition, title="out", qty=1), db.run(make_edition, title="dead", qty=2)
    for disc in (out, dead):
        db.run(lambda session, one=disc: session.execute(_older(one)))
    sell_on(db, at, -10, out, dead)
    assert (titles(db.ask(stock_lists.list_sold_out, TODAY, days)) == ["out"]) is is_out
    assert (titles(db.ask(stock_lists.list_dead, TODAY, days)) == ["dead"]) is is_dead


def _older(edition_id: int) -> Update:
    """Let what an edition began with have come in a year ago."""
    return update(STOCK_MOVE).where(STOCK_MOVE.c.edition_id == edition_id).values(business_on=date(2025, 11, 20))


def test_dead_stock_is_dearest_first_and_neither_sold_nor_new(db, at):
    dear = db.run(make_edition, title="dear", qty=1, cost_minor=9000)
    cheap = db.run(make_edition, title="cheap", qty=2, cost_minor=1000)
    sold = db.run(make_edition, title="sold", qty=3)
    again = db.run(make_edition, title="came again", qty=3)
    gone = db.run(make_edition, title="gone", qty=1)
    for disc in (dear, cheap, sold, again, gone):
        db.run(lambda session, one=disc: session.execute(_older(one)))
    db.run(make_edition, title="new", qty=5)
    receive(db, at, again, 1, TODAY - timedelta(days=30))
    sell_on(db, at, -200, cheap, gone)
    sell_on(db, at, -3, sold)
    found = db.ask(stock_lists.list_dead, TODAY)
    assert [(row.title, row.value_minor, row.unsold_days) for row in found.rows] == [
        ("dear", 9000, 365),
        ("cheap", 1000, 200),
    ]
    assert (found.editions_qty, found.pieces_qty, found.value_minor) == (2, 2, 10000)


def test_below_zero_names_unknown_discs_too(db, at):
    disc = db.run(make_edition, title="miscounted", qty=1)
    db.run(shifts.open_shift, at, 0)
    scan(db, at, disc, disc, disc)
    db.run(basket.add_unknown, at, "9999", "some jazz", 5000)
    pay(db, at)
    found = db.ask(stock_lists.list_below_zero, TODAY)
    assert [(row.title, row.on_hand_qty) for row in found.rows] == [("miscounted", -2), ("some jazz", -1)]


def test_an_empty_shop_has_empty_lists(db):
    for read in (
        stock_lists.list_low,
        stock_lists.list_sold_out,
        stock_lists.list_below_zero,
        stock_lists.list_dead,
    ):
        assert db.ask(read, TODAY) == stock_lists.StockList((), 0, 0, 0)


def test_how_one_disc_stands(db, at):
    disc = db.run(make_edition, qty=3, cost_minor=4000)
    db.run(stock.move, at, disc, 1, StockReason.RECEIPT, cost_minor=5000, business_on=at.now.date())
    db.run(lambda session: session.execute(update(STOCK).values(reserved_qty=2, on_order_qty=7)))
    row = db.ask(stock_lists.get_standing, disc)
    assert (row.on_hand_qty, row.reserved_qty, row.on_order_qty, row.free_qty) == (4, 2, 7, 2)
    assert (row.value_minor, row.average_minor, row.low_mark_qty) == (17000, 4250, 1)


def test_a_disc_of_which_none_is_left_has_no_average(db, at):
    disc = db.run(make_edition, qty=0, low_mark_qty=4)
    row = db.ask(stock_lists.get_standing, disc)
    assert (row.average_minor, row.low_mark_qty) == (None, 4)
    with pytest.raises(NotFound):
        db.ask(stock_lists.get_standing, 77)
