"""Price rules and coupons: kept, switched, taken away, used up; each change told in the log."""

import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.factories import make_edition
from tests.services.at_the_till import at_till, cash, later, scan, sell

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.domain.rules import AmountOff, MixedBundle, PercentOff, Rule, What, When, Who
from av_pos.errors import AvPosError, InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import AUDIT
from av_pos.models.members import MEMBER
from av_pos.models.price_rule import COUPON, COUPON_USE, PRICE_RULE
from av_pos.services import basket, checkout, coupons, price_rules, shifts
from av_pos.services.price_rules import RuleRow

TEN_OFF = Rule(0, "Jazz week", PercentOff(1000), What(styles=frozenset({"jazz"})))


def with_coupon(code: str, **others: Any) -> Rule:
    return Rule(0, "Five off", AmountOff(500), who=Who(coupon=code), **others)


def switched_on(db: Database, at: At, rule: Rule) -> RuleRow:
    row = db.run(price_rules.save_rule, at, rule)
    return db.run(price_rules.switch_rule, at, row.rule_id, True)


def actions(session: Session) -> list[str]:
    return list(session.execute(select(AUDIT.c.action).order_by(AUDIT.c.id)).scalars())


def details(session: Session) -> dict[str, Any]:
    told = session.execute(select(AUDIT.c.details).order_by(AUDIT.c.id.desc()).limit(1)).scalar_one()
    return dict(json.loads(told))


def make_member(session: Session, at: At, name: str = "Zhou") -> int:
    values = {"name": name, "joined_on": date(2026, 1, 1), "created_at": at.now, "changed_at": at.now}
    return int(session.execute(MEMBER.insert().values(**values).returning(MEMBER.c.id)).scalar_one())


def uses(session: Session) -> list[tuple[str, bool]]:
    rows = session.execute(select(COUPON_USE.c.code, COUPON_USE.c.undone_at).order_by(COUPON_USE.c.id))
    return [(code, undone_at is not None) for code, undone_at in rows]


def change_all(session: Session, table: Table, /, **values: Any) -> None:
    session.execute(table.update().values(**values))


def refusal(op: Any) -> str:
    with pytest.raises(WrongState) as caught:
        op()
    assert caught.value.kind in ("coupon", "price_rule")
    return caught.value.state


def test_a_new_rule_is_kept_as_it_was_written_and_is_off(db: Database, at: At):
    row = db.run(price_rules.save_rule, at, replace(TEN_OFF, name="  Jazz \n week "))
    assert not row.is_on
    assert row.name == "Jazz week"
    assert row.rule == replace(TEN_OFF, id=row.rule_id)
    assert row.changed_by == "Lin"
    assert db.ask(price_rules.list_rules) == (row,)


def test_each_change_is_told_with_what_was_before(db: Database, at: At):
    row = switched_on(db, at, TEN_OFF)
    db.run(price_rules.save_rule, at, replace(TEN_OFF, id=row.rule_id, give=PercentOff(1500)))
    told = db.ask(details)
    assert (told["before"]["give"]["percent_bp"], told["after"]["give"]["percent_bp"]) == (1000, 1500)
    assert (told["was_on"], told["is_on"]) == (True, False)
    db.run(price_rules.delete_rule, at, row.rule_id)
    assert db.ask(details)["before"]["name"] == "Jazz week"
    assert db.ask(actions) == ["price_rule_added", "price_rule_on", "price_rule_changed", "price_rule_deleted"]


def test_a_rule_that_gives_something_else_is_switched_off_and_a_new_name_leaves_it_on(db: Database, at: At):
    rule_id = switched_on(db, at, TEN_OFF).rule_id
    assert db.run(price_rules.save_rule, at, replace(TEN_OFF, id=rule_id, name="Jazz days")).is_on
    assert not db.run(price_rules.save_rule, at, replace(TEN_OFF, id=rule_id, give=PercentOff(500))).is_on


def test_saving_what_stands_there_changes_nothing(db: Database, at: At):
    row = switched_on(db, at, TEN_OFF)
    assert db.run(price_rules.save_rule, later(at, hours=1), replace(TEN_OFF, id=row.rule_id)) == row
    assert db.run(price_rules.switch_rule, later(at, hours=1), row.rule_id, True) == row
    assert db.ask(actions) == ["price_rule_added", "price_rule_on"]


def test_a_rule_taken_away_is_gone_but_stays_for_its_sales(db: Database, at: At):
    rule_id = switched_on(db, at, TEN_OFF).rule_id
    db.run(price_rules.delete_rule, at, rule_id)
    assert db.ask(price_rules.list_rules) == ()
    for op in (price_rules.delete_rule, price_rules.get_rule):
        with pytest.raises(NotFound):
            db.run(op, *((at, rule_id) if op is price_rules.delete_rule else (rule_id,)))
    kept = db.ask(lambda session: session.execute(select(PRICE_RULE.c.is_on, PRICE_RULE.c.is_deleted)).one())
    assert tuple(kept) == (False, True)


def test_the_list_shows_first_what_is_on(db: Database, at: At):
    for name in ("Autumn", "Winter", "Spring"):
        row = db.run(price_rules.save_rule, at, replace(TEN_OFF, name=name))
    db.run(price_rules.switch_rule, at, row.rule_id, True)
    assert [row.name for row in db.ask(price_rules.list_rules)] == ["Spring", "Autumn", "Winter"]


@pytest.mark.parametrize(
    ("rule", "field", "reason"),
    [
        (replace(TEN_OFF, name="x" * 81), "name", "too_long"),
        (replace(TEN_OFF, name="Jazz\x1b[2J"), "name", "control"),
        (replace(TEN_OFF, who=Who(level_keys=frozenset({"gold"}))), "level", "unknown"),
        (replace(TEN_OFF, what=What(edition_ids=frozenset({77}))), "edition", "unknown"),
        (replace(TEN_OFF, what=What(edition_ids=frozenset({2**70}))), "edition", "unknown"),
        (replace(TEN_OFF, what=What(edition_ids=frozenset(range(1, 6002)))), "edition", "too_large"),
        (replace(TEN_OFF, give=MixedBundle((What(edition_ids=frozenset({78})), What()), 100)), "edition", "unknown"),
        (replace(TEN_OFF, who=Who(coupon="A" * 41)), "coupon", "invalid"),
    ],
)
def test_what_a_shop_cannot_mean_is_refused_and_nothing_is_kept(
    db: Database, at: At, rule: Rule, field: str, reason: str
):
    with pytest.raises(InvalidInput) as caught:
        db.run(price_rules.save_rule, at, rule)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert db.ask(price_rules.list_rules) == ()


def test_only_who_may_change_prices_changes_them(db: Database, at: At, cashier_at: At):
    rule_id = db.run(price_rules.save_rule, at, TEN_OFF).rule_id
    refused = (
        (price_rules.save_rule, (TEN_OFF,)),
        (price_rules.switch_rule, (rule_id, True)),
        (price_rules.delete_rule, (rule_id,)),
        (coupons.make_coupons, (rule_id, 5)),
    )
    for op, asked in refused:
        with pytest.raises(NotPermitted):
            db.run(op, cashier_at, *asked)
    assert [row.is_on for row in db.ask(price_rules.list_rules)] == [False]


def test_a_rule_whose_last_day_is_past_is_not_switched_on(db: Database, at: At):
    row = db.run(price_rules.save_rule, at, replace(TEN_OFF, when=When(last_on=date(2026, 11, 19))))
    assert refusal(lambda: db.run(price_rules.switch_rule, at, row.rule_id, True)) == "over"
    # Before the cut the shop still has yesterday.
    night = later(at, hours=-12)
    assert db.run(price_rules.switch_rule, night, row.rule_id, True).is_on


def test_stored_data_that_nobody_can_read_is_listed_and_stays_off(db: Database, at: At):
    row = db.run(price_rules.save_rule, at, TEN_OFF)
    for data in ("{", '{"version": 9}', "[]"):
        db.run(change_all, PRICE_RULE, data=data)
        assert [listed.rule for listed in db.ask(price_rules.list_rules)] == [None]
        assert refusal(lambda: db.run(price_rules.switch_rule, at, row.rule_id, True)) == "unreadable"
    assert db.run(price_rules.save_rule, at, replace(TEN_OFF, id=row.rule_id)).rule is not None


def test_a_change_is_always_later_than_the_one_before(db: Database, at: At):
    first = db.run(price_rules.save_rule, at, TEN_OFF)
    second = db.run(price_rules.save_rule, later(at, days=-3), replace(TEN_OFF, name="Other"))
    third = db.run(price_rules.switch_rule, later(at, days=-9), first.rule_id, True)
    assert first.changed_at < second.changed_at < third.changed_at < at.now + timedelta(seconds=1)


# Coupons


@pytest.mark.parametrize("raw", ["FIVE25", "five25", "  five 25 ", "ｆｉｖｅ２５", "Five\u300025"])
def test_a_code_is_found_however_it_is_typed(db: Database, at: At, raw: str):
    switched_on(db, at, with_coupon("five 25"))
    assert db.ask(coupons.find_coupon, raw) == "FIVE25"
    assert db.ask(coupons.get_usable_coupon, raw, None).code == "FIVE25"


@pytest.mark.parametrize("raw", ["", "   ", "FIVE26", "x" * 10_000, "\ud800", "FIVE\x0025", "'; --"])
def test_what_is_no_code_is_not_found(db: Database, at: At, raw: str):
    switched_on(db, at, with_coupon("FIVE25"))
    assert db.ask(coupons.find_coupon, raw) is None
    with pytest.raises(NotFound):
        db.ask(coupons.get_usable_coupon, raw, None)


@given(st.text(max_size=30))
def test_a_kept_code_is_found_by_itself(raw: str):
    code = coupons.normal_code(raw)
    assert coupons.normal_code(code) == code
    assert code == "".join(code.split())


def test_invented_codes_are_many_and_all_different(db: Database, at: At):
    rule_id = db.run(price_rules.save_rule, at, with_coupon(price_rules.ANY_COUPON)).rule_id
    assert refusal(lambda: db.run(price_rules.switch_rule, at, rule_id, True)) == "no_coupons"
    made = db.run(coupons.make_coupons, at, rule_id, 1200, 1)
    assert len({row.code for row in made}) == 1200
    assert all(row.left_qty == 1 and db.ask(coupons.find_coupon, row.code.lower()) == row.code for row in made[:20])
    assert db.run(price_rules.switch_rule, at, rule_id, True).coupons_qty == 1200
    assert db.ask(coupons.find_coupon, price_rules.ANY_COUPON) is None


@pytest.mark.parametrize(
    ("codes", "uses", "each", "field", "reason"),
    [
        (0, None, None, "coupons", "too_small"),
        (10_001, None, None, "coupons", "too_large"),
        ((), None, None, "coupon", "empty"),
        ((" ",), None, None, "coupon", "empty"),
        (("A\x07",), None, None, "coupon", "invalid"),
        (("TAKEN",), None, None, "coupon", "taken"),
        (tuple(f"C{number}" for number in range(10_001)), None, None, "coupons", "too_large"),
        (("NEW",), 0, None, "uses_limit", "too_small"),
        (("NEW",), None, -1, "member_limit", "too_small"),
        (("NEW",), 1_000_001, None, "uses_limit", "too_large"),
    ],
)
def test_coupons_that_cannot_be_made(
    db: Database, at: At, codes: Any, uses: int | None, each: int | None, field: str, reason: str
):
    db.run(price_rules.save_rule, at, with_coupon("TAKEN"))
    rule_id = db.run(price_rules.save_rule, at, with_coupon("MINE")).rule_id
    with pytest.raises(InvalidInput) as caught:
        db.run(coupons.make_coupons, at, rule_id, codes, uses, each)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert [row.code for row in db.ask(coupons.list_coupons, rule_id)] == ["MINE"]


def test_coupons_of_a_rule_that_is_not_there(db: Database, at: At):
    with pytest.raises(NotFound):
        db.run(coupons.make_coupons, at, 77, 5)


def test_the_states_in_which_a_coupon_is_refused(db: Database, at: At):
    rule_id = db.run(price_rules.save_rule, at, with_coupon("FIVE")).rule_id
    assert refusal(lambda: db.ask(coupons.get_usable_coupon, "FIVE", None)) == "off"
    db.run(price_rules.switch_rule, at, rule_id, True)
    db.run(coupons.make_coupons, at, rule_id, ["FIVE"], None, 1)
    assert refusal(lambda: db.ask(coupons.get_usable_coupon, "FIVE", None)) == "needs_member"
    db.run(price_rules.delete_rule, at, rule_id)
    assert db.ask(coupons.find_coupon, "FIVE") is None
    # The code was never used: another rule may have it.
    assert db.run(price_rules.save_rule, at, with_coupon("FIVE")).coupons_qty == 1


def test_another_code_takes_the_place_of_the_one_before(db: Database, at: At):
    rule_id = switched_on(db, at, with_coupon("OLD")).rule_id
    db.run(price_rules.save_rule, at, replace(with_coupon("NEW"), id=rule_id))
    assert db.ask(coupons.find_coupon, "OLD") is None
    assert db.ask(coupons.find_coupon, "NEW") == "NEW"
    assert db.run(price_rules.save_rule, at, replace(with_coupon(""), id=rule_id)).coupons_qty == 0


# Coupons at the till


def shop_with_coupon(db: Database, at: At, uses: int | None, each: int | None = None) -> int:
    """A disc for 68.00 and a coupon FIVE for five off; both tills are open."""
    edition_id = db.run(make_edition)
    rule_id = switched_on(db, at, with_coupon("FIVE")).rule_id
    db.run(coupons.make_coupons, at, rule_id, ["FIVE"], uses, each)
    for till in (1, 2):
        db.run(shifts.open_shift, at_till(at, till), 30000)
    return edition_id


def pay_with_coupon(db: Database, at: At, edition_id: int) -> checkout.SaleOutcome:
    scan(db, at, edition_id)
    view = db.run(basket.add, at, " five ").view
    assert view.basket_id is not None
    return db.run(checkout.complete_sale, at, view.basket_id, (cash(view.total_minor),), view.total_minor)


def test_a_coupon_takes_off_and_is_used_up_with_the_sale(db: Database, at: At):
    edition_id = shop_with_coupon(db, at, 1)
    scan(db, at, edition_id)
    outcome = db.run(basket.add, at, " five ")
    assert outcome.result is basket.ScanResult.COUPON
    assert outcome.view.total_minor == 6300
    assert db.ask(coupons.get_coupon, "FIVE").left_qty == 1
    assert outcome.view.basket_id is not None
    db.run(checkout.complete_sale, at, outcome.view.basket_id, (cash(6300),), 6300)
    assert db.ask(coupons.get_coupon, "FIVE").left_qty == 0
    assert db.ask(uses) == [("FIVE", False)]
    scan(db, at, edition_id)
    assert refusal(lambda: db.run(basket.add, at, "FIVE")) == "used_up"
    assert db.ask(basket.view_of, at).total_minor == 6800


def test_a_coupon_whose_rule_did_not_fire_is_kept(db: Database, at: At):
    edition_id = shop_with_coupon(db, at, 1)
    rule_id = switched_on(db, at, with_coupon("LPS", what=What(formats=frozenset({"LP"})))).rule_id
    scan(db, at, edition_id)
    db.run(basket.add, at, "LPS")
    assert pay_with_coupon(db, at, edition_id).receipt.total_minor == 12600
    assert db.ask(uses) == [("FIVE", False)]
    assert db.ask(coupons.list_coupons, rule_id)[0].used_qty == 0


def test_of_two_codes_of_one_rule_only_the_first_is_used(db: Database, at: At):
    edition_id = shop_with_coupon(db, at, None)
    rule_id = db.ask(coupons.get_coupon, "FIVE").rule_id
    made = db.run(coupons.make_coupons, at, rule_id, 1, 1)
    scan(db, at, edition_id)
    db.run(basket.add, at, made[0].code)
    assert pay_with_coupon(db, at, edition_id).receipt.total_minor == 12600
    assert db.ask(uses) == [(made[0].code, False)]


def test_a_sale_that_came_back_gives_its_coupon_back_once(db: Database, at: At):
    outcome = pay_with_coupon(db, at, shop_with_coupon(db, at, 1))
    for _ in range(2):
        db.run(coupons.give_back_coupons, at, outcome.document_id)
        assert db.ask(uses) == [("FIVE", True)]
        assert db.ask(coupons.get_coupon, "FIVE").used_qty == 0


def test_one_member_uses_a_coupon_once_and_another_may(db: Database, at: At):
    edition_id = shop_with_coupon(db, at, None, 1)
    zhou, wang = db.run(make_member, at), db.run(make_member, at, "Wang")

    def try_for(member_id: int | None, document_id: int) -> None:
        rule_id = db.ask(coupons.get_coupon, "FIVE").rule_id
        db.run(coupons.use_coupons, at, ["FIVE"], document_id, member_id, {rule_id, None})

    sale = sell(db, at, edition_id).document_id
    try_for(zhou, sale)
    assert refusal(lambda: try_for(zhou, sale)) == "used_by_member"
    assert refusal(lambda: db.ask(coupons.get_usable_coupon, "FIVE", zhou)) == "used_by_member"
    assert refusal(lambda: try_for(None, sale)) == "needs_member"
    try_for(wang, sale)
    assert db.ask(coupons.get_coupon, "FIVE").used_qty == 2
    db.run(coupons.give_back_coupons, at, sale)
    assert db.ask(coupons.get_usable_coupon, "FIVE", zhou).used_qty == 0


def test_a_limit_below_what_was_used_is_refused(db: Database, at: At):
    edition_id = shop_with_coupon(db, at, 5)
    for _ in range(2):
        pay_with_coupon(db, at, edition_id)
    rule_id = db.ask(coupons.get_coupon, "FIVE").rule_id
    with pytest.raises(InvalidInput) as caught:
        db.run(coupons.make_coupons, at, rule_id, ["FIVE"], 1)
    assert (caught.value.field, caught.value.reason) == ("uses_limit", "below_used")
    assert db.run(coupons.make_coupons, at, rule_id, ["FIVE"], 2)[0].left_qty == 0


def test_a_used_code_stays_with_its_rule_when_it_changes(db: Database, at: At):
    pay_with_coupon(db, at, shop_with_coupon(db, at, 5))
    rule_id = db.ask(coupons.get_coupon, "FIVE").rule_id
    db.run(price_rules.save_rule, at, replace(with_coupon("SIX"), id=rule_id))
    db.run(price_rules.switch_rule, at, rule_id, True)
    assert refusal(lambda: db.ask(coupons.get_usable_coupon, "FIVE", None)) == "used_up"
    assert db.ask(coupons.get_usable_coupon, "SIX", None).left_qty is None
    with pytest.raises(InvalidInput) as caught:
        db.run(price_rules.save_rule, at, with_coupon("FIVE"))
    assert caught.value.reason == "taken"


def test_two_tills_with_the_last_use_at_once(db: Database, at: At):
    """Both baskets show the price; one till sells, the other is told, and its basket stays."""
    edition_id = shop_with_coupon(db, at, 1)
    there = replace(at_till(at, 2), actor=Actor(2, "Wu", Role.CASHIER))
    views = []
    for where in (at, there):
        scan(db, where, edition_id)
        views.append(db.run(basket.add, where, "FIVE").view)
    start, said = threading.Barrier(2), dict[int, AvPosError | None]()

    def pay(where: At, basket_id: int | None) -> None:
        assert basket_id is not None
        start.wait()
        try:
            db.run(checkout.complete_sale, where, basket_id, (cash(6300),), 6300)
            said[where.till] = None
        except AvPosError as error:
            said[where.till] = error

    threads = [threading.Thread(target=pay, args=(w, v.basket_id)) for w, v in zip((at, there), views, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [(till, error) for till, error in said.items() if error is not None]
    assert len(refused) == 1
    till, error = refused[0]
    assert isinstance(error, WrongState)
    assert (error.kind, error.state) == ("coupon", "used_up")
    assert db.ask(coupons.get_coupon, "FIVE").used_qty == 1
    assert db.run(basket.drop_coupons, at if till == 1 else there).view.total_minor == 6800


def test_the_table_itself_refuses_one_use_too_many(db: Database, at: At):
    shop_with_coupon(db, at, 1)
    for used in (2, -1):
        with pytest.raises(IntegrityError, match="uses"):
            db.run(change_all, COUPON, used_qty=used)
