"""The price rules' screen: written, previewed, replayed, switched on; by keys alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPlainTextEdit
from sqlalchemy import update
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import later, sell

from av_pos.domain.at import Actor
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.loyalty import Level
from av_pos.domain.permissions import ROLES, Permission, Role
from av_pos.domain.rules import (
    AmountOff,
    BundlePrice,
    CheapestFree,
    Condition,
    FixedPrice,
    MixedBundle,
    PercentOff,
    Rule,
    SpendGet,
    TakeNPayM,
    What,
    When,
    Who,
)
from av_pos.models.price_rule import PRICE_RULE
from av_pos.services import coupons, levels, price_replay, price_rules, search, shifts, shop_settings
from av_pos.ui import rule_words
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.main_window import MainWindow, Place
from av_pos.ui.price_rules import shelf
from av_pos.ui.price_rules.draft import RuleDraft, draft_of, read_rule
from av_pos.ui.price_rules.screen import PriceRulesScreen
from av_pos.ui.price_rules.shelf import preview_rule, read_shelf
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.sheet import top_sheet

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
EVERY_KIND = (
    FixedPrice(4999),
    PercentOff(1250),
    AmountOff(1000),
    TakeNPayM(3, 2),
    CheapestFree(4),
    BundlePrice(3, 15000),
    MixedBundle((What(formats=frozenset({"CD"})), What(formats=frozenset({"LP"}))), 20000),
    SpendGet(30000, amount_minor=3000),
    SpendGet(30000, percent_bp=1000),
)


@pytest.fixture
def ids(db, at):
    """Two jazz discs, a rock one, a used copy of the rock one; an open shift."""

    def fill(session):
        blue = make_edition(session, style="jazz", label="Columbia", qty=50)
        train = make_edition(session, title="Blue Train", artist="John Coltrane", style="jazz", format="LP",
                             price_minor=19800, cost_minor=19000, qty=50)  # fmt: skip
        kid_a = make_edition(session, title="Kid A", artist="Radiohead", style="rock", price_minor=7800, qty=50)
        make_copy(session, kid_a)
        search.rebuild_index(session)
        return {"blue": blue, "train": train, "kid_a": kid_a}

    found = db.run(fill)
    db.run(
        levels.set_levels, at, (Level("plain", "Plain", "普通", 0), Level("gold", "Gold", "金卡", 500000, 500, 15000))
    )
    db.run(shifts.open_shift, at, 30000)
    return found


@pytest.fixture
def desk(db, ids, now, qapp):
    tasks = Tasks()
    made = Desk(db, 1, Events(), tasks, clock=lambda: now)
    made.actor = Actor(1, "Lin", Role.MANAGER)
    yield made
    assert tasks.shutdown(10_000)


@pytest.fixture
def window(desk, dressed, qtbot):
    made = MainWindow("shop")
    screen = PriceRulesScreen(desk, desk.ask(shop_settings.get_settings))
    made.add_screens([Place(lambda: screen, "price_rules", "navPriceRules", "discount", "Prices")])
    desk.events.notice.connect(made.tell)
    desk.events.refused.connect(made.show_refusal)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def screen(window):
    window.show_screen("price_rules")
    return window.front


def keep(desk, window, *rules):
    """Keep rules as another till would, and show the screen anew; returns their ids."""
    found = [desk.do(price_rules.save_rule, rule).rule_id for rule in rules]
    window.show_screen("price_rules")
    return found


def spoil(session):
    session.execute(update(PRICE_RULE).values(data="{}"))


def over(window) -> Any:
    sheet = top_sheet(window)
    assert sheet is not None
    return sheet


def focused() -> Any:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(focused(), key, modifier)


def type_in(widget, name, typed):
    field = widget.findChild(QLineEdit, name)
    field.clear()
    QTest.keyClicks(field, typed)


def text(widget, name):
    return widget.findChild(QLabel, name).text()


def names(screen):
    return [row.name for row in screen.table.rows_shown]


def only(desk):
    (row,) = desk.ask(price_rules.list_rules)
    return row


def tab_to(name):
    """Press Tab until the widget of this name has the focus."""
    for _ in range(80):
        if focused().objectName() == name:
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never comes to {name}")


def replayed(window, qtbot):
    """Press F7 and wait for the end."""
    press(Qt.Key.Key_F7)
    sheet = over(window)
    qtbot.waitUntil(lambda: not sheet._bar.isVisible(), timeout=10_000)
    return sheet


# ---- the list ----


def test_a_shop_without_rules_is_told_what_they_are_for_and_starts_from_an_example(screen, window, desk):
    assert "A price rule takes something off" in text(screen, "noRulesAbout")
    press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    form = over(window)
    assert form.findChild(QLineEdit, "take_qtyField").text() == "3"
    press(Qt.Key.Key_F12)
    rule = only(desk).rule
    assert rule.give == TakeNPayM(3, 2)
    assert rule.what == What(formats=frozenset({"CD"}), condition=Condition.USED)
    assert not only(desk).is_on
    assert names(screen) == [rule.name]


def test_the_list_says_what_each_rule_does_and_whether_it_is_on(screen, window, desk):
    first, second, _third = keep(
        desk,
        window,
        Rule(
            0, "Jazz weekend", PercentOff(1000), What(styles=frozenset({"jazz"})), when=When(weekdays=frozenset({5, 6}))
        ),
        Rule(0, "Gold evening", AmountOff(500), who=Who(frozenset({"gold"})), when=When(from_min=1080, to_min=1200)),
        Rule(0, "Flyer", SpendGet(30000, 3000), who=Who(coupon="*"), is_exclusive=True, priority=7),
    )
    desk.do(price_rules.switch_rule, first, True)
    window.show_screen("price_rules")
    assert names(screen) == ["Jazz weekend", "Flyer", "Gold evening"]
    cells = [[screen.table.model().index(row, column).data(SPOKEN) for column in range(5)] for row in range(3)]
    assert cells[0] == ["Jazz weekend · Jazz: 10% off", "Sat, Sun", "everybody", "100", "on"]
    assert cells[1] == [
        "Flyer · stands alone · no coupon yet · All discs: spend ¥300.00, get ¥30.00 off", "always", "with a coupon",
        "7", "off",
    ]  # fmt: skip
    assert cells[2] == ["Gold evening · All discs: ¥5.00 off each", "18:00–20:00", "Gold", "100", "off"]
    assert screen.heading() == ("Prices", "1 rule is on")
    screen.table.pick(second)
    assert text(screen, "ruleSentence") == "All discs: ¥5.00 off each"
    assert text(screen, "rule_together") == "with others"


def test_typing_filters_and_arrows_walk_while_the_field_has_the_focus(screen, window, desk):
    keep(desk, window, Rule(0, "One", PercentOff(1000)), Rule(0, "Two", PercentOff(2000)))
    press(Qt.Key.Key_Down)
    assert text(screen, "ruleName") == "Two"
    QTest.keyClicks(focused(), "on")
    assert names(screen) == ["One"]
    assert text(screen, "ruleName") == "One"
    press(Qt.Key.Key_Escape)
    assert names(screen) == ["One", "Two"]


def test_a_rule_past_its_last_day_says_so(screen, window, desk, now):
    (rule_id,) = keep(desk, window, Rule(0, "Yesterday", PercentOff(1000), when=When(last_on=date(2026, 11, 20))))
    desk.do(price_rules.switch_rule, rule_id, True)
    desk.clock = lambda: now + timedelta(days=1)
    window.show_screen("price_rules")
    assert screen.table._state(screen.table.current()) == Mark("over", "warn", 2)


# ---- the form ----


def test_a_rule_is_written_by_keys_alone(screen, window, desk, qtbot):
    press(Qt.Key.Key_F12)
    form = over(window)
    QTest.keyClicks(focused(), "Jazz evening")
    press(Qt.Key.Key_Tab)
    assert focused().objectName() == "kindField"
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(focused(), "12.5")
    tab_to("stylePick")
    press(Qt.Key.Key_Space)
    assert over(window).objectName() == "pickSheet"
    QTest.keyClicks(focused(), "jaz")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_F12)
    assert over(window) is form
    tab_to("weekday4")
    press(Qt.Key.Key_Space)
    tab_to("fromField")
    QTest.keyClicks(focused(), "14:00")
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(focused(), "20:30")
    qtbot.waitUntil(lambda: text(form, "previewCount") == "2 discs of the catalogue are touched.")
    assert text(form, "previewSentence") == "Jazz: 12.5% off"
    press(Qt.Key.Key_F12)
    assert top_sheet(window) is None
    rule = only(desk).rule
    assert rule == Rule(
        rule.id,
        "Jazz evening",
        PercentOff(1250),
        What(styles=frozenset({"jazz"})),
        when=When(weekdays=frozenset({4}), from_min=840, to_min=1230),
    )
    assert window.notices.current.text == "Saved: Jazz evening. It is off: replay it first."


NEEDED = {
    "price": ["price"], "percent": ["percent"], "amount": ["amount"], "n_for_m": ["take_qty", "pay_qty"],
    "cheapest_free": ["take_qty"], "bundle": ["price", "take_qty"], "spend": ["percent", "spend", "amount"],
    "mixed_bundle": ["price"],
}  # fmt: skip


@pytest.mark.parametrize("kind", NEEDED)
def test_only_the_fields_that_a_kind_needs_can_be_seen(screen, window, kind):
    press(Qt.Key.Key_F12)
    form = over(window)
    form._give._kind.choose(kind)
    fields = ("price", "percent", "amount", "spend", "take_qty", "pay_qty")
    seen = {name for name in fields if form.findChild(QLineEdit, f"{name}Field").isVisible()}
    assert seen == set(NEEDED[kind])


@pytest.mark.parametrize("give", EVERY_KIND, ids=lambda give: type(give).__name__)
def test_what_the_form_shows_of_a_rule_is_the_rule(give):
    rule = Rule(
        7,
        "Everything",
        give,
        What(frozenset({1}), frozenset({"jazz"}), grades=frozenset({"NM"}), condition=Condition.USED),
        Who(frozenset({"gold"}), birthday_only=True, staff_only=True, coupon="*"),
        When(date(2026, 11, 1), date(2026, 12, 24), frozenset({0, 6}), 0, 1440),
        is_exclusive=True,
        priority=3,
        floor_margin_bp=1550,
    )
    assert read_rule(draft_of(rule, 2), 2) == (rule, ())


WRONG = [
    ({"name": " "}, "name", "empty"),
    ({"percent": "120"}, "percent", "too_large"),
    ({"percent": ""}, "percent", "empty"),
    ({"kind": "n_for_m", "take_qty": "2", "pay_qty": "3"}, "pay_qty", "not_below_take"),
    ({"kind": "n_for_m", "take_qty": "2.5", "pay_qty": "1"}, "take_qty", "whole_number"),
    ({"kind": "price", "price": "cheap"}, "price", "not_a_number"),
    ({"kind": "spend", "spend": "100", "amount": "150", "percent": ""}, "amount", "above_spend"),
    ({"kind": "spend", "spend": "100", "amount": "10", "percent": "10"}, "percent", "not_both"),
    ({"first_on": "2026-12-24", "last_on": "2026-12-01"}, "last_on", "before_first"),
    ({"first_on": "soon"}, "first_on", "not_a_day"),
    ({"from_time": "18:00"}, "hours", "not_both_ends"),
    ({"from_time": "18:00", "to_time": "18:00"}, "hours", "no_time"),
    ({"from_time": "25：00", "to_time": "26：00"}, "hours", "out_of_range"),
    ({"from_time": "18:00", "to_time": "late"}, "hours", "invalid"),
    ({"from_time": "25:00", "to_time": "26:00"}, "hours", "out_of_range"),
    ({"floor": "-5"}, "floor", "negative"),
    ({"floor": "20000"}, "floor", "too_large"),
    ({"priority": ""}, "priority", "empty"),
]


@pytest.mark.parametrize(("typed", "field", "reason"), WRONG)
def test_what_cannot_be_meant_is_refused_by_field(typed, field, reason):
    rule, refused = read_rule(RuleDraft(**({"name": "A rule", "percent": "10"} | typed)), 2)
    assert rule is None
    assert [(error.field, error.reason) for error in refused] == [(field, reason)]


def test_figures_typed_full_width_are_read():
    rule, refused = read_rule(
        RuleDraft(name="A rule", percent="１０％", floor="１５％", from_time="１８：３０", to_time="２０：００"), 2
    )
    assert refused == ()
    assert rule is not None
    assert (rule.give, rule.floor_margin_bp, rule.when.from_min, rule.when.to_min) == (
        PercentOff(1000),
        1500,
        1110,
        1200,
    )


def test_everything_wrong_is_told_under_its_field_and_nothing_is_kept(screen, window, desk):
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "percentField", "150")
    type_in(form, "firstOnField", "2026-12-24")
    type_in(form, "lastOnField", "2026-12-01")
    type_in(form, "floorField", "much")
    press(Qt.Key.Key_F12)
    assert text(form, "nameFieldError") == "Name: nothing was typed. Type it in."
    assert text(form, "percentFieldError") == "At most 100 per cent. Type less."
    assert text(form, "lastOnFieldError").startswith("Last day: it lies before the first day.")
    assert "much" in text(form, "floorFieldError")
    assert form.findChild(QLineEdit, "nameField").hasFocus()
    assert desk.ask(price_rules.list_rules) == ()
    press(Qt.Key.Key_Escape)
    assert top_sheet(window) is None


def test_what_the_shop_refuses_is_told_in_place(screen, window, desk, at):
    keep(desk, window, Rule(0, "Gold", PercentOff(1000), who=Who(frozenset({"gold"}))))
    desk.db.run(levels.set_levels, at, (Level("plain", "Plain", "普通", 0),))
    press(Qt.Key.Key_F4)
    form = over(window)
    press(Qt.Key.Key_F12)
    assert over(window) is form
    assert "gold" in text(form, "levelsRowError")


def test_the_preview_shows_prices_before_and_after(screen, window, qtbot):
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "percentField", "50")
    qtbot.waitUntil(lambda: form.findChild(QLabel, "previewPrice3") is not None)
    assert text(form, "previewCount") == "3 discs of the catalogue are touched."
    shown = {text(form, f"previewDisc{n}"): text(form, f"previewPrice{n}") for n in (1, 2, 3)}
    assert shown["Kind of Blue · CD"] == "68.00 → 34.00"
    type_in(form, "floorField", "0")
    type_in(form, "percentField", "10")
    qtbot.waitUntil(lambda: text(form, "previewSentence") == "All discs: 10% off")
    qtbot.waitUntil(lambda: "198.00 → 190.00" in [part.text() for part in form.preview.findChildren(QLabel)])


PREVIEWS = [
    (PercentOff(1000), What(styles=frozenset({"jazz"})), 2, [(19800, 17820), (6800, 6120)]),
    (FixedPrice(7000), What(), 3, [(7800, 7000), (19800, 7000), (6800, 6800)]),
    (TakeNPayM(2, 1), What(formats=frozenset({"CD"})), 2, [(14600, 7800)]),
    (CheapestFree(3), What(), 3, [(34400, 27600)]),
    (BundlePrice(3, 15000), What(formats=frozenset({"CD"})), 2, [(22400, 15000)]),
    (SpendGet(10000, 2500), What(artists=frozenset({"radiohead"})), 1, [(15600, 13100)]),
    (PercentOff(2000), What(condition=Condition.USED), 1, [(4500, 3600)]),
    (PercentOff(2000), What(grades=frozenset({"vg+"})), 1, [(4500, 3600)]),
    (PercentOff(2000), What(labels=frozenset({"ECM"})), 0, []),
    (
        MixedBundle((What(formats=frozenset({"CD"})), What(formats=frozenset({"LP"}))), 20000),
        What(),
        3,
        [(27600, 20000)],
    ),
    (
        MixedBundle((What(condition=Condition.USED), What(condition=Condition.NEW, formats=frozenset({"LP"}))), 20000),
        What(),
        2,
        [(24300, 20000)],
    ),
    (
        MixedBundle((What(formats=frozenset({"CD"})), What(artists=frozenset({"Radiohead"}))), 10000),
        What(),
        2,
        [(14600, 10000)],
    ),
]


@pytest.mark.parametrize(("give", "what", "touched", "prices"), PREVIEWS)
def test_the_preview_prices_what_a_rule_would_touch(db, ids, give, what, touched, prices):
    # Days, hours and people are left aside: a preview says what the rule does when it works.
    rule = Rule(0, "new", give, what, Who(coupon="*"), When(weekdays=frozenset({0})))
    preview = db.ask(preview_rule, 5, rule, db.ask(read_shelf))
    assert (preview.number, preview.editions_qty, preview.is_whole) == (5, touched, True)
    assert [(sample.before_minor, sample.after_minor) for sample in preview.samples] == prices


def test_a_catalogue_that_is_too_large_to_be_counted_says_at_least(screen, window, monkeypatch, qtbot):
    monkeypatch.setattr(shelf, "MOST_EDITIONS", 2)
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "percentField", "50")
    qtbot.waitUntil(lambda: text(form, "previewCount") == "At least 2 discs of the catalogue are touched.")


SAID = [
    (What(), "All discs"),
    (What(styles=frozenset({"jazz", "hand made"}), formats=frozenset({"LP"})), "Jazz / hand made, LP"),
    (What(categories=frozenset({"film"}), condition=Condition.NEW), "new, Film"),
    (What(artists=frozenset({"王菲"}), labels=frozenset({"ECM"})), "by 王菲, on ECM"),
    (What(grades=frozenset({"NM", "M"}), condition=Condition.USED), "used, graded M / NM"),
    (What(formats=frozenset("ABCD")), "A / B / C / D"),
    (What(formats=frozenset("ABCDE")), "A / B / C / 2 more"),
]


GIVEN = (
    "¥49.99 each",
    "12.5% off",
    "¥10.00 off each",
    "take 3, pay for 2",
    "of 4 the cheapest is free",
    "3 for ¥150.00",
    "CD + LP for ¥200.00",
    "spend ¥300.00, get ¥30.00 off",
    "spend ¥300.00, get 10% off",
)


@pytest.mark.parametrize(("give", "said"), tuple(zip(EVERY_KIND, GIVEN, strict=True)), ids=GIVEN)
def test_what_a_rule_gives_is_said_in_words(give, said):
    assert rule_words.give_words(give, "CNY") == said


def test_a_rule_that_cannot_be_read_is_only_taken_away(screen, window, desk):
    """What no part of the program wrote is listed, and can only be taken away."""
    keep(desk, window, Rule(0, "Odd", PercentOff(1000)))
    desk.db.run(spoil)
    window.show_screen("price_rules")
    assert text(screen, "ruleSentence") == "What is kept of this rule cannot be read."
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F6, Qt.Key.Key_F7):
        press(key)
        assert top_sheet(window) is None
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_F12)
    assert desk.ask(price_rules.list_rules) == ()


@pytest.mark.parametrize(("what", "said"), SAID)
def test_which_discs_are_meant_is_said_in_words(what, said):
    assert rule_words.discs_words(what) == said


MOMENTS = [
    (When(), "always"),
    (When(date(2026, 12, 24), date(2026, 12, 24)), "Thu 24 Dec 2026"),
    (When(first_on=date(2026, 12, 24)), "from Thu 24 Dec 2026"),
    (When(last_on=date(2026, 12, 24), weekdays=frozenset({6, 5})), "until Thu 24 Dec 2026, Sat, Sun"),
    (When(weekdays=frozenset(range(7)), from_min=1320, to_min=120), "22:00–02:00"),
    (When(from_min=0, to_min=1440), "00:00–24:00"),
]


@pytest.mark.parametrize(("when", "said"), MOMENTS)
def test_when_a_rule_holds_is_said_in_words(when, said):
    assert rule_words.when_words(when) == said


def test_discs_are_chosen_by_searching_the_catalogue(screen, window, desk, ids):
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "nameField", "This one")
    type_in(form, "percentField", "10")
    tab_to("editionPick")
    press(Qt.Key.Key_Space)
    QTest.keyClicks(focused(), "coltrane")
    press(Qt.Key.Key_Return)
    assert window.take_scan(shop_code(CodeKind.EDITION, ids["kid_a"]))
    press(Qt.Key.Key_Return)
    assert "Blue Train" in text(over(window), "pickHint")
    press(Qt.Key.Key_F12)
    assert focused().toolTip().startswith("Blue Train · John Coltrane · LP, Kid A")
    press(Qt.Key.Key_F12)
    assert only(desk).rule.what == What(edition_ids=frozenset({ids["train"], ids["kid_a"]}))
    assert text(screen, "ruleSentence") == "2 chosen discs: 10% off"


def test_a_bundle_of_one_of_each_is_put_together_changed_and_tried_out(screen, window, desk, qtbot):
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "nameField", "Pair")
    tab_to("kindField")
    form._give._kind.choose("mixed_bundle")
    type_in(form, "priceField", "200")
    for name, word in (("part1", "CD"), ("part2", "LP"), ("part3", "LP")):
        tab_to(name)
        press(Qt.Key.Key_Space)
        assert over(window).objectName() == "partSheet"
        tab_to("formatPick")
        press(Qt.Key.Key_Space)
        QTest.keyClicks(focused(), word)
        press(Qt.Key.Key_Return)
        press(Qt.Key.Key_F12)
        press(Qt.Key.Key_F12)
        assert over(window) is form
    assert text(form, "previewSentence") == "All discs: CD + LP + LP for ¥200.00"
    tab_to("part3")
    press(Qt.Key.Key_Space)
    tab_to("removePart")
    press(Qt.Key.Key_Space)
    assert over(window) is form
    qtbot.waitUntil(lambda: text(form, "previewCount") == "3 discs of the catalogue are touched.")
    # Without a screen the platform takes the window's focus when the sheets' lists are deleted.
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    press(Qt.Key.Key_F12)
    assert only(desk).rule.give == MixedBundle(
        (What(formats=frozenset({"CD"})), What(formats=frozenset({"LP"}))), 20000
    )


def test_a_bundle_of_one_part_is_refused_where_its_parts_stand(screen, window, desk):
    press(Qt.Key.Key_F12)
    form = over(window)
    type_in(form, "nameField", "Alone")
    form._give._kind.choose("mixed_bundle")
    type_in(form, "priceField", "200")
    press(Qt.Key.Key_F12)
    assert text(form, "partsRowError").startswith("Parts of the bundle:")
    assert desk.ask(price_rules.list_rules) == ()


def test_a_word_that_the_catalogue_has_not_yet_can_be_marked_and_taken_off_again(screen, window, desk):
    keep(desk, window, Rule(0, "Labels", PercentOff(1000), What(labels=frozenset({"Columbia"}))))
    press(Qt.Key.Key_F4)
    tab_to("labelPick")
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return)
    QTest.keyClicks(focused(), "ECM")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_F12)
    press(Qt.Key.Key_F12)
    assert only(desk).rule.what.labels == {"ECM"}


def test_a_copy_is_another_rule_with_codes_of_its_own(screen, window, desk):
    keep(desk, window, Rule(0, "Flyer", PercentOff(1000), who=Who(coupon="JAZZ20")))
    press(Qt.Key.Key_F6)
    press(Qt.Key.Key_F12)
    first, second = sorted(desk.ask(price_rules.list_rules), key=lambda row: row.rule_id)
    assert (first.name, first.rule.who.coupon, first.coupons_qty) == ("Flyer", "JAZZ20", 1)
    assert (second.name, second.rule.who.coupon, second.coupons_qty) == ("Flyer (copy)", "*", 0)


# ---- replay, on and off ----


def test_a_rule_is_replayed_before_it_can_be_switched_on(screen, window, desk, at, ids, qtbot):
    sell(desk.db, later(at, hours=-30), ids["blue"], ids["blue"])
    sell(desk.db, at, ids["train"])
    keep(desk, window, Rule(0, "CDs", PercentOff(1000), What(formats=frozenset({"CD"}))))
    assert not screen.card.switch_button.isEnabled()
    press(Qt.Key.Key_F8)
    assert window.notices.current.text.startswith("Replay it over the last 90 days first")
    assert not only(desk).is_on
    sheet = replayed(window, qtbot)
    assert text(sheet, "replayWords") == "1 receipt would have been touched; customers would have paid ¥13.60 less."
    assert text(sheet, "replayReceiptsValue") == "1"
    assert text(sheet, "replayTakingsValue") == "¥13.60"
    assert text(sheet, "replayProfitValue") == "¥12.48"
    assert text(sheet, "replayShareValue") == "4.07%"
    assert [row.lost_minor for row in sheet.table.rows_shown] == [1360]
    press(Qt.Key.Key_F12)
    assert top_sheet(window) is None
    assert only(desk).is_on
    assert window.notices.current.text == "Switched on: CDs. The next scan knows it."
    press(Qt.Key.Key_F8)
    assert not only(desk).is_on


def test_a_change_asks_for_another_replay_but_a_name_does_not(screen, window, desk, qtbot):
    keep(desk, window, Rule(0, "CDs", PercentOff(1000)))
    replayed(window, qtbot)
    press(Qt.Key.Key_Escape)
    assert screen.card.switch_button.isEnabled()
    press(Qt.Key.Key_F4)
    type_in(over(window), "nameField", "All CDs")
    press(Qt.Key.Key_F12)
    assert screen.card.switch_button.isEnabled()
    press(Qt.Key.Key_F4)
    type_in(over(window), "percentField", "20")
    press(Qt.Key.Key_F12)
    assert not screen.card.switch_button.isEnabled()


def test_a_rule_changed_elsewhere_while_its_replay_lay_open_is_not_switched_on(screen, window, desk, qtbot):
    (rule_id,) = keep(desk, window, Rule(0, "CDs", PercentOff(1000)))
    replayed(window, qtbot)
    desk.do(price_rules.save_rule, Rule(rule_id, "CDs", PercentOff(9000)))
    press(Qt.Key.Key_F12)
    assert not only(desk).is_on
    assert window.notices.current.text.startswith("Replay it over the last 90 days first")


def test_a_rule_deleted_or_switched_on_elsewhere_meanwhile_turns_no_other_rule(screen, window, desk, qtbot):
    first, second = keep(desk, window, Rule(0, "First", PercentOff(1000)), Rule(0, "Second", PercentOff(2000)))
    replayed(window, qtbot)
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Down)
    replayed(window, qtbot)
    desk.do(price_rules.switch_rule, second, True)
    press(Qt.Key.Key_F12)
    assert desk.ask(price_rules.get_rule, second).is_on
    screen.table.pick(first)
    replayed(window, qtbot)
    desk.do(price_rules.delete_rule, first)
    press(Qt.Key.Key_F12)
    assert [(row.name, row.is_on) for row in desk.ask(price_rules.list_rules)] == [("Second", True)]
    assert names(screen) == ["Second"]


def test_what_is_edited_is_the_rule_as_it_is_kept_now(screen, window, desk):
    (rule_id,) = keep(desk, window, Rule(0, "CDs", PercentOff(1000)))
    desk.do(price_rules.save_rule, Rule(rule_id, "CDs", PercentOff(3000)))
    press(Qt.Key.Key_F4)
    assert over(window).findChild(QLineEdit, "percentField").text() == "30"
    over(window).cancel()
    desk.do(price_rules.delete_rule, rule_id)
    press(Qt.Key.Key_F4)
    assert top_sheet(window) is None
    assert window.notices.current.text == "This price rule is not there any more."
    assert screen._none.isVisible()


def test_without_sales_it_says_so_and_may_be_switched_on(screen, window, desk, qtbot):
    keep(desk, window, Rule(0, "CDs", PercentOff(1000)))
    sheet = replayed(window, qtbot)
    assert text(sheet, "replayWords").startswith("Nothing was sold in these days")
    assert not sheet.table.isVisible()
    press(Qt.Key.Key_F12)
    assert only(desk).is_on


def test_a_rule_that_begins_tomorrow_is_tried_on_all_the_days(screen, window, desk, at, ids, qtbot):
    sell(desk.db, at, ids["blue"])
    keep(desk, window, Rule(0, "Soon", PercentOff(1000), when=When(first_on=date(2026, 11, 21))))
    sheet = replayed(window, qtbot)
    assert text(sheet, "replayReceiptsValue") == "1"
    assert text(sheet, "replayNotes") == "Its first and last day were left aside: it was tried on all 90 days."


def test_esc_stops_a_replay_and_leaves_the_rule_off(screen, window, desk, monkeypatch, qtbot):
    whole = price_replay.replay
    stopped: list[bool] = []

    def waits(db, at, rule, *, progress):
        try:
            for _ in range(2_000):
                whole(db, at, rule, 1)
                progress(1, 90)
        finally:
            stopped.append(True)

    monkeypatch.setattr(price_replay, "replay", waits)
    keep(desk, window, Rule(0, "CDs", PercentOff(1000)))
    press(Qt.Key.Key_F7)
    sheet = over(window)
    qtbot.waitUntil(lambda: sheet._bar.value() == 1, timeout=10_000)
    assert not sheet.main_button.isEnabled()
    press(Qt.Key.Key_Escape)
    assert top_sheet(window) is None
    qtbot.waitUntil(lambda: bool(stopped), timeout=10_000)
    assert not screen.card.switch_button.isEnabled()


def test_whoever_may_not_see_cost_sees_no_profit(screen, window, desk, at, ids, monkeypatch, qtbot):
    monkeypatch.setitem(ROLES, Role.MANAGER, frozenset(Permission) - {Permission.VIEW_COST})
    sell(desk.db, at, ids["blue"])
    keep(desk, window, Rule(0, "CDs", PercentOff(1000)))
    sheet = replayed(window, qtbot)
    assert text(sheet, "replayTakingsValue") == "¥6.80"
    assert sheet.findChild(QLabel, "replayProfitValue") is None


def test_a_rule_that_asks_for_a_coupon_is_not_on_without_one(screen, window, desk, qtbot):
    keep(desk, window, Rule(0, "Flyer", PercentOff(1000), who=Who(coupon="*")))
    replayed(window, qtbot)
    press(Qt.Key.Key_F12)
    assert window.notices.current.text.startswith("This rule asks for a coupon, and there is none.")
    assert not only(desk).is_on


# ---- deleting, coupons ----


def test_deleting_asks_first_and_says_what_is_lost(screen, window, desk):
    (rule_id,) = keep(desk, window, Rule(0, "Flyer", PercentOff(1000), who=Who(coupon="*")))
    desk.do(coupons.make_coupons, rule_id, 3)
    window.show_screen("price_rules")
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert "Its 3 coupon codes are lost." in text(over(window), "deleteRuleLost")
    press(Qt.Key.Key_Return)
    assert len(desk.ask(price_rules.list_rules)) == 1
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_F12)
    assert desk.ask(price_rules.list_rules) == ()
    assert window.notices.current.text == "Deleted: Flyer."
    assert "A price rule takes something off" in text(screen, "noRulesAbout")


def test_coupons_are_made_listed_and_saved_as_a_file(screen, window, desk, tmp_path, qtbot):
    keep(desk, window, Rule(0, "Flyer", PercentOff(1000), who=Who(coupon="*")))
    press(Qt.Key.Key_F9)
    sheet = over(window)
    QTest.keyClicks(focused(), "12")
    press(Qt.Key.Key_F12)
    assert text(sheet, "couponTold") == "12 codes are ready."
    assert len(sheet.table.rows_shown) == 12
    sheet.findChild(QPlainTextEdit, "couponCodes").setPlainText("jazz 20\n=SUM(1)")
    type_in(sheet, "couponUses", "100")
    type_in(sheet, "couponPerMember", "2")
    press(Qt.Key.Key_F12)
    row = desk.ask(coupons.get_coupon, "JAZZ20")
    assert (row.uses_limit, row.member_limit) == (100, 2)
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog, "saveDialog")
    path = tmp_path / "codes.csv"
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(lambda: text(sheet, "couponTold").startswith("Saved as"), timeout=10_000)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "Code,Times used,Uses in all,Each member"
    assert "JAZZ20,0,100,2" in lines
    assert "'=SUM(1),0,100,2" in lines
    sheet.cancel()
    assert text(screen, "rule_coupons") == "14 codes, used 0 times"


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"couponCount": ""}, "couponCount", "nothing was typed"),
        ({"couponCount": "20000"}, "couponCount", "At most 10,000"),
        ({"couponCount": "3", "couponUses": "0"}, "couponUses", "too small"),
        ({"couponCount": "3", "couponPerMember": "two"}, "couponPerMember", "not a number"),
    ],
)
def test_coupons_that_cannot_be_made_are_refused_in_place(screen, window, desk, typed, field, told):
    (rule_id,) = keep(desk, window, Rule(0, "Flyer", PercentOff(1000), who=Who(coupon="*")))
    press(Qt.Key.Key_F9)
    sheet = over(window)
    for name, value in typed.items():
        type_in(sheet, name, value)
    press(Qt.Key.Key_F12)
    assert told in text(sheet, f"{field}Error")
    assert desk.ask(coupons.list_coupons, rule_id) == ()


# ---- who may ----


def test_a_cashier_sees_no_rule_and_changes_none(window, desk):
    keep(desk, window, Rule(0, "Secret weekend", PercentOff(1000)))
    desk.actor = Actor(2, "Wu", Role.CASHIER)
    window.show_screen("price_rules")
    screen = window.front
    assert text(screen, "priceRulesRefused") == "Lin may change price rules. Press Ctrl L to switch."
    shown = [part.text() for part in screen.findChildren(QLabel) if part.isVisible()]
    assert not any("Secret" in said for said in shown)
    assert not screen.add_button.isVisible()
    for key in (Qt.Key.Key_F12, Qt.Key.Key_F4, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_F9):
        QTest.keyClick(window, key)
        assert top_sheet(window) is None
    QTest.keyClick(window, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert top_sheet(window) is None


def test_everything_that_can_be_touched_has_names(screen, window, desk):
    keep(desk, window, Rule(0, "CDs", PercentOff(1000), who=Who(coupon="*")))
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F9, Qt.Key.Key_F7):
        press(key)
        sheet = over(window)
        touched = [w for w in sheet.findChildren(object) if getattr(w, "focusPolicy", None) and w.isVisible()]
        for widget in touched:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.parentWidget() is not None:
                assert widget.objectName(), widget
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget.objectName()
        sheet.cancel()
        window.show_screen("price_rules")


@pytest.mark.parametrize("width", [1024, 1366, 1920])
def test_the_list_fits_every_till(screen, window, desk, qtbot, width):
    keep(desk, window, Rule(0, "A long name of a rule that somebody wrote", PercentOff(1000),
                            when=When(date(2026, 10, 1), date(2026, 12, 24))))  # fmt: skip
    window.resize(width, 768)
    qtbot.waitUntil(lambda: window.width() == width)
    qtbot.waitUntil(lambda: screen.table.horizontalScrollBar().maximum() == 0)
    assert screen.table.columnWidth(0) > 200
