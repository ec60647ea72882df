"""The device worker's round: the jobs of the print queue go to the printer, one after the other.

Only one program may drain a till at a time (`shop.hold_till`): a job found in `sending` at the start is one that a
crash interrupted.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Row, case, func, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.payloads import from_payload
from av_pos.domain.shift_report import ShiftReport
from av_pos.domain.states import PrintJobState as State
from av_pos.domain.states import require_move
from av_pos.errors import DeviceError, RuleError
from av_pos.models import PRINT_JOB
from av_pos.services import journal, shop_settings
from av_pos.services.print_queue import DRAWER, count_waiting, move_job

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
            if claim.job.kind == DRAWER:
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
            self._db.run(move_job, job.id, State.SENDING, State.SENT, self._now())

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
        if kind == DRAWER:
            _fail(session, job_id, now, INTERRUPTED, then=State.DROPPED)
        else:
            _fail(session, job_id, now, INTERRUPTED, uncertain=True)
    return sum(kind != DRAWER for _, kind in rows)


def _claim(session: Session, till: int, now: datetime, asks_after: timedelta) -> _Claim:
    """Take the next job, after what came too late was sorted out."""
    # A clock that was set back makes a pulse lie in the future: it is as wrong then as one that is too old.
    late = (PRINT_JOB.c.queued_at < now - DRAWER_LASTS) | (PRINT_JOB.c.queued_at > now + DRAWER_LASTS)
    dropped = _sort_out(session, till, now, State.DROPPED, (PRINT_JOB.c.kind == DRAWER) & late, trouble=TOO_LATE)
    old = (PRINT_JOB.c.kind == "receipt") & (PRINT_JOB.c.queued_at < now - asks_after)
    asking = _sort_out(session, till, now, State.HELD, old) if asks_after else 0
    first = (
        select(PRINT_JOB.c.id)
        .where(*_in(till, State.QUEUED))
        .order_by(case((PRINT_JOB.c.kind == DRAWER, 0), else_=1), PRINT_JOB.c.id)
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
    move_job(session, job_id, State.SENDING, State.SENT, now, trouble="")
    if confirmed:
        move_job(session, job_id, State.SENT, State.CONFIRMED, now)


def _put_back(session: Session, job_id: int, now: datetime, trouble: str) -> None:
    """Not a byte went out: this was no sending."""
    move_job(session, job_id, State.SENDING, State.QUEUED, now, attempt=PRINT_JOB.c.attempt - 1, trouble=trouble)


def _fail(
    session: Session, job_id: int, now: datetime, trouble: str, *, uncertain: bool = False, then: State | None = None
) -> None:
    values: dict[str, Any] = {"trouble": trouble}
    if uncertain:
        # From now on it is no first slip any more; the mark shows when that one was sent.
        values |= {"is_uncertain": True, "reprint_at": func.coalesce(PRINT_JOB.c.reprint_at, PRINT_JOB.c.changed_at)}
    move_job(session, job_id, State.SENDING, State.FAILED, now, **values)
    if then is not None:
        move_job(session, job_id, State.FAILED, then, now)
