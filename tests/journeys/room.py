"""The room in which the till stands: a shop with a few discs on real files, and the program that sells them."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from sqlalchemy.orm import Session
from tests.factories import make_copy, make_edition
from tests.journeys.hands import Cashier, Clock

from av_pos import shop
from av_pos.app import TillProgram
from av_pos.db import Database
from av_pos.domain.codes import CodeKind, check_digit, shop_code
from av_pos.i18n import use_language
from av_pos.services import search, shop_settings
from av_pos.settings import MachineSettings
from av_pos.ui import theme


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


def stock_the_shop(template_file: Path, folder: Path) -> Path:
    """Copy an empty shop's file, with the discs on its shelves, into the folder, and return the file."""
    stocked = template_file.with_name("stocked.db")
    if not stocked.exists():
        # The shelves are filled once for all tests.
        shutil.copy(template_file, stocked)
        database = Database.at(stocked)
        database.run(_fill_shelves)
        database.close()
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(stocked, folder / "shop.db"))


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
            self._program.deleteLater()
            self._program = None
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextmanager
def till_room(
    folder: Path, clock: Clock, app: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[TillRoom]:
    """The room for one test; whatever runs is ended after it, and a mistake in the log fails it."""
    use_language("en")
    theme.apply(app, theme.Mode.LIGHT, compact=False)
    made = TillRoom(folder, clock, app, monkeypatch)
    yield made
    made.close()
    mistakes = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert mistakes == []
