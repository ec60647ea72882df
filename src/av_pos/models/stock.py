"""Stock: a balance beside the ledger that explains it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id, Minor, UtcTime


class Stock(Base):
    """New pieces of an edition on hand and their value at cost. It may go below zero at the till and is then listed."""

    __tablename__ = "stock"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True, autoincrement=False)
    on_hand_qty: Mapped[int] = mapped_column(default=0)
    value_minor: Mapped[int] = mapped_column(Minor, default=0)
    last_cost_minor: Mapped[int] = mapped_column(Minor, default=0)


class StockMove(Base):
    """One row of the ledger: so many pieces came (+) or went (−), and their cost. A row with a copy moves only that."""

    __tablename__ = "stock_move"
    __table_args__ = (
        Index(None, "edition_id", "id"),
        Index(None, "document_id"),
        CheckConstraint("qty <> 0", name="qty"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"))
    reason: Mapped[str] = mapped_column(String(20))
    qty: Mapped[int] = mapped_column()
    cost_minor: Mapped[int] = mapped_column(Minor)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    moved_at: Mapped[datetime] = mapped_column(UtcTime)
    business_on: Mapped[date] = mapped_column()
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    till_id: Mapped[int] = mapped_column()
    note: Mapped[str] = mapped_column(Text, default="")
