"""Which money goes back for a sale: its tenders as corrected since, less what went back of them, and new store credit.

What an exchange paid goes to the cash and cards that had paid for the disc exchanged. Store credit takes the place of a
voucher that is blocked or over, of the stored value of a member who was erased, and of all that nothing else takes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.documents import DocumentKind, TenderLine
from av_pos.domain.refund_tenders import STORE_CREDIT, RefundTender, paid_tenders, refund_line, refund_tenders
from av_pos.domain.refund_terms import points_restored
from av_pos.domain.refunds import Part
from av_pos.domain.settlement import MEMBER_TENDERS, TenderKind
from av_pos.models import DOCUMENT, PAYMENT
from av_pos.services import exchanges
from av_pos.services.documents import WrittenDocument
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.sold_sales import SoldSale

_MONEY = (TenderKind.CASH, TenderKind.CARD)
_PAID = (
    select(PAYMENT)
    .join(DOCUMENT, DOCUMENT.c.id == PAYMENT.c.document_id)
    .where(
        (DOCUMENT.c.id == bindparam("document"))
        | ((DOCUMENT.c.of_document_id == bindparam("document")) & (DOCUMENT.c.kind == DocumentKind.CORRECTION))
    )
    .order_by(PAYMENT.c.document_id, PAYMENT.c.position)
)
_GIVEN = (
    select(PAYMENT)
    .join(DOCUMENT, DOCUMENT.c.id == PAYMENT.c.document_id)
    .where(
        DOCUMENT.c.of_document_id == bindparam("document"),
        # A void gave back what an exchange had paid for the sale: money of other sales.
        DOCUMENT.c.kind.in_((DocumentKind.RETURN, DocumentKind.VOID)),
    )
    .order_by(PAYMENT.c.document_id, PAYMENT.c.position)
)


@dataclass(frozen=True, slots=True)
class SalePayments:
    """How a sale was paid, as corrected since (`paid`), and what came back of it (`given`, below nothing)."""

    paid: tuple[TenderLine, ...]
    given: tuple[TenderLine, ...]

    def of_kind(self, kind: TenderKind) -> tuple[int, int]:
        """Return what was paid by one kind, and what went back of it, both above nothing."""
        paid = sum(tender.amount_minor for tender in self.paid if tender.kind == kind)
        return paid, -sum(tender.amount_minor for tender in self.given if tender.kind == kind)


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """The tenders of a return, below nothing. A voucher without an id is store credit that is still to be issued."""

    payments: SalePayments
    tenders: tuple[TenderLine, ...]

    def sum_of(self, kind: TenderKind) -> int:
        """Return what goes back by one kind, above nothing."""
        return -sum(tender.amount_minor for tender in self.tenders if tender.kind == kind)


NOTHING_PLANNED: Mapping[int, RefundPlan] = {}


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """What a return or a void means beside its document; points are counted upwards, `is_all`: nothing is left."""

    sale: SoldSale
    tenders: tuple[TenderLine, ...]
    points_taken: int
    points_given: int
    is_all: bool


def is_new_credit(tender: TenderLine) -> bool:
    """Say whether a planned tender is store credit that is still to be issued."""
    return tender.kind == TenderKind.VOUCHER and tender.voucher_id is None


def read_payments(session: Session, sale_id: int) -> SalePayments:
    """Read how a sale was paid and what went back.

    Store credit that took another tender's place is left out: it belongs to none of the sale's tenders.
    """
    paid: list[TenderLine] = []
    for row in session.execute(_PAID, {"document": sale_id}):
        line = TenderLine(
            row.kind, row.amount_minor, row.amount_minor, 0, row.card_type, row.card_last4, row.voucher_id
        )
        paid = _corrected(paid, line) if row.document_id != sale_id else [*paid, line]
    vouchers = {tender.voucher_id for tender in paid if tender.kind == TenderKind.VOUCHER}
    given = tuple(
        TenderLine(row.kind, row.amount_minor, row.amount_minor, 0, row.card_type, row.card_last4, row.voucher_id)
        for row in session.execute(_GIVEN, {"document": sale_id})
        if row.kind != TenderKind.VOUCHER or row.voucher_id in vouchers
    )
    return SalePayments(tuple(paid), given)


def _corrected(paid: Sequence[TenderLine], change: TenderLine) -> list[TenderLine]:
    """Put one tender of a correction to those of the same means, or behind them all; what came to nothing goes."""
    means = (change.kind, change.card_type, change.card_last4)
    found = list(paid)
    for place, tender in enumerate(found):
        if (tender.kind, tender.card_type, tender.card_last4) == means:
            amount = tender.amount_minor + change.amount_minor
            found[place] = replace(tender, amount_minor=amount, tendered_minor=amount)
            break
    else:
        found.append(change)
    return [tender for tender in found if tender.amount_minor]


def plan_refund(
    session: Session,
    sale: SoldSale,
    today: date,
    amount_minor: int,
    exchanged_minor: int,
    *,
    as_credit: bool,
    planned: Mapping[int, RefundPlan] = NOTHING_PLANNED,
) -> RefundPlan:
    """Say by which tenders `amount_minor` goes back for part of a sale, after what the sale in the same basket takes.

    `as_credit` keeps cash and cards out: what they paid becomes store credit. `planned` are the plans of other sales
    that come back in the same basket.
    """
    payments = read_payments(session, sale.document_id)
    linked = _linked(session, payments, sale.document_id, planned)
    shut = _MONEY if as_credit else ()
    own = [t for t in payments.paid if t.kind not in shut and _takes_back(session, sale, t, today)]
    paid, own_count = [*own, *(t for t in linked.paid if t.kind not in shut)], len(own)
    left = paid_tenders(paid, (*payments.given, *linked.given))
    tenders = list[TenderLine]()
    if exchanged_minor:
        tenders.append(TenderLine(TenderKind.EXCHANGE.value, -exchanged_minor, -exchanged_minor))
    rest = amount_minor - exchanged_minor
    here = min(rest, sum(tender.left_minor for tender in left[:own_count] if tender.kind != TenderKind.EXCHANGE))
    # What this sale was paid with takes its money first, then what paid for the disc that was exchanged for it.
    tenders += _lines(paid[:own_count], refund_tenders(left[:own_count], here))
    tenders += _lines(paid[own_count:], refund_tenders(left[own_count:], rest - here))
    return RefundPlan(payments, _merged(tenders))


def plan_void(session: Session, sale: SoldSale, today: date) -> RefundPlan:
    """Say how all of a sale's money goes back: every tender, as corrected since, takes its own.

    What an exchange paid goes to the tenders of the disc that was exchanged, as far as they hold it.
    """
    payments = read_payments(session, sale.document_id)
    tenders, exchanged_minor, credit_minor = list[TenderLine](), 0, 0
    for tender in payments.paid:
        if tender.kind == TenderKind.EXCHANGE:
            exchanged_minor += tender.amount_minor
        elif _takes_back(session, sale, tender, today):
            tenders.append(replace(tender, amount_minor=-tender.amount_minor, tendered_minor=-tender.amount_minor))
        else:
            credit_minor += tender.amount_minor
    if exchanged_minor:
        linked = _linked(session, payments, sale.document_id, NOTHING_PLANNED)
        tenders += _lines(linked.paid, refund_tenders(paid_tenders(linked.paid, linked.given), exchanged_minor))
    if credit_minor:
        tenders.append(TenderLine(TenderKind.VOUCHER.value, -credit_minor, -credit_minor))
    return RefundPlan(payments, _merged(tenders))


def _linked(session: Session, payments: SalePayments, sale_id: int, planned: Mapping[int, RefundPlan]) -> SalePayments:
    """Return cash and cards of the sales that this one exchanged money with, and what went back of them.

    What their members' balances paid is not given to this sale's customer, who may be another: it is left out.
    """
    if not any(tender.kind == TenderKind.EXCHANGE for tender in (*payments.paid, *payments.given)):
        return SalePayments((), ())
    paid, given = list[TenderLine](), list[TenderLine]()
    for other_id in exchanges.find_linked(session, sale_id):
        other = read_payments(session, other_id)
        paid += other.paid
        given += other.given
        if other_id in planned:
            given += planned[other_id].tenders
    return SalePayments(
        tuple(tender for tender in paid if tender.kind in _MONEY),
        tuple(tender for tender in given if tender.kind in _MONEY),
    )


def _lines(paid: Sequence[TenderLine], refunds: Iterable[RefundTender]) -> list[TenderLine]:
    """Return refunds as a document shows them; store credit is a voucher that is still to be issued."""
    lines = []
    for refund in refunds:
        line = refund_line(refund)
        if refund.kind == STORE_CREDIT:
            line = replace(line, kind=TenderKind.VOUCHER.value)
        elif refund.of is not None:
            line = replace(line, voucher_id=paid[refund.of].voucher_id)
        lines.append(line)
    return lines


def _merged(tenders: Iterable[TenderLine]) -> tuple[TenderLine, ...]:
    """Put lines of the same means together: what an exchange gives back may go the way that other money goes."""
    found: dict[tuple[str, str, str, int | None], TenderLine] = {}
    for tender in tenders:
        means = (tender.kind, tender.card_type, tender.card_last4, tender.voucher_id)
        amount = tender.amount_minor + (found[means].amount_minor if means in found else 0)
        found[means] = replace(tender, amount_minor=amount, tendered_minor=amount)
    return tuple(found.values())


def points_to_give(session: Session, sale: SoldSale, plan: RefundPlan) -> int:
    """Say how many of the points that paid for a sale come back with this plan; none when points paid nothing."""
    paid, given = plan.payments.of_kind(TenderKind.POINTS)
    if not paid:
        return 0
    from av_pos.services import points

    redeemed = points.sum_of_document(session, sale.document_id).redeemed_qty
    return points_restored(redeemed, Part(given, given + plan.sum_of(TenderKind.POINTS), paid))


def open_credit(
    session: Session, at: At, settings: ShopSettings, member_id: int | None, today: date, tenders: Sequence[TenderLine]
) -> tuple[TenderLine, ...]:
    """Make the store credit that a plan asks for, and name it in its tender: the return's document needs its id."""
    if not any(is_new_credit(tender) for tender in tenders):
        return tuple(tenders)
    from av_pos.services import vouchers

    owner = None if member_id is None or _is_erased(session, member_id) else member_id
    voucher_id = vouchers.open_store_credit(session, at, settings, today, owner)
    return tuple(replace(tender, voucher_id=voucher_id) if is_new_credit(tender) else tender for tender in tenders)


def book_money(session: Session, at: At, settings: ShopSettings, back: MoneyBack, written: WrittenDocument) -> None:
    """Put money and points back to the balances that the shop keeps, and the coupons of a sale that is all back."""
    sale = back.sale
    if sale.member_id is not None or any(tender.kind in MEMBER_TENDERS for tender in back.tenders):
        from av_pos.services import member_books

        member_books.book_back(
            session,
            at,
            settings,
            of_document_id=sale.document_id,
            document_id=written.document_id,
            business_on=written.receipt.business_on,
            tenders=back.tenders,
            points_taken=back.points_taken,
            points_given=back.points_given,
        )
    if back.is_all:
        from av_pos.services import coupons

        coupons.give_back_coupons(session, at, sale.document_id)


def _takes_back(session: Session, sale: SoldSale, tender: TenderLine, today: date) -> bool:
    if tender.kind == TenderKind.VOUCHER:
        return _is_usable(session, tender, today)
    if tender.kind == TenderKind.STORED and sale.member_id is not None:
        return not _is_erased(session, sale.member_id)
    return True


def _is_usable(session: Session, tender: TenderLine, today: date) -> bool:
    # Members' tables are read in with the first of their tenders, not with the first return.
    from av_pos.domain.vouchers import Voucher, give_voucher_back
    from av_pos.models.members import VOUCHER

    query = select(VOUCHER.c.balance_minor, VOUCHER.c.expires_on, VOUCHER.c.status)
    row = session.execute(query.where(VOUCHER.c.id == tender.voucher_id)).first()
    return row is not None and not give_voucher_back(Voucher(*row), tender.amount_minor, today).reason


def _is_erased(session: Session, member_id: int) -> bool:
    from av_pos.models.members import MEMBER
    from av_pos.services import members

    whose = members.resolve(session, member_id)
    return session.execute(select(MEMBER.c.status).where(MEMBER.c.id == whose)).scalar() == "erased"
