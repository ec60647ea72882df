"""The stocktake of the day: counting while the shop sells, what differs, and the look over it before posting."""

from PySide6.QtCore import Qt

from av_pos.demo.counts import STYLE
from av_pos.demo_day.counter_stock import CounterStock
from av_pos.services import stocktake_review, stocktakes
from av_pos.services.count_rows import CountRow
from av_pos.services.stocktake_review import RowFilter

_NOBODYS = "4006381333931"
_ALT = Qt.KeyboardModifier.AltModifier


class Counters(CounterStock):
    """Goes on with the count that was left open last night."""

    def count_while_selling(self) -> None:
        """Some of what is left is counted, what differs is looked at, and all of it before it is posted."""
        left = self._left_to_count()
        self.show_screen("navStocktake")
        self.picture("stocktake-in-the-morning")
        for row in left[:3]:
            for _piece in range(max(self._on_hand(row), 1)):
                self.scan(row.code)
        self.type_in("7")
        self.picture("stocktake-number")
        self.key(Qt.Key.Key_Return)
        self.key(Qt.Key.Key_Up)
        self.scan(_NOBODYS)
        self.wait_for_tasks()
        self.picture("stocktake")
        self._look_at_what_differs()
        self.key(Qt.Key.Key_F12)
        self.picture("stocktake-review")
        self.key(Qt.Key.Key_Escape)
        self._print_the_rest()
        self.key(Qt.Key.Key_Escape)
        self.picture("stocktakes")
        self.key(Qt.Key.Key_F12)
        self.picture("stocktake-begin")
        self.key(Qt.Key.Key_Escape)

    def _look_at_what_differs(self) -> None:
        self.key(Qt.Key.Key_Right, _ALT)
        self.wait_for_tasks()
        self.key(Qt.Key.Key_Down)
        self.picture("stocktake-differences")
        self.key(Qt.Key.Key_F4)
        self.picture("stocktake-row")
        self.key(Qt.Key.Key_Escape)
        for _tab in range(2):
            self.key(Qt.Key.Key_Right, _ALT)
            self.wait_for_tasks()
        self.key(Qt.Key.Key_Down)
        self.picture("stocktake-unknown")
        self.key(Qt.Key.Key_Return)
        self.picture("stocktake-naming")
        self.key(Qt.Key.Key_Escape)
        for _step in range(2):
            self.key(Qt.Key.Key_Escape)
        self.wait_for_tasks()

    def _print_the_rest(self) -> None:
        self.key(Qt.Key.Key_F7)
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.settle(300)
        self.picture("stocktake-list")
        self.key(Qt.Key.Key_Escape)

    def _left_to_count(self) -> tuple[CountRow, ...]:
        at = self.program.desk.at
        take = next(one for one in self.shop.db.ask(stocktakes.list_stocktakes, at) if one.scope_value == STYLE)
        rows = self.shop.db.ask(stocktake_review.list_rows, at, take.stocktake_id, RowFilter.UNCOUNTED)
        return tuple(row for row in rows if row.copy_id is None)

    def _on_hand(self, row: CountRow) -> int:
        return self.shop.db.ask(stocktake_review.on_hand, [row.edition_id])[row.edition_id]
