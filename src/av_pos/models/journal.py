"""The journal: one hash chain a till over everything that was put on paper or moved money."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, UtcTime


class JournalEntry(Base):
    """One link: canonical JSON of the whole document without personal data, chained by SHA-256 to the one before."""

    __tablename__ = "journal"
    __table_args__ = (Index(None, "document_id"), Index(None, "shift_id", "kind"))

    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"))
    written_at: Mapped[datetime] = mapped_column(UtcTime)
    payload: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
