"""Goldmine grades of used discs, media and sleeve apart, with Discogs' exact words and the trade's Chinese ones."""

import unicodedata
from enum import StrEnum

from av_pos.errors import InvalidInput


class Grade(StrEnum):
    """A grade as the shop writes it. GENERIC, NOT_GRADED and NO_COVER are for sleeves only."""

    M = "M"
    NM = "NM"
    VG_PLUS = "VG+"
    VG = "VG"
    G_PLUS = "G+"
    G = "G"
    F = "F"
    P = "P"
    GENERIC = "Generic"
    NOT_GRADED = "Not Graded"
    NO_COVER = "No Cover"


MEDIA_GRADES = (Grade.M, Grade.NM, Grade.VG_PLUS, Grade.VG, Grade.G_PLUS, Grade.G, Grade.F, Grade.P)
"""Best first."""

SLEEVE_GRADES = (*MEDIA_GRADES, Grade.GENERIC, Grade.NOT_GRADED, Grade.NO_COVER)

DISCOGS_WORDS: dict[Grade, str] = {
    Grade.M: "Mint (M)",
    Grade.NM: "Near Mint (NM or M-)",
    Grade.VG_PLUS: "Very Good Plus (VG+)",
    Grade.VG: "Very Good (VG)",
    Grade.G_PLUS: "Good Plus (G+)",
    Grade.G: "Good (G)",
    Grade.F: "Fair (F)",
    Grade.P: "Poor (P)",
    Grade.GENERIC: "Generic",
    Grade.NOT_GRADED: "Not Graded",
    Grade.NO_COVER: "No Cover",
}

TRADE_WORDS: dict[str, Grade] = {
    "全新未拆": Grade.M,
    "拆封近新": Grade.NM,
    "95新": Grade.VG_PLUS,
    "9成新": Grade.VG_PLUS,
    "九成新": Grade.VG_PLUS,
}


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_KNOWN = {
    **{_key(grade): grade for grade in Grade},
    **{_key(words): grade for grade, words in DISCOGS_WORDS.items()},
    **{_key(words.partition("(")[0]): grade for grade, words in DISCOGS_WORDS.items()},
    **{_key(words): grade for words, grade in TRADE_WORDS.items()},
    "m-": Grade.NM,
}


def find_grade(text: str) -> Grade | None:
    """Find the grade that somebody wrote: the shop's form, Discogs' words or a trade word, in any case or width."""
    return _KNOWN.get(_key(text))


def parse_grade(text: str, *, sleeve: bool = False) -> Grade:
    """Read a grade of the media, or of the sleeve; raises InvalidInput on field media_grade or sleeve_grade."""
    grade = find_grade(text)
    if grade is None or (not sleeve and grade not in MEDIA_GRADES):
        raise InvalidInput("sleeve_grade" if sleeve else "media_grade", text[:64], "unknown")
    return grade


def rank(grade: Grade) -> int:
    """Give a grade's place, 0 the best; sleeve-only words come last."""
    return SLEEVE_GRADES.index(grade)


def grade_text(media: str, sleeve: str = "") -> str:
    """Write both grades as the shop does, media first: VG+/VG; one alone stands alone."""
    return "/".join(part for part in (media, sleeve) if part)


def discogs_words(grade: Grade) -> str:
    """Give Discogs' exact words, as its inventory files want them."""
    return DISCOGS_WORDS[grade]
