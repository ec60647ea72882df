"""Backups: how old the last one is, and one more now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import backup, shop_settings
from av_pos.services.backup import BackupOutcome, BackupRow
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.settings.tab import Tab
from av_pos.ui.widgets.card import Card, Line, label
from av_pos.ui.widgets.key_button import KeyButton

_MEGABYTE = 1_000_000


class BackupTab(Tab):
    """`folders()` returns the folder of backups and the second place, if any, as they are set now."""

    def __init__(
        self, desk: Desk, folders: Callable[[], tuple[Path, Path | None]], parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, "backupTab", parent)
        self._folders = folders
        self._age = label("", "title", "backupAge", wrap=True)
        self._about = label("", "secondary", "backupAbout", wrap=True)
        self._place = label("", "", "backupFolder", wrap=True)
        self._second = label("", "", "backupSecondFolder", wrap=True)
        self._said = label("", "secondary", "backupSaid", wrap=True)
        self.now = KeyButton(_("Back up now"), "backUpNowButton", action="main", role="primary", icon="backup")
        self.now.clicked.connect(self.main_action)
        self._lay_out()

    def show_now(self) -> None:
        """Look at the folder."""
        folder, second = self._folders()
        self._place.setText(str(folder))
        self._second.setText(
            str(second) if second is not None else _("None. One can be set under This machine, such as a USB stick.")
        )
        self._show_last(backup.last_backup(folder))
        may = allowed(self.desk.actor.role, Permission.BACKUP)
        self.now.setEnabled(may and self.desk.db.is_sqlite)

    def main_action(self) -> None:
        """F12: make a backup."""
        if not self.now.isEnabled():
            return
        folder, second = self._folders()
        self.now.setEnabled(False)
        self._say(_("Backing up; selling goes on."), "neutral")
        self.desk.work_later(
            self._on_done,
            self._on_trouble,
            backup.back_up_to_folder,
            self.desk.db,
            folder,
            self.desk.clock(),
            second_folder=second,
        )

    def _on_done(self, outcome: BackupOutcome) -> None:
        self.show_now()
        if outcome.trouble is not None:
            self._say(problems.sentence(outcome.trouble), "danger")
        else:
            self._say(_("Backed up."), "ok")

    def _on_trouble(self, error: Exception) -> None:
        self.show_now()
        if not isinstance(error, AvPosError):
            raise error
        self._say(problems.sentence(error), "danger")

    def _say(self, sentence: str, kind: str) -> None:
        self._said.setText(sentence)
        theme.set_kind(self._said, kind)

    def _show_last(self, row: BackupRow | None) -> None:
        now = self.desk.clock()
        old = backup.is_old(row, now)
        theme.set_kind(self._age, "warn" if old else "ok")
        if row is None:
            self._age.setText(_("No backup yet"))
            self._about.setText(_("A disk that fails takes the shop with it. Make one now."))
            return
        self._age.setText(_("Last backup {age}").format(age=age_words(now - row.made_at)))
        zone = self.desk.ask(shop_settings.get_settings).zone
        size = f"{max(row.size_bytes, 1) / _MEGABYTE:.1f} MB"
        self._about.setText(f"{row.path.name} · {_when(row.made_at, zone)} · {size}")

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        last = Card("lastBackupCard", pad=sizes.pad + 6)
        for part in (self._age, self._about):
            last.body.addWidget(part)
        places = Card("backupPlacesCard", pad=sizes.pad + 6)
        grid = QGridLayout()
        grid.setHorizontalSpacing(sizes.pad)
        grid.setVerticalSpacing(sizes.gap)
        grid.setColumnStretch(1, 1)
        for line, (text, part) in enumerate(((_("Folder"), self._place), (_("Second place"), self._second))):
            grid.addWidget(label(text, "secondary"), line, 0)
            grid.addWidget(part, line, 1)
        places.body.addLayout(grid)
        about = _(
            "The closing of each shift backs up by itself. The newest {count} are kept. "
            "When the last one is over two days old, the till says so."
        ).format(count=backup.KEPT)
        places.body.addWidget(Line())
        places.body.addWidget(label(about, "secondary", wrap=True))
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self._said, 1)
        foot.addWidget(self.now)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        column.addWidget(last)
        column.addWidget(places)
        column.addStretch(1)
        column.addLayout(foot)


def age_words(age: timedelta) -> str:
    """How long ago something was, in the largest fitting unit."""
    minutes = max(int(age.total_seconds()) // 60, 0)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("{count} minute ago", "{count} minutes ago", minutes).format(count=minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("{count} hour ago", "{count} hours ago", hours).format(count=hours)
    days = hours // 24
    return ngettext("{count} day ago", "{count} days ago", days).format(count=days)


def _when(moment: datetime, zone: str) -> str:
    return screen_texts().date_time(moment, zone)
