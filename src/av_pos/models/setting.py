"""What this shop has decided: settings and tax rates."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, String, Table, Text

from av_pos.models.base import METADATA, Id

SHOP_SETTING = Table(
    "shop_setting",
    METADATA,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""One setting of the shop that differs from its default; declared in `services/shop_settings.py`."""

TAX_RATE = Table(
    "tax_rate",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", String(32), nullable=False),
    Column("name_en", String(80), nullable=False),
    Column("name_zh", String(80), nullable=False),
    Column("rate_bp", Integer, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    CheckConstraint("rate_bp >= 0", name="rate"),
)
"""A tax rate between two days, both inclusive; an open end is NULL."""
