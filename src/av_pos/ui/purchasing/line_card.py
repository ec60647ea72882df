"""The line of a delivery that was scanned last, or is chosen: what came, what it costs, who asked for it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services.receiving_views import UNKNOWN, ReceivingRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.purchasing import words
from av_pos.ui.stock import stock_words
from av_pos.ui.widgets.card import Card, Line, label
from av_pos.ui.widgets.chip import Chip
from av_pos.ui.widgets.cover import CoverTile
from av_pos.ui.widgets.facts import Facts
from av_pos.ui.widgets.key_button import KeyButton

_COVER = 64
_FACT_NAME_WIDTH = 104
_MOST_NAMED = 4


class LineCard(Card):
    """Shows one line. Each of its buttons asks for what it says by a signal of its own."""

    pieces_asked = Signal()
    damaged_asked = Signal()
    cost_asked = Signal()
    name_asked = Signal()
    new_disc_asked = Signal()

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__("lineCard")
        self._settings = settings
        self._cover = CoverTile("", _COVER)
        self._title = label("", "title", "lineTitle", wrap=True)
        self._artist = label("", "secondary", "lineArtist", wrap=True)
        self._format = Chip("", object_name="lineFormat")
        self._state = Chip("", object_name="lineState")
        self._count = label("", "figure", "lineCount")
        self._count_note = label("", "secondary", "lineCountNote")
        self._facts = Facts("lineFact", _fact_names(), _FACT_NAME_WIDTH)
        self._waiting = QFrame()
        self._waiting.setObjectName("waitingPanel")
        theme.set_role(self._waiting, "panel")
        self._waiting_title = label("", "strong", "waitingTitle", wrap=True)
        self._waiting_names = label("", "", "waitingNames", wrap=True)
        self.pieces_button = KeyButton(_("Pieces"), "piecesButton", action="change_line")
        self.damaged_button = KeyButton(_("Damaged"), "damagedButton", action="line_damaged")
        self.cost_button = KeyButton(_("Cost, price"), "costButton", action="line_cost")
        self.name_button = KeyButton(_("Name it"), "nameButton", action="name_line")
        self.new_disc_button = KeyButton(_("New disc"), "newDiscButton", action="line_new_disc")
        self._stack = QStackedWidget()
        self._lay_out()
        for button, asked in (
            (self.pieces_button, self.pieces_asked),
            (self.damaged_button, self.damaged_asked),
            (self.cost_button, self.cost_asked),
            (self.name_button, self.name_asked),
            (self.new_disc_button, self.new_disc_asked),
        ):
            button.clicked.connect(asked)
        self.show_nothing()

    def show_line(self, row: ReceivingRow, currency: str, *, may_order: bool, is_open: bool, was_ordered: bool) -> None:
        """Show this line of a delivery whose supplier is paid in `currency`."""
        is_unknown = row.state == UNKNOWN
        self._cover.set_title(row.title or "?")
        self._title.setText(row.title or _("Unknown disc"))
        self._artist.setText(row.code if is_unknown else row.artist)
        self._artist.setVisible(bool(self._artist.text()))
        self._format.show_text(row.format)
        mark = words.line_mark(row, was_ordered=was_ordered)
        self._state.show_text(mark.text, mark.kind)
        self._show_count(row)
        self._show_facts(row, currency)
        self._show_waiting(row)
        here = row.line_id is not None and is_open
        self.pieces_button.setVisible(is_open)
        self.damaged_button.setVisible(is_open)
        self.damaged_button.setEnabled(here and row.qty > 0)
        self.cost_button.setVisible(here and may_order)
        self.name_button.setVisible(here and is_unknown)
        self.new_disc_button.setVisible(here and is_unknown)
        self._stack.setCurrentIndex(1)

    def show_nothing(self) -> None:
        """Nothing was scanned yet."""
        self._stack.setCurrentIndex(0)

    def _show_count(self, row: ReceivingRow) -> None:
        self._count.setText(f"{row.qty + row.damaged_qty:,}")
        self._count_note.setText(_("of {count} ordered").format(count=f"{row.expected_qty:,}") if row.expected_qty
                                 else _("here"))  # fmt: skip

    def _show_facts(self, row: ReceivingRow, currency: str) -> None:
        texts, own = screen_texts(), self._settings.currency
        cost = "" if row.cost_minor is None else texts.money(row.cost_minor, currency)
        if row.line_id is not None and row.cost_minor is not None and not row.has_cost:
            cost = _("not known yet")
        new_price = "" if row.new_price_minor is None else texts.money(row.new_price_minor, own)
        lands = "" if row.landed_minor is None or not row.has_cost else texts.money(row.landed_minor, own)
        margin = words.margin_words(row)
        if margin is not None and row.margin is not None:
            margin = f"{margin}  ({texts.money(row.margin.profit_minor, own)})"
        self._facts.show_facts(
            {
                "damaged": f"{row.damaged_qty:,}" if row.damaged_qty else "",
                "stock": stock_words(row.on_hand_qty) if row.state != UNKNOWN else "",
                "cost": cost,
                "landed": lands if currency != own or lands != cost else "",
                "price": texts.money(row.price_minor, own) if row.state != UNKNOWN else "",
                "new_price": new_price,
                "margin": margin or "",
            }
        )

    def _show_waiting(self, row: ReceivingRow) -> None:
        self._waiting.setVisible(bool(row.waiting))
        self._waiting_title.setText(_("Asked for: put it by"))
        lines = [words.waiting_line(one) for one in row.waiting[:_MOST_NAMED]]
        more = len(row.waiting) - _MOST_NAMED
        if more > 0:
            lines.append(_("{count} more").format(count=more))
        self._waiting_names.setText("\n".join(lines))

    def _lay_out(self) -> None:
        self.setFixedWidth(372 if theme.metrics() is theme.NORMAL else 316)
        nothing = label(_("Scan the discs as they come out of the box. What you scan is kept at once."), "empty",
                        "lineNothing", wrap=True)  # fmt: skip
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._full())
        self.body.addWidget(self._stack)

    def _full(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addLayout(self._head())
        count = QHBoxLayout()
        count.setSpacing(8)
        count.addWidget(self._count, 0, Qt.AlignmentFlag.AlignBaseline)
        count.addWidget(self._count_note, 0, Qt.AlignmentFlag.AlignBaseline)
        count.addStretch(1)
        count.addWidget(self._state)
        column.addLayout(count)
        inside = QVBoxLayout(self._waiting)
        inside.setContentsMargins(12, 10, 12, 10)
        inside.setSpacing(4)
        inside.addWidget(self._waiting_title)
        inside.addWidget(self._waiting_names)
        column.addWidget(self._waiting)
        column.addWidget(Line())
        column.addLayout(self._facts)
        column.addStretch(1)
        column.addLayout(self._buttons())
        return made

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._cover, 0, Qt.AlignmentFlag.AlignTop)
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addWidget(self._title)
        names.addWidget(self._artist)
        chips = QHBoxLayout()
        chips.addWidget(self._format)
        chips.addStretch(1)
        names.addLayout(chips)
        head.addLayout(names, 1)
        return head

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.addWidget(self.name_button, 0, 0)
        grid.addWidget(self.new_disc_button, 0, 1)
        grid.addWidget(self.pieces_button, 1, 0)
        grid.addWidget(self.damaged_button, 1, 1)
        grid.addWidget(self.cost_button, 2, 0, 1, 2)
        for number in (0, 1):
            grid.setColumnStretch(number, 1)
        return grid


def _fact_names() -> tuple[tuple[str, str], ...]:
    return (
        ("damaged", _("Damaged")),
        ("stock", _("Stock")),
        ("cost", _("Cost")),
        ("landed", _("On the shelf")),
        ("price", _("Price")),
        ("new_price", _("New price")),
        ("margin", _("Margin")),
    )
