"""Whatever is changed in the books of buying behind the program's back, `verify` finds and names it."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.services.buying_shop import busy_purchasing

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.services import integrity
from av_pos.services.integrity import Check

MANAGER = At(Actor(1, "Lin", Role.MANAGER), 1, NOW)
CASHIER = At(Actor(2, "Wu", Role.CASHIER), 1, NOW)


@pytest.fixture(scope="module")
def books(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that bought, with everything in its file."""
    path = tmp_path_factory.mktemp("bought") / "shop.db"
    shutil.copy(template_file, path)
    db = Database.at(path)
    one, two = db.run(make_edition, qty=0), db.run(make_edition, title="Faith")
    copy_id = db.run(make_copy, two)
    busy_purchasing(db, MANAGER, CASHIER, (one, two), copy_id)
    db.close()
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA journal_mode = DELETE")
    raw.close()
    return path


def test_honest_books_of_buying_are_whole(books: Path):
    db = Database.at(books)
    steps: list[tuple[int, int]] = []
    report = integrity.verify(db, MANAGER, lambda done, total: steps.append((done, total)))
    db.close()
    assert report.bad == ()
    assert steps[-1][0] == steps[-1][1]


@pytest.mark.parametrize(
    ("statement", "table", "column"),
    [
        ("UPDATE stock SET on_order_qty = on_order_qty + 1 WHERE edition_id = 1", "stock", "on_order_qty"),
        ("UPDATE order_line SET received_qty = received_qty + 1 WHERE id = 1", "order_line", "received_qty"),
        ("UPDATE order_line SET given_up_qty = given_up_qty - 1 WHERE id = 3", "order_line", "qty"),
        ("UPDATE purchase_order SET status = 'closed' WHERE id = 3", "stock", "on_order_qty"),
        ("UPDATE delivery_fill SET qty = qty + 1 WHERE delivery_line_id = 1", "order_line", "received_qty"),
        ("DELETE FROM delivery_fill WHERE delivery_line_id = 1", "order_line", "received_qty"),
        ("UPDATE delivery_line SET qty = qty + 1 WHERE id = 1", "delivery_line", "qty"),
        ("UPDATE delivery_line SET damaged_qty = 0 WHERE id = 1", "delivery_line", "damaged_qty"),
        ("UPDATE delivery_line SET landed_minor = landed_minor - 1 WHERE id = 1", "delivery_line", "landed_minor"),
        ("UPDATE delivery_line SET settled_minor = 1 WHERE id = 1", "delivery_line", "settled_minor"),
        ("UPDATE delivery_line SET cost_minor = cost_minor + 1 WHERE id = 1", "delivery_line", "landed_minor"),
        ("UPDATE delivery SET carriage_minor = carriage_minor + 1 WHERE id = 1", "delivery_line", "landed_minor"),
        ("UPDATE delivery SET rate_micro = rate_micro + 9000 WHERE id = 1", "delivery_line", "landed_minor"),
        ("UPDATE delivery SET is_damaged_back = 1 WHERE id = 1", "delivery_line", "landed_minor"),
        ("UPDATE delivery SET status = 'open' WHERE id = 1", "delivery", "status"),
        ("UPDATE delivery_scan SET qty = qty + 1 WHERE id = 1", "delivery_line", "qty"),
        ("UPDATE supplier_return SET status = 'draft' WHERE id = 1", "supplier_return_line", "qty"),
        ("UPDATE supplier_return_line SET qty = qty + 1 WHERE is_on_hand AND copy_id IS NULL", "supplier_return_line",
         "qty"),
        ("UPDATE stock_move SET origin_id = 99 WHERE origin = 'supplier_return' AND copy_id IS NOT NULL",
         "supplier_return_line", "qty"),
        ("UPDATE stock_move SET origin_id = 3 WHERE id = (SELECT min(id) FROM stock_move WHERE origin = 'delivery')",
         "delivery_line", "qty"),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(books: Path, tmp_path: Path, statement: str, table: str, column: str):
    path = tmp_path / "changed.db"
    shutil.copy(books, path)
    raw = sqlite3.connect(path, isolation_level=None)
    assert raw.execute(statement).rowcount == 1
    raw.close()
    db = Database.at(path)
    bad = integrity.verify(db, MANAGER).bad
    db.close()
    found = {row.check: row for row in bad}[Check.STOCK]
    assert (found.table, found.column) == (table, column)
