"""Who waits for a disc that comes in: members who want it, and people it is put by for while there was none.

`wants.wants_for` answers for one disc; here a whole box is asked about inside the posting's transaction, so that each
want in words is read once and held against all editions together before it is held against each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.domain import phones
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, allowed
from av_pos.models import EDITION, SEARCH_KEY, STOCK
from av_pos.models.members import MEMBER, MEMBER_WANT
from av_pos.models.reordering import RESERVATION
from av_pos.services.search_words import wanted

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for an edition; `kind` is want or reservation, and one of the two ids says which.

    The phone is hidden in the middle. Whoever may not serve members sees that somebody waits, and not who.
    """

    edition_id: int
    kind: str
    who: str
    phone: str
    qty: int
    member_id: int | None
    want_id: int | None = None
    reservation_id: int | None = None


_WANTS = (
    select(
        MEMBER_WANT.c.id,
        MEMBER_WANT.c.member_id,
        MEMBER_WANT.c.words,
        func.coalesce(EDITION.c.merged_into_id, MEMBER_WANT.c.edition_id).label("edition_id"),
        MEMBER.c.name,
        MEMBER.c.phone,
    )
    .join(MEMBER, MEMBER.c.id == MEMBER_WANT.c.member_id)
    .outerjoin(EDITION, EDITION.c.id == MEMBER_WANT.c.edition_id)
    .where(MEMBER_WANT.c.settled_at.is_(None))
    .order_by(MEMBER_WANT.c.id)
)


def list_waiting(session: Session, at: At, edition_ids: Sequence[int]) -> dict[int, tuple[Waiting, ...]]:
    """Return who waits for any of these editions, by edition; those nobody waits for are left out."""
    if not edition_ids:
        return {}
    found: dict[int, list[Waiting]] = {}
    for waiting in (*_wants(session, edition_ids), *_reservations(session, edition_ids)):
        found.setdefault(waiting.edition_id, []).append(waiting)
    may_know = allowed(at.actor.role, Permission.SERVE_MEMBERS)
    return {edition_id: tuple(row if may_know else _hidden(row) for row in rows) for edition_id, rows in found.items()}


def _wants(session: Session, edition_ids: Sequence[int]) -> list[Waiting]:
    """Members who named one of the editions, or words that all stand in its artist and title."""
    here = set(edition_ids)
    rows = session.execute(_WANTS).all()
    found = [_want(row, row.edition_id) for row in rows if row.edition_id in here]
    in_words = [row for row in rows if row.edition_id is None]
    if in_words:
        keys = _keys(session, edition_ids)
        together = " ".join(keys.values())
        for row in in_words:
            found += [_want(row, edition_id) for edition_id in _described(row.words, keys, together)]
    return found


def _described(words: str, keys: Mapping[int, str], together: str) -> list[int]:
    """The editions that words describe; words that stand in none of them are done with at one look."""
    found: list[int] = []
    for alternative in _alternatives(words):
        if all(part in together for part in alternative):
            found += [key for key, of_edition in keys.items() if all(part in of_edition for part in alternative)]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _alternatives(words: str) -> tuple[tuple[str, ...], ...]:
    """What must stand among an edition's words, which are kept between single blanks: one of these ways, whole."""
    strict, _loose = wanted(words)
    return tuple(
        tuple(f" {word.text}" + ("" if word.is_prefix else " ") for word in alternative)
        for alternative in strict
        if alternative
    )


def _keys(session: Session, edition_ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(edition_ids), _CHUNK):
        query = select(SEARCH_KEY.c.edition_id, SEARCH_KEY.c.words)
        query = query.where(SEARCH_KEY.c.edition_id.in_(edition_ids[start : start + _CHUNK]))
        for edition_id, words in session.execute(query):
            found[edition_id] = words
    return found


def _want(row: Any, edition_id: int) -> Waiting:
    return Waiting(edition_id, "want", row.name, phones.masked(row.phone), 1, row.member_id, want_id=row.id)


def _reservations(session: Session, edition_ids: Sequence[int]) -> list[Waiting]:
    """What is put by of editions of which fewer are there than are put by."""
    query = (
        select(
            RESERVATION,
            func.coalesce(MEMBER.c.name, "").label("name"),
            func.coalesce(MEMBER.c.phone, "").label("phone"),
        )
        .join(STOCK, STOCK.c.edition_id == RESERVATION.c.edition_id)
        .outerjoin(MEMBER, MEMBER.c.id == RESERVATION.c.member_id)
        .where(RESERVATION.c.ended_at.is_(None), RESERVATION.c.copy_id.is_(None))
        .where(STOCK.c.on_hand_qty < STOCK.c.reserved_qty)
        .order_by(RESERVATION.c.id)
    )
    here = set(edition_ids)
    return [
        Waiting(
            row.edition_id,
            "reservation",
            row.name or row.words,
            phones.masked(row.phone) if row.phone else "",
            row.qty,
            row.member_id,
            reservation_id=row.id,
        )
        for row in session.execute(query)
        if row.edition_id in here
    ]


def _hidden(row: Waiting) -> Waiting:
    return Waiting(row.edition_id, row.kind, "", "", row.qty, None, row.want_id, row.reservation_id)
