"""The log's page: entries by person, days and kind, older ones, totals, the file; and a word for every deed."""

import ast
import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateEdit, QFileDialog, QLabel, QLineEdit, QPushButton, QTableView

import av_pos
from av_pos.domain.at import Actor
from av_pos.domain.permissions import Permission, Role
from av_pos.services import access, audit, shop_settings, staff
from av_pos.services.audit import AuditRow
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.settings import log_tab
from av_pos.ui.settings.log_filters import DayRange, named_days
from av_pos.ui.settings.log_tab import LogTab
from av_pos.ui.settings.log_words import ACTIONS, action_words, detail_words, setting_words, subject_words
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.choice_box import ChoiceBox

HOUSE = Path(av_pos.__file__).parent


@pytest.fixture
def desk(db, now, qapp):
    tasks = Tasks()
    made = Desk(db, 1, Events(), tasks, clock=lambda: now)
    made.actor = Actor(1, "Lin", Role.MANAGER)
    yield made
    assert tasks.shutdown(10_000)


@pytest.fixture
def open_log(desk, window, qtbot):
    def make():
        tab = LogTab(desk)
        window.resize(1024, 700)
        window.layout().addWidget(tab)
        tab.show()
        tab.show_now()
        settle(tab, desk, qtbot)
        return tab

    return make


@pytest.fixture
def entries(db, at, cashier_at):
    """Wu's wrong PIN just now, Lin's discount before it, Wu's void yesterday, the console's setting a month ago."""

    def write(session):
        month_ago = replace(at, actor=access.CONSOLE, now=at.now - timedelta(days=29))
        audit.record(session, month_ago, "setting_changed", "zone", before="", after="UTC")
        yesterday = replace(cashier_at, now=cashier_at.now - timedelta(days=1))
        audit.record(session, yesterday, "sale_voided", "01-0000007", amount_minor=6800, approved_by="Lin")
        audit.record(session, at, "line_discount", "=Kind of Blue", amount_minor=450, approved_by="Lin", reason="loyal")
        audit.record(session, cashier_at, "sign_in_refused", failures=2, wait_s=0)

    db.run(write)


def settle(tab, desk, qtbot):
    """Until the totals are there."""
    qtbot.waitUntil(desk.tasks.is_idle)
    qtbot.waitUntil(lambda: len(tab._totals.rows_shown) > 0 or not tab._rows)


def text(tab, name):
    return tab.findChild(QLabel, name).text()


def choose(tab, name, words):
    """Choose by keys, as a person without a mouse does: the first letters of what the list shows."""
    box = tab.findChild(ChoiceBox, name)
    box.setFocus()
    place = box.findText(words)
    assert place >= 0, words
    for _n in range(abs(place - box.currentIndex())):
        QTest.keyClick(box, Qt.Key.Key_Down if place > box.currentIndex() else Qt.Key.Key_Up)
    assert box.currentText() == words


def shown(tab):
    return [row.action for row in tab._table.rows_shown]


def totals(tab):
    model = tab.findChild(QTableView, "auditTotals").model()
    return [
        tuple(model.index(row, column).data() for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def test_the_last_seven_days_come_first_with_their_totals(open_log, entries):
    tab = open_log()
    assert shown(tab) == ["sign_in_refused", "line_discount", "sale_voided"]
    assert text(tab, "auditCount") == "3 entries"
    assert totals(tab) == [
        ("Wu", "Selling", "Sale voided", "1", "68.00"),
        ("Lin", "Prices", "Discount on a line", "1", "4.50"),
        ("Wu", "Staff", "Wrong PIN", "1", "—"),
    ]


@pytest.mark.parametrize(
    ("box", "words", "found"),
    [
        ("auditPerson", "Wu", ["sign_in_refused", "sale_voided"]),
        ("auditPerson", "Command line", []),
        ("auditKind", "Prices", ["line_discount"]),
        ("auditKind", "Staff", ["sign_in_refused"]),
        ("auditKind", "Members", []),
        ("auditDays", "Today", ["sign_in_refused", "line_discount"]),
        ("auditDays", "Yesterday", ["sale_voided"]),
        ("auditDays", "The last 30 days", ["sign_in_refused", "line_discount", "sale_voided", "setting_changed"]),
        ("auditDays", "All days", ["sign_in_refused", "line_discount", "sale_voided", "setting_changed"]),
    ],
)
def test_entries_and_totals_follow_the_boxes_by_keys(open_log, entries, desk, qtbot, box, words, found):
    tab = open_log()
    choose(tab, box, words)
    settle(tab, desk, qtbot)
    assert shown(tab) == found
    assert {row.action for row in tab._totals.rows_shown} == set(found)


def test_days_to_choose_are_typed(open_log, entries, desk, qtbot):
    tab = open_log()
    first, last = tab.findChild(QDateEdit, "auditFirstDay"), tab.findChild(QDateEdit, "auditLastDay")
    assert not first.isVisible()
    choose(tab, "auditDays", "Days to choose")
    assert first.isVisible()
    assert first.date() == last.date() == last.maximumDate() == QDate(2026, 11, 20)
    assert shown(tab) == ["sign_in_refused", "line_discount"]
    first.setDate(QDate(2026, 11, 19))
    assert shown(tab) == ["sign_in_refused", "line_discount", "sale_voided"]
    last.setDate(QDate(2026, 11, 19))
    assert shown(tab) == ["sale_voided"]
    last.setDate(QDate(2026, 11, 1))
    assert shown(tab) == ["sale_voided"]
    settle(tab, desk, qtbot)


def test_an_empty_log_says_what_will_stand_there_and_an_empty_answer_what_to_choose(open_log, desk, qtbot):
    tab = open_log()
    assert "Choose other days" in text(tab, "auditTableEmpty")
    choose(tab, "auditDays", "All days")
    assert "will stand here" in text(tab, "auditTableEmpty")
    assert text(tab, "auditCount") == "0 entries"
    settle(tab, desk, qtbot)


def test_what_is_shown_is_filtered_and_counted(open_log, entries):
    tab = open_log()
    tab.seek()
    tab.findChild(QLineEdit, "auditFilter").setText("kind loyal")
    assert shown(tab) == ["line_discount"]
    assert text(tab, "auditCount") == "1 entry"


def test_older_entries_come_page_by_page(open_log, db, at, desk, qtbot, monkeypatch):
    monkeypatch.setattr(log_tab, "PAGE", 10)

    def write(session):
        for number in range(25):
            audit.record(session, at, "no_sale", str(number))

    db.run(write)
    tab = open_log()
    older = tab.findChild(QPushButton, "olderAuditButton")
    qtbot.waitUntil(lambda: text(tab, "auditCount") == "the newest 10 of 25")
    assert totals(tab) == [("Lin", "Cash", "Drawer opened without a sale", "25", "—")]
    older.setFocus()
    QTest.keyClick(older, Qt.Key.Key_Space)
    assert text(tab, "auditCount") == "the newest 20 of 25"
    QTest.keyClick(older, Qt.Key.Key_Space)
    assert [row.subject for row in tab._table.rows_shown] == [str(n) for n in range(24, -1, -1)]
    assert text(tab, "auditCount") == "25 entries"
    assert not older.isVisible()
    choose(tab, "auditPerson", "Wu")
    assert shown(tab) == []
    assert not older.isVisible()
    settle(tab, desk, qtbot)


def test_tab_goes_through_the_boxes_to_the_lists(open_log, entries, window):
    tab = open_log()
    tab.findChild(ChoiceBox, "auditPerson").setFocus()
    order = []
    for _n in range(6):
        order.append(window.focusWidget().objectName())
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert order == ["auditPerson", "auditDays", "auditKind", "auditTable", "auditTotals", "auditFilter"]
    for name in ("auditPerson", "auditDays", "auditKind", "auditFirstDay", "auditLastDay", "auditTable", "auditTotals"):
        assert tab.findChild(object, name).accessibleName() != ""


def test_people_who_are_new_or_gone_are_offered_and_the_choice_stays(open_log, db, at, entries, desk, qtbot):
    tab = open_log()
    choose(tab, "auditPerson", "Wu")
    db.run(staff.set_active, at, 2, False)
    db.run(staff.add_staff, at, "Zhou", Role.CASHIER, "hash")
    tab.show_now()
    box = tab.findChild(ChoiceBox, "auditPerson")
    assert box.currentText() == "Wu"
    assert [box.itemText(n) for n in range(box.count())] == ["Everybody", "Lin", "Wu", "Zhou", "Command line"]
    assert shown(tab) == ["sign_in_refused", "sale_voided"]
    settle(tab, desk, qtbot)


def test_times_follow_a_change_of_the_shops_zone(open_log, db, at, entries, desk, qtbot):
    tab = open_log()
    cell = tab._table.model().index(0, 0)
    assert cell.data() == "2026-11-20 14:32"
    db.run(shop_settings.change_setting, at, "zone", "Europe/Berlin")
    tab.show_now()
    settle(tab, desk, qtbot)
    assert tab._table.model().index(1, 0).data() == "2026-11-20 07:32"


def test_what_is_asked_for_is_taken_along_as_csv_also_beyond_the_page(
    open_log, entries, desk, window, tmp_path, qtbot, monkeypatch
):
    monkeypatch.setattr(log_tab, "PAGE", 1)
    monkeypatch.setattr("av_pos.ui.settings.log_lists._PAGE", 2)
    tab = open_log()
    tab.main_action()
    dialog = window.findChild(QFileDialog, "exportAuditDialog")
    file = tmp_path / "log.csv"
    with qtbot.waitSignal(desk.events.notice):
        dialog.fileSelected.emit(str(file))
    dialog.reject()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0][:3] == ["Time", "Who", "What"]
    assert [row[2] for row in rows[1:]] == ["Wrong PIN", "Discount on a line", "Sale voided"]
    assert rows[2] == ["2026-11-20 14:32", "Lin", "Discount on a line", "'=Kind of Blue · loyal", "4.50", "Lin", "1"]


def test_csv_holds_what_the_filter_lets_through(open_log, entries, desk, tmp_path, qtbot):
    tab = open_log()
    tab.findChild(QLineEdit, "auditFilter").setText("void")
    with qtbot.waitSignal(desk.events.notice):
        tab.write_csv(str(tmp_path / "log.csv"))
    lines = (tmp_path / "log.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "01-0000007" in lines[1]


def test_csv_that_cannot_be_written_is_told(open_log, entries, tmp_path, qtbot):
    tab = open_log()
    with qtbot.waitSignal(tab.troubled) as heard:
        tab.write_csv(str(tmp_path / "nowhere" / "log.csv"))
    assert "nowhere" in str(heard.args[0])
    assert tab.export.isEnabled()


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("today", DayRange(date(2026, 3, 2), date(2026, 3, 2))),
        ("yesterday", DayRange(date(2026, 3, 1), date(2026, 3, 1))),
        ("week", DayRange(date(2026, 2, 24), date(2026, 3, 2))),
        ("month", DayRange(date(2026, 2, 1), date(2026, 3, 2))),
        ("all", DayRange()),
    ],
)
def test_days_with_a_name(name, days):
    assert named_days(name, date(2026, 3, 2)) == days


def test_days_begin_at_the_day_cut_of_the_shop():
    day = date(2026, 3, 29)
    # The night of the change to summer time: this day has 23 hours.
    berlin = DayRange(day, day).bounds("Europe/Berlin", 0)
    assert [at and at.isoformat() for at in berlin] == ["2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"]
    shanghai = DayRange(day, day).bounds("Asia/Shanghai", 240)
    assert [at and at.isoformat() for at in shanghai] == ["2026-03-28T20:00:00+00:00", "2026-03-29T20:00:00+00:00"]
    assert DayRange().bounds("Asia/Shanghai", 240) == (None, None)


# ---- words ----


def _row(now, action, subject="", **details):
    return AuditRow(now, "Lin", 1, action, subject, 0, "", details)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({}, ""),
        ({"reason": "loyal"}, "loyal"),
        ({"before": "", "after": "5"}, "— → 5"),
        ({"role": ["cashier", "manager"]}, "role Cashier → Manager"),
        ({"changes": {"role": ["cashier", "manager"]}}, "role Cashier → Manager"),
        ({"reason": "", "list_minor": 129500}, "before 1,295.00"),
        ({"qty": 2, "code": "2900000000018"}, "pieces 2 · code 2900000000018"),
        ({"something_new": 3}, "something new 3"),
        ({"edition_id": 5, "merged_id": 7}, "joined from member 7"),
        ({"again": True, "may_be_printed": False}, "again"),
        ({"changed": ["name", "phone"]}, "changed name, phone"),
        ({"before": {"rate_bp": 500, "name": "A"}, "after": {"rate_bp": 750, "name": "A"}}, "rate 5% → 7.5%"),
        ({"before": [], "after": [{"key": "gold"}]}, "— → key gold"),
        ({"list": ["x" * 70]}, "list " + "x" * 60 + "…"),
    ],
)
def test_details_in_words(now, details, words):
    assert detail_words(_row(now, "line_discount", **details), "CNY") == words


def test_deeds_and_what_they_concern_in_words(now):
    assert action_words(_row(now, "no_sale")) == "Drawer opened without a sale"
    assert action_words(_row(now, "brand_new_deed")) == "brand new deed"
    approval = _row(now, "approval", Permission.VOID_SALE)
    assert subject_words(approval, str.upper) == "Voiding a sale"
    assert subject_words(_row(now, "setting_changed", "zone"), str.upper) == "ZONE"
    assert subject_words(_row(now, "line_removed", "zone"), str.upper) == "zone"
    assert subject_words(_row(now, "points_adjusted", "12"), str.upper) == "member 12"
    assert detail_words(_row(now, "points_adjusted", qty=20, reason="late"), "CNY") == "late · points 20"
    assert setting_words("zone") == "The shop's time zone, as an IANA name."
    assert setting_words("no such setting") == "no such setting"


HANDED_ON = {"backed_up", "restored"}
"""Deeds that are recorded by a function handed on by its name, which the reading below does not follow."""


def recorded() -> Iterator[tuple[str, str]]:
    """File and deed of everything that is recorded; a deed handed on by a function is looked up where it is called."""
    for path in sorted(HOUSE.rglob("*.py")):
        source = path.read_text("utf-8")
        if "audit.record(" in source:
            tree = ast.parse(source)
            for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
                for call in _calls(function, "record"):
                    yield from ((path.name, deed) for deed in _deeds(call.args[2], function, tree))


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_audit = name != "record" or getattr(getattr(node.func, "value", None), "id", "") == "audit"
            if called == name and is_audit:
                yield node


def _deeds(node: ast.expr, function: ast.FunctionDef, tree: ast.AST) -> Iterator[str]:
    """The texts that an expression may be: written out, chosen between, put together, or given by whoever calls."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from (*_deeds(node.body, function, tree), *_deeds(node.orelse, function, tree))
    elif isinstance(node, ast.JoinedStr):
        ways = [
            list(_deeds(part.value if isinstance(part, ast.FormattedValue) else part, function, tree))
            for part in node.values
        ]
        yield from ("".join(way) for way in product(*ways))
    elif isinstance(node, ast.Name):
        for other in ast.walk(function):
            if isinstance(other, ast.Assign) and getattr(other.targets[0], "id", "") == node.id:
                yield from _deeds(other.value, function, tree)
        yield from _given(node.id, function, tree)


def _given(name: str, function: ast.FunctionDef, tree: ast.AST) -> Iterator[str]:
    names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
    for call in _calls(tree, function.name) if name in names else ():
        given = [k.value for k in call.keywords if k.arg == name]
        for value in given + call.args[names.index(name) : names.index(name) + 1]:
            if isinstance(value, (ast.Constant, ast.IfExp)):
                yield from _deeds(value, function, tree)


def test_every_deed_that_is_recorded_has_words_and_stands_under_a_kind():
    written = {deed for _file, deed in recorded()} | HANDED_ON
    assert {
        "no_sale",
        "member_suspended",
        "voucher_blocked",
        "staff_left",
        "staff_came_back",
        "pay_out",
        "catalogue_imported",
        "line_discount",
    } <= written
    assert written - set(ACTIONS) == set()
    assert written - {deed for deeds in audit.DEEDS.values() for deed in deeds} == set()


def test_words_and_kinds_name_the_same_deeds():
    assert {deed for deeds in audit.DEEDS.values() for deed in deeds} == set(ACTIONS)
