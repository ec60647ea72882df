"""Pieces sold week by week: every document changes them, and the ledger makes the same of them again."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from sqlalchemy import delete, select, update
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import pay, scan, scan_copy, sell

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.demand import unpack, week_of
from av_pos.models import DEMAND
from av_pos.services import (
    basket,
    catalogue,
    checkout,
    demand,
    demand_check,
    integrity,
    returns,
    shifts,
    shop_settings,
    voids,
)
from av_pos.services.findings import Check
from av_pos.services.returned_goods import Condition
from av_pos.services.returns import Chosen

THIS_WEEK = week_of(date(2026, 11, 20))


def sold(db: Database) -> dict[int, tuple[int, list[int]]]:
    rows = db.ask(lambda session: session.execute(select(DEMAND)).all())
    return {edition_id: (since, list(unpack(weeks))) for edition_id, since, weeks in rows}


def later(at: At, days: int) -> At:
    return At(at.actor, at.till, at.now + timedelta(days=days))


def next_shift(db: Database, at: At) -> None:
    """Close the open shift with what lies in the drawer, and open that of another day."""
    db.run(shifts.record_count, at, db.ask(shifts.x_report, at).expected_cash_minor)
    db.run(shifts.close_shift, at)
    db.run(shifts.open_shift, at, 0)


def rebuilt(db: Database) -> dict[int, tuple[int, list[int]]]:
    db.run(lambda session: session.execute(delete(DEMAND)))
    last_id = 0
    while piece := db.run(demand_check.rebuild_piece, last_id):
        last_id = piece[0]
    return sold(db)


def test_a_sale_counts_its_new_pieces_in_its_week(db, at):
    disc, other = db.run(make_edition), db.run(make_edition, title="Faith")
    copy = db.run(make_copy, other)
    db.run(shifts.open_shift, at, 0)
    scan(db, at, disc, other, disc)
    scan_copy(db, at, copy)
    pay(db, at)
    assert sold(db) == {disc: (THIS_WEEK, [2]), other: (THIS_WEEK, [1])}


def test_what_is_dropped_before_it_is_paid_counts_for_nothing(db, at):
    disc = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    scan(db, at, disc)
    db.run(basket.clear, at)
    assert sold(db) == {}


def test_weeks_between_two_sales_are_empty(db, at):
    disc = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    sell(db, at, disc)
    next_shift(db, later(at, 15))
    sell(db, later(at, 15), disc, disc)
    assert sold(db) == {disc: (THIS_WEEK, [1, 0, 2])}


def test_a_voided_sale_is_taken_off_again(db, at):
    disc = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    sell(db, at, disc, disc)
    sell(db, at, disc)
    db.run(voids.void_last_sale, at, "wrong disc")
    assert sold(db) == {disc: (THIS_WEEK, [2])}


def test_a_return_counts_in_the_week_in_which_it_comes_back(db, at):
    disc = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    done = sell(db, at, disc, disc)
    week_later = later(at, 7)
    next_shift(db, week_later)
    line = db.run(returns.open_sale, week_later, done.document_id).lines[0]
    chosen = Chosen(line.line_id, 1, Condition.DAMAGED)
    view = db.run(returns.lay_in, week_later, done.document_id, (chosen,), "it skips").view
    db.run(checkout.complete_sale, week_later, view.basket_id, (), view.due_minor)
    assert sold(db) == {disc: (THIS_WEEK, [2, -1])}
    assert integrity.verify(db, at).bad == ()


@pytest.mark.parametrize("real_sold_too", [True, False])
def test_what_was_sold_as_unknown_counts_for_the_disc_that_it_was(db, at, real_sold_too):
    real = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    if real_sold_too:
        sell(db, at, real)
    unknown = db.run(basket.add_unknown, at, "9999", "some jazz", 5000).view.lines[0].edition_id
    pay(db, at)
    assert sold(db)[unknown] == (THIS_WEEK, [1])
    db.run(catalogue.relink_provisional, at, unknown, real)
    assert sold(db) == {real: (THIS_WEEK, [2 if real_sold_too else 1])}
    assert integrity.verify(db, at).bad == ()
    assert rebuilt(db) == {real: (THIS_WEEK, [2 if real_sold_too else 1])}


def test_the_ledger_makes_the_same_again(db, at):
    discs = [db.run(make_edition, title=f"No {number}") for number in range(5)]
    db.run(shifts.open_shift, at, 0)
    for week in range(4):
        then = later(at, 7 * week)
        if week:
            next_shift(db, then)
        sell(db, then, *discs[week:], discs[0])
    before = sold(db)
    assert before[discs[0]] == (THIS_WEEK, [2, 1, 1, 1])
    assert rebuilt(db) == before


@pytest.mark.parametrize(
    ("values", "column", "expected", "found"),
    [
        ({"since_week": THIS_WEEK + 1}, "weeks 2026-11-16", "1", "0"),
        ({"weeks": b"\x02\x00"}, "weeks 2026-11-16", "1", "2"),
        ({"weeks": b"\x01\x00\x01\x00"}, "weeks 2026-11-23", "0", "1"),
        ({"weeks": b"\x01\x00\x00"}, "weeks", "2 bytes", "3"),
    ],
)
def test_verify_names_the_week_that_is_wrong(db, at, values, column, expected, found):
    disc = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    sell(db, at, disc)
    db.run(lambda session: session.execute(update(DEMAND).values(**values)))
    (bad,) = integrity.verify(db, at).bad
    assert (bad.check, bad.table, bad.key) == (Check.DEMAND, "demand", str(disc))
    assert (bad.column, bad.expected, bad.found) == (column, expected, found)


def test_verify_misses_a_row_that_is_gone(db, at):
    disc = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    sell(db, at, disc)
    db.run(lambda session: session.execute(delete(DEMAND)))
    (bad,) = integrity.verify(db, at).bad
    assert (bad.key, bad.expected, bad.found) == (str(disc), "1", "0")


def test_reading_gives_the_columns_of_all_that_sold(db, at):
    discs = [db.run(make_edition, title=f"No {number}") for number in range(3)]
    db.run(shifts.open_shift, at, 0)
    sell(db, at, discs[0])
    next_shift(db, later(at, 8))
    sell(db, later(at, 8), discs[0], discs[2], discs[2])
    read = db.ask(demand.read_demand)
    assert list(read.edition_ids) == [discs[0], discs[2]]
    assert list(read.since_weeks) == [THIS_WEEK, THIS_WEEK + 1]
    assert read.week_counts == [2, 1]
    assert list(unpack(read.weeks)) == [1, 1, 2]
    assert db.ask(demand.sold_by_week, discs[0]) == (THIS_WEEK, (1, 1))
    assert db.ask(demand.sold_by_week, discs[1]) == (0, ())


def test_a_shop_that_never_sold_has_nothing_to_read(db):
    read = db.ask(demand.read_demand)
    assert (read.edition_ids, read.week_counts, read.weeks) == ([], [], b"")


def test_a_sale_after_midnight_counts_for_the_day_before(db, at):
    """The shop's day ends at the day cut: Monday 01:00 in Shanghai is still Sunday's week."""
    disc = db.run(make_edition)
    monday_night = At(at.actor, at.till, NOW.replace(day=22, hour=17, minute=0))
    db.run(shop_settings.store_setting, "day_cut_min", 240)
    db.run(shifts.open_shift, monday_night, 0)
    sell(db, monday_night, disc)
    assert sold(db) == {disc: (THIS_WEEK, [1])}


def test_an_older_file_gets_the_same_when_it_is_migrated(db, at):
    """The migration counts by itself, because a later program may count otherwise."""
    discs = [db.run(make_edition, title=f"No {number}") for number in range(3)]
    db.run(shifts.open_shift, at, 0)
    sell(db, at, discs[0], discs[0], discs[1])
    named = []
    for real in (discs[0], discs[2]):
        view = db.run(basket.add_unknown, at, f"999{real}", "some jazz", 5000).view
        named.append((view.lines[0].edition_id, real))
        pay(db, at)
    next_shift(db, later(at, 21))
    sell(db, later(at, 21), discs[1])
    db.run(voids.void_last_sale, later(at, 21), "wrong disc")
    sell(db, later(at, 21), discs[2], discs[2])
    for unknown, real in named:
        db.run(catalogue.relink_provisional, at, unknown, real)
    before = sold(db)
    assert before == {
        discs[0]: (THIS_WEEK, [3]),
        discs[1]: (THIS_WEEK, [1, 0, 0, 0]),
        discs[2]: (THIS_WEEK, [1, 0, 0, 2]),
    }
    migration = import_module("av_pos.models.migrations.versions.0003_stock")
    db.run(lambda session: session.execute(delete(DEMAND)))
    db.run(lambda session: migration._fill_demand(session.connection()))
    assert sold(db) == before
