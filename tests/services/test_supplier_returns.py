"""Returns to suppliers: what leaves the stock and at which cost, what a supplier may say against it, the slip."""

from typing import Any

import pytest
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import cash, later, scan_copy, sell
from tests.services.buying_shop import all_refused, make_article, make_supplier, send, stock_of, take, verified

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import AlreadySold, InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.services import (
    basket,
    catalogue,
    checkout,
    delivery_posting,
    order_paper,
    purchase_orders,
    receiving,
    shifts,
    supplier_return_views,
    supplier_returns,
)
from av_pos.services.supplier_return_views import ReturnReason

CODE = "4006381333931"


def receive(db: Database, at: At, supplier_id: int, edition_id: int, qty: int, damaged: int = 0) -> int | None:
    """Receive and post pieces of one edition; returns the draft that damaged ones wait in."""
    delivery_id = db.run(receiving.open_delivery, at, supplier_id).delivery.delivery_id
    line_id = take(db, at, delivery_id, edition_id, qty=qty).line_id
    if damaged:
        db.run(receiving.set_qty, at, line_id, qty, damaged)
    return db.run(delivery_posting.post_delivery, at, delivery_id, damaged_back=True).return_id


def test_pieces_leave_at_their_moving_cost_and_copies_at_their_own(db: Database, at: At):
    supplier_id = make_supplier(db, at, is_returnable=True)
    disc = make_article(db, at, supplier_id, cost="50", qty=1, cost_minor=3001)
    copy_id = db.run(make_copy, disc)
    receive(db, at, supplier_id, disc, 2)
    assert stock_of(db, disc)[:2] == (3, 13001)
    return_id = db.run(supplier_returns.begin_return, at, supplier_id, "as agreed").row.return_id
    db.run(supplier_returns.add_return_line, at, return_id, disc)
    db.run(supplier_returns.add_return_line, at, return_id, disc)
    view = db.run(supplier_returns.add_return_copy, at, return_id, copy_id)
    assert [(line.qty, line.cost_minor, line.reason) for line in view.lines] == [
        (2, 5000, "unsold"), (1, 5000, "damaged"),
    ]  # fmt: skip
    outcome = db.run(supplier_returns.send_return, at, return_id)
    assert (outcome.cost_minor, outcome.edition_ids) == (8667 + 1800, (disc,))
    assert stock_of(db, disc)[:2] == (1, 4334)
    copy = db.ask(catalogue.find_copy, copy_id)
    assert copy is not None
    assert copy.status == "sent_back"
    assert verified(db, at) == []
    assert db.run(supplier_returns.credit_return, at, return_id, 14000).status == "credited"
    (row,) = db.ask(supplier_return_views.list_returns, at)
    assert (row.status, row.credited_minor, row.pieces_qty, row.goods_minor) == ("credited", 14000, 3, 15000)


def test_damaged_pieces_of_a_box_go_back_without_touching_the_stock(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    disc = make_article(db, at, supplier_id)
    return_id = receive(db, at, supplier_id, disc, 3, damaged=2)
    assert return_id is not None
    (line,) = db.ask(supplier_return_views.view_return, at, return_id).lines
    assert (line.qty, line.reason, line.is_on_hand, line.warnings) == (2, "damaged", False, ())
    assert db.run(supplier_returns.send_return, at, return_id).edition_ids == ()
    assert stock_of(db, disc)[0] == 3
    assert verified(db, at) == []


def test_what_a_supplier_may_say_is_said(db: Database, at: At):
    firm = make_supplier(db, at)
    disc = make_article(db, at, firm)
    receive(db, at, firm, disc, 2)
    stranger = db.run(make_edition, title="Faith")
    return_id = db.run(supplier_returns.begin_return, at, firm).row.return_id
    db.run(supplier_returns.add_return_line, at, return_id, disc, qty=3)
    db.run(supplier_returns.add_return_line, at, return_id, disc, reason=ReturnReason.WRONG)
    view = db.run(supplier_returns.add_return_line, at, return_id, stranger, reason=ReturnReason.WRONG)
    assert [line.warnings for line in view.lines] == [
        ("firm_sale", "not_from_them", "not_on_hand"), (), ("not_from_them",),
    ]  # fmt: skip
    kind = make_supplier(db, at, name="Kind", is_returnable=True, return_days="30")
    receive(db, at, kind, disc, 2)
    return_id = db.run(supplier_returns.begin_return, at, kind).row.return_id
    db.run(supplier_returns.add_return_line, at, return_id, disc)
    for days, told in ((30, ()), (31, ("too_late",))):
        asked_at = later(at, days=days)
        assert db.ask(supplier_return_views.view_return, asked_at, return_id).lines[0].warnings == told


def test_more_than_is_there_or_a_copy_that_was_sold_does_not_go(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    disc = db.run(make_edition, qty=1)
    copy_id = db.run(make_copy, disc)
    return_id = db.run(supplier_returns.begin_return, at, supplier_id).row.return_id
    with pytest.raises(WrongState):
        db.run(supplier_returns.send_return, at, return_id)
    line_id = db.run(supplier_returns.add_return_line, at, return_id, disc, qty=2).lines[0].line_id
    with pytest.raises(InvalidInput) as refused:
        db.run(supplier_returns.send_return, at, return_id)
    assert (refused.value.reason, refused.value.value) == ("not_on_hand", "1")
    db.run(supplier_returns.change_return_line, at, line_id, qty=1, cost_minor=100)
    db.run(supplier_returns.add_return_copy, at, return_id, copy_id)
    db.run(shifts.open_shift, at, 30000)
    view: Any = scan_copy(db, at, copy_id)
    db.run(checkout.complete_sale, at, view.basket_id, (cash(view.total_minor),), view.total_minor)
    with pytest.raises(AlreadySold):
        db.run(supplier_returns.send_return, at, return_id)
    assert stock_of(db, disc)[0] == 1
    with pytest.raises(WrongState):
        db.run(supplier_returns.add_return_copy, at, return_id, copy_id)
    assert verified(db, at) == []


def test_a_copy_that_went_back_is_not_sold(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    disc = db.run(make_edition, qty=1)
    copy_id = db.run(make_copy, disc)
    return_id = db.run(supplier_returns.begin_return, at, supplier_id).row.return_id
    db.run(supplier_returns.add_return_copy, at, return_id, copy_id)
    db.run(shifts.open_shift, at, 30000)
    view: Any = scan_copy(db, at, copy_id)
    db.run(supplier_returns.send_return, at, return_id)
    with pytest.raises(AlreadySold):
        db.run(checkout.complete_sale, at, view.basket_id, (cash(view.total_minor),), view.total_minor)
    db.run(basket.remove_line, at, view.lines[0].line_id)
    sell(db, at, disc)
    assert verified(db, at) == []


def test_a_draft_is_changed_and_dropped_and_what_is_sent_stays(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    disc = db.run(make_edition)
    for ends in (supplier_returns.drop_return, supplier_returns.send_return):
        return_id = db.run(supplier_returns.begin_return, at, supplier_id).row.return_id
        line_id = db.run(supplier_returns.add_return_line, at, return_id, disc).lines[0].line_id
        db.run(ends, at, return_id)
        all_refused(
            db, at, WrongState,
            (supplier_returns.add_return_line, return_id, disc), (supplier_returns.remove_return_line, line_id),
            (supplier_returns.drop_return, return_id), (supplier_returns.send_return, return_id),
            (supplier_returns.change_return_line, line_id),
        )  # fmt: skip
    assert stock_of(db, disc)[0] == 4
    return_id = db.run(supplier_returns.begin_return, at, supplier_id).row.return_id
    line_id = db.run(supplier_returns.add_return_line, at, return_id, disc).lines[0].line_id
    assert db.run(supplier_returns.remove_return_line, at, line_id).lines == ()
    with pytest.raises(WrongState):
        db.run(supplier_returns.credit_return, at, return_id, 100)


@pytest.mark.parametrize(
    ("given", "field"), [({"qty": 0}, "quantity"), ({"qty": 10_000}, "quantity"), ({"reason": "bored"}, "reason")]
)
def test_bad_numbers_are_refused(db: Database, at: At, given: dict[str, Any], field: str):
    supplier_id, disc = make_supplier(db, at), db.run(make_edition)
    return_id = db.run(supplier_returns.begin_return, at, supplier_id).row.return_id
    with pytest.raises(InvalidInput) as refused:
        db.run(supplier_returns.add_return_line, at, return_id, disc, **given)
    assert refused.value.field == field


def test_a_cashier_sends_nothing_back(db: Database, at: At, cashier_at: At):
    supplier_id = make_supplier(db, at)
    return_id = db.run(supplier_returns.begin_return, at, supplier_id).row.return_id
    all_refused(
        db, cashier_at, NotPermitted,
        (supplier_returns.begin_return, supplier_id), (supplier_returns.send_return, return_id),
        (supplier_returns.credit_return, return_id, 1), (supplier_return_views.view_return, return_id),
    )  # fmt: skip
    with pytest.raises(NotFound):
        db.run(supplier_returns.send_return, at, 77)


def test_the_slip_and_the_order_are_written_for_the_supplier(db: Database, at: At, tmp_path):
    supplier_id = make_supplier(
        db, at, contact="Ms Sato", email="s@example.jp", customer_number="C-9", currency="JPY", rate="0.05",
    )  # fmt: skip
    disc = make_article(db, at, supplier_id, number="SR-77", cost="2,000", artist="Miles Davis", barcode=CODE)
    order_id = send(db, at, supplier_id, {disc: 3})
    mail = db.ask(order_paper.order_mail, at, order_id)
    assert (mail.to, mail.subject) == ("s@example.jp", "Purchase order 00001 · Blue Note Records 蓝音唱片")
    for part in ("Dear Ms Sato,", "by Fri 27 Nov 2026:", f"3 × Miles Davis – Kind of Blue (CD, SR-77, {CODE}) @ ¥2,000",
                 "3 pieces, ¥6,000 in all", "C-9"):  # fmt: skip
        assert part in mail.body, part
    header, row = db.ask(order_paper.order_csv, at, order_id).splitlines()
    assert header.startswith("article_number,code")
    assert row == f"SR-77,{CODE},,Miles Davis,Kind of Blue,CD,3,2000,6000,JPY,"
    path = tmp_path / "order.pdf"
    order_paper.order_pdf(db, at, order_id, path)
    assert path.read_bytes().startswith(b"%PDF")
    receive(db, later(at, days=1), supplier_id, disc, 3)
    return_id = db.run(supplier_returns.begin_return, at, supplier_id).row.return_id
    db.run(supplier_returns.add_return_line, at, return_id, disc, reason=ReturnReason.WRONG)
    sheet = db.ask(supplier_return_views.return_sheet, at, return_id)
    assert [(line.number, line.note, line.cost_minor) for line in sheet.lines] == [("SR-77", "wrong disc", 2000)]
    supplier_return_views.return_pdf(db, at, return_id, path)
    assert path.read_bytes().startswith(b"%PDF")
    assert "wrong disc" in db.ask(supplier_return_views.return_csv, at, return_id)


def test_a_price_that_nobody_knows_is_asked_for_not_offered_as_nothing(db: Database, at: At):
    supplier_id = make_supplier(db, at, carriage="20")
    known = make_article(db, at, supplier_id, cost="40", title="Blue")
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    for disc in (known, db.run(make_edition, title="Faith")):
        db.run(purchase_orders.add_line, at, order_id, disc)
    body = db.ask(order_paper.order_mail, at, order_id).body.splitlines()
    assert [line.rsplit(" @ ", 1)[1:] for line in body if "×" in line] == [["¥40.00"], []]
    assert "2 pieces" in body
    assert "Please tell us the price where none stands." in body
    rows = db.ask(order_paper.order_csv, at, order_id).splitlines()[1:]
    assert [row.split(",")[7:9] for row in rows] == [["40.00", "40.00"], ["", ""]]


def test_a_mail_to_nobody_in_particular_still_greets(db: Database, at: At):
    supplier_id = make_supplier(db, at, language="zh_CN")
    disc = make_article(db, at, supplier_id)
    order_id = db.run(purchase_orders.begin_order, at, supplier_id, "请尽快").order.order_id
    db.run(purchase_orders.add_line, at, order_id, disc)
    mail = db.ask(order_paper.order_mail, at, order_id)
    assert mail.to == ""
    assert "请尽快" in mail.body
    assert db.ask(order_paper.order_sheet, at, order_id).expected_on is None
