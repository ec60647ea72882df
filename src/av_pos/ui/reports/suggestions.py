"""What customers also bought, and whether it pays: a sheet over the reports."""

from PySide6.QtWidgets import QGridLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services.insight_report import TakenRow, Worth
from av_pos.ui.widgets.card import Line, empty, label
from av_pos.ui.widgets.cells import DiscCell
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable


class SuggestionsSheet(Sheet):
    """Acceptance, what it brought, and how often the lists guess right beside the best sellers."""

    def __init__(self, window: QWidget, currency: str) -> None:
        super().__init__(
            window, "suggestionsSheet", _("What suggestions bring"), cancel_text=_("Close"), width=640
        )  # fmt: skip
        self._currency = currency
        self._days = label(_("The last 30 days are being looked at."), "secondary", "suggestionDays", wrap=True)
        self._figures = QGridLayout()
        self._figures.setHorizontalSpacing(18)
        self._figures.setColumnStretch(0, 1)
        columns: tuple[Column[TakenRow], ...] = (
            Column(_("Disc"), _disc, "disc", stretch=True),
            Column(_("Pieces"), _pieces, "number"),
            Column(_("Takings"), _takings, "money", strong=True),
        )
        self.table: DataTable[TakenRow] = DataTable(
            "suggestionTable", _("Discs that were taken because they were offered"), columns, currency_code=currency,
            key=_edition_id, empty=_("Nothing was taken from the tiles yet. Alt 1 to 4 at the till adds one."),
        )  # fmt: skip
        self.table.setMinimumHeight(220)
        self.body.addWidget(self._days)
        self.body.addLayout(self._figures)
        self.body.addWidget(Line())
        self.body.addWidget(self.table)
        self.table.set_rows(())

    def show_worth(self, worth: Worth) -> None:
        """Show what was measured."""
        texts = screen_texts()
        self._days.setText(
            _("{first} to {last}").format(first=worth.first_on.isoformat(), last=worth.last_on.isoformat())
        )
        empty(self._figures)
        rows = (
            (_("Receipts with an offer"), f"{worth.receipts:,}"),
            (_("of these something was taken"), f"{worth.taken_receipts:,} · {texts.rate(worth.accepted_bp)}"),
            (_("Takings from it"), texts.money(worth.amount_minor, self._currency)),
            (_("Guessed right, ten tries each"), _share(worth.hits, worth.tested)),
            (_("Best sellers guessed right"), _share(worth.popular_hits, worth.tested)),
        )
        for row, (name, value) in enumerate(rows):
            self._figures.addWidget(label(name, "secondary"), row, 0)
            self._figures.addWidget(label(value, "strong", f"suggestionFigure{row + 1}"), row, 1)
        self.table.set_rows(worth.best)


def _share(hits: int, tested: int) -> str:
    if not tested:
        return "\u2014"
    rate = screen_texts().rate(10_000 * hits // tested)
    return _("{hits} of {tested} · {rate}").format(hits=f"{hits:,}", tested=f"{tested:,}", rate=rate)


def _disc(row: TakenRow) -> DiscCell:
    return DiscCell(row.title, (row.artist,) if row.artist else ())


def _pieces(row: TakenRow) -> int:
    return row.qty


def _takings(row: TakenRow) -> int:
    return row.amount_minor


def _edition_id(row: TakenRow) -> object:
    return row.edition_id
