"""The disk fills, fails, is forbidden, or holds rubbish: words, nothing half done, and on again when it can."""

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from tests.faults.books import BEGIN, MANAGER, TillState, read_state
from tests.services.at_the_till import cash, scan, sell

from av_pos import problems, shop
from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseTooNew,
    DiskFull,
    ReadOnly,
    RuleError,
    StorageError,
)
from av_pos.services import backup, basket, checkout, integrity, print_queue, shifts
from av_pos.services.checkout import SaleOutcome

resource = pytest.importorskip("resource", reason="limits and rights are tried on POSIX")

AT = At(MANAGER, 1, BEGIN + timedelta(hours=1))
PAGE = 4096
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Path:
    """A shop's folder, closed, with an open shift and a sale."""
    place = Path(shutil.copytree(made_folder, tmp_path / "shop"))
    opened = shop.open_shop(place)
    opened.db.run(shifts.open_shift, AT, 20000)
    sell(opened.db, AT, 1, 2)
    opened.close()
    return place


@pytest.fixture
def opened(folder: Path) -> Iterator[shop.Shop]:
    found = shop.open_shop(folder)
    yield found
    found.close()


def state(database: Database) -> TillState:
    return database.ask(read_state, AT)


def goes_on(database: Database) -> None:
    """The very next sale in this process works, and the books are right."""
    before = state(database)
    outcome = sell(database, AT, 3)
    assert outcome.receipt.sequence == before.document[0] + 1
    assert not integrity.verify(database, AT).bad


def sale(database: Database, basket_id: int, total_minor: int) -> SaleOutcome:
    return database.run(checkout.complete_sale, AT, basket_id, (cash(total_minor),), total_minor)


def fill(database: Database) -> tuple[str, TillState]:
    """Sell on until the disk refuses; returns what a reader is told, and the books before what was refused."""
    for _ in range(500):
        before = state(database)
        try:
            scan(database, AT, 4)
            before = state(database)
            view = database.ask(basket.view_of, AT)
            sale(database, view.basket_id or 0, view.total_minor)
        except StorageError as error:
            return problems.sentence(error), before
    raise AssertionError("the disk never refused")


# ---- full, and failing ----


def _limit_pages(session: Session, pages: int) -> int:
    return int(session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar_one())


def test_a_full_file_refuses_a_sale_whole_and_takes_the_next_when_there_is_room(opened: shop.Shop):
    pages = opened.db.run(_limit_pages, 1)  # as many as it has
    for _ in range(3):
        told, before = fill(opened.db)
        assert told == f"The disk is full: {opened.db.path}. Nothing was half done. Make room, then try again."
        assert state(opened.db) == before
        # The limit hangs on the connection, which is opened anew after trouble.
        opened.db.run(_limit_pages, pages)
    opened.db.run(_limit_pages, 1 << 30)
    goes_on(opened.db)


@contextlib.contextmanager
def small_disk(mib: int) -> Iterator[Path]:
    """A disk of so many MiB, where this user may mount one."""
    place = Path(tempfile.mkdtemp())
    words = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        place.rmdir()
        pytest.skip("no disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()


def test_a_disk_that_is_really_full(folder: Path):
    with small_disk(4) as disk:
        place = Path(shutil.copytree(folder, disk / "shop"))
        opened = shop.open_shop(place)
        filler = disk / "somebody's film"
        with filler.open("wb") as file, contextlib.suppress(OSError):
            file.write(bytes(8 << 20))
        told, before = fill(opened.db)
        assert told == f"The disk is full: {opened.db.path}. Nothing was half done. Make room, then try again."
        assert state(opened.db) == before
        with pytest.raises(DiskFull):
            backup.back_up_to_folder(opened.db, opened.backup_folder, AT.now)
        assert [path.name for path in opened.backup_folder.glob("*.db")] == []
        filler.unlink()
        goes_on(opened.db)
        opened.close()


@contextlib.contextmanager
def disk_fails(database: Database, after_bytes: int) -> Iterator[None]:
    """The disk takes so many bytes more behind the log's end, then every write there fails."""
    log = database.path.with_name(database.path.name + "-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + after_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("after_bytes", [0, 24, 500, 5000, 17000, 41000])
def test_a_write_that_fails_takes_the_sale_back_whole(opened: shop.Shop, after_bytes: int):
    scan(opened.db, AT, 1)
    with disk_fails(opened.db, after_bytes):
        told, before = fill(opened.db)
        # The same process, the disk still bad: refused again in words.
        again, before = fill(opened.db)
    assert told.startswith(f"{opened.db.path} cannot be read or written (disk I/O error).")
    assert again == told
    assert state(opened.db) == before
    goes_on(opened.db)


_SELL_ON_A_BAD_DISK = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from tests.faults.test_storage import AT, state
from tests.services.at_the_till import sell
from av_pos import problems, shop
from av_pos.errors import StorageError
opened = shop.open_shop(Path({folder!r}))
for number in range(12):
    before = state(opened.db)
    try:
        sell(opened.db, AT, 1, 2)
    except StorageError as error:
        print("refused", type(error).__name__, state(opened.db).document == before.document)
    else:
        print("sold")
opened.close()
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(
    ("call", "fault", "kind"),
    [
        ("fdatasync,fsync", "EIO", "StorageError"),
        ("pwrite64", "ENOSPC", "DiskFull"),
        ("pwrite64", "EIO", "StorageError"),
    ],
)
def test_one_call_to_the_disk_that_fails_costs_one_change(folder: Path, call: str, fault: str, kind: str):
    root = Path(__file__).resolve().parents[2]
    program = _SELL_ON_A_BAD_DISK.format(paths=[str(root), str(root / "src")], folder=str(folder))
    log = folder / "shop.db-wal"
    words = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(log), "-e", f"trace={call}"]
    words += ["-e", f"inject={call}:error={fault}:when=12", sys.executable, "-c", program]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    if "ptrace" in run.stderr.lower():
        pytest.skip("strace may not trace here")
    assert run.returncode == 0, run.stderr
    told = run.stdout.splitlines()
    assert told.count(f"refused {kind} True") == 1
    assert told.count("sold") == 11
    assert told[-1] == "sold"
    opened = shop.open_shop(folder)
    assert state(opened.db).document[0] == 1 + 11
    assert not integrity.verify(opened.db, AT).bad
    opened.close()


# ---- forbidden ----


@contextlib.contextmanager
def as_anybody() -> Iterator[None]:
    """Without the administrator's rights, whom no file refuses."""
    if IS_ROOT:
        os.seteuid(65534)
    try:
        yield
    finally:
        if IS_ROOT:
            os.seteuid(0)


@pytest.fixture
def reachable(folder: Path) -> Iterator[Path]:
    """The shop's folder where anybody may go and do anything."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        place = Path(shutil.copytree(folder, top / "shop"))
        for path in (top, place):
            path.chmod(0o777)
        _allow(place, 0o666)
        with as_anybody():
            is_reached = os.access(place / "shop.db", os.R_OK, effective_ids=True)
        if not is_reached:
            pytest.skip("no folder here that any user may reach")
        yield place
        place.chmod(0o777)


def _allow(place: Path, mode: int) -> None:
    for path in place.iterdir():
        path.chmod(mode)


def test_a_file_that_may_not_be_written_is_read_and_sells_again_when_it_may(reachable: Path):
    (reachable / "shop.db").chmod(0o444)
    with as_anybody():
        opened = shop.open_shop(reachable)
        before = state(opened.db)
        with pytest.raises(ReadOnly) as caught:
            sell(opened.db, AT, 1)
        assert problems.sentence(caught.value) == (
            f"{opened.db.path} may not be written. Give this user the right to, then try again."
        )
        assert state(opened.db) == before
    _allow(reachable, 0o666)
    with as_anybody():
        goes_on(opened.db)
        opened.close()


def test_a_folder_that_may_not_be_written_is_said(reachable: Path):
    reachable.chmod(0o555)
    with as_anybody(), pytest.raises(StorageError) as caught:
        shop.open_shop(reachable)
    assert str(reachable) in problems.sentence(caught.value)
    reachable.chmod(0o777)
    with as_anybody():
        opened = shop.open_shop(reachable)
        goes_on(opened.db)
        opened.close()


def test_a_file_somebody_else_keeps_locked_is_said_and_sells_again(folder: Path):
    database = Database.at(folder / "shop.db", busy_timeout_ms=50)
    before = state(database)
    other = sqlite3.connect(folder / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked) as caught:
        sell(database, AT, 1)
    assert problems.sentence(caught.value) == (
        f"Another program keeps {database.path} to itself. Close it, then try again."
    )
    assert state(database) == before
    other.execute("ROLLBACK")
    other.close()
    goes_on(database)
    database.close()


# ---- damaged ----


def _use(place: Path) -> list[str]:
    """Do what a till and its manager would; returns what they were told. Any other error is a fault of ours."""
    told = []

    def attempt(deed: Callable[[], object]) -> None:
        try:
            deed()
        except StorageError as error:
            told.append(problems.sentence(error))
        except RuleError:
            pass  # a damaged figure may well be refused

    try:
        opened = shop.open_shop(place)
    except DatabaseDamaged as error:
        return [problems.sentence(error)]
    attempt(lambda: sell(opened.db, AT, *range(1, 13)))
    attempt(lambda: opened.db.ask(shifts.x_report, AT))
    attempt(lambda: opened.db.ask(print_queue.list_jobs))

    def verify() -> None:
        told.extend(f"{row.table} {row.key}" for row in integrity.verify(opened.db, replace(AT, till=1)).bad)

    attempt(verify)
    opened.close()
    return told


def _without_free_pages(file: Path) -> None:
    raw = sqlite3.connect(file, isolation_level=None)
    raw.execute("VACUUM")
    raw.close()


@pytest.mark.parametrize("rubbish", ["zeros", "noise"])
def test_every_damaged_page_is_found_and_told(folder: Path, tmp_path: Path, rubbish: str):
    # The migrations left free pages behind: what no table uses does no harm, and nobody looks at it.
    _without_free_pages(folder / "shop.db")
    whole = (folder / "shop.db").read_bytes()
    chance = random.Random(11)
    unnoticed = []
    for page in range(0, len(whole) // PAGE, 3):
        spoilt = bytes(PAGE) if rubbish == "zeros" else chance.randbytes(PAGE)
        place = tmp_path / f"page{page}"
        place.mkdir()
        (place / "shop.db").write_bytes(whole[: page * PAGE] + spoilt + whole[(page + 1) * PAGE :])
        if not _use(place):
            unnoticed.append(page)
    assert unnoticed == []


def test_text_that_is_no_text_any_more_is_called_damaged(folder: Path, tmp_path: Path):
    whole = (folder / "shop.db").read_bytes()
    at = whole.index(b'"approved_by"')
    (folder / "shop.db").write_bytes(whole[:at] + b"\xff\xfe" + whole[at + 2 :])
    assert _use(folder) != []


@pytest.mark.parametrize("left", [1, 100, PAGE, 10 * PAGE, -PAGE])
def test_a_file_cut_short_is_called_damaged_and_left_alone(folder: Path, left: int):
    path = folder / "shop.db"
    path.write_bytes(path.read_bytes()[:left])
    before = path.read_bytes()
    with pytest.raises(DatabaseDamaged) as caught:
        shop.open_shop(folder)
    assert problems.sentence(caught.value) == f'{path} is damaged. Put the last backup back with "av-pos restore".'
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\0" * 20000, b"PK\x03\x04" * 5000, "购物单".encode() * 3000])
def test_what_is_no_database_is_called_damaged_and_left_alone(folder: Path, content: bytes):
    (folder / "shop.db").write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        shop.open_shop(folder)
    assert (folder / "shop.db").read_bytes() == content


def test_a_backup_puts_a_damaged_shop_right(folder: Path):
    opened = shop.open_shop(folder)
    saved = backup.back_up_to_folder(opened.db, opened.backup_folder, AT.now).row.path
    before = state(opened.db)
    opened.close()
    (folder / "shop.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(DatabaseDamaged):
        shop.open_shop(folder)
    backup.restore(folder / "shop.db", saved, AT.now)
    opened = shop.open_shop(folder)
    assert state(opened.db) == before
    goes_on(opened.db)
    opened.close()


def test_a_newer_programs_file_is_refused_in_words_and_left_alone(folder: Path):
    raw = sqlite3.connect(folder / "shop.db")
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.execute("PRAGMA journal_mode = DELETE")
    raw.close()
    before = (folder / "shop.db").read_bytes()
    with pytest.raises(DatabaseTooNew) as caught:
        shop.open_shop(folder)
    path = folder / "shop.db"
    assert problems.sentence(caught.value) == (
        f"{path} was written by a newer av_pos. Install that one; nothing was changed."
    )
    # Looking at it may turn its log on; what it holds is as it was.
    raw = sqlite3.connect(folder / "shop.db")
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    assert raw.execute("SELECT count(*) FROM document").fetchone() == (1,)
    raw.close()
    assert len((folder / "shop.db").read_bytes()) == len(before)
