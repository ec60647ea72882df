"""Typing a PIN, by fingers or keys."""

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from av_pos.ui import theme
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.keypad import Keypad

MOST_DIGITS = 12


class _PinField(QLineEdit):
    """Keeps Enter to itself: while a PIN is checked the field is off, and Enter would press what has the focus then."""

    finished = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter hands the PIN over and goes no further."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text():
            self.finished.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class PinPad(QWidget):
    """A field that hides its digits, a number pad, and room for one sentence. `entered(pin)` comes with Enter.

    objectNames: the field is the caller's (`pinField`), the pad `<field>Pad`, the sentence `<field>Error`.
    """

    entered = Signal(str)
    changed = Signal(str)

    def __init__(self, field_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = _PinField(self)
        self.field.setObjectName(field_name)
        self.field.setAccessibleName(accessible_name)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly
            | Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.field.setValidator(
            QRegularExpressionValidator(QRegularExpression(f"[0-9]{{0,{MOST_DIGITS}}}"), self.field)
        )
        # A field asks once, when its look changes, which dot hides a digit.
        self.field.ensurePolished()
        theme.set_role(self.field, "pin")
        self.setFocusProxy(self.field)
        self._error = label("", "error", f"{field_name}Error", wrap=True)
        self._error.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._error.setMinimumHeight(20)
        self._pad = Keypad(f"{field_name}Pad", extra="", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        for part in (self.field, self._error, self._pad):
            column.addWidget(part)
        column.addStretch(1)
        self._pad.typed.connect(self.field.insert)
        self._pad.rubbed_out.connect(self.field.backspace)
        self.field.finished.connect(self._on_return)
        self.field.textChanged.connect(self._on_changed)

    def pin(self) -> str:
        """The digits typed."""
        return self.field.text()

    def clear(self) -> None:
        """Forget the digits."""
        self.field.clear()

    def show_error(self, sentence: str) -> None:
        """Empty the field and say why."""
        self.field.clear()
        self._error.setText(sentence)
        theme.set_kind(self.field, "danger" if sentence else "neutral")
        self.field.setFocus()

    def set_waiting(self, waiting: bool) -> None:
        """Take no digits while a wait runs off."""
        self.field.setDisabled(waiting)
        self._pad.setDisabled(waiting)

    def _on_return(self) -> None:
        if self.field.text():
            self.entered.emit(self.field.text())

    def _on_changed(self, text: str) -> None:
        if text:
            self._error.clear()
            theme.set_kind(self.field, "neutral")
        self.changed.emit(text)
