"""Finds discs for a scan field while one types: at the till, in a box, on an order, in a stocktake."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from av_pos.services.editions import EditionRow
from av_pos.ui.desk import Desk
from av_pos.ui.stock import stock_kind, stock_words
from av_pos.ui.widgets.search_box import SearchBox, SearchHit

_TYPING_PAUSE_MS = 60
_MOST = 20


def find_discs(desk: Desk, text: str, *, only_named: bool = False) -> tuple[EditionRow, ...]:
    """Return the discs that a text may mean, the best first; `only_named` leaves out what nobody has named yet."""
    from av_pos.services import search  # with the first letter typed, not at every start

    found = desk.ask(search.find_text, text, _MOST) if text.strip() else ()
    return tuple(row for row in found if not (only_named and row.is_provisional))


class DiscSearch(QObject):
    """Fills the list under a field after each pause in typing; what is chosen there is the field's own signal.

    With `while_typing` off whoever owns the field says by `begin` when there is something to look for.
    """

    def __init__(self, desk: Desk, box: SearchBox, *, only_named: bool = False, while_typing: bool = True) -> None:
        super().__init__(box)
        self._desk = desk
        self._box = box
        self._only_named = only_named
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        if while_typing:
            box.typed.connect(self.begin)

    def begin(self, _text: str = "") -> None:
        """Something was typed: look for it after the pause."""
        self._pause.start()

    def stop(self) -> None:
        """What was typed has been taken: it needs no list any more."""
        self._pause.stop()

    def now(self, text: str) -> tuple[EditionRow, ...]:
        """Return the discs that this text means, at once."""
        self._pause.stop()
        return find_discs(self._desk, text, only_named=self._only_named)

    def offer(self, found: Sequence[EditionRow]) -> None:
        """Show these under the field, to choose from."""
        self._box.set_results([_hit(row) for row in found])

    def catch_up(self) -> None:
        """Look at once for what was typed and not looked for yet."""
        if self._pause.isActive():
            self._search()

    def _search(self) -> None:
        self.offer(self.now(self._box.text()))


def _hit(row: EditionRow) -> SearchHit:
    return SearchHit(row.id, row.title, row.artist, row.format, row.price_minor, stock_words(row.on_hand_qty),
                     stock_kind=stock_kind(row.on_hand_qty))  # fmt: skip
