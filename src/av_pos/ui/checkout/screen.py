"""The till: scan, change, pay."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.codes import CodeKind
from av_pos.domain.documents import Receipt
from av_pos.i18n import _, screen_texts
from av_pos.services import basket, held_baskets, receipts, shifts
from av_pos.services.basket import BasketOutcome, ScanOutcome, ScanResult
from av_pos.services.basket_view import BasketView
from av_pos.services.checkout import SaleOutcome
from av_pos.services.editions import EditionRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.voids import VoidOutcome
from av_pos.ui import actions, theme
from av_pos.ui.checkout.basket_table import BasketTable
from av_pos.ui.checkout.buyer import Buyer
from av_pos.ui.checkout.discounting import Discounting
from av_pos.ui.checkout.member_card import MemberCard
from av_pos.ui.checkout.missing import Missing, Wanted
from av_pos.ui.checkout.more import MoreMenu
from av_pos.ui.checkout.offering import Offering
from av_pos.ui.checkout.paying import Paying
from av_pos.ui.checkout.price_check import PriceCheck
from av_pos.ui.checkout.put_by import PutByHere
from av_pos.ui.checkout.returning import Returning
from av_pos.ui.checkout.searching import Searching
from av_pos.ui.checkout.totals_panel import TotalsPanel
from av_pos.ui.checkout.unknown_disc import UnknownDisc
from av_pos.ui.desk import Desk
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.card import Card
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.paper_view import PaperView
from av_pos.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from av_pos.services.corrections import CorrectionOutcome
    from av_pos.ui.checkout.done_panel import DonePanel
    from av_pos.ui.checkout.pay_panel import PayPanel

_SELLING, _DONE = "totalsPanel", "donePanel"


class CheckoutScreen(Screen):
    """Sells. What leaves this screen is asked for through the callables given: the shift, a receipt, a reprint.

    `scan_taken` comes with each good scan, `scan_missed` with an unknown one, `held_changed(count)` with the number of
    waiting baskets.
    """

    scan_taken = Signal()
    scan_missed = Signal()
    held_changed = Signal(int)

    def __init__(
        self,
        desk: Desk,
        settings: ShopSettings,
        *,
        go_to_shift: Callable[[], None],
        show_receipt: Callable[[int], None],
        choose_reprint: Callable[[], None],
        show_waiting_paper: Callable[[], None],
        has_printer: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "checkoutScreen", parent)
        self._settings = settings
        self._go_to_shift = go_to_shift
        self._show_receipt = show_receipt
        self._missing = Missing(self, self._asked_for)
        self._put_by = PutByHere(self, settings)
        self._more = MoreMenu(self, settings, choose_reprint=choose_reprint, show_waiting_paper=show_waiting_paper,
                              missing=self._missing, put_by=self._put_by)  # fmt: skip
        self._prices = PriceCheck(self, settings.currency)
        self._has_printer = has_printer
        self._view = BasketView(None, (), (), (), 0, 0, 0, settings.currency)
        self._last_document = 0
        self.scan = _scan_field(settings.currency)
        self.table = BasketTable(settings.currency)
        self.totals = TotalsPanel(settings.currency)
        self.member = MemberCard(settings.currency)
        self._unknown = UnknownDisc(self, settings.currency)
        self._searching = Searching(self, self.scan)
        self._discounting = Discounting(self, settings.currency, self.table)
        self._offering = Offering(self, settings.currency)
        self._buyer = Buyer(self, settings)
        self._returning = Returning(self, settings)
        # Without a printer the receipt lies where the basket was, until the next scan.
        self._receipt = PaperView("receiptView", _("Receipt"))
        self._left = QStackedWidget()
        self._right = QStackedWidget()
        self._paying = Paying(
            self, settings, self._right, buyer=self._buyer, returning=self._returning, offering=self._offering,
            go_to_shift=go_to_shift,
        )  # fmt: skip
        self._lay_out()
        self._connect()
        self._bind_keys()

    @property
    def pay(self) -> "PayPanel":
        """The right side while paying."""
        return self._paying.panel

    @cached_property
    def done(self) -> "DonePanel":
        """The right side after a sale, made when it is first shown."""
        from av_pos.ui.checkout.done_panel import DonePanel

        made = DonePanel(self._settings.currency)
        made.next_pressed.connect(self._begin_next)
        made.receipt_pressed.connect(self._on_receipt)
        self._right.addWidget(made)
        return made

    def _on_face(self, _place: int) -> None:
        # While paying every line of a low screen is needed, and who buys is settled.
        self.member.setVisible(not self._paying.is_open)

    def _shows(self, face: str) -> bool:
        now = self._right.currentWidget()
        return now is not None and now.objectName() == face

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """Which till, since when, who."""
        shift = self.desk.ask(shifts.find_open, self.desk.till)
        words = [self.desk.actor.name]
        if shift is not None:
            at = screen_texts().time(shift.opened_at, self._settings.zone)
            words.insert(0, _("Shift opened {time}").format(time=at))
        else:
            words.insert(0, _("No shift open"))
        return _("Till {number}").format(number=self.desk.till), " · ".join(words)

    def on_front(self) -> None:
        """Show the basket as it lies in the shop's file."""
        self._show_basket(self.desk.ask(basket.view_of, self.desk.at))
        self.scan.field.setFocus()

    def take_scan(self, code: str) -> bool:
        """Every code means something here, if only that it is not known."""
        self.scan.clear()
        if self._paying.take_scan(code):
            return True
        if self._shows(_DONE):
            self._right.setCurrentWidget(self.totals)
        self._put_by.scanned(code)
        self.perform(basket.add, code)
        return True

    def on_trouble(self, error: Exception) -> None:
        """Tell what went wrong; of a used copy that is put by, for whom."""
        if self._put_by.tells(error):
            self.scan_missed.emit()
        else:
            super().on_trouble(error)

    def main_action(self) -> None:
        """F12: pay; while paying the same as Enter; after a sale the next customer."""
        if self._shows(_SELLING):
            self._paying.begin()
        else:
            self._take()

    def go_back(self) -> None:
        """Esc: from paying back to the basket."""
        if not self._shows(_SELLING):
            self._begin_next()
        else:
            self.scan.clear()

    def seek(self) -> None:
        """F3: the scan field; once more, to type hanzi."""
        self.scan.seek()

    def explain(self) -> None:
        """F2: why the chosen line costs what it costs."""
        row = self.table.current_line()
        if row is None:
            self._returning.explain(self.table.current_return())
            return
        from av_pos.ui.checkout.why_sheet import WhySheet

        WhySheet(self.window(), self.desk, self._settings, row).open()

    # ---- facts ----

    def on_scanned(self, outcome: ScanOutcome) -> None:
        """A scan was read: show the basket, or ask what it means."""
        self._show_basket(outcome.view, outcome.line_id)
        if outcome.result in (ScanResult.ADDED, ScanResult.MEMBER, ScanResult.COUPON):
            self.scan_taken.emit()
            self._put_by.look_at(outcome.view, outcome.line_id)
            if outcome.check_failed:
                text = _("The check digit of {code} is wrong. Look whether this is the disc.").format(code=outcome.code)
                self.desk.events.tell(Notice(text, "warn", key="check"))
        elif outcome.result is ScanResult.CHOOSE:
            self._choose(outcome.choices)
        elif outcome.result is ScanResult.RECEIPT:
            self._returning.open_receipt(outcome.code)
        elif outcome.result is ScanResult.UNKNOWN:
            self.scan_missed.emit()
            self._unknown.tell(outcome.code)
        elif outcome.result is ScanResult.HELD_BASKET and outcome.number is not None:
            self.perform(held_baskets.recall, outcome.number)
        else:
            self.refuse(_not_here_words(outcome))

    def on_basket_changed(self, outcome: BasketOutcome) -> None:
        """The basket changed: show it."""
        self._show_basket(outcome.view, outcome.line_id)

    def on_sale_completed(self, outcome: SaleOutcome) -> None:
        """The sale is done: the change is the largest word."""
        self._show_done(outcome.receipt, outcome.document_id, returned=outcome.returned)
        if outcome.clock_went_back:
            self._warn_clock()

    def on_sale_voided(self, outcome: VoidOutcome) -> None:
        """The last sale was taken back."""
        self._show_done(outcome.receipt, outcome.document_id, voided=True)
        if outcome.clock_went_back:
            self._warn_clock()

    def on_tender_corrected(self, outcome: "CorrectionOutcome") -> None:
        """A tender keyed wrongly was put right: say by what."""
        self._more.tell_corrected(outcome)

    def on_shift_changed(self, _outcome: object) -> None:
        """A shift began or ended."""
        self.heading_changed.emit()

    def on_paper(self, sentence: str) -> None:
        """How the last receipt fares."""
        if self._shows(_DONE):
            self.done.show_paper(sentence)

    # ---- showing ----

    def _show_basket(self, view: BasketView, line_id: int | None = None) -> None:
        self._view = view
        self._searching.forget()
        self._prices.last = None
        self._put_by.show_basket(view)
        self._returning.settled()
        self._left.setCurrentWidget(self.table)
        self.held_changed.emit(view.held_count)
        self.table.show_basket(view, line_id)
        self.totals.show_basket(view)
        self.member.show_member(view.member)
        self._offering.show_basket(view)
        self._paying.show_basket(view)
        if self._paying.is_open or (not view.is_empty and self._shows(_DONE)):
            self._right.setCurrentWidget(self.totals)

    def _show_done(
        self, receipt: Receipt, document_id: int, *, voided: bool = False, returned: tuple[Receipt, ...] = ()
    ) -> None:
        self._last_document = document_id
        self._show_basket(self.desk.ask(basket.view_of, self.desk.at))
        self.done.show_sale(receipt, voided=voided, returned=returned)
        self.done.show_paper("")
        self._right.setCurrentWidget(self.done)
        self.scan.field.setFocus()
        if not self._has_printer:
            self.desk.ask_later(self._on_receipt_drawn, self.on_trouble, receipts.receipt_picture, document_id)

    def _on_receipt_drawn(self, picture: bytes) -> None:
        if self._shows(_DONE):
            self._receipt.show_picture(picture)
            self._left.setCurrentWidget(self._receipt)

    def _begin_next(self) -> None:
        self._right.setCurrentWidget(self.totals)
        self._left.setCurrentWidget(self.table)
        self.scan.field.setFocus()

    def _warn_clock(self) -> None:
        text = _("The machine's clock went back. The sale is kept; put the clock right.")
        self.desk.events.tell(Notice(text, "warn", key="clock"))

    # ---- searching ----

    def _on_entered(self, text: str) -> None:
        self.scan.clear()
        self._searching.stop()
        self.take_scan(text.strip())

    def _on_chosen(self, edition_id: object) -> None:
        if isinstance(edition_id, int):
            self._add_edition(edition_id)

    def _add_edition(self, edition_id: int) -> None:
        if self._shows(_DONE):
            self._right.setCurrentWidget(self.totals)
        self.perform(basket.add_edition, edition_id)

    # ---- the basket ----

    def _on_quantity(self, line_id: int, qty: int) -> None:
        before = next((line.qty for line in self._view.lines if line.line_id == line_id), qty)
        outcome = self.perform(basket.set_quantity, line_id, qty)
        if outcome is not None and qty > before:
            self._put_by.look_at(outcome.view, line_id)

    def _one_more(self) -> None:
        self._change_quantity(1)

    def _one_less(self) -> None:
        self._change_quantity(-1)

    def _change_quantity(self, by: int) -> None:
        row = self.table.current_line()
        if row is not None:
            self._on_quantity(row.line_id, row.qty + by)

    def _remove(self) -> None:
        row, back = self.table.current_line(), self.table.current_return()
        if row is not None:
            self.perform(basket.remove_line, row.line_id)
        elif back is not None:
            self._returning.take_out(back.return_id)

    def _line_up(self) -> None:
        self.table.step(-1)

    def _line_down(self) -> None:
        self.table.step(1)

    def _choose(self, choices: tuple[EditionRow, ...]) -> None:
        from av_pos.ui.checkout.sheets import ChooserSheet

        sheet = ChooserSheet(self.window(), self._settings.currency, choices)
        sheet.chosen.connect(self._add_edition)
        sheet.open()

    def _hold(self) -> None:
        self.perform(held_baskets.hold)

    def show_held(self) -> None:
        """Shift F6: the waiting baskets."""
        from av_pos.ui.checkout.sheets import HeldSheet

        held = self.desk.ask(held_baskets.list_held)
        sheet = HeldSheet(self.window(), self._settings.currency, held, self._settings.zone)
        sheet.chosen.connect(self._recall)
        sheet.open()

    def _recall(self, basket_id: int) -> None:
        self.perform(held_baskets.recall, basket_id)

    def _ask_member(self) -> None:
        self._buyer.ask(has_member=self._view.member is not None)

    # ---- paying ----

    def _take(self) -> None:
        if self._paying.is_open:
            self.pay.take()
        elif self._shows(_DONE):
            self._begin_next()

    def _on_receipt(self) -> None:
        if self._last_document:
            self._show_receipt(self._last_document)

    # ---- more ----

    def _asked_for(self) -> tuple[Wanted, BasketView]:
        """What "asked for, we had none" means now: what was looked up last, else the chosen line."""
        row = self._searching.looked_at() or self._prices.last
        if row is not None:
            return Wanted(row.title, row.id, self.scan.text().strip()), self._view
        words, line = self.scan.text().strip(), self.table.current_line()
        if words or line is None or line.is_provisional:
            return Wanted(words=words), self._view
        return Wanted(line.title, line.edition_id), self._view

    def _open_more(self) -> None:
        self._more.open(has_lines=bool(self._view.lines), has_coupons=bool(self._view.coupons))

    def _on_noted(self) -> None:
        self._searching.forget()
        self._prices.last = None
        self.scan.clear()

    # ---- putting together ----

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        row = QHBoxLayout(self)
        row.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        row.setSpacing(sizes.edge)
        left = QVBoxLayout()
        left.setSpacing(sizes.gap)
        left.addWidget(self.scan)
        card = Card("basketCard", pad=1)
        for face in (self.table, self._receipt):
            self._left.addWidget(face)
        card.body.addWidget(self._left)
        left.addWidget(card, 1)
        left.addWidget(self._offering.row)
        row.addLayout(left, 1)
        self._right.addWidget(self.totals)
        for part in (self._right, self.member):
            part.setFixedWidth(370 if sizes is theme.NORMAL else 330)
        right = QVBoxLayout()
        right.setSpacing(sizes.gap)
        right.addWidget(self.member)
        right.addWidget(self._right, 1)
        row.addLayout(right)

    def _connect(self) -> None:
        self._prices.add_asked.connect(self._add_edition)
        self._right.currentChanged.connect(self._on_face)
        self.scan.entered.connect(self._on_entered)
        self.scan.chosen.connect(self._on_chosen)
        self._missing.noted.connect(self._on_noted)
        self.table.quantity_asked.connect(self._on_quantity)
        self.totals.pay_pressed.connect(self.main_action)
        self.totals.hold_pressed.connect(self._hold)
        self.member.pressed.connect(self._ask_member)
        self.totals.return_pressed.connect(self._returning.open)
        self.totals.discount_pressed.connect(self._discounting.ask)
        self.totals.more_pressed.connect(self._open_more)

    def _bind_keys(self) -> None:
        for action_id, slot in (
            ("price_check", self._prices.open),
            ("member", self._ask_member),
            ("hold", self._hold),
            ("recall", self.show_held),
            ("discount", self._discounting.ask),
            ("return", self._returning.open),
            ("cash", self._paying.cash),
            ("card", self._paying.card),
            ("more", self._open_more),
            ("shift", self._go_to_shift),
            ("remove_line", self._remove),
            ("one_more", self._one_more),
            ("one_less", self._one_less),
            ("line_up", self._line_up),
            ("line_down", self._line_down),
            ("take", self._take),
            ("pay_stored", self._paying.stored),
            ("pay_points", self._paying.points),
            ("pay_voucher", self._paying.voucher),
            *((f"also_{number}", tile.click) for number, tile in enumerate(self._offering.row.tiles, 1)),
        ):
            actions.bind(self, action_id, slot)


def _scan_field(currency: str) -> SearchBox:
    return SearchBox("scanField", _("Scan a disc, or type a title, an artist, 拼音首字母"), _("Scan or search"),
                     currency_code=currency)  # fmt: skip


def _not_here_words(outcome: ScanOutcome) -> str:
    if outcome.result is ScanResult.PAYMENT_CODE:
        return _("That is a customer's payment code, not a disc. This till takes cash and cards.")
    words = {
        CodeKind.STAFF: _("That is a staff card. Press Ctrl L to switch cashier."),
        CodeKind.SHELF: _("That is a shelf label, not a disc. Scan the disc itself."),
    }
    return words.get(outcome.kind, _("This code cannot be sold: {code}").format(code=outcome.code))
