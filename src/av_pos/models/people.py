"""The people behind the counter, what they lent each other, and what they did."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from av_pos.models.base import METADATA, Id, Minor, UtcTime

STAFF = Table(
    "staff",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("pin_hash", String(160), nullable=False),
    Column("is_active", Boolean, default=True, nullable=False),
    Column("failures", Integer, default=0, nullable=False),
    Column("locked_until_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
)
"""One person who may sign in. `failures` and `locked_until_at` slow down whoever guesses a PIN."""

APPROVAL = Table(
    "approval",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("permission", String(32), nullable=False),
    Column("till_id", Integer, nullable=False),
    Column("granted_by", ForeignKey("staff.id"), nullable=False),
    Column("asked_by", ForeignKey("staff.id"), nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)
"""A manager's leave for one operation at one till; `used_at` is set when that operation takes it."""

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("happened_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("staff_name", String(80), nullable=False),
    Column("till_id", Integer, nullable=False),
    Column("shift_id", ForeignKey("shift.id")),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), default="", nullable=False),
    Column("amount_minor", Minor, default=0, nullable=False),
    Column("approved_by", String(80), default="", nullable=False),
    Column("details", Text, default="{}", nullable=False),
    Index(None, "happened_at"),
    Index(None, "shift_id", "action"),
    CheckConstraint("length(action) > 0", name="action"),
)
"""Something that somebody will ask about later: who, when, at which till, what, and who approved."""
