"""What lies in a basket to come back, priced as the shop's rule says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from av_pos.domain.refunds import Returned, take_back
from av_pos.models import BASKET_RETURN, DOCUMENT_LINE
from av_pos.services import return_prices
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.sold_sales import SoldSale, get_sale

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """Pieces that lie in a basket to come back. `refund_minor` is above nothing; `last_on` the last day for them.

    `left_qty` is what is left of the line: less than `qty` when pieces came back elsewhere meanwhile, and then nothing
    is given for the rest. `as_sold` says that the sale could not be priced anew although the shop wants it so.
    """

    return_id: int
    line_id: int
    document_id: int
    receipt_number: str
    edition_id: int
    copy_id: int | None
    title: str
    artist: str
    format: str
    code: str
    grade: str
    qty: int
    left_qty: int
    refund_minor: int
    condition: str
    reason: str
    sold_on: date
    last_on: date
    as_sold: bool = False


@dataclass(frozen=True, slots=True)
class PricedReturn:
    """What comes back of one sale together, priced; `as_sold` as on ReturnRow."""

    sale: SoldSale
    returned: Returned
    as_sold: bool


def list_returns(session: Session, settings: ShopSettings, basket_id: int) -> tuple[ReturnRow, ...]:
    """Return what lies in a basket to come back, sale by sale, priced.

    It never refuses: what came back elsewhere meanwhile is shown, without money.
    """
    query = (
        select(BASKET_RETURN, DOCUMENT_LINE.c.document_id)
        .join(DOCUMENT_LINE, DOCUMENT_LINE.c.id == BASKET_RETURN.c.line_id)
        .where(BASKET_RETURN.c.basket_id == basket_id)
        .order_by(DOCUMENT_LINE.c.document_id, DOCUMENT_LINE.c.position)
    )
    by_sale: dict[int, list[AnyRow]] = {}
    for laid in session.execute(query):
        by_sale.setdefault(laid.document_id, []).append(laid)
    rows: list[ReturnRow] = []
    for document_id, laid_in in by_sale.items():
        rows += _rows_of(session, settings, get_sale(session, document_id), laid_in)
    return tuple(rows)


def price_return(session: Session, settings: ShopSettings, sale: SoldSale, wanted: Mapping[int, int]) -> PricedReturn:
    """Price what comes back of a sale together (a quantity a line), as the shop's setting says.

    Raises WrongState or InvalidInput for pieces that are not there to come back.
    """
    if settings.return_recomputed:
        anew = return_prices.take_back_recomputed(session, sale, wanted)
        if anew is not None:
            return PricedReturn(sale, anew, as_sold=False)
    return PricedReturn(sale, take_back(sale.sold, sale.back, wanted), as_sold=settings.return_recomputed)


def last_day(sold_on: date, settings: ShopSettings) -> date:
    """Return the last day on which a disc sold on `sold_on` may come back."""
    return sold_on + timedelta(days=settings.return_days)


def _rows_of(session: Session, settings: ShopSettings, sale: SoldSale, laid_in: Sequence[AnyRow]) -> list[ReturnRow]:
    left = {laid.line_id: sale.left_qty(laid.line_id) for laid in laid_in}
    wanted = {laid.line_id: min(laid.qty, left[laid.line_id]) for laid in laid_in if left[laid.line_id] > 0}
    priced = price_return(session, settings, sale, wanted) if wanted else None
    refunds = {line.key: -line.shown.net_minor for line in priced.returned.lines} if priced else {}
    as_sold = priced is not None and priced.as_sold
    return [
        _row(settings, sale, laid, left[laid.line_id], refunds.get(laid.line_id, 0), as_sold=as_sold)
        for laid in laid_in
    ]


def _row(
    settings: ShopSettings, sale: SoldSale, laid: AnyRow, left_qty: int, refund_minor: int, *, as_sold: bool
) -> ReturnRow:
    piece, shown = sale.piece(laid.line_id), sale.shown(laid.line_id)
    return ReturnRow(
        return_id=laid.id,
        line_id=laid.line_id,
        document_id=sale.document_id,
        receipt_number=sale.receipt.number,
        edition_id=piece.real_id,
        copy_id=piece.copy_id,
        title=shown.title,
        artist=shown.artist,
        format=shown.format,
        code=shown.code,
        grade=shown.grade,
        qty=laid.qty,
        left_qty=left_qty,
        refund_minor=refund_minor,
        condition=laid.condition,
        reason=laid.reason,
        sold_on=sale.receipt.business_on,
        last_on=last_day(sale.receipt.business_on, settings),
        as_sold=as_sold,
    )
