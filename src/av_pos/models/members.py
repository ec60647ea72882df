"""Members: who they are, their cards and levels, and the ledgers of points, stored value and vouchers.

Not read in with the other tables: the first scan needs none of these.
"""

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

MEMBER = Table(
    "member",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("name", Text, default="", nullable=False),
    Column("phone", String(24), default="", nullable=False),
    Column("phone_last4", String(4), default="", nullable=False),
    Column("birthday", Date),
    Column("consent_on", Date),
    Column("level_key", String(16), default="", nullable=False),
    Column("level_until_on", Date),
    Column("is_staff", Boolean, default=False, server_default=text("0"), nullable=False),
    Column("status", String(10), default="active", nullable=False),
    Column("merged_into_id", ForeignKey("member.id")),
    Column("points_qty", Integer, default=0, nullable=False),
    Column("stored_minor", Minor, default=0, nullable=False),
    Column("bonus_minor", Minor, default=0, nullable=False),
    Column("note", Text, default="", nullable=False),
    Column("joined_on", Date, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    # Two people may not claim one phone; nobody has none.
    Index("uq_member_phone", "phone", unique=True, sqlite_where=text("phone <> ''")),
    Index(None, "phone_last4"),
    Index("ix_member_merged", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL")),
    CheckConstraint("status in ('active', 'suspended', 'merged', 'erased')", name="status"),
    CheckConstraint("stored_minor >= 0 AND bonus_minor >= 0", name="stored"),
)
"""One member. Balances stand beside their ledgers; the paid part and the bonus part of stored value apart.

A merged member points to whom it went; an erased one keeps its number, so that sales and totals stay, and nothing else.
`is_staff`: works here, and buys at the staff price where a price rule gives one.
"""

MEMBER_CARD = Table(
    "member_card",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("code", String(40), default="", nullable=False),
    Column("is_active", Boolean, default=True, nullable=False),
    Column("issued_at", UtcTime, nullable=False),
    Index(None, "member_id"),
    Index("uq_member_card_code", "code", unique=True, sqlite_where=text("code <> ''")),
)
"""One card: its id is the N of `29 3…`; `code` is that of an older card from elsewhere. A lost card is not active."""

MEMBER_WORD = Table(
    "member_word",
    METADATA,
    Column("word", String(40), nullable=False),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    PrimaryKeyConstraint("word", "member_id"),
    Index(None, "member_id"),
    sqlite_with_rowid=False,
)
"""The words a member is found by: folded name, its parts, pinyin and pinyin initials."""

MEMBER_LEVEL = Table(
    "member_level",
    METADATA,
    Column("key", String(16), primary_key=True),
    Column("name_en", String(40), nullable=False),
    Column("name_zh", String(40), nullable=False),
    Column("threshold_minor", Minor, nullable=False),
    Column("discount_bp", Integer, default=0, nullable=False),
    Column("points_factor_bp", Integer, default=10_000, nullable=False),
    Column("set_at", UtcTime, nullable=False),
    CheckConstraint("discount_bp between 0 and 10000", name="discount"),
    CheckConstraint("threshold_minor >= 0 AND points_factor_bp >= 0", name="amounts"),
)
"""A level: from which spending in the moving period it is reached, what it takes off, and its points factor.

`set_at` is when the thresholds were set: levels that members held then stand, new spending is measured anew.
"""

LEVEL_CHANGE = Table(
    "level_change",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("from_key", String(16), nullable=False),
    Column("to_key", String(16), nullable=False),
    Column("spend_minor", Minor, nullable=False),
    Column("until_on", Date),
    Column("why", String(20), nullable=False),
    Column("document_id", ForeignKey("document.id")),
    Column("business_on", Date, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Index(None, "member_id", "id"),
)
"""How a member's level went up and down, and at which spending."""

POINTS_MOVE = Table(
    "points_move",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("qty", Integer, nullable=False),
    Column("expires_on", Date),
    Column("document_id", ForeignKey("document.id")),
    Column("business_on", Date, nullable=False),
    Column("moved_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Column("note", Text, default="", nullable=False),
    Index(None, "member_id", "id"),
    Index(None, "document_id"),
    CheckConstraint("qty <> 0", name="qty"),
)
"""One row of the points ledger; a member's balance is their sum."""

STORED_MOVE = Table(
    "stored_move",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("paid_minor", Minor, nullable=False),
    Column("bonus_minor", Minor, nullable=False),
    Column("document_id", ForeignKey("document.id")),
    Column("business_on", Date, nullable=False),
    Column("moved_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Column("note", Text, default="", nullable=False),
    Index(None, "member_id", "id"),
    Index(None, "document_id"),
)
"""One row of the stored-value ledger: what was paid in and what was a bonus, apart."""

VOUCHER = Table(
    "voucher",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("status", String(10), default="active", nullable=False),
    Column("balance_minor", Minor, nullable=False),
    Column("member_id", ForeignKey("member.id")),
    Column("expires_on", Date),
    Column("issued_at", UtcTime, nullable=False),
    Index(None, "member_id"),
    CheckConstraint("kind in ('gift_card', 'store_credit')", name="kind"),
    CheckConstraint("status in ('active', 'blocked')", name="status"),
    CheckConstraint("balance_minor >= 0", name="balance"),
)
"""A gift card or a store credit; its id is the N of `29 4…`."""

VOUCHER_MOVE = Table(
    "voucher_move",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("voucher_id", ForeignKey("voucher.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("document_id", ForeignKey("document.id")),
    Column("business_on", Date, nullable=False),
    Column("moved_at", UtcTime, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("till_id", Integer, nullable=False),
    Column("note", Text, default="", nullable=False),
    Index(None, "voucher_id", "id"),
    Index(None, "document_id"),
)
"""One row of a voucher's ledger; its balance is their sum."""

MEMBER_WANT = Table(
    "member_want",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("edition_id", ForeignKey("edition.id")),
    Column("words", Text, default="", nullable=False),
    Column("noted_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Index(None, "member_id"),
    Index("ix_member_want_open", "edition_id", sqlite_where=text("settled_at IS NULL")),
)
"""What a member waits for: an edition, or words that describe it."""
