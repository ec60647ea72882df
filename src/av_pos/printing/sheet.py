"""A4 sheets: text that is measured and never runs over, lines, boxes, tables that go on overleaf.

Lengths are points (1/72 inch), measured from the sheet's top left corner; the y of a text is its base line. Drawing is
recorded first and put out at the end, when the number of pages is known. Texts are cleaned by `layout.plain` and drawn
as characters only, never read as markup. Characters that Noto Sans SC lacks come from WenQuanYi Micro Hei; what both
lack is shown as 〓.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from av_pos.printing.layout import GETA, plain
from av_pos.resources import resource

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.28, 841.89
MARGIN = 40.0
FOOT = HEIGHT - 38.0  # where the text of a page ends

INK, INK2, INK3 = "#1C1E21", "#5C5F66", "#6B6E75"
LINE, RULE = "#E2DED5", "#B9B4A8"
ACCENT, WARN, DANGER = "#0B6B61", "#A85B00", "#B3261E"
DANGER_SOFT = "#FBE9E7"
WHITE = "#FFFFFF"

ELLIPSIS = "…"
_ELLIPSIS_DROP = 0.28
_FIRST_HANZI = 0x2E80
_GAP = 9.0  # between the columns of a table
_SMALLEST = 4.0
_WIDEST = 0.34  # of the table's width, for the column of names
_NARROWEST = 56.0  # what the column of names keeps before a table's type gets smaller

_PREFIX = "av-pos-sheet-"

Op = Callable[["Canvas"], None]


@cache
def _font(name: str) -> "TTFont":
    """Load one of the bundled fonts, under a name that only this module uses."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(f"{_PREFIX}{name}", str(resource("fonts", f"{name}.ttf")))
    pdfmetrics.registerFont(font)
    return font


def forget_fonts() -> None:
    """Let go of the fonts, 40 MB of them: a till prints one report a day and has other use for its memory."""
    from reportlab.pdfbase import pdfmetrics

    _font.cache_clear()
    known = pdfmetrics._fonts  # type: ignore[attr-defined]  # the stubs forget it
    ours = [known.pop(name) for name in list(known) if name.startswith(_PREFIX)]
    faces = pdfmetrics._dynFaceNames  # type: ignore[attr-defined]  # the stubs forget it
    for key in [key for key, font in faces.items() if font in ours]:
        del faces[key]


def _runs(text: str, bold: bool) -> Iterator[tuple["TTFont", str]]:
    """Split a clean text into stretches of one font."""
    main, rest = _font("NotoSansSC-Bold" if bold else "NotoSansSC-Regular"), _font("WenQuanYiMicroHei")
    font, stretch = main, ""
    for char in text:
        code = ord(char)
        needed = main
        if code not in main.face.charToGlyph:
            # Text extraction knows four hexadecimal digits: what is beyond them is not ours to set.
            if code <= 0xFFFF and code in rest.face.charToGlyph:
                needed = rest
            else:
                char = GETA
        if needed is not font and stretch:
            yield font, stretch
            stretch = ""
        font = needed
        stretch += char
    if stretch:
        yield font, stretch


def measure(text: str, size: float, bold: bool = False) -> float:
    """The width of a text as it will be drawn."""
    return sum(font.stringWidth(stretch, size) for font, stretch in _runs(plain(text), bold))


def fitted(text: str, room: float, size: float, bold: bool = False) -> str:
    """Shorten a text to `room`, at a character, ending in …; an empty text when not even that fits."""
    text = plain(text)
    if measure(text, size, bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + ELLIPSIS, size, bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS if low else ""


def shrunk(text: str, room: float, size: float, bold: bool = False) -> float:
    """The size, at most `size`, at which a text that may not be cut fits its room."""
    width = measure(text, size, bold)
    return size if width <= room else size * room / width


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table's cell. `tail` follows a name in grey; a figure as a `pill` is set on a soft red."""

    text: str
    tail: str = ""
    colour: str = INK
    pill: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: figures stand right and keep the width they need, a column of `names` takes what is left.

    `inset` keeps figures that far from the column's edges: room for pills.
    """

    heading: str
    names: bool = False
    inset: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; `total` is a last row in bold. With no rows it shows `empty` instead."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    empty: str = ""


class Sheet:
    """Pages being drawn. `page` counts from 0; pages come into being when something is put on them."""

    def __init__(self) -> None:
        self._pages: list[list[Op]] = [[]]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def text(
        self,
        page: int,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
        room: float | None = None,
    ) -> None:
        """Set a text from x rightwards, or up to x ("right"), or around x ("center"); shortened to `room` if given."""
        clean = plain(text) if room is None else fitted(text, room, size, bold)
        start = x - {"left": 0.0, "center": 0.5, "right": 1.0}[align] * measure(clean, size, bold)
        # The font's ellipsis hangs in the middle of the line, where hanzi want it; after other letters it stands.
        dropped = len(clean) > 1 and clean[-1] == ELLIPSIS and ord(clean[-2]) < _FIRST_HANZI
        runs = tuple(_runs(clean[:-1] if dropped else clean, bold))

        def draw(canvas: "Canvas") -> None:
            at = start
            canvas.setFillColor(colour)
            for font, stretch in runs:
                canvas.setFont(font.fontName, size)
                canvas.drawString(at, HEIGHT - y, stretch)
                at += font.stringWidth(stretch, size)
            if dropped:
                for font, stretch in _runs(ELLIPSIS, bold):
                    canvas.setFont(font.fontName, size)
                    canvas.drawString(at, HEIGHT - y - _ELLIPSIS_DROP * size, stretch)

        self._add(page, draw)

    def line(self, page: int, points: Sequence[tuple[float, float]], colour: str = LINE, width: float = 0.5) -> None:
        """Draw a line through points."""

        def draw(canvas: "Canvas") -> None:
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(width)
            canvas.setLineJoin(1)
            path = canvas.beginPath()
            path.moveTo(points[0][0], HEIGHT - points[0][1])
            for x, y in points[1:]:
                path.lineTo(x, HEIGHT - y)
            canvas.drawPath(path)

        self._add(page, draw)

    def box(
        self,
        page: int,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        line: str | None = None,
        radius: float = 0.0,
    ) -> None:
        """Draw a box whose top left corner is x, y."""

        def draw(canvas: "Canvas") -> None:
            if fill:
                canvas.setFillColor(fill)
            if line:
                canvas.setStrokeColor(line)
                canvas.setLineWidth(0.6)
            stroke, filled = int(line is not None), int(fill is not None)
            canvas.roundRect(x, HEIGHT - y - height, width, height, radius, stroke=stroke, fill=filled)

        self._add(page, draw)

    def dot(self, page: int, x: float, y: float, radius: float, fill: str, line: str) -> None:
        """Draw a small disc around x, y."""

        def draw(canvas: "Canvas") -> None:
            canvas.setFillColor(fill)
            canvas.setStrokeColor(line)
            canvas.setLineWidth(0.9)
            canvas.circle(x, HEIGHT - y, radius, stroke=1, fill=1)

        self._add(page, draw)

    def write(self, target: Path | IO[bytes], *, title: str, author: str, language: str) -> None:
        """Put the pages out as PDF, the same bytes for the same drawing. Raises OSError."""
        from reportlab.pdfgen.canvas import Canvas

        canvas = Canvas(
            str(target) if isinstance(target, Path) else target,
            pagesize=(WIDTH, HEIGHT),
            invariant=1,
            pageCompression=1,
            # Named here too, or each page would begin in Helvetica, which is not in the file; the stubs are wrong.
            initialFontName=_font("NotoSansSC-Regular").fontName,  # type: ignore[arg-type]
            lang=language,
        )
        canvas.setTitle(plain(title))
        canvas.setAuthor(plain(author))
        canvas.setCreator("av_pos")
        for ops in self._pages:
            for op in ops:
                op(canvas)
            canvas.showPage()
        canvas.save()

    def _add(self, page: int, op: Op) -> None:
        while len(self._pages) <= page:
            self._pages.append([])
        self._pages[page].append(op)


@dataclass(slots=True)
class Flow:
    """A strip of the sheet, filled downwards from y on a page, and overleaf from `top`."""

    sheet: Sheet
    x: float
    width: float
    page: int
    y: float
    top: float
    row: float = 14.0
    size: float = 8.5

    @property
    def place(self) -> tuple[int, float]:
        """Where the strip has got to: comparable with another one's."""
        return self.page, self.y

    @property
    def base(self) -> float:
        """The base line of a row that begins here."""
        return self.y + self.row / 2 + self.size * 0.33

    def need(self, height: float) -> bool:
        """Go overleaf unless `height` is left; tell whether it did."""
        if self.y + height <= FOOT:
            return False
        self.page += 1
        self.y = self.top
        return True

    def skip(self, height: float) -> None:
        """Leave some room empty; at the top of a page nothing is left empty."""
        if self.y > self.top or self.page == 0:
            self.y += height

    def title(self, title: str) -> None:
        """Set a section's title."""
        self.sheet.text(self.page, self.x, self.y + 10, title, 9.5, bold=True, room=self.width)
        self.y += 15

    def table(self, table: Table, continued: str) -> None:
        """Set a table; where it goes on overleaf, its title and headings are set again, marked `continued`."""
        self.need(28 + self.row * min(3, len(table.rows) + 1))
        self.title(table.title)
        if not table.rows:
            self.sheet.text(self.page, self.x, self.y + 9, table.empty, self.size, colour=INK3, room=self.width)
            self.y += self.row
            return
        size, edges = self._measured(table)
        self._headings(table, edges, size)
        rows = (*table.rows, table.total) if table.total else table.rows
        for number, row in enumerate(rows):
            if self.need(self.row):
                self.title(f"{table.title} {continued}")
                self._headings(table, edges, size)
            is_total = number == len(table.rows)
            if is_total:
                self._rule(RULE)
            self._row(table, row, edges, size, bold=is_total)

    def _measured(self, table: Table) -> tuple[float, list[tuple[float, float]]]:
        """The size of type, and the left and right edge of each column."""
        names = sum(column.names for column in table.columns) or 1
        size = self.size
        while True:
            widths = [self._figures_width(table, index, size) for index in range(len(table.columns))]
            left = self.width - sum(widths) - _GAP * (len(widths) - 1)
            if left / names >= _NARROWEST or size <= _SMALLEST:
                break
            size -= 0.25
        # What the names do not need is spread, so that the figures do not crowd at the right edge.
        spare = max(0.0, left - max(_WIDEST * self.width, self._names_width(table, size)))
        gap = _GAP + spare / max(1, len(widths) - names)
        edges = []
        x = self.x
        for column, width in zip(table.columns, widths, strict=True):
            width = max(0.0, left - spare) / names if column.names else width
            edges.append((x, x + width))
            x += width + gap
        return size, edges

    def _figures_width(self, table: Table, index: int, size: float) -> float:
        """What a column of figures needs; a column of names needs nothing of its own."""
        column = table.columns[index]
        if column.names:
            return 0.0
        figures = [measure(row[index].text, size) for row in table.rows]
        total = [measure(table.total[index].text, size, bold=True)] if table.total else []
        return max([measure(column.heading, _heading_size(size)), *figures, *total]) + 2 * column.inset

    def _names_width(self, table: Table, size: float) -> float:
        """What the widest name would like, with what follows it."""
        cells = [cell for row in table.rows for column, cell in zip(table.columns, row, strict=True) if column.names]
        return max((measure(cell.text, size) + measure(cell.tail, size) + 6 for cell in cells), default=0.0)

    def _headings(self, table: Table, edges: Sequence[tuple[float, float]], size: float) -> None:
        small = _heading_size(size)
        for column, (left, right) in zip(table.columns, edges, strict=True):
            x, align = (left, "left") if column.names else (right - column.inset, "right")
            room = right - left + 0.01
            self.sheet.text(self.page, x, self.y + 8.5, column.heading, small, colour=INK3, align=align, room=room)
        self.y += 12.5
        self._rule(RULE)

    def _row(
        self, table: Table, row: Sequence[Cell], edges: Sequence[tuple[float, float]], size: float, *, bold: bool
    ) -> None:
        for column, cell, (left, right) in zip(table.columns, row, edges, strict=True):
            if column.names:
                self.name(cell, left, right, self.base, size, bold)
                continue
            x = right - column.inset
            if cell.pill:
                self._pill(x, measure(cell.text, size, bold))
            colour = DANGER if cell.pill else cell.colour
            self.sheet.text(self.page, x, self.base, cell.text, size, bold=bold, colour=colour, align="right")
        self.y += self.row
        self._rule(LINE)

    def _rule(self, colour: str) -> None:
        self.sheet.line(self.page, ((self.x, self.y), (self.x + self.width, self.y)), colour)

    def _pill(self, right: float, width: float) -> None:
        height = self.row - 4
        self.sheet.box(self.page, right - width - 3, self.y + 2, width + 6, height, fill=DANGER_SOFT, radius=3)

    def name(self, cell: Cell, left: float, right: float, y: float, size: float, bold: bool = False) -> None:
        """Set a name between two edges, shortened where it must be; its tail stays."""
        tail = fitted(cell.tail, (right - left) / 2, size - 1)
        room = right - left - (measure(tail, size - 1) + 4 if tail else 0)
        text = fitted(cell.text, room, size, bold)
        self.sheet.text(self.page, left, y, text, size, bold=bold, colour=cell.colour)
        if tail:
            self.sheet.text(self.page, left + measure(text, size, bold) + 4, y, tail, size - 1, colour=INK3)


def _heading_size(size: float) -> float:
    return size - 1.5
