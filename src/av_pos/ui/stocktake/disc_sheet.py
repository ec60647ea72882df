"""Which disc is it? For a barcode that nobody knows, and for one that several discs bear."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos.i18n import _
from av_pos.services import search
from av_pos.services.editions import EditionRow
from av_pos.ui import actions
from av_pos.ui.desk import Desk
from av_pos.ui.stock import stock_kind, stock_mark, stock_words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.search_box import SearchBox, SearchHit
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_TYPING_PAUSE_MS = 60
_MOST = 20
_HEIGHT = 250


class DiscSheet(Sheet):
    """Type or scan, ↑ ↓, Enter: `chosen(edition_id)`. With `candidates` one of those is chosen."""

    chosen = Signal(int)

    def __init__(
        self, window: QWidget, desk: Desk, title: str, main_text: str, about: str, candidates: Sequence[EditionRow] = ()
    ) -> None:
        super().__init__(window, "countDiscSheet", title, main_text=main_text, width=640)
        self._desk = desk
        self._candidates = tuple(candidates)
        self.field = QLineEdit()
        self.field.setObjectName("countDiscField")
        self.field.setAccessibleName(_("Find"))
        self.field.setPlaceholderText(_("Scan, or type title, artist, catalogue number"))
        self.field.setMaxLength(200)
        columns: tuple[Column[EditionRow], ...] = (
            Column(_("Disc"), _disc, "disc", stretch=True),
            Column(_("Shelf"), _shelf),
            Column(_("Stock"), _stock, "chip"),
        )
        self.table: DataTable[EditionRow] = DataTable(
            "countDiscTable", _("Search results"), columns, key=_id,
            empty=_("Type a title or an artist, or scan the disc."),
        )  # fmt: skip
        self.table.setMinimumHeight(_HEIGHT)
        for part in (label(about, "secondary", "countDiscAbout", wrap=True), self.field, self.table):
            self.body.addWidget(part)
        if candidates:
            self.field.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.field.textChanged.connect(self._on_typed)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        actions.bind(self, "line_up", self._up)
        actions.bind(self, "line_down", self._down)
        self._search()

    def take_scan(self, code: str) -> bool:
        """Look for the disc of this code at once."""
        if not self._candidates:
            self.field.setText(code)
            self._search()
        return True

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _search(self) -> None:
        self._pause.stop()
        self.table.set_rows(self._candidates or find_discs(self._desk, self.field.text()))
        if self.table.current() is None:
            self.table.step(1)
        self.main_button.setEnabled(self.table.current() is not None)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _on_accepted(self, _row: object = None) -> None:
        if self._pause.isActive():
            self._search()
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.id)


class Finding(QTimer):
    """Fills the results under a field after each pause in typing."""

    def __init__(self, desk: Desk, box: SearchBox) -> None:
        super().__init__(box)
        self._desk = desk
        self._box = box
        self.setSingleShot(True)
        self.setInterval(_TYPING_PAUSE_MS)
        self.timeout.connect(self._search)

    def _search(self) -> None:
        rows = find_discs(self._desk, self._box.text())
        self._box.set_results([_hit(row) for row in rows])


def find_discs(desk: Desk, text: str) -> tuple[EditionRow, ...]:
    """The discs that a text may mean, the best first."""
    return tuple(desk.ask(search.find_text, text, _MOST)) if text.strip() else ()


def _hit(row: EditionRow) -> SearchHit:
    return SearchHit(row.id, row.title, row.artist, row.format, row.price_minor, stock_words(row.on_hand_qty),
                     stock_kind=stock_kind(row.on_hand_qty))  # fmt: skip


def _disc(row: EditionRow) -> DiscCell:
    under: list[str | Mark] = [row.artist] if row.artist else []
    if row.format:
        under.append(Mark(row.format))
    under.append(row.code)
    return DiscCell(row.title, tuple(under))


def _shelf(row: EditionRow) -> str:
    return row.shelf


def _stock(row: EditionRow) -> Mark:
    return stock_mark(row.on_hand_qty, 0)


def _id(row: EditionRow) -> object:
    return row.id
