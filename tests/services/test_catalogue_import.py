"""A catalogue out of a file: all of it or nothing, and a reason for every row that cannot be meant."""

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select
from tests.conftest import SHARED
from tests.factories import make_edition

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import check_digit
from av_pos.errors import ImportProblem, NotFound, NotPermitted, RowProblem, StorageError
from av_pos.models import ALBUM, AUDIT, BARCODE, EDITION, MEDIUM, SEARCH_KEY, STOCK, STOCK_MOVE
from av_pos.problem_names import EXPECTED
from av_pos.resources import start_data
from av_pos.services import catalogue, integrity, search
from av_pos.services.catalogue_import import discard_unfinished, import_catalogue, read_catalogue

HEADER = "title,artist,format,price,cost,barcode,quantity"
GOOD = "Rumours,Fleetwood Mac,CD,68.00,41.50,075990301024,4"


def write(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding, newline="")
    return path


def problems_of(path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportProblem) as refused:
        read_catalogue(path, 2)
    return [(row.line, row.column, row.expected) for row in refused.value.rows]


def count(db: Database, *tables: Table) -> list[int]:
    return db.ask(lambda s: [s.execute(select(func.count()).select_from(table)).scalar_one() for table in tables])


def nothing_is_there(db: Database) -> bool:
    return not any(count(db, EDITION, ALBUM, BARCODE, STOCK, STOCK_MOVE, MEDIUM, SEARCH_KEY))


def test_a_file_becomes_editions_with_stock_that_are_found_at_once(db: Database, at: At, tmp_path: Path):
    path = write(tmp_path, HEADER, GOOD, "范特西,周杰伦,,88,,,", '"Back, in ""Black""",AC/DC,LP,"1,295.50",,,0')
    outcome = import_catalogue(db, at, path)
    assert (outcome.editions_qty, outcome.pieces_qty, outcome.unknown_columns) == (3, 4, ())
    rumours = db.ask(catalogue.find_by_code, "075990301024")[0]
    assert (rumours.title, rumours.price_minor, rumours.on_hand_qty) == ("Rumours", 6800, 4)
    assert [row.format for row in db.ask(search.find_text, "jielun")] == ["CD"]
    assert [(row.title, row.price_minor) for row in db.ask(search.find_text, "acdc")] == [('Back, in "Black"', 129550)]
    assert integrity.verify(db, at).bad == ()


def test_columns_may_be_named_in_chinese_and_stand_in_any_order(db: Database, at: At, tmp_path: Path):
    header = "库存,货架,风格,条码,进价,售价,年份,编号,厂牌,介质,艺人,专辑"
    path = write(tmp_path, header, "3,A1,mandopop,,48.5,88,2001,JW-1,杰威尔,CD,周杰伦,范特西", encoding="utf-8-sig")
    import_catalogue(db, at, path)
    row = db.ask(search.find_text, "fantexi")[0]
    assert (row.title, row.artist, row.label, row.catalogue_number) == ("范特西", "周杰伦", "杰威尔", "JW-1")
    assert (row.year, row.price_minor, row.on_hand_qty, row.shelf, row.style) == (2001, 8800, 3, "A1", "mandopop")


def test_title_and_price_are_enough_and_columns_nobody_knows_are_named(db: Database, at: At, tmp_path: Path):
    path = write(tmp_path, " Title ,PRICE,weight,Colour", "Rumours,68,4.1,black")
    assert import_catalogue(db, at, path).unknown_columns == ("weight", "Colour")
    assert [row.format for row in db.ask(catalogue.list_editions, "")] == ["CD"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_marks_that_spreadsheets_write(tmp_path: Path, mark: str):
    path = write(
        tmp_path, mark.join(["title", "artist", "price"]), mark.join(["A, B; C" if mark == "\t" else "A", "B", "9"])
    )
    assert [row.values.price_minor for row in read_catalogue(path, 2).rows] == [900]


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (",Fleetwood Mac,CD,68,,,", "title", "empty"),
        ("a\0b,,CD,68,,,", "title", "text_without_nul"),
        ("y" * 100_000 + ",,CD,68,,,", "title", "shorter_text"),
        ("Rumours,,CD,,,,", "price", "empty"),
        ("Rumours,,CD,-1,,,", "price", "amount"),
        ("Rumours,,CD,1e9,,,", "price", "amount"),
        ("Rumours,,CD,nan,,,", "price", "amount"),
        ("Rumours,,CD,￥45,,,", "price", "amount"),
        ('Rumours,,CD,"1,2,3",,,', "price", "amount"),
        ("Rumours,,CD,12.345,,,", "price", "fewer_decimals"),
        ("Rumours,,CD,99999999999,,,", "price", "smaller_number"),
        ("Rumours,,CD,68,0x10,,", "cost", "amount"),
        ("Rumours,,CD,68,,,1.5", "quantity", "whole_number"),
        ("Rumours,,CD,68,,,-3", "quantity", "whole_number"),
        ("Rumours,,CD,68,,,１", "quantity", "whole_number"),
        ("Rumours,,CD,68,,,2147483648", "quantity", "smaller_number"),
        ("Rumours,,CD,68,,123,", "barcode", "barcode"),
        ("Rumours,,CD,68,,690123456789X,", "barcode", "barcode"),
        ("Rumours,,CD,68,,690123456789 2,", "barcode", "barcode"),
        ("Rumours,,CD,68,,=6901234567892,", "barcode", "barcode"),
        ("Rumours,,CD,68,,６901234567892,", "barcode", "barcode"),
        ("Rumours,,CD,68,,6.90123E+12,", "barcode", "barcode"),
        ("Rumours,,CD,68,,6901234567893,", "barcode", "check_digit"),
        ("Rumours,,CD,68,,6901234567892|6901234567893,", "barcode", "check_digit"),
        ("Rumours,,CD,68,,2910000000017,", "barcode", "no_shop_code"),
        ("Rumours,,CD,68,,", "", "cells"),
        ("Rumours,,CD,68,,,1,extra", "", "cells"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path: Path, row: str, column: str, expected: str):
    assert problems_of(write(tmp_path, HEADER, GOOD, row)) == [(3, column, expected)]
    assert expected in EXPECTED


def test_all_bad_rows_are_told_and_nothing_is_imported(db: Database, at: At, tmp_path: Path):
    path = write(tmp_path, HEADER, GOOD, ",,,x,,1,", "Tusk,,CD,70,,,2", "Mirage,,CD,-7,,,1.5")
    with pytest.raises(ImportProblem) as refused:
        import_catalogue(db, at, path)
    assert [(row.line, row.column) for row in refused.value.rows] == [
        (3, "price"),
        (3, "barcode"),
        (3, "title"),
        (5, "price"),
        (5, "quantity"),
    ]
    assert nothing_is_there(db)


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path):
    path = write(tmp_path, "title,price", '"two\nlines",5', "", '"bad",x', "", "")
    assert problems_of(path) == [(3, "", "cells"), (4, "price", "amount")]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], [(1, "title", "column")]),
        (["artist,label"], [(1, "title", "column"), (1, "price", "column")]),
        (["title,price,Title"], [(1, "Title", "column_once")]),
        (["title,qty,stock,price"], [(1, "stock", "column_once")]),
        (["title,price", '"never closed,5'], [(2, "", "quotes")]),
    ],
)
def test_a_header_that_does_not_serve(tmp_path: Path, lines: Sequence[str], found: list[tuple[int, str, str]]):
    assert problems_of(write(tmp_path, *lines)) == found


def test_text_in_another_encoding_is_named_cell_by_cell(tmp_path: Path):
    path = tmp_path / "gbk.csv"
    path.write_bytes("title,artist,price\nRumours,X,5\n范特西,X,5\nTusk,周杰伦,5\n".encode("gbk"))
    assert problems_of(path) == [(3, "title", "utf8"), (4, "artist", "utf8")]
    path.write_bytes("专辑,售价\n范特西,5\n".encode("gbk"))
    assert problems_of(path) == [(1, "", "utf8"), (1, "", "utf8")]


def test_an_exclamation_mark_lets_in_what_is_printed_so(db: Database, at: At, tmp_path: Path):
    path = write(
        tmp_path,
        HEADER,
        "Making Movies,Dire Straits,CD,70,,!1063590341320,1",
        GOOD,
        "Rumours,Fleetwood Mac,LP,268,,!075990301024,1",
    )
    import_catalogue(db, at, path)
    assert [row.title for row in db.ask(catalogue.find_by_code, "1063590341320")] == ["Making Movies"]
    assert [row.format for row in db.ask(catalogue.find_by_code, "075990301024")] == ["CD", "LP"]


def test_the_same_barcode_on_two_rows_is_a_slip_unless_it_is_said_to_be_meant(tmp_path: Path):
    lp = "Rumours,Fleetwood Mac,LP,268,,075990301024,1"
    assert problems_of(write(tmp_path, HEADER, GOOD, lp)) == [(3, "barcode", "new_barcode")]
    again = "rumours,FLEETWOOD MAC,CD,70,,!0075990301024,1"
    assert problems_of(write(tmp_path, HEADER, GOOD, again)) == [(3, "barcode", "new_row")]
    nameless = "Tusk,Fleetwood Mac,CD,70,,,1"
    assert problems_of(write(tmp_path, HEADER, nameless, nameless)) == [(3, "title", "new_row")]


def test_the_same_file_twice_is_refused_whole(db: Database, at: At, tmp_path: Path):
    path = write(tmp_path, HEADER, GOOD, "Tusk,Fleetwood Mac,CD,70,,,1")
    import_catalogue(db, at, path)
    with pytest.raises(ImportProblem) as refused:
        import_catalogue(db, at, path)
    assert [(row.line, row.column, row.expected) for row in refused.value.rows] == [
        (2, "barcode", "not_in_catalogue"),
        (3, "title", "not_in_catalogue"),
    ]
    assert count(db, EDITION) == [2]


def test_formulas_are_texts(db: Database, at: At, tmp_path: Path):
    import_catalogue(db, at, write(tmp_path, HEADER, "=1+1,@SUM(1),CD,5,,,", "-2+3,+86,CD,5,,,"))
    assert {(row.title, row.artist) for row in db.ask(catalogue.list_editions, "")} == {
        ("=1+1", "@SUM(1)"),
        ("-2+3", "+86"),
    }


def test_only_who_may_import_imports(db: Database, cashier_at: At, tmp_path: Path):
    with pytest.raises(NotPermitted):
        import_catalogue(db, cashier_at, write(tmp_path, HEADER, GOOD))


def test_a_file_that_is_not_there_or_is_no_file(db: Database, at: At, tmp_path: Path):
    with pytest.raises(NotFound):
        import_catalogue(db, at, tmp_path / "missing.csv")
    with pytest.raises(StorageError):
        import_catalogue(db, at, tmp_path)


def many_rows(tmp_path: Path, rows: int) -> Path:
    codes = [f"69{number:010d}" for number in range(rows)]
    return write(
        tmp_path, HEADER, *(f"Disc {n},周杰伦,CD,68,40,{code}{check_digit(code)},2" for n, code in enumerate(codes))
    )


def test_a_cancelled_import_leaves_nothing_behind(db: Database, at: At, tmp_path: Path):
    class Cancelled(Exception):
        pass

    seen_meanwhile: list[int] = []

    def progress(done: int, total: int) -> None:
        assert total == 600
        if done > 400:
            seen_meanwhile.append(len(db.ask(search.find_text, "disc")))
            seen_meanwhile.append(len(db.ask(catalogue.list_editions, "")))
            assert count(db, EDITION)[0] > 50
            raise Cancelled

    with pytest.raises(Cancelled):
        import_catalogue(db, at, many_rows(tmp_path, 300), progress=progress)
    assert seen_meanwhile == [0, 0]
    assert nothing_is_there(db)
    db.run(search.check_index)
    assert import_catalogue(db, at, many_rows(tmp_path, 300)).pieces_qty == 600
    assert len(db.ask(search.find_text, "disc", 1000)) == 300


def test_progress_goes_from_nothing_to_all(db: Database, at: At, tmp_path: Path):
    steps: list[tuple[int, int]] = []
    import_catalogue(db, at, many_rows(tmp_path, 450), progress=lambda done, total: steps.append((done, total)))
    assert steps == sorted(steps)
    assert steps[-1] == (900, 900)
    assert {total for _done, total in steps} == {900}


def test_what_a_power_cut_left_is_hidden_and_taken_away_later(db: Database, at: At, tmp_path: Path, monkeypatch):
    path = many_rows(tmp_path, 100)
    run = db.run

    class PowerCut(BaseException):
        pass

    calls = []

    def dying_run(op, *args, **kwargs):
        calls.append(op)
        if len(calls) > 3:
            raise PowerCut
        return run(op, *args, **kwargs)

    monkeypatch.setattr(db, "run", dying_run)
    with pytest.raises(PowerCut):
        import_catalogue(db, at, path)
    monkeypatch.undo()
    assert count(db, EDITION)[0] > 0
    assert db.ask(search.find_text, "disc") == ()
    assert db.ask(catalogue.find_by_code, "6900000000004") == ()
    assert discard_unfinished(db, replace(at, now=at.now + timedelta(minutes=59))) == 0
    tomorrow = replace(at, now=at.now + timedelta(days=1))
    assert import_catalogue(db, tomorrow, path).editions_qty == 100
    assert count(db, EDITION) == [100]
    assert integrity.verify(db, at).bad == ()
    assert discard_unfinished(db, replace(at, now=at.now + timedelta(days=2))) == 0


def test_selling_goes_on_during_an_import(db: Database, at: At, tmp_path: Path):
    sold = db.run(make_edition, title="On sale")

    def progress(done: int, total: int) -> None:
        if done >= 300:
            draft = db.ask(catalogue.get_draft, sold)
            db.run(catalogue.change_edition, at, sold, replace(draft, quantity=str(int(draft.quantity) + 1)))

    import_catalogue(db, at, many_rows(tmp_path, 300), progress=progress)
    assert db.ask(catalogue.get_edition, sold).on_hand_qty > 5
    assert count(db, EDITION) == [301]


def test_an_import_is_in_the_log(db: Database, at: At, tmp_path: Path):
    import_catalogue(db, at, write(tmp_path, HEADER, GOOD))
    entries = db.ask(lambda s: s.execute(select(AUDIT.c.action, AUDIT.c.subject, AUDIT.c.details)).all())
    assert [tuple(entry) for entry in entries] == [
        ("import_started", "list.csv", '{"editions": 1}'),
        ("catalogue_imported", "list.csv", '{"editions": 1}'),
    ]


def test_the_demo_catalogue_comes_in_but_for_what_needs_saying(db: Database, at: At, tmp_path: Path):
    """Six real barcodes stand on two editions each, one fails its check digit as printed: each needs its `!`."""
    with start_data("catalogue.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with pytest.raises(ImportProblem) as refused:
        import_catalogue(db, at, start_data("catalogue.csv"))
    found = refused.value.rows
    assert sorted(problem.expected for problem in found) == ["check_digit", *["new_barcode"] * 6]
    assert {problem.column for problem in found} == {"barcode"}
    place = rows[0].index("barcode")
    for problem in found:
        assert rows[problem.line - 1][place] == problem.found
        rows[problem.line - 1][place] = "!" + problem.found
    path = tmp_path / "meant.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    outcome = import_catalogue(db, at, path)
    assert outcome.editions_qty == len(rows) - 1
    assert outcome.unknown_columns == ("weight", "source")
    assert integrity.verify(db, at).bad == ()


@pytest.mark.shared
@pytest.mark.parametrize("seed", [1, 2])
def test_hostile_rows_are_refused_and_only_those(db: Database, at: At, tmp_path: Path, seed: int):
    """The manifest also calls an empty artist, format, cost, quantity or barcode bad: to a shop they are just unknown.

    Blank lines at the end of a file are nobody's loss.
    """
    bad, manifest = tmp_path / "bad.csv", tmp_path / "bad.json"
    columns = "barcode,title,artist,format,price,cost,qty"
    made = [sys.executable, str(SHARED / "tools" / "hostile.py"), "csv", "--columns", columns, "--rows", "2000"]
    subprocess.run(
        [*made, "--seed", str(seed), "--out", str(bad), "--manifest", str(manifest)], check=True, capture_output=True
    )
    with pytest.raises(ImportProblem) as refused:
        import_catalogue(db, at, bad)
    assert nothing_is_there(db)
    told = {problem.line for problem in refused.value.rows}
    verdicts = {entry["row"] + 1: entry["why"] for entry in json.loads(manifest.read_text("utf-8"))}
    last = max(verdicts)
    while verdicts[last] == "too few fields" and last not in told:
        del verdicts[last]
        last -= 1
    blank = {f"bad {name}: ''" for name in ("barcode", "artist", "format", "cost", "qty")}
    sound = {line for line, why in verdicts.items() if why.startswith("ok")}
    assert told & sound == set()
    assert {line for line, why in verdicts.items() if line not in sound and why not in blank} <= told
    with bad.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    kept = [rows[0], *(row for line, row in enumerate(rows[1:], start=2) if line in sound)]
    good = tmp_path / "good.csv"
    with good.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(kept)
    assert import_catalogue(db, at, good).editions_qty == len(sound)
    assert count(db, EDITION) == [len(sound)]


def test_every_expected_key_has_words():
    keys = {RowProblem(1, "", key).expected for key in ("cells", "quotes", "utf8", "column", "column_once", "new_row")}
    assert keys <= set(EXPECTED)
