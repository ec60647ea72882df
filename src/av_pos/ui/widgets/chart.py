"""Charts. pyqtgraph is imported when the first one is shown; a table beside it serves screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from av_pos.ui import theme


class _Chart(QWidget):
    """A picture that is made when it is first seen, and anew with other colours; each kind draws its own on `_plot`."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self._plot: Any = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the picture when it is first seen."""
        super().showEvent(event)
        if self._plot is None:
            self._plot = _new_plot(self)
            self._column.addWidget(self._plot)
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Take the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_again()

    def _draw_again(self) -> None:
        if self._plot is not None:
            self._draw()

    def _draw(self) -> None:
        """Wipe the picture, for what is drawn on it next."""
        self._plot.clear()


class BarChart(_Chart):
    """Bars with a name under each (takings by hour), and a line over them if there is something to compare with.

    The picture has no axis of values: the highest bar fills it, and the table beside it has the figures.
    """

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name, accessible_name, parent)
        self._names: tuple[str, ...] = ()
        self._values: tuple[float, ...] = ()
        self._typical: tuple[float, ...] = ()
        self._more: tuple[float, ...] = ()

    def set_bars(
        self,
        names: Sequence[str],
        values: Sequence[float],
        typical: Sequence[float] = (),
        more: Sequence[float] = (),
    ) -> None:
        """Show one bar a name; `typical` is the line, `more` stands on the bars in another colour.

        Both are as long as the bars or empty. ValueError when lengths differ.
        """
        if any(len(each) != len(values) for each in (names, typical or values, more or values)):
            raise ValueError("names, values, typical and more differ in length")
        self._names, self._values = tuple(names), tuple(values)
        self._typical, self._more = tuple(typical), tuple(more)
        self._draw_again()

    def _draw(self) -> None:
        import pyqtgraph

        super()._draw()
        colors, places = theme.colors(), list(range(len(self._values)))
        self._add_bars(places, self._values, [0.0] * len(places), colors.accent)
        if any(self._more):
            self._add_bars(places, self._more, self._values, colors.warn)
        if self._typical:
            pen = pyqtgraph.mkPen(QColor(colors.warn), width=2)
            self._plot.plot(places, list(self._typical), pen=pen, antialias=True)
        axis = self._plot.getAxis("bottom")
        axis.setTicks([list(enumerate(self._names))])
        axis.setTextPen(QColor(colors.ink2))
        axis.setTickFont(theme.font(12))
        self._plot.showAxis("bottom", any(self._names))
        totals = [sum(pair) for pair in zip(self._values, self._more or (0,) * len(places), strict=True)]
        top = max((*totals, *self._typical, 1))
        low = min((*self._values, *self._typical, 0))
        self._plot.setRange(xRange=(-0.5, max(len(places), 1) - 0.5), yRange=(low, top), padding=0.01)

    def _add_bars(self, places: list[int], values: Sequence[float], feet: Sequence[float], color: str) -> None:
        import pyqtgraph

        fill = QColor(color)
        bars = pyqtgraph.BarGraphItem(x=places, y0=list(feet), height=list(values), width=0.86, brush=fill, pen=fill)
        self._plot.addItem(bars)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a `StockChart` shows: points of day and pieces, the level at which it is ordered."""

    points: tuple[tuple[float, float], ...] = ()
    without: tuple[tuple[float, float], ...] = ()
    level: float = 0.0
    level_text: str = ""


class StockChart(_Chart):
    """Stock ahead as a line, without an order as a faint one, with the level at which it is ordered again."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name, accessible_name, parent)
        self._ahead = Ahead()

    def set_ahead(self, ahead: Ahead) -> None:
        """Show another course."""
        self._ahead = ahead
        self._draw_again()

    def _draw(self) -> None:
        import pyqtgraph

        super()._draw()
        colors, shown = theme.colors(), self._ahead
        self._plot.hideAxis("bottom")
        if not shown.points:
            return
        last = shown.points[-1][0] or 1.0
        level = pyqtgraph.mkPen(QColor(colors.warn), width=1.5, style=Qt.PenStyle.DashLine)
        self._add_line(((0.0, shown.level), (last, shown.level)), level)
        self._add_line(((0.0, 0.0), (last, 0.0)), pyqtgraph.mkPen(QColor(colors.line), width=1))
        if shown.without != shown.points:
            faint = pyqtgraph.mkPen(QColor(colors.ink3), width=1.5, style=Qt.PenStyle.DotLine)
            self._add_line(shown.without, faint)
        self._add_line(shown.points, pyqtgraph.mkPen(QColor(colors.accent), width=2.5))
        top = max((*(pieces for _day, pieces in (*shown.points, *shown.without)), shown.level, 1.0))
        self._plot.setRange(xRange=(0.0, last), yRange=(-0.04 * top, 1.36 * top), padding=0.0)
        # On the right, where the stock is above the level no more often than elsewhere, nothing begins.
        self._add_text(shown.level_text, (last, shown.level), (1.0, 1.0), colors.warn)

    def _add_line(self, points: Sequence[tuple[float, float]], pen: Any) -> None:
        days, pieces = [day for day, _pieces in points], [pieces for _day, pieces in points]
        self._plot.plot(days, pieces, pen=pen, antialias=True)

    def _add_text(self, text: str, place: tuple[float, float], anchor: tuple[float, float], color: str) -> None:
        import pyqtgraph

        item = pyqtgraph.TextItem(text, color=QColor(color), anchor=anchor)
        item.setFont(theme.font(12))
        item.setPos(*place)
        self._plot.addItem(item, ignoreBounds=True)


def _new_plot(parent: QWidget) -> Any:
    """A plot without mouse, grid or frame."""
    import pyqtgraph

    plot = pyqtgraph.PlotWidget(parent, background=None)
    plot.setMouseEnabled(x=False, y=False)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.hideAxis("left")
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    axis = plot.getAxis("bottom")
    axis.setStyle(tickLength=0, tickAlpha=0)
    axis.setPen(QColor(Qt.GlobalColor.transparent))
    return plot
