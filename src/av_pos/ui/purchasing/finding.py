"""Finds discs for a scan field while one types, and asks which one is meant where several bear a code."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos.i18n import _
from av_pos.services import search
from av_pos.services.editions import EditionRow
from av_pos.ui.desk import Desk
from av_pos.ui.stock import stock_kind, stock_mark, stock_words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.search_box import SearchBox, SearchHit
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_TYPING_PAUSE_MS = 60
_MOST = 20


class Finding(QObject):
    """Fills the results under a field after each pause in typing; what is chosen is the field's own signal."""

    def __init__(self, desk: Desk, box: SearchBox) -> None:
        super().__init__(box)
        self._desk = desk
        self._box = box
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        box.typed.connect(self._on_typed)

    def stop(self) -> None:
        """What was typed has been taken: it needs no list any more."""
        self._pause.stop()

    def now(self, text: str) -> tuple[EditionRow, ...]:
        """The discs that this text means, at once."""
        self._pause.stop()
        return _named(self._desk.ask(search.find_text, text, _MOST)) if text.strip() else ()

    def offer(self, found: Sequence[EditionRow]) -> None:
        """Show these under the field, to choose from."""
        self._box.set_results([_hit(row) for row in found])

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _search(self) -> None:
        self.offer(self.now(self._box.text()))


class DiscSheet(Sheet):
    """Which disc? Type or scan, ↑ ↓, Enter. `chosen(edition_id)`. With `candidates` only those are offered."""

    chosen = Signal(int)

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        currency: str,
        title: str,
        main_text: str,
        *,
        about: str = "",
        candidates: Sequence[EditionRow] = (),
    ) -> None:
        super().__init__(window, "discSheet", title, main_text=main_text, width=640)
        self._desk = desk
        self._candidates = tuple(candidates)
        if about:
            self.body.addWidget(label(about, "secondary", "discSheetAbout", wrap=True))
        self.field = QLineEdit()
        self.field.setObjectName("discSheetField")
        self.field.setAccessibleName(_("Find"))
        self.field.setPlaceholderText(_("Scan, or type title, artist, catalogue number"))
        self.field.setMaxLength(200)
        columns: tuple[Column[EditionRow], ...] = (
            Column(_("Disc"), disc_cell, "disc", stretch=True),
            Column(_("Stock"), _stock, "chip"),
            Column(_("Price"), _price, "money", strong=True),
        )
        self.table: DataTable[EditionRow] = DataTable(
            "discSheetTable", _("Search results"), columns, currency_code=currency, key=_id,
            empty=_("Type a title or an artist, or scan the disc."),
        )  # fmt: skip
        self.table.setMinimumHeight(260)
        self.body.addWidget(self.field)
        self.body.addWidget(self.table)
        if candidates:
            self.field.hide()
        self.field.textChanged.connect(self._search)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        self._search("")

    def take_scan(self, code: str) -> bool:
        """Look for the disc of this code."""
        if not self._candidates:
            self.field.setText(code)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ ↓ choose while the field has the focus."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.table.step(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def _search(self, text: str) -> None:
        found = self._candidates or (_named(self._desk.ask(search.find_text, text, _MOST)) if text.strip() else ())
        self.table.set_rows(found)
        if self.table.current() is None:
            self.table.step(1)
        self.main_button.setEnabled(self.table.current() is not None)

    def _on_accepted(self, _row: object = None) -> None:
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.id)


def disc_cell(row: EditionRow) -> DiscCell:
    """A disc in a list: title, artist, format, catalogue number."""
    under: list[str | Mark] = [row.artist] if row.artist else []
    if row.format:
        under.append(Mark(row.format))
    if row.catalogue_number:
        under.append(row.catalogue_number)
    return DiscCell(row.title, tuple(under))


def _named(rows: Sequence[EditionRow]) -> tuple[EditionRow, ...]:
    """What nobody has named yet cannot be ordered."""
    return tuple(row for row in rows if not row.is_provisional)


def _hit(row: EditionRow) -> SearchHit:
    return SearchHit(row.id, row.title, row.artist, row.format, row.price_minor, stock_words(row.on_hand_qty),
                     stock_kind=stock_kind(row.on_hand_qty))  # fmt: skip


def _stock(row: EditionRow) -> Mark:
    return stock_mark(row.on_hand_qty, 0)


def _price(row: EditionRow) -> int:
    return row.price_minor


def _id(row: EditionRow) -> object:
    return row.id
