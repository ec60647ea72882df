"""From an order to the shelf: written, sent, unpacked, posted, labelled; what was broken goes back."""

import pytest
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.room import Discs, TillRoom
from tests.services.buying_shop import make_supplier

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.services import articles, editions, integrity
from av_pos.services.articles import ArticleDraft


@pytest.fixture
def supplier(room: TillRoom) -> None:
    """Sunrise Distribution, who sells Kind of Blue (41.00) and 范特西 (52.00)."""
    database = Database.at(room.folder / "shop.db")
    at = At(Actor(1, "Lin", Role.MANAGER), 1, room.clock.now)
    supplier_id = make_supplier(database, at)
    for row in database.ask(editions.list_newest, 50):
        if row.title in ("Kind of Blue", "范特西"):
            cost = "41" if row.title == "Kind of Blue" else "52"
            database.run(articles.set_article, at, supplier_id, ArticleDraft(row.id, cost=cost))
    database.close()


def test_from_the_order_to_the_shelf(room: TillRoom, supplier: None, discs: Discs):
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navPurchasing")
    lin.presses("Ctrl+N", "F12")
    lin.scan(discs.kind_of_blue, discs.kind_of_blue, discs.fantasy)
    lin.presses("F12", "F12")
    assert lin.notice() == "Order 00001 is on its way."

    room.clock.passes(days=6)
    lin.presses("Ctrl+L")
    wu = lin
    wu.signs_in("Wu", CASHIER_PIN)
    wu.touches("navPurchasing")
    wu.presses("F12", "F12")
    wu.scan(discs.kind_of_blue, discs.unknown)
    wu.presses("Esc", "Ctrl+L")

    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navPurchasing")
    lin.touches("receivingTab")
    lin.presses("Enter")
    lin.scan(discs.kind_of_blue, discs.fantasy)
    lin.presses("F6")
    lin.presses("F12", "F12")
    assert lin.sheet_in_front() == "postedSheet"
    told = lin.everything()
    assert "In stock now: 2 pieces of 2 titles." in told
    assert "The damaged discs lie in the draft of a return." in told
    assert "What nobody knows waits in a delivery of its own." in told
    lin.presses("Esc")
    assert [row[4] for row in lin.lines("deliveriesTable")] == ["1"]

    lin.touches("ordersTab")
    lin.touches("ordersTab4")
    assert lin.sees("orderState") == "closed"
    lin.touches("returnsTab")
    assert [row[0] for row in lin.lines("returnLinesTable")][:1] == ["范特西"]
    lin.presses("F12", "F12")
    assert lin.sees("returnState") == "sent, not credited"
    lin.touches("labelsTab")
    assert [row[:2] for row in lin.lines("labelsTable")][:1] == [("Kind of Blue", "2")]
    lin.presses("F12", "F12")
    assert lin.lines("labelsTable") == []
    at = At(Actor(1, "Lin", Role.MANAGER), 1, room.clock.now)
    assert not integrity.verify(lin.program.desk.db, at).bad


def test_a_power_cut_while_unpacking_loses_nothing(room: TillRoom, supplier: None, discs: Discs):
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navPurchasing")
    lin.touches("receivingTab")
    lin.presses("F12", "F12")
    lin.scan(discs.kind_of_blue, discs.fantasy, discs.fantasy)
    room.close()
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.touches("navPurchasing")
    lin.touches("receivingTab")
    lin.presses("Enter")
    assert sorted((row[0], row[2]) for row in lin.lines("receivingTable")) == [("Kind of Blue", "1"), ("范特西", "2")]
