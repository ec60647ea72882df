"""What a member may like, behind a tab of the page: only what is in stock, and why each."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.services.insights import Tile
from av_pos.ui.members import words
from av_pos.ui.stock import stock_mark
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Column, DataTable

_LEAST = 96
_SHELF = 1
# Below this width the shelf stands under the title instead of in a column of its own.
_WIDE_ENOUGH = 600


class SuggestionsTab(QWidget):
    """Discs for this member, the best first; the reason of the one under the cursor in full below."""

    def __init__(self, currency: str) -> None:
        super().__init__()
        columns: tuple[Column[Tile], ...] = (
            Column(_("Disc"), self._disc, "disc", stretch=True),
            Column(_("Shelf"), _shelf),
            Column(_("In stock"), _stock, "chip"),
            Column(_("Price"), _price, "money", strong=True),
        )
        self._is_narrow = False
        self.table: DataTable[Tile] = DataTable(
            "suggestionsTable", _("For this member"), columns, currency_code=currency, key=_edition_id,
            empty=_(
                "What this member may like stands here, with the reason, once purchases tell enough. "
                "It is worked out after the shift is closed."
            ),
        )  # fmt: skip
        self.table.setMinimumHeight(_LEAST)
        self._why = label("", "hint", "suggestionsWhy", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.table, 1)
        column.addWidget(self._why)
        self.table.picked.connect(self._on_picked)

    def show_rows(self, rows: Sequence[Tile]) -> None:
        """Show these discs, the best first."""
        self.table.set_rows(rows)
        if self.table.current() is None:
            self.table.step(1)
        self._on_picked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of the shelf to the titles where there is little."""
        super().resizeEvent(event)
        self._is_narrow = self.width() < _WIDE_ENOUGH
        self.table.setColumnHidden(_SHELF, self._is_narrow)

    def _on_picked(self, _row: object = None) -> None:
        row = self.table.current()
        self._why.setVisible(row is not None)
        self._why.setText(f"{row.title} · {row.artist}: {words.why_offered(row)}" if row is not None else "")

    def _disc(self, row: Tile) -> DiscCell:
        under: list[str | Mark] = [Mark(row.shelf)] if self._is_narrow and row.shelf else []
        return DiscCell(row.title, (*under, words.why_offered(row), *filter(None, (row.artist,))))


def _shelf(row: Tile) -> str:
    return row.shelf


def _stock(row: Tile) -> Mark:
    return stock_mark(row.on_hand_qty, 0)


def _price(row: Tile) -> int:
    return row.price_minor


def _edition_id(row: Tile) -> object:
    return row.edition_id
