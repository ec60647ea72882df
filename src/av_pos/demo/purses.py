"""What members keep at the shop, in bulk: points, levels, stored value and vouchers, as a sale at the till books them.

What a sale means for its member is said by the rules of `domain/points.py` and `domain/vouchers.py`, as in
`services/member_books.py`; only the ledgers are kept in memory, because asking the tables at each sale would take
longer than all the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from av_pos.demo.books import SqlRow, insert_into, microseconds
from av_pos.demo.members import Regular
from av_pos.domain import loyalty, vouchers
from av_pos.domain import points as point_rules
from av_pos.domain.at import At
from av_pos.domain.documents import TenderLine
from av_pos.domain.loyalty import Level, LevelStanding
from av_pos.domain.money import WHOLE_BP
from av_pos.domain.points import PointsKind, PointsRow
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.domain.vouchers import ValueKind, VoucherState
from av_pos.models.members import LEVEL_CHANGE, MEMBER, POINTS_MOVE, STORED_MOVE, VOUCHER, VOUCHER_MOVE
from av_pos.services import levels, points
from av_pos.services.shop_settings import ShopSettings

_WRITE_POINTS, _WRITE_STORED = insert_into(POINTS_MOVE), insert_into(STORED_MOVE)
_WRITE_LEVELS, _WRITE_VOUCHERS = insert_into(LEVEL_CHANGE), insert_into(VOUCHER_MOVE)
_SET_MEMBER = (
    update(MEMBER)
    .where(MEMBER.c.id == bindparam("member"))
    .values(
        points_qty=bindparam("points"),
        stored_minor=bindparam("paid"),
        bonus_minor=bindparam("bonus"),
        level_key=bindparam("level"),
        level_until_on=bindparam("until"),
        changed_at=bindparam("now"),
    )
)
_SET_VOUCHER = update(VOUCHER).where(VOUCHER.c.id == bindparam("voucher")).values(balance_minor=bindparam("balance"))

_REDEEM_CHANCE, _REDEEM_FROM = 0.06, 300
_STORED_CHANCE = 0.6
_VOUCHER_CHANCE = 0.0012


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sale does to its member's points: the receipt shows what was earned and the balance after it."""

    earned_qty: int
    redeemed_qty: int
    balance_qty: int


class Purses:
    """The ledgers of members and vouchers beside the till's books; `flush` comes after the documents are written."""

    def __init__(self, session: Session, settings: ShopSettings) -> None:
        self._session = session
        self._settings = settings
        self._levels: tuple[Level, ...] = levels.list_levels(session)
        self._earn, self._redeem = points.earn_rule(settings), points.redeem_rule(settings)
        self._vouchers: dict[int, int] = {}
        self._rows: list[tuple[str, list[SqlRow]]] = [
            (statement, []) for statement in (_WRITE_POINTS, _WRITE_STORED, _WRITE_LEVELS, _WRITE_VOUCHERS)
        ]
        self._points, self._stored, self._changes, self._spent_vouchers = (rows for _, rows in self._rows)
        self._touched: dict[int, tuple[Regular, At]] = {}
        self._emptied: set[int] = set()

    def level_on(self, member: Regular, day: date) -> str:
        """Return the key of the level that counts on a day, also past its last one."""
        held = member.standing
        if held.until_on is None or held.until_on >= day:
            return held.key
        change = loyalty.review_level(held, member.spent, self._levels, day, self._settings.level_period_days)
        return change.to_key if change else held.key

    def tenders_of(self, rng: Random, member: Regular | None, total_minor: int, day: date) -> list[Tender]:
        """Say what of a bill somebody pays out of what the shop keeps: points, stored value, rarely a voucher."""
        own: list[Tender] = []
        left = total_minor
        if member is not None and member.points_qty >= _REDEEM_FROM and rng.random() < _REDEEM_CHANCE:
            usable = point_rules.usable_points(member.ledger, day)
            by_points = point_rules.most_points(usable, total_minor, self._redeem).minor
            left -= _pay(own, TenderKind.POINTS, by_points)
        if member is not None and left and member.stored.total_minor and rng.random() < _STORED_CHANCE:
            left -= _pay(own, TenderKind.STORED, min(left, member.stored.total_minor))
        full = [(voucher_id, balance) for voucher_id, balance in self._vouchers.items() if balance > 0]
        if full and left and rng.random() < _VOUCHER_CHANCE:
            voucher_id, balance = rng.choice(full)
            own.append(Tender(TenderKind.VOUCHER, min(left, balance), voucher_id=voucher_id))
        return own

    def plan(self, member: Regular, day: date, total_minor: int, tenders: Sequence[TenderLine]) -> Plan:
        """Say what a sale will do to its member's points."""
        by_points = sum(tender.amount_minor for tender in tenders if tender.kind == TenderKind.POINTS)
        redeemed = 0
        if by_points:
            usable = point_rules.usable_points(member.ledger, day)
            redeemed = point_rules.redeem(by_points, usable, total_minor, self._redeem).qty
        key = self.level_on(member, day)
        factor_bp = next((level.points_factor_bp for level in self._levels if level.key == key), WHOLE_BP)
        earned = point_rules.points_earned(point_rules.earning_minor(total_minor, by_points), self._earn, factor_bp)
        expired = sum(row.qty for row in self._expired(member, day))
        return Plan(earned, redeemed, member.points_qty + expired + earned - redeemed)

    def book(
        self,
        at: At,
        day: date,
        member: Regular | None,
        plan: Plan | None,
        document_id: int,
        tenders: Sequence[TenderLine],
    ) -> None:
        """Gather what a sale does: vouchers spent, then the member's points, stored value and level."""
        for tender in tenders:
            if tender.kind == TenderKind.VOUCHER and tender.voucher_id is not None:
                self._spend_voucher(at, day, tender.voucher_id, tender.amount_minor, document_id)
        if member is None or plan is None:
            return
        for row in self._expired(member, day):
            self._add_points(at, member, row, None)
        if plan.redeemed_qty:
            self._add_points(at, member, PointsRow(PointsKind.REDEEM, -plan.redeemed_qty, day), document_id)
        if plan.earned_qty:
            last_on = loyalty.last_day(day, self._settings.points_last_days)
            self._add_points(at, member, PointsRow(PointsKind.EARN, plan.earned_qty, day, last_on), document_id)
        by_stored = _sum(tenders, TenderKind.STORED)
        if by_stored:
            goes = vouchers.take_payment(member.stored, by_stored)
            member.stored = member.stored.less(goes)
            self._stored.append(
                (member.member_id, ValueKind.PAY.value, -goes.paid_minor, -goes.bonus_minor, document_id,
                 *_where(at, day), "")
            )  # fmt: skip
        member.spent.append((day, spent_by(tenders)))
        self._review(at, day, member, document_id)
        self._touched[member.member_id] = (member, at)

    def flush(self) -> None:
        """Write all that was gathered, and the balances beside the ledgers."""
        connection = self._session.connection()
        for statement, rows in self._rows:
            if rows:
                connection.exec_driver_sql(statement, rows)
                rows.clear()
        if self._touched:
            connection.execute(_SET_MEMBER, [_balances(member, at) for member, at in self._touched.values()])
            self._touched.clear()
        if self._emptied:
            changed = [{"voucher": one, "balance": self._vouchers[one]} for one in sorted(self._emptied)]
            connection.execute(_SET_VOUCHER, changed)
            self._emptied.clear()

    def reread_vouchers(self) -> None:
        """Take up the vouchers where the tables stand, after a service has sold or issued one, or given money back."""
        query = select(VOUCHER.c.id, VOUCHER.c.balance_minor).where(VOUCHER.c.status == VoucherState.ACTIVE)
        self._vouchers = {row[0]: row[1] for row in self._session.execute(query.order_by(VOUCHER.c.id))}

    def _expired(self, member: Regular, day: date) -> tuple[PointsRow, ...]:
        first = member.ledger[0].expires_on if member.ledger else None
        # Nothing can have expired before the very first points have: the ledger need not be replayed.
        return point_rules.expiry_rows(member.ledger, day) if first is not None and first < day else ()

    def _add_points(self, at: At, member: Regular, row: PointsRow, document_id: int | None) -> None:
        member.ledger.append(row)
        member.points_qty += row.qty
        expires_on = row.expires_on.isoformat() if row.expires_on else None
        self._points.append(
            (member.member_id, row.kind.value, row.qty, expires_on, document_id, *_where(at, row.business_on), "")
        )

    def _spend_voucher(self, at: At, day: date, voucher_id: int, amount_minor: int, document_id: int) -> None:
        self._vouchers[voucher_id] -= amount_minor
        self._emptied.add(voucher_id)
        self._spent_vouchers.append((voucher_id, ValueKind.PAY.value, -amount_minor, document_id, *_where(at, day), ""))

    def _review(self, at: At, day: date, member: Regular, document_id: int) -> None:
        held = member.standing
        change = loyalty.review_level(held, member.spent, self._levels, day, self._settings.level_period_days)
        if change is None:
            return
        member.standing = LevelStanding(change.to_key, change.until_on, day, change.spend_minor)
        until = change.until_on.isoformat() if change.until_on else None
        self._changes.append(
            (member.member_id, change.from_key, change.to_key, change.spend_minor, until, change.why.value, document_id,
             day.isoformat(), microseconds(at.now))
        )  # fmt: skip


def spent_by(tenders: Sequence[TenderLine]) -> int:
    """Give what counts towards a level of how a document was paid: all but what points paid."""
    return sum(tender.amount_minor for tender in tenders if tender.kind != TenderKind.POINTS)


def _pay(own: list[Tender], kind: TenderKind, amount_minor: int) -> int:
    if amount_minor:
        own.append(Tender(kind, amount_minor))
    return amount_minor


def _sum(tenders: Sequence[TenderLine], kind: TenderKind) -> int:
    return sum(tender.amount_minor for tender in tenders if tender.kind == kind)


def _where(at: At, day: date) -> SqlRow:
    """The columns with which every ledger's row says when, by whom and at which till it was written."""
    return (day.isoformat(), microseconds(at.now), at.actor.staff_id or None, at.till)


def _balances(member: Regular, at: At) -> dict[str, Any]:
    return {
        "member": member.member_id,
        "points": member.points_qty,
        "paid": member.stored.paid_minor,
        "bonus": member.stored.bonus_minor,
        "level": member.standing.key,
        "until": member.standing.until_on,
        "now": at.now,
    }
