"""`sell`, `shift` and `print-queue`: the number comes after the commit, the paper after the number."""

import json
import socket
import sqlite3
from datetime import UTC, datetime

import pytest
from tests.cli.conftest import BARCODE, CommandLine
from tests.printing.tcp_printer import TcpPrinter

from av_pos import shop
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.services import access, basket

COPY = shop_code(CodeKind.COPY, 1)
SECOND = shop_code(CodeKind.EDITION, 2)


def test_a_cash_sale_prints_its_number(av_pos: CommandLine):
    assert av_pos("sell", BARCODE, "--cash", "100").out == "01-0000001\n"
    assert av_pos("sell", BARCODE, "--cash", "68", "--json").json == {
        "receipt_number": "01-0000002",
        "total_minor": 6800,
        "change_minor": 0,
    }


@pytest.mark.parametrize(
    ("words", "total", "change"),
    [
        ((BARCODE, "--cash", "100"), 6800, 3200),
        ((f"{BARCODE}x3", "--cash", "1,000"), 20400, 79600),
        ((BARCODE, f"{BARCODE}X2", "--card", "204"), 20400, 0),
        ((BARCODE, COPY, "--cash", "１１３"), 11300, 0),
        ((BARCODE, "--card", "60", "--cash", "10"), 6800, 200),
        ((SECOND, "--cash", "88.00"), 8800, 0),
    ],
)
def test_what_it_comes_to(av_pos: CommandLine, words: tuple[str, ...], total: int, change: int):
    said = av_pos("--json", "sell", *words)
    assert said.code == 0, said.err
    assert (said.json["total_minor"], said.json["change_minor"]) == (total, change)


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        ((BARCODE, "--cash", "50"), 1, "Underpaid"),
        ((BARCODE, "--card", "70"), 1, "InvalidInput"),
        (("4006381333931", "--cash", "50"), 1, "NotFound"),
        ((shop_code(CodeKind.COPY, 9), "--cash", "50"), 1, "NotFound"),
        ((f"{COPY}x2", "--cash", "500"), 1, "InvalidInput"),
        ((f"{BARCODE}x0", "--cash", "50"), 1, "InvalidInput"),
        ((BARCODE, "--cash", "-5"), 1, "InvalidInput"),
        ((BARCODE, "--cash", "10.005"), 1, "InvalidInput"),
        ((BARCODE, "--cash", "999999999999"), 1, "InvalidInput"),
        ((BARCODE, "--cash", "a lot"), 1, "InvalidInput"),
        (("281234567890123456", "--cash", "68"), 1, "InvalidInput"),
        ((BARCODE, "--cash", "68", "--staff", "Nobody"), 1, "NotFound"),
    ],
)
def test_a_refused_sale_changes_nothing(av_pos: CommandLine, words: tuple[str, ...], code: int, kind: str):
    before = books(av_pos)
    error = av_pos.error("sell", *words)
    assert (error["code_"], error["type"]) == (code, kind)
    assert "1234567890" not in error["error"]
    assert books(av_pos) == before


def test_a_sale_that_says_not_how_it_is_paid_is_bad_usage(av_pos: CommandLine):
    assert av_pos.error("sell", BARCODE)["code_"] == 2


def test_the_basket_of_the_tills_window_is_left_alone(av_pos: CommandLine):
    opened = shop.open_shop(av_pos.folder)
    at = At(access.CONSOLE, 1, datetime.now(UTC))
    before = opened.db.run(basket.add, at, SECOND).view
    assert av_pos("sell", BARCODE, "--cash", "100").code == 0
    assert opened.db.ask(basket.view_of, at) == before
    assert av_pos("sell", "4006381333931", "--cash", "100").code == 1
    assert opened.db.ask(basket.view_of, at) == before
    opened.close()


def test_a_sale_names_who_sold(av_pos: CommandLine):
    card = json.loads(av_pos("staff", "list", "--json").out)[0]["card"]
    av_pos("sell", BARCODE, "--cash", "68", "--staff", card)
    av_pos("sell", BARCODE, "--cash", "68")
    assert rows(av_pos, "SELECT staff_name FROM document ORDER BY id") == [("Lin",), ("console",)]
    assert rows(av_pos, "SELECT count(*) FROM audit WHERE action = 'sold_by_console'") == [(2,)]


def test_the_receipt_comes_out_of_the_printer(av_pos: CommandLine, printer: TcpPrinter):
    av_pos("settings", "set", "printer", printer.url + "?mode=gbk")
    said = av_pos("sell", BARCODE, "--cash", "100")
    assert (said.code, said.out, said.err) == (0, "01-0000001\n", "")
    assert b"01-0000001" in bytes(printer.printed)
    assert printer.drawer_pulses == 1
    assert av_pos("print-queue", "list", "--json").json == []


def test_a_dead_printer_stops_no_sale(av_pos: CommandLine, printer: TcpPrinter):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dead = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
    av_pos("settings", "set", "printer", dead)
    said = av_pos("sell", BARCODE, "--cash", "100")
    assert (said.code, said.out) == (0, "01-0000001\n")
    assert said.err.count("\n") == 1
    (waiting,) = av_pos("print-queue", "list", "--json").json
    assert (waiting["number"], waiting["state"], waiting["trouble"]) == ("01-0000001", "queued", "PrinterOffline")
    assert "01-0000001" in av_pos("print-queue", "list").out
    assert av_pos("print-queue", "retry").code == 3
    av_pos("settings", "set", "printer", printer.url + "?mode=gbk")
    said = av_pos("print-queue", "retry", "--json")
    assert (said.code, said.json) == (0, {"retried": 0, "printed": 1, "waiting": 0})
    text = bytes(printer.printed)
    assert text.count(b"01-0000001") == 1
    assert b"REPRINT" not in text
    assert printer.drawer_pulses == 0


def test_a_window_at_the_till_prints_for_itself(av_pos: CommandLine, printer: TcpPrinter):
    av_pos("settings", "set", "printer", printer.url + "?mode=gbk")
    with shop.hold_till(av_pos.folder, 1):
        assert av_pos("sell", BARCODE, "--cash", "100").code == 0
        assert bytes(printer.printed) == b""
        assert av_pos("print-queue", "retry", "--json").json == {"retried": 0, "printed": 0, "waiting": 1}
    assert av_pos("print-queue", "retry").code == 0
    assert b"01-0000001" in bytes(printer.printed)


def test_without_a_printer_nothing_waits(av_pos: CommandLine):
    assert av_pos("sell", BARCODE, "--cash", "100").err == ""
    assert av_pos("print-queue", "list").out.strip() == "No paper waits."


def test_a_shift_from_float_to_count(av_pos: CommandLine):
    assert av_pos("shift", "open", "--float", "300", "--json").json["float_minor"] == 30000
    assert av_pos.error("shift", "open", "--float", "300")["type"] == "WrongState"
    av_pos("sell", BARCODE, "--cash", "100")
    assert "368.00" in av_pos("shift", "x").out
    assert av_pos("shift", "x", "--json").json["expected_cash_minor"] == 36800
    assert av_pos.error("shift", "close", "--counted", "300")["code_"] == 1
    closed = av_pos("shift", "close", "--counted", "300", "--reason", "stolen", "--json")
    assert closed.json == {
        "shift_number": 1,
        "expected_minor": 36800,
        "counted_minor": 30000,
        "difference_minor": -6800,
    }
    assert len(list((av_pos.folder / "backups").glob("shop-*.db"))) == 1
    assert av_pos.error("shift", "x")["type"] == "WrongState"


def test_the_z_is_printed_and_a_failing_backup_told(av_pos: CommandLine, printer: TcpPrinter):
    (av_pos.folder / "backups").write_text("in the way")
    av_pos("settings", "set", "printer", printer.url + "?mode=gbk")
    av_pos("shift", "open", "--float", "0")
    said = av_pos("shift", "close", "--counted", "0")
    assert said.code == 0
    assert "backups" in said.err
    assert bytes(printer.printed)
    assert av_pos("print-queue", "list", "--json").json == []


def test_another_till_has_numbers_of_its_own(av_pos: CommandLine):
    assert av_pos("--till", "2", "sell", BARCODE, "--cash", "100").out == "02-0000001\n"
    assert av_pos("sell", BARCODE, "--till", "2", "--cash", "100").out == "02-0000002\n"
    assert av_pos("sell", BARCODE, "--cash", "100").out == "01-0000001\n"
    assert av_pos.error("sell", BARCODE, "--cash", "100", "--till", "100")["field"] == "till"


def rows(av_pos: CommandLine, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(av_pos.folder / "shop.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def books(av_pos: CommandLine) -> list[list[tuple[object, ...]]]:
    tables = ("document", "payment", "stock_move", "stock", "shift", "basket", "audit", "print_job", "journal")
    return [rows(av_pos, f"SELECT * FROM {table} ORDER BY 1") for table in tables]


def test_a_printer_address_spoilt_by_hand_is_told_and_stops_no_sale(av_pos: CommandLine):
    with (av_pos.folder / "machine.toml").open("a", encoding="utf-8") as file:
        file.write('printer = "lp0"\n')
    said = av_pos("sell", BARCODE, "--cash", "100")
    assert (said.code, said.out) == (0, "01-0000001\n")
    assert "lp0" in said.err


def test_paper_that_asks_is_told_with_the_next_sale_and_printed_marked(av_pos: CommandLine, printer: TcpPrinter):
    av_pos("settings", "set", "printer", printer.url + "?mode=gbk")
    printer.drop_after = 400
    said = av_pos("sell", BARCODE, "--card", "68")
    assert (said.code, said.err.count("\n")) == (0, 1)
    printer.drop_after = None
    assert "wait" in av_pos("sell", BARCODE, "--card", "68").err
    (waiting,) = av_pos("print-queue", "list", "--json").json
    assert (waiting["number"], waiting["may_be_printed"]) == ("01-0000001", True)
    assert av_pos("print-queue", "retry", str(waiting["id"]), "--json").json == {
        "retried": 1,
        "printed": 1,
        "waiting": 0,
    }
    assert "REPRINT 1 补打".encode("gbk") in bytes(printer.printed)
    assert av_pos.error("print-queue", "retry", "99")["type"] == "NotFound"


def test_another_script_at_the_till_is_waited_for(av_pos: CommandLine, printer: TcpPrinter):
    av_pos("settings", "set", "printer", printer.url + "?mode=gbk")
    with shop.hold_till(av_pos.folder, 1, "console"):
        assert av_pos("sell", BARCODE, "--card", "68").code == 0
        assert bytes(printer.printed) == b""
    av_pos("sell", BARCODE, "--card", "68")
    assert b"01-0000001" in bytes(printer.printed)
    assert b"01-0000002" in bytes(printer.printed)


def test_a_second_place_for_backups_that_is_missing_is_told(av_pos: CommandLine):
    (av_pos.folder / "stick").write_text("no folder")
    av_pos("settings", "set", "backup_dir_2", str(av_pos.folder / "stick"))
    av_pos("shift", "open", "--float", "0")
    said = av_pos("shift", "close", "--counted", "0")
    assert said.code == 0
    assert "stick" in said.err
    assert len(list((av_pos.folder / "backups").glob("shop-*.db"))) == 1


def test_a_clock_that_went_back_keeps_the_sale_and_is_told(av_pos: CommandLine):
    av_pos("sell", BARCODE, "--card", "68")
    with sqlite3.connect(av_pos.folder / "shop.db") as connection:
        connection.execute("UPDATE till SET last_document_at = last_document_at + 60000000")
    connection.close()
    said = av_pos("sell", BARCODE, "--card", "68")
    assert (said.code, said.out) == (0, "01-0000002\n")
    assert "clock" in said.err
