"""A tender that was keyed wrongly is put right after the sale by a linked document; the sale stays as it was.

Only cash and cards: what members and vouchers pay with was taken from a balance, and comes back by a return.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.documents import DocumentKind, Receipt, TenderLine
from av_pos.domain.permissions import Permission
from av_pos.domain.refund_tenders import paid_tenders
from av_pos.domain.settlement import Tender, TenderKind, check_next
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.services import access, audit, documents, refund_money, shop_settings
from av_pos.services.documents import DocumentDraft
from av_pos.services.returns import read_reason
from av_pos.services.sold_sales import SoldSale, get_sale

CORRECTABLE = (TenderKind.CASH, TenderKind.CARD)


@dataclass(frozen=True, slots=True)
class CorrectionOutcome:
    """A sale's tender was put right; `receipt` is the correction's own document."""

    document_id: int
    receipt: Receipt
    corrected_number: str
    clock_went_back: bool


def list_tenders(session: Session, document_id: int) -> tuple[TenderLine, ...]:
    """Return how a sale was paid, as corrected so far; a tender is named by its place. Raises NotFound, WrongState."""
    return refund_money.read_payments(session, get_sale(session, document_id).document_id).paid


def correct_tender(
    session: Session, at: At, document_id: int, wrong: int, right: Tender, reason: str, approval_id: int | None = None
) -> CorrectionOutcome:
    """Say that `right.amount_minor` of the sale's tender at the place `wrong` was paid by `right`.

    It belongs to the shift that is open now; later refunds see the corrected tender. Raises InvalidInput for tenders
    other than cash and card, the same one again, or more than the wrong one still holds; NotFound; WrongState for a
    voided sale or without a current shift; NotPermitted.
    """
    approver = access.require(session, at, Permission.CORRECT_TENDER, approval_id)
    reason = read_reason(reason)
    sale = get_sale(session, document_id)
    if sale.is_voided:
        raise WrongState("sale", "voided", "correct")
    before = _wrong_tender(session, sale, wrong, right)
    amount = right.amount_minor
    draft = DocumentDraft(
        kind=DocumentKind.CORRECTION,
        lines=(),
        reductions=(),
        tenders=(
            TenderLine(before.kind, -amount, -amount, 0, before.card_type, before.card_last4),
            TenderLine(right.kind.value, amount, amount, 0, right.card_type, right.card_last4),
        ),
        taxes=(),
        subtotal_minor=0,
        total_minor=0,
        of_document_id=document_id,
        of_number=sale.receipt.number,
        reason=reason,
        approved_by=approver,
    )
    written = documents.write_document(session, at, shop_settings.get_settings(session), draft)
    audit.record(
        session, at, "tender_corrected", sale.receipt.number, amount_minor=amount, approved_by=approver,
        shift_id=written.shift_id, reason=reason, was=before.kind, now=right.kind.value,
    )  # fmt: skip
    return CorrectionOutcome(written.document_id, written.receipt, sale.receipt.number, written.clock_went_back)


def _wrong_tender(session: Session, sale: SoldSale, wrong: int, right: Tender) -> TenderLine:
    """Return the tender that was keyed wrongly, when `right` can stand in its place."""
    payments = refund_money.read_payments(session, sale.document_id)
    if not 0 <= wrong < len(payments.paid):
        raise NotFound("payment", str(wrong))
    tender = payments.paid[wrong]
    for kind in (tender.kind, right.kind):
        if kind not in CORRECTABLE:
            raise InvalidInput("tender", kind, "not_correctable")
    if right.amount_minor == 0:
        raise InvalidInput("amount", "0", "empty")
    check_next(right.amount_minor, (), right)
    if (tender.kind, tender.card_type, tender.card_last4) == (right.kind, right.card_type, right.card_last4):
        raise InvalidInput("tender", right.kind, "same_tender")
    left_minor = paid_tenders(payments.paid, payments.given)[wrong].left_minor
    if right.amount_minor > left_minor:
        raise InvalidInput("amount", str(left_minor), "above_tender")
    return tender
