"""F10, C: a payment that was keyed wrongly is put right after the sale."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.documents import TenderLine
from av_pos.domain.money import parse_amount
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import N_, _, currency, format_amount, screen_texts
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.checkout.sale_finder import SaleFinder
from av_pos.ui.checkout.sheets import ReasonButtons, figure_field, text_field
from av_pos.ui.screen import Screen
from av_pos.ui.tenders import CARD_TYPES, tender_words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from av_pos.services.corrections import CorrectionOutcome

CORRECTION_REASONS = (N_("Keyed wrongly"), N_("Paid otherwise after all"))
_KINDS = (TenderKind.CASH, TenderKind.CARD)


class Correction(QObject):
    """Asks which sale, which payment and what it was; the sale itself stays as it is."""

    def __init__(self, screen: Screen, settings: ShopSettings) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings
        self._document_id = 0
        self._finder = SaleFinder(screen, settings, _("Correct how a sale was paid"))
        self._finder.chosen.connect(self._ask)

    def open(self) -> None:
        """Ask which sale."""
        self._finder.open()

    def tell(self, outcome: "CorrectionOutcome") -> None:
        """Say what the payment is now."""
        was, now = (tender_words(t.kind, t.card_type, t.card_last4) for t in outcome.receipt.tenders)
        words = _("Receipt {number}: {now} instead of {was}.").format(number=outcome.corrected_number, now=now, was=was)
        self._screen.desk.events.tell(Notice(words, "ok", key="corrected", at_once=True))

    def _ask(self, document_id: int) -> None:
        from av_pos.services import corrections

        try:
            tenders = self._screen.desk.ask(corrections.list_tenders, document_id)
        except AvPosError as error:
            self._screen.refuse(problems.sentence(error, self._settings.currency))
            return
        if not any(tender.kind in _KINDS for tender in tenders):
            self._screen.refuse(_("Only cash and cards are put right here; this sale was paid otherwise."))
            return
        self._document_id = document_id
        sheet = CorrectTenderSheet(self._screen.window(), self._settings.currency, tenders)
        sheet.given.connect(self._correct)
        sheet.open()

    def _correct(self, wrong: int, right: Tender, reason: str) -> None:
        from av_pos.services import corrections

        self._screen.perform(corrections.correct_tender, self._document_id, wrong, right, reason)


class CorrectTenderSheet(Sheet):
    """Which payment was keyed wrongly, and what it was. `given(place, tender, reason)`."""

    given = Signal(int, object, str)

    def __init__(self, window: QWidget, currency_code: str, tenders: Sequence[TenderLine]) -> None:
        super().__init__(
            window, "correctTenderSheet", _("Correct how it was paid"), main_text=_("Put it right"), width=620
        )  # fmt: skip
        self._currency, self._tenders = currency_code, tenders
        self._digits = currency(currency_code).digits
        self._wrong, self._right = QButtonGroup(self), QButtonGroup(self)
        self._form = Form("correctForm")
        self._amount = figure_field("correctAmount")
        self._last4 = text_field("correctLast4", longest=4)
        self._reasons = ReasonButtons("correct", CORRECTION_REASONS)
        self._fill()
        self._wrong.idClicked.connect(self._on_wrong)
        self._right.idClicked.connect(self._on_right)
        self.accepted.connect(self._on_accepted)
        first = next(place for place, tender in enumerate(tenders) if tender.kind in _KINDS)
        self._wrong.button(first).setChecked(True)
        self._on_wrong(first)

    def _fill(self) -> None:
        self.body.addWidget(label(_("Keyed was"), "secondary"))
        texts = screen_texts()
        row = QHBoxLayout()
        row.setSpacing(8)
        for place, tender in enumerate(self._tenders):
            words = tender_words(tender.kind, tender.card_type, tender.card_last4)
            text = f"{words} {texts.amount(tender.amount_minor, self._currency)}"
            button = KeyButton(text, f"correctWrong{place + 1}", role="choice")
            button.setEnabled(tender.kind in _KINDS)
            self._wrong.addButton(button, place)
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(label(_("Paid was"), "secondary"))
        kinds = QHBoxLayout()
        kinds.setSpacing(8)
        for place, text in enumerate((_("Cash"), *(_(words) for _key, words in CARD_TYPES))):
            button = KeyButton(text, f"correctRight{place + 1}", role="choice")
            self._right.addButton(button, place)
            kinds.addWidget(button, 1)
        self.body.addLayout(kinds)
        self._form.add("amount", _("Amount"), self._amount)
        self._form.add("card_last4", _("Last four digits of the card"), self._last4, _("may stay empty"))
        self._form.add("reason", _("Reason"), self._reasons.field)
        self.body.addWidget(self._form)
        self.body.addWidget(self._reasons)

    def _on_wrong(self, place: int) -> None:
        """The whole of it, and the other means: what is most often meant."""
        tender = self._tenders[place]
        self._amount.setText(format_amount(tender.amount_minor, self._digits))
        other = 1 if tender.kind == TenderKind.CASH else 0
        self._right.button(other).setChecked(True)
        self._on_right(other)

    def _on_right(self, place: int) -> None:
        self._last4.setEnabled(place > 0)
        if not place:
            self._last4.clear()

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        try:
            amount = self._read_amount()
        except InvalidInput as error:
            self._form.show_error("amount", problems.sentence(error))
            return
        reason, last4 = self._reasons.field.text().strip(), self._last4.text().strip()
        if last4 and not (len(last4) == 4 and last4.isascii() and last4.isdigit()):
            self._form.show_error("card_last4", problems.sentence(InvalidInput("card_last4", "", "four_digits")))
        elif not reason:
            self._form.show_error("reason", _("Say why; it is kept with the books."))
        else:
            place, right = self._wrong.checkedId(), self._right.checkedId()
            kind = TenderKind.CARD if right else TenderKind.CASH
            self.dismiss()
            self.given.emit(place, Tender(kind, amount, CARD_TYPES[right - 1][0] if right else "", last4), reason)

    def _read_amount(self) -> int:
        """Read how much was keyed wrongly; raises InvalidInput for nothing, and for more than was paid that way.

        It is told here, where it can be typed again: what the shop's books refuse comes when the sheet is gone.
        """
        amount = parse_amount(self._amount.text(), self._digits)
        if not amount:
            raise InvalidInput("amount", "0", "empty")
        if amount > self._tenders[self._wrong.checkedId()].amount_minor:
            raise InvalidInput("amount", self._amount.text(), "above_tender")
        return amount
