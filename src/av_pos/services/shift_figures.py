"""What a shift comes to: the figures of its X and its Z, always summed anew from documents and cash moves.

Voids and returns are documents with negative amounts, so every figure is a plain sum.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session

from av_pos.domain.codes import receipt_number
from av_pos.domain.documents import DocumentKind, TaxLine
from av_pos.domain.settlement import TenderKind
from av_pos.domain.shift_cash import expected_cash
from av_pos.domain.shift_report import CashMoveLine, ShiftReport, TenderTotal
from av_pos.domain.tax import TaxRate
from av_pos.errors import NotFound
from av_pos.models import AUDIT, CASH_MOVE, DOCUMENT, DOCUMENT_LINE, PAYMENT, SHIFT, TILL
from av_pos.services.shop_settings import ShopSettings, list_tax_rates

REMOVED = "line_removed"


def expected_in_drawer(session: Session, shift_id: int) -> int:
    """Return the cash that should lie in the drawer now: float + cash taken less given back + paid in − paid out."""
    paid = _in_and_out(PAYMENT.c.amount_minor).join_from(DOCUMENT, PAYMENT, PAYMENT.c.document_id == DOCUMENT.c.id)
    paid = paid.where(DOCUMENT.c.shift_id == shift_id, PAYMENT.c.kind == TenderKind.CASH)
    moved = _in_and_out(CASH_MOVE.c.amount_minor).where(CASH_MOVE.c.shift_id == shift_id)
    taken, refunded = session.execute(paid).one()
    paid_in, paid_out = session.execute(moved).one()
    return expected_cash(
        session.execute(select(SHIFT.c.float_minor).where(SHIFT.c.id == shift_id)).scalar_one(),
        taken_minor=int(taken or 0),
        refunded_minor=-int(refunded or 0),
        paid_in_minor=int(paid_in or 0),
        paid_out_minor=-int(paid_out or 0),
    )


def _in_and_out(amount: ColumnElement[Any]) -> Select[Any]:
    return select(func.sum(case((amount > 0, amount))), func.sum(case((amount < 0, amount))))


def report_shift(session: Session, settings: ShopSettings, shift_id: int, printed_at: datetime) -> ShiftReport:
    """Return a shift's figures as they are now, without its count (an X). Raises NotFound."""
    shift = session.execute(select(SHIFT).where(SHIFT.c.id == shift_id)).first()
    if shift is None:
        raise NotFound("shift", str(shift_id))
    totals = _by_kind(session, shift_id)
    kinds = (DocumentKind.SALE, DocumentKind.VOID, DocumentKind.RETURN)
    sale, void, returned = (totals.get(kind, _NOTHING) for kind in kinds)
    everything = [sum(column) for column in zip(*totals.values(), strict=True)] if totals else list(_NOTHING)
    moves = list_cash_moves(session, shift_id)
    removed_count, removed_minor = _removed(session, shift_id)
    first, last = _numbers(session, shift)
    return ShiftReport(
        shop=settings.head(),
        till=shift.till_id,
        shift_number=shift.number,
        business_on=shift.business_on,
        opened_at=shift.opened_at,
        opened_by=shift.opened_name,
        printed_at=printed_at,
        float_minor=shift.float_minor,
        sales_count=sale[0],
        sales_minor=sale[1],
        voids_count=void[0],
        voids_minor=void[1],
        returns_count=returned[0],
        returns_minor=returned[1],
        items_qty=everything[2],
        discounts_minor=everything[3],
        round_off_minor=everything[4],
        net_minor=everything[1],
        removed_lines_count=removed_count,
        removed_lines_minor=removed_minor,
        no_sale_count=sum(move.kind == "no_sale" for move in moves),
        tenders=_tenders(session, shift_id),
        taxes=_taxes(session, settings, shift_id, shift.business_on),
        cash_moves=moves,
        expected_cash_minor=expected_in_drawer(session, shift_id),
        first_number=first,
        last_number=last,
        grand_total_minor=session.execute(
            select(TILL.c.grand_total_minor).where(TILL.c.id == shift.till_id)
        ).scalar_one(),
    )


def list_cash_moves(session: Session, shift_id: int) -> tuple[CashMoveLine, ...]:
    """Return what was paid in and out of a shift's drawer, and its openings without a sale, in their order."""
    query = select(CASH_MOVE).where(CASH_MOVE.c.shift_id == shift_id).order_by(CASH_MOVE.c.id)
    return tuple(
        CashMoveLine(row.kind, row.amount_minor, row.reason, row.staff_name, row.moved_at)
        for row in session.execute(query)
    )


# Count, total, pieces, discounts, round-off of one kind of document.
_NOTHING = (0, 0, 0, 0, 0)


def _by_kind(session: Session, shift_id: int) -> dict[str, tuple[int, ...]]:
    sums = (DOCUMENT.c.total_minor, DOCUMENT.c.items_qty, DOCUMENT.c.discount_minor, DOCUMENT.c.round_off_minor)
    query = (
        select(DOCUMENT.c.kind, func.count(), *(func.sum(column) for column in sums))
        .where(DOCUMENT.c.shift_id == shift_id)
        .group_by(DOCUMENT.c.kind)
    )
    return {kind: tuple(map(int, figures)) for kind, *figures in session.execute(query)}


def _tenders(session: Session, shift_id: int) -> tuple[TenderTotal, ...]:
    total = func.sum(PAYMENT.c.amount_minor)
    query = (
        select(PAYMENT.c.kind, func.count(), total)
        .join_from(DOCUMENT, PAYMENT, PAYMENT.c.document_id == DOCUMENT.c.id)
        .where(DOCUMENT.c.shift_id == shift_id)
        .group_by(PAYMENT.c.kind)
        .order_by(total.desc(), PAYMENT.c.kind)
    )
    return tuple(TenderTotal(kind, count, int(amount)) for kind, count, amount in session.execute(query))


def _taxes(session: Session, settings: ShopSettings, shift_id: int, day: date) -> tuple[TaxLine, ...]:
    query = (
        select(DOCUMENT_LINE.c.tax_bp, func.sum(DOCUMENT_LINE.c.net_minor), func.sum(DOCUMENT_LINE.c.tax_minor))
        .join_from(DOCUMENT, DOCUMENT_LINE, DOCUMENT_LINE.c.document_id == DOCUMENT.c.id)
        .where(DOCUMENT.c.shift_id == shift_id)
        .group_by(DOCUMENT_LINE.c.tax_bp)
        .order_by(DOCUMENT_LINE.c.tax_bp.desc())
    )
    rates = list_tax_rates(session, settings)
    return tuple(
        TaxLine(rate_name(rates, settings.tax_key, day, bp), bp, int(gross), int(tax))
        for bp, gross, tax in session.execute(query)
    )


def rate_name(rates: Sequence[TaxRate], shop_key: str, day: date, rate_bp: int) -> str:
    """Return the name of a rate: one that holds on the day before one that is over, the shop's own before others."""
    found = [rate for rate in rates if rate.rate_bp == rate_bp]

    def preference(rate: TaxRate) -> tuple[bool, bool]:
        return (rate.valid_from or date.min) <= day <= (rate.valid_to or date.max), rate.key == shop_key

    return max(found, key=preference).name if found else ""


def _removed(session: Session, shift_id: int) -> tuple[int, int]:
    query = select(func.count(), func.coalesce(func.sum(AUDIT.c.amount_minor), 0)).where(
        AUDIT.c.shift_id == shift_id, AUDIT.c.action == REMOVED
    )
    count, amount = session.execute(query).one()
    return int(count), int(amount)


def _numbers(session: Session, shift: Row[Any]) -> tuple[str, str]:
    first, last = session.execute(
        select(func.min(DOCUMENT.c.sequence), func.max(DOCUMENT.c.sequence)).where(DOCUMENT.c.shift_id == shift.id)
    ).one()
    return (receipt_number(shift.till_id, first), receipt_number(shift.till_id, last)) if first else ("", "")
