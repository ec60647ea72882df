"""Discs put by, in words and as a list: the same at the till and in the catalogue."""

from collections.abc import Callable
from datetime import date, timedelta

from av_pos.i18n import _, screen_texts
from av_pos.services.reservations import ReservationRow
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Column, DataTable

KEEP_DAYS = 7
"""How long something is put by unless somebody says otherwise."""


def until_day(today: date) -> str:
    """The day until which something is put by, as a form begins with it."""
    return (today + timedelta(days=KEEP_DAYS)).isoformat()


def for_whom(row: ReservationRow) -> str:
    """For whom it is put by: the member, or the words that name somebody."""
    member = row.member_name or (_("Member {number}").format(number=row.member_id) if row.member_id else "")
    return " · ".join(word for word in (member, row.words) if word)


def put_by_words(row: ReservationRow) -> str:
    """A sentence about one: which disc, for whom, until when."""
    what = f"{row.qty} × {row.title}" if row.qty > 1 else row.title
    if row.until_on is None:
        return _("{what} is put by for {name}.").format(what=what, name=for_whom(row))
    day = screen_texts().day(row.until_on, year=False)
    return _("{what} is put by for {name} until {day}.").format(what=what, name=for_whom(row), day=day)


def short_words(row: ReservationRow) -> str:
    """For whom, how many, until when; for the disc's own card."""
    name = for_whom(row) + (f" × {row.qty}" if row.qty > 1 else "")
    if row.until_on is None:
        return name
    return _("{name}, until {day}").format(name=name, day=screen_texts().day(row.until_on, year=False))


def make_table(name: str, today: Callable[[], date], *, with_disc: bool, empty: str) -> "DataTable[ReservationRow]":
    """A list of what is put by; what should have been fetched before `today` is marked."""

    def until(row: ReservationRow) -> Mark | None:
        if row.until_on is None:
            return None
        is_late = row.until_on < today()
        return Mark(row.until_on.isoformat(), "warn" if is_late else "neutral", float(row.until_on.toordinal()))

    columns: list[Column[ReservationRow]] = [Column(_("Put by for"), for_whom, stretch=not with_disc)]
    if with_disc:
        columns.insert(0, Column(_("Disc"), _disc, "disc", stretch=True))
    else:
        columns.append(Column(_("Copy"), _copy))
    columns += [Column(_("Pieces"), _qty, "number"), Column(_("Kept until"), until, "chip")]
    return DataTable(name, _("Put by"), columns, key=_id, empty=empty)


def _disc(row: ReservationRow) -> DiscCell:
    under: list[str | Mark] = [row.artist] if row.artist else []
    if row.format:
        under.append(Mark(row.format))
    if row.code:
        under.append(Mark(_("used"), "warn"))
    return DiscCell(row.title, tuple(under))


def _copy(row: ReservationRow) -> str:
    return row.code or _("new")


def _qty(row: ReservationRow) -> int:
    return row.qty


def _id(row: ReservationRow) -> object:
    return row.reservation_id
