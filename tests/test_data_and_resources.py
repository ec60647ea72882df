"""What ships with the program: the starting data, fonts and icons are whole and say what they claim."""

import csv
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from reportlab.pdfbase.ttfonts import TTFont

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
FONTS = ROOT / "resources" / "fonts"
ICONS = ROOT / "resources" / "icons"

CATALOGUE_COLUMNS = (
    "album_artist,album_title,artist,title,label,catalogue_number,barcode,country,released,format,discs,"
    "category,style,price,cost,shelf,weight,source"
)
FORMATS = {"CD", "SACD", "LP", '7"', '10"', '12"', "Cassette", "DVD", "Blu-ray", "UHD"}
SOURCES = {"musicbrainz", "discogs", "collection", "public-facts"}
SLEEVE_ONLY = {"Generic", "Not Graded", "No Cover"}
FAILS_AS_PRINTED = "1063590341320"
NOTO = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
NEEDED_ICONS = """
till members catalogue stocktake purchasing reorder reports settings printer drawer hold recall
discount return more search scan lock user cash card scan-code backspace plus minus close check
warning info help undo trash edit add chevron-down chevron-right chevron-left calendar download save
refresh backup clock disc receipt percent round-off key language sun moon play wifi-off paper-out
"""


def rows(name: str) -> list[dict[str, str]]:
    """All rows of one file in data/, each cell a string."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def passes_check_digit(barcode: str) -> bool:
    """GS1: weights 3, 1 from the right; the whole sum divides by ten."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(barcode)))
    return total % 10 == 0


def edition_key(row: dict[str, str]) -> tuple[str, str, str]:
    """What a used copy and its edition share."""
    return row["album_artist"], row["album_title"], row["format"]


def glyphs_of(font: str) -> dict[int, int]:
    """Code point → glyph, as the PDF writer reads it from the file."""
    glyphs: dict[int, int] = TTFont(font, str(FONTS / font)).face.charToGlyph
    return glyphs


CATALOGUE = rows("catalogue.csv")
COPIES = rows("copies.csv")


def test_catalogue_is_large_and_has_every_column() -> None:
    assert len(CATALOGUE) >= 300
    assert all(",".join(row) == CATALOGUE_COLUMNS and None not in row.values() for row in CATALOGUE)
    for column in ("album_artist", "album_title", "artist", "title", "shelf"):
        assert all(row[column] == row[column].strip() != "" for row in CATALOGUE), column


def test_barcodes_are_digits_and_pass_their_check_digit_but_for_the_known_one() -> None:
    barcodes = {row["barcode"] for row in CATALOGUE} - {""}
    assert all(barcode.isdecimal() and len(barcode) in (12, 13) for barcode in barcodes)
    assert {barcode for barcode in barcodes if not passes_check_digit(barcode)} == {FAILS_AS_PRINTED}


def test_some_barcodes_stand_on_several_editions_and_some_editions_have_none() -> None:
    used = Counter(row["barcode"].zfill(13) for row in CATALOGUE if row["barcode"])
    assert sum(count > 1 for count in used.values()) >= 5
    assert any(row["barcode"] == "" and row["source"] == "discogs" for row in CATALOGUE)


def test_no_barcode_is_invented() -> None:
    assert all(row["barcode"] == "" for row in CATALOGUE if row["source"] == "public-facts")


def test_no_edition_stands_twice() -> None:
    beside = {"price", "cost", "shelf", "weight", "source"}
    editions = Counter(tuple(value for column, value in row.items() if column not in beside) for row in CATALOGUE)
    assert max(editions.values()) == 1


def test_formats_styles_and_sources_come_from_the_lists() -> None:
    category_of = {row["key"]: row["category"] for row in rows("styles.csv")}
    for row in CATALOGUE:
        assert set(row["format"].split("+")) <= FORMATS, row
        assert category_of[row["style"]] == row["category"], row
        assert row["source"] in SOURCES, row
        assert int(row["discs"]) >= len(row["format"].split("+")), row
    assert set(category_of.values()) == {"music", "film"}
    assert {row["style"] for row in CATALOGUE} == set(category_of)


def test_released_is_a_year_a_month_a_day_or_empty() -> None:
    for row in CATALOGUE:
        parts = row["released"].split("-") if row["released"] else []
        assert [len(part) for part in parts] == [4, 2, 2][: len(parts)], row
        assert all(part.isdecimal() for part in parts), row


@pytest.mark.parametrize("file", ["catalogue.csv", "copies.csv"])
def test_every_price_is_above_its_cost(file: str) -> None:
    for row in rows(file):
        assert float(row["price"]) > float(row["cost"]) > 0, row
        assert all(len(row[column].partition(".")[2]) == 2 for column in ("price", "cost")), row


def test_few_titles_carry_the_shop() -> None:
    weights = sorted((float(row["weight"]) for row in CATALOGUE), reverse=True)
    assert weights[-1] > 0
    assert sum(weights[: len(weights) // 10]) > sum(weights) / 2


@pytest.mark.parametrize(
    ("artist", "title", "format", "price", "shelf"),
    [
        ("周杰伦", "范特西", "CD", "68.00", "C2"),
        ("周杰伦", "八度空间", "CD", "68.00", "C2"),
        ("王菲", "浮躁", "CD", "88.00", "C3"),
        ("Miles Davis", "Kind of Blue", "LP", "198.00", "J1"),
        ("John Coltrane", "Blue Train", "LP", "188.00", "J1"),
        ("Radiohead", "Kid A", "CD", "78.00", "R3"),
    ],
)
def test_the_discs_of_the_pictures_are_there(artist: str, title: str, format: str, price: str, shelf: str) -> None:
    found = [row for row in CATALOGUE if edition_key(row) == (artist, title, format)]
    assert [(row["price"], row["shelf"]) for row in found] == [(price, shelf)]


def test_every_copy_has_an_edition_and_known_grades() -> None:
    grades = {row["code"] for row in rows("grades.csv")}
    editions = {edition_key(row) for row in CATALOGUE}
    for row in COPIES:
        assert edition_key(row) in editions, row
        assert row["media_grade"] in grades - SLEEVE_ONLY, row
        assert row["sleeve_grade"] in grades, row
        assert {row["cut_out"], row["signed"]} <= {"0", "1"}, row


def test_copies_show_what_the_trade_knows() -> None:
    assert len(COPIES) >= 50
    assert sum(row["cut_out"] == "1" for row in COPIES) >= 5
    assert sum(row["signed"] == "1" for row in COPIES) == 1
    (shown,) = [row for row in COPIES if edition_key(row) == ("Radiohead", "OK Computer", "CD")]
    assert (shown["media_grade"], shown["sleeve_grade"], shown["price"]) == ("VG+", "VG", "45.00")
    assert shown["defects"] == "sleeve corner bent"


def test_grades_are_the_goldmine_ones_in_order() -> None:
    codes = [row["code"] for row in rows("grades.csv")]
    assert codes == ["M", "NM", "VG+", "VG", "G+", "G", "F", "P", "Generic", "Not Graded", "No Cover"]


def test_tax_rates_are_basis_points_with_dates() -> None:
    rate = {row["key"]: (int(row["rate_bp"]), row["valid_from"], row["valid_to"]) for row in rows("tax_rates.csv")}
    assert rate["audio-visual"][0] == 900
    assert rate["small-scale"][0] == 300
    assert rate["small-scale-reduced"] == (100, "2023-01-01", "2027-12-31")
    assert rate["zero"][0] == 0


@pytest.mark.parametrize("font", NOTO)
def test_noto_writes_chinese_latin_kana_and_both_yuan_signs(font: str) -> None:
    glyphs = glyphs_of(font)
    assert all(glyphs.get(ord(char)) for char in "周杰伦Björkü¥￥カあ→±−①★")


def test_noto_writes_every_gb2312_character() -> None:
    glyphs = glyphs_of(NOTO[0])
    hanzi = [bytes((lead, trail)) for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF)]
    missing = {char for pair in hanzi if (char := pair.decode("gb2312", "ignore")) and ord(char) not in glyphs}
    assert missing == set()


def test_the_third_font_writes_hangul() -> None:
    glyphs = glyphs_of("WenQuanYiMicroHei.ttf")
    assert all(glyphs.get(ord(char)) for char in "한글방탄소년단아이유")


def test_the_fonts_together_write_the_whole_catalogue() -> None:
    known = set(glyphs_of(NOTO[0])) | set(glyphs_of("WenQuanYiMicroHei.ttf"))
    text = {char for name in ("catalogue.csv", "copies.csv") for char in (DATA / name).read_text("utf-8")} - {"\n"}
    assert {char for char in text if ord(char) not in known} == set()


@pytest.mark.parametrize("name", ["OFL.txt", "Apache-2.0.txt", "WenQuanYiMicroHei-copyright.txt", "README.md"])
def test_fonts_come_with_their_licences(name: str) -> None:
    assert (FONTS / name).stat().st_size > 500


def test_every_needed_icon_is_there_with_the_licence() -> None:
    assert set(NEEDED_ICONS.split()) <= {path.stem for path in ICONS.glob("*.svg")}
    assert "ISC License" in (ICONS / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(ICONS.glob("*.svg")), ids=lambda path: path.stem)
def test_icon_is_svg_and_takes_the_themes_colour(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    if path.stem != "av-pos":  # the program's mark keeps its own colours
        assert root.get("stroke") == "currentColor"
