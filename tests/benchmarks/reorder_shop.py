"""A shop with two years of weekly sales behind it, written straight into its tables, for reordering."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import delete, insert, select, update
from tests.analytics.slow_movers import Trade, invented
from tests.benchmarks.measuring import Room
from tests.benchmarks.shops import MANAGER, NOW, Size, copy_shop, kept_shop

from av_pos.analytics.history import History
from av_pos.db import Database, Session
from av_pos.domain.at import At
from av_pos.domain.demand import first_day, week_of
from av_pos.models import DEMAND, EDITION, STOCK_MOVE
from av_pos.models.purchasing import ARTICLE, SUPPLIER

AT = At(MANAGER, 1, NOW)
WEEKS = 104
SUPPLIERS = 12
BUSY = Trade(mean=0.42)
"""So much a week that 100,000 editions sell four million pieces in two years."""


def make(room: Room, name: str, editions: int, trade: Trade, *, seed: int = 3, weeks: int = WEEKS) -> Path:
    """Make a shop whose editions sold as invented; returns its file."""
    folder = copy_shop(kept_shop(Size("reorder", editions=editions)), room.folder / name)
    path = folder / "shop.db"
    database = Database.at(path)
    try:
        database.run(_fill, editions, trade, seed, weeks)
        database.checkpoint()
    finally:
        database.close()
    return path


def history_of(editions: int, trade: Trade, seed: int, weeks: int) -> History:
    """Return what was invented for that shop, row by row as its editions."""
    return invented(seed, editions, weeks, trade)


def _fill(session: Session, editions: int, trade: Trade, seed: int, weeks: int) -> None:
    history = history_of(editions, trade, seed, weeks)
    ids = ids_of(session, editions)
    rng = np.random.default_rng(seed)
    for table in (DEMAND, STOCK_MOVE):
        session.execute(delete(table).where(table.c.edition_id.in_(ids)) if table is DEMAND else delete(table))
    now_week = week_of(NOW.date())
    assert history.on_sale is not None
    _write_kinds(session, ids, history)
    _write_demand(session, ids, history, now_week - weeks)
    since = [first_day(now_week - min(int(age), weeks + 60)) for age in history.on_sale]
    _write_first_moves(session, ids, since)
    mean = history.counts.mean(axis=1)
    stock = [{"of": edition, "held": int(held), "coming": int(coming), "cost": int(cost)}
             for edition, held, coming, cost in zip(ids, rng.poisson(mean * 5 + 0.4), rng.binomial(2, 0.05, editions),
                                                    rng.integers(2_000, 9_000, editions), strict=True)]  # fmt: skip
    for first in range(0, editions, 10_000):
        _write_stock(session, stock[first : first + 10_000])
    _write_articles(session, ids, [row["cost"] for row in stock], rng)


def ids_of(session: Session, editions: int) -> list[int]:
    """Return the editions that sell: the newest, so many."""
    newest = (
        select(EDITION.c.id).where(EDITION.c.merged_into_id.is_(None)).order_by(EDITION.c.id.desc()).limit(editions)
    )
    return sorted(session.scalars(newest))


def _write_kinds(session: Session, ids: list[int], history: History) -> None:
    """Name artist, label and format as what sells alike was invented."""
    assert history.kinds is not None
    rows = [{"of": edition, "artist_is": f"Artist {artist}", "label_is": f"Label {label}", "format_is": f"F{form}"}
            for edition, (artist, label, form) in zip(ids, history.kinds.tolist(), strict=True)]  # fmt: skip
    raw = session.connection().connection.cursor()
    raw.executemany(
        "UPDATE edition SET artist = :artist_is, label = :label_is, format = :format_is WHERE id = :of", rows
    )
    raw.close()


def _write_demand(session: Session, ids: list[int], history: History, first: int) -> None:
    rows = []
    for edition, counts in zip(ids, history.counts.astype("<i2"), strict=True):
        sold = np.flatnonzero(counts)
        if len(sold):
            rows.append({"edition_id": edition, "since_week": first + int(sold[0]),
                         "weeks": counts[sold[0] : sold[-1] + 1].tobytes()})  # fmt: skip
    for start in range(0, len(rows), 10_000):
        session.execute(insert(DEMAND), rows[start : start + 10_000])


def _write_first_moves(session: Session, ids: list[int], days: list[date]) -> None:
    rows = [{"edition_id": edition, "reason": "receipt", "qty": 1, "cost_minor": 4000, "moved_at": NOW,
             "business_on": day, "till_id": 1} for edition, day in zip(ids, days, strict=True)]  # fmt: skip
    for start in range(0, len(rows), 10_000):
        session.execute(insert(STOCK_MOVE), rows[start : start + 10_000])


def _write_stock(session: Session, rows: list[dict[str, int]]) -> None:
    raw = session.connection().connection.cursor()
    raw.executemany("UPDATE stock SET on_hand_qty = :held, reserved_qty = 0, on_order_qty = :coming,"
                    " value_minor = :held * :cost, last_cost_minor = :cost WHERE edition_id = :of", rows)  # fmt: skip
    raw.close()


def _write_articles(session: Session, ids: list[int], costs: list[int], rng: np.random.Generator) -> None:
    session.execute(delete(ARTICLE))
    session.execute(update(SUPPLIER).values(is_deleted=True))
    made = []
    for number in range(SUPPLIERS):
        values = {"name": f"Supplier {number}", "language": "en", "currency": "CNY", "lead_days": 5 + number,
                  "created_at": NOW - timedelta(days=900), "changed_at": NOW - timedelta(days=900)}  # fmt: skip
        made.append(session.execute(insert(SUPPLIER).values(**values).returning(SUPPLIER.c.id)).scalar_one())
    of = rng.integers(0, SUPPLIERS, len(ids)).tolist()
    rows = [{"supplier_id": made[seller], "edition_id": edition, "cost_minor": cost, "is_preferred": True,
             "changed_at": NOW - timedelta(days=800)}
            for edition, cost, seller in zip(ids, costs, of, strict=True)]  # fmt: skip
    for start in range(0, len(rows), 10_000):
        session.execute(insert(ARTICLE), rows[start : start + 10_000])
