"""The tile that stands for a disc's cover."""

import unicodedata

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QPixmapCache
from PySide6.QtWidgets import QSizePolicy, QWidget

from av_pos.ui import theme

_SMALL_WORDS = frozenset({"of", "the", "and", "in", "on", "to", "for", "de", "la", "le"})


class CoverTile(QWidget):
    """A square with the cover, or with the title's first letters on a colour of its own."""

    def __init__(self, title: str = "", size: int = 46, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(size, size)
        self._picture = QPixmap()
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Show the tile of this title."""
        self._title = title
        self.update()

    def set_picture(self, picture: QPixmap) -> None:
        """Show a real cover; a null pixmap brings the letters back."""
        self._picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        """The tile's size."""
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cover."""
        painter = QPainter(self)
        paint_cover(painter, QRectF(self.rect()), self._title, self._picture)
        painter.end()


def letters(title: str) -> str:
    """The letters on a tile: the first hanzi or kana, or the first letters of two words; `♪` when there is none."""
    all_words = "".join(c if c.isalnum() or c in "'’" else " " for c in title).replace("'", "").split()
    words = [w for w in all_words if w.casefold() not in _SMALL_WORDS] or all_words
    if not words:
        return "♪"
    if unicodedata.east_asian_width(words[0][0]) == "W":
        return words[0][0]
    if len(words[0]) <= 2 and words[0].isupper():
        return words[0]
    return "".join(w[0] for w in words[:2] if unicodedata.east_asian_width(w[0]) != "W").upper()


def paint_cover(painter: QPainter, box: QRectF, title: str, picture: QPixmap | None = None) -> None:
    """Paint a cover or its tile into `box`."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.cover_color(title)))
    painter.drawRoundedRect(box, theme.RADIUS_COVER, theme.RADIUS_COVER)
    if picture is not None and not picture.isNull():
        painter.drawPixmap(box, picture, QRectF(picture.rect()))
    else:
        painter.setPen(QColor(theme.ON_COVER))
        painter.setFont(theme.font(max(12, round(box.height() * 0.32)), bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letters(title))
    painter.restore()


def paint_tile(painter: QPainter, left: int, top: int, size: int, title: str) -> None:
    """Paint the tile of a disc without a cover; lists, which paint hundreds, take it from the ones painted before."""
    ratio = painter.device().devicePixelRatioF()
    key, tile = f"av_pos/tile/{size}/{ratio}/{title}", QPixmap()
    if not QPixmapCache.find(key, tile):
        tile = QPixmap(round(size * ratio), round(size * ratio))
        tile.setDevicePixelRatio(ratio)
        tile.fill(Qt.GlobalColor.transparent)
        on_tile = QPainter(tile)
        paint_cover(on_tile, QRectF(0, 0, size, size), title)
        on_tile.end()
        QPixmapCache.insert(key, tile)
    painter.drawPixmap(left, top, tile)
