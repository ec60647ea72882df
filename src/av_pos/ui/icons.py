"""Icons from `resources/icons` in the colours of the theme: drawn when first asked for, then kept."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache

from av_pos.resources import resource
from av_pos.ui import theme


def icon(name: str, color: str = "", *, active: str = "", size: int = 24) -> QIcon:
    """The icon of this name in `color` (#RRGGBB; the theme's ink unless given), greyed when disabled.

    `active` is its colour while a checkable button is on.

    FileNotFoundError when there is no such icon.
    """
    now = theme.colors()
    normal, grey = pixmap(name, size, color), pixmap(name, size, now.ink3)
    made = QIcon(normal)
    made.addPixmap(pixmap(name, size, active or color), QIcon.Mode.Normal, QIcon.State.On)
    made.addPixmap(grey, QIcon.Mode.Disabled, QIcon.State.Off)
    made.addPixmap(grey, QIcon.Mode.Disabled, QIcon.State.On)
    return made


def app_icon() -> QIcon:
    """The program's mark in the sizes that windows and the system's bars ask for."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128):
        made.addPixmap(pixmap("av-pos", size))
    return made


def pixmap(name: str, size: int, color: str = "") -> QPixmap:
    """The icon as a picture of `size` device-independent pixels, for widgets that paint themselves."""
    color = color or theme.colors().ink
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    key = f"av_pos/{name}/{size}/{color}/{ratio}"
    # Qt's own cache, not a Python one: pixmaps must go before the application does.
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    drawn = _draw(name, size, color, ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def _draw(name: str, size: int, color: str, ratio: float) -> QPixmap:
    # QtSvg costs a few milliseconds at start; a window without icons shall not pay them.
    from PySide6.QtSvg import QSvgRenderer

    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    picture = QPixmap(QSize(size, size) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(text.replace("currentColor", color).encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture
