"""Which disc is it? For a code that several bear, one that nobody knows, and a disc that is looked for by its name."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos.i18n import _
from av_pos.services.editions import EditionRow
from av_pos.ui import actions
from av_pos.ui.desk import Desk
from av_pos.ui.disc_search import find_discs
from av_pos.ui.stock import stock_mark
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

Find = Callable[[str], Sequence[EditionRow]]
_HEIGHT = 260


class DiscSheet(Sheet):
    """Type or scan, ↑ ↓, Enter: `chosen(edition_id)`. With `candidates` one of those is chosen.

    `find` gives what a text means, named discs unless something else is given; `columns` are those of the list.
    objectNames: `<name>Sheet`, `<name>SheetAbout`, `<name>Field`, `<name>Table`.
    """

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
        find: Find | None = None,
        columns: Sequence[Column[EditionRow]] | None = None,
        name: str = "disc",
    ) -> None:
        super().__init__(window, f"{name}Sheet", title, main_text=main_text, width=680)
        self._desk = desk
        self._candidates = tuple(candidates)
        self._find = find or self._find_named
        if about:
            self.body.addWidget(label(about, "secondary", f"{name}SheetAbout", wrap=True))
        self.field = QLineEdit()
        self.field.setObjectName(f"{name}Field")
        self.field.setAccessibleName(_("Find"))
        self.field.setPlaceholderText(_("Scan, or type title, artist, catalogue number"))
        self.field.setMaxLength(200)
        self.table: DataTable[EditionRow] = DataTable(
            f"{name}Table", _("Search results"), columns or _columns(), currency_code=currency, key=_id,
        )  # fmt: skip
        self.table.setMinimumHeight(_HEIGHT)
        self.body.addWidget(self.field)
        self.body.addWidget(self.table)
        self.field.setVisible(not candidates)
        # At every letter, without a pause: F12 must never come faster than the list.
        self.field.textChanged.connect(self._search)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        actions.bind(self, "line_up", self._up)
        actions.bind(self, "line_down", self._down)
        self._search("")

    def take_scan(self, code: str) -> bool:
        """Look for the disc of this code."""
        if not self._candidates:
            self.field.setText(code)
        return True

    def _search(self, text: str) -> None:
        nothing = _("Nothing found.") if text.strip() else _("Type a title or an artist, or scan the disc.")
        self.table.set_empty_text(nothing)
        self.table.set_rows(self._candidates or self._find(text))
        if self.table.current() is None:
            self.table.step(1)
        self.main_button.setEnabled(self.table.current() is not None)

    def _find_named(self, text: str) -> Sequence[EditionRow]:
        return find_discs(self._desk, text, only_named=True)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

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


def _columns() -> tuple[Column[EditionRow], ...]:
    return (
        Column(_("Disc"), disc_cell, "disc", stretch=True),
        Column(_("Shelf"), _shelf),
        Column(_("Stock"), _stock, "chip"),
        Column(_("Price"), _price, "money", strong=True),
    )


def _shelf(row: EditionRow) -> str:
    return row.shelf


def _stock(row: EditionRow) -> Mark:
    return stock_mark(row.on_hand_qty, 0)


def _price(row: EditionRow) -> int:
    return row.price_minor


def _id(row: EditionRow) -> object:
    return row.id
