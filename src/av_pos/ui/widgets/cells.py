"""How the cells of lists are painted: covers, two lines, marks, the cursor's bar."""

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from av_pos.ui import icons, theme
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.cover import paint_tile

CELL = Qt.ItemDataRole.UserRole + 1
_PAD = 10
_COVER_GAP = 12
_CHIP_PAD = 7


class Mark(NamedTuple):
    """A word on a soft ground; `order` sorts it where the word would sort wrongly."""

    text: str
    kind: Kind = "neutral"
    order: float | None = None


@dataclass(frozen=True, slots=True)
class DiscCell:
    """A disc in a list: cover, title, and under it a line of words with marks between them.

    `under` may hold plain texts and `Mark`s in the order in which they stand.
    """

    title: str
    under: tuple[str | Mark, ...] = ()
    has_cover: bool = True
    cover_title: str = ""

    @property
    def spoken(self) -> str:
        """All of it as one text."""
        return " · ".join((self.title, *(u.text if isinstance(u, Mark) else u for u in self.under)))


class PlainCell(NamedTuple):
    """Words or a figure, as they are shown. One object: a list paints hundreds of cells at each change."""

    text: str
    alignment: Qt.AlignmentFlag
    is_strong: bool = False


def kind_colors(kind: str) -> tuple[str, str]:
    """The ground and the ink of a mark."""
    c = theme.colors()
    return {
        "accent": (c.accent_soft, c.accent),
        "warn": (c.warn_soft, c.warn),
        "danger": (c.danger_soft, c.danger),
        "ok": (c.ok_soft, c.ok),
    }.get(kind, (c.neutral_soft, c.ink2))


def paint_mark(painter: QPainter, left: int, middle: int, mark: Mark, *, font_px: int = 12) -> int:
    """Paint a mark with its left edge at `left` around the height `middle`; returns its width."""
    font = theme.font(font_px)
    metrics = QFontMetrics(font)
    width = metrics.horizontalAdvance(mark.text) + 2 * _CHIP_PAD
    height = font_px + 6
    ground, ink = kind_colors(mark.kind)
    box = QRectF(left, middle - height / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor(ink))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.text)
    return width


class CellDelegate(QStyledItemDelegate):
    """Paints every cell of a `DataTable`."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as what stands in the cell."""
        value = index.data(CELL)
        if isinstance(value, DiscCell):
            width = max(_width(_title_font(), value.title), _under_width(value.under))
            return QSize(
                width + 2 * _PAD + (_cover_size() + _COVER_GAP if value.has_cover else 0) + 2, option.rect.height()
            )
        if isinstance(value, Mark):
            return QSize(_width(theme.font(13), value.text) + 2 * (_CHIP_PAD + _PAD), option.rect.height())
        if isinstance(value, PlainCell):
            return QSize(_width(_plain_font(value), value.text) + 2 * _PAD + 2, option.rect.height())
        return QSize(22 + 2 * _PAD, option.rect.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the ground, the cursor, the line below and what stands in the cell."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(option.rect)
        _paint_ground(painter, box, _is_selected(option), index)
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        value = index.data(CELL)
        if isinstance(value, DiscCell):
            _paint_disc(painter, inner, value)
        elif isinstance(value, Mark):
            width = _width(theme.font(13), value.text) + 2 * _CHIP_PAD
            if value.text:
                paint_mark(painter, inner.center().x() - width // 2, box.center().y(), value, font_px=13)
        elif isinstance(value, PlainCell):
            _paint_plain(painter, inner, value)
        else:
            _paint_check(painter, inner, bool(value))
        painter.restore()


def _is_selected(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & QStyle.StateFlag.State_Selected)


def _paint_ground(painter: QPainter, box: QRect, selected: bool, index: QModelIndex | QPersistentModelIndex) -> None:
    colors = theme.colors()
    if selected:
        painter.fillRect(box, QColor(colors.accent_soft))
        if index.column() == 0:
            painter.fillRect(QRect(box.left(), box.top(), 4, box.height()), QColor(colors.accent))
    painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(colors.line))


def _paint_plain(painter: QPainter, inner: QRect, cell: PlainCell) -> None:
    if not cell.text:
        return
    font = _plain_font(cell)
    painter.setFont(font)
    painter.setPen(QColor(theme.colors().ink))
    text = QFontMetrics(font).elidedText(cell.text, Qt.TextElideMode.ElideRight, inner.width())
    painter.drawText(inner, cell.alignment | Qt.TextFlag.TextSingleLine, text)


def _paint_check(painter: QPainter, inner: QRect, on: bool) -> None:
    colors = theme.colors()
    box = QRectF(0, 0, 18, 18)
    box.moveCenter(inner.center().toPointF())
    painter.setPen(QColor(colors.accent if on else colors.ink3))
    painter.setBrush(QColor(colors.accent) if on else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 4, 4)
    if on:
        painter.drawPixmap(box.adjusted(2, 2, -2, -2).topLeft(), icons.pixmap("check", 14, colors.on_accent))


def _paint_disc(painter: QPainter, inner: QRect, cell: DiscCell) -> None:
    left = inner.left()
    if cell.has_cover:
        size = _cover_size()
        top = inner.center().y() - size // 2 + 1
        paint_tile(painter, left, top, size, cell.cover_title or cell.title)
        left += size + _COVER_GAP
    colors = theme.colors()
    font = _title_font()
    room = inner.right() - left
    middle = inner.center().y() - (10 if cell.under else 0)
    painter.setFont(font)
    painter.setPen(QColor(colors.ink))
    title = QFontMetrics(font).elidedText(cell.title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRect(left, middle - 14, room, 28), Qt.AlignmentFlag.AlignVCenter, title)
    _paint_under(painter, left, inner.right(), middle + 21, cell.under)


def _paint_under(painter: QPainter, left: int, right: int, middle: int, parts: tuple[str | Mark, ...]) -> None:
    colors = theme.colors()
    font = theme.font(13)
    metrics = QFontMetrics(font)
    for number, part in enumerate(parts):
        if number and left < right:
            painter.setFont(font)
            painter.setPen(QColor(colors.ink2))
            if isinstance(part, str) and isinstance(parts[number - 1], str):
                painter.drawText(QRect(left, middle - 10, 16, 20), Qt.AlignmentFlag.AlignCenter, "·")
                left += 16
            else:
                left += 7
        if isinstance(part, Mark):
            if left + _width(theme.font(12), part.text) + 2 * _CHIP_PAD > right:
                return
            left += paint_mark(painter, left, middle, part)
            continue
        painter.setFont(font)
        painter.setPen(QColor(colors.ink2))
        text = metrics.elidedText(part, Qt.TextElideMode.ElideRight, max(right - left, 0))
        painter.drawText(QRect(left, middle - 10, max(right - left, 0), 20), Qt.AlignmentFlag.AlignVCenter, text)
        left += metrics.horizontalAdvance(text)


def _under_width(parts: tuple[str | Mark, ...]) -> int:
    small, tiny = theme.font(13), theme.font(12)
    widths = (_width(tiny, p.text) + 2 * _CHIP_PAD + 7 if isinstance(p, Mark) else _width(small, p) + 16 for p in parts)
    return sum(widths)


def _width(font: QFont, text: str) -> int:
    return QFontMetrics(font).horizontalAdvance(text)


def _title_font() -> QFont:
    return theme.font(16, bold=True)


def _plain_font(cell: PlainCell) -> QFont:
    return theme.font(15, bold=cell.is_strong)


def _cover_size() -> int:
    return theme.metrics().row - 20
