"""Keeps the paper moving: wakes the device worker after each sale and tells how the printer fares."""

from PySide6.QtCore import QObject, QTimer, Signal

from av_pos import problems
from av_pos.errors import AvPosError, DeviceError
from av_pos.i18n import N_, _, ngettext
from av_pos.services import print_queue, print_round
from av_pos.services.print_round import CounterPrinter, DrainOutcome
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.notice import Notice

LOOK_MS = 15_000
WARM_MS = 1_500
_TROUBLE = "printer"
_STATES: dict[str, tuple[str, Kind]] = {
    "ready": (N_("Printer ready"), "ok"),
    "paper_low": (N_("Paper runs low"), "warn"),
    "paper_out": (N_("Printer needs paper"), "danger"),
    "cover_open": (N_("Printer is open"), "danger"),
    "offline": (N_("Printer does not answer"), "danger"),
    "trouble": (N_("Printer: see to it"), "danger"),
    "unknown": (N_("Printer"), "neutral"),
}


class PaperKeeper(QObject):
    """Drains this till's outbox on the device worker.

    `printer_state(text, kind)` is for the top bar, `told(sentence)` for whoever waits for paper, `settled(key)` takes
    a notice away that is over. It looks by itself every fifteen seconds, after trouble too, and at once when Retry is
    pressed.
    """

    printer_state = Signal(str, str)
    told = Signal(str)
    settled = Signal(str)

    def __init__(self, desk: Desk, printer_url: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._url = printer_url
        self._printer = CounterPrinter.at(printer_url)
        self._busy = False
        self._again = False
        self._state = "unknown"
        self._waiting_told = 0
        # A script may have sold at this till; and what had trouble is tried again.
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.wake)
        # What printing needs is brought in while nobody waits, not by the first sale.
        self._warm = QTimer(self)
        self._warm.setSingleShot(True)
        self._warm.setInterval(WARM_MS)
        self._warm.timeout.connect(self._warm_up)

    def start(self) -> None:
        """Show how the printer is, put out what waits once the till stands, and look again from time to time."""
        self._show_state("unknown")
        self._look.start()
        self._warm.start()

    def stop(self) -> None:
        """Look no more: the program ends."""
        self._look.stop()
        self._warm.stop()

    def wake(self, _outcome: object = None) -> None:
        """There may be something to put out."""
        if self._busy:
            self._again = True
            return
        self._busy = True
        self._desk.device_later(
            self._on_drained,
            self._on_trouble,
            print_round.drain,
            self._desk.db,
            self._desk.till,
            self._desk.clock,
            self._printer,
        )

    def retry(self) -> None:
        """Retry was pressed: what asks or failed goes back into the queue."""
        self._waiting_told = 0
        try:
            self._desk.do(print_queue.retry)
        except AvPosError as error:
            self._desk.events.tell(Notice(problems.sentence(error), "danger", key=_TROUBLE))
        self.wake()

    def _warm_up(self) -> None:
        if self._printer is not None:
            self._desk.device_later(self.wake, self._on_trouble, self._printer.warm_up)

    def _on_drained(self, outcome: DrainOutcome) -> None:
        self._busy = False
        self._desk.announce(outcome)
        if outcome.trouble is not None:
            self._tell_trouble(outcome.trouble, outcome.waiting_qty)
        else:
            self._tell_well(outcome)
        if self._again:
            self._again = False
            self.wake()

    def _tell_trouble(self, trouble: DeviceError, waiting: int) -> None:
        self._show_state("trouble")
        self.told.emit(_("The sale is done; the receipt waits for the printer."))
        # Said once for each receipt more, and again when Retry did not help: not every fifteen seconds.
        if waiting != self._waiting_told:
            self._waiting_told = waiting
            sentence = problems.sentence(trouble)
            self._desk.events.tell(Notice(sentence, "danger", _("Retry"), self.retry, key=_TROUBLE))

    def _tell_well(self, outcome: DrainOutcome) -> None:
        if outcome.printed_qty:
            self.told.emit(_("Receipt printed."))
            self._show_state("paper_low" if outcome.paper_low else "ready")
        elif self._printer is not None and self._state in ("unknown", "trouble"):
            from av_pos.services import printers

            self._desk.device_later(self._show_state, self._on_trouble, printers.ask_state, self._url)
        waiting = outcome.waiting_qty
        if not waiting:
            self.settled.emit(_TROUBLE)
        elif waiting != self._waiting_told:
            text = ngettext("{count} receipt waits to be printed.", "{count} receipts wait to be printed.", waiting)
            notice = Notice(text.format(count=waiting), "warn", _("Print now"), self.retry, key=_TROUBLE)
            self._desk.events.tell(notice)
        self._waiting_told = waiting

    def _show_state(self, state: str) -> None:
        self._state = state
        if self._printer is None:
            self.printer_state.emit(_("No printer"), "neutral")
        else:
            text, kind = _STATES.get(state, _STATES["unknown"])
            self.printer_state.emit(_(text), kind)

    def _on_trouble(self, error: Exception) -> None:
        self._busy = False
        if not isinstance(error, AvPosError):
            raise error
        self._desk.events.tell(Notice(problems.sentence(error), "danger", _("Retry"), self.retry, key=_TROUBLE))
