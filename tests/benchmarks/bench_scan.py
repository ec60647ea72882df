"""From a scan to its line on the screen: committed, shown, painted; the disk's own time beside it."""

import gc
import shutil
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from tests.benchmarks.application import PaintWatch, application, breathe, paint_now, settle
from tests.benchmarks.measuring import Room, Row, Times, flush_turn
from tests.benchmarks.shops import SELLER, Size, TillClock, copy_shop, kept_shop, open_till, without_sign_in

from av_pos import shop
from av_pos.app import TillProgram
from av_pos.db import Session
from av_pos.demo.invented import barcode
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.services import checkout

NAME = "scan"
_LINES = 6
_LIMIT_MS = 16


class Till:
    """The whole program with its window, at a shop of 10,000 sales."""

    def __init__(self, folder: Path) -> None:
        without_sign_in(folder)
        opened = shop.open_shop(folder)
        clock = TillClock(opened.db)
        open_till(opened.db, clock)
        self.codes = [barcode(number) for number in opened.db.ask(_invented)]
        self.program = TillProgram(application(), opened, clock=clock.now)
        self.program.window.resize(1366, 768)
        self.program.start()
        self.program.desk.actor = SELLER
        self.program.show_till()
        self.window = self.program.window
        self.table = self.program.till.table
        self.painted = PaintWatch(self.table.viewport())
        settle(lambda: self.window.isActiveWindow() and self.painted.count > 0)

    def scan(self, code: str) -> float:
        """Take a scan; returns the seconds until all that it changed is painted and handed to the platform."""
        self.calm()
        count, lines = self.painted.count, len(self.table.rows_shown)
        began = time.perf_counter()
        self.window.take_scan(code)
        paint_now(self.window)
        seconds = time.perf_counter() - began
        assert self.painted.count > count
        assert len(self.table.rows_shown) == lines + 1
        return seconds

    def pay(self) -> None:
        """Sell what lies in the basket, so that the next scan begins one."""
        view = self.program.till._view
        assert view.basket_id is not None
        self.program.desk.do(
            checkout.complete_sale, view.basket_id, (Tender(TenderKind.CASH, view.total_minor),), view.total_minor
        )
        self.calm()

    def calm(self) -> None:
        """Wait until no worker is busy and nothing waits to be painted."""
        settle(self.program.tasks.is_idle)
        breathe()

    def close(self) -> None:
        self.window.close()
        self.program.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


def run(room: Room) -> list[Row]:
    """Measure the one figure, and the disk in the same rounds."""
    folder = copy_shop(kept_shop(Size("sales", editions=5000, sales=10_000, with_journal=True)), room.folder / "till")
    till = Till(folder)
    flush = flush_turn(room.folder)
    scans: list[float] = []
    flushes: list[float] = []
    for number in range(-5, room.rounds(200, 20)):
        for code in room.rng.sample(till.codes, _LINES):
            seconds, flushed = till.scan(code), flush()
            if number >= 0:
                scans.append(seconds)
                flushes.append(flushed)
        till.pay()
    till.close()
    shutil.rmtree(folder, ignore_errors=True)
    return _rows(Times(tuple(scans)), Times(tuple(flushes)))


def _rows(scans: Times, flushes: Times) -> list[Row]:
    numbers = {"p50_ms": scans.p50 * 1e3, "p99_ms": scans.p99 * 1e3, "count": len(scans.seconds)}
    beside = {"p50_ms": flushes.p50 * 1e3, "p99_ms": flushes.p99 * 1e3}
    return [
        Row("scan → committed → line painted, p99", scans.p99 * 1e3, _LIMIT_MS, "ms", scans.words(), numbers),
        Row("  … this run's own fdatasync, p99", flushes.p99 * 1e3, None, "ms", flushes.words(), beside),
    ]


def _invented(session: Session) -> list[int]:
    # The demo's own editions come first; the invented ones bear a barcode each.
    from sqlalchemy import select

    from av_pos.models import EDITION

    return list(session.scalars(select(EDITION.c.id).where(EDITION.c.id > 1000)))
