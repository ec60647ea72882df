"""A supplier's article list as a CSV file: brought in, all of it or nothing, and put out.

The file is UTF-8 with a header; columns in any order, named in English or Chinese. Each row names its disc by the
shop's own code, else by a barcode, else by a catalogue number that only one edition bears. The whole file is checked
before anything is written. A row is counted as a spreadsheet counts it: the header is row 1.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, catalogue_key, read_code, shop_code
from av_pos.domain.permissions import Permission
from av_pos.errors import ImportProblem, InvalidInput, NotFound, RowProblem, StorageError
from av_pos.i18n import format_amount
from av_pos.models import BARCODE, EDITION
from av_pos.services import access, audit
from av_pos.services.articles import (
    LONGEST_NUMBER,
    ArticleRow,
    ArticleTerms,
    list_articles,
    read_cost,
    read_pack,
    write_articles,
)
from av_pos.services.editions import find_by_code
from av_pos.services.suppliers import require_supplier
from av_pos.services.typed_text import read_line

Progress = Callable[[int, int], None]
"""Is told how many rows of how many are done; what it raises ends the import, and nothing was imported."""

_CHUNK = 400  # rows a transaction, some ten milliseconds
_LARGEST_FILE = 64 * 2**20
_SHOWN = 64
_COLUMNS = {
    "code": "code shop_code 店内码",
    "barcode": "barcode ean upc 条码 条形码",
    "catalogue_number": "catalogue_number catalog_number cat_no catno 目录号 编号 目录编号",
    "number": "article article_number number supplier_number 货号 供应商货号",
    "cost": "cost price 进价 成本 单价",
    "pack": "pack pack_qty 包装 包装数 每包",
    "preferred": "preferred 首选",
}
_KNOWN = {word: column for column, words in _COLUMNS.items() for word in words.split()}
_NAMED_BY = ("code", "barcode", "catalogue_number")
_YES = ("1", "yes", "true", "x", "是", "首选")
_EXPECTED = {"too_long": "shorter_text", "too_large": "smaller_number", "decimals": "fewer_decimals", "empty": "empty"}
_HEADINGS = ("code", "barcode", "catalogue_number", "artist", "title", "format", "article_number", "cost", "pack",
             "preferred")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArticlesImported:
    """What came in: how many articles, and the columns that nobody here knows and that were left out."""

    articles_qty: int
    unknown_columns: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """A file on its way from text to articles; `lines` says in which row an edition stood."""

    supplier_id: int
    digits: int
    header: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    unknown: tuple[str, ...] = ()
    found: list[ArticleTerms] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    def refuse(self, line: int, column: str, expected: str, value: str = "") -> None:
        place = self.header.get(column)
        self.problems.append(RowProblem(line, column if place is None else self.names[place], expected, value[:_SHOWN]))


def import_articles(
    db: Database, at: At, supplier_id: int, path: Path, *, progress: Progress | None = None
) -> ArticlesImported:
    """Workflow: import the file at `path` into a supplier's list, or raise ImportProblem with every bad row.

    What the file does not name stays. Written in short pieces: broken off by the power, import it again, nothing is
    there twice. Raises NotPermitted, NotFound, StorageError.
    """
    reading = db.ask(_begin, at, supplier_id)
    records = _records(_text_of(path), reading)
    if not records:
        reading.refuse(1, "cost", "column")
    else:
        _read_header(records[0], reading)
    if not reading.problems:
        for start in range(1, len(records), _CHUNK):
            if progress is not None:
                progress(start, len(records))
            db.ask(_read_rows, reading, start + 1, records[start : start + _CHUNK])
    if reading.problems:
        raise ImportProblem(tuple(sorted(reading.problems, key=lambda problem: problem.line)))
    for start in range(0, len(reading.found), _CHUNK):
        db.run(write_articles, at, reading.found[start : start + _CHUNK])
    db.run(_record, at, supplier_id, path.name, len(reading.found))
    return ArticlesImported(len(reading.found), reading.unknown)


def articles_csv(session: Session, at: At, supplier_id: int) -> str:
    """Return a supplier's list as CSV text, as `import_articles` reads it. Raises NotFound, NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    require_supplier(session, supplier_id)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    last_id = 0
    while rows := list_articles(session, supplier_id, _CHUNK, last_id):
        last_id = rows[-1].edition.id
        shared = _shared(session, [row.edition.code for row in rows])
        writer.writerows(_cells(row, shared) for row in rows)
    return out.getvalue()


def _shared(session: Session, codes: Sequence[str]) -> frozenset[str]:
    """Those of these codes that several editions bear."""
    query = select(BARCODE.c.code).where(BARCODE.c.code.in_(codes)).group_by(BARCODE.c.code)
    return frozenset(session.execute(query.having(func.count() > 1)).scalars())


def _cells(row: ArticleRow, shared: frozenset[str]) -> list[str]:
    """A row of the file; the code stands in the column that its kind belongs to.

    The shop's own code goes beside a barcode that would not name one disc alone.
    """
    code = row.edition.code
    is_own = read_code(code).kind is CodeKind.EDITION
    own = code if is_own else shop_code(CodeKind.EDITION, row.edition.id) if code in shared else ""
    return [
        own,
        "" if is_own else code,
        row.edition.catalogue_number,
        row.edition.artist,
        row.edition.title,
        row.edition.format,
        row.number,
        format_amount(row.cost_minor, i18n.currency(row.currency).digits).replace(",", ""),
        str(row.pack_qty),
        "1" if row.is_preferred else "",
    ]


def _begin(session: Session, at: At, supplier_id: int) -> _Reading:
    access.require(session, at, Permission.ORDER_GOODS)
    supplier = require_supplier(session, supplier_id)
    return _Reading(supplier_id, i18n.currency(supplier.currency).digits)


def _record(session: Session, at: At, supplier_id: int, name: str, count: int) -> None:
    supplier = require_supplier(session, supplier_id)
    audit.record(session, at, "articles_imported", supplier.name, file=name, articles=count, supplier_id=supplier_id)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidInput("file", path.name, "too_large")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("file", str(path)) from error
    except OSError as error:
        raise StorageError(str(path), error.strerror or "") from error
    return content.decode("utf-8-sig", errors="replace")


def _records(text: str, reading: _Reading) -> list[list[str]]:
    """Split the text into rows of cells; blank rows at the end are nobody's loss."""
    records: list[list[str]] = []
    first = text.split("\n", 1)[0].replace('"', "")
    mark = max(",;\t", key=lambda sign: sum(_key(name) in _KNOWN for name in first.split(sign)))
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        reading.refuse(len(records) + 1, "", "quotes")
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    return records


def _key(name: str) -> str:
    return "_".join(unicodedata.normalize("NFKC", name).casefold().replace("-", " ").replace("_", " ").split())


def _read_header(names: Sequence[str], reading: _Reading) -> None:
    reading.names = [name.strip() for name in names]
    if any("\ufffd" in name for name in names):
        # Saved in another encoding: what its columns are called cannot be known either.
        reading.refuse(1, "", "utf8")
        return
    columns = [_KNOWN.get(_key(name)) for name in reading.names]
    for place, column in enumerate(columns):
        if column in reading.header:
            reading.refuse(1, column, "column_once")
        elif column is not None:
            reading.header[column] = place
    # What the export writes beside what counts is no surprise.
    told = {_key(heading) for heading in _HEADINGS}
    reading.unknown = tuple(
        name[:_SHOWN]
        for name, column in zip(reading.names, columns, strict=True)
        if name and column is None and _key(name) not in told
    )
    if "cost" not in reading.header:
        reading.refuse(1, "cost", "column")
    if not reading.header.keys() & set(_NAMED_BY):
        reading.refuse(1, "barcode", "column")


def _read_rows(session: Session, reading: _Reading, first_line: int, records: Sequence[Sequence[str]]) -> None:
    for line, cells in enumerate(records, start=first_line):
        if len(cells) != len(reading.names):
            reading.refuse(line, "", "cells", str(len(cells)))
            continue
        given = {column: cells[place].strip() for column, place in reading.header.items()}
        before = len(reading.problems)
        for column in [column for column, cell in given.items() if "\ufffd" in cell]:
            reading.refuse(line, column, "utf8", given[column])
        terms = _read_terms(line, given, reading)
        edition_id = _find_edition(session, line, given, reading)
        if len(reading.problems) > before:
            continue
        if edition_id in reading.lines:
            reading.refuse(line, "barcode", "new_article", str(reading.lines[edition_id]))
            continue
        reading.lines[edition_id] = line
        reading.found.append(replace(terms, edition_id=edition_id))


def _read_terms(line: int, given: dict[str, str], reading: _Reading) -> ArticleTerms:
    number, cost, pack = "", 0, 1
    try:
        number = read_line("number", given.get("number", ""), LONGEST_NUMBER)
    except InvalidInput as error:
        reading.refuse(line, "number", _EXPECTED[error.reason], error.value)
    try:
        cost = read_cost(given["cost"], reading.digits)
    except InvalidInput as error:
        reading.refuse(line, "cost", _EXPECTED.get(error.reason, "amount"), given["cost"])
    try:
        pack = read_pack(given.get("pack", ""))
    except InvalidInput as error:
        reading.refuse(line, "pack", _EXPECTED.get(error.reason, "pieces"), given["pack"])
    is_preferred = given.get("preferred", "").casefold() in _YES
    return ArticleTerms(reading.supplier_id, 0, number, cost, pack, is_preferred)


def _find_edition(session: Session, line: int, given: dict[str, str], reading: _Reading) -> int:
    """Find which edition a row means, by the first of its names that is filled in; 0 when it was refused."""
    column = next((name for name in _NAMED_BY if given.get(name)), "")
    if not column:
        reading.refuse(line, next(name for name in _NAMED_BY if name in reading.header), "empty")
        return 0
    if column == "catalogue_number":
        key = catalogue_key(given[column])[:80]
        query = select(EDITION.c.id).where(EDITION.c.catalogue_key == key, ~EDITION.c.is_deleted)
        query = query.where(EDITION.c.merged_into_id.is_(None), ~EDITION.c.is_provisional).limit(2)
        ids: list[int] = list(session.execute(query).scalars()) if key else []
    else:
        rows = find_by_code(session, given[column])
        ids = [row.id for row in rows if not row.is_provisional]
    if len(ids) != 1:
        reading.refuse(line, column, "one_disc" if ids else "known_disc", given[column])
        return 0
    return ids[0]
