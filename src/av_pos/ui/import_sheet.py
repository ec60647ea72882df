"""A list comes in from a file, on a worker: how far it is, and every bad row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from av_pos import problems
from av_pos.errors import AvPosError, ImportProblem, RowProblem
from av_pos.i18n import _, ngettext
from av_pos.ui.desk import Desk
from av_pos.ui.tasks import Cancelled, CancelToken, Pool
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_WIDTH, _EDGE = 980, 80
_MS = 1000


class ImportSheet(Sheet):
    """Runs `work(db, at, …, path, progress=)`: progress, time left, Cancel. `imported(outcome)` when it came in.

    `told` says in words what came in. objectNames: `<name>Sheet`, `<name>Words`, `<name>Progress`, `<name>Problems`.
    """

    imported = Signal(object)

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        title: str,
        path: Path,
        work: Callable[..., object],
        *given: object,
        told: Callable[[Any], str],
        name: str = "import",
    ) -> None:
        super().__init__(window, f"{name}Sheet", title, width=min(_WIDTH, window.width() - _EDGE))
        self._told = told
        self._words = label(_("{name} is being read…").format(name=path.name), "", f"{name}Words", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName(f"{name}Progress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        columns = (Column(_("What is wrong"), problems.row_sentence, stretch=True),)
        self.table: DataTable[RowProblem] = DataTable(f"{name}Problems", _("Bad rows"), columns)
        self.table.setMinimumHeight(280)
        self.table.hide()
        for part in (self._words, self._bar, self.table):
            self.body.addWidget(part)
        self._since = QElapsedTimer()
        self._since.start()
        self._token: CancelToken = desk.tasks.submit(
            Pool.WORK, work, desk.db, desk.at, *given, path, on_done=self._on_done, on_error=self._on_trouble,
            progress=self._on_progress,
        )  # fmt: skip

    def cancel(self) -> None:
        """Esc and Cancel: first stop the work, then close."""
        if self._bar.isVisible() and not self._token.cancelled:
            self._token.cancel()
            self._words.setText(_("The import is being stopped…"))
            return
        super().cancel()

    def _on_progress(self, done: int, total: int) -> None:
        if self._token.cancelled:
            return
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        left_s = self._since.elapsed() * (total - done) // (done * _MS) if done else 0
        told = _("{done} of {total} rows").format(done=f"{done:,}", total=f"{total:,}")
        if left_s:
            left = ngettext("about {count} second left", "about {count} seconds left", left_s)
            told = f"{told} · {left.format(count=left_s)}"
        self._words.setText(told)

    def _on_done(self, outcome: object) -> None:
        self._finish(self._told(outcome))
        self.imported.emit(outcome)

    def _on_trouble(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._finish(_("The import was stopped. Nothing came in."))
            return
        if isinstance(error, ImportProblem):
            self._show_problems(error)
            return
        self._finish(problems.sentence(error))
        if not isinstance(error, AvPosError):
            raise error

    def _show_problems(self, error: ImportProblem) -> None:
        count = len({row.line for row in error.rows})
        sentence = ngettext(
            "Nothing came in: {count} row has a mistake. Put it right in the file and import it again.",
            "Nothing came in: {count} rows have mistakes. Put them right in the file and import it again.",
            count,
        )
        self._finish(sentence.format(count=f"{count:,}"))
        self.table.set_rows(error.rows)
        self.table.show()
        self.table.step(1)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _finish(self, sentence: str) -> None:
        self._bar.hide()
        self._words.setText(sentence)
        self.cancel_button.setText(_("Close"))
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)


def left_out_words(columns: tuple[str, ...]) -> str:
    """Say which columns of a file nobody knows; nothing if all are known."""
    return _("These columns were left out: {columns}").format(columns=", ".join(columns)) if columns else ""
