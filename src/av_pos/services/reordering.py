"""What to order now: the rows, heads and totals of the reorder screen.

Everything is worked out for all editions at once (`reorder_numbers`); rows are made only of those that are shown. A
view carries what it was made from (`known`): handed in again, the next one is four times as quick, and
`reorder_why.why` explains the very numbers that are on the screen. numpy comes with the first call, not before.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.services import access, order_making, reorder_inputs
from av_pos.services.order_making import OrdersMadeOutcome, Wanted
from av_pos.services.reorder_views import ReorderQuery, ReorderView


def suggest_orders(session: Session, at: At, query: ReorderQuery | None = None, known: object = None) -> ReorderView:
    """Return what to order now; `known` of an earlier view spares what has not changed. Raises NotPermitted."""
    from av_pos.services.reorder_rows import view_of, work_out

    access.require(session, at, Permission.ORDER_GOODS)
    asked = query or ReorderQuery()
    settings, budget, numbers = work_out(session, at, asked, known)
    return view_of(session, numbers, asked, settings, budget)


def show_rows(session: Session, at: At, query: ReorderQuery, known: object) -> ReorderView:
    """Return other rows of the numbers that a view was made from (`known`), without working them out anew.

    `within_budget` and `fills_up` are as they were. What is not of a view is worked out. Raises NotPermitted.
    """
    from av_pos.services.reorder_numbers import Numbers
    from av_pos.services.reorder_rows import budget_of, view_of

    if not isinstance(known, Numbers):
        return suggest_orders(session, at, query)
    access.require(session, at, Permission.ORDER_GOODS)
    settings, budget = budget_of(session, at)
    return view_of(session, known, query, settings, budget)


def make_orders(session: Session, at: At, wanted: Sequence[Wanted]) -> OrdersMadeOutcome:
    """Make the drafts of what is wanted, one a supplier; a quantity set by hand has done its part then.

    Raises as `order_making.create_orders`.
    """
    outcome = order_making.create_orders(session, at, wanted)
    left_out = {row.edition_id for row in outcome.left_out}
    ordered = [row.edition_id for row in wanted if row.edition_id not in left_out]
    reorder_inputs.let_go_quantities(session, at, ordered)
    return outcome
