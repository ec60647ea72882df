"""Sums the stock ledger anew, edition by edition, and holds balances and used copies against it."""

from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from av_pos.domain.stock import StockReason, piece_cost
from av_pos.models import COPY, EDITION, STOCK, STOCK_MOVE
from av_pos.models.reordering import RESERVATION
from av_pos.services.findings import Check, Findings, Place
from av_pos.services.stock import INSIDE

PIECE = 2000


# These move with a document only, and never set what a piece cost last.
_BY_DOCUMENT = (StockReason.SALE, StockReason.VOID, StockReason.RETURN)
_IN_THE_SHOP, _NOT_IN_THE_SHOP = ("in_stock", "reserved"), ("sold", "sent_back", "rented")


def check_piece(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the next editions behind `after_id`; return the last one's id and how many, None when there are no more."""
    ids = select(EDITION.c.id).where(EDITION.c.id > after_id).order_by(EDITION.c.id).limit(PIECE).subquery()
    last_id, count = session.execute(select(func.max(ids.c.id), func.count()).select_from(ids)).one()
    if not count:
        return None
    _check_balances(session, after_id, last_id, findings)
    _check_loose_moves(session, after_id, last_id, findings)
    _check_copies(session, after_id, last_id, findings)
    _check_reservations(session, after_id, last_id, findings)
    return int(last_id), int(count)


def _check_balances(session: Session, after_id: int, last_id: int, findings: Findings) -> None:
    """Balance = Σ moves, value = Σ cost, and the last cost is that of the last pieces that came in with one."""
    moves = _sums(session, after_id, last_id)
    costs = _last_costs(session, [row.last_receipt_id for row in moves.values() if row.last_receipt_id])
    query = (
        select(EDITION.c.id, STOCK)
        .outerjoin(STOCK, STOCK.c.edition_id == EDITION.c.id)
        .where(EDITION.c.id > after_id, EDITION.c.id <= last_id)
        .order_by(EDITION.c.id)
    )
    for row in session.execute(query):
        place = Place(STOCK, str(row.id))
        summed = moves.get(row.id)
        if row.edition_id is None:
            findings.note(Check.STOCK, place, "edition_id", "a balance", "missing")
            continue
        expected = {
            "on_hand_qty": int(summed.qty) if summed else 0,
            "value_minor": int(summed.cost_minor) if summed else 0,
            "last_cost_minor": costs.get(summed.last_receipt_id, 0) if summed else 0,
        }
        findings.compare(Check.STOCK, place, expected, row._mapping)


def _sums(session: Session, after_id: int, last_id: int) -> dict[int, Any]:
    comes_in = and_(
        STOCK_MOVE.c.qty > 0,
        STOCK_MOVE.c.cost_minor > 0,
        STOCK_MOVE.c.reason.not_in(_BY_DOCUMENT),
        STOCK_MOVE.c.origin.not_in(INSIDE),
    )
    query = (
        select(
            STOCK_MOVE.c.edition_id,
            func.sum(STOCK_MOVE.c.qty).label("qty"),
            func.sum(STOCK_MOVE.c.cost_minor).label("cost_minor"),
            func.max(case((comes_in, STOCK_MOVE.c.id))).label("last_receipt_id"),
        )
        .where(STOCK_MOVE.c.edition_id > after_id, STOCK_MOVE.c.edition_id <= last_id, STOCK_MOVE.c.copy_id.is_(None))
        .group_by(STOCK_MOVE.c.edition_id)
    )
    return {row.edition_id: row for row in session.execute(query)}


def _last_costs(session: Session, move_ids: list[int]) -> dict[int | None, int]:
    query = select(STOCK_MOVE.c.id, STOCK_MOVE.c.qty, STOCK_MOVE.c.cost_minor).where(STOCK_MOVE.c.id.in_(move_ids))
    return {move_id: piece_cost(cost, qty) for move_id, qty, cost in session.execute(query)}


def _check_loose_moves(session: Session, after_id: int, last_id: int, findings: Findings) -> None:
    """What a sale, a void or a return moves has its document."""
    query = (
        select(func.min(STOCK_MOVE.c.id))
        .where(STOCK_MOVE.c.edition_id > after_id, STOCK_MOVE.c.edition_id <= last_id)
        .where(STOCK_MOVE.c.document_id.is_(None), STOCK_MOVE.c.reason.in_(_BY_DOCUMENT))
    )
    loose = session.execute(query).scalar()
    if loose is not None:
        findings.note(Check.STOCK, Place(STOCK_MOVE, str(loose)), "document_id", "a document", "none")


def _check_copies(session: Session, after_id: int, last_id: int, findings: Findings) -> None:
    """A used copy is in the shop if and only if its moves come to one, and each of them was at its cost."""
    at_another_cost = func.count(case((func.abs(STOCK_MOVE.c.cost_minor) != COPY.c.cost_minor, 1)))
    query = (
        select(COPY.c.id, COPY.c.status, func.coalesce(func.sum(STOCK_MOVE.c.qty), 0), at_another_cost)
        .outerjoin(STOCK_MOVE, (STOCK_MOVE.c.edition_id == COPY.c.edition_id) & (STOCK_MOVE.c.copy_id == COPY.c.id))
        .where(COPY.c.edition_id > after_id, COPY.c.edition_id <= last_id)
        .group_by(COPY.c.id, COPY.c.status)
        .order_by(COPY.c.id)
    )
    for copy_id, status, pieces, others in session.execute(query):
        place = Place(COPY, str(copy_id))
        if pieces not in (0, 1):
            findings.note(Check.COPIES, place, "moves", "0 or 1", int(pieces))
        elif (status in _IN_THE_SHOP and pieces != 1) or (status in _NOT_IN_THE_SHOP and pieces != 0):
            findings.note(Check.COPIES, place, "status", "in_stock" if pieces else "sold", status)
        if others:
            findings.note(Check.COPIES, place, "cost_minor", "that of its moves", f"{others} at another")


def _check_reservations(session: Session, after_id: int, last_id: int, findings: Findings) -> None:
    """What is put by of an edition is what its open reservations say; a reserved copy has one, and no other has."""
    is_open = (RESERVATION.c.ended_at.is_(None), RESERVATION.c.copy_id.is_(None))
    put_by = (
        select(func.coalesce(func.sum(RESERVATION.c.qty), 0))
        .where(RESERVATION.c.edition_id == STOCK.c.edition_id, *is_open)
        .correlate(STOCK)
        .scalar_subquery()
    )
    wrong = (
        select(STOCK.c.edition_id, STOCK.c.reserved_qty, put_by)
        .where(STOCK.c.edition_id > after_id, STOCK.c.edition_id <= last_id, STOCK.c.reserved_qty != put_by)
        .order_by(STOCK.c.edition_id)
        .limit(1)
    )
    for edition_id, found, expected in session.execute(wrong):
        findings.note(Check.STOCK, Place(STOCK, str(edition_id)), "reserved_qty", int(expected), found)
    held = select(func.count()).where(
        RESERVATION.c.edition_id == COPY.c.edition_id,
        RESERVATION.c.copy_id == COPY.c.id,
        RESERVATION.c.ended_at.is_(None),
    )
    reservations = held.correlate(COPY).scalar_subquery()
    copies = select(COPY.c.id, COPY.c.status, reservations).where(
        COPY.c.edition_id > after_id,
        COPY.c.edition_id <= last_id,
        reservations != case((COPY.c.status == "reserved", 1), else_=0),
    )
    for copy_id, status, count in session.execute(copies.order_by(COPY.c.id).limit(1)):
        findings.note(Check.COPIES, Place(COPY, str(copy_id)), "status", "reserved" if count else "in_stock", status)
