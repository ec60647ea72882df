"""The lists of the counting screen: discs with what is expected and counted, and barcodes that nobody knows."""

from av_pos.i18n import _, screen_texts
from av_pos.services.count_rows import CountRow
from av_pos.services.stocktake_review import UnknownRow
from av_pos.ui.stocktake import words
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Column, DataTable

_EXPECTED, _DIFFERENCE, _COST = 2, 4, 5
_MEASURED_ROWS = 18


def count_table(currency: str, zone: str) -> "DataTable[CountRow]":
    """Discs and used copies of a stocktake."""

    def note(row: CountRow) -> str:
        return words.notes(row, zone)

    columns: tuple[Column[CountRow], ...] = (
        Column(_("Disc"), disc_cell, "disc", stretch=True),
        Column(_("Shelf"), _shelf),
        Column(_("Expected"), _expected, "number"),
        Column(_("Counted"), _counted, "number", strong=True),
        Column(_("Difference"), _difference, "chip"),
        Column(_("At cost"), _value, "money"),
        Column(_("Note"), note, stretch=True),
    )
    made = DataTable("stocktakeTable", _("Discs counted"), columns, currency_code=currency, key=row_key)
    # Every scan changes the list: measuring the rows that a large screen shows is enough, and quick.
    made.horizontalHeader().setResizeContentsPrecision(_MEASURED_ROWS)
    return made


def show_columns(table: "DataTable[CountRow]", *, with_expected: bool, with_cost: bool) -> None:
    """Show what was expected and how it differs, and what that is worth, or leave it away."""
    for column, shown in ((_EXPECTED, with_expected), (_DIFFERENCE, with_expected), (_COST, with_cost)):
        table.setColumnHidden(column, not shown)


def unknown_table(zone: str) -> "DataTable[UnknownRow]":
    """The codes that nobody knows."""

    def when(row: UnknownRow) -> str:
        return screen_texts().date_time(row.last_at, zone)

    columns: tuple[Column[UnknownRow], ...] = (
        Column(_("Barcode"), _code, strong=True, stretch=True),
        Column(_("Scans"), _scans, "number"),
        Column(_("Last scanned"), when),
        Column(_("Scanned by"), _by, stretch=True),
    )
    return DataTable("unknownTable", _("Unknown barcodes"), columns, key=_code)


def disc_cell(row: CountRow) -> DiscCell:
    """A disc, or a used copy with its grade: title, artist, format, code."""
    grade = _("used {grade}").format(grade=row.grade) if row.grade else _("used") if row.copy_id is not None else ""
    under: list[str | Mark] = [part for part in (row.artist, row.format, row.code) if part]
    return DiscCell(f"{row.title} · {grade}" if grade else row.title, tuple(under), cover_title=row.title)


def row_key(row: CountRow) -> object:
    """Which disc, or which used copy of it."""
    return row.edition_id, row.copy_id


def _shelf(row: CountRow) -> str:
    return row.shelf


def _expected(row: CountRow) -> int | None:
    return row.expected_qty if row.counted_qty is not None else None


def _counted(row: CountRow) -> int | None:
    return row.counted_qty


def _difference(row: CountRow) -> Mark | None:
    qty = row.difference_qty
    if qty is None:
        return None
    return Mark(words.signed(qty), "danger" if qty < 0 else "warn" if qty else "accent", float(qty))


def _value(row: CountRow) -> int | None:
    return row.value_minor or None


def _code(row: UnknownRow) -> str:
    return row.code


def _scans(row: UnknownRow) -> int:
    return row.scans_qty


def _by(row: UnknownRow) -> str:
    return row.last_by
