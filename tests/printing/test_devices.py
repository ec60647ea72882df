"""What becomes of a slip at a printer that works, and at printers that do not."""

import logging
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.printing import samples
from tests.printing.tcp_printer import TcpPrinter

from av_pos.errors import CoverOpen, DeviceError, DrawerUnknown, PaperOut, PrinterOffline, PrinterStalled
from av_pos.i18n import Texts
from av_pos.printing.devices import DeliveryState, PrinterState, open_drawer, probe, send_document
from av_pos.printing.encode import encode
from av_pos.printing.profile import PrinterProfile, parse_printer
from av_pos.printing.receipt import lay_out

# Only where a test waits for what never comes.
impatiently = pytest.mark.usefixtures("impatient")


def slip(profile: PrinterProfile) -> bytes:
    return encode(lay_out(samples.chinese_sale(), Texts("en"), profile.columns), profile)


def gbk(printer: TcpPrinter, more: str = "") -> PrinterProfile:
    return parse_printer(f"{printer.url}?mode=gbk{more}")


def test_a_slip_on_paper_is_confirmed_and_the_line_given_back(printer):
    profile = gbk(printer)
    data = slip(profile)
    for _ in range(2):  # the second would hang if the first kept the line
        delivery = send_document(profile, data)
        assert (delivery.state, delivery.paper_low, delivery.answers) == (DeliveryState.CONFIRMED, False, True)
    printer.wait_idle()
    assert bytes(printer.printed).count(data) == 2


def test_a_drawn_slip_of_many_pictures_arrives_whole(printer):
    profile = parse_printer(printer.url)
    data = slip(profile)
    assert send_document(profile, data).state is DeliveryState.CONFIRMED
    assert bytes(printer.printed).startswith(data)


def test_low_paper_is_told(printer):
    printer.near_end = True
    assert send_document(gbk(printer), b"\x1b@a\n").paper_low
    assert probe(gbk(printer)) is PrinterState.PAPER_LOW


def test_a_printer_that_confirms_by_number_is_asked_so():
    with TcpPrinter(knows_id=True, knows_gs_r=False) as printer:
        delivery = send_document(gbk(printer, "&confirm=id"), b"\x1b@a\n", job=123_456)
    assert delivery.state is DeliveryState.CONFIRMED
    assert b"3456" in printer.printed


@impatiently
def test_a_silent_printer_gets_the_slip_and_confirms_nothing():
    with TcpPrinter(mute=True) as printer:
        delivery = send_document(gbk(printer), b"\x1b@a\n")
        assert delivery.state is DeliveryState.SENT
        assert not delivery.answers
        assert probe(gbk(printer)) is PrinterState.UNKNOWN
        assert b"a\n" in printer.wait_printed(b"\x1dr\x01")


@impatiently
def test_a_printer_that_cannot_confirm_is_sent_and_well():
    with TcpPrinter(knows_gs_r=False) as printer:
        delivery = send_document(gbk(printer), b"\x1b@a\n")
        assert (delivery.state, delivery.answers) == (DeliveryState.SENT, True)
        assert send_document(gbk(printer, "&confirm=none"), b"\x1b@a\n").state is DeliveryState.SENT


@impatiently
def test_reports_that_nobody_asked_for_confirm_nothing():
    with TcpPrinter(knows_gs_r=False) as printer:
        printer.answers_early = b"\x10\x00\x00\x00" * 3
        assert send_document(gbk(printer), b"\x1b@a\n").state is DeliveryState.SENT


def test_a_switched_off_printer_is_offline_and_nothing_was_sent(printer):
    printer.switch_off()
    with pytest.raises(PrinterOffline) as trouble:
        send_document(gbk(printer), b"\x1b@a\n")
    assert not trouble.value.sent
    assert probe(gbk(printer)) is PrinterState.OFFLINE
    with pytest.raises(PrinterOffline):
        open_drawer(gbk(printer))


@pytest.mark.parametrize("host", ["no-such-printer.invalid", "x" * 80, "..", "127.0.0.1"])
def test_an_address_where_nobody_is_is_offline(host):
    with pytest.raises(PrinterOffline):
        send_document(parse_printer(f"tcp://{host}:1"), b"")


def test_no_paper_is_seen_before_anything_is_sent(printer):
    printer.paper = False
    with pytest.raises(PaperOut) as trouble:
        send_document(gbk(printer), b"\x1b@a\n")
    assert not trouble.value.sent
    printer.wait_idle()
    printer.load_paper()
    assert b"a\n" not in printer.received
    assert probe(gbk(printer)) is PrinterState.READY


def test_an_open_cover_is_told_apart(printer):
    printer.cover_open = True
    with pytest.raises(CoverOpen) as trouble:
        send_document(gbk(printer), b"\x1b@a\n")
    assert not trouble.value.sent
    assert probe(gbk(printer)) is PrinterState.COVER_OPEN


def test_paper_that_ends_in_mid_slip_is_told_and_the_rest_comes_on_the_new_roll(printer):
    profile = gbk(printer)
    data = slip(profile)
    printer.paper_left = 60
    with pytest.raises(PaperOut) as trouble:
        send_document(profile, data)
    assert trouble.value.sent
    assert probe(profile) is PrinterState.PAPER_OUT
    printer.load_paper()
    assert printer.wait_printed(b"\x1dr\x01").startswith(data)


@impatiently
def test_a_hanging_printer_is_left_after_seconds(printer):
    printer.hangs = True
    profile = parse_printer(printer.url)
    with pytest.raises(PrinterStalled) as trouble:
        send_document(profile, slip(profile) * 20)
    assert trouble.value.sent


@impatiently
def test_a_printer_that_used_to_answer_and_is_silent_gets_nothing(printer):
    printer.hangs = True
    with pytest.raises(PrinterStalled) as trouble:
        send_document(gbk(printer), b"\x1b@a\n", answers=True)
    assert not trouble.value.sent
    printer.hangs = False
    printer.wait_idle()
    assert b"a\n" not in printer.received


@pytest.mark.parametrize("dropped_after", [40, 500, 5_000])
def test_a_dropped_connection_leaves_the_outcome_open(printer, dropped_after):
    printer.drop_after = dropped_after
    profile = parse_printer(printer.url)
    with pytest.raises(PrinterStalled) as trouble:
        send_document(profile, slip(profile))
    assert trouble.value.sent


@impatiently
def test_a_print_server_that_takes_the_slip_and_hangs_up_has_got_it():
    with TcpPrinter(mute=True) as printer:
        printer.hang_up_after = 3 + 4
        assert send_document(gbk(printer, "&confirm=none"), b"\x1b@a\n").state is DeliveryState.SENT
        printer.wait_printed(b"\x1b@a\n")


@impatiently
def test_a_printer_that_answered_and_hangs_up_leaves_the_outcome_open(printer):
    printer.knows_gs_r = False
    printer.hang_up_after = 3 + 3 + 4
    with pytest.raises(PrinterStalled) as trouble:
        send_document(gbk(printer), b"\x1b@a\n")
    assert trouble.value.sent


def test_paper_that_ends_in_a_long_drawn_slip_is_told_at_once(printer):
    profile = parse_printer(printer.url)
    printer.paper_left = 5
    with pytest.raises(PaperOut) as trouble:
        send_document(profile, slip(profile) * 10)
    assert trouble.value.sent
    printer.wait_idle()
    assert len(printer.received) < len(slip(profile)) * 10


def test_a_connection_dropped_at_once_is_no_printer(printer):
    printer.drop_after = 0
    with pytest.raises(DeviceError) as trouble:
        send_document(gbk(printer), b"\x1b@a\n")
    assert not trouble.value.sent


def test_the_drawer_opens_once(printer):
    open_drawer(gbk(printer))
    printer.wait_printed(b"\x1bp\x00\x19\xfa")
    assert printer.drawer_pulses == 1
    open_drawer(gbk(printer, "&drawer=0"))
    assert printer.connections == 1


def test_without_paper_the_drawer_is_not_opened_later(printer):
    printer.paper = False
    with pytest.raises(DrawerUnknown) as trouble:
        open_drawer(gbk(printer))
    assert trouble.value.sent
    printer.wait_idle()
    assert printer.drawer_pulses == 1
    printer.load_paper()
    assert printer.drawer_pulses == 1


def test_a_file_grows_by_each_slip(tmp_path):
    target = tmp_path / "slips.bin"
    profile = parse_printer(f"file:{target}")
    assert probe(profile) is PrinterState.READY
    assert not target.exists()
    assert send_document(profile, b"one\n").state is DeliveryState.CONFIRMED
    assert send_document(profile, b"two\n").state is DeliveryState.CONFIRMED
    open_drawer(profile)
    assert target.read_bytes() == b"one\ntwo\n\x1bp\x00\x19\xfa"


@pytest.mark.parametrize("where", ["", "missing/slips.bin"])
def test_a_file_that_cannot_be_written_is_offline(tmp_path, where):
    profile = parse_printer(f"file:{tmp_path / where}")
    assert probe(profile) is PrinterState.OFFLINE
    with pytest.raises(PrinterOffline):
        send_document(profile, b"one\n")


@impatiently
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no device files of this kind")
def test_a_device_file_that_takes_nothing_stalls(tmp_path):
    os.mkfifo(tmp_path / "lp0")
    profile = parse_printer(f"file:{tmp_path / 'lp0'}")
    with pytest.raises(PrinterOffline):  # nobody reads it
        send_document(profile, b"one\n")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert send_document(profile, b"one\n").state is DeliveryState.SENT
        assert os.read(reader, 10) == b"one\n"
        with pytest.raises(PrinterStalled) as trouble:
            send_document(profile, b"x" * 1_000_000)
        assert trouble.value.sent
    finally:
        os.close(reader)


@pytest.fixture
def serial_line() -> Any:
    """A serial line: the printer's end, and the name of ours."""
    pty = pytest.importorskip("pty")
    printer_end, our_end = pty.openpty()
    yield printer_end, os.ttyname(our_end)
    os.close(our_end)
    os.close(printer_end)


def test_a_serial_printer_prints_and_confirms(serial_line):
    printer_end, name = serial_line
    heard = bytearray()

    def print_it() -> None:
        while not heard.endswith(b"\x1dr\x01"):
            heard.extend(os.read(printer_end, 100))
            if heard[-3:-1] == b"\x10\x04":
                os.write(printer_end, b"\x12")
        os.write(printer_end, b"\x00")

    thread = threading.Thread(target=print_it)
    thread.start()
    delivery = send_document(parse_printer(f"serial:{name}?baud=115200"), b"\x1b@" + b"hello\n" * 200)
    thread.join()
    assert delivery.state is DeliveryState.CONFIRMED
    assert heard.count(b"hello\n") == 200


@impatiently
def test_a_serial_printer_that_takes_nothing_stalls(serial_line):
    _, name = serial_line
    with pytest.raises(PrinterStalled) as trouble:
        send_document(parse_printer(f"serial:{name}?baud=115200"), b"x" * 200_000)
    assert trouble.value.sent


def test_a_serial_line_pulled_out_in_mid_slip_leaves_the_outcome_open():
    pty = pytest.importorskip("pty")
    printer_end, our_end = pty.openpty()
    name = os.ttyname(our_end)

    def pull_out() -> None:
        os.read(printer_end, 10)
        os.close(printer_end)

    thread = threading.Thread(target=pull_out)
    thread.start()
    with pytest.raises(DeviceError):
        send_document(parse_printer(f"serial:{name}?baud=115200"), b"x" * 200_000)
    thread.join()
    os.close(our_end)


def test_a_missing_serial_line_is_offline():
    with pytest.raises(PrinterOffline):
        send_document(parse_printer("serial:/dev/no-such-line"), b"")


def test_a_usb_printer_that_is_not_there_is_offline():
    profile = parse_printer("usb://1234:fffe")
    assert probe(profile) is PrinterState.OFFLINE
    with pytest.raises(PrinterOffline) as trouble:
        send_document(profile, b"")
    assert trouble.value.detail


class UsbPrinter:
    """A USB printer as pyusb shows it, with unusual endpoints; stands in where no USB can be had."""

    backend = object  # only asked for the module that it comes from

    def __init__(self) -> None:
        self.printed = bytearray()
        self.answers = bytearray()
        self.unplugged = False
        self.released = 0
        self._ctx = self

    def set_configuration(self) -> None: ...

    def reset(self) -> None: ...

    def dispose(self, _device: object) -> None:
        self.released += 1

    def get_active_configuration(self) -> dict[tuple[int, int], list[SimpleNamespace]]:
        ends = [(0x03, 0x02), (0x85, 0x03), (0x84, 0x02)]
        return {(0, 0): [SimpleNamespace(bEndpointAddress=address, bmAttributes=kind) for address, kind in ends]}

    def write(self, endpoint: int, data: bytes, _timeout: int) -> int:
        from usb.core import USBError

        if self.unplugged:
            raise USBError("gone")
        assert endpoint == 0x03
        if data[:2] == b"\x10\x04":
            self.answers += b"\x12"
        elif data == b"\x1dr\x01":
            self.answers += b"\x03"
        else:
            self.printed += data
        return len(data)

    def read(self, endpoint: int, _size: int, _timeout: int) -> bytes:
        from usb.core import USBTimeoutError

        assert endpoint == 0x84
        if not self.answers:
            raise USBTimeoutError("nothing")
        answer, self.answers = bytes(self.answers), bytearray()
        return answer


def test_a_usb_printer_prints_confirms_and_is_released(monkeypatch):
    import usb.core

    printer = UsbPrinter()
    monkeypatch.setattr(usb.core, "find", lambda **_numbers: printer)
    profile = parse_printer("usb://04b8:0e15")
    delivery = send_document(profile, b"one\n")
    assert (delivery.state, delivery.paper_low) == (DeliveryState.CONFIRMED, True)
    open_drawer(profile)
    assert printer.printed == b"one\n\x1bp\x00\x19\xfa"
    assert printer.released == 2
    printer.unplugged = True
    with pytest.raises(PrinterOffline):
        send_document(profile, b"two\n")
    assert printer.released == 3


def test_the_transport_library_leaves_nothing_behind(tmp_path):
    """Its import would set up logging for the whole program and leave folders among the temporary files."""
    code = (
        "import logging, os\n"
        "from av_pos.printing.links import _escpos\n"
        "assert _escpos().Network\n"
        "assert not logging.getLogger().handlers\n"
        "assert 'ESCPOS_CAPABILITIES_PICKLE_DIR' not in os.environ\n"
    )
    clean = {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=clean, check=True)
    assert list(tmp_path.iterdir()) == []
    assert Path(tempfile.gettempdir()).is_dir()
    assert logging.getLogger("escpos").level == logging.NOTSET
