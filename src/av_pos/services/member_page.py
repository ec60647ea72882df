"""All that a member's page shows: what was bought and brought back, is liked and awaited, points, level, visits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import receipt_number
from av_pos.domain.days import business_day
from av_pos.domain.documents import DocumentKind
from av_pos.domain.permissions import Permission
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION
from av_pos.services import access, levels, members, points, stored_value, vouchers, wants
from av_pos.services.levels import LevelHistoryRow, LevelView
from av_pos.services.members import MemberRow
from av_pos.services.points import PointsLine
from av_pos.services.shop_settings import get_settings
from av_pos.services.stored_value import StoredLine
from av_pos.services.vouchers import VoucherRow
from av_pos.services.wants import WantRow

MOST_DOCUMENTS = 200
MOST_FAVOURITES = 5
MONTHS = 12


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """One line of a purchase; a return's pieces and money are below nothing."""

    edition_id: int
    title: str
    artist: str
    qty: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """One sale, void or return of a member, with its lines."""

    document_id: int
    number: str
    kind: str
    business_on: date
    occurred_at: datetime
    total_minor: int
    points_qty: int
    lines: tuple[BoughtLine, ...]


@dataclass(frozen=True, slots=True)
class FavouriteRow:
    """An artist or a style, the pieces bought and kept, and what was paid for them."""

    name: str
    qty: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class MonthVisits:
    """On how many days of a month the member bought something; `first_on` is the month's first day."""

    first_on: date
    visits_qty: int


@dataclass(frozen=True, slots=True)
class MemberPage:
    """The page. Purchases and returns come newest first, at most 200 documents; ledgers whole, the first row first."""

    member: MemberRow
    level: LevelView
    level_history: tuple[LevelHistoryRow, ...]
    purchases: tuple[PurchaseRow, ...]
    returns: tuple[PurchaseRow, ...]
    artists: tuple[FavouriteRow, ...]
    styles: tuple[FavouriteRow, ...]
    wants: tuple[WantRow, ...]
    points_usable_qty: int
    points: tuple[PointsLine, ...]
    stored: tuple[StoredLine, ...]
    vouchers: tuple[VoucherRow, ...]
    visits: tuple[MonthVisits, ...]


_style = func.coalesce(func.nullif(EDITION.c.style, ""), EDITION.c.category)


def get_page(session: Session, at: At, member_id: int) -> MemberPage:
    """Return a member's page, of the one it was merged into if it was. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.SERVE_MEMBERS)
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    member_id = members.resolve(session, member_id)
    ids = members.all_ids(session, member_id)
    documents = list_purchases(session, ids)
    # As they stand today: what has expired may not be written down yet.
    points_qty = points.count_balance(session, member_id, day)
    return MemberPage(
        member=replace(members.get_member(session, at, member_id), points_qty=points_qty),
        level=levels.view_level(session, settings, ids, day),
        level_history=levels.list_changes(session, member_id),
        purchases=tuple(row for row in documents if row.kind == DocumentKind.SALE),
        returns=tuple(row for row in documents if row.kind in (DocumentKind.VOID, DocumentKind.RETURN)),
        artists=_favourites(session, ids, DOCUMENT_LINE.c.artist),
        styles=_favourites(session, ids, _style),
        wants=wants.list_wants(session, member_id),
        points_usable_qty=points.count_usable(session, member_id, day),
        points=(*points.why(session, member_id), *points.list_unwritten(session, member_id, at, day)),
        stored=stored_value.statement(session, member_id),
        vouchers=vouchers.list_vouchers(session, member_id, day),
        visits=_visits(session, ids, day),
    )


def list_purchases(
    session: Session, member_ids: Sequence[int], most: int | None = MOST_DOCUMENTS
) -> tuple[PurchaseRow, ...]:
    """Return the documents of a member, the newest first, each with its lines; all of them for `most` None."""
    query = select(DOCUMENT).where(DOCUMENT.c.member_id.in_(member_ids)).order_by(DOCUMENT.c.id.desc()).limit(most)
    documents = session.execute(query).all()
    lines: dict[int, list[BoughtLine]] = {}
    of_these = (
        select(DOCUMENT_LINE)
        .where(DOCUMENT_LINE.c.document_id.in_([row.id for row in documents]))
        .order_by(DOCUMENT_LINE.c.document_id, DOCUMENT_LINE.c.position)
    )
    for row in session.execute(of_these):
        line = BoughtLine(row.edition_id, row.title, row.artist, row.qty, row.net_minor)
        lines.setdefault(row.document_id, []).append(line)
    return tuple(_purchase(row, lines.get(row.id, [])) for row in documents)


def _purchase(row: Any, lines: Sequence[BoughtLine]) -> PurchaseRow:
    return PurchaseRow(
        row.id,
        receipt_number(row.till_id, row.sequence),
        row.kind,
        row.business_on,
        row.occurred_at,
        row.total_minor,
        row.points_qty,
        tuple(lines),
    )


def _favourites(session: Session, member_ids: Sequence[int], name: Any) -> tuple[FavouriteRow, ...]:
    qty = func.sum(DOCUMENT_LINE.c.qty)
    query = (
        select(name, qty, func.sum(DOCUMENT_LINE.c.net_minor))
        .join_from(DOCUMENT, DOCUMENT_LINE, DOCUMENT_LINE.c.document_id == DOCUMENT.c.id)
        .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
        .where(DOCUMENT.c.member_id.in_(member_ids), name != "")
        .group_by(name)
        .having(qty > 0)
        .order_by(qty.desc(), name)
        .limit(MOST_FAVOURITES)
    )
    return tuple(FavouriteRow(row[0], int(row[1]), int(row[2])) for row in session.execute(query))


def _visits(session: Session, member_ids: Sequence[int], day: date) -> tuple[MonthVisits, ...]:
    """Count the days with a sale that was not voided, in this month and the eleven before."""
    month = day.year * 12 + day.month - 1
    months = [date((month - back) // 12, (month - back) % 12 + 1, 1) for back in reversed(range(MONTHS))]
    void = DOCUMENT.alias("void")
    voided = select(void.c.id).where(void.c.of_document_id == DOCUMENT.c.id, void.c.kind == DocumentKind.VOID).exists()
    query = (
        select(DOCUMENT.c.business_on)
        .where(
            DOCUMENT.c.member_id.in_(member_ids),
            DOCUMENT.c.kind == DocumentKind.SALE,
            DOCUMENT.c.business_on >= months[0],
            ~voided,
        )
        .distinct()
    )
    counts = Counter(on.replace(day=1) for on in session.execute(query).scalars())
    return tuple(MonthVisits(first_on, counts[first_on]) for first_on in months)
