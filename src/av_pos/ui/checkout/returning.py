"""F8: discs that come back. Opens the sheets, asks the services, and gives the money back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from av_pos import problems
from av_pos.domain.codes import CodeKind, read_code
from av_pos.errors import AvPosError, NotFound
from av_pos.i18n import _, screen_texts
from av_pos.services import checkout
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.checkout.sale_finder import SaleFinder
from av_pos.ui.screen import Screen, approvable
from av_pos.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from av_pos.services.basket_view import BasketView
    from av_pos.services.checkout import Offered
    from av_pos.services.editions import EditionRow
    from av_pos.services.return_lines import ReturnRow
    from av_pos.services.returns import Chosen
    from av_pos.ui.checkout.return_sale import ReturnSaleSheet
    from av_pos.ui.checkout.return_sheets import NoReceipt, NoReceiptSheet


class Returning(QObject):
    """Returns at the till. `settled` takes its sheets away once what they asked for is done."""

    def __init__(self, screen: Screen, settings: ShopSettings) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings
        self._finder = SaleFinder(
            screen, settings, _("Return: which sale?"), has_no_receipt=settings.return_unreceipted
        )
        self._finder.chosen.connect(self._on_found_sale)
        self._finder.no_receipt.connect(self._ask_bare)
        self._sale: ReturnSaleSheet | None = None
        self._bare: NoReceiptSheet | None = None
        self._document_id = 0
        self._goes_back = False
        self._offered: tuple[Offered, ...] = ()
        self._back: BasketView | None = None
        self._choices: tuple[EditionRow, ...] = ()

    # ---- which sale ----

    def open(self) -> None:
        """F8: ask which sale comes back."""
        self._finder.open()

    def open_receipt(self, code: str) -> None:
        """A receipt was scanned: open its sale."""
        from av_pos.services import sale_search

        desk = self._screen.desk
        document_id = desk.ask(sale_search.find_by_number, desk.at, code)
        if document_id is None:
            self._screen.refuse(problems.sentence(NotFound("receipt", code)))
            return
        self._open_sale(document_id)

    def _on_found_sale(self, document_id: int) -> None:
        self._open_sale(document_id)
        if self._sale is not None:
            self._sale.rejected.connect(self._on_back)

    # ---- what of it ----

    def _open_sale(self, document_id: int) -> None:
        from av_pos.services import returns
        from av_pos.ui.checkout.return_sale import ReturnSaleSheet

        desk = self._screen.desk
        try:
            sale = desk.ask(returns.open_sale, desk.at, document_id)
        except AvPosError as error:
            self._screen.refuse(problems.sentence(error, self._settings.currency))
            return
        self._document_id = document_id
        sheet = ReturnSaleSheet(self._screen.window(), self._settings.currency, sale, self._price)
        sheet.laid.connect(self._lay_in)
        sheet.closed.connect(self._on_sale_closed)
        self._sale = sheet
        sheet.open()

    def _price(self, wanted: Mapping[int, int]) -> int:
        from av_pos.services import returns

        return self._screen.desk.ask(returns.price_pieces, self._document_id, wanted)

    def _lay_in(self, choices: "tuple[Chosen, ...]", reason: str) -> None:
        from av_pos.services import returns

        try:
            self._screen.desk.do(returns.lay_in, self._document_id, choices, reason)
        except AvPosError as error:
            if approvable(error) is not None:
                # Asks the manager over this sheet, which goes once the pieces are in.
                self._screen.perform(returns.lay_in, self._document_id, choices, reason)
            elif self._sale is not None:
                self._sale.show_trouble(problems.sentence(error, self._settings.currency))

    def _on_back(self) -> None:
        self._goes_back = True

    def _on_sale_closed(self) -> None:
        self._sale = None
        # Only once the sheet is gone: the next one gives the focus back to what had it.
        if self._goes_back:
            self._goes_back = False
            self._finder.open_again()

    def take_out(self, return_id: int) -> None:
        """Del: what should come back stays with the customer after all."""
        from av_pos.services import returns

        self._screen.perform(returns.take_out, return_id)

    def explain(self, row: "ReturnRow | None") -> None:
        """F2: where the chosen piece was sold, why it comes back, what it brings."""
        if row is None:
            return
        texts = screen_texts()
        words = [
            _("sold on {day}, receipt {number}").format(day=texts.day(row.sold_on), number=row.receipt_number),
            row.reason,
            _("brings {amount}").format(amount=texts.money(row.refund_minor, self._settings.currency)),
        ]
        if row.as_sold:
            words.append(_("shared out as sold: its price rules have changed since"))
        self._screen.desk.events.tell(Notice(f"{row.title}: " + " · ".join(words), key="why", at_once=True))

    def settled(self) -> None:
        """The basket changed or a document was written: what the sheets asked for is done."""
        for sheet in (self._sale, self._bare):
            if sheet is not None:
                sheet.dismiss()

    # ---- money back ----

    def give_back(self, view: "BasketView", offered: "tuple[Offered, ...]") -> None:
        """F12 when nothing is to be paid: an even exchange is done at once, money back is shown first."""
        self._back, self._offered = view, offered
        if view.due_minor == 0:
            self._complete(as_credit=False)
            return
        from av_pos.services import returns
        from av_pos.ui.checkout.money_back import GiveBackSheet

        desk = self._screen.desk
        try:
            plan = desk.ask(returns.plan_money_back, desk.at, as_credit=False)
            with_credit = desk.ask(returns.plan_money_back, desk.at, as_credit=True)
        except AvPosError as error:
            self._screen.refuse(problems.sentence(error, self._settings.currency))
            return
        sheet = GiveBackSheet(self._screen.window(), self._settings.currency, -view.due_minor, plan, with_credit)
        sheet.given.connect(self._on_given)
        sheet.open()

    def _on_given(self, as_credit: bool) -> None:
        self._complete(as_credit=as_credit)

    def _complete(self, *, as_credit: bool) -> None:
        view = self._back
        if view is not None and view.basket_id is not None:
            self._screen.perform(
                checkout.complete_sale, view.basket_id, (), view.due_minor, offered=self._offered,
                refund_as_credit=as_credit,
            )  # fmt: skip

    # ---- without a receipt ----

    def _ask_bare(self) -> None:
        from av_pos.ui.checkout.return_sheets import NoReceiptSheet

        sheet = NoReceiptSheet(self._screen.window(), self._settings.currency)
        sheet.looked_for.connect(self._look_for_disc)
        sheet.given.connect(self._take_bare)
        sheet.closed.connect(self._on_bare_closed)
        self._bare = sheet
        sheet.open()

    def _on_bare_closed(self) -> None:
        self._bare = None

    def _look_for_disc(self, text: str) -> None:
        from av_pos.services import search

        if self._bare is None:
            return
        if read_code(text).kind is CodeKind.COPY:
            self._open_sale_of_copy(text)
            return
        found = self._screen.desk.ask(search.find_text, text, 20)
        if len(found) == 1:
            self._show_disc(found[0])
        elif found:
            self._choose_disc(found)
        else:
            self._bare.show_trouble("disc", _("Nothing is found. Scan the disc, or type another word."))

    def _open_sale_of_copy(self, code: str) -> None:
        """A used copy needs no receipt: its own code leads to its sale."""
        found = self._finder.find(code)
        if self._bare is None:
            return
        if found:
            self._bare.dismiss()
            self._open_sale(found[0].document_id)
        else:
            self._bare.show_trouble("disc", _("This used copy was never sold here."))

    def _choose_disc(self, found: "tuple[EditionRow, ...]") -> None:
        from av_pos.ui.checkout.sheets import ChooserSheet

        self._choices = found
        sheet = ChooserSheet(self._screen.window(), self._settings.currency, found)
        sheet.chosen.connect(self._on_disc_chosen)
        sheet.open()

    def _on_disc_chosen(self, edition_id: int) -> None:
        self._show_disc(next(row for row in self._choices if row.id == edition_id))

    def _show_disc(self, row: "EditionRow") -> None:
        from av_pos.services import unreceipted

        desk = self._screen.desk
        if self._bare is not None:
            self._bare.show_disc(row, desk.ask(unreceipted.price_piece, desk.at, row.id))

    def _take_bare(self, given: "NoReceipt") -> None:
        from av_pos.services import unreceipted

        arguments = (given.edition_id, given.chosen, given.reason, given.identity)
        try:
            self._screen.desk.do(unreceipted.take_back_unreceipted, *arguments)
        except AvPosError as error:
            if approvable(error) is not None:
                self._screen.perform(unreceipted.take_back_unreceipted, *arguments)
            elif self._bare is not None:
                self._bare.show_trouble("disc", problems.sentence(error, self._settings.currency))
