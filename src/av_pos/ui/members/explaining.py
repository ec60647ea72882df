"""Why balances are what they are: opens the ledgers, and blocks a voucher that stands there."""

from collections.abc import Callable, Sequence

from av_pos.domain.permissions import Permission
from av_pos.i18n import _
from av_pos.services import vouchers
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.vouchers import VoucherLine, VoucherRow
from av_pos.ui.members.asks import ReasonAsk
from av_pos.ui.members.deeds import Deeds
from av_pos.ui.members.ledgers import WhySheet
from av_pos.ui.members.serving import Serving
from av_pos.ui.members.voucher_sheet import ScannedVoucherSheet
from av_pos.ui.screen import Screen


class Explaining(Serving):
    """F2 and scanned vouchers. `show_receipt` shows the receipt of a ledger's row."""

    def __init__(
        self, screen: Screen, settings: ShopSettings, deeds: Deeds, show_receipt: Callable[[int], None]
    ) -> None:
        super().__init__(screen, settings, deeds)
        self._show_receipt = show_receipt
        self._voucher: VoucherRow | None = None
        self._sheet: WhySheet | ScannedVoucherSheet | None = None

    def explain(self, first: str = "points") -> None:
        """F2: why the balances are what they are."""
        if self._shown is None:
            return
        sheet = WhySheet(
            self._window, self._shown, self._statement, self._settings.currency, first,
            may_block=self._may(Permission.BLOCK_VOUCHER),
        )  # fmt: skip
        self._open_ledger(sheet)

    def _open_ledger(self, sheet: WhySheet | ScannedVoucherSheet) -> None:
        self._sheet = sheet
        sheet.receipt_asked.connect(self._show_receipt)
        sheet.block_asked.connect(self._ask_block)
        sheet.closed.connect(self._on_ledger_closed)
        sheet.open()

    def _on_ledger_closed(self) -> None:
        self._sheet = None

    def turn_ledger(self, by: int) -> bool:
        """Turn the tabs of the ledgers, if they are open; says whether they are."""
        if isinstance(self._sheet, WhySheet):
            self._sheet.turn(by)
            return True
        return False

    def show_voucher(self, row: VoucherRow) -> None:
        """A gift card or store credit was scanned."""
        sheet = ScannedVoucherSheet(
            self._window, row, self._statement(row.voucher_id), self._settings.currency,
            may_block=self._may(Permission.BLOCK_VOUCHER),
        )  # fmt: skip
        self._open_ledger(sheet)

    def _ask_block(self, row: object) -> None:
        if not isinstance(row, VoucherRow):
            return
        self._voucher = row
        if self._sheet is not None:
            self._sheet.dismiss()
        is_blocked = row.state == "blocked"
        title = _("Let the voucher pay again") if is_blocked else _("Block the voucher")
        about = (
            _("{code} can be paid with again.") if is_blocked else _("Nobody pays with {code} until it is let free.")
        )
        sheet = ReasonAsk(
            self._window, "blockSheet", title, _("Let free") if is_blocked else _("Block"),
            about.format(code=row.code),
        )  # fmt: skip
        sheet.given.connect(self._on_block)
        self._deeds.open(sheet)

    def _on_block(self, reason: str) -> None:
        row = self._voucher
        if row is not None:
            op = vouchers.unblock if row.state == "blocked" else vouchers.block
            self._deeds.carry_out(op, row.voucher_id, reason)

    def _statement(self, voucher_id: int) -> Sequence[VoucherLine]:
        return self._screen.desk.ask(vouchers.statement, voucher_id)
