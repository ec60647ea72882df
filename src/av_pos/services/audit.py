"""The record of what somebody will ask about later, written in the same transaction as the thing itself.

It is read newest first, page by page along the index on its time, and summed by person and deed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, desc, func, insert, or_, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import NotPermitted
from av_pos.models import AUDIT, STAFF

CONSOLE_ID = 0
"""Stands for the command line where a person's id is asked for."""


class AuditKind(StrEnum):
    """What a deed has to do with."""

    SALES = "sales"
    CASH = "cash"
    PRICES = "prices"
    STOCK = "stock"
    STAFF = "staff"
    SETTINGS = "settings"
    MEMBERS = "members"
    OTHER = "other"


DEEDS: dict[AuditKind, tuple[str, ...]] = {
    AuditKind.SALES: (
        "sale_voided", "line_removed", "basket_dropped", "basket_held", "basket_recalled", "sold_unknown",
        "sold_by_console", "return_laid_in", "return_written", "return_unreceipted", "tender_corrected",
        "receipt_reprinted",
    ),
    AuditKind.CASH: (
        "no_sale", "pay_in", "pay_out", "shift_opened", "shift_counted", "shift_closed", "drawer_opened_to_count",
        "drawer_tested", "x_report", "z_reprinted",
    ),
    AuditKind.PRICES: (
        "line_discount", "basket_discount", "price_override", "round_off", "price_rule_added", "price_rule_changed",
        "price_rule_on", "price_rule_off", "price_rule_deleted", "coupons_made",
    ),
    AuditKind.STOCK: (
        "edition_added", "edition_changed", "barcode_added", "barcode_removed", "copy_added", "copy_changed",
        "provisional_made", "provisional_relinked", "import_started", "catalogue_imported", "import_discarded",
        "put_by", "put_by_let_go", "put_by_taken", "stock_moved", "shelf_changed", "copy_moved",
        "count_begun", "count_again_asked", "count_accepted", "count_rest_is_none", "count_code_named",
        "copy_brought_back", "count_posted", "count_broken_off", "count_dropped",
        "supplier_added", "supplier_changed", "supplier_removed", "article_set", "article_removed", "articles_imported",
        "reorder_input_set", "reorder_input_undone", "reorder_tried",
        "order_begun", "order_sent", "order_given_up", "order_dropped", "delivery_opened", "delivery_line_named",
        "delivery_dropped", "delivery_posted", "supplier_return_begun", "supplier_return_sent",
        "supplier_return_credited", "supplier_return_dropped", "labels_done",
    ),
    AuditKind.STAFF: (
        "sign_in", "sign_in_refused", "approval", "staff_added", "staff_renamed", "staff_role_changed", "staff_left",
        "staff_came_back", "pin_changed", "pin_reset",
    ),
    AuditKind.SETTINGS: ("setting_changed", "shop_set_up"),
    AuditKind.MEMBERS: (
        "member_registered", "member_edited", "member_card_changed", "member_suspended", "member_active",
        "member_merged", "member_erased", "levels_set", "points_adjusted", "points_gift", "stored_top_up",
        "stored_paid_out", "gift_card_sold", "voucher_blocked", "voucher_unblocked", "want_settled",
    ),
    AuditKind.OTHER: ("print_retried", "print_dropped", "backed_up", "restored"),
}  # fmt: skip
"""Every deed that is recorded, by kind; one that stands nowhere is `OTHER`."""

_KINDS = {deed: kind for kind, deeds in DEEDS.items() for deed in deeds}
_NO_SUM = frozenset({"price_override", "provisional_made", "shift_opened", "shift_counted"})
"""Their amount is a price or a balance: a sum of them would say nothing."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry as a manager reads it. `staff_id` is `CONSOLE_ID` for the command line."""

    happened_at: datetime
    staff_name: str
    till_id: int
    action: str
    subject: str
    amount_minor: int
    approved_by: str
    details: dict[str, Any]
    audit_id: int = 0
    staff_id: int = CONSOLE_ID


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries: one person's, from a time on and before another, of one kind. None leaves a thing open."""

    staff_id: int | None = None
    from_at: datetime | None = None
    before_at: datetime | None = None
    kind: AuditKind | None = None


@dataclass(frozen=True, slots=True)
class DeedTotal:
    """How often a person did one thing, and for how much; `amount_minor` is None where a sum says nothing."""

    staff_id: int
    staff_name: str
    kind: AuditKind
    action: str
    count: int
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class AuditTotals:
    """The totals of a query, person by person and deed by deed, and how many entries it has."""

    query: AuditQuery
    deeds: tuple[DeedTotal, ...]

    @property
    def count(self) -> int:
        """How many entries there are."""
        return sum(deed.count for deed in self.deeds)


EVERYTHING = AuditQuery()


def record(
    session: Session,
    at: At,
    action: str,
    subject: str = "",
    *,
    amount_minor: int = 0,
    approved_by: str = "",
    shift_id: int | None = None,
    **details: Any,
) -> None:
    """Write one entry. `details` are plain JSON values; never a PIN, a payment code or a card number."""
    session.execute(
        insert(AUDIT),
        {
            "happened_at": at.now,
            "staff_id": at.actor.staff_id or None,
            "staff_name": at.actor.name,
            "till_id": at.till,
            "shift_id": shift_id,
            "action": action,
            "subject": subject[:80],
            "amount_minor": amount_minor,
            "approved_by": approved_by,
            "details": json.dumps(details, ensure_ascii=False, sort_keys=True),
        },
    )


def kind_of(action: str) -> AuditKind:
    """What a deed has to do with."""
    return _KINDS.get(action, AuditKind.OTHER)


def list_entries(
    session: Session, at: At, query: AuditQuery = EVERYTHING, *, limit: int = 500, older_than: AuditRow | None = None
) -> tuple[AuditRow, ...]:
    """Return a query's entries, newest first; the next page are those `older_than` the last. Raises NotPermitted."""
    _require(at)
    wanted = _conditions(query)
    if older_than is not None:
        # The first condition is a range of the index; the second puts entries of one moment in order.
        wanted.append(AUDIT.c.happened_at <= older_than.happened_at)
        wanted.append(or_(AUDIT.c.happened_at < older_than.happened_at, AUDIT.c.id < older_than.audit_id))
    newest = select(AUDIT).where(and_(True, *wanted)).order_by(desc(AUDIT.c.happened_at), desc(AUDIT.c.id)).limit(limit)
    return tuple(_row(entry) for entry in session.execute(newest))


def sum_entries(session: Session, at: At, query: AuditQuery = EVERYTHING) -> AuditTotals:
    """Return who did what how often and for how much, by kind, deed and name. Raises NotPermitted.

    A person has the name of today; entries keep the one of then.
    """
    _require(at)
    sums = (
        select(AUDIT.c.staff_id, AUDIT.c.action, func.count(), func.sum(AUDIT.c.amount_minor))
        .where(and_(True, *_conditions(query)))
        .group_by(AUDIT.c.staff_id, AUDIT.c.action)
    )
    found = session.execute(sums).all()
    names: dict[int | None, str] = {row[0]: row[1] for row in session.execute(select(STAFF.c.id, STAFF.c.name))}
    deeds = [_total(row, names) for row in found]
    order = {deed: place for place, deed in enumerate(_KINDS)}
    deeds.sort(key=lambda deed: (list(AuditKind).index(deed.kind), order.get(deed.action, len(order)), deed.staff_name))
    return AuditTotals(query, tuple(deeds))


def _require(at: At) -> None:
    if not allowed(at.actor.role, Permission.VIEW_AUDIT):
        raise NotPermitted(Permission.VIEW_AUDIT)


def _conditions(query: AuditQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.from_at is not None:
        wanted.append(AUDIT.c.happened_at >= query.from_at)
    if query.before_at is not None:
        wanted.append(AUDIT.c.happened_at < query.before_at)
    if query.staff_id is not None:
        is_console = query.staff_id == CONSOLE_ID
        wanted.append(AUDIT.c.staff_id.is_(None) if is_console else AUDIT.c.staff_id == query.staff_id)
    if query.kind is AuditKind.OTHER:
        wanted.append(AUDIT.c.action.not_in([deed for deed, kind in _KINDS.items() if kind is not AuditKind.OTHER]))
    elif query.kind is not None:
        wanted.append(AUDIT.c.action.in_(DEEDS[query.kind]))
    return wanted


def _row(entry: Row[Any]) -> AuditRow:
    return AuditRow(
        happened_at=entry.happened_at,
        staff_name=entry.staff_name,
        till_id=entry.till_id,
        action=entry.action,
        subject=entry.subject,
        amount_minor=entry.amount_minor,
        approved_by=entry.approved_by,
        details=json.loads(entry.details),
        audit_id=entry.id,
        staff_id=entry.staff_id or CONSOLE_ID,
    )


def _total(row: Row[int | None, str, int, int], names: dict[int | None, str]) -> DeedTotal:
    staff_id, action, count, amount = row
    return DeedTotal(
        staff_id=staff_id or CONSOLE_ID,
        staff_name=names.get(staff_id, ""),
        kind=kind_of(action),
        action=action,
        count=count,
        amount_minor=None if action in _NO_SUM else int(amount or 0),
    )
