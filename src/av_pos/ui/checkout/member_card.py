"""Who buys: the card over the totals."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.ui import actions, theme
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.chip import Chip
from av_pos.ui.widgets.elided import ElidedLabel

if TYPE_CHECKING:
    from av_pos.services.member_books import BasketMember

_FACE = 44


class MemberCard(Card):
    """The basket's member with level, points and stored value. `pressed` comes with a tap: somebody asks for one."""

    pressed = Signal()

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__("memberCard", pad=12, parent=parent)
        self._currency = currency
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._face = _Face()
        self._name = ElidedLabel("strong", "memberName")
        self._level = Chip("", "accent", "memberLevel", self)
        # A word of its own: behind the balances it would be the first to be cut off.
        self._birthday = Chip("", "ok", "memberBirthday", self)
        self._balances = ElidedLabel("secondary", "memberBalances")
        self._lay_out()
        self.show_member(None)

    def show_member(self, member: "BasketMember | None") -> None:
        """Show whose basket this is; None asks for somebody."""
        self._face.show_letter(_letter(member))
        self._level.setVisible(member is not None and bool(_level_words(member)))
        self._birthday.show_text(_("birthday") if member is not None and member.has_birthday else "", "ok")
        if member is None:
            self._name.show_text(_("No member"))
            self._balances.show_text(_("Card, phone or name"))
        else:
            number = member.card_code or _("Member {number}").format(number=member.member_id)
            self._name.show_text(member.name or number)
            self._level.setText(_level_words(member))
            self._balances.show_text(_balance_words(member, self._currency))
        said = (_("Member"), self._name.whole(), self._balances.whole(), self._birthday.text())
        self.setAccessibleName(" ".join(filter(None, said)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap asks for the member."""
        event.accept()
        self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the space bar press it, where the focus came by."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._face)
        words = QVBoxLayout()
        words.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._name)
        top.addWidget(self._level)
        top.addWidget(self._birthday)
        top.addStretch(1)
        words.addLayout(top)
        words.addWidget(self._balances)
        row.addLayout(words, 1)
        row.addWidget(label(actions.keys_text("member"), "keycap"), 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)


class _Face(QWidget):
    """A circle with the first letter of a name."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_FACE, _FACE)
        self._letter = ""

    def show_letter(self, letter: str) -> None:
        self._letter = letter
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent if self._letter else colors.neutral_soft))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setPen(QColor(colors.on_accent if self._letter else colors.ink3))
        painter.setFont(theme.font(18, bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letter or "+")
        painter.end()


def _letter(member: "BasketMember | None") -> str:
    if member is None:
        return ""
    return member.name.strip()[:1].upper() or "M"


def _level_words(member: "BasketMember") -> str:
    texts = screen_texts()
    name = member.level_name_zh if texts.is_chinese else member.level_name_en
    return f"{name} \u2212{texts.rate(member.discount_bp)}" if member.discount_bp else name


def _balance_words(member: "BasketMember", currency: str) -> str:
    words = [ngettext("{count} point", "{count} points", member.points_qty).format(count=f"{member.points_qty:,}")]
    if member.stored_total_minor:
        money = screen_texts().money(member.stored_total_minor, currency)
        words.append(_("stored {amount}").format(amount=money))
    return " · ".join(words)
