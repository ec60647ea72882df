"""Counting the shop while it sells. Not read in with the other tables."""

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
    text,
)

from av_pos.models.base import METADATA, Id, Minor, UtcTime

STOCKTAKE = Table(
    "stocktake",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("status", String(8), nullable=False),
    Column("scope", String(10), nullable=False),
    Column("scope_value", String(80), default="", nullable=False),
    Column("name", String(80), default="", nullable=False),
    Column("is_blind", Boolean, default=False, nullable=False),
    Column("tolerance_qty", Integer, default=0, nullable=False),
    Column("tolerance_minor", Minor, default=0, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("began_on", Date, nullable=False),
    Column("began_by", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Column("posted_at", UtcTime),
    Column("posted_on", Date),
    Column("posted_by", ForeignKey("staff.id")),
    Column("began_move_id", Id, default=0, nullable=False),
    Column("seen_move_id", Id, default=0, nullable=False),
    Column("lines_qty", Integer, default=0, nullable=False),
    Column("counted_qty", Integer, default=0, nullable=False),
    Column("matches_qty", Integer, default=0, nullable=False),
    Column("differences_qty", Integer, default=0, nullable=False),
    Column("unsure_qty", Integer, default=0, nullable=False),
    Column("unknown_qty", Integer, default=0, nullable=False),
    Column("variance_minor", Minor, default=0, nullable=False),
    Index("ix_stocktake_open", "status", sqlite_where=text("posted_at IS NULL")),
    CheckConstraint("status in ('making', 'open', 'posting', 'posted', 'dropped')", name="status"),
    CheckConstraint("scope in ('shop', 'shelf', 'category', 'risk')", name="scope"),
)
"""One count of the shop, a shelf, a category, or a short list chosen by risk. States: `domain.states`.

Where a difference is larger than the tolerance, in pieces or at cost, somebody else counts once more. The totals are
kept with each scan. `began_move_id` is the newest row of the ledger when its list was begun; up to `seen_move_id` what
put the books right since a disc was counted is taken in.
"""

STOCKTAKE_LINE = Table(
    "stocktake_line",
    METADATA,
    Column("stocktake_id", ForeignKey("stocktake.id"), nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("is_in_scope", Boolean, nullable=False),
    Column("shelf", String(16), default="", nullable=False),
    Column("round", Integer, default=1, nullable=False),
    Column("counted_qty", Integer),
    Column("expected_qty", Integer),
    Column("first_move_id", Id),
    Column("last_move_id", Id),
    Column("counted_at", UtcTime),
    Column("counted_by", ForeignKey("staff.id")),
    Column("before_counted_qty", Integer),
    Column("before_expected_qty", Integer),
    Column("before_by", ForeignKey("staff.id")),
    Column("before_is_unsure", Boolean, default=False, nullable=False),
    Column("unit_minor", Minor, default=0, nullable=False),
    Column("is_unsure", Boolean, default=False, nullable=False),
    Column("recount_asked", Boolean, default=False, nullable=False),
    Column("accepted_by", ForeignKey("staff.id")),
    Column("why", String(12), default="", nullable=False),
    Column("reason", String(16), default="", nullable=False),
    Column("note", Text, default="", nullable=False),
    PrimaryKeyConstraint("stocktake_id", "edition_id"),
    CheckConstraint("counted_qty >= 0", name="counted"),
    sqlite_with_rowid=False,
)
"""What is counted of an edition's new pieces: so many, where the ledger had `expected_qty` at that instant.

`first_move_id` and `last_move_id` are the newest rows of the ledger when the first and the last piece were counted: a
move of the disc between them makes the count unsure. `unit_minor` is what one piece cost then. `before_…` is the count
that a second one (`round` 2) takes the place of. `why` says what put it on a list chosen by risk.
"""

STOCKTAKE_COPY = Table(
    "stocktake_copy",
    METADATA,
    Column("stocktake_id", ForeignKey("stocktake.id"), nullable=False),
    Column("copy_id", ForeignKey("copy.id"), nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("is_in_scope", Boolean, nullable=False),
    Column("shelf", String(16), default="", nullable=False),
    Column("was_status", String(12), nullable=False),
    Column("found_at", UtcTime),
    Column("found_by", ForeignKey("staff.id")),
    Column("missing_at", UtcTime),
    Column("missing_by", ForeignKey("staff.id")),
    Column("result", String(8), default="", nullable=False),
    Column("recount_asked", Boolean, default=False, nullable=False),
    Column("reason", String(16), default="", nullable=False),
    Column("note", Text, default="", nullable=False),
    PrimaryKeyConstraint("stocktake_id", "copy_id"),
    CheckConstraint("result in ('', 'back', 'lost')", name="result"),
    sqlite_with_rowid=False,
)
"""A used copy that should be there (`was_status`), or was found where none should be; looked for one by one.

`missing_at`: somebody looked and it is not there. `result`: brought back into stock, or posted as lost.
"""

STOCKTAKE_SCAN = Table(
    "stocktake_scan",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("stocktake_id", ForeignKey("stocktake.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("edition_id", ForeignKey("edition.id")),
    Column("copy_id", ForeignKey("copy.id")),
    Column("code", String(40), default="", nullable=False),
    Column("qty", Integer, nullable=False),
    Column("on_hand_qty", Integer),
    Column("move_id", Id),
    Column("round", Integer, default=1, nullable=False),
    Column("counted_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Column("is_undone", Boolean, default=False, nullable=False),
    Index(None, "stocktake_id", "edition_id", "id"),
    Index(None, "stocktake_id", "till_id", "staff_id", "id"),
    CheckConstraint("kind in ('scan', 'set', 'none', 'copy', 'unknown')", name="kind"),
)
"""Every scan of a count, and every number typed, with what the ledger had on hand at that instant; nothing is deleted.

`move_id` is the newest row of the ledger at that instant. `none`: nothing of it was counted, and it was taken for gone.
`unknown`: a code that nobody knows, kept to be named later: then it has its edition.
"""

STOCKTAKE_POST = Table(
    "stocktake_post",
    METADATA,
    Column("stocktake_id", ForeignKey("stocktake.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("copy_id", ForeignKey("copy.id")),
    Column("qty", Integer, nullable=False),
    Column("cost_minor", Minor, nullable=False),
    Column("on_hand_qty", Integer, nullable=False),
    Column("value_minor", Minor, nullable=False),
    PrimaryKeyConstraint("stocktake_id", "place"),
    sqlite_with_rowid=False,
)
"""Moves of a count that is being posted, worked out from the balance beside them; they count for nothing until then."""
