"""A return priced anew: what the pieces that are kept would have cost under the rules that the sale was made with.

The sale's own lines say which rules fired; the shop keeps those, deleted ones too. Whether they still are what they
were is tried out: the whole sale, priced again, must come to what was paid. When it does not (a rule was changed since,
a coupon let it fire for some pieces only) the sale cannot be priced anew, and its pieces bring their share as sold.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos.domain import pricing
from av_pos.domain.documents import ROUND_OFF, Reduction
from av_pos.domain.money import divide, share_out
from av_pos.domain.promotions import PROMOTION, Offer
from av_pos.domain.refund_shares import SoldLine
from av_pos.domain.refunds import RefundPolicy, Returned, take_back
from av_pos.domain.rules import Buyer, DiscFacts, Moment, PercentOff, Rule, When, Who
from av_pos.models import COPY, DOCUMENT_LINE, EDITION
from av_pos.models.price_rule import PRICE_RULE
from av_pos.services import offers
from av_pos.services.sold_sales import SoldSale


def take_back_recomputed(session: Session, sale: SoldSale, wanted: Mapping[int, int]) -> Returned | None:
    """Price what comes back by what it leaves, or return None where the sale cannot be priced anew.

    Raises WrongState or InvalidInput for pieces that are not there to come back.
    """
    rules = _rules_of(session, sale)
    if rules is None:
        return None
    facts = _facts_of(session, sale)
    offer = Offer(rules, Buyer(), _moment(sale))

    def price_kept(kept: Mapping[int, int]) -> Mapping[int, int]:
        return _price(sale, facts, offer, kept)

    everything = {line.key: line.shown.qty for line in sale.sold.lines}
    if price_kept(everything) != {line.key: line.shown.net_minor for line in sale.sold.lines}:
        return None
    return take_back(sale.sold, sale.back, wanted, RefundPolicy.RECOMPUTED, price_kept)


def _price(sale: SoldSale, facts: Mapping[int, DiscFacts], offer: Offer, kept: Mapping[int, int]) -> dict[int, int]:
    lines = [_input(line, kept[line.key], facts[line.key]) for line in sale.sold.lines if kept.get(line.key)]
    within = sale.sold.prices_include_tax
    plain = pricing.price_basket(lines, offer=offer, prices_include_tax=within)
    given = next((r for r in sale.receipt.reductions if r.kind == "basket_discount"), None)
    priced = plain
    if given is not None:
        discount = _discount(given, plain.subtotal_minor, sale.receipt.subtotal_minor)
        priced = pricing.price_basket(lines, discount, offer=offer, prices_include_tax=within)
    nets = [line.net_minor for line in priced.lines]
    off = sum(r.amount_minor for r in sale.receipt.reductions if r.kind == ROUND_OFF)
    before_minor = sale.receipt.total_minor + off
    # The customer keeps a share of what was rounded off, not another rounding.
    rounded = divide(off * sum(nets), before_minor) if before_minor else 0
    shares = share_out(rounded, nets)
    return {line.key: net - share for line, net, share in zip(priced.lines, nets, shares, strict=True)}


def _input(line: SoldLine, qty: int, disc: DiscFacts) -> pricing.LineInput:
    shown = line.shown
    override = next((r for r in shown.reductions if r.kind == "override"), None)
    given = next((r for r in shown.reductions if r.kind == "line_discount"), None)
    return pricing.LineInput(
        key=line.key,
        qty=qty,
        list_minor=shown.list_minor,
        override_minor=shown.unit_minor if override is not None else None,
        discount=_discount(given, qty, shown.qty) if given is not None else None,
        tax_bp=shown.tax_bp,
        tax_name=line.tax_name,
        disc=disc,
    )


def _discount(given: Reduction, part: int, whole: int) -> pricing.Discount:
    """Give a discount again for a part: a rate stays, of an amount the part has its share."""
    if given.rate_bp is not None:
        return pricing.Discount("percent", given.rate_bp)
    return pricing.Discount("amount", divide(given.amount_minor * part, whole) if whole else 0)


def _rules_of(session: Session, sale: SoldSale) -> tuple[Rule, ...] | None:
    """The rules that fired in the sale, open to everybody at any time; None when one of them cannot be read."""
    fired: dict[int, Reduction] = {}
    for line in sale.sold.lines:
        for reduction in line.shown.reductions:
            if reduction.kind == PROMOTION and reduction.rule_id is not None:
                fired.setdefault(reduction.rule_id, reduction)
    found: list[Rule] = []
    stored = [rule_id for rule_id in fired if rule_id < offers.FIRST_LEVEL_ID]
    query = select(PRICE_RULE.c.id, PRICE_RULE.c.name, PRICE_RULE.c.data).where(PRICE_RULE.c.id.in_(stored))
    for row in session.execute(query):
        rule = offers.read_rule(row.id, row.name, row.data)
        if rule is not None:
            found.append(replace(rule, who=Who(), when=When()))
    for rule_id in fired.keys() - set(stored):
        rate_bp = fired[rule_id].rate_bp
        if rate_bp is not None:
            found.append(Rule(rule_id, "level", PercentOff(rate_bp), priority=offers.LEVEL_PRIORITY))
    return tuple(found) if len(found) == len(fired) else None


def _facts_of(session: Session, sale: SoldSale) -> dict[int, DiscFacts]:
    query = (
        select(
            DOCUMENT_LINE.c.id,
            DOCUMENT_LINE.c.edition_id,
            DOCUMENT_LINE.c.cost_minor,
            DOCUMENT_LINE.c.qty,
            *offers.FACTS,
        )
        .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
        .outerjoin(COPY, COPY.c.id == DOCUMENT_LINE.c.copy_id)
        .where(DOCUMENT_LINE.c.document_id == sale.document_id)
    )
    return {row.id: offers.disc_facts(row, divide(row.cost_minor, row.qty)) for row in session.execute(query)}


def _moment(sale: SoldSale) -> Moment:
    day = sale.receipt.business_on
    return Moment(day, day.weekday(), 0)
