"""The printed lists: what is left to count, what differs, and what a blind count keeps to itself."""

import pytest
from tests.factories import make_copy, make_edition
from tests.services import counting_shop as do

from av_pos.errors import NotPermitted
from av_pos.services import counting, stocktake_papers


def test_the_list_to_count_by_has_what_is_left_in_the_order_of_the_shelves(db, at, cashier_at):
    one = db.run(make_edition, title="Faith", shelf="C2", qty=3)
    two = db.run(make_edition, title="Autumn", shelf="A1", qty=2, barcode="0888072230019")
    used = db.run(make_copy, one, shelf="U1")
    take = do.begin(db, at, name="November")
    listed = db.ask(stocktake_papers.list_to_count, cashier_at, take)
    assert (listed.number, listed.subject, listed.is_result) == (take, "November", False)
    assert [(row.shelf, row.title, row.expected_qty, row.counted_qty) for row in listed.rows] == [
        ("A1", "Autumn", 2, None),
        ("C2", "Faith", 3, None),
        ("U1", "Faith · VG+/VG", 1, None),
    ]
    do.scan(db, at, take, two, 2)
    do.scan_copy(db, at, take, used)
    assert [row.title for row in db.ask(stocktake_papers.list_to_count, at, take).rows] == ["Faith"]


def test_the_list_of_differences_tells_what_they_are_worth_to_who_may_see_it(db, at, cashier_at):
    disc = db.run(make_edition, qty=3, cost_minor=4000)
    used = db.run(make_copy, disc)
    take = do.begin(db, at)
    do.scan(db, at, take, disc, 2)
    db.run(counting.mark_copy_missing, at, take, used)
    listed = db.ask(stocktake_papers.list_of_differences, at, take)
    assert listed.variance_minor == -5800
    assert sorted((row.difference_qty, row.value_minor) for row in listed.rows) == [(-1, -4000), (-1, -1800)]
    unseen = db.ask(stocktake_papers.list_of_differences, cashier_at, take)
    assert unseen.variance_minor is None
    assert {row.value_minor for row in unseen.rows} == {None}


def test_a_blind_list_tells_nobody_what_is_expected(db, at, cashier_at):
    disc = db.run(make_edition, qty=3)
    db.run(make_copy, disc)
    take = do.begin(db, at, is_blind=True)
    assert {row.expected_qty for row in db.ask(stocktake_papers.list_to_count, at, take).rows} == {None}
    with pytest.raises(NotPermitted):
        db.ask(stocktake_papers.list_of_differences, cashier_at, take)


def test_a_list_is_written_as_pdf_in_the_language_of_the_paper(db, at, tmp_path):
    db.run(make_edition, shelf="C2")
    take = do.begin(db, at)
    listed = db.ask(stocktake_papers.list_to_count, at, take)
    for language in ("", "en"):
        path = tmp_path / f"list{language}.pdf"
        stocktake_papers.write_pdf(listed, path, language)
        assert path.read_bytes().startswith(b"%PDF")
