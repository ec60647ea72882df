"""F12: paying. Opens the right side for it, takes each means of payment, and completes the sale."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget

from av_pos import problems
from av_pos.domain.settlement import TenderKind
from av_pos.errors import AvPosError
from av_pos.services import checkout, shifts
from av_pos.services.basket_view import BasketView
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.checkout.buyer import Buyer
from av_pos.ui.checkout.offering import Offering
from av_pos.ui.checkout.returning import Returning
from av_pos.ui.screen import Screen

if TYPE_CHECKING:
    from av_pos.ui.checkout.pay_panel import PayPanel


class Paying(QObject):
    """Pays the basket it was last shown. `faces` holds the till's right sides: the pay panel is one of them.

    Where more comes back than is bought, `returning` gives the money back instead.
    """

    def __init__(
        self,
        screen: Screen,
        settings: ShopSettings,
        faces: QStackedWidget,
        *,
        buyer: Buyer,
        returning: Returning,
        offering: Offering,
        go_to_shift: Callable[[], None],
    ) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings
        self._faces = faces
        self._buyer = buyer
        self._returning = returning
        self._offering = offering
        self._go_to_shift = go_to_shift
        self._view: BasketView | None = None

    @cached_property
    def panel(self) -> "PayPanel":
        """The right side while paying, made when it is first shown."""
        from av_pos.ui.checkout.pay_panel import PayPanel

        made = PayPanel(self._settings.currency)
        made.paid.connect(self._on_paid)
        made.backed.connect(self._screen.go_back)
        made.refused.connect(self._screen.refuse)
        made.voucher_asked.connect(self.voucher)
        self._faces.addWidget(made)
        return made

    @property
    def is_open(self) -> bool:
        """Whether something is being paid now."""
        now = self._faces.currentWidget()
        return now is not None and now.objectName() == "payPanel"

    def show_basket(self, view: BasketView) -> None:
        """This is to be paid next."""
        self._view = view

    def begin(self) -> None:
        """Ask for the money; without an open shift go there first."""
        view = self._view
        if view is None or view.is_empty or self.is_open:
            return
        try:
            self._screen.desk.ask(shifts.require_open, self._screen.desk.at, self._settings)
        except AvPosError as error:
            self._screen.refuse(problems.sentence(error))
            self._go_to_shift()
            return
        if view.returns and view.due_minor <= 0:
            self._returning.give_back(view, self._offering.offered)
            return
        self._faces.setCurrentWidget(self.panel)
        self.panel.begin(view.due_minor, self._buyer.balances(view))

    def take_scan(self, code: str) -> bool:
        """A voucher scanned while paying pays; any other code is not for here."""
        return self.is_open and self._buyer.pay_with(code, self.panel)

    def cash(self) -> None:
        """Pay the rest with cash."""
        self._begin_with(TenderKind.CASH)

    def card(self) -> None:
        """Pay the rest by card."""
        self._begin_with(TenderKind.CARD)

    def stored(self) -> None:
        """Pay with the member's stored value."""
        if self.is_open:
            self.panel.pay_stored()

    def points(self) -> None:
        """Pay with the member's points."""
        if self.is_open:
            self.panel.pay_points()

    def voucher(self) -> None:
        """Ask for a gift card or store credit."""
        if not self.is_open:
            return
        from av_pos.ui.checkout.sheets import VoucherSheet

        sheet = VoucherSheet(self._screen.window())
        sheet.given.connect(self._on_voucher)
        sheet.open()

    def _begin_with(self, kind: TenderKind) -> None:
        self.begin()
        if self.is_open:
            self.panel.choose(kind)

    def _on_voucher(self, code: str) -> None:
        if self.is_open:
            self._buyer.pay_with(code, self.panel)

    def _on_paid(self, tenders: object) -> None:
        view = self._view
        if view is not None and view.basket_id is not None and isinstance(tenders, tuple):
            self._screen.perform(
                checkout.complete_sale, view.basket_id, tenders, view.due_minor, offered=self._offering.offered
            )
