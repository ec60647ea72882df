"""People: who is listed, what may change, and that a manager always remains."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories import CASHIER_PIN, MANAGER_PIN

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Role
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.services import access, audit, staff

PIN_HASH = access.hash_pin("2468")


def test_the_sign_in_screen_lists_who_works_here_by_name(db: Database, at: At):
    db.run(staff.add_staff, at, "阿珍", Role.CASHIER, PIN_HASH)
    db.run(staff.set_active, at, 2, False)
    assert [(row.name, row.role) for row in db.ask(staff.list_staff)] == [("Lin", "manager"), ("阿珍", "cashier")]
    assert {row.name for row in db.ask(staff.list_staff, everybody=True)} == {"Lin", "Wu", "阿珍"}


def test_somebody_who_left_cannot_sign_in_and_can_come_back(db: Database, at: At):
    db.run(staff.set_active, at, 2, False)
    with pytest.raises(NotFound):
        access.sign_in(db, 1, 2, CASHIER_PIN, lambda: at.now)
    db.run(staff.set_active, at, 2, True)
    assert access.sign_in(db, 1, 2, CASHIER_PIN, lambda: at.now).accepted


def test_a_new_cashier_signs_in(db: Database, at: At):
    row = db.run(staff.add_staff, at, "  Zhao \x1b Min\n", Role.CASHIER, PIN_HASH)
    assert row.name == "Zhao Min"
    assert access.sign_in(db, 1, row.staff_id, "2468", lambda: at.now).accepted


@pytest.mark.parametrize(
    ("name", "role", "field", "reason"),
    [
        ("", Role.CASHIER, "name", "empty"),
        (" \t\x00", Role.CASHIER, "name", "empty"),
        ("x" * 81, Role.CASHIER, "name", "too_long"),
        ("wu", Role.CASHIER, "name", "taken"),
        ("Zhao", Role.CONSOLE, "role", "not_a_choice"),
        ("Zhao", "owner", "role", "not_a_choice"),
    ],
)
def test_a_person_who_cannot_be_added(db: Database, at: At, name: str, role: str, field: str, reason: str):
    with pytest.raises(InvalidInput) as caught:
        db.run(staff.add_staff, at, name, role, PIN_HASH)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert len(db.ask(staff.list_staff)) == 2


def test_the_last_manager_stays_a_manager(db: Database, at: At):
    with pytest.raises(WrongState, match="last_manager"):
        db.run(staff.change_role, at, 1, Role.CASHIER)
    with pytest.raises(WrongState, match="last_manager"):
        db.run(staff.set_active, at, 1, False)
    db.run(staff.change_role, at, 2, Role.MANAGER)
    assert db.run(staff.change_role, at, 1, Role.CASHIER).role == Role.CASHIER


def test_somebody_who_knows_the_old_pin_takes_a_new_one(db: Database, at: At):
    assert access.change_own_pin(db, 1, 2, CASHIER_PIN, "2468", lambda: at.now).accepted
    assert access.sign_in(db, 1, 2, "2468", lambda: at.now).accepted
    assert not access.sign_in(db, 1, 2, CASHIER_PIN, lambda: at.now).accepted
    entry = next(e for e in db.ask(audit.list_entries, at) if e.action == "pin_changed")
    assert (entry.staff_name, entry.staff_id, entry.subject) == ("Wu", 2, "Wu")
    written = str(db.ask(audit.list_entries, at))
    assert "2468" not in written
    assert CASHIER_PIN not in written
    assert "argon2" not in written


def test_a_wrong_old_pin_counts_with_those_of_the_sign_in_and_waits(db: Database, at: At):
    for expected in (1, 2):
        assert access.sign_in(db, 1, 2, "0000", lambda: at.now).failures == expected
    answers = [access.change_own_pin(db, 1, 2, "0000", "2468", lambda: at.now) for _ in range(3)]
    assert [(a.accepted, a.failures, a.wait_s) for a in answers] == [(False, 3, 0), (False, 4, 0), (False, 5, 30)]
    # While the wait lasts the right PIN is not looked at, here or at the sign-in.
    waits = access.change_own_pin(db, 1, 2, CASHIER_PIN, "2468", lambda: at.now + timedelta(seconds=10))
    assert (waits.accepted, waits.wait_s) == (False, 20)
    assert not access.sign_in(db, 1, 2, CASHIER_PIN, lambda: at.now).accepted
    after = at.now + timedelta(seconds=30)
    assert access.change_own_pin(db, 1, 2, CASHIER_PIN, "2468", lambda: after).accepted
    assert access.sign_in(db, 1, 2, "0000", lambda: after).failures == 1


@pytest.mark.parametrize("new", ["123", "1234567890123", "12a4", "", "１２３４", "12 34"])
def test_a_new_pin_keeps_the_rules_and_the_old_one_is_not_even_tried(db: Database, at: At, new: str):
    with pytest.raises(InvalidInput) as caught:
        access.change_own_pin(db, 1, 2, "0000", new, lambda: at.now)
    assert (caught.value.field, caught.value.reason) == ("pin", "four_to_twelve_digits")
    assert db.ask(audit.list_entries, at) == ()


def test_who_has_left_changes_no_pin(db: Database, at: At):
    db.run(staff.set_active, at, 2, False)
    with pytest.raises(NotFound):
        access.change_own_pin(db, 1, 2, CASHIER_PIN, "2468", lambda: at.now)


def test_a_pin_given_by_a_manager_meanwhile_stands(db: Database, at: At, monkeypatch: pytest.MonkeyPatch):
    def slow_hash(pin: str) -> str:
        db.run(staff.reset_pin, at, 2, PIN_HASH)
        return hash_pin(pin)

    hash_pin = access.hash_pin
    monkeypatch.setattr(access, "hash_pin", slow_hash)
    assert not access.change_own_pin(db, 1, 2, CASHIER_PIN, "7777", lambda: at.now).accepted
    assert access.sign_in(db, 1, 2, "2468", lambda: at.now).accepted
    assert "pin_changed" not in {entry.action for entry in db.ask(audit.list_entries, at)}


def test_a_pin_is_given_to_others_by_managers_only(db: Database, at: At, cashier_at: At):
    for staff_id in (1, 2):
        with pytest.raises(NotPermitted):
            db.run(staff.reset_pin, cashier_at, staff_id, PIN_HASH)
    with pytest.raises(NotPermitted):
        db.run(staff.change_role, cashier_at, 2, Role.MANAGER)
    assert access.sign_in(db, 1, 1, MANAGER_PIN, lambda: at.now).accepted
    db.run(staff.reset_pin, at, 2, PIN_HASH)
    assert access.sign_in(db, 1, 2, "2468", lambda: at.now).accepted
    # The own one wants the old one: whoever finds the manager's till open shall not take it over.
    with pytest.raises(NotPermitted):
        db.run(staff.reset_pin, at, 1, PIN_HASH)
    assert access.sign_in(db, 1, 1, MANAGER_PIN, lambda: at.now).accepted


def test_resetting_a_pin_lifts_the_wait_and_is_logged(db: Database, at: At):
    for _ in range(6):
        access.sign_in(db, 1, 1, "0000", lambda: at.now)
    assert not access.sign_in(db, 1, 1, MANAGER_PIN, lambda: at.now + timedelta(seconds=1)).accepted
    console = replace(at, actor=access.CONSOLE)
    row = db.run(staff.reset_pin, console, 1, PIN_HASH)
    assert row.locked_until_at is None
    assert access.sign_in(db, 1, 1, "2468", lambda: at.now + timedelta(seconds=1)).accepted
    entry = next(e for e in db.ask(audit.list_entries, at) if e.action == "pin_reset")
    assert (entry.staff_name, entry.subject) == ("console", "Lin")
    assert "2468" not in str(entry.details)


@pytest.mark.parametrize(("key", "found"), [("2", "Wu"), ("wu", "Wu"), (" LIN ", "Lin"), ("card", "Wu")])
def test_a_person_is_found_by_number_name_or_card(db: Database, key: str, found: str):
    card = next(row.card_code for row in db.ask(staff.list_staff) if row.name == "Wu")
    assert card.startswith("298")
    assert db.ask(staff.get_staff, card if key == "card" else key).name == found


def test_other_codes_are_nobodys_card(db: Database, at: At):
    card = db.ask(staff.get_staff, "Wu").card_code
    assert db.ask(staff.find_by_card, card).staff_id == 2  # type: ignore[union-attr]
    for code in ("4006381333931", "2", card[:-1] + str((int(card[-1]) + 1) % 10)):
        assert db.ask(staff.find_by_card, code) is None
    db.run(staff.set_active, at, 2, False)
    assert db.ask(staff.find_by_card, card) is None
    with pytest.raises(NotFound):
        db.ask(staff.get_staff, card)


def test_a_person_is_renamed_without_taking_anothers_name(db: Database, at: At):
    assert db.run(staff.rename, at, 2, "Wu Lan").name == "Wu Lan"
    assert db.run(staff.rename, at, 2, "wu lan").name == "wu lan"
    with pytest.raises(InvalidInput, match="taken"):
        db.run(staff.rename, at, 2, "LIN")
