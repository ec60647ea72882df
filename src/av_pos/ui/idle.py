"""Notices when nobody has touched the till for a while."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

_TOUCHES = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel})


class IdleWatch(QObject):
    """`idle` comes after so many minutes without a key, a scan or a touch; 0 minutes never."""

    idle = Signal()

    def __init__(self, app: QCoreApplication, minutes: int, parent: QObject | None = None) -> None:
        super().__init__(parent or app)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(max(minutes, 0) * 60_000)
        self._timer.timeout.connect(self.idle)
        if minutes > 0:
            app.installEventFilter(self)
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count from the last touch on."""
        if event.type() in _TOUCHES:
            self._timer.start()
        return False
