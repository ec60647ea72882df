"""Asked for, and we had none: two keys at the till, a sheet for words, undo in the bar, and the member who waits."""

import pytest
from tests.journeys.room import DISCS

from av_pos.domain.at import At
from av_pos.services import basket, members, missed_demand, wants
from av_pos.services.members import MemberDraft


def asked(lin):
    return [(row.title or row.words, row.qty) for row in lin.program.desk.ask(missed_demand.list_missed)]


def looks_up(lin, text):
    lin.types(text)
    lin.waits_until(lambda: lin.can_see("searchResults"))


def test_two_keys_note_the_disc_that_was_looked_up(manager):
    manager.scan(DISCS.kind_of_blue)
    looks_up(manager, "kid")
    manager.presses("F10")
    assert manager.sees("more_missed_demand") == "Asked for: Kid A"
    manager.presses("A")
    assert asked(manager) == [("Kid A", 1)]
    assert manager.notice() == "Noted: Kid A was asked for."
    assert manager.sees("scanField") == ""
    assert manager.basket() == [("Kind of Blue", 1, "68.00")]


def test_a_search_that_was_left_is_still_what_is_meant(manager):
    looks_up(manager, "kid")
    manager.presses("Esc", "F10", "A")
    assert asked(manager) == [("Kid A", 1)]


def test_fast_keys_do_not_outrun_the_search(manager):
    manager.types("kid")
    manager.presses("F10", "A")
    assert asked(manager) == [("Kid A", 1)]


def test_two_keys_note_the_chosen_line(manager):
    manager.scan(DISCS.kind_of_blue, DISCS.fantasy)
    manager.presses("Up", "F10", "A")
    assert asked(manager) == [("Kind of Blue", 1)]


def test_the_disc_of_a_price_check_is_what_is_meant(manager):
    manager.presses("F5")
    manager.scan(DISCS.fantasy)
    manager.presses("Esc", "F10", "A")
    assert asked(manager) == [("范特西", 1)]


def test_undo_in_the_bar_takes_it_back(manager):
    looks_up(manager, "kid")
    manager.presses("F10", "A")
    manager.presses("Ctrl+Enter")
    assert asked(manager) == []
    assert manager.notice() == "Taken back: nobody asked for Kid A."


def test_what_the_catalogue_does_not_know_is_noted_in_words(manager):
    manager.types("tubular bells")
    manager.presses("F10", "A")
    assert manager.sheet_in_front() == "missedSheet"
    assert manager.sees("missedField") == "tubular bells"
    manager.presses("Tab", "Tab")
    manager.finds("missedQty").setFocus()
    manager.finds("missedQty").selectAll()
    manager.types("2")
    manager.presses("F12")
    assert asked(manager) == [("tubular bells", 2)]
    assert manager.notice() == 'Noted: 2 × "tubular bells" were asked for.'


def test_with_nothing_in_hand_it_is_asked(manager):
    manager.presses("F10", "A")
    manager.types("range")
    manager.presses("Enter")
    assert asked(manager) == [("range", 1)], "words that find nothing stand alone"
    manager.presses("F10", "A")
    manager.types("kid")
    manager.presses("Enter")
    assert asked(manager)[0] == ("Kid A", 1)


def test_another_disc_than_the_chosen_line(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F10", "O")
    manager.scan(DISCS.kid_a)
    manager.presses("Enter")
    assert asked(manager) == [("Kid A", 1)]
    assert manager.basket() == [("Kind of Blue", 1, "68.00")]


@pytest.mark.parametrize("typed", ["0", "many", "1000", ""])
def test_a_number_that_cannot_be_meant_is_told_at_its_field(manager, typed):
    manager.presses("F10", "O")
    manager.types("kid")
    field = manager.finds("missedQty")
    field.setFocus()
    field.clear()
    manager.types(typed)
    manager.presses("F12")
    assert manager.sheet_in_front() == "missedSheet"
    assert manager.can_see("missedQtyError")
    assert asked(manager) == []


def test_with_a_member_in_the_basket_the_member_waits_for_it(manager):
    desk = manager.program.desk
    anna = desk.do(members.register_member, MemberDraft(name="Anna", phone="13900138001"))
    desk.do(basket.set_member, anna.member_id)
    looks_up(manager, "kid")
    manager.presses("F10", "A")
    assert manager.notice() == "Noted: Kid A was asked for. Anna waits for it."
    assert [want.title for want in desk.ask(wants.list_wants, anna.member_id)] == ["Kid A"]
    manager.presses("Ctrl+Enter")
    assert desk.ask(wants.list_wants, anna.member_id) == ()


def test_a_member_suspended_meanwhile_is_told_and_nothing_is_noted(manager):
    desk = manager.program.desk
    anna = desk.do(members.register_member, MemberDraft(name="Anna", phone="13900138001"))
    desk.do(basket.set_member, anna.member_id)
    manager.program.shop.db.run(members.suspend_member, At(desk.actor, 1, manager.clock.now), anna.member_id, "lent")
    looks_up(manager, "kid")
    manager.presses("F10", "A")
    assert manager.notice() == "This member is suspended. A manager can reactivate it."
    assert asked(manager) == []
