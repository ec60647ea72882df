"""The open basket of a till: scan, change, discount. Every change is committed before the screen shows it.

Each change returns the whole basket, priced, as `BasketOutcome`; what a scan turned out to be is a `ScanOutcome`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain import codes, pricing
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, Scanned
from av_pos.domain.permissions import Permission, Role
from av_pos.errors import AlreadySold, InvalidInput, LimitExceeded, NotFound, PriceBelowFloor, WrongState
from av_pos.models import BASKET, BASKET_LINE, BASKET_RETURN, EDITION
from av_pos.services import access, audit, editions, shifts, shop_settings
from av_pos.services.basket_view import (
    FIND_OPEN,
    GET,
    LINES,
    AnyRow,
    BasketView,
    names_of,
)
from av_pos.services.basket_view import view_of as view_of
from av_pos.services.editions import EditionRow

MOST_PIECES = 999


class ScanResult(StrEnum):
    """What came of a scan."""

    ADDED = "added"
    CHOOSE = "choose"
    UNKNOWN = "unknown"
    PAYMENT_CODE = "payment_code"
    HELD_BASKET = "held_basket"
    MEMBER = "member"
    VOUCHER = "voucher"
    RECEIPT = "receipt"
    COUPON = "coupon"
    NOT_HERE = "not_here"


@dataclass(frozen=True, slots=True)
class BasketOutcome:
    """The basket after a change; `line_id` is the line that changed, None for the whole."""

    view: BasketView
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """What a scan did. `choices` are the editions that share the code; `number` is N of a shop code."""

    result: ScanResult
    view: BasketView
    code: str = ""
    kind: CodeKind = CodeKind.OTHER
    line_id: int | None = None
    choices: tuple[EditionRow, ...] = ()
    number: int | None = None
    check_failed: bool = False


_OTHER_PAPER = {
    CodeKind.HELD_BASKET: ScanResult.HELD_BASKET,
    CodeKind.VOUCHER: ScanResult.VOUCHER,
    CodeKind.RECEIPT: ScanResult.RECEIPT,
}
"""What the screen goes on with: it is no disc, and the till knows what to do with it."""

_SAME_LINE = select(BASKET_LINE.c.id, BASKET_LINE.c.qty).where(
    BASKET_LINE.c.basket_id == bindparam("basket"),
    BASKET_LINE.c.edition_id == bindparam("edition"),
    BASKET_LINE.c.copy_id.is_(None),
    BASKET_LINE.c.override_minor.is_(None),
    BASKET_LINE.c.discount_kind == "",
)
_LAST_POSITION = select(func.coalesce(func.max(BASKET_LINE.c.position), 0)).where(
    BASKET_LINE.c.basket_id == bindparam("basket")
)
_ADD_LINE = insert(BASKET_LINE).returning(BASKET_LINE.c.id)
_DELETE = delete(BASKET).where(BASKET.c.id == bindparam("basket"))
_SET_QTY = update(BASKET_LINE).where(BASKET_LINE.c.id == bindparam("line")).values(qty=bindparam("new_qty"))


def add(session: Session, at: At, raw: str) -> ScanOutcome:
    """Add what was scanned. Never refuses for stock: the disc is in the customer's hand.

    Raises AlreadySold for a used copy that is gone, WrongState when the copy is in a basket already, NotPermitted.
    """
    access.require(session, at, Permission.SELL)
    scanned = codes.read_code(raw)
    if scanned.kind is CodeKind.COPY and scanned.number is not None:
        return add_copy(session, at, scanned.number)
    if scanned.kind is CodeKind.MEMBER and scanned.number is not None:
        return _add_member_card(session, at, raw)
    if scanned.kind in _OTHER_PAPER:
        result = _OTHER_PAPER[scanned.kind]
        return ScanOutcome(result, view_of(session, at), raw, scanned.kind, number=scanned.number)
    found = editions.find_by_code(session, scanned)
    if not found and (named := _named_otherwise(session, at, raw)) is not None:
        return named
    if len(found) == 1:
        return _add_found(session, at, found[0], check_failed=_looks_misread(scanned))
    result = _not_added(scanned, found)
    # A payment code is never kept whole, not even on the screen.
    shown = codes.masked(raw) if result is ScanResult.PAYMENT_CODE else raw
    return ScanOutcome(result, view_of(session, at), shown, scanned.kind, choices=found, number=scanned.number)


def add_edition(session: Session, at: At, edition_id: int, beside_id: int | None = None) -> ScanOutcome:
    """Add one piece of an edition: one more on its line, or a new line. Raises NotFound, NotPermitted, InvalidInput.

    `beside_id` is the disc in the basket that it was suggested beside.
    """
    access.require(session, at, Permission.SELL)
    edition = editions.get_edition(session, edition_id)
    return _add_found(session, at, edition, beside_id=beside_id)


def add_copy(session: Session, at: At, copy_id: int) -> ScanOutcome:
    """Add one used copy. Raises NotFound, AlreadySold, WrongState when it lies in a basket already, NotPermitted."""
    access.require(session, at, Permission.SELL)
    copy = editions.find_copy(session, copy_id)
    code = codes.shop_code(CodeKind.COPY, copy_id)
    if copy is None:
        raise NotFound("copy", code)
    if copy.status == "sold":
        raise AlreadySold(code, copy.title)
    if copy.status != "in_stock":
        raise WrongState("copy", copy.status, "in_stock")
    basket_id = open_basket(session, at)
    holder = session.execute(select(BASKET_LINE.c.basket_id).where(BASKET_LINE.c.copy_id == copy_id)).scalar()
    if holder is not None:
        raise WrongState("copy", "in_this_basket" if holder == basket_id else "in_other_basket")
    line_id = _add_line(session, basket_id, copy.edition_id, copy_id, copy.price_minor, code)
    return ScanOutcome(ScanResult.ADDED, view_of(session, at), code, CodeKind.COPY, line_id=line_id)


def add_unknown(
    session: Session, at: At, code: str, title: str, price_minor: int, approval_id: int | None = None
) -> BasketOutcome:
    """Sell a disc nobody entered: a provisional edition with a typed price, to be linked later. Raises NotPermitted."""
    approver = access.require(session, at, Permission.SELL_UNKNOWN, approval_id)
    # Writing to the catalogue is rare at the till; its files would make every start wait.
    from av_pos.services import provisional

    edition_id = provisional.make_provisional(session, at, code, title, price_minor)
    audit.record(session, at, "sold_unknown", code, amount_minor=price_minor, approved_by=approver, title=title)
    basket_id = open_basket(session, at)
    line_id = _add_line(session, basket_id, edition_id, None, price_minor, code, approved_by=approver)
    return BasketOutcome(view_of(session, at), line_id)


def set_quantity(session: Session, at: At, line_id: int, qty: int) -> BasketOutcome:
    """Set the pieces of a line; 0 removes it. Fewer pieces are logged like a removal. Raises InvalidInput, NotFound."""
    if qty == 0:
        return remove_line(session, at, line_id)
    line = _line(session, at, line_id)
    if line.copy_id is not None and qty != 1:
        raise InvalidInput("quantity", str(qty), "one_copy")
    _write_qty(session, line_id, qty)
    if qty < line.qty:
        _log_removed(session, at, line, line.qty - qty)
    return BasketOutcome(view_of(session, at), line_id)


def remove_line(session: Session, at: At, line_id: int) -> BasketOutcome:
    """Take a line out of the basket, logged; with the last one the basket itself goes. Raises NotFound."""
    line = _line(session, at, line_id)
    session.execute(delete(BASKET_LINE).where(BASKET_LINE.c.id == line_id))
    drop_empty(session, at)
    _log_removed(session, at, line, line.qty)
    return BasketOutcome(view_of(session, at))


def discount_line(
    session: Session, at: At, line_id: int, discount: pricing.Discount | None, approval_id: int | None = None
) -> BasketOutcome:
    """Take something off one line, with its reason; None takes the discount away.

    Raises LimitExceeded above the role's limit unless approved, InvalidInput for a discount without a reason.
    """
    held = _line(session, at, line_id)
    kept = held.approved_by if held.override_minor is not None or held.is_provisional else ""
    approver = access.require(session, at, Permission.DISCOUNT_LINE) if discount else ""
    changed = _discount_values(discount) | {"approved_by": kept}
    session.execute(update(BASKET_LINE).where(BASKET_LINE.c.id == line_id).values(**changed))
    view = view_of(session, at)
    if discount:
        line = next(row for row in view.lines if row.line_id == line_id)
        # Held against the limit is what a person gives, not what the shop's own rules took off before.
        off_minor = sum(r.amount_minor for r in line.reductions if r.kind == "line_discount")
        given_bp = pricing.discount_bp_of(line.amount_minor + off_minor, line.amount_minor)
        approver = _within_limit(session, at, Permission.DISCOUNT_LINE, given_bp, approval_id) or approver
        names = names_of(kept, approver)
        session.execute(update(BASKET_LINE).where(BASKET_LINE.c.id == line_id).values(approved_by=names))
        audit.record(session, at, "line_discount", line.title, amount_minor=off_minor, approved_by=approver,
                     reason=discount.reason)  # fmt: skip
    return BasketOutcome(view, line_id)


def discount_basket(
    session: Session, at: At, discount: pricing.Discount | None, approval_id: int | None = None
) -> BasketOutcome:
    """Take something off the whole basket, with its reason; None takes the discount away. Raises as `discount_line`."""
    approver = access.require(session, at, Permission.DISCOUNT_BASKET) if discount else ""
    basket_id = open_basket(session, at)
    basket = session.execute(GET, {"basket": basket_id}).one()
    kept = basket.approved_by if basket.round_unit_minor else ""
    changed = _discount_values(discount) | {"approved_by": kept}
    session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(**changed))
    view = view_of(session, at)
    if discount:
        off_minor = sum(r.amount_minor for r in view.reductions if r.kind == "basket_discount")
        given_bp = pricing.discount_bp_of(view.subtotal_minor, view.subtotal_minor - off_minor)
        approver = _within_limit(session, at, Permission.DISCOUNT_BASKET, given_bp, approval_id) or approver
        names = names_of(kept, approver)
        session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(approved_by=names))
        audit.record(
            session, at, "basket_discount", amount_minor=off_minor, approved_by=approver, reason=discount.reason
        )
    return BasketOutcome(view)


def override_price(
    session: Session, at: At, line_id: int, price_minor: int, reason: str, approval_id: int | None = None
) -> BasketOutcome:
    """Sell a line at another price. Raises NotPermitted, PriceBelowFloor, InvalidInput."""
    approver = access.require(session, at, Permission.OVERRIDE_PRICE, approval_id)
    line = _line(session, at, line_id)
    if price_minor < 0:
        raise InvalidInput("price", str(price_minor), "negative")
    _require_reason(reason)
    floor = session.execute(select(EDITION.c.floor_minor).where(EDITION.c.id == line.edition_id)).scalar_one()
    if line.copy_id is None and price_minor < floor:
        raise PriceBelowFloor(price_minor, floor)
    names = names_of(line.approved_by if line.discount_kind or line.is_provisional else "", approver)
    changed = {"override_minor": price_minor, "override_reason": reason, "approved_by": names}
    session.execute(update(BASKET_LINE).where(BASKET_LINE.c.id == line_id).values(**changed))
    audit.record(session, at, "price_override", line.title, amount_minor=price_minor, approved_by=approver,
                 reason=reason, list_minor=line.list_minor)  # fmt: skip
    return BasketOutcome(view_of(session, at), line_id)


def round_off(session: Session, at: At, approval_id: int | None = None) -> BasketOutcome:
    """Round the total off as the shop does (抹零), or take the round-off away again. Raises LimitExceeded."""
    approver = access.require(session, at, Permission.ROUND_OFF)
    settings = shop_settings.get_settings(session)
    basket_id = open_basket(session, at)
    basket = session.execute(GET, {"basket": basket_id}).one()
    on, kept = basket.round_unit_minor == 0, basket.approved_by if basket.discount_kind else ""
    unit = settings.round_unit_minor if on else 0
    changed = {"round_unit_minor": unit, "round_mode": settings.round_mode, "approved_by": kept}
    session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(**changed))
    view = view_of(session, at)
    off_minor = sum(r.amount_minor for r in view.reductions if r.kind == "round_off")
    limit = settings.limits(at.actor.role).round_off_minor
    if off_minor > limit:
        excess = LimitExceeded(Permission.ROUND_OFF, off_minor, limit, "minor")
        approver = access.require_above(session, at, excess, approval_id)
        names = names_of(kept, approver)
        session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(approved_by=names))
    if on:
        audit.record(session, at, "round_off", amount_minor=off_minor, approved_by=approver)
    return BasketOutcome(view)


def set_member(session: Session, at: At, member_id: int | None) -> BasketOutcome:
    """Say whose basket this is; None takes the member off. Raises NotPermitted, NotFound, WrongState when suspended."""
    access.require(session, at, Permission.SERVE_MEMBERS)
    if member_id is not None:
        from av_pos.services import members

        member_id = members.require_active(session, member_id)
    basket_id = open_basket(session, at)
    session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(member_id=member_id))
    return BasketOutcome(view_of(session, at))


def add_coupon(session: Session, at: At, code: str) -> BasketOutcome:
    """Let a coupon's rule fire in this basket. Raises NotFound for an unknown code, WrongState when it is used up."""
    access.require(session, at, Permission.SELL)
    from av_pos.services.coupons import get_usable_coupon

    basket_id = open_basket(session, at)
    basket = session.execute(GET, {"basket": basket_id}).one()
    coupon = get_usable_coupon(session, code, basket.member_id)
    kept = basket.coupons.split()
    if coupon.code not in kept:
        values = {"coupons": " ".join([*kept, coupon.code])}
        session.execute(update(BASKET).where(BASKET.c.id == basket_id).values(**values))
    return BasketOutcome(view_of(session, at))


def drop_coupons(session: Session, at: At) -> BasketOutcome:
    """Take all coupons off the basket again. Raises NotPermitted."""
    access.require(session, at, Permission.SELL)
    session.execute(update(BASKET).where(BASKET.c.id == open_basket(session, at)).values(coupons=""))
    return BasketOutcome(view_of(session, at))


def clear(session: Session, at: At) -> BasketOutcome:
    """Drop the whole basket, logged line by line."""
    basket = session.execute(FIND_OPEN, {"till": at.till}).first()
    if basket is not None:
        for line in session.execute(LINES, {"basket": basket.id}).all():
            _log_removed(session, at, line, line.qty)
        delete_basket(session, basket.id)
    return BasketOutcome(view_of(session, at))


def open_basket(session: Session, at: At) -> int:
    """Return the id of the till's open basket; one is begun when there is none."""
    row = session.execute(FIND_OPEN, {"till": at.till}).first()
    if row is not None:
        return int(row.id)
    shifts.register_till(session, at.till)
    opened = insert(BASKET).values(till_id=at.till, opened_at=at.now).returning(BASKET.c.id)
    return int(session.execute(opened).scalar_one())


def drop_empty(session: Session, at: At) -> None:
    """Take away an open basket in which nothing lies any more, with all that was set for its customer."""
    filled = select(BASKET_LINE.c.id).where(BASKET_LINE.c.basket_id == BASKET.c.id).exists()
    comes_back = select(BASKET_RETURN.c.id).where(BASKET_RETURN.c.basket_id == BASKET.c.id).exists()
    is_open = (BASKET.c.till_id == at.till) & BASKET.c.held_at.is_(None)
    session.execute(delete(BASKET).where(is_open, ~filled, ~comes_back))


def delete_basket(session: Session, basket_id: int) -> None:
    """Take a basket off the till, because it was sold or dropped."""
    session.execute(_DELETE, {"basket": basket_id})


def _not_added(scanned: Scanned, found: tuple[EditionRow, ...]) -> ScanResult:
    if found:
        return ScanResult.CHOOSE
    if scanned.payment_like:
        return ScanResult.PAYMENT_CODE
    if scanned.may_be_edition:
        return ScanResult.UNKNOWN
    return ScanResult.NOT_HERE


def _add_found(
    session: Session, at: At, edition: EditionRow, *, beside_id: int | None = None, check_failed: bool = False
) -> ScanOutcome:
    basket_id = open_basket(session, at)
    same = session.execute(_SAME_LINE, {"basket": basket_id, "edition": edition.id}).first()
    if same is None:
        line_id = _add_line(
            session, basket_id, edition.id, None, edition.price_minor, edition.code, beside_id=beside_id
        )
    else:
        line_id = same.id
        _write_qty(session, line_id, same.qty + 1)
    return ScanOutcome(ScanResult.ADDED, view_of(session, at), edition.code, line_id=line_id, check_failed=check_failed)


def _add_member_card(session: Session, at: At, raw: str) -> ScanOutcome:
    from av_pos.services import members

    member_id = members.get_by_card(session, raw)
    view = set_member(session, at, member_id).view
    return ScanOutcome(ScanResult.MEMBER, view, raw, CodeKind.MEMBER)


def _named_otherwise(session: Session, at: At, raw: str) -> ScanOutcome | None:
    """No disc bears the code: it may be a member's older card or a coupon."""
    from av_pos.services import coupons, members

    member_id = members.find_by_card(session, raw)
    if member_id is not None:
        return ScanOutcome(ScanResult.MEMBER, set_member(session, at, member_id).view, raw)
    if coupons.find_coupon(session, raw) is not None:
        return ScanOutcome(ScanResult.COUPON, add_coupon(session, at, raw).view, raw)
    return None


def _looks_misread(scanned: Scanned) -> bool:
    return scanned.kind is CodeKind.GTIN and not scanned.check_ok


def _add_line(
    session: Session,
    basket_id: int,
    edition_id: int,
    copy_id: int | None,
    list_minor: int,
    code: str,
    *,
    approved_by: str = "",
    beside_id: int | None = None,
) -> int:
    position = session.execute(_LAST_POSITION, {"basket": basket_id}).scalar_one() + 1
    row = {
        "basket_id": basket_id,
        "position": position,
        "edition_id": edition_id,
        "copy_id": copy_id,
        "qty": 1,
        "list_minor": list_minor,
        "code": code[:40],
        "approved_by": approved_by,
        "beside_id": beside_id,
    }
    return int(session.execute(_ADD_LINE, row).scalar_one())


def _write_qty(session: Session, line_id: int, qty: int) -> None:
    if not 1 <= qty <= MOST_PIECES:
        raise InvalidInput("quantity", str(qty), "too_large" if qty > 0 else "negative")
    session.execute(_SET_QTY, {"line": line_id, "new_qty": qty})


def _line(session: Session, at: At, line_id: int) -> AnyRow:
    """Return a line of this till's open basket; another till's line is not found."""
    basket = session.execute(FIND_OPEN, {"till": at.till}).first()
    rows = session.execute(LINES, {"basket": basket.id}).all() if basket else ()
    for row in rows:
        if row.id == line_id:
            return row
    raise NotFound("basket_line", str(line_id))


def _log_removed(session: Session, at: At, line: AnyRow, qty: int) -> None:
    price = pricing.unit_price(line.list_minor, line.override_minor)
    shift = shifts.find_open(session, at.till)
    audit.record(session, at, "line_removed", line.title, amount_minor=price * qty,
                 shift_id=shift.shift_id if shift else None, qty=qty, code=line.code)  # fmt: skip


def _discount_values(discount: pricing.Discount | None) -> dict[str, Any]:
    if discount is None:
        return {"discount_kind": "", "discount_value": 0, "discount_reason": ""}
    _require_reason(discount.reason)
    return {
        "discount_kind": discount.kind,
        "discount_value": discount.value,
        "discount_reason": discount.reason,
    }


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("reason", "", "empty")


def _within_limit(session: Session, at: At, permission: Permission, given_bp: int, approval_id: int | None) -> str:
    limit = shop_settings.get_settings(session).limits(at.actor.role).discount_bp
    if given_bp <= limit:
        # Whoever completes the sale later may have a lower limit: the name says who stood for it.
        return at.actor.name if at.actor.role == Role.MANAGER else ""
    return access.require_above(session, at, LimitExceeded(permission, given_bp, limit), approval_id)
