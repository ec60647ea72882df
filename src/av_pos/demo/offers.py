"""The demo shop's price rules: a dated price that was on for a week, a coupon since the last day, the others after it.

So what was sold has no reductions by them, but for that week and one coupon; members' level prices hold all the time.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from av_pos.demo.members import Guest
from av_pos.demo.people import Words
from av_pos.demo.shelves import Disc, price_in
from av_pos.domain.at import At
from av_pos.domain.promotions import Offer
from av_pos.domain.rule_book import RuleBook
from av_pos.domain.rules import Condition, FixedPrice, PercentOff, Rule, SpendGet, TakeNPayM, What, When, Who
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.services import basket, checkout, offers, price_rules
from av_pos.services.checkout import SaleOutcome
from av_pos.services.shop_settings import ShopSettings

COUPON = "VINYL15"
_CHEAPER_BP = 8_000
_LPS = What(formats=frozenset({"LP"}))
_MONDAY_TO_FRIDAY = frozenset(range(5))


class Offers:
    """The rules that are on, compiled once for all sales of the shop's past."""

    def __init__(self, session: Session, settings: ShopSettings) -> None:
        self._settings = settings
        self._rules = offers.rules_on(session, settings)
        self._book = RuleBook(self._rules)

    def offer(self, now: datetime, day: date, guest: Guest | None) -> Offer | None:
        """Return the rules for somebody at this moment; None where none could take anything off."""
        offer = Offer(self._book, offers.buyer_of(guest), offers.moment_of(self._settings, now, day))
        return offer if offer.live().ids else None


def open_week(
    session: Session, at: At, settings: ShopSettings, discs: Sequence[Disc], days: Sequence[date], words: Words
) -> None:
    """Put one of the well-known discs at a lower price for a week that is over before the last day."""
    week = [day for day in days[len(days) // 3 : len(days) // 3 + 7] if day < days[-1]]
    known = sorted(discs, key=lambda disc: (-disc.weight, disc.edition_id))
    # Not the very best seller: that one needs no help.
    disc = next(disc for disc in known[1:] if disc.arrives_on is None)
    if not week:
        return
    whole = 10**settings.digits
    price_minor = max(whole, disc.price_minor * _CHEAPER_BP // 10_000 // whole * whole)
    rule = Rule(0, words.week_price.format(title=disc.title), FixedPrice(price_minor),
                What(edition_ids=frozenset({disc.edition_id})), when=When(week[0], week[-1]))  # fmt: skip
    price_rules.switch_rule(session, at, price_rules.save_rule(session, at, rule).rule_id, True)


def write_coupon(session: Session, at: At, words: Words) -> None:
    """Write the rule with a coupon, and switch it on."""
    rule = Rule(0, words.coupon_rule, PercentOff(1_500), _LPS, Who(coupon=COUPON), is_exclusive=True)
    price_rules.switch_rule(session, at, price_rules.save_rule(session, at, rule).rule_id, True)


def sell_with_coupon(session: Session, at: At, disc: Disc, card: str) -> SaleOutcome:
    """Sell a disc to somebody who brings the coupon, paid with a `card` of this kind."""
    basket.add_edition(session, at, disc.edition_id)
    view = basket.add_coupon(session, at, COUPON).view
    assert view.basket_id is not None
    tender = Tender(TenderKind.CARD, view.total_minor, card)
    return checkout.complete_sale(session, at, view.basket_id, (tender,), view.due_minor)


def write_rules(session: Session, at: At, currency: str, words: Words) -> None:
    """Write the rules that begin after the shop's past; those that are on are on from this evening."""
    birthday, jazz, used, spend = words.rule_names
    give_30 = SpendGet(price_in("300", currency), amount_minor=price_in("30", currency))
    for rule, is_on in (
        (Rule(0, birthday, PercentOff(1_000), who=Who(birthday_only=True), floor_margin_bp=500), True),
        (Rule(0, jazz, PercentOff(1_200), What(styles=frozenset({"jazz"}), formats=_LPS.formats),
              when=When(weekdays=_MONDAY_TO_FRIDAY)), True),
        (Rule(0, used, TakeNPayM(3, 2), What(formats=frozenset({"CD"}), condition=Condition.USED)), False),
        (Rule(0, spend, give_30, is_exclusive=True), False),
    ):  # fmt: skip
        row = price_rules.save_rule(session, at, rule)
        if is_on:
            price_rules.switch_rule(session, at, row.rule_id, True)
