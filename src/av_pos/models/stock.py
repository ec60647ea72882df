"""Stock: a balance beside the ledger that explains it."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from av_pos.models.base import METADATA, Id, Minor, UtcTime

STOCK = Table(
    "stock",
    METADATA,
    Column("edition_id", ForeignKey("edition.id"), primary_key=True, autoincrement=False),
    Column("on_hand_qty", Integer, default=0, nullable=False),
    Column("value_minor", Minor, default=0, nullable=False),
    Column("last_cost_minor", Minor, default=0, nullable=False),
)
"""New pieces of an edition on hand and their value at cost. It may go below zero at the till and is then listed."""

STOCK_MOVE = Table(
    "stock_move",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("copy_id", ForeignKey("copy.id")),
    Column("reason", String(20), nullable=False),
    Column("qty", Integer, nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("document_id", ForeignKey("document.id")),
    Column("moved_at", UtcTime, nullable=False),
    Column("business_on", Date, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Column("note", Text, default="", nullable=False),
    Index(None, "edition_id", "id"),
    Index(None, "document_id"),
    CheckConstraint("qty <> 0", name="qty"),
)
"""One row of the ledger: so many pieces came (+) or went (−), and their cost. A row with a copy moves only that."""
