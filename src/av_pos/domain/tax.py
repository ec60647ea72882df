"""Tax: which rate holds on a day, and the tax contained in or added to amounts. An accountant signs the rates off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from av_pos.domain.documents import TaxLine
from av_pos.domain.money import WHOLE_BP, percent_of, share_out
from av_pos.errors import NotFound


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rate in basis points under a key; it holds from `valid_from` to `valid_to`, both days included."""

    key: str
    name: str
    rate_bp: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """What one line comes to, in minor units, and the rate it carries."""

    name: str
    rate_bp: int
    amount_minor: int


def rate_on(rates: Iterable[TaxRate], key: str, day: date) -> TaxRate:
    """Find the rate of `key` that holds on `day`; of several the one that began last. Raises NotFound."""
    holding = [
        rate
        for rate in rates
        if rate.key == key
        and (rate.valid_from is None or rate.valid_from <= day)
        and (rate.valid_to is None or day <= rate.valid_to)
    ]
    if not holding:
        raise NotFound("tax_rate", key)
    return max(holding, key=lambda rate: rate.valid_from or date.min)


def contained_tax(gross_minor: int, rate_bp: int) -> int:
    """Give the tax inside an amount: gross less net, the net rounded once (half up); a refund mirrors a sale."""
    if gross_minor < 0:
        return -contained_tax(-gross_minor, rate_bp)
    divisor = WHOLE_BP + rate_bp
    net = (2 * gross_minor * WHOLE_BP + divisor) // (2 * divisor)
    return gross_minor - net


def added_tax(net_minor: int, rate_bp: int) -> int:
    """Give the tax to add to an amount without tax, a half rounded up."""
    return percent_of(net_minor, rate_bp)


def sum_by_rate(
    lines: Sequence[TaxedAmount], *, prices_include_tax: bool = True
) -> tuple[tuple[TaxLine, ...], tuple[int, ...]]:
    """Compute the tax of each rate on that rate's sum: the printed sums (highest rate first), and each line's share.

    Shares go by largest remainder, so that the lines' taxes add up to the printed sums. A sum's `gross_minor`
    contains its tax, whether the prices did or not.
    """
    groups: dict[tuple[int, str], list[int]] = {}
    for place, line in enumerate(lines):
        groups.setdefault((line.rate_bp, line.name), []).append(place)
    shares = [0] * len(lines)
    sums = []
    for (rate_bp, name), places in sorted(groups.items(), key=lambda item: (-item[0][0], item[0][1])):
        amounts = [lines[place].amount_minor for place in places]
        amount = sum(amounts)
        tax = contained_tax(amount, rate_bp) if prices_include_tax else added_tax(amount, rate_bp)
        for place, share in zip(places, share_out(tax, amounts), strict=True):
            shares[place] = share
        sums.append(TaxLine(name, rate_bp, amount if prices_include_tax else amount + tax, tax))
    return tuple(sums), tuple(shares)
