"""What goes back to suppliers, and price labels, at the real window; by keys alone."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.room import DISCS
from tests.services.buying_shop import stock_of
from tests.ui.buying_room import stock_up

from av_pos.services import catalogue, suppliers


@pytest.fixture
def bought(folder, now):
    return stock_up(folder, now)


@pytest.fixture
def lin(room, bought):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    person.touches("navPurchasing")
    return person


def begins(person):
    person.touches("returnsTab")
    person.presses("Ctrl+N", "F12")
    assert person.sees("returnState") == "draft"


def lines(person):
    return [(row[0], row[1], row[2]) for row in person.lines("returnLinesTable")]


def dearer(person, title, price):
    """Give a disc another price, as the catalogue's form does."""
    desk = person.program.desk
    edition = next(row for row in desk.ask(catalogue.list_editions, title, 5) if row.title == title)
    draft = desk.ask(catalogue.get_draft, edition.id)
    desk.do(catalogue.change_edition, edition.id, replace(draft, price=price))


def test_discs_go_back_and_are_credited(lin, bought):
    begins(lin)
    lin.scan(DISCS.kind_of_blue)
    assert lin.sheet_in_front() == "returnReason"
    lin.presses("Tab")
    lin.types("2")
    lin.presses("F12")
    assert lines(lin) == [("Kind of Blue", "unsold", "2"), ("Total", "", "2")][:1]
    assert lin.sees("returnTotal") == "¥82.00"
    lin.presses("F12")
    assert "Leave the stock: 2 pieces." in lin.everything()
    lin.presses("F12")
    assert lin.sees("returnState") == "sent, not credited"
    assert stock_of(lin.program.desk.db, bought.discs["Kind of Blue"])[0] == 3
    lin.presses("F12")
    lin.types("80")
    lin.presses("F12")
    assert lin.sees("returnState") == "credited"
    assert "credited ¥80.00" in lin.sees("returnTotalNote")


def test_what_a_supplier_may_refuse_is_said(lin):
    begins(lin)
    lin.scan(DISCS.kid_a)
    lin.presses("Tab")
    lin.types("9")
    lin.presses("F12")
    spoken = lin.finds("returnLinesTable").rows_shown[0].warnings
    assert set(spoken) == {"not_from_them", "not_on_hand"}
    lin.presses("F12")
    assert "1 line may be refused" in lin.everything()
    lin.presses("F12")
    assert lin.sees("sendReturnTrouble")


def test_the_usual_reason_is_one_that_the_supplier_takes(lin, bought):
    desk = lin.program.desk
    draft = desk.ask(suppliers.get_supplier_draft, bought.supplier_id)
    desk.do(suppliers.change_supplier, bought.supplier_id, replace(draft, is_returnable=False))
    begins(lin)
    lin.scan(DISCS.kind_of_blue)
    lin.presses("F12")
    assert lines(lin) == [("Kind of Blue", "damaged", "1")]


def test_a_used_copy_goes_back(lin):
    begins(lin)
    lin.scan(DISCS.used_copy)
    lin.presses("F12")
    assert lines(lin) == [("OK Computer", "damaged", "1")]


def test_lines_are_changed_and_taken_off(lin):
    begins(lin)
    lin.presses("F3")
    lin.types("kind")
    lin.waits_until(lambda: lin.can_see("returnResults"))
    lin.presses("Enter", "F12")
    assert lines(lin)[0] == ("Kind of Blue", "unsold", "1")
    lin.presses("+", "F4")
    assert lin.sees("returnLine_quantity") == "2"
    lin.types("3")
    lin.presses("Tab")
    lin.types("12")
    lin.presses("F12")
    assert lin.sees("returnTotal") == "¥36.00"
    lin.presses("Del")
    assert lines(lin) == []
    lin.presses("Ctrl+Del", "F12")
    assert [row[1] for row in lin.lines("returnsTable")] == ["dropped"]


def test_the_slip_is_shown(lin):
    begins(lin)
    lin.scan(DISCS.kind_of_blue)
    lin.presses("F12", "F9")
    lin.waits_until(lambda: lin.can_see("previewPage1"), 30)
    lin.presses("Esc")
    assert lin.sheet_in_front() == ""


def test_a_changed_price_wants_a_label_for_each_piece(lin):
    dearer(lin, "Kind of Blue", "72")
    dearer(lin, "OK Computer", "80")
    lin.touches("labelsTab")
    assert [(row[0], row[1], row[2], row[4]) for row in lin.lines("labelsTable")][:1] == [
        ("Kind of Blue", "5", "72.00", "new price")
    ]
    assert lin.sees("headingAbout") == "5 price labels wanted"


def test_labels_are_saved_and_done(lin, tmp_path):
    dearer(lin, "Kind of Blue", "72")
    dearer(lin, "Kid A", "80")
    lin.touches("labelsTab")
    lin.presses("Ctrl+E")
    lin.window.findChild(QFileDialog, "saveDialog").close()
    lin.window.front.labels._exporting.save_to(str(tmp_path / "labels.csv"))
    lin.waits_for_work()
    assert "Kid A" in (tmp_path / "labels.csv").read_text("utf-8-sig")
    lin.window.activateWindow()
    lin.waits_until(lin.window.isActiveWindow)
    lin.scan(DISCS.kid_a)
    lin.presses("F6")
    assert [row[0] for row in lin.lines("labelsTable")] == ["Kind of Blue", "Total"]
    lin.presses("F12", "F12")
    assert lin.lines("labelsTable") == []
    assert "None waits" in lin.sees("labelsTableEmpty")


def test_a_cashier_does_labels_and_no_returns(room, bought):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.touches("navPurchasing")
    assert wu.can_see("labelsTab")
    assert not wu.can_see("returnsTab")
    assert not wu.can_see("suppliersTab")
    wu.presses("Alt+Right")
    assert wu.can_see("labelsTable")
    wu.presses("Alt+Right")
    assert wu.can_see("deliveriesTable")
