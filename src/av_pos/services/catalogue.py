"""The catalogue: add and change editions, their barcodes and used copies; name what was sold as unknown.

Whatever is read of editions comes through here too (`EditionRow`, `find_by_code` …), so that a screen needs one import.
Stock changes only through the ledger; every change is audited with what it was before, and found at once.
"""

from dataclasses import dataclass, replace

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import NotFound
from av_pos.i18n import format_amount
from av_pos.models import ALBUM, BARCODE
from av_pos.services import access, audit, price_labels, search, shop_settings, stock_moves
from av_pos.services.edition_drafts import (
    BarcodeValue,
    CopyDraft,
    EditionDraft,
    EditionValues,
    check_draft,
    read_barcode,
    read_draft,
)
from av_pos.services.edition_store import (
    BarcodeRow,
    barcode_columns,
    change_barcodes,
    change_columns,
    count_stock,
    find_twin_id,
    get_row,
    get_stock,
    list_barcodes,
    set_barcode_state,
    shop_day,
    write_edition,
)
from av_pos.services.editions import (
    CopyRow,
    EditionRow,
    count_provisional,
    find_by_code,
    find_copy,
    get_edition,
    list_copies,
    list_newest,
)
from av_pos.services.price_labels import NewLabels
from av_pos.services.provisional import make_provisional, relink_provisional
from av_pos.services.used_copies import add_copy, change_copy, get_copy_draft

__all__ = [
    "BarcodeRow",
    "CopyDraft",
    "CopyRow",
    "DraftWarning",
    "EditionDraft",
    "EditionRow",
    "add_barcode",
    "add_copy",
    "add_edition",
    "change_copy",
    "change_edition",
    "count_provisional",
    "find_by_code",
    "find_copy",
    "get_copy_draft",
    "get_draft",
    "get_edition",
    "list_barcodes",
    "list_copies",
    "list_editions",
    "list_provisional",
    "list_warnings",
    "make_provisional",
    "relink_provisional",
    "remove_barcode",
]


_GET_ALBUM = select(ALBUM.c.title, ALBUM.c.artist).where(ALBUM.c.id == bindparam("album"))


@dataclass(frozen=True, slots=True)
class DraftWarning:
    """Something odd about a draft that may be right all the same; `edition` is the other one it is about.

    `reason` is check_digit (a misprint, or a typing error), barcode_elsewhere, or same_edition.
    """

    field: str
    reason: str
    value: str
    edition: EditionRow | None = None


def add_edition(session: Session, at: At, draft: EditionDraft) -> EditionRow:
    """Add an edition with its barcodes and opening stock. Raises InvalidInput by field, NotPermitted."""
    access.require(session, at, Permission.EDIT_CATALOGUE)
    settings = shop_settings.get_settings(session)
    values = read_draft(draft, settings.digits)
    if values.quantity or values.cost_minor:
        access.require(session, at, Permission.ADJUST_STOCK)
    edition_id = write_edition(session, at, values, shop_day(at, settings))
    search.index_editions(session, (edition_id,))
    row = get_edition(session, edition_id)
    audit.record(session, at, "edition_added", row.title, edition_id=edition_id, artist=row.artist,
                 price_minor=row.price_minor, code=row.code, quantity=values.quantity or 0)  # fmt: skip
    return row


def change_edition(session: Session, at: At, edition_id: int, draft: EditionDraft) -> EditionRow:
    """Change an edition, its barcodes and its stock in hand to what the draft says; a provisional one is named by it.

    Stock that differs is a count: one row of the ledger; for another shelf the ledger has a transfer of what is on
    hand. Raises InvalidInput by field, NotFound, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_CATALOGUE)
    settings = shop_settings.get_settings(session)
    before = get_row(session, edition_id)
    values = _read_change(session, draft, edition_id, settings.digits)
    if values.shelf != before.shelf:
        stock_moves.move_to_shelf(session, at, edition_id, values.shelf)
        before = get_row(session, edition_id)
    changed = change_columns(session, at, before, values)
    changed |= change_barcodes(session, edition_id, values.barcodes)
    changed |= count_stock(session, at, edition_id, draft, values, shop_day(at, settings))
    search.index_editions(session, (edition_id,))
    if "price_minor" in changed:
        _want_labels(session, at, edition_id)
    if changed:
        audit.record(session, at, "edition_changed", values.title, edition_id=edition_id,
                     before={name: pair[0] for name, pair in changed.items()},
                     after={name: pair[1] for name, pair in changed.items()})  # fmt: skip
    return get_edition(session, edition_id)


def get_draft(session: Session, edition_id: int) -> EditionDraft:
    """Return an edition as a form shows it, what one piece cost last and the stock in hand too. Raises NotFound."""
    digits = shop_settings.get_settings(session).digits
    row = get_row(session, edition_id)
    album = session.execute(_GET_ALBUM, {"album": row.album_id}).one()
    held = get_stock(session, edition_id)
    return EditionDraft(
        title=row.title,
        artist=row.artist,
        format=row.format,
        price=format_amount(row.price_minor, digits),
        label=row.label,
        catalogue_number=row.catalogue_number,
        year=str(row.year or ""),
        cost=format_amount(held.last_cost_minor, digits) if held.last_cost_minor else "",
        barcodes=tuple(barcode.printed for barcode in list_barcodes(session, edition_id)),
        has_no_barcode=row.barcode_state == "none",
        quantity=str(held.on_hand_qty),
        quantity_was=str(held.on_hand_qty),
        shelf=row.shelf,
        style=row.style,
        category=row.category,
        country=row.country,
        released=row.released,
        discs=str(row.disc_count),
        album_title=album.title if album.title != row.title else "",
        album_artist=album.artist if album.artist != row.artist else "",
    )


def list_editions(session: Session, filter_text: str, limit: int = 200) -> tuple[EditionRow, ...]:
    """Return what a filter finds, best sellers first; without a filter the newest editions."""
    if filter_text.strip():
        return search.find_text(session, filter_text, limit)
    return list_newest(session, limit)


def list_provisional(session: Session, limit: int = 200) -> tuple[EditionRow, ...]:
    """Return the editions that were sold as unknown and still wait to be named, newest first."""
    return list_newest(session, limit, only_provisional=True)


def list_warnings(session: Session, draft: EditionDraft, edition_id: int | None = None) -> tuple[DraftWarning, ...]:
    """Return what is odd about a draft and may be right all the same; `edition_id` is the one that is being changed."""
    held = {row.printed for row in list_barcodes(session, edition_id)} if edition_id else set()
    new = tuple(text for text in draft.barcodes if text not in held)
    values, _refused = check_draft(replace(draft, barcodes=new), shop_settings.get_settings(session).digits)
    found = [DraftWarning("barcode", "check_digit", code.printed) for code in values.barcodes if not code.check_ok]
    for barcode in values.barcodes:
        others = (row for row in find_by_code(session, barcode.printed) if row.id != edition_id)
        found += [DraftWarning("barcode", "barcode_elsewhere", barcode.printed, other) for other in others]
    twin = None if draft.barcodes else find_twin_id(session, values, edition_id or 0)
    if twin is not None:
        found.append(DraftWarning("title", "same_edition", values.title, get_edition(session, twin)))
    return tuple(found)


def add_barcode(session: Session, at: At, edition_id: int, text: str) -> EditionRow:
    """Put one more barcode on an edition; a failing check digit is no refusal. Raises InvalidInput, NotFound."""
    access.require(session, at, Permission.EDIT_CATALOGUE)
    edition = get_row(session, edition_id)
    barcode = read_barcode(text)
    if barcode.code not in {row.code for row in list_barcodes(session, edition_id)}:
        session.execute(insert(BARCODE), [barcode_columns(edition_id, barcode)])
        set_barcode_state(session, edition_id, "known")
        audit.record(session, at, "barcode_added", edition.title, edition_id=edition_id, code=barcode.code)
        search.index_editions(session, (edition_id,))
    return get_edition(session, edition_id)


def remove_barcode(session: Session, at: At, edition_id: int, text: str) -> EditionRow:
    """Take a barcode off an edition. Raises InvalidInput, NotFound when the edition does not bear it."""
    access.require(session, at, Permission.EDIT_CATALOGUE)
    edition = get_row(session, edition_id)
    held = list_barcodes(session, edition_id)
    gone = next((row for row in held if text.strip() in (row.printed, row.code)), None)
    if gone is None:
        raise NotFound("barcode", text[:40])
    session.execute(delete(BARCODE).where(BARCODE.c.edition_id == edition_id, BARCODE.c.code == gone.code))
    if len(held) == 1:
        set_barcode_state(session, edition_id, "unknown")
    audit.record(session, at, "barcode_removed", edition.title, edition_id=edition_id, code=gone.code)
    search.index_editions(session, (edition_id,))
    return get_edition(session, edition_id)


def _want_labels(session: Session, at: At, edition_id: int) -> None:
    """Want a new price label for each new piece on hand."""
    qty = max(0, get_stock(session, edition_id).on_hand_qty)
    price_labels.want_labels(session, at, (NewLabels(edition_id, qty, price_labels.PRICE),))


def _read_change(session: Session, draft: EditionDraft, edition_id: int, digits: int) -> EditionValues:
    """Read a draft; a barcode that the edition bears already stays as it is, an old label that is no number too."""
    held = {row.printed: row for row in list_barcodes(session, edition_id)}
    kept = tuple(BarcodeValue(row.code, row.printed, True) for row in held.values() if row.printed in draft.barcodes)
    new = tuple(text for text in draft.barcodes if text not in held)
    values = read_draft(replace(draft, barcodes=new), digits)
    return replace(values, barcodes=(*kept, *values.barcodes))
