"""The program as a whole: its parts and their names, how it ends, how it begins anew, and what it does in trouble."""

import threading
from datetime import timedelta

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.room import DISCS

from av_pos import shop
from av_pos.domain.at import Actor
from av_pos.errors import DiskFull
from av_pos.services import backup, basket, shop_settings, staff
from av_pos.settings import MachineSettings
from av_pos.starter import Starter
from av_pos.ui import backups, theme

INTERACTIVE = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QAbstractSpinBox, QTextEdit, QPlainTextEdit)


def _is_a_part_of_qt(widget: QWidget) -> bool:
    """Lists hold heads and corners, boxes hold fields and lists of their own; those speak through their owner."""
    if isinstance(widget, QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    owner = widget.parentWidget()
    while owner is not None:
        if isinstance(owner, (QComboBox, QAbstractSpinBox, QLineEdit)):
            return True
        owner = owner.parentWidget()
    return type(widget).__name__ == "QTableCornerButton" or (
        isinstance(widget, QAbstractButton) and isinstance(widget.parentWidget(), QAbstractItemView)
    )


def _nameless(window: QWidget) -> list[str]:
    """What bears no objectName, or can be seen and would be read out as nothing."""
    found = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget, INTERACTIVE) and not _is_a_part_of_qt(widget):
            words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if not widget.objectName() or (widget.isVisible() and not words):
                owner = widget.parentWidget()
                found.append(f"{type(widget).__name__} {widget.objectName()!r} in {owner and owner.objectName()!r}")
    return found


@pytest.mark.parametrize("place", ["signin", "till", "shift", "catalogue", "reports", "settings"])
def test_everything_that_can_be_touched_has_a_name(manager, place):
    manager.program.window.show_screen(place)
    manager.waits_for_work()
    assert manager.screen_in_front() == place
    assert _nameless(manager.window) == []


FACES = (("F12",), ("Enter", "Esc", "Shift+F9"), ("F9", "Enter"), ("F11",), ("F12",), ("F12",))


def test_everything_has_a_name_while_paying_and_counting_too(manager):
    manager.scan(DISCS.kid_a)
    for keys in FACES:
        manager.presses(*keys)
        assert _nameless(manager.window) == [], keys


SHEETS = {
    "F1": "helpSheet",
    "F5": "priceCheckSheet",
    "F7": "discountSheet",
    "F10": "moreSheet",
    "Shift+F6": "heldSheet",
}


@pytest.mark.parametrize(("key", "sheet"), SHEETS.items())
def test_everything_on_a_sheet_has_a_name(manager, key, sheet):
    manager.scan(DISCS.kid_a)
    manager.presses(key)
    assert manager.sheet_in_front() == sheet
    assert _nameless(manager.window) == []


STABLE = {
    "till": "scanField basketTable totalItems totalDue payButton holdButton discountButton moreButton "
            "navTill navCatalogue navReports navSettings printerState",
    "pay": "tenderCash tenderCard stillDue cashReceived changeDue takeButton backButton",
    "shift": "countButton xReportButton",
    "count": "cashCountTable",
    "signin": "staffList pinField signInButton",
}  # fmt: skip


def test_scripts_and_screen_readers_find_the_names_of_the_design(manager):
    ways = {
        "till": lambda: manager.scan(DISCS.kid_a),
        "pay": lambda: manager.presses("F12"),
        "shift": lambda: manager.presses("Esc", "F11"),
        "count": lambda: manager.presses("F12"),
        "signin": lambda: manager.presses("Ctrl+L"),
    }
    for place, go in ways.items():
        go()
        assert [name for name in STABLE[place].split() if not manager.can_see(name)] == [], place


def test_a_closed_program_leaves_nothing_to_the_collector(room):
    """What Python's collector takes apart on a worker's thread, timers and all, kills the program a moment later."""
    lin = room.open()
    program = lin.program
    parts = {name: part for name, part in vars(program).items() if isinstance(part, QObject) and name != "app"}
    assert {"window", "till", "desk", "gate"} <= set(parts)
    room.close()
    assert [name for name, part in parts.items() if shiboken6.isValid(part)] == []
    assert not any(thread.name.startswith(("work", "devices", "network")) for thread in threading.enumerate())


@pytest.fixture
def starter(folder, dressed):
    """The till as it starts on a machine, in English; a change of the machine's settings asks it to begin anew."""
    shop.save_machine(folder, MachineSettings(language="en", sound=False, lock_after_min=0))
    made = Starter(dressed, folder, None)
    made.begin()
    yield made
    made.end()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.apply(dressed, theme.Mode.LIGHT, compact=False)


def test_the_language_changes_under_the_basket(starter, folder):
    old = starter.program
    old_window, lin = old.window, old.shop.db.ask(_first_person)
    old.desk.actor = lin
    old.shop.db.run(basket.add, old.desk.at, DISCS.kid_a)
    old_window.show_screen("till")
    assert old.till.totals.pay.text() == "Pay"
    shop.save_machine(folder, MachineSettings(language="zh_CN", sound=False, lock_after_min=0))
    old.restart_asked.emit()
    QCoreApplication.sendPostedEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    new = starter.program
    assert new is not old
    assert not shiboken6.isValid(old_window)
    assert new.desk.actor == lin
    assert new.window.front_key == "till"
    assert [row.title for row in new.till.table.rows_shown] == ["Kid A"]
    assert new.till.totals.pay.text() == "付款"


def _first_person(session):
    row = staff.list_staff(session)[0]
    return Actor(row.staff_id, row.name, row.role)


def test_a_mistake_of_ours_is_told_with_a_number_and_keeps_the_basket(manager, monkeypatch, caplog):
    def mistake(_session, _at, _raw):
        raise ZeroDivisionError

    manager.scan(DISCS.kid_a)
    with monkeypatch.context() as patch:
        patch.setattr(basket, "add", mistake)
        manager.scan(DISCS.fantasy)
    assert "Your basket is kept" in manager.notice()
    assert [r.getMessage()[:7] for r in caplog.records if r.levelname == "ERROR"] == ["Mistake"]
    caplog.clear()
    manager.scan(DISCS.fantasy)
    assert [title for title, _qty, _amount in manager.basket()] == ["Kid A", "范特西"]


def test_a_full_disk_stops_with_words_and_goes_on_when_there_is_room(manager, monkeypatch):
    def full(_session, _at, _raw):
        raise DiskFull("/shop/shop.db", "full")

    with monkeypatch.context() as patch:
        patch.setattr(basket, "add", full)
        manager.scan(DISCS.kid_a)
        assert manager.sheet_in_front() == "stopSheet"
        assert "The disk is full" in manager.sees("stopText")
        manager.presses("Esc")
    manager.scan(DISCS.kid_a)
    assert manager.basket() == [("Kid A", 1, "78.00")]


def test_a_closed_shift_is_backed_up(manager, folder):
    manager.presses("F11", "F12")
    manager.types("3")
    manager.presses("F12", "F12")
    manager.waits_for_work()
    made = backup.last_backup(folder / shop.BACKUP_FOLDER)
    assert made is not None


def test_an_old_backup_is_told_once_the_till_stands(room, monkeypatch):
    monkeypatch.setattr(backups, "LOOK_AFTER_MS", 0)
    opened = room.open().program.shop
    backup.back_up_to_folder(opened.db, opened.backup_folder, room.clock() - timedelta(days=1))
    room.close()
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.waits_for_work()
    assert lin.notice() == ""
    room.close()
    room.clock.passes(days=2)
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.waits_until(lambda: lin.notice() == "The last backup is over two days old.")


def test_without_sign_in_the_till_belongs_to_the_manager(room, folder, monkeypatch):
    monkeypatch.setattr("tests.journeys.room.MachineSettings", _open_to_all)
    lin = room.open()
    assert lin.screen_in_front() == "shift"
    lin.presses("F12")
    assert "Lin" in lin.sees("headingAbout")
    # Nobody could unlock it: neither the idle watch nor a key shuts it.
    lin.program.idle.idle.emit()
    lin.presses("Ctrl+L")
    assert lin.screen_in_front() == "till"


def _open_to_all(**given):
    return MachineSettings(sign_in=False, **given)


def test_settings_of_the_shop_stand_in_the_window(manager):
    assert manager.window.windowTitle() == manager.program.shop.db.ask(shop_settings.get_settings).shop_name


def test_two_programs_one_after_the_other_share_nothing(room):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.presses("F12")
    wu.scan(DISCS.kid_a)
    room.close()
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.scan(DISCS.kid_a)
    assert wu.basket() == [("Kid A", 2, "156.00")]
