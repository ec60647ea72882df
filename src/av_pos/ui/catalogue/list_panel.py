"""The lists of the catalogue, one under the other in the same place: all discs, stock that wants somebody, put by."""

from datetime import date
from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.editions import EditionRow
from av_pos.services.missed_demand import MissedSum
from av_pos.services.reservations import ReservationRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stock_lists import DEAD_DAYS, StockRow
from av_pos.ui import reserved, theme
from av_pos.ui.catalogue import words
from av_pos.ui.catalogue.lists import OF_STOCK, Answer, Tab, empty_words
from av_pos.ui.stock import standing_mark, stock_mark
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.table import Column, DataTable

_LABEL, _YEAR, _SHELF = 1, 2, 3
# Below these widths of the list a column gives its room to the title; the card beside shows it.
_WIDE_ENOUGH = {_LABEL: 780, _YEAR: 620, _SHELF: 480}
_AT, _ON_HAND, _RESERVED, _ON_ORDER, _SOLD, _UNSOLD, _VALUE = 1, 2, 3, 4, 5, 6, 7
_STOCK_WIDE_ENOUGH = {_AT: 760, _RESERVED: 640, _ON_ORDER: 560}
Row = TypeVar("Row")
_DAYS = (60, 90, 180, 365, 730)


class ListPanel(QWidget):
    """Shows one list at a time. `picked` and `chosen` tell that the cursor moved, and that Enter was pressed.

    `days_changed` comes when dead stock shall lie unsold for another number of days.
    """

    picked = Signal()
    chosen = Signal()
    days_changed = Signal()

    def __init__(self, settings: ShopSettings, today: date) -> None:
        super().__init__()
        self._settings = settings
        self._today = today
        self._tab = Tab.ALL
        self._with_cost = False
        self._stack = QStackedWidget()
        self.totals = label("", "secondary", "listTotals", wrap=True)
        days = [(str(count), _days_words(count)) for count in _DAYS]
        self._days = ChoiceBox("deadDays", days, str(DEAD_DAYS))
        self._days.setAccessibleName(_("Unsold for"))
        self._days.setFixedWidth(150)
        self._foot = QWidget()
        self._lay_out()
        self._days.currentIndexChanged.connect(self._on_days)
        self._width = 0
        self.choose(Tab.ALL)

    @cached_property
    def editions(self) -> "DataTable[EditionRow]":
        """All discs; each list is made when it is first shown."""
        return self._taken_in(self._editions_table())

    @cached_property
    def stock(self) -> "DataTable[StockRow]":
        """Stock that wants somebody."""
        return self._taken_in(self._stock_table())

    @cached_property
    def reserved(self) -> "DataTable[ReservationRow]":
        """What is put by."""
        return self._taken_in(reserved.make_table("putByTable", self._day, with_disc=True, empty=""))

    @cached_property
    def asked(self) -> "DataTable[MissedSum]":
        """What was asked for."""
        return self._taken_in(_asked_table())

    @property
    def tab(self) -> Tab:
        """Which list is in front."""
        return self._tab

    @property
    def dead_days(self) -> int:
        """For how many days dead stock lies unsold."""
        return int(self._days.key())

    @property
    def table(self) -> "DataTable[EditionRow] | DataTable[StockRow] | DataTable[ReservationRow] | DataTable[MissedSum]":
        """The list in front."""
        if self._tab in OF_STOCK:
            return self.stock
        if self._tab is Tab.PUT_BY:
            return self.reserved
        return self.asked if self._tab is Tab.ASKED else self.editions

    def choose(self, tab: Tab) -> None:
        """Bring a list to the front; its rows come by `show_answer`."""
        if tab is not self._tab:
            self._tab = tab
            self.table.set_rows(())
        self.table.set_empty_text(_("The list is being read…"))
        self._stack.setCurrentWidget(self.table)
        self._show_foot(None)
        self._fit()

    def show_answer(self, answer: Answer, *, today: date, with_cost: bool) -> None:
        """Show these rows in the list in front."""
        self._today = today
        self._with_cost = with_cost
        self.table.set_empty_text(empty_words(self._tab))
        self.table.set_rows(answer.rows)  # type: ignore[arg-type]  # rows of this very tab
        self._show_foot(answer)
        self._fit()

    def edition_id(self) -> int | None:
        """The disc that the cursor stands on; None for no row, or for mere words."""
        row = self.table.current()
        return row.id if isinstance(row, EditionRow) else row.edition_id if row is not None else None

    def pick(self, edition_id: int) -> bool:
        """Put the cursor on a disc; says whether it is there."""
        for row in self.table.rows_shown:
            found = row.id if isinstance(row, EditionRow) else row.edition_id
            if found == edition_id:
                return self.table.pick(_key(row))
        return False

    def pick_first(self) -> None:
        """Put the cursor on the first row."""
        self.table.setCurrentIndex(self.table.model().index(-1, -1))
        self.table.step(1)

    def fit(self, width: int) -> None:
        """Give the room of what the card shows anyway to the titles."""
        self._width = width
        self._fit()

    def _taken_in(self, table: DataTable[Row]) -> DataTable[Row]:
        self._stack.addWidget(table)
        table.picked.connect(self._on_picked)
        table.chosen.connect(self._on_chosen)
        return table

    def _fit(self) -> None:
        if self._tab in OF_STOCK:
            self._fit_stock()
        else:
            for column, least in _WIDE_ENOUGH.items():
                self.editions.setColumnHidden(column, self._width < least)

    def _fit_stock(self) -> None:
        is_dead = self._tab is Tab.DEAD
        for column, least in _STOCK_WIDE_ENOUGH.items():
            is_shown = self._width >= least and not (is_dead and column in (_RESERVED, _ON_ORDER))
            self.stock.setColumnHidden(column, not is_shown)
        self.stock.setColumnHidden(_SOLD, is_dead)
        self.stock.setColumnHidden(_UNSOLD, not is_dead)
        self.stock.setColumnHidden(_VALUE, not (is_dead and self._with_cost))

    def _day(self) -> date:
        return self._today

    def _on_days(self) -> None:
        self.days_changed.emit()

    def _on_picked(self, _row: object) -> None:
        self.picked.emit()

    def _on_chosen(self, _row: object) -> None:
        self.chosen.emit()

    def _show_foot(self, answer: Answer | None) -> None:
        self._days.setVisible(self._tab is Tab.DEAD)
        self._foot.setVisible(self._tab in OF_STOCK)
        self.totals.setText(self._totals_words(answer) if answer is not None else "")

    def _totals_words(self, answer: Answer) -> str:
        discs = ngettext("{count} disc", "{count} discs", answer.editions_qty).format(
            count=_number(answer.editions_qty)
        )
        pieces = ngettext("{count} piece", "{count} pieces", answer.pieces_qty).format(count=_number(answer.pieces_qty))
        parts = [discs, pieces]
        if self._with_cost:
            value = screen_texts().money(answer.value_minor, self._settings.currency)
            parts.append(_("{value} at cost").format(value=value))
        if len(answer.rows) < answer.editions_qty:
            parts.append(_("the first {count} are shown").format(count=_number(len(answer.rows))))
        return " · ".join(parts)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        card = Card("catalogueCard", pad=1)
        card.body.addWidget(self._stack)
        column.addWidget(card, 1)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.metrics().gap)
        row.addWidget(self._days)
        row.addWidget(self.totals, 1)
        column.addWidget(self._foot)

    def _editions_table(self) -> "DataTable[EditionRow]":
        columns: tuple[Column[EditionRow], ...] = (
            Column(_("Disc"), words.disc_cell, "disc", stretch=True),
            Column(_("Label"), words.label_words),
            Column(_("Year"), _year),
            Column(_("Shelf"), _shelf),
            Column(_("In stock"), self._stock_mark, "chip"),
            Column(_("Price"), _price, "money", strong=True),
        )
        return DataTable("catalogueTable", _("Catalogue"), columns, currency_code=self._settings.currency, key=_key,
                         empty=empty_words(Tab.ALL))  # fmt: skip

    def _stock_mark(self, row: EditionRow) -> Mark:
        return stock_mark(row.on_hand_qty, self._settings.low_mark_qty)

    def _stock_table(self) -> "DataTable[StockRow]":
        columns: tuple[Column[StockRow], ...] = (
            Column(_("Disc"), _stock_disc, "disc", stretch=True),
            Column(_("Shelf"), _shelf),
            Column(_("On hand"), standing_mark, "chip"),
            Column(_("Put by"), _reserved, "number"),
            Column(_("On order"), _on_order, "number"),
            Column(_("Sold"), _sold, "number"),
            Column(_("Days unsold"), _unsold, "number"),
            Column(_("At cost"), _value, "money"),
            Column(_("Price"), _price, "money", strong=True),
        )
        return DataTable("stockTable", _("Stock"), columns, currency_code=self._settings.currency, key=_key)


def _asked_table() -> "DataTable[MissedSum]":
    columns: tuple[Column[MissedSum], ...] = (
        Column(_("Asked for"), _asked_disc, "disc", stretch=True),
        Column(_("Pieces"), _asked_pieces, "number", strong=True),
        Column(_("Times"), _asked_times, "number"),
        Column(_("Last asked"), _asked_last),
    )
    return DataTable("askedTable", _("Asked for"), columns, key=_key)


def _key(row: object) -> object:
    if isinstance(row, EditionRow):
        return row.id
    if isinstance(row, ReservationRow):
        return row.reservation_id
    if isinstance(row, MissedSum):
        return row.edition_id or row.words.casefold()
    return row.edition_id if isinstance(row, StockRow) else row


def _days_words(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=count)


def _number(count: int) -> str:
    return f"{count:,}".replace("-", screen_texts().minus)


def _year(row: EditionRow) -> str:
    return str(row.year or "")


def _shelf(row: EditionRow | StockRow) -> str:
    return row.shelf


def _price(row: EditionRow | StockRow) -> int:
    return row.price_minor


def _stock_disc(row: StockRow) -> DiscCell:
    under: list[str | Mark] = [row.artist] if row.artist else []
    return DiscCell(row.title, (*under, *((Mark(row.format),) if row.format else ())))


def _reserved(row: StockRow) -> int | None:
    return row.reserved_qty or None


def _on_order(row: StockRow) -> int | None:
    return row.on_order_qty or None


def _sold(row: StockRow) -> int:
    return row.sold_qty


def _unsold(row: StockRow) -> int:
    return row.unsold_days


def _value(row: StockRow) -> int:
    return row.value_minor


def _asked_disc(row: MissedSum) -> DiscCell:
    if row.edition_id is None:
        return DiscCell(_("“{words}”").format(words=row.words), (Mark(_("in words")),), has_cover=False)
    return DiscCell(row.title, (row.artist,) if row.artist else ())


def _asked_pieces(row: MissedSum) -> int:
    return row.pieces_qty


def _asked_times(row: MissedSum) -> int:
    return row.times_qty


def _asked_last(row: MissedSum) -> str:
    return row.last_on.isoformat()
