"""The rights of the person: all that is kept of a member as a file, and a member erased.

Erased are name, phone, birthday, cards, words, wants and notes; the number, the ledgers and the sales stay, so that
totals do. The rows of the cards stay as numbers alone: given out anew, a number would bring somebody else's sales.

A backup knows nothing of what was erased since. So the numbers of erased members stand, with times and nothing else, in
`erased.json` beside the shop's file, and whoever puts a backup back applies them before the shop is opened.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database, sqlite_url
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.days import business_day
from av_pos.domain.payloads import to_payload
from av_pos.domain.permissions import Permission
from av_pos.errors import StorageError, WrongState
from av_pos.models import AUDIT, BASKET, schema
from av_pos.models.members import MEMBER, MEMBER_CARD, MEMBER_WANT, MEMBER_WORD, POINTS_MOVE, STORED_MOVE
from av_pos.models.reordering import RESERVATION
from av_pos.services import (
    access,
    audit,
    levels,
    member_page,
    members,
    points,
    reservations,
    stored_value,
    vouchers,
    wants,
)
from av_pos.services.members import MemberRow
from av_pos.services.shop_settings import get_settings
from av_pos.services.vouchers import VoucherLine, VoucherRow

FILE_NAME = "erased.json"
_VERSION = 1
# In what the log says of these, somebody may have typed about the person.
_TYPED_IN = ("member_suspended", "member_active", "points_adjusted", "points_gift", "stored_paid_out")


@dataclass(frozen=True, slots=True)
class Erased:
    """A member that was erased: its id, and when it was made and erased, in whole microseconds since 1970 (UTC).

    Both id and birth of the row must agree before anything is erased again: in a backup older than the member, its id
    may come to be somebody else's.
    """

    member_id: int
    created_us: int
    erased_us: int


@dataclass(frozen=True, slots=True)
class _Card:
    """A card as it is exported: the shop's number, and the code of an older card from elsewhere."""

    number: str
    code: str
    is_active: bool
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class _Voucher:
    """A voucher as it is exported, with its ledger."""

    voucher: VoucherRow
    moves: tuple[VoucherLine, ...]


def export_member(session: Session, at: At, member_id: int) -> dict[str, Any]:
    """Return all that is kept of a member as plain JSON values, its sales and ledgers whole.

    Raises NotFound, NotPermitted.
    """
    access.require(session, at, Permission.SEE_PHONES)
    member_id = members.resolve(session, member_id)
    ids = members.all_ids(session, member_id)
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    cards = session.execute(select(MEMBER_CARD).where(MEMBER_CARD.c.member_id == member_id).order_by(MEMBER_CARD.c.id))
    told = {
        "member": members.get_member(session, at, member_id),
        "cards": [_Card(shop_code(CodeKind.MEMBER, row.id), row.code, row.is_active, row.issued_at) for row in cards],
        "levels": levels.list_changes(session, member_id),
        "purchases": member_page.list_purchases(session, ids, most=None),
        "points": [line for each in ids for line in points.why(session, each)],
        "stored_value": [line for each in ids for line in stored_value.statement(session, each)],
        "vouchers": [
            _Voucher(row, vouchers.statement(session, row.voucher_id))
            for row in vouchers.list_vouchers(session, member_id, day)
        ],
        "wants": wants.list_wants(session, member_id, everything=True),
        "put_by": reservations.list_all_for(session, member_id),
    }
    return {"exported_at": to_payload(at.now), **{name: to_payload(value) for name, value in told.items()}}


def erase(db: Database, at: At, member_id: int) -> MemberRow:
    """Workflow: erase a member for good, keep its number for restored backups, and clear the log of the file.

    Raises NotFound, WrongState when it is erased already, NotPermitted; StorageError when the number could not be kept
    beside the shop (then the member is erased all the same, and the next erasure or restore keeps it).
    """
    row = db.run(erase_member, at, member_id)
    if db.is_sqlite:
        keep_erased(db.path.parent, db.ask(list_erased))
        _clear_log(db)
    return row


def erase_member(session: Session, at: At, member_id: int) -> MemberRow:
    """Erase a member and those merged into it, in this transaction; `erase` does the rest too.

    What is put by for the person goes back on the shelf: nobody would ever fetch it.
    Raises NotFound, WrongState when it is erased already, NotPermitted.
    """
    access.require(session, at, Permission.ERASE_MEMBER)
    row = members.get_member(session, at, member_id)
    if row.status == "erased":
        raise WrongState("member", "erased", "erased")
    _let_go(session, at, row.member_id)
    _erase_rows(session, at.now, members.all_ids(session, row.member_id))
    audit.record(session, at, "member_erased", str(row.member_id))
    return members.get_member(session, at, row.member_id)


def list_erased(session: Session) -> tuple[Erased, ...]:
    """Return the members that were erased in this shop."""
    rows = session.execute(
        select(MEMBER.c.id, MEMBER.c.created_at, MEMBER.c.changed_at).where(MEMBER.c.status == "erased")
    )
    return tuple(Erased(row.id, _micros(row.created_at), _micros(row.changed_at)) for row in rows)


def read_erased(folder: Path) -> tuple[Erased, ...]:
    """Return what `erased.json` in a shop's folder says; nothing when there is none. Raises StorageError.

    A file that cannot be read is told, never taken for an empty one: with it, people would come back.
    """
    path = folder / FILE_NAME
    try:
        told = json.loads(path.read_text("utf-8"))
        return tuple(Erased(*map(int, entry)) for entry in told["erased"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(str(path), str(error)) from error


def keep_erased(folder: Path, erased: Iterable[Erased]) -> None:
    """Add erased members to `erased.json` in a shop's folder, written through to the disk. Raises StorageError."""
    path = folder / FILE_NAME
    known = {(one.member_id, one.created_us): one for one in (*erased, *read_erased(folder))}
    entries = [[one.member_id, one.created_us, one.erased_us] for _, one in sorted(known.items())]
    temporary = path.with_name(f".{FILE_NAME}.part")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"version": _VERSION, "erased": entries}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StorageError(str(path), error.strerror or str(error)) from error


def erase_again(db_path: Path, now: datetime, shop_path: Path) -> int:
    """Erase, in the file of a backup, whoever was erased since it was made; return how many.

    What is known: `erased.json` beside the shop, and the shop's present file if it can be read; both are kept. The
    backup of an older program is migrated first: what stands in tables that came later is erased as well.
    """
    erased = {(one.member_id, one.created_us): one for one in (*_of_shop(shop_path), *read_erased(shop_path.parent))}
    if not erased or not _has_members(db_path):
        return 0
    keep_erased(shop_path.parent, erased.values())
    _bring_up_to_date(db_path)
    db = Database.at(db_path)
    try:
        return db.run(_erase_known, now, tuple(erased.values()))
    finally:
        db.close()


def _bring_up_to_date(db_path: Path) -> None:
    db = Database.at(db_path)
    try:
        revision = db.ask(schema.revision_of)
    finally:
        db.close()
    if schema.needs_migration(revision, str(db_path)):
        schema.migrate(sqlite_url(db_path))


def _erase_known(session: Session, now: datetime, erased: Sequence[Erased]) -> int:
    at, done = At(access.CONSOLE, 0, now), 0
    for one in erased:
        row = session.execute(select(MEMBER.c.created_at, MEMBER.c.status).where(MEMBER.c.id == one.member_id)).first()
        if row is None or row.status == "erased" or _micros(row.created_at) != one.created_us:
            continue
        _let_go(session, at, one.member_id)
        _erase_rows(session, now, (one.member_id,))
        audit.record(session, at, "member_erased", str(one.member_id), again=True)
        done += 1
    return done


def _let_go(session: Session, at: At, member_id: int) -> None:
    for row in reservations.list_all_for(session, member_id):
        if row.ended_at is None:
            reservations.let_go(session, at, row.reservation_id)


def _erase_rows(session: Session, now: datetime, ids: Sequence[int]) -> None:
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # What is deleted is overwritten; without this it stays legible in the file's free pages.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    gone: dict[str, Any] = {
        "name": "", "phone": "", "phone_last4": "", "birthday": None, "consent_on": None, "note": "", "is_staff": False,
        "status": "erased", "changed_at": now,
    }  # fmt: skip
    session.execute(update(MEMBER).where(MEMBER.c.id.in_(ids)).values(**gone))
    session.execute(update(MEMBER_CARD).where(MEMBER_CARD.c.member_id.in_(ids)).values(code="", is_active=False))
    session.execute(delete(MEMBER_WORD).where(MEMBER_WORD.c.member_id.in_(ids)))
    session.execute(delete(MEMBER_WANT).where(MEMBER_WANT.c.member_id.in_(ids)))
    session.execute(update(BASKET).where(BASKET.c.member_id.in_(ids)).values(member_id=None, held_label=""))
    session.execute(update(RESERVATION).where(RESERVATION.c.member_id.in_(ids)).values(words=""))
    for table in (POINTS_MOVE, STORED_MOVE):
        session.execute(update(table).where(table.c.member_id.in_(ids), table.c.note != "").values(note=""))
    typed = select(AUDIT.c.id, AUDIT.c.details).where(
        AUDIT.c.action.in_(_TYPED_IN), AUDIT.c.subject.in_([str(member_id) for member_id in ids])
    )
    for entry_id, details in session.execute(typed).all():
        kept = {name: value for name, value in json.loads(details).items() if name != "reason"}
        session.execute(
            update(AUDIT).where(AUDIT.c.id == entry_id).values(details=json.dumps(kept, ensure_ascii=False))
        )


def _clear_log(db: Database) -> None:
    """Fold the write-ahead log into the file and empty it: the old pages stand there too. A reader may delay that."""
    connection = db.raw()
    try:
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _of_shop(path: Path) -> tuple[Erased, ...]:
    """Who is erased in the shop's present file; nobody when it is not there or too damaged to say."""
    if not path.is_file() or not _has_members(path):
        return ()
    query = "SELECT id, created_at, changed_at FROM member WHERE status = 'erased'"
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_open_to_read(path)) as connection:
        return tuple(Erased(*row) for row in connection.execute(query))
    return ()


def _has_members(path: Path) -> bool:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_open_to_read(path)) as connection:
        return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'member'").fetchone() is not None
    return False


def _open_to_read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True, isolation_level=None)


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=at.tzinfo)) // timedelta(microseconds=1)
