"""The chosen disc with all that is known of it, and its used copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.db import Session
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import catalogue, insights, missed_demand, reservations, stock_lists
from av_pos.services.catalogue import CopyRow, EditionDraft, EditionRow
from av_pos.services.insights import Tile
from av_pos.services.reservations import ReservationRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stock_lists import StandingRow
from av_pos.ui import reserved, theme
from av_pos.ui.catalogue import words
from av_pos.ui.catalogue.standing import StandingRowView
from av_pos.ui.stock import standing_kind, stock_words
from av_pos.ui.styles import style_words
from av_pos.ui.widgets.card import Card, Line, label, scrolled
from av_pos.ui.widgets.chip import Chip
from av_pos.ui.widgets.cover import CoverTile
from av_pos.ui.widgets.facts import Facts
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import Column, DataTable

_COVER = 72
_FACT_NAME_WIDTH = 112
_BESIDE = 3
ASKED_DAYS = 90
"""How far back what was asked for, and not there, counts on the card."""


@dataclass(frozen=True, slots=True)
class Details:
    """An edition, what a form would show of it, and its used copies."""

    row: EditionRow
    draft: EditionDraft
    copies: tuple[CopyRow, ...]
    standing: StandingRow
    asked_qty: int = 0
    reserved: tuple[ReservationRow, ...] = ()
    bought_with: tuple[Tile, ...] = ()
    fits_members: int = 0


def read_details(session: Session, edition_id: int, today: date) -> Details:
    """Read all that is shown of an edition, and what was asked for in the last 90 days. Raises NotFound."""
    row = catalogue.get_edition(session, edition_id)
    return Details(
        row,
        catalogue.get_draft(session, row.id),
        catalogue.list_copies(session, row.id),
        stock_lists.get_standing(session, row.id),
        missed_demand.count_missed(session, row.id, today - timedelta(days=ASKED_DAYS)),
        reservations.list_reservations(session, row.id),
        insights.bought_with(session, row.id, _BESIDE),
        insights.fits_members(session, (row.id,)).get(row.id, 0),
    )


class EditionCard(Card):
    """Shows one edition. Its buttons ask: `change_asked`, `copy_asked`, `relink_asked`, `copy_chosen(CopyRow)`, and
    about its stock `put_by_asked`, `move_asked`, `why_asked`.
    """

    change_asked = Signal()
    copy_asked = Signal()
    relink_asked = Signal()
    copy_chosen = Signal(object)
    put_by_asked = Signal()
    move_asked = Signal()
    why_asked = Signal()

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__("editionCard")
        self._settings = settings
        self.details: Details | None = None
        self._cover = CoverTile("", _COVER)
        self._title = label("", "title", "editionTitle", wrap=True)
        self._artist = label("", "secondary", "editionArtist", wrap=True)
        self._format = Chip("", object_name="editionFormat")
        self._unnamed = Chip("", object_name="editionUnnamed")
        self._price = label("", "figure", "editionPrice")
        self._stock = Chip("", object_name="editionStock")
        self._standing = StandingRowView()
        self._facts = Facts("fact", _fact_names(), _FACT_NAME_WIDTH, selectable=True)
        self._copies_title = label(_("Used copies"), "section", "copiesTitle")
        self.copies = _copies_table(settings.currency)
        self.change_button = KeyButton(_("Edit"), "changeEditionButton", action="change_edition")
        self.copy_button = KeyButton(_("Add copy"), "addCopyButton", action="add_copy")
        self.relink_button = KeyButton(_("Link"), "relinkButton", action="relink")
        self.put_by_button = KeyButton(_("Put by"), "putByButton", action="put_by")
        self.move_button = KeyButton(_("Move"), "moveStockButton", action="move_stock")
        self.why_button = KeyButton(_("Cost"), "costHistoryButton", action="why")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.show_nothing()

    def show_details(self, details: Details, *, may_edit: bool, may_see_cost: bool) -> None:
        """Show this edition."""
        self.details = details
        row = details.row
        self._cover.set_title(row.title)
        self._title.setText(row.title)
        self._artist.setText(row.artist)
        self._artist.setVisible(bool(row.artist))
        self._format.show_text(row.format)
        self._unnamed.show_text(_("not in the catalogue yet") if row.is_provisional else "", "warn")
        self._price.setText(screen_texts().money(row.price_minor, self._settings.currency))
        self._stock.show_text(stock_words(row.on_hand_qty), standing_kind(details.standing))
        self._show_facts(details, may_see_cost=may_see_cost)
        self._show_copies(details.copies)
        self.change_button.setVisible(may_edit)
        self.copy_button.setVisible(may_edit and not row.is_provisional)
        self.relink_button.setVisible(may_edit and row.is_provisional)
        self._standing.show_standing(details.standing, details.asked_qty)
        self.put_by_button.setVisible(not row.is_provisional)
        self.move_button.setVisible(not row.is_provisional)
        self.why_button.setText(_("Cost") if may_see_cost else _("Ledger"))
        self._stack.setCurrentIndex(1)

    def show_nothing(self) -> None:
        """No edition is chosen."""
        self.details = None
        self._stack.setCurrentIndex(0)

    def _show_facts(self, details: Details, *, may_see_cost: bool) -> None:
        row, draft = details.row, details.draft
        facts = {
            "label": words.label_words(row),
            "year": draft.released or draft.year,
            "country": draft.country,
            "style": style_words(draft.style),
            "discs": draft.discs if draft.discs not in ("", "1") else "",
            "shelf": row.shelf,
            "barcodes": "\n".join(draft.barcodes) or (_("none on the disc") if draft.has_no_barcode else ""),
            "shop_code": row.code if row.code not in draft.barcodes else "",
            "cost": draft.cost if may_see_cost else "",
            "put_by": "\n".join(map(reserved.short_words, details.reserved)),
            "bought_with": _beside_words(details.bought_with),
            "fits": _members_words(details.fits_members),
        }
        self._facts.show_facts(facts)

    def _show_copies(self, copies: Sequence[CopyRow]) -> None:
        # What can be sold comes first.
        self.copies.set_rows(sorted(copies, key=_sold_last))
        lines = len(copies) * self.copies.verticalHeader().defaultSectionSize()
        # No higher than its rows, so that the facts above keep their room.
        self.copies.setMaximumHeight(max(80, lines + self.copies.horizontalHeader().sizeHint().height() + 4))
        self._copies_title.setVisible(bool(copies))
        self.copies.setVisible(bool(copies))

    def _lay_out(self) -> None:
        self.setFixedWidth(392 if theme.metrics() is theme.NORMAL else 330)
        nothing = label(_("Choose a disc to see all of it."), "empty", "editionNothing", wrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._full())
        self.body.addWidget(self._stack)

    def _full(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addLayout(self._head())
        price = QHBoxLayout()
        price.addWidget(self._price)
        price.addStretch(1)
        price.addWidget(self._stock)
        column.addLayout(price)
        column.addWidget(self._standing)
        column.addWidget(Line())
        facts = QWidget()
        page = QVBoxLayout(facts)
        page.setContentsMargins(0, 0, 0, 0)
        page.addLayout(self._facts)
        page.addStretch(1)
        column.addWidget(scrolled(facts, "editionFacts"), 60)
        column.addWidget(self._copies_title)
        column.addWidget(self.copies, 100)
        stock_foot = (self.put_by_button, self.move_button, self.why_button)
        for buttons in (stock_foot, (self.change_button, self.copy_button, self.relink_button)):
            foot = QHBoxLayout()
            foot.setSpacing(8)
            for button in buttons:
                foot.addWidget(button, 1)
            column.addLayout(foot)
        return made

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._cover, 0, Qt.AlignmentFlag.AlignTop)
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addWidget(self._title)
        names.addWidget(self._artist)
        chips = QHBoxLayout()
        chips.setSpacing(8)
        chips.addWidget(self._format)
        chips.addWidget(self._unnamed)
        chips.addStretch(1)
        names.addLayout(chips)
        head.addLayout(names, 1)
        return head

    def _connect(self) -> None:
        self.change_button.clicked.connect(self.change_asked)
        self.copy_button.clicked.connect(self.copy_asked)
        self.relink_button.clicked.connect(self.relink_asked)
        self.copies.chosen.connect(self.copy_chosen)
        self.put_by_button.clicked.connect(self.put_by_asked)
        self.move_button.clicked.connect(self.move_asked)
        self.why_button.clicked.connect(self.why_asked)


def _beside_words(tiles: Sequence[Tile]) -> str:
    lines = (
        _("{title} ({both} of {buyers})").format(title=tile.title, both=tile.both_qty, buyers=tile.buyers_qty)
        for tile in tiles
        if tile.both_qty
    )
    return "\n".join(lines)


def _members_words(count: int) -> str:
    return ngettext("{count} member", "{count} members", count).format(count=count) if count else ""


def _fact_names() -> tuple[tuple[str, str], ...]:
    return (
        ("label", _("Label")),
        ("year", _("Year")),
        ("country", _("Country")),
        ("style", _("Style")),
        ("discs", _("Discs")),
        ("shelf", _("Shelf")),
        ("barcodes", _("Barcode")),
        ("shop_code", _("Shop code")),
        ("cost", _("Cost")),
        ("put_by", _("Put by for")),
        ("bought_with", _("Bought with")),
        ("fits", _("Fits")),
    )


def _copies_table(currency_code: str) -> "DataTable[CopyRow]":
    columns: tuple[Column[CopyRow], ...] = (
        Column(_("Grade"), _grade, stretch=True),
        Column(_("State"), words.copy_state, "chip"),
        Column(_("Price"), _price, "money", strong=True),
    )
    made = DataTable("copiesTable", _("Used copies"), columns, currency_code=currency_code, key=_copy_id)
    made.setMinimumHeight(80)
    return made


def _grade(row: CopyRow) -> str:
    more = (row.grade, _("signed") if row.is_signed else "", _("cut-out") if row.is_cut_out else "", row.defects)
    return " · ".join(word for word in more if word) or row.code


def _price(row: CopyRow) -> int:
    return row.price_minor


def _copy_id(row: CopyRow) -> object:
    return row.id


def _sold_last(row: CopyRow) -> tuple[bool, int]:
    return row.status == "sold", row.id
