"""The quiet window that stands while the till is being built."""

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from av_pos.ui import icons, theme

_MARK = 96
# A window that is never painted (minimised, say) shall not keep the till from opening.
_AT_THE_LATEST_MS = 500


class OpeningWindow(QWidget):
    """The till's grounds with the program's mark. `painted` comes once, when it can be seen."""

    painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("openingWindow")
        self.setWindowTitle("av_pos")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(1000, 640)
        self._told = False
        QTimer.singleShot(_AT_THE_LATEST_MS, self._tell)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the grounds and the mark."""
        colors, sizes = theme.colors(), theme.metrics()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.canvas))
        painter.fillRect(QRect(0, 0, sizes.rail, self.height()), QColor(colors.rail))
        mark = QRect(0, 0, _MARK, _MARK)
        mark.moveCenter(self.rect().center())
        painter.drawPixmap(mark, icons.pixmap("av-pos", _MARK))
        painter.end()
        QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self.painted.emit()
