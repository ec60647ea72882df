"""Tells a scanner's burst of keys from a person's typing, for the whole application.

A keyboard-wedge scanner types faster than anybody (under 10 ms a key; people need more than 30). The gate holds each
key that could begin a burst for 25 ms. If the next one follows in time, the keys are kept back until the burst ends: by
Enter, by Tab, or by silence. Six characters or more are a scan, swallowed whole, so that its Enter answers no question
and its digits fill no quantity. Anything shorter was a person: every press and release is given back to where it was
going.

What the gate mends: Caps Lock, full-width forms, a French keyboard layout (the scanner presses the keys of an American
one). Times are those of the key events, so that a window that was busy for a while still sees the right gaps.
"""

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

GAP_MS = 25
# After so many keys at a machine's pace a longer gap is a busy computer, not a person: the scan must not fall in two.
HICCUP_MS = 80
_MACHINE_KEYS = 4
_MACHINE_PACE_MS = 15
LEAST_CHARACTERS = 6
# A timer that comes this late was held up, and keys may wait behind it: look at them first.
_LATE_MS = 15

_ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_MODIFIER_KEYS = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock}
)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_TOUCHES = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel})

# What an American keyboard's keys type under a French layout: the digit row, and the letters that changed places.
_FRENCH_DIGITS = dict(zip("&é\"'(-è_çà", "1234567890", strict=True))
_FRENCH = {
    **_FRENCH_DIGITS,
    **dict(zip("aqzwAQZW", "qawzQAWZ", strict=True)),
    ",": "m",
    "?": "M",
    ";": ",",
    ":": ".",
    "!": "/",
    ")": "-",
}
# Only a French layout types these without Shift.
_FRENCH_SIGNS = frozenset('&"(éèçà')


class ScanTarget(Protocol):
    """A screen or sheet in front. `take_scan` returns whether it could use the code."""

    def take_scan(self, code: str) -> bool:
        """Use this code now, or say no."""
        ...


@dataclass(slots=True)
class _Held:
    """A key kept back: where it was going and what it was. Qt's own event does not outlive its delivery."""

    target: QObject
    type: QEvent.Type
    key: int
    modifiers: Qt.KeyboardModifier
    text: str
    scan_code: int
    virtual_key: int
    native_modifiers: int

    @classmethod
    def of(cls, target: QObject, event: QKeyEvent) -> "_Held":
        return cls(
            target,
            event.type(),
            event.key(),
            event.modifiers(),
            event.text(),
            event.nativeScanCode(),
            event.nativeVirtualKey(),
            event.nativeModifiers(),
        )

    def again(self) -> QKeyEvent:
        return QKeyEvent(
            self.type,
            self.key,
            self.modifiers,
            self.scan_code,
            self.virtual_key,
            self.native_modifiers,
            self.text,
        )


class ScanGate(QObject):
    """The gate: made once, told which screen stands in front.

    `scanned(code)` tells of every scan. The target in front is asked to take it; `unclaimed(code)` tells of a scan that
    nobody in front could use, which is to be kept as a chip. `touched` comes with every key and every finger: all
    events of the program pass here, and one look at each is enough.
    """

    touched = Signal()
    scanned = Signal(str)
    unclaimed = Signal(str)

    # What a screen raises on a scan must not come out of Qt's event filter: a slot hands it to the excepthook.
    _read = Signal(str)

    def __init__(
        self,
        app: QApplication,
        *,
        clock_ms: Callable[[], float] | None = None,
        french_layout: bool | None = None,
        prefix: str = "",
        suffix: str = "",
        parent: QObject | None = None,
    ) -> None:
        """`clock_ms` serves where key events bear no time. `french_layout` None finds out by what the keys typed.

        `prefix` and `suffix` are what this shop's scanner sends around each code; they are taken off.
        """
        super().__init__(parent or app)
        self._prefix, self._suffix = prefix, suffix
        self._clock_ms = clock_ms or _monotonic_ms
        self._french_layout = french_layout
        self._targets: list[ScanTarget] = []
        self._held: list[_Held] = []
        self._characters: list[tuple[str, bool]] = []
        self._last_ms = 0.0
        self._first_ms = 0.0
        self._held_since_ms = 0.0
        self._waits_once_more = False
        self._swallowed: set[int] = set()
        self._after_scan_ms: float | None = None
        self._giving_back = False
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setTimerType(Qt.TimerType.PreciseTimer)
        self._silence.timeout.connect(self._on_silence)
        self._read.connect(self.deliver)
        app.installEventFilter(self)

    # ---- who gets the scans ----

    def set_receiver(self, target: ScanTarget | None) -> None:
        """This screen is in front now; sheets over the last one are forgotten."""
        self._targets = [] if target is None else [target]

    def push(self, target: ScanTarget) -> None:
        """A sheet opened over the screen: scans are its own until `pop`."""
        self._targets.append(target)

    def pop(self, target: ScanTarget) -> None:
        """The sheet is gone."""
        self._targets = [t for t in self._targets if t is not target]

    def deliver(self, code: str) -> None:
        """Hand a code to whoever is in front, as if it had been scanned (a camera, a test, a chip tapped again)."""
        code = code.removeprefix(self._prefix).removesuffix(self._suffix)
        self.scanned.emit(code)
        if not (self._targets and self._targets[-1].take_scan(code)):
            self.unclaimed.emit(code)

    # ---- the keys ----

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every key before anybody else does."""
        # Every event of the program passes here, and asking for its type costs far more than for its class.
        if not isinstance(event, QInputEvent):
            return False
        kind = event.type()
        if kind in _TOUCHES:
            self.touched.emit()
        if self._giving_back or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.KeyRelease:
            return self._sees_release(watched, event)
        if event.key() in _MODIFIER_KEYS:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            return self._sees_override(event)
        return self._sees_press(watched, event)

    def _sees_override(self, event: QKeyEvent) -> bool:
        """Before a press Qt asks whether it is a shortcut: not while it may belong to a scan."""
        if (event.key() in _ENDS and self._is_scan_so_far(event)) or self._could_be_scanned(event):
            event.accept()
            return True
        self._finish()
        return False

    def _sees_press(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() in _ENDS:
            return self._sees_end(event)
        if not self._could_be_scanned(event):
            self._finish()
            return False
        if self._held and not self._follows(event):
            self._finish()
        self._hold(watched, event)
        return True

    def _sees_end(self, event: QKeyEvent) -> bool:
        if self._is_scan_so_far(event):
            self._swallowed.add(event.key())
            self._after_scan_ms = self._time_of(event)
            self._scan()
            return True
        # Some scanners end with two: carriage return and line feed, or Enter and Tab.
        if self._after_scan_ms is not None and self._time_of(event) - self._after_scan_ms < GAP_MS:
            self._swallowed.add(event.key())
            return True
        self._swallowed.discard(event.key())
        self._finish()
        return False

    def _sees_release(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() in self._swallowed:
            if not event.isAutoRepeat():
                self._swallowed.discard(event.key())
            return True
        if any(h.key == event.key() and h.type == QEvent.Type.KeyPress for h in self._held):
            self._held.append(_Held.of(watched, event))
            return True
        return False

    def _could_be_scanned(self, event: QKeyEvent) -> bool:
        text = event.text()
        if event.isAutoRepeat() or event.modifiers() & _COMMANDS or len(text) != 1 or not text.isprintable():
            return False
        # No code begins with a space; a person's space presses buttons.
        return text != " " or bool(self._held and self._follows(event))

    def _is_scan_so_far(self, event: QKeyEvent) -> bool:
        return len(self._characters) >= LEAST_CHARACTERS and self._follows(event)

    def _follows(self, event: QKeyEvent) -> bool:
        return self._time_of(event) - self._last_ms < self._patience_ms()

    def _patience_ms(self) -> int:
        gaps = len(self._characters) - 1
        at_machine_pace = gaps >= _MACHINE_KEYS - 1 and self._last_ms - self._first_ms < gaps * _MACHINE_PACE_MS
        return HICCUP_MS if at_machine_pace else GAP_MS

    def _time_of(self, event: QKeyEvent) -> float:
        return float(event.timestamp() or self._clock_ms())

    def _hold(self, watched: QObject, event: QKeyEvent) -> None:
        self._held.append(_Held.of(watched, event))
        self._swallowed.discard(event.key())
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._characters.append((event.text(), shifted))
        self._last_ms = self._time_of(event)
        if len(self._characters) == 1:
            self._first_ms = self._last_ms
        self._after_scan_ms = None
        self._held_since_ms = self._clock_ms()
        self._waits_once_more = False
        self._silence.start(self._patience_ms())

    def _on_silence(self) -> None:
        late = self._clock_ms() - self._held_since_ms > self._patience_ms() + _LATE_MS
        if late and not self._waits_once_more:
            # The program was busy; what was typed meanwhile still stands in the queue behind this timer.
            self._waits_once_more = True
            self._silence.start(0)
        else:
            self._finish()

    def _finish(self) -> None:
        """The burst ended without Enter or Tab: a scan if it is long enough and has no spaces, else a person."""
        long_enough = len(self._characters) >= LEAST_CHARACTERS
        if long_enough and all(c != " " for c, _shifted in self._characters):
            self._after_scan_ms = self._last_ms
            self._scan()
        else:
            self._give_back()

    def _scan(self) -> None:
        typed = self._forget()
        held, self._held = self._held, []
        pressed = [h.key for h in held if h.type == QEvent.Type.KeyPress]
        released = [h.key for h in held if h.type == QEvent.Type.KeyRelease]
        # Their releases are still to come, and are the scan's too.
        self._swallowed |= {k for k in pressed if pressed.count(k) > released.count(k)}
        code = normalise(typed, french_layout=self._french_layout)
        if code:
            self._read.emit(code)

    def _forget(self) -> list[tuple[str, bool]]:
        self._silence.stop()
        typed, self._characters = self._characters, []
        return typed

    def _give_back(self) -> None:
        if not self._held:
            return
        self._forget()
        held, self._held = self._held, []
        self._giving_back = True
        try:
            for key in held:
                target = key.target if shiboken6.isValid(key.target) else QApplication.focusWidget()
                if target is not None:
                    QCoreApplication.sendEvent(target, key.again())
        finally:
            self._giving_back = False


def normalise(typed: list[tuple[str, bool]], *, french_layout: bool | None = None) -> str:
    """The code behind the characters typed, each with whether Shift was held.

    Full-width forms become plain ones. A letter typed small although Shift was held means Caps Lock: all are turned.
    With a French layout (told, or found by its accented digits) the keys' American meaning is restored.
    """
    plain = [(unicodedata.normalize("NFKC", c), shifted) for c, shifted in typed]
    if any(c.isascii() and c.islower() and shifted for c, shifted in plain):
        plain = [(c.swapcase() if c.isascii() else c, shifted) for c, shifted in plain]
    text = "".join(c for c, _shifted in plain)
    if french_layout is None:
        french_layout = _looks_french(plain)
    if french_layout:
        text = "".join(_FRENCH.get(c, c) for c in text)
    return text.strip()


def _looks_french(plain: list[tuple[str, bool]]) -> bool:
    if any(c.isdigit() and not shifted for c, shifted in plain):
        return False
    # A code of 4, 6 and 8 alone shows only ' - _, which others type too: then all of it must stand on the digit row.
    return any(c in _FRENCH_SIGNS and not shifted for c, shifted in plain) or all(
        c in _FRENCH_DIGITS for c, _s in plain
    )


def _monotonic_ms() -> float:
    return time.monotonic() * 1000
