"""New pieces sold, week by week, beside the ledger: every document changes them, reordering reads all of them at once.

A return counts in the week in which it comes back. What was sold as unknown counts for the edition that it turned out
to be. `services.demand_check` makes all of it anew from the ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain import demand
from av_pos.models import DEMAND
from av_pos.services.few import few, in_few

_HELD = select(DEMAND).where(in_few(DEMAND.c.edition_id))
_CHANGE = (
    update(DEMAND)
    .where(DEMAND.c.edition_id == bindparam("edition"))
    .values(since_week=bindparam("since"), weeks=bindparam("packed"))
)
_ADD = insert(DEMAND).values(edition_id=bindparam("edition"), since_week=bindparam("since"), weeks=bindparam("packed"))
_ALL = "SELECT edition_id, since_week, weeks FROM demand ORDER BY edition_id"


@dataclass(frozen=True, slots=True)
class DemandColumns:
    """What every edition that ever sold has sold, column by column; place n of each list is one edition.

    `since_weeks` are its first weeks, as `domain.demand.week_of` numbers them, `week_counts` how many there are;
    `weeks` holds the pieces of all weeks of the first edition, then those of the second …, as `domain.demand` packs
    them.
    """

    edition_ids: Sequence[int]
    since_weeks: Sequence[int]
    week_counts: Sequence[int]
    weeks: bytes


def note_sold(session: Session, sold: Mapping[int, int], business_on: date) -> None:
    """Add pieces that went over the counter (+) or came back (−) to a day's week, edition by edition.

    Whoever calls it holds the balances of these editions, so that no other till changes the same rows meanwhile.
    """
    wanted = sorted(edition_id for edition_id, qty in sold.items() if qty)
    if wanted:
        _note(session, {edition_id: sold[edition_id] for edition_id in wanted}, demand.week_of(business_on))


def hand_over(session: Session, from_id: int, to_id: int) -> None:
    """Let what an edition sold count for another one: it was that edition all the time."""
    rows = _rows(session, (from_id, to_id))
    given = rows.get(from_id)
    if given is None:
        return
    session.execute(delete(DEMAND).where(DEMAND.c.edition_id == from_id))
    since, packed = rows.get(to_id, (given[0], b""))
    for place, qty in enumerate(demand.unpack(given[1])):
        if qty:
            since, packed = demand.add(since, packed, given[0] + place, qty)
    session.execute(_CHANGE if to_id in rows else _ADD, {"edition": to_id, "since": since, "packed": packed})


def read_demand(session: Session) -> DemandColumns:
    """Return what all editions sold, in the order of their ids; as fast as the database gives rows."""
    edition_ids: list[int] = []
    since_weeks: list[int] = []
    week_counts: list[int] = []
    weeks = bytearray()
    # Straight from the driver, row by row: with SQLAlchemy's rows between, or all of them held at once, it takes three
    # times as long.
    cursor: Any = session.connection().connection.cursor()
    try:
        cursor.execute(_ALL)
        for edition_id, since, packed in cursor:
            edition_ids.append(edition_id)
            since_weeks.append(since)
            week_counts.append(len(packed) // demand.BYTES_A_WEEK)
            weeks += packed
    finally:
        cursor.close()
    return DemandColumns(edition_ids, since_weeks, week_counts, bytes(weeks))


def sold_by_week(session: Session, edition_id: int) -> tuple[int, Sequence[int]]:
    """Return the first week an edition sold in and the pieces of each week since; (0, ()) when it never sold."""
    row = _rows(session, (edition_id,)).get(edition_id)
    return (row[0], tuple(demand.unpack(row[1]))) if row else (0, ())


def _note(session: Session, sold: Mapping[int, int], week: int) -> None:
    held = _rows(session, tuple(sold))
    changed: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for edition_id, qty in sold.items():
        since, packed = demand.add(*held.get(edition_id, (week, b"")), week, qty)
        rows = changed if edition_id in held else added
        rows.append({"edition": edition_id, "since": since, "packed": packed})
    if changed:
        session.execute(_CHANGE, changed)
    if added:
        session.execute(_ADD, added)


def _rows(session: Session, edition_ids: Sequence[int]) -> dict[int, tuple[int, bytes]]:
    # Straight through the connection: this stands in every sale.
    connection = session.connection()
    found = (row for ids in few(edition_ids) for row in connection.execute(_HELD, ids))
    return {edition_id: (since, bytes(packed)) for edition_id, since, packed in found}
