"""The log: who did what, when, and who approved it; how often, and for how much."""

from dataclasses import replace

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext
from av_pos.services import audit, shop_settings, staff
from av_pos.services.audit import AuditQuery, AuditRow, AuditTotals, DeedTotal
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.settings.log_filters import LogFilters
from av_pos.ui.settings.log_lists import LogColumns, write_log
from av_pos.ui.settings.tab import Tab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.table import DataTable

PAGE = 500


class LogTab(Tab):
    """Entries by person, day and kind, the newest first and page by page; their totals; all of it as CSV."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "logTab", parent)
        settings = desk.ask(shop_settings.get_settings)
        self._query = AuditQuery()
        self._rows: tuple[AuditRow, ...] = ()
        self._count_all = 0
        self._file = ""
        self.filters = LogFilters()
        self._columns = columns = LogColumns(settings.zone, settings.currency)
        code = settings.currency
        self._table: DataTable[AuditRow] = DataTable("auditTable", _("Log"), columns.entries(), currency_code=code)
        self._totals: DataTable[DeedTotal] = DataTable(
            "auditTotals", _("Totals"), columns.totals(), currency_code=code, key=_total_key
        )
        self._filter = QLineEdit()
        self._filter.setObjectName("auditFilter")
        self._filter.setAccessibleName(_("Filter"))
        self._filter.setPlaceholderText(_("Type a name, a deed, a disc"))
        self._said = label("", "secondary", "auditCount")
        self.older = KeyButton(_("Show older"), "olderAuditButton")
        self.export = KeyButton(_("Export CSV"), "exportAuditButton", action="main", role="primary", icon="download")
        self._table.follow(self._filter)
        self._lay_out()
        self._connect()

    def show_now(self) -> None:
        """Read who works here and the newest entries."""
        settings = self.desk.ask(shop_settings.get_settings)
        self._columns.zone = settings.zone
        people = self.desk.ask(staff.list_staff, everybody=True)
        self.filters.show_people(people, settings, self.desk.clock())
        self._read()

    def main_action(self) -> None:
        """F12: choose where the entries go as CSV."""
        dialog = QFileDialog(self.window(), _("Export CSV"))
        dialog.setObjectName("exportAuditDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("log.csv")
        dialog.fileSelected.connect(self.write_csv)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_csv(self, file: str) -> None:
        """Write all that is asked for, also what is not on the page yet."""
        self._file = file
        self.export.setEnabled(False)
        words, columns = self._filter.text(), replace(self._columns)
        self.desk.work_later(
            self._on_written, self._on_not_written, write_log, self.desk.db, self.desk.at, self._query, words,
            columns, file,
        )  # fmt: skip

    def seek(self) -> None:
        """F3: the filter."""
        self._filter.setFocus()
        self._filter.selectAll()

    # ---- reading ----

    def _read(self) -> None:
        self._query, self._rows, self._count_all = self.filters.query(self.desk.clock()), (), 0
        self._totals.set_rows(())
        self._table.set_empty_text(self._empty_words())
        self._read_page()
        # Years of entries take longer to sum than a blink.
        self.desk.ask_later(self._on_summed, self._on_not_summed, audit.sum_entries, self.desk.at, self._query)

    def _read_page(self) -> None:
        last = self._rows[-1] if self._rows else None
        page: tuple[AuditRow, ...] = ()
        try:
            page = self.desk.ask(audit.list_entries, self.desk.at, self._query, limit=PAGE + 1, older_than=last)
        except AvPosError as error:
            self.troubled.emit(error)
        self._rows += page[:PAGE]
        self.older.setVisible(len(page) > PAGE)
        self._table.set_rows(self._rows)
        self._show_count()

    def _on_older(self) -> None:
        has_focus = self.older.hasFocus()
        self._read_page()
        if has_focus and self.older.isHidden():
            self._table.setFocus()

    def _on_summed(self, totals: AuditTotals) -> None:
        # Somebody may have asked for something else meanwhile.
        if totals.query == self._query:
            self._count_all = totals.count
            self._totals.set_rows(totals.deeds)
            self._show_count()

    def _on_not_summed(self, error: Exception) -> None:
        self.troubled.emit(error)

    # ---- the file ----

    def _on_written(self, _count: int) -> None:
        self.export.setEnabled(True)
        self.desk.events.tell(Notice(_("Written to {file}.").format(file=self._file), "ok", key="export"))

    def _on_not_written(self, error: Exception) -> None:
        self.export.setEnabled(True)
        self.troubled.emit(problems.storage_error(error, self._file) if isinstance(error, OSError) else error)

    # ---- showing ----

    def _on_filtered(self, _text: str) -> None:
        self._show_count()

    def _show_count(self) -> None:
        count = len(self._table.rows_shown)
        text = ngettext("{count} entry", "{count} entries", count).format(count=f"{count:,}")
        if self._filter.text() or self.older.isHidden():
            self._said.setText(text)
        elif self._count_all:
            form = _("the newest {count} of {total}")
            self._said.setText(form.format(count=f"{count:,}", total=f"{self._count_all:,}"))
        else:
            self._said.setText(_("the newest {entries}").format(entries=text))

    def _empty_words(self) -> str:
        if self.filters.are_open:
            return _("Nothing yet. Removed lines, discounts, approvals and changes of settings will stand here.")
        return _("Nothing of this kind in these days. Choose other days, another person or every kind.")

    def _connect(self) -> None:
        self.filters.changed.connect(self._read)
        self._filter.textChanged.connect(self._on_filtered)
        self.older.clicked.connect(self._on_older)
        self.export.clicked.connect(self.main_action)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        card, totals = Card("auditCard", pad=0), Card("auditTotalsCard", pad=0)
        card.body.addWidget(self._table)
        totals.body.addWidget(self._totals)
        totals.setFixedHeight(_TOTALS_HEIGHT if sizes is theme.NORMAL else _TOTALS_HEIGHT - 40)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        for part in (self._filter, self._said):
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(self.older)
        foot.addWidget(self.export)
        self._filter.setMinimumWidth(260)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        column.addWidget(self.filters)
        column.addWidget(card, 1)
        column.addWidget(totals)
        column.addLayout(foot)


def _total_key(total: DeedTotal) -> object:
    return total.staff_id, total.action


_TOTALS_HEIGHT = 214
