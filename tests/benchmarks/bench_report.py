"""The daily report's figures over ten million lines: against bare sqlite3, and against a hundred thousand lines."""

import sqlite3
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from tests.benchmarks import bare
from tests.benchmarks.measuring import Room, Row, ratio_row, take_turns
from tests.benchmarks.shops import MANAGER, NOW, TILL_NUMBER, Size, kept_shop

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.services import reports

NAME = "report"
_LINES_A_SALE = 3
_EDITIONS = 20_000
_DAYS_A_MEGALINE = 364  # about 2,750 lines a day in both files, so that only the file's size differs

# What a shop would add up by hand, over a range on an index: the yardstick.
_SUMS = (
    """SELECT hour, kind, staff_name, till_id, count(*), sum(total_minor), sum(discount_minor), sum(round_off_minor)
       FROM document WHERE business_on = :day GROUP BY 1, 2, 3, 4""",
    """SELECT business_on, hour, sum(total_minor) FROM document
       WHERE business_on IN (:week1, :week2, :week3, :week4) GROUP BY 1, 2""",
    """SELECT p.kind, count(*), sum(p.amount_minor) FROM document d JOIN payment p ON p.document_id = d.id
       WHERE d.business_on = :day GROUP BY 1""",
    """SELECT tax_bp, sum(qty), sum(net_minor), sum(tax_minor), sum(cost_minor) FROM document_line
       WHERE business_on = :day GROUP BY 1""",
    """SELECT e.style, sum(l.qty), sum(l.net_minor), sum(l.tax_minor), sum(l.cost_minor)
       FROM document_line l JOIN edition e ON e.id = l.edition_id WHERE l.business_on = :day GROUP BY 1""",
    """SELECT edition_id, sum(qty) AS pieces, sum(net_minor), sum(tax_minor), sum(cost_minor) FROM document_line
       WHERE business_on = :day GROUP BY 1 ORDER BY 2 DESC LIMIT 10""",
    """SELECT s.edition_id, e.title, s.on_hand_qty FROM stock s JOIN edition e ON e.id = s.edition_id
       WHERE s.on_hand_qty <= 1 AND s.edition_id IN (SELECT edition_id FROM document_line WHERE business_on = :day)
       ORDER BY 3 LIMIT 40""",
)


class Books:
    """One file's report of its last days, asked for in three ways."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop.db"
        self.db = Database.at(self.path)
        self.at = At(MANAGER, TILL_NUMBER, NOW)
        self.days = [NOW.date() - timedelta(days=back) for back in range(1, 8)]
        self._place = 0

    def by_program(self) -> float:
        """The report of one day as the screen asks for it."""
        day = self._next_day()
        began = time.perf_counter()
        report = self.db.ask(reports.daily_report, self.at, day)
        seconds = time.perf_counter() - began
        assert report.receipts > 0
        return seconds

    def replaying(self, connection: sqlite3.Connection) -> Callable[[], float]:
        """The very statements of a report, each day's in its turn."""
        scripts = {}
        for day in self.days:
            with bare.recording(self.db) as sent:
                self.db.ask(reports.daily_report, self.at, day)
            scripts[day] = sent

        def turn() -> float:
            return bare.replay(connection, scripts[self._next_day()], changes=False)

        return turn

    def by_hand(self, connection: sqlite3.Connection) -> Callable[[], float]:
        """The same sums written out for sqlite3."""

        def turn() -> float:
            day = self._next_day()
            values = {"day": day.isoformat()} | {f"week{n}": _weeks_before(day, n) for n in range(1, 5)}
            began = time.perf_counter()
            for statement in _SUMS:
                connection.execute(statement, values).fetchall()
            return time.perf_counter() - began

        return turn

    def _next_day(self) -> date:
        self._place = (self._place + 1) % len(self.days)
        return self.days[self._place]


def run(room: Room) -> list[Row]:
    """Measure both figures."""
    few = Books(kept_shop(_size(100_000)))
    full = Books(kept_shop(_size(300_000 if room.quick else 10_000_000)))
    plain, by_hand = bare.connect(full.path), bare.connect(full.path)
    replayed = Books(full.path.parent)
    variants = {
        "few": few.by_program,
        "many": full.by_program,
        "same": replayed.replaying(plain),
        "hand": full.by_hand(by_hand),
    }
    taken = take_turns(variants, room.rounds(70, 14), room.rng, warm=7)
    lines = plain.execute("SELECT count(*) FROM document_line").fetchone()[0]
    for books in (few, full, replayed):
        books.db.close()
    plain.close()
    by_hand.close()
    return [
        ratio_row(f"daily report, {lines:,} lines / the same sums by bare sqlite3", taken["many"], taken["hand"], 3,
                  names=("av_pos", "sums by hand")),
        ratio_row("  … / its own statements by bare sqlite3", taken["many"], taken["same"], None,
                  names=("av_pos", "its statements")),
        ratio_row("  … / with 100,000 lines", taken["many"], taken["few"], 2, names=(f"{lines:,}", "100,000")),
    ]  # fmt: skip


def _size(lines: int) -> Size:
    days = max(36, _DAYS_A_MEGALINE * lines // 1_000_000)
    return Size("report", editions=_EDITIONS, sales=-(-lines // _LINES_A_SALE), lines_per_sale=_LINES_A_SALE, days=days)


def _weeks_before(day: date, weeks: int) -> str:
    return (day - timedelta(weeks=weeks)).isoformat()
