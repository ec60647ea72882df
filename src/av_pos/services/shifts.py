"""Shifts: from the float to the count, and the cash that moves between them without a sale.

The count is blind: it is kept by `record_count` before anybody is told by how much it differs, and a second one is
logged beside the first. `close_shift` then takes the count that is kept.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.money import MAXIMUM_MINOR
from av_pos.domain.payloads import from_payload, to_payload
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.shift_cash import cash_difference, count_total, needs_reason
from av_pos.domain.shift_report import CashMoveLine, CountLine, ShiftReport
from av_pos.errors import InvalidInput, LimitExceeded, WrongState
from av_pos.models import AUDIT, CASH_MOVE, SHIFT, TILL
from av_pos.services import access, audit, journal, print_queue, shift_figures
from av_pos.services.shop_settings import ShopSettings, get_settings

_KEPT_COUNT = select(SHIFT.c.counted_minor, SHIFT.c.expected_minor, SHIFT.c.count_lines).where(
    SHIFT.c.id == bindparam("shift")
)
_OPEN = select(
    SHIFT.c.id, SHIFT.c.number, SHIFT.c.business_on, SHIFT.c.opened_at, SHIFT.c.opened_name, SHIFT.c.float_minor
).where(SHIFT.c.till_id == bindparam("till"), SHIFT.c.closed_at.is_(None))


@dataclass(frozen=True, slots=True)
class OpenShift:
    """The shift that is open at a till."""

    shift_id: int
    number: int
    business_on: date
    opened_at: datetime
    opened_by: str
    float_minor: int


@dataclass(frozen=True, slots=True)
class ShiftOpenedOutcome:
    """A shift has begun."""

    shift: OpenShift


@dataclass(frozen=True, slots=True)
class CashMovedOutcome:
    """Cash went in or out, or the drawer was opened; `drawer_short`: more went out than should have been there."""

    shift_id: int
    move: CashMoveLine
    drawer_short: bool = False


@dataclass(frozen=True, slots=True)
class CountOutcome:
    """What a count that is now kept came to: counted − expected in minor units, and what closing will ask for.

    `counts_qty` is 1 for the shift's first count.
    """

    counted_minor: int
    difference_minor: int
    needs_reason: bool
    needs_approval: bool
    counts_qty: int


@dataclass(frozen=True, slots=True)
class ShiftClosedOutcome:
    """A shift is over; `report` is its Z, as the journal keeps it."""

    shift_id: int
    report: ShiftReport


def find_open(session: Session, till: int) -> OpenShift | None:
    """Return the till's open shift, None when there is none."""
    row = session.execute(_OPEN, {"till": till}).first()
    return OpenShift(*row) if row else None


def require_open(session: Session, at: At, settings: ShopSettings) -> OpenShift:
    """Return the shift that sales now belong to.

    Raises WrongState("shift", "closed") when none is open, WrongState("shift", "left_open") when one was left open past
    the day cut: it must be closed before selling goes on.
    """
    shift = find_open(session, at.till)
    if shift is None:
        raise WrongState("shift", "closed", "open")
    if shift.business_on < business_day(at.now, settings.zone, settings.day_cut_min):
        raise WrongState("shift", "left_open", "closed")
    return shift


def open_shift(session: Session, at: At, float_minor: int, approval_id: int | None = None) -> ShiftOpenedOutcome:
    """Begin a shift with this float in the drawer. Raises WrongState when one is open, InvalidInput, NotPermitted."""
    approver = access.require(session, at, Permission.OPEN_SHIFT, approval_id)
    if not 0 <= float_minor <= MAXIMUM_MINOR:
        raise InvalidInput("float", str(float_minor), "negative" if float_minor < 0 else "too_large")
    register_till(session, at.till)
    if find_open(session, at.till) is not None:
        raise WrongState("shift", "open", "closed")
    settings = get_settings(session)
    number = session.execute(
        update(TILL).where(TILL.c.id == at.till).values(last_shift=TILL.c.last_shift + 1).returning(TILL.c.last_shift)
    ).scalar_one()
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    shift_id = session.execute(
        insert(SHIFT)
        .values(
            till_id=at.till,
            number=number,
            business_on=day,
            opened_at=at.now,
            opened_by=at.actor.staff_id or None,
            opened_name=at.actor.name,
            float_minor=float_minor,
        )
        .returning(SHIFT.c.id)
    ).scalar_one()
    audit.record(
        session, at, "shift_opened", str(number), amount_minor=float_minor, approved_by=approver, shift_id=shift_id
    )
    _adopt_removed_lines(session, at.till, int(shift_id))
    return ShiftOpenedOutcome(OpenShift(int(shift_id), number, day, at.now, at.actor.name, float_minor))


def pay_in(
    session: Session, at: At, amount_minor: int, reason: str, approval_id: int | None = None
) -> CashMovedOutcome:
    """Put cash into the drawer without a sale. Raises InvalidInput, WrongState without a current shift."""
    approver = access.require(session, at, Permission.PAY_IN, approval_id)
    _check_amount(amount_minor)
    shift = require_open(session, at, get_settings(session))
    return _move_cash(session, at, shift, "pay_in", amount_minor, reason, approver)


def pay_out(
    session: Session, at: At, amount_minor: int, reason: str, approval_id: int | None = None
) -> CashMovedOutcome:
    """Take cash out of the drawer; `amount_minor` is given upwards. More than should be there is done, and told.

    Raises LimitExceeded above the role's limit unless approved, InvalidInput, WrongState without a current shift,
    NotPermitted.
    """
    approver = access.require(session, at, Permission.PAY_OUT, approval_id)
    _check_amount(amount_minor)
    settings = get_settings(session)
    shift = require_open(session, at, settings)
    limit = settings.limits(at.actor.role).pay_out_minor
    if not approver and amount_minor > limit:
        if approval_id is None:
            raise LimitExceeded(Permission.PAY_OUT, amount_minor, limit, "minor")
        approver = access.use_approval(session, at, Permission.PAY_OUT, approval_id)
    return _move_cash(session, at, shift, "pay_out", -amount_minor, reason, approver)


def open_drawer(session: Session, at: At, reason: str, approval_id: int | None = None) -> CashMovedOutcome:
    """Open the drawer without a sale; it is counted on the Z. A shift left open will do: its cash must be counted.

    Raises InvalidInput without a reason, WrongState when no shift is open, NotPermitted.
    """
    approver = access.require(session, at, Permission.NO_SALE, approval_id)
    return _move_cash(session, at, _any_open(session, at), "no_sale", 0, reason, approver)


def x_report(session: Session, at: At) -> ShiftReport:
    """Return the open shift's figures so far, also of one left open. Raises WrongState when none is, NotPermitted."""
    access.require(session, at, Permission.X_REPORT)
    return _x_report(session, at, _any_open(session, at))


def queue_x(session: Session, at: At, approval_id: int | None = None) -> ShiftReport:
    """Put the X report on paper, logged, and return it. Raises WrongState when no shift is open, NotPermitted."""
    approver = access.require(session, at, Permission.X_REPORT, approval_id)
    shift = _any_open(session, at)
    report = _x_report(session, at, shift)
    print_queue.queue_x(session, at, report)
    audit.record(session, at, "x_report", str(shift.number), approved_by=approver, shift_id=shift.shift_id)
    return report


def open_drawer_to_count(session: Session, at: At) -> None:
    """Open the drawer to put the float in or to count it; that is logged, and is no opening without a sale.

    Raises WrongState when no shift is open, NotPermitted.
    """
    access.require(session, at, Permission.OPEN_SHIFT)
    shift = _any_open(session, at)
    print_queue.queue_drawer(session, at)
    audit.record(session, at, "drawer_opened_to_count", str(shift.number), shift_id=shift.shift_id)


def record_count(session: Session, at: At, count: tuple[CountLine, ...] | int) -> CountOutcome:
    """Keep what was counted in the drawer, by note and coin or as one amount, and only then tell how it differs.

    A later count replaces it; the log keeps both. Raises InvalidInput, WrongState when no shift is open, NotPermitted.
    """
    access.require(session, at, Permission.CLOSE_SHIFT)
    _hold_till(session, at.till)
    shift = _any_open(session, at)
    lines = () if isinstance(count, int) else tuple(line for line in count if line.qty or line.worth_minor < 0)
    counted = count if isinstance(count, int) else count_total(lines)
    if not 0 <= counted <= MAXIMUM_MINOR:
        raise InvalidInput("count", str(counted), "negative" if counted < 0 else "too_large")
    expected = shift_figures.expected_in_drawer(session, shift.shift_id)
    session.execute(
        update(SHIFT)
        .where(SHIFT.c.id == shift.shift_id)
        .values(
            counted_minor=counted,
            counted_at=at.now,
            expected_minor=expected,
            count_lines=json.dumps(to_payload(lines), separators=(",", ":")),
        )
    )
    difference = cash_difference(counted, expected)
    number = 1 + _count_counts(session, shift.shift_id)
    audit.record(session, at, "shift_counted", str(shift.number), amount_minor=counted, shift_id=shift.shift_id,
                 difference_minor=difference, expected_minor=expected, count_number=number)  # fmt: skip
    above = needs_reason(difference, get_settings(session).difference_limit_minor)
    alone = allowed(at.actor.role, Permission.CLOSE_WITH_DIFFERENCE)
    return CountOutcome(counted, difference, above, above and not alone, number)


def close_shift(
    session: Session, at: At, difference_reason: str = "", approval_id: int | None = None
) -> ShiftClosedOutcome:
    """End the shift against the count that is kept; its Z goes into the journal and to the printer. Baskets stay.

    Raises WrongState("shift", "not_counted") without a count, WrongState("shift", "changed_since_count") when cash
    moved after it, InvalidInput on "difference_reason" when the difference is above the shop's limit and nobody says
    why, NotPermitted when somebody of this role may not close with such a difference.
    """
    access.require(session, at, Permission.CLOSE_SHIFT)
    _hold_till(session, at.till)
    shift = _any_open(session, at)
    settings = get_settings(session)
    kept = session.execute(_KEPT_COUNT, {"shift": shift.shift_id}).one()
    report = shift_figures.report_shift(session, settings, shift.shift_id, at.now)
    if kept.counted_minor is None:
        raise WrongState("shift", "not_counted", "closed")
    if kept.expected_minor != report.expected_cash_minor:
        raise WrongState("shift", "changed_since_count", "closed")
    difference = cash_difference(kept.counted_minor, report.expected_cash_minor)
    reason, approver = difference_reason.strip(), ""
    if needs_reason(difference, settings.difference_limit_minor):
        if not reason:
            raise InvalidInput("difference_reason", "", "empty")
        approver = access.require(session, at, Permission.CLOSE_WITH_DIFFERENCE, approval_id)
    closed = replace(
        report,
        closed_at=at.now,
        closed_by=at.actor.name,
        approved_by=approver,
        count=tuple(from_payload(CountLine, line) for line in json.loads(kept.count_lines)),
        counted_minor=kept.counted_minor,
        difference_minor=difference,
        difference_reason=reason,
    )
    _write_closed(session, at, shift, closed)
    return ShiftClosedOutcome(shift.shift_id, closed)


def register_till(session: Session, till: int) -> None:
    """Make the till's row if this is its first day."""
    if session.execute(select(TILL.c.id).where(TILL.c.id == till)).first() is None:
        session.execute(insert(TILL).values(id=till))


def _x_report(session: Session, at: At, shift: OpenShift) -> ShiftReport:
    report = shift_figures.report_shift(session, get_settings(session), shift.shift_id, at.now)
    # Whoever counts blind is not told beforehand what should be there.
    return replace(report, shows_expected=allowed(at.actor.role, Permission.CLOSE_WITH_DIFFERENCE))


def _any_open(session: Session, at: At) -> OpenShift:
    """Return the till's open shift, left open past the day cut or not."""
    shift = find_open(session, at.till)
    if shift is None:
        raise WrongState("shift", "closed", "open")
    return shift


def _hold_till(session: Session, till: int) -> None:
    """Keep others from this till until the transaction ends: the journal's order hangs on it."""
    session.execute(select(TILL.c.id).where(TILL.c.id == till).with_for_update())


def _check_amount(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise InvalidInput("amount", str(amount_minor), "negative" if amount_minor < 0 else "empty")
    if amount_minor > MAXIMUM_MINOR:
        raise InvalidInput("amount", str(amount_minor), "too_large")


def _move_cash(
    session: Session, at: At, shift: OpenShift, kind: str, amount_minor: int, reason: str, approver: str
) -> CashMovedOutcome:
    """Write a cash move with its link in the journal, its pulse for the drawer and, where cash moved, its slip."""
    reason = reason.strip()
    if not reason:
        raise InvalidInput("reason", "", "empty")
    _hold_till(session, at.till)
    short = amount_minor < 0 and shift_figures.expected_in_drawer(session, shift.shift_id) + amount_minor < 0
    move = CashMoveLine(kind, amount_minor, reason, at.actor.name, at.now)
    session.execute(
        insert(CASH_MOVE).values(
            shift_id=shift.shift_id,
            kind=kind,
            amount_minor=amount_minor,
            reason=reason,
            staff_id=at.actor.staff_id or None,
            staff_name=at.actor.name,
            approved_by=approver,
            moved_at=at.now,
        )
    )
    journal.append(session, at, kind, move, shift_id=shift.shift_id)
    audit.record(session, at, kind, str(shift.number), amount_minor=amount_minor, approved_by=approver,
                 shift_id=shift.shift_id, reason=reason)  # fmt: skip
    print_queue.queue_drawer(session, at)
    if amount_minor:
        print_queue.queue_slip(session, at, get_settings(session).head(), move)
    return CashMovedOutcome(shift.shift_id, move, short)


def _write_closed(session: Session, at: At, shift: OpenShift, report: ShiftReport) -> None:
    session.execute(
        update(SHIFT)
        .where(SHIFT.c.id == shift.shift_id, SHIFT.c.closed_at.is_(None))
        .values(
            closed_at=at.now,
            closed_by=at.actor.staff_id or None,
            approved_by=report.approved_by,
            difference_reason=report.difference_reason,
        )
    )
    journal.append(session, at, "z", report, shift_id=shift.shift_id)
    audit.record(session, at, "shift_closed", str(shift.number), amount_minor=report.difference_minor or 0,
                 approved_by=report.approved_by, shift_id=shift.shift_id, reason=report.difference_reason)  # fmt: skip
    print_queue.queue_z(session, at, shift.shift_id)


def _count_counts(session: Session, shift_id: int) -> int:
    query = select(func.count()).where(AUDIT.c.shift_id == shift_id, AUDIT.c.action == "shift_counted")
    return int(session.execute(query).scalar_one())


def _adopt_removed_lines(session: Session, till: int, shift_id: int) -> None:
    # What was taken out of a basket while no shift was open stands on the next Z; nothing goes unseen between two.
    session.execute(
        update(AUDIT)
        .where(AUDIT.c.shift_id.is_(None), AUDIT.c.action == shift_figures.REMOVED, AUDIT.c.till_id == till)
        .values(shift_id=shift_id)
    )
