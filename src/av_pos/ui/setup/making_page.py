"""What is seen while the demo shop is being made."""

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from av_pos.i18n import _, ngettext
from av_pos.ui import theme
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton

_WIDTH = 560
_SURE_AFTER = 0.1  # of the way: before that a forecast jumps about


class MakingPage(QWidget):
    """A bar, how long it still takes, and Cancel."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("makingPage")
        self._since = QElapsedTimer()
        self._bar = QProgressBar()
        self._bar.setObjectName("demoProgress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._left = label("", "secondary", "demoTimeLeft")
        self.cancel = KeyButton(_("Cancel"), "demoCancelButton", action="back")
        self.cancel.clicked.connect(self.cancelled)
        self._lay_out()

    def begin(self) -> None:
        """Start from nothing."""
        self._since.start()
        self._bar.setRange(0, 0)
        self._left.setText(_("Just a moment"))
        self.cancel.setEnabled(True)
        self.cancel.setFocus()

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is, and how long it still takes."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        if total and done / total >= _SURE_AFTER:
            seconds = round(self._since.elapsed() / 1000 * (total - done) / done)
            text = ngettext("{count} second left", "{count} seconds left", seconds).format(count=seconds)
            self._left.setText(text if seconds else _("Nearly done"))

    def show_stopping(self) -> None:
        """Somebody cancelled; what was made is being taken away."""
        self._left.setText(_("Stopping"))
        self.cancel.setEnabled(False)

    def _lay_out(self) -> None:
        card = Card("makingCard", pad=28)
        card.setFixedWidth(_WIDTH)
        card.body.addWidget(label(_("Making the demo shop"), "title"))
        about = _("Discs on the shelves, used copies, three people, and a quarter of sales.")
        card.body.addWidget(label(about, "secondary", wrap=True))
        card.body.addSpacing(8)
        card.body.addWidget(self._bar)
        foot = QHBoxLayout()
        foot.addWidget(self._left, 1)
        foot.addWidget(self.cancel)
        card.body.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(2)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._left.setMinimumWidth(theme.TOUCH * 4)
