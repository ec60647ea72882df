"""Counts the pieces sold week by week anew from the ledger: to hold `demand` against it, and to make it again."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from av_pos.domain import demand
from av_pos.domain.stock import StockReason
from av_pos.models import DEMAND, EDITION, STOCK_MOVE
from av_pos.services.findings import Check, Findings, Place

PIECE = 2000

_BY_DOCUMENT = (StockReason.SALE, StockReason.VOID, StockReason.RETURN)


@dataclass(slots=True)
class _Sold:
    """What the ledger says of one edition: pieces by week, and how many went either way."""

    weeks: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    moved: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def check_piece(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the next editions behind `after_id`; return the last one's id and how many, None when there are no more."""
    span = _next_span(session, after_id)
    if span is None:
        return None
    last_id, count = span
    sold = _of_ledger(session, after_id, last_id)
    kept = _kept(session, after_id, last_id, findings)
    for edition_id in sorted(sold.keys() | kept.keys()):
        _compare(findings, edition_id, sold.get(edition_id, _Sold()), kept.get(edition_id, {}))
    return last_id, count


def rebuild_piece(session: Session, after_id: int) -> tuple[int, int] | None:
    """Make the demand of the next editions behind `after_id` again from the ledger; returns as `check_piece` does."""
    span = _next_span(session, after_id)
    if span is None:
        return None
    last_id, _count = span
    rows = []
    for edition_id, sold in _of_ledger(session, after_id, last_id).items():
        since, packed = 0, b""
        for week in sorted(sold.weeks):
            since, packed = demand.add(since, packed, week, sold.weeks[week])
        rows.append({"edition_id": edition_id, "since_week": since, "weeks": packed})
    session.execute(delete(DEMAND).where(DEMAND.c.edition_id > after_id, DEMAND.c.edition_id <= last_id))
    if rows:
        session.execute(insert(DEMAND), rows)
    return span


def _next_span(session: Session, after_id: int) -> tuple[int, int] | None:
    ids = select(EDITION.c.id).where(EDITION.c.id > after_id).order_by(EDITION.c.id).limit(PIECE).subquery()
    last_id, count = session.execute(select(func.max(ids.c.id), func.count()).select_from(ids)).one()
    return (int(last_id), int(count)) if count else None


def _of_ledger(session: Session, after_id: int, last_id: int) -> dict[int, _Sold]:
    """Sum what documents moved, under the edition that each one turned out to be."""
    named = _named_later(session)
    here = [edition_id for edition_id, real_id in named.items() if after_id < real_id <= last_id]
    query = (
        select(
            STOCK_MOVE.c.edition_id,
            STOCK_MOVE.c.business_on,
            -func.sum(STOCK_MOVE.c.qty),
            func.sum(func.abs(STOCK_MOVE.c.qty)),
        )
        .where(or_(STOCK_MOVE.c.edition_id.between(after_id + 1, last_id), STOCK_MOVE.c.edition_id.in_(here)))
        .where(STOCK_MOVE.c.copy_id.is_(None), STOCK_MOVE.c.reason.in_(_BY_DOCUMENT))
        .group_by(STOCK_MOVE.c.edition_id, STOCK_MOVE.c.business_on)
    )
    sold: dict[int, _Sold] = defaultdict(_Sold)
    for edition_id, day, pieces, moved in session.execute(query):
        real_id = named.get(edition_id, edition_id)
        if after_id < real_id <= last_id:
            week = demand.week_of(day)
            sold[real_id].weeks[week] += int(pieces)
            sold[real_id].moved[week] += int(moved)
    return sold


def _named_later(session: Session) -> dict[int, int]:
    """What was sold as unknown, and which edition it turned out to be."""
    query = select(EDITION.c.id, EDITION.c.merged_into_id).where(
        EDITION.c.is_provisional, EDITION.c.merged_into_id.is_not(None)
    )
    return {row.id: row.merged_into_id for row in session.execute(query)}


def _kept(session: Session, after_id: int, last_id: int, findings: Findings) -> dict[int, dict[int, int]]:
    query = select(DEMAND).where(DEMAND.c.edition_id > after_id, DEMAND.c.edition_id <= last_id)
    kept = {}
    for edition_id, since, packed in session.execute(query):
        whole = len(packed) // demand.BYTES_A_WEEK * demand.BYTES_A_WEEK
        if whole != len(packed):
            findings.note(Check.DEMAND, Place(DEMAND, str(edition_id)), "weeks", f"{whole} bytes", len(packed))
        kept[edition_id] = dict(enumerate(demand.unpack(packed[:whole]), start=since))
    return kept


def _compare(findings: Findings, edition_id: int, sold: _Sold, kept: dict[int, int]) -> None:
    for week in sorted(sold.weeks.keys() | kept.keys()):
        expected, found = sold.weeks.get(week, 0), kept.get(week, 0)
        # More pieces in a week than two bytes hold stay at what they hold, whichever way came last.
        if expected != found and sold.moved.get(week, 0) <= demand.MOST_A_WEEK:
            place = Place(DEMAND, str(edition_id))
            findings.note(Check.DEMAND, place, f"weeks {demand.first_day(week)}", expected, found)
            return
