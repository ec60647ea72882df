"""What stands behind the tabs of a member's page: purchases, returns, likes, wants, visits, level."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.loyalty import Level
from av_pos.i18n import _, screen_texts
from av_pos.services import levels
from av_pos.services.levels import LevelHistoryRow
from av_pos.services.member_page import BoughtLine, FavouriteRow, MonthVisits, PurchaseRow
from av_pos.services.wants import WantRow
from av_pos.ui import theme
from av_pos.ui.members import words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell
from av_pos.ui.widgets.chart import BarChart
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import Column, DataTable

_LINES_SEEN = 3
_LEAST = 96
_VISITS_WIDTH = 210
_CHART_HEIGHT = 340


class DocumentsTab(QWidget):
    """Documents and, below, the lines of the one the cursor stands on. `chosen(document_id)`: show the receipt."""

    chosen = Signal(int)

    def __init__(self, name: str, title: str, empty: str, currency: str) -> None:
        super().__init__()
        self._currency = currency
        columns: tuple[Column[PurchaseRow], ...] = (
            Column(_("Day"), _day),
            Column(_("What was bought"), _titles, stretch=True),
            Column(_("Total"), _total, "money", strong=True),
            Column(_("Points"), _document_points, "number"),
        )
        self.table: DataTable[PurchaseRow] = DataTable(
            f"{name}Table", title, columns, currency_code=currency, key=_document_id, empty=empty
        )
        line_columns: tuple[Column[BoughtLine], ...] = (
            Column(_("Disc"), _line_words, stretch=True),
            Column(_("Pieces"), _line_qty, "number"),
            Column(_("Amount"), _line_net, "money"),
        )
        self.lines: DataTable[BoughtLine] = DataTable(
            f"{name}Lines", _("Lines of the receipt"), line_columns, currency_code=currency
        )
        self.table.setMinimumHeight(_LEAST)
        self._about = label("", "hint", f"{name}About")
        column = _column(self)
        column.addWidget(self.table, 1)
        column.addWidget(self._about)
        column.addWidget(self.lines)
        self.table.picked.connect(self._on_picked)
        self.table.chosen.connect(self._on_chosen)

    def show_rows(self, rows: Sequence[PurchaseRow]) -> None:
        """Show these documents, the newest first."""
        self.table.set_rows(rows)
        if self.table.current() is None:
            self.table.step(1)
        self._on_picked(self.table.current())

    def _on_picked(self, row: object) -> None:
        known = row if isinstance(row, PurchaseRow) else None
        self.lines.set_rows(known.lines if known else ())
        self.lines.setVisible(known is not None)
        self._fit_lines(len(known.lines) if known else 0)
        receipt = _("Receipt {number} · Enter shows it").format(number=known.number) if known else ""
        self._about.setText(receipt)
        self._about.setVisible(known is not None)

    def _fit_lines(self, count: int) -> None:
        """As high as its lines, three at most: the documents above get the room."""
        row = self.lines.verticalHeader().defaultSectionSize()
        head = self.lines.horizontalHeader().sizeHint().height()
        self.lines.setFixedHeight(head + min(max(count, 1), _LINES_SEEN) * row + 2 * self.lines.frameWidth())

    def _on_chosen(self, row: object) -> None:
        if isinstance(row, PurchaseRow):
            self.chosen.emit(row.document_id)


class LikesTab(QWidget):
    """Favourite artists and styles, by what was bought and kept."""

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.artists = _favourites("favouriteArtists", _("Artists"), currency)
        self.styles = _favourites("favouriteStyles", _("Styles"), currency)
        column = _column(self)
        column.addWidget(self.artists, 1)
        column.addWidget(self.styles, 1)
        self.table = self.artists

    def show_rows(self, artists: Sequence[FavouriteRow], styles: Sequence[FavouriteRow]) -> None:
        """Show what is liked most."""
        self.artists.set_rows(artists)
        self.styles.set_rows(styles)


class WantsTab(QWidget):
    """What somebody waits for. `add_asked`, and `settled(want_id)` for the one the cursor stands on."""

    add_asked = Signal()
    settled = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        columns: tuple[Column[WantRow], ...] = (
            Column(_("Waits for"), words.want_cell, "disc", stretch=True),
            Column(_("Noted on"), _since),
        )
        self.table: DataTable[WantRow] = DataTable(
            "wantsTable", _("Wants"), columns, key=_want_id,
            empty=_("What this member waits for stands here. When it comes in, the shop is told."),
        )  # fmt: skip
        self.table.setMinimumHeight(_LEAST)
        self.add = KeyButton(_("Add a want"), "addWantButton", action="note_want")
        self.settle = KeyButton(_("Settled"), "settleWantButton", action="settle_want")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.add)
        foot.addWidget(self.settle)
        foot.addStretch(1)
        column = _column(self)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.add.clicked.connect(self.add_asked)
        self.settle.clicked.connect(self.settle_current)

    def show_rows(self, rows: Sequence[WantRow]) -> None:
        """Show these wants, the oldest first."""
        self.table.set_rows(rows)
        if self.table.current() is None:
            self.table.step(1)
        self.settle.setEnabled(bool(rows))

    def settle_current(self) -> None:
        """The member has been told, or waits no longer."""
        row = self.table.current()
        if row is not None:
            self.settled.emit(row.want_id)


class VisitsTab(QWidget):
    """Visits by month as a picture, the figures beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = BarChart("visitsChart", _("Visits by month, as a picture"))
        columns: tuple[Column[MonthVisits], ...] = (
            Column(_("Month"), _month, stretch=True),
            Column(_("Visits"), _visits, "number", total=True),
        )
        self.table: DataTable[MonthVisits] = DataTable("visitsTable", _("Visits by month"), columns, totals=True)
        self.table.setMinimumHeight(_LEAST)
        self.table.setFixedWidth(_VISITS_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.metrics().gap)
        # On a large screen a bar a foot high says no more.
        self.chart.setMaximumHeight(_CHART_HEIGHT)
        left = QVBoxLayout()
        left.addWidget(self.chart, 1)
        left.addStretch(0)
        row.addLayout(left, 1)
        row.addWidget(self.table)

    def show_rows(self, rows: Sequence[MonthVisits]) -> None:
        """Show twelve months; the newest month is the first of the table."""
        self.chart.set_bars([str(row.first_on.month) for row in rows], [float(row.visits_qty) for row in rows])
        self.table.set_rows(tuple(reversed(rows)))


class LevelTab(QWidget):
    """How the level went up and down."""

    def __init__(self, currency: str) -> None:
        super().__init__()
        self._levels: tuple[Level, ...] = ()
        columns: tuple[Column[LevelHistoryRow], ...] = (
            Column(_("Day"), _level_day),
            Column(_("Level"), self._level_words, strong=True),
            Column(_("Why"), words.level_reason, stretch=True),
            Column(_("Spent"), _spent, "money"),
            Column(_("Valid until"), _until),
        )
        self.table: DataTable[LevelHistoryRow] = DataTable(
            "levelTable", _("Level history"), columns, currency_code=currency,
            empty=_("Each change of the level stands here with what was spent. There was none yet."),
        )  # fmt: skip
        self.table.setMinimumHeight(_LEAST)
        _column(self).addWidget(self.table, 1)

    def show_rows(self, rows: Sequence[LevelHistoryRow], known: tuple[Level, ...]) -> None:
        """Show the changes, the newest first."""
        self._levels = known
        self.table.set_rows(tuple(reversed(rows)))

    def _level_words(self, row: LevelHistoryRow) -> str:
        return levels.level_name(self._levels, row.to_key, screen_texts().language) or row.to_key


def _column(widget: QWidget) -> QVBoxLayout:
    made = QVBoxLayout(widget)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(6)
    return made


def _favourites(name: str, title: str, currency: str) -> DataTable[FavouriteRow]:
    columns: tuple[Column[FavouriteRow], ...] = (
        Column(title, _favourite_name, stretch=True),
        Column(_("Pieces"), _favourite_qty, "number"),
        Column(_("Spent"), _favourite_net, "money"),
    )
    made: DataTable[FavouriteRow] = DataTable(
        name, title, columns, currency_code=currency, empty=_("What is bought most stands here. Nothing yet.")
    )
    made.setMinimumHeight(_LEAST)
    return made


def titles_words(row: PurchaseRow) -> str:
    """What was bought, in a line: the first title and how many more lines."""
    if not row.lines:
        return row.number
    more = len(row.lines) - 1
    if not more:
        return row.lines[0].title
    form = _("{title} and {count} more")
    return form.format(title=row.lines[0].title, count=more)


def _day(row: PurchaseRow) -> str:
    return row.business_on.isoformat()


def _titles(row: PurchaseRow) -> str:
    return titles_words(row)


def _total(row: PurchaseRow) -> int:
    return row.total_minor


def _document_points(row: PurchaseRow) -> int:
    return row.points_qty


def _document_id(row: PurchaseRow) -> object:
    return row.document_id


def _line_words(row: BoughtLine) -> str:
    return DiscCell(row.title, (row.artist,) if row.artist else ()).spoken


def _line_qty(row: BoughtLine) -> int:
    return row.qty


def _line_net(row: BoughtLine) -> int:
    return row.net_minor


def _favourite_name(row: FavouriteRow) -> str:
    return row.name


def _favourite_qty(row: FavouriteRow) -> int:
    return row.qty


def _favourite_net(row: FavouriteRow) -> int:
    return row.net_minor


def _since(row: WantRow) -> str:
    return row.noted_at.date().isoformat()


def _want_id(row: WantRow) -> object:
    return row.want_id


def _month(row: MonthVisits) -> str:
    return words.month_words(row.first_on)


def _visits(row: MonthVisits) -> int:
    return row.visits_qty


def _level_day(row: LevelHistoryRow) -> str:
    return row.business_on.isoformat()


def _spent(row: LevelHistoryRow) -> int:
    return row.spend_minor


def _until(row: LevelHistoryRow) -> str | None:
    return row.until_on.isoformat() if row.until_on else None
