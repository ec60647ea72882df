"""Brings a catalogue in from a CSV file: all of it, or nothing.

The whole file is read and checked before anything is written, and every bad cell is reported. Then the editions are
written in short transactions, hidden, so that selling goes on; one last short transaction shows them all. What a power
cut leaves behind stays hidden, and the next import takes it away.

The file is UTF-8, with a header; columns in any order, named in English or Chinese. Only title and price are needed.
A row is counted as a spreadsheet counts it: the header is row 1, whatever line breaks its cells hold.

A barcode stands as plain digits, several are joined by `|`. One whose check digit fails is refused, and so is one that
another edition bears, because in a list both are nearly always slips; an `!` before the code says that it is meant.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import ImportProblem, InvalidInput, NotFound, RowProblem, StorageError
from av_pos.models import ALBUM, AUDIT, BARCODE, EDITION, MEDIUM, STOCK, STOCK_MOVE
from av_pos.services import access, audit, search, shop_settings
from av_pos.services.edition_drafts import BarcodeValue, EditionDraft, EditionValues, check_draft, read_barcode
from av_pos.services.edition_store import find_twin_id, same_edition_key, shop_day, write_edition
from av_pos.services.search_words import load_pinyin

Progress = Callable[[int, int], None]
"""Is told how many steps of how many are done; what it raises ends the import, and nothing was imported."""


_CHUNK = 40  # rows a transaction: some 20 ms, so that no sale waits
_LARGEST_FILE = 256 * 2**20
_ABANDONED = timedelta(hours=1)
_SHOWN = 64

_COLUMNS = {
    "title": "title name 标题 专辑 专辑名 专辑名称 名称 片名",
    "artist": "artist performer 艺人 歌手 艺术家 演出者",
    "format": "format media 介质 格式 载体",
    "label": "label 厂牌 唱片公司",
    "catalogue_number": "catalogue_number catalog_number catalogue_no catalog_no cat_no catno 编号 目录号 目录编号",
    "year": "year 年份",
    "price": "price 售价 价格 零售价",
    "cost": "cost 进价 成本",
    "barcode": "barcode barcodes bar_code ean upc 条码 条形码",
    "quantity": "quantity qty stock on_hand 数量 库存",
    "shelf": "shelf 货架",
    "style": "style genre 风格",
    "category": "category 类别 分类",
    "country": "country 国家 地区",
    "released": "released release_date 发行日期",
    "discs": "discs disc_count 碟数",
    "album_title": "album_title",
    "album_artist": "album_artist",
}
_KNOWN = {word: column for column, words in _COLUMNS.items() for word in words.split()}
_REQUIRED = ("title", "price")
_NUMBERS = {"price": "amount", "cost": "amount", "year": "year", "quantity": "whole_number", "discs": "whole_number"}
_PLAIN_NUMBER = re.compile(r"[0-9][0-9., ']*")
_PLAIN_BARCODE = re.compile(r"[0-9]{6,18}")
_LENGTHS = (8, 12, 13, 14)

# What a refusal of a field means for whoever made the file; the rest is named by its column.
_EXPECTED = {
    "control": "text_without_nul",
    "date": "date",
    "decimals": "fewer_decimals",
    "empty": "empty",
    "negative": "amount",
    "not_a_choice": "category",
    "own_code": "no_shop_code",
    "too_large": "smaller_number",
    "too_long": "shorter_text",
}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One sound row of the file; `forced` are the codes that an `!` says are meant."""

    line: int
    values: EditionValues
    forced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """A file read through: its sound rows, and the columns that nobody here knows and that are left out."""

    rows: tuple[ImportRow, ...]
    unknown_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What came in: editions, pieces of opening stock; the columns that were left out."""

    editions_qty: int
    pieces_qty: int
    unknown_columns: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """A file on its way from bytes to rows."""

    header: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    unknown: tuple[str, ...] = ()
    rows: list[ImportRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def refuse(self, line: int, column: str, expected: str, found: str = "") -> None:
        place = self.header.get(column)
        self.problems.append(RowProblem(line, column if place is None else self.names[place], expected, found[:_SHOWN]))


def import_catalogue(db: Database, at: At, path: Path, *, progress: Progress | None = None) -> ImportOutcome:
    """Workflow: import the file at `path`, or raise ImportProblem with every bad row and import nothing.

    Raises NotPermitted, NotFound for a missing file, StorageError.
    """
    digits = db.ask(_begin, at)
    reading = _read(path, digits, _part(progress, 0))
    for start in range(0, len(reading.rows), _CHUNK * 10):
        reading.problems += db.ask(_known_already, reading, reading.rows[start : start + _CHUNK * 10])
    _raise_problems(reading)
    discard_unfinished(db, at)
    load_pinyin()
    _write(db, at, path.name, reading.rows, _part(progress, len(reading.rows)))
    pieces = sum(row.values.quantity or 0 for row in reading.rows)
    return ImportOutcome(len(reading.rows), pieces, reading.unknown)


def read_catalogue(path: Path, digits: int, progress: Progress | None = None) -> CatalogueFile:
    """Read and check a file without a database; amounts have `digits` decimals.

    Raises ImportProblem with every bad row, NotFound for a missing file, StorageError.
    """
    reading = _read(path, digits, progress)
    _raise_problems(reading)
    return CatalogueFile(tuple(reading.rows), reading.unknown)


def discard_unfinished(db: Database, at: At) -> int:
    """Workflow: take away what imports left hidden that ended with the power; return how many editions it was."""
    count = 0
    for began_at in db.ask(_unfinished, at.now - _ABANDONED):
        left = db.ask(_hidden_ids, began_at)
        _discard(db, at, began_at, left)
        count += len(left)
    return count


def _part(progress: Progress | None, done_before: int) -> Progress | None:
    """Reading is the first half of the work, writing the second."""
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(done_before + done, total * 2)

    return report


def _begin(session: Session, at: At) -> int:
    access.require(session, at, Permission.IMPORT_CATALOGUE)
    return shop_settings.get_settings(session).digits


def _raise_problems(reading: _Reading) -> None:
    if reading.problems:
        raise ImportProblem(tuple(sorted(reading.problems, key=lambda problem: problem.line)))


# Reading


def _read(path: Path, digits: int, progress: Progress | None) -> _Reading:
    reading = _Reading()
    records = _records(_text_of(path), reading)
    if not records:
        if not reading.problems:
            reading.refuse(1, "title", "column")
        return reading
    _read_header(records[0], reading)
    if reading.problems:
        return reading
    seen = _Seen()
    for number, cells in enumerate(records[1:], start=2):
        if progress is not None and number % 200 == 0:
            progress(number - 1, len(records) - 1)
        _read_record(number, cells, digits, reading, seen)
    return reading


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidInput("file", path.name, "too_large")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("file", str(path)) from error
    except OSError as error:
        raise StorageError(str(path), error.strerror or "") from error
    # Bytes that are no UTF-8 are told cell by cell.
    return content.decode("utf-8-sig", errors="surrogateescape")


def _records(text: str, reading: _Reading) -> list[list[str]]:
    """Split the text into rows of cells; blank rows at the end are nobody's loss."""
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        records.extend(reader)
    except csv.Error:
        # Its words are English and about the program that reads.
        reading.refuse(len(records) + 1, "", "quotes", "")
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    return records


def _delimiter(text: str) -> str:
    """A spreadsheet writes semicolons or tabs where its country does."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=lambda mark: sum(_column_key(name) in _KNOWN for name in first.replace('"', "").split(mark)))


def _column_key(name: str) -> str:
    return "_".join(unicodedata.normalize("NFKC", name).casefold().replace("-", " ").replace("_", " ").split())


def _read_header(names: Sequence[str], reading: _Reading) -> None:
    reading.names = [name.strip() for name in names]
    unknown: list[str] = []
    for place, name in enumerate(reading.names):
        if not _is_utf8(name):
            reading.problems.append(RowProblem(1, "", "utf8", _visible(name)))
            continue
        column = _KNOWN.get(_column_key(name))
        if column is None:
            unknown.append(name[:_SHOWN])
        elif column in reading.header:
            reading.problems.append(RowProblem(1, name[:_SHOWN], "column_once", reading.names[reading.header[column]]))
        else:
            reading.header[column] = place
    reading.unknown = tuple(name for name in unknown if name)
    if not reading.problems:
        for column in _REQUIRED:
            if column not in reading.header:
                reading.refuse(1, column, "column")


def _read_record(line: int, cells: Sequence[str], digits: int, reading: _Reading, seen: "_Seen") -> None:
    if len(cells) != len(reading.names):
        reading.refuse(line, "", "cells", str(len(cells)))
        return
    before = len(reading.problems)
    for column, place in reading.header.items():
        _check_cell(line, column, cells[place], reading)
    given: dict[str, Any] = {column: cells[place] for column, place in reading.header.items()}
    barcodes, forced = _read_barcodes(line, given.pop("barcode", ""), reading)
    values, refused = check_draft(EditionDraft(**given), digits)
    told = {problem.column for problem in reading.problems[before:]}
    for error in refused:
        name = reading.names[reading.header[error.field]]
        if name not in told:
            reading.refuse(line, error.field, _expected(error), _visible(error.value))
    if len(reading.problems) == before:
        row = ImportRow(line, replace(values, barcodes=barcodes), forced)
        _check_twice(row, reading, seen)
        if len(reading.problems) == before:
            reading.rows.append(row)


def _expected(refused: InvalidInput) -> str:
    if (refused.field, refused.reason) == ("quantity", "out_of_range"):
        return "smaller_number"
    return _EXPECTED.get(refused.reason) or _NUMBERS.get(refused.field, refused.field)


def _check_cell(line: int, column: str, cell: str, reading: _Reading) -> None:
    """Numbers stand as plain digits in a file; what a person may type is more."""
    if not _is_utf8(cell):
        reading.refuse(line, column, "utf8", _visible(cell))
    elif column in _NUMBERS and cell.strip() and not _PLAIN_NUMBER.fullmatch(cell.strip()):
        reading.refuse(line, column, _NUMBERS[column], cell)


def _read_barcodes(line: int, cell: str, reading: _Reading) -> tuple[tuple[BarcodeValue, ...], frozenset[str]]:
    found: dict[str, BarcodeValue] = {}
    forced: set[str] = set()
    for part in cell.split("|"):
        text = part.strip()
        is_meant, code = text.startswith("!"), text.removeprefix("!").strip()
        if not code and not is_meant:
            continue
        if not _PLAIN_BARCODE.fullmatch(code):
            reading.refuse(line, "barcode", "barcode", _visible(text))
            continue
        try:
            value = read_barcode(code)
        except InvalidInput as error:
            reading.refuse(line, "barcode", _expected(error), code)
            continue
        if not value.check_ok and not is_meant:
            reading.refuse(line, "barcode", "check_digit" if len(code) in _LENGTHS else "barcode", code)
        found.setdefault(value.code, value)
        if is_meant:
            forced.add(value.code)
    return tuple(found.values()), frozenset(forced)


@dataclass(slots=True)
class _Seen:
    """What earlier rows held: what each barcode stands on, and the editions without any."""

    bearers: "_Bearers" = field(default_factory=dict)
    without_code: set[tuple[str | int | None, ...]] = field(default_factory=set)


_Bearers = dict[str, set[tuple[str, ...]]]
"""By barcode: what tells the editions apart that bear it."""


def _check_twice(row: ImportRow, reading: _Reading, seen: _Seen) -> None:
    own = _identity(row.values)
    for barcode in row.values.barcodes:
        _check_bearers(row, barcode, seen.bearers.get(barcode.code, set()), ("new_row", "new_barcode"), reading)
        seen.bearers.setdefault(barcode.code, set()).add(own)
    if not row.values.barcodes:
        key = same_edition_key(row.values)
        if key in seen.without_code:
            reading.refuse(row.line, "title", "new_row", row.values.title)
        seen.without_code.add(key)


def _check_bearers(
    row: ImportRow, barcode: BarcodeValue, bearers: set[tuple[str, ...]], expected: tuple[str, str], reading: _Reading
) -> None:
    """Refuse a barcode that stands on the very same edition already, or, unless it is meant, on any other one."""
    if _identity(row.values) in bearers:
        reading.refuse(row.line, "barcode", expected[0], barcode.printed)
    elif bearers and barcode.code not in row.forced:
        reading.refuse(row.line, "barcode", expected[1], barcode.printed)


def _identity(values: Any) -> tuple[str, ...]:
    """What tells apart editions that share a barcode; of a row of the file or of the catalogue."""
    names = (values.artist, values.title, values.format, values.label, values.catalogue_number, values.country)
    return (*(name.casefold() for name in names), values.released, str(values.year or ""))


def _is_utf8(text: str) -> bool:
    return not any("\udc80" <= char <= "\udcff" for char in text)


def _visible(text: str) -> str:
    return "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in text[:_SHOWN])


# Against the catalogue


def _known_already(session: Session, reading: _Reading, rows: Sequence[ImportRow]) -> list[RowProblem]:
    """Rows that the catalogue holds already: the same file twice, as a rule."""
    codes = [barcode.code for row in rows for barcode in row.values.barcodes]
    query = (
        select(BARCODE.c.code, EDITION)
        .join(EDITION, EDITION.c.id == BARCODE.c.edition_id)
        .where(BARCODE.c.code.in_(bindparam("codes", expanding=True)), ~EDITION.c.is_deleted)
    )
    bearers: _Bearers = {}
    for found in session.execute(query, {"codes": codes}):
        bearers.setdefault(found.code, set()).add(_identity(found))
    known = _Reading(reading.header, reading.names)
    for row in rows:
        for barcode in row.values.barcodes:
            _check_bearers(row, barcode, bearers.get(barcode.code, set()), ("not_in_catalogue",) * 2, known)
        if not row.values.barcodes and find_twin_id(session, row.values) is not None:
            known.refuse(row.line, "title", "not_in_catalogue", row.values.title)
    return known.problems


# Writing


def _write(db: Database, at: At, name: str, rows: Sequence[ImportRow], progress: Progress | None) -> None:
    written: list[int] = []
    is_shown = False
    db.run(_record, at, "import_started", name, len(rows))
    try:
        for start in range(0, len(rows), _CHUNK):
            if progress is not None:
                progress(start, len(rows))
            written += db.run(_write_hidden, at, rows[start : start + _CHUNK])
        db.run(_show, at, name, written)
        is_shown = True
    finally:
        if not is_shown:
            # What cannot be taken away now (the disk is gone, say) stays hidden until the next import.
            with suppress(StorageError):
                _discard(db, at, at.now, written)
    if progress is not None:
        progress(len(rows), len(rows))


def _record(session: Session, at: At, action: str, name: str, count: int) -> None:
    audit.record(session, at, action, name, editions=count)


def _write_hidden(session: Session, at: At, rows: Sequence[ImportRow]) -> list[int]:
    business_on = shop_day(at, shop_settings.get_settings(session))
    ids = [write_edition(session, at, row.values, business_on, is_hidden=True) for row in rows]
    search.index_editions(session, ids)
    return ids


def _show(session: Session, at: At, name: str, edition_ids: Sequence[int]) -> None:
    """The one step that makes the import real."""
    if edition_ids:
        session.execute(
            update(EDITION)
            .where(
                EDITION.c.id.between(edition_ids[0], edition_ids[-1]),
                EDITION.c.created_at == at.now,
                EDITION.c.is_deleted,
            )
            .values(is_deleted=False)
        )
    _record(session, at, "catalogue_imported", name, len(edition_ids))


# What an import left behind


def _unfinished(session: Session, before: datetime) -> list[datetime]:
    """When imports began of which nobody recorded the end: an import's entries all bear the time of its beginning."""
    ended = AUDIT.alias()
    query = select(AUDIT.c.happened_at).where(
        AUDIT.c.action == "import_started",
        AUDIT.c.happened_at < before,
        ~exists().where(
            ended.c.happened_at == AUDIT.c.happened_at, ended.c.action.in_(("catalogue_imported", "import_discarded"))
        ),
    )
    return list(session.execute(query).scalars())


def _hidden_ids(session: Session, began_at: datetime) -> list[int]:
    query = select(EDITION.c.id).where(EDITION.c.is_deleted, EDITION.c.created_at == began_at)
    return list(session.execute(query.order_by(EDITION.c.id)).scalars())


def _discard(db: Database, at: At, began_at: datetime, edition_ids: Sequence[int]) -> None:
    for ids in _chunks(edition_ids):
        db.run(_take_away, ids)
    db.run(_record, replace(at, now=began_at), "import_discarded", "", len(edition_ids))


def _chunks(edition_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(edition_ids), _CHUNK):
        yield edition_ids[start : start + _CHUNK]


def _take_away(session: Session, edition_ids: Sequence[int]) -> None:
    """Delete editions that nobody ever saw, with all that was written for them."""
    search.remove_editions(session, edition_ids)
    albums = list(session.execute(select(EDITION.c.album_id).where(EDITION.c.id.in_(edition_ids))).scalars())
    for table in (STOCK_MOVE, STOCK, BARCODE, MEDIUM):
        session.execute(delete(table).where(table.c.edition_id.in_(edition_ids)))
    session.execute(delete(EDITION).where(EDITION.c.id.in_(edition_ids)))
    used = exists().where(EDITION.c.album_id == ALBUM.c.id)
    session.execute(delete(ALBUM).where(ALBUM.c.id.in_(albums), ~used))
