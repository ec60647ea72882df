"""One customer of the demo shop: what lies on the counter, what is taken off, how it is paid."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from av_pos import i18n
from av_pos.demo.customers import Taste, Wishes, basket_size
from av_pos.demo.people import Words
from av_pos.demo.shelves import Disc, UsedCopy
from av_pos.domain import money, pricing
from av_pos.domain.documents import DocumentKind, ReceiptLine
from av_pos.domain.pricing import Discount, LineInput, PricedBasket, PricedLine, RoundOff
from av_pos.domain.promotions import Offer
from av_pos.domain.rules import DiscFacts
from av_pos.domain.settlement import Tender, TenderKind, settle
from av_pos.domain.stock import take_cost, unit_cost
from av_pos.domain.tax import TaxRate
from av_pos.services.documents import DocumentDraft, DraftLine
from av_pos.services.shop_settings import ShopSettings

USED_COPY_CHANCE = 0.007
SOLD_UNCOUNTED_CHANCE = 0.03
_TWO_OF_A_KIND_CHANCE = 0.03
_TRIES = 12
_LETS_GO = 0.5
_CASH_SHARE, _CARD_SHARE = 0.36, 0.62
# Nobody at the till may give more than this without the manager (`shop_settings.cashier_discount_bp`).
APPROVED_DISCOUNT_BP = 1500


@dataclass(slots=True)
class Pick:
    """One line on the counter: pieces of a disc, or one used copy."""

    disc: Disc
    qty: int = 1
    copy: UsedCopy | None = None
    discount: Discount | None = None

    @property
    def list_minor(self) -> int:
        """What one piece costs on its label."""
        return self.copy.price_minor if self.copy else self.disc.price_minor

    @property
    def code(self) -> str:
        """What is scanned for it."""
        return self.copy.code if self.copy else self.disc.code

    @property
    def facts(self) -> DiscFacts:
        """What the shop's price rules look at."""
        disc, copy = self.disc, self.copy
        cost = copy.cost_minor if copy else unit_cost(disc.on_hand_qty, disc.value_minor, disc.last_cost_minor)
        return DiscFacts(
            edition_id=disc.edition_id,
            album_id=disc.album_id,
            artist=disc.artist,
            style=disc.style,
            label=disc.label,
            format=disc.format,
            category=disc.category,
            is_used=copy is not None and copy.is_used,
            grade=copy.media_grade if copy else "",
            cost_minor=cost,
        )


@dataclass(slots=True)
class Counter:
    """What one customer puts on the counter and what is agreed about it."""

    picks: list[Pick] = field(default_factory=list)
    discount: Discount | None = None

    @property
    def wants_approval(self) -> bool:
        """Whether a cashier must ask the manager for the discount."""
        return self.discount is not None and self.discount.value >= APPROVED_DISCOUNT_BP


def fill_counter(rng: Random, wishes: Wishes, used: list[UsedCopy], taste: Taste) -> Counter:
    """Let a customer choose: what is on the shelf, now and then a used copy. `used` loses what was taken."""
    counter = Counter()
    if used and rng.random() < USED_COPY_CHANCE:
        copy = used.pop(rng.randrange(len(used)))
        counter.picks.append(Pick(copy.disc, copy=copy))
    for _ in range(basket_size(rng)):
        like = counter.picks[-1].disc if counter.picks else None
        disc = _on_shelf(rng, wishes, counter, like, taste)
        if disc is not None:
            _lay_down(rng, counter, disc)
    return counter


def agree_discount(rng: Random, counter: Counter, words: Words) -> None:
    """Take something off now and then: for a regular, a cracked case, or many discs at once."""
    chance = rng.random()
    pieces = sum(pick.qty for pick in counter.picks)
    if pieces >= 4 and chance < 0.3:
        counter.discount = Discount("percent", APPROVED_DISCOUNT_BP, words.bulk)
    elif chance < 0.03:
        counter.discount = Discount("percent", 1000, words.regular)
    elif chance < 0.07:
        counter.discount = Discount("percent", 500, words.regular)
    elif chance < 0.09:
        rng.choice(counter.picks).discount = Discount("percent", 1000, words.damaged)


def choose_means(rng: Random) -> tuple[TenderKind, ...]:
    """Choose how somebody pays: by card, in cash, rarely by both."""
    chance = rng.random()
    if chance < _CASH_SHARE:
        return (TenderKind.CASH,)
    return (TenderKind.CARD,) if chance < _CASH_SHARE + _CARD_SHARE else (TenderKind.CASH, TenderKind.CARD)


def ring_up(
    rng: Random,
    counter: Counter,
    means: Sequence[TenderKind],
    rate: TaxRate,
    settings: ShopSettings,
    offer: Offer | None = None,
) -> PricedBasket:
    """Price what lies on the counter by the shop's rules; round off where cash cannot be handed over otherwise."""
    priced = _priced(counter, rate, settings, offer, None)
    odd = priced.total_minor % settings.round_unit_minor
    if not odd:
        return priced
    in_cash = TenderKind.CASH in means
    must = in_cash and bool(priced.total_minor % min(money.denominations(settings.currency)))
    if must or rng.random() < (0.7 if in_cash else 0.15):
        return _priced(counter, rate, settings, offer, RoundOff(settings.round_unit_minor, "down"))
    return priced


def hand_over(rng: Random, total_minor: int, means: Sequence[TenderKind], words: Words, currency: str) -> list[Tender]:
    """Return what the customer hands over: notes that make sense, a card's kind and last four digits."""
    if not total_minor:
        return []
    if total_minor % min(money.denominations(currency)):
        means = (TenderKind.CARD,)
    if means == (TenderKind.CARD,):
        return [_card(rng, total_minor, words)]
    if len(means) == 2:
        note = 10 * 10 ** i18n.currency(currency).digits
        in_cash = total_minor * 2 // 5 // note * note
        if in_cash:
            return [Tender(TenderKind.CASH, in_cash), _card(rng, total_minor - in_cash, words)]
    offers = money.quick_amounts(total_minor, i18n.currency(currency).digits, money.denominations(currency))
    likely = (3, 3, 2, 2)[: len(offers)]
    return [Tender(TenderKind.CASH, rng.choices(offers, likely)[0])]


def draft_sale(counter: Counter, priced: PricedBasket, tenders: Sequence[Tender], approved_by: str) -> DocumentDraft:
    """Make the document, and take its pieces off the shelf at their cost."""
    return DocumentDraft(
        kind=DocumentKind.SALE,
        lines=[_draft_line(pick, line) for pick, line in zip(counter.picks, priced.lines, strict=True)],
        reductions=priced.reductions,
        tenders=settle(priced.total_minor, tenders),
        taxes=priced.taxes,
        subtotal_minor=priced.subtotal_minor,
        total_minor=priced.total_minor,
        approved_by=approved_by,
    )


def put_back(counter: Counter, draft: DocumentDraft) -> None:
    """Put the new pieces of a voided sale back on the shelf at the cost they left with."""
    for pick, line in zip(counter.picks, draft.lines, strict=True):
        if pick.copy is None:
            pick.disc.on_hand_qty += pick.qty
            pick.disc.value_minor += line.cost_minor


def _on_shelf(rng: Random, wishes: Wishes, counter: Counter, like: Disc | None, taste: Taste) -> Disc | None:
    """Find a disc that is there. Rarely the books say there is none, and the customer holds it all the same."""
    taken = {pick.disc.edition_id: pick.qty for pick in counter.picks if pick.copy is None}
    for _ in range(_TRIES):
        disc = wishes.next_disc(rng, like, taste.styles)
        if disc is like or taste.knows(disc):
            continue
        if disc.on_hand_qty > taken.get(disc.edition_id, 0) or rng.random() < SOLD_UNCOUNTED_CHANCE:
            return disc
        if rng.random() < _LETS_GO:
            like = None
    return None


def _lay_down(rng: Random, counter: Counter, disc: Disc) -> None:
    for pick in counter.picks:
        if pick.disc is disc and pick.copy is None:
            pick.qty += 1
            return
    two = disc.on_hand_qty >= 2 and rng.random() < _TWO_OF_A_KIND_CHANCE
    counter.picks.append(Pick(disc, 2 if two else 1))


def _priced(
    counter: Counter, rate: TaxRate, settings: ShopSettings, offer: Offer | None, round_off: RoundOff | None
) -> PricedBasket:
    lines = [
        LineInput(key, pick.qty, pick.list_minor, discount=pick.discount, tax_bp=rate.rate_bp, tax_name=rate.name,
                  disc=pick.facts if offer else None)
        for key, pick in enumerate(counter.picks)
    ]  # fmt: skip
    with_tax = settings.prices_include_tax
    return pricing.price_basket(lines, counter.discount, round_off, prices_include_tax=with_tax, offer=offer)


def _card(rng: Random, amount_minor: int, words: Words) -> Tender:
    return Tender(TenderKind.CARD, amount_minor, rng.choice(words.card_types), f"{rng.randrange(10_000):04d}")


def _draft_line(pick: Pick, line: PricedLine) -> DraftLine:
    disc, copy = pick.disc, pick.copy
    shown = ReceiptLine(
        title=disc.title,
        artist=disc.artist,
        format=disc.format,
        code=pick.code,
        qty=line.qty,
        list_minor=line.list_minor,
        unit_minor=line.unit_minor,
        amount_minor=line.amount_minor,
        net_minor=line.net_minor,
        tax_bp=line.tax_bp,
        tax_minor=line.tax_minor,
        grade=copy.grade if copy else "",
        reductions=line.reductions,
    )
    return DraftLine(disc.edition_id, copy.copy_id if copy else None, shown, _take(pick))


def _take(pick: Pick) -> int:
    if pick.copy is not None:
        return pick.copy.cost_minor
    disc = pick.disc
    cost = take_cost(disc.on_hand_qty, disc.value_minor, pick.qty, disc.last_cost_minor)
    disc.on_hand_qty -= pick.qty
    disc.value_minor -= cost
    return cost
