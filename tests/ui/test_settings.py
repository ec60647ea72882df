"""The settings: saved, refused, taken back, and shown only to whom they concern."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from tests.printing.tcp_printer import TcpPrinter

from av_pos import settings as machine_settings
from av_pos.db import Database
from av_pos.domain.at import Actor
from av_pos.domain.permissions import Role
from av_pos.errors import ReadOnly
from av_pos.services import access, audit, backup, shop_settings, staff
from av_pos.settings import MachineSettings
from av_pos.shop import Shop
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.own_pin import OwnPinSheet
from av_pos.ui.settings.backup_tab import age_words
from av_pos.ui.settings.screen import SettingsScreen
from av_pos.ui.settings.staff_sheets import PersonSheet, PinSheet
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.choice_box import ChoiceBox

MANAGER, CASHIER = Actor(1, "Lin", Role.MANAGER), Actor(2, "Wu", Role.CASHIER)


@pytest.fixture
def desk(db, now, qapp):
    tasks = Tasks()
    made = Desk(db, 1, Events(), tasks, clock=lambda: now)
    made.actor = MANAGER
    yield made
    assert tasks.shutdown(10_000)


@pytest.fixture
def folder(db: Database) -> Path:
    return db.path.parent


@pytest.fixture
def open_settings(desk, db, folder, window, qtbot):
    """Opens the screen with these machine settings, which are saved to the shop's folder."""

    def save(machine):
        machine_settings.save(folder, machine)

    def make(machine=None, *, tab="tabMachine", save_machine=save):
        machine = machine or MachineSettings()
        screen = SettingsScreen(desk, Shop(folder, machine, db, 1), save_machine=save_machine)
        window.resize(1024, 700)
        window.layout().addWidget(screen)
        screen.show()
        screen.on_front()
        if tab != "tabMachine":
            press(screen, tab)
        return screen

    return make


def field(screen, name):
    return screen.findChild(QLineEdit, f"{name}Field")


def text(screen, name):
    return screen.findChild(QLabel, name).text()


def retype(screen, name, typed):
    """Type over what a field holds, as a person does."""
    edit = field(screen, name)
    edit.selectAll()
    if typed.isascii():
        QTest.keyClicks(edit, typed)
    else:
        # What an input method brings; the test's keyboard has no such keys.
        edit.insert(typed)
        edit.textEdited.emit(edit.text())


def pick(screen, name, key):
    box = screen.findChild(ChoiceBox, f"{name}Field")
    box.choose(key)
    box.activated.emit(box.currentIndex())


def press(screen, name):
    QTest.mouseClick(screen.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


# ---- this machine ----


def test_machine_settings_are_saved_and_told(open_settings, folder, qtbot):
    screen = open_settings()
    retype(screen, "till", "3")
    pick(screen, "language", "zh_CN")
    pick(screen, "theme", "dark")
    QTest.mouseClick(screen.findChild(QCheckBox, "soundField"), Qt.MouseButton.LeftButton, pos=QPoint(10, 22))
    assert text(screen, "saveMachineButtonSaid") == "Not saved yet"
    with qtbot.waitSignal(screen.machine_changed) as heard:
        screen.main_action()
    wanted = MachineSettings(till=3, language="zh_CN", theme="dark", sound=False)
    assert heard.args == [wanted]
    assert machine_settings.load(folder) == wanted
    assert text(screen, "saveMachineButtonSaid") == "Saved."
    assert not screen.findChild(QPushButton, "saveMachineButton").isEnabled()


@pytest.mark.parametrize(("name", "typed"), [("till", "0"), ("till", "abc"), ("lock_after_min", "-1"), ("till", "")])
def test_a_machine_setting_that_cannot_be_is_told_in_place(open_settings, folder, qtbot, name, typed):
    screen = open_settings()
    edit = field(screen, name)
    edit.setText(typed)
    edit.textEdited.emit(typed)
    with qtbot.assertNotEmitted(screen.machine_changed):
        screen.main_action()
    assert text(screen, f"{name}FieldError") != ""
    assert machine_settings.load(folder) == MachineSettings()


def test_esc_takes_back_what_is_not_saved_then_leaves(open_settings, qtbot):
    screen = open_settings()
    retype(screen, "till", "7")
    with qtbot.assertNotEmitted(screen.left):
        screen.go_back()
    assert field(screen, "till").text() == "1"
    with qtbot.waitSignal(screen.left):
        screen.go_back()


def test_what_was_typed_is_still_there_after_another_tab(open_settings):
    screen = open_settings()
    retype(screen, "till", "7")
    screen.findChild(QAbstractButton, "tabBackup").click()
    screen.findChild(QAbstractButton, "tabMachine").click()
    assert field(screen, "till").text() == "7"


def test_trouble_with_the_disk_goes_to_the_screen(open_settings, desk, qtbot):
    def refuse(_machine):
        raise ReadOnly("/shop/machine.toml")

    screen = open_settings(save_machine=refuse)
    retype(screen, "till", "7")
    with qtbot.waitSignal(desk.events.stopped) as heard:
        screen.main_action()
    assert "machine.toml" in heard.args[0]
    assert field(screen, "till").text() == "7"


def test_the_printer_is_put_together_from_small_fields(open_settings, folder, qtbot):
    screen = open_settings()
    pick(screen, "printerWay", "tcp")
    retype(screen, "printerAddress", "10.0.0.9")
    pick(screen, "printerWidth", "58")
    assert not screen.findChild(QCheckBox, "printerCutterField").isChecked()
    pick(screen, "printerMode", "gbk")
    with qtbot.waitSignal(screen.machine_changed):
        screen.main_action()
    saved = machine_settings.load(folder).printer
    assert saved == "tcp://10.0.0.9?width=58&mode=gbk&cutter=0&drawer=1"


def test_a_printer_without_an_address_is_told_and_not_saved(open_settings, qtbot):
    screen = open_settings()
    pick(screen, "printerWay", "usb")
    with qtbot.assertNotEmitted(screen.machine_changed):
        screen.main_action()
    assert "nothing was typed" in text(screen, "printerAddressFieldError")


def test_no_printer_is_a_choice(open_settings, folder, qtbot):
    screen = open_settings(MachineSettings(printer="file:/tmp/slips.bin"))
    pick(screen, "printerWay", "none")
    with qtbot.waitSignal(screen.machine_changed):
        screen.main_action()
    assert machine_settings.load(folder).printer == ""


def test_test_page_drawer_and_state_go_to_the_printer(open_settings, desk, at, db, qtbot):
    with TcpPrinter() as printer:
        screen = open_settings(MachineSettings(printer=printer.url))
        qtbot.waitUntil(lambda: text(screen, "printerSettingState") == "Ready", timeout=8000)
        press(screen, "testPageButton")
        qtbot.waitUntil(lambda: "test page was sent" in text(screen, "printerSaid"), timeout=8000)
        press(screen, "testDrawerButton")
        qtbot.waitUntil(lambda: "pulse was sent" in text(screen, "printerSaid"), timeout=8000)
        assert printer.printed
        assert printer.drawer_pulses == 1
    assert [row.action for row in db.ask(audit.list_entries, at)] == ["drawer_tested"]


def test_a_printer_that_is_off_is_seen_and_told(open_settings, qtbot):
    with TcpPrinter() as printer:
        printer.switch_off()
        screen = open_settings(MachineSettings(printer=printer.url))
        qtbot.waitUntil(lambda: text(screen, "printerSettingState") == "Does not answer", timeout=8000)
        press(screen, "testPageButton")
        qtbot.waitUntil(lambda: "does not answer" in text(screen, "printerSaid"), timeout=8000)


def test_a_folder_is_chosen_in_a_dialog(open_settings, window, tmp_path, qtbot):
    screen = open_settings()
    press(screen, "backup_dir_2Button")
    dialog = window.findChild(QFileDialog, "backup_dir_2Dialog")
    dialog.fileSelected.emit(str(tmp_path))
    dialog.reject()
    assert field(screen, "backup_dir_2").text() == str(tmp_path)
    assert screen.findChild(QPushButton, "saveMachineButton").isEnabled()


# ---- who sees what ----


def test_a_cashier_sees_machine_and_backup_only_and_cannot_change_who_may_sell(open_settings, desk):
    desk.actor = CASHIER
    screen = open_settings()
    visible = [n for n in ("tabMachine", "tabShop", "tabStaff", "tabBackup", "tabAudit")
               if screen.findChild(QPushButton, n).isVisible()]  # fmt: skip
    assert visible == ["tabMachine", "tabBackup"]
    assert not field(screen, "till").isEnabled()
    assert not screen.findChild(QCheckBox, "sign_inField").isEnabled()
    assert screen.findChild(QCheckBox, "soundField").isEnabled()
    assert not screen.findChild(QPushButton, "testDrawerButton").isVisible()
    screen.findChild(QAbstractButton, "tabBackup").click()
    assert not screen.findChild(QPushButton, "backUpNowButton").isEnabled()


def test_a_page_that_the_next_person_may_not_see_is_left(open_settings, desk):
    screen = open_settings(tab="tabAudit")
    assert screen.heading() == ("Settings", "Log")
    desk.actor = CASHIER
    screen.on_front()
    assert screen.heading() == ("Settings", "This machine")


# ---- this shop ----


def test_shop_settings_are_saved_together_in_the_units_people_use(open_settings, db, at, qtbot):
    screen = open_settings(tab="tabShop")
    retype(screen, "shop_name", "Disc & Co")
    screen.findChild(QPlainTextEdit, "footerField").setPlainText("Thank you\n")
    retype(screen, "cashier_discount_bp", "12.5")
    retype(screen, "float_minor", "５００")
    retype(screen, "day_cut_min", "5:30")
    pick(screen, "round_mode", "nearest")
    with qtbot.waitSignal(screen.shop_changed) as heard:
        screen.main_action()
    kept = db.ask(shop_settings.get_settings)
    assert heard.args == [kept]
    assert (kept.shop_name, kept.footer, kept.round_mode) == ("Disc & Co", "Thank you", "nearest")
    assert (kept.cashier_discount_bp, kept.float_minor, kept.day_cut_min) == (1250, 50000, 330)
    changed = [row.subject for row in db.ask(audit.list_entries, at) if row.action == "setting_changed"]
    assert len(changed) == 6


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("cashier_discount_bp", "lots", "Discount"),
        ("float_minor", "-5", "Float"),
        ("day_cut_min", "25:00", "Day ends"),
        ("low_mark_qty", "1.5", "Low stock"),
    ],
)
def test_a_shop_setting_that_cannot_be_is_told_in_its_own_word_and_nothing_is_kept(
    open_settings, db, name, typed, words
):
    before = db.ask(shop_settings.get_settings)
    screen = open_settings(tab="tabShop")
    retype(screen, "shop_name", "Another name")
    retype(screen, name, typed)
    screen.main_action()
    assert text(screen, f"{name}FieldError").startswith(words)
    assert db.ask(shop_settings.get_settings) == before


def test_a_zone_that_is_none_is_refused_and_the_name_beside_it_not_kept_either(open_settings, db):
    before = db.ask(shop_settings.get_settings)
    screen = open_settings(tab="tabShop")
    retype(screen, "shop_name", "Another name")
    box = screen.findChild(ChoiceBox, "zoneField")
    box.setEditText("Mars/Olympus")
    screen.main_action()
    assert "Mars/Olympus" in text(screen, "zoneFieldError")
    assert db.ask(shop_settings.get_settings) == before


# The seven modules of a digit: left odd (L), left even (G), right (R) (ISO/IEC 15420).
LEFT = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"]
RIGHT = ["".join("10"[int(m)] for m in digit) for digit in LEFT]
EVEN = [digit[::-1] for digit in RIGHT]
PARITY = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]


def ean13_modules(code):
    parity = PARITY[int(code[0])]
    left = "".join((LEFT if p == "L" else EVEN)[int(d)] for p, d in zip(parity, code[1:7], strict=True))
    return f"101{left}01010{''.join(RIGHT[int(d)] for d in code[7:])}101"


def test_tax_rates_are_listed(open_settings):
    screen = open_settings(tab="tabShop")
    assert [rate.rate_bp for rate in screen._page()._rates.rows_shown] == [900]


# ---- staff ----


def test_somebody_new_can_sign_in(open_settings, db, window, qtbot, now):
    screen = open_settings(tab="tabStaff")
    screen.main_action()
    sheet = window.findChild(PersonSheet)
    for name, typed in (("personName", "Zhou"), ("newPin", "2468"), ("newPinAgain", "2468")):
        QTest.keyClicks(sheet.findChild(QLineEdit, name), typed)
    QTest.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: text(screen, "personShownName") == "Zhou")
    assert text(screen, "personShownRole") == "Cashier"
    assert access.sign_in(db, 1, 3, "2468", lambda: now).accepted


@pytest.mark.parametrize(
    ("name", "first", "second", "error", "words"),
    [
        ("Zhou", "12", "12", "newPinError", "4 to 12"),
        ("Zhou", "2468", "2469", "newPinAgainError", "differ"),
        ("wu", "2468", "2468", "personNameError", "wu already"),
        ("", "2468", "2468", "personNameError", "nothing was typed"),
    ],
)
def test_somebody_who_cannot_be_added_is_told_in_the_sheet(
    open_settings, db, window, qtbot, name, first, second, error, words
):
    screen = open_settings(tab="tabStaff")
    screen.main_action()
    sheet = window.findChild(PersonSheet)
    for part, typed in (("personName", name), ("newPin", first), ("newPinAgain", second)):
        sheet.findChild(QLineEdit, part).setText(typed)
    QTest.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: words in text(sheet, error))
    assert len(db.ask(staff.list_staff)) == 2
    assert screen._page()._sheet is sheet


def test_name_and_role_are_changed(open_settings, db, window):
    screen = open_settings(tab="tabStaff")
    screen._page()._table.pick(2)
    press(screen, "editPersonButton")
    sheet = window.findChild(PersonSheet)
    sheet.findChild(QLineEdit, "personName").setText("Wu Wei")
    sheet.findChild(ChoiceBox, "personRole").choose("manager")
    QTest.keyClick(sheet, Qt.Key.Key_F12)
    rows = {row.staff_id: (row.name, row.role) for row in db.ask(staff.list_staff)}
    assert rows[2] == ("Wu Wei", "manager")
    assert text(screen, "personShownName") == "Wu Wei"


def test_the_last_manager_stays_one(open_settings, db, window):
    screen = open_settings(tab="tabStaff")
    screen._page()._table.pick(1)
    press(screen, "editPersonButton")
    sheet = window.findChild(PersonSheet)
    sheet.findChild(ChoiceBox, "personRole").choose("cashier")
    QTest.keyClick(sheet, Qt.Key.Key_F12)
    assert "last manager" in text(sheet, "personNameError")
    assert db.ask(staff.list_staff)[0].role == "manager"


def test_a_new_pin_replaces_the_old_one(open_settings, db, desk, window, qtbot, now):
    screen = open_settings(tab="tabStaff")
    screen._page()._table.pick(2)
    press(screen, "changePinButton")
    sheet = window.findChild(PinSheet)
    for part in ("newPin", "newPinAgain"):
        QTest.keyClicks(sheet.findChild(QLineEdit, part), "97531")
    with qtbot.waitSignal(desk.events.notice) as heard:
        QTest.keyClick(sheet, Qt.Key.Key_F12)
    assert "Wu" in heard.args[0].text
    assert access.sign_in(db, 1, 2, "97531", lambda: now).accepted
    assert not access.sign_in(db, 1, 2, "1357", lambda: now).accepted


def test_the_own_pin_asks_for_the_old_one(open_settings, db, desk, window, qtbot, now):
    screen = open_settings(tab="tabStaff")
    screen._page()._table.pick(1)
    press(screen, "changePinButton")
    assert window.findChild(PinSheet) is None
    sheet = window.findChild(OwnPinSheet)
    for part, typed in (("oldPin", "8642"), ("newPin", "97531"), ("newPinAgain", "97531")):
        QTest.keyClicks(sheet.findChild(QLineEdit, part), typed)
    with qtbot.waitSignal(desk.events.notice) as heard:
        QTest.keyClick(sheet, Qt.Key.Key_F12)
    assert "Lin" in heard.args[0].text
    assert access.sign_in(db, 1, 1, "97531", lambda: now).accepted


def test_leaving_can_be_undone(open_settings, db, desk, qtbot):
    screen = open_settings(tab="tabStaff")
    screen._page()._table.pick(2)
    with qtbot.waitSignal(desk.events.notice) as heard:
        press(screen, "deactivateButton")
    assert [row.name for row in db.ask(staff.list_staff)] == ["Lin"]
    assert screen.findChild(QPushButton, "deactivateButton").text() == "Let sign in again"
    heard.args[0].act()
    assert [row.name for row in db.ask(staff.list_staff)] == ["Lin", "Wu"]


def test_the_only_manager_cannot_leave(open_settings, db, desk, qtbot):
    screen = open_settings(tab="tabStaff")
    screen._page()._table.pick(1)
    with qtbot.waitSignal(desk.events.refused) as heard:
        press(screen, "deactivateButton")
    assert "last manager" in heard.args[0]
    assert len(db.ask(staff.list_staff)) == 2


def test_the_list_is_filtered_and_shows_the_card(open_settings):
    screen = open_settings(tab="tabStaff")
    screen.seek()
    screen.findChild(QLineEdit, "staffFilter").setText("wu")
    assert [row.name for row in screen._page()._table.rows_shown] == ["Wu"]
    screen._page()._table.pick(2)
    assert text(screen, "personCardCode").startswith("298")


def bars_of(image):
    """What a scanner sees on a line through the bars: 1 black, 0 white, module by module from the first bar on."""
    row = [image.pixelColor(x, 350).lightness() < 128 for x in range(image.width())]
    first, last = row.index(True), len(row) - row[::-1].index(True)
    module = (last - first) / 95
    return "".join(str(int(row[int(first + (n + 0.5) * module)])) for n in range(95))


def test_a_card_to_print_bears_the_code_that_the_sign_in_reads(open_settings, db, window, tmp_path, desk, qtbot):
    screen = open_settings(tab="tabStaff")
    screen._page()._table.pick(2)
    press(screen, "saveCardButton")
    dialog = window.findChild(QFileDialog, "saveCardDialog")
    file = tmp_path / "card.png"
    with qtbot.waitSignal(desk.events.notice):
        dialog.fileSelected.emit(str(file))
    dialog.reject()
    image = QImage(str(file))
    assert (image.width(), image.height()) == (1011, 638)
    code = db.ask(staff.get_staff, "Wu").card_code
    assert bars_of(image) == ean13_modules(code)
    assert screen.findChild(QWidget, "personCardBarcode").accessibleName() == code


def test_a_card_that_cannot_be_written_is_told(open_settings, desk, tmp_path, qtbot):
    screen = open_settings(tab="tabStaff")
    screen._page()._changed_id = screen._page()._table.current().staff_id
    with qtbot.waitSignal(desk.events.stopped) as heard:
        screen._page().write_card(str(tmp_path / "nowhere" / "card.png"))
    assert "nowhere" in heard.args[0]


# ---- backup ----


def test_no_backup_yet_then_one_just_now(open_settings, folder, qtbot):
    screen = open_settings(tab="tabBackup")
    assert text(screen, "backupAge") == "No backup yet"
    screen.main_action()
    qtbot.waitUntil(lambda: text(screen, "backupSaid") == "Backed up.", timeout=8000)
    assert text(screen, "backupAge") == "Last backup just now"
    assert backup.last_backup(folder / "backups") is not None


def test_an_old_backup_is_marked(open_settings, db, folder, now):
    backup.back_up_to_folder(db, folder / "elsewhere", now - timedelta(days=3))
    screen = open_settings(MachineSettings(backup_dir=str(folder / "elsewhere")), tab="tabBackup")
    assert text(screen, "backupAge") == "Last backup 3 days ago"
    assert screen.findChild(QLabel, "backupAge").property("kind") == "warn"
    assert text(screen, "backupFolder") == str(folder / "elsewhere")


def test_a_second_place_that_cannot_be_written_is_told(open_settings, folder, qtbot):
    blocked = folder / "file"
    blocked.write_text("not a folder")
    screen = open_settings(MachineSettings(backup_dir_2=str(blocked / "stick")), tab="tabBackup")
    screen.main_action()
    qtbot.waitUntil(lambda: "stick" in text(screen, "backupSaid") or "file" in text(screen, "backupSaid"), timeout=8000)
    assert text(screen, "backupAge") == "Last backup just now"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47, minutes=59), "47 hours ago"),
        (timedelta(hours=48), "2 days ago"),
    ],
)
def test_ages_in_words(age, words):
    assert age_words(age) == words


def test_settings_for_another_currency_show_its_digits(open_settings, db, at):
    db.run(shop_settings.change_setting, at, "currency", "JPY")
    screen = open_settings(tab="tabShop")
    assert field(screen, "float_minor").text() == "30,000"
