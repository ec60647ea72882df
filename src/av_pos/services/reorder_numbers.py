"""From the database to what to order of every edition at once, as arrays: weeks sold, stock, terms, forecast.

What was learned and read before is handed in again (`known`) and used where it still holds: the catalogue while its
stamp is the same; the weeks, what they taught and the forecast until the running week is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.analytics.demand import Forecast, Method, forecast
from av_pos.analytics.history import History
from av_pos.analytics.lessons import Lessons
from av_pos.analytics.reorder import DAYS_A_WEEK, Cap, Stock, Suggestions, Terms, priced, suggest, until_goods
from av_pos.analytics.spending import Purse, below_minimum, within_means
from av_pos.domain.demand import week_of
from av_pos.domain.purchasing import MOST_PIECES
from av_pos.domain.states import OrderState
from av_pos.models import STOCK
from av_pos.models.purchasing import ORDER_LINE, PURCHASE_ORDER
from av_pos.models.reordering import REORDER_INPUT
from av_pos.services.reorder_catalogue import (
    LONGEST_LEAD,
    NEVER,
    Catalogue,
    Floats,
    Ints,
    columns,
    place_in,
    read_catalogue,
)
from av_pos.services.reorder_weeks import Missed, SoldWeeks, make_history, read_last_weeks, read_missed, read_sold
from av_pos.services.shop_settings import ShopSettings

METHODS = {"pooled": Method.POOLED, "normal": Method.TEXTBOOK, "croston": Method.CROSTON}

_WHOLE_BP = 10_000.0
_NEW_WEEKS = 26
_SAME_LENGTH = 0.25
_LONGEST_REVIEW, _LONGEST_CAP = 366, 3650


@dataclass(frozen=True, slots=True)
class Range:
    """The editions that are reckoned with, arrays in the order of `ids`; `places` are theirs in the catalogue.

    Those that the shop ever had new, sold, or was asked for; what came out lately and a supplier sells; what has
    an input set by hand. Deleted ones are among them, because the forecast learns from what ended. `last_sold` is the
    last week in which one sold (`NEVER`), `drafted` the pieces in drafts that nobody sent yet, `costs` what a piece
    costs in the shop's minor units, NaN if nobody knows.
    """

    ids: Ints
    places: Ints
    on_hand: Ints
    reserved: Ints
    on_order: Ints
    drafted: Ints
    last_sold: Ints
    costs: Floats
    history: History
    by_hand: Mapping[int, Mapping[str, float]]
    sold: SoldWeeks | None
    missed: Missed


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that the screen is made from. `week` is the running week, of which no forecast knows anything yet.

    `supplier` int64 [editions] is a place in `catalogue.suppliers`, −1 for none; `margins` what a piece sold earns in
    minor units, NaN where its cost is not known; `lengths` each one's lead time and review, in weeks. `fresh` is the
    forecast of the weeks, `demand` the one that counts: with what was set by hand.
    """

    catalogue: Catalogue
    range: Range
    week: int
    method: Method
    supplier: Ints
    margins: Floats
    lengths: Floats
    stock: Stock
    terms: Terms
    fresh: Forecast
    demand: Forecast
    found: Suggestions

    def row_of(self, edition_id: int) -> int:
        """Return an edition's place in the arrays, −1 when it is not reckoned with."""
        return int(place_in(self.range.ids, np.array([edition_id], np.int64))[0])


def read_numbers(
    session: Session, settings: ShopSettings, today: date, budget_minor: int | None = None, *, fills_up: bool = False,
    known: Numbers | None = None,
) -> Numbers:  # fmt: skip
    """Return what to order of every edition, kept to the budget where one is given."""
    week = week_of(today)
    catalogue = read_catalogue(session, known.catalogue if known else None, today)
    is_same = known is not None and known.catalogue is catalogue
    of_range = read_range(session, catalogue, week, known.range if known is not None and is_same else None)
    method = METHODS.get(settings.reorder_method, Method.POOLED)
    terms = terms_of(catalogue, of_range, settings)
    weeks = (np.asarray(terms.lead_days) + np.asarray(terms.review_days)) / DAYS_A_WEEK
    lengths = np.broadcast_to(weeks, of_range.ids.shape)
    fresh = _fresh(of_range.history, lengths, method, week, known)
    expected = _typed_demand(fresh, of_range)
    deleted = catalogue.is_deleted[of_range.places]
    stock = Stock(of_range.on_hand, of_range.reserved, of_range.on_order + of_range.drafted, deleted)
    supplier = catalogue.supplier[of_range.places]
    margins = catalogue.nets[of_range.places] - of_range.costs
    found = suggest(expected, stock, terms)
    purse = Purse(budget_minor, supplier, minimums(catalogue, settings.digits), fills_up, np.maximum(margins, 0.0))
    found = _kept(found, expected, stock, terms, purse, of_range)
    return Numbers(catalogue, of_range, week, method, supplier, margins, lengths, stock, terms, fresh, expected, found)


def read_range(session: Session, catalogue: Catalogue, week: int, known: Range | None = None) -> Range:
    """Return the editions that are reckoned with, and what they sold up to the week before `week`.

    `known`, made from the same catalogue, gives what it read of these weeks, and its history where it is the same.
    """
    balance = select(STOCK.c.edition_id, STOCK.c.on_hand_qty, STOCK.c.reserved_qty, STOCK.c.on_order_qty,
                     STOCK.c.value_minor, STOCK.c.last_cost_minor)  # fmt: skip
    edition_ids, *balances = columns(session, balance)
    held = np.zeros((len(balances), len(catalogue.ids)), np.int64)
    places = catalogue.place(edition_ids)
    held[:, places[places >= 0]] = np.array(balances)[:, places >= 0]
    known_weeks = known.sold if known is not None and known.sold is not None and known.sold.week == week else None
    sold = known_weeks or read_sold(session, week)
    last_ids, last_weeks = (sold.ids, sold.last) if known_weeks is None else read_last_weeks(session)
    missed, by_hand = read_missed(session, sold), read_inputs(session)
    others = np.array([*(edition for edition, _week, _qty in missed), *by_hand], np.int64)
    rows = _reckoned_with(catalogue, held, np.concatenate((last_ids, others)), week)
    ids = catalogue.ids[rows]
    if known is not None and known_weeks is not None and known.missed == missed and np.array_equal(known.ids, ids):
        history = known.history
    else:
        history = make_history(catalogue, rows, sold, missed)
    last_sold = np.full(len(ids), NEVER, np.int64)
    last_places = place_in(ids, last_ids)
    last_sold[last_places[last_places >= 0]] = last_weeks[last_places >= 0]
    on_hand, reserved, on_order, value, last_cost = held[:, rows]
    return Range(ids, rows, on_hand, reserved, on_order, _drafted(session, ids), last_sold,
                 _costs(catalogue.article_costs[rows], on_hand, value, last_cost), history, by_hand, sold,
                 missed)  # fmt: skip


def _reckoned_with(catalogue: Catalogue, held: Ints, asked: Ints, week: int) -> Ints:
    """Return the places of the editions that are reckoned with; `held` are the balances of all."""
    on_hand, reserved, on_order, _value, last_cost = held
    is_known = (on_hand != 0) | (on_order > 0) | (reserved > 0) | (last_cost > 0)
    places = catalogue.place(asked)
    is_known[places[places >= 0]] = True
    is_known |= (np.abs(week - catalogue.released) <= _NEW_WEEKS) & (catalogue.supplier >= 0)
    return np.flatnonzero(is_known & ~catalogue.is_nameless).astype(np.int64)


def _costs(of_article: Floats, on_hand: Ints, value: Ints, last_cost: Ints) -> Floats:
    """Return what a piece costs: at its supplier, else on average on the shelf, else when it last came; NaN."""
    averages = np.where((on_hand > 0) & (value > 0), value / np.maximum(on_hand, 1), last_cost)
    return np.where(np.isnan(of_article), np.where(averages > 0, averages, np.nan), of_article)


def terms_of(catalogue: Catalogue, of_range: Range, settings: ShopSettings) -> Terms:
    """Return on what terms each edition is ordered: the shop's, its supplier's, what was set by hand."""
    means, spreads = catalogue.lead_times()
    supplier = catalogue.supplier[of_range.places]
    lead, spread = means[supplier], spreads[supplier]
    service = _within(settings.reorder_service_bp, 5000, 9990) / _WHOLE_BP
    order_cost = float(max(settings.reorder_order_cost_minor, 1))
    holding = max(settings.reorder_holding_bp, 1) / _WHOLE_BP
    values: dict[str, Any] = {"service_bp": service, "order_cost_minor": order_cost, "holding_bp": holding,
                              "shelf_limit_qty": 0.0, "lead_days": lead, "lead_sd_days": spread}  # fmt: skip
    for name, (rows, typed) in _typed(of_range, tuple(values)).items():
        array = np.array(np.broadcast_to(values[name], of_range.ids.shape), np.float64)
        array[rows] = typed / _WHOLE_BP if name.endswith("_bp") else typed
        values[name] = array
    return Terms(
        unit_cost_minor=of_range.costs,
        order_cost_minor=values["order_cost_minor"],
        lead_days=np.minimum(values["lead_days"], LONGEST_LEAD),
        lead_sd_days=values["lead_sd_days"],
        review_days=float(_within(settings.reorder_review_days, 0, _LONGEST_REVIEW)),
        service=values["service_bp"],
        holding_rate=values["holding_bp"],
        pack=catalogue.packs[of_range.places],
        shelf_limit=values["shelf_limit_qty"],
        days_cap=float(_within(settings.reorder_days_cap, 1, _LONGEST_CAP)),
        line_limit=MOST_PIECES,
    )


def minimums(catalogue: Catalogue, digits: int) -> Floats:
    """Return each supplier's minimum order in the shop's minor units; float64 [suppliers]."""
    return np.array([row.exchange(digits).to_shop(row.minimum_minor) for row in catalogue.suppliers], np.float64)


def read_inputs(session: Session) -> dict[int, dict[str, float]]:
    """Return what was set by hand, by edition and name."""
    found: dict[int, dict[str, float]] = {}
    query = select(REORDER_INPUT.c.edition_id, REORDER_INPUT.c.name, REORDER_INPUT.c.value)
    for edition_id, name, value in session.execute(query):
        found.setdefault(edition_id, {})[name] = value
    return found


def _fresh(history: History, lengths: Floats, method: Method, week: int, known: Numbers | None) -> Forecast:
    """Forecast; what is known of the very same weeks and lead times is taken as it is."""
    if known is not None and known.range.history is history and known.method is method and (
        np.array_equal(known.lengths, lengths)
    ):  # fmt: skip
        return known.fresh
    return forecast(history, lengths, method, _lessons(known, week, method, lengths))


def _lessons(known: Numbers | None, week: int, method: Method, lengths: Floats) -> Lessons | None:
    """What the held-out weeks taught, while it is of this week, this method and about these lead times."""
    if known is None or (known.week, known.method) != (week, method) or not len(known.lengths) or not len(lengths):
        return None
    return known.demand.lessons if abs(known.lengths.mean() - lengths.mean()) < _SAME_LENGTH else None


def _within(value: int, least: int, most: int) -> int:
    return max(least, min(most, value))


def _drafted(session: Session, ids: Ints) -> Ints:
    """Return the pieces that stand in drafts: whoever looks again before they are sent shall not order them twice."""
    query = (
        select(ORDER_LINE.c.edition_id, func.sum(ORDER_LINE.c.qty))
        .join(PURCHASE_ORDER, PURCHASE_ORDER.c.id == ORDER_LINE.c.order_id)
        .where(PURCHASE_ORDER.c.status == OrderState.DRAFT, PURCHASE_ORDER.c.closed_at.is_(None))
        .group_by(ORDER_LINE.c.edition_id)
    )
    drafted = np.zeros(len(ids), np.int64)
    found = session.execute(query).all()
    places = place_in(ids, np.array([row[0] for row in found], np.int64))
    for place, (_edition, qty) in zip(places.tolist(), found, strict=True):
        if place >= 0:
            drafted[place] = qty
    return drafted


def _typed(of_range: Range, names: tuple[str, ...]) -> dict[str, tuple[Ints, Floats]]:
    """Return by name the rows for which something was set by hand, and what."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for edition_id, inputs in of_range.by_hand.items():
        row = int(place_in(of_range.ids, np.array([edition_id], np.int64))[0])
        for name in names:
            if row >= 0 and name in inputs:
                rows, values = found.setdefault(name, ([], []))
                rows.append(row)
                values.append(inputs[name])
    return {name: (np.array(rows, np.int64), np.array(values)) for name, (rows, values) in found.items()}


def _typed_demand(fresh: Forecast, of_range: Range) -> Forecast:
    typed = _typed(of_range, ("demand_week",))
    return fresh.with_demand(*typed["demand_week"]) if typed else fresh


def _kept(
    found: Suggestions, expected: Forecast, stock: Stock, terms: Terms, purse: Purse, of_range: Range
) -> Suggestions:
    """Return the suggestions within the budget; a quantity set by hand stands, and is paid for first."""
    rows, typed = _typed(of_range, ("order_qty",)).get("order_qty", (np.zeros(0, np.int64), np.zeros(0)))
    rows, typed = rows[~stock.is_deleted[rows]], typed[~stock.is_deleted[rows]]
    qty, cap = found.qty.copy(), found.cap.copy()
    qty[rows], cap[rows] = 0, Cap.NONE
    costs = np.broadcast_to(np.asarray(terms.unit_cost_minor, np.float64), qty.shape)
    if purse.budget_minor is not None:
        set_minor = int(priced(typed.astype(np.int64), costs[rows]).sum())
        purse = replace(purse, budget_minor=max(purse.budget_minor - set_minor, 0))
    kept = within_means(replace(found, qty=qty, cap=cap, cost_minor=priced(qty, costs)), expected, stock, terms, purse)
    if not len(rows):
        return kept
    qty = kept.qty.copy()
    qty[rows] = typed.astype(np.int64)
    after = kept.risk_after.copy()
    after[rows] = until_goods(expected, terms).some(rows).risk(stock.position()[rows] + qty[rows])
    cost = priced(qty, costs)
    supplier, minimum = np.asarray(purse.supplier), np.asarray(purse.minimum_minor, np.float64)
    below = below_minimum(cost, qty, supplier, minimum)
    return replace(kept, qty=qty, risk_after=after, cost_minor=cost, is_below_minimum=below)
