"""A five-line cash sale: against the very same statements by bare sqlite3, and with a million sales in the file."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from tests.benchmarks import bare
from tests.benchmarks.application import application
from tests.benchmarks.measuring import Room, Row, Times, Turn, flush_turn, in_words, ratio_row, take_turns
from tests.benchmarks.shops import (
    SELLER,
    TILL_NUMBER,
    Size,
    TillClock,
    copy_shop,
    editions_of,
    kept_shop,
    making_seconds,
    open_till,
)

from av_pos.db import Database, Session
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.models import DOCUMENT, JOURNAL, STOCK
from av_pos.services import basket, checkout
from av_pos.services.basket_view import BasketView
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.tasks import Tasks

NAME = "sale"
_LINES = 5
_EDITIONS = 5000


class Counter:
    """One till at work on one file, without a window."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop.db"
        self.db = Database.at(self.path)
        self.clock = TillClock(self.db)
        open_till(self.db, self.clock)
        self.desk = Desk(self.db, TILL_NUMBER, Events(), Tasks(), clock=self.clock.now)
        self.desk.actor = SELLER

    def fill(self, editions: Sequence[int]) -> BasketView:
        """Lay discs into the basket in one transaction; not part of what is measured."""

        def scan(session: Session) -> BasketView:
            for edition_id in editions:
                view = basket.add_edition(session, self.desk.at, edition_id).view
            return view

        return self.db.run(scan)

    def pay(self, view: BasketView) -> float:
        """Complete the sale in cash; returns the seconds."""
        assert view.basket_id is not None
        tenders = (Tender(TenderKind.CASH, -(-view.total_minor // 10000) * 10000),)
        began = time.perf_counter()
        self.desk.do(checkout.complete_sale, view.basket_id, tenders, view.total_minor)
        return time.perf_counter() - began

    def close(self) -> None:
        self.desk.tasks.shutdown()
        self.db.close()


class Twins:
    """Three files that stay equal: one tells what a sale sends, one is sold at by the program, one by bare sqlite3."""

    def __init__(self, folder: Path, to: Path, rng: Random) -> None:
        told, sold, plain = (copy_shop(folder, to / name) for name in ("told", "sold", "plain"))
        self.told, self.sold = Counter(told), Counter(sold)
        plain_till = Counter(plain)
        plain_till.close()
        self.plain_path = plain_till.path
        self.plain = bare.connect(self.plain_path)
        self.plain.execute("PRAGMA temp_store = MEMORY")
        self._editions = editions_of(self.told.db, rng)
        self._rng = rng
        self._script: list[bare.Sent] = []
        self._view: BasketView | None = None
        self._left = 0

    def next_customer(self) -> None:
        """Lay the same basket on all three, and learn from the first what its sale sends."""
        editions = self._rng.sample(self._editions, _LINES)
        with bare.recording(self.told.db) as laying:
            view = self.told.fill(editions)
        with bare.recording(self.told.db) as selling:
            self.told.pay(view)
        self._view = self.sold.fill(editions)
        bare.replay(self.plain, laying, changes=True)
        self._script = selling
        self._left = 2

    def by_program(self) -> float:
        self._serve()
        assert self._view is not None
        return self.sold.pay(self._view)

    def by_sqlite(self) -> float:
        self._serve()
        return bare.replay(self.plain, self._script, changes=True)

    def check(self) -> None:
        """All three must hold the same, or the comparison means nothing."""
        self.plain.close()
        plain = Database.at(self.plain_path)
        found = {database.ask(_fingerprint) for database in (self.told.db, self.sold.db, plain)}
        plain.close()
        if len(found) != 1:
            raise RuntimeError(f"the files differ: {found}")

    @property
    def statements(self) -> int:
        """How many statements the last sale sent, begin and commit counted."""
        return len(self._script) + 2

    def close(self) -> None:
        self.told.close()
        self.sold.close()

    def _serve(self) -> None:
        if self._left == 0:
            self.next_customer()
        self._left -= 1


def run(room: Room) -> list[Row]:
    """Measure both figures."""
    application()
    return [*_against_sqlite(room), *_with_size(room)]


def _against_sqlite(room: Room) -> list[Row]:
    twins = Twins(kept_shop(_size(10_000)), room.folder, room.rng)
    variants: dict[str, Turn] = {
        "av_pos": twins.by_program,
        "sqlite3": twins.by_sqlite,
    }
    taken = take_turns(variants, room.rounds(500, 60), room.rng, warm=20)
    flushed = take_turns({"flush": flush_turn(room.folder)}, room.rounds(300, 60), room.rng)["flush"]
    twins.check()
    twins.close()
    names = ("av_pos", "bare sqlite3")
    row = ratio_row("five-line cash sale / the same statements by bare sqlite3", taken["av_pos"], taken["sqlite3"], 3,
                    names=names)  # fmt: skip
    beside = (taken["av_pos"].p50 - flushed.p50) / (taken["sqlite3"].p50 - flushed.p50)
    details = f"{twins.statements} statements; fdatasync alone {flushed.words()}"
    return [row, Row("  … with one fdatasync taken off both", beside, None, "×", details)]


def _with_size(room: Room) -> list[Row]:
    many = 30_000 if room.quick else 1_000_000
    few_folder, many_folder = kept_shop(_size(10_000)), kept_shop(_size(many))
    few, full = Counter(copy_shop(few_folder, room.folder / "few")), Counter(many_folder)
    sales = full.db.ask(_count_sales)
    variants = {name: _seller(counter, room.rng) for name, counter in (("few", few), ("many", full))}
    # In turn: as right after the machine was switched on, when each page comes from the disk, and as on any other hour.
    for counter in (few, full):
        _forget(counter.path)
    cold = take_turns(variants, room.rounds(200, 60), room.rng)
    for counter in (few, full):
        _read_once(counter.path)
    warm = take_turns(variants, room.rounds(700, 60), room.rng, warm=30)
    for counter in (few, full):
        counter.close()
    names = (f"{sales:,}", "10,000")
    return [
        ratio_row(f"the same with {sales:,} sales in the file / with 10,000", warm["many"], warm["few"], 1.15,
                  names=names),
        ratio_row("  … the first 200 with neither file in the system's memory", cold["many"], cold["few"], None,
                  names=names),
        _made(many_folder),
    ]  # fmt: skip


def _read_once(path: Path) -> None:
    """Let the system hold the file in its memory, as it holds that of a till that has been at work for a while."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def _forget(path: Path) -> None:
    """Let the system forget what it holds of the file, where it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _seller(counter: Counter, rng: Random) -> Callable[[], float]:
    editions = editions_of(counter.db, rng)

    def turn() -> float:
        return counter.pay(counter.fill(rng.sample(editions, _LINES)))

    return turn


def _size(sales: int) -> Size:
    return Size("sales", editions=_EDITIONS, sales=sales, with_journal=True)


def _made(folder: Path) -> Row:
    size = (folder / "shop.db").stat().st_size / 1e9
    took = Times((making_seconds(folder),))
    return Row("  … that file", size, None, "GB", f"made in {in_words(took.p50)}, kept for the next run")


def _fingerprint(session: Session) -> tuple[object, ...]:
    last = select(JOURNAL.c.hash).where(JOURNAL.c.till_id == TILL_NUMBER).order_by(JOURNAL.c.seq.desc()).limit(1)
    stock = select(func.sum(STOCK.c.on_hand_qty), func.sum(STOCK.c.value_minor))
    return (session.execute(select(func.count()).select_from(DOCUMENT)).scalar_one(),
            session.execute(last).scalar_one(), *session.execute(stock).one())  # fmt: skip


def _count_sales(session: Session) -> int:
    return int(session.execute(select(func.count()).select_from(DOCUMENT)).scalar_one())
