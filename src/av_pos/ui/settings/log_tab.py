"""The log: who did what, when, and who approved it."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import audit, shop_settings
from av_pos.services.audit import AuditRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.settings.log_words import action_words, detail_words, subject_words
from av_pos.ui.settings.tab import Tab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.table import Column, DataTable

LIMIT = 2_000


class LogTab(Tab):
    """The newest entries, to be filtered and taken along as CSV."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "logTab", parent)
        self._settings: ShopSettings = desk.ask(shop_settings.get_settings)
        columns: tuple[Column[AuditRow], ...] = (
            Column(_("Time"), self._time),
            Column(_("Who"), _who),
            Column(_("What"), action_words),
            Column(_("Concerns"), self._subject, stretch=True),
            Column(_("Amount"), _amount, "money"),
            Column(_("Approval"), _approver),
            Column(_("Till"), _till, "number"),
        )
        self._table: DataTable[AuditRow] = DataTable(
            "auditTable",
            _("Log"),
            columns,
            currency_code=self._settings.currency,
            empty=_("Nothing yet. Removed lines, discounts, approvals and changes of settings will stand here."),
        )
        self._filter = QLineEdit()
        self._filter.setObjectName("auditFilter")
        self._filter.setAccessibleName(_("Filter"))
        self._filter.setPlaceholderText(_("Type a name, a deed, a disc"))
        self._count = label("", "secondary", "auditCount")
        self.export = KeyButton(_("Export CSV"), "exportAuditButton", action="main", role="primary", icon="download")
        self._table.follow(self._filter)
        self._filter.textChanged.connect(self._on_filtered)
        self.export.clicked.connect(self.main_action)
        self._lay_out()

    def show_now(self) -> None:
        """Read the newest entries."""
        self._settings = self.desk.ask(shop_settings.get_settings)
        try:
            rows = self.desk.ask(audit.list_entries, self.desk.at, limit=LIMIT)
        except AvPosError as error:
            self._table.set_rows(())
            self.troubled.emit(error)
            return
        self._table.set_rows(rows)
        self._show_count()

    def main_action(self) -> None:
        """F12: choose where the list goes as CSV."""
        dialog = QFileDialog(self.window(), _("Export CSV"))
        dialog.setObjectName("exportAuditDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("log.csv")
        dialog.fileSelected.connect(self.write_csv)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_csv(self, file: str) -> None:
        """Write the rows shown; with a byte order mark, so that spreadsheets see hanzi."""
        try:
            Path(file).write_text(self._table.csv_text(), encoding="utf-8-sig", newline="")
        except OSError as error:
            self.troubled.emit(problems.storage_error(error, file))
            return
        self.desk.events.tell(Notice(_("Written to {file}.").format(file=file), "ok", key="export"))

    def seek(self) -> None:
        """F3: the filter."""
        self._filter.setFocus()
        self._filter.selectAll()

    def _on_filtered(self, _text: str) -> None:
        self._show_count()

    def _show_count(self) -> None:
        count = len(self._table.rows_shown)
        text = ngettext("{count} entry", "{count} entries", count).format(count=f"{count:,}")
        self._count.setText(_("the newest {entries}").format(entries=text) if count >= LIMIT else text)

    def _time(self, row: AuditRow) -> str:
        return screen_texts().date_time(row.happened_at, self._settings.zone)

    def _subject(self, row: AuditRow) -> str:
        parts = (subject_words(row, _setting_words), detail_words(row, self._settings.currency))
        return " · ".join(part for part in parts if part)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        card = Card("auditCard", pad=0)
        card.body.addWidget(self._table)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self._filter)
        foot.addWidget(self._count, 1)
        foot.addWidget(self.export)
        self._filter.setMinimumWidth(300)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        column.addWidget(card, 1)
        column.addLayout(foot)


def _setting_words(name: str) -> str:
    known = name in shop_settings.setting_names()
    return _(shop_settings.sentence_of(name)) if known else name


def _who(row: AuditRow) -> str:
    return row.staff_name


def _amount(row: AuditRow) -> int | None:
    return row.amount_minor or None


def _approver(row: AuditRow) -> str:
    return row.approved_by


def _till(row: AuditRow) -> int:
    return row.till_id
