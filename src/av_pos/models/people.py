"""The people behind the counter, what they lent each other, and what they did."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id, Minor, UtcTime


class Staff(Base):
    """One person who may sign in. `failures` and `locked_until_at` slow down whoever guesses a PIN."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    pin_hash: Mapped[str] = mapped_column(String(160))
    is_active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Approval(Base):
    """A manager's leave for one operation at one till; `used_at` is set when that operation takes it."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    permission: Mapped[str] = mapped_column(String(32))
    till_id: Mapped[int] = mapped_column()
    granted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class AuditEntry(Base):
    """Something that somebody will ask about later: who, when, at which till, what, and who approved."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "happened_at"),
        Index(None, "shift_id", "action"),
        CheckConstraint("length(action) > 0", name="action"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(UtcTime)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    staff_name: Mapped[str] = mapped_column(String(80))
    till_id: Mapped[int] = mapped_column()
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80), default="")
    amount_minor: Mapped[int] = mapped_column(Minor, default=0)
    approved_by: Mapped[str] = mapped_column(String(80), default="")
    details: Mapped[str] = mapped_column(Text, default="{}")
