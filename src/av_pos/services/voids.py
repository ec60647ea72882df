"""Void the last sale within its shift: a linked document that takes back stock, money and totals."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.documents import DocumentKind, Receipt
from av_pos.domain.permissions import Permission
from av_pos.domain.voids import turned_line, turned_reductions, turned_tax, turned_tender
from av_pos.errors import InvalidInput, WrongState
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION
from av_pos.services import access, audit, documents, journal, shifts, shop_settings
from av_pos.services.documents import DocumentDraft, DraftLine


@dataclass(frozen=True, slots=True)
class VoidOutcome:
    """A sale that was taken back; `receipt` is the void's own document."""

    document_id: int
    receipt: Receipt
    voided_number: str
    clock_went_back: bool


def find_voidable(session: Session, at: At) -> Receipt:
    """Return the sale that a void would take back: the till's last document, if it is a sale of the open shift.

    Raises WrongState when it is something else or belongs to an earlier shift.
    """
    return journal.get_receipt(session, _last_sale_id(session, at))


def void_last_sale(session: Session, at: At, reason: str, approval_id: int | None = None) -> VoidOutcome:
    """Take back the till's last sale. Raises NotPermitted, InvalidInput without a reason, WrongState."""
    approver = access.require(session, at, Permission.VOID_SALE, approval_id)
    if not reason.strip():
        raise InvalidInput("reason", "", "empty")
    sale_id = _last_sale_id(session, at)
    sale = journal.get_receipt(session, sale_id)
    draft = _draft(session, sale_id, sale, reason, approver or at.actor.name)
    settings = shop_settings.get_settings(session)
    written = documents.write_document(session, at, settings, draft)
    _bring_back_linked(session, at, sale_id, written.receipt.business_on)
    audit.record(session, at, "sale_voided", sale.number, amount_minor=sale.total_minor, approved_by=approver,
                 shift_id=written.shift_id, reason=reason)  # fmt: skip
    return VoidOutcome(written.document_id, written.receipt, sale.number, written.clock_went_back)


def _last_sale_id(session: Session, at: At) -> int:
    shift = shifts.find_open(session, at.till)
    if shift is None:
        raise WrongState("shift", "closed", "open")
    last = documents.find_last(session, at.till)
    if last is None or last[1] != DocumentKind.SALE:
        raise WrongState("last_document", last[1] if last else "none", "void")
    shift_id = session.execute(select(DOCUMENT.c.shift_id).where(DOCUMENT.c.id == last[0])).scalar_one()
    if shift_id != shift.shift_id:
        raise WrongState("last_document", "earlier_shift", "void")
    return last[0]


def _draft(session: Session, sale_id: int, sale: Receipt, reason: str, approved_by: str) -> DocumentDraft:
    # What was sold as unknown may have been linked meanwhile: it comes back to the edition that it turned out to be.
    real_id = func.coalesce(EDITION.c.merged_into_id, DOCUMENT_LINE.c.edition_id).label("real_id")
    query = (
        select(DOCUMENT_LINE.c.copy_id, DOCUMENT_LINE.c.cost_minor, real_id)
        .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
        .where(DOCUMENT_LINE.c.document_id == sale_id)
        .order_by(DOCUMENT_LINE.c.position)
    )
    rows = session.execute(query).all()
    return DocumentDraft(
        kind=DocumentKind.VOID,
        lines=[
            DraftLine(row.real_id, row.copy_id, turned_line(shown), -row.cost_minor)
            for row, shown in zip(rows, sale.lines, strict=True)
        ],
        reductions=turned_reductions(sale.reductions),
        tenders=tuple(turned_tender(tender) for tender in sale.tenders),
        taxes=tuple(turned_tax(tax) for tax in sale.taxes),
        subtotal_minor=-sale.subtotal_minor,
        total_minor=-sale.total_minor,
        of_document_id=sale_id,
        of_number=sale.number,
        reason=reason,
        approved_by=approved_by,
    )


def _bring_back_linked(session: Session, at: At, sale_id: int, business_on: date) -> None:
    """What was linked since it was sold left the real edition at a cost that the sale's lines do not know."""
    linked = (
        select(DOCUMENT_LINE.c.edition_id, func.sum(DOCUMENT_LINE.c.qty), func.sum(DOCUMENT_LINE.c.cost_minor))
        .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
        .where(
            DOCUMENT_LINE.c.document_id == sale_id,
            DOCUMENT_LINE.c.copy_id.is_(None),
            EDITION.c.merged_into_id.is_not(None),
        )
        .group_by(DOCUMENT_LINE.c.edition_id, EDITION.c.merged_into_id)
        .order_by(EDITION.c.merged_into_id, DOCUMENT_LINE.c.edition_id)
    )
    for provisional_id, qty, cost_minor in session.execute(linked).all():
        # Seldom, and with it come search and the catalogue: not read in at every start.
        from av_pos.services import provisional

        provisional.bring_back_cost(session, at, provisional_id, int(qty), int(cost_minor), business_on)
