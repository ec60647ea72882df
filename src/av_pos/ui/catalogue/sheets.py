"""Linking an unknown disc to the one it was, and importing a list."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from av_pos.i18n import _, ngettext
from av_pos.services import catalogue, catalogue_import
from av_pos.services.catalogue import EditionRow
from av_pos.services.catalogue_import import ImportOutcome
from av_pos.ui.catalogue import words
from av_pos.ui.desk import Desk
from av_pos.ui.disc_sheet import DiscSheet
from av_pos.ui.import_sheet import ImportSheet, left_out_words
from av_pos.ui.widgets.table import Column

_MOST = 40


def relink_sheet(window: QWidget, desk: Desk, currency: str, unknown: EditionRow) -> DiscSheet:
    """Ask which disc it really was."""

    def find(text: str) -> list[EditionRow]:
        return [row for row in desk.ask(catalogue.list_editions, text, _MOST) if not row.is_provisional]

    columns: tuple[Column[EditionRow], ...] = (
        Column(_("Disc"), words.disc_cell, "disc", stretch=True),
        Column(_("Label"), words.label_words),
        Column(_("Price"), _price, "money", strong=True),
    )
    made = DiscSheet(
        window, desk, currency, _("Which disc is “{title}”?").format(title=unknown.title), _("Link"),
        about=_("Its barcode and its stock go over to the disc you choose. The sale stays as it was."),
        find=find, columns=columns, name="relink",
    )  # fmt: skip
    # The title typed at the till is often the right one; when it finds nothing, begin with the newest discs.
    if find(unknown.title):
        made.field.setText(unknown.title)
        made.field.selectAll()
    return made


def import_sheet(window: QWidget, desk: Desk, path: Path) -> ImportSheet:
    """Bring a list of discs in."""
    return ImportSheet(window, desk, _("Import a list of discs"), path, catalogue_import.import_catalogue,
                       told=_came_in)  # fmt: skip


def _came_in(outcome: ImportOutcome) -> str:
    count = outcome.editions_qty
    sentences = [ngettext("{count} disc came in.", "{count} discs came in.", count).format(count=f"{count:,}")]
    if outcome.pieces_qty:
        pieces = ngettext("{count} piece is in stock.", "{count} pieces are in stock.", outcome.pieces_qty)
        sentences.append(pieces.format(count=f"{outcome.pieces_qty:,}"))
    return " ".join((*sentences, left_out_words(outcome.unknown_columns))).strip()


def _price(row: EditionRow) -> int:
    return row.price_minor
