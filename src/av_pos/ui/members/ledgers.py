"""F2: why a balance is what it is. Each ledger with the balance after every row, the newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.services.points import PointsLine
from av_pos.services.stored_value import StoredLine
from av_pos.services.vouchers import VoucherLine, VoucherRow
from av_pos.ui import actions
from av_pos.ui.members import words
from av_pos.ui.members.lists import Shown
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

BALANCES = ("points", "stored", "vouchers")
_WIDTH, _HEIGHT = 740, 380

Statement = Callable[[int], Sequence[VoucherLine]]


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of stored value as it is shown: both parts and the balance after it."""

    line: StoredLine

    @property
    def amount_minor(self) -> int:
        """What came or went, paid and bonus."""
        return self.line.paid_minor + self.line.bonus_minor

    @property
    def balance_minor(self) -> int:
        """What there was then."""
        return self.line.balance_paid_minor + self.line.balance_bonus_minor


class WhySheet(Sheet):
    """Points, stored value, vouchers behind tabs. `receipt_asked(document_id)` for a row that has one.

    `block_asked(VoucherRow)`: the voucher the cursor stands on shall be blocked, or let free.
    """

    receipt_asked = Signal(int)
    block_asked = Signal(object)

    def __init__(
        self, window: QWidget, shown: Shown, statement: Statement, currency: str, first: str, *, may_block: bool
    ) -> None:
        title = _("Why: {name}").format(name=words.called(shown.page.member))
        super().__init__(window, "whySheet", title, cancel_text=_("Close"), width=min(_WIDTH, window.width() - 60))
        self._statement = statement
        self.points = _points_table()
        self.stored = _stored_table(currency)
        self.vouchers = VouchersPart(currency, statement, may_block=may_block)
        self._tabs = QButtonGroup(self)
        self._stack = QStackedWidget()
        self._stack.setMinimumHeight(min(_HEIGHT, window.height() - 260))
        self._fill()
        page = shown.page
        self.points.set_rows(tuple(reversed(page.points)))
        self.stored.set_rows([StoredRow(line) for line in reversed(page.stored)])
        self.vouchers.show_rows(page.vouchers)
        self.show_balance(first)
        self._tabs.idClicked.connect(self._on_tab)
        self.points.chosen.connect(self._on_points)
        self.stored.chosen.connect(self._on_stored)
        self.vouchers.line_chosen.connect(self.receipt_asked)
        self.vouchers.block_asked.connect(self.block_asked)

    def show_balance(self, key: str) -> None:
        """Turn to a balance."""
        number = BALANCES.index(key)
        self._tabs.button(number).setChecked(True)
        self._stack.setCurrentIndex(number)

    def _lets_through(self, event: QKeyEvent) -> bool:
        # The screen's own binding turns this sheet's tabs: two for one key would cancel each other.
        is_turn = any(event.keyCombination() == actions.combination(a) for a in ("tab_before", "tab_after"))
        return is_turn or super()._lets_through(event)

    def _on_tab(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self._enter()

    def turn(self, by: int) -> None:
        """Turn to the next balance, or the one before."""
        self.show_balance(BALANCES[(self._stack.currentIndex() + by) % len(BALANCES)])
        self._enter()

    def _enter(self) -> None:
        (self.points, self.stored, self.vouchers.table)[self._stack.currentIndex()].setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def _on_points(self, row: object) -> None:
        if isinstance(row, PointsLine) and row.document_id is not None:
            self.receipt_asked.emit(row.document_id)

    def _on_stored(self, row: object) -> None:
        if isinstance(row, StoredRow) and row.line.document_id is not None:
            self.receipt_asked.emit(row.line.document_id)

    def _fill(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for number, name in enumerate((_("Points"), _("Stored value"), _("Vouchers"))):
            button = KeyButton(name, f"whyTab{number}", role="tab")
            self._tabs.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(label(_("Enter shows the receipt"), "hint", "whyReceiptHint"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(
            label(f"{actions.keys_text('tab_before')} →", "keycap", "whyTabKeys"), 0, Qt.AlignmentFlag.AlignVCenter
        )
        self.body.addLayout(row)
        for part in (self.points, self.stored, self.vouchers):
            self._stack.addWidget(part)
        self.body.addWidget(self._stack)


class VouchersPart(QWidget):
    """Vouchers, and below the ledger of the one the cursor stands on."""

    line_chosen = Signal(int)
    block_asked = Signal(object)

    def __init__(self, currency: str, statement: Statement, *, may_block: bool) -> None:
        super().__init__()
        self._statement = statement
        columns: tuple[Column[VoucherRow], ...] = (
            Column(_("Voucher"), words.voucher_cell, "disc", stretch=True),
            Column(_("State"), words.voucher_mark, "chip"),
            Column(_("Valid until"), _voucher_until),
            Column(_("Balance"), _voucher_balance, "money", strong=True),
        )
        self.table: DataTable[VoucherRow] = DataTable(
            "vouchersTable", _("Vouchers"), columns, currency_code=currency, key=_voucher_id,
            empty=_("Gift cards and store credit of this member stand here. There is none."),
        )  # fmt: skip
        line_columns: tuple[Column[VoucherLine], ...] = (
            Column(_("Day"), _voucher_day),
            Column(_("What"), words.voucher_line_kind, stretch=True),
            Column(_("Amount"), _voucher_amount, "money"),
            Column(_("Balance"), _voucher_after, "money", strong=True),
        )
        self.lines: DataTable[VoucherLine] = DataTable(
            "voucherLines", _("Ledger of the voucher"), line_columns, currency_code=currency
        )
        self.block = KeyButton(_("Block"), "blockVoucherButton", action="block_voucher")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 3)
        column.addWidget(self.lines, 2)
        column.addWidget(self.block, 0, Qt.AlignmentFlag.AlignLeft)
        self.block.setVisible(may_block)
        self.table.picked.connect(self._on_picked)
        self.lines.chosen.connect(self._on_line)
        self.block.clicked.connect(self._on_block)
        if may_block:
            actions.bind(self, "block_voucher", self._on_block)

    def show_rows(self, rows: Sequence[VoucherRow]) -> None:
        """Show these vouchers, the newest first."""
        self.table.set_rows(tuple(reversed(rows)))
        if self.table.current() is None:
            self.table.step(1)
        self._on_picked(self.table.current())

    def _on_picked(self, row: object) -> None:
        known = row if isinstance(row, VoucherRow) else None
        lines = self._statement(known.voucher_id) if known else ()
        self.lines.set_rows(tuple(reversed(lines)))
        self.block.setEnabled(known is not None)
        is_blocked = known is not None and known.state == "blocked"
        self.block.setText(_("Let it pay again") if is_blocked else _("Block"))

    def _on_line(self, row: object) -> None:
        if isinstance(row, VoucherLine) and row.document_id is not None:
            self.line_chosen.emit(row.document_id)

    def _on_block(self) -> None:
        row = self.table.current()
        if row is not None:
            self.block_asked.emit(row)


def _points_table() -> DataTable[PointsLine]:
    columns: tuple[Column[PointsLine], ...] = (
        Column(_("Day"), _points_day),
        Column(_("What"), words.points_kind, stretch=True),
        Column(_("Points"), _points_qty, "number"),
        Column(_("Balance"), _points_balance, "number", strong=True),
        Column(_("Valid until"), _points_until),
    )
    return DataTable("pointsLedger", _("Points"), columns,
                     empty=_("Points earned and redeemed stand here. None yet."))  # fmt: skip


def _stored_table(currency: str) -> DataTable[StoredRow]:
    columns: tuple[Column[StoredRow], ...] = (
        Column(_("Day"), _stored_day),
        Column(_("What"), _stored_what, stretch=True),
        Column(_("Amount"), _stored_amount, "money"),
        Column(_("of it bonus"), _stored_bonus, "money"),
        Column(_("Balance"), _stored_balance, "money", strong=True),
    )
    return DataTable("storedLedger", _("Stored value"), columns, currency_code=currency,
                     empty=_("What is topped up and paid stands here. Nothing yet."))  # fmt: skip


def _points_day(row: PointsLine) -> str:
    return row.business_on.isoformat()


def _points_qty(row: PointsLine) -> int:
    return row.qty


def _points_balance(row: PointsLine) -> int:
    return row.balance_qty


def _points_until(row: PointsLine) -> str | None:
    return row.expires_on.isoformat() if row.expires_on else None


def _stored_day(row: StoredRow) -> str:
    return row.line.business_on.isoformat()


def _stored_what(row: StoredRow) -> str:
    return words.stored_kind(row.line)


def _stored_amount(row: StoredRow) -> int:
    return row.amount_minor


def _stored_bonus(row: StoredRow) -> int | None:
    return row.line.bonus_minor or None


def _stored_balance(row: StoredRow) -> int:
    return row.balance_minor


def _voucher_until(row: VoucherRow) -> str | None:
    return row.expires_on.isoformat() if row.expires_on else None


def _voucher_balance(row: VoucherRow) -> int:
    return row.balance_minor


def _voucher_id(row: VoucherRow) -> object:
    return row.voucher_id


def _voucher_day(row: VoucherLine) -> str:
    return row.business_on.isoformat()


def _voucher_amount(row: VoucherLine) -> int:
    return row.amount_minor


def _voucher_after(row: VoucherLine) -> int:
    return row.balance_minor
