"""F11: the shift."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.money import parse_amount
from av_pos.domain.shift_report import ShiftReport
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, screen_texts
from av_pos.services import shifts
from av_pos.services.shifts import CashMovedOutcome, CountOutcome, ShiftClosedOutcome
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.screen import Screen
from av_pos.ui.shift.panels import ClosedPanel, CountPanel, OpenPanel
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.sheet import Sheet


class CashMoveSheet(Sheet):
    """Cash into or out of the drawer, with its reason. `given(amount_minor, reason)`."""

    given = Signal(int, str)

    def __init__(self, window: QWidget, settings: ShopSettings, *, paying_in: bool) -> None:
        title = _("Pay in") if paying_in else _("Pay out")
        super().__init__(window, "cashMoveSheet", title, main_text=title, width=460)
        self._digits = settings.digits
        self._form = Form("cashMoveForm")
        self._amount = QLineEdit()
        self._amount.setObjectName("cashMoveAmount")
        self._amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._reason = QLineEdit()
        self._reason.setObjectName("cashMoveReason")
        self._reason.setMaxLength(200)
        self._form.add("amount", _("Amount"), self._amount)
        self._form.add("reason", _("Reason"), self._reason)
        self.body.addWidget(self._form)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        try:
            amount = parse_amount(self._amount.text(), self._digits)
        except InvalidInput as error:
            self._form.show_error("amount", problems.sentence(error))
            return
        reason = self._reason.text().strip()
        if not reason:
            self._form.show_error("reason", _("Say what it is for; it stands on the Z."))
            return
        self.dismiss()
        self.given.emit(amount, reason)


class ShiftScreen(Screen):
    """Closed, open or being counted. `go_to_till` is where a cashier goes after opening.

    `paper_queued` comes when an X report or a drawer pulse waits for the printer.
    """

    paper_queued = Signal()

    def __init__(
        self,
        desk: Desk,
        settings: ShopSettings,
        *,
        go_to_till: Callable[[], None],
        show_report: Callable[[ShiftReport], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "shiftScreen", parent)
        self._settings = settings
        self._go_to_till = go_to_till
        self._show_report = show_report
        self.closed_panel = ClosedPanel(settings)
        self.open_panel = OpenPanel(settings)
        self.count_panel = CountPanel(settings)
        self._stack = QStackedWidget()
        for panel in (self.closed_panel, self.open_panel, self.count_panel):
            self._stack.addWidget(panel)
        edge = theme.metrics().edge
        column = QVBoxLayout(self)
        column.setContentsMargins(edge, edge - 4, edge, edge - 4)
        column.addWidget(self._stack)
        self._connect()

    def heading(self) -> tuple[str, str]:
        """Which shift."""
        shift = self.desk.ask(shifts.find_open, self.desk.till)
        if shift is None:
            return _("Shift"), _("none is open at till {number}").format(number=self.desk.till)
        day = screen_texts().day(shift.business_on, year=False)
        return _("Shift {number}").format(number=shift.number), day

    def on_front(self) -> None:
        """Show the face that fits."""
        if self.desk.ask(shifts.find_open, self.desk.till) is None:
            self._stack.setCurrentWidget(self.closed_panel)
            self.closed_panel.begin()
        else:
            self._show_open()

    def main_action(self) -> None:
        """F12: open, count, keep the count, close."""
        now = self._stack.currentWidget()
        if now is self.closed_panel:
            self.closed_panel.submit()
        elif now is self.count_panel:
            self.count_panel.submit()
        else:
            self._begin_count()

    def go_back(self) -> None:
        """Esc: from the count to the shift, from the shift to the till."""
        if self._stack.currentWidget() is self.count_panel:
            self._show_open()
        else:
            self._go_to_till()

    def on_shift_opened(self, _outcome: object) -> None:
        """A shift began: the float goes into the drawer, and on to selling."""
        self._open_drawer()
        self._go_to_till()

    def on_counted(self, outcome: CountOutcome) -> None:
        """The count is kept: tell how it differs."""
        self.count_panel.show_outcome(outcome)

    def on_cash_moved(self, outcome: CashMovedOutcome) -> None:
        """Cash moved: show it, and tell when more went out than should have been there."""
        if self.isVisible():
            self._show_open()
        if outcome.drawer_short:
            text = _("More was paid out than the drawer should hold. Count it soon.")
            self.desk.events.tell(Notice(text, "warn", key="drawer_short"))

    def on_shift_closed(self, outcome: ShiftClosedOutcome) -> None:
        """The shift is over: show its Z."""
        self.on_front()
        self.heading_changed.emit()
        self._show_report(outcome.report)

    def _show_open(self) -> None:
        try:
            report = self.desk.ask(shifts.x_report, self.desk.at)
        except AvPosError as error:
            self.on_trouble(error)
            return
        self._stack.setCurrentWidget(self.open_panel)
        self.open_panel.show_report(report)
        self.open_panel.moves.setFocus()

    def _open(self, float_minor: int) -> None:
        self.perform(shifts.open_shift, float_minor)

    def _begin_count(self) -> None:
        self._open_drawer()
        self._stack.setCurrentWidget(self.count_panel)
        self.count_panel.begin()

    def _open_drawer(self) -> None:
        if self.attempt(shifts.open_drawer_to_count):
            self.paper_queued.emit()

    def _keep_count(self, lines: object) -> None:
        if isinstance(lines, tuple):
            self.perform(shifts.record_count, lines)

    def _close(self, reason: str) -> None:
        self.perform(shifts.close_shift, reason)

    def _ask_pay_in(self) -> None:
        sheet = CashMoveSheet(self.window(), self._settings, paying_in=True)
        sheet.given.connect(self._pay_in)
        sheet.open()

    def _ask_pay_out(self) -> None:
        sheet = CashMoveSheet(self.window(), self._settings, paying_in=False)
        sheet.given.connect(self._pay_out)
        sheet.open()

    def _pay_in(self, amount_minor: int, reason: str) -> None:
        self.perform(shifts.pay_in, amount_minor, reason)

    def _pay_out(self, amount_minor: int, reason: str) -> None:
        self.perform(shifts.pay_out, amount_minor, reason)

    def _print_x(self) -> None:
        report = self.perform(shifts.queue_x)
        if report is not None:
            self.paper_queued.emit()
            self._show_report(report)

    def _connect(self) -> None:
        self.closed_panel.opened.connect(self._open)
        self.open_panel.pay_in_pressed.connect(self._ask_pay_in)
        self.open_panel.pay_out_pressed.connect(self._ask_pay_out)
        self.open_panel.x_pressed.connect(self._print_x)
        self.open_panel.count_pressed.connect(self._begin_count)
        self.count_panel.counted.connect(self._keep_count)
        self.count_panel.closed.connect(self._close)
        self.count_panel.backed.connect(self.go_back)
        for keys, slot in (("I", self._ask_pay_in), ("O", self._ask_pay_out), ("X", self._print_x)):
            _letter(self.open_panel, keys, slot)


def _letter(panel: QWidget, keys: str, slot: Callable[[], None]) -> QObject:
    shortcut = QShortcut(QKeySequence(keys), panel)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(slot)
    return shortcut
