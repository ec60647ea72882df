"""Writes numbered documents: number, lines, payments, stock, journal link, print jobs; in the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import receipt_code, receipt_number
from av_pos.domain.days import business_day, local_hour
from av_pos.domain.documents import (
    DocumentKind,
    Receipt,
    ReceiptLine,
    Reduction,
    ShopHead,
    TaxLine,
    TenderLine,
    all_reductions,
    discounts_given,
    rounded_off,
)
from av_pos.domain.payloads import to_payload
from av_pos.domain.settlement import TenderKind
from av_pos.domain.stock import StockReason
from av_pos.models import DOCUMENT, DOCUMENT_LINE, PAYMENT, TILL
from av_pos.services import journal, print_queue, shifts, stock
from av_pos.services.shop_settings import ShopSettings

_NOW = bindparam("now", type_=TILL.c.last_document_at.type)
# A clock that went back does not take the till's last moment back with it.
_NEXT_NUMBER = (
    update(TILL)
    .where(TILL.c.id == bindparam("till"))
    .values(
        last_number=TILL.c.last_number + 1,
        grand_total_minor=TILL.c.grand_total_minor + bindparam("by_minor"),
        last_document_at=case((TILL.c.last_document_at > _NOW, TILL.c.last_document_at), else_=_NOW),
    )
    .returning(TILL.c.last_number, TILL.c.last_document_at)
)
_WRITE_DOCUMENT = insert(DOCUMENT).returning(DOCUMENT.c.id)
_WRITE_LINES = insert(DOCUMENT_LINE)
_WRITE_PAYMENTS = insert(PAYMENT)

_REASON = {
    DocumentKind.SALE: StockReason.SALE,
    DocumentKind.VOID: StockReason.VOID,
    DocumentKind.RETURN: StockReason.RETURN,
}


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of a document to be written; `cost_minor` is what the pieces cost, with the sign of the quantity.

    A return says which line it takes back, and in which condition; a suggested disc beside which one it was offered.
    """

    edition_id: int
    copy_id: int | None
    shown: ReceiptLine
    cost_minor: int
    of_line_id: int | None = None
    condition: str = ""
    beside_id: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """All that a document says, before it has a number. Amounts of a void or a return are negative."""

    kind: DocumentKind
    lines: Sequence[DraftLine]
    reductions: tuple[Reduction, ...]
    tenders: tuple[TenderLine, ...]
    taxes: tuple[TaxLine, ...]
    subtotal_minor: int
    total_minor: int
    of_document_id: int | None = None
    of_number: str = ""
    reason: str = ""
    approved_by: str = ""
    member_id: int | None = None
    member_number: str = ""
    points_earned: int = 0
    points_balance: int | None = None


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document that has its number: what paper shows, the new balances, and whether the clock ran backwards."""

    document_id: int
    shift_id: int
    receipt: Receipt
    balances: dict[int, int]
    clock_went_back: bool


def write_document(session: Session, at: At, settings: ShopSettings, draft: DocumentDraft) -> WrittenDocument:
    """Write `draft` as the till's next document. The till's row is taken first: that lock orders its documents.

    Raises WrongState when no current shift is open, AlreadySold when a used copy is gone.
    """
    values = {"till": at.till, "by_minor": draft.total_minor, "now": at.now}
    sequence, last_at = session.execute(_NEXT_NUMBER, values).one()
    shift = shifts.require_open(session, at, settings)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    receipt = receipt_of(at, settings.head(), draft, sequence, day)
    document_id = _write_rows(session, at, settings, draft, receipt, shift.shift_id)
    balances = _move(session, at, document_id, draft, day)
    journal.append(session, at, draft.kind.value, receipt, document_id=document_id, shift_id=shift.shift_id)
    # A correction moves no cash: it lies in the drawer already, or was never there.
    moves_cash = draft.kind is not DocumentKind.CORRECTION
    in_cash = moves_cash and any(tender.kind == TenderKind.CASH for tender in draft.tenders)
    print_queue.queue_document(session, at, document_id, with_drawer=in_cash)
    return WrittenDocument(document_id, shift.shift_id, receipt, balances, clock_went_back=at.now < last_at)


def _move(session: Session, at: At, document_id: int, draft: DocumentDraft, day: date) -> dict[int, int]:
    if not draft.lines:
        return {}
    return stock.move_for_document(session, at, document_id, _REASON[draft.kind], _pieces(draft), day)


def receipt_of(at: At, head: ShopHead, draft: DocumentDraft, sequence: int, day: date) -> Receipt:
    """Return what paper shows of `draft` as the till's document number `sequence`."""
    return Receipt(
        kind=draft.kind,
        till=at.till,
        sequence=sequence,
        number=receipt_number(at.till, sequence),
        code=receipt_code(at.till, sequence),
        at=at.now,
        business_on=day,
        cashier=at.actor.name,
        shop=head,
        lines=tuple(line.shown for line in draft.lines),
        reductions=draft.reductions,
        tenders=draft.tenders,
        taxes=draft.taxes,
        items_qty=sum(line.shown.qty for line in draft.lines),
        subtotal_minor=draft.subtotal_minor,
        total_minor=draft.total_minor,
        change_minor=sum(tender.change_minor for tender in draft.tenders),
        of_number=draft.of_number,
        reason=draft.reason,
        approved_by=draft.approved_by,
        member_number=draft.member_number,
        points_earned=draft.points_earned,
        points_balance=draft.points_balance,
    )


def find_last(session: Session, till: int) -> tuple[int, str] | None:
    """Return id and kind of the till's last document, None before the first."""
    row = session.execute(
        select(DOCUMENT.c.id, DOCUMENT.c.kind)
        .where(DOCUMENT.c.till_id == till)
        .order_by(DOCUMENT.c.sequence.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def _write_rows(
    session: Session, at: At, settings: ShopSettings, draft: DocumentDraft, receipt: Receipt, shift_id: int
) -> int:
    row = _document_row(at, settings, draft, receipt, shift_id)
    document_id = int(session.execute(_WRITE_DOCUMENT, row).scalar_one())
    if draft.lines:
        session.execute(
            _WRITE_LINES, [_line_row(document_id, n, line, receipt.business_on) for n, line in enumerate(draft.lines)]
        )
    if draft.tenders:
        session.execute(_WRITE_PAYMENTS, [_payment_row(document_id, n, t) for n, t in enumerate(draft.tenders)])
    return document_id


def _document_row(
    at: At, settings: ShopSettings, draft: DocumentDraft, receipt: Receipt, shift_id: int
) -> dict[str, Any]:
    reductions = all_reductions(receipt)
    return {
        "till_id": at.till,
        "sequence": receipt.sequence,
        "kind": draft.kind.value,
        "shift_id": shift_id,
        "staff_id": at.actor.staff_id or None,
        "staff_name": at.actor.name,
        "occurred_at": at.now,
        "business_on": receipt.business_on,
        "hour": local_hour(at.now, settings.zone),
        "of_document_id": draft.of_document_id,
        "items_qty": receipt.items_qty,
        "subtotal_minor": draft.subtotal_minor,
        "discount_minor": discounts_given(draft.kind, reductions),
        "round_off_minor": rounded_off(reductions),
        "total_minor": draft.total_minor,
        "tax_minor": sum(tax.tax_minor for tax in draft.taxes),
        "cost_minor": sum(line.cost_minor for line in draft.lines),
        "reason": draft.reason,
        "approved_by": draft.approved_by,
        "member_id": draft.member_id,
        "points_qty": draft.points_earned,
    }


def _line_row(document_id: int, position: int, line: DraftLine, business_on: date) -> dict[str, Any]:
    shown = line.shown
    return {
        "document_id": document_id,
        "position": position,
        "edition_id": line.edition_id,
        "copy_id": line.copy_id,
        "business_on": business_on,
        "title": shown.title,
        "artist": shown.artist,
        "qty": shown.qty,
        "list_minor": shown.list_minor,
        "unit_minor": shown.unit_minor,
        "amount_minor": shown.amount_minor,
        "net_minor": shown.net_minor,
        "tax_bp": shown.tax_bp,
        "tax_minor": shown.tax_minor,
        "cost_minor": line.cost_minor,
        "reductions": json.dumps(to_payload(shown.reductions), ensure_ascii=False) if shown.reductions else "[]",
        "of_line_id": line.of_line_id,
        "condition": line.condition,
        "beside_id": line.beside_id,
    }


def _payment_row(document_id: int, position: int, tender: TenderLine) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "position": position,
        "kind": tender.kind,
        "amount_minor": tender.amount_minor,
        "tendered_minor": tender.tendered_minor,
        "change_minor": tender.change_minor,
        "card_type": tender.card_type,
        "card_last4": tender.card_last4,
        "voucher_id": tender.voucher_id,
    }


def _pieces(draft: DocumentDraft) -> list[stock.Piece]:
    return [
        stock.Piece(line.edition_id, line.copy_id, -line.shown.qty, -line.cost_minor, line.shown.title)
        for line in draft.lines
    ]
