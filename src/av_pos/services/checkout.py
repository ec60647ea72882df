"""Complete a sale: one call, one transaction, one outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind, Receipt, ReceiptLine
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import Tender, settle
from av_pos.domain.stock import OnHand, take_out
from av_pos.errors import AlreadySold, LimitExceeded, WrongState
from av_pos.services import access, basket, basket_view, documents, shop_settings
from av_pos.services.basket_view import BookedLine, LineRow, Priced
from av_pos.services.documents import DocumentDraft, DraftLine
from av_pos.services.shop_settings import ShopSettings


@dataclass(frozen=True, slots=True)
class SaleOutcome:
    """A sale that is done. `low_stock_ids` fell to their mark by it, `below_zero_ids` below nothing."""

    document_id: int
    receipt: Receipt
    low_stock_ids: tuple[int, ...]
    below_zero_ids: tuple[int, ...]
    clock_went_back: bool


def complete_sale(
    session: Session,
    at: At,
    basket_id: int,
    tenders: Sequence[Tender],
    shown_minor: int,
    approval_id: int | None = None,
) -> SaleOutcome:
    """Sell what lies in the till's basket for these tenders. `shown_minor` is the total the customer was told.

    Raises WrongState when the basket is empty, changed its total meanwhile, or no current shift is open; Underpaid or
    InvalidInput for tenders that do not settle it; AlreadySold when a used copy is gone; NotPermitted; LimitExceeded
    when all discounts together are above the role's limit and nobody approved any of them.
    """
    access.require(session, at, Permission.SELL)
    settings = shop_settings.get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    priced = basket_view.priced_open(session, at.till, day, settings)
    _check(priced, basket_id, shown_minor)
    priced = _within_limit(session, at, settings, priced, approval_id)
    written = documents.write_document(session, at, settings, _draft(priced, tenders))
    basket.delete_basket(session, basket_id)
    low, below = _low_stock(priced.booked, written.balances)
    return SaleOutcome(written.document_id, written.receipt, low, below, written.clock_went_back)


def _check(priced: Priced, basket_id: int, shown_minor: int) -> None:
    view = priced.view
    if view.basket_id != basket_id or not view.lines:
        raise WrongState("basket", "empty", "completed")
    if view.total_minor != shown_minor:
        raise WrongState("basket", "changed", "completed")
    for line in priced.booked:
        if line.row.copy_id is not None and line.copy_status != "in_stock":
            raise AlreadySold(line.row.code, line.row.title)


def _within_limit(session: Session, at: At, settings: ShopSettings, priced: Priced, approval_id: int | None) -> Priced:
    """Hold what all discounts come to against the limit: each alone may keep it, and together they may not."""
    limit = settings.limits(at.actor.role).discount_bp
    if priced.approved_by or priced.largest_discount_bp <= limit:
        return priced
    if approval_id is None:
        raise LimitExceeded(Permission.DISCOUNT_BASKET, priced.largest_discount_bp, limit)
    return replace(priced, approved_by=access.use_approval(session, at, Permission.DISCOUNT_BASKET, approval_id))


def _draft(priced: Priced, tenders: Sequence[Tender]) -> DocumentDraft:
    view = priced.view
    return DocumentDraft(
        kind=DocumentKind.SALE,
        lines=_draft_lines(priced.booked),
        reductions=view.reductions,
        tenders=settle(view.total_minor, tenders),
        taxes=view.taxes,
        subtotal_minor=view.subtotal_minor,
        total_minor=view.total_minor,
        approved_by=priced.approved_by,
    )


def _draft_lines(booked: Sequence[BookedLine]) -> list[DraftLine]:
    """Give each line its cost; two lines of one edition take their shares one after the other."""
    left: dict[int, OnHand] = {}
    lines = []
    for line in booked:
        row = line.row
        if row.copy_id is not None:
            cost = line.copy_cost_minor
        else:
            before = left.get(row.edition_id, OnHand(line.stock_qty, line.stock_value_minor))
            cost, left[row.edition_id] = take_out(before, row.qty, line.last_cost_minor)
        lines.append(DraftLine(row.edition_id, row.copy_id, shown_line(row), cost))
    return lines


def shown_line(row: LineRow) -> ReceiptLine:
    """Return a basket line as paper shows it."""
    return ReceiptLine(
        title=row.title,
        artist=row.artist,
        format=row.format,
        code=row.code,
        qty=row.qty,
        list_minor=row.list_minor,
        unit_minor=row.unit_minor,
        amount_minor=row.amount_minor,
        net_minor=row.net_minor,
        tax_bp=row.tax_bp,
        tax_minor=row.tax_minor,
        grade=row.grade,
        reductions=row.reductions,
    )


def _low_stock(booked: Sequence[BookedLine], balances: dict[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    marks = {line.row.edition_id: line.low_mark_qty for line in booked if line.row.copy_id is None}
    low = tuple(edition_id for edition_id, balance in balances.items() if balance <= marks[edition_id])
    return low, tuple(edition_id for edition_id in low if balances[edition_id] < 0)
