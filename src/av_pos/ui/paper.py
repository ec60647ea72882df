"""Keeps the paper moving: wakes the device worker after each sale and tells how the printer fares."""

from PySide6.QtCore import QObject, QTimer, Signal

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext
from av_pos.services import print_queue
from av_pos.services.print_queue import CounterPrinter, DrainOutcome
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.notice import Notice

LOOK_MS = 15_000
_TROUBLE = "printer"


class PaperKeeper(QObject):
    """Drains this till's outbox on the device worker.

    `printer_state(text, kind)` is for the top bar, `told(sentence)` for whoever waits for a receipt. It looks by
    itself every fifteen seconds, after trouble too, and at once when Retry is pressed.
    """

    printer_state = Signal(str, str)
    told = Signal(str)

    def __init__(self, desk: Desk, printer_url: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._printer = CounterPrinter.at(printer_url)
        self._busy = False
        self._again = False
        # A script may have sold at this till; and what had trouble is tried again.
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.wake)
        self._look.start()
        self._show("neutral")

    def wake(self, _outcome: object = None) -> None:
        """There may be something to put out."""
        if self._busy:
            self._again = True
            return
        self._busy = True
        self._desk.device_later(
            self._on_drained,
            self._on_trouble,
            print_queue.drain,
            self._desk.db,
            self._desk.till,
            self._desk.clock,
            self._printer,
        )

    def retry(self) -> None:
        """Retry was pressed: what asks or failed goes back into the queue."""
        try:
            self._desk.do(print_queue.retry)
        except AvPosError as error:
            self._desk.events.tell(Notice(problems.sentence(error), "danger", key=_TROUBLE))
        self.wake()

    def _on_drained(self, outcome: DrainOutcome) -> None:
        self._busy = False
        self._desk.announce(outcome)
        if outcome.trouble is not None:
            self._tell_trouble(problems.sentence(outcome.trouble))
        else:
            self._tell_well(outcome)
        if self._again:
            self._again = False
            self.wake()

    def _tell_trouble(self, sentence: str) -> None:
        self.printer_state.emit(_("Printer: see to it"), "danger")
        self.told.emit(_("The sale is done; the receipt waits for the printer."))
        self._desk.events.tell(Notice(sentence, "danger", _("Retry"), self.retry, key=_TROUBLE))

    def _tell_well(self, outcome: DrainOutcome) -> None:
        if outcome.printed_qty:
            self.told.emit(_("Receipt printed."))
        self._show("warn" if outcome.paper_low else "ok")
        waiting = outcome.waiting_qty
        if waiting:
            text = ngettext("{count} receipt waits to be printed.", "{count} receipts wait to be printed.", waiting)
            notice = Notice(text.format(count=waiting), "warn", _("Print now"), self.retry, key=_TROUBLE)
            self._desk.events.tell(notice)

    def _show(self, kind: Kind) -> None:
        if self._printer is None:
            self.printer_state.emit(_("No printer"), "neutral")
        elif kind == "warn":
            self.printer_state.emit(_("Paper runs low"), "warn")
        else:
            self.printer_state.emit(_("Printer ready") if kind == "ok" else _("Printer"), kind)

    def _on_trouble(self, error: Exception) -> None:
        self._busy = False
        if not isinstance(error, AvPosError):
            raise error
        self._desk.events.tell(Notice(problems.sentence(error), "danger", _("Retry"), self.retry, key=_TROUBLE))
