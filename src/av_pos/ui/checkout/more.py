"""F10: what is needed less often at the till."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts
from av_pos.services import basket, shifts, voids
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.screen import Screen

if TYPE_CHECKING:
    from av_pos.services.corrections import CorrectionOutcome
    from av_pos.ui.checkout.correction import Correction
    from av_pos.ui.checkout.missing import Missing
    from av_pos.ui.checkout.put_by import PutByHere

_ASKED = ("missed_demand", "missed_other", "put_by_list")


class MoreMenu(QObject):
    """What was asked for or put by, round-off, coupons, drawer without a sale, void, a wrong tender, paper."""

    def __init__(
        self,
        screen: Screen,
        settings: ShopSettings,
        *,
        choose_reprint: Callable[[], None],
        show_waiting_paper: Callable[[], None],
        missing: "Missing",
        put_by: "PutByHere",
    ) -> None:
        super().__init__(screen)
        self._screen = screen
        self._currency = settings.currency
        self._settings = settings
        self._choose_reprint = choose_reprint
        self._show_waiting_paper = show_waiting_paper
        self._missing = missing
        self._put_by = put_by

    @cached_property
    def _correction(self) -> "Correction":
        from av_pos.ui.checkout.correction import Correction

        return Correction(self._screen, self._settings)

    def open(self, *, has_lines: bool, has_coupons: bool) -> None:
        """Show the menu; there is nothing to round off in an empty basket, and no coupon where there is none."""
        from av_pos.ui.checkout.sheets import MoreSheet

        asked, rest = _ASKED, ("no_sale", "void_last", "correct_tender", "reprint", "waiting_paper")
        given = (("round_off", has_lines), ("drop_coupons", has_coupons))
        choices = (*((action_id, True) for action_id in asked), *given, *((action_id, True) for action_id in rest))
        sheet = MoreSheet(self._screen.window(), choices, {"missed_demand": self._missing.menu_text()})
        sheet.chosen.connect(self._on_chosen)
        sheet.open()

    def tell_corrected(self, outcome: "CorrectionOutcome") -> None:
        """Say that a tender was put right."""
        self._correction.tell(outcome)

    def _on_chosen(self, action_id: str) -> None:
        {
            "missed_demand": self._missing.note,
            "missed_other": self._missing.ask,
            "put_by_list": self._put_by.open_list,
            "round_off": self._round_off,
            "drop_coupons": self._drop_coupons,
            "no_sale": self._ask_no_sale,
            "void_last": self._ask_void,
            "correct_tender": self._correct,
            "reprint": self._choose_reprint,
            "waiting_paper": self._show_waiting_paper,
        }[action_id]()

    def _correct(self) -> None:
        self._correction.open()

    def _round_off(self) -> None:
        self._screen.perform(basket.round_off)

    def _drop_coupons(self) -> None:
        self._screen.perform(basket.drop_coupons)

    def _ask_no_sale(self) -> None:
        from av_pos.ui.checkout.sheets import DRAWER_REASONS, ReasonSheet

        sheet = ReasonSheet(
            self._screen.window(), "noSaleSheet", _("Open the drawer without a sale"),
            _("It is logged and stands on the Z."), _("Open the drawer"), DRAWER_REASONS, dangerous=False,
        )  # fmt: skip
        sheet.given.connect(self._no_sale)
        sheet.open()

    def _no_sale(self, reason: str) -> None:
        self._screen.perform(shifts.open_drawer, reason)

    def _ask_void(self) -> None:
        from av_pos.ui.checkout.sheets import VOID_REASONS, ReasonSheet

        desk = self._screen.desk
        try:
            sale = desk.ask(voids.find_voidable, desk.at)
        except AvPosError as error:
            self._screen.refuse(problems.sentence(error, self._currency))
            return
        amount = screen_texts().money(sale.total_minor, self._currency)
        about = _("Receipt {number} over {amount} is taken back: stock, money and totals.").format(
            number=sale.number, amount=amount
        )
        sheet = ReasonSheet(
            self._screen.window(), "voidSheet", _("Void the last sale"), about, _("Void it"), VOID_REASONS,
            dangerous=True,
        )  # fmt: skip
        sheet.given.connect(self._void)
        sheet.open()

    def _void(self, reason: str) -> None:
        self._screen.perform(voids.void_last_sale, reason)
