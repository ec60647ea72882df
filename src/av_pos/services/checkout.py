"""Complete a sale: one call, one transaction, one outcome. Discs of earlier sales may come back with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind, Receipt, ReceiptLine, TenderLine
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import MEMBER_TENDERS, Tender, TenderKind, settle
from av_pos.domain.stock import OnHand, is_low, take_out
from av_pos.errors import AlreadySold, LimitExceeded, WrongState
from av_pos.services import access, basket, basket_view, documents, shop_settings
from av_pos.services.access import Approvals
from av_pos.services.basket_view import BasketView, BookedLine, LineRow, Priced
from av_pos.services.documents import DocumentDraft, DraftLine, WrittenDocument
from av_pos.services.shop_settings import ShopSettings

if TYPE_CHECKING:
    from av_pos.services.member_books import MemberPlan


@dataclass(frozen=True, slots=True)
class Offered:
    """A disc that the till offered beside one in the basket."""

    edition_id: int
    beside_id: int


@dataclass(frozen=True, slots=True)
class SaleOutcome:
    """A sale that is done. `low_stock_ids` fell to their mark by it, `below_zero_ids` below nothing.

    When discs came back with it, `returned` are those documents; when nothing else was in the basket, `receipt` is the
    last of them.
    """

    document_id: int
    receipt: Receipt
    low_stock_ids: tuple[int, ...]
    below_zero_ids: tuple[int, ...]
    clock_went_back: bool
    returned: tuple[Receipt, ...] = ()


def complete_sale(
    session: Session,
    at: At,
    basket_id: int,
    tenders: Sequence[Tender],
    shown_minor: int,
    approval_id: Approvals | None = None,
    *,
    offered: Sequence[Offered] = (),
    refund_as_credit: bool = False,
) -> SaleOutcome:
    """Sell what lies in the till's basket for these tenders, and take back what came back with it.

    `shown_minor` is what the customer was told to pay; below nothing it is what goes back, the way it came or as store
    credit. Raises WrongState when the basket is empty, changed its total meanwhile, or no current shift is open;
    Underpaid or InvalidInput for tenders that do not settle it; AlreadySold when a used copy is gone; NotPermitted;
    LimitExceeded when all discounts together, or the cash given back, are above the role's limit without approval:
    one for each of them.
    """
    access.require(session, at, Permission.SELL)
    settings = shop_settings.get_settings(session)
    priced = basket_view.priced_open(session, at, settings)
    view = priced.view
    _check(priced, basket_id, shown_minor)
    returned = _take_back(session, at, settings, view, approval_id, as_credit=refund_as_credit)
    if not view.lines:
        basket.delete_basket(session, basket_id)
        last = returned[-1]
        return SaleOutcome(last.document_id, last.receipt, (), (), last.clock_went_back, _receipts(returned))
    priced = _within_limit(session, at, settings, priced, approval_id)
    if returned:
        # What came back may be the very disc that is sold again: it costs what it came back at.
        priced = basket_view.with_stock_now(session, priced)
    exchanged = min(view.total_minor, view.refund_minor)
    paid = settle(view.total_minor, (Tender(TenderKind.EXCHANGE, exchanged), *tenders) if exchanged else tenders)
    plan = _member_plan(session, at, settings, view, paid, returned)
    written = documents.write_document(session, at, settings, _draft(priced, paid, plan))
    _book_beside(session, at, settings, priced, plan, written, offered)
    basket.delete_basket(session, basket_id)
    low, below = _low_stock(priced.booked, written.balances)
    return SaleOutcome(
        written.document_id, written.receipt, low, below, written.clock_went_back, returned=_receipts(returned)
    )


def _receipts(returned: Sequence[WrittenDocument]) -> tuple[Receipt, ...]:
    return tuple(document.receipt for document in returned)


def _take_back(
    session: Session,
    at: At,
    settings: ShopSettings,
    view: BasketView,
    approval_id: Approvals | None,
    *,
    as_credit: bool,
) -> tuple[WrittenDocument, ...]:
    if not view.returns:
        return ()
    from av_pos.services import returns

    exchanged = min(view.total_minor, view.refund_minor)
    return returns.write_returns(session, at, settings, view.returns, exchanged, approval_id, as_credit=as_credit)


def _member_plan(
    session: Session,
    at: At,
    settings: ShopSettings,
    view: BasketView,
    paid: Sequence[TenderLine],
    returned: Sequence[WrittenDocument],
) -> "MemberPlan | None":
    if view.member is None and not any(tender.kind in MEMBER_TENDERS for tender in paid):
        return None
    from av_pos.services import member_books

    member_id = view.member.member_id if view.member else None
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    by_points = _exchanged_by_points(session, view, returned) if returned else 0
    return member_books.plan_sale(session, settings, member_id, day, view.total_minor, paid, by_points)


def _exchanged_by_points(session: Session, view: BasketView, returned: Sequence[WrittenDocument]) -> int:
    """What points had paid of the discs that this sale is exchanged for; their returns follow the sales' order."""
    from av_pos.services import exchanges

    sales = dict.fromkeys(row.document_id for row in view.returns)
    return sum(
        exchanges.exchanged_by_points(session, sale_id, document.receipt.tenders)
        for sale_id, document in zip(sales, returned, strict=True)
    )


def _book_beside(
    session: Session,
    at: At,
    settings: ShopSettings,
    priced: Priced,
    plan: "MemberPlan | None",
    written: WrittenDocument,
    offered: Sequence[Offered],
) -> None:
    """Write what a sale means for its member, its coupons and for what customers also bought."""
    view, booked = priced.view, priced.booked
    document_id, day = written.document_id, written.receipt.business_on
    if plan is not None:
        from av_pos.services import member_books

        member_books.book_sale(session, at, settings, plan, document_id, day)
    if view.coupons:
        from av_pos.services import coupons

        member_id = view.member.member_id if view.member else None
        fired = {reduction.rule_id for line in view.lines for reduction in line.reductions}
        coupons.use_coupons(session, at, view.coupons, document_id, member_id, fired)
    if offered:
        from av_pos.services import insights

        taken = [line.row.edition_id for line in booked if line.beside_id is not None]
        insights.note_offered(session, document_id, [(one.edition_id, one.beside_id) for one in offered], taken)


def _check(priced: Priced, basket_id: int, shown_minor: int) -> None:
    view = priced.view
    if view.basket_id != basket_id or view.is_empty:
        raise WrongState("basket", "empty", "completed")
    if view.due_minor != shown_minor:
        raise WrongState("basket", "changed", "completed")
    for line in priced.booked:
        if line.row.copy_id is not None and line.copy_status != "in_stock":
            raise AlreadySold(line.row.code, line.row.title)


def _within_limit(
    session: Session, at: At, settings: ShopSettings, priced: Priced, approval_id: Approvals | None
) -> Priced:
    """Hold what all discounts come to against the limit: each alone may keep it, and together they may not."""
    limit = settings.limits(at.actor.role).discount_bp
    if priced.approved_by or priced.largest_discount_bp <= limit:
        return priced
    excess = LimitExceeded(Permission.DISCOUNT_BASKET, priced.largest_discount_bp, limit)
    return replace(priced, approved_by=access.require_above(session, at, excess, approval_id))


def _draft(priced: Priced, paid: tuple[TenderLine, ...], plan: "MemberPlan | None") -> DocumentDraft:
    view = priced.view
    return DocumentDraft(
        kind=DocumentKind.SALE,
        lines=_draft_lines(priced.booked),
        reductions=view.reductions,
        tenders=paid,
        taxes=view.taxes,
        subtotal_minor=view.subtotal_minor,
        total_minor=view.total_minor,
        approved_by=priced.approved_by,
        member_id=view.member.member_id if view.member else None,
        member_number=plan.member_number if plan else "",
        points_earned=plan.points_earned if plan else 0,
        points_balance=plan.points_balance if plan else None,
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
        lines.append(DraftLine(row.edition_id, row.copy_id, shown_line(row), cost, beside_id=line.beside_id))
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
    """Give what this sale brought down to its mark, and what it brought below nothing."""
    new = {line.row.edition_id: line for line in booked if line.row.copy_id is None}
    before = dict(balances)
    for line in booked:
        if line.row.copy_id is None:
            before[line.row.edition_id] += line.row.qty

    def low_at(edition_id: int, on_hand_qty: int) -> bool:
        line = new[edition_id]
        return is_low(on_hand_qty - line.row.reserved_qty, line.low_mark_qty)

    low = tuple(one for one, left in balances.items() if low_at(one, left) and not low_at(one, before[one]))
    return low, tuple(one for one, left in balances.items() if left < 0 <= before[one])
