"""Amounts on a screen."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from av_pos.i18n import screen_texts
from av_pos.ui import theme

Size = Literal["money", "moneyStrong", "moneySmall", "moneyFigure", "moneyChange", "moneyAmount"]


class MoneyLabel(QLabel):
    """A right-aligned amount in one currency; never cut off, never wrapped. `size` is a role of the style sheet."""

    def __init__(
        self,
        object_name: str,
        currency: str,
        *,
        size: Size = "money",
        with_sign: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        theme.set_role(self, size)
        self._currency = currency
        self._with_sign = with_sign
        self._minor = 0
        self.set_minor(0)

    @property
    def minor(self) -> int:
        """The amount shown, in minor units."""
        return self._minor

    def set_minor(self, minor: int) -> None:
        """Show this amount (minor units)."""
        self._minor = minor
        texts = screen_texts()
        self.setText(texts.money(minor, self._currency) if self._with_sign else texts.amount(minor, self._currency))
