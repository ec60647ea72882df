"""Money kept for customers: stored value with its bonus, gift cards and store credit.

Where a voucher stands; in the books is only whether somebody blocked it, the rest follows from balance and day::

    active ⇄ spent          used up; a return gives back
    active → expired        its last day is over
    spent  → expired        given back on a return, but its last day is over
    active, spent, expired ⇄ blocked   (unblocked, it is what balance and day say)

Both ledgers are rows whose sum is the balance. Stored value keeps apart what was paid in and what was a bonus.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from av_pos.domain.money import MAXIMUM_MINOR, share_out
from av_pos.errors import InvalidInput, WrongState


class ValueKind(StrEnum):
    """Why money kept for a customer came or went; every row of both ledgers has one."""

    TOP_UP = "top_up"
    ISSUE = "issue"
    PAY = "pay"
    GIVE_BACK = "give_back"
    PAY_OUT = "pay_out"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class TopUpStep:
    """Who tops up at least so much gets this bonus, in minor units."""

    at_least_minor: int
    bonus_minor: int


@dataclass(frozen=True, slots=True)
class StoredValue:
    """An amount of stored value: what was paid in and what was a bonus, in minor units."""

    paid_minor: int = 0
    bonus_minor: int = 0

    @property
    def total_minor(self) -> int:
        """Both parts together: what one can pay with."""
        return self.paid_minor + self.bonus_minor

    def plus(self, other: "StoredValue") -> "StoredValue":
        """Add part by part."""
        return StoredValue(self.paid_minor + other.paid_minor, self.bonus_minor + other.bonus_minor)

    def less(self, other: "StoredValue") -> "StoredValue":
        """Take away part by part."""
        return StoredValue(self.paid_minor - other.paid_minor, self.bonus_minor - other.bonus_minor)


def read_steps(text: str) -> tuple[TopUpStep, ...]:
    """Read the setting "AMOUNT:BONUS,AMOUNT:BONUS" (minor units), sorted by amount; an empty one is no bonus.

    Raises InvalidInput("top_up_steps", …) with reason not_steps, too_large, or taken for an amount named twice.
    """
    steps: list[TopUpStep] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"([0-9]{1,12})\s*:\s*([0-9]{1,12})", part, re.ASCII)
        if not match or int(match[1]) == 0:
            raise InvalidInput("top_up_steps", part[:64], "not_steps")
        step = TopUpStep(int(match[1]), int(match[2]))
        if max(step.at_least_minor, step.bonus_minor) > MAXIMUM_MINOR:
            raise InvalidInput("top_up_steps", part, "too_large")
        if any(other.at_least_minor == step.at_least_minor for other in steps):
            raise InvalidInput("top_up_steps", part, "taken")
        steps.append(step)
    return tuple(sorted(steps, key=lambda step: step.at_least_minor))


def top_up(amount_minor: int, steps: Iterable[TopUpStep]) -> StoredValue:
    """Give what topping up by an amount brings: the best bonus among the steps it reaches, once.

    Raises InvalidInput("amount", …): negative, not_positive, too_large.
    """
    _require_amount(amount_minor)
    if amount_minor > MAXIMUM_MINOR:
        raise InvalidInput("amount", str(amount_minor), "too_large")
    reached = (step.bonus_minor for step in steps if amount_minor >= step.at_least_minor)
    return StoredValue(amount_minor, max(reached, default=0))


def take_payment(balance: StoredValue, amount_minor: int) -> StoredValue:
    """Say from which parts a payment is taken.

    In proportion (by largest remainder) a bonus can neither be paid out by spending the rest first, nor is it kept for
    last. Raises InvalidInput: "amount" (negative, not_positive), or "stored_value" with reason above_balance, whose
    value is what there is, in minor units.
    """
    _require_amount(amount_minor)
    if amount_minor > balance.total_minor:
        raise InvalidInput("stored_value", str(balance.total_minor), "above_balance")
    paid_minor = share_out(amount_minor, (balance.paid_minor, balance.bonus_minor))[0]
    return StoredValue(paid_minor, amount_minor - paid_minor)


def give_payment_back(taken: StoredValue, back_before_minor: int, back_minor: int) -> StoredValue:
    """Say to which parts a return puts back `back_minor` of a payment that `taken` made, after earlier returns.

    Shares of all that came back so far: whatever the parts, in the end both are back as they were. Raises
    InvalidInput("stored_value", …, "above_paid") for more than was taken.
    """
    back_so_far = back_before_minor + back_minor
    if min(back_before_minor, back_minor) < 0 or back_so_far > taken.total_minor:
        raise InvalidInput("stored_value", str(back_minor), "above_paid")
    parts = (taken.paid_minor, taken.bonus_minor)
    paid_minor = share_out(back_so_far, parts)[0] - share_out(back_before_minor, parts)[0]
    return StoredValue(paid_minor, back_minor - paid_minor)


def pay_out(balance: StoredValue, cash_minor: int) -> StoredValue:
    """Say what leaves the balance when `cash_minor` is paid out: that much of the paid part, and its share of bonus.

    Only what was paid in is paid out; the bonus that belongs to it (by largest remainder) lapses, so that a whole
    payout leaves nothing. Raises InvalidInput: "amount" (negative, not_positive), or "stored_value" with reason
    above_paid_part, whose value is the most that can be paid out.
    """
    _require_amount(cash_minor)
    if cash_minor > balance.paid_minor:
        raise InvalidInput("stored_value", str(balance.paid_minor), "above_paid_part")
    lapsed_minor = share_out(balance.bonus_minor, (cash_minor, balance.paid_minor - cash_minor))[0]
    return StoredValue(cash_minor, lapsed_minor)


class VoucherKind(StrEnum):
    """A gift card was sold for money; a store credit was given for discs that came back."""

    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"


class VoucherState(StrEnum):
    """Where a voucher stands; only ACTIVE and BLOCKED are written down."""

    ACTIVE = "active"
    SPENT = "spent"
    BLOCKED = "blocked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Voucher:
    """What the books hold of a voucher: balance, last day (None: for ever), and whether it is active or blocked."""

    balance_minor: int
    expires_on: date | None = None
    status: str = VoucherState.ACTIVE


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A voucher with a refund on it; `reason` says why the customer cannot use it ("expired", "blocked") or is "".

    Then the caller gives a new store credit instead of writing this voucher, never both.
    """

    voucher: Voucher
    reason: str = ""


def voucher_state(balance_minor: int, expires_on: date | None, status: str, today: date) -> VoucherState:
    """Say where a voucher stands today: blocked, else spent, else expired, else active."""
    if status == VoucherState.BLOCKED:
        return VoucherState.BLOCKED
    if balance_minor <= 0:
        return VoucherState.SPENT
    over = expires_on is not None and expires_on < today
    return VoucherState.EXPIRED if over else VoucherState.ACTIVE


def use_voucher(voucher: Voucher, amount_minor: int, today: date) -> Voucher:
    """Pay with a voucher, or part of it.

    Raises WrongState("voucher", spent | blocked | expired, "pay"), or InvalidInput: "amount" (negative, not_positive),
    "voucher" with reason above_balance, whose value is what there is, in minor units.
    """
    _require_amount(amount_minor)
    state = _state(voucher, today)
    if state is not VoucherState.ACTIVE:
        raise WrongState("voucher", state, "pay")
    if amount_minor > voucher.balance_minor:
        raise InvalidInput("voucher", str(voucher.balance_minor), "above_balance")
    return replace(voucher, balance_minor=voucher.balance_minor - amount_minor)


def give_voucher_back(voucher: Voucher, amount_minor: int, today: date) -> GivenBack:
    """Put back on a voucher what it had paid, also on one spent to nothing; its last day stays as it was.

    Raises InvalidInput("amount", …): negative, not_positive.
    """
    _require_amount(amount_minor)
    restored = replace(voucher, balance_minor=voucher.balance_minor + amount_minor)
    state = _state(restored, today)
    return GivenBack(restored, "" if state is VoucherState.ACTIVE else state.value)


def _state(voucher: Voucher, today: date) -> VoucherState:
    return voucher_state(voucher.balance_minor, voucher.expires_on, voucher.status, today)


def _require_amount(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise InvalidInput("amount", str(amount_minor), "negative" if amount_minor < 0 else "not_positive")
