"""Cards, bars and lines between things."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QScrollArea, QVBoxLayout, QWidget

from av_pos.ui import theme


class Card(QFrame):
    """A white card with round corners; `body` is its layout. `role` may name another ground (`panel`, `bar`)."""

    def __init__(
        self, object_name: str, *, role: str = "card", pad: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        theme.set_role(self, role)
        sizes = theme.metrics()
        pad = sizes.pad if pad is None else pad
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(pad, pad, pad, pad)
        self.body.setSpacing(sizes.gap)


class Line(QFrame):
    """A thin line between two groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "separator")


def label(text: str, role: str = "", object_name: str = "", *, kind: str = "", wrap: bool = False) -> QLabel:
    """A label whose text is shown as it is, never as markup; `role` and `kind` are the style sheet's."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if object_name:
        made.setObjectName(object_name)
    if role:
        theme.set_role(made, role)
    if kind:
        theme.set_kind(made, kind)
    return made


def empty(layout: QLayout) -> None:
    """Take everything out of a layout; what was in it is hidden at once, as it is only deleted a moment later."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def scrolled(page: QWidget, object_name: str) -> QScrollArea:
    """A page that scrolls up and down when it is higher than its place, without a frame of its own."""
    theme.set_role(page, "scrolled")
    made = QScrollArea()
    made.setObjectName(object_name)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(page)
    return made
