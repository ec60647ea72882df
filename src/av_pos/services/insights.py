"""What customers also bought, as the till and the pages read it: from stored lists and the sales made since.

The lists are rebuilt in full in the background (`insight_build`). A sale is learned by being written: its lines are
read beside the lists until the next rebuild, so that nothing more has to be stored while a customer waits.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Row, and_, bindparam, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from av_pos.models import COPY, DOCUMENT, DOCUMENT_LINE, EDITION, STOCK
from av_pos.models.returned import LINE_RETURN
from av_pos.models.similar import FOR_MEMBER, NEIGHBOUR, SIMILAR_BUILD, SUGGESTION

TILES = 4
_ORDER = {"bought": 0, "content": 1, "few": 2, "style": 3}
_DEPTH = 30
_NEWS_SHRINK = 3
_MOST_NEWS = 2000
_MOST_NEW_PAIRS = 8

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A disc to offer beside `beside_id` (0: beside none), and why: `both_qty` of `buyers_qty` buyers bought this too.

    `ground` is bought, content, few, style or alike (members most like this one); without common buyers both are 0.
    `beside_title` is filled for a member, who does not see the basket beside it.
    """

    edition_id: int
    beside_id: int
    title: str
    artist: str
    format: str
    style: str
    shelf: str
    price_minor: int
    on_hand_qty: int
    both_qty: int
    buyers_qty: int
    ground: str
    beside_title: str = ""


class _Found(NamedTuple):
    """A candidate, with the names that a stored row has."""

    id: int
    title: str
    artist: str
    format: str
    style: str
    shelf: str
    price_minor: int
    on_hand_qty: int
    album_id: int
    edition_id: int
    score: float
    both_qty: int
    buyers_qty: int
    ground: str


def _back_of(line: FromClause) -> ColumnElement[int]:
    """How many of a line's pieces came back, by a return or a void; a line of either has less than nothing itself."""
    back = select(LINE_RETURN.c.returned_qty).where(LINE_RETURN.c.line_id == line.c.id).correlate(line)
    return func.coalesce(back.scalar_subquery(), 0)


_BUILD = select(SIMILAR_BUILD.c.id, SIMILAR_BUILD.c.last_document_id, SIMILAR_BUILD.c.built_on).where(
    SIMILAR_BUILD.c.is_current
)
_has_copy = (
    select(literal(1)).where(COPY.c.edition_id == EDITION.c.id, COPY.c.status == "in_stock").correlate(EDITION).exists()
)
_CAN_BE_SOLD = and_(
    EDITION.c.is_deleted.is_(False),
    EDITION.c.is_provisional.is_(False),
    or_(STOCK.c.on_hand_qty > STOCK.c.reserved_qty, _has_copy),
)
_asked: Any = bindparam("editions", expanding=True)
_albums = select(EDITION.c.album_id).where(EDITION.c.id.in_(_asked)).correlate(None)
_DISC = (
    EDITION.c.id,
    EDITION.c.title,
    EDITION.c.artist,
    EDITION.c.format,
    EDITION.c.style,
    EDITION.c.shelf,
    EDITION.c.price_minor,
    STOCK.c.on_hand_qty,
    EDITION.c.album_id,
)
_STORED = (
    select(*_DISC, NEIGHBOUR.c.edition_id, NEIGHBOUR.c.score, NEIGHBOUR.c.both_qty, NEIGHBOUR.c.buyers_qty,
           NEIGHBOUR.c.ground)
    .join_from(NEIGHBOUR, EDITION, EDITION.c.id == NEIGHBOUR.c.other_id)
    .join(STOCK, STOCK.c.edition_id == EDITION.c.id)
    .where(
        NEIGHBOUR.c.build == bindparam("build"),
        NEIGHBOUR.c.edition_id.in_(_asked),
        NEIGHBOUR.c.rank < _DEPTH,
        _CAN_BE_SOLD,
        EDITION.c.album_id.not_in(_albums),
    )
)  # fmt: skip
_line, _other = DOCUMENT_LINE.alias("asked_line"), DOCUMENT_LINE.alias("other_line")
_DISCS = (
    select(*_DISC)
    .join(STOCK, STOCK.c.edition_id == EDITION.c.id)
    .where(EDITION.c.id.in_(bindparam("others", expanding=True)), _CAN_BE_SOLD, EDITION.c.album_id.not_in(_albums))
)
_NEWS = (
    select(_line.c.edition_id, _other.c.edition_id, func.count())
    .join_from(_line, _other, _other.c.document_id == _line.c.document_id)
    .where(
        _line.c.edition_id.in_(_asked),
        _line.c.business_on >= bindparam("since"),
        _line.c.document_id > bindparam("last"),
        _line.c.qty > _back_of(_line),
        _other.c.qty > _back_of(_other),
        _other.c.edition_id != _line.c.edition_id,
    )
    .group_by(_line.c.edition_id, _other.c.edition_id)
    .limit(_MOST_NEWS)
)
_OWNED = (
    select(EDITION.c.album_id)
    .distinct()
    .join_from(DOCUMENT, DOCUMENT_LINE, DOCUMENT_LINE.c.document_id == DOCUMENT.c.id)
    .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
    .where(DOCUMENT.c.member_id == bindparam("member"), DOCUMENT_LINE.c.qty > _back_of(DOCUMENT_LINE))
)

_because = EDITION.alias("because")
_OWN = (
    select(*_DISC, FOR_MEMBER.c.because_id, FOR_MEMBER.c.both_qty, FOR_MEMBER.c.of_qty, FOR_MEMBER.c.ground,
           _because.c.title.label("beside_title"))
    .join_from(FOR_MEMBER, EDITION, EDITION.c.id == FOR_MEMBER.c.edition_id)
    .join(STOCK, STOCK.c.edition_id == EDITION.c.id)
    .outerjoin(_because, _because.c.id == FOR_MEMBER.c.because_id)
    .where(
        FOR_MEMBER.c.build == bindparam("build"),
        FOR_MEMBER.c.member_id == bindparam("member"),
        _CAN_BE_SOLD,
        EDITION.c.album_id.not_in(_OWNED),
    )
    .order_by(FOR_MEMBER.c.rank)
)  # fmt: skip


def tiles_for(
    session: Session, edition_ids: Collection[int], member_id: int | None = None, count: int = TILES
) -> tuple[Tile, ...]:
    """Return the best discs to offer beside these, each to be had, one of an album, none that the member bought before.

    Empty before the first rebuild.
    """
    build = session.execute(_BUILD).first()
    if build is None or not edition_ids:
        return ()
    asked = sorted(set(edition_ids))
    query = _STORED
    values: dict[str, Any] = {"build": build.id, "editions": asked}
    if member_id is not None:
        query = _STORED.where(EDITION.c.album_id.not_in(_OWNED))
        values["member"] = member_id
    news = _news(session, asked, build.built_on, build.last_document_id)
    rows = session.execute(query, values).all()
    unknown = news.keys() - {(row.edition_id, row.id) for row in rows} if news else set()
    if not unknown:
        return _best(rows, news, count)
    firsts = sorted(unknown, key=lambda pair: (-news[pair], pair))[:_MOST_NEW_PAIRS]
    return _best([*rows, *_new_pairs(session, asked, member_id, firsts)], news, count)


def bought_with(session: Session, edition_id: int, count: int = 10) -> tuple[Tile, ...]:
    """Return what was bought with one disc, for its own page."""
    return tiles_for(session, (edition_id,), count=count)


def note_offered(
    session: Session, document_id: int, offered: Iterable[tuple[int, int]], taken_ids: Collection[int]
) -> None:
    """Keep what was offered beside a sale's discs, as (edition, beside), and whether it was taken from there."""
    taken = set(taken_ids)
    rows = [
        {"document_id": document_id, "edition_id": one, "beside_id": beside, "is_taken": one in taken}
        for one, beside in dict(offered).items()
    ]
    if rows:
        session.execute(insert(SUGGESTION), rows)


def for_member(session: Session, member_id: int, count: int = 6) -> tuple[Tile, ...]:
    """Return what a member may like, with what it rests on; only what is in stock and of albums not bought before."""
    build = session.execute(_BUILD).first()
    if build is None:
        return ()
    rows = session.execute(_OWN, {"build": build.id, "member": member_id})
    return tuple(
        Tile(row.id, row.because_id or 0, row.title, row.artist, row.format, row.style, row.shelf, row.price_minor,
             row.on_hand_qty, row.both_qty, row.of_qty, row.ground, row.beside_title or "")
        for row in _one_of_each_album(rows, count)
    )  # fmt: skip


def fits_members(session: Session, edition_ids: Collection[int], limit: int = 50) -> dict[int, int]:
    """Return, for each of these discs, how many members bought a disc whose list holds it: "fits 3 members"."""
    build = session.execute(_BUILD).first()
    if build is None or not edition_ids:
        return {}
    query = (
        select(NEIGHBOUR.c.other_id, func.count(DOCUMENT.c.member_id.distinct()))
        .join_from(NEIGHBOUR, DOCUMENT_LINE, DOCUMENT_LINE.c.edition_id == NEIGHBOUR.c.edition_id)
        .join(DOCUMENT, DOCUMENT.c.id == DOCUMENT_LINE.c.document_id)
        .where(
            NEIGHBOUR.c.build == build.id,
            NEIGHBOUR.c.other_id.in_(list(edition_ids)[:limit]),
            NEIGHBOUR.c.ground == "bought",
            NEIGHBOUR.c.rank < TILES,
            DOCUMENT.c.member_id.is_not(None),
        )
        .group_by(NEIGHBOUR.c.other_id)
    )
    return {edition_id: int(members) for edition_id, members in session.execute(query)}


def _news(session: Session, asked: Sequence[int], since: date, last: int) -> dict[tuple[int, int], int]:
    rows = session.execute(_NEWS, {"editions": asked, "since": since, "last": last})
    return {(beside, other): int(both) for beside, other, both in rows}


def _new_pairs(
    session: Session, asked: Sequence[int], member_id: int | None, pairs: Sequence[tuple[int, int]]
) -> list[_Found]:
    """Pairs that nobody bought together before the rebuild: behind all others with common buyers."""
    query = _DISCS.where(EDITION.c.album_id.not_in(_OWNED)) if member_id is not None else _DISCS
    others = [other for _beside, other in pairs]
    values: dict[str, Any] = {"others": others, "editions": asked, "member": member_id}
    discs = {row.id: row for row in session.execute(query, values)}
    return [_Found(*discs[other], beside, 0.0, 0, 0, "bought") for beside, other in pairs if other in discs]


def _best(rows: Sequence[AnyRow | _Found], news: dict[tuple[int, int], int], count: int) -> tuple[Tile, ...]:
    """Sum what each disc of the basket says, ground by ground; a disc rests on the one that gave it most."""
    sums: dict[int, float] = {}
    firm: dict[int, tuple[int, float, AnyRow | _Found]] = {}
    for row in rows:
        score = _with_news(row, news.get((row.edition_id, row.id), 0))
        place = (_ORDER[row.ground], -score, row)
        sums[row.id] = sums.get(row.id, 0.0) + score
        if row.id not in firm or place[:2] < firm[row.id][:2]:
            firm[row.id] = place
    ranked = sorted(firm.values(), key=lambda place: (place[0], -sums[place[2].id], place[2].id))
    best = _one_of_each_album((row for _ground, _score, row in ranked), count)
    return tuple(_tile(row, news.get((row.edition_id, row.id), 0)) for row in best)


def _one_of_each_album(rows: Iterable[Any], count: int) -> list[Any]:
    """The first rows, of several editions of an album only the first: a customer wants the music once."""
    albums: dict[int, Any] = {}
    for row in rows:
        albums.setdefault(row.album_id, row)
        if len(albums) == count:
            break
    return list(albums.values())


def _with_news(row: AnyRow | _Found, fresh: int) -> float:
    """Let the sales since the rebuild speak: more common buyers raise the score as the shrinkage lets them."""
    both, score = int(row.both_qty), float(row.score)
    if not fresh:
        return score
    before = both / (both + _NEWS_SHRINK) if both else 0.0
    now = (both + fresh) / (both + fresh + _NEWS_SHRINK)
    return score * (now / before) if before else score * (1.0 + now)


def _tile(row: AnyRow | _Found, fresh: int) -> Tile:
    common = row.ground in ("bought", "few")
    return Tile(
        edition_id=row.id,
        beside_id=row.edition_id,
        title=row.title,
        artist=row.artist,
        format=row.format,
        style=row.style,
        shelf=row.shelf,
        price_minor=row.price_minor,
        on_hand_qty=row.on_hand_qty,
        both_qty=row.both_qty + fresh if common else 0,
        buyers_qty=row.buyers_qty + fresh if common else 0,
        ground=row.ground,
    )


def find_build(session: Session) -> tuple[int, int, date] | None:
    """Return number, last document and day of the lists in use; None before the first rebuild."""
    row = session.execute(_BUILD).first()
    return (row.id, row.last_document_id, row.built_on) if row else None
