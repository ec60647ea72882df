"""Stocktakes: begin one over the shop, a shelf, a category or the riskiest discs; list, look up and drop them.

Several may be open at once, but a disc is on one open list only, or nobody would know whose count holds: a list that is
begun later leaves out what is on another one and says how many discs that were.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.states import StocktakeState, require_move
from av_pos.domain.stocktake import MOST_MINUTES, Scope
from av_pos.errors import InvalidInput, WrongState
from av_pos.models import STAFF
from av_pos.models.stocktaking import STOCKTAKE, STOCKTAKE_COPY, STOCKTAKE_LINE
from av_pos.services import access, audit, shop_settings, stocktake_lists
from av_pos.services.count_ledger import AnyRow, newest_move
from av_pos.services.count_lines import get_take
from av_pos.services.count_rows import sees_values
from av_pos.services.edition_store import shop_day
from av_pos.services.stocktake_lists import ListedCopy, ListedDisc, copies_on, discs_on, open_takes
from av_pos.services.typed_text import read_line

Progress = Callable[[int, int], None]
"""Is told how many lines of how many are written."""

_AT_ONCE = 500
_LONGEST_NAME = 80
MOST_TOLERATED_QTY, MOST_TOLERATED_MINOR = 9999, 10**12


@dataclass(frozen=True, slots=True)
class NewStocktake:
    """What is to be counted and how. `value` is the shelf, category or style; `minutes` those of a list by risk.

    A difference of more than `tolerance_qty` pieces, or more than `tolerance_minor` at cost, is counted again by
    somebody else.
    """

    scope: Scope
    value: str = ""
    minutes: int = 10
    name: str = ""
    is_blind: bool = False
    tolerance_qty: int = 1
    tolerance_minor: int = 100_00


@dataclass(frozen=True, slots=True)
class StocktakeRow:
    """A stocktake as a list shows it; `variance_minor` is None for who may not see it."""

    stocktake_id: int
    status: str
    scope: str
    scope_value: str
    name: str
    is_blind: bool
    tolerance_qty: int
    tolerance_minor: int
    began_at: datetime
    began_by: str
    till: int
    posted_at: datetime | None
    posted_by: str
    to_count_qty: int
    counted_qty: int
    differences_qty: int
    variance_minor: int | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A stocktake that was begun, and how many discs of its scope were left out: another open one counts them."""

    stocktake: StocktakeRow
    left_out_qty: int


def begin(db: Database, at: At, new: NewStocktake, progress: Progress | None = None) -> Begun:
    """Workflow: begin a stocktake; its list is written in short steps and can be counted once it is whole.

    Raises InvalidInput, also when there is nothing to count; NotPermitted. Killed in the middle, it stays `making`
    until `finish_making` or `drop`.
    """
    stocktake_id = db.run(_write_head, at, new)
    return finish_making(db, at, stocktake_id, progress)


def finish_making(db: Database, at: At, stocktake_id: int, progress: Progress | None = None) -> Begun:
    """Workflow: write the rest of a list that was broken off. Raises as `begin`; NotFound, WrongState."""
    discs, copies = db.ask(_wanted, at, stocktake_id)
    total, left_out = len(discs) + len(copies), 0
    for first in range(0, len(discs), _AT_ONCE):
        left_out += db.run(_write_discs, stocktake_id, discs[first : first + _AT_ONCE])
        if progress is not None:
            progress(first, total)
    for first in range(0, len(copies), _AT_ONCE):
        left_out += db.run(_write_copies, stocktake_id, copies[first : first + _AT_ONCE])
    is_empty = not db.run(_open, at, stocktake_id)
    if is_empty:
        raise InvalidInput("scope", "", "on_other_lists" if left_out else "nothing_to_count")
    return Begun(db.ask(get_stocktake, at, stocktake_id), left_out)


def get_stocktake(session: Session, at: At, stocktake_id: int) -> StocktakeRow:
    """Return a stocktake. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.COUNT_STOCK)
    return _row(at, get_take(session, stocktake_id), _names(session))


def list_stocktakes(session: Session, at: At, limit: int = 50) -> tuple[StocktakeRow, ...]:
    """Return stocktakes, those not over first, then the newest. Raises NotPermitted."""
    access.require(session, at, Permission.COUNT_STOCK)
    is_over = case((STOCKTAKE.c.status.in_((StocktakeState.POSTED, StocktakeState.DROPPED)), 1), else_=0)
    query = select(STOCKTAKE).order_by(is_over, STOCKTAKE.c.id.desc()).limit(limit)
    names = _names(session)
    return tuple(_row(at, take, names) for take in session.execute(query))


def drop(session: Session, at: At, stocktake_id: int) -> StocktakeRow:
    """Drop a stocktake: nothing of it is posted, its log stays. Raises NotFound, WrongState, NotPermitted."""
    access.require(session, at, Permission.POST_COUNT)
    take = get_take(session, stocktake_id)
    require_move("stocktake", take.status, StocktakeState.DROPPED)
    dropped = {"status": StocktakeState.DROPPED.value}
    session.execute(update(STOCKTAKE).where(STOCKTAKE.c.id == stocktake_id).values(**dropped))
    audit.record(session, at, "count_dropped", take.name, stocktake_id=stocktake_id, count=take.counted_qty)
    return get_stocktake(session, at, stocktake_id)


def _write_head(session: Session, at: At, new: NewStocktake) -> int:
    access.require(session, at, Permission.POST_COUNT)
    value = read_line("scope", new.value, _LONGEST_NAME)
    if new.scope in (Scope.SHELF, Scope.CATEGORY) and not value:
        raise InvalidInput("scope", "", "empty")
    if new.scope is Scope.RISK:
        if not 1 <= new.minutes <= MOST_MINUTES:
            raise InvalidInput("minutes", str(new.minutes), "out_of_range")
        value = str(new.minutes)
    if not 0 <= new.tolerance_qty <= MOST_TOLERATED_QTY or not 0 <= new.tolerance_minor <= MOST_TOLERATED_MINOR:
        raise InvalidInput("tolerance", "", "out_of_range")
    newest = newest_move(session)
    values = {
        "status": StocktakeState.MAKING.value,
        "scope": new.scope.value,
        "scope_value": value if new.scope is not Scope.SHOP else "",
        "name": read_line("name", new.name, _LONGEST_NAME),
        "is_blind": new.is_blind,
        "tolerance_qty": new.tolerance_qty,
        "tolerance_minor": new.tolerance_minor,
        "began_at": at.now,
        "began_on": shop_day(at, shop_settings.get_settings(session)),
        "began_by": at.actor.staff_id or None,
        "till_id": at.till,
        "began_move_id": newest,
        "seen_move_id": newest,
    }
    return int(session.execute(insert(STOCKTAKE).values(**values).returning(STOCKTAKE.c.id)).scalar_one())


def _wanted(session: Session, at: At, stocktake_id: int) -> tuple[list[ListedDisc], list[ListedCopy]]:
    """Everything that goes on the list, read without holding up a sale."""
    access.require(session, at, Permission.POST_COUNT)
    take = get_take(session, stocktake_id)
    if take.status != StocktakeState.MAKING:
        raise WrongState("stocktake", take.status, "make")
    scope = Scope(take.scope)
    if scope is Scope.RISK:
        today: date = take.began_on
        discs = stocktake_lists.list_by_risk(session, at.now, today, int(take.scope_value))
    else:
        discs = stocktake_lists.list_discs(session, scope, take.scope_value)
    copies = stocktake_lists.list_copies(session, scope, take.scope_value, [disc.edition_id for disc in discs])
    return discs, copies


def _write_discs(session: Session, stocktake_id: int, discs: Sequence[ListedDisc]) -> int:
    """Write some lines; return how many discs were left out."""
    _require_making(session, stocktake_id)
    ids = [disc.edition_id for disc in discs]
    taken, own = discs_on(session, open_takes(session, stocktake_id), ids), discs_on(session, [stocktake_id], ids)
    rows: list[dict[str, Any]] = [
        {"stocktake_id": stocktake_id, "edition_id": disc.edition_id, "is_in_scope": True, "shelf": disc.shelf,
         "why": disc.why}
        for disc in discs
        if disc.edition_id not in taken and disc.edition_id not in own
    ]  # fmt: skip
    if rows:
        session.execute(insert(STOCKTAKE_LINE), rows)
    return len(taken)


def _write_copies(session: Session, stocktake_id: int, copies: Sequence[ListedCopy]) -> int:
    _require_making(session, stocktake_id)
    ids = [copy.copy_id for copy in copies]
    taken, own = copies_on(session, open_takes(session, stocktake_id), ids), copies_on(session, [stocktake_id], ids)
    rows: list[dict[str, Any]] = [
        {"stocktake_id": stocktake_id, "copy_id": copy.copy_id, "edition_id": copy.edition_id, "is_in_scope": True,
         "shelf": copy.shelf, "was_status": copy.was_status}
        for copy in copies
        if copy.copy_id not in taken and copy.copy_id not in own
    ]  # fmt: skip
    if rows:
        session.execute(insert(STOCKTAKE_COPY), rows)
    return len(taken)


def _require_making(session: Session, stocktake_id: int) -> None:
    status = get_take(session, stocktake_id).status
    if status != StocktakeState.MAKING:
        raise WrongState("stocktake", status, "make")


def _open(session: Session, at: At, stocktake_id: int) -> bool:
    """Let a list that is whole be counted; one with nothing on it was no beginning. Says whether there is something."""
    _require_making(session, stocktake_id)
    lines = sum(
        session.execute(
            select(func.count()).select_from(table).where(table.c.stocktake_id == stocktake_id)
        ).scalar_one()
        for table in (STOCKTAKE_LINE, STOCKTAKE_COPY)
    )
    if not lines:
        session.execute(delete(STOCKTAKE).where(STOCKTAKE.c.id == stocktake_id))
        return False
    opened = {"status": StocktakeState.OPEN.value, "lines_qty": lines}
    session.execute(update(STOCKTAKE).where(STOCKTAKE.c.id == stocktake_id).values(**opened))
    take = get_take(session, stocktake_id)
    audit.record(session, at, "count_begun", take.name, stocktake_id=stocktake_id, scope=take.scope,
                 scope_value=take.scope_value, count=lines)  # fmt: skip
    return True


def _names(session: Session) -> dict[int, str]:
    return {row[0]: row[1] for row in session.execute(select(STAFF.c.id, STAFF.c.name))}


def _row(at: At, take: AnyRow, names: dict[int, str]) -> StocktakeRow:
    hides = bool(take.is_blind) and not allowed(at.actor.role, Permission.POST_COUNT)
    return StocktakeRow(
        stocktake_id=take.id,
        status=take.status,
        scope=take.scope,
        scope_value=take.scope_value,
        name=take.name,
        is_blind=take.is_blind,
        tolerance_qty=take.tolerance_qty,
        tolerance_minor=take.tolerance_minor,
        began_at=take.began_at,
        began_by=names.get(take.began_by, ""),
        till=take.till_id,
        posted_at=take.posted_at,
        posted_by=names.get(take.posted_by, ""),
        to_count_qty=take.lines_qty,
        counted_qty=take.counted_qty,
        differences_qty=0 if hides else take.differences_qty,
        variance_minor=take.variance_minor if sees_values(at, take) else None,
    )
