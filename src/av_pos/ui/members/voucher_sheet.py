"""One gift card or store credit that was scanned: what is on it, and why."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos.i18n import _
from av_pos.services.vouchers import VoucherLine, VoucherRow
from av_pos.ui.members.ledgers import VouchersPart
from av_pos.ui.widgets.sheet import Sheet


class ScannedVoucherSheet(Sheet):
    """Shows a voucher that need not belong to anybody. `block_asked(VoucherRow)`, `receipt_asked(document_id)`."""

    receipt_asked = Signal(int)
    block_asked = Signal(object)

    def __init__(
        self, window: QWidget, row: VoucherRow, lines: Sequence[VoucherLine], currency: str, *, may_block: bool
    ) -> None:
        super().__init__(window, "scannedVoucherSheet", _("Voucher"), cancel_text=_("Close"), width=680)
        self._lines = tuple(lines)
        self.part = VouchersPart(currency, self._statement, may_block=may_block)
        self.part.setMinimumHeight(320)
        self.part.show_rows((row,))
        self.body.addWidget(self.part)
        self.part.line_chosen.connect(self.receipt_asked)
        self.part.block_asked.connect(self.block_asked)

    def _statement(self, _voucher_id: int) -> Sequence[VoucherLine]:
        return self._lines
