"""What is reordered on the day: the list, why a number is what it is, the test on the past, what the market does."""

from PySide6.QtCore import Qt

from av_pos.demo_day.hands import Hands

_ALT = Qt.KeyboardModifier.AltModifier


class Reorderers(Hands):
    """Looks at what to order, and orders nothing yet."""

    def look_what_to_order(self) -> None:
        """The list with a quantity typed, the figures of a disc, an input by hand, the past, classes and trends."""
        self.show_screen("navReorder")
        self.wait_for_tasks()
        self.settle(300)
        for _row in range(2):
            self.key(Qt.Key.Key_Down)
        self.settle(200)
        self.picture("reorder")
        self.key(Qt.Key.Key_Space)
        self.key(Qt.Key.Key_Down)
        self.type_in("8")
        self.picture("reorder-quantity")
        self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_F2)
        self.settle(300)
        for _figure in range(5):
            self.key(Qt.Key.Key_Down)
        self.picture("reorder-why")
        for _figure in range(3):
            self.key(Qt.Key.Key_Down)
        self.key(Qt.Key.Key_F4)
        self.settle(100)
        self.picture("reorder-by-hand")
        for _step in range(2):
            self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_F7)
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.settle(200)
        self.picture("reorder-backtest")
        self.key(Qt.Key.Key_Escape)
        self.settle(100)
        self.picture("reorder-tested")
        self.key(Qt.Key.Key_F8)
        self.wait_for_tasks()
        self.settle(300)
        self.picture("reorder-classes")
        self.key(Qt.Key.Key_Right, _ALT)
        self.wait_for_tasks()
        self.settle(300)
        self.picture("reorder-trends")
        self.key(Qt.Key.Key_Escape)
