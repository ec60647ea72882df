"""The basket as a list: disc, quantity with its buttons, price, amount; what comes back stands below, marked."""

from typing import TYPE_CHECKING, TypeAlias, Union

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QWidget

from av_pos.i18n import MINUS, _
from av_pos.services.basket_view import BasketView, LineRow
from av_pos.ui import theme
from av_pos.ui.widgets.cells import CellDelegate, DiscCell, Mark
from av_pos.ui.widgets.table import Column, DataTable

if TYPE_CHECKING:
    from av_pos.services.return_lines import ReturnRow

BasketRow: TypeAlias = Union[LineRow, "ReturnRow"]
_QTY_COLUMN = 1
_BOX = QSize(96, 36)


class QuantityDelegate(CellDelegate):
    """Paints − n + in a cell and says when one of its ends is pressed: `asked(line_id, qty)`."""

    asked = Signal(int, int)

    def __init__(self, table: "BasketTable") -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the box and some air."""
        return QSize(_BOX.width() + 24, super().sizeHint(option, index).height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the ground as all cells have it, then the box."""
        super().paint(painter, option, index)
        row = self._table.line_at(index.row())
        if row is None:
            return
        colors = theme.colors()
        box = QRectF(_box_in(option.rect)).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.line))
        painter.setBrush(QColor(colors.surface))
        painter.drawRoundedRect(box, 9, 9)
        ends = row.copy_id is None
        painter.setFont(theme.font(16))
        third = box.width() / 3
        for place, text in enumerate((MINUS, str(row.qty), "+")):
            painter.setPen(QColor(colors.ink if ends or place == 1 else colors.ink3))
            cell = QRectF(box.left() + place * third, box.top(), third, box.height())
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """A press on an end of the box asks for one less or one more."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            row = self._table.line_at(index.row())
            box = _box_in(option.rect)
            if row is not None and row.copy_id is None and box.contains(event.position().toPoint()):
                third = (event.position().x() - box.left()) * 3 / box.width()
                if third < 1:
                    self.asked.emit(row.line_id, row.qty - 1)
                elif third > 2:
                    self.asked.emit(row.line_id, row.qty + 1)
                return True
        return super().editorEvent(event, model, option, index)


class BasketTable(DataTable[BasketRow]):
    """The lines of the basket, and below them what comes back, which has no box.

    `quantity_asked(line_id, qty)` comes from the boxes in the list.
    """

    quantity_asked = Signal(int, int)

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        columns: tuple[Column[BasketRow], ...] = (
            Column("", _disc, "disc", stretch=True),
            Column("", _back_qty, "chip"),
            Column("", _unit, "money"),
            Column("", _amount, "money", strong=True),
        )
        super().__init__(
            "basketTable",
            _("Basket"),
            columns,
            currency_code=currency,
            key=_key,
            empty=_("Scan the first disc, or type a title, an artist or a catalogue number."),
            parent=parent,
        )
        self._back_shown: frozenset[int] = frozenset()
        self._quantities = QuantityDelegate(self)
        self._quantities.asked.connect(self.quantity_asked)
        self.setItemDelegateForColumn(_QTY_COLUMN, self._quantities)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(_QTY_COLUMN, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(_QTY_COLUMN, _BOX.width() + 24)
        self.verticalHeader().setDefaultSectionSize(theme.metrics().row + 7)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def line_at(self, place: int) -> LineRow | None:
        """The line in this row of the list; None for what comes back."""
        row = self.rows_shown[place] if 0 <= place < len(self.rows_shown) else None
        return row if isinstance(row, LineRow) else None

    def current_line(self) -> LineRow | None:
        """The line that the cursor stands on; None when that comes back."""
        row = self.current()
        return row if isinstance(row, LineRow) else None

    def choose_line(self) -> LineRow | None:
        """The line that the cursor stands on; from what comes back it goes to the last line, if there is one."""
        if self.current_return() is not None:
            lines = [row for row in self.rows_shown if isinstance(row, LineRow)]
            if lines:
                self.pick(_key(lines[-1]))
        return self.current_line()

    def current_return(self) -> "ReturnRow | None":
        """What comes back, if the cursor stands there."""
        row = self.current()
        return None if isinstance(row, LineRow) else row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen line in sight: what customers also bought takes its room after the line is painted."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def show_basket(self, view: BasketView, line_id: int | None = None) -> None:
        """Show the basket; the cursor goes to the line that changed or to what was laid in, else it stays."""
        rows: tuple[BasketRow, ...] = (*view.lines, *view.returns)
        laid_in = [row for row in view.returns if row.return_id not in self._back_shown]
        self._back_shown = frozenset(row.return_id for row in view.returns)
        self.set_rows(rows)
        if line_id is not None:
            self.pick(line_id)
        elif laid_in:
            self.pick(_key(laid_in[-1]))
        elif self.current() is None and rows:
            self.pick(_key(rows[-1]))
        self.scrollTo(self.currentIndex())


def _box_in(cell: QRect) -> QRect:
    box = QRect(cell)
    box.setSize(_BOX)
    box.moveCenter(cell.center())
    return box


def _key(row: BasketRow) -> object:
    # What comes back is named by its own number: a line of a sale may bear the same as one of the basket.
    return row.line_id if isinstance(row, LineRow) else ("return", row.return_id)


def _back_qty(row: BasketRow) -> Mark:
    return Mark("") if isinstance(row, LineRow) else Mark(f"{MINUS}{row.qty}", "warn", -row.qty)


def _unit(row: BasketRow) -> object:
    return row.unit_minor if isinstance(row, LineRow) else ""


def _amount(row: BasketRow) -> int:
    if not isinstance(row, LineRow):
        return -row.refund_minor
    # The rules that take something off stand in the totals: down to there the column adds up.
    return row.amount_minor + row.promotion_minor


def _disc(row: BasketRow) -> DiscCell:
    return _sold(row) if isinstance(row, LineRow) else _brought_back(row)


def _brought_back(row: "ReturnRow") -> DiscCell:
    under: list[str | Mark] = [Mark(_("comes back"), "warn")]
    if row.left_qty < row.qty:
        under.append(Mark(_("came back elsewhere meanwhile"), "danger"))
    if not row.condition.startswith("stock"):
        under.append(Mark(_("damaged") if row.condition == "damaged" else _used_words(row.condition), "warn"))
    under.append(row.reason)
    return DiscCell(row.title, tuple(under))


def _used_words(condition: str) -> str:
    return _("Used · {grade}").format(grade=condition.partition(":")[2].rstrip("/"))


def _sold(row: LineRow) -> DiscCell:
    under: list[str | Mark] = [row.artist] if row.artist else []
    under.append(Mark(row.format))
    if row.copy_id is not None:
        under.append(Mark(_("Used · {grade}").format(grade=row.grade), "warn"))
        under.append(row.defects if row.defects else _("one copy"))
    elif row.is_provisional:
        under.append(Mark(_("not in the catalogue yet"), "warn"))
    else:
        under.append(left_words(row.left_qty))
    under.extend(Mark(r.reason, "accent") for r in row.reductions)
    return DiscCell(row.title, tuple(under))


def left_words(left: int) -> str | Mark:
    """Say how many stay in stock after this basket; below zero the shelf and the book disagree."""
    if left < 0:
        return Mark(_("{count} below stock").format(count=-left), "danger")
    if left == 0:
        return Mark(_("the last one"), "warn")
    return _("{count} left in stock").format(count=left)
