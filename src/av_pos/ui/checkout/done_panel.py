"""The right side after a sale: the change, the largest word, until the next scan."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.documents import Receipt
from av_pos.i18n import _, screen_texts
from av_pos.ui import theme
from av_pos.ui.checkout.words import tender_words
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
        self._change = MoneyLabel("doneChange", currency, size="moneyChange", with_sign=True)
        self._paper = label("", "secondary", "donePaper", wrap=True)
        self._rows = QVBoxLayout()
        self.receipt = KeyButton(_("Show receipt"), "showReceiptButton", icon="receipt")
        self.next = KeyButton(_("Next customer"), "nextButton", action="take", role="pay")
        for button in (self.receipt, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self.receipt.clicked.connect(self.receipt_pressed)
        self.next.clicked.connect(self.next_pressed)

    def show_sale(self, receipt: Receipt, *, voided: bool = False) -> None:
        """Show the sale (or void) that was just done."""
        self._title.setText(_("Sale taken back") if voided else _("Paid"))
        self._number.setText(_("Receipt {number}").format(number=receipt.number))
        self._total.set_minor(receipt.total_minor)
        self._change.set_minor(receipt.change_minor if not voided else -receipt.total_minor)
        self._change_caption.setText(_("Give back") if voided else _("Change"))
        empty(self._rows)
        texts = screen_texts()
        for tender in receipt.tenders:
            words = tender_words(tender.kind, tender.card_type, tender.card_last4)
            amount = texts.amount(tender.tendered_minor, self._currency)
            self._rows.addWidget(label(f"{words}   {amount}", "secondary"))

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
        row = QHBoxLayout()
        self._change_caption = label(_("Change"), "secondary")
        row.addWidget(self._change_caption, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._change, 1)
        change.body.addLayout(row)
        card.body.addWidget(change)
        column.addWidget(card, 1)
        column.addWidget(self.receipt)
        column.addWidget(self.next)
