"""What the reorder screen shows, as frozen rows: no numbers are worked out here."""

from dataclasses import dataclass
from enum import StrEnum

LISTED = 500


class Show(StrEnum):
    """Which rows: what to order (and what waits at its reorder point), none left, slow ones, or all."""

    TO_ORDER = "to_order"
    OUT = "out"
    SLOW = "slow"
    ALL = "all"


class Reason(StrEnum):
    """What decided a row's quantity."""

    ECONOMIC = "economic"
    ENOUGH = "enough"
    ON_ORDER = "on_order"
    DRAFTED = "drafted"
    TOO_SLOW = "too_slow"
    ENDED = "ended"
    NO_COST = "no_cost"
    PACK = "pack"
    DAYS = "days"
    SHELF = "shelf"
    BUDGET = "budget"
    MINIMUM = "minimum"
    LINE = "line"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class ReorderQuery:
    """What to show: which rows, of one supplier where it is named, at most how many after how many.

    `within_budget` keeps the orders to what is open to buy, where the shop has a budget; `fills_up` raises orders to
    their supplier's minimum where what sells soonest allows it.
    """

    show: Show = Show.TO_ORDER
    supplier_id: int | None = None
    limit: int = LISTED
    after: int = 0
    within_budget: bool = True
    fills_up: bool = False


@dataclass(frozen=True, slots=True)
class ReorderRow:
    """An edition as the screen shows it; amounts in the shop's minor units, risks and `promise` shares of one.

    `drafted_qty` pieces stand in drafts that were not sent yet: they are reckoned with as if they were on order.
    `week_mean` ± `week_sd` are pieces of a coming week. `covered` is the share of the past year's order cycles that
    this way covered, None where that could not be tested. `unit_cost_minor` is None where nobody knows it, `eoq` where
    it is not used. `by_hand` names the inputs that somebody set. `basis` says what demand rests on: textbook, croston,
    pooled, lookalikes, by_hand. `is_below_minimum`: its supplier would refuse the order.
    """

    edition_id: int
    title: str
    artist: str
    format: str
    on_hand_qty: int
    reserved_qty: int
    on_order_qty: int
    drafted_qty: int
    week_mean: float
    week_sd: float
    safety: float
    reorder_at_qty: int
    eoq: float | None
    qty: int
    risk_before: float
    risk_after: float
    cost_minor: int
    unit_cost_minor: float | None
    pack_qty: int
    supplier_id: int | None
    reason: Reason
    basis: str
    promise: float
    covered: float | None
    by_hand: tuple[str, ...]
    is_below_minimum: bool


@dataclass(frozen=True, slots=True)
class SupplierHead:
    """A supplier over its rows. The lead time is that of its deliveries, or what it says (`deliveries_qty` 0).

    `suggested_minor` (what is suggested of it in all) and `minimum_minor` are in the shop's currency.
    """

    supplier_id: int
    name: str
    currency: str
    lead_mean_days: float
    lead_sd_days: float
    deliveries_qty: int
    minimum_minor: int
    to_order_qty: int
    suggested_minor: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in a period, what was ordered in it, is still to come or stands in a draft; minor units."""

    budget_minor: int
    days: int
    spent_minor: int

    @property
    def left_minor(self) -> int:
        """What is open to buy; below nothing when too much is ordered."""
        return self.budget_minor - self.spent_minor


@dataclass(frozen=True, slots=True)
class ReorderView:
    """The rows asked for, the heads of all suppliers by name, and of the whole shop: how many to order, out, slow.

    `rows_qty` counts all rows that fit the question, `no_supplier_qty` those to order that nobody sells to the shop.
    `promise` and `covered` as in a row. `tested_weeks` is how long the past was that the promise was held against, 0
    for none. `known` is for the next call.
    """

    rows: tuple[ReorderRow, ...]
    rows_qty: int
    suppliers: tuple[SupplierHead, ...]
    to_order_qty: int
    pieces_qty: int
    cost_minor: int
    out_qty: int
    slow_qty: int
    slow_days: int
    no_supplier_qty: int
    editions_qty: int
    method: str
    promise: float
    covered: float | None
    tested_weeks: int
    budget: Budget | None
    known: object
