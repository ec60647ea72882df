"""Killed between any two steps of beginning, counting or posting a stocktake: nothing is lost, nothing doubled."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.faults.killing import DONE, Deed, all_or_nothing, cuts, done_once, together
from tests.services import counting_shop as do
from tests.services.at_the_till import at_till, later, scan_copy, sell

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.domain.stocktake import Scope
from av_pos.errors import AlreadySold, WrongState
from av_pos.models import COPY, STOCK, STOCK_MOVE
from av_pos.models.stocktaking import STOCKTAKE, STOCKTAKE_SCAN
from av_pos.services import basket, counting, integrity, shifts, stocktake_posting, stocktakes
from av_pos.services.stocktakes import NewStocktake

AT = At(Actor(1, "Lin", Role.MANAGER), 1, NOW)
CODE = "0888072230019"


@pytest.fixture
def counted(template_file: Path, tmp_path: Path) -> Path:
    """A shop's file with an open stocktake: one disc short, one over, a used copy gone, one disc right."""
    path = tmp_path / "counted.db"
    shutil.copy(template_file, path)
    db = Database.at(path)
    discs = [db.run(make_edition, title=f"Disc {n}", qty=5, cost_minor=3333) for n in range(3)]
    db.run(make_edition, title="Scanned", qty=5, barcode=CODE)
    copy_id = db.run(make_copy, discs[0])
    db.run(shifts.open_shift, AT, 30000)
    take = do.begin(db, AT)
    for disc, qty in zip(discs, (5, 3, 7), strict=True):
        do.number(db, AT, take, disc, qty)
    db.run(counting.mark_copy_missing, AT, take, copy_id)
    db.close()
    return path


def _scan(db: Database) -> None:
    db.run(counting.count_scan, AT, 1, CODE)


def _post(db: Database) -> None:
    stocktake_posting.post(db, AT, 1)


def _books(path: Path) -> dict[str, Any]:
    """Balances, ledger, used copies, log and state of the stocktake; verified."""
    db = Database.at(path)
    try:
        assert integrity.verify(db, AT).bad == ()
        return db.ask(
            lambda session: {
                "stock": session.execute(select(STOCK).order_by(STOCK.c.edition_id)).all(),
                "moves": session.execute(select(func.count()).select_from(STOCK_MOVE)).scalar_one(),
                "copies": session.execute(select(COPY.c.id, COPY.c.status)).all(),
                "scans": session.execute(select(func.count()).select_from(STOCKTAKE_SCAN)).scalar_one(),
                "state": session.execute(select(STOCKTAKE.c.status, STOCKTAKE.c.lines_qty)).all(),
            }
        )
    finally:
        db.close()


def test_killed_before_any_statement_of_a_scan_it_counts_or_was_never_there(counted: Path, tmp_path: Path):
    all_or_nothing(counted, tmp_path, AT, _scan, least_steps=10)


def test_killed_anywhere_in_posting_nothing_or_all_is_posted_and_it_goes_on(counted: Path, tmp_path: Path):
    before, after = _books(counted), _books(done_once(counted, tmp_path, _post))
    assert after["moves"] == before["moves"] + 3
    states = set()
    for cut in cuts(counted, tmp_path, _post):
        found = _books(cut.path)
        states.add(found["state"][0][0])
        untouched = {name: found[name] == before[name] for name in ("stock", "moves", "copies", "scans")}
        assert all(untouched.values()) or found == after, cut.step
        if found != after:
            db = Database.at(cut.path)
            _post(db)
            db.close()
            assert _books(cut.path) == after
    assert states == {"open", "posting", "posted"}


def test_killed_while_a_list_is_written_it_is_finished_or_dropped(counted: Path, tmp_path: Path):
    db = Database.at(counted)
    db.run(stocktakes.drop, AT, 1)
    db.close()

    def begin(database: Database) -> None:
        stocktakes.begin(database, AT, NewStocktake(Scope.SHOP))

    for cut in cuts(counted, tmp_path, begin):
        db = Database.at(cut.path)
        rows = [row for row in db.ask(stocktakes.list_stocktakes, AT) if row.status == "making"]
        if rows:
            with pytest.raises(WrongState):
                do.scan(db, AT, rows[0].stocktake_id, 1)
            stocktakes.finish_making(db, AT, rows[0].stocktake_id)
        found = [row for row in db.ask(stocktakes.list_stocktakes, AT) if row.status == "open"]
        assert [row.to_count_qty for row in found] in ([], [5])
        db.close()
        _books(cut.path)


def test_two_tills_sell_the_disc_that_is_counted_and_the_same_used_copy_goes_once(counted: Path):
    db = Database.at(counted)
    other = at_till(AT, 2)
    db.run(shifts.register_till, 2)
    db.run(shifts.open_shift, other, 30000)
    copy_id = db.run(make_copy, 1)
    scan_copy(db, AT, copy_id)
    sell(db, AT, 4)

    def sell_twice(at: At) -> Deed:
        def sell_here(own: Database) -> None:
            for _ in range(2):
                sell(own, later(at, minutes=1), 4)

        return sell_here

    scanned = Database.at(counted)
    ended = together(counted, sell_twice(AT), sell_twice(other), meanwhile=lambda: do.scan(scanned, AT, 1, 4))
    assert ended == [DONE, DONE]
    # The disc was sold while it was counted: one piece is left of five, and the count as a whole says so.
    row = do.number(scanned, AT, 1, 4, 0)
    assert (row.expected_qty, row.is_unsure) == (0, False)
    with pytest.raises(AlreadySold):
        db.run(basket.add_copy, other, copy_id)
    assert do.post(scanned, AT, 1).missing_qty == 2
    assert integrity.verify(db, AT).ok
    scanned.close()
    db.close()
