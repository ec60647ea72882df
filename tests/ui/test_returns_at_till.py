"""Discs that come back at the till, by fingers and eyes: found, chosen, laid in, settled."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from tests.factories import CASHIER_PIN, MANAGER_PIN
from tests.journeys.room import DISCS
from tests.services.at_the_till import at_till, card, cash, pay, scan
from tests.services.taking_back import lay_in, settle, take_back

from av_pos.domain.at import At
from av_pos.domain.codes import receipt_code
from av_pos.domain.pricing import Discount
from av_pos.models import COPY, DOCUMENT, PAYMENT, STOCK
from av_pos.services import basket, corrections, levels, members, shifts, shop_settings, voids
from av_pos.services.members import MemberDraft
from av_pos.services.sale_search import SaleQuery
from av_pos.services.sale_words import queries_of, read_day

TODAY = date(2026, 11, 20)
DAY = SaleQuery(first_on=TODAY, last_on=TODAY)


def at_of(person):
    return At(person.program.desk.actor, 1, person.clock.now)


def ask(person, op, *arguments):
    return person.program.shop.db.ask(op, *arguments)


def buys(person, *discs):
    """A customer buys discs for exact cash and goes."""
    person.scan(*discs)
    person.presses("F12", "Enter", "F12")
    assert person.panel() == "totalsPanel"


def buys_by_card(person, last4, *discs):
    person.scan(*discs)
    person.presses("F12", "Shift+F9")
    person.finds("cardLast4").setFocus()
    person.types(last4)
    person.presses("Enter", "F12")


def lays_in(person, sale=1, reason="1"):
    """Scan the receipt of a sale of one disc, say why, lay it into the basket."""
    person.scan(receipt_code(1, sale))
    assert person.sheet_in_front() == "returnSaleSheet"
    person.presses(reason, "Enter")


def payments(person):
    """What each document says of its money: number, kind, amounts."""
    query = (
        select(DOCUMENT.c.sequence, DOCUMENT.c.kind, PAYMENT.c.kind, PAYMENT.c.amount_minor)
        .join(PAYMENT, PAYMENT.c.document_id == DOCUMENT.c.id)
        .order_by(DOCUMENT.c.id, PAYMENT.c.position)
    )
    return ask(person, lambda session: [tuple(row) for row in session.execute(query)])


def on_hand(person, edition_id=1):
    query = select(STOCK.c.on_hand_qty).where(STOCK.c.edition_id == edition_id)
    return ask(person, lambda session: session.scalar(query))


def test_a_scanned_receipt_brings_its_cash_back(manager):
    buys(manager, DISCS.kind_of_blue)
    assert on_hand(manager) == 4
    manager.scan(receipt_code(1, 1))
    assert manager.sheet_in_front() == "returnSaleSheet"
    assert manager.sees("returnSaleSheetTitle") == "Return of receipt 01-0000001"
    assert "Cash 68.00" in manager.sees("returnAbout")
    assert manager.sees("returnDays") == "30 days left"
    assert manager.sees("returnAmount") == "¥68.00"
    manager.presses("1")
    assert manager.sees("returnReason") == "Does not like it"
    manager.presses("Enter")
    assert manager.sheet_in_front() == ""
    assert manager.basket() == [("Kind of Blue", 1, "−68.00")]
    assert manager.lines()[0][1] == "−1"
    assert manager.sees("totalDue") == "¥68.00"
    assert manager.sees("dueCaption") == "To give back"
    manager.presses("F12")
    assert manager.sees("giveBackAmount") == "¥68.00"
    assert (manager.sees("giveBackBy1"), manager.sees("giveBackBy1Amount")) == ("Cash", "¥68.00")
    manager.presses("Enter")
    assert manager.sees("doneTitle") == "Taken back"
    assert (manager.sees("doneChange1Caption"), manager.sees("doneChange")) == ("Cash", "¥68.00")
    assert on_hand(manager) == 5
    assert payments(manager) == [(1, "sale", "cash", 6800), (2, "return", "cash", -6800)]


def test_a_part_comes_back_chosen_by_keys(manager):
    buys(manager, DISCS.kind_of_blue, DISCS.kind_of_blue, DISCS.fantasy)
    manager.presses("F8")
    manager.types("1")
    manager.presses("Enter")
    manager.waits_until(lambda: manager.sheet_in_front() == "returnSaleSheet")
    manager.presses("Enter")
    assert "Choose what comes back" in manager.sees("returnTrouble")
    manager.presses("+", "+", "+")
    assert manager.sees("returnTrouble") == "Only 2 pieces are left."
    manager.presses("-", "D", "Down", "Space", "2")
    assert manager.sees("returnAmount") == "¥156.00"
    assert [line[4] for line in manager.lines("returnLines")] == ["1", "1"]
    manager.presses("Enter")
    assert manager.basket() == [("Kind of Blue", 1, "−68.00"), ("范特西", 1, "−88.00")]
    assert [row.condition for row in manager.program.till.table.rows_shown] == ["damaged", "stock"]
    manager.presses("F12", "F12")
    assert manager.sees("doneChange") == "¥156.00"
    manager.scan(receipt_code(1, 1))
    assert [line[2] for line in manager.lines("returnLines")] == ["1", "0"]


def test_a_return_needs_its_reason(manager):
    buys(manager, DISCS.kind_of_blue)
    manager.scan(receipt_code(1, 1))
    manager.presses("Enter")
    assert manager.sees("returnReasonError") == "Say why; it is kept with the books."
    assert manager.basket() == []


def test_an_even_exchange_is_done_by_one_key(manager):
    buys(manager, DISCS.kind_of_blue)
    lays_in(manager)
    manager.scan(DISCS.kind_of_blue)
    assert manager.sees("totalDue") == "¥0.00"
    manager.presses("F12")
    assert manager.panel() == "donePanel"
    assert manager.sees("doneTitle") == "Paid"
    assert "return 01-0000002" in manager.sees("doneNumber")
    assert payments(manager)[1:] == [(2, "return", "exchange", -6800), (3, "sale", "exchange", 6800)]


def test_the_difference_of_an_exchange_is_paid(manager):
    buys(manager, DISCS.kind_of_blue)
    lays_in(manager)
    manager.scan(DISCS.fantasy)
    assert manager.sees("totalDue") == "¥20.00"
    manager.presses("F12")
    assert manager.sees("stillDue") == "20.00"
    manager.types("50")
    manager.presses("Enter")
    assert manager.sees("doneChange") == "¥30.00"
    assert "Comes back   −68.00" in manager.sees("doneCard")


def test_what_an_exchange_leaves_over_goes_back(manager):
    buys(manager, DISCS.fantasy)
    lays_in(manager)
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F12")
    assert manager.sees("giveBackAmount") == "¥20.00"
    manager.presses("Enter")
    assert (manager.sees("doneTotal"), manager.sees("doneChange")) == ("68.00", "¥20.00")


def test_cash_and_card_go_back_the_way_they_came(manager):
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F12")
    manager.types("30")
    manager.presses("Enter", "Shift+F9")
    manager.finds("cardLast4").setFocus()
    manager.types("1234")
    manager.presses("Enter", "F12")
    lays_in(manager)
    manager.presses("F12")
    told = [(manager.sees(f"giveBackBy{n}"), manager.sees(f"giveBackBy{n}Amount")) for n in (1, 2)]
    assert told == [("Cash", "¥30.00"), ("UnionPay ·1234", "¥38.00")]
    assert "card terminal" in manager.sees("giveBackHint")
    manager.presses("Enter")
    assert (manager.sees("doneChange"), manager.sees("doneChange2")) == ("¥30.00", "¥38.00")


def test_store_credit_instead_of_cash_has_its_code(manager):
    buys(manager, DISCS.kind_of_blue)
    lays_in(manager)
    manager.presses("F12", "C")
    assert manager.sees("giveBackBy1") == "New store credit"
    manager.presses("Enter")
    assert manager.sees("doneChange") == "¥68.00"
    code = manager.sees("doneChange1Caption").removeprefix("Voucher ")
    assert (code[:3], len(code)) == ("294", 13)
    manager.presses("F12")
    manager.scan(DISCS.kind_of_blue)
    manager.presses("F12")
    manager.scan(code)
    assert manager.panel() == "donePanel"


def test_both_sales_of_an_exchange_come_back_as_was_told(manager):
    """What one sale takes of a card is not told for the other one again."""
    shop, at = manager.program.shop, at_of(manager)
    scan(shop.db, at, 1, 1)
    first = pay(shop.db, at, card(6800), cash(6800)).document_id
    lay_in(shop.db, at, first, 0)
    scan(shop.db, at, 1)
    second = settle(shop.db, at).document_id
    lay_in(shop.db, at, first, 0)
    lay_in(shop.db, at, second, 0)
    manager.presses("Ctrl+1", "F12")
    told = [(manager.sees(f"giveBackBy{n}"), manager.sees(f"giveBackBy{n}Amount")) for n in (1, 2)]
    assert told == [("Cash", "¥68.00"), ("Card ·4321", "¥68.00")]
    manager.presses("Enter")
    assert (manager.sees("doneChange"), manager.sees("doneChange2")) == ("¥68.00", "¥68.00")


def test_a_piece_that_came_back_elsewhere_meanwhile_is_refused_in_words(manager):
    buys(manager, DISCS.kind_of_blue, DISCS.fantasy)
    shop, at = manager.program.shop, at_of(manager)
    lay_in(shop.db, at, 1, 0, 1)
    there = at_till(at, 2)
    shop.db.run(shifts.open_shift, there, 30000)
    take_back(shop.db, there, 1, 0)
    manager.presses("Ctrl+1", "F12")
    assert manager.notice() == "This disc has come back already, here or at another till."
    assert manager.sheet_in_front() == ""


@pytest.fixture
def cashier(room):
    """Wu, the cashier, his shift open."""
    wu = room.open()
    wu.signs_in("Wu", CASHIER_PIN)
    wu.presses("F12")
    return wu


def test_a_late_return_needs_a_manager_in_place(cashier):
    buys(cashier, DISCS.kind_of_blue)
    cashier.program.shop.db.run(shop_settings.store_setting, "return_days", -1)
    cashier.scan(receipt_code(1, 1))
    assert cashier.sees("returnDays") == "Over since Fri 20 Nov 2026: needs a manager."
    cashier.presses("1", "Enter")
    assert cashier.sheet_in_front() == "approvalSheet"
    cashier.gets_approval(MANAGER_PIN)
    assert cashier.sheet_in_front() == ""
    assert cashier.basket() == [("Kind of Blue", 1, "−68.00")]


def test_a_manager_who_says_no_leaves_what_was_chosen(cashier):
    buys(cashier, DISCS.kind_of_blue)
    cashier.program.shop.db.run(shop_settings.store_setting, "return_days", -1)
    cashier.scan(receipt_code(1, 1))
    cashier.presses("1", "Enter", "Esc")
    assert cashier.sheet_in_front() == "returnSaleSheet"
    assert cashier.sees("returnReason") == "Does not like it"
    cashier.presses("Esc")
    assert cashier.basket() == []


def test_cash_above_the_limit_needs_a_manager_in_place(cashier):
    cashier.program.shop.db.run(shop_settings.store_setting, "cashier_refund_cash_minor", 5000)
    buys(cashier, DISCS.kind_of_blue)
    lays_in(cashier)
    cashier.presses("F12", "Enter")
    assert cashier.sheet_in_front() == "approvalSheet"
    assert "68.00" in cashier.sees("approvalReason")
    cashier.gets_approval(MANAGER_PIN)
    assert cashier.sees("doneTitle") == "Taken back"


def test_a_discount_and_cash_back_ask_a_manager_for_each(cashier):
    shop = cashier.program.shop
    shop.db.run(shop_settings.store_setting, "cashier_refund_cash_minor", 1000)
    buys(cashier, DISCS.fantasy)
    lays_in(cashier)
    cashier.scan(DISCS.kind_of_blue)
    at, ten = at_of(cashier), Discount("percent", 1000, "friend")
    line_id = ask(cashier, basket.view_of, at).lines[0].line_id
    shop.db.run(basket.discount_line, at, line_id, ten)
    shop.db.run(basket.discount_basket, at, ten)
    cashier.presses("Ctrl+1", "F12", "Enter")
    assert "32.92" in cashier.sees("approvalReason")
    cashier.types(MANAGER_PIN)
    cashier.presses("Enter")
    cashier.waits_until(lambda: "A discount on the whole" in cashier.sees("approvalReason"))
    cashier.gets_approval(MANAGER_PIN)
    assert (cashier.sheet_in_front(), cashier.sees("doneChange")) == ("", "¥32.92")


def test_a_second_return_of_the_same_piece_is_refused_in_words(manager):
    buys(manager, DISCS.kind_of_blue)
    lays_in(manager)
    manager.presses("F12", "Enter", "F12")
    manager.scan(receipt_code(1, 1))
    assert manager.sees("returnTrouble") == "Everything of this sale has come back already."
    assert not manager.finds("returnSaleSheetMain").isEnabled()
    manager.presses("+", "Enter")
    assert manager.sheet_in_front() == "returnSaleSheet"
    manager.presses("Esc")
    assert manager.basket() == []


def test_a_line_that_came_back_is_refused_beside_one_that_did_not(manager):
    buys(manager, DISCS.kind_of_blue, DISCS.fantasy)
    manager.scan(receipt_code(1, 1))
    manager.presses("+", "1", "Enter", "F12", "Enter", "F12")
    manager.scan(receipt_code(1, 1))
    manager.presses("Up", "+")
    assert '"Kind of Blue" has come back already' in manager.sees("returnTrouble")
    assert manager.sees("returnAmount") == "¥88.00"


def test_what_lies_in_the_basket_is_not_laid_in_twice(manager):
    buys(manager, DISCS.kind_of_blue)
    lays_in(manager)
    manager.scan(receipt_code(1, 1))
    manager.presses("-")
    assert "Take it out there with Del" in manager.sees("returnTrouble")
    manager.presses("2", "Enter")
    assert manager.basket() == [("Kind of Blue", 1, "−68.00")]


def test_del_takes_a_return_out_of_the_basket(manager):
    buys(manager, DISCS.kind_of_blue)
    manager.scan(DISCS.fantasy)
    lays_in(manager)
    assert manager.basket() == [("范特西", 1, "88.00"), ("Kind of Blue", 1, "−68.00")]
    manager.presses("+")
    assert manager.basket()[1] == ("Kind of Blue", 1, "−68.00")
    manager.presses("Del")
    assert manager.basket() == [("范特西", 1, "88.00")]
    assert manager.sees("totalDue") == "¥88.00"


def test_f2_says_where_a_piece_was_sold(manager):
    buys(manager, DISCS.kind_of_blue)
    lays_in(manager)
    manager.presses("F2")
    assert "receipt 01-0000001" in manager.notice()
    assert "Does not like it" in manager.notice()


def test_a_discount_goes_to_what_is_sold(manager):
    buys(manager, DISCS.kind_of_blue)
    manager.scan(DISCS.fantasy)
    lays_in(manager)
    manager.presses("F7")
    assert manager.sees("discountAbout") == "范特西"


def test_discs_scanned_at_their_sale_are_what_comes_back(manager):
    buys(manager, DISCS.kind_of_blue, DISCS.kind_of_blue, DISCS.fantasy, DISCS.used_copy)
    manager.scan(receipt_code(1, 1))
    manager.scan(DISCS.fantasy, DISCS.kind_of_blue, DISCS.used_copy)
    assert [line[4] for line in manager.lines("returnLines")] == ["1", "1", "1"]
    manager.scan(DISCS.used_copy)
    assert manager.sees("returnTrouble") == "Only 1 piece is left."
    manager.scan(DISCS.kid_a)
    assert manager.sees("returnAmount") == "¥201.00"
    assert manager.can_see("scanChip")


def test_locking_takes_the_sheets_away(manager):
    buys(manager, DISCS.kind_of_blue)
    manager.presses("F8", "Enter")
    assert manager.sheet_in_front() == "returnSaleSheet"
    manager.presses("Ctrl+L")
    assert (manager.screen_in_front(), manager.sheet_in_front()) == ("signin", "")


def test_a_voided_sale_says_so(manager):
    buys(manager, DISCS.kind_of_blue)
    manager.program.shop.db.run(voids.void_last_sale, at_of(manager), "keyed wrongly")
    manager.scan(receipt_code(1, 1))
    assert "was voided" in manager.sees("returnTrouble")
    assert not manager.finds("returnSaleSheetMain").isEnabled()


def test_a_receipt_that_nobody_wrote_is_told(manager):
    manager.scan(receipt_code(1, 7))
    assert manager.notice().startswith("There is no receipt")
    assert manager.sheet_in_front() == ""


def test_a_used_copy_comes_back_with_another_grade(manager):
    buys(manager, DISCS.used_copy)
    manager.presses("F8")
    manager.scan(DISCS.used_copy)
    assert manager.sheet_in_front() == "returnSaleSheet"
    manager.presses("U")
    assert manager.can_see("returnMedia")
    manager.finds("returnMedia").setFocus()
    manager.presses("Down")
    manager.presses("F12")
    assert "Say why" in manager.sees("returnReasonError")
    manager.types("worn")
    manager.presses("F12", "F12", "F12")
    assert manager.sees("doneTitle") == "Taken back"
    grades = ask(manager, lambda session: session.execute(select(COPY.c.media_grade, COPY.c.status)).one())
    assert tuple(grades) == ("VG", "in_stock")


@pytest.mark.parametrize(
    "typed",
    ["1", "01-0000001", "1-1", "11-20", "68", "68.00", "1234", "·1234", "blue", "miles 11-20", "blue 68"],
)
def test_one_field_finds_the_sale(manager, typed):
    buys_by_card(manager, "1234", DISCS.kind_of_blue)
    buys(manager, DISCS.fantasy)
    manager.presses("F8")
    manager.types(typed)
    manager.waits_until(lambda: "01-0000001" in {line[0] for line in manager.lines("returnSales")})


def test_a_sale_is_found_by_its_member(manager):
    shop = manager.program.shop
    shop.db.run(levels.start_levels, manager.clock.now)
    draft = MemberDraft(name="王小明", phone="13800138000")
    member_id = shop.db.run(members.register_member, at_of(manager), draft).member_id
    shop.db.run(basket.set_member, at_of(manager), member_id)
    buys(manager, DISCS.kind_of_blue)
    buys(manager, DISCS.kind_of_blue)
    for typed in ("8000", "13800138000"):
        manager.presses("F8")
        manager.types(typed)
        manager.waits_until(lambda: [line[0] for line in manager.lines("returnSales")] == ["01-0000001"])
        manager.presses("Esc")


def test_the_finder_shows_today_and_esc_comes_back_to_it(manager):
    buys(manager, DISCS.kind_of_blue)
    buys(manager, DISCS.fantasy)
    manager.touches("returnButton")
    assert [line[0] for line in manager.lines("returnSales")] == ["01-0000002", "01-0000001"]
    manager.presses("Down", "Enter")
    assert manager.sees("returnSaleSheetTitle") == "Return of receipt 01-0000001"
    manager.presses("Esc")
    assert manager.sheet_in_front() == "returnSheet"
    manager.presses("Esc")
    assert manager.sheet_in_front() == ""


def test_nothing_found_says_what_to_try(manager):
    manager.presses("F8")
    assert "Nothing found" in manager.everything()
    manager.types("zzz")
    manager.presses("Enter")
    manager.waits_for_work()
    assert manager.sheet_in_front() == "returnSheet"


def test_without_a_receipt_there_is_store_credit_only(manager):
    buys(manager, DISCS.kind_of_blue)
    manager.presses("F8", "Alt+W")
    assert "store credit only" in manager.sees("noReceiptAbout")
    manager.scan(DISCS.kind_of_blue)
    assert manager.sees("noReceiptTitle") == "Kind of Blue · Miles Davis · CD: ¥68.00 as store credit"
    manager.presses("F12")
    assert "Write down who" in manager.sees("noReceiptIdentityError")
    manager.types("Zhang, id card seen")
    manager.presses("F12")
    assert "Say why" in manager.sees("noReceiptReasonError")
    manager.touches("noReceiptReason1")
    manager.touches("noReceiptMore")
    assert "¥136.00 as store credit" in manager.sees("noReceiptTitle")
    manager.presses("F12")
    assert manager.sees("doneTitle") == "Taken back"
    assert manager.sees("doneChange") == "¥136.00"
    assert manager.sees("doneChange1Caption").startswith("Voucher 294")
    assert on_hand(manager) == 6


def test_without_a_receipt_a_cashier_asks_a_manager(cashier):
    cashier.presses("F8", "Alt+W")
    cashier.types("kind of blue")
    cashier.presses("Enter")
    cashier.touches("noReceiptReason2")
    cashier.finds("noReceiptIdentity").setFocus()
    cashier.types("Zhang")
    cashier.presses("F12")
    cashier.gets_approval(MANAGER_PIN)
    assert cashier.sheet_in_front() == ""
    assert cashier.sees("doneTitle") == "Taken back"


def test_a_shop_that_wants_receipts_offers_nothing_else(room):
    from av_pos import shop

    opened = shop.open_shop(room.folder, now=room.clock)
    opened.db.run(shop_settings.store_setting, "return_unreceipted", False)
    opened.close()
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.presses("F12", "F8")
    assert not lin.can_see("noReceiptButton")


def test_cash_keyed_as_card_is_put_right(manager):
    buys(manager, DISCS.kind_of_blue)
    manager.presses("F10", "C")
    assert manager.sheet_in_front() == "returnSheet"
    manager.presses("Enter")
    assert manager.sheet_in_front() == "correctTenderSheet"
    assert manager.sees("correctAmount") == "68.00"
    assert manager.finds("correctRight2").isChecked()
    manager.presses("F12")
    assert "Say why" in manager.sees("correctReasonError")
    manager.touches("correctReason1")
    manager.finds("correctLast4").setFocus()
    manager.types("4321")
    manager.presses("F12")
    assert manager.sheet_in_front() == ""
    now = ask(manager, corrections.list_tenders, 1)
    assert [(t.kind, t.amount_minor, t.card_last4) for t in now] == [("card", 6800, "4321")]
    assert manager.notice() == "Receipt 01-0000001: UnionPay ·4321 instead of Cash."


@pytest.mark.parametrize(("typed", "told"), [("68.01", "holds no more"), ("0", "nothing was typed")])
def test_a_wrong_amount_is_told_where_it_can_be_typed_again(manager, typed, told):
    buys(manager, DISCS.kind_of_blue)
    manager.presses("F10", "C", "Enter")
    manager.touches("correctReason1")
    manager.finds("correctAmount").clear()
    manager.finds("correctAmount").setFocus()
    manager.types(typed)
    manager.presses("F12")
    assert manager.sheet_in_front() == "correctTenderSheet"
    assert told in manager.sees("correctAmountError")
    assert manager.sees("correctReason") == "Keyed wrongly"


def test_a_cashier_puts_a_payment_right_with_a_manager(cashier):
    buys(cashier, DISCS.kind_of_blue)
    cashier.presses("F10", "C", "Enter")
    cashier.touches("correctReason2")
    cashier.presses("F12")
    cashier.gets_approval(MANAGER_PIN)
    assert [t.kind for t in ask(cashier, corrections.list_tenders, 1)] == ["card"]


def test_returns_are_held_apart_from_quantities(manager):
    """A press beside a returned line changes no quantity: it has no box."""
    buys(manager, DISCS.kind_of_blue)
    lays_in(manager)
    view = ask(manager, basket.view_of, at_of(manager))
    assert (len(view.lines), len(view.returns), view.due_minor) == (0, 1, -6800)
    assert manager.program.till.table.line_at(0) is None
    manager.presses("+", "-")
    assert ask(manager, basket.view_of, at_of(manager)) == view


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", [DAY]),
        ("123", [SaleQuery(number="123"), SaleQuery(amount_minor=12300), SaleQuery(text="123")]),
        ("01-0000123", [SaleQuery(number="01-0000123")]),
        ("11-20", [SaleQuery(number="11-20"), DAY]),
        ("11月20日", [DAY, SaleQuery(text="11月20日")]),
        ("11 月 20 日", [DAY, SaleQuery(text="11 月 20 日")]),
        (
            "1984",
            [
                SaleQuery(number="1984"),
                SaleQuery(card_last4="1984"),
                SaleQuery(amount_minor=198400),
                SaleQuery(text="1984"),
            ],
        ),
        ("¥68.50", [SaleQuery(amount_minor=6850)]),
        ("kind of blue", [SaleQuery(text="kind of blue")]),
        (
            "blue 2026-11-20 68.00",
            [replace(DAY, amount_minor=6800, text="blue"), SaleQuery(text="blue 2026-11-20 68.00")],
        ),
        ("287654321012345678", []),
        (receipt_code(1, 7), [SaleQuery(number=receipt_code(1, 7))]),
        (DISCS.used_copy, [SaleQuery(code=DISCS.used_copy)]),
        (DISCS.kind_of_blue, [SaleQuery(code=DISCS.kind_of_blue)]),
        ("0000123", [SaleQuery(number="0000123"), SaleQuery(amount_minor=12300), SaleQuery(text="0000123")]),
        ("13800138000", [SaleQuery(code="13800138000")]),
    ],
)
def test_what_a_text_may_mean(typed, meant):
    assert list(queries_of(typed, TODAY, 2)) == meant


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2025-2-28", date(2025, 2, 28)),
        ("11/20", TODAY),
        ("11.21", date(2025, 11, 21)),
        ("2.29", None),
        ("68.00", None),
        ("blue", None),
    ],
)
def test_a_day_without_its_year_is_the_last_one(typed, day):
    assert read_day(typed, TODAY) == day
