"""A shop grown to any size: its books agree, with and without the journal, and every index is in place."""

import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from av_pos.db import Database
from av_pos.demo import grow
from av_pos.domain.at import Actor, At
from av_pos.domain.codes import is_valid_gtin
from av_pos.domain.permissions import Role
from av_pos.services import editions, integrity

UNTIL = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)  # a Friday, 14:32 in Shanghai
MANAGER = At(Actor(1, "Lin", Role.MANAGER), 1, UNTIL)


def test_growth_with_its_journal_agrees(db: Database) -> None:
    told: list[tuple[int, int]] = []
    grown = grow(
        db, until=UNTIL, editions=50, sales=300, lines_per_sale=3, days=10, with_journal=True,
        progress=lambda done, all_: told.append((done, all_)),
    )  # fmt: skip
    assert (grown.editions_qty, grown.receipts_qty, grown.lines_qty) == (50, 300, 900)
    assert told[-1] == (950, 950)
    report = integrity.verify(db, MANAGER)
    assert (report.bad, report.documents, report.editions) == ((), 300, 50)
    assert grown.last_on == date(2026, 11, 19)
    assert grown.first_on == grown.last_on - timedelta(days=9)


def test_growth_without_a_journal_has_the_same_rows(db: Database, tmp_path: Path) -> None:
    other_file = tmp_path / "other.db"
    shutil.copy(db.path, other_file)
    other = Database.at(other_file)
    for database, with_journal in ((db, True), (other, False)):
        grow(database, until=UNTIL, editions=30, sales=200, lines_per_sale=2, days=5, with_journal=with_journal)
    other.close()
    db.close()
    tables = ("document", "document_line", "payment", "stock", "demand", "shift", "till")
    left, right = (sqlite3.connect(file) for file in (db.path, other_file))
    for table in tables:
        columns = [row[1] for row in left.execute(f"PRAGMA table_info({table})") if row[1] != "count_lines"]
        wanted = f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1"
        assert left.execute(wanted).fetchall() == right.execute(wanted).fetchall(), table
    moves = "SELECT edition_id, reason, qty, cost_minor, document_id, moved_at FROM stock_move ORDER BY 1, 2, 5, 3, 6"
    assert left.execute(moves).fetchall() == right.execute(moves).fetchall()
    left.close()
    right.close()


def test_a_large_growth_leaves_every_index_in_place(db: Database) -> None:
    def indexes() -> set[str]:
        connection = db.raw()
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        connection.close()
        return found

    before = indexes()
    grow(db, until=UNTIL, editions=20, sales=20_000, lines_per_sale=5, days=4)
    assert indexes() == before


def test_invented_editions_are_scanned_by_the_shops_own_codes(db: Database) -> None:
    grow(db, until=UNTIL, editions=3)
    connection = db.raw()
    codes = [row[0] for row in connection.execute("SELECT code FROM barcode")]
    connection.close()
    assert len(codes) == 3
    for code in codes:
        assert code.startswith("20")
        assert is_valid_gtin(code)
        assert len(db.ask(editions.find_by_code, code)) == 1
