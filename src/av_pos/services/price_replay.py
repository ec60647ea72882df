"""Replay a price rule over the last weeks: what it would have cost, and whom it would have touched. Changes nothing.

Each sale that the rule could have touched is priced twice under the rules that are on today: without this one, and with
it. Discs, list prices, members and moment are those of then; what people gave by hand stays (`sold_baskets`). A rule
that asks for a coupon is replayed as if everybody had brought one: that is the most it can cost.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.money import WHOLE_BP, divide
from av_pos.domain.permissions import Permission
from av_pos.domain.pricing import PricedBasket, price_basket
from av_pos.domain.promotions import Offer
from av_pos.domain.rule_book import RuleBook
from av_pos.domain.rules import Rule
from av_pos.errors import InvalidInput, WrongState
from av_pos.services import access, offers, price_rules, shop_settings, sold_baskets
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.sold_baskets import SoldBasket

REPLAY_DAYS = 90
MOST_DAYS = 3_660
SHOWN_RECEIPTS = 10

Progress = Callable[[int, int], None]
"""Is told how many days of how many are done."""


@dataclass(frozen=True, slots=True)
class ReplayedReceipt:
    """A sale that the rule would have touched: what it came to without and with it."""

    document_id: int
    number: str
    sold_at: datetime
    member_id: int | None
    without_minor: int
    with_minor: int

    @property
    def lost_minor(self) -> int:
        """What the customer would have paid less; below nothing where it would have been more."""
        return self.without_minor - self.with_minor


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a rule would have done from `first_on` to `last_on`, both counted. Amounts are minor units.

    `receipts` are the sales looked at and `takings_minor` what they brought; `touched_qty` the pieces on lines that the
    rule took something off; `profit_lost_minor` the lost takings without their tax. `shown` are the ten receipts that
    would have lost most. With `asks_coupon` everybody was taken to bring one.
    """

    first_on: date
    last_on: date
    receipts: int
    takings_minor: int
    touched_receipts: int
    touched_members: int
    touched_qty: int
    takings_lost_minor: int
    profit_lost_minor: int
    shown: tuple[ReplayedReceipt, ...]
    asks_coupon: bool = False

    @property
    def share_bp(self) -> int:
        """The lost takings as a share of all takings, in basis points."""
        return divide(self.takings_lost_minor * WHOLE_BP, self.takings_minor) if self.takings_minor > 0 else 0


def replay(
    db: Database, at: At, rule: Rule | int, days: int = REPLAY_DAYS, progress: Progress | None = None
) -> ReplayReport:
    """Workflow: price the sales of the last `days` days, today among them, without and with a rule (or its id).

    It reads one day after the other, so that selling goes on. Raises NotPermitted, NotFound, WrongState for a stored
    rule that nobody can read, InvalidInput for `days`.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput("days", str(days), "out_of_range")
    task = db.ask(_begin, at, rule)
    last_on = business_day(at.now, task.settings.zone, task.settings.day_cut_min)
    first_on = last_on - timedelta(days=days - 1)
    for number in range(days):
        for basket in db.ask(sold_baskets.read_day, task.settings, first_on + timedelta(days=number)):
            task.look_at(basket)
        if progress is not None:
            progress(number + 1, days)
    return task.report(first_on, last_on)


def _begin(session: Session, at: At, rule: Rule | int) -> "_Task":
    access.require(session, at, Permission.EDIT_PRICE_RULES)
    meant = rule if isinstance(rule, Rule) else price_rules.get_rule(session, rule).rule
    if meant is None:
        raise WrongState("price_rule", "unreadable")
    settings = shop_settings.get_settings(session)
    others = tuple(other for other in offers.rules_on(session, settings) if other.id != meant.id)
    applied = offers.applied_rule(meant)
    return _Task(
        settings, applied, RuleBook((applied,)), RuleBook(others), RuleBook((*others, applied)), applied.who.coupon
    )


@dataclass(slots=True)
class _Task:
    """The rule alone, the other rules, and both together; what was found so far."""

    settings: ShopSettings
    rule: Rule
    alone: RuleBook
    without: RuleBook
    both: RuleBook
    coupon: str
    receipts: int = 0
    takings_minor: int = 0
    touched: int = 0
    touched_qty: int = 0
    takings_lost_minor: int = 0
    profit_lost_minor: int = 0
    members: set[int] = field(default_factory=set)
    most: list[tuple[int, int, ReplayedReceipt]] = field(default_factory=list)

    def look_at(self, basket: SoldBasket) -> None:
        """Price one sale without and with the rule, unless the rule could not touch it."""
        self.receipts += 1
        self.takings_minor += basket.total_minor
        if self.coupon:
            basket = basket.with_coupon(self.coupon)
        if not self._could_touch(basket):
            return
        after = self._price(basket, self.both)
        by_rule = [
            (line.qty, reduction.amount_minor)
            for line in after.lines
            for reduction in line.reductions
            if reduction.rule_id == self.rule.id
        ]
        if by_rule:
            self._count(basket, self._price(basket, self.without), after, by_rule)

    def report(self, first_on: date, last_on: date) -> ReplayReport:
        """Return what was found."""
        return ReplayReport(
            first_on=first_on,
            last_on=last_on,
            receipts=self.receipts,
            takings_minor=self.takings_minor,
            touched_receipts=self.touched,
            touched_members=len(self.members),
            touched_qty=self.touched_qty,
            takings_lost_minor=self.takings_lost_minor,
            profit_lost_minor=self.profit_lost_minor,
            shown=tuple(row for *_, row in sorted(self.most, reverse=True)),
            asks_coupon=bool(self.coupon),
        )

    def _could_touch(self, basket: SoldBasket) -> bool:
        live = self.alone.live(basket.buyer, basket.moment)
        if not live.ids:
            return False
        fits = (live.fit(line.disc) for line in basket.lines if line.disc and line.override_minor is None)
        return any(fit.stack or fit.exclusive or fit.groups or fit.spends for fit in fits)

    def _price(self, basket: SoldBasket, book: RuleBook) -> PricedBasket:
        return price_basket(
            basket.lines,
            basket.discount,
            basket.round_off,
            prices_include_tax=self.settings.prices_include_tax,
            offer=Offer(book, basket.buyer, basket.moment),
        )

    def _count(
        self, basket: SoldBasket, before: PricedBasket, after: PricedBasket, by_rule: list[tuple[int, int]]
    ) -> None:
        row = ReplayedReceipt(
            basket.document_id,
            basket.number,
            basket.sold_at,
            basket.member_id,
            before.total_minor,
            after.total_minor,
        )
        self.touched += 1
        self.touched_qty += sum(qty for qty, _ in by_rule)
        self.takings_lost_minor += row.lost_minor
        self.profit_lost_minor += _untaxed(before) - _untaxed(after)
        if basket.member_id is not None:
            self.members.add(basket.member_id)
        heapq.heappush(self.most, (row.lost_minor, -row.document_id, row))
        if len(self.most) > SHOWN_RECEIPTS:
            heapq.heappop(self.most)


def _untaxed(priced: PricedBasket) -> int:
    return priced.total_minor - sum(tax.tax_minor for tax in priced.taxes)
