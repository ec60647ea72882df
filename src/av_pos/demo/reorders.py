"""What the demo shop's manager has decided about reordering: a budget, and one disc that is never to run out."""

from sqlalchemy import Float, cast, func, select
from sqlalchemy.orm import Session

from av_pos.demo.people import Words
from av_pos.demo.shelves import price_in
from av_pos.domain.at import At
from av_pos.models import DOCUMENT_LINE, STOCK
from av_pos.services import reorder_inputs, shop_settings

_BUDGET = "110000"
_SOLD_OFTEN = 26
_SERVICE_BP = 9_900


def decide(session: Session, at: At, words: Words) -> None:
    """Set the budget of thirty days, and by hand a higher promise for what sells often and is nearly gone."""
    currency = shop_settings.get_settings(session).currency
    shop_settings.store_setting(session, "reorder_budget_minor", price_in(_BUDGET, currency))
    sold = func.sum(DOCUMENT_LINE.c.qty)
    nearly_gone = (
        select(DOCUMENT_LINE.c.edition_id)
        .join(STOCK, STOCK.c.edition_id == DOCUMENT_LINE.c.edition_id)
        .group_by(DOCUMENT_LINE.c.edition_id, STOCK.c.on_hand_qty)
        .having(sold >= _SOLD_OFTEN)
        .order_by(cast(STOCK.c.on_hand_qty, Float) / sold, DOCUMENT_LINE.c.edition_id)
        .limit(1)
    )
    found = session.execute(nearly_gone).scalar()
    if found is not None:
        reorder_inputs.set_input(session, at, found, "service_bp", _SERVICE_BP, words.always_there)
