"""What a basket costs, and why: overrides, the shop's rules, discounts on a line and on the whole, round-off, tax.

    list price → override → × quantity → promotions → line discount = amount        Σ amounts = subtotal
    subtotal → basket discount → (+ tax, where prices exclude it) → round-off = total = Σ nets

Everything is whole minor units; what is taken off the whole is shared to the lines by largest remainder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from av_pos.domain import money
from av_pos.domain.documents import Reduction, TaxLine
from av_pos.domain.money import WHOLE_BP, percent_of, share_out
from av_pos.domain.tax import TaxedAmount, sum_by_rate
from av_pos.errors import InvalidInput

if TYPE_CHECKING:
    from av_pos.domain.promotions import Offer
    from av_pos.domain.rules import DiscFacts


@dataclass(frozen=True, slots=True)
class Discount:
    """So many basis points ("percent"), or minor units off the whole line or basket ("amount"), and why."""

    kind: Literal["percent", "amount"]
    value: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoundOff:
    """Round the total to whole `unit_minor`, down or to the nearest, and why."""

    unit_minor: int
    mode: Literal["down", "nearest"] = "down"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line to price: `list_minor` and `override_minor` are for one piece; `key` comes back on the priced line.

    `disc` is what the shop's rules look at; a line without it, or with an override, is left alone by them.
    """

    key: int
    qty: int
    list_minor: int
    override_minor: int | None = None
    override_reason: str = ""
    discount: Discount | None = None
    tax_bp: int = 0
    tax_name: str = ""
    disc: "DiscFacts | None" = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line priced; the fields mean what they mean on `documents.ReceiptLine`."""

    key: int
    qty: int
    list_minor: int
    unit_minor: int
    amount_minor: int
    net_minor: int
    tax_bp: int
    tax_minor: int
    reductions: tuple[Reduction, ...] = ()


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """A basket priced. `reductions` are those on the whole; those on a line stand on the line.

    `discount_minor` is all that rules, discounts and lowered prices gave away (a raised price counts against none);
    `round_off_minor` is apart, negative when rounded up.
    """

    lines: tuple[PricedLine, ...]
    items_qty: int
    subtotal_minor: int
    reductions: tuple[Reduction, ...]
    total_minor: int
    taxes: tuple[TaxLine, ...]
    discount_minor: int
    round_off_minor: int


def price_basket(
    lines: Sequence[LineInput],
    basket_discount: Discount | None = None,
    round_off: RoundOff | None = None,
    *,
    prices_include_tax: bool = True,
    offer: "Offer | None" = None,
) -> PricedBasket:
    """Price a basket; raises InvalidInput for a negative price or discount, a quantity below one, over 100 per cent.

    `offer` holds the shop's rules, who buys and when; what they take off stands on the lines, before what a person
    gives. An amount off is cut to what there is. Where prices exclude tax, nets and total contain the tax added.
    """
    units = [unit_price(line.list_minor, line.override_minor) for line in lines]
    for line, unit in zip(lines, units, strict=True):
        _check(line, unit)
    promoted = _promotions(lines, units, offer)
    own = [_line_reductions(line, unit, given) for line, unit, given in zip(lines, units, promoted, strict=True)]
    amounts = [_amount(line, unit, given) for line, unit, given in zip(lines, units, own, strict=True)]
    subtotal = sum(amounts)
    reductions: list[Reduction] = []
    nets = list(amounts)
    if basket_discount is not None:
        _take_off(nets, _reduction("basket_discount", basket_discount, subtotal), reductions)
    if not prices_include_tax:
        _, added = sum_by_rate(_taxed(lines, nets), prices_include_tax=False)
        nets = [net + tax for net, tax in zip(nets, added, strict=True)]
    if round_off is not None:
        off = money.round_off(sum(nets), round_off.unit_minor, round_off.mode)
        _take_off(nets, Reduction("round_off", round_off.reason, off), reductions)
    # With the tax added, it is contained from here on: taken out again it is the same, less the round-off's share.
    taxes, line_taxes = sum_by_rate(_taxed(lines, nets))
    priced = tuple(
        PricedLine(line.key, line.qty, line.list_minor, unit, amount, net, line.tax_bp, tax, tuple(given))
        for line, unit, given, amount, net, tax in zip(lines, units, own, amounts, nets, line_taxes, strict=True)
    )
    everything = [*reductions, *(reduction for given in own for reduction in given)]
    return PricedBasket(
        lines=priced,
        items_qty=sum(line.qty for line in lines),
        subtotal_minor=subtotal,
        reductions=tuple(reductions),
        total_minor=sum(nets),
        taxes=taxes,
        discount_minor=sum(max(r.amount_minor, 0) for r in everything if r.kind != "round_off"),
        round_off_minor=sum(r.amount_minor for r in everything if r.kind == "round_off"),
    )


def unit_price(list_minor: int, override_minor: int | None) -> int:
    """Give what one piece is sold for before any discount: the price put in the list price's place, if there is one."""
    return list_minor if override_minor is None else override_minor


def after_promotions(unit_minor: int, qty: int, reductions: Iterable[Reduction]) -> int:
    """Give what a line comes to after the shop's rules: what a person's discount on it is measured from."""
    return unit_minor * qty - sum(r.amount_minor for r in reductions if r.kind == "promotion")


def discount_bp_of(before_minor: int, after_minor: int, *, roundings: int = 1) -> int:
    """Give the effective discount from one amount to another in basis points, to hold against a role's limit.

    It is the least rate that `percent_of` rounds to what was taken off, so that ten per cent of 9.99 counts as ten;
    `roundings` says how many such amounts were added up.
    """
    off = before_minor - after_minor
    if before_minor <= 0 or off <= 0:
        return 0
    return max(0, -(-(off * WHOLE_BP - roundings * WHOLE_BP // 2) // before_minor))


def largest_discount_bp(basket: PricedBasket) -> int:
    """Give the largest effective discount anywhere in a basket: on one line, or on the whole with its lines' together.

    It sees what a check of one discount alone does not: ten per cent on the lines and ten on the whole, or an amount
    off ten pieces when nine of them are taken out again. Overrides and round-off have permissions of their own, and
    what the shop's own rules give is no person's discount: it counts from the price after them.
    """
    before = after = roundings = 0
    largest = 0
    for line in basket.lines:
        full = after_promotions(line.unit_minor, line.qty, line.reductions)
        largest = max(largest, discount_bp_of(full, line.amount_minor))
        before, after, roundings = before + full, after + line.amount_minor, roundings + (full > line.amount_minor)
    off = sum(reduction.amount_minor for reduction in basket.reductions if reduction.kind == "basket_discount")
    return max(largest, discount_bp_of(before, after - off, roundings=roundings + (off > 0)))


def _check(line: LineInput, unit_minor: int) -> None:
    if line.qty < 1:
        raise InvalidInput("quantity", str(line.qty), "too_small")
    if unit_minor < 0 or line.list_minor < 0:
        raise InvalidInput("price", str(min(unit_minor, line.list_minor)), "negative")


def _promotions(
    lines: Sequence[LineInput], units: Sequence[int], offer: "Offer | None"
) -> Sequence[tuple[Reduction, ...]]:
    """Give what the shop's rules take off each line; an override is fixed and left alone."""
    if offer is None:
        return [()] * len(lines)
    # A shop without rules need not read all this in before its first scan.
    from av_pos.domain.promotions import PromotionLine, promote

    asked = [
        PromotionLine(line.key, line.qty, unit, line.disc, line.override_minor is not None)
        for line, unit in zip(lines, units, strict=True)
    ]
    return [line.reductions for line in promote(asked, offer).lines]


def _line_reductions(line: LineInput, unit_minor: int, promoted: tuple[Reduction, ...]) -> list[Reduction]:
    found = []
    if line.override_minor is not None and line.override_minor != line.list_minor:
        off = (line.list_minor - line.override_minor) * line.qty
        found.append(Reduction("override", line.override_reason, off))
    found += promoted
    if line.discount is not None:
        given = _reduction("line_discount", line.discount, after_promotions(unit_minor, line.qty, promoted))
        if given.amount_minor:
            found.append(given)
    return found


def _amount(line: LineInput, unit_minor: int, given: Sequence[Reduction]) -> int:
    # The override already stands in the price of one piece.
    return unit_minor * line.qty - sum(r.amount_minor for r in given if r.kind != "override")


def _reduction(kind: str, discount: Discount, base_minor: int) -> Reduction:
    if discount.value < 0:
        raise InvalidInput("discount", str(discount.value), "negative")
    if discount.kind == "amount":
        return Reduction(kind, discount.reason, min(discount.value, base_minor))
    if discount.value > WHOLE_BP:
        raise InvalidInput("discount", str(discount.value), "too_large")
    return Reduction(kind, discount.reason, percent_of(base_minor, discount.value), discount.value)


def _take_off(nets: list[int], reduction: Reduction, reductions: list[Reduction]) -> None:
    """Share a reduction on the whole to the lines and note it; nothing to take off leaves no trace."""
    if not reduction.amount_minor:
        return
    for place, share in enumerate(share_out(reduction.amount_minor, nets)):
        nets[place] -= share
    reductions.append(reduction)


def _taxed(lines: Sequence[LineInput], nets: Sequence[int]) -> list[TaxedAmount]:
    return [TaxedAmount(line.tax_name, line.tax_bp, net) for line, net in zip(lines, nets, strict=True)]
