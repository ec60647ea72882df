"""The weeks that forecasts read: pieces sold and asked for of all editions, as one block of numbers.

Only weeks that are over count, so what was read serves until the next one begins; of the running week only is read
anew which editions sold in it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.analytics.history import YEAR, History
from av_pos.domain.demand import BYTES_A_WEEK, first_day
from av_pos.models import DEMAND
from av_pos.services import demand, missed_demand
from av_pos.services.reorder_catalogue import NEVER, Catalogue, Ints, columns, place_in

WEEKS = 2 * YEAR
"""So many weeks are looked at: two years, the least in which a season can be told from chance."""

_OPENING_WEEKS = 4
_SETTLED = 10_000

Missed = tuple[tuple[int, int, int], ...]
"""Edition, week, pieces that were asked for and not there."""


@dataclass(frozen=True, slots=True)
class SoldWeeks:
    """What sold up to the end of the week before `week`; `first` is the week of the first sale ever.

    `pieces` int16 [editions that sold, weeks] belong to `ids`, as `last`: the last week in which each sold or came
    back, the running one included, when this was read.
    """

    week: int
    first: int
    ids: Ints
    pieces: Any
    last: Ints

    @property
    def count(self) -> int:
        """How many weeks."""
        return int(self.pieces.shape[1])

    @property
    def oldest(self) -> int:
        """The number of the oldest week."""
        return self.week - self.count


def read_sold(session: Session, week: int) -> SoldWeeks:
    """Read what all editions sold in the last two years, up to the end of the week before `week`."""
    sold = demand.read_demand(session)
    first = min(sold.since_weeks, default=week)
    weeks = int(np.clip(week - first, 0, WEEKS))
    last = np.array(sold.since_weeks, np.int64) + np.array(sold.week_counts, np.int64) - 1
    return SoldWeeks(week, first, np.array(sold.edition_ids, np.int64), _weeks(sold, week - weeks, weeks), last)


def read_last_weeks(session: Session) -> tuple[Ints, Ints]:
    """Return the editions that ever sold, and the last week in which each did (or came back)."""
    last = DEMAND.c.since_week + func.length(DEMAND.c.weeks) // BYTES_A_WEEK - 1
    ids, weeks = columns(session, select(DEMAND.c.edition_id, last.label("last_week")))
    return ids, weeks


def read_missed(session: Session, sold: SoldWeeks) -> Missed:
    """Return what was asked for and not there in these weeks."""
    return missed_demand.missed_by_week(session, first_day(sold.oldest))


def make_history(catalogue: Catalogue, rows: Ints, sold: SoldWeeks, missed: Missed) -> History:
    """Return the weeks of these places of the catalogue."""
    ids = catalogue.ids[rows]
    counts = np.zeros((len(ids), sold.count), np.int16)
    places = place_in(ids, sold.ids)
    counts[places[places >= 0]] = sold.pieces[places >= 0]
    _add_missed(counts, ids, missed, sold.oldest)
    on_sale = _on_sale(catalogue, rows, sold.week, sold.first)
    return History(counts, on_sale=on_sale, kinds=catalogue.kinds[rows], first_week=_place_in_year(sold.oldest))


def _weeks(sold: demand.DemandColumns, first: int, weeks: int) -> Any:
    """Return the pieces of so many weeks from `first` on, int16 [editions that sold, weeks]."""
    editions = len(sold.edition_ids)
    counts, ahead = np.array(sold.week_counts, np.int64), np.array(sold.since_weeks, np.int64) - first
    at = np.clip(ahead, 0, weeks)
    until = np.clip(ahead + counts, at, weeks)
    begins = np.cumsum(counts) - counts - ahead
    rows = np.arange(editions) * weeks
    laid, pieces = bytearray(editions * weeks * BYTES_A_WEEK), sold.weeks
    # Whole stretches of bytes: to move each number by itself takes three times as long.
    places = (BYTES_A_WEEK * place for place in (rows + at, rows + until, begins + at, begins + until))
    for to, to_end, begin, end in zip(*(place.tolist() for place in places), strict=True):
        laid[to:to_end] = pieces[begin:end]
    return np.frombuffer(laid, "<i2").reshape(editions, weeks)


def _add_missed(counts: Any, ids: Ints, missed: Missed, first: int) -> None:
    """Count, in place, what was asked for and not there: beside what sold, whatever came back that week."""
    weeks = counts.shape[1]
    for edition_id, week, qty in missed:
        place = int(np.searchsorted(ids, edition_id))
        if place < len(ids) and ids[place] == edition_id and 0 <= week - first < weeks:
            before = max(int(counts[place, week - first]), 0)
            counts[place, week - first] = min(before + qty, np.iinfo(np.int16).max)


def _on_sale(catalogue: Catalogue, rows: Ints, week: int, first: int) -> Ints:
    """Return for how many weeks each edition is on sale by the end of last week.

    From the first new piece that moved. What was there when the books began counts as long on sale, unless its release
    is later; what the shop never had counts from its release, 0 before it.
    """
    moved, released = catalogue.first_moves[rows], catalogue.released[rows]
    began = np.where(moved > NEVER, moved, released)
    begins = min(first, int(moved[moved > NEVER].min(initial=week)))
    was_there = (moved > NEVER) & (moved < begins + _OPENING_WEEKS)
    began = np.where(was_there, np.where(released > begins, released, NEVER), began)
    age = np.where(began > NEVER, np.maximum(week - began, 0), np.where(moved > NEVER, _SETTLED, 0))
    return age.astype(np.int64)


def _place_in_year(week: int) -> int:
    """Return which week of its year a week is, 0 to 51; a year's last day or two belong to its last week."""
    return min((first_day(week).timetuple().tm_yday - 1) // 7, YEAR - 1)
