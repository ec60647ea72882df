"""Purchase orders: written as a draft, sent, partly received, closed.

What is open of orders that are on their way stands beside the stock as `on_order_qty`, changed in the same transaction.
A draft may be dropped; of what was sent the rest can only be given up. Costs are whole minor units of the supplier's
currency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import MOST_MINOR, MOST_PIECES, Exchange, open_qty, packed_qty
from av_pos.domain.states import OrderState, require_move
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import EDITION, STOCK
from av_pos.models.purchasing import ORDER_LINE, PURCHASE_ORDER
from av_pos.services import access, audit, shop_settings
from av_pos.services.articles import MOST_COST_MINOR, find_terms, require_orderable
from av_pos.services.edition_store import shop_day
from av_pos.services.order_views import ON_ITS_WAY, OrderView, order_number, view_order
from av_pos.services.suppliers import SupplierRow, require_supplier
from av_pos.services.typed_text import read_line

_LONGEST_NOTE = 2000
_LONGEST_WHY = 400
_ORDER = select(PURCHASE_ORDER).where(PURCHASE_ORDER.c.id == bindparam("order"))
_CHANGE_ON_ORDER = (
    update(STOCK)
    .where(STOCK.c.edition_id == bindparam("edition"))
    .values(on_order_qty=STOCK.c.on_order_qty + bindparam("by_qty"))
)


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """An order went to another state, or what is to come of it changed; whose `on_order_qty` moved, and by how much."""

    order_id: int
    supplier_id: int
    supplier_name: str
    status: str
    on_order: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to write: pieces of an edition at a cost a piece, and why (for the reorder screen)."""

    edition_id: int
    qty: int
    cost_minor: int
    why: str = ""


def begin_order(session: Session, at: At, supplier_id: int, note: str = "") -> OrderView:
    """Begin a draft at the supplier's terms of today. Raises NotFound, InvalidInput, NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    return view_order(session, at, write_draft(session, at, require_supplier(session, supplier_id), (), note=note))


def add_line(session: Session, at: At, order_id: int, edition_id: int, qty: int = 1) -> OrderView:
    """Add pieces of an edition to a draft, at its article's cost; one that is there already gets so many more.

    Raises NotFound, WrongState (no draft, an edition deleted or without a name), InvalidInput, NotPermitted.
    """
    order = _require_draft(session, at, order_id)
    require_orderable(session, edition_id)
    here = (ORDER_LINE.c.order_id == order_id, ORDER_LINE.c.edition_id == edition_id)
    line = session.execute(select(ORDER_LINE.c.id, ORDER_LINE.c.qty).where(*here)).first()
    if line is not None:
        return change_line(session, at, line.id, qty=line.qty + check_qty(qty))
    terms = find_terms(session, order.supplier_id, (edition_id,)).get(edition_id)
    last = select(func.coalesce(func.max(ORDER_LINE.c.position), 0)).where(ORDER_LINE.c.order_id == order_id)
    position = int(session.execute(last).scalar_one()) + 1
    new = NewLine(edition_id, check_qty(qty), terms.cost_minor if terms else 0)
    session.execute(insert(ORDER_LINE), [_line_columns(order_id, position, new)])
    return view_order(session, at, order_id)


def change_line(
    session: Session, at: At, line_id: int, *, qty: int | None = None, cost_minor: int | None = None
) -> OrderView:
    """Change pieces or cost of a draft's line. Raises NotFound, WrongState, InvalidInput, NotPermitted."""
    line = _require_line(session, line_id)
    order = _require_draft(session, at, line.order_id)
    pieces = line.qty if qty is None else check_qty(qty)
    cost = line.cost_minor if cost_minor is None else cost_minor
    check_cost(cost, pieces, exchange_of(session, order))
    session.execute(update(ORDER_LINE).where(ORDER_LINE.c.id == line_id).values(qty=pieces, cost_minor=cost))
    return view_order(session, at, line.order_id)


def remove_line(session: Session, at: At, line_id: int) -> OrderView:
    """Take a line off a draft. Raises NotFound, WrongState, NotPermitted."""
    line = _require_line(session, line_id)
    _require_draft(session, at, line.order_id)
    session.execute(delete(ORDER_LINE).where(ORDER_LINE.c.id == line_id))
    return view_order(session, at, line.order_id)


def round_to_packs(session: Session, at: At, order_id: int) -> OrderView:
    """Round every line of a draft up to whole packs. Raises NotFound, WrongState, NotPermitted."""
    order = _require_draft(session, at, order_id)
    lines = session.execute(select(ORDER_LINE).where(ORDER_LINE.c.order_id == order_id)).all()
    terms = find_terms(session, order.supplier_id, [line.edition_id for line in lines])
    for line in lines:
        pack = terms[line.edition_id].pack_qty if line.edition_id in terms else 1
        rounded = min(packed_qty(line.qty, pack), MOST_PIECES // pack * pack if pack <= MOST_PIECES else line.qty)
        if rounded > line.qty:
            session.execute(update(ORDER_LINE).where(ORDER_LINE.c.id == line.id).values(qty=rounded))
    return view_order(session, at, order_id)


def set_order_terms(session: Session, at: At, order_id: int, *, carriage_minor: int, note: str) -> OrderView:
    """Set what the supplier takes for carriage, in its currency, and a note to it. Raises as `change_line`."""
    _require_draft(session, at, order_id)
    if not 0 <= carriage_minor <= MOST_COST_MINOR:
        raise InvalidInput("carriage", str(carriage_minor), "negative" if carriage_minor < 0 else "too_large")
    values = {"carriage_minor": carriage_minor, "note": read_line("note", note, _LONGEST_NOTE)}
    session.execute(update(PURCHASE_ORDER).where(PURCHASE_ORDER.c.id == order_id).values(**values))
    return view_order(session, at, order_id)


def send_order(session: Session, at: At, order_id: int, expected_on: date | None = None) -> OrderOutcome:
    """Say that a draft went to the supplier: from now on its pieces are on order.

    It is expected after the lead time that the supplier's deliveries show, else after the one it says. The rate is that
    of the supplier today. Raises NotFound, WrongState (no draft, empty, an edition deleted since), NotPermitted.
    """
    order = _require_draft(session, at, order_id, OrderState.SENT)
    supplier = require_supplier(session, order.supplier_id)
    lines = session.execute(select(ORDER_LINE).where(ORDER_LINE.c.order_id == order_id)).all()
    if not lines:
        raise WrongState("purchase_order", "empty", "sent")
    _refuse_deleted(session, order_id)
    today = shop_day(at, shop_settings.get_settings(session))
    lead_days = ceil(supplier.seen.mean_days) if supplier.seen else supplier.lead_days
    values = {
        "status": OrderState.SENT.value,
        "sent_at": at.now,
        "sent_on": today,
        "expected_on": expected_on or today + timedelta(days=lead_days),
        "rate_micro": supplier.rate_micro,
    }
    session.execute(update(PURCHASE_ORDER).where(PURCHASE_ORDER.c.id == order_id).values(**values))
    changes = change_on_order(session, {line.edition_id: line.qty for line in lines})
    audit.record(session, at, "order_sent", supplier.name, number=order_number(order_id), lines=len(lines),
                 pieces=sum(line.qty for line in lines), order_id=order_id)  # fmt: skip
    return OrderOutcome(order_id, supplier.supplier_id, supplier.name, OrderState.SENT, changes)


def give_up_line(session: Session, at: At, line_id: int) -> OrderOutcome:
    """Wait no longer for the rest of a line; an order of which nothing is open any more is closed.

    Raises NotFound, WrongState when nothing of it is to come, NotPermitted.
    """
    line = _require_line(session, line_id)
    left = open_qty(line.qty, line.received_qty, line.given_up_qty)
    if not left:
        raise WrongState("order_line", "complete", "given_up")
    return _give_up(session, at, line.order_id, (line,))


def close_order(session: Session, at: At, order_id: int) -> OrderOutcome:
    """Wait no longer for anything of an order. Raises NotFound, WrongState when it is not on its way, NotPermitted."""
    lines = session.execute(select(ORDER_LINE).where(ORDER_LINE.c.order_id == order_id)).all()
    open_lines = [line for line in lines if open_qty(line.qty, line.received_qty, line.given_up_qty)]
    return _give_up(session, at, order_id, open_lines)


def drop_order(session: Session, at: At, order_id: int) -> OrderOutcome:
    """Drop a draft. Raises NotFound, WrongState when it was sent, NotPermitted."""
    order = _require_draft(session, at, order_id, OrderState.DROPPED)
    supplier = require_supplier(session, order.supplier_id)
    session.execute(
        update(PURCHASE_ORDER)
        .where(PURCHASE_ORDER.c.id == order_id)
        .values(status=OrderState.DROPPED.value, closed_at=at.now)
    )
    audit.record(session, at, "order_dropped", supplier.name, number=order_number(order_id), order_id=order_id)
    return OrderOutcome(order_id, supplier.supplier_id, supplier.name, OrderState.DROPPED)


def write_draft(
    session: Session, at: At, supplier: SupplierRow, lines: Iterable[NewLine], *, origin: str = "", note: str = ""
) -> int:
    """Write a draft with its lines and return its id: for `begin_order`, copies and the reorder screen.

    It asks for no permission, and whether each edition may be ordered is for whoever calls it.
    """
    order = {
        "supplier_id": supplier.supplier_id,
        "status": OrderState.DRAFT.value,
        "currency": supplier.currency,
        "rate_micro": supplier.rate_micro,
        "carriage_minor": supplier.carriage_minor,
        "origin": origin,
        "note": read_line("note", note, _LONGEST_NOTE),
        "created_at": at.now,
        "created_by": at.actor.staff_id or None,
    }
    added = insert(PURCHASE_ORDER).values(**order).returning(PURCHASE_ORDER.c.id)
    order_id = int(session.execute(added).scalar_one())
    rows = [_line_columns(order_id, position, line) for position, line in enumerate(lines, start=1)]
    if rows:
        session.execute(insert(ORDER_LINE), rows)
    audit.record(session, at, "order_begun", supplier.name, number=order_number(order_id), lines=len(rows),
                 order_id=order_id)  # fmt: skip
    return order_id


def change_on_order(session: Session, by_edition: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """Change what is on order of editions, in the order of their ids; return what changed."""
    changes = tuple((edition_id, by_qty) for edition_id, by_qty in sorted(by_edition.items()) if by_qty)
    if changes:
        session.execute(_CHANGE_ON_ORDER, [{"edition": edition_id, "by_qty": by} for edition_id, by in changes])
    return changes


def settle_order(session: Session, at: At, order_id: int, *, received: bool) -> str:
    """Bring a sent order to the state that its lines mean, and return it. `received`: a delivery filled lines of it."""
    order = _require_order(session, order_id)
    lines = session.execute(select(ORDER_LINE).where(ORDER_LINE.c.order_id == order_id)).all()
    still = any(open_qty(line.qty, line.received_qty, line.given_up_qty) for line in lines)
    status = OrderState.CLOSED if not still else OrderState.PARTLY if received else OrderState(order.status)
    if status != order.status:
        require_move("purchase_order", order.status, status)
        closed_at = at.now if status is OrderState.CLOSED else None
        values = {"status": status.value, "closed_at": closed_at}
        session.execute(update(PURCHASE_ORDER).where(PURCHASE_ORDER.c.id == order_id).values(**values))
    return status.value


def exchange_of(session: Session, order: Any) -> Exchange:
    """How the amounts of an order, a delivery or a return become the shop's: by its own currency and rate."""
    return Exchange(order.rate_micro, i18n.currency(order.currency).digits, shop_settings.get_settings(session).digits)


def check_qty(qty: int) -> int:
    """Return a number of pieces from 1 to 9,999. Raises InvalidInput on `quantity`."""
    if qty < 1:
        raise InvalidInput("quantity", str(qty), "negative" if qty < 0 else "too_small")
    if qty > MOST_PIECES:
        raise InvalidInput("quantity", str(qty), "too_large")
    return qty


def check_cost(cost_minor: int, qty: int, exchange: Exchange) -> int:
    """Return the cost of a piece if it and what all of them come to can be meant. Raises InvalidInput on `cost`."""
    if cost_minor < 0:
        raise InvalidInput("cost", str(cost_minor), "negative")
    if cost_minor > MOST_COST_MINOR or exchange.to_shop(cost_minor * qty) > MOST_MINOR:
        raise InvalidInput("cost", str(cost_minor), "too_large")
    return cost_minor


def _give_up(session: Session, at: At, order_id: int, lines: Iterable[Any]) -> OrderOutcome:
    access.require(session, at, Permission.ORDER_GOODS)
    order = _require_order(session, order_id)
    if order.status not in ON_ITS_WAY:
        raise WrongState("purchase_order", order.status, "given_up")
    left = {line.id: open_qty(line.qty, line.received_qty, line.given_up_qty) for line in lines}
    for line_id, qty in left.items():
        more = {"given_up_qty": ORDER_LINE.c.given_up_qty + qty}
        session.execute(update(ORDER_LINE).where(ORDER_LINE.c.id == line_id).values(**more))
    changes = change_on_order(session, {line.edition_id: -left[line.id] for line in lines})
    status = settle_order(session, at, order_id, received=False)
    supplier = require_supplier(session, order.supplier_id)
    audit.record(session, at, "order_given_up", supplier.name, number=order_number(order_id),
                 pieces=sum(left.values()), order_id=order_id)  # fmt: skip
    return OrderOutcome(order_id, supplier.supplier_id, supplier.name, status, changes)


def _refuse_deleted(session: Session, order_id: int) -> None:
    query = (
        select(EDITION.c.title)
        .join(ORDER_LINE, ORDER_LINE.c.edition_id == EDITION.c.id)
        .where(ORDER_LINE.c.order_id == order_id, EDITION.c.is_deleted)
        .order_by(ORDER_LINE.c.position)
    )
    gone = session.execute(query).first()
    if gone is not None:
        raise WrongState("edition", "deleted", gone.title[:80])


def _line_columns(order_id: int, position: int, line: NewLine) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "position": position,
        "edition_id": line.edition_id,
        "qty": line.qty,
        "cost_minor": line.cost_minor,
        "received_qty": 0,
        "given_up_qty": 0,
        "why": line.why[:_LONGEST_WHY],
    }


def _require_order(session: Session, order_id: int) -> Any:
    row = session.execute(_ORDER, {"order": order_id}).first()
    if row is None:
        raise NotFound("purchase_order", order_number(order_id))
    return row


def _require_draft(session: Session, at: At, order_id: int, wanted: OrderState | None = None) -> Any:
    access.require(session, at, Permission.ORDER_GOODS)
    row = _require_order(session, order_id)
    if row.status != OrderState.DRAFT:
        raise WrongState("purchase_order", row.status, wanted or "changed")
    return row


def _require_line(session: Session, line_id: int) -> Any:
    row = session.execute(select(ORDER_LINE).where(ORDER_LINE.c.id == line_id)).first()
    if row is None:
        raise NotFound("order_line", str(line_id))
    return row
