"""The demo shop's days: doors open, people buy, the drawer is counted.

Sales are written in bulk (`books`, `purses`); shifts, counts, voids, returns, members who join, money that is kept for
them and cash without a sale go through the shop's own services.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.demo import comebacks, counts, deliveries, members, offers, sales
from av_pos.demo.books import Books
from av_pos.demo.comebacks import Comeback, Comebacks
from av_pos.demo.customers import Taste, Wishes, customers_of, local_time
from av_pos.demo.deliveries import Box
from av_pos.demo.members import Club, Regular
from av_pos.demo.offers import Offers
from av_pos.demo.people import Words
from av_pos.demo.purses import Plan, Purses, spent_by
from av_pos.demo.sales import Counter
from av_pos.demo.shelves import Disc, UsedCopy, price_in, reread_stock, write_stock
from av_pos.domain import money
from av_pos.domain.at import Actor, At
from av_pos.domain.documents import Receipt
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import TenderKind
from av_pos.domain.shift_report import CountLine
from av_pos.domain.stock import StockReason
from av_pos.domain.tax import TaxRate, rate_on
from av_pos.models import APPROVAL, COPY, PRINT_JOB
from av_pos.services import access, audit, shift_figures, shifts, stored_value, voids, vouchers
from av_pos.services.checkout import SaleOutcome
from av_pos.services.documents import DocumentDraft
from av_pos.services.shop_settings import ShopSettings

_COPY_IS_SOLD = update(COPY).where(COPY.c.id == bindparam("copy")).values(status="sold")

_SHELF_COUNTED_DAYS_AGO = 24
_COUNTS_SHELF = time(8, 20)
_UNPACKS, _UNLOCKS, _CHANGES_OVER, _COUNTS, _LOCKS_UP = time(9, 10), time(9, 50), time(16), time(22, 6), time(22, 30)
_VOID_CHANCE = 0.009
_REMOVED_CHANCE = 0.012
_ERRAND_CHANCE, _COINS_CHANCE, _NO_SALE_CHANCE = 0.16, 0.07, 0.35
_SLIP_CHANCE, _MISTAKE_CHANCE = 0.15, 0.03
_GIFT_CARD_CHANCE = 0.05
_TOPS_UP_BELOW, _TOP_UPS = "60", ("300", "500", "500", "1000")


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works in the shop."""

    manager: Actor
    cashiers: tuple[Actor, Actor]


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands ready before the first customer."""

    settings: ShopSettings
    rates: Sequence[TaxRate]
    words: Words
    crew: Crew
    discs: Sequence[Disc]
    copies: Sequence[UsedCopy]
    till: int


class Trade:
    """The demo shop from its opening on. Everything that happens to it follows from `rng`."""

    def __init__(self, session: Session, rng: Random, stage: Stage, days: Sequence[date]) -> None:
        self._session = session
        self._rng = rng
        self._settings = stage.settings
        self._rates = stage.rates
        self._words = stage.words
        self._crew = stage.crew
        self._discs = stage.discs
        self._till = stage.till
        self._books = Books(session, stage.settings, stage.till)
        self._purses = Purses(session, stage.settings)
        self._club = Club(rng, members.read_people(), days)
        self._offers = Offers(session, stage.settings)
        self._comebacks = Comebacks(rng, stage.words)
        self._days = days
        self._coin_minor = min(money.denominations(stage.settings.currency))
        self._whole_minor: int = 10 ** i18n.currency(stage.settings.currency).digits
        self._used: list[UsedCopy] = []
        self._used_plan = deliveries.plan_used(rng, stage.copies, days)
        self._gone_copies: list[dict[str, Any]] = []
        self.receipts_qty = 0
        self.takings_minor = 0

    def open_shop(self, day: date) -> None:
        """Count the opening stock in, take the members of the old list over, plan the price of the week."""
        at = self._at(self._crew.manager, local_time(day, _UNPACKS, self._settings.zone))
        offers.open_week(self._session, at, self._settings, self._discs, self._days, self._words)
        self._offers = Offers(self._session, self._settings)
        for place, person in enumerate(self._club.founders(day)):
            early = self._at(at.actor, at.now + timedelta(seconds=10 * place))
            self._club.add(self._session, early, person, self._words.taken_over)
        for box in deliveries.opening_stock(self._rng, self._discs, day):
            self._book_in(at, day, box, self._words.opening_stock)
        self._take_used(at, day, StockReason.OPENING, self._words.opening_stock)

    def trade_day(self, day: date) -> None:
        """Live through one day: boxes, shift, customers, count; on the last one somebody brings a coupon."""
        rng, zone = self._rng, self._settings.zone
        if self._days[-_SHELF_COUNTED_DAYS_AGO:][0] == day and day != self._days[0]:
            self._count_a_shelf(day)
        self._unpack(day)
        early, late = self._rota(day)
        opens = self._at(early, local_time(day, _UNLOCKS, zone) + timedelta(seconds=rng.randrange(420)))
        audit.record(self._session, opens, "sign_in")
        shift = shifts.open_shift(self._session, opens, self._settings.float_minor).shift
        moments = customers_of(rng, day, zone)
        changes_over = local_time(day, _CHANGES_OVER, zone)
        wishes, rate = Wishes(self._discs, day), rate_on(self._rates, self._settings.tax_key, day)
        closes = local_time(day, _COUNTS, zone)
        coupon_comes = moments[0] if day == self._days[-1] else None
        for moment, following in zip(moments, [*moments[1:], closes], strict=True):
            seller = self._seller(early if moment < changes_over else late)
            self._serve(self._at(seller, moment), day, shift.shift_id, wishes, rate, following)
            between = self._at(seller, moment + (following - moment) / 2)
            if moment == coupon_comes:
                self._sell_with_coupon(between)
            elif comeback := self._comebacks.next_on(day):
                self._take_back(between, comeback)
            else:
                self._other_drawer_business(between, len(moments))
        self._count_and_close(self._at(late, closes + timedelta(seconds=rng.randrange(900))), shift.shift_id)

    def finish(self) -> None:
        """Write the balances and what begins tomorrow; the paper of all these days has long been printed."""
        self._write()
        evening = self._at(self._crew.manager, local_time(self._days[-1], _LOCKS_UP, self._settings.zone))
        members.live_on(self._session, evening, self._club, self._discs, self._words)
        later = self._at(evening.actor, evening.now + timedelta(minutes=25))
        offers.write_rules(self._session, later, self._settings.currency, self._words)
        write_stock(self._session, self._discs)
        self._session.execute(delete(PRINT_JOB))

    # --- goods ---------------------------------------------------------------------------------------------------

    def _unpack(self, day: date) -> None:
        at = self._at(self._crew.manager, local_time(day, _UNPACKS, self._settings.zone) + timedelta(minutes=15))
        for box in deliveries.boxes_of(self._rng, self._discs, day):
            note = self._words.arrival if box.disc.arrives_on == day else self._words.delivery
            self._book_in(at, day, box, note)
        self._take_used(at, day, StockReason.BUY_IN, self._words.bought_over_counter)
        if day == self._days[-1]:
            offers.write_coupon(self._session, at, self._words)

    def _book_in(self, at: At, day: date, box: Box, note: str) -> None:
        self._books.move(at, day, box.reason, box.disc.edition_id, box.qty, box.cost_minor, note=note)

    def _take_used(self, at: At, day: date, reason: StockReason, note: str) -> None:
        for copy in self._used_plan.pop(day, ()):
            self._session.execute(
                update(COPY).where(COPY.c.id == copy.copy_id).values(status="in_stock", created_at=at.now)
            )
            self._books.move(at, day, reason, copy.disc.edition_id, 1, copy.cost_minor, copy_id=copy.copy_id, note=note)
            self._used.append(copy)

    def _count_a_shelf(self, day: date) -> None:
        """Before the doors open a shelf is counted; the services see the balances, and are read again after."""
        self._write()
        shelf = set(counts.shelf_of(self._session))
        discs = [disc for disc in self._discs if disc.edition_id in shelf]
        write_stock(self._session, discs)
        at = self._at(self._crew.manager, local_time(day, _COUNTS_SHELF, self._settings.zone))
        counts.count_a_shelf(self._session, at, self._rota(day)[0])
        for disc in discs:
            reread_stock(self._session, disc)

    # --- people --------------------------------------------------------------------------------------------------

    def _at(self, actor: Actor, moment: datetime) -> At:
        return At(actor, self._till, moment)

    def _rota(self, day: date) -> tuple[Actor, Actor]:
        first, second = self._crew.cashiers
        return (first, second) if day.toordinal() % 2 else (second, first)

    def _seller(self, on_duty: Actor) -> Actor:
        return self._crew.manager if self._rng.random() < 0.07 else on_duty

    def _approved(self, at: At, permission: Permission) -> int | None:
        """Let the manager approve something at the till; a manager needs nobody's leave."""
        manager = self._crew.manager
        if at.actor == manager:
            return None
        approval_id = self._session.execute(
            insert(APPROVAL)
            .values(
                permission=permission,
                till_id=at.till,
                granted_by=manager.staff_id,
                asked_by=at.actor.staff_id,
                granted_at=at.now,
            )
            .returning(APPROVAL.c.id)
        ).scalar_one()
        self._books.log(at, "approval", permission, approved_by=manager.name)
        return int(approval_id)

    # --- sales ---------------------------------------------------------------------------------------------------

    def _serve(self, at: At, day: date, shift_id: int, wishes: Wishes, rate: TaxRate, following: datetime) -> None:
        member = self._who_comes(at, day)
        taste = member.taste if member else Taste()
        counter = sales.fill_counter(self._rng, wishes, self._used, taste)
        if not counter.picks:
            return
        if self._rng.random() < _REMOVED_CHANCE:
            self._log_removed(at, shift_id, wishes.next_disc(self._rng))
        sales.agree_discount(self._rng, counter, self._words)
        draft, plan = self._settled(at, day, counter, rate, member)
        receipt = self._books.write_sale(at, day, shift_id, draft)
        self._purses.book(at, day, member, plan, self._books.last_document_id, draft.tenders)
        self._log_reductions(at, counter, draft)
        self._gone_copies += [{"copy": pick.copy.copy_id} for pick in counter.picks if pick.copy]
        self.receipts_qty += 1
        self.takings_minor += receipt.total_minor
        if self._rng.random() < _VOID_CHANCE:
            later = self._at(at.actor, at.now + min(timedelta(seconds=75), (following - at.now) / 3))
            self._void(later, day, counter, draft, member)
            return
        for pick in counter.picks:
            taste.take_home(pick.disc)
        self._comebacks.note(self._books.last_document_id, day, counter, member)

    def _settled(
        self, at: At, day: date, counter: Counter, rate: TaxRate, member: Regular | None
    ) -> tuple[DocumentDraft, Plan | None]:
        """Ring up what lies on the counter and take the money; the member's number and points are on the document."""
        settings = self._settings
        means = sales.choose_means(self._rng)
        guest = None
        if member:
            level = self._purses.level_on(member, day)
            guest = members.guest(member, level, day, whole_month=settings.birthday_by_month)
        priced = sales.ring_up(self._rng, counter, means, rate, settings, self._offers.offer(at.now, day, guest))
        own = self._purses.tenders_of(self._rng, member, priced.total_minor, day)
        left = priced.total_minor - sum(tender.amount_minor for tender in own)
        others = sales.hand_over(self._rng, left, means, self._words, settings.currency)
        draft = sales.draft_sale(counter, priced, [*own, *others], self._approver(at, counter))
        if member is None:
            return draft, None
        plan = self._purses.plan(member, day, draft.total_minor, draft.tenders)
        draft = replace(draft, member_id=member.member_id, member_number=member.number, points_earned=plan.earned_qty,
                        points_balance=plan.balance_qty)  # fmt: skip
        return draft, plan

    def _approver(self, at: At, counter: Counter) -> str:
        if not counter.wants_approval:
            return ""
        approval_id = self._approved(at, Permission.DISCOUNT_BASKET)
        if approval_id is None:
            return ""
        return access.use_approval(self._session, at, Permission.DISCOUNT_BASKET, approval_id)

    def _void(self, at: At, day: date, counter: Counter, draft: DocumentDraft, member: Regular | None) -> None:
        reason = self._rng.choice((self._words.changed_mind, self._words.scanned_wrong))
        approval_id = self._approved(at, Permission.VOID_SALE)
        self._write()
        done = voids.void_last_sale(self._session, at, reason, approval_id)
        self._reread(member, day, done.receipt)
        sales.put_back(counter, draft)
        self._used += [pick.copy for pick in counter.picks if pick.copy]
        self.receipts_qty -= 1
        self.takings_minor -= draft.total_minor

    def _take_back(self, at: At, comeback: Comeback) -> None:
        self._write()
        write_stock(self._session, (comeback.disc,))
        card = self._words.card_types[0]
        done = comebacks.take_back(self._session, at, self._settings, comeback, self._approved, card)
        (back,) = done.returned
        self._reread(comeback.member, comeback.sold_on, back)
        if done.receipt != back:
            self._count_sale(done, comeback.member)
        reread_stock(self._session, comeback.disc)
        self.takings_minor += back.total_minor

    def _sell_with_coupon(self, at: At) -> None:
        """Let somebody buy the record that lies there most often, with the coupon that is new today."""
        self._write()
        disc = max((disc for disc in self._discs if disc.format == "LP"), key=lambda disc: disc.on_hand_qty)
        write_stock(self._session, (disc,))
        done = offers.sell_with_coupon(self._session, at, disc, self._words.card_types[0])
        self._books.reread()
        self._count_sale(done, None)
        reread_stock(self._session, disc)

    def _count_sale(self, done: SaleOutcome, member: Regular | None) -> None:
        """Count a sale that a service has written."""
        self.receipts_qty += 1
        self.takings_minor += done.receipt.total_minor
        if member is not None:
            member.spent.append((done.receipt.business_on, spent_by(done.receipt.tenders)))

    def _reread(self, member: Regular | None, sold_on: date, back: Receipt) -> None:
        """Take up what a service has written: the till's counters, vouchers, and of whom something came back."""
        self._books.reread()
        self._purses.reread_vouchers()
        if member is not None:
            members.reread(self._session, member)
            member.spent.append((sold_on, spent_by(back.tenders)))

    def _log_reductions(self, at: At, counter: Counter, draft: DocumentDraft) -> None:
        for line in draft.lines:
            for off in line.shown.reductions:
                self._books.log(at, off.kind, line.shown.title, amount_minor=off.amount_minor, reason=off.reason)
        for off in draft.reductions:
            if off.kind == "round_off":
                self._books.log(at, "round_off", amount_minor=off.amount_minor)
            else:
                self._books.log(
                    at, off.kind, amount_minor=off.amount_minor, approved_by=draft.approved_by, reason=off.reason
                )

    def _log_removed(self, at: At, shift_id: int, disc: Disc) -> None:
        self._books.log(at, shift_figures.REMOVED, disc.title, amount_minor=disc.price_minor, shift_id=shift_id,
                        qty=1, code=disc.code)  # fmt: skip

    # --- members -------------------------------------------------------------------------------------------------

    def _who_comes(self, at: At, day: date) -> Regular | None:
        """Say which member stands at the till, None for somebody else: one who joins now, or one who comes again."""
        joining = self._club.next_joining(day)
        if joining is not None:
            self._write()
            return self._club.add(self._session, at, joining)
        member = self._club.next_member()
        if member is not None and member.person.tops_up:
            self._top_up(at, member)
        return member

    def _top_up(self, at: At, member: Regular) -> None:
        """Let somebody who pays beforehand do so again when little is left."""
        currency = self._settings.currency
        if member.stored.total_minor >= price_in(_TOPS_UP_BELOW, currency):
            return
        amount = price_in(self._rng.choice(_TOP_UPS), currency)
        by = self._rng.choice((TenderKind.CARD, TenderKind.CASH))
        self._by_service(stored_value.top_up, at, member.member_id, amount, by)
        members.reread(self._session, member)

    def _sell_gift_card(self, at: At) -> None:
        amount = price_in(self._rng.choice(("100", "200", "300")), self._settings.currency)
        self._by_service(vouchers.sell_gift_card, at, amount, self._rng.choice((TenderKind.CARD, TenderKind.CASH)))
        self._purses.reread_vouchers()

    # --- drawer --------------------------------------------------------------------------------------------------

    def _other_drawer_business(self, at: At, customers: int) -> None:
        """Errands, coins from the bank, change for a customer; the chances are for a whole day."""
        chance = self._rng.random() * customers
        whole = self._whole_minor
        if chance < _ERRAND_CHANCE:
            errand = self._rng.choice(self._words.errands)
            self._by_service(shifts.pay_out, at, self._rng.randrange(8, 60) * whole, errand)
        elif chance < _ERRAND_CHANCE + _COINS_CHANCE:
            self._by_service(shifts.pay_in, at, 200 * whole, self._words.coins_from_bank)
        elif chance < _ERRAND_CHANCE + _COINS_CHANCE + _NO_SALE_CHANCE:
            self._by_service(shifts.open_drawer, at, self._words.change_for_customer)
        elif chance < _ERRAND_CHANCE + _COINS_CHANCE + _NO_SALE_CHANCE + _GIFT_CARD_CHANCE:
            self._sell_gift_card(at)

    def _count_and_close(self, at: At, shift_id: int) -> None:
        self._write()
        expected = shift_figures.expected_in_drawer(self._session, shift_id)
        outcome = shifts.record_count(self._session, at, self._counted(max(0, expected + self._difference())))
        reason, approval_id = "", None
        if outcome.needs_reason:
            reason = self._words.count_over if outcome.difference_minor > 0 else self._words.count_short
        if outcome.needs_approval:
            approval_id = self._approved(at, Permission.CLOSE_WITH_DIFFERENCE)
        shifts.close_shift(self._session, at, reason, approval_id)
        self._books.reread()

    def _difference(self) -> int:
        """By how much the drawer is wrong tonight: most often by nothing."""
        chance, whole = self._rng.random(), self._whole_minor
        if chance < _MISTAKE_CHANCE:
            return self._rng.choice((-1, -1, 1)) * self._rng.choice((20, 30, 50)) * whole
        if chance < _MISTAKE_CHANCE + _SLIP_CHANCE:
            return self._rng.choice((-1, 1)) * max(
                self._coin_minor, self._rng.choice((whole // 2, whole, 2 * whole, 5 * whole))
            )
        return 0

    def _counted(self, amount_minor: int) -> tuple[CountLine, ...]:
        """Lay an amount out in notes and coins; not all of it in the largest, a drawer is full of tens."""
        lines, left = [], amount_minor
        worths = money.denominations(self._settings.currency)
        for worth in worths:
            qty = left // worth
            if worth != worths[-1] and qty > 2:
                qty -= self._rng.randrange(qty // 3 + 1)
            if qty:
                lines.append(CountLine(worth, qty))
                left -= qty * worth
        return tuple(lines)

    # --- writing -------------------------------------------------------------------------------------------------

    def _by_service(self, operation: Any, at: At, *args: Any) -> None:
        self._write()
        operation(self._session, at, *args)
        self._books.reread()

    def _write(self) -> None:
        self._books.flush()
        self._purses.flush()
        if self._gone_copies:
            self._session.execute(_COPY_IS_SOLD, self._gone_copies)
            self._gone_copies.clear()
