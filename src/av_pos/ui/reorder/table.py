"""The list of what to order: ticks, quantities that are typed into the row, the columns of the picture."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent

from av_pos.i18n import _
from av_pos.services.reorder_views import ReorderRow
from av_pos.ui.reorder import words
from av_pos.ui.widgets.table import Column, DataTable

_TICK, _DISC, _ON_HAND, _ON_ORDER, _SELLS, _SAFETY, _POINT, _QTY, _RISK, _AMOUNT = range(10)
# Shown in this order while the title keeps its room; the panel of F2 has all of them.
_IF_ROOM = (_ON_ORDER, _POINT, _SAFETY)
_LEAST_DISC, _SCROLL_BAR = 240, 16
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class ReorderTable(DataTable[ReorderRow]):
    """Lists suggestions. `is_ticked` and `typed` are asked for a row's tick and for what is being typed into it.

    `digit(text)` and `rubbed` come while a quantity is typed, `tick_tapped` when a tick was tapped.
    """

    digit = Signal(str)
    rubbed = Signal()
    tick_tapped = Signal()

    def __init__(
        self, currency: str, is_ticked: Callable[[ReorderRow], bool], typed: Callable[[ReorderRow], int | None]
    ) -> None:
        self._is_ticked = is_ticked
        self._typed = typed
        columns: tuple[Column[ReorderRow], ...] = (
            Column("", is_ticked, "check"),
            Column(_("Disc"), words.disc_cell, "disc", stretch=True),
            Column(_("On hand"), _on_hand, "number"),
            Column(_("On order"), _on_order, "number"),
            Column(_("Sells / week"), words.sells, "number"),
            Column(_("Safety"), words.safety, "number"),
            Column(_("Reorder at"), _point, "number"),
            Column(_("To order"), self._qty, "number", strong=True),
            Column(_("Running out"), words.risk, "number"),
            Column(_("Amount"), _amount, "money"),
        )
        super().__init__("reorderTable", _("What to order"), columns, currency_code=currency, key=_edition_id)
        self.clicked.connect(self._on_clicked)

    def fit(self, width: int) -> None:
        """Leave columns out where the list is too narrow for all of them and the title."""
        always = [column for column in range(_AMOUNT + 1) if column not in (_DISC, *_IF_ROOM)]
        room = width - _SCROLL_BAR - sum(map(self._needs, always))
        for column in _IF_ROOM:
            # What is hidden says that it needs nothing.
            self.showColumn(column)
            room -= self._needs(column)
            self.setColumnHidden(column, room < _LEAST_DISC)

    def _needs(self, column: int) -> int:
        return max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))

    def show_row_again(self) -> None:
        """Paint the row of the cursor anew: its tick or what is typed has changed."""
        model, row = self.model(), self.currentIndex().row()
        if row >= 0:
            model.dataChanged.emit(model.index(row, 0), model.index(row, model.columnCount() - 1))

    def show_all_again(self) -> None:
        """Paint all rows anew."""
        model = self.model()
        if model.rowCount():
            model.dataChanged.emit(model.index(0, 0), model.index(model.rowCount() - 1, model.columnCount() - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits are the quantity of the row; all else is a list's."""
        text = event.text()
        if event.modifiers() in _PLAIN and len(text) == 1 and text.isascii() and text.isdigit():
            self.digit.emit(text)
        elif event.key() == Qt.Key.Key_Backspace:
            self.rubbed.emit()
        else:
            super().keyPressEvent(event)

    def _qty(self, row: ReorderRow) -> int | None:
        typed = self._typed(row)
        return typed if typed is not None else row.qty or None

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == _TICK:
            self.tick_tapped.emit()


def _edition_id(row: ReorderRow) -> object:
    return row.edition_id


def _on_hand(row: ReorderRow) -> int:
    return row.on_hand_qty


def _on_order(row: ReorderRow) -> int:
    return row.on_order_qty + row.drafted_qty


def _point(row: ReorderRow) -> int:
    return row.reorder_at_qty


def _amount(row: ReorderRow) -> int | None:
    return row.cost_minor if row.qty else None
