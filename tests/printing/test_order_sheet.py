"""The sheet to a supplier: what it shows is what it was given, in the supplier's language, inside its margins."""

import io
from contextlib import closing
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from av_pos.domain.documents import ShopHead
from av_pos.domain.order_paper import SheetKind, SheetLine, SupplierSheet
from av_pos.i18n import Texts
from av_pos.printing import order_sheet
from av_pos.printing.sheet import MARGIN, WIDTH

LINE = SheetLine("SR-77", "4006381333931", "CL 1355", "Kind of Blue", "Miles Davis", "LP", 3, 123450)
ORDER = SupplierSheet(
    SheetKind.ORDER, ShopHead("声场唱片 Soundfield", ("Anfu Lu 188", "Shanghai")), "00012",
    ("Sunrise Distribution", "Ms Sato", "1 Harbour Road"), "C-9", "en", "EUR", date(2026, 11, 20), date(2026, 11, 27),
    (LINE, SheetLine("", "2900000000018", "", "范特西", "周杰伦", "CD", 10, 4000)), 1500, "Please no cracked cases.",
)  # fmt: skip


def pdf_of(sheet: SupplierSheet, language: str = "en") -> bytes:
    out = io.BytesIO()
    order_sheet.write_order_pdf(sheet, Texts(language), out)
    return out.getvalue()


def text_of(sheet: SupplierSheet, language: str = "en") -> list[str]:
    """The text of each page."""
    with closing(pypdfium2.PdfDocument(io.BytesIO(pdf_of(sheet, language)))) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_an_order_names_discs_by_the_suppliers_numbers_and_adds_up():
    (text,) = text_of(ORDER)
    for part in ("Purchase order 00012", "Sunrise Distribution", "SR-77", "4006381333931", "CL 1355", "范特西", "C-9",
                 "1,234.50", "3,703.50", "400.00", "15.00", "€4,118.50", "13 pieces", "Fri 27 Nov 2026",
                 "Please no cracked cases.", "Page 1 of 1"):  # fmt: skip
        assert part in text, part


def test_the_sheet_speaks_the_language_that_it_is_given():
    text = text_of(ORDER, "zh_CN")[0]
    assert "2026年11月27日" in text
    assert Texts("zh_CN").gettext("Currency") in text
    assert "Fri 27 Nov 2026" not in text


def test_a_price_that_nobody_knows_is_asked_for_and_no_sum_is_offered():
    (text,) = text_of(replace(ORDER, lines=(LINE, replace(LINE, title="Faith", cost_minor=0))))
    assert "Please tell us the price where none stands." in text
    assert "0.00" not in text
    assert "3,703.50" in text
    assert "Total" not in text


def test_what_goes_back_says_so_and_hopes_for_no_delivery():
    slip = replace(ORDER, kind=SheetKind.RETURN, lines=(replace(LINE, note="damaged"),), carriage_minor=0)
    (text,) = text_of(slip)
    assert "Return 00012 to the supplier" in text
    assert "damaged" in text
    assert "Expected by" not in text
    assert "Carriage" not in text


def test_a_currency_without_decimals_has_none():
    (text,) = text_of(replace(ORDER, currency="JPY", carriage_minor=0))
    assert "123,450" in text
    assert "¥410,350" in text


def test_a_long_order_goes_on_overleaf_with_its_headings():
    pages = text_of(replace(ORDER, lines=(LINE,) * 150))
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert number == len(pages) or "Your number" in text
    assert sum(text.count("SR-77") for text in pages) == 150
    assert "€555,540.00" in pages[-1]


def test_the_same_sheet_gives_the_same_file():
    assert pdf_of(ORDER) == pdf_of(ORDER)


def test_an_empty_order_and_an_endless_note_still_make_a_sheet():
    pages = text_of(replace(ORDER, lines=(), note="词" * 900 + " word" * 300, sent_on=None, expected_on=None))
    assert "Nothing is on this sheet." in pages[0]
    assert "".join(pages).count("word") == 300
    assert "".join(pages).count("词") == 900


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), st.integers(1, 9999), st.integers(0, 10**9))
def test_nothing_runs_over_the_margin(title: str, artist: str, qty: int, cost: int):
    line = SheetLine("N" * 40, "4" * 18, "C" * 80, title, artist, "LP+CD", qty, cost, "unsold")
    data = pdf_of(replace(ORDER, lines=(line,), note=title))
    with closing(pypdfium2.PdfDocument(io.BytesIO(data))) as document:
        for page in document:
            text = page.get_textpage()
            for index in range(text.count_rects()):
                left, _bottom, right, _top = text.get_rect(index)
                assert left >= MARGIN - 1
                assert right <= WIDTH - MARGIN + 1


def test_a_disk_that_is_full_is_said(tmp_path):
    with pytest.raises(OSError, match="such"):
        order_sheet.write_order_pdf(ORDER, Texts("en"), tmp_path / "no" / "such.pdf")
