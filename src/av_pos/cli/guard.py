"""The edge of the program: whatever goes wrong inside becomes one line on stderr and an exit code."""

import contextlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from av_pos import problems
from av_pos.errors import AvPosError, DeviceError, ImportProblem, PaymentError, StorageError

OK, REFUSED, USAGE, DEVICE, PAYMENT, STORAGE, IMPORT, VERIFY, BUG = 0, 1, 2, 3, 4, 5, 6, 7, 70
INTERRUPTED, PIPE_CLOSED = 130, 141

_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (DeviceError, DEVICE),
    (PaymentError, PAYMENT),
    (ImportProblem, IMPORT),
    (StorageError, STORAGE),
    (AvPosError, REFUSED),
    (OSError, STORAGE),
)


class UsageError(Exception):
    """What was typed is no command; the message says so in the reader's language."""


_NO_BUGS = (AvPosError, OSError, UsageError, KeyboardInterrupt, SystemExit)


def exit_code(error: BaseException) -> int:
    """Return the exit code of an error; what nobody outside can put right is our bug."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), BUG)


def complain(sentence: str, *, as_json: bool, error: BaseException | None = None) -> None:
    """Write one line on stderr; with `as_json` an object with the error's type and what it carries."""
    if as_json:
        told: dict[str, object] = {"error": sentence}
        if isinstance(error, AvPosError):
            told |= {"type": type(error).__name__, **_carried(error)}
        sentence = json.dumps(told, ensure_ascii=True)
    with contextlib.suppress(OSError, ValueError):
        print(" ".join(sentence.splitlines()), file=sys.stderr, flush=True)


class Guard:
    """Ends every run in good order; `code` is its exit code."""

    def __init__(self, *, as_json: bool) -> None:
        self.code = OK
        self._as_json = as_json

    def __enter__(self) -> "Guard":
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                # A terminal without hanzi shows signs instead of ending the program.
                stream.reconfigure(errors="backslashreplace")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        if error is None:
            return False
        if isinstance(error, SystemExit):
            self.code = error.code if isinstance(error.code, int) else OK if error.code is None else USAGE
        elif isinstance(error, KeyboardInterrupt):
            self.code = INTERRUPTED
        elif isinstance(error, BrokenPipeError):
            self._leave_closed_pipe()
        elif isinstance(error, UsageError):
            self.code = USAGE
            complain(str(error), as_json=self._as_json)
        else:
            self._tell(error)
        return True

    @contextlib.contextmanager
    def logging_to(self, folder: Path) -> Iterator[None]:
        """Keep the log of a folder that exists already."""
        from av_pos import shop

        handler = shop.start_log(folder) if folder.is_dir() else None
        with contextlib.ExitStack() as leaving:
            leaving.callback(shop.stop_log, handler)
            leaving.push(_log_bug)
            yield

    def _tell(self, error: BaseException) -> None:
        self.code = exit_code(error)
        if isinstance(error, ImportProblem) and not self._as_json:
            for row in error.rows[1:]:
                complain(problems.row_sentence(row), as_json=False)
        complain(problems.sentence(error), as_json=self._as_json, error=error)

    def _leave_closed_pipe(self) -> None:
        """Whoever read our output has gone; Python would complain once more at its end."""
        self.code = PIPE_CLOSED
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


def _log_bug(_kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None) -> bool:
    if error is not None and not isinstance(error, _NO_BUGS):
        logging.getLogger("av_pos").critical("bug %s", problems.number_of(error), exc_info=error)
    return False


def _carried(error: AvPosError) -> dict[str, object]:
    if isinstance(error, ImportProblem):
        return {"rows": [{"line": r.line, "column": r.column, "expected": r.expected, "found": r.found}
                         for r in error.rows]}  # fmt: skip
    plain = (str, int, bool)
    return {name: value for name, value in vars(error).items() if isinstance(value, plain)}
