"""What the virtual printer beside this checkout thinks of our slips: not one warning on any of the printers we name."""

from typing import Any

import pytest
from tests.printing import samples

from av_pos.errors import PaperOut, PrinterOffline, PrinterStalled
from av_pos.i18n import Texts
from av_pos.printing.devices import DeliveryState, open_drawer, send_document
from av_pos.printing.encode import encode
from av_pos.printing.profile import PrinterProfile, parse_printer
from av_pos.printing.receipt import CashSlip, CopyMark, Document, MarkKind, lay_out
from av_pos.printing.test_page import encode_test_page

pytestmark = pytest.mark.shared

ENGLISH = Texts("en")
PRINTERS = {
    "cn58": "width=58&mode=gbk",
    "cn80": "width=80&mode=gbk",
    "west80": "width=80",
    "t88": "width=80",
}
SALES: dict[str, Document] = {
    "chinese": samples.chinese_sale(),
    "accents": samples.english_sale(),
    "hangul": samples.receipt((samples.line("러브 다이브", "아이브", 4500),)),
    "emoji": samples.receipt((samples.line("🎵 Party 👨\u200d👩\u200d👧", "🎤", 4500),)),
    "long title": samples.receipt((samples.line("y" * 10_000, "唱" * 10_000, 4500),)),
    "z report": samples.z_report(),
    "cash slip": CashSlip(samples.SHOP_ZH, 1, samples.z_report().cash_moves[0]),
}


def judge(virtual_printer: Any, name: str, data: bytes) -> Any:
    job = virtual_printer.decode(data, name)
    assert not job.warnings, job.warnings
    assert not job.wrapped_lines
    assert not job.of("unknown")
    assert job.complete
    cutter = virtual_printer.PROFILES[name].cutter
    assert job.count("cut") == (1 if cutter else 0)
    assert not job.of("cut_ignored")
    return job


def at(name: str) -> PrinterProfile:
    return parse_printer(f"tcp://p?{PRINTERS[name]}")


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("what", SALES)
def test_every_slip_on_every_printer(second_opinion, name, what):
    mark = CopyMark(MarkKind.REPRINT, samples.AT, 2)
    job = judge(second_opinion, name, encode(lay_out(SALES[what], ENGLISH, at(name).columns, mark), at(name)))
    if name.startswith("cn"):
        assert "\N{REPLACEMENT CHARACTER}" not in job.text
        assert "REPRINT 2 补打" in job.text


@pytest.mark.parametrize("name", ["cn58", "cn80"])
def test_amounts_are_right_on_a_chinese_printer(second_opinion, name):
    job = judge(second_opinion, name, encode(lay_out(samples.chinese_sale(), ENGLISH, at(name).columns), at(name)))
    total = next(line for line in job.lines if line.text.startswith("Total"))
    assert total.text.endswith("￥438.00")
    assert total.scale == (2, 2)
    assert "邓丽君--淡淡幽情" in job.text
    assert [event.data["data"] for event in job.of("barcode")] == [samples.CODE]
    right = {line.width_dots for line in job.lines if line.text.endswith(".00") and line.scale == (1, 1)}
    assert right == {at(name).dots}


@pytest.mark.parametrize("name", PRINTERS)
def test_hostile_names_are_text_on_every_printer(second_opinion, hostile_strings, name):
    profile = at(name)
    for start in range(0, len(hostile_strings), 12):
        lines = tuple(samples.line(text, text, 4500) for text in hostile_strings[start : start + 12])
        sale = samples.receipt(lines, cashier=hostile_strings[start])
        job = judge(second_opinion, name, encode(lay_out(sale, ENGLISH, profile.columns), profile))
        assert job.count("drawer") == 0
        assert job.count("init") == 1


@pytest.mark.parametrize("name", ["cn58", "cn80"])
def test_the_test_page_is_sound_on_a_chinese_printer(second_opinion, name):
    job = judge(second_opinion, name, encode_test_page(at(name), ENGLISH))
    assert "周杰伦 范特西" in job.text
    assert job.of("image")


def live(printer: Any, name: str) -> PrinterProfile:
    return parse_printer(f"tcp://{printer.host}:{printer.port}?{PRINTERS[name]}")


def slip(profile: PrinterProfile) -> bytes:
    return encode(lay_out(samples.chinese_sale(), ENGLISH, profile.columns), profile)


@pytest.mark.parametrize("name", [*PRINTERS, "top80-cn"])
def test_slips_and_drawer_over_the_network(second_opinion, name):
    with second_opinion.VirtualPrinter(name) as printer:
        url = f"tcp://{printer.host}:{printer.port}?{PRINTERS.get(name, 'mode=gbk&confirm=id')}"
        profile = parse_printer(url)
        open_drawer(profile)
        assert send_document(profile, slip(profile), job=7).state is DeliveryState.CONFIRMED
        job = printer.wait_job(2)
        assert job.complete
        assert not job.warnings, job.warnings
        assert printer.drawer_kicks == 1


@pytest.mark.parametrize("name", ["west80", "t88"])
def test_paper_ends_in_mid_picture_and_the_next_slip_is_whole(second_opinion, name):
    with second_opinion.VirtualPrinter(name) as printer:
        printer.printer.keep_partial = True  # a picture begun and not ended would swallow what comes next
        printer.paper_out_after(mm=40)
        profile = live(printer, name)
        with pytest.raises(PaperOut) as trouble:
            send_document(profile, slip(profile))
        assert trouble.value.sent
        assert not printer.wait_job().truncated
        printer.load_paper()
        assert send_document(profile, slip(profile)).state is DeliveryState.CONFIRMED
        again = printer.wait_job(2)
        assert again.complete
        assert not again.warnings


@pytest.mark.usefixtures("impatient")
class TestFaults:
    """The printer misbehaves; the till must know what came out."""

    def test_off(self, second_opinion):
        with second_opinion.VirtualPrinter("cn80") as printer:
            profile = live(printer, "cn80")
            printer.power_off()
            with pytest.raises(PrinterOffline):
                send_document(profile, slip(profile))
            printer.power_on()
            assert send_document(profile, slip(profile)).state is DeliveryState.CONFIRMED

    def test_no_paper_from_the_start(self, second_opinion):
        with second_opinion.VirtualPrinter("cn58") as printer:
            printer.paper_out()
            profile = live(printer, "cn58")
            with pytest.raises(PaperOut) as trouble:
                send_document(profile, slip(profile))
            assert not trouble.value.sent
            printer.load_paper()
            assert not printer.receipts

    def test_paper_ends_in_mid_slip_and_the_new_roll_completes_it(self, second_opinion):
        with second_opinion.VirtualPrinter("cn58") as printer:
            printer.paper_out_after(lines=5)
            profile = live(printer, "cn58")
            with pytest.raises(PaperOut) as trouble:
                send_document(profile, slip(profile))
            assert trouble.value.sent
            job = printer.wait_job()
            assert job.unprinted
            printer.load_paper()
            assert job.complete
            assert "￥438.00" in job.text
            assert not job.warnings

    def test_hanging(self, second_opinion):
        with second_opinion.VirtualPrinter("west80") as printer:
            printer.hang = True
            profile = live(printer, "west80")
            with pytest.raises(PrinterStalled) as trouble:
                send_document(profile, slip(profile), answers=True)
            assert not trouble.value.sent

    def test_mute(self, second_opinion):
        with second_opinion.VirtualPrinter("cn80") as printer:
            printer.mute()
            profile = live(printer, "cn80")
            assert send_document(profile, slip(profile)).state is DeliveryState.SENT
            assert printer.wait_job().complete

    @pytest.mark.parametrize("after", [100, 900])
    def test_dropped(self, second_opinion, after):
        with second_opinion.VirtualPrinter("cn80") as printer:
            printer.drop_connection_after(after)
            profile = live(printer, "cn80")
            with pytest.raises(PrinterStalled) as trouble:
                send_document(profile, slip(profile))
            assert trouble.value.sent
