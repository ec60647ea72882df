"""What comes back to the demo shop: some discs a few days after they were sold, through the shop's own returns.

Who brings a faulty disc takes another piece of it along, where the shelf has some to choose from: an exchange.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from av_pos.demo.members import Regular
from av_pos.demo.people import Words
from av_pos.demo.sales import Counter
from av_pos.demo.shelves import Disc
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.services import basket, checkout, returns
from av_pos.services.checkout import SaleOutcome
from av_pos.services.returned_goods import Condition
from av_pos.services.returns import Chosen
from av_pos.services.shop_settings import ShopSettings

_CHANCE = 0.004
_MOST_DAYS = 12
_IS_FAULTY, _IS_CREDIT = 0.35, 0.4
_TO_CHOOSE_FROM = 2


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


def take_back(
    session: Session, at: At, settings: ShopSettings, comeback: Comeback, approve: Approve, card: str
) -> SaleOutcome:
    """Take the disc back as the till does; what another piece costs more is paid with a `card` of this kind."""
    sale = returns.open_sale(session, at, comeback.document_id)
    chosen = Chosen(sale.lines[0].line_id, 1, comeback.condition)
    view = returns.lay_in(session, at, comeback.document_id, (chosen,), comeback.reason).view
    wants_another = comeback.condition is Condition.DAMAGED and not comeback.as_credit
    if wants_another and comeback.disc.on_hand_qty >= _TO_CHOOSE_FROM:
        if comeback.member is not None:
            basket.set_member(session, at, comeback.member.member_id)
        view = basket.add_edition(session, at, comeback.disc.edition_id).view
    assert view.basket_id is not None
    in_cash = sum(tender.amount_minor for tender in sale.tenders if tender.kind == TenderKind.CASH)
    above = not comeback.as_credit and min(in_cash, -view.due_minor) > settings.limits(at.actor.role).refund_cash_minor
    approval_id = approve(at, Permission.REFUND_CASH) if above else None
    tenders = (Tender(TenderKind.CARD, view.due_minor, card),) if view.due_minor > 0 else ()
    return checkout.complete_sale(
        session, at, view.basket_id, tenders, view.due_minor, approval_id, refund_as_credit=comeback.as_credit
    )
