"""Shows a window at once, then builds the till behind it.

What the till needs takes several times as long to import as Qt does. So this file imports only Qt, colours and this
machine's settings, shows a quiet window where the till will stand, and brings in the rest once that can be seen.
"""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from av_pos import settings
from av_pos.errors import InvalidInput
from av_pos.settings import MachineSettings
from av_pos.ui import theme
from av_pos.ui.opening import OpeningWindow
from av_pos.ui.window_place import place_window

if TYPE_CHECKING:
    from av_pos.starter import Starter


def run_till(folder: Path, till: int | None = None) -> int:
    """Open the till of the shop in `folder` and stay until its window is closed; return the exit code."""
    # What a start imports stays to the end: looking for garbage in it takes a tenth of the start.
    gc.disable()
    app = make_application()
    opening = Opening(app, folder, till)
    opening.show()
    try:
        return app.exec()
    finally:
        opening.end()


def make_application() -> QApplication:
    """Make the Qt application as this program wants it, or return the one there is."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication([sys.argv[0]])
    app.setApplicationName("av_pos")
    app.setApplicationDisplayName("av_pos")
    app.setDesktopFileName("av_pos")
    return app


class Opening(QObject):
    """The quiet window first, the till as soon as it has been painted."""

    def __init__(self, app: QApplication, folder: Path, till: int | None) -> None:
        super().__init__()
        self._app = app
        self._folder = folder
        self._till = till
        self._starter: Starter | None = None
        machine = _settings_or_defaults(folder)
        theme.apply(app, machine.theme)
        self._window = OpeningWindow()
        place_window(self._window, folder, machine.till if till is None else till)
        self._window.painted.connect(self._on_painted)

    def show(self) -> None:
        """Show the quiet window."""
        self._window.show()

    def end(self) -> None:
        """Leave nothing running."""
        if self._starter is not None:
            self._starter.end()

    def _on_painted(self) -> None:
        from av_pos.starter import Starter

        self._starter = Starter(self._app, self._folder, self._till)
        self._starter.begun.connect(self._on_begun)
        self._starter.begin()

    def _on_begun(self) -> None:
        self._window.close()
        gc.freeze()
        gc.enable()


def _settings_or_defaults(folder: Path) -> MachineSettings:
    """Read the machine's settings; when they cannot be read, whoever opens the shop says so in words."""
    try:
        return settings.load(folder)
    except (InvalidInput, OSError):
        return MachineSettings()
