"""A member's own list: the walk equals its formula, the alike are those with most in common."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.buyers import agree, purchases, simple_scores, table

from av_pos.analytics.pairs import lists_of
from av_pos.analytics.walks import Members, alike, titles_of, walked


@settings(max_examples=60, deadline=None)
@given(purchases(), st.sampled_from([0.0, 0.3, 0.7]), st.sampled_from([0.0, 3.0]))
def test_the_walk_equals_its_formula(bought, beta, shrink):
    dense = table(*bought)
    counts = np.maximum(dense.sum(axis=0), 1)
    nearest = walked(lists_of(*bought), beta=beta, shrink=shrink)
    agree(nearest, *simple_scores(dense, 1 / np.maximum(dense.sum(axis=1), 1), 1 / counts, counts**-beta, shrink))


def test_a_popular_end_is_made_rarer():
    # From title 0 the walk ends in 1 or 2 alike; 2 is what many others bought too.
    buyers, items = [1, 1, 1, 2, 3, 4, 5], [0, 1, 2, 2, 2, 2, 2]
    lists = lists_of(buyers, items, 3)
    assert walked(lists, beta=0.3).ids[0, :2].tolist() == [1, 2]
    even = walked(lists, beta=0.0).scores[0, :2].tolist()
    assert even[0] == even[1]


@settings(max_examples=60, deadline=None)
@given(purchases(), st.lists(st.integers(0, 8), max_size=5))
def test_the_alike_are_those_with_most_in_common(bought, history):
    lists = lists_of(*bought)
    dense, own = table(*bought), np.zeros(bought[2])
    own[history] = 1
    common = dense @ own
    with np.errstate(all="ignore"):
        scores = np.where(common > 0, common / np.sqrt(dense.sum(axis=1) * own.sum()) * common / (common + 3), 0)
    near = alike(Members.of(lists), np.array(history, np.int64), k=4)
    np.testing.assert_allclose(near.scores, np.sort(scores[scores > 0])[::-1][:4])
    np.testing.assert_allclose(near.scores, scores[near.numbers])
    sums, having = titles_of(Members.of(lists), near)
    np.testing.assert_allclose(sums, near.scores @ dense[near.numbers] if len(near.scores) else 0)
    np.testing.assert_array_equal(having, dense[near.numbers].sum(axis=0))


def test_nobody_is_alike_himself():
    members = Members.of(lists_of([70, 70, 80, 80], [0, 1, 0, 1], 2))
    assert alike(members, np.array([0, 1]), without=70).numbers.tolist() == [1]
    assert alike(members, np.array([0, 1])).numbers.tolist() == [0, 1]


def test_a_title_without_buyers_makes_nobody_alike():
    members = Members.of(lists_of([70], [0], 3))
    assert alike(members, np.array([2])).scores.tolist() == []
    assert titles_of(members, alike(members, np.array([2])))[0].tolist() == pytest.approx([0, 0, 0])
