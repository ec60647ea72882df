"""What goes back to suppliers: drafts, what was sent, what was credited."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code
from av_pos.errors import InvalidInput
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import editions, supplier_return_views, supplier_returns, suppliers
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.supplier_return_views import ReturnLineRow, ReturnRow, ReturnView
from av_pos.ui import actions, theme
from av_pos.ui.purchasing import return_sheets, words
from av_pos.ui.purchasing.exporting import Exporting
from av_pos.ui.purchasing.finding import DiscSheet, Finding
from av_pos.ui.purchasing.list_face import ListFace
from av_pos.ui.purchasing.panel import Panel, go_to
from av_pos.ui.purchasing.paper_card import PaperCard
from av_pos.ui.purchasing.pdf_sheet import PdfSheet
from av_pos.ui.purchasing.reading import read_minor, read_pieces
from av_pos.ui.purchasing.return_tables import ReturnLinesTable, ReturnsTable
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.key_button import KeyButton

_LIST_SHARE, _CARD_SHARE = 40, 60


@dataclass(frozen=True, slots=True)
class ReturnPdf:
    """Writes the slip of one return as PDF, on a worker."""

    db: Database
    at: At
    return_id: int

    def __call__(self, path: Path) -> None:
        """Write it to this path. Raises NotFound, OSError."""
        supplier_return_views.return_pdf(self.db, self.at, self.return_id, path)


class ReturnsPanel(Panel):
    """Lays discs aside, sends them back, notes what was credited. `scanned` for a scan."""

    help_name = actions.SENT_BACK
    scanned = Signal()

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host, settings, "returnsPanel")
        self.view: ReturnView | None = None
        self._line: ReturnLineRow | None = None
        self._edition_id = 0
        self._copy_id = 0
        self.table = ReturnsTable(settings.currency)
        self.list: ListFace[ReturnRow] = ListFace("returns", _("Find in the returns"), (), self.table)
        self.lines = ReturnLinesTable(settings.currency)
        self.line_button = KeyButton(_("Line"), "changeReturnLineButton", action="change_line")
        self.papers_button = KeyButton(_("Slip"), "returnSlipButton", action="papers")
        self.drop_button = KeyButton(_("Drop"), "dropReturnButton", action="drop_return")
        self.export_button = KeyButton(_("Save CSV"), "exportReturnButton", action="export")
        self.new_button = KeyButton(_("New return"), "newReturnButton", action="new_return")
        self.main_button = KeyButton("", "returnMainButton", action="main", role="primary")
        nothing = _("Choose a return to see its lines. Ctrl N begins a new one.")
        buttons = (self.line_button, self.papers_button, self.drop_button)
        self.card: PaperCard[ReturnLineRow] = PaperCard("return", nothing, settings.currency, self.lines, buttons)
        self._finding = Finding(self.desk, self.card.search)
        self._exporting = Exporting(self)
        self._lay_out()
        self._connect()

    # ---- what the screen asks ----

    def about(self) -> str:
        """How many wait for a credit."""
        count = sum(row.status == "sent" for row in self.table.rows_shown)
        told = ngettext("{count} return is not credited yet", "{count} returns are not credited yet", count)
        return told.format(count=count) if count else ""

    def refresh(self) -> None:
        """Read list and return again."""
        self._read()

    def enter(self) -> None:
        """The list's field."""
        self.list.enter()

    def take_scan(self, code: str) -> bool:
        """A disc, or a used copy, is laid into the draft that is chosen."""
        scanned = read_code(code)
        if scanned.kind not in (CodeKind.GTIN, CodeKind.OTHER, CodeKind.EDITION, CodeKind.COPY):
            return False
        if not self._is_draft():
            self.host.refuse(_("Choose a draft, or begin a return with Ctrl N; then scan."))
            return False
        if scanned.kind is CodeKind.COPY and scanned.number is not None:
            copy = self.desk.ask(editions.find_copy, scanned.number)
            if copy is not None:
                self._ask_reason(0, copy.id, words.name_code(copy.title, copy.artist, copy.format, copy.grade))
                return True
        found = self.desk.ask(editions.find_by_code, code)
        if len(found) > 1:
            sheet = DiscSheet(self.window(), self.desk, self.settings.currency, _("Which one is it?"), _("This one"),
                              candidates=found)  # fmt: skip
            sheet.chosen.connect(self._on_disc)
            sheet.open()
        elif found:
            self._on_disc(found[0].id)
        else:
            self.host.refuse(_("No disc has the code {code}.").format(code=code))
        return True

    def main_action(self) -> None:
        """F12: send the draft, note what was credited, or begin a new return."""
        view = self.view
        if view is not None and self._is_draft():
            self.open_sheet(return_sheets.send_sheet(self.window(), view)).given.connect(self._send)
        elif view is not None and view.row.status == "sent":
            self.open_sheet(return_sheets.credit_sheet(self.window(), view)).given.connect(self._credit)
        else:
            self._ask_new()

    def go_back(self) -> bool:
        """Esc: empty the fields first."""
        if self.card.search.text():
            self.card.search.clear()
            return True
        return self.list.clear()

    def seek(self) -> None:
        """F3: the draft's field, else the list's; once more, to type hanzi."""
        if self._is_draft():
            self.card.search.seek()
        else:
            go_to(self.list.filter)

    # ---- returns ----

    def _ask_new(self) -> None:
        sellers = self.desk.ask(suppliers.list_suppliers)
        if not sellers:
            self.host.refuse(_("There is no supplier yet. Add one under Suppliers first."))
            return
        self.open_sheet(return_sheets.new_return_sheet(self.window(), sellers)).given.connect(self._begin)

    def _begin(self, values: Mapping[str, str]) -> None:
        if self.sheet is None:
            return
        view = self.carry_out(self.sheet, supplier_returns.begin_return, int(values["supplier"] or 0), values["note"])
        if view is not None:
            self.list.clear()
            self._read(view.row.return_id)
            self.card.search.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self, _values: object) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        if self.carry_out(sheet, supplier_returns.send_return, view.row.return_id) is not None:
            self._read(view.row.return_id)
            self.tell(_("Return {number} is on its way back.").format(number=view.row.number))

    def _credit(self, values: Mapping[str, str]) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        try:
            amount = read_minor("amount", values["amount"], view.row.currency)
        except InvalidInput as error:
            sheet.show_refusal(error)
            return
        if self.carry_out(sheet, supplier_returns.credit_return, view.row.return_id, amount) is not None:
            self._read(view.row.return_id)
            told = _("Return {number}: {amount} credited.")
            self.tell(told.format(number=view.row.number, amount=screen_texts().money(amount, view.row.currency)))

    def _ask_drop(self) -> None:
        if self.view is not None and self._is_draft():
            self.open_sheet(return_sheets.drop_sheet(self.window(), self.view)).given.connect(self._drop)

    def _drop(self, _values: object) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        if self.carry_out(sheet, supplier_returns.drop_return, view.row.return_id) is not None:
            self._read()
            self.tell(_("Dropped: return {number}.").format(number=view.row.number))

    def _show_slip(self) -> None:
        if self.view is not None:
            row = self.view.row
            title = _("Return {number}").format(number=row.number)
            slip = ReturnPdf(self.desk.db, self.desk.at, row.return_id)
            PdfSheet(self.window(), self.desk, title, f"return-{row.number}.pdf", slip).open()

    def _ask_export(self) -> None:
        if self.view is not None:
            text = self.ask(supplier_return_views.return_csv, self.view.row.return_id)
            if text is not None:
                self._exporting.ask(text, _("Save the return"), f"return-{self.view.row.number}.csv")

    # ---- lines ----

    def _on_disc(self, key: object) -> None:
        if isinstance(key, int) and self._is_draft():
            edition = self.desk.ask(editions.get_edition, key)
            self._ask_reason(key, 0, words.name_code(edition.title, edition.artist, edition.format))

    def _ask_reason(self, edition_id: int, copy_id: int, title: str) -> None:
        self._finding.stop()
        self.scanned.emit()
        self._edition_id, self._copy_id = edition_id, copy_id
        sheet = return_sheets.reason_sheet(self.window(), title, is_copy=bool(copy_id))
        self.open_sheet(sheet).given.connect(self._add)

    def _add(self, values: Mapping[str, str]) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        number, reason = view.row.return_id, values["reason"]
        if self._copy_id:
            done = self.carry_out(sheet, supplier_returns.add_return_copy, number, self._copy_id, reason=reason)
        else:
            try:
                qty = read_pieces("quantity", values["quantity"])
            except InvalidInput as error:
                sheet.show_refusal(error)
                return
            done = self.carry_out(
                sheet, supplier_returns.add_return_line, number, self._edition_id, qty=qty, reason=reason
            )
        if done is not None:
            self._read(number)

    def _on_entered(self, text: str) -> None:
        found = self._finding.now(text)
        if len(found) == 1:
            self.card.search.clear()
            self._on_disc(found[0].id)
        elif text.strip():
            self.host.refuse(_("No disc is called “{text}”. Scan it, or type another word.").format(text=text[:60]))

    def _ask_line(self, _row: object = None) -> None:
        row = self.lines.current()
        if row is not None and self._is_draft() and self.view is not None:
            self._line = row
            sheet = return_sheets.line_sheet(self.window(), row, self.view.row.currency)
            self.open_sheet(sheet).given.connect(self._set_line)

    def _set_line(self, values: Mapping[str, str]) -> None:
        row, sheet, view = self._line, self.sheet, self.view
        if row is None or sheet is None or view is None:
            return
        try:
            qty = read_pieces("quantity", values["quantity"])
            cost = read_minor("cost", values["cost"], view.row.currency)
        except InvalidInput as error:
            sheet.show_refusal(error)
            return
        op = supplier_returns.change_return_line
        if self.carry_out(sheet, op, row.line_id, qty=qty, cost_minor=cost) is not None:
            self._read(view.row.return_id)

    def _one_more(self) -> None:
        self._change_by(1)

    def _one_less(self) -> None:
        self._change_by(-1)

    def _change_by(self, by: int) -> None:
        row = self.lines.current()
        if row is None or self.view is None or row.qty + by < 1 or not self._is_draft():
            return
        if self.host.attempt(supplier_returns.change_return_line, row.line_id, qty=row.qty + by):
            self._read(self.view.row.return_id)

    def _remove(self) -> None:
        row = self.lines.current()
        if row is None or self.view is None or not self._is_draft():
            return
        if self.host.attempt(supplier_returns.remove_return_line, row.line_id):
            self._read(self.view.row.return_id)
            self.tell(_("Taken off: {title}.").format(title=row.title))

    # ---- showing ----

    def _read(self, pick: int = 0) -> None:
        rows = self.ask(supplier_return_views.list_returns)
        if rows is None:
            return
        self.list.show_rows(rows, pick or None)
        self._show_current()
        self.heading_changed.emit()

    def _show_current(self, _row: object = None) -> None:
        row = self.table.current()
        self.view = self.ask(supplier_return_views.view_return, row.return_id) if row is not None else None
        if self.view is None:
            self.card.show_nothing()
        else:
            self._show(self.view)
        is_draft = self._is_draft()
        is_sent = self.view is not None and self.view.row.status == "sent"
        self.line_button.setEnabled(is_draft)
        self.drop_button.setEnabled(is_draft)
        self.papers_button.setEnabled(self.view is not None)
        self.export_button.setEnabled(self.view is not None)
        self.main_button.setText(_("Send…") if is_draft else _("Credited…") if is_sent else _("New return"))
        self.new_button.setVisible(is_draft or is_sent)

    def _show(self, view: ReturnView) -> None:
        row, texts = view.row, screen_texts()
        about = [words.returns_words(view.supplier)]
        if row.sent_on is not None:
            about.append(_("sent {day}").format(day=texts.day(row.sent_on, year=False)))
        if row.note:
            about.append(row.note)
        title = _("Return {number} · {supplier}").format(number=row.number, supplier=row.supplier_name)
        self.lines.show_state(view)
        self.card.show_paper(title, " · ".join(about), words.return_mark(row.status), view.lines,
                             is_draft=self._is_draft())  # fmt: skip
        note = words.pieces_words(row.pieces_qty)
        if row.credited_minor is not None:
            credited = texts.money(row.credited_minor, row.currency)
            note = " · ".join((note, _("credited {amount}").format(amount=credited)))
        self.card.show_totals(texts.money(row.goods_minor, row.currency), note)

    def _is_draft(self) -> bool:
        return self.view is not None and self.view.row.status == "draft"

    # ---- putting together ----

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.gap)
        left = QVBoxLayout()
        left.setSpacing(sizes.gap)
        left.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self.export_button)
        foot.addWidget(self.new_button, 1)
        left.addLayout(foot)
        row.addLayout(left, _LIST_SHARE)
        right = QVBoxLayout()
        right.setSpacing(sizes.gap)
        right.addWidget(self.card, 1)
        right.addWidget(self.main_button)
        row.addLayout(right, _CARD_SHARE)

    def _connect(self) -> None:
        self.table.picked.connect(self._show_current)
        self.table.chosen.connect(self._enter_lines)
        self.lines.chosen.connect(self._ask_line)
        self.card.search.chosen.connect(self._on_disc)
        self.card.search.entered.connect(self._on_entered)
        self.main_button.clicked.connect(self.main_action)
        for button, action_id, slot in (
            (self.line_button, "change_line", self._ask_line),
            (self.papers_button, "papers", self._show_slip),
            (self.drop_button, "drop_return", self._ask_drop),
            (self.export_button, "export", self._ask_export),
            (self.new_button, "new_return", self._ask_new),
        ):
            button.clicked.connect(slot)
            actions.bind(self, action_id, slot)
        for widget in (self.card.search.field, self.lines):
            actions.bind(widget, "one_more", self._one_more)
            actions.bind(widget, "one_less", self._one_less)
            actions.bind(widget, "remove_line", self._remove)

    def _enter_lines(self, _row: object) -> None:
        """Enter on the list: to the draft's field, else to the lines."""
        (self.card.search.field if self._is_draft() else self.lines).setFocus(Qt.FocusReason.OtherFocusReason)
