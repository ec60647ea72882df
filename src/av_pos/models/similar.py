"""What customers also bought, as it is kept between two rebuilds. Not read in with the other tables."""

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from av_pos.models.base import METADATA, Id, UtcTime

NEIGHBOUR = Table(
    "neighbour",
    METADATA,
    Column("build", Integer, nullable=False),
    Column("edition_id", Id, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("other_id", Id, nullable=False),
    Column("score", Float, nullable=False),
    Column("ground", String(8), nullable=False),
    Column("both_qty", Integer, nullable=False),
    Column("buyers_qty", Integer, nullable=False),
    PrimaryKeyConstraint("build", "edition_id", "rank"),
    sqlite_with_rowid=False,
)
"""The stored list of an edition, best first: `both_qty` of its `buyers_qty` buyers bought `other_id` too.

`ground`: bought, content (too few buyers: it is like it), few (what those few bought), style (it sells in its style).
"""

FOR_MEMBER = Table(
    "for_member",
    METADATA,
    Column("build", Integer, nullable=False),
    Column("member_id", Id, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("edition_id", Id, nullable=False),
    Column("because_id", Id),
    Column("both_qty", Integer, nullable=False),
    Column("of_qty", Integer, nullable=False),
    Column("ground", String(8), nullable=False),
    PrimaryKeyConstraint("build", "member_id", "rank"),
    sqlite_with_rowid=False,
)
"""The stored list of a member, best first. `ground` says what a disc rests on: see `analytics.recommend.Ground`."""

SIMILAR_BUILD = Table(
    "similar_build",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("is_current", Boolean, default=False, nullable=False),
    Column("built_at", UtcTime, nullable=False),
    Column("built_on", Date, nullable=False),
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
