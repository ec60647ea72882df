"""Notices when nobody has touched the till for a while."""

from PySide6.QtCore import QObject, QTimer, Signal


class IdleWatch(QObject):
    """`idle` comes after so many minutes without a `touch`: a key, a scan, a finger; 0 minutes never."""

    idle = Signal()

    def __init__(self, minutes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._minutes = max(minutes, 0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        self.touch()

    def touch(self) -> None:
        """Count from now on."""
        if self._minutes:
            self._timer.start(self._minutes * 60_000)
