"""Turns lines into the bytes that a printer understands (ESC/POS), as text in GBK or drawn.

Every slip begins with ESC @, so that it inherits nothing from the last one. In GBK mode a line goes out as text only if
the printer's font shows each of its characters in just the columns that the layout gave it; any other line is drawn. No
four-byte codes, no code pages, and nothing below 0x20 comes from data.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from av_pos.printing import raster
from av_pos.printing.layout import Kind, Line, Part, char_width, compose
from av_pos.printing.profile import Mode, PrinterProfile

INITIALISE = b"\x1b@"
# The American set: in the Chinese one "$" prints as a yuan sign.
SIGNS_AMERICAN = b"\x1bR\x00"
HANZI_ON = b"\x1c&"
HANZI_OFF = b"\x1c."
CENTER, LEFT = b"\x1ba\x01", b"\x1ba\x00"
# Four lines are 15 to 17 mm: the knife, or the edge to tear at, is 12 mm behind the print head.
FEED_PAST_KNIFE = b"\x1bd\x04"
CUT = b"\x1dV\x01"
LINE_GAP = b"\x1bJ\x06"
DRAWER_PULSE = b"\x1bp\x00\x19\xfa"  # pin 2, 50 ms on, 500 ms off
STRIP_ROWS = 48

# Signs that Chinese printers show two columns wide, or not at all, and how they print instead.
SIGNS = str.maketrans(
    {
        "¥": "￥",
        "£": "￡",
        "¢": "￠",
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2032": "'",
        "\u2033": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2015": "-",
        "\u2212": "-",
        "\u2026": "...",
        "×": "x",
    }
)
# These stand in GBK as wide signs and look right as such.
_GROWS = frozenset("·")


def encode(lines: Sequence[Line], profile: PrinterProfile) -> bytes:
    """Return the whole slip for this printer."""
    if profile.mode is Mode.GBK:
        return encode_gbk(lines, profile)
    return encode_raster(lines, profile)


def encode_gbk(lines: Sequence[Line], profile: PrinterProfile) -> bytes:
    """Return the slip as GBK text; lines that the printer's font cannot show are drawn, 24 rows each."""
    out = bytearray(INITIALISE + SIGNS_AMERICAN + HANZI_ON)
    bold, size = False, 0
    for line in lines:
        if line.kind is not Kind.TEXT:
            line_bold, line_size = False, 0
        else:
            line_bold, line_size = line.bold, (0x10 if line.wide else 0) | (0x01 if line.tall else 0)
        if line_bold != bold:
            out += b"\x1bE" + bytes([line_bold])
        if line_size != size:
            out += b"\x1d!" + bytes([line_size])
        bold, size = line_bold, line_size
        out += _gbk_line(line, profile)
    return bytes(out)


def _gbk_line(line: Line, profile: PrinterProfile) -> bytes:
    if line.kind is Kind.TEXT:
        text = _gbk_text(line, profile)
        return _drawn_line(line, profile) if text is None else text + b"\n"
    if line.kind is Kind.RULE:
        return b"-" * line.columns + b"\n"
    if line.kind is Kind.BARCODE:
        return _native_barcode(line.code)
    if line.kind is Kind.FEED:
        return b"\n" * line.rows
    return _cut(profile)


def _gbk_text(line: Line, profile: PrinterProfile) -> bytes | None:
    """The line as GBK, None where the printer would show something else than the layout meant."""
    parts: list[Part] = []
    for part in line.parts:
        if part.text.isascii() and part.text.isprintable():
            parts.append(part)
            continue
        chars = [_gbk_char(char, profile.strip_accents) for char in part.text.translate(SIGNS)]
        if None in chars:
            return None
        parts.append(replace(part, text="".join(filter(None, chars))))
    text = compose(parts, line.room, _gbk_width)
    return None if text is None else text.encode("gbk")


def _gbk_width(text: str) -> int:
    """Columns on the printer: its font has one column for a byte."""
    return len(text.encode("gbk"))


@lru_cache(maxsize=8192)
def _gbk_char(char: str, strip_accents: bool) -> str | None:
    """The character that the printer's font shows in the same columns, None where there is none."""
    if char.isascii():
        # Lines are made of plain text; this holds for a line that somebody built by hand, too.
        return char if char.isprintable() else " "
    if char in _GROWS:
        return char
    try:
        if len(char.encode("gbk")) == char_width(char):
            return char
    except UnicodeEncodeError:
        pass
    if strip_accents:
        base = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
        if base.isascii() and base.isprintable() and len(base) == char_width(char):
            return base
    return None


def _drawn_line(line: Line, profile: PrinterProfile) -> bytes:
    rows = raster.raster_rows([line], profile.dots, raster.TEXT_ROWS)
    return _strips(rows, profile.dots) + LINE_GAP


def _native_barcode(code: str) -> bytes:
    """EAN-13 by the printer itself: 8 mm high, 3 dots a module, digits below."""
    return CENTER + b"\x1dh\x40\x1dw\x03\x1dH\x02\x1df\x00\x1dk\x43\x0d" + code.encode("ascii") + LEFT


def _cut(profile: PrinterProfile) -> bytes:
    return FEED_PAST_KNIFE + (CUT if profile.cutter else b"")


def encode_raster(lines: Sequence[Line], profile: PrinterProfile) -> bytes:
    """Return the slip drawn with the shop's fonts, as strips of at most 48 rows."""
    out = bytearray(INITIALISE)
    # In the middle, where the paper has more dots than the drawing.
    out += CENTER
    pending: list[Line] = []
    for line in [*lines, None]:
        if line is not None and line.kind is not Kind.CUT:
            pending.append(line)
            continue
        if pending:
            out += _strips(raster.raster_rows(pending, profile.dots), profile.dots)
            pending = []
        if line is not None:
            out += LEFT + _cut(profile) + CENTER
    return bytes(out + LEFT)


def _strips(rows: bytes, dots: int) -> bytes:
    """GS v 0 pictures of at most 48 rows each: small printers hold no more, and a broken connection leaves less
    of a picture for the next slip to fall into."""
    across = dots // 8
    out = bytearray()
    for start in range(0, len(rows), across * STRIP_ROWS):
        strip = rows[start : start + across * STRIP_ROWS]
        count = len(strip) // across
        out += b"\x1dv0\x00" + across.to_bytes(2, "little") + count.to_bytes(2, "little") + strip
    return bytes(out)
