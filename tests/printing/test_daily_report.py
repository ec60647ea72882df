"""The daily report as PDF: what it shows is what it was given, whole, inside its margins, the same each time."""

import io
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.thorough import some_of

from av_pos.domain.daily import (
    CashierFigure,
    CategoryFigure,
    DailyReport,
    DiscFigure,
    HourFigure,
    LowStockFigure,
    ShiftFigure,
)
from av_pos.domain.documents import ShopHead, TaxLine
from av_pos.domain.shift_report import TenderTotal
from av_pos.i18n import Texts
from av_pos.printing import daily_report, sheet
from av_pos.printing.hours_chart import scale
from av_pos.printing.layout import plain

FRIDAY = date(2026, 11, 20)
OPENED = datetime(2026, 11, 20, 1, 48, tzinfo=UTC)
A4 = (595.28, 841.89)

SALES = (42100, 60300, 0, 102400, 118800, 134600, 150200, 189900, 146800, 130700, 142300, 98000, 55300)
RECEIPTS = (2, 4, 0, 6, 7, 8, 9, 12, 9, 8, 9, 6, 3)
DISCS = (
    ("范特西 Fantasy", "周杰伦", "CD", 7, 47600, 18900, 1),
    ("Kind of Blue", "Miles Davis", "LP", 3, 59400, 24900, 2),
    ("浮躁", "王菲", "CD", 3, 26400, 9600, 0),
    ("화양연화", "방탄소년단", "CD", 2, 27600, 9100, 5),
    ("Homogenic", "Björk", "CD", 1, 8800, 3100, -1),
)


def report(**given) -> DailyReport:
    """A Friday of a small shop with two tills; whatever is given replaces a field."""
    total = sum(SALES)
    fields = {
        "shop": ShopHead("声场唱片 Soundfield Records", ("上海市徐汇区安福路 188 号",)),
        "first_on": FRIDAY,
        "last_on": FRIDAY,
        "tills": (1, 2),
        "printed_at": datetime(2026, 11, 20, 14, 32, tzinfo=UTC),
        "sales_minor": total,
        "last_week_minor": 1220000,
        "discs_qty": 136,
        "receipts": 83,
        "profit_minor": 482340,
        "margin_bp": 3834,
        "average_minor": 16523,
        "discs_per_receipt_centi": 164,
        "cash_in_drawer_minor": 211900,
        "cash_counted": True,
        "cash_difference_minor": -500,
        "discounts_minor": 26400,
        "round_off_minor": 340,
        "returns_count": 1,
        "returns_minor": -8800,
        "voids_count": 2,
        "voids_minor": -16400,
        "no_sale_count": 3,
        "hours": tuple(
            HourFigure(10 + n, s, r, s * 9 // 10) for n, (s, r) in enumerate(zip(SALES, RECEIPTS, strict=True))
        ),
        "tenders": (TenderTotal("wechat", 66, 888_900), TenderTotal("cash", 17, total - 888_900)),
        "taxes": (TaxLine("其他货物 13%", 1300, 45000, 5177), TaxLine("音像制品 9%", 900, total - 45000, 109_521)),
        "categories": (
            CategoryFigure("mandopop", 90, 700_000, 300_000),
            CategoryFigure("jazz", 40, total - 700_100, 182_340),
            CategoryFigure("city-pop", 0, 100, -1),
        ),
        "top_discs": tuple(DiscFigure(*disc) for disc in DISCS),
        "cashiers": (
            CashierFigure("林美", 41, 741_400, 16400, 1, -7600, 2, 1),
            CashierFigure("Chen Wei", 42, total - 741_400, 10000, 1, -8800, 0, 2),
        ),
        "shifts": (
            ShiftFigure(1, 41, OPENED, OPENED + timedelta(hours=12), "林美", 142_400, 141_900, -500),
            ShiftFigure(2, 37, OPENED, OPENED + timedelta(hours=12, minutes=9), "Chen Wei", 70000, 70000, 0),
        ),
        "low_stock": (LowStockFigure("浮躁", "王菲", "CD", 0), LowStockFigure("Abbey Road", "The Beatles", "LP", 1)),
    }
    return DailyReport(**{**fields, **given})


def nothing_sold(**given) -> DailyReport:
    """The same shop in the morning."""
    none: dict[str, object] = dict.fromkeys(("hours", "tenders", "taxes", "categories", "top_discs", "cashiers"), ())
    zero = dict.fromkeys(("sales_minor", "discs_qty", "receipts", "profit_minor", "average_minor"), 0)
    return report(**{**none, **zero, "last_week_minor": None, **given})


def long_days() -> DailyReport:
    """Months on many tills: more than a page holds."""
    return report(
        last_on=date(2027, 1, 20),
        cashiers=tuple(CashierFigure(f"cashier {n}", 1000 + n, 10000 * n, 0, 0, 0, 0, 0) for n in range(60)),
        shifts=tuple(
            ShiftFigure(1 + n % 3, n + 1, OPENED, OPENED + timedelta(hours=9), f"opener {n}", 5000 + n, 5000 + n, 0)
            for n in range(90)
        ),
        categories=tuple(CategoryFigure(f"style {n}", n, 700 + n, 7) for n in range(70)),
        low_stock=tuple(LowStockFigure(f"low {n}", "", "CD", 1) for n in range(40)),
    )


LARGE = 999_999_999_99


def huge() -> DailyReport:
    """Amounts, names and counts as long as a shop could ever have them."""
    return report(
        sales_minor=LARGE,
        profit_minor=-LARGE,
        average_minor=LARGE,
        cash_in_drawer_minor=LARGE,
        returns_minor=-LARGE,
        discounts_minor=LARGE,
        hours=tuple(HourFigure((h + 4) % 24, LARGE - h, 99_999, LARGE) for h in range(24)),
        tenders=tuple(TenderTotal(kind, 99_999, LARGE) for kind in ("cash", "card", "x" * 40)),
        taxes=tuple(TaxLine("A very long name of a tax rate " * 3, bp, LARGE, LARGE) for bp in (900, 1250)),
        categories=tuple(CategoryFigure("某种风格" * 20, 99_999, LARGE, -LARGE) for _ in range(3)),
        top_discs=tuple(
            DiscFigure("长标题" * 99, "W" * 99, "Blu-ray+CD", 9999, LARGE, LARGE, -9999) for _ in range(10)
        ),
        cashiers=tuple(CashierFigure("阿卜杜拉" * 9, 99_999, LARGE, LARGE, 99, -LARGE, 99, 99) for _ in range(3)),
        low_stock=tuple(LowStockFigure("W" * 99, "W" * 99, "Blu-ray+CD+DVD", -9999) for _ in range(7)),
        shop=ShopHead("很长的店名" * 30, ("W" * 300,)),
    )


def pdf_of(figures: DailyReport, language="en") -> bytes:
    buffer = io.BytesIO()
    daily_report.write_pdf(figures, Texts(language), buffer)
    return buffer.getvalue()


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as a reader's program finds it."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        texts = []
        for page in document:
            with closing(page), closing(page.get_textpage()) as text:
                texts.append(text.get_text_range())
        return texts


def text_of(figures: DailyReport, language="en") -> str:
    return "\n".join(pages_of(pdf_of(figures, language)))


Box = tuple[float, float, float, float]


def char_boxes(pdf: bytes) -> list[list[tuple[str, Box]]]:
    """Of each page every visible character with its left, bottom, right, top."""
    pages = []
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            with closing(page), closing(page.get_textpage()) as text:
                boxes = [(text.get_text_range(n, 1), text.get_charbox(n)) for n in range(text.count_chars())]
                pages.append([(char, box) for char, box in boxes if box[2] > box[0]])
    return pages


# --- what it shows ---


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_figure_given_is_shown(language):
    figures, texts = report(), Texts(language)
    words = text_of(figures, language)

    def amount(minor: int) -> str:
        return texts.amount(minor, "CNY")

    shown = [
        texts.money(figures.sales_minor, "CNY"), "+12%", "136", "83", "¥4,823.40", "38.3%", "¥165.23", "1.6",
        "¥2,119.00", "-5.00", "-88.00", "× 1", "-164.00", "× 2", "264.00", "3.40",
        "2026-11-20 22:32", "声场唱片 Soundfield Records", "上海市徐汇区安福路 188 号",
    ]  # fmt: skip
    shown += [amount(hour.amount_minor) for hour in figures.hours if hour.amount_minor]
    shown += [f"{hour.hour}" for hour in figures.hours]
    shown += [amount(tender.amount_minor) for tender in figures.tenders]
    shown += [part for tax in figures.taxes for part in (amount(tax.tax_minor), amount(tax.gross_minor))]
    shown += [amount(tax.gross_minor - tax.tax_minor) for tax in figures.taxes] + ["9%", "13%"]
    shown += [part for c in figures.categories for part in (amount(c.amount_minor), amount(c.profit_minor))]
    shown += [part for d in DISCS for part in (d[0], d[1], d[2], amount(d[4]), amount(d[5]))]
    shown += [part for c in figures.cashiers for part in (c.name, amount(c.amount_minor), amount(c.voids_minor))]
    shown += ["1,424.00", "1,419.00", "700.00", "±0.00", "09:48 – 21:48", "09:48 – 21:57"]
    shown += ["Abbey Road", "The Beatles"]
    assert [figure for figure in shown if figure not in words] == []


def test_words_are_the_readers():
    assert "Fri 20 Nov 2026" in text_of(report())
    chinese = text_of(report(), "zh_CN")
    assert "2026年11月20日 周五" in chinese
    assert "国语流行" in chinese
    assert "Mandopop" in text_of(report())


CHANGES = [
    (1371400, 1371400, "±0% vs last Fri"),
    (1000000, 1250000, "-20% vs last Fri"),
    (1371400, None, "no sales last Fri"),
    (1371400, 0, "¥0.00 last Fri"),
    (1371400, 1, "+137,139,900% vs last Fri"),
]


@pytest.mark.parametrize(("sales", "last_week", "words"), CHANGES)
def test_sales_are_compared_with_the_week_before(sales, last_week, words):
    assert words in text_of(report(sales_minor=sales, last_week_minor=last_week))


def test_the_drawer_says_whether_it_was_counted():
    still_open = ShiftFigure(1, 41, OPENED, None, "林美", 142_400, None, None)
    words = text_of(report(shifts=(still_open,), cash_counted=False, cash_difference_minor=0))
    assert "expected, not counted yet" in words
    assert "09:48 – still open" in words
    partly = report(shifts=(still_open, report().shifts[1]), cash_counted=False, cash_difference_minor=0)
    assert "partly counted, ±0.00" in text_of(partly)
    assert "counted, +1.00" in text_of(report(cash_difference_minor=100))


def test_a_report_without_cost_shows_no_profit():
    figures = report(
        profit_minor=0,
        margin_bp=0,
        categories=tuple(replace(c, profit_minor=0) for c in report().categories),
        top_discs=tuple(replace(d, profit_minor=0) for d in report().top_discs),
    )
    words = text_of(figures)
    assert "Profit" not in words
    assert "profit" not in words
    assert "margin" not in words
    assert "Average basket" in words


def test_a_morning_without_sales_says_so():
    words = text_of(nothing_sold())
    assert "No sales yet" in words
    assert "林美" in words  # the shifts and what runs low are there already
    assert "Abbey Road" in words
    assert "Sales by hour" not in words
    assert "No sales yet" in text_of(nothing_sold(shifts=(), low_stock=(), tills=()))


def test_a_day_whose_lines_cancel_out_says_that_nothing_was_sold():
    words = text_of(report(hours=(), top_discs=(), categories=(), taxes=()))
    assert words.count("Nothing sold") == 2
    assert "No tax" in words
    assert "WeChat Pay" in words


def test_a_currency_without_decimals():
    words = text_of(report(shop=ShopHead("Shop", currency="JPY"), sales_minor=1234567))
    assert "¥1,234,567" in words
    assert ".00" not in words


def test_shift_numbers_stand_in_the_foot_of_each_page():
    first, *_, last = pages = pages_of(pdf_of(long_days()))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "till 1 shifts 1–88" in page
    assert "till 1 shift 41 · till 2 shift 37" in text_of(report())
    assert "Fri 20 Nov 2026 – Wed 20 Jan 2027" in first
    assert "Fri 20 Nov 2026 – Wed 20 Jan 2027" in last


# --- the page ---


def test_a_usual_day_is_one_page():
    assert len(pages_of(pdf_of(report()))) == 1


def test_a_usual_day_with_a_full_list_of_low_stock_is_one_page():
    low = tuple(LowStockFigure(f"Some title {n}", "Some artist", "CD", n % 3) for n in range(40))
    styles = tuple(CategoryFigure(f"style {n}", n, 700 + n, 7) for n in range(10))
    pages = pages_of(pdf_of(report(low_stock=low, categories=styles, top_discs=report().top_discs * 2), "zh_CN"))
    assert len(pages) == 1
    assert all(f"Some title {n}" in pages[0] for n in range(40))


def test_whatever_fits_one_page_is_set_on_one():
    for count in some_of(range(1, 41), 8):
        low = tuple(LowStockFigure(f"low {n}", "", "CD", 1) for n in range(count))
        assert len(pages_of(pdf_of(report(low_stock=low)))) == 1
    assert len(pages_of(pdf_of(huge()))) == 1


def test_long_tables_go_on_overleaf_with_nothing_lost():
    figures = long_days()
    pages = pages_of(pdf_of(figures))
    words = "\n".join(pages)
    assert [c.name for c in figures.cashiers if not re.search(rf"{c.name}\b", words)] == []
    assert [s.cashier for s in figures.shifts if not re.search(rf"{s.cashier}\b", words)] == []
    assert [c.name for c in figures.categories if not re.search(rf"{c.name}\b", words)] == []
    assert [d.title for d in figures.low_stock if not re.search(rf"{d.title}\b", words)] == []
    assert "By cashier (continued)" in words
    assert all("Cash expected" in page for page in pages if "opener" in page)


def test_low_stock_goes_on_overleaf():
    low = tuple(LowStockFigure(f"low {n}", "", "CD", 1) for n in range(400))
    words = text_of(report(low_stock=low))
    assert "Low stock (continued)" in words
    assert [n for n in range(400) if not re.search(rf"low {n}\b", words)] == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_leaves_the_margins(language):
    for figures in (report(), huge(), long_days(), nothing_sold()):
        outside = [
            (char, box)
            for page in char_boxes(pdf_of(figures, language))
            for char, box in page
            if box[0] < sheet.MARGIN - 1 or box[2] > A4[0] - sheet.MARGIN + 1 or box[1] < 12 or box[3] > A4[1] - 24
        ]
        assert outside == []


def overlap(one: Box, other: Box) -> float:
    """How much of the smaller of two boxes lies in the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(0.0, width) * max(0.0, height) / smaller if smaller > 0 else 0.0


def collisions(chars: list[tuple[str, Box]]) -> list[str]:
    found = []
    chars = sorted(chars, key=lambda char: char[1][0])
    for place, (char, box) in enumerate(chars):
        for other, other_box in chars[place + 1 :]:
            if other_box[0] >= box[2]:
                break
            if overlap(box, other_box) > 0.2:
                found.append(char + other)
    return found


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_text_runs_into_another(language):
    for figures in (report(), huge(), long_days(), nothing_sold()):
        assert [collisions(page) for page in char_boxes(pdf_of(figures, language)) if collisions(page)] == []


def test_a_long_title_ends_in_an_ellipsis_and_its_format_stays():
    disc = DiscFigure("The Complete Recordings, 1968–1974, Remastered", "Various Artists", "LP+CD", 1, 100, 10, 5)
    words = text_of(report(top_discs=(disc,)))
    assert re.search(r"The Complete Rec[^\n]*…", words)
    assert "Various Artists" not in words
    assert "LP+CD" in words


HOSTILE = [
    ("<b>bold</b> & <font color=red>", "<b>bold</b> & <font color=red>"),
    ("\x1b[31m\x00red\x9b", "[31mred"),
    ("a\tb\nc", "a b c"),
    ("\u202egnp.exe\u202c", "gnp.exe"),
    ("(un) \\balanced) (", "(un) \\balanced) ("),
    ("%s {0} {name} $HOME", "%s {0} {name} $HOME"),
    ("😀 smile", "〓 smile"),
    ("مرحبا", "〓〓〓〓〓"),
    ("Łódź Győr Ελλάδα", "Łódź Győr Ελλάδα"),
    ("한국 音楽 ミュージック", "한국 音楽 ミュージック"),
]


@pytest.mark.parametrize(("title", "shown"), HOSTILE)
def test_text_from_outside_is_shown_as_text(title, shown):
    pdf = pdf_of(nothing_sold(low_stock=(LowStockFigure(title, "", "CD", 1),), shop=ShopHead(title)))
    words = "".join(pages_of(pdf))
    assert words.count(shown) == 2
    assert not set(words) & {chr(code) for code in range(32) if chr(code) not in "\r\n"}


def test_ten_thousand_characters_do_no_harm():
    for title in ("A" * 10_000, "汉" * 10_000, "a " * 5_000, "\u0301" * 10_000):
        assert "CD" in text_of(report(top_discs=(DiscFigure(title, title, "CD", 1, 100, 10, 1),)))


# --- the file ---


def test_the_same_report_gives_the_same_file_wherever_it_is_written(tmp_path):
    daily_report.write_pdf(report(), Texts("zh_CN"), tmp_path / "day.pdf")
    assert (tmp_path / "day.pdf").read_bytes() == pdf_of(report(), "zh_CN")
    assert pdf_of(report()) != pdf_of(report(printed_at=datetime(2026, 11, 20, 14, 33, tzinfo=UTC)))


def test_fonts_are_in_the_file_cut_to_what_it_needs():
    for figures in (report(), long_days(), nothing_sold()):
        pdf = pdf_of(figures, "zh_CN")
        names = re.findall(rb"/BaseFont /([\w+-]+)", pdf)
        assert names
        assert [name for name in names if not re.match(rb"[A-Z]{6}\+(NotoSansSC|WenQuanYi)", name)] == []
        assert pdf.count(b"/FontFile2") == len(names)
        assert len(pdf) < 300_000


def test_pages_are_a4():
    with closing(pypdfium2.PdfDocument(pdf_of(long_days()))) as document:
        assert {tuple(round(side, 1) for side in document.get_page_size(n)) for n in range(len(document))} == {
            (595.3, 841.9)
        }


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OSError, match=r"day\.pdf"):
        daily_report.write_pdf(report(), Texts("en"), tmp_path / "gone" / "day.pdf")


def test_the_preview_shows_each_page_on_white(tmp_path):
    path = tmp_path / "days.pdf"
    daily_report.write_pdf(long_days(), Texts("en"), path)
    pictures = daily_report.pages_to_png(path, 1.0)
    assert len(pictures) == len(pages_of(path.read_bytes()))
    for picture in pictures:
        with Image.open(io.BytesIO(picture)) as image:
            assert abs(image.width - A4[0]) <= 1
            assert abs(image.height - A4[1]) <= 1
            assert image.convert("RGB").getpixel((3, 3)) == (255, 255, 255)
            assert len(set(image.convert("L").tobytes())) > 50


def colours_at(figures: DailyReport) -> set[tuple[int, int, int]]:
    pdf = io.BytesIO(pdf_of(figures))
    with closing(pypdfium2.PdfDocument(pdf)) as document, closing(document[0]) as page:
        image = page.render(scale=1.0).to_pil().convert("RGB")
    bars = image.crop((80, 162, 560, 290))  # under the legend
    return {colour for _, colour in bars.getcolors(1 << 16) or []}


def test_bars_stand_in_the_accent_and_an_hour_that_gave_back_hangs_in_red():
    accent, danger = (0x0B, 0x6B, 0x61), (0xB3, 0x26, 0x1E)
    assert accent in colours_at(report())
    assert danger not in colours_at(report())
    back = tuple(replace(hour, amount_minor=-hour.amount_minor) for hour in report().hours)
    assert danger in colours_at(report(hours=back))
    assert accent not in colours_at(report(hours=(HourFigure(10, 0, 0, 500),)))


# --- styles, axis, fitting ---

STYLES = [
    ("city-pop", "zh_CN", "城市流行"),
    ("city-pop", "en", "City pop"),
    ("film", "en", "Film"),
    ("我们店的风格", "en", "我们店的风格"),
    ("", "en", ""),
]


@pytest.mark.parametrize(("key", "language", "name"), STYLES)
def test_a_style_has_its_name_in_each_language(key, language, name):
    assert daily_report.style_name(key, language) == name


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.sampled_from([1, 100, 1000]))
def test_an_axis_holds_all_values_in_few_round_steps(least, spread, unit):
    most = least + spread
    low, high, step = scale(least, most, unit)
    assert low <= min(least, 0)
    assert max(most, 0) <= high
    assert low <= 0 < high
    assert low % step == high % step == 0
    assert 1 <= (high - low) // step <= 6
    assert str(step // unit).rstrip("0") in ("1", "2", "5")


@given(st.text(max_size=80), st.floats(0, 200), st.booleans())
def test_a_fitted_text_fits_and_says_when_it_was_cut(text, room, bold):
    shown = sheet.fitted(text, room, 8.5, bold)
    whole = plain(text)
    assert sheet.measure(shown, 8.5, bold) <= room or shown == ""
    assert shown in (whole, "") or (shown.endswith("…") and whole.startswith(shown[:-1]))
