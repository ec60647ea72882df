"""Where a till's window stands, remembered beside the shop's file."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QWidget


def place_window(window: QWidget, folder: Path, till: int) -> None:
    """Put a till's window where it was the last time; the first time it fills the screen."""
    kept = _settings(folder).value(f"till-{till}/geometry")
    if not (isinstance(kept, QByteArray) and window.restoreGeometry(kept)):
        window.setWindowState(Qt.WindowState.WindowMaximized)


def keep_place(window: QWidget, folder: Path, till: int) -> None:
    """Remember where a till's window is."""
    _settings(folder).setValue(f"till-{till}/geometry", window.saveGeometry())


def _settings(folder: Path) -> QSettings:
    return QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
