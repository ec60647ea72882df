import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories import make_edition
from tests.services.at_the_till import sell

from av_pos.db import Database
from av_pos.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseTooNew,
    DiskFull,
    InvalidInput,
    NotFound,
    ReadOnly,
    StorageError,
)
from av_pos.services import backup, integrity, shifts
from av_pos.services.backup import BackupRow


@pytest.fixture
def disc(db, at):
    db.run(shifts.open_shift, at, 0)
    return db.run(make_edition, qty=999)


def sold_in(path: Path) -> int:
    raw = sqlite3.connect(path)
    try:
        return int(raw.execute("SELECT count(*) FROM document").fetchone()[0])
    finally:
        raw.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_one_whole_file(db, at, disc, now, tmp_path):
    sell(db, at, disc)
    target = tmp_path / "out" / "copy.db"
    target.parent.mkdir()
    row = backup.back_up(db, target, now)
    assert row == BackupRow(target, now, target.stat().st_size)
    assert names(target.parent) == ["copy.db"]
    copy = Database.at(target)
    assert integrity.verify(copy, at).ok
    copy.close()
    assert sold_in(target) == 1


def test_the_shop_sells_on_while_it_is_backed_up(db, at, disc, now, tmp_path):
    """The copy is one moment of the shop, whatever is sold meanwhile."""
    stop = threading.Event()
    sold = []

    def trade():
        till = Database.at(db.path)
        while not stop.is_set():
            sold.append(sell(till, at, disc))
        till.close()

    cashier = threading.Thread(target=trade)
    cashier.start()
    try:
        for number in range(5):
            backup.back_up(db, tmp_path / f"copy{number}.db", now)
    finally:
        stop.set()
        cashier.join()
    assert len(sold) > 0
    for number in range(5):
        copy = Database.at(tmp_path / f"copy{number}.db")
        assert integrity.verify(copy, at).ok
        copy.close()


def test_backups_are_named_by_their_time_and_the_newest_are_kept(db, now, tmp_path):
    folder = tmp_path / "deep" / "backups"
    for hour in range(5):
        outcome = backup.back_up_to_folder(db, folder, now + timedelta(hours=hour), keep=3)
    (folder / "shop-before-restore-20200101-000000.db").write_bytes(b"mine")
    (folder / "shop-20209999-000000.db").write_bytes(b"not a time")
    (folder / "notes.txt").write_bytes(b"mine")
    assert outcome.row.path == folder / "shop-20261120-103200.db"
    outcome = backup.back_up_to_folder(db, folder, now + timedelta(hours=5), keep=3)
    assert names(folder) == [
        "notes.txt",
        "shop-20209999-000000.db",
        "shop-20261120-093200.db",
        "shop-20261120-103200.db",
        "shop-20261120-113200.db",
        "shop-before-restore-20200101-000000.db",
    ]
    assert backup.last_backup(folder) == outcome.row


def test_a_second_place_takes_the_same(db, now, tmp_path):
    outcome = backup.back_up_to_folder(db, tmp_path / "a", now, second_folder=tmp_path / "b")
    assert outcome.second is not None
    assert outcome.trouble is None
    assert names(tmp_path / "a") == names(tmp_path / "b") == ["shop-20261120-063200.db"]


def test_trouble_at_the_second_place_is_told_and_the_first_stands(db, now, tmp_path):
    (tmp_path / "stick").write_text("a file where the folder should be")
    outcome = backup.back_up_to_folder(db, tmp_path / "a", now, second_folder=tmp_path / "stick" / "b")
    assert outcome.second is None
    assert isinstance(outcome.trouble, StorageError)
    assert backup.last_backup(tmp_path / "a") == outcome.row


def test_an_old_backup_that_cannot_be_taken_away_is_told(db, now, tmp_path):
    (tmp_path / "a" / "shop-20200101-000000.db").mkdir(parents=True)
    outcome = backup.back_up_to_folder(db, tmp_path / "a", now, keep=1)
    assert isinstance(outcome.trouble, StorageError)
    assert backup.last_backup(tmp_path / "a") == outcome.row


@pytest.mark.parametrize(
    ("age", "old"),
    [(None, True), (timedelta(hours=47), False), (timedelta(days=2, seconds=1), True), (timedelta(days=-1), False)],
)
def test_the_last_backups_age_is_warned_about_after_two_days(now, tmp_path, age, old):
    row = None if age is None else BackupRow(tmp_path, now - age, 1)
    assert backup.is_old(row, now) is old


def test_no_folder_has_no_last_backup(tmp_path):
    assert backup.last_backup(tmp_path / "nowhere") is None


def test_the_shop_is_never_backed_up_onto_itself(db, at, disc, now):
    with pytest.raises(InvalidInput):
        backup.back_up(db, db.path, now)
    sell(db, at, disc)


def test_a_folder_that_is_not_there_is_told(db, now, tmp_path):
    with pytest.raises(StorageError):
        backup.back_up(db, tmp_path / "nowhere" / "copy.db", now)


FULL = """
import resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
sys.path.insert(0, {source!r})
from av_pos.db import Database
from av_pos.errors import DiskFull, StorageError
from av_pos.services import backup
db = Database.at(Path({shop!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    backup.back_up(db, Path({target!r}), datetime.now(UTC))
except StorageError as error:
    print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on a file's size here")
def test_a_full_disk_leaves_the_older_backup(db, now, tmp_path):
    """Writing past a limit on the file's size fails just as a full disk does."""
    target = tmp_path / "copy.db"
    backup.back_up(db, target, now)
    before = target.read_bytes()
    source = str(Path(backup.__file__).parents[2])
    program = FULL.format(source=source, shop=str(db.path), target=str(target))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() in {DiskFull.__name__, StorageError.__name__}, ran.stderr
    assert target.read_bytes() == before
    assert [name for name in names(tmp_path) if "part" in name] == []


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="no folder here that refuses even the owner")
def test_a_folder_that_takes_no_files_is_told(db, now):
    with pytest.raises(StorageError):
        backup.back_up(db, Path("/proc/copy.db"), now)


def test_a_folder_that_may_not_be_written_is_told(db, now, tmp_path, monkeypatch):
    def refuse(*args: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReadOnly):
        backup.back_up(db, tmp_path / "copy.db", now)


# --- restore ---


@pytest.fixture
def saved(db, at, disc, now, tmp_path) -> Path:
    """A backup of the shop with one sale; another sale came after it."""
    sell(db, at, disc)
    path = backup.back_up_to_folder(db, tmp_path / "backups", now).row.path
    sell(db, at, disc)
    return path


def test_a_backup_put_back_is_the_shop_again(db, at, disc, saved, now):
    db.close()
    outcome = backup.restore(db.path, saved, now)
    again = Database.at(db.path)
    assert integrity.verify(again, at).ok
    assert sold_in(db.path) == 1
    sell(again, at, disc)
    again.close()
    kept = db.path.with_name("shop-before-restore-20261120-063200.db")
    assert outcome.kept == kept
    assert sold_in(kept) == 2
    assert sold_in(saved) == 1


def test_sales_that_only_stood_in_the_log_are_kept_too(db, at, saved, now, tmp_path):
    """After a power cut the log beside the file holds the last sales."""
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("shop.db", "shop.db-wal"):
        shutil.copy(db.path.with_name(name), crashed / name)
    outcome = backup.restore(crashed / "shop.db", saved, now)
    assert outcome.kept is not None
    assert sold_in(outcome.kept) == 2
    assert sold_in(crashed / "shop.db") == 1
    assert "shop.db-wal" not in names(crashed)


def test_a_damaged_shop_is_kept_as_it_is(db, at, saved, now, tmp_path):
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "shop.db").write_bytes(b"\xff" * 8192)
    (folder / "shop.db-wal").write_bytes(b"log of something")
    outcome = backup.restore(folder / "shop.db", saved, now)
    assert outcome.kept is not None
    assert outcome.kept.read_bytes() == b"\xff" * 8192
    assert outcome.kept.with_name(outcome.kept.name + "-wal").read_bytes() == b"log of something"
    assert sold_in(folder / "shop.db") == 1


def test_a_disk_that_knows_no_second_names_keeps_a_copy(db, saved, now, monkeypatch):
    def refuse(*args: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    db.close()
    kept = backup.restore(db.path, saved, now).kept
    assert kept is not None
    assert (sold_in(kept), sold_in(db.path)) == (2, 1)


def test_a_backup_becomes_a_shop_where_there_was_none(saved, now, tmp_path):
    assert backup.restore(tmp_path / "new.db", saved, now).kept is None
    assert sold_in(tmp_path / "new.db") == 1


def test_nothing_is_put_back_while_somebody_works(db, at, disc, saved, now):
    with pytest.raises(DatabaseLocked):
        backup.restore(db.path, saved, now)
    sell(db, at, disc)
    assert sold_in(db.path) == 3


def spoil_nothing(path: Path) -> None:
    path.unlink()


def spoil_bytes(path: Path) -> None:
    path.write_bytes(b"\xff" * 100_000)


def spoil_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * (4096 * 3)
    path.write_bytes(content)


def spoil_kind(path: Path) -> None:
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE recipe (name TEXT)").connection.close()


def spoil_revision(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (spoil_nothing, NotFound),
        (spoil_bytes, DatabaseDamaged),
        (spoil_page, DatabaseDamaged),
        (spoil_kind, InvalidInput),
        (spoil_revision, DatabaseTooNew),
    ],
)
def test_what_is_no_good_backup_leaves_the_shop_as_it_is(db, saved, now, spoil, error):
    db.close()
    spoil(saved)
    with pytest.raises(error):
        backup.restore(db.path, saved, now)
    assert sold_in(db.path) == 2
    assert [name for name in names(db.path.parent) if "before" in name or "part" in name] == []


def test_the_shop_itself_is_no_backup(db, now):
    with pytest.raises(InvalidInput):
        backup.restore(db.path, db.path, now)
