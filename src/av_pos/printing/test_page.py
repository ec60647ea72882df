"""The page that shows which of the two ways of printing a printer can do, and how wide it is."""

from collections.abc import Sequence
from dataclasses import replace

from av_pos.i18n import Texts
from av_pos.printing.encode import HANZI_OFF, encode_gbk, encode_raster
from av_pos.printing.layout import Align, Line, Paper
from av_pos.printing.profile import Mode, PrinterProfile

SAMPLES: Sequence[tuple[str, str]] = (
    ("周杰伦 范特西", "¥192.00"),
    ("Motörhead, Björk, Françoise", "-4.50"),
    ("아이브 Love Dive", "1,295.00"),
)
CODE = "2900000000001"


def lay_out_block(number: int, texts: Texts, columns: int) -> tuple[Line, ...]:
    """Set one block: its number, a few lines in three scripts, a ruler of so many columns."""
    paper = Paper(columns)
    names = {1: texts.gettext("printer's own font (gbk)"), 2: texts.gettext("drawn (raster)")}
    paper.text(str(number), align=Align.CENTER, bold=True, big=True)
    paper.text(names[number], align=Align.CENTER)
    for left, right in SAMPLES:
        paper.pair(left, right)
    paper.text("".join(str(column % 10) for column in range(1, columns + 1)), most=1)
    paper.text(texts.gettext("{count} columns: the ruler ends at the paper's edge").format(count=columns))
    paper.rule()
    return paper.lines


def lay_out_question(texts: Texts, columns: int) -> tuple[Line, ...]:
    """Set the question which block can be read."""
    paper = Paper(columns)
    paper.text(texts.gettext("Which block can be read, 1 or 2? Choose it in the settings; if both, choose 1."), most=4)
    paper.feed()
    paper.barcode(CODE)
    paper.cut()
    return paper.lines


def encode_test_page(profile: PrinterProfile, texts: Texts) -> bytes:
    """Return the page as bytes: block 1 as GBK text, block 2 drawn, whatever the profile's mode."""
    gbk, raster = replace(profile, mode=Mode.GBK), replace(profile, mode=Mode.RASTER)
    first = encode_gbk(lay_out_block(1, texts, gbk.columns), gbk)
    second = [*lay_out_block(2, texts, raster.columns), *lay_out_question(texts, raster.columns)]
    return first + HANZI_OFF + encode_raster(second, raster)
