"""The catalogue: finding, adding, changing, used copies, unknown discs, importing; by keys and by scanner."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPlainTextEdit
from tests.factories import make_copy, make_edition

from av_pos.domain.at import Actor
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import ROLES, Permission, Role
from av_pos.domain.stock import StockReason
from av_pos.services import catalogue, catalogue_import, search, shop_settings, stock
from av_pos.ui.catalogue.screen import CatalogueScreen
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.main_window import MainWindow, Place
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.sheet import top_sheet

KIND_OF_BLUE = "5099706493525"
NOBODYS = "4006381333931"
UNKNOWN_TITLE = "White label 12 inch"


@pytest.fixture
def ids(db, at):
    """Three discs: one with a barcode and a used copy, one sold below zero, one sold as unknown."""

    def fill(session):
        blue = make_edition(session, barcode=KIND_OF_BLUE, qty=5, label="Columbia", catalogue_number="CL 1355",
                            year=1959, style="jazz", shelf="J1")  # fmt: skip
        faye = make_edition(session, title="浮躁", artist="王菲", qty=0, price_minor=8800)
        stock.move(session, at, faye, -2, StockReason.SALE, cost_minor=0, business_on=at.now.date())
        copy = make_copy(session, blue)
        unknown = catalogue.make_provisional(session, at, NOBODYS, UNKNOWN_TITLE, 6000)
        search.rebuild_index(session)
        return {"blue": blue, "faye": faye, "copy": copy, "unknown": unknown}

    return db.run(fill)


@pytest.fixture
def desk(db, ids, now, qapp):
    tasks = Tasks()
    made = Desk(db, 1, Events(), tasks, clock=lambda: now)
    made.actor = Actor(1, "Lin", Role.MANAGER)
    yield made
    assert tasks.shutdown(10_000)


@pytest.fixture
def window(desk, dressed, qtbot):
    made = MainWindow("shop")
    screen = CatalogueScreen(desk, desk.ask(shop_settings.get_settings))
    made.add_screens([Place(lambda: screen, "catalogue", "navCatalogue", "catalogue", "Catalogue")])
    desk.events.notice.connect(made.tell)
    desk.events.refused.connect(made.show_refusal)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def screen(window):
    window.show_screen("catalogue")
    return window.front


def over(window) -> Any:
    """The sheet that is open."""
    sheet = top_sheet(window)
    assert sheet is not None
    return sheet


def focused() -> Any:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def text(widget, name):
    return widget.findChild(QLabel, name).text()


def titles(screen):
    return [row.title for row in screen.table.rows_shown]


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(focused(), key, modifier)


def type_in(widget, name, words):
    field = widget.findChild(QLineEdit, name)
    field.clear()
    QTest.keyClicks(field, words)


def find(screen, qtbot, words, wanted):
    QTest.keyClicks(screen.search.field, words)
    qtbot.waitUntil(lambda: titles(screen) == wanted)


def show_tab(screen, window, qtbot, number, wanted):
    qtbot.mouseClick(window.findChild(object, f"catalogueTab{number}"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: titles(screen) == wanted)


def test_unknown_discs_stand_first_and_say_so(screen):
    assert titles(screen) == [UNKNOWN_TITLE, "浮躁", "Kind of Blue"]
    assert "not in the catalogue yet" in screen.table.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert screen.heading() == ("Catalogue", "1 disc is not linked yet")


@pytest.mark.parametrize("typed", ["kind", "miles", "CL 1355", KIND_OF_BLUE])
def test_typing_finds_and_the_card_shows_all_of_it(screen, qtbot, typed):
    find(screen, qtbot, typed, ["Kind of Blue"])
    assert text(screen, "editionTitle") == "Kind of Blue"
    assert text(screen, "editionPrice") == "¥68.00"
    assert text(screen, "editionStock") == "5 in stock"
    assert text(screen, "fact_label") == "Columbia CL 1355"
    assert text(screen, "fact_style") == "Jazz"
    assert text(screen, "fact_barcodes") == KIND_OF_BLUE
    assert text(screen, "fact_cost") == "40.00"
    assert [row.grade for row in screen.card.copies.rows_shown] == ["VG+/VG"]


def test_pinyin_finds_too_and_esc_shows_everything_again(screen, qtbot):
    find(screen, qtbot, "fuzao", ["浮躁"])
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(titles(screen)) == 3)


def test_arrows_walk_the_list_while_the_field_has_the_focus(screen, qtbot):
    press(Qt.Key.Key_Down)
    assert text(screen, "editionTitle") == "浮躁"
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    assert screen.table.current().title == "浮躁"
    assert screen.search.field.hasFocus()


def test_tabs_list_what_wants_seeing_to(screen, window, qtbot):
    show_tab(screen, window, qtbot, 1, [UNKNOWN_TITLE])
    show_tab(screen, window, qtbot, 2, ["浮躁"])
    assert text(screen, "editionStock") == "−2 in stock"
    show_tab(screen, window, qtbot, 3, [])
    qtbot.waitUntil(lambda: "read" not in text(screen, "stockTableEmpty"))
    assert text(screen, "stockTableEmpty") == "Discs that are nearly gone stand here. Nothing runs low."


def test_a_low_disc_is_listed_as_low(screen, window, desk, qtbot):
    desk.db.run(lambda s: make_edition(s, title="Last one", qty=1))
    show_tab(screen, window, qtbot, 3, ["Last one"])


def test_a_disc_is_added_by_keys_alone(screen, window, desk, qtbot):
    press(Qt.Key.Key_F12)
    form = over(window)
    assert form.findChild(QLineEdit, "titleField").hasFocus()
    QTest.keyClicks(focused(), "Blue Train")
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(focused(), "John Coltrane")
    type_in(form, "priceField", "188")
    type_in(form, "costField", "90.50")
    type_in(form, "quantityField", "3")
    press(Qt.Key.Key_F12)
    assert top_sheet(window) is None
    assert window.notices.current.text == "Saved: Blue Train"
    assert text(screen, "editionTitle") == "Blue Train"
    assert text(screen, "editionPrice") == "¥188.00"
    assert text(screen, "editionStock") == "3 in stock"
    assert text(screen, "fact_cost") == "90.50"
    assert [row.title for row in desk.ask(search.find_text, "blue train")] == ["Blue Train"]


def test_everything_wrong_is_told_in_its_row_and_nothing_is_saved(screen, window, desk):
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "priceField", "cheap")
    type_in(form, "yearField", "12")
    press(Qt.Key.Key_F12)
    assert "Type it in" in text(form, "titleFieldError")
    assert "cheap" in text(form, "priceFieldError")
    assert "12" in text(form, "yearFieldError")
    assert form.findChild(QLineEdit, "titleField").hasFocus()
    assert len(desk.ask(catalogue.list_editions, "")) == 3
    press(Qt.Key.Key_Escape)
    assert top_sheet(window) is None


def test_a_scan_into_the_form_is_one_more_barcode(screen, window, qtbot):
    find(screen, qtbot, "kind", ["Kind of Blue"])
    press(Qt.Key.Key_F4)
    form = over(window)
    codes = form.findChild(QPlainTextEdit, "barcodesField")
    assert window.take_scan("602445790487")
    assert window.take_scan("602445790487")
    assert codes.toPlainText().split("\n") == [KIND_OF_BLUE, "602445790487"]
    assert window.take_scan(shop_code(CodeKind.RECEIPT, 1_000_001))
    assert text(form, "editionOdd").startswith("That is not the barcode of a disc")
    press(Qt.Key.Key_F12)
    assert text(screen, "fact_barcodes").split("\n") == [KIND_OF_BLUE, "602445790487"]


def test_a_change_is_shown_and_leaves_the_stock_alone(screen, window, desk, ids, qtbot):
    find(screen, qtbot, "kind", ["Kind of Blue"])
    press(Qt.Key.Key_F4)
    type_in(over(window), "priceField", "72,50")
    press(Qt.Key.Key_F12)
    if top_sheet(window) is not None:
        type_in(over(window), "priceField", "72.50")
        press(Qt.Key.Key_F12)
    assert text(screen, "editionPrice") == "¥72.50"
    assert text(screen, "editionStock") == "5 in stock"
    assert screen.table.current().id == ids["blue"]


def test_what_is_odd_is_asked_once_and_then_kept(screen, window, desk):
    screen.take_scan(KIND_OF_BLUE)
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "titleField", "Another pressing")
    type_in(form, "priceField", "99")
    window.take_scan(KIND_OF_BLUE)
    press(Qt.Key.Key_F12)
    assert "also stands on Kind of Blue" in text(form, "editionOdd")
    assert form.main_button.text() == "Save all the same"
    assert len(desk.ask(catalogue.find_by_code, KIND_OF_BLUE)) == 1
    press(Qt.Key.Key_F12)
    assert top_sheet(window) is None
    assert len(desk.ask(catalogue.find_by_code, KIND_OF_BLUE)) == 2


def test_scans_find_the_disc_and_the_used_copy(screen, window, ids):
    assert window.take_scan(KIND_OF_BLUE)
    assert titles(screen) == ["Kind of Blue"]
    assert window.take_scan(shop_code(CodeKind.EDITION, ids["faye"]))
    assert text(screen, "editionTitle") == "浮躁"
    assert window.take_scan(shop_code(CodeKind.COPY, ids["copy"]))
    assert text(screen, "editionTitle") == "Kind of Blue"


def test_a_scan_that_means_nothing_here_is_kept_for_another_screen(window, screen):
    assert not window.take_scan(shop_code(CodeKind.RECEIPT, 1_000_001))


def test_an_unknown_code_offers_to_add_the_disc_with_it(screen, window, qtbot):
    assert window.take_scan("602445790487")
    assert window.notices.current.text == "No disc has the code 602445790487."
    qtbot.mouseClick(window.findChild(object, "noticeAction"), Qt.MouseButton.LeftButton)
    assert over(window).findChild(QPlainTextEdit, "barcodesField").toPlainText() == "602445790487"


def test_enter_after_a_typed_unknown_barcode_offers_it_too(screen, window, qtbot):
    find(screen, qtbot, "0602445790487", [])
    press(Qt.Key.Key_Return)
    assert "0602445790487" in window.notices.current.text


def test_enter_opens_the_disc_found(screen, window, qtbot):
    QTest.keyClicks(screen.search.field, "kind")
    press(Qt.Key.Key_Return)
    assert over(window).findChild(QLineEdit, "titleField").text() == "Kind of Blue"


def test_a_used_copy_is_added_and_changed(screen, window, qtbot):
    find(screen, qtbot, "kind", ["Kind of Blue"])
    press(Qt.Key.Key_F6)
    form = over(window)
    press(Qt.Key.Key_F12)
    assert text(form, "copy_priceError") != ""
    type_in(form, "copy_price", "55")
    type_in(form, "copy_defects", "sleeve corner bent")
    form._media.choose("NM")
    press(Qt.Key.Key_F12)
    assert top_sheet(window) is None
    assert text(screen, "editionStock") == "5 in stock"
    assert [row.grade for row in screen.card.copies.rows_shown] == ["VG+/VG", "NM/VG+"]
    screen.card.copies.step(1)
    screen.card.copies.step(1)
    screen.card.copies.setFocus()
    press(Qt.Key.Key_Return)
    form = over(window)
    assert form.findChild(QLineEdit, "copy_cost") is None
    type_in(form, "copy_price", "50")
    press(Qt.Key.Key_F12)
    assert [row.price_minor for row in screen.card.copies.rows_shown] == [4500, 5000]


def test_an_unknown_disc_is_linked_to_the_real_one(screen, window, desk, ids, qtbot):
    show_tab(screen, window, qtbot, 1, [UNKNOWN_TITLE])
    screen.search.field.setFocus()
    press(Qt.Key.Key_F7)
    sheet = over(window)
    assert sheet.table.rows_shown
    assert all(not row.is_provisional for row in sheet.table.rows_shown)
    type_in(sheet, "relinkField", "miles")
    press(Qt.Key.Key_F12)
    assert top_sheet(window) is None
    qtbot.waitUntil(lambda: titles(screen) == [] and "read" not in text(screen, "catalogueTableEmpty"))
    assert text(screen, "catalogueTableEmpty").endswith("None waits.")
    assert window.notices.current.text == "Saved: Kind of Blue"
    assert [row.id for row in desk.ask(catalogue.find_by_code, NOBODYS)] == [ids["blue"]]
    assert screen.heading() == ("Catalogue", "")


def test_scan_and_arrows_choose_what_to_link_to(screen, window, qtbot):
    show_tab(screen, window, qtbot, 1, [UNKNOWN_TITLE])
    screen.search.field.setFocus()
    press(Qt.Key.Key_F7)
    sheet = over(window)
    first = sheet.table.current()
    press(Qt.Key.Key_Down)
    assert sheet.table.current() != first
    assert window.take_scan(KIND_OF_BLUE)
    assert [row.title for row in sheet.table.rows_shown] == ["Kind of Blue"]


def test_a_list_is_imported_and_shown(screen, window, tmp_path, qtbot):
    path = tmp_path / "list.csv"
    path.write_text("title,artist,price,quantity,colour\nBlue Train,John Coltrane,188,2,blue\n", encoding="utf-8")
    press(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog, "openDialog")
    dialog.selectFile(str(path))
    dialog.accept()
    sheet = over(window)
    with qtbot.waitSignal(sheet.imported, timeout=10_000):
        pass
    assert text(sheet, "importWords") == ("1 disc came in. 2 pieces are in stock. These columns were left out: colour")
    # The system gives the keys back to the window once its dialog is gone; off screen nobody does.
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    press(Qt.Key.Key_Escape)
    assert top_sheet(window) is None
    assert "Blue Train" in titles(screen)


def test_every_bad_row_of_a_list_is_told_and_nothing_comes_in(screen, window, desk, tmp_path, qtbot):
    path = tmp_path / "list.csv"
    path.write_text("title,artist,price\nGood,X,10\n,Y,20\nBad,Z,cheap\n", encoding="utf-8")
    screen.import_from(str(path))
    sheet = over(window)
    qtbot.waitUntil(sheet.table.isVisible, timeout=10_000)
    assert text(sheet, "importWords").startswith("Nothing came in: 2 rows have mistakes.")
    assert [row.line for row in sheet.table.rows_shown] == [3, 4]
    assert len(desk.ask(catalogue.list_editions, "")) == 3


def test_a_list_that_is_not_there_is_told(screen, window, tmp_path, qtbot):
    screen.import_from(str(tmp_path / "none.csv"))
    sheet = over(window)
    qtbot.waitUntil(lambda: "none.csv" in text(sheet, "importWords") and not sheet._bar.isVisible(), timeout=10_000)


def test_cancel_stops_an_import_and_takes_it_back(screen, window, desk, tmp_path, monkeypatch, qtbot):
    path = tmp_path / "list.csv"
    rows = "".join(f"Disc {number},X,10\n" for number in range(200))
    path.write_text("title,artist,price\n" + rows, encoding="utf-8")
    whole = catalogue_import.import_catalogue
    pressed: list[int] = []

    def stopped_half_way(db, at, path, *, progress):
        def report(done, total):
            if done * 2 > total and not pressed:
                pressed.append(done)
                sheet._token.cancel()
            progress(done, total)

        return whole(db, at, path, progress=report)

    monkeypatch.setattr(catalogue_import, "import_catalogue", stopped_half_way)
    screen.import_from(str(path))
    sheet = over(window)
    qtbot.waitUntil(lambda: not sheet._bar.isVisible(), timeout=10_000)
    assert text(sheet, "importWords") == "The import was stopped. Nothing came in."
    assert pressed
    assert len(desk.ask(catalogue.list_editions, "")) == 3
    press(Qt.Key.Key_Escape)
    assert top_sheet(window) is None


def test_a_cashier_looks_up_but_changes_nothing(window, desk, qtbot):
    desk.actor = Actor(2, "Wu", Role.CASHIER)
    window.show_screen("catalogue")
    screen = window.front
    find(screen, qtbot, "kind", ["Kind of Blue"])
    assert text(screen, "editionPrice") == "¥68.00"
    assert text(screen, "fact_cost") == ""
    for button in (screen.add_button, screen.import_button, screen.card.change_button, screen.card.copy_button):
        assert not button.isVisible()
    for key in (Qt.Key.Key_F12, Qt.Key.Key_F4, Qt.Key.Key_F6, Qt.Key.Key_Return):
        press(key)
        assert top_sheet(window) is None
    assert window.take_scan("602445790487")
    assert window.notices.current.action_text == ""


def test_whoever_may_not_see_cost_saves_without_touching_it(screen, window, desk, ids, monkeypatch, qtbot):
    monkeypatch.setitem(ROLES, Role.MANAGER, frozenset(Permission) - {Permission.VIEW_COST})
    window.show_screen("catalogue")
    find(screen, qtbot, "kind", ["Kind of Blue"])
    assert text(screen, "fact_cost") == ""
    press(Qt.Key.Key_F4)
    form = over(window)
    assert form.findChild(QLineEdit, "costField") is None
    type_in(form, "shelfField", "J9")
    press(Qt.Key.Key_F12)
    assert text(screen, "fact_shelf") == "J9"
    assert desk.ask(catalogue.get_draft, ids["blue"]).cost == "40.00"


def test_a_disc_sold_meanwhile_is_not_counted_back_by_the_form(screen, window, desk, at, ids, qtbot):
    find(screen, qtbot, "kind", ["Kind of Blue"])
    press(Qt.Key.Key_F4)
    desk.db.run(lambda s: stock.move(s, at, ids["blue"], -1, StockReason.SALE, cost_minor=-4000,
                                     business_on=at.now.date()))  # fmt: skip
    type_in(over(window), "shelfField", "J9")
    press(Qt.Key.Key_F12)
    assert text(screen, "editionStock") == "4 in stock"


def test_markup_in_a_title_is_shown_as_text(screen, desk, qtbot):
    desk.db.run(lambda s: (make_edition(s, title="<b>&Bold</b>"), search.rebuild_index(s)))
    find(screen, qtbot, "bold", ["<b>&Bold</b>"])
    label = screen.findChild(QLabel, "editionTitle")
    assert label.text() == "<b>&Bold</b>"
    assert label.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize(("width", "hidden"), [(1024, [1, 2]), (1366, []), (1920, [])])
def test_narrow_windows_give_the_room_to_the_titles(screen, window, qtbot, width, hidden):
    window.resize(width, 768)
    qtbot.waitUntil(lambda: [c for c in range(6) if screen.table.isColumnHidden(c)] == hidden)
    assert screen.table.horizontalScrollBar().maximum() == 0
    assert screen.table.columnWidth(0) > 180
