"""A cashier at the real window: keys, eyes and patience, nothing else.

Keys take the way the system's own keys take: through the window, shortcuts asked first. The pace of fingers and of the
scanner is told to the scan gate by `Hands.ms`, so that a busy machine makes no scan out of typing and no typing out of
a scan. Waiting lets Qt's own loop run: `QTest.qWait` keeps the interpreter's lock, and workers would starve.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTableView, QWidget
from tests.printing.tcp_printer import TcpPrinter, _command_length

from av_pos.app import TillProgram
from av_pos.ui.widgets.sheet import top_sheet

SCANNER_MS, FINGERS_MS = 4, 90
PATIENCE_S = 10.0
_KEYS = {"Enter": Qt.Key.Key_Return, "Tab": Qt.Key.Key_Tab, "Esc": Qt.Key.Key_Escape, "Del": Qt.Key.Key_Delete}
_NONE = Qt.KeyboardModifier.NoModifier


class Clock:
    """The shop's time: it stands still unless somebody says how much of it passes."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **of_time: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**of_time)


class _Silence:
    """The gate's timer of silence, in the cashier's time: it runs out when the hands rest, however slow the machine."""

    def __init__(self) -> None:
        self._runs = False

    def start(self, _ms: int) -> None:
        self._runs = True

    def stop(self) -> None:
        self._runs = False

    def runs_out(self) -> bool:
        """Run out, if it runs; says whether it did."""
        ran, self._runs = self._runs, False
        return ran


class Cashier:
    """Somebody who works at a till by keyboard and scanner alone, and reads what stands on the screen."""

    def __init__(self, program: TillProgram, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.program, self.clock = program, clock
        self.window = program.window
        self._ms = 1000.0
        self._silence = _Silence()
        monkeypatch.setattr(program.gate, "_silence", self._silence)
        monkeypatch.setattr(program.gate, "_clock_ms", self._finger_time)
        monkeypatch.setattr(program.gate, "_time_of", self._finger_time)

    # ---- hands ----

    def scan(self, *codes: str, ending: str = "Enter") -> None:
        """Scan codes one after the other, as bursts of keys."""
        for code in codes:
            self._ms += FINGERS_MS
            for character in code:
                self._click(character, SCANNER_MS)
            if ending:
                self._click(_KEYS[ending], SCANNER_MS)
            self._settle()

    def types(self, text: str) -> None:
        """Type a text, key by key; what no key has comes from the input method."""
        for character in text:
            if character.isascii():
                self._click(character, FINGERS_MS)
            else:
                committed = QInputMethodEvent()
                committed.setCommitString(character)
                QCoreApplication.sendEvent(QApplication.focusObject(), committed)
            self._settle()

    def presses(self, *keys: str) -> None:
        """Press keys as they are named on the keyboard: "F12", "Shift+F6", "Enter", "Del"."""
        for key in keys:
            if len(key) == 1:
                self.types(key)
                continue
            *held, last = key.split("+")
            combination = QKeySequence(last)[0]  # type: ignore[index]  # the stubs forget __getitem__
            modifiers = _NONE
            for name in held:
                modifiers |= getattr(Qt.KeyboardModifier, {"Ctrl": "ControlModifier"}.get(name, f"{name}Modifier"))
            if "Ctrl" in held or last not in _KEYS:
                self._click(combination.key(), FINGERS_MS, modifiers)
            else:
                self._click(_KEYS[last], FINGERS_MS, modifiers)
            self._settle()

    def touches(self, name: str) -> None:
        """Tap what has no key of its own."""
        widget = self.finds(name)
        assert widget.isEnabled(), name
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self._settle()

    def signs_in(self, name: str, pin: str) -> None:
        """Choose a name by the arrows, type the PIN, press Enter, and wait for the next screen."""
        assert self.screen_in_front() == "signin"
        names = [row[0] for row in self.lines("staffList")]
        steps = names.index(name) - names.index(self.sees("signInName"))
        self.presses(*["Down" if steps > 0 else "Up"] * abs(steps))
        assert self.sees("signInName") == name
        self.types(pin)
        self.presses("Enter")
        self.waits_until(lambda: self.screen_in_front() != "signin")

    def gets_approval(self, pin: str) -> None:
        """Let the manager type the PIN in place."""
        assert self.sheet_in_front() == "approvalSheet"
        self.types(pin)
        self.presses("Enter")
        self.waits_until(lambda: self.sheet_in_front() != "approvalSheet")

    # ---- eyes ----

    def screen_in_front(self) -> str:
        """The screen that is shown: signin, till, shift …"""
        return self.window.front_key

    def sheet_in_front(self) -> str:
        """The objectName of the sheet on top; "" when there is none."""
        sheet = top_sheet(self.window)
        return sheet.objectName() if sheet is not None else ""

    def finds(self, name: str) -> QWidget:
        """The widget of this objectName that can be seen."""
        found = [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]
        assert found, f"nothing called {name} can be seen; in front: {self.screen_in_front()} {self.sheet_in_front()}"
        return found[-1]

    def can_see(self, name: str) -> bool:
        """Whether a widget of this objectName can be seen."""
        return any(w.isVisible() for w in self.window.findChildren(QWidget, name))

    def sees(self, name: str) -> str:
        """The text of the widget of this objectName, or all that stands on the card; it must be in sight."""
        widget = self.finds(name)
        if isinstance(widget, (QLabel, QLineEdit, QAbstractButton)):
            return widget.text()
        return " ".join(part.text() for part in widget.findChildren(QLabel) if part.isVisible())

    def lines(self, name: str = "basketTable") -> list[tuple[str, ...]]:
        """The rows of a list, as they are read out."""
        table = self.finds(name)
        assert isinstance(table, QTableView)
        model = table.model()
        return [
            tuple(str(model.index(row, column).data() or "") for column in range(model.columnCount()))
            for row in range(model.rowCount())
        ]

    def basket(self) -> list[tuple[str, int, str]]:
        """Title, pieces and amount of each line of the basket."""
        table = self.program.till.table
        assert table.isVisible()
        shown = self.lines()
        return [(row.title, row.qty, cells[3]) for row, cells in zip(table.rows_shown, shown, strict=True)]

    def panel(self) -> str:
        """What stands beside the basket: totalsPanel, payPanel or donePanel."""
        return next(name for name in ("totalsPanel", "payPanel", "donePanel") if self.can_see(name))

    def notice(self) -> str:
        """What the bar on top says; "" when it says nothing."""
        return self.sees("noticeText") if self.can_see("noticeText") else ""

    def everything(self) -> str:
        """All that can be read on the window just now."""
        kinds: tuple[type[QObject], ...] = (QLabel, QLineEdit, QAbstractButton)
        widgets = [w for kind in kinds for w in self.window.findChildren(kind)]
        return "\n".join(w.text() for w in widgets if w.isVisible())  # type: ignore[attr-defined]

    # ---- patience ----

    def waits_until(self, condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
        """Wait until something is so, and seen; fail when it does not come to be."""
        ends = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < ends, f"waited in vain; in front: {self.screen_in_front()}\n{self.everything()}"
            self._spin(5)
        # What came into a layout just now is only seen a turn later.
        self._spin(0)

    def waits_for_work(self) -> None:
        """Wait until the workers have brought everything home."""
        self.waits_until(self.program.tasks.is_idle)
        self._settle()

    def _settle(self) -> None:
        """Let the gate's silence pass, in the cashier's own time, and everything posted arrive."""
        self._spin(0)
        while self._silence.runs_out():
            self.program.gate._on_silence()
        self._spin(0)

    def _spin(self, ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def _click(self, key: str | Qt.Key, gap_ms: float, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        self._ms += gap_ms
        target = QApplication.focusWindow()
        assert target is not None
        click: Any = QTest.keyClick  # the stubs forget that it takes characters
        click(target, key, modifiers)

    def _finger_time(self, _event: object = None) -> float:
        return self._ms


def slips(printer: TcpPrinter) -> list[str]:
    """What lies before the printer: each slip that was cut off, as text."""
    cut_off, text, data = [], b"", bytes(printer.printed)
    while data and (length := _command_length(data)) is not None:
        command, data = data[:length], data[length:]
        if command[:2] == b"\x1dV":
            cut_off.append(text.decode("gbk"))
            text = b""
        elif length == 1 and command not in (b"\x1b", b"\x1c", b"\x1d", b"\x10"):
            text += command
    return cut_off
