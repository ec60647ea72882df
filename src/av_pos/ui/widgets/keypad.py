"""The number pad on the screen."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QWidget

from av_pos.i18n import _
from av_pos.ui import icons, theme

BACKSPACE = 10
POINT = 11
_ORDER = (7, 8, 9, 4, 5, 6, 1, 2, 3, POINT, 0, BACKSPACE)


class Keypad(QWidget):
    """Digits, a point (`extra`; "00", say, for currencies without one, "" for none) and backspace.

    It takes no focus: the field keeps it.
    `typed` carries the characters of a key, `rubbed_out` a backspace. objectNames `<name>0` … `<name>9`, `<name>Point`,
    `<name>Backspace`.
    """

    typed = Signal(str)
    rubbed_out = Signal()

    def __init__(self, object_name: str, *, extra: str = ".", height: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._extra = extra
        self._height = max(height, theme.TOUCH)
        self._group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for place, number in enumerate(_ORDER):
            if number != POINT or extra:
                button = self._button(number)
                grid.addWidget(button, place // 3, place % 3)
                self._group.addButton(button, number)
        self._group.idClicked.connect(self._on_clicked)

    def _button(self, number: int) -> QPushButton:
        text = {BACKSPACE: "", POINT: self._extra}.get(number, str(number))
        tail = {BACKSPACE: "Backspace", POINT: "Point"}.get(number, str(number))
        made = QPushButton(text, self)
        made.setObjectName(f"{self.objectName()}{tail}")
        made.setAccessibleName(_("Delete the last digit") if number == BACKSPACE else text)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        made.setMinimumHeight(min(self._height, 30))
        made.setMaximumHeight(self._height + 12)
        made.setAutoRepeat(number == BACKSPACE)
        theme.set_role(made, "keypad")
        if number == BACKSPACE:
            made.setIcon(icons.icon("backspace"))
            made.setIconSize(QSize(24, 24))
        return made

    def _on_clicked(self, number: int) -> None:
        if number == BACKSPACE:
            self.rubbed_out.emit()
        else:
            self.typed.emit(self._extra if number == POINT else str(number))
