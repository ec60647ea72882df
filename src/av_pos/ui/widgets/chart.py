"""Charts. pyqtgraph is imported when the first one is shown; a table beside it serves screen readers."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from av_pos.ui import theme


class BarChart(QWidget):
    """Bars with a name under each (takings by hour), and a line over them if there is something to compare with.

    The picture has no axis of values: the highest bar fills it, and the table beside it has the figures.
    """

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self._names: tuple[str, ...] = ()
        self._values: tuple[float, ...] = ()
        self._typical: tuple[float, ...] = ()
        self._plot: Any = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    def set_bars(self, names: Sequence[str], values: Sequence[float], typical: Sequence[float] = ()) -> None:
        """Show one bar a name; `typical` is the line, as long as the bars or empty. ValueError when lengths differ."""
        if len(names) != len(values) or (typical and len(typical) != len(values)):
            raise ValueError("names, values and typical differ in length")
        self._names, self._values, self._typical = tuple(names), tuple(values), tuple(typical)
        if self._plot is not None:
            self._draw()

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
        if event.type() == QEvent.Type.PaletteChange and self._plot is not None:
            self._draw()

    def _draw(self) -> None:
        import pyqtgraph

        colors, places = theme.colors(), list(range(len(self._values)))
        self._plot.clear()
        bars = pyqtgraph.BarGraphItem(
            x=places, height=list(self._values), width=0.86, brush=QColor(colors.accent), pen=QColor(colors.accent)
        )
        self._plot.addItem(bars)
        if self._typical:
            pen = pyqtgraph.mkPen(QColor(colors.warn), width=2)
            self._plot.plot(places, list(self._typical), pen=pen, antialias=True)
        axis = self._plot.getAxis("bottom")
        axis.setTicks([list(enumerate(self._names))])
        axis.setTextPen(QColor(colors.ink2))
        axis.setTickFont(theme.font(12))
        top = max((*self._values, *self._typical, 1))
        low = min((*self._values, *self._typical, 0))
        self._plot.setRange(xRange=(-0.5, max(len(places), 1) - 0.5), yRange=(low, top), padding=0.01)


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
