"""Stock moved by hand: damage, loss, sample, corrections, opening stock; from shelf to shelf; a used copy lent out.

Each is a row of the ledger with reason, who, when and a note, at what the books say the pieces cost. It takes the
permission to change stock, or a manager's approval.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Permission
from av_pos.domain.states import CopyStatus, require_move
from av_pos.domain.stock import StockReason
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import BASKET_LINE, COPY, EDITION
from av_pos.services import access, audit, shop_settings, stock
from av_pos.services.access import Approvals
from av_pos.services.edition_store import get_row, get_stock, shop_day
from av_pos.services.typed_text import LONGEST_REASON, read_line, read_reason

MOST_PIECES = 9_999
BY_HAND = "by_hand"
"""The origin of a row of the ledger that somebody wrote by hand."""
_SHELF = "shelf"
_LONGEST_SHELF = 16


class HandMove(StrEnum):
    """What somebody says happened to new pieces."""

    DAMAGE = "damage"
    LOSS = "loss"
    SAMPLE = "sample"
    FOUND = "found"
    MISSING = "missing"
    OPENING = "opening"


_REASON = {
    HandMove.DAMAGE: StockReason.DAMAGE,
    HandMove.LOSS: StockReason.LOSS,
    HandMove.SAMPLE: StockReason.SAMPLE,
    # A correction is a count of one disc.
    HandMove.FOUND: StockReason.STOCKTAKE,
    HandMove.MISSING: StockReason.STOCKTAKE,
    HandMove.OPENING: StockReason.OPENING,
}
_COMES_IN = (HandMove.FOUND, HandMove.OPENING)
_OF_COPY = {
    HandMove.DAMAGE: StockReason.DAMAGE,
    HandMove.LOSS: StockReason.LOSS,
    HandMove.SAMPLE: StockReason.SAMPLE,
    HandMove.MISSING: StockReason.STOCKTAKE,
}


@dataclass(frozen=True, slots=True)
class MovedRow:
    """What a move by hand did: pieces and their cost (below nothing: they went), and what is on hand now."""

    edition_id: int
    qty: int
    cost_minor: int
    on_hand_qty: int


def move_by_hand(
    session: Session,
    at: At,
    edition_id: int,
    kind: HandMove,
    qty: int,
    note: str = "",
    *,
    each_minor: int | None = None,
    approval_id: Approvals | None = None,
) -> MovedRow:
    """Take new pieces out of the books or into them; `each_minor` is what a piece that comes in cost, if known.

    A correction (FOUND, MISSING) wants a note. Raises InvalidInput (quantity: too_small, too_large, not_on_hand; cost:
    negative; note: empty), NotFound, WrongState for a provisional edition, NotPermitted.
    """
    approver = access.require(session, at, Permission.ADJUST_STOCK, approval_id)
    row = get_row(session, edition_id)
    if row.is_provisional:
        raise WrongState("edition", "provisional")
    text = _note(kind, note)
    _check_qty(session, edition_id, kind, qty)
    if each_minor is not None and each_minor < 0:
        raise InvalidInput("cost", str(each_minor), "negative")
    signed = qty if kind in _COMES_IN else -qty
    cost = stock.move_at_average(
        session, at, edition_id, signed, _REASON[kind], business_on=_today(session, at), each_minor=each_minor,
        note=text, origin=BY_HAND,
    )  # fmt: skip
    audit.record(session, at, "stock_moved", row.title, amount_minor=cost, approved_by=approver, edition_id=edition_id,
                 kind=kind.value, quantity=signed, reason=text)  # fmt: skip
    return MovedRow(edition_id, signed, cost, int(get_stock(session, edition_id).on_hand_qty))


def take_copy_out(
    session: Session, at: At, copy_id: int, kind: HandMove, note: str = "", *, approval_id: Approvals | None = None
) -> None:
    """Take a used copy off sale: damaged, lost, given away as a sample, not to be found. One lent out comes back first.

    Raises InvalidInput for another kind, NotFound, WrongState (it lies in a basket, is put by or not there),
    NotPermitted.
    """
    approver = access.require(session, at, Permission.ADJUST_STOCK, approval_id)
    if kind not in _OF_COPY:
        raise InvalidInput("reason", kind.value, "not_a_choice")
    copy = _get_copy(session, copy_id)
    if copy.status == CopyStatus.RENTED:
        _set_status(session, copy, CopyStatus.IN_STOCK)
        _move_copy(session, at, copy, 1, StockReason.RENTAL_IN, "")
        copy = _get_copy(session, copy_id)
    _require_on_shelf(session, copy, CopyStatus.WITHDRAWN)
    text = _note(kind, note)
    _set_status(session, copy, CopyStatus.WITHDRAWN)
    _move_copy(session, at, copy, -1, _OF_COPY[kind], text)
    _record_copy(session, at, copy, kind.value, text, approver)


def put_copy_back(
    session: Session, at: At, copy_id: int, note: str = "", *, approval_id: Approvals | None = None
) -> None:
    """Put a used copy that was taken off sale in stock again: found, or repaired.

    Raises NotFound, WrongState when it was not taken off sale, NotPermitted.
    """
    approver = access.require(session, at, Permission.ADJUST_STOCK, approval_id)
    copy = _get_copy(session, copy_id)
    if copy.status != CopyStatus.WITHDRAWN:
        raise WrongState("copy", copy.status, CopyStatus.IN_STOCK)
    text = _note(HandMove.FOUND, note)
    _set_status(session, copy, CopyStatus.IN_STOCK)
    _move_copy(session, at, copy, 1, StockReason.STOCKTAKE, text)
    _record_copy(session, at, copy, HandMove.FOUND.value, text, approver)


def rent_out(session: Session, at: At, copy_id: int, note: str = "", *, approval_id: Approvals | None = None) -> None:
    """Lend a used copy out. Raises NotFound, WrongState unless it stands on the shelf, NotPermitted."""
    approver = access.require(session, at, Permission.ADJUST_STOCK, approval_id)
    copy = _get_copy(session, copy_id)
    _require_on_shelf(session, copy, CopyStatus.RENTED)
    text = read_line("note", note, LONGEST_REASON)
    _set_status(session, copy, CopyStatus.RENTED)
    _move_copy(session, at, copy, -1, StockReason.RENTAL_OUT, text)
    _record_copy(session, at, copy, StockReason.RENTAL_OUT.value, text, approver)


def take_rental_back(
    session: Session, at: At, copy_id: int, note: str = "", *, approval_id: Approvals | None = None
) -> None:
    """Take a used copy back that was lent out. Raises NotFound, WrongState when it was not, NotPermitted."""
    approver = access.require(session, at, Permission.ADJUST_STOCK, approval_id)
    copy = _get_copy(session, copy_id)
    if copy.status != CopyStatus.RENTED:
        raise WrongState("copy", "not_rented", CopyStatus.IN_STOCK)
    text = read_line("note", note, LONGEST_REASON)
    _set_status(session, copy, CopyStatus.IN_STOCK)
    _move_copy(session, at, copy, 1, StockReason.RENTAL_IN, text)
    _record_copy(session, at, copy, StockReason.RENTAL_IN.value, text, approver)


def move_to_shelf(
    session: Session, at: At, edition_id: int, shelf: str, note: str = "", *, approval_id: Approvals | None = None
) -> None:
    """Move all new pieces of an edition to another shelf. Raises InvalidInput (shelf), NotFound, NotPermitted."""
    approver = access.require(session, at, Permission.ADJUST_STOCK, approval_id)
    row = get_row(session, edition_id)
    place, text = read_line("shelf", shelf, _LONGEST_SHELF), read_line("note", note, LONGEST_REASON)
    if place == row.shelf:
        return
    session.execute(update(EDITION).where(EDITION.c.id == edition_id).values(shelf=place, changed_at=at.now))
    on_hand = int(get_stock(session, edition_id).on_hand_qty)
    if on_hand > 0:
        stock.move_inside(session, at, edition_id, on_hand, StockReason.TRANSFER, origin=_SHELF,
                          business_on=_today(session, at), note=_from_to(row.shelf, place, text))  # fmt: skip
    audit.record(session, at, "shelf_changed", row.title, approved_by=approver, edition_id=edition_id, was=row.shelf,
                 now=place, quantity=max(0, on_hand), reason=text)  # fmt: skip


def move_copy_to_shelf(
    session: Session, at: At, copy_id: int, shelf: str, note: str = "", *, approval_id: Approvals | None = None
) -> None:
    """Move a used copy to another shelf. Raises InvalidInput (shelf), NotFound, WrongState, NotPermitted."""
    approver = access.require(session, at, Permission.ADJUST_STOCK, approval_id)
    copy = _get_copy(session, copy_id)
    place, text = read_line("shelf", shelf, _LONGEST_SHELF), read_line("note", note, LONGEST_REASON)
    if copy.status not in (CopyStatus.IN_STOCK, CopyStatus.RESERVED):
        raise WrongState("copy", copy.status, CopyStatus.IN_STOCK)
    if place == copy.shelf:
        return
    session.execute(update(COPY).where(COPY.c.id == copy_id).values(shelf=place))
    stock.move_inside(session, at, copy.edition_id, 1, StockReason.TRANSFER, origin=_SHELF, copy_id=copy_id,
                      business_on=_today(session, at), note=_from_to(copy.shelf, place, text))  # fmt: skip
    code = shop_code(CodeKind.COPY, copy_id)
    audit.record(session, at, "shelf_changed", copy.title, approved_by=approver, edition_id=copy.edition_id, code=code,
                 was=copy.shelf, now=place, quantity=1, reason=text)  # fmt: skip


def _today(session: Session, at: At) -> date:
    return shop_day(at, shop_settings.get_settings(session))


def _note(kind: HandMove, note: str) -> str:
    wants_words = kind in (HandMove.FOUND, HandMove.MISSING)
    return read_reason(note, "note") if wants_words else read_line("note", note, LONGEST_REASON)


def _check_qty(session: Session, edition_id: int, kind: HandMove, qty: int) -> None:
    if qty < 1:
        raise InvalidInput("quantity", str(qty), "too_small")
    if qty > MOST_PIECES:
        raise InvalidInput("quantity", str(qty), "too_large")
    on_hand = int(get_stock(session, edition_id).on_hand_qty)
    if kind not in _COMES_IN and qty > on_hand:
        raise InvalidInput("quantity", str(max(0, on_hand)), "not_on_hand")


def _get_copy(session: Session, copy_id: int) -> Any:
    query = select(COPY, EDITION.c.title).join(EDITION, EDITION.c.id == COPY.c.edition_id).where(COPY.c.id == copy_id)
    row = session.execute(query).first()
    if row is None:
        raise NotFound("copy", shop_code(CodeKind.COPY, copy_id))
    return row


def _require_on_shelf(session: Session, copy: Any, wanted: CopyStatus) -> None:
    """Let a copy go that stands on the shelf: not one that is put by, sold, or in a customer's basket."""
    if copy.status != CopyStatus.IN_STOCK:
        raise WrongState("copy", copy.status, wanted)
    if session.execute(select(BASKET_LINE.c.id).where(BASKET_LINE.c.copy_id == copy.id)).first() is not None:
        raise WrongState("copy", "in_other_basket", wanted)


def _set_status(session: Session, copy: Any, status: CopyStatus) -> None:
    require_move("copy", copy.status, status)
    session.execute(update(COPY).where(COPY.c.id == copy.id, COPY.c.status == copy.status).values(status=status.value))


def _move_copy(session: Session, at: At, copy: Any, qty: int, reason: StockReason, note: str) -> None:
    stock.move(session, at, copy.edition_id, qty, reason, cost_minor=qty * copy.cost_minor, copy_id=copy.id,
               business_on=_today(session, at), note=note, origin=BY_HAND)  # fmt: skip


def _record_copy(session: Session, at: At, copy: Any, kind: str, note: str, approver: str) -> None:
    audit.record(session, at, "copy_moved", copy.title, approved_by=approver, edition_id=copy.edition_id,
                 code=shop_code(CodeKind.COPY, copy.id), kind=kind, reason=note)  # fmt: skip


def _from_to(old: str, new: str, note: str) -> str:
    return f"{old} → {new}" + (f": {note}" if note else "")
