"""Small coloured words: a format, a grade, a state."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from av_pos.ui import theme

Kind = Literal["neutral", "accent", "warn", "danger", "ok"]


class Chip(QLabel):
    """A word on a soft ground. Its colour never says anything that its text does not."""

    def __init__(self, text: str, kind: Kind = "neutral", object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if object_name:
            self.setObjectName(object_name)
        theme.set_role(self, "chip")
        self.show_text(text, kind)

    def show_text(self, text: str, kind: Kind = "neutral") -> None:
        """Show another word of another kind; an empty one hides the chip."""
        self.setText(text)
        if not text:
            self.hide()
        elif self.parentWidget() is not None:
            # Shown without a parent it would be a window of its own.
            self.show()
        theme.set_kind(self, kind)
