"""Asked for, and not there: noted at the till, taken back, counted by week, and a want for the member who asked."""

from datetime import date, timedelta

import pytest
from tests.factories import make_edition
from tests.services.at_the_till import pay

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.demand import week_of
from av_pos.errors import InvalidInput, NotFound
from av_pos.services import basket, catalogue, erasure, members, missed_demand, shifts, wants
from av_pos.services.member_drafts import MemberDraft

TODAY = date(2026, 11, 20)


def later(at: At, days: float) -> At:
    return At(at.actor, at.till, at.now + timedelta(days=days))


def register(db: Database, at: At) -> int:
    return db.run(members.register_member, at, MemberDraft("王小明", "13800138000")).member_id


def test_two_keys_note_what_was_asked_for(db, cashier_at):
    disc = db.run(make_edition, qty=0)
    row = db.run(missed_demand.note_missed, cashier_at, disc)
    assert (row.edition_id, row.title, row.artist, row.qty) == (disc, "Kind of Blue", "Miles Davis", 1)
    assert (row.asked_on, row.till_id, row.is_wanted) == (TODAY, 1, False)
    words = db.run(missed_demand.note_missed, cashier_at, None, "  that  one with the\tcow ", 2)
    assert (words.edition_id, words.words, words.qty) == (None, "that one with the cow", 2)
    assert db.ask(missed_demand.list_missed) == (words, row)


@pytest.mark.parametrize(
    ("words", "qty", "field", "reason"),
    [
        ("", 1, "want", "empty"),
        ("  ", 1, "want", "empty"),
        ("x" * 201, 1, "want", "too_long"),
        ("cow", 0, "quantity", "too_small"),
        ("cow", -1, "quantity", "too_small"),
        ("cow", 1000, "quantity", "too_large"),
    ],
)
def test_what_cannot_be_meant_is_refused(db, at, words, qty, field, reason):
    with pytest.raises(InvalidInput) as refused:
        db.run(missed_demand.note_missed, at, None, words, qty)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert db.ask(missed_demand.list_missed) == ()


def test_an_edition_that_nobody_knows_is_refused(db, at):
    with pytest.raises(NotFound):
        db.run(missed_demand.note_missed, at, 77)


def test_a_member_waits_for_what_was_asked(db, at):
    disc, member = db.run(make_edition, qty=0), register(db, at)
    assert db.run(missed_demand.note_missed, at, disc, member_id=member).is_wanted
    (want,) = db.ask(wants.list_wants, member)
    assert want.edition_id == disc


def test_the_last_one_is_taken_back_with_its_want(db, at):
    disc, member = db.run(make_edition, qty=0), register(db, at)
    first = db.run(missed_demand.note_missed, at, disc)
    last = db.run(missed_demand.note_missed, at, disc, member_id=member)
    assert db.run(missed_demand.undo_last_missed, at) == last
    assert db.ask(missed_demand.list_missed) == (first,)
    assert db.ask(wants.list_wants, member, everything=True) == ()


def test_a_want_that_was_there_before_stays(db, at):
    disc, member = db.run(make_edition, qty=0), register(db, at)
    db.run(wants.note_want, at, member, disc)
    db.run(missed_demand.note_missed, later(at, 0.01), disc, member_id=member)
    db.run(missed_demand.undo_last_missed, later(at, 0.02))
    assert len(db.ask(wants.list_wants, member)) == 1


def test_only_what_this_till_noted_today_is_taken_back(db, at):
    db.run(missed_demand.note_missed, later(at, -1), None, "yesterday")
    db.run(missed_demand.note_missed, At(at.actor, 2, at.now), None, "at the other till")
    with pytest.raises(NotFound):
        db.run(missed_demand.undo_last_missed, at)
    assert len(db.ask(missed_demand.list_missed)) == 2


def test_what_was_asked_is_counted_by_week_for_the_disc_that_it_turned_out_to_be(db, at):
    disc = db.run(make_edition)
    db.run(shifts.open_shift, at, 0)
    unknown = db.run(basket.add_unknown, at, "9999", "some jazz", 5000).view.lines[0].edition_id
    pay(db, at)
    for days, edition_id, qty in ((-30, disc, 1), (-7, disc, 2), (-4, unknown, 3), (0, disc, 1)):
        db.run(missed_demand.note_missed, later(at, days), edition_id, "", qty)
    db.run(missed_demand.note_missed, at, None, "only words")
    db.run(catalogue.relink_provisional, at, unknown, disc)
    now = week_of(TODAY)
    assert db.ask(missed_demand.missed_by_week) == ((disc, now - 4, 1), (disc, now - 1, 2), (disc, now, 4))
    assert db.ask(missed_demand.missed_by_week, TODAY) == ((disc, now, 1),)
    assert db.ask(missed_demand.missed_by_week, TODAY, disc) == ((disc, now, 1),)
    assert db.ask(missed_demand.missed_by_week, None, disc + 1_000) == ()


def test_what_was_asked_most_stands_first(db, at):
    disc = db.run(make_edition)
    for words, qty in (("the cow", 2), ("The Cow", 2), ("a dog", 1)):
        db.run(missed_demand.note_missed, at, None, words, qty)
    db.run(missed_demand.note_missed, at, disc, "for his aunt", 3)
    db.run(missed_demand.note_missed, later(at, -3), disc)
    found = db.ask(missed_demand.sum_missed, TODAY, TODAY)
    assert [(row.title, row.words, row.pieces_qty, row.times_qty) for row in found] == [
        ("", "The Cow", 4, 2),
        ("Kind of Blue", "", 3, 1),
        ("", "a dog", 1, 1),
    ]


def test_a_member_who_is_erased_leaves_what_was_asked(db, at):
    disc, member = db.run(make_edition, qty=0), register(db, at)
    db.run(missed_demand.note_missed, at, disc, member_id=member)
    db.run(erasure.erase_member, at, member)
    (row,) = db.ask(missed_demand.list_missed)
    assert (row.edition_id, row.is_wanted) == (disc, False)


def test_a_disc_is_counted_from_a_day_on(db, at):
    disc, other = db.run(make_edition), db.run(make_edition, title="Kid A")
    for days, edition_id in ((-91, disc), (-90, disc), (0, disc), (0, other)):
        db.run(missed_demand.note_missed, later(at, days), edition_id, qty=2)
    assert db.ask(missed_demand.count_missed, disc, TODAY - timedelta(days=90)) == 4
    assert db.ask(missed_demand.count_missed, 77, TODAY) == 0
