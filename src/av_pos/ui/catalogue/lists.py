"""Which discs the list of the catalogue shows."""

from enum import IntEnum

from av_pos.db import Session
from av_pos.i18n import _
from av_pos.services import catalogue, editions
from av_pos.services.catalogue import EditionRow

MOST_ROWS = 200


class Tab(IntEnum):
    """Which discs the list shows."""

    ALL = 0
    UNLINKED = 1
    BELOW_ZERO = 2
    LOW = 3


def read_list(session: Session, number: int, tab: Tab, text: str, low_mark_qty: int) -> tuple[int, list[EditionRow]]:
    """Read the rows of a tab as the answer to question `number`; without a text, unknown discs stand first."""
    if tab is Tab.UNLINKED:
        return number, list(catalogue.list_provisional(session, MOST_ROWS))
    if tab is Tab.BELOW_ZERO:
        return number, list(editions.list_below_zero(session, MOST_ROWS))
    if tab is Tab.LOW:
        return number, list(editions.list_low(session, low_mark_qty, MOST_ROWS))
    found = list(catalogue.list_editions(session, text, MOST_ROWS))
    if text.strip():
        return number, found
    unknown = list(catalogue.list_provisional(session, MOST_ROWS))
    return number, [*unknown, *(row for row in found if not row.is_provisional)]


def empty_words(tab: Tab) -> str:
    """What an empty tab says: what it is for."""
    return {
        Tab.ALL: _("No disc found. F12 adds one; Import brings in a whole list."),
        Tab.UNLINKED: _("Discs sold as unknown stand here until they are linked. None waits."),
        Tab.BELOW_ZERO: _("Discs of which more were sold than counted stand here. There is none."),
        Tab.LOW: _("Discs that are nearly gone stand here. Nothing runs low."),
    }[tab]
