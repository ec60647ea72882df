"""What a sale does for its member, and what a void or a return undoes; called inside the document's transaction.

First `plan_sale` says what will happen, so that the document can carry it, then `book_sale` writes it down; both see
the same balances, because a change holds the database from its first statement on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from av_pos.domain import loyalty
from av_pos.domain import points as point_rules
from av_pos.domain import vouchers as voucher_rules
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.documents import TenderLine
from av_pos.domain.loyalty import Level
from av_pos.domain.money import WHOLE_BP
from av_pos.domain.points import PointsKind, PointsRow
from av_pos.domain.settlement import TenderKind
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import DOCUMENT
from av_pos.models.members import MEMBER
from av_pos.services import levels, members, points, stored_value, vouchers
from av_pos.services.shop_settings import ShopSettings


@dataclass(frozen=True, slots=True)
class BasketMember:
    """A member as the basket shows and prices it: `card_code` is the number, the level in both languages.

    `points_qty` may be redeemed today; `stored_total_minor` is stored value, paid and bonus. `is_staff`: works here.
    """

    member_id: int
    card_code: str
    name: str
    level_key: str
    level_name_en: str
    level_name_zh: str
    discount_bp: int
    points_qty: int
    stored_total_minor: int
    has_birthday: bool
    status: str
    points_factor_bp: int = WHOLE_BP
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """What a sale will do: the receipt shows number, points earned and the balance after everything in it.

    Without a member (`member_id` None) only vouchers pay: by id, and the amount each.
    """

    member_id: int | None
    member_number: str
    points_earned: int
    points_balance: int | None
    redeemed_qty: int = 0
    stored_minor: int = 0
    vouchers: tuple[tuple[int, int], ...] = ()


_GET = select(MEMBER, members.LAST_CARD.label("card_id")).where(MEMBER.c.id == bindparam("member"))
_OF_DOCUMENT = select(DOCUMENT.c.member_id).where(DOCUMENT.c.id == bindparam("document"))


def get_basket_member(session: Session, settings: ShopSettings, member_id: int, day: date) -> BasketMember:
    """Return a member, or the one it was merged into, as it stands on the shop's `day`. Raises NotFound."""
    row = _get(session, member_id)
    level = _level(session, settings, row, day)
    return BasketMember(
        member_id=row.id,
        card_code=_number(row),
        name=row.name,
        level_key=level.key if level else "",
        level_name_en=level.name_en if level else "",
        level_name_zh=level.name_zh if level else "",
        discount_bp=level.discount_bp if level else 0,
        points_qty=points.count_usable(session, row.id, day),
        stored_total_minor=row.stored_minor + row.bonus_minor,
        has_birthday=row.birthday is not None
        and loyalty.has_birthday(row.birthday, day, whole_month=settings.birthday_by_month),
        status=row.status,
        points_factor_bp=level.points_factor_bp if level else WHOLE_BP,
        is_staff=row.is_staff,
    )


def levels_on(session: Session, settings: ShopSettings, member_ids: Sequence[int], day: date) -> dict[int, str]:
    """Return the key of the level that counts on `day` for each of these members, past its last day what it is then."""
    query = select(MEMBER.c.id, MEMBER.c.level_key, MEMBER.c.level_until_on).where(MEMBER.c.id.in_(member_ids))
    held: dict[int, str] = {}
    for row in session.execute(query).all():
        if row.level_until_on is not None and row.level_until_on < day:
            level = _level(session, settings, row, day)
            held[row.id] = level.key if level else ""
        else:
            held[row.id] = row.level_key
    return held


def points_for(settings: ShopSettings, member: BasketMember, total_minor: int) -> int:
    """Return the points that a member earns when all of a total is paid with anything but points."""
    return point_rules.points_earned(total_minor, points.earn_rule(settings), member.points_factor_bp)


def most_by_points(settings: ShopSettings, member: BasketMember, total_minor: int) -> int:
    """Return the most of a total, in minor units, that the member's points may pay: what the pay panel offers."""
    return point_rules.most_points(member.points_qty, total_minor, points.redeem_rule(settings)).minor


def plan_sale(
    session: Session,
    settings: ShopSettings,
    member_id: int | None,
    day: date,
    total_minor: int,
    tenders: Sequence[TenderLine],
    exchanged_by_points_minor: int = 0,
) -> MemberPlan:
    """Say what a sale will do for its member and its vouchers, and refuse what cannot be paid so.

    `exchanged_by_points_minor` is what points had paid of the discs exchanged for it: it earns no points here either.
    Raises InvalidInput: "points" (not_in_lots, above_share, above_balance), "stored_value" or "voucher"
    (above_balance), "tender" with reason needs_member or needs_voucher; WrongState for a member not active or a
    voucher spent, blocked or expired; NotFound. Nothing is written.
    """
    paid: Counter[str] = Counter()
    by_voucher: Counter[int] = Counter()
    for tender in tenders:
        paid[tender.kind] += tender.amount_minor
        if tender.kind == TenderKind.VOUCHER:
            by_voucher[_voucher_id(tender)] += tender.amount_minor
    for voucher_id, amount_minor in by_voucher.items():
        vouchers.check_payment(session, voucher_id, amount_minor, day)
    spent = tuple(by_voucher.items())
    by_points, by_stored = paid[TenderKind.POINTS], paid[TenderKind.STORED]
    if member_id is None:
        if by_points or by_stored:
            raise InvalidInput("tender", TenderKind.POINTS if by_points else TenderKind.STORED, "needs_member")
        return MemberPlan(None, "", 0, None, vouchers=spent)
    row = _get(session, member_id)
    if row.status != "active":
        raise WrongState("member", row.status, "active")
    redeemed = 0
    if by_points:
        usable = points.count_usable(session, row.id, day)
        redeemed = point_rules.redeem(by_points, usable, total_minor, points.redeem_rule(settings)).qty
    if by_stored:
        voucher_rules.take_payment(stored_value.get_balance(session, row.id), by_stored)
    level = _level(session, settings, row, day)
    factor_bp = level.points_factor_bp if level else WHOLE_BP
    paid_minor = point_rules.earning_minor(total_minor, by_points + exchanged_by_points_minor)
    earned = point_rules.points_earned(paid_minor, points.earn_rule(settings), factor_bp)
    balance = points.count_balance(session, row.id, day) + earned - redeemed
    return MemberPlan(row.id, _number(row), earned, balance, redeemed, by_stored, spent)


def book_sale(
    session: Session, at: At, settings: ShopSettings, plan: MemberPlan, document_id: int, business_on: date
) -> None:
    """Write down what `plan_sale` said, once the document is written: ledgers, balances, level.

    Raises as `plan_sale` when another till was quicker: nothing is spent twice.
    """
    for voucher_id, amount_minor in plan.vouchers:
        if amount_minor:
            vouchers.pay(session, at, voucher_id, amount_minor, document_id, business_on)
    if plan.member_id is None:
        return
    points.sweep(session, at, plan.member_id, business_on)
    rows = []
    if plan.redeemed_qty:
        # Before what this sale earns: nobody pays with points that come from paying.
        rows.append(PointsRow(PointsKind.REDEEM, -plan.redeemed_qty, business_on))
    if plan.points_earned:
        last_on = loyalty.last_day(business_on, settings.points_last_days)
        rows.append(PointsRow(PointsKind.EARN, plan.points_earned, business_on, last_on))
    points.add(session, at, plan.member_id, rows, document_id)
    if plan.stored_minor:
        stored_value.pay(session, at, plan.member_id, plan.stored_minor, document_id, business_on)
    ids = members.all_ids(session, plan.member_id)
    levels.review(session, at, settings, ids, business_on, document_id)


def book_back(
    session: Session,
    at: At,
    settings: ShopSettings,
    *,
    of_document_id: int | None,
    document_id: int,
    business_on: date,
    tenders: Sequence[TenderLine],
    points_taken: int,
    points_given: int,
) -> None:
    """Undo for the member what (a part of) a sale did; called once the void or the return is written.

    `tenders` are the document's, below nothing: stored value comes back to the parts it came from, a voucher's money
    to the voucher that the tender names (a new store credit is issued by it). `points_taken` of those that the sale
    earned go, and may be owed; `points_given` of those redeemed come back with the last days they had. Both are counted
    upwards. The level follows at once. What belongs to a member merged since goes to the one that is left.

    Raises InvalidInput("points", …, "above_paid") for more points than were redeemed, InvalidInput("tender", …,
    "needs_member" | "needs_voucher").
    """
    sold_to = session.execute(_OF_DOCUMENT, {"document": of_document_id}).scalar() if of_document_id else None
    member_id = members.resolve(session, sold_to) if sold_to is not None else None
    for tender in tenders:
        back_minor = -tender.amount_minor
        if tender.kind == TenderKind.VOUCHER and back_minor:
            vouchers.give_back(session, at, _voucher_id(tender), back_minor, document_id, business_on)
        elif tender.kind == TenderKind.STORED and back_minor:
            if member_id is None:
                raise InvalidInput("tender", TenderKind.STORED, "needs_member")
            stored_value.give_back(session, at, member_id, of_document_id, back_minor, document_id, business_on)
    if member_id is None or of_document_id is None:
        return
    points.sweep(session, at, member_id, business_on)
    # What was redeemed first: it may cover what was earned and spent meanwhile.
    if points_given:
        points.give_back(session, at, member_id, of_document_id, points_given, document_id, business_on)
    if points_taken:
        points.take_back(session, at, member_id, of_document_id, points_taken, document_id, business_on)
    levels.review(session, at, settings, members.all_ids(session, member_id), business_on, document_id)


def _get(session: Session, member_id: int) -> Any:
    row = session.execute(_GET, {"member": member_id}).first()
    if row is not None and row.merged_into_id is not None:
        row = session.execute(_GET, {"member": row.merged_into_id}).first()
    if row is None:
        raise NotFound("member", str(member_id))
    return row


def _level(session: Session, settings: ShopSettings, row: Any, day: date) -> Level | None:
    past_its_end = row.level_until_on is not None and row.level_until_on < day
    ids = members.all_ids(session, row.id) if past_its_end else (row.id,)
    return levels.find_held(session, settings, ids, row.level_key, row.level_until_on, day)


def _number(row: Any) -> str:
    return shop_code(CodeKind.MEMBER, row.card_id) if row.card_id else ""


def _voucher_id(tender: TenderLine) -> int:
    if tender.voucher_id is None:
        raise InvalidInput("tender", tender.kind, "needs_voucher")
    return tender.voucher_id
