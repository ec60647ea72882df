"""Who buys, at the till: finds, registers and shows the member, and what the member can pay with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from av_pos import problems
from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.days import business_day
from av_pos.errors import NotFound, WrongState
from av_pos.services import basket
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.screen import Screen

if TYPE_CHECKING:
    from av_pos.services.basket_view import BasketView
    from av_pos.services.member_drafts import MemberDraft
    from av_pos.services.members import MemberRow
    from av_pos.ui.checkout.pay_panel import Balances, PayPanel


class Buyer(QObject):
    """F4, and the tenders that the shop keeps for somebody."""

    def __init__(self, screen: Screen, settings: ShopSettings) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings

    def ask(self, *, has_member: bool) -> None:
        """F4: ask who buys."""
        from av_pos.ui.checkout.member_sheets import MemberSheet

        sheet = MemberSheet(self._screen.window(), self._find, has_member=has_member)
        sheet.chosen.connect(self._set)
        sheet.taken_off.connect(self._take_off)
        sheet.new_asked.connect(self._ask_new)
        sheet.open()

    def balances(self, view: "BasketView") -> "Balances":
        """What the basket's member can pay with."""
        from av_pos.ui.checkout.pay_panel import Balances

        if view.member is None:
            return Balances()
        from av_pos.services import member_books

        points = member_books.most_by_points(self._settings, view.member, view.due_minor)
        return Balances(view.member.stored_total_minor, points)

    def pay_with(self, code: str, panel: "PayPanel") -> bool:
        """Pay with a scanned gift card or store credit; False when the code is neither."""
        if read_code(code).kind is not CodeKind.VOUCHER:
            return False
        from av_pos.services import vouchers

        desk, settings = self._screen.desk, self._settings
        day = business_day(desk.clock(), settings.zone, settings.day_cut_min)
        voucher = desk.ask(vouchers.find_voucher, code, day)
        if voucher is None:
            self._screen.refuse(problems.sentence(NotFound("voucher", code)))
        elif voucher.state != "active":
            self._screen.refuse(problems.sentence(WrongState("voucher", voucher.state)))
        else:
            panel.add_voucher(voucher.voucher_id, voucher.balance_minor)
        return True

    def _find(self, text: str) -> "Sequence[MemberRow]":
        from av_pos.services import members

        desk = self._screen.desk
        return desk.ask(members.find_members, desk.at, text)

    def _set(self, member_id: int) -> None:
        self._screen.perform(basket.set_member, member_id)

    def _take_off(self) -> None:
        self._screen.perform(basket.set_member, None)

    def _ask_new(self, typed: str) -> None:
        from av_pos.ui.member_forms import RegisterSheet

        sheet = RegisterSheet(self._screen.window(), self._register, typed)
        sheet.registered.connect(self._set)
        sheet.open()

    def _register(self, draft: "MemberDraft") -> "MemberRow":
        from av_pos.services import members

        desk = self._screen.desk
        row = desk.do(members.register_member, draft)
        if draft.takes_card:
            desk.events.paper_queued.emit()
        return row
