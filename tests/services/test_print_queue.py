"""The outbox of paper: the receipt comes later, once, or marked; the drawer at once or not at all."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.conftest import NOW
from tests.factories import make_edition
from tests.printing.tcp_printer import TcpPrinter

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.documents import DocumentKind, ReceiptLine, TenderLine
from av_pos.domain.shift_report import CashMoveLine
from av_pos.errors import DrawerUnknown, NotFound, NotPermitted, PaperOut, PrinterOffline, PrinterStalled, WrongState
from av_pos.models import PRINT_JOB
from av_pos.printing import devices, links
from av_pos.printing.devices import Delivery, DeliveryState
from av_pos.services import audit, documents, print_queue, print_round, shifts, shop_settings
from av_pos.services.documents import DocumentDraft, DraftLine
from av_pos.services.print_round import CounterPrinter, DrainOutcome

PULSE = b"\x1bp"


class Clock:
    """A time that moves when told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: int) -> None:
        self.now += timedelta(**span)


class PaperTray:
    """A printer double that notes what it was asked for and fails as told."""

    has_drawer = True

    def __init__(self) -> None:
        self.out: list[tuple[str, str]] = []
        self.pulses = 0
        self.fails: list[Exception | None] = []
        self.confirms = True

    def put_out(self, slip: Any, mark: Any, job_id: int) -> Delivery:
        if self.fails and (failure := self.fails.pop(0)) is not None:
            raise failure
        number = getattr(slip, "number", type(slip).__name__)
        self.out.append((number, f"{mark.kind} {mark.number}" if mark else ""))
        return Delivery(DeliveryState.CONFIRMED if self.confirms else DeliveryState.SENT, paper_low=True)

    def open_drawer(self) -> None:
        self.pulses += 1
        if self.fails and (failure := self.fails.pop(0)) is not None:
            raise failure


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tray() -> PaperTray:
    return PaperTray()


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Iterator[TcpPrinter]:
    """A network printer; what a shop waits seconds for is waited for in tenths."""
    monkeypatch.setattr(devices, "STATUS_S", 0.15)
    monkeypatch.setattr(devices, "DRAWER_STATUS_S", 0.1)
    monkeypatch.setattr(devices, "CONFIRM_S", 0.5)
    monkeypatch.setattr(links, "WRITE_S", 0.4)
    monkeypatch.setattr(links, "DRAIN_S", 0.05)
    with TcpPrinter() as double:
        yield double


@pytest.fixture
def open_shop(db: Database, at: At) -> Database:
    """A shop with a disc and an open shift."""
    db.run(lambda session: make_edition(session))
    db.run(shifts.open_shift, at, 0)
    return db


def sell(db: Database, at: At, kind: str = "cash") -> int:
    """Write a sale of one disc; its jobs are queued by the same transaction."""
    shown = ReceiptLine("Kind of Blue", "Miles Davis", "CD", "", 1, 6800, 6800, 6800, 6800, 900, 561)
    draft = DocumentDraft(
        kind=DocumentKind.SALE,
        lines=[DraftLine(1, None, shown, 4000)],
        reductions=(),
        tenders=(TenderLine(kind, 6800, 6800),),
        taxes=(),
        subtotal_minor=6800,
        total_minor=6800,
    )
    settings = db.ask(shop_settings.get_settings)
    return db.run(documents.write_document, at, settings, draft).document_id


def states(db: Database) -> list[tuple[str, str]]:
    return db.ask(
        lambda session: [(row[0], row[1]) for row in session.execute(select(PRINT_JOB.c.kind, PRINT_JOB.c.state))]
    )


def test_a_receipt_on_a_network_printer_is_confirmed(open_shop: Database, at: At, clock: Clock, printer: TcpPrinter):
    sell(open_shop, at)
    outcome = print_round.drain(open_shop, 1, clock, CounterPrinter.at(printer.url + "?mode=gbk"))
    assert outcome == DrainOutcome(printed_qty=1, confirmed_qty=1)
    assert printer.drawer_pulses == 1
    text = bytes(printer.printed)
    assert b"01-0000001" in text
    assert b"REPRINT" not in text
    assert b"COPY" not in text
    assert states(open_shop) == [("drawer", "sent"), ("receipt", "confirmed")]


def test_nothing_is_printed_twice(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    sell(open_shop, at)
    sell(open_shop, at)
    assert print_round.drain(open_shop, 1, clock, tray).printed_qty == 2
    assert print_round.drain(open_shop, 1, clock, tray) == DrainOutcome()
    assert tray.out == [("01-0000001", ""), ("01-0000002", "")]
    assert tray.pulses == 2


def test_the_drawer_comes_before_the_paper_that_waits(open_shop: Database, at: At, clock: Clock):
    asked: list[str] = []

    class Order(PaperTray):
        def put_out(self, slip: Any, mark: Any, job_id: int) -> Delivery:
            asked.append("paper")
            return super().put_out(slip, mark, job_id)

        def open_drawer(self) -> None:
            asked.append("drawer")

    sell(open_shop, at, "card")
    sell(open_shop, at)
    print_round.drain(open_shop, 1, clock, Order())
    assert asked == ["drawer", "paper", "paper"]


def test_a_card_sale_leaves_the_drawer_shut(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    sell(open_shop, at, "card")
    print_round.drain(open_shop, 1, clock, tray)
    assert tray.pulses == 0


def test_a_printer_that_is_off_gets_the_receipt_later_and_unmarked(
    open_shop: Database, at: At, clock: Clock, tray: PaperTray
):
    sell(open_shop, at)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
    outcome = print_round.drain(open_shop, 1, clock, CounterPrinter.at(url))
    assert isinstance(outcome.trouble, PrinterOffline)
    assert (outcome.printed_qty, outcome.waiting_qty) == (0, 1)
    clock.pass_(minutes=9)
    assert print_round.drain(open_shop, 1, clock, tray).printed_qty == 1
    assert tray.out == [("01-0000001", "")]
    assert tray.pulses == 0


@pytest.mark.parametrize("failure", [PaperOut(), PrinterStalled("no answer before sending")])
def test_after_trouble_nothing_more_is_tried(
    open_shop: Database, at: At, clock: Clock, tray: PaperTray, failure: Exception
):
    for _ in range(5):
        sell(open_shop, at, "card")
    tray.fails = [failure]
    outcome = print_round.drain(open_shop, 1, clock, tray)
    assert outcome.trouble is failure
    assert outcome.waiting_qty == 5
    assert tray.out == []
    assert {row.attempt for row in open_shop.ask(print_queue.list_jobs)} == {0}
    assert open_shop.ask(print_queue.list_jobs)[0].trouble == type(failure).__name__


def test_paper_that_ends_in_the_middle_asks_and_is_marked(
    open_shop: Database, at: At, clock: Clock, printer: TcpPrinter
):
    sell(open_shop, at, "card")
    counter = CounterPrinter.at(printer.url + "?mode=gbk")
    printer.paper_left = 12
    outcome = print_round.drain(open_shop, 1, clock, counter)
    assert outcome.trouble is not None
    assert outcome.trouble.sent
    (row,) = open_shop.ask(print_queue.list_jobs)
    assert (row.number, row.state, row.is_uncertain, row.asks) == ("01-0000001", "failed", True, True)
    printer.load_paper()
    clock.pass_(minutes=3)
    assert print_round.drain(open_shop, 1, clock, counter) == DrainOutcome(waiting_qty=1)
    assert b"REPRINT" not in bytes(printer.printed)
    open_shop.run(print_queue.retry, replace(at, now=clock.now), row.job_id)
    assert print_round.drain(open_shop, 1, clock, counter).confirmed_qty == 1
    marked = bytes(printer.printed).split("REPRINT 1 补打".encode("gbk"))
    assert len(marked) == 2
    assert b"2026-11-20 14:32" in marked[1].split(b"--")[0]


def test_a_printer_that_drops_the_line_leaves_an_uncertain_slip(
    open_shop: Database, at: At, clock: Clock, printer: TcpPrinter
):
    sell(open_shop, at, "card")
    printer.drop_after = 400
    outcome = print_round.drain(open_shop, 1, clock, CounterPrinter.at(printer.url))
    assert outcome.trouble is not None
    assert outcome.trouble.sent
    assert [row.is_uncertain for row in open_shop.ask(print_queue.list_jobs)] == [True]


def test_each_uncertain_try_counts_on(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    sell(open_shop, at, "card")
    tray.fails = [PrinterStalled(sent=True), PrinterStalled(sent=True), PrinterOffline(), None]
    for _ in range(2):
        print_round.drain(open_shop, 1, clock, tray)
        open_shop.run(print_queue.retry, at)
    assert print_round.drain(open_shop, 1, clock, tray).waiting_qty == 1
    assert print_round.drain(open_shop, 1, clock, tray).printed_qty == 1
    assert tray.out == [("01-0000001", "reprint 2")]


def test_a_slip_that_a_crash_interrupted_asks(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    sell(open_shop, at)

    class PowerCutError(Exception):
        pass

    class Dying(PaperTray):
        def open_drawer(self) -> None:
            pass

        def put_out(self, slip: Any, mark: Any, job_id: int) -> Delivery:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        print_round.drain(open_shop, 1, clock, Dying())
    clock.pass_(minutes=1)
    outcome = print_round.drain(open_shop, 1, clock, tray)
    assert (outcome.interrupted_qty, outcome.printed_qty, outcome.waiting_qty) == (1, 0, 1)
    open_shop.run(print_queue.retry, at)
    print_round.drain(open_shop, 1, clock, tray)
    assert tray.out == [("01-0000001", "reprint 1")]


def test_a_drawer_pulse_that_a_crash_interrupted_is_forgotten(
    open_shop: Database, at: At, clock: Clock, tray: PaperTray
):
    sell(open_shop, at)
    open_shop.run(lambda s: s.execute(update(PRINT_JOB).where(PRINT_JOB.c.kind == "drawer").values(state="sending")))
    print_round.drain(open_shop, 1, clock, tray)
    assert tray.pulses == 0
    assert states(open_shop)[0] == ("drawer", "dropped")


def test_a_drawer_is_tried_once(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    sell(open_shop, at)
    tray.fails = [DrawerUnknown("PaperOut", sent=True)]
    outcome = print_round.drain(open_shop, 1, clock, tray)
    assert isinstance(outcome.trouble, DrawerUnknown)
    assert (outcome.dropped_qty, outcome.waiting_qty) == (1, 1)
    print_round.drain(open_shop, 1, clock, tray)
    assert tray.pulses == 1
    assert tray.out == [("01-0000001", "")]


@pytest.mark.parametrize("span", [{"seconds": 11}, {"hours": -1}])
def test_a_drawer_pulse_that_comes_too_late_is_dropped(
    open_shop: Database, at: At, clock: Clock, tray: PaperTray, span: dict[str, int]
):
    sell(open_shop, at)
    clock.pass_(**span)
    outcome = print_round.drain(open_shop, 1, clock, tray)
    assert (tray.pulses, outcome.dropped_qty, outcome.printed_qty) == (0, 1, 1)


def test_a_printer_without_a_drawer_gets_no_pulse(open_shop: Database, at: At, clock: Clock, printer: TcpPrinter):
    sell(open_shop, at)
    outcome = print_round.drain(open_shop, 1, clock, CounterPrinter.at(printer.url + "?drawer=0"))
    assert (outcome.dropped_qty, outcome.printed_qty, printer.drawer_pulses) == (1, 1, 0)


def test_a_receipt_that_waited_ten_minutes_asks_first(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    sell(open_shop, at, "card")
    clock.pass_(minutes=11)
    outcome = print_round.drain(open_shop, 1, clock, tray)
    assert (outcome.asking_qty, outcome.printed_qty, outcome.waiting_qty) == (1, 0, 1)
    (row,) = open_shop.ask(print_queue.list_jobs)
    assert (row.state, row.asks) == ("held", True)
    assert open_shop.run(print_queue.retry, replace(at, now=clock.now), row.job_id) == 1
    assert print_round.drain(open_shop, 1, clock, tray).printed_qty == 1
    assert tray.out == [("01-0000001", "")]


def test_without_a_printer_the_paper_is_dropped_and_can_be_had_as_a_copy(
    open_shop: Database, at: At, clock: Clock, tray: PaperTray
):
    document_id = sell(open_shop, at)
    assert CounterPrinter.at(" ") is None
    assert print_round.drain(open_shop, 1, clock, None) == DrainOutcome(dropped_qty=2)
    open_shop.run(print_queue.reprint, at, document_id)
    assert print_round.drain(open_shop, 1, clock, tray).printed_qty == 1
    assert tray.out == [("01-0000001", "copy 1")]
    assert "receipt_reprinted" in {entry.action for entry in open_shop.ask(audit.list_entries, at)}


def test_the_paper_of_another_till_is_left_alone(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    second = replace(at, till=2)
    open_shop.run(shifts.open_shift, second, 0)
    sell(open_shop, second)
    assert print_round.drain(open_shop, 1, clock, tray) == DrainOutcome()
    assert open_shop.ask(print_queue.count_waiting, 2) == 1
    print_round.drain(open_shop, 2, clock, tray)
    assert tray.out == [("02-0000001", "")]


def test_a_cash_slip_is_printed_in_the_shops_language(open_shop: Database, at: At, clock: Clock, printer: TcpPrinter):
    head = open_shop.ask(shop_settings.get_settings).head()
    open_shop.run(print_queue.queue_slip, at, head, CashMoveLine("pay_in", 5000, "零钱", "Lin", at.now))
    outcome = print_round.drain(open_shop, 1, clock, CounterPrinter.at(printer.url + "?mode=gbk"))
    assert outcome.confirmed_qty == 1
    assert "零钱".encode("gbk") in bytes(printer.printed)
    assert printer.drawer_pulses == 0


def test_a_slip_nobody_can_read_does_not_stop_the_others(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    first = sell(open_shop, at, "card")
    open_shop.run(print_queue.queue_z, at, 1)
    sell(open_shop, at, "card")
    outcome = print_round.drain(open_shop, 1, clock, tray)
    assert (outcome.printed_qty, outcome.waiting_qty, outcome.trouble) == (2, 1, None)
    (row,) = open_shop.ask(print_queue.list_jobs)
    assert (row.kind, row.number, row.trouble) == ("z", "1", print_round.UNREADABLE)
    open_shop.run(print_queue.drop, at, row.job_id)
    assert open_shop.ask(print_queue.list_jobs) == ()
    assert first == 1


def test_what_is_done_can_neither_be_retried_nor_dropped(open_shop: Database, at: At, clock: Clock, tray: PaperTray):
    sell(open_shop, at, "card")
    (row,) = open_shop.ask(print_queue.list_jobs)
    assert open_shop.run(print_queue.retry, at, row.job_id) == 0
    open_shop.run(lambda s: s.execute(update(PRINT_JOB).values(state="sending")))
    with pytest.raises(WrongState):
        open_shop.run(print_queue.retry, at, row.job_id)
    with pytest.raises(WrongState):
        open_shop.run(print_queue.drop, at, row.job_id)
    open_shop.run(lambda s: s.execute(update(PRINT_JOB).values(state="confirmed")))
    with pytest.raises(NotFound):
        open_shop.run(print_queue.drop, at, row.job_id)


def test_a_copy_of_nothing_and_a_copy_by_nobody_are_refused(open_shop: Database, at: At):
    with pytest.raises(NotFound):
        open_shop.run(print_queue.reprint, at, 99)
    with pytest.raises(NotFound):
        open_shop.run(print_queue.reprint_z, at, 99)
    nobody = replace(at, actor=replace(at.actor, role="visitor"))
    with pytest.raises(NotPermitted):
        open_shop.run(print_queue.retry, nobody)


def test_a_sale_is_never_held_up_by_a_slow_printer(open_shop: Database, at: At, clock: Clock):
    """While a slip is being sent, the next sale is written without waiting."""
    sending, sold = threading.Event(), threading.Event()

    class Slow(PaperTray):
        def put_out(self, slip: Any, mark: Any, job_id: int) -> Delivery:
            sending.set()
            assert sold.wait(10)
            return super().put_out(slip, mark, job_id)

    sell(open_shop, at, "card")
    slow = Slow()
    worker = threading.Thread(target=print_round.drain, args=(open_shop, 1, clock, slow))
    worker.start()
    try:
        assert sending.wait(10)
        sell(open_shop, at, "card")
    finally:
        sold.set()
        worker.join(10)
    assert [number for number, _ in slow.out] == ["01-0000001", "01-0000002"]


def test_a_file_takes_the_slips(open_shop: Database, at: At, clock: Clock, tmp_path: Path):
    sell(open_shop, at)
    outcome = print_round.drain(open_shop, 1, clock, CounterPrinter.at(f"file:{tmp_path}/slips.bin?mode=gbk"))
    assert outcome.confirmed_qty == 1
    written = (tmp_path / "slips.bin").read_bytes()
    assert written.index(PULSE) < written.index(b"01-0000001")
