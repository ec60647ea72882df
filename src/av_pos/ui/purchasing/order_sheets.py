"""The sheets of orders: a new one, a line, its terms, sending, giving up."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services.order_paper import SupplierMail
from av_pos.services.order_views import OrderLineRow, OrderView
from av_pos.services.suppliers import SupplierRow
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.purchasing import words
from av_pos.ui.purchasing.fields_sheet import Field, FieldsSheet
from av_pos.ui.purchasing.reading import typed
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet


def new_order_sheet(window: QWidget, suppliers: Sequence[SupplierRow], chosen: str = "") -> FieldsSheet:
    """Ask from whom is ordered."""
    choices = tuple((str(row.supplier_id), row.name) for row in suppliers)
    fields = (Field("supplier", _("Supplier"), chosen, choices=choices), Field("note", _("Note to them")))
    return FieldsSheet(window, "newOrder", _("New order"), _("Begin"), (fields,))


def line_sheet(window: QWidget, row: OrderLineRow, currency: str) -> FieldsSheet:
    """Ask how many of a disc are ordered, at what cost."""
    pack = _("in packs of {count}").format(count=row.pack_qty) if row.pack_qty > 1 else ""
    fields = (
        Field("quantity", _("Pieces"), str(row.qty), "figure", pack),
        Field("cost", _("Cost in {currency}").format(currency=currency), typed(row.cost_minor or None, currency),
              "figure", _("a piece")),
    )  # fmt: skip
    about = words.name_code(row.title, row.artist, row.format, row.number)
    return FieldsSheet(window, "orderLine", _("A line of the order"), _("Save"), (fields,),
                       about=about, currency=currency, width=440)  # fmt: skip


def terms_sheet(window: QWidget, view: OrderView) -> FieldsSheet:
    """Ask for carriage and a note."""
    currency = view.order.currency
    fields = (
        Field("carriage", _("Carriage in {currency}").format(currency=currency),
              typed(view.carriage_minor or None, currency), "figure"),
        Field("note", _("Note to them"), view.note),
    )  # fmt: skip
    return FieldsSheet(window, "orderTerms", _("Carriage and a note"), _("Save"), (fields,), currency=currency)


def drop_sheet(window: QWidget, view: OrderView) -> FieldsSheet:
    """Ask whether a draft shall be dropped, or the rest of an order given up."""
    if view.order.status == "draft":
        title, main_text = _("Drop this draft?"), _("Drop")
        about = _("The draft with {titles} is lost. It was not sent.").format(
            titles=words.titles_words(view.order.lines_qty))  # fmt: skip
    else:
        title, main_text = _("Wait no longer for the rest?"), _("Give up")
        about = _("Not here yet: {pieces}. They are no longer on order; tell the supplier.").format(
            pieces=words.pieces_words(view.order.open_qty))  # fmt: skip
    return FieldsSheet(window, "dropOrder", title, main_text, (), about=about, dangerous=True)


def give_up_sheet(window: QWidget, row: OrderLineRow) -> FieldsSheet:
    """Ask whether the rest of one line shall be given up."""
    about = _("{title}: {pieces} are no longer on order; tell the supplier.").format(
        title=row.title, pieces=words.pieces_words(row.open_qty))  # fmt: skip
    return FieldsSheet(window, "giveUpLine", _("Wait no longer for this disc?"), _("Give up"), (), about=about,
                       dangerous=True)  # fmt: skip


class MailSheet(Sheet):
    """An order as e-mail, PDF and CSV; sends a draft: `sent(expected)` with the day as typed.

    A draft is on order only once it is said to be sent (F12); what was sent already is only shown again.
    `pages_asked`: show the PDF.
    """

    sent = Signal(str)
    pages_asked = Signal()

    def __init__(self, window: QWidget, desk: Desk, view: OrderView, mail: SupplierMail, csv_text: str) -> None:
        is_draft = view.order.status == "draft"
        title = _("Order {number} to {supplier}").format(number=view.order.number, supplier=view.order.supplier_name)
        width = min(760, window.width() - 2 * theme.metrics().edge)
        super().__init__(window, "sendOrder", title, main_text=_("It is sent") if is_draft else "",
                         cancel_text="" if is_draft else _("Close"), width=width)  # fmt: skip
        self._desk = desk
        self._number = view.order.number
        self._mail = mail
        self._csv_text = csv_text
        self._body = QPlainTextEdit(mail.body)
        self._expected = QLineEdit()
        self._told = label("", "secondary", "sendOrderTold", wrap=True)
        self.copy_button = KeyButton(_("Copy e-mail"), "copyMailButton", action="copy_mail")
        self.pdf_button = KeyButton(_("PDF"), "orderPdfButton", action="show_pdf")
        self.csv_button = KeyButton(_("Save CSV"), "orderCsvButton", action="save_csv")
        self._fill(is_draft=is_draft)
        for button, action_id, slot in (
            (self.copy_button, "copy_mail", self._copy),
            (self.pdf_button, "show_pdf", self._ask_pages),
            (self.csv_button, "save_csv", self._ask_csv),
        ):
            button.clicked.connect(slot)
            actions.bind(self, action_id, slot)
        self.accepted.connect(self._on_accepted)

    def show_refusal(self, error: AvPosError) -> None:
        """Say why it cannot be sent."""
        self._tell(problems.sentence(error), is_bad=True)

    def save_csv_to(self, path: str) -> None:
        """Write the CSV to this path, so that spreadsheets see hanzi."""
        data = self._csv_text.encode("utf-8-sig")
        self._desk.work_later(self._on_saved, self._on_not_saved, save_bytes, Path(path), data)

    def _fill(self, *, is_draft: bool) -> None:
        form = Form("sendOrderForm")
        to = QLineEdit(self._mail.to or _("no e-mail address is known"))
        subject = QLineEdit(self._mail.subject)
        for field, name in ((to, "mailTo"), (subject, "mailSubject")):
            field.setObjectName(name)
            field.setReadOnly(True)
            field.setCursorPosition(0)
        if is_draft:
            self._expected.setObjectName("expectedField")
            self._expected.setPlaceholderText(_("by their lead time; or a day, such as 2026-12-04"))
            form.add("expected_on", _("Expected"), self._expected)
        form.add("to", _("Mail to"), to)
        form.add("subject", _("Subject"), subject)
        self.body.addWidget(form)
        self._body.setObjectName("mailBody")
        self._body.setAccessibleName(_("E-mail"))
        self._body.setReadOnly(True)
        self._body.setTabChangesFocus(True)
        self._body.setMinimumHeight(220)
        self.body.addWidget(self._body)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.copy_button, self.pdf_button, self.csv_button):
            row.addWidget(button)
        row.addWidget(self._told, 1)
        self.body.addLayout(row)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._mail.subject}\n\n{self._mail.body}")
        self._tell(_("Copied: paste it into your mail."))

    def _ask_pages(self) -> None:
        self.pages_asked.emit()

    def _ask_csv(self) -> None:
        name = f"order-{self._number}.csv"
        dialog = save_dialog(self.window(), _("Save the order"), name, _("CSV (*.csv)"), "csv")
        dialog.fileSelected.connect(self.save_csv_to)
        dialog.open()

    def _on_saved(self, path: Path) -> None:
        self._tell(_("Saved as {path}").format(path=path))

    def _on_not_saved(self, error: Exception) -> None:
        self._tell(problems.sentence(error), is_bad=True)
        if not isinstance(error, (AvPosError, OSError)):
            raise error

    def _tell(self, sentence: str, *, is_bad: bool = False) -> None:
        self._told.setText(sentence)
        theme.set_kind(self._told, "danger" if is_bad else "neutral")

    def _on_accepted(self) -> None:
        self.sent.emit(self._expected.text())
