"""The shift: opened, cash moved, left open over night, closed to the last coin."""

import pytest
from tests.factories import MANAGER_PIN
from tests.journeys.hands import Cashier, slips
from tests.journeys.room import Discs
from tests.printing.tcp_printer import TcpPrinter


def _counts(cashier: Cashier, *pieces: str) -> None:
    """Type the pieces of each note from the largest down, and keep the count."""
    for qty in pieces:
        cashier.types(qty)
        cashier.presses("Enter")
    cashier.presses("F12")


def test_cash_goes_in_and_out_with_its_reason(at_the_till: Cashier, printer: TcpPrinter):
    wu = at_the_till
    wu.presses("F11", "O")
    wu.types("38")
    wu.presses("Tab")
    wu.types("Window cleaner")
    wu.presses("F12", "I")
    wu.types("50")
    wu.presses("F12")
    assert wu.sees("cashMoveReasonError")
    wu.types("Coins from the bank")
    wu.presses("F12")
    assert [(row[2], row[4]) for row in wu.lines("cashMoveTable")] == [
        ("Window cleaner", "−38.00"),
        ("Coins from the bank", "50.00"),
    ]
    wu.waits_until(lambda: len(slips(printer)) == 2)
    assert "Window cleaner" in slips(printer)[0]


def test_more_than_a_cashier_may_pay_out_needs_approval(at_the_till: Cashier):
    wu = at_the_till
    wu.presses("F11", "O")
    wu.types("250")
    wu.presses("Tab")
    wu.types("Supplier")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    assert [row[4] for row in wu.lines("cashMoveTable")] == ["−250.00"]


def test_a_count_that_is_right_closes_without_a_word(at_the_till: Cashier, discs: Discs, printer: TcpPrinter):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12", "Enter", "F11", "F12")
    _counts(wu, "3", "1", "", "1", "1", "3")
    assert wu.sees("countDifference") == "It is right to the last coin."
    wu.presses("F12")
    wu.waits_until(lambda: len(slips(printer)) == 2)
    assert "368.00" in slips(printer)[1]
    wu.presses("Esc")
    assert wu.can_see("floatField")


def test_a_count_can_be_begun_again(at_the_till: Cashier):
    wu = at_the_till
    wu.presses("F11", "F12")
    _counts(wu, "2")
    assert "100.00 missing" in wu.sees("countDifference")
    wu.presses("Esc", "F12")
    assert wu.sees("countedTotal") == "¥0.00"
    _counts(wu, "3")
    assert wu.sees("countDifference") == "It is right to the last coin."


@pytest.mark.parametrize("last_key", ["F12", "Enter"])
def test_what_is_still_being_typed_is_counted(at_the_till: Cashier, last_key: str):
    wu = at_the_till
    wu.presses("F11", "F12")
    wu.types("3")
    if last_key == "Enter":
        wu.presses(*["Enter"] * 40)
    else:
        wu.presses("F12")
    assert wu.sees("countDifference") == "It is right to the last coin."


def test_a_shift_left_open_over_night_refuses_selling_until_it_is_closed(
    at_the_till: Cashier, discs: Discs, printer: TcpPrinter
):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F12", "Enter")
    wu.waits_until(lambda: slips(printer))
    wu.clock.passes(hours=19)
    wu.scan(discs.kid_a)
    wu.presses("F12")
    assert wu.notice() == "The shift of an earlier day is still open. Count the drawer and close it first."
    assert wu.screen_in_front() == "shift"
    wu.presses("F12")
    _counts(wu, "3", "1", "", "1", "1", "3")
    wu.presses("F12")
    wu.waits_until(lambda: len(slips(printer)) == 2)
    assert wu.notice() == ""
    wu.presses("Esc", "F12")
    assert wu.screen_in_front() == "till"
    assert wu.basket() == [("Kid A", 1, "78.00")]
    wu.presses("F12", "Enter")
    assert wu.sees("doneTitle") == "Paid"


def test_without_a_shift_paying_leads_to_opening_one(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.presses("F11", "F12")
    _counts(wu, "3")
    wu.presses("F12", "Esc", "Ctrl+1")
    wu.scan(discs.kid_a)
    wu.presses("F12")
    assert wu.notice() == "No shift is open. Open one first."
    assert wu.screen_in_front() == "shift"
    wu.presses("F12")
    assert wu.notice() == ""
    wu.presses("F12", "Enter")
    assert wu.sees("doneTitle") == "Paid"
