"""A real till's window off screen, driven by keys, and a heart that beats in its event loop."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.faults.books import BEGIN, MANAGER
from tests.printing.tcp_printer import TcpPrinter

from av_pos import shop
from av_pos.app import TillProgram
from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.services import basket, shifts
from av_pos.services.access import SignInOutcome
from av_pos.services.basket_view import BasketView
from av_pos.services.checkout import SaleOutcome
from av_pos.ui.widgets.notice import Notice

BEAT_MS = 5


class SwitchedPrinter(TcpPrinter):
    """The same printer, switched on again at the address it had."""

    def __init__(self, port: int) -> None:
        super().__init__(knows_gs_r=True)
        self._server.close()
        self._server = socket.create_server(("127.0.0.1", port))
        self._server.settimeout(0.05)
        self.port = port


class Heart(QObject):
    """Beats in the event loop; `longest_s` is the longest pause between two beats."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._on_beat)
        self._last = time.perf_counter()
        self.longest_s = 0.0

    def start(self) -> None:
        self._last = time.perf_counter()
        self.longest_s = 0.0
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now


class TillDriver(QObject):
    """Somebody at the till: scans, pays, waits."""

    def __init__(self, program: TillProgram) -> None:
        super().__init__()
        self.program = program
        self.heart = Heart()
        # Kept for the driver's life: a timer that the collector finds on another thread makes Qt complain.
        self._loop = QEventLoop(self)
        self._until: Callable[[], bool] | None = None
        self._look = QTimer(self)
        self._look.setInterval(2)
        self._look.timeout.connect(self._on_look)
        self._guard = QTimer(self)
        self._guard.setSingleShot(True)
        self._guard.timeout.connect(self._loop.quit)
        self.sales: list[SaleOutcome] = []
        self.notices: list[Notice] = []
        self.stops: list[str] = []
        self.refusals: list[str] = []
        self.crashes: list[str] = []
        program.events.sale_completed.connect(self._on_sale)
        program.events.notice.connect(self._on_notice)
        program.events.stopped.connect(self._on_stopped)
        program.events.refused.connect(self._on_refused)
        program.crash.told.connect(self._on_crash)

    @property
    def db(self) -> Database:
        """The shop's database, as the window holds it."""
        return self.program.shop.db

    @property
    def at(self) -> At:
        return self.program.desk.at

    def basket(self) -> BasketView:
        return self.db.ask(basket.view_of, self.at)

    def wait(self, until: Callable[[], bool], limit_s: float = 10) -> None:
        """Let the window live, in a real event loop, until something is so."""
        self._until = until
        self._look.start()
        self.live(limit_s)
        self._look.stop()
        self._until = None
        assert until(), "it did not come to that"

    def live(self, for_s: float) -> None:
        """Let the window live for a while."""
        self._guard.start(int(for_s * 1000))
        self._loop.exec()
        self._guard.stop()

    def scan(self, code: str) -> None:
        self.program.window.take_scan(code)

    def press(self, key: Qt.Key, on: QWidget | None = None) -> None:
        QTest.keyClick(on or self.program.window, key)

    def sell(self, *codes: str) -> float:
        """Scan, F12, Enter; returns the seconds from Enter to the sale's being done."""
        before = len(self.sales)
        for code in codes:
            self.scan(code)
        self.press(Qt.Key.Key_F12)
        self.wait(lambda: self.program.till.pay.isVisible())
        began = time.perf_counter()
        self.press(Qt.Key.Key_Return, self.program.till.pay.amount)
        self.wait(lambda: len(self.sales) > before)
        return time.perf_counter() - began

    def _on_look(self) -> None:
        if self._until is not None and self._until():
            self._loop.quit()

    def _on_sale(self, outcome: SaleOutcome) -> None:
        self.sales.append(outcome)

    def _on_notice(self, notice: Notice) -> None:
        self.notices.append(notice)

    def _on_stopped(self, sentence: str) -> None:
        self.stops.append(sentence)

    def _on_refused(self, sentence: str) -> None:
        self.refusals.append(sentence)

    def _on_crash(self, sentence: str) -> None:
        self.crashes.append(sentence)


class Clock:
    """The till's clock: an ordinary day, running, and put where a test wants it."""

    def __init__(self, begin: datetime = BEGIN) -> None:
        self._begin, self._since = begin, time.monotonic()

    def __call__(self) -> datetime:
        return self._begin + timedelta(seconds=time.monotonic() - self._since)

    def set(self, begin: datetime) -> None:
        self._begin, self._since = begin, time.monotonic()


@contextmanager
def running_till(
    app: QApplication, folder: Path, printer: str = "", clock: Clock | None = None
) -> Iterator[TillDriver]:
    """Open the window on a shop as the manager, with an open shift."""
    opened = shop.open_shop(folder)
    machine = replace(opened.machine, printer=printer, sound=False, lock_after_min=0)
    clock = clock or Clock()
    if opened.db.ask(shifts.find_open, opened.till) is None:
        opened.db.run(shifts.open_shift, At(MANAGER, opened.till, clock()), 20000)
    program = TillProgram(app, replace(opened, machine=machine), clock=clock)
    driver = TillDriver(program)
    program.window.resize(1366, 768)
    program.start()
    program.window.activateWindow()
    program.events.publish(SignInOutcome(True, MANAGER))
    driver.live(0.2)
    try:
        yield driver
    finally:
        driver.heart.stop()
        program.window.close()
        program.window.deleteLater()
        program.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
