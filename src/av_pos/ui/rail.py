"""The rail on the left: the program's mark and one button for each screen."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from av_pos.ui import icons, theme


class Rail(QFrame):
    """Buttons in the order in which they were added; those `at_foot` stand at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        theme.set_role(self, "rail")
        self.count = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 10, 6, 8)
        self._column.setSpacing(4)
        mark = QLabel()
        mark.setPixmap(icons.pixmap("av-pos", 40))
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(mark)
        self._column.addSpacing(12)
        self._top, self._foot = QVBoxLayout(), QVBoxLayout()
        for part in (self._top, self._foot):
            part.setSpacing(4)
        self._column.addLayout(self._top)
        self._column.addStretch(1)
        self._column.addLayout(self._foot)
        self.setFixedWidth(theme.metrics().rail)

    def add(self, object_name: str, icon: str, text: str, *, at_foot: bool = False) -> QToolButton:
        """Add a button that can be on; the caller groups them."""
        button = QToolButton()
        button.setObjectName(object_name)
        button.setText(text)
        button.setAccessibleName(text)
        colors = theme.colors()
        button.setIcon(icons.icon(icon, colors.rail_ink, active=colors.on_accent, size=22))
        button.setIconSize(QSize(22, 22))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFixedHeight(54)
        theme.set_role(button, "rail")
        (self._foot if at_foot else self._top).addWidget(button)
        self.count += 1
        return button
