"""Purchases for tests, and the same sums done simply: whole tables, no blocks, no sorting tricks."""

import numpy as np
from hypothesis import strategies as st

TITLES = 9


@st.composite
def purchases(draw, most=60):
    """Buyers, titles and how many titles there are; any order, with repeats."""
    rows = draw(st.lists(st.tuples(st.integers(0, 15), st.integers(0, TITLES - 1)), max_size=most))
    if draw(st.booleans()):
        rows.sort()
    return [who for who, _what in rows], [what for _who, what in rows], TITLES


def table(buyers, items, item_count):
    """One row a buyer, one column a title, 1 where bought."""
    names = sorted(set(buyers))
    bought = np.zeros((len(names), item_count))
    for who, what in zip(buyers, items, strict=True):
        bought[names.index(who), what] = 1
    return bought


def simple_scores(bought, vote, near, far, shrink):
    """Scores of all pairs and how many bought both; nothing is its own neighbour."""
    both = bought.T @ bought
    votes = bought.T @ (bought * vote[:, None])
    with np.errstate(all="ignore"):
        scores = votes * near[:, None] * far[None, :] * np.where(both > 0, both / (both + shrink), 0)
    scores[both == 0] = 0
    np.fill_diagonal(scores, 0)
    return scores, both


def simple_damped(bought, shrink):
    """The damped and shrunk cosine of all pairs, and how many bought both."""
    counts = bought.sum(axis=0)
    root = 1 / np.sqrt(np.maximum(counts, 1) + shrink)
    return simple_scores(bought, 1 / np.log1p(bought.sum(axis=1)), root, root, shrink)


def agree(nearest, scores, both):
    """Every row holds the best of the simple table, in order, with the right counts, and nothing else."""
    for title, row in enumerate(scores):
        found = nearest.ids[title][nearest.ids[title] >= 0]
        expected = sorted((other for other in range(len(row)) if row[other] > 0), key=lambda other: -row[other])
        expected = expected[: nearest.ids.shape[1]]
        assert len(found) == len(set(found.tolist())) == len(expected)
        np.testing.assert_allclose(row[found], row[expected], rtol=1e-5)
        np.testing.assert_allclose(nearest.scores[title][: len(found)], row[found], rtol=1e-5)
        np.testing.assert_array_equal(nearest.both[title][: len(found)], both[title][found])
        assert not nearest.scores[title][len(found) :].any()
        assert not nearest.both[title][len(found) :].any()
    assert np.isfinite(nearest.scores).all()
