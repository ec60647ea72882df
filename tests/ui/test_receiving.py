"""Receiving by scanner at the real window: scanned, undone, named, damaged, posted; by keys alone."""

import pytest
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.room import DISCS
from tests.services.buying_shop import stock_of
from tests.ui.buying_room import stock_up

from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.services import receiving


@pytest.fixture
def bought(folder, now):
    return stock_up(folder, now, is_wanted=True)


@pytest.fixture
def lin(room, bought):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    goes_to_receiving(person)
    return person


def goes_to_receiving(person):
    person.touches("navPurchasing")
    if person.can_see("receivingTab"):
        person.touches("receivingTab")


def opens_delivery(person, order=""):
    person.presses("F12")
    assert person.sheet_in_front() == "openDelivery"
    if order:
        box = person.finds("openDelivery_supplier")
        box.choose(order)
    person.presses("F12")
    assert person.sheet_in_front() == ""


def received(person):
    """Title, ordered, here, state of each line."""
    return [(row[0], row[1], row[2], row[4]) for row in person.lines("receivingTable")]


def test_an_empty_list_says_what_it_is_for(lin):
    assert "F12" in lin.sees("deliveriesTableEmpty")


def test_a_box_is_scanned_against_its_order_and_posted(lin, bought):
    opens_delivery(lin, f"order:{bought.order_id}")
    assert received(lin) == [("Kind of Blue", "3", "0", "not here yet"), ("范特西", "2", "0", "not here yet")]
    lin.scan(DISCS.kind_of_blue, DISCS.kind_of_blue, DISCS.kind_of_blue, DISCS.kid_a)
    assert received(lin) == [
        ("Kid A", "—", "1", "not ordered"),
        ("Kind of Blue", "3", "3", "complete"),
        ("范特西", "2", "0", "not here yet"),
    ]
    assert lin.sees("lineTitle") == "Kid A"
    lin.presses("F12")
    assert lin.sheet_in_front() == "postSheet"
    assert "Still missing, stay on order: 2 pieces." in lin.everything()
    lin.presses("F12")
    assert lin.sheet_in_front() == "postedSheet"
    assert "In stock now: 4 pieces of 2 titles." in lin.everything()
    lin.presses("Esc")
    db = lin.program.desk.db
    assert stock_of(db, bought.discs["Kind of Blue"])[0] == 5 + 3
    assert stock_of(db, bought.discs["范特西"])[2] == 2
    assert lin.lines("deliveriesTable") == []


def test_a_disc_that_somebody_asked_for_says_so_at_that_moment(lin, bought):
    opens_delivery(lin)
    lin.scan(DISCS.fantasy)
    assert "范特西 was asked for by Zhou Jie" in lin.notice()
    assert "Zhou Jie" in lin.sees("waitingNames")
    lin.scan(DISCS.kid_a)
    assert not lin.can_see("waitingPanel")
    lin.presses("F12", "F12")
    assert lin.lines("postedWaiting")[0][0] == "范特西"


def test_the_last_scan_is_undone(lin):
    opens_delivery(lin)
    lin.scan(DISCS.kind_of_blue, DISCS.kind_of_blue)
    lin.presses("F5")
    assert received(lin)[0][2] == "1"
    lin.presses("F5", "F5")
    assert "Nothing was scanned into this delivery at this till" in lin.notice()


def test_over_damaged_and_typed_pieces(lin, bought):
    opens_delivery(lin, f"order:{bought.order_id}")
    lin.scan(DISCS.fantasy, DISCS.fantasy, DISCS.fantasy)
    assert received(lin)[0] == ("范特西", "2", "3", "1 too many")
    lin.presses("F6")
    assert lin.lines("receivingTable")[0][3] == "1"
    assert lin.sees("lineFact_damaged") == "1"
    lin.presses("F4")
    lin.types("20")
    lin.presses("F12")
    assert received(lin)[0][2:] == ("21", "19 too many")
    lin.presses("F4")
    lin.types("10000")
    lin.presses("F12")
    assert lin.sheet_in_front() == "linePieces"
    assert lin.sees("linePieces_quantityError")
    lin.presses("Esc", "Del")
    assert ("范特西", "2", "0", "not here yet") in received(lin)
    lin.presses("F5")
    assert received(lin)[0][2] == "21"


def test_plus_and_minus_change_the_line_while_the_field_is_empty(lin):
    opens_delivery(lin)
    lin.scan(DISCS.kid_a)
    lin.presses("+", "+", "-")
    assert received(lin)[0][2] == "2"


def test_an_unknown_disc_is_kept_and_named(lin, bought):
    opens_delivery(lin)
    lin.scan(DISCS.unknown, DISCS.unknown)
    assert received(lin)[0] == ("Unknown disc", "—", "2", "unknown disc")
    assert DISCS.unknown in lin.notice()
    lin.presses("F8")
    assert lin.sheet_in_front() == "discSheet"
    lin.types("kid a")
    lin.presses("F12")
    assert received(lin)[0] == ("Kid A", "—", "2", "not ordered")
    lin.scan(DISCS.unknown)
    assert received(lin)[0][2] == "3"


def test_an_unknown_disc_becomes_a_new_one(lin):
    opens_delivery(lin)
    lin.scan(DISCS.unknown)
    lin.presses("Shift+F8")
    lin.types("Hounds of Love")
    lin.presses("Tab")
    lin.types("88")
    lin.presses("F12")
    assert received(lin)[0][0] == "Hounds of Love"


def test_only_unknown_discs_cannot_be_posted(lin):
    opens_delivery(lin)
    lin.scan(DISCS.unknown)
    lin.presses("F12", "F12")
    assert "All that was scanned is unknown" in lin.notice()


def test_cost_new_price_and_margin_are_in_sight(lin, bought):
    opens_delivery(lin)
    lin.scan(DISCS.fantasy)
    assert lin.sees("lineFact_cost") == "¥52.00"
    before = lin.sees("lineFact_margin")
    lin.presses("F7")
    lin.types("40")
    lin.presses("Tab")
    lin.types("98")
    lin.presses("F12")
    assert lin.sees("lineFact_cost") == "¥40.00"
    assert lin.sees("lineFact_new_price") == "¥98.00"
    assert lin.sees("lineFact_margin") != before
    lin.presses("F12", "F12", "Esc")
    assert lin.program.desk.ask(_price, bought.discs["范特西"]) == 9800


def _price(session, edition_id):
    from av_pos.services import editions

    return editions.get_edition(session, edition_id).price_minor


def test_the_delivery_note_takes_the_carriage(lin):
    opens_delivery(lin)
    lin.scan(DISCS.fantasy)
    lin.presses("F9")
    lin.types("LS-77")
    lin.presses("Tab")
    lin.types("12")
    lin.presses("F12")
    assert "LS-77" in lin.window.front.heading()[1]
    assert "carriage ¥12.00" in lin.sees("boxTotals")
    assert lin.sees("lineFact_landed") == "¥64.00"


def test_a_delivery_is_left_and_gone_on_with(lin):
    opens_delivery(lin)
    lin.scan(DISCS.kid_a)
    lin.presses("Esc")
    assert [row[2] for row in lin.lines("deliveriesTable")] == ["1"]
    lin.presses("Enter")
    assert received(lin)[0][:1] == ("Kid A",)


def test_a_delivery_is_dropped_only_after_a_question(lin):
    opens_delivery(lin)
    lin.scan(DISCS.kid_a)
    lin.presses("Ctrl+Del")
    assert lin.sheet_in_front() == "dropDelivery"
    lin.presses("Enter")
    assert lin.sheet_in_front() == ""
    assert lin.can_see("receivingField")
    lin.presses("Ctrl+Del", "F12")
    assert lin.lines("deliveriesTable") == []


def test_damaged_discs_may_go_back(lin, bought):
    opens_delivery(lin)
    lin.scan(DISCS.kid_a, DISCS.kid_a)
    lin.presses("F6", "F12", "F12")
    assert "draft of a return" in lin.everything()


def test_damaged_discs_may_be_written_off(lin, bought):
    opens_delivery(lin)
    lin.scan(DISCS.kid_a, DISCS.kid_a)
    lin.presses("F6", "F12", "Down", "F12")
    assert "draft of a return" not in lin.everything()
    assert stock_of(lin.program.desk.db, bought.discs["Kid A"])[0] == 1 + 1


def test_a_title_is_found_by_typing(lin):
    opens_delivery(lin)
    lin.types("kid")
    lin.waits_until(lambda: lin.can_see("receivingResults"))
    lin.presses("Enter")
    assert received(lin)[0][0] == "Kid A"


def test_several_discs_of_one_code_are_asked_about(lin):
    opens_delivery(lin)
    lin.scan(DISCS.shared)
    assert lin.sheet_in_front() == "discSheet"
    lin.presses("Down", "Enter")
    assert received(lin)[0][0] == "Nevermind"


def test_the_tabs_show_what_is_odd_and_what_is_missing(lin, bought):
    opens_delivery(lin, f"order:{bought.order_id}")
    lin.scan(DISCS.kid_a, DISCS.kind_of_blue)
    lin.touches("boxTab1")
    assert [row[0] for row in received(lin)] == ["Kid A"]
    lin.touches("boxTab2")
    assert [row[0] for row in received(lin)] == ["Kind of Blue", "范特西"]


def test_a_cashier_receives_and_sees_no_costs(room, bought):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    goes_to_receiving(wu)
    assert not wu.can_see("ordersTab")
    opens_delivery(wu)
    wu.scan(DISCS.fantasy)
    table = wu.finds("receivingTable")
    assert [table.isColumnHidden(column) for column in (5, 7)] == [True, True]
    assert not wu.can_see("costButton")
    assert not wu.can_see("lineFact_cost")
    wu.presses("F7")
    assert wu.sheet_in_front() == ""
    wu.presses("F12", "F12")
    assert wu.sheet_in_front() == "postedSheet"
    assert "¥" not in wu.sees("postedLine0") + wu.sees("postedLine1")


def test_a_scan_in_the_list_says_to_open_a_delivery(lin):
    lin.scan(DISCS.kid_a)
    assert "Open a delivery first" in lin.notice()


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
def test_nothing_runs_out_of_the_window(room, bought, size):
    lin = room.open(window=size)
    lin.signs_in("Lin", MANAGER_PIN)
    goes_to_receiving(lin)
    opens_delivery(lin)
    lin.scan(DISCS.fantasy, DISCS.unknown)
    assert lin.window.width() == size[0]
    card = lin.finds("lineCard")
    assert card.mapTo(lin.window, card.rect().bottomRight()).x() <= size[0]


def test_a_scan_is_not_read_again_once_nobody_is_signed_in(lin):
    opens_delivery(lin)
    lin.scan(DISCS.kid_a)
    rest = lin.window.front.receiving.box._later
    refused: list[str] = []
    lin.program.events.refused.connect(refused.append)
    lin.presses("Ctrl+L")
    rest.timeout.emit()
    assert refused == []


def test_pieces_go_into_the_line_that_was_asked_about(lin, bought):
    """While the sheet is open, somebody at another till scans the same disc, and the list is read again."""
    opens_delivery(lin, f"order:{bought.order_id}")
    lin.scan(DISCS.kid_a)
    lin.presses("Down", "Down", "F4")
    box, desk = lin.window.front.receiving.box, lin.program.desk
    other = At(Actor(2, "Wu", Role.CASHIER), 2, lin.clock.now)
    desk.db.run(receiving.scan, other, box.face.view.delivery.delivery_id, DISCS.fantasy)
    box.refresh()
    lin.types("2")
    lin.presses("F12")
    assert sorted(row[:3] for row in received(lin)) == [
        ("Kid A", "—", "1"),
        ("Kind of Blue", "3", "0"),
        ("范特西", "2", "3"),
    ]


def test_enter_that_is_faster_than_the_list_asks_which_one(lin):
    opens_delivery(lin)
    lin.types("nevermind")
    lin.presses("Enter")
    assert lin.notice() == ""
    lin.presses("Down", "Enter")
    assert received(lin)[0][:3] == ("Nevermind", "—", "1")


def test_what_was_taken_out_is_told_to_be_here_again(lin):
    opens_delivery(lin)
    lin.scan(DISCS.kid_a, DISCS.kid_a)
    lin.presses("Del", "F5")
    assert lin.notice() == "Here again: 2 pieces."
    lin.presses("F6", "F5")
    assert lin.notice() == "Undone."


def test_the_question_names_as_many_pieces_as_the_answer(lin):
    opens_delivery(lin)
    lin.scan(DISCS.fantasy, DISCS.fantasy, DISCS.unknown)
    lin.presses("Down", "F6", "F12")
    assert lin.sees("postLine0") == "Come on hand: 1 piece."
    lin.presses("F12")
    assert lin.sees("postedLine0") == "In stock now: 1 piece of 1 title."


def test_no_button_of_a_box_is_cut_on_a_small_screen(room, bought):
    lin = room.open(window=(1024, 768))
    lin.signs_in("Lin", MANAGER_PIN)
    goes_to_receiving(lin)
    opens_delivery(lin)
    for name in ("boxTab0", "boxTab1", "boxTab2", "dropDeliveryButton", "deliveryNoteButton", "undoScanButton"):
        button = lin.finds(name)
        assert button.width() >= button.sizeHint().width(), name
