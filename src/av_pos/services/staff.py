"""The people who may sign in: list, add, change, and give a new PIN.

A staff card (`29 8…`) says who somebody is; the PIN is still asked, because a card is left lying on the counter and can
be photographed. Whoever gives a PIN hands in its hash (`access.hash_pin`): hashing takes longer than a sale may
wait for the database.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code, shop_code
from av_pos.domain.permissions import Permission, Role
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import STAFF
from av_pos.services import access, audit

NAME_LONGEST = 80
ROLES = (Role.MANAGER, Role.CASHIER)
"""What a person can be; the console is nobody's role."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person. `card_code` is the barcode of the staff card; `locked_until_at` is set after wrong PINs."""

    staff_id: int
    name: str
    role: str
    is_active: bool
    locked_until_at: datetime | None
    card_code: str


def list_staff(session: Session, *, everybody: bool = False) -> tuple[StaffRow, ...]:
    """Return who may sign in, by name; with `everybody` also those who have left."""
    query = select(STAFF).order_by(func.lower(STAFF.c.name), STAFF.c.id)
    if not everybody:
        query = query.where(STAFF.c.is_active)
    return tuple(_row(row) for row in session.execute(query).all())


def find_by_card(session: Session, code: str) -> StaffRow | None:
    """Return whose staff card was scanned; None for any other code or somebody who has left. The PIN is still asked."""
    scanned = read_code(code)
    if scanned.kind is not CodeKind.STAFF or scanned.number is None:
        return None
    found = session.execute(select(STAFF).where(STAFF.c.id == scanned.number, STAFF.c.is_active)).first()
    return _row(found) if found else None


def get_staff(session: Session, key: str) -> StaffRow:
    """Return the active person of a staff card, a number or a name. Raises NotFound; InvalidInput for two of a name."""
    carded = find_by_card(session, key)
    if carded is not None:
        return carded
    folded = key.strip().casefold()
    everybody = list_staff(session)
    found = [row for row in everybody if str(row.staff_id) == folded]
    found = found or [row for row in everybody if row.name.casefold() == folded]
    if not found:
        raise NotFound("staff", key[:NAME_LONGEST])
    if len(found) > 1:
        raise InvalidInput("staff", key[:NAME_LONGEST], "several")
    return found[0]


def add_staff(session: Session, at: At, name: str, role: str, pin_hash: str) -> StaffRow:
    """Add a person; the PIN comes as its hash. Raises NotPermitted, InvalidInput."""
    access.require(session, at, Permission.EDIT_STAFF)
    row = insert_staff(session, at.now, name, role, pin_hash)
    audit.record(session, at, "staff_added", row.name, role=row.role)
    return row


def insert_staff(session: Session, now: datetime, name: str, role: str, pin_hash: str) -> StaffRow:
    """Write a person's row, as a new shop's set-up does; `add_staff` is for people. Raises InvalidInput."""
    values = {
        "name": _checked_name(session, name, None),
        "role": _checked_role(role),
        "pin_hash": pin_hash,
        "is_active": True,
        "created_at": now,
    }
    staff_id = session.execute(insert(STAFF).values(values).returning(STAFF.c.id)).scalar_one()
    return _get(session, int(staff_id))


def rename(session: Session, at: At, staff_id: int, name: str) -> StaffRow:
    """Give a person another name; documents keep the old one. Raises NotPermitted, NotFound, InvalidInput."""
    access.require(session, at, Permission.EDIT_STAFF)
    before = _get(session, staff_id)
    return _change(session, at, before, "staff_renamed", name=_checked_name(session, name, staff_id))


def change_role(session: Session, at: At, staff_id: int, role: str) -> StaffRow:
    """Make a person a manager or a cashier.

    Raises NotPermitted, NotFound, InvalidInput, WrongState for the last manager.
    """
    access.require(session, at, Permission.EDIT_STAFF)
    before = _get(session, staff_id)
    if _checked_role(role) != Role.MANAGER:
        _keep_a_manager(session, before)
    return _change(session, at, before, "staff_role_changed", role=role)


def set_active(session: Session, at: At, staff_id: int, active: bool) -> StaffRow:
    """Let a person sign in or not; nobody is ever deleted.

    Raises NotPermitted, NotFound, WrongState for the last manager.
    """
    access.require(session, at, Permission.EDIT_STAFF)
    before = _get(session, staff_id)
    if not active:
        _keep_a_manager(session, before)
    return _change(session, at, before, "staff_came_back" if active else "staff_left", is_active=active)


def reset_pin(session: Session, at: At, staff_id: int, pin_hash: str) -> StaffRow:
    """Give another person a new PIN and lift the wait after wrong ones.

    The own PIN is changed by `access.change_own_pin`, which asks for the old one: a manager who went away from the till
    is not locked out by whoever stands there. Raises NotPermitted, NotFound.
    """
    access.require(session, at, Permission.EDIT_STAFF)
    if at.actor.staff_id == staff_id:
        raise NotPermitted(Permission.EDIT_STAFF, approvable=False)
    before = _get(session, staff_id)
    session.execute(
        update(STAFF).where(STAFF.c.id == staff_id).values(pin_hash=pin_hash, failures=0, locked_until_at=None)
    )
    audit.record(session, at, "pin_reset", before.name)
    return _get(session, staff_id)


def _change(session: Session, at: At, before: StaffRow, action: str, **values: Any) -> StaffRow:
    session.execute(update(STAFF).where(STAFF.c.id == before.staff_id).values(**values))
    changes = {name: [getattr(before, name), value] for name, value in values.items()}
    audit.record(session, at, action, before.name, changes=changes)
    return _get(session, before.staff_id)


def _keep_a_manager(session: Session, row: StaffRow) -> None:
    if row.role != Role.MANAGER or not row.is_active:
        return
    others = select(func.count()).where(STAFF.c.role == Role.MANAGER, STAFF.c.is_active, STAFF.c.id != row.staff_id)
    if session.execute(others).scalar_one() == 0:
        raise WrongState("staff", "last_manager")


def _checked_name(session: Session, name: str, staff_id: int | None) -> str:
    plain = " ".join(
        "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFC", name)).split()
    )
    if not plain:
        raise InvalidInput("name", "", "empty")
    if len(plain) > NAME_LONGEST:
        raise InvalidInput("name", plain[:40], "too_long")
    # Two of one name cannot be told apart on the sign-in screen, nor on receipts.
    if any(row.name.casefold() == plain.casefold() and row.staff_id != staff_id for row in list_staff(session)):
        raise InvalidInput("name", plain, "taken")
    return plain


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise InvalidInput("role", role[:40], "not_a_choice")
    return str(role)


def _get(session: Session, staff_id: int) -> StaffRow:
    row = session.execute(select(STAFF).where(STAFF.c.id == staff_id)).first()
    if row is None:
        raise NotFound("staff", str(staff_id))
    return _row(row)


def _row(row: Any) -> StaffRow:
    return StaffRow(
        staff_id=row.id,
        name=row.name,
        role=row.role,
        is_active=row.is_active,
        locked_until_at=row.locked_until_at,
        card_code=shop_code(CodeKind.STAFF, row.id),
    )
