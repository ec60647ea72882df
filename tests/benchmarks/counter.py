"""Somebody who counts at the real window: what a scan takes until all that it changed is painted."""

import gc
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from tests.benchmarks.application import PaintWatch, application, breathe, paint_now, settle
from tests.benchmarks.shops import MANAGER, TillClock, open_till, without_sign_in

from av_pos import shop
from av_pos.app import TillProgram
from av_pos.ui.stocktake.screen import StocktakeScreen


class Counter:
    """The whole program with its window, the shop's one open stocktake in front."""

    def __init__(self, folder: Path) -> None:
        without_sign_in(folder)
        opened = shop.open_shop(folder)
        clock = TillClock(opened.db)
        open_till(opened.db, clock)
        self.program = TillProgram(application(), opened, clock=clock.now)
        self.window = self.program.window
        self.window.resize(1366, 768)
        self.program.start()
        self.program.desk.actor = MANAGER
        self.window.show_screen("stocktake")
        screen = self.window.front
        assert isinstance(screen, StocktakeScreen)
        self.counting = screen.counting
        self.painted = PaintWatch(self.counting.face.table.viewport())
        settle(lambda: self.window.isActiveWindow() and screen.take is not None and self.painted.count > 0)

    def scan(self, code: str) -> float:
        """Count a disc; returns the seconds until its row is painted and handed to the platform."""
        breathe()
        painted = self.painted.count
        began = time.perf_counter()
        assert self.window.take_scan(code)
        paint_now(self.window)
        seconds = time.perf_counter() - began
        assert self.painted.count > painted
        return seconds

    def close(self) -> None:
        """Leave the window, and with it the shop."""
        settle(self.program.tasks.is_idle)
        self.window.close()
        self.program.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
