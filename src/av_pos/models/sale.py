"""Documents: sales, voids and returns in one sequence a till, with lines and payments; never changed once written."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from av_pos.models.base import METADATA, Id, Minor, UtcTime

DOCUMENT = Table(
    "document",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("till_id", ForeignKey("till.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("shift_id", ForeignKey("shift.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("staff_name", String(80), nullable=False),
    Column("occurred_at", UtcTime, nullable=False),
    Column("business_on", Date, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("of_document_id", ForeignKey("document.id")),
    Column("items_qty", Integer, nullable=False),
    Column("subtotal_minor", Minor, nullable=False),
    Column("discount_minor", Minor, nullable=False),
    Column("round_off_minor", Minor, nullable=False),
    Column("total_minor", Minor, nullable=False),
    Column("tax_minor", Minor, nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("reason", Text, default="", nullable=False),
    Column("approved_by", String(80), default="", nullable=False),
    Column("member_id", Id, ForeignKey("member.id")),
    Column("points_qty", Integer, default=0, server_default=text("0"), nullable=False),
    UniqueConstraint("till_id", "sequence"),
    Index("ix_document_member", "member_id", "id", sqlite_where=text("member_id IS NOT NULL")),
    Index("ix_document_of", "of_document_id", sqlite_where=text("of_document_id IS NOT NULL")),
    Index(None, "business_on", "occurred_at"),
    Index(None, "shift_id"),
    # A sale is voided once; it may be returned in several parts.
    Index("uq_document_void", "of_document_id", unique=True, sqlite_where=text("kind = 'void'")),
    CheckConstraint("kind in ('sale', 'void', 'return', 'correction')", name="kind"),
)
"""One numbered document. Amounts of a void or a return are negative; `of_document_id` is the sale they undo."""

DOCUMENT_LINE = Table(
    "document_line",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("copy_id", ForeignKey("copy.id")),
    Column("business_on", Date, nullable=False),
    Column("title", Text, nullable=False),
    Column("artist", Text, default="", nullable=False),
    Column("qty", Integer, nullable=False),
    Column("list_minor", Minor, nullable=False),
    Column("unit_minor", Minor, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("net_minor", Minor, nullable=False),
    Column("tax_bp", Integer, nullable=False),
    Column("tax_minor", Minor, nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("reductions", Text, default="[]", nullable=False),
    Column("of_line_id", ForeignKey("document_line.id")),
    Column("condition", String(12), default="", server_default=text("''"), nullable=False),
    Column("beside_id", ForeignKey("edition.id")),
    UniqueConstraint("document_id", "position"),
    Index(None, "business_on", "edition_id"),
    Index(None, "edition_id", "business_on"),
    CheckConstraint("qty <> 0", name="qty"),
)
"""One line as it was sold: title and price of that moment, every reduction, tax and cost.

`of_line_id` is the line that a return takes back, in which condition; `beside_id` the disc it was suggested with.
"""

PAYMENT = Table(
    "payment",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("tendered_minor", Minor, nullable=False),
    Column("change_minor", Minor, default=0, nullable=False),
    Column("card_type", String(20), default="", nullable=False),
    Column("card_last4", String(4), default="", nullable=False),
    Column("voucher_id", Id, ForeignKey("voucher.id")),
    UniqueConstraint("document_id", "position"),
    CheckConstraint("amount_minor = tendered_minor - change_minor", name="change"),
    CheckConstraint("length(card_last4) <= 4", name="last4"),
)
"""One means of payment of a document. Of a card: its kind and last four digits, never more; of a voucher its id."""
