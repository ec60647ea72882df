"""The paper that waits: what asks whether it is to be printed, or given up."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from av_pos import problems
from av_pos.i18n import _, screen_texts
from av_pos.services.print_queue import JobRow
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable


class WaitingPaperSheet(Sheet):
    """What is not out yet. `print_asked(job_id)` and `drop_asked(job_id)`; `show_jobs` answers with what is left."""

    print_asked = Signal(int)
    drop_asked = Signal(int)

    def __init__(self, window: QWidget, zone: str) -> None:
        super().__init__(
            window, "waitingPaperSheet", _("Paper that waits"), main_text=_("Print"), cancel_text=_("Close"), width=760
        )
        self._zone = zone
        columns: tuple[Column[JobRow], ...] = (
            Column(_("Since"), self._since),
            Column(_("What"), _kind),
            Column(_("Number"), _number),
            Column(_("State"), _state, "chip"),
            Column(_("What to do"), _advice, stretch=True),
        )
        self.table: DataTable[JobRow] = DataTable(
            "waitingPaperTable", _("Paper that waits"), columns, key=_job_id,
            empty=_("No paper waits. Slips that the printer did not take stand here."),
        )  # fmt: skip
        self.table.setMinimumHeight(260)
        self.table.chosen.connect(self._on_print)
        self.body.addWidget(self.table)
        self._drop = KeyButton(_("Do not print it"), "dropPaperButton", keys="Del", role="danger")
        self._drop.clicked.connect(self._on_drop)
        self.body.addWidget(self._drop, 0, Qt.AlignmentFlag.AlignLeft)
        self.accepted.connect(self._on_print)

    def show_jobs(self, jobs: Sequence[JobRow]) -> None:
        """Show what waits now."""
        self.table.set_rows(jobs)
        if self.table.current() is None:
            self.table.step(1)
        for button in (self.main_button, self._drop):
            button.setEnabled(bool(jobs))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del gives the slip up."""
        if event.key() == Qt.Key.Key_Delete:
            self._on_drop()
            return
        super().keyPressEvent(event)

    def _since(self, row: JobRow) -> str:
        return screen_texts().time(row.queued_at, self._zone)

    def _on_print(self, _row: object = None) -> None:
        row = self.table.current()
        if row is not None:
            self.print_asked.emit(row.job_id)

    def _on_drop(self) -> None:
        row = self.table.current()
        if row is not None:
            self.drop_asked.emit(row.job_id)


def _job_id(row: JobRow) -> object:
    return row.job_id


def _number(row: JobRow) -> str:
    return row.number


def _kind(row: JobRow) -> str:
    words = {"receipt": _("Receipt"), "z": _("Z report"), "x": _("X report"), "slip": _("Cash slip"),
             "drawer": _("Drawer")}  # fmt: skip
    return words.get(row.kind, row.kind)


def _state(row: JobRow) -> Mark:
    if row.is_uncertain:
        return Mark(_("may be printed"), "warn")
    return Mark(_("asks"), "warn") if row.asks else Mark(_("waits"))


def _advice(row: JobRow) -> str:
    return problems.trouble_sentence(row.trouble)
