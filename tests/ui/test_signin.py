"""Signing in: by keys, by card, refused, waiting, locked."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from tests.factories import CASHIER_PIN, MANAGER_PIN

from av_pos.domain.at import Actor
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Role
from av_pos.services import access, audit, staff
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.own_pin import OwnPinSheet
from av_pos.ui.signin.screen import SignInScreen
from av_pos.ui.tasks import Tasks


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def desk(db, clock, qapp):
    tasks = Tasks()
    yield Desk(db, 1, Events(), tasks, clock=clock)
    assert tasks.shutdown(5000)


@pytest.fixture
def screen(desk, window):
    made = SignInScreen(desk, "Blue Note Records", hint="PINs: 8642, 1357")
    window.layout().addWidget(made)
    made.show()
    made.on_front()
    return made


def text(screen, name):
    return screen.findChild(QLabel, name).text()


def type_pin(screen, pin):
    QTest.keyClicks(screen._pad.field, pin)
    QTest.keyClick(screen._pad.field, Qt.Key.Key_Return)


def refuse(screen, qtbot, times):
    """Type a wrong PIN so many times, each after the last was answered."""
    for _n in range(times):
        type_pin(screen, "0000")
        qtbot.waitUntil(lambda: text(screen, "pinFieldError") != "")


def test_pin_and_enter_sign_the_first_person_in(screen, desk, qtbot):
    with qtbot.waitSignal(desk.events.signed_in) as heard:
        type_pin(screen, MANAGER_PIN)
    assert heard.args[0].actor == Actor(1, "Lin", Role.MANAGER)
    assert screen._pad.pin() == ""


def test_down_chooses_the_next_person_while_the_pin_has_the_focus(screen, desk, qtbot):
    QTest.keyClick(screen._pad.field, Qt.Key.Key_Down)
    assert text(screen, "signInName") == "Wu"
    with qtbot.waitSignal(desk.events.signed_in) as heard:
        type_pin(screen, CASHIER_PIN)
    assert heard.args[0].actor.name == "Wu"


def test_the_button_and_the_pad_do_without_a_keyboard(screen, desk, qtbot):
    for digit in MANAGER_PIN:
        qtbot.mouseClick(screen.findChild(object, f"pinFieldPad{digit}"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(desk.events.signed_in):
        qtbot.mouseClick(screen.findChild(object, "signInButton"), Qt.MouseButton.LeftButton)


def test_f12_without_a_pin_checks_nothing(screen, desk):
    screen.main_action()
    assert desk.tasks.is_idle()
    assert text(screen, "pinFieldError") == ""


def test_a_wrong_pin_is_told_and_announced_to_nobody(screen, desk, qtbot):
    with qtbot.assertNotEmitted(desk.events.signed_in):
        refuse(screen, qtbot, 1)
    assert text(screen, "pinFieldError") == "Wrong PIN. Try again."
    assert screen._pad.pin() == ""
    assert screen._pad.field.isEnabled()


def test_after_five_wrong_pins_the_wait_counts_down_and_ends(screen, desk, clock, qtbot):
    refuse(screen, qtbot, 5)
    assert text(screen, "pinFieldError") == "Too many wrong PINs. Try again in 0:30."
    assert not screen._pad.field.isEnabled()
    clock.now += timedelta(seconds=29)
    qtbot.waitUntil(lambda: "0:01" in text(screen, "pinFieldError"))
    clock.now += timedelta(seconds=1)
    qtbot.waitUntil(screen._pad.field.isEnabled)
    assert text(screen, "pinFieldError") == ""
    with qtbot.waitSignal(desk.events.signed_in):
        type_pin(screen, MANAGER_PIN)


def test_a_wait_holds_only_the_one_who_mistyped(screen, desk, qtbot):
    refuse(screen, qtbot, 5)
    QTest.keyClick(screen._people, Qt.Key.Key_Down)
    assert text(screen, "signInName") == "Wu"
    assert text(screen, "pinFieldError") == ""
    with qtbot.waitSignal(desk.events.signed_in):
        type_pin(screen, CASHIER_PIN)


def test_a_wait_is_still_there_when_the_screen_comes_back(screen, qtbot):
    refuse(screen, qtbot, 5)
    screen.on_front()
    assert "0:30" in text(screen, "pinFieldError")


def test_a_staff_card_chooses_its_person_and_still_asks_for_the_pin(screen, window, desk, qtbot):
    with qtbot.assertNotEmitted(desk.events.signed_in):
        assert screen.take_scan(shop_code(CodeKind.STAFF, 2))
    assert text(screen, "signInName") == "Wu"
    assert window.focusWidget() is screen._pad.field


def test_a_card_of_nobody_is_told(screen):
    assert screen.take_scan(shop_code(CodeKind.STAFF, 77))
    assert text(screen, "pinFieldError") == "Nobody here has this staff card."


def test_a_disc_is_no_card(screen):
    assert not screen.take_scan("5099749969421")


def test_locked_screen_names_who_was_signed_in_and_chooses_them(screen):
    screen.show_locked(Actor(2, "Wu", Role.CASHIER))
    screen.on_front()
    assert text(screen, "lockedTitle") == "Locked"
    assert "Wu was signed in" in text(screen, "lockedAbout")
    assert text(screen, "signInName") == "Wu"


def test_another_cashier_may_take_over_a_locked_till(screen, desk, qtbot):
    screen.show_locked(Actor(2, "Wu", Role.CASHIER))
    screen.on_front()
    screen._people.pick(1)
    with qtbot.waitSignal(desk.events.signed_in) as heard:
        type_pin(screen, MANAGER_PIN)
    assert heard.args[0].actor.name == "Lin"
    screen.on_front()
    assert text(screen, "lockedTitle") == "Who sells?"


def open_own_pin(screen, window, qtbot):
    """Press F4; Qt asks for shortcuts only in the window that is active."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(screen._pad.field, Qt.Key.Key_F4)
    return window.findChild(OwnPinSheet)


def change_pin(screen, window, qtbot, old, new, again=None):
    """F4, then three numbers with Enter after each, as on a number pad."""
    sheet = open_own_pin(screen, window, qtbot)
    for typed in (old, new, new if again is None else again):
        QTest.keyClicks(window.focusWidget(), typed)
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    return sheet


def test_a_cashier_changes_the_own_pin_by_keys_alone(screen, window, desk, db, qtbot, clock):
    QTest.keyClick(screen._pad.field, Qt.Key.Key_Down)
    sheet = change_pin(screen, window, qtbot, CASHIER_PIN, "97531")
    assert "Wu" in text(sheet, "ownPinSheetTitle")
    qtbot.waitUntil(lambda: "Wu signs in with the new PIN" in text(screen, "lockedAbout"))
    assert window.findChild(OwnPinSheet) is None or not sheet.isVisible()
    assert window.focusWidget() is screen._pad.field
    with qtbot.waitSignal(desk.events.signed_in) as heard:
        type_pin(screen, "97531")
    assert heard.args[0].actor.name == "Wu"
    assert not access.sign_in(db, 1, 2, CASHIER_PIN, clock).accepted


def test_changing_the_pin_signs_nobody_in(screen, window, desk, qtbot):
    with qtbot.assertNotEmitted(desk.events.signed_in):
        change_pin(screen, window, qtbot, MANAGER_PIN, "97531")
        qtbot.waitUntil(lambda: "new PIN" in text(screen, "lockedAbout"))


def test_the_button_shows_its_key_and_does_the_same(screen, window, qtbot):
    button = screen.findChild(QPushButton, "ownPinButton")
    assert (button.text(), button.cap) == ("Change PIN", "F4")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.findChild(OwnPinSheet).isVisible()


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "words"),
    [
        ("0000", "97531", "97531", "oldPinError", "Wrong PIN"),
        ("8642", "975", "975", "newPinError", "4 to 12"),
        ("8642", "97531", "97532", "newPinAgainError", "differ"),
        ("8642", "8642", "8642", "newPinError", "the old PIN"),
    ],
)
def test_a_pin_that_is_not_changed_is_told_in_place(screen, window, db, at, qtbot, old, new, again, field, words):
    sheet = change_pin(screen, window, qtbot, old, new, again)
    qtbot.waitUntil(lambda: words in text(sheet, field))
    assert sheet.isVisible()
    assert "pin_changed" not in {row.action for row in db.ask(audit.list_entries, at)}
    assert access.sign_in(db, 1, 1, MANAGER_PIN, lambda: at.now).accepted


def test_nothing_typed_for_the_old_pin_is_told(screen, window, qtbot):
    sheet = open_own_pin(screen, window, qtbot)
    QTest.keyClick(sheet, Qt.Key.Key_F12)
    assert "nothing was typed" in text(sheet, "oldPinError")


def test_wrong_old_pins_wait_here_and_at_the_sign_in(screen, window, clock, qtbot):
    refuse(screen, qtbot, 4)
    sheet = change_pin(screen, window, qtbot, "0000", "97531")
    qtbot.waitUntil(lambda: "Try again in 30 s" in text(sheet, "oldPinError"))
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert text(screen, "pinFieldError") == "Too many wrong PINs. Try again in 0:30."
    assert not screen._pad.field.isEnabled()


def test_the_pad_types_a_new_pin_without_a_keyboard(screen, window, db, qtbot, clock):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.mouseClick(screen.findChild(QPushButton, "ownPinButton"), Qt.MouseButton.LeftButton)
    sheet = window.findChild(OwnPinSheet)
    for field, digits in (("oldPin", MANAGER_PIN), ("newPin", "97531"), ("newPinAgain", "97531")):
        qtbot.mouseClick(sheet.findChild(QLineEdit, field), Qt.MouseButton.LeftButton)
        for key in (digits[0], "Backspace", *digits):
            qtbot.mouseClick(sheet.findChild(QPushButton, f"ownPinPad{key}"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(sheet.findChild(QPushButton, "ownPinSheetMain"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "new PIN" in text(screen, "lockedAbout"))
    assert access.sign_in(db, 1, 1, "97531", clock).accepted


def test_who_has_left_is_not_listed(screen, db, at):
    db.run(staff.set_active, at, 2, False)
    screen.on_front()
    assert [row.name for row in screen._people.rows_shown] == ["Lin"]


def test_somebody_deactivated_meanwhile_is_refused_in_words(screen, db, at, desk, qtbot):
    screen._people.pick(2)
    db.run(staff.set_active, at, 2, False)
    with qtbot.assertNotEmitted(desk.events.signed_in):
        type_pin(screen, CASHIER_PIN)
        qtbot.waitUntil(lambda: text(screen, "pinFieldError") != "")


def test_time_day_and_hint_are_shown(screen):
    assert text(screen, "signInClock") == "14:32"
    assert text(screen, "signInDay") == "Fri 20 Nov 2026"
    assert text(screen, "shopName") == "Blue Note Records"
    assert text(screen, "signInHint") == "PINs: 8642, 1357"


def test_clocks_stop_when_nobody_looks(screen, window, qtbot):
    assert screen._clock_timer.isActive()
    QTest.keyClicks(screen._pad.field, "12")
    window.hide()
    assert not screen._clock_timer.isActive()
    assert screen._pad.pin() == ""
