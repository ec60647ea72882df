"""The rest of the command line: set up, find, settings, people, verify, backup, restore, words and codes."""

import os
import re
import sqlite3
import subprocess
import sys
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conftest import BARCODE, PIN, CommandLine

from av_pos import cli, i18n, shop
from av_pos.cli import guard, shop_commands
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.services import access, staff


def sign_in(folder: Path, pin: str) -> bool:
    opened = shop.open_shop(folder)
    manager = opened.db.ask(staff.list_staff)[0]
    accepted = access.sign_in(opened.db, 1, manager.staff_id, pin, lambda: datetime.now(UTC)).accepted
    opened.close()
    return accepted


def test_a_shop_is_set_up_by_one_line(bare: CommandLine):
    said = bare("init", "--language", "zh_CN", "--manager-pin", "4711", "--name", "碟声", "--json")
    assert said.code == 0
    assert "4711" not in said.out
    assert sign_in(bare.folder, "4711")
    assert bare("settings", "get", "paper_language").out == "zh_CN\n"
    assert bare("settings", "get", "language").out == "zh_CN\n"
    assert bare.error("init", "--manager-pin", "4711")["reason"] == "exists"


def test_a_pin_that_nobody_chose_is_made_up_and_shown(bare: CommandLine):
    shown = bare("init", "--json").json["manager_pin"]
    assert re.fullmatch("[0-9]{6}", shown)
    assert sign_in(bare.folder, shown)


def test_a_shop_abroad(bare: CommandLine):
    words = ("--currency", "EUR", "--zone", "Europe/Berlin", "--tax", "19", "--till", "3", "--printer", "file:/tmp/x")
    assert bare("init", "--manager-pin", "4711", *words).code == 0
    assert bare("settings", "get", "currency").out == "EUR\n"
    assert bare("settings", "get", "till").out == "3\n"
    assert bare("settings", "get", "tax_key").out == "own\n"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--manager-pin", "1"), "pin"),
        (("--currency", "yuan"), "currency"),
        (("--zone", "Mars"), "zone"),
        (("--tax", "lots"), "percent"),
        (("--printer", "lp0"), "printer"),
    ],
)
def test_a_shop_that_cannot_be_meant(bare: CommandLine, words: tuple[str, ...], field: str):
    error = bare.error("init", *words)
    assert (error["code_"], error["field"]) == (1, field)
    assert bare("find", "x").code == 1


def test_find_gives_what_scripts_want(av_pos: CommandLine):
    assert av_pos("find", BARCODE, "--json").json == [
        {
            "barcode": BARCODE,
            "title": "Kind of Blue",
            "artist": "Miles Davis",
            "format": "CD",
            "price_minor": 6800,
            "on_hand_qty": 5,
        }
    ]
    assert "Kind of Blue — Miles Davis (CD)" in av_pos("find", BARCODE).out
    assert av_pos("find", "nosuchdisc", "--json").json == []
    assert av_pos("find", "nosuchdisc").out == "Nothing found.\n"


def test_settings_of_machine_and_shop(av_pos: CommandLine):
    for key, value in (("printer", "tcp://printer:9100?width=58"), ("sound", "false"), ("footer", "Thank\\nyou")):
        assert av_pos("settings", "set", key, value).code == 0
    assert av_pos("settings", "get", "printer", "--json").json["value"] == "tcp://printer:9100?width=58"
    assert av_pos("settings", "get", "sound").out == "false\n"
    assert av_pos("settings", "get", "footer").out == "Thank\nyou\n"
    everything = av_pos("settings", "get", "--json").json
    assert everything["sound"] is False
    assert everything["shop_name"] == "Blue Note"
    assert "The shop's time zone" in av_pos("settings", "get").out


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("printer", "tcp://", "address"),
        ("printer", "tcp://h:9100?width=60", "width"),
        ("till", "0", "out_of_range"),
        ("colour", "red", "unknown_setting"),
        ("zone", "Mars", "not_a_zone"),
        ("tax_key", "sin", "not_a_choice"),
        ("sound", "loud", "yes_or_no"),
    ],
)
def test_a_setting_that_cannot_be(av_pos: CommandLine, key: str, value: str, reason: str):
    before = av_pos("settings", "get").out
    error = av_pos.error("settings", "set", key, value)
    assert (error["code_"], error["reason"]) == (1, reason)
    assert av_pos("settings", "get").out == before


def test_an_unknown_setting_is_not_shown(av_pos: CommandLine):
    assert av_pos.error("settings", "get", "colour")["reason"] == "unknown_setting"


def test_a_forgotten_pin_is_replaced_for_whoever_holds_the_machine(av_pos: CommandLine):
    assert sign_in(av_pos.folder, PIN)
    shown = av_pos("staff", "reset-pin", "--json").json
    assert shown["name"] == "Lin"
    assert sign_in(av_pos.folder, shown["pin"])
    assert not sign_in(av_pos.folder, PIN)
    said = av_pos("staff", "reset-pin", "lin", "--pin", "1212")
    assert "1212" not in said.out
    assert sign_in(av_pos.folder, "1212")
    assert av_pos.error("staff", "reset-pin", "Nobody")["type"] == "NotFound"
    assert av_pos.error("staff", "reset-pin", "--pin", "x")["field"] == "pin"
    assert "Lin" in av_pos("staff", "list").out


def test_verify_finds_what_was_tampered_with(av_pos: CommandLine):
    av_pos("sell", BARCODE, "--cash", "100")
    said = av_pos("verify", "--json")
    assert (said.code, said.json["ok"], said.json["documents"]) == (0, True, 1)
    assert av_pos("verify").code == 0
    with sqlite3.connect(av_pos.folder / "shop.db") as connection:
        connection.execute("UPDATE document SET total_minor = 1")
    connection.close()
    said = av_pos("verify", "--json")
    assert said.code == 7
    assert said.json["ok"] is False
    assert "document" in {row["table"] for row in said.json["bad"]}
    assert "document" in av_pos("verify").out


def test_a_backup_brings_the_shop_back(av_pos: CommandLine, tmp_path: Path):
    av_pos("sell", BARCODE, "--cash", "100")
    kept = tmp_path / "kept.db"
    assert av_pos("backup", str(kept)).out.strip() == str(kept)
    av_pos("sell", BARCODE, "--cash", "100")
    said = av_pos("restore", str(kept), "--json")
    assert said.code == 0
    assert Path(said.json["kept"]).is_file()
    assert av_pos("sell", BARCODE, "--cash", "100").out == "01-0000002\n"
    assert av_pos("verify").code == 0


def test_a_backup_sets_up_a_fresh_machine(av_pos: CommandLine, bare: CommandLine, tmp_path: Path):
    av_pos("backup", str(tmp_path / "kept.db"))
    assert bare("restore", str(tmp_path / "kept.db")).code == 0
    assert bare("settings", "get", "shop_name").out == "Blue Note\n"


def test_nothing_is_restored_under_an_open_window(av_pos: CommandLine, tmp_path: Path):
    av_pos("backup", str(tmp_path / "kept.db"))
    with shop.hold_till(av_pos.folder, 2):
        error = av_pos.error("restore", str(tmp_path / "kept.db"))
    assert (error["type"], error["till_id"], error["code_"]) == ("TillInUse", 2, 1)


def test_a_backup_that_is_none(av_pos: CommandLine, tmp_path: Path):
    (tmp_path / "list.db").write_text("milk, bread" * 100)
    assert av_pos.error("restore", str(tmp_path / "list.db"))["code_"] == 5
    assert av_pos.error("restore", str(tmp_path / "none.db"))["code_"] == 1
    assert av_pos.error("backup", str(av_pos.folder / "shop.db"))["reason"] == "is_the_shop"
    assert av_pos.error("backup", "/proc/nothing/kept.db")["code_"] == 5
    assert av_pos("verify").code == 0


def test_a_catalogue_comes_in_whole_or_not_at_all(av_pos: CommandLine, tmp_path: Path):
    file = tmp_path / "discs.csv"
    file.write_text(
        "title,artist,price,barcode,quantity,mood\n叶惠美,周杰伦,88.00,4710810431258,x,sad\n,A,x,,1,\n", "utf-8"
    )
    said = av_pos("import", "catalogue", str(file))
    assert said.code == 6
    assert said.err.count("\n") >= 3
    assert "quantity" in said.err
    assert len(av_pos.error("import", "catalogue", str(file))["rows"]) >= 3
    assert av_pos("find", "叶惠美", "--json").json == []
    file.write_text("title,artist,price,quantity,mood\n范特西,周杰伦,88.00,3,sad\n", "utf-8")
    said = av_pos("import", "catalogue", str(file))
    assert (said.code, "mood" in said.err) == (0, True), said.err
    assert av_pos("find", "范特西", "--json").json[0]["on_hand_qty"] == 3
    assert av_pos.error("import", "catalogue", str(tmp_path / "none.csv"))["type"] == "NotFound"


def test_a_daily_report_is_a_pdf(av_pos: CommandLine, tmp_path: Path):
    av_pos("sell", BARCODE, "--cash", "100")
    target = tmp_path / "day.pdf"
    said = av_pos("report", "daily", "--pdf", str(target), "--json")
    assert said.code == 0, said.err
    assert (said.json["sales_minor"], said.json["receipts"]) == (6800, 1)
    assert target.read_bytes().startswith(b"%PDF")
    assert av_pos("report", "daily", "--date", "2020-02-29", "--pdf", str(target)).code == 0
    assert av_pos.error("report", "daily", "--date", "29.2.2020", "--pdf", str(target))["field"] == "date"
    assert av_pos.error("report", "daily", "--pdf", str(tmp_path / "no" / "day.pdf"))["code_"] == 5


def test_a_database_nobody_can_read_is_told_in_one_line(av_pos: CommandLine):
    (av_pos.folder / "shop.db").write_bytes(b"milk, bread" * 1000)
    error = av_pos.error("find", "x")
    assert (error["code_"], error["type"]) == (5, "DatabaseDamaged")


def test_a_database_of_a_newer_program_is_told_in_one_line(av_pos: CommandLine):
    with sqlite3.connect(av_pos.folder / "shop.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert av_pos.error("sell", BARCODE, "--cash", "100")["type"] == "DatabaseTooNew"


@pytest.mark.parametrize("words", [("sell",), ("fly",), ("shift",), ("--till", "x"), ("find", "--limit", "x", "y")])
def test_what_is_no_command_is_told_in_one_line(av_pos: CommandLine, words: tuple[str, ...]):
    said = av_pos(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert av_pos.error(*words)["code_"] == 2


def test_every_command_and_exit_code_stands_in_the_manual(av_pos: CommandLine):
    manual = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
    for key in av_pos("settings", "get", "--json").json:
        assert f"`{key}`" in manual, key
    for name, code in vars(guard).items():
        if name.isupper() and isinstance(code, int):
            assert f"\n| {code} |" in manual, name


def test_help_lists_every_command(av_pos: CommandLine):
    said = av_pos("--help")
    assert said.code == 0
    for command in ("init", "find", "settings", "sell", "shift", "report", "import", "print-queue", "verify", "backup",
                    "restore", "staff", "demo-day"):  # fmt: skip
        assert command in said.out
    assert av_pos("sell", "--help").code == 0


def test_the_language_of_the_machine_goes_before_the_systems(av_pos: CommandLine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    av_pos("find", "x")
    assert i18n.screen_texts().language == "en"
    (av_pos.folder / "machine.toml").unlink()
    av_pos("find", "x")
    assert i18n.screen_texts().language == "zh_CN"


def test_our_own_bug_is_one_line_with_a_number_and_stands_in_the_log(
    av_pos: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    def broken(_call: object) -> int:
        raise KeyError("secret")

    monkeypatch.setattr(shop_commands, "find", broken)
    said = av_pos("find", "x")
    assert said.code == 70
    assert said.err.count("\n") == 1
    number = re.search("[0-9A-F]{6}", said.err)
    assert number is not None
    assert number[0] in (av_pos.folder / "log" / "av-pos.log").read_text("utf-8")


def test_ctrl_c_ends_quietly(av_pos: CommandLine, monkeypatch: pytest.MonkeyPatch):
    def interrupted(_call: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(shop_commands, "find", interrupted)
    said = av_pos("find", "x")
    assert (said.code, said.err) == (130, "")


def test_a_closed_pipe_ends_quietly(folder: Path):
    words = [sys.executable, "-m", "av_pos", "--data-dir", str(folder), "settings", "get"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_terminal_without_hanzi_still_shows_the_rest(folder: Path):
    words = [sys.executable, "-m", "av_pos", "--data-dir", str(folder), "find", shop_code(CodeKind.EDITION, 2)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LANG": "C"}
    done = subprocess.run(words, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert b"88.00" in done.stdout


def test_titles_cannot_steer_a_terminal(av_pos: CommandLine):
    with sqlite3.connect(av_pos.folder / "shop.db") as connection:
        connection.execute("UPDATE edition SET title = ?", ("\x1b[2J\u202eevil\nline",))
    connection.close()
    out = av_pos("find", BARCODE).out
    assert out.count("\n") == 1
    assert not set("\x1b\u202e") & set(out)


def test_the_words_may_come_in_any_order(av_pos: CommandLine):
    assert av_pos("find", BARCODE, "--json").json == av_pos("--json", "find", BARCODE).json


def test_the_window_opens_without_a_command(av_pos: CommandLine, monkeypatch: pytest.MonkeyPatch):
    opened: list[object] = []

    def run_till(folder: Path, till: int | None) -> int:
        opened.append((folder, till))
        return 0

    double = types.ModuleType("av_pos.start")
    double.run_till = run_till  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "av_pos.start", double)
    assert av_pos("--till", "2").code == 0
    assert opened == [(av_pos.folder, 2)]


def test_settings_of_the_environment(av_pos: CommandLine, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setenv("AV_POS_DATA_DIR", str(av_pos.folder))
    assert cli.main(["settings", "get", "shop_name"]) == 0
    assert capsys.readouterr().out == "Blue Note\n"


def test_the_demo_shop(bare: CommandLine):
    said = bare("init", "--demo", "--language", "en", "--manager-pin", "4711", "--json")
    assert said.code == 0, said.err
    assert said.json["receipts"] > 100
    assert len(said.json["staff"]) == 3
    assert "4711" not in said.out
    found = bare("find", "blue", "--json").json
    assert found
    assert bare("verify").code == 0


def test_with_two_managers_the_forgetful_one_is_named(av_pos: CommandLine):
    with sqlite3.connect(av_pos.folder / "shop.db") as connection:
        connection.execute("INSERT INTO staff (name, role, pin_hash, is_active, failures, created_at)"
                           " SELECT 'Zhao', role, pin_hash, 1, 0, created_at FROM staff")  # fmt: skip
    connection.close()
    assert av_pos.error("staff", "reset-pin")["reason"] == "several"
    assert av_pos("staff", "reset-pin", "2", "--json").json["name"] == "Zhao"


@pytest.mark.parametrize("size", ["big", "1366", "10x10"])
def test_a_size_that_is_none(av_pos: CommandLine, size: str):
    assert av_pos.error("demo-day", "--out", "x", "--size", size)["reason"] == "not_a_size"
