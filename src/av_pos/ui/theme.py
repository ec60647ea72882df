"""The colours, sizes and type of the screens, once.

`apply(app, mode)` sets Fusion, an own palette, the bundled fonts and one style sheet made from `resources/qss`.
Widgets say what they are (`set_role(button, "primary")`, `set_kind(chip, "warn")`); only the style sheet, and the few
widgets that paint themselves, turn that into colours through `colors()` and `metrics()`.
"""

import hashlib
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from string import Template

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from av_pos.resources import resource


class Mode(StrEnum):
    """Which colours: light, dark, or whatever the system asks for."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Colors:
    """One set of colours, as #RRGGBB. Each soft colour is the ground for text in its strong one."""

    is_dark: bool
    canvas: str
    surface: str
    sunken: str
    line: str
    ink: str
    ink2: str
    ink3: str
    accent: str
    accent_press: str
    accent_soft: str
    on_accent: str
    neutral_soft: str
    warn: str
    warn_soft: str
    danger: str
    danger_soft: str
    ok: str
    ok_soft: str
    rail: str
    rail_ink: str
    shade: str


LIGHT = Colors(
    is_dark=False,
    canvas="#F3F1EC",
    surface="#FFFFFF",
    sunken="#FAF9F6",
    line="#E2DED5",
    ink="#1C1E21",
    ink2="#5C5F66",
    ink3="#6B6E75",
    accent="#0B6B61",
    accent_press="#085249",
    accent_soft="#E1F0ED",
    on_accent="#FFFFFF",
    neutral_soft="#EEECE6",
    warn="#A85B00",
    warn_soft="#FDF1E1",
    danger="#B3261E",
    danger_soft="#FBE7E5",
    ok="#1D7A3E",
    ok_soft="#E4F3E9",
    rail="#17211F",
    rail_ink="#B9C4C1",
    shade="rgba(23, 33, 31, 110)",
)

DARK = Colors(
    is_dark=True,
    canvas="#131716",
    surface="#1C2221",
    sunken="#171C1B",
    line="#2E3634",
    ink="#ECEFEE",
    ink2="#B3BAB8",
    ink3="#98A09E",
    accent="#3FB5A6",
    accent_press="#66C9BC",
    accent_soft="#17332F",
    on_accent="#06201C",
    neutral_soft="#272E2C",
    warn="#E0A04A",
    warn_soft="#352815",
    danger="#F07A70",
    danger_soft="#3A201E",
    ok="#5CC083",
    ok_soft="#17301F",
    rail="#0D1211",
    rail_ink="#B3BAB8",
    shade="rgba(0, 0, 0, 150)",
)

RADIUS_CARD = 12
RADIUS_BUTTON = 10
RADIUS_COVER = 6
TOUCH = 44
PAY = 68


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in device-independent pixels; `compact` ones fit a screen 1024 wide."""

    edge: int
    gap: int
    pad: int
    row: int
    body: int
    title: int
    figure: int
    amount: int
    scan: int
    rail: int
    bar: int


NORMAL = Metrics(edge=18, gap=12, pad=18, row=58, body=14, title=20, figure=24, amount=46, scan=52, rail=76, bar=48)
COMPACT = Metrics(edge=12, gap=8, pad=12, row=54, body=14, title=18, figure=20, amount=38, scan=46, rail=68, bar=48)
_COMPACT_BELOW = 1200
_COMPACT_LOW = 740

ON_COVER = "#FFFFFF"  # letters on the tile of a disc without a cover, light and dark alike
# Muted and dark: those letters keep a contrast of 4.5 on each.
_COVER_HUES = (
    "#B4532A",
    "#2E5E8C",
    "#666A71",
    "#8B3A62",
    "#3C6E47",
    "#3B4A8C",
    "#7A5C1E",
    "#2F6B70",
    "#6A4A8C",
    "#8C3B3B",
    "#4D6430",
    "#85502B",
)
_FAMILIES = ("Noto Sans SC", "WenQuanYi Micro Hei")
_FONT_FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "WenQuanYiMicroHei.ttf")


class _Current:
    """What is applied just now."""

    mode = Mode.LIGHT
    colors = LIGHT
    metrics = NORMAL


class _SystemWatch(QObject):
    """Follows the system's choice while the mode says so."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def _on_scheme_changed(self) -> None:
        if _Current.mode is Mode.SYSTEM:
            apply(self._app, Mode.SYSTEM, compact=_Current.metrics is COMPACT)


def colors() -> Colors:
    """The colours in use, for widgets that paint themselves."""
    return _Current.colors


def metrics() -> Metrics:
    """The sizes in use."""
    return _Current.metrics


def fits_compact(size: QSize) -> bool:
    """Whether a window of this size wants the compact sizes."""
    return size.width() < _COMPACT_BELOW or size.height() < _COMPACT_LOW


def apply(app: QApplication, mode: Mode | str, *, compact: bool | None = None) -> None:
    """Dress the whole application. `compact` None decides by the screen's width; it may be called again at any time."""
    mode = Mode(mode)
    if compact is None:
        screen = app.primaryScreen()
        compact = screen is not None and fits_compact(screen.availableSize())
    if app.findChild(QObject, "themeWatch") is None:
        _SystemWatch(app).setObjectName("themeWatch")
        app.setStyle(QStyleFactory.create("Fusion"))
    _Current.mode = mode
    _Current.colors = DARK if _wants_dark(mode) else LIGHT
    _Current.metrics = COMPACT if compact else NORMAL
    load_fonts()
    app.setFont(font())
    app.setPalette(qt_palette(_Current.colors))
    app.setStyleSheet(style_sheet(_Current.colors, _Current.metrics))


def _wants_dark(mode: Mode) -> bool:
    if mode is Mode.SYSTEM:
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return mode is Mode.DARK


@cache
def load_fonts() -> tuple[str, ...]:
    """Give the bundled fonts to Qt, once; returns their families."""
    families: list[str] = []
    for name in _FONT_FILES:
        number = QFontDatabase.addApplicationFont(str(resource("fonts", name)))
        families.extend(QFontDatabase.applicationFontFamilies(number) if number >= 0 else ())
    return tuple(dict.fromkeys(families))


def font(px: int | None = None, *, bold: bool = False) -> QFont:
    """The program's type at `px` pixels (body size unless given). All its figures have one width."""
    return QFont(_font(px or _Current.metrics.body, bold))


@cache
def _font(px: int, bold: bool) -> QFont:
    # Lists ask for one with each cell that they paint; a copy costs far less than setting it up.
    made = QFont()
    made.setFamilies(list(_FAMILIES))
    made.setPixelSize(px)
    made.setBold(bold)
    # The font carries no hinting; asking for it only makes the letters' distances uneven.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def style_sheet(chosen: Colors, sizes: Metrics) -> str:
    """The one style sheet with these colours and sizes filled in."""
    template = Template(resource("qss", "av_pos.qss").read_text(encoding="utf-8"))
    constants = {
        "radius_card": RADIUS_CARD,
        "radius_button": RADIUS_BUTTON,
        "touch": TOUCH - 2,
        "touch_focus": TOUCH - 4,
        "touch_spin": TOUCH - 5,
        "touch_spin_focus": TOUCH - 7,
        "pay": PAY - 2,
        "pay_focus": PAY - 4,
        "pictures": resource("qss").as_posix(),
        "tone": "dark" if chosen.is_dark else "light",
    }
    return template.substitute(**asdict(chosen), **{f"m_{k}": v for k, v in asdict(sizes).items()}, **constants)


def qt_palette(chosen: Colors) -> QPalette:
    """The same colours for what Fusion itself paints."""
    role = QPalette.ColorRole
    palette = QPalette()
    table = {
        role.Window: chosen.canvas,
        role.WindowText: chosen.ink,
        role.Base: chosen.surface,
        role.AlternateBase: chosen.sunken,
        role.Text: chosen.ink,
        role.Button: chosen.surface,
        role.ButtonText: chosen.ink,
        role.BrightText: chosen.on_accent,
        role.Highlight: chosen.accent,
        role.HighlightedText: chosen.on_accent,
        role.ToolTipBase: chosen.surface,
        role.ToolTipText: chosen.ink,
        role.PlaceholderText: chosen.ink3,
        role.Link: chosen.accent,
        role.LinkVisited: chosen.accent,
        role.Light: chosen.surface,
        role.Midlight: chosen.sunken,
        role.Mid: chosen.line,
        role.Dark: chosen.line,
        role.Shadow: chosen.line,
        role.Accent: chosen.accent,
    }
    for which, value in table.items():
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(chosen.ink3))
    return palette


def set_role(widget: QWidget, role: str) -> None:
    """Say what a widget is (`primary`, `card`, `hint` …); it is dressed again when that changes."""
    _set_style_property(widget, "role", role)


def set_kind(widget: QWidget, kind: str) -> None:
    """Say how a widget means it: `neutral`, `accent`, `warn`, `danger` or `ok`."""
    _set_style_property(widget, "kind", kind)


def _set_style_property(widget: QWidget, name: str, value: str) -> None:
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        # It is dressed when it is first shown, and then by what it is.
        return
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def cover_color(title: str) -> str:
    """The tile colour of a disc without a cover: always the same one for the same title, on every machine."""
    digest = hashlib.blake2b(title.casefold().encode(), digest_size=4).digest()
    return _COVER_HUES[int.from_bytes(digest) % len(_COVER_HUES)]


def contrast(first: str, second: str) -> float:
    """The contrast between two colours by WCAG 2 (1 to 21)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(value: str) -> float:
    parts = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
