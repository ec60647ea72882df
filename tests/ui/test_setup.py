"""The first start: the demo shop with its progress, a shop of one's own, in both languages."""

import threading
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from tests.printing.tcp_printer import TcpPrinter

from av_pos import shop
from av_pos.errors import DiskFull
from av_pos.i18n import screen_texts
from av_pos.services import shop_settings, staff
from av_pos.services.setup import NewShop, list_tax_choices
from av_pos.ui.setup.screen import SetupScreen
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.sheet import Sheet


@dataclass(frozen=True)
class Person:
    name: str
    role: str
    pin: str


@dataclass(frozen=True)
class Made:
    language: str
    people: tuple[Person, ...] = (
        Person("Lin Jing", "manager", "2468"),
        Person("Zhou Hang", "cashier", "1357"),
        Person("Emma", "cashier", "9753"),
    )


class Workshop:
    """Makes shops as a test wants it: the demo shop waits at `gate` half way."""

    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()
        self.trouble = None
        self.demos = 0

    def make_demo(self, folder, *, language, progress):
        progress(50, 100)
        while not self.gate.wait(0.01):
            progress(50, 100)
        if self.trouble:
            raise self.trouble
        self.demos += 1
        return Made(language)

    def make_shop(self, folder, draft):
        if self.trouble:
            raise self.trouble
        shop.create_shop(folder, draft)
        return draft


@pytest.fixture
def workshop():
    return Workshop()


@pytest.fixture
def screen(dressed, workshop, tmp_path, qtbot):
    tasks = Tasks()
    made = SetupScreen(tmp_path / "shop", tasks, make_demo=workshop.make_demo, make_shop=workshop.make_shop)
    made.resize(1024, 768)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.on_front()
    yield made
    workshop.gate.set()
    assert tasks.shutdown(5000)


def text(screen, name):
    return screen.findChild(QLabel, name).text()


def press(screen, name):
    QTest.mouseClick(screen.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def fill_form(screen, **given):
    press(screen, "setUpButton")
    values = {
        "shop_name": "蓝音唱片",
        "manager_name": "Lin",
        "pin": "8642",
        "pin_again": "8642",
        "currency": "JPY",
        "zone": "Asia/Tokyo",
    }
    screen._form.fill({**values, **given})


def test_the_demo_shop_opens_after_its_pins_were_shown(screen, qtbot):
    press(screen, "openDemoButton")
    qtbot.waitUntil(lambda: screen.findChild(Sheet, "demoPinsSheet") is not None)
    sheet = screen.findChild(Sheet, "demoPinsSheet")
    assert [text(sheet, f"demoName{n}") for n in (1, 2, 3)] == ["Lin Jing", "Zhou Hang", "Emma"]
    assert [text(sheet, f"demoPin{n}") for n in (1, 2, 3)] == ["2468", "1357", "9753"]
    with qtbot.waitSignal(screen.shop_made) as heard:
        QTest.keyClick(sheet, Qt.Key.Key_F12)
    assert heard.args == [Made("en")]


def test_progress_is_seen_and_cancel_leads_back(screen, workshop, qtbot):
    workshop.gate.clear()
    QTest.keyClick(screen._choices, Qt.Key.Key_1)
    bar = screen.findChild(QProgressBar, "demoProgress")
    qtbot.waitUntil(lambda: (bar.value(), bar.maximum()) == (50, 100))
    assert not screen.findChild(QPushButton, "language_en").isEnabled()
    with qtbot.assertNotEmitted(screen.shop_made):
        press(screen, "demoCancelButton")
        qtbot.waitUntil(lambda: screen._pages.currentWidget() is screen._choices)
    assert workshop.demos == 0
    assert text(screen, "setupTrouble") == ""
    assert screen.findChild(QPushButton, "language_en").isEnabled()


def test_a_demo_shop_that_cannot_be_made_says_why(screen, workshop, qtbot):
    workshop.trouble = DiskFull("/shops")
    press(screen, "openDemoButton")
    qtbot.waitUntil(lambda: "disk is full" in text(screen, "setupTrouble"))
    assert screen._pages.currentWidget() is screen._choices


def test_a_shop_of_ones_own_is_opened_by_f12(screen, tmp_path, qtbot):
    fill_form(screen, printer="file:/tmp/slips.bin?width=58")
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    with qtbot.waitSignal(screen.shop_made, timeout=15000):
        QTest.keyClick(screen._form, Qt.Key.Key_F12)
    opened = shop.open_shop(tmp_path / "shop")
    settings = opened.db.ask(shop_settings.get_settings)
    people = opened.db.ask(staff.list_staff)
    opened.close()
    assert (settings.shop_name, settings.currency, settings.zone) == ("蓝音唱片", "JPY", "Asia/Tokyo")
    assert [(row.name, row.role) for row in people] == [("Lin", "manager")]
    assert (opened.machine.language, opened.machine.printer) == ("en", "file:/tmp/slips.bin?width=58")


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"shop_name": " "}, "shop_nameFieldError", "Shop's name"),
        ({"manager_name": ""}, "manager_nameFieldError", "nothing was typed"),
        ({"pin": "12", "pin_again": "12"}, "pinFieldError", "4 to 12 digits"),
        ({"pin": "8642", "pin_again": "8643"}, "pin_againFieldError", "differ"),
        ({"zone": "Asia/Atlantis"}, "zoneFieldError", "Asia/Atlantis"),
        ({"tax": "own", "tax_rate": "nine"}, "setupTaxRowError", "nine"),
        ({"printer": "lpt1"}, "setupPrinterRowCellError", "lpt1"),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_field_and_nothing_is_made(screen, tmp_path, qtbot, given, error, words):
    fill_form(screen, **given)
    with qtbot.assertNotEmitted(screen.shop_made):
        screen.main_action()
        qtbot.waitUntil(lambda: words in text(screen, error), timeout=15000)
    assert not shop.shop_exists(tmp_path / "shop")
    qtbot.waitUntil(screen._form.main.isEnabled)


def test_the_rate_typed_in_is_used(screen, qtbot):
    fill_form(screen, tax="own", tax_rate="12.5")
    with qtbot.waitSignal(screen._form.opened) as heard:
        screen._form.submit()
    draft = heard.args[0]
    assert isinstance(draft, NewShop)
    assert draft.tax_bp == 1250
    qtbot.waitSignal(screen.shop_made, timeout=15000).wait()


def test_trouble_without_a_field_stands_beside_the_button(screen, workshop, qtbot):
    workshop.trouble = DiskFull("/shops")
    fill_form(screen)
    screen.main_action()
    qtbot.waitUntil(lambda: "disk is full" in text(screen, "shopTrouble"))


def test_language_changes_at_once_and_keeps_what_was_typed(screen, qtbot):
    fill_form(screen, shop_name="Blue Note")
    with qtbot.waitSignal(screen.language_chosen) as heard:
        press(screen, "language_zh_CN")
    assert heard.args == ["zh_CN"]
    assert screen_texts().language == "zh_CN"
    values = screen._form.values()
    assert (values["shop_name"], values["pin"], values["language"]) == ("Blue Note", "8642", "zh_CN")
    assert screen._pages.currentWidget() is screen._form
    first = list_tax_choices("zh_CN")[0]
    assert screen._form._boxes["tax"].currentText().startswith(first.name)


def test_esc_leads_back_to_the_two_choices(screen, qtbot):
    QTest.keyClick(screen._choices, Qt.Key.Key_2)
    assert screen._pages.currentWidget() is screen._form
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    QTest.keyClick(screen._form, Qt.Key.Key_Escape)
    assert screen._pages.currentWidget() is screen._choices


def test_test_page_goes_to_the_printer_typed_in(screen, qtbot):
    with TcpPrinter() as printer:
        fill_form(screen, printer=printer.url)
        press(screen, "testPageButton")
        qtbot.waitUntil(lambda: "test page was sent" in text(screen, "printerSaid"), timeout=8000)
        assert printer.printed


def test_test_page_says_when_nobody_answers(screen, qtbot):
    with TcpPrinter() as printer:
        printer.switch_off()
        fill_form(screen, printer=printer.url)
        press(screen, "testPageButton")
        qtbot.waitUntil(lambda: "does not answer" in text(screen, "printerSaid"), timeout=8000)
    assert screen.findChild(QPushButton, "testPageButton").isEnabled()


def test_no_address_no_test_page(screen):
    fill_form(screen, printer="")
    press(screen, "testPageButton")
    assert "address first" in text(screen, "setupPrinterRowCellError")


def test_a_scan_is_nothing_here(screen):
    assert not screen.take_scan("5099749969421")
