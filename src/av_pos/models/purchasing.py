"""Suppliers, what is ordered of them, what they deliver, and what goes back. Not read in with the other tables."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from av_pos.models.base import METADATA, Id, Minor, UtcTime

SUPPLIER = Table(
    "supplier",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("contact", String(80), default="", nullable=False),
    Column("phone", String(40), default="", nullable=False),
    Column("email", String(120), default="", nullable=False),
    Column("address", Text, default="", nullable=False),
    Column("customer_number", String(40), default="", nullable=False),
    Column("language", String(8), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("rate_micro", Minor, default=1_000_000, nullable=False),
    Column("lead_days", Integer, default=14, nullable=False),
    Column("minimum_minor", Minor, default=0, nullable=False),
    Column("carriage_minor", Minor, default=0, nullable=False),
    Column("is_returnable", Boolean, default=False, nullable=False),
    Column("return_days", Integer, default=0, nullable=False),
    Column("note", Text, default="", nullable=False),
    Column("is_deleted", Boolean, default=False, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Index("uq_supplier_name", "name", unique=True, sqlite_where=text("is_deleted = 0")),
    CheckConstraint("rate_micro > 0", name="rate"),
    CheckConstraint("lead_days >= 0 AND return_days >= 0 AND minimum_minor >= 0 AND carriage_minor >= 0", name="terms"),
)
"""Who sells to the shop, in which language and currency.

`rate_micro`: what one whole unit of its currency is worth in whole units of the shop's, in millionths. `lead_days` is
what the supplier says; what its own deliveries say is computed. `minimum_minor` (an order) and `carriage_minor` (a
delivery) are in its currency. `is_returnable`: within `return_days` (0: always) pieces may go back; else a firm sale.
"""

ARTICLE = Table(
    "article",
    METADATA,
    Column("supplier_id", ForeignKey("supplier.id"), nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("number", String(40), default="", nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("pack_qty", Integer, default=1, nullable=False),
    Column("is_preferred", Boolean, default=False, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("supplier_id", "edition_id"),
    Index(None, "edition_id"),
    Index("uq_article_preferred", "edition_id", unique=True, sqlite_where=text("is_preferred = 1")),
    CheckConstraint("pack_qty > 0 AND cost_minor >= 0", name="terms"),
    sqlite_with_rowid=False,
)
"""An edition as a supplier sells it: its number there, what a piece costs in its currency, pieces a pack."""

PURCHASE_ORDER = Table(
    "purchase_order",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("supplier_id", ForeignKey("supplier.id"), nullable=False),
    Column("status", String(10), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("rate_micro", Minor, nullable=False),
    Column("carriage_minor", Minor, default=0, nullable=False),
    Column("origin", String(10), default="", nullable=False),
    Column("note", Text, default="", nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", ForeignKey("staff.id")),
    Column("sent_at", UtcTime),
    Column("sent_on", Date),
    Column("expected_on", Date),
    Column("closed_at", UtcTime),
    Index(None, "supplier_id", "id"),
    Index("ix_purchase_order_open", "status", sqlite_where=text("closed_at IS NULL")),
    CheckConstraint("status in ('draft', 'sent', 'partly', 'closed', 'dropped')", name="status"),
)
"""What is ordered of a supplier, in its currency. `origin`: reorder when the reorder screen made it, else empty."""

ORDER_LINE = Table(
    "order_line",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("order_id", ForeignKey("purchase_order.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("qty", Integer, nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("received_qty", Integer, default=0, nullable=False),
    Column("given_up_qty", Integer, default=0, nullable=False),
    Column("why", Text, default="", nullable=False),
    UniqueConstraint("order_id", "edition_id"),
    Index(None, "edition_id"),
    CheckConstraint("qty > 0 AND cost_minor >= 0 AND received_qty >= 0 AND given_up_qty >= 0", name="terms"),
)
"""So many pieces of an edition at a cost a piece. What is neither received nor given up is still to come."""

DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("supplier_id", ForeignKey("supplier.id"), nullable=False),
    Column("order_id", ForeignKey("purchase_order.id")),
    Column("number", String(40), default="", nullable=False),
    Column("status", String(8), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("rate_micro", Minor, nullable=False),
    Column("carriage_minor", Minor, default=0, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("began_by", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Column("is_damaged_back", Boolean, default=False, nullable=False),
    Column("posted_at", UtcTime),
    Column("posted_on", Date),
    Index(None, "supplier_id", "id"),
    Index(None, "order_id"),
    Index("ix_delivery_open", "status", sqlite_where=text("posted_at IS NULL")),
    CheckConstraint("status in ('open', 'posted', 'dropped')", name="status"),
)
"""A box from a supplier: open while it is scanned, posted when its pieces are on hand.

`number` is that of the supplier's own delivery note; `carriage_minor`, in the shop's currency, is all that is paid
beside the discs and is spread over them. `is_damaged_back`: its damaged pieces were never booked, they go back.
"""

DELIVERY_LINE = Table(
    "delivery_line",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False),
    Column("edition_id", ForeignKey("edition.id")),
    Column("code", String(40), default="", nullable=False),
    Column("qty", Integer, default=0, nullable=False),
    Column("damaged_qty", Integer, default=0, nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("landed_minor", Minor, default=0, nullable=False),
    Column("settled_minor", Minor, default=0, nullable=False),
    Column("new_price_minor", Minor),
    Column("changed_at", UtcTime, nullable=False),
    Index(None, "delivery_id"),
    Index("uq_delivery_line_edition", "delivery_id", "edition_id", unique=True,
          sqlite_where=text("edition_id IS NOT NULL")),
    Index("uq_delivery_line_code", "delivery_id", "code", unique=True, sqlite_where=text("edition_id IS NULL")),
    CheckConstraint("qty >= 0 AND damaged_qty >= 0 AND cost_minor >= 0", name="terms"),
)  # fmt: skip
"""What lay in a box of one edition: good pieces and damaged ones, at a cost a piece in the supplier's currency.

Without an edition it is an unknown disc, by the `code` that was scanned. `landed_minor` is what the good pieces were
booked at, carriage and exchange rate included; `settled_minor` of it put right what pieces sold below nought were
guessed to cost. `new_price_minor` is the retail price from now on.
"""

DELIVERY_SCAN = Table(
    "delivery_scan",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False),
    Column("line_id", ForeignKey("delivery_line.id"), nullable=False),
    Column("qty", Integer, default=0, nullable=False),
    Column("damaged_qty", Integer, default=0, nullable=False),
    Column("scanned_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Index(None, "delivery_id", "till_id", "id"),
    Index(None, "line_id"),
)
"""One scan, or one typed number: by how many pieces it changed a line. A line holds the sum of its scans."""

DELIVERY_FILL = Table(
    "delivery_fill",
    METADATA,
    Column("delivery_line_id", ForeignKey("delivery_line.id"), nullable=False),
    Column("order_line_id", ForeignKey("order_line.id"), nullable=False),
    Column("qty", Integer, nullable=False),
    PrimaryKeyConstraint("delivery_line_id", "order_line_id"),
    Index(None, "order_line_id"),
    CheckConstraint("qty > 0", name="qty"),
)
"""How many pieces of a posted delivery's line were those of which order's line; what is over fills none."""

SUPPLIER_RETURN = Table(
    "supplier_return",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("supplier_id", ForeignKey("supplier.id"), nullable=False),
    Column("status", String(8), nullable=False),
    Column("note", Text, default="", nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", ForeignKey("staff.id")),
    Column("sent_at", UtcTime),
    Column("sent_on", Date),
    Column("credited_at", UtcTime),
    Column("credited_minor", Minor),
    Index(None, "supplier_id", "id"),
    CheckConstraint("status in ('draft', 'sent', 'credited', 'dropped')", name="status"),
)
"""What goes back to a supplier: a draft, then sent (the pieces left), then credited in the supplier's currency."""

SUPPLIER_RETURN_LINE = Table(
    "supplier_return_line",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("return_id", ForeignKey("supplier_return.id"), nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("copy_id", ForeignKey("copy.id")),
    Column("qty", Integer, nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("is_on_hand", Boolean, default=True, nullable=False),
    Index(None, "return_id"),
    CheckConstraint("qty > 0 AND cost_minor >= 0", name="terms"),
)
"""So many pieces that go back, at a cost a piece in the supplier's currency. `reason`: damaged, wrong, unsold.

What is not `is_on_hand` came damaged and was never booked: it goes back without leaving the ledger.
"""

LABEL_WANTED = Table(
    "label_wanted",
    METADATA,
    Column("edition_id", ForeignKey("edition.id"), primary_key=True, autoincrement=False),
    Column("qty", Integer, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("since_at", UtcTime, nullable=False),
    CheckConstraint("qty > 0", name="qty"),
)
"""How many pieces of an edition need a new price label, and why: received, price."""
