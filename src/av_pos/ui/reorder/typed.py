"""A quantity that is typed into a row: digit after digit, taken after a pause, with Enter, or when the cursor goes."""

from PySide6.QtCore import QObject, QTimer, Signal

_PAUSE_MS = 1200
_LONGEST = 4


class TypedQuantity(QObject):
    """Collects the digits of one row. `entered(edition_id, quantity)` when they are meant."""

    entered = Signal(int, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._edition_id = 0
        self._text = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.finish)

    def of(self, edition_id: int) -> int | None:
        """What is being typed for this edition; None when nothing is."""
        return int(self._text or "0") if edition_id == self._edition_id else None

    def add(self, edition_id: int, digit: str) -> None:
        """Take another digit; one more than fits is not taken, as in any field."""
        if edition_id != self._edition_id:
            self.finish()
            self._edition_id, self._text = edition_id, ""
        if len(self._text) < _LONGEST:
            self._text = (self._text + digit).lstrip("0") or "0"
        self._pause.start()

    def rub(self) -> bool:
        """Take the last digit away; False when nothing is typed."""
        if not self._edition_id:
            return False
        self._text = self._text[:-1]
        self._pause.start()
        return True

    def give_up(self) -> bool:
        """Forget what was typed; False when nothing was."""
        was_typing, self._edition_id, self._text = bool(self._edition_id), 0, ""
        self._pause.stop()
        return was_typing

    def finish(self) -> bool:
        """What was typed is meant; False when nothing was."""
        edition_id, text = self._edition_id, self._text
        self.give_up()
        if edition_id and text:
            self.entered.emit(edition_id, int(text))
        return bool(edition_id)
