"""Names with quotes, markup, control bytes, right-to-left, emoji, 10,000 characters: text on screen and on paper."""

import shutil
import unicodedata
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from tests.factories import make_edition
from tests.faults.till_driver import running_till
from tests.printing.tcp_printer import _command_length
from tests.services.at_the_till import pay, scan

from av_pos import problems, shop
from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.documents import Receipt
from av_pos.domain.pricing import Discount
from av_pos.errors import InvalidInput
from av_pos.i18n import Texts
from av_pos.printing.encode import encode
from av_pos.printing.layout import lines_to_text, plain, width
from av_pos.printing.profile import parse_printer
from av_pos.printing.receipt import lay_out
from av_pos.services import basket, catalogue, integrity, receipts, search, shifts, shop_settings, voids
from av_pos.services.catalogue import EditionDraft
from av_pos.ui import theme

NAMES = {
    "quotes": "\"Heroes\" 'n' O'Connor `x` “旋木”",
    "sql": "'; DROP TABLE edition;-- % _ \\",
    "markup": "<b>bold</b> <img src=file:///etc/passwd> <a href='http://x'>x</a> <script>1</script>",
    "entities": "Tom &amp; Jerry &lt;i&gt; ]]> {0} %s ${x} {{7*7}}",
    "formula": "=cmd|' /C calc'!A0",
    "printer commands": "a\x1b@\x1dV\x00b\x10\x04\x01c\x1bp\x00\x19\xfad\x1c.e",
    "terminal commands": "\x1b[31mred\x07\x7f\x9b2J",
    "lines": "a\r\nb\nc\td\x85e\u2028f",
    "right to left": "\u202egnp.exe \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u05e9\u05dc\u05d5\u05dd \u2066x\u2069",
    "emoji": "\U0001f3b5 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e8\U0001f1f3",
    "combining": "Z" + "\u0301\u0316" * 300,
    "nothing to see": "a\u200b\u00ad\ufeffb\u2060",
    "rare hanzi": "\U00020bb7\u9f98\u9f49\u3400\u3007",
    "many scripts": "Sigur Rós キャンディー 한글 ไทย Motörhead ¥ ￥ €",
    "no break": "W" * 500,
    "long": "长" * 10_000,
    "long words": "a b " * 2_500,
}
PRINTERS = ("?width=58&mode=gbk", "?width=80&mode=gbk&accents=strip", "?width=58&mode=raster", "?width=80&mode=raster")


@pytest.fixture
def open_till(db: Database, at: At) -> Database:
    db.run(shifts.open_shift, at, 0)
    return db


def paper_is_clean(receipt: Receipt) -> str:
    """Lay the receipt out for each printer, look at every byte, and return its text on the narrow paper."""
    for printer in PRINTERS:
        profile = parse_printer("tcp://127.0.0.1:9100" + printer)
        lines = lay_out(receipt, Texts(receipt.shop.language), profile.columns)
        for line in lines_to_text(lines).splitlines():
            assert width(line) <= profile.columns, line
            assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in line), line
        commands = _commands(encode(lines, profile))
        # However the name reads: one beginning, at most one cut, no pulse for the drawer, no question.
        assert commands.count(b"\x1b@") == 1
        assert commands.count(b"\x1dV") == profile.cutter
        assert not {b"\x1bp", b"\x10\x04", b"\x10\x14"} & set(commands)
    return lines_to_text(lay_out(receipt, Texts("en"), 32))


def _commands(data: bytes) -> list[bytes]:
    """Cut a slip into commands as a printer does; what is no command is text without a control byte but line feeds."""
    found = []
    while data:
        length = _command_length(data)
        assert length is not None, data[:20]
        if data[:1] in b"\x10\x1b\x1c\x1d":
            found.append(data[:2])
        else:
            assert data[0] >= 0x20 or data[:1] == b"\n", data[:20]
        data = data[length:]
    return found


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_from_the_catalogue_to_the_paper(open_till: Database, at: At, name: str):
    typed = name.replace("\0", "")
    row = open_till.run(catalogue.add_edition, at, EditionDraft(title=typed, artist=typed, price="12.50", label=typed))
    assert not any(unicodedata.category(char) == "Cc" for char in row.title)
    assert len(row.title) >= len(plain(typed)) - 2  # kept, not cut
    found = open_till.ask(search.find_text, plain(typed)[:40], 20)
    assert isinstance(found, tuple)
    view = open_till.run(basket.add, at, row.code).view
    assert [(line.title, line.artist, line.net_minor) for line in view.lines] == [(row.title, row.artist, 1250)]
    outcome = pay(open_till, at)
    text = paper_is_clean(outcome.receipt)
    first = plain(row.title)[:8].split(" ")[0]
    assert first in text.replace("\n", "")
    assert open_till.ask(receipts.receipt_text, outcome.document_id)
    assert open_till.ask(receipts.receipt_picture, outcome.document_id).startswith(b"\x89PNG")
    assert integrity.verify(open_till, at).ok


def test_a_name_with_a_nul_or_without_end_is_refused_in_words(open_till: Database, at: At):
    for name in ("a\0b", "x" * 10_001, "   ", "\u3000"):
        with pytest.raises(InvalidInput) as caught:
            open_till.run(catalogue.add_edition, at, EditionDraft(title=name, price="1"))
        assert problems.sentence(caught.value).startswith("Title: ")
    assert open_till.ask(catalogue.list_editions, "") == ()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_that_another_program_wrote_prints_as_text(open_till: Database, at: At, name: str):
    """Straight into the tables, past everything that cleans: titles, reasons, the shop's own words."""
    open_till.run(make_edition, title=name, artist=name, format=name[:20])
    for setting in ("shop_name", "shop_lines", "footer"):
        open_till.run(shop_settings.store_setting, setting, name[:2000])
    line = scan(open_till, at, 1).lines[0]
    open_till.run(basket.discount_line, at, line.line_id, Discount("amount", 100, "r" + name))
    outcome = pay(open_till, at)
    paper_is_clean(outcome.receipt)
    paper_is_clean(open_till.run(voids.void_last_sale, at, "v" + name).receipt)
    assert integrity.verify(open_till, at).ok


def test_names_on_the_screen_are_text(qapp: QApplication, made_folder: Path, tmp_path: Path):
    theme.apply(qapp, theme.Mode.LIGHT, compact=False)
    folder = Path(shutil.copytree(made_folder, tmp_path / "shop"))
    opened = shop.open_shop(folder)
    ids = [opened.db.run(make_edition, title=name, artist=name) for name in NAMES.values()]
    opened.db.run(search.rebuild_index)
    opened.close()
    with running_till(qapp, folder) as till:
        screen = till.program.till
        for edition_id in ids:
            screen._add_edition(edition_id)
            screen.explain()
            till.live(0.02)
            assert not till.program.window.grab().isNull()
            no_markup(till.program.window)
        assert [line.title for line in till.basket().lines] == list(NAMES.values())
        for name in ("markup", "long", "many scripts"):
            screen.scan.field.setText(plain(NAMES[name])[:30])
            screen.scan.typed.emit(screen.scan.text())
            till.wait(lambda: screen.scan.field.has_results)
            screen.scan.clear()
        till.press(Qt.Key.Key_Escape)
        till.press(Qt.Key.Key_F7)
        till.live(0.05)
        no_markup(till.program.window)
        till.press(Qt.Key.Key_Escape)
        till.press(Qt.Key.Key_F6)
        till.live(0.05)
        screen.show_held()
        till.live(0.05)
        no_markup(till.program.window)
        assert till.crashes == []


def no_markup(window: QWidget) -> None:
    """No label and no tip would take what it shows for markup."""
    for widget in (window, *window.findChildren(QWidget)):
        tip = widget.toolTip()
        assert "<" not in tip, tip[:80]
        if isinstance(widget, QLabel) and "<" in widget.text():
            assert widget.textFormat() == Qt.TextFormat.PlainText, widget.text()[:80]
