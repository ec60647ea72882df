"""What customers also bought: four discs under the basket, one key each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.ui import actions, theme
from av_pos.ui.styles import style_words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cover import paint_cover

if TYPE_CHECKING:
    from av_pos.services.insights import Tile

_HEIGHT = 68
_COVER = 42
_PAD = 10
_NARROW = 180


class AlsoBought(QWidget):
    """Up to four tiles; without any the whole row is away. `chosen(edition_id, beside_id)` comes from a tile."""

    chosen = Signal(int, int)

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alsoBought")
        self._tiles = [_TileButton(number, currency) for number in range(1, actions.OFFERED + 1)]
        self._group = QButtonGroup(self)
        self._shown: tuple[Tile, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(_("Customers also bought"), "secondary", "alsoBoughtTitle"))
        row = QHBoxLayout()
        row.setSpacing(10)
        for place, tile in enumerate(self._tiles):
            self._group.addButton(tile, place)
            row.addWidget(tile, 1)
        column.addLayout(row)
        self._group.idClicked.connect(self._on_clicked)
        self.hide()

    @property
    def tiles(self) -> tuple[QAbstractButton, ...]:
        """The four places, the best first; an empty one cannot be pressed."""
        return tuple(self._tiles)

    @property
    def shown(self) -> "tuple[Tile, ...]":
        """What is offered now."""
        return self._shown

    def show_tiles(self, tiles: "Sequence[Tile]") -> None:
        """Offer these, the best first."""
        self._shown = tuple(tiles[: actions.OFFERED])
        for place, button in enumerate(self._tiles):
            button.show_tile(self._shown[place] if place < len(self._shown) else None)
        self.setVisible(bool(self._shown))

    def _on_clicked(self, place: int) -> None:
        tile = self._shown[place]
        self.chosen.emit(tile.edition_id, tile.beside_id)


class _TileButton(QAbstractButton):
    """One disc: cover, title, artist and price, why, and its key."""

    def __init__(self, number: int, currency: str) -> None:
        super().__init__()
        self.setObjectName(f"alsoBought{number}")
        self._cap = actions.keys_text(f"also_{number}")
        self._currency = currency
        self._title = self._about = self._why = ""
        # A tap leaves the focus in the scan field.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)

    def show_tile(self, tile: "Tile | None") -> None:
        """Show a disc; None leaves the place empty."""
        self.setEnabled(tile is not None)
        self._title = tile.title if tile else ""
        self._about = self._why = ""
        if tile is not None:
            price = screen_texts().money(tile.price_minor, self._currency)
            self._about = " · ".join(word for word in (price, tile.shelf, tile.artist) if word)
            self._why = why_words(tile)
        spoken = " · ".join(word for word in (self._title, self._about, self._why) if word)
        self.setAccessibleName(spoken or _("Nothing to suggest"))
        self.setToolTip(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(160, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tile; an empty place stays empty."""
        if not self._title:
            return
        colors = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.accent if self.hasFocus() else colors.line))
        painter.setBrush(QColor(colors.sunken if self.isDown() or self.underMouse() else colors.surface))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme.RADIUS_BUTTON, theme.RADIUS_BUTTON)
        # On a narrow screen what it is and why says more than a cover's letters.
        is_narrow = self.width() < _NARROW
        left = _PAD
        if not is_narrow:
            paint_cover(painter, QRectF(_PAD, (_HEIGHT - _COVER) / 2, _COVER, _COVER), self._title)
            left += _COVER + 10
        room = self.width() - left - 8
        lines = [QRect(left, 8, room, 18), QRect(left, 26, room, 17), QRect(left, 43, room, 17)]
        beside_cap = lines[0 if is_narrow else 2]
        cap_width = self._paint_cap(painter, beside_cap)
        beside_cap.setWidth(room - cap_width - 4)
        self._paint_text(painter, lines[0], self._title, 13, colors.ink, bold=True)
        self._paint_text(painter, lines[1], self._about, 12, colors.ink2)
        self._paint_text(painter, lines[2], self._why, 12, colors.ink2)
        painter.end()

    def _paint_text(
        self, painter: QPainter, box: QRect, text: str, size: int, color: str, *, bold: bool = False
    ) -> None:
        font = theme.font(size, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(color))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(box.width(), 0))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    def _paint_cap(self, painter: QPainter, box: QRect) -> int:
        """Paint the key at the right end; returns its width."""
        colors = theme.colors()
        font = theme.font(11)
        width = QFontMetrics(font).horizontalAdvance(self._cap) + 10
        cap = QRectF(box.right() - width + 1.5, box.top() + 0.5, width - 1, 17)
        painter.setPen(QColor(colors.line))
        painter.setBrush(QColor(colors.sunken))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(QColor(colors.ink2))
        painter.setFont(font)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._cap)
        return width


def why_words(tile: "Tile") -> str:
    """Why it is offered, as it can be said aloud."""
    if tile.both_qty:
        return _("{both} of {buyers} buyers").format(both=tile.both_qty, buyers=tile.buyers_qty)
    if tile.ground == "style":
        return _("loved in {style}").format(style=style_words(tile.style))
    return _("much like it")
