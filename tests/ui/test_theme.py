"""Colours, sizes, type and icons."""

import re
import unicodedata

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontInfo, QFontMetrics, QImage, QPalette, QRawFont
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from av_pos.resources import resource
from av_pos.ui import icons, theme
from av_pos.ui.widgets.key_button import KeyButton

READ = [
    ("ink", "canvas"), ("ink", "surface"), ("ink", "sunken"), ("ink2", "canvas"), ("ink2", "surface"),
    ("ink2", "sunken"),
    ("ink2", "neutral_soft"), ("ink2", "accent_soft"), ("ink3", "canvas"), ("ink3", "surface"), ("ink3", "sunken"),
    ("accent", "surface"), ("accent", "accent_soft"), ("on_accent", "accent"), ("on_accent", "accent_press"),
    ("warn", "surface"), ("warn", "warn_soft"), ("danger", "surface"), ("danger", "danger_soft"), ("ok", "surface"),
    ("ok", "ok_soft"), ("rail_ink", "rail"),
]  # fmt: skip


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_every_text_can_be_read(colors, ink, ground):
    assert theme.contrast(getattr(colors, ink), getattr(colors, ground)) >= 4.5


def test_the_tokens_are_those_of_the_design():
    light = theme.LIGHT
    assert (light.canvas, light.surface, light.sunken, light.line) == ("#F3F1EC", "#FFFFFF", "#FAF9F6", "#E2DED5")
    assert (light.ink, light.ink2, light.ink3) == ("#1C1E21", "#5C5F66", "#6B6E75")
    assert (light.accent, light.accent_soft, light.rail) == ("#0B6B61", "#E1F0ED", "#17211F")
    assert (light.warn, light.danger, light.ok) == ("#A85B00", "#B3261E", "#1D7A3E")
    dark = theme.DARK
    assert (dark.canvas, dark.surface, dark.sunken, dark.line) == ("#131716", "#1C2221", "#171C1B", "#2E3634")
    assert (dark.ink, dark.ink2, dark.ink3) == ("#ECEFEE", "#B3BAB8", "#98A09E")
    assert (dark.accent, dark.accent_soft) == ("#3FB5A6", "#17332F")
    assert (dark.warn, dark.danger, dark.ok) == ("#E0A04A", "#F07A70", "#5CC083")


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sizes", [theme.NORMAL, theme.COMPACT], ids=["normal", "compact"])
def test_style_sheet_has_every_name_filled_in_and_no_small_type(colors, sizes):
    sheet = theme.style_sheet(colors, sizes)
    assert "$" not in sheet
    assert min(int(px) for px in re.findall(r"font-size:\s*(\d+)px", sheet)) >= 12
    for picture in re.findall(r'url\("([^"]+)"\)', sheet):
        assert not QImage(picture).isNull(), picture


def test_only_the_style_sheet_and_the_theme_name_colours():
    """Widgets take their colours from the theme; white letters on a cover tile are the one exception."""
    found = []
    for file in sorted(resource().parents[0].joinpath("src", "av_pos", "ui").rglob("*.py")):
        if file.name != "theme.py":
            text = file.read_text(encoding="utf-8")
            found += [(file.name, c) for c in re.findall(r'"(#[0-9A-Fa-f]{6})"', text)]
    assert set(found) <= {("cover.py", "#FFFFFF")}


def test_dark_and_back_again(dressed, qtbot):
    button = QPushButton("Pay")
    qtbot.addWidget(button)
    theme.apply(dressed, "dark", compact=False)
    assert theme.colors() is theme.DARK
    assert dressed.palette().color(QPalette.ColorRole.Window).name().upper() == theme.DARK.canvas
    theme.apply(dressed, "light", compact=False)
    assert dressed.palette().color(QPalette.ColorRole.Window).name().upper() == theme.LIGHT.canvas


def test_unknown_mode_is_refused(dressed):
    with pytest.raises(ValueError, match="sepia"):
        theme.apply(dressed, "sepia")


@pytest.mark.parametrize(("size", "compact"), [((1024, 768), True), ((1366, 768), False), ((1920, 1080), False)])
def test_small_screens_get_the_compact_sizes(size, compact):
    assert theme.fits_compact(QSize(*size)) is compact


def test_type_is_the_bundled_one(dressed):
    assert QFontInfo(theme.font()).family() == "Noto Sans SC"
    assert QFontInfo(theme.font(bold=True)).bold()


def test_figures_are_all_of_one_width(dressed):
    for bold in (False, True):
        metrics = QFontMetrics(theme.font(46, bold=bold))
        assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("text", ["范特西", "Björk", "Łódź", "아이유", "カウボーイ", "¥1,295.00 −4", "↑ ↓ · — …"])
def test_every_shelf_can_be_written(dressed, text):
    files = [QRawFont(str(resource("fonts", f)), 14) for f in ("NotoSansSC-Regular.ttf", "WenQuanYiMicroHei.ttf")]
    missing = [c for c in unicodedata.normalize("NFC", text) if not any(f.supportsCharacter(ord(c)) for f in files)]
    assert missing == []


def test_a_title_keeps_its_tile_colour():
    assert theme.cover_color("范特西") == theme.cover_color("范特西")
    assert theme.cover_color("Kind of Blue") == theme.cover_color("KIND OF BLUE")
    shown = {theme.cover_color(f"Album {n}") for n in range(200)}
    assert len(shown) >= 10
    assert all(theme.contrast("#FFFFFF", c) >= 4.5 for c in shown)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("role", ["secondary", "primary", "danger", "quiet", "choice", "switch", "tab"])
def test_buttons_are_high_enough_for_fingers(dressed, qtbot, role, mode):
    theme.apply(dressed, mode, compact=True)
    button = KeyButton("Hold", "b", role=role, action="hold")
    qtbot.addWidget(button)
    button.show()
    assert button.height() >= 44
    theme.apply(dressed, "light", compact=False)


def test_a_switch_that_is_on_can_be_read_where_nothing_can_be_switched(dressed, qtbot):
    button = KeyButton("Back to stock", "b", role="switch")
    qtbot.addWidget(button)
    button.setCheckable(True)
    button.setChecked(True)
    button.setEnabled(False)
    button.show()
    picture = button.grab().toImage()
    inside = {
        picture.pixelColor(x, y).name() for x in range(8, picture.width() - 8) for y in range(8, picture.height() - 8)
    }
    assert max(theme.contrast(ink, picture.pixelColor(8, 8).name()) for ink in inside) >= 4.5


def test_pay_is_the_largest_button(dressed, qtbot):
    button = KeyButton("Pay", "payButton", role="pay", action="main")
    qtbot.addWidget(button)
    button.show()
    assert button.height() == 68


def test_a_field_keeps_its_height_when_it_gets_the_focus(window):
    first, second = QLineEdit(), QLineEdit()
    window.layout().addWidget(first)
    window.layout().addWidget(second)
    first.setFocus()
    assert first.sizeHint().height() == second.sizeHint().height() >= 44


def test_role_changes_the_dress_at_once(dressed, qtbot):
    label = QLabel("x")
    qtbot.addWidget(label)
    label.show()
    before = label.sizeHint().height()
    theme.set_role(label, "amount")
    assert label.sizeHint().height() > before


def test_icons_take_the_colour_of_the_theme(dressed):
    picture = icons.pixmap("till", 24, "#FF0000").toImage()
    inks = {
        picture.pixelColor(x, y).name() for x in range(24) for y in range(24) if picture.pixelColor(x, y).alpha() > 250
    }
    assert inks == {"#ff0000"}


def test_every_icon_can_be_drawn(dressed):
    names = sorted(f.stem for f in resource("icons").glob("*.svg"))
    assert len(names) > 50
    for name in names:
        picture = icons.pixmap(name, 24).toImage()
        assert any(picture.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name


def test_a_missing_icon_is_told(dressed):
    with pytest.raises(FileNotFoundError):
        icons.pixmap("gramophone", 24)
