"""Signing in: by keys, by card, refused, waiting, locked."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from tests.factories import CASHIER_PIN, MANAGER_PIN

from av_pos.domain.at import Actor
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Role
from av_pos.services import staff
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
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
