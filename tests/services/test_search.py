"""Typing three letters and finding the disc: accents, hanzi, pinyin, initials, numbers; at once, best sellers first."""

import sys
from dataclasses import replace
from subprocess import run
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update
from tests.factories import make_edition
from tests.thorough import examples

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.models import EDITION, SEARCH_KEY
from av_pos.services import basket, catalogue, checkout, search, shifts
from av_pos.services.catalogue import EditionDraft
from av_pos.services.search_words import wanted, words_of

SHELF = [
    EditionDraft(title="范特西", artist="周杰伦", price="88", year="2001"),
    EditionDraft(title="淡淡幽情", artist="邓丽君", price="98", catalogue_number="SRX-6272"),
    EditionDraft(title="音乐无界", artist="群星", price="68"),
    EditionDraft(title="Homogenic", artist="Björk", price="78", barcodes=("5016958033620",)),
    EditionDraft(title="Back in Black", artist="AC/DC", price="78", barcodes=("075596111324",)),
    EditionDraft(title="女生宿舍", artist="S.H.E", price="88"),
    EditionDraft(title="The Blueprint 3", artist="Jay‐Z", price="70", catalogue_number="7243 8 31478 2 3|CD 61113"),
    EditionDraft(title="The Constellations", artist="Sigur Rós", price="60"),
    EditionDraft(
        title="花样年华", artist="", price="58", category="film", format="DVD", album_title="In the Mood for Love"
    ),
    EditionDraft(title="Cheshire Cat", artist="blink182", price="60"),
    EditionDraft(title="Ágætis byrjun", artist="Motörhead", price="60"),
    EditionDraft(title="キャンディーズ", artist="ＡＢＣ", price="60"),
    EditionDraft(title="!!!", artist="!!!", price="60"),
    EditionDraft(title="÷", artist="Ed Sheeran", price="60"),
]
QUERIES = [
    ("周杰伦", "范特西"),
    ("杰伦", "范特西"),
    ("伦", "范特西"),
    ("zjl", "范特西"),
    ("ZJL", "范特西"),
    ("jielun", "范特西"),
    ("zhoujielun", "范特西"),
    ("zhouji", "范特西"),
    ("zhou jie lun", "范特西"),
    ("周杰伦 ftx", "范特西"),
    ("fantexi 周", "范特西"),
    ("dengli", "淡淡幽情"),
    ("幽情", "淡淡幽情"),
    ("邓丽君淡淡", "淡淡幽情"),
    ("srx6272", "淡淡幽情"),
    ("SRX-6272", "淡淡幽情"),
    ("srx 6272", "淡淡幽情"),
    ("6272", "淡淡幽情"),
    ("yinyue", "音乐无界"),
    ("yinle", "音乐无界"),
    ("bjork", "Homogenic"),
    ("Björk", "Homogenic"),
    ("BJÖRK homo", "Homogenic"),
    ("5016958033620", "Homogenic"),
    ("5 016958 033620", "Homogenic"),
    ("50169580", "Homogenic"),
    ("ac/dc", "Back in Black"),
    ("acdc", "Back in Black"),
    ("ac dc", "Back in Black"),
    ("back blac", "Back in Black"),
    ("75596111324", "Back in Black"),
    ("she", "女生宿舍"),
    ("s.h.e", "女生宿舍"),
    ("nvsheng", "女生宿舍"),
    ("nusheng", "女生宿舍"),
    ("jay-z", "The Blueprint 3"),
    ("jayz", "The Blueprint 3"),
    ("724383147823", "The Blueprint 3"),
    ("cd61113", "The Blueprint 3"),
    ("constellations", "The Constellations"),
    ("constellat", "The Constellations"),
    ("sigur ros", "The Constellations"),
    ("hynh", "花样年华"),
    ("in the mood", "花样年华"),
    ("blink182", "Cheshire Cat"),
    ("blink", "Cheshire Cat"),
    ("motorhead", "Ágætis byrjun"),
    ("agaetis", "Ágætis byrjun"),
    ("キャンディ", "キャンディーズ"),
    ("ｷｬﾝ", "キャンディーズ"),
    ("abc", "キャンディーズ"),
    ("!!!", "!!!"),
    ("÷", "÷"),
]


@pytest.fixture
def shop(db: Database, at: At) -> Database:
    for draft in SHELF:
        db.run(catalogue.add_edition, at, draft)
    return db


def titles(db: Database, text: str, limit: int = 20) -> list[str]:
    return [row.title for row in db.ask(search.find_text, text, limit)]


def test_every_way_to_type_finds_the_disc(shop: Database):
    missed = {text: titles(shop, text) for text, title in QUERIES if title not in titles(shop, text)}
    assert missed == {}


def test_the_same_answers_without_full_text(shop: Database):
    def both(session, alternatives):
        return search._find_ids(session, alternatives, 20), search._find_plainly(session, alternatives, 20)

    for text, _title in QUERIES:
        for alternatives in wanted(text):
            if alternatives:
                found, plain = shop.ask(both, alternatives)
                assert found == plain, text


@pytest.mark.parametrize("text", ["", "  ", "zzz", "周传雄", "6273", "bjorkk", "fantexix", "\0", "'", '"'])
def test_what_is_not_there_is_not_found(shop: Database, text: str):
    assert titles(shop, text) == []


@pytest.mark.parametrize(
    "text",
    ['"', "'", "* OR *", "a NOT b", 'words: "x"', "NEAR(a b)", "^a", "{a b}", "a*", "-a", "a-b", "(((", "%", "_",
     "\\", "\ud800", "x" * 100_000, "周" * 100_000, "a " * 50_000, "²³", "word²x", "\u0301", "e\u0301\u0301",
     "🎵👨‍👩‍👧", "𠮷𠮷", "ไทย", "السلام"],
)  # fmt: skip
def test_typed_text_is_never_a_command(shop: Database, text: str):
    titles(shop, text)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_no_text_breaks_the_search(shop: Database, text: str):
    titles(shop, text)


@settings(max_examples=examples(80), deadline=None)
@given(name=st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp")), min_size=1, max_size=12))
def test_a_whole_name_always_meets_its_own_words(name: str):
    words = words_of((name,), ())
    ways = wanted(name)[0]
    assert ways, name
    assert any(
        all((f" {word.text}" if word.is_prefix else f" {word.text} ") in words for word in way) for way in ways
    ), (name, words, ways)


def test_best_sellers_come_first_and_the_newer_of_equals(db: Database, at: At):
    ids = [db.run(make_edition, title=f"Blue {n}", artist="") for n in range(4)]
    sold = {ids[0]: 3, ids[2]: 9, ids[3]: -1}

    def give(session):
        search.rebuild_index(session)
        search._rank(session, sold)

    db.run(give)
    assert titles(db, "blue") == ["Blue 2", "Blue 0", "Blue 3", "Blue 1"]
    assert titles(db, "blue", 2) == ["Blue 2", "Blue 0"]


def test_popularity_is_what_the_receipts_say(db: Database, at: At):
    slow, _quick = (db.run(make_edition, title=f"Blue {n}", artist="") for n in (1, 2))
    db.run(search.rebuild_index)
    assert titles(db, "blue") == ["Blue 2", "Blue 1"]
    db.run(shifts.open_shift, at, 0)
    view = db.run(basket.add_edition, at, slow).view
    assert view.basket_id
    db.run(checkout.complete_sale, at, view.basket_id, (Tender(TenderKind.CASH, view.total_minor),), view.total_minor)
    assert titles(db, "blue") == ["Blue 2", "Blue 1"]
    steps: list[tuple[int, int]] = []
    assert search.rank_by_sales(db, lambda done, total: steps.append((done, total))) == 1
    assert steps == [(0, 1)]
    assert titles(db, "blue") == ["Blue 1", "Blue 2"]
    assert search.rank_by_sales(db) == 0
    db.run(catalogue.change_edition, at, slow, replace(db.ask(catalogue.get_draft, slow), artist="Miles Davis"))
    assert titles(db, "blue") == ["Blue 1", "Blue 2"]
    db.run(search.rebuild_index)
    assert titles(db, "blue") == ["Blue 1", "Blue 2"]


def test_an_edition_is_found_within_the_transaction_that_adds_it(db: Database, at: At):
    def add_and_find(session):
        row = catalogue.add_edition(session, at, SHELF[0])
        return row.id, [found.id for found in search.find_text(session, "jielun")]

    edition_id, found = db.run(add_and_find)
    assert found == [edition_id]


def test_a_change_taken_back_leaves_the_index_as_it_was(shop: Database, at: At):
    class Stop(Exception):
        pass

    def change_and_fail(session):
        row = search.find_text(session, "bjork")[0]
        catalogue.change_edition(session, at, row.id, replace(catalogue.get_draft(session, row.id), artist="Gone"))
        raise Stop

    with pytest.raises(Stop):
        shop.run(change_and_fail)
    assert titles(shop, "bjork") == ["Homogenic"]
    assert titles(shop, "gone") == []


def test_deleted_editions_are_not_found_nor_do_they_take_up_room(shop: Database, at: At):
    for n in range(30):
        shop.run(catalogue.add_edition, at, EditionDraft(title=f"Filler {n}", artist="Filler", price="1"))
    shop.run(lambda s: s.execute(update(EDITION).where(EDITION.c.title != "Filler 0").values(is_deleted=True)))
    assert titles(shop, "filler") == ["Filler 0"]


def test_a_rebuilt_index_finds_what_was_written_past_it(db: Database):
    db.run(make_edition, title="七里香", artist="周杰伦")
    assert titles(db, "qlx") == []
    seen: list[int] = []
    assert db.run(search.rebuild_index, seen.append) == 1
    assert seen == [1]
    assert titles(db, "qlx") == ["七里香"]
    db.run(search.check_index)


def test_editions_taken_out_are_forgotten(shop: Database):
    found = shop.ask(search.find_text, "bjork")
    shop.run(search.remove_editions, [row.id for row in found])
    assert titles(shop, "homogenic") == []
    shop.run(search.check_index)


def test_a_barcode_typed_in_full_comes_before_everything_else(shop: Database, at: At):
    shop.run(catalogue.add_edition, at, EditionDraft(title="5016958033620", artist="", price="1"))
    assert titles(shop, "5016958033620") == ["Homogenic", "5016958033620"]


def test_a_search_never_reads_the_whole_catalogue(shop: Database):
    asked: list[tuple[str, Any]] = []

    def watch(session):
        event.listen(session.connection(), "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
        return search.find_text(session, "周杰伦")

    shop.ask(watch)
    raw = shop.raw()
    for sql, values in asked:
        plan = [row[3] for row in raw.execute("EXPLAIN QUERY PLAN " + sql, values)]
        assert not [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE INDEX" not in step], plan
        assert not [step for step in plan if "TEMP B-TREE" in step and "search_index" in sql], plan
    raw.close()


def test_looking_for_hanzi_needs_no_pinyin_library(shop: Database):
    program = (
        "import sys; from pathlib import Path; from av_pos.db import Database; from av_pos.services import search;"
        "db = Database.at(Path(sys.argv[1]));"
        "found = [row for text in ('jielun', '杰伦') for row in db.ask(search.find_text, text)];"
        "db.close(); print(len(found), 'pypinyin' in sys.modules)"
    )
    done = run([sys.executable, "-c", program, str(shop.path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]


def test_long_names_have_few_words():
    assert len(words_of(("唱" * 10_000, "行" * 10_000, "x" * 100_000, "ab " * 30_000), ())) < 10_000


def test_the_words_of_a_name_do_not_depend_on_its_spelling():
    assert words_of(("Björk",), ()) == words_of(("BJO\u0308RK",), ()) == words_of(("ｂｊｏｒｋ",), ())


def test_every_edition_has_its_words(shop: Database):
    rows = shop.ask(lambda s: [key.words for key in s.query(SEARCH_KEY).all()])
    assert len(rows) == len(SHELF)
    assert all(words.startswith(" ") and words.endswith(" ") for words in rows)
