"""What the stock ledger shows at the till and in the catalogue: asked for in vain, put by, lists, costs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from av_pos.demo_day.customers import Customers
from av_pos.demo_day.hands import DAY
from av_pos.services import reservations, stock_lists

_ALT = Qt.KeyboardModifier.AltModifier
_LISTS = ("low", "sold-out", "below-zero", "dead-stock", "put-by", "asked-for")


class CounterStock(Customers):
    """Somebody asks for what is not there, somebody fetches what is put by; the manager looks at what lies about."""

    def ask_in_vain(self) -> None:
        """Two keys for a disc that was looked up, a few words for one that nobody knows."""
        self.later(minutes=10)
        self.type_in(self._nobody_has_it())
        self.settle(300)
        self.key(Qt.Key.Key_F10)
        self.picture("more-asked-for")
        self.key(Qt.Key.Key_A)
        self.settle(100)
        self.picture("asked-for-noted")
        self.key(Qt.Key.Key_F10)
        self.key(Qt.Key.Key_O)
        self.type_in("tubular bells")
        self.settle(300)
        self.picture("asked-for-in-words")
        self.key(Qt.Key.Key_F12)

    def _nobody_has_it(self) -> str:
        """The title of a disc that has sold out."""
        gone = self.shop.db.ask(stock_lists.list_sold_out, DAY).rows
        return next((row.title for row in gone if row.title.isascii()), "kind of blue").lower()

    def meet_what_is_put_by(self) -> None:
        """A scanned copy is somebody's: the bar says whose; all that is put by is a list."""
        copy = next((row for row in self.shop.db.ask(reservations.list_reservations) if row.code), None)
        if copy is None:
            return
        self.scan(copy.code)
        self.picture("put-by-told")
        self.key(Qt.Key.Key_F10)
        self.key(Qt.Key.Key_U)
        self.picture("put-by-list")
        self.key(Qt.Key.Key_Escape)

    def look_at_the_stock(self) -> None:
        """The catalogue's lists of stock, and of one disc how its cost came about, put by, moved."""
        self.show_screen("navCatalogue")
        self.key(Qt.Key.Key_Right, _ALT)
        for name in _LISTS:
            self.key(Qt.Key.Key_Right, _ALT)
            self.wait_for_tasks()
            if name == "dead-stock":
                days = self.window.findChild(QComboBox, "deadDays")
                if days is not None:
                    days.setCurrentIndex(0)
                    self.wait_for_tasks()
            self.settle(200)
            self.picture(f"stock-{name}")
        self.key(Qt.Key.Key_Right, _ALT)
        self.type_in("kind of blue")
        self.settle(400)
        for key, name in ((Qt.Key.Key_F2, "cost-history"), (Qt.Key.Key_F8, "put-by"), (Qt.Key.Key_F9, "move-stock")):
            self.key(key)
            self.wait_for_tasks()
            self.settle(300)
            self.picture(name)
            self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_Escape)
