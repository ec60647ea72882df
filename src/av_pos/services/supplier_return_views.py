"""What goes back to suppliers as screens and paper show it, and why a supplier may not take it; changes nothing.

Costs are in the supplier's currency; reading them asks for the right to order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.order_paper import SheetKind, SheetLine, SupplierSheet
from av_pos.domain.permissions import Permission
from av_pos.domain.states import SupplierReturnState
from av_pos.errors import NotFound
from av_pos.i18n import Texts
from av_pos.models import EDITION
from av_pos.models.purchasing import DELIVERY, DELIVERY_LINE, SUPPLIER, SUPPLIER_RETURN, SUPPLIER_RETURN_LINE
from av_pos.services import access, shop_settings
from av_pos.services.articles import ArticleTerms, find_terms
from av_pos.services.edition_store import shop_day
from av_pos.services.editions import EditionRow
from av_pos.services.order_paper import address_lines, by_id, sheet_csv
from av_pos.services.suppliers import SupplierRow, get_supplier


class ReturnReason(StrEnum):
    """Why pieces go back."""

    DAMAGED = "damaged"
    WRONG = "wrong"
    UNSOLD = "unsold"


class ReturnWarning(StrEnum):
    """Why a supplier may refuse a line; the person decides."""

    FIRM_SALE = "firm_sale"
    TOO_LATE = "too_late"
    NOT_FROM_THEM = "not_from_them"
    NOT_ON_HAND = "not_on_hand"


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return as a list shows it; amounts in the supplier's currency, `credited_minor` None until it is said."""

    return_id: int
    supplier_id: int
    supplier_name: str
    currency: str
    status: str
    note: str
    created_at: datetime
    sent_on: date | None
    pieces_qty: int
    goods_minor: int
    credited_minor: int | None

    @property
    def number(self) -> str:
        """The number as it stands on paper."""
        return f"R{self.return_id:05d}"


@dataclass(frozen=True, slots=True)
class ReturnLineRow:
    """A line of what goes back. `is_on_hand`: it leaves the stock; else it came damaged and was never booked."""

    line_id: int
    edition_id: int
    copy_id: int | None
    code: str
    title: str
    artist: str
    format: str
    number: str
    qty: int
    cost_minor: int
    reason: str
    is_on_hand: bool
    on_hand_qty: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return with its lines."""

    row: ReturnRow
    supplier: SupplierRow
    lines: tuple[ReturnLineRow, ...]


def _summed(what: Any, name: str) -> Any:
    own = select(func.coalesce(func.sum(what), 0)).where(SUPPLIER_RETURN_LINE.c.return_id == SUPPLIER_RETURN.c.id)
    return own.correlate(SUPPLIER_RETURN).scalar_subquery().label(name)


_LINE = SUPPLIER_RETURN_LINE.c
_ROWS = select(
    SUPPLIER_RETURN,
    SUPPLIER.c.name,
    SUPPLIER.c.currency,
    _summed(_LINE.qty, "pieces_qty"),
    _summed(_LINE.qty * _LINE.cost_minor, "goods_minor"),
).join(SUPPLIER, SUPPLIER.c.id == SUPPLIER_RETURN.c.supplier_id)


def list_returns(
    session: Session, at: At, *, supplier_id: int | None = None, limit: int = 200
) -> tuple[ReturnRow, ...]:
    """Return the newest returns to suppliers. Raises NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    query = _ROWS.order_by(SUPPLIER_RETURN.c.id.desc()).limit(limit)
    if supplier_id is not None:
        query = query.where(SUPPLIER_RETURN.c.supplier_id == supplier_id)
    return tuple(_return(row) for row in session.execute(query))


def view_return(session: Session, at: At, return_id: int) -> ReturnView:
    """Return what goes back with its lines, and what the supplier may say against each. Raises NotFound."""
    access.require(session, at, Permission.ORDER_GOODS)
    row = get_return(session, return_id)
    supplier = get_supplier(session, row.supplier_id)
    query = (
        select(SUPPLIER_RETURN_LINE, EDITION.c.title, EDITION.c.artist, EDITION.c.format)
        .join(EDITION, EDITION.c.id == _LINE.edition_id)
        .where(_LINE.return_id == return_id)
        .order_by(_LINE.id)
    )
    found = session.execute(query).all()
    ids = [line.edition_id for line in found]
    editions, terms = by_id(session, ids), find_terms(session, row.supplier_id, ids)
    came = _came(session, row.supplier_id, ids)
    today = row.sent_on or shop_day(at, shop_settings.get_settings(session))
    is_draft = row.status == SupplierReturnState.DRAFT
    lines = tuple(
        _line_row(
            line,
            editions.get(line.edition_id),
            terms.get(line.edition_id),
            _warnings(line, supplier, came.get(line.edition_id), today, editions.get(line.edition_id), is_draft),
        )
        for line in found
    )
    return ReturnView(_return(row), supplier, lines)


def return_sheet(session: Session, at: At, return_id: int) -> SupplierSheet:
    """Return the slip of a return as its paper shows it, a draft too. Raises NotFound, NotPermitted."""
    view = view_return(session, at, return_id)
    editions = by_id(session, [line.edition_id for line in view.lines])
    texts = Texts(view.supplier.language)
    words = {
        ReturnReason.DAMAGED: texts.gettext("damaged"),
        ReturnReason.WRONG: texts.gettext("wrong disc"),
        ReturnReason.UNSOLD: texts.gettext("unsold"),
    }
    lines = tuple(
        SheetLine(
            line.number, line.code,
            editions[line.edition_id].catalogue_number if line.edition_id in editions else "", line.title, line.artist,
            line.format, line.qty, line.cost_minor, words[ReturnReason(line.reason)],
        )
        for line in view.lines
    )  # fmt: skip
    return SupplierSheet(
        SheetKind.RETURN, shop_settings.get_settings(session).head(), view.row.number, address_lines(view.supplier),
        view.supplier.customer_number, view.supplier.language, view.supplier.currency, view.row.sent_on, None, lines,
        note=view.row.note,
    )  # fmt: skip


def return_pdf(db: Database, at: At, return_id: int, path: Path) -> None:
    """Workflow: write the slip of a return as PDF to `path`. Raises NotFound, NotPermitted, OSError."""
    from av_pos.printing import order_sheet as paper

    sheet = db.ask(return_sheet, at, return_id)
    paper.write_order_pdf(sheet, Texts(sheet.language), path)


def return_csv(session: Session, at: At, return_id: int) -> str:
    """Return the slip of a return as CSV. Raises NotFound, NotPermitted."""
    return sheet_csv(return_sheet(session, at, return_id))


def _came(session: Session, supplier_id: int, edition_ids: Iterable[int]) -> dict[int, tuple[date, int]]:
    """By edition: when it came from a supplier last, and how many pieces ever did."""
    query = (
        select(
            DELIVERY_LINE.c.edition_id,
            func.max(DELIVERY.c.posted_on),
            func.sum(DELIVERY_LINE.c.qty + DELIVERY_LINE.c.damaged_qty),
        )
        .join(DELIVERY, DELIVERY.c.id == DELIVERY_LINE.c.delivery_id)
        .where(DELIVERY.c.supplier_id == supplier_id, DELIVERY.c.posted_on.is_not(None))
        .where(DELIVERY_LINE.c.edition_id.in_(list(edition_ids)))
        .group_by(DELIVERY_LINE.c.edition_id)
    )
    return {edition_id: (last_on, int(qty)) for edition_id, last_on, qty in session.execute(query)}


def _warnings(
    line: Any,
    supplier: SupplierRow,
    came: tuple[date, int] | None,
    today: date,
    edition: EditionRow | None,
    is_draft: bool,
) -> tuple[str, ...]:
    """What a supplier may say against a line: a firm sale takes back only what was damaged or wrong."""
    found = []
    if line.reason == ReturnReason.UNSOLD and not supplier.is_returnable:
        found.append(ReturnWarning.FIRM_SALE)
    elif supplier.return_days and came is not None and (today - came[0]).days > supplier.return_days:
        found.append(ReturnWarning.TOO_LATE)
    if came is None or line.qty > came[1]:
        found.append(ReturnWarning.NOT_FROM_THEM)
    if is_draft and line.is_on_hand and line.copy_id is None and line.qty > (edition.on_hand_qty if edition else 0):
        found.append(ReturnWarning.NOT_ON_HAND)
    return tuple(warning.value for warning in found)


def _line_row(
    line: Any, edition: EditionRow | None, terms: ArticleTerms | None, warnings: tuple[str, ...]
) -> ReturnLineRow:
    own_code = shop_code(CodeKind.COPY, line.copy_id) if line.copy_id is not None else ""
    return ReturnLineRow(
        line_id=line.id,
        edition_id=line.edition_id,
        copy_id=line.copy_id,
        code=own_code or (edition.code if edition else ""),
        title=line.title,
        artist=line.artist,
        format=line.format,
        number=terms.number if terms else "",
        qty=line.qty,
        cost_minor=line.cost_minor,
        reason=line.reason,
        is_on_hand=line.is_on_hand,
        on_hand_qty=edition.on_hand_qty if edition else 0,
        warnings=warnings,
    )


def _return(row: Any) -> ReturnRow:
    return ReturnRow(
        return_id=row.id,
        supplier_id=row.supplier_id,
        supplier_name=row.name,
        currency=row.currency,
        status=row.status,
        note=row.note,
        created_at=row.created_at,
        sent_on=row.sent_on,
        pieces_qty=row.pieces_qty,
        goods_minor=row.goods_minor,
        credited_minor=row.credited_minor,
    )


def get_return(session: Session, return_id: int) -> Any:
    """Return a return's row with its sums. Raises NotFound."""
    row = session.execute(_ROWS.where(SUPPLIER_RETURN.c.id == return_id)).first()
    if row is None:
        raise NotFound("supplier_return", f"R{return_id:05d}")
    return row
