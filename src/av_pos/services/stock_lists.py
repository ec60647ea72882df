"""Lists of stock that wants somebody: low, sold out, below nothing, and lying unsold.

Each has its first rows and the totals of all. They read the balances once, and of the pieces sold only the last week
in which an edition sold or came back; the ledger is asked for days where a week alone does not tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, true
from sqlalchemy.orm import Session

from av_pos.domain import demand
from av_pos.domain.stock import StockReason, is_low, unit_cost
from av_pos.errors import NotFound
from av_pos.models import DEMAND, EDITION, STOCK, STOCK_MOVE
from av_pos.services import shop_settings

LISTED = 200
SOLD_OUT_DAYS = 90
DEAD_DAYS = 180


@dataclass(frozen=True, slots=True)
class StockRow:
    """An edition's new pieces as the lists show them; `value_minor` is what they cost, `mark_qty` its low mark.

    `sold_qty` were sold (less what came back) in the weeks that the list looks at. `last_sold_on` is None for what was
    never sold; `unsold_days` counts from then, else from the day the first piece came in.
    """

    edition_id: int
    title: str
    artist: str
    format: str
    label: str
    shelf: str
    price_minor: int
    on_hand_qty: int
    reserved_qty: int
    on_order_qty: int
    value_minor: int
    mark_qty: int
    sold_qty: int
    last_sold_on: date | None
    unsold_days: int

    @property
    def free_qty(self) -> int:
        """Pieces that nobody has put by."""
        return self.on_hand_qty - self.reserved_qty

    @property
    def is_low(self) -> bool:
        """Whether no more pieces are free than its mark says."""
        return is_low(self.free_qty, self.mark_qty)


@dataclass(frozen=True, slots=True)
class StockList:
    """The first rows of a list, and of all of it: editions, pieces on hand, what they cost."""

    rows: tuple[StockRow, ...]
    editions_qty: int
    pieces_qty: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class StandingRow:
    """How an edition stands: new pieces on hand, put by, on their way; `average_minor` is what one costs, or None.

    `low_mark_qty` is its own low mark, else the shop's.
    """

    on_hand_qty: int
    reserved_qty: int
    on_order_qty: int
    value_minor: int
    average_minor: int | None
    low_mark_qty: int

    @property
    def free_qty(self) -> int:
        """Pieces that nobody has put by."""
        return self.on_hand_qty - self.reserved_qty

    @property
    def is_low(self) -> bool:
        """Whether no more pieces are free than its mark says."""
        return is_low(self.free_qty, self.low_mark_qty)


FREE = STOCK.c.on_hand_qty - STOCK.c.reserved_qty
"""New pieces that nobody has put by, of a balance."""
# Twice the week behind the last one, as weeks are packed in two bytes each; 0 for what never sold.
_last_week = func.coalesce(2 * DEMAND.c.since_week + func.length(DEMAND.c.weeks), 0)
_is_named = and_(EDITION.c.is_deleted.is_(False), EDITION.c.merged_into_id.is_(None))

_SHOWN = select(
    EDITION.c.id,
    EDITION.c.title,
    EDITION.c.artist,
    EDITION.c.format,
    EDITION.c.label,
    EDITION.c.shelf,
    EDITION.c.price_minor,
    STOCK.c.on_hand_qty,
    STOCK.c.reserved_qty,
    STOCK.c.on_order_qty,
    STOCK.c.value_minor,
    EDITION.c.low_mark_qty,
).join_from(STOCK, EDITION, EDITION.c.id == STOCK.c.edition_id)
# Each balance has its edition: joined from the left, so that the narrow table is read first and throws most rows out.
_FROM = STOCK.outerjoin(EDITION, EDITION.c.id == STOCK.c.edition_id).outerjoin(
    DEMAND, DEMAND.c.edition_id == STOCK.c.edition_id
)
# Word by word as the index on it says.
_CAME_IN = text("stock_move.reason IN ('opening', 'receipt')")


def get_standing(session: Session, edition_id: int) -> StandingRow:
    """Return how one edition stands. Raises NotFound."""
    query = select(STOCK, EDITION.c.low_mark_qty).join(EDITION, EDITION.c.id == STOCK.c.edition_id)
    row = session.execute(query.where(STOCK.c.edition_id == edition_id)).first()
    if row is None:
        raise NotFound("edition", str(edition_id))
    mark = shop_settings.get_settings(session).low_mark_qty if row.low_mark_qty is None else row.low_mark_qty
    average = unit_cost(row.on_hand_qty, row.value_minor) if row.on_hand_qty > 0 else None
    return StandingRow(row.on_hand_qty, row.reserved_qty, row.on_order_qty, row.value_minor, average, mark)


def list_low(session: Session, today: date, limit: int = LISTED, *, sold_days: int | None = None) -> StockList:
    """Return editions whose free pieces are at their low mark or under it, none below nothing; sold lately first.

    A piece put by is promised: it counts as gone. With `sold_days` only what sold (or came back) in so many days, or
    has a mark of its own. `sold_qty` looks back so many days, else 90.
    """
    mark = shop_settings.get_settings(session).low_mark_qty
    since = today - timedelta(days=sold_days or SOLD_OUT_DAYS)
    wanted = and_(STOCK.c.on_hand_qty >= 0, runs_low(mark), EDITION.c.is_provisional.is_(False))
    if sold_days is not None:
        wanted = and_(wanted, or_(EDITION.c.low_mark_qty.is_not(None), _sold_since(since)))
    return _list(session, wanted, (-_last_week, FREE), limit, today, since)


def runs_low(mark_qty: int) -> ColumnElement[bool]:
    """Ask, of a balance beside its edition, what `domain.stock.is_low` says; `mark_qty` is that of the shop."""
    return func.coalesce(EDITION.c.low_mark_qty, mark_qty) >= FREE


def list_sold_out(session: Session, today: date, days: int = SOLD_OUT_DAYS, limit: int = LISTED) -> StockList:
    """Return editions that sold in the last `days` days and of which no free piece is left, sold last first."""
    since = today - timedelta(days=days)
    is_out = and_(FREE <= 0, EDITION.c.is_provisional.is_(False), _sold_since(since))
    return _list(session, is_out, (-_last_week, FREE), limit, today, since)


def list_below_zero(session: Session, today: date, limit: int = LISTED) -> StockList:
    """Return editions of which more left than the books knew of, the furthest below nothing first."""
    since = today - timedelta(days=SOLD_OUT_DAYS)
    return _list(session, STOCK.c.on_hand_qty < 0, (STOCK.c.on_hand_qty,), limit, today, since)


def list_dead(session: Session, today: date, days: int = DEAD_DAYS, limit: int = LISTED) -> StockList:
    """Return what is on hand, unsold for `days` days or longer, and did not come in since; most money first."""
    since = today - timedelta(days=days)
    came = select(STOCK_MOVE.c.edition_id).where(
        _CAME_IN, STOCK_MOVE.c.business_on > since, STOCK_MOVE.c.copy_id.is_(None), STOCK_MOVE.c.qty > 0
    )
    is_dead = and_(STOCK.c.on_hand_qty > 0, ~_sold_since(since + timedelta(days=1)), STOCK.c.edition_id.not_in(came))
    return _list(session, is_dead, (-STOCK.c.value_minor,), limit, today, since)


def _sold_since(since: date) -> ColumnElement[bool]:
    """Editions that sold, or came back, on this day or later: in a later week, or in the same one by the ledger."""
    behind = 2 * (demand.week_of(since) + 1)
    in_ledger = (
        select(STOCK_MOVE.c.id)
        .where(
            STOCK_MOVE.c.edition_id == STOCK.c.edition_id,
            STOCK_MOVE.c.copy_id.is_(None),
            STOCK_MOVE.c.reason == StockReason.SALE,
            STOCK_MOVE.c.business_on >= since,
        )
        .correlate(STOCK)
        .exists()
    )
    return or_(_last_week > behind, and_(_last_week == behind, in_ledger))


def _list(
    session: Session,
    wanted: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]],
    limit: int,
    today: date,
    since: date,
) -> StockList:
    """Find all rows once, as bare numbers; sum them, and read of the first ones what a row shows."""
    keys = [key.label(f"key{place}") for place, key in enumerate(order)]
    found = (
        select(STOCK.c.edition_id, STOCK.c.on_hand_qty, STOCK.c.value_minor, *keys)
        .select_from(_FROM)
        .where(wanted, _is_named)
        .cte("found")
    )
    totals = (
        select(
            func.count().label("editions"),
            func.sum(found.c.on_hand_qty).label("pieces"),
            func.sum(found.c.value_minor).label("value"),
        )
        .select_from(found)
        .subquery()
    )
    first = select(found.c.edition_id, totals).order_by(*(found.c[key.name] for key in keys), found.c.edition_id)
    rows = session.execute(first.select_from(found.join(totals, true())).limit(limit)).all()
    if not rows:
        return StockList((), 0, 0, 0)
    _id, editions, pieces, value = rows[0]
    shown = _rows(session, [row.edition_id for row in rows], today, since)
    return StockList(shown, int(editions), int(pieces), int(value))


def _rows(session: Session, ids: Sequence[int], today: date, since: date) -> tuple[StockRow, ...]:
    found = {row.id: row for row in session.execute(_SHOWN.where(STOCK.c.edition_id.in_(ids)))}
    mark = shop_settings.get_settings(session).low_mark_qty
    sold, days = _sold(session, ids, since), _days(session, ids)
    rows = []
    for edition_id in ids:
        row = found[edition_id]
        first_on, last_sold_on = days.get(edition_id, (today, None))
        own_mark = mark if row.low_mark_qty is None else row.low_mark_qty
        unsold_days = (today - (last_sold_on or first_on)).days
        rows.append(StockRow(*[*row[:-1], own_mark, sold.get(edition_id, 0), last_sold_on, unsold_days]))
    return tuple(rows)


def _sold(session: Session, edition_ids: Sequence[int], since: date) -> dict[int, int]:
    """Pieces sold of each edition from the week of a day on."""
    week = demand.week_of(since)
    query = select(DEMAND).where(DEMAND.c.edition_id.in_(edition_ids))
    return {
        edition_id: sum(demand.unpack(packed)[max(0, week - first) :])
        for edition_id, first, packed in session.execute(query)
    }


def _days(session: Session, edition_ids: Sequence[int]) -> dict[int, tuple[date, date | None]]:
    """The first day of each edition's ledger, and the last on which a new piece was sold."""
    is_sale = STOCK_MOVE.c.reason == StockReason.SALE
    query = (
        select(
            STOCK_MOVE.c.edition_id,
            func.min(STOCK_MOVE.c.business_on),
            func.max(STOCK_MOVE.c.business_on).filter(is_sale),
        )
        .where(STOCK_MOVE.c.edition_id.in_(edition_ids), STOCK_MOVE.c.copy_id.is_(None))
        .group_by(STOCK_MOVE.c.edition_id)
    )
    return {edition_id: (first_on, last_on) for edition_id, first_on, last_on in session.execute(query)}
