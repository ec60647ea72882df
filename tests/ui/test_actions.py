"""Commands and their keys."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QWidget

from av_pos.ui import actions
from av_pos.ui.actions import ACTIONS, EVERYWHERE
from av_pos.ui.widgets.key_button import KeyButton

SCREENS = sorted({screen for action in ACTIONS for screen in action.screens} - {EVERYWHERE})


def test_ids_are_unique():
    assert [i for i, n in Counter(a.id for a in ACTIONS).items() if n > 1] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_no_two_commands_of_a_screen_share_a_key(screen):
    keys = Counter(
        QKeySequence(k).toString() for a in ACTIONS if screen in a.screens or EVERYWHERE in a.screens for k in a.keys
    )
    assert [k for k, n in keys.items() if n > 1] == []


def test_every_key_is_one_that_qt_knows():
    for action in ACTIONS:
        assert action.keys
        for key in action.keys:
            assert not QKeySequence(key).isEmpty(), action.id


DESIGN = {
    "help": "F1", "why": "F2", "find": "F3", "main": "F12", "back": "Esc", "screen_1": "Ctrl 1", "screen_9": "Ctrl 9",
    "lock": "Ctrl L", "price_check": "F5", "hold": "F6", "recall": "Shift F6", "discount": "F7", "cash": "F9",
    "card": "Shift F9", "more": "F10", "shift": "F11", "remove_line": "Del", "one_more": "+", "one_less": "−",
    "line_up": "↑", "line_down": "↓", "take": "Enter", "round_off": "R", "no_sale": "N", "void_last": "V",
    "reprint": "P",
}  # fmt: skip


@pytest.mark.parametrize(("action_id", "shown"), DESIGN.items())
def test_keys_are_those_of_the_design(action_id, shown):
    assert actions.keys_text(action_id) == shown


@pytest.mark.parametrize("action_id", [a.id for a in ACTIONS])
def test_every_command_is_called_by_its_key(window, qtbot, action_id):
    # A button has a use for Space itself.
    button = QFrame() if actions.keys_text(action_id) == "Space" else KeyButton("somewhere", "somewhere")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.layout().addWidget(button)
    button.setFocus()
    called: list[str] = []
    actions.bind(window, action_id, lambda: called.append(action_id))
    combination = actions.combination(action_id)
    QTest.keyClick(button, combination.key(), combination.keyboardModifiers())
    assert called == [action_id]


def test_plus_needs_no_particular_keyboard(window):
    button = QPushButton("somewhere")
    window.layout().addWidget(button)
    button.setFocus()
    called = []
    actions.bind(window, "one_more", lambda: called.append(1))
    QTest.keyClick(button, Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier)
    QTest.keyClick(button, Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier)
    assert called == [1, 1]


def test_letters_typed_into_a_field_are_no_commands(window):
    field = QLineEdit()
    window.layout().addWidget(field)
    field.setFocus()
    called = []
    actions.bind(window, "round_off", lambda: called.append(1))
    QTest.keyClicks(field, "rR")
    assert field.text() == "rR"
    assert called == []


def test_a_hidden_screen_hears_no_keys(window):
    screen = QWidget()
    window.layout().addWidget(screen)
    screen.show()
    called = []
    actions.bind(screen, "hold", lambda: called.append(1))
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert called == [1]
    screen.hide()
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert called == [1]


def test_a_binding_can_be_switched_off(window):
    called = []
    for action_id, key in (("hold", Qt.Key.Key_F6), ("remove_line", Qt.Key.Key_Delete)):
        binding = actions.bind(window, action_id, lambda: called.append(1))
        binding.setEnabled(False)
        QTest.keyClick(window, key)
    assert called == []


def test_cheat_sheet_shows_the_screen_first_and_every_key_once():
    rows = actions.cheat_sheet(actions.TILL)
    assert rows[0] == ("F4", "Member")
    assert ("F12", "The screen's main action") in rows
    assert ("Ctrl 1…9", "The screens in the rail's order") in rows
    assert max(Counter(key for key, _text in rows).values()) == 1


def test_the_cheat_sheet_of_the_sign_in_says_how_to_change_the_pin():
    assert actions.cheat_sheet(actions.SIGN_IN)[0] == ("F4", "Change your PIN")


def test_unknown_command_is_refused():
    with pytest.raises(KeyError):
        actions.keys_text("refund_everything")
