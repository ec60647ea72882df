"""Words for what stands in the catalogue: stock, styles, formats, states of a used copy."""

import csv
from functools import cache

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.resources import start_data
from av_pos.services.catalogue import CopyRow, EditionRow
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.chip import Kind

FORMATS = ("CD", "LP", '12"', '10"', '7"', "Cassette", "SACD", "DVD", "Blu-ray", "UHD", "VCD", "CD+DVD", "LP+CD")
"""What is sold most; any other format may be typed."""


def stock_words(qty: int) -> str:
    """Say how many are in stock."""
    return ngettext("{count} in stock", "{count} in stock", qty).format(count=_number(qty))


def stock_kind(qty: int, low_mark_qty: int) -> Kind:
    """How that is meant: below zero is a loss to look into, few are low."""
    return "danger" if qty < 0 else "warn" if qty <= low_mark_qty else "neutral"


def stock_mark(qty: int, low_mark_qty: int) -> Mark:
    """The stock as a mark that sorts by number."""
    return Mark(_number(qty), stock_kind(qty, low_mark_qty), float(qty))


def category_choices() -> tuple[tuple[str, str], ...]:
    """What kinds of disc there are."""
    return ("music", _("Music")), ("film", _("Film"))


def style_choices() -> tuple[tuple[str, str], ...]:
    """The styles that the shop's lists begin with, in the reader's language; none at first."""
    place = 1 if screen_texts().is_chinese else 0
    return ("", ""), *((key, names[place]) for key, names in _styles().items())


def style_words(key: str) -> str:
    """The name of a style; a shop's own style is its own name."""
    return _styles()[key][1 if screen_texts().is_chinese else 0] if key in _styles() else key


def copy_state(row: CopyRow) -> Mark:
    """Whether a used copy can be sold."""
    states = {
        "in_stock": (_("for sale"), "ok"),
        "sold": (_("sold"), "neutral"),
        "reserved": (_("reserved"), "warn"),
        "intake": (_("to be priced"), "warn"),
        "withdrawn": (_("taken off"), "neutral"),
        "sent_back": (_("sent back"), "neutral"),
        "rented": (_("lent out"), "warn"),
    }
    words, kind = states.get(row.status, (row.status, "neutral"))
    return Mark(words, kind)  # type: ignore[arg-type]  # every kind above is one


def disc_cell(row: EditionRow) -> DiscCell:
    """An edition in a list: title, artist, format, and whether nobody has named it yet."""
    under: list[str | Mark] = [row.artist] if row.artist else []
    if row.format:
        under.append(Mark(row.format))
    if row.is_provisional:
        under.append(Mark(_("not in the catalogue yet"), "warn"))
    if row.copies_qty:
        used = ngettext("{count} used copy", "{count} used copies", row.copies_qty)
        under.append(used.format(count=row.copies_qty))
    return DiscCell(row.title, tuple(under))


def label_words(row: EditionRow) -> str:
    """Label and catalogue number."""
    return " ".join(word for word in (row.label, row.catalogue_number) if word)


def _number(qty: int) -> str:
    return f"{qty:,}".replace("-", screen_texts().minus)


@cache
def _styles() -> dict[str, tuple[str, str]]:
    with start_data("styles.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["name_en"], row["name_zh"]) for row in csv.DictReader(file)}
