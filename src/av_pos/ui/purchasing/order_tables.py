"""The list of the orders, and the lines of one."""

from collections.abc import Callable
from datetime import date

from PySide6.QtGui import QResizeEvent

from av_pos.i18n import _, screen_texts
from av_pos.services.order_views import OrderLineRow, OrderRow, OrderView
from av_pos.ui.purchasing import words
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Amount, Column, DataTable

_STOCK, _CAME, _LEFT, _EACH = 1, 3, 4, 5
# Below this width a sent order leaves the room to the titles; what is still to come says the rest.
_WIDE_ENOUGH = 440


class OrdersTable(DataTable[OrderRow]):
    """Lists orders: supplier, number, pieces; how they stand on the day that `today` gives."""

    def __init__(self, today: Callable[[], date], currency: str) -> None:
        self._today = today
        columns: tuple[Column[OrderRow], ...] = (
            Column(_("Order"), self._name, "disc", stretch=True),
            Column(_("State"), self._state, "chip"),
            Column(_("Amount"), _goods, "money", strong=True),
        )
        super().__init__("ordersTable", _("Orders"), columns, currency_code=currency, key=_order_id)

    def _name(self, row: OrderRow) -> DiscCell:
        under: list[str | Mark] = [row.number, words.order_pieces(row)]
        if row.expected_on is not None and row.open_qty and not words.is_late(row, self._today()):
            under.append(_("by {day}").format(day=screen_texts().day(row.expected_on, year=False)))
        return DiscCell(row.supplier_name, tuple(under), has_cover=False)

    def _state(self, row: OrderRow) -> Mark:
        return words.order_mark(row, self._today())


class LinesTable(DataTable[OrderLineRow]):
    """Lists the lines of one order; what came and what is open only once it was sent."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._is_draft = True
        columns: tuple[Column[OrderLineRow], ...] = (
            Column(_("Disc"), self._disc, "disc", stretch=True),
            Column(_("In stock"), _stock, "number"),
            Column(_("Pieces"), _qty, "number", strong=True, total=True),
            Column(_("Came"), _came, "number", total=True),
            Column(_("To come"), _left, "number", total=True),
            Column(_("Each"), self._each, "money"),
        )
        super().__init__(
            "orderLinesTable", _("Lines of the order"), columns, currency_code=currency, key=_line_id,
            empty=_("Nothing stands on this order yet. Scan a disc, or type its title."),
        )  # fmt: skip

    def show_state(self, view: OrderView, *, is_draft: bool) -> None:
        """Show amounts in the order's currency, and the columns that mean something in its state."""
        self._currency, self._is_draft = view.order.currency, is_draft
        self.setColumnHidden(_STOCK, not is_draft)
        self.setColumnHidden(_LEFT, is_draft)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the titles room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_narrow = self.width() < _WIDE_ENOUGH
        self.setColumnHidden(_CAME, self._is_draft or is_narrow)
        self.setColumnHidden(_EACH, not self._is_draft and is_narrow)

    def _disc(self, row: OrderLineRow) -> DiscCell:
        under: list[str | Mark] = [row.artist] if row.artist else []
        if row.format:
            under.append(Mark(row.format))
        if row.is_deleted:
            under.append(Mark(_("left the catalogue"), "danger"))
        elif row.given_up_qty:
            under.append(Mark(_("{count} given up").format(count=row.given_up_qty), "warn"))
        elif self._is_draft and row.packed_qty != row.qty:
            under.append(Mark(_("packs of {count}").format(count=row.pack_qty), "warn"))
        under += [word for word in (row.number, row.why) if word]
        return DiscCell(row.title, tuple(under))

    def _each(self, row: OrderLineRow) -> Amount | None:
        return Amount(row.cost_minor, self._currency) if row.cost_minor else None


def _order_id(row: OrderRow) -> object:
    return row.order_id


def _goods(row: OrderRow) -> Amount:
    return Amount(row.goods_minor, row.currency)


def _line_id(row: OrderLineRow) -> object:
    return row.line_id


def _stock(row: OrderLineRow) -> int:
    return row.on_hand_qty


def _qty(row: OrderLineRow) -> int:
    return row.qty


def _came(row: OrderLineRow) -> int:
    return row.received_qty


def _left(row: OrderLineRow) -> int:
    return row.open_qty
