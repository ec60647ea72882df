"""The shop's rules take off what they say on each line, and every rule says why it did or did not fire."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from av_pos.domain.promotion_reasons import Hint, Verdict, explain
from av_pos.domain.promotions import Offer, PromotionLine, promote
from av_pos.domain.rule_book import RuleBook
from av_pos.domain.rules import (
    AmountOff,
    BundlePrice,
    Buyer,
    CheapestFree,
    DiscFacts,
    FixedPrice,
    MixedBundle,
    Moment,
    PercentOff,
    Rule,
    SpendGet,
    TakeNPayM,
    What,
    When,
    Who,
)
from av_pos.errors import InvalidInput

NOON = Moment(date(2026, 11, 20), 4, 12 * 60)
ANYBODY = Buyer()
ALL = What()
JAZZ = What(styles=frozenset(["jazz"]))
ROCK = What(styles=frozenset(["rock"]))

# --- the rules one by one, as a shop would try them ---

JAZZ_LP = DiscFacts(1, 1, "Miles Davis", "jazz", "Columbia", "LP", "music", cost_minor=6000)
ROCK_CD = DiscFacts(2, 2, "Cui Jian", "rock", "EMI", "CD", "music", cost_minor=3000)
FILM = DiscFacts(3, 3, "Zhang Yimou", "drama", "", "DVD", "film", cost_minor=1000)
GIFT_CARD = PromotionLine(9, 1, 20000)


def jazz(unit: int = 10000, qty: int = 1, key: int = 1, **facts) -> PromotionLine:
    return PromotionLine(key, qty, unit, replace(JAZZ_LP, edition_id=key, **facts))


def rock(unit: int = 5000, qty: int = 1, key: int = 2) -> PromotionLine:
    return PromotionLine(key, qty, unit, ROCK_CD)


def film(unit: int = 3000, qty: int = 1, key: int = 3) -> PromotionLine:
    return PromotionLine(key, qty, unit, FILM)


def rule(number: int, give, what: What = ALL, **more) -> Rule:
    return Rule(number, f"rule {number}", give, what, **more)


def taken(lines: Sequence[PromotionLine], *rules: Rule) -> dict[int, dict[int | None, int]]:
    """By line, what each rule took off."""
    promoted = promote(lines, Offer(rules, ANYBODY, NOON))
    return {
        line.key: {r.rule_id: r.amount_minor for r in line.reductions} for line in promoted.lines if line.reductions
    }


TEN = rule(1, PercentOff(1000))
CASES = [
    ("no rules", [jazz()], [], {}),
    ("per cent", [jazz(), rock()], [TEN], {1: {1: 1000}, 2: {1: 500}}),
    ("per cent is rounded piece by piece", [jazz(unit=995, qty=3)], [TEN], {1: {1: 300}}),
    ("amount, each piece", [jazz(qty=2)], [rule(1, AmountOff(700))], {1: {1: 1400}}),
    ("amount above the price", [film()], [rule(1, AmountOff(9000))], {3: {1: 3000}}),
    ("dated price", [jazz(qty=2)], [rule(1, FixedPrice(8800))], {1: {1: 2400}}),
    ("a dated price never raises", [film()], [rule(1, FixedPrice(8800))], {}),
    ("the lowest dated price", [jazz()], [rule(1, FixedPrice(8800)), rule(2, FixedPrice(8000))], {1: {2: 2000}}),
    ("the same dated price twice", [jazz()], [rule(2, FixedPrice(8000)), rule(1, FixedPrice(8000))], {1: {1: 2000}}),
    ("by style", [jazz(), rock()], [rule(1, PercentOff(1000), JAZZ)], {1: {1: 1000}}),
    ("dated price first", [jazz()],
     [replace(TEN, priority=1), rule(2, FixedPrice(8000), priority=9)], {1: {1: 800, 2: 2000}}),
    ("by priority", [jazz()],
     [rule(1, PercentOff(1000), priority=2), rule(2, AmountOff(1000), priority=1)], {1: {1: 900, 2: 1000}}),
    ("by id where it is equal", [jazz()],
     [rule(1, PercentOff(1000)), rule(2, AmountOff(1000))], {1: {1: 1000, 2: 1000}}),
    ("exclusive alone where better", [jazz()], [TEN, rule(2, PercentOff(1500), is_exclusive=True)], {1: {2: 1500}}),
    ("not where worse", [jazz()], [TEN, rule(2, PercentOff(900), is_exclusive=True)], {1: {1: 1000}}),
    ("exclusive, the same: lower id", [jazz()], [TEN, rule(2, PercentOff(1000), is_exclusive=True)], {1: {1: 1000}}),
    ("3 for 2", [jazz(qty=3)], [rule(1, TakeNPayM(3, 2))], {1: {1: 10000}}),
    ("3 for 2, shared by price", [jazz(), rock(), film()],
     [rule(1, TakeNPayM(3, 2))], {1: {1: 1667}, 2: {1: 833}, 3: {1: 500}}),
    ("3 for 2 of seven", [jazz(qty=7)], [rule(1, TakeNPayM(3, 2))], {1: {1: 20000}}),
    ("3 for 2 of 999", [jazz(qty=999)], [rule(1, TakeNPayM(3, 2))], {1: {1: 3330000}}),
    ("two are no three", [jazz(qty=2)], [rule(1, TakeNPayM(3, 2))], {}),
    ("dear ones together", [jazz(qty=2), film(qty=2)], [rule(1, CheapestFree(2))], {1: {1: 10000}, 3: {1: 3000}}),
    ("after per cent", [jazz(qty=2)], [TEN, rule(2, CheapestFree(2))], {1: {1: 2000, 2: 9000}}),
    ("not after per cent", [jazz(qty=2)], [TEN, rule(2, CheapestFree(2), is_exclusive=True)], {1: {2: 10000}}),
    ("bundle", [jazz(qty=2), rock()], [rule(1, BundlePrice(2, 15000), JAZZ)], {1: {1: 5000}}),
    ("bundle that costs more", [film(qty=2)], [rule(1, BundlePrice(2, 6000))], {}),
    ("mixed bundle", [jazz(), film()],
     [rule(1, MixedBundle((JAZZ, What(formats=frozenset(["DVD"]))), 11700))], {1: {1: 1000}, 3: {1: 300}}),
    ("mixed, a part missing", [jazz(qty=2)],
     [rule(1, MixedBundle((JAZZ, What(formats=frozenset(["DVD"]))), 11700))], {}),
    ("one group at a time", [jazz(qty=3)], [rule(1, TakeNPayM(3, 2)), rule(2, BundlePrice(2, 12000))], {1: {1: 10000}}),
    ("the same twice: lower id", [jazz(qty=2)], [rule(2, CheapestFree(2)), rule(1, CheapestFree(2))], {1: {1: 10000}}),
    ("spend and get", [jazz(), rock()], [rule(1, SpendGet(15000, 1500))], {1: {1: 1000}, 2: {1: 500}}),
    ("once only", [jazz(qty=4)], [rule(1, SpendGet(15000, 1500))], {1: {1: 1500}}),
    ("not reached", [jazz()], [rule(1, SpendGet(10001, 1500))], {}),
    ("on matching discs", [jazz(), rock()], [rule(1, SpendGet(10000, 1500), JAZZ)], {1: {1: 1500}}),
    ("share off", [jazz(), rock()], [rule(1, SpendGet(15000, percent_bp=2000))], {1: {1: 2000}, 2: {1: 1000}}),
    ("on what is left", [jazz(qty=2)], [TEN, rule(2, SpendGet(15000, percent_bp=1000))], {1: {1: 2000, 2: 1800}}),
    ("left out to reach", [jazz(qty=2)], [TEN, rule(2, SpendGet(20000, 5000))], {1: {2: 5000}}),
    ("left out of one alone", [jazz(qty=2), rock()],
     [TEN, rule(2, SpendGet(24000, 5000))], {1: {1: 1000, 2: 3958}, 2: {2: 1042}}),
    ("not worth it", [jazz(qty=2)], [TEN, rule(2, SpendGet(20000, 1000))], {1: {1: 2000}}),
    ("two spends, each on what is left", [jazz(qty=2)],
     [rule(1, SpendGet(19000, 2000)), rule(2, SpendGet(18000, 1000))], {1: {1: 2000, 2: 1000}}),
    ("exclusive spend", [jazz(), rock()],
     [rule(1, PercentOff(1000), ROCK), rule(2, SpendGet(10000, 4000), is_exclusive=True)], {1: {2: 4000}, 2: {1: 500}}),
    ("a gift card is no disc", [jazz(), GIFT_CARD], [TEN, rule(2, SpendGet(15000, 1500))], {1: {1: 1000}}),
    ("a typed price is left alone", [replace(jazz(), is_fixed=True), rock()], [rule(1, SpendGet(12000, 1500))], {}),
    ("free discs", [jazz(unit=0, qty=3)], [TEN, rule(2, CheapestFree(3)), rule(3, SpendGet(1, 1))], {}),
    ("floor", [jazz()], [rule(1, PercentOff(5000), floor_margin_bp=1000)], {1: {1: 3400}}),
    ("floor of a dated price", [jazz()], [rule(1, FixedPrice(1000), floor_margin_bp=0)], {1: {1: 4000}}),
    ("floor of a group", [jazz(qty=2)], [rule(1, CheapestFree(2), floor_margin_bp=0)], {1: {1: 8000}}),
    ("floor of a spend rule", [jazz()], [rule(1, SpendGet(10000, 9000), floor_margin_bp=500)], {1: {1: 3700}}),
    ("cost above the price", [jazz(unit=5000)], [rule(1, PercentOff(1000), floor_margin_bp=0)], {}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "rules", "off"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_rules_take_off(lines, rules, off):
    assert taken(lines, *rules) == off


def test_a_reduction_names_its_rule():
    (line,) = promote([jazz()], Offer((Rule(4, "jazz week", PercentOff(1000)),), ANYBODY, NOON)).lines
    (reduction,) = line.reductions
    assert (reduction.kind, reduction.reason, reduction.rate_bp, reduction.rule_id) == (
        "promotion",
        "jazz week",
        1000,
        4,
    )


def test_rules_hold_only_for_their_time_and_their_buyer():
    rules = (
        rule(1, AmountOff(1), when=When(from_min=13 * 60, to_min=14 * 60)),
        rule(2, AmountOff(2), who=Who(level_keys=frozenset(["gold"]))),
        rule(3, AmountOff(4), who=Who(coupon="AUTUMN")),
        rule(4, AmountOff(8), who=Who(staff_only=True)),
    )
    for buyer, moment, off in [
        (ANYBODY, NOON, 0),
        (ANYBODY, replace(NOON, minute=13 * 60), 1),
        (Buyer("gold"), NOON, 2),
        (Buyer("gold", coupons=frozenset(["autumn"])), NOON, 6),
        (Buyer(is_staff=True), NOON, 8),
    ]:
        assert promote([jazz()], Offer(rules, buyer, moment)).total_minor == 10000 - off


def test_a_book_of_rules_serves_many_baskets():
    book = RuleBook([TEN])
    assert [promote([jazz(unit)], Offer(book, ANYBODY, NOON)).total_minor for unit in (100, 200)] == [90, 180]


@pytest.mark.parametrize(
    ("line", "field"),
    [(jazz(qty=0), "quantity"), (jazz(unit=-1), "price"), (jazz(cost_minor=-1), "cost")],
)
def test_a_line_that_cannot_be_meant_is_refused(line, field):
    with pytest.raises(InvalidInput) as refused:
        promote([line], Offer((TEN,), ANYBODY, NOON))
    assert refused.value.field == field


def test_a_huge_basket_under_many_rules_adds_up():
    gives = [
        PercentOff(700),
        AmountOff(90),
        TakeNPayM(3, 2),
        BundlePrice(2, 9000),
        SpendGet(50000, 4000),
        CheapestFree(5),
    ]
    styles = ["jazz", "rock", "pop", "folk"]
    rules = tuple(
        rule(n, gives[n % 6], What(styles=frozenset([styles[n % 4]])), is_exclusive=n % 5 == 0) for n in range(200)
    )
    lines = [jazz(3000 + 70 * n, 50 if n else 999, n, style=styles[n % 4]) for n in range(100)]
    promoted = promote(lines, Offer(rules, ANYBODY, NOON))
    by_piece_alone = promote(lines, Offer(tuple(r for r in rules if not r.group_qty), ANYBODY, NOON))
    assert 0 < promoted.total_minor <= by_piece_alone.total_minor
    assert promoted.total_minor == sum(line.amount_minor for line in promoted.lines)


# --- why ---

FRIDAY_OFF = When(weekdays=frozenset([0]))
WHY = [
    (TEN, Verdict(1, True, "fired", 1000)),
    (rule(1, PercentOff(1000), ROCK), Verdict(1, False, "other_disc")),
    (rule(1, PercentOff(1000), when=When(last_on=date(2026, 11, 19))), Verdict(1, False, "not_now")),
    (rule(1, PercentOff(1000), when=FRIDAY_OFF), Verdict(1, False, "not_this_day")),
    (rule(1, PercentOff(1000), when=When(from_min=1020, to_min=1140)), Verdict(1, False, "not_this_hour")),
    (rule(1, PercentOff(1000), who=Who(birthday_only=True)), Verdict(1, False, "other_buyer")),
    (rule(1, PercentOff(1000), who=Who(coupon="X")), Verdict(1, False, "needs_coupon")),
    (rule(1, TakeNPayM(3, 2)), Verdict(1, False, "too_few", missing_qty=2)),
    (rule(1, MixedBundle((JAZZ, JAZZ, ROCK), 100)), Verdict(1, False, "too_few", missing_qty=2)),
    (rule(1, SpendGet(15000, 500)), Verdict(1, False, "too_little", missing_minor=5000)),
    (rule(1, AmountOff(500), floor_margin_bp=9000), Verdict(1, False, "below_floor")),
    (rule(1, FixedPrice(12000)), Verdict(1, False, "no_saving")),
    (rule(1, BundlePrice(1, 10000)), Verdict(1, False, "no_saving")),
]


@pytest.mark.parametrize(("asked", "verdict"), WHY, ids=[verdict.reason for _, verdict in WHY])
def test_a_rule_says_why(asked, verdict):
    (line,) = explain([jazz()], Offer((asked,), ANYBODY, NOON)).lines
    assert line.verdicts == (verdict,)


def test_a_beaten_rule_names_the_one_that_beat_it():
    better = rule(2, PercentOff(2000), is_exclusive=True)
    (line,) = explain([jazz()], Offer((TEN, better), ANYBODY, NOON)).lines
    assert line.verdicts[0] == Verdict(1, False, "beaten", other_rule_id=2, saves_minor=1000)


def test_a_group_was_beaten_by_the_other_group_and_not_by_what_works_beside_both():
    half = rule(1, PercentOff(5000))
    pair, three = rule(2, BundlePrice(2, 9000)), rule(3, TakeNPayM(3, 2))
    (line,) = explain([jazz(qty=3)], Offer((half, pair, three), ANYBODY, NOON)).lines
    assert [verdict.reason for verdict in line.verdicts] == ["fired", "beaten", "fired"]
    assert line.verdicts[1].other_rule_id == 3


def test_a_typed_price_is_the_reason_why_nothing_fires():
    (line,) = explain([replace(jazz(), is_fixed=True)], Offer((TEN,), ANYBODY, NOON)).lines
    assert line.verdicts == (Verdict(1, False, "fixed_price"),)


def test_the_piece_left_over_from_a_group_says_how_many_more_it_takes():
    lines = [jazz(qty=3), film()]
    told = explain(lines, Offer((rule(1, TakeNPayM(3, 2)),), ANYBODY, NOON)).lines
    assert [line.verdicts[0].reason for line in told] == ["fired", "too_few"]
    assert told[1].verdicts[0].missing_qty == 2


@pytest.mark.parametrize(
    ("lines", "rules", "hints"),
    [
        pytest.param([jazz(qty=2)], [rule(1, TakeNPayM(3, 2), JAZZ)], (Hint(1, 1, 0, 10000),), id="one more is free"),
        pytest.param([jazz(), jazz(8000, key=4)], [rule(1, TakeNPayM(3, 2), JAZZ)],
                     (Hint(1, 1, 0, 8000),), id="cheapest"),
        pytest.param([jazz(), film()], [rule(1, TakeNPayM(3, 2), JAZZ)], (), id="one of three is far off"),
        pytest.param([jazz(qty=3)], [rule(1, TakeNPayM(3, 2), JAZZ)], (), id="whole groups"),
        pytest.param([jazz()], [rule(1, SpendGet(12000, 2000))], (Hint(1, 0, 2000, 2000),), id="a little more spent"),
        pytest.param([jazz()], [rule(1, SpendGet(30000, 2000))], (), id="far from it"),
        pytest.param([jazz()], [rule(1, SpendGet(12000, 2000), who=Who(staff_only=True))], (), id="for others"),
        pytest.param([jazz()], [TEN, rule(2, BundlePrice(2, 17500), JAZZ)],
                     (Hint(2, 1, 0, 500),), id="after ten per cent"),
        pytest.param([jazz()], [TEN, rule(2, BundlePrice(2, 18500), JAZZ)], (), id="would save nothing"),
        pytest.param([jazz()], [rule(1, BundlePrice(2, 15000)), rule(2, CheapestFree(2), floor_margin_bp=9000)],
                     (Hint(1, 1, 0, 5000),), id="another rule saves it"),
        pytest.param([jazz(), film(8000)], [rule(1, PercentOff(5000), JAZZ, is_exclusive=True),
                                            rule(2, SpendGet(15000, 2000))],
                     (Hint(2, 0, 7000, 2000),), id="a disc under a lone rule does not count"),
        pytest.param([jazz()], [TEN, rule(2, SpendGet(12000, 3000), is_exclusive=True)],
                     (Hint(2, 0, 2000, 2000),), id="a lone rule counts the full price and gives up the ten per cent"),
        pytest.param([jazz()], [TEN, rule(2, SpendGet(12000, 900), is_exclusive=True)], (), id="a lone rule loses"),
    ],
)  # fmt: skip
def test_near_misses_say_what_they_lack_and_would_save(lines, rules, hints):
    assert explain(lines, Offer(tuple(rules), ANYBODY, NOON)).hints == hints
