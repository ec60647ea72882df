"""What has come back of a sale's lines, beside the sale, which never changes."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table

from av_pos.models.base import METADATA, Minor

LINE_RETURN = Table(
    "line_return",
    METADATA,
    Column("line_id", ForeignKey("document_line.id"), primary_key=True, autoincrement=False),
    Column("sold_qty", Integer, nullable=False),
    Column("returned_qty", Integer, nullable=False),
    Column("refunded_minor", Minor, nullable=False),
    CheckConstraint("returned_qty between 0 and sold_qty", name="qty"),
)
"""Pieces of a sale's line that came back, and the money for them: the last guard against a second return."""
