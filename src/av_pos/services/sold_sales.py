"""A sale as its returns see it: the frozen receipt, its lines, and what has come back of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy.orm import Session

from av_pos.domain.documents import DocumentKind, Receipt, ReceiptLine
from av_pos.domain.refund_shares import Sold, SoldLine
from av_pos.domain.refunds import Back
from av_pos.errors import NotFound, WrongState
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION
from av_pos.models.returned import LINE_RETURN
from av_pos.services import journal

# What was sold as unknown may have been linked meanwhile: it comes back to the edition that it turned out to be.
_REAL_ID = func.coalesce(EDITION.c.merged_into_id, DOCUMENT_LINE.c.edition_id).label("real_id")
_LINES = (
    select(
        DOCUMENT_LINE.c.id, DOCUMENT_LINE.c.edition_id, DOCUMENT_LINE.c.copy_id, DOCUMENT_LINE.c.cost_minor, _REAL_ID
    )
    .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
    .where(DOCUMENT_LINE.c.document_id == bindparam("document"))
    .order_by(DOCUMENT_LINE.c.position)
)
_BACK = (
    select(
        DOCUMENT_LINE.c.of_line_id,
        -func.sum(DOCUMENT_LINE.c.qty),
        -func.sum(DOCUMENT_LINE.c.net_minor),
        -func.sum(DOCUMENT_LINE.c.tax_minor),
    )
    .join(DOCUMENT, DOCUMENT.c.id == DOCUMENT_LINE.c.document_id)
    .where(DOCUMENT.c.of_document_id == bindparam("document"), DOCUMENT_LINE.c.of_line_id.is_not(None))
    .group_by(DOCUMENT_LINE.c.of_line_id)
)
_VOIDED = select(DOCUMENT.c.id).where(
    DOCUMENT.c.of_document_id == bindparam("document"), DOCUMENT.c.kind == DocumentKind.VOID
)
_FRESH = (
    select(DOCUMENT_LINE.c.id, DOCUMENT_LINE.c.qty, literal(0), literal(0))
    .where(DOCUMENT_LINE.c.id == bindparam("line"))
    .where(~select(LINE_RETURN.c.line_id).where(LINE_RETURN.c.line_id == bindparam("line")).exists())
)
_BEGIN = insert(LINE_RETURN).from_select(["line_id", "sold_qty", "returned_qty", "refunded_minor"], _FRESH)
_COUNT_BACK = (
    update(LINE_RETURN)
    .where(
        LINE_RETURN.c.line_id == bindparam("line"),
        LINE_RETURN.c.returned_qty + bindparam("by_qty") <= LINE_RETURN.c.sold_qty,
    )
    .values(
        returned_qty=LINE_RETURN.c.returned_qty + bindparam("by_qty"),
        refunded_minor=LINE_RETURN.c.refunded_minor + bindparam("by_minor"),
    )
    .returning(LINE_RETURN.c.line_id)
)


@dataclass(frozen=True, slots=True)
class SoldPiece:
    """A line of a sale beside what its receipt shows: where its pieces go back to.

    `edition_id` is the edition it was sold as, `real_id` the one it turned out to be.
    """

    line_id: int
    edition_id: int
    real_id: int
    copy_id: int | None


@dataclass(frozen=True, slots=True)
class SoldSale:
    """A sale with what came back of each line before, and the points that it earned."""

    document_id: int
    receipt: Receipt
    member_id: int | None
    points_qty: int
    is_voided: bool
    pieces: tuple[SoldPiece, ...]
    sold: Sold
    back: Mapping[int, Back]

    def piece(self, line_id: int) -> SoldPiece:
        """Return one line. Raises NotFound when the sale has no such line."""
        for piece in self.pieces:
            if piece.line_id == line_id:
                return piece
        raise NotFound("sold_line", str(line_id))

    def shown(self, line_id: int) -> ReceiptLine:
        """Return one line as the receipt shows it."""
        return next(line.shown for line in self.sold.lines if line.key == line_id)

    def left_qty(self, line_id: int) -> int:
        """Return how many pieces of a line have not come back; of a voided sale none."""
        return 0 if self.is_voided else self.shown(line_id).qty - self.back.get(line_id, Back()).qty

    def is_all_back(self, wanted: Mapping[int, int]) -> bool:
        """Say whether nothing is left once `wanted` (a quantity a line) has come back too."""
        return all(self.left_qty(piece.line_id) == wanted.get(piece.line_id, 0) for piece in self.pieces)


def get_sale(session: Session, document_id: int) -> SoldSale:
    """Read a sale with what has come back of it. Raises NotFound, WrongState when it is no sale."""
    query = select(DOCUMENT.c.kind, DOCUMENT.c.member_id, DOCUMENT.c.points_qty).where(DOCUMENT.c.id == document_id)
    row = session.execute(query).first()
    if row is None:
        raise NotFound("receipt", str(document_id))
    if row.kind != DocumentKind.SALE:
        raise WrongState("sale", row.kind, "return")
    receipt = journal.get_receipt(session, document_id)
    lines = session.execute(_LINES, {"document": document_id}).all()
    return SoldSale(
        document_id=document_id,
        receipt=receipt,
        member_id=row.member_id,
        points_qty=row.points_qty,
        is_voided=session.execute(_VOIDED, {"document": document_id}).first() is not None,
        pieces=tuple(SoldPiece(line.id, line.edition_id, line.real_id, line.copy_id) for line in lines),
        sold=_sold(receipt, [(line.id, line.cost_minor, line.copy_id is not None) for line in lines]),
        back={line_id: Back(*map(int, sums)) for line_id, *sums in session.execute(_BACK, {"document": document_id})},
    )


def count_back(session: Session, backs: Mapping[int, tuple[int, int]]) -> None:
    """Note pieces and money (above nothing) that come back of each line of a sale.

    Raises WrongState when more would come back than was sold: two tills may take the same piece at once.
    """
    for line_id, (qty, minor) in sorted(backs.items()):
        session.execute(_BEGIN, {"line": line_id})
        if session.execute(_COUNT_BACK, {"line": line_id, "by_qty": qty, "by_minor": minor}).first() is None:
            raise WrongState("sold_line", "returned", "return")


def _sold(receipt: Receipt, rows: Sequence[tuple[int, int, bool]]) -> Sold:
    # A line knows its rate, not the rate's name; two names of one rate come back under the first.
    names = {tax.rate_bp: tax.name for tax in reversed(receipt.taxes)}
    lines = tuple(
        SoldLine(line_id, shown, cost_minor, names.get(shown.tax_bp, ""), is_copy)
        for (line_id, cost_minor, is_copy), shown in zip(rows, receipt.lines, strict=True)
    )
    return Sold(lines, receipt.reductions, receipt.shop.prices_include_tax)
