"""Who carries the shop, and what rises, falls, or comes with the year; chance alone is called neither."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.analytics.history import History
from av_pos.analytics.trends import SHARES, Class, Trend, abc, trends_of
from av_pos.errors import InvalidInput

A, B, C, NONE = Class


@pytest.mark.parametrize(
    ("worth", "classes"),
    [
        ([80, 15, 5], [A, B, C]),
        ([5, 15, 80], [C, B, A]),
        ([50, 40, 7, 3], [A, A, B, C]),
        ([10] * 10, [A] * 8 + [B] * 2),
        ([100], [A]),
        ([0, 3, -5], [NONE, A, NONE]),
        ([], []),
    ],
)
def test_classes(worth, classes):
    assert abc(np.array(worth, float)).tolist() == classes


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_a_title_reaches_its_share_no_sooner_than_those_worth_more(worth):
    values = np.array(worth)
    classes = abc(values)
    order = np.argsort(-values, kind="stable")
    assert (np.diff(classes[order]) >= 0).all()
    if values.sum() > 0:
        assert values[classes == A].sum() >= SHARES[0] * values.sum() * (1 - 1e-9)
        assert values[classes <= B].sum() >= SHARES[1] * values.sum() * (1 - 1e-9)


def test_a_worth_nobody_knows_is_refused():
    with pytest.raises(InvalidInput):
        abc([1.0, float("nan")])


WEEKS = 156


def sold(mean, seed=3):
    rng = np.random.default_rng(seed)
    return rng.poisson(np.broadcast_to(mean, (6, WEEKS))).astype(np.int16)


TIME = np.arange(WEEKS)
CASES = {
    "rising": (4 + 4 * TIME / WEEKS, Trend.RISING),
    "falling": (4 + 4 * (1 - TIME / WEEKS), Trend.FALLING),
    "seasonal": (4 + 8 * (TIME % 52 >= 44), Trend.SEASONAL),
    "flat": (6 + 0 * TIME, Trend.FLAT),
    "hardly": (0.03 + 0 * TIME, Trend.TOO_LITTLE),
}


@pytest.mark.parametrize(("mean", "trend"), CASES.values(), ids=CASES)
def test_what_a_style_does(mean, trend):
    found = trends_of(History(sold(mean)), np.full(6, 2))
    assert found.group.tolist() == [2]
    assert found.trend.tolist() == [trend]


def test_the_change_is_a_years():
    found = trends_of(History(sold(20 * (1 + 0.4 * (TIME - WEEKS / 2) / 52))), np.full(6, 0))
    assert found.change[0] == pytest.approx(0.4, abs=0.05)
    assert found.doubt[0] < 1e-6


@pytest.mark.parametrize("first_week", [0, 20])
def test_the_peak_is_told_by_the_time_of_the_year(first_week):
    place = (first_week + TIME) % 52
    found = trends_of(History(sold(20 + 40 * ((place >= 44) & (place < 48))), first_week=first_week), np.zeros(6, int))
    assert found.peak.tolist() == [11]


def test_a_season_on_top_of_a_rise_is_still_a_rise():
    mean = (20 + 15 * (TIME % 52 >= 44)) * (1 + 0.5 * TIME / 52)
    found = trends_of(History(sold(mean)), np.zeros(6, int))
    assert found.trend.tolist() == [Trend.RISING]
    assert found.peak[0] in (11, 12)


@pytest.mark.parametrize("bunched", [False, True])
def test_chance_alone_is_seldom_called_a_trend(bunched):
    rng = np.random.default_rng(5)
    counts = rng.negative_binomial(6, 0.5, (3000, 104)) if bunched else rng.poisson(6.0, (3000, 104))
    found = trends_of(History(counts), np.arange(3000))
    assert (found.trend != Trend.FLAT).mean() < 0.02
    assert (found.peak >= 0).mean() < 0.01


@pytest.mark.parametrize("weeks", [0, 3, 20])
def test_too_short_a_time_tells_nothing(weeks):
    found = trends_of(History(np.full((4, weeks), 9, np.int16)), np.array([0, 0, 5, -1]))
    assert found.group.tolist() == [0, 5]
    assert (found.trend == Trend.TOO_LITTLE).all()
    assert found.peak.tolist() == [-1, -1]


def test_groups_that_are_not_as_many_as_titles_are_refused():
    with pytest.raises(InvalidInput):
        trends_of(History(np.zeros((4, 20), np.int16)), np.zeros(3, int))
