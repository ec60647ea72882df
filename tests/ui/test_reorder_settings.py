"""The reorder page of the settings: shown, saved, refused in words, taken back."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from tests.conftest import NOW

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.services import shop_settings
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.settings.reorder_tab import ReorderTab
from av_pos.ui.tasks import Tasks


@pytest.fixture
def tab(db: Database, at: At, qtbot):
    tasks = Tasks()
    desk = Desk(db, 1, Events(), tasks, clock=lambda: NOW)
    desk.actor = replace(at.actor)
    made = ReorderTab(desk)
    qtbot.addWidget(made)
    made.show()
    yield made
    assert tasks.shutdown(10_000)


def types(tab: ReorderTab, name: str, text: str) -> QLineEdit:
    field = tab.findChild(QLineEdit, f"{name}Field")
    assert field is not None
    field.setText(text)
    field.textEdited.emit(text)
    return field


def test_what_is_typed_is_kept_by_the_shop(tab, db):
    types(tab, "reorder_service_bp", "98%")
    types(tab, "reorder_budget_minor", "6,500")
    types(tab, "reorder_days_cap", "90")
    tab.findChild(QPushButton, "saveReorderButton").click()
    kept = db.ask(shop_settings.get_settings)
    assert (kept.reorder_service_bp, kept.reorder_budget_minor, kept.reorder_days_cap) == (9800, 650_000, 90)


@pytest.mark.parametrize(
    ("name", "text"), [("reorder_service_bp", "100%"), ("reorder_days_cap", "0"), ("reorder_holding_bp", "0")]
)
def test_what_cannot_be_is_refused_under_its_field(tab, db, name, text):
    before = db.ask(shop_settings.get_settings)
    types(tab, name, text)
    tab.main_action()
    assert db.ask(shop_settings.get_settings) == before
    assert any("out of range" in label.text() for label in tab.findChildren(QLabel) if label.isVisible())
    assert tab.give_up()


def test_each_field_has_its_sentence_and_nothing_is_saved_unasked(tab, db):
    before = db.ask(shop_settings.get_settings)
    types(tab, "reorder_slow_days", "200")
    assert tab.give_up()
    assert db.ask(shop_settings.get_settings) == before
    assert tab.findChild(QLineEdit, "reorder_slow_daysField").text() == "120"
