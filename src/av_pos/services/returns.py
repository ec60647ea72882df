"""Discs of earlier sales that come back: looked at, laid into the basket, and written when the basket is settled.

Each sale gets a document of its own, linked to it, with its amounts below nothing. The sale is never changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind, Receipt, TenderLine
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.refund_terms import MemberPart, member_part, return_window
from av_pos.domain.refunds import Back, check_wanted
from av_pos.domain.settlement import TenderKind
from av_pos.errors import InvalidInput, LimitExceeded, NotFound, WrongState
from av_pos.models import BASKET, BASKET_RETURN
from av_pos.services import access, audit, basket, basket_view, documents, refund_money, returned_goods, shop_settings
from av_pos.services.access import Approvals
from av_pos.services.basket import BasketOutcome
from av_pos.services.documents import DocumentDraft, DraftLine, WrittenDocument
from av_pos.services.refund_money import MoneyBack, RefundPlan
from av_pos.services.return_lines import PricedReturn, ReturnRow, last_day, price_return
from av_pos.services.returned_goods import Condition, ReturnedPieces
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.sold_sales import SoldSale, count_back, get_sale

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """One line of a sale as the return screen shows it; `refund_minor` is what one more piece brings now."""

    line_id: int
    edition_id: int
    copy_id: int | None
    title: str
    artist: str
    format: str
    code: str
    grade: str
    sold_qty: int
    returned_qty: int
    left_qty: int
    in_basket_qty: int
    paid_minor: int
    refunded_minor: int
    refund_minor: int


@dataclass(frozen=True, slots=True)
class ReturnableSale:
    """A sale and what of it can come back. `days_left` is below nothing when the last day is over.

    `tenders` is how it was paid, as corrected since; `member_number` stands on the receipt, nothing else of the person.
    """

    document_id: int
    receipt: Receipt
    lines: tuple[ReturnableLine, ...]
    tenders: tuple[TenderLine, ...]
    sold_on: date
    last_on: date
    days_left: int
    is_late: bool
    is_voided: bool
    member_number: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Pieces of a line that come back, and in which condition; a used one has its grades."""

    line_id: int
    qty: int = 1
    condition: str = Condition.STOCK
    media_grade: str = ""
    sleeve_grade: str = ""


@dataclass(frozen=True, slots=True)
class _Planned:
    """One sale's return before it is written."""

    priced: PricedReturn
    rows: tuple[ReturnRow, ...]
    plan: RefundPlan


def open_sale(session: Session, at: At, document_id: int) -> ReturnableSale:
    """Return a sale with what can come back of it. Raises NotFound, WrongState when it is no sale, NotPermitted."""
    access.require(session, at, Permission.RETURN_GOODS)
    settings = shop_settings.get_settings(session)
    sale = get_sale(session, document_id)
    sold_on = sale.receipt.business_on
    window = return_window(sold_on, _today(at, settings), settings.return_days)
    in_basket = _in_basket(session, at)
    return ReturnableSale(
        document_id=document_id,
        receipt=sale.receipt,
        lines=tuple(_returnable(session, settings, sale, piece.line_id, in_basket) for piece in sale.pieces),
        tenders=refund_money.read_payments(session, document_id).paid,
        sold_on=sold_on,
        last_on=last_day(sold_on, settings),
        days_left=window.days_left,
        is_late=window.is_over,
        is_voided=sale.is_voided,
        member_number=sale.receipt.member_number,
    )


def lay_in(
    session: Session,
    at: At,
    document_id: int,
    choices: Sequence[Chosen],
    reason: str,
    approval_id: Approvals | None = None,
) -> BasketOutcome:
    """Lay pieces of a sale into the till's basket to come back; a line that lies there already is chosen anew.

    Raises NotPermitted, also for a sale whose last day is over without a manager's approval (RETURN_LATE); WrongState
    when the sale was voided or the pieces are back already; InvalidInput, NotFound.
    """
    approver = access.require(session, at, Permission.RETURN_GOODS, approval_id)
    reason = read_reason(reason)
    settings = shop_settings.get_settings(session)
    sale = get_sale(session, document_id)
    if sale.is_voided:
        raise WrongState("sale", "voided", "return")
    window = return_window(sale.receipt.business_on, _today(at, settings), settings.return_days)
    if window.is_over:
        approver = access.require(session, at, Permission.RETURN_LATE, approval_id) or approver
    laid = _in_basket(session, at)
    ours = {piece.line_id: laid[piece.line_id] for piece in sale.pieces if piece.line_id in laid}
    chosen = {choice.line_id: choice.qty for choice in choices}
    check_wanted(sale.sold, sale.back, ours | chosen if chosen else {})
    basket_id = basket.open_basket(session, at)
    for choice in choices:
        graded = returned_goods.read_condition(choice.condition, choice.media_grade, choice.sleeve_grade)
        _lay(session, basket_id, choice, graded.text, reason)
    audit.record(
        session, at, "return_laid_in", sale.receipt.number, approved_by=approver, reason=reason,
        pieces=sum(chosen.values()), days_left=window.days_left,
    )  # fmt: skip
    return BasketOutcome(basket.view_of(session, at))


def take_out(session: Session, at: At, return_id: int) -> BasketOutcome:
    """Take pieces that should come back out of the till's basket; with the last thing it goes. Raises NotFound."""
    open_basket = select(BASKET.c.id).where(BASKET.c.till_id == at.till, BASKET.c.held_at.is_(None))
    gone = (
        delete(BASKET_RETURN)
        .where(BASKET_RETURN.c.id == return_id, BASKET_RETURN.c.basket_id.in_(open_basket))
        .returning(BASKET_RETURN.c.line_id)
    )
    if session.execute(gone).first() is None:
        raise NotFound("basket_return", str(return_id))
    basket.drop_empty(session, at)
    return BasketOutcome(basket.view_of(session, at))


def price_pieces(session: Session, document_id: int, wanted: Mapping[int, int]) -> int:
    """Return what pieces of a sale (a quantity a line) bring together, above nothing.

    Raises NotFound, and WrongState or InvalidInput for pieces that are not there to come back.
    """
    settings = shop_settings.get_settings(session)
    return price_return(session, settings, get_sale(session, document_id), wanted).returned.refund_minor


def plan_money_back(session: Session, at: At, *, as_credit: bool) -> tuple[TenderLine, ...]:
    """Say by which means money goes back when the till's open basket is settled now, below nothing.

    What the sale in the same basket takes is left out. With `as_credit` cash and card become store credit. Raises
    WrongState when pieces came back elsewhere meanwhile, NotPermitted.
    """
    access.require(session, at, Permission.SELL)
    settings = shop_settings.get_settings(session)
    view = basket_view.priced_open(session, at, settings).view
    exchanged = min(view.total_minor, view.refund_minor)
    planned = _plan(session, at, settings, view.returns, exchanged, as_credit=as_credit)
    return tuple(tender for one in planned for tender in one.plan.tenders if tender.kind != TenderKind.EXCHANGE)


def read_reason(text: str) -> str:
    """Return a reason as it is kept: one line, without signs that no screen shows. Raises InvalidInput."""
    reason = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not reason:
        raise InvalidInput("reason", "", "empty")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput("reason", reason[:40], "too_long")
    return reason


def write_returns(
    session: Session,
    at: At,
    settings: ShopSettings,
    rows: Sequence[ReturnRow],
    exchanged_minor: int,
    approval_id: Approvals | None,
    *,
    as_credit: bool,
) -> tuple[WrittenDocument, ...]:
    """Write what lies in a basket to come back: one document for each sale, in their order.

    `exchanged_minor` is what the sale in the same basket takes of it; the rest goes back the way it came, or, with
    `as_credit`, cash and card as store credit. Raises WrongState when pieces came back elsewhere meanwhile, and
    LimitExceeded (REFUND_CASH) for more cash than the role may give back without approval.
    """
    planned = _plan(session, at, settings, rows, exchanged_minor, as_credit=as_credit)
    approver = _approve_cash(session, at, settings, planned, approval_id)
    return tuple(_write(session, at, settings, one, approver) for one in planned)


def _plan(
    session: Session,
    at: At,
    settings: ShopSettings,
    rows: Sequence[ReturnRow],
    exchanged_minor: int,
    *,
    as_credit: bool,
) -> list[_Planned]:
    today = _today(at, settings)
    by_sale: dict[int, list[ReturnRow]] = {}
    for row in rows:
        if row.left_qty < row.qty:
            raise WrongState("sold_line", "returned", "return")
        by_sale.setdefault(row.document_id, []).append(row)
    planned = list[_Planned]()
    for document_id, ours in by_sale.items():
        sale = get_sale(session, document_id)
        priced = price_return(session, settings, sale, {row.line_id: row.qty for row in ours})
        refund_minor = priced.returned.refund_minor
        part = min(exchanged_minor, refund_minor)
        exchanged_minor -= part
        others = {one.priced.sale.document_id: one.plan for one in planned}
        plan = refund_money.plan_refund(session, sale, today, refund_minor, part, as_credit=as_credit, planned=others)
        planned.append(_Planned(priced, tuple(ours), plan))
    return planned


def _approve_cash(
    session: Session, at: At, settings: ShopSettings, planned: Iterable[_Planned], approval_id: Approvals | None
) -> str:
    """Hold the cash that goes back against the role's limit: a sale's with its earlier returns, and all together."""
    together_minor = asked_minor = 0
    for one in planned:
        now_minor = one.plan.sum_of(TenderKind.CASH)
        if now_minor:
            together_minor += now_minor
            asked_minor = max(asked_minor, now_minor + one.plan.payments.of_kind(TenderKind.CASH)[1])
    asked_minor = max(asked_minor, together_minor)
    limit = settings.limits(at.actor.role).refund_cash_minor
    if not asked_minor or (allowed(at.actor.role, Permission.REFUND_CASH) and asked_minor <= limit):
        return ""
    excess = LimitExceeded(Permission.REFUND_CASH, asked_minor, limit, "minor")
    return access.require_above(session, at, excess, approval_id)


def _write(session: Session, at: At, settings: ShopSettings, one: _Planned, approver: str) -> WrittenDocument:
    sale, returned = one.priced.sale, one.priced.returned
    tenders = refund_money.open_credit(session, at, settings, sale.member_id, _today(at, settings), one.plan.tenders)
    given = refund_money.points_to_give(session, sale, one.plan)
    taken = member_part(MemberPart(earned_points=sale.points_qty), returned.part).earned_points
    draft = _draft(one, tenders, approver, taken)
    written = documents.write_document(session, at, settings, draft)
    count_back(session, {line.key: (-line.shown.qty, -line.shown.net_minor) for line in returned.lines})
    _settle_goods(session, at, one, written)
    back = MoneyBack(sale, tenders, taken, given, sale.is_all_back({row.line_id: row.qty for row in one.rows}))
    refund_money.book_money(session, at, settings, back, written)
    audit.record(
        session, at, "return_written", written.receipt.number, amount_minor=written.receipt.total_minor,
        approved_by=approver, shift_id=written.shift_id, of_number=sale.receipt.number, reason=draft.reason,
    )  # fmt: skip
    return written


def _draft(one: _Planned, tenders: tuple[TenderLine, ...], approver: str, taken_points: int) -> DocumentDraft:
    sale, returned = one.priced.sale, one.priced.returned
    conditions = {row.line_id: row.condition for row in one.rows}
    return DocumentDraft(
        kind=DocumentKind.RETURN,
        lines=[
            DraftLine(
                edition_id=sale.piece(line.key).real_id,
                copy_id=sale.piece(line.key).copy_id,
                shown=line.shown,
                cost_minor=line.cost_minor,
                of_line_id=line.key,
                condition=conditions[line.key],
            )
            for line in returned.lines
        ],
        reductions=returned.reductions,
        tenders=tenders,
        taxes=returned.taxes,
        subtotal_minor=returned.subtotal_minor,
        total_minor=returned.total_minor,
        of_document_id=sale.document_id,
        of_number=sale.receipt.number,
        reason="; ".join(dict.fromkeys(row.reason for row in one.rows)),
        approved_by=approver,
        member_id=sale.member_id,
        member_number=sale.receipt.member_number,
        points_earned=-taken_points,
    )


def _settle_goods(session: Session, at: At, one: _Planned, written: WrittenDocument) -> None:
    sale, day = one.priced.sale, written.receipt.business_on
    graded = {row.line_id: returned_goods.split_condition(row.condition) for row in one.rows}
    for line in one.priced.returned.lines:
        piece, qty, cost_minor = sale.piece(line.key), -line.shown.qty, -line.cost_minor
        if piece.real_id != piece.edition_id and piece.copy_id is None:
            cost_minor += returned_goods.bring_back_linked(session, at, piece, qty, cost_minor, day)
        pieces = ReturnedPieces(piece.real_id, piece.copy_id, qty, cost_minor, -line.shown.net_minor)
        returned_goods.settle(session, at, pieces, graded[line.key], written.receipt.number, day)


def _returnable(
    session: Session, settings: ShopSettings, sale: SoldSale, line_id: int, in_basket: Mapping[int, int]
) -> ReturnableLine:
    piece, shown = sale.piece(line_id), sale.shown(line_id)
    back, left_qty = sale.back.get(line_id, Back()), sale.left_qty(line_id)
    refund_minor = price_return(session, settings, sale, {line_id: 1}).returned.refund_minor if left_qty else 0
    return ReturnableLine(
        line_id=line_id,
        edition_id=piece.real_id,
        copy_id=piece.copy_id,
        title=shown.title,
        artist=shown.artist,
        format=shown.format,
        code=shown.code,
        grade=shown.grade,
        sold_qty=shown.qty,
        returned_qty=shown.qty - left_qty,
        left_qty=left_qty,
        in_basket_qty=in_basket.get(line_id, 0),
        paid_minor=shown.net_minor,
        refunded_minor=back.net_minor,
        refund_minor=refund_minor,
    )


def _in_basket(session: Session, at: At) -> dict[int, int]:
    """What lies in the till's open basket to come back: pieces a line."""
    query = (
        select(BASKET_RETURN.c.line_id, BASKET_RETURN.c.qty)
        .join(BASKET, BASKET.c.id == BASKET_RETURN.c.basket_id)
        .where(BASKET.c.till_id == at.till, BASKET.c.held_at.is_(None))
    )
    return {row.line_id: row.qty for row in session.execute(query)}


def _lay(session: Session, basket_id: int, choice: Chosen, condition: str, reason: str) -> None:
    ours = (BASKET_RETURN.c.basket_id == basket_id) & (BASKET_RETURN.c.line_id == choice.line_id)
    session.execute(delete(BASKET_RETURN).where(ours))
    values = {"line_id": choice.line_id, "qty": choice.qty, "condition": condition, "reason": reason}
    session.execute(insert(BASKET_RETURN).values(basket_id=basket_id, **values))


def _today(at: At, settings: ShopSettings) -> date:
    return business_day(at.now, settings.zone, settings.day_cut_min)
