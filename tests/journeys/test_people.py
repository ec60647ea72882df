"""Who stands at the till: locking, switching, wrong PINs, approvals refused."""

from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.hands import Cashier, slips
from tests.journeys.room import Discs, TillRoom
from tests.printing.tcp_printer import TcpPrinter

from av_pos.domain.codes import CodeKind, shop_code


def test_switching_the_cashier_keeps_the_basket(at_the_till: Cashier, discs: Discs, printer: TcpPrinter):
    wu = at_the_till
    wu.scan(discs.kind_of_blue, discs.fantasy)
    wu.presses("Ctrl+L")
    assert wu.screen_in_front() == "signin"
    assert wu.sees("lockedTitle") == "Locked"
    assert not wu.can_see("basketTable")
    lin = wu
    lin.signs_in("Lin", MANAGER_PIN)
    assert lin.basket() == [("Kind of Blue", 1, "68.00"), ("范特西", 1, "88.00")]
    lin.presses("F12", "Enter")
    lin.waits_until(lambda: slips(printer))
    assert "Lin" in slips(printer)[0]


def test_a_locked_till_sells_nothing_but_keeps_a_scan(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.presses("Ctrl+L")
    wu.scan(discs.kid_a)
    assert wu.screen_in_front() == "signin"
    wu.presses("F12", "F9", "F11", "Ctrl+1")
    assert wu.screen_in_front() == "signin"
    wu.signs_in("Wu", CASHIER_PIN)
    assert wu.basket() == []
    assert discs.kid_a in wu.sees("scanChip")


def test_locking_takes_an_open_sheet_away(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F7")
    wu.types("5")
    wu.presses("Ctrl+L")
    assert wu.sheet_in_front() == ""
    wu.presses("Ctrl+L")
    assert wu.sees("lockedTitle") == "Locked"
    wu.signs_in("Wu", CASHIER_PIN)
    assert wu.basket() == [("Kind of Blue", 1, "68.00")]


def test_a_till_left_alone_locks_itself(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.program.idle.idle.emit()
    assert wu.screen_in_front() == "signin"
    assert not wu.can_see("basketTable")


def test_a_staff_card_chooses_the_person(room: TillRoom):
    wu = room.open()
    wu.scan(shop_code(CodeKind.STAFF, 2))
    assert wu.sees("signInName") == "Wu"
    wu.types(CASHIER_PIN)
    wu.presses("Enter")
    wu.waits_until(lambda: wu.screen_in_front() == "shift")


def test_five_wrong_pins_wait_thirty_seconds(room: TillRoom):
    wu = room.open()
    for _try in range(5):
        wu.waits_until(lambda: wu.finds("pinField").isEnabled())
        wu.types("0000")
        wu.presses("Enter")
        wu.waits_for_work()
    assert "0:30" in wu.sees("pinFieldError")
    room.clock.passes(seconds=31)
    wu.waits_until(lambda: wu.finds("pinField").isEnabled())
    wu.signs_in("Lin", MANAGER_PIN)


def test_a_discount_the_manager_does_not_approve_is_not_given(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F7")
    wu.types("50%")
    wu.presses("Tab")
    wu.types("A friend")
    wu.presses("F12")
    wu.types(CASHIER_PIN)
    wu.presses("Enter")
    wu.waits_until(lambda: wu.sees("approvalPinError") == "Wrong PIN. Try again.")
    wu.presses("Esc")
    assert wu.basket() == [("Kind of Blue", 1, "68.00")]
    # A small one needs nobody.
    wu.presses("F7")
    wu.types("10%")
    wu.presses("Tab")
    wu.types("Regular customer")
    wu.presses("F12")
    assert wu.basket() == [("Kind of Blue", 1, "61.20")]


def test_who_may_see_the_reports_is_told_to_who_may_not(at_the_till: Cashier):
    wu = at_the_till
    wu.touches("navReports")
    assert wu.screen_in_front() == "reports"
    assert "Lin" in wu.everything()
