"""Opens a shop's folder: machine settings, the database (migrated, backed up before), the till, the log.

A folder holds `shop.db`, `machine.toml`, `till-NN.lock`, `log/` and `backups/`. Window and command line both come in
here.
"""

import contextlib
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from av_pos import problems, settings
from av_pos.db import Database, sqlite_url
from av_pos.domain.codes import masked
from av_pos.errors import DatabaseDamaged, InvalidInput, NotFound, TillInUse
from av_pos.models import schema
from av_pos.settings import MachineSettings

if TYPE_CHECKING:
    from av_pos.services.setup import NewShop

DATABASE_NAME = "shop.db"
BACKUP_FOLDER = "backups"
LOG_BYTES, LOG_FILES = 1_000_000, 5
CONSOLE_HOLDS_S = 12.0
"""How long a window waits for a script that is putting its paper out at the same till."""

Holder = Literal["window", "console"]
_SMALLEST_DATABASE = 512  # bytes: one page of SQLite's smallest
_POLL_S = 0.02
_PROBE_S = 0.1  # `till_is_held` takes the lock for an instant
_LOCKED_BYTE = 1024  # behind the text of the file, so that others can read who holds it


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Shop:
    """An open shop: where it lives, this machine's settings, its database, and which till this is."""

    folder: Path
    machine: MachineSettings
    db: Database
    till: int

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    @property
    def backup_folder(self) -> Path:
        """Where backups go unless somebody names a file."""
        chosen = self.machine.backup_dir
        return Path(chosen).expanduser() if chosen else self.folder / BACKUP_FOLDER

    @property
    def second_backup_folder(self) -> Path | None:
        """A second place for backups, None when none is set."""
        chosen = self.machine.backup_dir_2
        return Path(chosen).expanduser() if chosen else None


def database_file(folder: Path) -> Path:
    """The shop's one file."""
    return folder / DATABASE_NAME


def shop_exists(folder: Path) -> bool:
    """Tell whether a shop has been set up in this folder. Raises InvalidInput for machine settings nobody can read."""
    return database_file(folder).exists() or bool(load_machine(folder).database_url)


def load_machine(folder: Path) -> MachineSettings:
    """Read this machine's settings. Raises InvalidInput for a file nobody can read, StorageError."""
    with _storage(folder / settings.FILE_NAME):
        return settings.load(folder)


def save_machine(folder: Path, machine: MachineSettings) -> None:
    """Keep this machine's settings. Raises StorageError."""
    with _storage(folder / settings.FILE_NAME):
        settings.save(folder, machine)


def create_shop(folder: Path, draft: "NewShop", now: Callable[[], datetime] = _clock) -> None:
    """Set a shop up in an empty folder, whole or not at all.

    Raises InvalidInput for a draft that cannot be meant, InvalidInput("shop", …, "exists") when one is there already,
    StorageError when the folder cannot be written.
    """
    from av_pos.services.setup import set_up_shop  # once in a shop's life

    make_shop(folder, lambda database: database.run(set_up_shop, now(), draft))
    machine = load_machine(folder)
    save_machine(folder, replace(machine, language=draft.language, printer=draft.printer, till=draft.till))


def make_shop(folder: Path, fill: Callable[[Database], object]) -> None:
    """Make the tables beside the shop's place, let `fill` write into them, then put the file in its place at once.

    Raises InvalidInput("shop", …, "exists"), StorageError, and what `fill` raises.
    """
    if shop_exists(folder):
        raise InvalidInput("shop", str(folder), "exists")
    path = folder / (DATABASE_NAME + ".new")
    with _storage(path):
        folder.mkdir(parents=True, exist_ok=True)
        _remove(path)
        try:
            schema.migrate(sqlite_url(path))
            with contextlib.closing(Database.at(path)) as database:
                fill(database)
            path.replace(database_file(folder))
        finally:
            _remove(path)  # put in its place, it is no longer here
        _flush_folder(folder)


def open_shop(folder: Path, till: int | None = None, now: Callable[[], datetime] = _clock) -> Shop:
    """Open the shop of a folder at this machine's till, or at `till`.

    A database of an older program is backed up and migrated first. Raises NotFound("shop") when there is none,
    InvalidInput for a till or machine settings that cannot be, DatabaseTooNew, StorageError.
    """
    machine = load_machine(folder)
    number = machine.till if till is None else till
    if not 1 <= number <= 99:
        raise InvalidInput("till", str(number), "out_of_range")
    if not shop_exists(folder):
        raise NotFound("shop", str(folder))
    database = Database(machine.database_url) if machine.database_url else _open_file(database_file(folder))
    shop = Shop(folder, machine, database, number)
    with contextlib.ExitStack() as undo:
        undo.callback(database.close)
        _bring_up_to_date(shop, now())
        undo.pop_all()
    return shop


def _open_file(path: Path) -> Database:
    with _storage(path):
        if path.stat().st_size < _SMALLEST_DATABASE:
            # SQLite takes what holds no header for a new database, and would hide that the shop is gone.
            raise DatabaseDamaged(str(path), "empty file")
    return Database.at(path)


def _bring_up_to_date(shop: Shop, now: datetime) -> None:
    where = str(shop.db.path) if shop.db.is_sqlite else shop.machine.database_url
    revision = shop.db.ask(schema.revision_of)
    if revision is None and shop.db.is_sqlite:
        raise DatabaseDamaged(where, "no tables")
    if not schema.needs_migration(revision, where):
        return
    if shop.db.is_sqlite:
        from av_pos.services import backup

        backup.back_up_to_folder(shop.db, shop.backup_folder, now)
    schema.migrate(shop.db.url)


class TillHold:
    """Says to all other programs that this one works at a till; given back by `release`, at the latest by its end."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def release(self) -> None:
        """Give the till back."""
        self._file.close()

    def __enter__(self) -> "TillHold":
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()


def hold_till(folder: Path, till: int, holder: Holder = "window") -> TillHold:
    """Take the till for this program.

    A window that finds a script putting its paper out waits for it. Raises TillInUse when another window (for a script:
    anybody) holds it, StorageError when the folder cannot be written.
    """
    path = _lock_file(folder, till)
    with _storage(path):
        file = path.open("a+", encoding="utf-8")
    began = time.monotonic()
    with _storage(path):
        while not _lock(file):
            waits = CONSOLE_HOLDS_S if holder == "window" and _holder(path) == "console" else _PROBE_S
            if time.monotonic() - began > waits:
                file.close()
                raise TillInUse(till)
            time.sleep(_POLL_S)
        file.truncate(0)
        file.write(holder)
        file.flush()
    return TillHold(file)


def till_is_held(folder: Path, till: int, holder: Holder | None = None) -> bool:
    """Tell whether a program works at the till: any, or only a window or a script."""
    path = _lock_file(folder, till)
    try:
        file = path.open("r+", encoding="utf-8")
    except FileNotFoundError:
        return False
    with file:
        free = _lock(file)
    return not free and (holder is None or _holder(path) == holder)


def tills_in_use(folder: Path) -> tuple[int, ...]:
    """Return the tills of this folder at which a program works."""
    found = (re.fullmatch(r"till-([0-9]{2})\.lock", path.name) for path in sorted(folder.glob("till-*.lock")))
    return tuple(int(match[1]) for match in found if match and till_is_held(folder, int(match[1])))


def start_log(folder: Path) -> logging.Handler | None:
    """Write the program's log to `log/av-pos.log` in the folder from now on; None where that cannot be written.

    Payment codes never get into it. The caller removes the handler when it ends.
    """
    path = folder / "log" / "av-pos.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    handler = _QuietHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("av_pos")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return handler


def stop_log(handler: logging.Handler | None) -> None:
    """Close what `start_log` opened."""
    if handler is not None:
        logging.getLogger("av_pos").removeHandler(handler)
        handler.close()


class _QuietHandler(RotatingFileHandler):
    """A full disk must not write tracebacks over the cashier's terminal."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


class _MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(masked(line) for line in super().format(record).splitlines())


def _lock_file(folder: Path, till: int) -> Path:
    return folder / f"till-{till:02d}.lock"


def _holder(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("utf-8")
    return ""


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True
else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def _storage(path: Path) -> Iterator[None]:
    """Turn what the system says about a file into what a manager can act on."""
    try:
        yield
    except OSError as error:
        raise problems.storage_error(error, str(path)) from error


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where a folder can be opened for that."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
