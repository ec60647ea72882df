"""Suppliers: who sells to the shop, on which terms, and how long each takes as its own deliveries show.

A supplier that nothing refers to is deleted; one that was used stays in the books and is no longer shown.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.at import At
from av_pos.domain.money import parse_amount, parse_quantity
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import RATE_ONE, Exchange, LeadTime, lead_time
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.i18n import format_amount
from av_pos.models.purchasing import (
    ARTICLE,
    DELIVERY,
    DELIVERY_FILL,
    DELIVERY_LINE,
    ORDER_LINE,
    PURCHASE_ORDER,
    SUPPLIER,
    SUPPLIER_RETURN,
)
from av_pos.services import access, audit, shop_settings
from av_pos.services.typed_text import read_line

_RATE_DIGITS = 6
_MOST_RATE_MICRO = 10_000 * RATE_ONE
_MOST_DAYS = 3650
_MOST_TERMS_MINOR = 9_999_999_99
_LENGTHS = {"name": 80, "contact": 80, "phone": 40, "email": 120, "address": 400, "customer_number": 40, "note": 2000}
_LAST_DELIVERIES = 20


@dataclass(frozen=True, slots=True)
class SupplierDraft:
    """A supplier as typed in; amounts are in its currency, a blank one is nothing.

    `rate` is what one whole unit of its currency is worth in the shop's, and is left out where they are the same.
    """

    name: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    customer_number: str = ""
    language: str = "zh_CN"
    currency: str = "CNY"
    rate: str = ""
    lead_days: str = "14"
    minimum: str = ""
    carriage: str = ""
    is_returnable: bool = False
    return_days: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier. `lead_days` is what it says, `seen` what its last twenty deliveries show, None below three."""

    supplier_id: int
    name: str
    contact: str
    phone: str
    email: str
    address: str
    customer_number: str
    language: str
    currency: str
    rate_micro: int
    lead_days: int
    minimum_minor: int
    carriage_minor: int
    is_returnable: bool
    return_days: int
    note: str
    is_deleted: bool
    seen: LeadTime | None = None

    def exchange(self, shop_digits: int) -> Exchange:
        """How its amounts become the shop's, whose currency has `shop_digits` decimals."""
        return Exchange(self.rate_micro, i18n.currency(self.currency).digits, shop_digits)


_COLUMNS = [SUPPLIER.c[name] for name in SupplierRow.__slots__ if name not in ("supplier_id", "seen")]
_ROWS = select(SUPPLIER.c.id, *_COLUMNS)


def add_supplier(session: Session, at: At, draft: SupplierDraft) -> SupplierRow:
    """Add a supplier. Raises InvalidInput by field, NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    values = _read(session, draft)
    _require_new_name(session, values["name"])
    columns = {**values, "is_deleted": False, "created_at": at.now, "changed_at": at.now}
    supplier_id = int(session.execute(insert(SUPPLIER).values(**columns).returning(SUPPLIER.c.id)).scalar_one())
    audit.record(session, at, "supplier_added", values["name"], supplier_id=supplier_id)
    return get_supplier(session, supplier_id)


def change_supplier(session: Session, at: At, supplier_id: int, draft: SupplierDraft) -> SupplierRow:
    """Change a supplier; what was ordered and delivered keeps the terms of its day.

    The currency stays while articles or anything ordered are reckoned in it. Raises InvalidInput by field, NotFound,
    WrongState, NotPermitted.
    """
    access.require(session, at, Permission.ORDER_GOODS)
    before = require_supplier(session, supplier_id)
    values = _read(session, draft)
    _require_new_name(session, values["name"], supplier_id)
    if values["currency"] != before.currency and _is_used(session, supplier_id):
        raise WrongState("supplier", "currency_in_use", values["currency"])
    changed = {name: (getattr(before, name), value) for name, value in values.items() if getattr(before, name) != value}
    if changed:
        session.execute(update(SUPPLIER).where(SUPPLIER.c.id == supplier_id).values(**values, changed_at=at.now))
        audit.record(session, at, "supplier_changed", values["name"], supplier_id=supplier_id,
                     before={name: pair[0] for name, pair in changed.items()},
                     after={name: pair[1] for name, pair in changed.items()})  # fmt: skip
    return get_supplier(session, supplier_id)


def remove_supplier(session: Session, at: At, supplier_id: int) -> None:
    """Take a supplier away; one that was used is kept for the books and shown no longer.

    Raises NotFound, WrongState while something is ordered, being received or waits to go back, NotPermitted.
    """
    access.require(session, at, Permission.ORDER_GOODS)
    row = require_supplier(session, supplier_id)
    if session.execute(select(_is_busy(supplier_id))).scalar_one():
        raise WrongState("supplier", "busy", "removed")
    if _is_used(session, supplier_id):
        pass_preference_on(session, supplier_id)
        gone = update(SUPPLIER).where(SUPPLIER.c.id == supplier_id).values(is_deleted=True, changed_at=at.now)
        session.execute(gone)
    else:
        session.execute(delete(SUPPLIER).where(SUPPLIER.c.id == supplier_id))
    audit.record(session, at, "supplier_removed", row.name, supplier_id=supplier_id)


def pass_preference_on(session: Session, supplier_id: int, edition_id: int | None = None) -> None:
    """Prefer a supplier no longer, for one edition or for all: of those left the one longest known is preferred."""
    own, other, preferred = (ARTICLE.alias(name) for name in ("own", "other", "preferred"))
    listed = ARTICLE.c.edition_id.in_(select(own.c.edition_id).where(own.c.supplier_id == supplier_id))
    is_settled = exists().where(preferred.c.edition_id == ARTICLE.c.edition_id, preferred.c.is_preferred)
    heir = (
        select(func.min(other.c.supplier_id))
        .join(SUPPLIER, SUPPLIER.c.id == other.c.supplier_id)
        .where(other.c.edition_id == ARTICLE.c.edition_id, other.c.supplier_id != supplier_id, ~SUPPLIER.c.is_deleted)
        .correlate(ARTICLE)
        .scalar_subquery()
    )
    here = [ARTICLE.c.edition_id == edition_id] if edition_id is not None else []
    liked = (ARTICLE.c.supplier_id == supplier_id, ARTICLE.c.is_preferred, *here)
    session.execute(update(ARTICLE).where(*liked).values(is_preferred=False))
    session.execute(
        update(ARTICLE).where(listed, ~is_settled, ARTICLE.c.supplier_id == heir, *here).values(is_preferred=True)
    )


def get_supplier(session: Session, supplier_id: int) -> SupplierRow:
    """Return a supplier, also one that was taken away. Raises NotFound."""
    row = session.execute(_ROWS.where(SUPPLIER.c.id == supplier_id)).first()
    if row is None:
        raise NotFound("supplier", str(supplier_id))
    return _row(session, row)


def list_suppliers(session: Session) -> tuple[SupplierRow, ...]:
    """Return the suppliers by name; those taken away are left out."""
    rows = session.execute(_ROWS.where(~SUPPLIER.c.is_deleted).order_by(SUPPLIER.c.name)).all()
    return tuple(_row(session, row) for row in rows)


def get_supplier_draft(session: Session, supplier_id: int) -> SupplierDraft:
    """Return a supplier as a form shows it. Raises NotFound."""
    row = get_supplier(session, supplier_id)
    digits = i18n.currency(row.currency).digits
    return SupplierDraft(
        row.name, row.contact, row.phone, row.email, row.address, row.customer_number, row.language, row.currency,
        rate_text(row.rate_micro), str(row.lead_days), _typed(row.minimum_minor, digits),
        _typed(row.carriage_minor, digits), row.is_returnable, str(row.return_days or ""), row.note,
    )  # fmt: skip


def require_supplier(session: Session, supplier_id: int) -> SupplierRow:
    """Return a supplier that may be ordered from. Raises NotFound, also when it was taken away."""
    row = get_supplier(session, supplier_id)
    if row.is_deleted:
        raise NotFound("supplier", row.name)
    return row


def _seen(session: Session, supplier_id: int) -> LeadTime | None:
    """How long a supplier takes, by its last twenty deliveries to orders; None below three.

    A delivery of several orders is one sample an order: days from its sending to the posting, and its pieces.
    """
    newest = (DELIVERY.c.posted_on.desc(), DELIVERY.c.id.desc())
    is_filled = exists().where(
        DELIVERY_LINE.c.delivery_id == DELIVERY.c.id, DELIVERY_FILL.c.delivery_line_id == DELIVERY_LINE.c.id
    )
    # Found by themselves: every change of an order asks for this, and years of lines are not read for twenty boxes.
    last = (
        select(DELIVERY.c.id)
        .where(DELIVERY.c.supplier_id == supplier_id, DELIVERY.c.posted_on.is_not(None), is_filled)
        .order_by(*newest)
        .limit(_LAST_DELIVERIES)
    )
    query = (
        select(DELIVERY.c.posted_on, PURCHASE_ORDER.c.sent_on, func.sum(DELIVERY_FILL.c.qty))
        .select_from(DELIVERY)
        .join(DELIVERY_LINE, DELIVERY_LINE.c.delivery_id == DELIVERY.c.id)
        .join(DELIVERY_FILL, DELIVERY_FILL.c.delivery_line_id == DELIVERY_LINE.c.id)
        .join(ORDER_LINE, ORDER_LINE.c.id == DELIVERY_FILL.c.order_line_id)
        .join(PURCHASE_ORDER, PURCHASE_ORDER.c.id == ORDER_LINE.c.order_id)
        .where(DELIVERY.c.id.in_(last))
        .group_by(DELIVERY.c.id, PURCHASE_ORDER.c.id)
        .order_by(*newest)
        .limit(_LAST_DELIVERIES)
    )
    samples = session.execute(query).all()
    return lead_time([((posted_on - sent_on).days, int(pieces)) for posted_on, sent_on, pieces in samples])


def _read(session: Session, draft: SupplierDraft) -> dict[str, Any]:
    """The columns that a draft means. Raises InvalidInput on the first field that cannot be meant."""
    words = {name: read_line(name, getattr(draft, name), longest) for name, longest in _LENGTHS.items()}
    if not words["name"]:
        raise InvalidInput("name", "", "empty")
    code = draft.currency.strip().upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise InvalidInput("currency", draft.currency[:40], "not_a_currency")
    if draft.language not in i18n.LANGUAGES:
        raise InvalidInput("language", draft.language[:40], "not_a_choice")
    digits = i18n.currency(code).digits
    return {
        **words,
        "language": draft.language,
        "currency": code,
        "rate_micro": RATE_ONE if code == shop_settings.get_settings(session).currency else read_rate(draft.rate),
        "lead_days": _read_days("lead_days", draft.lead_days),
        "minimum_minor": _read_terms("minimum", draft.minimum, digits),
        "carriage_minor": _read_terms("carriage", draft.carriage, digits),
        "is_returnable": draft.is_returnable,
        "return_days": _read_days("return_days", draft.return_days),
    }


def read_rate(text: str) -> int:
    """Read an exchange rate into millionths; raises InvalidInput on `rate` for nothing, below nothing, or too much."""
    try:
        rate = parse_amount(text, _RATE_DIGITS, maximum_minor=_MOST_RATE_MICRO)
    except InvalidInput as error:
        raise InvalidInput("rate", error.value, error.reason) from error
    if rate == 0:
        raise InvalidInput("rate", text[:40], "too_small")
    return rate


def rate_text(rate_micro: int) -> str:
    """Write an exchange rate as a field holds it, without the noughts at its end."""
    return format_amount(rate_micro, _RATE_DIGITS).rstrip("0").rstrip(".").replace(",", "")


def _read_days(name: str, text: str) -> int:
    try:
        return parse_quantity(text, _MOST_DAYS) if text.strip() else 0
    except InvalidInput as error:
        raise InvalidInput(name, error.value, error.reason) from error


def _read_terms(name: str, text: str, digits: int) -> int:
    try:
        return parse_amount(text, digits, maximum_minor=_MOST_TERMS_MINOR) if text.strip() else 0
    except InvalidInput as error:
        raise InvalidInput(name, error.value, error.reason) from error


def _typed(minor: int, digits: int) -> str:
    return format_amount(minor, digits) if minor else ""


def _require_new_name(session: Session, name: str, but_id: int = 0) -> None:
    same = select(SUPPLIER.c.id).where(SUPPLIER.c.name == name, ~SUPPLIER.c.is_deleted, SUPPLIER.c.id != but_id)
    if session.execute(same).first() is not None:
        raise InvalidInput("supplier", name, "taken")


def _is_busy(supplier_id: int) -> ColumnElement[bool]:
    """Whether something of a supplier is on its way: a draft, an order, an open delivery, what goes back."""
    states = ((PURCHASE_ORDER, ("draft", "sent", "partly")), (DELIVERY, ("open",)), (SUPPLIER_RETURN, ("draft",)))
    found = [exists().where(table.c.supplier_id == supplier_id, table.c.status.in_(open_)) for table, open_ in states]
    return found[0] | found[1] | found[2]


def _is_used(session: Session, supplier_id: int) -> bool:
    tables = (ARTICLE, PURCHASE_ORDER, DELIVERY, SUPPLIER_RETURN)
    uses = (select(table.c.supplier_id).where(table.c.supplier_id == supplier_id).limit(1) for table in tables)
    return any(session.execute(use).first() is not None for use in uses)


def _row(session: Session, row: Any) -> SupplierRow:
    values = [*row, _seen(session, row.id)]
    return SupplierRow(*values)
