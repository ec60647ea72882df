"""Codes that are not simply a disc: unknown, shared, used, payment, torn from the wrong moment."""

from pathlib import Path

import pytest
from tests.factories import MANAGER_PIN
from tests.journeys.hands import Cashier, slips
from tests.journeys.room import Discs
from tests.printing.tcp_printer import TcpPrinter

from av_pos import shop
from av_pos.domain.codes import CodeKind, receipt_code, shop_code

ALIPAY, WECHAT = "284512345678901234", "134567890123456789"


def test_an_unknown_disc_is_sold_with_a_typed_price_and_approval(
    at_the_till: Cashier, discs: Discs, printer: TcpPrinter
):
    wu = at_the_till
    wu.scan(discs.unknown, discs.kid_a)
    assert wu.notice() == f"No disc has the code {discs.unknown}."
    assert wu.basket() == [("Kid A", 1, "78.00")]
    wu.presses("Del", "Ctrl+Return")
    assert wu.sheet_in_front() == "unknownSheet"
    assert discs.unknown in wu.sees("unknownCode")
    wu.types("Live in Wuhan")
    wu.presses("Tab")
    wu.types("35")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    assert wu.basket() == [("Live in Wuhan", 1, "35.00")]
    wu.presses("F12", "Enter")
    wu.waits_until(lambda: slips(printer))
    assert "Live in Wuhan" in slips(printer)[0]


def test_an_unknown_disc_is_not_offered_to_the_next_customer(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.unknown, discs.kid_a)
    wu.presses("F12")
    assert discs.unknown in wu.notice()
    wu.presses("Enter")
    assert wu.sees("doneTitle") == "Paid"
    assert discs.unknown not in wu.notice()


def test_an_unknown_disc_may_be_put_aside(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.unknown)
    wu.presses("Ctrl+Return", "Esc")
    assert wu.sheet_in_front() == ""
    assert wu.notice() == ""
    assert wu.basket() == []
    wu.scan(discs.kid_a)
    assert wu.basket() == [("Kid A", 1, "78.00")]


def test_a_code_on_two_editions_lets_the_cashier_choose(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.shared)
    assert wu.sheet_in_front() == "chooserSheet"
    prices = [row[3] for row in wu.lines("chooserTable")]
    assert sorted(prices) == ["198.00", "68.00"]
    wu.presses("Down", "Enter")
    assert wu.basket() == [("Nevermind", 1, prices[1])]


def test_a_used_copy_is_sold_once(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.used_copy)
    assert wu.basket() == [("OK Computer", 1, "45.00")]
    wu.scan(discs.used_copy)
    assert wu.notice() == "This used copy is in the basket already."
    wu.presses("+")
    assert wu.basket() == [("OK Computer", 1, "45.00")]
    assert wu.notice() == "There is only one of a used copy. Leave its quantity at 1."
    wu.presses("F12", "Enter")
    assert wu.sees("doneTitle") == "Paid"
    wu.scan(discs.used_copy)
    assert "has been sold already" in wu.notice()
    assert wu.basket() == []


def test_a_used_copy_in_a_held_basket_is_refused_in_words(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.used_copy)
    wu.presses("F6")
    wu.scan(discs.used_copy)
    assert wu.notice() == "This used copy lies in another basket, held or at another till."


@pytest.mark.parametrize("code", [ALIPAY, WECHAT])
def test_a_payment_code_is_refused_and_never_kept(
    at_the_till: Cashier, discs: Discs, folder: Path, caplog: pytest.LogCaptureFixture, code: str
):
    wu = at_the_till
    log = shop.start_log(folder)
    caplog.set_level("DEBUG")
    wu.scan(discs.kid_a, code)
    assert "payment code" in wu.notice()
    assert code not in wu.everything()
    wu.presses("F7")
    wu.scan(code)  # kept as a chip: the sheet cannot use it
    assert wu.can_see("scanChip")
    assert code not in wu.everything()
    wu.presses("Esc", "F12")
    wu.scan(code)
    assert code not in wu.everything()
    wu.presses("F12", "Enter")
    wu.waits_for_work()
    shop.stop_log(log)
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert code.encode() not in kept
    assert code not in caplog.text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (receipt_code(1, 7), "There is no receipt"),
        (shop_code(CodeKind.STAFF, 2), "That is a staff card"),
        (shop_code(CodeKind.SHELF, 3), "That is a shelf label"),
    ],
)
def test_the_shops_own_labels_are_told_apart(at_the_till: Cashier, code: str, words: str):
    wu = at_the_till
    wu.scan(code)
    assert wu.notice().startswith(words)
    assert wu.basket() == []


def test_a_misread_code_is_told_as_it_was_read(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wrong = discs.unknown[:-1] + "1"
    wu.scan(wrong)
    assert wu.notice() == f"No disc has the code {wrong}."
    assert wu.basket() == []


def test_a_scan_while_a_sheet_is_open_becomes_a_chip_and_can_be_used(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.scan(discs.kind_of_blue)
    wu.presses("F7")
    assert wu.finds("discountValue").hasFocus()
    wu.scan(discs.fantasy)
    assert wu.sees("discountValue") == ""
    assert wu.sheet_in_front() == "discountSheet"
    assert discs.fantasy in wu.sees("scanChip")
    wu.presses("Esc")
    assert wu.basket() == [("Kind of Blue", 1, "68.00")]
    wu.touches("scanChip")
    assert wu.basket() == [("Kind of Blue", 1, "68.00"), ("范特西", 1, "88.00")]
    assert not wu.can_see("scanChip")


@pytest.mark.parametrize("ending", ["Enter", "Tab", ""])
def test_any_scanner_will_do(at_the_till: Cashier, discs: Discs, ending: str):
    wu = at_the_till
    wu.scan(discs.kid_a, discs.fantasy, ending=ending)
    assert [title for title, _qty, _amount in wu.basket()] == ["Kid A", "范特西"]
    assert wu.sees("scanField") == ""


def test_a_code_typed_by_hand_is_a_scan_too(at_the_till: Cashier, discs: Discs):
    wu = at_the_till
    wu.types(discs.used_copy)
    wu.presses("Enter")
    assert wu.basket() == [("OK Computer", 1, "45.00")]
