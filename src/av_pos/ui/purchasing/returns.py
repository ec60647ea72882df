"""What goes back to suppliers: drafts, what was sent, what was credited."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt

from av_pos.domain.codes import CodeKind, read_code
from av_pos.errors import InvalidInput
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import editions, supplier_return_views, supplier_returns, suppliers
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.supplier_return_views import ReturnLineRow, ReturnRow, ReturnView
from av_pos.ui import actions
from av_pos.ui.purchasing import return_sheets, words
from av_pos.ui.purchasing.drafts_panel import DraftsPanel
from av_pos.ui.purchasing.exporting import Exporting
from av_pos.ui.purchasing.list_face import ListFace
from av_pos.ui.purchasing.paper_card import PaperCard
from av_pos.ui.purchasing.reading import read_minor, read_pieces
from av_pos.ui.purchasing.return_tables import ReturnLinesTable, ReturnsTable
from av_pos.ui.screen import Screen, ShowPaper
from av_pos.ui.widgets.key_button import KeyButton


class ReturnsPanel(DraftsPanel):
    """Lays discs aside, sends them back, notes what was credited. `scanned` for a scan."""

    help_name = actions.SENT_BACK

    def __init__(self, host: Screen, settings: ShopSettings, show_paper: ShowPaper) -> None:
        super().__init__(host, settings, "returnsPanel")
        self._show_paper = show_paper
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
        self._exporting = Exporting(self)
        self.put_together(
            (
                (self.line_button, "change_line", self.ask_line),
                (self.papers_button, "papers", self._show_slip),
                (self.drop_button, "drop_return", self._ask_drop),
                (self.export_button, "export", self._ask_export),
                (self.new_button, "new_return", self._ask_new),
            )
        )

    # ---- what the screen asks ----

    def about(self) -> str:
        """How many wait for a credit."""
        count = sum(row.status == "sent" for row in self.list.rows)
        told = ngettext("{count} return is not credited yet", "{count} returns are not credited yet", count)
        return told.format(count=count) if count else ""

    def is_draft(self) -> bool:
        """Whether the chosen return is a draft."""
        return self.view is not None and self.view.row.status == "draft"

    def take_scan(self, code: str) -> bool:
        """A disc, or a used copy, is laid into the draft that is chosen."""
        scanned = read_code(code)
        if not scanned.may_be_edition and scanned.kind is not CodeKind.COPY:
            return False
        if not self.is_draft():
            self.host.refuse(_("Choose a draft, or begin a return with Ctrl N; then scan."))
            return False
        if scanned.kind is CodeKind.COPY and scanned.number is not None:
            copy = self.desk.ask(editions.find_copy, scanned.number)
            if copy is not None:
                self._ask_reason(0, copy.id, words.name_code(copy.title, copy.artist, copy.format, copy.grade))
                return True
        self.add_scanned(code)
        return True

    def main_action(self) -> None:
        """F12: send the draft, note what was credited, or begin a new return."""
        view = self.view
        if view is not None and self.is_draft():
            self.open_sheet(return_sheets.send_sheet(self.window(), view)).given.connect(self._send)
        elif view is not None and view.row.status == "sent":
            self.open_sheet(return_sheets.credit_sheet(self.window(), view)).given.connect(self._credit)
        else:
            self._ask_new()

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
            self.read(view.row.return_id)
            self.card.search.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self, _values: object) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        if self.carry_out(sheet, supplier_returns.send_return, view.row.return_id) is not None:
            self.read(view.row.return_id)
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
            self.read(view.row.return_id)
            told = _("Return {number}: {amount} credited.")
            self.tell(told.format(number=view.row.number, amount=screen_texts().money(amount, view.row.currency)))

    def _ask_drop(self) -> None:
        if self.view is not None and self.is_draft():
            self.open_sheet(return_sheets.drop_sheet(self.window(), self.view)).given.connect(self._drop)

    def _drop(self, _values: object) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        if self.carry_out(sheet, supplier_returns.drop_return, view.row.return_id) is not None:
            self.read()
            self.tell(_("Dropped: return {number}.").format(number=view.row.number))

    def _show_slip(self) -> None:
        if self.view is not None:
            row = self.view.row
            write = partial(supplier_return_views.return_pdf, self.desk.db, self.desk.at, row.return_id)
            title = _("Return {number}").format(number=row.number)
            self._show_paper(write, title, f"return-{row.number}.pdf")

    def _ask_export(self) -> None:
        if self.view is not None:
            text = self.ask(supplier_return_views.return_csv, self.view.row.return_id)
            if text is not None:
                self._exporting.ask(text, _("Save the return"), f"return-{self.view.row.number}.csv")

    # ---- lines ----

    def add_disc(self, key: object) -> None:
        """Ask why this disc goes back."""
        if isinstance(key, int) and self.is_draft():
            edition = self.desk.ask(editions.get_edition, key)
            self._ask_reason(key, 0, words.name_code(edition.title, edition.artist, edition.format))

    def _ask_reason(self, edition_id: int, copy_id: int, title: str) -> None:
        self.finding.stop()
        self.scanned.emit()
        self._edition_id, self._copy_id = edition_id, copy_id
        takes_unsold = self.view is not None and self.view.supplier.is_returnable
        sheet = return_sheets.reason_sheet(self.window(), title, is_copy=bool(copy_id), takes_unsold=takes_unsold)
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
            self.read(number)

    def ask_line(self, _row: object = None) -> None:
        """F4, Enter: pieces and claim of the chosen line."""
        row = self.lines.current()
        if row is not None and self.is_draft() and self.view is not None:
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
            self.read(view.row.return_id)

    def change_by(self, by: int) -> None:
        """+ and −: so many more pieces of the chosen line."""
        row = self.lines.current()
        if row is None or self.view is None or row.qty + by < 1 or not self.is_draft():
            return
        if self.host.attempt(supplier_returns.change_return_line, row.line_id, qty=row.qty + by):
            self.read(self.view.row.return_id)

    def remove(self) -> None:
        """Del: take the chosen line off the draft."""
        row = self.lines.current()
        if row is None or self.view is None or not self.is_draft():
            return
        if self.host.attempt(supplier_returns.remove_return_line, row.line_id):
            self.read(self.view.row.return_id)
            self.tell(_("Taken off: {title}.").format(title=row.title))

    # ---- showing ----

    def read(self, pick: int = 0) -> None:
        """Read the list again, with the cursor on the return of this id, and show the chosen one."""
        rows = self.ask(supplier_return_views.list_returns)
        if rows is None:
            return
        self.list.show_rows(rows, pick or None)
        self.show_current()
        self.heading_changed.emit()

    def show_current(self, _row: object = None) -> None:
        """Show the return that is chosen in the list."""
        row = self.table.current()
        self.view = self.ask(supplier_return_views.view_return, row.return_id) if row is not None else None
        if self.view is None:
            self.card.show_nothing()
        else:
            self._show(self.view)
        is_draft = self.is_draft()
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
                             is_draft=self.is_draft())  # fmt: skip
        note = words.pieces_words(row.pieces_qty)
        if row.credited_minor is not None:
            credited = texts.money(row.credited_minor, row.currency)
            note = " · ".join((note, _("credited {amount}").format(amount=credited)))
        self.card.show_totals(texts.money(row.goods_minor, row.currency), note)
