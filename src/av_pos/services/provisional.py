"""Discs sold as unknown: a provisional edition at the till, and later the word which edition it really was."""

from datetime import date

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.permissions import Permission
from av_pos.domain.stock import StockReason, take_cost
from av_pos.domain.voids import linked_cost
from av_pos.errors import InvalidInput, WrongState
from av_pos.models import ALBUM, BARCODE, BASKET_LINE, EDITION, STOCK_MOVE
from av_pos.services import access, audit, demand, search, shop_settings, stock
from av_pos.services.edition_drafts import BarcodeValue, read_text
from av_pos.services.edition_store import (
    barcode_columns,
    get_row,
    get_stock,
    list_barcodes,
    set_barcode_state,
    shop_day,
)
from av_pos.services.editions import EditionRow, get_edition, plain_code


def make_provisional(session: Session, at: At, code: str, title: str, price_minor: int) -> int:
    """Make an edition for a disc that nobody entered, so that it can be sold now and named later; return its id.

    The basket asks for the permission. The code is kept as its barcode, so that the next scan finds it. Raises
    InvalidInput for a title or price that cannot be meant.
    """
    name = read_text("title", title) or read_text("title", code)
    if not name:
        raise InvalidInput("title", "", "empty")
    if price_minor < 0:
        raise InvalidInput("price", str(price_minor), "negative")
    barcode = _scanned_barcode(code)
    album_id = session.execute(insert(ALBUM).values(title=name, artist="").returning(ALBUM.c.id)).scalar_one()
    edition = {
        "album_id": album_id,
        "title": name,
        "format": "",
        "price_minor": price_minor,
        "barcode_state": "known" if barcode else "unknown",
        "is_provisional": True,
        "created_at": at.now,
        "changed_at": at.now,
    }
    edition_id = int(session.execute(insert(EDITION).values(**edition).returning(EDITION.c.id)).scalar_one())
    if barcode:
        session.execute(insert(BARCODE), [barcode_columns(edition_id, barcode)])
    stock.open_stock(session, edition_id)
    search.index_editions(session, (edition_id,))
    audit.record(session, at, "provisional_made", name, amount_minor=price_minor, edition_id=edition_id)
    return edition_id


def relink_provisional(session: Session, at: At, provisional_id: int, edition_id: int) -> EditionRow:
    """Say which edition a disc sold as unknown really was: barcode and stock go over, the sale stays as it was.

    Stock goes over in two rows of the ledger, at what the real edition's pieces cost. Raises NotFound, WrongState when
    the first is not provisional or the second one is, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_CATALOGUE)
    provisional, real = get_row(session, provisional_id), get_row(session, edition_id)
    if not provisional.is_provisional:
        raise WrongState("edition", "not_provisional")
    if real.is_provisional:
        raise WrongState("edition", "provisional")
    _hand_over_barcodes(session, provisional_id, edition_id)
    moved = _hand_over_stock(session, at, provisional_id, edition_id)
    demand.hand_over(session, provisional_id, edition_id)
    session.execute(
        update(EDITION).where(EDITION.c.id == provisional_id).values(merged_into_id=edition_id, changed_at=at.now)
    )
    # What lies in a basket, held perhaps, is sold as what it is; its price stays as it was typed.
    session.execute(update(BASKET_LINE).where(BASKET_LINE.c.edition_id == provisional_id).values(edition_id=edition_id))
    search.index_editions(session, (provisional_id, edition_id))
    audit.record(session, at, "provisional_relinked", real.title, was=provisional.title, edition_id=edition_id,
                 provisional_id=provisional_id, quantity=moved)  # fmt: skip
    return get_edition(session, edition_id)


def bring_back_cost(
    session: Session, at: At, provisional_id: int, qty: int, cost_minor: int, business_on: date
) -> None:
    """Bring back what linking took for `qty` pieces that came back to the real edition at `cost_minor`.

    They go out of the ledger again at that cost and come in with what the link took for them beside it. Piece by piece
    it comes to the same as all at once.
    """
    real_id = EDITION.c.merged_into_id
    edition_id = session.execute(select(real_id).where(EDITION.c.id == provisional_id)).scalar_one()
    link = (
        select(
            func.coalesce(func.sum(case((STOCK_MOVE.c.edition_id == edition_id, -STOCK_MOVE.c.qty))), 0),
            func.coalesce(-func.sum(STOCK_MOVE.c.cost_minor), 0),
        )
        .where(STOCK_MOVE.c.edition_id.in_((provisional_id, edition_id)), STOCK_MOVE.c.reason == StockReason.TRANSFER)
        .where(STOCK_MOVE.c.note == _link_note(provisional_id, edition_id))
    )
    linked_qty, linked_minor = session.execute(link).one()
    if linked_qty <= 0:
        return
    note = f"void of provisional {provisional_id}"
    earlier = select(func.coalesce(func.sum(STOCK_MOVE.c.qty), 0)).where(
        STOCK_MOVE.c.edition_id == edition_id, STOCK_MOVE.c.note == note, STOCK_MOVE.c.qty > 0
    )
    before = int(session.execute(earlier).scalar_one())
    linked = int(linked_qty), int(linked_minor)
    back_minor = linked_cost(*linked, before + qty) - linked_cost(*linked, before)
    if back_minor == 0:
        return
    for pieces, value in ((-qty, -cost_minor), (qty, cost_minor + back_minor)):
        stock.move(
            session, at, edition_id, pieces, StockReason.TRANSFER, cost_minor=value, business_on=business_on,
            note=note,
        )  # fmt: skip


def _link_note(provisional_id: int, edition_id: int) -> str:
    """What the rows of the ledger that a link wrote are found by again."""
    return f"provisional {provisional_id} is {edition_id}"


def _scanned_barcode(code: str) -> BarcodeValue | None:
    """The barcode that a provisional edition is found by again: also an old shop label that is no number."""
    scanned = read_code(code)
    if scanned.kind not in (CodeKind.GTIN, CodeKind.OTHER):
        return None
    forms = scanned.candidates[:1] or plain_code(scanned)
    return BarcodeValue(forms[0], read_text("barcode", code)[:40], scanned.check_ok) if forms else None


def _hand_over_barcodes(session: Session, provisional_id: int, edition_id: int) -> None:
    held = {row.code for row in list_barcodes(session, edition_id)}
    own = BARCODE.c.edition_id == provisional_id
    session.execute(delete(BARCODE).where(own, BARCODE.c.code.in_(held)))
    moved = session.execute(update(BARCODE).where(own).values(edition_id=edition_id).returning(BARCODE.c.id)).all()
    if moved:
        set_barcode_state(session, edition_id, "known")


def _hand_over_stock(session: Session, at: At, provisional_id: int, edition_id: int) -> int:
    source, target = get_stock(session, provisional_id), get_stock(session, edition_id)
    qty = int(source.on_hand_qty)
    if qty == 0:
        return 0
    business_on = shop_day(at, shop_settings.get_settings(session))
    # Sold as unknown, it left without a cost; the pieces left of the real edition keep theirs.
    cost = (
        source.value_minor
        if qty > 0
        else -take_cost(target.on_hand_qty, target.value_minor, -qty, target.last_cost_minor)
    )
    for edition, pieces, value in ((provisional_id, -qty, -source.value_minor), (edition_id, qty, cost)):
        stock.move(
            session, at, edition, pieces, StockReason.TRANSFER, cost_minor=value, business_on=business_on,
            note=_link_note(provisional_id, edition_id),
        )  # fmt: skip
    return qty
