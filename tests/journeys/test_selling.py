"""Selling as a cashier does it: scans, two keys, and what the customer changes on the way."""

from PySide6.QtCore import Qt
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.hands import Cashier, slips
from tests.journeys.room import Discs, TillRoom
from tests.printing.tcp_printer import TcpPrinter

from av_pos.services import editions
from av_pos.shop import Shop

_SPOKEN = Qt.ItemDataRole.AccessibleTextRole


def test_a_cash_sale_costs_its_scans_and_two_keys(at_the_till: Cashier, discs: Discs, printer: TcpPrinter):
    wu = at_the_till
    wu.scan(discs.kind_of_blue, discs.fantasy)
    assert wu.basket() == [("Kind of Blue", 1, "68.00"), ("范特西", 1, "88.00")]
    assert wu.sees("totalDue") == "¥156.00"
    wu.presses("F12", "Enter")
    assert wu.sees("doneTitle") == "Paid"
    wu.waits_until(lambda: slips(printer))
    assert "156.00" in slips(printer)[0]
    # The next customer's first scan needs no key before it.
    wu.scan(discs.kid_a)
    assert wu.panel() == "totalsPanel"
    assert wu.basket() == [("Kid A", 1, "78.00")]


def test_lines_are_changed_by_plus_minus_and_del(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue, discs.fantasy)
    wu.presses("+", "+")
    assert wu.basket() == [("Kind of Blue", 1, "68.00"), ("范特西", 3, "264.00")]
    wu.presses("Up", "+", "Down", "-")
    assert wu.basket() == [("Kind of Blue", 2, "136.00"), ("范特西", 2, "176.00")]
    wu.presses("Del")
    assert wu.basket() == [("Kind of Blue", 2, "136.00")]
    wu.presses("-", "-")
    assert wu.basket() == []
    assert wu.sees("totalDue") == "¥0.00"


def test_the_same_disc_twice_is_one_line_of_two(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kid_a, discs.kid_a)
    assert wu.basket() == [("Kid A", 2, "156.00")]
    assert "1 below stock" in wu.program.till.table.model().index(0, 0).data(_SPOKEN)


def test_a_disc_is_found_by_pinyin_initials(at_the_till: Cashier):
    wu = at_the_till
    wu.types("zjl")
    wu.waits_until(lambda: wu.can_see("searchResults"))
    assert [row[0] for row in wu.lines("searchResults")] == ["范特西"]
    wu.presses("Enter")
    assert wu.basket() == [("范特西", 1, "88.00")]
    assert wu.sees("scanField") == ""


def test_the_arrows_choose_among_what_was_found(at_the_till: Cashier):
    wu = at_the_till
    wu.types("radiohead")
    wu.waits_until(lambda: wu.can_see("searchResults"))
    titles = [row[0] for row in wu.lines("searchResults")]
    assert sorted(titles) == ["Kid A", "OK Computer"]
    wu.presses("Down", "Enter")
    assert [title for title, _qty, _amount in wu.basket()] == [titles[1]]


def test_a_price_is_checked_without_selling(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.presses("F5")
    wu.scan(discs.fantasy)
    assert wu.sees("priceCheckTitle") == "范特西"
    assert wu.sees("priceCheckPrice") == "¥88.00"
    assert wu.sees("priceCheckStock") == "3 in stock"
    wu.presses("Esc")
    assert wu.basket() == []
    wu.presses("F5")
    wu.scan(discs.unknown)
    assert discs.unknown in wu.sees("priceCheckTitle")
    wu.scan(discs.kid_a)
    wu.presses("F12")
    assert wu.basket() == [("Kid A", 1, "78.00")]


def test_f1_shows_the_keys_of_the_till(at_the_till: Cashier):
    wu = at_the_till
    wu.presses("F1")
    assert wu.sheet_in_front() == "helpSheet"
    assert {"Hold", "Shift F6", "Price check", "F5"} <= set(wu.everything().split("\n"))
    wu.presses("Esc")
    assert wu.sheet_in_front() == ""


def test_held_baskets_and_the_open_one_survive_a_restart(
    at_the_till: Cashier, room: TillRoom, discs: Discs, printer: TcpPrinter
):
    wu = at_the_till
    wu.scan(discs.kid_a)
    wu.presses("F6")
    wu.scan(discs.kind_of_blue, discs.fantasy)
    wu.presses("+")
    room.close()
    wu = room.open(printer.url)
    wu.signs_in("Wu", CASHIER_PIN)
    assert wu.screen_in_front() == "till"
    assert wu.basket() == [("Kind of Blue", 1, "68.00"), ("范特西", 2, "176.00")]
    wu.presses("Shift+F6")
    assert [row[2] for row in wu.lines("heldTable")] == ["Kid A"]
    wu.presses("F12")
    assert wu.basket() == [("Kid A", 1, "78.00")]
    assert wu.sees("heldCount") == "1 held"


def test_the_total_is_rounded_off_by_f10_and_r(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F7")
    wu.types("0.40")
    wu.presses("Tab")
    wu.types("Damaged sleeve")
    wu.presses("Enter")
    assert wu.sees("totalDue") == "¥67.60"
    wu.presses("F10", "R")
    assert wu.sees("totalDue") == "¥67.00"
    wu.presses("F10", "R")
    assert wu.sees("totalDue") == "¥67.60"


def test_a_void_gives_the_money_back_and_the_disc_returns_to_the_shelf(
    at_the_till: Cashier, discs: Discs, printer: TcpPrinter, books: Shop
):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12", "Enter")
    assert _on_hand(books, discs.kind_of_blue) == 4
    wu.presses("F10", "V")
    assert "01-0000001" in wu.sees("voidSheetAbout")
    # Enter alone takes nothing back, and a blank in the reason closes nothing.
    wu.presses("Enter")
    wu.types("Keyed wrongly")
    assert wu.sheet_in_front() == "voidSheet"
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    assert wu.sees("doneTitle") == "Sale taken back"
    assert wu.sees("doneChange") == "¥68.00"
    assert _on_hand(books, discs.kind_of_blue) == 5
    wu.waits_until(lambda: len(slips(printer)) == 2)
    assert "01-0000001" in slips(printer)[1]
    wu.presses("F10", "V")
    assert wu.notice() == "The last sale was voided already."


def _on_hand(books: Shop, code: str) -> int:
    return books.db.ask(editions.find_by_code, code)[0].on_hand_qty
