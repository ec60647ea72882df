"""How a disc stands, in four figures: on hand, put by, on order, asked for."""

from PySide6.QtWidgets import QGridLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services.stock_lists import StandingRow
from av_pos.ui import theme
from av_pos.ui.stock import standing_kind
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.chip import Kind


class StandingRowView(QWidget):
    """Four figures with their names: `standOnHand`, `standPutBy`, `standOnOrder`, `standAsked`."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("standing")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        names = (
            ("standOnHand", _("On hand")),
            ("standPutBy", _("Put by")),
            ("standOnOrder", _("On order")),
            ("standAsked", _("Asked for")),
        )
        self._values = []
        for place, (name, text) in enumerate(names):
            value = label("", "section", name)
            value.setAccessibleDescription(text)
            grid.addWidget(value, 0, place)
            grid.addWidget(label(text, "hint"), 1, place)
            grid.setColumnStretch(place, 1)
            self._values.append(value)

    def show_standing(self, standing: StandingRow, asked_qty: int) -> None:
        """Show these figures; what is wrong or wanted has its colour."""
        figures = (standing.on_hand_qty, standing.reserved_qty, standing.on_order_qty, asked_qty)
        asked: Kind = "warn" if asked_qty else "neutral"
        kinds: tuple[Kind, ...] = (standing_kind(standing), "neutral", "neutral", asked)
        for value, figure, kind in zip(self._values, figures, kinds, strict=True):
            value.setText(f"{figure:,}".replace("-", screen_texts().minus))
            theme.set_kind(value, kind)
