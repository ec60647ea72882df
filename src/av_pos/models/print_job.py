"""The outbox of paper: jobs that a sale's transaction leaves for the device worker."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id, UtcTime


class PrintJob(Base):
    """One thing to put out. What it shows is in the journal (`document_id`, `shift_id`) or, for an X report, here.

    `attempt` counts sendings; `is_uncertain` is set when bytes may have reached the printer, so that the next sending
    is marked as a reprint. `reprint_at` is set on a copy that somebody asked for.
    """

    __tablename__ = "print_job"
    __table_args__ = (
        Index(None, "till_id", "state", "id"),
        CheckConstraint(
            "state in ('queued', 'held', 'sending', 'sent', 'confirmed', 'failed', 'dropped')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    kind: Mapped[str] = mapped_column(String(12))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"))
    payload: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    is_uncertain: Mapped[bool] = mapped_column(default=False)
    reprint_at: Mapped[datetime | None] = mapped_column(UtcTime)
    queued_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    trouble: Mapped[str] = mapped_column(Text, default="")
