"""What is computed while nobody is in a hurry: the order of the search, and what customers also bought."""

from PySide6.QtCore import QObject

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.notice import Notice


class QuietWork(QObject):
    """Works after a shift's close, and once when a shift opens on a shop that has no lists yet."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    def on_shift_closed(self, _outcome: object) -> None:
        """The shop is quiet: what sells stands first in the search, and the lists learn all that was sold."""
        from av_pos.services import search

        self._desk.work_later(self._on_done, self._on_trouble, search.rank_by_sales, self._desk.db)
        self._rebuild()

    def on_shift_opened(self, _outcome: object) -> None:
        """A shop that was never looked through has nothing to offer: look once."""
        from av_pos.services import insights

        if self._desk.ask(insights.find_build) is None:
            self._rebuild()

    def _rebuild(self) -> None:
        from av_pos.services import insight_build

        self._desk.work_later(self._on_done, self._on_trouble, insight_build.rebuild, self._desk.db, self._desk.at)

    def _on_done(self, _answer: object) -> None:
        pass

    def _on_trouble(self, error: Exception) -> None:
        # Lists that are a day old do no harm; a full or damaged disk does, and every next sale would say so.
        if not isinstance(error, AvPosError):
            raise error
        self._desk.events.tell(Notice(problems.sentence(error), "danger", key="lists"))
