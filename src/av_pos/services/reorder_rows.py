"""From the numbers of all editions to rows, heads and totals; only the rows that are shown are made."""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.services import shop_settings
from av_pos.services.edition_store import shop_day
from av_pos.services.editions import find_names
from av_pos.services.reorder_budget import read_budget
from av_pos.services.reorder_catalogue import Flags, Ints
from av_pos.services.reorder_numbers import Numbers, read_numbers
from av_pos.services.reorder_views import Budget, Reason, ReorderQuery, ReorderRow, ReorderView, Show, SupplierHead
from av_pos.services.shop_settings import ShopSettings

_OUT_WEEKS = 13
_DYING = 0.5

_REASONS = (Reason.ECONOMIC, Reason.ENOUGH, Reason.ENOUGH, Reason.TOO_SLOW, Reason.NO_COST, Reason.PACK, Reason.DAYS,
            Reason.SHELF, Reason.BUDGET, Reason.MINIMUM, Reason.LINE)  # fmt: skip
_BASES = ("textbook", "croston", "pooled", "lookalikes", "by_hand")


def work_out(
    session: Session, at: At, asked: ReorderQuery, known: object
) -> tuple[ShopSettings, Budget | None, Numbers]:
    """Return the shop's settings, how its budget stands, and what to order of every edition within it."""
    settings, budget = budget_of(session, at)
    limit = max(0, budget.left_minor) if budget and asked.within_budget else None
    before = known if isinstance(known, Numbers) else None
    numbers = read_numbers(session, settings, shop_day(at, settings), limit, fills_up=asked.fills_up, known=before)
    return settings, budget, numbers


def budget_of(session: Session, at: At) -> tuple[ShopSettings, Budget | None]:
    """Return the shop's settings, and how its budget stands."""
    settings = shop_settings.get_settings(session)
    return settings, read_budget(session, settings, shop_day(at, settings))


def rows_of(session: Session, numbers: Numbers, rows: Sequence[int]) -> tuple[ReorderRow, ...]:
    """Return these rows of the numbers as the screen shows them; one whose edition has gone meanwhile is left out."""
    of_range, found, demand = numbers.range, numbers.found, numbers.demand
    ids = of_range.ids[rows].tolist()
    names = find_names(session, ids)
    unit = of_range.costs[rows].tolist()
    columns = [column[rows].tolist() for column in (
        of_range.on_hand, of_range.reserved, of_range.on_order, of_range.drafted, demand.mean, demand.spread,
        found.safety, found.reorder_at, found.eoq, found.qty, found.risk_before, found.risk_after, found.cost_minor,
        numbers.catalogue.packs[of_range.places], numbers.supplier, found.promise, found.covered, demand.basis,
        found.is_below_minimum,
    )]  # fmt: skip
    reasons = _reasons(numbers, rows)
    made = []
    for edition_id, cost, reason, values in zip(ids, unit, reasons, zip(*columns, strict=True), strict=True):
        if edition_id not in names:
            continue
        (held, put_by, coming, drafted, mean, spread, safety, point, eoq, qty, before, after, total, pack, seller,
         promise, covered, basis, is_short) = values  # fmt: skip
        made.append(ReorderRow(
            edition_id, *names[edition_id], held, put_by, coming, drafted, mean, spread, safety, point,
            known_or_none(eoq), qty,
            before, after, total, known_or_none(cost), pack,
            numbers.catalogue.suppliers[seller].supplier_id if seller >= 0 else None, reason, _BASES[basis], promise,
            known_or_none(covered), tuple(sorted(of_range.by_hand.get(edition_id, ()))), is_short,
        ))  # fmt: skip
    return tuple(made)


def known_or_none(value: float) -> float | None:
    """Return a figure, None for one that is not a number."""
    return None if value != value else value


def view_of(
    session: Session, numbers: Numbers, asked: ReorderQuery, settings: ShopSettings, budget: Budget | None
) -> ReorderView:
    """Return the rows that were asked for, and heads and totals of the whole shop."""
    found = numbers.found
    to_order = found.qty > 0
    out, slow = _out(numbers), _slow(numbers, settings.reorder_slow_days)
    shown = _chosen(numbers, asked, {Show.OUT: out, Show.SLOW: slow})
    rows = rows_of(session, numbers, shown[asked.after : asked.after + asked.limit].tolist())
    promise = settings.reorder_service_bp / 10_000
    calibration = numbers.demand.calibration
    return ReorderView(
        rows=rows,
        rows_qty=len(shown),
        suppliers=_heads(numbers, settings.digits),
        to_order_qty=int(to_order.sum()),
        pieces_qty=int(found.qty.sum()),
        cost_minor=int(found.cost_minor.sum()),
        out_qty=int(out.sum()),
        slow_qty=int(slow.sum()),
        slow_days=settings.reorder_slow_days,
        no_supplier_qty=int((to_order & (numbers.supplier < 0)).sum()),
        editions_qty=len(numbers.range.ids) - int(numbers.stock.is_deleted.sum()),
        method=settings.reorder_method,
        promise=promise,
        covered=known_or_none(float(calibration.cover(promise))),
        tested_weeks=calibration.weeks if calibration.is_tested else 0,
        budget=budget,
        known=numbers,
    )


def _out(numbers: Numbers) -> Flags:
    """Editions that sold in the last quarter and of which no free piece is left."""
    of_range = numbers.range
    sells = of_range.last_sold >= numbers.week - _OUT_WEEKS
    is_out: Flags = (of_range.on_hand - of_range.reserved <= 0) & sells & ~numbers.stock.is_deleted
    return is_out


def _slow(numbers: Numbers, days: int) -> Flags:
    """Editions on hand that lay unsold for so many days, to the week, and were there all the while."""
    of_range, first = numbers.range, numbers.week - days // 7
    came = numbers.catalogue.first_moves[of_range.places]
    is_slow: Flags = (of_range.on_hand > 0) & (of_range.last_sold < first) & (came < first) & ~numbers.stock.is_deleted
    return is_slow


def _chosen(numbers: Numbers, asked: ReorderQuery, chips: Mapping[Show, Flags]) -> Ints:
    """Return the rows to show: what to order first, then by what running out would cost in pieces."""
    found, of_range = numbers.found, numbers.range
    at_point = (of_range.on_hand - of_range.reserved <= found.reorder_at) & (found.reorder_at > 0)
    wanted = {Show.TO_ORDER: (found.qty > 0) | at_point, Show.ALL: ~numbers.stock.is_deleted, **chips}[asked.show]
    wanted = wanted & ~numbers.stock.is_deleted
    if asked.supplier_id is not None:
        places = [
            place for place, row in enumerate(numbers.catalogue.suppliers) if row.supplier_id == asked.supplier_id
        ]
        wanted = wanted & np.isin(numbers.supplier, places)
    rows = np.flatnonzero(wanted)
    worth = found.risk_before[rows] * numbers.demand.mean[rows]
    order: Ints = rows[np.lexsort((rows, -worth, found.qty[rows] == 0))]
    return order


def _reasons(numbers: Numbers, rows: Sequence[int]) -> list[Reason]:
    found, of_range = numbers.found, numbers.range
    free, coming = of_range.on_hand - of_range.reserved, of_range.on_order
    columns = (of_range.ids, found.cap, found.reorder_at, numbers.demand.alive, free, coming)
    reasons = []
    for edition_id, cap, point, alive, here, comes in zip(*(each[rows].tolist() for each in columns), strict=True):
        reason = _REASONS[cap]
        if "order_qty" in of_range.by_hand.get(edition_id, ()):
            reason = Reason.BY_HAND
        elif reason is Reason.ENOUGH and here <= point:
            reason = Reason.DRAFTED if here + comes <= point else Reason.ON_ORDER
        elif reason is Reason.TOO_SLOW and alive < _DYING:
            reason = Reason.ENDED
        reasons.append(reason)
    return reasons


def _heads(numbers: Numbers, digits: int) -> tuple[SupplierHead, ...]:
    listed = numbers.catalogue.suppliers
    sums = [np.bincount(numbers.supplier + 1, weights, len(listed) + 1)[1:].tolist()
            for weights in (numbers.found.qty > 0, numbers.found.cost_minor)]  # fmt: skip
    return tuple(
        SupplierHead(
            row.supplier_id,
            row.name,
            row.currency,
            row.seen.mean_days if row.seen else float(row.lead_days),
            row.seen.sd_days if row.seen else 0.0,
            row.seen.deliveries_qty if row.seen else 0,
            row.exchange(digits).to_shop(row.minimum_minor),
            int(lines),
            int(minor),
        )
        for row, lines, minor in zip(listed, *sums, strict=True)
    )
