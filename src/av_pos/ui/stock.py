"""Stock in words and colours, the same on every screen."""

from av_pos.i18n import ngettext, screen_texts
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.chip import Kind


def stock_words(qty: int) -> str:
    """Say how many are in stock."""
    return ngettext("{count} in stock", "{count} in stock", qty).format(count=_number(qty))


def stock_kind(qty: int, low_mark_qty: int = 0) -> Kind:
    """How that is meant: below zero shelf and books disagree; few, or none, is something to reorder."""
    return "danger" if qty < 0 else "warn" if qty <= low_mark_qty else "neutral"


def stock_mark(qty: int, low_mark_qty: int) -> Mark:
    """The stock as a mark that sorts by number."""
    return Mark(_number(qty), stock_kind(qty, low_mark_qty), float(qty))


def _number(qty: int) -> str:
    return f"{qty:,}".replace("-", screen_texts().minus)
