"""The composition root: builds the parts, opens the window, and says in one table who reacts to what."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from av_pos.domain.at import Actor
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Role
from av_pos.domain.shift_report import ShiftReport
from av_pos.i18n import _
from av_pos.services import print_queue, receipts, shifts, shop_settings
from av_pos.services.access import SignInOutcome
from av_pos.settings import MachineSettings
from av_pos.shop import Shop, save_machine
from av_pos.ui.backups import BackupKeeper
from av_pos.ui.checkout.screen import CheckoutScreen
from av_pos.ui.crash import CrashReporter
from av_pos.ui.desk import NOBODY, Desk, utc_now
from av_pos.ui.events import Events
from av_pos.ui.idle import IdleWatch
from av_pos.ui.low_stock import LowStockNews
from av_pos.ui.main_window import MainWindow, Place
from av_pos.ui.paper import PaperKeeper
from av_pos.ui.quiet_work import QuietWork
from av_pos.ui.scanner import ScanGate
from av_pos.ui.screen import Screen
from av_pos.ui.sound import Sounds
from av_pos.ui.tasks import Tasks
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.sheet import top_sheet

if TYPE_CHECKING:
    from av_pos.ui.receipts.waiting import WaitingPaperSheet
    from av_pos.ui.signin.screen import SignInScreen


class TillProgram(QObject):
    """One till of one shop, running: the parts and their wiring. `close()` ends it without leaving a thread.

    `restart_asked` comes when a setting of this machine changed that the window must be built anew for.
    """

    restart_asked = Signal()

    def __init__(
        self, app: QApplication, shop: Shop, *, clock: Callable[[], datetime] = utc_now, sign_in_hint: str = ""
    ) -> None:
        super().__init__()
        self.app = app
        self.shop = shop
        self.settings = shop.db.ask(shop_settings.get_settings)
        self.events = Events(self)
        self.tasks = Tasks(self)
        self.desk = Desk(
            shop.db, shop.till, self.events, self.tasks, currency=self.settings.currency, clock=clock, parent=self
        )
        machine = shop.machine
        self.gate = ScanGate(app, prefix=machine.scan_prefix, suffix=machine.scan_suffix, parent=self)
        self.sounds = Sounds(enabled=shop.machine.sound)
        self.paper = PaperKeeper(self.desk, shop.machine.printer, self)
        self.backups = BackupKeeper(self.desk, shop, self)
        self.quiet = QuietWork(self.desk, self)
        self.low_stock = LowStockNews(self.desk, self)
        self.window = MainWindow(self.settings.shop_name or "av_pos")
        self.idle = IdleWatch(shop.machine.lock_after_min, self)
        self.crash = CrashReporter(self)
        self._sign_in_hint = sign_in_hint
        self._is_closed = False
        self._waiting_paper: WaitingPaperSheet | None = None
        self.till = CheckoutScreen(
            self.desk,
            self.settings,
            go_to_shift=self.show_shift,
            show_receipt=self.show_receipt,
            choose_reprint=self.choose_reprint,
            show_waiting_paper=self.show_waiting_paper,
            has_printer=bool(shop.machine.printer),
        )
        self.window.add_screens(self._places())
        self.gate.set_receiver(self.window)
        for signal, slot in self._wiring():
            signal.connect(slot)

    def start(self) -> None:
        """Show the window with the first screen."""
        self.crash.install()
        self.show_time()
        if self.shop.machine.sign_in:
            self.lock()
        else:
            self._begin(self._owner())
        self.window.show()
        self.paper.start()
        self.backups.start()

    def continue_as(self, actor: Actor, screen: str) -> None:
        """Go on where somebody was before the window was built anew."""
        if actor.name:
            self._begin(actor)
            self.window.show_screen(screen)

    def end(self) -> None:
        """Close the window, which ends everything, unless whoever sat before it has closed it already."""
        if not self._is_closed:
            self.window.close()

    def close(self) -> None:
        """End everything: threads, database."""
        self._is_closed = True
        self.crash.uninstall()
        self.paper.stop()
        self.backups.stop()
        self.tasks.shutdown()
        self.shop.close()
        # Qt takes them apart on this thread; what is left to Python's collector may be taken apart on a worker's.
        for part in (self.window, self.till):
            part.deleteLater()

    # ---- requests that screens make through their constructors ----

    def show_shift(self) -> None:
        """F11: the shift."""
        self.window.show_screen("shift")

    def show_till(self) -> None:
        """Back to selling."""
        self.window.show_screen("till")

    def show_low_stock(self) -> None:
        """Show which discs run low; the count on the bar is looked at then."""
        from av_pos.ui.catalogue.lists import Tab
        from av_pos.ui.catalogue.screen import CatalogueScreen

        self.window.show_screen("catalogue")
        if isinstance(self.window.front, CatalogueScreen):
            self.window.front.show_all_of(Tab.BELOW_ZERO if self.low_stock.is_below_only else Tab.LOW)
        self.low_stock.on_seen()

    def show_order(self, order_id: int) -> None:
        """Show an order under Purchasing."""
        from av_pos.ui.purchasing.screen import PurchasingScreen

        self.window.show_screen("purchasing")
        if isinstance(self.window.front, PurchasingScreen):
            self.window.front.show_tab(self.window.front.orders)
            self.window.front.orders.show_order(order_id)

    def show_receipt(self, document_id: int) -> None:
        """Show a receipt as it would print."""
        from av_pos.ui.receipts.sheets import PaperSheet

        picture = self.desk.ask(receipts.receipt_picture, document_id)
        PaperSheet(self.window, _("Receipt"), picture).open()

    def show_shift_report(self, report: ShiftReport) -> None:
        """Show an X or a Z as it would print."""
        from av_pos.ui.receipts.sheets import PaperSheet

        title = _("X report") if report.closed_at is None else _("Z report")
        PaperSheet(self.window, title, receipts.report_picture(report)).open()

    def show_paper(self, write: Callable[[Path], object], title: str, file_name: str) -> None:
        """Show the pages of a list before they print; `write` writes them as PDF, on a worker."""
        from av_pos.ui.reports.preview import PreviewSheet

        PreviewSheet(self.window, self.desk, write, title, file_name).open()

    def choose_reprint(self) -> None:
        """Choose one of today's receipts to print again."""
        from av_pos.ui.receipts.sheets import ReprintSheet

        settings = self.settings
        day = business_day(self.desk.clock(), settings.zone, settings.day_cut_min)
        sheet = ReprintSheet(self.window, self.desk, settings.currency, settings.zone, day)
        sheet.chosen.connect(self._on_reprint)
        sheet.open()

    def show_waiting_paper(self) -> None:
        """Show the slips that are not out yet, to print them or give them up."""
        from av_pos.ui.receipts.waiting import WaitingPaperSheet

        sheet = WaitingPaperSheet(self.window, self.settings.zone)
        sheet.print_asked.connect(self._on_print_waiting)
        sheet.drop_asked.connect(self._on_drop_waiting)
        sheet.show_jobs(self.desk.ask(print_queue.list_jobs, self.desk.till))
        sheet.closed.connect(self._on_waiting_closed)
        self._waiting_paper = sheet
        sheet.open()

    def lock(self) -> None:
        """Nobody is signed in until a PIN is given; the basket stays, an open sheet does not.

        A till without sign-in has nobody to ask: it stays open.
        """
        if not self.shop.machine.sign_in:
            return
        while (sheet := top_sheet(self.window)) is not None:
            sheet.cancel()
        if self.window.front_key == "signin":
            return
        self.signin.show_locked(self.desk.actor if self.desk.actor.name else None)
        self.desk.actor = NOBODY
        self.window.show_screen("signin")
        self.backups.fold_log()

    def show_time(self) -> None:
        """Put the clock on the bar right."""
        self.window.show_time(self.desk.clock(), self.settings.zone)

    # ---- reactions ----

    def _wiring(self) -> tuple[tuple[Any, Callable[..., Any]], ...]:
        """Who reacts to what: the whole of it."""
        return (*self._on_facts(), *self._on_requests())

    def _on_facts(self) -> tuple[tuple[Any, Callable[..., Any]], ...]:
        """What happened in the shop."""
        events, window, till = self.events, self.window, self.till
        return (
            (events.signed_in, self._on_signed_in),
            # What was refused before is over before the new fact is told: it may be a refusal itself.
            (events.scanned, window.settle_refusal),
            (events.scanned, till.on_scanned),
            (events.basket_changed, window.settle_refusal),
            (events.basket_changed, till.on_basket_changed),
            (events.sale_completed, window.settle_refusal),
            (events.sale_completed, window.settle_customer),
            (events.sale_completed, till.on_sale_completed),
            (events.sale_completed, self.low_stock.on_sale_completed),
            (events.sale_completed, self.paper.wake),
            (events.sale_voided, till.on_sale_voided),
            (events.sale_voided, self.paper.wake),
            (events.tender_corrected, till.on_tender_corrected),
            (events.tender_corrected, self.paper.wake),
            (events.shift_opened, window.settle_refusal),
            (events.shift_opened, till.on_shift_changed),
            (events.shift_opened, self.quiet.on_shift_opened),
            (events.shift_opened, self.paper.wake),
            (events.shift_closed, window.settle_refusal),
            (events.shift_closed, till.on_shift_changed),
            (events.shift_closed, self.paper.wake),
            (events.shift_closed, self.backups.run),
            (events.shift_closed, self.quiet.on_shift_closed),
            (events.cash_moved, self.paper.wake),
            (events.paper_queued, self.paper.wake),
            (events.notice, window.tell),
            (events.refused, window.show_refusal),
            (events.refused, self.sounds.refused),
            (events.stopped, window.stop),
        )

    def _on_requests(self) -> tuple[tuple[Any, Callable[..., Any]], ...]:
        """What hands, paper and time ask for."""
        window, till = self.window, self.till
        return (
            (self.gate.touched, self.idle.touch),
            (self.gate.unclaimed, window.top_bar.keep_scan),
            (window.top_bar.chip_used, self._use_kept_scan),
            (window.top_bar.held_pressed, till.show_held),
            (window.top_bar.low_pressed, self.show_low_stock),
            (self.low_stock.list_asked, self.show_low_stock),
            (self.low_stock.counted, window.top_bar.show_low),
            (window.lock_asked, self.lock),
            (window.clock.timeout, self.show_time),
            (window.closing, self.close),
            (self.idle.idle, self.lock),
            (self.paper.printer_state, window.top_bar.show_printer),
            (self.paper.told, till.on_paper),
            (self.paper.settled, window.notices.settle),
            (till.held_changed, window.top_bar.show_held),
            (till.scan_taken, self.sounds.good),
            (till.scan_missed, self.sounds.refused),
            (self.crash.told, self._tell_crash),
            (self.crash.stopped, window.stop),
        )

    def _places(self) -> tuple[Place, ...]:
        return (
            Place(self._sign_in, "signin", is_alone=True),
            Place(self._till, "till", "navTill", "till", _("Till")),
            Place(self._make_shift, "shift"),
            Place(self._make_members, "members", "navMembers", "members", _("Members")),
            Place(self._make_catalogue, "catalogue", "navCatalogue", "catalogue", _("Catalogue")),
            Place(self._make_stocktake, "stocktake", "navStocktake", "stocktake", _("Stocktake")),
            Place(self._make_purchasing, "purchasing", "navPurchasing", "purchasing", _("Buying")),
            Place(self._make_reorder, "reorder", "navReorder", "reorder", _("Reorder")),
            Place(self._make_price_rules, "price_rules", "navPriceRules", "discount", _("Prices")),
            Place(self._make_reports, "reports", "navReports", "reports", _("Reports")),
            Place(self._make_settings, "settings", "navSettings", "settings", _("Settings"), at_foot=True),
        )

    # ---- screens; those that the first scan does not need are imported when they are first shown ----

    @cached_property
    def signin(self) -> "SignInScreen":
        """The first screen, where one signs in."""
        from av_pos.ui.signin.screen import SignInScreen

        return SignInScreen(self.desk, self.settings.shop_name, hint=self._sign_in_hint)

    def _sign_in(self) -> Screen:
        return self.signin

    def _till(self) -> Screen:
        return self.till

    def _make_shift(self) -> Screen:
        from av_pos.ui.shift.screen import ShiftScreen

        screen = ShiftScreen(self.desk, self.settings, go_to_till=self.show_till, show_report=self.show_shift_report)
        events = self.events
        for signal, slot in (
            (events.shift_opened, screen.on_shift_opened),
            (events.cash_counted, screen.on_counted),
            (events.cash_moved, screen.on_cash_moved),
            (events.shift_closed, screen.on_shift_closed),
            (screen.paper_queued, self.paper.wake),
        ):
            signal.connect(slot)
        return screen

    def _make_members(self) -> Screen:
        from av_pos.ui.members.screen import MembersScreen

        return MembersScreen(self.desk, self.settings, show_receipt=self.show_receipt)

    def _make_catalogue(self) -> Screen:
        from av_pos.ui.catalogue.screen import CatalogueScreen

        return CatalogueScreen(self.desk, self.settings)

    def _make_stocktake(self) -> Screen:
        from av_pos.ui.stocktake.screen import StocktakeScreen

        screen = StocktakeScreen(self.desk, self.settings, show_paper=self.show_paper)
        for slot in (self.sounds.good, self.window.settle_refusal):
            screen.scan_taken.connect(slot)
        screen.moved_on.connect(self.window.settle_refusal)
        return screen

    def _make_purchasing(self) -> Screen:
        from av_pos.ui.purchasing.screen import PurchasingScreen

        screen = PurchasingScreen(self.desk, self.settings, show_paper=self.show_paper)
        for signal, slot in (
            (screen.scan_taken, self.sounds.good),
            (screen.scan_taken, self.window.settle_refusal),
            (screen.moved_on, self.window.settle_refusal),
        ):
            signal.connect(slot)
        return screen

    def _make_reorder(self) -> Screen:
        from av_pos.ui.reorder.screen import ReorderScreen

        return ReorderScreen(self.desk, self.settings, show_order=self.show_order)

    def _make_price_rules(self) -> Screen:
        from av_pos.ui.price_rules.screen import PriceRulesScreen

        return PriceRulesScreen(self.desk, self.settings)

    def _make_reports(self) -> Screen:
        from av_pos.ui.reports.screen import ReportsScreen

        screen = ReportsScreen(self.desk, self.settings, go_to_shift=self.show_shift)
        events = self.events
        for fact in (events.sale_completed, events.sale_voided, events.shift_closed, events.cash_moved):
            fact.connect(screen.on_takings_changed)
        return screen

    def _make_settings(self) -> Screen:
        from av_pos.ui.settings.screen import SettingsScreen

        screen = SettingsScreen(self.desk, self.shop, save_machine=self._save_machine)
        screen.machine_changed.connect(self._on_settings_changed)
        screen.shop_changed.connect(self._on_settings_changed)
        return screen

    def _save_machine(self, machine: MachineSettings) -> None:
        save_machine(self.shop.folder, machine)

    def _on_settings_changed(self, _settings: object) -> None:
        self.restart_asked.emit()

    def _owner(self) -> Actor:
        """Whose till it is when nobody signs in: the first manager's."""
        from av_pos.services import staff

        rows = self.desk.ask(staff.list_staff)
        row = next((row for row in rows if row.role == Role.MANAGER), None)
        return Actor(row.staff_id, row.name, row.role) if row else NOBODY

    def _on_signed_in(self, outcome: SignInOutcome) -> None:
        if outcome.accepted and outcome.actor is not None:
            self._begin(outcome.actor)

    def _begin(self, actor: Actor) -> None:
        self.desk.actor = actor
        shift = self.desk.ask(shifts.find_open, self.desk.till)
        self.window.show_screen("till" if shift is not None else "shift")

    def _use_kept_scan(self, code: str) -> None:
        self.show_till()
        self.till.take_scan(code)

    def _on_print_waiting(self, job_id: int) -> None:
        self._do_with_waiting(self.till.attempt(print_queue.retry, job_id))

    def _on_drop_waiting(self, job_id: int) -> None:
        self._do_with_waiting(self.till.attempt(print_queue.drop, job_id))

    def _on_waiting_closed(self) -> None:
        self._waiting_paper = None

    def _do_with_waiting(self, done: bool) -> None:
        if done:
            self.paper.wake()
        if self._waiting_paper is not None:
            self._waiting_paper.show_jobs(self.desk.ask(print_queue.list_jobs, self.desk.till))

    def _on_reprint(self, document_id: int) -> None:
        if self.till.attempt(print_queue.reprint, document_id):
            self.paper.wake()

    def _tell_crash(self, sentence: str) -> None:
        self.events.tell(Notice(sentence, "danger", key="crash"))
