"""What suggesting is worth: how much of it was taken, what that brought, and how well it guesses the last month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION
from av_pos.models.similar import SUGGESTION
from av_pos.services import access, insight_build, shop_settings
from av_pos.services.insight_build import Progress, Purchase

MONTH = 30
_TOP = 10
_MOST_TESTED = 2000

_Counts = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A disc that was taken because it was offered: pieces and takings in the days asked for."""

    edition_id: int
    title: str
    artist: str
    qty: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What suggestions did between two days, both inclusive.

    `receipts` had something offered, in `taken_receipts` of them something was taken; amounts are what the customers
    paid for it. Of `tested` baskets of the last days one disc each was held back: among ten suggestions it was found
    `hits` times, among the ten best sellers `popular_hits` times.
    """

    first_on: date
    last_on: date
    receipts: int
    taken_receipts: int
    offered_qty: int
    taken_qty: int
    amount_minor: int
    tested: int
    hits: int
    popular_hits: int
    best: tuple[TakenRow, ...]

    @property
    def accepted_bp(self) -> int:
        """The share of receipts with an offer in which something was taken, in basis points."""
        return 10_000 * self.taken_receipts // self.receipts if self.receipts else 0


def measure(db: Database, at: At, days: int = MONTH, progress: Progress | None = None) -> Worth:
    """Workflow: look back over so many days. Reads only. Raises NotPermitted."""
    first_on, last_on = db.ask(_span, at, days)
    counts, best = db.ask(_taken, first_on, last_on)
    purchases = insight_build.read_purchases(db, db.ask(insight_build.last_document), progress)
    tested, hits, popular = _guess(purchases, first_on)
    receipts, taken_receipts, offered_qty, taken_qty, amount_minor = counts
    return Worth(
        first_on, last_on, receipts, taken_receipts, offered_qty, taken_qty, amount_minor, tested, hits, popular, best
    )


def _span(session: Session, at: At, days: int) -> tuple[date, date]:
    access.require(session, at, Permission.VIEW_REPORTS)
    settings = shop_settings.get_settings(session)
    today = business_day(at.now, settings.zone, settings.day_cut_min)
    return today - timedelta(days=days - 1), today


def _taken(session: Session, first_on: date, last_on: date) -> tuple[_Counts, tuple[TakenRow, ...]]:
    within = DOCUMENT.c.business_on.between(first_on, last_on)
    taken = case((SUGGESTION.c.is_taken, 1), else_=0)
    counted = session.execute(
        select(
            func.count(SUGGESTION.c.document_id.distinct()),
            func.count(case((SUGGESTION.c.is_taken, SUGGESTION.c.document_id)).distinct()),
            func.count(),
            func.coalesce(func.sum(taken), 0),
        )
        .join_from(SUGGESTION, DOCUMENT, DOCUMENT.c.id == SUGGESTION.c.document_id)
        .where(within)
    ).one()
    query = (
        select(
            EDITION.c.id,
            EDITION.c.title,
            EDITION.c.artist,
            func.sum(DOCUMENT_LINE.c.qty),
            func.sum(DOCUMENT_LINE.c.net_minor),
        )
        .join_from(DOCUMENT_LINE, DOCUMENT, DOCUMENT.c.id == DOCUMENT_LINE.c.document_id)
        .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
        .where(within, DOCUMENT_LINE.c.beside_id.is_not(None))
        .group_by(EDITION.c.id)
        .order_by(func.sum(DOCUMENT_LINE.c.net_minor).desc(), EDITION.c.id)
    )
    rows = tuple(TakenRow(*row) for row in session.execute(query))
    amount = sum(row.amount_minor for row in rows)
    return (int(counted[0]), int(counted[1]), int(counted[2]), int(counted[3]), amount), rows[:_TOP]


def _guess(purchases: Sequence[Purchase], since: date) -> tuple[int, int, int]:
    """Hold back the last disc of each basket since a day, and look for it among ten suggestions made from before."""
    import numpy as np

    from av_pos.analytics.pairs import lists_of
    from av_pos.analytics.trial import by_basket, by_popularity

    numbers: dict[int, int] = {}
    items = [numbers.setdefault(edition, len(numbers)) for _document, _buyer, edition, _day in purchases]
    before = [place for place, row in enumerate(purchases) if row[3] < since]
    baskets = _baskets(purchases, items, since)[:_MOST_TESTED]
    if not before or not baskets:
        return 0, 0, 0
    lists = lists_of([purchases[place][1] for place in before], [items[place] for place in before], len(numbers))
    ours, popular = by_basket(lists, _TOP), by_popularity(lists, _TOP)
    found = [0, 0]
    for basket, last in baskets:
        history = np.array(sorted(basket), np.int64)
        for place, suggest in enumerate((ours, popular)):
            found[place] += last in suggest(-1, history)[:_TOP].tolist()
    return len(baskets), found[0], found[1]


def _baskets(purchases: Sequence[Purchase], items: Sequence[int], since: date) -> list[tuple[set[int], int]]:
    by_document: dict[int, list[int]] = {}
    for item, row in zip(items, purchases, strict=True):
        if row[3] >= since:
            by_document.setdefault(row[0], []).append(item)
    whole = ((set(basket[:-1]) - {basket[-1]}, basket[-1]) for basket in by_document.values())
    return [(basket, last) for basket, last in whole if basket]
