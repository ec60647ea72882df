"""Tax by a table of rates with dates; line taxes add up to the printed sums."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.documents import TaxLine
from av_pos.domain.tax import TaxedAmount, TaxRate, added_tax, contained_tax, rate_on, sum_by_rate
from av_pos.errors import NotFound

RATES = (
    TaxRate("standard", "VAT 10 %", 1000, None, date(2019, 3, 31)),
    TaxRate("standard", "VAT 9 %", 900, date(2019, 4, 1)),
    TaxRate("small", "3 %", 300, date(2010, 1, 1), date(2020, 2, 29)),
    TaxRate("small", "1 %", 100, date(2020, 2, 29)),
)
LINES = st.lists(
    st.builds(
        TaxedAmount,
        st.sampled_from(["A", "B"]),
        st.sampled_from([0, 100, 300, 900, 1300, 2000]),
        st.integers(0, 10**8),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("key", "day", "bp"),
    [
        ("standard", date(2019, 3, 31), 1000),
        ("standard", date(2019, 4, 1), 900),
        ("standard", date(1990, 1, 1), 1000),
        ("standard", date(2030, 1, 1), 900),
        ("small", date(2020, 2, 28), 300),
        ("small", date(2020, 2, 29), 100),
    ],
)
def test_the_rate_of_a_day(key, day, bp):
    assert rate_on(RATES, key, day).rate_bp == bp
    assert rate_on(RATES[::-1], key, day).rate_bp == bp


@pytest.mark.parametrize(("key", "day"), [("small", date(2009, 12, 31)), ("none", date(2026, 1, 1))])
def test_no_rate_for_the_day_is_said(key, day):
    with pytest.raises(NotFound) as missing:
        rate_on(RATES, key, day)
    assert (missing.value.kind, missing.value.key) == ("tax_rate", key)


@pytest.mark.parametrize(
    ("gross", "bp", "tax"),
    [(10900, 900, 900), (31100, 900, 2568), (100, 900, 8), (6, 900, 0), (7, 900, 1), (-10900, 900, -900), (500, 0, 0)],
)
def test_contained_tax(gross, bp, tax):
    assert contained_tax(gross, bp) == tax


@pytest.mark.parametrize(("net", "bp", "tax"), [(10000, 900, 900), (50, 900, 5), (-50, 900, -5), (55, 900, 5)])
def test_added_tax(net, bp, tax):
    assert added_tax(net, bp) == tax


@given(st.integers(-(10**10), 10**10), st.integers(1, 5000))
def test_tax_put_on_is_the_tax_taken_out(net, bp):
    assert contained_tax(net + added_tax(net, bp), bp) == added_tax(net, bp)


def test_the_tax_is_rounded_on_the_sum_not_on_each_line():
    lines = [TaxedAmount("VAT", 900, 6) for _ in range(10)]
    sums, shares = sum_by_rate(lines)
    assert sums == (TaxLine("VAT", 900, 60, 5),)
    assert shares == (1, 1, 1, 1, 1, 0, 0, 0, 0, 0)


def test_rates_are_listed_apart_the_highest_first():
    lines = [TaxedAmount("books", 0, 500), TaxedAmount("discs", 900, 10900), TaxedAmount("books", 0, 100)]
    sums, shares = sum_by_rate(lines)
    assert sums == (TaxLine("discs", 900, 10900, 900), TaxLine("books", 0, 600, 0))
    assert shares == (0, 900, 0)


def test_prices_without_tax_get_it_added():
    sums, shares = sum_by_rate([TaxedAmount("VAT", 2000, 100), TaxedAmount("VAT", 2000, 300)], prices_include_tax=False)
    assert sums == (TaxLine("VAT", 2000, 480, 80),)
    assert shares == (20, 60)


@given(LINES, st.booleans())
def test_line_taxes_add_up_to_the_printed_sums(lines, included):
    sums, shares = sum_by_rate(lines, prices_include_tax=included)
    assert sum(shares) == sum(line.tax_minor for line in sums)
    for printed in sums:
        same = [
            (line.amount_minor, share)
            for line, share in zip(lines, shares, strict=True)
            if (line.rate_bp, line.name) == (printed.rate_bp, printed.name)
        ]
        assert sum(share for _, share in same) == printed.tax_minor
        amount = sum(amount for amount, _ in same)
        assert printed.gross_minor == (amount if included else amount + printed.tax_minor)
    assert all(0 <= share <= line.amount_minor for line, share in zip(lines, shares, strict=True))
