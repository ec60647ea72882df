"""Barcode → edition as the till asks for it: against the same SQL by bare sqlite3, and among a million editions."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.benchmarks import bare
from tests.benchmarks.application import application
from tests.benchmarks.measuring import Room, Row, ratio_row, take_turns
from tests.benchmarks.shops import TILL_NUMBER, Size, copy_shop, editions_of, kept_shop

from av_pos.db import Database
from av_pos.demo.invented import barcode
from av_pos.services import editions
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.tasks import Tasks

NAME = "lookup"
_FEW, _MANY = 10_000, 1_000_000


class Shelf:
    """A catalogue of some size, with the barcodes of its invented editions."""

    def __init__(self, folder: Path, size: int, rng: Random) -> None:
        self.path = folder / "shop.db"
        self.db = Database.at(self.path)
        self.desk = Desk(self.db, TILL_NUMBER, Events(), Tasks())
        # The demo's own come first; the invented ones bear a barcode each.
        invented = [number for number in editions_of(self.db, rng, 10**9) if number > 1000]
        self.codes = [barcode(number) for number in rng.sample(invented, min(len(invented), 50_000))]
        self.size = size

    def asking(self, rng: Random) -> Callable[[], float]:
        """Look a random code up through the desk."""

        def turn() -> float:
            code = rng.choice(self.codes)
            began = time.perf_counter()
            found = self.desk.ask(editions.find_by_code, code)
            seconds = time.perf_counter() - began
            assert len(found) == 1
            return seconds

        return turn

    def by_sqlite(self, rng: Random) -> tuple[Callable[[], float], sqlite3.Connection]:
        """The statement that the desk sends for a code, on a connection that is held."""
        with bare.recording(self.db) as sent:
            self.desk.ask(editions.find_by_code, self.codes[0])
        (statement,) = sent
        known = self.codes[0]
        connection = bare.connect(self.path)

        def turn() -> float:
            code = rng.choice(self.codes)
            values = tuple(code if value == known else value for value in statement.values)
            began = time.perf_counter()
            found = connection.execute(statement.sql, values).fetchall()
            seconds = time.perf_counter() - began
            assert len(found) == 1
            return seconds

        return turn, connection

    def close(self) -> None:
        self.desk.tasks.shutdown()
        self.db.close()


def run(room: Room) -> list[Row]:
    """Measure both figures."""
    application()
    many = 30_000 if room.quick else _MANY
    few = Shelf(copy_shop(kept_shop(Size("catalogue", editions=_FEW)), room.folder / "few"), _FEW, room.rng)
    full = Shelf(kept_shop(Size("catalogue", editions=many)), many, room.rng)
    plain, connection = full.by_sqlite(room.rng)
    # While anything is recorded every statement costs more, so the desk that is measured is another one.
    full.close()
    full = Shelf(full.path.parent, many, room.rng)
    variants = {"few": few.asking(room.rng), "many": full.asking(room.rng), "plain": plain}
    taken = take_turns(variants, room.rounds(20_000, 1_000), room.rng, warm=2000)
    connection.close()
    few.close()
    full.close()
    against = ratio_row(f"barcode → edition among {many:,} / the same SQL by bare sqlite3", taken["many"],
                        taken["plain"], 10, names=("desk.ask", "bare sqlite3"))  # fmt: skip
    with_size = ratio_row("the same / among 10,000", taken["many"], taken["few"], 1.2,
                          names=(f"{many:,}", "10,000"))  # fmt: skip
    return [against, with_size]
