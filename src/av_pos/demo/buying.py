"""The demo shop's suppliers: what they sell, the orders that its boxes came of, and what is on its way this evening.

The boxes themselves were unpacked by the trade (`deliveries`); here each becomes the delivery of an order that was sent
as long before as its supplier takes, so that lead times can be seen. What is still going on is done by the services.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from av_pos.demo.customers import local_time
from av_pos.demo.people import words_of
from av_pos.demo.shelves import Disc, price_in
from av_pos.domain.at import Actor, At
from av_pos.domain.stock import StockReason
from av_pos.i18n import currency as currency_of
from av_pos.i18n import format_amount
from av_pos.models import STOCK, STOCK_MOVE
from av_pos.models.members import MEMBER_WANT
from av_pos.models.purchasing import (
    DELIVERY,
    DELIVERY_FILL,
    DELIVERY_LINE,
    DELIVERY_SCAN,
    ORDER_LINE,
    PURCHASE_ORDER,
)
from av_pos.services import (
    articles,
    delivery_posting,
    purchase_orders,
    receiving,
    shop_settings,
    supplier_returns,
    suppliers,
)
from av_pos.services.articles import ArticleTerms
from av_pos.services.supplier_return_views import ReturnReason
from av_pos.services.suppliers import SupplierDraft

UNKNOWN_CODE = "4711000012345"
"""A barcode that stands on one disc of the open box, and that nobody knows."""

_ORDERS, _SENDS, _POSTS, _TODAY = time(10, 30), time(11, 5), time(9, 40), time(21, 10)
_CHINESE, _WESTERN, _IMPORTS, _FILMS = range(4)


@dataclass(frozen=True, slots=True)
class _Seller:
    """How a supplier is: days it says and takes, terms in the demo's home currency, its articles' letters."""

    says: int
    takes: float
    spread: float
    minimum: str
    carriage: str
    return_days: str
    letters: str
    pack: int


_SELLERS = (
    _Seller(7, 6.0, 1.2, "500", "", "90", "CX", 1),
    _Seller(7, 8.5, 2.1, "800", "25", "60", "HW", 5),
    _Seller(21, 17.0, 4.5, "1500", "80", "", "BX", 1),
    _Seller(10, 11.0, 3.0, "", "20", "30", "DT", 1),
)


class Buying:
    """Who sells to the demo shop, and what was and is ordered there."""

    def __init__(
        self, session: Session, rng: Random, manager: Actor, till: int, language: str, discs: Sequence[Disc],
        days: Sequence[date],
    ) -> None:  # fmt: skip
        self._session = session
        self._rng = rng
        self._manager = manager
        self._till = till
        self._words = words_of(language)
        self._settings = shop_settings.get_settings(session)
        self._discs = {disc.edition_id: disc for disc in discs}
        self._days = days
        self._ids: list[int] = []
        self._language = language

    def run(self) -> None:
        """Add the suppliers, write the past, leave what is going on."""
        self._add_suppliers()
        self._list_articles()
        for (day, supplier_id), moves in sorted(self._boxes().items()):
            self._write_box(day, supplier_id, moves)
        self._go_on()

    # ---- suppliers and articles ----

    def _at(self, day: date, moment: time) -> At:
        return At(self._manager, self._till, local_time(day, moment, self._settings.zone))

    def _add_suppliers(self) -> None:
        at, own = self._at(self._days[0], _ORDERS), self._settings.currency
        digits = currency_of(own).digits
        for place, (name, seller) in enumerate(zip(self._words.suppliers, _SELLERS, strict=True)):
            draft = SupplierDraft(
                name=name,
                contact=self._words.supplier_people[place],
                phone=f"021-0000-{1101 + 11 * place}",
                email=f"orders@{seller.letters.lower()}.example",
                customer_number=f"{seller.letters}-{3018 + 7 * place}",
                language=self._language,
                currency=own,
                lead_days=str(seller.says),
                minimum=_amount(seller.minimum, own, digits),
                carriage=_amount(seller.carriage, own, digits),
                is_returnable=bool(seller.return_days),
                return_days=seller.return_days,
            )
            self._ids.append(suppliers.add_supplier(self._session, at, draft).supplier_id)

    def _list_articles(self) -> None:
        at = self._at(self._days[0], _ORDERS)
        first = [self._terms(disc, _place_of(disc), is_preferred=True) for disc in self._discs.values()]
        # Some can be had at the importer's too, dearer.
        both = [disc for disc in self._discs.values() if disc.edition_id % 6 == 0]
        dearer = [self._terms(one, _IMPORTS, is_preferred=False) for one in both if _place_of(one) < _IMPORTS]
        articles.write_articles(self._session, at, first)
        articles.write_articles(self._session, at, dearer)

    def _terms(self, disc: Disc, place: int, *, is_preferred: bool) -> ArticleTerms:
        seller = _SELLERS[place]
        cost = disc.cost_minor if is_preferred else disc.cost_minor * 108 // 100
        return ArticleTerms(self._ids[place], disc.edition_id, f"{seller.letters}{20_000 + disc.edition_id}", cost,
                            seller.pack if disc.format == "CD" else 1, is_preferred)  # fmt: skip

    # ---- the past ----

    def _boxes(self) -> dict[tuple[date, int], list[Any]]:
        """What the trade unpacked, by day and supplier."""
        query = select(STOCK_MOVE).where(STOCK_MOVE.c.reason == StockReason.RECEIPT.value, STOCK_MOVE.c.origin == "")
        boxes: dict[tuple[date, int], list[Any]] = {}
        for move in self._session.execute(query.order_by(STOCK_MOVE.c.id)):
            disc = self._discs.get(move.edition_id)
            if disc is not None:
                boxes.setdefault((move.business_on, self._ids[_place_of(disc)]), []).append(move)
        return boxes

    def _write_box(self, day: date, supplier_id: int, moves: Sequence[Any]) -> None:
        """Make a day's box the delivery of an order, unless that was before the shop opened."""
        seller = _SELLERS[self._ids.index(supplier_id)]
        sent_on = day - timedelta(days=max(2, round(self._rng.gauss(seller.takes, seller.spread))))
        if sent_on < self._days[0]:
            return
        order_id = self._write_order(supplier_id, sent_on, day, seller)
        delivery_id = self._write_delivery(order_id, supplier_id, day)
        for position, move in enumerate(moves, start=1):
            self._write_line(order_id, delivery_id, position, move)
        ids = [{"move": move.id, "box": delivery_id} for move in moves]
        booked = update(STOCK_MOVE).where(STOCK_MOVE.c.id == bindparam("move"))
        self._session.execute(booked.values(origin=delivery_posting.ORIGIN, origin_id=bindparam("box")), ids)

    def _write_order(self, supplier_id: int, sent_on: date, came_on: date, seller: _Seller) -> int:
        values = {
            "supplier_id": supplier_id,
            "status": "closed",
            "currency": self._settings.currency,
            "rate_micro": 1_000_000,
            "created_at": self._at(sent_on, _ORDERS).now,
            "created_by": self._manager.staff_id,
            "sent_at": self._at(sent_on, _SENDS).now,
            "sent_on": sent_on,
            "expected_on": sent_on + timedelta(days=seller.says),
            "closed_at": self._at(came_on, _POSTS).now,
        }
        return self._insert(PURCHASE_ORDER, values)

    def _write_delivery(self, order_id: int, supplier_id: int, day: date) -> int:
        at = self._at(day, _POSTS)
        values = {
            "supplier_id": supplier_id,
            "order_id": order_id,
            "number": f"{day:%m%d}-{self._rng.randrange(100, 999)}",
            "status": "posted",
            "currency": self._settings.currency,
            "rate_micro": 1_000_000,
            "began_at": at.now - timedelta(minutes=25),
            "began_by": self._manager.staff_id,
            "till_id": self._till,
            "is_damaged_back": False,
            "posted_at": at.now,
            "posted_on": day,
        }
        return self._insert(DELIVERY, values)

    def _write_line(self, order_id: int, delivery_id: int, position: int, move: Any) -> None:
        each = move.cost_minor // move.qty
        line = {"order_id": order_id, "position": position, "edition_id": move.edition_id, "qty": move.qty,
                "cost_minor": each, "received_qty": move.qty}  # fmt: skip
        order_line_id = self._insert(ORDER_LINE, line)
        came = {"delivery_id": delivery_id, "edition_id": move.edition_id, "qty": move.qty, "cost_minor": each,
                "landed_minor": move.cost_minor, "changed_at": move.moved_at}  # fmt: skip
        delivery_line_id = self._insert(DELIVERY_LINE, came)
        scan = {"delivery_id": delivery_id, "line_id": delivery_line_id, "qty": move.qty, "scanned_at": move.moved_at,
                "staff_id": self._manager.staff_id, "till_id": self._till}  # fmt: skip
        self._session.execute(insert(DELIVERY_SCAN), [scan])
        fill = {"delivery_line_id": delivery_line_id, "order_line_id": order_line_id, "qty": move.qty}
        self._session.execute(insert(DELIVERY_FILL), [fill])

    def _insert(self, table: Any, values: Mapping[str, Any]) -> int:
        return int(self._session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())

    # ---- what is going on ----

    def _go_on(self) -> None:
        """One order late, one partly here, one on the way, a draft, an open box, a return that is being written."""
        today = self._days[-1]
        wanted = self._wanted()
        self._send(_IMPORTS, today - timedelta(days=26), self._low(_IMPORTS, 4), 3)
        partly = self._low(_WESTERN, 6)
        order_id = self._send(_WESTERN, today - timedelta(days=9), partly, 5)
        self._receive_part(_WESTERN, order_id, today, partly[:4])
        on_way = [*(one for one in wanted if _place_of(one) == _CHINESE), *self._low(_CHINESE, 7)]
        order_id = self._send(_CHINESE, today - timedelta(days=5), on_way, 4)
        self._open_box(_CHINESE, order_id, today, on_way[:5])
        self._write_draft(_WESTERN, today, self._low(_WESTERN, 10)[6:])
        self._lay_back(_WESTERN, today, partly[0])

    def _low(self, place: int, count: int) -> list[Disc]:
        """The best sellers of a supplier of which fewest are left."""
        own = [disc for disc in self._discs.values() if _place_of(disc) == place]
        return sorted(own, key=lambda disc: (disc.on_hand_qty - 4 * disc.weight, disc.edition_id))[:count]

    def _wanted(self) -> list[Disc]:
        """What members wait for."""
        query = select(MEMBER_WANT.c.edition_id).where(
            MEMBER_WANT.c.settled_at.is_(None), MEMBER_WANT.c.edition_id.is_not(None)
        )
        found = self._session.execute(query.order_by(MEMBER_WANT.c.id)).scalars()
        return [self._discs[edition_id] for edition_id in found if edition_id in self._discs]

    def _send(self, place: int, day: date, discs: Iterable[Disc], most: int) -> int:
        at = self._at(max(day, self._days[0]), _SENDS)
        order_id = purchase_orders.begin_order(self._session, at, self._ids[place]).order.order_id
        for disc in dict.fromkeys(discs):
            purchase_orders.add_line(self._session, at, order_id, disc.edition_id, self._rng.randrange(2, most + 1))
        purchase_orders.send_order(self._session, at, order_id)
        return order_id

    def _receive_part(self, place: int, order_id: int, day: date, discs: Sequence[Disc]) -> None:
        at = self._at(day, _TODAY)
        box = receiving.open_delivery(self._session, at, self._ids[place], order_id=order_id, number="T-20871")
        for disc in discs:
            receiving.receive_edition(self._session, at, box.delivery.delivery_id, disc.edition_id)
        receiving.receive_edition(self._session, at, box.delivery.delivery_id, discs[0].edition_id, damaged=True)
        delivery_posting.post_delivery(self._session, at, box.delivery.delivery_id, damaged_back=True)
        self._take_up(discs)

    def _open_box(self, place: int, order_id: int, day: date, discs: Sequence[Disc]) -> None:
        """A box that was begun in the evening and is gone on with tomorrow."""
        at = self._at(day, _TODAY)
        box = receiving.open_delivery(self._session, at, self._ids[place], order_id=order_id, number="CX-5512")
        for disc in discs:
            receiving.receive_edition(self._session, at, box.delivery.delivery_id, disc.edition_id)
        receiving.scan(self._session, at, box.delivery.delivery_id, UNKNOWN_CODE)

    def _write_draft(self, place: int, day: date, discs: Sequence[Disc]) -> None:
        at = self._at(day, _TODAY)
        supplier_id = self._ids[place]
        order_id = purchase_orders.begin_order(self._session, at, supplier_id, self._words.draft_note).order.order_id
        for disc in discs:
            purchase_orders.add_line(self._session, at, order_id, disc.edition_id, 2)

    def _lay_back(self, place: int, day: date, disc: Disc) -> None:
        """Something that nobody bought goes back; it lies in a draft until somebody sends it."""
        at = self._at(day, _TODAY)
        draft = supplier_returns.begin_return(self._session, at, self._ids[place])
        supplier_returns.add_return_line(
            self._session, at, draft.row.return_id, disc.edition_id, reason=ReturnReason.UNSOLD
        )

    def _take_up(self, discs: Iterable[Disc]) -> None:
        """Take up the stock of discs where a service has left it."""
        for disc in discs:
            held = self._session.execute(select(STOCK).where(STOCK.c.edition_id == disc.edition_id)).one()
            disc.on_hand_qty, disc.value_minor = held.on_hand_qty, held.value_minor
            disc.last_cost_minor = held.last_cost_minor


def _place_of(disc: Disc) -> int:
    """Which of the suppliers sells a disc."""
    if disc.category == "film":
        return _FILMS
    if disc.format == "LP":
        return _IMPORTS
    return _CHINESE if any("\u4e00" <= letter <= "\u9fff" for letter in disc.title + disc.artist) else _WESTERN


def _amount(text: str, currency: str, digits: int) -> str:
    return format_amount(price_in(text, currency), digits).replace(",", "") if text else ""
