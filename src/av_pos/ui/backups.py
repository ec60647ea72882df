"""Keeps backups: one after each shift's close, and a word when the last one is old."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.shop import Shop
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from av_pos.services.backup import BackupOutcome

LOOK_AFTER_MS = 1200
_KEY = "backup"


class BackupKeeper(QObject):
    """Backs the shop's file up on a worker, into the folder set and a second place if set."""

    def __init__(self, desk: Desk, shop: Shop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._folder = shop.backup_folder
        self._second = shop.second_backup_folder
        self._works = shop.db.is_sqlite
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(LOOK_AFTER_MS)
        self._look.timeout.connect(self._warn_if_old)

    def start(self) -> None:
        """Look for the last backup once the till stands: it takes a scan before."""
        if self._works:
            self._look.start()

    def stop(self) -> None:
        """Look no more: the program ends."""
        self._look.stop()

    def run(self, _outcome: object = None) -> None:
        """Make a backup now."""
        if self._works:
            from av_pos.services import backup

            self._desk.work_later(
                self._on_done,
                self._on_trouble,
                backup.back_up_to_folder,
                self._desk.db,
                self._folder,
                self._desk.clock(),
                second_folder=self._second,
            )

    def fold_log(self) -> None:
        """Fold the write-ahead log into the shop's file, while nobody sells."""
        if self._works:
            self._desk.work_later(self._on_folded, self._on_trouble, self._desk.db.checkpoint)

    def _on_folded(self, _nothing: None) -> None:
        pass

    def _warn_if_old(self) -> None:
        # A shop without any backup yet is left to open its first shift.
        self._desk.work_later(self._on_looked, self._on_trouble, _is_old, self._folder, self._desk.clock())

    def _on_looked(self, old: bool) -> None:
        if old:
            text = _("The last backup is over two days old.")
            self._desk.events.tell(Notice(text, "warn", _("Back up now"), self.run, key=_KEY))

    def _on_done(self, outcome: "BackupOutcome") -> None:
        if outcome.trouble is not None:
            self._on_trouble(outcome.trouble)

    def _on_trouble(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        text = _("No backup was made: {why}").format(why=problems.sentence(error))
        self._desk.events.tell(Notice(text, "danger", _("Try again"), self.run, key=_KEY))


def _is_old(folder: Path, now: datetime) -> bool:
    from av_pos.services import backup

    last = backup.last_backup(folder)
    return last is not None and backup.is_old(last, now)
