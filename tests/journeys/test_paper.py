"""Paper: reprints, a printer that is off, and a roll that ends in the middle."""

from tests.factories import MANAGER_PIN
from tests.journeys.hands import Cashier, slips
from tests.journeys.room import Discs, TillRoom
from tests.printing.tcp_printer import TcpPrinter


def _sell(cashier: Cashier, code: str) -> None:
    cashier.scan(code)
    cashier.presses("F12", "Enter")
    assert cashier.sees("doneTitle") == "Paid"


def test_a_reprint_says_so_in_both_languages(at_the_till: Cashier, discs: Discs, printer: TcpPrinter):
    wu = at_the_till
    _sell(wu, discs.kind_of_blue)
    wu.waits_until(lambda: len(slips(printer)) == 1)
    assert "补打" not in slips(printer)[0]
    wu.clock.passes(minutes=5)
    wu.presses("F10", "P")
    assert [row[0] for row in wu.lines("reprintTable")] == ["01-0000001"]
    wu.presses("Enter")
    wu.waits_until(lambda: len(slips(printer)) == 2)
    assert "COPY 补打" in slips(printer)[1]
    assert "14:37" in slips(printer)[1]
    assert "01-0000001" in slips(printer)[1]


def test_a_printer_that_is_off_stops_no_sale_and_prints_once_when_it_is_back(
    room: TillRoom, discs: Discs, printer: TcpPrinter
):
    printer.switch_off()
    lin = room.open(f"{printer.url}?width=80&mode=gbk")
    lin.signs_in("Lin", MANAGER_PIN)
    lin.presses("F12")
    _sell(lin, discs.kind_of_blue)
    lin.waits_until(lambda: "does not answer" in lin.notice())
    assert lin.sees("noticeAction") == "Retry"
    lin.waits_until(lambda: "waits for the printer" in lin.sees("donePaper"))
    _sell(lin, discs.kid_a)
    with TcpPrinter(port=printer.port) as back:
        lin.touches("noticeAction")
        lin.waits_until(lambda: len(slips(back)) == 2)
        lin.waits_for_work()
        assert ["01-0000001" in slips(back)[0], "01-0000002" in slips(back)[1]] == [True, True]
        assert not any("补打" in slip for slip in slips(back))
        lin.waits_until(lambda: lin.notice() == "")
        lin.presses("F12")
        _sell(lin, discs.kid_a)
        lin.waits_until(lambda: len(slips(back)) == 3)


def test_a_slip_that_waits_can_be_given_up(room: TillRoom, discs: Discs, printer: TcpPrinter):
    printer.switch_off()
    lin = room.open(f"{printer.url}?width=80&mode=gbk")
    lin.signs_in("Lin", MANAGER_PIN)
    lin.presses("F12")
    for code in (discs.kind_of_blue, discs.kid_a):
        _sell(lin, code)
    lin.waits_for_work()
    lin.presses("F10", "W")
    assert [row[2] for row in lin.lines("waitingPaperTable")] == ["01-0000001", "01-0000002"]
    lin.presses("Del")
    assert [row[2] for row in lin.lines("waitingPaperTable")] == ["01-0000002"]
    lin.presses("Esc")
    with TcpPrinter(port=printer.port) as back:
        lin.presses("Ctrl+Return")
        lin.waits_until(lambda: len(slips(back)) == 1)
        lin.waits_for_work()
        assert "01-0000002" in slips(back)[0]


def test_without_a_printer_the_receipt_is_shown(room: TillRoom, discs: Discs):
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.presses("F12")
    assert lin.sees("printerState") == "No printer"
    _sell(lin, discs.kind_of_blue)
    lin.touches("showReceiptButton")
    assert lin.sheet_in_front() == "paperSheet"
    lin.presses("Esc")
    assert lin.panel() == "donePanel"


def test_the_drawer_opens_without_a_sale_for_a_reason(at_the_till: Cashier, printer: TcpPrinter):
    wu = at_the_till
    wu.waits_until(lambda: printer.drawer_pulses == 1)  # for the float
    wu.presses("F10", "N", "F12")
    assert wu.sees("noSaleSheetReasonError")
    wu.types("Change for a note")
    wu.presses("F12")
    wu.waits_until(lambda: printer.drawer_pulses == 2)
    wu.presses("F11")
    assert [row[2] for row in wu.lines("cashMoveTable")] == ["Change for a note"]
