"""What comes back of a sale in any parts and order: nothing is left over at the end, never more than was paid."""

from dataclasses import replace

import pytest
from tests.domain.earlier import backs_of

from av_pos.domain.documents import (
    ReceiptLine,
    Reduction,
    TaxLine,
)
from av_pos.domain.pricing import Discount, LineInput, RoundOff, price_basket
from av_pos.domain.refund_shares import Sold, SoldLine, shares_between
from av_pos.domain.refunds import (
    CORRECTION,
    Back,
    Part,
    RefundPolicy,
    Returned,
    check_wanted,
    take_back,
)
from av_pos.domain.voids import turned_line, turned_reductions, turned_tax
from av_pos.errors import InvalidInput, WrongState


def line(key, qty, price, net=None, *, tax=0, bp=0, cost=0, reductions=(), is_copy=False):
    amount = qty * price - sum(r.amount_minor for r in reductions)
    shown = ReceiptLine(f"Disc {key}", "", "CD", "", qty, price, price, amount, amount if net is None else net, bp, tax,
                        "", tuple(reductions))  # fmt: skip
    return SoldLine(key, shown, cost, "VAT", is_copy)


def sold_of(basket, names=None):
    """Return a priced basket as it was sold; `names` calls the rates."""
    lines = []
    for one in basket.lines:
        shown = ReceiptLine(f"Disc {one.key}", "", "CD", "", one.qty, one.list_minor, one.unit_minor, one.amount_minor,
                            one.net_minor, one.tax_bp, one.tax_minor, "", one.reductions)  # fmt: skip
        lines.append(SoldLine(one.key, shown, 700, (names or {}).get(one.tax_bp, "")))
    return Sold(tuple(lines), basket.reductions)


# --- what pieces are worth ------------------------------------------------------------------------------------------


def refunds_of(sold, *steps, policy=RefundPolicy.AS_SOLD, price_kept=None):
    """Return the returns that these steps make, one after the other."""
    done: list[Returned] = []
    earlier: list[tuple[int, ReceiptLine]] = []
    for wanted in steps:
        returned = take_back(sold, backs_of(earlier), wanted, policy, price_kept)
        earlier += [(one.key, one.shown) for one in returned.lines]
        done.append(returned)
    return done


def test_three_pieces_for_ten_come_back_to_the_minor_unit():
    sold = Sold((line(1, 3, 400, tax=83, bp=900, cost=500, reductions=[Reduction("line_discount", "worn", 200)]),))
    first, second, third = refunds_of(sold, {1: 1}, {1: 1}, {1: 1})
    assert [one.refund_minor for one in (first, second, third)] == [333, 334, 333]
    assert [one.taxes for one in (first, second, third)] == [
        (TaxLine("VAT", 900, -333, -28),),
        (TaxLine("VAT", 900, -334, -27),),
        (TaxLine("VAT", 900, -333, -28),),
    ]
    assert [one.lines[0].cost_minor for one in (first, second, third)] == [-167, -166, -167]
    assert first.lines[0].shown.reductions == (Reduction("line_discount", "worn", -67),)
    assert first.lines[0].shown.amount_minor == -333


def test_two_at_once_bring_what_they_bring_one_by_one():
    sold = Sold((line(1, 3, 400, net=999),))
    (both, last) = refunds_of(sold, {1: 2}, {1: 1})
    (one, other, end) = refunds_of(sold, {1: 1}, {1: 1}, {1: 1})
    assert both.refund_minor == one.refund_minor + other.refund_minor
    assert last == end


def test_a_sale_returned_whole_is_the_sale_with_its_signs_turned():
    basket = price_basket(
        [
            LineInput(1, 3, 6800, 6500, "sleeve", Discount("percent", 750, "worn"), 1300, "VAT"),
            LineInput(2, 1, 19800, tax_bp=300, tax_name="low"),
        ],
        Discount("percent", 333, "opening"),
        RoundOff(100, "nearest", "odd"),
    )
    sold = sold_of(basket, {1300: "VAT", 300: "low"})
    (returned,) = refunds_of(sold, {1: 3, 2: 1})
    assert [one.shown for one in returned.lines] == [turned_line(one.shown) for one in sold.lines]
    assert returned.reductions == turned_reductions(basket.reductions)
    assert returned.taxes == tuple(turned_tax(tax) for tax in basket.taxes)
    assert (returned.subtotal_minor, returned.total_minor) == (-basket.subtotal_minor, -basket.total_minor)
    assert [one.cost_minor for one in returned.lines] == [-one.cost_minor for one in sold.lines]


def test_a_discount_on_the_whole_comes_back_with_its_pieces():
    basket = price_basket([LineInput(1, 1, 10000), LineInput(2, 1, 30000)], Discount("percent", 1000, "opening"))
    (returned,) = refunds_of(sold_of(basket), {1: 1})
    assert (returned.subtotal_minor, returned.total_minor) == (-10000, -9000)
    assert returned.reductions == (Reduction("basket_discount", "opening", -1000, 1000),)


def test_a_raised_price_comes_back_raised():
    basket = price_basket([LineInput(1, 2, 5000, 5500, "signed")])
    (returned,) = refunds_of(sold_of(basket), {1: 1})
    assert (returned.refund_minor, returned.lines[0].shown.reductions[0].amount_minor) == (5500, 500)


def test_what_the_list_price_leaves_unsaid_comes_back_too():
    odd = line(1, 3, 100)
    sold = Sold((replace(odd, shown=replace(odd.shown, amount_minor=250, net_minor=250)),))
    assert [one.refund_minor for one in refunds_of(sold, {1: 1}, {1: 2})] == [83, 167]


def test_a_raise_goes_before_the_cut_that_it_makes_possible():
    reductions = [Reduction("promotion", "", 400), Reduction("override", "", -101)]
    done = refunds_of(Sold((line(1, 3, 100, reductions=reductions),)), {1: 1}, {1: 1}, {1: 1})
    assert [one.refund_minor for one in done] == [0, 1, 0]


def test_a_round_off_upwards_goes_where_it_was_charged():
    sold = Sold(
        (line(1, 1, 10, 11), line(2, 1, 1000, 990)),
        (Reduction("basket_discount", "", 10), Reduction("round_off", "", -1)),
    )
    cheap, dear = refunds_of(sold, {1: 1}, {2: 1})
    assert cheap.reductions == (Reduction("round_off", "", 1),)
    assert dear.reductions == (Reduction("basket_discount", "", -10),)


def test_a_tax_beside_nothing_comes_back():
    sold = Sold((line(1, 1, 0, 1, tax=1, bp=900),), prices_include_tax=False)
    (returned,) = refunds_of(sold, {1: 1})
    assert returned.taxes == (TaxLine("VAT", 900, -1, -1),)
    assert returned.lines[0].shown.reductions == ()


@pytest.mark.parametrize(("back_tax", "tax"), [(10, 30), (14, 26), (40, 0)])
def test_the_last_piece_brings_what_is_left_of_the_tax(back_tax, tax):
    (returned,) = [take_back(Sold((line(1, 4, 100, tax=40, bp=900),)), {1: Back(1, 100, back_tax)}, {1: 3})]
    assert (returned.refund_minor, returned.taxes[0].tax_minor) == (300, -tax)


def test_a_corrected_refund_takes_no_tax_twice():
    sold = Sold((line(1, 4, 100, tax=40, bp=900),))
    returned = take_back(sold, {1: Back(1, 100, 14)}, {1: 1}, RefundPolicy.RECOMPUTED, lambda kept: {1: 290})
    assert (returned.refund_minor, returned.taxes[0].tax_minor) == (10, 0)


def test_a_line_that_did_not_change_has_no_share():
    sold = Sold((line(1, 3, 100), line(2, 1, 100)))
    parts, _ = shares_between(sold, {1: 1, 2: 1}, {1: 3, 2: 1})
    assert list(parts) == [1]
    assert (parts[1].qty, parts[1].net_minor) == (2, 200)


def test_a_free_sale_counts_its_pieces():
    sold = Sold((line(1, 2, 100, 0), line(2, 1, 0)))
    first, second = refunds_of(sold, {1: 1}, {1: 1, 2: 1})
    assert (first.part, second.part) == (Part(0, 1, 3), Part(1, 3, 3))


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        pytest.param({}, ("line", "", "empty"), id="nothing"),
        pytest.param({9: 1}, ("line", "9", "not_of_this_sale"), id="another sale's"),
        pytest.param({1: 0}, ("quantity", "0", "too_small"), id="no pieces"),
        pytest.param({1: -1}, ("quantity", "-1", "too_small"), id="fewer than none"),
        pytest.param({1: 3}, ("quantity", "2", "more_than_left"), id="more than are left"),
        pytest.param({2: 2}, ("quantity", "1", "more_than_left"), id="more than there ever were"),
    ],
)
def test_what_cannot_come_back_is_refused(wanted, refusal):
    sold = Sold((line(1, 3, 100), line(2, 1, 100, is_copy=True)))
    with pytest.raises(InvalidInput) as refused:
        take_back(sold, {1: Back(1, 100, 0)}, wanted)
    assert (refused.value.field, refused.value.value, refused.value.reason) == refusal


@pytest.mark.parametrize(("is_copy", "kind"), [(True, "copy"), (False, "sold_line")])
def test_the_same_piece_does_not_come_back_twice(is_copy, kind):
    sold = Sold((line(1, 1, 100, is_copy=is_copy),))
    check_wanted(sold, {}, {1: 1})
    with pytest.raises(WrongState) as refused:
        check_wanted(sold, {1: Back(1, 100, 0)}, {1: 1})
    assert (refused.value.kind, refused.value.state, refused.value.wanted) == (kind, "returned", "return")


# --- recomputed -----------------------------------------------------------------------------------------------------

THREE_FOR_TWO = Sold(
    (
        line(1, 1, 3000, 2500, bp=1300, tax=288, reductions=[Reduction("promotion", "3 for 2", 500, rule_id=7)]),
        line(2, 1, 2000, 1667, bp=1300, tax=192, reductions=[Reduction("promotion", "3 for 2", 333, rule_id=7)]),
        line(3, 1, 1000, 833, bp=1300, tax=95, reductions=[Reduction("promotion", "3 for 2", 167, rule_id=7)]),
    )
)


def three_for_two(kept):
    prices = {1: 3000, 2: 2000, 3: 1000}
    return {key: 0 if len(kept) == 3 and key == 3 else prices[key] * qty for key, qty in kept.items()}


@pytest.mark.parametrize(
    ("policy", "steps", "given_back"),
    [
        (RefundPolicy.AS_SOLD, [{3: 1}, {2: 1}, {1: 1}], [833, 1667, 2500]),
        (RefundPolicy.RECOMPUTED, [{3: 1}, {2: 1}, {1: 1}], [0, 2000, 3000]),
        (RefundPolicy.RECOMPUTED, [{1: 1}, {2: 1}, {3: 1}], [2000, 2000, 1000]),
        (RefundPolicy.RECOMPUTED, [{1: 1, 2: 1}, {3: 1}], [4000, 1000]),
        (RefundPolicy.RECOMPUTED, [{1: 1, 2: 1, 3: 1}], [5000]),
    ],
)
def test_three_for_two_by_either_policy(policy, steps, given_back):
    done = refunds_of(THREE_FOR_TWO, *steps, policy=policy, price_kept=three_for_two)
    assert [one.refund_minor for one in done] == given_back


def test_the_correction_says_what_was_held_back():
    (returned,) = refunds_of(THREE_FOR_TWO, {3: 1}, policy=RefundPolicy.RECOMPUTED, price_kept=three_for_two)
    shown = returned.lines[0].shown
    assert shown.reductions == (Reduction("promotion", "3 for 2", -167, rule_id=7), Reduction(CORRECTION, "", -833))
    assert (shown.amount_minor, shown.net_minor, shown.tax_minor) == (0, 0, 0)


@pytest.mark.parametrize(("kept_cost", "given_back"), [(10**6, 0), (0, 5000), (-500, 5000), (4400, 600)])
def test_a_recomputed_refund_stays_within_nothing_and_what_is_left(kept_cost, given_back):
    (returned,) = refunds_of(
        THREE_FOR_TWO, {3: 1}, policy=RefundPolicy.RECOMPUTED, price_kept=lambda kept: {1: kept_cost}
    )
    assert returned.refund_minor == given_back


def test_a_change_of_policy_between_two_returns_loses_nothing():
    first = take_back(THREE_FOR_TWO, {}, {3: 1}, RefundPolicy.RECOMPUTED, three_for_two)
    back = backs_of((one.key, one.shown) for one in first.lines)
    second = take_back(THREE_FOR_TWO, back, {2: 1})
    back |= backs_of((one.key, one.shown) for one in second.lines)
    third = take_back(THREE_FOR_TWO, back, {1: 1})
    assert [one.refund_minor for one in (first, second, third)] == [0, 1667, 3333]
    assert sum(one.taxes[0].tax_minor for one in (first, second, third)) == -575


def test_a_rate_that_is_back_whole_holds_nothing_back():
    other = replace(THREE_FOR_TWO.lines[2], shown=replace(THREE_FOR_TWO.lines[2].shown, tax_bp=300, tax_minor=24))
    sold = Sold((*THREE_FOR_TWO.lines[:2], other))
    done = refunds_of(sold, {3: 1}, {1: 1}, {2: 1}, policy=RefundPolicy.RECOMPUTED, price_kept=three_for_two)
    assert [one.refund_minor for one in done] == [833, 2167, 2000]
    assert done[0].taxes == (TaxLine("VAT", 300, -833, -24),)
    (both,) = refunds_of(sold, {1: 1, 3: 1}, policy=RefundPolicy.RECOMPUTED, price_kept=three_for_two)
    assert [one.shown.net_minor for one in both.lines] == [-2167, -833]


def test_recomputing_needs_the_price_of_what_is_kept():
    with pytest.raises(ValueError, match="price"):
        take_back(THREE_FOR_TWO, {}, {1: 1}, RefundPolicy.RECOMPUTED)
