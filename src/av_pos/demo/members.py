"""The demo shop's members: who they are, when they joined, what they like, and the few among them who are odd.

Names and numbers stand in `data/members.csv` and belong to nobody: Chinese mobiles begin with 154, which is given
out to nobody; foreign ones lie in the ranges kept for films and books (Ofcom's 07700 900000 to 900999, North America's
555-0100 to 555-0199).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos.demo.customers import Taste
from av_pos.demo.people import Words
from av_pos.demo.shelves import Disc, read_rows
from av_pos.domain import loyalty
from av_pos.domain.at import At
from av_pos.domain.loyalty import LevelStanding
from av_pos.domain.points import PointsKind, PointsRow
from av_pos.domain.vouchers import StoredValue
from av_pos.models.members import MEMBER, POINTS_MOVE
from av_pos.services import members, points, wants
from av_pos.services.members import MemberDraft

MEMBER_SHARE = 0.44
"""How many of those who come would be members once all have joined."""

_AT_FIRST = 0.75
_JOIN_WITHIN = 0.6
_SUSPENDED = "suspended"
_WAIT_FOR_EDITIONS = 4
_GIFT_POINTS = 300


@dataclass(frozen=True, slots=True)
class Person:
    """A row of `data/members.csv`: what is told when joining, and how the generator lets this person buy."""

    draft: MemberDraft
    styles: tuple[str, ...]
    visits: int
    tops_up: bool
    wants: str
    is_suspended: bool


@dataclass(slots=True, eq=False)
class Regular:
    """A member as the generator remembers it: taste, and the ledgers as they stand; amounts in minor units.

    `spent` is what was paid on which day, `standing` the level as it is in the books.
    """

    member_id: int
    number: str
    person: Person
    standing: LevelStanding
    taste: Taste
    ledger: list[PointsRow] = field(default_factory=list)
    points_qty: int = 0
    stored: StoredValue = field(default_factory=StoredValue)
    spent: list[tuple[date, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Guest:
    """What price rules see of a member."""

    level_key: str
    has_birthday: bool
    is_staff: bool = False


def read_people() -> list[Person]:
    """Read the members' file."""
    return [
        Person(
            draft=MemberDraft(
                name=row["name"],
                phone=row["phone"],
                birthday=date.fromisoformat(row["birthday"]) if row["birthday"] else None,
                consents=row["consents"] == "1",
                card_code=row["card_code"],
                takes_card=row["takes_card"] == "1",
            ),
            styles=tuple(row["styles"].split("|")),
            visits=int(row["visits"]),
            tops_up=row["tops_up"] == "1",
            wants=row["wants"],
            is_suspended=row["end"] == _SUSPENDED,
        )
        for row in read_rows("members.csv")
    ]


class Club:
    """Who has joined so far, who joins on which day, and who of them comes in next."""

    def __init__(self, rng: Random, people: Iterable[Person], days: Sequence[date]) -> None:
        self._rng = rng
        self.regulars: list[Regular] = []
        self._joins: dict[date, list[Person]] = {}
        first_days = days[1 : max(2, round(len(days) * _JOIN_WITHIN))] or days
        for person in people:
            day = days[0] if rng.random() < _AT_FIRST else rng.choice(first_days)
            self._joins.setdefault(day, []).append(person)
        self._visits = sum(person.visits for joining in self._joins.values() for person in joining)
        self._sums: list[int] = []

    def founders(self, day: date) -> list[Person]:
        """Take whom the shop knew before its first day."""
        return self._joins.pop(day, [])

    def next_joining(self, day: date) -> Person | None:
        """Take the next one who joins today."""
        waiting = self._joins.get(day)
        return waiting.pop(0) if waiting else None

    def add(self, session: Session, at: At, person: Person, note: str = "") -> Regular:
        """Register somebody as the till does."""
        row = members.register_member(session, at, replace(person.draft, note=note))
        member = Regular(row.member_id, row.number, person, LevelStanding(row.level_key), Taste(person.styles))
        self.regulars.append(member)
        self._sums = list(accumulate(one.person.visits for one in self.regulars))
        return member

    def next_member(self) -> Regular | None:
        """Say which member comes in, None for somebody else; who comes often comes likelier."""
        place = self._rng.random() * self._visits / MEMBER_SHARE
        if not self.regulars or place >= self._sums[-1]:
            return None
        return next(one for one, reached in zip(self.regulars, self._sums, strict=True) if place < reached)


def guest(member: Regular, level_key: str, day: date, *, whole_month: bool) -> Guest:
    """Return a member as price rules see it on a day."""
    birthday = member.person.draft.birthday
    return Guest(level_key, birthday is not None and loyalty.has_birthday(birthday, day, whole_month=whole_month))


def reread(session: Session, member: Regular) -> None:
    """Take up a member's ledgers where the tables stand, after a service has written them."""
    row = session.execute(select(MEMBER).where(MEMBER.c.id == member.member_id)).one()
    member.points_qty = row.points_qty
    member.stored = StoredValue(row.stored_minor, row.bonus_minor)
    if (row.level_key, row.level_until_on) != (member.standing.key, member.standing.until_on):
        member.standing = LevelStanding(row.level_key, row.level_until_on, member.standing.decided_on)
    columns = (POINTS_MOVE.c.kind, POINTS_MOVE.c.qty, POINTS_MOVE.c.business_on, POINTS_MOVE.c.expires_on)
    moves = session.execute(
        select(*columns).where(POINTS_MOVE.c.member_id == member.member_id).order_by(POINTS_MOVE.c.id)
    )
    member.ledger = [PointsRow(PointsKind(kind), *others) for kind, *others in moves]


def live_on(session: Session, at: At, club: Club, discs: Sequence[Disc], words: Words) -> None:
    """Let happen to members what happens beside sales: wants are noted, somebody is suspended, points go for a gift."""
    missing = [disc for disc in discs if disc.on_hand_qty <= 0 and disc.arrives_on is None]
    noted = 0
    for place, member in enumerate(club.regulars):
        at = At(at.actor, at.till, at.now + timedelta(seconds=10))
        if member.person.wants:
            wants.note_want(session, at, member.member_id, words=member.person.wants)
        wished = [disc for disc in missing if disc.style in member.person.styles and not member.taste.knows(disc)]
        if wished and noted < _WAIT_FOR_EDITIONS and place % 3 == 0:
            noted += 1
            wants.note_want(session, at, member.member_id, wished[0].edition_id)
        if member.person.is_suspended:
            members.suspend_member(session, at, member.member_id, words.suspended)
    richest = max(club.regulars, key=lambda one: one.points_qty, default=None)
    if richest is not None and richest.points_qty >= _GIFT_POINTS:
        points.give_gift(session, at, richest.member_id, _GIFT_POINTS, words.gift)
