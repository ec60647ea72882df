"""Our own mistakes: logged with a number and told to whoever stands there; the basket is kept."""

import logging
import secrets
import sys
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from av_pos import problems
from av_pos.errors import StorageError
from av_pos.i18n import _

_log = logging.getLogger(__name__)


class CrashReporter(QObject):
    """Takes over the excepthook: `told(sentence)`, or `stopped(sentence)` when the shop's file is at fault."""

    told = Signal(str)
    stopped = Signal(str)

    def install(self) -> None:
        """Hear of every error that nobody caught."""
        sys.excepthook = self._on_error

    def uninstall(self) -> None:
        """Let Python tell of errors itself again."""
        sys.excepthook = sys.__excepthook__

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, StorageError):
            self.stopped.emit(problems.sentence(error))
            return
        number = secrets.token_hex(3).upper()
        _log.error("Mistake %s", number, exc_info=(kind, error, trace))
        text = _("Something went wrong in the program (number {number}). Your basket is kept; tell support the number.")
        self.told.emit(text.format(number=number))
