"""Members: who they are, by what they are found, their cards; registered in seconds at the till.

A member's number is its card's code, `29 3…`; a card from elsewhere may be taken over beside it. Telephone numbers are
hidden in the middle from whoever may not see them. The log says what changed and never what it was.
"""

import contextlib
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, bindparam, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from av_pos.domain import phones
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code, shop_code
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import DOCUMENT
from av_pos.models.members import MEMBER, MEMBER_CARD
from av_pos.services import access, audit, levels, member_words, print_queue
from av_pos.services.member_drafts import CleanDraft, MemberDraft, plain_card_code, read_card_code, read_draft
from av_pos.services.search_words import fold
from av_pos.services.shop_settings import get_settings
from av_pos.services.typed_text import read_reason

__all__ = ["MemberDraft", "MemberRow"]

_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_NEWEST_DOCUMENTS = 5_000


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as lists and forms show it. `number` is the card's code; `phone` is hidden in the middle for some.

    `stored_minor` is all stored value, paid and bonus; `status` active, suspended, merged or erased. `last_visit_on` is
    the day of the newest sale, void or return, also of members merged into this one; None for who never came.
    """

    member_id: int
    number: str
    name: str
    phone: str
    birthday: date | None
    consent_on: date | None
    level_key: str
    points_qty: int
    stored_minor: int
    status: str
    joined_on: date
    note: str
    is_staff: bool = False
    last_visit_on: date | None = None


LAST_CARD = (
    select(MEMBER_CARD.c.id)
    .where(MEMBER_CARD.c.member_id == MEMBER.c.id)
    .order_by(MEMBER_CARD.c.is_active.desc(), MEMBER_CARD.c.id.desc())
    .limit(literal_column("1"))
    .offset(literal_column("0"))
    .correlate(MEMBER)
    .scalar_subquery()
)
"""The id of a member's card, beside a row of MEMBER: the newest that works, else the newest; NULL for none."""

_own_ids = MEMBER.alias("own_ids")
_last_visit = (
    select(func.max(DOCUMENT.c.business_on))
    .where(
        DOCUMENT.c.member_id.in_(
            select(_own_ids.c.id)
            .where(or_(_own_ids.c.id == MEMBER.c.id, _own_ids.c.merged_into_id == MEMBER.c.id))
            .correlate(MEMBER)
        )
    )
    .correlate(MEMBER)
    .scalar_subquery()
)
_ROWS = select(
    MEMBER.c.id,
    LAST_CARD.label("card_id"),
    MEMBER.c.name,
    MEMBER.c.phone,
    MEMBER.c.birthday,
    MEMBER.c.consent_on,
    MEMBER.c.level_key,
    MEMBER.c.points_qty,
    MEMBER.c.stored_minor + MEMBER.c.bonus_minor,
    MEMBER.c.status,
    MEMBER.c.joined_on,
    MEMBER.c.note,
    MEMBER.c.is_staff,
    _last_visit.label("last_visit_on"),
)
_DAYS = tuple(place for place, column in enumerate(_ROWS.selected_columns) if isinstance(column.type, Date))
_FLAGS = tuple(place for place, column in enumerate(_ROWS.selected_columns) if isinstance(column.type, Boolean))
_nobody: ColumnElement[str] = literal_column("''")
_BY_ID = _ROWS.where(MEMBER.c.id == bindparam("member"))
_BY_IDS = _ROWS.where(MEMBER.c.id.in_(bindparam("ids", expanding=True)))
_BY_PHONE = _ROWS.where(MEMBER.c.phone == bindparam("phone"), MEMBER.c.phone != _nobody)
_BY_PHONE_IN_SQLITE = str(_BY_PHONE.compile(dialect=sqlite.dialect()))
_BY_LAST4 = (
    _ROWS.where(MEMBER.c.phone_last4 == bindparam("last4"), MEMBER.c.status.in_(("active", "suspended")))
    .order_by(MEMBER.c.status, MEMBER.c.id.desc())
    .limit(bindparam("most"))
)
# By their ids alone: by the index over members, all documents would be sorted for the newest of them.
_newest = (
    select(DOCUMENT.c.id, (DOCUMENT.c.member_id + literal_column("0")).label("member_id"))
    .where(DOCUMENT.c.id > select(func.max(DOCUMENT.c.id)).correlate(None).scalar_subquery() - _NEWEST_DOCUMENTS)
    .subquery()
)
_whose = func.coalesce(MEMBER.c.merged_into_id, MEMBER.c.id)
_RECENT = (
    select(_whose)
    .join_from(_newest, MEMBER, MEMBER.c.id == _newest.c.member_id)
    .where(MEMBER.c.status != "erased")
    .group_by(_whose)
    .order_by(func.max(_newest.c.id).desc())
    .limit(bindparam("most"))
)
_CARD = select(MEMBER_CARD.c.id, MEMBER_CARD.c.member_id, MEMBER_CARD.c.is_active)
_CARD_BY_ID = _CARD.where(MEMBER_CARD.c.id == bindparam("card"))
_CARD_BY_CODE = _CARD.where(MEMBER_CARD.c.code == bindparam("code"), MEMBER_CARD.c.code != _nobody)
_WHERE_TO = select(MEMBER.c.id, MEMBER.c.merged_into_id, MEMBER.c.status).where(MEMBER.c.id == bindparam("member"))
_MERGED_INTO = select(MEMBER.c.id).where(MEMBER.c.merged_into_id == bindparam("member")).order_by(MEMBER.c.id)


def register_member(session: Session, at: At, draft: MemberDraft) -> MemberRow:
    """Make somebody a member, with a card's number of their own. Raises InvalidInput, NotPermitted.

    Who works here is for those to say who may change members.
    InvalidInput("phone", …, "no_way_to_find") when there is neither phone nor card; "taken" names who has the phone,
    or the card from elsewhere, already.
    """
    # Before anything is asked of the database: the first hanzi read a whole library in.
    words = member_words.words_for(draft.name[:400])
    access.require(session, at, Permission.EDIT_MEMBERS if draft.is_staff else Permission.SERVE_MEMBERS)
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    clean = read_draft(draft, settings.phone_country, day)
    if not (clean.phone or clean.card_code or clean.takes_card):
        raise InvalidInput("phone", "", "no_way_to_find")
    _require_free_phone(session, clean.phone, None)
    values = {
        **_columns(clean),
        "consent_on": day if clean.consents else None,
        "level_key": levels.lowest_key(session),
        "joined_on": day,
        "created_at": at.now,
        "changed_at": at.now,
    }
    member_id = int(session.execute(insert(MEMBER).values(**values).returning(MEMBER.c.id)).scalar_one())
    number = _issue_card(session, at, member_id, clean.card_code)
    member_words.write_words(session, member_id, words)
    audit.record(session, at, "member_registered", str(member_id), number=number)
    if clean.takes_card and not clean.card_code:
        print_queue.queue_card(session, at, settings.head(), "member", number)
    return get_member(session, at, member_id)


def edit_member(
    session: Session, at: At, member_id: int, draft: MemberDraft, approval_id: int | None = None
) -> MemberRow:
    """Replace what is kept of a member; cards are changed by `change_card`.

    A phone given as it is shown to somebody who may not see it whole stays. The date of a consent is that of the first
    one until it is taken back. Raises InvalidInput, NotFound, WrongState for one merged or erased, NotPermitted.
    """
    words = member_words.words_for(draft.name[:400])
    approver = access.require(session, at, Permission.EDIT_MEMBERS, approval_id)
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    kept = get_living(session, member_id)
    if draft.phone and draft.phone == phones.masked(kept.phone):
        draft = replace(draft, phone=kept.phone)
    clean = read_draft(draft, settings.phone_country, day)
    _require_free_phone(session, clean.phone, member_id)
    values = {**_columns(clean), "consent_on": (kept.consent_on or day) if clean.consents else None}
    changed = sorted(name for name, value in values.items() if value != getattr(kept, name))
    if not (clean.phone or _has_card(session, member_id)):
        raise InvalidInput("phone", "", "no_way_to_find")
    session.execute(update(MEMBER).where(MEMBER.c.id == member_id).values(**values, changed_at=at.now))
    member_words.write_words(session, member_id, words)
    audit.record(session, at, "member_edited", str(member_id), approved_by=approver, changed=changed)
    return get_member(session, at, member_id)


def change_card(
    session: Session, at: At, member_id: int, card_code: str = "", approval_id: int | None = None
) -> MemberRow:
    """Give a member a new card, of the shop's own or (`card_code`) one from elsewhere; the old ones work no longer.

    Raises InvalidInput, NotFound, WrongState for one merged or erased, NotPermitted.
    """
    approver = access.require(session, at, Permission.EDIT_MEMBERS, approval_id)
    code = read_card_code(card_code)
    get_living(session, member_id)
    session.execute(update(MEMBER_CARD).where(MEMBER_CARD.c.member_id == member_id).values(is_active=False))
    number = _issue_card(session, at, member_id, code)
    audit.record(session, at, "member_card_changed", str(member_id), approved_by=approver, number=number)
    if not code:
        print_queue.queue_card(session, at, get_settings(session).head(), "member", number)
    return get_member(session, at, member_id)


def suspend_member(session: Session, at: At, member_id: int, reason: str, approval_id: int | None = None) -> MemberRow:
    """Let a member's cards and balances rest. Raises WrongState unless active, InvalidInput, NotFound, NotPermitted."""
    return _set_status(session, at, member_id, "active", "suspended", reason, approval_id)


def reactivate_member(
    session: Session, at: At, member_id: int, reason: str, approval_id: int | None = None
) -> MemberRow:
    """End a suspension. Raises WrongState unless suspended, InvalidInput, NotFound, NotPermitted."""
    return _set_status(session, at, member_id, "suspended", "active", reason, approval_id)


def find_members(session: Session, at: At, text: str, limit: int = 20) -> tuple[MemberRow, ...]:
    """Return the members that a scan or a typed text may mean, best first: card, phone, its last four digits, name.

    A name is found by its beginning, a part, its pinyin or their initials. Raises WrongState when a card was scanned
    that works no longer, NotPermitted.
    """
    access.require(session, at, Permission.SERVE_MEMBERS)
    typed = text[:200].strip()
    if not typed:
        return ()
    # A Chinese mobile as it is kept is looked for before anything else is read: no other country's number looks so.
    if _MOBILE.fullmatch(typed) and (row := _first_by_phone(session, typed)) is not None:
        return (_row(at, row),)
    by_card = find_by_card(session, typed)
    if by_card is not None:
        return (get_member(session, at, by_card),)
    found = _by_phone(session, at, typed, get_settings(session).phone_country)
    if found:
        return found
    last4 = fold(typed)
    if len(last4) == 4 and last4.isdecimal():
        rows = session.execute(_BY_LAST4, {"last4": last4, "most": limit})
        found = tuple(_row(at, row) for row in rows)
    return _unlike(found, _by_name(session, at, typed))[:limit]


def recent_members(session: Session, at: At, limit: int = 20) -> tuple[MemberRow, ...]:
    """Return who was here last, the newest first, as far as the newest 5,000 documents tell.

    Raises NotPermitted.
    """
    access.require(session, at, Permission.SERVE_MEMBERS)
    ids = session.execute(_RECENT, {"most": limit}).scalars().all()
    if not ids:
        return ()
    rows = {row.id: row for row in session.execute(_BY_IDS, {"ids": ids})}
    return tuple(_row(at, rows[member_id]) for member_id in ids)


def find_by_card(session: Session, code: str) -> int | None:
    """Return whose card was scanned, of the shop's own or from elsewhere; None for any other code.

    Raises WrongState("member_card", "replaced") when it works no longer.
    """
    scanned = read_code(code)
    if scanned.kind is CodeKind.MEMBER and scanned.number is not None:
        card = session.execute(_CARD_BY_ID, {"card": scanned.number}).first()
    elif scanned.kind in (CodeKind.OTHER, CodeKind.GTIN):
        card = session.execute(_CARD_BY_CODE, {"code": plain_card_code(code)}).first()
    else:
        return None
    if card is None:
        return None
    if not card.is_active:
        raise WrongState("member_card", "replaced", "scanned")
    return resolve(session, card.member_id)


def get_by_card(session: Session, code: str) -> int:
    """Return whose card was scanned. Raises NotFound for a card that nobody has, WrongState as `find_by_card`."""
    member_id = find_by_card(session, code)
    if member_id is None:
        raise NotFound("member", code[:40])
    return member_id


def get_member(session: Session, at: At, member_id: int) -> MemberRow:
    """Return a member, or the one it was merged into. Raises NotFound."""
    return _row(at, session.execute(_BY_ID, {"member": resolve(session, member_id)}).one())


def require_active(session: Session, member_id: int) -> int:
    """Return the member's id, or that of the one it was merged into, if it may buy as a member.

    Raises NotFound, WrongState("member", suspended | erased).
    """
    member_id = resolve(session, member_id)
    status = session.execute(_WHERE_TO, {"member": member_id}).one().status
    if status != "active":
        raise WrongState("member", status, "active")
    return member_id


def get_living(session: Session, member_id: int, wanted: str = "edited") -> Any:
    """Return the row of a member who is neither merged nor erased, to be changed. Raises NotFound, WrongState."""
    row = session.execute(select(MEMBER).where(MEMBER.c.id == member_id)).first()
    if row is None:
        raise NotFound("member", str(member_id))
    if row.status in ("merged", "erased"):
        raise WrongState("member", row.status, wanted)
    return row


def resolve(session: Session, member_id: int) -> int:
    """Return the id under which a member's balances are kept now: its own unless it was merged. Raises NotFound."""
    row = session.execute(_WHERE_TO, {"member": member_id}).first()
    if row is None:
        raise NotFound("member", str(member_id))
    return int(row.merged_into_id or row.id)


def all_ids(session: Session, member_id: int) -> tuple[int, ...]:
    """Return a member's id and those merged into it: under each of them there may be documents and ledgers."""
    return (member_id, *session.execute(_MERGED_INTO, {"member": member_id}).scalars())


def card_number(session: Session, member_id: int) -> str:
    """Return the code of a member's card, "" for none."""
    card_id = session.execute(_ROWS.with_only_columns(LAST_CARD).where(MEMBER.c.id == member_id)).scalar()
    return shop_code(CodeKind.MEMBER, card_id) if card_id else ""


def _columns(clean: CleanDraft) -> dict[str, Any]:
    return {
        "name": clean.name,
        "phone": clean.phone,
        "phone_last4": phones.last4(clean.phone),
        "birthday": clean.birthday,
        "note": clean.note,
        "is_staff": clean.is_staff,
    }


def _issue_card(session: Session, at: At, member_id: int, code: str) -> str:
    if code:
        other = session.execute(_CARD_BY_CODE, {"code": code}).first()
        if other is not None:
            raise InvalidInput("card_code", _called(session, resolve(session, other.member_id)), "taken")
    card = insert(MEMBER_CARD).values(member_id=member_id, code=code, is_active=True, issued_at=at.now)
    return shop_code(CodeKind.MEMBER, int(session.execute(card.returning(MEMBER_CARD.c.id)).scalar_one()))


def _require_free_phone(session: Session, phone: str, member_id: int | None) -> None:
    other = session.execute(_BY_PHONE, {"phone": phone}).first() if phone else None
    if other is not None and other.id != member_id:
        raise InvalidInput("phone", _called(session, other.id), "taken")


def _called(session: Session, member_id: int) -> str:
    """A member in words: the name, else the number."""
    name = session.execute(select(MEMBER.c.name).where(MEMBER.c.id == member_id)).scalar_one()
    return str(name) or card_number(session, member_id)


def _has_card(session: Session, member_id: int) -> bool:
    query = select(func.count()).where(MEMBER_CARD.c.member_id == member_id, MEMBER_CARD.c.is_active)
    return bool(session.execute(query).scalar_one())


def _set_status(
    session: Session, at: At, member_id: int, before: str, after: str, reason: str, approval_id: int | None
) -> MemberRow:
    approver = access.require(session, at, Permission.EDIT_MEMBERS, approval_id)
    note = read_reason(reason)
    status = get_living(session, member_id).status
    if status != before:
        raise WrongState("member", status, after)
    session.execute(update(MEMBER).where(MEMBER.c.id == member_id).values(status=after, changed_at=at.now))
    audit.record(session, at, f"member_{after}", str(member_id), approved_by=approver, reason=note)
    return get_member(session, at, member_id)


def _first_by_phone(session: Session, phone: str) -> Sequence[Any] | None:
    """The row of a phone. On SQLite straight from the driver: the way around costs more than the look-up itself."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # What is wrong with the file is told by the usual way, below.
        with contextlib.suppress(sqlite3.Error):
            row = connection.connection.cursor().execute(_BY_PHONE_IN_SQLITE, (phone,)).fetchone()
            return None if row is None else _as_read(row)
    return session.execute(_BY_PHONE, {"phone": phone}).first()


def _as_read(row: Sequence[Any]) -> list[Any]:
    """A row of `_ROWS` as the driver gives it, its days and flags read."""
    values = list(row)
    for place in _FLAGS:
        values[place] = bool(values[place])
    for place in _DAYS:
        if values[place] is not None:
            values[place] = date.fromisoformat(values[place])
    return values


def _by_phone(session: Session, at: At, typed: str, country: str) -> tuple[MemberRow, ...]:
    try:
        phone = phones.read_phone(typed, country)
    except InvalidInput:
        return ()
    return tuple(_row(at, row) for row in session.execute(_BY_PHONE, {"phone": phone}))


def _by_name(session: Session, at: At, typed: str) -> tuple[MemberRow, ...]:
    ids = member_words.find_ids(session, typed)
    if not ids:
        return ()
    rows = [_row(at, row) for row in session.execute(_BY_IDS, {"ids": ids})]
    wanted = fold(typed)

    def nearness(row: MemberRow) -> tuple[bool, int, int]:
        name = fold(row.name)
        fit = 0 if name == wanted else 1 if name.startswith(wanted) else 2
        return row.status != "active", fit, -row.member_id

    return tuple(sorted(rows, key=nearness))


def _unlike(first: Sequence[MemberRow], second: Sequence[MemberRow]) -> tuple[MemberRow, ...]:
    known = {row.member_id for row in first}
    return (*first, *(row for row in second if row.member_id not in known))


def _row(at: At, row: Any) -> MemberRow:
    member_id, card_id, name, phone, *others = row
    number = shop_code(CodeKind.MEMBER, card_id) if card_id else ""
    shown = phone if allowed(at.actor.role, Permission.SEE_PHONES) else phones.masked(phone)
    return MemberRow(member_id, number, name, shown, *others)
