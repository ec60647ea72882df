"""What a Chinese text printer is sent, read as it would read it; and what is drawn for the others."""

import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.printing import samples

from av_pos.i18n import Texts
from av_pos.printing.encode import encode
from av_pos.printing.layout import Align, Kind, Line, Paper, Part
from av_pos.printing.profile import PrinterProfile, parse_printer
from av_pos.printing.raster import draw, lines_to_png
from av_pos.printing.receipt import lay_out
from av_pos.printing.test_page import encode_test_page

ENGLISH = Texts("en")
GBK_58 = parse_printer("tcp://p?width=58&mode=gbk")
GBK_80 = parse_printer("tcp://p?width=80&mode=gbk")
STRIPPING = parse_printer("tcp://p?width=80&mode=gbk&accents=strip")
RASTER_80 = parse_printer("tcp://p?width=80")
LENGTHS = {b"\x1b@": 2, b"\x1bR": 3, b"\x1c&": 2, b"\x1c.": 2, b"\x1bE": 3, b"\x1d!": 3, b"\x1ba": 3, b"\x1bd": 3}
LENGTHS |= {b"\x1bJ": 3, b"\x1dV": 3, b"\x1dh": 3, b"\x1dw": 3, b"\x1dH": 3, b"\x1df": 3}


def commands(data: bytes) -> list[bytes]:
    """Cut a slip into its commands and lines of text; an unknown command fails the test."""
    found: list[bytes] = []
    while data:
        head = data[:2]
        if head == b"\x1dv":
            length = 8 + int.from_bytes(data[4:6], "little") * int.from_bytes(data[6:8], "little")
        elif head == b"\x1dk":
            length = 4 + data[3]
        elif data[0] in b"\x1b\x1c\x1d":
            length = LENGTHS[head]
        else:
            length = data.index(b"\n") + 1
        found.append(data[:length])
        data = data[length:]
    return found


def rows(data: bytes) -> list[str]:
    """The lines of text as the printer shows them; a picture is one line."""
    shown = []
    for command in commands(data):
        if command[:1] not in (b"\x1b", b"\x1c", b"\x1d"):
            shown.append(command[:-1].decode("gbk"))
        elif command[:2] == b"\x1dv":
            shown.append("(drawn)")
    return shown


def one(left: str, right: str = "45.00", profile: PrinterProfile = GBK_80) -> list[str]:
    paper = Paper(profile.columns)
    paper.pair(left, right)
    return rows(encode(paper.lines, profile))


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("合计", "¥192.00", "合计                                    ￥192.00"),
        ("Total", "¥192.00", "Total                                   ￥192.00"),
        ("邓丽君——淡淡幽情", "45.00", "邓丽君--淡淡幽情                           45.00"),
        ("“Heroes”", "\u22124.50", '"Heroes"                                   -4.50'),
        ("约翰·列侬", "45.00", "约翰·列侬                                 45.00"),
        ("Wait…", "45.00", "Wait...                                    45.00"),
        ("2 × 45", "90.00", "2 x 45                                     90.00"),
        ("Motörhead", "45.00", "(drawn)"),
        ("Beyoncé", "45.00", "(drawn)"),  # GBK has é, but two columns wide
        ("아이브", "45.00", "(drawn)"),
        ("①", "45.00", "(drawn)"),
        ("Русь", "45.00", "(drawn)"),
        ("𠮷", "45.00", "(drawn)"),
        ("€", "45.00", "(drawn)"),
        ("🎵", "45.00", "〓                                         45.00"),
    ],
)
def test_each_line_keeps_its_amount_at_the_edge_or_is_drawn(left, right, shown):
    assert one(left, right) == [shown]


def test_accents_are_stripped_only_where_the_profile_says_so():
    assert one("Motörhead, Björk 碧玉, Françoise", profile=STRIPPING)[0].startswith("Motorhead, Bjork 碧玉, Francoise ")
    assert one("아이브", profile=STRIPPING) == ["(drawn)"]


@pytest.mark.parametrize("profile", [GBK_58, GBK_80, STRIPPING])
@given(left=st.text(max_size=70), right=st.text(max_size=20), big=st.booleans())
def test_no_text_gives_orders_to_the_printer_or_overflows_its_line(profile, left, right, big):
    paper = Paper(profile.columns)
    paper.pair(left, right, big=big)
    paper.text(left)
    wide = 0
    for command in commands(encode(paper.lines, profile)):  # knows only our own commands
        if command[:2] == b"\x1d!":
            wide = command[2] >> 4
        elif command[0] not in b"\x1b\x1c\x1d":
            assert min(command[:-1], default=0x20) >= 0x20
            assert b"\x7f" not in command
            assert (len(command) - 1) * (wide + 1) <= profile.columns


def test_a_line_built_by_hand_cannot_smuggle_orders_either():
    line = Line(48, parts=(Part("a\x1b@\x1dV\x00b"),))
    assert rows(encode([line], GBK_80)) == ["a @ V b"]


def test_slip_sets_the_printer_up_first():
    data = encode(lay_out(samples.chinese_sale(), ENGLISH, 48), GBK_80)
    assert data.startswith(b"\x1b@\x1bR\x00\x1c&")
    drawn = encode(lay_out(samples.chinese_sale(), ENGLISH, 48), RASTER_80)
    assert drawn.startswith(b"\x1b@")


@pytest.mark.parametrize(("profile", "cuts"), [(GBK_58, 0), (GBK_80, 1), (RASTER_80, 1)])
def test_paper_is_fed_past_the_knife_before_a_cut(profile, cuts):
    orders = commands(encode(lay_out(samples.chinese_sale(), ENGLISH, profile.columns), profile))
    assert sum(order[:2] == b"\x1dV" for order in orders) == cuts
    feed = orders.index(b"\x1bd\x04")
    assert all(order[:2] in (b"\x1dV", b"\x1ba") for order in orders[feed + 1 :])


def test_receipt_number_prints_as_a_barcode():
    orders = commands(encode(lay_out(samples.chinese_sale(), ENGLISH, 32), GBK_58))
    assert b"\x1dkC\x0d" + samples.CODE.encode() in orders


def test_chinese_receipt_is_small_in_gbk():
    assert len(encode(lay_out(samples.chinese_sale(), ENGLISH, 32), GBK_58)) < 1_400


@pytest.mark.parametrize("profile", [RASTER_80, GBK_80])
def test_pictures_are_short_strips_of_the_papers_width(profile):
    paper = Paper(48)
    for _ in range(9):
        paper.pair("Motörhead", "45.00")
    strips = [order for order in commands(encode(paper.lines, profile)) if order[:2] == b"\x1dv"]
    assert strips
    for strip in strips:
        assert int.from_bytes(strip[4:6], "little") * 8 == profile.dots
        assert int.from_bytes(strip[6:8], "little") <= 128


def test_drawn_amounts_end_at_one_edge():
    paper = Paper(48)
    for left, right in (("范特西", "45.00"), ("Motörhead", "1,295.00"), ("아이브", "-4.50"), ("W" * 30, "0.00")):
        paper.pair(left, right)
    for line in paper.lines:
        box = draw([line], 576).getbbox()
        assert box is not None
        assert 566 <= box[2] <= 576


@pytest.mark.parametrize("dots", [384, 512, 576])
def test_wide_letters_stay_clear_of_the_amount(dots):
    paper = Paper(48)
    paper.row(Part("W" * 20), Part("M" * 20, 48, Align.RIGHT))
    image = draw(paper.lines, dots)
    between = round(27 * dots / 48) + 1, 0, round(28 * dots / 48) - 1, image.height
    assert image.crop(between).getbbox() is None


@pytest.mark.parametrize("text", ["한글 아이브", "Motörhead Łódź", "Ελληνικά Русский", "キャンディ", "龘龍〇"])
def test_bundled_fonts_draw_what_stands_on_the_shelves(text):
    """Each letter looks different from the sign for a missing one."""
    missing = {draw([Line(2, parts=(Part(sign),))], 24).tobytes() for sign in ("〓", "?")}
    for char in text.replace(" ", ""):
        drawn = draw([Line(2, parts=(Part(char),))], 24)
        assert drawn.getbbox(), char
        assert drawn.tobytes() not in missing, char


def test_a_character_in_no_font_is_marked():
    geta = draw([Line(2, parts=(Part("〓"),))], 24).tobytes()
    assert draw([Line(2, parts=(Part("𠮷"),))], 24).tobytes() == geta


EAN_LEFT = [
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
]


EAN_PARITY = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]


def read_ean13(modules: str) -> str:
    """Read the bars, the first digit from the parity of the left half."""
    assert (modules[:3], modules[45:50], modules[92:]) == ("101", "01010", "101")
    right = ["".join("10"[int(bar)] for bar in digit) for digit in EAN_LEFT]
    even = [digit[::-1] for digit in right]
    digits, parity = "", ""
    for place in range(3, 45, 7):
        seven = modules[place : place + 7]
        parity += "L" if seven in EAN_LEFT else "G"
        digits += str((EAN_LEFT if seven in EAN_LEFT else even).index(seven))
    digits += "".join(str(right.index(modules[place : place + 7])) for place in range(50, 92, 7))
    return f"{EAN_PARITY.index(parity)}{digits}"


@pytest.mark.parametrize("columns", [32, 48])
def test_barcode_on_the_picture_reads_as_the_receipts_code(columns):
    from PIL import Image

    picture = Image.open(io.BytesIO(lines_to_png([Line(columns, Kind.BARCODE, code=samples.CODE)])))
    row = [picture.getpixel((x, 40)) for x in range(picture.width)]
    first, last = row.index(0), len(row) - row[::-1].index(0)
    assert set(row) == {0, 255}
    assert (last - first) % 95 == 0
    module = (last - first) // 95
    assert module >= 2
    assert first >= 11 * module
    bars = "".join("1" if row[first + place * module + module // 2] == 0 else "0" for place in range(95))
    assert read_ean13(bars) == samples.CODE


def test_picture_is_written_where_it_is_wanted(tmp_path):
    target = tmp_path / "receipt.png"
    png = lines_to_png(lay_out(samples.chinese_sale(), ENGLISH, 48), target)
    assert target.read_bytes() == png
    assert png.startswith(b"\x89PNG")


def test_test_page_prints_both_ways():
    page = encode_test_page(GBK_58, ENGLISH)
    text = rows(page)
    assert "周杰伦 范特西           ￥192.00" in text
    assert any(ruler == "12345678901234567890123456789012" for ruler in text)
    assert page.index(b"\x1c.") > page.index(b"\x1c&")
    after = rows(page[page.index(b"\x1c.") :])
    assert set(after) == {"(drawn)"}


def test_receipts_are_set_without_drawing_or_device_libraries():
    heavy = "[name for name in ('escpos', 'PIL', 'barcode', 'usb') if name in sys.modules]"
    code = f"import sys, av_pos.printing.receipt; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
