"""Both languages are whole: every text that the program marks has its words, and they fit where they stand."""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from av_pos.i18n import LANGUAGES, Texts

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "av_pos"
KEYWORDS = ("_", "N_", "gettext", "ngettext:1,2", "pgettext:1c,2", "_setting:2")
MARKS = {"_": (0,), "N_": (0,), "gettext": (0,), "ngettext": (0, 1), "pgettext": (1,), "_setting": (1,)}
SLIPS = {"receipt.py", "shift_slip.py", "paper.py", "test_page.py"}
LONGEST_BUTTON = 8
HANZI = re.compile(r"[\u4e00-\u9fff]")
MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|&[a-z]+;|&#\d+;")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(?!\w)|!")

both = pytest.mark.parametrize("language", LANGUAGES)


@cache
def marked() -> dict[tuple[str, ...], set[str]]:
    """Every text that the program marks (one, or one and many), and the files that it stands in."""
    found: dict[tuple[str, ...], set[str]] = {}
    for name, _line, text, _comments, _context in extract_from_dir(str(SOURCE), keywords=parse_keywords(KEYWORDS)):
        found.setdefault(text if isinstance(text, tuple) else (text,), set()).add(name)
    # A text that is counted in one place may stand alone in another; the catalogue keeps it once.
    counted = {key[0]: key for key in found if len(key) == 2}
    return {key: files for key, files in found.items() if len(key) == 2 or key[0] not in counted}


@cache
def words(language: str) -> Catalog:
    with (ROOT / "resources" / "locale" / language / "LC_MESSAGES" / "av_pos.po").open("rb") as file:
        return read_po(file, locale=language)


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def messages(language: str) -> list[Message]:
    return [message for message in words(language) if message.id]


def places(text: str) -> list[str]:
    """The names to be filled in, as often as they stand there."""
    return sorted(name for _text, name, _form, _conversion in Formatter().parse(text) if name is not None)


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call in the program with the name of what is called."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                yield path, node, node.func.id if isinstance(node.func, ast.Name) else node.func.attr


def text_of(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@both
def test_every_text_has_its_words(language: str) -> None:
    held = {ids(message): message for message in messages(language)}
    assert sorted(marked().keys() - held.keys()) == []
    assert [key for key, message in held.items() if not strings(message) or not all(strings(message))] == []
    assert [key for key, message in held.items() if message.fuzzy] == []


@both
def test_no_words_are_kept_for_texts_that_are_gone(language: str) -> None:
    assert sorted({ids(message) for message in messages(language)} - marked().keys()) == []
    assert not words(language).obsolete


def test_no_mark_escapes_the_extraction() -> None:
    # Babel passes over a marked text inside another marked call, and over one that is built from pieces.
    found = {text for key in marked() for text in key}
    lost = []
    for path, call, name in calls():
        for place in MARKS.get(name, ()):
            if place >= len(call.args):
                continue
            argument = call.args[place]
            text = text_of(argument)
            if isinstance(argument, ast.JoinedStr | ast.BinOp) or (text is not None and text not in found):
                lost.append(f"{path.name}:{call.lineno}")
    assert lost == []


@both
def test_what_is_filled_in_is_the_same(language: str) -> None:
    for message in messages(language):
        # A plural form may leave the number out only where its text does, so each is held against the longest.
        wanted = places(ids(message)[-1])
        assert [places(string) for string in strings(message)] == [wanted] * len(strings(message)), message.id


@both
def test_counted_texts_have_the_forms_of_their_language(language: str) -> None:
    forms = {"zh_CN": 1, "en": 2}[language]
    assert words(language).num_plurals == forms
    counted = [message for message in messages(language) if len(ids(message)) == 2]
    assert counted
    assert {len(strings(message)) for message in counted} == {forms}


@both
def test_the_compiled_words_are_those_that_can_be_read(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, words(language))
    compiled.seek(0)
    file = ROOT / "resources" / "locale" / language / "LC_MESSAGES" / "av_pos.mo"
    with file.open("rb") as shipped:
        kept = {(ids(message), strings(message)) for message in read_mo(shipped) if message.id}
    assert kept == {(ids(message), strings(message)) for message in read_mo(compiled) if message.id}


@both
def test_no_text_holds_markup(language: str) -> None:
    for message in messages(language):
        assert not any(MARKUP.search(text) for text in (*ids(message), *strings(message))), message.id


@both
def test_nothing_is_shouted(language: str) -> None:
    # The one ! that is named is a sign to be typed into a file.
    loud = [message.id for message in messages(language) if any(re.search(r"[!！]", s) for s in strings(message))]
    assert [text for text in loud if "or ! before it" not in str(text)] == []


def test_chinese_sentences_have_chinese_punctuation() -> None:
    for message in messages("zh_CN"):
        for string in strings(message):
            assert not HALF_WIDTH.search(string), message.id
            assert string.endswith("。") == (ids(message)[0].endswith(".") and bool(HANZI.search(string))), message.id


def test_english_quotes_are_as_wide_as_english_letters() -> None:
    assert [ids(message)[0] for message in messages("en") if re.search("[“”]", "".join(strings(message)))] == []


def test_chinese_is_written_in_hanzi() -> None:
    # A name, a form of file and the like stay as they are.
    same = {ids(message)[0] for message in messages("zh_CN") if not HANZI.search(strings(message)[0])}
    files = {"PDF (*.pdf)", "CSV (*.csv)", "JSON (*.json)"}
    plain = {"{time} by {name}", "“{words}”", "{discs}: {give}", "{done} of {total}", "{count}, {when}, by {name}"}
    assert same <= files | plain | {"Visa", "USB", "PDF"}


def test_words_on_chinese_buttons_are_short() -> None:
    chinese = Texts("zh_CN")
    texts = {
        text
        for _path, call, name in calls()
        if name == "KeyButton" and call.args and isinstance(call.args[0], ast.Call)
        for text in [text_of(argument) for argument in call.args[0].args[:1]]
        if text is not None
    }
    assert "Pay" in texts
    assert {text: chinese.gettext(text) for text in texts if len(chinese.gettext(text)) > LONGEST_BUTTON} == {}


def test_a_chinese_printer_knows_every_word_on_a_slip() -> None:
    on_slips = [
        message
        for message in messages("zh_CN")
        if any(Path(name).parent.name == "printing" and Path(name).name in SLIPS for name in marked()[ids(message)])
    ]
    assert len(on_slips) > len(SLIPS)
    for message in on_slips:
        for string in strings(message):
            assert string.encode("gbk").decode("gbk") == string


def test_paper_and_screens_speak_both_languages() -> None:
    chinese, english = Texts("zh_CN"), Texts("en")
    assert [chinese.gettext(text) for text in ("Pay", "Hold", "Recall", "Void")] == ["付款", "挂单", "取单", "作废"]
    assert chinese.ngettext("{count} item", "{count} items", 3).format(count=3) == "共 3 件"
    assert [english.ngettext("{count} item", "{count} items", count) for count in (1, 3)] == [
        "{count} item",
        "{count} items",
    ]
