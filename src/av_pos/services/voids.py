"""Void the last sale within its shift: a linked document that takes back stock, money and totals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind, Receipt, TenderLine
from av_pos.domain.permissions import Permission
from av_pos.domain.voids import turned_line, turned_reductions, turned_tax
from av_pos.errors import InvalidInput, WrongState
from av_pos.models import DOCUMENT
from av_pos.services import access, audit, documents, journal, shifts, shop_settings
from av_pos.services.documents import DocumentDraft, DraftLine, WrittenDocument

if TYPE_CHECKING:
    from av_pos.services.sold_sales import SoldPiece, SoldSale


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
    """Take back the till's last sale: all of it, as a return would.

    Raises NotPermitted, InvalidInput without a reason, WrongState, also when a part of it came back at another till.
    """
    approver = access.require(session, at, Permission.VOID_SALE, approval_id)
    if not reason.strip():
        raise InvalidInput("reason", "", "empty")
    # Read in with the first void or return, not with the start.
    from av_pos.services import refund_money, sold_sales

    settings = shop_settings.get_settings(session)
    sale = sold_sales.get_sale(session, _last_sale_id(session, at))
    if sale.back:
        raise WrongState("sale", "returned", "void")
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    plan = refund_money.plan_void(session, sale, day)
    given = refund_money.points_to_give(session, sale, plan)
    tenders = refund_money.open_credit(session, at, settings, sale.member_id, day, plan.tenders)
    draft = _draft(sale, tenders, reason, approver or at.actor.name)
    written = documents.write_document(session, at, settings, draft)
    sold_sales.count_back(session, {line.key: (line.shown.qty, line.shown.net_minor) for line in sale.sold.lines})
    _bring_back_linked(session, at, sale, written)
    back = refund_money.MoneyBack(sale, tenders, sale.points_qty, given, is_all=True)
    refund_money.book_money(session, at, settings, back, written)
    audit.record(session, at, "sale_voided", sale.receipt.number, amount_minor=sale.receipt.total_minor,
                 approved_by=approver, shift_id=written.shift_id, reason=reason)  # fmt: skip
    return VoidOutcome(written.document_id, written.receipt, sale.receipt.number, written.clock_went_back)


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


def _draft(sale: "SoldSale", tenders: tuple[TenderLine, ...], reason: str, approved_by: str) -> DocumentDraft:
    sold = sale.receipt
    return DocumentDraft(
        kind=DocumentKind.VOID,
        lines=[
            DraftLine(piece.real_id, piece.copy_id, turned_line(line.shown), -line.cost_minor, of_line_id=line.key)
            for piece, line in zip(sale.pieces, sale.sold.lines, strict=True)
        ],
        reductions=turned_reductions(sold.reductions),
        tenders=tenders,
        taxes=tuple(turned_tax(tax) for tax in sold.taxes),
        subtotal_minor=-sold.subtotal_minor,
        total_minor=-sold.total_minor,
        of_document_id=sale.document_id,
        of_number=sold.number,
        reason=reason,
        approved_by=approved_by,
        member_id=sale.member_id,
        member_number=sold.member_number,
        points_earned=-sale.points_qty,
    )


def _bring_back_linked(session: Session, at: At, sale: "SoldSale", written: WrittenDocument) -> None:
    """What was linked since it was sold left the real edition at a cost that the sale's lines do not know.

    Lines of one edition come back together: what linking took is shared to all its pieces.
    """
    linked: dict[int, tuple[SoldPiece, int, int]] = {}
    for piece, line in zip(sale.pieces, sale.sold.lines, strict=True):
        if piece.copy_id is None and piece.real_id != piece.edition_id:
            _, qty, cost_minor = linked.get(piece.edition_id, (piece, 0, 0))
            linked[piece.edition_id] = (piece, qty + line.shown.qty, cost_minor + line.cost_minor)
    if linked:
        from av_pos.services import returned_goods

        for piece, qty, cost_minor in linked.values():
            returned_goods.bring_back_linked(session, at, piece, qty, cost_minor, written.receipt.business_on)
