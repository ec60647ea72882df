"""The right side while selling: what the basket comes to, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.documents import PROMOTION, Reduction
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.basket_view import BasketView, LineRow
from av_pos.ui import theme
from av_pos.ui.widgets.card import Card, Line, empty, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.money import MoneyLabel


class TotalsPanel(QWidget):
    """Totals, four buttons, Pay. Each button has its signal."""

    pay_pressed = Signal()
    hold_pressed = Signal()
    return_pressed = Signal()
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
        self._caption = label(_("To pay"), "secondary", "dueCaption")
        self._points = label("", "secondary", "pointsToEarn")
        self.hold = KeyButton(_("Hold"), "holdButton", action="hold")
        self.bring_back = KeyButton(_("Return"), "returnButton", action="return")
        self.discount = KeyButton(_("Discount"), "discountButton", action="discount")
        self.more = KeyButton(_("More"), "moreButton", action="more")
        self.pay = KeyButton(_("Pay"), "payButton", action="main", role="pay")
        self._lay_out()
        for button, signal in (
            (self.pay, self.pay_pressed),
            (self.hold, self.hold_pressed),
            (self.bring_back, self.return_pressed),
            (self.discount, self.discount_pressed),
            (self.more, self.more_pressed),
        ):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(signal)

    def show_basket(self, view: BasketView) -> None:
        """Show what this basket comes to, with the reason of each reduction."""
        self._items.setText(ngettext("{count} item", "{count} items", view.items_qty).format(count=view.items_qty))
        self._subtotal.set_minor(view.subtotal_minor + sum(line.promotion_minor for line in view.lines))
        self._caption.setText(_("To pay") if view.due_minor >= 0 else _("To give back"))
        self._due.set_minor(abs(view.due_minor))
        self._points.setText(_points_words(view))
        self._points.setVisible(view.points_qty > 0)
        self._show_rows(view)
        self.pay.setText(_("Pay") if view.due_minor >= 0 else _("Give back"))
        self.pay.setEnabled(not view.is_empty)
        for button in (self.hold, self.discount):
            button.setEnabled(bool(view.lines))

    def _show_rows(self, view: BasketView) -> None:
        empty(self._rows)
        rows = [(words, -minor, "accent") for words, minor in promotions_of(view.lines)]
        rows += [(reduction_words(reduction), -reduction.amount_minor, "accent") for reduction in view.reductions]
        if view.refund_minor:
            rows.append((_("Comes back"), -view.refund_minor, "warn"))
        texts = screen_texts()
        rows += [
            (_("includes tax {rate}").format(rate=texts.rate(tax.rate_bp)), tax.tax_minor, "") for tax in view.taxes
        ]
        # Numbered from 0: an emptied grid keeps its rows, so rowCount() would make it grow with every scan.
        for row, (words, minor, kind) in enumerate(rows):
            self._add_row(row, words, minor, kind)
        # A coupon is told even where its rule takes nothing off; what one takes off stands above, under its rule.
        for number, code in enumerate(view.coupons, 1):
            name = label(_("Coupon {code}").format(code=code), "secondary", f"totalCoupon{number}", wrap=True)
            self._rows.addWidget(name, len(rows) + number - 1, 0, 1, 2)

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
        foot.addWidget(self._caption, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self._due, 1)
        card.body.addLayout(foot)
        card.body.addWidget(self._points, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(card, 1)
        grid = QGridLayout()
        grid.setSpacing(sizes.gap)
        for place, button in enumerate((self.hold, self.discount, self.bring_back, self.more)):
            grid.addWidget(button, place // 2, place % 2)
        column.addLayout(grid)
        column.addWidget(self.pay)


def promotions_of(lines: Sequence[LineRow]) -> list[tuple[str, int]]:
    """What the shop's own rules took off in all, each rule once, in the order in which they come."""
    sums: dict[str, int] = {}
    for line in lines:
        for reduction in line.reductions:
            if reduction.kind == PROMOTION:
                sums[reduction.reason] = sums.get(reduction.reason, 0) + reduction.amount_minor
    return list(sums.items())


def _points_words(view: BasketView) -> str:
    count = f"{view.points_qty:,}"
    return ngettext("earns {count} point", "earns {count} points", view.points_qty).format(count=count)


def reduction_words(reduction: Reduction) -> str:
    """Say a reduction on the whole: its reason, or what it is."""
    if reduction.kind == "round_off":
        return _("Round-off")
    if reduction.rate_bp is not None:
        return f"{reduction.reason} {screen_texts().rate(reduction.rate_bp)}"
    return reduction.reason
