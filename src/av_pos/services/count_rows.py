"""Lines and used copies of a stocktake as a screen shows them, and how far it has come; nothing here changes anything.

Of a blind count nobody sees what is expected but who may post it. Values at cost are for those who may see cost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.grades import grade_text
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.stocktake import CountTotals, exceeds, match_bp, pace
from av_pos.errors import NotFound
from av_pos.models import BARCODE, COPY, EDITION, STAFF, STOCK_MOVE
from av_pos.models.stocktaking import STOCKTAKE_COPY, STOCKTAKE_LINE, STOCKTAKE_SCAN
from av_pos.services.count_ledger import IS_BOOK_ONLY, AnyRow

_PACE_S = 180
_PACE_SCANS = 600
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class MovedSince:
    """Pieces that came (+) or went (−) after the last scan of a disc; the count allows for them."""

    reason: str
    qty: int
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class CountRow:
    """One disc, or one used copy, of a stocktake. What somebody may not see, or was not counted, is None.

    `why` is what put it on a list chosen by risk; `expected_qty` of what was not counted is None. Of a used copy
    `status` is where the books have it now, `result` what became of it: "back" or "lost".
    """

    edition_id: int
    copy_id: int | None
    title: str
    artist: str
    format: str
    code: str
    grade: str
    shelf: str
    is_in_scope: bool
    count_round: int
    counted_qty: int | None
    expected_qty: int | None
    difference_qty: int | None
    value_minor: int | None
    counted_at: datetime | None
    counted_by: str
    before_counted_qty: int | None
    before_by: str
    is_unsure: bool
    is_accepted: bool
    is_merged: bool
    recount_asked: bool
    needs_other_person: bool
    why: str
    reason: str
    note: str
    was_status: str = ""
    status: str = ""
    result: str = ""
    moved: tuple[MovedSince, ...] = ()


@dataclass(frozen=True, slots=True)
class CountProgress:
    """How far a stocktake has come. `match_bp` and `variance_minor` are None for who may not see them."""

    to_count_qty: int
    counted_qty: int
    uncounted_qty: int
    differences_qty: int | None
    unsure_qty: int
    unknown_qty: int
    match_bp: int | None
    variance_minor: int | None
    scans_a_minute: int


_printed = (
    select(func.coalesce(func.nullif(BARCODE.c.printed, ""), BARCODE.c.code))
    .where(BARCODE.c.edition_id == EDITION.c.id)
    .order_by(BARCODE.c.id)
    .limit(1)
    .correlate(EDITION)
    .scalar_subquery()
)
_counter, _before = STAFF.alias("counter"), STAFF.alias("before")
LINES: Select[Any] = (
    select(
        STOCKTAKE_LINE,
        EDITION.c.title,
        EDITION.c.artist,
        EDITION.c.format,
        EDITION.c.merged_into_id,
        _printed.label("printed"),
        _counter.c.name.label("counter_name"),
        _before.c.name.label("before_name"),
    )
    .join(EDITION, EDITION.c.id == STOCKTAKE_LINE.c.edition_id)
    .outerjoin(_counter, _counter.c.id == STOCKTAKE_LINE.c.counted_by)
    .outerjoin(_before, _before.c.id == STOCKTAKE_LINE.c.before_by)
    .where(STOCKTAKE_LINE.c.stocktake_id == bindparam("take"))
)
"""Lines of a stocktake with all that a row shows."""

COPIES: Select[Any] = (
    select(
        STOCKTAKE_COPY,
        EDITION.c.title,
        EDITION.c.artist,
        EDITION.c.format,
        COPY.c.media_grade,
        COPY.c.sleeve_grade,
        COPY.c.cost_minor,
        COPY.c.status,
        _counter.c.name.label("counter_name"),
    )
    .join(COPY, COPY.c.id == STOCKTAKE_COPY.c.copy_id)
    .join(EDITION, EDITION.c.id == STOCKTAKE_COPY.c.edition_id)
    .outerjoin(_counter, _counter.c.id == func.coalesce(STOCKTAKE_COPY.c.found_by, STOCKTAKE_COPY.c.missing_by))
    .where(STOCKTAKE_COPY.c.stocktake_id == bindparam("take"))
)
"""Used copies of a stocktake with all that a row shows."""

_ONE_LINE = LINES.where(STOCKTAKE_LINE.c.edition_id == bindparam("edition"))
_ONE_COPY = COPIES.where(STOCKTAKE_COPY.c.copy_id == bindparam("copy"))
_MOVED = (
    select(STOCK_MOVE.c.id, STOCK_MOVE.c.edition_id, STOCK_MOVE.c.reason, STOCK_MOVE.c.qty, STOCK_MOVE.c.moved_at)
    .where(
        STOCK_MOVE.c.edition_id.in_(bindparam("editions", expanding=True)),
        STOCK_MOVE.c.id > bindparam("after"),
        STOCK_MOVE.c.copy_id.is_(None),
        ~IS_BOOK_ONLY,
    )
    .order_by(STOCK_MOVE.c.id)
)
_newest = (
    select(STOCKTAKE_SCAN.c.stocktake_id, STOCKTAKE_SCAN.c.counted_at, STOCKTAKE_SCAN.c.is_undone)
    .order_by(STOCKTAKE_SCAN.c.id.desc())
    .limit(_PACE_SCANS)
    .subquery()
)
_LATELY = select(func.count(), func.min(_newest.c.counted_at)).where(
    _newest.c.stocktake_id == bindparam("take"),
    ~_newest.c.is_undone,
    _newest.c.counted_at > bindparam("since", type_=_newest.c.counted_at.type),
    _newest.c.counted_at <= bindparam("now", type_=_newest.c.counted_at.type),
)


def edition_row(session: Session, at: At, take: AnyRow, edition_id: int) -> CountRow:
    """Return one disc of a stocktake. Raises NotFound when it has no line."""
    row = session.execute(_ONE_LINE, {"take": take.id, "edition": edition_id}).first()
    if row is None:
        raise NotFound("stocktake_line", str(edition_id))
    return line_rows(session, at, take, (row,))[0]


def copy_row(session: Session, at: At, take: AnyRow, copy_id: int) -> CountRow:
    """Return one used copy of a stocktake. Raises NotFound when it has no line."""
    row = session.execute(_ONE_COPY, {"take": take.id, "copy": copy_id}).first()
    if row is None:
        raise NotFound("stocktake_copy", str(copy_id))
    return copy_rows(at, take, (row,))[0]


def line_rows(session: Session, at: At, take: AnyRow, rows: Sequence[AnyRow]) -> tuple[CountRow, ...]:
    """Return these lines as a screen shows them, with what moved since each was counted."""
    counted = [row for row in rows if row.last_move_id is not None]
    moved: dict[int, list[AnyRow]] = {}
    for first in range(0, len(counted), _AT_ONCE):
        some = counted[first : first + _AT_ONCE]
        after = min(row.last_move_id for row in some)
        for move in session.execute(_MOVED, {"editions": [row.edition_id for row in some], "after": after}):
            moved.setdefault(move.edition_id, []).append(move)
    return tuple(_line_row(at, take, row, moved.get(row.edition_id, ())) for row in rows)


def copy_rows(at: At, take: AnyRow, rows: Iterable[AnyRow]) -> tuple[CountRow, ...]:
    """Return these used copies as a screen shows them: found is one piece, looked for in vain is none."""
    return tuple(_copy_row(at, take, row) for row in rows)


def progress_of(session: Session, at: At, take: AnyRow) -> CountProgress:
    """Return how far a stocktake has come."""
    lately, first_at = session.execute(
        _LATELY, {"take": take.id, "since": at.now - timedelta(seconds=_PACE_S), "now": at.now}
    ).one()
    totals = CountTotals(take.counted_qty, take.matches_qty, take.differences_qty, take.unsure_qty, take.variance_minor)
    is_blind = hides_expected(at, take)
    return CountProgress(
        to_count_qty=take.lines_qty,
        counted_qty=take.counted_qty,
        uncounted_qty=take.lines_qty - take.counted_qty,
        differences_qty=None if is_blind else take.differences_qty,
        unsure_qty=take.unsure_qty,
        unknown_qty=take.unknown_qty,
        match_bp=None if is_blind else match_bp(totals),
        variance_minor=take.variance_minor if sees_values(at, take) else None,
        scans_a_minute=pace(lately, (at.now - first_at).total_seconds()) if lately else 0,
    )


def sees_values(at: At, take: AnyRow) -> bool:
    """Say whether somebody sees what differences are worth."""
    return not hides_expected(at, take) and allowed(at.actor.role, Permission.VIEW_COST)


def needs_other_person(take: AnyRow, line: AnyRow) -> bool:
    """Say whether a line waits for a second count by somebody else, or a manager's word that it need not."""
    if line.counted_qty is None or line.is_unsure or line.accepted_by is not None:
        return False
    if line.round > 1 and not line.before_is_unsure:
        return False
    difference = line.counted_qty - line.expected_qty
    return exceeds(difference, line.unit_minor, take.tolerance_qty, take.tolerance_minor)


def waits_for_other_person(take: AnyRow) -> ColumnElement[bool]:
    """The same as a condition on lines, for counting them."""
    line = STOCKTAKE_LINE.c
    difference = func.abs(line.counted_qty - line.expected_qty)
    is_first = (line.round == 1) | line.before_is_unsure
    too_much = (difference > take.tolerance_qty) | (difference * line.unit_minor > take.tolerance_minor)
    return and_(line.counted_qty.is_not(None), ~line.is_unsure, line.accepted_by.is_(None), is_first, too_much)


def hides_expected(at: At, take: AnyRow) -> bool:
    """Say whether somebody may not know what is expected: of a blind count only who may post it knows."""
    return bool(take.is_blind) and not allowed(at.actor.role, Permission.POST_COUNT)


def _line_row(at: At, take: AnyRow, row: AnyRow, moved: Sequence[AnyRow]) -> CountRow:
    is_blind = hides_expected(at, take)
    difference = None if row.counted_qty is None else row.counted_qty - row.expected_qty
    return CountRow(
        edition_id=row.edition_id,
        copy_id=None,
        title=row.title,
        artist=row.artist,
        format=row.format,
        code=row.printed or shop_code(CodeKind.EDITION, row.edition_id),
        grade="",
        shelf=row.shelf,
        is_in_scope=row.is_in_scope,
        count_round=row.round,
        counted_qty=row.counted_qty,
        expected_qty=None if is_blind else row.expected_qty,
        difference_qty=None if is_blind else difference,
        value_minor=difference * row.unit_minor if difference is not None and sees_values(at, take) else None,
        counted_at=row.counted_at,
        counted_by=row.counter_name or "",
        before_counted_qty=row.before_counted_qty,
        before_by=row.before_name or "",
        is_unsure=row.is_unsure,
        is_accepted=row.accepted_by is not None,
        is_merged=row.merged_into_id is not None,
        recount_asked=row.recount_asked,
        # While pieces are still being scanned this would tell a blind count when there are enough of them.
        needs_other_person=not is_blind and needs_other_person(take, row),
        why=row.why,
        reason=row.reason,
        note=row.note,
        moved=tuple(MovedSince(move.reason, move.qty, move.moved_at) for move in moved if move.id > row.last_move_id)
        if row.last_move_id is not None
        else (),
    )


def _copy_row(at: At, take: AnyRow, row: AnyRow) -> CountRow:
    is_blind = hides_expected(at, take)
    was_here = row.was_status not in ("sold", "withdrawn", "rented", "sent_back")
    counted = 1 if row.found_at is not None else 0 if row.missing_at is not None else None
    difference = None if counted is None else counted - int(was_here)
    return CountRow(
        edition_id=row.edition_id,
        copy_id=row.copy_id,
        title=row.title,
        artist=row.artist,
        format=row.format,
        code=shop_code(CodeKind.COPY, row.copy_id),
        grade=grade_text(row.media_grade, row.sleeve_grade),
        shelf=row.shelf,
        is_in_scope=row.is_in_scope,
        count_round=1,
        counted_qty=counted,
        expected_qty=None if is_blind else int(was_here),
        difference_qty=None if is_blind else difference,
        value_minor=-row.cost_minor if counted == 0 and sees_values(at, take) else None,
        counted_at=row.found_at or row.missing_at,
        counted_by=row.counter_name or "",
        before_counted_qty=None,
        before_by="",
        is_unsure=False,
        is_accepted=False,
        is_merged=False,
        recount_asked=row.recount_asked,
        needs_other_person=False,
        why="",
        reason=row.reason,
        note=row.note,
        was_status=row.was_status,
        status=row.status,
        result=row.result,
    )
