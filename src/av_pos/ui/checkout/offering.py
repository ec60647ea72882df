"""What customers also bought, beside the basket: looked up once the scanned line is painted."""

from PySide6.QtCore import QObject, QTimer

from av_pos.services import basket
from av_pos.services.basket_view import BasketView
from av_pos.services.checkout import Offered
from av_pos.ui.checkout.also_bought import AlsoBought
from av_pos.ui.screen import Screen

_PAUSE_MS = 20


class Offering(QObject):
    """Fills `row`, and remembers what was offered with this basket, so that its sale can say what came of it."""

    def __init__(self, screen: Screen, currency: str) -> None:
        super().__init__(screen)
        self._screen = screen
        self._view: BasketView | None = None
        self._offered: dict[int, Offered] = {}
        self.row = AlsoBought(currency)
        self.row.chosen.connect(self._on_chosen)
        # The line is painted first, then what goes with it.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._offer)

    @property
    def offered(self) -> tuple[Offered, ...]:
        """All that was offered with this basket, each disc once."""
        return tuple(self._offered.values())

    def show_basket(self, view: BasketView) -> None:
        """Offer what goes with this basket, in a moment."""
        if self._view is None or view.basket_id != self._view.basket_id:
            self._offered.clear()
        self._view = view
        if view.lines or self.row.shown:
            self._pause.start()

    def _offer(self) -> None:
        view = self._view
        if view is None or not view.lines:
            self.row.show_tiles(())
            return
        from av_pos.services import insights

        editions = tuple(line.edition_id for line in view.lines)
        member_id = view.member.member_id if view.member else None
        self.row.show_tiles(self._screen.desk.ask(insights.tiles_for, editions, member_id))
        self._offered |= {tile.edition_id: Offered(tile.edition_id, tile.beside_id) for tile in self.row.shown}

    def _on_chosen(self, edition_id: int, beside_id: int) -> None:
        self._screen.perform(basket.add_edition, edition_id, beside_id)
