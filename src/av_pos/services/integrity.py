"""Verify: recompute what the shop's books claim, and name the first row that does not agree.

The file itself; every till's journal, link by link, against its documents, cash moves, shifts and totals; the stock of
every edition and used copy, and the balances of every member and voucher, against their ledgers; what came back against
what was sold. It reads in short pieces, so that selling goes on meanwhile.
"""

from collections.abc import Callable

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.models import EDITION, TILL
from av_pos.models.every_table import METADATA
from av_pos.services import (
    access,
    coupon_check,
    demand_check,
    journal_check,
    member_check,
    purchasing_check,
    return_check,
    stock_check,
    stocktake_check,
)
from av_pos.services.findings import BadRow, Check, Findings, Place, VerifyReport
from av_pos.services.journal_check import TillMark, Walk

__all__ = ["BadRow", "Check", "Progress", "VerifyReport", "verify"]


_BROKEN_RULE = "CHECK constraint failed in "

# Each is asked for the next piece behind the last id, until there is none; the first counts the editions.
_CHECKS = (
    stock_check.check_piece,
    demand_check.check_piece,
    stocktake_check.check_lines,
    stocktake_check.check_takes,
    purchasing_check.check_on_order,
    purchasing_check.check_orders,
    purchasing_check.check_deliveries,
    purchasing_check.check_supplier_returns,
    member_check.check_members,
    member_check.check_vouchers,
    return_check.check_lines,
    return_check.check_documents,
    coupon_check.check_coupons,
)
Progress = Callable[[int, int], None]
"""Is told how many steps of how many are done."""


def verify(db: Database, at: At, progress: Progress | None = None) -> VerifyReport:
    """Workflow: verify the whole shop, by reading only.

    When the file itself is damaged nothing else is looked at: its pages could not be trusted. Behind a broken link of
    a till's journal the rest of that till is left out. Raises NotPermitted, DatabaseDamaged when nothing can be read.
    """
    findings = Findings()
    begun = db.ask(_begin, at, findings)
    if begun is None:
        return VerifyReport((Check.FILE,), findings.rows(), 0, 0, 0)
    marks, others = begun
    total, links = sum(mark.last_seq for mark in marks) + others, 0
    documents = 0
    for mark in marks:
        walk = Walk(mark)
        while walk.goes_on:
            links += db.ask(journal_check.walk_piece, walk, findings)
            _tell(progress, links, total)
        db.ask(journal_check.end_walk, walk, findings)
        documents += walk.sequence
    done = links
    counts = []
    for check in _CHECKS:
        last_id, before = 0, done
        while piece := db.ask(check, last_id, findings):
            last_id, done = piece[0], done + piece[1]
            _tell(progress, done, total)
        counts.append(done - before)
    return VerifyReport(tuple(Check), findings.rows(), links, documents, counts[0])


def _begin(session: Session, at: At, findings: Findings) -> tuple[tuple[TillMark, ...], int] | None:
    access.require(session, at, Permission.VERIFY)
    if not _file_is_whole(session, findings):
        return None
    # Their balances first, then what they sold week by week.
    editions = 2 * session.execute(select(func.count()).select_from(EDITION)).scalar_one()
    others = member_check.count_all(session) + return_check.count_all(session) + purchasing_check.count_all(session)
    return journal_check.read_marks(session), editions + others


def _file_is_whole(session: Session, findings: Findings) -> bool:
    """Ask SQLite whether its file is whole; a row that breaks a rule is noted, but it can be read."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return True
    found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
    if found.startswith(_BROKEN_RULE):
        findings.note(Check.FILE, Place(_table(found.removeprefix(_BROKEN_RULE)), ""), "integrity_check", "ok", found)
    elif found != "ok":
        findings.note(Check.FILE, Place(TILL, ""), "integrity_check", "ok", found)
        return False
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost is not None:
        findings.note(Check.FILE, Place(_table(lost[0]), str(lost[1])), "foreign_key_check", lost[2], "missing")
    return True


def _table(name: str) -> Table:
    return METADATA.tables.get(name, TILL)


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(min(done, total), total)
