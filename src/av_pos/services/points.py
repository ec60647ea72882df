"""The points of members: one ledger, a balance beside it, and why it is what it is.

Lots, expiry and debts are rules of `domain/points.py`, which replays the ledger. There is no timer: what has expired
counts no more from its day on, and the next change of the member's points writes it down.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from av_pos.domain import loyalty
from av_pos.domain import points as point_rules
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.money import WHOLE_BP
from av_pos.domain.permissions import Permission
from av_pos.domain.points import EarnRule, PointsKind, PointsRow, RedeemRule
from av_pos.errors import InvalidInput, NotFound
from av_pos.models import DOCUMENT
from av_pos.models.members import MEMBER, POINTS_MOVE
from av_pos.services import access, audit, members
from av_pos.services.shop_settings import ShopSettings, get_settings
from av_pos.services.typed_text import read_reason

MERGE = "merge"
"""The kind of the rows that carry points from one member to another; to the rules they are corrections."""

_MOST_QTY = 10_000_000

_TIME = MEMBER.c.changed_at.type
_LEDGER = (
    select(
        POINTS_MOVE.c.kind,
        POINTS_MOVE.c.qty,
        POINTS_MOVE.c.business_on,
        POINTS_MOVE.c.expires_on,
        POINTS_MOVE.c.id,
        POINTS_MOVE.c.document_id,
        POINTS_MOVE.c.moved_at,
        POINTS_MOVE.c.note,
    )
    .where(POINTS_MOVE.c.member_id == bindparam("member"))
    .order_by(POINTS_MOVE.c.id)
)
# Whoever writes to a ledger sweeps it first. So what has expired and still stands there had its last day on the day of
# the last row or later, or came back from an old sale.
_last_row = POINTS_MOVE.alias("last_row")
_last_on = (
    select(_last_row.c.business_on)
    .where(_last_row.c.member_id == bindparam("member"))
    .order_by(_last_row.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_UNSWEPT = (
    select(POINTS_MOVE.c.id)
    .where(
        POINTS_MOVE.c.member_id == bindparam("member"),
        POINTS_MOVE.c.expires_on < bindparam("day", type_=POINTS_MOVE.c.expires_on.type),
        POINTS_MOVE.c.qty > 0,
        or_(POINTS_MOVE.c.expires_on >= _last_on, POINTS_MOVE.c.kind == PointsKind.GIVE_BACK),
    )
    .limit(1)
)
_BALANCE = select(MEMBER.c.points_qty).where(MEMBER.c.id == bindparam("member"))
_CHANGE = (
    update(MEMBER)
    .where(MEMBER.c.id == bindparam("member"))
    .values(points_qty=MEMBER.c.points_qty + bindparam("by"), changed_at=bindparam("now", type_=_TIME))
    .returning(MEMBER.c.points_qty)
)


@dataclass(frozen=True, slots=True)
class PointsLine:
    """One row of a member's points with the balance after it. `kind` is a `PointsKind`, or merge."""

    kind: str
    qty: int
    balance_qty: int
    expires_on: date | None
    business_on: date
    moved_at: datetime
    document_id: int | None
    note: str


@dataclass(frozen=True, slots=True)
class DocumentPoints:
    """What a sale did to points, and what its void or returns took and gave back so far; all counted upwards."""

    earned_qty: int = 0
    taken_qty: int = 0
    redeemed_qty: int = 0
    given_back_qty: int = 0


def why(session: Session, member_id: int) -> tuple[PointsLine, ...]:
    """Answer why a balance is what it is: every row of the ledger, each with the balance after it."""
    lines: list[PointsLine] = []
    balance = 0
    for row in session.execute(_LEDGER, {"member": member_id}):
        balance += row.qty
        lines.append(
            PointsLine(
                row.kind, row.qty, balance, row.expires_on, row.business_on, row.moved_at, row.document_id, row.note
            )
        )
    return tuple(lines)


def list_unwritten(session: Session, member_id: int, at: At, day: date) -> tuple[PointsLine, ...]:
    """Return what expired before `day` and stands in no row yet: as it will be written with the next movement."""
    if _is_swept(session, member_id, day):
        return ()
    lines: list[PointsLine] = []
    balance = _balance(session, member_id)
    for row in point_rules.expiry_rows(_ledger(session, member_id), day):
        balance += row.qty
        lines.append(PointsLine(row.kind.value, row.qty, balance, row.expires_on, row.business_on, at.now, None, ""))
    return tuple(lines)


def count_usable(session: Session, member_id: int, day: date) -> int:
    """Return the points that may be redeemed on `day`: what has expired counts no more, written down or not."""
    if _is_swept(session, member_id, day):
        return max(0, _balance(session, member_id))
    return point_rules.usable_points(_ledger(session, member_id), day)


def count_balance(session: Session, member_id: int, day: date) -> int:
    """Return the balance on `day`, below nothing where points are owed; what has expired counts no more."""
    if _is_swept(session, member_id, day):
        return _balance(session, member_id)
    rows = _ledger(session, member_id)
    return point_rules.points_standing(rows).balance_qty - point_rules.expiring(rows, day).qty


def list_expiring(session: Session, member_id: int, by: date) -> tuple[tuple[date, int], ...]:
    """Return which points will have expired before `by`: each last day and how many, the soonest first."""
    by_day: Counter[date] = Counter()
    for lot in point_rules.expiring(_ledger(session, member_id), by).lots:
        if lot.expires_on is not None:
            by_day[lot.expires_on] += lot.qty
    return tuple(sorted(by_day.items()))


def sum_of_document(session: Session, document_id: int) -> DocumentPoints:
    """Return what a sale did to points, and what its void and its returns have undone of it so far."""
    qty = func.abs(POINTS_MOVE.c.qty)
    kinds = (PointsKind.EARN, PointsKind.RETURN, PointsKind.REDEEM, PointsKind.GIVE_BACK)
    sums = [func.coalesce(func.sum(case((POINTS_MOVE.c.kind == kind, qty))), 0) for kind in kinds]
    of_sale = select(DOCUMENT.c.id).where(or_(DOCUMENT.c.id == document_id, DOCUMENT.c.of_document_id == document_id))
    return DocumentPoints(*map(int, session.execute(select(*sums).where(POINTS_MOVE.c.document_id.in_(of_sale))).one()))


def adjust(
    session: Session, at: At, member_id: int, qty: int, reason: str, approval_id: int | None = None
) -> PointsLine:
    """Give or take points by hand. Raises InvalidInput without a reason or below nothing, NotFound, NotPermitted."""
    approver = access.require(session, at, Permission.ADJUST_POINTS, approval_id)
    note = read_reason(reason)
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    if not 0 < abs(qty) <= _MOST_QTY:
        raise InvalidInput("points", str(qty), "too_large" if qty else "not_positive")
    sweep(session, at, member_id, day)
    if qty < 0:
        point_rules.require_points(-qty, count_usable(session, member_id, day))
    last_on = loyalty.last_day(day, settings.points_last_days) if qty > 0 else None
    add(session, at, member_id, (PointsRow(PointsKind.CORRECT, qty, day, last_on),), note=note)
    audit.record(session, at, "points_adjusted", str(member_id), approved_by=approver, qty=qty, reason=note)
    return why(session, member_id)[-1]


def give_gift(session: Session, at: At, member_id: int, qty: int, gift: str) -> PointsLine:
    """Redeem points for a gift, named in words.

    Raises InvalidInput for more points than there are, NotFound, WrongState for a member suspended, NotPermitted.
    """
    access.require(session, at, Permission.SERVE_MEMBERS)
    member_id = members.require_active(session, member_id)
    note = read_reason(gift, "gift")
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    sweep(session, at, member_id, day)
    point_rules.require_points(qty, count_usable(session, member_id, day))
    add(session, at, member_id, (PointsRow(PointsKind.REDEEM, -qty, day),), note=note)
    audit.record(session, at, "points_gift", str(member_id), qty=qty, reason=note)
    return why(session, member_id)[-1]


def sweep(session: Session, at: At, member_id: int, day: date) -> None:
    """Write down what has expired before `day`; a clock that goes back later brings none of it back."""
    if not _is_swept(session, member_id, day):
        add(session, at, member_id, point_rules.expiry_rows(_ledger(session, member_id), day))


def take_back(
    session: Session, at: At, member_id: int, of_document_id: int, qty: int, document_id: int, day: date
) -> None:
    """Take points back that a sale had given; what was spent of them meanwhile is owed."""
    last_on = session.execute(
        select(POINTS_MOVE.c.expires_on).where(
            POINTS_MOVE.c.document_id == of_document_id, POINTS_MOVE.c.kind == PointsKind.EARN
        )
    ).scalar()
    add(session, at, member_id, (PointsRow(PointsKind.RETURN, -qty, day, last_on),), document_id)


def give_back(
    session: Session, at: At, member_id: int, of_document_id: int, qty: int, document_id: int, day: date
) -> None:
    """Give points back that had paid for a sale, with the last days they had. Raises InvalidInput above that.

    What a member redeemed who was merged since comes back to the one that is left.
    """
    redeemed = session.execute(
        select(POINTS_MOVE.c.id, POINTS_MOVE.c.member_id).where(
            POINTS_MOVE.c.document_id == of_document_id, POINTS_MOVE.c.kind == PointsKind.REDEEM
        )
    ).first()
    if redeemed is None:
        raise InvalidInput("points", str(qty), "above_paid")
    ledger = session.execute(_LEDGER, {"member": redeemed.member_id}).all()
    place = [row.id for row in ledger].index(redeemed.id)
    before = sum_of_document(session, of_document_id).given_back_qty
    rows = point_rules.give_back_rows([_rule_row(row) for row in ledger], place, before, qty, day)
    add(session, at, member_id, rows, document_id)


def add(
    session: Session,
    at: At,
    member_id: int,
    rows: Sequence[PointsRow],
    document_id: int | None = None,
    *,
    note: str = "",
    kind: str = "",
) -> None:
    """Write rows of the ledger and the balance beside it; `kind` overrides that of the rows. Raises NotFound."""
    if not rows:
        return
    by = sum(row.qty for row in rows)
    if session.execute(_CHANGE, {"member": member_id, "by": by, "now": at.now}).first() is None:
        raise NotFound("member", str(member_id))
    session.execute(
        insert(POINTS_MOVE),
        [
            {
                "member_id": member_id,
                "kind": kind or row.kind.value,
                "qty": row.qty,
                "expires_on": row.expires_on,
                "document_id": document_id,
                "business_on": row.business_on,
                "moved_at": at.now,
                "staff_id": at.actor.staff_id or None,
                "till_id": at.till,
                "note": note,
            }
            for row in rows
        ],
    )


def move_all(session: Session, at: At, from_id: int, to_id: int, day: date) -> None:
    """Carry all points of one member to another, lot by lot, and what is owed; neither may have expired points left."""
    standing = point_rules.points_standing(_ledger(session, from_id))
    comes = [PointsRow(PointsKind.CORRECT, lot.qty, day, lot.expires_on) for lot in standing.lots]
    goes = [PointsRow(PointsKind.CORRECT, -lot.qty, day, lot.expires_on) for lot in standing.lots]
    if standing.debt_qty:
        comes.append(PointsRow(PointsKind.CORRECT, -standing.debt_qty, day))
        goes.append(PointsRow(PointsKind.CORRECT, standing.debt_qty, day))
    add(session, at, from_id, goes, kind=MERGE)
    add(session, at, to_id, comes, kind=MERGE)


def earn_rule(settings: ShopSettings) -> EarnRule:
    """Return how points are earned in this shop."""
    return EarnRule(1, settings.points_unit_minor)


def redeem_rule(settings: ShopSettings) -> RedeemRule:
    """Return how points become money in this shop: whole lots, up to a share of the bill."""
    return RedeemRule(settings.points_lot_qty, settings.points_lot_minor, min(settings.points_share_bp, WHOLE_BP))


def _is_swept(session: Session, member_id: int, day: date) -> bool:
    """Whether nothing in the ledger can have expired unwritten: then the balance says it all, and fast."""
    return session.execute(_UNSWEPT, {"member": member_id, "day": day}).first() is None


def _balance(session: Session, member_id: int) -> int:
    return int(session.execute(_BALANCE, {"member": member_id}).scalar_one())


def _ledger(session: Session, member_id: int) -> list[PointsRow]:
    return [_rule_row(row) for row in session.execute(_LEDGER, {"member": member_id})]


def _rule_row(row: Any) -> PointsRow:
    kind = PointsKind.CORRECT if row.kind == MERGE else PointsKind(row.kind)
    return PointsRow(kind, row.qty, row.business_on, row.expires_on)
