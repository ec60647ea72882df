"""Receiving: the deliveries, open ones first, and the one that is being received."""

from collections.abc import Mapping
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.permissions import Permission
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import order_views, receiving, receiving_views, suppliers
from av_pos.services.receiving_views import DeliveryRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.purchasing import words
from av_pos.ui.purchasing.box import BoxPanel
from av_pos.ui.purchasing.delivery_sheets import ORDER, SUPPLIER, open_sheet
from av_pos.ui.purchasing.list_face import ListFace
from av_pos.ui.purchasing.panel import Panel, go_to
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import Column, DataTable


class Tab(IntEnum):
    """Which deliveries the list shows."""

    OPEN = 0
    ALL = 1


class ReceivingPanel(Panel):
    """Opens, goes on with, and shows deliveries; no costs for whoever may not order. `scanned`: a scan was taken."""

    help_name = actions.RECEIVING
    needs = Permission.RECEIVE_GOODS
    scanned = Signal()

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host, settings, "receivingPanel")
        self.table = self._make_table()
        self.list: ListFace[DeliveryRow] = ListFace(
            "delivery", _("Find in the deliveries"), (_("Still open"), _("All")), self.table
        )
        self.box = BoxPanel(host, settings)
        self.open_button = KeyButton(_("New delivery"), "newDeliveryButton", action="main", role="primary")
        self._stack = QStackedWidget()
        self._face = QWidget()
        self._lay_out()
        self._connect()

    # ---- what the screen asks ----

    def about(self) -> str:
        """Whose box it is, or how many are open."""
        if self._in_box():
            return self.box.about()
        count = sum(row.status == "open" for row in self.list.rows)
        return ngettext("{count} open delivery", "{count} open deliveries", count).format(count=count) if count else ""

    def refresh(self) -> None:
        """Read again what is shown."""
        if self._in_box():
            self.box.refresh()
        else:
            self._read()

    def enter(self) -> None:
        """Put the focus where work begins."""
        if self._in_box():
            self.box.enter()
        else:
            self.list.enter()

    def take_scan(self, code: str) -> bool:
        """Only an open delivery takes scans."""
        if self._in_box():
            return self.box.take_scan(code)
        self.host.refuse(_("Open a delivery first: F12, or Enter on one of the list."))
        return False

    def main_action(self) -> None:
        """F12: post what is being received, or begin a new delivery."""
        if self._in_box():
            self.box.main_action()
        else:
            self.ask_new()

    def go_back(self) -> bool:
        """Esc: from the delivery to the list."""
        return self.box.go_back() if self._in_box() else self.list.clear()

    def seek(self) -> None:
        """F3: the field."""
        if self._in_box():
            self.box.seek()
        else:
            go_to(self.list.filter)

    # ---- deeds ----

    def ask_new(self, chosen: str = "") -> None:
        """Ask whose box is being opened; `chosen` stands in the field first."""
        sellers = self.desk.ask(suppliers.list_suppliers)
        if not sellers:
            self.host.refuse(_("There is no supplier yet. A manager adds one under Suppliers."))
            return
        orders = self.ask(order_views.list_orders, only_open=True) if self.may(Permission.ORDER_GOODS) else ()
        sent = [row for row in orders or () if row.status != "draft"]
        self.open_sheet(open_sheet(self.window(), sent, sellers, chosen)).given.connect(self._begin)

    def receive_order(self, order_id: int) -> None:
        """Ask for a delivery of this order."""
        self.ask_new(f"{ORDER}{order_id}")

    def _begin(self, values: Mapping[str, str]) -> None:
        if self.sheet is None:
            return
        chosen, order_id = values["supplier"], None
        if chosen.startswith(ORDER):
            order_id = int(chosen.removeprefix(ORDER))
            order = self.ask(order_views.view_order, order_id)
            if order is None:
                return
            supplier_id = order.supplier.supplier_id
        else:
            supplier_id = int(chosen.removeprefix(SUPPLIER) or 0)
        number = values["number"]
        view = self.carry_out(self.sheet, receiving.open_delivery, supplier_id, order_id=order_id, number=number)
        if view is not None:
            self.show_delivery(view.delivery.delivery_id)

    def show_delivery(self, delivery_id: int) -> None:
        """Go on with this delivery, or look at it when it is posted."""
        if self.box.show_delivery(delivery_id):
            self._stack.setCurrentWidget(self.box)
            self.enter()
            self.heading_changed.emit()

    def _on_chosen(self, row: object) -> None:
        if isinstance(row, DeliveryRow):
            self.show_delivery(row.delivery_id)

    def _on_left(self) -> None:
        self._stack.setCurrentWidget(self._face)
        self._read()
        self.list.enter()

    # ---- the list ----

    def _in_box(self) -> bool:
        return self._stack.currentWidget() is self.box

    def _read(self, _tab: int = 0) -> None:
        rows = self.ask(receiving_views.list_deliveries, only_open=self.list.tab == Tab.OPEN)
        if rows is None:
            return
        if self.list.tab == Tab.OPEN:
            empty = _("Boxes that are being unpacked stand here, until they are posted. F12 opens a new one.")
        else:
            empty = _("Everything that suppliers delivered stands here. F12 opens the first delivery.")
        self.table.set_empty_text(empty)
        self.list.show_rows(rows)
        self.heading_changed.emit()

    def _make_table(self) -> "DataTable[DeliveryRow]":
        columns: tuple[Column[DeliveryRow], ...] = (
            Column(_("Delivery"), _name, "disc", stretch=True),
            Column(_("Begun"), self._began),
            Column(_("Pieces"), _pieces, "number", strong=True),
            Column(_("Damaged"), _damaged, "number"),
            Column(_("Unknown"), _unknown, "number"),
            Column(_("State"), words.delivery_mark, "chip"),
        )
        return DataTable("deliveriesTable", _("Deliveries"), columns, currency_code=self.settings.currency, key=_id)

    def _began(self, row: DeliveryRow) -> str:
        return screen_texts().date_time(row.began_at, self.settings.zone)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._face)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        for face in (self._face, self.box):
            self._stack.addWidget(face)
        whole.addWidget(self._stack)

    def _connect(self) -> None:
        self.list.tab_chosen.connect(self._read)
        self.table.chosen.connect(self._on_chosen)
        self.open_button.clicked.connect(self.main_action)
        self.box.left.connect(self._on_left)
        self.box.scanned.connect(self.scanned)
        self.box.heading_changed.connect(self.heading_changed)


def _id(row: DeliveryRow) -> object:
    return row.delivery_id


def _name(row: DeliveryRow) -> DiscCell:
    order = _("order {number}").format(number=f"{row.order_id:05d}") if row.order_id else _("all orders")
    under: list[str | Mark] = [order]
    if row.number:
        under.append(_("note {number}").format(number=row.number))
    return DiscCell(row.supplier_name, tuple(under), has_cover=False)


def _pieces(row: DeliveryRow) -> int:
    return row.good_qty + row.damaged_qty


def _damaged(row: DeliveryRow) -> int | None:
    return row.damaged_qty or None


def _unknown(row: DeliveryRow) -> int | None:
    return row.unknown_qty or None
