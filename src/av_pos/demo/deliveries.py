"""What comes into the demo shop: the opening stock, suppliers' boxes, new releases, used discs over the counter."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from av_pos.demo.customers import BUSY_FACTOR, WEEKDAY_RECEIPTS, wish_for
from av_pos.demo.shelves import Disc, UsedCopy
from av_pos.domain.stock import StockReason

PIECES_A_WEEK = WEEKDAY_RECEIPTS * (5 + 2 * BUSY_FACTOR) * 1.65
"""About what the shop sells; who orders for it knows no better."""

_DELIVERY_WEEKDAYS = (1, 4)
_WEEKS_AHEAD, _SOON_AGAIN = 3.5, 1.8
_SELLS_FAST = 1.5
_SPREADS = 1.8
_THOUGHT_OF, _RARELY = 0.5, 0.04
_FORGOTTEN_IN = 11
_USED_AT_FIRST = 0.6
_RELEASE_BOX = 5


@dataclass(frozen=True, slots=True)
class Box:
    """Pieces of one edition that came in; `cost_minor` is for all of them."""

    disc: Disc
    qty: int
    cost_minor: int
    reason: StockReason


def opening_stock(rng: Random, discs: Sequence[Disc], day: date) -> Iterator[Box]:
    """Put on the shelf what the shop begins with: what is wanted there, of some titles less."""
    total = sum(wish_for(disc, day) for disc in discs)
    for disc in discs:
        weekly = wish_for(disc, day) / total * PIECES_A_WEEK
        if weekly:
            wanted = _wanted(weekly)
            yield _take_in(disc, rng.randint(-(-wanted // 2), wanted + 1), disc.cost_minor, StockReason.OPENING)


def boxes_of(rng: Random, discs: Sequence[Disc], day: date) -> Iterator[Box]:
    """Take in what suppliers bring before the shop opens: releases on their day, reorders twice a week."""
    total = sum(wish_for(disc, day) for disc in discs)
    for disc in discs:
        weekly = wish_for(disc, day) / total * PIECES_A_WEEK
        if disc.arrives_on == day:
            # A release is ordered for its first ten days, and boxes hold five.
            qty = math.ceil(weekly / _RELEASE_BOX) * _RELEASE_BOX
            yield _take_in(disc, qty, disc.cost_minor, StockReason.RECEIPT)
        elif weekly and day.weekday() in _DELIVERY_WEEKDAYS:
            qty = _reordered(rng, disc, weekly)
            if qty:
                yield _take_in(disc, qty, _price_today(rng, disc), StockReason.RECEIPT)


def plan_used(rng: Random, copies: Sequence[UsedCopy], days: Sequence[date]) -> dict[date, list[UsedCopy]]:
    """Say on which day each used copy came in: most were there from the first, the rest over the counter since."""
    plan: dict[date, list[UsedCopy]] = {}
    for copy in copies:
        day = days[0] if rng.random() < _USED_AT_FIRST else rng.choice(days)
        plan.setdefault(day, []).append(copy)
    return plan


def _wanted(weekly: float) -> int:
    """How many the shop likes to have of a disc: what the next weeks ask for, and what chance may add.

    What sells fast comes in every few days, and nobody wants a hundred of it.
    """
    ahead = weekly * (_SOON_AGAIN if weekly >= _SELLS_FAST else _WEEKS_AHEAD)
    return max(1, math.ceil(ahead + _SPREADS * math.sqrt(ahead)))


def _reordered(rng: Random, disc: Disc, weekly: float) -> int:
    """How many a supplier brings: the shelf is filled up once somebody thinks of it, which of some titles is rare."""
    wanted = _wanted(weekly)
    is_forgotten = weekly < 1 and disc.edition_id % _FORGOTTEN_IN == 0
    chance = _RARELY if is_forgotten else _THOUGHT_OF
    if disc.on_hand_qty > wanted or rng.random() > chance:
        return 0
    return wanted + math.ceil(weekly) - disc.on_hand_qty


def _price_today(rng: Random, disc: Disc) -> int:
    if disc.on_hand_qty < 0:
        # What was sold below nought left at the last cost; filling the hole at that cost leaves nothing over.
        return disc.last_cost_minor
    return max(1, round(disc.cost_minor * rng.uniform(0.97, 1.04) / 10) * 10)


def _take_in(disc: Disc, qty: int, unit_cost_minor: int, reason: StockReason) -> Box:
    disc.on_hand_qty += qty
    disc.value_minor += qty * unit_cost_minor
    disc.last_cost_minor = unit_cost_minor
    return Box(disc, qty, qty * unit_cost_minor, reason)
