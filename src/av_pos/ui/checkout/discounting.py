"""F7: something off a line or off the whole basket, or another price."""

from PySide6.QtCore import QObject

from av_pos.domain.pricing import Discount
from av_pos.services import basket
from av_pos.ui.checkout.basket_table import BasketTable
from av_pos.ui.screen import Screen


class Discounting(QObject):
    """Asks how much and why, for the line chosen in `table`."""

    def __init__(self, screen: Screen, currency: str, table: BasketTable) -> None:
        super().__init__(screen)
        self._screen = screen
        self._currency = currency
        self._table = table

    def ask(self) -> None:
        """Show the sheet; where the cursor stands on what comes back, the last line sold is meant."""
        from av_pos.ui.checkout.sheets import DiscountSheet

        row = self._table.choose_line()
        if row is None:
            return
        sheet = DiscountSheet(self._screen.window(), self._currency, row.title)
        sheet.line_chosen.connect(self._on_line)
        sheet.basket_chosen.connect(self._on_basket)
        sheet.price_chosen.connect(self._on_price)
        sheet.open()

    def _on_line(self, discount: Discount) -> None:
        row = self._table.current_line()
        if row is not None:
            self._screen.perform(basket.discount_line, row.line_id, discount)

    def _on_basket(self, discount: Discount) -> None:
        self._screen.perform(basket.discount_basket, discount)

    def _on_price(self, price_minor: int, reason: str) -> None:
        row = self._table.current_line()
        if row is not None:
            self._screen.perform(basket.override_price, row.line_id, price_minor, reason)
