"""What all slips share: the shop's head, marks of a second copy, words for means of payment and reductions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from av_pos.domain.documents import PROMOTION, Reduction, ShopHead, TaxLine
from av_pos.i18n import N_, Texts
from av_pos.printing.layout import Align, Paper, plain

TENDER_NAMES = {
    "cash": N_("Cash"),
    "card": N_("Bank card"),
    "alipay": N_("Alipay"),
    "wechat": N_("WeChat Pay"),
    "stored_value": N_("Stored value"),
    "points": N_("Points"),
    "voucher": N_("Voucher"),
    "exchange": N_("Exchange"),
}
CARD_NAMES = {
    "unionpay": N_("UnionPay"),
    "visa": N_("Visa"),
    "mastercard": N_("Mastercard"),
    "other": N_("Other card"),
}
REDUCTION_NAMES = {
    "line_discount": N_("Discount"),
    "basket_discount": N_("Discount on all"),
    "override": N_("Price changed"),
    "round_off": N_("Round-off"),
    "member": N_("Member price"),
    "promotion": N_("Promotion"),
    "return_correction": N_("Priced anew"),
}
CASH_MOVE_NAMES = {"pay_in": N_("Paid in"), "pay_out": N_("Paid out"), "no_sale": N_("Drawer opened, no sale")}


class MarkKind(StrEnum):
    """Why a slip is printed once more: somebody asked, or nobody knows whether the first one came out."""

    COPY = "copy"
    REPRINT = "reprint"


@dataclass(frozen=True, slots=True)
class CopyMark:
    """Marks a slip that is not the first. For a COPY `at` is when the copy was made, for REPRINT `number` when the
    original was sent; both are aware UTC."""

    kind: MarkKind
    at: datetime
    number: int = 1


def named(names: dict[str, str], kind: str, texts: Texts) -> str:
    """The word for a kind in the paper's language; an unknown kind is its own word."""
    return texts.gettext(names[kind]) if kind in names else kind.replace("_", " ")


def set_head(paper: Paper, shop: ShopHead, texts: Texts, mark: CopyMark | None) -> None:
    """Set the shop's name and lines, and the mark of a second copy in both languages."""
    paper.text(shop.name, align=Align.CENTER, bold=True, big=True, most=2)
    for line in shop.lines:
        paper.text(line, align=Align.CENTER, most=2)
    if mark is None:
        return
    when = texts.date_time(mark.at, shop.zone)
    if mark.kind is MarkKind.COPY:
        paper.text("COPY 补打", align=Align.CENTER, bold=True, big=True)
        paper.text(texts.gettext("Printed {when}").format(when=when), align=Align.CENTER)
    else:
        paper.text(f"REPRINT {mark.number} 补打", align=Align.CENTER, bold=True, big=True)
        paper.text(texts.gettext("Original: {when}").format(when=when), align=Align.CENTER)


def set_title(paper: Paper, title: str) -> None:
    """Set what a slip is, where it is no plain sale."""
    paper.text(title, align=Align.CENTER, bold=True, big=True, most=2)


def set_reductions(paper: Paper, reductions: tuple[Reduction, ...], currency: str, texts: Texts, indent: int) -> None:
    """Set each reduction with its reason, rate and amount; what is taken off is negative."""
    for reduction in reductions:
        label = _reduction_words(reduction, texts)
        paper.pair(label, texts.amount(-reduction.amount_minor, currency), indent=indent, most=2)


def _reduction_words(reduction: Reduction, texts: Texts) -> str:
    reason = plain(reduction.reason)
    if reduction.kind == PROMOTION and reason:
        # The shop named the rule so that it can be read: kind and rate would only say it again.
        return reason
    label = named(REDUCTION_NAMES, reduction.kind, texts)
    if reduction.rate_bp is not None:
        label += " " + texts.rate(reduction.rate_bp)
    return f"{label} ({reason})" if reason else label


def set_taxes(paper: Paper, taxes: tuple[TaxLine, ...], shop: ShopHead, texts: Texts) -> None:
    """Set the tax of each rate and the amount that it is contained in, or was added to."""
    form = (
        texts.gettext("{tax} {rate} in {amount}")
        if shop.prices_include_tax
        else texts.gettext("{tax} {rate} on {amount}")
    )
    for tax in taxes:
        label = form.format(
            tax=plain(tax.name), rate=texts.rate(tax.rate_bp), amount=texts.amount(tax.gross_minor, shop.currency)
        )
        paper.pair(label, texts.amount(tax.tax_minor, shop.currency))
