"""Sets a member card or a voucher: what the shop hands out as a barcode on receipt paper."""

from dataclasses import dataclass
from datetime import date

from av_pos.domain.documents import ShopHead
from av_pos.i18n import N_, Texts
from av_pos.printing.layout import Align, Line, Paper
from av_pos.printing.paper import CopyMark, named, set_head, set_title

_TITLES = {"member": N_("Member card"), "gift_card": N_("Gift card"), "store_credit": N_("Store credit")}


@dataclass(frozen=True, slots=True)
class CardSlip:
    """A code to keep: of a member (`kind` member) or of a voucher with what it is worth. No name stands on it."""

    shop: ShopHead
    kind: str
    code: str
    amount_minor: int | None = None
    expires_on: date | None = None


def lay_out_card(slip: CardSlip, texts: Texts, columns: int, mark: CopyMark | None = None) -> tuple[Line, ...]:
    """Set a card: what it is, what it is worth, its barcode."""
    paper = Paper(columns)
    set_head(paper, slip.shop, texts, mark)
    set_title(paper, named(_TITLES, slip.kind, texts))
    paper.rule()
    if slip.amount_minor is not None:
        paper.pair(texts.gettext("Amount"), texts.money(slip.amount_minor, slip.shop.currency), bold=True, big=True)
    if slip.expires_on is not None:
        paper.pair(texts.gettext("Valid until"), slip.expires_on.isoformat())
    paper.feed()
    paper.barcode(slip.code)
    paper.feed()
    paper.text(texts.gettext("Show this code when you pay."), align=Align.CENTER, most=2)
    paper.cut()
    return paper.lines
