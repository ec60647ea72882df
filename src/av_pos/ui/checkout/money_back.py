"""What goes back for what lies in the basket: asked beforehand, shown, and confirmed or turned into store credit."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.documents import TenderLine
from av_pos.domain.settlement import TenderKind
from av_pos.i18n import _, screen_texts
from av_pos.ui import actions
from av_pos.ui.tenders import tender_words
from av_pos.ui.widgets.card import Card, empty, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.money import MoneyLabel
from av_pos.ui.widgets.sheet import Sheet

Plan = tuple[TenderLine, ...]


def means_words(tender: TenderLine) -> str:
    """Name a means of payment; a voucher by its code, store credit that is still to be issued as such."""
    if _is_new_credit(tender):
        return _("New store credit")
    if tender.voucher_id is not None:
        return _("Voucher {code}").format(code=shop_code(CodeKind.VOUCHER, tender.voucher_id))
    return tender_words(tender.kind, tender.card_type, tender.card_last4)


def sums_back(tenders: Sequence[TenderLine]) -> list[tuple[str, int]]:
    """What goes back by each means, above nothing: cash first, each means once. An exchange moves no money."""
    sums: dict[str, int] = {}
    for tender in sorted(tenders, key=lambda one: one.kind != TenderKind.CASH):
        if tender.kind != TenderKind.EXCHANGE and tender.amount_minor:
            words = means_words(tender)
            sums[words] = sums.get(words, 0) - tender.amount_minor
    return list(sums.items())


class GiveBackSheet(Sheet):
    """Says what goes back by which means, before it does. `given(as_credit)` comes when it may.

    `plan` says by which means it goes, `with_credit` by which as store credit, which is not offered where it changes
    nothing.
    """

    given = Signal(bool)

    def __init__(self, window: QWidget, currency: str, back_minor: int, plan: Plan, with_credit: Plan) -> None:
        super().__init__(window, "giveBackSheet", _("Money back"), main_text=_("Give it back"), width=460)
        self._currency = currency
        self._plans = (plan, with_credit)
        self._amount = MoneyLabel("giveBackAmount", currency, size="moneyAmount", with_sign=True)
        self._amount.set_minor(back_minor)
        self.body.addWidget(self._amount)
        card = Card("giveBackMeans", role="panel", pad=12)
        self._rows = QGridLayout()
        self._rows.setColumnStretch(0, 1)
        self._rows.setVerticalSpacing(8)
        card.body.addLayout(self._rows)
        self.body.addWidget(card)
        self._hint = label("", "secondary", "giveBackHint", wrap=True)
        self.body.addWidget(self._hint)
        self._credit = KeyButton(_("As store credit"), "asCreditButton", action="as_credit", role="switch")
        self._credit.toggled.connect(self._on_toggled)
        self.body.addWidget(self._credit, 0, Qt.AlignmentFlag.AlignLeft)
        self._credit.setVisible(plan != with_credit)
        actions.bind(self, "as_credit", self._on_key)
        self.accepted.connect(self._on_accepted)
        self._show_plan()

    def _on_key(self) -> None:
        if self._credit.isVisible():
            self._credit.toggle()

    def _on_toggled(self, _on: bool) -> None:
        self._show_plan()

    def _show_plan(self) -> None:
        plan = self._plans[self._credit.isChecked()]
        empty(self._rows)
        for row, (words, minor) in enumerate(sums_back(plan)):
            amount = MoneyLabel(f"giveBackBy{row + 1}Amount", self._currency, size="moneyStrong", with_sign=True)
            amount.set_minor(minor)
            self._rows.addWidget(label(words, "strong", f"giveBackBy{row + 1}"), row, 0)
            self._rows.addWidget(amount, row, 1)
        self._hint.setText(_hint(plan))
        self._hint.setVisible(bool(self._hint.text()))

    def _on_accepted(self) -> None:
        self.dismiss()
        self.given.emit(self._credit.isChecked())


def _is_new_credit(tender: TenderLine) -> bool:
    return tender.kind == TenderKind.VOUCHER and tender.voucher_id is None


def _hint(plan: Plan) -> str:
    sentences = []
    if any(tender.kind == TenderKind.CARD for tender in plan):
        sentences.append(_("Give it back on the card terminal first."))
    if any(_is_new_credit(tender) for tender in plan):
        sentences.append(_("The code of the store credit stands on the receipt."))
    return " ".join(sentences)


def credit_words(tender: TenderLine, currency: str) -> str:
    """A means of payment with its amount, as the list of tenders shows it."""
    return f"{means_words(tender)}   {screen_texts().amount(tender.tendered_minor, currency)}"
