"""The outbox of paper: a sale's transaction leaves jobs here, and people say what becomes of those that ask.

The device worker puts them out (`print_round`). What is on paper for sure is never sent again by itself; what may be on
paper waits for a person (`retry` marks it as a reprint); what never left this machine simply stays in the queue.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import receipt_number
from av_pos.domain.documents import ShopHead
from av_pos.domain.payloads import to_payload
from av_pos.domain.permissions import Permission
from av_pos.domain.shift_report import CashMoveLine, ShiftReport
from av_pos.domain.states import PrintJobState as State
from av_pos.domain.states import require_move
from av_pos.errors import NotFound, WrongState
from av_pos.models import DOCUMENT, PRINT_JOB, SHIFT
from av_pos.services import access, audit, journal

DRAWER = "drawer"
"""The kind of a job that is no slip: a pulse for the cash drawer."""

_QUEUE = insert(PRINT_JOB)
_WAITING = (State.QUEUED, State.SENDING, State.HELD, State.FAILED)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job that is not done: `number` is the receipt's or the shift's; `asks` when it waits for a person."""

    job_id: int
    till: int
    kind: str
    number: str
    state: str
    attempt: int
    is_uncertain: bool
    queued_at: datetime
    trouble: str

    @property
    def asks(self) -> bool:
        """Whether a person has to say what becomes of it."""
        return self.state in (State.HELD, State.FAILED)


def queue_drawer(session: Session, at: At) -> None:
    """Ask for a drawer pulse: its own job, tried once, dropped when it comes too late."""
    session.execute(_QUEUE, _row(at, DRAWER))


def queue_document(session: Session, at: At, document_id: int, *, with_drawer: bool) -> None:
    """Ask for the paper of a document just written and, first, for the drawer where cash changes hands."""
    jobs = [{**_row(at, "receipt"), "document_id": document_id}]
    if with_drawer:
        jobs.insert(0, _row(at, DRAWER))
    session.execute(_QUEUE, jobs)


def queue_copy(session: Session, at: At, document_id: int) -> None:
    """Ask for one more paper of a document, marked as a reprint."""
    session.execute(_QUEUE, {**_row(at, "receipt"), "document_id": document_id, "reprint_at": at.now})


def queue_x(session: Session, at: At, report: ShiftReport) -> None:
    """Ask for an X report on paper; it is in no journal, so the job keeps it."""
    session.execute(_QUEUE, {**_row(at, "x"), "payload": _written(to_payload(report))})


def queue_z(session: Session, at: At, shift_id: int, *, reprint_at: datetime | None = None) -> None:
    """Ask for the paper of a closed shift, as the journal keeps it; `reprint_at` marks a copy somebody asked for."""
    session.execute(_QUEUE, {**_row(at, "z"), "shift_id": shift_id, "reprint_at": reprint_at})


def queue_slip(session: Session, at: At, shop: ShopHead, move: CashMoveLine) -> None:
    """Ask for the slip of cash that went in or out; the job keeps what `printing.shift_slip.CashSlip` shows."""
    slip = {"shop": to_payload(shop), "till": at.till, "move": to_payload(move)}
    session.execute(_QUEUE, {**_row(at, "slip"), "payload": _written(slip)})


def queue_card(
    session: Session,
    at: At,
    shop: ShopHead,
    kind: str,
    code: str,
    *,
    amount_minor: int | None = None,
    expires_on: date | None = None,
) -> None:
    """Ask for a member card or a voucher on paper; the job keeps what `printing.card_slip.CardSlip` shows."""
    until = expires_on.isoformat() if expires_on else None
    slip = {"shop": to_payload(shop), "kind": kind, "code": code, "amount_minor": amount_minor, "expires_on": until}
    session.execute(_QUEUE, {**_row(at, "card"), "payload": _written(slip)})


def list_jobs(session: Session, till: int | None = None) -> tuple[JobRow, ...]:
    """Return what is not done yet, of one till or of all, the oldest first."""
    query = (
        select(PRINT_JOB, DOCUMENT.c.till_id.label("of_till"), DOCUMENT.c.sequence, SHIFT.c.number)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == PRINT_JOB.c.document_id)
        .outerjoin(SHIFT, SHIFT.c.id == PRINT_JOB.c.shift_id)
        .where(PRINT_JOB.c.state.in_(_WAITING))
        .order_by(PRINT_JOB.c.id)
    )
    if till is not None:
        query = query.where(PRINT_JOB.c.till_id == till)
    return tuple(_job_row(row) for row in session.execute(query).all())


def count_waiting(session: Session, till: int) -> int:
    """Count the slips of a till that are not out yet; drawer pulses do not count."""
    query = select(func.count()).where(
        PRINT_JOB.c.till_id == till, PRINT_JOB.c.state.in_(_WAITING), PRINT_JOB.c.kind != DRAWER
    )
    return session.execute(query).scalar_one()


def retry(session: Session, at: At, job_id: int | None = None) -> int:
    """Put what asks (one job, or all of this till) back into the queue, marked if it may be on paper; return how many.

    Raises NotFound for a job that is done, NotPermitted, WrongState for one that is being sent.
    """
    access.require(session, at, Permission.REPRINT)
    chosen = list_jobs(session, at.till) if job_id is None else (_get(session, job_id),)
    if job_id is not None and chosen[0].state == State.SENDING:
        raise WrongState("print_job", State.SENDING, State.QUEUED)
    rows = [row for row in chosen if row.asks]
    for row in rows:
        # Its waiting begins anew, or it would ask again at once.
        move_job(session, row.job_id, row.state, State.QUEUED, at.now, queued_at=at.now)
        audit.record(session, at, "print_retried", row.number, kind=row.kind, may_be_printed=row.is_uncertain)
    return len(rows)


def drop(session: Session, at: At, job_id: int) -> None:
    """Give a slip up; the document stays, and can be printed as a copy. Raises NotFound, NotPermitted, WrongState."""
    access.require(session, at, Permission.REPRINT)
    row = _get(session, job_id)
    move_job(session, job_id, row.state, State.DROPPED, at.now)
    audit.record(session, at, "print_dropped", row.number, kind=row.kind)


def reprint(session: Session, at: At, document_id: int, approval_id: int | None = None) -> None:
    """Print a document once more, marked COPY 补打. Raises NotFound, NotPermitted."""
    approver = access.require(session, at, Permission.REPRINT, approval_id)
    receipt = journal.get_receipt(session, document_id)
    queue_copy(session, at, document_id)
    audit.record(session, at, "receipt_reprinted", receipt.number, approved_by=approver)


def reprint_z(session: Session, at: At, shift_id: int, approval_id: int | None = None) -> None:
    """Print a closed shift's Z once more, marked COPY 补打. Raises NotFound, NotPermitted."""
    approver = access.require(session, at, Permission.REPRINT, approval_id)
    report = journal.get_z_report(session, shift_id)
    queue_z(session, at, shift_id, reprint_at=at.now)
    audit.record(session, at, "z_reprinted", str(report.shift_number), approved_by=approver)


def move_job(session: Session, /, job_id: int, old: str, new: str, now: datetime, **values: Any) -> None:
    """Move a job on to another state, if it is still where it was. Raises WrongState, NotFound."""
    require_move("print_job", old, new)
    moved = (
        update(PRINT_JOB)
        .where(PRINT_JOB.c.id == job_id, PRINT_JOB.c.state == old)
        .values(state=new, changed_at=now, **values)
    )
    if session.execute(moved.returning(PRINT_JOB.c.id)).first() is None:
        raise NotFound("print_job", str(job_id))


def _written(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _row(at: At, kind: str) -> dict[str, Any]:
    return {"till_id": at.till, "kind": kind, "queued_at": at.now, "changed_at": at.now, "document_id": None,
            "reprint_at": None, "payload": None, "shift_id": None}  # fmt: skip


def _get(session: Session, job_id: int) -> JobRow:
    for row in list_jobs(session):
        if row.job_id == job_id:
            return row
    raise NotFound("print_job", str(job_id))


def _job_row(row: Row[Any]) -> JobRow:
    number = receipt_number(row.of_till, row.sequence) if row.sequence else str(row.number or "")
    return JobRow(
        job_id=row.id,
        till=row.till_id,
        kind=row.kind,
        number=number,
        state=row.state,
        attempt=row.attempt,
        is_uncertain=row.is_uncertain,
        queued_at=row.queued_at,
        trouble=row.trouble,
    )
