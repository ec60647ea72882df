"""F5: what a disc costs, without selling it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from av_pos.domain.codes import CodeKind, read_code
from av_pos.services import editions
from av_pos.services.editions import EditionRow
from av_pos.ui.screen import Screen

if TYPE_CHECKING:
    from av_pos.ui.checkout.sheets import PriceCheckSheet


class PriceCheck(QObject):
    """Answers the scans of its sheet. `add_asked(edition_id)` comes when the disc is to be sold after all.

    `last` is the disc shown last, until somebody sets it to None.
    """

    add_asked = Signal(int)

    def __init__(self, screen: Screen, currency: str) -> None:
        super().__init__(screen)
        self._screen = screen
        self._currency = currency
        self._sheet: PriceCheckSheet | None = None
        self._choices: tuple[EditionRow, ...] = ()
        self.last: EditionRow | None = None

    def open(self) -> None:
        """Show the sheet and wait for a scan."""
        from av_pos.ui.checkout.sheets import PriceCheckSheet

        sheet = PriceCheckSheet(self._screen.window(), self._currency)
        sheet.add_asked.connect(self.add_asked)
        sheet.code_scanned.connect(self._answer)
        sheet.closed.connect(self._on_closed)
        self._sheet = sheet
        sheet.open()

    def _on_closed(self) -> None:
        self._sheet = None

    def _answer(self, code: str) -> None:
        if self._sheet is None:
            return
        desk, scanned = self._screen.desk, read_code(code)
        if scanned.kind is CodeKind.COPY and scanned.number is not None:
            copy = desk.ask(editions.find_copy, scanned.number)
            if copy is not None:
                self._sheet.show_copy(copy)
                return
        found = desk.ask(editions.find_by_code, scanned)
        if len(found) > 1:
            self._choose(found)
        elif found:
            self._show(found[0])
        else:
            self._sheet.show_nothing(code)

    def _choose(self, choices: tuple[EditionRow, ...]) -> None:
        """Several editions bear the code, at prices of their own: ask which, as a sale would."""
        from av_pos.ui.checkout.sheets import ChooserSheet

        self._choices = choices
        sheet = ChooserSheet(self._screen.window(), self._currency, choices)
        sheet.chosen.connect(self._on_chosen)
        sheet.open()

    def _on_chosen(self, edition_id: int) -> None:
        if self._sheet is not None:
            self._show(next(row for row in self._choices if row.id == edition_id))

    def _show(self, row: EditionRow) -> None:
        if self._sheet is not None:
            self.last = row
            self._sheet.show_edition(row)
