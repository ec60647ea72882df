"""What reordering reads of the catalogue and of suppliers: it changes seldom, and is kept while its stamp is the same.

Read with numpy, for all editions at once; nothing here is for the till.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Select, String, case, cast, func, select, text
from sqlalchemy.orm import Session

from av_pos.domain.demand import week_of
from av_pos.domain.tax import rate_on
from av_pos.errors import NotFound
from av_pos.models import EDITION, STOCK, STOCK_MOVE
from av_pos.models.purchasing import ARTICLE, DELIVERY, SUPPLIER
from av_pos.services import shop_settings, suppliers
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.suppliers import SupplierRow

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NONE = -1
NEVER = -(10**6)
"""Stands for the week of what never happened."""

LONGEST_LEAD = 730.0
"""The longest lead time that is reckoned with, in days."""

Stamp = tuple[Any, ...]

# Word by word as the index on it says.
_CAME_IN = text("stock_move.reason IN ('opening', 'receipt')")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every edition that was not put together with another, in the order of `ids`, and who sells it.

    `kinds` int64 [editions, 3] numbers artist, label and format, −1 for none. `released` and `first_moves` are weeks as
    `domain.demand.week_of` numbers them, `NEVER` where nobody knows. `nets` is what the price leaves without its tax.
    `supplier` is a place in `suppliers`, −1 for none; `article_costs` in the shop's minor units, NaN for none.
    """

    stamp: Stamp
    ids: Ints
    is_deleted: Flags
    is_nameless: Flags
    kinds: Ints
    released: Ints
    first_moves: Ints
    nets: Floats
    suppliers: tuple[SupplierRow, ...]
    supplier: Ints
    article_costs: Floats
    packs: Ints

    def place(self, edition_ids: Ints) -> Ints:
        """Return the places of these editions, −1 for one that is not here."""
        return place_in(self.ids, edition_ids)

    def lead_times(self) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of each supplier's lead time in days, of none last (a fortnight)."""
        means = [row.seen.mean_days if row.seen else float(row.lead_days) for row in self.suppliers]
        spreads = [row.seen.sd_days if row.seen else 0.0 for row in self.suppliers]
        return (np.minimum(np.array([*means, NO_SUPPLIER_LEAD]), LONGEST_LEAD),
                np.minimum(np.array([*spreads, 0.0]), LONGEST_LEAD / 2))  # fmt: skip


NO_SUPPLIER_LEAD = 14.0
"""The lead time in days that is supposed of an edition nobody sells to the shop."""


def place_in(ids: Ints, wanted: Ints) -> Ints:
    """Return the places of wanted numbers in rising ones, −1 for one that is not among them."""
    if not len(ids):
        return np.full(len(wanted), NONE, np.int64)
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[places] == wanted, places, NONE).astype(np.int64)


def columns(session: Session, query: Select[Any]) -> tuple[Ints, ...]:
    """Return the columns of a query, whole numbers none of which is NULL, as int64 arrays.

    The database strings each column together: a third of the time that rows take, which become objects one by one.
    """
    rows = query.subquery()
    found = session.execute(select(*(func.aggregate_strings(cast(column, String), ",") for column in rows.c))).one()
    return tuple(np.fromstring(column or "", np.int64, sep=",") for column in found)


def read_catalogue(session: Session, known: Catalogue | None, today: date) -> Catalogue:
    """Return the catalogue; `known` itself while nothing of it changed."""
    settings = shop_settings.get_settings(session)
    stamp = _stamp(session, settings)
    if known is not None and known.stamp == stamp:
        return known
    rows = _editions(session)
    ids = np.array([row[0] for row in rows], np.int64)
    listed = suppliers.list_suppliers(session)
    supplier, costs, packs = _articles(session, ids, listed, settings.digits)
    return Catalogue(
        stamp=stamp,
        ids=ids,
        is_deleted=np.array([row[1] for row in rows], np.bool_),
        is_nameless=np.array([row[2] for row in rows], np.bool_),
        kinds=np.column_stack([_numbers([row[place] for row in rows]) for place in (3, 4, 5)]),
        released=np.array([_week_of_text(row[6]) for row in rows], np.int64),
        first_moves=_first_moves(session, ids),
        nets=_nets(session, settings, [row[7] for row in rows], [row[8] for row in rows], today),
        suppliers=listed,
        supplier=supplier,
        article_costs=costs,
        packs=packs,
    )


def _stamp(session: Session, settings: ShopSettings) -> Stamp:
    """What cannot stay the same when something of the catalogue, of suppliers or of their deliveries changes."""

    def count(of: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((of, 1), else_=0))

    latest = select(func.max(STOCK_MOVE.c.business_on)).where(_CAME_IN).scalar_subquery()
    preferred = func.sum(case((ARTICLE.c.is_preferred, ARTICLE.c.supplier_id), else_=0))
    looked_at = (
        select(func.count(), func.max(EDITION.c.changed_at), count(EDITION.c.is_deleted)).select_from(EDITION),
        select(func.count(), func.max(ARTICLE.c.changed_at), preferred).select_from(ARTICLE),
        select(func.count(), func.max(SUPPLIER.c.changed_at)).select_from(SUPPLIER),
        select(func.count(), func.max(DELIVERY.c.posted_at)).where(DELIVERY.c.posted_at.is_not(None)),
        # What came in may never have moved before.
        select(func.max(STOCK_MOVE.c.business_on)).where(_CAME_IN),
        select(func.count()).where(_CAME_IN, STOCK_MOVE.c.business_on == latest),
    )
    found = [tuple(session.execute(query).one()) for query in looked_at]
    return (*found, settings.digits, settings.prices_include_tax, settings.tax_key)


def _editions(session: Session) -> list[Any]:
    query = (
        select(
            EDITION.c.id,
            EDITION.c.is_deleted,
            EDITION.c.is_provisional,
            EDITION.c.artist,
            EDITION.c.label,
            EDITION.c.format,
            EDITION.c.released,
            EDITION.c.price_minor,
            EDITION.c.tax_key,
        )
        .where(EDITION.c.merged_into_id.is_(None))
        .order_by(EDITION.c.id)
    )
    return list(session.execute(query))


def _numbers(words: list[str]) -> Ints:
    """Return a number for each word, equal ones equal, −1 for an empty one."""
    known: dict[str, int] = {"": NONE}
    return np.array([known.setdefault(word.casefold(), len(known)) for word in words], np.int64)


def _week_of_text(released: str) -> int:
    """The week of a release whose day is known, else `NEVER`: a year alone says too little."""
    try:
        return week_of(date.fromisoformat(released)) if len(released) == 10 else NEVER
    except ValueError:
        return NEVER


def _first_moves(session: Session, ids: Ints) -> Ints:
    """Return the week in which the first new piece of each edition moved."""
    first = (
        select(STOCK_MOVE.c.business_on)
        .where(STOCK_MOVE.c.edition_id == STOCK.c.edition_id, STOCK_MOVE.c.copy_id.is_(None))
        .order_by(STOCK_MOVE.c.id)
        .limit(1)
        .correlate(STOCK)
        .scalar_subquery()
    )
    weeks = np.full(len(ids), NEVER, np.int64)
    found = [(row[0], week_of(row[1])) for row in session.execute(select(STOCK.c.edition_id, first)) if row[1]]
    if found:
        editions, firsts = np.array(found, np.int64).T
        places = place_in(ids, editions)
        weeks[places[places >= 0]] = firsts[places >= 0]
    return weeks


def _nets(session: Session, settings: ShopSettings, prices: list[int], keys: list[str], today: date) -> Floats:
    """Return what prices leave without the tax of the day, in minor units."""
    known = np.array(prices, np.float64)
    if not settings.prices_include_tax:
        return known
    rates = shop_settings.list_tax_rates(session, settings)
    by_key: dict[str, int] = {}
    for key in set(keys):
        try:
            by_key[key] = rate_on(rates, key or settings.tax_key, today).rate_bp
        except NotFound:
            by_key[key] = 0
    return known * 10_000 / (10_000 + np.array([by_key[key] for key in keys], np.float64))


def _articles(session: Session, ids: Ints, listed: tuple[SupplierRow, ...], digits: int) -> tuple[Ints, Floats, Ints]:
    """Return who sells each edition (as `articles.find_best_terms` finds it), its cost there, and its pack."""
    supplier, costs = np.full(len(ids), NONE, np.int64), np.full(len(ids), np.nan)
    packs = np.ones(len(ids), np.int64)
    query = select(ARTICLE.c.edition_id, ARTICLE.c.supplier_id, ARTICLE.c.cost_minor, ARTICLE.c.pack_qty,
                   case((ARTICLE.c.is_preferred, 1), else_=0).label("preferred"))  # fmt: skip
    editions, sellers, minor, pack, preferred = columns(session, query)
    seller_ids = np.array([row.supplier_id for row in listed], np.int64)
    order = np.argsort(seller_ids)
    found = place_in(seller_ids[order], sellers)
    seller = np.where(found >= 0, order[found] if len(order) else NONE, NONE)
    places = place_in(ids, editions)
    usable = np.flatnonzero((seller >= 0) & (places >= 0))
    # The last one written stays: those nobody prefers first, of equals the supplier longest known last.
    usable = usable[np.lexsort((-sellers[usable], preferred[usable]))]
    exchanges = [row.exchange(digits) for row in listed]
    rates = np.array([one.rate_micro / 1e6 * 10.0 ** (one.to_digits - one.from_digits) for one in exchanges])
    at = places[usable]
    supplier[at], packs[at] = seller[usable], pack[usable]
    costs[at] = np.floor(minor[usable] * rates[seller[usable]] + 0.5) if len(usable) else costs[at]
    costs[costs <= 0] = np.nan
    return supplier, costs, packs
