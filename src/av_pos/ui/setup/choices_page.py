"""The first question: the demo shop, or a shop of one's own."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import icons, theme
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton

_WIDTH = 420


class ChoicesPage(QWidget):
    """Two large cards. The keys 1 and 2 do the same as their buttons."""

    demo_chosen = Signal()
    own_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choicesPage")
        self.demo = KeyButton(_("Open the demo shop"), "openDemoButton", keys="1", role="primary")
        self.own = KeyButton(_("Set up my shop"), "setUpButton", keys="2")
        self.demo.clicked.connect(self.demo_chosen)
        self.own.clicked.connect(self.own_chosen)
        self.trouble = label("", "error", "setupTrouble", wrap=True)
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 and 2 choose; Enter presses the button that has the focus."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_1:
            self.demo.click()
        elif event.key() == Qt.Key.Key_2:
            self.own.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, KeyButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        demo = self._card(
            "demoCard",
            "disc",
            _("Look around first"),
            _("A music shop with real discs, three people and a quarter of trade. Nothing in it is yours to lose."),
            self.demo,
        )
        own = self._card(
            "ownCard",
            "till",
            _("Open your own"),
            _("Name the shop, its currency and tax, and the first manager. The catalogue starts empty."),
            self.own,
        )
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().edge)
        row.addStretch(1)
        row.addWidget(demo)
        row.addWidget(own)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addStretch(2)
        column.addLayout(row)
        column.addWidget(self.trouble)
        column.addStretch(3)

    def _card(self, object_name: str, icon: str, title: str, about: str, button: KeyButton) -> Card:
        card = Card(object_name, pad=28)
        card.setFixedWidth(_WIDTH)
        card.setMinimumHeight(290)
        picture = label("")
        picture.setPixmap(icons.pixmap(icon, 44, theme.colors().accent))
        text = label(about, "secondary", wrap=True)
        card.body.addWidget(picture)
        card.body.addWidget(label(title, "title", wrap=True))
        card.body.addWidget(text)
        card.body.addStretch(1)
        card.body.addWidget(button)
        return card
