"""Fields of settings: each shows a value and gives the text by which the setting is kept."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QWidget

from av_pos import problems
from av_pos.domain.money import parse_amount, parse_percent
from av_pos.errors import InvalidInput
from av_pos.i18n import _, format_amount
from av_pos.ui import theme
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form

_MINUTES_A_DAY = 1440


class Field(Protocol):
    """One setting's field, as the pages use it."""

    name: str
    widget: QWidget

    @property
    def edited(self) -> SignalInstance:
        """Comes when somebody changes it."""

    def show(self, value: Any) -> None:
        """Show a value as the setting keeps it."""

    def text(self) -> str:
        """The text by which the setting is kept. Raises InvalidInput for what cannot be."""


class _Field(QObject):
    """What all of them share."""

    edited = Signal()

    def __init__(self, name: str, widget: QWidget) -> None:
        super().__init__(widget)
        self.name = name
        self.widget = widget
        if not widget.objectName():
            widget.setObjectName(f"{name}Field")


class TextField(_Field):
    """A line of text."""

    def __init__(self, name: str, *, right: bool = False, width: int = 0) -> None:
        self.edit = QLineEdit()
        self.edit.setMaxLength(500)
        if right:
            self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        if width:
            self.edit.setMaximumWidth(width)
        super().__init__(name, self.edit)
        self.edit.textEdited.connect(self._on_edited)

    def show(self, value: Any) -> None:
        """Show a text."""
        self.edit.setText(str(value))

    def text(self) -> str:
        """The text without blanks around it."""
        return self.edit.text().strip()

    def _on_edited(self, _text: str) -> None:
        self.edited.emit()


class LinesField(_Field):
    """A few lines of text; Tab goes on to the next field."""

    def __init__(self, name: str) -> None:
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(theme.TOUCH * 2)
        super().__init__(name, self.edit)
        self.edit.textChanged.connect(self.edited)

    def show(self, value: Any) -> None:
        """Show lines."""
        if self.edit.toPlainText() != value:
            self.edit.setPlainText(str(value))

    def text(self) -> str:
        """The lines, without empty ones at the end."""
        return "\n".join(line.rstrip() for line in self.edit.toPlainText().splitlines()).rstrip()


class ChoiceField(_Field):
    """One of a few; with `free` another may be typed."""

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], *, free: bool = False) -> None:
        self.box = ChoiceBox(f"{name}Field", choices, free=free)
        super().__init__(name, self.box)
        self.box.activated.connect(self._on_edited)
        line = self.box.lineEdit()
        if line is not None:
            line.textEdited.connect(self._on_edited)

    def show(self, value: Any) -> None:
        """Choose the thing of this key."""
        self.box.choose(str(value))

    def text(self) -> str:
        """The key chosen."""
        return self.box.key()

    def _on_edited(self, _what: object) -> None:
        self.edited.emit()


class SwitchField(_Field):
    """On or off."""

    def __init__(self, name: str) -> None:
        self.box = QCheckBox(_("On"))
        super().__init__(name, self.box)
        self.box.clicked.connect(self._on_edited)

    def show(self, value: Any) -> None:
        """Show whether it is on."""
        self.box.setChecked(bool(value))

    def text(self) -> str:
        """`true` or `false`."""
        return "true" if self.box.isChecked() else "false"

    def _on_edited(self, _on: bool) -> None:
        self.edited.emit()


class WholeField(TextField):
    """A whole number."""

    def __init__(self, name: str) -> None:
        super().__init__(name, right=True, width=150)


class AmountField(TextField):
    """An amount in the shop's currency, kept in minor units."""

    def __init__(self, name: str, digits: int) -> None:
        super().__init__(name, right=True, width=150)
        self._digits = digits

    def show(self, value: Any) -> None:
        """Show minor units as people write them."""
        self.edit.setText(format_amount(int(value), self._digits))

    def text(self) -> str:
        """Minor units. Raises InvalidInput."""
        return str(parse_amount(self.edit.text(), self._digits))


class PercentField(TextField):
    """A rate, kept in basis points."""

    def __init__(self, name: str) -> None:
        super().__init__(name, right=True, width=150)

    def show(self, value: Any) -> None:
        """Show basis points as per cent."""
        self.edit.setText(f"{int(value) / 100:g}%")

    def text(self) -> str:
        """Basis points. Raises InvalidInput."""
        return str(parse_percent(self.edit.text()))


class ClockField(TextField):
    """A time of day, kept in minutes after midnight."""

    def __init__(self, name: str) -> None:
        super().__init__(name, right=True, width=150)

    def show(self, value: Any) -> None:
        """Show minutes as 04:00."""
        hours, minutes = divmod(int(value), 60)
        self.edit.setText(f"{hours:02d}:{minutes:02d}")

    def text(self) -> str:
        """Minutes after midnight. Raises InvalidInput."""
        typed = self.edit.text().strip().replace("：", ":")
        hours, _colon, minutes = typed.partition(":")
        if not (hours.isascii() and hours.isdigit() and (not minutes or (minutes.isascii() and minutes.isdigit()))):
            raise InvalidInput("day_cut", typed[:20], "invalid")
        total = int(hours) * 60 + int(minutes or 0)
        if int(minutes or 0) > 59 or total >= _MINUTES_A_DAY:
            raise InvalidInput("day_cut", typed[:20], "out_of_range")
        return str(total)


class FieldSet(QObject):
    """The fields of a page, over as many forms as it has. `edited` comes when any was changed by hand."""

    edited = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._fields: dict[str, tuple[Field, Form, str]] = {}
        self._before: dict[str, str] = {}

    def add(self, form: Form, field: Field, text: str, hint: str = "") -> None:
        """Put a field into a form under its word; `hint` is the setting's sentence."""
        form.add(field.name, text, field.widget, hint)
        inner = field.widget.focusProxy()
        if inner is not None:
            inner.setAccessibleName(text)
        self._fields[field.name] = (field, form, text)
        field.edited.connect(self.edited)

    def names(self) -> tuple[str, ...]:
        """The settings shown."""
        return tuple(self._fields)

    def show(self, settings: object) -> None:
        """Show the values of an object that has an attribute for each field."""
        for name, (field, _form, _text) in self._fields.items():
            field.show(getattr(settings, name))
        self._before = {name: field.text() for name, (field, _form, _text) in self._fields.items()}
        self.clear_errors()

    def changes(self) -> dict[str, str]:
        """What differs from what was shown, as text. Raises InvalidInput, told under its field."""
        self.clear_errors()
        found = {}
        for name, (field, _form, _text) in self._fields.items():
            try:
                now = field.text()
            except InvalidInput as error:
                self.tell(InvalidInput(name, error.value, error.reason))
                raise
            if now != self._before[name]:
                found[name] = now
        return found

    def is_dirty(self) -> bool:
        """Whether something differs, or cannot be meant."""
        for name, (field, _form, _text) in self._fields.items():
            try:
                if field.text() != self._before.get(name):
                    return True
            except InvalidInput:
                return True
        return False

    def tell(self, error: InvalidInput) -> bool:
        """Say what is wrong under its field, in the word that stands beside it; says whether there is such a field."""
        if error.field not in self._fields:
            return False
        _field, form, text = self._fields[error.field]
        form.show_error(error.field, problems.sentence(InvalidInput(text, error.value, error.reason)))
        return True

    def set_enabled(self, names: Iterable[str], enabled: bool) -> None:
        """Let these be changed, or only seen."""
        for name in names:
            self._fields[name][0].widget.setEnabled(enabled)

    def clear_errors(self) -> None:
        """Take all complaints away."""
        for _field, form, _text in self._fields.values():
            form.clear_errors()
