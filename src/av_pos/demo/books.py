"""Writes documents by the thousand: the same rows that a sale at the till leaves, gathered and inserted in bulk.

What a document says comes from the till's own types (`DocumentDraft`, `Receipt`); only the way into the tables is
another one, because a statement a row would take minutes for a quarter of trade. SQLite only: what is made is a file.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from av_pos.domain import chain
from av_pos.domain.at import At
from av_pos.domain.days import local_hour
from av_pos.domain.documents import (
    DocumentKind,
    Receipt,
    Reduction,
    TenderLine,
    all_reductions,
    discounts_given,
    rounded_off,
)
from av_pos.domain.payloads import PAYLOAD_VERSION, to_payload
from av_pos.domain.stock import StockReason
from av_pos.models import AUDIT, DOCUMENT, DOCUMENT_LINE, JOURNAL, PAYMENT, STOCK_MOVE, TILL
from av_pos.services import demand
from av_pos.services.documents import DocumentDraft, DraftLine, receipt_of
from av_pos.services.shop_settings import ShopSettings

SqlRow = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def insert_into(table: Table, *, with_id: bool = False) -> str:
    """Return the INSERT of all of a table's columns, in the order of its definition, its own number left to SQLite."""
    columns = [column.name for column in table.columns if with_id or column.name != "id"]
    return str(insert(table).compile(dialect=sqlite.dialect(), column_keys=columns))


WRITE_DOCUMENTS = insert_into(DOCUMENT, with_id=True)
WRITE_LINES = insert_into(DOCUMENT_LINE)
WRITE_PAYMENTS = insert_into(PAYMENT)
WRITE_MOVES = insert_into(STOCK_MOVE)
WRITE_JOURNAL = insert_into(JOURNAL)
WRITE_AUDIT = insert_into(AUDIT)


def microseconds(moment: datetime) -> int:
    """Return a time as SQLite keeps it (`models.base.UtcTime`)."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def move_row(
    at: At,
    day: str,
    reason: StockReason,
    edition_id: int,
    qty: int,
    cost_minor: int,
    *,
    copy_id: int | None = None,
    document_id: int | None = None,
    note: str = "",
) -> SqlRow:
    """Return a row of the stock ledger; `day` is the shop's day in ISO form, the cost has the sign of the quantity."""
    return (edition_id, copy_id, reason.value, qty, cost_minor, document_id, microseconds(at.now), day,
            at.actor.staff_id or None, at.till, note, "", None)  # fmt: skip


class Books:
    """One till's documents, journal, ledger and log, written in bulk by `flush`.

    Between two flushes nobody else may write this till's documents; after somebody did, call `reread`.
    """

    def __init__(self, session: Session, settings: ShopSettings, till: int) -> None:
        self._session = session
        self._connection = session.connection()
        self._settings = settings
        self._head = settings.head()
        self.till = till
        self._documents: list[SqlRow] = []
        self._lines: list[SqlRow] = []
        self._payments: list[SqlRow] = []
        self._moves: list[SqlRow] = []
        self._journal: list[SqlRow] = []
        self._audit: list[SqlRow] = []
        self._sold: dict[date, Counter[int]] = {}
        self._last_at: datetime | None = None
        self.reread()

    def reread(self) -> None:
        """Take up where the tables stand now."""
        till = self._connection.execute(
            select(TILL.c.last_number, TILL.c.grand_total_minor).where(TILL.c.id == self.till)
        ).one()
        self.last_number, self.grand_total_minor = int(till[0]), int(till[1])
        self.last_document_id = int(self._connection.execute(select(func.max(DOCUMENT.c.id))).scalar() or 0)
        last = self._connection.execute(
            select(JOURNAL.c.seq, JOURNAL.c.hash)
            .where(JOURNAL.c.till_id == self.till)
            .order_by(JOURNAL.c.seq.desc())
            .limit(1)
        ).first()
        self._seq, self._hash = (int(last[0]), str(last[1])) if last else (0, chain.GENESIS)

    def write_sale(self, at: At, day: date, shift_id: int, draft: DocumentDraft) -> Receipt:
        """Give a sale its number and gather its rows: document, lines, payments, stock moves, journal link."""
        self.last_number += 1
        self.last_document_id += 1
        self.grand_total_minor += draft.total_minor
        self._last_at = at.now
        receipt = receipt_of(at, self._head, draft, self.last_number, day)
        document_id, iso_day = self.last_document_id, day.isoformat()
        self._documents.append(self._document_row(at, document_id, shift_id, draft, receipt))
        for position, line in enumerate(draft.lines):
            self._lines.append(_line_row(document_id, position, iso_day, line))
            self._moves.append(_sale_move(at, document_id, iso_day, line))
            if line.copy_id is None:
                self._sold.setdefault(day, Counter())[line.edition_id] += line.shown.qty
        for position, tender in enumerate(draft.tenders):
            self._payments.append(_payment_row(document_id, position, tender))
        self._chain(at, receipt, document_id, shift_id)
        return receipt

    def move(
        self,
        at: At,
        day: date,
        reason: StockReason,
        edition_id: int,
        qty: int,
        cost_minor: int,
        *,
        copy_id: int | None = None,
        note: str = "",
    ) -> None:
        """Gather a row of the stock ledger outside a sale."""
        self._moves.append(
            move_row(at, day.isoformat(), reason, edition_id, qty, cost_minor, copy_id=copy_id, note=note)
        )

    def log(
        self,
        at: At,
        action: str,
        subject: str = "",
        *,
        amount_minor: int = 0,
        approved_by: str = "",
        shift_id: int | None = None,
        **details: Any,
    ) -> None:
        """Gather an entry of the log, as `audit.record` writes it."""
        self._audit.append(
            (microseconds(at.now), at.actor.staff_id or None, at.actor.name, at.till, shift_id, action, subject[:80],
             amount_minor, approved_by, json.dumps(details, ensure_ascii=False, sort_keys=True))
        )  # fmt: skip

    def flush(self) -> None:
        """Write all that was gathered, and the till's counters."""
        for statement, rows in (
            (WRITE_DOCUMENTS, self._documents),
            (WRITE_LINES, self._lines),
            (WRITE_PAYMENTS, self._payments),
            (WRITE_MOVES, self._moves),
            (WRITE_JOURNAL, self._journal),
            (WRITE_AUDIT, self._audit),
        ):
            if rows:
                self._connection.exec_driver_sql(statement, rows)
                rows.clear()
        for day, sold in self._sold.items():
            demand.note_sold(self._session, sold, day)
        self._sold.clear()
        counters: dict[str, Any] = {"last_number": self.last_number, "grand_total_minor": self.grand_total_minor}
        if self._last_at is not None:
            counters["last_document_at"] = self._last_at
        self._connection.execute(update(TILL).where(TILL.c.id == self.till).values(counters))

    def _document_row(self, at: At, document_id: int, shift_id: int, draft: DocumentDraft, receipt: Receipt) -> SqlRow:
        reductions = all_reductions(receipt)
        return (document_id, at.till, receipt.sequence, DocumentKind.SALE.value, shift_id, at.actor.staff_id or None,
                at.actor.name, microseconds(at.now), receipt.business_on.isoformat(),
                local_hour(at.now, self._settings.zone), None, receipt.items_qty, draft.subtotal_minor,
                discounts_given(receipt.kind, reductions), rounded_off(reductions), draft.total_minor,
                sum(tax.tax_minor for tax in draft.taxes),
                sum(line.cost_minor for line in draft.lines), "", draft.approved_by, draft.member_id,
                draft.points_earned)  # fmt: skip

    def _chain(self, at: At, receipt: Receipt, document_id: int, shift_id: int) -> None:
        kind = receipt.kind.value
        payload = chain.canonical({"version": PAYLOAD_VERSION, "kind": kind, "document": to_payload(receipt)})
        seq = self._seq + 1
        digest = chain.entry_hash(self._hash, at.till, seq, kind, payload)
        self._journal.append(
            (at.till, seq, kind, document_id, shift_id, microseconds(at.now), payload, self._hash, digest)
        )
        self._seq, self._hash = seq, digest


def _line_row(document_id: int, position: int, day: str, line: DraftLine) -> SqlRow:
    shown = line.shown
    return (document_id, position, line.edition_id, line.copy_id, day, shown.title, shown.artist, shown.qty,
            shown.list_minor, shown.unit_minor, shown.amount_minor, shown.net_minor, shown.tax_bp, shown.tax_minor,
            line.cost_minor, _written(shown.reductions), line.of_line_id, line.condition, line.beside_id)  # fmt: skip


def _sale_move(at: At, document_id: int, day: str, line: DraftLine) -> SqlRow:
    return move_row(at, day, StockReason.SALE, line.edition_id, -line.shown.qty, -line.cost_minor,
                    copy_id=line.copy_id, document_id=document_id)  # fmt: skip


def _payment_row(document_id: int, position: int, tender: TenderLine) -> SqlRow:
    return (document_id, position, tender.kind, tender.amount_minor, tender.tendered_minor, tender.change_minor,
            tender.card_type, tender.card_last4, tender.voucher_id)  # fmt: skip


def _written(reductions: Sequence[Reduction]) -> str:
    return json.dumps(to_payload(reductions), ensure_ascii=False) if reductions else "[]"
