"""Makes drafts of orders of what is ticked, and says which."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from av_pos.i18n import _, ngettext
from av_pos.services import order_views, reordering
from av_pos.services.order_making import OrdersMadeOutcome, Wanted
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.notice import Notice

_NAMED = 3


class Ordering(QObject):
    """One draft a supplier. `show_order(order_id)` goes to one; None where nothing can show it."""

    def __init__(self, screen: Screen, show_order: Callable[[int], None] | None) -> None:
        super().__init__(screen)
        self._screen = screen
        self._show_order = show_order
        self._made_id = 0

    def make(self, wanted: Sequence[Wanted]) -> bool:
        """Make the drafts and tell of them; False when that was refused."""
        outcome = self._screen.perform(reordering.make_orders, wanted)
        if outcome is None:
            return False
        told = " ".join((*self._made_words(outcome), *_left_out_words(outcome)))
        if not outcome.order_ids:
            self._screen.refuse(told)
            return True
        self._made_id = outcome.order_ids[0]
        action, act = (_("Show"), self._show) if self._show_order is not None else ("", None)
        kind: Kind = "warn" if outcome.left_out else "ok"
        self._screen.desk.events.tell(Notice(told, kind, action, act, key="refusal", at_once=True))
        return True

    def _made_words(self, outcome: OrdersMadeOutcome) -> list[str]:
        count = len(outcome.order_ids)
        if not count:
            return []
        told = ngettext("{count} draft made: {orders}.", "{count} drafts made: {orders}.", count)
        return [told.format(count=count, orders=self._orders_words(outcome.order_ids))]

    def _orders_words(self, order_ids: Sequence[int]) -> str:
        """The orders by number and supplier, the first of many."""
        desk = self._screen.desk
        orders = [desk.ask(order_views.view_order, desk.at, order_id).order for order_id in order_ids[:_NAMED]]
        named = ", ".join(f"{order.number} {order.supplier_name}" for order in orders)
        more = len(order_ids) - len(orders)
        return _("{orders} and {count} more").format(orders=named, count=more) if more else named

    def _show(self) -> None:
        if self._show_order is not None:
            self._show_order(self._made_id)


def _left_out_words(outcome: OrdersMadeOutcome) -> list[str]:
    """Say what is in no draft, and what to do about it."""
    told = []
    unsold = sum(row.reason == "no_supplier" for row in outcome.left_out)
    if unsold:
        told.append(ngettext(
            "{count} disc has no supplier and is in none. Add it to one under Purchasing.",
            "{count} discs have no supplier and are in none. Add them to one under Purchasing.", unsold,
        ).format(count=unsold))  # fmt: skip
    gone = len(outcome.left_out) - unsold
    if gone:
        told.append(ngettext(
            "{count} disc left the catalogue and is not in it.",
            "{count} discs left the catalogue and are not in it.", gone,
        ).format(count=gone))  # fmt: skip
    return told
