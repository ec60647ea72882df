"""What somebody who buys does, in a line each."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.factories import make_edition

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.models import EDITION, STOCK
from av_pos.services import (
    articles,
    delivery_posting,
    integrity,
    purchase_orders,
    receiving,
    receiving_views,
    supplier_returns,
    suppliers,
)
from av_pos.services.articles import ArticleDraft
from av_pos.services.suppliers import SupplierDraft


def make_supplier(db: Database, at: At, /, **given: Any) -> int:
    values = {"name": "Sunrise Distribution", "language": "en", "lead_days": "7"} | given
    return db.run(suppliers.add_supplier, at, SupplierDraft(**values)).supplier_id


def make_article(db: Database, at: At, supplier_id: int, /, **given: Any) -> int:
    """An edition that a supplier sells at 40.00 unless `cost` says otherwise; returns the edition's id."""
    terms: dict[str, Any] = {name: given.pop(name) for name in ("number", "cost", "pack") if name in given}
    edition_id = db.run(make_edition, **{"qty": 0} | given)
    db.run(articles.set_article, at, supplier_id, ArticleDraft(edition_id, **({"cost": "40.00"} | terms)))
    return edition_id


def send(db: Database, at: At, supplier_id: int, quantities: dict[int, int]) -> int:
    """Send an order for so many pieces of each edition; returns its id."""
    order_id = db.run(purchase_orders.begin_order, at, supplier_id).order.order_id
    for edition_id, qty in quantities.items():
        db.run(purchase_orders.add_line, at, order_id, edition_id, qty)
    db.run(purchase_orders.send_order, at, order_id)
    return order_id


def take(db: Database, at: At, delivery_id: int, what: str | int, *, qty: int = 1, damaged: bool = False) -> Any:
    """Scan a code, or take an edition, into a delivery; returns its line."""
    if isinstance(what, str):
        return db.run(receiving.scan, at, delivery_id, what, qty=qty, damaged=damaged).row
    return db.run(receiving.receive_edition, at, delivery_id, what, qty=qty, damaged=damaged).row


def all_refused(db: Database, at: At, error: type[Exception], *acts: Any) -> None:
    """Each act, an operation with what it is given, is refused by this error."""
    for operation, *arguments in acts:
        with pytest.raises(error):
            db.run(operation, at, *arguments)


def stock_of(db: Database, edition_id: int) -> tuple[int, int, int]:
    """Pieces on hand, their value, pieces on order."""

    def read(session: Session) -> tuple[int, int, int]:
        columns = (STOCK.c.on_hand_qty, STOCK.c.value_minor, STOCK.c.on_order_qty)
        return tuple(session.execute(select(*columns).where(STOCK.c.edition_id == edition_id)).one())

    return db.ask(read)


def delete_edition(db: Database, edition_id: int) -> None:
    """Take an edition out of the catalogue."""

    def delete(session: Session) -> None:
        session.execute(update(EDITION).where(EDITION.c.id == edition_id).values(is_deleted=True))

    db.run(delete)


def verified(db: Database, at: At) -> list[object]:
    return list(integrity.verify(db, at).bad)


def busy_purchasing(db: Database, at: At, cashier_at: At, edition_ids: tuple[int, int], copy_id: int) -> None:
    """Orders in every state, a box with all that can lie in one, what goes back: a row in every table of buying.

    It buys editions that are there already, and leaves no draft: what a draft holds is decided, not booked.
    """
    one, two = edition_ids
    supplier_id = make_supplier(db, at, currency="EUR", rate="7.8125", is_returnable=True, minimum="10", carriage="3")
    for edition_id, cost in ((one, "4.99"), (two, "6.10")):
        db.run(articles.set_article, at, supplier_id, ArticleDraft(edition_id, "N", cost, "5"))
    send(db, at, supplier_id, {one: 4, two: 2})
    given_up = send(db, at, supplier_id, {two: 3})
    for back in (False, True):
        delivery_id = db.run(receiving.open_delivery, cashier_at, supplier_id, number="77").delivery.delivery_id
        line_id = take(db, cashier_at, delivery_id, one, qty=2).line_id
        db.run(receiving.set_qty, cashier_at, line_id, 3, 1)
        db.run(receiving.receive_edition, cashier_at, delivery_id, two)
        db.run(receiving.set_new_price, at, line_id, 7700)
        db.run(receiving.scan, cashier_at, delivery_id, "5012345678900")
        outcome = db.run(delivery_posting.post_delivery, cashier_at, delivery_id, damaged_back=back)
        assert outcome.rest_delivery_id is not None
        (unknown,) = db.ask(receiving_views.view_delivery, at, outcome.rest_delivery_id).lines
        assert unknown.line_id is not None
        db.run(receiving.name_line, cashier_at, unknown.line_id, two)
        db.run(delivery_posting.post_delivery, cashier_at, outcome.rest_delivery_id)
    db.run(purchase_orders.close_order, at, given_up)
    send(db, at, supplier_id, {one: 1})
    assert outcome.return_id is not None
    db.run(supplier_returns.add_return_line, at, outcome.return_id, two)
    db.run(supplier_returns.add_return_copy, at, outcome.return_id, copy_id)
    db.run(supplier_returns.send_return, at, outcome.return_id)
    db.run(supplier_returns.credit_return, at, outcome.return_id, 1200)
