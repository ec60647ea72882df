"""What was asked for and not there, what is put by, and what a manager set by hand. Not read in with the others."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from av_pos.models.base import METADATA, Id, UtcTime

MISSED_DEMAND = Table(
    "missed_demand",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("edition_id", ForeignKey("edition.id")),
    Column("words", String(200), default="", nullable=False),
    Column("qty", Integer, default=1, nullable=False),
    Column("want_id", ForeignKey("member_want.id", ondelete="SET NULL")),
    Column("asked_at", UtcTime, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Index(None, "edition_id", "asked_on"),
    Index(None, "asked_on"),
    CheckConstraint("qty > 0", name="qty"),
)
"""Somebody asked for a disc that was not there: an edition, or the words they said."""

RESERVATION = Table(
    "reservation",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("copy_id", ForeignKey("copy.id")),
    Column("qty", Integer, nullable=False),
    Column("member_id", ForeignKey("member.id")),
    Column("words", String(200), default="", nullable=False),
    Column("status", String(8), nullable=False),
    Column("until_on", Date),
    Column("reserved_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("ended_at", UtcTime),
    Index("ix_reservation_open", "edition_id", sqlite_where=text("ended_at IS NULL")),
    CheckConstraint("qty > 0", name="qty"),
    CheckConstraint("status in ('put_by', 'taken', 'let_go')", name="status"),
)
"""Pieces put by for somebody, a member or whoever `words` name: on hand, and not to be reckoned with."""

REORDER_INPUT = Table(
    "reorder_input",
    METADATA,
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("name", String(20), nullable=False),
    Column("value", Float, nullable=False),
    Column("note", Text, default="", nullable=False),
    Column("set_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    PrimaryKeyConstraint("edition_id", "name"),
    sqlite_with_rowid=False,
)
"""What a manager set by hand for an edition in the place of what is computed; taking the row away undoes it.

`name`: order_qty, demand_week, lead_days, lead_sd_days, service_bp, order_cost_minor, holding_bp, shelf_limit_qty.
"""

REORDER_TRIAL = Table(
    "reorder_trial",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("tried_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("data", Text, nullable=False),
)
"""What the last year would have come to, had the shop followed the suggestions; `data` is JSON of all its figures."""
