"""A disc comes in that somebody waits for: the catalogue says who, and for what has not come in it says nothing."""

import shutil

import pytest
from tests.factories import MANAGER_PIN, make_edition
from tests.ui.members_shop import fill

from av_pos.db import Database
from av_pos.services import members, search, shop_settings, wants


@pytest.fixture
def ids():
    """Filled with the shop: whom and what there is, by name."""
    return {}


@pytest.fixture
def folder(template_file, tmp_path, at, ids):
    path = tmp_path / "shop"
    path.mkdir()
    shutil.copy(template_file, path / "shop.db")
    database = Database.at(path / "shop.db")
    database.run(lambda session: shop_settings.store_setting(session, "paper_language", "en"))
    ids.update(fill(database, at))
    ids["faith"] = database.run(make_edition, title="Faith", artist="The Cure", qty=0)
    database.run(search.rebuild_index)
    database.run(wants.note_want, at, ids["wang"], ids["faith"])
    database.run(wants.note_want, at, ids["wang"], None, "cure faith")
    database.close()
    return path


@pytest.fixture
def lin(room):
    person = room.open()
    person.signs_in("Lin", MANAGER_PIN)
    person.touches("navCatalogue")
    return person


def goes_to(person, title):
    person.finds("catalogueField").clear()
    person.types(title)
    person.waits_until(lambda: [row.title for row in person.finds("catalogueTable").rows_shown] == [title])


def fills_in(person, field, text):
    widget = person.finds(field)
    widget.setFocus()
    widget.selectAll()
    person.types(text)


def counts(person, qty):
    person.presses("F4")
    fills_in(person, "quantityField", str(qty))
    person.presses("F12")
    assert person.sheet_in_front() == ""


def test_one_who_waits_is_named_with_the_phone_hidden_and_once(lin):
    goes_to(lin, "Faith")
    counts(lin, 2)
    assert lin.notice() == "王小明 138****8000 waits for Faith: tell them it is here."
    lin.touches("noticeClose")
    assert lin.notice() == "Saved: Faith"


def test_several_are_counted_whoever_waits_by_words_or_by_the_disc(lin, ids):
    desk = lin.program.desk
    for who in ("anna", "zoe"):
        desk.do(wants.note_want, ids[who], ids["faith"])
    goes_to(lin, "Faith")
    counts(lin, 1)
    assert lin.notice() == "王小明 138****8000 and 2 more wait for Faith: tell them it is here."


def test_what_is_still_not_here_is_told_to_nobody(lin):
    goes_to(lin, "Faith")
    counts(lin, 0)
    assert lin.notice() == "Saved: Faith"


def test_a_price_changed_or_a_disc_taken_away_is_no_news(lin):
    goes_to(lin, "Kid A")
    lin.presses("F4")
    fills_in(lin, "priceField", "79")
    lin.presses("F12")
    assert lin.notice() == "Saved: Kid A"
    counts(lin, 1)
    assert lin.notice() == "Saved: Kid A"


def test_a_used_copy_is_news_too(lin):
    goes_to(lin, "Faith")
    lin.presses("F6")
    fills_in(lin, "copy_price", "55")
    lin.presses("F12")
    assert lin.notice() == "王小明 138****8000 waits for Faith: tell them it is here."


def test_a_new_disc_is_held_against_what_was_asked_for_in_words(lin, ids):
    lin.presses("F12")
    for field, text in (("titleField", "浮躁"), ("artistField", "王菲"), ("priceField", "98"), ("quantityField", "3")):
        fills_in(lin, field, text)
    lin.presses("F12", "F12")
    assert lin.notice() == "Saved: 浮躁", "王菲 黑胶 was asked for"
    desk = lin.program.desk
    desk.do(wants.note_want, ids["zoe"], None, "blue train")
    lin.presses("F12")
    for field, text in (("titleField", "Blue Train"), ("artistField", "John Coltrane"), ("priceField", "98")):
        fills_in(lin, field, text)
    fills_in(lin, "quantityField", "3")
    lin.presses("F12", "F12")
    assert lin.notice() == "Zoe waits for Blue Train: tell them it is here."
    assert desk.ask(members.get_member, desk.at, ids["zoe"]).phone == ""
