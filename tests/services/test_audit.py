"""The log: who did what by person, day and kind; page by page; how often and for how much."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import NotPermitted
from av_pos.models import AUDIT
from av_pos.services import access, audit, staff
from av_pos.services.audit import CONSOLE_ID, AuditKind, AuditQuery

DAY = timedelta(days=1)


@pytest.fixture
def week(db: Database, at: At, cashier_at: At) -> None:
    """Lin: a discount of 4.50 three days ago, one of 2.00 today; Wu: two voids and a no-sale yesterday; the console."""

    def write(session):
        audit.record(session, replace(at, now=at.now - 3 * DAY), "line_discount", "Kid A", amount_minor=450)
        for amount in (6800, 8800):
            yesterday = replace(cashier_at, now=cashier_at.now - DAY)
            audit.record(session, yesterday, "sale_voided", amount_minor=amount, approved_by="Lin")
        audit.record(session, replace(cashier_at, now=cashier_at.now - DAY), "no_sale")
        audit.record(session, at, "line_discount", "Blue", amount_minor=200)
        audit.record(session, replace(at, actor=access.CONSOLE), "setting_changed", "zone")
        audit.record(session, at, "something_new")

    db.run(write)


def actions(db: Database, at: At, query: AuditQuery) -> list[str]:
    return [row.action for row in db.ask(audit.list_entries, at, query)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["something_new", "setting_changed", "line_discount", "no_sale", "sale_voided", "sale_voided",
              "line_discount"]),
        ({"staff_id": 2}, ["no_sale", "sale_voided", "sale_voided"]),
        ({"staff_id": CONSOLE_ID}, ["setting_changed"]),
        ({"staff_id": 77}, []),
        ({"kind": AuditKind.PRICES}, ["line_discount", "line_discount"]),
        ({"kind": AuditKind.CASH}, ["no_sale"]),
        ({"kind": AuditKind.OTHER}, ["something_new"]),
        ({"kind": AuditKind.STOCK}, []),
        ({"staff_id": 2, "kind": AuditKind.SALES}, ["sale_voided", "sale_voided"]),
        ({"staff_id": 1, "kind": AuditKind.SALES}, []),
    ],
)  # fmt: skip
def test_entries_by_person_and_kind(db: Database, at: At, week: None, wanted: dict[str, Any], found: list[str]):
    assert actions(db, at, AuditQuery(**wanted)) == found


def test_entries_by_day_hold_the_first_moment_and_not_the_last(db: Database, at: At, week: None):
    yesterday, today = at.now - DAY, at.now
    assert actions(db, at, AuditQuery(from_at=yesterday, before_at=today)) == ["no_sale", "sale_voided", "sale_voided"]
    assert actions(db, at, AuditQuery(before_at=yesterday)) == ["line_discount"]
    assert len(actions(db, at, AuditQuery(from_at=today))) == 3
    assert actions(db, at, AuditQuery(from_at=today + DAY)) == []


def test_totals_say_who_did_what_how_often_and_for_how_much(db: Database, at: At, week: None):
    totals = db.ask(audit.sum_entries, at)
    told = [(t.staff_name, t.kind, t.action, t.count, t.amount_minor) for t in totals.deeds]
    assert told == [
        ("Wu", AuditKind.SALES, "sale_voided", 2, 15600),
        ("Wu", AuditKind.CASH, "no_sale", 1, 0),
        ("Lin", AuditKind.PRICES, "line_discount", 2, 650),
        ("", AuditKind.SETTINGS, "setting_changed", 1, 0),
        ("Lin", AuditKind.OTHER, "something_new", 1, 0),
    ]
    assert totals.count == 7
    one = db.ask(audit.sum_entries, at, AuditQuery(staff_id=1, kind=AuditKind.PRICES, from_at=at.now))
    assert [(t.count, t.amount_minor) for t in one.deeds] == [(1, 200)]
    assert db.ask(audit.sum_entries, at, AuditQuery(staff_id=77)).count == 0


def test_prices_and_balances_are_not_summed(db: Database, at: At):
    def write(session):
        for _n in range(2):
            audit.record(session, at, "price_override", "Kid A", amount_minor=6800)

    db.run(write)
    (total,) = db.ask(audit.sum_entries, at).deeds
    assert (total.count, total.amount_minor) == (2, None)


def test_a_person_renamed_is_one_person_with_the_name_of_today(db: Database, at: At, week: None):
    db.run(staff.rename, at, 2, "Wu Lan")
    totals = db.ask(audit.sum_entries, at, AuditQuery(staff_id=2))
    assert [(t.staff_name, t.action) for t in totals.deeds] == [("Wu Lan", "sale_voided"), ("Wu Lan", "no_sale")]
    assert {row.staff_name for row in db.ask(audit.list_entries, at, AuditQuery(staff_id=2))} == {"Wu"}


def test_who_may_not_see_the_log_is_refused(db: Database, cashier_at: At):
    for forbidden in (audit.list_entries, audit.sum_entries):
        with pytest.raises(NotPermitted):
            db.ask(forbidden, cashier_at)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 7), st.sampled_from([None, 1, 2]))
def test_pages_hold_each_entry_once_in_the_order_of_the_whole(db: Database, at: At, hours, size, person):
    """Also when many entries are of one moment, and when the clock was set back while they were written."""

    def write(session):
        session.execute(delete(AUDIT))
        for number, hour in enumerate(hours):
            who = replace(at.actor, staff_id=1 + number % 2)
            audit.record(session, replace(at, actor=who, now=at.now + timedelta(hours=hour)), "no_sale", str(number))

    db.run(write)
    query = AuditQuery(staff_id=person)
    whole = db.ask(audit.list_entries, at, query, limit=100)
    assert len(whole) == sum(person in (None, 1 + n % 2) for n in range(len(hours)))
    assert [row.happened_at for row in whole] == sorted((row.happened_at for row in whole), reverse=True)
    read: list[audit.AuditRow] = []
    while page := db.ask(audit.list_entries, at, query, limit=size, older_than=read[-1] if read else None):
        assert len(page) <= size
        read.extend(page)
    assert tuple(read) == whole


def test_no_deed_belongs_to_two_kinds():
    deeds = [deed for some in audit.DEEDS.values() for deed in some]
    assert sorted(deeds) == sorted(set(deeds))
    assert set(audit.DEEDS) == set(AuditKind)
