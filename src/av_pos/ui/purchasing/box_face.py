"""The face of an open delivery: scan field, tabs, lines, the chosen line beside them, what it comes to."""

from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.services.receiving_views import UNKNOWN, DeliveryView, ReceivingRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.purchasing import words
from av_pos.ui.purchasing.line_card import LineCard
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.search_box import SearchBox
from av_pos.ui.widgets.table import Column, DataTable

_DAMAGED, _COST, _MARGIN = 3, 5, 7
# Below these widths of the list a column gives its room to the titles; the card beside shows it.
_WIDE_ENOUGH = {_DAMAGED: 700, _COST: 760, _MARGIN: 640}
# Below this one the buttons stand under the tabs.
_ONE_ROW = 640


class Shown(IntEnum):
    """Which lines the list shows."""

    ALL = 0
    ODD = 1
    MISSING = 2


class BoxFace(QWidget):
    """Shows a delivery; `row` is the line chosen. `entered_line` is Enter on a line. What is done is the panel's.

    Costs and margins are shown where the delivery has them: not to whoever may not order.
    """

    entered_line = Signal()

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__()
        self._settings = settings
        self.view: DeliveryView | None = None
        self.row: ReceivingRow | None = None
        self._recent: list[int] = []
        self.search = SearchBox(
            "receivingField",
            _("Scan what comes out of the box"),
            _("Scan or find a disc"),
            currency_code=settings.currency,
            results_name="receivingResults",
        )
        self.table = self._make_table()
        self.card = LineCard(settings)
        self._tabs = QButtonGroup(self)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._totals = label("", "secondary", "boxTotals", wrap=True)
        self.undo_button = KeyButton(_("Undo"), "undoScanButton", action="undo_scan")
        self.note_button = KeyButton(_("Delivery note"), "deliveryNoteButton", action="delivery_note")
        self.drop_button = KeyButton(_("Drop"), "dropDeliveryButton", action="drop_delivery", role="quiet")
        self.post_button = KeyButton(_("Post"), "postDeliveryButton", action="main", role="primary")
        self._lay_out()
        self._connect()

    @property
    def is_open(self) -> bool:
        """Whether the delivery shown can be scanned into."""
        return self.view is not None and self.view.delivery.status == "open"

    def begin(self) -> None:
        """Another delivery is shown from now on."""
        self._recent = []
        self.row = None
        self.search.clear()
        self._tabs.button(Shown.ALL).setChecked(True)

    def show_view(self, view: DeliveryView) -> None:
        """Show the delivery as it is now; the cursor stays on its line."""
        self.view = view
        lines, missing = self._sorted(list(view.lines)), list(view.missing)
        odd = [row for row in lines if words.is_odd(row)]
        left = [row for row in (*lines, *missing) if words.is_missing(row)]
        for shown, text, rows in (
            (Shown.ALL, _("All"), lines),
            (Shown.ODD, _("To look at"), odd),
            (Shown.MISSING, _("To come"), left),
        ):
            self._tabs.button(shown).setText(f"{text} {len(rows):,}")
        chosen = {Shown.ALL: lines + missing, Shown.ODD: odd, Shown.MISSING: left}[Shown(self._tabs.checkedId())]
        sees_cost = view.goods_minor is not None
        self.table.setColumnHidden(_COST, not sees_cost)
        self.table.setColumnHidden(_MARGIN, not sees_cost)
        self._fit()
        self.table.set_rows(chosen)
        if self.table.current() is None:
            self.table.step(1)
        self._show_current()
        self._show_totals()
        is_open = self.is_open
        self.search.setVisible(is_open)
        for button in (self.undo_button, self.note_button, self.drop_button, self.post_button):
            button.setVisible(is_open)

    def show_changed(self, row: ReceivingRow) -> None:
        """Show the line of a scan at once, on top; the sums are read again when the scanner rests."""
        view = self.view
        if view is None or row.line_id is None:
            return
        self.put_first(row.line_id)
        self.view = view = _replaced(view, row)
        self._tabs.button(Shown.ALL).setChecked(True)
        self.table.set_rows(self._sorted(list(view.lines)) + list(view.missing))
        self.pick(row.line_id)

    def put_first(self, line_id: int) -> None:
        """A line was scanned or named just now: it stands on top from now on."""
        self._recent = [line_id, *(other for other in self._recent if other != line_id)]

    def pick(self, line_id: int | None) -> None:
        """Put the cursor on this line, if it is still there."""
        if line_id is not None:
            self.table.pick(("line", line_id))
        self._show_current()

    def _sorted(self, lines: list[ReceivingRow]) -> list[ReceivingRow]:
        """What was scanned last comes first."""
        last = {line_id: place for place, line_id in enumerate(self._recent)}
        return sorted(lines, key=lambda row: (last.get(row.line_id or 0, len(last)), -(row.line_id or 0)))

    def _show_current(self, _row: object = None) -> None:
        row = self.table.current()
        if row is None:
            self.row = None
            self.card.show_nothing()
        else:
            self._show_row(row)

    def _show_row(self, row: ReceivingRow) -> None:
        self.row = row
        if self.view is not None:
            self.card.show_line(
                row,
                self.view.currency,
                may_order=self.view.goods_minor is not None,
                is_open=self.is_open,
                was_ordered=self._was_ordered(),
            )

    def _show_totals(self) -> None:
        view = self.view
        if view is None:
            return
        row = view.delivery
        told = [words.pieces_words(row.good_qty + row.damaged_qty)]
        if row.damaged_qty:
            told.append(_("{count} damaged").format(count=f"{row.damaged_qty:,}"))
        if row.unknown_qty:
            told.append(_("{count} unknown").format(count=f"{row.unknown_qty:,}"))
        if view.goods_minor is not None:
            texts = screen_texts()
            told.append(texts.money(view.goods_minor, view.currency))
            if view.carriage_minor:
                carriage = texts.money(view.carriage_minor, self._settings.currency)
                told.append(_("carriage {amount}").format(amount=carriage))
        self._totals.setText(" · ".join(told))

    def _was_ordered(self) -> bool:
        view = self.view
        return view is not None and any(row.expected_qty for row in (*view.lines, *view.missing))

    # ---- putting together ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of what the card shows anyway to the titles."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = self.width() - self.card.width() - theme.metrics().edge
        is_narrow = width < _ONE_ROW
        self._head.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight)
        sees_cost = self.view is not None and self.view.goods_minor is not None
        for column, least in _WIDE_ENOUGH.items():
            hidden = width < least or (column in (_COST, _MARGIN) and not sees_cost)
            self.table.setColumnHidden(column, hidden)

    def _make_table(self) -> "DataTable[ReceivingRow]":
        columns: tuple[Column[ReceivingRow], ...] = (
            Column(_("Disc"), words.received_cell, "disc", stretch=True),
            Column(_("Ordered"), _ordered, "number"),
            Column(_("Here"), _here, "number", strong=True),
            Column(_("Damaged"), _damaged, "number"),
            Column(_("State"), self._state, "chip"),
            Column(_("Cost"), _landed, "money"),
            Column(_("Price"), _price, "money", strong=True),
            Column(_("Margin"), _margin, "chip"),
        )
        return DataTable(
            "receivingTable", _("What came"), columns, currency_code=self._settings.currency, key=_key,
            empty=_("Nothing was scanned yet. Scan the discs as they come out of the box."),
        )  # fmt: skip

    def _state(self, row: ReceivingRow) -> Mark:
        return words.line_mark(row, was_ordered=self._was_ordered())

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(sizes.edge)
        left = QVBoxLayout()
        left.setSpacing(sizes.gap)
        left.addWidget(self.search)
        tabs = QHBoxLayout()
        tabs.setSpacing(8)
        for shown in Shown:
            button = KeyButton("", f"boxTab{int(shown)}", role="tab")
            self._tabs.addButton(button, int(shown))
            tabs.addWidget(button)
        self._tabs.button(Shown.ALL).setChecked(True)
        tabs.addStretch(1)
        deeds = QHBoxLayout()
        deeds.setSpacing(8)
        deeds.addStretch(1)
        deeds.addWidget(self.drop_button)
        deeds.addWidget(self.note_button)
        self._head.setSpacing(8)
        self._head.addLayout(tabs)
        self._head.addLayout(deeds)
        left.addLayout(self._head)
        card = Card("receivingCard", pad=1)
        card.body.addWidget(self.table)
        left.addWidget(card, 1)
        row.addLayout(left, 1)
        right = QVBoxLayout()
        right.setSpacing(sizes.gap)
        right.addWidget(self.card, 1)
        right.addWidget(self._totals)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self.undo_button, 1)
        foot.addWidget(self.post_button, 2)
        right.addLayout(foot)
        row.addLayout(right)
        self._totals.setFixedWidth(self.card.maximumWidth())

    def _connect(self) -> None:
        self.table.picked.connect(self._show_current)
        self.table.chosen.connect(self._on_chosen)
        self._tabs.idClicked.connect(self._on_tab)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.search.field, "line_up", self._up)
        actions.bind(self.search.field, "line_down", self._down)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _on_chosen(self, _row: object) -> None:
        self.entered_line.emit()

    def _on_tab(self, _number: int) -> None:
        if self.view is not None:
            self.show_view(self.view)
        self.search.field.setFocus(Qt.FocusReason.OtherFocusReason)


def _replaced(view: DeliveryView, row: ReceivingRow) -> DeliveryView:
    """The delivery with one line as it is now; its sums are read again a moment later."""
    others = tuple(line for line in view.lines if line.line_id != row.line_id)
    missing = tuple(line for line in view.missing if line.edition_id is None or line.edition_id != row.edition_id)
    return replace(view, lines=(*others, row), missing=missing)


def _key(row: ReceivingRow) -> object:
    return ("line", row.line_id) if row.line_id is not None else ("missing", row.edition_id)


def _ordered(row: ReceivingRow) -> int | None:
    return row.expected_qty or None


def _here(row: ReceivingRow) -> int:
    return row.qty + row.damaged_qty


def _damaged(row: ReceivingRow) -> int | None:
    return row.damaged_qty or None


def _landed(row: ReceivingRow) -> int | None:
    return row.landed_minor if row.has_cost else None


def _price(row: ReceivingRow) -> int | None:
    if row.state == UNKNOWN:
        return None
    return row.price_minor if row.new_price_minor is None else row.new_price_minor


def _margin(row: ReceivingRow) -> Mark | None:
    text = words.margin_words(row)
    if text is None or row.margin is None:
        return None
    return Mark(text, words.margin_kind(row), float(row.margin.margin_bp or 0))
