"""Low stock at the counter: told once, by the sale that causes it, and counted until somebody looks."""

import pytest
from tests.journeys.room import DISCS

from av_pos.services import editions, reservations
from av_pos.services.reservations import ReservationDraft


def sells(person, *codes):
    person.scan(*codes)
    person.presses("F12", "Enter")
    assert person.can_see("donePanel")


def news(person):
    """What the bar says once the change stands there."""
    person.waits_until(lambda: not person.program.low_stock._pause.isActive())
    return person.notice()


def test_the_sale_that_causes_it_tells_it_once(manager):
    sells(manager, DISCS.fantasy)
    assert news(manager) == "", "two are left, and the mark is one"
    sells(manager, DISCS.fantasy)
    assert news(manager) == "范特西: 1 is left."
    assert manager.sees("lowCount") == "1 low"
    manager.presses("Enter")
    sells(manager, DISCS.fantasy)
    assert news(manager) == "", "it was told already"
    assert manager.sees("lowCount") == "1 low"


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ((DISCS.fantasy,) * 3, "范特西: that was the last one."),
        ((DISCS.fantasy,) * 4, "范特西: more were sold than the books know of. Count it."),
        ((DISCS.fantasy,) * 2 + (DISCS.kind_of_blue,) * 4, "Kind of Blue and 1 more disc run low."),
    ],
)
def test_how_few_are_left_is_said(manager, codes, told):
    sells(manager, *codes)
    assert news(manager) == told


def test_the_next_scan_ends_the_news_and_leaves_the_count(manager):
    sells(manager, DISCS.fantasy, DISCS.fantasy)
    assert news(manager)
    manager.scan(DISCS.kind_of_blue)
    assert manager.notice() == ""
    assert manager.sees("lowCount") == "1 low"


def test_what_is_left_may_be_promised(manager):
    desk = manager.program.desk
    disc = desk.ask(editions.find_by_code, DISCS.fantasy)[0].id
    desk.do(reservations.put_by, ReservationDraft(disc, words="Mr Li"))
    sells(manager, DISCS.fantasy, DISCS.fantasy)
    assert news(manager) == "范特西: what is left is put by."


@pytest.mark.parametrize("way", ["Ctrl+Enter", "lowCount"])
def test_the_notice_and_the_count_open_the_list(manager, way):
    sells(manager, DISCS.fantasy, DISCS.fantasy)
    assert news(manager)
    manager.presses(way) if "+" in way else manager.touches(way)
    assert manager.screen_in_front() == "catalogue"
    assert manager.finds("catalogueTab3").isChecked()
    manager.waits_until(lambda: "范特西" in [row.title for row in manager.finds("stockTable").rows_shown])
    assert not manager.can_see("lowCount"), "somebody has looked"


def test_what_fell_below_nothing_has_its_own_list(manager):
    sells(manager, *[DISCS.fantasy] * 4)
    assert news(manager)
    manager.presses("Ctrl+Enter")
    assert manager.finds("catalogueTab2").isChecked()
    manager.waits_until(lambda: [row.title for row in manager.finds("stockTable").rows_shown] == ["范特西"])


def test_a_used_copy_runs_nothing_low(manager):
    sells(manager, DISCS.used_copy)
    assert news(manager) == ""
    assert not manager.can_see("lowCount")
