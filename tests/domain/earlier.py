"""What the earlier returns of a sale gave back, read from the lines that they show."""

from collections.abc import Iterable

from av_pos.domain.documents import ReceiptLine
from av_pos.domain.refunds import Back


def backs_of(earlier: Iterable[tuple[int, ReceiptLine]]) -> dict[int, Back]:
    """Add up a sale's earlier returns: pairs of the sale's line key and the line that a return shows."""
    found: dict[int, Back] = {}
    for key, shown in earlier:
        back = found.get(key, Back())
        found[key] = Back(back.qty - shown.qty, back.net_minor - shown.net_minor, back.tax_minor - shown.tax_minor)
    return found
