"""What runs on this machine: the first run, the till, or a word why not; and anew when its language changes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QRect, Qt, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from av_pos import problems, shop
from av_pos.app import TillProgram
from av_pos.domain.at import Actor
from av_pos.errors import AvPosError
from av_pos.i18n import _, use_language
from av_pos.services import shop_settings
from av_pos.settings import MachineSettings
from av_pos.shop import Shop, TillHold
from av_pos.ui import icons, theme
from av_pos.ui.crash import CrashReporter
from av_pos.ui.tasks import Tasks
from av_pos.ui.window_place import keep_place, place_window

if TYPE_CHECKING:
    from av_pos.ui.setup.screen import SetupScreen
    from av_pos.ui.stop_window import StopWindow


class Starter(QObject):
    """Holds what runs now: the first-run window, the till, or the window that says why there is neither.

    `begun` comes when one of them is on the screen.
    """

    begun = Signal()

    def __init__(self, app: QApplication, folder: Path, till: int | None) -> None:
        super().__init__()
        self._app = app
        self._folder = folder
        self._till = till
        self._tasks: Tasks | None = None
        self._setup: SetupScreen | None = None
        self._program: TillProgram | None = None
        self._hold: TillHold | None = None
        self._stop: StopWindow | None = None
        self._translator: QTranslator | None = None
        self._log = shop.start_log(folder)
        self._crash = CrashReporter(self)
        self._crash.told.connect(self._on_stopped)
        self._crash.stopped.connect(self._on_stopped)

    @property
    def program(self) -> TillProgram | None:
        """The till that runs, None during the first start."""
        return self._program

    def begin(self) -> None:
        """Show what this folder calls for."""
        # Until the till itself listens for our mistakes: nobody shall stand before a window that stays empty.
        self._crash.install()
        try:
            machine = shop.load_machine(self._folder)
            self._dress(machine)
            if shop.shop_exists(self._folder):
                self._open(machine)
            else:
                self._set_up()
        except AvPosError as error:
            self._say_stop(problems.sentence(error))
        self.begun.emit()

    def end(self) -> None:
        """Leave nothing running."""
        self._crash.uninstall()
        if self._tasks is not None:
            self._tasks.shutdown()
            self._tasks = None
        if self._program is not None:
            self._program.end()
            self._program.deleteLater()
            self._program = None
        if self._hold is not None:
            self._hold.release()
            self._hold = None
        shop.stop_log(self._log)
        self._log = None

    def _dress(self, machine: MachineSettings) -> None:
        language = machine.language or system_language()
        use_language(language)
        self._speak(language)
        theme.apply(self._app, machine.theme)

    def _speak(self, language: str) -> None:
        """Let Qt's own dialogs speak the language too."""
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
            self._translator = None
        if language != "en":
            translator = QTranslator(self._app)
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if translator.load(f"qtbase_{language}", folder):
                self._app.installTranslator(translator)
                self._translator = translator

    def _set_up(self) -> None:
        from av_pos.ui.setup.screen import SetupScreen

        self._tasks = Tasks(self)
        self._setup = SetupScreen(self._folder, self._tasks, make_demo=_make_demo, make_shop=shop.create_shop)
        self._setup.setWindowTitle("av_pos")
        self._setup.setWindowIcon(icons.app_icon())
        # Where the quiet window stood: it fills the screen, however small.
        self._setup.setWindowState(Qt.WindowState.WindowMaximized)
        self._setup.shop_made.connect(self._on_shop_made)
        self._setup.language_chosen.connect(self._speak)
        self._setup.on_front()
        self._setup.show()

    def _open(self, machine: MachineSettings) -> None:
        opened = shop.open_shop(self._folder, self._till)
        try:
            if self._hold is None:
                self._hold = shop.hold_till(self._folder, opened.till)
        except AvPosError:
            opened.close()
            raise
        self._program = TillProgram(self._app, opened, sign_in_hint=_demo_hint(opened))
        self._program.restart_asked.connect(self._on_restart, Qt.ConnectionType.QueuedConnection)
        place_window(self._program.window, self._folder, opened.till)
        self._program.window.closing.connect(self._on_closing)
        self._program.start()

    def _on_closing(self) -> None:
        if self._program is not None:
            keep_place(self._program.window, self._folder, self._program.shop.till)

    def _on_shop_made(self, _made: object) -> None:
        setup, tasks = self._setup, self._tasks
        self._setup = self._tasks = None
        self.begin()
        if setup is not None:
            setup.close()
            setup.deleteLater()
        if tasks is not None:
            tasks.shutdown()

    def _on_restart(self) -> None:
        """Language or theme changed: the window is built anew, the basket lies in the shop's file."""
        if self._program is None:
            return
        old = self._program
        actor, screen = old.desk.actor, old.window.front_key
        geometry = old.window.geometry()
        self._app.setQuitOnLastWindowClosed(False)
        old.window.close()
        self._program = None
        old.deleteLater()
        if self._hold is not None:
            # The till's number may have changed.
            self._hold.release()
            self._hold = None
        self.begin()
        self._app.setQuitOnLastWindowClosed(True)
        self._go_on(actor, screen, geometry)

    def _go_on(self, actor: Actor, screen: str, geometry: QRect) -> None:
        if self._program is not None:
            self._program.window.setGeometry(geometry)
            self._program.continue_as(actor, screen)

    def _on_stopped(self, sentence: str) -> None:
        self._say_stop(sentence)
        self.begun.emit()

    def _say_stop(self, sentence: str) -> None:
        from av_pos.ui.stop_window import StopWindow

        self._stop = StopWindow(_("The till cannot be opened"), sentence)
        self._stop.show()


def system_language() -> str:
    """The language of the screens that the system asks for: Chinese or English."""
    name = QLocale.system().name()
    return "zh_CN" if name.startswith("zh") else "en"


def _demo_hint(opened: Shop) -> str:
    """The demo shop says its PINs where one signs in; a real one says nothing."""
    if not (opened.machine.sign_in and opened.db.ask(shop_settings.get_settings).is_demo):
        return ""
    from av_pos.demo.people import demo_staff

    people = demo_staff(opened.machine.language or "zh_CN")
    return _("Demo shop. PINs: {pins}").format(pins=" · ".join(f"{one.name} {one.pin}" for one in people))


def _make_demo(folder: Path, *, language: str, progress: Callable[[int, int], None]) -> Any:
    from av_pos.demo import make_demo_shop

    return make_demo_shop(folder, language=language, until=datetime.now(UTC), progress=progress)
