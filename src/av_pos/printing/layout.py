"""Text set into columns: what stands on each line of a slip, before anybody knows which printer it goes to.

A column is half a hanzi wide. 58 mm paper has 32 columns, 80 mm paper 48; hanzi, kana, Hangul and full-width signs take
two (Unicode's East Asian Width W and F), marks that sit on a letter take none. Nothing here knows bytes or fonts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

COLUMNS_58 = 32
COLUMNS_80 = 48
ELLIPSIS = "..."
# The printer's sign for "a character stood here that we cannot set", two columns wide, in every Chinese font.
GETA = "〓"
UNKNOWN = "?"
LONGEST = 2_000  # characters of one text that are looked at: no slip shows more

_BREAKS = "\t\n\v\f\r\x85"
_CLOSERS = frozenset("，。、；：！？）》」』】〕”’…—·,.;:!?)]}%")
_OPENERS = frozenset("（《「『【〔“‘([{")
_UNITS = re.compile(r"\S+")


class Kind(StrEnum):
    """What a line is."""

    TEXT = "text"
    RULE = "rule"
    BARCODE = "barcode"
    FEED = "feed"
    CUT = "cut"


class Align(StrEnum):
    """Where a part stands: from its column to the right, up to its column, or in the middle of the line."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text on a line. `at` is its left edge, for RIGHT its right edge, in columns; CENTER ignores it."""

    text: str
    at: int = 0
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a slip that is `columns` wide.

    A `wide` line has half as many columns, each twice as wide; a `tall` line is two lines high. `code` holds the 13
    digits of a BARCODE, `rows` the empty lines of a FEED.
    """

    columns: int
    kind: Kind = Kind.TEXT
    parts: tuple[Part, ...] = ()
    bold: bool = False
    wide: bool = False
    tall: bool = False
    code: str = ""
    rows: int = 0

    @property
    def room(self) -> int:
        """The columns that text may take on this line."""
        return self.columns // 2 if self.wide else self.columns

    @property
    def text(self) -> str:
        """The line as characters, padded with spaces to its columns; never wider than `room`."""
        return compose(self.parts, self.room) or ""


@lru_cache(maxsize=8192)
def char_width(char: str) -> int:
    """Columns of one character: 0, 1 or 2."""
    from wcwidth import wcwidth  # late: its tables are no part of a start

    return max(0, wcwidth(char))


def width(text: str) -> int:
    """Columns of a text."""
    return len(text) if text.isascii() else sum(map(char_width, text))


@lru_cache(maxsize=8192)
def _plain_char(char: str) -> str:
    category = unicodedata.category(char)
    if char in _BREAKS or category in ("Zs", "Zl", "Zp"):
        return " "
    columns = char_width(char)
    if category in ("Cs", "Co", "Cn") or char == "\ufffd":
        return GETA if columns == 2 else UNKNOWN
    if category in ("Cc", "Cf", "Mn", "Me", "Mc") or not columns:
        return ""
    if ord(char) < 0x10000 or 0x20000 <= ord(char) < 0x40000:
        return char
    simple = unicodedata.normalize("NFKC", char)
    if all(ord(part) < 0x10000 for part in simple):
        return "".join(map(_plain_char, simple))
    return GETA if columns == 2 else UNKNOWN


def plain(text: str) -> str:
    """Clean any text to what a slip can show: printable characters and single spaces, nothing that acts.

    Control characters, direction marks, joiners and zero-width characters go; line breaks become spaces; letters are
    composed with their marks, marks that have no composed form go; emoji become 〓. What stands behind 2,000 characters
    is dropped.
    """
    text = text[:LONGEST]
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_plain_char, unicodedata.normalize("NFC", text)))
    return " ".join(text.split())


def truncate(text: str, columns: int, mark: str = ELLIPSIS) -> str:
    """Shorten a plain text to `columns`, ending in `mark`; a wide character is never split."""
    if width(text) <= columns:
        return text
    if columns < len(mark):
        mark = ""
    return _head(text, columns - len(mark)).rstrip() + mark


def _head(text: str, columns: int) -> str:
    taken = 0
    for position, char in enumerate(text):
        taken += char_width(char)
        if taken > columns:
            return text[:position]
    return text


def _units(word: str) -> list[str]:
    """Split a word where a line may break: between hanzi, but never before a closing or after an opening sign."""
    units: list[str] = []
    for char in word:
        joins = bool(units) and (
            char in _CLOSERS
            or units[-1][-1] in _OPENERS
            or not char_width(char)
            or (char_width(char) == 1 and char_width(units[-1][-1]) == 1)
        )
        if joins:
            units[-1] += char
        else:
            units.append(char)
    return units


def _longest(text: str) -> int:
    """Columns of the longest piece that should not be broken."""
    return max((width(unit) for word in _UNITS.findall(text) for unit in _units(word)), default=0)


def wrap(text: str, columns: int, most: int = 3) -> list[str]:
    """Break a plain text into at most `most` lines of `columns`; what is left over ends in an ellipsis.

    Lines break at spaces and between hanzi; a word longer than a line is broken where the line ends.
    """
    if width(text) <= columns:
        return [text]
    lines: list[str] = []
    line = ""
    for word in _UNITS.findall(text):
        gap = " " if line else ""
        for unit in _units(word):
            if width(line) + len(gap) + width(unit) <= columns:
                line += gap + unit
            else:
                if line:
                    lines.append(line)
                line = unit
                while width(line) > columns:
                    head = _head(line, columns) or line[0]
                    lines.append(head)
                    line = line[len(head) :]
            gap = ""
        if len(lines) > most:
            break
    lines = [*lines, line] if line else lines
    if len(lines) <= most:
        return lines
    # A space makes sure that the shortened line really ends in the mark.
    return [*lines[: most - 1], truncate(lines[most - 1] + " " + lines[most] + " " * columns + "x", columns)]


def compose(parts: Iterable[Part], room: int, measure: Callable[[str], int] = width) -> str | None:
    """Set parts into one line of `room` columns, in their order; None when two would touch or one would not fit.

    `measure` tells the columns of a text where they differ from `width`.
    """
    line = ""
    end = 0
    for part in parts:
        columns = measure(part.text)
        start = part.at
        if part.align is Align.RIGHT:
            start = part.at - columns
        elif part.align is Align.CENTER:
            start = (room - columns) // 2
        if start < end + (1 if line else 0) or start + columns > room:
            return None
        line += " " * (start - end) + part.text
        end = start + columns
    return line


class Paper:
    """Collects the lines of one slip. Every text given is cleaned by `plain` and fits its line, whatever it holds."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._lines: list[Line] = []

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines set so far."""
        return tuple(self._lines)

    def text(
        self,
        text: str,
        *,
        align: Align = Align.LEFT,
        bold: bool = False,
        big: bool = False,
        indent: int = 0,
        most: int = 3,
    ) -> None:
        """Set a text over as many lines as it takes, at most `most`; an empty text sets nothing."""
        text = plain(text)
        if not text:
            return
        # A line twice as wide is for short words: what would break goes twice as high only.
        wide = big and width(text) <= self.columns // 2
        room = self.columns // 2 if wide else self.columns
        for piece in wrap(text, room - indent, most):
            at = room if align is Align.RIGHT else indent
            self._lines.append(Line(self.columns, parts=(Part(piece, at, align),), bold=bold, wide=wide, tall=big))

    def pair(
        self, left: str, right: str, *, bold: bool = False, big: bool = False, indent: int = 0, most: int = 3
    ) -> None:
        """Set a label and, at the right edge of its last line, a value; a value too long for that gets its own line."""
        left, right = plain(left), plain(right)
        wide = big and width(left) + width(right) + 2 <= self.columns // 2
        room = self.columns // 2 if wide else self.columns
        right = truncate(right, room)
        # Two columns between: a currency sign may grow by one in a Chinese printer's own font.
        left_room = room - indent - width(right) - 2
        value = Part(right, room, Align.RIGHT)
        if not left:
            pieces = [""]
        elif left_room < min(8, width(left)) or left_room < _longest(left):
            pieces = [*wrap(left, room - indent, most), ""]
        else:
            pieces = wrap(left, left_room, most)
        for number, piece in enumerate(pieces, start=1):
            parts = [Part(piece, indent)] if piece else []
            if number == len(pieces) and right:
                parts.append(value)
            self._lines.append(Line(self.columns, parts=tuple(parts), bold=bold, wide=wide, tall=big))

    def row(self, *parts: Part) -> bool:
        """Set cleaned parts on one line if they fit with two columns between them; tell whether they did."""
        parts = tuple(Part(plain(part.text), part.at, part.align) for part in parts)
        spaced = [Part(part.text + " ", part.at) if part.align is Align.LEFT else part for part in parts]
        if compose(spaced, self.columns) is None:
            return False
        self._lines.append(Line(self.columns, parts=tuple(part for part in parts if part.text)))
        return True

    def rule(self) -> None:
        """Set a line across the paper."""
        self._lines.append(Line(self.columns, Kind.RULE))

    def barcode(self, code: str) -> None:
        """Set an EAN-13 with its digits below; what is no valid EAN-13 sets nothing."""
        if is_ean13(code):
            self._lines.append(Line(self.columns, Kind.BARCODE, code=code))

    def feed(self, rows: int = 1) -> None:
        """Leave `rows` lines empty."""
        self._lines.append(Line(self.columns, Kind.FEED, rows=rows))

    def cut(self) -> None:
        """End the slip: fed past the knife and, where there is one, cut."""
        self._lines.append(Line(self.columns, Kind.CUT))


def is_ean13(code: str) -> bool:
    """Whether these are 13 digits whose check digit is right (weights 1 and 3 from the left)."""
    if len(code) != 13 or not (code.isascii() and code.isdigit()):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code)) % 10 == 0


def lines_to_text(lines: Sequence[Line]) -> str:
    """The slip as plain text, one line a row, for reading and for files."""
    rows: list[str] = []
    for line in lines:
        if line.kind is Kind.TEXT:
            rows.append(_stretched(line))
        elif line.kind is Kind.RULE:
            rows.append("-" * line.columns)
        elif line.kind is Kind.BARCODE:
            rows.append(line.code.center(line.columns).rstrip())
        elif line.kind is Kind.FEED:
            rows.extend([""] * line.rows)
    return "\n".join(rows) + "\n"


def _stretched(line: Line) -> str:
    """A line of doubled letters keeps its place on the slip: its parts are set over all columns in single letters."""
    if not line.wide:
        return line.text
    parts = [Part(part.text, part.at * 2, part.align) for part in line.parts]
    return compose(parts, line.columns) or line.text
