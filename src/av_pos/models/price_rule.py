"""The shop's own price rules and their coupons. Not read in with the other tables: a shop may have none."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from av_pos.models.base import METADATA, Id, UtcTime

PRICE_RULE = Table(
    "price_rule",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("data", Text, nullable=False),
    Column("is_on", Boolean, default=False, nullable=False),
    Column("is_deleted", Boolean, default=False, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("changed_by", String(80), default="", nullable=False),
)
"""One rule: `data` is what `domain.rules.rule_to_data` made of it. A deleted one stays for the sales that name it."""

COUPON = Table(
    "coupon",
    METADATA,
    Column("code", String(40), primary_key=True),
    Column("rule_id", ForeignKey("price_rule.id"), nullable=False),
    Column("uses_limit", Integer),
    Column("member_limit", Integer),
    Column("used_qty", Integer, default=0, nullable=False),
    Index(None, "rule_id"),
    CheckConstraint("used_qty >= 0 AND (uses_limit IS NULL OR used_qty <= uses_limit)", name="uses"),
)
"""A code that lets a rule fire, how often in all and how often for one member."""

COUPON_USE = Table(
    "coupon_use",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("code", ForeignKey("coupon.code"), nullable=False),
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("member_id", ForeignKey("member.id")),
    Column("used_at", UtcTime, nullable=False),
    Column("undone_at", UtcTime),
    Index(None, "code", "member_id"),
    Index(None, "document_id"),
)
"""A sale that used a coupon; `undone_at` is set when the whole sale came back."""
