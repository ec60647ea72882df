"""What a sheet to a supplier shows: an order, or what goes back. Services fill it, printing lays it out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from av_pos.domain.documents import ShopHead


class SheetKind(StrEnum):
    """What the sheet says to the supplier."""

    ORDER = "order"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One edition: the supplier's number for it, ours, and what it costs; `note` says why it goes back.

    A cost of 0 is one that nobody knows yet.
    """

    number: str
    code: str
    catalogue_number: str
    title: str
    artist: str
    format: str
    qty: int
    cost_minor: int
    note: str = ""

    @property
    def has_cost(self) -> bool:
        """Whether it is known what a piece costs."""
        return self.cost_minor > 0

    @property
    def total_minor(self) -> int:
        """What the line comes to, in the supplier's currency."""
        return self.qty * self.cost_minor


@dataclass(frozen=True, slots=True)
class SupplierSheet:
    """An order or a return slip, in the supplier's language and currency; amounts in its minor units.

    `expected_on` is the day a delivery is hoped for; a draft has neither day.
    """

    kind: SheetKind
    shop: ShopHead
    number: str
    supplier: tuple[str, ...]
    customer_number: str
    language: str
    currency: str
    sent_on: date | None
    expected_on: date | None
    lines: tuple[SheetLine, ...]
    carriage_minor: int = 0
    note: str = ""

    @property
    def pieces_qty(self) -> int:
        """All pieces."""
        return sum(line.qty for line in self.lines)

    @property
    def asks_prices(self) -> bool:
        """Whether it is an order with lines whose cost the supplier still has to name."""
        return self.kind is SheetKind.ORDER and not all(line.has_cost for line in self.lines)

    @property
    def goods_minor(self) -> int:
        """What the lines come to."""
        return sum(line.total_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What the lines and the carriage come to."""
        return self.goods_minor + self.carriage_minor
