"""Sets inputs by hand and undoes them, and tells what was done."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from av_pos.errors import AvPosError, StorageError
from av_pos.i18n import _
from av_pos.services import reorder_inputs
from av_pos.services.reorder_why import ReorderWhy, WhyLine
from av_pos.ui.reorder import words
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from av_pos.ui.reorder.input_sheet import InputSheet


class ByHand(QObject):
    """What somebody sets in the place of what is computed. `changed` when the numbers have to be worked out again."""

    changed = Signal()

    def __init__(self, screen: Screen, currency: str) -> None:
        super().__init__(screen)
        self._screen = screen
        self._currency = currency
        self._why: ReorderWhy | None = None
        self._line: WhyLine | None = None
        self._sheet: InputSheet | None = None

    def ask(self, why: ReorderWhy, line: WhyLine) -> None:
        """Ask for another value of a figure, where it is an input."""
        if not line.input_name:
            told = _("{name} is worked out from the others; change one of those.")
            self._screen.refuse(told.format(name=words.input_name(line)))
            return
        from av_pos.ui.reorder.input_sheet import InputSheet

        self._why, self._line = why, line
        self._sheet = InputSheet(self._screen.window(), why, line, self._currency)
        self._sheet.given.connect(self._set)
        self._sheet.closed.connect(self._on_closed)
        self._sheet.open()

    def set_quantity(self, edition_id: int, qty: int) -> bool:
        """Set how many are ordered; False when that was refused."""
        op = reorder_inputs.set_input
        return self._screen.perform(op, edition_id, "order_qty", float(qty)) is not None

    def undo(self, edition_id: int, title: str, name: str) -> None:
        """Let what is computed count again."""
        if self._screen.attempt(reorder_inputs.undo_input, edition_id, name):
            self._tell(_("{title}: what is computed counts again.").format(title=title))
            self.changed.emit()

    def _set(self, value: float, note: str) -> None:
        why, line, sheet = self._why, self._line, self._sheet
        if why is None or line is None or sheet is None:
            return
        try:
            self._screen.desk.do(reorder_inputs.set_input, why.row.edition_id, line.input_name, value, note)
        except StorageError as error:
            self._screen.on_trouble(error)
        except AvPosError as error:
            sheet.show_refusal(error)
        else:
            sheet.dismiss()
            told = _("{title}: {name} is set by hand.")
            self._tell(told.format(title=why.row.title, name=words.input_name(line)))
            self.changed.emit()

    def _on_closed(self) -> None:
        self._sheet = None

    def _tell(self, sentence: str) -> None:
        self._screen.desk.events.tell(Notice(sentence, "ok", key="refusal", at_once=True))
