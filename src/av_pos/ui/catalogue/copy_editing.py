"""Adding and changing used copies: the form, and what it is told."""

from PySide6.QtCore import QObject, Signal

from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError, StorageError
from av_pos.i18n import _
from av_pos.services import catalogue
from av_pos.services.catalogue import CopyDraft, CopyRow
from av_pos.ui.catalogue.edition_card import Details
from av_pos.ui.catalogue.forms import CopySheet
from av_pos.ui.screen import Screen


class CopyEditing(QObject):
    """Opens the form of a used copy and saves what it says: `saved(CopyRow, is_new)`."""

    saved = Signal(object, bool)

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._screen = screen
        self._editing = 0
        self._form: CopySheet | None = None

    def add(self, details: Details) -> None:
        """A used copy more of this disc."""
        if not details.row.is_provisional:
            self._editing = 0
            draft = CopyDraft(details.row.id, media_grade="VG+", sleeve_grade="VG+")
            self._open(details, _("Add a used copy"), draft)

    def change(self, details: Details, row: CopyRow) -> None:
        """Another grade, price or shelf of a copy."""
        self._editing = row.id
        try:
            draft = self._screen.desk.ask(catalogue.get_copy_draft, row.id)
        except AvPosError as error:
            self._screen.on_trouble(error)
            return
        self._open(details, _("Change copy {code}").format(code=row.code), draft)

    def _open(self, details: Details, title: str, draft: CopyDraft) -> None:
        about = " · ".join(word for word in (details.row.title, details.row.artist, details.row.format) if word)
        # What a copy cost stands in the books once it is there.
        with_cost = allowed(self._screen.desk.actor.role, Permission.VIEW_COST) and not self._editing
        self._form = CopySheet(self._screen.window(), title, about, draft, with_cost=with_cost)
        self._form.submitted.connect(self._save)
        self._form.closed.connect(self._on_closed)
        self._form.open()

    def _on_closed(self) -> None:
        self._form = None

    def _save(self, draft: object) -> None:
        form, desk = self._form, self._screen.desk
        if form is None or not isinstance(draft, CopyDraft):
            return
        is_new = not self._editing
        try:
            row = desk.do(catalogue.add_copy, draft) if is_new else desk.do(catalogue.change_copy, self._editing, draft)
        except StorageError as error:
            self._screen.on_trouble(error)
        except AvPosError as error:
            form.show_refusal(error)
        else:
            form.dismiss()
            self.saved.emit(row, is_new)
