"""What people decide on a stocktake's rows: count again, accept, a reason, back into stock, the rest taken for none."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.states import CopyStatus, require_move
from av_pos.domain.stock import StockReason
from av_pos.domain.stocktake import DifferenceReason, ScanKind
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import COPY, STOCK, STOCK_MOVE
from av_pos.models.stocktaking import STOCKTAKE_COPY, STOCKTAKE_LINE, STOCKTAKE_SCAN
from av_pos.services import access, audit, shop_settings, stock
from av_pos.services.count_ledger import AnyRow
from av_pos.services.count_lines import Change, begin_change, get_line, get_take, keep, renew, require_open, set_columns
from av_pos.services.count_rows import (
    COPIES,
    CountProgress,
    CountRow,
    copy_row,
    edition_row,
    waits_for_other_person,
)
from av_pos.services.counting import HERE, set_copy
from av_pos.services.edition_store import shop_day
from av_pos.services.stocktake_review import IS_DIFFERENT, IS_MISSING, progress
from av_pos.services.typed_text import LONGEST_REASON, read_line, read_reason

ORIGIN = "stocktake"
_AT_ONCE = 250

_line, _copy = STOCKTAKE_LINE.c, STOCKTAKE_COPY.c


def ask_recount(session: Session, at: At, stocktake_id: int, edition_id: int) -> CountRow:
    """Let a disc be counted anew: the next piece of it begins the new count. Raises NotFound, WrongState, NotPermitted.

    After a count that was sure and is out by more than the tolerance somebody else has to make it.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    change = begin_change(session, stocktake_id)
    line = _counted_line(session, stocktake_id, edition_id)
    session.execute(
        update(STOCKTAKE_LINE).where(_line.stocktake_id == line.stocktake_id, _line.edition_id == edition_id)
        .values(recount_asked=True)
    )  # fmt: skip
    keep(session, change)
    return edition_row(session, at, change.take, edition_id)


def ask_recounts(session: Session, at: At, stocktake_id: int) -> int:
    """Let everything that differs or is unsure be counted anew, used copies not found looked for; return how many.

    What was accepted stays, and what two people have counted. Of a blind count only who may post it asks: the answer
    tells what differs. Raises NotFound, WrongState, NotPermitted.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    if get_take(session, stocktake_id).is_blind:
        access.require(session, at, Permission.POST_COUNT)
    change = begin_change(session, stocktake_id)
    is_open = _line.accepted_by.is_(None) & ~_line.recount_asked & ((_line.round == 1) | _line.is_unsure)
    wanted = (_line.is_unsure | IS_DIFFERENT | waits_for_other_person(change.take)) & is_open
    lines = session.execute(
        update(STOCKTAKE_LINE).where(_line.stocktake_id == stocktake_id, wanted).values(recount_asked=True)
        .returning(_line.edition_id)
    ).all()  # fmt: skip
    copies = session.execute(
        update(STOCKTAKE_COPY).where(_copy.stocktake_id == stocktake_id, IS_MISSING, ~_copy.recount_asked)
        .values(recount_asked=True).returning(_copy.copy_id)
    ).all()  # fmt: skip
    keep(session, change)
    audit.record(session, at, "count_again_asked", change.take.name, stocktake_id=stocktake_id,
                 count=len(lines) + len(copies))  # fmt: skip
    return len(lines) + len(copies)


def accept_line(
    session: Session, at: At, stocktake_id: int, edition_id: int, reason: str, approval_id: int | None = None
) -> CountRow:
    """Accept a count as it stands: it was unsure, or a second person would have had to count it.

    Raises InvalidInput without a reason, NotFound, WrongState, NotPermitted.
    """
    approver = access.require(session, at, Permission.POST_COUNT, approval_id)
    if not at.actor.staff_id:
        raise NotPermitted(Permission.POST_COUNT, approvable=False)
    words = read_reason(reason)
    change = begin_change(session, stocktake_id)
    line = _counted_line(session, stocktake_id, edition_id)
    set_columns(session, change, line, accepted_by=at.actor.staff_id, recount_asked=False)
    keep(session, change)
    row = edition_row(session, at, change.take, edition_id)
    audit.record(session, at, "count_accepted", row.title, approved_by=approver, reason=words, edition_id=edition_id,
                 stocktake_id=stocktake_id)  # fmt: skip
    return row


def explain(
    session: Session,
    at: At,
    stocktake_id: int,
    edition_id: int,
    reason: str,
    note: str = "",
    copy_id: int | None = None,
) -> CountRow:
    """Say why a disc (or a used copy) differs: a `DifferenceReason`, or none any more, and a note.

    Raises InvalidInput, NotFound, WrongState, NotPermitted.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    if reason and reason not in list(DifferenceReason):
        raise InvalidInput("difference_reason", reason[:40], "not_a_choice")
    take = require_open(session, stocktake_id)
    values = {"reason": reason, "note": read_line("note", note, LONGEST_REASON)}
    if copy_id is not None:
        session.execute(
            update(STOCKTAKE_COPY).where(_copy.stocktake_id == stocktake_id, _copy.copy_id == copy_id).values(**values)
        )
        return copy_row(session, at, take, copy_id)
    session.execute(
        update(STOCKTAKE_LINE)
        .where(_line.stocktake_id == stocktake_id, _line.edition_id == edition_id)
        .values(**values)
    )
    return edition_row(session, at, take, edition_id)


def bring_back_copy(session: Session, at: At, stocktake_id: int, copy_id: int) -> CountRow:
    """Put a used copy that was found though it had been taken off sale back into stock, with its row of the ledger.

    Raises NotFound; WrongState when it was not found here, or is not withdrawn (a sold one comes back by its receipt);
    NotPermitted.
    """
    access.require(session, at, Permission.POST_COUNT)
    change = begin_change(session, stocktake_id)
    line = session.execute(COPIES.where(_copy.copy_id == copy_id), {"take": stocktake_id}).first()
    if line is None or line.found_at is None:
        raise NotFound("stocktake_copy", str(copy_id))
    if line.status != CopyStatus.WITHDRAWN:
        raise WrongState("copy", line.status, "bring back")
    require_move("copy", line.status, CopyStatus.IN_STOCK)
    session.execute(update(COPY).where(COPY.c.id == copy_id).values(status=CopyStatus.IN_STOCK.value))
    left = select(func.coalesce(func.sum(STOCK_MOVE.c.qty), 0)).where(
        STOCK_MOVE.c.edition_id == line.edition_id, STOCK_MOVE.c.copy_id == copy_id
    )
    if session.execute(left).scalar_one() == 0:
        stock.move(
            session, at, line.edition_id, 1, StockReason.STOCKTAKE, cost_minor=line.cost_minor, copy_id=copy_id,
            business_on=shop_day(at, shop_settings.get_settings(session)), origin=ORIGIN, origin_id=stocktake_id,
        )  # fmt: skip
    set_copy(session, change, line, result="back")
    keep(session, change)
    row = copy_row(session, at, change.take, copy_id)
    audit.record(session, at, "copy_brought_back", row.title, code=row.code, stocktake_id=stocktake_id)
    return row


def take_uncounted_as_none(db: Database, at: At, stocktake_id: int) -> CountProgress:
    """Workflow: take everything that was not counted for gone, said expressly for shelves that were counted whole.

    Each disc in short steps, as of its instant; one that pieces came in of meanwhile is unsure. Used copies are marked
    as not found. It can be undone disc by disc, by counting it. Raises NotFound, WrongState, NotPermitted.
    """
    db.run(_say_none, at, stocktake_id)
    while db.run(_take_some_as_none, at, stocktake_id):
        pass
    while db.run(_mark_some_missing, at, stocktake_id):
        pass
    return db.ask(progress, at, stocktake_id)


def stayed_here(take: AnyRow) -> ColumnElement[bool]:
    """Return the condition that a used copy is in the shop and did not move since the stocktake began."""
    moved = (
        select(STOCK_MOVE.c.id)
        .where(
            STOCK_MOVE.c.edition_id == COPY.c.edition_id,
            STOCK_MOVE.c.copy_id == COPY.c.id,
            STOCK_MOVE.c.id > take.began_move_id,
        )
        .correlate(COPY)
        .exists()
    )
    return COPY.c.status.in_(HERE) & ~moved


def _counted_line(session: Session, stocktake_id: int, edition_id: int) -> AnyRow:
    line = get_line(session, stocktake_id, edition_id)
    if line is None or line.counted_qty is None:
        raise NotFound("stocktake_line", str(edition_id))
    return line


def _say_none(session: Session, at: At, stocktake_id: int) -> None:
    access.require(session, at, Permission.POST_COUNT)
    take = require_open(session, stocktake_id)
    audit.record(session, at, "count_rest_is_none", take.name, stocktake_id=stocktake_id,
                 count=take.lines_qty - take.counted_qty)  # fmt: skip


def _take_some_as_none(session: Session, at: At, stocktake_id: int) -> int:
    change = begin_change(session, stocktake_id)
    some = (
        select(STOCKTAKE_LINE, STOCK.c.on_hand_qty)
        .join(STOCK, STOCK.c.edition_id == _line.edition_id)
        .where(_line.stocktake_id == stocktake_id, _line.counted_qty.is_(None), _line.is_in_scope)
        .order_by(_line.edition_id)
        .limit(_AT_ONCE)
    )
    lines = session.execute(some).all()
    _write_none(session, at, change, lines)
    for line in lines:
        renew(session, change, line)
    keep(session, change)
    return len(lines)


def _write_none(session: Session, at: At, change: Change, lines: Sequence[AnyRow]) -> None:
    rows = [
        {"stocktake_id": change.take.id, "kind": ScanKind.NONE.value, "edition_id": line.edition_id, "qty": 0,
         "on_hand_qty": line.on_hand_qty, "move_id": change.now_id, "round": line.round, "counted_at": at.now,
         "staff_id": at.actor.staff_id or None, "till_id": at.till}
        for line in lines
    ]  # fmt: skip
    if rows:
        session.execute(insert(STOCKTAKE_SCAN), rows)


def _mark_some_missing(session: Session, at: At, stocktake_id: int) -> int:
    change = begin_change(session, stocktake_id)
    # One that went over the counter meanwhile, or came back, is not looked for any more.
    wanted = _copy.found_at.is_(None) & _copy.missing_at.is_(None) & _copy.is_in_scope & stayed_here(change.take)
    some = COPIES.where(wanted).limit(_AT_ONCE)
    rows = session.execute(some, {"take": stocktake_id}).all()
    for row in rows:
        set_copy(session, change, row, missing_at=at.now, missing_by=at.actor.staff_id or None)
    keep(session, change)
    return len(rows)
