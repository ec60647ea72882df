"""Grows a shop's file to any size, for benchmarks: invented editions, and plain sales over past days.

What is written agrees with itself, as `verify` understands it, when the journal is written too: lines = payments =
totals, every piece sold was received at the cost it left with, every shift is counted.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate, islice
from random import Random

from sqlalchemy import Connection, Index, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.demo.books import (
    WRITE_DOCUMENTS,
    WRITE_LINES,
    WRITE_MOVES,
    WRITE_PAYMENTS,
    Books,
    SqlRow,
    microseconds,
    move_row,
)
from av_pos.demo.customers import BUSY_FACTOR, OPENS, is_busy, local_time
from av_pos.demo.invented import write_editions
from av_pos.domain.at import Actor, At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind, ReceiptLine, TaxLine, TenderLine
from av_pos.domain.money import share_out
from av_pos.domain.stock import StockReason
from av_pos.domain.tax import TaxRate, contained_tax, rate_on
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION, SHIFT, STAFF, STOCK_MOVE, TILL
from av_pos.services import access, demand_check, shift_figures, shifts, shop_settings
from av_pos.services.documents import DocumentDraft, DraftLine
from av_pos.services.shop_settings import ShopSettings

MOST_TITLES_SOLD = 100_000
"""However many editions there are, no more than these sell; it bounds the memory."""

_EDITIONS_A_STEP = 20_000
_LINES_A_STEP = 100_000
_OPEN_SECONDS = 12 * 3600


Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Growth:
    """What was added, and the days that the sales cover."""

    editions_qty: int
    receipts_qty: int
    lines_qty: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class _Title:
    """An edition that sells; amounts are for one piece, in minor units."""

    edition_id: int
    title: str
    artist: str
    format: str
    price_minor: int
    cost_minor: int


@dataclass(slots=True)
class _Plan:
    """All that the writing of sales needs, besides a session."""

    rng: Random
    settings: ShopSettings
    rates: tuple[TaxRate, ...]
    actor: Actor
    till: int
    titles: list[_Title]
    sums: list[float]
    lines_per_sale: int
    sold: Tally[_Title]


def grow(
    db: Database,
    *,
    until: datetime,
    editions: int = 0,
    sales: int = 0,
    lines_per_sale: int = 2,
    days: int = 365,
    seed: int = 2026,
    with_journal: bool = False,
    till: int = 1,
    progress: Progress | None = None,
) -> Growth:
    """Add invented editions and sales to a shop that has its tax rates, in short transactions; SQLite only.

    Each sale has `lines_per_sale` lines of one piece; they fall on the `days` days before the shop's day of `until`, at
    `till`, whose shift must be closed. Without the journal it is several times faster, and `verify` rightly misses the
    links. The search index is left alone: call `services.search.rebuild_index`. `progress` is told rows done, of all.
    Raises ValueError for fewer than one line or day, NotFound for a shop without its tax rate.
    """
    if lines_per_sale < 1 or days < 1:
        raise ValueError("a sale has a line at least, and falls on a day")
    settings = db.ask(shop_settings.get_settings)
    today = business_day(until, settings.zone, settings.day_cut_min)
    dates = [today - timedelta(days=back) for back in range(days, 0, -1)]
    steps = _Steps(progress, editions + sales * lines_per_sale)
    _grow_editions(db, editions, local_time(dates[0], time(8), settings.zone), dates[0], till, steps)
    if sales:
        plan = db.run(_make_plan, Random(seed), settings, lines_per_sale, till)
        _grow_sales(db, plan, dates, sales, with_journal, steps)
    return Growth(editions, sales, sales * lines_per_sale, dates[0], dates[-1])


class _Steps:
    """Tells how far the work is."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, done: int) -> None:
        self._done += done
        if self._progress is not None:
            self._progress(self._done, self._total)


def _grow_editions(db: Database, editions: int, now: datetime, day: date, till: int, steps: _Steps) -> None:
    for start in range(0, editions, _EDITIONS_A_STEP):
        count = min(_EDITIONS_A_STEP, editions - start)
        db.run(write_editions, count, now, day, till)
        steps.add(count)


def _make_plan(session: Session, rng: Random, settings: ShopSettings, lines_per_sale: int, till: int) -> _Plan:
    shifts.register_till(session, till)
    rows = session.execute(
        select(EDITION.c.id, EDITION.c.title, EDITION.c.artist, EDITION.c.format, EDITION.c.price_minor)
        .where(EDITION.c.is_deleted.is_(False), EDITION.c.merged_into_id.is_(None), EDITION.c.price_minor > 0)
        .order_by(EDITION.c.id)
        .limit(MOST_TITLES_SOLD)
    )
    titles = [_Title(*row, cost_minor=row.price_minor * 58 // 100) for row in rows]
    rng.shuffle(titles)
    somebody = session.execute(select(STAFF.c.id, STAFF.c.name, STAFF.c.role).order_by(STAFF.c.id)).first()
    return _Plan(
        rng=rng,
        settings=settings,
        rates=shop_settings.list_tax_rates(session, settings),
        actor=Actor(*somebody) if somebody else access.CONSOLE,
        till=till,
        titles=titles,
        sums=list(accumulate(1000 / rank**0.85 for rank in range(1, len(titles) + 1))),
        lines_per_sale=lines_per_sale,
        sold=Tally(),
    )


def _grow_sales(
    db: Database, plan: _Plan, dates: Sequence[date], sales: int, with_journal: bool, steps: _Steps
) -> None:
    per_day = share_out(sales, [round(10 * BUSY_FACTOR) if is_busy(day) else 10 for day in dates])
    write = _write_chained_day if with_journal else _write_plain_day
    taken_off = db.run(_drop_indexes) if sales * plan.lines_per_sale >= _LINES_A_STEP else ()
    try:
        for batch in _batches(zip(dates, per_day, strict=True), _LINES_A_STEP // plan.lines_per_sale):
            db.run(_write_days, plan, write, batch)
            steps.add(sum(count for _, count in batch) * plan.lines_per_sale)
        db.run(_receive_what_sold, plan, dates[0])
    finally:
        for index in taken_off:
            db.run(_create_index, index)
    if not with_journal:
        _count_demand(db)


def _count_demand(db: Database) -> None:
    """Count what sold week by week, from the ledger: bare rows of sales leave it out."""
    last_id = 0
    while piece := db.run(demand_check.rebuild_piece, last_id):
        last_id = piece[0]


def _batches(days: Iterator[tuple[date, int]], least: int) -> Iterator[list[tuple[date, int]]]:
    """Put days together until there are enough sales for a transaction."""
    batch: list[tuple[date, int]] = []
    for day, count in days:
        batch.append((day, count))
        if sum(sales for _, sales in batch) >= least:
            yield batch
            batch = []
    if batch:
        yield batch


_WriteDay = Callable[[Session, _Plan, date, int], None]


def _write_days(session: Session, plan: _Plan, write: _WriteDay, batch: Sequence[tuple[date, int]]) -> None:
    session.connection().exec_driver_sql("PRAGMA cache_size = -65536")
    for day, count in batch:
        if count:
            write(session, plan, day, count)


def _moments(plan: _Plan, day: date, count: int) -> Iterator[datetime]:
    opens_at = local_time(day, OPENS, plan.settings.zone)
    return (opens_at + timedelta(microseconds=_OPEN_SECONDS * 1_000_000 * place // count) for place in range(count))


def _draw(plan: _Plan, count: int) -> Iterator[list[_Title]]:
    """Draw what each of `count` customers buys."""
    drawn = plan.rng.choices(plan.titles, cum_weights=plan.sums, k=count * plan.lines_per_sale)
    plan.sold.update(drawn)
    one_by_one = iter(drawn)
    return (list(islice(one_by_one, plan.lines_per_sale)) for _ in range(count))


def _is_cash(place: int) -> bool:
    return place % 3 == 0


def _write_plain_day(session: Session, plan: _Plan, day: date, count: int) -> None:
    """Write a day's shift and sales straight into the tables, without the journal."""
    till = session.execute(select(TILL).where(TILL.c.id == plan.till)).one()
    opens_at = local_time(day, time(9, 50), plan.settings.zone)
    shift_id = 1 + int(session.execute(select(func.max(SHIFT.c.id))).scalar() or 0)
    shift = {"id": shift_id, "till_id": plan.till, "number": till.last_shift + 1, "business_on": day,
             "opened_at": opens_at, "opened_by": plan.actor.staff_id or None, "opened_name": plan.actor.name,
             "float_minor": plan.settings.float_minor, "closed_at": opens_at + timedelta(hours=12, minutes=20),
             "closed_by": plan.actor.staff_id or None}  # fmt: skip
    session.execute(insert(SHIFT).values(shift))
    first_id = 1 + int(session.execute(select(func.max(DOCUMENT.c.id))).scalar() or 0)
    rows = _PlainRows(plan, day, shift_id, first_id, till.last_number + 1)
    for moment, titles in zip(_moments(plan, day, count), _draw(plan, count), strict=True):
        rows.add(moment, titles)
    rows.write(session.connection())
    expected = plan.settings.float_minor + rows.cash_minor
    session.execute(
        update(SHIFT).where(SHIFT.c.id == shift_id).values(expected_minor=expected, counted_minor=expected,
                                                             counted_at=shift["closed_at"])
    )  # fmt: skip
    session.execute(
        update(TILL).where(TILL.c.id == plan.till).values(
            last_number=till.last_number + count, last_shift=till.last_shift + 1,
            grand_total_minor=till.grand_total_minor + rows.total_minor, last_document_at=rows.last_at)
    )  # fmt: skip


class _PlainRows:
    """A day's sales as bare rows: no document is made, because ten million lines have no time for it."""

    def __init__(self, plan: _Plan, day: date, shift_id: int, first_id: int, first_number: int) -> None:
        self._plan = plan
        self._day = day.isoformat()
        self._opens_at = local_time(day, OPENS, plan.settings.zone)
        self._shift_id = shift_id
        self._first_id, self._first_number = first_id, first_number
        self._rate_bp = rate_on(plan.rates, plan.settings.tax_key, day).rate_bp
        self._documents: list[SqlRow] = []
        self._lines: list[SqlRow] = []
        self._payments: list[SqlRow] = []
        self._moves: list[SqlRow] = []
        self.cash_minor = self.total_minor = 0
        self.last_at: datetime | None = None

    def add(self, moment: datetime, titles: Sequence[_Title]) -> None:
        plan, day, rate_bp = self._plan, self._day, self._rate_bp
        place, staff_id, at_us = len(self._documents), plan.actor.staff_id or None, microseconds(moment)
        document_id = self._first_id + place
        prices = [title.price_minor for title in titles]
        total = sum(prices)
        tax = contained_tax(total, rate_bp)
        cost = 0
        for position, (title, share) in enumerate(zip(titles, share_out(tax, prices), strict=True)):
            price = title.price_minor
            cost += title.cost_minor
            self._lines.append(
                (document_id, position, title.edition_id, None, day, title.title, title.artist, 1, price, price, price,
                 price, rate_bp, share, title.cost_minor, "[]", None, "", None)
            )  # fmt: skip
            self._moves.append(
                (title.edition_id, None, "sale", -1, -title.cost_minor, document_id, at_us, day, staff_id, plan.till,
                 "", "", None)
            )  # fmt: skip
        # The shop opens at ten, and a day's sales are spread evenly over twelve hours.
        hour = OPENS.hour + (moment - self._opens_at).seconds // 3600
        self._documents.append(
            (document_id, plan.till, self._first_number + place, "sale", self._shift_id, staff_id, plan.actor.name,
             at_us, day, hour, None, len(titles), total, 0, 0, total, tax, cost, "", "", None, 0)
        )  # fmt: skip
        in_cash = _is_cash(place)
        self._payments.append(
            (document_id, 0, "cash" if in_cash else "card", total, total, 0, "", "" if in_cash else "0000", None)
        )
        self.total_minor += total
        self.cash_minor += total if in_cash else 0
        self.last_at = moment

    def write(self, connection: Connection) -> None:
        """Insert the day."""
        connection.exec_driver_sql(WRITE_DOCUMENTS, self._documents)
        connection.exec_driver_sql(WRITE_LINES, self._lines)
        connection.exec_driver_sql(WRITE_PAYMENTS, self._payments)
        connection.exec_driver_sql(WRITE_MOVES, self._moves)


def _write_chained_day(session: Session, plan: _Plan, day: date, count: int) -> None:
    """Write a day as the till would: shift, documents with their links, count, Z."""
    opens_at = local_time(day, time(9, 50), plan.settings.zone)
    shift = shifts.open_shift(session, At(plan.actor, plan.till, opens_at), plan.settings.float_minor).shift
    books = Books(session, plan.settings, plan.till)
    rate = rate_on(plan.rates, plan.settings.tax_key, day)
    for place, (moment, titles) in enumerate(zip(_moments(plan, day, count), _draw(plan, count), strict=True)):
        books.write_sale(At(plan.actor, plan.till, moment), day, shift.shift_id, _draft(titles, rate, place))
    books.flush()
    at = At(plan.actor, plan.till, opens_at + timedelta(hours=12, minutes=20))
    shifts.record_count(session, at, shift_figures.expected_in_drawer(session, shift.shift_id))
    shifts.close_shift(session, at)


def _draft(titles: Sequence[_Title], rate: TaxRate, place: int) -> DocumentDraft:
    prices = [title.price_minor for title in titles]
    total = sum(prices)
    tax = contained_tax(total, rate.rate_bp)
    in_cash = _is_cash(place)
    return DocumentDraft(
        kind=DocumentKind.SALE,
        lines=[
            DraftLine(title.edition_id, None, _shown(title, rate.rate_bp, share), title.cost_minor)
            for title, share in zip(titles, share_out(tax, prices), strict=True)
        ],
        reductions=(),
        tenders=(TenderLine("cash" if in_cash else "card", total, total, card_last4="" if in_cash else "0000"),),
        taxes=(TaxLine(rate.name, rate.rate_bp, total, tax),),
        subtotal_minor=total,
        total_minor=total,
    )


def _shown(title: _Title, tax_bp: int, tax_minor: int) -> ReceiptLine:
    price = title.price_minor
    return ReceiptLine(title.title, title.artist, title.format, shop_code(CodeKind.EDITION, title.edition_id), 1, price,
                       price, price, price, tax_bp, tax_minor)  # fmt: skip


def _receive_what_sold(session: Session, plan: _Plan, day: date) -> None:
    """Let every piece that sold have come in, at the cost it left with: the balances stay what they are."""
    at = At(plan.actor, plan.till, local_time(day, time(9), plan.settings.zone))
    rows = [
        move_row(at, day.isoformat(), StockReason.RECEIPT, title.edition_id, qty, qty * title.cost_minor)
        for title, qty in plan.sold.items()
    ]
    session.connection().exec_driver_sql(WRITE_MOVES, rows)


def _drop_indexes(session: Session) -> tuple[Index, ...]:
    """Take off the indexes into which millions of rows would fall in no order; made anew at the end they are sorted."""
    indexes = [
        index for table in (DOCUMENT_LINE, STOCK_MOVE) for index in sorted(table.indexes, key=lambda one: str(one.name))
    ]
    for index in indexes:
        index.drop(session.connection())
    return tuple(indexes)


def _create_index(session: Session, index: Index) -> None:
    index.create(session.connection())
