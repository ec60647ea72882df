"""Runs the till of a folder in a process of its own, closes its first window of a kind and prints what stood there.

Its words: the folder, the window's class, and `broken` when the till is to fail while it is built.
"""

import contextlib
import sys
from pathlib import Path
from unittest import mock

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from av_pos import app, start


class Closer(QObject):
    """Closes the window as soon as it can be seen, as somebody before it would."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(10)

    @Slot()
    def _look(self) -> None:
        for window in QApplication.topLevelWidgets():
            if type(window).__name__ == self._kind and window.isVisible():
                self._timer.stop()
                words = [part.text() for part in window.findChildren(QWidget) if hasattr(part, "text")]
                sys.stdout.write("\n".join(words))
                window.close()
                return


def _mistake(*_given: object) -> None:
    raise ZeroDivisionError


if __name__ == "__main__":
    folder, kind, *rest = sys.argv[1:]
    start.make_application()
    closer = Closer(kind)
    with mock.patch.object(app.TillProgram, "_places", _mistake) if "broken" in rest else contextlib.nullcontext():
        code = start.run_till(Path(folder))
    sys.exit(code)
