"""Discs put by: promised once, on hand all the same, let go or taken, and verified."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import pay, scan, scan_copy, sell

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import AlreadySold, InvalidInput, NotFound, WrongState
from av_pos.models import COPY, STOCK, STOCK_MOVE
from av_pos.models.reordering import RESERVATION
from av_pos.services import basket, integrity, member_merge, members, reservations, shifts, stock_lists
from av_pos.services.findings import Check
from av_pos.services.member_drafts import MemberDraft
from av_pos.services.reservations import ReservationDraft

TODAY = date(2026, 11, 20)


def put_by(db: Database, at: At, edition_id: int, qty: int = 1, until_on: date | None = None) -> int:
    draft = ReservationDraft(edition_id=edition_id, qty=qty, words="Mr Hu, Tuesday", until_on=until_on)
    return db.run(reservations.put_by, at, draft).reservation_id


def stock_of(db: Database, edition_id: int) -> tuple[int, int]:
    query = select(STOCK.c.on_hand_qty, STOCK.c.reserved_qty).where(STOCK.c.edition_id == edition_id)
    row = db.ask(lambda session: session.execute(query).one())
    return row[0], row[1]


def status_of(db: Database, copy_id: int) -> str:
    return str(db.ask(lambda session: session.execute(select(COPY.c.status).where(COPY.c.id == copy_id)).scalar_one()))


def test_pieces_put_by_are_on_hand_but_not_free(db, cashier_at):
    disc = db.run(make_edition, qty=3)
    member = db.run(members.register_member, cashier_at, MemberDraft("王小明", "13800138000")).member_id
    draft = ReservationDraft(edition_id=disc, qty=2, member_id=member, until_on=TODAY)
    row = db.run(reservations.put_by, cashier_at, draft)
    assert (row.title, row.qty, row.member_name, row.words, row.status) == ("Kind of Blue", 2, "王小明", "", "put_by")
    assert stock_of(db, disc) == (3, 2)
    assert db.ask(reservations.free_qty, disc) == 1
    assert db.ask(reservations.list_reservations, disc) == (row,)
    assert db.ask(reservations.list_reservations, None, member) == (row,)
    assert db.ask(reservations.list_reservations, 77) == ()


def test_the_sale_that_leaves_only_what_is_promised_tells_of_low_stock(db, at):
    db.run(shifts.open_shift, at, 0)
    disc = db.run(make_edition, qty=5)
    put_by(db, at, disc, 2)
    assert sell(db, at, disc).low_stock_ids == ()
    assert sell(db, at, disc).low_stock_ids == (disc,), "one is free, and the mark is one"
    assert db.ask(stock_lists.get_standing, disc).is_low
    assert [row.edition_id for row in db.ask(stock_lists.list_low, TODAY).rows] == [disc]
    assert sell(db, at, disc).low_stock_ids == (), "it was told already"


def test_what_is_put_by_stays_with_a_member_who_is_merged(db, at):
    disc = db.run(make_edition)
    gone, kept = (
        db.run(members.register_member, at, MemberDraft(name, phone)).member_id
        for name, phone in (("王小明", "13800138000"), ("王明", "13900139000"))
    )
    db.run(reservations.put_by, at, ReservationDraft(edition_id=disc, member_id=gone))
    db.run(member_merge.merge_members, at, kept, gone)
    (row,) = db.ask(reservations.list_reservations, None, kept)
    assert (row.member_id, row.member_name) == (kept, "王明")


def test_the_last_piece_is_promised_once(db, at):
    disc = db.run(make_edition, qty=2)
    put_by(db, at, disc, 1)
    with pytest.raises(InvalidInput) as refused:
        put_by(db, at, disc, 2)
    assert (refused.value.field, refused.value.reason, refused.value.value) == ("quantity", "not_free", "1")
    assert stock_of(db, disc) == (2, 1)
    assert len(db.ask(reservations.list_reservations)) == 1


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"words": ""}, "put_by_for", "empty"),
        ({"words": "x" * 201}, "put_by_for", "too_long"),
        ({"qty": 0}, "quantity", "too_small"),
        ({"qty": 1000}, "quantity", "too_large"),
        ({"until_on": TODAY - timedelta(days=1)}, "until", "past"),
        ({"edition_id": None}, "edition", "empty"),
    ],
)
def test_what_cannot_be_meant_is_refused(db, at, given, field, reason):
    disc = db.run(make_edition)
    with pytest.raises(InvalidInput) as refused:
        db.run(reservations.put_by, at, ReservationDraft(**{"edition_id": disc, "words": "Mr Hu"} | given))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert stock_of(db, disc) == (5, 0)


def test_let_go_is_free_again_once(db, at):
    disc = db.run(make_edition)
    reservation = put_by(db, at, disc, 2)
    assert db.run(reservations.let_go, at, reservation).status == "let_go"
    assert stock_of(db, disc) == (5, 0)
    with pytest.raises(WrongState) as refused:
        db.run(reservations.let_go, at, reservation)
    assert (refused.value.kind, refused.value.state) == ("reservation", "let_go")
    assert stock_of(db, disc) == (5, 0)
    assert db.ask(reservations.list_reservations) == ()


def test_a_reservation_that_nobody_knows(db, at):
    with pytest.raises(NotFound):
        db.run(reservations.let_go, at, 7)


def test_what_was_put_by_is_taken_into_the_basket_and_sold(db, at):
    disc = db.run(make_edition, qty=4)
    db.run(shifts.open_shift, at, 0)
    reservation = put_by(db, at, disc, 3)
    scan(db, at, disc)
    taken = db.run(reservations.take_reserved, at, reservation)
    (line,) = taken.view.lines
    assert (line.line_id, line.qty) == (taken.line_id, 4)
    assert stock_of(db, disc) == (4, 0)
    pay(db, at)
    assert stock_of(db, disc) == (0, 0)
    assert db.ask(reservations.get_reservation, reservation).status == "taken"
    assert integrity.verify(db, at).bad == ()


def test_a_copy_that_is_put_by_is_not_sold_to_somebody_else(db, at):
    copy = db.run(make_copy, db.run(make_edition))
    db.run(shifts.open_shift, at, 0)
    row = db.run(reservations.put_by, at, ReservationDraft(copy_id=copy, words="Mr Hu"))
    assert (row.qty, row.code[:3]) == (1, "291")
    with pytest.raises(WrongState) as refused:
        scan_copy(db, at, copy)
    assert refused.value.state == "reserved"
    held = db.ask(reservations.find_of_copy, copy)
    assert held is not None
    assert held.words == "Mr Hu"
    view = db.run(reservations.take_reserved, at, row.reservation_id).view
    assert view.lines[0].copy_id == copy
    pay(db, at)
    assert status_of(db, copy) == "sold"
    assert db.ask(reservations.find_of_copy, copy) is None
    assert integrity.verify(db, at).bad == ()


def test_a_copy_that_cannot_be_had_is_refused(db, at):
    disc = db.run(make_edition)
    sold, held, lent = db.run(make_copy, disc), db.run(make_copy, disc), db.run(make_copy, disc, status="rented")
    db.run(shifts.open_shift, at, 0)
    scan_copy(db, at, sold)
    pay(db, at)
    scan_copy(db, at, held)
    with pytest.raises(AlreadySold):
        db.run(reservations.put_by, at, ReservationDraft(copy_id=sold, words="Mr Hu"))
    other_till = At(at.actor, 2, at.now)
    for who, copy, state in ((at, held, "in_this_basket"), (other_till, held, "in_other_basket"), (at, lent, "rented")):
        with pytest.raises(WrongState) as refused:
            db.run(reservations.put_by, who, ReservationDraft(copy_id=copy, words="Mr Hu"))
        assert refused.value.state == state
    with pytest.raises(NotFound):
        db.run(reservations.put_by, at, ReservationDraft(copy_id=99, words="Mr Hu"))


def test_what_was_sold_as_unknown_is_named_first(db, at):
    unknown = db.run(basket.add_unknown, at, "9999", "some jazz", 5000).view.lines[0].edition_id
    with pytest.raises(WrongState) as refused:
        put_by(db, at, unknown)
    assert refused.value.state == "provisional"


def test_what_nobody_fetched_is_listed_longest_overdue_first(db, at):
    disc = db.run(make_edition)
    overdue = put_by(db, at, disc, 1, TODAY + timedelta(days=2))
    first = put_by(db, at, disc, 1, TODAY + timedelta(days=1))
    put_by(db, at, disc, 1, TODAY + timedelta(days=3))
    put_by(db, at, disc, 1)
    found = db.ask(reservations.list_expired, TODAY + timedelta(days=3))
    assert [row.reservation_id for row in found] == [first, overdue]
    assert db.ask(reservations.list_expired, TODAY) == ()


def test_putting_by_is_in_the_ledger_and_changes_no_cost(db, at):
    disc = db.run(make_edition, qty=3, cost_minor=3333)
    reservation = put_by(db, at, disc, 2)
    db.run(reservations.let_go, at, reservation)
    query = select(STOCK_MOVE.c.reason, STOCK_MOVE.c.qty, STOCK_MOVE.c.cost_minor, STOCK_MOVE.c.origin_id)
    moves = db.ask(lambda session: [tuple(row) for row in session.execute(query.order_by(STOCK_MOVE.c.id).offset(1))])
    assert moves == [("reservation", qty, qty * 3333, reservation) for qty in (-2, 2, -2, 2)]
    assert integrity.verify(db, at).bad == ()


def test_stock_sold_over_what_is_put_by_stays_true(db, at):
    """The till never refuses for stock: who holds the disc in the hand may buy it."""
    disc = db.run(make_edition, qty=1)
    db.run(shifts.open_shift, at, 0)
    put_by(db, at, disc)
    sell(db, at, disc)
    assert stock_of(db, disc) == (0, 1)
    assert db.ask(reservations.free_qty, disc) == -1
    assert integrity.verify(db, at).bad == ()


def test_verify_finds_what_is_promised_and_not_written(db, at):
    disc = db.run(make_edition)
    copy = db.run(make_copy, disc)
    put_by(db, at, disc, 2)
    db.run(lambda session: session.execute(update(COPY).values(status="reserved")))
    db.run(lambda session: session.execute(update(RESERVATION).values(qty=1)))
    bad = {row.check: row for row in integrity.verify(db, at).bad}
    assert (bad[Check.STOCK].column, bad[Check.STOCK].expected, bad[Check.STOCK].found) == ("reserved_qty", "1", "2")
    assert (bad[Check.COPIES].key, bad[Check.COPIES].expected) == (str(copy), "in_stock")


@pytest.mark.parametrize(("scans", "kept", "in_basket"), [(1, 1, 1), (1, 3, 3), (2, 3, 3), (3, 2, 3)])
def test_what_was_scanned_of_it_is_not_laid_down_twice(db, at, scans, kept, in_basket):
    disc = db.run(make_edition, qty=3)
    db.run(shifts.open_shift, at, 0)
    reservation = put_by(db, at, disc, kept)
    for _turn in range(scans):
        line_id = scan(db, at, disc).lines[0].line_id
    taken = db.run(reservations.take_reserved, at, reservation, line_id)
    assert [line.qty for line in taken.view.lines] == [in_basket]
    assert stock_of(db, disc) == (3, 0)
    assert integrity.verify(db, at).bad == ()


def test_a_line_of_another_disc_holds_nothing_of_it(db, at):
    disc, other = db.run(make_edition), db.run(make_edition, title="Kid A")
    db.run(shifts.open_shift, at, 0)
    reservation = put_by(db, at, disc)
    line_id = scan(db, at, other).lines[0].line_id
    with pytest.raises(NotFound):
        db.run(reservations.take_reserved, at, reservation, line_id)
    assert stock_of(db, disc) == (5, 1), "what was refused changed nothing"


def test_a_line_says_when_it_takes_of_what_is_promised(db, at):
    disc = db.run(make_edition, qty=3)
    db.run(shifts.open_shift, at, 0)
    put_by(db, at, disc, 2)
    promised = [scan(db, at, disc).lines[0].is_promised for _turn in range(2)]
    assert promised == [False, True]
