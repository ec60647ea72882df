"""Which discs a stocktake has on its list: those of the shop, a shelf, a category or style, or the riskiest ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from av_pos.domain import demand
from av_pos.domain.stocktake import RiskFacts, Scope, fit_into, risk_of
from av_pos.models import COPY, DEMAND, EDITION, STOCK, STOCK_MOVE
from av_pos.models.stocktaking import STOCKTAKE, STOCKTAKE_COPY, STOCKTAKE_LINE
from av_pos.services.count_lines import OPEN_STATES

_SPEED_WEEKS = 26
_ON_SALE_STATES = ("intake", "in_stock", "reserved")

_shown = and_(~EDITION.c.is_deleted, EDITION.c.merged_into_id.is_(None))
_copy_shelf = func.coalesce(func.nullif(COPY.c.shelf, ""), EDITION.c.shelf)


@dataclass(frozen=True, slots=True)
class ListedDisc:
    """A disc that goes on a list, with its shelf and, where it was chosen by risk, what weighs most."""

    edition_id: int
    shelf: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ListedCopy:
    """A used copy that goes on a list."""

    copy_id: int
    edition_id: int
    shelf: str
    was_status: str


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """A shelf, category or style that can be counted, and how many discs with stock it has."""

    scope: Scope
    value: str
    discs_qty: int


def list_discs(session: Session, scope: Scope, value: str) -> list[ListedDisc]:
    """Return the discs of a scope (not RISK) of which the books have pieces, or fewer than none."""
    query = (
        select(EDITION.c.id, EDITION.c.shelf)
        .join(STOCK, STOCK.c.edition_id == EDITION.c.id)
        .where(_shown, STOCK.c.on_hand_qty != 0, _in_scope(scope, value, EDITION.c.shelf))
        .order_by(EDITION.c.id)
    )
    return [ListedDisc(row[0], row[1]) for row in session.execute(query)]


def list_copies(session: Session, scope: Scope, value: str, edition_ids: Sequence[int] = ()) -> list[ListedCopy]:
    """Return the used copies of a scope that should be in the shop; of a list by risk those of its discs."""
    wanted = COPY.c.edition_id.in_(edition_ids) if scope is Scope.RISK else _in_scope(scope, value, _copy_shelf)
    query = (
        select(COPY.c.id, COPY.c.edition_id, _copy_shelf, COPY.c.status)
        .join(EDITION, EDITION.c.id == COPY.c.edition_id)
        .where(COPY.c.status.in_(_ON_SALE_STATES), wanted)
        .order_by(COPY.c.id)
    )
    return [ListedCopy(*row) for row in session.execute(query)]


def list_by_risk(session: Session, now: datetime, today: date, minutes: int) -> list[ListedDisc]:
    """Return the riskiest discs that can be counted in so many minutes, none that is on an open list already."""
    facts = _risk_facts(session, now, today)
    top_minor = max((one.value_minor for one in facts.values()), default=0)
    risks = {edition_id: risk_of(one, top_minor) for edition_id, one in facts.items()}
    ranked = sorted(risks, key=lambda edition_id: (-risks[edition_id].score, edition_id))
    chosen = fit_into(minutes, ((edition_id, facts[edition_id].on_hand_qty) for edition_id in ranked))
    shelves = dict(session.execute(select(EDITION.c.id, EDITION.c.shelf).where(EDITION.c.id.in_(chosen))).all())
    return [ListedDisc(edition_id, shelves[edition_id], risks[edition_id].reason.value) for edition_id in chosen]


def list_choices(session: Session) -> tuple[ScopeChoice, ...]:
    """Return every shelf, category and style that has discs with stock, by name."""
    found = []
    for scope, column in ((Scope.SHELF, EDITION.c.shelf), (Scope.CATEGORY, EDITION.c.category),
                          (Scope.CATEGORY, EDITION.c.style)):  # fmt: skip
        query = (
            select(column, func.count())
            .join(STOCK, STOCK.c.edition_id == EDITION.c.id)
            .where(_shown, STOCK.c.on_hand_qty != 0, column != "")
            .group_by(column)
            .order_by(column)
        )
        found += [ScopeChoice(scope, value, count) for value, count in session.execute(query)]
    return tuple(found)


def open_takes(session: Session, but_id: int = 0) -> list[int]:
    """Return the stocktakes that are not over, but for one."""
    query = select(STOCKTAKE.c.id).where(
        STOCKTAKE.c.posted_at.is_(None), STOCKTAKE.c.status.in_(OPEN_STATES), STOCKTAKE.c.id != but_id
    )
    return list(session.scalars(query))


def discs_on(session: Session, takes: Sequence[int], edition_ids: Sequence[int]) -> set[int]:
    """Return those of these discs that are on the list of one of these stocktakes."""
    if not takes:
        return set()
    line = STOCKTAKE_LINE.c
    return set(
        session.scalars(select(line.edition_id).where(line.stocktake_id.in_(takes), line.edition_id.in_(edition_ids)))
    )


def copies_on(session: Session, takes: Sequence[int], copy_ids: Sequence[int]) -> set[int]:
    """Return those of these used copies that are on the list of one of these stocktakes."""
    if not takes:
        return set()
    line = STOCKTAKE_COPY.c
    return set(session.scalars(select(line.copy_id).where(line.stocktake_id.in_(takes), line.copy_id.in_(copy_ids))))


def _in_scope(scope: Scope, value: str, shelf: ColumnElement[str]) -> ColumnElement[bool]:
    if scope is Scope.SHELF:
        return shelf == value
    if scope is Scope.CATEGORY:
        return or_(EDITION.c.category == value, EDITION.c.style == value)
    return literal(True)


def _risk_facts(session: Session, now: datetime, today: date) -> dict[int, RiskFacts]:
    """What is known of every disc that has stock, or less than none, and is on no open list."""
    speed = _sold_a_week(session, today)
    out_by = _past_differences(session)
    counted = _last_counts(session)
    takes = open_takes(session)
    taken = set(session.scalars(select(STOCKTAKE_LINE.c.edition_id).where(STOCKTAKE_LINE.c.stocktake_id.in_(takes))))
    query = (
        select(STOCK.c.edition_id, STOCK.c.on_hand_qty, STOCK.c.value_minor)
        .join(EDITION, EDITION.c.id == STOCK.c.edition_id)
        .where(_shown, STOCK.c.on_hand_qty != 0)
    )
    return {
        edition_id: RiskFacts(
            on_hand_qty=on_hand,
            value_minor=value,
            sold_a_week=speed.get(edition_id, 0.0),
            differences_qty=out_by.get(edition_id, 0),
            days_since_count=(now - counted[edition_id]) // timedelta(days=1) if edition_id in counted else None,
        )
        for edition_id, on_hand, value in session.execute(query)
        if edition_id not in taken
    }


def _sold_a_week(session: Session, today: date) -> dict[int, float]:
    """Pieces sold a week of late, by edition."""
    first = demand.week_of(today) - _SPEED_WEEKS
    found = {}
    for edition_id, since, packed in session.execute(select(DEMAND.c.edition_id, DEMAND.c.since_week, DEMAND.c.weeks)):
        sold = sum(demand.unpack(packed)[max(first - since, 0) :])
        if sold > 0:
            found[edition_id] = sold / _SPEED_WEEKS
    return found


def _past_differences(session: Session) -> dict[int, int]:
    """Pieces that all counts so far were out by, by edition."""
    query = (
        select(STOCK_MOVE.c.edition_id, func.sum(func.abs(STOCK_MOVE.c.qty)))
        .where(STOCK_MOVE.c.origin == "stocktake", STOCK_MOVE.c.origin_id.is_not(None))
        .group_by(STOCK_MOVE.c.edition_id)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _last_counts(session: Session) -> dict[int, datetime]:
    """When each disc was last counted in a stocktake that was posted."""
    query = (
        select(STOCKTAKE_LINE.c.edition_id, func.max(STOCKTAKE_LINE.c.counted_at))
        .join(STOCKTAKE, STOCKTAKE.c.id == STOCKTAKE_LINE.c.stocktake_id)
        .where(STOCKTAKE.c.status == "posted", STOCKTAKE_LINE.c.counted_at.is_not(None))
        .group_by(STOCKTAKE_LINE.c.edition_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
