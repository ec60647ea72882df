"""The small sheets of the till: discount, price, unknown disc, chooser, held baskets, a reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from av_pos import problems
from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.money import parse_amount, parse_percent
from av_pos.domain.pricing import Discount
from av_pos.errors import InvalidInput
from av_pos.i18n import N_, _, currency, screen_texts
from av_pos.services.editions import CopyRow, EditionRow
from av_pos.services.held_baskets import HeldRow
from av_pos.ui import actions
from av_pos.ui.stock import stock_words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

REASONS = (N_("Regular customer"), N_("Damaged sleeve"), N_("Display copy"), N_("Price match"))
VOID_REASONS = (N_("Keyed wrongly"), N_("Customer changed their mind"), N_("Wrong payment"))
DRAWER_REASONS = (N_("Change for a note"), N_("Checking the drawer"), N_("Wrong change given"))


def text_field(object_name: str, *, longest: int = 120) -> QLineEdit:
    """A plain field for words."""
    made = QLineEdit()
    made.setObjectName(object_name)
    made.setMaxLength(longest)
    return made


def figure_field(object_name: str) -> QLineEdit:
    """A field for an amount: digits stand on the right, no input method eats them."""
    made = text_field(object_name, longest=16)
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    made.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
    return made


class ReasonButtons(QWidget):
    """Reasons to press, and a field for another one. `with_keys` gives them the keys reason_1, reason_2 …"""

    def __init__(self, name: str, reasons: Sequence[str], *, with_keys: bool = False) -> None:
        super().__init__()
        self.field = text_field(f"{name}Reason")
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._texts = [_(reason) for reason in reasons]
        for number, text in enumerate(self._texts):
            action = f"reason_{number + 1}" if with_keys else ""
            button = KeyButton(text, f"{name}Reason{number + 1}", action=action)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._group.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        self._group.idClicked.connect(self._on_chosen)

    def press(self, number: int) -> None:
        """Take the reason at this place, if there is one."""
        if number < len(self._texts):
            self.field.setText(self._texts[number])

    def _on_chosen(self, number: int) -> None:
        self.press(number)


class DiscountSheet(Sheet):
    """F7: off the line, off the whole, or a new price; each with its reason.

    `line_chosen(Discount)`, `basket_chosen(Discount)` or `price_chosen(minor, reason)` comes when it can be meant.
    """

    line_chosen = Signal(object)
    basket_chosen = Signal(object)
    price_chosen = Signal(int, str)

    def __init__(self, window: QWidget, currency_code: str, line_title: str) -> None:
        super().__init__(window, "discountSheet", _("Discount"), main_text=_("Apply"), width=560)
        self._digits = currency(currency_code).digits
        self._targets = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        for number, text in enumerate((_("This line"), _("The whole basket"), _("New price"))):
            button = KeyButton(text, f"discountTarget{number + 1}", role="switch")
            self._targets.addButton(button, number)
            row.addWidget(button, 1)
        self._targets.button(0).setChecked(True)
        self.body.addLayout(row)
        self._about = label(line_title, "secondary", "discountAbout", wrap=True)
        self._line_title = line_title
        self.body.addWidget(self._about)
        self._form = Form("discountForm")
        self._value = figure_field("discountValue")
        self._form.add("value", _("How much"), self._value, _("10% takes a tenth off, 10 takes that amount off"))
        self._reasons = ReasonButtons("discount", REASONS)
        self._form.add("reason", _("Reason"), self._reasons.field)
        self.body.addWidget(self._form)
        self.body.addWidget(self._reasons)
        self._targets.idClicked.connect(self._on_target)
        self.accepted.connect(self._on_accepted)

    def _on_target(self, number: int) -> None:
        self._about.setText("" if number == 1 else self._line_title)
        self._value.setFocus()

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        reason = self._reasons.field.text().strip()
        try:
            value = self._discount(reason)
        except InvalidInput as error:
            self._form.show_error("value", problems.sentence(error))
            return
        if not reason:
            self._form.show_error("reason", _("Say why; it stands on the receipt."))
            return
        target = self._targets.checkedId()
        self.dismiss()
        if target == 2:
            self.price_chosen.emit(value.value, reason)
        else:
            (self.basket_chosen if target == 1 else self.line_chosen).emit(value)

    def _discount(self, reason: str) -> Discount:
        text = self._value.text().strip()
        if text.endswith(("%", "％")) and self._targets.checkedId() != 2:
            return Discount("percent", parse_percent(text), reason)
        return Discount("amount", parse_amount(text, self._digits), reason)


class UnknownSheet(Sheet):
    """A code nobody knows: sell it with a title and a price, or drop it. `chosen(title, minor)`."""

    chosen = Signal(str, int)

    def __init__(self, window: QWidget, currency_code: str, code: str) -> None:
        super().__init__(
            window, "unknownSheet", _("This disc is not in the catalogue"), main_text=_("Sell as unknown"),
            cancel_text=_("Put it aside"), width=460,
        )  # fmt: skip
        self._digits = currency(currency_code).digits
        self.body.addWidget(label(_("Code {code}").format(code=code), "secondary", "unknownCode"))
        self._form = Form("unknownForm")
        self._title = text_field("unknownTitle", longest=200)
        self._price = figure_field("unknownPrice")
        self._form.add("title", _("What stands on it"), self._title)
        self._form.add("price", _("Price"), self._price)
        self.body.addWidget(self._form)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        title = self._title.text().strip()
        if not title:
            self._form.show_error("title", _("Type what stands on the disc."))
            return
        try:
            price = parse_amount(self._price.text(), self._digits)
        except InvalidInput as error:
            self._form.show_error("price", problems.sentence(error))
            return
        self.dismiss()
        self.chosen.emit(title, price)


class ChooserSheet(Sheet):
    """Several editions bear one code: the cashier looks at the disc and chooses. `chosen(edition_id)`."""

    chosen = Signal(int)

    def __init__(self, window: QWidget, currency_code: str, choices: Sequence[EditionRow]) -> None:
        super().__init__(window, "chooserSheet", _("Which one is it?"), main_text=_("Take this one"), width=640)
        columns: tuple[Column[EditionRow], ...] = (
            Column(_("Disc"), _edition_cell, "disc", stretch=True),
            Column(_("Label"), _label_words),
            Column(_("In stock"), _on_hand, "number"),
            Column(_("Price"), _price, "money", strong=True),
        )
        self.table: DataTable[EditionRow] = DataTable(
            "chooserTable", _("Editions with this code"), columns, currency_code=currency_code, key=_edition_id
        )
        self.table.setMinimumHeight(220)
        self.table.set_rows(choices)
        self.table.step(1)
        self.table.chosen.connect(self._on_accepted)
        self.body.addWidget(self.table)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self, _row: object = None) -> None:
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.id)


class HeldSheet(Sheet):
    """The waiting baskets. `chosen(basket_id)` brings one back."""

    chosen = Signal(int)

    def __init__(self, window: QWidget, currency_code: str, held: Sequence[HeldRow], zone: str) -> None:
        super().__init__(window, "heldSheet", _("Held baskets"), main_text=_("Recall"), width=640)
        self._zone = zone
        columns: tuple[Column[HeldRow], ...] = (
            Column(_("Since"), self._since),
            Column(_("By"), _held_by),
            Column(_("Basket"), _held_words, stretch=True),
            Column(_("Amount"), _held_total, "money", strong=True),
        )
        self.table: DataTable[HeldRow] = DataTable(
            "heldTable", _("Held baskets"), columns, currency_code=currency_code, key=_held_id,
            empty=_("No basket waits. Hold puts the open one here."),
        )  # fmt: skip
        self.table.setMinimumHeight(220)
        self.table.set_rows(held)
        self.table.step(1)
        self.table.chosen.connect(self._on_accepted)
        self.body.addWidget(self.table)
        self.accepted.connect(self._on_accepted)

    def _since(self, row: HeldRow) -> str:
        held_at: datetime = row.held_at
        return screen_texts().time(held_at, self._zone)

    def _on_accepted(self, _row: object = None) -> None:
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.basket_id)


class ReasonSheet(Sheet):
    """Asks why, names what is lost. `given(reason)`."""

    given = Signal(str)

    def __init__(
        self,
        window: QWidget,
        name: str,
        title: str,
        about: str,
        main_text: str,
        reasons: Sequence[str],
        *,
        dangerous: bool,
    ) -> None:
        super().__init__(window, name, title, main_text=main_text, dangerous=dangerous, width=560)
        self.body.addWidget(label(about, "secondary", f"{name}About", wrap=True))
        self._form = Form(f"{name}Form")
        self._reasons = ReasonButtons(name, reasons)
        self._form.add("reason", _("Reason"), self._reasons.field)
        self.body.addWidget(self._form)
        self.body.addWidget(self._reasons)
        self.accepted.connect(self._on_accepted)

    def _first_focus(self) -> QWidget:
        # On Cancel, the first blank of a typed reason would close the sheet; without a reason nothing is done anyway.
        return self._reasons.field

    def _on_accepted(self) -> None:
        reason = self._reasons.field.text().strip()
        if not reason:
            self._form.show_error("reason", _("Say why; it is kept with the books."))
            return
        self.dismiss()
        self.given.emit(reason)


class VoucherSheet(Sheet):
    """Asks for a gift card or store credit while paying: scanned or typed. `given(code)`."""

    given = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "voucherSheet", _("Voucher"), main_text=_("Pay with it"), width=460)
        self.body.addWidget(label(_("Scan the gift card or store credit, or type its number."), "secondary"))
        self._code = text_field("voucherCode", longest=40)
        self._code.setAccessibleName(_("Number of the voucher"))
        self._trouble = label("", "error", "voucherCodeError", wrap=True)
        self._trouble.hide()
        self.body.addWidget(self._code)
        self.body.addWidget(self._trouble)
        self.accepted.connect(self._on_accepted)

    def take_scan(self, code: str) -> bool:
        """A scan here is the voucher."""
        self._code.setText(code)
        self._on_accepted()
        return True

    def _on_accepted(self) -> None:
        code = self._code.text().strip()
        if not code:
            return
        if read_code(code).kind is not CodeKind.VOUCHER:
            # Said here, where a slip of the fingers is put right; a closed sheet would have to be asked for again.
            self._trouble.setText(_("That is neither a gift card nor a store credit."))
            self._trouble.show()
            self._code.setFocus()
            self._code.selectAll()
            return
        self.dismiss()
        self.given.emit(code)


class MoreSheet(Sheet):
    """F10: what is needed less often, one letter each. `chosen(action_id)`. `texts` say more than an action's name."""

    chosen = Signal(str)

    def __init__(
        self, window: QWidget, choices: Sequence[tuple[str, bool]], texts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(window, "moreSheet", _("More"), cancel_text=_("Close"), width=420)
        self.body.setSpacing(6)
        self._ids = [action_id for action_id, _enabled in choices]
        self._group = QButtonGroup(self)
        for number, (action_id, enabled) in enumerate(choices):
            text = (texts or {}).get(action_id) or actions.action_text(action_id)
            button = KeyButton(text, f"more_{action_id}", action=action_id)
            button.setEnabled(enabled)
            self._group.addButton(button, number)
            self.body.addWidget(button)
            if enabled:
                actions.bind(self, action_id, button.click)
        self._group.idClicked.connect(self._on_chosen)

    def _on_chosen(self, number: int) -> None:
        self.dismiss()
        self.chosen.emit(self._ids[number])


class PriceCheckSheet(Sheet):
    """F5: scan a disc to see its price without selling it; `code_scanned` is answered by one of the show methods."""

    add_asked = Signal(int)
    code_scanned = Signal(str)

    def __init__(self, window: QWidget, currency_code: str) -> None:
        super().__init__(window, "priceCheckSheet", _("Price check"), main_text=_("Add to the basket"),
                         cancel_text=_("Close"), width=460)  # fmt: skip
        self._currency = currency_code
        self._edition_id = 0
        self._title = label(_("Scan a disc"), "section", "priceCheckTitle", wrap=True)
        self._about = label("", "secondary", "priceCheckAbout", wrap=True)
        self._price = label("", "amount", "priceCheckPrice")
        self._stock = label("", "secondary", "priceCheckStock")
        for part in (self._title, self._about, self._price, self._stock):
            self.body.addWidget(part)
        self.main_button.setEnabled(False)
        self.accepted.connect(self._on_accepted)

    def take_scan(self, code: str) -> bool:
        """A scan here asks for a price."""
        self.code_scanned.emit(code)
        return True

    def show_edition(self, row: EditionRow) -> None:
        """Show this disc."""
        self._edition_id = row.id
        self._title.setText(row.title)
        words = [row.artist, row.format, row.label, row.catalogue_number, str(row.year or "")]
        self._about.setText(" · ".join(word for word in words if word))
        self._price.setText(screen_texts().money(row.price_minor, self._currency))
        shelf = _("shelf {shelf}").format(shelf=row.shelf) if row.shelf else ""
        self._stock.setText(" · ".join(w for w in (stock_words(row.on_hand_qty), shelf) if w))
        self.main_button.setEnabled(True)

    def show_copy(self, row: CopyRow) -> None:
        """Show this used copy; it is sold by its own code."""
        self._edition_id = 0
        self._title.setText(row.title)
        words = [row.artist, row.format, row.grade, row.defects]
        self._about.setText(" · ".join(word for word in words if word))
        self._price.setText(screen_texts().money(row.price_minor, self._currency))
        self._stock.setText(_("one copy, in stock") if row.status == "in_stock" else _("this copy is gone"))
        self.main_button.setEnabled(False)

    def show_nothing(self, code: str) -> None:
        """Say that nobody knows this code."""
        self._edition_id = 0
        self._title.setText(_("Nothing has the code {code}").format(code=code))
        for part in (self._about, self._price, self._stock):
            part.clear()
        self.main_button.setEnabled(False)

    def _on_accepted(self) -> None:
        edition_id = self._edition_id
        self.dismiss()
        if edition_id:
            self.add_asked.emit(edition_id)


def _edition_cell(row: EditionRow) -> DiscCell:
    under: list[str | Mark] = [row.artist, Mark(row.format)]
    if row.year:
        under.append(str(row.year))
    return DiscCell(row.title, tuple(under))


def _label_words(row: EditionRow) -> str:
    return " ".join(word for word in (row.label, row.catalogue_number) if word)


def _on_hand(row: EditionRow) -> int:
    return row.on_hand_qty


def _price(row: EditionRow) -> int:
    return row.price_minor


def _edition_id(row: EditionRow) -> object:
    return row.id


def _held_id(row: HeldRow) -> object:
    return row.basket_id


def _held_by(row: HeldRow) -> str:
    return row.held_by


def _held_total(row: HeldRow) -> int:
    return row.list_total_minor


def _held_words(row: HeldRow) -> str:
    more = row.pieces_qty - 1
    words = row.first_title if more <= 0 else _("{title} and {count} more").format(title=row.first_title, count=more)
    return f"{row.label} · {words}" if row.label else words
