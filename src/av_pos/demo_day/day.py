"""The day: what is done at the counter from the first sign-in to the daily report."""

from random import Random

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from av_pos.demo_day.buying import Buyers
from av_pos.demo_day.counting import Counters
from av_pos.demo_day.reordering import Reorderers
from av_pos.i18n import _
from av_pos.services import editions

_AFTERNOON_SALES = 24


class DemoDay(Buyers, Reorderers, Counters):
    """One day at the till. Each step is what a person would do."""

    def run(self) -> None:
        """The whole day."""
        self.program.start()
        self.window.resize(self.window.size())
        self._sign_in_and_open()
        self._sell_for_cash()
        self._hold_and_recall()
        self._discount_and_split()
        self.serve_a_member()
        self.register_a_member()
        self.take_a_disc_back()
        self.ask_in_vain()
        self.meet_what_is_put_by()
        self._odd_moments()
        self._look_at_the_shift()
        self._look_around()
        self._close_the_shift()
        self._report()

    # ---- the day ----

    def _sign_in_and_open(self) -> None:
        self.settle(300)
        self.picture("sign-in")
        self.type_pin(self.people[1].name, self.people[1].pin)
        self.picture("open-shift")
        self.key(Qt.Key.Key_F12)
        self.picture("till-empty")

    def _sell_for_cash(self) -> None:
        for disc in (self.disc("范特西"), self.disc("Kind of Blue", "LP")):
            self.scan(disc.code)
        copy = self.used_copy("OK Computer")
        if copy:
            self.scan(copy)
        self.picture("till")
        self.key(Qt.Key.Key_F12)
        self.picture("pay")
        self.type_in("400")
        self.picture("pay-cash")
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()
        self.picture("paid")
        self.program.till.done.receipt.click()
        self.settle()
        self.picture("receipt")
        self.key(Qt.Key.Key_Escape)

    def _hold_and_recall(self) -> None:
        self.later(minutes=35)
        self.type_in("zjl" if self.is_chinese else "kind")
        self.settle(400)
        self.picture("search")
        self.key(Qt.Key.Key_Return)
        self.key(Qt.Key.Key_F6)
        self.scan(self.disc("Kid A").code)
        self.key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        self.picture("held")
        self.key(Qt.Key.Key_F12)
        self.settle()
        self.picture("recalled")
        self.key(Qt.Key.Key_F12)
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()

    def _discount_and_split(self) -> None:
        self.later(minutes=80)
        self.key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        self.key(Qt.Key.Key_F12)
        self.scan(self.disc("浮躁").code)
        self.key(Qt.Key.Key_Plus)
        self.key(Qt.Key.Key_F7)
        self.type_in("20%")
        self.named("discountReason", QLineEdit).setText(_("Regular customer"))
        self.picture("discount")
        self.key(Qt.Key.Key_F12)
        self.picture("approval")
        self.type_in(self.people[0].pin)
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()
        self.key(Qt.Key.Key_F10)
        self.picture("more")
        self.key(Qt.Key.Key_R)
        self.settle()
        self.picture("discounted")
        self.key(Qt.Key.Key_F12)
        self.type_in("100")
        self.key(Qt.Key.Key_Return)
        self.key(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
        self.named("cardLast4", QLineEdit).setText("4242")
        self.picture("pay-split")
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()
        self.picture("paid-split")

    def _odd_moments(self) -> None:
        self.later(minutes=55)
        self.key(Qt.Key.Key_F5)
        self.scan(self.disc("八度空间").code)
        self.picture("price-check")
        self.key(Qt.Key.Key_Escape)
        self.scan("4006381333931")
        self.picture("unknown-code")
        self.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.picture("sell-as-unknown")
        self.key(Qt.Key.Key_Escape)
        shared = self.shared_code()
        if shared:
            self.scan(shared)
            self.picture("chooser")
            self.key(Qt.Key.Key_Escape)
        self.scan("284512345678901234")
        self.picture("payment-code")
        self.scan(self.disc("Blue Train").code)
        self.key(Qt.Key.Key_F12)
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()
        self.key(Qt.Key.Key_F10)
        self.key(Qt.Key.Key_V)
        self.named("voidSheetReason", QLineEdit).setText(_("Keyed wrongly"))
        self.picture("void")
        self.key(Qt.Key.Key_F12)
        self.type_in(self.people[0].pin)
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()
        self.picture("voided")
        self.key(Qt.Key.Key_Return)
        self.key(Qt.Key.Key_F10)
        self.key(Qt.Key.Key_N)
        self.named("noSaleSheetReason", QLineEdit).setText(_("Change for a note"))
        self.picture("drawer-without-sale")
        self.key(Qt.Key.Key_F12)
        self.key(Qt.Key.Key_F10)
        self.key(Qt.Key.Key_P)
        self.picture("reprint")
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.key(Qt.Key.Key_F1)
        self.picture("help")
        self.key(Qt.Key.Key_Escape)
        self.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        self.settle()
        self.picture("locked")
        self.type_pin(self.people[0].name, self.people[0].pin)

    def _look_at_the_shift(self) -> None:
        self._sell_through_the_afternoon()
        self.key(Qt.Key.Key_F11)
        self.key(Qt.Key.Key_O)
        self.named("cashMoveAmount", QLineEdit).setText("38")
        self.named("cashMoveReason", QLineEdit).setText(_("Window cleaner"))
        self.picture("pay-out")
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.picture("shift")
        self.key(Qt.Key.Key_X)
        self.wait_for_tasks()
        self.picture("x-report")
        self.key(Qt.Key.Key_Escape)

    def _sell_through_the_afternoon(self) -> None:
        """A sale every quarter of an hour or so, each by scans, F12, Enter; some by card."""
        rows = (row for row in self.shop.db.ask(editions.list_newest, 200) if row.on_hand_qty > 2)
        # A code on several discs would ask which one is meant.
        shelf = [row for row in rows if len(self.shop.db.ask(editions.find_by_code, row.code)) == 1]
        dice = Random(7)
        for number in range(_AFTERNOON_SALES):
            self.later(minutes=dice.choice((9, 14, 17, 22)))
            for row in dice.sample(shelf, dice.choice((1, 1, 2, 2, 3))):
                self.scan(row.code)
            self.key(Qt.Key.Key_F12)
            if number % 3 == 0:
                self.key(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
            self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()

    def _look_around(self) -> None:
        self.look_at_a_member()
        self.look_at_the_price_rules()
        self.count_while_selling()
        self.buy_for_the_shop()
        self.look_what_to_order()
        self.look_what_suggestions_bring()
        self.look_at_the_stock()
        for name in ("Catalogue", "Reports", "Settings"):
            self.show_screen(f"nav{name}")
            self.picture(name.lower())
        for tab in ("tabShop", "tabMembers", "tabStaff", "tabBackup", "tabAudit"):
            button = self.window.findChild(QPushButton, tab)
            if button is not None:
                button.click()
            self.wait_for_tasks()
            self.picture("settings-" + tab.removeprefix("tab").lower())

    def _close_the_shift(self) -> None:
        self.later(minutes=120)
        self.key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        self.key(Qt.Key.Key_F11)
        self.key(Qt.Key.Key_F12)
        *pieces, last = self.drawer_pieces()
        for piece in pieces:
            self.type_in(str(piece) if piece else "")
            self.key(Qt.Key.Key_Return)
        self.type_in(str(last) if last else "")
        self.picture("count")
        self.key(Qt.Key.Key_F12)
        self.picture("counted")
        reason = self.window.findChild(QLineEdit, "differenceReason")
        if reason is not None and reason.isVisible():
            reason.setText(_("A coin rolled under the counter"))
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.picture("z-report")
        self.key(Qt.Key.Key_Escape)

    def _report(self) -> None:
        self.show_screen("navReports")
        self.picture("reports-evening")
        self.key(Qt.Key.Key_F12)
        self.wait_for_tasks()
        self.settle(300)
        self.picture("daily-report")
        self.key(Qt.Key.Key_Escape)
