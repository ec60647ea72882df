"""The catalogue as a manager keeps it: add, change, barcodes, used copies, and naming what was sold as unknown."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, func, select
from tests.factories import make_edition

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code, shop_code
from av_pos.domain.stock import StockReason
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import ALBUM, AUDIT, BASKET_LINE, MEDIUM, STOCK, STOCK_MOVE
from av_pos.services import basket, catalogue, integrity, search, stock
from av_pos.services.catalogue import CopyDraft, EditionDraft

RUMOURS = EditionDraft(
    title="Rumours",
    artist="Fleetwood Mac",
    label="Warner Bros. Records",
    catalogue_number="256 344",
    year="1977",
    price="68.00",
    cost="41.50",
    barcodes=("075990301024",),
    quantity="4",
    shelf="B3",
)
CODE = "0075990301024"


def add(db: Database, at: At, draft: EditionDraft = RUMOURS) -> catalogue.EditionRow:
    return db.run(catalogue.add_edition, at, draft)


def stock_of(db: Database, edition_id: int) -> tuple[int, int, int]:
    row = db.ask(lambda s: s.execute(select(STOCK.c.on_hand_qty, STOCK.c.value_minor, STOCK.c.last_cost_minor)
                                     .where(STOCK.c.edition_id == edition_id)).one())  # fmt: skip
    return row[0], row[1], row[2]


def moves_of(db: Database, edition_id: int) -> list[tuple[str, int, int]]:
    query = select(STOCK_MOVE.c.reason, STOCK_MOVE.c.qty, STOCK_MOVE.c.cost_minor).where(
        STOCK_MOVE.c.edition_id == edition_id
    )
    return [(row[0], row[1], row[2]) for row in db.ask(lambda s: s.execute(query.order_by(STOCK_MOVE.c.id)).all())]


def audits(db: Database, action: str) -> list[dict[str, Any]]:
    query = select(AUDIT.c.details).where(AUDIT.c.action == action).order_by(AUDIT.c.id)
    return [json.loads(text) for text in db.ask(lambda s: s.execute(query).scalars().all())]


def assert_books_agree(db: Database, at: At) -> None:
    assert integrity.verify(db, at).bad == ()


def test_a_new_edition_is_found_by_its_barcode_and_stands_in_the_ledger(db: Database, at: At):
    row = add(db, at)
    assert (row.title, row.artist, row.format, row.year) == ("Rumours", "Fleetwood Mac", "CD", 1977)
    assert row.price_minor == 6800
    assert (row.on_hand_qty, row.shelf, row.code) == (4, "B3", "075990301024")
    assert db.ask(catalogue.find_by_code, "075990301024") == (row,)
    assert moves_of(db, row.id) == [(StockReason.OPENING, 4, 4 * 4150)]
    assert audits(db, "edition_added")[0]["edition_id"] == row.id
    assert_books_agree(db, at)


@pytest.mark.parametrize("scan", ["075990301024", "0075990301024", "75990301024", "07599030102412", "]E0075990301024"])
def test_one_barcode_in_all_the_forms_a_scanner_sends(db: Database, at: At, scan: str):
    row = add(db, at)
    assert [found.id for found in db.ask(catalogue.find_by_code, scan)] == [row.id]


def test_without_a_barcode_an_edition_answers_to_its_shop_code(db: Database, at: At):
    row = add(db, at, replace(RUMOURS, barcodes=()))
    assert row.code == shop_code(CodeKind.EDITION, row.id)
    assert db.ask(catalogue.find_by_code, row.code) == (row,)
    assert db.ask(catalogue.get_draft, row.id).has_no_barcode is False


def test_known_to_have_no_barcode_is_not_the_same_as_not_known(db: Database, at: At):
    row = add(db, at, replace(RUMOURS, barcodes=(), has_no_barcode=True))
    assert db.ask(catalogue.get_draft, row.id).has_no_barcode is True


def test_one_barcode_on_two_editions_leaves_the_choice(db: Database, at: At):
    first = add(db, at)
    second = add(db, at, replace(RUMOURS, format="LP", catalogue_number="3010-1"))
    assert db.ask(catalogue.find_by_code, CODE) == (first, second)
    warnings = db.ask(catalogue.list_warnings, replace(RUMOURS, format="Cassette"))
    assert [(w.reason, w.edition and w.edition.id) for w in warnings] == [
        ("barcode_elsewhere", first.id),
        ("barcode_elsewhere", second.id),
    ]


def test_a_misprinted_barcode_is_warned_about_and_kept(db: Database, at: At):
    draft = EditionDraft(title="Making Movies", artist="Dire Straits", price="70", barcodes=("1063590341320",))
    assert [w.reason for w in db.ask(catalogue.list_warnings, draft)] == ["check_digit"]
    row = add(db, at, draft)
    assert db.ask(catalogue.find_by_code, "1063590341320") == (row,)


def test_the_same_edition_typed_twice_is_warned_about(db: Database, at: At):
    plain = replace(RUMOURS, barcodes=())
    row = add(db, at, plain)
    assert [w.reason for w in db.ask(catalogue.list_warnings, plain)] == ["same_edition"]
    assert db.ask(catalogue.list_warnings, plain, row.id) == ()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", "   ", "empty"),
        ("title", "a\0b", "control"),
        ("title", "x" * 10_001, "too_long"),
        ("price", "", "empty"),
        ("price", "-1", "negative"),
        ("price", "12.345", "decimals"),
        ("price", "1e9", "not_a_number"),
        ("price", "99999999999", "too_large"),
        ("cost", "many", "not_a_number"),
        ("year", "1642", "out_of_range"),
        ("year", "77.5", "whole_number"),
        ("quantity", "1.5", "whole_number"),
        ("quantity", "-1", "negative"),
        ("quantity", "9999999", "out_of_range"),
        ("released", "2026-02-3", "date"),
        ("category", "books", "not_a_choice"),
        ("discs", "0", "out_of_range"),
        ("shelf", "s" * 17, "too_long"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(db: Database, at: At, field: str, value: str, reason: str):
    bad: dict[str, Any] = {field: value}
    with pytest.raises(InvalidInput) as refused:
        add(db, at, replace(RUMOURS, **bad))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert db.ask(catalogue.list_editions, "") == ()


@pytest.mark.parametrize(
    ("code", "reason"),
    [("69012345678X", "not_a_barcode"), ("123", "not_a_barcode"), ("281234567890123456", "not_a_barcode"),
     (shop_code(CodeKind.COPY, 7), "own_code")],
)  # fmt: skip
def test_what_is_no_barcode_is_refused(db: Database, at: At, code: str, reason: str):
    with pytest.raises(InvalidInput) as refused:
        add(db, at, replace(RUMOURS, barcodes=(code,)))
    assert (refused.value.field, refused.value.reason) == ("barcode", reason)


def test_full_width_figures_and_thousands_are_taken_rightly(db: Database, at: At):
    typed = replace(RUMOURS, price="１，２９５.５０", quantity="１２", year="１９７７", barcodes=("0 75990 30102 4",))
    row = add(db, at, typed)
    assert (row.price_minor, row.on_hand_qty, row.year, row.code) == (129550, 12, 1977, "075990301024")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Rumours  ", "Rumours"),
        ("a\r\nb\tc", "a b c"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("<b>bold</b> & 'x'; DROP TABLE", "<b>bold</b> & 'x'; DROP TABLE"),
        ("e\u0301", "é"),
        ("🎵 \u202egnp", "🎵 \u202egnp"),
        ("x" * 10_000, "x" * 10_000),
    ],
)
def test_odd_names_are_texts(db: Database, at: At, typed: str, kept: str):
    row = add(db, at, replace(RUMOURS, title=typed, artist=typed, barcodes=()))
    assert (row.title, row.artist) == (kept, kept)
    assert db.ask(search.find_text, typed) == (row,)


def test_a_form_saved_as_it_was_changes_nothing(db: Database, at: At):
    row = add(db, at)
    draft = db.ask(catalogue.get_draft, row.id)
    assert draft == replace(RUMOURS, quantity_was="4", discs="1", price="68.00")
    assert db.run(catalogue.change_edition, at, row.id, draft) == row
    assert audits(db, "edition_changed") == []
    assert len(moves_of(db, row.id)) == 1


def test_a_change_is_seen_audited_and_found_at_once(db: Database, at: At):
    row = add(db, at)
    draft = db.ask(catalogue.get_draft, row.id)
    draft = replace(draft, title="Tusk", price="75", format="LP+CD", barcodes=("5099749534728",))
    changed = db.run(catalogue.change_edition, at, row.id, draft)
    assert (changed.title, changed.price_minor, changed.format) == ("Tusk", 7500, "LP+CD")
    assert changed.code == "5099749534728"
    assert db.ask(catalogue.find_by_code, CODE) == ()
    assert db.ask(search.find_text, "rumours") == ()
    assert db.ask(search.find_text, "tusk") == (changed,)
    entry = audits(db, "edition_changed")[0]
    assert (entry["before"]["title"], entry["after"]["title"]) == ("Rumours", "Tusk")
    assert (entry["before"]["price_minor"], entry["after"]["price_minor"]) == (6800, 7500)
    assert entry["after"]["barcodes"] == ["5099749534728"]
    media = select(MEDIUM.c.format).where(MEDIUM.c.edition_id == row.id).order_by(MEDIUM.c.position)
    assert db.ask(lambda s: s.execute(media).scalars().all()) == ["LP", "CD"]
    assert db.ask(lambda s: s.execute(select(ALBUM.c.title)).scalars().all()) == ["Tusk"]


def test_editions_of_one_album_share_it(db: Database, at: At):
    add(db, at, replace(RUMOURS, year="1987"))
    add(db, at, replace(RUMOURS, format="LP", barcodes=(), title="Rumours (35th anniversary)", album_title="Rumours"))
    albums = db.ask(lambda s: s.execute(select(ALBUM.c.title, ALBUM.c.artist, ALBUM.c.first_year)).all())
    assert [tuple(album) for album in albums] == [("Rumours", "Fleetwood Mac", 1977)]


def test_counting_in_the_form_is_a_row_of_the_ledger(db: Database, at: At):
    row = add(db, at)
    draft = db.ask(catalogue.get_draft, row.id)
    db.run(catalogue.change_edition, at, row.id, replace(draft, quantity="1"))
    assert moves_of(db, row.id)[1:] == [(StockReason.STOCKTAKE, -3, -3 * 4150)]
    draft = db.ask(catalogue.get_draft, row.id)
    db.run(catalogue.change_edition, at, row.id, replace(draft, quantity="3", cost="50"))
    assert stock_of(db, row.id) == (3, 4150 + 2 * 5000, 5000)
    assert_books_agree(db, at)


def test_a_form_that_lay_open_while_the_shop_sold_counts_nothing(db: Database, at: At):
    row = add(db, at)
    lying_open = db.ask(catalogue.get_draft, row.id)
    db.run(catalogue.change_edition, at, row.id, replace(lying_open, quantity="2"))
    db.run(catalogue.change_edition, at, row.id, replace(lying_open, shelf="C1"))
    assert db.ask(catalogue.get_edition, row.id).on_hand_qty == 2


def test_another_cost_revalues_what_is_there(db: Database, at: At):
    row = add(db, at)
    draft = db.ask(catalogue.get_draft, row.id)
    db.run(catalogue.change_edition, at, row.id, replace(draft, cost="30.00"))
    assert stock_of(db, row.id) == (4, 12000, 3000)
    assert audits(db, "edition_changed")[0]["after"] == {"cost_minor": 3000}
    assert_books_agree(db, at)


def test_a_cost_without_pieces_is_remembered(db: Database, at: At):
    row = add(db, at, replace(RUMOURS, quantity="0"))
    assert stock_of(db, row.id) == (0, 0, 4150)
    assert db.ask(catalogue.get_draft, row.id).cost == "41.50"
    assert_books_agree(db, at)


def test_a_cashier_may_look_and_not_change(db: Database, at: At, cashier_at: At):
    row = add(db, at)
    assert db.ask(catalogue.list_editions, "rumours") == (row,)
    for change in (
        lambda s: catalogue.add_edition(s, cashier_at, RUMOURS),
        lambda s: catalogue.change_edition(s, cashier_at, row.id, RUMOURS),
        lambda s: catalogue.add_barcode(s, cashier_at, row.id, "5099749534728"),
        lambda s: catalogue.remove_barcode(s, cashier_at, row.id, CODE),
        lambda s: catalogue.add_copy(s, cashier_at, CopyDraft(row.id, "VG", price="40")),
        lambda s: catalogue.relink_provisional(s, cashier_at, row.id, row.id),
    ):
        with pytest.raises(NotPermitted):
            db.run(change)


def test_barcodes_come_and_go(db: Database, at: At):
    row = add(db, at)
    assert db.run(catalogue.add_barcode, at, row.id, "5 099749 534728").code == "075990301024"
    assert [found.id for found in db.ask(catalogue.find_by_code, "5099749534728")] == [row.id]
    assert db.run(catalogue.remove_barcode, at, row.id, "075990301024").code == "5099749534728"
    assert db.ask(catalogue.find_by_code, CODE) == ()
    with pytest.raises(NotFound):
        db.run(catalogue.remove_barcode, at, row.id, CODE)
    last = db.run(catalogue.remove_barcode, at, row.id, "5099749534728")
    assert last.code == shop_code(CodeKind.EDITION, row.id)


def test_a_payment_code_names_the_disc_only_if_the_catalogue_holds_it(db: Database, at: At):
    code = "1345678901235"
    row = add(db, at, replace(RUMOURS, barcodes=(code,)))
    scanned = read_code(code + "12345")
    assert scanned.payment_like
    assert db.ask(catalogue.find_by_code, scanned) == (row,)
    assert db.ask(catalogue.find_by_code, "134567890124212345") == ()


def test_a_used_copy_is_a_piece_of_its_own(db: Database, at: At):
    row = add(db, at)
    draft = CopyDraft(row.id, "vg+", "No Cover", price="45", cost="18", defects="scratch", is_cut_out=True)
    copy = db.run(catalogue.add_copy, at, draft)
    assert (copy.code, copy.grade, copy.price_minor) == (shop_code(CodeKind.COPY, copy.id), "VG+/No Cover", 4500)
    assert (copy.defects, copy.is_cut_out, copy.status, copy.title) == ("scratch", True, "in_stock", "Rumours")
    assert db.ask(catalogue.find_copy, copy.id) == copy
    assert db.ask(catalogue.list_copies, row.id) == (copy,)
    seen = db.ask(catalogue.get_edition, row.id)
    assert (seen.on_hand_qty, seen.copies_qty) == (4, 1)
    assert_books_agree(db, at)


def test_a_copy_is_graded_anew(db: Database, at: At):
    copy = db.run(catalogue.add_copy, at, CopyDraft(add(db, at).id, "9成新", price="45"))
    draft = db.ask(catalogue.get_copy_draft, copy.id)
    changed = db.run(catalogue.change_copy, at, copy.id, replace(draft, media_grade="VG", sleeve_grade="G", price="30"))
    assert (changed.grade, changed.price_minor) == ("VG/G", 3000)
    assert audits(db, "copy_changed")[0]["before"]["media_grade"] == "VG+"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (CopyDraft(1, "", price="40"), "media_grade"),
        (CopyDraft(1, "Generic", price="40"), "media_grade"),
        (CopyDraft(1, "VG", sleeve_grade="shiny", price="40"), "sleeve_grade"),
        (CopyDraft(1, "VG", price="-4"), "price"),
    ],
)
def test_a_copy_needs_its_grade_and_price(db: Database, at: At, draft: CopyDraft, field: str):
    row = add(db, at)
    with pytest.raises(InvalidInput) as refused:
        db.run(catalogue.add_copy, at, replace(draft, edition_id=row.id))
    assert refused.value.field == field


def sell_as_unknown(db: Database, cashier_at: At, code: str, title: str = "Unknown disc") -> int:
    return db.run(catalogue.make_provisional, cashier_at, code, title, 3000)


def test_a_disc_sold_as_unknown_is_found_by_its_code_the_next_time(db: Database, cashier_at: At):
    edition_id = sell_as_unknown(db, cashier_at, "4006408126041")
    found = db.ask(catalogue.find_by_code, "4006408126041")
    assert [(row.id, row.is_provisional, row.price_minor) for row in found] == [(edition_id, True, 3000)]
    assert db.ask(catalogue.count_provisional) == 1
    assert [row.id for row in db.ask(catalogue.list_provisional)] == [edition_id]
    assert [row.id for row in db.ask(search.find_text, "unknown")] == [edition_id]


@pytest.mark.parametrize("label", ["AV0012345", "老标签 77", "1234567890"])
def test_an_old_label_that_is_no_barcode_is_found_again_too(db: Database, at: At, cashier_at: At, label: str):
    edition_id = sell_as_unknown(db, cashier_at, label)
    assert [row.id for row in db.ask(catalogue.find_by_code, label)] == [edition_id]
    named = replace(db.ask(catalogue.get_draft, edition_id), title="Named")
    assert db.run(catalogue.change_edition, at, edition_id, named).title == "Named"
    assert [row.is_provisional for row in db.ask(catalogue.find_by_code, label)] == [False]
    assert db.ask(catalogue.count_provisional) == 0


def test_naming_an_unknown_disc_moves_barcode_and_stock_and_leaves_the_sale(db: Database, at: At, cashier_at: At):
    real = add(db, at)
    provisional_id = sell_as_unknown(db, cashier_at, "4006408126041")

    def sold(session):
        stock.move(session, cashier_at, provisional_id, -1, StockReason.LOSS, cost_minor=0, business_on=at.now.date())

    db.run(sold)
    row = db.run(catalogue.relink_provisional, at, provisional_id, real.id)
    assert (row.id, row.on_hand_qty) == (real.id, 3)
    assert stock_of(db, provisional_id)[:2] == (0, 0)
    assert stock_of(db, real.id) == (3, 3 * 4150, 4150)
    for code in ("4006408126041", CODE, shop_code(CodeKind.EDITION, provisional_id)):
        assert [found.id for found in db.ask(catalogue.find_by_code, code)] == [real.id]
    assert db.ask(catalogue.get_edition, provisional_id).id == real.id
    assert db.ask(catalogue.count_provisional) == 0
    assert db.ask(search.find_text, "unknown disc") == ()
    assert [found.id for found in db.ask(search.find_text, "4006408126041")] == [real.id]
    assert [entry["quantity"] for entry in audits(db, "provisional_relinked")] == [-1]
    assert_books_agree(db, at)


def test_an_unknown_disc_in_a_held_basket_is_sold_as_what_it_is(db: Database, at: At):
    real = add(db, at)
    outcome = db.run(basket.add_unknown, at, "4006408126041", "Unknown disc", 3000)
    provisional_id = outcome.view.lines[0].edition_id
    db.run(catalogue.relink_provisional, at, provisional_id, real.id)
    lines = db.ask(lambda s: s.execute(select(BASKET_LINE.c.edition_id, BASKET_LINE.c.list_minor)).all())
    assert [tuple(line) for line in lines] == [(real.id, 3000)]


def test_only_an_unknown_disc_can_be_named_and_only_by_a_real_one(db: Database, at: At, cashier_at: At):
    real, other = add(db, at), add(db, at, replace(RUMOURS, barcodes=(), title="Tusk"))
    first, second = (sell_as_unknown(db, cashier_at, code) for code in ("4006408126041", "5099749534728"))
    for source, target in ((real.id, other.id), (first, second), (first, first)):
        with pytest.raises(WrongState):
            db.run(catalogue.relink_provisional, at, source, target)
    with pytest.raises(WrongState):
        db.run(catalogue.add_copy, at, CopyDraft(first, "VG", price="40"))
    db.run(catalogue.relink_provisional, at, first, real.id)
    with pytest.raises(NotFound):
        db.run(catalogue.relink_provisional, at, first, other.id)
    with pytest.raises(NotFound):
        db.run(catalogue.change_edition, at, first, RUMOURS)


def test_the_list_without_a_filter_begins_with_the_newest(db: Database, at: At):
    for title in ("One", "Two", "Three"):
        db.run(make_edition, title=title)
    assert [row.title for row in db.ask(catalogue.list_editions, "  ", 2)] == ["Three", "Two"]


def test_a_lookup_asks_the_database_once(db: Database, at: At):
    add(db, at)
    asked: list[str] = []

    def count(session):
        event.listen(session.connection(), "before_cursor_execute", lambda *a: asked.append(a[2]))
        return catalogue.find_by_code(session, CODE)

    assert len(db.ask(count)) == 1
    assert len(asked) == 1
    raw = db.raw()
    plan = raw.execute("EXPLAIN QUERY PLAN " + asked[0], ("x",) * asked[0].count("?")).fetchall()
    raw.close()
    assert not [row for row in plan if "SCAN" in row[3]]


def test_a_refused_draft_leaves_nothing_behind(db: Database, at: At):
    with pytest.raises(InvalidInput):
        add(db, at, replace(RUMOURS, quantity="-4"))
    assert db.ask(lambda s: s.execute(select(func.count()).select_from(ALBUM)).scalar()) == 0
