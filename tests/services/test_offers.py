"""What rules that are on do to the next scan, the sale and its receipt; level prices; and that the till never waits."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import at_till, later, pay, scan, scan_copy

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.documents import Reduction
from av_pos.domain.pricing import Discount
from av_pos.domain.rules import (
    AmountOff,
    BundlePrice,
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
from av_pos.errors import NotFound
from av_pos.models.members import MEMBER, MEMBER_LEVEL
from av_pos.models.price_rule import PRICE_RULE
from av_pos.services import basket, integrity, journal, offers, price_reasons, price_rules, shifts, shop_settings
from av_pos.services.price_rules import RuleRow

TEN_OFF = Rule(0, "Ten off", PercentOff(1000))


def switched_on(db: Database, at: At, rule: Rule) -> RuleRow:
    row = db.run(price_rules.save_rule, at, rule)
    return db.run(price_rules.switch_rule, at, row.rule_id, True)


def make_level(session: Session, key: str = "gold", bp: int = 500, **given: Any) -> None:
    values = {"name_en": "Gold", "name_zh": "金卡", "threshold_minor": 500_000, "set_at": given.pop("at").now}
    session.execute(insert(MEMBER_LEVEL).values(key=key, discount_bp=bp, **(values | given)))


def make_member(session: Session, at: At, level_key: str = "gold") -> int:
    values = {"level_key": level_key, "joined_on": date(2026, 1, 1), "created_at": at.now, "changed_at": at.now}
    return int(session.execute(insert(MEMBER).values(**values).returning(MEMBER.c.id)).scalar_one())


def test_a_rule_switched_on_counts_from_the_next_scan_at_every_till(db: Database, at: At):
    edition_id = db.run(make_edition)
    other = at_till(at, 2)
    assert scan(db, at, edition_id).total_minor == scan(db, other, edition_id).total_minor == 6800
    rule_id = switched_on(db, at, TEN_OFF).rule_id
    view = scan(db, at, edition_id)
    assert view.total_minor == 12240
    assert view.lines[0].reductions == (Reduction("promotion", "Ten off", 1360, 1000, rule_id),)
    assert db.ask(basket.view_of, other).total_minor == 6120
    db.run(price_rules.switch_rule, other, rule_id, False)
    assert scan(db, at, edition_id).total_minor == 20400


def test_what_a_rule_gave_stands_on_the_receipt_and_in_the_journal(db: Database, at: At):
    lp, cd = db.run(make_edition, format="LP", price_minor=19801), db.run(make_edition)
    copy_id = db.run(make_copy, cd)
    db.run(shifts.open_shift, at, 30000)
    by_lp = switched_on(db, at, replace(TEN_OFF, what=What(formats=frozenset({"LP"})), is_exclusive=True)).rule_id
    by_spend = switched_on(db, at, Rule(0, "Spend 100, get 15", SpendGet(10000, 1500))).rule_id
    used = switched_on(db, at, Rule(0, "Used 1 off", AmountOff(100), What(condition=Condition.USED))).rule_id
    scan(db, at, lp, cd, cd)
    scan_copy(db, at, copy_id)
    outcome = pay(db, at)
    receipt = outcome.receipt
    given = [[(r.rule_id, r.amount_minor) for r in line.reductions] for line in receipt.lines]
    assert given == [[(by_lp, 1980)], [(by_spend, 1133)], [(used, 100), (by_spend, 367)]]
    assert receipt.total_minor == 19801 - 1980 + 2 * 6800 + 4400 - 1500
    assert sum(line.net_minor for line in receipt.lines) == receipt.total_minor
    assert db.ask(journal.get_receipt, outcome.document_id) == receipt
    assert integrity.verify(db, at).ok


def test_a_price_typed_by_hand_is_left_alone_and_a_discount_comes_after_the_rules(db: Database, at: At):
    one, two = db.run(make_edition), db.run(make_edition, price_minor=10000)
    switched_on(db, at, TEN_OFF)
    view = scan(db, at, one, two)
    db.run(basket.override_price, at, view.lines[0].line_id, 6000, "scratched")
    view = db.run(basket.discount_line, at, view.lines[1].line_id, Discount("percent", 1000, "loyal")).view
    assert [line.amount_minor for line in view.lines] == [6000, 8100]
    assert [r.kind for r in view.lines[1].reductions] == ["promotion", "line_discount"]


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        (When(last_on=date(2026, 11, 19)), False),
        (When(last_on=date(2026, 11, 20)), True),
        (When(first_on=date(2026, 11, 21)), False),
        (When(weekdays=frozenset({4})), True),
        (When(weekdays=frozenset({5})), False),
        (When(from_min=14 * 60 + 32, to_min=14 * 60 + 33), True),
        (When(from_min=14 * 60 + 33, to_min=18 * 60), False),
        (When(from_min=22 * 60, to_min=15 * 60), True),
    ],
)
def test_a_rule_holds_by_the_clock_of_the_shop(db: Database, at: At, when: When, fires: bool):
    """It is Friday, 14:32 in Shanghai."""
    edition_id = db.run(make_edition)
    row = db.run(price_rules.save_rule, at, replace(TEN_OFF, when=when))
    db.run(lambda session: session.execute(PRICE_RULE.update().values(is_on=True)))
    assert row.rule is not None
    assert scan(db, at, edition_id).total_minor == (6120 if fires else 6800)


def test_hours_after_midnight_belong_to_the_shops_day_before(db: Database, at: At):
    edition_id = db.run(make_edition)
    friday_night = When(weekdays=frozenset({4}), from_min=20 * 60, to_min=3 * 60)
    switched_on(db, at, replace(TEN_OFF, when=friday_night))
    assert scan(db, later(at, hours=11), edition_id).total_minor == 6120  # Saturday, 01:32
    assert db.ask(basket.view_of, later(at, hours=12, minutes=28)).total_minor == 6800  # 03:00
    assert db.ask(basket.view_of, later(at, hours=-13)).total_minor == 6800  # Friday, 01:32: still Thursday


def test_the_till_decides_by_its_own_clock_also_when_that_goes_back(db: Database, at: At):
    edition_id = db.run(make_edition)
    db.run(shifts.open_shift, at, 30000)
    switched_on(db, at, replace(TEN_OFF, when=When(last_on=date(2026, 11, 20))))
    tomorrow = later(at, hours=20)
    assert scan(db, at, edition_id).total_minor == 6120
    assert db.ask(basket.view_of, tomorrow).total_minor == 6800
    # The clock is set back over the rule's end: it holds again, and the sale goes through.
    assert db.ask(basket.view_of, later(at, hours=3)).total_minor == 6120
    assert pay(db, later(at, hours=3)).receipt.total_minor == 6120
    scan(db, later(at, minutes=1), edition_id)
    done = pay(db, later(at, minutes=1))
    assert (done.receipt.total_minor, done.clock_went_back) == (6120, True)
    assert integrity.verify(db, at).ok


def test_a_rule_changed_while_the_clock_was_back_is_seen(db: Database, at: At):
    """The stamp that says whether rules changed does not depend on the clock."""
    edition_id = db.run(make_edition)
    first, second = switched_on(db, at, TEN_OFF).rule_id, switched_on(db, at, replace(TEN_OFF, name="Again")).rule_id
    assert scan(db, at, edition_id).total_minor == 5508
    back = later(at, days=-2)
    db.run(price_rules.save_rule, back, replace(TEN_OFF, id=first, name="Other words"))
    assert {r.reason for r in db.ask(basket.view_of, at).lines[0].reductions} == {"Other words", "Again"}
    db.run(price_rules.switch_rule, back, second, False)
    assert db.ask(basket.view_of, at).total_minor == 6120


def test_one_till_sees_at_once_what_another_program_changed(db: Database, at: At):
    edition_id = db.run(make_edition)
    elsewhere = Database.at(db.path)
    try:
        rule_id = switched_on(elsewhere, at, TEN_OFF).rule_id
        assert scan(db, at, edition_id).total_minor == 6120
        elsewhere.run(price_rules.delete_rule, at, rule_id)
        assert db.ask(basket.view_of, at).total_minor == 6800
    finally:
        elsewhere.close()


def test_two_shops_in_one_program_keep_their_rules_apart(db: Database, at: At, tmp_path: Path):
    edition_id = db.run(make_edition)
    db.checkpoint()
    path = tmp_path / "other.db"
    shutil.copy(db.path, path)
    other = Database.at(path)
    try:
        switched_on(db, at, TEN_OFF)
        switched_on(other, at, replace(TEN_OFF, give=PercentOff(5000)))
        for _ in range(2):
            scan(db, at, edition_id)
            scan(other, at, edition_id)
        assert db.ask(basket.view_of, at).total_minor == 12240
        assert other.ask(basket.view_of, at).total_minor == 6800
    finally:
        other.close()


def test_rules_that_nobody_can_read_stop_no_sale(db: Database, at: At):
    edition_id = db.run(make_edition)
    switched_on(db, at, TEN_OFF)
    broken = {"name": "x", "data": '{"version": 1}', "is_on": True, "created_at": at.now}
    db.run(lambda session: session.execute(insert(PRICE_RULE).values(changed_at=at.now + timedelta(days=1), **broken)))
    assert scan(db, at, edition_id).total_minor == 6120


def test_without_rules_nothing_is_offered(db: Database, at: At):
    settings = db.ask(shop_settings.get_settings)
    day = date(2026, 11, 20)
    assert db.ask(offers.offer_of, settings, at.now, day, None, ()) is None
    db.run(price_rules.save_rule, at, TEN_OFF)
    assert db.ask(offers.offer_of, settings, at.now, day, None, ("GONE",)) is None


def test_the_cheapest_way_of_several_rules(db: Database, at: At):
    edition_id = db.run(make_edition, price_minor=10000)
    switched_on(db, at, Rule(0, "3 for 2", CheapestFree(3)))
    switched_on(db, at, Rule(0, "2 for 150", BundlePrice(2, 15000)))
    switched_on(db, at, Rule(0, "Now 90", FixedPrice(9000)))
    assert [scan(db, at, edition_id).total_minor for _ in range(4)] == [9000, 15000, 18000, 27000]


# Level prices


def test_a_members_level_price_is_a_rule_with_the_levels_name(db: Database, at: At):
    edition_id = db.run(make_edition)
    db.run(lambda session: make_level(session, at=at))
    gold, plain = db.run(make_member, at), db.run(make_member, at, "")
    scan(db, at, edition_id)
    view = db.run(basket.set_member, at, gold).view
    assert view.total_minor == 6460
    (given,) = view.lines[0].reductions
    assert given == Reduction("promotion", given.reason, 340, 500, offers.level_rule_id("gold"))
    assert given.reason.startswith("金卡")
    assert db.run(basket.set_member, at, plain).view.total_minor == 6800
    assert db.run(basket.set_member, at, None).view.total_minor == 6800
    db.run(shop_settings.change_setting, at, "paper_language", "en")
    view = db.run(basket.set_member, at, gold).view
    assert [r.reason for r in view.lines[0].reductions] == ["Gold member 5%"]


def test_a_level_price_comes_after_the_shops_rules_and_changes_with_the_level(db: Database, at: At):
    edition_id = db.run(make_edition, price_minor=10000)
    db.run(lambda session: make_level(session, at=at))
    switched_on(db, at, TEN_OFF)
    scan(db, at, edition_id)
    view = db.run(basket.set_member, at, db.run(make_member, at)).view
    assert [(r.amount_minor) for r in view.lines[0].reductions] == [1000, 450]
    db.run(lambda session: session.execute(MEMBER_LEVEL.update().values(discount_bp=1000)))
    assert db.ask(basket.view_of, at).total_minor == 8100
    db.run(lambda session: session.execute(MEMBER_LEVEL.update().values(discount_bp=0)))
    assert db.ask(basket.view_of, at).total_minor == 9000


def test_staff_buy_at_the_staff_price(db: Database, at: At):
    edition_id = db.run(make_edition, price_minor=10000)
    switched_on(db, at, Rule(0, "Staff LP", AmountOff(500), who=Who(staff_only=True)))
    db.run(shop_settings.change_setting, at, "paper_language", "en")
    scan(db, at, edition_id)
    assert db.ask(basket.view_of, at).total_minor == 10000
    customer = db.run(make_member, at, "staff")
    assert db.run(basket.set_member, at, customer).view.total_minor == 10000, "a level called so is no proof"
    db.run(lambda session: session.execute(MEMBER.update().where(MEMBER.c.id == customer).values(is_staff=True)))
    view = db.ask(basket.view_of, at)
    assert [(r.reason, r.amount_minor) for r in view.lines[0].reductions] == [("Staff LP", 500)]
    assert view.total_minor == 9500


def test_ids_of_level_prices_stay_the_same_and_are_no_rules(db: Database, at: At):
    assert offers.level_rule_id("gold") == 321_984_843_845_059
    keys = ["", "silver", "gold", "platinum", "staff", "金卡", "x" * 16]
    ids = {offers.level_rule_id(key) for key in keys}
    assert len(ids) == len(keys)
    assert all(offers.FIRST_LEVEL_ID <= one < 2**53 for one in ids)
    assert switched_on(db, at, TEN_OFF).rule_id < offers.FIRST_LEVEL_ID


# Why


def why(db: Database, at: At, line: int = 0) -> dict[str, tuple[str, int]]:
    """By the rule's name the reason, and the one figure that belongs to it."""
    rows = db.ask(price_reasons.explain, at, db.ask(basket.view_of, at).lines[line].line_id)
    return {
        row.name: (row.reason, row.amount_minor or row.missing_qty or row.missing_minor or row.saves_minor)
        for row in rows
    }


def test_each_rule_says_why_it_fired_or_did_not(db: Database, at: At):
    edition_id = db.run(make_edition, price_minor=10000, style="jazz", format="LP", cost_minor=9000)
    db.run(lambda session: make_level(session, at=at))
    rules = (
        Rule(0, "Jazz", PercentOff(1000), What(styles=frozenset({"jazz"}))),
        Rule(0, "Rock", PercentOff(1000), What(styles=frozenset({"rock"}))),
        Rule(0, "Saturday", PercentOff(1000), when=When(weekdays=frozenset({5}))),
        Rule(0, "Evening", PercentOff(1000), when=When(from_min=18 * 60, to_min=20 * 60)),
        Rule(0, "December", PercentOff(1000), when=When(first_on=date(2026, 12, 1))),
        Rule(0, "Coupon", PercentOff(1000), who=Who(coupon="SUMMER")),
        Rule(0, "3 for 2", CheapestFree(3)),
        Rule(0, "Spend 300", SpendGet(30000, 5000)),
        Rule(0, "Lone", AmountOff(900), is_exclusive=True),
        Rule(0, "With margin", AmountOff(5000), floor_margin_bp=2000, is_exclusive=True),
    )
    for rule in rules:
        switched_on(db, at, rule)
    db.run(shop_settings.change_setting, at, "paper_language", "en")
    scan(db, at, edition_id)
    assert why(db, at) == {
        "Jazz": ("fired", 1000),
        "Rock": ("other_disc", 0),
        "Saturday": ("not_this_day", 0),
        "Evening": ("not_this_hour", 0),
        "December": ("not_now", 0),
        "Coupon": ("needs_coupon", 0),
        "3 for 2": ("too_few", 2),
        "Spend 300": ("too_little", 21000),
        "Lone": ("beaten", 900),
        "With margin": ("below_floor", 0),
        "Gold member 5%": ("other_buyer", 0),
    }
    told = list(why(db, at))
    assert (told[0], told[-1]) == ("Jazz", "Rock")


def test_one_more_would_save(db: Database, at: At):
    edition_id, other = db.run(make_edition, price_minor=6000, format="LP"), db.run(make_edition)
    switched_on(db, at, Rule(0, "3 LPs for 2", CheapestFree(3), What(formats=frozenset({"LP"}))))
    view = scan(db, at, edition_id, edition_id, other)
    (row,) = db.ask(price_reasons.explain, at, view.lines[0].line_id)
    assert row.hint is not None
    assert (row.reason, row.hint.missing_qty, row.hint.saves_minor) == ("too_few", 1, 6000)
    assert scan(db, at, edition_id).total_minor == 12000 + 6800
    (row,) = db.ask(price_reasons.explain, at, view.lines[1].line_id)
    assert (row.reason, row.hint) == ("other_disc", None)


def test_why_tells_what_the_scan_did_for_members_coupons_and_typed_prices(db: Database, at: At):
    edition_id = db.run(make_edition)
    db.run(lambda session: make_level(session, at=at))
    switched_on(db, at, Rule(0, "Coupon", AmountOff(500), who=Who(coupon="SUMMER")))
    db.run(shop_settings.change_setting, at, "paper_language", "en")
    scan(db, at, edition_id)
    db.run(basket.add, at, "summer")
    view = db.run(basket.set_member, at, db.run(make_member, at)).view
    told = {r.reason: ("fired", r.amount_minor) for r in view.lines[0].reductions}
    assert why(db, at) == told == {"Coupon": ("fired", 500), "Gold member 5%": ("fired", 315)}
    db.run(basket.override_price, at, view.lines[0].line_id, 5000, "scratched")
    assert {reason for reason, _ in why(db, at).values()} == {"fixed_price"}


def test_a_line_that_is_not_here_has_no_reasons(db: Database, at: At):
    with pytest.raises(NotFound):
        db.ask(price_reasons.explain, at, 1)
    view = scan(db, at, db.run(make_edition))
    assert db.ask(price_reasons.explain, at, view.lines[0].line_id) == ()
    with pytest.raises(NotFound):
        db.ask(price_reasons.explain, at_till(at, 2), view.lines[0].line_id)
