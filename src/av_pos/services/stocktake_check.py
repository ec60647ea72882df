"""Holds stocktakes against their log and the ledger: lines, totals, and what was posted of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from av_pos.domain.states import CopyStatus
from av_pos.domain.stock import piece_cost, unit_cost
from av_pos.domain.stocktake import CountedScan, CountTotals, ScanKind, tally
from av_pos.models import COPY, STOCK_MOVE
from av_pos.models.stocktaking import STOCKTAKE, STOCKTAKE_COPY, STOCKTAKE_LINE, STOCKTAKE_SCAN
from av_pos.services.count_ledger import BY_DOCUMENT, IS_BOOK_ONLY, AnyRow
from av_pos.services.count_lines import LINE_KINDS, share_of
from av_pos.services.counting import share_of_copy
from av_pos.services.findings import Check, Findings, Place

PIECE = 1000

_line, _scan, _move = STOCKTAKE_LINE.c, STOCKTAKE_SCAN.c, STOCK_MOVE.c
_takes = select(STOCKTAKE.c.id)
_PIECES = {ScanKind.SCAN: 1, ScanKind.COPY: 1, ScanKind.NONE: 0}
_COLUMNS = ("counted_qty", "matches_qty", "differences_qty", "unsure_qty", "variance_minor")

Key = tuple[int, int]
"""A stocktake and a disc."""


def check_takes(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the totals of the next stocktake behind `after_id`; return its id and 0, None when there are no more."""
    take = session.execute(select(STOCKTAKE).where(STOCKTAKE.c.id > after_id).order_by(STOCKTAKE.c.id).limit(1)).first()
    if take is None:
        return None
    own, totals, in_scope = _line.stocktake_id == take.id, CountTotals(), 0
    for line in session.execute(select(STOCKTAKE_LINE).where(own)):
        totals += share_of(line._mapping)
        in_scope += line.is_in_scope
    copies = select(STOCKTAKE_COPY, COPY.c.cost_minor).join(COPY, COPY.c.id == STOCKTAKE_COPY.c.copy_id)
    for copy in session.execute(copies.where(STOCKTAKE_COPY.c.stocktake_id == take.id)):
        totals += share_of_copy(dict(copy._mapping))
        in_scope += copy.is_in_scope
    unnamed = and_(_scan.stocktake_id == take.id, _scan.edition_id.is_(None))
    for scan in session.execute(select(_scan.id, _scan.qty, _scan.on_hand_qty).where(unnamed)):
        alone = {"qty": 1, "on_hand_qty": None}
        findings.compare(Check.STOCKTAKES, Place(STOCKTAKE_SCAN, str(scan.id)), alone, scan._mapping)
    codes = select(func.count(_scan.code.distinct())).where(unnamed, ~_scan.is_undone)
    expected = {name: getattr(totals, name) for name in _COLUMNS}
    if take.status != "making":
        expected["lines_qty"] = in_scope
    expected["unknown_qty"] = session.execute(codes).scalar_one()
    findings.compare(Check.STOCKTAKES, Place(STOCKTAKE, str(take.id)), expected, take._mapping)
    _check_posted_copies(session, take, findings)
    return int(take.id), 0


def check_lines(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the lines of the next discs behind `after_id`; return the last disc's id and 0, None after the last."""
    ids = (
        select(_line.edition_id)
        .where(_line.edition_id > after_id)
        .distinct()
        .order_by(_line.edition_id)
        .limit(PIECE)
        .subquery()
    )
    last_id = session.execute(select(func.max(ids.c.edition_id))).scalar()
    if last_id is None:
        return None
    between = and_(_line.stocktake_id.in_(_takes), _line.edition_id > after_id, _line.edition_id <= last_id)
    query = (
        select(STOCKTAKE_LINE, STOCKTAKE.c.seen_move_id, STOCKTAKE.c.began_move_id, STOCKTAKE.c.status)
        .join(STOCKTAKE, STOCKTAKE.c.id == _line.stocktake_id)
        .where(between)
    )
    lines = session.execute(query).all()
    scans = _scans(session, after_id, last_id)
    corrections = _corrections(session, after_id, last_id)
    costs = _costs(session, between)
    posted = _posted(session, after_id, last_id)
    _check_scans(session, after_id, last_id, findings)
    for line in lines:
        key = (line.stocktake_id, line.edition_id)
        expected = _line_from(line, scans.get(key, []), corrections.get(line.edition_id, []))
        expected["unit_minor"] = costs.get(key, 0)
        place = Place(STOCKTAKE_LINE, f"{line.stocktake_id}-{line.edition_id}")
        findings.compare(Check.STOCKTAKES, place, expected, line._mapping)
        if line.status == "posted":
            difference = 0 if line.counted_qty is None else line.counted_qty - line.expected_qty
            findings.compare(Check.STOCKTAKES, place, {"posted": difference}, {"posted": posted.get(key, 0)})
    return int(last_id), 0


def _line_from(line: AnyRow, scans: Sequence[AnyRow], corrections: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """What a line's scans say it is, and the count before it."""
    found = _tally_of(scans, line.round)
    before = _tally_of(scans, line.round - 1) if line.round > 1 else None
    began_ids = [scan.move_id for scan in scans if scan.round == line.round]
    return {
        "counted_qty": found.counted_qty if found else None,
        "expected_qty": found.expected_qty + _sum(corrections, found.last_move_id, line.seen_move_id)
        if found
        else None,
        "before_counted_qty": before.counted_qty if before else None,
        "before_expected_qty": before.expected_qty + _sum(corrections, before.last_move_id, min(began_ids, default=0))
        if before
        else None,
    }


def _tally_of(scans: Sequence[AnyRow], count_round: int) -> Any:
    return tally(
        [
            CountedScan(scan.kind, scan.qty, (scan.till_id, scan.staff_id or 0), scan.on_hand_qty, scan.move_id)
            for scan in scans
            if scan.round == count_round and not scan.is_undone
        ]
    )


def _sum(corrections: Sequence[tuple[int, int]], after_id: int, until_id: int) -> int:
    return sum(qty for move_id, qty in corrections if after_id < move_id <= until_id)


def _scans(session: Session, after_id: int, last_id: int) -> dict[Key, list[AnyRow]]:
    query = (
        select(STOCKTAKE_SCAN)
        .where(_scan.stocktake_id.in_(_takes), _scan.edition_id > after_id, _scan.edition_id <= last_id)
        .where(_scan.kind.in_(LINE_KINDS))
        .order_by(_scan.id)
    )
    found: dict[Key, list[AnyRow]] = {}
    for scan in session.execute(query):
        found.setdefault((scan.stocktake_id, scan.edition_id), []).append(scan)
    return found


def _corrections(session: Session, after_id: int, last_id: int) -> dict[int, list[tuple[int, int]]]:
    """Rows of the ledger that put the books right, by disc."""
    query = select(_move.edition_id, _move.id, _move.qty).where(
        _move.edition_id > after_id, _move.edition_id <= last_id, _move.copy_id.is_(None), IS_BOOK_ONLY
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for edition_id, move_id, qty in session.execute(query):
        found.setdefault(edition_id, []).append((move_id, qty))
    return found


def _costs(session: Session, between: Any) -> dict[Key, int]:
    """What one piece of each disc cost when its last piece was counted, by the ledger."""
    comes_in = (_move.qty > 0) & (_move.cost_minor > 0) & _move.reason.not_in(BY_DOCUMENT)
    query = (
        select(
            _line.stocktake_id,
            _line.edition_id,
            func.coalesce(func.sum(_move.qty), 0).label("qty"),
            func.coalesce(func.sum(_move.cost_minor), 0).label("value"),
            func.max(case((comes_in, _move.id))).label("last_id"),
        )
        .outerjoin(
            STOCK_MOVE,
            and_(_move.edition_id == _line.edition_id, _move.id <= _line.last_move_id, _move.copy_id.is_(None)),
        )
        .where(between, _line.counted_qty.is_not(None))
        .group_by(_line.stocktake_id, _line.edition_id)
    )
    rows = session.execute(query).all()
    last = select(_move.id, _move.qty, _move.cost_minor).where(_move.id.in_({row.last_id for row in rows}))
    costs = {row.id: piece_cost(row.cost_minor, row.qty) for row in session.execute(last)}
    return {
        (row.stocktake_id, row.edition_id): unit_cost(int(row.qty), int(row.value), costs.get(row.last_id, 0))
        for row in rows
    }


def _posted(session: Session, after_id: int, last_id: int) -> dict[Key, int]:
    """Pieces that stocktakes moved, by stocktake and disc."""
    query = (
        select(_move.origin_id, _move.edition_id, func.sum(_move.qty))
        .where(_move.edition_id > after_id, _move.edition_id <= last_id)
        .where(_move.origin == "stocktake", _move.copy_id.is_(None))
        .group_by(_move.origin_id, _move.edition_id)
    )
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query)}


def _check_scans(session: Session, after_id: int, last_id: int, findings: Findings) -> None:
    """A scan is one piece, and kept what the ledger had at its row."""
    had = func.coalesce(func.sum(_move.qty), 0)
    query = (
        select(_scan.id, _scan.kind, _scan.qty, _scan.on_hand_qty, had.label("had_qty"))
        .outerjoin(
            STOCK_MOVE,
            and_(_move.edition_id == _scan.edition_id, _move.id <= _scan.move_id, _move.copy_id.is_(None)),
        )
        .where(_scan.stocktake_id.in_(_takes), _scan.edition_id > after_id, _scan.edition_id <= last_id)
        .group_by(_scan.id)
    )
    for row in session.execute(query):
        expected: dict[str, Any] = {"on_hand_qty": None if row.kind == ScanKind.COPY else int(row.had_qty)}
        if row.kind in _PIECES:
            expected["qty"] = _PIECES[ScanKind(row.kind)]
        findings.compare(Check.STOCKTAKES, Place(STOCKTAKE_SCAN, str(row.id)), expected, row._mapping)


def _check_posted_copies(session: Session, take: AnyRow, findings: Findings) -> None:
    """A used copy posted as lost went with one row of the ledger, one brought back came with one at most.

    Of one that is lost still nothing is left in the ledger.
    """
    every = (
        select(func.coalesce(func.sum(_move.qty), 0))
        .where(_move.edition_id == STOCKTAKE_COPY.c.edition_id, _move.copy_id == STOCKTAKE_COPY.c.copy_id)
        .correlate(STOCKTAKE_COPY)
    )
    own = every.where(_move.origin == "stocktake", _move.origin_id == take.id).scalar_subquery()
    query = (
        select(
            STOCKTAKE_COPY.c.copy_id,
            STOCKTAKE_COPY.c.result,
            COPY.c.status,
            own.label("qty"),
            every.scalar_subquery().label("left_qty"),
        )
        .join(COPY, COPY.c.id == STOCKTAKE_COPY.c.copy_id)
        .where(STOCKTAKE_COPY.c.stocktake_id == take.id, STOCKTAKE_COPY.c.result != "")
    )
    for row in session.execute(query):
        if row.result == "lost" and row.status == CopyStatus.WITHDRAWN and row.left_qty != 0:
            findings.note(Check.COPIES, Place(COPY, str(row.copy_id)), "moves", 0, int(row.left_qty))
        may = (-1,) if row.result == "lost" else (0, 1)
        if row.qty not in may:
            place = Place(STOCKTAKE_COPY, f"{take.id}-{row.copy_id}")
            findings.note(Check.STOCKTAKES, place, "result", may[-1], int(row.qty))
