"""Receiving by scanner: a box is scanned piece by piece against what was ordered, then posted.

Each scan is a transaction of its own, durable at once, and a row that can be undone. A delivery may be left and gone
on with on another day and at another till, and two people may scan into it. What nobody knows is kept by its code and
named later. Nothing is on hand before the delivery is posted (`delivery_posting`).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, Scanned, masked, read_code
from av_pos.domain.money import MAXIMUM_MINOR
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import MOST_PIECES, RATE_ONE
from av_pos.domain.states import DeliveryState, OrderState
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import STOCK
from av_pos.models.purchasing import ARTICLE, DELIVERY, DELIVERY_LINE, DELIVERY_SCAN, PURCHASE_ORDER
from av_pos.services import access, audit, shop_settings
from av_pos.services.access import Approvals
from av_pos.services.articles import MOST_COST_MINOR, find_terms
from av_pos.services.catalogue import add_barcode, make_provisional
from av_pos.services.editions import EditionRow, find_by_code, get_edition, list_by_ids, plain_code
from av_pos.services.order_views import ON_ITS_WAY, order_number
from av_pos.services.purchase_orders import check_cost, check_qty, exchange_of
from av_pos.services.receiving_views import (
    DeliveryView,
    ReceivingRow,
    find_open_lines,
    get_delivery,
    view_delivery,
    view_line,
)
from av_pos.services.suppliers import SupplierRow, require_supplier
from av_pos.services.typed_text import read_line

_LONGEST_CODE = 40
_LONGEST_NUMBER = 40
_MOST_RATE_MICRO = 10_000 * RATE_ONE


@dataclass(frozen=True, slots=True)
class ReceivedScan:
    """What a scan meant: the line it went to, or the editions to choose from; then nothing was changed."""

    row: ReceivingRow | None
    candidates: tuple[EditionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoneScan:
    """What was taken back: so many pieces of a line, and what is left of it (None: it is gone)."""

    line_id: int
    qty: int
    damaged_qty: int
    row: ReceivingRow | None


def open_delivery(
    session: Session, at: At, supplier_id: int, *, order_id: int | None = None, number: str = ""
) -> DeliveryView:
    """Begin to receive a box of a supplier, for one order or for all of them; `number` is on the delivery note.

    Raises NotFound, WrongState when the order is not on its way, InvalidInput, NotPermitted.
    """
    access.require(session, at, Permission.RECEIVE_GOODS)
    supplier = require_supplier(session, supplier_id)
    if order_id is not None:
        _require_order_of(session, order_id, supplier_id)
    values = {
        "supplier_id": supplier_id,
        "order_id": order_id,
        "number": read_line("number", number, _LONGEST_NUMBER),
        "status": DeliveryState.OPEN.value,
        "currency": supplier.currency,
        "rate_micro": supplier.rate_micro,
        "carriage_minor": _usual_carriage(session, supplier, order_id),
        "began_at": at.now,
        "began_by": at.actor.staff_id or None,
        "till_id": at.till,
    }
    added = insert(DELIVERY).values(**values, is_damaged_back=False).returning(DELIVERY.c.id)
    delivery_id = int(session.execute(added).scalar_one())
    audit.record(session, at, "delivery_opened", supplier.name, number=values["number"], delivery_id=delivery_id)
    return view_delivery(session, at, delivery_id)


def scan(session: Session, at: At, delivery_id: int, code: str, *, qty: int = 1, damaged: bool = False) -> ReceivedScan:
    """Take a scanned code into a delivery: a barcode, the shop's own code, or the supplier's article number.

    Where several editions bear it, the one that was ordered is meant; else they are for the person to choose from
    (`receive_edition`). What nobody knows becomes a line of its code. Raises NotFound, WrongState, InvalidInput for a
    code that is no disc's, NotPermitted.
    """
    row = require_open(session, at, delivery_id)
    scanned = read_code(code)
    found = find_by_code(session, scanned) or _by_article(session, row.supplier_id, scanned)
    if len(found) > 1:
        ordered = {line.edition_id for line in find_open_lines(session, row, [edition.id for edition in found])}
        meant = tuple(edition for edition in found if edition.id in ordered)
        if len(meant) != 1:
            return ReceivedScan(None, found)
        found = meant
    if found:
        return ReceivedScan(_take(session, at, row, found[0].id, "", qty, damaged))
    return ReceivedScan(_take(session, at, row, None, _unknown_code(scanned), qty, damaged))


def receive_edition(
    session: Session, at: At, delivery_id: int, edition_id: int, *, qty: int = 1, damaged: bool = False
) -> ReceivedScan:
    """Take pieces of an edition that was chosen or searched for. Raises as `scan`."""
    row = require_open(session, at, delivery_id)
    edition = get_edition(session, edition_id)
    return ReceivedScan(_take(session, at, row, edition.id, "", qty, damaged))


def undo_scan(session: Session, at: At, delivery_id: int) -> UndoneScan:
    """Take back the last scan, or typed number, of this till. Raises NotFound when there is none, WrongState."""
    row = require_open(session, at, delivery_id)
    own = (DELIVERY_SCAN.c.delivery_id == delivery_id, DELIVERY_SCAN.c.till_id == at.till)
    last = session.execute(select(DELIVERY_SCAN).where(*own).order_by(DELIVERY_SCAN.c.id.desc()).limit(1)).first()
    if last is None:
        raise NotFound("delivery_scan", str(delivery_id))
    line = _get_line(session, last.line_id)
    if line.qty < last.qty or line.damaged_qty < last.damaged_qty:
        # Somebody else set the line to fewer meanwhile: what would be left cannot be.
        raise WrongState("delivery_scan", "changed", "undone")
    session.execute(delete(DELIVERY_SCAN).where(DELIVERY_SCAN.c.id == last.id))
    left = _change_line(session, at, line, -last.qty, -last.damaged_qty)
    shown = view_line(session, at, row, left) if left is not None else None
    return UndoneScan(last.line_id, last.qty, last.damaged_qty, shown)


def set_qty(session: Session, at: At, line_id: int, qty: int, damaged_qty: int = 0) -> ReceivingRow | None:
    """Type how many good and damaged pieces came; none of either takes the line away. It can be undone like a scan.

    Raises NotFound, WrongState, InvalidInput, NotPermitted.
    """
    line = _get_line(session, line_id)
    row = require_open(session, at, line.delivery_id)
    for pieces in (qty, damaged_qty):
        if pieces:
            check_qty(pieces)
    check_cost(line.cost_minor, qty + damaged_qty, exchange_of(session, row))
    by, by_damaged = qty - line.qty, damaged_qty - line.damaged_qty
    if by or by_damaged:
        _write_scan(session, at, line, by, by_damaged)
    left = _change_line(session, at, line, by, by_damaged)
    return view_line(session, at, row, left) if left is not None else None


def set_cost(session: Session, at: At, line_id: int, cost_minor: int) -> ReceivingRow:
    """Set what a piece costs, in the supplier's currency, as the invoice says. Raises as `set_qty`."""
    access.require(session, at, Permission.ORDER_GOODS)
    line = _get_line(session, line_id)
    row = require_open(session, at, line.delivery_id)
    check_cost(cost_minor, line.qty + line.damaged_qty, exchange_of(session, row))
    return _set(session, at, row, line_id, cost_minor=cost_minor)


def set_new_price(session: Session, at: At, line_id: int, price_minor: int | None) -> ReceivingRow:
    """Set the retail price that holds once the delivery is posted, None for the old one. Raises as `set_cost`."""
    access.require(session, at, Permission.ORDER_GOODS)
    line = _get_line(session, line_id)
    row = require_open(session, at, line.delivery_id)
    if price_minor is not None and not 0 <= price_minor <= MAXIMUM_MINOR:
        raise InvalidInput("price", str(price_minor), "negative" if price_minor < 0 else "too_large")
    if line.edition_id is None:
        raise WrongState("delivery_line", "unknown", "priced")
    return _set(session, at, row, line_id, new_price_minor=price_minor)


def set_delivery_terms(
    session: Session, at: At, delivery_id: int, *, carriage_minor: int, rate_micro: int
) -> DeliveryView:
    """Set what is paid beside the discs (in the shop's currency), and the exchange rate of the invoice in millionths.

    Raises NotFound, WrongState, InvalidInput, NotPermitted.
    """
    access.require(session, at, Permission.ORDER_GOODS)
    row = require_open(session, at, delivery_id)
    if not 0 <= carriage_minor <= MOST_COST_MINOR:
        raise InvalidInput("carriage", str(carriage_minor), "negative" if carriage_minor < 0 else "too_large")
    if not 0 < rate_micro <= _MOST_RATE_MICRO:
        raise InvalidInput("rate", str(rate_micro), "too_large" if rate_micro > 0 else "too_small")
    if row.currency == shop_settings.get_settings(session).currency and rate_micro != RATE_ONE:
        raise InvalidInput("rate", str(rate_micro), "own_currency")
    values = {"carriage_minor": carriage_minor, "rate_micro": rate_micro}
    session.execute(update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(**values))
    return view_delivery(session, at, delivery_id)


def set_number(session: Session, at: At, delivery_id: int, number: str) -> DeliveryView:
    """Note the number of the supplier's delivery note. Raises NotFound, WrongState, InvalidInput, NotPermitted."""
    require_open(session, at, delivery_id)
    text = read_line("number", number, _LONGEST_NUMBER)
    session.execute(update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(number=text))
    return view_delivery(session, at, delivery_id)


def name_line(session: Session, at: At, line_id: int, edition_id: int, *, keep_code: bool = False) -> ReceivingRow:
    """Say which edition an unknown code is; its pieces go to that edition's line. `keep_code` puts it on the edition.

    Raises NotFound, WrongState when the line has a name, InvalidInput for a code that is no barcode, NotPermitted.
    """
    line = _require_unknown(session, line_id)
    row = require_open(session, at, line.delivery_id)
    edition = get_edition(session, edition_id)
    if keep_code:
        add_barcode(session, at, edition.id, line.code)
    audit.record(session, at, "delivery_line_named", edition.title, code=line.code, edition_id=edition.id,
                 delivery_id=line.delivery_id)  # fmt: skip
    return view_line(session, at, row, join_line(session, at, row, line, edition.id))


def make_line_provisional(
    session: Session, at: At, line_id: int, title: str, price_minor: int, approval_id: Approvals | None = None
) -> ReceivingRow:
    """Make a provisional edition of an unknown code, so that its pieces can be booked and sold and named later.

    Raises NotFound, WrongState, InvalidInput, NotPermitted.
    """
    access.require(session, at, Permission.SELL_UNKNOWN, approval_id)
    line = _require_unknown(session, line_id)
    row = require_open(session, at, line.delivery_id)
    edition_id = make_provisional(session, at, line.code, title, price_minor)
    return view_line(session, at, row, join_line(session, at, row, line, edition_id))


def drop_delivery(session: Session, at: At, delivery_id: int) -> DeliveryView:
    """Drop a delivery that was opened by mistake: nothing was booked. Raises NotFound, WrongState, NotPermitted."""
    row = require_open(session, at, delivery_id)
    session.execute(update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(status=DeliveryState.DROPPED.value))
    audit.record(session, at, "delivery_dropped", row.name, number=row.number, delivery_id=delivery_id)
    return view_delivery(session, at, delivery_id)


def require_open(session: Session, at: At, delivery_id: int) -> Any:
    """Return an open delivery's row. Raises NotFound, WrongState, NotPermitted."""
    access.require(session, at, Permission.RECEIVE_GOODS)
    row = get_delivery(session, delivery_id)
    if row.status != DeliveryState.OPEN:
        raise WrongState("delivery", row.status, "received")
    return row


def join_line(session: Session, at: At, delivery: Any, line: Any, edition_id: int) -> Any:
    """Give a line to an edition: it becomes that edition's line, or goes up in the one that is there already."""
    here = (DELIVERY_LINE.c.delivery_id == line.delivery_id, DELIVERY_LINE.c.edition_id == edition_id)
    target = session.execute(select(DELIVERY_LINE).where(*here)).first()
    if target is None:
        cost = line.cost_minor or _usual_cost(session, delivery, edition_id)
        values = {"edition_id": edition_id, "cost_minor": cost, "changed_at": at.now}
        session.execute(update(DELIVERY_LINE).where(DELIVERY_LINE.c.id == line.id).values(**values))
        return _get_line(session, line.id)
    of_line = DELIVERY_SCAN.c.line_id == line.id
    session.execute(update(DELIVERY_SCAN).where(of_line).values(line_id=target.id))
    session.execute(delete(DELIVERY_LINE).where(DELIVERY_LINE.c.id == line.id))
    _refuse_too_many(target.qty + target.damaged_qty + line.qty + line.damaged_qty)
    return _change_line(session, at, target, line.qty, line.damaged_qty)


def _take(
    session: Session, at: At, delivery: Any, edition_id: int | None, code: str, qty: int, damaged: bool
) -> ReceivingRow:
    """Add pieces to the line of an edition, or of an unknown code, and write the scan down."""
    check_qty(qty)
    same = DELIVERY_LINE.c.edition_id == edition_id
    if edition_id is None:
        same = DELIVERY_LINE.c.edition_id.is_(None) & (DELIVERY_LINE.c.code == code)
    line = session.execute(select(DELIVERY_LINE).where(DELIVERY_LINE.c.delivery_id == delivery.id, same)).first()
    if line is None:
        cost = _usual_cost(session, delivery, edition_id) if edition_id is not None else 0
        columns = {"delivery_id": delivery.id, "edition_id": edition_id, "code": code, "cost_minor": cost}
        added = insert(DELIVERY_LINE).values(
            **columns, qty=0, damaged_qty=0, landed_minor=0, settled_minor=0, changed_at=at.now
        )
        line = _get_line(session, int(session.execute(added.returning(DELIVERY_LINE.c.id)).scalar_one()))
    _refuse_too_many(line.qty + line.damaged_qty + qty)
    by, by_damaged = (0, qty) if damaged else (qty, 0)
    _write_scan(session, at, line, by, by_damaged)
    return view_line(session, at, delivery, _change_line(session, at, line, by, by_damaged))


def _refuse_too_many(pieces: int) -> None:
    if pieces > MOST_PIECES:
        raise InvalidInput("quantity", str(pieces), "too_large")


def _write_scan(session: Session, at: At, line: Any, qty: int, damaged_qty: int) -> None:
    row = {
        "delivery_id": line.delivery_id,
        "line_id": line.id,
        "qty": qty,
        "damaged_qty": damaged_qty,
        "scanned_at": at.now,
        "staff_id": at.actor.staff_id or None,
        "till_id": at.till,
    }
    session.execute(insert(DELIVERY_SCAN), [row])


def _change_line(session: Session, at: At, line: Any, by_qty: int, by_damaged: int) -> Any:
    """Change a line's pieces and return it; one that nothing is left of, and no scan tells of, is taken away."""
    values = {"qty": line.qty + by_qty, "damaged_qty": line.damaged_qty + by_damaged, "changed_at": at.now}
    session.execute(update(DELIVERY_LINE).where(DELIVERY_LINE.c.id == line.id).values(**values))
    if values["qty"] or values["damaged_qty"]:
        return _get_line(session, line.id)
    told = exists().where(DELIVERY_SCAN.c.line_id == DELIVERY_LINE.c.id)
    session.execute(delete(DELIVERY_LINE).where(DELIVERY_LINE.c.id == line.id, ~told))
    return None


def _set(session: Session, at: At, delivery: Any, line_id: int, **values: int | None) -> ReceivingRow:
    session.execute(update(DELIVERY_LINE).where(DELIVERY_LINE.c.id == line_id).values(**values, changed_at=at.now))
    return view_line(session, at, delivery, _get_line(session, line_id))


def _usual_cost(session: Session, delivery: Any, edition_id: int) -> int:
    """What a piece is thought to cost: as ordered, else as listed, else (in the shop's currency) as it cost last."""
    ordered = find_open_lines(session, delivery, (edition_id,))
    if ordered:
        return ordered[0].cost_minor
    terms = find_terms(session, delivery.supplier_id, (edition_id,)).get(edition_id)
    if terms is not None:
        return terms.cost_minor
    if delivery.currency != shop_settings.get_settings(session).currency:
        return 0
    last = select(STOCK.c.last_cost_minor).where(STOCK.c.edition_id == edition_id)
    return min(int(session.execute(last).scalar() or 0), MOST_COST_MINOR)


def _by_article(session: Session, supplier_id: int, scanned: Scanned) -> tuple[EditionRow, ...]:
    """Find editions by the supplier's own article number, which stands on some boxes as a code."""
    text = " ".join(scanned.raw.split())
    if not text or scanned.payment_like:
        return ()
    query = select(ARTICLE.c.edition_id).where(ARTICLE.c.supplier_id == supplier_id)
    same = func.lower(ARTICLE.c.number) == text.lower()
    return list_by_ids(session, session.execute(query.where(same)).scalars())


def _unknown_code(scanned: Scanned) -> str:
    """The form in which a code that nobody knows is kept. Raises InvalidInput for one that is no disc's."""
    if scanned.payment_like:
        raise InvalidInput("code", masked(scanned.raw), "payment_code")
    if scanned.kind not in (CodeKind.GTIN, CodeKind.OTHER):
        raise InvalidInput("code", scanned.raw[:_LONGEST_CODE], "not_for_sale")
    forms = scanned.candidates[:1] or plain_code(scanned)
    if not forms:
        raise InvalidInput("code", scanned.raw[:_LONGEST_CODE], "empty" if not scanned.raw.strip() else "too_long")
    return forms[0]


def _usual_carriage(session: Session, supplier: SupplierRow, order_id: int | None) -> int:
    """What a box is likely to cost in carriage, in the shop's currency.

    It is the order's, less what earlier boxes of that order bore: what comes later is not charged twice. Without an
    order it is the supplier's usual one.
    """
    if order_id is None:
        return supplier.exchange(shop_settings.get_settings(session).digits).to_shop(supplier.carriage_minor)
    order = session.execute(select(PURCHASE_ORDER).where(PURCHASE_ORDER.c.id == order_id)).one()
    boxes = select(func.coalesce(func.sum(DELIVERY.c.carriage_minor), 0)).where(DELIVERY.c.order_id == order_id)
    borne = int(session.execute(boxes.where(DELIVERY.c.status != DeliveryState.DROPPED)).scalar_one())
    return max(0, exchange_of(session, order).to_shop(order.carriage_minor) - borne)


def _require_order_of(session: Session, order_id: int, supplier_id: int) -> None:
    query = select(PURCHASE_ORDER.c.status).where(PURCHASE_ORDER.c.id == order_id)
    status = session.execute(query.where(PURCHASE_ORDER.c.supplier_id == supplier_id)).scalar()
    if status is None:
        raise NotFound("purchase_order", order_number(order_id))
    if status not in ON_ITS_WAY:
        raise WrongState("purchase_order", status, OrderState.PARTLY)


def _require_unknown(session: Session, line_id: int) -> Any:
    line = _get_line(session, line_id)
    if line.edition_id is not None:
        raise WrongState("delivery_line", "known", "named")
    if not line.qty + line.damaged_qty:
        raise NotFound("delivery_line", str(line_id))
    return line


def _get_line(session: Session, line_id: int) -> Any:
    line = session.execute(select(DELIVERY_LINE).where(DELIVERY_LINE.c.id == line_id)).first()
    if line is None:
        raise NotFound("delivery_line", str(line_id))
    return line
