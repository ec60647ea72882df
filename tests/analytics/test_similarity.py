"""What customers also bought: the lists are those of the plain sums, whatever way they were made."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.buyers import agree, purchases, simple_damped, simple_scores, table

from av_pos.analytics import pairs, ranking, similarity
from av_pos.analytics.similarity import also_bought, cosine, plain_neighbours


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((5, 3, 4), (4, 2, 5), 0.969765),
        ((1, 0), (0, 1), 0.0),
        ((1, 2, 3), (2, 4, 6), 1.0),
        ((1, 2), (-1, -2), -1.0),
        ((0, 0), (3, 4), 0.0),
        ((), (), 0.0),
        ((1e200, 1e200), (1e200, 0), 0.707107),
        ((1e-200, 0), (1e-200, 1e-200), 0.707107),
    ],
)
def test_cosine_of_two_rows_of_ratings(one, other, expected):
    assert round(cosine(one, other), 6) == expected


@pytest.mark.parametrize(("one", "other"), [((1, 2), (1, 2, 3)), ((1, float("nan")), (1, 2)), ((float("inf"),), (1,))])
def test_rows_that_have_no_cosine_are_refused(one, other):
    with pytest.raises(ValueError):
        cosine(one, other)


def test_a_small_shop_by_hand():
    # Titles 0 and 1 share the buyers 7 and 8, 0 and 2 share 8 alone; each of them has two or three titles.
    nearest = also_bought([7, 7, 8, 8, 8, 9], [0, 1, 0, 1, 2, 0], 4, k=2)
    assert nearest.ids.tolist() == [[1, 2], [0, 2], [1, 0], [-1, -1]]
    assert nearest.both.tolist() == [[2, 1], [2, 1], [1, 1], [0, 0]]
    assert nearest.buyers.tolist() == [3, 2, 1, 0]
    expected = (1 / np.log(3) + 1 / np.log(4)) / np.sqrt((3 + 3) * (2 + 3)) * 2 / (2 + 3)
    assert nearest.scores[0, 0] == pytest.approx(expected)
    plain = plain_neighbours(pairs.lists_of([7, 7, 8, 8, 8, 9], [0, 1, 0, 1, 2, 0], 4), k=2)
    assert plain.scores[0].tolist() == pytest.approx([2 / 6**0.5, 1 / 3**0.5])


@pytest.fixture(params=["short lists", "long lists", "long lists in small blocks", "a block for every title"])
def way(request, monkeypatch):
    """Every way the pairs can be counted."""
    if request.param != "short lists":
        monkeypatch.setattr(pairs, "_SHORT", 0)
    if "blocks" in request.param:
        monkeypatch.setattr(pairs, "_BLOCK", 20)
    if "every title" in request.param:
        monkeypatch.setattr(pairs, "_BLOCK", 1)
    monkeypatch.setattr(pairs, "_STEP", 7)
    monkeypatch.setattr(pairs, "_BUYERS", 3)
    monkeypatch.setattr(similarity, "_STEP", 7)
    monkeypatch.setattr(ranking, "_ROWS", 2)


def test_lists_equal_the_plain_sums(way):
    @settings(max_examples=60, deadline=None)
    @given(purchases(), st.integers(1, 10), st.sampled_from([0.0, 3.0]))
    def check(bought, k, shrink):
        agree(also_bought(*bought, k=k, shrink=shrink), *simple_damped(table(*bought), shrink))

    check()


def test_plain_cosine_equals_the_plain_sums(way):
    @settings(max_examples=40, deadline=None)
    @given(purchases())
    def check(bought):
        dense = table(*bought)
        root = 1 / np.sqrt(np.maximum(dense.sum(axis=0), 1))
        agree(plain_neighbours(pairs.lists_of(*bought)), *simple_scores(dense, np.ones(len(dense)), root, root, 0.0))

    check()


@settings(max_examples=60, deadline=None)
@given(purchases())
def test_common_buyers_are_the_same_from_both_sides(bought):
    nearest = also_bought(*bought)
    seen = {(title, other): (both, score)
            for title in range(bought[2])
            for other, both, score in zip(nearest.ids[title].tolist(), nearest.both[title].tolist(),
                                          nearest.scores[title].tolist(), strict=True)
            if other >= 0}  # fmt: skip
    for (title, other), (both, score) in seen.items():
        assert seen[other, title] == (both, pytest.approx(score, rel=1e-5))
        assert both <= min(nearest.buyers[title], nearest.buyers[other])


@settings(max_examples=40, deadline=None)
@given(purchases(), st.randoms(use_true_random=False))
def test_order_and_repeats_of_the_rows_change_nothing(bought, chance):
    buyers, items, count = bought
    rows = list(zip(buyers, items, strict=True)) * 2
    chance.shuffle(rows)
    one, other = also_bought(*bought), also_bought([who for who, _ in rows], [what for _, what in rows], count)
    np.testing.assert_array_equal(one.ids, other.ids)
    np.testing.assert_array_equal(one.scores, other.scores)


def test_equals_stand_by_the_lower_number():
    nearest = also_bought([1] * 5, [4, 2, 0, 3, 1], 5)
    assert nearest.ids[2, :4].tolist() == [0, 1, 3, 4]
    assert len(set(nearest.scores[2, :4].tolist())) == 1


def test_equals_by_different_sums_stand_by_the_lower_number():
    # By plain cosine with title 5: title 0 shares two of its 16 buyers, titles 1 and 2 the one of their four.
    receipts = [(5, 0), (5, 0), (5, 2), (5, 1), *[(0,)] * 14, *[(1,), (2,)] * 3]
    buyers, items = zip(*((who, what) for who, receipt in enumerate(receipts) for what in receipt), strict=True)
    for k in (1, 2, 3):
        nearest = plain_neighbours(pairs.lists_of(buyers, items, 6), k=k)
        assert nearest.ids[5].tolist() == [0, 1, 2][:k]
        assert nearest.scores[5].tolist() == pytest.approx([1 / 4] * k)


@pytest.mark.parametrize("k", [1, 5, 50])
@pytest.mark.parametrize("shrink", [0.0, 3.0])
def test_long_rows_of_short_lists_equal_the_plain_sums(monkeypatch, k, shrink):
    # Most pairs have a single buyer, and every row has more partners than are kept.
    monkeypatch.setattr(similarity, "_STEP", 100)
    chance = np.random.default_rng(2)
    lengths = chance.choice([3, 4, 5], size=800, p=[0.1, 0.2, 0.7])
    bought = np.repeat(np.arange(800), lengths), (120 * chance.random(lengths.sum()) ** 1.5).astype(int), 120
    agree(also_bought(*bought, k=k, shrink=shrink), *simple_damped(table(*bought), shrink))


def test_who_buys_much_says_less():
    # Titles 0 and 1 share a buyer of two titles, 2 and 3 a buyer of six; each title has one buyer.
    nearest = also_bought([1, 1, 2, 2, 2, 2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7], 8)
    assert nearest.scores[0, 0] > nearest.scores[2, 0] > 0


def test_shrinkage_lowers_few_buyers_more_than_many():
    buyers, items = [1, 1, 2, 2, 3, 3, 4, 4], [0, 1, 0, 1, 0, 1, 2, 3]
    scores = [also_bought(buyers, items, 4, shrink=shrink).scores[[0, 2], 0] for shrink in (0, 1, 3, 10)]
    for less, more in itertools.pairwise(scores):
        assert (more < less).all()
        assert more[0] / less[0] > more[1] / less[1]


@pytest.mark.parametrize(
    ("buyers", "items", "count"),
    [
        ([1, 2], [1], 3),
        ([-1], [0], 1),
        ([0], [-1], 1),
        ([0], [3], 3),
        ([0], [0], 0),
        ([0], [0], -1),
        ([0.5], [0], 1),
        ([0], ["x"], 1),
        ([[0]], [[0]], 1),
    ],
)
def test_what_are_no_purchases_is_refused(buyers, items, count):
    with pytest.raises(ValueError):
        also_bought(buyers, items, count)


@pytest.mark.parametrize("settings", [{"k": 0}, {"shrink": -1.0}, {"shrink": float("nan")}, {"shrink": float("inf")}])
def test_lists_that_cannot_be_made_are_refused(settings):
    with pytest.raises(ValueError):
        also_bought([1], [0], 1, **settings)


@pytest.mark.parametrize(
    ("buyers", "items", "count"),
    [([], [], 0), ([], [], 3), ([5], [0], 1), ([5, 6, 7], [0, 0, 0], 1), ([5, 6], [0, 1], 2), ([2**62], [1], 2)],
)
def test_hardly_any_purchases_give_empty_lists(buyers, items, count):
    nearest = also_bought(buyers, items, count)
    assert nearest.ids.shape == (count, 50)
    assert (nearest.ids == -1).all()
    assert nearest.buyers.sum() == len(buyers)


def test_the_largest_buyer_numbers_are_kept_apart():
    nearest = also_bought([2**63 - 1, 2**63 - 1, 2**62, 2**62], [0, 1, 1, 2], 3)
    assert nearest.both[1, :2].tolist() == [1, 1]


def test_a_buyer_of_everything_says_nothing_and_costs_nothing():
    everything = np.arange(10_000)
    buyers = np.concatenate((np.zeros(10_000, np.int64), [1, 1, 2, 2]))
    nearest = also_bought(buyers, np.concatenate((everything, [3, 4, 3, 4])), 10_000)
    assert nearest.ids[3, 0] == 4
    assert nearest.both[3, 0] == 2
    assert (nearest.ids[5] == -1).all()


def test_memory_stays_within_bounds_however_much_was_bought():
    chance = np.random.default_rng(1)
    # 100 buyers of 600 among 3,000 titles: 36 million pairs, which would fill 300 MB at once.
    buyers = np.repeat(np.arange(100), 600)
    items = chance.integers(0, 3000, len(buyers))
    tracemalloc.start()
    nearest = also_bought(buyers, items, 3000)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (nearest.ids >= 0).all()
    assert peak < 100_000_000
