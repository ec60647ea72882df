"""A field in which one of a few things is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget


class ChoiceBox(QComboBox):
    """Choices of a key and the words shown for it. A wheel that passes over it changes nothing.

    With `free` a key that is not among the choices may be typed.
    """

    def __init__(
        self,
        object_name: str,
        choices: Sequence[tuple[str, str]],
        chosen: str = "",
        *,
        free: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setEditable(free)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = self.lineEdit()
        if line is not None:
            # A line edit keeps two pixels of its own; without them all boxes of a form begin at one edge.
            line.setTextMargins(-2, 0, 0, 0)
        # Long words shall not make the whole form wide; the list below shows them whole.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        for key, words in choices:
            self.addItem(words, key)
        self.choose(chosen)

    def key(self) -> str:
        """The key of what is chosen; with `free` also what was typed."""
        typed = self.currentText().strip()
        if self.isEditable() and typed != self.itemText(self.currentIndex()):
            place = self.findText(typed, Qt.MatchFlag.MatchFixedString)
            return str(self.itemData(place)) if place >= 0 else typed
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        """Choose the thing of this key; one that is not listed is added, so that nothing changes unseen."""
        place = self.findData(key)
        if place < 0 and key:
            self.addItem(key, key)
            place = self.count() - 1
        self.setCurrentIndex(max(place, 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()
