"""A scanned code that nobody knows: told in the bar, and sold with a title and a price if somebody wants to."""

from functools import partial

from PySide6.QtCore import QObject

from av_pos.i18n import _
from av_pos.services import basket
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice


class UnknownDisc(QObject):
    """Tells of unknown codes, and asks what stands on the disc."""

    def __init__(self, screen: Screen, currency: str) -> None:
        super().__init__(screen)
        self._screen = screen
        self._currency = currency
        self._code = ""

    def tell(self, code: str) -> None:
        """Show a line in the bar, not a question: the next disc can be scanned at once."""
        text = _("No disc has the code {code}.").format(code=code)
        ask = partial(self._ask, code)
        notice = Notice(text, "warn", _("Sell as unknown"), ask, key=f"unknown {code}", at_once=True)
        self._screen.desk.events.tell(notice)

    def _ask(self, code: str) -> None:
        from av_pos.ui.checkout.sheets import UnknownSheet

        self._code = code
        sheet = UnknownSheet(self._screen.window(), self._currency, code)
        sheet.chosen.connect(self._sell)
        sheet.open()

    def _sell(self, title: str, price_minor: int) -> None:
        self._screen.perform(basket.add_unknown, self._code, title, price_minor)
