"""What a title will sell: its own past, the shop's, its look-alikes, its age, the season, its end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.analytics.slow_movers import Trade, invented, window_sums, zero_months

from av_pos.analytics.curves import chi_square_quantile, curves_of, f_quantile
from av_pos.analytics.demand import Basis, Method, forecast
from av_pos.analytics.history import SETTLED, YEAR, History
from av_pos.analytics.plain_demand import croston, mean_and_spread
from av_pos.analytics.pooled import Evidence, prior_of, rates_of
from av_pos.analytics.reorder import exposed
from av_pos.errors import InvalidInput

LONG = 1000


def history(*rows, **more):
    return History(np.array(rows, np.int16), **more)


def shop(seed=1, titles=1500, weeks=156, **trade):
    return invented(seed, titles, weeks, Trade(**trade))


def test_the_textbook_takes_the_weeks_on_sale():
    plain = mean_and_spread(history([0, 0, 2, 4], [1, 1, 1, 1], on_sale=np.array([2, 9])))
    assert plain.mean.tolist() == [3.0, 1.0]
    assert plain.spread.tolist() == pytest.approx([2**0.5, 0.0])


def test_croston_by_hand():
    # Two pieces after two weeks, then four after three: 0.95 · (2 + 0.1 · 2) / (2 + 0.1 · 1).
    plain = croston(history([0, 2, 0, 0, 4, 0], [0, 0, 0, 0, 0, 0], on_sale=np.array([LONG, LONG])))
    assert plain.mean.tolist() == pytest.approx([0.95 * 2.2 / 2.1, 0.0])


def test_what_was_missed_is_demand_and_what_came_back_is_none_less():
    plain = mean_and_spread(history([1, -1, 0, 0], missed=np.array([[0, 0, 2, 1]], np.uint8)))
    assert plain.mean.tolist() == [1.0]


def test_a_title_is_judged_new_where_its_silence_cannot_be_chance():
    ages = history([0] * 30 + [3] * 10, [0] * 30 + [1] + [0] * 9, [0] * 40).ages()
    assert ages.tolist() == [10, 40 + SETTLED, 40 + SETTLED]
    assert history([0, 0, 1, 1], on_sale=np.array([1])).ages().tolist() == [2], "it sold, so it was on sale"


def test_between_its_own_sales_and_the_shops():
    h = shop(new=0, ends=0)
    found = forecast(h)
    own = h.counts.mean(axis=1)
    seldom, often = own < own.mean() / 3, own > own.mean() * 4
    assert (found.mean[seldom & (own > 0)] > 0).all()
    assert found.mean[seldom].mean() > own[seldom].mean()
    assert found.mean[often].mean() < own[often].mean()
    assert found.mean.sum() == pytest.approx(own.sum(), rel=0.1)
    assert (found.basis == Basis.POOLED).all()


def test_nothing_sold_is_not_nothing_expected_but_little():
    found = forecast(history(*[[0] * 104] * 40))
    assert (found.mean > 0).all()
    assert (found.mean < 0.01).all()
    assert not found.calibration.is_tested


def test_one_sale_ever_is_no_run():
    rows = np.zeros((200, 104), np.int16)
    rows[7, 50] = 1
    found = forecast(History(rows))
    assert found.mean[7] == found.mean.max()
    assert found.mean[7] < 1 / 52


def test_a_new_title_without_sales_sells_like_its_look_alikes():
    rng = np.random.default_rng(4)
    artist = np.repeat(np.arange(40), 25)
    rate = np.where(artist < 20, 0.02, 0.5)
    counts = rng.poisson(rate[:, None], (1000, 104)).astype(np.int16)
    on_sale = np.full(1000, LONG)
    fresh = np.array([0, 999])
    counts[fresh], on_sale[fresh] = 0, 0
    kinds = np.column_stack((artist, np.full(1000, -1)))
    found = forecast(History(counts, on_sale=on_sale, kinds=kinds))
    assert found.basis[fresh].tolist() == [Basis.LOOKALIKES] * 2
    assert found.mean[fresh].tolist() == pytest.approx([0.02, 0.5], rel=0.35)
    without = forecast(History(counts, on_sale=on_sale))
    assert without.mean[0] == without.mean[999]


def test_kinds_that_say_nothing_change_nothing():
    rng = np.random.default_rng(4)
    counts = rng.poisson(rng.gamma(0.5, 0.3, (800, 1)), (800, 104)).astype(np.int16)
    kinds = rng.integers(0, 30, (800, 1))
    with_kinds, plain = forecast(History(counts, kinds=kinds)), forecast(History(counts))
    np.testing.assert_allclose(with_kinds.mean, plain.mean, rtol=0.35, atol=0.005)


def test_the_fall_after_release_is_seen_and_only_where_it_is():
    h = shop(titles=3000, burst=5.0, fall=7.0)
    curves = curves_of(h)
    true = 1 + 5 * np.exp(-np.arange(40) / 7)
    np.testing.assert_allclose(curves.release[:40], true, rtol=0.3)
    assert not curves_of(shop(titles=3000, burst=0.0, ends=0)).has_release
    found = forecast(h)
    new = np.flatnonzero((h.on_sale <= 6) & (h.counts[:, -6:].sum(axis=1) > 3))
    assert len(new)
    # The year of a title that sells much in its first weeks is not 52 of those weeks.
    assert (found.year[new] < 40 * found.mean[new]).all()


def test_a_first_week_known_only_from_its_sale_shows_no_fall():
    rng = np.random.default_rng(9)
    counts = rng.poisson(rng.gamma(0.5, 0.9, (2000, 1)), (2000, 104))
    counts *= np.arange(104) >= rng.integers(-60, 104, 2000)[:, None]
    assert not curves_of(History(counts)).has_release


def test_the_season_is_seen_and_only_where_it_is():
    seen = curves_of(shop(weeks=156, titles=3000, season=0.8)).season
    assert seen[48:].mean() > 1.8 * seen[:48].mean()
    assert not curves_of(shop(weeks=156, titles=3000)).has_season
    assert not curves_of(shop(weeks=156, titles=3000, drift=-0.01)).has_season, "shrinking is no season"
    assert not curves_of(shop(weeks=100, titles=3000, season=0.8)).has_season, "one year proves none"


def test_the_season_is_told_by_the_week_of_the_year():
    h = shop(weeks=156, titles=3000, season=0.8)
    moved = History(h.counts[:, 20:], on_sale=h.on_sale, first_week=20)
    np.testing.assert_allclose(curves_of(moved).season, curves_of(h).season, atol=0.25)
    before_peak = forecast(History(h.counts[:, :-6], on_sale=np.maximum(h.on_sale - 6, 0)), 4)
    after = forecast(h, 4)
    assert before_peak.mean.sum() > 1.3 * after.mean.sum()


def test_a_title_long_silent_comes_to_its_end():
    evidence = Evidence(np.array([20.0, 20.0, 1.0]), np.full(3, 104.0), np.array([2.0, 60.0, 60.0]))
    prior = prior_of(evidence, None, 1.0)
    rates = rates_of(evidence, prior, 0.01, 1.0)
    assert rates.alive[0] > 0.95
    assert rates.alive[1] < 0.1, "twenty sold, then a year of silence"
    assert rates.alive[2] > 5 * rates.alive[1], "one sold ever: silence says little"
    assert rates_of(evidence, prior, 0.0, 1.0).alive.tolist() == [1.0] * 3


def test_lessons_learned_once_spare_the_learning():
    h = shop(titles=600)
    whole = forecast(h, 2)
    again = forecast(h, 2, lessons=whole.lessons)
    assert again.lessons is whole.lessons
    np.testing.assert_array_equal(again.mean, whole.mean)


def test_where_titles_end_the_past_year_says_so():
    assert forecast(shop(ends=0.02, new=0.9)).lessons.knobs.hazard > 0
    assert forecast(shop(ends=0.0, new=0.0, seed=2)).lessons.knobs.hazard <= 0.001


def test_bunches_are_told_from_uneven_titles():
    assert curves_of(shop(more=1.0, new=0)).bunched == pytest.approx(2.5, rel=0.15)
    assert curves_of(shop(uneven=0.2, new=0)).bunched == pytest.approx(1.0, abs=0.05)


def test_a_figure_typed_by_hand_is_taken_as_it_is():
    found = forecast(shop(titles=50)).with_demand(np.array([3]), [2.0])
    assert (found.mean[3], found.year[3], found.alive[3]) == (2.0, 104.0, 1.0)
    assert found.basis[3] == Basis.BY_HAND
    with pytest.raises(InvalidInput):
        found.with_demand(np.array([3]), [float("nan")])


SHOPS = {
    "even": {},
    "heavy tail": {"is_heavy": True},
    "seasons": {"season": 0.5},
    "bunches": {"more": 0.5},
}


@pytest.mark.parametrize("trade", SHOPS.values(), ids=SHOPS)
@pytest.mark.parametrize("weeks", [2, 3])
def test_promises_are_kept_in_a_year_nobody_looked_at(trade, weeks):
    held = 52
    h = shop(seed=11, titles=2000, weeks=208, **trade)
    assert 0.7 < zero_months(h) < 0.85
    since = h.weeks - held
    found = forecast(h.until(since), weeks)
    old = h.until(since).ages() > 0
    sums = window_sums(h, since, weeks)[old]
    for promise in (0.90, 0.95, 0.98):
        covered = (sums <= levels(found, promise, weeks)[old][:, None]).mean()
        assert promise - 0.01 <= covered <= max(promise + 0.02, (sums == 0).mean() + 0.02)


def levels(found, promise, weeks):
    return exposed(found, 7.0 * weeks, 0.0, promise).reorder_point()


def test_for_the_same_fill_no_more_stock_than_the_textbook():
    h = shop(seed=12, titles=2000, weeks=156)
    past, sums = h.until(104), window_sums(h, 104, 2)
    found, plain = forecast(past), forecast(past, method=Method.TEXTBOOK)

    def fill_and_left(level):
        served = np.minimum(sums, level[:, None]).sum() / sums.sum()
        return served, np.maximum(level[:, None] - sums, 0).mean()

    ours = np.array([fill_and_left(levels(found, p, 2)) for p in np.linspace(0.5, 0.995, 60)])
    for promise in (0.90, 0.95, 0.98):
        served, left = fill_and_left(levels(plain, promise, 2))
        assert np.interp(served, ours[:, 0], ours[:, 1]) <= left


def test_too_short_a_past_is_not_called_a_test():
    found = forecast(shop(titles=100, weeks=12))
    assert not found.calibration.is_tested
    assert found.calibration.level(0.95, np.zeros(1)) == pytest.approx(0.95)
    assert np.isnan(found.calibration.cover(0.95))


def test_a_busy_title_keeps_the_promise_by_itself():
    h = shop(seed=5, titles=2000, weeks=156)
    found = forecast(h.until(104))
    busy = found.rate * 2 >= 1
    sums = window_sums(h, 104, 2)[busy]
    assert busy.sum() > 50
    covered = (sums <= levels(found, 0.9, 2)[busy][:, None]).mean()
    assert covered == pytest.approx(0.9, abs=0.05)


@settings(max_examples=40, deadline=None)
@given(arrays(np.int16, st.tuples(st.integers(0, 6), st.integers(0, 40)), elements=st.integers(-5, 400)),
       st.sampled_from(list(Method)), st.integers(0, 30))  # fmt: skip
def test_whatever_was_sold_the_forecast_is_a_number(counts, method, window):
    found = forecast(History(counts, kinds=np.zeros((len(counts), 1), np.int64)), window, method)
    for each in (found.mean, found.spread, found.year, found.rate, found.alive):
        assert np.isfinite(each).all()
        assert (each >= 0).all()
    assert (found.alive <= 1).all()
    if counts.size:
        assert found.mean.max() <= max(counts.max(), 1) * 1.01


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("counts", lambda: History(np.zeros(3, np.int16))),
        ("counts", lambda: History(np.zeros((3, 2)).astype(float))),
        ("on_sale", lambda: history([1, 2], on_sale=np.array([1, 2]))),
        ("kinds", lambda: history([1, 2], kinds=np.zeros((3, 1), np.int64))),
        ("missed", lambda: history([1, 2], missed=np.zeros((1, 3), np.uint8))),
        ("first_week", lambda: history([1, 2], first_week=YEAR)),
        ("window_weeks", lambda: forecast(history([1, 2]), -1)),
        ("window_weeks", lambda: forecast(history([1, 2]), [1, 2])),
    ],
)
def test_what_does_not_belong_together_is_refused(field, make):
    with pytest.raises(InvalidInput) as refused:
        make()
    assert refused.value.field == field


def test_the_tests_of_chance_use_the_right_quantiles():
    assert chi_square_quantile(0.99, 14) == pytest.approx(29.141, rel=0.01)
    assert f_quantile(0.99, 51, 51) == pytest.approx(1.936, rel=0.02)
