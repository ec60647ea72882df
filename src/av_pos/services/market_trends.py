"""Which titles carry the shop (ABC), and which styles, artists and formats rise, fall or come with the year.

New pieces only: used copies are bought as they come. numpy comes with the first call, not before.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.demand import week_of
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput
from av_pos.models import DOCUMENT_LINE, EDITION, STOCK
from av_pos.services import access, shop_settings
from av_pos.services.edition_store import shop_day
from av_pos.services.editions import find_names

Progress = Callable[[int, int], None]
"""Is told how many steps of how many are done."""

LISTED = 500
MOST_DAYS = 3650
_DAYS_AT_ONCE = 14
_STEP_DAYS = 28
_STEPS_A_YEAR = 13
_CLASSES = ("A", "B", "C", "")
_TRENDS = ("too_little", "flat", "rising", "falling", "seasonal")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A title with its classes by profit and by pieces (A, B, C, empty for nothing); `stock_minor` what lies there."""

    edition_id: int
    title: str
    artist: str
    format: str
    by_profit: str
    by_pieces: str
    profit_minor: int
    pieces_qty: int
    stock_minor: int


@dataclass(frozen=True, slots=True)
class ClassSum:
    """All titles of a class: `by` profit or pieces, the class, titles, profit, pieces, what their stock cost."""

    by: str
    letter: str
    titles_qty: int
    profit_minor: int
    pieces_qty: int
    stock_minor: int


@dataclass(frozen=True, slots=True)
class AbcView:
    """The days looked at, the classes (by profit, then by pieces), the titles that earn most."""

    first_on: date
    last_on: date
    sums: tuple[ClassSum, ...]
    rows: tuple[ClassRow, ...]
    titles_qty: int


class GroupBy(StrEnum):
    """What is looked at together."""

    STYLE = "style"
    ARTIST = "artist"
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class TrendRow:
    """What a group does: too_little, flat, rising, falling or seasonal (with no rise or fall beside the season).

    `change` is that of a year as a share of its mean, `doubt` the chance that a flat group looks like it. `peak_month`
    is where the season is highest, None without one. `pieces` are four weeks each, the newest last; `year_qty` those
    of the last 52 weeks, `before_qty` those of the 52 before.
    """

    name: str
    trend: str
    change: float
    doubt: float
    peak_month: int | None
    titles_qty: int
    year_qty: int
    before_qty: int
    pieces: tuple[int, ...]


def classify(
    db: Database, at: At, days: int = 365, limit: int = LISTED, progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AbcView | None:  # fmt: skip
    """Workflow: sort titles by what they earned in the last so many days; None when cancelled. Reads in short pieces.

    Profit is takings without tax less cost, returns taken off. Raises InvalidInput for days below 1 or above 3650,
    NotPermitted.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput("days", str(days), "out_of_range")
    last_on = db.ask(_today, at)
    first_on = last_on - timedelta(days=days - 1)
    profit: Counter[int] = Counter()
    pieces: Counter[int] = Counter()
    for done in range(0, days, _DAYS_AT_ONCE):
        if cancelled is not None and cancelled():
            return None
        begin = first_on + timedelta(days=done)
        for edition_id, qty, minor in db.ask(_sums, begin, min(begin + timedelta(days=_DAYS_AT_ONCE - 1), last_on)):
            pieces[edition_id] += qty
            profit[edition_id] += minor
        if progress is not None:
            progress(min(done + _DAYS_AT_ONCE, days), days)
    return db.ask(_abc, profit, pieces, (first_on, last_on), limit)


def read_trends(session: Session, at: At, by: GroupBy, known: object = None) -> tuple[TrendRow, ...]:
    """Return what styles, artists or formats do, those that sold most in the last year first.

    `known` of a reorder view spares reading the weeks anew. What has no style (artist, format) is in no group. Raises
    NotPermitted.
    """
    import numpy as np

    from av_pos.analytics.trends import trends_of
    from av_pos.services.reorder_catalogue import read_catalogue
    from av_pos.services.reorder_numbers import Numbers, read_range

    access.require(session, at, Permission.ORDER_GOODS)
    if isinstance(known, Numbers):
        of_range = known.range
    else:
        today = _today(session, at)
        of_range = read_range(session, read_catalogue(session, None, today), week_of(today))
    names, groups = _groups(session, by, of_range.ids.tolist())
    group = np.array(groups, np.int64)
    found = trends_of(of_range.history, group)
    titles = np.bincount(group[group >= 0], minlength=len(names))
    rows = []
    for place, number in enumerate(found.group.tolist()):
        steps = tuple(round(pieces) for pieces in found.pieces[place].tolist())
        peak = int(found.peak[place])
        rows.append(TrendRow(
            name=names[number],
            trend=_TRENDS[int(found.trend[place])],
            change=float(found.change[place]),
            doubt=float(found.doubt[place]),
            peak_month=_month(peak) if peak >= 0 else None,
            titles_qty=int(titles[number]),
            year_qty=sum(steps[-_STEPS_A_YEAR:]),
            before_qty=sum(steps[-2 * _STEPS_A_YEAR : -_STEPS_A_YEAR]),
            pieces=steps,
        ))  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.year_qty, row.name)))


def _month(step: int) -> int:
    """The month in which the middle of a step of four weeks lies, counted from the year's first day."""
    return (date(2001, 1, 1) + timedelta(days=step * _STEP_DAYS + _STEP_DAYS // 2)).month


def _today(session: Session, at: At) -> date:
    access.require(session, at, Permission.ORDER_GOODS)
    return shop_day(at, shop_settings.get_settings(session))


def _sums(session: Session, first_on: date, last_on: date) -> list[tuple[int, int, int]]:
    """Pieces and profit of each edition over some days; what was sold as unknown counts as what it turned out to be."""
    real_id = func.coalesce(EDITION.c.merged_into_id, EDITION.c.id)
    line = DOCUMENT_LINE.c
    query = (
        select(real_id, func.sum(line.qty), func.sum(line.net_minor - line.tax_minor - line.cost_minor))
        .join_from(DOCUMENT_LINE, EDITION, EDITION.c.id == line.edition_id)
        .where(line.business_on.between(first_on, last_on), line.copy_id.is_(None))
        .group_by(real_id)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in session.execute(query)]


def _abc(session: Session, profit: Counter[int], pieces: Counter[int], days: tuple[date, date], limit: int) -> AbcView:
    import numpy as np

    from av_pos.analytics.trends import abc

    ids = sorted(profit, key=lambda edition_id: (-profit[edition_id], -pieces[edition_id], edition_id))
    earned = np.array([profit[edition_id] for edition_id in ids], np.int64)
    sold = np.array([pieces[edition_id] for edition_id in ids], np.int64)
    held: dict[int, int] = {row[0]: row[1] for row in session.execute(select(STOCK.c.edition_id, STOCK.c.value_minor))}
    stock = np.array([held.get(edition_id, 0) for edition_id in ids], np.int64)
    by_profit, by_pieces = abc(earned.astype(np.float64)), abc(sold.astype(np.float64))
    sums = [
        ClassSum(by, letter, int(of.sum()), int(earned[of].sum()), int(sold[of].sum()), int(stock[of].sum()))
        for by, classes in (("profit", by_profit), ("pieces", by_pieces))
        for number, letter in enumerate(_CLASSES)
        for of in (classes == number,)
    ]
    names = find_names(session, ids[:limit])
    rows = tuple(
        ClassRow(edition_id, *names[edition_id], _CLASSES[int(by_profit[place])], _CLASSES[int(by_pieces[place])],
                 profit[edition_id], pieces[edition_id], held.get(edition_id, 0))
        for place, edition_id in enumerate(ids[:limit])
    )  # fmt: skip
    return AbcView(*days, tuple(sums), rows, len(ids))


def _groups(session: Session, by: GroupBy, edition_ids: list[int]) -> tuple[list[str], list[int]]:
    """Return the names of the groups, and each edition's place among them, −1 for none; case makes no difference."""
    column: Any = {GroupBy.STYLE: EDITION.c.style, GroupBy.ARTIST: EDITION.c.artist, GroupBy.FORMAT: EDITION.c.format}[
        by
    ]
    words: dict[int, str] = {row[0]: row[1] for row in session.execute(select(EDITION.c.id, column))}
    names: list[str] = []
    places: dict[str, int] = {"": -1}
    groups = []
    for edition_id in edition_ids:
        word = words.get(edition_id, "")
        key = word.casefold()
        if key not in places:
            places[key] = len(names)
            names.append(word)
        groups.append(places[key])
    return names, groups
