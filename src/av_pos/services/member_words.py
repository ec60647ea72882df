"""The words a member is found by: folded name, its parts, pinyin and initials; prefixes are looked up as ranges.

They are made and read by `search_words.py`, the same as a disc's, so that both sides always meet.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from av_pos.models.members import MEMBER_WORD
from av_pos.services.search_words import Word, wanted, words_of

_MOST_FOUND = 200
_COUNTED = 2_000  # of a word with more members nobody needs to know how many more
_LAST = "\U0010ffff"


def words_for(name: str) -> tuple[str, ...]:
    """Return the words of a name. Reads pinyin in when it holds hanzi: to be called before a transaction begins."""
    return tuple(words_of((name,), ()).split())


def write_words(session: Session, member_id: int, words: Sequence[str]) -> None:
    """Let a member be found by these words and no others."""
    session.execute(delete(MEMBER_WORD).where(MEMBER_WORD.c.member_id == member_id))
    if words:
        session.execute(insert(MEMBER_WORD), [{"word": word, "member_id": member_id} for word in dict.fromkeys(words)])


def find_ids(session: Session, typed: str) -> list[int]:
    """Return members whose names have all the typed words, whole or by their beginning: at most 200, whole ones first.

    Only when nothing matches strictly do looser readings count.
    """
    for alternatives in wanted(typed):
        found: dict[int, None] = {}
        for words in alternatives:
            found.update(dict.fromkeys(_matching(session, words)))
        if found:
            return list(found)
    return []


def _matching(session: Session, words: Sequence[Word]) -> list[int]:
    # The rarest word leads; the others are only asked about its members.
    first, *others = _rarest_first(session, words)
    leading = MEMBER_WORD.alias("w0")
    query = select(leading.c.member_id).where(_is(leading, first))
    for place, word in enumerate(others, 1):
        beside = MEMBER_WORD.alias(f"w{place}")
        query = query.where(exists().where(beside.c.member_id == leading.c.member_id, _is(beside, word)))
    # In the order of the key, so that a whole word comes before longer ones, and nobody twice in a row.
    return [row[0] for row in session.execute(query.order_by(leading.c.word).limit(_MOST_FOUND))]


def _rarest_first(session: Session, words: Sequence[Word]) -> list[Word]:
    if len(words) == 1:
        return list(words)
    counts = [
        select(func.count())
        .select_from(select(MEMBER_WORD.c.member_id).where(_is(MEMBER_WORD, word)).limit(_COUNTED).subquery())
        .scalar_subquery()
        for word in words
    ]
    rarity = session.execute(select(*counts)).one()
    return [word for _, word in sorted(zip(rarity, words, strict=True), key=lambda pair: pair[0])]


def _is(table: FromClause, word: Word) -> ColumnElement[Any]:
    column = table.c.word
    return column.between(word.text, word.text + _LAST) if word.is_prefix else column == word.text
