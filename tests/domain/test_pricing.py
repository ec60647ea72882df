"""A basket's price comes out with its reasons, and its lines, total and tax always add up."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.documents import Reduction, TaxLine
from av_pos.domain.money import percent_of
from av_pos.domain.pricing import (
    Discount,
    LineInput,
    PricedBasket,
    RoundOff,
    after_promotions,
    discount_bp_of,
    largest_discount_bp,
    price_basket,
    unit_price,
)
from av_pos.domain.promotions import Offer
from av_pos.domain.rules import Buyer, DiscFacts, Moment, PercentOff, Rule, SpendGet, TakeNPayM, What
from av_pos.errors import InvalidInput

FANTASY = LineInput(1, 1, 6800, tax_bp=900, tax_name="VAT")
BLUE = LineInput(2, 1, 19800, tax_bp=900, tax_name="VAT")
USED = LineInput(3, 1, 4500, tax_bp=900, tax_name="VAT")

DISCOUNTS = (
    st.none()
    | st.builds(Discount, st.just("percent"), st.integers(0, 10_000), st.just("why"))
    | st.builds(Discount, st.just("amount"), st.integers(0, 10**7), st.just("why"))
)
LINES = st.lists(
    st.builds(
        LineInput,
        key=st.integers(1, 99),
        qty=st.integers(1, 50),
        list_minor=st.integers(0, 10**6),
        override_minor=st.none() | st.integers(0, 10**6),
        override_reason=st.just("why"),
        discount=DISCOUNTS,
        tax_bp=st.sampled_from([0, 300, 900, 2000]),
        tax_name=st.sampled_from(["A", "B"]),
    ),
    max_size=12,
)
ROUND_OFFS = st.none() | st.builds(
    RoundOff, st.sampled_from([1, 5, 10, 100, 1000]), st.sampled_from(["down", "nearest"]), st.just("why")
)


def net(basket: PricedBasket) -> list[int]:
    return [line.net_minor for line in basket.lines]


@pytest.mark.parametrize(("override", "price"), [(None, 6800), (5000, 5000), (0, 0), (7000, 7000)])
def test_a_price_put_in_the_list_prices_place_counts(override, price):
    assert unit_price(6800, override) == price


def test_a_plain_basket():
    basket = price_basket([FANTASY, BLUE, USED])
    assert (basket.total_minor, basket.subtotal_minor, basket.items_qty) == (31100, 31100, 3)
    assert net(basket) == [6800, 19800, 4500]
    assert basket.taxes == (TaxLine("VAT", 900, 31100, 2568),)
    assert (basket.discount_minor, basket.round_off_minor, basket.reductions) == (0, 0, ())


def test_an_empty_basket_costs_nothing():
    basket = price_basket([], Discount("amount", 500, "why"), RoundOff(100))
    assert (basket.total_minor, basket.items_qty, basket.lines, basket.taxes) == (0, 0, (), ())


def test_a_line_discount_says_how_much_and_why():
    line = price_basket([replace(FANTASY, qty=2, discount=Discount("percent", 1000, "member day"))]).lines[0]
    assert (line.list_minor, line.unit_minor, line.amount_minor, line.net_minor) == (6800, 6800, 12240, 12240)
    assert line.reductions == (Reduction("line_discount", "member day", 1360, 1000),)


def test_an_amount_off_is_for_the_whole_line():
    basket = price_basket([replace(FANTASY, qty=3, discount=Discount("amount", 400, "corner bent"))])
    assert basket.total_minor == 20000
    assert basket.lines[0].reductions == (Reduction("line_discount", "corner bent", 400),)


def test_an_override_stands_in_the_price_of_one_piece_and_is_not_taken_off_twice():
    basket = price_basket([replace(FANTASY, qty=2, override_minor=5000, override_reason="price on the sleeve")])
    line = basket.lines[0]
    assert (line.list_minor, line.unit_minor, line.amount_minor) == (6800, 5000, 10000)
    assert line.reductions == (Reduction("override", "price on the sleeve", 3600),)
    assert (basket.total_minor, basket.discount_minor) == (10000, 3600)


def test_a_raised_price_is_shown_but_gives_nothing_away():
    basket = price_basket(
        [
            replace(FANTASY, override_minor=8000, override_reason="signed"),
            replace(BLUE, discount=Discount("amount", 100, "x")),
        ]
    )
    assert basket.lines[0].reductions == (Reduction("override", "signed", -1200),)
    assert (basket.total_minor, basket.discount_minor) == (27700, 100)


def test_an_override_to_the_same_price_leaves_no_trace():
    assert price_basket([replace(FANTASY, override_minor=6800)]).lines[0].reductions == ()


def test_override_and_discount_follow_each_other():
    line = price_basket([replace(FANTASY, override_minor=5000, discount=Discount("percent", 1000, "x"))]).lines[0]
    assert (line.unit_minor, line.amount_minor) == (5000, 4500)
    assert [r.kind for r in line.reductions] == ["override", "line_discount"]


def test_a_basket_discount_is_shared_to_the_lines():
    basket = price_basket([FANTASY, BLUE, USED], Discount("percent", 1000, "opening week"))
    assert basket.reductions == (Reduction("basket_discount", "opening week", 3110, 1000),)
    assert net(basket) == [6120, 17820, 4050]
    assert [line.amount_minor for line in basket.lines] == [6800, 19800, 4500]
    assert (basket.subtotal_minor, basket.total_minor, basket.discount_minor) == (31100, 27990, 3110)


def test_the_round_off_comes_last_and_is_apart_from_the_discounts():
    basket = price_basket([FANTASY, BLUE], Discount("percent", 333, "x"), RoundOff(100, "down", "odd cents"))
    assert basket.reductions[0].amount_minor == 886
    assert basket.reductions[1] == Reduction("round_off", "odd cents", 14)
    assert (basket.total_minor, basket.discount_minor, basket.round_off_minor) == (25700, 886, 14)


def test_rounding_up_is_a_negative_round_off():
    basket = price_basket([replace(FANTASY, list_minor=6795)], None, RoundOff(10, "nearest", "x"))
    assert basket.reductions == (Reduction("round_off", "x", -5),)
    assert (basket.total_minor, basket.round_off_minor, basket.discount_minor) == (6800, -5, 0)


def test_a_round_off_of_nothing_leaves_no_trace():
    assert price_basket([FANTASY], None, RoundOff(100)).reductions == ()


@pytest.mark.parametrize("discount", [Discount("amount", 10**9, "gift"), Discount("percent", 10_000, "gift")])
def test_a_gift_costs_nothing_and_never_less(discount):
    for basket in (price_basket([FANTASY, BLUE], discount), price_basket([replace(FANTASY, discount=discount)])):
        assert (basket.total_minor, sum(line.tax_minor for line in basket.lines)) == (0, 0)
        assert basket.discount_minor in (6800, 26600)


def test_a_free_line_takes_no_share():
    assert net(price_basket([replace(FANTASY, list_minor=0), BLUE], Discount("amount", 99, "x"))) == [0, 19701]


def test_prices_without_tax_get_it_added_to_the_total():
    basket = price_basket([FANTASY, BLUE], Discount("amount", 600, "x"), prices_include_tax=False)
    assert (basket.subtotal_minor, basket.total_minor) == (26600, 28340)
    assert basket.taxes == (TaxLine("VAT", 900, 28340, 2340),)
    assert [line.amount_minor for line in basket.lines] == [6800, 19800]


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (replace(FANTASY, qty=0), "quantity", "too_small"),
        (replace(FANTASY, qty=-1), "quantity", "too_small"),
        (replace(FANTASY, list_minor=-1), "price", "negative"),
        (replace(FANTASY, override_minor=-1), "price", "negative"),
        (replace(FANTASY, discount=Discount("percent", 10_001, "x")), "discount", "too_large"),
        (replace(FANTASY, discount=Discount("percent", -1, "x")), "discount", "negative"),
        (replace(FANTASY, discount=Discount("amount", -1, "x")), "discount", "negative"),
    ],
)
def test_what_cannot_be_meant_is_refused(line, field, reason):
    with pytest.raises(InvalidInput) as refused:
        price_basket([BLUE, line])
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_a_basket_discount_that_cannot_be_meant_is_refused():
    with pytest.raises(InvalidInput):
        price_basket([BLUE], Discount("amount", -1, "x"))


@given(LINES, DISCOUNTS, ROUND_OFFS, st.booleans())
def test_everything_adds_up(lines, discount, off, included):
    basket = price_basket(lines, discount, off, prices_include_tax=included)
    taxes = sum(tax.tax_minor for tax in basket.taxes)
    taken = sum(reduction.amount_minor for reduction in basket.reductions)
    assert sum(net(basket)) == basket.total_minor >= 0
    assert sum(line.tax_minor for line in basket.lines) == taxes
    assert sum(tax.gross_minor for tax in basket.taxes) == basket.total_minor
    assert basket.subtotal_minor == sum(line.amount_minor for line in basket.lines)
    if included:
        assert basket.subtotal_minor - taken == basket.total_minor
    elif off is None:
        assert basket.subtotal_minor - taken + taxes == basket.total_minor
    assert all(0 <= line.tax_minor <= line.net_minor for line in basket.lines)
    for given_line, line in zip(lines, basket.lines, strict=True):
        off_line = sum(r.amount_minor for r in line.reductions if r.kind == "line_discount")
        assert (line.key, line.qty, line.list_minor) == (given_line.key, given_line.qty, given_line.list_minor)
        assert 0 <= line.amount_minor == line.qty * line.unit_minor - off_line
        assert line.qty * line.list_minor - sum(r.amount_minor for r in line.reductions) == line.amount_minor
        assert all(r.reason == "why" and r.amount_minor for r in line.reductions)


@given(LINES, DISCOUNTS)
def test_a_discount_never_raises_a_line_nor_exceeds_the_basket(lines, discount):
    basket = price_basket(lines, discount)
    assert all(0 <= line.net_minor <= line.amount_minor for line in basket.lines)
    assert all(0 < reduction.amount_minor <= basket.subtotal_minor for reduction in basket.reductions)


@pytest.mark.parametrize(
    ("before", "after", "bp"),
    [
        (10000, 9000, 1000),
        (10000, 8999, 1001),
        (999, 899, 996),
        (10000, 10000, 0),
        (10000, 12000, 0),
        (0, 0, 0),
        (1, 0, 5000),
    ],
)
def test_effective_discount(before, after, bp):
    assert discount_bp_of(before, after) == bp


@given(st.integers(1, 10**8), st.integers(0, 10_000))
def test_a_discount_within_the_limit_stays_within_it_after_rounding(amount, bp):
    assert discount_bp_of(amount, amount - percent_of(amount, bp)) <= bp


@given(st.integers(1, 10**8), st.integers(0, 10_000))
def test_one_minor_unit_more_than_the_limit_gives_is_noticed(amount, bp):
    assert discount_bp_of(amount, amount - percent_of(amount, bp) - 1) > bp


TEN = Discount("percent", 1000, "x")


@pytest.mark.parametrize(
    ("lines", "discount", "bp"),
    [
        pytest.param([FANTASY, BLUE], None, 0, id="none"),
        pytest.param([replace(FANTASY, discount=TEN), BLUE], None, 1000, id="one line"),
        pytest.param([FANTASY, BLUE], TEN, 1000, id="the whole"),
        pytest.param(
            [replace(FANTASY, discount=TEN), replace(BLUE, discount=TEN)], TEN, 1900, id="both, one on another"
        ),
        pytest.param([replace(USED, qty=10, discount=Discount("amount", 4500, "x"))], None, 1000, id="one of ten free"),
        pytest.param(
            [replace(USED, discount=Discount("amount", 4500, "x")), BLUE], None, 9999, id="nine taken out again"
        ),
        pytest.param([replace(FANTASY, override_minor=100)], None, 0, id="an override is no discount"),
        pytest.param([], None, 0, id="nothing"),
    ],
)
def test_the_largest_discount_anywhere_in_a_basket(lines, discount, bp):
    assert largest_discount_bp(price_basket(lines, discount, RoundOff(10))) == bp


@given(LINES, st.integers(0, 10_000))
def test_the_same_rate_on_every_line_stays_that_rate(lines, bp):
    lines = [replace(line, discount=Discount("percent", bp, "x")) for line in lines]
    assert largest_discount_bp(price_basket(lines)) <= bp


# --- the shop's own rules ---

NOON = Moment(date(2026, 11, 20), 4, 12 * 60)
JAZZ = DiscFacts(1, 1, "Miles Davis", "jazz", format="LP", cost_minor=9000)
POP = DiscFacts(2, 2, "Jay Chou", "pop", format="CD", cost_minor=3000)
TEN_OFF = Rule(1, "jazz week", PercentOff(1000), What(styles=frozenset(["jazz"])))
TWO_FOR_ONE = Rule(2, "two for one", TakeNPayM(2, 1))
JAZZ_LP = replace(BLUE, disc=JAZZ)
POP_CD = replace(FANTASY, disc=POP)


def offer(*rules: Rule) -> Offer:
    return Offer(rules, Buyer(), NOON)


def test_a_rule_stands_on_its_line_with_its_name():
    basket = price_basket([JAZZ_LP, POP_CD], offer=offer(TEN_OFF))
    assert basket.lines[0].reductions == (Reduction("promotion", "jazz week", 1980, 1000, 1),)
    assert [line.amount_minor for line in basket.lines] == [17820, 6800]
    assert (basket.lines[0].unit_minor, basket.subtotal_minor, basket.total_minor) == (19800, 24620, 24620)
    assert basket.discount_minor == 1980
    assert basket.taxes == (TaxLine("VAT", 900, 24620, 2033),)


def test_what_a_person_gives_comes_after_the_rules_and_alone_counts_against_the_limit():
    lines = [replace(JAZZ_LP, discount=TEN), POP_CD]
    basket = price_basket(lines, TEN, RoundOff(100), offer=offer(TEN_OFF))
    assert [(r.kind, r.amount_minor) for r in basket.lines[0].reductions] == [
        ("promotion", 1980),
        ("line_discount", 1782),
    ]
    assert [(r.kind, r.amount_minor) for r in basket.reductions] == [("basket_discount", 2284), ("round_off", 54)]
    assert (basket.subtotal_minor, basket.total_minor, basket.discount_minor) == (22838, 20500, 6046)
    assert largest_discount_bp(basket) == discount_bp_of(24620, 20554, roundings=2)


@pytest.mark.parametrize(("discount", "bp"), [(None, 0), (TEN, 1000)])
def test_the_shops_own_rules_are_no_persons_discount(discount, bp):
    basket = price_basket([JAZZ_LP, POP_CD], discount, offer=offer(TEN_OFF, TWO_FOR_ONE))
    assert basket.discount_minor >= 6800
    assert largest_discount_bp(basket) == bp


def test_a_line_says_what_a_discount_on_it_is_measured_from():
    line = price_basket([replace(JAZZ_LP, discount=TEN)], offer=offer(TEN_OFF)).lines[0]
    before = after_promotions(line.unit_minor, line.qty, line.reductions)
    assert (before, discount_bp_of(before, line.amount_minor)) == (17820, 1000)


def test_an_override_is_left_alone_by_the_rules():
    basket = price_basket([replace(JAZZ_LP, override_minor=15000, override_reason="x"), POP_CD], offer=offer(TEN_OFF))
    assert [r.kind for r in basket.lines[0].reductions] == ["override"]
    assert basket.total_minor == 21800


def test_a_line_without_facts_is_left_alone_by_the_rules():
    assert price_basket([FANTASY, FANTASY], offer=offer(TWO_FOR_ONE)) == price_basket([FANTASY, FANTASY])


DISCS = st.sampled_from([None, JAZZ, POP])
RULES = (TEN_OFF, TWO_FOR_ONE, Rule(3, "spend and get", SpendGet(30000, 2500), priority=200))


@given(LINES, st.lists(DISCS, min_size=12, max_size=12), DISCOUNTS, ROUND_OFFS, st.booleans())
def test_everything_adds_up_with_rules_too(lines, discs, discount, off, included):
    lines = [replace(line, disc=disc) for line, disc in zip(lines, discs, strict=False)]
    basket = price_basket(lines, discount, off, prices_include_tax=included, offer=offer(*RULES))
    plain = price_basket(lines, discount, off, prices_include_tax=included)
    assert sum(net(basket)) == basket.total_minor >= 0
    assert basket.subtotal_minor == sum(line.amount_minor for line in basket.lines) <= plain.subtotal_minor
    for line in basket.lines:
        assert line.qty * line.list_minor - sum(r.amount_minor for r in line.reductions) == line.amount_minor >= 0


@given(LINES, DISCOUNTS, ROUND_OFFS)
def test_an_offer_without_rules_changes_nothing(lines, discount, off):
    lines = [replace(line, disc=JAZZ) for line in lines]
    assert price_basket(lines, discount, off, offer=offer()) == price_basket(lines, discount, off)
