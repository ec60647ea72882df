"""Drives a day through the real screens by keyboard, off screen, and leaves pictures and paper.

What README and the manual show comes from here: a PNG of every screen, each receipt as PNG and text, the daily report
as PDF. The shop, its database, its printer and its screens are the real ones; only the clock is set, so that two runs
show the same day.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TextIO

from PySide6.QtCore import QEventLoop, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from av_pos import shop
from av_pos.app import TillProgram
from av_pos.demo import make_demo_shop
from av_pos.demo.people import demo_staff
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.money import denominations
from av_pos.i18n import _, use_language
from av_pos.services import access, editions, receipts, reports, search, shifts, staff
from av_pos.services.editions import EditionRow
from av_pos.shop import Shop
from av_pos.start import make_application
from av_pos.ui import theme

DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 1, 55, tzinfo=UTC)
"""Five to ten on the day's morning in the demo shop's zone."""

_SETTLE_MS = 40
_PATIENCE_S = 30
_AFTERNOON_SALES = 24


class DemoDay:
    """One day at the till. Each step is what a person would do; `pictures` holds what was seen."""

    def __init__(self, app: QApplication, opened: Shop, out: Path, size: tuple[int, int]) -> None:
        self._app = app
        self._shop = opened
        self._out = out
        self._now = MORNING
        self.pictures: list[Path] = []
        self._program = TillProgram(app, opened, clock=self.clock, sign_in_hint="")
        self._window = self._program.window
        self._window.resize(*size)
        self._people = demo_staff(opened.machine.language)

    def clock(self) -> datetime:
        """The day's time: it goes on a little with each look."""
        self._now += timedelta(milliseconds=7)
        return self._now

    def run(self) -> None:
        """The whole day."""
        self._program.start()
        self._window.resize(self._window.size())
        self._sign_in_and_open()
        self._sell_for_cash()
        self._hold_and_recall()
        self._discount_and_split()
        self._odd_moments()
        self._look_at_the_shift()
        self._look_around()
        self._close_the_shift()
        self._report()

    def close(self) -> None:
        """End the program."""
        self._window.close()
        self._settle()

    # ---- the day ----

    def _sign_in_and_open(self) -> None:
        self._settle(300)
        self._picture("sign-in")
        self._type_pin(self._people[1].name, self._people[1].pin)
        self._picture("open-shift")
        self._key(Qt.Key.Key_F12)
        self._picture("till-empty")

    def _sell_for_cash(self) -> None:
        for disc in (self._disc("范特西"), self._disc("Kind of Blue", "LP")):
            self._scan(disc.code)
        copy = self._used_copy("OK Computer")
        if copy:
            self._scan(copy)
        self._picture("till")
        self._key(Qt.Key.Key_F12)
        self._picture("pay")
        self._type("400")
        self._picture("pay-cash")
        self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()
        self._picture("paid")
        self._program.till.done.receipt.click()
        self._settle()
        self._picture("receipt")
        self._key(Qt.Key.Key_Escape)

    def _hold_and_recall(self) -> None:
        self._later(minutes=35)
        self._type("zjl" if self._is_chinese else "kind")
        self._settle(400)
        self._picture("search")
        self._key(Qt.Key.Key_Return)
        self._key(Qt.Key.Key_F6)
        self._scan(self._disc("Kid A").code)
        self._key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        self._picture("held")
        self._key(Qt.Key.Key_F12)
        self._settle()
        self._picture("recalled")
        self._key(Qt.Key.Key_F12)
        self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()

    def _discount_and_split(self) -> None:
        self._later(minutes=80)
        self._key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        self._key(Qt.Key.Key_F12)
        self._scan(self._disc("浮躁").code)
        self._key(Qt.Key.Key_Plus)
        self._key(Qt.Key.Key_F7)
        self._type("20%")
        self._named("discountReason", QLineEdit).setText(_("Regular customer"))
        self._picture("discount")
        self._key(Qt.Key.Key_F12)
        self._picture("approval")
        self._type(self._people[0].pin)
        self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()
        self._key(Qt.Key.Key_F10)
        self._picture("more")
        self._key(Qt.Key.Key_R)
        self._settle()
        self._picture("discounted")
        self._key(Qt.Key.Key_F12)
        self._type("100")
        self._key(Qt.Key.Key_Return)
        self._key(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
        self._named("cardLast4", QLineEdit).setText("4242")
        self._picture("pay-split")
        self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()
        self._picture("paid-split")

    def _odd_moments(self) -> None:
        self._later(minutes=55)
        self._key(Qt.Key.Key_F5)
        self._scan(self._disc("八度空间").code)
        self._picture("price-check")
        self._key(Qt.Key.Key_Escape)
        self._scan("4006381333931")
        self._picture("unknown-code")
        self._key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self._picture("sell-as-unknown")
        self._key(Qt.Key.Key_Escape)
        shared = self._shared_code()
        if shared:
            self._scan(shared)
            self._picture("chooser")
            self._key(Qt.Key.Key_Escape)
        self._scan("284512345678901234")
        self._picture("payment-code")
        self._scan(self._disc("Blue Train").code)
        self._key(Qt.Key.Key_F12)
        self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()
        self._key(Qt.Key.Key_F10)
        self._key(Qt.Key.Key_V)
        self._named("voidSheetReason", QLineEdit).setText(_("Keyed wrongly"))
        self._picture("void")
        self._key(Qt.Key.Key_F12)
        self._type(self._people[0].pin)
        self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()
        self._picture("voided")
        self._key(Qt.Key.Key_Return)
        self._key(Qt.Key.Key_F10)
        self._key(Qt.Key.Key_N)
        self._named("noSaleSheetReason", QLineEdit).setText(_("Change for a note"))
        self._picture("drawer-without-sale")
        self._key(Qt.Key.Key_F12)
        self._key(Qt.Key.Key_F10)
        self._key(Qt.Key.Key_P)
        self._picture("reprint")
        self._key(Qt.Key.Key_F12)
        self._wait_for_tasks()
        self._key(Qt.Key.Key_F1)
        self._picture("help")
        self._key(Qt.Key.Key_Escape)
        self._key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        self._settle()
        self._picture("locked")
        self._type_pin(self._people[0].name, self._people[0].pin)

    def _look_at_the_shift(self) -> None:
        self._sell_through_the_afternoon()
        self._key(Qt.Key.Key_F11)
        self._key(Qt.Key.Key_O)
        self._named("cashMoveAmount", QLineEdit).setText("38")
        self._named("cashMoveReason", QLineEdit).setText(_("Window cleaner"))
        self._picture("pay-out")
        self._key(Qt.Key.Key_F12)
        self._wait_for_tasks()
        self._picture("shift")
        self._key(Qt.Key.Key_X)
        self._wait_for_tasks()
        self._picture("x-report")
        self._key(Qt.Key.Key_Escape)

    def _sell_through_the_afternoon(self) -> None:
        """A sale every quarter of an hour or so, each by scans, F12, Enter; some by card."""
        shelf = [row for row in self._shop.db.ask(editions.list_newest, 200) if row.on_hand_qty > 2]
        dice = Random(7)
        for number in range(_AFTERNOON_SALES):
            self._later(minutes=dice.choice((9, 14, 17, 22)))
            for row in dice.sample(shelf, dice.choice((1, 1, 2, 2, 3))):
                self._scan(row.code)
            self._key(Qt.Key.Key_F12)
            if number % 3 == 0:
                self._key(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
            self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()

    def _look_around(self) -> None:
        for number, name in ((2, "catalogue"), (3, "reports"), (4, "settings")):
            self._key(getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
            self._wait_for_tasks()
            self._settle(300)
            self._picture(name)
        for tab in ("tabShop", "tabStaff", "tabBackup", "tabAudit"):
            button = self._window.findChild(QPushButton, tab)
            if button is not None:
                button.click()
            self._wait_for_tasks()
            self._picture("settings-" + tab.removeprefix("tab").lower())

    def _close_the_shift(self) -> None:
        self._later(minutes=120)
        self._key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        self._key(Qt.Key.Key_F11)
        self._key(Qt.Key.Key_F12)
        *pieces, last = self._drawer_pieces()
        for piece in pieces:
            self._type(str(piece) if piece else "")
            self._key(Qt.Key.Key_Return)
        self._type(str(last) if last else "")
        self._picture("count")
        self._key(Qt.Key.Key_F12)
        self._picture("counted")
        reason = self._window.findChild(QLineEdit, "differenceReason")
        if reason is not None and reason.isVisible():
            reason.setText(_("A coin rolled under the counter"))
        self._key(Qt.Key.Key_F12)
        self._wait_for_tasks()
        self._picture("z-report")
        self._key(Qt.Key.Key_Escape)

    def _report(self) -> None:
        self._key(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        self._wait_for_tasks()
        self._settle(300)
        self._picture("reports-evening")
        self._key(Qt.Key.Key_F12)
        self._wait_for_tasks()
        self._settle(300)
        self._picture("daily-report")
        self._key(Qt.Key.Key_Escape)

    # ---- hands ----

    @property
    def _is_chinese(self) -> bool:
        return self._shop.machine.language.startswith("zh")

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._focus(), key, modifier)
        self._settle()

    def _type(self, text: str) -> None:
        # A person's pace: a burst would be a scan.
        for letter in text:
            QTest.keyClicks(self._focus(), letter)
            self._settle(30)

    def _scan(self, code: str) -> None:
        QTest.keyClicks(self._focus(), code)
        QTest.keyClick(self._focus(), Qt.Key.Key_Return)
        self._settle()

    def _type_pin(self, name: str, pin: str) -> None:
        row = next(row for row in self._shop.db.ask(staff.list_staff) if row.name == name)
        self._scan(shop_code(CodeKind.STAFF, row.staff_id))
        self._type(pin)
        self._key(Qt.Key.Key_Return)
        self._wait_for_tasks()

    def _named(self, name: str, kind: type[QLineEdit]) -> QLineEdit:
        found = self._window.findChild(kind, name)
        assert found is not None, name
        return found

    # ---- eyes ----

    def _picture(self, name: str) -> None:
        self._settle()
        path = self._out / "screens" / f"{len(self.pictures) + 1:02d}-{name}.png"
        self._window.grab().save(str(path))
        self.pictures.append(path)

    # ---- time ----

    def _later(self, *, minutes: int) -> None:
        # The day runs faster than the printer: what lies there for ten minutes would ask before it prints.
        self._wait_for_tasks()
        self._now += timedelta(minutes=minutes)
        self._program.show_time()

    def _settle(self, ms: int = _SETTLE_MS) -> None:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def _wait_for_tasks(self) -> None:
        for _turn in range(_PATIENCE_S * 50):
            self._settle(20)
            if self._program.tasks.is_idle():
                self._settle()
                return

    # ---- what there is to sell ----

    def _disc(self, title: str, form: str = "CD") -> EditionRow:
        rows = self._shop.db.ask(search.find_text, title, 20)
        return next((row for row in rows if row.format == form), rows[0])

    def _used_copy(self, title: str) -> str:
        for row in self._shop.db.ask(search.find_text, title, 20):
            for copy in self._shop.db.ask(editions.list_copies, row.id):
                if copy.status == "in_stock":
                    return copy.code
        return ""

    def _shared_code(self) -> str:
        for row in self._shop.db.ask(search.find_text, "Nevermind", 20):
            if len(self._shop.db.ask(editions.find_by_code, row.code)) > 1:
                return row.code
        return ""

    def _drawer_pieces(self) -> list[int]:
        """What lies in the drawer at the end: the expected cash in notes and coins, one yuan short."""
        report = self._shop.db.ask(shifts.x_report, self._program.desk.at)
        left = report.expected_cash_minor - 100
        pieces = []
        for worth in denominations(report.shop.currency):
            pieces.append(left // worth)
            left -= pieces[-1] * worth
        return pieces


def run(out: Path, language: str = "zh_CN", size: tuple[int, int] = (1366, 768), mode: str = "light") -> int:
    """Drive the day and leave `out`/screens, `out`/receipts and `out`/daily-report.pdf; list them; return 0.

    Raises StorageError where `out` cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = out / "shop"
    for part in (out / "screens", out / "receipts", folder):
        shutil.rmtree(part, ignore_errors=True)
    for part in (out / "screens", out / "receipts"):
        part.mkdir(parents=True)
    use_language(language)
    app = make_application()
    theme.apply(app, mode, compact=theme.fits_compact(QSize(*size)))
    make_demo_shop(folder, language=language, until=MORNING)
    machine = replace(
        shop.load_machine(folder), printer=f"file:{out.absolute() / 'paper.bin'}?width=80&mode=gbk", sound=False
    )
    shop.save_machine(folder, machine)
    opened = shop.open_shop(folder)
    day = DemoDay(app, opened, out, size)
    try:
        day.run()
        written = [*day.pictures, *_leave_paper(opened, out, language)]
    finally:
        day.close()
    _list(written, sys.stdout)
    return 0


def _leave_paper(opened: Shop, out: Path, language: str) -> list[Path]:
    written = []
    at = At(access.CONSOLE, opened.till, MORNING + timedelta(hours=14))
    for row in opened.db.ask(reports.list_receipts, at, DAY):
        picture, text = (out / "receipts" / f"{row.number}.{ending}" for ending in ("png", "txt"))
        picture.write_bytes(opened.db.ask(receipts.receipt_picture, row.document_id))
        text.write_text(opened.db.ask(receipts.receipt_text, row.document_id), "utf-8")
        written += [picture, text]
    pdf = out / "daily-report.pdf"
    reports.write_pdf(opened.db.ask(reports.daily_report, at, DAY), pdf, language)
    return [*written, pdf]


def _list(written: list[Path], stream: TextIO) -> None:
    say: Callable[[str], object] = stream.write
    for path in written:
        say(f"{path}\n")
    say(_("{count} files").format(count=len(written)) + "\n")
