"""Killed between any two steps of buying (a scan, an undo, a posting, a sending): all of it is there, or nothing."""

import shutil
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.faults.killing import DONE, REFUSED, Deed, all_or_nothing, together
from tests.services.at_the_till import at_till, later, sell
from tests.services.buying_shop import make_article, make_supplier, send, stock_of, take, verified

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.errors import InvalidInput
from av_pos.services import (
    delivery_posting,
    order_making,
    purchase_orders,
    receiving,
    receiving_views,
    shifts,
    supplier_returns,
)
from av_pos.services.order_making import Wanted

AT = At(Actor(1, "Lin", Role.MANAGER), 1, NOW)
LATER = later(AT, minutes=1)
CODE, STRANGE = "4006381333931", "5012345678900"


@pytest.fixture
def bought(template_file: Path, tmp_path: Path) -> Path:
    """A shop's file with an order (1) on its way, a box (1) scanned half, and a return (1) in a draft."""
    path = tmp_path / "bought.db"
    shutil.copy(template_file, path)
    db = Database.at(path)
    supplier_id = make_supplier(db, AT)
    one = make_article(db, AT, supplier_id, barcode=CODE, qty=1)
    two = make_article(db, AT, supplier_id, title="Faith")
    copy_id = db.run(make_copy, one)
    db.run(shifts.open_shift, AT, 30000)
    sell(db, AT, two)  # below nought: the box puts its cost right
    send(db, AT, supplier_id, {one: 3, two: 4})
    draft = db.run(purchase_orders.begin_order, AT, supplier_id).order.order_id
    db.run(purchase_orders.add_line, AT, draft, one, 2)
    db.run(receiving.open_delivery, AT, supplier_id)
    line_id = take(db, AT, 1, CODE, qty=3).line_id
    db.run(receiving.set_qty, AT, line_id, 3, 1)
    db.run(receiving.set_new_price, AT, line_id, 9900)
    db.run(receiving.receive_edition, AT, 1, two, qty=2)
    db.run(receiving.scan, AT, 1, STRANGE)
    db.run(supplier_returns.begin_return, AT, supplier_id)
    db.run(supplier_returns.add_return_line, AT, 1, one)
    db.run(supplier_returns.add_return_copy, AT, 1, copy_id)
    db.run(make_edition, title="Nobody sells it")
    db.close()
    return path


def _scan(db: Database) -> None:
    db.run(receiving.scan, LATER, 1, CODE)


def _undo(db: Database) -> None:
    db.run(receiving.undo_scan, LATER, 1)


def _name(db: Database) -> None:
    db.run(receiving.name_line, LATER, 3, 1, keep_code=True)


def _post(db: Database) -> None:
    db.run(delivery_posting.post_delivery, LATER, 1)


def _post_damaged_back(db: Database) -> None:
    db.run(delivery_posting.post_delivery, LATER, 1, damaged_back=True)


def _send_order(db: Database) -> None:
    db.run(purchase_orders.send_order, LATER, 2)


def _give_up(db: Database) -> None:
    db.run(purchase_orders.close_order, LATER, 1)


def _create(db: Database) -> None:
    db.run(order_making.create_orders, LATER, (Wanted(1, 2), Wanted(2, 1), Wanted(3, 1)))


def _send_back(db: Database) -> None:
    db.run(supplier_returns.send_return, LATER, 1)


@pytest.mark.parametrize(
    "do", [_scan, _undo, _name, _post, _post_damaged_back, _send_order, _give_up, _create, _send_back]
)
def test_killed_before_any_statement_all_is_there_or_nothing(bought: Path, tmp_path: Path, do: Deed):
    all_or_nothing(bought, tmp_path, AT, do, least_steps=5)


def test_two_tills_post_the_same_box_and_it_comes_on_hand_once(bought: Path):
    def post_at_the_other(db: Database) -> None:
        db.run(delivery_posting.post_delivery, at_till(LATER, 2), 1)

    assert sorted(together(bought, _post, post_at_the_other)) == [DONE, REFUSED]
    db = Database.at(bought)
    assert (stock_of(db, 1)[0], stock_of(db, 2)[0]) == (4, 1)
    assert verified(db, AT) == []
    db.close()


def test_two_people_scan_into_one_box_and_no_scan_is_lost(bought: Path):
    def scan_at(till: int) -> Deed:
        def scan(db: Database) -> None:
            for _ in range(25):
                db.run(receiving.scan, at_till(LATER, till), 1, CODE)

        return scan

    assert together(bought, scan_at(1), scan_at(2)) == [DONE, DONE]
    db = Database.at(bought)
    assert db.ask(receiving_views.view_delivery, AT, 1).lines[0].qty == 53
    assert verified(db, AT) == []
    db.close()


def test_a_rate_that_makes_a_disc_dearer_than_can_be_meant_is_refused_whole(bought: Path):
    db = Database.at(bought)
    supplier_id = make_supplier(db, AT, name="Koho", currency="KWD", rate="10000")
    edition_id = make_article(db, AT, supplier_id, cost="900.000")
    box = db.run(receiving.open_delivery, AT, supplier_id).delivery.delivery_id
    line_id = take(db, AT, box, edition_id).line_id
    with pytest.raises(InvalidInput):
        db.run(receiving.set_qty, AT, line_id, 9_999)
    db.run(receiving.receive_edition, AT, box, edition_id, qty=15)
    before = stock_of(db, edition_id)
    with pytest.raises(InvalidInput) as refused:
        db.run(delivery_posting.post_delivery, AT, box)
    assert refused.value.field == "cost"
    assert stock_of(db, edition_id) == before
    assert verified(db, AT) == []
    db.close()
