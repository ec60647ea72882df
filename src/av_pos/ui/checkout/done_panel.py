"""The right side after a sale or a return: what goes back is the largest word, until the next scan."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.documents import DocumentKind, Receipt
from av_pos.domain.settlement import TenderKind
from av_pos.i18n import _, screen_texts
from av_pos.ui import theme
from av_pos.ui.checkout.money_back import credit_words, sums_back
from av_pos.ui.widgets.card import Card, Line, empty, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.money import MoneyLabel


class DonePanel(QWidget):
    """What the last sale came to. `next_pressed` begins the next one, `receipt_pressed` shows the receipt."""

    next_pressed = Signal()
    receipt_pressed = Signal()

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("donePanel")
        self._currency = currency
        self._title = label("", "title", "doneTitle")
        self._number = label("", "secondary", "doneNumber")
        self._total = MoneyLabel("doneTotal", currency, size="moneyStrong")
        self._backs = QGridLayout()
        self._paper = label("", "secondary", "donePaper", wrap=True)
        self._rows = QVBoxLayout()
        self.receipt = KeyButton(_("Show receipt"), "showReceiptButton", icon="receipt")
        self.next = KeyButton(_("Next customer"), "nextButton", action="take", role="pay")
        for button in (self.receipt, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self.receipt.clicked.connect(self.receipt_pressed)
        self.next.clicked.connect(self.next_pressed)

    def show_sale(self, receipt: Receipt, *, voided: bool = False, returned: Sequence[Receipt] = ()) -> None:
        """Show the sale (or void) that was just done, with the documents of the discs that came `returned`."""
        is_sale = receipt.kind is DocumentKind.SALE
        self._title.setText(_title(receipt, voided=voided))
        self._number.setText(_numbers(receipt, returned))
        self._total.set_minor(receipt.total_minor if not returned or is_sale else _sum(returned))
        empty(self._rows)
        if is_sale and returned:
            texts = [f"{_('Comes back')}   {screen_texts().amount(_sum(returned), self._currency)}"]
        else:
            texts = []
        paid = receipt.tenders if is_sale else ()
        texts += [credit_words(tender, self._currency) for tender in paid if tender.kind != TenderKind.EXCHANGE]
        texts += _points_words(receipt)
        for text in texts:
            self._rows.addWidget(label(text, "secondary"))
        self._show_backs(_backs(receipt, returned, voided=voided))

    def _show_backs(self, backs: Sequence[tuple[str, int]]) -> None:
        empty(self._backs)
        for row, (words, minor) in enumerate(backs):
            caption = label(words, "secondary", f"doneChange{row + 1}Caption", wrap=True)
            amount = MoneyLabel("doneChange" if not row else f"doneChange{row + 1}", self._currency,
                                size="moneyChange", with_sign=True)  # fmt: skip
            amount.set_minor(minor)
            self._backs.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignBottom)
            self._backs.addWidget(amount, row, 1)

    def show_paper(self, sentence: str) -> None:
        """Say how the receipt fares."""
        self._paper.setText(sentence)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        card = Card("doneCard")
        card.body.addWidget(self._title)
        card.body.addWidget(self._number)
        card.body.addWidget(Line())
        total = QHBoxLayout()
        total.addWidget(label(_("Total"), "strong"), 1)
        total.addWidget(self._total)
        card.body.addLayout(total)
        card.body.addLayout(self._rows)
        card.body.addWidget(self._paper)
        card.body.addStretch(1)
        change = Card("doneChangeCard", role="panel", pad=14)
        self._backs.setColumnStretch(1, 1)
        change.body.addLayout(self._backs)
        card.body.addWidget(change)
        column.addWidget(card, 1)
        column.addWidget(self.receipt)
        column.addWidget(self.next)


def _title(receipt: Receipt, *, voided: bool) -> str:
    if voided:
        return _("Sale taken back")
    return _("Paid") if receipt.kind is DocumentKind.SALE else _("Taken back")


def _points_words(receipt: Receipt) -> list[str]:
    """What the member's points are after it."""
    if not receipt.member_number or receipt.points_balance is None:
        return []
    earned, balance = f"{receipt.points_earned:,}", f"{receipt.points_balance:,}"
    return [_("{earned} points earned · {balance} in all").format(earned=earned, balance=balance)]


def _numbers(receipt: Receipt, returned: Sequence[Receipt]) -> str:
    words = [_("Receipt {number}").format(number=receipt.number)]
    words += [_("return {number}").format(number=one.number) for one in returned if one.number != receipt.number]
    return " · ".join(words)


def _sum(returned: Sequence[Receipt]) -> int:
    return sum(one.total_minor for one in returned)


def _backs(receipt: Receipt, returned: Sequence[Receipt], *, voided: bool) -> list[tuple[str, int]]:
    """What goes back, by its means; after a sale its change."""
    documents = (receipt,) if voided else returned
    backs = sums_back([tender for one in documents for tender in one.tenders])
    return backs or [(_("Give back"), 0) if voided else (_("Change"), receipt.change_minor)]
