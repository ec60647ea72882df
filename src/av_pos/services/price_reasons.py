"""Why a line of the basket costs what it costs: what became of each rule of the shop on it, and what little is missing.

Worked out when somebody asks (F2), never while scanning. Words are the screen's; here are the engine's reasons and
figures (`domain/promotion_reasons.py` lists them) beside each rule.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from av_pos.domain import pricing, promotion_reasons
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.loyalty import Level
from av_pos.domain.promotion_reasons import Hint, Reason, Verdict
from av_pos.domain.promotions import Offer, PromotionLine
from av_pos.domain.rule_book import RuleBook
from av_pos.domain.rules import Buyer, Rule
from av_pos.domain.stock import take_cost, unit_cost
from av_pos.errors import NotFound
from av_pos.services import basket_view, coupons, editions, levels, offers, shop_settings
from av_pos.services.basket_view import AnyRow, BookedLine, LineRow
from av_pos.services.editions import EditionRow
from av_pos.services.shop_settings import ShopSettings


@dataclass(frozen=True, slots=True)
class WhyRow:
    """What became of one rule on a line: `reason` says it, the figures after it belong to that reason.

    `amount_minor` was taken off the line. A rule that was beaten lost foremost to `other_name`, and alone would have
    saved `saves_minor` on the line. `hint` says what more in the basket would make the rule fire, and what that saves.
    """

    rule: Rule
    fired: bool
    reason: Reason
    amount_minor: int = 0
    other_name: str = ""
    missing_qty: int = 0
    missing_minor: int = 0
    saves_minor: int = 0
    hint: Hint | None = None

    @property
    def name(self) -> str:
        """What the rule is called."""
        return self.rule.name


@dataclass(frozen=True, slots=True)
class Why:
    """A line of the basket with all that explains it: its edition, its rules, the levels, and who approved anything.

    In minor units: `piece_cost_minor` is what one piece costs the shop, `cost_minor` what all of the line do, and
    `shared_minor` the line's share of what was taken off the whole basket.
    """

    line: LineRow
    edition: EditionRow
    rows: tuple[WhyRow, ...]
    levels: tuple[Level, ...]
    approved_by: str
    piece_cost_minor: int
    cost_minor: int
    shared_minor: int

    @property
    def profit_minor(self) -> int:
        """What is left of the line for the shop, without tax."""
        return self.line.net_minor - self.line.tax_minor - self.cost_minor


def get_why(session: Session, at: At, line_id: int) -> Why:
    """Return all that explains a line of the till's open basket. Raises NotFound."""
    settings = shop_settings.get_settings(session)
    priced = basket_view.priced_open(session, at, settings)
    booked = next((line for line in priced.booked if line.row.line_id == line_id), None)
    if booked is None:
        raise NotFound("basket_line", str(line_id))
    line = booked.row
    added = 0 if settings.prices_include_tax else line.tax_minor
    return Why(
        line,
        editions.get_edition(session, line.edition_id),
        explain(session, at, line_id),
        levels.list_levels(session),
        priced.approved_by,
        piece_cost_minor=_cost(booked, 1),
        cost_minor=_cost(booked, line.qty),
        shared_minor=line.amount_minor + added - line.net_minor,
    )


def explain(session: Session, at: At, line_id: int) -> tuple[WhyRow, ...]:
    """Return, for a line of the till's open basket, what became of each rule that is on and of each level's price.

    First come those that fired, one after the other as they worked, then those that nearly did, last those for other
    discs. Raises NotFound.
    """
    basket = session.execute(basket_view.FIND_OPEN, {"till": at.till}).first()
    rows = session.execute(basket_view.LINES, {"basket": basket.id}).all() if basket else ()
    place = next((place for place, row in enumerate(rows) if row.id == line_id), None)
    if basket is None or place is None:
        raise NotFound("basket_line", str(line_id))
    settings = shop_settings.get_settings(session)
    rules = offers.rules_on(session, settings)
    if not rules:
        return ()
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    buyer = _buyer(session, settings, basket, day)
    offer = Offer(RuleBook(rules), buyer, offers.moment_of(settings, at.now, day))
    told = promotion_reasons.explain([_line(row) for row in rows], offer)
    by_id = {rule.id: rule for rule in rules}
    hints = {hint.rule_id: hint for hint in told.hints}
    found = [_row(verdict, by_id, hints) for verdict in told.lines[place].verdicts]
    fired = {reduction.rule_id: number for number, reduction in enumerate(told.promoted.lines[place].reductions)}
    return tuple(sorted(found, key=lambda row: (fired.get(row.rule.id, len(fired)), *_order(row))))


def _cost(booked: BookedLine, qty: int) -> int:
    """What so many pieces would be booked at if the sale were completed now."""
    if booked.row.copy_id is not None:
        return booked.copy_cost_minor
    return take_cost(booked.stock_qty, booked.stock_value_minor, qty, booked.last_cost_minor)


def _buyer(session: Session, settings: ShopSettings, basket: AnyRow, day: date) -> Buyer:
    handed = coupons.list_rule_ids(session, basket.coupons.split())
    if basket.member_id is None:
        return offers.buyer_of(None, handed)
    from av_pos.services import member_books

    return offers.buyer_of(member_books.get_basket_member(session, settings, basket.member_id, day), handed)


def _line(row: AnyRow) -> PromotionLine:
    is_copy = row.copy_id is not None
    cost = row.copy_cost_minor if is_copy else unit_cost(row.on_hand_qty, row.value_minor, row.last_cost_minor)
    unit_minor = pricing.unit_price(row.list_minor, row.override_minor)
    facts = offers.disc_facts(row, cost)
    return PromotionLine(row.id, row.qty, unit_minor, facts, is_fixed=row.override_minor is not None)


def _row(verdict: Verdict, rules: dict[int, Rule], hints: dict[int, Hint]) -> WhyRow:
    other = rules.get(verdict.other_rule_id or 0)
    return WhyRow(
        rule=rules[verdict.rule_id],
        fired=verdict.fired,
        reason=verdict.reason,
        amount_minor=verdict.amount_minor,
        other_name=other.name if other else "",
        missing_qty=verdict.missing_qty,
        missing_minor=verdict.missing_minor,
        saves_minor=verdict.saves_minor,
        hint=hints.get(verdict.rule_id) if verdict.reason != "other_disc" else None,
    )


def _order(row: WhyRow) -> tuple[bool, bool, bool, str, int]:
    for_others = row.reason in ("other_disc", "other_buyer")
    return (row.hint is None, for_others, row.reason == "other_disc", row.name, row.rule.id)
