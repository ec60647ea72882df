"""Discs that come back without a receipt: store credit only, at the least they went for lately, and somebody knows who.

A used copy needs none of this: its code leads to its sale (`sale_search`).
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind, ReceiptLine, TaxLine, TenderLine
from av_pos.domain.money import divide
from av_pos.domain.permissions import Permission, RoleLimits
from av_pos.domain.refund_terms import unreceipted_value
from av_pos.domain.settlement import TenderKind
from av_pos.domain.stock import unit_cost
from av_pos.domain.tax import TaxRate, added_tax, contained_tax, rate_on
from av_pos.errors import InvalidInput, LimitExceeded, NotFound, WrongState
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION, STOCK
from av_pos.services import access, audit, documents, member_books, returned_goods, shop_settings, vouchers
from av_pos.services.basket import MOST_PIECES
from av_pos.services.checkout import SaleOutcome
from av_pos.services.documents import DocumentDraft, DraftLine
from av_pos.services.returned_goods import Graded, ReturnedPieces
from av_pos.services.returns import Chosen, read_reason
from av_pos.services.shop_settings import ShopSettings

LATELY = timedelta(days=90)
"""How far back the lowest price is looked for."""


def price_piece(session: Session, at: At, edition_id: int) -> int:
    """Return what one piece brings without a receipt today, tax included. Raises NotFound."""
    settings = shop_settings.get_settings(session)
    return _value(session, settings, _edition(session, edition_id), _today(at, settings))


def take_back_unreceipted(
    session: Session,
    at: At,
    edition_id: int,
    chosen: Chosen,
    reason: str,
    identity_note: str,
    approval_id: int | None = None,
) -> SaleOutcome:
    """Take new pieces of an edition back for store credit; `chosen` says how many and how they look (no line).

    `identity_note`, who brings them, stands in the log and nowhere else. Raises WrongState when the shop takes nothing
    back so, or the disc went for nothing lately, or no current shift is open; LimitExceeded above the role's limit for
    refunds without approval; InvalidInput, NotFound, NotPermitted.
    """
    approver = access.require(session, at, Permission.RETURN_UNRECEIPTED, approval_id)
    settings = shop_settings.get_settings(session)
    if not settings.return_unreceipted:
        raise WrongState("return", "needs_receipt", "return")
    reason = read_reason(reason)
    if not identity_note.strip():
        raise InvalidInput("identity", "", "empty")
    if not 1 <= chosen.qty <= MOST_PIECES:
        raise InvalidInput("quantity", str(chosen.qty), "too_large" if chosen.qty > 0 else "too_small")
    graded = returned_goods.read_condition(chosen.condition, chosen.media_grade, chosen.sleeve_grade)
    edition, today = _edition(session, edition_id), _today(at, settings)
    refund_minor = chosen.qty * _value(session, settings, edition, today)
    _check_refund(refund_minor, settings.limits(at.actor.role), is_approved=bool(approver))
    voucher_id = vouchers.open_store_credit(session, at, settings, today)
    tender = TenderLine(TenderKind.VOUCHER.value, -refund_minor, -refund_minor, voucher_id=voucher_id)
    draft = _draft(session, settings, edition, chosen.qty, graded, tender, today, reason, approver)
    written = documents.write_document(session, at, settings, draft)
    pieces = ReturnedPieces(edition.id, None, chosen.qty, -draft.lines[0].cost_minor, refund_minor)
    returned_goods.settle(session, at, pieces, graded, written.receipt.number, today)
    member_books.book_back(
        session, at, settings, of_document_id=None, document_id=written.document_id, business_on=today,
        tenders=(tender,), points_taken=0, points_given=0,
    )  # fmt: skip
    audit.record(
        session, at, "return_unreceipted", written.receipt.number, amount_minor=-refund_minor, approved_by=approver,
        shift_id=written.shift_id, reason=reason, identity=identity_note.strip()[:200], title=edition.title,
    )  # fmt: skip
    return SaleOutcome(
        written.document_id, written.receipt, (), (), written.clock_went_back, returned=(written.receipt,)
    )


def _check_refund(refund_minor: int, limits: RoleLimits, *, is_approved: bool) -> None:
    if not refund_minor:
        raise WrongState("return", "worth_nothing", "return")
    if not is_approved and refund_minor > limits.refund_cash_minor:
        raise LimitExceeded(Permission.RETURN_UNRECEIPTED, refund_minor, limits.refund_cash_minor, "minor")


def _draft(
    session: Session,
    settings: ShopSettings,
    edition: Row[Any],
    qty: int,
    graded: Graded,
    tender: TenderLine,
    today: date,
    reason: str,
    approver: str,
) -> DocumentDraft:
    refund_minor, rate = -tender.amount_minor, _rate(session, settings, edition, today)
    tax_minor = contained_tax(refund_minor, rate.rate_bp)
    amount_minor = refund_minor if settings.prices_include_tax else refund_minor - tax_minor
    unit_minor = divide(amount_minor, qty)
    shown = ReceiptLine(
        title=edition.title,
        artist=edition.artist,
        format=edition.format,
        code="",
        qty=-qty,
        list_minor=unit_minor,
        unit_minor=unit_minor,
        amount_minor=-amount_minor,
        net_minor=-refund_minor,
        tax_bp=rate.rate_bp,
        tax_minor=-tax_minor,
    )
    cost_minor = qty * unit_cost(edition.on_hand_qty, edition.value_minor, edition.last_cost_minor)
    return DocumentDraft(
        kind=DocumentKind.RETURN,
        lines=[DraftLine(edition.id, None, shown, -cost_minor, condition=graded.text)],
        reductions=(),
        tenders=(tender,),
        taxes=(TaxLine(rate.name, rate.rate_bp, -refund_minor, -tax_minor),),
        subtotal_minor=-amount_minor,
        total_minor=-refund_minor,
        reason=reason,
        approved_by=approver,
    )


def _edition(session: Session, edition_id: int) -> Row[Any]:
    """The edition with its stock; what was sold as unknown is the one that it turned out to be."""
    met = EDITION.alias("met")
    real_id = select(met.c.merged_into_id).where(met.c.id == edition_id).scalar_subquery()
    wanted = session.execute(select(real_id)).scalar() or edition_id
    query = (
        select(EDITION, STOCK.c.on_hand_qty, STOCK.c.value_minor, STOCK.c.last_cost_minor)
        .join(STOCK, STOCK.c.edition_id == EDITION.c.id)
        .where(EDITION.c.id == wanted)
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound("edition", str(edition_id))
    return row


def _value(session: Session, settings: ShopSettings, edition: Row[Any], today: date) -> int:
    same = select(EDITION.c.id).where((EDITION.c.id == edition.id) | (EDITION.c.merged_into_id == edition.id))
    void = DOCUMENT.alias("void")
    was_voided = select(void.c.id).where(void.c.of_document_id == DOCUMENT.c.id, void.c.kind == DocumentKind.VOID)
    paid = (
        select(DOCUMENT_LINE.c.net_minor, DOCUMENT_LINE.c.qty)
        .join(DOCUMENT, DOCUMENT.c.id == DOCUMENT_LINE.c.document_id)
        .where(
            DOCUMENT_LINE.c.edition_id.in_(same),
            DOCUMENT_LINE.c.business_on > today - LATELY,
            DOCUMENT_LINE.c.copy_id.is_(None),
            DOCUMENT.c.kind == DocumentKind.SALE,
            ~was_voided.exists(),
        )
    )
    prices = [net_minor // qty for net_minor, qty in session.execute(paid)]
    list_minor = edition.price_minor
    if not settings.prices_include_tax:
        list_minor += added_tax(list_minor, _rate(session, settings, edition, today).rate_bp)
    return unreceipted_value(prices, list_minor)


def _rate(session: Session, settings: ShopSettings, edition: Row[Any], today: date) -> TaxRate:
    rates = shop_settings.list_tax_rates(session, settings)
    return rate_on(rates, edition.tax_key or settings.tax_key, today)


def _today(at: At, settings: ShopSettings) -> date:
    return business_day(at.now, settings.zone, settings.day_cut_min)
