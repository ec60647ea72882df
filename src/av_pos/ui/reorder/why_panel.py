"""Why this number: what a disc sold, its stock ahead, and each figure on the way to the quantity."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QHeaderView, QLabel, QSizePolicy, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.services.reorder_why import WEEKS, ReorderWhy, WhyLine
from av_pos.ui import actions, theme
from av_pos.ui.reorder import words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.chart import Ahead, BarChart, StockChart
from av_pos.ui.widgets.cover import CoverTile
from av_pos.ui.widgets.elided import ElidedLabel
from av_pos.ui.widgets.table import Column, DataTable

_CHART = 74
_ROW = 30
_FROM = 2
_WIDE = 480


class WhyPanel(QWidget):
    """Explains one row. `change_asked(WhyLine)` and `undo_asked(WhyLine)` when an input shall be set or let go.

    `name` begins its objectNames: two of them, beside the list and in a sheet, are never mixed up.
    """

    change_asked = Signal(object)
    undo_asked = Signal(object)

    def __init__(self, currency: str, name: str = "why", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        self.why: ReorderWhy | None = None
        self._cover = CoverTile("", 46)
        self._title = ElidedLabel("strong", f"{name}Title")
        self._about = ElidedLabel("secondary", f"{name}About")
        for part in (self._title, self._about):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._coming = label("", "small", f"{name}Coming")
        self._sold = BarChart(f"{name}Sold", _("Sold per week"))
        self._ahead = StockChart(f"{name}Ahead", _("Stock ahead if ordered today"))
        for chart in (self._sold, self._ahead):
            chart.setFixedHeight(_CHART)
        self._reason = label("", "", f"{name}Reason", wrap=True)
        self._sentence = label("", "hint", f"{name}Sentence", wrap=True)
        self._method = label("", "hint", f"{name}Method", wrap=True)
        self.table = self._make_table(name)
        self._parts = QWidget()
        self._nothing = label(_("Choose a disc to see why."), "empty", f"{name}Nothing", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.table.picked.connect(self._on_picked)
        self.table.chosen.connect(self._on_change)
        actions.bind(self, "change_input", self._on_change)
        actions.bind(self.table, "undo_by_hand", self._on_undo)
        self.show_nothing()

    def show_nothing(self) -> None:
        """No row is chosen."""
        self.why = None
        self._parts.hide()
        self._nothing.show()

    def show_why(self, why: ReorderWhy, method: str, about_method: str) -> None:
        """Explain this row; `method` says how demand is judged and what it held, `about_method` what that is."""
        self.why = why
        row = why.row
        self._cover.set_title(row.title)
        self._title.show_text(row.title)
        self._about.show_text(" · ".join(word for word in (row.artist, row.format) if word))
        self._sold.set_bars([""] * len(why.sold), why.sold, more=why.missed)
        self._sold.setToolTip(words.sold_words(why))
        self._sold.setAccessibleDescription(words.sold_words(why))
        self._ahead.set_ahead(_ahead(why))
        self._ahead.setAccessibleDescription(_level_words(why))
        self._coming.setText(_coming_words(why))
        self._reason.setText(words.reason_sentence(row))
        self._method.setText(method)
        self._method.setToolTip(about_method)
        self._method.setAccessibleDescription(about_method)
        self.table.set_rows(words.arranged(why.lines))
        if self.table.current() is None:
            self.table.step(1)
        self._show_sentence()
        self._nothing.hide()
        self._parts.show()

    def enter(self) -> None:
        """Put the focus on the figures."""
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def enter_to_change(self) -> None:
        """Put the focus on the first figure that can be set by hand, unless such a one is chosen already."""
        self.enter()
        line = self.table.current()
        first = next((one for one in self.table.rows_shown if one.input_name), None)
        if first is not None and (line is None or not line.input_name):
            self.table.pick(_name(first))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show where figures come from in a column where there is room; else the sentence below says it."""
        super().resizeEvent(event)
        self.table.setColumnHidden(_FROM, self.width() < _WIDE)

    def _on_picked(self, _row: object) -> None:
        self._show_sentence()

    def _show_sentence(self) -> None:
        line = self.table.current()
        told = "" if line is None else f"{words.line_name(line)}. {words.line_sentence(line)}"
        self._sentence.setText(told)

    def _on_change(self, _row: object = None) -> None:
        line = self.table.current()
        if line is not None and not line.input_name and not self.table.hasFocus():
            # Asked from the list, where nobody chose a figure yet.
            self.enter_to_change()
        elif line is not None:
            self.change_asked.emit(line)

    def _on_undo(self) -> None:
        line = self.table.current()
        if line is not None:
            self.undo_asked.emit(line)

    def _make_table(self, name: str) -> "DataTable[WhyLine]":
        columns: tuple[Column[WhyLine], ...] = (
            Column(_("Figure"), words.line_name, stretch=True),
            Column(_("Value"), self._value, "number"),
            Column(_("Source"), _source, "chip"),
        )
        made = DataTable(f"{name}Table", _("Figures"), columns, currency_code=self._currency, key=_name)
        made.verticalHeader().setDefaultSectionSize(_ROW)
        made.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        made.horizontalHeader().hide()
        made.setMinimumHeight(3 * _ROW)
        return made

    def _value(self, line: WhyLine) -> str:
        return words.line_value(line, self._currency)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._nothing, 1)
        column.addWidget(self._parts, 1)
        inside = QVBoxLayout(self._parts)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(theme.metrics().gap)
        head.addWidget(self._cover)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._title)
        names.addWidget(self._about)
        head.addLayout(names, 1)
        inside.addLayout(head)
        inside.addLayout(self._charts())
        inside.addWidget(self._reason)
        inside.addWidget(self.table, 1)
        inside.addWidget(self._sentence)
        inside.addWidget(self._method)

    def _charts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(1)
        ago = _("{count} weeks ago").format(count=WEEKS)
        grid.addWidget(label(_("Sold per week"), "small"), 0, 0, 1, 2)
        grid.addWidget(self._sold, 1, 0, 1, 2)
        grid.addWidget(label(ago, "small"), 2, 0)
        grid.addWidget(_right(label(_("this week"), "small")), 2, 1)
        grid.addWidget(self._coming, 3, 0, 1, 2)
        grid.addWidget(self._ahead, 4, 0, 1, 2)
        return grid


def _right(made: QLabel) -> QLabel:
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _ahead(why: ReorderWhy) -> Ahead:
    return Ahead(
        tuple((point.days, point.pieces) for point in why.ahead),
        tuple((point.days, point.pieces) for point in why.ahead_without),
        float(why.row.reorder_at_qty),
        _level_words(why),
    )


def _coming_words(why: ReorderWhy) -> str:
    told = _("Stock ahead if ordered today")
    return f"{told} · {words.arrival_words(why)}" if why.arrive_qty else told


def _level_words(why: ReorderWhy) -> str:
    return _("reorder point {count}").format(count=why.row.reorder_at_qty)


def _source(line: WhyLine) -> Mark:
    return words.source_mark(line)


def _name(line: WhyLine) -> object:
    return line.name
