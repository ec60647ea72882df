"""Facts under each other: what each is called, and what it is."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from av_pos.ui.widgets.card import label


class Facts(QGridLayout):
    """Names, as keys and words, with their values; a fact that is empty is not shown. objectNames `<name>_<key>`."""

    def __init__(
        self, name: str, names: Sequence[tuple[str, str]], name_width: int, *, selectable: bool = False
    ) -> None:
        super().__init__()
        self.setHorizontalSpacing(8)
        self.setVerticalSpacing(5)
        self.setColumnMinimumWidth(0, name_width)
        self.setColumnStretch(1, 1)
        self._labels: dict[str, tuple[QLabel, QLabel]] = {}
        for row, (key, text) in enumerate(names):
            title, value = self._labels[key] = label(text, "secondary"), label("", "", f"{name}_{key}", wrap=True)
            value.setAccessibleDescription(text)
            if selectable:
                value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            self.addWidget(value, row, 1)

    def show_facts(self, facts: Mapping[str, str]) -> None:
        """Show these, by their keys."""
        for key, (title, value) in self._labels.items():
            value.setText(facts.get(key, ""))
            for part in (title, value):
                part.setVisible(bool(facts.get(key)))
