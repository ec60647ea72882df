"""What happens around members at the counter, in a line each, without a basket: a document with one line."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.factories import make_edition

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind, ReceiptLine, TenderLine
from av_pos.domain.settlement import TenderKind
from av_pos.models import DOCUMENT
from av_pos.models.members import MEMBER
from av_pos.services import (
    documents,
    journal,
    levels,
    member_books,
    members,
    points,
    shifts,
    shop_settings,
    stored_value,
)
from av_pos.services.documents import DocumentDraft, DraftLine
from av_pos.services.members import MemberDraft, MemberRow

PHONE = "13800138000"


def tender(kind: TenderKind, amount_minor: int, voucher_id: int | None = None) -> TenderLine:
    return TenderLine(kind.value, amount_minor, amount_minor, voucher_id=voucher_id)


def cash(amount_minor: int) -> TenderLine:
    return tender(TenderKind.CASH, amount_minor)


def stored(amount_minor: int) -> TenderLine:
    return tender(TenderKind.STORED, amount_minor)


def by_points(amount_minor: int) -> TenderLine:
    return tender(TenderKind.POINTS, amount_minor)


def voucher(voucher_id: int, amount_minor: int) -> TenderLine:
    return tender(TenderKind.VOUCHER, amount_minor, voucher_id)


def register(db: Database, at: At, name: str = "王小明", phone: str = PHONE, **more: object) -> MemberRow:
    return db.run(members.register_member, at, MemberDraft(name=name, phone=phone, **more))  # type: ignore[arg-type]


def open_shop(db: Database, at: At) -> int:
    """Levels, an open shift, a disc to sell; returns the disc."""
    db.run(levels.start_levels, at.now)
    db.run(shifts.open_shift, at, 10000)
    return db.run(make_edition, qty=10_000)


def give_points(db: Database, at: At, member_id: int, qty: int) -> None:
    db.run(points.adjust, at, member_id, qty, "a present")


def top_up(db: Database, at: At, member_id: int, amount_minor: int) -> None:
    db.run(stored_value.top_up, at, member_id, amount_minor, TenderKind.CASH)


def buy(session: Session, at: At, member_id: int | None, edition_id: int, *tenders: TenderLine) -> int:
    """A sale for these tenders, planned and booked as the checkout does it; returns its document."""
    total = sum(one.amount_minor for one in tenders)
    settings = shop_settings.get_settings(session)
    plan = member_books.plan_sale(session, settings, member_id, _day(session, at), total, tenders)
    draft = DocumentDraft(
        DocumentKind.SALE, [_line(edition_id, 1, total)], (), tenders, (), total, total,
        member_id=plan.member_id, member_number=plan.member_number, points_earned=plan.points_earned,
        points_balance=plan.points_balance,
    )  # fmt: skip
    written = documents.write_document(session, at, settings, draft)
    member_books.book_sale(session, at, settings, plan, written.document_id, written.receipt.business_on)
    return written.document_id


def bring_back(
    session: Session, at: At, sale_id: int, edition_id: int, *tenders: TenderLine, taken: int = 0, given: int = 0
) -> int:
    """A return of a sale, or of a part, for these tenders (above nothing); returns its document."""
    back = tuple(TenderLine(t.kind, -t.amount_minor, -t.amount_minor, voucher_id=t.voucher_id) for t in tenders)
    total = sum(one.amount_minor for one in back)
    settings = shop_settings.get_settings(session)
    sale = session.execute(select(DOCUMENT).where(DOCUMENT.c.id == sale_id)).one()
    number = journal.get_receipt(session, sale_id).member_number
    of_number = f"{sale.till_id:02d}-{sale.sequence:07d}"
    draft = DocumentDraft(
        DocumentKind.RETURN, [_line(edition_id, -1, total)], (), back, (), total, total, of_document_id=sale_id,
        of_number=of_number, reason="as new", member_id=sale.member_id, member_number=number, points_earned=-taken,
    )  # fmt: skip
    written = documents.write_document(session, at, settings, draft)
    member_books.book_back(
        session, at, settings, of_document_id=sale_id, document_id=written.document_id,
        business_on=written.receipt.business_on, tenders=back, points_taken=taken, points_given=given,
    )  # fmt: skip
    return written.document_id


def standing(db: Database, member_id: int) -> tuple[int, int, int, str, date | None]:
    """All that a sale changes of a member: points, stored value paid and bonus, level and its last day."""

    def read(session: Session) -> tuple[int, int, int, str, date | None]:
        row = session.execute(select(MEMBER).where(MEMBER.c.id == member_id)).one()
        return row.points_qty, row.stored_minor, row.bonus_minor, row.level_key, row.level_until_on

    return db.ask(read)


def _line(edition_id: int, qty: int, amount_minor: int) -> DraftLine:
    price = abs(amount_minor)
    shown = ReceiptLine("Kind of Blue", "Miles Davis", "CD", "", qty, price, price, amount_minor, amount_minor, 0, 0)
    return DraftLine(edition_id, None, shown, 0)


def _day(session: Session, at: At) -> date:
    settings = shop_settings.get_settings(session)
    return business_day(at.now, settings.zone, settings.day_cut_min)
