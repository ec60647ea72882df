"""F2 at the till: each rule says why it did or did not work; a rule switched on is known to the next scan."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.room import DISCS

from av_pos.domain.rules import (
    AmountOff,
    Condition,
    FixedPrice,
    PercentOff,
    Rule,
    SpendGet,
    TakeNPayM,
    What,
    When,
    Who,
)
from av_pos.domain.stock import StockReason
from av_pos.models import DOCUMENT_LINE
from av_pos.services import coupons, levels, price_rules, shop_settings, stock
from av_pos.ui.widgets.sheet import top_sheet

KIND_OF_BLUE = "Kind of Blue"


def switched_on(lin, *rules):
    """Keep these rules and switch them on, without a screen."""
    desk = lin.program.desk
    for rule in rules:
        rule_id = desk.do(price_rules.save_rule, rule).rule_id
        if rule.who.coupon == price_rules.ANY_COUPON:
            desk.do(coupons.make_coupons, rule_id, ["FLYER"])
        desk.do(price_rules.switch_rule, rule_id, True)


def why(lin) -> Any:
    """Press F2 and wait until the rules have been looked at."""
    lin.presses("F2")
    assert lin.sheet_in_front() == "whyPriceSheet"
    lin.waits_for_work()
    return top_sheet(lin.window)


def told(sheet) -> dict[str, tuple[str, int | None]]:
    """By rule: why it did or did not work, and what it took off."""
    cells = ((sheet._rule_cell(row), row) for row in sheet.table.rows_shown)
    return {cell.title: (cell.spoken.partition(" · ")[2], row.amount_minor or None) for cell, row in cells}


def test_a_rule_is_made_replayed_and_switched_on_and_the_next_scan_is_cheaper(manager):
    lin = manager
    lin.scan(DISCS.kind_of_blue)
    assert lin.basket() == [(KIND_OF_BLUE, 1, "68.00")]
    lin.presses("F12", "Enter", "F12")
    lin.touches("navPriceRules")
    lin.presses("F12")
    lin.types("Ten off")
    lin.presses("Tab", "Tab")
    lin.types("10")
    lin.presses("F12")
    lin.waits_for_work()
    assert lin.sees("ruleName") == "Ten off"
    lin.presses("F7")
    lin.waits_for_work()
    assert lin.sees("replayReceiptsValue") == "1"
    assert lin.sees("replayTakingsValue") == "¥6.80"
    lin.presses("F12")
    assert lin.notice() == "Switched on: Ten off. The next scan knows it."
    lin.presses("Ctrl+1")
    lin.scan(DISCS.kind_of_blue)
    assert lin.sees("totalDue") == "¥61.20"
    sheet = why(lin)
    assert told(sheet) == {"Ten off": ("fired", 680)}
    assert lin.sees("whyList") == "68.00"
    assert lin.lines("whyRules")[0][1] == "−6.80"
    assert lin.sees("whyNet") == "61.20"
    assert lin.sees("whyTaxWords") == "Tax in it, 9%"
    assert lin.sees("whyTax") == "5.05"
    lin.presses("Esc")
    assert lin.sheet_in_front() == ""


# The shop's moment is a Friday, 14:32, the disc a CD by Miles Davis for 68.00 that cost 40.00.
REASONS = [
    (Rule(0, "R", PercentOff(500), when=When(weekdays=frozenset({5, 6}))), "Sat and Sun only"),
    (Rule(0, "R", PercentOff(500), when=When(weekdays=frozenset({0, 1, 2}))), "Mon, Tue and Wed only"),
    (Rule(0, "R", PercentOff(500), when=When(from_min=1080, to_min=1200)), "18:00–20:00 only"),
    (Rule(0, "R", PercentOff(500), when=When(first_on=date(2026, 12, 1))), "only from Tue 1 Dec 2026"),
    (
        Rule(0, "R", PercentOff(500), when=When(date(2026, 12, 1), date(2026, 12, 2))),
        "Tue 1 Dec 2026 – Wed 2 Dec 2026 only",
    ),
    (Rule(0, "R", PercentOff(500), What(styles=frozenset({"jazz"}))), "not Jazz"),
    (Rule(0, "R", PercentOff(500), What(styles=frozenset({"jazz", "rock"}))), "not Jazz or Rock"),
    (Rule(0, "R", PercentOff(500), What(formats=frozenset({"LP"}), artists=frozenset({"miles davis"}))), "not LP"),
    (Rule(0, "R", PercentOff(500), What(labels=frozenset({"ECM"}))), "not ECM"),
    (Rule(0, "R", PercentOff(500), What(categories=frozenset({"film"}))), "not Film"),
    (Rule(0, "R", PercentOff(500), What(edition_ids=frozenset({2}))), "for other discs"),
    (Rule(0, "R", PercentOff(500), What(grades=frozenset({"NM"}))), "not NM"),
    (Rule(0, "R", PercentOff(500), who=Who(frozenset({"gold"}))), "only for Gold"),
    (Rule(0, "R", PercentOff(500), who=Who(birthday_only=True)), "only for a birthday"),
    (Rule(0, "R", PercentOff(500), who=Who(staff_only=True)), "only for staff"),
    (Rule(0, "R", PercentOff(500), who=Who(coupon="*")), "needs the coupon"),
    (Rule(0, "R", TakeNPayM(3, 2)), "2 more such discs are missing"),
    (Rule(0, "R", SpendGet(20000, 2000)), "132.00 more has to be spent"),
    (Rule(0, "R", FixedPrice(9000)), "would not make it cheaper"),
    (Rule(0, "R", PercentOff(500), floor_margin_bp=7000), "would go below the margin floor, 68.00"),
]


@pytest.mark.parametrize(("rule", "words"), REASONS, ids=[words for _rule, words in REASONS])
def test_each_reason_is_said_in_words(manager, rule, words):
    manager.program.shop.db.run(levels.start_levels, manager.clock.now)
    switched_on(manager, rule)
    manager.scan(DISCS.kind_of_blue)
    assert told(why(manager))["R"] == (words, None)


def test_a_rule_that_was_beaten_names_the_better_one(manager):
    switched_on(
        manager,
        Rule(0, "Five", AmountOff(500), is_exclusive=True),
        Rule(0, "Eight", AmountOff(800), is_exclusive=True),
    )
    manager.scan(DISCS.kind_of_blue)
    assert told(why(manager)) == {
        "Eight": ("fired", 800),
        "Five": ("beaten by Eight · alone it would save 5.00", None),
    }


def test_the_rules_that_fired_stand_in_the_order_in_which_they_worked(manager):
    switched_on(manager, Rule(0, "Any five", AmountOff(500), priority=2), Rule(0, "Week's price", FixedPrice(6000)),
                Rule(0, "Ten off", PercentOff(1000), priority=1))  # fmt: skip
    manager.scan(DISCS.kind_of_blue)
    rows = why(manager).table.rows_shown
    assert [(row.name, row.amount_minor) for row in rows] == [
        ("Week's price", 800),
        ("Ten off", 600),
        ("Any five", 500),
    ]


def test_hints_stand_first(manager):
    switched_on(
        manager,
        Rule(0, "3 CDs for 2", TakeNPayM(3, 2), What(formats=frozenset({"CD"}))),
        Rule(0, "Spend 150", SpendGet(15000, 2000)),
    )
    manager.scan(DISCS.kind_of_blue, DISCS.kind_of_blue)
    why(manager)
    hints = [manager.sees(f"whyHint{number}") for number in (1, 2)]
    assert sorted(hints) == [
        "1 more CD saves 68.00 (3 CDs for 2)",
        "Spending 14.00 more saves 20.00 (Spend 150)",
    ]


def test_what_people_gave_stands_after_the_rules_with_its_reason(manager):
    switched_on(manager, Rule(0, "Five", AmountOff(500)))
    manager.scan(DISCS.kind_of_blue, DISCS.fantasy)
    manager.presses("F7")
    manager.types("10%")
    manager.touches("discountReason2")
    manager.presses("F12", "F7")
    manager.touches("discountTarget2")
    manager.types("10")
    manager.touches("discountReason1")
    manager.presses("F12")
    row = manager.program.till.table.current_line()
    assert row.title == "范特西"
    sheet = why(manager)
    assert told(sheet) == {"Five": ("fired", 500)}
    assert manager.sees("whyHand1Words") == "Damaged sleeve · discount by hand"
    assert manager.sees("whyHand1") == "−8.30"
    shared = row.amount_minor - row.net_minor
    assert shared > 0
    assert manager.sees("whyShared") == f"−{shared / 100:.2f}"
    assert manager.sees("whyNet") == f"{row.net_minor / 100:.2f}"
    assert "Lin" in manager.sees("whyApproved")


def test_a_price_set_by_hand_is_left_alone_by_every_rule(manager):
    switched_on(manager, Rule(0, "Five", AmountOff(500)))
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F7")
    manager.touches("discountTarget3")
    manager.types("50")
    manager.touches("discountReason4")
    manager.presses("F12")
    assert told(why(manager)) == {"Five": ("price set by hand", None)}
    assert manager.sees("whyHand1Words").endswith("price set by hand")
    assert manager.sees("whyHand1") == "−18.00"
    assert manager.sees("whyNet") == "50.00"


def test_prices_without_tax_say_what_is_paid_with_it(manager):
    manager.program.desk.do(shop_settings.change_setting, "prices_include_tax", "false")
    manager.presses("Esc")
    manager.scan(DISCS.kind_of_blue)
    why(manager)
    assert manager.sees("whyNet") == "74.12"
    assert manager.sees("whyTax") == "6.12"
    assert not manager.can_see("whyShared")


def test_a_cashier_sees_why_but_no_cost(manager):
    switched_on(manager, Rule(0, "Half", PercentOff(500), floor_margin_bp=7000))
    manager.scan(DISCS.kind_of_blue)
    sheet = why(manager)
    assert manager.sees("whyCost") == "40.00"
    assert manager.sees("whyProfit") == "22.39"
    manager.presses("Esc")
    manager.presses("Ctrl+L")
    manager.signs_in("Wu", CASHIER_PIN)
    sheet = why(manager)
    assert told(sheet) == {"Half": ("would go below the margin floor", None)}
    assert not manager.can_see("whyCost")
    assert not manager.can_see("whyProfit")
    assert "40.00" not in manager.everything()


def test_the_cost_is_what_the_sale_books(manager):
    desk = manager.program.desk
    # Seven pieces for 280.03: four of them cost more than four times one.
    desk.do(stock.move, 1, 2, StockReason.RECEIPT, cost_minor=8003, business_on=date(2026, 11, 20))
    manager.scan(*[DISCS.kind_of_blue] * 4)
    why(manager)
    shown = manager.sees("whyCost")
    manager.presses("Esc", "F12", "Enter")
    booked = manager.program.shop.db.ask(lambda session: session.scalar(select(DOCUMENT_LINE.c.cost_minor)))
    assert (shown, booked) == ("160.02", 16002)


def test_a_used_copy_is_told_apart_from_a_new_disc(manager):
    switched_on(
        manager,
        Rule(0, "New", PercentOff(500), What(condition=Condition.NEW)),
        Rule(0, "Used", PercentOff(1000), What(condition=Condition.USED, grades=frozenset({"VG+"}))),
    )
    manager.scan(DISCS.used_copy)
    assert told(why(manager)) == {"New": ("not new", None), "Used": ("fired", 450)}
    assert manager.sees("whyCost") == "18.00"
    manager.presses("Esc")
    manager.scan(DISCS.kind_of_blue)
    assert told(why(manager)) == {"New": ("fired", 340), "Used": ("not used", None)}


def test_f2_opens_at_once_and_without_rules_says_so(manager):
    manager.presses("F2")
    assert manager.sheet_in_front() == ""
    manager.scan(DISCS.kind_of_blue, DISCS.kind_of_blue)
    manager.presses("+")
    manager.presses("F2")
    assert manager.sheet_in_front() == "whyPriceSheet"
    assert manager.sees("whyList") == f"{68 * manager.basket()[0][1]}.00"
    manager.waits_for_work()
    assert manager.sees("whyRulesEmpty") == "No price rule is on just now."
    manager.presses("Esc", "F2", "Esc")
    assert manager.sheet_in_front() == ""
    manager.waits_for_work()


def test_a_cashier_finds_no_rules_in_the_rail(manager):
    switched_on(manager, Rule(0, "Secret", AmountOff(500)))
    manager.presses("Ctrl+L")
    manager.signs_in("Wu", CASHIER_PIN)
    manager.touches("navPriceRules")
    assert "Price rules are for managers" in manager.everything()
    assert "Secret" not in manager.everything()
    manager.presses("Ctrl+L")
    manager.signs_in("Lin", MANAGER_PIN)
    manager.touches("navPriceRules")
    assert manager.sees("ruleName") == "Secret"
