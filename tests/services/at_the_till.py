"""What a cashier does, in a line each."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from tests.factories import make_copy, make_edition

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.loyalty import Level
from av_pos.domain.permissions import Permission, Role
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.models import APPROVAL, DOCUMENT
from av_pos.models.price_rule import COUPON, COUPON_USE, PRICE_RULE
from av_pos.services import (
    basket,
    checkout,
    levels,
    members,
    points,
    reservations,
    shifts,
    shop_settings,
    stored_value,
    voids,
    vouchers,
)
from av_pos.services.basket_view import BasketView
from av_pos.services.checkout import SaleOutcome
from av_pos.services.members import MemberDraft
from av_pos.services.reservations import ReservationDraft


def cash(amount_minor: int) -> Tender:
    return Tender(TenderKind.CASH, amount_minor)


def card(amount_minor: int) -> Tender:
    return Tender(TenderKind.CARD, amount_minor, "UnionPay", "4321")


def later(at: At, **of_time: int) -> At:
    return replace(at, now=at.now + timedelta(**of_time))


def at_till(at: At, till: int) -> At:
    return replace(at, till=till)


def approved(db: Database, at: At, permission: Permission) -> int:
    """A manager's approval, as `access.approve` leaves it, without typing the PIN."""

    def grant(session: Session) -> int:
        row = {"permission": permission, "till_id": at.till, "granted_by": 1, "asked_by": at.actor.staff_id}
        done = session.execute(insert(APPROVAL).values(**row, granted_at=at.now).returning(APPROVAL.c.id))
        return int(done.scalar_one())

    return db.run(grant)


def scan(db: Database, at: At, *edition_ids: int) -> BasketView:
    for edition_id in edition_ids:
        view = db.run(basket.add_edition, at, edition_id).view
    return view


def scan_copy(db: Database, at: At, copy_id: int) -> BasketView:
    return db.run(basket.add_copy, at, copy_id).view


def pay(db: Database, at: At, *tenders: Tender) -> SaleOutcome:
    """Complete what lies in the basket; with no tenders, in exact cash."""
    view = db.ask(basket.view_of, at)
    assert view.basket_id is not None
    return db.run(checkout.complete_sale, at, view.basket_id, tenders or (cash(view.total_minor),), view.total_minor)


def sell(db: Database, at: At, *edition_ids: int) -> SaleOutcome:
    scan(db, at, *edition_ids)
    return pay(db, at)


def busy_shop(db: Database, at: At, cashier_at: At) -> dict[str, int]:
    """Two tills, a closed shift and open ones, every kind of document and cash move, a copy sold and one left."""
    ids = {
        "kind_of_blue": db.run(make_edition, qty=5, cost_minor=3333),
        "faith": db.run(make_edition, title="Faith", price_minor=12950, qty=2, cost_minor=7001),
        "gone": db.run(make_edition, title="Gone", price_minor=990, qty=0),
    }
    ids["sold_copy"] = db.run(make_copy, ids["faith"])
    ids["kept_copy"] = db.run(make_copy, ids["faith"])
    other = At(Actor(2, "Wu", Role.CASHIER), 2, cashier_at.now)
    db.run(shifts.open_shift, at, 30000)
    db.run(shifts.open_shift, other, 20000)
    sell(db, at, ids["kind_of_blue"], ids["kind_of_blue"], ids["faith"])
    view = scan(db, other, ids["gone"], ids["faith"])
    db.run(basket.remove_line, other, view.lines[0].line_id)
    scan_copy(db, other, ids["sold_copy"])
    pay(db, other, card(10000), cash(10000))
    db.run(shifts.pay_in, at, 5000, "coins")
    db.run(shifts.pay_out, at, 1200, "window cleaner")
    db.run(shifts.open_drawer, at, "change for a customer")
    sell(db, at, ids["gone"])
    db.run(voids.void_last_sale, at, "wrong disc")
    expected = db.ask(shifts.x_report, at).expected_cash_minor
    db.run(shifts.record_count, at, expected - 50)
    db.run(shifts.close_shift, at)
    db.run(shifts.open_shift, at, 10000)
    sell(db, at, ids["kind_of_blue"])
    db.run(shifts.pay_in, at, 700, "found")
    db.run(shifts.record_count, at, 12000)
    db.run(reservations.put_by, at, ReservationDraft(edition_id=ids["kind_of_blue"], words="Mr Hu"))
    return ids


def busy_members(db: Database, at: At, edition_id: int) -> None:
    """Members in a shop whose shift is open: every ledger has rows, a level was reached, and a sale was voided."""
    db.run(levels.set_levels, at, (Level("plain", "Plain", "普通", 0), Level("gold", "Gold", "金卡", 5000, 500, 20000)))
    member_id = db.run(members.register_member, at, MemberDraft("王小明", "13800138000")).member_id
    db.run(points.adjust, at, member_id, 3000, "from the old system")
    db.run(shop_settings.change_setting, at, "top_up_steps", "1000:100")
    db.run(stored_value.top_up, at, member_id, 8000, TenderKind.CASH)
    gift = db.run(vouchers.sell_gift_card, at, 4000, TenderKind.CASH).voucher.voucher_id
    for voided in (True, False):
        scan(db, at, edition_id, edition_id)
        total = db.run(basket.set_member, at, member_id).view.total_minor
        by_member = (
            Tender(TenderKind.POINTS, 1000),
            Tender(TenderKind.STORED, 2200),
            Tender(TenderKind.VOUCHER, 1500, voucher_id=gift),
        )
        pay(db, at, *by_member, cash(total - 4700))
        if voided:
            db.run(voids.void_last_sale, at, "wrong disc")
    db.run(_use_coupon, at)


def _use_coupon(session: Session, at: At) -> None:
    rule = insert(PRICE_RULE).values(name="a present", data="{}", created_at=at.now, changed_at=at.now)
    rule_id = session.execute(rule.returning(PRICE_RULE.c.id)).scalar_one()
    session.execute(insert(COUPON).values(code="JAZZ", rule_id=rule_id, uses_limit=5, used_qty=1))
    document_id = session.execute(select(func.max(DOCUMENT.c.id))).scalar_one()
    session.execute(insert(COUPON_USE).values(code="JAZZ", document_id=document_id, used_at=at.now))
