"""Why this number: an edition's sales, its stock ahead, and every input and formula with its value and its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from av_pos.domain import demand as packed_weeks
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import NotFound
from av_pos.services import access, demand, missed_demand
from av_pos.services.reorder_views import ReorderQuery, ReorderRow

if TYPE_CHECKING:
    from av_pos.analytics.why import Why
    from av_pos.services.reorder_numbers import Numbers

WEEKS = 26
_DAYS_A_WEEK = 7
_AHEAD_DAYS = 56


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One figure on the way to the number.

    `name` is its key and `symbol` how formulas call it (D, S, H, EOQ …), `formula` how it comes from others, empty for
    an input. `value` is None where it is not used; its `unit` is pieces, pieces_week, pieces_year, minor, share, days,
    weeks or number. `source` says where an input comes from: by_hand, deliveries, supplier, no_supplier, shop, article,
    stock, sales, lookalikes, ledger, drafts, past_year; computed for a formula; none. `input_name` is what `set_input`
    calls it, empty where it cannot be set by hand.
    """

    name: str
    symbol: str
    value: float | None
    unit: str
    source: str
    formula: str = ""
    input_name: str = ""


@dataclass(frozen=True, slots=True)
class StockPoint:
    """Free pieces expected so many days from today; two points of one day are the step when goods arrive."""

    days: float
    pieces: float


@dataclass(frozen=True, slots=True)
class ReorderWhy:
    """The chart and the formulas of one row.

    `sold` and `missed` are pieces of each week from the Monday `first_on`, the running week last. `ahead` is the stock
    if `row.qty` is ordered today, `ahead_without` if it is not; goods arrive after `arrive_days`, `arrive_qty` of them
    with what is on order. `is_deleted`: nothing is ordered of it any more.
    """

    row: ReorderRow
    first_on: date
    sold: tuple[int, ...]
    missed: tuple[int, ...]
    ahead: tuple[StockPoint, ...]
    ahead_without: tuple[StockPoint, ...]
    arrive_days: float
    arrive_qty: int
    lines: tuple[WhyLine, ...]
    is_deleted: bool


def why(session: Session, at: At, edition_id: int, known: object = None) -> ReorderWhy:
    """Explain what is suggested of an edition; with `known` of a view the very number that it shows.

    Raises NotFound for an edition that is not reckoned with: no new piece of it was ever here, sold or asked for.
    """
    from av_pos.analytics.why import explain
    from av_pos.services.reorder_numbers import Numbers
    from av_pos.services.reorder_rows import rows_of, work_out

    access.require(session, at, Permission.ORDER_GOODS)
    numbers = known if isinstance(known, Numbers) else None
    if numbers is None or numbers.row_of(edition_id) < 0:
        numbers = work_out(session, at, ReorderQuery(), numbers)[2]
    place = numbers.row_of(edition_id)
    rows = rows_of(session, numbers, [place]) if place >= 0 else ()
    if not rows:
        raise NotFound("edition", str(edition_id))
    found = explain(numbers.demand, numbers.stock, numbers.terms, numbers.found, place)
    first = numbers.week - WEEKS + 1
    lead_days = found.lead_weeks * _DAYS_A_WEEK
    return ReorderWhy(
        row=rows[0],
        first_on=packed_weeks.first_day(first),
        sold=_sold(session, edition_id, first),
        missed=_missed(session, edition_id, first),
        ahead=_ahead(found, lead_days, found.qty + found.on_order),
        ahead_without=_ahead(found, lead_days, found.on_order),
        arrive_days=lead_days,
        arrive_qty=found.qty + found.on_order,
        lines=_lines(found, _Sources(numbers, place)),
        is_deleted=bool(numbers.stock.is_deleted[place]),
    )


class _Sources:
    """Says where each input of one edition comes from."""

    def __init__(self, numbers: "Numbers", place: int) -> None:
        seller = int(numbers.supplier[place])
        row = numbers.catalogue.suppliers[seller] if seller >= 0 else None
        self._by_hand: Mapping[str, float] = numbers.range.by_hand.get(int(numbers.range.ids[place]), {})
        self._lead = "no_supplier" if row is None else "deliveries" if row.seen else "supplier"
        at = int(numbers.range.places[place])
        self.drafted = int(numbers.range.drafted[place])
        self.cost = "stock" if isnan(numbers.catalogue.article_costs[at]) else "article"

    def of(self, name: str) -> str:
        """By hand, by the supplier's deliveries, as it says, or the shop's own setting."""
        if name in self._by_hand:
            return "by_hand"
        return self._lead if name in ("lead_days", "lead_sd_days") else "shop"


def _lines(found: "Why", sources: _Sources) -> tuple[WhyLine, ...]:
    return (*_demand_lines(found, sources), *_cost_lines(found, sources), *_point_lines(found, sources),
            *_stock_lines(found, sources))  # fmt: skip


def _demand_lines(found: "Why", sources: _Sources) -> list[WhyLine]:
    """What sells: how the title's own sales and those of its like make the mean."""
    sales = sources.of("demand_week")
    if sales != "by_hand":
        sales = "lookalikes" if found.basis.name == "LOOKALIKES" else "sales"
    lines = []
    learned = found.learned
    if learned is not None:
        lines += [
            WhyLine("prior_mean", "m", learned.prior_mean, "pieces_week", "lookalikes"),
            WhyLine("prior_weight", "b", learned.prior_weight, "weeks", "past_year"),
            WhyLine("sold", "n", learned.sold, "pieces", "sales"),
            WhyLine("seen", "w", learned.seen, "weeks", "sales"),
            WhyLine("bunched", "v", learned.bunched, "number", "sales"),
            WhyLine("ahead", "f", learned.ahead, "number", "sales"),
            WhyLine("rate", "r", learned.rate, "pieces_week", "computed", "f·(m·b + n)/(b + w)"),
            WhyLine("alive", "p", learned.alive, "share", "past_year"),
        ]
    mean_formula = "p·r" if learned is not None else ""
    return [
        *lines,
        WhyLine("demand_week", "d", found.demand_week, "pieces_week", sales, mean_formula, "demand_week"),
        WhyLine("demand_week_sd", "σ_d", found.demand_week_sd, "pieces_week", sales),
        WhyLine("demand_year", "D", found.demand_year, "pieces_year", sales),
    ]


def _cost_lines(found: "Why", sources: _Sources) -> list[WhyLine]:
    """What an order and a piece on the shelf cost, and the quantity where both together are least."""
    cost = sources.cost if found.unit_cost_minor is not None else "none"
    rate = found.holding_minor / found.unit_cost_minor if found.holding_minor and found.unit_cost_minor else None
    return [
        WhyLine("order_cost", "S", found.order_cost_minor, "minor", sources.of("order_cost_minor"), "",
                "order_cost_minor"),
        WhyLine("unit_cost", "c", found.unit_cost_minor, "minor", cost),
        WhyLine("holding_rate", "h", rate, "share", sources.of("holding_bp"), "", "holding_bp"),
        WhyLine("holding", "H", found.holding_minor, "minor", "computed", "h·c"),
        WhyLine("eoq", "EOQ", found.eoq, "pieces", "computed", "√(2·D·S/H)"),
    ]  # fmt: skip


def _point_lines(found: "Why", sources: _Sources) -> list[WhyLine]:
    """When it is ordered: lead time, promise, the demand meanwhile, safety stock and reorder point."""
    is_textbook = found.z is not None
    safety = "z·√(L·σ_d² + d²·σ_L²)" if is_textbook else "ROP − M"
    point = "M + SS" if is_textbook else "min r: P(X ≤ r) ≥ P*"
    lines = [
        WhyLine("lead", "L₀", found.lead_weeks * _DAYS_A_WEEK, "days", sources.of("lead_days"), "", "lead_days"),
        WhyLine("lead_sd", "σ_L", found.lead_sd_weeks * _DAYS_A_WEEK, "days", sources.of("lead_sd_days"), "",
                "lead_sd_days"),
        WhyLine("review", "T", found.review_weeks * _DAYS_A_WEEK, "days", "shop"),
        WhyLine("protected_mean", "M", found.protected_mean, "pieces", "computed", "d·L, L = (L₀ + T)/7"),
        WhyLine("protected_sd", "σ", found.protected_sd, "pieces", "computed", "√(L·σ_d² + d²·σ_L²)"),
        WhyLine("promise", "P", found.promise, "share", sources.of("service_bp"), "", "service_bp"),
        WhyLine("level", "P*", found.level, "share", "past_year"),
        WhyLine("covered", "", found.covered, "share", "past_year"),
    ]  # fmt: skip
    if is_textbook:
        lines.append(WhyLine("z", "z", found.z, "number", "computed", "Φ⁻¹(P)"))
    return [*lines, WhyLine("safety", "SS", found.safety, "pieces", "computed", safety),
            WhyLine("reorder_at", "ROP", found.reorder_at, "pieces", "computed", point)]  # fmt: skip


def _stock_lines(found: "Why", sources: _Sources) -> list[WhyLine]:
    """What is there, what limits the order, and the order."""
    drafted = sources.drafted
    qty = sources.of("order_qty")
    return [
        WhyLine("on_hand", "", found.on_hand, "pieces", "ledger"),
        WhyLine("reserved", "", found.reserved, "pieces", "ledger"),
        WhyLine("on_order", "", found.on_order - drafted, "pieces", "ledger"),
        WhyLine("drafted", "", drafted, "pieces", "drafts"),
        WhyLine("position", "IP", found.position, "pieces", "computed", "on hand − put by + on order + in drafts"),
        WhyLine("pack", "", found.pack, "pieces", "article"),
        WhyLine("shelf_limit", "", found.shelf_limit or None, "pieces", sources.of("shelf_limit_qty"), "",
                "shelf_limit_qty"),
        WhyLine("days_cap", "", found.days_cap, "days", "shop"),
        WhyLine("qty", "Q", found.qty, "pieces", qty if qty == "by_hand" else "computed", "", "order_qty"),
        WhyLine("risk_before", "", found.risk_before, "share", "computed", "P(X > IP)"),
        WhyLine("risk_after", "", found.risk_after, "share", "computed", "P(X > IP + Q)"),
    ]  # fmt: skip


def _ahead(found: "Why", lead_days: float, comes: int) -> tuple[StockPoint, ...]:
    """Return the free stock from today: it falls as expected, never below nothing, and rises when goods arrive."""
    daily = found.demand_week / _DAYS_A_WEEK
    start = float(max(found.on_hand - found.reserved, 0))
    points = [StockPoint(0.0, start), *_fallen(0.0, start, daily, lead_days)]
    arrived = points[-1].pieces + comes
    if comes:
        points.append(StockPoint(lead_days, arrived))
    return (*points, *_fallen(lead_days, arrived, daily, lead_days + max(lead_days, _AHEAD_DAYS)))


def _fallen(from_days: float, pieces: float, daily: float, to_days: float) -> list[StockPoint]:
    """The points from one day to another; where the stock is gone before, that day is one of them."""
    left = pieces - daily * (to_days - from_days)
    if left >= 0:
        return [StockPoint(to_days, left)]
    gone = StockPoint(from_days + pieces / daily, 0.0)
    return [gone, StockPoint(to_days, 0.0)] if pieces > 0 else [StockPoint(to_days, 0.0)]


def _sold(session: Session, edition_id: int, first: int) -> tuple[int, ...]:
    since, pieces = demand.sold_by_week(session, edition_id)
    of = {since + place: qty for place, qty in enumerate(pieces)}
    return tuple(of.get(week, 0) for week in range(first, first + WEEKS))


def _missed(session: Session, edition_id: int, first: int) -> tuple[int, ...]:
    asked = missed_demand.missed_by_week(session, packed_weeks.first_day(first), edition_id)
    of = {week: qty for _edition, week, qty in asked}
    return tuple(of.get(week, 0) for week in range(first, first + WEEKS))
