"""What the forms of a price rule are made of."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton

_FIGURE_WIDTH = 150
_WORDS_WIDTH = 116


class RuleForm(Form):
    """A part of the form. `edited` comes with every change made by hand."""

    edited = Signal()

    def add(self, key: str, text: str, field: QWidget, hint: str = "") -> None:
        """Add a row; the words before the fields are equally wide in all parts."""
        super().add(key, text, field, hint)
        layout, cell = self.layout(), field.parentWidget()
        if isinstance(layout, QFormLayout) and cell is not None:
            layout.labelForField(cell).setMinimumWidth(_WORDS_WIDTH)

    def has(self, key: str) -> bool:
        """Whether it has a row of this key."""
        return key in self._rows


def row_of(object_name: str, *parts: QWidget, spacing: int = 8, in_a_row: int = 4) -> QWidget:
    """Widgets side by side; the first takes the focus for all."""
    made = QWidget()
    made.setObjectName(object_name)
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    for start in range(0, len(parts), in_a_row):
        row = QHBoxLayout()
        row.setSpacing(spacing)
        for part in parts[start : start + in_a_row]:
            row.addWidget(part)
        row.addStretch(1)
        column.addLayout(row)
    if parts:
        made.setFocusProxy(parts[0])
    return made


def check(object_name: str, text: str) -> QCheckBox:
    """A box to mark."""
    made = QCheckBox(text)
    made.setObjectName(object_name)
    return made


def choice(object_name: str, text: str) -> KeyButton:
    """A button that stays pressed."""
    return KeyButton(text, object_name, role="choice")


def figure(object_name: str, text: str, longest: int = 16, *, placeholder: str = "") -> QLineEdit:
    """A short field for a figure, a day or a time."""
    made = QLineEdit(text)
    made.setObjectName(object_name)
    made.setPlaceholderText(placeholder)
    made.setMaxLength(longest)
    made.setMaximumWidth(_FIGURE_WIDTH)
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    made.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
    return made
