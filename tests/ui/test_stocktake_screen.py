"""Stocktake: begin, count by scanner and numbers, settle what differs, post; by keys, as manager and as cashier."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit
from tests.factories import make_copy, make_edition
from tests.services import counting_shop

from av_pos.domain.at import Actor, At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Role
from av_pos.domain.stock import StockReason
from av_pos.domain.stocktake import Scope
from av_pos.services import count_decisions, counting, search, shop_settings, stock, stocktakes
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.main_window import MainWindow, Place
from av_pos.ui.stocktake.reading import Tab
from av_pos.ui.stocktake.screen import StocktakeScreen
from av_pos.ui.stocktake.tables import count_table
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.sheet import top_sheet

NOBODYS = "4006381333931"
PAYMENT = "284512345678901234"
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def ids(db):
    """Three discs on two shelves, one used copy."""

    def fill(session):
        blue = make_edition(session, barcode="5099706493525", qty=5, shelf="J1", style="jazz")
        train = make_edition(session, title="Blue Train", artist="John Coltrane", qty=2, shelf="J1", style="jazz")
        faye = make_edition(session, title="浮躁", artist="王菲", qty=3, shelf="C2", style="mandopop")
        copy = make_copy(session, blue)
        search.rebuild_index(session)
        return {"blue": blue, "train": train, "faye": faye, "copy": copy}

    return db.run(fill)


@pytest.fixture
def desk(db, ids, now, qapp):
    tasks = Tasks()
    made = Desk(db, 1, Events(), tasks, clock=lambda: now)
    made.actor = Actor(1, "Lin", Role.MANAGER)
    yield made
    assert tasks.shutdown(10_000)


@pytest.fixture
def papers() -> list[tuple[Any, str, str]]:
    """What was asked to be shown on paper."""
    return []


@pytest.fixture
def window(desk, dressed, qtbot, papers):
    made = MainWindow("shop")
    settings = desk.ask(shop_settings.get_settings)
    screen = StocktakeScreen(desk, settings, show_paper=lambda *given: papers.append(given))
    made.add_screens([Place(lambda: screen, "stocktake", "navStocktake", "stocktake", "Stocktake")])
    desk.events.notice.connect(made.tell)
    desk.events.refused.connect(made.show_refusal)
    screen.scan_taken.connect(made.settle_refusal)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def see(window, desk, qtbot):
    """Bring the screen to the front and let the workers come home."""

    def look() -> StocktakeScreen:
        window.show_screen("stocktake")
        qtbot.waitUntil(desk.tasks.is_idle)
        settle(qtbot)
        screen: StocktakeScreen = window.front
        return screen

    return look


@pytest.fixture
def taken(db, at, ids):
    """A stocktake of the whole shop that tolerates one piece, begun by Lin."""
    return counting_shop.begin(db, at, tolerance_qty=1, tolerance_minor=10**9, name="Whole shop, spring")


def settle(qtbot):
    qtbot.wait(20)


def focused() -> Any:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key, modifier=NONE):
    QTest.keyClick(focused(), key, modifier)


def type_in(text):
    QTest.keyClicks(focused(), text)


def over(window) -> Any:
    sheet = top_sheet(window)
    assert sheet is not None
    return sheet


def text(window, name):
    return window.findChild(QLabel, name).text()


def notice(window):
    return text(window, "noticeText") if window.notices.isVisible() else ""


def shown(screen) -> list[tuple[str, int | None, int | None]]:
    return [(row.title, row.counted_qty, row.difference_qty) for row in screen.counting.face.table.rows_shown]


def code(edition_id) -> str:
    return shop_code(CodeKind.EDITION, edition_id)


def idle(desk, qtbot):
    qtbot.waitUntil(lambda: desk.tasks.is_idle(), timeout=10_000)
    settle(qtbot)


def show_tab(screen, desk, qtbot, tab):
    screen.counting.show_tab(tab)
    idle(desk, qtbot)


# ---- beginning ----


def test_an_empty_list_says_what_it_is_for_and_how_it_fills(see, window):
    see()
    assert "F12 begins one" in text(window, "takesTableEmpty")
    assert window.top_bar.isVisible()


def test_f12_begins_a_count_of_a_shelf_and_opens_it(see, window, desk, qtbot):
    screen = see()
    press(Qt.Key.Key_F12)
    form = over(window)
    form.scope.choose(Scope.SHELF.value)
    form.value.choose("J1")
    form.name.setText("Jazz bay")
    form.findChild(QCheckBox, "countBlind").setChecked(True)
    form.findChild(QLineEdit, "countToleranceQty").setText("3")
    form.findChild(QLineEdit, "countToleranceMoney").setText("12.50")
    press(Qt.Key.Key_F12)
    idle(desk, qtbot)
    assert top_sheet(window) is None
    assert screen.heading()[0] == "Stocktake #1 · Jazz bay"
    assert screen.heading()[1].endswith("by Lin · selling continues · every scan saved")
    take = screen.take
    assert (take.is_blind, take.tolerance_qty, take.tolerance_minor, take.to_count_qty) == (True, 3, 1250, 3)
    assert text(window, "countedCardValue") == "0 / 3"
    assert "Begun: 3 lines to count." in notice(window)


def test_what_is_wrong_stands_under_its_field_and_nothing_is_begun(see, window, desk, db, at):
    see()
    press(Qt.Key.Key_F12)
    form = over(window)
    form.findChild(QLineEdit, "countToleranceMoney").setText("much")
    press(Qt.Key.Key_F12)
    assert text(window, "countToleranceMoneyError")
    assert db.ask(stocktakes.list_stocktakes, at) == ()


def test_a_list_on_which_everything_is_counted_elsewhere_is_refused_in_the_form(see, window, desk, qtbot, taken):
    screen = see()
    press(Qt.Key.Key_Escape)
    assert screen.take is None
    press(Qt.Key.Key_F12)
    press(Qt.Key.Key_F12)
    idle(desk, qtbot)
    assert "on the list of another open stocktake" in text(window, "countScopeError")
    press(Qt.Key.Key_Escape)
    assert [row.stocktake_id for row in screen.page.table.rows_shown] == [taken]


def test_a_cashier_counts_but_neither_begins_nor_posts(see, window, desk, ids, taken):
    desk.actor = Actor(2, "Wu", Role.CASHIER)
    screen = see()
    assert screen.take.stocktake_id == taken
    assert not screen.counting.face.post_button.isVisible()
    assert not screen.counting.face.cards["variance"].isVisible()
    assert window.take_scan(code(ids["blue"]))
    assert shown(screen) == [("Kind of Blue", 1, -4)]
    press(Qt.Key.Key_F12)
    assert "A manager begins and posts" in notice(window)
    press(Qt.Key.Key_Escape)
    assert not screen.page.begin_button.isVisible()


# ---- counting ----


def test_each_scan_counts_one_and_the_figures_follow(see, window, ids, taken):
    screen = see()
    for _ in range(5):
        assert window.take_scan(code(ids["blue"]))
    assert window.take_scan(shop_code(CodeKind.COPY, ids["copy"]))
    assert window.take_scan(code(ids["train"]))
    assert shown(screen) == [("Blue Train", 1, -1), ("Kind of Blue", 1, 0), ("Kind of Blue", 5, 0)]
    assert text(window, "countedCardValue") == "3 / 4"
    assert text(window, "matchesCardValue") == "66.6%"
    assert text(window, "varianceCardValue") == "−¥40.00"
    assert screen.counting.face.bar.value() == 3
    assert window.findChild(object, "differencesTab").text() == "Differences 1"


def test_a_number_sets_the_disc_scanned_last_and_up_takes_it_back(see, window, ids, taken):
    screen = see()
    window.take_scan(code(ids["faye"]))
    assert text(window, "countTarget") == "A number counts: 浮躁"
    type_in("12")
    press(Qt.Key.Key_Return)
    assert shown(screen) == [("浮躁", 12, 9)]
    assert screen.counting.face.box.text() == ""
    press(Qt.Key.Key_Up)
    assert shown(screen) == [("浮躁", 1, -2)]
    assert notice(window) == "Taken back: 浮躁"


def test_a_number_before_any_disc_is_refused(see, window, taken):
    see()
    type_in("3")
    press(Qt.Key.Key_Return)
    assert "Scan a disc first" in notice(window)


@pytest.mark.parametrize("typed", ["-5", "+5", "99999"])
def test_what_cannot_be_a_count_is_told_and_counts_nothing(see, window, ids, taken, typed):
    screen = see()
    window.take_scan(code(ids["faye"]))
    type_in(typed)
    press(Qt.Key.Key_Return)
    assert notice(window) == f"{typed} cannot be a count. Type how many there are, 0 to 9999."
    assert shown(screen) == [("浮躁", 1, -2)]


def test_a_number_beside_what_somebody_else_counted_says_what_they_make(see, window, db, at, ids, taken):
    counting_shop.scan(db, counting_shop.other(at), taken, ids["blue"], 2)
    screen = see()
    window.take_scan(code(ids["blue"]))
    assert notice(window) == ""
    type_in("3")
    press(Qt.Key.Key_Return)
    assert shown(screen) == [("Kind of Blue", 5, 0)]
    assert notice(window) == "Kind of Blue: your 3 and what others counted make 5."


def test_f4_without_a_chosen_row_opens_the_one_on_top(see, window, desk, qtbot, counted):
    screen = see()
    show_tab(screen, desk, qtbot, Tab.SECOND)
    assert screen.counting.face.table.current() is None
    press(Qt.Key.Key_F4)
    assert over(window).row.title == "Blue Train"


def test_a_number_typed_in_the_list_counts_the_chosen_disc(see, window, desk, qtbot, ids, taken):
    screen = see()
    show_tab(screen, desk, qtbot, Tab.UNCOUNTED)
    press(Qt.Key.Key_Down)
    assert screen.counting.face.table.hasFocus()
    assert screen.counting.face.table.current().title == "浮躁"
    type_in("3")
    press(Qt.Key.Key_Return)
    idle(desk, qtbot)
    assert notice(window) == "浮躁: 3 pieces counted."
    assert "浮躁" not in [row.title for row in screen.counting.face.table.rows_shown]


def test_a_disc_whose_code_cannot_be_read_is_found_by_its_name(see, window, qtbot, taken):
    screen = see()
    type_in("train")
    qtbot.waitUntil(lambda: screen.counting.face.box.field.has_results)
    press(Qt.Key.Key_Return)
    assert shown(screen) == [("Blue Train", 1, -1)]


@pytest.mark.parametrize(
    ("scanned", "said"), [(PAYMENT, "payment code"), (shop_code(CodeKind.STAFF, 1), "That is no disc")]
)
def test_a_scan_that_is_no_disc_is_told_and_counts_nothing(see, window, taken, scanned, said):
    screen = see()
    assert window.take_scan(scanned)
    assert said in notice(window)
    assert PAYMENT not in notice(window)
    assert shown(screen) == []


def test_an_unknown_barcode_is_kept_told_and_named(see, window, desk, qtbot, taken):
    screen = see()
    window.take_scan(NOBODYS)
    assert NOBODYS in notice(window)
    press(Qt.Key.Key_Return, CTRL)
    sheet = over(window)
    sheet.field.setText("fuzao")
    qtbot.waitUntil(lambda: sheet.table.current() is not None)
    press(Qt.Key.Key_F12)
    idle(desk, qtbot)
    assert notice(window) == f"{NOBODYS} is 浮躁."
    assert shown(screen) == [("浮躁", 1, -2)]
    assert window.findChild(object, "unknownTab").text() == "Unknown barcodes 0"


def test_a_disc_of_another_list_is_told_and_one_goes_there(see, window, desk, qtbot, db, at, ids):
    first = counting_shop.begin(db, at, Scope.SHELF, "J1")
    second = counting_shop.begin(db, at, Scope.SHELF, "C2")
    screen: Any = see()
    assert not screen.take
    assert [row.stocktake_id for row in screen.page.table.rows_shown] == [second, first]
    press(Qt.Key.Key_Return)
    idle(desk, qtbot)
    window.take_scan(code(ids["blue"]))
    assert f"on the list of stocktake #{first}" in notice(window)
    press(Qt.Key.Key_Return, CTRL)
    assert screen.take.stocktake_id == first


def test_what_another_till_counts_is_seen_when_the_screen_comes_to_the_front(see, db, at, ids, taken):
    see()
    counting_shop.scan(db, counting_shop.other(at), taken, ids["blue"], 2)
    screen = see()
    assert shown(screen) == [("Kind of Blue", 2, -3)]


def test_a_sale_after_the_count_is_allowed_for_and_said(see, db, at, ids, taken, now):
    counting_shop.scan(db, at, taken, ids["blue"], 5)
    sold = At(at.actor, 1, now + timedelta(minutes=4))
    db.run(stock.move, sold, ids["blue"], -1, StockReason.SALE, cost_minor=0, business_on=now.date())
    screen = see()
    cells = [screen.counting.face.table.model().index(0, column).data() for column in range(7)]
    assert cells[2:5] == ["5", "5", "0"]
    assert "1 more sold at" in cells[6]


def test_a_blind_count_shows_a_cashier_nothing_of_what_is_expected(see, window, desk, db, at, ids):
    counting_shop.begin(db, at, is_blind=True)
    desk.actor = Actor(2, "Wu", Role.CASHIER)
    screen = see()
    window.take_scan(code(ids["blue"]))
    table = screen.counting.face.table
    assert [table.isColumnHidden(column) for column in range(7)] == [False, False, True, False, True, True, False]
    assert not window.findChild(object, "differencesTab").isVisible()
    assert not screen.counting.face.cards["matches"].isVisible()
    assert shown(screen) == [("Kind of Blue", 1, None)]


def test_of_a_blind_count_a_manager_asks_and_a_cashier_sees_what_is_counted_again(
    see, window, desk, qtbot, db, at, ids
):
    take = counting_shop.begin(db, at, is_blind=True, tolerance_qty=1)
    counting_shop.scan(db, at, take, ids["blue"])
    desk.actor = Actor(2, "Wu", Role.CASHIER)
    screen = see()
    assert note(screen, "Kind of Blue") == ""
    assert not screen.counting.face.recount_button.isVisible()
    press(Qt.Key.Key_F6)
    assert notice(window) == "Of a blind count a manager says what is counted again."
    db.run(count_decisions.ask_recounts, at, take)
    screen = see()
    assert window.findChild(object, "secondTab").text() == "Second count 1"
    show_tab(screen, desk, qtbot, Tab.SECOND)
    assert note(screen, "Kind of Blue") == "recount asked"


def test_a_scan_while_no_stocktake_is_open_is_told_and_kept(see, window, ids):
    see()
    assert not window.take_scan(code(ids["blue"]))
    assert "No stocktake is open here" in notice(window)


# ---- settling what differs ----


@pytest.fixture
def counted(db, at, ids, taken):
    """Blue: four of five, allowed. Train: none of two, too much. 浮躁 right. The used copy is not there yet."""
    counting_shop.scan(db, at, taken, ids["blue"], 4)
    counting_shop.number(db, at, taken, ids["train"], 0)
    counting_shop.number(db, at, taken, ids["faye"], 3)
    return taken


def pick(screen, title, copy_id=None):
    row = next(r for r in screen.counting.face.table.rows_shown if r.title == title and r.copy_id == copy_id)
    assert screen.counting.face.table.pick((row.edition_id, row.copy_id))


def note(screen, title):
    table = screen.counting.face.table
    place = [row.title for row in table.rows_shown].index(title)
    return table.model().index(place, 6).data()


def test_a_difference_gets_its_reason(see, window, desk, qtbot, counted):
    screen = see()
    show_tab(screen, desk, qtbot, Tab.DIFFERENCES)
    assert shown(screen) == [("Blue Train", 0, -2), ("Kind of Blue", 4, -1)]
    pick(screen, "Kind of Blue")
    press(Qt.Key.Key_F4)
    sheet = over(window)
    assert text(window, "countRow_difference") == "−1 · −¥40.00"
    sheet.reason.choose("theft")
    sheet.note.setText("seen on Friday")
    press(Qt.Key.Key_F12)
    idle(desk, qtbot)
    assert note(screen, "Kind of Blue") == "Stolen · seen on Friday"


def test_too_large_a_difference_waits_for_somebody_else_who_counts_it(see, window, desk, qtbot, db, at, ids, counted):
    screen = see()
    assert window.findChild(object, "secondTab").text() == "Second count 1"
    show_tab(screen, desk, qtbot, Tab.SECOND)
    assert note(screen, "Blue Train") == "too far off: F6 asks for a second count"
    press(Qt.Key.Key_F6)
    idle(desk, qtbot)
    assert notice(window) == "2 discs are to be counted again."
    window.take_scan(code(ids["train"]))
    assert "Somebody else has to count it again" in notice(window)
    counting_shop.scan(db, counting_shop.other(at), counted, ids["train"], 1)
    show_tab(screen, desk, qtbot, Tab.DIFFERENCES)
    assert note(screen, "Blue Train") == "first count 0 by Lin"


def test_a_manager_accepts_only_with_a_reason(see, window, desk, qtbot, counted):
    screen = see()
    show_tab(screen, desk, qtbot, Tab.SECOND)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_A, ALT)
    assert text(window, "countRowTrouble")
    over(window).note.setText("water damage, thrown away")
    press(Qt.Key.Key_A, ALT)
    idle(desk, qtbot)
    assert top_sheet(window) is None
    assert shown(screen) == []
    show_tab(screen, desk, qtbot, Tab.DIFFERENCES)
    assert note(screen, "Blue Train") == "accepted"


def test_a_used_copy_that_is_not_there_is_named(see, window, desk, qtbot, ids, counted):
    screen = see()
    show_tab(screen, desk, qtbot, Tab.UNCOUNTED)
    assert [row.copy_id for row in screen.counting.face.table.rows_shown] == [ids["copy"]]
    press(Qt.Key.Key_Down)
    type_in("1")
    press(Qt.Key.Key_Return)
    assert "one piece" in notice(window)
    press(Qt.Key.Key_F4)
    press(Qt.Key.Key_M, ALT)
    idle(desk, qtbot)
    assert shown(screen) == []
    show_tab(screen, desk, qtbot, Tab.DIFFERENCES)
    cell = screen.counting.face.table.model().index(2, 0).data()
    assert cell == "Kind of Blue · used VG+/VG"
    assert screen.counting.face.table.model().index(2, 6).data() == "not found"


# ---- review and post ----


def accept_train(db, at, taken, ids):
    from av_pos.services import count_decisions

    db.run(count_decisions.accept_line, at, taken, ids["train"], "seen")


def test_review_says_what_stands_open_and_leads_there(see, window, desk, qtbot, counted):
    screen = see()
    press(Qt.Key.Key_F12)
    sheet = over(window)
    assert not sheet.main_button.isEnabled()
    assert "1 difference is larger than allowed" in text(window, "reviewSecondWords")
    assert "1 line was not counted" in text(window, "reviewUncountedWords")
    assert text(window, "reviewMissingValue") == "3"
    press(Qt.Key.Key_S, ALT)
    idle(desk, qtbot)
    assert screen.counting.face.tab is Tab.SECOND
    assert [row.title for row in screen.counting.face.table.rows_shown] == ["Blue Train"]


def test_posting_says_what_it_did_and_is_announced(see, window, desk, qtbot, db, at, ids, counted):
    accept_train(db, at, counted, ids)
    screen = see()
    heard: list[Any] = []
    desk.events.stocktake_posted.connect(heard.append)
    press(Qt.Key.Key_F12)
    press(Qt.Key.Key_F12)
    idle(desk, qtbot)
    assert notice(window) == "Posted: 3 pieces missing; −¥120.00 at cost."
    assert [one.missing_qty for one in heard] == [3]
    assert counting_shop.on_hand(db, ids["train"])[0] == 0
    assert screen.heading()[1].startswith("posted ")
    assert not screen.counting.face.box.isVisible()
    assert shown(screen) == [("Blue Train", 0, -2), ("Kind of Blue", 4, -1)]
    assert not window.take_scan(code(ids["blue"]))
    press(Qt.Key.Key_Escape)
    assert [row.status for row in screen.page.table.rows_shown] == ["posted"]


def test_keys_pressed_once_too_often_post_no_count_that_nobody_made(see, window, desk, qtbot, taken):
    screen = see()
    for _again in range(2):
        press(Qt.Key.Key_F12)
        idle(desk, qtbot)
    assert "Nothing was counted yet" in text(window, "reviewWords")
    press(Qt.Key.Key_Escape)
    assert screen.take.status == "open"


def test_the_rest_is_taken_for_gone_only_when_said_twice(see, window, desk, qtbot, ids, counted):
    screen = see()
    press(Qt.Key.Key_F12)
    press(Qt.Key.Key_G, ALT)
    assert "would be taken for gone" in text(window, "restIsGoneWords")
    assert screen.counting.face.bar.value() == 3
    press(Qt.Key.Key_G, ALT)
    idle(desk, qtbot)
    assert text(window, "countedCardValue") == "4 / 4"


def test_cancelled_posting_posts_nothing_and_counting_goes_on(see, window, desk, qtbot, db, at, ids, counted,
                                                              monkeypatch):  # fmt: skip
    from av_pos.services import stocktake_posting

    accept_train(db, at, counted, ids)

    def endless(db, at, take, approval_id, progress):
        db.run(stocktake_posting._begin, at, take, None)
        while True:
            progress(1, 4)

    monkeypatch.setattr(stocktake_posting, "post", endless)
    screen = see()
    press(Qt.Key.Key_F12)
    press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: text(window, "workingWords").startswith("1 of 4"))
    press(Qt.Key.Key_Escape)
    idle(desk, qtbot)
    assert notice(window) == "Nothing was posted. The stocktake is open again."
    assert screen.take.status == "open"
    window.take_scan(code(ids["faye"]))
    assert shown(screen)[0] == ("浮躁", 4, 1)
    assert counting_shop.on_hand(db, ids["train"])[0] == 2


def test_a_till_that_locks_itself_while_posting_puts_the_stocktake_back(see, window, desk, qtbot, db, at, ids, counted,
                                                                        monkeypatch):  # fmt: skip
    from av_pos.services import stocktake_posting
    from av_pos.ui.desk import NOBODY

    accept_train(db, at, counted, ids)

    def endless(db, at, take, approval_id, progress):
        db.run(stocktake_posting._begin, at, take, None)
        while True:
            progress(1, 4)

    monkeypatch.setattr(stocktake_posting, "post", endless)
    see()
    press(Qt.Key.Key_F12)
    press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: text(window, "workingWords").startswith("1 of 4"))
    while (sheet := top_sheet(window)) is not None:
        sheet.cancel()
    desk.actor = NOBODY
    idle(desk, qtbot)
    assert [row.status for row in db.ask(stocktakes.list_stocktakes, at)] == ["open"]


def test_posting_that_a_crash_broke_off_goes_on(see, window, desk, qtbot, db, at, ids, counted):
    from av_pos.services import stocktake_posting

    accept_train(db, at, counted, ids)
    db.run(stocktake_posting._begin, at, counted, None)
    screen = see()
    assert screen.take is None
    press(Qt.Key.Key_Return)
    assert text(window, "brokenOffSheetTitle") == "Posting was broken off"
    press(Qt.Key.Key_F12)
    idle(desk, qtbot)
    assert counting_shop.on_hand(db, ids["train"])[0] == 0
    assert [row.status for row in screen.page.table.rows_shown] == ["posted"]


def test_a_list_that_a_crash_broke_off_is_dropped(see, window, desk, qtbot, db, at, ids):
    db.run(stocktakes._write_head, at, stocktakes.NewStocktake(Scope.SHOP))
    screen = see()
    press(Qt.Key.Key_Return)
    assert text(window, "brokenOffSheetTitle") == "The list was not written to its end"
    over(window).findChild(object, "brokenOffOther").click()
    idle(desk, qtbot)
    assert [row.status for row in screen.page.table.rows_shown] == ["dropped"]


def test_dropping_asks_and_names_what_is_lost(see, window, desk, qtbot, counted):
    screen = see()
    press(Qt.Key.Key_Delete, CTRL)
    assert "What was counted (3 lines) is not posted" in text(window, "dropCountWords")
    press(Qt.Key.Key_Return)
    assert screen.take.status == "open"
    press(Qt.Key.Key_Delete, CTRL)
    press(Qt.Key.Key_F12)
    idle(desk, qtbot)
    assert screen.take is None
    assert [row.status for row in screen.page.table.rows_shown] == ["dropped"]


def test_what_another_till_posted_is_over_here_too(see, window, db, at, ids, counted):
    screen = see()
    accept_train(db, at, counted, ids)
    counting_shop.post(db, at, counted)
    window.take_scan(code(ids["blue"]))
    assert "posted" in notice(window)
    assert see() is screen
    assert screen.counting.face.tab is Tab.DIFFERENCES
    assert not screen.counting.face.box.isVisible()


# ---- paper and files ----


@pytest.mark.parametrize(("which", "title"), [("to_count", False), ("differences", True)])
def test_a_list_is_shown_on_paper(see, window, desk, qtbot, counted, papers, tmp_path, which, title):
    see()
    press(Qt.Key.Key_F7)
    over(window).which.choose(which)
    press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bool(papers))
    write, words, name = papers[0]
    write(tmp_path / "list.pdf")
    assert (tmp_path / "list.pdf").read_bytes().startswith(b"%PDF")
    assert words == "Stocktake #1 · Whole shop, spring"
    assert ("differences" in name) is title


def test_the_list_in_front_is_exported(see, desk, qtbot, counted, tmp_path):
    screen = see()
    show_tab(screen, desk, qtbot, Tab.DIFFERENCES)
    screen._export()
    screen.export_to(str(tmp_path / "list.csv"))
    idle(desk, qtbot)
    head, *rows = (tmp_path / "list.csv").read_text("utf-8-sig").splitlines()
    assert head == "Disc,Shelf,Expected,Counted,Difference,At cost,Note"
    assert rows[0].startswith("Blue Train · John Coltrane · CD")
    assert ",J1,2,0,−2,-80.00,too far off: F6 asks for a second count" in rows[0]


def test_an_amount_far_down_the_list_is_not_cut_once_something_is_counted(dressed, qtbot, db, at, ids, taken):
    code = shop_code(CodeKind.EDITION, ids["blue"])
    row = replace(db.run(counting.count_scan, at, taken, code).row, value_minor=None)
    table = count_table("CNY", "Asia/Shanghai")
    table.resize(1600, 1000)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    rows = [replace(row, edition_id=number) for number in range(100, 114)]
    table.set_rows([*rows[:12], replace(rows[12], value_minor=-1234567890), rows[13]])
    table.put_first(replace(row, edition_id=99))
    cost = [column.title for column in table._model.columns].index("At cost")
    assert table.columnWidth(cost) > table.fontMetrics().horizontalAdvance("−12,345,678.90")
