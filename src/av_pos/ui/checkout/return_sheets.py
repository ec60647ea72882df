"""F8: which sale comes back, and what comes back without a receipt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import N_, _, screen_texts
from av_pos.services.editions import EditionRow
from av_pos.services.returns import Chosen
from av_pos.services.sale_search import SaleRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions
from av_pos.ui.checkout.condition_row import ConditionRow
from av_pos.ui.checkout.sheets import ReasonButtons, text_field
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

RETURN_REASONS = (N_("Does not like it"), N_("Faulty"), N_("Wrong disc"), N_("Has it already"))
_TYPING_PAUSE_MS = 80


class FindSaleSheet(Sheet):
    """Finds a sale by one field. `chosen(document_id)`; `no_receipt` when somebody brings a disc alone.

    `find` answers at once and may raise; `find_later`, asked while somebody types, answers by `show_found`. A scanned
    receipt chooses at once.
    """

    chosen = Signal(int)
    no_receipt = Signal()

    def __init__(
        self,
        window: QWidget,
        settings: ShopSettings,
        find: Callable[[str], Sequence[SaleRow]],
        find_later: Callable[[str], None],
        *,
        title: str,
        has_no_receipt: bool,
        typed: str = "",
    ) -> None:
        super().__init__(window, "returnSheet", title, main_text=_("This sale"), width=780)
        self._settings = settings
        self._find, self._find_later = find, find_later
        self._shown_for: str | None = None
        self._takes_first = False
        self._field = text_field("returnField")
        self._field.setAccessibleName(_("Receipt, member, card, day, disc or amount"))
        self._field.setPlaceholderText(_("Scan the receipt; or number, member, card ·1234, day, disc, amount"))
        self._field.setText(typed)
        self._trouble = label("", "error", "returnTrouble", wrap=True)
        self._trouble.hide()
        self.table = self._make_table()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._fill(has_no_receipt=has_no_receipt)
        self._field.textEdited.connect(self._on_typed)
        self._pause.timeout.connect(self._on_pause)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        actions.bind(self, "line_up", self._line_up)
        actions.bind(self, "line_down", self._line_down)
        self._find_now()

    def take_scan(self, code: str) -> bool:
        """A receipt scanned here is opened at once, and so is what leads to one sale only."""
        self._field.setText(code)
        self._find_now()
        if len(self.table.rows_shown) == 1:
            self._on_accepted()
        return True

    def show_found(self, typed: str, rows: Sequence[SaleRow]) -> None:
        """Show what was found for `typed`, unless something else stands in the field meanwhile."""
        if typed == self._field.text():
            self._show(rows)
            if self._takes_first:
                self._on_accepted()

    def show_trouble(self, error: Exception) -> None:
        """Say why nothing can be found."""
        self._show(())
        self._trouble.setText(problems.sentence(error, self._settings.currency))
        self._trouble.show()

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self._field.text()

    def _make_table(self) -> DataTable[SaleRow]:
        columns: tuple[Column[SaleRow], ...] = (
            Column(_("Receipt"), _number),
            Column(_("Time"), self._when),
            Column(_("Disc"), _what, "disc", stretch=True),
            Column(_("Amount"), _total, "money", strong=True),
        )
        table: DataTable[SaleRow] = DataTable(
            "returnSales", _("Sales found"), columns, currency_code=self._settings.currency, key=_document_id,
            empty=_("Nothing found. Try the day, the amount, or a word of the title."),
        )  # fmt: skip
        table.setMinimumHeight(280)
        return table

    def _fill(self, *, has_no_receipt: bool) -> None:
        for part in (self._field, self._trouble, self.table):
            self.body.addWidget(part)
        if has_no_receipt:
            row = QHBoxLayout()
            button = KeyButton(_("Without a receipt"), "noReceiptButton", action="no_receipt")
            button.clicked.connect(self._on_no_receipt)
            actions.bind(self, "no_receipt", button.click)
            row.addWidget(button)
            row.addStretch(1)
            self.body.addLayout(row)

    def _on_typed(self, _text: str) -> None:
        self._takes_first = False
        self._pause.start()

    def _on_pause(self) -> None:
        self._find_later(self._field.text())

    def _find_now(self) -> None:
        self._pause.stop()
        try:
            self._show(self._find(self._field.text()))
        except AvPosError as error:
            self.show_trouble(error)

    def _show(self, rows: Sequence[SaleRow]) -> None:
        self._shown_for = self._field.text()
        self._trouble.hide()
        self.table.set_rows(rows)
        self.table.setCurrentIndex(self.table.model().index(0, 0))

    def _line_up(self) -> None:
        self.table.step(-1)

    def _line_down(self) -> None:
        self.table.step(1)

    def _on_accepted(self, _row: object = None) -> None:
        self._takes_first = self._shown_for != self._field.text()
        if self._takes_first:
            # Enter was faster than the search: its first answer is meant.
            self._pause.stop()
            self._find_later(self._field.text())
            return
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.document_id)

    def _on_no_receipt(self) -> None:
        self.dismiss()
        self.no_receipt.emit()

    def _when(self, row: SaleRow) -> str:
        return screen_texts().date_time(row.occurred_at, self._settings.zone)


@dataclass(frozen=True, slots=True)
class NoReceipt:
    """What comes back without a receipt: pieces of an edition, why, and who brings them."""

    edition_id: int
    chosen: Chosen
    reason: str
    identity: str


class NoReceiptSheet(Sheet):
    """A disc without a receipt: store credit at the lowest price of 90 days. `given(NoReceipt)`.

    `looked_for(text)` asks whoever opened it for a disc, who answers by `show_disc` or `show_trouble`.
    """

    looked_for = Signal(str)
    given = Signal(object)

    def __init__(self, window: QWidget, currency: str) -> None:
        super().__init__(
            window, "noReceiptSheet", _("Without a receipt"), main_text=_("Give store credit"), width=680
        )  # fmt: skip
        self._currency = currency
        self._edition_id = 0
        self._piece_minor = 0
        self._asked_for = ""
        about = _("There is store credit only, at the lowest price of the last 90 days. Note who brings the disc.")
        self.body.addWidget(label(about, "secondary", "noReceiptAbout", wrap=True))
        self._form = Form("noReceiptForm")
        self._field = text_field("noReceiptDisc")
        self._form.add("disc", _("Disc"), self._field)
        self._title = label("", "strong", "noReceiptTitle", wrap=True)
        self._pieces = ConditionRow("noReceipt", with_keys=False)
        self._pieces.show_state(1, "stock", "", "")
        self._reasons = ReasonButtons("noReceipt", RETURN_REASONS)
        self._identity = text_field("noReceiptIdentity", longest=200)
        self._form.add("identity", _("Who brings it"), self._identity, _("name and what was shown; kept in the log"))
        self._form.add("reason", _("Reason"), self._reasons.field)
        for part in (self._title, self._form, self._reasons, self._pieces):
            self.body.addWidget(part)
        self._qty = 1
        self._pieces.more_pressed.connect(self._one_more)
        self._pieces.less_pressed.connect(self._one_less)
        self._pieces.changed.connect(self._show_worth)
        self.accepted.connect(self._on_accepted)
        self._show_worth()

    def take_scan(self, code: str) -> bool:
        """A scan here is the disc."""
        self._field.setText(code)
        self._look()
        return True

    def show_disc(self, row: EditionRow, piece_minor: int) -> None:
        """Take this disc; one piece of it brings `piece_minor`."""
        self._edition_id, self._piece_minor = row.id, piece_minor
        self._field.setText(row.title)
        self._asked_for = row.title
        self._form.clear_errors()
        self._show_worth(row)
        self._identity.setFocus()

    def show_trouble(self, field: str, sentence: str) -> None:
        """Say at a field ("disc", "reason", "identity") what is wrong."""
        self._form.show_error(field, sentence)

    def _look(self) -> None:
        self._edition_id = 0
        self._asked_for = self._field.text()
        self._form.clear_errors()
        self._show_worth()
        if text := self._field.text().strip():
            self.looked_for.emit(text)
        else:
            self._form.show_error("disc", _("Scan the disc, or type its title."))

    def _one_more(self) -> None:
        self._set_qty(self._qty + 1)

    def _one_less(self) -> None:
        self._set_qty(self._qty - 1)

    def _set_qty(self, qty: int) -> None:
        self._qty = max(1, qty)
        self._show_worth()

    def _show_worth(self, row: EditionRow | None = None) -> None:
        self._pieces.show_qty(self._qty)
        if not self._edition_id:
            self._title.setText(_("Scan the disc, or type its title."))
            return
        if row is not None:
            self._words = " · ".join(word for word in (row.title, row.artist, row.format) if word)
        money = screen_texts().money(self._qty * self._piece_minor, self._currency)
        self._title.setText(_("{disc}: {amount} as store credit").format(disc=self._words, amount=money))

    def _on_accepted(self) -> None:
        if not self._edition_id or self._asked_for != self._field.text():
            self._look()
            return
        self._form.clear_errors()
        reason, identity = self._reasons.field.text().strip(), self._identity.text().strip()
        if not identity:
            self._form.show_error("identity", _("Write down who brings the disc."))
        elif not reason:
            self._form.show_error("reason", _("Say why; it is kept with the books."))
        else:
            chosen = Chosen(0, self._qty, *self._pieces.state())
            self.given.emit(NoReceipt(self._edition_id, chosen, reason, identity))


def _document_id(row: SaleRow) -> object:
    return row.document_id


def _number(row: SaleRow) -> str:
    return row.number


def _total(row: SaleRow) -> int:
    return row.total_minor


def _what(row: SaleRow) -> DiscCell:
    more = row.items_qty - 1
    title = row.first_title if more <= 0 else _("{title} and {count} more").format(title=row.first_title, count=more)
    under: list[str | Mark] = [row.cashier]
    if row.is_voided:
        under.append(Mark(_("voided"), "danger"))
    elif row.returned_qty:
        under.append(Mark(_("{count} of {all} came back").format(count=row.returned_qty, all=row.items_qty), "warn"))
    return DiscCell(title, tuple(under), has_cover=False)
