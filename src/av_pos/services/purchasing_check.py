"""Holds orders, deliveries and returns to suppliers against each other and against the ledger.

What is on order of an edition is what its orders wait for; what an order received is what posted deliveries filled; a
delivery's line holds the sum of its scans, cost on the shelf what the rule says, and moved just that; what was sent
back left the ledger.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.purchasing import BoxLine, Exchange, landed_costs
from av_pos.domain.states import DeliveryState, OrderState, SupplierReturnState
from av_pos.domain.stock import StockReason
from av_pos.models import STOCK, STOCK_MOVE
from av_pos.models.purchasing import (
    DELIVERY,
    DELIVERY_FILL,
    DELIVERY_LINE,
    DELIVERY_SCAN,
    ORDER_LINE,
    PURCHASE_ORDER,
    SUPPLIER_RETURN,
    SUPPLIER_RETURN_LINE,
)
from av_pos.services import shop_settings
from av_pos.services.findings import Check, Findings, Place
from av_pos.services.order_views import LEFT, ON_ITS_WAY

PIECE = 2000
_BOXES = 100

_Piece = tuple[int, int] | None


def check_on_order(session: Session, after_id: int, findings: Findings) -> _Piece:
    """Check what is on order of the next editions; return the last id and how many, None when there are no more."""
    query = select(STOCK.c.edition_id, STOCK.c.on_order_qty).where(STOCK.c.edition_id > after_id)
    rows = session.execute(query.order_by(STOCK.c.edition_id).limit(PIECE)).all()
    if not rows:
        return None
    last_id = int(rows[-1].edition_id)
    open_ = (
        select(ORDER_LINE.c.edition_id, func.sum(LEFT))
        .join(PURCHASE_ORDER, PURCHASE_ORDER.c.id == ORDER_LINE.c.order_id)
        .where(PURCHASE_ORDER.c.status.in_(ON_ITS_WAY))
        .where(ORDER_LINE.c.edition_id > after_id, ORDER_LINE.c.edition_id <= last_id)
        .group_by(ORDER_LINE.c.edition_id)
    )
    left = {edition_id: int(qty) for edition_id, qty in session.execute(open_)}
    for row in rows:
        expected = {"on_order_qty": left.get(row.edition_id, 0)}
        findings.compare(Check.STOCK, Place(STOCK, str(row.edition_id)), expected, row._mapping)
    return last_id, len(rows)


def check_orders(session: Session, after_id: int, findings: Findings) -> _Piece:
    """Check the lines of the next orders; returns as `check_on_order`."""
    orders = _next(session, PURCHASE_ORDER, after_id, _BOXES)
    if not orders:
        return None
    states = {order.id: order.status for order in orders}
    filled = (
        select(func.coalesce(func.sum(DELIVERY_FILL.c.qty), 0))
        .where(DELIVERY_FILL.c.order_line_id == ORDER_LINE.c.id)
        .correlate(ORDER_LINE)
        .scalar_subquery()
    )
    query = select(ORDER_LINE, filled.label("filled")).where(ORDER_LINE.c.order_id.in_(states))
    for line in session.execute(query.order_by(ORDER_LINE.c.id)):
        place, status = Place(ORDER_LINE, str(line.id)), states[line.order_id]
        findings.compare(Check.STOCK, place, {"received_qty": int(line.filled)}, line._mapping)
        gone = line.received_qty + line.given_up_qty
        if status in (OrderState.DRAFT, OrderState.DROPPED) and gone:
            findings.note(Check.STOCK, place, "given_up_qty", 0, line.given_up_qty)
        elif gone > line.qty or (status == OrderState.CLOSED and gone != line.qty):
            findings.note(Check.STOCK, place, "qty", gone, line.qty)
    return int(orders[-1].id), len(orders)


def check_deliveries(session: Session, after_id: int, findings: Findings) -> _Piece:
    """Check the next deliveries, line by line; returns as `check_on_order`."""
    deliveries = _next(session, DELIVERY, after_id, _BOXES)
    if not deliveries:
        return None
    ids = [delivery.id for delivery in deliveries]
    by_delivery: dict[int, list[Any]] = {delivery_id: [] for delivery_id in ids}
    query = select(DELIVERY_LINE).where(DELIVERY_LINE.c.delivery_id.in_(ids)).order_by(DELIVERY_LINE.c.edition_id)
    for line in session.execute(query):
        by_delivery[line.delivery_id].append(line)
    _check_scans(session, [line for lines in by_delivery.values() for line in lines], findings)
    digits = shop_settings.get_settings(session).digits
    moved = _moved(session, "delivery", ids)
    for delivery in deliveries:
        own = moved.pop(delivery.id, {})
        if delivery.status == DeliveryState.POSTED:
            _check_box(delivery, by_delivery[delivery.id], own, digits, findings)
            continue
        if own:
            findings.note(Check.STOCK, Place(DELIVERY, str(delivery.id)), "status", "posted", delivery.status)
        for line in by_delivery[delivery.id]:
            nothing = {"landed_minor": 0, "settled_minor": 0}
            findings.compare(Check.STOCK, Place(DELIVERY_LINE, str(line.id)), nothing, line._mapping)
    return int(deliveries[-1].id), len(deliveries)


def check_supplier_returns(session: Session, after_id: int, findings: Findings) -> _Piece:
    """Check that what was sent back left the ledger; returns as `check_on_order`."""
    returns = _next(session, SUPPLIER_RETURN, after_id, _BOXES)
    if not returns:
        return None
    ids = [row.id for row in returns]
    columns = SUPPLIER_RETURN_LINE.c
    sums = (
        select(columns.return_id, columns.edition_id, func.sum(columns.qty), func.max(columns.id))
        .where(columns.return_id.in_(ids), columns.is_on_hand)
        .group_by(columns.return_id, columns.edition_id)
    )
    wanted: dict[int, dict[int, tuple[int, int]]] = {}
    for return_id, edition_id, qty, line_id in session.execute(sums):
        wanted.setdefault(return_id, {})[edition_id] = (int(qty), line_id)
    moved = _moved(session, "supplier_return", ids)
    for row in returns:
        is_gone = row.status in (SupplierReturnState.SENT, SupplierReturnState.CREDITED)
        own, lines = moved.get(row.id, {}), wanted.get(row.id, {}) if is_gone else {}
        for edition_id in sorted(own.keys() | lines.keys()):
            qty, line_id = lines.get(edition_id, (0, 0))
            left = -own.get(edition_id, _NOTHING)[0]
            if qty != left:
                findings.note(Check.STOCK, Place(SUPPLIER_RETURN_LINE, str(line_id)), "qty", left, qty)
    return int(returns[-1].id), len(returns)


def count_all(session: Session) -> int:
    """Return how many balances, orders, deliveries and returns there are to check."""
    tables = (STOCK, PURCHASE_ORDER, DELIVERY, SUPPLIER_RETURN)
    return sum(int(session.execute(select(func.count()).select_from(table)).scalar_one()) for table in tables)


_NOTHING = (0, 0, 0)


def _next(session: Session, table: Table, after_id: int, limit: int) -> Sequence[Any]:
    return session.execute(select(table).where(table.c.id > after_id).order_by(table.c.id).limit(limit)).all()


def _moved(session: Session, origin: str, ids: Iterable[int]) -> dict[int, dict[int, tuple[int, int, int]]]:
    """By what moved them and by edition: pieces in all, their value, and of those pieces the damaged ones."""
    columns = STOCK_MOVE.c
    query = (
        select(
            columns.origin_id, columns.edition_id, columns.reason, func.sum(columns.qty), func.sum(columns.cost_minor)
        )
        .where(columns.origin == origin, columns.origin_id.in_(list(ids)))
        .group_by(columns.origin_id, columns.edition_id, columns.reason)
    )
    found: dict[int, dict[int, tuple[int, int, int]]] = {}
    for origin_id, edition_id, reason, qty, cost in session.execute(query):
        own = found.setdefault(origin_id, {})
        pieces, value, damaged = own.get(edition_id, _NOTHING)
        damaged += -int(qty) if reason == StockReason.DAMAGE else 0
        own[edition_id] = (pieces + int(qty), value + int(cost), damaged)
    return found


def _check_scans(session: Session, lines: Sequence[Any], findings: Findings) -> None:
    """A line holds the sum of its scans."""
    for start in range(0, len(lines), PIECE):
        part = {line.id: line for line in lines[start : start + PIECE]}
        query = (
            select(DELIVERY_SCAN.c.line_id, func.sum(DELIVERY_SCAN.c.qty), func.sum(DELIVERY_SCAN.c.damaged_qty))
            .where(DELIVERY_SCAN.c.line_id.in_(part))
            .group_by(DELIVERY_SCAN.c.line_id)
        )
        sums = {line_id: (int(qty), int(damaged)) for line_id, qty, damaged in session.execute(query)}
        for line_id, line in part.items():
            qty, damaged = sums.get(line_id, (0, 0))
            place = Place(DELIVERY_LINE, str(line_id))
            findings.compare(Check.STOCK, place, {"qty": qty, "damaged_qty": damaged}, line._mapping)


def _check_box(
    delivery: Any, lines: Sequence[Any], moved: dict[int, tuple[int, int, int]], digits: int, findings: Findings
) -> None:
    """What a posted delivery's lines cost on the shelf is what the rule says, and the ledger moved just that."""
    known = [line for line in lines if line.edition_id is not None and line.qty + line.damaged_qty]
    exchange = Exchange(delivery.rate_micro, i18n.currency(delivery.currency).digits, digits)
    box = [BoxLine(line.qty, line.damaged_qty, line.cost_minor) for line in known]
    landed = landed_costs(box, exchange, delivery.carriage_minor, damaged_back=delivery.is_damaged_back)
    for line, cost in zip(known, landed, strict=True):
        place = Place(DELIVERY_LINE, str(line.id))
        findings.compare(Check.STOCK, place, {"landed_minor": cost.good_minor}, line._mapping)
        pieces, value, damaged = moved.pop(line.edition_id, _NOTHING)
        expected = {"qty": pieces, "settled_minor": line.landed_minor - value}
        if not delivery.is_damaged_back:
            expected["damaged_qty"] = damaged
        findings.compare(Check.STOCK, place, expected, line._mapping)
    if moved:
        findings.note(Check.STOCK, Place(DELIVERY, str(delivery.id)), "edition_id", "a line", next(iter(moved)))
