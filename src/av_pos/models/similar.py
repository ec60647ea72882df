"""What customers also bought, as it is kept between two rebuilds. Not read in with the other tables."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from av_pos.models.base import METADATA, Id, UtcTime

NEIGHBOUR = Table(
    "neighbour",
    METADATA,
    Column("build", Integer, nullable=False),
    Column("edition_id", Id, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("other_id", Id, nullable=False),
    Column("score", Float, nullable=False),
    Column("both_qty", Integer, nullable=False),
    Column("buyers_qty", Integer, nullable=False),
    PrimaryKeyConstraint("build", "edition_id", "rank"),
    sqlite_with_rowid=False,
)
"""The stored list of an edition, best first: `both_qty` of its `buyers_qty` buyers bought `other_id` too."""

SIMILAR_BUILD = Table(
    "similar_build",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("is_current", Boolean, default=False, nullable=False),
    Column("built_at", UtcTime, nullable=False),
    Column("last_document_id", Integer, nullable=False),
    Column("buyers_qty", Integer, nullable=False),
    Column("editions_qty", Integer, nullable=False),
)
"""One rebuild of the lists; the one that is current is read, all others are being made or thrown away."""

SUGGESTION = Table(
    "suggestion",
    METADATA,
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("beside_id", ForeignKey("edition.id"), nullable=False),
    Column("is_taken", Boolean, nullable=False),
    PrimaryKeyConstraint("document_id", "edition_id"),
    Index(None, "edition_id"),
)
"""What the till offered beside a sale's discs, and whether it was taken."""
