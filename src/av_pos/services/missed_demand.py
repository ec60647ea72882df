"""Asked for, and not there: two keys at the till note it, for the forecast, and for the member who waits."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, desc, func, insert, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.demand import week_of
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput, NotFound
from av_pos.models import EDITION
from av_pos.models.members import MEMBER_WANT
from av_pos.models.reordering import MISSED_DEMAND
from av_pos.services import access, shop_settings, wants
from av_pos.services.edition_store import shop_day
from av_pos.services.typed_text import read_line

MOST_PIECES = 999
LISTED = 200
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class MissedRow:
    """One asking: an edition (with its title) or words, how many, when, and whether a member waits for it since."""

    missed_id: int
    edition_id: int | None
    title: str
    artist: str
    words: str
    qty: int
    asked_at: datetime
    asked_on: date
    till_id: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class MissedSum:
    """What was asked for over some days: pieces and how often, last on which day; an edition or words."""

    edition_id: int | None
    title: str
    artist: str
    words: str
    pieces_qty: int
    times_qty: int
    last_on: date


_meant = EDITION.alias("meant")
_real_id = func.coalesce(EDITION.c.merged_into_id, MISSED_DEMAND.c.edition_id)
_FROM = MISSED_DEMAND.outerjoin(EDITION, EDITION.c.id == MISSED_DEMAND.c.edition_id).outerjoin(
    _meant, _meant.c.id == func.coalesce(EDITION.c.merged_into_id, EDITION.c.id)
)
_ROWS = (
    select(
        MISSED_DEMAND.c.id,
        _real_id.label("edition_id"),
        func.coalesce(_meant.c.title, ""),
        func.coalesce(_meant.c.artist, ""),
        MISSED_DEMAND.c.words,
        MISSED_DEMAND.c.qty,
        MISSED_DEMAND.c.asked_at,
        MISSED_DEMAND.c.asked_on,
        MISSED_DEMAND.c.till_id,
        MISSED_DEMAND.c.want_id.is_not(None),
    )
    .select_from(_FROM)
    .order_by(desc(MISSED_DEMAND.c.id))
)


def note_missed(
    session: Session,
    at: At,
    edition_id: int | None = None,
    words: str = "",
    qty: int = 1,
    member_id: int | None = None,
) -> MissedRow:
    """Note that somebody asked for an edition, or for what words describe; a member's want is noted with it.

    Raises InvalidInput("want", "", "empty") for neither, InvalidInput for a quantity that cannot be meant, NotFound,
    WrongState for a member suspended, NotPermitted.
    """
    access.require(session, at, Permission.SELL)
    text = read_line("want", words, _LONGEST)
    if edition_id is None and not text:
        raise InvalidInput("want", "", "empty")
    if qty < 1:
        raise InvalidInput("quantity", str(qty), "too_small")
    if qty > MOST_PIECES:
        raise InvalidInput("quantity", str(qty), "too_large")
    known = select(EDITION.c.id).where(EDITION.c.id == edition_id)
    if edition_id is not None and session.execute(known).first() is None:
        raise NotFound("edition", str(edition_id))
    want_id = wants.note_want(session, at, member_id, edition_id, text).want_id if member_id is not None else None
    values = {
        "edition_id": edition_id,
        "words": text,
        "qty": qty,
        "want_id": want_id,
        "asked_at": at.now,
        "asked_on": shop_day(at, shop_settings.get_settings(session)),
        "staff_id": at.actor.staff_id or None,
        "till_id": at.till,
    }
    missed_id = session.execute(insert(MISSED_DEMAND).values(**values).returning(MISSED_DEMAND.c.id)).scalar_one()
    return _row(session.execute(_ROWS.where(MISSED_DEMAND.c.id == missed_id)).one())


def undo_last_missed(session: Session, at: At) -> MissedRow:
    """Take back what was noted last at this till today; a want that was noted by it goes too.

    Raises NotFound("missed_demand") when nothing was noted today, NotPermitted.
    """
    access.require(session, at, Permission.SELL)
    today = shop_day(at, shop_settings.get_settings(session))
    last = select(MISSED_DEMAND).where(MISSED_DEMAND.c.till_id == at.till, MISSED_DEMAND.c.asked_on == today)
    found = session.execute(last.order_by(desc(MISSED_DEMAND.c.id)).limit(1)).first()
    if found is None:
        raise NotFound("missed_demand")
    row = _row(session.execute(_ROWS.where(MISSED_DEMAND.c.id == found.id)).one())
    session.execute(delete(MISSED_DEMAND).where(MISSED_DEMAND.c.id == found.id))
    if found.want_id is not None:
        # A want that was there before bears an older time, and stays.
        session.execute(
            delete(MEMBER_WANT).where(
                MEMBER_WANT.c.id == found.want_id,
                MEMBER_WANT.c.noted_at == found.asked_at,
                MEMBER_WANT.c.settled_at.is_(None),
                ~select(MISSED_DEMAND.c.id).where(MISSED_DEMAND.c.want_id == found.want_id).exists(),
            )
        )
    return row


def list_missed(session: Session, limit: int = LISTED) -> tuple[MissedRow, ...]:
    """Return what was asked for, the newest first."""
    return tuple(_row(row) for row in session.execute(_ROWS.limit(limit)))


def sum_missed(session: Session, first_on: date, until_on: date, limit: int = LISTED) -> tuple[MissedSum, ...]:
    """Return what was asked for between two days (both inclusive), most pieces first; words as they were typed."""
    pieces, last_on = func.sum(MISSED_DEMAND.c.qty), func.max(MISSED_DEMAND.c.asked_on)
    # Words alone count together however they are typed; beside an edition they say nothing more.
    alone = case((MISSED_DEMAND.c.edition_id.is_(None), MISSED_DEMAND.c.words), else_="")
    title, artist = func.coalesce(_meant.c.title, ""), func.coalesce(_meant.c.artist, "")
    query = (
        select(_real_id, title, artist, func.min(alone), pieces, func.count(), last_on)
        .select_from(_FROM)
        .where(MISSED_DEMAND.c.asked_on.between(first_on, until_on))
        .group_by(_real_id, title, artist, func.lower(alone))
        .order_by(pieces.desc(), last_on.desc(), title, func.min(alone))
        .limit(limit)
    )
    return tuple(MissedSum(*row) for row in session.execute(query))


def count_missed(session: Session, edition_id: int, since_on: date) -> int:
    """Return how many pieces of an edition were asked for, and not there, since a day (inclusive)."""
    query = (
        select(func.coalesce(func.sum(MISSED_DEMAND.c.qty), 0))
        .join_from(MISSED_DEMAND, EDITION, EDITION.c.id == MISSED_DEMAND.c.edition_id)
        .where(_real_id == edition_id, MISSED_DEMAND.c.asked_on >= since_on)
    )
    return int(session.execute(query).scalar_one())


def missed_by_week(
    session: Session, since_on: date | None = None, edition_id: int | None = None
) -> tuple[tuple[int, int, int], ...]:
    """Return (edition, week, pieces) for what was asked for since a day, of one edition or of all, in that order.

    Weeks are those of `domain.demand.week_of`; what only words describe is left out.
    """
    query = (
        select(_real_id, MISSED_DEMAND.c.asked_on, func.sum(MISSED_DEMAND.c.qty))
        .join_from(MISSED_DEMAND, EDITION, EDITION.c.id == MISSED_DEMAND.c.edition_id)
        .group_by(_real_id, MISSED_DEMAND.c.asked_on)
    )
    if since_on is not None:
        query = query.where(MISSED_DEMAND.c.asked_on >= since_on)
    if edition_id is not None:
        query = query.where(_real_id == edition_id)
    sums: Counter[tuple[int, int]] = Counter()
    for edition_id, day, qty in session.execute(query):
        sums[edition_id, week_of(day)] += int(qty)
    return tuple((edition_id, week, qty) for (edition_id, week), qty in sorted(sums.items()))


def _row(row: Any) -> MissedRow:
    return MissedRow(*row)
