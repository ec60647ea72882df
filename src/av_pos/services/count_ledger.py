"""The ledger as a count looks at it: what it said of a disc at one of its rows, and what moved between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from av_pos.domain.stock import StockReason, piece_cost, unit_cost
from av_pos.domain.stocktake import BOOK_ONLY
from av_pos.models import STOCK, STOCK_MOVE

AnyRow = Row[*tuple[Any, ...]]

BY_DOCUMENT = (StockReason.SALE, StockReason.VOID, StockReason.RETURN)
"""These rows never set what a piece cost last."""

_is_link = and_(STOCK_MOVE.c.reason == StockReason.TRANSFER, STOCK_MOVE.c.note.like("provisional % is %"))
IS_BOOK_ONLY = or_(STOCK_MOVE.c.reason.in_(sorted(BOOK_ONLY)), _is_link)
"""The condition on a row of the ledger that moved no piece."""

_of_new_pieces = STOCK_MOVE.c.copy_id.is_(None)
_of_edition = and_(STOCK_MOVE.c.edition_id == bindparam("edition"), _of_new_pieces)
_between = and_(STOCK_MOVE.c.id > bindparam("after"), STOCK_MOVE.c.id <= bindparam("until"))

_NEWEST = select(func.coalesce(func.max(STOCK_MOVE.c.id), 0))
_CORRECTIONS = select(STOCK_MOVE.c.id, STOCK_MOVE.c.edition_id, STOCK_MOVE.c.qty).where(
    _between, _of_new_pieces, IS_BOOK_ONLY
)
_CORRECTED = select(func.coalesce(func.sum(STOCK_MOVE.c.qty), 0)).where(_of_edition, _between, IS_BOOK_ONLY)
_PIECE_MOVED = select(STOCK_MOVE.c.id).where(_of_edition, _between, ~IS_BOOK_ONLY).limit(1)
_PIECE_CAME = _PIECE_MOVED.where(STOCK_MOVE.c.qty > 0)
_SUM_UNTIL = select(
    func.coalesce(func.sum(STOCK_MOVE.c.qty), 0), func.coalesce(func.sum(STOCK_MOVE.c.cost_minor), 0)
).where(_of_edition, STOCK_MOVE.c.id <= bindparam("until"))
_LAST_COST_UNTIL = (
    select(STOCK_MOVE.c.qty, STOCK_MOVE.c.cost_minor)
    .where(_of_edition, STOCK_MOVE.c.id <= bindparam("until"), STOCK_MOVE.c.qty > 0, STOCK_MOVE.c.cost_minor > 0)
    .where(STOCK_MOVE.c.reason.not_in(BY_DOCUMENT))
    .order_by(STOCK_MOVE.c.id.desc())
    .limit(1)
)
_STOCK = select(STOCK.c.on_hand_qty, STOCK.c.value_minor, STOCK.c.last_cost_minor).where(
    STOCK.c.edition_id == bindparam("edition")
)


@dataclass(frozen=True, slots=True)
class Instant:
    """What the ledger says of a disc at one of its rows: pieces on hand, and what one of them costs."""

    move_id: int
    on_hand_qty: int
    unit_minor: int


def newest_move(session: Session) -> int:
    """Return the newest row of the ledger, 0 before the first: the instant, whatever the clock says."""
    return int(session.execute(_NEWEST).scalar_one())


def ledger_at(session: Session, edition_id: int, move_id: int) -> Instant:
    """Say what the ledger said of a disc at one of its rows."""
    at_row = {"edition": edition_id, "until": move_id}
    on_hand, value = session.execute(_SUM_UNTIL, at_row).one()
    last = session.execute(_LAST_COST_UNTIL, at_row).first()
    last_minor = piece_cost(last.cost_minor, last.qty) if last else 0
    return Instant(move_id, int(on_hand), unit_cost(int(on_hand), int(value), last_minor))


def ledger_now(session: Session, edition_id: int, move_id: int) -> Instant:
    """Say what the balance beside the ledger says; `move_id` is its newest row."""
    row = session.execute(_STOCK, {"edition": edition_id}).first()
    return Instant(move_id, row[0], unit_cost(row[0], row[1], row[2])) if row else Instant(move_id, 0, 0)


def list_corrections(session: Session, after_id: int, until_id: int) -> Sequence[AnyRow]:
    """Return the rows of the ledger between two that put the books right: id, edition_id, qty."""
    if until_id <= after_id:
        return ()
    return session.execute(_CORRECTIONS, {"after": after_id, "until": until_id}).all()


def corrected_by(session: Session, edition_id: int, after_id: int, until_id: int) -> int:
    """Return by how many pieces a disc's books were put right between two rows of the ledger."""
    if until_id <= after_id:
        return 0
    between = {"edition": edition_id, "after": after_id, "until": until_id}
    return int(session.execute(_CORRECTED, between).scalar_one())


def piece_moved(session: Session, edition_id: int, after_id: int, until_id: int, *, only_in: bool = False) -> bool:
    """Say whether a piece of the disc came or went (or only: came) between two rows of the ledger."""
    if until_id <= after_id:
        return False
    between = {"edition": edition_id, "after": after_id, "until": until_id}
    return session.execute(_PIECE_CAME if only_in else _PIECE_MOVED, between).first() is not None
