"""The head of a member's page: who it is, the level and the way to the next, and the three balances."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.ui import actions, theme
from av_pos.ui.members import words
from av_pos.ui.members.lists import Shown
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.chip import Chip
from av_pos.ui.widgets.elided import ElidedLabel
from av_pos.ui.widgets.stat_card import StatCard

_WHOLE = 10_000


class MemberHead(Card):
    """Name, number, phone, level chip, and the progress to the next level."""

    def __init__(self, currency: str) -> None:
        super().__init__("memberHead", pad=theme.metrics().pad - 4)
        self._currency = currency
        self._name = ElidedLabel("title", "memberPageName")
        self._level = Chip("", "accent", "memberPageLevel", self)
        self._status = Chip("", "warn", "memberPageStatus", self)
        self._facts = label("", "secondary", "memberPageFacts", wrap=True)
        self._note = label("", "hint", "memberPageNote", wrap=True)
        self._progress = label("", "hint", "memberPageProgress")
        self._bar = QProgressBar()
        self._bar.setObjectName("memberPageBar")
        self._bar.setAccessibleName(_("Way to the next level"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _WHOLE)
        self._lay_out()

    def show_member(self, shown: Shown) -> None:
        """Show who this is."""
        row, view = shown.page.member, shown.page.level
        self._name.show_text(words.called(row))
        self._level.show_text(words.level_words(view.level), "accent")
        self._status.show_text(words.status_words(row.status), "warn")
        self._facts.setText(words.facts(row))
        self._note.setText(row.note)
        self._note.setVisible(bool(row.note))
        sentence = words.progress_words(view, self._currency)
        self._progress.setText(sentence)
        self._progress.setVisible(bool(sentence))
        self._bar.setVisible(view.progress is not None)
        if view.progress is not None:
            self._bar.setValue(view.progress.reached_bp)
            self._bar.setAccessibleDescription(sentence)

    def _lay_out(self) -> None:
        self.body.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._name)
        top.addStretch(1)
        top.addWidget(self._status, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._level, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        self.body.addWidget(self._facts)
        self.body.addWidget(self._note)
        way = QHBoxLayout()
        way.setSpacing(12)
        way.addWidget(self._bar, 1)
        way.addWidget(self._progress)
        self.body.addLayout(way)


class BalanceCard(StatCard):
    """A balance that answers why: by F2, or by a tap (`pressed`)."""

    pressed = Signal(str)

    def __init__(self, name: str, key: str, title: str) -> None:
        super().__init__(name, title, "", " ")
        self._key = key
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        cap = label(actions.keys_text("why"), "keycap", f"{name}Key")
        cap.setParent(self)
        cap.adjustSize()
        self._cap = cap

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap asks why."""
        event.accept()
        self.pressed.emit(self._key)

    def resizeEvent(self, event: object) -> None:
        """Keep the key in the corner."""
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt gives a QResizeEvent
        self._cap.adjustSize()
        self._cap.move(self.width() - self._cap.width() - 10, 9)


class Balances(QWidget):
    """Points, stored value, vouchers. `why_asked` names the one that was tapped: points, stored or vouchers."""

    why_asked = Signal(str)

    def __init__(self, currency: str) -> None:
        super().__init__()
        self._currency = currency
        self._points = BalanceCard("memberPoints", "points", _("Points"))
        self._stored = BalanceCard("memberStored", "stored", _("Stored value"))
        self._vouchers = BalanceCard("memberVouchers", "vouchers", _("Vouchers"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.metrics().gap)
        for card in (self._points, self._stored, self._vouchers):
            card.pressed.connect(self.why_asked)
            row.addWidget(card, 1)

    def show_member(self, shown: Shown) -> None:
        """Show what this member has."""
        page, money = shown.page, screen_texts().money
        owed = page.member.points_qty < 0
        qty = page.member.points_qty if owed else page.points_usable_qty
        value = f"{qty:,}".replace("-", screen_texts().minus)
        self._points.show_value(value, words.expiring_words(shown.expiring) or " ", "danger" if owed else None)
        last = page.stored[-1] if page.stored else None
        paid, bonus = (last.balance_paid_minor, last.balance_bonus_minor) if last else (0, 0)
        note = words.parts_words(paid, bonus, self._currency)
        self._stored.show_value(money(page.member.stored_minor, self._currency), note or " ")
        valid = [row for row in page.vouchers if row.state == "active"]
        total = money(sum(row.balance_minor for row in valid), self._currency)
        self._vouchers.show_value(total, words.vouchers_words(len(valid)) if valid else " ")
