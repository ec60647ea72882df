"""What happens when discs come back, in a line each, and the shop's books at a glance."""

from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.models import COPY, DOCUMENT_LINE, PAYMENT, STOCK, TILL
from av_pos.models.members import MEMBER, VOUCHER
from av_pos.models.price_rule import COUPON
from av_pos.services import (
    basket,
    checkout,
    integrity,
    levels,
    members,
    points,
    returns,
    shop_settings,
    stored_value,
)
from av_pos.services.access import Approvals
from av_pos.services.basket_view import BasketView
from av_pos.services.checkout import SaleOutcome
from av_pos.services.findings import BadRow
from av_pos.services.members import MemberDraft
from av_pos.services.returns import Chosen


def lines_of(db: Database, document_id: int) -> list[int]:
    """The ids of a document's lines, in their order."""
    query = select(DOCUMENT_LINE.c.id).where(DOCUMENT_LINE.c.document_id == document_id)
    return db.ask(lambda session: list(session.scalars(query.order_by(DOCUMENT_LINE.c.position))))


def lay_in(db: Database, at: At, document_id: int, *chosen: Chosen | int, approval_id: int | None = None) -> BasketView:
    """Lay lines into the basket to come back: a number stands for one piece of the line at that place."""
    ids = lines_of(db, document_id)
    choices = [Chosen(ids[one]) if isinstance(one, int) else one for one in chosen]
    return db.run(returns.lay_in, at, document_id, choices, "does not like it", approval_id).view


def settle(
    db: Database, at: At, *tenders: Tender, approval_id: Approvals | None = None, as_credit: bool = False
) -> SaleOutcome:
    """Settle what lies in the basket, sold and brought back."""
    view = db.ask(basket.view_of, at)
    assert view.basket_id is not None
    return db.run(
        checkout.complete_sale, at, view.basket_id, tenders, view.due_minor, approval_id, refund_as_credit=as_credit
    )


def take_back(
    db: Database, at: At, document_id: int, *chosen: Chosen | int, approval_id: int | None = None
) -> SaleOutcome:
    """Take lines of a sale back for money."""
    lay_in(db, at, document_id, *chosen)
    return settle(db, at, approval_id=approval_id)


def take_all_back(db: Database, at: At, document_id: int) -> SaleOutcome:
    """Take back what is left of a sale."""
    sale = db.ask(returns.open_sale, at, document_id)
    return take_back(
        db, at, document_id, *(Chosen(line.line_id, line.left_qty) for line in sale.lines if line.left_qty)
    )


def tenders_of(outcome: SaleOutcome) -> list[tuple[str, int]]:
    """How a document was paid: kinds and amounts."""
    return [(tender.kind, tender.amount_minor) for tender in outcome.receipt.tenders]


def verified(db: Database, at: At) -> list[BadRow]:
    """What verify finds wrong."""
    return list(integrity.verify(db, at).bad)


def books(db: Database) -> dict[str, Any]:
    """All that a sale changes in the shop, so that one can say it never was."""
    return db.ask(books_in)


def books_in(session: Session) -> dict[str, Any]:
    """The same, inside a change."""

    def table(*columns: Any) -> dict[Any, tuple[Any, ...]]:
        return {row[0]: tuple(row[1:]) for row in session.execute(select(*columns))}

    def sums(key: Any, *columns: Any) -> dict[Any, tuple[int, ...]]:
        found = session.execute(select(key, *(func.sum(column) for column in columns)).group_by(key))
        return {row[0]: tuple(map(int, row[1:])) for row in found if any(row[1:])}

    return {
        "money": sums(PAYMENT.c.kind, PAYMENT.c.amount_minor),
        "tax": sums(DOCUMENT_LINE.c.tax_bp, DOCUMENT_LINE.c.net_minor, DOCUMENT_LINE.c.tax_minor),
        "cost": sums(DOCUMENT_LINE.c.edition_id, DOCUMENT_LINE.c.qty, DOCUMENT_LINE.c.cost_minor),
        "grand_total": table(TILL.c.id, TILL.c.grand_total_minor),
        "stock": table(STOCK.c.edition_id, STOCK.c.on_hand_qty, STOCK.c.value_minor, STOCK.c.last_cost_minor),
        "copies": table(COPY.c.id, COPY.c.status, COPY.c.cost_minor),
        "members": table(
            MEMBER.c.id, MEMBER.c.points_qty, MEMBER.c.stored_minor, MEMBER.c.bonus_minor, MEMBER.c.level_key
        ),
        "vouchers": table(VOUCHER.c.id, VOUCHER.c.balance_minor),
        "coupons": table(COUPON.c.code, COUPON.c.used_qty),
    }


def stock_of(db: Database, edition_id: int) -> tuple[int, int]:
    query = select(STOCK.c.on_hand_qty, STOCK.c.value_minor).where(STOCK.c.edition_id == edition_id)
    row = db.ask(lambda session: session.execute(query).one())
    return int(row[0]), int(row[1])


def change(db: Database, table: Table, **values: Any) -> None:
    """Write into all rows of a table, as no part of the program would."""
    db.run(lambda session: session.execute(update(table).values(**values)))


def setting(db: Database, name: str, value: Any) -> None:
    db.run(shop_settings.store_setting, name, value)


def buying_member(db: Database, at: At, points_qty: int = 0, stored_minor: int = 0) -> int:
    """A member whose card lies on the basket from now on."""
    db.run(levels.start_levels, at.now)
    member_id = db.run(members.register_member, at, MemberDraft("王小明", "13800138000")).member_id
    if points_qty:
        db.run(points.adjust, at, member_id, points_qty, "a present")
    if stored_minor:
        db.run(stored_value.top_up, at, member_id, stored_minor, TenderKind.CARD)
    db.run(basket.set_member, at, member_id)
    return int(member_id)
