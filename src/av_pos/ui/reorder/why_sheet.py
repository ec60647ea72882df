"""Why this number, in a sheet: where the window is too narrow for a panel beside the list."""

from PySide6.QtWidgets import QWidget

from av_pos.i18n import _
from av_pos.ui import theme
from av_pos.ui.reorder.why_panel import WhyPanel
from av_pos.ui.widgets.sheet import Sheet

_WIDTH, _HEIGHT = 680, 560


class WhySheet(Sheet):
    """Holds a panel of its own."""

    def __init__(self, window: QWidget, currency: str) -> None:
        edge = theme.metrics().edge
        width = min(_WIDTH, window.width() - 2 * edge)
        super().__init__(window, "whySheet", _("Why this number"), cancel_text=_("Close"), width=width)
        self.panel = WhyPanel(currency, "whySheet")
        self.panel.setMinimumHeight(min(_HEIGHT, window.height() - 180))
        self.body.addWidget(self.panel)
