"""Saves a list as CSV."""

from pathlib import Path

from PySide6.QtCore import QObject

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.purchasing.panel import Panel
from av_pos.ui.widgets.notice import Notice


class Exporting(QObject):
    """Asks where the file goes and writes it on a worker."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._text = ""

    def ask(self, csv_text: str, title: str, file_name: str) -> None:
        """Ask where this text goes."""
        self._text = csv_text
        dialog = save_dialog(self._panel.window(), title, file_name, _("CSV (*.csv)"), "csv")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write it to this path; the byte order mark lets spreadsheets see hanzi."""
        data = self._text.encode("utf-8-sig")
        self._panel.desk.work_later(self._on_saved, self._on_not_saved, save_bytes, Path(path), data)

    def _on_saved(self, path: Path) -> None:
        self._panel.tell(_("Saved as {path}").format(path=path))

    def _on_not_saved(self, error: Exception) -> None:
        if not isinstance(error, (AvPosError, OSError)):
            raise error
        self._panel.desk.events.tell(Notice(problems.sentence(error), "danger", key="trouble"))
