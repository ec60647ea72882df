"""What is done for a member at the counter: opens the sheet for it, and carries out what the sheet says."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.settlement import TenderKind
from av_pos.i18n import _, screen_texts
from av_pos.services import catalogue, members, shop_settings, stored_value, vouchers, wants
from av_pos.services.editions import EditionRow
from av_pos.services.member_drafts import MemberDraft
from av_pos.services.members import MemberRow
from av_pos.services.vouchers import VoucherSold
from av_pos.ui.member_forms import RegisterSheet
from av_pos.ui.members import words
from av_pos.ui.members.asks import EditAsk, MoneyAsk
from av_pos.ui.members.finders import WantChoice, WantSheet
from av_pos.ui.members.serving import Serving
from av_pos.ui.members.sheets import ToldSheet

_MOST_EDITIONS = 30


class Counter(Serving):
    """What is done most: register, change, top up, gift cards, wants. `registered(member_id)` for a new member."""

    registered = Signal(int)

    # ---- who it is ----

    def register(self, typed: str) -> None:
        """A new member."""
        sheet = RegisterSheet(self._window, self._register, typed)
        sheet.registered.connect(self.registered)
        sheet.open()

    def edit(self) -> None:
        """F4: change what is kept of the member."""
        row = self._living()
        if row is not None:
            may_say = allowed(self._screen.desk.actor.role, Permission.EDIT_MEMBERS)
            sheet = EditAsk(self._window, row, may_say_staff=may_say)
            sheet.given.connect(self._on_edited)
            self._deeds.open(sheet)

    # ---- money and points ----

    def top_up(self) -> None:
        """F5: stored value for money, the bonus shown before."""
        row = self._living()
        if row is None:
            return
        has = screen_texts().money(row.stored_minor, self._settings.currency)
        about = _("{name} has {amount}.").format(name=words.called(row), amount=has)
        sheet = MoneyAsk(
            self._window, "topUpSheet", _("Top up stored value"), _("Take the money"),
            self._settings.currency, about, bonus_of=self._bonus_of,
        )  # fmt: skip
        sheet.given.connect(self._on_top_up)
        self._deeds.open(sheet)

    def sell_gift_card(self) -> None:
        """F8: a gift card, for whoever stands there."""
        shown = self._shown
        about = _("It belongs to {name}.").format(name=words.called(shown.page.member)) if shown else ""
        sheet = MoneyAsk(
            self._window, "giftCardSheet", _("Sell a gift card"), _("Take the money"),
            self._settings.currency, about or _("It belongs to whoever holds it."),
        )  # fmt: skip
        sheet.given.connect(self._on_gift_card)
        self._deeds.open(sheet)

    def tell_sold(self, sold: VoucherSold) -> None:
        """Show the code of a gift card that was sold."""
        amount = screen_texts().money(sold.voucher.balance_minor, self._settings.currency)
        told = (
            _("{amount} is on it. The card comes out of the receipt printer.").format(amount=amount),
            _("Without a printer, write this number on a card: it is scanned or typed when it pays."),
        )
        sheet = ToldSheet(self._window, "giftCardTold", _("Gift card sold"), sold.voucher.code, told)
        sheet.open()

    def ask_want(self) -> None:
        """F6: what the member waits for."""
        if self._living() is not None:
            sheet = WantSheet(self._window, self._find_editions, self._settings.currency)
            sheet.given.connect(self._on_want)
            self._deeds.open(sheet)

    def settle_want(self, want_id: int) -> None:
        """A want is settled."""
        self._deeds.carry_out(wants.settle_want, want_id)

    # ---- what the sheets said ----

    def _register(self, draft: MemberDraft) -> MemberRow:
        desk = self._screen.desk
        row = desk.do(members.register_member, draft)
        if draft.takes_card:
            desk.events.paper_queued.emit()
        return row

    def _on_edited(self, draft: MemberDraft) -> None:
        self._deeds.carry_out(members.edit_member, self._id(), draft)

    def _on_top_up(self, answer: tuple[int, TenderKind]) -> None:
        self._deeds.carry_out(stored_value.top_up, self._id(), *answer)

    def _on_gift_card(self, answer: tuple[int, TenderKind]) -> None:
        self._deeds.carry_out(vouchers.sell_gift_card, *answer, self._id() if self._shown else None)

    def _on_want(self, choice: WantChoice) -> None:
        edition_id = choice.edition.id if choice.edition else None
        self._deeds.carry_out(wants.note_want, self._id(), edition_id, choice.text)

    # ---- asking the services ----

    def _find_editions(self, text: str) -> Sequence[EditionRow]:
        return self._screen.desk.ask(catalogue.list_editions, text, _MOST_EDITIONS)

    def _bonus_of(self, amount_minor: int) -> int:
        settings = self._screen.desk.ask(shop_settings.get_settings)
        return stored_value.bonus_for(settings, amount_minor)
