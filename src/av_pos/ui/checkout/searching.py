"""Finds what is typed into the scan field, while it is typed."""

from PySide6.QtCore import QObject, QTimer

from av_pos.services.editions import EditionRow
from av_pos.ui.screen import Screen
from av_pos.ui.stock import stock_kind, stock_words
from av_pos.ui.widgets.search_box import SearchBox, SearchHit

_TYPING_PAUSE_MS = 60
_MOST_HITS = 20


class Searching(QObject):
    """Fills the list under `box` after each pause in typing, and remembers what was looked at last."""

    def __init__(self, screen: Screen, box: SearchBox) -> None:
        super().__init__(screen)
        self._screen = screen
        self._box = box
        self._found: dict[int, EditionRow] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        box.typed.connect(self._on_typed)

    def stop(self) -> None:
        """What was typed has been taken: it needs no list any more."""
        self._pause.stop()

    def looked_at(self) -> EditionRow | None:
        """The disc that the last search stood on, until `forget`."""
        if self._pause.isActive():
            self._pause.stop()
            self._search()
        key = self._box.last_key() if self._found else None
        return self._found.get(key) if isinstance(key, int) else None

    def forget(self) -> None:
        """Something else is in hand now."""
        self._found = {}

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _search(self) -> None:
        from av_pos.services import search  # with the first letter typed, not at every start

        text = self._box.text().strip()
        hits = self._screen.desk.ask(search.find_text, text, _MOST_HITS) if text else ()
        if text:
            self._found = {row.id: row for row in hits}
        self._box.set_results([_hit(row) for row in hits])


def _hit(row: EditionRow) -> SearchHit:
    return SearchHit(row.id, row.title, row.artist, row.format, row.price_minor, stock_words(row.on_hand_qty),
                     stock_kind=stock_kind(row.on_hand_qty))  # fmt: skip
