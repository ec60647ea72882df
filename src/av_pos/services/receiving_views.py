"""A delivery while it is received, as the screen shows it: what came, what was expected, what a price leaves.

Whoever may not order sees no cost: such figures are None then. Nothing here changes anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, case, func, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.purchasing import Exchange, Margin, landed_each, margin
from av_pos.domain.states import DeliveryState
from av_pos.domain.tax import TaxRate, rate_on
from av_pos.errors import NotFound
from av_pos.models import EDITION
from av_pos.models.purchasing import (
    DELIVERY,
    DELIVERY_FILL,
    DELIVERY_LINE,
    ORDER_LINE,
    PURCHASE_ORDER,
    SUPPLIER,
)
from av_pos.services import access, shop_settings
from av_pos.services.edition_store import shop_day
from av_pos.services.editions import EditionRow, list_by_ids
from av_pos.services.order_views import LEFT, ON_ITS_WAY
from av_pos.services.purchase_orders import exchange_of
from av_pos.services.waiting import Waiting, list_waiting

UNDER, COMPLETE, OVER, NOT_ORDERED, UNKNOWN = "under", "complete", "over", "not_ordered", "unknown"
"""How a line stands against what was ordered."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as a list shows it; `unknown_qty` pieces bear a code that nobody named yet."""

    delivery_id: int
    supplier_id: int
    supplier_name: str
    order_id: int | None
    number: str
    status: str
    began_at: datetime
    till_id: int
    posted_on: date | None
    good_qty: int
    damaged_qty: int
    unknown_qty: int


@dataclass(frozen=True, slots=True)
class ReceivingRow:
    """A line of a delivery; `line_id` is None for what was ordered and has not come yet.

    `state`: under, complete, over, not_ordered, unknown. `cost_minor` is in the supplier's currency, `landed_minor`
    what a piece will come to on the shelf in the shop's; both, and the margin of the price that will hold, are None for
    whoever may not see costs. `has_cost`: whether a cost is known at all.
    """

    line_id: int | None
    edition_id: int | None
    code: str
    title: str
    artist: str
    format: str
    state: str
    expected_qty: int
    qty: int
    damaged_qty: int
    has_cost: bool
    cost_minor: int | None
    landed_minor: int | None
    price_minor: int
    new_price_minor: int | None
    margin: Margin | None
    on_hand_qty: int
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery with its lines, what came first and then what is still missing.

    `goods_minor` is in the supplier's currency, `carriage_minor` in the shop's; None for whoever may not see costs.
    """

    delivery: DeliveryRow
    currency: str
    rate_micro: int | None
    carriage_minor: int | None
    goods_minor: int | None
    lines: tuple[ReceivingRow, ...]
    missing: tuple[ReceivingRow, ...]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of an order that waits for pieces; `is_own`: of the order that the delivery was opened for."""

    line_id: int
    order_id: int
    edition_id: int
    left_qty: int
    cost_minor: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class _Around:
    """What the rows of a delivery have in common."""

    exchange: Exchange
    carriage_minor: int
    goods_minor: int
    rates: Mapping[str, int]
    usual_key: str
    prices_include_tax: bool
    sees_cost: bool


_is_unknown = DELIVERY_LINE.c.edition_id.is_(None)
_pieces = DELIVERY_LINE.c.qty + DELIVERY_LINE.c.damaged_qty


def _summed(what: ColumnElement[Any], name: str) -> Label[Any]:
    """A sum over a delivery's lines, by itself: grouping all lines there are would read years of them."""
    own = select(func.coalesce(func.sum(what), 0)).where(DELIVERY_LINE.c.delivery_id == DELIVERY.c.id)
    return own.correlate(DELIVERY).scalar_subquery().label(name)


_ROWS = select(
    DELIVERY,
    SUPPLIER.c.name,
    _summed(DELIVERY_LINE.c.qty, "good_qty"),
    _summed(DELIVERY_LINE.c.damaged_qty, "damaged_qty"),
    _summed(case((_is_unknown, _pieces), else_=0), "unknown_qty"),
).join(SUPPLIER, SUPPLIER.c.id == DELIVERY.c.supplier_id)


def list_deliveries(
    session: Session, at: At, *, supplier_id: int | None = None, only_open: bool = False, limit: int = 200
) -> tuple[DeliveryRow, ...]:
    """Return the newest deliveries; `only_open` those that can be gone on with, at any till. Raises NotPermitted."""
    access.require(session, at, Permission.RECEIVE_GOODS)
    query = _ROWS.order_by(DELIVERY.c.id.desc()).limit(limit)
    if supplier_id is not None:
        query = query.where(DELIVERY.c.supplier_id == supplier_id)
    if only_open:
        query = query.where(DELIVERY.c.posted_at.is_(None), DELIVERY.c.status == DeliveryState.OPEN.value)
    return tuple(_delivery(row) for row in session.execute(query))


def view_delivery(session: Session, at: At, delivery_id: int) -> DeliveryView:
    """Return a delivery with what came and what is missing. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.RECEIVE_GOODS)
    row = get_delivery(session, delivery_id)
    around = _around(session, at, row)
    query = select(DELIVERY_LINE).where(DELIVERY_LINE.c.delivery_id == delivery_id, _pieces > 0)
    query = query.order_by(DELIVERY_LINE.c.id)
    came = session.execute(query).all()
    is_open = row.status == DeliveryState.OPEN
    waiting_lines = find_open_lines(session, row) if is_open else ()
    expected = _expected(waiting_lines) if is_open else _filled(session, delivery_id)
    here = {line.edition_id for line in came if line.edition_id is not None}
    due = {line.edition_id for line in waiting_lines if row.order_id is None or line.is_own}
    missing = {key: qty for key, qty in expected.items() if key in due - here}
    ids = [*here, *missing]
    editions = _editions(session, ids)
    waiting = list_waiting(session, at, ids) if is_open else {}
    lines = tuple(_line(line, editions, expected, waiting, around) for line in came)
    return DeliveryView(
        _delivery(row),
        row.currency,
        row.rate_micro if around.sees_cost else None,
        row.carriage_minor if around.sees_cost else None,
        around.goods_minor if around.sees_cost else None,
        lines,
        tuple(_missing(editions[key], qty, waiting) for key, qty in missing.items() if key in editions),
    )


def view_line(session: Session, at: At, delivery: Any, line: Any) -> ReceivingRow:
    """Return one line of an open delivery, with who waits for it: what a scan shows."""
    around = _around(session, at, delivery)
    if line.edition_id is None:
        return _line(line, {}, {}, {}, around)
    ids = (line.edition_id,)
    expected = _expected(find_open_lines(session, delivery, ids))
    return _line(line, _editions(session, ids), expected, list_waiting(session, at, ids), around)


def get_delivery(session: Session, delivery_id: int) -> Any:
    """Return a delivery's row with its sums. Raises NotFound."""
    row = session.execute(_ROWS.where(DELIVERY.c.id == delivery_id)).first()
    if row is None:
        raise NotFound("delivery", str(delivery_id))
    return row


def find_open_lines(session: Session, delivery: Any, edition_ids: Sequence[int] | None = None) -> tuple[OpenLine, ...]:
    """Return the order lines that pieces of this delivery fill, in that order: of its own order, then the oldest."""
    own = PURCHASE_ORDER.c.id == delivery.order_id if delivery.order_id is not None else PURCHASE_ORDER.c.id.is_(None)
    is_own = case((own, 1), else_=0)
    query = (
        select(ORDER_LINE.c.id, ORDER_LINE.c.order_id, ORDER_LINE.c.edition_id, LEFT.label("left_qty"),
               ORDER_LINE.c.cost_minor, is_own.label("is_own"))
        .join(PURCHASE_ORDER, PURCHASE_ORDER.c.id == ORDER_LINE.c.order_id)
        .where(PURCHASE_ORDER.c.supplier_id == delivery.supplier_id, PURCHASE_ORDER.c.status.in_(ON_ITS_WAY), LEFT > 0)
        .order_by(is_own.desc(), PURCHASE_ORDER.c.sent_at, ORDER_LINE.c.order_id, ORDER_LINE.c.position)
    )  # fmt: skip
    if edition_ids is None:
        return tuple(_open_line(row) for row in session.execute(query))
    found: list[OpenLine] = []
    for start in range(0, len(edition_ids), _CHUNK):
        part = query.where(ORDER_LINE.c.edition_id.in_(edition_ids[start : start + _CHUNK]))
        found += [_open_line(row) for row in session.execute(part)]
    return tuple(found)


def _open_line(row: Any) -> OpenLine:
    return OpenLine(row.id, row.order_id, row.edition_id, row.left_qty, row.cost_minor, bool(row.is_own))


def _expected(lines: Iterable[OpenLine]) -> dict[int, int]:
    """By edition, what is expected: what the delivery's own order waits for, else what all orders do."""
    own: dict[int, int] = {}
    others: dict[int, int] = {}
    for line in lines:
        into = own if line.is_own else others
        into[line.edition_id] = into.get(line.edition_id, 0) + line.left_qty
    return others | own


def _filled(session: Session, delivery_id: int) -> dict[int, int]:
    """By edition, how many pieces of a posted delivery were ordered ones."""
    query = (
        select(DELIVERY_LINE.c.edition_id, func.sum(DELIVERY_FILL.c.qty))
        .join(DELIVERY_FILL, DELIVERY_FILL.c.delivery_line_id == DELIVERY_LINE.c.id)
        .where(DELIVERY_LINE.c.delivery_id == delivery_id)
        .group_by(DELIVERY_LINE.c.edition_id)
    )
    return {edition_id: int(qty) for edition_id, qty in session.execute(query)}


def _around(session: Session, at: At, delivery: Any) -> _Around:
    settings = shop_settings.get_settings(session)
    sees_cost = allowed(at.actor.role, Permission.ORDER_GOODS)
    goods = select(func.coalesce(func.sum(_pieces * DELIVERY_LINE.c.cost_minor), 0))
    goods_minor = session.execute(goods.where(DELIVERY_LINE.c.delivery_id == delivery.id)).scalar_one()
    return _Around(
        exchange_of(session, delivery),
        delivery.carriage_minor,
        int(goods_minor),
        _rates_of(shop_settings.list_tax_rates(session, settings), shop_day(at, settings)),
        settings.tax_key,
        settings.prices_include_tax,
        sees_cost,
    )


def _rates_of(rates: Sequence[TaxRate], day: date) -> dict[str, int]:
    """By key, the rate that holds on a day; a key that none holds for is left out."""
    found = {}
    for key in {rate.key for rate in rates}:
        with suppress(NotFound):
            found[key] = rate_on(rates, key, day).rate_bp
    return found


def _editions(session: Session, edition_ids: Iterable[int]) -> dict[int, tuple[EditionRow, str]]:
    """By id: an edition, and the key of its own tax rate where it has one."""
    ids = list(edition_ids)
    shown = {row.id: row for row in list_by_ids(session, ids)}
    keys: dict[int, str] = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(EDITION.c.id, EDITION.c.tax_key).where(EDITION.c.id.in_(ids[start : start + _CHUNK]))
        for edition_id, key in session.execute(query):
            keys[edition_id] = key
    return {edition_id: (row, keys[edition_id]) for edition_id, row in shown.items()}


def _line(
    line: Any,
    editions: Mapping[int, tuple[EditionRow, str]],
    expected: Mapping[int, int],
    waiting: Mapping[int, tuple[Waiting, ...]],
    around: _Around,
) -> ReceivingRow:
    edition, key = editions.get(line.edition_id, (None, ""))
    landed = landed_each(line.cost_minor, around.exchange, around.carriage_minor, around.goods_minor)
    price = edition.price_minor if edition else 0
    rate_bp = around.rates.get(key or around.usual_key, 0)
    due = expected.get(line.edition_id, 0)
    price_then = price if line.new_price_minor is None else line.new_price_minor
    left = margin(price_then, landed, rate_bp, prices_include_tax=around.prices_include_tax)
    return ReceivingRow(
        line_id=line.id,
        edition_id=line.edition_id,
        code=edition.code if edition else line.code,
        title=edition.title if edition else "",
        artist=edition.artist if edition else "",
        format=edition.format if edition else "",
        state=UNKNOWN if line.edition_id is None else _state(line.qty + line.damaged_qty, due),
        expected_qty=due,
        qty=line.qty,
        damaged_qty=line.damaged_qty,
        has_cost=line.cost_minor > 0,
        cost_minor=line.cost_minor if around.sees_cost else None,
        landed_minor=landed if around.sees_cost else None,
        price_minor=price,
        new_price_minor=line.new_price_minor,
        margin=left if around.sees_cost and edition else None,
        on_hand_qty=edition.on_hand_qty if edition else 0,
        waiting=waiting.get(line.edition_id, ()),
    )


def _missing(edition: tuple[EditionRow, str], qty: int, waiting: Mapping[int, tuple[Waiting, ...]]) -> ReceivingRow:
    row = edition[0]
    return ReceivingRow(
        None, row.id, row.code, row.title, row.artist, row.format, UNDER, qty, 0, 0, True, None, None,
        row.price_minor, None, None, row.on_hand_qty, waiting.get(row.id, ()),
    )  # fmt: skip


def _state(pieces: int, expected_qty: int) -> str:
    if not expected_qty:
        return NOT_ORDERED
    return UNDER if pieces < expected_qty else OVER if pieces > expected_qty else COMPLETE


def _delivery(row: Any) -> DeliveryRow:
    return DeliveryRow(
        delivery_id=row.id,
        supplier_id=row.supplier_id,
        supplier_name=row.name,
        order_id=row.order_id,
        number=row.number,
        status=row.status,
        began_at=row.began_at,
        till_id=row.till_id,
        posted_on=row.posted_on,
        good_qty=row.good_qty,
        damaged_qty=row.damaged_qty,
        unknown_qty=row.unknown_qty,
    )
