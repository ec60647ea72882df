"""What some of a sale's pieces are worth of it: every figure comes back in shares that add up to the sale's own.

The share of a line's first n pieces is computed step by step, each step a share of the one before:

    n × list → reductions of the line → amount → reductions on the whole → net, and of that the tax

so that quantity × list − reductions = amount holds for any pieces; what pieces n to m come to is the share of m less
that of n. Each step only grows with n: no part has the wrong sign, and all parts together are the whole, in any order.
Amounts are whole minor units; the shares of a sale are above nothing, whatever sign the document gives them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from av_pos.domain.documents import ReceiptLine, Reduction
from av_pos.domain.money import divide, share_out


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line of a sale as it was sold: `key` names it, `cost_minor` is what all its pieces cost."""

    key: int
    shown: ReceiptLine
    cost_minor: int
    tax_name: str = ""
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale's lines, its reductions on the whole, and whether its prices included the tax."""

    lines: tuple[SoldLine, ...]
    reductions: tuple[Reduction, ...] = ()
    prices_include_tax: bool = True

    @property
    def paid_minor(self) -> int:
        """What the sale came to."""
        return sum(line.shown.net_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class LineShare:
    """What `qty` pieces of a line are worth of it; `raised_minor` and `cut_minor` are theirs of what is on the whole.

    `reductions` has one amount for each of the line's reductions.
    """

    qty: int
    amount_minor: int
    net_minor: int
    tax_minor: int
    cost_minor: int
    raised_minor: int
    cut_minor: int
    reductions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _OnLine:
    """A line's part of what was put on (`raised_minor`) and taken off (`cut_minor`) the whole sale."""

    raised_minor: int
    cut_minor: int


def shares_between(
    sold: Sold, before: Mapping[int, int], after: Mapping[int, int]
) -> tuple[dict[int, LineShare], tuple[int, ...]]:
    """Give the share of the pieces between two counts a line key, and theirs of each reduction on the whole.

    Only lines whose count changed are in the result; a key without a count has none.
    """
    offs = _offs_on_whole(sold)
    parts: dict[int, LineShare] = {}
    on_lines = _share_offs(sold, offs)
    raised, cut = [0, 0], [0, 0]
    for line, on_line in zip(sold.lines, on_lines, strict=True):
        ends = [
            _share(line, on_line, counts.get(line.key, 0), taxed_within=sold.prices_include_tax)
            for counts in (before, after)
        ]
        for place, share in enumerate(ends):
            raised[place] += share.raised_minor
            cut[place] += share.cut_minor
        if ends[0].qty != ends[1].qty:
            parts[line.key] = _less(ends[1], ends[0])
    wholes = sum(part.raised_minor for part in on_lines), sum(part.cut_minor for part in on_lines)
    first, second = (_split_offs(offs, sums, wholes) for sums in zip(raised, cut, strict=True))
    on_whole = [two - one for one, two in zip(first, second, strict=True)]
    return parts, tuple(on_whole[: len(sold.reductions)])


def share_of_pieces(sold: Sold, counts: Mapping[int, int]) -> dict[int, LineShare]:
    """Give the share of the first pieces of each line, as many as `counts` says of its key."""
    return shares_between(sold, {}, counts)[0]


def _share(line: SoldLine, on_line: _OnLine, qty: int, *, taxed_within: bool) -> LineShare:
    """Go down the steps of one line for its first `qty` pieces."""
    shown, whole = line.shown, line.shown.qty
    amount, offs = _through_reductions(shown, qty)
    raised = divide(on_line.raised_minor * qty, whole)
    cut = _of(on_line.cut_minor, amount + raised, shown.amount_minor + on_line.raised_minor)
    end = amount + raised - cut
    last = _end(shown, taxed_within=taxed_within)
    tax = _of(shown.tax_minor, end, last) if last else divide(shown.tax_minor * qty, whole)
    net = end if taxed_within else end + tax
    cost = divide(line.cost_minor * qty, whole)
    return LineShare(qty, amount, net, tax, cost, raised, cut, offs)


def _through_reductions(shown: ReceiptLine, qty: int) -> tuple[int, tuple[int, ...]]:
    """Give the amount of the first `qty` pieces and their part of each reduction; a raised price goes first.

    Whatever the list price less the reductions leaves unsaid is a last step without a name.
    """
    amounts = [reduction.amount_minor for reduction in shown.reductions]
    amounts.append(shown.list_minor * shown.qty - sum(amounts) - shown.amount_minor)
    here, whole = shown.list_minor * qty, shown.list_minor * shown.qty
    parts = [0] * len(amounts)
    for place in sorted(range(len(amounts)), key=lambda place: amounts[place] >= 0):
        off = amounts[place]
        parts[place] = _of(off, here, whole) if off > 0 else divide(off * qty, shown.qty)
        here, whole = here - parts[place], whole - off
    return here, tuple(parts[:-1])


def _offs_on_whole(sold: Sold) -> list[int]:
    """Give the reductions on the whole, and last what they leave unsaid: where tax is added, the round-off's tax."""
    amounts = [reduction.amount_minor for reduction in sold.reductions]
    return [*amounts, sum(_gaps(sold)) - sum(amounts)]


def _gaps(sold: Sold) -> list[int]:
    return [line.shown.amount_minor - _end(line.shown, taxed_within=sold.prices_include_tax) for line in sold.lines]


def _end(shown: ReceiptLine, *, taxed_within: bool) -> int:
    """Give what a line comes to before tax is added to it."""
    return shown.net_minor if taxed_within else shown.net_minor - shown.tax_minor


def _share_offs(sold: Sold, offs: Sequence[int]) -> list[_OnLine]:
    """Divide what is on the whole among the lines, so that each comes from its amount to what was charged for it.

    A sale keeps only both together for a line: what was put on goes first to lines that came to more than their
    amount, then in the proportion of what was charged.
    """
    gaps = _gaps(sold)
    ends = [line.shown.amount_minor - gap for line, gap in zip(sold.lines, gaps, strict=True)]
    needed = [max(0, -gap) for gap in gaps]
    beyond = max(0, _put_on(offs) - sum(needed))
    raised = [need + more for need, more in zip(needed, share_out(beyond, ends), strict=True)] if ends else []
    return [_OnLine(up, gap + up) for up, gap in zip(raised, gaps, strict=True)]


def _put_on(offs: Sequence[int]) -> int:
    return sum(max(0, -off) for off in offs)


def _split_offs(offs: Sequence[int], sums: tuple[int, int], wholes: tuple[int, int]) -> list[int]:
    """Divide what came back, (raised, cut) of all that was, among the reductions on the whole, in proportion."""
    parts = [0] * len(offs)
    for sign, left, whole in zip((-1, 1), sums, wholes, strict=True):
        for place, off in enumerate(offs):
            if sign * off > 0:
                part = _of(sign * off, left, whole)
                parts[place] = sign * part
                left, whole = left - part, whole - sign * off
    return parts


def _of(part: int, here: int, whole: int) -> int:
    """Give the share of `part` that belongs to `here` of `whole`; nothing belongs to nothing."""
    return divide(part * here, whole) if whole else 0


def _less(share: LineShare, before: LineShare) -> LineShare:
    return LineShare(
        share.qty - before.qty,
        share.amount_minor - before.amount_minor,
        share.net_minor - before.net_minor,
        share.tax_minor - before.tax_minor,
        share.cost_minor - before.cost_minor,
        share.raised_minor - before.raised_minor,
        share.cut_minor - before.cut_minor,
        tuple(part - other for part, other in zip(share.reductions, before.reductions, strict=True)),
    )
