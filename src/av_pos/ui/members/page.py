"""A member's page: head, balances, and behind tabs everything else."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services import reports
from av_pos.services.member_page import FavouriteRow
from av_pos.ui import actions, theme
from av_pos.ui.members.head import Balances, MemberHead
from av_pos.ui.members.lists import Shown
from av_pos.ui.members.suggestions import SuggestionsTab
from av_pos.ui.members.tabs import DocumentsTab, LevelTab, LikesTab, VisitsTab, WantsTab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton

WANTS = 3
"""The tab of what a member waits for."""

_ROOM_FOR_KEYS = 640


class MemberPageView(QWidget):
    """Shows one member. Its parts ask: `why_asked(balance)`, `receipt_asked(document_id)`, wants by `wants`."""

    why_asked = Signal(str)
    receipt_asked = Signal(int)

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.setObjectName("memberPage")
        self.shown: Shown | None = None
        self._head = MemberHead(currency)
        self._balances = Balances(currency)
        self.purchases = DocumentsTab(
            "purchases", _("Purchases"), _("What this member buys stands here. Nothing yet."), currency
        )
        self.returns = DocumentsTab("returns", _("Returns"), _("Nothing came back."), currency)
        self.likes = LikesTab(currency)
        self.wants = WantsTab()
        self.suggestions = SuggestionsTab(currency)
        self.visits = VisitsTab()
        self.level = LevelTab(currency)
        self._parts = (
            self.purchases, self.returns, self.likes, self.wants, self.suggestions, self.visits, self.level,
        )  # fmt: skip
        self._tabs = QButtonGroup(self)
        self._tab_keys = label(f"{actions.keys_text('tab_before')} →", "keycap", "memberTabKeys")
        self._stack = QStackedWidget()
        self._whole = QStackedWidget()
        self._lay_out()
        self._tabs.idClicked.connect(self._stack.setCurrentIndex)
        self._balances.why_asked.connect(self.why_asked)
        self.purchases.chosen.connect(self.receipt_asked)
        self.returns.chosen.connect(self.receipt_asked)
        self.show_nobody()

    def show_member(self, shown: Shown) -> None:
        """Show this member."""
        self.shown = shown
        page = shown.page
        self._head.show_member(shown)
        self._balances.show_member(shown)
        self.purchases.show_rows(page.purchases)
        self.returns.show_rows(page.returns)
        self.likes.show_rows(page.artists, [_named(row) for row in page.styles])
        self.wants.show_rows(page.wants)
        self.suggestions.show_rows(shown.suggestions)
        self.visits.show_rows(page.visits)
        self.level.show_rows(page.level_history, shown.levels)
        self._whole.setCurrentIndex(1)

    def show_nobody(self) -> None:
        """Nobody is chosen."""
        self.shown = None
        self._whole.setCurrentIndex(0)

    def turn(self, by: int) -> None:
        """Turn to the next tab, or the one before."""
        self.show_tab((self._tabs.checkedId() + by) % len(self._parts))

    def show_tab(self, number: int) -> None:
        """Turn to a tab."""
        self._tabs.button(number).setChecked(True)
        self._stack.setCurrentIndex(number)

    def enter_list(self) -> None:
        """Put the focus into the list in front."""
        self._parts[self._stack.currentIndex()].table.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of the keys to the names of the tabs where there is little."""
        super().resizeEvent(event)
        self._tab_keys.setVisible(self.width() >= _ROOM_FOR_KEYS)

    def _lay_out(self) -> None:
        gap = theme.metrics().gap
        nobody = Card("memberNobody")
        words = label(_("Find a member to see points, purchases and wants."), "empty", "memberNobodyWords", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nobody.body.addWidget(words)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(self._head)
        column.addWidget(self._balances)
        card = Card("memberListsCard", pad=theme.metrics().gap)
        card.body.setSpacing(8)
        card.body.addLayout(self._tab_row())
        card.body.addWidget(self._stack, 1)
        column.addWidget(card, 1)
        for part in self._parts:
            self._stack.addWidget(part)
        self._whole.addWidget(nobody)
        self._whole.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._whole)

    def _tab_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        names = (_("Purchases"), _("Returns"), _("Likes"), _("Wants"), _("For them"), _("Visits"), _("Level"))
        for number, name in enumerate(names):
            button = KeyButton(name, f"memberTab{number}", role="tab")
            self._tabs.addButton(button, number)
            row.addWidget(button)
        self._tabs.button(0).setChecked(True)
        row.addStretch(1)
        row.addWidget(self._tab_keys, 0, Qt.AlignmentFlag.AlignVCenter)
        return row


def _named(row: FavouriteRow) -> FavouriteRow:
    return replace(row, name=reports.style_name(row.name, screen_texts().language))
