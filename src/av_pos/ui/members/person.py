"""The rights of the person: the data as a file, and a member erased for good."""

import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts
from av_pos.services import erasure
from av_pos.services.members import MemberRow
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.members import words
from av_pos.ui.members.sheets import ConfirmSheet
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice


class Person(QObject):
    """Saves a person's data, and erases a person. `erased(MemberRow)` comes when that is done."""

    erased = Signal(object)

    def __init__(self, screen: Screen, currency: str) -> None:
        super().__init__(screen)
        self._screen = screen
        self._currency = currency
        self._row: MemberRow | None = None
        self._sheet: ConfirmSheet | None = None

    def ask_export(self, row: MemberRow) -> None:
        """Ask where the data goes."""
        self._row = row
        window, name = self._screen.window(), f"member-{row.number}.json"
        dialog = save_dialog(window, _("Save the person's data"), name, _("JSON (*.json)"), "json")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write all that is kept of the member to this path, as JSON."""
        desk = self._screen.desk
        if self._row is None:
            return
        try:
            told = desk.ask(erasure.export_member, desk.at, self._row.member_id)
        except AvPosError as error:
            self._screen.on_trouble(error)
            return
        data = json.dumps(told, ensure_ascii=False, indent=2).encode()
        desk.work_later(self._on_saved, self._on_not_saved, save_bytes, Path(path), data)

    def ask_erase(self, row: MemberRow) -> None:
        """Ask in place, naming what goes and what stays."""
        self._row = row
        self._sheet = ConfirmSheet(
            self._screen.window(), "eraseSheet", _("Erase the person {name}").format(name=words.called(row)),
            _("Erase"), erase_sentences(row, self._currency),
        )  # fmt: skip
        self._sheet.accepted.connect(self._on_erase)
        self._sheet.closed.connect(self._on_closed)
        self._sheet.open()

    def _on_erase(self) -> None:
        desk, row = self._screen.desk, self._row
        if row is not None and self._sheet is not None:
            self._sheet.main_button.setEnabled(False)
            desk.work_later(self._on_erased, self._on_not_erased, erasure.erase, desk.db, desk.at, row.member_id)

    def _on_erased(self, row: MemberRow) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()
        self.erased.emit(row)

    def _on_not_erased(self, error: Exception) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()
        self._screen.on_trouble(error)

    def _on_closed(self) -> None:
        self._sheet = None

    def _on_saved(self, path: Path) -> None:
        self._screen.desk.events.tell(Notice(_("Saved as {path}").format(path=path), "ok", key="export"))

    def _on_not_saved(self, error: Exception) -> None:
        if not isinstance(error, (AvPosError, OSError)):
            raise error
        self._screen.desk.events.tell(Notice(problems.sentence(error), "danger", key="export"))


def erase_sentences(row: MemberRow, currency: str) -> tuple[str, ...]:
    """What an erasure takes away, what it leaves, and what is lost with it."""
    gone = _("Goes for good: name, phone, birthday, consent, cards, wants and notes. What is put by goes on the shelf.")
    stays = _("Stays: the sales, the totals and the ledgers, under a number without a name.")
    if row.points_qty > 0 or row.stored_minor:
        lost = _("Nobody can use what is left: {points} points and {amount} of stored value. Pay it out first.")
        money = screen_texts().money(row.stored_minor, currency)
        return gone, stays, lost.format(points=f"{row.points_qty:,}", amount=money)
    return gone, stays, _("This cannot be taken back; a restored backup erases the person again.")
