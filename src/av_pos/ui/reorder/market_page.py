"""Which titles carry the shop, and what styles, artists and formats do: the second page of the reorder screen."""

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts
from av_pos.services import market_trends
from av_pos.services.market_trends import AbcView, ClassRow, GroupBy, TrendRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.reorder import market_tables
from av_pos.ui.reorder.market_tables import TrendsTable
from av_pos.ui.tasks import Cancelled, CancelToken, Pool
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.chart import BarChart
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import DataTable

_SIDE, _NARROW_SIDE, _ROOM_FOR_SIDE, _WIDE = 366, 330, 860, 1100
_CHART = 220


class Tab(IntEnum):
    """What is shown."""

    CLASSES = 0
    STYLES = 1
    ARTISTS = 2
    FORMATS = 3


_GROUPS = {Tab.STYLES: GroupBy.STYLE, Tab.ARTISTS: GroupBy.ARTIST, Tab.FORMATS: GroupBy.FORMAT}


class MarketPage(QWidget):
    """Classes and trends. `back_asked` leads to the list, `troubled(error)` tells what went wrong.

    Classes are summed on a worker, with progress; leaving the page or the tab stops that.
    """

    back_asked = Signal()
    troubled = Signal(object)

    def __init__(self, desk: Desk, settings: ShopSettings) -> None:
        super().__init__()
        self._desk = desk
        self._settings = settings
        self._known: object = None
        self._token: CancelToken | None = None
        self._asked: Tab | None = None
        self._tabs = QButtonGroup(self)
        self.filter = QLineEdit()
        self.filter.setObjectName("marketFilter")
        self.filter.setAccessibleName(_("Find in the list"))
        self.filter.setPlaceholderText(_("Filter"))
        self.back_button = KeyButton(_("Back to the list"), "marketBack", action="back")
        self.classes: DataTable[ClassRow] = market_tables.classes_table(settings.currency)
        self.sums = market_tables.sums_table(settings.currency)
        self.trends = TrendsTable(settings.currency)
        self._words = label("", "secondary", "marketWords", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("marketProgress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._chart = BarChart("trendChart", _("Pieces sold, four weeks a bar"))
        self._chart.setFixedHeight(_CHART)
        self._group = label("", "strong", "trendName", wrap=True)
        self._told = label("", "", "trendTold", wrap=True)
        self._lists, self._sides = QStackedWidget(), QStackedWidget()
        self._side = Card("marketSide", pad=14)
        self._lay_out()
        self._connect()

    @property
    def table(self) -> "DataTable[ClassRow] | DataTable[TrendRow]":
        """The list in front."""
        return self.classes if self.tab is Tab.CLASSES else self.trends

    @property
    def tab(self) -> Tab:
        """What is shown."""
        return Tab(max(self._tabs.checkedId(), 0))

    def begin(self, known: object) -> None:
        """The page comes to the front; `known` of the list spares reading the weeks again."""
        self._known = known
        self._show_tab()

    def leave(self) -> None:
        """The page goes: what runs for it stops."""
        if self._token is not None:
            self._token.cancel()
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the side away where there is no room for it."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        self._side.setVisible(self.width() >= _ROOM_FOR_SIDE)
        self._side.setFixedWidth(_SIDE if is_wide else _NARROW_SIDE)
        self.classes.setColumnHidden(market_tables.CLASS_STOCK, not is_wide)
        self.sums.setColumnHidden(market_tables.SUM_PIECES, not is_wide)
        self.trends.setColumnHidden(market_tables.TREND_TITLES, not is_wide)

    # ---- reading ----

    def _show_tab(self) -> None:
        self.leave()
        tab = self.tab
        self.filter.clear()
        self._lists.setCurrentWidget(self.table)
        self._sides.setCurrentIndex(0 if tab is Tab.CLASSES else 1)
        self._words.setText(_("It is being worked out…"))
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        if tab is Tab.CLASSES:
            self._begin_classes()
        else:
            self.trends.set_rows(())
            self._ask_trends()

    def _ask_trends(self) -> None:
        """Ask for the tab in front, once what was asked before has been answered."""
        if self._asked is None:
            self._asked = self.tab
            self._desk.ask_later(self._on_trends, self._on_no_trends, market_trends.read_trends, self._desk.at,
                                 _GROUPS[self.tab], self._known)  # fmt: skip

    def _begin_classes(self) -> None:
        self._token = CancelToken()
        self._bar.setRange(0, 0)
        self._bar.show()
        self._desk.tasks.submit(
            Pool.WORK, market_trends.classify, self._desk.db, self._desk.at, on_done=self._on_classes,
            on_error=self._on_trouble, progress=self._on_progress, token=self._token,
        )  # fmt: skip

    def _on_progress(self, done: int, total: int) -> None:
        if self._token is not None:
            self._bar.setRange(0, total)
            self._bar.setValue(done)

    def _on_classes(self, view: AbcView | None) -> None:
        self._settle()
        if view is None or self.tab is not Tab.CLASSES:
            return
        texts = screen_texts()
        told = _("{first} to {last}. Of the profit or the pieces A makes 80%, A and B 95%.")
        self._words.setText(told.format(first=texts.day(view.first_on), last=texts.day(view.last_on)))
        self.classes.set_rows(view.rows)
        self.sums.set_rows([row for row in view.sums if row.titles_qty])
        if self.classes.current() is None:
            self.classes.step(1)

    def _on_trends(self, rows: tuple[TrendRow, ...]) -> None:
        asked, self._asked = self._asked, None
        if self.tab is Tab.CLASSES:
            return
        if asked is not self.tab:
            self._ask_trends()
            return
        self.trends.by = _GROUPS[self.tab]
        self._words.setText(_("New pieces sold; a year is the last 52 weeks. A trend is named only where chance is "
                              "unlikely."))  # fmt: skip
        self.trends.set_rows(rows)
        if self.trends.current() is None:
            self.trends.step(1)
        self._show_group()

    def _on_no_trends(self, error: Exception) -> None:
        self._asked = None
        self._on_trouble(error)

    def _on_trouble(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._settle()
        self._words.setText(problems.sentence(error, self._settings.currency) if isinstance(error, AvPosError) else "")
        self.troubled.emit(error)

    def _settle(self) -> None:
        self._token = None
        self._bar.hide()

    def _show_group(self, _row: object = None) -> None:
        row = self.trends.current()
        self._group.setText("" if row is None else self.trends.name_of(row))
        self._told.setText("" if row is None else market_tables.trend_sentence(row))
        pieces = () if row is None else row.pieces
        self._chart.set_bars([""] * len(pieces), pieces)
        self._chart.setAccessibleDescription(", ".join(str(count) for count in pieces))

    def turn(self, by: int) -> None:
        """Go to the tab before or after."""
        self._tabs.button((self._tabs.checkedId() + by) % len(Tab)).click()

    def _before(self) -> None:
        self.turn(-1)

    def _after(self) -> None:
        self.turn(1)

    def _on_tab(self, _number: int) -> None:
        self._show_tab()

    def _on_filter(self, text: str) -> None:
        self.table.set_filter(text)
        if self.table.current() is None:
            self.table.step(1)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    # ---- putting together ----

    def _connect(self) -> None:
        self._tabs.idClicked.connect(self._on_tab)
        self.trends.picked.connect(self._show_group)
        self.filter.textChanged.connect(self._on_filter)
        self.back_button.clicked.connect(self.back_asked)
        bound: tuple[tuple[str, Callable[[], object]], ...] = (("line_up", self._up), ("line_down", self._down))
        for action_id, slot in bound:
            actions.bind(self.filter, action_id, slot)
        for action_id, slot in (("tab_before", self._before), ("tab_after", self._after)):
            actions.bind(self, action_id, slot)

    def _lay_out(self) -> None:
        gap = theme.metrics().gap
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        head = QHBoxLayout()
        head.setSpacing(8)
        texts = (_("Classes"), _("Styles"), _("Artists"), _("Formats"))
        for tab, text in zip(Tab, texts, strict=True):
            button = KeyButton(text, f"marketTab{tab.value}", role="tab")
            self._tabs.addButton(button, tab.value)
            head.addWidget(button)
        self._tabs.button(0).setChecked(True)
        head.addWidget(self.filter, 1)
        head.addWidget(self.back_button)
        column.addLayout(head)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        middle = QHBoxLayout()
        middle.setSpacing(gap)
        card = Card("marketCard", pad=1)
        for table in (self.classes, self.trends):
            self._lists.addWidget(table)
        card.body.addWidget(self._lists)
        middle.addWidget(card, 1)
        middle.addWidget(self._side)
        self._lay_out_side()
        column.addLayout(middle, 1)

    def _lay_out_side(self) -> None:
        self._side.setFixedWidth(_SIDE)
        group = QWidget()
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._group)
        column.addWidget(label(_("Pieces sold, four weeks a bar"), "small"))
        column.addWidget(self._chart)
        column.addWidget(self._told)
        column.addStretch(1)
        self._sides.addWidget(self.sums)
        self._sides.addWidget(group)
        self._side.body.addWidget(self._sides)
