"""The ledger of one disc, and how its moving-average cost came about: each row with what was left behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, desc, func, literal, select
from sqlalchemy.orm import Session

from av_pos.domain.codes import CodeKind, receipt_number, shop_code
from av_pos.domain.stock import unit_cost
from av_pos.models import DOCUMENT, STAFF, STOCK_MOVE
from av_pos.models.purchasing import DELIVERY, SUPPLIER, SUPPLIER_RETURN
from av_pos.models.stocktaking import STOCKTAKE

LISTED = 200


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of the ledger: pieces (+ in, − out) and their cost, and behind it the balance, its value, the average.

    Balance and value are those of new pieces; a row with a copy's `code` moves only that. `average_minor` is None with
    no piece on hand. `reason` is a `StockReason`; what wrote the row is a document (its `number` and `document_kind`),
    or `origin` (delivery, supplier_return, stocktake, reservation, shelf, by_hand) with its number and who delivered.
    """

    move_id: int
    moved_at: datetime
    business_on: date
    reason: str
    qty: int
    cost_minor: int
    balance_qty: int
    value_minor: int
    average_minor: int | None
    code: str
    document_id: int | None
    document_kind: str
    number: str
    origin: str
    origin_id: int | None
    supplier: str
    staff_name: str
    till_id: int
    note: str


_new_qty = case((STOCK_MOVE.c.copy_id.is_(None), STOCK_MOVE.c.qty), else_=0)
_new_cost = case((STOCK_MOVE.c.copy_id.is_(None), STOCK_MOVE.c.cost_minor), else_=0)

_back = SUPPLIER_RETURN
_NAMED: dict[str, tuple[ColumnElement[Any], Select[Any]]] = {
    "delivery": (
        DELIVERY.c.id,
        select(DELIVERY.c.id, DELIVERY.c.number, SUPPLIER.c.name).join(
            SUPPLIER, SUPPLIER.c.id == DELIVERY.c.supplier_id
        ),
    ),
    "supplier_return": (
        _back.c.id,
        select(_back.c.id, literal(""), SUPPLIER.c.name).join(SUPPLIER, SUPPLIER.c.id == _back.c.supplier_id),
    ),
    "stocktake": (STOCKTAKE.c.id, select(STOCKTAKE.c.id, STOCKTAKE.c.name, literal(""))),
}
"""By origin: its id, and how its name and supplier are asked for."""


def cost_history(
    session: Session, edition_id: int, limit: int = LISTED, before_id: int | None = None
) -> tuple[HistoryRow, ...]:
    """Return the ledger of an edition, newest first, summed from its first row; `before_id` goes on behind a row."""
    moves = (
        select(
            STOCK_MOVE.c.id,
            func.sum(_new_qty).over(order_by=STOCK_MOVE.c.id).label("balance_qty"),
            func.sum(_new_cost).over(order_by=STOCK_MOVE.c.id).label("value_minor"),
        )
        .where(STOCK_MOVE.c.edition_id == edition_id)
        .subquery()
    )
    wanted = select(moves)
    if before_id is not None:
        wanted = wanted.where(moves.c.id < before_id)
    summed = {row.id: row for row in session.execute(wanted.order_by(desc(moves.c.id)).limit(limit))}
    query = (
        select(STOCK_MOVE, DOCUMENT.c.kind, DOCUMENT.c.sequence, DOCUMENT.c.till_id.label("of_till"), STAFF.c.name)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == STOCK_MOVE.c.document_id)
        .outerjoin(STAFF, STAFF.c.id == STOCK_MOVE.c.staff_id)
        .where(STOCK_MOVE.c.id.in_(list(summed)))
        .order_by(desc(STOCK_MOVE.c.id))
    )
    rows = session.execute(query).all()
    names = _names(session, rows)
    return tuple(_row(row, summed[row.id], *names.get((row.origin, row.origin_id), ("", ""))) for row in rows)


def _row(row: Any, summed: Any, number: str, supplier: str) -> HistoryRow:
    balance, value = int(summed.balance_qty), int(summed.value_minor)
    return HistoryRow(
        move_id=row.id,
        moved_at=row.moved_at,
        business_on=row.business_on,
        reason=row.reason,
        qty=row.qty,
        cost_minor=row.cost_minor,
        balance_qty=balance,
        value_minor=value,
        average_minor=unit_cost(balance, value) if balance > 0 else None,
        code=shop_code(CodeKind.COPY, row.copy_id) if row.copy_id is not None else "",
        document_id=row.document_id,
        document_kind=row.kind or "",
        number=receipt_number(row.of_till, row.sequence) if row.sequence is not None else number,
        origin=row.origin,
        origin_id=row.origin_id,
        supplier=supplier,
        staff_name=row.name or "",
        till_id=row.till_id,
        note=row.note,
    )


def _names(session: Session, rows: Sequence[Any]) -> Mapping[tuple[str, int], tuple[str, str]]:
    """What a delivery, a return to a supplier or a stocktake is called, and who the supplier is."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row.origin_id is not None:
            ids.setdefault(row.origin, set()).add(row.origin_id)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for origin, (key, query) in _NAMED.items():
        if origin in ids:
            named = session.execute(query.where(key.in_(ids[origin])))
            found |= {(origin, origin_id): (name, supplier) for origin_id, name, supplier in named}
    return found
