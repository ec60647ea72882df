"""The journal: one hash chain a till over everything that was put on paper or moved money."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from av_pos.models.base import METADATA, UtcTime

JOURNAL = Table(
    "journal",
    METADATA,
    Column("till_id", ForeignKey("till.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("document_id", ForeignKey("document.id")),
    Column("shift_id", ForeignKey("shift.id")),
    Column("written_at", UtcTime, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "document_id"),
    Index(None, "shift_id", "kind"),
)
"""One link: canonical JSON of the whole document without personal data, chained by SHA-256 to the one before."""
