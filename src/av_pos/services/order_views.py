"""Purchase orders as screens and paper show them; nothing here changes anything.

Amounts of an order are in the supplier's currency. Reading them asks for the right to order, because they are costs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, case, func, literal, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import below_minimum, open_qty, packed_qty
from av_pos.domain.states import OrderState
from av_pos.errors import NotFound
from av_pos.models import EDITION
from av_pos.models.purchasing import ORDER_LINE, PURCHASE_ORDER, SUPPLIER
from av_pos.services import access
from av_pos.services.articles import find_terms
from av_pos.services.editions import EditionRow, list_by_ids
from av_pos.services.suppliers import SupplierRow, get_supplier

ON_ITS_WAY = (OrderState.SENT.value, OrderState.PARTLY.value)
"""In these states what is open of an order counts as on order."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a list shows it; `goods_minor` without carriage, `open_qty` pieces still to come once it is sent."""

    order_id: int
    supplier_id: int
    supplier_name: str
    status: str
    currency: str
    origin: str
    created_at: datetime
    sent_on: date | None
    expected_on: date | None
    lines_qty: int
    pieces_qty: int
    open_qty: int
    goods_minor: int

    @property
    def number(self) -> str:
        """The number as it stands on paper."""
        return order_number(self.order_id)


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """A line of an order. `packed_qty` is the next whole number of packs, which is offered and never forced.

    `is_deleted`: the edition left the catalogue since, and the order cannot be sent with it.
    """

    line_id: int
    order_id: int
    position: int
    edition_id: int
    code: str
    title: str
    artist: str
    format: str
    number: str
    qty: int
    pack_qty: int
    packed_qty: int
    cost_minor: int
    received_qty: int
    given_up_qty: int
    open_qty: int
    on_hand_qty: int
    why: str
    is_deleted: bool

    @property
    def total_minor(self) -> int:
        """What the line comes to, in the supplier's currency."""
        return self.qty * self.cost_minor


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its lines. `below_minimum_minor` is how much it falls short of the supplier's minimum."""

    order: OrderRow
    supplier: SupplierRow
    rate_micro: int
    carriage_minor: int
    note: str
    lines: tuple[OrderLineRow, ...]
    below_minimum_minor: int

    @property
    def total_minor(self) -> int:
        """What the order comes to, carriage included, in the supplier's currency."""
        return self.order.goods_minor + self.carriage_minor


@dataclass(frozen=True, slots=True)
class Owed:
    """What a supplier has not delivered yet of the orders it was sent; `since_on` is the earliest day it was due."""

    pieces_qty: int
    orders_qty: int
    since_on: date | None


_left = ORDER_LINE.c.qty - ORDER_LINE.c.received_qty - ORDER_LINE.c.given_up_qty
LEFT: ColumnElement[int] = case((_left > 0, _left), else_=0)
"""The pieces of an order's line that are still to come, whatever the order's state."""


def _summed(what: ColumnElement[Any], name: str) -> Label[Any]:
    """A sum over an order's lines, by itself: grouping all lines there are would read years of them."""
    own = select(func.coalesce(func.sum(what), 0)).where(ORDER_LINE.c.order_id == PURCHASE_ORDER.c.id)
    return own.correlate(PURCHASE_ORDER).scalar_subquery().label(name)


_ROWS = select(
    PURCHASE_ORDER,
    SUPPLIER.c.name,
    _summed(literal(1), "lines_qty"),
    _summed(ORDER_LINE.c.qty, "pieces_qty"),
    _summed(LEFT, "left_qty"),
    _summed(ORDER_LINE.c.qty * ORDER_LINE.c.cost_minor, "goods_minor"),
).join(SUPPLIER, SUPPLIER.c.id == PURCHASE_ORDER.c.supplier_id)


def order_number(order_id: int) -> str:
    """Return an order's number as it stands on paper."""
    return f"{order_id:05d}"


def list_orders(
    session: Session, at: At, *, supplier_id: int | None = None, only_open: bool = False, limit: int = 200
) -> tuple[OrderRow, ...]:
    """Return the newest orders, those of one supplier where it is named; `only_open` drafts and what is on its way."""
    access.require(session, at, Permission.ORDER_GOODS)
    query = _ROWS.order_by(PURCHASE_ORDER.c.id.desc()).limit(limit)
    if supplier_id is not None:
        query = query.where(PURCHASE_ORDER.c.supplier_id == supplier_id)
    if only_open:
        query = query.where(PURCHASE_ORDER.c.closed_at.is_(None))
        query = query.where(PURCHASE_ORDER.c.status.in_((OrderState.DRAFT.value, *ON_ITS_WAY)))
    return tuple(_order(row) for row in session.execute(query))


def find_owed(session: Session, at: At) -> dict[int, Owed]:
    """Return what each supplier still owes, by supplier; those that owe nothing are left out. Raises NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    query = (
        select(
            PURCHASE_ORDER.c.supplier_id,
            func.sum(LEFT),
            func.count(PURCHASE_ORDER.c.id.distinct()),
            func.min(PURCHASE_ORDER.c.expected_on),
        )
        .join(ORDER_LINE, ORDER_LINE.c.order_id == PURCHASE_ORDER.c.id)
        .where(PURCHASE_ORDER.c.closed_at.is_(None), PURCHASE_ORDER.c.status.in_(ON_ITS_WAY), LEFT > 0)
        .group_by(PURCHASE_ORDER.c.supplier_id)
    )
    return {row[0]: Owed(*row[1:]) for row in session.execute(query)}


def view_order(session: Session, at: At, order_id: int) -> OrderView:
    """Return an order with its lines. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    row = session.execute(_ROWS.where(PURCHASE_ORDER.c.id == order_id)).first()
    if row is None:
        raise NotFound("purchase_order", order_number(order_id))
    order = _order(row)
    supplier = get_supplier(session, order.supplier_id)
    short = below_minimum(order.goods_minor, supplier.minimum_minor)
    return OrderView(order, supplier, row.rate_micro, row.carriage_minor, row.note, _lines(session, row), short)


def _order(row: Any) -> OrderRow:
    on_its_way = row.status in ON_ITS_WAY
    return OrderRow(
        order_id=row.id,
        supplier_id=row.supplier_id,
        supplier_name=row.name,
        status=row.status,
        currency=row.currency,
        origin=row.origin,
        created_at=row.created_at,
        sent_on=row.sent_on,
        expected_on=row.expected_on,
        lines_qty=row.lines_qty,
        pieces_qty=row.pieces_qty,
        open_qty=row.left_qty if on_its_way else 0,
        goods_minor=row.goods_minor,
    )


def _lines(session: Session, order: Any) -> tuple[OrderLineRow, ...]:
    query = (
        select(ORDER_LINE, EDITION.c.title, EDITION.c.artist, EDITION.c.format, EDITION.c.is_deleted)
        .join(EDITION, EDITION.c.id == ORDER_LINE.c.edition_id)
        .where(ORDER_LINE.c.order_id == order.id)
        .order_by(ORDER_LINE.c.position)
    )
    found = session.execute(query).all()
    terms = find_terms(session, order.supplier_id, [row.edition_id for row in found])
    shown = _by_id(session, [row.edition_id for row in found])
    return tuple(_line(row, terms.get(row.edition_id), shown.get(row.edition_id)) for row in found)


def _by_id(session: Session, edition_ids: Iterable[int]) -> dict[int, EditionRow]:
    return {row.id: row for row in list_by_ids(session, edition_ids)}


def _line(row: Any, terms: Any, edition: EditionRow | None) -> OrderLineRow:
    pack = terms.pack_qty if terms else 1
    return OrderLineRow(
        line_id=row.id,
        order_id=row.order_id,
        position=row.position,
        edition_id=row.edition_id,
        code=edition.code if edition else "",
        title=row.title,
        artist=row.artist,
        format=row.format,
        number=terms.number if terms else "",
        qty=row.qty,
        pack_qty=pack,
        packed_qty=packed_qty(row.qty, pack),
        cost_minor=row.cost_minor,
        received_qty=row.received_qty,
        given_up_qty=row.given_up_qty,
        open_qty=open_qty(row.qty, row.received_qty, row.given_up_qty),
        on_hand_qty=edition.on_hand_qty if edition else 0,
        why=row.why,
        is_deleted=row.is_deleted,
    )
