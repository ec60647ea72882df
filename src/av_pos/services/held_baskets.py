"""Hold and recall (挂单 / 取单): baskets wait as rows, for any till, and survive a restart."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import NotFound, WrongState
from av_pos.models import BASKET, BASKET_LINE, BASKET_RETURN, EDITION
from av_pos.services import access, audit, basket
from av_pos.services.basket import BasketOutcome


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One waiting basket: since when, by whom, what lies in it (list prices, before discounts)."""

    basket_id: int
    till_id: int
    held_at: datetime
    held_by: str
    label: str
    first_title: str
    pieces_qty: int
    list_total_minor: int


def hold(session: Session, at: At, label: str = "") -> BasketOutcome:
    """Put the open basket aside. Raises WrongState when it is empty, NotPermitted."""
    access.require(session, at, Permission.SELL)
    basket_id = _open_with_lines(session, at)
    if basket_id is None:
        raise WrongState("basket", "empty", "held")
    _set_aside(session, at, basket_id, label)
    return BasketOutcome(basket.view_of(session, at))


def recall(session: Session, at: At, basket_id: int) -> BasketOutcome:
    """Bring a held basket back to this till. What lies open here is held in its place, never lost.

    Raises NotFound when another till has taken it meanwhile, WrongState while only a return lies open here.
    """
    access.require(session, at, Permission.SELL)
    found = session.execute(select(BASKET.c.id).where(BASKET.c.id == basket_id, BASKET.c.held_at.is_not(None))).scalar()
    if found is None:
        raise NotFound("held_basket", str(basket_id))
    open_id = _open_with_lines(session, at)
    if open_id is None and _has_returns(session, at):
        raise WrongState("basket", "return_open", "recalled")
    if open_id is not None:
        _set_aside(session, at, open_id, "")
    else:
        basket.drop_empty(session, at)
    session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(held_at=None, till_id=at.till))
    return BasketOutcome(basket.view_of(session, at))


def list_held(session: Session) -> tuple[HeldRow, ...]:
    """Return the waiting baskets, the longest waiting first."""
    sums = (
        select(
            BASKET_LINE.c.basket_id,
            func.min(BASKET_LINE.c.position).label("first"),
            func.sum(BASKET_LINE.c.qty).label("pieces_qty"),
            func.sum(BASKET_LINE.c.qty * BASKET_LINE.c.list_minor).label("total_minor"),
        )
        .group_by(BASKET_LINE.c.basket_id)
        .subquery()
    )
    query = (
        select(
            BASKET.c.id,
            BASKET.c.till_id,
            BASKET.c.held_at,
            BASKET.c.held_by,
            BASKET.c.held_label,
            EDITION.c.title,
            sums.c.pieces_qty,
            sums.c.total_minor,
        )
        .join_from(BASKET, sums, sums.c.basket_id == BASKET.c.id)
        .join(BASKET_LINE, (BASKET_LINE.c.basket_id == BASKET.c.id) & (BASKET_LINE.c.position == sums.c.first))
        .join(EDITION, EDITION.c.id == BASKET_LINE.c.edition_id)
        .where(BASKET.c.held_at.is_not(None))
        .order_by(BASKET.c.held_at, BASKET.c.id)
    )
    return tuple(HeldRow(*row) for row in session.execute(query).all())


def _open_with_lines(session: Session, at: At) -> int | None:
    query = (
        select(BASKET.c.id)
        .join(BASKET_LINE, BASKET_LINE.c.basket_id == BASKET.c.id)
        .where(BASKET.c.till_id == at.till, BASKET.c.held_at.is_(None))
        .limit(1)
    )
    return session.execute(query).scalar()


def _has_returns(session: Session, at: At) -> bool:
    query = (
        select(BASKET_RETURN.c.id)
        .join(BASKET, BASKET.c.id == BASKET_RETURN.c.basket_id)
        .where(BASKET.c.till_id == at.till, BASKET.c.held_at.is_(None))
        .limit(1)
    )
    return session.execute(query).scalar() is not None


def _set_aside(session: Session, at: At, basket_id: int, label: str) -> None:
    values = {"held_at": at.now, "held_by": at.actor.name, "held_label": label[:80]}
    session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(**values))
    audit.record(session, at, "basket_held", str(basket_id))
