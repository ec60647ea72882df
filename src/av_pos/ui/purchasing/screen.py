"""The purchasing screen: orders, receiving, suppliers, what goes back, price labels; a tab each."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.purchasing.labels import LabelsPanel
from av_pos.ui.purchasing.orders import OrdersPanel
from av_pos.ui.purchasing.panel import Panel
from av_pos.ui.purchasing.receiving import ReceivingPanel
from av_pos.ui.purchasing.returns import ReturnsPanel
from av_pos.ui.purchasing.suppliers import SuppliersPanel
from av_pos.ui.screen import Screen, ShowPaper
from av_pos.ui.widgets.key_button import KeyButton


class PurchasingScreen(Screen):
    """Hands on what the window asks to the tab in front; each is seen by whoever may work in it.

    `scan_taken`: a scanned disc went into a delivery, an order or a return. `moved_on`: another tab is in front, and
    what was told before is over.
    """

    scan_taken = Signal()
    moved_on = Signal()

    def __init__(
        self, desk: Desk, settings: ShopSettings, *, show_paper: ShowPaper, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, "purchasingScreen", parent)
        self.orders = OrdersPanel(self, settings, show_paper)
        self.receiving = ReceivingPanel(self, settings)
        self.suppliers = SuppliersPanel(self, settings)
        self.returns = ReturnsPanel(self, settings, show_paper)
        self.labels = LabelsPanel(self, settings)
        self._panels: tuple[tuple[str, str, Panel], ...] = (
            ("ordersTab", _("Orders"), self.orders),
            ("receivingTab", _("Receiving"), self.receiving),
            ("suppliersTab", _("Suppliers"), self.suppliers),
            ("returnsTab", _("Returns"), self.returns),
            ("labelsTab", _("Price labels"), self.labels),
        )
        self._tabs = QButtonGroup(self)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """What this is, and about what."""
        return _("Purchasing"), self.front.about()

    @property
    def front(self) -> Panel:
        """The tab in front."""
        panel = self._stack.currentWidget()
        assert isinstance(panel, Panel)
        return panel

    def help_name(self) -> str:
        """F1 shows the keys of the tab in front."""
        return self.front.help_name

    def on_front(self) -> None:
        """Show the tabs that whoever is signed in may work in, and read the one in front again."""
        for number, (_name, _text, panel) in enumerate(self._panels):
            self._tabs.button(number).setVisible(panel.may(panel.needs))
        if not self.front.may(self.front.needs):
            self._stack.setCurrentWidget(next(p for _n, _t, p in self._panels if p.may(p.needs)))
        self._show_front()

    def take_scan(self, code: str) -> bool:
        """The tab in front may use it."""
        return self.front.take_scan(code)

    def main_action(self) -> None:
        """F12: the tab's main action."""
        self.front.main_action()

    def go_back(self) -> None:
        """Esc: leave what is open in the tab."""
        if not self.front.go_back():
            super().go_back()

    def seek(self) -> None:
        """F3: the tab's field."""
        self.front.seek()

    def on_approved(self, _result: object) -> None:
        """A manager has approved something: show what came of it."""
        self.front.refresh()

    # ---- tabs ----

    def show_tab(self, panel: Panel) -> None:
        """Bring a tab to the front."""
        self._stack.setCurrentWidget(panel)
        self.moved_on.emit()
        self._show_front()

    def _show_front(self) -> None:
        front = self.front
        for number, (_name, _text, panel) in enumerate(self._panels):
            self._tabs.button(number).setChecked(panel is front)
        front.refresh()
        front.enter()
        self.heading_changed.emit()

    def _on_tab(self, number: int) -> None:
        self.show_tab(self._panels[number][2])

    def _receive(self, order_id: int) -> None:
        """What was ordered is here: open a delivery of it."""
        self.show_tab(self.receiving)
        self.receiving.receive_order(order_id)

    def _order(self, supplier_id: int) -> None:
        """Begin an order at this supplier."""
        self.show_tab(self.orders)
        self.orders.ask_new(str(supplier_id))

    def _tab_before(self) -> None:
        self._turn(-1)

    def _tab_after(self) -> None:
        self._turn(1)

    def _turn(self, by: int) -> None:
        """Go to the tab before or after, among those that can be seen."""
        seen = [panel for _name, _text, panel in self._panels if panel.may(panel.needs)]
        self.show_tab(seen[(seen.index(self.front) + by) % len(seen)])

    # ---- putting together ----

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        column.setSpacing(sizes.gap)
        tabs = QHBoxLayout()
        tabs.setSpacing(8)
        for number, (name, text, panel) in enumerate(self._panels):
            button = KeyButton(text, name, role="tab")
            self._tabs.addButton(button, number)
            tabs.addWidget(button)
            self._stack.addWidget(panel)
        tabs.addStretch(1)
        column.addLayout(tabs)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._tabs.idClicked.connect(self._on_tab)
        for _name, _text, panel in self._panels:
            panel.heading_changed.connect(self.heading_changed)
        for panel in (self.orders, self.receiving, self.suppliers, self.returns):
            panel.scanned.connect(self.scan_taken)
        self.orders.receive_asked.connect(self._receive)
        self.suppliers.order_asked.connect(self._order)
        for action_id, slot in (("tab_before", self._tab_before), ("tab_after", self._tab_after)):
            actions.bind(self, action_id, slot)
