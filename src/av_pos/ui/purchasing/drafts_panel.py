"""A tab of papers to suppliers, orders or returns: their list, and the chosen one, a draft of which takes discs."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal

from av_pos.i18n import _
from av_pos.services import editions
from av_pos.ui import actions
from av_pos.ui.disc_search import DiscSearch
from av_pos.ui.disc_sheet import DiscSheet
from av_pos.ui.purchasing.list_face import ListFace, lay_out_beside
from av_pos.ui.purchasing.panel import Panel, go_to
from av_pos.ui.purchasing.paper_card import PaperCard
from av_pos.ui.widgets.key_button import KeyButton

_LIST_SHARE, _CARD_SHARE = 40, 60


class DraftsPanel(Panel):
    """Adds discs to a draft by scan and by title, and changes its lines by keys. `scanned` when a scan was taken.

    A subclass makes the list, the card and the buttons named here, then calls `put_together`.
    """

    scanned = Signal()

    list: ListFace[Any]
    card: PaperCard[Any]
    export_button: KeyButton
    new_button: KeyButton
    main_button: KeyButton
    finding: DiscSearch

    # ---- what an order and a return each do in their own way ----

    def is_draft(self) -> bool:
        """Whether the chosen one is a draft."""
        return False

    def add_disc(self, key: object) -> None:
        """Put the edition of this id into the draft."""

    def ask_line(self, _row: object = None) -> None:
        """Ask for pieces and cost of the chosen line."""

    def change_by(self, by: int) -> None:
        """Put so many more pieces into the chosen line of the draft."""

    def remove(self) -> None:
        """Del: take the chosen line off."""

    def read(self, pick: int = 0) -> None:
        """Read the list again, with the cursor on the one of this id, and show the chosen one."""

    def show_current(self, _row: object = None) -> None:
        """Show the one that is chosen in the list."""

    # ---- what the screen asks ----

    def refresh(self) -> None:
        """Read the list and the chosen one again."""
        self.read()

    def enter(self) -> None:
        """The list's field."""
        self.list.enter()

    def go_back(self) -> bool:
        """Esc: empty the fields first."""
        if self.card.search.text():
            self.card.search.clear()
            return True
        return self.list.clear()

    def seek(self) -> None:
        """F3: the draft's field, else the list's; once more, to type hanzi."""
        if self.is_draft():
            self.card.search.seek()
        else:
            go_to(self.list.filter)

    # ---- discs and lines ----

    def add_scanned(self, code: str) -> None:
        """Add the disc of this code; where several bear it, ask which one it is."""
        found = self.desk.ask(editions.find_by_code, code)
        if len(found) > 1:
            sheet = DiscSheet(self.window(), self.desk, self.settings.currency, _("Which one is it?"), _("This one"),
                              candidates=found)  # fmt: skip
            sheet.chosen.connect(self.add_disc)
            sheet.open()
        elif found:
            self.add_disc(found[0].id)
        else:
            self.host.refuse(_("No disc has the code {code}.").format(code=code))

    def _on_entered(self, text: str) -> None:
        found = self.finding.now(text)
        if len(found) == 1:
            self.card.search.clear()
            self.add_disc(found[0].id)
        elif found:
            # Enter was faster than the list: which one it is has still to be said.
            self.finding.offer(found)
        elif text.strip():
            self.host.refuse(_("No disc is called “{text}”. Scan it, or type another word.").format(text=text[:60]))

    def _one_more(self) -> None:
        self.change_by(1)

    def _one_less(self) -> None:
        self.change_by(-1)

    def _enter_lines(self, _row: object) -> None:
        """Enter on the list: to the draft's field, else to the lines."""
        (self.card.search.field if self.is_draft() else self.card.table).setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- putting together ----

    def put_together(self, deeds: Sequence[tuple[KeyButton, str, Callable[[], object]]]) -> None:
        """Lay the parts out and connect them; each of `deeds` has a button and the keys of an action."""
        self.finding = DiscSearch(self.desk, self.card.search, only_named=True)
        lay_out_beside(self, self.list, (self.export_button, self.new_button), (self.card, self.main_button),
                       (_LIST_SHARE, _CARD_SHARE))  # fmt: skip
        self.list.table.picked.connect(self.show_current)
        self.list.table.chosen.connect(self._enter_lines)
        self.card.table.chosen.connect(self.ask_line)
        self.card.search.chosen.connect(self.add_disc)
        self.card.search.entered.connect(self._on_entered)
        self.main_button.clicked.connect(self.main_action)
        for button, action_id, slot in deeds:
            button.clicked.connect(slot)
            actions.bind(self, action_id, slot)
        for widget in (self.card.search.field, self.card.table):
            actions.bind(widget, "one_more", self._one_more)
            actions.bind(widget, "one_less", self._one_less)
            actions.bind(widget, "remove_line", self.remove)
