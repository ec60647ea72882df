"""The reports: figures, days, files, paper; by keys."""

import csv
from dataclasses import replace
from datetime import date, timedelta

import pypdfium2
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDateEdit, QFileDialog, QLabel, QTableView
from tests.factories import make_edition

from av_pos.domain.at import Actor
from av_pos.domain.permissions import ROLES, Permission, Role
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.services import basket, checkout, shifts, shop_settings
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.main_window import MainWindow, Place
from av_pos.ui.reports import days as report_days
from av_pos.ui.reports import paper
from av_pos.ui.reports.days import Days, Length
from av_pos.ui.reports.screen import ReportsScreen
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.sheet import top_sheet

TODAY = date(2026, 11, 20)


class Asked:
    """Remembers that the shift was asked for."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1


@pytest.fixture
def shop(db, at):
    """A week ago one disc was sold for cash; today two, one of them with a title that looks like a formula."""

    def sell(moment, edition_ids, kind):
        then = replace(at, now=moment)
        for edition_id in edition_ids:
            view = db.run(basket.add_edition, then, edition_id).view
        tender = (
            Tender(kind, view.total_minor, "UnionPay", "4321")
            if kind is TenderKind.CARD
            else Tender(kind, view.total_minor)
        )
        db.run(checkout.complete_sale, then, view.basket_id, (tender,), view.total_minor)

    blue = db.run(lambda s: make_edition(s, qty=3))
    odd = db.run(lambda s: make_edition(s, title="=1+2", artist="周杰伦", price_minor=10000, qty=1))
    last_week = at.now - timedelta(days=7)
    db.run(shifts.open_shift, replace(at, now=last_week), 30000)
    sell(last_week, [blue], TenderKind.CASH)
    db.run(shifts.record_count, replace(at, now=last_week), 36800)
    db.run(shifts.close_shift, replace(at, now=last_week), "")
    db.run(shifts.open_shift, at, 30000)
    sell(at.now, [blue], TenderKind.CASH)
    sell(at.now, [odd], TenderKind.CARD)
    return db


@pytest.fixture
def desk(shop, now, qapp):
    tasks = Tasks()
    made = Desk(shop, 1, Events(), tasks, clock=lambda: now)
    made.actor = Actor(1, "Lin", Role.MANAGER)
    yield made
    assert tasks.shutdown(10_000)


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def window(desk, asked, dressed, qtbot):
    made = MainWindow("shop")
    settings = desk.ask(shop_settings.get_settings)
    screen = ReportsScreen(desk, settings, go_to_shift=asked)
    made.add_screens([Place(lambda: screen, "reports", "navReports", "reports", "Reports")])
    desk.events.notice.connect(made.tell)
    desk.events.refused.connect(made.show_refusal)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def screen(window, desk, qtbot):
    window.show_screen("reports")
    made = window.front
    qtbot.waitUntil(lambda: made.print_button.isEnabled() or made.refused.isVisible())
    return made


def text(widget, name):
    return widget.findChild(QLabel, name).text()


def column(table, number):
    model = table.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)


def sheet_of(window, qtbot, name):
    def is_open():
        sheet = top_sheet(window)
        return sheet is not None and sheet.objectName() == name

    qtbot.waitUntil(is_open)
    return top_sheet(window)


def open_preview(window, screen, qtbot):
    press(Qt.Key.Key_F12)
    sheet = sheet_of(window, qtbot, "reportPreview")
    qtbot.waitUntil(sheet.save_button.isEnabled, timeout=20_000)
    return sheet


def test_the_cards_show_today(screen):
    assert text(screen, "reportSalesValue") == "¥168.00"
    assert text(screen, "reportSalesNote") == "+147% vs last Fri"
    assert text(screen, "reportSoldValue") == "2 discs"
    assert text(screen, "reportSoldNote") == "2 receipts"
    assert text(screen, "reportProfitValue") == "¥74.13"
    assert text(screen, "reportAverageValue") == "¥84.00"
    assert text(screen, "reportDrawerValue") == "¥368.00"
    assert text(screen, "reportDrawerNote") == "expected, not counted yet"
    assert screen.heading() == ("Reports · Today", "Fri 20 Nov 2026 · Till 1")


def test_every_list_is_a_table_that_can_be_read(screen):
    assert column(screen.findChild(QTableView, "reportTable"), 0) == ["14:00–15:00"]
    assert column(screen.findChild(QTableView, "reportTable"), 3) == ["168.00"]
    assert column(screen.findChild(QTableView, "tendersTable"), 0) == ["Card", "Cash"]
    assert column(screen.findChild(QTableView, "topDiscsTable"), 0) == ["=1+2 · 周杰伦", "Kind of Blue · Miles Davis"]
    assert column(screen.findChild(QTableView, "topDiscsTable"), 4) == ["0", "1"]
    assert column(screen.findChild(QTableView, "cashiersTable"), 0) == ["Lin", "Total"]


def test_the_picture_of_the_hours_is_seen_and_goes_where_nothing_was_sold(screen, qtbot):
    assert screen.figures.chart.isVisible()
    press(Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: text(screen, "reportSoldValue") == "0 discs")
    assert not screen.figures.chart.isVisible()
    assert text(screen, "reportTableEmpty") == "No sales these days."


def test_left_and_right_turn_the_days_and_stop_at_today(screen, qtbot):
    assert not screen.after_button.isEnabled()
    for _n in range(7):
        press(Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: text(screen, "reportSalesValue") == "¥68.00")
    assert screen.heading() == ("Reports", "Fri 13 Nov 2026 · Till 1")
    assert text(screen, "reportDrawerNote") == "counted, ±¥0.00"
    screen.findChild(QTableView, "topDiscsTable").setFocus()
    for _n in range(9):
        press(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: text(screen, "reportSalesValue") == "¥168.00")
    assert screen.heading()[0] == "Reports · Today"


def test_an_answer_that_comes_too_late_is_dropped(screen, desk, qtbot):
    late = []
    on_time = desk.ask_later
    desk.ask_later = lambda done, _trouble, op, *args: late.append((done, op, args))
    press(Qt.Key.Key_Left)
    desk.ask_later = on_time
    press(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: desk.tasks.is_idle() and not screen._slow.isActive())
    done, op, args = late[0]
    done(desk.ask(op, *args))
    assert text(screen, "reportSalesValue") == "¥168.00"


def test_the_sheet_of_days_takes_a_choice_and_any_dates(screen, window, qtbot):
    qtbot.mouseClick(screen.days_button, Qt.MouseButton.LeftButton)
    sheet = sheet_of(window, qtbot, "daysSheet")
    names = [button.text() for button in sheet._group.buttons()]
    assert names[:2] == ["Today", "Yesterday"]
    assert names[-4:] == ["This week", "Last week", "This month", "Last month"]
    qtbot.mouseClick(sheet._group.buttons()[-2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: text(screen, "reportSalesValue") == "¥236.00")
    assert text(screen, "reportSalesNote") == "20 days"
    qtbot.mouseClick(screen.days_button, Qt.MouseButton.LeftButton)
    sheet = sheet_of(window, qtbot, "daysSheet")
    first, last = sheet.findChild(QDateEdit, "firstDayField"), sheet.findChild(QDateEdit, "lastDayField")
    first.setDate(TODAY - timedelta(days=3))
    last.setDate(TODAY - timedelta(days=9))
    press(Qt.Key.Key_F12)
    assert text(sheet, "lastDayFieldError").startswith("The last day lies before the first.")
    last.setDate(TODAY)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: text(screen, "reportSalesValue") == "¥168.00")
    assert screen.heading()[1].startswith("Tue 17 Nov – Fri 20 Nov 2026")


def test_a_sale_made_meanwhile_is_shown(screen, desk, at, qtbot):
    edition = desk.db.run(lambda s: make_edition(s, price_minor=1000))
    view = desk.db.run(basket.add_edition, at, edition).view
    desk.db.run(checkout.complete_sale, at, view.basket_id, (Tender(TenderKind.CASH, 1000),), 1000)
    screen.on_takings_changed()
    qtbot.waitUntil(lambda: text(screen, "reportSalesValue") == "¥178.00")


def test_f11_goes_to_the_shift(screen, asked):
    press(Qt.Key.Key_F11)
    assert asked.times == 1


def test_f2_says_how_the_figures_come_about(screen, window):
    press(Qt.Key.Key_F2)
    assert "less what the discs cost" in window.notices.current.text


def test_the_export_is_read_back_and_holds_no_formula(screen, window, tmp_path, qtbot):
    path = tmp_path / "figures.csv"
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog, "saveDialog")
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(lambda: window.notices.current is not None)
    assert str(path) in window.notices.current.text
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert ["Sales", "168.00"] in rows
    assert ["'=1+2 · 周杰伦", "1", "100.00", rows[rows.index(["Top discs"]) + 2][3], "0"] in rows
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_a_file_that_cannot_be_written_is_told(screen, window, tmp_path, qtbot):
    screen.export_to(str(tmp_path / "nowhere" / "figures.csv"))
    qtbot.waitUntil(lambda: window.notices.current is not None)
    assert window.notices.current.kind == "danger"


def test_f12_shows_the_pages_and_esc_goes_back(screen, window, qtbot):
    sheet = open_preview(window, screen, qtbot)
    assert text(sheet, "previewState") == "1 page, A4"
    page = sheet.findChild(QLabel, "previewPage1")
    assert page.pixmap().height() > page.pixmap().width() > 500
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: top_sheet(window) is None)
    assert screen.isVisible()


def test_esc_while_the_pages_are_being_set_is_no_trouble(screen, window, desk, qtbot):
    press(Qt.Key.Key_F12)
    sheet_of(window, qtbot, "reportPreview")
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(desk.tasks.is_idle, timeout=20_000)
    assert top_sheet(window) is None


def test_without_a_printer_saving_is_offered_in_words(screen, window, monkeypatch, tmp_path, qtbot):
    monkeypatch.setattr(paper, "has_printer", lambda: False)
    sheet = open_preview(window, screen, qtbot)
    press(Qt.Key.Key_F12)
    assert text(sheet, "previewState").startswith("The system has no printer.")
    assert sheet.save_button.hasFocus()
    press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog, "saveDialog")
    path = tmp_path / "report.pdf"
    with qtbot.waitSignal(sheet.saved):
        dialog.selectFile(str(path))
        dialog.accept()
    document = pypdfium2.PdfDocument(path)
    assert "168.00" in document[0].get_textpage().get_text_bounded()
    document.close()


def test_print_opens_the_systems_dialog(screen, window, monkeypatch, qtbot):
    monkeypatch.setattr(paper, "has_printer", lambda: True)
    sheet = open_preview(window, screen, qtbot)
    press(Qt.Key.Key_F12)
    dialog = window.findChild(QObject, "printDialog")
    assert dialog.isVisible()
    with qtbot.assertNotEmitted(sheet.printed):
        dialog.reject()


def test_the_page_fills_the_paper_of_the_printer(screen, window, tmp_path, qtbot):
    sheet = open_preview(window, screen, qtbot)
    path = tmp_path / "printed.pdf"
    printer = paper.new_printer("Daily report")
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    with qtbot.waitSignal(sheet.printed, timeout=20_000):
        sheet.print_on(printer)
    del printer
    assert text(sheet, "previewState") == "1 page was sent to the printer."
    printed, shown = pypdfium2.PdfDocument(path), pypdfium2.PdfDocument(sheet._paper.pdf)
    assert len(printed) == len(shown) == 1
    assert printed[0].get_size() == pytest.approx(shown[0].get_size(), abs=2)
    ours, theirs = (d[0].render(scale=0.5).to_pil().convert("L") for d in (printed, shown))
    apart = [
        abs(a - b) for a, b in zip(ours.resize((200, 280)).tobytes(), theirs.resize((200, 280)).tobytes(), strict=True)
    ]
    assert sum(apart) / len(apart) < 6
    for document in (printed, shown):
        document.close()


def test_a_cashier_is_told_who_may_look(window, desk, qtbot):
    desk.actor = Actor(2, "Wu", Role.CASHIER)
    window.show_screen("reports")
    screen = window.front
    assert screen.refused.isVisible()
    assert text(screen, "reportsRefused") == "Lin may see what the shop took. Press Ctrl L to switch."
    assert not screen.print_button.isEnabled()
    assert not screen.export_button.isEnabled()
    press(Qt.Key.Key_F12)
    press(Qt.Key.Key_Left)
    assert top_sheet(window) is None
    assert screen.heading() == ("Reports", "")


def test_figures_read_for_a_manager_are_not_shown_to_the_cashier_after(screen, window, desk, qtbot):
    screen._read()
    desk.actor = Actor(2, "Wu", Role.CASHIER)
    window.show_screen("reports")
    qtbot.waitUntil(desk.tasks.is_idle)
    qtbot.waitUntil(lambda: not screen._slow.isActive())
    QApplication.processEvents()
    assert screen.refused.isVisible()


def test_without_leave_to_see_cost_no_profit_is_there(screen, desk, window, monkeypatch, qtbot):
    monkeypatch.setitem(ROLES, Role.MANAGER, frozenset(Permission) - {Permission.VIEW_COST})
    window.show_screen("reports")
    qtbot.waitUntil(lambda: not screen.figures.with_profit)
    assert screen.figures.findChild(QLabel, "reportProfitValue") is None
    assert "Profit" not in screen.figures.csv_text("x")


@pytest.mark.parametrize(
    ("days", "by", "wanted"),
    [
        (Days(TODAY, TODAY), -1, Days(date(2026, 11, 19), date(2026, 11, 19))),
        (Days(TODAY, TODAY), 1, Days(TODAY, TODAY)),
        (report_days.week_of(TODAY, TODAY), -1, Days(date(2026, 11, 9), date(2026, 11, 15), Length.WEEK)),
        (Days(date(2026, 11, 9), date(2026, 11, 15), Length.WEEK), 1, Days(date(2026, 11, 16), TODAY, Length.WEEK)),
        (report_days.month_of(TODAY, TODAY), -1, Days(date(2026, 10, 1), date(2026, 10, 31), Length.MONTH)),
        (report_days.month_of(date(2026, 10, 5), TODAY), 1, Days(date(2026, 11, 1), TODAY, Length.MONTH)),
        (report_days.month_of(date(2026, 3, 31), TODAY), -1, Days(date(2026, 2, 1), date(2026, 2, 28), Length.MONTH)),
        (Days(date(2026, 11, 1), date(2026, 11, 10)), 1, Days(date(2026, 11, 11), TODAY)),
        (Days(date(1990, 1, 1), date(1990, 1, 1)), -1, Days(date(1990, 1, 1), date(1990, 1, 1))),
    ],
)
def test_steps(days, by, wanted):
    assert report_days.step(days, by, TODAY) == wanted
