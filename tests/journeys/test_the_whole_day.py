"""The whole day at the till, by keyboard and scanner alone."""

from pathlib import Path

import pypdfium2
import pytest
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.hands import Cashier, slips
from tests.journeys.room import Discs, TillRoom
from tests.printing.tcp_printer import TcpPrinter

from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.services import integrity
from av_pos.shop import Shop

LIN = Actor(1, "Lin", Role.MANAGER)


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the system keeps somebody's documents."""
    monkeypatch.setenv("HOME", str(tmp_path))
    made = tmp_path / "Documents"
    made.mkdir()
    return made


def test_from_signing_in_to_the_daily_report(
    room: TillRoom, discs: Discs, printer: TcpPrinter, books: Shop, documents: Path
):
    wu = room.open(f"{printer.url}?width=80&mode=gbk")
    wu.signs_in("Wu", CASHIER_PIN)
    _opens_the_shift(wu)
    _sells_three_discs(wu, discs, printer)
    _looks_at_the_x(wu, printer)
    _counts_and_closes(wu, printer)
    _reports_the_day(wu, documents)
    assert integrity.verify(books.db, At(LIN, 1, room.clock.now)).bad == ()


def _opens_the_shift(wu: Cashier) -> None:
    assert wu.screen_in_front() == "shift"
    assert wu.sees("floatField") == "300.00"
    wu.types("200")
    wu.presses("Enter")
    assert wu.screen_in_front() == "till"


def _sells_three_discs(wu: Cashier, discs: Discs, printer: TcpPrinter) -> None:
    wu.scan(discs.kind_of_blue, discs.fantasy, discs.kid_a)
    wu.presses("F6")
    assert wu.basket() == []
    assert wu.sees("heldCount") == "1 held"
    wu.presses("Shift+F6", "Enter")
    assert [title for title, _qty, _amount in wu.basket()] == ["Kind of Blue", "范特西", "Kid A"]
    assert wu.sees("totalDue") == "¥234.00"
    wu.presses("F7")
    wu.types("20%")
    wu.presses("Tab")
    wu.types("Regular customer")
    wu.presses("F12")
    assert "20" in wu.sees("approvalReason")
    wu.gets_approval(MANAGER_PIN)
    assert wu.basket()[2] == ("Kid A", 1, "62.40")
    wu.presses("F12", "Enter")
    assert wu.sees("doneTotal") == "218.40"
    wu.waits_until(lambda: slips(printer))
    assert "218.40" in slips(printer)[0]
    assert "Regular customer" in slips(printer)[0]
    assert printer.drawer_pulses == 2  # for the float and for the sale


def _looks_at_the_x(wu: Cashier, printer: TcpPrinter) -> None:
    wu.presses("F11")
    assert "¥218.40" in wu.sees("shiftSales")
    wu.presses("X")
    assert wu.sheet_in_front() == "paperSheet"
    wu.waits_until(lambda: len(slips(printer)) == 2)
    assert "X report" in slips(printer)[1]
    assert "218.40" in slips(printer)[1]
    assert "418.40" not in slips(printer)[1]  # the count is blind
    wu.presses("Esc")


def _counts_and_closes(wu: Cashier, printer: TcpPrinter) -> None:
    wu.presses("F12")
    wu.types("4")
    wu.presses("Enter")
    assert wu.sees("countedTotal") == "¥400.00"
    assert "418" not in wu.everything()
    wu.presses("F12")
    assert "18.40" in wu.sees("countDifference")
    wu.presses("F12")
    assert wu.sees("differenceReasonError")
    wu.types("A note went out with the change")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    assert wu.sheet_in_front() == "paperSheet"
    wu.waits_until(lambda: len(slips(printer)) == 3)
    assert "18.40" in slips(printer)[2]
    assert "A note went out with the change" in slips(printer)[2]
    assert "Lin" in slips(printer)[2]
    wu.presses("Esc")
    assert wu.can_see("openShiftButton")


def _reports_the_day(lin: Cashier, documents: Path) -> None:
    lin.presses("Ctrl+L")
    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navReports")
    assert lin.screen_in_front() == "reports"
    lin.waits_until(lambda: "¥218.40" in lin.everything())
    lin.presses("F12")
    assert lin.sheet_in_front() == "reportPreview"
    lin.waits_until(lambda: "1 page" in lin.sees("previewState"))
    lin.presses("Ctrl+S", "Enter")
    pdf = documents / "daily-report-2026-11-20.pdf"
    lin.waits_until(pdf.exists)
    lin.waits_until(lambda: str(pdf) in lin.sees("previewState"))
    assert "218.40" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
