"""What somebody typed about an edition or a used copy, and the values it means; nothing here touches the database.

Texts are kept as they were meant: blanks at the ends fall away, line breaks become blanks, control characters become
the replacement sign, so that nothing in the catalogue can command a printer or a terminal. A text that begins with
`=` is a text.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from av_pos.domain.codes import CodeKind, is_valid_gtin, normalise_gtin, read_code
from av_pos.domain.grades import parse_grade
from av_pos.domain.money import parse_amount
from av_pos.errors import InvalidInput

T = TypeVar("T")

CATEGORIES = ("music", "film")
FIRST_YEAR, LAST_YEAR = 1877, 2155
"""From the first phonograph to what a catalogue may hold; what lies outside is a typing error."""

MOST_PIECES = 1_000_000
MOST_BARCODES = 40
DEFAULT_FORMAT = "CD"

_SHOWN = 64
_LONGEST = {
    "catalogue_number": 80,
    "country": 40,
    "style": 32,
    "shelf": 16,
    "source": 80,
}
_LONGEST_TEXT = 10_000
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_RELEASED = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?")
_WHOLE = re.compile(r"-?[0-9]{1,10}")
_CATEGORY_WORDS = {"music": "music", "音乐": "music", "film": "film", "movie": "film", "电影": "film", "影视": "film"}


@dataclass(frozen=True, slots=True)
class EditionDraft:
    """An edition as typed in. Blank means: not known; on a change, a blank cost or quantity leaves what is there.

    `quantity_was` is the stock in hand that the form began with: while `quantity` still says the same, saving the form
    does not count, however many were sold in the meantime.
    """

    title: str = ""
    artist: str = ""
    format: str = DEFAULT_FORMAT
    price: str = ""
    label: str = ""
    catalogue_number: str = ""
    year: str = ""
    cost: str = ""
    barcodes: tuple[str, ...] = ()
    has_no_barcode: bool = False
    quantity: str = ""
    quantity_was: str = ""
    shelf: str = ""
    style: str = ""
    category: str = "music"
    country: str = ""
    released: str = ""
    discs: str = ""
    album_title: str = ""
    album_artist: str = ""


@dataclass(frozen=True, slots=True)
class BarcodeValue:
    """A barcode in the form that is looked up, and as it was typed. `check_ok` is False when its check digit fails."""

    code: str
    printed: str
    check_ok: bool


@dataclass(frozen=True, slots=True)
class EditionValues:
    """An edition whose every value is sound; amounts in minor units, None for what was left blank."""

    title: str
    artist: str
    format: str
    price_minor: int
    label: str
    catalogue_number: str
    year: int | None
    cost_minor: int | None
    barcodes: tuple[BarcodeValue, ...]
    has_no_barcode: bool
    quantity: int | None
    shelf: str
    style: str
    category: str
    country: str
    released: str
    disc_count: int
    album_title: str
    album_artist: str


@dataclass(frozen=True, slots=True)
class CopyDraft:
    """A used (or signed, or damaged) copy as typed in; grades in the shop's, Discogs' or the trade's words."""

    edition_id: int
    media_grade: str = ""
    sleeve_grade: str = ""
    price: str = ""
    cost: str = ""
    defects: str = ""
    shelf: str = ""
    source: str = ""
    is_used: bool = True
    is_signed: bool = False
    is_cut_out: bool = False


@dataclass(frozen=True, slots=True)
class CopyValues:
    """A copy whose every value is sound; `cost_minor` is None when left blank."""

    media_grade: str
    sleeve_grade: str
    price_minor: int
    cost_minor: int | None
    defects: str
    shelf: str
    source: str


@dataclass(slots=True)
class _Reader:
    """Reads field after field and keeps every refusal, so that a whole row can be reported at once."""

    refused: list[InvalidInput] = field(default_factory=list)

    def take(self, read: Callable[..., T], *args: object, default: T) -> T:
        try:
            return read(*args)
        except InvalidInput as error:
            self.refused.append(error)
            return default


def read_draft(draft: EditionDraft, digits: int) -> EditionValues:
    """Return the values of a draft; amounts have `digits` decimals. Raises InvalidInput on the first bad field."""
    values, refused = check_draft(draft, digits)
    if refused:
        raise refused[0]
    return values


def check_draft(draft: EditionDraft, digits: int) -> tuple[EditionValues, tuple[InvalidInput, ...]]:
    """Return the values of a draft and every refusal; the values count only when there is none."""
    reader = _Reader()
    title = reader.take(_required, "title", draft.title, default="")
    artist = reader.take(read_text, "artist", draft.artist, default="")
    released = reader.take(_read_released, draft.released, default="")
    year = reader.take(_read_year, draft.year, default=None)
    values = EditionValues(
        title=title,
        artist=artist,
        format=reader.take(read_text, "format", draft.format, default="") or DEFAULT_FORMAT,
        price_minor=reader.take(_read_amount, "price", draft.price, digits, default=0),
        label=reader.take(read_text, "label", draft.label, default=""),
        catalogue_number=reader.take(read_text, "catalogue_number", draft.catalogue_number, default=""),
        year=year if year is not None or not released else int(released[:4]),
        cost_minor=reader.take(_read_cost, draft.cost, digits, default=None),
        barcodes=reader.take(_read_barcodes, draft.barcodes, default=()),
        has_no_barcode=draft.has_no_barcode,
        quantity=reader.take(_read_quantity, draft.quantity, default=None),
        shelf=reader.take(read_text, "shelf", draft.shelf, default=""),
        style=reader.take(read_text, "style", draft.style, default=""),
        category=reader.take(_read_category, draft.category, default=CATEGORIES[0]),
        country=reader.take(read_text, "country", draft.country, default=""),
        released=released,
        disc_count=reader.take(_read_discs, draft.discs, default=1),
        album_title=reader.take(read_text, "album_title", draft.album_title, default="") or title,
        album_artist=reader.take(read_text, "album_artist", draft.album_artist, default="") or artist,
    )
    return values, tuple(reader.refused)


def read_copy(draft: CopyDraft, digits: int) -> CopyValues:
    """Return the values of a copy's draft. A used copy needs a grade of its media. Raises InvalidInput."""
    graded = draft.is_used or draft.media_grade.strip()
    return CopyValues(
        media_grade=parse_grade(draft.media_grade) if graded else "",
        sleeve_grade=parse_grade(draft.sleeve_grade, sleeve=True) if draft.sleeve_grade.strip() else "",
        price_minor=_read_amount("price", draft.price, digits),
        cost_minor=_read_cost(draft.cost, digits),
        defects=read_text("defects", draft.defects),
        shelf=read_text("shelf", draft.shelf),
        source=read_text("source", draft.source),
    )


def read_text(name: str, text: str) -> str:
    """Return a text as the catalogue keeps it. Raises InvalidInput with reason too_long or control."""
    if "\0" in text:
        raise InvalidInput(name, _shown(text), "control")
    if len(text) > 2 * _LONGEST_TEXT:  # no need to look at all of it
        raise InvalidInput(name, _shown(text), "too_long")
    clean = unicodedata.normalize("NFC", _BREAKS.sub(" ", text)).strip()
    clean = "".join("\ufffd" if unicodedata.category(char) in ("Cc", "Cs") else char for char in clean)
    if len(clean) > _LONGEST.get(name, _LONGEST_TEXT):
        raise InvalidInput(name, _shown(clean), "too_long")
    return clean


def read_barcode(text: str) -> BarcodeValue:
    """Read one typed barcode: digits, blanks and hyphens between them. A failing check digit is no refusal.

    Raises InvalidInput on `barcode` with reason not_a_barcode, or own_code for the shop's own labels.
    """
    digits = re.sub(r"[\s\-‐‑–]", "", unicodedata.normalize("NFKC", text[:200]))
    scanned = read_code(digits)
    if not (digits.isascii() and digits.isdigit()) or not 6 <= len(digits) <= 18 or scanned.payment_like:
        raise InvalidInput("barcode", _shown(text), "not_a_barcode")
    if scanned.kind not in (CodeKind.GTIN, CodeKind.OTHER):
        raise InvalidInput("barcode", _shown(text), "own_code")
    if not scanned.candidates:
        raise InvalidInput("barcode", _shown(text), "not_a_barcode")
    code = scanned.candidates[0] if scanned.check_ok or len(digits) > 14 else normalise_gtin(digits)
    return BarcodeValue(code, digits, scanned.check_ok or is_valid_gtin(code))


def _required(name: str, text: str) -> str:
    clean = read_text(name, text)
    if not clean:
        raise InvalidInput(name, "", "empty")
    return clean


def _read_amount(name: str, text: str, digits: int) -> int:
    try:
        return parse_amount(text, digits)
    except InvalidInput as error:
        raise InvalidInput(name, error.value, error.reason) from error


def _read_cost(text: str, digits: int) -> int | None:
    return _read_amount("cost", text, digits) if text.strip() else None


def _read_barcodes(texts: tuple[str, ...]) -> tuple[BarcodeValue, ...]:
    found = {value.code: value for value in (read_barcode(text) for text in texts if text.strip())}
    if len(found) > MOST_BARCODES:
        raise InvalidInput("barcode", str(len(found)), "too_large")
    return tuple(found.values())


def _read_whole(name: str, text: str, least: int, most: int) -> int | None:
    plain = unicodedata.normalize("NFKC", text[:_SHOWN]).strip()
    if not plain:
        return None
    if not _WHOLE.fullmatch(plain):
        raise InvalidInput(name, _shown(text), "whole_number")
    if not least <= int(plain) <= most:
        raise InvalidInput(name, _shown(text), "out_of_range")
    return int(plain)


def _read_year(text: str) -> int | None:
    return _read_whole("year", text, FIRST_YEAR, LAST_YEAR)


def _read_quantity(text: str) -> int | None:
    # Stock may stand below nothing; whether a count may say so is for whoever books it.
    return _read_whole("quantity", text, -MOST_PIECES, MOST_PIECES)


def _read_discs(text: str) -> int:
    return _read_whole("discs", text, 1, 999) or 1


def _read_released(text: str) -> str:
    plain = text.strip()
    if plain and not (_RELEASED.fullmatch(plain) and FIRST_YEAR <= int(plain[:4]) <= LAST_YEAR):
        raise InvalidInput("released", _shown(text), "date")
    return plain


def _read_category(text: str) -> str:
    category = _CATEGORY_WORDS.get(text.strip().casefold() or CATEGORIES[0])
    if category is None:
        raise InvalidInput("category", _shown(text), "not_a_choice")
    return category


def _shown(text: str) -> str:
    return text[:_SHOWN]
