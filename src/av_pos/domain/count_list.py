"""What a printed list of a stocktake shows, as data; times and amounts as in `domain/documents.py`."""

from dataclasses import dataclass
from datetime import datetime

from av_pos.domain.documents import ShopHead


@dataclass(frozen=True, slots=True)
class CountListRow:
    """One disc or used copy. What is None stays empty: to be written by hand, or not to be seen."""

    shelf: str
    title: str
    artist: str
    format: str
    code: str
    expected_qty: int | None
    counted_qty: int | None
    difference_qty: int | None
    value_minor: int | None


@dataclass(frozen=True, slots=True)
class CountList:
    """A list to count by, or of what differs (`is_result`), in the order of the shelves.

    `number` is the stocktake's; `subject` its name, shelf or style.
    """

    shop: ShopHead
    number: int
    subject: str
    is_result: bool
    is_blind: bool
    began_at: datetime
    printed_at: datetime
    rows: tuple[CountListRow, ...]
    variance_minor: int | None
