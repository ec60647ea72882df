"""What a void says: the sale's amounts with their sign turned, and the cost that comes back with its pieces."""

from dataclasses import replace

from av_pos.domain.documents import ReceiptLine, Reduction, TaxLine, TenderLine
from av_pos.domain.stock import take_cost


def turned_line(line: ReceiptLine) -> ReceiptLine:
    """Return a line that takes another one back; what one piece cost keeps its sign."""
    return replace(
        line,
        qty=-line.qty,
        amount_minor=-line.amount_minor,
        net_minor=-line.net_minor,
        tax_minor=-line.tax_minor,
        reductions=turned_reductions(line.reductions),
    )


def turned_reductions(reductions: tuple[Reduction, ...]) -> tuple[Reduction, ...]:
    """Return the reductions taken back."""
    return tuple(replace(reduction, amount_minor=-reduction.amount_minor) for reduction in reductions)


def turned_tender(tender: TenderLine) -> TenderLine:
    """Return what goes back of a payment: what the shop kept, for the change was given back already."""
    back = -tender.amount_minor
    return replace(tender, amount_minor=back, tendered_minor=back, change_minor=0)


def turned_tax(tax: TaxLine) -> TaxLine:
    """Return a rate's tax taken back."""
    return replace(tax, gross_minor=-tax.gross_minor, tax_minor=-tax.tax_minor)


def linked_cost(linked_qty: int, linked_minor: int, qty: int) -> int:
    """Give what comes back with `qty` pieces, beside what they were sold at, of what linking them took.

    A disc sold as unknown leaves without a cost; linking took `linked_minor` for `linked_qty` of them. Pieces that the
    link did not take bring nothing.
    """
    return take_cost(linked_qty, linked_minor, qty)
