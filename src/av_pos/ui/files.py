"""Asking where a file goes, and writing it."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def save_bytes(path: Path, data: bytes) -> Path:
    """Write a file and return its path. Raises OSError."""
    path.write_bytes(data)
    return path


def save_dialog(window: QWidget, title: str, file_name: str, kinds: str, suffix: str) -> QFileDialog:
    """Ask where to save a file, without holding the program up: connect `fileSelected`, then `open()`."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(window, title, str(Path(documents) / file_name), kinds)
    dialog.setObjectName("saveDialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
