"""What members wait for: "tell me when it comes", an edition or words; matched when goods come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from av_pos.domain import phones
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import EDITION, SEARCH_KEY
from av_pos.models.members import MEMBER, MEMBER_WANT
from av_pos.services import access, audit
from av_pos.services.members import require_active
from av_pos.services.search_words import wanted
from av_pos.services.typed_text import read_line

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class WantRow:
    """One want: of whom, an edition (with its title) or words, and since when. `settled_at`: it waits no longer."""

    want_id: int
    member_id: int
    edition_id: int | None
    title: str
    artist: str
    words: str
    noted_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class WantedHere:
    """An edition that came, and who waits for it; the phone is hidden in the middle, the member's page has it."""

    want: WantRow
    edition_id: int
    member_name: str
    member_phone: str


_meant = EDITION.alias("meant")
_ROWS = (
    select(
        MEMBER_WANT.c.id,
        MEMBER_WANT.c.member_id,
        func.coalesce(EDITION.c.merged_into_id, MEMBER_WANT.c.edition_id).label("edition_id"),
        func.coalesce(_meant.c.title, "").label("title"),
        func.coalesce(_meant.c.artist, "").label("artist"),
        MEMBER_WANT.c.words,
        MEMBER_WANT.c.noted_at,
        MEMBER_WANT.c.settled_at,
        MEMBER.c.name,
        MEMBER.c.phone,
    )
    .join_from(MEMBER_WANT, MEMBER, MEMBER.c.id == MEMBER_WANT.c.member_id)
    .outerjoin(EDITION, EDITION.c.id == MEMBER_WANT.c.edition_id)
    .outerjoin(_meant, _meant.c.id == func.coalesce(EDITION.c.merged_into_id, EDITION.c.id))
    .order_by(MEMBER_WANT.c.id)
)


def note_want(session: Session, at: At, member_id: int, edition_id: int | None = None, words: str = "") -> WantRow:
    """Note that a member waits for an edition, or for what words describe. Noted twice, it is one.

    Raises InvalidInput("want", "", "empty") for neither, NotFound, WrongState for a member suspended, NotPermitted.
    """
    access.require(session, at, Permission.SERVE_MEMBERS)
    member_id = require_active(session, member_id)
    text = read_line("want", words, _LONGEST)
    if edition_id is None and not text:
        raise InvalidInput("want", "", "empty")
    known = select(EDITION.c.id).where(EDITION.c.id == edition_id)
    if edition_id is not None and session.execute(known).first() is None:
        raise NotFound("edition", str(edition_id))
    same = _ROWS.where(
        MEMBER_WANT.c.member_id == member_id,
        MEMBER_WANT.c.settled_at.is_(None),
        MEMBER_WANT.c.edition_id.is_not_distinct_from(edition_id),
        MEMBER_WANT.c.words == text,
    )
    row = session.execute(same).first()
    if row is None:
        values = {"member_id": member_id, "edition_id": edition_id, "words": text, "noted_at": at.now}
        want_id = session.execute(insert(MEMBER_WANT).values(**values).returning(MEMBER_WANT.c.id)).scalar_one()
        row = session.execute(_ROWS.where(MEMBER_WANT.c.id == want_id)).one()
    return _row(row)


def list_wants(session: Session, member_id: int, *, everything: bool = False) -> tuple[WantRow, ...]:
    """Return what a member waits for, the oldest first; with `everything` also what is settled."""
    query = _ROWS.where(MEMBER_WANT.c.member_id == member_id)
    if not everything:
        query = query.where(MEMBER_WANT.c.settled_at.is_(None))
    return tuple(_row(row) for row in session.execute(query))


def settle_want(session: Session, at: At, want_id: int) -> WantRow:
    """Say that a member has been told, or waits no longer. Raises NotFound, WrongState when it is settled."""
    access.require(session, at, Permission.SERVE_MEMBERS)
    row = session.execute(_ROWS.where(MEMBER_WANT.c.id == want_id)).first()
    if row is None:
        raise NotFound("want", str(want_id))
    if row.settled_at is not None:
        raise WrongState("want", "settled", "settled")
    session.execute(update(MEMBER_WANT).where(MEMBER_WANT.c.id == want_id).values(settled_at=at.now))
    audit.record(session, at, "want_settled", str(row.member_id), want_id=want_id)
    return _row(session.execute(_ROWS.where(MEMBER_WANT.c.id == want_id)).one())


def wants_for(session: Session, edition_ids: Sequence[int]) -> tuple[WantedHere, ...]:
    """Return who waits for any of these editions, by the edition or by words that all stand in its artist and title."""
    found: list[WantedHere] = []
    of_edition = _ROWS.where(
        MEMBER_WANT.c.settled_at.is_(None),
        or_(MEMBER_WANT.c.edition_id.in_(edition_ids), EDITION.c.merged_into_id.in_(edition_ids)),
        MEMBER_WANT.c.edition_id.is_not(None),
    )
    for row in session.execute(of_edition):
        found.append(_here(row, row.edition_id))
    in_words = session.execute(
        _ROWS.where(MEMBER_WANT.c.settled_at.is_(None), MEMBER_WANT.c.edition_id.is_(None))
    ).all()
    keys = session.execute(
        select(SEARCH_KEY.c.edition_id, SEARCH_KEY.c.words).where(SEARCH_KEY.c.edition_id.in_(edition_ids))
    ).all()
    for row in in_words:
        found += [_here(row, key.edition_id) for key in keys if _describes(row.words, key.words)]
    return tuple(found)


def _describes(words: str, of_edition: str) -> bool:
    """Whether all words stand among an edition's, which are kept between single blanks."""
    strict, _loose = wanted(words)
    return any(
        all(f" {word.text}" + ("" if word.is_prefix else " ") in of_edition for word in alternative)
        for alternative in strict
        if alternative
    )


def _here(row: Any, edition_id: int) -> WantedHere:
    return WantedHere(_row(row), edition_id, row.name, phones.masked(row.phone))


def _row(row: Any) -> WantRow:
    return WantRow(*row[:8])
