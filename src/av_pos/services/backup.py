"""Backups: the whole shop in one file, made while the shop sells, and put back.

A backup goes through SQLite's backup API to a temporary name beside its target, is checked, written through to the
disk, and only then gets its name: a file with a backup's name is a whole backup. The live file is never copied.
"""

import contextlib
import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from av_pos.db import Database, storage_error_of
from av_pos.errors import DatabaseDamaged, DatabaseLocked, DiskFull, InvalidInput, NotFound, ReadOnly, StorageError
from av_pos.models import schema

KEPT = 30
OLD_AFTER = timedelta(days=2)

_STEP_PAGES = 2048
_STAMP = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"shop-(\d{8}-\d{6})\.db")
_OS_ERRORS: dict[int, type[StorageError]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: ReadOnly,
    errno.EACCES: ReadOnly,
    errno.EPERM: ReadOnly,
}


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup: where it lies, when it was made (UTC), how large it is."""

    path: Path
    made_at: datetime
    size_bytes: int


@dataclass(frozen=True, slots=True)
class BackupOutcome:
    """A backup that was made. `trouble` says what went wrong afterwards: at the second place, or with old backups."""

    row: BackupRow
    second: BackupRow | None = None
    trouble: StorageError | None = None


@dataclass(frozen=True, slots=True)
class RestoreOutcome:
    """A backup is the shop's file again; `kept` is the file it replaced, None when there was none."""

    path: Path
    kept: Path | None


def back_up(db: Database, target: Path, now: datetime) -> BackupRow:
    """Write the whole shop, as it is at this moment, to the file `target`; selling goes on meanwhile.

    Raises DiskFull, ReadOnly, DatabaseDamaged or another StorageError (then nothing is left behind and an older file
    of this name is untouched), InvalidInput when the target is the shop's own file.
    """
    if target.resolve() == db.path.resolve():
        raise InvalidInput("backup", str(target), "is_the_shop")
    with _explained(target):
        temporary = _start_file(target)
        try:
            source = db.raw()
            try:
                _copy_checked(source, temporary)
            finally:
                source.close()
            _write_through(temporary)
            temporary.replace(target)
            _write_folder_through(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return BackupRow(target, now, target.stat().st_size)


def back_up_to_folder(
    db: Database, folder: Path, now: datetime, keep: int = KEPT, second_folder: Path | None = None
) -> BackupOutcome:
    """Write a backup named by its time (UTC) into `folder`, then to the second place, and keep the newest `keep`.

    Only files that bear such a name are ever deleted. Raises as `back_up`; trouble after the first backup is in the
    outcome.
    """
    row = _back_up_named(db, folder, now)
    second, trouble = None, None
    if second_folder is not None:
        try:
            second = _back_up_named(db, second_folder, now)
        except StorageError as error:
            trouble = error
    for place in (folder, second_folder if second else None):
        if place is not None:
            trouble = _prune(place, keep, spare=row.path.name) or trouble
    return BackupOutcome(row, second, trouble)


def last_backup(folder: Path) -> BackupRow | None:
    """Return the newest backup in `folder` that bears a backup's name, None when there is none or no such folder."""
    backups = _list_backups(folder)
    return backups[-1] if backups else None


def is_old(row: BackupRow | None, now: datetime) -> bool:
    """Tell whether somebody should be warned: the last backup is over two days old, or there is none."""
    return row is None or now - row.made_at > OLD_AFTER


def restore(db_path: Path, backup_file: Path, now: datetime) -> RestoreOutcome:
    """Put a backup in the place of the shop's file, which is kept beside it as shop-before-restore-….db.

    Members that were erased since the backup was made are erased in it before it takes the shop's place. Nobody else
    may have the shop open. Raises NotFound, DatabaseDamaged or DatabaseTooNew for the backup, InvalidInput
    when it is no shop, DatabaseLocked when somebody works with the shop, another StorageError; the shop's file is
    untouched then.
    """
    if not backup_file.is_file():
        raise NotFound("backup", str(backup_file))
    if backup_file.resolve() == db_path.resolve():
        raise InvalidInput("backup", str(backup_file), "is_the_shop")
    with _explained(db_path):
        temporary = _start_file(db_path)
        try:
            _stage(backup_file, temporary)
            _erase_again(temporary, db_path, now)
            kept = _set_aside(db_path, now) if db_path.exists() else None
            temporary.replace(db_path)
            _write_folder_through(db_path.parent)
        finally:
            for path in (temporary, _beside(temporary, "-wal"), _beside(temporary, "-shm")):
                path.unlink(missing_ok=True)
    return RestoreOutcome(db_path, kept)


def _back_up_named(db: Database, folder: Path, now: datetime) -> BackupRow:
    made_at = now.astimezone(UTC).replace(microsecond=0)
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return back_up(db, folder / f"shop-{made_at.strftime(_STAMP)}.db", made_at)


def _list_backups(folder: Path) -> list[BackupRow]:
    if not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        # Fourteen digits need not be a time: then it is somebody else's file.
        with contextlib.suppress(ValueError):
            made_at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
            found.append(BackupRow(path, made_at, path.stat().st_size))
    return sorted(found, key=lambda row: row.made_at)


def _prune(folder: Path, keep: int, *, spare: str) -> StorageError | None:
    try:
        for row in _list_backups(folder)[:-keep]:
            # With a clock that was ahead once, the backup just made looks like the oldest.
            if row.path.name != spare:
                row.path.unlink(missing_ok=True)
    except OSError as error:
        return _os_trouble(error, folder)
    return None


def _start_file(target: Path) -> Path:
    """Make an empty file beside `target` that only this user may read, so that the disk's refusal has its own name."""
    temporary = target.with_name(f".{target.name}.part")
    temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return temporary


def _copy_checked(source: sqlite3.Connection, path: Path) -> None:
    """Copy one state of `source` into the file at `path` and check it. Raises sqlite3.Error, DatabaseDamaged."""
    target = sqlite3.connect(path, isolation_level=None)
    try:
        # Holding one state of the source, the copy never begins anew, however much is sold meanwhile.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_STEP_PAGES)
        source.execute("ROLLBACK")
        # A backup is one file: no log beside it that could be forgotten when it is carried away.
        target.execute("PRAGMA journal_mode = DELETE").fetchone()
        _quick_check(target, path)
    finally:
        target.close()


def _quick_check(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DatabaseDamaged(str(path), found)


def _stage(backup_file: Path, temporary: Path) -> None:
    """Bring the backup, checked, to the file that will take the shop's place."""
    uri = backup_file.resolve().as_uri() + "?mode=ro"
    with _explained(backup_file):
        source = sqlite3.connect(uri, uri=True, isolation_level=None)
        try:
            _quick_check(source, backup_file)
            schema.needs_migration(_revision(source, backup_file), str(backup_file))
        finally:
            source.close()
    source = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        _copy_checked(source, temporary)
    finally:
        source.close()
    _write_through(temporary)


def _erase_again(staged: Path, db_path: Path, now: datetime) -> None:
    # Only who restores needs it, and with it come the members.
    from av_pos.services import erasure

    erasure.erase_again(staged, now, db_path)
    _fold_log(staged)
    _write_through(staged)


def _revision(connection: sqlite3.Connection, path: Path) -> str:
    table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if table else None
    if row is None:
        raise InvalidInput("backup", str(path), "not_a_shop")
    return str(row[0])


def _set_aside(db_path: Path, now: datetime) -> Path:
    """Give the shop's present file a second name. Raises DatabaseLocked when somebody else works with it."""
    kept = db_path.with_name(f"shop-before-restore-{now.astimezone(UTC).strftime(_STAMP)}.db")
    log, kept_log = _beside(db_path, "-wal"), _beside(kept, "-wal")
    # SQLite throws away the log of a file that it cannot read: it gets its second name first.
    if log.exists():
        _keep_as(log, kept_log)
    try:
        folded = _fold_log(db_path)
    except DatabaseLocked:
        kept_log.unlink(missing_ok=True)
        raise
    if folded:
        kept_log.unlink(missing_ok=True)
    _keep_as(db_path, kept)
    _write_folder_through(kept.parent)
    # A log that outlived its file would be played into the restored one.
    for suffix in ("-wal", "-shm"):
        _beside(db_path, suffix).unlink(missing_ok=True)
    return kept


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _fold_log(db_path: Path) -> bool:
    """Fold the log into the file; False for a damaged one, which is why people restore: it stays as it is."""
    connection = sqlite3.connect(db_path, isolation_level=None, timeout=1)
    try:
        # Leaving WAL needs the file for oneself, so this also finds whoever else has it open.
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error as error:
        trouble = storage_error_of(error, str(db_path))
        if isinstance(trouble, DatabaseLocked):
            raise trouble from error
        return False
    finally:
        connection.close()
    return True


def _keep_as(present: Path, kept: Path) -> None:
    kept.unlink(missing_ok=True)
    try:
        os.link(present, kept)
    except OSError:
        # Some file systems know no second names; nobody writes to this file now, so a copy is whole.
        shutil.copy2(present, kept)
        _write_through(kept)


def _write_through(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _write_folder_through(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system says into the StorageError it means."""
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error_of(error, str(path)) or StorageError(str(path), str(error)) from error
    except OSError as error:
        raise _os_trouble(error, path) from error


def _os_trouble(error: OSError, path: Path) -> StorageError:
    return _OS_ERRORS.get(error.errno or 0, StorageError)(str(error.filename or path), error.strerror or str(error))
