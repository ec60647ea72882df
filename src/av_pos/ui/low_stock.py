"""Low stock, told at the sale that causes it: once in the bar, and as a count that opens the list."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from av_pos.i18n import _, ngettext
from av_pos.services import editions
from av_pos.services.checkout import SaleOutcome
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from av_pos.services.stock_lists import StandingRow

KEY = "low"
_PAUSE_MS = 30


class LowStockNews(QObject):
    """Hears of sales. `counted(count)`: so many discs ran low since somebody looked; `list_asked`: show the list."""

    counted = Signal(int)
    list_asked = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._unseen: dict[int, bool] = {}
        self._new: list[int] = []
        # The change is painted first: the customer waits for that, not for this.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._tell)

    def on_sale_completed(self, outcome: SaleOutcome) -> None:
        """A sale brought discs down to their mark, or below nothing."""
        self._new += dict.fromkeys((*outcome.low_stock_ids, *outcome.below_zero_ids))
        if self._new:
            self._unseen |= {one: one in outcome.below_zero_ids for one in self._new}
            self._pause.start()

    @property
    def is_below_only(self) -> bool:
        """Whether all of them fell below nothing: they stand in a list of their own."""
        return bool(self._unseen) and all(self._unseen.values())

    def on_seen(self) -> None:
        """Somebody looks at the list."""
        self._unseen.clear()
        self.counted.emit(0)

    def _tell(self) -> None:
        from av_pos.services import stock_lists

        new, self._new = self._new, []
        rows = self._desk.ask(editions.list_by_ids, new)
        self.counted.emit(len(self._unseen))
        if not rows:
            return
        first = rows[0]
        if len(rows) > 1:
            others = ngettext("{title} and {count} more disc run low.", "{title} and {count} more discs run low.",
                              len(rows) - 1)  # fmt: skip
            text = others.format(title=first.title, count=len(rows) - 1)
        else:
            text = _left_words(first.title, self._desk.ask(stock_lists.get_standing, first.id))
        self._desk.events.tell(Notice(text, "warn", _("Show the list"), self.list_asked.emit, key=KEY))


def _left_words(title: str, standing: "StandingRow") -> str:
    left = standing.free_qty
    if standing.on_hand_qty < 0:
        return _("{title}: more were sold than the books know of. Count it.").format(title=title)
    if standing.on_hand_qty == 0:
        return _("{title}: that was the last one.").format(title=title)
    if left <= 0:
        return _("{title}: what is left is put by.").format(title=title)
    return ngettext("{title}: {count} is left.", "{title}: {count} are left.", left).format(title=title, count=left)
