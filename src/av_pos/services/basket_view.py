"""The basket as it is seen: its lines, priced, with the stock and cost that booking them needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import Row, bindparam, func, select, text
from sqlalchemy.orm import Session

from av_pos.domain import pricing
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.documents import PROMOTION, Reduction, TaxLine
from av_pos.domain.grades import grade_text
from av_pos.domain.stock import left_after, unit_cost
from av_pos.domain.tax import TaxRate, rate_on
from av_pos.models import BASKET, BASKET_LINE, BASKET_RETURN, COPY, EDITION, STOCK
from av_pos.services import shop_settings
from av_pos.services.shop_settings import ShopSettings

if TYPE_CHECKING:
    from av_pos.domain.promotions import Offer
    from av_pos.domain.rules import DiscFacts
    from av_pos.services.member_books import BasketMember
    from av_pos.services.return_lines import ReturnRow

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of the basket as the screen shows it; amounts in minor units, costs only for whoever books the sale.

    `left_qty` is what stays of the edition after the whole basket, whose other lines may take of it as well;
    `reserved_qty` of its new pieces are put by.
    """

    line_id: int
    edition_id: int
    copy_id: int | None
    title: str
    artist: str
    format: str
    code: str
    grade: str
    defects: str
    qty: int
    on_hand_qty: int
    left_qty: int
    list_minor: int
    unit_minor: int
    amount_minor: int
    net_minor: int
    tax_bp: int
    tax_minor: int
    reductions: tuple[Reduction, ...]
    is_provisional: bool
    reserved_qty: int = 0

    @property
    def is_promised(self) -> bool:
        """Whether this line takes new pieces that are put by for somebody."""
        return self.copy_id is None and self.reserved_qty > 0 and self.left_qty < self.reserved_qty

    @property
    def promotion_minor(self) -> int:
        """What the shop's own rules took off this line."""
        return sum(r.amount_minor for r in self.reductions if r.kind == PROMOTION)


@dataclass(frozen=True, slots=True)
class BasketView:
    """A basket, priced. `basket_id` is None while nothing has been scanned.

    `refund_minor` is what comes back for the discs of earlier sales that lie in it; `points_qty` what its member would
    earn if all were paid with money.
    """

    basket_id: int | None
    lines: tuple[LineRow, ...]
    reductions: tuple[Reduction, ...]
    taxes: tuple[TaxLine, ...]
    items_qty: int
    subtotal_minor: int
    total_minor: int
    currency: str
    held_count: int = 0
    has_round_off: bool = False
    member: "BasketMember | None" = None
    coupons: tuple[str, ...] = ()
    returns: "tuple[ReturnRow, ...]" = ()
    refund_minor: int = 0
    points_qty: int = 0

    @property
    def due_minor(self) -> int:
        """What the customer pays, or, below nothing, gets back."""
        return self.total_minor - self.refund_minor

    @property
    def is_empty(self) -> bool:
        """Whether nothing is sold and nothing comes back."""
        return not (self.lines or self.returns)


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A basket line with what booking it needs beside what is shown: stock and cost before the sale."""

    row: LineRow
    stock_qty: int
    stock_value_minor: int
    last_cost_minor: int
    copy_cost_minor: int
    copy_status: str
    low_mark_qty: int
    beside_id: int | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A basket as the sale books it."""

    view: BasketView
    booked: tuple[BookedLine, ...]
    approved_by: str
    largest_discount_bp: int = 0
    member: "BasketMember | None" = None


_HAS_RETURNS = select(BASKET_RETURN.c.id).where(BASKET_RETURN.c.basket_id == BASKET.c.id).exists()
FIND_OPEN = select(BASKET, _HAS_RETURNS.label("has_returns")).where(
    BASKET.c.till_id == bindparam("till"), BASKET.c.held_at.is_(None)
)
GET = select(BASKET).where(BASKET.c.id == bindparam("basket"))
LINES = (
    select(
        BASKET_LINE.c.id,
        BASKET_LINE.c.edition_id,
        BASKET_LINE.c.copy_id,
        BASKET_LINE.c.qty,
        BASKET_LINE.c.list_minor,
        BASKET_LINE.c.override_minor,
        BASKET_LINE.c.override_reason,
        BASKET_LINE.c.discount_kind,
        BASKET_LINE.c.discount_value,
        BASKET_LINE.c.discount_reason,
        BASKET_LINE.c.code,
        BASKET_LINE.c.approved_by,
        BASKET_LINE.c.beside_id,
        EDITION.c.title,
        EDITION.c.artist,
        EDITION.c.format,
        EDITION.c.album_id,
        EDITION.c.label,
        EDITION.c.style,
        EDITION.c.category,
        EDITION.c.tax_key,
        EDITION.c.low_mark_qty,
        EDITION.c.is_provisional,
        STOCK.c.on_hand_qty,
        STOCK.c.reserved_qty,
        STOCK.c.value_minor,
        STOCK.c.last_cost_minor,
        COPY.c.is_used,
        COPY.c.media_grade,
        COPY.c.sleeve_grade,
        COPY.c.defects,
        COPY.c.cost_minor.label("copy_cost_minor"),
        COPY.c.status.label("copy_status"),
    )
    .join(EDITION, EDITION.c.id == BASKET_LINE.c.edition_id)
    .join(STOCK, STOCK.c.edition_id == BASKET_LINE.c.edition_id)
    .outerjoin(COPY, COPY.c.id == BASKET_LINE.c.copy_id)
    .where(BASKET_LINE.c.basket_id == bindparam("basket"))
    .order_by(BASKET_LINE.c.position)
)
# By name: its table is read in with the rules themselves.
_ANY_RULE = text("SELECT 1 FROM price_rule WHERE is_on LIMIT 1")
_COUNT_HELD = select(func.count()).select_from(BASKET).where(BASKET.c.held_at.is_not(None))


def view_of(session: Session, at: At) -> BasketView:
    """Return the till's open basket, priced for this moment; an empty one when nothing has been scanned."""
    view = priced_open(session, at, shop_settings.get_settings(session)).view
    return replace(view, held_count=session.execute(_COUNT_HELD).scalar_one())


def priced_open(session: Session, at: At, settings: ShopSettings) -> Priced:
    """Price the till's open basket with all that booking it needs; how many others are held is not looked up."""
    basket = session.execute(FIND_OPEN, {"till": at.till}).first()
    if basket is None:
        empty = BasketView(None, (), (), (), 0, 0, 0, settings.currency)
        return Priced(empty, (), "")
    rows = session.execute(LINES, {"basket": basket.id}).all()
    around = _around(session, at, settings, basket)
    priced = _priced(basket, rows, shop_settings.list_tax_rates(session, settings), settings, around)
    return _with_returns(session, settings, priced) if basket.has_returns else priced


@dataclass(frozen=True, slots=True)
class _Around:
    """What a basket's prices depend on beside its lines: the day, who buys, the shop's rules."""

    day: date
    member: "BasketMember | None"
    coupons: tuple[str, ...]
    offer: "Offer | None"


def _around(session: Session, at: At, settings: ShopSettings, basket: AnyRow) -> _Around:
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    coupons = tuple(basket.coupons.split())
    member = None
    if basket.member_id is not None:
        from av_pos.services import member_books

        member = member_books.get_basket_member(session, settings, basket.member_id, day)
    elif not coupons and session.execute(_ANY_RULE).scalar() is None:
        # A basket that waits over a restart is shown at the start: most shops' needs no rules read in.
        return _Around(day, None, (), None)
    from av_pos.services import offers

    return _Around(day, member, coupons, offers.offer_of(session, settings, at.now, day, member, coupons))


def with_stock_now(session: Session, priced: Priced) -> Priced:
    """Read anew what the books hold of each disc in a priced basket; its prices stay."""
    rows = session.execute(LINES, {"basket": priced.view.basket_id}).all()
    booked = tuple(
        replace(
            line,
            stock_qty=row.on_hand_qty,
            stock_value_minor=row.value_minor,
            last_cost_minor=row.last_cost_minor,
        )
        for line, row in zip(priced.booked, rows, strict=True)
    )
    return replace(priced, booked=booked)


def _with_returns(session: Session, settings: ShopSettings, priced: Priced) -> Priced:
    from av_pos.services import return_lines

    assert priced.view.basket_id is not None
    returns = return_lines.list_returns(session, settings, priced.view.basket_id)
    refund_minor = sum(row.refund_minor for row in returns)
    return replace(priced, view=replace(priced.view, returns=returns, refund_minor=refund_minor))


def names_of(*approvers: str) -> str:
    """Put together who approved what; each name once."""
    return ", ".join(sorted({name for names in approvers for name in names.split(", ") if name}))


def _priced(basket: AnyRow, rows: Any, rates: tuple[TaxRate, ...], settings: ShopSettings, around: _Around) -> Priced:
    by_key = {key: rate_on(rates, key, around.day) for key in {row.tax_key or settings.tax_key for row in rows}}
    priced = pricing.price_basket(
        [
            _line_input(row, by_key[row.tax_key or settings.tax_key], is_offered=around.offer is not None)
            for row in rows
        ],
        _discount_of(basket),
        pricing.RoundOff(basket.round_unit_minor, cast(Literal["down", "nearest"], basket.round_mode))
        if basket.round_unit_minor
        else None,
        prices_include_tax=settings.prices_include_tax,
        offer=around.offer,
    )
    booked = tuple(
        _booked(row, line, settings, _left_of(row, rows)) for row, line in zip(rows, priced.lines, strict=True)
    )
    view = BasketView(
        basket_id=basket.id,
        lines=tuple(line.row for line in booked),
        reductions=priced.reductions,
        taxes=priced.taxes,
        items_qty=priced.items_qty,
        subtotal_minor=priced.subtotal_minor,
        total_minor=priced.total_minor,
        currency=settings.currency,
        has_round_off=basket.round_unit_minor > 0,
        member=around.member,
        coupons=around.coupons,
        points_qty=_points(settings, around.member, priced.total_minor),
    )
    approvers = names_of(basket.approved_by, *(row.approved_by for row in rows))
    return Priced(view, booked, approvers, pricing.largest_discount_bp(priced), around.member)


def _points(settings: ShopSettings, member: "BasketMember | None", total_minor: int) -> int:
    if member is None:
        return 0
    from av_pos.services import member_books

    return member_books.points_for(settings, member, total_minor)


def _line_input(row: AnyRow, rate: TaxRate, *, is_offered: bool) -> pricing.LineInput:
    return pricing.LineInput(
        key=row.id,
        qty=row.qty,
        list_minor=row.list_minor,
        override_minor=row.override_minor,
        override_reason=row.override_reason,
        discount=_discount_of(row),
        tax_bp=rate.rate_bp,
        tax_name=rate.name,
        disc=_facts(row) if is_offered else None,
    )


def _facts(row: AnyRow) -> "DiscFacts":
    from av_pos.services import offers

    if row.copy_id is not None:
        return offers.disc_facts(row, row.copy_cost_minor)
    return offers.disc_facts(row, unit_cost(row.on_hand_qty, row.value_minor, row.last_cost_minor))


def _discount_of(row: AnyRow) -> pricing.Discount | None:
    if not row.discount_kind:
        return None
    return pricing.Discount(
        cast(Literal["percent", "amount"], row.discount_kind), row.discount_value, row.discount_reason
    )


def _left_of(row: AnyRow, rows: Sequence[AnyRow]) -> int:
    # Used copies are told apart one by one; what is left of them is never said.
    return left_after(row.on_hand_qty, (r.qty for r in rows if r.edition_id == row.edition_id and r.copy_id is None))


def _booked(row: AnyRow, priced: pricing.PricedLine, settings: ShopSettings, left_qty: int) -> BookedLine:
    shown = LineRow(
        line_id=row.id,
        edition_id=row.edition_id,
        copy_id=row.copy_id,
        title=row.title,
        artist=row.artist,
        format=row.format,
        code=row.code,
        grade=grade_text(row.media_grade, row.sleeve_grade) if row.copy_id else "",
        defects=row.defects or "",
        qty=row.qty,
        on_hand_qty=row.on_hand_qty,
        left_qty=left_qty,
        list_minor=row.list_minor,
        unit_minor=priced.unit_minor,
        amount_minor=priced.amount_minor,
        net_minor=priced.net_minor,
        tax_bp=priced.tax_bp,
        tax_minor=priced.tax_minor,
        reductions=priced.reductions,
        is_provisional=row.is_provisional,
        reserved_qty=row.reserved_qty,
    )
    return BookedLine(
        row=shown,
        stock_qty=row.on_hand_qty,
        stock_value_minor=row.value_minor,
        last_cost_minor=row.last_cost_minor,
        copy_cost_minor=row.copy_cost_minor or 0,
        copy_status=row.copy_status or "",
        low_mark_qty=settings.low_mark_qty if row.low_mark_qty is None else row.low_mark_qty,
        beside_id=row.beside_id,
    )
