"""The reorder screen: what to order now, by supplier, and why; drafts of orders are made from here."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services import editions, reorder_trial, reorder_why, staff
from av_pos.services.reorder_trial import TrialResult
from av_pos.services.reorder_views import ReorderQuery, ReorderView
from av_pos.services.reorder_why import ReorderWhy, WhyLine
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.reorder import words
from av_pos.ui.reorder.by_hand import ByHand
from av_pos.ui.reorder.exporting import Exporting
from av_pos.ui.reorder.list_page import ListPage
from av_pos.ui.reorder.ordering import Ordering
from av_pos.ui.reorder.reading import Reading
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.refused import RefusedPanel

if TYPE_CHECKING:
    from av_pos.ui.reorder.market_page import MarketPage
    from av_pos.ui.reorder.why_panel import WhyPanel
    from av_pos.ui.reorder.why_sheet import WhySheet


class ReorderScreen(Screen):
    """Shows what to order. `show_order(order_id)` goes to an order that was made; None where nothing can show it."""

    def __init__(
        self,
        desk: Desk,
        settings: ShopSettings,
        *,
        show_order: Callable[[int], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "reorderScreen", parent)
        self._settings = settings
        self._ordering = Ordering(self, show_order)
        self._by_hand = ByHand(self, settings.currency)
        self._why_sheet: WhySheet | None = None
        self.page = ListPage(settings.currency)
        self.table, self.head, self.foot = self.page.table, self.page.head, self.page.foot
        self._market: MarketPage | None = None
        self._reading = Reading(desk, self)
        self._exporting = Exporting(self)
        self._refused = RefusedPanel(
            "reorderRefused", _("Reordering is for managers"),
            _("{names} may order goods. Press Ctrl L to switch."),
            _("Nobody here may order goods. Make somebody a manager."),
        )  # fmt: skip
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """What this is, of whom, and what is promised."""
        view = self.page.view
        if self._market is not None and self._stack.currentWidget() is self._market:
            return _("Classes and trends"), _("new pieces")
        if view is None or not self._may_order():
            return _("Reorder"), ""
        head = next((one for one in view.suppliers if one.supplier_id == self.head.supplier_id), None)
        if head is None:
            return _("Reorder"), words.target_words(view)
        title = _("Reorder · {supplier} ({lead})").format(supplier=head.name, lead=words.lead_words(head))
        return title, words.target_words(view) if self.page.has_panel else ""

    def on_front(self) -> None:
        """Work it out again: something may have been sold or received meanwhile."""
        if not self._may_order():
            people = self.desk.ask(staff.list_staff)
            names = [row.name for row in people if allowed(row.role, Permission.ORDER_GOODS)]
            self._refused.show_names(names)
            self._stack.setCurrentWidget(self._refused)
            self.heading_changed.emit()
            return
        self._stack.setCurrentWidget(self.page)
        self.head.show_trial(self._ask_trial())
        self._read(anew=True)
        self.page.enter()
        self.heading_changed.emit()

    def take_scan(self, code: str) -> bool:
        """Go to the disc of this code, or say why it is not in the list."""
        found = self.desk.ask(editions.find_by_code, code) if self._is_list() else ()
        if not found:
            return False
        if not any(self.table.pick(row.id) for row in found):
            self._explain(found[0].id)
        return True

    def main_action(self) -> None:
        """F12: drafts of what is ticked, one a supplier."""
        if not self._is_list():
            return
        self.page.typed.finish()
        wanted = self.page.chosen.wanted()
        if not wanted:
            self.refuse(_("Nothing is ticked. Space ticks a disc, a number sets how many."))
            return
        if self._ordering.make(wanted):
            self.page.go_to_first()
            self._read(anew=True)

    def go_back(self) -> None:
        """Esc: what is being typed, the figures, the filter."""
        if self._market is not None and self._stack.currentWidget() is self._market:
            if self._market.filter.text():
                self._market.filter.clear()
            else:
                self._leave_market()
        elif self.page.typed.give_up():
            self.table.show_row_again()
        elif self.page.panel.isAncestorOf(self.focusWidget() or self):
            self.page.enter()
        elif self.head.filter.text():
            self.head.filter.clear()
            self.page.enter()
        elif self.head.isAncestorOf(self.focusWidget() or self):
            self.page.enter()
        else:
            super().go_back()

    def seek(self) -> None:
        """F3: the filter of the page in front."""
        market = self._market if self._market is not None and self._market.isVisible() else None
        field = self.head.filter if market is None else market.filter
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def explain(self) -> None:
        """F2: the figures of the row, beside the list or in a sheet."""
        row = self.table.current()
        if row is None or not self._is_list():
            return
        self.page.typed.finish()
        self._explain(row.edition_id)

    def help_name(self) -> str:
        """F1 shows the keys of the page in front."""
        return actions.REORDER if self._is_list() else actions.MARKET

    # ---- reading ----

    def _may_order(self) -> bool:
        return allowed(self.desk.actor.role, Permission.ORDER_GOODS)

    def _is_list(self) -> bool:
        return self._stack.currentWidget() is self.page

    def _query(self) -> ReorderQuery:
        return ReorderQuery(self.head.show_what, self.head.supplier_id, fills_up=self.foot.fill_button.isChecked())

    def _read(self, *, anew: bool) -> None:
        self.page.show_working()
        self._reading.ask(self._query(), anew=anew)

    def _on_view(self, view: ReorderView) -> None:
        if self._may_order():
            self.page.show_view(view)
            self.heading_changed.emit()

    def _on_show_chosen(self) -> None:
        self.page.typed.finish()
        self.table.set_rows(())
        self._read(anew=False)
        self.heading_changed.emit()

    def _ask_trial(self) -> TrialResult | None:
        return self.desk.ask(reorder_trial.find_last_trial, self.desk.at)

    # ---- why ----

    def _explain(self, edition_id: int) -> None:
        """Show the figures of this disc and put the focus there."""
        why = self._ask_why(edition_id)
        if why is None:
            return
        if self.page.has_panel:
            self._show_why(self.page.panel, why)
            self.page.panel.enter()
            return
        from av_pos.ui.reorder.why_sheet import WhySheet

        sheet = self._why_sheet = WhySheet(self.window(), self._settings.currency)
        sheet.panel.change_asked.connect(self._ask_input)
        sheet.panel.undo_asked.connect(self._undo_input)
        sheet.closed.connect(self._on_why_closed)
        # The sheet's own figures answer F4 now.
        self.page.figures_key.setEnabled(False)
        self._show_why(sheet.panel, why)
        sheet.open()
        sheet.panel.enter()

    def _on_row_changed(self) -> None:
        row = self.table.current()
        if not self.page.has_panel or not self._is_list():
            return
        why = self._ask_why(row.edition_id) if row is not None else None
        if why is None:
            self.page.panel.show_nothing()
        else:
            self._show_why(self.page.panel, why)

    def _ask_why(self, edition_id: int) -> ReorderWhy | None:
        """The figures of a disc out of what the list was made from; None where there are none, which is told."""
        try:
            return self.desk.ask(reorder_why.why, self.desk.at, edition_id, self._reading.known)
        except AvPosError as error:
            self.on_trouble(error)
            return None

    def _show_why(self, panel: "WhyPanel", why: ReorderWhy) -> None:
        view = self.page.view
        if view is not None:
            panel.show_why(why, words.method_words(view), words.method_sentences(view))

    def _show_why_again(self) -> None:
        """The numbers are worked out anew: so are those that are being looked at."""
        for panel in (self.page.panel, self._why_sheet.panel if self._why_sheet is not None else None):
            if panel is not None and panel.why is not None:
                why = self._ask_why(panel.why.row.edition_id)
                if why is not None:
                    self._show_why(panel, why)

    def _on_why_closed(self) -> None:
        self._why_sheet = None
        self.page.figures_key.setEnabled(not self.page.has_panel)

    def _front_why(self) -> ReorderWhy | None:
        return (self._why_sheet.panel if self._why_sheet is not None else self.page.panel).why

    # ---- inputs by hand ----

    def _ask_input(self, line: WhyLine) -> None:
        """F4 on a figure: set it by hand."""
        why = self._front_why()
        if why is not None:
            self._by_hand.ask(why, line)

    def _undo_input(self, line: WhyLine) -> None:
        why = self._front_why()
        if why is not None and line.source == "by_hand":
            self._by_hand.undo(why.row.edition_id, why.row.title, line.input_name)

    def _go_to_inputs(self) -> None:
        """F4 in a narrow window: the sheet with the figures, at the first that can be set."""
        self.explain()
        if self._why_sheet is not None:
            self._why_sheet.panel.enter_to_change()

    def _undo_quantity(self) -> None:
        """Del in the list: the computed quantity counts again."""
        row = self.table.current()
        if self.page.typed.give_up():
            self.table.show_row_again()
        elif row is not None and "order_qty" in row.by_hand:
            self._by_hand.undo(row.edition_id, row.title, "order_qty")
        elif row is not None and row.by_hand:
            self.refuse(_("F2 shows which figures of {title} are set by hand; Del undoes them there.").format(
                title=row.title))  # fmt: skip

    def _set_quantity(self, edition_id: int, qty: int) -> None:
        """A number was typed into a row, or + or − pressed: it is kept and marked."""
        if self._by_hand.set_quantity(edition_id, qty):
            self.page.show_quantity(edition_id, qty)
            self._reading.ask(self._query(), anew=True)

    def _more(self) -> None:
        self.page.change_by(1)

    def _less(self) -> None:
        self.page.change_by(-1)

    def _tick(self) -> None:
        if not self.page.turn_tick():
            self.refuse(_("Nothing is suggested of this one. Type how many to order."))

    # ---- orders ----

    def _fill_up(self) -> None:
        """F6: raise orders to their supplier's minimum, or not."""
        if self.foot.fill_button.isVisible():
            self.foot.fill_button.click()

    def _on_numbers_changed(self, _on: bool = False) -> None:
        self._read(anew=True)

    # ---- the past ----

    def _open_trial(self) -> None:
        """F7: what this way to order would have done last year."""
        from av_pos.ui.reorder.trial_sheet import TrialSheet

        sheet = TrialSheet(self.window(), self.desk, self._settings, self._ask_trial())
        sheet.tried.connect(self.head.show_trial)
        sheet.open()

    # ---- the market ----

    def _open_market(self) -> None:
        """F8: classes and trends, the second page."""
        self.page.typed.finish()
        if self._market is None:
            from av_pos.ui.reorder.market_page import MarketPage

            market = self._market = MarketPage(self.desk, self._settings)
            market.back_asked.connect(self._leave_market)
            market.troubled.connect(self.on_trouble)
            actions.bind(market, "export", self._export)
            self._stack.addWidget(market)
        self._stack.setCurrentWidget(self._market)
        self._market.begin(self._reading.known)
        self.heading_changed.emit()

    def _leave_market(self) -> None:
        if self._market is not None:
            self._market.leave()
        self._stack.setCurrentWidget(self.page)
        self.page.enter()
        self.heading_changed.emit()

    def _export(self) -> None:
        """Ctrl E: the list in front as CSV."""
        if self._market is not None and self._stack.currentWidget() is self._market:
            name = "classes" if self._market.tab == 0 else f"trends-{self._market.tab.name.lower()}"
            self._exporting.ask(self._market.table.csv_text(), _("Save the list"), f"{name}.csv")
        else:
            self._exporting.ask(self.table.csv_text(), _("Save the list"), "reorder.csv")

    # ---- putting together ----

    def _go_to_suppliers(self) -> None:
        self.head.supplier.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _chip_before(self) -> None:
        self.head.turn(-1)

    def _chip_after(self) -> None:
        self.head.turn(1)

    def _on_came(self, view: ReorderView) -> None:
        self._on_view(view)
        self._show_why_again()

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        for page in (self.page, self._refused):
            self._stack.addWidget(page)
        column.addWidget(self._stack)

    def _connect(self) -> None:
        page = self.page
        self._reading.came.connect(self._on_came)
        self._reading.failed.connect(self.on_trouble)
        self.head.show_chosen.connect(self._on_show_chosen)
        self._by_hand.changed.connect(self._on_numbers_changed)
        page.quantity_set.connect(self._set_quantity)
        page.row_changed.connect(self._on_row_changed)
        page.figures_asked.connect(self._go_to_inputs)
        page.panel.change_asked.connect(self._ask_input)
        page.panel.undo_asked.connect(self._undo_input)
        self.table.chosen.connect(self._on_enter)
        self.foot.order_button.clicked.connect(self.main_action)
        self.head.trial_button.clicked.connect(self._open_trial)
        self.foot.trends_button.clicked.connect(self._open_market)
        self.foot.why_button.clicked.connect(self.explain)
        self.foot.fill_button.toggled.connect(self._on_numbers_changed)
        for action_id, slot in (
            ("tick", self._tick), ("one_more", self._more), ("one_less", self._less),
            ("undo_by_hand", self._undo_quantity),
        ):  # fmt: skip
            actions.bind(self.table, action_id, slot)
        for action_id, slot in (
            ("tick_all", page.turn_all), ("choose_supplier", self._go_to_suppliers), ("fill_up", self._fill_up),
            ("trial", self._open_trial), ("trends", self._open_market), ("export", self._export),
            ("tab_before", self._chip_before), ("tab_after", self._chip_after),
        ):  # fmt: skip
            actions.bind(page, action_id, slot)

    def _on_enter(self, _row: object) -> None:
        if not self.page.typed.finish():
            self.explain()
