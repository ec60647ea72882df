"""Baskets: the open one of a till, and the held ones. Rows, so that they survive a power cut."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id, Minor, UtcTime


class Basket(Base):
    """What a customer is about to buy. `held_at` is set while it waits; one basket of a till is not held."""

    __tablename__ = "basket"
    __table_args__ = (
        Index("uq_basket_open", "till_id", unique=True, sqlite_where=text("held_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    held_at: Mapped[datetime | None] = mapped_column(UtcTime)
    held_by: Mapped[str] = mapped_column(String(80), default="")
    held_label: Mapped[str] = mapped_column(String(80), default="")
    discount_kind: Mapped[str] = mapped_column(String(8), default="")
    discount_value: Mapped[int] = mapped_column(Minor, default=0)
    discount_reason: Mapped[str] = mapped_column(Text, default="")
    round_unit_minor: Mapped[int] = mapped_column(Minor, default=0)
    round_mode: Mapped[str] = mapped_column(String(8), default="down")
    approved_by: Mapped[str] = mapped_column(String(80), default="")


class BasketLine(Base):
    """One line of a basket: an edition in some quantity, or one used copy."""

    __tablename__ = "basket_line"
    __table_args__ = (
        Index(None, "basket_id", "position"),
        Index("uq_basket_line_copy", "copy_id", unique=True, sqlite_where=text("copy_id IS NOT NULL")),
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("copy_id IS NULL OR qty = 1", name="copy_qty"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("basket.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"))
    qty: Mapped[int] = mapped_column()
    list_minor: Mapped[int] = mapped_column(Minor)
    override_minor: Mapped[int | None] = mapped_column(Minor)
    override_reason: Mapped[str] = mapped_column(Text, default="")
    discount_kind: Mapped[str] = mapped_column(String(8), default="")
    discount_value: Mapped[int] = mapped_column(Minor, default=0)
    discount_reason: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[str] = mapped_column(String(40), default="")
    approved_by: Mapped[str] = mapped_column(String(80), default="")
