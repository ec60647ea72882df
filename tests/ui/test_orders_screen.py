"""Orders at the real window: written, sent, followed, given up, received; by keys alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.room import DISCS
from tests.services.buying_shop import stock_of
from tests.ui.buying_room import stock_up


@pytest.fixture
def bought(folder, now):
    return stock_up(folder, now)


@pytest.fixture
def lin(room, bought):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    person.touches("navPurchasing")
    return person


def lines(person):
    """Title and pieces of each line of the order."""
    return [(row[0], row[2]) for row in person.lines("orderLinesTable")]


def begins(person):
    person.presses("Ctrl+N")
    assert person.sheet_in_front() == "newOrder"
    person.presses("F12")
    assert person.sheet_in_front() == ""


def test_the_list_shows_what_is_on_the_way(lin):
    assert lin.lines("ordersTable") == [("Sunrise Distribution", "on the way", "¥227.00")]
    assert lin.sees("ordersTab2") == "On the way 1"
    assert lin.sees("headingAbout") == "1 order on the way · 5 to come"
    spoken = lin.finds("ordersTable").model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "5 to come" in spoken
    assert lin.sees("orderTitle") == "Order 00001 · Sunrise Distribution"
    assert "sent Fri 20 Nov" in lin.sees("orderAbout")
    assert lines(lin) == [("Kind of Blue", "3"), ("范特西", "2")]
    assert lin.sees("orderMainButton") == "Receive"


def test_an_order_is_written_by_scans_and_sent(lin, bought):
    begins(lin)
    assert "Scan a disc" in lin.sees("orderLinesTableEmpty")
    lin.scan(DISCS.kid_a, DISCS.kid_a, DISCS.kind_of_blue)
    assert lines(lin) == [("Kid A", "2"), ("Kind of Blue", "1")]
    assert lin.sees("orderWarning") == "¥369.00 below the minimum of ¥500.00."
    assert lin.sees("orderTotal") == "¥161.00"
    assert "carriage ¥30.00" in lin.sees("orderTotalNote")
    lin.presses("F6")
    assert lines(lin)[1] == ("Kind of Blue", "5")
    lin.presses("F12")
    assert lin.sheet_in_front() == "sendOrder"
    assert lin.sees("mailTo") == "orders@sunrise.example"
    lin.presses("Alt+C")
    assert "Kid A" in QGuiApplication.clipboard().text()
    lin.presses("F12")
    assert lin.sheet_in_front() == ""
    assert lin.notice() == "Order 00002 is on its way."
    assert stock_of(lin.program.desk.db, bought.discs["Kid A"])[2] == 2
    assert lin.sees("orderState") == "on the way"


def test_a_day_that_is_none_is_refused(lin):
    begins(lin)
    lin.scan(DISCS.kid_a)
    lin.presses("F12")
    lin.types("soon")
    lin.presses("F12")
    assert "is not a day" in lin.sees("sendOrderTold")
    lin.finds("expectedField").selectAll()
    lin.types("2026-12-24")
    lin.presses("F12")
    assert "expected Thu 24 Dec" in lin.sees("orderAbout")


def test_an_empty_order_cannot_be_sent(lin):
    begins(lin)
    lin.presses("F12", "F12")
    assert "Nothing stands on this order yet" in lin.sees("sendOrderTold")


def test_lines_are_found_by_typing_and_changed_by_keys(lin):
    begins(lin)
    lin.presses("F3")
    lin.types("kid")
    lin.waits_until(lambda: lin.can_see("orderResults"))
    lin.presses("Enter")
    assert lines(lin) == [("Kid A", "1")]
    lin.presses("+", "+", "-")
    assert lines(lin) == [("Kid A", "2")]
    lin.presses("F4")
    lin.types("12")
    lin.presses("Tab")
    lin.types("39.50")
    lin.presses("F12")
    assert lines(lin) == [("Kid A", "12")]
    assert lin.lines("orderLinesTable")[0][5] == "¥39.50"
    lin.presses("F4")
    lin.types("0")
    lin.presses("F12")
    assert lin.sees("orderLine_quantityError")
    lin.presses("Esc", "Del")
    assert lines(lin) == []


def test_carriage_and_note(lin):
    begins(lin)
    lin.presses("F7")
    lin.types("12.5")
    lin.presses("Tab")
    lin.types("Ring before you come")
    lin.presses("F12")
    assert "Ring before you come" in lin.sees("orderAbout")
    assert lin.sees("orderTotal") == "¥12.50"


def test_a_draft_is_dropped_only_after_a_question(lin):
    begins(lin)
    lin.presses("Ctrl+Del", "Enter")
    assert lin.sees("orderState") == "draft"
    lin.presses("Ctrl+Del", "F12")
    assert [row[1] for row in lin.lines("ordersTable")] == ["on the way"]


def test_the_rest_of_an_order_is_given_up(lin, bought):
    lin.finds("orderLinesTable").setFocus()
    lin.presses("Del")
    assert lin.sheet_in_front() == "giveUpLine"
    lin.presses("F12")
    assert stock_of(lin.program.desk.db, bought.discs["Kind of Blue"])[2] == 0
    lin.presses("Ctrl+Del", "F12")
    assert stock_of(lin.program.desk.db, bought.discs["范特西"])[2] == 0
    assert lin.lines("ordersTable") == []
    lin.touches("ordersTab4")
    assert lin.sees("orderState") == "closed"


def test_a_late_order_says_so(room, bought):
    room.clock.passes(days=10)
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navPurchasing")
    assert lin.sees("ordersTab3") == "Late 1"
    assert lin.sees("orderState") == "3 days late"
    assert lin.sees("headingAbout") == "1 order on the way · 5 to come · 1 late"


def test_a_copy_is_a_new_draft(lin):
    lin.presses("F8")
    assert lin.sees("orderTitle") == "Order 00002 · Sunrise Distribution"
    assert lines(lin) == [("Kind of Blue", "3"), ("范特西", "2")]
    assert lin.sees("orderState") == "draft"


def test_what_is_here_is_received_from_the_order(lin, bought):
    lin.presses("F12")
    assert lin.sheet_in_front() == "openDelivery"
    lin.presses("F12")
    assert "order 00001" in lin.window.front.heading()[1]
    lin.scan(DISCS.kind_of_blue)
    lin.presses("F12", "F12", "Esc")
    lin.touches("ordersTab")
    assert lin.sees("orderState") == "partly here"
    assert [row[3:5] for row in lin.lines("orderLinesTable")[:2]] == [("1", "2"), ("0", "2")]


def test_the_papers_are_saved(lin, tmp_path):
    lin.presses("F9")
    lin.presses("Alt+V")
    dialog = lin.window.findChild(QFileDialog, "saveDialog")
    dialog.close()
    lin.finds("sendOrder").save_csv_to(str(tmp_path / "o.csv"))
    lin.waits_for_work()
    lin.window.activateWindow()
    lin.waits_until(lin.window.isActiveWindow)
    assert "Kind of Blue" in (tmp_path / "o.csv").read_text("utf-8-sig")
    lin.presses("Alt+P")
    lin.waits_until(lambda: lin.can_see("previewPage1"), 30)
    lin.finds("reportPreview").save_to(str(tmp_path / "o.pdf"))
    lin.waits_for_work()
    assert (tmp_path / "o.pdf").read_bytes().startswith(b"%PDF")
    lin.presses("Esc", "Esc")
    assert lin.sheet_in_front() == ""


def test_the_list_is_saved_as_csv(lin, tmp_path):
    lin.program.window.front.orders._exporting._text = ""
    lin.presses("Ctrl+E")
    dialog = lin.window.findChild(QFileDialog, "saveDialog")
    dialog.close()
    lin.program.window.front.orders._exporting.save_to(str(tmp_path / "list.csv"))
    lin.waits_for_work()
    assert "227.00" in (tmp_path / "list.csv").read_text("utf-8-sig")


def test_a_scan_without_a_draft_says_what_to_do(lin):
    lin.scan(DISCS.kid_a)
    assert "Ctrl N" in lin.notice()


def test_an_unknown_code_is_refused(lin):
    begins(lin)
    lin.scan(DISCS.unknown)
    assert DISCS.unknown in lin.notice()
    lin.scan(DISCS.shared)
    assert lin.sheet_in_front() == "discSheet"


def test_a_cashier_has_no_orders(room, bought):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.touches("navPurchasing")
    assert not wu.can_see("ordersTab")
    assert wu.can_see("deliveriesTable")
    wu.presses("Alt+Left")
    assert not wu.can_see("ordersTable")


def test_f1_shows_the_keys_of_the_tab(lin):
    lin.presses("F1")
    assert "Round up to whole packs" in lin.everything()
    lin.presses("Esc", "Alt+Right", "F1")
    assert "Undo the last scan" in lin.everything()


def test_enter_that_is_faster_than_the_list_asks_which_one(lin):
    begins(lin)
    lin.types("nevermind")
    lin.presses("Enter")
    assert [row[0] for row in lin.lines("orderResults")] == ["Nevermind", "Nevermind"]
    assert lin.notice() == ""
    lin.presses("Down", "Enter")
    assert lines(lin) == [("Nevermind", "1")]


def test_a_line_without_a_cost_is_told_before_it_is_sent(lin):
    begins(lin)
    lin.types("ok computer")
    lin.presses("Enter")
    assert lines(lin) == [("OK Computer", "1")]
    assert "Without a cost yet: 1 title." in lin.sees("orderWarning")


def test_on_a_small_screen_the_titles_of_a_sent_order_have_the_room(room, bought):
    lin = room.open(window=(1024, 768))
    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navPurchasing")
    table = lin.finds("orderLinesTable")
    assert [table.isColumnHidden(column) for column in (2, 3, 4, 5)] == [False, True, False, True]
    begins(lin)
    assert not table.isColumnHidden(5)
