"""Facts, announced once, after the commit: one signal for each kind of outcome.

A listener returns nothing, raises nothing, and sends no event in answer. Who reacts to what stands in `app.py`.
"""

from PySide6.QtCore import QObject, Signal

from av_pos.services.access import ApprovalOutcome, SignInOutcome
from av_pos.services.basket import BasketOutcome, ScanOutcome
from av_pos.services.checkout import SaleOutcome
from av_pos.services.print_round import DrainOutcome
from av_pos.services.shifts import CashMovedOutcome, CountOutcome, ShiftClosedOutcome, ShiftOpenedOutcome
from av_pos.services.voids import VoidOutcome
from av_pos.ui.widgets.notice import Notice


class Events(QObject):
    """All that can be heard of. Each signal carries one frozen outcome; `notice` carries a `Notice`.

    `paper_queued` carries nothing: a card or another slip was queued by something that is no outcome.
    """

    scanned = Signal(object)
    basket_changed = Signal(object)
    sale_completed = Signal(object)
    sale_voided = Signal(object)
    shift_opened = Signal(object)
    shift_closed = Signal(object)
    cash_counted = Signal(object)
    cash_moved = Signal(object)
    tender_corrected = Signal(object)
    paper_drained = Signal(object)
    paper_queued = Signal()
    signed_in = Signal(object)
    approved = Signal(object)
    order_changed = Signal(object)
    orders_made = Signal(object)
    delivery_posted = Signal(object)
    supplier_return_changed = Signal(object)
    stocktake_posted = Signal(object)

    notice = Signal(object)
    refused = Signal(str)
    stopped = Signal(str)

    def publish(self, outcome: object) -> None:
        """Announce an outcome by the signal of its kind; what is no outcome is nobody's news."""
        name = SIGNALS.get(type(outcome)) or LATE_SIGNALS.get(type(outcome).__name__)
        if name is not None:
            getattr(self, name).emit(outcome)

    def tell(self, notice: Notice) -> None:
        """Show a notice in the bar of the window."""
        self.notice.emit(notice)


SIGNALS: dict[type, str] = {
    ScanOutcome: "scanned",
    BasketOutcome: "basket_changed",
    SaleOutcome: "sale_completed",
    VoidOutcome: "sale_voided",
    ShiftOpenedOutcome: "shift_opened",
    ShiftClosedOutcome: "shift_closed",
    CountOutcome: "cash_counted",
    CashMovedOutcome: "cash_moved",
    DrainOutcome: "paper_drained",
    SignInOutcome: "signed_in",
    ApprovalOutcome: "approved",
}

LATE_SIGNALS = {
    "CorrectionOutcome": "tender_corrected",
    "OrderOutcome": "order_changed",
    "OrdersMadeOutcome": "orders_made",
    "DeliveryPostedOutcome": "delivery_posted",
    "SupplierReturnOutcome": "supplier_return_changed",
    "StocktakePostedOutcome": "stocktake_posted",
}
"""By name: their services are not read in before somebody needs them."""
