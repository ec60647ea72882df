"""What is done to a disc's stock from its card: put by, let go, moved by hand; and where its cost came from."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from av_pos import problems
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError, RuleError
from av_pos.i18n import _
from av_pos.services import members, reservations, stock_moves
from av_pos.services.members import MemberRow
from av_pos.services.reservations import ReservationDraft, ReservationRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stock_moves import HandMove
from av_pos.ui import reserved
from av_pos.ui.catalogue.edition_card import Details
from av_pos.ui.catalogue.history_sheet import HistorySheet
from av_pos.ui.catalogue.move_sheet import LEND, PUT_BACK, SHELF, TAKE_BACK, Moved, MoveSheet
from av_pos.ui.catalogue.put_by_sheet import PutBySheet
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice


class StockDeeds(QObject):
    """Opens the sheets for the disc it is given and carries their answers out. `changed`: read the disc again.

    An approval comes home by `on_approved`; `refuse` tells a refusal in the sheet that asked, if one is open.
    """

    changed = Signal()

    def __init__(self, screen: Screen, settings: ShopSettings) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings
        self._details: Details | None = None
        self._sheet: PutBySheet | MoveSheet | None = None
        self._csv = ""

    @property
    def today(self) -> date:
        """The shop's day."""
        return business_day(self._screen.desk.clock(), self._settings.zone, self._settings.day_cut_min)

    def put_by(self, details: Details) -> None:
        """F8: put pieces by, or let what is put by go."""
        if details.row.is_provisional or not self._may(Permission.RESERVE):
            return
        row = details.row
        copies = [copy for copy in details.copies if copy.status == "in_stock"]
        sheet = PutBySheet(self._screen.window(), (row.id, row.title), self._find, free_qty=details.standing.free_qty,
                           copies=copies, today=self.today)  # fmt: skip
        sheet.given.connect(self._on_put_by)
        sheet.let_go_asked.connect(self._on_let_go)
        sheet.show_rows(details.reserved)
        self._open(sheet, details)

    def move(self, details: Details) -> None:
        """F9: move stock by hand. Whoever may not asks a manager when it is written down."""
        if details.row.is_provisional:
            return
        sheet = MoveSheet(
            self._screen.window(), details.row.title, details.standing, details.copies, shelf=details.row.shelf,
            digits=self._settings.digits, with_cost=self._may(Permission.VIEW_COST),
        )  # fmt: skip
        sheet.given.connect(self._on_moved)
        self._open(sheet, details)

    def explain(self, details: Details) -> None:
        """F2: how its cost came about."""
        row, desk = details.row, self._screen.desk
        with_cost = self._may(Permission.VIEW_COST)
        sheet = HistorySheet(self._screen.window(), desk, self._settings, (row.id, row.title), details.standing,
                             with_cost=with_cost)  # fmt: skip
        sheet.export_asked.connect(self._on_export)
        sheet.open()

    def on_approved(self, _result: object) -> None:
        """A manager has approved what was asked for, and it is done."""
        self._done(_("Written into the stock ledger."))

    def refuse(self, error: Exception) -> bool:
        """Tell a refusal in the sheet that asked; False when none is open."""
        if self._sheet is None or not isinstance(error, RuleError):
            return False
        self._sheet.show_refusal(error)
        return True

    def export(self, csv: str, name: str) -> None:
        """Ask where a list goes, as a file for a spreadsheet."""
        self._csv = csv
        dialog = save_dialog(self._screen.window(), _("Export the list"), name, _("CSV (*.csv)"), "csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write the list that was asked for to this path."""
        # The byte order mark lets spreadsheets see hanzi.
        data = self._csv.encode("utf-8-sig")
        self._screen.desk.work_later(self._on_exported, self._on_not_exported, save_bytes, Path(path), data)

    def _on_export(self, csv: str) -> None:
        self.export(csv, f"ledger-{self.today.isoformat()}.csv")

    def _on_exported(self, path: Path) -> None:
        self._tell(_("Saved as {path}").format(path=path))

    def _on_not_exported(self, error: Exception) -> None:
        if not isinstance(error, (AvPosError, OSError)):
            raise error
        self._screen.desk.events.tell(Notice(problems.sentence(error), "danger", key="export"))

    def _open(self, sheet: PutBySheet | MoveSheet, details: Details) -> None:
        self._details = details
        self._sheet = sheet
        sheet.closed.connect(self._on_closed)
        sheet.open()

    def _on_closed(self) -> None:
        self._sheet = None

    def _find(self, text: str) -> Sequence[MemberRow]:
        desk = self._screen.desk
        return desk.ask(members.find_members, desk.at, text)

    def _on_put_by(self, draft: object) -> None:
        if isinstance(draft, ReservationDraft):
            row = self._screen.perform(reservations.put_by, draft)
            if row is not None:
                self._done(reserved.put_by_words(row))

    def _on_let_go(self, reservation_id: int) -> None:
        row = self._screen.perform(reservations.let_go, reservation_id)
        if row is None or self._details is None:
            return
        self.changed.emit()
        sheet = self._sheet
        if isinstance(sheet, PutBySheet):
            left: Sequence[ReservationRow] = self._screen.desk.ask(reservations.list_reservations, self._details.row.id)
            sheet.show_rows(left)
        self._tell(_("{title} is back on the shelf.").format(title=row.title))

    def _on_moved(self, moved: object) -> None:
        if not isinstance(moved, Moved) or self._details is None:
            return
        row = self._details.row
        if self._carry_out(moved, row.id):
            self._done(_("Written into the stock ledger."))

    def _carry_out(self, moved: Moved, edition_id: int) -> bool:
        attempt, copy_id, note = self._screen.attempt, moved.copy_id, moved.note
        if copy_id is None:
            if moved.kind == SHELF:
                return attempt(stock_moves.move_to_shelf, edition_id, moved.shelf, note)
            kind = HandMove(moved.kind)
            return attempt(stock_moves.move_by_hand, edition_id, kind, moved.qty, note, each_minor=moved.each_minor)
        if moved.kind == SHELF:
            return attempt(stock_moves.move_copy_to_shelf, copy_id, moved.shelf, note)
        others = {LEND: stock_moves.rent_out, TAKE_BACK: stock_moves.take_rental_back,
                  PUT_BACK: stock_moves.put_copy_back}  # fmt: skip
        if moved.kind in others:
            return attempt(others[moved.kind], copy_id, note)
        return attempt(stock_moves.take_copy_out, copy_id, HandMove(moved.kind), note)

    def _done(self, sentence: str) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()
        self.changed.emit()
        self._tell(sentence)

    def _tell(self, sentence: str) -> None:
        self._screen.desk.events.tell(Notice(sentence, "ok", key="stock", at_once=True))

    def _may(self, permission: Permission) -> bool:
        return allowed(self._screen.desk.actor.role, permission)
