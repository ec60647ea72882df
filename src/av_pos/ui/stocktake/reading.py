"""Reads what the counting screen shows: one question, one answer, so that a late answer can be told from a new one."""

from dataclasses import dataclass
from enum import IntEnum

from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.states import StocktakeState
from av_pos.i18n import _
from av_pos.services import stocktake_review, stocktakes
from av_pos.services.count_rows import CountProgress, CountRow
from av_pos.services.stocktake_review import RowFilter, UnknownRow
from av_pos.services.stocktakes import StocktakeRow

MOST_ROWS = 500
LAST_ROWS = 50


class Tab(IntEnum):
    """What the list shows."""

    LAST = 0
    DIFFERENCES = 1
    UNCOUNTED = 2
    UNKNOWN = 3
    UNSURE = 4
    SECOND = 5
    ALL = 6


_FILTERS = {
    Tab.DIFFERENCES: RowFilter.DIFFERENCES,
    Tab.UNCOUNTED: RowFilter.UNCOUNTED,
    Tab.UNSURE: RowFilter.UNSURE,
    Tab.SECOND: RowFilter.OTHER_PERSON,
    Tab.ALL: RowFilter.ALL,
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which stocktake, which tab; a later question has a larger number."""

    number: int
    stocktake_id: int
    tab: Tab


@dataclass(frozen=True, slots=True)
class Answer:
    """The stocktake, how far it is, and the rows of the tab; `second_qty` waits for another person (None: not told)."""

    question: Question
    take: StocktakeRow
    progress: CountProgress
    rows: tuple[CountRow, ...] = ()
    unknown: tuple[UnknownRow, ...] = ()
    second_qty: int | None = None


def read_last(session: Session, at: At, question: Question) -> Answer:
    """Read what was counted last: a few rows, at once. Raises NotFound, NotPermitted."""
    stocktake_id = question.stocktake_id
    take = stocktakes.get_stocktake(session, at, stocktake_id)
    rows = stocktake_review.list_last(session, at, stocktake_id, LAST_ROWS)
    return Answer(question, take, stocktake_review.progress(session, at, stocktake_id), rows)


def read_tab(session: Session, at: At, question: Question) -> Answer:
    """Read any tab, and how many lines wait for another person; a large shop's may take a moment."""
    stocktake_id, tab = question.stocktake_id, question.tab
    take = stocktakes.get_stocktake(session, at, stocktake_id)
    rows: tuple[CountRow, ...] = ()
    unknown: tuple[UnknownRow, ...] = ()
    if tab is Tab.UNKNOWN:
        unknown = stocktake_review.list_unknown(session, at, stocktake_id)
    elif tab is Tab.LAST:
        rows = stocktake_review.list_last(session, at, stocktake_id, LAST_ROWS)
    else:
        rows = stocktake_review.list_rows(session, at, stocktake_id, _FILTERS[tab], MOST_ROWS)
    second = len(stocktake_review.list_rows(session, at, stocktake_id, RowFilter.OTHER_PERSON, MOST_ROWS))
    progress = stocktake_review.progress(session, at, stocktake_id)
    return Answer(question, take, progress, rows, unknown, second)


def read_takes(session: Session, at: At) -> tuple[StocktakeRow, ...]:
    """Read the stocktakes, those not over first. Raises NotPermitted."""
    return stocktakes.list_stocktakes(session, at, MOST_ROWS)


def sees_differences(at: At, take: StocktakeRow) -> bool:
    """Whether somebody may see what was expected: of a blind count only who may post it."""
    return not take.is_blind or allowed(at.actor.role, Permission.POST_COUNT)


def is_over(take: StocktakeRow) -> bool:
    """Whether nothing of a stocktake changes any more."""
    return take.status in (StocktakeState.POSTED, StocktakeState.DROPPED)


def tab_words(tab: Tab) -> str:
    """What a tab is called."""
    return {
        Tab.LAST: _("Last scanned"),
        Tab.DIFFERENCES: _("Differences"),
        Tab.UNCOUNTED: _("Not yet counted"),
        Tab.UNKNOWN: _("Unknown barcodes"),
        Tab.UNSURE: _("Unsure"),
        Tab.SECOND: _("Second count"),
        Tab.ALL: _("All"),
    }[tab]


def empty_words(tab: Tab) -> str:
    """What an empty tab says: what it is for."""
    return {
        Tab.LAST: _("What was counted last stands here. Scan the first disc of a shelf."),
        Tab.DIFFERENCES: _("Discs of which there are more or fewer than the books say stand here. There is none."),
        Tab.UNCOUNTED: _("What is on the list and was not counted yet stands here. Everything was counted."),
        Tab.UNKNOWN: _("Barcodes that no disc bears stand here, to be named. There is none."),
        Tab.UNSURE: _("Discs that were sold or moved in the middle of their count stand here. There is none."),
        Tab.SECOND: _("Differences larger than allowed stand here: somebody else counts them again. There is none."),
        Tab.ALL: _("Everything on the list stands here, what agreed too. There is nothing."),
    }[tab]
