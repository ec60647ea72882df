"""The frame: rail, top bar, notices, and the screen in front. No screen knows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import actions, icons, theme
from av_pos.ui.rail import Rail
from av_pos.ui.screen import Screen
from av_pos.ui.top_bar import TopBar
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.sheet import top_sheet

CLOCK_MS = 15_000


@dataclass(frozen=True, slots=True)
class Place:
    """A screen's place in the rail: the button's objectName, its icon, its text. No button: reached by other ways.

    `make` is called when the screen is first shown: a till that opens need not wait for its reports. `is_alone`: rail
    and top bar go away while it is in front.
    """

    make: Callable[[], Screen]
    key: str
    button: str = ""
    icon: str = ""
    text: str = ""
    at_foot: bool = False
    is_alone: bool = False


class MainWindow(QMainWindow):
    """Shows one screen at a time. `closing` comes once, before the window goes; `fronted` names the screen shown."""

    closing = Signal()
    fronted = Signal(str)
    lock_asked = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle(title)
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(1000, 640)
        self._places: list[Place] = []
        self._made: dict[str, Screen] = {}
        self._front = ""
        self.rail = Rail()
        self.top_bar = TopBar()
        self.notices = self.top_bar.notices
        self._stack = QStackedWidget()
        self._lay_out()
        self._chosen = QButtonGroup(self)
        self._chosen.idClicked.connect(self._on_rail)
        self.clock = QTimer(self)
        self.clock.setInterval(CLOCK_MS)
        self.clock.start()

    def add_screens(self, places: Sequence[Place]) -> None:
        """Take in the screens; those with a button stand in the rail in this order."""
        for place in places:
            self._places.append(place)
            if place.button:
                number = self.rail.count + 1
                button = self.rail.add(place.button, place.icon, place.text, at_foot=place.at_foot)
                self._chosen.addButton(button, len(self._places) - 1)
                # Bound to the rail: where it is hidden, before somebody has signed in, its keys lead nowhere.
                actions.bind(self.rail, f"screen_{number}", button.click)
        for action_id, slot in (
            ("main", self._on_main),
            ("back", self._on_back),
            ("find", self._on_find),
            ("why", self._on_why),
            ("help", self._on_help),
            ("notice", self.notices.press_action),
            ("use_scan", self.top_bar.use_scan),
            ("lock", self.lock_asked.emit),
        ):
            actions.bind(self, action_id, slot)

    @property
    def front(self) -> Screen:
        """The screen in front."""
        current = self._stack.currentWidget()
        assert isinstance(current, Screen)
        return current

    @property
    def front_key(self) -> str:
        """The key of the screen in front."""
        return self._front

    def show_screen(self, key: str) -> None:
        """Bring a screen to the front."""
        number = next(n for n, place in enumerate(self._places) if place.key == key)
        place = self._places[number]
        self._front = key
        screen = self._screen(place)
        # Its keys must not work either: a locked till stays locked.
        self.rail.setEnabled(not place.is_alone)
        self.rail.setVisible(not place.is_alone)
        self.top_bar.setVisible(not place.is_alone)
        self._stack.setCurrentWidget(screen)
        button = self._chosen.button(number)
        if button is not None:
            button.setChecked(True)
        screen.on_front()
        self._show_heading()
        self.fronted.emit(key)

    def take_scan(self, code: str) -> bool:
        """Hand a scan to the sheet on top, or else to the screen in front."""
        sheet = top_sheet(self)
        return sheet.take_scan(code) if sheet is not None else self.front.take_scan(code)

    def show_time(self, now: datetime, zone: str) -> None:
        """Put the clock right."""
        self.top_bar.show_time(now, zone)

    def tell(self, notice: Notice) -> None:
        """Show a notice."""
        self.notices.tell(notice)

    def show_refusal(self, sentence: str) -> None:
        """Say why something was refused, in the bar, until the next thing is done."""
        self.notices.tell(Notice(sentence, "warn", key="refusal", at_once=True))

    def settle_refusal(self, _outcome: object = None) -> None:
        """Something was done: the last refusal is over."""
        for key in ("refusal", "check", "why", "low", "put_by", "stock"):
            self.notices.settle(key)

    def settle_customer(self, _outcome: object) -> None:
        """A customer has gone: what was noted for them is not undone any more, nor sold to the next one."""
        self.notices.settle("missed", "unknown")

    def stop(self, sentence: str) -> None:
        """The shop's file cannot be read or written: a sheet that says what to do."""
        from av_pos.ui.stop_sheet import StopSheet

        if self.findChild(StopSheet) is None:
            StopSheet(self, sentence).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window goes."""
        self.clock.stop()
        self.closing.emit()
        super().closeEvent(event)

    def _screen(self, place: Place) -> Screen:
        made = self._made.get(place.key)
        if made is None:
            made = self._made[place.key] = place.make()
            self._stack.addWidget(made)
            made.heading_changed.connect(self._show_heading)
        return made

    def _lay_out(self) -> None:
        centre = QWidget()
        theme.set_role(centre, "canvas")
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self._stack, 1)
        row.addLayout(column, 1)
        self.setCentralWidget(centre)

    def _show_heading(self) -> None:
        self.top_bar.show_heading(*self.front.heading())

    def _on_rail(self, number: int) -> None:
        self.show_screen(self._places[number].key)

    def _on_main(self) -> None:
        self.front.main_action()

    def _on_back(self) -> None:
        self.front.go_back()

    def _on_find(self) -> None:
        self.front.seek()

    def _on_why(self) -> None:
        self.front.explain()

    def _on_help(self) -> None:
        from av_pos.ui.help_sheet import HelpSheet

        if self.findChild(HelpSheet) is None:
            name = self.front.help_name() or self._front
            HelpSheet(self, name, _("Keys on this screen")).open()
