"""Sheets that show a receipt and that choose one to print again."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services import reports
from av_pos.services.reports import ReceiptRow
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.paper_view import PAPER_WIDTH, PaperView
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_SHEET_WIDTH = PAPER_WIDTH + 90


class PaperSheet(Sheet):
    """Shows a picture of paper: a receipt, an X, a Z. `accepted` is Print again, where there is something to print."""

    def __init__(self, window: QWidget, title: str, picture: bytes, *, main_text: str = "") -> None:
        super().__init__(window, "paperSheet", title, main_text=main_text, cancel_text=_("Close"), width=_SHEET_WIDTH)
        view = PaperView("paper", title)
        view.show_picture(picture)
        view.setMinimumHeight(min(560, window.height() - 220))
        self.body.addWidget(view)


class ReprintSheet(Sheet):
    """Today's receipts, the newest first; type to filter. `chosen(document_id)` prints it again, marked as a copy."""

    chosen = Signal(int)

    def __init__(self, window: QWidget, desk: Desk, currency: str, zone: str, day: date) -> None:
        super().__init__(window, "reprintSheet", _("Print a receipt again"), main_text=_("Print"), width=680)
        self._zone = zone
        self._field = QLineEdit()
        self._field.setObjectName("reprintFilter")
        self._field.setPlaceholderText(_("Number, cashier, amount"))
        self._field.setAccessibleName(_("Filter"))
        columns: tuple[Column[ReceiptRow], ...] = (
            Column(_("Receipt"), _number),
            Column(_("Time"), self._time),
            Column(_("Kind"), _kind),
            Column(_("Cashier"), _cashier, stretch=True),
            Column(_("Amount"), _total, "money", strong=True),
        )
        self.table: DataTable[ReceiptRow] = DataTable(
            "reprintTable", _("Receipts of today"), columns, currency_code=currency, key=_id,
            empty=_("No receipt yet today."),
        )  # fmt: skip
        self.table.setMinimumHeight(300)
        self.table.follow(self._field)
        self.table.set_rows(desk.ask(reports.list_receipts, desk.at, day))
        self.table.step(1)
        self.table.chosen.connect(self._on_accepted)
        self.body.addWidget(self._field)
        self.body.addWidget(self.table)
        self.accepted.connect(self._on_accepted)

    def _time(self, row: ReceiptRow) -> str:
        return screen_texts().time(row.occurred_at, self._zone)

    def _on_accepted(self, _row: object = None) -> None:
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.document_id)


def _id(row: ReceiptRow) -> object:
    return row.document_id


def _number(row: ReceiptRow) -> str:
    return row.number


def _cashier(row: ReceiptRow) -> str:
    return row.staff_name


def _total(row: ReceiptRow) -> int:
    return row.total_minor


def _kind(row: ReceiptRow) -> str:
    return {"sale": _("Sale"), "void": _("Void"), "return": _("Return")}.get(row.kind, row.kind)
