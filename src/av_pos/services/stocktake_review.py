"""Looking a stocktake over before it is posted: its rows by what they wait for, unknown codes, and what stands open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.models import EDITION, STAFF, STOCK
from av_pos.models.stocktaking import STOCKTAKE_COPY, STOCKTAKE_LINE, STOCKTAKE_SCAN
from av_pos.services import access
from av_pos.services.count_ledger import AnyRow
from av_pos.services.count_lines import get_take
from av_pos.services.count_rows import (
    COPIES,
    LINES,
    CountProgress,
    CountRow,
    copy_rows,
    hides_expected,
    line_rows,
    progress_of,
    waits_for_other_person,
)

_LOOK_BACK = 400
_AT_ONCE = 10_000


class RowFilter(StrEnum):
    """Which rows: all, those that differ, those not counted yet, unsure ones, those waiting for another person."""

    ALL = "all"
    DIFFERENCES = "differences"
    UNCOUNTED = "uncounted"
    UNSURE = "unsure"
    OTHER_PERSON = "other_person"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A code that nobody knows: how often it was scanned, and by whom last."""

    code: str
    scans_qty: int
    last_at: datetime
    last_by: str


@dataclass(frozen=True, slots=True)
class PostCheck:
    """What a stocktake would post, and what stands open before it.

    `unsure_qty` and `other_person_qty` must be nought; what was not counted is left as it is, and codes that nobody
    named are kept. `missing_qty` and `surplus_qty` are pieces, `copies_missing_qty` used copies; `variance_minor` is
    at cost. `is_begun` once anything was counted, on the list or beside it.
    """

    is_begun: bool
    unsure_qty: int
    other_person_qty: int
    uncounted_qty: int
    unknown_qty: int
    differences_qty: int
    missing_qty: int
    surplus_qty: int
    copies_missing_qty: int
    variance_minor: int

    @property
    def may_post(self) -> bool:
        """Whether nothing stands in the way."""
        return self.is_begun and self.unsure_qty == 0 and self.other_person_qty == 0


_line, _copy = STOCKTAKE_LINE.c, STOCKTAKE_COPY.c
IS_DIFFERENT: ColumnElement[bool] = and_(_line.counted_qty.is_not(None), _line.counted_qty != _line.expected_qty)
"""The condition on a line whose count is not what was expected."""

IS_MISSING: ColumnElement[bool] = and_(_copy.missing_at.is_not(None), _copy.found_at.is_(None))
"""The condition on a used copy that was looked for in vain."""

_IS_ODD = and_(_copy.found_at.is_not(None), _copy.was_status.in_(("sold", "withdrawn", "rented", "sent_back")))
_is_unsure = and_(_line.is_unsure, _line.accepted_by.is_(None))
_NEWEST_FIRST = (
    select(STOCKTAKE_SCAN.c.edition_id, STOCKTAKE_SCAN.c.copy_id)
    .where(STOCKTAKE_SCAN.c.stocktake_id == bindparam("take"), ~STOCKTAKE_SCAN.c.is_undone)
    .where(STOCKTAKE_SCAN.c.edition_id.is_not(None))
    .order_by(STOCKTAKE_SCAN.c.id.desc())
    .limit(_LOOK_BACK)
)


def progress(session: Session, at: At, stocktake_id: int) -> CountProgress:
    """Return how far a stocktake has come. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.COUNT_STOCK)
    return progress_of(session, at, get_take(session, stocktake_id))


def list_rows(
    session: Session, at: At, stocktake_id: int, wanted: RowFilter = RowFilter.ALL, limit: int = 500
) -> tuple[CountRow, ...]:
    """Return discs and used copies, by shelf, artist and title. Raises NotFound, NotPermitted.

    Of a blind count differences are shown only to who may post it; others see what that person asked to be counted
    again.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    take = get_take(session, stocktake_id)
    if take.is_blind and wanted is RowFilter.DIFFERENCES:
        access.require(session, at, Permission.POST_COUNT)
    condition = _line_filter(take, wanted)
    if wanted is RowFilter.OTHER_PERSON and hides_expected(at, take):
        condition = _line.recount_asked
    lines = session.execute(_sorted(LINES, condition, _line.shelf).limit(limit), {"take": take.id})
    rows = line_rows(session, at, take, lines.all())
    found = session.execute(_sorted(COPIES, _copy_filter(wanted), _copy.shelf).limit(limit), {"take": take.id})
    both = (*rows, *copy_rows(at, take, found.all()))
    return tuple(sorted(both, key=lambda row: (row.shelf, row.artist.casefold(), row.title.casefold()))[:limit])


def list_last(session: Session, at: At, stocktake_id: int, limit: int = 50) -> tuple[CountRow, ...]:
    """Return what was counted last, the newest first, each disc once. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.COUNT_STOCK)
    take = get_take(session, stocktake_id)
    scans = session.execute(_NEWEST_FIRST, {"take": take.id})
    last = list(dict.fromkeys((row.edition_id, row.copy_id) for row in scans))[:limit]
    editions = [edition_id for edition_id, copy_id in last if copy_id is None]
    copies = [copy_id for _edition_id, copy_id in last if copy_id is not None]
    lines = session.execute(LINES.where(_line.edition_id.in_(editions)), {"take": take.id}).all()
    used = session.execute(COPIES.where(_copy.copy_id.in_(copies)), {"take": take.id}).all()
    rows = {(row.edition_id, row.copy_id): row for row in line_rows(session, at, take, lines)}
    rows |= {(row.edition_id, row.copy_id): row for row in copy_rows(at, take, used)}
    return tuple(rows[key] for key in last if key in rows)


def list_unknown(session: Session, at: At, stocktake_id: int) -> tuple[UnknownRow, ...]:
    """Return the codes that nobody knows and that wait to be named, the newest first. Raises NotPermitted."""
    access.require(session, at, Permission.COUNT_STOCK)
    scan = STOCKTAKE_SCAN.c
    query = (
        select(scan.code, func.count(), func.max(scan.id).label("last_id"))
        .where(scan.stocktake_id == stocktake_id, scan.edition_id.is_(None), ~scan.is_undone)
        .group_by(scan.code)
        .order_by(func.max(scan.id).desc())
    )
    found = session.execute(query).all()
    last = (
        select(scan.id, scan.counted_at, STAFF.c.name)
        .outerjoin(STAFF, STAFF.c.id == scan.staff_id)
        .where(scan.id.in_([row.last_id for row in found]))
    )
    by = {row.id: row for row in session.execute(last)}
    return tuple(UnknownRow(row[0], row[1], by[row[2]].counted_at, by[row[2]].name or "") for row in found)


def on_hand(session: Session, edition_ids: Sequence[int]) -> dict[int, int]:
    """Return what the books have of these discs now."""
    found: dict[int, int] = {}
    for first in range(0, len(edition_ids), _AT_ONCE):
        some = edition_ids[first : first + _AT_ONCE]
        query = select(STOCK.c.edition_id, STOCK.c.on_hand_qty).where(STOCK.c.edition_id.in_(some))
        found |= {row[0]: row[1] for row in session.execute(query)}
    return found


def check_post(session: Session, at: At, stocktake_id: int) -> PostCheck:
    """Return what a stocktake would post and what stands open before it. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.POST_COUNT)
    return open_before_post(session, get_take(session, stocktake_id))


def open_before_post(session: Session, take: AnyRow) -> PostCheck:
    """The same, for whoever asked for the permission already."""
    difference = _line.counted_qty - _line.expected_qty
    sums = (
        func.count(_line.counted_qty),
        func.count().filter(waits_for_other_person(take)),
        func.coalesce(func.sum(-difference).filter(IS_DIFFERENT, difference < 0), 0),
        func.coalesce(func.sum(difference).filter(IS_DIFFERENT, difference > 0), 0),
    )
    counted, waits, missing, surplus = session.execute(select(*sums).where(_line.stocktake_id == take.id)).one()
    found, gone = func.count(_copy.found_at), func.count().filter(IS_MISSING)
    copies_found, copies_gone = session.execute(select(found, gone).where(_copy.stocktake_id == take.id)).one()
    return PostCheck(
        is_begun=bool(counted or copies_found or copies_gone),
        unsure_qty=take.unsure_qty,
        other_person_qty=int(waits),
        uncounted_qty=take.lines_qty - take.counted_qty,
        unknown_qty=take.unknown_qty,
        differences_qty=take.differences_qty,
        missing_qty=int(missing),
        surplus_qty=int(surplus),
        copies_missing_qty=int(copies_gone),
        variance_minor=take.variance_minor,
    )


def _sorted(query: Select[Any], wanted: ColumnElement[bool] | None, shelf: ColumnElement[str]) -> Select[Any]:
    query = query if wanted is None else query.where(wanted)
    return query.order_by(shelf, func.lower(EDITION.c.artist), func.lower(EDITION.c.title), EDITION.c.id)


def _line_filter(take: AnyRow, wanted: RowFilter) -> ColumnElement[bool] | None:
    return {
        RowFilter.ALL: None,
        RowFilter.DIFFERENCES: IS_DIFFERENT,
        RowFilter.UNCOUNTED: and_(_line.counted_qty.is_(None), _line.is_in_scope),
        RowFilter.UNSURE: _is_unsure,
        RowFilter.OTHER_PERSON: waits_for_other_person(take),
        RowFilter.BESIDE: ~_line.is_in_scope,
    }[wanted]


def _copy_filter(wanted: RowFilter) -> ColumnElement[bool] | None:
    nothing = and_(_copy.copy_id.is_(None))
    return {
        RowFilter.ALL: None,
        RowFilter.DIFFERENCES: or_(IS_MISSING, _IS_ODD),
        RowFilter.UNCOUNTED: and_(_copy.found_at.is_(None), _copy.missing_at.is_(None), _copy.is_in_scope),
        RowFilter.UNSURE: nothing,
        RowFilter.OTHER_PERSON: nothing,
        RowFilter.BESIDE: ~_copy.is_in_scope,
    }[wanted]
