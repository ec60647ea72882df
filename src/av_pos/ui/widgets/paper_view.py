"""Paper on the screen: a receipt, an X, a Z, as it would print."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from av_pos.ui import theme

PAPER_WIDTH = 400


class PaperView(QScrollArea):
    """Shows a picture of paper at a readable width; longer paper scrolls."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._paper = QLabel()
        self._paper.setObjectName(f"{object_name}Picture")
        self._paper.setAccessibleName(accessible_name)
        self._paper.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._paper)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(self, "paper")

    def show_picture(self, png: bytes) -> None:
        """Show this picture from its top."""
        pixmap = QPixmap()
        pixmap.loadFromData(png)
        ratio = self.devicePixelRatioF()
        scaled = pixmap.scaledToWidth(round(PAPER_WIDTH * ratio), Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        self._paper.setPixmap(scaled)
        self.verticalScrollBar().setValue(0)
