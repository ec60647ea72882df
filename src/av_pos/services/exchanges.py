"""Which sales paid for each other by exchange: a disc of one came back, and its money went into another.

A return that pays a sale is written directly before it, at the same till, in the same change: so their numbers follow
each other, and nothing else says which belongs to which.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from av_pos.domain.documents import DocumentKind
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
_Head = Row[*tuple[Any, ...]]


def find_linked(session: Session, sale_id: int) -> tuple[int, ...]:
    """Return the other sales that money of this one came from or went into, near ones first; most have none."""
    found = [sale_id]
    for one in found:
        found += [other for other in (*_paid_from(session, one), *_paid_for(session, one)) if other not in found]
    return tuple(found[1:])


def _paid_from(session: Session, sale_id: int) -> Iterator[int]:
    """The sales whose discs paid for part of this one."""
    sale: _Head | None = session.execute(_HEADS.where(DOCUMENT.c.id == sale_id)).one()
    assert sale is not None
    left_minor = sale.exchanged_minor
    while left_minor > 0:
        sale = _neighbour(session, sale, -1)
        if sale is None or sale.kind != DocumentKind.RETURN or not sale.exchanged_minor:
            return
        left_minor += sale.exchanged_minor
        if sale.of_document_id is not None:
            yield sale.of_document_id


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
