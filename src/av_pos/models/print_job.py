"""The outbox of paper: jobs that a sale's transaction leaves for the device worker."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from av_pos.models.base import METADATA, Id, UtcTime

PRINT_JOB = Table(
    "print_job",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("till_id", ForeignKey("till.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("document_id", ForeignKey("document.id")),
    Column("shift_id", ForeignKey("shift.id")),
    Column("payload", Text),
    Column("state", String(10), default="queued", nullable=False),
    Column("attempt", Integer, default=0, nullable=False),
    Column("is_uncertain", Boolean, default=False, nullable=False),
    Column("reprint_at", UtcTime),
    Column("queued_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("trouble", Text, default="", nullable=False),
    Index(None, "till_id", "state", "id"),
    CheckConstraint("state in ('queued', 'held', 'sending', 'sent', 'confirmed', 'failed', 'dropped')", name="state"),
)
"""One thing to put out. What it shows is in the journal (`document_id`, `shift_id`) or, for an X report, here.

`attempt` counts sendings; `is_uncertain` is set when bytes may have reached the printer, so that the next sending
is marked as a reprint. `reprint_at` is set on a copy that somebody asked for.
"""
