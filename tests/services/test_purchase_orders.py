"""Purchase orders: drafts, what is on order once they are sent, back orders, copies, the reorder screen's drafts."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.factories import make_edition
from tests.services.at_the_till import later
from tests.services.buying_shop import (
    all_refused,
    delete_edition,
    make_article,
    make_supplier,
    send,
    stock_of,
    verified,
)

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import STOCK
from av_pos.services import order_making, order_views, purchase_orders
from av_pos.services.order_making import LeftOut, Wanted

TODAY = date(2026, 11, 20)


def test_a_draft_is_written_line_by_line(db: Database, at: At):
    supplier_id = make_supplier(db, at, minimum="500", carriage="25")
    disc = make_article(db, at, supplier_id, barcode="4006381333931", cost="40", number="A-1", pack="5")
    unlisted = db.run(make_edition, title="Faith")
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    db.run(purchase_orders.add_line, at, order_id, disc)
    db.run(purchase_orders.add_line, at, order_id, disc, 2)
    view = db.run(purchase_orders.add_line, at, order_id, unlisted)
    assert [(line.qty, line.cost_minor, line.number, line.packed_qty) for line in view.lines] == [
        (3, 4000, "A-1", 5), (1, 0, "", 1),
    ]  # fmt: skip
    assert (view.order.goods_minor, view.below_minimum_minor, view.total_minor) == (12000, 38000, 14500)
    view = db.run(purchase_orders.change_line, at, view.lines[1].line_id, cost_minor=3000, qty=4)
    assert (view.order.goods_minor, view.order.pieces_qty) == (24000, 7)
    view = db.run(purchase_orders.round_to_packs, at, order_id)
    assert [line.qty for line in view.lines] == [5, 4]
    view = db.run(purchase_orders.remove_line, at, view.lines[1].line_id)
    assert [line.edition_id for line in view.lines] == [disc]
    assert stock_of(db, disc) == (0, 0, 0)


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"qty": 0}, "quantity", "too_small"),
        ({"qty": -1}, "quantity", "negative"),
        ({"qty": 10_000}, "quantity", "too_large"),
        ({"cost_minor": -1}, "cost", "negative"),
        ({"cost_minor": 10**12}, "cost", "too_large"),
        ({"cost_minor": 9_999_999_99, "qty": 9_999}, "cost", "too_large"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(db: Database, at: At, values: dict[str, int], field, reason):
    supplier_id = make_supplier(db, at)
    disc = make_article(db, at, supplier_id)
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    line = db.run(purchase_orders.add_line, at, order_id, disc).lines[0]
    with pytest.raises(InvalidInput) as refused:
        db.run(purchase_orders.change_line, at, line.line_id, **values)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert db.ask(order_views.view_order, at, order_id).lines == (line,)


def test_a_sent_order_is_on_order_and_expected_after_the_lead_time(db: Database, at: At):
    supplier_id = make_supplier(db, at, lead_days="10")
    one, two = make_article(db, at, supplier_id), make_article(db, at, supplier_id, title="Faith")
    order_id = send(db, at, supplier_id, {one: 3, two: 5})
    view = db.ask(order_views.view_order, at, order_id)
    assert (view.order.status, view.order.sent_on, view.order.expected_on) == ("sent", TODAY, date(2026, 11, 30))
    assert view.order.open_qty == 8
    assert (stock_of(db, one)[2], stock_of(db, two)[2]) == (3, 5)
    all_refused(
        db, at, WrongState,
        (purchase_orders.send_order, order_id), (purchase_orders.drop_order, order_id),
        (purchase_orders.add_line, order_id, one), (purchase_orders.remove_line, view.lines[0].line_id),
    )  # fmt: skip
    assert verified(db, at) == []


def test_the_rest_is_given_up_line_by_line_or_at_once(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    one, two = make_article(db, at, supplier_id), make_article(db, at, supplier_id, title="Faith")
    order_id = send(db, at, supplier_id, {one: 3, two: 5})
    first, second = db.ask(order_views.view_order, at, order_id).lines
    outcome = db.run(purchase_orders.give_up_line, at, first.line_id)
    assert (outcome.status, outcome.on_order) == ("sent", ((one, -3),))
    with pytest.raises(WrongState):
        db.run(purchase_orders.give_up_line, at, first.line_id)
    assert [line.open_qty for line in db.ask(order_views.view_order, at, order_id).lines] == [0, 5]
    assert db.run(purchase_orders.give_up_line, at, second.line_id).status == "closed"
    assert (stock_of(db, one)[2], stock_of(db, two)[2]) == (0, 0)
    again = send(db, at, supplier_id, {one: 3})
    assert db.run(purchase_orders.close_order, at, again).status == "closed"
    assert db.ask(order_views.list_orders, at, only_open=True) == ()
    assert verified(db, at) == []


def test_an_edition_that_was_deleted_is_never_ordered(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    disc = make_article(db, at, supplier_id)
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    with pytest.raises(WrongState) as refused:
        db.run(purchase_orders.send_order, at, order_id)
    assert refused.value.state == "empty"
    db.run(purchase_orders.add_line, at, order_id, disc)
    delete_edition(db, disc)
    assert db.ask(order_views.view_order, at, order_id).lines[0].is_deleted
    with pytest.raises(WrongState) as refused:
        db.run(purchase_orders.send_order, at, order_id)
    assert (refused.value.kind, refused.value.state) == ("edition", "deleted")
    with pytest.raises(WrongState):
        db.run(purchase_orders.add_line, at, order_id, disc)
    assert stock_of(db, disc)[2] == 0
    assert db.run(purchase_orders.drop_order, at, order_id).status == "dropped"


def test_a_copy_has_todays_costs_and_leaves_out_what_is_gone(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    one, two = make_article(db, at, supplier_id), make_article(db, at, supplier_id, title="Faith")
    order_id = send(db, at, supplier_id, {one: 3, two: 5})
    make_article_cost(db, at, supplier_id, one, "44")
    delete_edition(db, two)
    copied = db.run(order_making.copy_order, at, order_id)
    assert [(line.edition_id, line.qty, line.cost_minor) for line in copied.view.lines] == [(one, 3, 4400)]
    assert copied.view.order.status == "draft"
    assert copied.left_out == (LeftOut(two, 5, "not_orderable"),)


def make_article_cost(db: Database, at: At, supplier_id: int, edition_id: int, cost: str) -> None:
    from av_pos.services import articles

    db.run(articles.set_article, at, supplier_id, articles.ArticleDraft(edition_id, cost=cost))


def test_the_reorder_screen_gets_a_draft_for_each_supplier(db: Database, at: At):
    first, second = make_supplier(db, at), make_supplier(db, at, name="Blue Moon")
    one, two = make_article(db, at, first), make_article(db, at, second, title="Faith", cost="12")
    three = make_article(db, at, first, title="Gone")
    unlisted = db.run(make_edition, title="Nobody sells it")
    delete_edition(db, three)
    wanted = (Wanted(one, 2, "2 a week"), Wanted(two, 4), Wanted(unlisted, 1), Wanted(three, 1), Wanted(one, 1))
    outcome = db.run(order_making.create_orders, at, wanted)
    assert (outcome.lines_qty, outcome.pieces_qty) == (2, 7)
    assert outcome.left_out == (LeftOut(unlisted, 1, "no_supplier"), LeftOut(three, 1, "not_orderable"))
    views = [db.ask(order_views.view_order, at, order_id) for order_id in outcome.order_ids]
    assert [(view.supplier.supplier_id, view.order.origin, view.order.status) for view in views] == [
        (first, "reorder", "draft"), (second, "reorder", "draft"),
    ]  # fmt: skip
    assert [(line.qty, line.cost_minor, line.why) for line in views[0].lines] == [(3, 4000, "2 a week")]
    with pytest.raises(InvalidInput):
        db.run(order_making.create_orders, at, (Wanted(one, 0),))


def test_a_cashier_sees_no_orders(db: Database, at: At, cashier_at: At):
    supplier_id = make_supplier(db, at)
    disc = make_article(db, at, supplier_id)
    order_id = send(db, at, supplier_id, {disc: 1})
    for act in (
        lambda: db.ask(order_views.view_order, cashier_at, order_id),
        lambda: db.ask(order_views.list_orders, cashier_at),
        lambda: db.run(purchase_orders.begin_order, cashier_at, supplier_id),
        lambda: db.run(purchase_orders.close_order, cashier_at, order_id),
        lambda: db.run(order_making.create_orders, cashier_at, ()),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_what_is_not_there_is_said(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    all_refused(
        db, at, NotFound,
        (purchase_orders.begin_order, 77), (purchase_orders.add_line, 77, 1), (purchase_orders.add_line, order_id, 77),
        (purchase_orders.remove_line, 77), (purchase_orders.give_up_line, 77), (order_making.copy_order, 77),
    )  # fmt: skip


def _on_order(session: Session) -> int:
    return int(session.execute(select(func.sum(STOCK.c.on_order_qty))).scalar_one())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.booleans()), min_size=1, max_size=4))
def test_what_is_on_order_is_always_what_is_open(db: Database, at: At, orders: list[tuple[int, int, bool]]):
    name = f"S{db.ask(lambda session: len(order_views.list_orders(session, at, limit=9999)))}"
    supplier_id = make_supplier(db, at, name=name)
    one, two = make_article(db, at, supplier_id), make_article(db, at, supplier_id)
    before = db.ask(_on_order)
    waiting = 0
    for first, second, gives_up in orders:
        order_id = send(db, later(at, minutes=1), supplier_id, {one: first, two: second})
        waiting += first + second
        if gives_up:
            line = db.ask(order_views.view_order, at, order_id).lines[0]
            db.run(purchase_orders.give_up_line, at, line.line_id)
            waiting -= first
    assert db.ask(_on_order) - before == waiting
    lists = [
        db.ask(order_views.view_order, at, row.order_id).lines
        for row in db.ask(order_views.list_orders, at, limit=9999)
    ]
    assert sum(line.open_qty for lines in lists for line in lines) == before + waiting


def test_carriage_and_a_note_are_kept_and_bad_ones_refused(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    view = db.run(purchase_orders.set_order_terms, at, order_id, carriage_minor=900, note=" quickly,\nplease ")
    assert (view.carriage_minor, view.note, view.total_minor, view.order.number) == (
        900,
        "quickly, please",
        900,
        "00001",
    )
    for carriage in (-1, 10**12):
        with pytest.raises(InvalidInput):
            db.run(purchase_orders.set_order_terms, at, order_id, carriage_minor=carriage, note="")
    assert [row.order_id for row in db.ask(order_views.list_orders, at, supplier_id=supplier_id)] == [order_id]
    assert db.ask(order_views.list_orders, at, supplier_id=supplier_id + 1) == ()
    with pytest.raises(NotFound):
        db.ask(order_views.view_order, at, 77)


def test_what_is_not_on_its_way_has_no_rest_to_give_up(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    disc = make_article(db, at, supplier_id)
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    line = db.run(purchase_orders.add_line, at, order_id, disc).lines[0]
    acts = ((purchase_orders.give_up_line, line.line_id), (purchase_orders.close_order, order_id))
    all_refused(db, at, WrongState, *acts)
    sent = send(db, at, supplier_id, {disc: 1})
    db.run(purchase_orders.close_order, at, sent)
    all_refused(db, at, WrongState, (purchase_orders.close_order, sent))
    assert verified(db, at) == []
