"""F1: the keys of the screen in front, made from the table of actions."""

from PySide6.QtWidgets import QGridLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import actions
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet


class HelpSheet(Sheet):
    """The cheat sheet in two columns."""

    def __init__(self, window: QWidget, screen: str, title: str) -> None:
        super().__init__(window, "helpSheet", title, cancel_text=_("Close"), width=640)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        rows = actions.cheat_sheet(screen)
        half = -(-len(rows) // 2)
        for number, (keys, text) in enumerate(rows):
            line, side = number % half, number // half * 2
            grid.addWidget(label(keys, "keycap"), line, side)
            grid.addWidget(label(text), line, side + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.body.addLayout(grid)
