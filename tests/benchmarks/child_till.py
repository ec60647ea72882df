"""A process that opens the till as `av-pos` does, tells when its window is painted, takes one scan, and leaves."""

import gc
import json
import sys
import time

from av_pos import cli
from av_pos.cli import maintenance
from av_pos.cli.call import Call

LATE = ("numpy", "reportlab", "escpos", "alembic", "PIL", "pyqtgraph", "babel", "pypinyin", "barcode", "pypdfium2")


def watch_first_picture() -> None:
    """Let the program tell of its first picture; called where it would import its window, so that nothing is early."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    from av_pos.app import TillProgram
    from av_pos.domain.at import Actor
    from av_pos.domain.permissions import Role

    class Watch(QObject):
        def __init__(self, program: TillProgram, code: str) -> None:
            super().__init__(program)
            self._program = program
            self._code = code
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
            told = {
                "painted": time.monotonic(),
                "processor_s": time.process_time(),
                "front": self._program.window.front_key,
                "early": [name for name in LATE if name in sys.modules],
            }
            if self._code:
                self._program.desk.actor = Actor(2, "Zhou", Role.CASHIER)
                began = time.monotonic()
                self._program.window.take_scan(self._code)
                told["first_scan_s"] = time.monotonic() - began
                told["lines"] = len(self._program.till.table.rows_shown)
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            self._program.window.close()

    start = TillProgram.start

    def watched_start(program: TillProgram) -> None:
        start(program)
        # Kept by the program, its parent.
        Watch(program, _code[0] if _code else "")

    TillProgram.start = watched_start  # type: ignore[method-assign, assignment]


def open_till(call: Call) -> int:
    """What the command does, watched."""
    gc.disable()  # as the command itself does first
    watch_first_picture()
    return _open_till(call)


_open_till = maintenance.open_till
maintenance.open_till = open_till
_folder, *_code = sys.argv[1:]
sys.argv[1:] = ["--data-dir", _folder]
sys.exit(cli.main())
