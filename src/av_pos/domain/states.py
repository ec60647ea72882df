"""Which states things move between.

A print job (a drawer pulse is one too, dropped when it is too old)::

    queued → sending → sent → confirmed
      ↕        ↓ ↘       ↓
    held     queued    failed → queued (marked as a reprint) · held
    queued, held, sent, failed → dropped

  `held` asks a person before it prints: it has waited too long. `sending` back to `queued`: not a byte went out.
  `sent`: the bytes went out, nobody knows yet whether they are on paper; `failed`: they may be, in part.

A shift::

    open → closed

A used copy, one piece::

    intake → in_stock ⇄ reserved        sold → in_stock, intake (to be graded again)
               ⇅    ↘      ↓            withdrawn → in_stock (found, repaired)
             rented → sold ←            sent_back (to the supplier) is the end
    all but sold, sent_back → withdrawn

A basket::

    open ⇄ held          held never ends: it is recalled first, or dropped
    open ⇄ paying → completed
    open, held → dropped
    open → completed     (cash and card need no wait)

A purchase order::

    draft → sent → partly → closed       sent → closed: all came at once, or nothing comes any more
      ↓
    dropped

A delivery::

    open → posted · dropped

What goes back to a supplier::

    draft → sent → credited
      ↓
    dropped

A stocktake::

    making → open ⇄ posting → posted     making: its list is being written; posting back to open: broken off
    making, open → dropped
"""

from collections.abc import Mapping
from enum import StrEnum

from av_pos.errors import WrongState


class PrintJobState(StrEnum):
    """Where a job of the print queue stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    HELD = "held"
    DROPPED = "dropped"


class ShiftState(StrEnum):
    """A shift is open or closed; a closed one never changes."""

    OPEN = "open"
    CLOSED = "closed"


class CopyStatus(StrEnum):
    """Where a used copy stands."""

    INTAKE = "intake"
    IN_STOCK = "in_stock"
    RESERVED = "reserved"
    SOLD = "sold"
    RENTED = "rented"
    WITHDRAWN = "withdrawn"
    SENT_BACK = "sent_back"


class BasketState(StrEnum):
    """Where a basket stands."""

    OPEN = "open"
    HELD = "held"
    PAYING = "paying"
    COMPLETED = "completed"
    DROPPED = "dropped"


class OrderState(StrEnum):
    """Where a purchase order stands."""

    DRAFT = "draft"
    SENT = "sent"
    PARTLY = "partly"
    CLOSED = "closed"
    DROPPED = "dropped"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    OPEN = "open"
    POSTED = "posted"
    DROPPED = "dropped"


class SupplierReturnState(StrEnum):
    """Where pieces that go back to a supplier stand."""

    DRAFT = "draft"
    SENT = "sent"
    CREDITED = "credited"
    DROPPED = "dropped"


class StocktakeState(StrEnum):
    """Where a stocktake stands."""

    MAKING = "making"
    OPEN = "open"
    POSTING = "posting"
    POSTED = "posted"
    DROPPED = "dropped"


_JOB, _COPY, _BASKET = PrintJobState, CopyStatus, BasketState
_ORDER, _DELIVERY, _BACK, _COUNT = OrderState, DeliveryState, SupplierReturnState, StocktakeState

_PRINT_JOB_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    _JOB.QUEUED: frozenset({_JOB.SENDING, _JOB.HELD, _JOB.DROPPED}),
    _JOB.HELD: frozenset({_JOB.QUEUED, _JOB.DROPPED}),
    _JOB.SENDING: frozenset({_JOB.SENT, _JOB.FAILED, _JOB.QUEUED}),
    _JOB.SENT: frozenset({_JOB.CONFIRMED, _JOB.FAILED, _JOB.DROPPED}),
    _JOB.FAILED: frozenset({_JOB.QUEUED, _JOB.HELD, _JOB.DROPPED}),
    _JOB.CONFIRMED: frozenset(),
    _JOB.DROPPED: frozenset(),
}
_SHIFT_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    ShiftState.OPEN: frozenset({ShiftState.CLOSED}),
    ShiftState.CLOSED: frozenset(),
}
_COPY_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    _COPY.INTAKE: frozenset({_COPY.IN_STOCK, _COPY.WITHDRAWN}),
    _COPY.IN_STOCK: frozenset({_COPY.RESERVED, _COPY.SOLD, _COPY.RENTED, _COPY.WITHDRAWN, _COPY.SENT_BACK}),
    _COPY.RESERVED: frozenset({_COPY.IN_STOCK, _COPY.SOLD, _COPY.WITHDRAWN}),
    _COPY.SOLD: frozenset({_COPY.IN_STOCK, _COPY.INTAKE}),
    _COPY.RENTED: frozenset({_COPY.IN_STOCK, _COPY.SOLD, _COPY.WITHDRAWN}),
    _COPY.WITHDRAWN: frozenset({_COPY.IN_STOCK}),
    _COPY.SENT_BACK: frozenset(),
}
_BASKET_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    _BASKET.OPEN: frozenset({_BASKET.HELD, _BASKET.PAYING, _BASKET.COMPLETED, _BASKET.DROPPED}),
    _BASKET.HELD: frozenset({_BASKET.OPEN, _BASKET.DROPPED}),
    _BASKET.PAYING: frozenset({_BASKET.OPEN, _BASKET.COMPLETED}),
    _BASKET.COMPLETED: frozenset(),
    _BASKET.DROPPED: frozenset(),
}

_ORDER_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    _ORDER.DRAFT: frozenset({_ORDER.SENT, _ORDER.DROPPED}),
    _ORDER.SENT: frozenset({_ORDER.PARTLY, _ORDER.CLOSED}),
    _ORDER.PARTLY: frozenset({_ORDER.CLOSED}),
    _ORDER.CLOSED: frozenset(),
    _ORDER.DROPPED: frozenset(),
}
_DELIVERY_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    _DELIVERY.OPEN: frozenset({_DELIVERY.POSTED, _DELIVERY.DROPPED}),
    _DELIVERY.POSTED: frozenset(),
    _DELIVERY.DROPPED: frozenset(),
}
_BACK_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    _BACK.DRAFT: frozenset({_BACK.SENT, _BACK.DROPPED}),
    _BACK.SENT: frozenset({_BACK.CREDITED}),
    _BACK.CREDITED: frozenset(),
    _BACK.DROPPED: frozenset(),
}
_COUNT_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    _COUNT.MAKING: frozenset({_COUNT.OPEN, _COUNT.DROPPED}),
    _COUNT.OPEN: frozenset({_COUNT.POSTING, _COUNT.DROPPED}),
    _COUNT.POSTING: frozenset({_COUNT.POSTED, _COUNT.OPEN}),
    _COUNT.POSTED: frozenset(),
    _COUNT.DROPPED: frozenset(),
}

MOVES: Mapping[str, Mapping[StrEnum, frozenset[StrEnum]]] = {
    "print_job": _PRINT_JOB_MOVES,
    "shift": _SHIFT_MOVES,
    "copy": _COPY_MOVES,
    "basket": _BASKET_MOVES,
    "purchase_order": _ORDER_MOVES,
    "delivery": _DELIVERY_MOVES,
    "supplier_return": _BACK_MOVES,
    "stocktake": _COUNT_MOVES,
}
"""By kind: from each state, where it may go."""


def may_move(kind: str, old: str, new: str) -> bool:
    """Say whether a thing of this kind (a key of MOVES) may go from one state to another; staying is no move."""
    moves: Mapping[str, frozenset[StrEnum]] = {state.value: to for state, to in MOVES.get(kind, {}).items()}
    return new in moves.get(old, frozenset())


def require_move(kind: str, old: str, new: str) -> None:
    """Raise WrongState unless `may_move`."""
    if not may_move(kind, old, new):
        raise WrongState(kind, old, new)
