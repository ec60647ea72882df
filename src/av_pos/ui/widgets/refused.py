"""What stands in the place of a screen that is not for everybody."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.ui.widgets.card import Card, label

_WIDTH = 440


class RefusedPanel(QWidget):
    """Says who may see a screen: `some` has a place for {names}, `nobody` is said where there is no name.

    objectNames: the words `object_name`, their card `<object_name>Card`.
    """

    def __init__(self, object_name: str, title: str, some: str, nobody: str) -> None:
        super().__init__()
        self._some, self._nobody = some, nobody
        self._who = label("", "secondary", object_name, wrap=True)
        card = Card(f"{object_name}Card")
        card.setFixedWidth(_WIDTH)
        for part in (label(title, "title"), self._who):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            card.body.addWidget(part)
        centre(self, card)

    def show_names(self, names: Sequence[str]) -> None:
        """Name those who may."""
        self._who.setText(self._some.format(names=", ".join(names)) if names else self._nobody)


def centre(widget: QWidget, card: Card) -> None:
    """Put a card into the middle of an empty place, a little above."""
    # Stretches, no alignment: an aligned card would not ask its wrapped words how high they are.
    column = QVBoxLayout(widget)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    column.addStretch(2)
    column.addLayout(row)
    column.addStretch(3)
