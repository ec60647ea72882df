"""The small pieces of the screens, as a person meets them."""

import csv
import io
import struct
import wave
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QTableView, QWidget
from tests.thorough import examples

from av_pos.ui import actions, theme
from av_pos.ui.sound import GOOD, Sounds, write_tone
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.chart import BarChart
from av_pos.ui.widgets.chip import Chip
from av_pos.ui.widgets.cover import CoverTile, letters
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.keypad import Keypad
from av_pos.ui.widgets.money import MoneyLabel
from av_pos.ui.widgets.notice import Notice, NoticeBar
from av_pos.ui.widgets.pin_pad import PinPad
from av_pos.ui.widgets.search_box import SearchBox, SearchHit
from av_pos.ui.widgets.sheet import Sheet, top_sheet
from av_pos.ui.widgets.stat_card import StatCard
from av_pos.ui.widgets.table import Column, DataTable, safe_cell

Key = Qt.Key


def spoken(widget: QWidget) -> str:
    """What a screen reader says of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface.text(QAccessible.Text.Name)


def put(window, widget):
    window.layout().addWidget(widget)
    widget.show()
    return widget


def child(widget, name, kind=QObject):
    found = widget.findChild(kind, name)
    assert found is not None, name
    return found


class TestMoney:
    @pytest.mark.parametrize(
        ("minor", "currency", "sign", "shown"),
        [
            (29500, "CNY", False, "295.00"),
            (29500, "CNY", True, "¥295.00"),
            (-1555, "CNY", False, "−15.55"),
            (129500, "JPY", True, "¥129,500"),
            (0, "EUR", True, "€0.00"),
        ],
    )
    def test_shows_the_amount_in_its_currency(self, window, minor, currency, sign, shown):
        money = put(window, MoneyLabel("totalDue", currency, with_sign=sign))
        money.set_minor(minor)
        assert money.text() == shown == spoken(money)
        assert money.minor == minor

    def test_is_never_narrower_than_its_amount(self, window):
        money = put(window, MoneyLabel("totalDue", "CNY", size="moneyAmount", with_sign=True))
        money.set_minor(99_999_999_99)
        money.ensurePolished()
        assert money.minimumSizeHint().width() >= QFontMetrics(money.font()).horizontalAdvance(money.text())


class TestKeyButton:
    def test_shows_text_and_key_and_tells_both(self, window):
        button = put(window, KeyButton("Hold", "holdButton", action="hold"))
        assert (button.text(), button.cap) == ("Hold", "F6")
        assert spoken(button) == "Hold"
        assert button.accessibleDescription() == "F6"

    def test_its_name_follows_its_text(self, window):
        button = put(window, KeyButton("Take", "takeButton", keys="Enter"))
        button.setText("Take ¥200.00")
        assert spoken(button) == "Take ¥200.00"

    def test_an_ampersand_is_an_ampersand(self, window):
        button = put(window, KeyButton("Review & post", "postButton"))
        assert button.text() == spoken(button) == "Review & post"
        assert button.shortcut().isEmpty()

    @pytest.mark.parametrize("role", ["secondary", "primary", "pay", "switch"])
    @pytest.mark.parametrize("icon", ["", "hold"])
    @pytest.mark.parametrize("text", ["Pay", "收款", "Open the drawer without a sale", "Warenkorb zurückstellen"])
    def test_nothing_is_cut_off(self, window, role, icon, text):
        button = put(window, KeyButton(text, "b", action="recall", role=role, icon=icon))
        button.ensurePolished()
        button.setChecked(True)
        needed = button._content_width()
        assert needed > QFontMetrics(button.font()).horizontalAdvance(text)
        assert button.minimumSizeHint().width() > needed

    def test_a_tap_leaves_the_focus_in_the_scan_field(self, window):
        field = put(window, QLineEdit())
        button = put(window, KeyButton("Hold", "holdButton"))
        field.setFocus()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert field.hasFocus()

    @pytest.mark.parametrize("mode", ["light", "dark"])
    def test_text_and_key_are_painted(self, window, dressed, mode):
        theme.apply(dressed, mode, compact=False)
        bare = put(window, KeyButton("", "bare"))
        bare.setFixedSize(200, 44)
        full = put(window, KeyButton("Hold", "full", action="hold", icon="hold"))
        full.setFixedSize(200, 44)
        assert bare.grab().toImage() != full.grab().toImage()
        theme.apply(dressed, "light", compact=False)


class TestCover:
    @pytest.mark.parametrize(
        ("title", "shown"),
        [
            ("范特西 Fantasy", "范"),
            ("Kind of Blue", "KB"),
            ("OK Computer", "OK"),
            ("Kid A", "KA"),
            ("Thriller", "T"),
            ("アビイ・ロード", "ア"),
            ("The Wall", "W"),
            ("The The", "TT"),
            ("Don't Look Back", "DL"),
            ("1989", "1"),
            ("…", "♪"),
            ("", "♪"),
            ("O 范", "O"),
        ],
    )
    def test_letters_stand_for_the_title(self, title, shown):
        assert letters(title) == shown

    def test_paints_something(self, window):
        tile = put(window, CoverTile("Blue Train", 46))
        picture = tile.grab().toImage()
        inks = {picture.pixelColor(x, y).name() for x in range(5, 40) for y in range(5, 40)}
        assert theme.cover_color("Blue Train").lower() in inks
        assert len(inks) > 2


class TestChip:
    def test_an_empty_one_is_not_there(self, window):
        chip = Chip("", "warn", "scanChip")
        assert not chip.isVisible()
        put(window, chip)
        chip.show_text("6901234567892", "accent")
        assert chip.isVisible()
        chip.show_text("")
        assert not chip.isVisible()

    def test_is_no_window_of_its_own(self, window):
        chip = Chip("CD")
        assert not chip.isVisible()
        put(window, chip)
        assert chip.isVisible()


class TestTextsFromOutside:
    @pytest.mark.parametrize("text", ["<b>Bold</b>", "<img src='x'>", "a & b", "\u202eevil", "😀"])
    def test_titles_are_never_markup(self, window, text):
        for made in (label(text), Chip(text, "warn"), MoneyLabel("m", "CNY")):
            put(window, made)
            made.setText(text)
            assert made.textFormat() == Qt.TextFormat.PlainText
            assert made.text() == text

    def test_notices_are_never_markup(self, window):
        bar = put(window, NoticeBar())
        bar.tell(Notice("<h1>Sold</h1>"))
        assert child(bar, "noticeText").textFormat() == Qt.TextFormat.PlainText


class Answers(QObject):
    def __init__(self):
        super().__init__()
        self.calls = []

    def retry(self):
        self.calls.append("retry")

    def undo(self):
        self.calls.append("undo")


class TestNotice:
    def test_one_at_a_time_with_the_number_waiting(self, window):
        bar = put(window, NoticeBar())
        bar.hide()
        answers = Answers()
        bar.tell(Notice("Printer: paper out.", "warn", "Retry", answers.retry, key="printer"))
        bar.tell(Notice("Line removed.", "neutral", "Undo", answers.undo))
        text, action, count = (child(bar, n) for n in ("noticeText", "noticeAction", "noticeCount"))
        assert bar.isVisible()
        assert (text.text(), action.text(), count.text()) == ("Printer: paper out.", "Retry", "1 more")
        QTest.mouseClick(action, Qt.MouseButton.LeftButton)
        assert answers.calls == ["retry"]
        assert (text.text(), action.text(), count.isVisible()) == ("Line removed.", "Undo", False)
        QTest.mouseClick(action, Qt.MouseButton.LeftButton)
        assert answers.calls == ["retry", "undo"]
        assert not bar.isVisible()

    def test_the_same_trouble_is_told_once_and_can_be_over(self, window):
        bar = put(window, NoticeBar())
        bar.tell(Notice("1 receipt waits.", key="printer"))
        bar.tell(Notice("2 receipts wait.", key="printer"))
        assert child(bar, "noticeText").text() == "2 receipts wait."
        assert not child(bar, "noticeCount").isVisible()
        bar.settle("printer")
        assert not bar.isVisible()
        assert bar.current is None

    def test_never_takes_the_focus(self, window):
        field = put(window, QLineEdit())
        bar = put(window, NoticeBar())
        field.setFocus()
        bar.tell(Notice("Printer: paper out.", "warn", "Retry", Answers().retry))
        QTest.mouseClick(child(bar, "noticeClose"), Qt.MouseButton.LeftButton)
        assert field.hasFocus()
        assert not bar.isVisible()

    def test_an_action_may_tell_the_next_notice(self, window):
        bar = put(window, NoticeBar())

        class Printer(QObject):
            def retry(self):
                bar.tell(Notice("Still no paper."))

        printer = Printer()
        bar.tell(Notice("No paper.", "warn", "Retry", printer.retry))
        child(bar, "noticeAction").click()
        assert child(bar, "noticeText").text() == "Still no paper."


HITS = (
    SearchHit(1, "Kid A", "Radiohead", "CD", 7800, "3 in stock"),
    SearchHit(2, "Kid A Mnesia", "Radiohead", "LP", 32800, "out", stock_kind="danger"),
    SearchHit(3, "OK Computer", "Radiohead", "CD", 4500, "one copy", "VG+ / VG"),
)


class HeardBox(SearchBox):
    """A search box that writes down what it tells."""

    def __init__(self, object_name, placeholder, accessible_name):
        super().__init__(object_name, placeholder, accessible_name)
        self.taken: list[object] = []
        self.asked: list[str] = []
        self.entries: list[str] = []
        self.chosen.connect(self.taken.append)
        self.typed.connect(self.asked.append)
        self.entered.connect(self.entries.append)


class TestSearchBox:
    @pytest.fixture
    def box(self, window):
        made = HeardBox("scanField", "Scan or type", "Scan or search")
        window.layout().insertWidget(0, made)
        window.layout().addStretch(1)
        made.show()
        made.field.setFocus()
        QApplication.processEvents()
        return made

    def results(self, window):
        return child(window, "searchResults", QTableView)

    def test_results_open_under_the_field_with_all_that_matters(self, box, window):
        QTest.keyClicks(box.field, "kid")
        assert box.asked == ["k", "ki", "kid"]
        box.set_results(HITS)
        table = self.results(window)
        assert table.isVisible()
        model = table.model()
        rows = [[model.index(r, c).data() for c in range(3)] for r in range(3)]
        assert rows[0] == ["Kid A", "3 in stock", "78.00"]
        spoken_rows = [model.index(r, 0).data(Qt.ItemDataRole.AccessibleTextRole) for r in range(3)]
        assert spoken_rows[2] == "OK Computer · Radiohead · CD · VG+ / VG"
        assert box.field.hasFocus()
        panel = child(window, "searchResultsPanel")
        assert panel.geometry().top() > box.geometry().bottom()
        assert window.rect().contains(panel.geometry())

    def test_arrows_and_enter_choose(self, box, window):
        QTest.keyClicks(box.field, "rad")
        box.set_results(HITS)
        QTest.keyClick(box.field, Key.Key_Down)
        QTest.keyClick(box.field, Key.Key_Down)
        QTest.keyClick(box.field, Key.Key_Up)
        QTest.keyClick(box.field, Key.Key_Return)
        assert box.taken == [2]
        assert box.text() == ""
        assert not self.results(window).isVisible()

    def test_enter_takes_the_first(self, box):
        QTest.keyClicks(box.field, "rad")
        box.set_results(HITS)
        QTest.keyClick(box.field, Key.Key_Enter)
        assert box.taken == [1]

    def test_a_tap_chooses_and_the_focus_stays(self, box, window):
        QTest.keyClicks(box.field, "rad")
        box.set_results(HITS)
        table = self.results(window)
        at = table.visualRect(table.model().index(2, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert box.taken == [3]
        assert box.field.hasFocus()

    def test_enter_without_results_hands_over_the_text(self, box):
        QTest.keyClicks(box.field, "6901234")
        QTest.keyClick(box.field, Key.Key_Return)
        assert box.entries == ["6901234"]
        assert box.taken == []

    def test_enter_with_nothing_typed_says_nothing(self, box):
        QTest.keyClick(box.field, Key.Key_Return)
        assert box.entries == []

    def test_escape_empties_it_and_only_then_means_back(self, box, window):
        went_back: list[Any] = []
        actions.bind(window, "back", lambda: went_back.append(1))
        QTest.keyClicks(box.field, "kid")
        box.set_results(HITS)
        QTest.keyClick(box.field, Key.Key_Escape)
        assert (box.text(), self.results(window).isVisible(), went_back) == ("", False, [])
        QTest.keyClick(box.field, Key.Key_Escape)
        assert went_back == [1]

    @pytest.mark.parametrize(
        ("action_id", "key"),
        [
            ("remove_line", Key.Key_Delete),
            ("one_more", Key.Key_Plus),
            ("one_less", Key.Key_Minus),
            ("line_up", Key.Key_Up),
            ("line_down", Key.Key_Down),
        ],
    )
    def test_keys_of_the_basket_work_while_it_is_empty(self, box, window, action_id, key):
        done: list[Any] = []
        actions.bind(window, action_id, lambda: done.append(action_id))
        QTest.keyClick(box.field, key)
        assert done == [action_id]
        assert box.text() == ""
        QTest.keyClicks(box.field, "ab")
        box.field.setCursorPosition(0)
        QTest.keyClick(box.field, key)
        assert done == [action_id]

    def test_the_input_method_stays_away_until_asked(self, box, window):
        hidden = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText
        assert box.field.inputMethodHints() == hidden
        assert box.field.echoMode() == QLineEdit.EchoMode.Normal
        box.seek()
        assert box.field.inputMethodHints() == Qt.InputMethodHint.ImhNone
        assert child(box, "scanFieldChinese", QPushButton).isChecked()
        event = QInputMethodEvent()
        event.setCommitString("杰伦")
        QApplication.sendEvent(box.field, event)
        assert box.asked == ["杰伦"]
        box.clear()
        assert box.field.inputMethodHints() == hidden

    def test_find_comes_back_to_the_field(self, box, window):
        other = put(window, QLineEdit())
        other.setFocus()
        box.seek()
        assert box.field.hasFocus()
        assert box.field.inputMethodHints() & Qt.InputMethodHint.ImhHiddenText

    def test_results_close_when_the_focus_goes_elsewhere(self, box, window):
        other = put(window, QLineEdit())
        QTest.keyClicks(box.field, "kid")
        box.set_results(HITS)
        other.setFocus()
        assert not self.results(window).isVisible()

    def test_results_go_with_the_screen(self, box, window):
        QTest.keyClicks(box.field, "kid")
        box.set_results(HITS)
        box.hide()
        assert not child(window, "searchResultsPanel").isVisible()


ROWS = (
    ("Kid A", 3, 7800, "low"),
    ("范特西 Fantasy", 10, 6800, "ok"),
    ("Ænima", 1, None, "low"),
    ("Björk: Début", 2, 9900, "ok"),
)


def table_of(rows=ROWS, **more):
    columns: tuple[Column[Any], ...] = (
        Column("Disc", lambda r: r[0], stretch=True),
        Column("Left", lambda r: r[1], "number", total=True),
        Column("Price", lambda r: r[2], "money", total=True),
        Column("State", lambda r: Mark(r[3], "warn" if r[3] == "low" else "ok"), "chip"),
    )
    made = DataTable("stock", "Stock", columns, key=lambda r: r[0], empty="Nothing here yet. Scan a disc.", **more)
    made.set_rows(rows)
    return made


def first_column(table):
    model = table.model()
    return [model.index(r, 0).data() for r in range(model.rowCount())]


class TestTable:
    def test_shows_rows_as_people_write_them(self, window):
        table = put(window, table_of())
        model = table.model()
        assert [model.index(0, c).data() for c in range(4)] == ["Kid A", "3", "78.00", "low"]
        assert model.index(2, 2).data() == "—"
        assert model.index(0, 2).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("kid", ["Kid A"]),
            ("bjork", ["Björk: Début"]),
            ("DEBUT bj", ["Björk: Début"]),
            ("特西", ["范特西 Fantasy"]),
            ("low", ["Kid A", "Ænima"]),
            ("ＫＩＤ", ["Kid A"]),
            ("(", []),
            ("", ["Kid A", "范特西 Fantasy", "Ænima", "Björk: Début"]),
        ],
    )
    def test_filters_while_it_is_typed(self, window, typed, found):
        field = put(window, QLineEdit())
        table = put(window, table_of())
        table.follow(field)
        field.setText(typed)
        assert first_column(table) == found

    def test_a_tap_on_a_head_sorts_and_says_so(self, window):
        table = put(window, table_of())
        head, model = table.horizontalHeader(), table.model()

        def tap(column):
            at = head.sectionViewportPosition(column) + 20
            QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=head.rect().center().__class__(at, 8))

        QApplication.processEvents()
        tap(1)
        assert first_column(table) == ["范特西 Fantasy", "Kid A", "Björk: Début", "Ænima"]
        assert model.headerData(1, Qt.Orientation.Horizontal) == "Left ↓"
        tap(1)
        assert first_column(table)[0] == "Ænima"
        assert model.headerData(1, Qt.Orientation.Horizontal) == "Left ↑"
        tap(1)
        assert first_column(table) == [r[0] for r in ROWS]
        assert model.headerData(1, Qt.Orientation.Horizontal) == "Left"

    def test_nothing_sorts_below_numbers(self, window):
        table = put(window, table_of())
        table.sort_by(2)
        assert first_column(table)[-1] == "Ænima"

    def test_totals_are_those_of_the_rows_shown(self, window):
        table = put(window, table_of(totals=True))
        model = table.model()

        def totals():
            return [model.index(model.rowCount() - 1, c).data() for c in range(4)]

        assert totals() == ["Total", "16", "245.00", ""]
        table.set_filter("kid")
        assert totals() == ["Total", "3", "78.00", ""]
        table.setCurrentIndex(model.index(1, 0))
        assert table.current() is None

    def test_an_empty_list_says_what_it_is_for(self, window):
        table = put(window, table_of(()))
        said = child(table, "stockEmpty", QLabel)
        assert said.isVisible()
        assert said.text() == "Nothing here yet. Scan a disc."
        table.set_rows(ROWS)
        assert not said.isVisible()
        table.set_filter("zzz")
        assert (said.isVisible(), said.text()) == (True, "Nothing matches.")

    def test_the_cursor_stays_on_its_row(self, window):
        table = put(window, table_of())
        assert table.pick("Ænima")
        table.set_rows((("New", 1, 1, "ok"), *ROWS))
        assert table.current()[0] == "Ænima"
        table.sort_by(1)
        assert table.current()[0] == "Ænima"
        picked: list[Any] = []
        table.picked.connect(picked.append)
        table.set_rows(ROWS[:1])
        assert table.current() is None
        assert picked[-1] is None

    def test_step_stops_at_the_ends(self, window):
        table = put(window, table_of())
        seen = []
        for by in (1, 1, -1, -1, -1, 9, 1):
            table.step(by)
            seen.append(table.current()[0])
        assert seen == [ROWS[n][0] for n in (0, 1, 0, 0, 0, 3, 3)]

    def test_enter_chooses(self, window):
        table = put(window, table_of())
        chosen: list[Any] = []
        table.chosen.connect(chosen.append)
        table.pick("Kid A")
        table.setFocus()
        QTest.keyClick(table, Key.Key_Return)
        assert chosen == [ROWS[0]]

    def test_csv_holds_what_is_shown_in_plain_figures(self, window):
        table = put(window, table_of((('A, "B"', 1200, 129500, "ok"), ("C", -1, -500, "ok")), totals=True))
        assert list(csv.reader(io.StringIO(table.csv_text()))) == [
            ["Disc", "Left", "Price", "State"],
            ['A, "B"', "1200", "1295.00", "ok"],
            ["C", "-1", "-5.00", "ok"],
        ]

    def test_discs_are_painted_and_read(self, window):
        columns: tuple[Column[Any], ...] = (
            Column("Disc", lambda r: DiscCell(r, ("Radiohead", Mark("CD"), "one copy")), "disc", stretch=True),
        )
        table = put(window, DataTable("t", "T", columns))
        table.set_rows(["OK Computer"])
        assert first_column(table) == ["OK Computer"]
        table.set_filter("radiohead")
        assert first_column(table) == ["OK Computer"]
        assert "OK Computer · Radiohead · CD · one copy" in table.csv_text()
        QApplication.processEvents()
        assert table.rowHeight(0) >= 44
        ground = theme.cover_color("OK Computer").lower()
        picture = table.viewport().grab().toImage()
        assert any(picture.pixelColor(20, y).name() == ground for y in range(table.rowHeight(0)))

    def test_a_narrow_column_keeps_the_amount_whole(self, window):
        table = put(window, table_of((("A", 1, 99_999_999_99, "ok"),)))
        QApplication.processEvents()
        model = table.model()
        needed = QFontMetrics(theme.font(15)).horizontalAdvance(model.index(0, 2).data())
        assert table.columnWidth(2) >= needed + 20


class TestCsvCells:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "＝1", '=HYPERLINK("x")'])
    def test_nothing_becomes_a_formula(self, text):
        assert safe_cell(text) == "'" + text

    @pytest.mark.parametrize("text", ["", "Kid A", "1989", "范特西", "a=b", "'quoted"])
    def test_other_texts_stay(self, text):
        assert safe_cell(text) == text

    @settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.text())
    def test_no_text_whatever_starts_a_formula(self, text):
        assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


class HeardSheet(Sheet):
    """A sheet with one field, that writes down what it tells."""

    def __init__(self, window, **more):
        super().__init__(window, "priceSheet", "Price", main_text="Set the price", **more)
        self.said: list[str] = []
        self.field = QLineEdit()
        self.body.addWidget(self.field)
        self.accepted.connect(self.on_accepted)
        self.rejected.connect(self.on_rejected)
        self.closed.connect(self.on_closed)

    def on_accepted(self):
        self.said.append("yes")

    def on_rejected(self):
        self.said.append("no")

    def on_closed(self):
        self.said.append("closed")


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


class TestSheet:
    def open_sheet(self, window, **more):
        sheet = HeardSheet(window, **more)
        sheet.open()
        QApplication.processEvents()
        return sheet

    @pytest.mark.parametrize("key", [Key.Key_F12, Key.Key_Return, Key.Key_Enter])
    def test_enter_and_f12_go_ahead_and_the_caller_closes(self, window, key):
        sheet = self.open_sheet(window)
        assert sheet.field.hasFocus()
        QTest.keyClick(sheet.field, key)
        assert sheet.said == ["yes"]
        assert sheet.isVisible()
        sheet.dismiss()
        assert sheet.said == ["yes", "closed"]

    def test_escape_gives_up_and_brings_the_focus_back(self, window):
        before = put(window, QLineEdit())
        before.setFocus()
        sheet = self.open_sheet(window)
        QTest.keyClick(sheet.field, Key.Key_Escape)
        assert sheet.said == ["no", "closed"]
        assert before.hasFocus()

    def test_a_dangerous_one_starts_on_cancel(self, window):
        sheet = self.open_sheet(window, dangerous=True)
        assert sheet.cancel_button.hasFocus()
        QTest.keyClick(sheet.cancel_button, Key.Key_Return)
        assert sheet.said == ["no", "closed"]

    def test_a_dangerous_one_does_not_go_ahead_on_enter(self, window):
        sheet = self.open_sheet(window, dangerous=True)
        sheet.field.setFocus()
        QTest.keyClick(sheet.field, Key.Key_Return)
        assert sheet.said == []
        QTest.keyClick(sheet.field, Key.Key_F12)
        assert sheet.said == ["yes"]
        sheet.dismiss()

    def test_keys_of_the_screen_behind_are_dead_but_help_and_lock_live(self, window):
        called: list[Any] = []
        for name in ("hold", "main", "back", "screen_2", "help", "lock", "remove_line"):
            actions.bind(window, name, partial(called.append, name))
        sheet = self.open_sheet(window)
        QTest.keyClick(sheet.field, Key.Key_F6)
        QTest.keyClick(sheet.field, Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(sheet.cancel_button, Key.Key_Delete)
        assert called == []
        QTest.keyClick(sheet.field, Key.Key_F1)
        QTest.keyClick(sheet.field, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert called == ["help", "lock"]
        sheet.dismiss()

    def test_its_own_keys_work(self, window):
        sheet = self.open_sheet(window)
        called: list[Any] = []
        actions.bind(sheet, "discount", lambda: called.append("discount"))
        actions.bind(sheet, "reprint", lambda: called.append("reprint"))
        QTest.keyClick(sheet.field, Key.Key_F7)
        QTest.keyClick(sheet.cancel_button, Key.Key_P)
        assert called == ["discount", "reprint"]
        sheet.dismiss()

    def test_tab_stays_inside(self, window):
        put(window, QLineEdit())
        sheet = self.open_sheet(window)
        seen = []
        for _ in range(5):
            QTest.keyClick(focused(), Key.Key_Tab)
            assert sheet.isAncestorOf(focused())
            seen.append(focused().objectName())
        assert {"priceSheetMain", "priceSheetCancel"} <= set(seen)
        QTest.keyClick(focused(), Key.Key_Backtab)
        assert sheet.isAncestorOf(focused())
        sheet.dismiss()

    def test_the_focus_cannot_slip_behind(self, window):
        behind = put(window, QLineEdit())
        sheet = self.open_sheet(window)
        behind.setFocus()
        assert sheet.isAncestorOf(focused())
        sheet.dismiss()

    def test_covers_the_window_whatever_its_size(self, window, qtbot):
        sheet = self.open_sheet(window)
        window.resize(1024, 700)
        qtbot.waitUntil(lambda: sheet.geometry() == window.rect())
        sheet.dismiss()

    def test_two_sheets_one_over_the_other(self, window):
        first = self.open_sheet(window)
        second = Sheet(window, "pinSheet", "PIN", main_text="Approve")
        field = QLineEdit()
        second.body.addWidget(field)
        second.open()
        assert field.hasFocus()
        assert top_sheet(window) is second
        QTest.keyClick(field, Key.Key_Escape)
        assert first.said == []
        assert first.field.hasFocus()
        assert top_sheet(window) == first
        first.dismiss()

    def test_the_key_that_opens_a_second_sheet_does_nothing_in_it(self, window):
        sheet = self.open_sheet(window, dangerous=True)
        second = HeardSheet(window, dangerous=True)
        table = DataTable("prices", "Prices", (Column("Price", str),))
        sheet.body.addWidget(table)
        table.set_rows(["12.00"])
        table.show()
        table.selectRow(0)
        table.setFocus()
        table.chosen.connect(second.open)
        QTest.keyClick(table, Key.Key_Return)
        assert second.cancel_button.hasFocus()
        assert (sheet.said, second.said) == ([], [])
        QTest.keyClick(second.cancel_button, Key.Key_Return)
        assert second.said == ["no", "closed"]
        assert table.hasFocus()
        sheet.dismiss()

    def test_main_button_off_means_enter_off(self, window):
        sheet = self.open_sheet(window)
        sheet.main_button.setEnabled(False)
        QTest.keyClick(sheet.field, Key.Key_Return)
        QTest.keyClick(sheet.field, Key.Key_F12)
        assert sheet.said == []
        sheet.dismiss()


class TestKeypadAndPin:
    def test_digits_point_and_backspace(self, window):
        pad = put(window, Keypad("cashPad"))
        typed: list[Any] = []
        pad.typed.connect(typed.append)
        pad.rubbed_out.connect(lambda: typed.append("<"))
        for name in ("1", "0", "Point", "5", "Backspace"):
            QTest.mouseClick(child(pad, f"cashPad{name}"), Qt.MouseButton.LeftButton)
        assert typed == ["1", "0", ".", "5", "<"]
        assert all(b.height() >= 44 for b in pad.findChildren(QAbstractButton))

    def test_pin_by_fingers_and_keys(self, window):
        pad = put(window, PinPad("pinField", "PIN"))
        pad.field.setFocus()
        entered: list[Any] = []
        pad.entered.connect(entered.append)
        QTest.mouseClick(child(pad, "pinFieldPad1"), Qt.MouseButton.LeftButton)
        QTest.keyClicks(pad.field, "2x3")
        QTest.mouseClick(child(pad, "pinFieldPad9"), Qt.MouseButton.LeftButton)
        QTest.mouseClick(child(pad, "pinFieldPadBackspace"), Qt.MouseButton.LeftButton)
        QTest.keyClick(pad.field, Key.Key_Return)
        assert entered == ["123"]
        assert pad.field.displayText() == "\u2022" * 3

    def test_a_wrong_pin_is_told_and_gone_with_the_next_digit(self, window):
        pad = put(window, PinPad("pinField", "PIN"))
        pad.field.setText("1234")
        pad.show_error("Wrong PIN. Four tries left.")
        error = child(pad, "pinFieldError")
        assert (pad.pin(), error.text()) == ("", "Wrong PIN. Four tries left.")
        QTest.keyClicks(pad.field, "1")
        assert error.text() == ""

    def test_waiting_takes_no_digits(self, window):
        pad = put(window, PinPad("pinField", "PIN"))
        pad.set_waiting(True)
        QTest.mouseClick(child(pad, "pinFieldPad1"), Qt.MouseButton.LeftButton)
        QTest.keyClicks(pad.field, "2")
        assert pad.pin() == ""
        pad.set_waiting(False)
        QTest.mouseClick(child(pad, "pinFieldPad1"), Qt.MouseButton.LeftButton)
        assert pad.pin() == "1"


class TestForm:
    def test_says_at_the_field_what_is_wrong(self, window):
        form = Form("discForm")
        form.add("title", "Title", QLineEdit())
        form.add("price", "Price", QLineEdit("12x"))
        put(window, form)
        form.show_error("price", "Not an amount.")
        error = child(form, "priceFieldError")
        assert error.isVisible()
        assert error.text() == "Not an amount."
        assert form.field("price").hasFocus()
        assert form.field("price").accessibleName() == "Price"
        assert not child(form, "titleFieldError").isVisible()
        form.clear_errors()
        assert not error.isVisible()


class TestStatCard:
    def test_shows_a_figure_that_can_be_read(self, window):
        card = put(window, StatCard("takings", "Sales", "¥8,412.00", "+12% vs last Fri"))
        assert spoken(child(card, "takingsValue")) == "¥8,412.00"
        card.show_value("−¥318", kind="danger")
        assert child(card, "takingsValue").text() == "−¥318"
        assert not child(card, "takingsNote").isVisible()


class TestChart:
    def test_draws_bars_in_the_theme(self, window, dressed):
        chart = BarChart("salesByHour", "Sales by hour")
        card = Card("hours")
        card.body.addWidget(chart)
        put(window, card)
        chart.set_bars(["10", "11", "12"], [1, 3, 2], [1, 2, 2])
        QApplication.processEvents()

        def inks():
            picture = card.grab().toImage()
            step = range(0, picture.width(), 3)
            return {picture.pixelColor(x, y).name().upper() for x in step for y in range(0, picture.height(), 3)}

        assert {theme.LIGHT.accent, theme.LIGHT.surface} <= inks()
        theme.apply(dressed, "dark", compact=False)
        QApplication.processEvents()
        assert {theme.DARK.accent, theme.DARK.surface} <= inks()
        theme.apply(dressed, "light", compact=False)

    @pytest.mark.parametrize("values", [[], [0, 0], [-5, 3]])
    def test_odd_days_are_drawn_too(self, window, values):
        chart = put(window, BarChart("salesByHour", "Sales by hour"))
        chart.set_bars([str(n) for n in range(len(values))], values)
        QApplication.processEvents()
        assert not chart.grab().isNull()

    def test_lengths_must_agree(self, window):
        with pytest.raises(ValueError, match="length"):
            BarChart("x", "x").set_bars(["10"], [1, 2])


class TestSound:
    def test_plays_one_file_a_tone_and_can_be_switched_off(self, tmp_path):
        played: list[Any] = []
        sounds = Sounds(player=played.append)
        sounds.good()
        sounds.refused()
        sounds.good()
        assert [p.name for p in played] == ["good.wav", "refused.wav", "good.wav"]
        assert all(p.read_bytes()[:4] == b"RIFF" for p in played)
        sounds.enabled = False
        sounds.good()
        assert len(played) == 3

    def test_tones_are_short_and_soft(self, tmp_path):
        file = tmp_path / "tone.wav"
        write_tone(file, GOOD)
        with wave.open(str(file)) as tone:
            params, data = tone.getparams(), tone.readframes(tone.getnframes())
        assert params.nframes / params.framerate == pytest.approx(sum(s for _f, s in GOOD), abs=0.01)
        assert max(abs(v) for (v,) in struct.iter_unpack("<h", data)) < 32767 * 0.3
