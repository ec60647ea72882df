"""Which sales paid for each other by exchange: a disc of one came back, and its money went into another.

A return that pays a sale is written directly before it, at the same till, in the same change: so their numbers follow
each other, and nothing else says which belongs to which.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from av_pos.domain.documents import DocumentKind, TenderLine
from av_pos.domain.money import divide
from av_pos.domain.settlement import TenderKind
from av_pos.models import DOCUMENT, PAYMENT

_EXCHANGED = (
    select(func.coalesce(func.sum(PAYMENT.c.amount_minor), 0))
    .where(PAYMENT.c.document_id == DOCUMENT.c.id, PAYMENT.c.kind == TenderKind.EXCHANGE)
    .correlate(DOCUMENT)
    .scalar_subquery()
    .label("exchanged_minor")
)
_HEADS = select(
    DOCUMENT.c.id, DOCUMENT.c.till_id, DOCUMENT.c.sequence, DOCUMENT.c.kind, DOCUMENT.c.of_document_id, _EXCHANGED
)
_BY_KIND = (
    select(PAYMENT.c.kind, func.sum(PAYMENT.c.amount_minor).label("minor"))
    .where(PAYMENT.c.document_id == bindparam("document"))
    .group_by(PAYMENT.c.kind)
)
_Head = Row[*tuple[Any, ...]]


def find_linked(session: Session, sale_id: int) -> tuple[int, ...]:
    """Return the other sales that money of this one came from or went into, near ones first; most have none."""
    found = [sale_id]
    for one in found:
        paid_from = (other for other, _minor in _paid_from(session, one))
        found += [other for other in (*paid_from, *_paid_for(session, one)) if other not in found]
    return tuple(found[1:])


def exchanged_by_points(session: Session, sale_id: int, tenders: Iterable[TenderLine]) -> int:
    """Return how much of what a return of a sale exchanges, by these tenders of it, points had paid, in minor units."""
    exchanged_minor = -sum(tender.amount_minor for tender in tenders if tender.kind == TenderKind.EXCHANGE)
    share = _share_by_points(session, sale_id) if exchanged_minor else Fraction(0)
    return divide(exchanged_minor * share.numerator, share.denominator)


def _share_by_points(session: Session, sale_id: int) -> Fraction:
    """Which share of a sale points paid, in its own tenders or in those of the discs exchanged for it."""
    paid = {row.kind: row.minor for row in session.execute(_BY_KIND, {"document": sale_id})}
    by_points = Fraction(paid.get(TenderKind.POINTS, 0))
    if paid.get(TenderKind.EXCHANGE):
        by_points += sum(minor * _share_by_points(session, other) for other, minor in _paid_from(session, sale_id))
    return by_points / (sum(paid.values()) or 1)


def _paid_from(session: Session, sale_id: int) -> Iterator[tuple[int, int]]:
    """The sales whose discs paid for part of this one, and how much each paid."""
    sale: _Head | None = session.execute(_HEADS.where(DOCUMENT.c.id == sale_id)).one()
    assert sale is not None
    left_minor = sale.exchanged_minor
    while left_minor > 0:
        sale = _neighbour(session, sale, -1)
        if sale is None or sale.kind != DocumentKind.RETURN:
            return
        left_minor += sale.exchanged_minor
        # One may lie between that paid for nothing: its money went back.
        if sale.exchanged_minor and sale.of_document_id is not None:
            yield sale.of_document_id, -sale.exchanged_minor


def _paid_for(session: Session, sale_id: int) -> Iterator[int]:
    """The sales that discs of this one paid for."""
    returns = _HEADS.where(DOCUMENT.c.of_document_id == sale_id, DOCUMENT.c.kind == DocumentKind.RETURN)
    for head in session.execute(returns.order_by(DOCUMENT.c.id)).all():
        paid: _Head | None = head if head.exchanged_minor else None
        while paid is not None and paid.kind == DocumentKind.RETURN:
            paid = _neighbour(session, paid, 1)
        if paid is not None:
            yield paid.id


def _neighbour(session: Session, head: _Head, step: int) -> _Head | None:
    place = (DOCUMENT.c.till_id == head.till_id) & (DOCUMENT.c.sequence == head.sequence + step)
    return session.execute(_HEADS.where(place)).first()
