"""The page that lists what to order, with the panel that says why beside it where there is room."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.purchasing import below_minimum
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.reorder_views import ReorderRow, ReorderView, Show
from av_pos.ui import actions, theme
from av_pos.ui.reorder.chosen import Chosen
from av_pos.ui.reorder.foot import ReorderFoot
from av_pos.ui.reorder.head import ReorderHead
from av_pos.ui.reorder.table import ReorderTable
from av_pos.ui.reorder.typed import TypedQuantity
from av_pos.ui.reorder.why_panel import WhyPanel
from av_pos.ui.widgets.card import Card

_ROOM_FOR_PANEL = 1100
_PANEL, _WIDE_PANEL = 366, 560
_ROOM_FOR_TABLE = 888
_PAUSE_MS = 60


class ListPage(QWidget):
    """Head, list, panel, foot. `quantity_set(edition_id, qty)`, `row_changed` after a pause on a row.

    `figures_asked` when a figure shall be set by hand and there is no room for the panel that has them.
    """

    quantity_set = Signal(int, int)
    row_changed = Signal()
    figures_asked = Signal()

    def __init__(self, currency: str) -> None:
        super().__init__()
        self._currency = currency
        self.view: ReorderView | None = None
        self.chosen = Chosen()
        self.head = ReorderHead()
        self.typed = TypedQuantity(self)
        self.table = ReorderTable(currency, self.chosen.is_ticked, self._typed)
        self.panel = WhyPanel(currency)
        self._panel_card = Card("whyPanel", pad=14)
        self.foot = ReorderFoot(currency)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self.figures_key = actions.bind(self, "change_input", self.figures_asked.emit)
        self._lay_out()
        self._connect()

    @property
    def has_panel(self) -> bool:
        """Whether the panel stands beside the list."""
        return self.width() >= _ROOM_FOR_PANEL

    def show_view(self, view: ReorderView) -> None:
        """Show these rows."""
        self.view = view
        self.chosen.take(view.rows)
        self.head.show_view(view)
        self.table.set_empty_text(_empty_words(self.head.show_what, has_supplier=bool(self.head.supplier_id)))
        self._show_rows()

    def show_quantity(self, edition_id: int, qty: int) -> None:
        """Show a quantity set by hand at once."""
        self.chosen.set_quantity(edition_id, qty)
        self._show_rows()

    def show_working(self) -> None:
        """Say that it is being worked out."""
        self.table.set_empty_text(_("Working out what to order…"))

    def go_to_first(self) -> None:
        """Let the cursor stand on the first row once other rows are there."""
        self.table.set_rows(())

    def enter(self) -> None:
        """The list, where keys count and tick."""
        self.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the panel away where there is no room for it."""
        super().resizeEvent(event)
        width = self.width()
        self._panel_card.setFixedWidth(self._panel_width())
        self._panel_card.setVisible(self.has_panel)
        self.figures_key.setEnabled(not self.has_panel)
        self._fit_table()
        self.head.fit(width)
        if self.view is not None:
            self.head.show_view(self.view)
        self.foot.fit(width)

    def turn_tick(self) -> bool:
        """Space: tick the row, or take the tick off; False where nothing is suggested."""
        row = self.table.current()
        if row is None or not row.qty:
            return row is None
        self.chosen.turn(row)
        self.table.show_row_again()
        self.show_sums()
        return True

    def turn_all(self) -> None:
        """Ctrl A: all, or none."""
        self.chosen.turn_all()
        self.table.show_all_again()
        self.show_sums()

    def change_by(self, by: int) -> None:
        """+ and −: a piece, or a pack, more or less."""
        self.typed.finish()
        row = self.table.current()
        if row is not None:
            step = max(row.pack_qty, 1)
            qty = max(0, (row.qty // step + by) * step if by > 0 else (-(-row.qty // step) + by) * step)
            if qty != row.qty:
                self.quantity_set.emit(row.edition_id, qty)

    def show_sums(self) -> None:
        """Sum what is ticked."""
        sums, view = self.chosen.sums(), self.view
        self.foot.show_order(sums.ticked, sums.of, sums.cost_minor)
        if view is None:
            return
        self.foot.show_budget(view.budget, sums.cost_minor)
        short = self._short()
        notes = []
        if len(view.rows) < view.rows_qty:
            notes.append(_("the first {count} of {all} are shown").format(
                count=f"{len(view.rows):,}", all=f"{view.rows_qty:,}"))  # fmt: skip
        if sums.without_supplier:
            told = ngettext("{count} has no supplier", "{count} have no supplier", sums.without_supplier)
            notes.append(told.format(count=sums.without_supplier))
        notes += short
        self.foot.show_note(" · ".join(notes), can_fill=bool(short) or self.foot.fill_button.isChecked())

    def _short(self) -> list[str]:
        """Which orders would be below their supplier's minimum."""
        assert self.view is not None
        found = []
        for head in self.view.suppliers:
            cost = self.chosen.cost_of(head.supplier_id)
            short_minor = below_minimum(cost, head.minimum_minor)
            if cost and short_minor:
                lacking = screen_texts().money(short_minor, self._currency)
                found.append(_("{supplier}: {amount} below its minimum").format(supplier=head.name, amount=lacking))
        return found[:1] if len(found) < 2 else [
            ngettext("{count} order is below its minimum", "{count} orders are below their minimum",
                     len(found)).format(count=len(found))
        ]  # fmt: skip

    def _show_rows(self) -> None:
        self.table.set_rows(self.chosen.rows)
        self._fit_table()
        if self.table.current() is None:
            self.table.step(1)
        self.show_sums()
        self._pause.start()

    def _fit_table(self) -> None:
        self.table.fit(self.width() - (self._panel_width() + theme.metrics().gap if self.has_panel else 0))

    def _panel_width(self) -> int:
        """Wide enough for whole formulas where the list has all its columns anyway."""
        return min(max(_PANEL, self.width() - _ROOM_FOR_TABLE), _WIDE_PANEL)

    def _typed(self, row: ReorderRow) -> int | None:
        return self.typed.of(row.edition_id)

    def _on_digit(self, digit: str) -> None:
        row = self.table.current()
        if row is not None:
            self.typed.add(row.edition_id, digit)
            self.table.show_row_again()

    def _on_rubbed(self) -> None:
        if self.typed.rub():
            self.table.show_row_again()

    def _on_picked(self, _row: object) -> None:
        self.typed.finish()
        self._pause.start()

    def _on_filter(self, _text: str) -> None:
        if self.table.current() is None:
            self.table.step(1)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _connect(self) -> None:
        self.typed.entered.connect(self.quantity_set)
        self.table.digit.connect(self._on_digit)
        self.table.rubbed.connect(self._on_rubbed)
        self.table.tick_tapped.connect(self.turn_tick)
        self.table.picked.connect(self._on_picked)
        self.table.follow(self.head.filter)
        self.head.filter.textChanged.connect(self._on_filter)
        self.head.filter.returnPressed.connect(self.enter)
        self._pause.timeout.connect(self.row_changed)
        bound: tuple[tuple[str, Callable[[], object]], ...] = (("line_up", self._up), ("line_down", self._down))
        for action_id, slot in bound:
            actions.bind(self.head.filter, action_id, slot)

    def _lay_out(self) -> None:
        gap = theme.metrics().gap
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(self.head)
        middle = QHBoxLayout()
        middle.setSpacing(gap)
        card = Card("reorderCard", pad=1)
        card.body.addWidget(self.table)
        middle.addWidget(card, 1)
        self._panel_card.body.addWidget(self.panel)
        middle.addWidget(self._panel_card)
        column.addLayout(middle, 1)
        column.addWidget(self.foot)


def _empty_words(show: Show, *, has_supplier: bool) -> str:
    if has_supplier:
        return _("Nothing of this supplier is in this list just now.")
    texts = {
        Show.TO_ORDER: _(
            "Nothing needs to be ordered. What falls to its reorder point appears here; All shows every disc."
        ),
        Show.OUT: _("Nothing that sells is out of stock."),
        Show.SLOW: _("Nothing lies here unsold for so long. The number of days stands in the settings."),
        Show.ALL: _("No disc has been in stock or sold yet. Receive goods or sell, and it appears here."),
    }
    return texts[show]
