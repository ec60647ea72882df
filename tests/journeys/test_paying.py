"""Taking money: in two ways, too little of it, and what a scan does meanwhile."""

import pytest
from tests.journeys.hands import Cashier, slips
from tests.journeys.room import Discs
from tests.printing.tcp_printer import TcpPrinter

from av_pos.services import shifts
from av_pos.shop import Shop


def test_a_sale_is_split_over_cash_and_card(at_the_till: Cashier, discs: Discs, printer: TcpPrinter):
    wu = at_the_till
    wu.scan(discs.kind_of_blue, discs.fantasy)
    wu.presses("F12")
    wu.types("100")
    wu.presses("Enter")
    assert wu.panel() == "payPanel"
    assert wu.sees("stillDue") == "56.00"
    wu.presses("Shift+F9", "Tab")
    wu.types("4242")
    wu.presses("Enter")
    assert wu.sees("doneTotal") == "156.00"
    assert wu.sees("doneChange") == "¥0.00"
    wu.waits_until(lambda: slips(printer))
    slip = slips(printer)[0]
    assert "4242" in slip
    assert "100.00" in slip
    assert "56.00" in slip


def test_the_change_is_told_and_stands_on_the_receipt(
    at_the_till: Cashier, discs: Discs, printer: TcpPrinter, books: Shop
):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12")
    wu.types("100")
    assert wu.sees("changeDue") == "¥32.00"
    wu.presses("F12")
    assert wu.sees("doneChange") == "¥32.00"
    wu.waits_until(lambda: slips(printer))
    assert "32.00" in slips(printer)[0]
    assert books.db.ask(shifts.x_report, wu.program.desk.at).expected_cash_minor == 30000 + 6800


def test_too_little_money_leaves_the_panel_and_says_what_is_missing(at_the_till: Cashier, discs: Discs, books: Shop):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12")
    wu.types("50")
    wu.presses("Enter")
    assert wu.panel() == "payPanel"
    assert wu.sees("stillDue") == "18.00"
    assert wu.sees("cashReceived") == "18.00"
    assert books.db.ask(shifts.x_report, wu.program.desk.at).sales_count == 0
    wu.presses("Enter")
    assert wu.sees("doneTitle") == "Paid"


@pytest.mark.parametrize("typed", ["abc", "-5", "1.234", "999999999999"])
def test_what_is_no_amount_is_refused_in_words(at_the_till: Cashier, discs: Discs, typed: str):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12")
    wu.types(typed)
    wu.presses("Enter")
    assert wu.panel() == "payPanel"
    assert wu.notice()
    assert wu.sees("stillDue") == "68.00"


@pytest.mark.parametrize(("typed", "change"), [("１００", "¥32.00"), ("1,068", "¥1,000.00"), ("68.50", "¥0.50")])
def test_an_amount_may_be_typed_as_people_write_it(at_the_till: Cashier, discs: Discs, typed: str, change: str):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12")
    wu.types(typed)
    wu.presses("Enter")
    assert wu.sees("doneChange") == change


def test_a_card_is_not_charged_more_than_is_due(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("Shift+F9")
    wu.types("100")
    wu.presses("Enter")
    assert wu.panel() == "payPanel"
    assert wu.notice() == "A card cannot be charged more than is due. Type the amount due."


def test_a_scan_while_paying_never_becomes_an_amount(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12")
    assert wu.finds("cashReceived").hasFocus()
    wu.scan(discs.fantasy)
    assert wu.panel() == "totalsPanel"
    assert wu.basket() == [("Kind of Blue", 1, "68.00"), ("范特西", 1, "88.00")]
    wu.presses("F12")
    assert wu.sees("cashReceived") == "156.00"
    assert wu.sees("stillDue") == "156.00"


def test_esc_goes_back_to_the_basket(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12")
    wu.types("20")
    wu.presses("Enter", "Esc")
    assert wu.panel() == "totalsPanel"
    assert wu.basket() == [("Kind of Blue", 1, "68.00")]
    wu.presses("F12")
    assert wu.sees("stillDue") == "68.00"


def test_an_empty_basket_is_not_paid(at_the_till: Cashier):
    wu = at_the_till
    wu.presses("F12")
    assert wu.panel() == "totalsPanel"
    wu.presses("F9", "Enter")
    assert wu.panel() == "totalsPanel"
