"""The foot: what is ticked and what it costs, what is left of the budget, and the order itself."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services.reorder_views import Budget
from av_pos.ui import theme
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.money import MoneyLabel

_ROOM_FOR_BAR = 1180


class ReorderFoot(Card):
    """Sums and buttons."""

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__("reorderFoot", pad=12, parent=parent)
        self._currency = currency
        self._count = label("", "", "orderCount")
        self._sum = MoneyLabel("orderSum", currency, size="moneyStrong", with_sign=True)
        self._left = label("", "secondary", "budgetLeft")
        self._note = label("", "hint", "orderNote")
        self._bar = QProgressBar()
        self._bar.setObjectName("budgetBar")
        self._bar.setAccessibleName(_("Budget"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self.fill_button = KeyButton(_("Fill up"), "fillUpButton", action="fill_up", role="switch")
        self.trends_button = KeyButton(_("Trends"), "trendsButton", action="trends")
        self.why_button = KeyButton(_("Why?"), "whyButton", action="why")
        self.order_button = KeyButton(_("Create purchase order"), "createOrderButton", action="main", role="primary")
        self._lay_out()
        self.show_order(0, 0, 0)
        self.show_budget(None, 0)
        self.show_note("")

    def show_order(self, ticked: int, of: int, cost_minor: int) -> None:
        """Show how many of how many are ticked, and what they cost."""
        self._count.setText(_("{count} of {all} selected").format(count=f"{ticked:,}", all=f"{of:,}"))
        self._sum.set_minor(cost_minor)
        self.order_button.setEnabled(ticked > 0)

    def show_budget(self, budget: Budget | None, chosen_minor: int) -> None:
        """Show what is left once the ticked is ordered; nothing where the shop has no budget."""
        self._bar.setVisible(budget is not None)
        self._left.setVisible(budget is not None)
        if budget is None:
            return
        left = budget.left_minor - chosen_minor
        self._left.setText(_("Budget left {amount}").format(amount=screen_texts().money(left, self._currency)))
        theme.set_kind(self._left, "danger" if left < 0 else "neutral")
        used = budget.budget_minor - left
        self._bar.setValue(max(0, min(1000, 1000 * used // max(budget.budget_minor, 1))))

    def show_note(self, note: str, *, can_fill: bool = False) -> None:
        """Say what stands in the way: minimums, no supplier; `can_fill` shows the key that fills orders up."""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.fill_button.setVisible(can_fill)

    def fit(self, width: int) -> None:
        """Leave the bar out where there is no room for it."""
        self._bar.setMaximumWidth(16_777_215 if width >= _ROOM_FOR_BAR else 0)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().gap)
        told = QVBoxLayout()
        told.setSpacing(0)
        sums = QHBoxLayout()
        sums.setSpacing(theme.metrics().gap)
        sums.addWidget(self._count)
        sums.addWidget(self._sum)
        sums.addWidget(self._left)
        sums.addStretch(1)
        told.addLayout(sums)
        told.addWidget(self._note)
        row.addLayout(told)
        row.addWidget(self._bar, 1)
        row.addStretch(0)
        for button in (self.fill_button, self.trends_button, self.why_button, self.order_button):
            row.addWidget(button)
        self.body.addLayout(row)
