"""The program ends in mid-basket, by its door or by a crash of the disk: it opens again on the same basket."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy.orm import Session
from tests.faults.books import read_state
from tests.faults.till_driver import TillDriver, running_till

from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.pricing import Discount
from av_pos.services import basket, held_baskets
from av_pos.ui import theme
from av_pos.ui.stop_sheet import StopSheet

EDITION, OTHER, COPY = (
    shop_code(kind, n) for kind, n in ((CodeKind.EDITION, 1), (CodeKind.EDITION, 2), (CodeKind.COPY, 1))
)


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_folder, tmp_path / "shop"))


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    theme.apply(qapp, theme.Mode.LIGHT, compact=False)
    return qapp


def shown(till: TillDriver) -> list[tuple[str, int, int]]:
    """The basket as the window shows it: title, pieces, amount."""
    view = till.program.till._view
    return [(line.title, line.qty, line.net_minor) for line in view.lines]


def test_the_basket_and_the_held_ones_are_there_after_a_restart(app: QApplication, folder: Path):
    with running_till(app, folder) as till:
        for code in (OTHER, OTHER):
            till.scan(code)
        till.press(Qt.Key.Key_F6)
        till.live(0.05)
        for code in (EDITION, COPY, EDITION):
            till.scan(code)
        line = till.basket().lines[0]
        discount = Discount("percent", 1000, "regular customer")
        till.program.till.perform(basket.discount_line, line.line_id, discount)
        before, books = shown(till), till.db.ask(read_state, till.at)
        held = till.db.ask(held_baskets.list_held)
        assert [qty for _, qty, _ in before] == [2, 1]
    with running_till(app, folder) as till:
        assert shown(till) == before
        assert till.program.till.totals.isVisible()
        assert till.db.ask(read_state, till.at) == books
        assert till.db.ask(held_baskets.list_held) == held
        # And it can be sold as it lies there.
        till.sell()
        assert till.sales[-1].receipt.total_minor == sum(amount for _, _, amount in before)
        assert shown(till) == []


def test_a_restart_while_paying_comes_back_to_the_basket(app: QApplication, folder: Path):
    with running_till(app, folder) as till:
        till.scan(EDITION)
        till.press(Qt.Key.Key_F12)
        till.wait(lambda: till.program.till.pay.isVisible())
        before = shown(till)
    with running_till(app, folder) as till:
        assert shown(till) == before
        assert not till.program.till.pay.isVisible()
        till.sell()
        assert till.sales[-1].receipt.sequence == 1


def _limit_pages(session: Session, pages: int) -> int:
    return int(session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar_one())


def test_a_full_disk_stops_the_till_in_words_and_the_next_try_sells(app: QApplication, folder: Path):
    with running_till(app, folder) as till:
        till.db.run(_limit_pages, 1)
        for _ in range(500):
            till.scan(EDITION)
            if till.stops:
                break
            if till.basket().items_qty > 3:
                till.program.till.perform(basket.clear)  # each line taken out is logged, and takes room
        (told,) = till.stops
        assert told.startswith("The disk is full: ")
        assert told.endswith("Nothing was half done. Make room, then try again.")
        sheet = till.program.window.findChild(StopSheet)
        assert sheet is not None
        assert sheet.isVisible()
        # What the window shows is what the file holds.
        assert shown(till) == [(line.title, line.qty, line.net_minor) for line in till.basket().lines]
        sheet.dismiss()
        till.live(0.05)
        pieces = till.basket().items_qty
        till.scan(OTHER)  # there is room again: the file is opened anew
        assert till.basket().items_qty == pieces + 1
        till.sell()
        assert till.crashes == []
