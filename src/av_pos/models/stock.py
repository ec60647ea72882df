"""Stock: a balance beside the ledger that explains it."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from av_pos.models.base import METADATA, Id, Minor, UtcTime

STOCK = Table(
    "stock",
    METADATA,
    Column("edition_id", ForeignKey("edition.id"), primary_key=True, autoincrement=False),
    Column("on_hand_qty", Integer, default=0, nullable=False),
    Column("value_minor", Minor, default=0, nullable=False),
    Column("last_cost_minor", Minor, default=0, nullable=False),
    Column("reserved_qty", Integer, default=0, server_default=text("0"), nullable=False),
    Column("on_order_qty", Integer, default=0, server_default=text("0"), nullable=False),
)
"""New pieces of an edition on hand and their value at cost. It may go below zero at the till and is then listed.

`reserved_qty` of them are put by for somebody: they are on hand all the same. `on_order_qty` are on their way.
"""

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
    Column("origin", String(16), default="", server_default=text("''"), nullable=False),
    Column("origin_id", Id),
    Index(None, "edition_id", "id"),
    Index(None, "document_id"),
    Index("ix_stock_move_origin", "origin", "origin_id", sqlite_where=text("origin_id IS NOT NULL")),
    # What came in lately does not lie unsold for long: asked of all editions at once.
    Index("ix_stock_move_came_in", "business_on", "edition_id", sqlite_where=text("reason IN ('opening', 'receipt')")),
    CheckConstraint("qty <> 0", name="qty"),
)
"""One row of the ledger: so many pieces came (+) or went (−), and their cost. A row with a copy moves only that.

`origin` says what wrote it where that is no document: delivery, supplier_return, stocktake or reservation, with its id;
shelf for pieces that went to another one; by_hand. What moves within the shop is two rows that come to nothing.
"""

DEMAND = Table(
    "demand",
    METADATA,
    Column("edition_id", ForeignKey("edition.id"), primary_key=True, autoincrement=False),
    Column("since_week", Integer, nullable=False),
    Column("weeks", LargeBinary, nullable=False),
)
"""New pieces sold of an edition, week by week, as `domain.demand` packs them; changed with each sale.

A row an edition is read a hundred times faster than the ledger: reordering reads all of them at once.
"""
