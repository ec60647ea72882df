"""Asked for, and we had none: two keys note it, for the next order and for the member who waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from av_pos.i18n import _, ngettext
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from av_pos.services.basket_view import BasketView
    from av_pos.services.editions import EditionRow
    from av_pos.services.missed_demand import MissedRow

_KEY = "missed"
_MOST_FOUND = 40
_SHORT = 28


@dataclass(frozen=True, slots=True)
class Wanted:
    """The disc that is meant, or only the words that were typed for it."""

    title: str = ""
    edition_id: int | None = None
    words: str = ""

    @property
    def short(self) -> str:
        """Its title, cut to what a button holds."""
        return self.title if len(self.title) <= _SHORT else self.title[: _SHORT - 1] + "…"


class Missing(QObject):
    """Notes what was asked for; `noted` comes when it is done. `look` says which disc is meant, in whose basket."""

    noted = Signal()

    def __init__(self, screen: Screen, look: "Callable[[], tuple[Wanted, BasketView]]") -> None:
        super().__init__(screen)
        self._screen = screen
        self._look = look

    def menu_text(self) -> str:
        """What the menu says: which disc would be noted; "" when it would be asked."""
        wanted, _view = self._look()
        return _("Asked for: {title}").format(title=wanted.short) if wanted.edition_id is not None else ""

    def note(self) -> None:
        """Note the disc that is meant; ask when there is none."""
        wanted, _view = self._look()
        if wanted.edition_id is None:
            self._open(wanted.words)
        else:
            self._note(wanted.edition_id, "", 1)

    def ask(self) -> None:
        """Ask which disc it was, or in what words."""
        self._open(self._look()[0].words)

    def _open(self, words: str) -> None:
        from av_pos.ui.checkout.missed_sheet import MissedSheet

        _wanted, view = self._look()
        sheet = MissedSheet(self._screen.window(), self._find, member=_name(view), words=words)
        sheet.given.connect(self._note)
        sheet.open()

    def _find(self, text: str) -> "Sequence[EditionRow]":
        from av_pos.services import catalogue

        rows = self._screen.desk.ask(catalogue.list_editions, text, _MOST_FOUND)
        return [row for row in rows if not row.is_provisional]

    def _note(self, edition_id: int | None, words: str, qty: int) -> None:
        from av_pos.services import missed_demand

        view = self._look()[1]
        member_id = view.member.member_id if view.member else None
        row = self._screen.perform(missed_demand.note_missed, edition_id, words, qty, member_id)
        if row is not None:
            self.noted.emit()
            self._screen.desk.events.tell(
                Notice(_noted_words(row, _name(view)), "ok", _("Undo"), self._undo, key=_KEY, at_once=True)
            )

    def _undo(self) -> None:
        from av_pos.services import missed_demand

        row = self._screen.perform(missed_demand.undo_last_missed)
        if row is not None:
            gone = _("Taken back: nobody asked for {what}.").format(what=_what(row))
            self._screen.desk.events.tell(Notice(gone, "ok", key=_KEY, at_once=True))


def _name(view: "BasketView") -> str:
    if view.member is None:
        return ""
    return view.member.name or _("Member {number}").format(number=view.member.member_id)


def _what(row: "MissedRow") -> str:
    return row.title or _("“{words}”").format(words=row.words)


def _noted_words(row: "MissedRow", member: str) -> str:
    if row.qty > 1:
        noted = ngettext("Noted: {count} × {what} was asked for.", "Noted: {count} × {what} were asked for.", row.qty)
    else:
        noted = _("Noted: {what} was asked for.")
    sentence = noted.format(count=row.qty, what=_what(row))
    if row.is_wanted and member:
        sentence += " " + _("{name} waits for it.").format(name=member)
    return sentence
