"""Stock: every piece that moves is a row of the ledger, and the balance beside it changes in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.stock import StockReason, piece_cost, settle_receipt, take_cost, unit_cost
from av_pos.errors import AlreadySold, NotFound
from av_pos.models import COPY, STOCK, STOCK_MOVE
from av_pos.services import demand
from av_pos.services.few import few, in_few

_CHANGE_BALANCE = (
    update(STOCK)
    .where(STOCK.c.edition_id == bindparam("edition"))
    .values(
        on_hand_qty=STOCK.c.on_hand_qty + bindparam("by_qty"),
        value_minor=STOCK.c.value_minor + bindparam("by_minor"),
    )
)
_BALANCES = select(STOCK.c.edition_id, STOCK.c.on_hand_qty).where(in_few(STOCK.c.edition_id))
_CHANGE_COPY = update(COPY).where(COPY.c.id == bindparam("copy"), COPY.c.status == bindparam("old"))
_SELL_COPY = _CHANGE_COPY.values(status="sold").returning(COPY.c.id)
_BRING_COPY_BACK = _CHANGE_COPY.values(status="in_stock").returning(COPY.c.id)
_WRITE_MOVES = insert(STOCK_MOVE)
_GET = select(STOCK).where(STOCK.c.edition_id == bindparam("edition"))

INSIDE = ("reservation", "shelf")
"""Origins of what moves within the shop: two rows of the ledger, out of one place and into the other."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Pieces that move with a document: + in, − out; `cost_minor` has the sign of `qty`. A copy moves alone."""

    edition_id: int
    copy_id: int | None
    qty: int
    cost_minor: int
    title: str = ""


def open_stock(session: Session, edition_id: int) -> None:
    """Give a new edition its empty balance, so that every later change is an UPDATE that succeeds."""
    session.execute(insert(STOCK).values(edition_id=edition_id, on_hand_qty=0, value_minor=0, last_cost_minor=0))


def move(
    session: Session,
    at: At,
    edition_id: int,
    qty: int,
    reason: StockReason,
    *,
    cost_minor: int,
    business_on: date,
    copy_id: int | None = None,
    document_id: int | None = None,
    note: str = "",
    origin: str = "",
    origin_id: int | None = None,
) -> int:
    """Move pieces outside a sale: receipt, damage, correction … Returns the balance of new pieces afterwards.

    `cost_minor` is the value of all these pieces with the sign of `qty`. What comes in with a cost sets the last known
    unit cost. `origin` and its id name what moved them: a delivery, say. Raises NotFound for an edition without a
    balance.
    """
    piece = Piece(edition_id, copy_id, qty, cost_minor)
    rows = _rows(at, reason, (piece,), business_on, document_id, note)
    session.execute(_WRITE_MOVES, [{**row, "origin": origin, "origin_id": origin_id} for row in rows])
    if copy_id is not None:
        return _balance(session, edition_id)
    if qty > 0 and cost_minor > 0:
        session.execute(
            update(STOCK).where(STOCK.c.edition_id == edition_id).values(last_cost_minor=piece_cost(cost_minor, qty))
        )
    return _change_balances(session, {edition_id: (qty, cost_minor)})[edition_id]


def move_at_average(
    session: Session,
    at: At,
    edition_id: int,
    qty: int,
    reason: StockReason,
    *,
    business_on: date,
    each_minor: int | None = None,
    note: str = "",
    origin: str = "",
) -> int:
    """Move new pieces by hand at what the books say they cost; returns the cost of all of them, signed as `qty`.

    What leaves takes its share of the value along; what comes in costs `each_minor` a piece, else what a piece costs
    now, and fills a hole below nothing first (`settle_receipt`). Raises NotFound for an edition without a balance.
    """
    held = _held(session, edition_id)
    if qty < 0:
        cost = -take_cost(held.on_hand_qty, held.value_minor, -qty, held.last_cost_minor)
    else:
        each = each_minor or unit_cost(held.on_hand_qty, held.value_minor, held.last_cost_minor)
        after, _correction = settle_receipt(held.on_hand_qty, held.value_minor, qty, qty * each)
        cost = after - held.value_minor
    move(session, at, edition_id, qty, reason, cost_minor=cost, business_on=business_on, note=note, origin=origin)
    return cost


def move_inside(
    session: Session,
    at: At,
    edition_id: int,
    qty: int,
    reason: StockReason,
    *,
    origin: str,
    business_on: date,
    copy_id: int | None = None,
    origin_id: int | None = None,
    note: str = "",
) -> None:
    """Write that pieces went from one place of the shop to another: out and in again, so that no balance changes.

    `origin` is one of INSIDE. Both rows bear what the pieces cost now. Raises NotFound.
    """
    if copy_id is not None:
        cost = int(session.execute(select(COPY.c.cost_minor).where(COPY.c.id == copy_id)).scalar_one())
    else:
        held = _held(session, edition_id)
        cost = take_cost(held.on_hand_qty, held.value_minor, qty, held.last_cost_minor)
    there_and_back = (Piece(edition_id, copy_id, -qty, -cost), Piece(edition_id, copy_id, qty, cost))
    rows = _rows(at, reason, there_and_back, business_on, None, note)
    session.execute(_WRITE_MOVES, [{**row, "origin": origin, "origin_id": origin_id} for row in rows])


def move_for_document(
    session: Session, at: At, document_id: int, reason: StockReason, pieces: Sequence[Piece], business_on: date
) -> dict[int, int]:
    """Move what a document sold (−) or took back (+) and return the new balance of each edition; with it its demand.

    Editions are changed in the order of their ids, so that two tills never wait for each other in a ring. Raises
    AlreadySold when a used copy went elsewhere in the meantime.
    """
    for piece in pieces:
        if piece.copy_id is not None:
            _change_copy(session, piece)
    session.execute(_WRITE_MOVES, _rows(at, reason, pieces, business_on, document_id, ""))
    sums: dict[int, tuple[int, int]] = {}
    for piece in pieces:
        if piece.copy_id is None:
            qty, cost = sums.get(piece.edition_id, (0, 0))
            sums[piece.edition_id] = (qty + piece.qty, cost + piece.cost_minor)
    balances = _change_balances(session, sums) if sums else {}
    demand.note_sold(session, {edition_id: -qty for edition_id, (qty, _cost) in sums.items()}, business_on)
    return balances


def _change_balances(session: Session, sums: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    ids = sorted(sums)
    by = [{"edition": one, "by_qty": sums[one][0], "by_minor": sums[one][1]} for one in ids]
    session.execute(_CHANGE_BALANCE, by)
    # Read once they are changed, and so held: no other till changes them now.
    balances = {row[0]: int(row[1]) for some in few(ids) for row in session.execute(_BALANCES, some)}
    for edition_id in ids:
        if edition_id not in balances:
            raise NotFound("edition", str(edition_id))
    return balances


def _held(session: Session, edition_id: int) -> Row[*tuple[Any, ...]]:
    row = session.execute(_GET, {"edition": edition_id}).first()
    if row is None:
        raise NotFound("edition", str(edition_id))
    return row


def _balance(session: Session, edition_id: int) -> int:
    return int(session.execute(select(STOCK.c.on_hand_qty).where(STOCK.c.edition_id == edition_id)).scalar_one())


def _change_copy(session: Session, piece: Piece) -> None:
    leaving = piece.qty < 0
    statement, old = (_SELL_COPY, "in_stock") if leaving else (_BRING_COPY_BACK, "sold")
    if session.execute(statement, {"copy": piece.copy_id, "old": old}).first() is None:
        assert piece.copy_id is not None
        raise AlreadySold(shop_code(CodeKind.COPY, piece.copy_id), piece.title)


def _rows(
    at: At, reason: StockReason, pieces: Sequence[Piece], business_on: date, document_id: int | None, note: str
) -> list[dict[str, Any]]:
    return [
        {
            "edition_id": piece.edition_id,
            "copy_id": piece.copy_id,
            "reason": reason.value,
            "qty": piece.qty,
            "cost_minor": piece.cost_minor,
            "document_id": document_id,
            "moved_at": at.now,
            "business_on": business_on,
            "staff_id": at.actor.staff_id or None,
            "till_id": at.till,
            "note": note,
        }
        for piece in pieces
    ]
