"""What the shop took: the daily report's figures, and the day's receipts to look one up.

Every figure is summed by the database over a range of an index on the shop's day, so that a day costs the same whether
the shop is a month or ten years old. Voids and returns are documents with negative amounts: all sums are plain sums,
and what a void or a return comes to is negative.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, exists, func, or_, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import parse_receipt_number, receipt_number
from av_pos.domain.daily import CashierFigure, CategoryFigure, DailyReport, HourFigure, ShiftFigure
from av_pos.domain.documents import DocumentKind, TaxLine
from av_pos.domain.money import WHOLE_BP, divide, parse_amount
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.shift_cash import cash_difference
from av_pos.domain.shift_report import TenderTotal
from av_pos.errors import InvalidInput
from av_pos.i18n import Texts
from av_pos.models import AUDIT, CASH_MOVE, DOCUMENT, DOCUMENT_LINE, PAYMENT, SHIFT
from av_pos.services import access
from av_pos.services.shift_figures import REMOVED, expected_in_drawer, rate_name
from av_pos.services.shop_settings import ShopSettings, get_settings, list_tax_rates
from av_pos.services.sold import Span, low_stock, sum_lines, top_discs

TYPICAL_WEEKS = 4
RECEIPTS_MOST = 500
_LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One document of a day: enough to recognise it; `title` is that of its first line."""

    document_id: int
    number: str
    kind: DocumentKind
    till: int
    occurred_at: datetime
    staff_name: str
    title: str
    items_qty: int
    total_minor: int
    is_voided: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """The documents of one hour, kind, cashier and till."""

    hour: int
    kind: str
    staff_name: str
    till: int
    count: int
    total_minor: int
    discount_minor: int
    round_off_minor: int

    @property
    def receipts(self) -> int:
        """Sales that stand: a void takes one away."""
        return {DocumentKind.SALE: self.count, DocumentKind.VOID: -self.count}.get(DocumentKind(self.kind), 0)


def daily_report(
    session: Session, at: At, first_on: date, last_on: date | None = None, till: int | None = None
) -> DailyReport:
    """Return the figures of a business day, or of several up to `last_on`, of one till or of all.

    Receipts are sales less voided ones. `returns_minor` and `voids_minor` are negative. The margin is profit on sales
    without tax. Cash in the drawer is that of each till's last shift: counted when it is closed, else expected; the
    difference is that of all counted shifts. Typical hours and last week are given for a single day. Without
    Permission.VIEW_COST every profit is 0. Raises NotPermitted, InvalidInput when the last day is before the first.
    """
    access.require(session, at, Permission.VIEW_REPORTS)
    span = Span(first_on, last_on or first_on, till)
    if span.last_on < span.first_on:
        raise InvalidInput("last_on", span.last_on.isoformat(), "before_first")
    settings = get_settings(session)
    groups = _groups(session, span)
    shifts = _shifts(session, span)
    report = _head(at, settings, span, groups, shifts)
    report = _with_documents(session, settings, span, groups, report)
    report = _with_lines(session, settings, span, report)
    return report if allowed(at.actor.role, Permission.VIEW_COST) else _without_cost(report)


def list_receipts(session: Session, at: At, day: date, text: str = "") -> tuple[ReceiptRow, ...]:
    """Return a day's documents, newest first (at most 500), or those that `text` finds.

    A receipt's number or barcode finds it on any day; other text finds a disc's title or artist, a cashier, an amount
    or a sequence number on that day. Raises NotPermitted.
    """
    access.require(session, at, Permission.REPRINT)
    sought = text.strip()[:_LONGEST_SEARCH]
    numbered = parse_receipt_number(sought) if sought else None
    if numbered is not None:
        rows = _receipts_where(session, DOCUMENT.c.till_id == numbered[0], DOCUMENT.c.sequence == numbered[1])
        if rows:
            return rows
    conditions = [DOCUMENT.c.business_on == day]
    if sought:
        conditions.append(_mentions(sought, get_settings(session).digits))
    return _receipts_where(session, *conditions)


def write_pdf(report: DailyReport, path: Path, language: str = "") -> None:
    """Write a report as an A4 PDF, in the shop's paper language unless another is given. Raises OSError."""
    from av_pos.printing import daily_report as paper

    paper.write_pdf(report, Texts(language or report.shop.language), path)


def preview_pdf(path: Path, scale: float = 2.0) -> list[bytes]:
    """Return each page of a PDF as PNG, `scale` pixels a point."""
    from av_pos.printing import daily_report as paper

    return paper.pages_to_png(path, scale)


def style_name(key: str, language: str) -> str:
    """Return the name of a category figure (a style's or a category's key) in a language."""
    from av_pos.printing import daily_report as paper

    return paper.style_name(key, language)


# --- documents: hours, cashiers, tenders -------------------------------------------------------------------------


def _groups(session: Session, span: Span) -> list[_Group]:
    key = (DOCUMENT.c.hour, DOCUMENT.c.kind, DOCUMENT.c.staff_name, DOCUMENT.c.till_id)
    sums = (DOCUMENT.c.total_minor, DOCUMENT.c.discount_minor, DOCUMENT.c.round_off_minor)
    query = (
        select(*key, func.count(), *(func.sum(column) for column in sums)).where(span.holds(DOCUMENT)).group_by(*key)
    )
    return [_Group(row[0], row[1], row[2], row[3], *map(int, row[4:])) for row in session.execute(query)]


def _head(
    at: At, settings: ShopSettings, span: Span, groups: Sequence[_Group], shifts: tuple[ShiftFigure, ...]
) -> DailyReport:
    """The report as far as documents and shifts tell it."""
    latest = {shift.till: shift for shift in shifts}.values()
    tills = {group.till for group in groups} | {shift.till for shift in shifts}
    voids = [group for group in groups if group.kind == DocumentKind.VOID]
    returns = [group for group in groups if group.kind == DocumentKind.RETURN]
    return DailyReport(
        shop=settings.head(),
        first_on=span.first_on,
        last_on=span.last_on,
        tills=tuple(sorted(tills)) if span.till is None else (span.till,),
        printed_at=at.now,
        sales_minor=sum(group.total_minor for group in groups),
        last_week_minor=None,
        discs_qty=0,
        receipts=sum(group.receipts for group in groups),
        profit_minor=0,
        margin_bp=0,
        average_minor=0,
        discs_per_receipt_centi=0,
        cash_in_drawer_minor=sum(
            shift.expected_cash_minor if shift.counted_minor is None else shift.counted_minor for shift in latest
        ),
        cash_counted=bool(shifts) and all(shift.closed_at is not None for shift in shifts),
        cash_difference_minor=sum(shift.difference_minor or 0 for shift in shifts),
        discounts_minor=sum(group.discount_minor for group in groups),
        round_off_minor=sum(group.round_off_minor for group in groups),
        returns_count=sum(group.count for group in returns),
        returns_minor=sum(group.total_minor for group in returns),
        voids_count=sum(group.count for group in voids),
        voids_minor=sum(group.total_minor for group in voids),
        no_sale_count=0,
        hours=(),
        tenders=(),
        taxes=(),
        categories=(),
        top_discs=(),
        cashiers=(),
        shifts=shifts,
        low_stock=(),
    )


def _with_documents(
    session: Session, settings: ShopSettings, span: Span, groups: Sequence[_Group], report: DailyReport
) -> DailyReport:
    """Add what else stands in documents, payments and shifts: hours, tenders, cashiers, the day a week before."""
    past = _past_days(session, span) if span.is_one_day else {}
    last_week = past.get(span.first_on - timedelta(days=7))
    cashiers = _cashiers(session, span, groups)
    return replace(
        report,
        last_week_minor=None if last_week is None else sum(last_week.values()),
        average_minor=_share(report.sales_minor, report.receipts),
        no_sale_count=sum(cashier.no_sales for cashier in cashiers),
        hours=_hours(groups, past, settings.day_cut_min // 60),
        tenders=_tenders(session, span),
        cashiers=cashiers,
    )


def _past_days(session: Session, span: Span) -> dict[date, dict[int, int]]:
    """Takings by hour of the same weekday in the weeks before, for the days that had any documents."""
    days = [span.first_on - timedelta(weeks=week) for week in range(1, TYPICAL_WEEKS + 1)]
    key = (DOCUMENT.c.business_on, DOCUMENT.c.hour)
    query = select(*key, func.sum(DOCUMENT.c.total_minor)).where(span.holds(DOCUMENT, *days)).group_by(*key)
    past: dict[date, dict[int, int]] = {}
    for day, hour, total in session.execute(query):
        past.setdefault(day, {})[hour] = int(total)
    return past


def _hours(groups: Iterable[_Group], past: dict[date, dict[int, int]], cut_hour: int) -> tuple[HourFigure, ...]:
    """All hours from the first to the last with takings, now or typically, in the order of the shop's day."""
    amounts: dict[int, int] = {}
    receipts: dict[int, int] = {}
    typical: dict[int, int] = {}
    for group in groups:
        amounts[group.hour] = amounts.get(group.hour, 0) + group.total_minor
        receipts[group.hour] = receipts.get(group.hour, 0) + group.receipts
    for hour in {hour for day in past.values() for hour in day}:
        typical[hour] = _share(sum(day.get(hour, 0) for day in past.values()), len(past))
    places = [(hour - cut_hour) % 24 for hour in (*amounts, *typical)]
    if not places:
        return ()
    hours = [(place + cut_hour) % 24 for place in range(min(places), max(places) + 1)]
    return tuple(HourFigure(h, amounts.get(h, 0), receipts.get(h, 0), typical.get(h, 0)) for h in hours)


def _tenders(session: Session, span: Span) -> tuple[TenderTotal, ...]:
    total = func.sum(PAYMENT.c.amount_minor)
    query = (
        select(PAYMENT.c.kind, func.count(), total)
        .join_from(DOCUMENT, PAYMENT, PAYMENT.c.document_id == DOCUMENT.c.id)
        .where(span.holds(DOCUMENT))
        .group_by(PAYMENT.c.kind)
        .order_by(total.desc(), PAYMENT.c.kind)
    )
    return tuple(TenderTotal(kind, count, int(amount)) for kind, count, amount in session.execute(query))


def _cashiers(session: Session, span: Span, groups: Sequence[_Group]) -> tuple[CashierFigure, ...]:
    removed = _count_by_staff(session, span, AUDIT, AUDIT.c.action == REMOVED)
    no_sales = _count_by_staff(session, span, CASH_MOVE, CASH_MOVE.c.kind == "no_sale")
    found = []
    for name in {group.staff_name for group in groups} | removed.keys() | no_sales.keys():
        own = [group for group in groups if group.staff_name == name]
        voids = [group for group in own if group.kind == DocumentKind.VOID]
        found.append(
            CashierFigure(
                name=name,
                receipts=sum(group.receipts for group in own),
                amount_minor=sum(group.total_minor for group in own),
                discounts_minor=sum(group.discount_minor for group in own),
                voids_count=sum(group.count for group in voids),
                voids_minor=sum(group.total_minor for group in voids),
                removed_lines=removed.get(name, 0),
                no_sales=no_sales.get(name, 0),
            )
        )
    return tuple(sorted(found, key=lambda cashier: (-cashier.amount_minor, cashier.name)))


def _count_by_staff(session: Session, span: Span, table: Table, wanted: ColumnElement[bool]) -> dict[str, int]:
    """Count the rows of `table` that belong to the span's shifts, by name."""
    query = (
        select(table.c.staff_name, func.count())
        .join_from(SHIFT, table, table.c.shift_id == SHIFT.c.id)
        .where(span.holds(SHIFT), wanted)
        .group_by(table.c.staff_name)
    )
    return {row[0]: row[1] for row in session.execute(query)}


# --- shifts and the drawer ---------------------------------------------------------------------------------------


def _shifts(session: Session, span: Span) -> tuple[ShiftFigure, ...]:
    query = select(SHIFT).where(span.holds(SHIFT)).order_by(SHIFT.c.till_id, SHIFT.c.number)
    return tuple(_shift_figure(session, row) for row in session.execute(query).all())


def _shift_figure(session: Session, row: Row[Any]) -> ShiftFigure:
    """A shift against its count; a count kept before the close is nobody's last word, so an open shift has none."""
    counted = None if row.closed_at is None else row.counted_minor
    expected = expected_in_drawer(session, row.id) if row.closed_at is None else row.expected_minor or 0
    return ShiftFigure(
        till=row.till_id,
        number=row.number,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        cashier=row.opened_name,
        expected_cash_minor=expected,
        counted_minor=counted,
        difference_minor=None if counted is None else cash_difference(counted, expected),
    )


# --- lines: taxes, styles, discs ---------------------------------------------------------------------------------


def _with_lines(session: Session, settings: ShopSettings, span: Span, report: DailyReport) -> DailyReport:
    """Add what stands in the lines, and the discs that run low."""
    sold = sum_lines(session, span)
    every = sold.all
    rates = list_tax_rates(session, settings)
    return replace(
        report,
        discs_qty=every.qty,
        discs_per_receipt_centi=_share(every.qty * 100, report.receipts),
        profit_minor=every.profit_minor,
        margin_bp=_share(every.profit_minor * WHOLE_BP, every.net_minor),
        taxes=tuple(
            TaxLine(rate_name(rates, settings.tax_key, span.last_on, bp), bp, sums.gross_minor, sums.tax_minor)
            for bp, sums in sold.by_rate
        ),
        categories=tuple(
            CategoryFigure(name, sums.qty, sums.gross_minor, sums.profit_minor) for name, sums in sold.by_style
        ),
        top_discs=top_discs(session, sold.by_edition),
        low_stock=low_stock(session, span, settings.low_mark_qty),
    )


def _without_cost(report: DailyReport) -> DailyReport:
    return replace(
        report,
        profit_minor=0,
        margin_bp=0,
        categories=tuple(replace(category, profit_minor=0) for category in report.categories),
        top_discs=tuple(replace(disc, profit_minor=0) for disc in report.top_discs),
    )


# --- receipts ----------------------------------------------------------------------------------------------------


def _receipts_where(session: Session, *conditions: ColumnElement[bool]) -> tuple[ReceiptRow, ...]:
    void = DOCUMENT.alias("void")
    title = (
        select(DOCUMENT_LINE.c.title)
        .where(DOCUMENT_LINE.c.document_id == DOCUMENT.c.id)
        .order_by(DOCUMENT_LINE.c.position)
        .limit(1)
        .scalar_subquery()
    )
    voided = exists().where(void.c.of_document_id == DOCUMENT.c.id, void.c.kind == DocumentKind.VOID)
    query = (
        select(DOCUMENT, title.label("title"), voided.label("is_voided"))
        .where(*conditions)
        .order_by(DOCUMENT.c.id.desc())  # not by time: the clock may have been set back
        .limit(RECEIPTS_MOST)
    )
    return tuple(
        ReceiptRow(
            document_id=row.id,
            number=receipt_number(row.till_id, row.sequence),
            kind=DocumentKind(row.kind),
            till=row.till_id,
            occurred_at=row.occurred_at,
            staff_name=row.staff_name,
            title=row.title or "",
            items_qty=row.items_qty,
            total_minor=row.total_minor,
            is_voided=bool(row.is_voided),
        )
        for row in session.execute(query)
    )


def _mentions(text: str, digits: int) -> ColumnElement[bool]:
    """Documents with this text in a title, an artist or the cashier's name; a number is an amount or a sequence too."""
    lines = exists().where(
        DOCUMENT_LINE.c.document_id == DOCUMENT.c.id,
        or_(
            DOCUMENT_LINE.c.title.icontains(text, autoescape=True),
            DOCUMENT_LINE.c.artist.icontains(text, autoescape=True),
        ),
    )
    found = [lines, DOCUMENT.c.staff_name.icontains(text, autoescape=True)]
    if text.isascii() and text.isdigit():
        found.append(DOCUMENT.c.sequence == int(text[:12]))
    try:
        amount = parse_amount(text, digits)
    except InvalidInput:
        return or_(*found)
    return or_(*found, DOCUMENT.c.total_minor.in_((amount, -amount)))


def _share(amount: int, parts: int) -> int:
    """`amount` by `parts`, a half rounded away from nothing; 0 where there are no parts to share among."""
    return divide(amount, parts) if parts > 0 else 0
