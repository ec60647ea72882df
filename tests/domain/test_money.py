"""Amounts are taken rightly or refused with a reason, and nothing is lost or made in sharing and rounding."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.money import (
    MAXIMUM_MINOR,
    denominations,
    parse_amount,
    parse_percent,
    parse_quantity,
    percent_of,
    quick_amounts,
    round_off,
    share_out,
)
from av_pos.errors import InvalidInput

REASONS = {"empty", "negative", "decimals", "not_a_number", "too_large"}


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0),
        ("12", 1200),
        ("12.5", 1250),
        ("12.50", 1250),
        ("12.", 1200),
        (".5", 50),
        ("007", 700),
        (" 12 ", 1200),
        ("１２３", 12300),
        ("１２．５", 1250),
        ("12。5", 1250),
        ("12｡5", 1250),
        ("1,234.50", 123450),
        ("1，234.50", 123450),
        ("1'234.50", 123450),
        ("1’234", 123400),
        ("1 234.50", 123450),
        ("1\u00a0234", 123400),
        ("1\u3000234", 123400),
        ("12,345,678.90", 1234567890),
        ("¥12", 1200),
        ("￥ 12", 1200),
        ("12元", 1200),
        ("HK$12.30", 1230),
        ("12 €", 1200),
        ("99,999,999.99", MAXIMUM_MINOR),
        ("000000000000000012.00", 1200),
    ],
)
def test_amounts_as_people_type_them(text, minor):
    assert parse_amount(text, 2) == minor


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("¥", "empty"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("－５", "negative"),
        ("¥-5", "negative"),
        ("-¥5", "negative"),
        ("-0", "negative"),
        ("1.234", "decimals"),
        ("0.000", "decimals"),
        ("12,5", "not_a_number"),
        ("12,50", "not_a_number"),
        ("1,2,3", "not_a_number"),
        ("1,234,5", "not_a_number"),
        ("1234,567", "not_a_number"),
        ("0,123", "not_a_number"),
        ("1,234 567", "not_a_number"),
        ("1.234,50", "not_a_number"),
        ("1.2.3", "not_a_number"),
        (",123", "not_a_number"),
        (".", "not_a_number"),
        ("-", "not_a_number"),
        ("-abc", "not_a_number"),
        ("abc", "not_a_number"),
        ("1e5", "not_a_number"),
        ("5+5", "not_a_number"),
        ("+5", "not_a_number"),
        ("0x10", "not_a_number"),
        ("NaN", "not_a_number"),
        ("1_000", "not_a_number"),
        ("٥", "not_a_number"),
        ("½", "not_a_number"),
        ("¥¥5", "not_a_number"),
        ("100,000,000", "too_large"),
        ("9" * 10_000, "too_large"),
        ("1" + "," * 9_999, "not_a_number"),
    ],
)
def test_amounts_that_are_refused_say_why(text, reason):
    with pytest.raises(InvalidInput) as refused:
        parse_amount(text, 2)
    assert (refused.value.field, refused.value.reason) == ("amount", reason)
    assert refused.value.value == text[:64]


@pytest.mark.parametrize(
    ("text", "digits", "minor"), [("1234", 0, 1234), ("1,234", 0, 1234), ("12.", 0, 12), ("1.234", 3, 1234)]
)
def test_currencies_with_other_decimals(text, digits, minor):
    assert parse_amount(text, digits) == minor


@pytest.mark.parametrize(("text", "digits", "reason"), [("12.0", 0, "decimals"), ("1,234", 3, "not_a_number")])
def test_refused_in_currencies_with_other_decimals(text, digits, reason):
    with pytest.raises(InvalidInput) as refused:
        parse_amount(text, digits)
    assert refused.value.reason == reason


def test_a_maximum_of_ones_own():
    assert parse_amount("100", 2, maximum_minor=10_000) == 10_000
    with pytest.raises(InvalidInput) as refused:
        parse_amount("100.01", 2, maximum_minor=10_000)
    assert refused.value.reason == "too_large"


@given(st.integers(0, MAXIMUM_MINOR), st.sampled_from([",", "'", " ", "，"]))
def test_every_amount_is_read_back_plain_and_grouped(minor, separator):
    plain = f"{minor // 100}.{minor % 100:02d}"
    grouped = f"{minor // 100:,}".replace(",", separator) + f".{minor % 100:02d}"
    assert parse_amount(plain, 2) == parse_amount(grouped, 2) == minor


@given(st.text(max_size=40), st.sampled_from([0, 2, 3]))
def test_anything_typed_is_an_amount_or_refused(text, digits):
    try:
        outcome: int | str = parse_amount(text, digits)
    except InvalidInput as refused:
        outcome = refused.reason
    assert outcome in REASONS or (isinstance(outcome, int) and 0 <= outcome <= MAXIMUM_MINOR)


@pytest.mark.parametrize(
    ("text", "qty"), [("3", 3), ("１２", 12), ("9999", 9999), ("0", 0), ("2.0", 2), ("1,000", 1000)]
)
def test_quantities(text, qty):
    assert parse_quantity(text) == qty


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("-1", "negative"), ("1.5", "decimals"), ("10000", "too_large"), ("x", "not_a_number")],
)
def test_quantities_refused(text, reason):
    with pytest.raises(InvalidInput) as refused:
        parse_quantity(text)
    assert (refused.value.field, refused.value.reason) == ("quantity", reason)


def test_a_barcode_never_becomes_a_quantity():
    with pytest.raises(InvalidInput) as refused:
        parse_quantity("4006381333931")
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    ("text", "bp"),
    [("10", 1000), ("10%", 1000), ("10 ％", 1000), ("１２．５", 1250), ("0.01", 1), ("100", 10_000), ("0", 0)],
)
def test_percentages(text, bp):
    assert parse_percent(text) == bp


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("%", "empty"),
        ("100.01", "too_large"),
        ("12.345", "decimals"),
        ("-5", "negative"),
        ("9折", "not_a_number"),
    ],
)
def test_percentages_refused(text, reason):
    with pytest.raises(InvalidInput) as refused:
        parse_percent(text)
    assert (refused.value.field, refused.value.reason) == ("percent", reason)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (10, [6800, 19800, 4500], [2, 6, 2]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 0, 0], [2, 2, 1]),
        (5, [0, 7, 0], [0, 5, 0]),
        (100, [-1, -3], [25, 75]),
        (7, [1, -1], [4, 3]),
        (0, [3, 4], [0, 0]),
        (0, [], []),
        (3, [1], [3]),
    ],
)
def test_shares(total, weights, shares):
    assert share_out(total, weights) == shares


def test_nothing_is_shared_among_nobody():
    with pytest.raises(ValueError):
        share_out(1, [])


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_shares_add_up_and_are_fair(total, weights):
    shares = share_out(total, weights)
    whole = sum(weights)
    assert sum(shares) == total
    if whole:
        assert all(abs(share * whole - total * weight) < whole for share, weight in zip(shares, weights, strict=True))
        assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)
    assert share_out(-total, weights) == [-share for share in shares]


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(-1000, 1000), min_size=1, max_size=20))
def test_shares_add_up_whatever_the_weights(total, weights):
    assert sum(share_out(total, weights)) == total


@pytest.mark.parametrize(
    ("minor", "bp", "part"),
    [(6800, 1000, 680), (999, 1000, 100), (5, 1000, 1), (4, 1000, 0), (-5, 1000, -1), (100, 0, 0), (101, 10_000, 101)],
)
def test_percent_of(minor, bp, part):
    assert percent_of(minor, bp) == part


@pytest.mark.parametrize(
    ("total", "unit", "mode", "off"),
    [
        (15795, 10, "down", 5),
        (15795, 100, "down", 95),
        (15795, 10, "nearest", -5),
        (15794, 10, "nearest", 4),
        (15750, 100, "nearest", -50),
        (15749, 100, "nearest", 49),
        (1742, 5, "nearest", 2),
        (1743, 5, "nearest", -2),
        (99, 100, "down", 99),
        (0, 100, "nearest", 0),
        (-15795, 10, "down", -5),
        (777, 1, "down", 0),
    ],
)
def test_round_off(total, unit, mode, off):
    assert round_off(total, unit, mode) == off


@given(st.integers(-(10**10), 10**10), st.integers(1, 10_000), st.sampled_from(["down", "nearest"]))
def test_after_the_round_off_the_total_is_whole(total, unit, mode):
    off = round_off(total, unit, mode)
    assert (total - off) % unit == 0
    assert abs(off) < unit if mode == "down" else 2 * abs(off) <= unit


def test_a_unit_of_nothing_rounds_nothing():
    with pytest.raises(ValueError):
        round_off(100, 0, "down")


@pytest.mark.parametrize(
    ("due", "currency", "digits", "offered"),
    [
        (17500, "CNY", 2, [17500, 18000, 20000, 30000]),
        (6837, "CNY", 2, [6837, 7000, 8000, 10000]),
        (350, "CNY", 2, [350, 400, 500, 2000]),
        (10000, "CNY", 2, [10000, 20000]),
        (123400, "CNY", 2, [123400, 124000, 125000, 130000]),
        (2980, "JPY", 0, [2980, 3000, 5000, 10000]),
        (1742, "USD", 2, [1742, 1800, 2000, 10000]),
        (5000, "CNY", 2, [5000, 6000, 10000, 20000]),
        (1, "CNY", 2, [1, 10]),
        (0, "CNY", 2, [0]),
        (-100, "CNY", 2, []),
    ],
)
def test_quick_amounts(due, currency, digits, offered):
    assert quick_amounts(due, digits, denominations(currency)) == offered


def test_quick_amounts_of_a_currency_without_known_notes():
    assert quick_amounts(68_00, 2, ()) == [6800, 7000, 8000, 10000]


@given(st.integers(1, 10**8), st.sampled_from(["CNY", "USD", "EUR", "HKD", "GBP", "JPY", "TWD", "XXX"]))
def test_quick_amounts_begin_exact_rise_and_can_be_paid(due, currency):
    offered = quick_amounts(due, 2, denominations(currency))
    assert offered[0] == due
    assert len(offered) <= 4
    assert all(first < second for first, second in itertools.pairwise(offered))
    assert all(amount <= 10 * due for amount in offered)


@pytest.mark.parametrize("currency", ["CNY", "USD", "EUR", "HKD", "GBP", "JPY", "TWD", "cny", "XXX"])
def test_denominations_fall(currency):
    worths = denominations(currency)
    assert list(worths) == sorted(set(worths), reverse=True)
    assert worths[-1] > 0


@pytest.mark.parametrize(
    ("currency", "digits", "notes_and_coins"),
    [
        ("CNY", 2, "100 50 20 10 5 1 0.5 0.1"),
        ("USD", 2, "100 50 20 10 5 1 0.25 0.1 0.05 0.01"),
        ("EUR", 2, "200 100 50 20 10 5 2 1 0.5 0.2 0.1 0.05 0.02 0.01"),
        ("HKD", 2, "1000 500 100 50 20 10 5 2 1 0.5 0.2 0.1"),
        ("GBP", 2, "50 20 10 5 2 1 0.5 0.2 0.1 0.05 0.02 0.01"),
        ("JPY", 0, "10000 5000 1000 500 100 50 10 5 1"),
        ("TWD", 2, "2000 1000 500 100 50 10 5 1"),
        ("XXX", 2, "100 50 20 10 5 2 1 0.5 0.2 0.1 0.05 0.01"),
    ],
)
def test_the_notes_and_coins_in_use(currency, digits, notes_and_coins):
    assert denominations(currency) == tuple(parse_amount(worth, digits) for worth in notes_and_coins.split())
