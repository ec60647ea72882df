"""Who may do what: signing in, permissions, and a manager's approval at the till.

A PIN is checked by argon2id before the transaction that records the outcome, because the check takes longer than a sale
may hold the database. A wrong PIN is an outcome, not an error: its count must stay.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain import lockout
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Permission, Role, allowed, can_approve
from av_pos.errors import InvalidInput, LimitExceeded, NotFound, NotPermitted
from av_pos.models import APPROVAL, STAFF
from av_pos.services import audit

if TYPE_CHECKING:
    from argon2 import PasswordHasher

CONSOLE = Actor(0, "console", Role.CONSOLE)
PIN_MIN, PIN_MAX = 4, 12
APPROVAL_LASTS = timedelta(minutes=5)

Approvals: TypeAlias = int | tuple[int, ...]
"""The id of a manager's approval, or of several where one operation needs leave for more than one thing."""


@dataclass(frozen=True, slots=True)
class SignInOutcome:
    """Whether somebody may begin; if not, how long this person has to wait before the next try."""

    accepted: bool
    actor: Actor | None = None
    wait_s: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class ApprovalOutcome:
    """A manager's leave: its id is handed to the one operation it was given for."""

    accepted: bool
    approval_id: int = 0
    approver: str = ""
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """Whether the old PIN was right and the new one holds; if not, how long this person has to wait."""

    accepted: bool
    wait_s: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _PinCheck:
    staff_id: int
    name: str
    role: str
    pin_hash: str
    failures: int
    locked_until_at: datetime | None


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


def hash_pin(pin: str) -> str:
    """Return the argon2id hash of a PIN. Raises InvalidInput when it is not 4 to 12 digits."""
    _check_rules(pin)
    return _hasher().hash(pin)


def pin_matches(pin_hash: str, pin: str) -> bool:
    """Tell whether `pin` belongs to the hash."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


def sign_in(db: Database, till: int, staff_id: int, pin: str, now: Callable[[], datetime]) -> SignInOutcome:
    """Workflow: check a PIN and record how it went. While a person is locked out the PIN is not even looked at."""
    check = db.ask(_pin_check, staff_id)
    wait_s = lockout.seconds_left(check.failures, check.locked_until_at, now())
    if wait_s:
        return SignInOutcome(False, wait_s=wait_s, failures=check.failures)
    matches = pin_matches(check.pin_hash, pin)
    return db.run(_record_sign_in, till, staff_id, matches, now())


def change_own_pin(
    db: Database, till: int, staff_id: int, old_pin: str, new_pin: str, now: Callable[[], datetime]
) -> PinAnswer:
    """Workflow: somebody who knows the old PIN takes a new one; nobody need be signed in.

    A wrong old PIN counts like one at the sign-in, with the same wait. Raises InvalidInput when the new one is not 4 to
    12 digits, before the old one is looked at; NotFound for somebody who has left.
    """
    _check_rules(new_pin)
    check = db.ask(_pin_check, staff_id)
    wait_s = lockout.seconds_left(check.failures, check.locked_until_at, now())
    if wait_s:
        return PinAnswer(False, wait_s, check.failures)
    if not pin_matches(check.pin_hash, old_pin):
        refused = db.run(_record_sign_in, till, staff_id, False, now())
        return PinAnswer(False, refused.wait_s, refused.failures)
    return PinAnswer(db.run(_record_own_pin, till, check, hash_pin(new_pin), now()))


def approve(
    db: Database, at: At, permission: Permission, manager_id: int, pin: str, now: Callable[[], datetime]
) -> ApprovalOutcome:
    """Workflow: a manager lends `permission` for one operation at this till, by PIN, in place.

    Raises NotPermitted when that person could not give it.
    """
    check = db.ask(_pin_check, manager_id)
    if not can_approve(check.role, permission):
        raise NotPermitted(permission, approvable=False)
    outcome = sign_in(db, at.till, manager_id, pin, now)
    if not outcome.accepted:
        return ApprovalOutcome(False, wait_s=outcome.wait_s)
    approval_id = db.run(_grant, at, permission, manager_id, check.name)
    return ApprovalOutcome(True, approval_id, check.name)


def require(session: Session, at: At, permission: Permission, approval_id: Approvals | None = None) -> str:
    """Let the operation go on, or raise NotPermitted. Returns the approver's name when an approval was used up."""
    if allowed(at.actor.role, permission):
        return ""
    if approval_id is None:
        raise NotPermitted(permission)
    return use_approval(session, at, permission, approval_id)


def use_approval(session: Session, at: At, permission: Permission, approval_id: Approvals) -> str:
    """Use up an approval, of several the one given for this, and return the approver's name.

    Raises NotPermitted if it was used, is too old or for another thing.
    """
    approver = _find_approver(session, at, permission, approval_id)
    if approver is None:
        raise NotPermitted(permission)
    return approver


def require_above(session: Session, at: At, excess: LimitExceeded, approval_id: Approvals | None) -> str:
    """Let what is above the role's limit go on by approval and return the approver's name, or raise `excess`."""
    approver = None
    if approval_id is not None:
        approver = _find_approver(session, at, Permission(excess.what), approval_id)
    if approver is None:
        raise excess
    return approver


def _find_approver(session: Session, at: At, permission: Permission, approval_id: Approvals) -> str | None:
    """Use up an approval that fits and return who gave it; None when none does."""
    ids = (approval_id,) if isinstance(approval_id, int) else approval_id
    row = session.execute(
        update(APPROVAL)
        .where(
            APPROVAL.c.id.in_(ids),
            APPROVAL.c.permission == permission,
            APPROVAL.c.till_id == at.till,
            APPROVAL.c.used_at.is_(None),
            APPROVAL.c.granted_at >= at.now - APPROVAL_LASTS,
        )
        .values(used_at=at.now)
        .returning(APPROVAL.c.granted_by)
    ).first()
    if row is None:
        return None
    return str(session.execute(select(STAFF.c.name).where(STAFF.c.id == row[0])).scalar_one())


def _check_rules(pin: str) -> None:
    if not (pin.isascii() and pin.isdigit() and PIN_MIN <= len(pin) <= PIN_MAX):
        raise InvalidInput("pin", "", "four_to_twelve_digits")


def _pin_check(session: Session, staff_id: int) -> _PinCheck:
    row = session.execute(
        select(
            STAFF.c.id, STAFF.c.name, STAFF.c.role, STAFF.c.pin_hash, STAFF.c.failures, STAFF.c.locked_until_at
        ).where(STAFF.c.id == staff_id, STAFF.c.is_active)
    ).first()
    if row is None:
        raise NotFound("staff", str(staff_id))
    return _PinCheck(*row)


def _record_sign_in(session: Session, till: int, staff_id: int, matches: bool, now: datetime) -> SignInOutcome:
    check = _pin_check(session, staff_id)
    at = At(Actor(staff_id, check.name, check.role), till, now)
    if matches:
        session.execute(update(STAFF).where(STAFF.c.id == staff_id).values(failures=0, locked_until_at=None))
        audit.record(session, at, "sign_in")
        return SignInOutcome(True, at.actor)
    failures = check.failures + 1
    wait_s = lockout.wait_after(failures)
    until = lockout.locked_until(failures, now)
    session.execute(update(STAFF).where(STAFF.c.id == staff_id).values(failures=failures, locked_until_at=until))
    audit.record(session, at, "sign_in_refused", failures=failures, wait_s=wait_s)
    return SignInOutcome(False, wait_s=wait_s, failures=failures)


def _record_own_pin(session: Session, till: int, check: _PinCheck, pin_hash: str, now: datetime) -> bool:
    # A PIN that a manager gave meanwhile is not overwritten by somebody who knew the one before.
    changed = session.execute(
        update(STAFF)
        .where(STAFF.c.id == check.staff_id, STAFF.c.is_active, STAFF.c.pin_hash == check.pin_hash)
        .values(pin_hash=pin_hash, failures=0, locked_until_at=None)
        .returning(STAFF.c.id)
    ).first()
    if changed is None:
        return False
    audit.record(session, At(Actor(check.staff_id, check.name, check.role), till, now), "pin_changed", check.name)
    return True


def _grant(session: Session, at: At, permission: Permission, manager_id: int, manager: str) -> int:
    approval_id = session.execute(
        insert(APPROVAL)
        .values(
            permission=permission,
            till_id=at.till,
            granted_by=manager_id,
            asked_by=at.actor.staff_id or manager_id,
            granted_at=at.now,
        )
        .returning(APPROVAL.c.id)
    ).scalar_one()
    audit.record(session, at, "approval", permission, approved_by=manager)
    return int(approval_id)
