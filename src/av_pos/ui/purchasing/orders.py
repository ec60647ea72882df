"""Orders: drafts, what is on the way, what is late; the chosen one with its lines, sent from here."""

from collections.abc import Mapping
from enum import IntEnum
from functools import partial

from PySide6.QtCore import Qt, Signal

from av_pos.domain.codes import read_code
from av_pos.errors import AvPosError, InvalidInput, StorageError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import order_making, order_paper, order_views, purchase_orders, suppliers
from av_pos.services.order_views import OrderLineRow, OrderRow, OrderView
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions
from av_pos.ui.purchasing import order_sheets, words
from av_pos.ui.purchasing.drafts_panel import DraftsPanel
from av_pos.ui.purchasing.exporting import Exporting
from av_pos.ui.purchasing.list_face import ListFace
from av_pos.ui.purchasing.order_sheets import MailSheet
from av_pos.ui.purchasing.order_tables import LinesTable, OrdersTable
from av_pos.ui.purchasing.paper_card import PaperCard
from av_pos.ui.purchasing.reading import read_day, read_minor, read_pieces
from av_pos.ui.screen import Screen, ShowPaper
from av_pos.ui.widgets.key_button import KeyButton

# Narrower, the list would cut off the day by which an order is due.
_LEAST_LIST = 460


class Tab(IntEnum):
    """Which orders the list shows."""

    OPEN = 0
    DRAFTS = 1
    ON_THE_WAY = 2
    LATE = 3
    ALL = 4


class OrdersPanel(DraftsPanel):
    """Writes, sends and follows orders. `receive_asked(order_id)` when it is here; `scanned` for a scan."""

    help_name = actions.ORDERS
    receive_asked = Signal(int)

    def __init__(self, host: Screen, settings: ShopSettings, show_paper: ShowPaper) -> None:
        super().__init__(host, settings, "ordersPanel")
        self._show_paper = show_paper
        self.view: OrderView | None = None
        self._open: tuple[OrderRow, ...] = ()
        self._mail: MailSheet | None = None
        self._line: OrderLineRow | None = None
        self.table = OrdersTable(self.today, settings.currency)
        tabs = (_("Still open"), _("Drafts"), _("On the way"), _("Late"), _("All"))
        self.list: ListFace[OrderRow] = ListFace("orders", _("Find in the orders"), tabs, self.table)
        self.lines = LinesTable(settings.currency)
        self.line_button = KeyButton(_("Line"), "changeOrderLineButton", action="change_line")
        self.packs_button = KeyButton(_("Packs"), "roundPacksButton", action="round_packs")
        self.terms_button = KeyButton(_("Carriage"), "orderTermsButton", action="order_terms")
        self.copy_button = KeyButton(_("Copy"), "copyOrderButton", action="copy_order")
        self.papers_button = KeyButton(_("Papers"), "orderPapersButton", action="papers")
        self.give_up_button = KeyButton(_("Drop"), "giveUpOrderButton", action="give_up")
        self.main_button = KeyButton("", "orderMainButton", action="main", role="primary")
        self.new_button = KeyButton(_("New order"), "newOrderButton", action="new_order")
        self.export_button = KeyButton(_("Export"), "exportOrdersButton", action="export")
        buttons = (self.line_button, self.packs_button, self.terms_button, self.copy_button, self.papers_button,
                   self.give_up_button)  # fmt: skip
        nothing = _("Choose an order to see its lines. Ctrl N begins a new one.")
        self.card: PaperCard[OrderLineRow] = PaperCard("order", nothing, settings.currency, self.lines, buttons)
        self._exporting = Exporting(self)
        self.put_together(
            (
                (self.line_button, "change_line", self.ask_line),
                (self.packs_button, "round_packs", self._round),
                (self.terms_button, "order_terms", self._ask_terms),
                (self.copy_button, "copy_order", self._copy),
                (self.papers_button, "papers", self._ask_papers),
                (self.give_up_button, "give_up", self._ask_give_up),
                (self.new_button, "new_order", self._ask_new),
                (self.export_button, "export", self._ask_export),
            )
        )
        self.list.setMinimumWidth(_LEAST_LIST)
        self.list.tab_chosen.connect(self._on_tab)

    # ---- what the screen asks ----

    def about(self) -> str:
        """How many are on the way, and how many of them are late."""
        late = sum(words.is_late(row, self.today()) for row in self._open)
        on_way = sum(row.status in order_views.ON_ITS_WAY for row in self._open)
        told = [ngettext("{count} order on the way", "{count} orders on the way", on_way).format(count=on_way)]
        if owed := sum(row.open_qty for row in self._open):
            told.append(_("{count} to come").format(count=f"{owed:,}"))
        if late:
            told.append(_("{count} late").format(count=late))
        return " · ".join(told)

    def is_draft(self) -> bool:
        """Whether the chosen order is a draft."""
        return self.view is not None and self.view.order.status == "draft"

    def take_scan(self, code: str) -> bool:
        """A disc goes onto the draft that is chosen."""
        if not read_code(code).may_be_edition:
            return False
        if not self.is_draft():
            self.host.refuse(_("Choose a draft, or begin an order with Ctrl N; then scan."))
            return False
        self.add_scanned(code)
        return True

    def main_action(self) -> None:
        """F12: send the draft, receive what is on the way, or begin a new order."""
        if self.view is None:
            self.ask_new()
        elif self.is_draft():
            self._ask_papers()
        elif self.view.order.status in order_views.ON_ITS_WAY:
            self.receive_asked.emit(self.view.order.order_id)
        else:
            self.ask_new()

    # ---- orders ----

    def ask_new(self, supplier: str = "") -> None:
        """Ask from whom to order."""
        sellers = self.desk.ask(suppliers.list_suppliers)
        if not sellers:
            self.host.refuse(_("There is no supplier yet. Add one under Suppliers first."))
            return
        chosen = supplier or (str(self.view.supplier.supplier_id) if self.view else "")
        self.open_sheet(order_sheets.new_order_sheet(self.window(), sellers, chosen)).given.connect(self._begin)

    def show_order(self, order_id: int) -> None:
        """Show this order, whichever tab it stands under."""
        self.list.clear()
        self.read(order_id)
        if self.view is None or self.view.order.order_id != order_id:
            self.list.choose_tab(Tab.ALL)
            self.read(order_id)

    def _ask_new(self) -> None:
        self.ask_new()

    def _begin(self, values: Mapping[str, str]) -> None:
        if self.sheet is None:
            return
        view = self.carry_out(self.sheet, purchase_orders.begin_order, int(values["supplier"] or 0), values["note"])
        if view is not None:
            self.list.choose_tab(Tab.OPEN)
            self.show_order(view.order.order_id)
            self.card.search.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _copy(self) -> None:
        if self.view is None:
            return
        done = self.host.perform(order_making.copy_order, self.view.order.order_id)
        if done is not None:
            self.show_order(done.view.order.order_id)
            told = _("Order {number} is a draft.").format(number=done.view.order.number)
            if done.left_out:
                more = ngettext("{count} disc left the catalogue and is not in it.",
                                "{count} discs left the catalogue and are not in it.", len(done.left_out))  # fmt: skip
                told = f"{told} {more.format(count=len(done.left_out))}"
            self.tell(told)

    def _round(self) -> None:
        if self.is_draft() and self.view is not None:
            before = self.view.order.pieces_qty
            view = self.host.perform(purchase_orders.round_to_packs, self.view.order.order_id)
            if view is not None:
                self.read(view.order.order_id)
                more = view.order.pieces_qty - before
                told = ngettext("{count} piece more, in whole packs.", "{count} pieces more, in whole packs.", more)
                self.tell(told.format(count=more) if more else _("All are whole packs already."))

    def _ask_terms(self) -> None:
        if self.is_draft() and self.view is not None:
            self.open_sheet(order_sheets.terms_sheet(self.window(), self.view)).given.connect(self._set_terms)

    def _set_terms(self, values: Mapping[str, str]) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        try:
            carriage = read_minor("carriage", values["carriage"], view.order.currency)
        except InvalidInput as error:
            sheet.show_refusal(error)
            return
        done = self.carry_out(
            sheet, purchase_orders.set_order_terms, view.order.order_id, carriage_minor=carriage, note=values["note"]
        )
        if done is not None:
            self.read(done.order.order_id)

    def _ask_papers(self) -> None:
        """F9, and F12 of a draft: the e-mail, the PDF, the CSV; and for a draft, that it is sent."""
        view = self.view
        if view is None:
            return
        order_id = view.order.order_id
        mail, csv_text = self.ask(order_paper.order_mail, order_id), self.ask(order_paper.order_csv, order_id)
        if mail is None or csv_text is None:
            return
        self._mail = MailSheet(self.window(), self.desk, view, mail, csv_text)
        self._mail.sent.connect(self._send)
        self._mail.pages_asked.connect(self._show_pages)
        self._mail.closed.connect(self._on_mail_closed)
        self._mail.open()

    def _show_pages(self) -> None:
        if self.view is not None:
            order = self.view.order
            write = partial(order_paper.order_pdf, self.desk.db, self.desk.at, order.order_id)
            title = _("Order {number}").format(number=order.number)
            self._show_paper(write, title, f"order-{order.number}.pdf")

    def _send(self, expected: str) -> None:
        view, sheet = self.view, self._mail
        if view is None or sheet is None:
            return
        try:
            done = self.desk.do(purchase_orders.send_order, view.order.order_id, read_day("expected_on", expected))
        except StorageError as error:
            self.host.on_trouble(error)
            return
        except AvPosError as error:
            sheet.show_refusal(error)
            return
        sheet.dismiss()
        self.show_order(done.order_id)
        self.tell(_("Order {number} is on its way.").format(number=view.order.number))

    def _on_mail_closed(self) -> None:
        self._mail = None

    def _ask_give_up(self) -> None:
        view = self.view
        if view is not None and view.order.status in ("draft", *order_views.ON_ITS_WAY):
            self.open_sheet(order_sheets.drop_sheet(self.window(), view)).given.connect(self._give_up)

    def _give_up(self, _values: object) -> None:
        view, sheet = self.view, self.sheet
        if view is None or sheet is None:
            return
        op = purchase_orders.drop_order if self.is_draft() else purchase_orders.close_order
        if self.carry_out(sheet, op, view.order.order_id) is not None:
            told = _("Dropped: order {number}.") if self.is_draft() else _("Order {number} waits for nothing more.")
            self.read()
            self.tell(told.format(number=view.order.number))

    def _ask_export(self) -> None:
        self._exporting.ask(self.table.csv_text(), _("Export the orders"), "orders.csv")

    # ---- lines ----

    def add_disc(self, key: object) -> None:
        """Order one more of this disc, on the draft."""
        view = self.view
        if view is None or not self.is_draft() or not isinstance(key, int):
            return
        done = self.host.perform(purchase_orders.add_line, view.order.order_id, key)
        if done is not None:
            self.finding.stop()
            self.scanned.emit()
            self.read(done.order.order_id)
            self.lines.pick(next(line.line_id for line in done.lines if line.edition_id == key))

    def ask_line(self, _row: object = None) -> None:
        """F4, Enter: pieces and cost of the chosen line."""
        row = self.lines.current()
        if row is not None and self.is_draft() and self.view is not None:
            self._line = row
            sheet = order_sheets.line_sheet(self.window(), row, self.view.order.currency)
            self.open_sheet(sheet).given.connect(self._set_line)

    def _set_line(self, values: Mapping[str, str]) -> None:
        row, sheet, view = self._line, self.sheet, self.view
        if row is None or sheet is None or view is None:
            return
        try:
            qty = read_pieces("quantity", values["quantity"])
            cost = read_minor("cost", values["cost"], view.order.currency)
        except InvalidInput as error:
            sheet.show_refusal(error)
            return
        if self.carry_out(sheet, purchase_orders.change_line, row.line_id, qty=qty, cost_minor=cost) is not None:
            self.read(view.order.order_id)

    def change_by(self, by: int) -> None:
        """+ and −: so many more pieces of the chosen line."""
        row = self.lines.current()
        if row is None or row.qty + by < 1 or not self.is_draft():
            return
        if self.host.attempt(purchase_orders.change_line, row.line_id, qty=row.qty + by):
            self.read(row.order_id)

    def remove(self) -> None:
        """Del: take a line off the draft; of an order that was sent, ask whether the rest shall be given up."""
        row = self.lines.current()
        if row is None or self.view is None:
            return
        if self.is_draft():
            if self.host.attempt(purchase_orders.remove_line, row.line_id):
                self.read(row.order_id)
                self.tell(_("Taken off: {title}.").format(title=row.title))
        elif row.open_qty and self.view.order.status in order_views.ON_ITS_WAY:
            self._line = row
            self.open_sheet(order_sheets.give_up_sheet(self.window(), row)).given.connect(self._give_up_line)

    def _give_up_line(self, _values: object) -> None:
        row, sheet = self._line, self.sheet
        if row is None or sheet is None:
            return
        if self.carry_out(sheet, purchase_orders.give_up_line, row.line_id) is not None:
            self.read(row.order_id)
            self.tell(_("No longer on order: {title}.").format(title=row.title))

    # ---- showing ----

    def read(self, pick: int = 0) -> None:
        """Read the list again, with the cursor on the order of this id, and show the chosen one."""
        opened = self.ask(order_views.list_orders, only_open=True)
        if opened is None:
            return
        self._open = opened
        today, tab = self.today(), Tab(self.list.tab)
        shown = {
            Tab.OPEN: opened,
            Tab.DRAFTS: tuple(row for row in opened if row.status == "draft"),
            Tab.ON_THE_WAY: tuple(row for row in opened if row.status in order_views.ON_ITS_WAY),
            Tab.LATE: tuple(row for row in opened if words.is_late(row, today)),
        }
        self.list.show_counts([len(shown[one]) for one in (Tab.OPEN, Tab.DRAFTS, Tab.ON_THE_WAY, Tab.LATE)])
        rows = shown[tab] if tab in shown else self.ask(order_views.list_orders) or ()
        self.table.set_empty_text(_empty_words(tab))
        self.list.show_rows(rows, pick or None)
        self.show_current()
        self.heading_changed.emit()

    def _on_tab(self, _tab: int) -> None:
        self.read()

    def show_current(self, _row: object = None) -> None:
        """Show the order that is chosen in the list."""
        row = self.table.current()
        self.view = self.ask(order_views.view_order, row.order_id) if row is not None else None
        if self.view is None:
            self.card.show_nothing()
        else:
            self._show(self.view)
        self._show_keys()

    def _show(self, view: OrderView) -> None:
        order, texts = view.order, screen_texts()
        about = []
        if order.sent_on is not None:
            about.append(_("sent {day}").format(day=texts.day(order.sent_on, year=False)))
        if order.expected_on is not None and order.open_qty:
            about.append(_("expected {day}").format(day=texts.day(order.expected_on, year=False)))
        if order.origin == order_making.REORDER:
            about.append(_("from the reorder list"))
        if view.note:
            about.append(view.note)
        title = _("Order {number} · {supplier}").format(number=order.number, supplier=order.supplier_name)
        mark, is_draft = words.order_mark(order, self.today()), self.is_draft()
        self.lines.show_state(view, is_draft=is_draft)
        self.card.show_paper(title, " · ".join(about), mark, view.lines, is_draft=is_draft)
        note = [words.pieces_words(order.pieces_qty), words.titles_words(order.lines_qty)]
        if order.open_qty and not is_draft:
            note.append(_("{count} still to come").format(count=f"{order.open_qty:,}"))
        if view.carriage_minor:
            note.append(_("carriage {amount}").format(amount=texts.money(view.carriage_minor, order.currency)))
        warning = ""
        if is_draft and view.below_minimum_minor:
            warning = _("{amount} below the minimum of {minimum}.").format(
                amount=texts.money(view.below_minimum_minor, order.currency),
                minimum=texts.money(view.supplier.minimum_minor, order.currency),
            )
        if is_draft and (without := sum(not line.cost_minor for line in view.lines)):
            unpriced = _("Without a cost yet: {titles}.").format(titles=words.titles_words(without))
            warning = f"{warning} {unpriced}".strip()
        self.card.show_totals(texts.money(view.total_minor, order.currency), " · ".join(note), warning)

    def _show_keys(self) -> None:
        view, is_draft = self.view, self.is_draft()
        on_way = view is not None and view.order.status in order_views.ON_ITS_WAY
        for button in (self.line_button, self.packs_button, self.terms_button):
            button.setEnabled(is_draft)
        for button in (self.copy_button, self.papers_button):
            button.setEnabled(view is not None)
        self.give_up_button.setText(_("Give up rest") if on_way else _("Drop"))
        self.give_up_button.setEnabled(is_draft or on_way)
        self.main_button.setText(_("Send…") if is_draft else _("Receive") if on_way else _("New order"))
        self.new_button.setVisible(is_draft or on_way)


def _empty_words(tab: Tab) -> str:
    return {
        Tab.OPEN: _("What is ordered and not here yet stands here. Ctrl N begins an order."),
        Tab.DRAFTS: _("Orders that are being written stand here. Ctrl N begins one."),
        Tab.ON_THE_WAY: _("Orders that were sent stand here until all of it is here. None is on the way."),
        Tab.LATE: _("Orders that should have been here stand here. None is late."),
        Tab.ALL: _("All orders ever written stand here. Ctrl N begins the first."),
    }[tab]
