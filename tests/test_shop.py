"""A shop's folder: made whole or not at all, opened, refused in words, held by one window a till."""

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from av_pos import settings, shop
from av_pos.db import Database
from av_pos.errors import DatabaseDamaged, DatabaseTooNew, InvalidInput, NotFound, ReadOnly, StorageError, TillInUse
from av_pos.models import schema
from av_pos.services import access, shop_settings, staff
from av_pos.services.setup import NewShop, list_tax_choices

NOW = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)
DRAFT = NewShop("碟声唱片", "Lin", "8642", printer="tcp://127.0.0.1:9100?width=58")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which nothing is yet."""
    return tmp_path / "shop"


@pytest.fixture
def made(folder: Path) -> Path:
    """A folder with a shop."""
    shop.create_shop(folder, DRAFT, lambda: NOW)
    return folder


@pytest.fixture
def opened(made: Path) -> Iterator[shop.Shop]:
    """An open shop."""
    found = shop.open_shop(made)
    yield found
    found.close()


def test_a_new_shop_opens_with_what_was_typed(opened: shop.Shop):
    found = opened.db.ask(shop_settings.get_settings)
    assert (found.shop_name, found.currency, found.paper_language) == ("碟声唱片", "CNY", "zh_CN")
    assert found.tax_key in {rate.key for rate in opened.db.ask(shop_settings.list_tax_rates)}
    assert opened.machine.printer == DRAFT.printer
    assert opened.till == 1
    (manager,) = opened.db.ask(staff.list_staff)
    assert (manager.name, manager.role) == ("Lin", "manager")
    assert access.sign_in(opened.db, 1, manager.staff_id, "8642", lambda: NOW).accepted


def test_the_database_is_one_file(made: Path):
    assert sorted(path.name for path in made.iterdir()) == ["machine.toml", "shop.db"]


def test_a_tax_rate_of_ones_own_and_a_currency_without_decimals(folder: Path):
    draft = NewShop("Disk Shibuya", "Mori", "1111", "en", "JPY", "Asia/Tokyo", tax_bp=1000, till=7)
    shop.create_shop(folder, draft, lambda: NOW)
    opened = shop.open_shop(folder)
    found = opened.db.ask(shop_settings.get_settings)
    rates = {rate.key: rate.rate_bp for rate in opened.db.ask(shop_settings.list_tax_rates)}
    opened.close()
    assert rates[found.tax_key] == 1000
    assert (found.round_unit_minor, found.cashier_pay_out_minor) == (1, 200)
    assert opened.till == 7


def test_rates_to_choose_from_are_named_in_the_readers_language():
    english, chinese = list_tax_choices("en"), list_tax_choices("zh_CN")
    assert [choice.key for choice in english] == [choice.key for choice in chinese]
    assert english[0].name != chinese[0].name


@pytest.mark.parametrize(
    ("field", "reason", "draft"),
    [
        ("shop_name", "empty", NewShop("  ", "Lin", "8642")),
        ("language", "not_a_choice", NewShop("A", "Lin", "8642", language="fr")),
        ("currency", "not_a_currency", NewShop("A", "Lin", "8642", currency="yuan")),
        ("zone", "not_a_zone", NewShop("A", "Lin", "8642", zone="Asia/Atlantis")),
        ("tax_key", "not_a_choice", NewShop("A", "Lin", "8642", tax_key="sin")),
        ("tax_rate", "out_of_range", NewShop("A", "Lin", "8642", tax_bp=10_001)),
        ("till", "out_of_range", NewShop("A", "Lin", "8642", till=100)),
        ("printer", "address", NewShop("A", "Lin", "8642", printer="lpt1")),
        ("pin", "four_to_twelve_digits", NewShop("A", "Lin", "12")),
        ("pin", "four_to_twelve_digits", NewShop("A", "Lin", "１２３４")),
        ("name", "empty", NewShop("A", " ", "8642")),
    ],
)
def test_a_shop_that_cannot_be_meant_leaves_nothing_behind(folder: Path, field: str, reason: str, draft: NewShop):
    with pytest.raises(InvalidInput) as caught:
        shop.create_shop(folder, draft, lambda: NOW)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert not shop.shop_exists(folder)
    assert list(folder.iterdir()) == []


def test_what_a_power_cut_left_of_setting_up_is_made_anew(folder: Path):
    folder.mkdir()
    (folder / "shop.db.new").write_bytes(b"half a database")
    (folder / "shop.db.new-wal").write_bytes(b"half a log")
    assert not shop.shop_exists(folder)
    shop.create_shop(folder, DRAFT, lambda: NOW)
    assert sorted(path.name for path in folder.iterdir()) == ["machine.toml", "shop.db"]


def test_a_shop_is_never_set_up_over_another(made: Path):
    before = (made / "shop.db").read_bytes()
    with pytest.raises(InvalidInput, match="exists"):
        shop.create_shop(made, DRAFT, lambda: NOW)
    assert (made / "shop.db").read_bytes() == before


def test_where_no_shop_is_none_opens(folder: Path):
    with pytest.raises(NotFound, match="shop"):
        shop.open_shop(folder)
    assert not folder.exists()


def test_a_till_can_be_named_for_once(made: Path):
    opened = shop.open_shop(made, 42)
    opened.close()
    assert opened.till == 42
    with pytest.raises(InvalidInput, match="till"):
        shop.open_shop(made, 0)


def test_a_database_of_a_newer_program_is_refused_and_left_alone(made: Path):
    _set_revision(made / "shop.db", "9999")
    before = (made / "shop.db").read_bytes()
    with pytest.raises(DatabaseTooNew):
        shop.open_shop(made)
    assert (made / "shop.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"this is no database, it is a shopping list" * 100])
def test_a_file_that_is_no_shop_is_called_damaged_and_left_alone(made: Path, content: bytes):
    (made / "shop.db").write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        shop.open_shop(made)
    assert (made / "shop.db").read_bytes() == content


def test_machine_settings_nobody_can_read_are_named(made: Path):
    (made / settings.FILE_NAME).write_text("till = ", "utf-8")
    with pytest.raises(InvalidInput, match=r"machine\.toml"):
        shop.open_shop(made)


def test_a_place_that_cannot_be_a_folder(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        shop.create_shop(tmp_path / "file" / "shop", DRAFT, lambda: NOW)
    assert issubclass(ReadOnly, StorageError)


def test_opening_a_shop_of_today_imports_no_migrations(made: Path):
    code = (
        "import sys; from pathlib import Path; from av_pos import shop; "
        f"shop.open_shop(Path({str(made)!r})).close(); "
        "late = {'alembic', 'escpos', 'PIL', 'numpy', 'reportlab', 'PySide6', 'argon2', 'barcode'}; "
        "print(sorted(late & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_window_holds_a_till(folder: Path):
    folder.mkdir()
    assert not shop.till_is_held(folder, 1)
    with shop.hold_till(folder, 1):
        assert shop.till_is_held(folder, 1)
        assert shop.till_is_held(folder, 1, "window")
        assert not shop.till_is_held(folder, 1, "console")
        with pytest.raises(TillInUse):
            shop.hold_till(folder, 1)
        with pytest.raises(TillInUse):
            shop.hold_till(folder, 1, "console")
        shop.hold_till(folder, 2).release()
    assert not shop.till_is_held(folder, 1)
    shop.hold_till(folder, 1).release()


def test_a_program_that_was_killed_holds_no_till(folder: Path):
    folder.mkdir()
    code = (
        "import sys; from pathlib import Path; from av_pos import shop; "
        f"hold = shop.hold_till(Path({str(folder)!r}), 1); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(TillInUse):
            shop.hold_till(folder, 1)
        other.kill()
        other.wait()
        shop.hold_till(folder, 1).release()


def test_a_window_waits_for_a_script_to_finish_its_paper(folder: Path, monkeypatch: pytest.MonkeyPatch):
    folder.mkdir()
    script = shop.hold_till(folder, 1, "console")
    monkeypatch.setattr("av_pos.shop.time.sleep", lambda _seconds: script.release())
    shop.hold_till(folder, 1).release()


def test_the_log_masks_payment_codes(folder: Path):
    handler = shop.start_log(folder)
    try:
        logging.getLogger("av_pos.test").warning("scanned %s twice", "281234567890123456")
    finally:
        shop.stop_log(handler)
    text = (folder / "log" / "av-pos.log").read_text("utf-8")
    assert "28**************56" in text
    assert "1234567890" not in text
    assert handler not in logging.getLogger("av_pos").handlers


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path):
    (tmp_path / "log").write_text("in the way")
    assert shop.start_log(tmp_path) is None
    shop.stop_log(None)


def _set_revision(path: Path, revision: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def test_an_older_database_is_backed_up_before_it_is_migrated(made: Path, monkeypatch: pytest.MonkeyPatch):
    _set_revision(made / "shop.db", "0000")
    monkeypatch.setattr(schema, "_KNOWN", ("0000", schema.HEAD))
    migrated: list[str] = []

    def migrate(url: str) -> None:
        (copy,) = (made / "backups").glob("*.db")
        with sqlite3.connect(copy) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
        connection.close()
        migrated.append(url)

    monkeypatch.setattr(schema, "migrate", migrate)
    opened = shop.open_shop(made)
    opened.close()
    assert migrated == [Database.at(made / "shop.db").url]


def test_the_tills_at_which_somebody_works_are_known(folder: Path):
    folder.mkdir()
    assert shop.tills_in_use(folder) == ()
    with shop.hold_till(folder, 7), shop.hold_till(folder, 12, "console"):
        shop.hold_till(folder, 9).release()
        assert shop.tills_in_use(folder) == (7, 12)
