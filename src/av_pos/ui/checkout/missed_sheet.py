"""Which disc was asked for: found in the catalogue, or in the customer's words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from av_pos import problems
from av_pos.errors import InvalidInput
from av_pos.i18n import _
from av_pos.services.editions import EditionRow
from av_pos.services.missed_demand import MOST_PIECES
from av_pos.ui import actions
from av_pos.ui.checkout.sheets import figure_field, text_field
from av_pos.ui.stock import stock_mark
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_TYPING_PAUSE_MS = 80

Find = Callable[[str], Sequence[EditionRow]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """The words as typed, or a disc that they find."""

    words: str
    edition: EditionRow | None = None


class MissedSheet(Sheet):
    """Type or scan, ↑ ↓, Enter; the words themselves stand behind the discs. `given(edition_id or None, words, qty)`.

    `member` is the name of whoever waits for it since, if the basket is a member's.
    """

    given = Signal(object, str, int)

    def __init__(self, window: QWidget, find: Find, *, member: str, words: str) -> None:
        title = _("Asked for, and we had none")
        super().__init__(window, "missedSheet", title, main_text=_("Note it"), width=620)
        self._find = find
        self._search = text_field("missedField", longest=200)
        hint = _("Title, artist, catalogue number, or the customer's words")
        self._search.setAccessibleName(hint)
        self._search.setPlaceholderText(hint)
        columns: tuple[Column[_Choice], ...] = (
            Column(_("Asked for"), _cell, "disc", stretch=True),
            Column(_("In stock"), _stock, "chip"),
        )
        self.table: DataTable[_Choice] = DataTable(
            "missedTable", _("What was asked for"), columns, key=_key,
            empty=_("Type what the customer asked for. It counts when the shop reorders."),
        )  # fmt: skip
        self.table.setMinimumHeight(236)
        self._qty = figure_field("missedQty")
        self._qty.setText("1")
        self._form = Form("missedForm")
        self._form.add("quantity", _("How many"), self._qty)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._fill(member)
        self._connect()
        self._search.setText(words)
        self._show_found()

    def take_scan(self, code: str) -> bool:
        """A scan here is looked for at once."""
        self._search.setText(code)
        self._show_found()
        return True

    def _fill(self, member: str) -> None:
        about = _("It tells the next order what was missing.")
        if member:
            about += " " + _("{name} is told when it comes in.").format(name=member)
        self.body.addWidget(label(about, "secondary", "missedAbout", wrap=True))
        for part in (self._search, self.table, self._form):
            self.body.addWidget(part)

    def _connect(self) -> None:
        self._search.textEdited.connect(self._on_typed)
        self._pause.timeout.connect(self._show_found)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        actions.bind(self, "line_up", self._line_up)
        actions.bind(self, "line_down", self._line_down)

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _show_found(self) -> None:
        self._pause.stop()
        typed = self._search.text().strip()
        found = [_Choice("", row) for row in self._find(typed)] if typed else []
        self.table.set_rows([*found, _Choice(typed)] if typed else [])
        if self.table.current() is None:
            self.table.step(1)

    def _line_up(self) -> None:
        self.table.step(-1)

    def _line_down(self) -> None:
        self.table.step(1)

    def _on_accepted(self, _row: object = None) -> None:
        if self._pause.isActive():
            self._show_found()
        self._form.clear_errors()
        row, typed = self.table.current(), self._qty.text().strip()
        if row is None:
            self._search.setFocus()
            return
        if not (typed.isascii() and typed.isdigit()) or not 1 <= int(typed) <= MOST_PIECES:
            reason = "out_of_range" if typed.isdigit() else "whole_number"
            self._form.show_error("quantity", problems.sentence(InvalidInput("quantity", typed, reason)))
            return
        self.dismiss()
        self.given.emit(row.edition.id if row.edition else None, row.words, int(typed))


def _cell(choice: _Choice) -> DiscCell:
    if choice.edition is None:
        return DiscCell(_("“{words}”").format(words=choice.words), (Mark(_("in words")),), has_cover=False)
    row = choice.edition
    under: list[str | Mark] = [row.artist] if row.artist else []
    return DiscCell(row.title, (*under, *((Mark(row.format),) if row.format else ())))


def _stock(choice: _Choice) -> Mark | None:
    return stock_mark(choice.edition.on_hand_qty, 0) if choice.edition else None


def _key(choice: _Choice) -> object:
    return choice.edition.id if choice.edition else 0
