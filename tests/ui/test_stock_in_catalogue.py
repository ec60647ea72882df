"""A disc's stock in the catalogue: how it stands, put by and let go, moved by hand, why it costs what it costs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog
from tests.factories import CASHIER_PIN, MANAGER_PIN, make_edition
from tests.journeys.room import DISCS

from av_pos.domain.at import At
from av_pos.domain.stock import StockReason
from av_pos.services import (
    catalogue,
    editions,
    members,
    missed_demand,
    reservations,
    search,
    stock,
    stock_history,
)
from av_pos.services.members import MemberDraft
from av_pos.services.reservations import ReservationDraft


def at_of(person):
    return At(person.program.desk.actor, 1, person.clock.now)


@pytest.fixture
def lin(room):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    person.touches("navCatalogue")
    return person


def titles(person):
    return [row.title for row in person.window.front.table.rows_shown]


def goes_to(person, title):
    person.finds("catalogueField").clear()
    person.types(title)
    person.waits_until(lambda: titles(person) == [title])


def turns_to(person, tab, wanted):
    person.touches(f"catalogueTab{tab}")
    person.waits_until(lambda: titles(person) == wanted)


def stands(person):
    return tuple(person.sees(name) for name in ("standOnHand", "standPutBy", "standOnOrder", "standAsked"))


def chooses(person, name, words):
    box = person.finds(name)
    assert isinstance(box, QComboBox)
    box.setCurrentText(words)
    assert box.currentText() == words, [box.itemText(place) for place in range(box.count())]


def fills_in(person, name, text):
    field = person.finds(name)
    field.setFocus()
    field.selectAll()
    person.types(text)


def edition_of(person, code):
    return person.program.desk.ask(editions.find_by_code, code)[0]


def ledger(person, code):
    rows = person.program.desk.ask(stock_history.cost_history, edition_of(person, code).id)
    return [(row.reason, row.qty, row.note) for row in rows]


def test_the_card_says_how_a_disc_stands(lin):
    kind_of_blue = edition_of(lin, DISCS.kind_of_blue).id
    desk = lin.program.desk
    desk.do(reservations.put_by, ReservationDraft(kind_of_blue, qty=2, words="Mr Li"))
    desk.do(missed_demand.note_missed, kind_of_blue, qty=3)
    goes_to(lin, "Kind of Blue")
    assert stands(lin) == ("5", "2", "0", "3")
    assert lin.sees("fact_put_by") == "Mr Li × 2"


def test_what_was_asked_for_long_ago_is_no_figure_of_today(lin):
    kind_of_blue = edition_of(lin, DISCS.kind_of_blue).id
    lin.program.desk.do(missed_demand.note_missed, kind_of_blue)
    lin.clock.passes(days=91)
    goes_to(lin, "Kind of Blue")
    assert stands(lin)[3] == "0"


def test_a_disc_is_put_by_for_a_member_and_let_go_by_keys_alone(lin):
    desk = lin.program.desk
    anna = desk.do(members.register_member, MemberDraft(name="Anna Smith", phone="13900138001"))
    goes_to(lin, "Kind of Blue")
    lin.presses("F8")
    lin.types("anna")
    lin.waits_until(lambda: len(lin.lines("putByPeople")) == 2)
    lin.presses("F12")
    assert lin.sheet_in_front() == ""
    assert lin.notice() == "Kind of Blue is put by for Anna Smith until Fri 27 Nov."
    row = desk.ask(reservations.list_reservations)[0]
    assert (row.member_id, row.qty) == (anna.member_id, 1)
    lin.waits_until(lambda: stands(lin) == ("5", "1", "0", "0"))
    lin.presses("F8", "Alt+L")
    assert desk.ask(reservations.list_reservations) == ()
    assert not lin.can_see("putByRows"), "nothing is put by any more"
    lin.presses("Esc")
    assert stands(lin) == ("5", "0", "0", "0")


def test_somebody_without_a_card_is_named_in_words(lin):
    goes_to(lin, "Kind of Blue")
    lin.presses("F8")
    lin.types("Mr Li, red jacket")
    lin.presses("Down", "Up")
    fills_in(lin, "putByQty", "2")
    fills_in(lin, "putByUntil", " ")
    lin.presses("F12")
    row = lin.program.desk.ask(reservations.list_reservations)[0]
    assert (row.words, row.qty, row.until_on) == ("Mr Li, red jacket", 2, None)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("putByQty", "6", "So many are not free: 5 are left that nobody has put by."),
        ("putByQty", "0", "Quantity: 0 is too small."),
        ("putByUntil", "2026-11-19", "2026-11-19 is past. Choose today or a later day."),
        ("putByUntil", "soon", 'Until: "soon" is not a day. Type it as 2026-11-20.'),
    ],
)
def test_what_cannot_be_put_by_is_told_at_its_field(lin, field, typed, sentence):
    goes_to(lin, "Kind of Blue")
    lin.presses("F8")
    lin.types("Mr Li")
    lin.waits_until(lambda: lin.lines("putByPeople"))
    fills_in(lin, field, typed)
    lin.presses("F12")
    assert lin.sees(f"{field}Error") == sentence
    assert lin.program.desk.ask(reservations.list_reservations) == ()


def test_for_nobody_nothing_is_put_by(lin):
    goes_to(lin, "Kind of Blue")
    lin.presses("F8", "F12")
    assert lin.sees("putByWhomError") == "Say for whom it is put by: choose a member, or type a name."


def test_a_used_copy_is_put_by_too(lin):
    goes_to(lin, "OK Computer")
    lin.presses("F8")
    lin.types("Zoe")
    lin.waits_until(lambda: lin.lines("putByPeople"))
    assert not lin.can_see("putByQty"), "there is one of a used copy"
    lin.presses("F12")
    assert [row.code for row in lin.program.desk.ask(reservations.list_reservations)] == [DISCS.used_copy]
    assert lin.lines("copiesTable")[0][1] == "reserved"


@pytest.mark.parametrize(
    ("words", "note", "qty", "row"),
    [
        ("Damaged", "", "2", ("damage", -2, "")),
        ("Lost or stolen", "", "1", ("loss", -1, "")),
        ("Sample, given away", "radio", "1", ("sample", -1, "radio")),
        ("Missing: fewer are there than the books say", "not in J1", "1", ("stocktake", -1, "not in J1")),
        ("Found: more are there than the books say", "under the shelf", "3", ("stocktake", 3, "under the shelf")),
        ("Opening stock", "", "4", ("opening", 4, "")),
    ],
)
def test_new_pieces_are_moved_by_hand(lin, words, note, qty, row):
    goes_to(lin, "Kind of Blue")
    lin.presses("F9")
    chooses(lin, "moveKind", words)
    fills_in(lin, "moveQty", qty)
    if note:
        fills_in(lin, "moveNote", note)
    lin.presses("F12")
    assert lin.notice() == "Written into the stock ledger."
    assert ledger(lin, DISCS.kind_of_blue)[0] == row
    lin.waits_until(lambda: stands(lin)[0] == str(5 + row[1]))


def test_what_comes_in_may_say_what_it_cost(lin):
    goes_to(lin, "Kind of Blue")
    lin.presses("F9")
    assert not lin.can_see("moveEach")
    chooses(lin, "moveKind", "Opening stock")
    fills_in(lin, "moveQty", "5")
    fills_in(lin, "moveEach", "50")
    lin.presses("F12")
    lin.presses("F2")
    lin.waits_until(lambda: lin.lines("historyTable"))
    assert lin.sees("historyAverage") == "10 pieces are on hand for ¥450.00: a piece costs ¥45.00."
    assert lin.lines("historyTable")[0][1:7] == ("Opening stock", "5", "50.00", "10", "450.00", "45.00")


@pytest.mark.parametrize(
    ("words", "qty", "field", "sentence"),
    [
        ("Damaged", "6", "moveQty", "There are not so many: the books have 5. Type less, or count first."),
        ("Damaged", "0", "moveQty", "Quantity: 0 is too small."),
        (
            "Damaged",
            "two",
            "moveQty",
            'Quantity: "two" is not a number. Type digits, with a point before the decimals.',
        ),
        ("Found: more are there than the books say", "1", "moveNote", "Note: nothing was typed. Type it in."),
    ],
)
def test_what_cannot_have_happened_is_told_at_its_field(lin, words, qty, field, sentence):
    goes_to(lin, "Kind of Blue")
    lin.presses("F9")
    chooses(lin, "moveKind", words)
    fills_in(lin, "moveQty", qty)
    lin.presses("F12")
    assert lin.sees(f"{field}Error") == sentence
    assert len(ledger(lin, DISCS.kind_of_blue)) == 1


def test_a_disc_goes_to_another_shelf_by_the_ledger(lin):
    goes_to(lin, "Kind of Blue")
    lin.presses("F9")
    chooses(lin, "moveKind", "Goes to another shelf")
    lin.presses("F12")
    assert lin.sees("moveShelfError") == "Shelf: nothing was typed. Type it in."
    fills_in(lin, "moveShelf", "J9")
    lin.presses("F12")
    assert edition_of(lin, DISCS.kind_of_blue).shelf == "J9"
    assert [row[:2] for row in ledger(lin, DISCS.kind_of_blue)[:2]] == [("transfer", 5), ("transfer", -5)]


def test_another_shelf_in_the_form_is_a_transfer_too(lin):
    goes_to(lin, "Kind of Blue")
    lin.presses("F4")
    fills_in(lin, "shelfField", "J7")
    fills_in(lin, "priceField", "70")
    lin.presses("F12")
    assert lin.notice() == "Saved: Kind of Blue"
    row = edition_of(lin, DISCS.kind_of_blue)
    assert (row.shelf, row.price_minor) == ("J7", 7000)
    assert ledger(lin, DISCS.kind_of_blue)[:2] == [("transfer", 5, " → J7"), ("transfer", -5, " → J7")]


def test_a_used_copy_on_another_shelf_is_a_transfer_too(lin):
    desk = lin.program.desk
    draft = desk.ask(catalogue.get_copy_draft, 1)
    row = desk.do(catalogue.change_copy, 1, replace(draft, shelf="U3", price="40"))
    assert (row.shelf, row.price_minor) == ("U3", 4000)
    history = desk.ask(stock_history.cost_history, row.edition_id)
    assert [(one.reason, one.code) for one in history[:2]] == [("transfer", DISCS.used_copy)] * 2


@pytest.mark.parametrize(
    ("words", "state"),
    [("Is lent out", "lent out"), ("Damaged", "taken off"), ("Lost or stolen", "taken off")],
)
def test_a_used_copy_leaves_and_comes_back(lin, words, state):
    goes_to(lin, "OK Computer")
    lin.presses("F9")
    chooses(lin, "moveWhich", "Used, VG+/VG · for sale")
    chooses(lin, "moveKind", words)
    lin.presses("F12")
    lin.waits_until(lambda: lin.lines("copiesTable")[0][1] == state)
    lin.presses("F9")
    chooses(lin, "moveWhich", f"Used, VG+/VG · {state}")
    if state == "taken off":
        fills_in(lin, "moveNote", "repaired")
    lin.presses("F12")
    lin.waits_until(lambda: lin.lines("copiesTable")[0][1] == "for sale")


def test_a_cashier_needs_a_manager_to_move_stock(room):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.touches("navCatalogue")
    goes_to(wu, "Kind of Blue")
    wu.presses("F9")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    assert wu.sheet_in_front() == ""
    assert wu.notice() == "Written into the stock ledger."
    assert ledger(wu, DISCS.kind_of_blue)[0] == ("damage", -1, "")
    assert stands(wu)[0] == "4"


def test_what_a_manager_approved_may_still_be_impossible(room):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.touches("navCatalogue")
    goes_to(wu, "Kind of Blue")
    wu.presses("F9")
    fills_in(wu, "moveQty", "6")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    assert wu.sees("moveQtyError").startswith("There are not so many")


def test_a_cashier_sees_the_ledger_without_costs(room):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.touches("navCatalogue")
    goes_to(wu, "Kind of Blue")
    assert wu.sees("costHistoryButton") == "Ledger"
    wu.presses("F2")
    wu.waits_until(lambda: wu.lines("historyTable"))
    assert not wu.can_see("historyAverage")
    assert wu.lines("historyTable")[0][1:4] == ("Opening stock", "5", "5")
    assert "40" not in " ".join(wu.lines("historyTable")[0][1:])


def test_f2_tells_each_step_of_the_average_and_esc_closes_it(lin):
    lin.program.shop.db.run(
        stock.move, at_of(lin), edition_of(lin, DISCS.kind_of_blue).id, 5, StockReason.RECEIPT, cost_minor=30000,
        business_on=lin.clock.now.date(),
    )  # fmt: skip
    lin.program.desk.do(reservations.put_by, ReservationDraft(edition_of(lin, DISCS.kind_of_blue).id, words="Mr Li"))
    goes_to(lin, "Kind of Blue")
    lin.presses("F2")
    lin.waits_until(lambda: lin.lines("historyTable"))
    assert [row[1:7] for row in lin.lines("historyTable")] == [
        ("Put by", "—", "—", "10", "500.00", "50.00"),
        ("Delivery", "5", "60.00", "10", "500.00", "50.00"),
        ("Opening stock", "5", "40.00", "5", "200.00", "40.00"),
    ]
    lin.presses("Esc")
    assert lin.sheet_in_front() == ""


def test_a_long_ledger_is_read_on(lin):
    edition_id = edition_of(lin, DISCS.kind_of_blue).id

    def busy(session):
        for _turn in range(205):
            stock.move(session, at_of(lin), edition_id, 1, StockReason.RECEIPT, cost_minor=4000,
                       business_on=lin.clock.now.date())  # fmt: skip

    lin.program.shop.db.run(busy)
    goes_to(lin, "Kind of Blue")
    lin.presses("F2")
    lin.waits_until(lambda: len(lin.lines("historyTable")) == 200)
    lin.presses("Alt+O")
    lin.waits_until(lambda: len(lin.lines("historyTable")) == 206)
    assert not lin.can_see("historyOlder")


def test_the_tabs_are_turned_by_keys_and_say_what_they_are_for(lin):
    lin.presses("Alt+Right", "Alt+Right")
    lin.waits_until(lambda: lin.can_see("stockTable") and titles(lin) != [])
    assert set(titles(lin)) == {"Kid A", "OK Computer"}
    assert lin.sees("listTotals") == "2 discs · 1 piece · ¥40.00 at cost"
    lin.presses("Alt+Left", "Alt+Left", "Alt+Left")
    lin.waits_for_work()
    assert lin.sees("askedTableEmpty").startswith("What customers asked for and did not get")


def test_dead_stock_with_its_days_value_and_totals(lin):
    lin.clock.passes(days=100)
    turns_to(lin, 5, [])
    lin.waits_for_work()
    assert lin.sees("stockTableEmpty").startswith("Discs that lie unsold for so many days")
    chooses(lin, "deadDays", "90 days")
    lin.waits_until(lambda: len(titles(lin)) == 5)
    assert lin.sees("listTotals") == "5 discs · 19 pieces · ¥760.00 at cost"
    assert lin.lines("stockTable")[0][6:8] == ("100", "200.00")


def test_what_is_put_by_is_a_list_with_what_is_overdue_marked(lin):
    desk = lin.program.desk
    kind_of_blue, fantasy = edition_of(lin, DISCS.kind_of_blue).id, edition_of(lin, DISCS.fantasy).id
    today = lin.clock.now.date()
    desk.do(reservations.put_by, ReservationDraft(kind_of_blue, words="Mr Li", until_on=today))
    desk.do(reservations.put_by, ReservationDraft(fantasy, words="Zoe", until_on=today + timedelta(days=9)))
    lin.clock.passes(days=3)
    turns_to(lin, 6, ["Kind of Blue", "范特西"])
    marks = [column.value(row) for row in lin.finds("putByTable").rows_shown
             for column in lin.finds("putByTable")._model.columns if column.title == "Kept until"]  # fmt: skip
    assert [mark.kind for mark in marks] == ["warn", "neutral"]
    lin.presses("F8", "Alt+L", "Esc")
    lin.waits_until(lambda: titles(lin) == ["范特西"])


def test_what_was_asked_for_is_a_list_words_too(lin):
    desk = lin.program.desk
    for _turn in range(2):
        desk.do(missed_demand.note_missed, None, "tubular bells")
    desk.do(missed_demand.note_missed, edition_of(lin, DISCS.kid_a).id)
    lin.touches("catalogueTab7")
    lin.waits_until(lambda: len(lin.lines("askedTable")) == 2)
    assert [row[:3] for row in lin.lines("askedTable")] == [('"tubular bells"', "2", "2"), ("Kid A", "1", "1")]
    assert lin.can_see("editionNothing"), "words are no disc"
    lin.presses("Down")
    assert lin.sees("editionTitle") == "Kid A"


def test_a_list_is_exported_for_a_spreadsheet(lin, tmp_path):
    lin.touches("catalogueTab3")
    lin.waits_until(lambda: len(titles(lin)) == 2)
    lin.presses("Ctrl+E")
    dialog = lin.window.findChild(QFileDialog, "saveDialog")
    dialog.close()
    path = tmp_path / "low.csv"
    lin.window.front.deeds.export_to(str(path))
    lin.waits_for_work()
    lines = path.read_bytes().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Disc,Shelf,On hand,")
    assert len(lines) == 3


def test_a_disc_of_many_words_keeps_its_figures_in_sight(lin):
    lin.program.shop.db.run(
        make_edition, title="A very long title that goes on " * 4, artist="Somebody " * 9, qty=100_000, barcode=""
    )
    lin.program.shop.db.run(search.rebuild_index)
    lin.finds("catalogueField").clear()
    lin.types("very long")
    lin.waits_until(lambda: len(titles(lin)) == 1)
    assert stands(lin)[0] == "100,000"
