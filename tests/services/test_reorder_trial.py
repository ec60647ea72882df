"""Had the shop followed it: the last year again on the shop's own history, kept, cancelled, refused in words."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session
from tests.services.at_the_till import later
from tests.services.buying_shop import make_supplier
from tests.services.reorder_shop import WEEK, background, stock_disc

from av_pos import problems
from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.demand import first_day
from av_pos.errors import InvalidInput, NotPermitted, WrongState
from av_pos.models import STOCK_MOVE
from av_pos.models.reordering import MISSED_DEMAND
from av_pos.services import audit, reorder_trial
from av_pos.services.reorder_trial import TrialResult, TrialWay

TODAY = date(2026, 11, 20)


def trade(db: Database, at: At, supplier_id: int, *, weeks: int = 104) -> int:
    """A disc that sells two a week and was out of stock every other month, when two a week were asked for in vain."""
    has_it = [(week // 4) % 2 == 0 for week in range(weeks)]
    disc = stock_disc(db, at, supplier_id, [2 if there else 0 for there in has_it], title="Now and again", qty=0)

    def write(session: Session) -> None:
        for place, there in enumerate(has_it):
            day = first_day(WEEK - weeks + place)
            own = {"edition_id": disc, "till_id": 1}
            if not there:
                session.execute(insert(MISSED_DEMAND).values(**own, qty=2, asked_at=at.now, asked_on=day))
                continue
            moves = [("sale", -2)] if place % 4 else [("receipt", 8), ("sale", -2)]
            for reason, qty in moves:
                values = own | {"reason": reason, "qty": qty, "cost_minor": qty * 4000, "moved_at": at.now}
                session.execute(insert(STOCK_MOVE).values(**values, business_on=day))

    db.run(write)
    return disc


def test_what_was_done_and_what_would_have_been(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    trade(db, at, supplier_id)
    steps: list[tuple[int, int]] = []
    result = reorder_trial.try_out(db, at, 52, lambda done, of: steps.append((done, of)))
    assert result is not None
    done, followed = result.way("done"), result.way("followed")
    assert (result.weeks, result.first_on, result.last_on) == (52, first_day(WEEK - 52), first_day(WEEK))
    assert done.lost_qty >= 50, "two a week were asked for in vain in every other month"
    assert followed.lost_qty < done.lost_qty / 3
    assert result.lost_change() == pytest.approx(followed.lost_qty / done.lost_qty - 1)
    assert {way.way for way in result.ways} == {"followed", "min_max", "average", "done"}
    asked = {way.sold_qty + way.lost_qty for way in result.ways}
    assert len(asked) == 1, "the same customers came each time"
    assert all(len(way.stock_weeks) == 52 and way.cost_minor > 0 and 0 < way.fill <= 1 for way in result.ways)
    assert steps[-1][0] == steps[-1][1]
    assert steps == sorted(steps)
    assert db.ask(audit.list_entries, at)[0].action == "reorder_tried"


def test_a_shop_that_noted_nothing_is_no_yardstick(db: Database, at: At):
    """Nobody knows what it lost: three sales of 5,000 were noted, so the average rule is what is beaten or not."""
    way = TrialWay("followed", 4950, 50, None, 900, 0, 1, 1, 0, (), ())
    done = replace(way, way="done", sold_qty=4997, lost_qty=3, stock_qty=1000)
    average = replace(way, way="average", sold_qty=4800, lost_qty=200, stock_qty=600)
    result = TrialResult(at.now, "", "pooled", 0.95, 6, TODAY, TODAY, 1, 0, (way, average, done))
    assert (result.yardstick, result.lost_change(), result.stock_change()) == ("average", -0.75, 0.5)
    noted = replace(result, ways=(way, average, replace(done, sold_qty=4900, lost_qty=100)))
    assert (noted.yardstick, noted.lost_change()) == ("done", -0.5)
    assert noted.stock_change() == pytest.approx(-0.1)


def test_what_lay_there_at_first_comes_from_the_ledger(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    for number in range(6):
        disc = stock_disc(db, at, supplier_id, [], title=f"Still {number}", qty=5)
        assert disc
    seller = trade(db, at, supplier_id)
    result = reorder_trial.try_out(db, at)
    assert result is not None
    assert seller
    assert result.way("done").stock_weeks[0] >= 30, "six times five that never moved"


def test_the_last_result_is_kept_with_its_day(db: Database, at: At, cashier_at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    trade(db, at, supplier_id)
    assert db.ask(reorder_trial.find_last_trial, at) is None
    first = reorder_trial.try_out(db, at)
    assert db.ask(reorder_trial.find_last_trial, at) == first
    second = reorder_trial.try_out(db, later(at, days=1), 26)
    assert second is not None
    assert second.weeks == 26
    assert db.ask(reorder_trial.find_last_trial, at) == second
    with pytest.raises(NotPermitted):
        db.ask(reorder_trial.find_last_trial, cashier_at)
    with pytest.raises(NotPermitted):
        reorder_trial.try_out(db, cashier_at)


@pytest.mark.parametrize("after", [0, 1, 30])
def test_cancelled_it_leaves_nothing(db: Database, at: At, after: int):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id, titles=5)
    asked = iter(range(10_000))
    assert reorder_trial.try_out(db, at, cancelled=lambda: next(asked) >= after) is None
    assert db.ask(reorder_trial.find_last_trial, at) is None


def test_a_young_shop_is_told_to_come_back(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    stock_disc(db, at, supplier_id, [1] * 11, qty=3)
    with pytest.raises(WrongState) as refused:
        reorder_trial.try_out(db, at)
    assert "three months" in problems.sentence(refused.value)
    for weeks in (0, 5, 53):
        with pytest.raises(InvalidInput):
            reorder_trial.try_out(db, at, weeks)


def test_a_shop_of_forty_weeks_tries_twenty(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    stock_disc(db, at, supplier_id, [1] * 40, qty=3)
    result = reorder_trial.try_out(db, at)
    assert result is not None
    assert result.weeks == 20
    assert result.first_on == first_day(WEEK - 20)
