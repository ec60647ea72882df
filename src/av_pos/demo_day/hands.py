"""What whoever works through the demo day has: hands on the keyboard, eyes on the window, the day's time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton, QWidget

from av_pos.app import TillProgram
from av_pos.demo.people import demo_staff
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.money import denominations
from av_pos.services import editions, search, shifts, staff
from av_pos.services.editions import EditionRow
from av_pos.shop import Shop

DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 1, 55, tzinfo=UTC)
"""Five to ten on the day's morning in the demo shop's zone."""

_SETTLE_MS = 40
_PATIENCE_S = 30


class Hands:
    """Somebody at the real program; `pictures` holds what was seen."""

    def __init__(self, app: QApplication, opened: Shop, out: Path, size: tuple[int, int]) -> None:
        self._app = app
        self.shop = opened
        self._out = out
        self._now = MORNING
        self.pictures: list[Path] = []
        self.program = TillProgram(app, opened, clock=self.clock, sign_in_hint="")
        self.window = self.program.window
        self.window.resize(*size)
        self.people = demo_staff(opened.machine.language)

    def clock(self) -> datetime:
        """The day's time: it goes on a little with each look."""
        self._now += timedelta(milliseconds=7)
        return self._now

    def close(self) -> None:
        """End the program."""
        self.window.close()
        self.settle()

    # ---- hands ----

    @property
    def is_chinese(self) -> bool:
        """Whether the screens are Chinese."""
        return self.shop.machine.language.startswith("zh")

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self._focus(), key, modifier)
        self.settle()

    def type_in(self, text: str) -> None:
        """Type a text at a person's pace."""
        # A person's pace: a burst would be a scan.
        for letter in text:
            QTest.keyClicks(self._focus(), letter)
            self.settle(30)

    def show_screen(self, name: str) -> None:
        """Go to a screen by the key that its button in the rail (its objectName) has."""
        number = [button.objectName() for button in self.window.rail.findChildren(QToolButton)].index(name) + 1
        self.key(getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
        self.wait_for_tasks()
        self.settle(300)

    def scan(self, code: str) -> None:
        """Scan a code, as fast as a scanner does."""
        QTest.keyClicks(self._focus(), code)
        QTest.keyClick(self._focus(), Qt.Key.Key_Return)
        self.settle()

    def type_pin(self, name: str, pin: str) -> None:
        """Sign somebody in: card, then PIN."""
        row = next(row for row in self.shop.db.ask(staff.list_staff) if row.name == name)
        self.scan(shop_code(CodeKind.STAFF, row.staff_id))
        self.type_in(pin)
        self.key(Qt.Key.Key_Return)
        self.wait_for_tasks()

    def named(self, name: str, kind: type[QLineEdit]) -> QLineEdit:
        """Find a field by its name."""
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def named_button(self, name: str) -> QPushButton:
        """Find a button by its name."""
        found = self.window.findChild(QPushButton, name)
        assert found is not None, name
        return found

    # ---- eyes ----

    def picture(self, name: str) -> None:
        """Look at the window and keep what is seen."""
        self.settle()
        path = self._out / "screens" / f"{len(self.pictures) + 1:03d}-{name}.png"
        self.window.grab().save(str(path))
        self.pictures.append(path)

    # ---- time ----

    def later(self, *, minutes: int) -> None:
        """Let so much of the day go by."""
        # The day runs faster than the printer: what lies there for ten minutes would ask before it prints.
        self.wait_for_tasks()
        self._now += timedelta(minutes=minutes)
        self.program.show_time()

    def settle(self, ms: int = _SETTLE_MS) -> None:
        """Let the window do what it has to."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def wait_for_tasks(self) -> None:
        """Wait until nothing works in the background."""
        for _turn in range(_PATIENCE_S * 50):
            self.settle(20)
            if self.program.tasks.is_idle():
                self.settle()
                return

    # ---- what there is to sell ----

    def disc(self, title: str, form: str = "CD") -> EditionRow:
        """Find a disc by its title, in this format if there is one."""
        rows = self.shop.db.ask(search.find_text, title, 20)
        return next((row for row in rows if row.format == form), rows[0])

    def used_copy(self, title: str) -> str:
        """Return the code of a used copy for sale, "" if there is none."""
        for row in self.shop.db.ask(search.find_text, title, 20):
            for copy in self.shop.db.ask(editions.list_copies, row.id):
                if copy.status == "in_stock":
                    return copy.code
        return ""

    def shared_code(self) -> str:
        """Return a code that stands on several editions, "" if there is none."""
        for row in self.shop.db.ask(search.find_text, "Nevermind", 20):
            if len(self.shop.db.ask(editions.find_by_code, row.code)) > 1:
                return row.code
        return ""

    def drawer_pieces(self) -> list[int]:
        """What lies in the drawer at the end: the expected cash in notes and coins, one yuan short."""
        report = self.shop.db.ask(shifts.x_report, self.program.desk.at)
        left = report.expected_cash_minor - 100
        pieces = []
        for worth in denominations(report.shop.currency):
            pieces.append(left // worth)
            left -= pieces[-1] * worth
        return pieces
