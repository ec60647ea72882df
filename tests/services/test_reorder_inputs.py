"""Inputs set by hand: kept, marked, undone, recorded; and what cannot be meant refused in a sentence."""

import pytest
from tests.factories import make_edition
from tests.services.buying_shop import delete_edition, make_supplier
from tests.services.reorder_shop import background, row_of, stock_disc

from av_pos import problems
from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.services import audit, reorder_inputs, reorder_why, reordering, shop_settings
from av_pos.services.reorder_views import Reason, ReorderQuery, Show

EVERYTHING = ReorderQuery(Show.ALL)


@pytest.fixture
def disc(db: Database, at: At) -> int:
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    return stock_disc(db, at, supplier_id, [2] * 104, title="Kind of Blue", qty=3)


def view_of(db: Database, at: At):
    return db.ask(reordering.suggest_orders, at, EVERYTHING)


@pytest.mark.parametrize(
    ("name", "value", "line", "shown"),
    [
        ("demand_week", 5.5, "demand_week", 5.5),
        ("lead_days", 40, "lead", 40),
        ("lead_sd_days", 9, "lead_sd", 9),
        ("service_bp", 9900, "promise", 0.99),
        ("order_cost_minor", 5000, "order_cost", 5000),
        ("holding_bp", 5000, "holding_rate", 0.5),
        ("shelf_limit_qty", 4, "shelf_limit", 4),
        ("order_qty", 17, "qty", 17),
    ],
)
def test_an_input_by_hand_counts_is_marked_and_undone(db: Database, at: At, disc: int, name, value, line, shown):
    before = row_of(view_of(db, at), disc)
    row = db.run(reorder_inputs.set_input, at, disc, name, value, "as agreed")
    assert (row.title, row.value, row.note, row.staff_name) == ("Kind of Blue", value, "as agreed", "Lin")
    view = view_of(db, at)
    marked = row_of(view, disc)
    assert marked.by_hand == (name,)
    lines = {found.name: found for found in db.ask(reorder_why.why, at, disc, view.known).lines}
    assert lines[line].value == pytest.approx(shown)
    assert lines[line].source == "by_hand"
    assert lines[line].input_name == name
    others = {found.edition_id: found for found in view.rows if found.edition_id != disc}
    assert all(not other.by_hand for other in others.values())
    db.run(reorder_inputs.undo_input, at, disc, name)
    assert row_of(view_of(db, at), disc) == before
    undone, done = db.ask(audit.list_entries, at)[:2]
    assert (undone.action, done.action) == ("reorder_input_undone", "reorder_input_set")
    assert (done.subject, done.details["after"], undone.details["before"]) == (
        "Kind of Blue", {name: value}, {name: value},
    )  # fmt: skip


def test_what_is_set_changes_what_is_suggested(db: Database, at: At, disc: int):
    before = row_of(view_of(db, at), disc)
    db.run(reorder_inputs.set_input, at, disc, "lead_days", 60)
    assert row_of(view_of(db, at), disc).reorder_at_qty > 2 * before.reorder_at_qty
    db.run(reorder_inputs.set_input, at, disc, "demand_week", 0)
    row = row_of(view_of(db, at), disc)
    assert (row.qty, row.reason) == (0, Reason.TOO_SLOW)
    db.run(reorder_inputs.set_input, at, disc, "order_qty", 8)
    row = row_of(view_of(db, at), disc)
    assert (row.qty, row.reason, row.cost_minor) == (8, Reason.BY_HAND, 8 * 4000)
    assert row.by_hand == ("demand_week", "lead_days", "order_qty")


def test_a_quantity_by_hand_stands_whatever_the_budget(db: Database, at: At, disc: int):
    db.run(shop_settings.change_setting, at, "reorder_budget_minor", "20000")
    db.run(reorder_inputs.set_input, at, disc, "order_qty", 30)
    view = view_of(db, at)
    assert row_of(view, disc).qty == 30
    assert view.to_order_qty == 1


def test_a_quantity_by_hand_goes_with_its_order(db: Database, at: At, disc: int):
    db.run(reorder_inputs.set_input, at, disc, "order_qty", 30)
    db.run(reorder_inputs.set_input, at, disc, "service_bp", 9800)
    assert db.run(reorder_inputs.let_go_quantities, at, [disc, disc, 999]) == 1
    assert [row.name for row in db.ask(reorder_inputs.list_inputs, at)] == ["service_bp"]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("service_bp", 0, "out_of_range"), ("service_bp", 10_000, "out_of_range"),
        ("service_bp", 15_000, "out_of_range"),
        ("order_cost_minor", 0, "out_of_range"), ("holding_bp", 0, "out_of_range"), ("lead_days", -1, "out_of_range"),
        ("lead_days", float("nan"), "out_of_range"), ("demand_week", float("inf"), "out_of_range"),
        ("order_qty", 1_000_000, "out_of_range"), ("order_qty", 1.5, "whole_number"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(db: Database, at: At, disc: int, name, value, reason):
    with pytest.raises(InvalidInput) as refused:
        db.run(reorder_inputs.set_input, at, disc, name, value)
    assert (refused.value.field, refused.value.reason) == (name, reason)
    sentence = problems.sentence(refused.value)
    assert name not in sentence
    assert db.ask(reorder_inputs.list_inputs, at) == ()


def test_what_cannot_be_ordered_takes_no_input(db: Database, at: At, cashier_at: At, disc: int):
    gone = db.run(make_edition, title="Gone")
    delete_edition(db, gone)
    with pytest.raises(WrongState):
        db.run(reorder_inputs.set_input, at, gone, "order_qty", 1)
    with pytest.raises(NotFound):
        db.run(reorder_inputs.set_input, at, 10_000, "order_qty", 1)
    with pytest.raises(NotFound) as refused:
        db.run(reorder_inputs.undo_input, at, disc, "order_qty")
    assert "reorder_input" not in problems.sentence(refused.value)
    with pytest.raises(InvalidInput):
        db.run(reorder_inputs.set_input, at, disc, "moon", 1)
    for op, arguments in (
        (reorder_inputs.set_input, (disc, "order_qty", 1)),
        (reorder_inputs.undo_input, (disc, "order_qty")),
        (reorder_inputs.let_go_quantities, ([disc],)),
    ):
        with pytest.raises(NotPermitted):
            db.run(op, cashier_at, *arguments)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("reorder_service_bp", "0", "out_of_range"),
        ("reorder_service_bp", "10000", "out_of_range"),
        ("reorder_service_bp", "15000", "out_of_range"),
        ("reorder_order_cost_minor", "0", "out_of_range"),
        ("reorder_holding_bp", "0", "out_of_range"),
        ("reorder_days_cap", "0", "out_of_range"),
        ("reorder_review_days", "400", "out_of_range"),
        ("reorder_method", "magic", "not_a_choice"),
        ("reorder_budget_minor", "-5", "whole_number"),
    ],
)
def test_settings_out_of_range_are_refused(db: Database, at: At, name: str, text: str, reason: str):
    with pytest.raises(InvalidInput) as refused:
        db.run(shop_settings.change_setting, at, name, text)
    assert (refused.value.field, refused.value.reason) == (name, reason)
