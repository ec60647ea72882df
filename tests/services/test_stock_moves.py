"""Stock moved by hand, by its row of the ledger, and the history in which its cost can be followed."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import approved, pay, scan_copy, sell

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.stock import StockReason
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import AUDIT, COPY, EDITION, STOCK, STOCK_MOVE
from av_pos.models.purchasing import DELIVERY, SUPPLIER
from av_pos.services import basket, integrity, reservations, shifts, stock, stock_check, stock_history, stock_moves
from av_pos.services.findings import Findings
from av_pos.services.reservations import ReservationDraft
from av_pos.services.stock_moves import HandMove

TODAY = date(2026, 11, 20)


def stock_of(db: Database, edition_id: int) -> tuple[int, int, int]:
    query = select(STOCK.c.on_hand_qty, STOCK.c.value_minor, STOCK.c.last_cost_minor)
    row = db.ask(lambda session: session.execute(query.where(STOCK.c.edition_id == edition_id)).one())
    return row[0], row[1], row[2]


def last_moves(db: Database, count: int) -> list[tuple[str, int, int, str, str]]:
    columns = (STOCK_MOVE.c.reason, STOCK_MOVE.c.qty, STOCK_MOVE.c.cost_minor, STOCK_MOVE.c.note, STOCK_MOVE.c.origin)
    query = select(*columns).order_by(STOCK_MOVE.c.id.desc()).limit(count)
    return db.ask(lambda session: [tuple(row) for row in session.execute(query)])[::-1]


def copy_of(db: Database, copy_id: int) -> tuple[str, str]:
    query = select(COPY.c.status, COPY.c.shelf).where(COPY.c.id == copy_id)
    return db.ask(lambda session: tuple(session.execute(query).one()))


@pytest.mark.parametrize(
    ("kind", "qty", "reason", "cost", "left"),
    [
        (HandMove.DAMAGE, 1, "damage", -3333, (2, 6667, 3333)),
        (HandMove.LOSS, 2, "loss", -6667, (1, 3333, 3333)),
        (HandMove.SAMPLE, 3, "sample", -10000, (0, 0, 3333)),
        (HandMove.MISSING, 1, "stocktake", -3333, (2, 6667, 3333)),
        (HandMove.FOUND, 1, "stocktake", 3333, (4, 13333, 3333)),
        (HandMove.OPENING, 2, "opening", 6666, (5, 16666, 3333)),
    ],
)
def test_pieces_move_at_their_average_cost(db, at, kind, qty, reason, cost, left):
    disc = db.run(make_edition, qty=0)
    db.run(stock.move, at, disc, 3, StockReason.RECEIPT, cost_minor=10000, business_on=TODAY)
    done = db.run(stock_moves.move_by_hand, at, disc, kind, qty, "fell from the ladder")
    assert stock_of(db, disc) == left
    assert (done.on_hand_qty, done.cost_minor) == (left[0], cost)
    assert last_moves(db, 1) == [(reason, done.qty, cost, "fell from the ladder", "by_hand")]
    assert integrity.verify(db, at).bad == ()


def test_what_comes_in_bears_the_cost_that_is_known(db, at):
    disc = db.run(make_edition, qty=1, cost_minor=4000)
    db.run(stock_moves.move_by_hand, at, disc, HandMove.OPENING, 3, each_minor=2000)
    assert stock_of(db, disc) == (4, 10000, 2000)


def test_pieces_found_fill_what_was_sold_below_nothing(db, at):
    disc = db.run(make_edition, qty=1, cost_minor=4000)
    db.run(shifts.open_shift, at, 0)
    sell(db, at, disc, disc, disc)
    db.run(stock_moves.move_by_hand, at, disc, HandMove.FOUND, 3, "counted again")
    assert stock_of(db, disc)[:2] == (1, 4000)
    assert integrity.verify(db, at).bad == ()


@pytest.mark.parametrize(
    ("kind", "qty", "note", "more", "field", "reason"),
    [
        (HandMove.DAMAGE, 0, "", {}, "quantity", "too_small"),
        (HandMove.DAMAGE, -1, "", {}, "quantity", "too_small"),
        (HandMove.OPENING, 10_000, "", {}, "quantity", "too_large"),
        (HandMove.LOSS, 6, "", {}, "quantity", "not_on_hand"),
        (HandMove.FOUND, 1, " ", {}, "note", "empty"),
        (HandMove.MISSING, 1, "", {}, "note", "empty"),
        (HandMove.OPENING, 1, "", {"each_minor": -1}, "cost", "negative"),
        (HandMove.DAMAGE, 1, "x" * 201, {}, "note", "too_long"),
    ],
)
def test_what_cannot_be_meant_is_refused(db, at, kind, qty, note, more, field, reason):
    disc = db.run(make_edition)
    with pytest.raises(InvalidInput) as refused:
        db.run(stock_moves.move_by_hand, at, disc, kind, qty, note, **more)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert stock_of(db, disc) == (5, 20000, 4000)


def test_a_cashier_needs_approval_which_the_log_names(db, cashier_at):
    disc = db.run(make_edition)
    with pytest.raises(NotPermitted):
        db.run(stock_moves.move_by_hand, cashier_at, disc, HandMove.DAMAGE, 1)
    approval = approved(db, cashier_at, Permission.ADJUST_STOCK)
    db.run(stock_moves.move_by_hand, cashier_at, disc, HandMove.DAMAGE, 1, approval_id=approval)
    query = select(AUDIT.c.action, AUDIT.c.staff_name, AUDIT.c.approved_by).order_by(AUDIT.c.id.desc()).limit(1)
    assert db.ask(lambda session: tuple(session.execute(query).one())) == ("stock_moved", "Wu", "Lin")


def test_what_has_no_name_yet_or_is_not_there_is_refused(db, at):
    unknown = db.run(basket.add_unknown, at, "9999", "some jazz", 5000).view.lines[0].edition_id
    with pytest.raises(WrongState):
        db.run(stock_moves.move_by_hand, at, unknown, HandMove.FOUND, 1, "here")
    with pytest.raises(NotFound):
        db.run(stock_moves.move_by_hand, at, 77, HandMove.FOUND, 1, "here")


def test_an_edition_moves_to_another_shelf_with_all_its_pieces(db, at):
    disc = db.run(make_edition, qty=3, cost_minor=3333, shelf="A1")
    db.run(stock_moves.move_to_shelf, at, disc, " B2 ", "window")
    assert db.ask(lambda session: session.execute(select(EDITION.c.shelf)).scalar_one()) == "B2"
    assert last_moves(db, 2) == [("transfer", qty, qty * 3333, "A1 → B2: window", "shelf") for qty in (-3, 3)]
    assert stock_of(db, disc) == (3, 9999, 3333)
    db.run(stock_moves.move_to_shelf, at, disc, "B2")
    assert len(last_moves(db, 9)) == 3
    assert integrity.verify(db, at).bad == ()


def test_a_shelf_move_leaves_the_last_cost_alone(db, at):
    disc = db.run(make_edition, qty=1, cost_minor=1000, shelf="A1")
    db.run(stock.move, at, disc, 1, StockReason.RECEIPT, cost_minor=3000, business_on=TODAY)
    db.run(stock_moves.move_to_shelf, at, disc, "B2")
    assert stock_of(db, disc) == (2, 4000, 3000)
    assert integrity.verify(db, at).bad == ()


def test_a_used_copy_is_lent_out_and_comes_back(db, at):
    copy = db.run(make_copy, db.run(make_edition), shelf="U1")
    db.run(stock_moves.rent_out, at, copy, "until Friday")
    assert copy_of(db, copy)[0] == "rented"
    db.run(shifts.open_shift, at, 0)
    with pytest.raises(WrongState) as refused:
        scan_copy(db, at, copy)
    assert refused.value.state == "rented"
    assert integrity.verify(db, at).bad == ()
    db.run(stock_moves.take_rental_back, at, copy)
    assert [move[:3] for move in last_moves(db, 2)] == [("rental_out", -1, -1800), ("rental_in", 1, 1800)]
    with pytest.raises(WrongState) as refused:
        db.run(stock_moves.take_rental_back, at, copy)
    assert refused.value.state == "not_rented"
    db.run(stock_moves.move_copy_to_shelf, at, copy, "U2")
    assert copy_of(db, copy) == ("in_stock", "U2")
    scan_copy(db, at, copy)
    pay(db, at)
    assert integrity.verify(db, at).bad == ()


@pytest.mark.parametrize("is_lent", [False, True])
def test_a_used_copy_is_lost_and_found_again(db, at, is_lent):
    copy = db.run(make_copy, db.run(make_edition))
    if is_lent:
        db.run(stock_moves.rent_out, at, copy)
    db.run(stock_moves.take_copy_out, at, copy, HandMove.LOSS, "never came back")
    assert copy_of(db, copy)[0] == "withdrawn"
    assert last_moves(db, 1)[0][:3] == ("loss", -1, -1800)
    assert integrity.verify(db, at).bad == ()
    db.run(stock_moves.put_copy_back, at, copy, "behind the counter")
    assert copy_of(db, copy)[0] == "in_stock"
    assert integrity.verify(db, at).bad == ()


def test_a_copy_that_somebody_has_or_waits_for_stays_where_it_is(db, at):
    disc = db.run(make_edition)
    held, reserved, sold = (db.run(make_copy, disc) for _ in range(3))
    db.run(shifts.open_shift, at, 0)
    scan_copy(db, at, sold)
    pay(db, at)
    scan_copy(db, at, held)
    db.run(reservations.put_by, at, ReservationDraft(copy_id=reserved, words="Mr Hu"))
    for copy, state in ((held, "in_other_basket"), (reserved, "reserved"), (sold, "sold")):
        for act in (stock_moves.rent_out, lambda s, a, c: stock_moves.take_copy_out(s, a, c, HandMove.DAMAGE)):
            with pytest.raises(WrongState) as refused:
                db.run(act, at, copy)
            assert refused.value.state == state
    with pytest.raises(WrongState):
        db.run(stock_moves.put_copy_back, at, sold, "here")
    with pytest.raises(InvalidInput):
        db.run(stock_moves.take_copy_out, at, held, HandMove.OPENING)
    with pytest.raises(NotFound):
        db.run(stock_moves.rent_out, at, 99)


def test_the_history_says_how_the_average_came_about(db, at):
    disc = db.run(make_edition, qty=2, cost_minor=1000)
    db.run(_deliver, at, disc)
    db.run(shifts.open_shift, at, 0)
    sold = sell(db, at, disc)
    copy = db.run(make_copy, disc)
    db.run(stock_moves.move_by_hand, at, disc, HandMove.LOSS, 3, "stolen")
    rows = db.ask(stock_history.cost_history, disc)
    assert [(row.reason, row.qty, row.cost_minor, row.balance_qty, row.value_minor, row.average_minor)
            for row in rows] == [
        ("loss", -3, -4500, 0, 0, None),
        ("buy_in", 1, 1800, 3, 4500, 1500),
        ("sale", -1, -1500, 3, 4500, 1500),
        ("receipt", 2, 4000, 4, 6000, 1500),
        ("opening", 2, 2000, 2, 2000, 1000),
    ]  # fmt: skip
    loss, bought, sale, receipt, _opening = rows
    assert (loss.origin, loss.note, loss.staff_name, loss.till_id) == ("by_hand", "stolen", "Lin", 1)
    assert bought.code == f"291{copy:09d}"[:12] + bought.code[-1]
    assert (sale.document_id, sale.document_kind, sale.number) == (sold.document_id, "sale", sold.receipt.number)
    assert (receipt.origin, receipt.number, receipt.supplier) == ("delivery", "LS-77", "Discs & Co")
    assert db.ask(stock_history.cost_history, disc, 2) == rows[:2]
    assert db.ask(stock_history.cost_history, disc, 2, rows[1].move_id) == rows[2:4]


def _deliver(session: Session, at: At, edition_id: int) -> None:
    supplier = insert(SUPPLIER).values(name="Discs & Co", language="en", currency="CNY", created_at=NOW, changed_at=NOW)
    supplier_id = session.execute(supplier.returning(SUPPLIER.c.id)).scalar_one()
    delivery = insert(DELIVERY).values(supplier_id=supplier_id, number="LS-77", status="posted", currency="CNY",
                                       rate_micro=1_000_000, began_at=NOW, till_id=1)  # fmt: skip
    delivery_id = session.execute(delivery.returning(DELIVERY.c.id)).scalar_one()
    stock.move(session, at, edition_id, 2, StockReason.RECEIPT, cost_minor=4000, business_on=TODAY, origin="delivery",
               origin_id=delivery_id)  # fmt: skip


STEPS = st.lists(
    st.tuples(st.sampled_from(["sell", "put_by", "shelf", *HandMove]), st.integers(1, 4), st.integers(0, 5000)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_done_the_history_ends_at_the_balance(db, at, steps):
    disc = db.run(make_edition, qty=2)
    shelves = iter(range(99))
    if db.ask(shifts.find_open, 1) is None:
        db.run(shifts.open_shift, at, 0)
    for what, qty, each in steps:
        try:
            if what == "sell":
                sell(db, at, *[disc] * qty)
            elif what == "put_by":
                db.run(reservations.put_by, at, ReservationDraft(edition_id=disc, qty=qty, words="x"))
            elif what == "shelf":
                db.run(stock_moves.move_to_shelf, at, disc, f"S{next(shelves)}")
            else:
                db.run(stock_moves.move_by_hand, at, disc, what, qty, "why", each_minor=each)
        except InvalidInput:
            continue
    rows = db.ask(stock_history.cost_history, disc)
    on_hand, value, _last = stock_of(db, disc)
    assert (rows[0].balance_qty, rows[0].value_minor) == (on_hand, value)
    for later, earlier in pairwise(rows):
        assert later.balance_qty - later.qty == earlier.balance_qty
        assert later.value_minor - later.cost_minor == earlier.value_minor
    findings = Findings()
    db.ask(stock_check.check_piece, disc - 1, findings)
    assert findings.rows() == ()
