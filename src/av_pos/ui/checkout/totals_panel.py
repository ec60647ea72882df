"""The right side while selling: what the basket comes to, and what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.documents import Reduction
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.basket_view import BasketView
from av_pos.ui import theme
from av_pos.ui.widgets.card import Card, Line, empty, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.money import MoneyLabel


class TotalsPanel(QWidget):
    """Totals, four buttons, Pay. Each button has its signal."""

    pay_pressed = Signal()
    hold_pressed = Signal()
    recall_pressed = Signal()
    discount_pressed = Signal()
    more_pressed = Signal()

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("totalsPanel")
        self._currency = currency
        self._items = label("", "secondary", "totalItems")
        self._subtotal = MoneyLabel("subTotal", currency, size="moneySmall")
        self._rows = QGridLayout()
        self._rows.setVerticalSpacing(8)
        self._rows.setColumnStretch(0, 1)
        self._due = MoneyLabel("totalDue", currency, size="moneyAmount", with_sign=True)
        self.hold = KeyButton(_("Hold"), "holdButton", action="hold")
        self.recall = KeyButton(_("Recall"), "recallButton", action="recall")
        self.discount = KeyButton(_("Discount"), "discountButton", action="discount")
        self.more = KeyButton(_("More"), "moreButton", action="more")
        self.pay = KeyButton(_("Pay"), "payButton", action="main", role="pay")
        self._lay_out()
        for button, signal in (
            (self.pay, self.pay_pressed),
            (self.hold, self.hold_pressed),
            (self.recall, self.recall_pressed),
            (self.discount, self.discount_pressed),
            (self.more, self.more_pressed),
        ):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(signal)

    def show_basket(self, view: BasketView) -> None:
        """Show what this basket comes to, with the reason of each reduction."""
        self._items.setText(ngettext("{count} item", "{count} items", view.items_qty).format(count=view.items_qty))
        self._subtotal.set_minor(view.subtotal_minor)
        self._due.set_minor(view.total_minor)
        self._show_rows(view)
        filled = bool(view.lines)
        for button in (self.pay, self.hold, self.discount):
            button.setEnabled(filled)
        self.recall.setEnabled(view.held_count > 0)

    def _show_rows(self, view: BasketView) -> None:
        empty(self._rows)
        # Numbered from 0: an emptied grid keeps its rows, so rowCount() would make it grow with every scan.
        for row, reduction in enumerate(view.reductions):
            self._add_row(row, reduction_words(reduction), -reduction.amount_minor, "accent")
        for row, tax in enumerate(view.taxes, len(view.reductions)):
            rate = screen_texts().rate(tax.rate_bp)
            self._add_row(row, _("includes tax {rate}").format(rate=rate), tax.tax_minor, "")

    def _add_row(self, row: int, text: str, minor: int, kind: str) -> None:
        amount = MoneyLabel("", self._currency, size="moneySmall")
        amount.set_minor(minor)
        name = label(text, "secondary" if kind else "hint", kind=kind)
        theme.set_kind(amount, kind or "neutral")
        self._rows.addWidget(name, row, 0)
        self._rows.addWidget(amount, row, 1)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        card = Card("totalsCard")
        top = QHBoxLayout()
        top.addWidget(self._items, 1)
        top.addWidget(self._subtotal)
        card.body.addLayout(top)
        card.body.addLayout(self._rows)
        card.body.addStretch(1)
        card.body.addWidget(Line())
        foot = QHBoxLayout()
        foot.addWidget(label(_("To pay"), "secondary"), 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self._due, 1)
        card.body.addLayout(foot)
        column.addWidget(card, 1)
        grid = QGridLayout()
        grid.setSpacing(sizes.gap)
        for place, button in enumerate((self.hold, self.discount, self.recall, self.more)):
            grid.addWidget(button, place // 2, place % 2)
        column.addLayout(grid)
        column.addWidget(self.pay)


def reduction_words(reduction: Reduction) -> str:
    """Say a reduction on the whole: its reason, or what it is."""
    if reduction.kind == "round_off":
        return _("Round-off")
    if reduction.rate_bp is not None:
        return f"{reduction.reason} {screen_texts().rate(reduction.rate_bp)}"
    return reduction.reason
