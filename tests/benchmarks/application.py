"""The one Qt application of a run, waiting for what happens in it, and what is painted there."""

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from av_pos.i18n import use_language
from av_pos.start import make_application
from av_pos.ui import theme

_PATIENCE_S = 30.0


def application() -> QApplication:
    """Return the application, made and dressed at the first call."""
    known = QApplication.instance()
    app = make_application()
    if known is None:
        use_language("en")
        theme.apply(app, theme.Mode.LIGHT)
    return app


def breathe() -> None:
    """Do what waits, and take away what was left to be deleted: only a running event loop does that by itself."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle(until: Callable[[], bool]) -> None:
    """Let Qt work until something holds. Raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE_S
    while not until():
        breathe()
        if time.monotonic() > deadline:
            raise TimeoutError


class PaintWatch(QObject):
    """Counts how often a widget was painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


def paint_now(window: QWidget) -> None:
    """Do what the platform does at its next frame, without waiting for that frame."""
    QCoreApplication.sendPostedEvents()
    QApplication.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))
