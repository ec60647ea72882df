"""Writes editions: album, columns, discs, barcodes, and stock by way of the ledger; the hands of `catalogue.py`.

Nothing here asks for a permission, audits, or indexes: whoever calls it does, once for one edition or for thousands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import catalogue_key
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission
from av_pos.domain.stock import StockReason
from av_pos.errors import InvalidInput, NotFound
from av_pos.models import ALBUM, BARCODE, EDITION, MEDIUM, STOCK, TRACK
from av_pos.services import access, stock
from av_pos.services.edition_drafts import BarcodeValue, EditionDraft, EditionValues
from av_pos.services.shop_settings import ShopSettings

AnyRow = Row[*tuple[Any, ...]]
Changes = dict[str, tuple[Any, Any]]
"""What changed: the name of a value, what it was, what it is."""


_FIND_ALBUM = (
    select(ALBUM.c.id, ALBUM.c.first_year)
    .where(ALBUM.c.artist == bindparam("artist"), ALBUM.c.title == bindparam("title"))
    .order_by(ALBUM.c.id)
    .limit(1)
)
_ADD_ALBUM = insert(ALBUM).returning(ALBUM.c.id)
_ADD_EDITION = insert(EDITION).returning(EDITION.c.id)
_GET = select(EDITION).where(
    EDITION.c.id == bindparam("edition"), ~EDITION.c.is_deleted, EDITION.c.merged_into_id.is_(None)
)
_GET_STOCK = select(STOCK).where(STOCK.c.edition_id == bindparam("edition"))
_BARCODES = (
    select(BARCODE.c.code, BARCODE.c.printed).where(BARCODE.c.edition_id == bindparam("edition")).order_by(BARCODE.c.id)
)


@dataclass(frozen=True, slots=True)
class BarcodeRow:
    """A barcode of an edition: as it is looked up, and as it is printed."""

    code: str
    printed: str


def shop_day(at: At, settings: ShopSettings) -> date:
    """Return the shop's day of an operation."""
    return business_day(at.now, settings.zone, settings.day_cut_min)


def get_row(session: Session, edition_id: int) -> AnyRow:
    """Return an edition as it is stored. Raises NotFound when it is deleted or was merged into another one."""
    row = session.execute(_GET, {"edition": edition_id}).first()
    if row is None:
        raise NotFound("edition", str(edition_id))
    return row


def get_stock(session: Session, edition_id: int) -> AnyRow:
    """Return an edition's balance: pieces, their value, what one cost last."""
    return session.execute(_GET_STOCK, {"edition": edition_id}).one()


def list_barcodes(session: Session, edition_id: int) -> tuple[BarcodeRow, ...]:
    """Return the barcodes of an edition, the first one first."""
    return tuple(
        BarcodeRow(code, printed or code)
        for code, printed in session.connection().execute(_BARCODES, {"edition": edition_id})
    )


def write_edition(
    session: Session, at: At, values: EditionValues, business_on: date, *, is_hidden: bool = False
) -> int:
    """Write an edition with album, discs, barcodes and opening stock, and return its id: for `add_edition` and imports.

    It asks for no permission, leaves no audit entry, and is found only after `search.index_editions`. A hidden one
    is seen nowhere until `is_deleted` is taken off it. Raises InvalidInput for stock below nothing.
    """
    if values.quantity is not None and values.quantity < 0:
        raise InvalidInput("quantity", str(values.quantity), "negative")
    columns = _columns(values) | {
        "album_id": _album_id(session, values),
        "barcode_state": _barcode_state(values),
        "is_deleted": is_hidden,
        "created_at": at.now,
        "changed_at": at.now,
    }
    edition_id = int(session.execute(_ADD_EDITION, columns).scalar_one())
    _write_media(session, edition_id, values.format, columns["disc_count"])
    if values.barcodes:
        session.execute(insert(BARCODE), [barcode_columns(edition_id, barcode) for barcode in values.barcodes])
    stock.open_stock(session, edition_id)
    _open_with(session, at, edition_id, values, business_on)
    return edition_id


def change_columns(session: Session, at: At, before: AnyRow, values: EditionValues) -> Changes:
    """Change an edition's own columns and its album; a provisional edition is none any more."""
    new = _columns(values) | {
        "album_id": _album_id(session, values),
        "barcode_state": _barcode_state(values),
        "is_provisional": False,
    }
    changed = {name: (before._mapping[name], value) for name, value in new.items() if before._mapping[name] != value}
    if changed:
        after = {name: pair[1] for name, pair in changed.items()}
        session.execute(update(EDITION).where(EDITION.c.id == before.id).values(**after, changed_at=at.now))
    if "album_id" in changed:
        _drop_empty_album(session, before.album_id)
    if "format" in changed or "disc_count" in changed:
        _renew_media(session, before.id, values.format, new["disc_count"])
    changed.pop("catalogue_key", None)
    return changed


def change_barcodes(session: Session, edition_id: int, wanted: Sequence[BarcodeValue]) -> Changes:
    """Bring an edition's barcodes to those wanted."""
    held = [row.code for row in list_barcodes(session, edition_id)]
    codes = [value.code for value in wanted]
    gone = [code for code in held if code not in codes]
    added = [value for value in wanted if value.code not in held]
    if gone:
        session.execute(delete(BARCODE).where(BARCODE.c.edition_id == edition_id, BARCODE.c.code.in_(gone)))
    if added:
        session.execute(insert(BARCODE), [barcode_columns(edition_id, value) for value in added])
    return {"barcodes": (held, codes)} if gone or added else {}


def count_stock(
    session: Session, at: At, edition_id: int, draft: EditionDraft, values: EditionValues, business_on: date
) -> Changes:
    """Bring stock and cost to what the form says, by rows of the ledger; what the form left alone stays.

    Raises NotPermitted, InvalidInput for stock below nothing.
    """
    changed: Changes = {}
    held = get_stock(session, edition_id)
    untouched = draft.quantity.strip() == draft.quantity_was.strip()
    if values.quantity is not None and not untouched and values.quantity != held.on_hand_qty:
        access.require(session, at, Permission.ADJUST_STOCK)
        if values.quantity < 0:
            raise InvalidInput("quantity", draft.quantity, "negative")
        _set_quantity(session, at, held, values, business_on)
        changed["quantity"] = (held.on_hand_qty, values.quantity)
    last_minor = get_stock(session, edition_id).last_cost_minor
    if values.cost_minor and values.cost_minor != last_minor:
        access.require(session, at, Permission.ADJUST_STOCK)
        _note_cost(session, at, edition_id, values.cost_minor, business_on, StockReason.STOCKTAKE)
        changed["cost_minor"] = (last_minor, values.cost_minor)
    elif values.cost_minor and last_minor != held.last_cost_minor:
        changed["cost_minor"] = (held.last_cost_minor, values.cost_minor)
    return changed


def same_edition_key(values: EditionValues) -> tuple[str | int | None, ...]:
    """What tells two editions without a barcode apart; the same key twice is the same edition typed twice."""
    return (
        values.artist,
        values.title,
        values.format,
        values.label,
        catalogue_key(values.catalogue_number),
        values.year,
    )


def find_twin_id(session: Session, values: EditionValues, but_id: int = 0) -> int | None:
    """Return another edition that looks the very same (by what `same_edition_key` compares)."""
    same = (
        EDITION.c.album_id.in_(
            select(ALBUM.c.id).where(ALBUM.c.artist == values.album_artist, ALBUM.c.title == values.album_title)
        ),
        EDITION.c.title == values.title,
        EDITION.c.artist == values.artist,
        EDITION.c.format == values.format,
        EDITION.c.label == values.label,
        EDITION.c.catalogue_key == catalogue_key(values.catalogue_number),
        EDITION.c.year == values.year if values.year else EDITION.c.year.is_(None),
        EDITION.c.id != but_id,
        ~EDITION.c.is_deleted,
        EDITION.c.merged_into_id.is_(None),
    )
    return session.execute(select(EDITION.c.id).where(*same).order_by(EDITION.c.id).limit(1)).scalar()


def barcode_columns(edition_id: int, barcode: BarcodeValue) -> dict[str, Any]:
    """Return the row of a barcode on an edition."""
    return {"edition_id": edition_id, "code": barcode.code, "printed": barcode.printed}


def set_barcode_state(session: Session, edition_id: int, state: str) -> None:
    """Say whether an edition's barcode is known, known to be none, or unknown."""
    session.execute(update(EDITION).where(EDITION.c.id == edition_id).values(barcode_state=state))


def _columns(values: EditionValues) -> dict[str, Any]:
    same_name = (
        "title", "artist", "label", "catalogue_number", "country", "released", "year", "format", "category", "style",
        "price_minor", "shelf",
    )  # fmt: skip
    return {name: getattr(values, name) for name in same_name} | {
        "catalogue_key": catalogue_key(values.catalogue_number)[:80],
        "disc_count": max(values.disc_count, len(_formats(values.format))),
    }


def _barcode_state(values: EditionValues) -> str:
    return "known" if values.barcodes else "none" if values.has_no_barcode else "unknown"


def _album_id(session: Session, values: EditionValues) -> int:
    name = {"artist": values.album_artist, "title": values.album_title}
    found = session.execute(_FIND_ALBUM, name).first()
    if found is None:
        more = {"category": values.category, "style": values.style, "first_year": values.year}
        return int(session.execute(_ADD_ALBUM, name | more).scalar_one())
    if values.year and (found.first_year is None or values.year < found.first_year):
        session.execute(update(ALBUM).where(ALBUM.c.id == found.id).values(first_year=values.year))
    return int(found.id)


def _drop_empty_album(session: Session, album_id: int) -> None:
    used = exists().where(EDITION.c.album_id == ALBUM.c.id)
    session.execute(delete(ALBUM).where(ALBUM.c.id == album_id, ~used))


def _formats(text: str) -> list[str]:
    """The kinds of disc in a format: LP+CD has two."""
    return [part.strip() for part in text.split("+") if part.strip()][:20]


def _write_media(session: Session, edition_id: int, text: str, disc_count: int) -> None:
    kinds = _formats(text)
    media = kinds[:1] * (disc_count - len(kinds)) + kinds
    if media:
        session.execute(
            insert(MEDIUM),
            [
                {"edition_id": edition_id, "position": position, "format": kind[:24]}
                for position, kind in enumerate(media, start=1)
            ],
        )


def _renew_media(session: Session, edition_id: int, text: str, disc_count: int) -> None:
    """Write the discs anew, unless somebody listed their tracks already."""
    own = select(MEDIUM.c.id).where(MEDIUM.c.edition_id == edition_id)
    if session.execute(select(TRACK.c.id).where(TRACK.c.medium_id.in_(own)).limit(1)).first() is None:
        session.execute(delete(MEDIUM).where(MEDIUM.c.edition_id == edition_id))
        _write_media(session, edition_id, text, disc_count)


def _open_with(session: Session, at: At, edition_id: int, values: EditionValues, business_on: date) -> None:
    if values.quantity:
        cost = values.quantity * (values.cost_minor or 0)
        stock.move(
            session, at, edition_id, values.quantity, StockReason.OPENING, cost_minor=cost, business_on=business_on
        )
    elif values.cost_minor:
        _note_cost(session, at, edition_id, values.cost_minor, business_on, StockReason.OPENING)


def _set_quantity(session: Session, at: At, held: AnyRow, values: EditionValues, business_on: date) -> None:
    assert values.quantity is not None
    stock.move_at_average(
        session, at, held.edition_id, values.quantity - held.on_hand_qty, StockReason.STOCKTAKE,
        business_on=business_on, each_minor=values.cost_minor, note="form",
    )  # fmt: skip


def _note_cost(
    session: Session, at: At, edition_id: int, each_minor: int, business_on: date, reason: StockReason
) -> None:
    """Say what a piece costs: what is there goes out at its old value and comes in at the new one.

    The ledger is what a cost is verified by, so with nothing there one piece comes in and goes out again.
    """
    held = get_stock(session, edition_id)
    if held.on_hand_qty > 0:
        steps = [(-held.on_hand_qty, -held.value_minor), (held.on_hand_qty, held.on_hand_qty * each_minor)]
    else:
        steps = [(1, each_minor), (-1, -each_minor)]
    for qty, cost in steps:
        stock.move(session, at, edition_id, qty, reason, cost_minor=cost, business_on=business_on, note="cost")
