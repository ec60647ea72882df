"""What the demo shop's manager has decided about reordering: a budget, and one disc that is never to run out."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos.demo.people import Words
from av_pos.demo.shelves import price_in
from av_pos.domain.at import At
from av_pos.models import EDITION
from av_pos.services import reorder_inputs, shop_settings

_BUDGET = "85000"
_ALWAYS_THERE = ("Kind of Blue", "LP")
_SERVICE_BP = 9_900


def decide(session: Session, at: At, words: Words) -> None:
    """Set the budget of thirty days, and by hand a higher promise for a disc that is asked for every week."""
    currency = shop_settings.get_settings(session).currency
    shop_settings.store_setting(session, "reorder_budget_minor", price_in(_BUDGET, currency))
    title, form = _ALWAYS_THERE
    found = session.execute(select(EDITION.c.id).where(EDITION.c.title == title, EDITION.c.format == form)).scalar()
    if found is not None:
        reorder_inputs.set_input(session, at, found, "service_bp", _SERVICE_BP, words.always_there)
