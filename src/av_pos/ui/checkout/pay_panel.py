"""The right side while paying: what is due, with what it is paid, and the change as the largest word."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.money import denominations, parse_amount, quick_amounts
from av_pos.domain.settlement import Tender, TenderKind, change_due, check_next, still_due
from av_pos.errors import InvalidInput
from av_pos.i18n import _, currency, format_amount, screen_texts
from av_pos.ui import icons, theme
from av_pos.ui.tenders import CARD_TYPES, tender_words
from av_pos.ui.widgets.card import Card, Line, empty, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.keypad import Keypad
from av_pos.ui.widgets.money import MoneyLabel

_QUICK = 4
_PAD, _GAP = 14, 8


@dataclass(frozen=True, slots=True)
class Balances:
    """What the shop keeps for who buys, in minor units: stored value, and what points may pay of this bill."""

    stored_minor: int = 0
    points_minor: int = 0


class PayPanel(QWidget):
    """Collects tenders. `paid(tenders)` comes when they reach the total, `backed` when the customer thinks again.

    `voucher_asked` comes when somebody wants to pay with a voucher; whoever looked it up calls `add_voucher`.
    """

    paid = Signal(object)
    backed = Signal()
    refused = Signal(str)
    voucher_asked = Signal()

    def __init__(self, currency_code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("payPanel")
        self._currency = currency_code
        self._digits = currency(currency_code).digits
        self._total = 0
        self._kind = TenderKind.CASH
        self._tenders: list[Tender] = []
        self._balances = Balances()
        self._untouched = True
        self._quick_count = 0
        self._make_parts()
        self._lay_out()
        self._connect()

    def begin(self, total_minor: int, balances: Balances = Balances()) -> None:
        """Start paying this total: cash, the exact amount."""
        self._total = total_minor
        self._balances = balances
        self._tenders.clear()
        self._forget_card()
        self._due.set_minor(total_minor)
        self.choose(TenderKind.CASH)

    def choose(self, kind: TenderKind) -> None:
        """Pay the rest with cash or by card."""
        self._kind = kind
        self.cash.setChecked(kind is TenderKind.CASH)
        self.card.setChecked(kind is TenderKind.CARD)
        for part in self._card_parts:
            part.setVisible(kind is TenderKind.CARD)
        for part in self._cash_parts:
            part.setVisible(kind is TenderKind.CASH)
        self._caption.setText(_("Cash received") if kind is TenderKind.CASH else _("Taken on the card terminal"))
        self._show_rest()

    def take(self) -> None:
        """Enter: take this tender; with enough of them the sale is paid."""
        try:
            tender = self._tender()
            check_next(self._total, self._tenders, tender)
        except InvalidInput as error:
            self.refused.emit(problems.sentence(error))
            self.amount.selectAll()
            return
        self._add(tender)

    def pay_stored(self) -> None:
        """Pay as much as there is with the member's stored value."""
        self._add_balance(TenderKind.STORED, self._balances.stored_minor)

    def pay_points(self) -> None:
        """Pay as much as may be with the member's points."""
        self._add_balance(TenderKind.POINTS, self._balances.points_minor)

    def add_voucher(self, voucher_id: int, balance_minor: int) -> None:
        """Pay as much as there is with a gift card or store credit; the same one only once."""
        if any(tender.voucher_id == voucher_id for tender in self._tenders):
            self.refused.emit(_("This voucher pays already."))
        elif amount := min(balance_minor, self._rest()):
            self._add(Tender(TenderKind.VOUCHER, amount, voucher_id=voucher_id))
        else:
            self.refused.emit(_("Nothing is left on this voucher."))

    def _add_balance(self, kind: TenderKind, balance_minor: int) -> None:
        if any(tender.kind is kind for tender in self._tenders):
            return
        if amount := min(balance_minor, self._rest()):
            self._add(Tender(kind, amount))

    def _add(self, tender: Tender) -> None:
        tenders = [*self._tenders, tender]
        if still_due(self._total, tenders) == 0:
            self.paid.emit(tuple(tenders))
            return
        self._tenders = tenders
        self._forget_card()
        self._show_rest()

    def _forget_card(self) -> None:
        # The next one is another card: what was noted of this one belongs on no other slip.
        self._type_buttons[0].setChecked(True)
        self.last4.clear()

    def _tender(self) -> Tender:
        amount = parse_amount(self.amount.text(), self._digits)
        if self._kind is TenderKind.CASH:
            return Tender(TenderKind.CASH, amount)
        return Tender(TenderKind.CARD, amount, CARD_TYPES[self._types.checkedId()][0], self.last4.text())

    def _rest(self) -> int:
        return still_due(self._total, self._tenders)

    def _show_rest(self) -> None:
        rest = self._rest()
        self._still.set_minor(rest)
        self._show_tenders()
        self._show_balances()
        self._untouched = True
        self.amount.setText(format_amount(rest, self._digits))
        self.amount.selectAll()
        self.amount.setFocus()
        self._show_quick(quick_amounts(rest, self._digits, denominations(self._currency)))
        self._show_change()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See what fits."""
        super().resizeEvent(event)
        self._make_room()

    def event(self, event: QEvent) -> bool:
        """See what fits when a payment came or went."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return done

    def _make_room(self) -> None:
        """A low screen and many payments: amounts to tap go first, then the pad; no key is ever cut or covered."""
        has_quick = any(not button.isHidden() for button in self._quick_buttons)
        quick = self._quick_buttons[0].minimumSizeHint().height() + _GAP if self._quick_count else 0
        pad = self._pad.minimumSizeHint().height() + _GAP
        spare = self.height() - self._column.totalMinimumSize().height()
        spare += (quick if has_quick else 0) + (0 if self._pad.isHidden() else pad)
        self._pad.setVisible(spare >= pad)
        self._show_quick_buttons(has_room=spare >= (pad if spare >= pad else 0) + quick)

    def _show_quick_buttons(self, *, has_room: bool) -> None:
        for place, button in enumerate(self._quick_buttons):
            button.setVisible(has_room and place < self._quick_count)

    def _show_quick(self, amounts: Sequence[int]) -> None:
        self._quick_count = len(amounts) if self._kind is TenderKind.CASH else 0
        self._show_quick_buttons(has_room=True)
        for place, button in enumerate(self._quick_buttons):
            if place < len(amounts):
                minor = amounts[place]
                whole = minor % 10**self._digits == 0
                button.setText(
                    format_amount(minor // 10**self._digits, 0) if whole else format_amount(minor, self._digits)
                )
                button.setProperty("minor", minor)

    def _show_tenders(self) -> None:
        empty(self._paid_rows)
        for row, tender in enumerate(self._tenders):
            amount = MoneyLabel("", self._currency, size="moneySmall")
            amount.set_minor(-tender.amount_minor)
            drop = QPushButton()
            drop.setObjectName(f"dropTender{row + 1}")
            drop.setAccessibleName(_("Take this payment back"))
            drop.setIcon(icons.icon("close", size=16))
            drop.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            theme.set_role(drop, "barButton")
            self._drops.addButton(drop, row)
            self._paid_rows.addWidget(label(tender_words(tender.kind, tender.card_type, tender.card_last4)), row, 0)
            self._paid_rows.addWidget(amount, row, 1)
            self._paid_rows.addWidget(drop, row, 2)

    def _show_balances(self) -> None:
        texts = screen_texts()
        used = {tender.kind for tender in self._tenders}
        for button, kind, words, minor in (
            (self.stored, TenderKind.STORED, _("Stored {amount}"), self._balances.stored_minor),
            (self.points, TenderKind.POINTS, _("Points {amount}"), self._balances.points_minor),
        ):
            button.setVisible(minor > 0)
            button.setText(words.format(amount=texts.money(minor, self._currency)))
            button.setEnabled(kind not in used)

    def _show_change(self) -> None:
        try:
            amount = parse_amount(self.amount.text(), self._digits)
        except InvalidInput:
            amount = 0
        tenders = [*self._tenders, Tender(self._kind, amount)]
        self._change.set_minor(change_due(self._total, tenders))
        text = screen_texts().money(amount, self._currency)
        last = still_due(self._total, tenders) == 0
        self.take_button.setText((_("Take {amount}") if last else _("Add {amount}")).format(amount=text))
        for button in self._quick_buttons:
            button.setChecked(button.property("minor") == amount)

    def _on_typed(self, text: str) -> None:
        if self._untouched or self.amount.hasSelectedText():
            self.amount.clear()
        self._untouched = False
        self.amount.insert(text)

    def _on_rubbed_out(self) -> None:
        self._untouched = False
        if self.amount.hasSelectedText():
            self.amount.clear()
        else:
            self.amount.backspace()

    def _on_edited(self, _text: str) -> None:
        # textChanged comes as well, and shows the change.
        self._untouched = False

    def _on_changed(self, _text: str) -> None:
        self._show_change()

    def _on_quick(self, place: int) -> None:
        minor = int(self._quick_buttons[place].property("minor"))
        self._untouched = False
        self.amount.setText(format_amount(minor, self._digits))
        self.amount.setFocus()

    def _on_drop(self, row: int) -> None:
        del self._tenders[row]
        self._show_rest()

    def _on_cash(self) -> None:
        self.choose(TenderKind.CASH)

    def _on_card(self) -> None:
        self.choose(TenderKind.CARD)

    def _make_parts(self) -> None:
        self._due = MoneyLabel("payDue", self._currency, size="moneyAmount", with_sign=True)
        self._still = MoneyLabel("stillDue", self._currency, size="moneyStrong")
        self._change = MoneyLabel("changeDue", self._currency, size="moneyChange", with_sign=True)
        self._caption = label("", "secondary", "tenderCaption")
        self._paid_rows = QGridLayout()
        self._paid_rows.setColumnStretch(0, 1)
        self._drops = QButtonGroup(self)
        self._pad = Keypad("cashPad", extra="." if self._digits else "00", height=38)
        self._make_buttons()
        self._make_amount()
        self._make_card_parts()

    def _make_buttons(self) -> None:
        self.cash = KeyButton(_("Cash"), "tenderCash", action="cash", role="switch")
        self.card = KeyButton(_("Card"), "tenderCard", action="card", role="switch")
        self.stored = KeyButton("", "tenderStored", action="pay_stored")
        self.points = KeyButton("", "tenderPoints", action="pay_points")
        self.voucher = KeyButton(_("Voucher"), "tenderVoucher", action="pay_voucher")
        self.back_button = KeyButton(_("Back"), "backButton", action="back")
        self.take_button = KeyButton(_("Take"), "takeButton", action="take", role="primary")
        for button in (self.back_button, self.take_button):
            button.setMinimumHeight(60)
        for button in (self.cash, self.card, self.stored, self.points, self.voucher, self.back_button,
                       self.take_button):  # fmt: skip
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _make_amount(self) -> None:
        self.amount = QLineEdit()
        self.amount.setObjectName("cashReceived")
        self.amount.setAccessibleName(_("Amount received"))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.amount.setMaxLength(16)
        self.amount.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
        theme.set_role(self.amount, "figure")
        self._quick_buttons = [KeyButton("", f"quick{n + 1}", role="choice") for n in range(_QUICK)]
        self._quick = self._group_of(self._quick_buttons)
        self._quick.setExclusive(False)

    def _make_card_parts(self) -> None:
        self._type_buttons = [
            KeyButton(_(text), f"cardType{n + 1}", role="choice") for n, (_key, text) in enumerate(CARD_TYPES)
        ]
        self._types = self._group_of(self._type_buttons)
        self.last4 = QLineEdit()
        self.last4.setObjectName("cardLast4")
        self.last4.setAccessibleName(_("Last four digits of the card"))
        self.last4.setPlaceholderText(_("last four digits"))
        self.last4.setMaxLength(4)

    def _group_of(self, buttons: Sequence[KeyButton]) -> QButtonGroup:
        """Number these buttons; a tap on one leaves the focus in the amount."""
        made = QButtonGroup(self)
        for place, button in enumerate(buttons):
            made.addButton(button, place)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        # A till's screen is low: what is paid with, pad and change must stand above each other on 720 lines.
        column.setSpacing(_GAP)
        column.addWidget(self._due_card())
        # Cash, card, voucher; below them what the shop keeps for a member.
        for buttons in ((self.cash, self.card, self.voucher), (self.stored, self.points)):
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in buttons:
                # The one with the longest keys needs the most room.
                row.addWidget(button, button.sizeHint().width())
            column.addLayout(row)
        column.addWidget(self._amount_card(), 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self.back_button)
        foot.addWidget(self.take_button, 1)
        column.addLayout(foot)

    def _due_card(self) -> Card:
        card = Card("dueCard", pad=_PAD)
        card.body.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(label(_("To pay"), "secondary"), 0, Qt.AlignmentFlag.AlignBottom)
        top.addWidget(self._due, 1)
        card.body.addLayout(top)
        card.body.addLayout(self._paid_rows)
        card.body.addWidget(Line())
        rest = QHBoxLayout()
        rest.addWidget(label(_("Still due"), "strong"), 1)
        rest.addWidget(self._still)
        card.body.addLayout(rest)
        return card

    def _amount_card(self) -> Card:
        card = Card("amountCard", pad=_PAD)
        card.body.setSpacing(_GAP)
        top = QHBoxLayout()
        top.addWidget(self._caption)
        top.addWidget(self.amount, 1)
        card.body.addLayout(top)
        quick = QHBoxLayout()
        quick.setSpacing(8)
        for button in self._quick_buttons:
            quick.addWidget(button, 1)
        card.body.addLayout(quick)
        types = QGridLayout()
        types.setSpacing(8)
        for place, button in enumerate(self._type_buttons):
            types.addWidget(button, place // 2, place % 2)
        card.body.addLayout(types)
        card.body.addWidget(self.last4)
        card.body.addWidget(self._pad, 6)
        card.body.addStretch(1)
        change = self._change_card()
        card.body.addWidget(change)
        self._cash_parts: tuple[QWidget, ...] = (change,)
        self._card_parts: tuple[QWidget, ...] = (*self._type_buttons, self.last4)
        return card

    def _change_card(self) -> Card:
        card = Card("changeCard", role="panel", pad=8)
        row = QHBoxLayout()
        row.addWidget(label(_("Change"), "secondary"), 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._change, 1)
        card.body.addLayout(row)
        return card

    def _connect(self) -> None:
        self.amount.textEdited.connect(self._on_edited)
        self.amount.textChanged.connect(self._on_changed)
        self._pad.typed.connect(self._on_typed)
        self._pad.rubbed_out.connect(self._on_rubbed_out)
        self._quick.idClicked.connect(self._on_quick)
        self._drops.idClicked.connect(self._on_drop)
        self.cash.clicked.connect(self._on_cash)
        self.card.clicked.connect(self._on_card)
        self.back_button.clicked.connect(self.backed)
        self.take_button.clicked.connect(self.take)
        self.stored.clicked.connect(self.pay_stored)
        self.points.clicked.connect(self.pay_points)
        self.voucher.clicked.connect(self.voucher_asked)
