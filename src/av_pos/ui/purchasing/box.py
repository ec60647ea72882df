"""An open delivery: scanned, undone, its note and carriage, posted or dropped."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout

from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import RATE_ONE
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext
from av_pos.services import delivery_posting, receiving, receiving_views
from av_pos.services.receiving import ReceivedScan
from av_pos.services.receiving_views import UNKNOWN, DeliveryView
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.suppliers import read_rate
from av_pos.ui import actions
from av_pos.ui.disc_search import DiscSearch
from av_pos.ui.disc_sheet import DiscSheet
from av_pos.ui.purchasing import delivery_sheets, words
from av_pos.ui.purchasing.box_face import BoxFace
from av_pos.ui.purchasing.box_lines import BoxLines
from av_pos.ui.purchasing.panel import Panel
from av_pos.ui.purchasing.reading import read_minor
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice

_READ_AGAIN_MS = 700


class BoxPanel(Panel):
    """Receives one delivery. `left` comes when it is posted, dropped, or Esc is pressed; it can be gone on with then.

    A line is undone, changed and named here; the prices of a supplier are seen by whoever may order.
    """

    left = Signal()
    scanned = Signal()
    needs = Permission.RECEIVE_GOODS

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host, settings, "boxPanel")
        self.face = BoxFace(settings)
        self._lines = BoxLines(self, self.face)
        self._finding = DiscSearch(self.desk, self.face.search, only_named=True)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_READ_AGAIN_MS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.face)
        self._connect()

    # ---- what the screen asks ----

    def show_delivery(self, delivery_id: int) -> bool:
        """Show this delivery; False when it cannot be read."""
        self.face.begin()
        return self._read(delivery_id)

    def refresh(self) -> None:
        """Read the delivery again: somebody else may scan into it too."""
        if self.face.view is not None:
            self._read(self.face.view.delivery.delivery_id)

    def about(self) -> str:
        """Whose box it is."""
        if self.face.view is None:
            return ""
        row = self.face.view.delivery
        order = _("order {number}").format(number=f"{row.order_id:05d}") if row.order_id else ""
        return words.name_code(row.supplier_name, order, row.number)

    def enter(self) -> None:
        """The field waits for a scan."""
        self.face.search.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_scan(self, code: str) -> bool:
        """Take the disc of this code into the delivery."""
        if not self.face.is_open or not read_code(code).may_be_edition:
            return False
        self.face.search.clear()
        self._scan(code)
        return True

    def main_action(self) -> None:
        """F12: post."""
        if self.face.is_open and self.face.view is not None:
            self.refresh()
            sheet = delivery_sheets.PostSheet(self.window(), self.face.view)
            sheet.posted.connect(self._post)
            sheet.open()

    def go_back(self) -> bool:
        """Esc: empty the field first, then leave the delivery open."""
        if self.face.search.text():
            self.face.search.clear()
        else:
            self.left.emit()
        return True

    def seek(self) -> None:
        """F3: the field; once more, to type hanzi."""
        self.face.search.seek()

    # ---- scanning ----

    def _scan(self, code: str) -> None:
        view = self.face.view
        if view is None:
            return
        done = self.host.perform(receiving.scan, view.delivery.delivery_id, code)
        if done is None:
            return
        if done.row is None:
            sheet = DiscSheet(self.window(), self.desk, self.settings.currency, _("Which one is it?"), _("This one"),
                              candidates=done.candidates)  # fmt: skip
            sheet.chosen.connect(self._take)
            sheet.open()
        else:
            self._on_scanned(done)

    def _take(self, key: object) -> None:
        """A disc that was searched for or chosen."""
        if isinstance(key, int) and self.face.view is not None and self.face.is_open:
            done = self.host.perform(receiving.receive_edition, self.face.view.delivery.delivery_id, key)
            if done is not None:
                self._on_scanned(done)

    def _on_entered(self, text: str) -> None:
        """Enter with nothing found yet: what was typed may be a code, or the supplier's number of a disc."""
        found = self._finding.now(text)
        is_code = read_code(text).kind is CodeKind.GTIN
        if len(found) > 1 and not is_code:
            # Enter was faster than the list: which one it is has still to be said.
            self._finding.offer(found)
            return
        self.face.search.clear()
        if len(found) == 1:
            self._take(found[0].id)
        elif is_code or (any(c.isdigit() for c in text) and " " not in text.strip()):
            self._scan(text)
        elif text.strip():
            self.host.refuse(_("No disc is called “{text}”. Scan it, or type another word.").format(text=text[:60]))

    def _on_scanned(self, done: ReceivedScan) -> None:
        row = done.row
        if row is None or row.line_id is None:
            return
        self._finding.stop()
        self.scanned.emit()
        self.face.show_changed(row)
        self._later.start()
        if row.waiting and row.qty + row.damaged_qty == 1:
            sentence = words.waiting_notice(row.title, row.waiting)
            self.desk.events.tell(Notice(sentence, "accent", key=f"wanted{row.edition_id}", at_once=True))
        elif row.state == UNKNOWN:
            sentence = _("Nobody knows {code}. It is kept; name it now (F8) or later.").format(code=row.code)
            self.desk.events.tell(Notice(sentence, "warn", key="refusal", at_once=True))

    def _undo(self) -> None:
        if not self.face.is_open or self.face.view is None:
            return
        done = self.host.perform(receiving.undo_scan, self.face.view.delivery.delivery_id)
        if done is not None:
            self.refresh()
            self.face.pick(done.line_id)
            count = done.qty + done.damaged_qty
            taken = ngettext("Undone: {count} piece.", "Undone: {count} pieces.", count)
            if count < 0:
                taken = ngettext("Here again: {count} piece.", "Here again: {count} pieces.", -count)
            elif not count:
                # Damaged or good, as many came as before.
                taken = _("Undone.")
            self.tell(taken.format(count=abs(count)))

    # ---- the whole delivery ----

    def _ask_note(self) -> None:
        view = self.face.view
        if view is None or not self.face.is_open:
            return
        sheet = delivery_sheets.note_sheet(self.window(), view, self.settings.currency)
        self.open_sheet(sheet).given.connect(self._set_note)

    def _set_note(self, values: Mapping[str, str]) -> None:
        view, sheet = self.face.view, self.sheet
        if view is None or sheet is None:
            return
        terms = None
        try:
            if "carriage" in values:
                rate = read_rate(values["rate"]) if "rate" in values else RATE_ONE
                terms = read_minor("carriage", values["carriage"], self.settings.currency), rate
        except AvPosError as error:
            sheet.show_refusal(error)
            return
        if self.carry_out(sheet, _set_note, view.delivery.delivery_id, values["number"], terms) is not None:
            self.refresh()

    def _ask_drop(self) -> None:
        if self.face.view is not None and self.face.is_open:
            self.refresh()
            self.open_sheet(delivery_sheets.drop_sheet(self.window(), self.face.view)).given.connect(self._drop)

    def _drop(self, _values: object) -> None:
        if self.sheet is None or self.face.view is None:
            return
        if self.carry_out(self.sheet, receiving.drop_delivery, self.face.view.delivery.delivery_id) is not None:
            self.tell(_("Dropped: the delivery of {supplier}.").format(supplier=self.face.view.delivery.supplier_name))
            self.left.emit()

    def _post(self, damaged_back: bool) -> None:
        if self.face.view is None:
            return
        number = self.face.view.delivery.delivery_id
        done = self.host.perform(delivery_posting.post_delivery, number, damaged_back=damaged_back)
        if done is not None:
            sees_cost = self.may(Permission.ORDER_GOODS)
            self.left.emit()
            delivery_sheets.PostedSheet(self.window(), done, self.settings.currency, sees_cost=sees_cost).open()

    # ---- reading ----

    def _on_rest(self) -> None:
        """The scanner rests: read the sums again, unless nobody sees them or is signed in any more."""
        if self.isVisible():
            self.refresh()

    def _read(self, delivery_id: int) -> bool:
        self._later.stop()
        view = self.ask(receiving_views.view_delivery, delivery_id)
        if view is None:
            return False
        self.face.show_view(view)
        self.heading_changed.emit()
        return True

    def _connect(self) -> None:
        face = self.face
        self._later.timeout.connect(self._on_rest)
        face.search.chosen.connect(self._take)
        face.search.entered.connect(self._on_entered)
        face.post_button.clicked.connect(self.main_action)
        for button, action_id, slot in (
            (face.undo_button, "undo_scan", self._undo),
            (face.note_button, "delivery_note", self._ask_note),
            (face.drop_button, "drop_delivery", self._ask_drop),
        ):
            button.clicked.connect(slot)
            actions.bind(self, action_id, slot)


def _set_note(session: Session, at: At, delivery_id: int, number: str, terms: tuple[int, int] | None) -> DeliveryView:
    """Set number, carriage and rate of a delivery in one transaction."""
    view = receiving.set_number(session, at, delivery_id, number)
    if terms is not None:
        carriage_minor, rate_micro = terms
        view = receiving.set_delivery_terms(
            session, at, delivery_id, carriage_minor=carriage_minor, rate_micro=rate_micro
        )
    return view
