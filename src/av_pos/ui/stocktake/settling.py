"""What is decided about the rows of a count: a reason, a recount, a second look, a name for a barcode."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.states import StocktakeState
from av_pos.errors import AvPosError, StorageError
from av_pos.i18n import _, ngettext
from av_pos.services import count_decisions, counting
from av_pos.services.count_rows import CountRow
from av_pos.services.counting import CountResult
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui.disc_search import find_discs
from av_pos.ui.disc_sheet import DiscSheet
from av_pos.ui.screen import Screen
from av_pos.ui.stocktake.row_sheet import RowSheet
from av_pos.ui.widgets.notice import Notice

TOLD = "refusal"


class Settling(QObject):
    """The sheets about one row of a stocktake. `changed` comes when something was decided."""

    changed = Signal()

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host)
        self._host = host
        self._desk = host.desk
        self._settings = settings
        self._take_id = 0
        self._code = ""
        self._row: CountRow | None = None
        self._sheet: RowSheet | None = None

    # ---- a row ----

    def open_row(self, take: StocktakeRow, row: CountRow) -> None:
        """Show all about a row, and what can be done about it."""
        self._take_id, self._row = take.stocktake_id, row
        sheet = RowSheet(self._host.window(), self._settings, row, may_decide=self._may_post(),
                         may_change=take.status == StocktakeState.OPEN)  # fmt: skip
        sheet.explained.connect(self._on_explained)
        sheet.accepted_as_is.connect(self._on_accepted)
        sheet.again_asked.connect(self._on_again)
        sheet.missing_asked.connect(self._on_missing)
        sheet.back_asked.connect(self._on_back)
        sheet.closed.connect(self._on_sheet_closed)
        self._sheet = sheet
        sheet.open()

    def _on_explained(self, reason: str, note: str) -> None:
        row = self._row
        if row is not None:
            self._carry_out(_("Noted."), count_decisions.explain, row.edition_id, reason, note, copy_id=row.copy_id)

    def _on_accepted(self, why: str) -> None:
        if self._row is not None:
            told = _("Accepted as it is: {title}").format(title=self._row.title)
            self._carry_out(told, count_decisions.accept_line, self._row.edition_id, why)

    def _on_again(self) -> None:
        if self._row is not None:
            told = _("{title} is to be counted again: the next scan of it begins anew.").format(title=self._row.title)
            self._carry_out(told, count_decisions.ask_recount, self._row.edition_id)

    def _on_missing(self) -> None:
        if self._row is not None:
            told = _("Noted as not there: {title}").format(title=self._row.title)
            self._carry_out(told, counting.mark_copy_missing, self._row.copy_id)

    def _on_back(self) -> None:
        if self._row is not None:
            told = _("Back in stock: {title}").format(title=self._row.title)
            self._carry_out(told, count_decisions.bring_back_copy, self._row.copy_id)

    def _carry_out(self, told: str, op: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Do what the row's sheet asked for and take it away; a refusal is shown in it."""
        try:
            self._desk.do(op, self._take_id, *args, **kwargs)
        except StorageError as error:
            self._host.on_trouble(error)
        except AvPosError as error:
            if self._sheet is not None:
                self._sheet.show_refusal(error)
        else:
            if self._sheet is not None:
                self._sheet.dismiss()
            self._tell(told)
            self.changed.emit()

    def _on_sheet_closed(self) -> None:
        self._sheet = None

    def recount(self, take: StocktakeRow) -> None:
        """Ask for everything that differs to be counted again."""
        asked = self._host.perform(count_decisions.ask_recounts, take.stocktake_id)
        if asked is None:
            return
        if asked:
            told = ngettext("{count} disc is to be counted again.", "{count} discs are to be counted again.", asked)
            self._tell(told.format(count=f"{asked:,}"))
        else:
            self._tell(_("Nothing has to be counted again."))
        self.changed.emit()

    # ---- a barcode that nobody knows ----

    def name_code(self, take: StocktakeRow, code: str) -> None:
        """Ask which disc a barcode is."""
        self._take_id, self._code = take.stocktake_id, code
        about = _("Its scans count for the disc you choose, each at its own moment. "
                  "The barcode itself is put on a disc in the catalogue.")  # fmt: skip
        sheet = DiscSheet(self._host.window(), self._desk, self._settings.currency,
                          _("Which disc is {code}?").format(code=code), _("It is this one"), about=about,
                          find=partial(find_discs, self._desk))  # fmt: skip
        sheet.chosen.connect(self._on_named)
        sheet.open()

    def _on_named(self, edition_id: int) -> None:
        answer = self._host.perform(counting.name_unknown, self._take_id, self._code, edition_id)
        if answer is None:
            return
        if answer.result is CountResult.OTHER_COUNT:
            there = _("This disc is on the list of stocktake #{number}; it was not counted here.")
            self._host.refuse(there.format(number=answer.other_id))
        elif answer.row is not None:
            self._tell(_("{code} is {title}.").format(code=answer.code, title=answer.row.title))
        self.changed.emit()

    def _may_post(self) -> bool:
        return allowed(self._desk.actor.role, Permission.POST_COUNT)

    def _tell(self, sentence: str) -> None:
        self._desk.events.tell(Notice(sentence, "ok", key=TOLD, at_once=True))
