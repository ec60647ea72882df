"""F2: how the cost of a disc came about, row by row of its ledger; whoever may not see costs sees the pieces."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import stock_history
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stock_history import LISTED, HistoryRow
from av_pos.services.stock_lists import StandingRow
from av_pos.ui import actions, theme
from av_pos.ui.catalogue.ledger_words import INSIDE, reason_words, source_words
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_WIDTH = 1080
_LEAST, _MOST = 260, 560
_REST = 330
# Below this width the value of all pieces gives its room to what wrote the row: pieces × average says it too.
_WIDE = 960


class HistorySheet(Sheet):
    """The ledger of one disc, newest first. `export_asked(csv)` comes from Ctrl E."""

    export_asked = Signal(str)

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        settings: ShopSettings,
        edition: tuple[int, str],
        standing: StandingRow,
        *,
        with_cost: bool,
    ) -> None:
        self._edition_id, title = edition
        heading = (
            _("What a piece of “{title}” costs, and why") if with_cost else _("The stock of “{title}”, row by row")
        )
        width = min(_WIDTH, window.width() - 2 * theme.metrics().edge)
        super().__init__(window, "historySheet", heading.format(title=title), cancel_text=_("Close"), width=width)
        self._desk = desk
        self._settings = settings
        self._rows: tuple[HistoryRow, ...] = ()
        self._head = label(self._average_words(standing) if with_cost else "", "strong", "historyAverage", wrap=True)
        self._about = label(_about_words(with_cost=with_cost), "secondary", "historyAbout", wrap=True)
        self.table = DataTable(
            "historyTable", _("Stock ledger"), self._columns(with_cost=with_cost), currency_code=settings.currency,
            key=_id, empty=_("The ledger is being read…"),
        )  # fmt: skip
        self.table.setMinimumHeight(max(_LEAST, min(_MOST, window.height() - _REST)))
        if with_cost and width < _WIDE:
            self.table.setColumnHidden(5, True)
        self.older_button = KeyButton(_("Older rows"), "historyOlder", action="older_rows")
        self.older_button.hide()
        export = KeyButton(_("Export"), "historyExport", action="export")
        for part in (self._head, self._about, self.table):
            self.body.addWidget(part)
        if not with_cost:
            self._head.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.older_button)
        foot.addStretch(1)
        foot.addWidget(export)
        self.body.addLayout(foot)
        self.older_button.clicked.connect(self._read)
        export.clicked.connect(self._export)
        actions.bind(self, "older_rows", self.older_button.click)
        actions.bind(self, "export", self._export)
        self._read()

    def _columns(self, *, with_cost: bool) -> tuple[Column[HistoryRow], ...]:
        first: tuple[Column[HistoryRow], ...] = (
            Column(_("Time"), self._when),
            Column(_("What"), reason_words),
            Column(_("Pieces"), _pieces, "number"),
        )
        costs: tuple[Column[HistoryRow], ...] = (
            Column(_("Cost each"), _each, "money"),
            Column(_("On hand"), _balance, "number"),
            Column(_("Their value"), _value, "money"),
            Column(_("A piece costs"), _average, "money", strong=True),
        )
        return (*first, *(costs if with_cost else costs[1:2]), Column(_("Booked by"), source_words, stretch=True))

    def _when(self, row: HistoryRow) -> str:
        return screen_texts().date_time(row.moved_at, self._settings.zone)

    def _average_words(self, standing: StandingRow) -> str:
        texts, currency = screen_texts(), self._settings.currency
        if standing.average_minor is None:
            return _("No piece is on hand, so there is no average just now.")
        form = ngettext(
            "{count} piece is on hand for {value}: a piece costs {average}.",
            "{count} pieces are on hand for {value}: a piece costs {average}.",
            standing.on_hand_qty,
        )
        return form.format(
            count=f"{standing.on_hand_qty:,}",
            value=texts.money(standing.value_minor, currency),
            average=texts.money(standing.average_minor, currency),
        )

    def _read(self) -> None:
        before_id = self._rows[-1].move_id if self._rows else None
        self.older_button.setEnabled(False)
        self._desk.ask_later(
            self._on_read, self._on_trouble, stock_history.cost_history, self._edition_id, LISTED, before_id
        )

    def _on_read(self, rows: tuple[HistoryRow, ...]) -> None:
        self._rows = (*self._rows, *rows)
        # What went from one place of the shop to another is two rows that come to nothing: one tells it.
        shown = [row for row in self._rows if row.origin not in INSIDE or row.qty > 0]
        self.table.set_empty_text(_("Nothing of this disc has moved yet. What comes in or goes stands here."))
        self.table.set_rows(shown)
        if self.table.current() is None:
            self.table.step(1)
        self.older_button.setVisible(len(rows) == LISTED)
        self.older_button.setEnabled(True)

    def _on_trouble(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        self.table.set_empty_text(problems.sentence(error, self._settings.currency))

    def _export(self) -> None:
        self.export_asked.emit(self.table.csv_text())


def _about_words(*, with_cost: bool) -> str:
    if not with_cost:
        return _("Every row is a move of the stock ledger; the newest stands first.")
    return _(
        "What comes in adds its cost to the value on hand; what leaves takes its share of it. "
        "The value divided by the pieces is what one costs. The newest row stands first."
    )


def _id(row: HistoryRow) -> object:
    return row.move_id


def _pieces(row: HistoryRow) -> int | None:
    return None if row.origin in INSIDE else row.qty


def _each(row: HistoryRow) -> int | None:
    return None if row.origin in INSIDE else round(row.cost_minor / row.qty)


def _balance(row: HistoryRow) -> int | None:
    return None if row.code else row.balance_qty


def _value(row: HistoryRow) -> int | None:
    return None if row.code else row.value_minor


def _average(row: HistoryRow) -> int | None:
    return None if row.code else row.average_minor
