"""The log's two lists, entries and totals, and the file that a query of it makes."""

from dataclasses import dataclass
from pathlib import Path

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.i18n import _, screen_texts
from av_pos.services import audit
from av_pos.services.audit import AuditQuery, AuditRow, DeedTotal
from av_pos.ui.settings.log_words import (
    action_words,
    detail_words,
    kind_words,
    setting_words,
    subject_words,
    who_words,
)
from av_pos.ui.widgets.table import Column, RowModel

_PAGE = 5_000


@dataclass(slots=True)
class LogColumns:
    """What stands in the columns, in the shop's zone and currency; columns already made follow a change of them."""

    zone: str
    currency: str

    def entries(self) -> tuple[Column[AuditRow], ...]:
        """Entry by entry."""
        return (
            Column(_("Time"), self._time),
            Column(_("Who"), who_words),
            Column(_("What"), action_words),
            Column(_("Concerns"), self._subject, stretch=True),
            Column(_("Amount"), _amount, "money"),
            Column(_("Approval"), _approver),
            Column(_("Till"), _till, "number"),
        )

    def totals(self) -> tuple[Column[DeedTotal], ...]:
        """Person by person and deed by deed."""
        return (
            Column(_("Who"), who_words),
            Column(_("Kind"), kind_words),
            Column(_("What"), action_words, stretch=True),
            Column(_("Times"), _count, "number"),
            Column(_("Amount"), _amount, "money"),
        )

    def _time(self, row: AuditRow) -> str:
        return screen_texts().date_time(row.happened_at, self.zone)

    def _subject(self, row: AuditRow) -> str:
        parts = (subject_words(row, setting_words), detail_words(row, self.currency))
        return " · ".join(part for part in parts if part)


def write_log(db: Database, at: At, query: AuditQuery, words: str, columns: LogColumns, file: str) -> int:
    """Workflow: write every entry of a query that holds all `words` as CSV; returns how many were looked at.

    Page by page, each in a short read of its own: an open reader lets the file's log grow. With a byte order mark, so
    that spreadsheets see hanzi. Raises OSError, NotPermitted.
    """
    model: RowModel[AuditRow] = RowModel(columns.entries(), currency_code=columns.currency, totals=False)
    model.set_filter(words)
    count, page = 0, db.ask(audit.list_entries, at, query, limit=_PAGE)
    with Path(file).open("w", encoding="utf-8-sig", newline="") as out:
        out.write(model.csv_text())
        while page:
            count += len(page)
            model.set_rows(page)
            # Each page comes with the head line, which stands there already.
            out.write(model.csv_text().partition("\r\n")[2])
            page = db.ask(audit.list_entries, at, query, limit=_PAGE, older_than=page[-1])
    return count


def _amount(row: AuditRow | DeedTotal) -> int | None:
    return row.amount_minor or None


def _approver(row: AuditRow) -> str:
    return row.approved_by


def _till(row: AuditRow) -> int:
    return row.till_id


def _count(total: DeedTotal) -> int:
    return total.count
