"""The scan gate: bursts are scans wherever the focus is, people are left alone."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QTableWidget,
)

from av_pos.ui import actions
from av_pos.ui.scanner import ScanGate, normalise

EAN = "6901234567892"
EVERY_NAMED_KEY = {"\r": Qt.Key.Key_Return, "\n": Qt.Key.Key_Enter, "\t": Qt.Key.Key_Tab, " ": Qt.Key.Key_Space}
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Front(QObject):
    """A screen in front that takes what it likes."""

    def __init__(self, likes=lambda _code: True):
        super().__init__()
        self.taken = []
        self._likes = likes

    def take_scan(self, code):
        self.taken.append(code)
        return self._likes(code)


class HeardGate(ScanGate):
    """A gate that writes down what it tells."""

    def __init__(self, app, *, clock_ms):
        super().__init__(app, clock_ms=clock_ms)
        self.heard: list[str] = []
        self.kept: list[str] = []
        self.scanned.connect(self.heard.append)
        self.unclaimed.connect(self.kept.append)


class Hands:
    """Types keys at given times as the system delivers them: the question about shortcuts, press, release."""

    def __init__(self):
        self.now_ms = 1000

    def clock(self):
        return float(self.now_ms)

    def key(self, text, *, gap=5, key=None, modifiers=Qt.KeyboardModifier.NoModifier, release=True, repeat=False):
        self.now_ms += gap
        code = key or EVERY_NAMED_KEY.get(text) or Qt.Key(ord(text.upper()))
        if text.isascii() and text.isupper() and key is None:
            modifiers |= SHIFT
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if kind == QEvent.Type.KeyRelease and not release:
                continue
            event = QKeyEvent(kind, code, modifiers, text, repeat)
            event.setTimestamp(self.now_ms)
            target = QApplication.focusWidget() or QApplication.activeModalWidget()
            assert target is not None
            if kind == QEvent.Type.ShortcutOverride:
                event.ignore()
            QCoreApplication.sendEvent(target, event)

    def type(self, text, *, gap=5):
        for character in text:
            self.key(character, gap=gap)


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def gate(dressed, hands):
    made = HeardGate(dressed, clock_ms=hands.clock)
    yield made
    dressed.removeEventFilter(made)
    made.deleteLater()


@pytest.fixture
def front(gate):
    made = Front()
    gate.set_receiver(made)
    return made


def put(window, widget):
    window.layout().addWidget(widget)
    widget.show()
    widget.setFocus()
    assert widget.hasFocus()
    return widget


def settle(gate, qtbot):
    """Let the gate's silence pass."""
    qtbot.waitUntil(lambda: not gate._silence.isActive())


def test_every_key_and_every_finger_touches_the_till(gate, front, hands, window, qtbot):
    field = put(window, QLineEdit())
    touched = []
    gate.touched.connect(lambda: touched.append(1))
    hands.type("ab", gap=200)
    assert len(touched) >= 2
    touched.clear()
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    assert touched
    touched.clear()
    field.update()
    qtbot.wait(1)
    assert touched == []


@pytest.mark.parametrize("gap", [0, 1, 5, 10, 20, 24])
@pytest.mark.parametrize("end", ["\r", "\n", "\t"])
def test_burst_is_one_scan_and_leaves_no_trace(gate, front, hands, window, gap, end):
    field = put(window, QLineEdit())
    other = QLineEdit()
    window.layout().addWidget(other)
    entered = []
    field.returnPressed.connect(lambda: entered.append(1))
    hands.type(EAN + end, gap=gap)
    assert front.taken == [EAN]
    assert gate.heard == [EAN]
    assert field.text() == ""
    assert entered == []
    assert field.hasFocus()


@pytest.mark.parametrize("make", [QPushButton, QSpinBox, QComboBox, QLineEdit, lambda: QTableWidget(3, 3)])
def test_wherever_the_focus_is(gate, front, hands, window, make):
    widget = put(window, make())
    pressed = []
    if isinstance(widget, QPushButton):
        widget.setAutoDefault(True)
        widget.clicked.connect(lambda: pressed.append(1))
    before = widget.value() if isinstance(widget, QSpinBox) else None
    hands.type(EAN + "\r")
    assert front.taken == [EAN]
    assert pressed == []
    if before is not None:
        assert widget.value() == before


def test_scan_does_not_answer_a_message_box(gate, front, hands, window, qtbot):
    box = QMessageBox(QMessageBox.Icon.Question, "?", "Delete?", QMessageBox.StandardButton.Yes, window)
    answers: list[int] = []
    box.finished.connect(answers.append)
    box.open()
    qtbot.waitUntil(lambda: box.isVisible() and QApplication.activeModalWidget() is box)
    hands.type(EAN + "\r")
    assert front.taken == [EAN]
    assert answers == []
    assert box.isVisible()
    box.done(0)


def test_burst_without_ending_is_a_scan_after_silence(gate, front, hands, window, qtbot):
    field = put(window, QLineEdit())
    hands.type(EAN)
    assert front.taken == []
    settle(gate, qtbot)
    assert front.taken == [EAN]
    assert field.text() == ""


def test_two_bursts_without_ending_do_not_run_together(gate, front, hands, window):
    put(window, QLineEdit())
    hands.type(EAN)
    hands.key("A", gap=100)
    hands.type("V0012345\r")
    assert front.taken == [EAN, "AV0012345"]


def test_a_busy_computer_does_not_break_a_scan_in_two(gate, front, hands, window):
    field = put(window, QLineEdit())
    hands.type(EAN[:6])
    hands.key(EAN[6], gap=60)
    hands.type(EAN[7:] + "\r")
    assert front.taken == [EAN]
    assert field.text() == ""


@pytest.mark.parametrize("gap", [0, 5, 20])
def test_eight_codes_back_to_back(gate, front, hands, window, gap):
    put(window, QLineEdit())
    codes = [f"29000000041{n:02d}" for n in range(8)]
    for code in codes:
        hands.type(code + "\r", gap=gap)
    assert front.taken == codes


def test_the_same_code_twice_is_two_copies(gate, front, hands, window):
    put(window, QLineEdit())
    hands.type(EAN + "\r", gap=2)
    hands.now_ms += 100
    hands.type(EAN + "\r", gap=2)
    assert front.taken == [EAN, EAN]


def test_both_carriage_return_and_line_feed(gate, front, hands, window):
    button = put(window, QPushButton("Pay"))
    pressed = []
    button.clicked.connect(lambda: pressed.append(1))
    button.setAutoDefault(True)
    hands.type(EAN + "\r\n")
    assert front.taken == [EAN]
    assert pressed == []


@pytest.mark.parametrize("gap", [30, 40, 90, 250])
def test_typing_arrives_whole_and_in_order(gate, front, hands, window, qtbot, gap):
    field = put(window, QLineEdit())
    entered = []
    field.returnPressed.connect(lambda: entered.append(field.text()))
    hands.type("Kid A 2000", gap=gap)
    settle(gate, qtbot)
    assert field.text() == "Kid A 2000"
    hands.key("\r", gap=gap)
    assert entered == ["Kid A 2000"]
    assert front.taken == []


def test_a_short_fast_burst_was_a_person(gate, front, hands, window):
    field = put(window, QLineEdit())
    entered = []
    field.returnPressed.connect(lambda: entered.append(field.text()))
    hands.type("12345\r", gap=8)
    assert entered == ["12345"]
    assert gate.heard == []


def test_space_presses_a_button_at_once(gate, front, hands, window):
    button = put(window, QPushButton("Hold"))
    pressed = []
    button.clicked.connect(lambda: pressed.append(1))
    hands.key(" ", gap=500)
    assert pressed == [1]


def test_presses_and_releases_are_given_back(gate, front, hands, window, qtbot):
    class Listener(QLineEdit):
        def __init__(self):
            super().__init__()
            self.seen = []

        def keyPressEvent(self, event):
            self.seen.append(("down", event.text()))

        def keyReleaseEvent(self, event):
            self.seen.append(("up", event.text()))

    listener = put(window, Listener())
    hands.type("ab", gap=10)
    settle(gate, qtbot)
    assert listener.seen == [("down", "a"), ("up", "a"), ("down", "b"), ("up", "b")]


def test_a_key_that_is_held_down_repeats(gate, front, hands, window, qtbot):
    field = put(window, QLineEdit())
    hands.key("x", gap=300, release=False)
    for _ in range(12):
        hands.key("x", gap=20, repeat=True, release=False)
    settle(gate, qtbot)
    assert field.text() == "x" * 13
    assert gate.heard == []


def test_f12_right_behind_a_scan_pays_for_the_scanned_disc(gate, front, hands, window):
    button = put(window, QPushButton("x"))
    sold = []
    shortcut = actions.bind(window, "main", lambda: sold.extend(front.taken))
    hands.type(EAN)
    hands.now_ms += 3
    QTest.keyClick(button, Qt.Key.Key_F12)
    assert sold == [EAN]
    shortcut.setEnabled(False)


def test_a_letter_that_is_a_command_still_is_one(gate, front, hands, window, qtbot):
    put(window, QPushButton("x"))
    done = []
    actions.bind(window, "round_off", lambda: done.append("round off"))
    hands.key("r", gap=500)
    settle(gate, qtbot)
    assert done == ["round off"]


def test_a_scan_holding_command_letters_is_no_command(gate, front, hands, window):
    put(window, QPushButton("x"))
    done = []
    actions.bind(window, "round_off", lambda: done.append("round off"))
    hands.type("RRRR123\r")
    assert front.taken == ["RRRR123"]
    assert done == []


def test_what_the_screen_cannot_use_is_kept(gate, hands, window):
    put(window, QLineEdit())
    gate.set_receiver(Front(likes=lambda code: code.startswith("69")))
    hands.type(EAN + "\r")
    hands.type("28176379854321098765\r", gap=3)
    assert gate.kept == ["28176379854321098765"]


def test_nobody_in_front_keeps_the_scan(gate, hands, window):
    put(window, QLineEdit())
    hands.type(EAN + "\r")
    assert gate.kept == [EAN]


def test_a_sheet_takes_scans_until_it_is_gone(gate, front, hands, window):
    put(window, QLineEdit())
    sheet = Front()
    gate.push(sheet)
    hands.type(EAN + "\r")
    gate.pop(sheet)
    hands.type("AV0012345\r")
    assert sheet.taken == [EAN]
    assert front.taken == ["AV0012345"]


def test_release_after_the_scan_is_swallowed_and_the_next_press_is_not(gate, front, hands, window, qtbot):
    field = put(window, QLineEdit())
    for character in EAN:
        hands.key(character, release=False)
    hands.key("\r", release=False)
    assert front.taken == [EAN]
    hands.key("2", gap=400)
    settle(gate, qtbot)
    assert field.text() == "2"


SHIFTED = True
TYPED = [
    ("plain digits", [(c, False) for c in EAN], EAN),
    ("shop code", [("A", SHIFTED), ("V", SHIFTED), *((c, False) for c in "0012345")], "AV0012345"),
    ("Caps Lock", [("a", SHIFTED), ("v", SHIFTED), *((c, False) for c in "0012345")], "AV0012345"),
    ("Caps Lock, small letters", [("M", False), ("e", SHIFTED), *((c, False) for c in "mber")], "mEMBER"),
    ("keys sent without Shift", [(c, False) for c in "AV0012345"], "AV0012345"),
    ("French digits", [(c, False) for c in "-çà&é\"'(-è_çé"], EAN),
    ("French letters", [("Q", SHIFTED), ("V", SHIFTED), *((c, False) for c in "àà&é\"'(")], "AV0012345"),
    ("French, digits without accents", [(c, False) for c in "'-_'-_"], "468468"),
    ("French scanner on a French layout", [(c, SHIFTED) for c in EAN], EAN),
    ("full width", [(c, False) for c in "６９０１２３４５６７８９２"], EAN),
    ("hyphens are no French", [(c, False) for c in "AV-00-12"], "AV-00-12"),
]


@pytest.mark.parametrize(("typed", "code"), [t[1:] for t in TYPED], ids=[t[0] for t in TYPED])
def test_layouts_and_locks_do_not_change_the_code(typed, code):
    assert normalise(typed) == code


def test_keys_queued_behind_a_busy_window_are_still_one_scan(dressed, hands, window, qtbot):
    """The timer fires before the rest of the burst is seen: it waits for what stands in the queue."""
    gate = ScanGate(dressed, clock_ms=hands.clock)
    front = Front()
    gate.set_receiver(front)
    put(window, QLineEdit())
    hands.type(EAN[:5])
    started = hands.now_ms
    hands.now_ms += 900
    gate._on_silence()
    assert gate._silence.isActive()
    hands.now_ms = started
    hands.type(EAN[5:] + "\r")
    assert front.taken == [EAN]
    dressed.removeEventFilter(gate)
    gate.deleteLater()


class TestThroughTheWindow:
    """The same by the way the system's own keys take: through the window, shortcuts asked first."""

    def press(self, window, keys):
        for key in keys:
            QTest.keyClick(window.windowHandle(), key)

    def test_a_scan_is_taken(self, gate, front, window):
        field = put(window, QLineEdit())
        self.press(window, [*EAN, Qt.Key.Key_Return])
        assert front.taken == [EAN]
        assert field.text() == ""

    def test_a_typed_character_reaches_the_field_once(self, gate, front, window, qtbot):
        field = put(window, QLineEdit())
        self.press(window, ["k"])
        settle(gate, qtbot)
        assert field.text() == "k"

    def test_a_short_entry_and_enter_arrive_in_order(self, gate, front, window):
        field = put(window, QLineEdit())
        entered = []
        field.returnPressed.connect(lambda: entered.append(field.text()))
        self.press(window, ["2", "5", Qt.Key.Key_Return])
        assert entered == ["25"]

    def test_a_command_letter_and_f12_are_heard(self, gate, front, window, qtbot):
        put(window, QPushButton("x"))
        heard = []
        actions.bind(window, "reprint", lambda: heard.append("reprint"))
        actions.bind(window, "main", lambda: heard.append("main"))
        self.press(window, ["p"])
        settle(gate, qtbot)
        self.press(window, [Qt.Key.Key_F12])
        assert heard == ["reprint", "main"]
