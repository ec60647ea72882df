"""The till, its shifts, and the cash that moves without a sale."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id, Minor, UtcTime


class Till(Base):
    """One till. `last_number` is the last document's sequence; `grand_total_minor` only ever follows its documents."""

    __tablename__ = "till"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)
    last_shift: Mapped[int] = mapped_column(default=0)
    grand_total_minor: Mapped[int] = mapped_column(Minor, default=0)
    last_document_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Shift(Base):
    """From the float to the count. At most one is open at a till; a closed one never changes.

    While it is open `counted_minor` and `expected_minor` are those of the last count, if there was one.
    """

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("till_id", "number"),
        Index("uq_shift_open", "till_id", unique=True, sqlite_where=text("closed_at IS NULL")),
        Index(None, "business_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    number: Mapped[int] = mapped_column()
    business_on: Mapped[date] = mapped_column()
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_name: Mapped[str] = mapped_column(String(80))
    float_minor: Mapped[int] = mapped_column(Minor)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[str] = mapped_column(String(80), default="")
    expected_minor: Mapped[int | None] = mapped_column(Minor)
    counted_minor: Mapped[int | None] = mapped_column(Minor)
    counted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    count_lines: Mapped[str] = mapped_column(Text, default="[]")
    difference_reason: Mapped[str] = mapped_column(Text, default="")


class CashMove(Base):
    """Cash paid in (+) or out (−) with its reason, or the drawer opened without a sale (0)."""

    __tablename__ = "cash_move"
    __table_args__ = (
        Index(None, "shift_id"),
        CheckConstraint(
            "(kind = 'pay_in' AND amount_minor > 0) OR (kind = 'pay_out' AND amount_minor < 0)"
            " OR (kind = 'no_sale' AND amount_minor = 0)",
            name="sign",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    kind: Mapped[str] = mapped_column(String(8))
    amount_minor: Mapped[int] = mapped_column(Minor)
    reason: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    staff_name: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str] = mapped_column(String(80), default="")
    moved_at: Mapped[datetime] = mapped_column(UtcTime)
