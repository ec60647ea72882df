"""A rule is kept as plain data and comes back the same; one that cannot be meant is refused in words."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.rule_book import RuleBook, Selector, facts_of
from av_pos.domain.rule_data import rule_from_data, rule_to_data
from av_pos.domain.rules import (
    AmountOff,
    BundlePrice,
    Buyer,
    CheapestFree,
    Condition,
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
    buyer_against,
    time_against,
)
from av_pos.errors import InvalidInput

FRIDAY = date(2026, 11, 20)
KIND_OF_BLUE = DiscFacts(7, 5, "Miles Davis", "Jazz", "Columbia", "LP", "music", False, "M", 9000)
USED_FANTASY = DiscFacts(8, 6, "周杰倫", "pop", "阿爾發", "CD", "music", True, "VG+", 2000)

WORDS = st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
TEXTS = st.frozensets(WORDS, max_size=3)
MINOR = st.integers(1, 10**6)
WHATS = st.builds(
    What,
    edition_ids=st.frozensets(st.integers(1, 10**6), max_size=3),
    styles=TEXTS,
    artists=TEXTS,
    labels=TEXTS,
    formats=TEXTS,
    categories=TEXTS,
    grades=TEXTS,
    condition=st.sampled_from(Condition),
)
GIVES = st.one_of(
    st.builds(FixedPrice, st.integers(0, 10**6)),
    st.builds(PercentOff, st.integers(1, 10_000)),
    st.builds(AmountOff, MINOR),
    st.builds(lambda m, more: TakeNPayM(m + more, m), st.integers(0, 50), st.integers(1, 49)),
    st.builds(CheapestFree, st.integers(2, 99)),
    st.builds(BundlePrice, st.integers(1, 99), st.integers(0, 10**6)),
    st.builds(MixedBundle, st.lists(WHATS, min_size=2, max_size=4).map(tuple), st.integers(0, 10**6)),
    st.builds(lambda off, more: SpendGet(off + more, off), MINOR, MINOR),
    st.builds(lambda spend, bp: SpendGet(spend, percent_bp=bp), MINOR, st.integers(1, 10_000)),
)
HOURS = st.one_of(
    st.just((None, None)),
    st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda hours: hours[0] != hours[1]),
)
DAYS = st.one_of(
    st.tuples(st.none() | st.dates(), st.none()),
    st.tuples(st.dates(), st.dates()).map(lambda days: (min(days), max(days))),
)
WHENS = st.builds(
    lambda days, weekdays, hours: When(days[0], days[1], weekdays, hours[0], hours[1]),
    DAYS,
    st.frozensets(st.integers(0, 6)),
    HOURS,
)
WHOS = st.builds(Who, TEXTS, st.booleans(), st.booleans(), st.sampled_from(["", "AUTUMN", "生日快樂"]))
RULES = st.builds(
    Rule,
    id=st.integers(0, 10**6),
    name=WORDS,
    give=GIVES,
    what=WHATS,
    who=WHOS,
    when=WHENS,
    is_exclusive=st.booleans(),
    priority=st.integers(0, 1000),
    floor_margin_bp=st.none() | st.integers(0, 10_000),
)


@given(RULES)
def test_a_rule_comes_back_from_its_data_the_same(rule):
    kept = json.dumps(rule_to_data(rule), sort_keys=True)
    assert rule_from_data(json.loads(kept)) == rule
    assert json.dumps(rule_to_data(rule_from_data(json.loads(kept))), sort_keys=True) == kept


def test_data_says_only_what_the_rule_says():
    rule = Rule(3, "late jazz", PercentOff(1000), What(styles=frozenset(["jazz"])), when=When(from_min=1320, to_min=0))
    assert rule_to_data(rule) == {
        "version": 1,
        "id": 3,
        "name": "late jazz",
        "what": {"styles": ["jazz"]},
        "give": {"kind": "percent", "percent_bp": 1000},
        "who": {},
        "when": {"from_min": 1320, "to_min": 0},
        "is_exclusive": False,
        "priority": 100,
        "floor_margin_bp": None,
    }


def data(**changed: Any) -> dict[str, Any]:
    return {"version": 1, "id": 1, "name": "ten per cent", "give": {"kind": "percent", "percent_bp": 1000}} | changed


def give(kind: str, **values: Any) -> dict[str, Any]:
    return data(give={"kind": kind, **values})


REFUSED = [
    (give("percent", percent_bp=10_001), "percent", "too_large"),
    (give("percent", percent_bp=-1), "percent", "negative"),
    (give("percent", percent_bp=0), "percent", "too_small"),
    (give("percent", percent_bp=10.5), "percent", "whole_number"),
    (give("percent", percent_bp=True), "percent", "whole_number"),
    (give("percent"), "percent", "whole_number"),
    (give("percent", percent_bp=1, price_minor=3), "give", "unknown"),
    (give("price", price_minor=-1), "price", "negative"),
    (give("price", price_minor=10**12), "price", "too_large"),
    (give("amount", amount_minor=0), "amount", "too_small"),
    (give("n_for_m", take_qty=3, pay_qty=3), "pay_qty", "not_below_take"),
    (give("n_for_m", take_qty=2, pay_qty=3), "pay_qty", "not_below_take"),
    (give("n_for_m", take_qty=2, pay_qty=-1), "pay_qty", "negative"),
    (give("n_for_m", take_qty=100, pay_qty=1), "take_qty", "too_large"),
    (give("cheapest_free", take_qty=1), "take_qty", "too_small"),
    (give("bundle", take_qty=0, price_minor=100), "take_qty", "too_small"),
    (give("bundle", take_qty=-2, price_minor=100), "take_qty", "negative"),
    (give("mixed_bundle", parts=[], price_minor=100), "parts", "too_small"),
    (give("mixed_bundle", parts=[{}], price_minor=100), "parts", "too_small"),
    (give("mixed_bundle", parts=[{}] * 9, price_minor=100), "parts", "too_large"),
    (give("mixed_bundle", parts="LP", price_minor=100), "parts", "invalid"),
    (give("spend", spend_minor=0, amount_minor=0), "spend", "too_small"),
    (give("spend", spend_minor=100), "percent", "too_small"),
    (give("spend", spend_minor=100, amount_minor=101), "amount", "above_spend"),
    (give("spend", spend_minor=100, amount_minor=10, percent_bp=10), "percent", "not_both"),
    (give("spend", spend_minor=100, percent_bp=10_001), "percent", "too_large"),
    (give("lottery", chance_bp=1), "kind", "unknown"),
    (data(give=None), "kind", "unknown"),
    (data(give={"kind": ["percent"]}), "kind", "unknown"),
    (data(version=2), "version", "unknown"),
    (data(version=True), "version", "unknown"),
    (data(name=""), "name", "empty"),
    (data(name="  "), "name", "empty"),
    (data(name="x" * 10_000), "name", "too_long"),
    (data(name=None), "name", "invalid"),
    (data(id=-1), "rule", "negative"),
    (data(priority=-1), "priority", "out_of_range"),
    (data(floor_margin_bp=-1), "floor", "out_of_range"),
    (data(is_exclusive="yes"), "is_exclusive", "yes_or_no"),
    (data(colour="red"), "rule", "unknown"),
    (data(what={"styles": "jazz"}), "styles", "invalid"),
    (data(what={"styles": [" "]}), "styles", "empty"),
    (data(what={"styles": ["x" * 101]}), "styles", "too_long"),
    (data(what={"edition_ids": [0]}), "edition", "unknown"),
    (data(what={"condition": "broken"}), "condition", "unknown"),
    (data(what={"mood": ["blue"]}), "what", "unknown"),
    (data(who={"coupon": "x" * 101}), "coupon", "too_long"),
    (data(who={"coupon": " A"}), "coupon", "invalid"),
    (data(who={"level_keys": [""]}), "level", "empty"),
    (data(when={"first_on": "2026-11-21", "last_on": "2026-11-20"}), "last_on", "before_first"),
    (data(when={"first_on": "tomorrow"}), "first_on", "not_a_day"),
    (data(when={"last_on": 20261120}), "last_on", "not_a_day"),
    (data(when={"weekdays": [7]}), "weekdays", "out_of_range"),
    (data(when={"from_min": 60}), "hours", "not_both_ends"),
    (data(when={"from_min": 60, "to_min": 60}), "hours", "no_time"),
    (data(when={"from_min": 1440, "to_min": 60}), "hours", "out_of_range"),
    (data(when={"from_min": 0, "to_min": 1441}), "hours", "out_of_range"),
    ("a rule", "rule", "invalid"),
]


@pytest.mark.parametrize(
    ("kept", "field", "reason"), REFUSED, ids=[f"{f}-{r}-{n}" for n, (_, f, r) in enumerate(REFUSED)]
)
def test_a_rule_that_cannot_be_meant_is_refused(kept, field, reason):
    with pytest.raises(InvalidInput) as refused:
        rule_from_data(kept)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert len(refused.value.value) <= 64


def test_two_rules_with_one_id_are_refused():
    with pytest.raises(InvalidInput) as refused:
        RuleBook([rule_from_data(data()), rule_from_data(data(name="another"))])
    assert (refused.value.field, refused.value.value, refused.value.reason) == ("rule", "1", "taken")


HAPPY_HOUR = When(from_min=17 * 60, to_min=19 * 60)
LATE = When(from_min=22 * 60, to_min=2 * 60)


@pytest.mark.parametrize(
    ("when", "day", "minute", "reason"),
    [
        (When(), FRIDAY, 0, ""),
        (When(FRIDAY, FRIDAY), FRIDAY, 1439, ""),
        (When(first_on=FRIDAY + timedelta(1)), FRIDAY, 0, "not_now"),
        (When(last_on=FRIDAY - timedelta(1)), FRIDAY, 0, "not_now"),
        (When(weekdays=frozenset([4])), FRIDAY, 0, ""),
        (When(weekdays=frozenset([4])), FRIDAY + timedelta(1), 0, "not_this_day"),
        (HAPPY_HOUR, FRIDAY, 17 * 60 - 1, "not_this_hour"),
        (HAPPY_HOUR, FRIDAY, 17 * 60, ""),
        (HAPPY_HOUR, FRIDAY, 19 * 60 - 1, ""),
        (HAPPY_HOUR, FRIDAY, 19 * 60, "not_this_hour"),
        (LATE, FRIDAY, 21 * 60, "not_this_hour"),
        (LATE, FRIDAY, 23 * 60, ""),
        (LATE, FRIDAY, 60, ""),
        (LATE, FRIDAY, 2 * 60, "not_this_hour"),
        (When(from_min=0, to_min=1440), FRIDAY, 1439, ""),
        (When(from_min=1320, to_min=0), FRIDAY, 1439, ""),
        (When(from_min=1320, to_min=0), FRIDAY, 0, "not_this_hour"),
    ],
)
def test_when_a_rule_holds(when, day, minute, reason):
    assert time_against(when, Moment(day, day.weekday(), minute)) == reason


GOLD = Who(level_keys=frozenset(["gold"]))
COUPON = Who(coupon="Autumn")


@pytest.mark.parametrize(
    ("who", "buyer", "reason"),
    [
        (Who(), Buyer(), ""),
        (GOLD, Buyer("gold"), ""),
        (GOLD, Buyer("silver"), "other_buyer"),
        (GOLD, Buyer(), "other_buyer"),
        (Who(birthday_only=True), Buyer("gold", has_birthday=True), ""),
        (Who(birthday_only=True), Buyer("gold"), "other_buyer"),
        (Who(staff_only=True), Buyer(is_staff=True), ""),
        (Who(staff_only=True), Buyer("gold"), "other_buyer"),
        (COUPON, Buyer(coupons=frozenset(["ＡＵＴＵＭＮ "])), ""),
        (COUPON, Buyer(coupons=frozenset(["SPRING"])), "needs_coupon"),
        (COUPON, Buyer(), "needs_coupon"),
    ],
)
def test_whom_a_rule_is_for(who, buyer, reason):
    assert buyer_against(who, buyer) == reason


@pytest.mark.parametrize(
    ("what", "blue", "fantasy"),
    [
        (What(), True, True),
        (What(edition_ids=frozenset([7])), True, False),
        (What(styles=frozenset(["JAZZ", "pop"])), True, True),
        (What(artists=frozenset(["miles davis"])), True, False),
        (What(artists=frozenset(["Miles Davis"]), formats=frozenset(["CD"])), False, False),
        (What(labels=frozenset(["阿爾發"])), False, True),
        (What(formats=frozenset(["ＣＤ"])), False, True),
        (What(categories=frozenset(["film"])), False, False),
        (What(grades=frozenset(["VG+", "VG"])), False, True),
        (What(condition=Condition.NEW), True, False),
        (What(condition=Condition.USED), False, True),
    ],
)
def test_which_discs_a_rule_means(what, blue, fantasy):
    selector = Selector(what)
    assert (selector.takes(facts_of(KIND_OF_BLUE)), selector.takes(facts_of(USED_FANTASY))) == (blue, fantasy)
    found = RuleBook([Rule(1, "r", PercentOff(1), what)]).matching(facts_of(KIND_OF_BLUE))
    assert bool(found) is blue


@pytest.mark.parametrize(("cost", "bp", "floor"), [(1000, 0, 1000), (1000, 500, 1050), (999, 1, 1000), (0, 5000, 0)])
def test_a_floor_is_cost_and_margin_upwards(cost, bp, floor):
    assert Rule(1, "r", PercentOff(1), floor_margin_bp=bp).floor_of(cost) == floor


def test_without_a_floor_a_disc_may_cost_nothing():
    assert Rule(1, "r", PercentOff(1)).floor_of(1000) == 0
