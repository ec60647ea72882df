"""What is done for customers who are known, and for those who bring something back."""

from PySide6.QtCore import Qt

from av_pos.demo_day.hands import DAY, Hands
from av_pos.domain.at import At
from av_pos.domain.codes import receipt_code
from av_pos.services import access, reports

_ALT = Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_BIRTHDAY_CHILD = "zwb"
"""The initials of the demo shop's member whose birthday is this day."""
_NEW_PHONE = "154 0000 1120"


class Customers(Hands):
    """Members, what they also buy, and returns."""

    def serve_a_member(self) -> None:
        """A member's basket: found by initials, one more disc from the tiles, part of it paid with points."""
        self.later(minutes=20)
        for disc in (self.disc("Kind of Blue", "LP"), self.disc("范特西")):
            self.scan(disc.code)
        self.settle(200)
        self.picture("also-bought")
        self.key(Qt.Key.Key_F4)
        self.type_in(_BIRTHDAY_CHILD)
        self.settle(300)
        self.picture("member-found")
        self.key(Qt.Key.Key_Return)
        self.settle(200)
        self.picture("till-member")
        self.key(Qt.Key.Key_1, _ALT)
        self.settle(200)
        self.key(Qt.Key.Key_F2)
        self.wait_for_tasks()
        self.settle(200)
        self.picture("why-this-price")
        self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_F12)
        self.picture("pay-member")
        self.key(Qt.Key.Key_P, _ALT)
        self.settle()
        self.picture("pay-points")
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()
        self.picture("paid-member")
        self.key(Qt.Key.Key_Return)

    def register_a_member(self) -> None:
        """A new member in a few keys; the card comes out of the receipt printer."""
        self.key(Qt.Key.Key_F4)
        self.key(Qt.Key.Key_N, _CTRL)
        self.type_in(_NEW_PHONE)
        self.picture("register")
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.settle(200)
        self.picture("registered")
        self.key(Qt.Key.Key_F4)
        self.settle(100)
        self.named_button("memberOffButton").click()
        self.settle()

    def take_a_disc_back(self) -> None:
        """A return by its receipt: one disc, money back the way it came."""
        self.later(minutes=15)
        first = self.shop.db.ask(reports.list_receipts, self._at(), DAY)[-1]
        self.key(Qt.Key.Key_F8)
        self.wait_for_tasks()
        self.settle(200)
        self.picture("return-which-sale")
        self.scan(receipt_code(self.shop.till, int(first.number.rpartition("-")[2])))
        self.wait_for_tasks()
        self.settle(200)
        self.key(Qt.Key.Key_Plus)
        self.key(Qt.Key.Key_1)
        self.picture("return-sale")
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.settle(100)
        self.picture("return-in-basket")
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.settle(100)
        self.picture("give-back")
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.settle(100)
        self.picture("taken-back")
        self.key(Qt.Key.Key_Return)

    def look_at_a_member(self) -> None:
        """The Members screen: one member's page, and why the points are what they are."""
        self.show_screen("navMembers")
        self.picture("members")
        self.type_in(_BIRTHDAY_CHILD)
        self.wait_for_tasks()
        self.settle(300)
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()
        self.settle(300)
        self.picture("member-page")
        self.key(Qt.Key.Key_F2)
        self.wait_for_tasks()
        self.settle(200)
        self.picture("why-these-points")
        self.key(Qt.Key.Key_Escape)

    def look_at_the_price_rules(self) -> None:
        """The Prices screen: the list, a rule's form, and the replay of the last 90 days."""
        self.show_screen("navPriceRules")
        self.picture("price-rules")
        self.key(Qt.Key.Key_F4)
        self.wait_for_tasks()
        self.settle(400)
        self.picture("price-rule")
        self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_F7)
        self.wait_for_tasks()
        self.settle(400)
        self.picture("price-rule-replayed")
        self.key(Qt.Key.Key_Escape)

    def look_what_suggestions_bring(self) -> None:
        """Over the reports: acceptance, takings, hits."""
        self.show_screen("navReports")
        self.key(Qt.Key.Key_F6)
        self.wait_for_tasks()
        self.settle(300)
        self.picture("what-suggestions-bring")
        self.key(Qt.Key.Key_Escape)

    def _at(self) -> At:
        return At(access.CONSOLE, self.shop.till, self.clock())
