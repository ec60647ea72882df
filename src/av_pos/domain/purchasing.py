"""The rules of buying: what pieces cost when they lie on the shelf, what is still to come, how long a supplier takes.

A supplier's currency is turned into the shop's by `rate_micro`: what one whole unit of it is worth in whole units of
the shop's currency, in millionths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from av_pos.domain.money import WHOLE_BP, divide, share_out
from av_pos.domain.tax import contained_tax

RATE_ONE = 1_000_000
"""The rate of the shop's own currency."""

MOST_PIECES = 9_999
"""The most pieces of an edition that one line of an order, a delivery or a return may hold."""

MOST_MINOR = 99_999_999_99
"""The most that one line may come to in the shop's currency; what is above it was typed wrongly."""

LEAST_DELIVERIES = 3
"""Below so many deliveries nothing is said of how long a supplier takes."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """How a supplier's amounts become the shop's: the rate in millionths, and the decimals of both currencies."""

    rate_micro: int
    from_digits: int
    to_digits: int

    def to_shop(self, minor: int) -> int:
        """Give an amount in the shop's minor units, a half rounded up. Raises ValueError for a rate of nothing."""
        if self.rate_micro <= 0:
            raise ValueError("an exchange rate is above nothing")
        return divide(minor * self.rate_micro * 10**self.to_digits, RATE_ONE * 10**self.from_digits)


@dataclass(frozen=True, slots=True)
class BoxLine:
    """What lay in a box of one edition: good and damaged pieces, at a cost a piece in the supplier's currency."""

    qty: int
    damaged_qty: int
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Landed:
    """What a line's good and damaged pieces come to on the shelf, in the shop's minor units."""

    good_minor: int
    damaged_minor: int


@dataclass(frozen=True, slots=True)
class Margin:
    """What a price leaves: without tax, over the cost (below nothing: a loss), and that in basis points of the price.

    `margin_bp` is None for a price of nothing.
    """

    net_minor: int
    profit_minor: int
    margin_bp: int | None


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How long a supplier takes, in days, as its own deliveries say; `sd_days` is their standard deviation."""

    mean_days: float
    sd_days: float
    deliveries_qty: int


def landed_costs(
    lines: Sequence[BoxLine], exchange: Exchange, carriage_minor: int = 0, *, damaged_back: bool = False
) -> tuple[Landed, ...]:
    """Give what each line costs on the shelf: its value at the exchange rate, and its share of the carriage.

    The value of the whole box is exchanged once and shared out by largest remainder, so that the lines add up to what
    is paid; the carriage (in the shop's currency) is spread by value, or by pieces where nothing cost anything. Damaged
    pieces that go back are not paid for and carry nothing. Where no piece is paid for, the carriage is on nobody.
    """
    booked = [line.qty + (0 if damaged_back else line.damaged_qty) for line in lines]
    if not sum(booked):
        return tuple(Landed(0, 0) for _ in lines)
    values = [pieces * line.cost_minor for pieces, line in zip(booked, lines, strict=True)]
    goods = share_out(exchange.to_shop(sum(values)), values) if any(values) else [0] * len(lines)
    carriage = share_out(carriage_minor, values if any(values) else booked)
    landed = []
    for line, pieces, each, share in zip(lines, booked, goods, carriage, strict=True):
        damaged = pieces - line.qty
        good_minor, damaged_minor = share_out(each + share, (line.qty, damaged)) if pieces else (0, 0)
        landed.append(Landed(good_minor, damaged_minor))
    return tuple(landed)


def landed_each(cost_minor: int, exchange: Exchange, carriage_minor: int, goods_minor: int) -> int:
    """Give what one piece will come to on the shelf while its box is still being scanned, rounded.

    `goods_minor` is what the box holds so far, in the supplier's currency: the carriage is spread by it.
    """
    own = exchange.to_shop(cost_minor)
    return own + (divide(carriage_minor * cost_minor, goods_minor) if goods_minor > 0 else 0)


def margin(price_minor: int, cost_minor: int, tax_bp: int, *, prices_include_tax: bool = True) -> Margin:
    """Give what a retail price leaves over the cost of a piece, the tax in the price taken out first."""
    net = price_minor - (contained_tax(price_minor, tax_bp) if prices_include_tax else 0)
    profit = net - cost_minor
    return Margin(net, profit, divide(profit * WHOLE_BP, net) if net > 0 else None)


def open_qty(qty: int, received_qty: int, given_up_qty: int) -> int:
    """Give the pieces of an order's line that are still to come."""
    return max(0, qty - received_qty - given_up_qty)


def budgeted_qty(qty: int, received_qty: int, given_up_qty: int, *, is_of_period: bool) -> int:
    """Give the pieces of an order's line that the budget of a period counts.

    Of what is ordered in the period all that came and is to come, of what was ordered before what is still to come.
    """
    return open_qty(qty, 0 if is_of_period else received_qty, given_up_qty)


def packed_qty(qty: int, pack_qty: int) -> int:
    """Give the next whole number of packs, in pieces: what a supplier would rather be asked for."""
    return -(-qty // pack_qty) * pack_qty if pack_qty > 1 else qty


def below_minimum(goods_minor: int, minimum_minor: int) -> int:
    """Give how much an order falls short of the supplier's minimum, nothing when it does not."""
    return max(0, minimum_minor - goods_minor)


def fill(qty: int, open_quantities: Sequence[int]) -> tuple[int, ...]:
    """Give how many of `qty` pieces that came each waiting line takes, the first first; what is over none takes."""
    taken = []
    for wanted in open_quantities:
        take = min(qty, wanted)
        taken.append(take)
        qty -= take
    return tuple(taken)


def lead_time(deliveries: Sequence[tuple[int, int]]) -> LeadTime | None:
    """Give the lead time that deliveries show, each as days since it was ordered and pieces that came; None below 3.

    Days are weighed by pieces, so that a disc that came late does not count as much as the box before it. The variance
    is the unbiased one for such weights, Σw(x−m)² / (Σw − Σw²/Σw).
    """
    known = [(max(0, days), pieces) for days, pieces in deliveries if pieces > 0]
    if len(known) < LEAST_DELIVERIES:
        return None
    weight = sum(pieces for _days, pieces in known)
    mean = sum(days * pieces for days, pieces in known) / weight
    spread = sum(pieces * (days - mean) ** 2 for days, pieces in known)
    free = weight - sum(pieces**2 for _days, pieces in known) / weight
    return LeadTime(mean, sqrt(max(0.0, spread / free)), len(known))
