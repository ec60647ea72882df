"""The reorder screen at the real window: what to order, why, by hand, drafts, the past, the market; by keys alone."""

import pytest
from PySide6.QtWidgets import QFileDialog
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.ui.reorder_room import fill

from av_pos.services import editions, order_views, reorder_inputs, reorder_trial, shop_settings


@pytest.fixture
def shop(folder, now):
    return fill(folder, now)


@pytest.fixture
def lin(room, shop):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    opens(person)
    return person


def opens(person):
    person.touches("navReorder")
    comes(person)


def comes(person):
    person.waits_for_work()
    person.waits_until(lambda: not person.window.front._reading.is_busy)
    person._spin(120)


def titles(person):
    return [row.title for row in person.window.front.table.rows_shown]


def row(person, title):
    return next(line for line in person.window.front.table.rows_shown if line.title == title)


def goes_to(person, title):
    names = titles(person)
    while person.window.front.table.current().title != title:
        now = names.index(person.window.front.table.current().title)
        person.presses("Down" if names.index(title) > now else "Up")
    person._spin(120)


def figure(person, name, table="whyTable"):
    return next(line for line in person.lines(table) if line[0].startswith(name))


def figure_row(person, name, table="whyTable"):
    while not person.lines(table)[person.finds(table).currentIndex().row()][0].startswith(name):
        person.presses("Down")


def ask(person, op, *args):
    return person.program.desk.ask(op, person.program.desk.at, *args)


# ---- the list ----


def test_the_list_says_what_to_order_and_what_it_costs(lin, shop):
    assert {"Sells Fast", "Sells Steadily", "From the Harbour", "Nobody Sells It"} <= set(titles(lin))
    fast = row(lin, "Sells Fast")
    assert fast.qty > 0
    assert lin.finds("reorderTable").hasFocus()
    assert "in 95 of 100 order cycles" in lin.sees("headingAbout")
    count = sum(line.qty > 0 for line in lin.window.front.table.rows_shown)
    assert lin.sees("orderCount") == f"{count} of {count} selected"
    total = sum(line.cost_minor for line in lin.window.front.table.rows_shown)
    assert lin.sees("orderSum") == f"¥{total / 100:,.2f}"
    assert "2 have no supplier" in lin.sees("orderNote")
    cells = lin.lines("reorderTable")[titles(lin).index("Sells Fast")]
    assert cells[0] == "yes"
    assert "→" in cells[8]


def test_space_takes_a_disc_out_of_the_order(lin):
    fast, before = row(lin, "Sells Fast"), lin.sees("orderCount")
    goes_to(lin, "Sells Fast")
    lin.presses(" ")
    assert lin.sees("orderCount") != before
    assert lin.lines("reorderTable")[titles(lin).index("Sells Fast")][0] == ""
    sums = lin.window.front.page.chosen.sums()
    assert sums.ticked == sums.of - 1
    lin.presses(" ")
    assert lin.sees("orderCount") == before
    lin.presses("Ctrl+A")
    assert lin.sees("orderCount").startswith("0 of")
    assert not lin.finds("createOrderButton").isEnabled()
    lin.presses("F12")
    assert "Nothing is ticked" in lin.notice()
    lin.presses("Ctrl+A")
    assert lin.sees("orderCount") == before
    assert row(lin, "Sells Fast") == fast


def test_a_number_typed_into_a_row_is_kept_and_undone(lin, shop):
    goes_to(lin, "Sells Fast")
    computed = row(lin, "Sells Fast").qty
    lin.types("17")
    assert lin.lines("reorderTable")[titles(lin).index("Sells Fast")][7] == "17"
    lin.presses("Enter")
    comes(lin)
    assert (row(lin, "Sells Fast").qty, row(lin, "Sells Fast").by_hand) == (17, ("order_qty",))
    assert [one.value for one in ask(lin, reorder_inputs.list_inputs, shop.fast)] == [17]
    lin.presses("Del")
    comes(lin)
    assert (row(lin, "Sells Fast").qty, row(lin, "Sells Fast").by_hand) == (computed, ())
    assert "counts again" in lin.notice()


def test_what_is_typed_counts_when_the_cursor_goes_and_esc_forgets_it(lin):
    goes_to(lin, "Sells Fast")
    computed = row(lin, "Sells Fast").qty
    lin.types("4")
    lin.presses("Esc")
    assert row(lin, "Sells Fast").qty == computed
    assert lin.lines("reorderTable")[titles(lin).index("Sells Fast")][7] == str(computed)
    lin.types("45")
    lin.presses("Backspace")
    lin.presses("Down")
    comes(lin)
    assert row(lin, "Sells Fast").qty == 4


def test_more_digits_than_a_quantity_has_do_not_begin_another_one(lin):
    goes_to(lin, "Sells Fast")
    lin.types("99999")
    assert lin.lines("reorderTable")[titles(lin).index("Sells Fast")][7] == "9,999"
    lin.presses("Esc")


def test_plus_and_minus_go_by_packs(lin):
    goes_to(lin, "Sells Steadily")
    before = row(lin, "Sells Steadily").qty
    assert before % 5 == 0
    lin.presses("+")
    comes(lin)
    assert row(lin, "Sells Steadily").qty == before + 5
    lin.presses("-")
    comes(lin)
    lin.presses("-")
    comes(lin)
    assert row(lin, "Sells Steadily").qty == before - 5


def test_chips_and_suppliers_choose_the_rows(lin):
    lin.presses("Alt+Right")
    comes(lin)
    assert set(titles(lin)) == {"From the Harbour", "Nobody Sells It"}
    assert lin.sees("reorderShowOut") == "Out of stock 2"
    lin.presses("Alt+Right")
    comes(lin)
    assert lin.sees("reorderShowSlow") == f"Slow {len(titles(lin))}"
    assert "Sells Fast" not in titles(lin)
    lin.presses("Alt+Right")
    comes(lin)
    assert "Now and then 1" in titles(lin)
    lin.presses("F5", "Down")
    comes(lin)
    assert titles(lin) == ["From the Harbour"]
    assert "Harbour Records (says 7 days)" in lin.sees("headingTitle")
    lin.presses("Up")
    comes(lin)
    lin.presses("F3")
    lin.types("quick")
    assert titles(lin) == ["Sells Fast"]
    lin.presses("Esc")
    assert len(titles(lin)) > 1
    lin.presses("F5", "Esc")
    assert lin.finds("reorderTable").hasFocus()


def test_an_order_below_its_minimum_is_said_and_filled_up(lin):
    lin.window.front.head.supplier.setFocus()
    lin.presses("Down")
    comes(lin)
    assert "below its minimum" in lin.sees("orderNote")
    before = row(lin, "From the Harbour").qty
    assert row(lin, "From the Harbour").is_below_minimum
    lin.presses("F6")
    comes(lin)
    assert row(lin, "From the Harbour").qty >= before
    lin.presses("F6")
    comes(lin)
    assert row(lin, "From the Harbour").qty == before


def test_a_budget_is_shown_and_kept_to(lin):
    desk = lin.program.desk
    desk.do(shop_settings.change_settings, {"reorder_budget_minor": "100000"})
    opens(lin)
    assert lin.can_see("budgetBar")
    chosen = lin.window.front.page.chosen.sums().cost_minor
    assert chosen <= 100_000
    assert lin.sees("budgetLeft") == f"Budget left ¥{(100_000 - chosen) / 100:,.2f}"
    lin.presses("Ctrl+A")
    assert lin.sees("budgetLeft") == "Budget left ¥1,000.00"


def test_a_scan_goes_to_the_disc(lin):
    lin.presses("Alt+Right")
    comes(lin)
    lin.scan(_code_of(lin, "Sells Fast"))
    assert lin.sees("whyTitle") == "Sells Fast"
    lin.presses("Esc", "Alt+Left")
    comes(lin)
    lin.scan(_code_of(lin, "From the Harbour"))
    assert lin.window.front.table.current().title == "From the Harbour"


def _code_of(person, title):
    found = person.program.desk.ask(editions.list_newest, 100)
    return next(disc.code for disc in found if disc.title == title)


# ---- why, and by hand ----


def test_why_shows_each_figure_with_its_formula_and_source(lin):
    goes_to(lin, "Sells Fast")
    lin.presses("F2")
    assert lin.finds("whyTable").hasFocus()
    assert lin.sees("whyTitle") == "Sells Fast"
    assert figure(lin, "Cost of one order")[1] == "¥5.00"
    assert figure(lin, "Cost of a piece")[1] == "¥40.00"
    assert figure(lin, "Cheapest quantity")[0] == "Cheapest quantity  EOQ = √(2·D·S/H)"
    assert 140 < float(figure(lin, "Demand a year")[1]) < 160
    assert figure(lin, "On hand")[1] == "1"
    figure_row(lin, "Lead time")
    assert "As the supplier says" in lin.sees("whySentence")
    assert "F4 sets it by hand" in lin.sees("whySentence")
    assert lin.sees("whyMethod").startswith("All discs together · promise 95% · held ")
    assert "52 weeks" in lin.sees("whyMethod")
    lin.presses("Esc")
    assert lin.finds("reorderTable").hasFocus()
    lin.presses("Down")
    lin._spin(150)
    assert lin.sees("whyTitle") == lin.window.front.table.current().title


def test_an_input_is_set_by_hand_and_undone(lin, shop):
    goes_to(lin, "Sells Fast")
    point = row(lin, "Sells Fast").reorder_at_qty
    lin.presses("F2")
    figure_row(lin, "Lead time")
    lin.presses("F4")
    assert lin.sheet_in_front() == "inputSheet"
    lin.types("900")
    lin.presses("F12")
    assert lin.sees("inputValueError") != ""
    lin.finds("inputValue").selectAll()
    lin.types("21")
    lin.presses("F12")
    comes(lin)
    assert lin.sheet_in_front() == ""
    assert row(lin, "Sells Fast").by_hand == ("lead_days",)
    assert row(lin, "Sells Fast").reorder_at_qty > point
    assert figure(lin, "Lead time")[1] == "21 days · by hand"
    lin.presses("Del")
    comes(lin)
    assert row(lin, "Sells Fast").by_hand == ()
    assert row(lin, "Sells Fast").reorder_at_qty == point


@pytest.mark.parametrize(
    ("name", "typed", "input_name", "value"),
    [
        ("Cost of one order", "12.50", "order_cost_minor", 1250),
        ("Holding, share", "30%", "holding_bp", 3000),
        ("Promise", "99", "service_bp", 9900),
        ("Demand a week", "2.5", "demand_week", 2.5),
        ("To order", "9", "order_qty", 9),
        ("Shelf holds", "4", "shelf_limit_qty", 4),
    ],
)
def test_every_input_is_read_in_its_own_unit(lin, shop, name, typed, input_name, value):
    goes_to(lin, "Sells Fast")
    lin.presses("F2")
    figure_row(lin, name)
    lin.presses("Enter")
    lin.types(typed)
    lin.presses("F12")
    comes(lin)
    assert [(one.name, one.value) for one in ask(lin, reorder_inputs.list_inputs, shop.fast)] == [(input_name, value)]


def test_a_promise_that_nobody_can_keep_is_refused_in_the_unit_it_was_typed(lin):
    goes_to(lin, "Sells Fast")
    lin.presses("F2")
    figure_row(lin, "Promise")
    lin.presses("F4")
    for typed in ("100", "0", "150"):
        lin.finds("inputValue").selectAll()
        lin.types(typed)
        lin.presses("F12")
        assert lin.sees("inputValueError") == "Type 50% to 99.9%."


def test_f4_in_the_list_goes_to_the_first_figure_that_can_be_set(lin):
    goes_to(lin, "Sells Fast")
    lin.presses("F4")
    assert (lin.notice(), lin.sheet_in_front()) == ("", "")
    assert lin.finds("whyTable").hasFocus()
    lin.presses("F4")
    assert lin.sheet_in_front() == "inputSheet"
    assert "0.01 to 100,000.00" in lin.everything()


def test_what_is_worked_out_cannot_be_set(lin):
    goes_to(lin, "Sells Fast")
    lin.presses("F2")
    figure_row(lin, "Cheapest quantity")
    lin.presses("F4")
    assert lin.sheet_in_front() == ""
    assert "worked out from the others" in lin.notice()


def test_on_a_narrow_window_why_is_a_sheet(room, shop):
    person = room.open(window=(1024, 768))
    person.signs_in("Lin", MANAGER_PIN)
    opens(person)
    assert not person.can_see("whyPanel")
    goes_to(person, "Sells Fast")
    person.presses("F4")
    assert person.sheet_in_front() == "whySheet"
    person.presses("F4")
    assert person.sheet_in_front() == "inputSheet"
    person.presses("Esc", "Esc")
    person.presses("F2")
    assert person.sheet_in_front() == "whySheet"
    assert person.sees("whySheetTitle") != ""
    figure_row(person, "Promise", "whySheetTable")
    person.presses("F4")
    person.types("99")
    person.presses("F12")
    comes(person)
    assert person.sheet_in_front() == "whySheet"
    assert figure(person, "Promise", "whySheetTable")[1:] == ("99% · by hand", "by hand")
    person.presses("Del")
    comes(person)
    assert figure(person, "Promise", "whySheetTable")[2] == "settings"
    person.presses("Esc")
    assert person.sheet_in_front() == ""


# ---- orders ----


def test_drafts_are_made_one_a_supplier_and_shown(lin, shop):
    goes_to(lin, "Sells Fast")
    lin.types("17")
    lin.presses("F12")
    comes(lin)
    orders = ask(lin, order_views.list_orders)
    assert {order.supplier_name for order in orders} == {"Sunrise Distribution", "Harbour Records"}
    assert "2 drafts made: 00001" in lin.notice()
    assert "2 discs have no supplier" in lin.notice()
    lines = [line for order in orders for line in ask(lin, order_views.view_order, order.order_id).lines]
    fast = next(line for line in lines if line.title == "Sells Fast")
    assert fast.qty == 17
    assert "reorder at" in fast.why
    assert ask(lin, reorder_inputs.list_inputs, shop.fast) == (), "its order is made"
    assert row(lin, "Sells Fast").drafted_qty == 17
    lin.presses("Ctrl+Enter")
    assert lin.screen_in_front() == "purchasing"
    assert lin.sees("orderTitle").startswith("Order 00001")


# ---- the past, the market ----


def test_the_policy_is_tested_on_the_past(lin):
    assert lin.sees("trialBefore") == "Not tested on the past yet"
    lin.presses("F7")
    assert lin.sheet_in_front() == "trialSheet"
    assert "lived through again" in lin.sees("trialWords")
    lin.presses("F12")
    lin.waits_for_work()
    ways = [line[0] for line in lin.lines("trialTable")]
    assert ways == ["This policy", "Minimum and maximum", "Average × days", "What was done"]
    lin.presses("Esc")
    assert lin.sheet_in_front() == ""
    assert lin.sees("trialBefore") != "Not tested on the past yet"
    assert ask(lin, reorder_trial.find_last_trial) is not None
    lin.presses("F7")
    assert len(lin.lines("trialTable")) == 4


@pytest.mark.parametrize("is_locked", [False, True])
def test_a_test_can_be_stopped(lin, monkeypatch, is_locked):
    def endless(_db, _at, progress):
        for step in range(10_000_000):
            progress(1 + step % 100, 1_000_000)

    actor = lin.program.desk.actor
    monkeypatch.setattr(reorder_trial, "try_out", endless)
    lin.presses("F7", "F12")
    lin.waits_until(lambda: "left" in lin.sees("trialWords"))
    lin.presses("Ctrl+L" if is_locked else "Esc")
    assert lin.sheet_in_front() == ""
    lin.waits_for_work()
    if is_locked:
        assert lin.screen_in_front() == "signin"
        lin.program.desk.actor = actor
    assert ask(lin, reorder_trial.find_last_trial) is None


def test_trends_by_style_artist_and_format(lin, monkeypatch, tmp_path):
    lin.presses("F8")
    lin.waits_for_work()
    assert lin.sees("headingTitle") == "Classes and trends"
    assert "Nothing was sold" in lin.sees("classTableEmpty")
    lin.presses("Alt+Right", "Alt+Right")
    lin.waits_for_work()
    assert {"The Quick", "The Slow"} <= {line[0] for line in lin.lines("trendTable")}
    lin.types("quick")
    quick = lin.lines("trendTable")[0]
    assert (quick[0], quick[3]) == ("The Quick", "156")
    assert lin.sees("trendName") == "The Quick"
    assert quick[1] in ("steady", "rising", "falling", "seasonal")
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialog.fileSelected.emit(str(tmp_path / "trends.csv")))
    lin.presses("Ctrl+E")
    lin.waits_for_work()
    assert "The Quick" in (tmp_path / "trends.csv").read_text("utf-8-sig")
    lin.presses("Esc")
    assert len(lin.lines("trendTable")) > 2
    lin.presses("Esc")
    assert lin.can_see("reorderTable")


def test_the_list_is_saved_as_csv(lin, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialog.fileSelected.emit(str(tmp_path / "reorder.csv")))
    lin.presses("Ctrl+E")
    lin.waits_for_work()
    text = (tmp_path / "reorder.csv").read_text("utf-8-sig")
    assert "Sells Fast" in text
    assert len(text.splitlines()) == len(titles(lin)) + 1


# ---- who may ----


def test_a_cashier_sees_who_may_order(room, shop):
    person = room.open()
    person.signs_in("Wu", CASHIER_PIN)
    person.touches("navReorder")
    assert "Lin may order goods" in person.sees("reorderRefused")
    assert not person.can_see("reorderTable")
    person.presses("F12", "F7", "F8")
    assert person.sheet_in_front() == ""
    assert person.can_see("reorderRefused")


def test_an_empty_shop_says_what_the_list_is_for(room):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    opens(person)
    assert "Nothing needs to be ordered" in person.sees("reorderTableEmpty")
    person.presses("F7", "F12")
    person.waits_for_work()
    assert "too few weeks" in person.sees("trialWords")
