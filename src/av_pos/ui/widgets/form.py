"""Forms: a label, a field, and what is wrong with it in place."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from av_pos.ui import theme
from av_pos.ui.widgets.card import label


class Form(QWidget):
    """Rows of label and field, each with room for one sentence under the field.

    `add("price", _("Price"), field)` gives the field its accessible name, and an objectName if it has none;
    `show_error("price", sentence)` shows what is wrong there; `clear_errors` takes all of them away.
    """

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._rows: dict[str, tuple[QWidget, QLabel]] = {}
        self._cells: dict[str, QWidget] = {}
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(theme.metrics().pad)
        self._layout.setVerticalSpacing(theme.metrics().gap - 4)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def add(self, key: str, text: str, field: QWidget, hint: str = "") -> None:
        """Add a row; `hint` is a small line that stays under the field."""
        if not field.objectName():
            field.setObjectName(f"{key}Field")
        field.setAccessibleName(text)
        error = label("", "error", f"{field.objectName()}Error", wrap=True)
        error.hide()
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(field)
        if hint:
            column.addWidget(label(hint, "hint", wrap=True))
        column.addWidget(error)
        name = label(text, "secondary")
        name.setBuddy(field)
        name.setFixedHeight(theme.TOUCH)
        self._layout.addRow(name, cell)
        self._rows[key] = (field, error)
        self._cells[key] = cell

    def field(self, key: str) -> QWidget:
        """The field of this row."""
        return self._rows[key][0]

    def show_row(self, key: str, shown: bool) -> None:
        """Show a row, or take it away while it means nothing."""
        self._layout.setRowVisible(self._cells[key], shown)

    def show_error(self, key: str, sentence: str) -> None:
        """Say under the field what is wrong with it, and go there."""
        field, error = self._rows[key]
        error.setText(sentence)
        error.show()
        theme.set_kind(field, "danger")
        field.setFocus()
        if isinstance(field, QLineEdit):
            field.selectAll()

    def clear_errors(self) -> None:
        """Take all complaints away."""
        for field, error in self._rows.values():
            error.clear()
            error.hide()
            theme.set_kind(field, "neutral")
