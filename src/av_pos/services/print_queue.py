"""The outbox of paper: a sale's transaction leaves jobs here, the device worker puts them out.

`drain` is the worker's round. What is on paper for sure is never sent again by itself; what may be on paper waits for a
person (`retry` marks it as a reprint); what never left this machine simply stays in the queue. Only one program may
drain a till at a time (`shop.hold_till`): a job found in `sending` at the start is one that a crash interrupted.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Row, case, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import receipt_number
from av_pos.domain.documents import ShopHead
from av_pos.domain.payloads import from_payload, to_payload
from av_pos.domain.permissions import Permission
from av_pos.domain.shift_report import CashMoveLine, ShiftReport
from av_pos.domain.states import PrintJobState as State
from av_pos.domain.states import require_move
from av_pos.errors import DeviceError, NotFound, RuleError, WrongState
from av_pos.models import DOCUMENT, PRINT_JOB, SHIFT
from av_pos.services import access, audit, journal, shop_settings

if TYPE_CHECKING:
    from av_pos.printing.devices import Delivery
    from av_pos.printing.profile import PrinterProfile
    from av_pos.printing.receipt import CopyMark
    from av_pos.printing.receipt import Document as Slip

DRAWER_LASTS = timedelta(seconds=10)
"""A drawer that opens later than this opens on somebody else's fingers."""

INTERRUPTED = "Interrupted"
TOO_LATE = "TooLate"
NO_PRINTER = "NoPrinter"
NO_DRAWER = "NoDrawer"
UNREADABLE = "Unreadable"
"""What a job's `trouble` says beside the names of device errors."""

_DRAWER = "drawer"
_QUEUE = insert(PRINT_JOB)
_WAITING = (State.QUEUED, State.SENDING, State.HELD, State.FAILED)


class Printer(Protocol):
    """What a round puts its paper out by."""

    @property
    def has_drawer(self) -> bool:
        """Whether a cash drawer hangs on it."""

    def put_out(self, slip: "Slip", mark: "CopyMark | None", job_id: int) -> "Delivery":
        """Lay a document out and send it. Raises DeviceError."""

    def open_drawer(self) -> None:
        """Send the drawer's pulse, once. Raises DeviceError."""


class CounterPrinter:
    """The printer of this machine's settings; remembers whether it answers, so keep one for as long as it is set."""

    def __init__(self, profile: "PrinterProfile") -> None:
        self.profile = profile
        self._answers = False

    @classmethod
    def at(cls, url: str) -> "CounterPrinter | None":
        """Return the printer of a URL; None when it is empty. Raises InvalidInput."""
        if not url.strip():
            return None
        from av_pos.printing.profile import parse_printer

        return cls(parse_printer(url))

    @property
    def has_drawer(self) -> bool:
        """Whether a cash drawer hangs on it."""
        return self.profile.drawer

    def put_out(self, slip: "Slip", mark: "CopyMark | None", job_id: int) -> "Delivery":
        """Lay a document out for this printer, in the document's language, and send it. Raises DeviceError."""
        from av_pos.i18n import Texts
        from av_pos.printing.devices import send_document
        from av_pos.printing.encode import encode
        from av_pos.printing.receipt import lay_out

        lines = lay_out(slip, Texts(slip.shop.language), self.profile.columns, mark)
        delivery = send_document(self.profile, encode(lines, self.profile), job=job_id, answers=self._answers)
        self._answers = self._answers or delivery.answers
        return delivery

    def warm_up(self) -> None:
        """Import what printing needs, so that the first sale does not wait for it."""
        from av_pos.i18n import Texts
        from av_pos.printing import encode, links, test_page

        links.prepare()
        encode.encode(test_page.lay_out_question(Texts("zh_CN"), self.profile.columns), self.profile)

    def open_drawer(self) -> None:
        """Send the drawer's pulse, once. Raises DeviceError."""
        from av_pos.printing.devices import open_drawer

        open_drawer(self.profile)


@dataclass(frozen=True, slots=True)
class DrainOutcome:
    """One round: slips put out (some of them for sure), receipts that began to ask, jobs dropped, and what waits.

    `trouble` stopped the round. `interrupted_qty` slips were being sent when the program ended the last time.
    """

    printed_qty: int = 0
    confirmed_qty: int = 0
    asking_qty: int = 0
    dropped_qty: int = 0
    interrupted_qty: int = 0
    waiting_qty: int = 0
    trouble: DeviceError | None = None
    paper_low: bool = False


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
    session.execute(_QUEUE, _row(at, _DRAWER))


def queue_document(session: Session, at: At, document_id: int, *, with_drawer: bool) -> None:
    """Ask for the paper of a document just written and, first, for the drawer where cash changes hands."""
    jobs = [{**_row(at, "receipt"), "document_id": document_id}]
    if with_drawer:
        jobs.insert(0, _row(at, _DRAWER))
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


def _written(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _row(at: At, kind: str) -> dict[str, Any]:
    return {"till_id": at.till, "kind": kind, "queued_at": at.now, "changed_at": at.now, "document_id": None,
            "reprint_at": None, "payload": None, "shift_id": None}  # fmt: skip


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
        PRINT_JOB.c.till_id == till, PRINT_JOB.c.state.in_(_WAITING), PRINT_JOB.c.kind != _DRAWER
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
        _move(session, row.job_id, row.state, State.QUEUED, at.now, queued_at=at.now)
        audit.record(session, at, "print_retried", row.number, kind=row.kind, may_be_printed=row.is_uncertain)
    return len(rows)


def drop(session: Session, at: At, job_id: int) -> None:
    """Give a slip up; the document stays, and can be printed as a copy. Raises NotFound, NotPermitted, WrongState."""
    access.require(session, at, Permission.REPRINT)
    row = _get(session, job_id)
    _move(session, job_id, row.state, State.DROPPED, at.now)
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


def drain(db: Database, till: int, now: Callable[[], datetime], printer: Printer | None) -> DrainOutcome:
    """Workflow: put out what waits for this till, the drawer first, one job after the other, until trouble or the end.

    Without a printer the jobs are dropped: the receipt shows on screen and is kept in the journal. Raises StorageError.
    """
    if not db.ask(_has_work, till):
        return DrainOutcome(waiting_qty=db.ask(count_waiting, till))
    asks_after = timedelta(minutes=db.ask(shop_settings.get_settings).receipt_asks_after_min)
    round_ = _Round(db, till, now, printer, asks_after)
    round_.run()
    return round_.outcome()


class _Round:
    """One round of the device worker and what came of it so far."""

    def __init__(
        self, db: Database, till: int, now: Callable[[], datetime], printer: Printer | None, asks_after: timedelta
    ) -> None:
        self._db, self._till, self._now, self._printer, self._asks_after = db, till, now, printer, asks_after
        self._printed = self._confirmed = self._asking = self._dropped = self._interrupted = 0
        self._trouble: DeviceError | None = None
        self._paper_low = False

    def run(self) -> None:
        """Claim and put out until nothing is left or something is wrong."""
        self._interrupted = self._db.run(_find_interrupted, self._till, self._now())
        if self._printer is None:
            self._dropped += self._db.run(_drop_all, self._till, self._now())
            return
        while self._trouble is None:
            claim = self._db.run(_claim, self._till, self._now(), self._asks_after)
            self._asking += claim.asking_qty
            self._dropped += claim.dropped_qty
            if claim.job is None:
                return
            if claim.job.kind == _DRAWER:
                self._pulse(self._printer, claim.job)
            else:
                self._print(self._printer, claim.job)

    def outcome(self) -> DrainOutcome:
        """What the round came to."""
        return DrainOutcome(
            printed_qty=self._printed,
            confirmed_qty=self._confirmed,
            asking_qty=self._asking,
            dropped_qty=self._dropped,
            interrupted_qty=self._interrupted,
            waiting_qty=self._db.ask(count_waiting, self._till),
            trouble=self._trouble,
            paper_low=self._paper_low,
        )

    def _pulse(self, printer: Printer, job: Row[Any]) -> None:
        if not printer.has_drawer:
            self._give_up(job, NO_DRAWER)
            return
        try:
            printer.open_drawer()
        except DeviceError as error:
            self._trouble = error
            self._give_up(job, type(error).__name__)
        else:
            self._db.run(_move, job.id, State.SENDING, State.SENT, self._now())

    def _give_up(self, job: Row[Any], trouble: str) -> None:
        self._dropped += 1
        self._db.run(_fail, job.id, self._now(), trouble, then=State.DROPPED)

    def _print(self, printer: Printer, job: Row[Any]) -> None:
        try:
            slip = self._db.ask(_load, job)
        except RuleError:
            self._db.run(_fail, job.id, self._now(), UNREADABLE)
            return
        try:
            delivery = printer.put_out(slip, _mark(job), job.id)
        except DeviceError as error:
            self._trouble = error
            if error.sent:
                self._db.run(_fail, job.id, self._now(), type(error).__name__, uncertain=True)
            else:
                self._db.run(_put_back, job.id, self._now(), type(error).__name__)
            return
        self._printed += 1
        self._paper_low = delivery.paper_low
        confirmed = delivery.state.value == State.CONFIRMED
        self._confirmed += confirmed
        self._db.run(_finish, job.id, self._now(), confirmed)


@dataclass(frozen=True, slots=True)
class _Claim:
    job: Row[Any] | None
    asking_qty: int
    dropped_qty: int


def _has_work(session: Session, till: int) -> bool:
    query = (
        select(PRINT_JOB.c.id)
        .where(PRINT_JOB.c.till_id == till, PRINT_JOB.c.state.in_((State.QUEUED, State.SENDING)))
        .limit(1)
    )
    return session.execute(query).first() is not None


def _find_interrupted(session: Session, till: int, now: datetime) -> int:
    """What was being sent when the program ended may be on paper: it asks. A drawer pulse is forgotten."""
    rows = session.execute(select(PRINT_JOB.c.id, PRINT_JOB.c.kind).where(*_in(till, State.SENDING))).all()
    for job_id, kind in rows:
        if kind == _DRAWER:
            _fail(session, job_id, now, INTERRUPTED, then=State.DROPPED)
        else:
            _fail(session, job_id, now, INTERRUPTED, uncertain=True)
    return sum(kind != _DRAWER for _, kind in rows)


def _claim(session: Session, till: int, now: datetime, asks_after: timedelta) -> _Claim:
    """Take the next job, after what came too late was sorted out."""
    # A clock that was set back makes a pulse lie in the future: it is as wrong then as one that is too old.
    late = (PRINT_JOB.c.queued_at < now - DRAWER_LASTS) | (PRINT_JOB.c.queued_at > now + DRAWER_LASTS)
    dropped = _sort_out(session, till, now, State.DROPPED, (PRINT_JOB.c.kind == _DRAWER) & late, trouble=TOO_LATE)
    old = (PRINT_JOB.c.kind == "receipt") & (PRINT_JOB.c.queued_at < now - asks_after)
    asking = _sort_out(session, till, now, State.HELD, old) if asks_after else 0
    first = (
        select(PRINT_JOB.c.id)
        .where(*_in(till, State.QUEUED))
        .order_by(case((PRINT_JOB.c.kind == _DRAWER, 0), else_=1), PRINT_JOB.c.id)
        .limit(1)
    )
    job = session.execute(
        update(PRINT_JOB)
        .where(PRINT_JOB.c.id == first.scalar_subquery(), PRINT_JOB.c.state == State.QUEUED)
        .values(state=State.SENDING, attempt=PRINT_JOB.c.attempt + 1, changed_at=now)
        .returning(PRINT_JOB)
    ).first()
    return _Claim(job, asking, dropped)


def _drop_all(session: Session, till: int, now: datetime) -> int:
    return _sort_out(session, till, now, State.DROPPED, PRINT_JOB.c.id > 0, trouble=NO_PRINTER)


def _sort_out(session: Session, till: int, now: datetime, new: State, which: Any, **values: Any) -> int:
    require_move("print_job", State.QUEUED, new)
    changed = update(PRINT_JOB).where(*_in(till, State.QUEUED), which).values(state=new, changed_at=now, **values)
    return len(session.execute(changed.returning(PRINT_JOB.c.id)).all())


def _in(till: int, state: State) -> tuple[Any, Any]:
    return PRINT_JOB.c.till_id == till, PRINT_JOB.c.state == state


def _load(session: Session, job: Row[Any]) -> "Slip":
    """Return what a job shows. Raises NotFound."""
    from av_pos.printing.receipt import CardSlip, CashSlip

    if job.kind == "receipt":
        return journal.get_receipt(session, job.document_id)
    if job.kind == "z":
        return journal.get_z_report(session, job.shift_id)
    if job.kind == "x":
        return from_payload(ShiftReport, json.loads(job.payload))
    if job.kind == "card":
        return from_payload(CardSlip, json.loads(job.payload))
    return from_payload(CashSlip, json.loads(job.payload))


def _mark(job: Row[Any]) -> "CopyMark | None":
    from av_pos.printing.receipt import CopyMark, MarkKind

    if job.reprint_at is None:
        return None
    if job.is_uncertain:
        return CopyMark(MarkKind.REPRINT, job.reprint_at, max(1, job.attempt - 1))
    return CopyMark(MarkKind.COPY, job.reprint_at)


def _finish(session: Session, job_id: int, now: datetime, confirmed: bool) -> None:
    _move(session, job_id, State.SENDING, State.SENT, now, trouble="")
    if confirmed:
        _move(session, job_id, State.SENT, State.CONFIRMED, now)


def _put_back(session: Session, job_id: int, now: datetime, trouble: str) -> None:
    """Not a byte went out: this was no sending."""
    _move(session, job_id, State.SENDING, State.QUEUED, now, attempt=PRINT_JOB.c.attempt - 1, trouble=trouble)


def _fail(
    session: Session, job_id: int, now: datetime, trouble: str, *, uncertain: bool = False, then: State | None = None
) -> None:
    values: dict[str, Any] = {"trouble": trouble}
    if uncertain:
        # From now on it is no first slip any more; the mark shows when that one was sent.
        values |= {"is_uncertain": True, "reprint_at": func.coalesce(PRINT_JOB.c.reprint_at, PRINT_JOB.c.changed_at)}
    _move(session, job_id, State.SENDING, State.FAILED, now, **values)
    if then is not None:
        _move(session, job_id, State.FAILED, then, now)


def _move(session: Session, /, job_id: int, old: str, new: str, now: datetime, **values: Any) -> None:
    """Move a job on, if it is still where it was. Raises WrongState, NotFound."""
    require_move("print_job", old, new)
    moved = (
        update(PRINT_JOB)
        .where(PRINT_JOB.c.id == job_id, PRINT_JOB.c.state == old)
        .values(state=new, changed_at=now, **values)
    )
    if session.execute(moved.returning(PRINT_JOB.c.id)).first() is None:
        raise NotFound("print_job", str(job_id))


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
