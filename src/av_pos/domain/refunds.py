"""What a return says: the pieces that come back, what is given for them, and what cannot come back.

As sold: every piece brings back its share of what its line was sold at (`refund_shares`). Recomputed: the customer gets
back what was paid less what the pieces kept would have cost, so that the disc that came free with two others brings
nothing while the others stay. What that differs from the share stands on the lines as a correction of its own.

A correction is held back and given again within one tax rate: when a rate's last piece comes back, all that is left of
that rate does. So a sale that came back whole has left nothing behind, in money or tax of any rate; as sold that is
true of each line, recomputed of each rate, for the last line back brings what earlier ones did not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from av_pos.domain.documents import RETURN_CORRECTION, ReceiptLine, Reduction, TaxLine
from av_pos.domain.money import divide, share_out
from av_pos.domain.refund_shares import LineShare, Sold, SoldLine, share_of_pieces, shares_between
from av_pos.errors import InvalidInput, WrongState

CORRECTION = RETURN_CORRECTION
"""The kind of reduction that a recomputed refund differs by; below nothing it was held back, above it given again."""


class RefundPolicy(StrEnum):
    """What a piece of a basket with promotions brings back: its share of the sale, or what it made cheaper."""

    AS_SOLD = "as_sold"
    RECOMPUTED = "recomputed"


PriceKept = Callable[[Mapping[int, int]], Mapping[int, int]]
"""What the pieces kept (a quantity a line key) would have cost under the sale's rules (a net a line key)."""


@dataclass(frozen=True, slots=True)
class Back:
    """What came back of a line before: pieces, and what was given for them and its tax, all above nothing."""

    qty: int = 0
    net_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One line of a return, with its signs turned; `key` is the sale's line."""

    key: int
    shown: ReceiptLine
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a sale was back `before` and is back `after`, of the `whole`.

    In minor units of what was paid; of a sale that cost nothing in pieces.
    """

    before: int
    after: int
    whole: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A return without its tenders: amounts and quantities are negative, as on its document.

    `part` says for points and level how far the sale is undone.
    """

    lines: tuple[ReturnLine, ...]
    reductions: tuple[Reduction, ...]
    taxes: tuple[TaxLine, ...]
    subtotal_minor: int
    total_minor: int
    part: Part

    @property
    def refund_minor(self) -> int:
        """What the customer gets back."""
        return -self.total_minor


@dataclass(frozen=True, slots=True)
class _Rate:
    """The lines of one tax rate of which pieces come back now; what was paid at that rate and what is left of it."""

    shares: tuple[LineShare, ...]
    paid_minor: int
    tax_minor: int
    left_minor: int
    left_tax_minor: int
    is_last: bool
    is_as_sold: bool

    @property
    def share_minor(self) -> int:
        return sum(share.net_minor for share in self.shares)


def check_wanted(sold: Sold, back: Mapping[int, Back], wanted: Mapping[int, int]) -> None:
    """Refuse what cannot come back: `wanted` is a quantity a line key.

    Raises InvalidInput("line", …) for nothing at all or a line of another sale, InvalidInput("quantity", …) for no
    pieces or more than are left (the value says how many are), WrongState("copy" | "sold_line", "returned") for a
    used copy or a line that is back already.
    """
    if not wanted:
        raise InvalidInput("line", "", "empty")
    lines = {line.key: line for line in sold.lines}
    for key, qty in wanted.items():
        if key not in lines:
            raise InvalidInput("line", str(key), "not_of_this_sale")
        if qty < 1:
            raise InvalidInput("quantity", str(qty), "too_small")
        left = lines[key].shown.qty - back.get(key, Back()).qty
        if left < 1:
            raise WrongState("copy" if lines[key].is_copy else "sold_line", "returned", "return")
        if qty > left:
            raise InvalidInput("quantity", str(left), "more_than_left")


def take_back(
    sold: Sold,
    back: Mapping[int, Back],
    wanted: Mapping[int, int],
    policy: RefundPolicy = RefundPolicy.AS_SOLD,
    price_kept: PriceKept | None = None,
) -> Returned:
    """Return what `wanted` (a quantity a line key) brings back, after what is back already.

    Recomputed needs `price_kept`; it is not asked once nothing is kept. Raises what check_wanted raises.
    """
    check_wanted(sold, back, wanted)
    before = {line.key: back.get(line.key, Back()).qty for line in sold.lines}
    after = {key: qty + wanted.get(key, 0) for key, qty in before.items()}
    shares, on_whole = shares_between(sold, before, after)
    asked = None if policy is RefundPolicy.AS_SOLD else _recomputed(sold, back, after, price_kept)
    rates = _rates(sold, back, shares, after)
    refunds: dict[int, tuple[int, int]] = {}
    for (keys, rate), refund in zip(rates, _refunds([rate for _, rate in rates], asked), strict=True):
        refunds |= zip(keys, _spread(rate, refund), strict=True)
    lines = tuple(
        _line(line, shares[line.key], *refunds[line.key], taxed_within=sold.prices_include_tax)
        for line in sold.lines
        if line.key in shares
    )
    return _returned(sold, back, before, lines, on_whole)


def _recomputed(sold: Sold, back: Mapping[int, Back], after: Mapping[int, int], price_kept: PriceKept | None) -> int:
    """What was paid, less what is kept would have cost, less what was given back; within nothing and what is left."""
    if price_kept is None:
        raise ValueError("a recomputed refund needs the price of what is kept")
    kept = {line.key: line.shown.qty - after[line.key] for line in sold.lines if line.shown.qty > after[line.key]}
    cost = sum(price_kept(kept).values()) if kept else 0
    left = sold.paid_minor - sum(one.net_minor for one in back.values())
    return min(max(0, left - cost), left)


def _rates(
    sold: Sold, back: Mapping[int, Back], shares: Mapping[int, LineShare], after: Mapping[int, int]
) -> list[tuple[list[int], _Rate]]:
    """Put together the lines of each tax rate that gives something back now, with their keys."""
    groups: dict[tuple[int, str], list[SoldLine]] = {}
    for line in sold.lines:
        groups.setdefault((line.shown.tax_bp, line.tax_name), []).append(line)
    as_sold = share_of_pieces(sold, {key: one.qty for key, one in back.items()})
    found = []
    for lines in groups.values():
        keys = [line.key for line in lines if line.key in shares]
        if not keys:
            continue
        given = [back.get(line.key, Back()) for line in lines]
        paid = sum(line.shown.net_minor for line in lines)
        tax = sum(line.shown.tax_minor for line in lines)
        rate = _Rate(
            shares=tuple(shares[key] for key in keys),
            paid_minor=paid,
            tax_minor=tax,
            left_minor=paid - sum(one.net_minor for one in given),
            left_tax_minor=tax - sum(one.tax_minor for one in given),
            is_last=all(after[line.key] == line.shown.qty for line in lines),
            is_as_sold=all(_came_as_sold(one, as_sold.get(line.key)) for line, one in zip(lines, given, strict=True)),
        )
        found.append((keys, rate))
    return found


def _came_as_sold(back: Back, share: LineShare | None) -> bool:
    if share is None:
        return back == Back()
    return (back.net_minor, back.tax_minor) == (share.net_minor, share.tax_minor)


def _refunds(rates: Sequence[_Rate], asked_minor: int | None) -> list[int]:
    """Give what each rate brings back; None asks for its pieces' share.

    A rate whose last piece comes back brings all that is left of it. What is asked beyond that, or short of it, is
    taken from the others, each within nothing and what is left.
    """
    given = [rate.left_minor if rate.is_last else min(rate.share_minor, rate.left_minor) for rate in rates]
    if asked_minor is None:
        return given
    still_open = [place for place, rate in enumerate(rates) if not rate.is_last]
    most = sum(rates[place].left_minor for place in still_open)
    asked = min(max(0, asked_minor - sum(rate.left_minor for rate in rates if rate.is_last)), most)
    more = asked - sum(given[place] for place in still_open)
    room = [rates[place].left_minor - given[place] if more > 0 else given[place] for place in still_open]
    for place, part in zip(still_open, share_out(more, room), strict=True):
        given[place] += part
    return given


def _spread(rate: _Rate, refund_minor: int) -> list[tuple[int, int]]:
    """Give refund and tax of each line of a rate; where nothing was ever corrected that is the line's own share."""
    nets = [share.net_minor for share in rate.shares]
    if rate.is_as_sold and refund_minor == sum(nets):
        return [(share.net_minor, share.tax_minor) for share in rate.shares]
    corrections = share_out(rate.share_minor - refund_minor, nets)
    refunds = [net - correction for net, correction in zip(nets, corrections, strict=True)]
    return list(zip(refunds, share_out(_tax_of(rate, refund_minor), refunds), strict=True))


def _tax_of(rate: _Rate, refund_minor: int) -> int:
    """Give the tax of a corrected refund: the rate's share of what is back, never more than is left or given."""
    left_after = rate.left_minor - refund_minor
    back_tax = rate.tax_minor - rate.left_tax_minor
    aim = divide(rate.tax_minor * (rate.paid_minor - left_after), rate.paid_minor) if rate.paid_minor else 0
    least = max(back_tax, rate.tax_minor - left_after)
    most = min(back_tax + refund_minor, rate.tax_minor)
    return min(max(aim, least), most) - back_tax


def _line(line: SoldLine, share: LineShare, refund_minor: int, tax_minor: int, *, taxed_within: bool) -> ReturnLine:
    """Turn the signs of a line's share; where tax is added, the correction is what it is without its tax."""
    held_back = share.net_minor - refund_minor
    if not taxed_within:
        held_back -= share.tax_minor - tax_minor
    reductions = [*_turned(line.shown.reductions, share.reductions)]
    if held_back:
        reductions.append(Reduction(CORRECTION, "", -held_back))
    shown = replace(
        line.shown,
        qty=-share.qty,
        amount_minor=held_back - share.amount_minor,
        net_minor=-refund_minor,
        tax_minor=-tax_minor,
        reductions=tuple(reductions),
    )
    return ReturnLine(line.key, shown, -share.cost_minor)


def _turned(reductions: Sequence[Reduction], parts: Sequence[int]) -> tuple[Reduction, ...]:
    """Take back a part of each reduction; a part of nothing leaves no trace."""
    both = zip(reductions, parts, strict=True)
    return tuple(replace(reduction, amount_minor=-part) for reduction, part in both if part)


def _returned(
    sold: Sold,
    back: Mapping[int, Back],
    before: Mapping[int, int],
    lines: tuple[ReturnLine, ...],
    on_whole: Sequence[int],
) -> Returned:
    total = sum(line.shown.net_minor for line in lines)
    names = {line.key: line.tax_name for line in sold.lines}
    if sold.paid_minor:
        given = sum(one.net_minor for one in back.values())
        part = Part(given, given - total, sold.paid_minor)
    else:
        pieces = sum(before.values())
        whole = sum(line.shown.qty for line in sold.lines)
        part = Part(pieces, pieces - sum(line.shown.qty for line in lines), whole)
    return Returned(
        lines=lines,
        reductions=_turned(sold.reductions, on_whole),
        taxes=_taxes([(names[line.key], line.shown) for line in lines]),
        subtotal_minor=sum(line.shown.amount_minor for line in lines),
        total_minor=total,
        part=part,
    )


def _taxes(lines: Iterable[tuple[str, ReceiptLine]]) -> tuple[TaxLine, ...]:
    """Add up each rate's lines, highest rate first; their tax is what the sale charged, not computed anew."""
    sums: dict[tuple[int, str], tuple[int, int]] = {}
    for name, shown in lines:
        gross, tax = sums.get((shown.tax_bp, name), (0, 0))
        sums[shown.tax_bp, name] = (gross + shown.net_minor, tax + shown.tax_minor)
    ordered = sorted(sums.items(), key=lambda item: (-item[0][0], item[0][1]))
    return tuple(TaxLine(name, bp, gross, tax) for (bp, name), (gross, tax) in ordered)
