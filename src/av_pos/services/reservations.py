"""Discs put by for somebody: on hand all the same, but promised. New pieces by number, a used copy by its state.

Putting by and letting go are two rows of the ledger each, off the shelf and onto the other one; the balance does not
change, only what of it is reserved.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Permission
from av_pos.domain.states import CopyStatus
from av_pos.domain.stock import StockReason
from av_pos.errors import AlreadySold, InvalidInput, NotFound, WrongState
from av_pos.models import BASKET, BASKET_LINE, COPY, EDITION, STOCK
from av_pos.models.members import MEMBER
from av_pos.models.reordering import RESERVATION
from av_pos.services import access, audit, basket, shop_settings, stock
from av_pos.services.basket import BasketOutcome
from av_pos.services.edition_store import get_row, shop_day
from av_pos.services.editions import find_copy
from av_pos.services.members import all_ids, require_active
from av_pos.services.typed_text import read_line

LISTED = 200
_LONGEST = 200
_ORIGIN = "reservation"


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """Pieces put by: of which disc (`code` is that of a used copy, else empty), for whom, until which day.

    `status` is put_by, taken or let_go.
    """

    reservation_id: int
    edition_id: int
    copy_id: int | None
    title: str
    artist: str
    format: str
    code: str
    qty: int
    member_id: int | None
    member_name: str
    words: str
    status: str
    until_on: date | None
    reserved_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReservationDraft:
    """What is to be put by: `qty` new pieces of an edition, or one used copy; for a member, or whoever `words` name."""

    edition_id: int | None = None
    copy_id: int | None = None
    qty: int = 1
    member_id: int | None = None
    words: str = ""
    until_on: date | None = None


_holder = MEMBER.alias("holder")
_ROWS = (
    select(
        RESERVATION.c.id,
        RESERVATION.c.edition_id,
        RESERVATION.c.copy_id,
        EDITION.c.title,
        EDITION.c.artist,
        EDITION.c.format,
        RESERVATION.c.qty,
        _holder.c.id.label("member_id"),
        func.coalesce(_holder.c.name, "").label("member_name"),
        RESERVATION.c.words,
        RESERVATION.c.status,
        RESERVATION.c.until_on,
        RESERVATION.c.reserved_at,
        RESERVATION.c.ended_at,
    )
    .join_from(RESERVATION, EDITION, EDITION.c.id == RESERVATION.c.edition_id)
    .outerjoin(MEMBER, MEMBER.c.id == RESERVATION.c.member_id)
    .outerjoin(_holder, _holder.c.id == func.coalesce(MEMBER.c.merged_into_id, MEMBER.c.id))
)
_OPEN = RESERVATION.c.ended_at.is_(None)
# Only what nobody else was promised; of two tills that want the last piece one finds none.
_RESERVE = (
    update(STOCK)
    .where(
        STOCK.c.edition_id == bindparam("edition"),
        STOCK.c.on_hand_qty - STOCK.c.reserved_qty >= bindparam("pieces"),
    )
    .values(reserved_qty=STOCK.c.reserved_qty + bindparam("pieces"))
    .returning(STOCK.c.edition_id)
)
_FREE = (
    update(STOCK)
    .where(STOCK.c.edition_id == bindparam("edition"))
    .values(reserved_qty=STOCK.c.reserved_qty - bindparam("pieces"))
)


def put_by(session: Session, at: At, draft: ReservationDraft) -> ReservationRow:
    """Put pieces by for somebody.

    Raises InvalidInput (put_by_for: nobody was named; quantity not_free: fewer are left than are wanted; until past),
    NotFound, AlreadySold or WrongState for a copy that cannot be had, WrongState for a provisional edition or a member
    suspended, NotPermitted.
    """
    access.require(session, at, Permission.RESERVE)
    today = shop_day(at, shop_settings.get_settings(session))
    words = read_line("put_by_for", draft.words, _LONGEST)
    if draft.member_id is None and not words:
        raise InvalidInput("put_by_for", "", "empty")
    if draft.until_on is not None and draft.until_on < today:
        raise InvalidInput("until", draft.until_on.isoformat(), "past")
    member_id = require_active(session, draft.member_id) if draft.member_id is not None else None
    edition_id, qty = _take_off_shelf(session, at, draft)
    values = {
        "edition_id": edition_id,
        "copy_id": draft.copy_id,
        "qty": qty,
        "member_id": member_id,
        "words": words,
        "status": "put_by",
        "until_on": draft.until_on,
        "reserved_at": at.now,
        "staff_id": at.actor.staff_id or None,
    }
    reservation_id = int(session.execute(insert(RESERVATION).values(**values).returning(RESERVATION.c.id)).scalar_one())
    row = get_reservation(session, reservation_id)
    _write_moves(session, at, row, today)
    audit.record(session, at, "put_by", row.title, reservation_id=reservation_id, edition_id=edition_id, quantity=qty,
                 code=row.code)  # fmt: skip
    return row


def let_go(session: Session, at: At, reservation_id: int) -> ReservationRow:
    """Put pieces back on the shelf: nobody takes them. Raises NotFound, WrongState when it is over, NotPermitted."""
    access.require(session, at, Permission.RESERVE)
    row = _end(session, at, reservation_id, "let_go")
    _write_moves(session, at, row, shop_day(at, shop_settings.get_settings(session)))
    audit.record(session, at, "put_by_let_go", row.title, reservation_id=reservation_id, edition_id=row.edition_id,
                 quantity=row.qty, code=row.code)  # fmt: skip
    return row


def take_reserved(session: Session, at: At, reservation_id: int, line_id: int | None = None) -> BasketOutcome:
    """Lay what was put by into the till's basket: whoever it was for is here. From now on it is sold like any disc.

    New pieces of it that were scanned already lie on the line `line_id`, and are not laid there twice. Raises NotFound,
    WrongState when it is over, InvalidInput for more pieces than a line holds, NotPermitted.
    """
    access.require(session, at, Permission.SELL)
    row = _end(session, at, reservation_id, "taken")
    audit.record(session, at, "put_by_taken", row.title, reservation_id=reservation_id, edition_id=row.edition_id,
                 quantity=row.qty, code=row.code)  # fmt: skip
    if row.copy_id is not None:
        laid = basket.add_copy(session, at, row.copy_id)
    elif line_id is not None:
        return _top_up(session, at, line_id, row)
    else:
        laid = basket.add_edition(session, at, row.edition_id)
    assert laid.line_id is not None
    if row.qty == 1:
        return BasketOutcome(laid.view, laid.line_id)
    line = next(line for line in laid.view.lines if line.line_id == laid.line_id)
    return basket.set_quantity(session, at, laid.line_id, line.qty + row.qty - 1)


def _top_up(session: Session, at: At, line_id: int, row: ReservationRow) -> BasketOutcome:
    """Bring a line on which some of what was put by lies already to all of it."""
    view = basket.view_of(session, at)
    line = next((line for line in view.lines if line.line_id == line_id and line.edition_id == row.edition_id), None)
    if line is None:
        raise NotFound("basket_line", str(line_id))
    if line.qty >= row.qty:
        return BasketOutcome(view, line_id)
    return basket.set_quantity(session, at, line_id, row.qty)


def get_reservation(session: Session, reservation_id: int) -> ReservationRow:
    """Return what was put by, also when it is over. Raises NotFound."""
    row = session.execute(_ROWS.where(RESERVATION.c.id == reservation_id)).first()
    if row is None:
        raise NotFound("reservation", str(reservation_id))
    return _row(row)


def find_of_copy(session: Session, copy_id: int) -> ReservationRow | None:
    """Return for whom a used copy is put by, None when it is not."""
    row = session.execute(_ROWS.where(RESERVATION.c.copy_id == copy_id, _OPEN)).first()
    return _row(row) if row else None


def list_reservations(
    session: Session, edition_id: int | None = None, member_id: int | None = None, limit: int = LISTED
) -> tuple[ReservationRow, ...]:
    """Return what is put by, of an edition or for a member if one is given, the oldest first."""
    query = _ROWS.where(_OPEN).order_by(RESERVATION.c.id).limit(limit)
    if edition_id is not None:
        query = query.where(RESERVATION.c.edition_id == edition_id)
    if member_id is not None:
        query = query.where(RESERVATION.c.member_id.in_(all_ids(session, member_id)))
    return tuple(_row(row) for row in session.execute(query))


def list_all_for(session: Session, member_id: int) -> tuple[ReservationRow, ...]:
    """Return all that was ever put by for a member and those merged into it, the oldest first."""
    query = _ROWS.where(RESERVATION.c.member_id.in_(all_ids(session, member_id))).order_by(RESERVATION.c.id)
    return tuple(_row(row) for row in session.execute(query))


def list_expired(session: Session, today: date, limit: int = LISTED) -> tuple[ReservationRow, ...]:
    """Return what is put by and should have been fetched before `today`, the longest overdue first."""
    query = _ROWS.where(_OPEN, RESERVATION.c.until_on < today).order_by(RESERVATION.c.until_on, RESERVATION.c.id)
    return tuple(_row(row) for row in session.execute(query.limit(limit)))


def free_qty(session: Session, edition_id: int) -> int:
    """Return the new pieces of an edition that nobody has put by; below nothing when the books are. Raises NotFound."""
    free = select(STOCK.c.on_hand_qty - STOCK.c.reserved_qty).where(STOCK.c.edition_id == edition_id)
    found = session.execute(free).scalar()
    if found is None:
        raise NotFound("edition", str(edition_id))
    return int(found)


def _take_off_shelf(session: Session, at: At, draft: ReservationDraft) -> tuple[int, int]:
    """Reserve what is wanted; returns the edition and how many pieces of it."""
    if draft.copy_id is not None:
        return _take_copy(session, at, draft.copy_id), 1
    if draft.edition_id is None:
        raise InvalidInput("edition", "", "empty")
    if draft.qty < 1:
        raise InvalidInput("quantity", str(draft.qty), "too_small")
    if draft.qty > basket.MOST_PIECES:
        raise InvalidInput("quantity", str(draft.qty), "too_large")
    if get_row(session, draft.edition_id).is_provisional:
        raise WrongState("edition", "provisional")
    if session.execute(_RESERVE, {"edition": draft.edition_id, "pieces": draft.qty}).first() is None:
        raise InvalidInput("quantity", str(max(0, free_qty(session, draft.edition_id))), "not_free")
    return draft.edition_id, draft.qty


def _take_copy(session: Session, at: At, copy_id: int) -> int:
    code = shop_code(CodeKind.COPY, copy_id)
    holder = (
        select(BASKET.c.till_id, BASKET.c.held_at)
        .join(BASKET_LINE, BASKET_LINE.c.basket_id == BASKET.c.id)
        .where(BASKET_LINE.c.copy_id == copy_id)
    )
    held = session.execute(holder).first()
    if held is not None:
        is_here = held.till_id == at.till and held.held_at is None
        raise WrongState("copy", "in_this_basket" if is_here else "in_other_basket")
    free = (COPY.c.id == copy_id, COPY.c.status == CopyStatus.IN_STOCK.value)
    change = update(COPY).where(*free).values(status=CopyStatus.RESERVED.value).returning(COPY.c.edition_id)
    edition_id = session.execute(change).scalar()
    if edition_id is not None:
        return int(edition_id)
    copy = find_copy(session, copy_id)
    if copy is None:
        raise NotFound("copy", code)
    if copy.status == CopyStatus.SOLD:
        raise AlreadySold(code, copy.title)
    raise WrongState("copy", copy.status, CopyStatus.RESERVED)


def _end(session: Session, at: At, reservation_id: int, status: str) -> ReservationRow:
    before = get_reservation(session, reservation_id)
    change = update(RESERVATION).where(RESERVATION.c.id == reservation_id, _OPEN)
    ended = session.execute(change.values(status=status, ended_at=at.now).returning(RESERVATION.c.id)).first()
    if ended is None:
        raise WrongState("reservation", before.status, status)
    if before.copy_id is None:
        session.execute(_FREE, {"edition": before.edition_id, "pieces": before.qty})
    else:
        reserved = (COPY.c.id == before.copy_id, COPY.c.status == CopyStatus.RESERVED.value)
        session.execute(update(COPY).where(*reserved).values(status=CopyStatus.IN_STOCK.value))
    return get_reservation(session, reservation_id)


def _write_moves(session: Session, at: At, row: ReservationRow, business_on: date) -> None:
    stock.move_inside(
        session, at, row.edition_id, row.qty, StockReason.RESERVATION, origin=_ORIGIN, origin_id=row.reservation_id,
        business_on=business_on, copy_id=row.copy_id, note=row.status,
    )  # fmt: skip


def _row(row: Any) -> ReservationRow:
    values = list(row)
    values.insert(6, shop_code(CodeKind.COPY, row.copy_id) if row.copy_id is not None else "")
    return ReservationRow(*values)
