"""The lists of classes and trends."""

from av_pos.i18n import _
from av_pos.services.market_trends import ClassRow, ClassSum, GroupBy, TrendRow
from av_pos.ui.reorder import words
from av_pos.ui.styles import style_words
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.table import Column, DataTable

_MONTHS = 12
CLASS_STOCK, TREND_TITLES, SUM_PIECES = 5, 5, 2
"""Columns that give their room to the names where the window is narrow."""


def classes_table(currency: str) -> "DataTable[ClassRow]":
    """The titles, those that earn most first, with their classes."""
    columns: tuple[Column[ClassRow], ...] = (
        Column(_("Disc"), _class_disc, "disc", stretch=True),
        Column(_("By profit"), _by_profit, "chip"),
        Column(_("By pieces"), _by_pieces, "chip"),
        Column(_("Profit"), _profit, "money", strong=True, total=True),
        Column(_("Pieces"), _pieces, "number", total=True),
        Column(_("Stock at cost"), _stock, "money", total=True),
    )
    return DataTable("classTable", _("Classes of discs"), columns, currency_code=currency, key=_edition, totals=True,
                     empty=_("Nothing was sold in the last year, so there is nothing to sort."))  # fmt: skip


def sums_table(currency: str) -> "DataTable[ClassSum]":
    """The classes, by profit and by pieces."""
    columns: tuple[Column[ClassSum], ...] = (
        Column(_("Class"), _sum_name, stretch=True),
        Column(_("Titles"), _sum_titles, "number"),
        Column(_("Pieces"), _sum_pieces, "number"),
        Column(_("At cost"), _sum_stock, "money"),
    )
    return DataTable("classSums", _("Classes"), columns, currency_code=currency, key=_sum_key)


class TrendsTable(DataTable[TrendRow]):
    """What styles, artists or formats do; `by` says which of them."""

    def __init__(self, currency: str) -> None:
        self.by = GroupBy.STYLE
        columns: tuple[Column[TrendRow], ...] = (
            Column(_("Group"), self.name_of, stretch=True),
            Column(_("Trend"), trend_mark, "chip"),
            Column(_("In a year"), _change, "number"),
            Column(_("Last year"), _year, "number", strong=True, total=True),
            Column(_("Year before"), _before, "number", total=True),
            Column(_("Titles"), _titles, "number", total=True),
        )
        super().__init__("trendTable", _("Trends"), columns, currency_code=currency, key=_trend_key, totals=True,
                         empty=_("Nothing was sold yet. After some months of sales trends appear here."))  # fmt: skip

    def name_of(self, row: TrendRow) -> str:
        """The group's name as people read it."""
        return style_words(row.name) if self.by is GroupBy.STYLE else row.name


def trend_mark(row: TrendRow) -> Mark:
    """What a group does, in a word."""
    marks: dict[str, tuple[str, Kind, float]] = {
        "rising": (_("rising"), "ok", 4.0),
        "seasonal": (_("seasonal"), "accent", 3.0),
        "flat": (_("steady"), "neutral", 2.0),
        "falling": (_("falling"), "danger", 1.0),
        "too_little": (_("too little to say"), "neutral", 0.0),
    }
    text, kind, order = marks.get(row.trend, (row.trend, "neutral", 0.0))
    return Mark(text, kind, order)


def trend_sentence(row: TrendRow) -> str:
    """What a group does, in a sentence."""
    if row.trend == "too_little":
        return _("There are too few weeks or sales to tell a trend from chance.")
    told = _("{change} in a year; by chance alone one would see this in {doubt} of cases.")
    parts = [told.format(change=words.change(row.change), doubt=words.share_fine(row.doubt))]
    if row.peak_month is not None:
        parts.append(_("It sells most in {month}.").format(month=month_words(row.peak_month)))
    return " ".join(parts)


def month_words(month: int) -> str:
    """The name of a month."""
    names = (_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
             _("September"), _("October"), _("November"), _("December"))  # fmt: skip
    return names[(month - 1) % _MONTHS]


def _class_disc(row: ClassRow) -> DiscCell:
    under: list[str | Mark] = [row.artist] if row.artist else []
    return DiscCell(row.title, (*under, *((Mark(row.format),) if row.format else ())))


def _letter(letter: str) -> Mark:
    kinds: dict[str, Kind] = {"A": "ok", "B": "accent", "C": "neutral"}
    return Mark(letter or words.NONE, kinds.get(letter, "warn"), -ord(letter or "D"))


def _by_profit(row: ClassRow) -> Mark:
    return _letter(row.by_profit)


def _by_pieces(row: ClassRow) -> Mark:
    return _letter(row.by_pieces)


def _profit(row: ClassRow) -> int:
    return row.profit_minor


def _pieces(row: ClassRow) -> int:
    return row.pieces_qty


def _stock(row: ClassRow) -> int:
    return row.stock_minor


def _edition(row: ClassRow) -> object:
    return row.edition_id


def _sum_name(row: ClassSum) -> str:
    if row.by == "profit":
        return _("{letter} by profit").format(letter=row.letter) if row.letter else _("no profit")
    return _("{letter} by pieces").format(letter=row.letter) if row.letter else _("no pieces")


def _sum_titles(row: ClassSum) -> int:
    return row.titles_qty


def _sum_pieces(row: ClassSum) -> int:
    return row.pieces_qty


def _sum_stock(row: ClassSum) -> int:
    return row.stock_minor


def _sum_key(row: ClassSum) -> object:
    return (row.by, row.letter)


def _change(row: TrendRow) -> words.Told | None:
    return None if row.trend == "too_little" else words.Told(row.change, words.change(row.change))


def _year(row: TrendRow) -> int:
    return row.year_qty


def _before(row: TrendRow) -> int:
    return row.before_qty


def _titles(row: TrendRow) -> int:
    return row.titles_qty


def _trend_key(row: TrendRow) -> object:
    return row.name
