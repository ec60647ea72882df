"""Finds the sale that a customer talks about: by receipt, member, card digits, day, disc or amount."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, parse_receipt_number, read_code, receipt_number
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind
from av_pos.domain.permissions import Permission
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION, PAYMENT
from av_pos.services import access, editions, shop_settings

LOOK_BACK = timedelta(days=365)
"""How far back is looked when neither a receipt, a member, a disc nor a first day is given."""
_MOST_WORDS, _LONGEST_WORD = 8, 60


@dataclass(frozen=True, slots=True)
class SaleQuery:
    """What is known of a sale; all that is given must hold.

    `number` is typed from the receipt, also without its till; `code` is scanned: a receipt, a disc, a used copy or a
    member's card. `text` are words of title or artist, `amount_minor` the total.
    """

    number: str = ""
    code: str = ""
    member_id: int | None = None
    card_last4: str = ""
    first_on: date | None = None
    last_on: date | None = None
    text: str = ""
    amount_minor: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is asked for."""
        return self == SaleQuery()


@dataclass(frozen=True, slots=True)
class SaleRow:
    """One sale as the list shows it; `returned_qty` of its `items_qty` pieces came back."""

    document_id: int
    number: str
    occurred_at: datetime
    business_on: date
    cashier: str
    items_qty: int
    returned_qty: int
    total_minor: int
    first_title: str
    member_id: int | None
    is_voided: bool


_back = DOCUMENT.alias("back")
_RETURNED = (
    select(func.coalesce(-func.sum(_back.c.items_qty), 0))
    .where(_back.c.of_document_id == DOCUMENT.c.id, _back.c.kind.in_((DocumentKind.RETURN, DocumentKind.VOID)))
    .correlate(DOCUMENT)
    .scalar_subquery()
)
_VOIDED = (
    select(_back.c.id)
    .where(_back.c.of_document_id == DOCUMENT.c.id, _back.c.kind == DocumentKind.VOID)
    .correlate(DOCUMENT)
    .exists()
)
_FIRST_TITLE = (
    select(DOCUMENT_LINE.c.title)
    .where(DOCUMENT_LINE.c.document_id == DOCUMENT.c.id, DOCUMENT_LINE.c.position == 0)
    .correlate(DOCUMENT)
    .scalar_subquery()
)


def find_sales(session: Session, at: At, query: SaleQuery, limit: int = 50) -> tuple[SaleRow, ...]:
    """Return the sales for which all that is asked holds, the newest first. Raises NotPermitted."""
    access.require(session, at, Permission.RETURN_GOODS)
    wanted = _conditions(session, at, query)
    if wanted is None:
        return ()
    found = (
        select(DOCUMENT, _RETURNED.label("returned_qty"), _VOIDED.label("is_voided"), _FIRST_TITLE.label("first_title"))
        .where(DOCUMENT.c.kind == DocumentKind.SALE, *wanted)
        .order_by(DOCUMENT.c.business_on.desc(), DOCUMENT.c.occurred_at.desc(), DOCUMENT.c.id.desc())
        .limit(limit)
    )
    return tuple(_row(row) for row in session.execute(found))


def find_by_number(session: Session, at: At, number: str) -> int | None:
    """Return the id of the sale whose receipt was scanned or typed; None when there is none. Raises NotPermitted."""
    rows = find_sales(session, at, SaleQuery(number=number), limit=2)
    return rows[0].document_id if len(rows) == 1 else None


def _conditions(session: Session, at: At, query: SaleQuery) -> list[ColumnElement[bool]] | None:
    """The conditions of a query; None when no sale can meet them."""
    wanted: list[ColumnElement[bool]] = []
    if query.number.strip():
        by_number = _number(query.number)
        if by_number is None:
            return None
        wanted.append(by_number)
    if query.code.strip():
        by_code = _code(session, query.code)
        if by_code is None:
            return None
        wanted.append(by_code)
    if query.member_id is not None:
        wanted.append(_member(session, query.member_id))
    if query.card_last4.strip():
        wanted.append(_has(PAYMENT, PAYMENT.c.card_last4 == query.card_last4.strip()))
    if query.amount_minor is not None:
        wanted.append(DOCUMENT.c.total_minor == query.amount_minor)
    for word in query.text.split()[:_MOST_WORDS]:
        short = word[:_LONGEST_WORD]
        named = or_(
            DOCUMENT_LINE.c.title.icontains(short, autoescape=True),
            DOCUMENT_LINE.c.artist.icontains(short, autoescape=True),
        )
        wanted.append(_has(DOCUMENT_LINE, named))
    return wanted + _days(session, at, query)


def _days(session: Session, at: At, query: SaleQuery) -> list[ColumnElement[bool]]:
    days: list[ColumnElement[bool]] = []
    first_on = query.first_on
    narrow = query.number.strip() or query.code.strip() or query.member_id is not None
    if first_on is None and query.last_on is None and not narrow:
        settings = shop_settings.get_settings(session)
        first_on = business_day(at.now, settings.zone, settings.day_cut_min) - LOOK_BACK
    if first_on is not None:
        days.append(DOCUMENT.c.business_on >= first_on)
    if query.last_on is not None:
        days.append(DOCUMENT.c.business_on <= query.last_on)
    return days


def _number(text: str) -> ColumnElement[bool] | None:
    found = parse_receipt_number(text)
    if found is not None:
        return (DOCUMENT.c.till_id == found[0]) & (DOCUMENT.c.sequence == found[1])
    plain = text.strip()
    # Without its till: any till's.
    if plain.isascii() and plain.isdigit() and len(plain) <= 7:
        return DOCUMENT.c.sequence == int(plain)
    return None


def _code(session: Session, code: str) -> ColumnElement[bool] | None:
    scanned = read_code(code)
    if scanned.kind is CodeKind.RECEIPT:
        return _number(code)
    if scanned.kind is CodeKind.MEMBER:
        from av_pos.services import members

        member_id = members.find_by_card(session, code)
        return _member(session, member_id) if member_id is not None else None
    if scanned.kind is CodeKind.COPY and scanned.number is not None:
        return DOCUMENT.c.id.in_(select(DOCUMENT_LINE.c.document_id).where(DOCUMENT_LINE.c.copy_id == scanned.number))
    edition_ids = [row.id for row in editions.find_by_code(session, scanned)]
    if not edition_ids:
        return None
    same = select(EDITION.c.id).where(EDITION.c.id.in_(edition_ids) | EDITION.c.merged_into_id.in_(edition_ids))
    return DOCUMENT.c.id.in_(select(DOCUMENT_LINE.c.document_id).where(DOCUMENT_LINE.c.edition_id.in_(same)))


def _member(session: Session, member_id: int) -> ColumnElement[bool]:
    from av_pos.services import members

    return DOCUMENT.c.member_id.in_(members.all_ids(session, member_id))


def _has(table: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    part: Select[Any] = select(table.c.id).where(table.c.document_id == DOCUMENT.c.id, condition)
    return part.correlate(DOCUMENT).exists()


def _row(row: Row[Any]) -> SaleRow:
    return SaleRow(
        document_id=row.id,
        number=receipt_number(row.till_id, row.sequence),
        occurred_at=row.occurred_at,
        business_on=row.business_on,
        cashier=row.staff_name,
        items_qty=row.items_qty,
        returned_qty=int(row.returned_qty),
        total_minor=row.total_minor,
        first_title=row.first_title or "",
        member_id=row.member_id,
        is_voided=bool(row.is_voided),
    )
