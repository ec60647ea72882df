"""The three faces of the shift screen: closed, open, counting."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.money import parse_amount
from av_pos.domain.shift_report import CashMoveLine, ShiftReport
from av_pos.errors import InvalidInput
from av_pos.i18n import _, format_amount, ngettext, screen_texts
from av_pos.services.shifts import CountOutcome
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.shift.count_table import CountTable
from av_pos.ui.widgets.card import Card, Line, label
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.money import MoneyLabel
from av_pos.ui.widgets.stat_card import StatCard
from av_pos.ui.widgets.table import Column, DataTable


class ClosedPanel(QWidget):
    """No shift is open: the float, and one button. `opened(float_minor)`."""

    opened = Signal(int)

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__()
        self._settings = settings
        self._digits = settings.digits
        self.field = QLineEdit()
        self.field.setObjectName("floatField")
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setMaxLength(16)
        theme.set_role(self.field, "figure")
        self._form = Form("floatForm")
        self._form.add("float", _("Float in the drawer"), self.field)
        self._button = KeyButton(_("Open the shift"), "openShiftButton", action="main", role="pay")
        card = Card("openShiftCard")
        card.setFixedWidth(440)
        card.body.addWidget(label(_("Open a shift"), "title"))
        card.body.addWidget(
            label(_("Count the float, type it, press Enter. Sales belong to this shift until it is closed."),
                  "secondary", wrap=True)
        )  # fmt: skip
        card.body.addWidget(self._form)
        card.body.addWidget(self._button)
        column = QVBoxLayout(self)
        column.addStretch(2)
        # Stretches, not an alignment: an aligned card forgets that its wrapped words need another line.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        self._button.clicked.connect(self.submit)
        self.field.returnPressed.connect(self.submit)

    def begin(self) -> None:
        """Offer the usual float."""
        self._form.clear_errors()
        self.field.setText(format_amount(self._settings.float_minor, self._digits))
        self.field.setFocus()
        self.field.selectAll()

    def submit(self) -> None:
        """Open with what was typed."""
        try:
            float_minor = parse_amount(self.field.text(), self._digits)
        except InvalidInput as error:
            self._form.show_error("float", problems.sentence(error))
            return
        self.opened.emit(float_minor)


class OpenPanel(QWidget):
    """The shift so far: figures, cash in and out, and what can be done."""

    pay_in_pressed = Signal()
    pay_out_pressed = Signal()
    x_pressed = Signal()
    count_pressed = Signal()

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__()
        self._settings = settings
        self._figures = {
            "sales": StatCard("shiftSales", _("Takings")),
            "receipts": StatCard("shiftReceipts", _("Receipts")),
            "discounts": StatCard("shiftDiscounts", _("Discounts")),
            "float": StatCard("shiftFloat", _("Float")),
        }
        columns: tuple[Column[CashMoveLine], ...] = (
            Column(_("Time"), self._time),
            Column(_("What"), _kind),
            Column(_("Reason"), _reason, stretch=True),
            Column(_("Who"), _who),
            Column(_("Amount"), _amount, "money", strong=True),
        )
        self.moves: DataTable[CashMoveLine] = DataTable(
            "cashMoveTable", _("Cash in and out"), columns, currency_code=settings.currency,
            empty=_("Cash paid in or out and the drawer opened without a sale stand here."),
        )  # fmt: skip
        self.pay_in = KeyButton(_("Pay in"), "payInButton", keys="I")
        self.pay_out = KeyButton(_("Pay out"), "payOutButton", keys="O")
        self.x_report = KeyButton(_("X report"), "xReportButton", keys="X")
        self.close_button = KeyButton(_("Count and close"), "countButton", action="main", role="primary")
        self._lay_out()
        for button, signal in (
            (self.pay_in, self.pay_in_pressed),
            (self.pay_out, self.pay_out_pressed),
            (self.x_report, self.x_pressed),
            (self.close_button, self.count_pressed),
        ):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(signal)

    def show_report(self, report: ShiftReport) -> None:
        """Show the figures so far."""
        texts, code = screen_texts(), self._settings.currency
        voids = ngettext("{count} void", "{count} voids", report.voids_count).format(count=report.voids_count)
        self._figures["sales"].show_value(texts.money(report.net_minor, code), voids)
        pieces = ngettext("{count} disc", "{count} discs", report.items_qty).format(count=report.items_qty)
        self._figures["receipts"].show_value(str(report.sales_count), pieces)
        off = texts.money(report.round_off_minor, code)
        given = texts.money(report.discounts_minor, code)
        self._figures["discounts"].show_value(given, _("round-off {amount}").format(amount=off))
        opened = texts.time(report.opened_at, self._settings.zone)
        self._figures["float"].show_value(
            texts.money(report.float_minor, code), _("{time} by {name}").format(time=opened, name=report.opened_by)
        )
        self.moves.set_rows(report.cash_moves)

    def _time(self, row: CashMoveLine) -> str:
        return screen_texts().time(row.at, self._settings.zone)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        top = QHBoxLayout()
        top.setSpacing(sizes.gap)
        for figure in self._figures.values():
            top.addWidget(figure)
        column.addLayout(top)
        card = Card("cashMovesCard", pad=1)
        card.body.addWidget(self.moves)
        column.addWidget(card, 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        for button in (self.pay_in, self.pay_out, self.x_report):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column.addLayout(foot)


class CountPanel(QWidget):
    """The blind count, then what it came to. `counted(lines)`, `closed(reason)`."""

    counted = Signal(object)
    closed = Signal(str)
    backed = Signal()

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__()
        self._settings = settings
        code = settings.currency
        self.table = CountTable(code)
        self._total = MoneyLabel("countedTotal", code, size="moneyAmount", with_sign=True)
        self._difference = label("", "figure", "countDifference")
        self._about = label("", "secondary", "countAbout", wrap=True)
        self.reason = QLineEdit()
        self.reason.setObjectName("differenceReason")
        self.reason.setMaxLength(200)
        self._form = Form("differenceForm")
        self._form.add("reason", _("Reason"), self.reason)
        self.count_button = KeyButton(_("That is the count"), "keepCountButton", action="main", role="primary")
        self.close_button = KeyButton(_("Close the shift"), "closeShiftButton", action="main", role="pay")
        self.back_button = KeyButton(_("Back"), "countBackButton", action="back")
        self._outcome: CountOutcome | None = None
        self._lay_out()
        self.table.changed.connect(self._on_changed)
        self.table.finished.connect(self.submit)
        self.count_button.clicked.connect(self.submit)
        self.close_button.clicked.connect(self.submit)
        self.back_button.clicked.connect(self.backed)

    def begin(self) -> None:
        """Start with an empty count; what should be there is not told yet."""
        self._outcome = None
        self.reason.clear()
        self._form.clear_errors()
        self._difference.clear()
        self._about.setText(_("Count every note and coin. What should be there is told after the count is kept."))
        self._form.hide()
        self.close_button.hide()
        self.count_button.show()
        self.table.begin()

    def show_outcome(self, outcome: CountOutcome) -> None:
        """Tell how the count differs, and ask why where it matters."""
        self._outcome = outcome
        texts, code = screen_texts(), self._settings.currency
        difference = outcome.difference_minor
        if difference == 0:
            text, kind = _("It is right to the last coin."), "ok"
        else:
            amount = texts.money(abs(difference), code)
            words = _("{amount} too much") if difference > 0 else _("{amount} missing")
            text, kind = words.format(amount=amount), "danger" if outcome.needs_reason else "warn"
        self._difference.setText(text)
        theme.set_kind(self._difference, kind)
        about = (
            _("Count again, or say why and close.") if outcome.needs_reason else _("Close the shift, or count again.")
        )
        self._about.setText(about)
        self._form.setVisible(outcome.needs_reason)
        self.count_button.hide()
        self.close_button.show()
        (self.reason if outcome.needs_reason else self.close_button).setFocus()

    def submit(self) -> None:
        """F12: keep the count; then close."""
        self.table.take_in()
        if self._outcome is None:
            self.counted.emit(self.table.counted.lines())
        elif self._outcome.needs_reason and not self.reason.text().strip():
            self._form.show_error("reason", _("Say what may have happened; it stands on the Z."))
        else:
            self.closed.emit(self.reason.text().strip())

    def _on_changed(self, total_minor: int) -> None:
        self._total.set_minor(total_minor)
        if self._outcome is not None:
            self._outcome = None
            self._difference.clear()
            self._form.hide()
            self.close_button.hide()
            self.count_button.show()

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(sizes.gap)
        table = Card("countCard", pad=1)
        table.body.addWidget(self.table)
        grid.addWidget(table, 0, 0, 2, 1)
        side = Card("countSide")
        side.setFixedWidth(370 if sizes is theme.NORMAL else 330)
        side.body.addWidget(label(_("Counted"), "secondary"))
        side.body.addWidget(self._total)
        side.body.addWidget(Line())
        side.body.addWidget(self._difference)
        side.body.addWidget(self._about)
        side.body.addWidget(self._form)
        side.body.addStretch(1)
        grid.addWidget(side, 0, 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self.back_button)
        foot.addWidget(self.count_button, 1)
        foot.addWidget(self.close_button, 1)
        grid.addLayout(foot, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(0, 1)


def _kind(row: CashMoveLine) -> str:
    return {"pay_in": _("Paid in"), "pay_out": _("Paid out"), "no_sale": _("Drawer opened")}.get(row.kind, row.kind)


def _reason(row: CashMoveLine) -> str:
    return row.reason


def _who(row: CashMoveLine) -> str:
    return row.staff


def _amount(row: CashMoveLine) -> int | None:
    return row.amount_minor if row.kind != "no_sale" else None
