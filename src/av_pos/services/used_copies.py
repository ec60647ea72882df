"""Used (signed, damaged) copies: each a piece of its own with its grades, price and code, sold once."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.states import CopyStatus
from av_pos.domain.stock import StockReason
from av_pos.errors import NotFound, WrongState
from av_pos.i18n import format_amount
from av_pos.models import COPY
from av_pos.services import access, audit, shop_settings, stock, stock_moves
from av_pos.services.edition_drafts import CopyDraft, CopyValues, read_copy
from av_pos.services.edition_store import get_row, shop_day
from av_pos.services.editions import CopyRow, find_copy

_ON_A_SHELF = (CopyStatus.IN_STOCK.value, CopyStatus.RESERVED.value)


def add_copy(session: Session, at: At, draft: CopyDraft) -> CopyRow:
    """Add a used (signed, damaged) copy that is for sale at once, with its row in the ledger.

    Raises InvalidInput, NotFound, WrongState for a provisional edition, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_CATALOGUE)
    settings = shop_settings.get_settings(session)
    edition = get_row(session, draft.edition_id)
    if edition.is_provisional:
        raise WrongState("edition", "provisional")
    values = read_copy(draft, settings.digits)
    columns = _copy_columns(draft, values) | {"cost_minor": values.cost_minor or 0}
    added = insert(COPY).values(edition_id=edition.id, status=CopyStatus.IN_STOCK.value, created_at=at.now, **columns)
    copy_id = int(session.execute(added.returning(COPY.c.id)).scalar_one())
    stock.move(session, at, edition.id, 1, StockReason.BUY_IN, cost_minor=columns["cost_minor"], copy_id=copy_id,
               business_on=shop_day(at, settings))  # fmt: skip
    row = _copy(session, copy_id)
    audit.record(session, at, "copy_added", row.title, edition_id=edition.id, code=row.code, grade=row.grade,
                 price_minor=row.price_minor)  # fmt: skip
    return row


def change_copy(session: Session, at: At, copy_id: int, draft: CopyDraft) -> CopyRow:
    """Change grades, defects, price or shelf of a copy in stock; what it cost stands in the ledger and stays.

    Raises InvalidInput, NotFound, WrongState when it is sold, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_CATALOGUE)
    before = session.execute(select(COPY).where(COPY.c.id == copy_id)).first()
    if before is None:
        raise NotFound("copy", str(copy_id))
    if before.status == CopyStatus.SOLD:
        raise WrongState("copy", before.status, "change")
    columns = _copy_columns(draft, read_copy(draft, shop_settings.get_settings(session).digits))
    if columns["shelf"] != before.shelf and before.status in _ON_A_SHELF:
        stock_moves.move_copy_to_shelf(session, at, copy_id, columns.pop("shelf"))
    changed = {
        name: (before._mapping[name], value) for name, value in columns.items() if before._mapping[name] != value
    }
    if changed:
        session.execute(update(COPY).where(COPY.c.id == copy_id).values(**columns))
        audit.record(session, at, "copy_changed", _copy(session, copy_id).title, copy_id=copy_id,
                     before={name: pair[0] for name, pair in changed.items()},
                     after={name: pair[1] for name, pair in changed.items()})  # fmt: skip
    return _copy(session, copy_id)


def get_copy_draft(session: Session, copy_id: int) -> CopyDraft:
    """Return a copy as a form shows it. Raises NotFound."""
    row = session.execute(select(COPY).where(COPY.c.id == copy_id)).first()
    if row is None:
        raise NotFound("copy", str(copy_id))
    digits = shop_settings.get_settings(session).digits
    return CopyDraft(
        edition_id=row.edition_id,
        media_grade=row.media_grade,
        sleeve_grade=row.sleeve_grade,
        price=format_amount(row.price_minor, digits),
        cost=format_amount(row.cost_minor, digits),
        defects=row.defects,
        shelf=row.shelf,
        source=row.source,
        is_used=row.is_used,
        is_signed=row.is_signed,
        is_cut_out=row.is_cut_out,
    )


def _copy(session: Session, copy_id: int) -> CopyRow:
    row = find_copy(session, copy_id)
    if row is None:
        raise NotFound("copy", str(copy_id))
    return row


def _copy_columns(draft: CopyDraft, values: CopyValues) -> dict[str, Any]:
    columns = asdict(values)
    del columns["cost_minor"]
    return columns | {"is_used": draft.is_used, "is_signed": draft.is_signed, "is_cut_out": draft.is_cut_out}
