"""Buttons that show their key."""

from typing import Literal

from PySide6.QtCore import QEvent, QLineF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from av_pos.ui import actions, icons, theme

Role = Literal["secondary", "primary", "pay", "danger", "quiet", "choice", "switch", "tab"]
_GAP = 10
_PAD = 16
_CAP_PAD = 6
_ON_ACCENT = ("primary", "pay")


def _cap_font() -> QFont:
    return theme.font(12)


class KeyButton(QPushButton):
    """A button of at least 44 px with its text, an icon if it has one, and the key that does the same.

    It is as wide as its text needs: nothing is ever cut off. `action` names an action of `ui/actions.py` whose key is
    shown; `keys` shows another key. The text is shown as it is: `&` is an ampersand.
    """

    def __init__(
        self,
        text: str,
        object_name: str,
        *,
        action: str = "",
        keys: str = "",
        role: Role = "secondary",
        icon: str = "",
        accessible_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._label = ""
        self._cap = keys or (actions.keys_text(action) if action else "")
        self._icon_name = icon
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        # A tap leaves the focus where it is: in the scan field. Tab still comes by.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(role in ("choice", "switch", "tab"))
        theme.set_role(self, role)
        if accessible_name:
            self.setAccessibleName(accessible_name)
        self.setAccessibleDescription(self._cap)
        self.setText(text)

    @property
    def cap(self) -> str:
        """The key shown."""
        return self._cap

    def setText(self, text: str) -> None:
        """Show this text; Qt keeps it too, for screen readers."""
        self._label = text
        super().setText(text.replace("&", "&&"))
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The text shown."""
        return self._label

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the arrows to the screen; Qt would wander from button to button. Choices and tabs keep ← →."""
        sideways = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not self.isCheckable()
        if sideways or event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when the type changes."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        """As wide as everything in it."""
        self.ensurePolished()
        tallest = theme.PAY if self.property("role") == "pay" else theme.TOUCH
        return QSize(max(self._content_width() + 2 * _PAD, theme.TOUCH), tallest)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its text."""
        self.ensurePolished()
        return QSize(self._content_width() + 2 * (_PAD - 6), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground by the style sheet, then icon, text and key, centred together."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._ink()
        left = (self.width() - self._content_width()) // 2
        if self._icon_name:
            size = self._icon_size()
            painter.drawPixmap(left, (self.height() - size) // 2, icons.pixmap(self._icon_name, size, ink))
            left += size + (_GAP if self._label or self._cap else 0)
        width = self._text_width()
        painter.setPen(QColor(ink))
        painter.setFont(self._text_font())
        painter.drawText(QRect(left, 0, width, self.height()), Qt.AlignmentFlag.AlignCenter, self._label)
        if self._cap:
            left += width + (_GAP if self._label else 0)
            self._paint_cap(painter, left, ink)
        painter.end()

    def _paint_cap(self, painter: QPainter, left: int, ink: str) -> None:
        colors = theme.colors()
        box = QRectF(left + 0.5, self.height() / 2 - 8.5, self._cap_width() - 1, 17)
        on_accent = self._is_on_accent()
        edge = QColor(ink if on_accent else colors.line)
        if on_accent:
            edge.setAlphaF(0.45)
        painter.setPen(edge)
        painter.setBrush(Qt.BrushStyle.NoBrush if on_accent else QColor(colors.sunken))
        painter.drawRoundedRect(box, 4, 4)
        # A second line below makes it a key.
        painter.drawLine(QLineF(box.left() + 3, box.bottom() + 1, box.right() - 3, box.bottom() + 1))
        painter.setPen(QColor(ink if on_accent else colors.ink2))
        painter.setFont(_cap_font())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._cap)

    def _is_on_accent(self) -> bool:
        role = self.property("role")
        return self.isEnabled() and (role in _ON_ACCENT or (role == "switch" and self.isChecked()))

    def _ink(self) -> str:
        colors = theme.colors()
        role = self.property("role")
        if not self.isEnabled():
            return colors.ink3
        if self._is_on_accent():
            return colors.on_accent
        if role == "tab":
            return colors.accent if self.isChecked() else colors.ink2
        return colors.danger if role == "danger" else colors.ink

    def _text_font(self) -> QFont:
        font = QFont(self.font())
        # A switch is bold while it is on (self.font() knows nothing of the style sheet's states).
        if self.property("role") == "switch":
            font.setBold(self.isChecked())
        return font

    def _icon_size(self) -> int:
        return 24 if self.property("role") == "pay" else 20

    def _text_width(self) -> int:
        # A pixel more than measured: fractions of a pixel add up over a line.
        return QFontMetrics(self._text_font()).horizontalAdvance(self._label) + 1 if self._label else 0

    def _cap_width(self) -> int:
        return max(QFontMetrics(_cap_font()).horizontalAdvance(self._cap) + 2 * _CAP_PAD, 22) if self._cap else 0

    def _content_width(self) -> int:
        icon_width = self._icon_size() if self._icon_name else 0
        parts = [w for w in (icon_width, self._text_width(), self._cap_width()) if w]
        return sum(parts) + _GAP * max(len(parts) - 1, 0)
