"""A few fields in a sheet: figures, words, choices, ticks; what is wrong stands under its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from av_pos import problems
from av_pos.errors import AvPosError, InvalidInput
from av_pos.ui import theme
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet

_NO_INPUT_METHOD = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText
_LONGEST_FIGURE = 16
_LONGEST = 2_000
_ON = "1"


@dataclass(frozen=True, slots=True)
class Field:
    """A row: its key (that of the errors about it), its words, what stands in it; `kind` text, figure, long, tick.

    With `choices` (key and words) one of them is chosen. A tick that is set is "1".
    """

    key: str
    text: str
    value: str = ""
    kind: str = "text"
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class FieldsSheet(Sheet):
    """Asks for fields in one column or more. `given(values)` comes with what was typed, by key, every time.

    Whoever carries it out answers by `show_refusal` or `dismiss`. objectNames: `<name>_<key>`.
    """

    given = Signal(object)

    def __init__(
        self,
        window: QWidget,
        name: str,
        title: str,
        main_text: str,
        columns: Sequence[Sequence[Field]],
        *,
        about: str = "",
        currency: str = "CNY",
        dangerous: bool = False,
        width: int = 480,
    ) -> None:
        width = min(width, window.width() - 2 * theme.metrics().edge)
        super().__init__(window, name, title, main_text=main_text, dangerous=dangerous, width=width)
        self._currency = currency
        self._widgets: dict[str, QWidget] = {}
        self._forms: dict[str, Form] = {}
        if about:
            self.body.addWidget(label(about, "secondary", f"{name}About", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().pad + 6)
        for number, fields in enumerate(columns):
            row.addWidget(self._form(f"{name}Form{number}", fields), 1)
        self.body.addLayout(row)
        self._trouble = label("", "error", f"{name}Trouble", wrap=True)
        self._trouble.hide()
        self.body.addWidget(self._trouble)
        self.accepted.connect(self._on_accepted)

    def open(self) -> None:
        """Cover the window, with what stands in the first field ready to be typed over."""
        super().open()
        first = next(iter(self._widgets.values()), None)
        if isinstance(first, QLineEdit):
            first.selectAll()

    def values(self) -> Mapping[str, str]:
        """What stands in the fields, by key."""
        return {key: _value(widget) for key, widget in self._widgets.items()}

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong: under the field it is about, else under all of them."""
        sentence = problems.sentence(error, self._currency)
        if isinstance(error, InvalidInput) and error.field in self._forms:
            self._forms[error.field].show_error(error.field, sentence)
        else:
            self._trouble.setText(sentence)
            self._trouble.show()

    def _on_accepted(self) -> None:
        for form in set(self._forms.values()):
            form.clear_errors()
        self._trouble.hide()
        self.given.emit(self.values())

    def _form(self, name: str, fields: Sequence[Field]) -> Form:
        form = Form(name)
        for field in fields:
            widget = self._widgets[field.key] = _widget(f"{self.objectName()}_{field.key}", field)
            form.add(field.key, "" if field.kind == "tick" else field.text, widget, field.hint)
            widget.setAccessibleName(field.text)
            self._forms[field.key] = form
        return form


def _widget(name: str, field: Field) -> QWidget:
    if field.choices:
        return ChoiceBox(name, field.choices, field.value)
    if field.kind == "tick":
        tick = QCheckBox(field.text)
        tick.setObjectName(name)
        tick.setChecked(bool(field.value))
        return tick
    if field.kind == "long":
        words = QPlainTextEdit(field.value)
        words.setObjectName(name)
        words.setTabChangesFocus(True)
        words.setFixedHeight(2 * theme.TOUCH)
        return words
    line = QLineEdit(field.value)
    line.setObjectName(name)
    line.setMaxLength(_LONGEST)
    line.setCursorPosition(0)
    if field.kind == "figure":
        line.setMaxLength(_LONGEST_FIGURE)
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.setInputMethodHints(_NO_INPUT_METHOD)
    return line


def _value(widget: QWidget) -> str:
    if isinstance(widget, ChoiceBox):
        return widget.key()
    if isinstance(widget, QCheckBox):
        return _ON if widget.isChecked() else ""
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return widget.text() if isinstance(widget, QLineEdit) else ""
