"""Points: what a bill earns and what points pay, and the ledger with its lots.

Points are a ledger; each row's lots follow from the rows before it.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from av_pos.domain.money import WHOLE_BP
from av_pos.errors import InvalidInput


class PointsKind(StrEnum):
    """Why points came or went."""

    EARN = "earn"
    REDEEM = "redeem"
    RETURN = "return"
    GIVE_BACK = "give_back"
    EXPIRE = "expire"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class PointsRow:
    """One row of the ledger: points that came (above nothing) or went; `expires_on` is their last day, None for ever.

    RETURN (earned points taken back) and EXPIRE name the last day of the lot they take from; GIVE_BACK (redeemed
    points, after a return) that of the lot they came from.
    """

    kind: PointsKind
    qty: int
    business_on: date
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """Points with one last day; `place` is that of the row that brought them (from 0), -1 for points owed."""

    place: int
    qty: int
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class PointsStep:
    """A row, the balance after it, and the lots it took from."""

    row: PointsRow
    balance_qty: int
    took: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True)
class PointsStanding:
    """What a ledger comes to: balance, the lots left (soonest to expire first), and what is owed below nothing."""

    balance_qty: int
    lots: tuple[Lot, ...]
    debt_qty: int
    steps: tuple[PointsStep, ...]


@dataclass(frozen=True, slots=True)
class Expired:
    """Points whose last day is over, and their lots."""

    qty: int
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class EarnRule:
    """So many points for each `per_minor` paid; 0 points, or for each 0, is none at all."""

    points_qty: int
    per_minor: int


@dataclass(frozen=True, slots=True)
class RedeemRule:
    """`lot_qty` points at a time are worth `lot_minor`, up to the largest share of a bill."""

    lot_qty: int
    lot_minor: int
    largest_share_bp: int = WHOLE_BP


@dataclass(frozen=True, slots=True)
class Redemption:
    """Points that go and what they pay, in minor units."""

    qty: int
    minor: int


def earning_minor(total_minor: int, by_points_minor: int) -> int:
    """Give the part of a bill that earns points: what was really paid for discs.

    Not what points paid. Gift cards and top-ups stand on no bill: they earn when they are spent, like cash.
    """
    return max(0, total_minor - by_points_minor)


def points_earned(paid_minor: int, rule: EarnRule, factor_bp: int = WHOLE_BP) -> int:
    """Give the points for an amount, times the level's factor, rounded down once."""
    if rule.per_minor <= 0:
        return 0
    return max(0, paid_minor) * rule.points_qty * factor_bp // (rule.per_minor * WHOLE_BP)


def most_points(usable_qty: int, bill_minor: int, rule: RedeemRule) -> Redemption:
    """Give the most points that may pay on this bill, in whole lots."""
    if min(rule.lot_qty, rule.lot_minor) <= 0:
        return Redemption(0, 0)
    lots = min(max(0, usable_qty) // rule.lot_qty, _largest(bill_minor, rule) // rule.lot_minor)
    return Redemption(lots * rule.lot_qty, lots * rule.lot_minor)


def redeem(minor: int, usable_qty: int, bill_minor: int, rule: RedeemRule) -> Redemption:
    """Say how many points pay `minor` of a bill.

    Raises InvalidInput("points", …): not_in_lots, above_share (the value says what is
    allowed, in minor units), above_balance (the value says how many there are).
    """
    if min(rule.lot_qty, rule.lot_minor, minor) <= 0 or minor % rule.lot_minor:
        raise InvalidInput("points", str(minor), "not_in_lots")
    qty = minor // rule.lot_minor * rule.lot_qty
    if minor > _largest(bill_minor, rule):
        raise InvalidInput("points", str(_largest(bill_minor, rule)), "above_share")
    require_points(qty, usable_qty)
    return Redemption(qty, minor)


def _largest(bill_minor: int, rule: RedeemRule) -> int:
    return max(0, bill_minor) * rule.largest_share_bp // WHOLE_BP


def require_points(qty: int, usable_qty: int) -> None:
    """Refuse to give more points away than there are, for a bill or a gift; raises InvalidInput("points", …)."""
    if qty <= 0:
        raise InvalidInput("points", str(qty), "too_small")
    if qty > usable_qty:
        raise InvalidInput("points", str(max(0, usable_qty)), "above_balance")


def points_standing(rows: Iterable[PointsRow]) -> PointsStanding:
    """Replay a ledger in its own order, also when the clock was set back in between.

    What comes pays what is owed first, the rest is a lot. What goes takes the lots soonest to expire, among equals the
    first in, and those that were over on its day last; a RETURN or EXPIRE begins with the lot of its own last day. What
    no lot covers is owed. So the balance is always the sum of the rows, and while something is owed there is no lot.
    """
    balance_qty, debt_qty, lots, steps = 0, 0, list[Lot](), list[PointsStep]()
    for place, row in enumerate(rows):
        took: tuple[Lot, ...] = ()
        if row.qty >= 0:
            lot = Lot(place, max(0, row.qty - debt_qty), row.expires_on)
            debt_qty = max(0, debt_qty - row.qty)
            if lot.qty:
                insort(lots, lot, key=lambda each: (each.expires_on or date.max, each.place))
        else:
            took = _take(lots, row)
            debt_qty += sum(lot.qty for lot in took if lot.place < 0)
        balance_qty += row.qty
        steps.append(PointsStep(row, balance_qty, took))
    return PointsStanding(balance_qty, tuple(lots), debt_qty, tuple(steps))


def expiring(rows: Iterable[PointsRow], today: date) -> Expired:
    """Give what has expired and is not yet in the ledger: lots whose last day lies before today.

    Ask with a later day for what will expire by then. A lot that an EXPIRE row took is gone, also when the clock goes
    back and passes its last day again.
    """
    over = tuple(lot for lot in points_standing(rows).lots if _is_over(lot, today))
    return Expired(sum(lot.qty for lot in over), over)


def expiry_rows(rows: Iterable[PointsRow], today: date) -> tuple[PointsRow, ...]:
    """Give the rows to write, before any other, so that nothing expired is left; none the second time."""
    lots = expiring(rows, today).lots
    return tuple(
        PointsRow(PointsKind.EXPIRE, -sum(lot.qty for lot in lots if lot.expires_on == day), today, day)
        for day in dict.fromkeys(lot.expires_on for lot in lots)
    )


def usable_points(rows: Iterable[PointsRow], today: date) -> int:
    """Give the points that may be redeemed today: what has expired counts no more, swept or not; never below 0."""
    return sum(lot.qty for lot in points_standing(rows).lots if not _is_over(lot, today))


def give_back_rows(
    rows: Iterable[PointsRow], place: int, back_qty: int, qty: int, today: date
) -> tuple[PointsRow, ...]:
    """Give the rows that put `qty` of the points redeemed by the row at `place` back, with the last days they had.

    The last taken come back first, as if fewer had been redeemed; `back_qty` is what came back before. Points
    whose last day is over expire again at the next sweep. Raises InvalidInput("points", …, "above_paid").
    """
    took = points_standing(rows).steps[place].took
    if qty < 0 or back_qty + qty > sum(lot.qty for lot in took):
        raise InvalidInput("points", str(qty), "above_paid")
    back, skip = list[PointsRow](), back_qty
    for lot in reversed(took):
        skipped = min(skip, lot.qty)
        part = min(qty, lot.qty - skipped)
        skip, qty = skip - skipped, qty - part
        if part:
            back.append(PointsRow(PointsKind.GIVE_BACK, part, today, lot.expires_on))
    return tuple(back)


def _take(lots: list[Lot], row: PointsRow) -> tuple[Lot, ...]:
    """Take what a row takes out of `lots`, which it changes; the last part of the answer is what no lot covers."""
    wanted, took = -row.qty, list[Lot]()
    own = row.kind in (PointsKind.RETURN, PointsKind.EXPIRE)
    for lot in sorted(lots, key=lambda lot: (own and lot.expires_on != row.expires_on, _is_over(lot, row.business_on))):
        part = min(wanted, lot.qty)
        if not part:
            break
        wanted -= part
        took.append(replace(lot, qty=part))
        place = lots.index(lot)
        lots[place : place + 1] = [replace(lot, qty=lot.qty - part)] if part < lot.qty else []
    return (*took, Lot(-1, wanted)) if wanted else tuple(took)


def _is_over(lot: Lot, today: date) -> bool:
    return lot.expires_on is not None and lot.expires_on < today
