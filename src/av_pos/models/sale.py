"""Documents: sales, voids and returns in one sequence a till, with lines and payments; never changed once written."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id, Minor, UtcTime


class Document(Base):
    """One numbered document. Amounts of a void or a return are negative; `of_document_id` is the sale they undo."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("till_id", "sequence"),
        Index(None, "business_on", "occurred_at"),
        Index(None, "shift_id"),
        # A sale is voided once; it may be returned in several parts.
        Index("uq_document_void", "of_document_id", unique=True, sqlite_where=text("kind = 'void'")),
        CheckConstraint("kind in ('sale', 'void', 'return')", name="kind"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    sequence: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(8))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    staff_name: Mapped[str] = mapped_column(String(80))
    occurred_at: Mapped[datetime] = mapped_column(UtcTime)
    business_on: Mapped[date] = mapped_column()
    hour: Mapped[int] = mapped_column()
    of_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    items_qty: Mapped[int] = mapped_column()
    subtotal_minor: Mapped[int] = mapped_column(Minor)
    discount_minor: Mapped[int] = mapped_column(Minor)
    round_off_minor: Mapped[int] = mapped_column(Minor)
    total_minor: Mapped[int] = mapped_column(Minor)
    tax_minor: Mapped[int] = mapped_column(Minor)
    cost_minor: Mapped[int] = mapped_column(Minor)
    reason: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[str] = mapped_column(String(80), default="")


class DocumentLine(Base):
    """One line as it was sold: title and price of that moment, every reduction, tax and cost."""

    __tablename__ = "document_line"
    __table_args__ = (
        UniqueConstraint("document_id", "position"),
        Index(None, "business_on", "edition_id"),
        Index(None, "edition_id", "business_on"),
        CheckConstraint("qty <> 0", name="qty"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int] = mapped_column()
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"))
    business_on: Mapped[date] = mapped_column()
    title: Mapped[str] = mapped_column(Text)
    artist: Mapped[str] = mapped_column(Text, default="")
    qty: Mapped[int] = mapped_column()
    list_minor: Mapped[int] = mapped_column(Minor)
    unit_minor: Mapped[int] = mapped_column(Minor)
    amount_minor: Mapped[int] = mapped_column(Minor)
    net_minor: Mapped[int] = mapped_column(Minor)
    tax_bp: Mapped[int] = mapped_column()
    tax_minor: Mapped[int] = mapped_column(Minor)
    cost_minor: Mapped[int] = mapped_column(Minor)
    reductions: Mapped[str] = mapped_column(Text, default="[]")


class Payment(Base):
    """One means of payment of a document. Of a card: its kind and last four digits, never more."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("document_id", "position"),
        CheckConstraint("amount_minor = tendered_minor - change_minor", name="change"),
        CheckConstraint("length(card_last4) <= 4", name="last4"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(12))
    amount_minor: Mapped[int] = mapped_column(Minor)
    tendered_minor: Mapped[int] = mapped_column(Minor)
    change_minor: Mapped[int] = mapped_column(Minor, default=0)
    card_type: Mapped[str] = mapped_column(String(20), default="")
    card_last4: Mapped[str] = mapped_column(String(4), default="")
