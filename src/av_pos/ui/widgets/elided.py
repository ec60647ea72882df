"""A line of text that ends with an ellipsis where there is no room for all of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from av_pos.ui import theme


class ElidedLabel(QLabel):
    """Shows as much of its text as fits; all of it stands in the tool tip and is what a screen reader says."""

    def __init__(self, role: str = "", object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if object_name:
            self.setObjectName(object_name)
        if role:
            theme.set_role(self, role)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def whole(self) -> str:
        """The text, also where it does not fit."""
        return self._whole

    def sizeHint(self) -> QSize:
        """As wide as all of it."""
        height = super().sizeHint().height()
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self._whole) + 2, height)

    def minimumSizeHint(self) -> QSize:
        """Nothing has to fit."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text into the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 0))
        super().setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")
