"""Posting a delivery: what was scanned comes on hand at its landed cost, in one transaction.

One row of the ledger a line; damaged pieces are booked in and out again at their own cost, or, when they go back to the
supplier, stay out of the books and are laid into a draft of what goes back. Lines of orders are filled, the oldest
first; new prices hold; labels are wanted. What nobody named goes on in a delivery of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import MOST_MINOR, BoxLine, Landed, fill, landed_costs
from av_pos.domain.states import DeliveryState, SupplierReturnState, require_move
from av_pos.domain.stock import StockReason, piece_cost, settle_receipt
from av_pos.errors import InvalidInput, WrongState
from av_pos.models import EDITION, STOCK, STOCK_MOVE
from av_pos.models.purchasing import (
    DELIVERY,
    DELIVERY_FILL,
    DELIVERY_LINE,
    DELIVERY_SCAN,
    ORDER_LINE,
    SUPPLIER_RETURN,
    SUPPLIER_RETURN_LINE,
)
from av_pos.services import access, audit, price_labels, shop_settings
from av_pos.services.edition_store import shop_day
from av_pos.services.price_labels import NewLabels
from av_pos.services.purchase_orders import change_on_order, exchange_of, settle_order
from av_pos.services.receiving import join_line, require_open
from av_pos.services.receiving_views import OpenLine, find_open_lines
from av_pos.services.waiting import Waiting, list_waiting

ORIGIN = "delivery"
"""What the ledger calls a delivery that moved pieces."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PostedLine:
    """What came on hand of an edition: good pieces at their landed cost, the balance afterwards, a price that changed.

    `not_ordered_qty` of all pieces were in no order.
    """

    edition_id: int
    title: str
    qty: int
    damaged_qty: int
    not_ordered_qty: int
    landed_minor: int
    on_hand_qty: int
    old_price_minor: int
    new_price_minor: int


@dataclass(frozen=True, slots=True)
class DeliveryPostedOutcome:
    """A delivery is on hand. `orders` are those it filled, with their state now; `waiting` who asked for what came.

    `settled_minor` is by how much pieces sold below nought had been guessed too cheap (below nothing: too dear).
    `rest_delivery_id` holds what nobody named, `return_id` the draft that damaged pieces wait in.
    """

    delivery_id: int
    supplier_id: int
    supplier_name: str
    lines: tuple[PostedLine, ...]
    landed_minor: int
    settled_minor: int
    labels_qty: int
    orders: tuple[tuple[int, str], ...]
    waiting: tuple[Waiting, ...]
    rest_delivery_id: int | None = None
    return_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """A line on its way into the books; `value_minor` is by how much the stock's value goes up for the good pieces."""

    row: Any
    landed: Landed
    value_minor: int
    settled_minor: int
    on_hand_qty: int
    takes: tuple[tuple[OpenLine, int], ...]

    @property
    def new_price_minor(self) -> int:
        """The retail price from now on."""
        price: int = self.row.price_minor if self.row.new_price_minor is None else self.row.new_price_minor
        return price


def post_delivery(session: Session, at: At, delivery_id: int, *, damaged_back: bool = False) -> DeliveryPostedOutcome:
    """Book a delivery, all of it or nothing. `damaged_back`: damaged pieces go back instead of being written off.

    Raises NotFound, WrongState (not open; nothing in it that is known), InvalidInput on `cost` when a line comes to
    more than can be meant, NotPermitted.
    """
    access.require(session, at, Permission.RECEIVE_GOODS)
    delivery = require_open(session, at, delivery_id)
    require_move(ORIGIN, delivery.status, DeliveryState.POSTED)
    _follow_merges(session, at, delivery)
    rows = _known_lines(session, delivery_id)
    if not rows:
        raise WrongState("delivery", "only_unknown" if delivery.unknown_qty else "empty", "posted")
    waiting = list_waiting(session, at, [row.edition_id for row in rows if row.qty])
    today = shop_day(at, shop_settings.get_settings(session))
    lines = _worked_out(session, delivery, rows, damaged_back)
    rest_id = _lay_rest_aside(session, at, delivery)
    _write_moves(session, at, delivery_id, lines, today, damaged_back)
    _write_lines(session, lines)
    orders = _fill_orders(session, at, lines)
    _write_prices(session, at, lines)
    labels_qty = _want_labels(session, at, lines)
    return_id = _lay_damaged_aside(session, at, delivery, lines) if damaged_back else None
    closed = {"status": DeliveryState.POSTED.value, "posted_at": at.now, "posted_on": today}
    closed["is_damaged_back"] = return_id is not None
    session.execute(update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(**closed))
    outcome = DeliveryPostedOutcome(
        delivery_id, delivery.supplier_id, delivery.name, tuple(_posted(line) for line in lines),
        sum(line.landed.good_minor for line in lines), sum(line.settled_minor for line in lines), labels_qty, orders,
        tuple(who for line in lines for who in waiting.get(line.row.edition_id, ())), rest_id, return_id,
    )  # fmt: skip
    _record(session, at, delivery, outcome)
    return outcome


def _follow_merges(session: Session, at: At, delivery: Any) -> None:
    """Give lines of provisional editions that were named since they were scanned to what they really are."""
    query = (
        select(DELIVERY_LINE, EDITION.c.merged_into_id)
        .join(EDITION, EDITION.c.id == DELIVERY_LINE.c.edition_id)
        .where(DELIVERY_LINE.c.delivery_id == delivery.id, EDITION.c.merged_into_id.is_not(None))
    )
    for row in session.execute(query).all():
        join_line(session, at, delivery, row, row.merged_into_id)


def _known_lines(session: Session, delivery_id: int) -> Sequence[Any]:
    """The lines to book, with what the stock holds of each and its price, in the order of the editions."""
    query = (
        select(DELIVERY_LINE, EDITION.c.title, EDITION.c.price_minor, STOCK.c.on_hand_qty, STOCK.c.value_minor,
               STOCK.c.last_cost_minor)
        .join(EDITION, EDITION.c.id == DELIVERY_LINE.c.edition_id)
        .join(STOCK, STOCK.c.edition_id == EDITION.c.id)
        .where(DELIVERY_LINE.c.delivery_id == delivery_id, DELIVERY_LINE.c.qty + DELIVERY_LINE.c.damaged_qty > 0)
        .order_by(DELIVERY_LINE.c.edition_id)
    )  # fmt: skip
    return session.execute(query).all()


def _worked_out(session: Session, delivery: Any, rows: Sequence[Any], damaged_back: bool) -> tuple[_Line, ...]:
    """What each line costs on the shelf, what that makes of the stock's value, and which order lines it fills."""
    box = [BoxLine(row.qty, row.damaged_qty, row.cost_minor) for row in rows]
    landed = landed_costs(box, exchange_of(session, delivery), delivery.carriage_minor, damaged_back=damaged_back)
    waiting: dict[int, list[OpenLine]] = {}
    for open_line in find_open_lines(session, delivery, [row.edition_id for row in rows]):
        waiting.setdefault(open_line.edition_id, []).append(open_line)
    lines = []
    for row, cost in zip(rows, landed, strict=True):
        if cost.good_minor + cost.damaged_minor > MOST_MINOR:
            raise InvalidInput("cost", row.title[:40], "too_large")
        value, settled = settle_receipt(row.on_hand_qty, row.value_minor, row.qty, cost.good_minor)
        wanted = waiting.get(row.edition_id, [])
        takes = fill(row.qty + row.damaged_qty, [open_line.left_qty for open_line in wanted])
        pairs = tuple((open_line, qty) for open_line, qty in zip(wanted, takes, strict=True) if qty)
        on_hand = row.on_hand_qty + row.qty
        lines.append(_Line(row, cost, value - row.value_minor, settled, on_hand, pairs))
    return tuple(lines)


def _write_moves(
    session: Session, at: At, delivery_id: int, lines: Sequence[_Line], today: date, damaged_back: bool
) -> None:
    """Write the ledger and the balances: all rows in two statements, because a box of 300 must not hold up a sale."""
    moves, balances = [], []
    for line in lines:
        row = line.row
        damaged_qty = 0 if damaged_back else row.damaged_qty
        came = (row.qty + damaged_qty, line.value_minor + line.landed.damaged_minor)
        if came[0]:
            moves.append(_move(at, delivery_id, row.edition_id, StockReason.RECEIPT, *came, today))
        if damaged_qty:
            out = (-damaged_qty, -line.landed.damaged_minor)
            moves.append(_move(at, delivery_id, row.edition_id, StockReason.DAMAGE, *out, today))
        last = piece_cost(came[1], came[0]) if came[0] and came[1] > 0 else row.last_cost_minor
        balances.append(
            {"edition": row.edition_id, "by_qty": row.qty, "by_minor": line.value_minor, "last_minor": last}
        )
    if moves:
        session.execute(insert(STOCK_MOVE), moves)
    session.execute(
        update(STOCK)
        .where(STOCK.c.edition_id == bindparam("edition"))
        .values(
            on_hand_qty=STOCK.c.on_hand_qty + bindparam("by_qty"),
            value_minor=STOCK.c.value_minor + bindparam("by_minor"),
            last_cost_minor=bindparam("last_minor"),
        ),
        balances,
    )


def _move(
    at: At, delivery_id: int, edition_id: int, reason: StockReason, qty: int, cost_minor: int, today: date
) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "reason": reason.value,
        "qty": qty,
        "cost_minor": cost_minor,
        "moved_at": at.now,
        "business_on": today,
        "staff_id": at.actor.staff_id or None,
        "till_id": at.till,
        "note": "",
        "origin": ORIGIN,
        "origin_id": delivery_id,
    }


def _write_lines(session: Session, lines: Sequence[_Line]) -> None:
    statement = update(DELIVERY_LINE).where(DELIVERY_LINE.c.id == bindparam("line"))
    session.execute(
        statement.values(landed_minor=bindparam("landed"), settled_minor=bindparam("settled")),
        [{"line": line.row.id, "landed": line.landed.good_minor, "settled": line.settled_minor} for line in lines],
    )


def _fill_orders(session: Session, at: At, lines: Sequence[_Line]) -> tuple[tuple[int, str], ...]:
    """Fill order lines with what came, and bring on-order balances and the orders' states along."""
    fills = [(line.row, open_line, qty) for line in lines for open_line, qty in line.takes]
    if not fills:
        return ()
    session.execute(
        insert(DELIVERY_FILL),
        [{"delivery_line_id": row.id, "order_line_id": line.line_id, "qty": qty} for row, line, qty in fills],
    )
    session.execute(
        update(ORDER_LINE)
        .where(ORDER_LINE.c.id == bindparam("line"))
        .values(received_qty=ORDER_LINE.c.received_qty + bindparam("by_qty")),
        [{"line": line.line_id, "by_qty": qty} for _row, line, qty in fills],
    )
    by_edition: dict[int, int] = {}
    for _row, line, qty in fills:
        by_edition[line.edition_id] = by_edition.get(line.edition_id, 0) - qty
    change_on_order(session, by_edition)
    order_ids = sorted({line.order_id for _row, line, _qty in fills})
    return tuple((order_id, settle_order(session, at, order_id, received=True)) for order_id in order_ids)


def _write_prices(session: Session, at: At, lines: Sequence[_Line]) -> None:
    for line in lines:
        old, new = line.row.price_minor, line.new_price_minor
        if new != old:
            changed = {"price_minor": new, "changed_at": at.now}
            session.execute(update(EDITION).where(EDITION.c.id == line.row.edition_id).values(**changed))
            audit.record(session, at, "edition_changed", line.row.title, edition_id=line.row.edition_id,
                         before={"price_minor": old}, after={"price_minor": new})  # fmt: skip


def _want_labels(session: Session, at: At, lines: Sequence[_Line]) -> int:
    """Want a label for each good piece; where the price is another one, for all on hand. Return how many."""
    labels = []
    for line in lines:
        if line.new_price_minor != line.row.price_minor:
            labels.append(NewLabels(line.row.edition_id, max(0, line.on_hand_qty), price_labels.PRICE))
        else:
            labels.append(NewLabels(line.row.edition_id, line.row.qty, price_labels.RECEIVED))
    price_labels.want_labels(session, at, labels)
    return sum(label.qty for label in labels)


def _lay_damaged_aside(session: Session, at: At, delivery: Any, lines: Sequence[_Line]) -> int | None:
    """Lay damaged pieces into a draft of what goes back, without booking them; return the draft's id."""
    damaged = [line.row for line in lines if line.row.damaged_qty]
    if not damaged:
        return None
    draft = {
        "supplier_id": delivery.supplier_id,
        "status": SupplierReturnState.DRAFT.value,
        "note": delivery.number,
        "created_at": at.now,
        "created_by": at.actor.staff_id or None,
    }
    added = insert(SUPPLIER_RETURN).values(**draft).returning(SUPPLIER_RETURN.c.id)
    return_id = int(session.execute(added).scalar_one())
    session.execute(
        insert(SUPPLIER_RETURN_LINE),
        [
            {"return_id": return_id, "edition_id": row.edition_id, "qty": row.damaged_qty, "cost_minor": row.cost_minor,
             "reason": "damaged", "is_on_hand": False}
            for row in damaged
        ],
    )  # fmt: skip
    return return_id


def _lay_rest_aside(session: Session, at: At, delivery: Any) -> int | None:
    """Move what nobody named into a delivery of its own, that it may be named another day; return its id."""
    own = (DELIVERY_LINE.c.delivery_id == delivery.id, DELIVERY_LINE.c.edition_id.is_(None))
    ids = list(session.execute(select(DELIVERY_LINE.c.id).where(*own)).scalars())
    if not delivery.unknown_qty:
        return None
    rest = {
        "supplier_id": delivery.supplier_id,
        "order_id": delivery.order_id,
        "number": delivery.number,
        "status": DeliveryState.OPEN.value,
        "currency": delivery.currency,
        "rate_micro": delivery.rate_micro,
        "carriage_minor": 0,
        "began_at": at.now,
        "began_by": at.actor.staff_id or None,
        "till_id": at.till,
        "is_damaged_back": False,
    }
    rest_id = int(session.execute(insert(DELIVERY).values(**rest).returning(DELIVERY.c.id)).scalar_one())
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        of_rest = {"delivery_id": rest_id}
        session.execute(update(DELIVERY_LINE).where(DELIVERY_LINE.c.id.in_(part)).values(**of_rest))
        session.execute(update(DELIVERY_SCAN).where(DELIVERY_SCAN.c.line_id.in_(part)).values(**of_rest))
    return rest_id


def _posted(line: _Line) -> PostedLine:
    row = line.row
    taken = sum(qty for _line, qty in line.takes)
    return PostedLine(
        row.edition_id, row.title, row.qty, row.damaged_qty, row.qty + row.damaged_qty - taken, line.landed.good_minor,
        line.on_hand_qty, row.price_minor, line.new_price_minor,
    )  # fmt: skip


def _record(session: Session, at: At, delivery: Any, outcome: DeliveryPostedOutcome) -> None:
    pieces = sum(line.qty for line in outcome.lines)
    damaged = sum(line.damaged_qty for line in outcome.lines)
    audit.record(
        session, at, "delivery_posted", delivery.name, amount_minor=outcome.landed_minor, number=delivery.number,
        pieces=pieces, damaged=damaged, settled_minor=outcome.settled_minor, delivery_id=outcome.delivery_id,
    )  # fmt: skip
