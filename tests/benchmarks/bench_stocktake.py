"""Counting while two tills sell: a scan until durable, until painted; posting 20,000 lines, and what a sale waits."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select
from tests.benchmarks.counter import Counter
from tests.benchmarks.measuring import Room, Row, Times, flush_turn
from tests.benchmarks.shops import MANAGER, NOW, Size, copy_shop, kept_shop

from av_pos.db import Database, Session
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.stocktake import Scope
from av_pos.models import STOCK
from av_pos.services import count_decisions, counting, shifts, stocktake_posting, stocktakes
from av_pos.services.stocktakes import NewStocktake

NAME = "stocktake"
_ROOT = Path(__file__).resolve().parents[2]
_TILLS = (2, 3)
_PAUSE_MS = 150
_AT = At(MANAGER, 1, NOW)
_FEW_IN = 33
_TOLERANT = {"tolerance_qty": 9999, "tolerance_minor": 10**12}


class Sellers:
    """Two tills that sell; `sales` are the moments and seconds of all their sales, once they have ended."""

    def __init__(self, path: Path, first: int, last: int) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(_ROOT), str(_ROOT / "src")))}
        words = [sys.executable, "-m", "tests.benchmarks.child_seller", str(path)]
        self._running = [
            subprocess.Popen(
                [*words, str(till), str(_PAUSE_MS), str(first), str(last)], env=environment, cwd=_ROOT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for till in _TILLS
        ]  # fmt: skip
        self.sales: list[tuple[float, float]] = []
        for child in self._running:
            assert child.stdout is not None
            assert child.stdout.readline() == "sells\n"

    def end(self) -> None:
        """Let them end and tell."""
        for child in self._running:
            told, _ = child.communicate()
            assert child.returncode == 0
            self.sales += [(began, seconds) for began, seconds in json.loads(told)]


@contextmanager
def selling(path: Path, first: int, last: int) -> Iterator[Sellers]:
    """Let two tills sell discs first to last meanwhile."""
    sellers = Sellers(path, first, last)
    try:
        yield sellers
    finally:
        sellers.end()


def run(room: Room) -> list[Row]:
    """Measure a scan in a large catalogue, then posting with few and with all lines different."""
    return [*_scans(room), *_posting(room)]


def _opened(room: Room, editions: int, name: str) -> tuple[Database, Path]:
    folder = copy_shop(kept_shop(Size("stocktake", editions=editions)), room.folder / name)
    database = Database.at(folder / "shop.db")
    for till in (1, *_TILLS):
        database.run(shifts.register_till, till)
        if database.ask(shifts.find_open, till) is None:
            database.run(shifts.open_shift, At(MANAGER, till, NOW), 30000)
    return database, folder / "shop.db"


def _scans(room: Room) -> list[Row]:
    many = 10_000 if room.quick else 100_000
    database, path = _opened(room, many, "scans")
    began = time.perf_counter()
    take = stocktakes.begin(database, _AT, NewStocktake(Scope.SHOP, tolerance_qty=9999)).stocktake
    listed_s = time.perf_counter() - began
    editions = database.ask(_with_stock)
    at = _AT

    def count(code: str) -> float:
        nonlocal at
        at = At(at.actor, at.till, at.now + timedelta(seconds=1))
        began = time.perf_counter()
        database.run(counting.count_scan, at, take.stocktake_id, code)
        return time.perf_counter() - began

    durable = _scanned(room, path, editions, count, f"a count scan among {many:,} editions while two tills sell")
    database.close()
    counter = Counter(path.parent)
    painted = _scanned(room, path, editions, counter.scan, "… the same at the window, until its row is painted")
    counter.close()
    return [
        durable,
        painted,
        Row(f"a list of {take.to_count_qty:,} lines written in short steps", listed_s, None, "s", ""),
    ]


def _scanned(room: Room, path: Path, editions: list[int], count: Callable[[str], float], what: str) -> Row:
    """Count in a hurry while two tills sell, three pieces of a disc one after the other."""
    flush, flushed, taken = flush_turn(path.parent), [], []
    with selling(path, editions[0], editions[-1]) as sellers:
        for number in range(room.rounds(3000, 300)):
            if number % 3 == 0:
                code = shop_code(CodeKind.EDITION, room.rng.choice(editions))
            taken.append(count(code))
            if number % 10 == 0:
                flushed.append(flush())
            time.sleep(0.01)
    times = Times(tuple(taken[20:]))
    details = (f"{times.words()}; the disk alone {Times(tuple(flushed)).words()}; meanwhile {len(sellers.sales)} sales,"
               f" the longest {max(seconds for _, seconds in sellers.sales) * 1000:.0f} ms")  # fmt: skip
    return Row(f"{what}, p99", times.p99 * 1000, 16, "ms", details)


def _posting(room: Room) -> list[Row]:
    many = 2_000 if room.quick else 20_000
    rows = []
    for number, what in enumerate(("3 in 100 lines differ", "every line differs")):
        database, path = _opened(room, many, f"posting{number}")
        take = stocktakes.begin(database, _AT, NewStocktake(Scope.SHOP, **_TOLERANT)).stocktake  # type: ignore[arg-type]
        editions = database.ask(_with_stock)
        if number == 0:
            _count_all(database, take.stocktake_id, editions, room.rng)
        else:
            count_decisions.take_uncounted_as_none(database, _AT, take.stocktake_id)
        rows += _post(database, path, take.stocktake_id, editions, what)
        database.close()
    return rows


def _post(database: Database, path: Path, take: int, editions: list[int], what: str) -> list[Row]:
    locks = _timed_steps(database)
    with selling(path, editions[0], editions[-1]) as sellers:
        time.sleep(1.0)
        began, at = time.monotonic(), time.perf_counter()
        stocktake_posting.post(database, _AT, take)
        seconds = time.perf_counter() - at
        time.sleep(0.3)
    waits = [one for moment, one in sellers.sales if moment + one >= began]
    before = [one for moment, one in sellers.sales if moment + one < began]
    final = max(locks)
    details = (f"{len(locks)} steps, the longest {final * 1000:.0f} ms; "
               f"{len(waits)} sales meanwhile; before, a sale took {Times(tuple(before)).words()}")  # fmt: skip
    return [
        Row(f"posting {len(editions):,} lines, {what}", seconds, 2, "s", details),
        Row(f"the longest sale while that was posted, {what}", max(waits) * 1000, 250, "ms", details),
    ]


def _timed_steps(database: Database) -> list[float]:
    """How long each change of this process takes, from now on: none holds the database for longer."""
    taken: list[float] = []
    run_one = database.run

    def timed(*args: object, **words: object) -> object:
        began = time.perf_counter()
        try:
            return run_one(*args, **words)  # type: ignore[arg-type]
        finally:
            taken.append(time.perf_counter() - began)

    database.run = timed  # type: ignore[method-assign, assignment]
    return taken


def _count_all(database: Database, take: int, editions: list[int], rng: Random) -> None:
    """Count every line, one in thirty-three wrong; many in a change, because this is not what is measured."""
    for first in range(0, len(editions), 500):
        database.run(_count_some, take, editions[first : first + 500], rng)


def _count_some(session: Session, take: int, editions: list[int], rng: Random) -> None:
    held = dict(
        session.execute(select(STOCK.c.edition_id, STOCK.c.on_hand_qty).where(STOCK.c.edition_id.in_(editions))).all()
    )
    for edition_id in editions:
        out_by = rng.choice((-1, 1)) if rng.randrange(_FEW_IN) == 0 else 0
        counting.count_number(session, _AT, take, max(held[edition_id] + out_by, 0), edition_id)


def _with_stock(session: Session) -> list[int]:
    return list(session.scalars(select(STOCK.c.edition_id).where(STOCK.c.on_hand_qty > 0).order_by(STOCK.c.edition_id)))
