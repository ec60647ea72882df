"""One big figure with what it means."""

from PySide6.QtWidgets import QSizePolicy, QWidget

from av_pos.ui import theme
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.chip import Kind


class StatCard(Card):
    """A label, a big figure and a small line under it. The figure's label is `<name>Value`, the line's `<name>Note`."""

    def __init__(
        self, object_name: str, title: str, value: str = "", note: str = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name, pad=14, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.setSpacing(0)
        self.body.setContentsMargins(14, 12, 14, 12)
        self._value = label("", "figure", f"{object_name}Value")
        self._note = label("", "hint", f"{object_name}Note")
        for part in (label(title, "hint"), self._value, self._note):
            self.body.addWidget(part)
        self.show_value(value, note)

    def show_value(self, value: str, note: str = "", kind: Kind | None = None) -> None:
        """Show this figure; `kind` colours it (`danger` for a loss)."""
        self._value.setText(value)
        theme.set_kind(self._value, kind or "neutral")
        self._note.setText(note)
        self._note.setVisible(bool(note))
