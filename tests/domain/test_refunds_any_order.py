"""Sold, then refunded in any parts and order: as if never sold, and never more given back than was paid."""

from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.earlier import backs_of
from tests.thorough import examples

from av_pos.domain.documents import (
    DocumentKind,
    ReceiptLine,
    Reduction,
    TaxLine,
    TenderLine,
    discounts_given,
    rounded_off,
)
from av_pos.domain.pricing import Discount, LineInput, RoundOff, price_basket
from av_pos.domain.refund_shares import Sold, SoldLine
from av_pos.domain.refund_tenders import (
    paid_tenders,
    refund_line,
    refund_tenders,
)
from av_pos.domain.refund_terms import (
    MemberPart,
    member_part,
)
from av_pos.domain.refunds import (
    CORRECTION,
    RefundPolicy,
    Returned,
    take_back,
)

THOUSANDS = settings(max_examples=examples(200))
RATES = ((0, "none"), (300, "low"), (900, "books"), (1300, "discs"), (1300, "players"))

DISCOUNTS = (
    st.none()
    | st.builds(Discount, st.just("percent"), st.integers(0, 10_000), st.just("why"))
    | st.builds(Discount, st.just("amount"), st.integers(0, 3000), st.just("why"))
)
PRICES = st.integers(0, 30) | st.integers(0, 20_000)
LINES = st.lists(
    st.builds(
        lambda rate, **rest: LineInput(tax_bp=rate[0], tax_name=rate[1], **rest),
        st.sampled_from(RATES),
        key=st.just(0),
        qty=st.integers(1, 4),
        list_minor=PRICES,
        override_minor=st.none() | PRICES,
        override_reason=st.just("price"),
        discount=DISCOUNTS,
    ),
    min_size=1,
    max_size=5,
).map(lambda lines: [replace(one, key=key) for key, one in enumerate(lines)])
ROUND_OFFS = st.none() | st.builds(RoundOff, st.sampled_from([5, 10, 100]), st.sampled_from(["down", "nearest"]))
KINDS = st.sampled_from(["card", "stored_value", "voucher", "points", "alipay"])


def sold_of(basket, names=None, costs=None, promoted=0):
    """Return a priced basket as it was sold, its line discounts divided into a promotion and the rest."""
    return Sold(
        tuple(
            SoldLine(one.key, shown_of(one, promoted), (costs or {}).get(one.key, 7), (names or {}).get(one.key, "VAT"))
            for one in basket.lines
        ),
        basket.reductions,
    )


def shown_of(one, promoted):
    return ReceiptLine(f"Disc {one.key}", "", "CD", "", one.qty, one.list_minor, one.unit_minor, one.amount_minor,
                       one.net_minor, one.tax_bp, one.tax_minor, "", divided(one.reductions, promoted))  # fmt: skip


def divided(reductions, promoted):
    found = []
    for one in reductions:
        part = one.amount_minor * promoted // 100 if one.kind == "line_discount" else 0
        if part:
            found.append(Reduction("promotion", "3 for 2", part, rule_id=7))
        found.append(replace(one, amount_minor=one.amount_minor - part))
    return tuple(one for one in found if one.amount_minor)


@dataclass
class Sale:
    """A sale made up by hypothesis, and the order in which its pieces come back."""

    sold: Sold
    tenders: tuple[TenderLine, ...]
    taxes: tuple[TaxLine, ...]
    steps: list[dict[int, int]]
    inputs: list[LineInput]
    discount: Discount | None
    off: RoundOff | None
    returns: list[tuple[Returned, tuple[TenderLine, ...]]] = field(default_factory=list)

    def price_kept(self, kept):
        lines = [replace(one, qty=kept[one.key]) for one in self.inputs if one.key in kept]
        basket = price_basket(lines, self.discount, self.off, prices_include_tax=self.sold.prices_include_tax)
        return {one.key: one.net_minor for one in basket.lines}

    def shown(self):
        return [(one.key, one.shown) for returned, _ in self.returns for one in returned.lines]

    def refunds(self):
        return [tender for _, tenders in self.returns for tender in tenders]

    def left(self):
        return paid_tenders(self.tenders, self.refunds())


@st.composite
def sales(draw):
    inputs, discount, off, included = draw(LINES), draw(DISCOUNTS), draw(ROUND_OFFS), draw(st.booleans())
    basket = price_basket(inputs, discount, off, prices_include_tax=included)
    names = {one.key: one.tax_name for one in inputs}
    costs = {one.key: draw(st.integers(0, 9999)) for one in inputs}
    sold = replace(sold_of(basket, names, costs, draw(st.integers(0, 100))), prices_include_tax=included)
    pieces = draw(st.permutations([one.key for one in inputs for _ in range(one.qty)]))
    steps = []
    while pieces:
        taken, pieces = pieces[: (size := draw(st.integers(1, len(pieces))))], pieces[size:]
        steps.append({key: taken.count(key) for key in taken})
    tenders = paid(draw, basket.total_minor)
    return Sale(sold, tenders, basket.taxes, steps, inputs, discount, off)


def paid(draw, total):
    """Split a total into tenders of several kinds, the rest in cash with change."""
    found = []
    for kind in draw(st.lists(KINDS, max_size=3)):
        part = draw(st.integers(0, total))
        if part:
            found.append(TenderLine(kind, part, part, 0, "", "1234" if kind == "card" else ""))
            total -= part
    change = draw(st.integers(0, 500)) if total else 0
    return (*found, TenderLine("cash", total, total + change, change)) if total else tuple(found)


def undo(sale, step, policy):
    """Return the pieces of one step, with the money the way it came."""
    returned = take_back(sale.sold, backs_of(sale.shown()), step, policy, sale.price_kept)
    refunds = refund_tenders(sale.left(), returned.refund_minor)
    assert all(one.of is not None for one in refunds)
    sale.returns.append((returned, tuple(map(refund_line, refunds))))
    return sale.returns[-1]


def check_document(sold, returned, tenders):
    """Hold a return to what verify holds every document to, and to what its reader adds up."""
    shown = [one.shown for one in returned.lines]
    assert returned.total_minor == sum(one.net_minor for one in shown) == sum(one.amount_minor for one in tenders)
    assert returned.subtotal_minor == sum(one.amount_minor for one in shown)
    assert sum(one.tax_minor for one in returned.taxes) == sum(one.tax_minor for one in shown)
    assert sum(one.gross_minor for one in returned.taxes) == returned.total_minor
    assert all(one.amount_minor == one.tendered_minor - one.change_minor < 0 for one in tenders)
    for one in shown:
        assert one.qty < 0
        assert one.net_minor <= one.tax_minor <= 0
        assert one.qty * one.list_minor - sum(r.amount_minor for r in one.reductions) == one.amount_minor
        own = sum(r.amount_minor for r in one.reductions if r.kind != "override")
        assert one.qty * one.unit_minor - own == one.amount_minor
    said = returned.subtotal_minor - sum(one.amount_minor for one in returned.reductions)
    if sold.prices_include_tax:
        assert said == returned.total_minor
    else:
        # The sale's own lines may differ by a minor unit from the tax added to each, and by the round-off's tax.
        said += sum(one.tax_minor for one in returned.taxes)
        rounded = sum(abs(one.amount_minor) for one in sold.reductions if one.kind == "round_off")
        assert abs(said - returned.total_minor) <= len(sold.lines) + rounded


def check_signs(sold, returned):
    """Hold every reduction that comes back to the sign opposite to the sale's; only a correction may have either."""
    raised = {(None, r.kind) for r in sold.reductions if r.amount_minor < 0}
    raised |= {(line.key, r.kind) for line in sold.lines for r in line.shown.reductions if r.amount_minor < 0}
    found = [(None, r) for r in returned.reductions]
    found += [(line.key, r) for line in returned.lines for r in line.shown.reductions if r.kind != CORRECTION]
    assert all((r.amount_minor > 0) is ((key, r.kind) in raised) and r.amount_minor for key, r in found)


def reductions_left(sale):
    """Add up what every reduction still gives away after the returns, by line, kind and rule."""
    left: dict[object, int] = {}
    parts = [(None, r) for r in sale.sold.reductions]
    parts += [(line.key, r) for line in sale.sold.lines for r in line.shown.reductions]
    for returned, _ in sale.returns:
        parts += [(None, r) for r in returned.reductions]
        parts += [(line.key, r) for line in returned.lines for r in line.shown.reductions]
    for key, one in parts:
        name = ("any" if one.kind == CORRECTION else key, one.kind, one.reason, one.rule_id, one.rate_bp)
        left[name] = left.get(name, 0) + one.amount_minor
    return {name: amount for name, amount in left.items() if amount}


def check_as_if_never_sold(sale):
    """Hold what is left, when all is back, to nothing."""
    pieces = {line.key: [line.shown.qty, line.cost_minor] for line in sale.sold.lines}
    taxes = {(one.rate_bp, one.name): [one.gross_minor, one.tax_minor] for one in sale.taxes}
    for returned, _ in sale.returns:
        for one in returned.lines:
            pieces[one.key][0] += one.shown.qty
            pieces[one.key][1] += one.cost_minor
        for tax in returned.taxes:
            taxes[tax.rate_bp, tax.name][0] += tax.gross_minor
            taxes[tax.rate_bp, tax.name][1] += tax.tax_minor
    assert all(left == [0, 0] for left in (*pieces.values(), *taxes.values()))
    assert [tender.left_minor for tender in sale.left()] == [0] * len(sale.tenders)
    assert sum(one.amount_minor for one in sale.refunds()) == -sale.sold.paid_minor
    assert reductions_left(sale) == {}
    assert sum(returned.subtotal_minor for returned, _ in sale.returns) == -sum(
        line.shown.amount_minor for line in sale.sold.lines
    )


def given_back(sale, fields=("amount_minor", "net_minor", "tax_minor")):
    """Add up what came back, a line key."""
    found = {line.key: [0] * len(fields) for line in sale.sold.lines}
    for key, shown in sale.shown():
        found[key] = [total - getattr(shown, name) for total, name in zip(found[key], fields, strict=True)]
    return found


def member_parts(sale, bought):
    return [member_part(bought, returned.part) for returned, _ in sale.returns]


def check_member(sale):
    """Hold points and spending to nothing at the end."""
    bought = MemberPart(sale.sold.paid_minor // 70, 333, sale.sold.paid_minor)
    parts = member_parts(sale, bought)
    assert sum(part.earned_points for part in parts) == bought.earned_points
    assert sum(part.redeemed_points for part in parts) == bought.redeemed_points
    assert sum(part.spend_minor for part in parts) == bought.spend_minor
    assert [part.spend_minor for part in parts] == [returned.refund_minor for returned, _ in sale.returns]
    assert all(min(part.earned_points, part.redeemed_points) >= 0 for part in parts)


@THOUSANDS
@given(sales())
def test_as_sold_any_parts_in_any_order_leave_nothing(sale):
    for step in sale.steps:
        returned, tenders = undo(sale, step, RefundPolicy.AS_SOLD)
        check_document(sale.sold, returned, tenders)
        check_signs(sale.sold, returned)
        for line_, back in zip(sale.sold.lines, given_back(sale).values(), strict=True):
            assert 0 <= back[0] <= line_.shown.amount_minor
            assert 0 <= back[2] <= back[1] <= line_.shown.net_minor
    check_as_if_never_sold(sale)
    for line_, back in zip(sale.sold.lines, given_back(sale).values(), strict=True):
        assert back == [line_.shown.amount_minor, line_.shown.net_minor, line_.shown.tax_minor]
    everything = [(DocumentKind.SALE, sale.sold.reductions), *((DocumentKind.SALE, line_.shown.reductions)
                  for line_ in sale.sold.lines)]  # fmt: skip
    for returned, _ in sale.returns:
        everything += [(DocumentKind.RETURN, returned.reductions)]
        everything += [(DocumentKind.RETURN, one.shown.reductions) for one in returned.lines]
    assert sum(discounts_given(kind, given_) for kind, given_ in everything) == 0
    assert sum(rounded_off(given_) for _, given_ in everything) == 0
    if sale.sold.paid_minor:
        check_member(sale)


@THOUSANDS
@given(sales(), st.lists(st.booleans(), min_size=20, max_size=20))
def test_recomputed_any_parts_in_any_order_leave_nothing(sale, recomputed):
    """Recomputed, or by a policy that changes from return to return."""
    policies = [RefundPolicy.RECOMPUTED if one else RefundPolicy.AS_SOLD for one in recomputed]
    for step, policy in zip(sale.steps, policies, strict=False):
        before = sum(tender.refunded_minor for tender in sale.left())
        returned, tenders = undo(sale, step, policy)
        check_document(sale.sold, returned, tenders)
        check_signs(sale.sold, returned)
        assert 0 <= before + returned.refund_minor <= sale.sold.paid_minor
        assert all(tender.refunded_minor <= tender.amount_minor for tender in sale.left())
        check_rates(sale)
    check_as_if_never_sold(sale)
    if sale.sold.paid_minor:
        check_member(sale)


def check_rates(sale):
    """Hold what came back of each rate, and its tax, to what was paid at it."""
    for tax in sale.taxes:
        backs = [one for returned, _ in sale.returns for one in returned.taxes]
        of_rate = [one for one in backs if (one.rate_bp, one.name) == (tax.rate_bp, tax.name)]
        gross, of_tax = -sum(one.gross_minor for one in of_rate), -sum(one.tax_minor for one in of_rate)
        assert 0 <= gross <= tax.gross_minor
        assert 0 <= of_tax <= tax.tax_minor
        assert tax.tax_minor - of_tax <= tax.gross_minor - gross


@THOUSANDS
@given(sales())
def test_recomputed_in_one_rate_gives_what_the_kept_pieces_leave(sale):
    """With one rate in the basket nothing but nothing itself and what is left bounds the refund."""
    lines = tuple(replace(one, tax_name="VAT", shown=replace(one.shown, tax_bp=0, tax_minor=0))
                  for one in sale.sold.lines)  # fmt: skip
    sold = Sold(lines, sale.sold.reductions)
    earlier: list[tuple[int, ReceiptLine]] = []
    kept = {one.key: one.shown.qty for one in lines}
    for step in sale.steps:
        returned = take_back(sold, backs_of(earlier), step, RefundPolicy.RECOMPUTED, sale.price_kept)
        left = sold.paid_minor + sum(shown.net_minor for _, shown in earlier)
        kept = {key: rest for key, qty in kept.items() if (rest := qty - step.get(key, 0))}
        cost = sum(sale.price_kept(kept).values()) if kept else 0
        assert returned.refund_minor == min(left, max(0, left - cost))
        earlier += [(one.key, one.shown) for one in returned.lines]
    assert sum(shown.net_minor for _, shown in earlier) == -sold.paid_minor


@settings(max_examples=examples(100))
@given(sales())
def test_in_parts_or_at_once_the_same_pieces_bring_the_same(sale):
    so_far: dict[int, int] = {}
    for step in sale.steps:
        undo(sale, step, RefundPolicy.AS_SOLD)
        so_far = {key: so_far.get(key, 0) + step.get(key, 0) for key in so_far | step}
        at_once = take_back(sale.sold, {}, so_far)
        assert at_once.total_minor == sum(returned.total_minor for returned, _ in sale.returns)
        assert at_once.subtotal_minor == sum(returned.subtotal_minor for returned, _ in sale.returns)
        backs = backs_of((one.key, one.shown) for one in at_once.lines)
        assert backs == backs_of(sale.shown())
