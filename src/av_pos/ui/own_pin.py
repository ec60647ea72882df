"""Where somebody gives a PIN: two fields that must agree, and the sheet in which everybody changes their own."""

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError, InvalidInput, StorageError
from av_pos.i18n import _
from av_pos.services import access
from av_pos.services.access import PIN_MAX, PIN_MIN, PinAnswer
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.keypad import Keypad
from av_pos.ui.widgets.sheet import Sheet


class PinPair:
    """A new PIN typed twice, as two rows of a form."""

    def __init__(self, form: Form, words: str = "") -> None:
        self._form = form
        self.first, self.second = pin_edit("newPin"), pin_edit("newPinAgain")
        form.add("pin", words or _("PIN"), self.first, _("4 to 12 digits."))
        form.add("pin_again", _("PIN again"), self.second)

    def pin(self) -> str | None:
        """The PIN; None when it cannot be one, which is then told."""
        self._form.clear_errors()
        typed = self.first.text()
        if not PIN_MIN <= len(typed) <= PIN_MAX:
            self._form.show_error("pin", problems.sentence(InvalidInput("pin", "", "four_to_twelve_digits")))
            return None
        if typed != self.second.text():
            self._form.show_error("pin_again", _("The two PINs differ. Type the same one twice."))
            return None
        return typed


class OwnPinSheet(Sheet):
    """The old PIN, the new one twice; by keys or by the number pad. `changed(name)` when the new one holds.

    A wrong old PIN counts like one at the sign-in.
    """

    changed = Signal(str)

    def __init__(self, window: QWidget, desk: Desk, staff_id: int, name: str) -> None:
        title = _("{name}: change your PIN").format(name=name)
        super().__init__(window, "ownPinSheet", title, main_text=_("Save"), width=560)
        self._desk = desk
        self._staff_id = staff_id
        self._name = name
        self._form = Form("ownPinForm")
        self._old = pin_edit("oldPin")
        self._form.add("old", _("Old PIN"), self._old)
        self._pins = PinPair(self._form, _("The new PIN"))
        self._pad = Keypad("ownPinPad", extra="")
        self._lay_out_body()
        self._pad.typed.connect(self._on_typed)
        self._pad.rubbed_out.connect(self._on_rubbed_out)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        # Enter in a field that is not the last goes to the next one, as on a number pad there is no Tab.
        for here, following in ((self._old, self._pins.first), (self._pins.first, self._pins.second)):
            if here.hasFocus() and here.text() and not following.text():
                following.setFocus()
                return
        old = self._old.text()
        new = self._pins.pin()
        if not old:
            self._form.show_error("old", problems.sentence(InvalidInput("pin", "", "empty")))
        elif new is not None and new == old:
            self._form.show_error("pin", _("That is the old PIN. Choose another."))
        elif new is not None:
            self._set_checking(True)
            self._desk.work_later(
                self._on_answer, self._on_trouble, access.change_own_pin,
                self._desk.db, self._desk.till, self._staff_id, old, new, self._desk.clock,
            )  # fmt: skip

    def _on_answer(self, answer: PinAnswer) -> None:
        self._set_checking(False)
        if answer.accepted:
            self.changed.emit(self._name)
            self.dismiss()
            return
        self._old.clear()
        if answer.wait_s:
            words = _("Too many wrong PINs. Try again in {seconds} s.").format(seconds=answer.wait_s)
            self._form.show_error("old", words)
        else:
            self._form.show_error("old", _("Wrong PIN. Try again."))

    def _on_trouble(self, error: Exception) -> None:
        self._set_checking(False)
        if isinstance(error, StorageError):
            self._desk.events.stopped.emit(problems.sentence(error))
        elif isinstance(error, AvPosError):
            self._form.show_error("pin", problems.sentence(error))
        else:
            raise error

    def _set_checking(self, checking: bool) -> None:
        self.main_button.setDisabled(checking)
        self._pad.setDisabled(checking)

    def _on_typed(self, digits: str) -> None:
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) and self.isAncestorOf(field):
            field.insert(digits)

    def _on_rubbed_out(self) -> None:
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) and self.isAncestorOf(field):
            field.backspace()

    def _lay_out_body(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(24)
        column = QVBoxLayout()
        about = _("The old PIN ends as soon as the new one is saved.")
        column.addWidget(label(about, "secondary", "ownPinAbout", wrap=True))
        column.addWidget(self._form)
        column.addStretch(1)
        row.addLayout(column, 1)
        self._pad.setFixedWidth(_PAD_WIDTH)
        row.addWidget(self._pad)
        self.body.addLayout(row)


def pin_edit(object_name: str) -> QLineEdit:
    """A field for a PIN: digits only, hidden, unknown to input methods."""
    made = QLineEdit()
    made.setObjectName(object_name)
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setMaxLength(PIN_MAX)
    made.setValidator(QRegularExpressionValidator(QRegularExpression(f"[0-9]{{0,{PIN_MAX}}}"), made))
    made.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhHiddenText)
    return made


_PAD_WIDTH = 200
