"""Orders that are not written line by line: a copy of an earlier one, and the drafts of the reorder screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.purchasing import MOST_PIECES
from av_pos.errors import NotFound
from av_pos.models import EDITION
from av_pos.models.purchasing import ORDER_LINE, PURCHASE_ORDER
from av_pos.services import access
from av_pos.services.articles import ArticleTerms, find_best_terms, find_terms
from av_pos.services.order_views import OrderView, order_number, view_order
from av_pos.services.purchase_orders import NewLine, check_qty, write_draft
from av_pos.services.suppliers import get_supplier, require_supplier

REORDER = "reorder"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reorder screen wants: pieces of an edition, and why, in a sentence that stays with the line."""

    edition_id: int
    qty: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is in no draft: `reason` is no_supplier, or not_orderable (deleted, merged, without a name)."""

    edition_id: int
    qty: int
    reason: str


@dataclass(frozen=True, slots=True)
class OrdersMadeOutcome:
    """The drafts that were made, one a supplier, by their ids; and what nobody could be asked for."""

    order_ids: tuple[int, ...]
    lines_qty: int
    pieces_qty: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class CopiedOrder:
    """A copy as a new draft, and the editions of the first that cannot be ordered any more."""

    view: OrderView
    left_out: tuple[LeftOut, ...] = ()


def copy_order(session: Session, at: At, order_id: int) -> CopiedOrder:
    """Copy an order of any state as a draft at today's costs. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    supplier_id = session.execute(select(PURCHASE_ORDER.c.supplier_id).where(PURCHASE_ORDER.c.id == order_id)).scalar()
    if supplier_id is None:
        raise NotFound("purchase_order", order_number(order_id))
    supplier = require_supplier(session, supplier_id)
    query = select(ORDER_LINE).where(ORDER_LINE.c.order_id == order_id).order_by(ORDER_LINE.c.position)
    lines = session.execute(query).all()
    ids = [line.edition_id for line in lines]
    terms, orderable = find_terms(session, supplier_id, ids), find_orderable(session, ids)
    kept = [
        NewLine(
            line.edition_id,
            line.qty,
            terms[line.edition_id].cost_minor if line.edition_id in terms else line.cost_minor,
        )
        for line in lines
        if line.edition_id in orderable
    ]
    gone = tuple(
        LeftOut(line.edition_id, line.qty, "not_orderable") for line in lines if line.edition_id not in orderable
    )
    return CopiedOrder(view_order(session, at, write_draft(session, at, supplier, kept)), gone)


def create_orders(session: Session, at: At, wanted: Sequence[Wanted]) -> OrdersMadeOutcome:
    """Make drafts of what is wanted, one a supplier, each edition where it is ordered (see `find_best_terms`).

    Named twice, an edition gets the sum. Nothing is rounded to packs: what was suggested is what is asked for. Raises
    InvalidInput for a quantity that cannot be meant, NotPermitted.
    """
    access.require(session, at, Permission.ORDER_GOODS)
    summed = _summed(wanted)
    terms, orderable = find_best_terms(session, summed), find_orderable(session, summed)
    by_supplier: dict[int, list[NewLine]] = {}
    left_out = []
    for edition_id, row in summed.items():
        of_edition = terms.get(edition_id)
        if edition_id not in orderable or of_edition is None:
            reason = "no_supplier" if edition_id in orderable else "not_orderable"
            left_out.append(LeftOut(edition_id, row.qty, reason))
            continue
        by_supplier.setdefault(of_edition.supplier_id, []).append(_new_line(row, of_edition))
    made = [
        write_draft(session, at, get_supplier(session, supplier_id), by_supplier[supplier_id], origin=REORDER)
        for supplier_id in sorted(by_supplier)
    ]
    lines = [line for own in by_supplier.values() for line in own]
    return OrdersMadeOutcome(tuple(made), len(lines), sum(line.qty for line in lines), tuple(left_out))


def find_orderable(session: Session, edition_ids: Iterable[int]) -> set[int]:
    """Return which of these editions may be ordered: in the catalogue, with a name of their own, not merged."""
    ids = list(dict.fromkeys(edition_ids))
    found: set[int] = set()
    for start in range(0, len(ids), _CHUNK):
        query = select(EDITION.c.id).where(EDITION.c.id.in_(ids[start : start + _CHUNK]))
        query = query.where(~EDITION.c.is_deleted, ~EDITION.c.is_provisional, EDITION.c.merged_into_id.is_(None))
        found.update(session.execute(query).scalars())
    return found


def _summed(wanted: Sequence[Wanted]) -> dict[int, Wanted]:
    """By edition, in the order in which they were first named."""
    summed: dict[int, Wanted] = {}
    for row in wanted:
        before = summed.get(row.edition_id)
        qty = check_qty(row.qty) + (before.qty if before else 0)
        summed[row.edition_id] = Wanted(row.edition_id, min(qty, MOST_PIECES), (before or row).why)
    return summed


def _new_line(row: Wanted, terms: ArticleTerms) -> NewLine:
    return NewLine(row.edition_id, row.qty, terms.cost_minor, row.why)
