"""The list of the rules with a field to filter it, and the chosen rule beside it."""

from collections.abc import Callable
from datetime import date

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.price_rules.rule_card import RuleCard
from av_pos.ui.price_rules.rule_table import RuleTable
from av_pos.ui.widgets.card import Card


class RuleList(QWidget):
    """Field, list and card. What they mean is the screen's."""

    def __init__(self, settings: ShopSettings, today: Callable[[], date]) -> None:
        super().__init__()
        self.filter = QLineEdit()
        self.filter.setObjectName("ruleFilter")
        self.filter.setAccessibleName(_("Find in the rules"))
        self.filter.setPlaceholderText(_("Type to filter"))
        self.table = RuleTable(settings.currency, today)
        self.card = RuleCard(settings)
        self._lay_out()
        self.filter.textChanged.connect(self._on_filter)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.filter, "line_up", self._up)
        actions.bind(self.filter, "line_down", self._down)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of what the card shows anyway to the rules' words."""
        super().resizeEvent(event)
        self.table.fit(self.width() - self.card.width() - theme.metrics().edge)

    def _on_filter(self, text: str) -> None:
        self.table.set_filter(text)
        if self.table.current() is None:
            self.table.step(1)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.edge)
        left = QVBoxLayout()
        left.setSpacing(sizes.gap)
        left.addWidget(self.filter)
        card = Card("rulesCard", pad=1)
        card.body.addWidget(self.table)
        left.addWidget(card, 1)
        row.addLayout(left, 1)
        row.addWidget(self.card)
