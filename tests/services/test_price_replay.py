"""A rule replayed over what was sold: the same as selling it all again under the rule, and nothing is changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import later, pay, scan, scan_copy, sell

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.pricing import Discount
from av_pos.domain.rules import (
    AmountOff,
    CheapestFree,
    Condition,
    FixedPrice,
    PercentOff,
    Rule,
    SpendGet,
    What,
    When,
    Who,
)
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import BASKET, every_table
from av_pos.models.members import LEVEL_CHANGE, MEMBER, MEMBER_LEVEL
from av_pos.models.price_rule import PRICE_RULE
from av_pos.services import basket, integrity, price_replay, price_rules, shifts, shop_settings, voids

TEN_OFF = Rule(0, "Ten off", PercentOff(1000))


@pytest.fixture
def shop(db: Database, at: At) -> dict[str, int]:
    """A CD for 68.00 (cost 40.00), an LP for 198.00 (cost 120.00), a used copy for 45.00 (cost 18.00); a shift."""
    ids = {
        "cd": db.run(make_edition, qty=50),
        "lp": db.run(make_edition, title="Blue Train", format="LP", price_minor=19800, qty=50, cost_minor=12000),
    }
    ids["copy"] = db.run(make_copy, ids["cd"])
    db.run(shifts.open_shift, at, 30000)
    return ids


def make_member(session: Session, at: At, /, **given: Any) -> int:
    values = {"joined_on": date(2026, 1, 1), "created_at": at.now, "changed_at": at.now} | given
    return int(session.execute(insert(MEMBER).values(**values).returning(MEMBER.c.id)).scalar_one())


def switched_on(db: Database, at: At, rule: Rule) -> int:
    rule_id = db.run(price_rules.save_rule, at, rule).rule_id
    return db.run(price_rules.switch_rule, at, rule_id, True).rule_id


def everything(session: Session) -> dict[str, list[Any]]:
    tables = every_table.METADATA.sorted_tables
    return {table.name: sorted(map(repr, session.execute(table.select()))) for table in tables}


def test_what_it_would_have_cost_and_whom_it_would_have_touched(db: Database, at: At, shop: dict[str, int]):
    member = db.run(make_member, at)
    sell(db, at, shop["cd"], shop["cd"])
    scan(db, at, shop["lp"], shop["cd"])
    db.run(basket.set_member, at, member)
    pay(db, at)
    report = price_replay.replay(db, at, replace(TEN_OFF, what=What(formats=frozenset({"LP"}))))
    assert (report.first_on, report.last_on) == (date(2026, 8, 23), date(2026, 11, 20))
    assert (report.receipts, report.takings_minor) == (2, 13600 + 26600)
    assert (report.touched_receipts, report.touched_members, report.touched_qty) == (1, 1, 1)
    assert report.takings_lost_minor == 1980
    # 9 % tax is contained: 26,600 holds 2,196 and 24,620 holds 2,033.
    assert report.profit_lost_minor == 1980 - (2196 - 2033)
    assert report.share_bp == 493
    (row,) = report.shown
    assert (row.number, row.member_id, row.without_minor, row.with_minor) == ("01-0000002", member, 26600, 24620)


def sell_mixed(db: Database, at: At, shop: dict[str, int], sold: Callable[[At], int]) -> list[int]:
    """Several sales of every kind, each a minute after the other; returns what each came to."""
    totals = []
    scan(db, at, shop["cd"], shop["cd"], shop["lp"])
    totals.append(sold(at))
    view = scan(db, later(at, minutes=1), shop["cd"], shop["lp"])
    db.run(basket.override_price, at, view.lines[1].line_id, 15000, "scratched")
    db.run(basket.discount_line, at, view.lines[0].line_id, Discount("percent", 500, "loyal"))
    totals.append(sold(later(at, minutes=1)))
    scan(db, later(at, minutes=2), *[shop["cd"]] * 4)
    db.run(basket.discount_basket, at, Discount("percent", 1000, "friend"))
    db.run(basket.round_off, at)
    totals.append(sold(later(at, minutes=2)))
    scan(db, later(at, minutes=3), shop["lp"])
    db.run(basket.discount_basket, at, Discount("amount", 777, "friend"))
    totals.append(sold(later(at, minutes=3)))
    scan_copy(db, later(at, minutes=4), shop["copy"])
    totals.append(sold(later(at, minutes=4)))
    return totals


@pytest.mark.parametrize(
    "rule",
    [
        TEN_OFF,
        replace(TEN_OFF, is_exclusive=True, floor_margin_bp=5500),
        Rule(0, "LPs now 150", FixedPrice(15000), What(formats=frozenset({"LP"}))),
        Rule(0, "Used 5 off", AmountOff(500), What(condition=Condition.USED)),
        Rule(0, "3 for 2", CheapestFree(3)),
        Rule(0, "Spend 200, get 30", SpendGet(20000, 3000)),
        replace(TEN_OFF, when=When(weekdays=frozenset({4}), from_min=14 * 60 + 33, to_min=14 * 60 + 35)),
        replace(TEN_OFF, when=When(first_on=date(2026, 11, 21))),
    ],
)
def test_a_replay_equals_selling_it_all_again(db: Database, at: At, shop: dict[str, int], rule: Rule):
    """Beside another rule that is on all the time."""
    compare_with_selling(db, at, shop, rule)


def test_a_replay_equals_selling_where_tax_comes_on_top_and_nothing_is_rounded(
    db: Database, at: At, shop: dict[str, int]
):
    db.run(shop_settings.change_settings, at, {"prices_include_tax": "false", "round_unit_minor": "0"})
    compare_with_selling(db, at, shop, TEN_OFF)


def compare_with_selling(db: Database, at: At, shop: dict[str, int], rule: Rule) -> None:
    switched_on(db, at, Rule(0, "Jazz week", PercentOff(300), What(formats=frozenset({"CD"})), priority=500))

    def showing(when: At) -> int:
        total = db.ask(basket.view_of, when).total_minor
        db.run(lambda session: session.execute(BASKET.delete().where(BASKET.c.held_at.is_(None))))
        return total

    without = sell_mixed(db, at, shop, showing)
    rule_id = switched_on(db, at, rule)
    with_rule = sell_mixed(db, at, shop, showing)
    db.run(price_rules.switch_rule, at, rule_id, False)
    assert sell_mixed(db, at, shop, lambda when: pay(db, when).receipt.total_minor) == without
    for meant in (rule_id, rule):
        report = price_replay.replay(db, later(at, hours=1), meant)
        assert report.takings_lost_minor == sum(without) - sum(with_rule)
        assert report.takings_minor == sum(without)
        found = sorted((row.without_minor, row.with_minor) for row in report.shown)
        changed = sorted(pair for pair in zip(without, with_rule, strict=True) if pair[0] != pair[1])
        assert [pair for pair in found if pair[0] != pair[1]] == changed


def test_a_rule_that_is_on_already_is_replayed_against_being_off(db: Database, at: At, shop: dict[str, int]):
    rule_id = switched_on(db, at, TEN_OFF)
    assert sell(db, at, shop["cd"]).receipt.total_minor == 6120
    report = price_replay.replay(db, at, rule_id)
    assert [(row.without_minor, row.with_minor) for row in report.shown] == [(6800, 6120)]
    assert report.takings_minor == 6120


def test_what_was_voided_was_not_sold(db: Database, at: At, shop: dict[str, int]):
    sell(db, at, shop["cd"])
    sell(db, at, shop["lp"])
    db.run(voids.void_last_sale, at, "wrong disc")
    report = price_replay.replay(db, at, TEN_OFF)
    assert (report.receipts, report.touched_receipts, report.takings_lost_minor) == (1, 1, 680)


def test_only_the_days_asked_for_are_looked_at(db: Database, at: At, shop: dict[str, int]):
    sell(db, at, shop["cd"])
    for days, receipts in ((1, 0), (2, 1), (90, 1)):
        steps: list[tuple[int, int]] = []

        def tell(done: int, total: int, steps: list[tuple[int, int]] = steps) -> None:
            steps.append((done, total))

        assert price_replay.replay(db, later(at, days=1), TEN_OFF, days, tell).receipts == receipts
        assert steps == [(number, days) for number in range(1, days + 1)]
    assert price_replay.replay(db, later(at, days=90), TEN_OFF).receipts == 0


def test_the_ten_receipts_that_lose_most_come_first(db: Database, at: At, shop: dict[str, int]):
    for count in (1, 5, 2, 9, 3, 4, 8, 6, 7, 10, 11, 12):
        sell(db, at, *[shop["cd"]] * count)
    report = price_replay.replay(db, at, TEN_OFF)
    assert report.touched_receipts == 12
    assert [row.lost_minor for row in report.shown] == [680 * count for count in range(12, 2, -1)]


def test_members_are_taken_as_they_were_then(db: Database, at: At, shop: dict[str, int]):
    """One became gold by the first sale; the rule is for gold members, and one for birthdays."""
    level = {"key": "gold", "name_en": "Gold", "name_zh": "金卡", "threshold_minor": 1, "set_at": at.now}
    db.run(lambda session: session.execute(insert(MEMBER_LEVEL).values(**level)))
    member = db.run(make_member, at, birthday=date(1990, 11, 20))
    totals = []
    for minute in range(3):
        scan(db, later(at, minutes=minute), shop["cd"])
        db.run(basket.set_member, at, member)
        totals.append(pay(db, later(at, minutes=minute)).receipt.total_minor)
    db.run(lambda session: session.execute(LEVEL_CHANGE.delete()))
    change = {"member_id": member, "from_key": "", "to_key": "gold", "spend_minor": 6800, "why": "reached"}
    moment = {"business_on": date(2026, 11, 20), "changed_at": at.now}
    db.run(lambda session: session.execute(insert(LEVEL_CHANGE).values(**change, **moment)))
    db.run(lambda session: session.execute(MEMBER.update().values(level_key="")))
    gold = price_replay.replay(db, later(at, hours=1), replace(TEN_OFF, who=Who(level_keys=frozenset({"gold"}))))
    assert (gold.touched_receipts, gold.touched_members) == (2, 1)
    birthday = replace(TEN_OFF, who=Who(birthday_only=True))
    assert price_replay.replay(db, later(at, hours=1), birthday).touched_receipts == 3
    db.run(lambda session: session.execute(MEMBER.update().values(birthday=None, status="erased")))
    assert price_replay.replay(db, later(at, hours=1), birthday).touched_receipts == 0


def test_a_coupon_rule_is_replayed_as_if_everybody_brought_one(db: Database, at: At, shop: dict[str, int]):
    sell(db, at, shop["cd"])
    report = price_replay.replay(db, at, replace(TEN_OFF, who=Who(coupon="SUMMER")))
    assert report.asks_coupon
    assert report.takings_lost_minor == 680
    assert not price_replay.replay(db, at, TEN_OFF).asks_coupon


def test_a_replay_changes_nothing(db: Database, at: At, shop: dict[str, int]):
    rule_id = db.run(price_rules.save_rule, at, TEN_OFF).rule_id
    sell(db, at, shop["cd"], shop["lp"])
    scan(db, at, shop["cd"])
    before = db.ask(everything)
    price_replay.replay(db, at, rule_id)
    assert db.ask(everything) == before
    assert integrity.verify(db, at).ok


def test_what_cannot_be_replayed_is_refused(db: Database, at: At, cashier_at: At):
    with pytest.raises(NotPermitted):
        price_replay.replay(db, cashier_at, TEN_OFF)
    with pytest.raises(NotFound):
        price_replay.replay(db, at, 77)
    rule_id = db.run(price_rules.save_rule, at, TEN_OFF).rule_id
    db.run(lambda session: session.execute(PRICE_RULE.update().values(data="{")))
    with pytest.raises(WrongState):
        price_replay.replay(db, at, rule_id)
    for days in (0, -1, 3661):
        with pytest.raises(InvalidInput):
            price_replay.replay(db, at, TEN_OFF, days)


def test_a_shop_that_rounds_off_no_more_does_not_round_in_the_replay(db: Database, at: At, shop: dict[str, int]):
    scan(db, at, db.run(make_edition, price_minor=6855))
    db.run(basket.round_off, at)
    assert pay(db, at).receipt.total_minor == 6800
    (row,) = price_replay.replay(db, at, TEN_OFF).shown
    assert (row.without_minor, row.with_minor) == (6800, 6100)
    db.run(shop_settings.change_setting, at, "round_unit_minor", "0")
    (row,) = price_replay.replay(db, at, TEN_OFF).shown
    assert (row.without_minor, row.with_minor) == (6855, 6169)


def test_a_coupon_that_was_used_then_counts_again(db: Database, at: At, shop: dict[str, int]):
    """The other rule's coupon was handed over with the first sale, and with no other."""
    switched_on(db, at, Rule(0, "Five off", AmountOff(500), who=Who(coupon="FIVE")))
    scan(db, at, shop["cd"])
    db.run(basket.add, at, "FIVE")
    assert pay(db, at).receipt.total_minor == 6300
    sell(db, at, shop["cd"])
    report = price_replay.replay(db, at, replace(TEN_OFF, priority=500))
    assert sorted((row.without_minor, row.with_minor) for row in report.shown) == [(6300, 5670), (6800, 6120)]


def test_a_shop_that_sold_nothing(db: Database, at: At):
    report = price_replay.replay(db, at, TEN_OFF)
    assert (report.receipts, report.share_bp, report.shown) == (0, 0, ())
    assert report.last_on - report.first_on == timedelta(days=89)
