"""Shops with months of weekly sales behind them, written straight into the demand that every sale would have kept."""

from array import array
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session
from tests.conftest import NOW
from tests.factories import make_edition

from av_pos.db import Database
from av_pos.domain import demand
from av_pos.domain.at import At
from av_pos.models import DEMAND, STOCK_MOVE
from av_pos.services import articles
from av_pos.services.articles import ArticleDraft
from av_pos.services.reorder_views import ReorderRow, ReorderView

WEEK = demand.week_of(NOW.date())
LONG_AGO = NOW.date() - timedelta(days=900)


def sold(session: Session, edition_id: int, pieces: Sequence[int]) -> None:
    """Let an edition have sold these pieces, the last of them last week; as with sales no row ends with nothing."""
    last = max(place for place, qty in enumerate(pieces) if qty) + 1 if any(pieces) else len(pieces)
    packed = demand.pack(array("h", pieces[:last]))
    session.execute(insert(DEMAND).values(edition_id=edition_id, since_week=WEEK - len(pieces), weeks=packed))


def came_on(session: Session, edition_id: int, day: date = LONG_AGO) -> None:
    """Let an edition's ledger have begun on a day."""
    session.execute(update(STOCK_MOVE).where(STOCK_MOVE.c.edition_id == edition_id).values(business_on=day))


def stock_disc(db: Database, at: At, supplier_id: int | None, pieces: Sequence[int], /, **given) -> int:
    """A disc that is long in the shop, sold these pieces week by week, and is bought at 40.00 unless `cost` says."""
    cost, pack = given.pop("cost", "40.00"), given.pop("pack", "")
    edition_id = db.run(make_edition, **{"qty": 1} | given)
    db.run(came_on, edition_id)
    if pieces:
        db.run(sold, edition_id, pieces)
    if supplier_id is not None:
        db.run(articles.set_article, at, supplier_id, ArticleDraft(edition_id, cost=cost, pack=pack))
    return edition_id


def background(db: Database, at: At, supplier_id: int | None, titles: int = 30, cost: str = "40") -> list[int]:
    """Discs that sell a piece now and then, so that there is something to learn from; none of them runs short."""
    made = []
    for number in range(titles):
        pieces = [1 if (week * 7 + number * 3) % (9 + number % 5) == 0 else 0 for week in range(104)]
        made.append(stock_disc(db, at, supplier_id, pieces, title=f"Now and then {number}", qty=20, cost=cost))
    return made


def row_of(view: ReorderView, edition_id: int) -> ReorderRow:
    """The row of an edition."""
    return next(row for row in view.rows if row.edition_id == edition_id)
