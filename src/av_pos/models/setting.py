"""What this shop has decided: settings and tax rates."""

from datetime import date

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id


class ShopSetting(Base):
    """One setting of the shop that differs from its default; declared in `services/shop_settings.py`."""

    __tablename__ = "shop_setting"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class TaxRateRow(Base):
    """A tax rate between two days, both inclusive; an open end is NULL."""

    __tablename__ = "tax_rate"
    __table_args__ = (CheckConstraint("rate_bp >= 0", name="rate"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32))
    name_en: Mapped[str] = mapped_column(String(80))
    name_zh: Mapped[str] = mapped_column(String(80))
    rate_bp: Mapped[int] = mapped_column()
    valid_from: Mapped[date | None] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()
