"""The chosen order or return: its head, a field that adds discs while it is a draft, its lines and totals, its keys."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import actions, theme
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.chip import Chip
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.search_box import SearchBox
from av_pos.ui.widgets.table import DataTable

Row = TypeVar("Row")
_A_ROW = 3


class PaperCard(Card, Generic[Row]):
    """Shows what the panel gives it; `field` is the search box, `table` the lines, `buttons` what can be done.

    objectNames: `<name>Title`, `<name>About`, `<name>State`, `<name>Field`, `<name>Warning`, `<name>Total`.
    """

    def __init__(
        self, name: str, nothing: str, currency: str, table: "DataTable[Row]", buttons: Sequence[KeyButton]
    ) -> None:
        super().__init__(f"{name}Card")
        self.table = table
        self.search = SearchBox(
            f"{name}Field",
            _("Scan, or type a title: adds a disc"),
            _("Scan or find a disc"),
            currency_code=currency,
            results_name=f"{name}Results",
        )
        self._title = label("", "title", f"{name}Title", wrap=True)
        self._about = label("", "secondary", f"{name}About", wrap=True)
        self._state = Chip("", object_name=f"{name}State")
        self._warning = label("", "", f"{name}Warning", kind="warn", wrap=True)
        self._total = label("", "figure", f"{name}Total")
        self._total_note = label("", "secondary", f"{name}TotalNote", wrap=True)
        self._buttons = tuple(buttons)
        self._stack = QStackedWidget()
        empty = label(nothing, "empty", f"{name}Nothing", wrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(empty)
        self._stack.addWidget(self._full())
        self.body.addWidget(self._stack)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.search.field, "line_up", self._up)
        actions.bind(self.search.field, "line_down", self._down)

    def show_paper(self, title: str, about: str, state: Mark, lines: Sequence[Row], *, is_draft: bool) -> None:
        """Show head and lines; only a draft has the field that adds discs."""
        self._title.setText(title)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self._state.show_text(state.text, state.kind)
        self.search.setVisible(is_draft)
        self.table.set_rows(lines)
        if self.table.current() is None:
            self.table.step(1)
        self._stack.setCurrentIndex(1)

    def show_totals(self, total: str, note: str, warning: str = "") -> None:
        """Show what it comes to, how, and what stands against it."""
        self._total.setText(total)
        self._total_note.setText(note)
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))

    def show_nothing(self) -> None:
        """Nothing is chosen."""
        self._stack.setCurrentIndex(0)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _full(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        head = QHBoxLayout()
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._about)
        head.addLayout(names, 1)
        head.addWidget(self._state, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self._warning)
        total = QHBoxLayout()
        total.addWidget(self._total_note, 1)
        total.addWidget(self._total)
        column.addLayout(total)
        column.addLayout(self._keys())
        return made

    def _keys(self) -> QVBoxLayout:
        """The buttons, three to a row."""
        rows = QVBoxLayout()
        rows.setSpacing(8)
        for start in range(0, len(self._buttons), _A_ROW):
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in self._buttons[start : start + _A_ROW]:
                row.addWidget(button, 1)
            rows.addLayout(row)
        return rows
