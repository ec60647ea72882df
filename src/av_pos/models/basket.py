"""Baskets: the open one of a till, and the held ones. Rows, so that they survive a power cut."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from av_pos.models.base import METADATA, Id, Minor, UtcTime

BASKET = Table(
    "basket",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("till_id", ForeignKey("till.id"), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("held_at", UtcTime),
    Column("held_by", String(80), default="", nullable=False),
    Column("held_label", String(80), default="", nullable=False),
    Column("discount_kind", String(8), default="", nullable=False),
    Column("discount_value", Minor, default=0, nullable=False),
    Column("discount_reason", Text, default="", nullable=False),
    Column("round_unit_minor", Minor, default=0, nullable=False),
    Column("round_mode", String(8), default="down", nullable=False),
    Column("approved_by", String(80), default="", nullable=False),
    Column("member_id", Id, ForeignKey("member.id")),
    Column("coupons", Text, default="", server_default=text("''"), nullable=False),
    Index("uq_basket_open", "till_id", unique=True, sqlite_where=text("held_at IS NULL")),
)
"""What a customer is about to buy. `held_at` is set while it waits; one basket of a till is not held."""

BASKET_LINE = Table(
    "basket_line",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("basket_id", ForeignKey("basket.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("copy_id", ForeignKey("copy.id")),
    Column("qty", Integer, nullable=False),
    Column("list_minor", Minor, nullable=False),
    Column("override_minor", Minor),
    Column("override_reason", Text, default="", nullable=False),
    Column("discount_kind", String(8), default="", nullable=False),
    Column("discount_value", Minor, default=0, nullable=False),
    Column("discount_reason", Text, default="", nullable=False),
    Column("code", String(40), default="", nullable=False),
    Column("approved_by", String(80), default="", nullable=False),
    Column("beside_id", Id, ForeignKey("edition.id")),
    Index(None, "basket_id", "position"),
    Index("uq_basket_line_copy", "copy_id", unique=True, sqlite_where=text("copy_id IS NOT NULL")),
    CheckConstraint("qty > 0", name="qty"),
    CheckConstraint("copy_id IS NULL OR qty = 1", name="copy_qty"),
)
"""One line of a basket: an edition in some quantity, or one used copy."""

BASKET_RETURN = Table(
    "basket_return",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("basket_id", ForeignKey("basket.id", ondelete="CASCADE"), nullable=False),
    Column("line_id", ForeignKey("document_line.id"), nullable=False),
    Column("qty", Integer, nullable=False),
    Column("condition", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("basket_id", "line_id"),
    CheckConstraint("qty > 0", name="qty"),
)
"""Pieces of an earlier sale that come back with this basket, in which condition, and why."""
