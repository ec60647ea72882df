"""The window that stands instead of the till when there can be none: one sentence, and Close."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import icons, theme
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton


class StopWindow(QWidget):
    """Says why the till cannot be opened and what to do."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setObjectName("stopWindow")
        self.setWindowTitle("av_pos")
        self.setWindowIcon(icons.app_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.set_role(self, "canvas")
        card = Card("stopCard")
        card.setMinimumWidth(520)
        card.body.addWidget(label(title, "title", "stopTitle"))
        card.body.addWidget(label(sentence, "", "stopText", wrap=True))
        close = KeyButton(_("Close"), "stopClose", action="back", role="primary")
        card.body.addWidget(close)
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.addWidget(card)
