"""Suppliers and what they sell: typed in, changed, taken away, brought in and put out as a list."""

from pathlib import Path

import pytest
from tests.factories import make_edition
from tests.services.buying_shop import delete_edition, make_article, make_supplier, send

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import ImportProblem, InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.services import article_list, articles, purchase_orders, suppliers
from av_pos.services.articles import ArticleDraft
from av_pos.services.suppliers import SupplierDraft


def test_a_supplier_is_kept_as_it_was_typed(db: Database, at: At):
    draft = SupplierDraft("Kōhō  Records ", "Ms Sato", "03-1234", "s@example.jp", "Tokyo", "C-9", "en", "jpy", "0.048",
                          "10", "20,000", "1,500", True, "90", "pays by month")  # fmt: skip
    row = db.run(suppliers.add_supplier, at, draft)
    assert (row.name, row.currency, row.rate_micro) == ("Kōhō Records", "JPY", 48_000)
    assert (row.minimum_minor, row.carriage_minor, row.lead_days) == (20_000, 1_500, 10)
    assert row.seen is None
    shown = db.ask(suppliers.get_supplier_draft, row.supplier_id)
    assert (shown.rate, shown.minimum, shown.currency) == ("0.048", "20,000", "JPY")
    assert db.run(suppliers.change_supplier, at, row.supplier_id, shown) == row


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"name": " "}, "name", "empty"),
        ({"name": "x" * 81}, "name", "too_long"),
        ({"currency": "EURO"}, "currency", "not_a_currency"),
        ({"language": "fr"}, "language", "not_a_choice"),
        ({"currency": "EUR", "rate": ""}, "rate", "empty"),
        ({"currency": "EUR", "rate": "0"}, "rate", "too_small"),
        ({"currency": "EUR", "rate": "-7.8"}, "rate", "negative"),
        ({"currency": "EUR", "rate": "99999999999"}, "rate", "too_large"),
        ({"currency": "EUR", "rate": "nan"}, "rate", "not_a_number"),
        ({"lead_days": "-1"}, "lead_days", "negative"),
        ({"lead_days": "99999"}, "lead_days", "too_large"),
        ({"minimum": "1.001"}, "minimum", "decimals"),
        ({"currency": "JPY", "rate": "0.05", "carriage": "1.5"}, "carriage", "decimals"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(db: Database, at: At, given: dict[str, str], field: str, reason: str):
    with pytest.raises(InvalidInput) as refused:
        make_supplier(db, at, **given)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert db.ask(suppliers.list_suppliers) == ()


def test_the_shops_own_currency_has_the_rate_one_whatever_was_typed(db: Database, at: At):
    supplier_id = make_supplier(db, at, currency="CNY", rate="5")
    assert db.ask(suppliers.get_supplier, supplier_id).rate_micro == 1_000_000


def test_two_suppliers_have_two_names(db: Database, at: At):
    make_supplier(db, at)
    with pytest.raises(InvalidInput, match="supplier"):
        make_supplier(db, at)


def test_a_currency_stays_while_costs_are_reckoned_in_it(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    make_article(db, at, supplier_id)
    with pytest.raises(WrongState) as refused:
        db.run(suppliers.change_supplier, at, supplier_id, SupplierDraft("Sunrise", currency="EUR", rate="7.8"))
    assert refused.value.state == "currency_in_use"


def test_an_unused_supplier_is_gone_and_a_used_one_is_kept(db: Database, at: At):
    unused, used = make_supplier(db, at, name="Nobody"), make_supplier(db, at)
    disc = make_article(db, at, used)
    order_id = send(db, at, used, {disc: 1})
    with pytest.raises(WrongState) as refused:
        db.run(suppliers.remove_supplier, at, used)
    assert refused.value.state == "busy"
    db.run(purchase_orders.close_order, at, order_id)
    for supplier_id in (unused, used):
        db.run(suppliers.remove_supplier, at, supplier_id)
    assert db.ask(suppliers.list_suppliers) == ()
    assert db.ask(suppliers.get_supplier, used).is_deleted
    with pytest.raises(NotFound):
        db.ask(suppliers.get_supplier, unused)
    assert db.ask(articles.list_suppliers_of, disc) == ()
    with pytest.raises(NotFound):
        db.run(purchase_orders.begin_order, at, used)
    make_supplier(db, at)  # its name is free again


def test_a_cashier_does_not_order(db: Database, at: At, cashier_at: At):
    supplier_id = make_supplier(db, at)
    for act in (
        lambda: make_supplier(db, cashier_at, name="Mine"),
        lambda: db.run(suppliers.remove_supplier, cashier_at, supplier_id),
        lambda: db.run(articles.set_article, cashier_at, supplier_id, ArticleDraft(1)),
        lambda: db.ask(article_list.articles_csv, cashier_at, supplier_id),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_the_first_supplier_of_an_edition_is_preferred_until_another_one_is(db: Database, at: At):
    first, second = make_supplier(db, at), make_supplier(db, at, name="Blue Moon")
    disc = make_article(db, at, first)
    row = db.run(articles.set_article, at, second, ArticleDraft(disc, "BM-1", "38"))
    assert not row.is_preferred
    assert [terms.supplier_id for terms in db.ask(articles.find_best_terms, (disc,)).values()] == [first]
    db.run(articles.set_article, at, second, ArticleDraft(disc, "BM-1", "38", is_preferred=True))
    assert [row.supplier_id for row in db.ask(articles.list_suppliers_of, disc)] == [second, first]
    assert [row.is_preferred for row in db.ask(articles.list_suppliers_of, disc)] == [True, False]
    db.run(articles.remove_article, at, second, disc)
    assert [row.is_preferred for row in db.ask(articles.list_suppliers_of, disc)] == [True]


@pytest.mark.parametrize(
    ("terms", "field", "reason"),
    [
        ({"cost": ""}, "cost", "empty"),
        ({"cost": "-1"}, "cost", "negative"),
        ({"cost": "10000000.00"}, "cost", "too_large"),
        ({"pack": "0"}, "pack", "too_small"),
        ({"pack": "10000"}, "pack", "too_large"),
        ({"number": "x" * 41}, "number", "too_long"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused(db: Database, at: At, terms: dict[str, str], field: str, reason: str):
    supplier_id = make_supplier(db, at)
    with pytest.raises(InvalidInput) as refused:
        make_article(db, at, supplier_id, **terms)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_a_deleted_or_nameless_edition_is_no_article(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    gone, nameless = db.run(make_edition), db.run(make_edition, is_provisional=True)
    delete_edition(db, gone)
    for edition_id in (gone, nameless):
        with pytest.raises(WrongState):
            db.run(articles.set_article, at, supplier_id, ArticleDraft(edition_id, cost="1"))


def write(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines), encoding=encoding)
    return path


def test_a_list_names_its_discs_by_code_barcode_or_catalogue_number(db: Database, at: At, tmp_path: Path):
    supplier_id = make_supplier(db, at)
    by_code = db.run(make_edition, title="A")
    by_barcode = db.run(make_edition, title="B", barcode="4006381333931")
    by_number = db.run(make_edition, title="C", catalogue_number="SRX-6272", catalogue_key="srx6272")
    path = write(
        tmp_path, "店内码,条码,目录号,货号,进价,包装,首选,note",
        f"290{by_code:09d}{_check(by_code)},,,A-1,40,5,1,x", ",4006381333931,,B-1,41.50,,,", ",,srx 6272,C-1,12,1,,",
    )  # fmt: skip
    steps: list[tuple[int, int]] = []
    done = db_import(db, at, supplier_id, path, steps)
    assert (done.articles_qty, done.unknown_columns) == (3, ("note",))
    rows = {row.edition.id: row for row in db.ask(articles.list_articles, supplier_id)}
    assert (rows[by_code].number, rows[by_code].cost_minor, rows[by_code].pack_qty) == ("A-1", 4000, 5)
    assert (rows[by_barcode].cost_minor, rows[by_number].cost_minor) == (4150, 1200)
    assert steps
    db_import(db, at, supplier_id, path)
    assert db.ask(articles.count_articles, supplier_id) == 3


def _check(number: int) -> str:
    from av_pos.domain.codes import check_digit

    return check_digit(f"290{number:09d}")


def db_import(db: Database, at: At, supplier_id: int, path: Path, steps: list[tuple[int, int]] | None = None):
    told = None if steps is None else lambda done, total: steps.append((done, total))
    return article_list.import_articles(db, at, supplier_id, path, progress=told)


def test_every_bad_row_is_named_and_nothing_is_saved(db: Database, at: At, tmp_path: Path):
    supplier_id = make_supplier(db, at)
    db.run(make_edition, barcode="4006381333931")
    path = write(
        tmp_path, "barcode,number,cost,pack", "4006381333931,ok,40,1", "4006381333931,again,40,1",
        "1234567890128,x,40,1", "4006381333931,x,-4,1", "4006381333931,x,4.001,0", ",x,4,1", "4006381333931,x,4",
    )  # fmt: skip
    with pytest.raises(ImportProblem) as refused:
        db_import(db, at, supplier_id, path)
    told = [(row.line, row.column, row.expected) for row in refused.value.rows]
    assert told == [
        (3, "barcode", "new_article"), (4, "barcode", "known_disc"), (5, "cost", "amount"),
        (6, "cost", "fewer_decimals"), (6, "pack", "pieces"), (7, "barcode", "empty"), (8, "", "cells"),
    ]  # fmt: skip
    assert db.ask(articles.count_articles, supplier_id) == 0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), "column"),
        (("cost",), "column"),
        (("barcode,barcode,cost",), "column_once"),
        (("barcode,cost", '"4006381333931,40'), "quotes"),
    ],
)
def test_a_file_without_head_or_with_open_quotes_is_refused(db, at, tmp_path: Path, lines, expected: str):
    supplier_id = make_supplier(db, at)
    with pytest.raises(ImportProblem) as refused:
        db_import(db, at, supplier_id, write(tmp_path, *lines))
    assert expected in {row.expected for row in refused.value.rows}


def test_a_file_that_is_no_utf8_is_refused_cell_by_cell(db: Database, at: At, tmp_path: Path):
    supplier_id = make_supplier(db, at)
    db.run(make_edition, barcode="4006381333931")
    path = write(tmp_path, "barcode,number,cost", "4006381333931,货号,40", encoding="gbk")
    with pytest.raises(ImportProblem) as refused:
        db_import(db, at, supplier_id, path)
    assert [(row.line, row.column, row.expected) for row in refused.value.rows] == [(2, "number", "utf8")]
    with pytest.raises(NotFound):
        db_import(db, at, supplier_id, tmp_path / "nothing.csv")


def test_what_is_put_out_can_be_brought_in_at_another_shop(db: Database, at: At, tmp_path: Path):
    first, second = make_supplier(db, at), make_supplier(db, at, name="Blue Moon")
    make_article(db, at, first, title='=1+1, "x"', barcode="4006381333931", number="A-1", cost="1234.50", pack="5")
    make_article(db, at, first, title="范特西")
    text = db.ask(article_list.articles_csv, at, first)
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode("utf-8-sig"))
    done = db_import(db, at, second, path)
    assert (done.articles_qty, done.unknown_columns) == (2, ())
    told = [(row.number, row.cost_minor, row.pack_qty) for row in db.ask(articles.list_articles, second)]
    assert told == [("A-1", 123450, 5), ("", 4000, 1)]


def test_a_barcode_of_several_discs_comes_back_to_the_right_one(db: Database, at: At, tmp_path: Path):
    supplier_id = make_supplier(db, at)
    make_article(db, at, supplier_id, barcode="4006381333931", format="CD", cost="41.00")
    make_article(db, at, supplier_id, barcode="4006381333931", format="LP", cost="90.00")
    path = tmp_path / "list.csv"
    path.write_text(db.ask(article_list.articles_csv, at, supplier_id), "utf-8")
    assert db_import(db, at, supplier_id, path).articles_qty == 2
    told = [(row.edition.format, row.cost_minor) for row in db.ask(articles.list_articles, supplier_id)]
    assert told == [("CD", 4100), ("LP", 9000)]


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_headings_in_another_encoding_say_so(db: Database, at: At, tmp_path: Path, encoding: str):
    supplier_id = make_supplier(db, at)
    path = write(tmp_path, "条码,进价", "4006381333931,40", encoding=encoding)
    with pytest.raises(ImportProblem) as refused:
        db_import(db, at, supplier_id, path)
    assert [(row.line, row.expected) for row in refused.value.rows] == [(1, "utf8")]


def test_what_left_the_catalogue_leaves_no_hole_in_a_list(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    gone, left = make_article(db, at, supplier_id), make_article(db, at, supplier_id, title="Faith")
    delete_edition(db, gone)
    # A page of nothing but deleted editions would end an export half-way.
    assert [row.edition.id for row in db.ask(articles.list_articles, supplier_id, 1)] == [left]
    assert db.ask(articles.count_articles, supplier_id) == 1
    assert "Faith" in db.ask(article_list.articles_csv, at, supplier_id)


def test_a_supplier_that_was_taken_away_is_preferred_for_nothing(db: Database, at: At):
    first, second, third = (make_supplier(db, at, name=name) for name in ("A", "B", "C"))
    disc = make_article(db, at, first)
    for supplier_id in (second, third):
        db.run(articles.set_article, at, supplier_id, ArticleDraft(disc, cost="38"))
    db.run(suppliers.remove_supplier, at, first)
    assert [(row.supplier_id, row.is_preferred) for row in db.ask(articles.list_suppliers_of, disc)] == [
        (second, True), (third, False),
    ]  # fmt: skip
    db.run(articles.remove_article, at, second, disc)
    assert [row.is_preferred for row in db.ask(articles.list_suppliers_of, disc)] == [True]
