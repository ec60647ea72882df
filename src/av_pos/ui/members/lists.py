"""The list of members found, and the reading of what the screen shows."""

from dataclasses import dataclass
from datetime import date, timedelta

from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.loyalty import Level
from av_pos.i18n import _
from av_pos.services import insights, levels, member_books, member_page, members, points, shop_settings
from av_pos.services.insights import Tile
from av_pos.services.member_page import MemberPage
from av_pos.services.members import MemberRow
from av_pos.ui.members import words
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Column, DataTable

MOST_ROWS = 50
MOST_SUGGESTIONS = 8
POINTS, STORED, LAST = 1, 2, 3
_SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A member in the list, the name of the level and the points as they stand today, written down or not."""

    member: MemberRow
    level: str
    points_qty: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A member's page, the shop's levels, which points expire within three months, and what the member may like."""

    page: MemberPage
    levels: tuple[Level, ...]
    expiring: tuple[tuple[date, int], ...]
    suggestions: tuple[Tile, ...] = ()


def read_list(session: Session, at: At, text: str, language: str) -> tuple[ListRow, ...]:
    """Read whom a text may mean, best first; for no text, who was here last.

    Raises WrongState for a card that works no longer, NotPermitted.
    """
    found = members.find_members(session, at, text, MOST_ROWS) if text.strip() else None
    return _rows(session, at, members.recent_members(session, at, MOST_ROWS) if found is None else found, language)


def read_one(session: Session, at: At, member_id: int, language: str) -> tuple[ListRow, ...]:
    """Read one member as a list. Raises NotFound."""
    return _rows(session, at, (members.get_member(session, at, member_id),), language)


def read_page(session: Session, at: At, member_id: int) -> Shown:
    """Read all that is shown of a member. Raises NotFound, NotPermitted."""
    page = member_page.get_page(session, at, member_id)
    settings = shop_settings.get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    soon = points.list_expiring(session, page.member.member_id, day + _SOON)
    suggestions = insights.for_member(session, page.member.member_id, MOST_SUGGESTIONS)
    return Shown(page, levels.list_levels(session), soon, suggestions)


def members_table(currency: str) -> "DataTable[ListRow]":
    """The list on the left."""
    columns: tuple[Column[ListRow], ...] = (
        Column(_("Member"), _cell, "disc", stretch=True),
        Column(_("Points"), _points, "number"),
        Column(_("Stored value"), _stored, "money"),
        Column(_("Last visit"), _last),
    )
    return DataTable("membersTable", _("Members"), columns, currency_code=currency, key=_id, empty=empty_words(""))


def empty_words(text: str) -> str:
    """What an empty list says: what it is for, or that nobody was found."""
    if text.strip():
        return _("Nobody is found by “{text}”. F12 registers a new member.").format(text=text.strip()[:40])
    return _("Who was here last stands here. Scan a card, or type a phone, a name. F12 registers a new member.")


def _rows(session: Session, at: At, found: tuple[MemberRow, ...], language: str) -> tuple[ListRow, ...]:
    settings = shop_settings.get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    known = levels.list_levels(session)
    held = member_books.levels_on(session, settings, [row.member_id for row in found], day)
    return tuple(
        ListRow(
            row,
            levels.level_name(known, held[row.member_id], language),
            points.count_balance(session, row.member_id, day),
        )
        for row in found
    )


def _cell(row: ListRow) -> DiscCell:
    under: list[str | Mark] = [row.member.phone] if row.member.phone else []
    if row.level:
        under.append(Mark(row.level, "accent"))
    status = words.status_words(row.member.status)
    if status:
        under.append(Mark(status, "warn"))
    return DiscCell(words.called(row.member), tuple(under) or (row.member.number,), has_cover=False)


def _points(row: ListRow) -> int:
    return row.points_qty


def _stored(row: ListRow) -> int:
    return row.member.stored_minor


def _last(row: ListRow) -> str | None:
    return row.member.last_visit_on.isoformat() if row.member.last_visit_on else None


def _id(row: ListRow) -> object:
    return row.member.member_id
