"""The till, its shifts, and the cash that moves without a sale."""

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

TILL = Table(
    "till",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_number", Integer, default=0, nullable=False),
    Column("last_shift", Integer, default=0, nullable=False),
    Column("grand_total_minor", Minor, default=0, nullable=False),
    Column("last_document_at", UtcTime),
)
"""One till. `last_number` is the last document's sequence; `grand_total_minor` only ever follows its documents."""

SHIFT = Table(
    "shift",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("till_id", ForeignKey("till.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("business_on", Date, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("opened_by", ForeignKey("staff.id")),
    Column("opened_name", String(80), nullable=False),
    Column("float_minor", Minor, nullable=False),
    Column("closed_at", UtcTime),
    Column("closed_by", ForeignKey("staff.id")),
    Column("approved_by", String(80), default="", nullable=False),
    Column("expected_minor", Minor),
    Column("counted_minor", Minor),
    Column("counted_at", UtcTime),
    Column("count_lines", Text, default="[]", nullable=False),
    Column("difference_reason", Text, default="", nullable=False),
    UniqueConstraint("till_id", "number"),
    Index("uq_shift_open", "till_id", unique=True, sqlite_where=text("closed_at IS NULL")),
    Index(None, "business_on"),
)
"""From the float to the count. At most one is open at a till; a closed one never changes.

While it is open `counted_minor` and `expected_minor` are those of the last count, if there was one.
"""

CASH_MOVE = Table(
    "cash_move",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("shift_id", ForeignKey("shift.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("reason", Text, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("staff_name", String(80), nullable=False),
    Column("approved_by", String(80), default="", nullable=False),
    Column("moved_at", UtcTime, nullable=False),
    Index(None, "shift_id"),
    CheckConstraint(
        "(kind = 'pay_in' AND amount_minor > 0) OR (kind = 'pay_out' AND amount_minor < 0)"
        " OR (kind = 'no_sale' AND amount_minor = 0)",
        name="sign",
    ),
)
"""Cash paid in (+) or out (−) with its reason, or the drawer opened without a sale (0)."""
