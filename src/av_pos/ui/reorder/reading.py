"""Reads what to order on a worker, one question after the other, and keeps what the next one is spared."""

from PySide6.QtCore import QObject, Signal

from av_pos.services import reordering
from av_pos.services.reorder_views import ReorderQuery, ReorderView
from av_pos.ui.desk import Desk


class Reading(QObject):
    """Asks for rows. `came(ReorderView)` brings the answer to the last question, `failed(error)` why there is none.

    Questions asked while one is being answered are put together: only the last is asked then.
    """

    came = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._known: object = None
        self._waiting: tuple[ReorderQuery, bool] | None = None
        self._is_busy = False

    @property
    def known(self) -> object:
        """What the last view was made from; None before the first."""
        return self._known

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._is_busy

    def ask(self, query: ReorderQuery, *, anew: bool) -> None:
        """Ask for these rows; `anew` works the numbers out again, else other rows of the same numbers are shown."""
        if self._is_busy:
            self._waiting = (query, anew or (self._waiting is not None and self._waiting[1]))
            return
        self._is_busy = True
        op = reordering.suggest_orders if anew or self._known is None else reordering.show_rows
        self._desk.ask_later(self._on_came, self._on_failed, op, self._desk.at, query, self._known)

    def _on_came(self, view: ReorderView) -> None:
        self._known = view.known
        if not self._ask_waiting():
            self.came.emit(view)

    def _on_failed(self, error: Exception) -> None:
        if not self._ask_waiting():
            self.failed.emit(error)

    def _ask_waiting(self) -> bool:
        self._is_busy = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.ask(waiting[0], anew=waiting[1])
        return waiting is not None
