"""Suppliers at the real window: added, changed, their articles, their list imported; by keys alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from tests.factories import MANAGER_PIN
from tests.journeys.room import DISCS
from tests.ui.buying_room import stock_up


@pytest.fixture
def bought(folder, now):
    return stock_up(folder, now)


@pytest.fixture
def lin(room, bought):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    person.touches("navPurchasing")
    person.touches("suppliersTab")
    return person


def fills_in(person, **fields):
    for key, text in fields.items():
        widget = person.finds(key)
        widget.setFocus()
        widget.selectAll()
        person.types(text)


def articles(person):
    return [(row[0], row[1], row[3]) for row in person.lines("articlesTable")]


def test_a_supplier_is_shown_with_terms_and_articles(lin):
    assert lin.sees("supplierTitle") == "Sunrise Distribution"
    assert lin.sees("supplierTerm_minimum") == "¥500.00"
    assert lin.sees("supplierTerm_returns") == "unsold too, within 90 days"
    assert "fewer than 3 deliveries" in lin.sees("supplierTerm_seen")
    assert ("Kind of Blue", "SD-1001", "¥41.00") in articles(lin)
    assert lin.sees("articlesTitle") == "3 articles"


def test_a_supplier_is_added(lin):
    lin.presses("F12")
    lin.types("Harbour Records")
    fills_in(lin, supplierSheet_lead_days="21", supplierSheet_minimum="1000")
    lin.presses("F12")
    assert lin.sees("supplierTitle") == "Harbour Records"
    assert [row[0] for row in lin.lines("suppliersTable")] == ["Harbour Records", "Sunrise Distribution"]


def test_a_name_that_is_taken_is_refused_in_its_row(lin):
    lin.presses("F12")
    lin.types("Sunrise Distribution")
    lin.presses("F12")
    assert lin.sheet_in_front() == "supplierSheet"
    lin.finds("supplierSheet_lead_days").setText("x")
    lin.presses("F12")
    assert lin.sees("supplierSheet_lead_daysError")


def test_a_supplier_is_changed(lin):
    lin.presses("F4")
    fills_in(lin, supplierSheet_contact="Mr Hu", supplierSheet_rate="")
    lin.presses("F12")
    assert lin.sees("supplierFact_contact") == "Mr Hu"


def test_a_supplier_abroad_is_paid_in_its_currency(lin):
    lin.presses("F12")
    lin.types("Kanto Discs")
    lin.finds("supplierSheet_currency").choose("JPY")
    fills_in(lin, supplierSheet_rate="0.047")
    lin.presses("F12")
    assert lin.sees("supplierTerm_currency") == "1 JPY = 0.047 CNY"
    lin.scan(DISCS.kid_a)
    lin.types("1800")
    lin.presses("F12")
    assert articles(lin) == [("Kid A", "", "¥1,800")]


def test_an_article_is_added_by_a_scan_and_changed(lin):
    lin.scan(DISCS.kid_a)
    assert lin.sheet_in_front() == "articleSheet"
    assert lin.sees("articleSheet_number") == "SD-1003"
    lin.types("44")
    lin.presses("F12")
    assert ("Kid A", "SD-1003", "¥44.00") in articles(lin)
    lin.presses("F7")
    lin.types("ok comp")
    lin.presses("F12")
    lin.types("30")
    lin.presses("F12")
    assert ("OK Computer", "", "¥30.00") in articles(lin)
    lin.finds("articlesTable").setFocus()
    lin.presses("Del")
    assert ("OK Computer", "", "¥30.00") not in articles(lin)


def test_articles_are_filtered(lin):
    lin.presses("F3")
    lin.types("1002")
    assert [row[0] for row in articles(lin)] == ["范特西"]
    lin.presses("Esc")
    assert len(articles(lin)) == 3


def test_a_list_is_imported(lin, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"barcode,article,cost,pack\n{DISCS.kid_a},X-9,33.00,10\n", "utf-8")
    lin.program.window.front.suppliers.import_from(str(path))
    lin.waits_for_work()
    assert lin.sees("articleImportWords") == "1 article came in."
    lin.presses("Esc")
    assert ("Kid A", "X-9", "¥33.00") in articles(lin)


def test_a_bad_list_names_its_rows_and_changes_nothing(lin, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"barcode,cost\n{DISCS.kid_a},dear\n{DISCS.unknown},3\n", "utf-8")
    before = articles(lin)
    lin.program.window.front.suppliers.import_from(str(path))
    lin.waits_for_work()
    assert "2 rows have mistakes" in lin.sees("articleImportWords")
    assert len(lin.lines("articleImportProblems")) == 2
    lin.presses("Esc")
    assert articles(lin) == before


def test_articles_are_exported(lin, tmp_path):
    lin.presses("Ctrl+E")
    lin.window.findChild(QFileDialog, "saveDialog").close()
    lin.window.front.suppliers._exporting.save_to(str(tmp_path / "a.csv"))
    lin.waits_for_work()
    assert "SD-1001" in (tmp_path / "a.csv").read_text("utf-8-sig")


def test_a_supplier_that_is_owed_discs_cannot_be_taken_away(lin):
    lin.presses("Ctrl+Del", "F12")
    assert "is still open" in lin.sees("removeSupplierTrouble")


def test_a_new_supplier_is_taken_away(lin):
    lin.presses("F12")
    lin.types("Harbour Records")
    lin.presses("F12", "Ctrl+Del", "F12")
    assert [row[0] for row in lin.lines("suppliersTable")] == ["Sunrise Distribution"]


def test_an_order_begins_at_the_supplier(lin):
    lin.presses("F8")
    assert lin.sheet_in_front() == "newOrder"
    lin.presses("F12")
    assert lin.sees("orderState") == "draft"


def test_what_a_supplier_still_owes_is_in_sight(room, bought):
    room.clock.passes(days=10)
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navPurchasing")
    lin.touches("suppliersTab")
    assert "5 to come" in lin.finds("suppliersTable").model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert lin.sees("supplierFact_owes") == "5 pieces · 1 order · 3 days late"
