"""Which discs the list of the catalogue shows, and what it is read from."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from av_pos.db import Session
from av_pos.i18n import _
from av_pos.services import catalogue, missed_demand, reservations, stock_lists
from av_pos.services.catalogue import EditionRow
from av_pos.services.missed_demand import MissedSum
from av_pos.services.reservations import ReservationRow
from av_pos.services.stock_lists import DEAD_DAYS, StockRow

MOST_ROWS = 200
MOST_STOCK_ROWS = 2_000
"""Lists of stock are exported as they are shown: longer ones, that somebody works through in a spreadsheet."""
ASKED_DAYS = 90

AnyRow = EditionRow | StockRow | ReservationRow | MissedSum


class Tab(IntEnum):
    """Which discs the list shows."""

    ALL = 0
    UNLINKED = 1
    BELOW_ZERO = 2
    LOW = 3
    SOLD_OUT = 4
    DEAD = 5
    PUT_BY = 6
    ASKED = 7


IN_ORDER = (
    Tab.ALL, Tab.UNLINKED, Tab.LOW, Tab.SOLD_OUT, Tab.BELOW_ZERO, Tab.DEAD, Tab.PUT_BY, Tab.ASKED,
)  # fmt: skip
OF_STOCK = (Tab.LOW, Tab.SOLD_OUT, Tab.BELOW_ZERO, Tab.DEAD)


@dataclass(frozen=True, slots=True)
class Question:
    """Which list is wanted: its tab, what is typed, the shop's day, and how long a dead disc lies unsold."""

    number: int
    tab: Tab
    text: str
    today: date
    dead_days: int = DEAD_DAYS


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a question, and of a list of stock how many there are in all, their pieces and what they cost."""

    question: Question
    rows: tuple[AnyRow, ...]
    editions_qty: int = 0
    pieces_qty: int = 0
    value_minor: int = 0


def read_list(session: Session, question: Question) -> Answer:
    """Read the rows of a tab; without a text, unknown discs stand first among all."""
    tab, today = question.tab, question.today
    if tab in OF_STOCK:
        return _read_stock(session, question)
    if tab is Tab.PUT_BY:
        return Answer(question, reservations.list_reservations(session, limit=MOST_STOCK_ROWS))
    if tab is Tab.ASKED:
        first_on = today - timedelta(days=ASKED_DAYS)
        return Answer(question, missed_demand.sum_missed(session, first_on, today, MOST_STOCK_ROWS))
    if tab is Tab.UNLINKED:
        return Answer(question, catalogue.list_provisional(session, MOST_ROWS))
    found = catalogue.list_editions(session, question.text, MOST_ROWS)
    if question.text.strip():
        return Answer(question, found)
    unknown = catalogue.list_provisional(session, MOST_ROWS)
    return Answer(question, (*unknown, *(row for row in found if not row.is_provisional)))


def _read_stock(session: Session, question: Question) -> Answer:
    tab, today, most = question.tab, question.today, MOST_STOCK_ROWS
    if tab is Tab.LOW:
        found = stock_lists.list_low(session, today, most)
    elif tab is Tab.SOLD_OUT:
        found = stock_lists.list_sold_out(session, today, limit=most)
    elif tab is Tab.BELOW_ZERO:
        found = stock_lists.list_below_zero(session, today, most)
    else:
        found = stock_lists.list_dead(session, today, question.dead_days, most)
    return Answer(question, found.rows, found.editions_qty, found.pieces_qty, found.value_minor)


def tab_words(tab: Tab) -> str:
    """What a tab is called."""
    return {
        Tab.ALL: _("All"),
        Tab.UNLINKED: _("Not linked yet"),
        Tab.LOW: _("Low"),
        Tab.SOLD_OUT: _("Sold out"),
        Tab.BELOW_ZERO: _("Below zero"),
        Tab.DEAD: _("Dead stock"),
        Tab.PUT_BY: _("Put by"),
        Tab.ASKED: _("Asked for"),
    }[tab]


def empty_words(tab: Tab) -> str:
    """What an empty tab says: what it is for."""
    return {
        Tab.ALL: _("No disc found. F12 adds one; Import brings in a whole list."),
        Tab.UNLINKED: _("Discs sold as unknown stand here until they are linked. None waits."),
        Tab.BELOW_ZERO: _("Discs of which more were sold than counted stand here. There is none."),
        Tab.LOW: _("Discs that are nearly gone stand here. Nothing runs low."),
        Tab.SOLD_OUT: _("Discs that sold in the last 90 days and of which none is left stand here. There is none."),
        Tab.DEAD: _("Discs that lie unsold for so many days stand here, with the money in them. There is none."),
        Tab.PUT_BY: _("Discs kept for somebody stand here. F8 puts the chosen disc of another list by."),
        Tab.ASKED: _("What customers asked for and did not get stands here. At the till, F10 and then A note it."),
    }[tab]
