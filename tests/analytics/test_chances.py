"""The odds agree with closed values, with one another, and with chance itself."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from av_pos.analytics.chances import (
    Odds,
    log_chance,
    log_gamma,
    normal_quantile,
    normal_tail,
)


@pytest.mark.parametrize(
    ("p", "z"),
    [(0.5, 0.0), (0.95, 1.6448536269514722), (0.975, 1.959963984540054), (0.98, 2.0537489106318225),
     (1e-10, -6.361340902404056), (0.999999, 4.753424308817087)],
)  # fmt: skip
def test_normal_quantiles_of_the_tables(p, z):
    assert normal_quantile(p) == pytest.approx(z, rel=1e-12, abs=1e-14)


def test_normal_quantile_of_the_ends_and_beyond():
    assert normal_quantile([0.0, 1.0]).tolist() == [-math.inf, math.inf]
    assert np.isnan(normal_quantile([-0.1, 1.5])).all()


@given(st.floats(1e-12, 1 - 1e-12))
def test_normal_quantile_agrees_with_the_standard_library(p):
    assert float(normal_quantile(p)) == pytest.approx(NormalDist().inv_cdf(p), rel=1e-9, abs=1e-9)


@given(st.floats(-8, 8))
def test_normal_tail_agrees_with_erfc(z):
    assert float(normal_tail(z)) == pytest.approx(math.erfc(z / math.sqrt(2)) / 2, rel=1.3e-7)


@given(st.floats(1e-6, 1e6))
def test_log_gamma_agrees_with_the_standard_library(x):
    assert float(log_gamma(x)) == pytest.approx(math.lgamma(x), rel=2e-13, abs=2e-13)


@pytest.mark.parametrize(
    ("pieces", "mean", "chance"),
    [(0, 0.3, math.exp(-0.3)), (1, 0.3, 1.3 * math.exp(-0.3)), (2, 2.0, 5 * math.exp(-2)), (-1, 2.0, 0.0),
     (0, 0.0, 1.0), (5, 0.0, 1.0)],
)  # fmt: skip
def test_poisson_sums_in_closed_form(pieces, mean, chance):
    assert Odds.of([mean]).at_most([pieces])[0] == pytest.approx(chance, rel=1e-14)


def test_a_ratio_of_two_and_a_mean_of_one_is_geometric():
    odds = Odds.of(np.ones(6), 2.0)
    np.testing.assert_allclose(odds.at_most(np.arange(6)), 1 - 0.5 ** np.arange(1, 7), rtol=1e-13)
    assert Odds.of([1.0], 2.0).least(0.97).tolist() == [5]


def test_chances_that_reach_very_far_are_as_exact():
    pieces = np.array([0, 10, 2_000, 9_000, 10])
    odds = Odds.of(np.full(5, 999.0), 1_000.0)
    np.testing.assert_allclose(odds.at_most(pieces), 1 - 0.999 ** (pieces + 1.0), rtol=1e-9)
    assert odds.some(np.array([3, 0])).least([0.5, 0.99]).tolist() == [692, 4_602]


@pytest.mark.parametrize(("mean", "ratio"), [(900.0, 1.0), (900.0, 4.0), (5000.0, 1.5)])
def test_large_means_lie_near_the_normal_and_sum_to_one(mean, ratio):
    odds = Odds.of([mean], ratio)
    spread = math.sqrt(mean * ratio)
    assert odds.at_most([int(mean + 11 * spread)])[0] == pytest.approx(1.0, abs=1e-9)
    # Half a piece and the skew's share (ratio / 6 spreads) are what separates the two at the middle.
    assert odds.at_most([int(mean)])[0] == pytest.approx(0.5, abs=(1 + ratio) / spread)
    assert odds.least(0.95)[0] == pytest.approx(mean + 1.645 * spread, rel=0.01)
    assert odds.at_most([0])[0] < 1e-100


means = st.lists(st.floats(0, 40), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(means, st.floats(1, 6), st.floats(0.01, 0.9999))
def test_the_least_level_is_enough_and_one_fewer_is_not(mean, ratio, level):
    odds = Odds.of(mean, ratio)
    least = odds.least(level)
    assert (odds.at_most(least) >= level - 1e-12).all()
    assert (odds.at_most(least - 1) < level + 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 40), st.floats(1, 6))
def test_the_sums_are_the_single_chances_added(mean, ratio):
    single = np.exp(log_chance(np.arange(60), mean, ratio))
    np.testing.assert_allclose(Odds.of(np.full(60, mean), ratio).at_most(np.arange(60)), np.cumsum(single), atol=1e-11)


def test_a_negative_binomial_is_the_mixture_of_gamma_poissons():
    rng = np.random.default_rng(5)
    drawn = rng.poisson(rng.gamma(0.6, 3.0, 200_000))
    odds = Odds.of(np.full(8, 1.8), 4.0)
    np.testing.assert_allclose(odds.at_most(np.arange(8)), [(drawn <= j).mean() for j in range(8)], atol=0.005)


def test_levels_may_differ_from_title_to_title():
    assert Odds.of([1.4, 1.4, 1.4]).least([0.5, 0.95, 0.999]).tolist() == [1, 4, 6]
