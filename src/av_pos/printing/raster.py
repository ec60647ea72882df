"""Draws lines with the shop's own fonts: for printers without Chinese, for the slip on screen, for pictures.

Columns keep their places (amounts end at one edge), letters inside a part have their natural width. Noto Sans SC
draws, WenQuanYi Micro Hei what it lacks; a character that neither has becomes 〓 or ?.
"""

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from av_pos.printing.layout import GETA, UNKNOWN, Align, Kind, Line, Part, char_width, width
from av_pos.resources import resource

if TYPE_CHECKING:
    from PIL import Image, ImageFont

LINE_ROWS = 30  # dots from one line to the next on a printer's own 24-dot font
TEXT_ROWS = 24
BAR_MODULE = 3  # dots: 0.375 mm at 203 dpi
BAR_ROWS = 64
BLACK = 255  # pictures are drawn as ink: 255 prints


@lru_cache(maxsize=16)
def _font(name: str, size: int) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    # Basic layout: letters stand in the order they are given, nothing reorders or joins them.
    return ImageFont.truetype(str(resource("fonts", name)), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4)
def _missing(name: str) -> bytes:
    """What this font draws for a character that it lacks."""
    return bytes(_font(name, TEXT_ROWS).getmask("\uffff"))


@lru_cache(maxsize=8192)
def _has(name: str, char: str) -> bool:
    return char == " " or bytes(_font(name, TEXT_ROWS).getmask(char)) != _missing(name)


@lru_cache(maxsize=8192)
def _source(char: str, bold: bool) -> tuple[str, str]:
    """The font that draws a character, and what it draws."""
    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    for font in (name, "WenQuanYiMicroHei.ttf"):
        if _has(font, char):
            return font, char
    return name, GETA if char_width(char) == 2 else UNKNOWN


def _runs(text: str, bold: bool) -> Iterable[tuple[str, str]]:
    """Split a text into stretches of one font."""
    font = stretch = ""
    for char in text:
        if not char_width(char):
            continue
        name, shown = _source(char, bold)
        if name != font and stretch:
            yield font, stretch
            stretch = ""
        font = name
        stretch += shown
    if stretch:
        yield font, stretch


def _draw_text(text: str, size: int, bold: bool, rows: int, baseline: int) -> "Image.Image":
    """Draw a text at its natural width, `rows` high."""
    from PIL import Image, ImageDraw

    runs = [(_font(name, size), stretch) for name, stretch in _runs(text, bold)]
    image = Image.new("L", (max(1, round(sum(font.getlength(stretch) for font, stretch in runs)) + 1), rows), 0)
    pen = ImageDraw.Draw(image)
    at = 0.0
    for font, stretch in runs:
        pen.text((at, baseline), stretch, fill=BLACK, font=font, anchor="ls")
        at += font.getlength(stretch)
    return image


def _free(line: Line, part: Part) -> int:
    """Columns that a part may take: its own, and what is free to its right when it stands at the left."""
    columns = width(part.text)
    if part.align is Align.CENTER:
        return line.room
    if part.align is Align.RIGHT:
        return columns
    starts = [other.at - width(other.text) for other in line.parts if other.align is Align.RIGHT]
    return max(columns, min(starts, default=line.room + 1) - 1 - part.at)


def _place(image: "Image.Image", line: Line, part: Part, top: int, pitch: float, rows: int) -> None:
    """Draw one part into its columns, narrowed where its letters are wider than those."""
    high, across = (2 if line.tall else 1), (2 if line.wide else 1)
    size = min(round(pitch * 1.9), round(rows * 0.8)) * high
    room = round(_free(line, part) * pitch * across)
    letters = _draw_text(part.text, size, line.bold, rows * high, round(rows * high * 0.76))
    target = min(room, letters.width if across == high else round(letters.width * across / high))
    if target < letters.width:
        letters = letters.resize((max(1, target), letters.height))
    left = round(part.at * pitch * across)
    if part.align is Align.RIGHT:
        left -= letters.width
    elif part.align is Align.CENTER:
        left = (image.width - letters.width) // 2
    image.paste(BLACK, (left, top), letters)


def _bars(code: str, module: int, rows: int) -> "Image.Image":
    """The bars of an EAN-13; each module a whole number of dots."""
    from barcode.ean import EAN13
    from PIL import Image

    modules: str = EAN13(code).build()[0]
    strip = Image.frombytes("L", (len(modules), 1), bytes(BLACK if bar == "1" else 0 for bar in modules))
    return strip.resize((len(modules) * module, rows), Image.Resampling.NEAREST)


def _draw_barcode(image: "Image.Image", line: Line, top: int, pitch: float) -> None:
    bars = _bars(line.code, BAR_MODULE, BAR_ROWS)
    image.paste(bars, ((image.width - bars.width) // 2, top))
    digits = Line(line.columns, parts=(Part(line.code, align=Align.CENTER),))
    _place(image, digits, digits.parts[0], top + BAR_ROWS + 2, pitch, LINE_ROWS)


def height(line: Line, rows: int = LINE_ROWS) -> int:
    """Dots that a line takes from top to bottom, at `rows` dots a text line."""
    if line.kind is Kind.BARCODE:
        return BAR_ROWS + 2 + rows
    if line.kind is Kind.FEED:
        return rows * line.rows
    if line.kind is Kind.CUT:
        return 0
    return rows * (2 if line.tall else 1)


def draw(lines: Sequence[Line], dots: int, rows: int = LINE_ROWS) -> "Image.Image":
    """Draw lines one below the other, `dots` wide, in shades of ink (0 is paper, 255 is black)."""
    from PIL import Image

    image = Image.new("L", (dots, max(1, sum(height(line, rows) for line in lines))), 0)
    top = 0
    for line in lines:
        pitch = dots / line.columns
        if line.kind is Kind.TEXT:
            for part in line.parts:
                _place(image, line, part, top, pitch, rows)
        elif line.kind is Kind.RULE:
            image.paste(BLACK, (0, top + rows // 2 - 1, dots, top + rows // 2 + 1))
        elif line.kind is Kind.BARCODE:
            _draw_barcode(image, line, top, pitch)
        top += height(line, rows)
    return image


def raster_rows(lines: Sequence[Line], dots: int, rows: int = LINE_ROWS) -> bytes:
    """Draw lines as a printer takes them: `dots` / 8 bytes a row, a set bit is black."""
    # A low threshold keeps the thin strokes of dense characters.
    return draw(lines, dots, rows).point(lambda ink: 255 if ink > 100 else 0).convert("1").tobytes()


def lines_to_png(lines: Sequence[Line], path: Path | None = None, *, margin: int = 24) -> bytes:
    """Draw a slip as a PNG, black on white with a margin, 12 dots a column; write it to `path` if one is given."""
    from PIL import Image, ImageOps

    columns = lines[0].columns if lines else 1
    ink = draw(lines, columns * 12)
    page = Image.new("L", (ink.width + 2 * margin, ink.height + 2 * margin), 255)
    page.paste(ImageOps.invert(ink), (margin, margin))
    stream = io.BytesIO()
    page.save(stream, "PNG", dpi=(203, 203))
    if path is not None:
        path.write_bytes(stream.getvalue())
    return stream.getvalue()
