"""Open to buy: the shop's budget for a period, less what was ordered in it or is still to come."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.purchasing import Exchange, budgeted_qty
from av_pos.models.purchasing import ORDER_LINE, PURCHASE_ORDER
from av_pos.services.reorder_views import Budget
from av_pos.services.shop_settings import ShopSettings


def read_budget(session: Session, settings: ShopSettings, today: date) -> Budget | None:
    """Return how the shop's budget stands, None without one.

    What was sent in the last so many days counts with all that came or is to come of it; what was sent before with
    what is still to come. A draft counts too: somebody decided on it, and the suggestions leave its pieces out.
    """
    if not settings.reorder_budget_minor:
        return None
    since = today - timedelta(days=settings.reorder_budget_days - 1)
    return Budget(settings.reorder_budget_minor, settings.reorder_budget_days, _spent(session, settings, since))


def _spent(session: Session, settings: ShopSettings, since: date) -> int:
    """What was sent since a day, what is still to come of orders sent before, and drafts, in the shop's minor units."""
    order = (PURCHASE_ORDER.c.id, PURCHASE_ORDER.c.currency, PURCHASE_ORDER.c.rate_micro, PURCHASE_ORDER.c.sent_on)
    query = (
        select(*order, ORDER_LINE.c.qty, ORDER_LINE.c.received_qty, ORDER_LINE.c.given_up_qty, ORDER_LINE.c.cost_minor)
        .join(ORDER_LINE, ORDER_LINE.c.order_id == PURCHASE_ORDER.c.id)
        # What was sent before and is closed is over; so is a draft that was dropped.
        .where((PURCHASE_ORDER.c.sent_on >= since) | PURCHASE_ORDER.c.closed_at.is_(None))
    )
    goods: dict[int, int] = {}
    terms: dict[int, Exchange] = {}
    for row in session.execute(query):
        is_of_period = row.sent_on is None or row.sent_on >= since
        pieces = budgeted_qty(row.qty, row.received_qty, row.given_up_qty, is_of_period=is_of_period)
        goods[row.id] = goods.get(row.id, 0) + pieces * row.cost_minor
        terms[row.id] = Exchange(row.rate_micro, i18n.currency(row.currency).digits, settings.digits)
    return sum(terms[order_id].to_shop(minor) for order_id, minor in goods.items())
