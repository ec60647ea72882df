"""Posting a stocktake: its moves are staged in short steps, then one step makes ledger, balances and copies agree.

Until that last step nothing has happened: a till that is killed leaves a stocktake that is `posting`, which goes on
from where it was (`post`) or is put back to be counted (`break_off`). What sold meanwhile is worked out anew inside the
last step. What was counted stays as it is: lines and log are the proof.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.states import CopyStatus, StocktakeState, require_move
from av_pos.domain.stock import StockReason
from av_pos.domain.stocktake import difference_cost
from av_pos.errors import WrongState
from av_pos.models import COPY, STOCK, STOCK_MOVE
from av_pos.models.stocktaking import STOCKTAKE, STOCKTAKE_COPY, STOCKTAKE_LINE, STOCKTAKE_POST
from av_pos.services import access, audit, shop_settings
from av_pos.services.access import Approvals
from av_pos.services.count_decisions import ORIGIN, stayed_here
from av_pos.services.count_ledger import AnyRow, newest_move
from av_pos.services.count_lines import Change, follow_merges, get_take, keep, take_in_corrections
from av_pos.services.edition_store import shop_day
from av_pos.services.stocktake_review import IS_DIFFERENT, IS_MISSING, open_before_post
from av_pos.services.stocktakes import StocktakeRow, get_stocktake

Progress = Callable[[int, int], None]
"""Is told how many differences of how many are staged."""

_AT_ONCE = 500
_TRIES = 5

_line, _copy, _staged = STOCKTAKE_LINE.c, STOCKTAKE_COPY.c, STOCKTAKE_POST.c


@dataclass(frozen=True, slots=True)
class StocktakePostedOutcome:
    """A stocktake that was posted: pieces missing and found, used copies lost, and the value of all that at cost.

    `edition_ids` are the discs whose balance changed.
    """

    stocktake: StocktakeRow
    edition_ids: tuple[int, ...]
    missing_qty: int
    surplus_qty: int
    copies_lost_qty: int
    variance_minor: int


def post(
    db: Database, at: At, stocktake_id: int, approval_id: Approvals | None = None, progress: Progress | None = None
) -> StocktakePostedOutcome:
    """Workflow: post a stocktake, or go on where posting was broken off. All of it holds, or nothing.

    Raises WrongState when a count is unsure or waits for another person, or the stocktake is not open; NotFound,
    NotPermitted.
    """
    approver = db.run(_begin, at, stocktake_id, approval_id)
    for _ in range(_TRIES):
        while db.run(_clear_some, stocktake_id):
            pass
        _stage(db, stocktake_id, progress)
        posted = db.run(_finish, at, stocktake_id, approver)
        if posted is not None:
            while db.run(_clear_some, stocktake_id):
                pass
            return posted
    raise WrongState("stocktake", StocktakeState.POSTING, "post")


def break_off(session: Session, at: At, stocktake_id: int) -> StocktakeRow:
    """Put a stocktake whose posting was broken off back to be counted. Raises NotFound, WrongState, NotPermitted."""
    access.require(session, at, Permission.POST_COUNT)
    take = get_take(session, stocktake_id)
    if take.status != StocktakeState.POSTING:
        raise WrongState("stocktake", take.status, "break off")
    _set_status(session, take, StocktakeState.OPEN)
    audit.record(session, at, "count_broken_off", take.name, stocktake_id=stocktake_id)
    return get_stocktake(session, at, stocktake_id)


def _begin(session: Session, at: At, stocktake_id: int, approval_id: Approvals | None) -> str:
    approver = access.require(session, at, Permission.POST_COUNT, approval_id)
    take = get_take(session, stocktake_id)
    if take.status == StocktakeState.POSTING:
        return approver
    require_move("stocktake", take.status, StocktakeState.POSTING)
    _bring_up_to_date(session, take)
    take = get_take(session, stocktake_id)
    _require_settled(session, take)
    _set_status(session, take, StocktakeState.POSTING)
    return approver


def _require_settled(session: Session, take: AnyRow) -> None:
    found = open_before_post(session, take)
    if found.unsure_qty:
        raise WrongState("stocktake", "unsure", "post")
    if found.other_person_qty:
        raise WrongState("stocktake", "other_person", "post")


def _bring_up_to_date(session: Session, take: AnyRow) -> set[int]:
    """Take in what put the books right since the last scan; return the discs it changed."""
    change = Change(take, newest_move(session))
    touched = take_in_corrections(session, change) | follow_merges(session, change)
    keep(session, change)
    return touched


def _set_status(session: Session, take: AnyRow, status: StocktakeState, **more: Any) -> None:
    require_move("stocktake", take.status, status)
    session.execute(update(STOCKTAKE).where(STOCKTAKE.c.id == take.id).values(status=status.value, **more))


def _clear_some(session: Session, stocktake_id: int) -> int:
    """Take away some of what was staged; returns how many rows."""
    some = select(_staged.place).where(_staged.stocktake_id == stocktake_id).order_by(_staged.place).limit(_AT_ONCE * 4)
    last = session.execute(select(func.max(some.subquery().c.place))).scalar()
    if last is None:
        return 0
    session.execute(delete(STOCKTAKE_POST).where(_staged.stocktake_id == stocktake_id, _staged.place <= last))
    return 1


def _stage(db: Database, stocktake_id: int, progress: Progress | None) -> None:
    total = db.ask(_count_differences, stocktake_id)
    done, after_id = 0, 0
    while piece := db.run(_stage_lines, stocktake_id, after_id):
        after_id, done = piece[0], done + piece[1]
        if progress is not None:
            progress(min(done, total), total)
    after_id = 0
    while last_id := db.run(_stage_copies, stocktake_id, after_id):
        after_id = last_id


def _count_differences(session: Session, stocktake_id: int) -> int:
    query = select(func.count()).where(_line.stocktake_id == stocktake_id, IS_DIFFERENT)
    return int(session.execute(query).scalar_one())


def _stage_lines(session: Session, stocktake_id: int, after_id: int) -> tuple[int, int] | None:
    """Stage the next differences, worked out from the balances of now; return the last disc and how many."""
    _require_posting(session, stocktake_id)
    lines = _differences(session, stocktake_id, _line.edition_id > after_id, _AT_ONCE)
    _write_staged(session, stocktake_id, [_move_of(line) for line in lines])
    return (lines[-1].edition_id, len(lines)) if lines else None


def _stage_copies(session: Session, stocktake_id: int, after_id: int) -> int | None:
    take = _require_posting(session, stocktake_id)
    copies = session.execute(
        select(_copy.copy_id, _copy.edition_id, COPY.c.cost_minor)
        .join(COPY, COPY.c.id == _copy.copy_id)
        .where(_copy.stocktake_id == stocktake_id, _copy.copy_id > after_id, IS_MISSING, stayed_here(take))
        .order_by(_copy.copy_id)
        .limit(_AT_ONCE)
    ).all()
    rows = [
        {"edition_id": row.edition_id, "copy_id": row.copy_id, "qty": -1, "cost_minor": -row.cost_minor,
         "on_hand_qty": 0, "value_minor": 0}
        for row in copies
    ]  # fmt: skip
    _write_staged(session, stocktake_id, rows)
    return int(copies[-1].copy_id) if copies else None


def _differences(session: Session, stocktake_id: int, which: Any, limit: int | None = None) -> Sequence[AnyRow]:
    query = (
        select(
            _line.edition_id,
            (_line.counted_qty - _line.expected_qty).label("qty"),
            STOCK.c.on_hand_qty,
            STOCK.c.value_minor,
            STOCK.c.last_cost_minor,
        )
        .join(STOCK, STOCK.c.edition_id == _line.edition_id)
        .where(_line.stocktake_id == stocktake_id, which, IS_DIFFERENT)
        .order_by(_line.edition_id)
        .limit(limit)
    )
    return session.execute(query).all()


def _move_of(line: AnyRow) -> dict[str, Any]:
    cost = difference_cost(line.qty, line.on_hand_qty, line.value_minor, line.last_cost_minor)
    return {
        "edition_id": line.edition_id,
        "copy_id": None,
        "qty": line.qty,
        "cost_minor": cost,
        "on_hand_qty": line.on_hand_qty,
        "value_minor": line.value_minor,
    }


def _write_staged(session: Session, stocktake_id: int, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    last = select(func.coalesce(func.max(_staged.place), 0)).where(_staged.stocktake_id == stocktake_id)
    first = int(session.execute(last).scalar_one()) + 1
    values = [{"stocktake_id": stocktake_id, "place": place, **row} for place, row in enumerate(rows, first)]
    session.execute(insert(STOCKTAKE_POST), values)


def _require_posting(session: Session, stocktake_id: int) -> AnyRow:
    take = get_take(session, stocktake_id)
    if take.status != StocktakeState.POSTING:
        raise WrongState("stocktake", take.status, "post")
    return take


def _finish(session: Session, at: At, stocktake_id: int, approver: str) -> StocktakePostedOutcome | None:
    """The last step. None when what is staged is not the whole: another till staged too, and it has to be done anew."""
    take = _require_posting(session, stocktake_id)
    touched = _bring_up_to_date(session, take)
    if touched:
        _require_settled(session, get_take(session, stocktake_id))
    _stage_anew(session, stocktake_id, touched | _stale(session, stocktake_id))
    _leave_out_moved(session, take)
    own = _staged.stocktake_id == stocktake_id
    is_line = and_(own, _staged.copy_id.is_(None))
    sums = session.execute(
        select(
            func.count().filter(is_line),
            func.count(_staged.edition_id.distinct()).filter(is_line),
            func.coalesce(func.sum(-_staged.qty).filter(is_line, _staged.qty < 0), 0),
            func.coalesce(func.sum(_staged.qty).filter(is_line, _staged.qty > 0), 0),
            func.count().filter(own, _staged.copy_id.is_not(None)),
            func.coalesce(func.sum(_staged.cost_minor), 0),
        ).where(own)
    ).one()
    if not sums[0] == sums[1] == _count_differences(session, stocktake_id):
        return None
    edition_ids = tuple(session.scalars(select(_staged.edition_id).where(is_line)))
    _write_ledger(session, at, stocktake_id)
    _change_balances(session, stocktake_id)
    day = shop_day(at, shop_settings.get_settings(session))
    _set_status(session, take, StocktakeState.POSTED, posted_at=at.now, posted_on=day,
                posted_by=at.actor.staff_id or None)  # fmt: skip
    missing, surplus, copies, variance = (int(value) for value in sums[2:])
    audit.record(session, at, "count_posted", take.name, amount_minor=variance, approved_by=approver,
                 stocktake_id=stocktake_id, missing=missing, surplus=surplus, copies=copies)  # fmt: skip
    return StocktakePostedOutcome(
        get_stocktake(session, at, stocktake_id), edition_ids, missing, surplus, copies, variance
    )


def _stale(session: Session, stocktake_id: int) -> set[int]:
    """The discs whose balance changed since their move was worked out."""
    changed = or_(_staged.on_hand_qty != STOCK.c.on_hand_qty, _staged.value_minor != STOCK.c.value_minor)
    query = (
        select(_staged.edition_id)
        .join(STOCK, STOCK.c.edition_id == _staged.edition_id)
        .where(_staged.stocktake_id == stocktake_id, _staged.copy_id.is_(None), changed)
    )
    return set(session.scalars(query))


def _stage_anew(session: Session, stocktake_id: int, edition_ids: set[int]) -> None:
    if not edition_ids:
        return
    wanted = sorted(edition_ids)
    session.execute(
        delete(STOCKTAKE_POST).where(
            _staged.stocktake_id == stocktake_id, _staged.edition_id.in_(wanted), _staged.copy_id.is_(None)
        )
    )
    lines = _differences(session, stocktake_id, _line.edition_id.in_(wanted))
    _write_staged(session, stocktake_id, [_move_of(line) for line in lines])


def _leave_out_moved(session: Session, take: AnyRow) -> None:
    """A used copy that went over the counter, or came back, since it was staged is not lost."""
    here = select(COPY.c.id).where(COPY.c.id == _staged.copy_id, stayed_here(take)).correlate(STOCKTAKE_POST).exists()
    session.execute(delete(STOCKTAKE_POST).where(_staged.stocktake_id == take.id, _staged.copy_id.is_not(None), ~here))


def _write_ledger(session: Session, at: At, stocktake_id: int) -> None:
    """Write the staged moves as rows of the ledger, the reason given for each as its note."""
    same_line = and_(_line.stocktake_id == _staged.stocktake_id, _line.edition_id == _staged.edition_id)
    same_copy = and_(_copy.stocktake_id == _staged.stocktake_id, _copy.copy_id == _staged.copy_id)
    day = shop_day(at, shop_settings.get_settings(session))
    for table, same, is_wanted, why in (
        (STOCKTAKE_LINE, same_line, _staged.copy_id.is_(None), StockReason.STOCKTAKE),
        (STOCKTAKE_COPY, same_copy, _staged.copy_id.is_not(None), StockReason.LOSS),
    ):
        values = {
            STOCK_MOVE.c.edition_id: _staged.edition_id,
            STOCK_MOVE.c.copy_id: _staged.copy_id,
            STOCK_MOVE.c.reason: literal(why.value),
            STOCK_MOVE.c.qty: _staged.qty,
            STOCK_MOVE.c.cost_minor: _staged.cost_minor,
            STOCK_MOVE.c.moved_at: literal(at.now, STOCK_MOVE.c.moved_at.type),
            STOCK_MOVE.c.business_on: literal(day, STOCK_MOVE.c.business_on.type),
            STOCK_MOVE.c.staff_id: literal(at.actor.staff_id or None, STOCK_MOVE.c.staff_id.type),
            STOCK_MOVE.c.till_id: literal(at.till),
            STOCK_MOVE.c.note: table.c.reason,
            STOCK_MOVE.c.origin: literal(ORIGIN),
            STOCK_MOVE.c.origin_id: literal(stocktake_id),
        }
        rows = (
            select(*values.values())
            .select_from(STOCKTAKE_POST.join(table, same))
            .where(_staged.stocktake_id == stocktake_id, is_wanted)
            .order_by(_staged.place)
        )
        session.execute(insert(STOCK_MOVE).from_select(list(values), rows))


def _change_balances(session: Session, stocktake_id: int) -> None:
    """Bring balances to what the ledger says now, and used copies that were not found off sale."""
    is_own = and_(_staged.stocktake_id == stocktake_id, _staged.copy_id.is_(None))
    session.execute(
        update(STOCK)
        .where(is_own, STOCK.c.edition_id == _staged.edition_id)
        .values(
            on_hand_qty=STOCK.c.on_hand_qty + _staged.qty,
            value_minor=STOCK.c.value_minor + _staged.cost_minor,
        )
    )
    session.execute(
        update(STOCK)
        .where(is_own, STOCK.c.edition_id == _staged.edition_id, _staged.qty > 0, _staged.cost_minor > 0)
        .values(last_cost_minor=_staged.cost_minor // _staged.qty)
    )
    lost = select(_staged.copy_id).where(_staged.stocktake_id == stocktake_id, _staged.copy_id.is_not(None))
    session.execute(update(COPY).where(COPY.c.id.in_(lost)).values(status=CopyStatus.WITHDRAWN.value))
    session.execute(
        update(STOCKTAKE_COPY).where(_copy.stocktake_id == stocktake_id, _copy.copy_id.in_(lost)).values(result="lost")
    )
