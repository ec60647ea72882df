"""What goes back to a supplier: a draft of pieces and reasons, sent, credited.

Sent pieces leave the ledger at their moving cost, used copies at their own; damaged ones that were never booked only
stand on the slip. Whether a supplier takes them back is said (`supplier_return_views`) and never forced.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Permission
from av_pos.domain.states import CopyStatus, SupplierReturnState
from av_pos.domain.stock import StockReason, take_cost
from av_pos.errors import AlreadySold, InvalidInput, NotFound, WrongState
from av_pos.models import COPY, STOCK
from av_pos.models.purchasing import DELIVERY, DELIVERY_LINE, SUPPLIER_RETURN, SUPPLIER_RETURN_LINE
from av_pos.services import access, audit, shop_settings, stock
from av_pos.services.articles import MOST_COST_MINOR, find_terms
from av_pos.services.edition_store import get_row, shop_day
from av_pos.services.purchase_orders import check_qty
from av_pos.services.supplier_return_views import ReturnReason, ReturnView, get_return, view_return
from av_pos.services.suppliers import require_supplier
from av_pos.services.typed_text import read_line

ORIGIN = "supplier_return"
"""What the ledger calls a return to a supplier."""

_LONGEST_NOTE = 2000
_SEND_COPY = (
    update(COPY)
    .where(COPY.c.id == bindparam("copy"), COPY.c.status == CopyStatus.IN_STOCK.value)
    .values(status=CopyStatus.SENT_BACK.value)
    .returning(COPY.c.cost_minor)
)


@dataclass(frozen=True, slots=True)
class SupplierReturnOutcome:
    """A return went to another state; what left the stock with it, and what those pieces had cost the shop."""

    return_id: int
    supplier_id: int
    supplier_name: str
    status: str
    edition_ids: tuple[int, ...] = ()
    cost_minor: int = 0


_LINE = SUPPLIER_RETURN_LINE.c


def begin_return(session: Session, at: At, supplier_id: int, note: str = "") -> ReturnView:
    """Begin a draft of what goes back to a supplier. Raises NotFound, InvalidInput, NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    supplier = require_supplier(session, supplier_id)
    values = {
        "supplier_id": supplier_id,
        "status": SupplierReturnState.DRAFT.value,
        "note": read_line("note", note, _LONGEST_NOTE),
        "created_at": at.now,
        "created_by": at.actor.staff_id or None,
    }
    added = insert(SUPPLIER_RETURN).values(**values).returning(SUPPLIER_RETURN.c.id)
    return_id = int(session.execute(added).scalar_one())
    audit.record(session, at, "supplier_return_begun", supplier.name, return_id=return_id)
    return view_return(session, at, return_id)


def add_return_line(
    session: Session, at: At, return_id: int, edition_id: int, *, qty: int = 1, reason: str = ReturnReason.UNSOLD
) -> ReturnView:
    """Lay new pieces of an edition into a draft; the same for the same reason again gets so many more.

    Raises NotFound, WrongState, InvalidInput, NotPermitted.
    """
    row = _require_draft(session, at, return_id)
    edition = get_row(session, edition_id)
    same = select(_LINE.id, _LINE.qty).where(_LINE.return_id == return_id, _LINE.edition_id == edition.id)
    same = same.where(_LINE.copy_id.is_(None), _LINE.reason == _read_reason(reason), _LINE.is_on_hand)
    line = session.execute(same).first()
    if line is not None:
        return change_return_line(session, at, line.id, qty=line.qty + check_qty(qty))
    cost = _usual_cost(session, row.supplier_id, edition.id)
    _add_line(session, return_id, edition.id, None, check_qty(qty), cost, reason)
    return view_return(session, at, return_id)


def add_return_copy(
    session: Session, at: At, return_id: int, copy_id: int, *, reason: str = ReturnReason.DAMAGED
) -> ReturnView:
    """Lay one used (damaged, signed) copy into a draft. Raises NotFound, WrongState, InvalidInput, NotPermitted."""
    row = _require_draft(session, at, return_id)
    copy = session.execute(select(COPY).where(COPY.c.id == copy_id)).first()
    if copy is None:
        raise NotFound("copy", str(copy_id))
    if copy.status != CopyStatus.IN_STOCK:
        raise WrongState("copy", copy.status, CopyStatus.SENT_BACK)
    there = select(_LINE.id).where(_LINE.return_id == return_id, _LINE.copy_id == copy_id)
    if session.execute(there).first() is None:
        cost = _usual_cost(session, row.supplier_id, copy.edition_id)
        _add_line(session, return_id, copy.edition_id, copy_id, 1, cost, reason)
    return view_return(session, at, return_id)


def change_return_line(
    session: Session, at: At, line_id: int, *, qty: int | None = None, cost_minor: int | None = None
) -> ReturnView:
    """Change pieces, or the cost that is claimed for each, of a draft's line. Raises as `add_return_line`."""
    line = _get_line(session, line_id)
    _require_draft(session, at, line.return_id)
    values = {
        "qty": line.qty if qty is None else check_qty(qty),
        "cost_minor": line.cost_minor if cost_minor is None else _check_amount("cost", cost_minor),
    }
    if line.copy_id is not None and values["qty"] != 1:
        raise InvalidInput("quantity", str(qty), "too_large")
    session.execute(update(SUPPLIER_RETURN_LINE).where(_LINE.id == line_id).values(**values))
    return view_return(session, at, line.return_id)


def remove_return_line(session: Session, at: At, line_id: int) -> ReturnView:
    """Take a line out of a draft. Raises NotFound, WrongState, NotPermitted."""
    line = _get_line(session, line_id)
    _require_draft(session, at, line.return_id)
    session.execute(delete(SUPPLIER_RETURN_LINE).where(_LINE.id == line_id))
    return view_return(session, at, line.return_id)


def send_return(session: Session, at: At, return_id: int) -> SupplierReturnOutcome:
    """Send a draft: its pieces leave the stock at their moving cost, its copies at theirs.

    Raises NotFound, WrongState (no draft, empty), InvalidInput on `quantity` for more than is on hand, AlreadySold for
    a copy that went elsewhere, NotPermitted.
    """
    row = _require_draft(session, at, return_id)
    lines = session.execute(select(SUPPLIER_RETURN_LINE).where(_LINE.return_id == return_id).order_by(_LINE.id)).all()
    if not lines:
        raise WrongState("supplier_return", "empty", SupplierReturnState.SENT)
    today = shop_day(at, shop_settings.get_settings(session))
    cost_minor = sum(_move_out(session, at, line, today) for line in lines if line.is_on_hand)
    values = {"status": SupplierReturnState.SENT.value, "sent_at": at.now, "sent_on": today}
    session.execute(update(SUPPLIER_RETURN).where(SUPPLIER_RETURN.c.id == return_id).values(**values))
    audit.record(session, at, "supplier_return_sent", row.name, amount_minor=cost_minor,
                 pieces=sum(line.qty for line in lines), return_id=return_id)  # fmt: skip
    left = tuple(sorted({line.edition_id for line in lines if line.is_on_hand}))
    return SupplierReturnOutcome(return_id, row.supplier_id, row.name, SupplierReturnState.SENT, left, cost_minor)


def credit_return(session: Session, at: At, return_id: int, credited_minor: int) -> SupplierReturnOutcome:
    """Note what the supplier gave for a return, in its currency. Raises NotFound, WrongState, InvalidInput."""
    access.require(session, at, Permission.ORDER_GOODS)
    row = get_return(session, return_id)
    if row.status != SupplierReturnState.SENT:
        raise WrongState("supplier_return", row.status, SupplierReturnState.CREDITED)
    values = {"status": SupplierReturnState.CREDITED.value, "credited_at": at.now,
              "credited_minor": _check_amount("amount", credited_minor)}  # fmt: skip
    session.execute(update(SUPPLIER_RETURN).where(SUPPLIER_RETURN.c.id == return_id).values(**values))
    amount = i18n.format_amount(credited_minor, i18n.currency(row.currency).digits)
    audit.record(session, at, "supplier_return_credited", row.name, credited=f"{amount} {row.currency}",
                 return_id=return_id)  # fmt: skip
    return SupplierReturnOutcome(return_id, row.supplier_id, row.name, SupplierReturnState.CREDITED)


def drop_return(session: Session, at: At, return_id: int) -> SupplierReturnOutcome:
    """Drop a draft: everything stays where it is. Raises NotFound, WrongState, NotPermitted."""
    row = _require_draft(session, at, return_id)
    dropped = {"status": SupplierReturnState.DROPPED.value}
    session.execute(update(SUPPLIER_RETURN).where(SUPPLIER_RETURN.c.id == return_id).values(**dropped))
    audit.record(session, at, "supplier_return_dropped", row.name, return_id=return_id)
    return SupplierReturnOutcome(return_id, row.supplier_id, row.name, SupplierReturnState.DROPPED)


def _move_out(session: Session, at: At, line: Any, today: date) -> int:
    """Take a line's pieces out of the stock; return what they had cost the shop."""
    if line.copy_id is not None:
        sent = session.execute(_SEND_COPY, {"copy": line.copy_id}).first()
        if sent is None:
            raise AlreadySold(shop_code(CodeKind.COPY, line.copy_id))
        cost = int(sent.cost_minor)
    else:
        held = session.execute(select(STOCK).where(STOCK.c.edition_id == line.edition_id)).one()
        if held.on_hand_qty < line.qty:
            raise InvalidInput("quantity", str(held.on_hand_qty), "not_on_hand")
        cost = take_cost(held.on_hand_qty, held.value_minor, line.qty, held.last_cost_minor)
    stock.move(
        session, at, line.edition_id, -line.qty, StockReason.SUPPLIER_RETURN, cost_minor=-cost, business_on=today,
        copy_id=line.copy_id, origin=ORIGIN, origin_id=line.return_id,
    )  # fmt: skip
    return cost


def _usual_cost(session: Session, supplier_id: int, edition_id: int) -> int:
    """What a piece cost when it came from this supplier last, else what its list says."""
    query = (
        select(DELIVERY_LINE.c.cost_minor)
        .join(DELIVERY, DELIVERY.c.id == DELIVERY_LINE.c.delivery_id)
        .where(DELIVERY.c.supplier_id == supplier_id, DELIVERY.c.posted_on.is_not(None))
        .where(DELIVERY_LINE.c.edition_id == edition_id)
        .order_by(DELIVERY.c.id.desc())
        .limit(1)
    )
    last = session.execute(query).scalar()
    if last is not None:
        return int(last)
    terms = find_terms(session, supplier_id, (edition_id,)).get(edition_id)
    return terms.cost_minor if terms else 0


def _add_line(
    session: Session, return_id: int, edition_id: int, copy_id: int | None, qty: int, cost_minor: int, reason: str
) -> None:
    columns = {"return_id": return_id, "edition_id": edition_id, "copy_id": copy_id, "qty": qty}
    columns |= {"cost_minor": cost_minor}
    session.execute(insert(SUPPLIER_RETURN_LINE).values(**columns, reason=_read_reason(reason), is_on_hand=True))


def _read_reason(reason: str) -> str:
    if reason not in set(ReturnReason):
        raise InvalidInput("reason", reason[:40], "not_a_choice")
    return str(reason)


def _check_amount(name: str, minor: int) -> int:
    if not 0 <= minor <= MOST_COST_MINOR:
        raise InvalidInput(name, str(minor), "negative" if minor < 0 else "too_large")
    return minor


def _require_draft(session: Session, at: At, return_id: int) -> Any:
    access.require(session, at, Permission.ORDER_GOODS)
    row = get_return(session, return_id)
    if row.status != SupplierReturnState.DRAFT:
        raise WrongState("supplier_return", row.status, "changed")
    return row


def _get_line(session: Session, line_id: int) -> Any:
    line = session.execute(select(SUPPLIER_RETURN_LINE).where(_LINE.id == line_id)).first()
    if line is None:
        raise NotFound("supplier_return_line", str(line_id))
    return line
