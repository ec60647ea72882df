"""Printer addresses as somebody types them."""

import pytest

from av_pos.errors import InvalidInput
from av_pos.printing.profile import Confirm, Mode, PrinterProfile, Transport, parse_printer


@pytest.mark.parametrize(
    ("url", "profile"),
    [
        ("tcp://192.168.1.50:9100", PrinterProfile(Transport.TCP, "192.168.1.50")),
        ("tcp://printer", PrinterProfile(Transport.TCP, "printer")),
        (" TCP://[fe80::1]:9101/ ", PrinterProfile(Transport.TCP, "fe80::1", 9101)),
        ("usb://04b8:0E15", PrinterProfile(Transport.USB, vendor=0x04B8, product=0x0E15)),
        ("serial:/dev/ttyUSB0?baud=19200", PrinterProfile(Transport.SERIAL, path="/dev/ttyUSB0", baud=19200)),
        ("serial:COM3", PrinterProfile(Transport.SERIAL, path="COM3")),
        ("file:/var/slips%20today.bin", PrinterProfile(Transport.FILE, path="/var/slips today.bin")),
        ("file:///C:/slips.bin", PrinterProfile(Transport.FILE, path="C:/slips.bin")),
        (
            "tcp://p?width=58&mode=gbk&drawer=0",
            PrinterProfile(Transport.TCP, "p", width_mm=58, mode=Mode.GBK, cutter=False, drawer=False),
        ),
        (
            "tcp://p?width=58&cutter=1&accents=strip&confirm=id&dots=360",
            PrinterProfile(Transport.TCP, "p", width_mm=58, strip_accents=True, confirm=Confirm.ID, given_dots=360),
        ),
    ],
)
def test_addresses_are_read(url, profile):
    assert parse_printer(url) == profile


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "address"),
        ("192.168.1.50:9100", "address"),
        ("http://printer", "address"),
        ("tcp://", "address"),
        ("tcp://p/queue", "address"),
        ("tcp://p:99999", "port"),
        ("tcp://p:x", "port"),
        ("tcp://[", "address"),
        ("usb://04b8", "address"),
        ("usb://vend:prod", "address"),
        ("serial:", "address"),
        ("file:", "address"),
        ("file:/", "address"),
        ("file://server/share", "address"),
        ("file:/a#b", "address"),
        ("tcp://p?width=76", "width"),
        ("tcp://p?mode=utf8", "mode"),
        ("tcp://p?cutter=yes", "cutter"),
        ("tcp://p?drawer=2", "drawer"),
        ("tcp://p?baud=fast", "baud"),
        ("serial:COM1?baud=0", "baud"),
        ("tcp://p?dots=513", "dots"),
        ("tcp://p?dots=８００", "dots"),
        ("tcp://p?widht=58", "option"),
        ("tcp://p?width", "address"),
    ],
)
def test_what_is_no_address_is_refused_with_its_bad_part(url, reason):
    with pytest.raises(InvalidInput) as refused:
        parse_printer(url)
    assert (refused.value.field, refused.value.reason) == ("printer", reason)


@pytest.mark.parametrize(
    ("options", "dots", "columns"),
    [
        ("width=80&mode=gbk", 576, 48),
        ("width=58&mode=gbk", 384, 32),
        ("width=58", 384, 32),
        ("width=80", 512, 48),
        ("width=80&dots=576", 576, 48),
        ("width=80&mode=gbk&dots=512", 512, 42),
    ],
)
def test_paper_has_its_dots_and_columns(options, dots, columns):
    profile = parse_printer(f"tcp://p?{options}")
    assert (profile.dots, profile.columns) == (dots, columns)
