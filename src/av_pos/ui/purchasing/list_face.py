"""A list with a field that filters it, and a row of tabs that choose what it shows."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import actions, theme
from av_pos.ui.widgets.card import Card
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import DataTable

Row = TypeVar("Row")


class ListFace(QWidget, Generic[Row]):
    """Field, tabs and list. `tab_chosen(number)`; Enter in the field or the list is the list's `chosen`.

    `rows` are all that the list was given, whatever the field leaves of them.

    objectNames: `<name>Filter`, `<name>Tab0` …, and the list's own.
    """

    tab_chosen = Signal(int)

    def __init__(self, name: str, finds: str, tabs: Sequence[str], table: "DataTable[Row]") -> None:
        super().__init__()
        self.table = table
        self.rows: tuple[Row, ...] = ()
        self.filter = QLineEdit()
        self.filter.setObjectName(f"{name}Filter")
        self.filter.setAccessibleName(finds)
        self.filter.setPlaceholderText(_("Type to filter"))
        self._texts = tuple(tabs)
        self._tabs = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addWidget(self.filter)
        if tabs:
            column.addLayout(self._tab_row(name))
        card = Card(f"{name}Card", pad=1)
        card.body.addWidget(table)
        column.addWidget(card, 1)
        self.filter.textChanged.connect(self._on_filter)
        self.filter.returnPressed.connect(self._on_enter)
        self._tabs.idClicked.connect(self.tab_chosen)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.filter, "line_up", self._up)
        actions.bind(self.filter, "line_down", self._down)

    @property
    def tab(self) -> int:
        """The number of the tab chosen."""
        return max(self._tabs.checkedId(), 0)

    def choose_tab(self, number: int) -> None:
        """Choose a tab without telling anybody."""
        self._tabs.button(number).setChecked(True)

    def show_counts(self, counts: Sequence[int | None]) -> None:
        """Show how many rows each tab has; None shows no number."""
        for number, count in enumerate(counts):
            text = self._texts[number]
            self._tabs.button(number).setText(text if count is None else f"{text} {count:,}")

    def show_rows(self, rows: Sequence[Row], pick: object = None) -> None:
        """Show these rows with the cursor on the one of this key, else where it was, else on the first."""
        self.rows = tuple(rows)
        self.table.set_rows(self.rows)
        if not (pick is not None and self.table.pick(pick)) and self.table.current() is None:
            self.table.step(1)

    def enter(self) -> None:
        """Put the focus into the field."""
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> bool:
        """Empty the field; False when nothing was typed."""
        had_text = bool(self.filter.text())
        self.filter.clear()
        return had_text

    def _on_filter(self, text: str) -> None:
        self.table.set_filter(text)
        if self.table.current() is None:
            self.table.step(1)

    def _on_enter(self) -> None:
        row = self.table.current()
        if row is not None:
            self.table.chosen.emit(row)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _tab_row(self, name: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for number, text in enumerate(self._texts):
            button = KeyButton(text, f"{name}Tab{number}", role="tab")
            self._tabs.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        self._tabs.button(0).setChecked(True)
        return row


def lay_out_beside(
    panel: QWidget,
    face: "ListFace[Row]",
    foot: tuple[QWidget, QWidget],
    right: Sequence[QWidget],
    shares: tuple[int, int],
) -> None:
    """Lay a list with two buttons under it out beside what shows its chosen row; `shares` are those of the width."""
    gap = theme.metrics().gap
    row = QHBoxLayout(panel)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    left, buttons, card = QVBoxLayout(), QHBoxLayout(), QVBoxLayout()
    for part in (left, buttons, card):
        part.setSpacing(gap)
    left.addWidget(face, 1)
    buttons.addWidget(foot[0])
    buttons.addWidget(foot[1], 1)
    left.addLayout(buttons)
    for number, widget in enumerate(right):
        card.addWidget(widget, 0 if number else 1)
    row.addLayout(left, shares[0])
    row.addLayout(card, shares[1])
