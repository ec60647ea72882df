"""The till: scan, change, pay."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.codes import CodeKind
from av_pos.domain.documents import Receipt
from av_pos.domain.pricing import Discount
from av_pos.domain.settlement import TenderKind
from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts
from av_pos.services import basket, checkout, held_baskets, receipts, shifts
from av_pos.services.basket import BasketOutcome, ScanOutcome, ScanResult
from av_pos.services.basket_view import BasketView
from av_pos.services.checkout import Offered, SaleOutcome
from av_pos.services.editions import EditionRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.voids import VoidOutcome
from av_pos.ui import actions, theme
from av_pos.ui.checkout.also_bought import AlsoBought
from av_pos.ui.checkout.basket_table import BasketTable
from av_pos.ui.checkout.buyer import Buyer
from av_pos.ui.checkout.member_card import MemberCard
from av_pos.ui.checkout.more import MoreMenu
from av_pos.ui.checkout.price_check import PriceCheck
from av_pos.ui.checkout.returning import Returning
from av_pos.ui.checkout.totals_panel import TotalsPanel
from av_pos.ui.desk import Desk
from av_pos.ui.screen import Screen
from av_pos.ui.stock import stock_kind, stock_words
from av_pos.ui.widgets.card import Card
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.paper_view import PaperView
from av_pos.ui.widgets.search_box import SearchBox, SearchHit

if TYPE_CHECKING:
    from av_pos.services.corrections import CorrectionOutcome
    from av_pos.ui.checkout.done_panel import DonePanel
    from av_pos.ui.checkout.pay_panel import PayPanel

_TYPING_PAUSE_MS = 60
_OFFERING_PAUSE_MS = 20
SELLING, PAYING, DONE = "totalsPanel", "payPanel", "donePanel"


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
        self._more = MoreMenu(self, settings, choose_reprint=choose_reprint, show_waiting_paper=show_waiting_paper)
        self._prices = PriceCheck(self, settings.currency)
        self._prices.add_asked.connect(self._add_edition)
        self._has_printer = has_printer
        self._view = BasketView(None, (), (), (), 0, 0, 0, settings.currency)
        self._unknown_code = ""
        self._last_document = 0
        self.scan = SearchBox(
            "scanField",
            _("Scan a disc, or type a title, an artist, 拼音首字母"),
            _("Scan or search"),
            currency_code=settings.currency,
        )
        self.table = BasketTable(settings.currency)
        self.totals = TotalsPanel(settings.currency)
        self.member = MemberCard(settings.currency)
        self.also = AlsoBought(settings.currency)
        self._buyer = Buyer(self, settings)
        self._returning = Returning(self, settings)
        self._offered: dict[int, Offered] = {}
        # Without a printer the receipt lies where the basket was, until the next scan.
        self._receipt = PaperView("receiptView", _("Receipt"))
        self._left = QStackedWidget()
        self._right = QStackedWidget()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        # The line is painted first, then what goes with it.
        self._offering = QTimer(self)
        self._offering.setSingleShot(True)
        self._offering.setInterval(_OFFERING_PAUSE_MS)
        self._lay_out()
        self._connect()
        self._bind_keys()

    # The faces that the first scan does not need are made when they are first shown.

    @cached_property
    def pay(self) -> "PayPanel":
        """The right side while paying."""
        from av_pos.ui.checkout.pay_panel import PayPanel

        made = PayPanel(self._settings.currency)
        made.paid.connect(self._on_paid)
        made.backed.connect(self.go_back)
        made.refused.connect(self.refuse)
        made.voucher_asked.connect(self._ask_voucher)
        self._right.addWidget(made)
        return made

    @cached_property
    def done(self) -> "DonePanel":
        """The right side after a sale."""
        from av_pos.ui.checkout.done_panel import DonePanel

        made = DonePanel(self._settings.currency)
        made.next_pressed.connect(self._begin_next)
        made.receipt_pressed.connect(self._on_receipt)
        self._right.addWidget(made)
        return made

    def _on_face(self, _place: int) -> None:
        # While paying every line of a low screen is needed, and who buys is settled.
        self.member.setVisible(not self._shows(PAYING))

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
        if self._shows(PAYING) and self._buyer.pay_with(code, self.pay):
            return True
        if self._shows(DONE):
            self._right.setCurrentWidget(self.totals)
        self.perform(basket.add, code)
        return True

    def main_action(self) -> None:
        """F12: pay; while paying the same as Enter; after a sale the next customer."""
        if self._shows(PAYING):
            self.pay.take()
        elif self._shows(DONE):
            self._begin_next()
        else:
            self._begin_paying()

    def go_back(self) -> None:
        """Esc: from paying back to the basket."""
        if not self._shows(SELLING):
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
            if outcome.check_failed:
                text = _("The check digit of {code} is wrong. Look whether this is the disc.").format(code=outcome.code)
                self.desk.events.tell(Notice(text, "warn", key="check"))
        elif outcome.result is ScanResult.CHOOSE:
            self._choose(outcome.choices)
        elif outcome.result is ScanResult.RECEIPT:
            self._returning.open_receipt(outcome.code)
        elif outcome.result is ScanResult.UNKNOWN:
            self._tell_unknown(outcome.code)
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
        if self._shows(DONE):
            self.done.show_paper(sentence)

    # ---- showing ----

    def _show_basket(self, view: BasketView, line_id: int | None = None) -> None:
        if view.basket_id != self._view.basket_id:
            self._offered.clear()
        self._view = view
        self._returning.settled()
        self._left.setCurrentWidget(self.table)
        self.held_changed.emit(view.held_count)
        self.table.show_basket(view, line_id)
        self.totals.show_basket(view)
        self.member.show_member(view.member)
        if view.lines or self.also.shown:
            self._offering.start()
        if self._shows(PAYING):
            self._right.setCurrentWidget(self.totals)
        if not view.is_empty and self._shows(DONE):
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
        if self._shows(DONE):
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

    def _on_typed(self, _text: str) -> None:
        self._typing.start()

    def _search(self) -> None:
        from av_pos.services import search  # with the first letter typed, not at every start

        text = self.scan.text().strip()
        hits = self.desk.ask(search.find_text, text, 20) if text else ()
        self.scan.set_results([_hit(row) for row in hits])

    def _on_entered(self, text: str) -> None:
        self.scan.clear()
        self._typing.stop()
        self.take_scan(text.strip())

    def _on_chosen(self, edition_id: object) -> None:
        if isinstance(edition_id, int):
            self._add_edition(edition_id)

    def _add_edition(self, edition_id: int) -> None:
        if self._shows(DONE):
            self._right.setCurrentWidget(self.totals)
        self.perform(basket.add_edition, edition_id)

    # ---- the basket ----

    def _on_quantity(self, line_id: int, qty: int) -> None:
        self.perform(basket.set_quantity, line_id, qty)

    def _one_more(self) -> None:
        self._change_quantity(1)

    def _one_less(self) -> None:
        self._change_quantity(-1)

    def _change_quantity(self, by: int) -> None:
        row = self.table.current_line()
        if row is not None:
            self.perform(basket.set_quantity, row.line_id, row.qty + by)

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

    def _tell_unknown(self, code: str) -> None:
        """A line in the bar, not a question: the next disc can be scanned at once."""
        self.scan_missed.emit()
        text = _("No disc has the code {code}.").format(code=code)
        sell = partial(self._ask_unknown, code)
        notice = Notice(text, "warn", _("Sell as unknown"), sell, key=f"unknown {code}", at_once=True)
        self.desk.events.tell(notice)

    def _ask_unknown(self, code: str) -> None:
        from av_pos.ui.checkout.sheets import UnknownSheet

        self._unknown_code = code
        sheet = UnknownSheet(self.window(), self._settings.currency, code)
        sheet.chosen.connect(self._sell_unknown)
        sheet.open()

    def _sell_unknown(self, title: str, price_minor: int) -> None:
        self.perform(basket.add_unknown, self._unknown_code, title, price_minor)

    def _ask_discount(self) -> None:
        from av_pos.ui.checkout.sheets import DiscountSheet

        if self.table.current_return() is not None and self._view.lines:
            self.table.pick(self._view.lines[-1].line_id)
        row = self.table.current_line()
        if row is None:
            return
        sheet = DiscountSheet(self.window(), self._settings.currency, row.title)
        sheet.line_chosen.connect(self._discount_line)
        sheet.basket_chosen.connect(self._discount_basket)
        sheet.price_chosen.connect(self._override_price)
        sheet.open()

    def _discount_line(self, discount: Discount) -> None:
        row = self.table.current_line()
        if row is not None:
            self.perform(basket.discount_line, row.line_id, discount)

    def _discount_basket(self, discount: Discount) -> None:
        self.perform(basket.discount_basket, discount)

    def _override_price(self, price_minor: int, reason: str) -> None:
        row = self.table.current_line()
        if row is not None:
            self.perform(basket.override_price, row.line_id, price_minor, reason)

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

    # ---- who buys, and what goes with it ----

    def _ask_member(self) -> None:
        self._buyer.ask(has_member=self._view.member is not None)

    def _offer(self) -> None:
        editions = tuple(line.edition_id for line in self._view.lines)
        if not editions:
            self.also.show_tiles(())
            return
        from av_pos.services import insights

        member_id = self._view.member.member_id if self._view.member else None
        self.also.show_tiles(self.desk.ask(insights.tiles_for, editions, member_id))
        self._offered |= {tile.edition_id: Offered(tile.edition_id, tile.beside_id) for tile in self.also.shown}

    def _add_offered(self, edition_id: int, beside_id: int) -> None:
        self.perform(basket.add_edition, edition_id, beside_id)

    # ---- paying ----

    def _begin_paying(self) -> None:
        if self._view.is_empty:
            return
        if not self._shows(PAYING):
            try:
                self.desk.ask(shifts.require_open, self.desk.at, self._settings)
            except AvPosError as error:
                self.refuse(problems.sentence(error))
                self._go_to_shift()
                return
            if self._view.returns and self._view.due_minor <= 0:
                self._returning.give_back(self._view, tuple(self._offered.values()))
                return
            self._right.setCurrentWidget(self.pay)
            self.pay.begin(self._view.due_minor, self._buyer.balances(self._view))

    def _pay_cash(self) -> None:
        self._begin_paying()
        if self._shows(PAYING):
            self.pay.choose(TenderKind.CASH)

    def _pay_card(self) -> None:
        self._begin_paying()
        if self._shows(PAYING):
            self.pay.choose(TenderKind.CARD)

    def _pay_stored(self) -> None:
        if self._shows(PAYING):
            self.pay.pay_stored()

    def _pay_points(self) -> None:
        if self._shows(PAYING):
            self.pay.pay_points()

    def _pay_voucher(self) -> None:
        if self._shows(PAYING):
            self._ask_voucher()

    def _ask_voucher(self) -> None:
        from av_pos.ui.checkout.sheets import VoucherSheet

        sheet = VoucherSheet(self.window())
        sheet.given.connect(self._pay_with_voucher)
        sheet.open()

    def _pay_with_voucher(self, code: str) -> None:
        if self._shows(PAYING) and not self._buyer.pay_with(code, self.pay):
            self.refuse(_("That is neither a gift card nor a store credit."))

    def _take(self) -> None:
        if self._shows(PAYING):
            self.pay.take()
        elif self._shows(DONE):
            self._begin_next()

    def _on_paid(self, tenders: object) -> None:
        view = self._view
        if view.basket_id is not None and isinstance(tenders, tuple):
            offered = tuple(self._offered.values())
            self.perform(checkout.complete_sale, view.basket_id, tenders, view.due_minor, offered=offered)

    def _on_receipt(self) -> None:
        if self._last_document:
            self._show_receipt(self._last_document)

    # ---- more ----

    def _open_more(self) -> None:
        self._more.open(has_lines=bool(self._view.lines), has_coupons=bool(self._view.coupons))

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
        left.addWidget(self.also)
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
        self._typing.timeout.connect(self._search)
        self._right.currentChanged.connect(self._on_face)
        self.scan.typed.connect(self._on_typed)
        self.scan.entered.connect(self._on_entered)
        self.scan.chosen.connect(self._on_chosen)
        self.table.quantity_asked.connect(self._on_quantity)
        self.totals.pay_pressed.connect(self.main_action)
        self.totals.hold_pressed.connect(self._hold)
        self.member.pressed.connect(self._ask_member)
        self.also.chosen.connect(self._add_offered)
        self._offering.timeout.connect(self._offer)
        self.totals.return_pressed.connect(self._returning.open)
        self.totals.discount_pressed.connect(self._ask_discount)
        self.totals.more_pressed.connect(self._open_more)

    def _bind_keys(self) -> None:
        for action_id, slot in (
            ("price_check", self._prices.open),
            ("member", self._ask_member),
            ("hold", self._hold),
            ("recall", self.show_held),
            ("discount", self._ask_discount),
            ("return", self._returning.open),
            ("cash", self._pay_cash),
            ("card", self._pay_card),
            ("more", self._open_more),
            ("shift", self._go_to_shift),
            ("remove_line", self._remove),
            ("one_more", self._one_more),
            ("one_less", self._one_less),
            ("line_up", self._line_up),
            ("line_down", self._line_down),
            ("take", self._take),
            ("pay_stored", self._pay_stored),
            ("pay_points", self._pay_points),
            ("pay_voucher", self._pay_voucher),
            *((f"also_{number}", tile.click) for number, tile in enumerate(self.also.tiles, 1)),
        ):
            actions.bind(self, action_id, slot)


def _hit(row: EditionRow) -> SearchHit:
    return SearchHit(row.id, row.title, row.artist, row.format, row.price_minor, stock_words(row.on_hand_qty),
                     stock_kind=stock_kind(row.on_hand_qty))  # fmt: skip


def _not_here_words(outcome: ScanOutcome) -> str:
    if outcome.result is ScanResult.PAYMENT_CODE:
        return _("That is a customer's payment code, not a disc. This till takes cash and cards.")
    words = {
        CodeKind.STAFF: _("That is a staff card. Press Ctrl L to switch cashier."),
        CodeKind.SHELF: _("That is a shelf label, not a disc. Scan the disc itself."),
    }
    return words.get(outcome.kind, _("This code cannot be sold: {code}").format(code=outcome.code))
