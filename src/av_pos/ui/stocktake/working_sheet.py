"""Long work of a stocktake in a sheet: how far it is, how long it takes, and Cancel while it can be taken back."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from av_pos.i18n import _, ngettext
from av_pos.ui.desk import Desk
from av_pos.ui.tasks import Cancelled, CancelToken, Pool
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet

_MS = 1000


class Work(QObject):
    """A workflow on a worker that tells its progress: `done(result)`, `failed(error)` or `given_up()` comes once.

    It outlives its sheet: a till that locks itself takes the sheet away, and what was begun is still brought to an end.
    """

    progressed = Signal(int, int)
    done = Signal(object)
    failed = Signal(object)
    given_up = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._token: CancelToken | None = None

    def run(self, desk: Desk, workflow: Callable[..., Any], *args: Any) -> None:
        """Begin; `workflow` is given a keyword `progress`."""
        self._token = desk.tasks.submit(
            Pool.WORK, workflow, *args, on_done=self._on_done, on_error=self._on_error, progress=self._on_progress
        )

    def cancel(self) -> None:
        """Ask it to stop at its next report."""
        if self._token is not None:
            self._token.cancel()

    def _on_progress(self, done: int, total: int) -> None:
        self.progressed.emit(done, total)

    def _on_done(self, result: object) -> None:
        self.done.emit(result)
        self.deleteLater()

    def _on_error(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self.given_up.emit()
        else:
            self.failed.emit(error)
        self.deleteLater()


class WorkingSheet(Sheet):
    """Shows how far a `Work` is. It goes away with its end; Cancel asks the work to stop, until its last step."""

    def __init__(self, window: QWidget, title: str, work: Work, *, last_step: str = "") -> None:
        super().__init__(window, "workingSheet", title, width=480)
        self._last_step = last_step
        self._work = work
        self._since = QElapsedTimer()
        self._since.start()
        self._words = label(_("It begins…"), "", "workingWords", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("workingProgress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self.body.addWidget(self._words)
        self.body.addWidget(self._bar)
        work.progressed.connect(self._on_progress)
        # Away first: whoever hears the end may open another sheet.
        for end in (work.done, work.failed, work.given_up):
            end.connect(self.dismiss)

    def cancel(self) -> None:
        """Esc and Cancel; what comes of it is told when the work has stopped."""
        if self.cancel_button.isEnabled():
            self._work.cancel()
        super().cancel()

    def _on_progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        if done >= total and self._last_step:
            # What comes now is one step that holds whole or not at all.
            self.cancel_button.setEnabled(False)
            self._words.setText(self._last_step)
            return
        told = _("{done} of {total}").format(done=f"{done:,}", total=f"{total:,}")
        left_s = self._since.elapsed() * (total - done) // (done * _MS) if done else 0
        if left_s:
            left = ngettext("about {count} second left", "about {count} seconds left", left_s)
            told = f"{told} · {left.format(count=left_s)}"
        self._words.setText(told)
