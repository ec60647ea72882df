"""Had the shop followed the suggestions for the last year: lost sales, stock, orders and cost, beside what was done.

Tried on the shop's own history before anybody trusts it, against minimum and maximum and against average × (lead time
and seven days). The result is kept with its day.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from math import isnan
from typing import TYPE_CHECKING, Any

from sqlalchemy import desc, func, insert, select
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain import demand
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.stock import StockReason
from av_pos.errors import InvalidInput, WrongState
from av_pos.models import STAFF, STOCK_MOVE
from av_pos.models.reordering import REORDER_TRIAL
from av_pos.services import access, audit, shop_settings
from av_pos.services.edition_store import shop_day

if TYPE_CHECKING:
    from av_pos.analytics.past_year import Trade
    from av_pos.services.reorder_numbers import Numbers

Progress = Callable[[int, int], None]
"""Is told how many steps of how many are done."""

MOST_WEEKS = 52
FEWEST_WEEKS = 6
_EDITIONS_AT_ONCE = 2_000
_NOTED = 0.01
_WAYS = 4
_SOLD = (StockReason.SALE, StockReason.VOID, StockReason.RETURN)


@dataclass(frozen=True, slots=True)
class TrialWay:
    """What one way to order came to: followed, min_max, average or done; amounts in the shop's minor units.

    `stock_qty` pieces lay there on average, `stock_minor` at cost; `cost_minor` is holding them and writing
    `lines_qty` order lines. `lost_minor` is the margin of the sales lost, None where no cost is known. The weeks of
    `stock_weeks` and `lost_weeks` are for a chart.
    """

    way: str
    sold_qty: int
    lost_qty: int
    lost_minor: float | None
    stock_qty: float
    stock_minor: float
    lines_qty: int
    ordered_qty: int
    cost_minor: float
    stock_weeks: tuple[int, ...]
    lost_weeks: tuple[int, ...]

    @property
    def fill(self) -> float:
        """The share of what was asked for that was there; 1 where nothing was."""
        asked = self.sold_qty + self.lost_qty
        return self.sold_qty / asked if asked else 1.0


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The weeks from `first_on` to `last_on` lived through again, with `editions_qty` titles.

    `left_out_qty` came new in those weeks: their first order is no reorder. Sales lost are those that would have been
    missed of what was sold and of what was noted as asked for and not there; what nobody noted is not known.
    """

    tried_at: datetime
    staff_name: str
    method: str
    promise: float
    weeks: int
    first_on: date
    last_on: date
    editions_qty: int
    left_out_qty: int
    ways: tuple[TrialWay, ...]

    def way(self, name: str) -> TrialWay:
        """One of the ways, by its name."""
        return next(way for way in self.ways if way.way == name)

    @property
    def yardstick(self) -> str:
        """What the suggestions are held against in a word: what was done, if what it lost was noted; else "average".

        Of a shop that notes nothing nobody knows which sales it lost: a share of next to nothing would be a slander on
        any other way.
        """
        done = self.way("done")
        return "done" if done.lost_qty >= _NOTED * (done.lost_qty + done.sold_qty) else "average"

    def lost_change(self) -> float | None:
        """How many sales fewer (below nothing) than the yardstick were lost, as a share; None where it lost none."""
        before = self.way(self.yardstick).lost_qty
        return self.way("followed").lost_qty / before - 1 if before else None

    def stock_change(self) -> float | None:
        """How much less stock (below nothing) than with the yardstick lay there, as a share; None where none did."""
        before = self.way(self.yardstick).stock_qty
        return self.way("followed").stock_qty / before - 1 if before else None


def try_out(
    db: Database, at: At, weeks: int = MOST_WEEKS, progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> TrialResult | None:  # fmt: skip
    """Workflow: live through the last weeks again, keep the result and return it; None when cancelled.

    With less history than twice as many weeks as many as there are. It reads in short pieces. Raises InvalidInput for
    weeks below 6 or above 52, WrongState("reorder_trial", "too_short") for a shop younger than 12 weeks, NotPermitted.
    """
    from av_pos.analytics.past_year import Past, had_followed

    if not FEWEST_WEEKS <= weeks <= MOST_WEEKS:
        raise InvalidInput("weeks", str(weeks), "out_of_range")
    numbers, last_move, settings = db.ask(_begin, at)
    history = numbers.range.history
    weeks = min(weeks, history.weeks // 2)
    if weeks < FEWEST_WEEKS:
        raise WrongState("reorder_trial", "too_short", "tried")
    pieces = -(-len(numbers.range.ids) // _EDITIONS_AT_ONCE)
    steps = pieces + _WAYS * weeks
    read = _read_moves(db, numbers, weeks, last_move, _told(progress, 0, steps), cancelled)
    if read is None:
        return None
    start, received = read
    past = Past(history, start, numbers.terms, weeks, received=received, margin_minor=numbers.margins,
                method=numbers.method)  # fmt: skip
    found = had_followed(past, _told(progress, pieces, steps), cancelled)
    if found is None:
        return None
    first = numbers.week - weeks
    result = TrialResult(
        tried_at=at.now,
        staff_name=at.actor.name,
        method=settings.reorder_method,
        promise=settings.reorder_service_bp / 10_000,
        weeks=weeks,
        first_on=demand.first_day(first),
        last_on=demand.first_day(numbers.week),
        editions_qty=found.titles,
        left_out_qty=found.left_out,
        ways=tuple(_way(name.value, trade) for name, trade in found.trades.items()),
    )
    db.run(_keep, at, result)
    return result


def find_last_trial(session: Session, at: At) -> TrialResult | None:
    """Return what was tried last, None before the first time. Raises NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    query = (
        select(REORDER_TRIAL.c.tried_at, REORDER_TRIAL.c.data, STAFF.c.name)
        .outerjoin(STAFF, STAFF.c.id == REORDER_TRIAL.c.staff_id)
        .order_by(desc(REORDER_TRIAL.c.id))
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else _read(row.tried_at, row.name or "", json.loads(row.data))


def _begin(session: Session, at: At) -> tuple["Numbers", int, shop_settings.ShopSettings]:
    """All that is known now, and the last row of the ledger that it knows of."""
    from av_pos.services.reorder_numbers import read_numbers

    access.require(session, at, Permission.ORDER_GOODS)
    settings = shop_settings.get_settings(session)
    last_move = session.execute(select(func.coalesce(func.max(STOCK_MOVE.c.id), 0))).scalar_one()
    return read_numbers(session, settings, shop_day(at, settings)), int(last_move), settings


def _read_moves(
    db: Database, numbers: "Numbers", weeks: int, last_move: int, tell: Progress, cancelled: Callable[[], bool] | None
) -> tuple[Any, Any] | None:
    """Return what stood there before the weeks, and what came in each; None when cancelled."""
    import numpy as np

    from av_pos.services.reorder_catalogue import place_in

    ids, first = numbers.range.ids, numbers.week - weeks
    start = numbers.range.on_hand.copy()
    received = np.zeros((len(ids), weeks), np.int64)
    for number, begin in enumerate(range(0, len(ids), _EDITIONS_AT_ONCE)):
        if cancelled is not None and cancelled():
            return None
        some = ids[begin : begin + _EDITIONS_AT_ONCE]
        rows = db.ask(_moves, int(some[0]), int(some[-1]), demand.first_day(first), last_move)
        places = place_in(ids, np.array([row[0] for row in rows], np.int64))
        for place, (_edition, day, qty, is_sold) in zip(places.tolist(), rows, strict=True):
            if place < 0:
                continue
            start[place] -= qty
            week = demand.week_of(day) - first
            if not is_sold and week < weeks:
                received[place, week] += qty
        tell(number + 1, 0)
    # Losses and differences are no deliveries; what they took from one week is not taken from the next.
    return start, np.maximum(received, 0)


def _moves(
    session: Session, first_id: int, last_id: int, since: date, last_move: int
) -> list[tuple[int, date, int, bool]]:
    """The new pieces that moved since a day, by edition and day, sold ones and others apart."""
    is_sold = STOCK_MOVE.c.reason.in_(_SOLD)
    query = (
        select(STOCK_MOVE.c.edition_id, STOCK_MOVE.c.business_on, func.sum(STOCK_MOVE.c.qty), is_sold)
        .where(
            STOCK_MOVE.c.edition_id.between(first_id, last_id),
            STOCK_MOVE.c.copy_id.is_(None),
            STOCK_MOVE.c.business_on >= since,
            STOCK_MOVE.c.id <= last_move,
        )
        .group_by(STOCK_MOVE.c.edition_id, STOCK_MOVE.c.business_on, is_sold)
    )
    return [(row[0], row[1], int(row[2]), bool(row[3])) for row in session.execute(query)]


def _told(progress: Progress | None, done_before: int, steps: int) -> Progress:
    def tell(done: int, _of: int) -> None:
        if progress is not None:
            progress(done_before + done, steps)

    return tell


def _way(name: str, trade: "Trade") -> TrialWay:
    return TrialWay(
        name, trade.sold, trade.lost, None if isnan(trade.lost_minor) else trade.lost_minor, trade.average_stock,
        trade.average_stock_minor, trade.lines, trade.ordered, trade.cost_minor,
        tuple(trade.stock_qty.tolist()), tuple(trade.lost_qty.tolist()),
    )  # fmt: skip


def _keep(session: Session, at: At, result: TrialResult) -> None:
    data = asdict(result)
    for name in ("tried_at", "staff_name"):
        del data[name]
    for name in ("first_on", "last_on"):
        data[name] = data[name].isoformat()
    values = {"tried_at": at.now, "staff_id": at.actor.staff_id or None, "data": json.dumps(data)}
    session.execute(insert(REORDER_TRIAL).values(**values))
    audit.record(session, at, "reorder_tried", weeks=result.weeks, editions=result.editions_qty)


def _read(tried_at: datetime, staff_name: str, data: dict[str, Any]) -> TrialResult:
    ways = tuple(
        TrialWay(**{**way, "stock_weeks": tuple(way["stock_weeks"]), "lost_weeks": tuple(way["lost_weeks"])})
        for way in data.pop("ways")
    )
    data["first_on"], data["last_on"] = date.fromisoformat(data["first_on"]), date.fromisoformat(data["last_on"])
    return TrialResult(tried_at=tried_at, staff_name=staff_name, ways=ways, **data)
