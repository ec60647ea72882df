"""Editions and used copies as screens, the till and the command line read them; nothing here changes anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, desc, func, select
from sqlalchemy.orm import Session

from av_pos.domain.codes import CodeKind, Scanned, read_code, shop_code
from av_pos.domain.grades import grade_text
from av_pos.errors import NotFound
from av_pos.models import BARCODE, COPY, EDITION, STOCK

AnyRow = Row[*tuple[Any, ...]]

_MOST_CANDIDATES = 4
_LONGEST_CODE = 40
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition as lists and the till show it. `code` is its first barcode as printed, else its shop code."""

    id: int
    title: str
    artist: str
    format: str
    label: str
    catalogue_number: str
    year: int | None
    style: str
    category: str
    price_minor: int
    on_hand_qty: int
    shelf: str
    code: str
    is_provisional: bool
    copies_qty: int


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One used copy with what of its edition must be seen beside it; `grade` is media/sleeve, such as VG+/VG."""

    id: int
    edition_id: int
    code: str
    title: str
    artist: str
    format: str
    label: str
    catalogue_number: str
    year: int | None
    grade: str
    defects: str
    is_signed: bool
    is_cut_out: bool
    price_minor: int
    status: str
    shelf: str


_printed = (
    select(func.coalesce(func.nullif(BARCODE.c.printed, ""), BARCODE.c.code))
    .where(BARCODE.c.edition_id == EDITION.c.id)
    .order_by(BARCODE.c.id)
    .limit(1)
    .correlate(EDITION)
    .scalar_subquery()
)
_copies = (
    select(func.count())
    .where(COPY.c.edition_id == EDITION.c.id, COPY.c.status == "in_stock")
    .correlate(EDITION)
    .scalar_subquery()
)
_columns = (
    EDITION.c.id,
    EDITION.c.title,
    EDITION.c.artist,
    EDITION.c.format,
    EDITION.c.label,
    EDITION.c.catalogue_number,
    EDITION.c.year,
    EDITION.c.style,
    EDITION.c.category,
    EDITION.c.price_minor,
    func.coalesce(STOCK.c.on_hand_qty, 0),
    EDITION.c.shelf,
    _printed.label("printed"),
    EDITION.c.is_provisional,
    _copies.label("copies_qty"),
)
_bearer = EDITION.alias("bearer")
_shown = and_(~EDITION.c.is_deleted, EDITION.c.merged_into_id.is_(None))

_BY_CODE = (
    select(BARCODE.c.code.label("found"), *_columns)
    .select_from(BARCODE)
    .join(_bearer, _bearer.c.id == BARCODE.c.edition_id)
    .join(EDITION, EDITION.c.id == func.coalesce(_bearer.c.merged_into_id, _bearer.c.id))
    .outerjoin(STOCK, STOCK.c.edition_id == EDITION.c.id)
    .where(BARCODE.c.code.in_([bindparam(f"code{n}") for n in range(_MOST_CANDIDATES)]), _shown)
    .order_by(EDITION.c.id)
)
_BY_ID = (
    select(*_columns)
    .select_from(_bearer)
    .join(EDITION, EDITION.c.id == func.coalesce(_bearer.c.merged_into_id, _bearer.c.id))
    .outerjoin(STOCK, STOCK.c.edition_id == EDITION.c.id)
    .where(_bearer.c.id == bindparam("edition"), _shown)
)
_rows = select(*_columns).select_from(EDITION).outerjoin(STOCK, STOCK.c.edition_id == EDITION.c.id).where(_shown)
_BY_IDS = _rows.where(EDITION.c.id.in_(bindparam("ids", expanding=True)))
_NEWEST = _rows.order_by(desc(EDITION.c.id)).limit(bindparam("most"))
_PROVISIONAL = _NEWEST.where(EDITION.c.is_provisional)
_COUNT_PROVISIONAL = select(func.count()).select_from(EDITION).where(EDITION.c.is_provisional, _shown)

_copy_rows = select(
    COPY.c.id,
    COPY.c.edition_id,
    COPY.c.media_grade,
    COPY.c.sleeve_grade,
    COPY.c.defects,
    COPY.c.is_signed,
    COPY.c.is_cut_out,
    COPY.c.price_minor,
    COPY.c.status,
    COPY.c.shelf,
    EDITION.c.title,
    EDITION.c.artist,
    EDITION.c.format,
    EDITION.c.label,
    EDITION.c.catalogue_number,
    EDITION.c.year,
).join(EDITION, EDITION.c.id == COPY.c.edition_id)
_ONE_COPY = _copy_rows.where(COPY.c.id == bindparam("copy"))
_COPIES = _copy_rows.where(COPY.c.edition_id == bindparam("edition")).order_by(COPY.c.id)


def find_by_code(session: Session, code: Scanned | str) -> tuple[EditionRow, ...]:
    """Return the editions that bear this code: one, or several to choose from, or none.

    Of the forms that a scan may mean, the best one that the catalogue knows counts alone. A provisional edition that
    turned out to be another one answers as that one.
    """
    scanned = read_code(code) if isinstance(code, str) else code
    if scanned.kind is CodeKind.EDITION and scanned.number is not None:
        own = _find(session, _BY_ID, {"edition": scanned.number})
        if own:
            return tuple(_edition_row(row) for row in own)
    wanted = scanned.candidates[:_MOST_CANDIDATES] or plain_code(scanned)
    if not wanted:
        return ()
    padded = (*wanted, *wanted[:1] * (_MOST_CANDIDATES - len(wanted)))
    found = _find(session, _BY_CODE, {f"code{n}": value for n, value in enumerate(padded)})
    if not found:
        return ()
    best = min(wanted.index(row[0]) for row in found)
    rows = {row[1]: _edition_row(row[1:]) for row in found if row[0] == wanted[best]}
    return tuple(rows.values())


def plain_code(scanned: Scanned) -> tuple[str, ...]:
    """The form in which a code that is no number (an old shop label) is kept and looked up; none for other kinds."""
    text = " ".join(scanned.raw.split()).casefold()
    usable = scanned.kind is CodeKind.OTHER and 0 < len(text) <= _LONGEST_CODE and text.isprintable()
    return (text,) if usable else ()


def get_edition(session: Session, edition_id: int) -> EditionRow:
    """Return one edition, or what it was merged into. Raises NotFound."""
    rows = _find(session, _BY_ID, {"edition": edition_id})
    if not rows:
        raise NotFound("edition", str(edition_id))
    return _edition_row(rows[0])


def list_by_ids(session: Session, edition_ids: Iterable[int]) -> tuple[EditionRow, ...]:
    """Return these editions in this order; those that are deleted or merged are left out."""
    wanted = list(edition_ids)
    found = {row[0]: _edition_row(row) for row in _find(session, _BY_IDS, {"ids": wanted})} if wanted else {}
    return tuple(found[edition_id] for edition_id in wanted if edition_id in found)


def find_names(session: Session, edition_ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """Return title, artist and format of any number of editions, deleted ones too; none for one that is gone."""
    found: dict[int, tuple[str, str, str]] = {}
    columns = (EDITION.c.id, EDITION.c.title, EDITION.c.artist, EDITION.c.format)
    for start in range(0, len(edition_ids), _CHUNK):
        query = select(*columns).where(EDITION.c.id.in_(edition_ids[start : start + _CHUNK]))
        found.update({row[0]: (row[1], row[2], row[3]) for row in session.execute(query)})
    return found


def list_newest(session: Session, limit: int, *, only_provisional: bool = False) -> tuple[EditionRow, ...]:
    """Return the editions that came last, newest first."""
    statement = _PROVISIONAL if only_provisional else _NEWEST
    return tuple(_edition_row(row) for row in _find(session, statement, {"most": limit}))


def count_provisional(session: Session) -> int:
    """Count the editions that were sold as unknown and still wait to be named."""
    return session.execute(_COUNT_PROVISIONAL).scalar_one()


def find_copy(session: Session, copy_id: int) -> CopyRow | None:
    """Return a used copy, sold or not."""
    rows = _find(session, _ONE_COPY, {"copy": copy_id})
    return _copy_row(rows[0]) if rows else None


def list_copies(session: Session, edition_id: int) -> tuple[CopyRow, ...]:
    """Return all copies of an edition, oldest first, the sold ones too."""
    return tuple(_copy_row(row) for row in _find(session, _COPIES, {"edition": edition_id}))


def _find(session: Session, statement: Select[Any], values: dict[str, Any]) -> list[AnyRow]:
    # Straight through the connection: a Session's own execute costs half as much again on a lookup.
    return list(session.connection().execute(statement, values))


def _edition_row(row: Any) -> EditionRow:
    values = list(row)
    values[12] = values[12] or shop_code(CodeKind.EDITION, values[0])
    return EditionRow(*values)


def _copy_row(row: AnyRow) -> CopyRow:
    return CopyRow(
        id=row.id,
        edition_id=row.edition_id,
        code=shop_code(CodeKind.COPY, row.id),
        title=row.title,
        artist=row.artist,
        format=row.format,
        label=row.label,
        catalogue_number=row.catalogue_number,
        year=row.year,
        grade=grade_text(row.media_grade, row.sleeve_grade),
        defects=row.defects,
        is_signed=row.is_signed,
        is_cut_out=row.is_cut_out,
        price_minor=row.price_minor,
        status=row.status,
        shelf=row.shelf,
    )
