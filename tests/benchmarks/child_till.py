"""A process that opens the till as `av-pos` does, tells when its windows are painted, takes one scan, and leaves."""

import json
import sys
import time
from typing import Any

from av_pos import cli

LATE = ("numpy", "reportlab", "escpos", "alembic", "PIL", "pyqtgraph", "babel", "pypinyin", "barcode", "pypdfium2")

told: dict[str, Any] = {}


def watch_opening() -> None:
    """Note when the quiet window is painted; called where the program itself imports it, so that nothing is early."""
    from av_pos.ui.opening import OpeningWindow

    tell = OpeningWindow._tell

    def watched(window: OpeningWindow) -> None:
        told.setdefault("opened", time.monotonic())
        told.setdefault("opened_processor_s", time.process_time())
        if not _code:
            _leave()
        watch_till()
        tell(window)

    OpeningWindow._tell = watched  # type: ignore[method-assign, assignment]


def watch_till() -> None:
    """Note when the till itself is painted, and let it take a scan."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    from av_pos.app import TillProgram
    from av_pos.domain.at import Actor
    from av_pos.domain.permissions import Role

    class Watch(QObject):
        def __init__(self, program: TillProgram) -> None:
            super().__init__(program)
            self._program = program
            self._seen = False
            central = program.window.centralWidget()
            assert central is not None
            central.installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not self._seen:
                self._seen = True
                QTimer.singleShot(0, self.tell)
            return super().eventFilter(watched, event)

        def tell(self) -> None:
            told["painted"] = time.monotonic()
            told["processor_s"] = time.process_time()
            told["front"] = self._program.window.front_key
            told["early"] = [name for name in LATE if name in sys.modules]
            self._program.desk.actor = Actor(2, "Zhou", Role.CASHIER)
            began = time.monotonic()
            self._program.window.take_scan(_code[0])
            told["first_scan_s"] = time.monotonic() - began
            told["lines"] = len(self._program.till.table.rows_shown)
            _leave()

    start = TillProgram.start

    def watched_start(program: TillProgram) -> None:
        start(program)
        # Kept by the program, its parent.
        Watch(program)

    TillProgram.start = watched_start  # type: ignore[method-assign, assignment]


def _leave() -> None:
    import os

    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    # The figures are taken; taking the program apart is nobody's time.
    os._exit(0)


_folder, *_code = sys.argv[1:]
watch_opening()
sys.exit(cli.main(["--data-dir", _folder]))
