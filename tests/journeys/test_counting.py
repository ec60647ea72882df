"""A shelf is counted while the till sells: begin, scan, a sale in between, a number, post, and the stock is right."""

from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.hands import Cashier
from tests.journeys.room import Discs, TillRoom

from av_pos.services import search
from av_pos.shop import Shop


def _stock(books: Shop, title: str) -> int:
    return books.db.ask(search.find_text, title, 5)[0].on_hand_qty


def _goes_to_the_stocktake(cashier: Cashier) -> None:
    cashier.touches("navStocktake")
    assert cashier.screen_in_front() == "stocktake"


def test_counting_while_selling_comes_out_as_if_the_shop_had_been_closed(room: TillRoom, discs: Discs, books: Shop):
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.presses("F12")
    _goes_to_the_stocktake(lin)
    assert "F12 begins one" in lin.sees("takesTableEmpty")
    lin.presses("F12", "F12")
    lin.waits_until(lambda: lin.can_see("countField"))
    # Five of Kind of Blue are in the books, four on the shelf; 范特西 agrees; Kid A is sold before it is counted.
    lin.scan(*[discs.kind_of_blue] * 4)
    lin.scan(discs.fantasy)
    lin.types("3")
    lin.presses("Enter")
    assert lin.lines("stocktakeTable")[0][2:5] == ("3", "3", "0")
    lin.presses("Ctrl+1")
    lin.scan(discs.kid_a, discs.kind_of_blue)
    lin.presses("F12", "Enter")
    lin.waits_for_work()
    _goes_to_the_stocktake(lin)
    lin.waits_for_work()
    blue = next(row for row in lin.lines("stocktakeTable") if row[0] == "Kind of Blue")
    assert blue[2:5] == ("5", "4", "−1")
    assert "1 more sold at" in blue[6]
    lin.scan(discs.unknown)
    assert discs.unknown in lin.notice()
    lin.presses("F12")
    assert lin.sees("reviewMissingValue") == "1"
    lin.presses("F12")
    lin.waits_until(lambda: "Posted: 1 piece missing" in lin.notice())
    assert [_stock(books, title) for title in ("Kind of Blue", "范特西", "Kid A")] == [3, 3, 0]


def test_a_cashier_counts_on_after_the_program_ended(room: TillRoom, discs: Discs):
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.presses("F12")
    _goes_to_the_stocktake(lin)
    lin.presses("F12", "F12")
    lin.waits_until(lambda: lin.can_see("countField"))
    lin.scan(discs.kind_of_blue, discs.kind_of_blue)
    room.close()
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    _goes_to_the_stocktake(wu)
    assert wu.lines("stocktakeTable")[0][0] == "Kind of Blue"
    wu.scan(discs.kind_of_blue)
    assert wu.lines("stocktakeTable")[0][3] == "3"
    assert not wu.can_see("postButton")
