"""The machine's clock is set back or forward, the shop's day ends, the zone changes: sales are kept, in their order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from tests.factories import make_edition
from tests.services.at_the_till import approved, cash, later, pay, scan, sell

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import NotPermitted, WrongState
from av_pos.models import DOCUMENT
from av_pos.services import checkout, integrity, journal, reports, shifts, shop_settings, voids


@pytest.fixture
def disc(db: Database, at: At) -> int:
    """A disc on the shelf and an open shift."""
    edition_id = db.run(make_edition, qty=100)
    db.run(shifts.open_shift, at, 20000)
    return edition_id


def when(local: str) -> datetime:
    """A time on Shanghai's clock, as UTC."""
    return (datetime.fromisoformat(local) - timedelta(hours=8)).replace(tzinfo=UTC)


def books(db: Database) -> list[tuple[int, date, int]]:
    query = select(DOCUMENT.c.sequence, DOCUMENT.c.business_on, DOCUMENT.c.hour).order_by(DOCUMENT.c.sequence)
    return db.ask(lambda session: [(row[0], row[1], row[2]) for row in session.execute(query)])


@pytest.mark.parametrize("back", [{"seconds": 1}, {"minutes": 45}, {"days": 3}, {"days": 4000}])
def test_a_clock_set_back_keeps_the_sale_and_tells(db: Database, at: At, disc: int, back: dict[str, int]):
    assert not sell(db, at, disc).clock_went_back
    earlier = replace(at, now=at.now - timedelta(**back))
    outcome = sell(db, earlier, disc)
    assert outcome.clock_went_back
    assert (outcome.receipt.sequence, outcome.receipt.at) == (2, earlier.now)
    # The order is by number: the last sale is the one with the highest, and it is what a void takes back.
    assert db.ask(voids.find_voidable, earlier).number == outcome.receipt.number
    # It is told until the clock has caught up again.
    assert sell(db, later(earlier, seconds=0), disc).clock_went_back
    assert not sell(db, later(at, minutes=1), disc).clock_went_back
    assert [sequence for sequence, _, _ in books(db)] == [1, 2, 3, 4]
    assert integrity.verify(db, at).ok


def test_a_void_after_the_clock_went_back_is_kept_and_tells(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    outcome = db.run(voids.void_last_sale, later(at, hours=-2), "keyed wrongly")
    assert outcome.clock_went_back
    assert outcome.voided_number == sale.receipt.number
    assert integrity.verify(db, at).ok


def test_a_shift_closes_and_the_next_opens_while_the_clock_runs_behind(db: Database, at: At, disc: int):
    sell(db, at, disc)
    earlier = later(at, days=-1)
    db.run(shifts.record_count, earlier, 20000 + 6800)
    closed = db.run(shifts.close_shift, earlier).report
    assert (closed.sales_minor, closed.difference_minor) == (6800, 0)
    second = db.run(shifts.open_shift, earlier, 20000).shift
    assert (second.number, second.business_on) == (2, date(2026, 11, 19))
    sell(db, earlier, disc)
    # The clock is put right: the shift of "yesterday" must be closed before selling goes on.
    with pytest.raises(WrongState) as caught:
        sell(db, at, disc)
    assert caught.value.state == "left_open"
    db.run(shifts.record_count, at, 20000 + 6800)
    db.run(shifts.close_shift, at)
    db.run(shifts.open_shift, at, 20000)
    # What was scanned then lies there still.
    pay(db, at)
    assert integrity.verify(db, at).ok


def test_a_clock_set_forward_by_years_and_back_leaves_a_till_that_sells(db: Database, at: At, disc: int):
    sell(db, at, disc)
    future = later(at, days=1500)
    with pytest.raises(WrongState):
        sell(db, future, disc)
    assert pay(db, at).receipt.sequence == 2
    assert integrity.verify(db, at).ok


def test_an_approval_from_before_the_clock_was_set_forward_is_used_up_or_void(db: Database, cashier_at: At, disc: int):
    old = approved(db, cashier_at, Permission.VOID_SALE)
    sell(db, cashier_at, disc)
    with pytest.raises(NotPermitted):
        db.run(voids.void_last_sale, later(cashier_at, hours=1), "keyed wrongly", old)


def test_the_shops_day_ends_at_its_cut(db: Database, at: At, disc: int):
    late = replace(at, now=when("2026-11-21T03:59:59"))
    assert sell(db, late, disc).receipt.business_on == date(2026, 11, 20)
    cut = replace(at, now=when("2026-11-21T04:00:00"))
    view = scan(db, cut, disc)
    with pytest.raises(WrongState) as caught:
        db.run(checkout.complete_sale, cut, view.basket_id or 0, (cash(6800),), view.total_minor)
    assert caught.value.state == "left_open"
    # X and count still work on the shift that was left open; then the next day begins.
    assert db.ask(shifts.x_report, cut).sales_count == 1
    db.run(shifts.record_count, cut, 20000 + 6800)
    closed = db.run(shifts.close_shift, cut)
    assert closed.report.business_on == date(2026, 11, 20)
    db.run(shifts.open_shift, cut, 20000)
    assert pay(db, cut).receipt.business_on == date(2026, 11, 21)
    assert integrity.verify(db, cut).ok


def test_a_clock_that_goes_back_over_the_cut_books_on_the_earlier_day(db: Database, at: At):
    disc = db.run(make_edition, qty=10)
    after = replace(at, now=when("2026-11-21T04:10:00"))
    db.run(shifts.open_shift, after, 0)
    sell(db, after, disc)
    before = replace(at, now=when("2026-11-21T03:50:00"))
    outcome = sell(db, before, disc)
    assert outcome.clock_went_back
    assert outcome.receipt.business_on == date(2026, 11, 20)
    # Each day's report has its own, the shift has both.
    for day in (20, 21):
        figures = db.ask(reports.daily_report, after, date(2026, 11, day))
        assert (figures.receipts, figures.sales_minor) == (1, 6800)
    assert db.ask(shifts.x_report, after).sales_count == 2
    assert integrity.verify(db, after).ok


def test_an_hour_that_comes_twice_is_no_clock_set_back(db: Database, at: At):
    """Berlin, 25 October 2026: at 03:00 the clock shows 02:00 again; UTC goes on."""
    db.run(shop_settings.change_setting, at, "zone", "Europe/Berlin")
    disc = db.run(make_edition, qty=10)
    first = replace(at, now=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))  # 02:30 summer time
    db.run(shifts.open_shift, first, 0)
    outcomes = [sell(db, later(first, minutes=minutes), disc) for minutes in (0, 60, 149)]
    assert [outcome.clock_went_back for outcome in outcomes] == [False] * 3
    day = date(2026, 10, 24)
    assert books(db) == [(1, day, 2), (2, day, 2), (3, day, 3)]
    # 04:00 winter time is 150 minutes later, not 90.
    with pytest.raises(WrongState):
        sell(db, later(first, minutes=150), disc)
    assert integrity.verify(db, first).ok


def test_a_zone_changed_in_the_middle_of_a_shift_leaves_the_past_as_it_was(db: Database, at: At, disc: int):
    sold = sell(db, at, disc)
    db.run(shop_settings.change_setting, at, "zone", "America/New_York")
    soon = later(at, minutes=5)  # 01:37 in New York: still the 19th of the shop's days
    outcome = sell(db, soon, disc)
    assert (outcome.receipt.business_on, outcome.receipt.shop.zone) == (date(2026, 11, 19), "America/New_York")
    assert not outcome.clock_went_back
    kept = db.ask(journal.get_receipt, sold.document_id)
    assert (kept.shop.zone, kept.business_on) == ("Asia/Shanghai", date(2026, 11, 20))
    assert [row[1:] for row in books(db)] == [(date(2026, 11, 20), 14), (date(2026, 11, 19), 1)]
    db.run(shifts.record_count, soon, 20000 + 2 * 6800)
    closed = db.run(shifts.close_shift, soon).report
    assert (closed.sales_minor, closed.business_on) == (2 * 6800, date(2026, 11, 20))
    assert integrity.verify(db, soon).ok
