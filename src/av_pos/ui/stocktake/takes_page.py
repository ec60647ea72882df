"""The stocktakes of the shop: those that are open, and those that are over."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui import actions, theme
from av_pos.ui.stocktake import words
from av_pos.ui.widgets.card import Card
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import Column, DataTable

_COST = 6


class TakesPage(QWidget):
    """A list that is filtered while one types. `opened(StocktakeRow)` by Enter or a double tap."""

    opened = Signal(object)

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__()
        self._zone = settings.zone
        self.filter = QLineEdit()
        self.filter.setObjectName("takesFilter")
        self.filter.setAccessibleName(_("Find a stocktake"))
        self.filter.setPlaceholderText(_("Type to filter"))
        self.export_button = KeyButton(_("Export"), "takesExport", action="export")
        self.begin_button = KeyButton(_("Begin a stocktake"), "beginCountButton", action="main", role="primary")
        columns: tuple[Column[StocktakeRow], ...] = (
            Column(_("Stocktake"), self._cell, "disc", stretch=True),
            Column(_("State"), words.state, "chip"),
            Column(_("On the list"), _to_count, "number"),
            Column(_("Counted"), _counted, "number"),
            Column(_("Differences"), _differences, "number"),
            Column(_("Posted"), self._posted),
            Column(_("Variance at cost"), _variance, "money", strong=True),
        )
        self.table: DataTable[StocktakeRow] = DataTable(
            "takesTable", _("Stocktakes"), columns, currency_code=settings.currency, key=_id
        )
        self._lay_out()
        self.filter.textChanged.connect(self._on_filter)
        self.filter.returnPressed.connect(self._on_enter)
        self.table.chosen.connect(self.opened)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.filter, "line_up", self._up)
        actions.bind(self.filter, "line_down", self._down)

    def show_takes(self, takes: Sequence[StocktakeRow], *, may_begin: bool, with_cost: bool) -> None:
        """Show these stocktakes."""
        self.begin_button.setVisible(may_begin)
        self.table.setColumnHidden(_COST, not with_cost)
        what = _("Every count of the shop stands here: what was missing, what was found, what agreed.")
        how = _("F12 begins one, over the shop, a shelf, a style or the riskiest discs; selling goes on meanwhile.")
        nobody = _("A manager begins one; then everybody counts.")
        self.table.set_empty_text(f"{what}\n{how if may_begin else nobody}")
        self.table.set_rows(takes)
        if self.table.current() is None:
            self.table.step(1)

    def clear(self) -> bool:
        """Empty the field; False when nothing was typed."""
        had_text = bool(self.filter.text())
        self.filter.clear()
        return had_text

    def enter(self) -> None:
        """Put the focus into the field."""
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().gap)
        row.addWidget(self.filter, 1)
        row.addWidget(self.export_button)
        row.addWidget(self.begin_button)
        column.addLayout(row)
        card = Card("takesCard", pad=1)
        card.body.addWidget(self.table)
        column.addWidget(card, 1)

    def _on_filter(self, text: str) -> None:
        self.table.set_filter(text)
        if self.table.current() is None:
            self.table.step(1)

    def _on_enter(self) -> None:
        row = self.table.current()
        if row is not None:
            self.opened.emit(row)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _cell(self, row: StocktakeRow) -> DiscCell:
        began = screen_texts().date_time(row.began_at, self._zone)
        under: list[str | Mark] = [_("begun {when}").format(when=began)]
        if row.began_by:
            under.append(row.began_by)
        if row.is_blind:
            under.append(Mark(_("blind")))
        title = _("#{number} · {what}").format(number=row.stocktake_id, what=words.subject(row))
        return DiscCell(title, tuple(under), has_cover=False)

    def _posted(self, row: StocktakeRow) -> str | None:
        return screen_texts().date_time(row.posted_at, self._zone) if row.posted_at else None


def _id(row: StocktakeRow) -> object:
    return row.stocktake_id


def _to_count(row: StocktakeRow) -> int:
    return row.to_count_qty


def _counted(row: StocktakeRow) -> int:
    return row.counted_qty


def _differences(row: StocktakeRow) -> int:
    return row.differences_qty


def _variance(row: StocktakeRow) -> int | None:
    return row.variance_minor
