"""The words a disc is found by: folded Latin words, Chinese characters and their pairs, pinyin, numbers without points.

The same folding serves what is kept and what is typed, so that both always meet. Every word is made of letters and
figures alone; nothing that a full-text query could read as a command survives.

A word of letters is kept in two pieces of at most 6 and 5 letters, because a prefix of six letters is looked up in no
time and a longer one is not; what follows the eleventh letter no longer counts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from av_pos.domain.codes import catalogue_key

_FIRST, _SECOND = 6, 5
_SECOND_MARK = "²"  # a letter to the tokenizer, yet folding turns a typed one into 2
_LONGEST_NUMBER = 20
_LONGEST_NAME = 400
_MOST_CHUNKS = 60
_MOST_POSITIONS = 40
_SYLLABLES = 6
_MOST_READINGS = 3
_MOST_VARIANTS = 12
_MOST_WAYS = 64
_LONGEST_QUERY = 200
_MOST_QUERY_WORDS = 12

_CJK = (
    "々〇\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_PART = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_IS_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]")
_SIX_LETTERS = re.compile(rf"[^\W\d_]{{{_FIRST}}}")
_ACCENT = re.compile("[\u0300-\u036f]")
_NO_DECOMPOSITION = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word to look for, whole or by its beginning."""

    text: str
    is_prefix: bool = True


Alternatives = tuple[tuple[Word, ...], ...]
"""Ways to match: one of them must hold, each with all its words."""


def fold(text: str) -> str:
    """Write a text without case, width and Latin accents: Björk is bjork, ＡＢＣ is abc, ガ stays ガ."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFKC", _ACCENT.sub("", apart).translate(_NO_DECOMPOSITION)).casefold()


def words_of(names: Iterable[str], numbers: Iterable[str]) -> str:
    """Return all words that names (artist, title) and numbers (barcodes, catalogue numbers) are found by.

    They stand between single blanks, with one at either end, so that ` word ` and ` beg` can be looked for in it.
    Imports pypinyin when a name holds hanzi.
    """
    words: dict[str, None] = {}
    for name in dict.fromkeys(names):
        words.update(dict.fromkeys(_name_words(name)))
    for number in dict.fromkeys(numbers):
        words.update(dict.fromkeys(_number_words(number)))
    return f" {' '.join(words)} " if words else ""


def load_pinyin() -> None:
    """Import what pinyin needs now, so that a transaction that indexes hanzi need not wait for it."""
    _readings("中")


def wanted(text: str) -> tuple[Alternatives, Alternatives]:
    """Read a typed search: first what it says exactly, then a looser reading of its parts; both may be empty."""
    folded = fold(text[:_LONGEST_QUERY])
    strict: list[Word] = []
    loose: list[Word] = []
    for chunk in folded.split():
        parts = _PART.findall(chunk)
        latin = [part for part in parts if not _IS_CJK.match(part)]
        strict += _query_word("".join(latin))
        for part in parts:
            if _IS_CJK.match(part):
                strict += [Word(piece, is_prefix=False) for piece in _pairs(part) or [part]]
                loose += [Word(char, is_prefix=False) for char in part]
            else:
                loose += _query_word(part)
    if not loose:
        symbols = _symbols(text)
        return (((Word(symbols),),) if symbols else ()), ()
    whole = catalogue_key(folded)[:_LONGEST_NUMBER]
    alternatives = [_limited(loose)]
    if any(char.isdigit() for char in whole):
        alternatives.append((Word(whole),))
    first = _limited(strict)
    return (first,), tuple(words for words in alternatives if words != first)


def _limited(words: list[Word]) -> tuple[Word, ...]:
    return tuple(dict.fromkeys(words))[:_MOST_QUERY_WORDS]


def _query_word(word: str) -> list[Word]:
    # A full piece is looked up whole: a beginning of six letters would be gathered from all words before the first hit.
    return [Word(piece, is_prefix=len(piece) < _FIRST or not word.isalpha()) for piece in _pieces(word)]


@lru_cache(maxsize=4096)
def _name_words(name: str) -> tuple[str, ...]:
    words: list[str] = []
    for chunk in fold(name[:_LONGEST_NAME]).split()[:_MOST_CHUNKS]:
        parts = _PART.findall(chunk)
        latin = [part for part in parts if not _IS_CJK.match(part)]
        for part in dict.fromkeys([*latin, "".join(latin)]):
            words += _kept(part)
        for part in parts:
            if _IS_CJK.match(part):
                words += _run_words(part[:_MOST_POSITIONS])
    if not words and name.strip():
        words.append(_symbols(name))
    return tuple(dict.fromkeys(words))


def _number_words(number: str) -> Iterator[str]:
    whole = catalogue_key(number)
    # A UPC-A is typed with its leading nought or without.
    bare = whole.lstrip("0") if whole.isdigit() else ""
    for part in (*_PART.findall(fold(number)), whole, bare):
        yield from _kept(part)


def _pieces(word: str) -> list[str]:
    if not word:
        return []
    if not word.isalpha():
        return [word[:_LONGEST_NUMBER]]
    second = word[_FIRST : _FIRST + _SECOND]
    return [word[:_FIRST], _SECOND_MARK + second] if second else [word]


def _kept(word: str) -> list[str]:
    # blink182 is looked for as blink182 and as blink1, and maroon5 as maroon, which is a full piece.
    letters = None if word.isalpha() else _SIX_LETTERS.match(word)
    return [*_pieces(word), letters[0]] if letters else _pieces(word)


def _symbols(text: str) -> str:
    """A word for a name without letters, such as !!! or ÷, from the numbers of its characters."""
    return "".join(f"{ord(char):04x}" for char in "".join(text.split())[:8] if not char.isalnum())


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _run_words(run: str) -> list[str]:
    """Each character, each pair of neighbours, and of each place the pinyin from there on: joined and as initials."""
    words = [*run, *_pairs(run)]
    readings = [_readings(char) for char in run]
    for place in range(len(run)):
        ahead = list(_known(readings[place:]))
        for syllables in _variants(ahead[:_SYLLABLES]):
            words += _pieces("".join(syllables))
        initials = [tuple(dict.fromkeys(syllable[0] for syllable in choices)) for choices in ahead]
        for letters in _variants(initials[: _FIRST + _SECOND]):
            words += _pieces("".join(letters))
    return words


def _known(readings: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for choices in readings:
        if not choices:
            return
        yield choices


def _variants(choices: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Ways to read the characters, those nearest to the commonest first; what comes first in a name varies first."""
    if not choices:
        return []
    plain = tuple(options[0] for options in choices)
    open_choices: list[tuple[str, ...]] = []
    ways = 1
    for options in choices:
        few = options[:_MOST_READINGS] if ways * len(options[:_MOST_READINGS]) <= _MOST_WAYS else options[:1]
        ways *= len(few)
        open_choices.append(few)
    if ways == 1:
        return [plain]
    several = sorted(product(*open_choices), key=lambda way: sum(a != b for a, b in zip(way, plain, strict=True)))
    return several[:_MOST_VARIANTS]


@lru_cache(maxsize=32768)
def _readings(char: str) -> tuple[str, ...]:
    """The syllables of a hanzi without tones, commonest first; ü is v, as people type it, and u."""
    if not _IS_HAN.match(char):
        return ()
    # Imported here because it takes longer than the whole rest of a start, and a search never needs it.
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    syllables = [syllable for syllable in (found[0] if found else []) if syllable.isascii() and syllable.isalpha()]
    return tuple(dict.fromkeys(s for syllable in syllables for s in (syllable, syllable.replace("v", "u"))))
