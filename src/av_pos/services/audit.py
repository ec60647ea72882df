"""The record of what somebody will ask about later, written in the same transaction as the thing itself."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import desc, insert, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import NotPermitted
from av_pos.models import AUDIT


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry as a manager reads it."""

    happened_at: datetime
    staff_name: str
    till_id: int
    action: str
    subject: str
    amount_minor: int
    approved_by: str
    details: dict[str, Any]


def record(
    session: Session,
    at: At,
    action: str,
    subject: str = "",
    *,
    amount_minor: int = 0,
    approved_by: str = "",
    shift_id: int | None = None,
    **details: Any,
) -> None:
    """Write one entry. `details` are plain JSON values; never a PIN, a payment code or a card number."""
    session.execute(
        insert(AUDIT),
        {
            "happened_at": at.now,
            "staff_id": at.actor.staff_id or None,
            "staff_name": at.actor.name,
            "till_id": at.till,
            "shift_id": shift_id,
            "action": action,
            "subject": subject[:80],
            "amount_minor": amount_minor,
            "approved_by": approved_by,
            "details": json.dumps(details, ensure_ascii=False, sort_keys=True),
        },
    )


def list_entries(session: Session, at: At, *, limit: int = 500) -> tuple[AuditRow, ...]:
    """Return the newest entries first. Raises NotPermitted."""
    if not allowed(at.actor.role, Permission.VIEW_AUDIT):
        raise NotPermitted(Permission.VIEW_AUDIT)
    query = select(AUDIT).order_by(desc(AUDIT.c.id)).limit(limit)
    return tuple(
        AuditRow(
            happened_at=entry.happened_at,
            staff_name=entry.staff_name,
            till_id=entry.till_id,
            action=entry.action,
            subject=entry.subject,
            amount_minor=entry.amount_minor,
            approved_by=entry.approved_by,
            details=json.loads(entry.details),
        )
        for entry in session.execute(query)
    )
