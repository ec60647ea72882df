"""Which discs need a price label: what came in, and what has another price."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from av_pos.domain.codes import read_code
from av_pos.domain.permissions import Permission
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import editions, price_labels
from av_pos.services.price_labels import PRICE, LabelRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.disc_sheet import disc_cell
from av_pos.ui.purchasing.exporting import Exporting
from av_pos.ui.purchasing.fields_sheet import FieldsSheet
from av_pos.ui.purchasing.list_face import ListFace
from av_pos.ui.purchasing.panel import Panel, go_to
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import Column, DataTable


class LabelsPanel(Panel):
    """The list to work off: saved as CSV for whatever prints labels, then done."""

    help_name = actions.LABELS
    needs = Permission.RECEIVE_GOODS

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host, settings, "labelsPanel")
        self.table = self._make_table()
        self.list: ListFace[LabelRow] = ListFace("labels", _("Find in the labels"), (), self.table)
        self.export_button = KeyButton(_("Save CSV"), "exportLabelsButton", action="export")
        self.one_button = KeyButton(_("This one is made"), "oneLabelButton", action="label_made")
        self.all_button = KeyButton(_("All are made"), "allLabelsButton", action="main", role="primary")
        self._exporting = Exporting(self)
        self._lay_out()
        self._connect()

    def about(self) -> str:
        """How many labels are wanted."""
        count = self.desk.ask(price_labels.count_labels)
        return ngettext("{count} price label wanted", "{count} price labels wanted", count).format(count=f"{count:,}")

    def refresh(self) -> None:
        """Read the list again."""
        rows = self.desk.ask(price_labels.list_labels)
        self.list.show_rows(rows)
        for button in (self.export_button, self.one_button, self.all_button):
            button.setEnabled(bool(rows))
        self.heading_changed.emit()

    def enter(self) -> None:
        """The list's field."""
        self.list.enter()

    def take_scan(self, code: str) -> bool:
        """The cursor goes to the disc that was scanned."""
        if not read_code(code).may_be_edition:
            return False
        self.list.clear()
        found = self.desk.ask(editions.find_by_code, code)
        if not any(self.table.pick(row.id) for row in found):
            self.host.refuse(_("No label is wanted for this disc."))
        return True

    def main_action(self) -> None:
        """F12: all that are listed are made, after a question."""
        rows = self.table.rows_shown
        if rows:
            count = sum(row.qty for row in rows)
            about = ngettext("{count} label leaves the list.", "{count} labels leave the list.", count)
            sheet = FieldsSheet(self.window(), "labelsMade", _("Are all of these made?"), _("All are made"), (),
                                      about=about.format(count=f"{count:,}"))  # fmt: skip
            self.open_sheet(sheet).given.connect(self._on_all)

    def go_back(self) -> bool:
        """Esc: empty the field first."""
        return self.list.clear()

    def seek(self) -> None:
        """F3: the list's field."""
        go_to(self.list.filter)

    def _on_all(self, _values: object) -> None:
        ids = [row.edition.id for row in self.table.rows_shown]
        if self.sheet is None:
            return
        done = self.carry_out(self.sheet, price_labels.mark_labelled, ids)
        self.list.clear()
        self.refresh()
        if done is not None:
            self._told(done)

    def _on_one(self, _row: object = None) -> None:
        row = self.table.current()
        if row is None:
            return
        done = self.host.perform(price_labels.mark_labelled, (row.edition.id,))
        self.refresh()
        if done is not None:
            self._told(done)

    def _told(self, count: int) -> None:
        self.tell(ngettext("{count} label is made.", "{count} labels are made.", count).format(count=f"{count:,}"))

    def _ask_export(self) -> None:
        if self.table.rows_shown:
            self._exporting.ask(self.desk.ask(price_labels.labels_csv), _("Save the labels"), "labels.csv")

    def _make_table(self) -> "DataTable[LabelRow]":
        columns: tuple[Column[LabelRow], ...] = (
            Column(_("Disc"), _disc, "disc", stretch=True),
            Column(_("Labels"), _qty, "number", strong=True, total=True),
            Column(_("Price"), _price, "money", strong=True),
            Column(_("Shelf"), _shelf),
            Column(_("Why"), _why, "chip"),
            Column(_("Since"), self._since),
        )
        return DataTable(
            "labelsTable", _("Price labels"), columns, currency_code=self.settings.currency, key=_id, totals=True,
            empty=_("Discs that came in, or have another price, wait here for a price label. None waits."),
        )  # fmt: skip

    def _since(self, row: LabelRow) -> str:
        return screen_texts().date_time(row.since_at, self.settings.zone)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setSpacing(theme.metrics().gap)
        foot.addWidget(self.export_button)
        foot.addStretch(1)
        foot.addWidget(self.one_button)
        foot.addWidget(self.all_button)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.all_button.clicked.connect(self.main_action)
        for button, action_id, slot in (
            (self.export_button, "export", self._ask_export),
            (self.one_button, "label_made", self._on_one),
        ):
            button.clicked.connect(slot)
            actions.bind(self, action_id, slot)


def _id(row: LabelRow) -> object:
    return row.edition.id


def _disc(row: LabelRow) -> DiscCell:
    return disc_cell(row.edition)


def _qty(row: LabelRow) -> int:
    return row.qty


def _price(row: LabelRow) -> int:
    return row.edition.price_minor


def _shelf(row: LabelRow) -> str:
    return row.edition.shelf


def _why(row: LabelRow) -> Mark:
    return Mark(_("new price"), "warn") if row.reason == PRICE else Mark(_("came in"), "neutral")
