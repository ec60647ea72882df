"""Rebuilds what customers also bought, in full, in the background: read in pieces, computed, staged, switched over.

A build that is broken off leaves rows that nobody reads; the next one takes them away.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.models import DOCUMENT, DOCUMENT_LINE, EDITION
from av_pos.models.returned import LINE_RETURN
from av_pos.models.similar import FOR_MEMBER, NEIGHBOUR, SIMILAR_BUILD
from av_pos.services import shop_settings

if TYPE_CHECKING:
    from av_pos.analytics.pairs import Lists
    from av_pos.analytics.recommend import MemberShelf, Shelf
    from av_pos.analytics.similarity import Neighbours

Progress = Callable[[int, int], None]
"""Is told how many steps of how many are done."""

Purchase = tuple[int, int, int, date]
"""Document, buyer (twice a member's id and one; twice the document's where there is no member), edition, day."""

READ_AT_ONCE = 20_000
_WRITE_AT_ONCE = 2_000
_DELETE_AT_ONCE = 20_000
_OWN = 30
MOST_MEMBERS = 5_000
"""So many members, the newest, get a list of their own."""

_FILL = 8
"""A list is filled up to so many with what sells in the style, so that there is always something in stock."""


def rebuild(db: Database, at: At, progress: Progress | None = None) -> int:
    """Workflow: build the lists anew and return their number; the old ones serve until one last short step.

    numpy comes with the first one, not before.
    """
    last = db.ask(last_document)
    purchases = read_purchases(db, last, progress)
    titles = db.ask(_titles)
    rows, own = _compute(purchases, titles)
    day = db.ask(_today, at)
    build = db.run(
        _open_build, at, day, last, len({buyer for _document, buyer, _edition, _day in purchases}), len(titles)
    )
    for first in range(0, len(rows), _WRITE_AT_ONCE):
        db.run(_write, build, rows[first : first + _WRITE_AT_ONCE])
        if progress is not None:
            progress(first, len(rows))
    for first in range(0, len(own), _WRITE_AT_ONCE):
        db.run(_write_own, build, own[first : first + _WRITE_AT_ONCE])
    db.run(_switch, build)
    while db.run(_throw_away, build):
        pass
    return build


def read_purchases(db: Database, last: int, progress: Progress | None = None) -> list[Purchase]:
    """Return what was bought and kept, each edition once a document, in the order of the documents up to `last`."""
    purchases: list[Purchase] = []
    after = 0
    while after < last:
        until = min(after + READ_AT_ONCE, last)
        purchases += db.ask(_piece, after, until)
        after = until
        if progress is not None:
            progress(after, last)
    return purchases


def _piece(session: Session, after: int, until: int) -> list[Purchase]:
    voids = select(DOCUMENT.c.of_document_id).where(DOCUMENT.c.kind == "void", DOCUMENT.c.of_document_id > after)
    query = (
        select(
            DOCUMENT.c.id,
            func.coalesce(DOCUMENT.c.member_id * 2 + 1, DOCUMENT.c.id * 2),
            func.coalesce(EDITION.c.merged_into_id, EDITION.c.id),
            DOCUMENT.c.business_on,
        )
        .join_from(DOCUMENT, DOCUMENT_LINE, DOCUMENT_LINE.c.document_id == DOCUMENT.c.id)
        .join(EDITION, EDITION.c.id == DOCUMENT_LINE.c.edition_id)
        .outerjoin(LINE_RETURN, LINE_RETURN.c.line_id == DOCUMENT_LINE.c.id)
        .where(
            DOCUMENT.c.id > after,
            DOCUMENT.c.id <= until,
            DOCUMENT.c.kind == "sale",
            DOCUMENT_LINE.c.qty > func.coalesce(LINE_RETURN.c.returned_qty, 0),
            DOCUMENT.c.id.not_in(voids),
        )
        .order_by(DOCUMENT.c.id, DOCUMENT_LINE.c.position)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def _titles(session: Session) -> Sequence[Any]:
    query = select(
        EDITION.c.id, EDITION.c.artist, EDITION.c.style, EDITION.c.label, EDITION.c.format, EDITION.c.year
    ).order_by(EDITION.c.id)
    return session.execute(query).all()


def last_document(session: Session) -> int:
    """Return the last document's id, 0 before the first."""
    return int(session.execute(select(func.coalesce(func.max(DOCUMENT.c.id), 0))).scalar_one())


def _today(session: Session, at: At) -> date:
    settings = shop_settings.get_settings(session)
    return business_day(at.now, settings.zone, settings.day_cut_min)


def _compute(purchases: Sequence[Purchase], titles: Sequence[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Compute the list of every title and of every member, as rows without their build's number."""
    if not titles:
        return [], []
    from av_pos.analytics.pairs import lists_of
    from av_pos.analytics.recommend import MemberShelf, Shelf

    place = {title.id: number for number, title in enumerate(titles)}
    known = [(buyer, place[edition]) for _document, buyer, edition, _day in purchases if edition in place]
    lists = lists_of([buyer for buyer, _place in known], [item for _buyer, item in known], len(titles))
    shelf = Shelf.built(lists, content_of(titles))
    ids = [title.id for title in titles]
    rows: list[dict[str, Any]] = []
    for number in range(len(titles)):
        rows += _list_of(shelf, number, ids)
    own = MemberShelf.built(lists, shelf)
    members = [int(name) for name in lists.names if int(name) % 2][-MOST_MEMBERS:]
    return rows, [row for name in members for row in _own_list(own, lists, name, ids)]


def _own_list(own: "MemberShelf", lists: "Lists", name: int, ids: Sequence[int]) -> list[dict[str, Any]]:
    """One member's list: what the titles' neighbours, the walk and the most alike members say together."""
    from av_pos.analytics.recommend import for_member

    found = for_member(own, lists.of(name), count=_OWN, member=name)
    return [
        {"member_id": name // 2, "rank": rank, "edition_id": ids[one.item], "ground": one.ground.value,
         "because_id": ids[one.because] if one.because >= 0 else None, "both_qty": one.both, "of_qty": one.of}
        for rank, one in enumerate(found)
    ]  # fmt: skip


def content_of(titles: Sequence[Any]) -> Any:
    """Return what the titles are as numbers: equal words get equal numbers, an empty one −1."""
    import numpy as np

    from av_pos.analytics.content import NONE, Content

    def numbers(words: list[str]) -> Any:
        known: dict[str, int] = {}
        return np.array([known.setdefault(word, len(known)) if word else NONE for word in words], np.int64)

    return Content(
        artist=numbers([title.artist.casefold() for title in titles]),
        style=numbers([title.style for title in titles]),
        label=numbers([title.label.casefold() for title in titles]),
        format=numbers([title.format for title in titles]),
        year=np.array([title.year or NONE for title in titles], np.int64),
    )


def _list_of(shelf: "Shelf", number: int, ids: Sequence[int]) -> list[dict[str, Any]]:
    """One title's list: common buyers; with too few of them what is like it first; then what sells in its style."""
    found: list[tuple[int, float, int, str]] = []
    seen = {number}
    is_cold = shelf.content is not None and int(shelf.content.ids[number, 0]) >= 0
    if is_cold and shelf.content is not None:
        _take(found, seen, shelf.content, number, "content")
    _take(found, seen, shelf.bought, number, "few" if is_cold else "bought")
    if shelf.popular is not None and shelf.style is not None:
        for item in shelf.popular.get(int(shelf.style[number]), ()):
            if len(found) >= _FILL:
                break
            if int(item) not in seen:
                seen.add(int(item))
                found.append((int(item), 0.0, 0, "style"))
    buyers = int(shelf.bought.buyers[number])
    return [
        {"edition_id": ids[number], "rank": rank, "other_id": ids[item], "score": score, "both_qty": both,
         "buyers_qty": buyers, "ground": ground}
        for rank, (item, score, both, ground) in enumerate(found)
    ]  # fmt: skip


def _take(
    found: list[tuple[int, float, int, str]], seen: set[int], near: "Neighbours", number: int, ground: str
) -> None:
    row = zip(near.ids[number].tolist(), near.scores[number].tolist(), near.both[number].tolist(), strict=True)
    for item, score, both in row:
        if item < 0:
            return
        if item not in seen:
            seen.add(item)
            found.append((item, score, both, ground))


def _open_build(session: Session, at: At, day: date, last: int, buyers: int, editions: int) -> int:
    values = {"is_current": False, "built_at": at.now, "built_on": day, "last_document_id": last,
              "buyers_qty": buyers, "editions_qty": editions}  # fmt: skip
    return int(session.execute(insert(SIMILAR_BUILD).values(**values).returning(SIMILAR_BUILD.c.id)).scalar_one())


def _write(session: Session, build: int, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(NEIGHBOUR), [{"build": build, **row} for row in rows])


def _write_own(session: Session, build: int, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(insert(FOR_MEMBER), [{"build": build, **row} for row in rows])


def _switch(session: Session, build: int) -> None:
    mine = session.execute(select(SIMILAR_BUILD.c.id).where(SIMILAR_BUILD.c.id == build)).scalar()
    if mine is None:
        # Another till began later and was done sooner: its lists stay.
        return
    session.execute(update(SIMILAR_BUILD).values(is_current=SIMILAR_BUILD.c.id == build))


def _throw_away(session: Session, build: int) -> int:
    """Delete some rows of other builds; returns how many."""
    old = select(SIMILAR_BUILD.c.id).where(SIMILAR_BUILD.c.id < build).order_by(SIMILAR_BUILD.c.id).limit(1)
    number = session.execute(old).scalar()
    if number is None:
        return 0
    some = (
        select(NEIGHBOUR.c.edition_id)
        .where(NEIGHBOUR.c.build == number)
        .order_by(NEIGHBOUR.c.edition_id)
        .limit(1)
        .offset(_DELETE_AT_ONCE // 50)
    )
    until = session.execute(some).scalar()
    gone = delete(NEIGHBOUR).where(NEIGHBOUR.c.build == number)
    if until is not None:
        session.execute(gone.where(NEIGHBOUR.c.edition_id < until))
    else:
        session.execute(gone)
        session.execute(delete(FOR_MEMBER).where(FOR_MEMBER.c.build == number))
        session.execute(delete(SIMILAR_BUILD).where(SIMILAR_BUILD.c.id == number))
    return 1
