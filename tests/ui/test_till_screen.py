"""The till's screen by fingers and eyes: what can be pressed when, what is said, and why a price is what it is."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QGridLayout
from tests.factories import CASHIER_PIN, make_edition
from tests.journeys.room import DISCS

from av_pos.domain.at import At
from av_pos.domain.rules import AmountOff, Rule, Who
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.services import (
    basket,
    checkout,
    coupons,
    held_baskets,
    levels,
    members,
    price_rules,
    shifts,
    shop_settings,
    stored_value,
)
from av_pos.services.members import MemberDraft
from av_pos.ui.checkout.basket_table import left_words
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.notice import Notice

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


def spoken(lin, row=0):
    """A line of the basket as it is read out."""
    return lin.program.till.table.model().index(row, 0).data(SPOKEN)


def at_of(lin):
    return At(lin.program.desk.actor, 1, lin.clock.now)


def hands_out_coupons(lin, *codes, uses=None):
    """A rule that takes 5.00 off for whoever brings one of these codes."""
    db = lin.program.shop.db
    rule = Rule(0, "Five off", AmountOff(500), who=Who(coupon=price_rules.ANY_COUPON))
    rule_id = db.run(price_rules.save_rule, at_of(lin), rule).rule_id
    db.run(coupons.make_coupons, at_of(lin), rule_id, codes, uses)
    db.run(price_rules.switch_rule, at_of(lin), rule_id, True)


def press_on_quantity(lin, row, third):
    """Tap the box − n + of a line, in its first, second or last third."""
    table = lin.program.till.table
    cell = table.visualRect(table.model().index(row, 1))
    tap = QPoint(cell.center().x() + (third - 2) * 32, cell.center().y())
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=tap)
    lin.presses("Esc")  # lets the tap arrive


def test_an_empty_till_offers_what_can_be_done(manager):
    buttons = ("payButton", "holdButton", "discountButton", "returnButton", "moreButton")
    assert [manager.finds(name).isEnabled() for name in buttons] == [False, False, False, True, True]
    manager.scan(DISCS.kid_a)
    assert [manager.finds(name).isEnabled() for name in buttons] == [True, True, True, True, True]
    manager.presses("F6")
    assert [manager.finds(name).isEnabled() for name in buttons] == [False, False, False, True, True]


def test_a_sale_by_fingers_alone(manager):
    manager.scan(DISCS.fantasy)
    press_on_quantity(manager, 0, 3)
    assert manager.basket() == [("范特西", 2, "176.00")]
    press_on_quantity(manager, 0, 1)
    assert manager.basket() == [("范特西", 1, "88.00")]
    press_on_quantity(manager, 0, 2)
    assert manager.basket() == [("范特西", 1, "88.00")]
    manager.touches("payButton")
    for key in ("cashPad1", "cashPad0", "cashPad0"):
        manager.touches(key)
    assert manager.sees("cashReceived") == "100"
    manager.touches("takeButton")
    assert manager.sees("doneChange") == "¥12.00"
    manager.touches("nextButton")
    assert manager.panel() == "totalsPanel"


def test_quick_amounts_are_notes_that_reach_the_total(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F12")
    offered = [manager.sees(f"quick{n}") for n in range(1, 5) if manager.can_see(f"quick{n}")]
    assert offered[0] == "68"
    assert "100" in offered
    manager.touches(f"quick{offered.index('100') + 1}")
    assert manager.sees("changeDue") == "¥32.00"


def test_a_tender_can_be_taken_back(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F12")
    manager.types("20")
    manager.presses("Enter")
    assert manager.sees("stillDue") == "48.00"
    manager.touches("dropTender1")
    assert manager.sees("stillDue") == "68.00"
    assert not manager.can_see("dropTender1")


def test_the_next_card_is_another_one(manager):
    """What was noted of one customer's card stands on no other's receipt."""
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F12")
    manager.touches("tenderCard")
    manager.touches("cardType2")
    manager.types("20")
    manager.finds("cardLast4").setFocus()
    manager.types("4321")
    manager.presses("Enter")
    assert manager.finds("cardLast4").text() == ""
    manager.touches("cardType3")
    manager.finds("cardLast4").setFocus()
    manager.types("1984")
    manager.presses("Enter")
    assert manager.panel() == "donePanel"
    manager.scan(DISCS.fantasy)
    manager.presses("F12")
    manager.touches("tenderCard")
    assert manager.finds("cardLast4").text() == ""
    assert manager.finds("cardType1").isChecked()


def test_f2_says_why_a_line_costs_what_it_costs(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F7")
    manager.types("10%")
    manager.touches("discountReason2")
    assert manager.sees("discountReason") == "Damaged sleeve"
    manager.presses("F12")
    assert "Damaged sleeve" in spoken(manager)
    manager.presses("F2")
    manager.waits_for_work()
    assert manager.sheet_in_front() == "whyPriceSheet"
    assert manager.sees("whyHand1Words") == "Damaged sleeve · discount by hand"
    assert manager.sees("whyHand1") == "−6.80"


def test_a_new_price_stands_with_its_reason(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F7")
    manager.touches("discountTarget3")
    manager.types("50")
    manager.touches("discountReason4")
    manager.presses("F12")
    assert manager.basket() == [("Kind of Blue", 1, "50.00")]


def test_a_discount_on_the_whole_stands_over_the_total(manager):
    manager.scan(DISCS.kind_of_blue, DISCS.fantasy)
    manager.presses("F7")
    manager.touches("discountTarget2")
    manager.types("16")
    manager.touches("discountReason1")
    manager.presses("F12")
    assert manager.sees("totalDue") == "¥140.00"
    assert "Regular customer" in manager.everything()
    assert "−16.00" in manager.everything()


@pytest.mark.parametrize(("value", "words"), [("", "nothing was typed"), ("abc", "number"), ("200%", "100 per cent")])
def test_a_discount_that_cannot_be_meant_is_told_at_its_field(manager, value, words):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F7")
    manager.types(value)
    manager.touches("discountReason1")
    manager.presses("F12")
    assert manager.sheet_in_front() == "discountSheet"
    assert words in manager.sees("discountValueError")


def test_a_discount_needs_its_reason(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F7")
    manager.types("5")
    manager.presses("F12")
    assert manager.sees("discountReasonError") == "Say why; it stands on the receipt."


def test_a_refusal_is_shown_before_what_waits_and_goes_with_the_next_step(manager):
    manager.scan(DISCS.used_copy)
    manager.program.events.tell(Notice("The last backup is over two days old.", "warn", key="backup"))
    manager.scan(DISCS.used_copy)
    assert manager.notice() == "This used copy is in the basket already."
    assert manager.sees("noticeCount") == "1 more"
    manager.scan(DISCS.kid_a)
    assert manager.notice() == "The last backup is over two days old."


def test_several_scans_wait_in_their_order(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F7")
    manager.scan(DISCS.fantasy, DISCS.kid_a)
    assert "+1" in manager.sees("scanChip")
    manager.presses("Esc")
    manager.touches("scanChip")
    manager.touches("scanChipDrop")
    assert [title for title, _qty, _amount in manager.basket()] == ["Kind of Blue", "范特西"]
    assert not manager.can_see("scanChip")


def test_recalling_over_an_open_basket_holds_that_one(manager):
    manager.scan(DISCS.kid_a)
    manager.presses("F6")
    manager.scan(DISCS.fantasy)
    manager.touches("heldCount")
    manager.presses("Enter")
    assert [title for title, _qty, _amount in manager.basket()] == ["Kid A"]
    held = manager.program.shop.db.ask(held_baskets.list_held)
    assert [row.first_title for row in held] == ["范特西"]


def test_an_empty_list_of_held_baskets_says_what_it_is_for(manager):
    manager.presses("Shift+F6")
    assert manager.sheet_in_front() == "heldSheet"
    assert "No basket waits" in manager.everything()
    manager.presses("F12")
    assert manager.sheet_in_front() == "heldSheet"
    manager.presses("Esc")


def test_what_nobody_can_find_is_no_scan_of_an_unknown_disc_while_typing(manager):
    manager.types("qqq")
    manager.waits_for_work()
    assert not manager.can_see("searchResults")
    manager.presses("Esc")
    assert manager.sees("scanField") == ""
    assert manager.basket() == []


def test_f3_goes_to_the_scan_field_and_once_more_to_chinese(manager):
    manager.scan(DISCS.kid_a)
    manager.presses("F3")
    assert manager.finds("scanField").hasFocus()
    assert manager.finds("scanFieldChinese").isChecked()
    manager.types("范特西")
    manager.waits_until(lambda: manager.can_see("searchResults"))
    manager.presses("Enter")
    assert [title for title, _qty, _amount in manager.basket()] == ["Kid A", "范特西"]
    assert not manager.finds("scanFieldChinese").isChecked()


def test_markup_in_a_title_is_text(manager):
    shop = manager.program.shop
    title = "<b>Live</b> & “Dangerous” \u202e"
    edition_id = shop.db.run(make_edition, title=title, artist="<i>x</i>")
    shop.db.run(basket.add_edition, At(manager.program.desk.actor, 1, manager.clock.now), edition_id)
    manager.presses("Ctrl+1")
    assert manager.basket()[0][0] == title
    manager.presses("F7")
    assert manager.sees("discountAbout") == title
    assert manager.finds("discountAbout").textFormat() == Qt.TextFormat.PlainText


def test_a_basket_of_a_hundred_lines_follows_the_last_scan(manager):
    shop, at = manager.program.shop, At(manager.program.desk.actor, 1, manager.clock.now)
    for number in range(100):
        shop.db.run(basket.add_edition, at, shop.db.run(make_edition, title=f"Volume {number}", price_minor=100))
    manager.presses("Ctrl+1")
    manager.scan(DISCS.kid_a)
    table = manager.program.till.table
    last = table.visualRect(table.model().index(100, 0))
    assert table.viewport().rect().contains(last)
    assert manager.sees("totalDue") == "¥178.00"
    assert manager.sees("totalItems") == "101 items"


@pytest.mark.parametrize(
    ("left", "words"),
    [(3, "3 left in stock"), (0, Mark("the last one", "warn")), (-2, Mark("2 below stock", "danger"))],
)
def test_stock_is_told_beside_the_disc(left, words):
    assert left_words(left) == words


def test_the_heading_says_which_till_since_when_and_who(manager):
    assert manager.sees("headingTitle") == "Till 1"
    assert manager.sees("headingAbout") == "Shift opened 14:32 · Lin"


def test_tax_contained_stands_over_the_total(manager):
    manager.scan(DISCS.kind_of_blue)
    assert "includes tax 9%" in manager.everything()
    assert "5.61" in manager.everything()


def test_round_off_beyond_the_limit_asks_a_manager(room):
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.presses("F12")
    shop = wu.program.shop
    shop.db.run(shop_settings.store_setting, "round_unit_minor", 1000)
    wu.scan(DISCS.kind_of_blue)
    wu.presses("F10", "R")
    assert wu.sheet_in_front() == "approvalSheet"
    assert "8.00" in wu.sees("approvalReason")
    wu.presses("Esc")
    assert wu.sees("totalDue") == "¥68.00"


def test_the_totals_do_not_grow_with_every_scan(manager):
    manager.scan(DISCS.kind_of_blue)
    panel = manager.program.till.totals
    view = manager.program.shop.db.ask(basket.view_of, At(manager.program.desk.actor, 1, manager.clock.now))
    rows = panel.findChild(QFrame, "totalsCard").findChild(QGridLayout)
    panel.show_basket(view)
    first = rows.rowCount()
    for _time in range(50):
        panel.show_basket(view)
    assert (rows.rowCount(), rows.count()) == (first, 2 * len(view.taxes))


def test_the_price_of_a_code_that_two_editions_share_is_asked_for(manager):
    manager.presses("F5")
    manager.scan(DISCS.shared)
    assert manager.sheet_in_front() == "chooserSheet"
    second = manager.lines("chooserTable")[1]
    manager.presses("Down", "F12")
    assert manager.sheet_in_front() == "priceCheckSheet"
    assert manager.sees("priceCheckTitle") in second[0]
    assert manager.sees("priceCheckPrice").strip("¥") == second[3].strip("¥")
    manager.presses("F12")
    assert [line[0] for line in manager.basket()] == ["Nevermind"]


def test_coupons_stand_over_the_total_and_are_taken_off_again(manager):
    hands_out_coupons(manager, "VINYL15", "VINYL16")
    manager.scan(DISCS.kind_of_blue)
    assert not manager.can_see("totalCoupon1")
    manager.presses("F10")
    assert not manager.finds("more_drop_coupons").isEnabled()
    manager.presses("Esc")
    manager.scan("VINYL15", "VINYL16")
    assert [manager.sees(f"totalCoupon{n}") for n in (1, 2)] == ["Coupon VINYL15", "Coupon VINYL16"]
    assert manager.sees("totalDue") == "¥63.00"
    manager.presses("F10", "T")
    assert manager.sheet_in_front() == ""
    assert not manager.can_see("totalCoupon1")
    assert manager.sees("totalDue") == "¥68.00"


def test_a_coupon_used_up_meanwhile_is_told_with_the_keys_that_take_it_off(manager):
    hands_out_coupons(manager, "VINYL15", uses=1)
    manager.scan(DISCS.kind_of_blue, "VINYL15")
    db, other = manager.program.shop.db, At(manager.program.desk.actor, 2, manager.clock.now)
    db.run(shifts.open_shift, other, 0)
    db.run(basket.add, other, DISCS.fantasy)
    view = db.run(basket.add_coupon, other, "VINYL15").view
    db.run(checkout.complete_sale, other, view.basket_id, (Tender(TenderKind.CASH, 8300),), 8300)
    manager.presses("F12", "Enter")
    assert manager.notice() == (
        "This coupon is used up. If it is in the basket, press F10, then T, and tell the customer the new total."
    )
    manager.presses("Esc", "F10", "T", "F12", "Enter")
    assert manager.sees("doneTotal") == "68.00"


def test_the_next_customer_gets_nothing_of_a_basket_that_was_emptied(manager):
    db = manager.program.shop.db
    db.run(levels.start_levels, manager.clock.now)
    member = db.run(members.register_member, at_of(manager), MemberDraft(name="王小明", phone="13800138000"))
    hands_out_coupons(manager, "VINYL15")
    db.run(basket.set_member, at_of(manager), member.member_id)
    manager.scan(DISCS.kind_of_blue, "VINYL15")
    assert "王小明" in manager.everything()
    manager.presses("Del")
    assert "王小明" not in manager.everything()
    manager.scan(DISCS.kind_of_blue)
    assert manager.sees("totalDue") == "¥68.00"
    assert not manager.can_see("totalCoupon1")


def test_a_void_says_what_goes_back_by_which_means(manager):
    db = manager.program.shop.db
    db.run(levels.start_levels, manager.clock.now)
    member_id = db.run(members.register_member, at_of(manager), MemberDraft("王小明", "13800138000")).member_id
    db.run(stored_value.top_up, at_of(manager), member_id, 5000, TenderKind.CASH)
    manager.scan(DISCS.kind_of_blue)
    view = db.run(basket.set_member, at_of(manager), member_id).view
    tenders = (Tender(TenderKind.STORED, 5000), Tender(TenderKind.CASH, 2000))
    db.run(checkout.complete_sale, at_of(manager), view.basket_id, tenders, 6800)
    manager.presses("Ctrl+1", "F10", "V")
    manager.touches("voidSheetReason1")
    manager.presses("F12")
    assert manager.sees("doneTitle") == "Sale taken back"
    assert (manager.sees("doneChange1Caption"), manager.sees("doneChange")) == ("Cash", "¥18.00")
    assert (manager.sees("doneChange2Caption"), manager.sees("doneChange2")) == ("Stored value", "¥50.00")
