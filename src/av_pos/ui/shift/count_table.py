"""Counting the drawer by note and coin."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from av_pos.domain.money import denominations, parse_quantity
from av_pos.domain.shift_cash import count_total
from av_pos.domain.shift_report import CountLine
from av_pos.errors import InvalidInput
from av_pos.i18n import _, currency, format_amount
from av_pos.ui import theme

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
WORTH, PIECES, AMOUNT = range(3)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CountModel(QAbstractTableModel):
    """So many of each note and coin; only the pieces can be typed."""

    def __init__(self, currency_code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._digits = currency(currency_code).digits
        self._worths = denominations(currency_code)
        self._pieces = [0] * len(self._worths)

    def lines(self) -> tuple[CountLine, ...]:
        """The count, without what is not there."""
        pairs = zip(self._worths, self._pieces, strict=True)
        return tuple(CountLine(worth, qty) for worth, qty in pairs if qty)

    def total_minor(self) -> int:
        """What all of it comes to."""
        return count_total(self.lines())

    def clear(self) -> None:
        """Begin counting again."""
        self.beginResetModel()
        self._pieces = [0] * len(self._worths)
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        """One row for each note or coin."""
        return 0 if parent.isValid() else len(self._worths)

    def columnCount(self, parent: Index = _TOP) -> int:
        """Worth, pieces, amount."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT)
        return (_("Note or coin"), _("Pieces"), _("Amount"))[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        worth, qty = self._worths[index.row()], self._pieces[index.row()]
        if index.column() == PIECES:
            return str(qty) if qty or role == Qt.ItemDataRole.EditRole else ""
        if index.column() == WORTH:
            return format_amount(worth, self._digits)
        return format_amount(worth * qty, self._digits) if qty else ""

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed; what is no count is not taken."""
        try:
            qty = parse_quantity(str(value) or "0", 99_999)
        except InvalidInput:
            return False
        self._pieces[index.row()] = qty
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), AMOUNT))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Pieces can be typed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == PIECES else flags


class PiecesDelegate(QStyledItemDelegate):
    """Opens a field over the whole cell, its figure where the cell had it."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """The field, flush right as the cells are."""
        made = super().createEditor(parent, option, index)
        if isinstance(made, QLineEdit):
            made.setAlignment(_RIGHT)
        return made

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """All of the cell and no more: Qt would leave out the padding."""
        editor.setGeometry(option.rect)


class CountTable(QTableView):
    """The list to type the count into: digits begin, Enter and ↓ go to the next note. `changed(total)` follows."""

    changed = Signal(int)
    finished = Signal()

    def __init__(self, currency_code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cashCountTable")
        self.setAccessibleName(_("Count of the drawer"))
        self.counted = CountModel(currency_code, self)
        self.setModel(self.counted)
        self.setItemDelegateForColumn(PIECES, PiecesDelegate(self))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(36)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        theme.set_role(self, "count")
        self._goes_on = False
        self.counted.dataChanged.connect(self._on_changed)

    def begin(self) -> None:
        """Start a new count at the largest note."""
        self.counted.clear()
        self.setCurrentIndex(self.counted.index(0, PIECES))
        self.setFocus()
        self.changed.emit(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes down; on the last coin it ends the count."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.state() is QAbstractItemView.State.EditingState:
            # The field takes its figure in a moment later; whoever goes on now takes it away from under it.
            self._goes_on = True
        else:
            self._go_on()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Enter in a field: on to the next one."""
        super().closeEditor(editor, hint)
        if self._goes_on:
            self._goes_on = False
            self._go_on()

    def take_in(self) -> None:
        """Take in what is still being typed."""
        if self.state() is QAbstractItemView.State.EditingState:
            self.setFocus()

    def _go_on(self) -> None:
        row = self.currentIndex().row()
        if row + 1 < self.counted.rowCount():
            self.setCurrentIndex(self.counted.index(row + 1, PIECES))
        else:
            self.finished.emit()

    def _on_changed(self) -> None:
        self.changed.emit(self.counted.total_minor())
