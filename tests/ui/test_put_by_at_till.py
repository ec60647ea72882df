"""What is scanned is put by for somebody: the till says for whom; it is taken, or let go, by keys."""

from datetime import timedelta

import pytest
from tests.journeys.room import DISCS

from av_pos.services import basket, editions, members, reservations
from av_pos.services.members import MemberDraft
from av_pos.services.reservations import ReservationDraft


def put_by(person, code, words="Mr Li", qty=1, member_id=None, until_on=None):
    desk = person.program.desk
    edition_id = desk.ask(editions.find_by_code, code)[0].id
    draft = ReservationDraft(edition_id, qty=qty, words=words, member_id=member_id, until_on=until_on)
    return desk.do(reservations.put_by, draft)


def put_copy_by(person, words="Mr Li", member_id=None, until_on=None):
    draft = ReservationDraft(copy_id=1, words=words, member_id=member_id, until_on=until_on)
    return person.program.desk.do(reservations.put_by, draft)


def still_put_by(person):
    return [(row.title, row.qty) for row in person.program.desk.ask(reservations.list_reservations)]


@pytest.fixture
def anna(manager):
    row = manager.program.desk.do(members.register_member, MemberDraft(name="Anna Smith", phone="13900138001"))
    return row.member_id


def test_a_used_copy_put_by_says_for_whom_and_is_taken_by_one_key(manager, anna):
    put_copy_by(manager, "", anna, manager.clock.now.date() + timedelta(days=7))
    manager.scan(DISCS.used_copy)
    assert manager.notice() == "OK Computer is put by for Anna Smith until Fri 27 Nov."
    assert manager.basket() == []
    manager.presses("Ctrl+Enter")
    assert manager.basket() == [("OK Computer", 1, "45.00")]
    assert manager.program.desk.ask(basket.view_of, manager.program.desk.at).member.member_id == anna
    assert still_put_by(manager) == []
    manager.presses("F12", "Enter")
    assert manager.can_see("donePanel")


def test_a_disc_with_free_pieces_is_sold_without_a_word(manager):
    put_by(manager, DISCS.kind_of_blue, qty=4)
    manager.scan(DISCS.kind_of_blue)
    assert manager.notice() == ""
    manager.scan(DISCS.kind_of_blue)
    assert manager.notice() == "4 × Kind of Blue is put by for Mr Li."


def test_one_more_by_key_says_so_too(manager):
    put_by(manager, DISCS.kind_of_blue, qty=4)
    manager.scan(DISCS.kind_of_blue)
    manager.presses("+")
    assert manager.notice() == "4 × Kind of Blue is put by for Mr Li."
    manager.presses("-")
    assert manager.notice() == "", "one less takes nothing of it"


def test_the_last_piece_is_promised_and_the_scan_says_so(manager):
    put_by(manager, DISCS.kid_a)
    manager.scan(DISCS.kid_a)
    assert manager.basket() == [("Kid A", 1, "78.00")], "the disc is in the customer's hand"
    assert manager.notice() == "Kid A is put by for Mr Li."
    manager.presses("Ctrl+Enter")
    assert manager.basket() == [("Kid A", 1, "78.00")], "what was scanned is not laid there twice"
    assert still_put_by(manager) == []


def test_all_that_was_put_by_is_laid_down_with_the_first(manager):
    put_by(manager, DISCS.fantasy, qty=3)
    manager.scan(DISCS.fantasy)
    manager.presses("Ctrl+Enter")
    assert manager.basket() == [("范特西", 3, "264.00")]


def test_of_several_the_one_whose_it_is_is_chosen(manager):
    put_by(manager, DISCS.fantasy, "Mr Li", 2)
    put_by(manager, DISCS.fantasy, "Zoe")
    manager.scan(DISCS.fantasy)
    assert manager.notice() == "范特西 is put by for Mr Li and 1 more."
    manager.presses("Ctrl+Enter")
    assert manager.sheet_in_front() == "reservedSheet"
    manager.types("zoe")
    manager.presses("Enter")
    assert manager.basket() == [("范特西", 1, "88.00")]
    assert still_put_by(manager) == [("范特西", 2)]


def test_the_member_in_the_basket_is_the_one_meant(manager, anna):
    put_by(manager, DISCS.fantasy, "Mr Li", 2)
    put_by(manager, DISCS.fantasy, "", 1, anna)
    manager.program.desk.do(basket.set_member, anna)
    manager.scan(DISCS.fantasy)
    assert manager.notice() == "范特西 is put by for Anna Smith."


def test_whoever_comes_without_the_disc_is_found_by_name(manager, anna):
    put_by(manager, DISCS.kid_a, "", 1, anna)
    put_by(manager, DISCS.fantasy, "Mr Li")
    manager.presses("F10", "U")
    manager.types("anna")
    manager.presses("F12")
    assert manager.basket() == [("Kid A", 1, "78.00")]
    assert still_put_by(manager) == [("范特西", 1)]


def test_what_nobody_fetched_goes_back_on_the_shelf(manager):
    put_copy_by(manager)
    manager.presses("F10", "U", "Alt+L")
    assert manager.notice() == "OK Computer is back on the shelf."
    assert still_put_by(manager) == []
    manager.presses("Esc")
    manager.scan(DISCS.used_copy)
    assert manager.basket() == [("OK Computer", 1, "45.00")]


def test_what_another_till_took_meanwhile_is_told(manager):
    row = put_copy_by(manager)
    manager.scan(DISCS.used_copy)
    manager.program.desk.do(reservations.let_go, row.reservation_id)
    manager.presses("Ctrl+Enter")
    assert manager.notice() == "This was put back on the shelf already."
    assert manager.basket() == []


def test_the_word_about_it_ends_with_the_next_scan(manager):
    put_copy_by(manager)
    manager.scan(DISCS.used_copy)
    assert manager.notice()
    manager.scan(DISCS.kind_of_blue)
    assert manager.notice() == ""


def test_a_line_that_was_taken_out_meanwhile_is_no_line(manager):
    put_by(manager, DISCS.kid_a)
    manager.scan(DISCS.kid_a)
    manager.presses("Del", "Ctrl+Enter")
    assert manager.basket() == []
    assert still_put_by(manager) == [("Kid A", 1)]


def test_with_nothing_put_by_the_list_says_what_it_is_for(manager):
    manager.presses("F10", "U")
    assert manager.sees("reservedTableEmpty") == "Nothing is put by. In the catalogue F8 puts a disc by for somebody."
    manager.presses("F12")
    assert manager.sheet_in_front() == "reservedSheet"
