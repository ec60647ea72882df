"""A deed in a process of its own, killed before any of its steps, or two deeds at once: what tests of crashes share."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from tests.thorough import STRIDE, first_step

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import WrongState
from av_pos.models.every_table import METADATA
from av_pos.services import integrity

DONE, REFUSED = 0, 3
Deed = Callable[[Database], Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """A shop's file after a deed was killed in the middle, or, the last one, came to its end."""

    path: Path
    step: int
    is_killed: bool


def together(path: Path, *deeds: Deed, meanwhile: Callable[[], Any] | None = None) -> list[int]:
    """Do these at once, each in a process of its own, and something here meanwhile; return how each of them ended."""
    children = [_begin(path, deed) for deed in deeds]
    if meanwhile is not None:
        meanwhile()
    return [_ended(child) for child in children]


def cuts(original: Path, folder: Path, deed: Deed) -> Iterator[Cut]:
    """Do it on copies of a file, killed before one statement or commit after another, until it is killed no more."""
    step, is_killed = first_step(), True
    while is_killed:
        step += STRIDE
        path = folder / "cut.db"
        shutil.copy(original, path)
        ended = _ended(_begin(path, deed, step))
        assert ended in (DONE, -signal.SIGKILL)
        is_killed = ended != DONE
        yield Cut(path, step, is_killed)
        for left in folder.glob("cut.db*"):
            left.unlink()


def done_once(original: Path, folder: Path, deed: Deed) -> Path:
    """Do it on a copy of a file, in a process of its own and undisturbed; return the copy."""
    path = folder / "whole.db"
    shutil.copy(original, path)
    assert _ended(_begin(path, deed)) == DONE
    return path


def all_or_nothing(original: Path, folder: Path, at: At, deed: Deed, least_steps: int) -> None:
    """Killed before any step, a file holds what it held before, row for row; else what it holds when all was done."""
    before = verified_rows(original, at)
    after = verified_rows(done_once(original, folder, deed), at)
    assert after != before
    step = 0
    for cut in cuts(original, folder, deed):
        # Rows that are those of a file whose books agree need not be verified again.
        assert every_row(cut.path) == (before if cut.is_killed else after), cut.step
        step = cut.step
    assert step > least_steps


def verified_rows(path: Path, at: At) -> dict[str, list[Any]]:
    """Every row of every table, after a look that the books agree."""
    db = Database.at(path)
    assert integrity.verify(db, at).bad == ()
    db.close()
    return every_row(path)


def every_row(path: Path) -> dict[str, list[Any]]:
    """Every row of every table."""
    raw = sqlite3.connect(path)
    try:
        return {name: sorted(raw.execute(f'SELECT * FROM "{name}"'), key=repr) for name in METADATA.tables}
    finally:
        raw.close()


def _begin(path: Path, deed: Deed, kill_at: int = 0) -> int:
    """Begin in a process of its own, killed before its `kill_at`-th statement or commit; return its id."""
    child = os.fork()
    if child:
        return child
    ended = 1
    try:
        seen = 0

        def count(*_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        deed(Database.at(path))
        ended = DONE
    except WrongState:
        ended = REFUSED
    finally:
        os._exit(ended)


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
