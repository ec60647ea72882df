"""What customers of the demo shop asked for in vain, and what lies under its counter for somebody."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos.demo.people import Words
from av_pos.domain.at import At
from av_pos.domain.states import CopyStatus
from av_pos.models import COPY, EDITION, STOCK
from av_pos.models.members import MEMBER
from av_pos.services import missed_demand, reservations, stock_lists
from av_pos.services.reservations import ReservationDraft

_IN_WORDS = ("告五人 黑胶", "Aphex Twin 12 inch", "敦煌 蓝光")
_MOST_MISSED = 6
_KEPT_DAYS = 6


def ask_in_vain(session: Session, evening: At, today: date) -> None:
    """Note, over the last two weeks, what had sold out, and some things that the shop never had.

    What sells best is asked for most; the last asking is a member's, who waits for it since.
    """
    gone = stock_lists.list_sold_out(session, today, limit=_MOST_MISSED).rows
    askings: list[tuple[int | None, str]] = []
    askings += [(row.edition_id, "") for row in (*gone, *gone[:2])]
    askings += [(None, words) for words in (*_IN_WORDS, _IN_WORDS[0])]
    members = _members(session)
    for place, (edition_id, words) in enumerate(askings):
        at = replace(evening, now=evening.now - timedelta(days=len(askings) - place, hours=3))
        missed_demand.note_missed(session, at, edition_id, words)
    if gone and members:
        missed_demand.note_missed(session, evening, gone[-1].edition_id, member_id=members[0])


def put_by(session: Session, evening: At, today: date, words: Words) -> None:
    """Put discs by on the last evening: for members, and for somebody known by sight until that very day."""
    members, discs = _members(session), _discs(session)
    if len(members) < 2 or len(discs) < 2:
        return
    until = today + timedelta(days=_KEPT_DAYS)
    reservations.put_by(session, evening, ReservationDraft(discs[0], member_id=members[0], until_on=until))
    reservations.put_by(session, evening, ReservationDraft(discs[1], words=words.by_sight, until_on=today))
    dearest = (COPY.c.price_minor.desc(), COPY.c.id)
    copy_id = session.execute(
        select(COPY.c.id).where(COPY.c.status == CopyStatus.IN_STOCK.value).order_by(*dearest)
    ).scalar()
    if copy_id is not None:
        draft = ReservationDraft(copy_id=int(copy_id), member_id=members[1], until_on=until)
        reservations.put_by(session, evening, draft)


def _members(session: Session) -> list[int]:
    """The first members that are active."""
    query = select(MEMBER.c.id).where(MEMBER.c.status == "active", MEMBER.c.name != "").order_by(MEMBER.c.id).limit(2)
    return [int(member_id) for member_id in session.execute(query).scalars()]


def _discs(session: Session) -> list[int]:
    """Two discs that are nearly gone, the dearest ones."""
    query = (
        select(STOCK.c.edition_id)
        .join(EDITION, EDITION.c.id == STOCK.c.edition_id)
        .where(STOCK.c.on_hand_qty.between(1, 2), EDITION.c.is_provisional.is_(False))
        .order_by(STOCK.c.on_hand_qty, EDITION.c.price_minor.desc(), EDITION.c.id)
        .limit(2)
    )
    return [int(edition_id) for edition_id in session.execute(query).scalars()]
