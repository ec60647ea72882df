"""Articles: editions as suppliers sell them, each with the supplier's number, its cost and its pack.

One supplier of an edition is preferred, the first one from the beginning: that is where the edition is ordered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.at import At
from av_pos.domain.money import parse_amount, parse_quantity
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import MOST_PIECES
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import EDITION
from av_pos.models.purchasing import ARTICLE, SUPPLIER
from av_pos.services import access, audit
from av_pos.services.editions import EditionRow, list_by_ids
from av_pos.services.suppliers import pass_preference_on, require_supplier
from av_pos.services.typed_text import read_line

LONGEST_NUMBER = 40
MOST_COST_MINOR = 9_999_999_99
"""The most that one piece may cost, in the supplier's minor units."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article as typed in: the cost of a piece in the supplier's currency, pieces a pack (blank: 1)."""

    edition_id: int
    number: str = ""
    cost: str = ""
    pack: str = ""
    is_preferred: bool = False


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article with the edition it is; `cost_minor` in the supplier's currency."""

    supplier_id: int
    supplier_name: str
    currency: str
    edition: EditionRow
    number: str
    cost_minor: int
    pack_qty: int
    is_preferred: bool


@dataclass(frozen=True, slots=True)
class ArticleTerms:
    """What an edition costs at a supplier, without the edition."""

    supplier_id: int
    edition_id: int
    number: str
    cost_minor: int
    pack_qty: int
    is_preferred: bool


_TERMS = select(
    ARTICLE.c.supplier_id,
    ARTICLE.c.edition_id,
    ARTICLE.c.number,
    ARTICLE.c.cost_minor,
    ARTICLE.c.pack_qty,
    ARTICLE.c.is_preferred,
)
# What left the catalogue is on no list: left out here, so that a page of a list is never empty before its end.
_ROWS = (
    select(SUPPLIER.c.name, SUPPLIER.c.currency, *_TERMS.selected_columns)
    .select_from(ARTICLE)
    .join(SUPPLIER, SUPPLIER.c.id == ARTICLE.c.supplier_id)
    .join(EDITION, EDITION.c.id == ARTICLE.c.edition_id)
    .where(~EDITION.c.is_deleted, EDITION.c.merged_into_id.is_(None))
)
_EDITION_STATE = select(EDITION.c.is_deleted, EDITION.c.is_provisional, EDITION.c.merged_into_id, EDITION.c.title)
_DISLIKE = (
    update(ARTICLE)
    .where(ARTICLE.c.edition_id == bindparam("edition"), ARTICLE.c.supplier_id != bindparam("supplier"))
    .values(is_preferred=False)
)


def set_article(session: Session, at: At, supplier_id: int, draft: ArticleDraft) -> ArticleRow:
    """Add an article to a supplier's list, or change it. Raises InvalidInput by field, NotFound, WrongState.

    The first supplier of an edition is preferred whatever the draft says.
    """
    access.require(session, at, Permission.ORDER_GOODS)
    supplier = require_supplier(session, supplier_id)
    require_orderable(session, draft.edition_id)
    terms = ArticleTerms(
        supplier_id,
        draft.edition_id,
        read_line("number", draft.number, LONGEST_NUMBER),
        read_cost(draft.cost, i18n.currency(supplier.currency).digits),
        read_pack(draft.pack),
        draft.is_preferred,
    )
    write_articles(session, at, (terms,))
    row = get_article(session, supplier_id, draft.edition_id)
    audit.record(session, at, "article_set", row.edition.title, supplier=supplier.name, number=row.number,
                 cost=i18n.format_amount(row.cost_minor, i18n.currency(row.currency).digits), pack_qty=row.pack_qty,
                 edition_id=draft.edition_id, supplier_id=supplier_id)  # fmt: skip
    return row


def remove_article(session: Session, at: At, supplier_id: int, edition_id: int) -> None:
    """Take an article off a supplier's list; where it was preferred another supplier becomes so. Raises NotFound."""
    access.require(session, at, Permission.ORDER_GOODS)
    row = get_article(session, supplier_id, edition_id)
    pass_preference_on(session, supplier_id, edition_id)
    session.execute(delete(ARTICLE).where(ARTICLE.c.supplier_id == supplier_id, ARTICLE.c.edition_id == edition_id))
    audit.record(session, at, "article_removed", row.edition.title, supplier=row.supplier_name, number=row.number,
                 edition_id=edition_id, supplier_id=supplier_id)  # fmt: skip


def get_article(session: Session, supplier_id: int, edition_id: int) -> ArticleRow:
    """Return one article. Raises NotFound."""
    query = _ROWS.where(ARTICLE.c.supplier_id == supplier_id, ARTICLE.c.edition_id == edition_id)
    rows = _rows(session, query)
    if not rows:
        raise NotFound("article", str(edition_id))
    return rows[0]


def list_articles(session: Session, supplier_id: int, limit: int = 500, after_id: int = 0) -> tuple[ArticleRow, ...]:
    """Return a supplier's articles in the order their editions came; the next page are those `after_id` the last."""
    query = _ROWS.where(ARTICLE.c.supplier_id == supplier_id, ARTICLE.c.edition_id > after_id)
    return _rows(session, query.order_by(ARTICLE.c.edition_id).limit(limit))


def list_suppliers_of(session: Session, edition_id: int) -> tuple[ArticleRow, ...]:
    """Return who sells an edition, the preferred one first."""
    query = _ROWS.where(ARTICLE.c.edition_id == edition_id, ~SUPPLIER.c.is_deleted)
    return _rows(session, query.order_by(ARTICLE.c.is_preferred.desc(), SUPPLIER.c.name))


def count_articles(session: Session, supplier_id: int) -> int:
    """Count a supplier's articles."""
    query = _ROWS.with_only_columns(func.count()).where(ARTICLE.c.supplier_id == supplier_id)
    return int(session.execute(query).scalar_one())


def find_terms(session: Session, supplier_id: int, edition_ids: Iterable[int]) -> dict[int, ArticleTerms]:
    """Return what editions cost at a supplier, by edition; those it does not list are left out."""
    found = {}
    for ids in _chunks(edition_ids):
        query = _TERMS.where(ARTICLE.c.supplier_id == supplier_id, ARTICLE.c.edition_id.in_(ids))
        found.update({row.edition_id: ArticleTerms(*row) for row in session.execute(query)})
    return found


def find_best_terms(session: Session, edition_ids: Iterable[int]) -> dict[int, ArticleTerms]:
    """Return where editions are ordered: at the preferred supplier, else at the one longest known; by edition."""
    found: dict[int, ArticleTerms] = {}
    for ids in _chunks(edition_ids):
        query = (
            _TERMS.join(SUPPLIER, SUPPLIER.c.id == ARTICLE.c.supplier_id)
            .where(ARTICLE.c.edition_id.in_(ids), ~SUPPLIER.c.is_deleted)
            .order_by(ARTICLE.c.is_preferred.desc(), ARTICLE.c.supplier_id)
        )
        for row in session.execute(query):
            found.setdefault(row.edition_id, ArticleTerms(*row))
    return found


def write_articles(session: Session, at: At, articles: Iterable[ArticleTerms]) -> None:
    """Write articles, new ones and changed ones: for `set_article` and imports. It asks for nothing."""
    rows = list(articles)
    known = _known(session, rows)
    preferred = _preferred(session, rows)
    for row in rows:
        if row.is_preferred:
            session.execute(_DISLIKE, {"edition": row.edition_id, "supplier": row.supplier_id})
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in rows:
        first = preferred.get(row.edition_id) in (None, row.supplier_id)
        values = {
            "supplier_id": row.supplier_id,
            "edition_id": row.edition_id,
            "number": row.number,
            "cost_minor": row.cost_minor,
            "pack_qty": row.pack_qty,
            "is_preferred": row.is_preferred or first,
            "changed_at": at.now,
        }
        (changed if (row.supplier_id, row.edition_id) in known else added).append(values)
    if added:
        session.execute(insert(ARTICLE), added)
    if changed:
        names = ("number", "cost_minor", "pack_qty", "is_preferred", "changed_at")
        statement = (
            update(ARTICLE)
            .where(ARTICLE.c.supplier_id == bindparam("of_supplier"), ARTICLE.c.edition_id == bindparam("of_edition"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        session.execute(
            statement,
            [
                {"of_supplier": row["supplier_id"], "of_edition": row["edition_id"]}
                | {f"new_{name}": row[name] for name in names}
                for row in changed
            ],
        )


def require_orderable(session: Session, edition_id: int) -> str:
    """Return the title of an edition that may be ordered. Raises NotFound, WrongState when deleted or without a name.

    One that was put together with another is no longer there.
    """
    row = session.execute(_EDITION_STATE.where(EDITION.c.id == edition_id)).first()
    if row is None or row.merged_into_id is not None:
        raise NotFound("edition", str(edition_id))
    if row.is_deleted:
        raise WrongState("edition", "deleted", row.title[:80])
    if row.is_provisional:
        raise WrongState("edition", "provisional")
    return str(row.title)


def read_cost(text: str, digits: int) -> int:
    """Read what a piece costs, in a currency of so many decimals; raises InvalidInput on `cost`."""
    try:
        return parse_amount(text, digits, maximum_minor=MOST_COST_MINOR)
    except InvalidInput as error:
        raise InvalidInput("cost", error.value, error.reason) from error


def read_pack(text: str) -> int:
    """Read the pieces of a pack, 1 for a blank; raises InvalidInput on `pack`."""
    try:
        pieces = parse_quantity(text, MOST_PIECES) if text.strip() else 1
    except InvalidInput as error:
        raise InvalidInput("pack", error.value, error.reason) from error
    if pieces == 0:
        raise InvalidInput("pack", text[:40], "too_small")
    return pieces


def _rows(session: Session, query: Any) -> tuple[ArticleRow, ...]:
    found = session.execute(query).all()
    editions = {row.id: row for row in list_by_ids(session, [row.edition_id for row in found])}
    return tuple(
        ArticleRow(
            row.supplier_id,
            row.name,
            row.currency,
            editions[row.edition_id],
            row.number,
            row.cost_minor,
            row.pack_qty,
            row.is_preferred,
        )
        for row in found
    )


def _known(session: Session, rows: list[ArticleTerms]) -> set[tuple[int, int]]:
    known: set[tuple[int, int]] = set()
    for ids in _chunks(row.edition_id for row in rows):
        query = select(ARTICLE.c.supplier_id, ARTICLE.c.edition_id).where(ARTICLE.c.edition_id.in_(ids))
        known.update((supplier_id, edition_id) for supplier_id, edition_id in session.execute(query))
    return known


def _preferred(session: Session, rows: list[ArticleTerms]) -> dict[int, int]:
    """By edition: the supplier that is preferred just now."""
    found: dict[int, int] = {}
    for ids in _chunks(row.edition_id for row in rows):
        query = select(ARTICLE.c.edition_id, ARTICLE.c.supplier_id)
        query = query.where(ARTICLE.c.edition_id.in_(ids), ARTICLE.c.is_preferred)
        for edition_id, supplier_id in session.execute(query):
            found[edition_id] = supplier_id
    return found


def _chunks(edition_ids: Iterable[int]) -> Iterable[list[int]]:
    ids = list(dict.fromkeys(edition_ids))
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
