"""What a till says about its books at one moment, and the check of what it finds after a crash.

A program under test writes two lines for each change: `ACK plan {…}` before it commits, with all that the change will
make of the till, and `ACK done` once it is committed. So a checker knows what must be there, and the one thing that may
or may not be.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.errors import AvPosError
from av_pos.models import DOCUMENT, JOURNAL, PRINT_JOB, SHIFT
from av_pos.services import basket, held_baskets, integrity, staff

PLAN, DONE, MADE = "ACK plan ", "ACK done", "ACK made"
MANAGER = Actor(1, "Lin", Role.MANAGER)
BEGIN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""When the day of these tests begins: 09:00 in Shanghai."""


@dataclass(frozen=True)
class TillState:
    """A till's books: basket lines (code, pieces, amount), waiting baskets, the last document, the last closed shift.

    `links` counts the journal's links, `last_hash` is the last one's hash: two equal states have the same history.
    """

    basket: list[list[Any]]
    held: int
    document: list[Any]
    shift: list[Any]
    links: int
    last_hash: str


def read_state(session: Session, at: At) -> TillState:
    """Read the till's books, inside a change or after it."""
    view = basket.view_of(session, at)
    document = session.execute(
        select(DOCUMENT.c.sequence, DOCUMENT.c.kind, DOCUMENT.c.total_minor)
        .where(DOCUMENT.c.till_id == at.till)
        .order_by(DOCUMENT.c.sequence.desc())
    ).first()
    shift = session.execute(
        select(SHIFT.c.number, SHIFT.c.closed_at.is_not(None))
        .where(SHIFT.c.till_id == at.till)
        .order_by(SHIFT.c.number.desc())
    ).first()
    link = session.execute(
        select(JOURNAL.c.seq, JOURNAL.c.hash).where(JOURNAL.c.till_id == at.till).order_by(JOURNAL.c.seq.desc())
    ).first()
    return TillState(
        basket=[[line.code, line.qty, line.net_minor] for line in view.lines],
        held=len(held_baskets.list_held(session)),
        document=list(document or ()),
        shift=[shift[0], bool(shift[1])] if shift else [],
        links=link[0] if link else 0,
        last_hash=link[1] if link else "",
    )


def plan_line(state: TillState) -> str:
    """What the program says before it commits."""
    return PLAN + json.dumps(asdict(state), ensure_ascii=True)


def check(folder: Path, said: Sequence[str], at: At) -> list[str]:
    """Hold the folder of a crashed till against what it said; returns what is wrong with it."""
    plans = [TillState(**json.loads(line.removeprefix(PLAN))) for line in said if line.startswith(PLAN)]
    done_qty = sum(line.startswith(DONE) for line in said)
    if len(plans) not in (done_qty, done_qty + 1):
        return [f"{len(plans)} plans, {done_qty} done"]
    try:
        return _check_file(folder, plans, done_qty, at) + _check_backups(folder / "backups")
    except (AvPosError, sqlite3.Error) as error:
        return [f"{type(error).__name__} {error}"]


def check_set_up(folder: Path, said: Sequence[str], at: At) -> list[str]:
    """Hold a folder in which a shop was being set up against what was said: a shop is there whole, or not at all."""
    path = folder / "shop.db"
    if not path.exists():
        return ["the shop is gone"] if MADE in said else []
    try:
        database = Database.at(path)
        try:
            people = [person.name for person in database.ask(staff.list_staff)]
            wrong = [] if people == [MANAGER.name] else [f"people: {people}"]
            return wrong + [str(row) for row in integrity.verify(database, at).bad]
        finally:
            database.close()
    except (AvPosError, sqlite3.Error) as error:
        return [f"{type(error).__name__} {error}"]


def _check_file(folder: Path, plans: list[TillState], done_qty: int, at: At) -> list[str]:
    database = Database.at(folder / "shop.db")
    try:
        found = database.ask(read_state, at)
        wrong = [str(row) for row in integrity.verify(database, at).bad]
        wrong += _check_now(found, plans, done_qty)
        wrong += database.ask(_check_history, at, plans[:done_qty])
        wrong += database.ask(_check_paper, at)
    finally:
        database.close()
    return wrong


def _check_now(found: TillState, plans: list[TillState], done_qty: int) -> list[str]:
    """The last change that was acknowledged is there; the one that was under way is there whole or not at all."""
    may_be = [*plans[:done_qty][-1:], *plans[done_qty:]]
    if not done_qty or found in may_be:
        return []
    return [f"found {found}, expected {' or '.join(map(str, may_be))}"]


def _check_history(session: Session, at: At, done: list[TillState]) -> list[str]:
    """Every acknowledged document is there, once, as it was; every acknowledged close is closed, with one Z."""
    rows = session.execute(
        select(DOCUMENT.c.sequence, DOCUMENT.c.kind, DOCUMENT.c.total_minor).where(DOCUMENT.c.till_id == at.till)
    )
    documents = {row[0]: list(row) for row in rows}
    acknowledged = {state.document[0]: state.document for state in done if state.document}
    wrong = [f"lost or changed: {document}" for n, document in acknowledged.items() if documents.get(n) != document]
    closed_with_z = (
        select(SHIFT.c.number, func.count(JOURNAL.c.seq))
        .outerjoin(JOURNAL, (JOURNAL.c.shift_id == SHIFT.c.id) & (JOURNAL.c.kind == "z"))
        .where(SHIFT.c.till_id == at.till, SHIFT.c.closed_at.is_not(None))
        .group_by(SHIFT.c.number)
    )
    zs: dict[int, int] = {row[0]: row[1] for row in session.execute(closed_with_z)}
    closed = {state.shift[0] for state in done if state.shift and state.shift[1]}
    wrong += [f"shift {number} has {zs.get(number, 0)} Z" for number in closed | set(zs) if zs.get(number) != 1]
    return wrong


def _check_paper(session: Session, at: At) -> list[str]:
    """Every document asked for its paper, once."""
    jobs = (
        select(DOCUMENT.c.sequence, func.count(PRINT_JOB.c.id))
        .outerjoin(PRINT_JOB, PRINT_JOB.c.document_id == DOCUMENT.c.id)
        .where(DOCUMENT.c.till_id == at.till)
        .group_by(DOCUMENT.c.sequence)
        .having(func.count(PRINT_JOB.c.id) != 1)
    )
    return [f"document {row[0]} has {row[1]} receipts" for row in session.execute(jobs)]


def _check_backups(folder: Path) -> list[str]:
    """A file with a backup's name is a whole backup."""
    wrong = []
    for path in sorted(folder.glob("shop-*.db")) if folder.is_dir() else ():
        raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            if raw.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                wrong.append(f"backup {path.name} is damaged")
        finally:
            raw.close()
    return wrong
