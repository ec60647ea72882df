"""A quantity with one button less and one more."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from av_pos.i18n import _
from av_pos.ui import theme


class QuantityStepper(QFrame):
    """− n +. It only asks: `asked(n)` names the quantity wanted, the answer comes by `set_quantity`.

    Nothing can be typed into it, so that a scan never becomes a quantity. It takes no focus; the till has keys for it.
    """

    asked = Signal(int)

    def __init__(
        self, object_name: str, quantity: int = 1, *, least: int = 1, most: int = 9999, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        theme.set_role(self, "stepper")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._least, self._most = least, most
        self._less = self._button("\u2212", f"{object_name}Less", _("One less"))
        self._more = self._button("+", f"{object_name}More", _("One more"))
        self._value = QLabel()
        self._value.setObjectName(f"{object_name}Value")
        self._value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._value.setMinimumWidth(34)
        theme.set_role(self._value, "money")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (self._less, self._value, self._more):
            row.addWidget(part)
        self._less.clicked.connect(self._on_less)
        self._more.clicked.connect(self._on_more)
        self.set_quantity(quantity)

    @property
    def quantity(self) -> int:
        """The quantity shown."""
        return self._quantity

    def set_quantity(self, quantity: int) -> None:
        """Show this quantity."""
        self._quantity = quantity
        self._value.setText(str(quantity))
        self._less.setEnabled(quantity > self._least)
        self._more.setEnabled(quantity < self._most)

    def _button(self, text: str, object_name: str, accessible_name: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(object_name)
        made.setAccessibleName(accessible_name)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(made, "step")
        return made

    def _on_less(self) -> None:
        self.asked.emit(self._quantity - 1)

    def _on_more(self) -> None:
        self.asked.emit(self._quantity + 1)
