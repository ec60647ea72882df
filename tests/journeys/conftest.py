"""A shop with a few discs on real files, and a till of it that somebody can work at."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from sqlalchemy.orm import Session
from tests.factories import CASHIER_PIN, make_copy, make_edition
from tests.journeys.hands import Cashier, Clock
from tests.printing.tcp_printer import TcpPrinter

from av_pos import shop
from av_pos.app import TillProgram
from av_pos.db import Database
from av_pos.domain.codes import CodeKind, check_digit, shop_code
from av_pos.i18n import use_language
from av_pos.services import search, shop_settings
from av_pos.settings import MachineSettings
from av_pos.shop import Shop
from av_pos.ui import theme

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The off-screen platform complains at each window; no other Qt warning is let pass."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True))


def _barcode(number: int) -> str:
    body = f"690000000{number:03d}"
    return body + check_digit(body)


@dataclass(frozen=True)
class Discs:
    """What stands on the shelves: a barcode each, and the code of one used copy (45.00)."""

    kind_of_blue: str = _barcode(1)  # 68.00, five in stock
    fantasy: str = _barcode(2)  # 范特西, 周杰伦, 88.00, three in stock
    kid_a: str = _barcode(3)  # 78.00, one in stock
    shared: str = _barcode(4)  # Nevermind, CD for 68.00 and LP for 198.00
    used_copy: str = shop_code(CodeKind.COPY, 1)  # OK Computer
    unknown: str = _barcode(9)


DISCS = Discs()


def _fill_shelves(session: Session) -> None:
    ids = [
        make_edition(session, barcode=DISCS.kind_of_blue),
        make_edition(session, title="范特西", artist="周杰伦", price_minor=8800, qty=3, barcode=DISCS.fantasy),
        make_edition(session, title="Kid A", artist="Radiohead", price_minor=7800, qty=1, barcode=DISCS.kid_a),
        make_edition(session, title="Nevermind", artist="Nirvana", barcode=DISCS.shared),
        make_edition(session, title="Nevermind", artist="Nirvana", format="LP", price_minor=19800,
                     barcode=DISCS.shared),
        make_edition(session, title="OK Computer", artist="Radiohead", price_minor=7800, qty=0),
    ]  # fmt: skip
    assert make_copy(session, ids[-1]) == 1
    search.index_editions(session, ids)
    shop_settings.store_setting(session, "paper_language", "en")


@pytest.fixture(scope="session")
def stocked_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a shop with discs on its shelves."""
    path = tmp_path_factory.mktemp("stocked") / "shop.db"
    shutil.copy(template_file, path)
    database = Database.at(path)
    database.run(_fill_shelves)
    database.close()
    return path


@pytest.fixture
def discs() -> Discs:
    return DISCS


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The shop's time, 14:32 on a Friday in Shanghai."""
    return Clock(now)


@pytest.fixture
def folder(stocked_file: Path, tmp_path: Path) -> Path:
    """The folder of a shop of its own for one journey."""
    made = tmp_path / "shop"
    made.mkdir()
    shutil.copy(stocked_file, made / "shop.db")
    return made


@pytest.fixture
def printer() -> Iterator[TcpPrinter]:
    """A healthy network printer."""
    with TcpPrinter() as double:
        yield double


class TillRoom:
    """Starts the till's program on the shop's folder, and ends it as the window's cross does."""

    def __init__(self, folder: Path, clock: Clock, app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.clock = folder, clock
        self._app, self._monkeypatch = app, monkeypatch
        self._program: TillProgram | None = None

    def open(self, printer: str = "", *, window: tuple[int, int] = (1366, 768)) -> Cashier:
        """Start the program with this printer and return whoever stands before it."""
        shop.save_machine(self.folder, MachineSettings(printer=printer, language="en", sound=False))
        self._program = TillProgram(self._app, shop.open_shop(self.folder, now=self.clock), clock=self.clock)
        self._program.window.resize(*window)
        self._program.start()
        self._program.window.activateWindow()
        cashier = Cashier(self._program, self.clock, self._monkeypatch)
        cashier.waits_until(self._program.window.isActiveWindow)
        return cashier

    def close(self) -> None:
        """End the program, if it runs, and forget it."""
        if self._program is not None:
            self._program.window.close()
            for part in (self._program.window, self._program):
                part.deleteLater()
            self._program = None
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def room(
    folder: Path,
    clock: Clock,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[TillRoom]:
    """Where the till stands; whatever runs is ended after the journey, and a mistake in the log fails it."""
    use_language("en")
    theme.apply(qapp, theme.Mode.LIGHT, compact=False)
    made = TillRoom(folder, clock, qapp, monkeypatch)
    yield made
    made.close()
    mistakes = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert mistakes == []


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
