"""The demo shop: the same from the same seed, its books agree, and a shopkeeper would believe it."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from av_pos.db import Database
from av_pos.demo import DEMO_STAFF, DemoShop, demo_staff, grow, make_demo_shop
from av_pos.demo.shelves import list_media, price_in, read_rows
from av_pos.domain.at import Actor, At
from av_pos.domain.codes import is_valid_gtin, normalise_gtin, read_code
from av_pos.domain.documents import DocumentKind
from av_pos.domain.money import denominations
from av_pos.domain.permissions import Role
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import InvalidInput
from av_pos.services import access, basket, checkout, documents, editions, integrity, journal, search, shifts
from av_pos.shop import open_shop

UNTIL = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)  # a Friday, 14:32 in Shanghai
MANAGER = At(Actor(1, "Lin", Role.MANAGER), 1, UNTIL)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> DemoShop:
    """A whole quarter, made once; nobody writes into it."""
    return make_demo_shop(tmp_path_factory.mktemp("quarter"), until=UNTIL)


@pytest.fixture
def shop_db(quarter: DemoShop) -> Iterator[Database]:
    database = Database.at(quarter.file)
    yield database
    database.close()


@pytest.fixture
def rows(quarter: DemoShop) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(quarter.file)
    yield connection
    connection.close()


def one(rows: sqlite3.Connection, statement: str) -> tuple[int, ...]:
    found: tuple[int, ...] = rows.execute(statement).fetchone()
    return found


def fingerprint(file: Path) -> str:
    """All rows but the PINs' hashes, whose salt is chance, and the search index, which cannot be read row by row."""
    connection = sqlite3.connect(file)
    digest = hashlib.sha256()
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_index%' ORDER BY name"
    for (table,) in connection.execute(tables).fetchall():
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "pin_hash"]
        for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid"):
            digest.update(repr((table, row)).encode())
    connection.close()
    return digest.hexdigest()


def test_the_same_seed_makes_the_same_shop(tmp_path: Path) -> None:
    made = [make_demo_shop(tmp_path / name, days=3, until=UNTIL) for name in ("one", "two")]
    another = make_demo_shop(tmp_path / "three", days=3, until=UNTIL, seed=7)
    assert fingerprint(made[0].file) == fingerprint(made[1].file)
    assert fingerprint(another.file) != fingerprint(made[0].file)


def test_everything_that_verify_checks_agrees(shop_db: Database) -> None:
    report = integrity.verify(shop_db, MANAGER)
    assert report.bad == ()
    assert report.documents > 2000


def test_numbers_hang_together(rows: sqlite3.Connection) -> None:
    assert one(
        rows,
        "SELECT count(*) FROM document d WHERE total_minor <> (SELECT sum(net_minor) FROM document_line"
        " WHERE document_id = d.id) OR total_minor <> (SELECT sum(amount_minor) FROM payment WHERE document_id = d.id)",
    ) == (0,)
    assert one(
        rows,
        "SELECT count(*) FROM stock s LEFT JOIN (SELECT edition_id, sum(qty) q, sum(cost_minor) v FROM stock_move"
        " WHERE copy_id IS NULL GROUP BY 1) m ON m.edition_id = s.edition_id"
        " WHERE coalesce(q, 0) <> on_hand_qty OR coalesce(v, 0) <> value_minor",
    ) == (0,)
    last, grand, shifts_qty = one(rows, "SELECT last_number, grand_total_minor, last_shift FROM till WHERE id = 1")
    assert one(rows, "SELECT count(*), max(sequence), sum(total_minor) FROM document") == (last, last, grand)
    assert one(rows, "SELECT count(*) FROM shift WHERE closed_at IS NOT NULL") == (shifts_qty,)


def test_a_newcomer_finds_the_shop_closed_and_up_to_yesterday(quarter: DemoShop, shop_db: Database) -> None:
    assert quarter.last_on == date(2026, 11, 19)
    assert quarter.first_on == date(2026, 8, 21)
    assert shop_db.ask(shifts.find_open, 1) is None


def test_weekends_bring_more_than_weekdays(rows: sqlite3.Connection) -> None:
    taken = "sum(total_minor) / count(DISTINCT business_on)"
    per_day = dict(rows.execute(f"SELECT strftime('%w', business_on) IN ('0', '6'), {taken} FROM document GROUP BY 1"))
    assert 1.4 < per_day[1] / per_day[0] < 2.3


def test_few_titles_carry_the_shop(rows: sqlite3.Connection) -> None:
    pieces = [
        row[0] for row in rows.execute("SELECT sum(qty) s FROM document_line GROUP BY edition_id ORDER BY s DESC")
    ]
    (titles,) = one(rows, "SELECT count(*) FROM edition")
    assert sum(pieces[: titles // 10]) / sum(pieces) >= 0.4


def test_a_release_sells_best_when_it_is_new(rows: sqlite3.Connection) -> None:
    early, late = one(
        rows,
        "WITH arrival AS (SELECT edition_id, min(business_on) AS day FROM stock_move GROUP BY 1"
        " HAVING min(business_on) > '2026-08-21')"
        " SELECT sum(l.qty * (julianday(l.business_on) - julianday(a.day) < 10)),"
        " sum(l.qty * (julianday(l.business_on) - julianday(a.day) BETWEEN 20 AND 29))"
        " FROM document_line l JOIN arrival a ON a.edition_id = l.edition_id WHERE l.copy_id IS NULL",
    )
    assert early > 2 * late > 0


def test_a_shopkeeper_would_believe_it(rows: sqlite3.Connection) -> None:
    receipts = [row[0] for row in rows.execute("SELECT count(*) FROM document GROUP BY business_on")]
    sales, tax, cost, count = one(
        rows, "SELECT sum(total_minor), sum(tax_minor), sum(cost_minor), sum(kind = 'sale') FROM document"
    )
    assert 12 <= min(receipts) <= max(receipts) <= 75
    assert 100_00 <= sales / count <= 250_00
    assert 0.30 <= 1 - cost / (sales - tax) <= 0.45
    assert one(rows, "SELECT min(hour), max(hour) FROM document") == (10, 21)
    kinds = dict(rows.execute("SELECT kind, count(*) FROM document GROUP BY 1"))
    assert kinds[DocumentKind.VOID] > 3
    moves = dict(rows.execute("SELECT kind, count(*) FROM cash_move GROUP BY 1"))
    assert moves.keys() == {"pay_in", "pay_out", "no_sale"}
    assert one(rows, "SELECT count(*) FROM document WHERE round_off_minor > 0")[0] > 0
    statuses = dict(rows.execute("SELECT status, count(*) FROM copy GROUP BY 1"))
    assert statuses.keys() == {"sold", "in_stock"}
    assert statuses["in_stock"] > 15


def test_nothing_waits_for_paper(rows: sqlite3.Connection) -> None:
    assert one(rows, "SELECT count(*) FROM print_job") == (0,)


def test_nobody_pays_with_coins_that_do_not_exist(rows: sqlite3.Connection) -> None:
    smallest = min(denominations("CNY"))
    odd = one(rows, f"SELECT count(*) FROM payment WHERE kind = 'cash' AND (tendered_minor % {smallest}) <> 0")
    assert odd == (0,)


def test_no_barcode_is_invented(rows: sqlite3.Connection) -> None:
    printed = {normalise_gtin(row["barcode"]) for row in read_rows("catalogue.csv") if row["barcode"]}
    assert {row[0] for row in rows.execute("SELECT code FROM barcode")} == printed


def test_an_edition_is_found_by_barcode_shop_code_and_name(shop_db: Database) -> None:
    with_code = next(row for row in read_rows("catalogue.csv") if is_valid_gtin(row["barcode"]))
    found = shop_db.ask(editions.find_by_code, with_code["barcode"])
    assert with_code["title"] in {edition.title for edition in found}
    assert [edition.id for edition in shop_db.ask(editions.find_by_code, read_code("2900000000124"))] == [12]
    assert "范特西 Fantasy" in {edition.title for edition in shop_db.ask(search.find_text, "fantexi")}


def test_old_receipts_read_as_new_ones(shop_db: Database, rows: sqlite3.Connection) -> None:
    for document_id, total in rows.execute("SELECT id, total_minor FROM document ORDER BY id LIMIT 40"):
        receipt = shop_db.ask(journal.get_receipt, document_id)
        assert receipt.total_minor == sum(line.net_minor for line in receipt.lines) == total
        assert receipt.shop.name == "蓝调巷唱片行"


def test_the_public_pins_open_the_shop(quarter: DemoShop, rows: sqlite3.Connection) -> None:
    assert quarter.people == DEMO_STAFF
    stored = {name: (role, pin_hash) for name, role, pin_hash in rows.execute("SELECT name, role, pin_hash FROM staff")}
    assert len(stored) == len(DEMO_STAFF)
    for person in DEMO_STAFF:
        role, pin_hash = stored[person.name]
        assert role == person.role
        assert access.pin_matches(pin_hash, person.pin)


def test_an_english_shop_in_euro_opens_and_agrees(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made = make_demo_shop(
        tmp_path,
        language="en",
        currency="EUR",
        days=7,
        until=UNTIL,
        progress=lambda done, all_: told.append((done, all_)),
    )
    assert made.people == demo_staff("en")
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1][0] == told[-1][1]
    shop = open_shop(tmp_path)
    try:
        assert shop.machine.language == "en"
        assert integrity.verify(shop.db, MANAGER).bad == ()
        assert shop.db.run(shifts.open_shift, MANAGER, 30000).shift.number == 8
    finally:
        shop.close()


def test_the_next_sale_follows_the_demos_last(tmp_path: Path) -> None:
    make_demo_shop(tmp_path, days=2, until=UNTIL)
    database = Database.at(tmp_path / "shop.db")
    last = database.ask(documents.find_last, 1)
    assert last is not None
    before = database.ask(journal.get_receipt, last[0])
    database.run(shifts.open_shift, MANAGER, 30000)
    view = database.run(basket.add, MANAGER, "2900000000124").view
    assert view.basket_id is not None
    tender = Tender(TenderKind.CASH, view.total_minor)
    sold = database.run(checkout.complete_sale, MANAGER, view.basket_id, (tender,), view.total_minor)
    assert sold.receipt.sequence == before.sequence + 1
    assert not sold.clock_went_back
    assert integrity.verify(database, MANAGER).bad == ()
    database.close()


def test_a_second_shop_in_the_same_place_is_refused(tmp_path: Path) -> None:
    make_demo_shop(tmp_path, days=1, until=UNTIL)
    before = fingerprint(tmp_path / "shop.db")
    with pytest.raises(InvalidInput):
        make_demo_shop(tmp_path, days=1, until=UNTIL)
    assert fingerprint(tmp_path / "shop.db") == before


@pytest.mark.parametrize(
    ("format_", "discs", "media"),
    [
        ("CD", 1, ["CD"]),
        ("LP", 2, ["LP", "LP"]),
        ("LP+CD", 2, ["LP", "CD"]),
        ("LP+CD", 3, ["LP", "LP", "CD"]),
        ("CD+DVD", 1, ["CD", "DVD"]),
    ],
)
def test_each_disc_of_an_edition_is_named(format_: str, discs: int, media: list[str]) -> None:
    assert list_media(format_, discs) == media


@pytest.mark.parametrize(
    ("currency", "price_minor"), [("CNY", 8850), ("EUR", 1200), ("JPY", 1770), ("KRW", 16900), ("XXX", 8850)]
)
def test_prices_look_right_in_other_currencies(currency: str, price_minor: int) -> None:
    assert price_in("88.50", currency) == price_minor


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
    tables = ("document", "document_line", "payment", "stock", "shift", "till")
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
