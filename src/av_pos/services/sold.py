"""What was sold over some days: the lines summed by tax rate, style and disc, and the discs that run low.

The lines of the days are read once, over the index on the shop's day; the database groups them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Table, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from av_pos.domain.daily import DiscFigure, LowStockFigure
from av_pos.models import COPY, DOCUMENT, DOCUMENT_LINE, EDITION, STOCK
from av_pos.services.stock_lists import FREE, runs_low

TOP_DISCS = 10
LOW_STOCK_MOST = 40
LOW_STOCK_DAYS = 90


_SUMMED = ("qty", "net_minor", "tax_minor", "cost_minor")


@dataclass(frozen=True, slots=True)
class Span:
    """Some of the shop's days (both inclusive), and one till, or all where `till` is None."""

    first_on: date
    last_on: date
    till: int | None = None

    @property
    def is_one_day(self) -> bool:
        """Whether it is a single day."""
        return self.first_on == self.last_on

    def holds(self, table: Table, *days: date) -> ColumnElement[bool]:
        """The condition on a table's `business_on` (these `days` instead of the span's, if given) and `till_id`."""
        on_days = table.c.business_on.in_(days) if days else self.days(table)
        if self.till is None:
            return on_days
        # A bare till_id would tempt the database to walk all that the till ever did, by the index on its numbers.
        return and_(on_days, table.c.till_id + 0 == self.till)

    def days(self, table: Table) -> ColumnElement[bool]:
        """The condition on a table's `business_on` alone."""
        day = table.c.business_on
        # With an equality the index also gives the order of the groups.
        return day == self.first_on if self.is_one_day else day.between(self.first_on, self.last_on)


@dataclass(frozen=True, slots=True)
class Sums:
    """Pieces, takings with their tax, tax and cost of some lines (minor units; a void's or a return's are negative)."""

    qty: int = 0
    gross_minor: int = 0
    tax_minor: int = 0
    cost_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Takings without tax."""
        return self.gross_minor - self.tax_minor

    @property
    def profit_minor(self) -> int:
        """Takings without tax, less cost."""
        return self.net_minor - self.cost_minor

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.qty + other.qty,
            self.gross_minor + other.gross_minor,
            self.tax_minor + other.tax_minor,
            self.cost_minor + other.cost_minor,
        )


@dataclass(frozen=True, slots=True)
class Sold:
    """The lines of a span: by tax rate (highest first), by style (most takings first), the best sellers' editions."""

    by_rate: tuple[tuple[int, Sums], ...]
    by_style: tuple[tuple[str, Sums], ...]
    by_edition: tuple[tuple[int, Sums], ...]

    @property
    def all(self) -> Sums:
        """All lines together."""
        return sum((sums for _, sums in self.by_rate), Sums())


def sum_lines(session: Session, span: Span) -> Sold:
    """Sum the span's lines three ways in one statement.

    A provisional edition counts as the one it turned out to be. An edition without a style counts under its category.
    """
    lines = _lines_in(span).cte("sold")
    by_rate = _grouped(lines, "rate", lines.c.tax_bp, literal(""))
    placed = _placed(lines).cte("placed")
    by_style = _grouped(placed, "style", literal(0), placed.c.style)
    best = _grouped(placed, "edition", placed.c.edition_id, literal(""))
    best = best.order_by(best.selected_columns.qty.desc(), best.selected_columns.net_minor.desc(), "key")
    every = union_all(by_rate, by_style, select(best.limit(TOP_DISCS).subquery()))
    rates: list[tuple[int, Sums]] = []
    styles: list[tuple[str, Sums]] = []
    editions: list[tuple[int, Sums]] = []
    for part, key, name, *figures in session.execute(every):
        sums = Sums(*map(int, figures))
        if part == "rate":
            rates.append((key, sums))
        elif part == "style" and sums != Sums():
            styles.append((name, sums))
        elif part == "edition" and sums.qty > 0:
            editions.append((key, sums))
    rates.sort(key=lambda pair: -pair[0])
    styles.sort(key=lambda pair: (-pair[1].gross_minor, pair[0]))
    editions.sort(key=lambda pair: (-pair[1].qty, -pair[1].gross_minor, pair[0]))
    return Sold(tuple(rates), tuple(styles), tuple(editions))


def top_discs(session: Session, by_edition: Sequence[tuple[int, Sums]]) -> tuple[DiscFigure, ...]:
    """Name the best sellers, with what is left of them, new pieces and used copies together."""
    copies = (
        select(func.count()).where(COPY.c.edition_id == EDITION.c.id, COPY.c.status == "in_stock").scalar_subquery()
    )
    query = (
        select(EDITION.c.id, EDITION.c.title, EDITION.c.artist, EDITION.c.format, STOCK.c.on_hand_qty, copies)
        .select_from(EDITION.outerjoin(STOCK, STOCK.c.edition_id == EDITION.c.id))
        .where(EDITION.c.id.in_([edition_id for edition_id, _ in by_edition]))
    )
    known = {row[0]: row[1:] for row in session.execute(query)}
    figures = []
    for edition_id, sums in by_edition:
        title, artist, format_, on_hand, used = known[edition_id]
        left = (on_hand or 0) + used
        figures.append(DiscFigure(title, artist, format_, sums.qty, sums.gross_minor, sums.profit_minor, left))
    return tuple(figures)


def low_stock(session: Session, span: Span, mark: int) -> tuple[LowStockFigure, ...]:
    """List editions at or under their own low mark, or `mark`: at most 40, each below zero or sold lately.

    First those below zero, then those that sold in the span (in all tills), then those of which a new piece sold in
    the 90 days up to its end.
    """
    in_span = select(DOCUMENT_LINE.c.edition_id).where(span.days(DOCUMENT_LINE), *_new_piece_sold())
    found = _low(session, mark, or_(STOCK.c.on_hand_qty < 0, STOCK.c.edition_id.in_(in_span)), LOW_STOCK_MOST)
    if len(found) < LOW_STOCK_MOST:
        lately = (
            select(DOCUMENT_LINE.c.id)
            .where(
                DOCUMENT_LINE.c.edition_id == STOCK.c.edition_id,
                DOCUMENT_LINE.c.business_on.between(span.last_on - timedelta(days=LOW_STOCK_DAYS), span.last_on),
                *_new_piece_sold(),
            )
            .correlate(STOCK)
            .exists()
        )
        elsewhere = and_(STOCK.c.edition_id.not_in([edition_id for edition_id, _ in found]), lately)
        found += _low(session, mark, elsewhere, LOW_STOCK_MOST - len(found))
    return tuple(figure for _, figure in found)


def _lines_in(span: Span) -> Select[Any]:
    """The span's lines by edition and tax rate; only for one till the documents are needed beside them."""
    sums = [func.sum(DOCUMENT_LINE.c[name]).label(name) for name in _SUMMED]
    query = select(DOCUMENT_LINE.c.edition_id, DOCUMENT_LINE.c.tax_bp, *sums).group_by(
        DOCUMENT_LINE.c.edition_id, DOCUMENT_LINE.c.tax_bp
    )
    if span.till is None:
        return query.where(span.holds(DOCUMENT_LINE))
    return query.join_from(DOCUMENT, DOCUMENT_LINE, DOCUMENT_LINE.c.document_id == DOCUMENT.c.id).where(
        span.holds(DOCUMENT)
    )


def _placed(lines: CTE) -> Select[Any]:
    """The summed lines under the edition they count for, with its style."""
    met, meant = EDITION.alias("met"), EDITION.alias("meant")
    style = case((meant.c.style != "", meant.c.style), else_=meant.c.category).label("style")
    return (
        select(meant.c.id.label("edition_id"), style, *(lines.c[name] for name in _SUMMED))
        .join_from(lines, met, met.c.id == lines.c.edition_id)
        .join(meant, meant.c.id == func.coalesce(met.c.merged_into_id, met.c.id))
    )


def _grouped(source: CTE, part: str, key: ColumnElement[Any], name: ColumnElement[Any]) -> Select[Any]:
    """Sum `source` by `key` and `name`, each row marked with `part`."""
    sums = [func.sum(source.c[column]).label(column) for column in _SUMMED]
    grouped = select(literal(part).label("part"), key.label("key"), name.label("name"), *sums).select_from(source)
    return grouped.group_by(key, name)


def _new_piece_sold() -> tuple[ColumnElement[bool], ...]:
    # A used copy that sells says nothing about new pieces to order.
    return DOCUMENT_LINE.c.copy_id.is_(None), DOCUMENT_LINE.c.qty > 0


def _low(session: Session, mark: int, wanted: ColumnElement[bool], most: int) -> list[tuple[int, LowStockFigure]]:
    query = (
        select(STOCK.c.edition_id, EDITION.c.title, EDITION.c.artist, EDITION.c.format, FREE)
        .join_from(STOCK, EDITION, EDITION.c.id == STOCK.c.edition_id)
        .where(
            runs_low(mark),
            EDITION.c.is_deleted.is_(False),
            EDITION.c.merged_into_id.is_(None),
            wanted,
        )
        .order_by(FREE, EDITION.c.title, STOCK.c.edition_id)
        .limit(most)
    )
    return [(row[0], LowStockFigure(*row[1:])) for row in session.execute(query)]
