"""Lists: typed rows in a real QTableView that sorts, filters, sums and exports."""

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from av_pos.i18n import _, currency, format_amount, screen_texts
from av_pos.ui import theme
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import CELL, CellDelegate, DiscCell, Mark, PlainCell

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
CellKind = Literal["text", "number", "money", "chip", "disc", "check"]
_NONE = "—"
_TOP = QModelIndex()
# What a spreadsheet reads as the start of a formula, full-width forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UP, _DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class Amount(NamedTuple):
    """An amount in a currency of its own, in a list whose rows have several."""

    minor: int
    currency_code: str


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its title and what it takes from a row.

    `kind` says what `value` returns: text a str, number an int or float, money whole minor units (or an `Amount`, shown
    with its sign), chip a `Mark`, disc a `DiscCell`, check a bool; None is shown as a dash. `total` sums it, `stretch`
    gives it the room left.
    """

    title: str
    value: Callable[[Row], object]
    kind: CellKind = "text"
    strong: bool = False
    total: bool = False
    stretch: bool = False

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Figures stand on the right, marks in the middle, words on the left."""
        if self.kind in ("number", "money"):
            return _RIGHT
        return _CENTRE if self.kind in ("chip", "check") else _LEFT


def fold(text: str) -> str:
    """Text as a filter compares it: no capitals, no accents, no full-width forms."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


def safe_cell(text: str) -> str:
    """Text for a CSV file that no spreadsheet takes for a formula: an apostrophe goes before what looks like one."""
    return "'" + text if text.startswith(_FORMULA) else text


class RowModel(QAbstractTableModel, Generic[Row]):
    """The rows of one list, as they are filtered and sorted just now, with a row of totals below if asked."""

    def __init__(
        self, columns: Sequence[Column[Row]], *, currency_code: str, totals: bool, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._digits = currency(currency_code).digits
        self._totals = totals
        self._rows: tuple[Row, ...] = ()
        self._haystacks: tuple[str, ...] | None = None
        self._words: tuple[str, ...] = ()
        self._order: tuple[int, Qt.SortOrder] | None = None
        self.shown: list[Row] = []

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows, filtered and sorted as before."""
        self._rows, self._haystacks = tuple(rows), None
        self._arrange()

    def put_first(self, row: Row, key: Callable[[Row], object]) -> bool:
        """Show this row before all others, in the place of the one with its key; says whether only that one changed."""
        this = key(row)
        plain = self._order is None and not self._words
        if plain and self._rows and key(self._rows[0]) == this:
            self._rows, self._haystacks = (row, *self._rows[1:]), None
            self.shown[0] = row
            self.dataChanged.emit(self.index(0, 0), self.index(0, len(self.columns) - 1))
            return True
        self.set_rows((row, *(one for one in self._rows if key(one) != this)))
        return False

    def set_filter(self, text: str) -> None:
        """Show only rows in which every word of `text` occurs somewhere."""
        self._words = tuple(fold(text).split())
        self._arrange()

    @property
    def is_filtered(self) -> bool:
        """Whether rows are hidden by a filter."""
        return bool(self._words)

    @property
    def has_totals(self) -> bool:
        """Whether the last row is the totals."""
        return self._totals and bool(self.shown)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order in which the rows came."""
        self._order = (column, order) if 0 <= column < len(self.columns) else None
        self._arrange()

    def rowCount(self, parent: Index = _TOP) -> int:
        """Rows shown, with the totals."""
        return 0 if parent.isValid() else len(self.shown) + self.has_totals

    def columnCount(self, parent: Index = _TOP) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def row_at(self, index: Index) -> Row | None:
        """The row of this index; None for the totals and beyond."""
        return self.shown[index.row()] if index.isValid() and index.row() < len(self.shown) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The totals cannot be chosen."""
        return Qt.ItemFlag.NoItemFlags if self.row_at(index) is None else super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell's text, what is painted of it (`CELL`), or its alignment."""
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.alignment
        if role == CELL:
            return self._painted(index, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(column, self._value(index))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            value = self._value(index)
            return value.spoken if isinstance(value, DiscCell) else self._text(column, value)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's title and alignment."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title + self._arrow(section)
        return self.columns[section].alignment if role == Qt.ItemDataRole.TextAlignmentRole else None

    def turn_order(self, column: int) -> None:
        """What a tap on a column's head does: upwards, downwards, as the rows came; figures start with the largest."""
        numeric = self.columns[column].kind in ("number", "money")
        steps = [_UP, _DOWN] if not numeric else [_DOWN, _UP]
        if self._order is None or self._order[0] != column:
            self.sort(column, steps[0])
        elif self._order[1] == steps[0]:
            self.sort(column, steps[1])
        else:
            self.sort(-1)

    def csv_text(self) -> str:
        """The rows shown as CSV with a head line; amounts as plain decimals, texts made safe for spreadsheets."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([safe_cell(c.title) for c in self.columns])
        for row in self.shown:
            writer.writerow([self._csv_cell(c, c.value(row)) for c in self.columns])
        return out.getvalue()

    def _arrow(self, column: int) -> str:
        if self._order is None or self._order[0] != column:
            return ""
        return " ↑" if self._order[1] == _UP else " ↓"

    def _value(self, index: Index) -> object:
        row, column = self.row_at(index), self.columns[index.column()]
        if row is not None:
            return column.value(row)
        if column.total:
            return sum(v for v in map(column.value, self.shown) if isinstance(v, (int, float)))
        return _("Total") if index.column() == 0 else ""

    def _painted(self, index: Index, column: Column[Row]) -> Mark | DiscCell | PlainCell | bool:
        value = self._value(index)
        if isinstance(value, (Mark, DiscCell, bool)):
            return value
        return PlainCell(self._text(column, value), column.alignment, column.strong or self.row_at(index) is None)

    def _text(self, column: Column[Row], value: object) -> str:
        if value is None:
            return _NONE
        if isinstance(value, Mark):
            return value.text
        if isinstance(value, DiscCell):
            return value.title
        if isinstance(value, Amount):
            return screen_texts().money(value.minor, value.currency_code)
        if isinstance(value, bool):
            return _("yes") if value else ""
        if column.kind == "money" and isinstance(value, int):
            return format_amount(value, self._digits, minus=screen_texts().minus)
        if isinstance(value, int):
            return f"{value:,}".replace("-", screen_texts().minus)
        return str(value)

    def _csv_cell(self, column: Column[Row], value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, Amount):
            return format_amount(value.minor, currency(value.currency_code).digits).replace(",", "")
        if column.kind == "money" and isinstance(value, int):
            return format_amount(value, self._digits).replace(",", "")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return safe_cell(value.spoken if isinstance(value, DiscCell) else self._text(column, value))

    def _arrange(self) -> None:
        self.beginResetModel()
        rows = [r for r, hay in zip(self._rows, self._folded(), strict=True) if all(w in hay for w in self._words)]
        if self._order is not None:
            number, order = self._order
            rows.sort(key=lambda r: _sort_key(self.columns[number].value(r)))
            if order == _DOWN:
                rows.reverse()
        self.shown = rows
        self.endResetModel()

    def _folded(self) -> tuple[str, ...]:
        if not self._words:
            return ("",) * len(self._rows)
        if self._haystacks is None:
            self._haystacks = tuple(fold(" ".join(self._spoken(c, r) for c in self.columns)) for r in self._rows)
        return self._haystacks

    def _spoken(self, column: Column[Row], row: Row) -> str:
        value = column.value(row)
        return value.spoken if isinstance(value, DiscCell) else self._text(column, value)


def _sort_key(value: object) -> tuple[int, float, str]:
    """Nothing first, then numbers, then words."""
    if value is None:
        return (0, 0.0, "")
    if isinstance(value, (int, float)):
        return (1, float(value), "")
    if isinstance(value, Amount):
        return (1, float(value.minor), value.currency_code)
    if isinstance(value, Mark) and value.order is not None:
        return (1, float(value.order), "")
    return (2, 0.0, fold(value.title if isinstance(value, DiscCell) else getattr(value, "text", str(value))))


class DataTable(QTableView, Generic[Row]):
    """A list of typed rows.

    `picked` carries the row the cursor stands on (or None), `chosen` the row of Enter or a double click. `key` tells
    which row is which when the rows are read anew, so that the cursor stays. `empty` is what an empty list says: what
    it is for and how to fill it.
    """

    picked = Signal(object)
    chosen = Signal(object)

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        columns: Sequence[Column[Row]],
        *,
        currency_code: str = "CNY",
        empty: str = "",
        totals: bool = False,
        key: Callable[[Row], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self._empty_text = empty
        self._key = key or _itself
        self._model: RowModel[Row] = RowModel(columns, currency_code=currency_code, totals=totals, parent=self)
        self.setModel(self._model)
        self.setItemDelegate(CellDelegate(self))
        self._empty = label(empty, "empty", f"{object_name}Empty", wrap=True)
        self._empty.setParent(self.viewport())
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._dress()
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.activated.connect(self._on_activated)
        self._show_emptiness()

    @property
    def rows_shown(self) -> Sequence[Row]:
        """The rows as filtered and sorted now."""
        return self._model.shown

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; the cursor stays on the row it was on, if that is still there."""
        self._keeping_cursor(self._model.set_rows, rows)

    def put_first(self, row: Row) -> None:
        """Show this row first, with the cursor on it; a row of the same key goes away."""
        is_in_place = self._model.put_first(row, self._key)
        if is_in_place and self.currentIndex().row() == 0:
            self.picked.emit(row)
        self.pick(self._key(row))
        self._show_emptiness()
        self.scrollToTop()

    def set_filter(self, text: str) -> None:
        """Show only rows that hold every word of `text`."""
        self._keeping_cursor(self._model.set_filter, text)

    def sort_by(self, column: int) -> None:
        """Sort by a column, as a tap on its head does."""
        self._keeping_cursor(self._model.turn_order, column)

    def follow(self, field: QLineEdit) -> None:
        """Filter by what is typed into `field`, while it is typed."""
        field.textChanged.connect(self.set_filter)

    def current(self) -> Row | None:
        """The row the cursor stands on."""
        return self._model.row_at(self.currentIndex())

    def pick(self, key: object) -> bool:
        """Put the cursor on the row of this key; says whether it is there."""
        for place, row in enumerate(self._model.shown):
            if self._key(row) == key:
                self.setCurrentIndex(self._model.index(place, 0))
                return True
        return False

    def step(self, by: int) -> None:
        """Move the cursor `by` rows, stopping at the ends."""
        count = len(self._model.shown)
        if count:
            at = self.currentIndex().row() if self.currentIndex().isValid() else (-1 if by > 0 else count)
            self.setCurrentIndex(self._model.index(min(max(at + by, 0), count - 1), 0))

    def set_empty_text(self, text: str) -> None:
        """Change what the empty list says."""
        self._empty_text = text
        self._show_emptiness()

    def csv_text(self) -> str:
        """The rows shown as CSV; write it as UTF-8 with a byte order mark, so that spreadsheets see hanzi."""
        return self._model.csv_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the empty sentence in the middle."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))

    def sizeHint(self) -> QSize:
        """Room for some rows; lists take what the screen gives."""
        return QSize(420, 240)

    def _keeping_cursor(self, change: Callable[[Any], None], argument: object) -> None:
        before = self.current()
        change(argument)
        if before is None or not self.pick(self._key(before)):
            self.picked.emit(self.current())
        self._show_emptiness()

    def _show_emptiness(self) -> None:
        nothing = _("Nothing matches.") if self._model.is_filtered else self._empty_text
        self._empty.setText(nothing)
        self._empty.setVisible(not self._model.shown and bool(nothing))

    def _dress(self) -> None:
        columns = self._model.columns
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.metrics().row if any(c.kind == "disc" for c in columns) else theme.TOUCH - 3)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(48)
        head.setSectionsClickable(True)
        # Measure the first screenful only: a list of ten thousand shall not be measured whole.
        head.setResizeContentsPrecision(40)
        for number, column in enumerate(columns):
            mode = QHeaderView.ResizeMode
            head.setSectionResizeMode(number, mode.Stretch if column.stretch else mode.ResizeToContents)
        head.sectionClicked.connect(self.sort_by)

    def _on_current_changed(self, index: QModelIndex) -> None:
        self.picked.emit(self._model.row_at(index))

    def _on_activated(self, index: QModelIndex) -> None:
        row = self._model.row_at(index)
        if row is not None:
            self.chosen.emit(row)


def _itself(row: object) -> object:
    return row
