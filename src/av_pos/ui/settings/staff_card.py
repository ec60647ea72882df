"""The staff card: its barcode on the screen, and a picture of the card to have it printed."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from av_pos.ui import theme

# An EAN-13 has 95 modules; before it must be 11 of white, after it 7 (GS1 General Specifications, 5.2.3.4).
_QUIET_BEFORE, _QUIET_AFTER = 11, 7
# A bank card, 85.6 × 54 mm, at 300 dots an inch.
CARD_DOTS = QSize(1011, 638)
_DOTS_A_METRE = 11_811
# On screens and on paper alike, in dark colours too: scanners want black on white.
_INK, _GROUND = QColor(Qt.GlobalColor.black), QColor(Qt.GlobalColor.white)


class CardBarcode(QWidget):
    """A card's barcode; a scanner reads it from the screen."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._code = ""

    def show_code(self, code: str) -> None:
        """Show this EAN-13; none leaves the place empty."""
        self._code = code
        self.setAccessibleName(code)
        self.update()

    def sizeHint(self) -> QSize:
        """Two dots a module."""
        return QSize(240, 76)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and bars."""
        if not self._code:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        _paint_bars(painter, self.rect().adjusted(0, 8, 0, -8), self._code)
        painter.end()


def card_picture(shop: str, name: str, code: str) -> bytes:
    """A card as a PNG in the size of a bank card: the shop, the person, the barcode."""
    image = QImage(CARD_DOTS, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(_DOTS_A_METRE)
    image.setDotsPerMeterY(_DOTS_A_METRE)
    image.fill(_GROUND)
    painter = QPainter(image)
    painter.setPen(_INK)
    width = CARD_DOTS.width() - 2 * _MARGIN
    for top, height, text, font in (
        (_MARGIN, 70, shop, theme.font(40)),
        (_MARGIN + 80, 110, name, theme.font(72, bold=True)),
    ):
        painter.setFont(font)
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(_MARGIN, top, width, height), Qt.AlignmentFlag.AlignCenter, fitting)
    _paint_bars(painter, QRect(_MARGIN, 270, width, 254), code)
    painter.setFont(theme.font(44))
    painter.drawText(QRect(_MARGIN, 528, width, 66), Qt.AlignmentFlag.AlignCenter, code)
    painter.end()
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(made, b"png").write(image)
    return bytes(made.data().data())


def write_card(file: str, picture: bytes) -> None:
    """Write a card's picture. Raises OSError."""
    Path(file).write_bytes(picture)


def _paint_bars(painter: QPainter, place: QRect, code: str) -> None:
    """Bars of a whole number of dots, in the middle of `place` with the white that belongs to them."""
    modules = _modules(code)
    whole = _QUIET_BEFORE + len(modules) + _QUIET_AFTER
    dots = max(place.width() // whole, 1)
    left = place.left() + (place.width() - whole * dots) // 2 + _QUIET_BEFORE * dots
    for number, module in enumerate(modules):
        if module == "1":
            painter.fillRect(QRect(left + number * dots, place.top(), dots, place.height()), _INK)


def _modules(code: str) -> str:
    """The bars of an EAN-13 from left to right: 1 is a bar, 0 a space."""
    from barcode.ean import EAN13

    made: str = EAN13(code).build()[0]
    return made


_MARGIN = 40
