"""Receiving: a box is scanned against its order, left and gone on with, and posted at its landed cost."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.factories import make_edition
from tests.services.at_the_till import at_till, later, sell
from tests.services.buying_shop import (
    all_refused,
    delete_edition,
    make_article,
    make_supplier,
    send,
    stock_of,
    take,
    verified,
)

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import STOCK, STOCK_MOVE
from av_pos.services import (
    catalogue,
    delivery_posting,
    editions,
    members,
    order_views,
    price_labels,
    purchase_orders,
    receiving,
    receiving_views,
    search,
    shifts,
    suppliers,
    waiting,
    wants,
)
from av_pos.services.members import MemberDraft
from av_pos.services.receiving_views import COMPLETE, NOT_ORDERED, OVER, UNDER, UNKNOWN

CODE, OTHER, STRANGE = "4006381333931", "0724352190126", "5012345678900"


@pytest.fixture
def supplier_id(db: Database, at: At) -> int:
    return make_supplier(db, at)


@pytest.fixture
def disc(db: Database, at: At, supplier_id: int) -> int:
    return make_article(db, at, supplier_id, barcode=CODE, price_minor=10900)


def begin(db: Database, at: At, supplier_id: int, order_id: int | None = None) -> int:
    return db.run(receiving.open_delivery, at, supplier_id, order_id=order_id).delivery.delivery_id


def test_each_scan_is_a_row_and_says_how_it_stands_against_the_order(db, at: At, supplier_id: int, disc: int):
    wrong = db.run(make_edition, title="Faith", barcode=OTHER, qty=0)
    order_id = send(db, at, supplier_id, {disc: 2})
    delivery_id = begin(db, at, supplier_id, order_id)
    states = [take(db, at, delivery_id, CODE).state for _ in range(3)]
    assert states == [UNDER, COMPLETE, OVER]
    assert take(db, at, delivery_id, OTHER).state == NOT_ORDERED
    strange = take(db, at, delivery_id, STRANGE, damaged=True)
    assert (strange.state, strange.code, strange.qty, strange.damaged_qty) == (UNKNOWN, STRANGE, 0, 1)
    view = db.ask(receiving_views.view_delivery, at, delivery_id)
    assert [(row.edition_id, row.qty) for row in view.lines] == [(disc, 3), (wrong, 1), (None, 0)]
    assert (view.delivery.good_qty, view.delivery.unknown_qty, view.missing) == (4, 1, ())
    assert stock_of(db, disc) == (0, 0, 2)


def test_what_was_ordered_and_did_not_come_is_missing(db: Database, at: At, supplier_id: int, disc: int):
    late = make_article(db, at, supplier_id, title="Faith", barcode=OTHER)
    first, second = send(db, at, supplier_id, {disc: 2}), send(db, at, supplier_id, {late: 3})
    own = db.ask(receiving_views.view_delivery, at, begin(db, at, supplier_id, first))
    assert [(row.edition_id, row.expected_qty, row.state) for row in own.missing] == [(disc, 2, UNDER)]
    every = db.ask(receiving_views.view_delivery, at, begin(db, at, supplier_id))
    assert [(row.edition_id, row.expected_qty) for row in every.missing] == [(disc, 2), (late, 3)]
    delivery_id = begin(db, at, supplier_id, second)
    # A disc of an older order in the box of another one was ordered all the same.
    assert take(db, at, delivery_id, CODE).state == UNDER
    db.run(delivery_posting.post_delivery, at, delivery_id)
    assert db.ask(order_views.view_order, at, first).order.status == "partly"


def test_the_last_scan_of_a_till_is_taken_back(db: Database, at: At, supplier_id: int, disc: int):
    delivery_id = begin(db, at, supplier_id)
    other = at_till(at, 2)
    db.run(receiving.scan, at, delivery_id, CODE)
    db.run(receiving.scan, other, delivery_id, CODE, qty=5)
    db.run(receiving.scan, at, delivery_id, STRANGE)
    assert db.run(receiving.undo_scan, at, delivery_id).row is None
    undone: Any = db.run(receiving.undo_scan, at, delivery_id)
    assert (undone.qty, undone.row.qty) == (1, 5)
    with pytest.raises(NotFound):
        db.run(receiving.undo_scan, at, delivery_id)
    assert db.run(receiving.undo_scan, other, delivery_id).row is None
    assert db.ask(receiving_views.view_delivery, at, delivery_id).lines == ()


def test_a_typed_number_is_undone_like_a_scan(db: Database, at: At, supplier_id: int, disc: int):
    delivery_id = begin(db, at, supplier_id)
    line_id = take(db, at, delivery_id, CODE).line_id
    row: Any = db.run(receiving.set_qty, at, line_id, 30, 2)
    assert (row.qty, row.damaged_qty) == (30, 2)
    assert db.run(receiving.set_qty, at, line_id, 0) is None
    assert db.ask(receiving_views.view_delivery, at, delivery_id).lines == ()
    for left in (30, 1):
        row = db.run(receiving.undo_scan, at, delivery_id).row
        assert row.qty == left
    for qty, damaged in ((-1, 0), (10_000, 0), (1, -3)):
        with pytest.raises(InvalidInput):
            db.run(receiving.set_qty, at, line_id, qty, damaged)


@pytest.mark.parametrize(
    ("code", "reason"),
    [("2910000000017", "not_for_sale"), ("280000000000000018", "payment_code"), ("   ", "empty"),
     ("x" * 41, "too_long")],
)  # fmt: skip
def test_a_code_that_is_no_discs_is_refused(db: Database, at: At, supplier_id: int, code: str, reason: str):
    delivery_id = begin(db, at, supplier_id)
    with pytest.raises(InvalidInput) as refused:
        db.run(receiving.scan, at, delivery_id, code)
    assert refused.value.reason == reason
    assert db.ask(receiving_views.view_delivery, at, delivery_id).lines == ()


def test_of_several_editions_the_ordered_one_is_meant(db: Database, at: At, supplier_id: int, disc: int):
    db.run(make_edition, title="Another pressing", barcode=CODE, qty=0)
    delivery_id = begin(db, at, supplier_id)
    asked = db.run(receiving.scan, at, delivery_id, CODE)
    assert asked.row is None
    assert len(asked.candidates) == 2
    assert take(db, at, delivery_id, disc).qty == 1
    send(db, at, supplier_id, {disc: 2})
    assert take(db, at, delivery_id, CODE).edition_id == disc


def test_the_suppliers_own_number_is_a_code_too(db: Database, at: At, supplier_id: int):
    disc = make_article(db, at, supplier_id, number="SR-77 b")
    delivery_id = begin(db, at, supplier_id)
    assert take(db, at, delivery_id, "sr-77 B").edition_id == disc
    delete_edition(db, disc)
    assert take(db, at, delivery_id, "sr-77 B").state == UNKNOWN


def test_an_unknown_code_is_named_later_or_made_provisional(db: Database, at: At, supplier_id: int, disc: int):
    delivery_id = begin(db, at, supplier_id)
    db.run(receiving.scan, at, delivery_id, CODE)
    strange = take(db, at, delivery_id, STRANGE, qty=3)
    named = db.run(receiving.name_line, at, strange.line_id, disc, keep_code=True)
    assert (named.edition_id, named.qty) == (disc, 4)
    assert [row.id for row in db.ask(editions.find_by_code, STRANGE)] == [disc]
    other = take(db, at, delivery_id, OTHER)
    made: Any = db.run(receiving.make_line_provisional, at, other.line_id, "A white label", 5000)
    assert (made.title, made.price_minor, made.state) == ("A white label", 5000, NOT_ORDERED)
    with pytest.raises(WrongState):
        db.run(receiving.name_line, at, made.line_id, disc)
    # It turns out to be the other disc before the box is posted.
    db.run(catalogue.relink_provisional, at, made.edition_id, disc)
    db.run(delivery_posting.post_delivery, at, delivery_id)
    assert stock_of(db, disc)[0] == 5
    assert verified(db, at) == []


def test_the_margin_is_in_sight_before_the_price_is_set(db: Database, at: At, supplier_id: int, disc: int):
    send(db, at, supplier_id, {disc: 2})
    delivery_id = begin(db, at, supplier_id)
    row = take(db, at, delivery_id, CODE, qty=2)
    assert (row.cost_minor, row.landed_minor, row.margin.net_minor, row.margin.margin_bp) == (4000, 4000, 10000, 6000)
    db.run(receiving.set_delivery_terms, at, delivery_id, carriage_minor=2000, rate_micro=1_000_000)
    first: Any = db.run(receiving.set_cost, at, row.line_id, 5000)
    assert (first.landed_minor, first.margin.profit_minor) == (6000, 4000)
    then: Any = db.run(receiving.set_new_price, at, row.line_id, 13080)
    assert (then.new_price_minor, then.margin.net_minor, then.margin.margin_bp) == (13080, 12000, 5000)
    outcome = db.run(delivery_posting.post_delivery, at, delivery_id)
    assert outcome.landed_minor == 12000
    assert stock_of(db, disc) == (2, 12000, 0)
    assert db.ask(editions.get_edition, disc).price_minor == 13080


@pytest.mark.parametrize(
    ("change", "values", "field"),
    [
        (receiving.set_cost, (-1,), "cost"),
        (receiving.set_cost, (10**15,), "cost"),
        (receiving.set_new_price, (-5,), "price"),
        (receiving.set_new_price, (10**15,), "price"),
    ],
)
def test_bad_numbers_are_refused_and_nothing_changes(db, at: At, supplier_id: int, disc: int, change, values, field):
    delivery_id = begin(db, at, supplier_id)
    row = take(db, at, delivery_id, CODE)
    with pytest.raises(InvalidInput) as refused:
        db.run(change, at, row.line_id, *values)
    assert refused.value.field == field
    assert db.ask(receiving_views.view_delivery, at, delivery_id).lines == (row,)


@pytest.mark.parametrize(
    ("carriage", "rate", "field"),
    [(-1, 1_000_000, "carriage"), (10**15, 1_000_000, "carriage"), (0, 0, "rate"), (0, -1, "rate"), (0, 2, "rate"),
     (0, 10**15, "rate")],
)  # fmt: skip
def test_a_rate_of_nothing_or_a_carriage_below_it_is_refused(db, at: At, supplier_id: int, carriage, rate, field):
    delivery_id = begin(db, at, supplier_id)
    with pytest.raises(InvalidInput) as refused:
        db.run(receiving.set_delivery_terms, at, delivery_id, carriage_minor=carriage, rate_micro=rate)
    assert refused.value.field == field


def test_a_cashier_receives_and_sees_no_cost(db: Database, at: At, cashier_at: At, supplier_id: int, disc: int):
    order_id = send(db, at, supplier_id, {disc: 2})
    delivery_id = begin(db, cashier_at, supplier_id, order_id)
    row = take(db, cashier_at, delivery_id, CODE)
    assert (row.cost_minor, row.landed_minor, row.margin, row.has_cost) == (None, None, None, True)
    view = db.ask(receiving_views.view_delivery, cashier_at, delivery_id)
    assert (view.goods_minor, view.carriage_minor, view.rate_micro) == (None, None, None)
    acts = ((receiving.set_cost, row.line_id, 1), (receiving.set_new_price, row.line_id, 1))
    all_refused(db, cashier_at, NotPermitted, *acts)
    with pytest.raises(NotPermitted):
        db.run(receiving.set_delivery_terms, cashier_at, delivery_id, carriage_minor=0, rate_micro=1)
    db.run(delivery_posting.post_delivery, cashier_at, delivery_id)
    assert stock_of(db, disc) == (1, 4000, 1)


def test_a_delivery_is_gone_on_with_on_another_day_at_another_till(db, at: At, supplier_id: int, disc: int):
    delivery_id = begin(db, at, supplier_id)
    db.run(receiving.scan, at, delivery_id, CODE)
    tomorrow = at_till(later(at, days=1), 2)
    assert [row.delivery_id for row in db.ask(receiving_views.list_deliveries, tomorrow, only_open=True)] == [
        delivery_id
    ]
    assert take(db, tomorrow, delivery_id, CODE).qty == 2
    db.run(delivery_posting.post_delivery, tomorrow, delivery_id)
    assert str(db.ask(receiving_views.view_delivery, at, delivery_id).delivery.posted_on) == "2026-11-21"
    for act, *arguments in (
        (receiving.scan, CODE), (receiving.undo_scan,), (receiving.drop_delivery,), (delivery_posting.post_delivery,)
    ):  # fmt: skip
        with pytest.raises(WrongState):
            db.run(act, at, delivery_id, *arguments)


def test_a_dropped_delivery_leaves_nothing_on_hand(db: Database, at: At, supplier_id: int, disc: int):
    delivery_id = begin(db, at, supplier_id, send(db, at, supplier_id, {disc: 2}))
    db.run(receiving.scan, at, delivery_id, CODE)
    db.run(receiving.drop_delivery, at, delivery_id)
    assert stock_of(db, disc) == (0, 0, 2)
    assert db.ask(receiving_views.list_deliveries, at, only_open=True) == ()
    assert verified(db, at) == []


def test_an_order_is_filled_in_parts_and_the_surplus_fills_none(db, at: At, supplier_id: int, disc: int):
    first, second = send(db, at, supplier_id, {disc: 3}), send(db, later(at, minutes=5), supplier_id, {disc: 2})
    delivery_id = begin(db, at, supplier_id)
    db.run(receiving.scan, at, delivery_id, CODE, qty=4)
    outcome = db.run(delivery_posting.post_delivery, at, delivery_id)
    assert outcome.orders == ((first, "closed"), (second, "partly"))
    assert stock_of(db, disc) == (4, 16000, 1)
    delivery_id = begin(db, at, supplier_id)
    db.run(receiving.scan, at, delivery_id, CODE, qty=5)
    outcome = db.run(delivery_posting.post_delivery, at, delivery_id)
    assert outcome.orders == ((second, "closed"),)
    assert outcome.lines[0].not_ordered_qty == 4
    assert [line.received_qty for line in db.ask(order_views.view_order, at, second).lines] == [2]
    assert stock_of(db, disc) == (9, 36000, 0)
    assert verified(db, at) == []


def test_damaged_pieces_are_written_off_or_go_back(db: Database, at: At, supplier_id: int, disc: int):
    for back in (False, True):
        before = stock_of(db, disc)
        delivery_id = begin(db, at, supplier_id)
        db.run(receiving.scan, at, delivery_id, CODE, qty=3)
        db.run(receiving.scan, at, delivery_id, CODE, damaged=True)
        outcome = db.run(delivery_posting.post_delivery, at, delivery_id, damaged_back=back)
        assert stock_of(db, disc)[:2] == (before[0] + 3, before[1] + 12000)
        assert (outcome.return_id is not None) is back
        reasons = moves(db, delivery_id)
        assert reasons == ([("receipt", 3, 12000)] if back else [("receipt", 4, 16000), ("damage", -1, -4000)])
    assert verified(db, at) == []


def moves(db: Database, delivery_id: int) -> list[tuple[str, int, int]]:
    def read(session: Session) -> list[tuple[str, int, int]]:
        columns = (STOCK_MOVE.c.reason, STOCK_MOVE.c.qty, STOCK_MOVE.c.cost_minor)
        own = (STOCK_MOVE.c.origin == "delivery", STOCK_MOVE.c.origin_id == delivery_id)
        return [tuple(row) for row in session.execute(select(*columns).where(*own).order_by(STOCK_MOVE.c.id))]

    return db.ask(read)


def test_pieces_sold_below_nought_get_what_they_really_cost(db: Database, at: At, supplier_id: int):
    disc = make_article(db, at, supplier_id, barcode=CODE, qty=1, cost_minor=3000, cost="50")
    db.run(shifts.open_shift, at, 30000)
    sell(db, at, disc, disc, disc)
    assert stock_of(db, disc)[:2] == (-2, -6000)
    delivery_id = begin(db, at, supplier_id)
    db.run(receiving.scan, at, delivery_id, CODE, qty=5)
    outcome = db.run(delivery_posting.post_delivery, at, delivery_id)
    assert (outcome.landed_minor, outcome.settled_minor) == (25000, 4000)
    assert stock_of(db, disc)[:2] == (3, 15000)
    assert verified(db, at) == []


def test_what_nobody_named_goes_on_in_a_delivery_of_its_own(db: Database, at: At, supplier_id: int, disc: int):
    delivery_id = begin(db, at, supplier_id)
    db.run(receiving.scan, at, delivery_id, STRANGE, qty=2)
    with pytest.raises(WrongState) as refused:
        db.run(delivery_posting.post_delivery, at, delivery_id)
    assert refused.value.state == "only_unknown"
    db.run(receiving.scan, at, delivery_id, CODE)
    rest_id = db.run(delivery_posting.post_delivery, at, delivery_id).rest_delivery_id
    assert rest_id is not None
    rest: Any = db.ask(receiving_views.view_delivery, at, rest_id)
    assert [(row.code, row.qty) for row in rest.lines] == [(STRANGE, 2)]
    db.run(receiving.name_line, at, rest.lines[0].line_id, disc)
    db.run(delivery_posting.post_delivery, at, rest_id)
    assert stock_of(db, disc)[0] == 3
    with pytest.raises(WrongState) as refused:
        db.run(delivery_posting.post_delivery, at, begin(db, at, supplier_id))
    assert refused.value.state == "empty"
    assert verified(db, at) == []


def test_landed_cost_is_exchanged_and_bears_the_carriage_to_the_last_cent(db: Database, at: At):
    supplier_id = make_supplier(db, at, name="Koho", currency="JPY", rate="0.048", carriage="1000")
    one = make_article(db, at, supplier_id, barcode=CODE, cost="2000")
    two = make_article(db, at, supplier_id, barcode=OTHER, cost="999")
    delivery_id = begin(db, at, supplier_id)
    assert db.ask(receiving_views.view_delivery, at, delivery_id).carriage_minor == 4800
    db.run(receiving.scan, at, delivery_id, CODE, qty=2)
    db.run(receiving.scan, at, delivery_id, OTHER, qty=1)
    outcome = db.run(delivery_posting.post_delivery, at, delivery_id)
    # 4,999 yen are 239.95 yuan, and 48.00 of carriage beside them.
    assert outcome.landed_minor == 23995 + 4800
    assert stock_of(db, one)[1] + stock_of(db, two)[1] == 28795
    assert stock_of(db, one)[1] == 23041
    assert verified(db, at) == []


def test_the_carriage_agreed_for_an_order_is_borne_once(db: Database, at: At):
    supplier_id = make_supplier(db, at, carriage="25")
    disc = make_article(db, at, supplier_id, barcode=CODE)
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    db.run(purchase_orders.add_line, at, order_id, disc, 3)
    db.run(purchase_orders.set_order_terms, at, order_id, carriage_minor=900, note="")
    db.run(purchase_orders.send_order, at, order_id)

    def next_box() -> tuple[int, int | None]:
        delivery_id = begin(db, at, supplier_id, order_id)
        return delivery_id, db.ask(receiving_views.view_delivery, at, delivery_id).carriage_minor

    dropped, carriage = next_box()
    assert carriage == 900
    db.run(receiving.drop_delivery, at, dropped)
    first, carriage = next_box()
    assert carriage == 900
    take(db, at, first, CODE)
    db.run(delivery_posting.post_delivery, at, first)
    assert next_box()[1] == 0
    usual = begin(db, at, supplier_id)
    assert db.ask(receiving_views.view_delivery, at, usual).carriage_minor == 2500


def test_what_came_wants_labels_and_a_new_price_wants_them_on_all(db: Database, at: At, supplier_id: int, disc: int):
    other = make_article(db, at, supplier_id, barcode=OTHER, qty=4, title="Faith")
    for _ in range(2):
        delivery_id = begin(db, at, supplier_id)
        db.run(receiving.scan, at, delivery_id, CODE, qty=3)
        line_id = take(db, at, delivery_id, OTHER).line_id
        db.run(receiving.set_new_price, at, line_id, 7700)
        outcome = db.run(delivery_posting.post_delivery, at, delivery_id)
    assert outcome.labels_qty == 4  # the second time the price was no other one
    told = {row.edition.id: (row.qty, row.reason) for row in db.ask(price_labels.list_labels)}
    assert told == {disc: (6, "received"), other: (6, "price")}
    assert db.ask(price_labels.count_labels) == 12
    assert "6,2900000000" in db.ask(price_labels.labels_csv) or f"6,{CODE}" in db.ask(price_labels.labels_csv)
    assert db.run(price_labels.mark_labelled, at, (disc,)) == 6
    with pytest.raises(NotFound):
        db.run(price_labels.mark_labelled, at, (disc,))
    assert [row.edition.id for row in db.ask(price_labels.list_labels)] == [other]


def test_who_asked_for_a_disc_is_named_at_the_scan_and_at_the_posting(db, at: At, cashier_at, supplier_id, disc):
    member_id = db.run(members.register_member, at, MemberDraft("王小明", "13800138000")).member_id
    db.run(wants.note_want, at, member_id, disc)
    delivery_id = begin(db, at, supplier_id)
    (who,) = take(db, cashier_at, delivery_id, CODE).waiting
    assert (who.kind, who.who, who.member_id) == ("want", "王小明", member_id)
    assert "*" in who.phone
    stranger = replace(at, actor=replace(at.actor, role="stockroom"))
    hidden = db.ask(lambda session: waiting.list_waiting(session, stranger, (disc,)))[disc]
    assert [(row.who, row.phone, row.member_id) for row in hidden] == [("", "", None)]
    outcome = db.run(delivery_posting.post_delivery, at, delivery_id)
    assert [(row.edition_id, row.who) for row in outcome.waiting] == [(disc, "王小明")]


def test_who_asked_in_words_is_named_as_in_the_catalogue(db: Database, at: At, supplier_id: int):
    discs = [
        make_article(db, at, supplier_id, title=title, artist=artist)
        for title, artist in (("Kind of Blue", "Miles Davis"), ("Blue Train", "John Coltrane"), ("范特西", "周杰伦"))
    ]
    db.run(search.index_editions, discs)
    member_id = db.run(members.register_member, at, MemberDraft("王小明", "13800138000")).member_id
    for words in ("miles blue", "blue", "周杰伦 范特西", "miles coltrane", "Blue Trains", "jay"):
        db.run(wants.note_want, at, member_id, None, words)
    told = db.ask(waiting.list_waiting, at, discs)
    expected: dict[int, list[int]] = {}
    for here in db.ask(wants.wants_for, discs):
        expected.setdefault(here.edition_id, []).append(here.want.want_id)
    assert {edition_id: [row.want_id for row in rows] for edition_id, rows in told.items()} == expected
    assert [len(told[disc]) for disc in discs] == [2, 1, 1]


def test_what_is_put_by_before_it_came_is_named_too(db: Database, at: At, supplier_id: int, disc: int):
    def put_by(session: Session) -> None:
        from av_pos.models.reordering import RESERVATION

        row = {"edition_id": disc, "qty": 2, "words": "Mr Ho", "status": "put_by", "reserved_at": at.now}
        session.execute(RESERVATION.insert().values(**row))
        session.execute(update(STOCK).where(STOCK.c.edition_id == disc).values(reserved_qty=2))

    db.run(put_by)
    delivery_id = begin(db, at, supplier_id)
    (who,) = take(db, at, delivery_id, CODE).waiting
    assert (who.kind, who.who, who.qty) == ("reservation", "Mr Ho", 2)


def test_the_lead_time_is_that_of_the_suppliers_own_deliveries(db: Database, at: At, supplier_id: int, disc: int):
    for days, qty in ((5, 10), (9, 10), (7, 10), (40, 0)):
        send(db, at, supplier_id, {disc: 10})
        if qty:
            came = later(at, days=days)
            delivery_id = begin(db, came, supplier_id)
            db.run(receiving.scan, came, delivery_id, CODE, qty=qty)
            db.run(delivery_posting.post_delivery, came, delivery_id)
    seen = db.ask(suppliers.get_supplier, supplier_id).seen
    assert seen is not None
    assert (seen.mean_days, seen.deliveries_qty) == (7, 3)
    assert seen.sd_days == pytest.approx(2)
    order_id = send(db, at, supplier_id, {disc: 1})
    assert str(db.ask(order_views.view_order, at, order_id).order.expected_on) == "2026-11-27"


def test_what_is_not_there_is_said(db: Database, at: At, supplier_id: int):
    delivery_id = begin(db, at, supplier_id)
    all_refused(
        db, at, NotFound,
        (receiving.open_delivery, 77), (receiving.scan, 77, CODE), (receiving.receive_edition, delivery_id, 77),
        (receiving.set_qty, 77, 1), (receiving.name_line, 77, 1), (delivery_posting.post_delivery, 77),
    )  # fmt: skip
    with pytest.raises(NotFound):
        begin(db, at, supplier_id, 77)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3), st.integers(0, 9000)), min_size=1, max_size=5),
    st.integers(0, 5000),
    st.booleans(),
)
def test_whatever_is_received_the_books_agree(db, at: At, boxes, carriage: int, back: bool):
    supplier_id = make_supplier(db, at, name=f"S{len(db.ask(suppliers.list_suppliers))}")
    discs = [make_article(db, at, supplier_id, qty=1) for _ in boxes]
    send(db, at, supplier_id, dict.fromkeys(discs, 3))
    delivery_id = begin(db, at, supplier_id)
    db.run(receiving.set_delivery_terms, at, delivery_id, carriage_minor=carriage, rate_micro=1_000_000)
    for disc, (good, damaged, cost) in zip(discs, boxes, strict=True):
        line_id = take(db, at, delivery_id, disc, qty=good).line_id
        db.run(receiving.set_cost, at, line_id, cost)
        db.run(receiving.set_qty, at, line_id, good, damaged)
    outcome = db.run(delivery_posting.post_delivery, at, delivery_id, damaged_back=back)
    for disc, (good, damaged, _cost) in zip(discs, boxes, strict=True):
        assert stock_of(db, disc)[0] == 1 + good
        assert stock_of(db, disc)[2] == max(0, 3 - good - damaged)
    assert sum(stock_of(db, disc)[1] for disc in discs) == 4000 * len(discs) + outcome.landed_minor
    if back or not any(damaged for _good, damaged, _cost in boxes):
        assert outcome.landed_minor == sum(good * cost for good, _damaged, cost in boxes) + carriage
    assert verified(db, at) == []


def test_a_box_is_opened_only_for_an_order_that_is_on_its_way(db: Database, at: At, supplier_id: int, disc: int):
    order_id = send(db, at, supplier_id, {disc: 1})
    delivery_id = begin(db, at, supplier_id, order_id)
    view = db.run(receiving.set_number, at, delivery_id, " LS 2026/77 ")
    assert view.delivery.number == "LS 2026/77"
    assert db.ask(receiving_views.list_deliveries, at, supplier_id=supplier_id + 1) == ()
    take(db, at, delivery_id, CODE)
    db.run(delivery_posting.post_delivery, at, delivery_id)
    with pytest.raises(WrongState):
        begin(db, at, supplier_id, order_id)
    other = make_supplier(db, at, name="Blue Moon")
    with pytest.raises(NotFound):
        begin(db, at, other, order_id)


def test_an_unknown_disc_has_no_price_before_it_has_a_name(db: Database, at: At, supplier_id: int):
    delivery_id = begin(db, at, supplier_id)
    row = take(db, at, delivery_id, STRANGE)
    all_refused(db, at, WrongState, (receiving.set_new_price, row.line_id, 100))


def test_a_scan_that_somebody_counted_away_is_not_undone(db: Database, at: At, supplier_id: int, disc: int):
    delivery_id = begin(db, at, supplier_id)
    line_id = take(db, at, delivery_id, CODE, qty=5).line_id
    db.run(receiving.set_qty, at_till(at, 2), line_id, 2)
    all_refused(db, at, WrongState, (receiving.undo_scan, delivery_id))
    assert take(db, at, delivery_id, CODE).qty == 3
    with pytest.raises(InvalidInput):
        take(db, at, delivery_id, CODE, qty=9_998)
    assert verified(db, at) == []


def test_without_a_list_price_a_disc_is_thought_to_cost_what_it_cost_last(db: Database, at: At, supplier_id: int):
    disc = db.run(make_edition, cost_minor=3100)
    assert take(db, at, begin(db, at, supplier_id), disc).cost_minor == 3100
    abroad = make_supplier(db, at, name="Koho", currency="JPY", rate="0.05")
    row = take(db, at, begin(db, at, abroad), disc)
    assert (row.cost_minor, row.has_cost) == (0, False)


def test_samples_that_cost_nothing_come_on_hand_for_nothing(db: Database, at: At, supplier_id: int):
    disc = make_article(db, at, supplier_id, cost="0")
    delivery_id = begin(db, at, supplier_id)
    take(db, at, delivery_id, disc, qty=2)
    db.run(delivery_posting.post_delivery, at, delivery_id)
    assert stock_of(db, disc)[:2] == (2, 0)
    assert verified(db, at) == []


def test_a_disc_counted_away_and_then_named_does_not_hold_the_box_up(db: Database, at: At, supplier_id: int, disc: int):
    late = make_article(db, at, supplier_id, title="Faith")
    delivery_id = begin(db, at, supplier_id)
    take(db, at, delivery_id, late)
    strange = take(db, at, delivery_id, STRANGE)
    made: Any = db.run(receiving.make_line_provisional, at, strange.line_id, "A white label", 5000)
    for line_id in (made.line_id, take(db, at, delivery_id, CODE).line_id):
        db.run(receiving.set_qty, at, line_id, 0)
    db.run(catalogue.relink_provisional, at, made.edition_id, disc)
    db.run(delivery_posting.post_delivery, at, delivery_id)
    assert (stock_of(db, disc)[0], stock_of(db, late)[0]) == (0, 1)
    assert verified(db, at) == []
