"""The printer in the settings: taken apart, put together, tried."""

from dataclasses import replace

import pytest
from tests.printing.tcp_printer import TcpPrinter

from av_pos.errors import InvalidInput, NotPermitted, PrinterOffline
from av_pos.printing.profile import parse_printer
from av_pos.services import audit
from av_pos.services.printers import (
    NO_PRINTER,
    PrinterRow,
    ask_state,
    log_drawer_test,
    print_test_page,
    read_printer,
    try_drawer,
    write_printer,
)

COUNTER = PrinterRow("tcp", "10.0.0.9:9100", 80, "raster", True, True)


@pytest.mark.parametrize(
    ("url", "transport", "address"),
    [
        ("tcp://printer.shop", "tcp", "printer.shop:9100"),
        ("tcp://10.0.0.9:9101?width=58&mode=gbk", "tcp", "10.0.0.9:9101"),
        ("tcp://[fe80::1]:9100", "tcp", "[fe80::1]:9100"),
        ("usb://04b8:0e15", "usb", "04b8:0e15"),
        ("serial:/dev/ttyUSB0?baud=9600", "serial", "/dev/ttyUSB0"),
        ("serial:COM3", "serial", "COM3"),
        ("file:/tmp/a%20slip%23.bin?accents=strip", "file", "/tmp/a slip#.bin"),
    ],
)
def test_a_url_taken_apart_and_put_together_is_the_same_printer(url, transport, address):
    row = read_printer(url)
    assert row is not None
    assert (row.transport, row.address) == (transport, address)
    assert parse_printer(write_printer(row)) == parse_printer(url)


def test_paper_and_knife_are_read_and_written():
    row = read_printer("tcp://a:9100?width=58&mode=gbk&cutter=1&drawer=0")
    assert row is not None
    assert (row.width_mm, row.mode, row.cutter, row.drawer) == (58, "gbk", True, False)
    changed = parse_printer(write_printer(replace(row, width_mm=80, mode="raster", drawer=True)))
    assert (changed.width_mm, changed.mode, changed.drawer) == (80, "raster", True)


def test_no_address_is_no_printer():
    assert read_printer("  ") is None
    assert write_printer(replace(COUNTER, address=" ")) == ""
    assert ask_state("") == NO_PRINTER


@pytest.mark.parametrize("address", ["a b/c", "host:0", "host:99999", "host:port"])
def test_an_address_that_cannot_be_is_refused(address):
    with pytest.raises(InvalidInput) as refused:
        write_printer(replace(COUNTER, address=address))
    assert refused.value.field == "printer"


def test_the_test_page_shows_both_ways_of_printing(tmp_path):
    file = tmp_path / "slip.bin"
    print_test_page(f"file:{file}", "en")
    printed = file.read_bytes()
    assert "周杰伦".encode("gbk") in printed
    assert b"\x1dv0" in printed


def test_the_drawer_opens_and_the_printer_answers():
    with TcpPrinter() as printer:
        try_drawer(printer.url)
        printer.wait_idle()
        assert printer.drawer_pulses == 1
        assert ask_state(printer.url) == "ready"


def test_opening_the_drawer_from_the_settings_is_a_managers_and_is_logged(db, at, cashier_at):
    with pytest.raises(NotPermitted):
        db.run(log_drawer_test, cashier_at)
    db.run(log_drawer_test, at)
    assert [row.action for row in db.ask(audit.list_entries, at)] == ["drawer_tested"]


def test_a_printer_that_is_off_is_told():
    with TcpPrinter() as printer:
        url = printer.url
        printer.switch_off()
    assert ask_state(url) == "offline"
    with pytest.raises(PrinterOffline):
        print_test_page(url, "en")
