"""Sums anew what came back of every sale's line, and holds the guard against a second return to it.

What came back is what the lines of returns and voids say that name the line; they belong to a document linked to the
line's own sale. No line brings back more pieces than it sold, or more money than was paid for the sale.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from av_pos.domain.documents import DocumentKind
from av_pos.models import DOCUMENT, DOCUMENT_LINE
from av_pos.models.returned import LINE_RETURN
from av_pos.services.findings import Check, Findings, Place

PIECE = 500

_sold, _back = DOCUMENT_LINE.alias("sold"), DOCUMENT_LINE.alias("back")
_TAKES_BACK = (DocumentKind.RETURN, DocumentKind.VOID)


def count_all(session: Session) -> int:
    """Return how many lines have a guard, for the progress."""
    return int(session.execute(select(func.count()).select_from(LINE_RETURN)).scalar_one())


def check_lines(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the guards of the next lines behind `after_id`; return the last one's id and how many, None at the end."""
    rows = session.execute(
        select(LINE_RETURN, DOCUMENT_LINE.c.qty, DOCUMENT_LINE.c.document_id)
        .join(DOCUMENT_LINE, DOCUMENT_LINE.c.id == LINE_RETURN.c.line_id)
        .where(LINE_RETURN.c.line_id > after_id)
        .order_by(LINE_RETURN.c.line_id)
        .limit(PIECE)
    ).all()
    if not rows:
        return None
    sums = _sums(session, {row.document_id for row in rows})
    for row in rows:
        qty, minor = sums.get(row.line_id, (0, 0))
        expected = {"sold_qty": row.qty, "returned_qty": qty, "refunded_minor": minor}
        findings.compare(Check.DOCUMENTS, Place(LINE_RETURN, str(row.line_id)), expected, row._mapping)
    return int(rows[-1].line_id), len(rows)


def check_documents(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check the next linked documents behind `after_id`: what their lines take back has its guard and was sold there.

    Returns the last one's id and how many, None at the end.
    """
    rows = session.execute(
        select(DOCUMENT.c.id, DOCUMENT.c.of_document_id, DOCUMENT.c.till_id)
        .where(DOCUMENT.c.of_document_id.is_not(None), DOCUMENT.c.kind.in_(_TAKES_BACK), DOCUMENT.c.id > after_id)
        .order_by(DOCUMENT.c.id)
        .limit(PIECE)
    ).all()
    if not rows:
        return None
    wrong = (
        select(_back.c.id, _back.c.document_id, _back.c.of_line_id, LINE_RETURN.c.line_id, _sold.c.document_id)
        .join(DOCUMENT, DOCUMENT.c.id == _back.c.document_id)
        .outerjoin(LINE_RETURN, LINE_RETURN.c.line_id == _back.c.of_line_id)
        .outerjoin(_sold, _sold.c.id == _back.c.of_line_id)
        .where(
            _back.c.document_id.in_([row.id for row in rows]),
            _back.c.of_line_id.is_not(None),
            or_(LINE_RETURN.c.line_id.is_(None), _sold.c.document_id != DOCUMENT.c.of_document_id),
        )
        .order_by(_back.c.id)
    )
    for line_id, _, of_line_id, guard, _ in session.execute(wrong):
        place = Place(DOCUMENT_LINE, str(line_id))
        findings.note(Check.DOCUMENTS, place, "of_line_id", "a line of its sale" if guard else "a guard", of_line_id)
    _check_money(session, {row.of_document_id for row in rows}, findings)
    return int(rows[-1].id), len(rows)


def _check_money(session: Session, sale_ids: set[int], findings: Findings) -> None:
    """Never more goes back than was paid."""
    back = DOCUMENT.alias("back_document")
    query = (
        select(DOCUMENT.c.id, DOCUMENT.c.total_minor, -func.sum(back.c.total_minor))
        .join(back, back.c.of_document_id == DOCUMENT.c.id)
        .where(DOCUMENT.c.id.in_(sale_ids), back.c.kind.in_(_TAKES_BACK))
        .group_by(DOCUMENT.c.id, DOCUMENT.c.total_minor)
        .having(-func.sum(back.c.total_minor) > DOCUMENT.c.total_minor)
    )
    for sale_id, paid_minor, given_minor in session.execute(query):
        findings.note(
            Check.DOCUMENTS, Place(DOCUMENT, str(sale_id)), "total_minor", f"{given_minor} or more", paid_minor
        )


def _sums(session: Session, sale_ids: set[int]) -> dict[int, tuple[int, int]]:
    query = (
        select(_back.c.of_line_id, -func.sum(_back.c.qty), -func.sum(_back.c.net_minor))
        .join(DOCUMENT, DOCUMENT.c.id == _back.c.document_id)
        .where(DOCUMENT.c.of_document_id.in_(sale_ids), _back.c.of_line_id.is_not(None))
        .group_by(_back.c.of_line_id)
    )
    return {line_id: (int(qty), int(minor)) for line_id, qty, minor in session.execute(query)}
