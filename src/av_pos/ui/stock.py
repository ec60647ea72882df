"""Stock in words and colours, the same on every screen."""

from typing import TYPE_CHECKING

from av_pos.i18n import ngettext, screen_texts
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.chip import Kind

if TYPE_CHECKING:
    from av_pos.services.stock_lists import StandingRow, StockRow


def stock_words(qty: int) -> str:
    """Say how many are in stock."""
    return ngettext("{count} in stock", "{count} in stock", qty).format(count=_number(qty))


def stock_kind(qty: int, low_mark_qty: int = 0) -> Kind:
    """How that is meant: below zero shelf and books disagree; few, or none, is something to reorder."""
    return "danger" if qty < 0 else "warn" if qty <= low_mark_qty else "neutral"


def stock_mark(qty: int, low_mark_qty: int) -> Mark:
    """The stock as a mark that sorts by number."""
    return Mark(_number(qty), stock_kind(qty, low_mark_qty), float(qty))


def standing_kind(row: "StandingRow | StockRow") -> Kind:
    """How the pieces on hand are meant where it is known how many are put by, and which mark the disc has."""
    return "danger" if row.on_hand_qty < 0 else "warn" if row.is_low else "neutral"


def standing_mark(row: "StandingRow | StockRow") -> Mark:
    """The pieces on hand as a mark that sorts by number."""
    return Mark(_number(row.on_hand_qty), standing_kind(row), float(row.on_hand_qty))


def _number(qty: int) -> str:
    return f"{qty:,}".replace("-", screen_texts().minus)
