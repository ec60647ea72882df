"""The trial leaves the last title out and finds out honestly whether it would have been offered."""

import numpy as np
import pytest
from tests.benchmarks.purchases import Taste, invented

from av_pos.analytics import trial
from av_pos.analytics.pairs import lists_of


def test_each_buyers_last_title_is_left_out():
    # 7 bought 0, 2, 0 again and 1; 8 bought 2 only; 9 bought 1 and 0.
    left = trial.leave_out([7, 8, 7, 9, 7, 9, 7], [0, 2, 2, 1, 0, 0, 1], 3)
    assert dict(zip(left.who.tolist(), left.what.tolist(), strict=True)) == {7: 1, 9: 0}
    known = sorted(zip(left.buyers.tolist(), left.items.tolist(), strict=True))
    assert known == [(7, 0), (7, 2), (8, 2), (9, 1)]
    assert left.one[1] == 1


def test_the_title_left_out_is_hit_or_not():
    left = trial.leave_out([1, 1, 2, 2], [0, 1, 0, 2], 3)

    def always(*titles):
        return lambda _lists, _top: lambda _who, _history: np.array(titles)

    assert trial.hit_rate(left, always(1)).rate == 0.5
    assert trial.hit_rate(left, always(2, 1)).rate == 1
    assert trial.hit_rate(left, always(2, 1), top=1).hits == 1
    assert trial.hit_rate(left, always()).rate == 0


def test_no_purchases_no_rate():
    left = trial.leave_out([], [], 0)
    assert trial.hit_rate(left, trial.by_popularity).rate == 0
    assert trial.hit_rate(left, trial.by_basket).tested == 0


def test_the_trial_draws_the_same_buyers_for_the_same_seed():
    bought = invented(1, 50, 100, Taste())
    one, other = (trial.leave_out(bought.buyers, bought.items, 100, testers=9) for _ in range(2))
    np.testing.assert_array_equal(one.who, other.who)
    assert len(one.who) == 9
    # The others keep all that they bought.
    pairs = set(zip(bought.buyers.tolist(), bought.items.tolist(), strict=True))
    assert len(one.buyers) == len(pairs) - 9


def test_popularity_offers_what_most_have_and_nothing_owned():
    left = trial.leave_out([1, 1, 2, 2, 3, 3], [0, 1, 0, 2, 0, 1], 3)
    lists = lists_of(left.buyers, left.items, 3)
    assert trial.by_popularity(lists, 2)(1, np.array([0])).tolist() == [1, 2]


@pytest.mark.parametrize("one_disc", [False, True])
def test_with_few_customers_the_damped_cosine_hits_far_more_often_than_the_plain(one_disc):
    taste = Taste(styles=30, artists_per_style=10, skew=0.6, astray=0.2, faithful=0.4, mean=15, spread=1.0)
    bought = invented(5, 1500, 2000, taste)
    left = trial.leave_out(bought.buyers, bought.items, bought.item_count, testers=700)
    plain, ours = (trial.hit_rate(left, method, one_disc=one_disc).rate
                   for method in (trial.by_plain_cosine, trial.by_basket))  # fmt: skip
    assert ours > 1.3 * plain > 0


def test_a_members_list_hits_more_often_than_what_sells():
    taste = Taste(styles=30, artists_per_style=10, skew=0.4, astray=0.1, faithful=0.5, mean=12, spread=0.8)
    bought = invented(6, 1500, 2000, taste)
    left = trial.leave_out(bought.buyers, bought.items, bought.item_count, testers=300)
    assert trial.hit_rate(left, trial.by_member).rate > 1.5 * trial.hit_rate(left, trial.by_popularity).rate
