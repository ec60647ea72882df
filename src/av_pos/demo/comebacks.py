"""What comes back to the demo shop: some discs a few days after they were sold, through the shop's own returns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.demo.members import Regular
from av_pos.demo.people import Words
from av_pos.demo.sales import Counter
from av_pos.demo.shelves import Disc
from av_pos.domain.at import At
from av_pos.domain.documents import Receipt
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import TenderKind
from av_pos.models import STOCK_MOVE
from av_pos.services import basket, checkout, returns
from av_pos.services.returned_goods import Condition
from av_pos.services.returns import Chosen
from av_pos.services.shop_settings import ShopSettings

_CHANCE = 0.004
_MOST_DAYS = 12
_IS_FAULTY, _IS_CREDIT = 0.35, 0.2


@dataclass(frozen=True, slots=True)
class Comeback:
    """A line of a sale that will come back: why, in which condition, and whether for store credit."""

    document_id: int
    sold_on: date
    disc: Disc
    member: Regular | None
    reason: str
    condition: Condition
    as_credit: bool


class Comebacks:
    """Which discs come back on which day."""

    def __init__(self, rng: Random, words: Words) -> None:
        self._rng = rng
        self._words = words
        self._plan: dict[date, list[Comeback]] = {}

    def note(self, document_id: int, day: date, counter: Counter, member: Regular | None) -> None:
        """Let the first disc of a sale come back some days later, now and then."""
        if self._rng.random() >= _CHANCE or counter.picks[0].copy is not None:
            return
        faulty, as_credit = self._rng.random() < _IS_FAULTY, self._rng.random() < _IS_CREDIT
        comeback = Comeback(
            document_id=document_id,
            sold_on=day,
            disc=counter.picks[0].disc,
            member=member,
            reason=self._words.skips if faulty else self._words.has_it_already,
            condition=Condition.DAMAGED if faulty else Condition.STOCK,
            as_credit=as_credit,
        )
        comes_on = day + timedelta(days=self._rng.randint(1, _MOST_DAYS))
        self._plan.setdefault(comes_on, []).append(comeback)

    def next_on(self, day: date) -> Comeback | None:
        """Take the next disc that comes back on a day."""
        coming = self._plan.get(day)
        return coming.pop(0) if coming else None


Approve = Callable[[At, Permission], int | None]
"""Asks the manager for an approval at the till."""


def take_back(session: Session, at: At, settings: ShopSettings, comeback: Comeback, approve: Approve) -> Receipt:
    """Take the disc back as the till does and return the return's receipt."""
    sale = returns.open_sale(session, at, comeback.document_id)
    chosen = Chosen(sale.lines[0].line_id, 1, comeback.condition)
    returns.lay_in(session, at, comeback.document_id, (chosen,), comeback.reason)
    view = basket.view_of(session, at)
    assert view.basket_id is not None
    in_cash = sum(tender.amount_minor for tender in sale.tenders if tender.kind == TenderKind.CASH)
    above = not comeback.as_credit and in_cash > settings.limits(at.actor.role).refund_cash_minor
    approval_id = approve(at, Permission.REFUND_CASH) if above and view.refund_minor > 0 else None
    done = checkout.complete_sale(
        session, at, view.basket_id, (), view.due_minor, approval_id, refund_as_credit=comeback.as_credit
    )
    return done.receipt


def reread_stock(session: Session, disc: Disc) -> None:
    """Take up a disc's stock where its ledger stands, after a service has moved it."""
    sums = select(func.sum(STOCK_MOVE.c.qty), func.sum(STOCK_MOVE.c.cost_minor)).where(
        STOCK_MOVE.c.edition_id == disc.edition_id, STOCK_MOVE.c.copy_id.is_(None)
    )
    qty, value_minor = session.execute(sums).one()
    disc.on_hand_qty, disc.value_minor = int(qty), int(value_minor)
