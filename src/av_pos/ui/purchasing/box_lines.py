"""What is done with the chosen line of an open delivery: pieces, damage, cost and price, a name."""

from collections.abc import Mapping

from PySide6.QtCore import QObject

from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.permissions import Permission
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services import receiving, receiving_views
from av_pos.services.receiving_views import UNKNOWN, ReceivingRow
from av_pos.ui import actions
from av_pos.ui.disc_sheet import DiscSheet
from av_pos.ui.purchasing import delivery_sheets
from av_pos.ui.purchasing.box_face import BoxFace
from av_pos.ui.purchasing.panel import Panel
from av_pos.ui.purchasing.reading import read_minor, read_pieces


class BoxLines(QObject):
    """The deeds of the line on which the cursor of `face` stands; after each the panel reads the delivery again."""

    def __init__(self, panel: Panel, face: BoxFace) -> None:
        super().__init__(panel)
        self._panel = panel
        self._face = face
        # What a sheet asks about: once it is answered, somebody else's scan may have moved the cursor.
        self._asked: ReceivingRow | None = None
        card = face.card
        for asked, action_id, slot in (
            (card.pieces_asked, "change_line", self.ask_pieces),
            (card.damaged_asked, "line_damaged", self._damage),
            (card.cost_asked, "line_cost", self._ask_cost),
            (card.name_asked, "name_line", self._name),
            (card.new_disc_asked, "line_new_disc", self._ask_new_disc),
        ):
            asked.connect(slot)
            actions.bind(face, action_id, slot)
        face.entered_line.connect(self.ask_pieces)
        for widget in (face.search.field, face.table):
            # The field has no use for these while it is empty.
            actions.bind(widget, "one_more", self._one_more)
            actions.bind(widget, "one_less", self._one_less)
            actions.bind(widget, "remove_line", self._remove)

    def ask_pieces(self) -> None:
        """F4, Enter: how many came."""
        self._asked = row = self._row()
        if row is not None:
            sheet = delivery_sheets.pieces_sheet(self._panel.window(), row)
            self._panel.open_sheet(sheet).given.connect(self._set_pieces)

    def _row(self) -> ReceivingRow | None:
        """The chosen line, while something may be done with it."""
        return self._face.row if self._face.is_open else None

    def _delivery_id(self) -> int:
        view = self._face.view
        return view.delivery.delivery_id if view is not None else 0

    def _after(self, line_id: int) -> None:
        """Read what changed, with the cursor on the line it changed in."""
        self._panel.refresh()
        self._face.pick(line_id)

    def _set_pieces(self, values: Mapping[str, str]) -> None:
        row, sheet, view = self._asked, self._panel.sheet, self._face.view
        if row is None or sheet is None or view is None:
            return
        try:
            qty, damaged = (read_pieces(key, values[key]) for key in ("quantity", "damaged"))
        except AvPosError as error:
            sheet.show_refusal(error)
            return
        if row.line_id is not None:
            self._panel.carry_out(sheet, receiving.set_qty, row.line_id, qty, damaged)
            self._after(row.line_id)
        elif row.edition_id is not None and qty + damaged:
            done = self._panel.carry_out(sheet, _take_both, view.delivery.delivery_id, row.edition_id, qty, damaged)
            if done is not None and done.line_id is not None:
                self._face.put_first(done.line_id)
                self._after(done.line_id)
        else:
            sheet.dismiss()

    def _change_by(self, qty: int, damaged: int = 0) -> None:
        """Put so many more good and damaged pieces into the chosen line, as it is by now."""
        row = self._row()
        if row is not None and row.line_id is not None:
            if self._panel.host.attempt(_change_by, self._delivery_id(), row.line_id, qty, damaged):
                self._after(row.line_id)
        elif row is not None and row.edition_id is not None and qty > 0:
            done = self._panel.host.perform(receiving.receive_edition, self._delivery_id(), row.edition_id)
            if done is not None and done.row is not None and done.row.line_id is not None:
                self._face.put_first(done.row.line_id)
                self._after(done.row.line_id)

    def _one_more(self) -> None:
        self._change_by(1)

    def _one_less(self) -> None:
        self._change_by(-1)

    def _damage(self) -> None:
        """One good piece of the line is damaged."""
        self._change_by(-1, 1)

    def _remove(self) -> None:
        row = self._row()
        if row is None or row.line_id is None:
            return
        if self._panel.host.attempt(receiving.set_qty, row.line_id, 0, 0):
            self._after(row.line_id)
            self._panel.tell(_("Taken out: {title}. F5 brings it back.").format(title=row.title or row.code))

    def _ask_cost(self) -> None:
        row, view = self._row(), self._face.view
        if row is None or row.line_id is None or view is None or not self._face.card.cost_button.isVisible():
            return
        self._asked = row
        sheet = delivery_sheets.cost_sheet(self._panel.window(), row, view.currency, self._panel.settings.currency)
        self._panel.open_sheet(sheet).given.connect(self._set_cost)

    def _set_cost(self, values: Mapping[str, str]) -> None:
        row, sheet, view = self._asked, self._panel.sheet, self._face.view
        if row is None or row.line_id is None or sheet is None or view is None:
            return
        try:
            cost = read_minor("cost", values["cost"], view.currency)
            price_text = values.get("price", "")
            price = read_minor("price", price_text, self._panel.settings.currency) if price_text.strip() else None
        except AvPosError as error:
            sheet.show_refusal(error)
            return
        if self._panel.carry_out(sheet, _set_both, row, cost, price) is not None:
            self._after(row.line_id)

    def _name(self) -> None:
        self._asked = row = self._row()
        if row is not None and row.state == UNKNOWN:
            about = _("Its code {code} is kept on the disc you choose.") if self._keeps_codes() else _("Code {code}")
            sheet = DiscSheet(
                self._panel.window(), self._panel.desk, self._panel.settings.currency, _("Which disc is it?"),
                _("This one"), about=about.format(code=row.code),
            )  # fmt: skip
            sheet.chosen.connect(self._set_name)
            sheet.open()

    def _set_name(self, edition_id: int) -> None:
        row = self._asked
        if row is None or row.line_id is None:
            return
        keep = self._keeps_codes() and read_code(row.code).kind is CodeKind.GTIN
        named = self._panel.host.perform(receiving.name_line, row.line_id, edition_id, keep_code=keep)
        if named is not None and named.line_id is not None:
            self._face.put_first(named.line_id)
            self._after(named.line_id)

    def _ask_new_disc(self) -> None:
        self._asked = row = self._row()
        if row is not None and row.state == UNKNOWN:
            sheet = delivery_sheets.new_disc_sheet(self._panel.window(), row, self._panel.settings.currency)
            self._panel.open_sheet(sheet).given.connect(self._make_disc)

    def _make_disc(self, values: Mapping[str, str]) -> None:
        row, sheet = self._asked, self._panel.sheet
        if row is None or row.line_id is None or sheet is None:
            return
        try:
            price = read_minor("price", values["price"], self._panel.settings.currency)
        except AvPosError as error:
            sheet.show_refusal(error)
            return
        # A cashier asks a manager for leave, on a sheet of its own.
        sheet.dismiss()
        made = self._panel.host.perform(receiving.make_line_provisional, row.line_id, values["title"], price)
        if made is not None:
            self._after(row.line_id)

    def _keeps_codes(self) -> bool:
        return self._panel.may(Permission.EDIT_CATALOGUE)


def _change_by(session: Session, at: At, delivery_id: int, line_id: int, by: int, by_damaged: int) -> None:
    """Change a line by so many pieces, in one transaction: somebody else may scan into it at this moment."""
    lines = receiving_views.view_delivery(session, at, delivery_id).lines
    row = next((line for line in lines if line.line_id == line_id), None)
    if row is not None and row.qty + by >= 0 and row.damaged_qty + by_damaged >= 0:
        receiving.set_qty(session, at, line_id, row.qty + by, row.damaged_qty + by_damaged)


def _take_both(
    session: Session, at: At, delivery_id: int, edition_id: int, qty: int, damaged_qty: int
) -> ReceivingRow | None:
    """Take good and damaged pieces of a disc that was missing so far, in one transaction."""
    done = None
    if qty:
        done = receiving.receive_edition(session, at, delivery_id, edition_id, qty=qty)
    if damaged_qty:
        done = receiving.receive_edition(session, at, delivery_id, edition_id, qty=damaged_qty, damaged=True)
    return done.row if done is not None else None


def _set_both(session: Session, at: At, row: ReceivingRow, cost_minor: int, price_minor: int | None) -> ReceivingRow:
    """Set cost and new price of a line in one transaction."""
    assert row.line_id is not None
    done = receiving.set_cost(session, at, row.line_id, cost_minor)
    if row.edition_id is not None:
        done = receiving.set_new_price(session, at, row.line_id, price_minor)
    return done
