"""What is offered for a basket and to a member, and the reason that can be said aloud."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.buyers import TITLES, purchases

from av_pos.analytics.content import Content
from av_pos.analytics.pairs import lists_of
from av_pos.analytics.recommend import LEAN, Ground, MemberShelf, Shelf, best_of, for_basket, for_member, rows_of
from av_pos.analytics.similarity import also_bought

# Five buyers of 0 and 1, two of 0 and 2, one of 3 and 4; 5 is new.
BUYERS = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]
ITEMS = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 0, 2, 3, 4]
LISTS = lists_of(BUYERS, ITEMS, 6)


def same(number):
    return np.full(6, number)


CONTENT = Content(np.array([0, 0, 1, 2, 3, 2]), np.array([0, 0, 0, 1, 1, 1]), same(-1), same(-1), same(-1))


def test_the_reason_can_be_said_aloud():
    first, second = for_basket(Shelf(also_bought(BUYERS, ITEMS, 6)), [0])
    assert (first.item, first.ground, first.because, first.both, first.of) == (1, Ground.BOUGHT, 0, 5, 7)
    assert (second.item, second.both, second.of) == (2, 2, 7)


def test_scores_of_a_basket_add_up_and_rest_on_the_stronger_title():
    near = also_bought(BUYERS, ITEMS, 6)
    (row,) = for_basket(Shelf(near), [1, 2])
    own = near.scores[1, 0], near.scores[2, 0]
    assert row.item == 0
    assert row.score == pytest.approx(sum(own))
    assert row.because == (1 if own[0] > own[1] else 2)


def test_stored_lists_lean_to_what_sells_and_keep_their_order():
    plain, shelf = also_bought(BUYERS, ITEMS, 6), Shelf.built(LISTS)
    np.testing.assert_array_equal(plain.ids, shelf.bought.ids)
    assert shelf.bought.scores[0, 0] == pytest.approx(plain.scores[0, 0] * 5**LEAN)
    assert (shelf.bought.scores[plain.ids < 0] == 0).all()


def test_nothing_of_the_basket_owned_or_out_of_stock_is_offered():
    shelf = Shelf.built(LISTS)
    assert 1 not in [row.item for row in for_basket(shelf, [0, 1])]
    assert 1 not in [row.item for row in for_basket(shelf, [0], without=[1])]
    assert [row.item for row in for_basket(shelf, [0], allowed=np.arange(6) == 2)] == [2]
    assert for_basket(shelf, [0], allowed=np.zeros(6, bool)) == ()


def test_a_title_hardly_bought_speaks_through_what_it_is():
    rows = for_basket(Shelf.built(LISTS, CONTENT), [3])
    assert [(row.item, row.ground) for row in rows[:2]] == [(5, Ground.CONTENT), (4, Ground.CONTENT)]
    # Without its content it has its one common buyer.
    bought = for_basket(Shelf.built(LISTS), [3])[0]
    assert (bought.item, bought.ground, bought.both, bought.of) == (4, Ground.BOUGHT, 1, 1)


def test_the_last_resort_is_what_sells_in_the_style_then_in_the_shop():
    unknown = Content(same(-1), np.array([0, 0, 1, 1, 1, 1]), same(-1), same(-1), same(-1))
    shelf = Shelf.built(lists_of([1, 2, 3, 4, 5, 6], [0, 0, 1, 2, 2, 2], 6), unknown)
    silent = Shelf(shelf.bought, None, shelf.style, shelf.popular)
    rows = for_basket(silent, [5])
    assert [(row.item, row.because, row.both) for row in rows] == [(2, 5, 3), (0, -1, 2), (1, -1, 1)]
    assert {row.ground for row in rows} == {Ground.STYLE}


def test_an_empty_basket_is_offered_what_sells():
    assert [row.item for row in for_basket(Shelf.built(LISTS), [], count=2)] == [0, 1]


@pytest.mark.parametrize("basket", [[-1], [6], [0.5], [2**40]])
def test_what_is_no_title_is_refused(basket):
    with pytest.raises(ValueError):
        for_basket(Shelf.built(LISTS), basket)


def test_a_few_stored_rows_give_what_the_whole_table_gives():
    shelf = Shelf.built(LISTS)
    titles = np.array([1, 2])
    rows = best_of(titles, rows_of(shelf.bought, titles), without=titles, fits=lambda ids: ids != 9)
    assert tuple(rows) == for_basket(Shelf(shelf.bought), titles)


@settings(max_examples=60, deadline=None)
@given(purchases(), st.lists(st.integers(0, TITLES - 1), max_size=4), st.integers(1, 6))
def test_whatever_was_bought_the_offers_are_sound(bought, basket, count):
    lists = lists_of(*bought)
    shelf = Shelf.built(lists)
    own = MemberShelf.built(lists, shelf)
    for rows in (for_basket(shelf, basket, count=count), for_member(own, basket, count=count)):
        items = [row.item for row in rows]
        assert len(items) == len(set(items)) <= count
        assert not set(items) & set(basket)
        for row in rows:
            assert np.isfinite(row.score)
            assert row.score >= 0
            if row.ground is Ground.BOUGHT:
                assert row.because in basket
                assert 1 <= row.both <= row.of
            if row.ground is Ground.ALIKE:
                assert 1 <= row.both <= row.of


def test_a_member_is_offered_what_suits_with_reasons():
    own = MemberShelf.built(LISTS, Shelf.built(LISTS))
    rows = for_member(own, [1], member=1, count=2)
    assert rows[0].item == 0
    assert (rows[0].ground, rows[0].because, rows[0].both, rows[0].of) == (Ground.BOUGHT, 1, 5, 5)
    assert rows[1].item == 2  # nobody bought it with title 1: it sells


def test_what_only_the_alike_have_says_so():
    # Title 0's list is full of closer titles, so 60 is known from the alike alone.
    buyers = np.repeat(np.arange(3), 2)
    lists = lists_of(buyers, [0, 1, 0, 2, 0, 3], 4)
    shelf = Shelf(also_bought(buyers, [0, 1, 0, 2, 0, 3], 4, k=1))
    own = MemberShelf(shelf, also_bought(buyers, [0, 1, 0, 2, 0, 3], 4, k=1), MemberShelf.built(lists, shelf).members)
    grounds = {row.item: row for row in for_member(own, [0])}
    assert grounds[1].ground is Ground.BOUGHT
    assert (grounds[3].ground, grounds[3].both, grounds[3].of) == (Ground.ALIKE, 1, 3)


def test_a_member_without_history_is_offered_what_sells():
    own = MemberShelf.built(LISTS, Shelf.built(LISTS))
    assert [row.item for row in for_member(own, [], count=2)] == [0, 1]
    assert [row.item for row in for_member(own, [0], count=1, allowed=np.arange(6) == 4)] == [4]
