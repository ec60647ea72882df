"""What every page of the settings has."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.card import label, scrolled
from av_pos.ui.widgets.key_button import KeyButton


class Tab(QWidget):
    """A page. `troubled(error)` hands an error to the screen, which says it in the bar."""

    troubled = Signal(object)

    def __init__(self, desk: Desk, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.desk = desk

    def show_now(self) -> None:
        """Show what holds now; what was typed and not saved stays."""

    def main_action(self) -> None:
        """F12: the page's main thing."""

    def seek(self) -> None:
        """F3: go to the field that searches."""

    def give_up(self) -> bool:
        """Esc: take back what was typed and not saved; says whether there was anything."""
        return False


class FormTab(Tab):
    """A page of cards with fields, and a foot with the main button that saves them."""

    def __init__(self, desk: Desk, object_name: str, save_name: str, parent: QWidget | None = None) -> None:
        super().__init__(desk, object_name, parent)
        self.save = KeyButton(_("Save"), save_name, action="main", role="primary")
        self.undo = KeyButton(_("Discard"), f"{save_name}Undo", action="back")
        self._said = label("", "secondary", f"{save_name}Said")
        self.save.clicked.connect(self.main_action)
        self.undo.clicked.connect(self.give_up)

    def say(self, sentence: str, kind: str = "neutral") -> None:
        """Say in the foot how it stands."""
        self._said.setText(sentence)
        theme.set_kind(self._said, kind)

    def show_dirty(self, dirty: bool) -> None:
        """Offer to save what was changed, or to take it back."""
        self.save.setEnabled(dirty)
        self.undo.setVisible(dirty)
        if dirty:
            self.say(_("Not saved yet"), "warn")

    def lay_out(self, columns: tuple[tuple[QWidget, ...], ...]) -> None:
        """Put cards side by side in columns, in a page that scrolls, over the foot."""
        sizes = theme.metrics()
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.gap)
        for cards in columns:
            column = QVBoxLayout()
            column.setSpacing(sizes.gap)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            row.addLayout(column, 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self._said, 1)
        foot.addWidget(self.undo)
        foot.addWidget(self.save)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(sizes.gap)
        outer.addWidget(scrolled(page, f"{self.objectName()}Scroll"), 1)
        outer.addLayout(foot)
