"""What is asked in a few fields: amounts, points, reasons, the card, what is kept of a member."""

import unicodedata
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from av_pos.domain.money import parse_amount
from av_pos.domain.settlement import TenderKind
from av_pos.errors import InvalidInput
from av_pos.i18n import _, currency, screen_texts
from av_pos.services.member_drafts import CODE_LONGEST
from av_pos.services.members import MemberRow
from av_pos.ui import actions
from av_pos.ui.member_forms import MemberForm
from av_pos.ui.members.sheets import FormAsk, text_field
from av_pos.ui.tenders import tender_words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton

_PAID_BY = (TenderKind.CASH, TenderKind.CARD)


class MoneyAsk(FormAsk):
    """An amount and how it is paid: `(minor, TenderKind)`. `bonus_of` says under it what it brings."""

    def __init__(
        self,
        window: QWidget,
        name: str,
        title: str,
        main_text: str,
        currency_code: str,
        about: str = "",
        *,
        bonus_of: Callable[[int], int] | None = None,
    ) -> None:
        super().__init__(window, name, title, main_text, self.read, about)
        self._currency = currency_code
        self._bonus_of = bonus_of
        self.amount = figure_field(f"{name}Amount")
        self.add("amount", _("Amount"), self.amount)
        self._paid_by = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        for number, kind in enumerate(_PAID_BY):
            action = ("cash", "card")[number]
            button = KeyButton(tender_words(kind.value), f"{name}Paid{number}", action=action, role="switch")
            self._paid_by.addButton(button, number)
            row.addWidget(button, 1)
            actions.bind(self, action, button.click)
        self._paid_by.button(0).setChecked(True)
        self.body.addLayout(row)
        self._brings = label("", "strong", f"{name}Brings", wrap=True)
        self.body.addWidget(self._brings)
        self._brings.setVisible(bonus_of is not None)
        self.amount.textChanged.connect(self._on_amount)
        self._on_amount("")

    def read(self) -> tuple[int, TenderKind]:
        """The amount in minor units and how it is paid. Raises InvalidInput."""
        return read_amount(self.amount, self._currency), _PAID_BY[self._paid_by.checkedId()]

    def _on_amount(self, _text: str) -> None:
        if self._bonus_of is None:
            return
        money = screen_texts().money
        try:
            minor = read_amount(self.amount, self._currency)
            bonus = self._bonus_of(minor)
        except InvalidInput:
            self._brings.setText(_("The bonus stands here before it is paid."))
            return
        form = _("{paid} and {bonus} bonus: {total} to spend") if bonus else _("{total} to spend, no bonus")
        self._brings.setText(
            form.format(
                paid=money(minor, self._currency),
                bonus=money(bonus, self._currency),
                total=money(minor + bonus, self._currency),
            )
        )


class PayOutAsk(FormAsk):
    """An amount to pay out and why: `(minor, reason)`."""

    def __init__(self, window: QWidget, currency_code: str, about: str) -> None:
        super().__init__(window, "payOutStoredSheet", _("Pay stored value out"), _("Pay out"), self.read, about)
        self._currency = currency_code
        self.amount = figure_field("payOutStoredAmount")
        self.reason = text_field("payOutStoredReason")
        self.add("amount", _("Amount"), self.amount)
        self.add("reason", _("Reason"), self.reason)

    def read(self) -> tuple[int, str]:
        """The amount in minor units, and the reason. Raises InvalidInput."""
        return read_amount(self.amount, self._currency), read_reason(self.reason)


class PointsAsk(FormAsk):
    """Points and a word: `(points, words)`. For a gift they are above nothing; by hand they may be below."""

    def __init__(self, window: QWidget, about: str, *, for_gift: bool) -> None:
        name = "giftSheet" if for_gift else "pointsSheet"
        title = _("Points for a gift") if for_gift else _("Change points by hand")
        super().__init__(window, name, title, _("Redeem") if for_gift else _("Change the points"), self.read, about)
        self._word = "gift" if for_gift else "reason"
        self.qty = figure_field(f"{name}Qty")
        self.words = text_field(f"{name}Words")
        self.add("points", _("Points"), self.qty, "" if for_gift else _("100 gives, -100 takes away"))
        self.add(self._word, _("Gift") if for_gift else _("Reason"), self.words)

    def read(self) -> tuple[int, str]:
        """The points and the words. Raises InvalidInput."""
        # An input method left on types digits and signs of full width.
        typed = unicodedata.normalize("NFKC", self.qty.text()).strip()
        text = typed.replace(screen_texts().minus, "-").replace(",", "")
        digits = text.removeprefix("-").removeprefix("+")
        if not (digits.isascii() and digits.isdigit()):
            raise InvalidInput("points", text, "whole_number" if text else "empty")
        qty = -int(digits) if text.startswith("-") else int(digits)
        return qty, read_reason(self.words, self._word)


class ReasonAsk(FormAsk):
    """Why something is done: the reason."""

    def __init__(self, window: QWidget, name: str, title: str, main_text: str, about: str) -> None:
        super().__init__(window, name, title, main_text, self.read, about)
        self.reason = text_field(f"{name}Reason")
        self.add("reason", _("Reason"), self.reason)

    def read(self) -> str:
        """The reason. Raises InvalidInput when there is none."""
        return read_reason(self.reason)


class CardAsk(FormAsk):
    """A new card: the code of one from elsewhere, "" for one of the shop's own."""

    def __init__(self, window: QWidget, about: str) -> None:
        super().__init__(window, "cardSheet", _("Change the card"), _("New card"), self.read, about)
        self.code = text_field("cardSheetCode", CODE_LONGEST)
        self.add("card_code", _("Older card"), self.code, _("empty: the receipt printer prints one"))

    def read(self) -> str:
        """The code typed or scanned."""
        return self.code.text().strip()

    def take_scan(self, code: str) -> bool:
        """A scan here is the new card."""
        self.code.setText(code)
        return True


class EditAsk(FormAsk):
    """What is kept of a member, to be changed: `MemberDraft`."""

    def __init__(self, window: QWidget, row: MemberRow, *, may_say_staff: bool) -> None:
        form = MemberForm("edit", is_new=False, may_say_staff=may_say_staff)
        form.fill(row)
        super().__init__(
            window, "editMemberSheet", _("Change the member"), _("Save"), form.draft, form=form, width=520
        )  # fmt: skip
        self._member = form

    def show_refusal(self, sentence: str, field: str = "") -> None:
        """Say it under its field, or under the phone."""
        self._member.show_error(field if self._member.has(field) else "phone", sentence)


def figure_field(object_name: str) -> QLineEdit:
    """A line for a figure: it stands on the right, no input method eats it."""
    made = text_field(object_name, 16)
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    made.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
    return made


def read_amount(field: QLineEdit, currency_code: str) -> int:
    """The amount typed, in minor units. Raises InvalidInput on "amount"."""
    return parse_amount(field.text(), currency(currency_code).digits)


def read_reason(field: QLineEdit, name: str = "reason") -> str:
    """The words typed. Raises InvalidInput when there are none."""
    words = field.text().strip()
    if not words:
        raise InvalidInput(name, "", "empty")
    return words
