"""Lists of a stocktake on paper: what is left to count, with room for a pen, and what differs."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from av_pos.domain.count_list import CountList
from av_pos.domain.stocktake import Scope
from av_pos.i18n import _
from av_pos.services import stocktake_papers
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui.screen import Screen
from av_pos.ui.stocktake import words
from av_pos.ui.stocktake.reading import is_over, sees_differences
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.sheet import Sheet

TO_COUNT, DIFFERENCES = "to_count", "differences"


class PapersSheet(Sheet):
    """Which list? `wanted(key)` with F12."""

    wanted = Signal(str)

    def __init__(self, window: QWidget, take: StocktakeRow, *, with_differences: bool) -> None:
        super().__init__(window, "countPapersSheet", _("Print a list"), main_text=_("Show the pages"))
        choices = []
        if not is_over(take):
            choices.append((TO_COUNT, _("What is still to be counted")))
        if with_differences:
            choices.append((DIFFERENCES, _("Differences")))
        self.which = ChoiceBox("countPaper", choices)
        self.which.setAccessibleName(_("List"))
        self.body.addWidget(label(words.title(take), "secondary", "countPapersAbout", wrap=True))
        self.body.addWidget(self.which)
        hint = _("In the order of the shelves, to be printed or saved as PDF. Ctrl E saves the list on the screen.")
        self.body.addWidget(label(hint, "hint", wrap=True))
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        key = self.which.key()
        self.dismiss()
        self.wanted.emit(key)


class Papers(QObject):
    """Asks which list and shows its pages through `show_paper` (what writes the PDF, title, file name)."""

    def __init__(self, host: Screen, show_paper: Callable[[Callable[[Path], object], str, str], None]) -> None:
        super().__init__(host)
        self._host = host
        self._desk = host.desk
        self._show_paper = show_paper
        self._take: StocktakeRow | None = None

    def ask(self, take: StocktakeRow) -> None:
        """Ask which list."""
        self._take = take
        sees = sees_differences(self._desk.at, take)
        sheet = PapersSheet(self._host.window(), take, with_differences=sees)
        sheet.wanted.connect(self._on_wanted)
        sheet.open()

    def _on_wanted(self, key: str) -> None:
        if self._take is None:
            return
        read = stocktake_papers.list_of_differences if key == DIFFERENCES else stocktake_papers.list_to_count
        self._desk.ask_later(self._on_read, self._host.on_trouble, read, self._desk.at, self._take.stocktake_id)

    def _on_read(self, listed: CountList) -> None:
        kind = DIFFERENCES if listed.is_result else "list"
        title = words.title(self._take) if self._take is not None else ""
        write = partial(stocktake_papers.write_pdf, self._named(listed))
        self._show_paper(write, title, f"stocktake-{listed.number}-{kind}.pdf")

    def _named(self, listed: CountList) -> CountList:
        """A style, a category and a list by risk are called what the screen calls them."""
        take = self._take
        if take is None or take.name or take.scope not in (Scope.CATEGORY, Scope.RISK):
            return listed
        return replace(listed, subject=words.subject(take))
