"""Titles that hardly anybody bought stand near what is like them."""

import numpy as np
import pytest

from av_pos.analytics.content import Content, alike_by_content, likeness, popular_by_style


def column(*values):
    return np.array(values, np.int64)


SHELF = Content(
    artist=column(1, 1, 2, 3, -1, -1),
    style=column(7, 7, 7, 8, -1, -1),
    label=column(4, 5, 4, -1, -1, -1),
    format=column(0, 0, 0, 0, 0, 0),
    year=column(1990, 2000, 1990, 1990, 1990, -1),
)


def test_what_two_titles_share_adds_up():
    assert likeness(SHELF, 0).tolist() == pytest.approx([
        0,  # itself
        0.45 + 0.25 + 0.05 + 0.15 * 5 / 15,  # artist, style, format, ten years apart
        0.25 + 0.10 + 0.05 + 0.15,  # style, label, format, year
        0, 0, 0,  # format and year alone make nobody alike
    ])  # fmt: skip


def test_what_is_unknown_is_like_nothing():
    assert likeness(SHELF, 4).tolist() == [0] * 6
    assert likeness(SHELF, 5).tolist() == [0] * 6


def test_only_titles_with_few_buyers_are_judged_by_what_they_are():
    nearest = alike_by_content(SHELF, [3, 4, 0, 9, 0, 0], k=2)
    assert nearest.ids.tolist() == [[1, 2], [-1, -1], [0, 1], [-1, -1], [-1, -1], [-1, -1]]
    assert nearest.buyers.tolist() == [3, 4, 0, 9, 0, 0]
    assert not nearest.both.any()


def test_equally_like_titles_stand_by_their_buyers_then_by_number():
    same = column(*[1] * 5)
    shelf = Content(same, same, same, same, same)
    nearest = alike_by_content(shelf, [0, 5, 9, 5, 9], k=3)
    assert nearest.ids[0].tolist() == [2, 4, 1]


def test_what_sells_in_a_style():
    lists = popular_by_style([7, 7, 8, -1, 7], [1, 5, 3, 9, 0], k=2)
    assert {style: titles.tolist() for style, titles in lists.items()} == {-1: [3, 1], 7: [1, 0], 8: [2]}


def test_an_empty_shop_has_nothing_that_sells():
    assert popular_by_style([], [])[-1].tolist() == []


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError):
        Content(column(1), column(1, 2), column(1), column(1), column(1))
    with pytest.raises(ValueError):
        alike_by_content(SHELF, [1, 2])
    with pytest.raises(ValueError):
        popular_by_style([1], [1, 2])
