"""What the journeys share: a stocked shop, its clock, its printer, and somebody at the till."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from tests.factories import CASHIER_PIN
from tests.journeys.hands import Cashier, Clock
from tests.journeys.room import DISCS, Discs, TillRoom, stock_the_shop, till_room
from tests.printing.tcp_printer import TcpPrinter

from av_pos import shop
from av_pos.shop import Shop

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The off-screen platform complains at each window; no other Qt warning is let pass."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True))


@pytest.fixture
def discs() -> Discs:
    return DISCS


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The shop's time, 14:32 on a Friday in Shanghai."""
    return Clock(now)


@pytest.fixture
def folder(template_file: Path, tmp_path: Path) -> Path:
    """The folder of a shop of its own for one journey."""
    return stock_the_shop(template_file, tmp_path / "shop").parent


@pytest.fixture
def printer() -> Iterator[TcpPrinter]:
    """A healthy network printer."""
    with TcpPrinter() as double:
        yield double


@pytest.fixture
def room(
    folder: Path, clock: Clock, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[TillRoom]:
    """Where the till stands."""
    with till_room(folder, clock, qapp, monkeypatch, caplog) as made:
        yield made


@pytest.fixture
def at_the_till(room: TillRoom, printer: TcpPrinter) -> Cashier:
    """The cashier Wu, signed in at a till with a printer, the shift open with the usual float."""
    cashier = room.open(f"{printer.url}?width=80&mode=gbk")
    cashier.signs_in("Wu", CASHIER_PIN)
    cashier.presses("F12")
    assert cashier.screen_in_front() == "till"
    return cashier


@pytest.fixture
def books(folder: Path) -> Iterator[Shop]:
    """The shop's file beside the program, to look into the books."""
    opened = shop.open_shop(folder)
    yield opened
    opened.close()
