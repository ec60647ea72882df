"""Finds editions by what somebody types: the one file with full-text SQL, which is not portable.

On SQLite an FTS5 table holds each edition's words (`search_words.py`) under a row number made of its popularity and its
id. Rows come in the order of their numbers, so that the best twenty are found without looking at the rest, and the
newer of two equally popular ones comes first. The words themselves stand in `search_key`: an FTS5 table without
content forgets a row only when told again what stood there, and another database searches them directly.

Whoever adds or changes an edition calls `index_editions` in the same transaction; popularity is that of the last
`rank_by_sales` or `rebuild_index`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, desc, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.models import ALBUM, BARCODE, DOCUMENT_LINE, EDITION, SEARCH_KEY
from av_pos.services.editions import EditionRow, find_by_code, list_by_ids
from av_pos.services.search_words import Alternatives, wanted, words_of

# A row number is (_MOST_SOLD - pieces sold) * 2^32 + (2^32 - 1 - id): below 2^52, lowest first.
_MOST_SOLD = 2**20 - 1
_IDS = 2**32
_CHUNK = 500
_RANK_CHUNK = 100

_MATCH = text(
    "SELECT edition.id FROM search_index"
    " CROSS JOIN edition ON edition.id = 4294967295 - (search_index.rowid & 4294967295)"
    " WHERE search_index MATCH :words AND edition.is_deleted = 0 AND edition.merged_into_id IS NULL"
    " ORDER BY search_index.rowid LIMIT :most"
)
_PUT = text("INSERT INTO search_index (rowid, words) VALUES (:row, :words)")
_TAKE = text("INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', :row, :words)")
_EMPTY = text("INSERT INTO search_index (search_index) VALUES ('delete-all')")
_FILL = text(
    "INSERT INTO search_index (rowid, words) SELECT"
    " (1048575 - max(0, min(sold_qty, 1048575))) * 4294967296 + 4294967295 - edition_id AS number, words"
    " FROM search_key ORDER BY number"
)
_MERGE = text("INSERT INTO search_index (search_index) VALUES ('optimize')")
_CHECK = text("INSERT INTO search_index (search_index) VALUES ('integrity-check')")

_SOURCE = (
    select(
        EDITION.c.id,
        EDITION.c.title,
        EDITION.c.artist,
        EDITION.c.catalogue_number,
        EDITION.c.merged_into_id,
        ALBUM.c.title.label("album_title"),
        ALBUM.c.artist.label("album_artist"),
    )
    .join(ALBUM, ALBUM.c.id == EDITION.c.album_id)
    .where(EDITION.c.id.in_(bindparam("ids", expanding=True)))
)
_CODES = select(BARCODE.c.edition_id, BARCODE.c.code, BARCODE.c.printed).where(
    BARCODE.c.edition_id.in_(bindparam("ids", expanding=True))
)
_KEYS = select(SEARCH_KEY.c.edition_id, SEARCH_KEY.c.sold_qty, SEARCH_KEY.c.words).where(
    SEARCH_KEY.c.edition_id.in_(bindparam("ids", expanding=True))
)
_MISSING = (
    select(EDITION.c.id)
    .outerjoin(SEARCH_KEY, SEARCH_KEY.c.edition_id == EDITION.c.id)
    .where(EDITION.c.id > bindparam("after"), SEARCH_KEY.c.edition_id.is_(None), EDITION.c.merged_into_id.is_(None))
    .order_by(EDITION.c.id)
    .limit(_CHUNK)
)
_sold = (
    select(DOCUMENT_LINE.c.edition_id, func.sum(DOCUMENT_LINE.c.qty).label("qty"))
    .group_by(DOCUMENT_LINE.c.edition_id)
    .subquery()
)


def find_text(session: Session, typed: str, limit: int = 20) -> tuple[EditionRow, ...]:
    """Return the editions that a typed text may mean, best sellers first; an exact barcode before everything else.

    Only when nothing matches strictly do looser readings count: parts of a word, characters that do not stand together.
    """
    found = find_by_code(session, typed[:100])
    ids: list[int] = []
    for alternatives in wanted(typed):
        if alternatives and not ids:
            ids = _find_ids(session, alternatives, limit)
    known = {row.id for row in found}
    return (*found, *list_by_ids(session, [edition_id for edition_id in ids if edition_id not in known]))[:limit]


def index_editions(session: Session, edition_ids: Sequence[int]) -> None:
    """Bring the words of new or changed editions up to date, so that the next search finds them.

    An edition that was merged into another one is taken out.
    """
    for start in range(0, len(edition_ids), _CHUNK):
        _index(session, edition_ids[start : start + _CHUNK])


def remove_editions(session: Session, edition_ids: Sequence[int]) -> None:
    """Take editions out of the index, before they are taken away themselves."""
    for start in range(0, len(edition_ids), _CHUNK):
        _forget(session, session.execute(_KEYS, {"ids": edition_ids[start : start + _CHUNK]}).all())


def rebuild_index(session: Session, progress: Callable[[int], None] | None = None) -> int:
    """Make the whole index anew, ranked by pieces sold, and return how many editions are in it.

    For a new shop, the demo, and after a repair: it holds the database as long as it takes. A shop at work uses
    `rank_by_sales`. `progress` is told how many editions were read so far.
    """
    last, done = 0, 0
    while missing := list(session.execute(_MISSING, {"after": last}).scalars()):
        words = _words(session, missing)
        session.execute(
            insert(SEARCH_KEY), [{"edition_id": key, "sold_qty": 0, "words": words[key]} for key in missing]
        )
        last, done = missing[-1], done + len(missing)
        if progress:
            progress(done)
    session.execute(
        update(SEARCH_KEY).values(sold_qty=_sold.c.qty).where(SEARCH_KEY.c.edition_id == _sold.c.edition_id)
    )
    if _has_index(session):
        for statement in (_EMPTY, _FILL, _MERGE):
            session.execute(statement)
    return session.execute(select(func.count()).select_from(SEARCH_KEY)).scalar_one()


def rank_by_sales(db: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Workflow: bring popularity up to date in short transactions while the shop sells; return what changed.

    `progress` is told how many editions are done, of how many; what it raises ends the work, and nothing is lost.
    """
    changed = db.ask(_changed_ranks)
    for start in range(0, len(changed), _RANK_CHUNK):
        if progress:
            progress(start, len(changed))
        db.run(_rank, dict(changed[start : start + _RANK_CHUNK]))
    return len(changed)


def check_index(session: Session) -> None:
    """Let SQLite look through the index; raises its database error when the index is damaged."""
    if _has_index(session):
        session.execute(_CHECK)


def _has_index(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _find_ids(session: Session, alternatives: Alternatives, limit: int) -> list[int]:
    if not _has_index(session):
        return _find_plainly(session, alternatives, limit)
    return list(session.execute(_MATCH, {"words": _expression(alternatives), "most": limit}).scalars())


def _expression(alternatives: Alternatives) -> str:
    """Write an FTS5 expression. A word holds letters and figures only, and is quoted all the same."""
    ways = (
        " AND ".join(f'"{word.text}"' + ("*" if word.is_prefix else "") for word in words) for words in alternatives
    )
    return " OR ".join(f"({way})" for way in ways)


def _find_plainly(session: Session, alternatives: Alternatives, limit: int) -> list[int]:
    """The same search without full text: slower with the size of the catalogue, the same answers."""
    ways = (
        and_(*(SEARCH_KEY.c.words.like(f"% {word.text}%" if word.is_prefix else f"% {word.text} %") for word in words))
        for words in alternatives
    )
    query = (
        select(SEARCH_KEY.c.edition_id)
        .join(EDITION, EDITION.c.id == SEARCH_KEY.c.edition_id)
        .where(or_(*ways), ~EDITION.c.is_deleted, EDITION.c.merged_into_id.is_(None))
        .order_by(desc(SEARCH_KEY.c.sold_qty), desc(SEARCH_KEY.c.edition_id))
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def _row_number(sold_qty: int, edition_id: int) -> int:
    return (_MOST_SOLD - max(0, min(sold_qty, _MOST_SOLD))) * _IDS + _IDS - 1 - edition_id


def _words(session: Session, edition_ids: Sequence[int]) -> dict[int, str]:
    """The words of these editions; none for those that were merged into others."""
    numbers: dict[int, list[str]] = {}
    for edition_id, code, printed in session.execute(_CODES, {"ids": edition_ids}):
        numbers.setdefault(edition_id, []).extend((code, printed))
    return {
        row.id: words_of(
            (row.title, row.artist, row.album_title, row.album_artist),
            (*row.catalogue_number.split("|"), *numbers.get(row.id, ())),
        )
        for row in session.execute(_SOURCE, {"ids": edition_ids})
        if row.merged_into_id is None
    }


def _index(session: Session, edition_ids: Sequence[int]) -> None:
    old = {row.edition_id: row for row in session.execute(_KEYS, {"ids": edition_ids})}
    new = _words(session, edition_ids)
    gone = [row for row in old.values() if new.get(row.edition_id) != row.words]
    fresh = {key: words for key, words in new.items() if key not in old or old[key].words != words}
    sold = {key: old[key].sold_qty if key in old else 0 for key in fresh}
    _forget(session, gone)
    if fresh:
        session.execute(
            insert(SEARCH_KEY),
            [{"edition_id": key, "sold_qty": sold[key], "words": words} for key, words in fresh.items()],
        )
        _change_index(session, _PUT, ((sold[key], key, words) for key, words in fresh.items()))


def _forget(session: Session, rows: Sequence[Any]) -> None:
    if rows:
        session.execute(delete(SEARCH_KEY).where(SEARCH_KEY.c.edition_id.in_([row.edition_id for row in rows])))
        _change_index(session, _TAKE, ((row.sold_qty, row.edition_id, row.words) for row in rows))


def _changed_ranks(session: Session) -> list[tuple[int, int]]:
    query = (
        select(SEARCH_KEY.c.edition_id, _sold.c.qty)
        .join(_sold, _sold.c.edition_id == SEARCH_KEY.c.edition_id)
        .where(SEARCH_KEY.c.sold_qty != _sold.c.qty)
        .order_by(SEARCH_KEY.c.edition_id)
    )
    return [(edition_id, int(qty)) for edition_id, qty in session.execute(query)]


def _rank(session: Session, sold: dict[int, int]) -> None:
    rows = session.execute(_KEYS, {"ids": list(sold)}).all()
    _change_index(session, _TAKE, ((row.sold_qty, row.edition_id, row.words) for row in rows))
    _change_index(session, _PUT, ((sold[row.edition_id], row.edition_id, row.words) for row in rows))
    session.execute(
        update(SEARCH_KEY).where(SEARCH_KEY.c.edition_id == bindparam("edition")).values(sold_qty=bindparam("qty")),
        [{"edition": row.edition_id, "qty": sold[row.edition_id]} for row in rows],
    )


def _change_index(session: Session, statement: Any, rows: Iterable[tuple[int, int, str]]) -> None:
    values = [{"row": _row_number(sold_qty, edition_id), "words": words} for sold_qty, edition_id, words in rows]
    if values and _has_index(session):
        session.execute(statement, values)
