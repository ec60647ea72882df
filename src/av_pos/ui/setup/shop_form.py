"""What somebody types in to open a shop of their own."""

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.money import parse_percent
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, screen_texts
from av_pos.services.setup import NewShop, TaxChoice, list_tax_choices
from av_pos.ui import theme
from av_pos.ui.choices import LANGUAGE_WORDS, ZONES, currency_choices
from av_pos.ui.widgets.card import Card, label, scrolled
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.pin_pad import MOST_DIGITS

_OWN_RATE = "own"
# Where the field of an error is shown under another name, or beside another field.
_PLACES = {"name": "manager_name", "paper_language": "language", "tax_key": "tax", "tax_rate": "tax", "percent": "tax"}


class ShopForm(QWidget):
    """Two cards of fields, Back, and the main button. `opened(draft)` carries a NewShop, not yet checked.

    `printer_tried(url)` asks for a test page.
    """

    opened = Signal(object)
    backed = Signal()
    printer_tried = Signal(str)

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shopForm")
        self.shop, self.counter = Form("setupShopForm"), Form("setupTillForm")
        self._edits: dict[str, QLineEdit] = {}
        self._boxes: dict[str, ChoiceBox] = {}
        self.trouble = label("", "error", "shopTrouble", wrap=True)
        self.back = KeyButton(_("Back"), "setupBackButton", action="back")
        self.main = KeyButton(_("Open my shop"), "openShopButton", action="main", role="primary")
        self._make_shop_fields(language)
        self._make_counter_fields()
        self._lay_out()
        self.back.clicked.connect(self.backed)
        self.main.clicked.connect(self.submit)
        self._boxes["tax"].currentIndexChanged.connect(self._on_tax_chosen)
        self._test.clicked.connect(self._on_test)
        self._on_tax_chosen()

    def begin(self) -> None:
        """Put the cursor into the first field."""
        self._edits["shop_name"].setFocus()

    def values(self) -> dict[str, str]:
        """All that was typed and chosen, by field."""
        return {
            **{name: edit.text() for name, edit in self._edits.items()},
            **{name: box.key() for name, box in self._boxes.items()},
        }

    def fill(self, values: dict[str, str]) -> None:
        """Put back what was typed and chosen before."""
        for name, text in values.items():
            if name in self._edits:
                self._edits[name].setText(text)
            elif name in self._boxes:
                self._boxes[name].choose(text)

    def submit(self) -> None:
        """F12: ask for the shop to be opened, if the PINs and the rate can be meant."""
        self.clear_errors()
        values = self.values()
        if values["pin"] != values["pin_again"]:
            self.counter.show_error("pin_again", _("The two PINs differ. Type the same one twice."))
            return
        try:
            tax_bp = parse_percent(values["tax_rate"]) if values["tax"] == _OWN_RATE else None
        except InvalidInput as error:
            self.show_error(error)
            return
        self.opened.emit(
            NewShop(
                name=values["shop_name"],
                manager_name=values["manager_name"],
                manager_pin=values["pin"],
                language=values["language"],
                currency=values["currency"],
                zone=values["zone"],
                tax_key="" if tax_bp is not None else values["tax"],
                tax_bp=tax_bp,
                printer=values["printer"].strip(),
            )
        )

    def clear_errors(self) -> None:
        """Take all complaints away."""
        self.shop.clear_errors()
        self.counter.clear_errors()
        self.trouble.clear()

    def show_error(self, error: AvPosError) -> None:
        """Say what is wrong, under its field where it has one."""
        sentence = problems.sentence(error)
        key = _PLACES.get(error.field, error.field) if isinstance(error, InvalidInput) else ""
        for form, keys in ((self.shop, _SHOP_KEYS), (self.counter, _COUNTER_KEYS)):
            if key in keys:
                form.show_error(key, sentence)
                return
        self.trouble.setText(sentence)

    def set_busy(self, busy: bool) -> None:
        """While the shop is being made nothing can be changed."""
        for part in (self.shop, self.counter, self.main, self.back):
            part.setDisabled(busy)
        self.main.setText(_("Opening") if busy else _("Open my shop"))

    def show_printer(self, sentence: str, *, good: bool) -> None:
        """Say how the test page fared."""
        self._test.setEnabled(True)
        self._printer_said.setText(sentence)
        self._printer_said.show()
        theme.set_kind(self._printer_said, "ok" if good else "danger")

    # ---- parts ----

    def _make_shop_fields(self, language: str) -> None:
        form = self.shop
        form.add("shop_name", _("Shop's name"), self._edit("shop_name"))
        languages = self._box("language", LANGUAGE_WORDS, language)
        form.add("language", _("Language"), languages, _("Of screens and receipts; each can be changed later."))
        form.add("currency", _("Currency"), self._box("currency", currency_choices(), "CNY"))
        zone = self._box("zone", ZONES, "Asia/Shanghai", free=True)
        form.add("zone", _("Time zone"), zone)
        choices = tuple((c.key, _rate_words(c)) for c in list_tax_choices(language))
        box = self._box("tax", (*choices, (_OWN_RATE, _("Another rate"))), choices[0][0])
        box.setAccessibleName(_("Tax"))
        rate = self._edit("tax_rate")
        rate.setAccessibleName(_("Tax rate in per cent"))
        rate.setPlaceholderText("%")
        rate.setMaximumWidth(90)
        rate.setAlignment(Qt.AlignmentFlag.AlignRight)
        form.add("tax", _("Tax"), _row("setupTaxRow", box, rate), _("Prices contain it."))

    def _make_counter_fields(self) -> None:
        form = self.counter
        printer = self._edit("printer")
        printer.setPlaceholderText("tcp://192.168.1.50:9100")
        printer.setAccessibleName(_("Printer"))
        self._test = KeyButton(_("Test page"), "testPageButton")
        self._printer_said = label("", "hint", "printerSaid", wrap=True)
        self._printer_said.hide()
        hint = _("Network, USB, serial or file. Empty: receipts show on the screen.")
        form.add(
            "printer", _("Printer"), _below(_row("setupPrinterRow", printer, self._test), self._printer_said), hint
        )
        form.add("manager_name", _("Your name"), self._edit("manager_name"), _("You are the first manager."))
        for name, text, hint in (
            ("pin", _("PIN"), _("4 to 12 digits; asked when you sign in and approve.")),
            ("pin_again", _("PIN again"), ""),
        ):
            form.add(name, text, self._pin(name), hint)

    def _edit(self, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(f"{name}Field")
        made.setMaxLength(200)
        self._edits[name] = made
        return made

    def _pin(self, name: str) -> QLineEdit:
        made = self._edit(name)
        made.setEchoMode(QLineEdit.EchoMode.Password)
        made.setMaxLength(MOST_DIGITS)
        made.setValidator(QRegularExpressionValidator(QRegularExpression(f"[0-9]{{0,{MOST_DIGITS}}}"), made))
        made.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhHiddenText)
        return made

    def _box(self, name: str, choices: tuple[tuple[str, str], ...], chosen: str, *, free: bool = False) -> ChoiceBox:
        made = ChoiceBox(f"{name}Field", choices, chosen, free=free)
        self._boxes[name] = made
        return made

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        cards = QHBoxLayout()
        cards.setSpacing(sizes.gap)
        for name, title, form in (
            ("setupShopCard", _("The shop"), self.shop),
            ("setupTillCard", _("This till and you"), self.counter),
        ):
            card = Card(name, pad=sizes.pad + 4)
            card.body.addWidget(label(title, "section"))
            card.body.addWidget(form)
            card.body.addStretch(1)
            cards.addWidget(card, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(cards)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self.back)
        foot.addWidget(self.trouble, 1)
        foot.addWidget(self.main)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(sizes.gap)
        outer.addWidget(scrolled(page, "setupScroll"), 1)
        outer.addLayout(foot)

    def _on_tax_chosen(self) -> None:
        self._edits["tax_rate"].setVisible(self._boxes["tax"].key() == _OWN_RATE)

    def _on_test(self) -> None:
        self.counter.clear_errors()
        self._printer_said.hide()
        url = self._edits["printer"].text().strip()
        if not url:
            self.counter.show_error("printer", _("Type the printer's address first."))
            return
        self._test.setEnabled(False)
        self.printer_tried.emit(url)


_SHOP_KEYS = ("shop_name", "language", "currency", "zone", "tax")
_COUNTER_KEYS = ("printer", "manager_name", "pin", "pin_again")


def _rate_words(choice: TaxChoice) -> str:
    rate = screen_texts().rate(choice.rate_bp)
    return choice.name if rate in choice.name else f"{choice.name} {rate}"


def _row(object_name: str, first: QWidget, second: QWidget) -> QWidget:
    """Two fields that are one to the form: the first takes the focus."""
    made = QWidget()
    made.setObjectName(object_name)
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(first, 1)
    row.addWidget(second)
    made.setFocusProxy(first)
    return made


def _below(first: QWidget, second: QWidget) -> QWidget:
    """A field and what is said about it below."""
    made = QWidget()
    made.setObjectName(f"{first.objectName()}Cell")
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(first)
    column.addWidget(second)
    made.setFocusProxy(first)
    return made
