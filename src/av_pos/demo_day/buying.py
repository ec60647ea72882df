"""What the manager does about goods: orders, a box from a supplier, who sells what, what goes back, labels."""

from PySide6.QtCore import Qt

from av_pos.demo_day.hands import Hands

_ALT = Qt.KeyboardModifier.AltModifier


class Buyers(Hands):
    """Purchasing, seen and done."""

    def buy_for_the_shop(self) -> None:
        """Orders, a draft that is sent, the box of yesterday gone on with and posted, suppliers, returns, labels."""
        self.show_screen("navPurchasing")
        self.picture("orders")
        self._send_the_draft()
        self.key(Qt.Key.Key_Right, _ALT)
        self._unpack()
        self.key(Qt.Key.Key_Right, _ALT)
        self.settle(200)
        self.picture("suppliers")
        self.key(Qt.Key.Key_Right, _ALT)
        self.settle(200)
        self.picture("sent-back")
        self.key(Qt.Key.Key_Right, _ALT)
        self.settle(200)
        self.picture("price-labels")

    def _send_the_draft(self) -> None:
        """Two more discs, and the e-mail."""
        for title in ("Kind of Blue", "Kid A"):
            self.scan(self.disc(title).code)
        self.settle(200)
        self.picture("order")
        self.key(Qt.Key.Key_F12)
        self.settle(200)
        self.picture("order-mail")
        self.key(Qt.Key.Key_P, _ALT)
        self.wait_for_tasks()
        self.settle(400)
        self.picture("order-pdf")
        self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_F12)
        self.settle(200)

    def _unpack(self) -> None:
        """Go on with the box that was left open: scan, one cracked, post."""
        self.settle(200)
        self.picture("deliveries")
        self.key(Qt.Key.Key_Return)
        self.settle(200)
        for title in ("范特西", "范特西", "八度空间"):
            self.scan(self.disc(title).code)
        self.settle(900)
        self.key(Qt.Key.Key_F6)
        self.settle(900)
        self.picture("receiving")
        self.key(Qt.Key.Key_F7)
        self.settle(200)
        self.picture("cost-and-price")
        self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_F12)
        self.settle(200)
        self.picture("post-delivery")
        self.key(Qt.Key.Key_F12)
        self.settle(300)
        self.picture("delivery-posted")
        self.key(Qt.Key.Key_Escape)
