"""Sales of a day as baskets that can be priced again: discs, quantities, list prices, members and moment as they were.

What people decided by hand stays as it was: other prices, discounts on a line and on the whole, rounding off. What the
shop's rules took off then is left out.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from av_pos.domain.codes import receipt_number
from av_pos.domain.documents import DocumentKind
from av_pos.domain.loyalty import has_birthday
from av_pos.domain.money import divide
from av_pos.domain.pricing import Discount, LineInput, RoundOff
from av_pos.domain.rules import Buyer, Moment
from av_pos.models import COPY, DOCUMENT, DOCUMENT_LINE, EDITION
from av_pos.models.members import LEVEL_CHANGE, MEMBER
from av_pos.models.price_rule import COUPON, COUPON_USE
from av_pos.services import journal, offers
from av_pos.services.shop_settings import ShopSettings

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class MemberThen:
    """A member as rules saw one on the day of a sale."""

    level_key: str
    has_birthday: bool
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class SoldBasket:
    """A sale to be priced again; `total_minor` is what was paid then."""

    document_id: int
    number: str
    sold_at: datetime
    member_id: int | None
    total_minor: int
    lines: tuple[LineInput, ...]
    discount: Discount | None
    round_off: RoundOff | None
    buyer: Buyer
    moment: Moment

    def with_coupon(self, word: str) -> "SoldBasket":
        """Return the same basket as if this coupon had been handed over as well."""
        return replace(self, buyer=replace(self.buyer, coupons=self.buyer.coupons | {word}))


_void = DOCUMENT.alias("void")
_SALES = (
    select(
        DOCUMENT.c.id,
        DOCUMENT.c.till_id,
        DOCUMENT.c.sequence,
        DOCUMENT.c.occurred_at,
        DOCUMENT.c.member_id,
        DOCUMENT.c.discount_minor,
        DOCUMENT.c.round_off_minor,
        DOCUMENT.c.total_minor,
    )
    .where(
        DOCUMENT.c.business_on == bindparam("day"),
        DOCUMENT.c.kind == DocumentKind.SALE,
        ~select(_void.c.id)
        .where(_void.c.of_document_id == DOCUMENT.c.id, _void.c.kind == DocumentKind.VOID)
        .correlate(DOCUMENT)
        .exists(),
    )
    .order_by(DOCUMENT.c.id)
)
_LINES = (
    select(
        DOCUMENT_LINE.c.id,
        DOCUMENT_LINE.c.document_id,
        DOCUMENT_LINE.c.edition_id,
        DOCUMENT_LINE.c.qty,
        DOCUMENT_LINE.c.list_minor,
        DOCUMENT_LINE.c.unit_minor,
        DOCUMENT_LINE.c.tax_bp,
        DOCUMENT_LINE.c.cost_minor,
        DOCUMENT_LINE.c.reductions,
        *offers.FACTS,
    )
    .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
    .outerjoin(COPY, COPY.c.id == DOCUMENT_LINE.c.copy_id)
    .where(DOCUMENT_LINE.c.business_on == bindparam("day"), DOCUMENT_LINE.c.qty > 0)
    .order_by(DOCUMENT_LINE.c.document_id, DOCUMENT_LINE.c.position)
)
_DAY_MEMBERS = select(DOCUMENT.c.member_id).where(
    DOCUMENT.c.business_on == bindparam("day"), DOCUMENT.c.member_id.is_not(None)
)
_MEMBERS = select(MEMBER.c.id, MEMBER.c.level_key, MEMBER.c.birthday, MEMBER.c.is_staff).where(
    MEMBER.c.id.in_(_DAY_MEMBERS)
)
_CHANGES = (
    select(LEVEL_CHANGE.c.member_id, LEVEL_CHANGE.c.changed_at, LEVEL_CHANGE.c.from_key, LEVEL_CHANGE.c.to_key)
    .where(LEVEL_CHANGE.c.member_id.in_(_DAY_MEMBERS))
    .order_by(LEVEL_CHANGE.c.changed_at, LEVEL_CHANGE.c.id)
)
_COUPONS = (
    select(COUPON_USE.c.document_id, COUPON.c.rule_id)
    .join(COUPON, COUPON.c.code == COUPON_USE.c.code)
    .join(DOCUMENT, DOCUMENT.c.id == COUPON_USE.c.document_id)
    .where(DOCUMENT.c.business_on == bindparam("day"))
)


def read_day(session: Session, settings: ShopSettings, day: date) -> tuple[SoldBasket, ...]:
    """Return the sales of one of the shop's days that were not voided, oldest first."""
    sales = session.execute(_SALES, {"day": day}).all()
    if not sales:
        return ()
    lines: dict[int, list[AnyRow]] = defaultdict(list)
    for line in session.execute(_LINES, {"day": day}):
        lines[line.document_id].append(line)
    members = _Members(session, settings, day)
    handed: dict[int, list[int]] = defaultdict(list)
    for document_id, rule_id in session.execute(_COUPONS, {"day": day}):
        handed[document_id].append(rule_id)
    return tuple(
        _basket(session, settings, sale, lines[sale.id], offers.buyer_of(members.customer(sale), handed[sale.id]), day)
        for sale in sales
    )


class _Members:
    """The members who bought on a day: the level that each held at a moment, and whether it was the birthday."""

    def __init__(self, session: Session, settings: ShopSettings, day: date) -> None:
        self._day, self._by_month = day, settings.birthday_by_month
        self._known = {row.id: row for row in session.execute(_MEMBERS, {"day": day})}
        self._changes: dict[int, list[AnyRow]] = defaultdict(list)
        for row in session.execute(_CHANGES, {"day": day}):
            self._changes[row.member_id].append(row)

    def customer(self, sale: AnyRow) -> MemberThen | None:
        """Return who bought, as rules saw it then; who works here is as it stands today, and an erased
        member has no birthday any more.
        """
        member = self._known.get(sale.member_id)
        if member is None:
            return None
        changes = self._changes.get(sale.member_id, ())
        # A level that the sale itself lifted counts from the next one on.
        before = bisect_left(changes, sale.occurred_at, key=lambda change: change.changed_at)
        level = changes[before - 1].to_key if before else changes[0].from_key if changes else member.level_key
        birthday = member.birthday
        is_birthday = birthday is not None and has_birthday(birthday, self._day, whole_month=self._by_month)
        return MemberThen(level, is_birthday, member.is_staff)


def _basket(
    session: Session, settings: ShopSettings, sale: AnyRow, lines: Iterable[AnyRow], buyer: Buyer, day: date
) -> SoldBasket:
    given = [(line, json.loads(line.reductions)) for line in lines]
    on_lines = sum(max(one["amount_minor"], 0) for _, reductions in given for one in reductions)
    return SoldBasket(
        document_id=sale.id,
        number=receipt_number(sale.till_id, sale.sequence),
        sold_at=sale.occurred_at,
        member_id=sale.member_id,
        total_minor=sale.total_minor,
        lines=tuple(_line(line, reductions) for line, reductions in given),
        # What was taken off the whole stands in the frozen receipt alone.
        discount=_on_the_whole(session, sale.id) if sale.discount_minor != on_lines else None,
        round_off=_round_off(settings) if sale.round_off_minor else None,
        buyer=buyer,
        moment=offers.moment_of(settings, sale.occurred_at, day),
    )


def _line(line: AnyRow, reductions: Sequence[Mapping[str, Any]]) -> LineInput:
    by_kind = {reduction["kind"]: reduction for reduction in reductions}
    given = by_kind.get("line_discount")
    return LineInput(
        key=line.id,
        qty=line.qty,
        list_minor=line.list_minor,
        override_minor=line.unit_minor if "override" in by_kind else None,
        discount=None if given is None else _discount(given["amount_minor"], given["rate_bp"]),
        tax_bp=line.tax_bp,
        disc=offers.disc_facts(line, max(0, divide(line.cost_minor, line.qty))),
    )


def _on_the_whole(session: Session, document_id: int) -> Discount | None:
    given = (r for r in journal.get_receipt(session, document_id).reductions if r.kind == "basket_discount")
    return next((_discount(reduction.amount_minor, reduction.rate_bp) for reduction in given), None)


def _discount(amount_minor: int, rate_bp: int | None) -> Discount:
    return Discount("amount", amount_minor) if rate_bp is None else Discount("percent", rate_bp)


def _round_off(settings: ShopSettings) -> RoundOff | None:
    if settings.round_unit_minor < 1:
        return None
    return RoundOff(settings.round_unit_minor, cast(Literal["down", "nearest"], settings.round_mode))
