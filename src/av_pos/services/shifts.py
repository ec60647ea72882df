"""Shifts: from the float to the count."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput, WrongState
from av_pos.models import Shift, Till
from av_pos.services import access, audit
from av_pos.services.shop_settings import ShopSettings, get_settings

_SHIFT: Table = Shift.__table__  # type: ignore[assignment]
_TILL: Table = Till.__table__  # type: ignore[assignment]

_OPEN = select(
    _SHIFT.c.id, _SHIFT.c.number, _SHIFT.c.business_on, _SHIFT.c.opened_at, _SHIFT.c.opened_name, _SHIFT.c.float_minor
).where(_SHIFT.c.till_id == bindparam("till"), _SHIFT.c.closed_at.is_(None))


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
    if float_minor < 0:
        raise InvalidInput("float", str(float_minor), "negative")
    register_till(session, at.till)
    if find_open(session, at.till) is not None:
        raise WrongState("shift", "open", "closed")
    settings = get_settings(session)
    number = session.execute(
        update(_TILL)
        .where(_TILL.c.id == at.till)
        .values(last_shift=_TILL.c.last_shift + 1)
        .returning(_TILL.c.last_shift)
    ).scalar_one()
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    shift_id = session.execute(
        insert(_SHIFT)
        .values(
            till_id=at.till,
            number=number,
            business_on=day,
            opened_at=at.now,
            opened_by=at.actor.staff_id or None,
            opened_name=at.actor.name,
            float_minor=float_minor,
        )
        .returning(_SHIFT.c.id)
    ).scalar_one()
    audit.record(
        session, at, "shift_opened", str(number), amount_minor=float_minor, approved_by=approver, shift_id=shift_id
    )
    return ShiftOpenedOutcome(OpenShift(int(shift_id), number, day, at.now, at.actor.name, float_minor))


def register_till(session: Session, till: int) -> None:
    """Make the till's row if this is its first day."""
    if session.execute(select(_TILL.c.id).where(_TILL.c.id == till)).first() is None:
        session.execute(insert(_TILL).values(id=till))
