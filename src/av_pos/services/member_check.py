"""Sums the ledgers of members and vouchers anew, and holds every balance against them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from av_pos.models.members import LEVEL_CHANGE, MEMBER, POINTS_MOVE, STORED_MOVE, VOUCHER, VOUCHER_MOVE
from av_pos.services.findings import Check, Findings, Place

PIECE = 2000


def check_members(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the next members behind `after_id`; return the last one's id and how many, None when there are no more."""
    rows = _piece(session, MEMBER, after_id)
    if not rows:
        return None
    ids = rows[0].id, rows[-1].id
    points = _sums(session, POINTS_MOVE, POINTS_MOVE.c.member_id, ("qty",), ids)
    stored = _sums(session, STORED_MOVE, STORED_MOVE.c.member_id, ("paid_minor", "bonus_minor"), ids)
    held = _last_levels(session, ids)
    for row in rows:
        place = Place(MEMBER, str(row.id))
        (points_qty,) = points.get(row.id, (0,))
        paid_minor, bonus_minor = stored.get(row.id, (0, 0))
        findings.compare(Check.POINTS, place, {"points_qty": points_qty}, row._mapping)
        wanted = {"stored_minor": paid_minor, "bonus_minor": bonus_minor}
        findings.compare(Check.STORED_VALUE, place, wanted, row._mapping)
        if row.id in held:
            level = dict(zip(("level_key", "level_until_on"), held[row.id], strict=True))
            findings.compare(Check.LEVELS, place, level, row._mapping)
    return ids[1], len(rows)


def check_vouchers(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the next vouchers behind `after_id`; return the last one's id and how many, None when there are no more."""
    rows = _piece(session, VOUCHER, after_id)
    if not rows:
        return None
    ids = rows[0].id, rows[-1].id
    sums = _sums(session, VOUCHER_MOVE, VOUCHER_MOVE.c.voucher_id, ("amount_minor",), ids)
    for row in rows:
        (balance_minor,) = sums.get(row.id, (0,))
        findings.compare(Check.VOUCHERS, Place(VOUCHER, str(row.id)), {"balance_minor": balance_minor}, row._mapping)
    return ids[1], len(rows)


def count_all(session: Session) -> int:
    """Return how many members and vouchers there are to check."""
    counts = [session.execute(select(func.count()).select_from(table)).scalar_one() for table in (MEMBER, VOUCHER)]
    return sum(counts)


def _piece(session: Session, table: Table, after_id: int) -> Sequence[Any]:
    return session.execute(select(table).where(table.c.id > after_id).order_by(table.c.id).limit(PIECE)).all()


def _sums(
    session: Session, table: Table, owner: ColumnElement[Any], columns: Sequence[str], ids: tuple[int, int]
) -> dict[int, tuple[int, ...]]:
    summed = [func.sum(table.c[name]) for name in columns]
    query = select(owner, *summed).where(owner.between(*ids)).group_by(owner)
    return {row[0]: tuple(int(value) for value in row[1:]) for row in session.execute(query)}


def _last_levels(session: Session, ids: tuple[int, int]) -> dict[int, tuple[Any, ...]]:
    last = (
        select(func.max(LEVEL_CHANGE.c.id))
        .where(LEVEL_CHANGE.c.member_id.between(*ids))
        .group_by(LEVEL_CHANGE.c.member_id)
    )
    query = select(LEVEL_CHANGE.c.member_id, LEVEL_CHANGE.c.to_key, LEVEL_CHANGE.c.until_on)
    return {row[0]: tuple(row[1:]) for row in session.execute(query.where(LEVEL_CHANGE.c.id.in_(last)))}
