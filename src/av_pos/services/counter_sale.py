"""Sell without a screen: codes and tenders in one transaction, as scripts do.

The till's open basket may be in use by a window at this very moment. It is set aside and put back within the same
transaction, so nobody ever sees it gone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import masked
from av_pos.domain.settlement import Tender
from av_pos.errors import InvalidInput, NotFound
from av_pos.models import BASKET
from av_pos.services import audit, basket, checkout, shifts
from av_pos.services.basket import ScanOutcome, ScanResult
from av_pos.services.basket_view import BasketView
from av_pos.services.checkout import SaleOutcome

_PIECES = re.compile(r"(?P<code>.+?)\s*[xX×*]\s*(?P<qty>[0-9]{1,4})")
_REFUSED = {
    ScanResult.CHOOSE: "several",
    ScanResult.PAYMENT_CODE: "payment_code",
    ScanResult.HELD_BASKET: "not_for_sale",
    ScanResult.NOT_HERE: "not_for_sale",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many pieces of what bears this code."""

    code: str
    qty: int = 1


def read_wanted(text: str) -> Wanted:
    """Read CODE or CODExQTY. Raises InvalidInput for a quantity of nothing."""
    match = _PIECES.fullmatch(text.strip())
    if match is None:
        return Wanted(text.strip())
    qty = int(match["qty"])
    if not 1 <= qty <= basket.MOST_PIECES:
        raise InvalidInput("quantity", match["qty"], "too_large" if qty else "too_small")
    return Wanted(match["code"], qty)


def sell_codes(session: Session, at: At, wanted: Sequence[Wanted], tenders: Sequence[Tender]) -> SaleOutcome:
    """Sell these pieces for these tenders; a shift without a float is opened when none is open.

    Raises NotFound for an unknown code, InvalidInput for one that cannot be sold so, and as `checkout.complete_sale`.
    """
    aside = _set_aside(session, at)
    if shifts.find_open(session, at.till) is None:
        shifts.open_shift(session, at, 0)
    view = basket.view_of(session, at)
    for item in wanted:
        view = _add(session, at, item)
    outcome = checkout.complete_sale(session, at, view.basket_id or 0, tenders, view.total_minor)
    audit.record(session, at, "sold_by_console", outcome.receipt.number, amount_minor=outcome.receipt.total_minor)
    if aside is not None:
        session.execute(update(BASKET).where(BASKET.c.id == aside).values(held_at=None))
    return outcome


def _set_aside(session: Session, at: At) -> int | None:
    open_one = select(BASKET.c.id).where(BASKET.c.till_id == at.till, BASKET.c.held_at.is_(None))
    found = session.execute(open_one).scalar()
    if found is not None:
        session.execute(update(BASKET).where(BASKET.c.id == found).values(held_at=at.now))
    return found


def _add(session: Session, at: At, item: Wanted) -> BasketView:
    scan = basket.add(session, at, item.code)
    if scan.result is not ScanResult.ADDED:
        raise _refusal(item, scan)
    line = next(row for row in scan.view.lines if row.line_id == scan.line_id)
    if item.qty == 1:
        return scan.view
    return basket.set_quantity(session, at, line.line_id, line.qty + item.qty - 1).view


def _refusal(item: Wanted, scan: ScanOutcome) -> InvalidInput | NotFound:
    code = masked(item.code)
    if scan.result is ScanResult.UNKNOWN:
        return NotFound("edition", code)
    return InvalidInput("code", code, _REFUSED[scan.result])
