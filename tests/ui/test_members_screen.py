"""The members' screen: found, registered, explained, topped up, merged, erased; by keys and by scanner."""

import json
import shutil
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel
from sqlalchemy import insert
from tests.conftest import NOW
from tests.factories import CASHIER_PIN, MANAGER_PIN, MOMENT, make_edition
from tests.ui.members_shop import fill
from tests.ui.test_program import _nameless

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Role
from av_pos.domain.rules import Who
from av_pos.i18n import use_language
from av_pos.models.members import MEMBER
from av_pos.models.similar import FOR_MEMBER, SIMILAR_BUILD
from av_pos.services import levels, members, shop_settings, vouchers
from av_pos.ui import rule_words, theme
from av_pos.ui.price_rules.when_form import WhoForm
from av_pos.ui.widgets.sheet import Sheet


@pytest.fixture(scope="module")
def filled(template_file, tmp_path_factory):
    """A shop with its members, made once and copied for each test; and whom and what there is, by name."""
    path = tmp_path_factory.mktemp("filled") / "shop.db"
    shutil.copy(template_file, path)
    database = Database.at(path)
    database.run(lambda session: shop_settings.store_setting(session, "paper_language", "en"))
    known = fill(database, At(Actor(1, "Lin", Role.MANAGER), 1, NOW))
    database.checkpoint()
    database.close()
    return path, known


@pytest.fixture
def ids(filled):
    return filled[1]


@pytest.fixture
def folder(filled, tmp_path):
    path = tmp_path / "shop"
    path.mkdir()
    shutil.copy(filled[0], path / "shop.db")
    return path


@pytest.fixture
def open_as(room):
    """Signs somebody in and goes to the members."""

    def go(name, pin):
        person = room.open()
        person.signs_in(name, pin)
        person.touches("navMembers")
        assert person.screen_in_front() == "members"
        return person

    return go


@pytest.fixture
def lin(open_as):
    return open_as("Lin", MANAGER_PIN)


@pytest.fixture
def wu(open_as):
    return open_as("Wu", CASHIER_PIN)


def names(person):
    return [row.member.name for row in person.finds("membersTable").rows_shown]


def find(person, text, *expected):
    person.presses("F3")
    person.finds("memberSearchField").clear()
    person.types(text)
    person.waits_until(lambda: names(person) == list(expected))


def fills_in(person, field, text):
    """Go to a field of the sheet and type."""
    widget = person.finds(field)
    widget.setFocus()
    widget.selectAll()
    person.types(text)


def chooses(person, letter):
    person.presses("F10")
    assert person.sheet_in_front() == "memberMoreSheet"
    person.presses(letter)


def ask(person, op, *args):
    desk = person.program.desk
    return desk.ask(op, desk.at, *args)


def member(person, member_id):
    return ask(person, members.get_member, member_id)


# ---- finding ----


def test_who_was_here_last_is_offered_and_nobody_served_before_being_chosen(lin):
    assert names(lin) == ["王小明", "Anna Smith"]
    assert lin.lines("membersTable")[0][3] == "2026-11-20"
    assert not lin.can_see("memberPageName")
    assert not lin.finds("topUpButton").isEnabled()
    find(lin, "nobody of that name")
    lin.waits_until(lambda: "Nobody is found" in lin.sees("membersTableEmpty"))
    lin.presses("Esc")
    lin.waits_until(lambda: names(lin) == ["王小明", "Anna Smith"])
    lin.presses("Enter")
    assert lin.finds("memberSearchField").hasFocus(), "there is nobody yet to go to"
    lin.presses("Down")
    assert lin.sees("memberPageName") == "王小明"
    # Enter goes into the page, there it shows the receipt.
    lin.presses("Enter", "Enter")
    assert lin.sheet_in_front() == "paperSheet"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("8000", ["王小明"]), ("wxm", ["王小明"]), ("13900138001", ["Anna Smith"]), ("smith", ["A. Smith", "Anna Smith"])],
)
def test_found_by_what_people_say(lin, typed, expected):
    find(lin, typed, *expected)
    assert lin.sees("memberPageName") == expected[0]


def test_arrows_choose_among_two_and_enter_goes_into_the_page(lin):
    find(lin, "smith", "A. Smith", "Anna Smith")
    lin.presses("Down")
    assert lin.sees("memberPageName") == "Anna Smith"
    lin.presses("Enter")
    assert lin.finds("purchasesTable").hasFocus()
    lin.presses("Enter")
    assert lin.sheet_in_front() == "paperSheet"


def test_the_page_says_who_it_is_and_how_far_the_next_level_is(lin):
    find(lin, "8000", "王小明")
    assert lin.sees("memberPageLevel") == "Silver −3%"
    assert "13800138000" in lin.sees("memberPageFacts")
    assert lin.sees("memberPageProgress") == "3,949.00 more for Gold by 2027-11-20"
    assert lin.sees("memberPointsValue") == "551"
    assert lin.sees("memberStoredValue") == "¥242.00"
    assert lin.sees("memberStoredNote") == "22.00 of it bonus"
    assert lin.sees("memberVouchersValue") == "¥250.00"
    assert lin.sees("memberVouchersNote") == "2 vouchers"


def test_a_cashier_sees_phones_hidden_and_no_erasing(wu):
    find(wu, "8000", "王小明")
    assert "138****8000" in wu.sees("memberPageFacts")
    assert "13800138000" not in wu.everything()
    wu.presses("F10")
    assert wu.can_see("more_member_points")
    for never in ("more_member_erase", "more_member_export"):
        assert not wu.can_see(never)


def test_a_scanned_card_opens_its_member_wherever_the_focus_is(lin, ids):
    find(lin, "zoe", "Zoe")
    number = member(lin, ids["anna"]).number
    lin.scan(number)
    assert lin.sees("memberPageName") == "Anna Smith"
    assert lin.sees("memberSearchField") == ""


def test_a_replaced_card_is_refused_in_words(lin, ids):
    old = member(lin, ids["zoe"]).number
    find(lin, "zoe", "Zoe")
    chooses(lin, "C")
    lin.presses("F12")
    assert member(lin, ids["zoe"]).number != old
    lin.scan(old)
    assert "works no longer" in lin.notice()


def test_a_code_of_nobody_is_left_for_the_till(lin):
    before = names(lin)
    lin.scan("5099706493525")
    assert lin.can_see("scanChip")
    assert names(lin) == before


# ---- registering and changing ----


def test_registered_by_keys_alone(lin):
    lin.presses("F12")
    lin.types("139 0000 1111")
    fills_in(lin, "registerName", "Mei")
    lin.presses("F12")
    assert lin.sheet_in_front() == ""
    assert lin.sees("memberPageName") == "Mei"
    assert "Mei is a member now" in lin.notice()
    find(lin, "1111", "Mei")


def test_a_key_pressed_twice_makes_nobody_a_member(lin):
    lin.presses("F12", "F12")
    assert lin.sheet_in_front() == "registerSheet"
    assert "Type a phone number or hand out a card" in lin.sees("registerPhoneError")
    lin.finds("registerCard").setFocus()
    lin.presses("Space", "F12")
    assert lin.sheet_in_front() == ""
    assert lin.sees("memberPageName").startswith("Member 293")


def test_a_name_without_end_pushes_nothing_aside(lin, ids):
    find(lin, "8000", "王小明")
    before = lin.finds("membersTable").width()
    lin.presses("F4")
    fills_in(lin, "editName", "W" * 10_000)
    assert len(lin.sees("editName")) == 80
    lin.presses("F12")
    assert lin.sheet_in_front() == ""
    assert lin.finds("membersTable").width() == before
    assert lin.finds("memberPageName").toolTip() == "W" * 80


def test_a_name_alone_gets_a_card(lin):
    lin.presses("F12")
    fills_in(lin, "registerName", "Mei")
    lin.presses("F12")
    assert lin.sheet_in_front() == ""
    assert "Card 293" in lin.sees("memberPageFacts")


def test_what_was_looked_for_stands_in_the_form_already(lin):
    find(lin, "13511112222")
    lin.presses("F12")
    assert lin.sees("registerPhone") == "13511112222"


def test_a_phone_that_somebody_has_is_refused_by_name(lin):
    lin.presses("Ctrl+N")
    lin.types("13800138000")
    lin.presses("F12")
    assert lin.sheet_in_front() == "registerSheet"
    assert "王小明 has this phone number already" in lin.sees("registerPhoneError")


def test_a_cashier_changes_a_name_with_a_manager_and_the_hidden_phone_stays(wu, ids):
    find(wu, "8000", "王小明")
    wu.presses("F4")
    fills_in(wu, "editName", "Wang")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    wu.waits_until(lambda: wu.sheet_in_front() == "")
    assert wu.sees("memberPageName") == "Wang"
    wu.program.desk.actor = wu.program._owner()
    assert member(wu, ids["wang"]).phone == "13800138000"


def test_a_manager_says_who_works_here(lin, ids):
    find(lin, "8000", "王小明")
    assert "works here" not in lin.sees("memberPageFacts")
    lin.presses("F4")
    lin.finds("editStaff").setFocus()
    lin.presses("Space")
    lin.presses("F12")
    assert "works here" in lin.sees("memberPageFacts")
    lin.presses("F4", "F12")
    assert member(lin, ids["wang"]).is_staff


def test_a_cashier_does_not_see_who_may_say_so_and_leaves_it(wu, ids):
    desk = wu.program.desk
    desk.db.run(lambda s: s.execute(MEMBER.update().where(MEMBER.c.id == ids["wang"]).values(is_staff=True)))
    find(wu, "8000", "王小明")
    wu.presses("F4")
    assert not wu.can_see("editStaff")
    fills_in(wu, "editName", "Wang")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    wu.waits_until(lambda: wu.sheet_in_front() == "")
    assert member(wu, ids["wang"]).is_staff


def test_an_impossible_birthday_is_told_at_its_field(lin):
    find(lin, "8000", "王小明")
    lin.presses("F4")
    fills_in(lin, "editBirthday", "2090-01-01")
    lin.presses("F12")
    assert lin.sees("editBirthdayError")
    assert lin.sheet_in_front() == "editMemberSheet"


def test_a_long_name_wraps_and_pushes_nothing_out(lin, ids):
    find(lin, "zoe", "Zoe")
    lin.presses("F4")
    fills_in(lin, "editName", "Maria de los Angeles " * 3)
    lin.presses("F12")
    assert lin.sheet_in_front() == ""
    assert _cut(lin.window) == []


# ---- why ----


def test_f2_answers_why_with_rows_that_add_up(lin):
    find(lin, "8000", "王小明")
    lin.presses("F2")
    rows = lin.finds("pointsLedger").rows_shown
    assert rows[0].balance_qty == 551
    assert sum(row.qty for row in rows) == 551
    assert lin.lines("pointsLedger")[0][:4] == ("2026-11-20", "Earned", "63", "551")
    lin.presses("Alt+Right")
    assert [line[1:] for line in lin.lines("storedLedger")] == [
        ("Spent on a purchase", "−88.00", "−8.00", "242.00"),
        ("Topped up · Cash", "330.00", "30.00", "330.00"),
    ]
    lin.presses("Alt+Right")
    assert [line[3] for line in lin.lines("vouchersTable")] == ["50.00", "200.00"]
    assert lin.lines("voucherLines") == [("2026-11-20", "Issued · Card", "50.00", "50.00")]


def test_a_row_of_a_ledger_opens_its_receipt(lin):
    find(lin, "8000", "王小明")
    lin.presses("F2", "Down", "Enter")
    assert lin.sheet_in_front() == "paperSheet"
    lin.presses("Esc")
    assert lin.sheet_in_front() == "whySheet"


def test_a_tap_on_a_balance_opens_its_own_ledger(lin):
    find(lin, "8000", "王小明")
    lin.touches("memberStored")
    assert lin.can_see("storedLedger")


# ---- money and points ----


def test_top_up_shows_the_bonus_before_and_the_balance_after(lin):
    find(lin, "8000", "王小明")
    lin.presses("F5")
    lin.types("500")
    assert lin.sees("topUpSheetBrings") == "¥500.00 and ¥80.00 bonus: ¥580.00 to spend"
    lin.presses("F12")
    assert lin.sheet_in_front() == ""
    assert lin.sees("memberStoredValue") == "¥822.00"
    assert lin.notice() == "¥500.00 topped up; ¥822.00 now"


def test_top_up_by_card_and_an_amount_that_cannot_be(lin):
    find(lin, "8000", "王小明")
    lin.presses("F5", "F12")
    assert lin.sees("topUpSheetAmountError")
    lin.types("10")
    assert lin.sees("topUpSheetBrings") == "¥10.00 to spend, no bonus"
    lin.presses("Shift+F9", "F12")
    lin.presses("F2", "Alt+Right")
    assert lin.lines("storedLedger")[0][1:] == ("Topped up · Card", "10.00", "—", "252.00")


def test_a_suspended_member_is_not_topped_up_and_the_sheet_says_so(lin):
    find(lin, "李雷", "李雷")
    assert lin.sees("memberPageStatus") == "suspended"
    lin.presses("F5")
    lin.types("10")
    lin.presses("F12")
    assert "suspended" in lin.sees("topUpSheetAmountError")


def test_a_cashier_pays_out_with_two_approvals_above_the_limit(wu, ids):
    find(wu, "8000", "王小明")
    chooses(wu, "P")
    assert "At most ¥220.00" in wu.sees("payOutStoredSheetAbout")
    wu.types("210")
    fills_in(wu, "payOutStoredReason", "moving away")
    wu.presses("F12")
    assert "Paying stored value out" in wu.sees("approvalReason")
    wu.types(MANAGER_PIN)
    wu.presses("Enter")
    wu.waits_until(lambda: "Paying cash out" in wu.sees("approvalReason"))
    wu.gets_approval(MANAGER_PIN)
    wu.waits_until(lambda: wu.sheet_in_front() == "")
    assert member(wu, ids["wang"]).stored_minor == 1100


def test_more_than_was_paid_in_is_refused_in_the_sheet(lin):
    find(lin, "8000", "王小明")
    chooses(lin, "P")
    lin.types("230")
    fills_in(lin, "payOutStoredReason", "moving away")
    lin.presses("F12")
    assert "Only what was paid in" in lin.sees("payOutStoredAmountError")


def test_a_gift_card_shows_its_code_and_belongs_to_the_member(lin):
    find(lin, "8000", "王小明")
    lin.presses("F8")
    lin.types("88")
    lin.presses("F12")
    assert lin.sheet_in_front() == "giftCardTold"
    code = lin.sees("giftCardToldCode")
    assert code == shop_code(CodeKind.VOUCHER, 3)
    lin.presses("Esc")
    assert lin.sees("memberVouchersValue") == "¥338.00"
    lin.scan(code)
    assert lin.sheet_in_front() == "scannedVoucherSheet"


@pytest.fixture
def wakes(lin):
    """How often the printer was woken."""
    heard = []
    lin.program.events.paper_queued.connect(lambda: heard.append(1))
    return heard


def test_what_leaves_a_card_wakes_the_printer(lin, wakes, ids):
    lin.presses("F12")
    lin.types("139 0000 1111")
    lin.presses("F12")
    assert wakes == [], "no card was asked for"
    lin.presses("F12")
    fills_in(lin, "registerName", "Mei")
    lin.presses("F12")
    assert len(wakes) == 1
    chooses(lin, "C")
    lin.presses("F12")
    assert len(wakes) == 2
    lin.presses("F8")
    lin.types("88")
    lin.presses("Shift+F9", "F12")
    assert len(wakes) == 3
    assert "comes out of the receipt printer" in lin.sees("giftCardToldWords1")


def test_a_queued_card_comes_out_at_once(lin):
    slots = [slot.__name__ for signal, slot in lin.program._wiring() if signal == lin.program.events.paper_queued]
    assert slots == ["wake"]


def test_a_gift_card_needs_no_member(lin):
    lin.presses("F8")
    lin.types("88")
    lin.presses("F12")
    desk = lin.program.desk
    sold = desk.ask(vouchers.find_voucher, lin.sees("giftCardToldCode"), desk.clock().date())
    assert (sold.member_id, sold.balance_minor) == (None, 8800)


def test_a_lost_voucher_is_blocked_and_let_free(lin):
    find(lin, "8000", "王小明")
    lin.presses("F2", "Alt+Left", "F7")
    assert lin.sheet_in_front() == "blockSheet"
    lin.presses("F12")
    assert lin.sees("blockSheetReasonError")
    lin.types("lost")
    lin.presses("F12")
    assert "blocked" in lin.notice()
    assert lin.sees("memberVouchersValue") == "¥200.00"
    lin.presses("F2", "Alt+Left", "F7")
    lin.types("found")
    lin.presses("F12")
    assert lin.sees("memberVouchersValue") == "¥250.00"


def test_points_by_hand_ask_why_and_stand_in_the_ledger(lin):
    find(lin, "zoe", "Zoe")
    chooses(lin, "A")
    lin.types("50")
    lin.presses("F12")
    assert lin.sees("pointsSheetWordsError")
    fills_in(lin, "pointsSheetWords", "birthday")
    lin.presses("F12")
    assert lin.sees("memberPointsValue") == "50"
    lin.presses("F2")
    assert lin.lines("pointsLedger")[0][1] == "Changed by hand · birthday"


def test_a_cashier_changes_points_and_blocks_a_voucher_with_a_manager(wu, ids):
    find(wu, "8000", "王小明")
    chooses(wu, "A")
    wu.types("-51")
    fills_in(wu, "pointsSheetWords", "keyed wrongly")
    wu.presses("F12")
    assert wu.sheet_in_front() == "approvalSheet"
    wu.presses("Esc")
    assert wu.sheet_in_front() == "pointsSheet"
    assert member(wu, ids["wang"]).points_qty == 551
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    wu.waits_until(lambda: wu.sheet_in_front() == "")
    assert wu.sees("memberPointsValue") == "500"
    wu.presses("F2", "Alt+Left")
    wu.presses("F7")
    wu.types("lost")
    wu.presses("F12")
    wu.gets_approval(MANAGER_PIN)
    wu.waits_until(lambda: wu.sheet_in_front() == "")
    assert "blocked" in wu.notice()
    assert wu.sees("memberVouchersValue") == "¥200.00"


def test_what_time_took_is_told_before_anything_else_is_booked(room, open_as, ids):
    room.clock.passes(days=1000)
    lin = open_as("Lin", MANAGER_PIN)
    gold = MEMBER.update().where(MEMBER.c.id == ids["wang"]).values(level_key="gold", level_until_on=NOW.date())
    lin.program.desk.db.run(lambda session: session.execute(gold))
    find(lin, "8000", "王小明")
    (row,) = lin.finds("membersTable").rows_shown
    assert (row.level, row.points_qty) == ("Member", 0)
    assert (lin.sees("memberPageLevel"), lin.sees("memberPointsValue")) == ("Member", "0")
    lin.presses("F2")
    newest = lin.lines("pointsLedger")[0]
    assert (newest[1], newest[3]) == ("Expired", "0")
    lin.presses("Esc")
    chooses(lin, "X")
    assert "left: 0 points" in lin.everything()


def test_points_become_a_gift_but_not_more_than_there_are(lin):
    find(lin, "8000", "王小明")
    chooses(lin, "G")
    lin.types("600")
    fills_in(lin, "giftSheetWords", "tote bag")
    lin.presses("F12")
    assert "551" in lin.sees("giftSheetQtyError")
    fills_in(lin, "giftSheetQty", "３００")
    lin.presses("F12")
    assert lin.sees("memberPointsValue") == "251"


# ---- suspending, merging, wants ----


def test_a_suspended_card_is_refused_at_the_till_in_words(lin, ids):
    number = member(lin, ids["anna"]).number
    find(lin, "anna", "Anna Smith")
    chooses(lin, "S")
    lin.types("card lost")
    lin.presses("F12")
    assert lin.sees("memberPageStatus") == "suspended"
    lin.presses("Ctrl+1")
    lin.scan(number)
    assert "This member is suspended" in lin.notice()
    lin.touches("navMembers")
    chooses(lin, "R")
    lin.types("found")
    lin.presses("F12")
    assert not lin.can_see("memberPageStatus")
    lin.presses("Ctrl+1")
    lin.scan(number)
    assert lin.sees("memberName") == "Anna Smith"


def test_two_members_become_one_after_it_was_said_what_happens(lin, ids):
    find(lin, "13900138001", "Anna Smith")
    chooses(lin, "M")
    lin.types("7001")
    lin.waits_until(lambda: lin.lines("mergeTable") == [("A. Smith", "13700137001", "120")])
    lin.presses("Enter")
    assert lin.sheet_in_front() == "mergeConfirmSheet"
    assert "A. Smith goes: 120 points, ¥100.00 of stored value" in lin.sees("mergeConfirmSheetWords1")
    lin.presses("Enter")
    assert lin.sheet_in_front() == ""
    assert member(lin, ids["anna"]).points_qty == 78
    chooses(lin, "M")
    lin.types("7001")
    lin.presses("Enter", "F12")
    assert lin.sees("memberPageName") == "Anna Smith"
    assert lin.sees("memberPointsValue") == "198"
    assert lin.sees("memberStoredValue") == "¥100.00"
    find(lin, "smith", "Anna Smith")


def test_a_member_is_not_offered_to_be_merged_with_itself(lin):
    find(lin, "8000", "王小明")
    chooses(lin, "M")
    lin.types("8000")
    lin.presses("F12")
    assert lin.sheet_in_front() == "mergeSheet"
    assert lin.lines("mergeTable") == []


def test_wants_by_words_and_from_the_catalogue_and_settled(lin):
    find(lin, "zoe", "Zoe")
    lin.presses("F6")
    lin.types("kid a")
    lin.waits_until(lambda: len(lin.lines("wantTable")) == 2)
    lin.presses("Down", "Enter")
    lin.presses("F6")
    lin.types("blue vinyl")
    lin.presses("F12")
    assert [line[0] for line in lin.lines("wantsTable")] == ["Kid A", "blue vinyl"]
    lin.presses("Shift+F6")
    assert [line[0] for line in lin.lines("wantsTable")] == ["blue vinyl"]
    assert lin.notice() == "Kid A: settled, off the list"
    # Nothing is settled that cannot be seen.
    lin.presses("Alt+Left", "Shift+F6")
    assert [line[0] for line in lin.lines("wantsTable")] == ["blue vinyl"]
    lin.presses("Shift+F6")
    assert lin.lines("wantsTable") == []


# ---- the lists of the page ----


def test_everything_behind_the_tabs(lin):
    find(lin, "8000", "王小明")
    assert [line[2] for line in lin.lines("purchasesTable")][:2] == ["68.00", "88.00"]
    assert lin.lines("purchasesLines") == [("Kind of Blue · Miles Davis", "1", "68.00")]
    lin.presses("Alt+Right")
    assert [line[2] for line in lin.lines("returnsTable")] == ["−180.00"]
    lin.presses("Alt+Right")
    assert lin.lines("favouriteStyles")[0][:2] == ("Jazz", "4")
    lin.presses("Alt+Right")
    assert [line[0] for line in lin.lines("wantsTable")] == ["Kid A", "王菲 黑胶"]
    lin.presses("Alt+Right")
    assert lin.lines("suggestionsTable") == []
    assert "What this member may like" in lin.sees("suggestionsTableEmpty")
    lin.presses("Alt+Right")
    assert lin.lines("visitsTable")[0] == ("2026-11", "1")
    assert lin.lines("visitsTable")[-1] == ("Total", "7")
    assert lin.can_see("visitsChart")
    lin.presses("Alt+Right")
    assert lin.lines("levelTable") == [("2026-11-20", "Silver", "Reached by spending", "1,051.00", "2027-11-20")]
    lin.presses("Alt+Right")
    assert lin.can_see("purchasesTable")
    lin.touches("memberTab3")
    assert lin.can_see("addWantButton")


GROUNDS = (
    ("bought", "kid_a", 12, 40, "12 of 40 who bought Kid A"),
    ("content", "kid_a", 0, 0, "like Kid A"),
    ("alike", None, 3, 9, "members most like this one have it"),
    ("style", None, 0, 0, "sells in Jazz"),
    ("few", None, 0, 0, "sells well here"),
)


@pytest.mark.parametrize(("ground", "beside", "both", "buyers", "why"), GROUNDS, ids=[row[0] for row in GROUNDS])
def test_what_the_member_may_like_says_why(lin, ids, ground, beside, both, buyers, why):
    def suggest(session):
        disc = make_edition(session, title="Blue Train", artist="John Coltrane", style="jazz", shelf="J-2", qty=3)
        build = {"is_current": True, "built_at": MOMENT, "built_on": MOMENT.date(), "last_document_id": 99,
                 "buyers_qty": 40, "editions_qty": 4}  # fmt: skip
        number = session.execute(insert(SIMILAR_BUILD).values(**build).returning(SIMILAR_BUILD.c.id)).scalar_one()
        row = {"build": number, "member_id": ids["wang"], "rank": 0, "edition_id": disc, "ground": ground,
               "because_id": ids.get(beside), "both_qty": both, "of_qty": buyers}  # fmt: skip
        session.execute(insert(FOR_MEMBER).values(**row))

    lin.program.desk.db.run(suggest)
    find(lin, "8000", "王小明")
    lin.touches("memberTab4")
    assert lin.lines("suggestionsTable")[0][-2:] == ("3", "68.00")
    assert why in lin.finds("suggestionsTable").rows_shown[0].title + lin.sees("suggestionsWhy")
    assert lin.sees("suggestionsWhy") == f"Blue Train · John Coltrane: {why}"
    assert "J-2" in " ".join(lin.lines("suggestionsTable")[0])


# ---- the rights of the person ----


def test_the_data_of_a_person_is_saved_as_a_file(lin, tmp_path):
    find(lin, "8000", "王小明")
    chooses(lin, "E")
    dialog = lin.window.findChild(QFileDialog, "saveDialog")
    path = tmp_path / "wang.json"
    dialog.fileSelected.emit(str(path))
    dialog.close()
    lin.waits_for_work()
    told = json.loads(path.read_text("utf-8"))
    assert told["member"]["name"] == "王小明"
    assert len(told["purchases"]) == 9
    assert str(path) in lin.notice()


def test_erasing_names_what_goes_starts_on_cancel_and_then_the_person_is_gone(lin, ids):
    find(lin, "8000", "王小明")
    chooses(lin, "X")
    assert lin.sheet_in_front() == "eraseSheet"
    assert "name, phone, birthday" in lin.sees("eraseSheetWords1")
    assert "sales" in lin.sees("eraseSheetWords2")
    assert "551 points and ¥242.00" in lin.sees("eraseSheetWords3")
    lin.presses("Enter")
    assert lin.sheet_in_front() == ""
    assert member(lin, ids["wang"]).name == "王小明"
    chooses(lin, "X")
    lin.presses("F12")
    lin.waits_for_work()
    assert lin.sheet_in_front() == ""
    assert "erased" in lin.notice()
    assert "王小明" not in lin.everything()
    assert member(lin, ids["wang"]).name == ""
    find(lin, "8000")


# ---- how it stands on the window ----

SHEETS = (
    ("F4",), ("F5",), ("F6",), ("F8",), ("F12",), ("F2",), ("F2", "Alt+Right"), ("F2", "Alt+Left"), ("F10",),
    ("F10", "C"), ("F10", "P"), ("F10", "G"), ("F10", "A"), ("F10", "S"), ("F10", "M"), ("F10", "X"),
)  # fmt: skip


def _cut(window):
    """What shows less than its text needs, on the screen in front and the sheets over it."""
    found = []
    for part in (window.front, *window.findChildren(Sheet)):
        for widget in (*part.findChildren(QLabel), *part.findChildren(QAbstractButton)):
            if not widget.isVisible() or not widget.text() or (isinstance(widget, QLabel) and widget.wordWrap()):
                continue
            if widget.width() < widget.minimumSizeHint().width() or not _inside(window, widget):
                found.append((widget.objectName(), widget.text(), widget.width(), widget.minimumSizeHint().width()))
    return found


def _inside(window, widget):
    corner = widget.mapTo(window, widget.rect().bottomRight())
    return window.rect().contains(corner)


# The smallest; the demo day shows the others, in a run of its own.
@pytest.mark.parametrize("size", [(1024, 768)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_cut_and_everything_has_a_name(room, ids, size, language, qapp):
    theme.apply(qapp, theme.Mode.LIGHT, compact=size[0] < 1200)
    person = room.open(window=size)
    use_language(language)
    person.program._begin(person.program._owner())
    person.touches("navMembers")
    person.scan(member(person, ids["wang"]).number)
    for _tab in range(7):
        assert _cut(person.window) == []
        assert _nameless(person.window) == []
        person.presses("Alt+Right")
    for keys in SHEETS:
        person.presses(*keys)
        assert person.sheet_in_front(), keys
        assert _cut(person.window) == [], keys
        assert _nameless(person.window) == [], keys
        person.presses("Esc")
        assert person.sheet_in_front() == "", keys


# ---- at the till, and in words ----


def test_a_card_handed_out_at_the_till_wakes_the_printer(lin, wakes):
    lin.presses("Ctrl+1", "F4")
    lin.finds("newMemberButton").click()
    fills_in(lin, "registerName", "Mei")
    lin.presses("F12")
    assert lin.sees("memberName") == "Mei"
    assert len(wakes) == 1


def test_the_till_shows_birthday_and_number_whole(lin):
    lin.presses("Ctrl+1", "F4", "Ctrl+N")
    lin.finds("registerCard").setFocus()
    lin.presses("Space")
    lin.presses("F12")
    assert lin.sees("memberName").startswith("293")
    assert not lin.can_see("memberBirthday")
    lin.presses("F4", "Ctrl+N")
    fills_in(lin, "registerName", "Mei")
    fills_in(lin, "registerBirthday", "19901120")
    lin.presses("F12")
    assert (lin.sees("memberName"), lin.sees("memberBirthday")) == ("Mei", "birthday")


@pytest.mark.parametrize(("language", "level"), [("en", "Gold −5%"), ("zh_CN", "金卡 −5%")])
def test_the_till_names_the_level_in_the_language_of_the_screen(lin, ids, language, level):
    desk = lin.program.desk
    gold = MEMBER.update().where(MEMBER.c.id == ids["wang"]).values(level_key="gold", level_until_on=None)
    desk.db.run(lambda session: session.execute(gold))
    use_language(language)
    lin.presses("Ctrl+1")
    lin.scan(member(lin, ids["wang"]).number)
    assert lin.sees("memberLevel") == level


def _covered(panel):
    """The buttons that are lower than they may be, or lie over each other."""
    buttons = [each for each in panel.findChildren(QAbstractButton) if each.isVisible()]
    places = {each.objectName(): QRect(each.mapTo(panel, QPoint(0, 0)), each.size()) for each in buttons}
    low = [e.objectName() for e in buttons if e.height() < (e.minimumHeight() or e.minimumSizeHint().height())]
    over = [pair for pair in combinations(places, 2) if places[pair[0]].intersects(places[pair[1]])]
    return low, over


def test_many_payments_leave_no_key_cut_or_covered(room, ids, dressed):
    lin = room.open(window=(1366, 768))
    lin.program._begin(lin.program._owner())
    lin.presses("Ctrl+1")
    lin.scan(shop_code(CodeKind.EDITION, ids["blue"]), shop_code(CodeKind.EDITION, ids["fantasy"]))
    lin.scan(member(lin, ids["wang"]).number)
    lin.presses("F12")
    panel = lin.finds("payPanel")
    assert (lin.can_see("quick1"), lin.can_see("cashPad")) == (True, True)
    lin.presses("Alt+P")
    for amount in ("1", "2", "3"):
        assert _covered(panel) == ([], [])
        lin.presses("Shift+F9")
        assert _covered(panel) == ([], [])
        lin.types(amount)
        lin.presses("Enter", "F9")
    assert _covered(panel) == ([], [])
    assert not lin.can_see("cashPad")
    # What was taken back makes room again.
    for _tender in range(3):
        lin.touches("dropTender1")
    assert lin.can_see("cashPad")
    assert _covered(panel) == ([], [])


def test_a_voucher_typed_wrongly_is_told_where_it_is_typed(lin, ids):
    code = lin.program.desk.ask(vouchers.list_vouchers, ids["wang"], NOW.date())[0].code
    lin.presses("Ctrl+1")
    lin.scan(shop_code(CodeKind.EDITION, ids["fantasy"]), shop_code(CodeKind.EDITION, ids["fantasy"]))
    lin.presses("F12", "Alt+V")
    lin.types(code[:-1] + str((int(code[-1]) + 1) % 10))
    lin.presses("Enter")
    assert lin.sheet_in_front() == "voucherSheet"
    assert "neither a gift card" in lin.sees("voucherCodeError")
    # What was typed is marked: typing goes over it.
    lin.types(code)
    lin.presses("Enter")
    assert lin.panel() == "donePanel"


def test_the_birthday_in_a_rule_is_the_day_or_the_month(lin, dressed):
    form = WhoForm(Who(birthday_only=True), ())
    said = " ".join(each.text() for each in form.findChildren(QLabel))
    assert "the day or the whole month" in said
    assert rule_words.who_words(Who(birthday_only=True), ()) == "on a birthday"
    form.deleteLater()


# ---- the settings ----


@pytest.fixture
def settings(lin):
    lin.window.show_screen("settings")
    lin.touches("tabMembers")
    return lin


def retype(person, name, text):
    widget = person.finds(name)
    widget.setFocus()
    widget.selectAll()
    person.types(text)


def test_levels_and_settings_are_kept_together(settings):
    desk = settings.program.desk
    restarts = []
    settings.program.restart_asked.connect(lambda: restarts.append(1))
    retype(settings, "level2Threshold", "800")
    retype(settings, "level2Factor", "1.25")
    retype(settings, "top_up_stepsField", "100:5")
    retype(settings, "return_daysField", "14")
    settings.presses("F12")
    kept = desk.ask(shop_settings.get_settings)
    assert (kept.top_up_steps, kept.return_days) == ("10000:500", 14)
    silver = desk.ask(levels.list_levels)[1]
    assert (silver.key, silver.threshold_minor, silver.points_factor_bp) == ("silver", 80000, 12500)
    assert settings.sees("saveMembersButtonSaid") == "Saved."
    assert restarts == [1]


def test_a_level_is_added_and_another_taken_away(settings):
    desk = settings.program.desk
    settings.touches("addLevelButton")
    retype(settings, "level5NameEn", "Patron")
    retype(settings, "level5NameZh", "赞助人")
    retype(settings, "level5Threshold", "50000")
    settings.touches("dropLevel3")
    settings.presses("F12")
    assert [level.name_en for level in desk.ask(levels.list_levels)] == ["Member", "Silver", "Platinum", "Patron"]


@pytest.mark.parametrize(
    ("field", "typed", "said", "where"),
    [
        ("level2Threshold", "5000", "Two levels begin at the same spending", "levelsError"),
        ("level2NameEn", " ", "nothing was typed", "levelsError"),
        ("level2Discount", "300%", "Discount", "levelsError"),
        ("top_up_stepsField", "300", "Bonus", "top_up_stepsFieldError"),
        ("phone_countryField", "china", "Country code", "phone_countryFieldError"),
        ("return_daysField", "soon", "Days to return", "return_daysFieldError"),
    ],
)
def test_what_cannot_be_meant_is_told_in_place_and_nothing_is_kept(settings, field, typed, said, where):
    desk = settings.program.desk
    before = desk.ask(shop_settings.get_settings), desk.ask(levels.list_levels)
    retype(settings, "points_lot_qtyField", "50")
    retype(settings, field, typed)
    settings.presses("F12")
    assert said in settings.sees(where)
    assert (desk.ask(shop_settings.get_settings), desk.ask(levels.list_levels)) == before
    settings.presses("Esc")
    assert settings.sees("points_lot_qtyField") == "100"
